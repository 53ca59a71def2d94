# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets of a service account: their paths, fields and error codes, and the options of a renewal."""

from __future__ import annotations

import math
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import timestamp
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_ACCOUNTS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import account_id, object_id, object_ids
from ansible_collections.mongodb.atlas.plugins.module_utils._renewal import (
    ListedSecrets,
    Renewal,
    Secret,
    SecretPlace,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    ACCOUNT_ADVICE,
    NO_SUCH_ACCOUNT,
    check_hours,
    read_secret,
    says_not_found,
    seconds_of,
    shown_end,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile

_HOUR = 3600.0
_INFO = "service_account_secret_info"


class AccountSecrets(SecretPlace):
    """The secrets of one service account.

    Args:
        organization_id: The id of the organization.
        client_id: The client id of the account.
    """

    noun = "service account secret"
    result = "service_account_secret"
    results = "service_account_secrets"
    shown_once = "client_secret"
    most = 2
    overlap = 7 * 24 * _HOUR
    way_out = (
        "Only the answer that made a secret shows it. To make a new one, set force: true. If nobody has the secret "
        "that lasts, you can delete it first, with state: absent and secret_id."
    )
    advice: t.Mapping[str, str] = {
        **ACCOUNT_ADVICE,
        **NO_SUCH_ACCOUNT,
        "MAX_SECRETS_PER_SERVICE_ACCOUNT_EXCEEDED": "Somebody has made another secret meanwhile. List the secrets with "
        f"mongodb.atlas.{_INFO}, and delete one that nobody needs.",
        "CANNOT_DELETE_LAST_SERVICE_ACCOUNT_SECRET": "Make another secret first, or delete the service account.",
    }

    def __init__(self, organization_id: str, client_id: str) -> None:
        self.organization_id = organization_id
        self.owner_id = client_id
        self._account = f"/orgs/{organization_id}/serviceAccounts/{path_segment(client_id)}"

    def parent(self) -> dict[str, t.Any]:
        """Return the ids of the organization and of the account."""
        return {"org_id": self.organization_id, "account_id": self.owner_id}

    def owner(self) -> str:
        """Name the account."""
        return f"service account {self.owner_id}"

    def new_secret(self) -> str:
        """Name a new secret."""
        return "a new secret of a service account"

    def summary(self, item: Item) -> str:
        """Return id, masked value and end."""
        masked, end = item.fields["masked_secret"], item.fields["expires_at"]
        return f"{item.id} ({masked or 'no masked value'}), which {f'ends at {end}' if end else 'has no end'}"

    def read_request(self) -> Request:
        """Read the account."""
        return Request("GET", self._account, version=V2_ACCOUNTS)

    def read_all(self, document: t.Any) -> list[Secret] | None:
        """Read the secrets of the account."""
        found: t.Any = document if isinstance(document, dict) else {}
        if str(found.get("clientId")).lower() != self.owner_id or not isinstance(found.get("secrets"), list):
            return None
        secrets = [self.read_new(each) for each in found["secrets"]]
        # A secret that cannot be read may be the one that matters.
        return None if None in secrets else [secret for secret in secrets if secret]

    def read_new(self, document: t.Any) -> Secret | None:
        """Read a secret."""
        found: t.Any = document.get("id") if isinstance(document, dict) else None
        if not isinstance(found, str) or not found:
            return None
        fields = read_secret(document)
        del fields["id"]
        item = Item(
            found,
            PRESENT,
            fields,
            secret_end=shown_end(fields["masked_secret"]),
            made_at=seconds_of(fields["created_at"]),
        )
        return Secret(item, seconds_of(fields["expires_at"]), fields["last_used_at"] is not None)

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        """Return the secret itself."""
        secret: t.Any = document.get("secret")
        return secret if isinstance(secret, str) and secret else None

    def shortened(self, item: Item, ends_at: float) -> Item:
        """Return a secret with an earlier end."""
        return item._replace(fields={**item.fields, "expires_at": timestamp(ends_at)})

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return a secret."""
        return {"id": item.id, **item.fields}

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        """Make a secret."""
        body = {"secretExpiresAfterHours": fields["valid_for"]}
        return Request("POST", f"{self._account}/secrets", body, version=V2_ACCOUNTS)

    def change_request(self, item_id: str, state: str) -> Request:
        """Delete a secret."""
        return Request("DELETE", f"{self._account}/secrets/{path_segment(item_id)}", version=V2_ACCOUNTS)

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the server says that this very secret does not exist."""
        return says_not_found(error, item_id)

    def says_busy(self, error: RequestError) -> bool:
        """Tell whether two requests changed the account at the same moment."""
        return error.status == 409 and error.document.code == "DATA_CONCURRENCY_ERROR"


def wanted_secrets(options: t.Mapping[str, t.Any]) -> Renewal:
    """Read a renewal from the options of the module ``service_account_secret``.

    Raises:
        OptionError: A value cannot be used, or two options do not go together.
    """
    place = _place(options)
    path, ids = options["client_secret_path"], options["secret_id"]
    if options["state"] == ABSENT:
        return Renewal(place, object_ids("secret_id", ids or [], listed_by=_INFO), file=_file(path))
    if ids is not None:
        raise OptionError("secret_id needs state: absent. Nothing was sent.")
    valid_for, renew_within = options["valid_for"], options["renew_within"]
    check_hours("valid_for", valid_for)
    if not math.isfinite(renew_within) or renew_within < 0:
        raise OptionError("renew_within must be a number of hours, and not negative. Nothing was sent.")
    if renew_within >= valid_for:
        raise OptionError(
            "valid_for must be more than renew_within. Otherwise each task would make a new secret. Nothing was sent."
        )
    return Renewal(place, None, valid_for, renew_within * _HOUR, options["make_room"], options["force"], _file(path))


def listed_secrets(options: t.Mapping[str, t.Any]) -> ListedSecrets:
    """Read the secrets to list from the options of the module ``service_account_secret_info``.

    Raises:
        OptionError: A value cannot be used.
    """
    ids = options["secret_id"]
    return ListedSecrets(_place(options), None if ids is None else object_ids("secret_id", ids, listed_by=_INFO))


def _place(options: t.Mapping[str, t.Any]) -> AccountSecrets:
    return AccountSecrets(object_id("org_id", options["org_id"]), account_id("account_id", options["account_id"]))


def _file(path: str | None) -> SecretFile | None:
    return None if path is None else SecretFile("client_secret_path", path, keeps_previous=True)
