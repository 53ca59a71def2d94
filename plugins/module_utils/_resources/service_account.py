# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts of an organization: their paths, fields and error codes. Ops Manager has none.

The mark of an unfinished account is at the end of its description, because its name is shorter than a mark. The engine
gets the mark as a part of the name, as it does for keys.
"""

from __future__ import annotations

import re
import typing as t
import unicodedata
from datetime import datetime, timezone

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_ACCOUNTS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import account_ids, object_id, refuse_secret
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import check_name, tag_of, unfinished
from ansible_collections.mongodb.atlas.plugins.module_utils._named import Listed
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import EntryList
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import (
    ABSENT,
    PRESENT,
    Item,
    Resource,
    SecretEnd,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import checked_roles
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Managed

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 230
"""The longest description that leaves room for the mark, in characters. The API takes 250."""

VALID_HOURS = (8, 8760)
"""The shortest and the longest time that a secret can be valid, in hours."""

ACCOUNT_OPTIONS: dict[str, dict[str, t.Any]] = {
    "account_id": {"type": "list", "elements": "str"},
    "name": {"type": "str"},
    "description": {"type": "str"},
    "roles": {"type": "list", "elements": "str"},
    "secret_valid_for": {"type": "int", "no_log": False},
    "client_secret_path": {"type": "path", "no_log": False},
    "missing_secret": {"type": "str", "choices": ["fail", "warn"], "default": "fail", "no_log": False},
    "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
}
"""The options of the module ``service_account``."""

INFO_OPTIONS: dict[str, dict[str, t.Any]] = {
    "account_id": {"type": "list", "elements": "str"},
    "name": {"type": "str"},
    "projects": {"type": "bool", "default": False},
}
"""The options of the module ``service_account_info``."""

ACCOUNT_ADVICE = {
    "ORG_NOT_FOUND": "There is no such organization, or the login does not belong to it. Is org_id mistyped?",
    "RESOURCE_NOT_FOUND": "Atlas and Cloud Manager have service accounts, Ops Manager has none.",
    "MAX_SERVICE_ACCOUNTS_PER_ORG_EXCEEDED": "The organization has as many service accounts as it can have. Delete one "
    "that nobody needs.",
    "CANNOT_DEMOTE_LAST_ORG_OWNER": "Give another service account, key or user the role ORG_OWNER first.",
    "USER_UNAUTHORIZED": "To manage service accounts, the login needs the role ORG_OWNER. To read them, ORG_READ_ONLY "
    "is enough.",
}
"""The advice about error codes of every service account."""
NO_SUCH_ACCOUNT = {
    "SERVICE_ACCOUNT_NOT_FOUND": "There is no such service account in the organization. Is account_id or org_id "
    "mistyped?",
}
"""The advice about something that belongs to a service account."""

_MARK = re.compile(r" unfinished ([0-9a-f]{8})\Z")
_SHOWN_END = re.compile(r"[.*]([\w-]{4,})\Z", re.ASCII)
_SIGNS = "-_.,' "
"""The characters besides letters and numbers that a name and a description can have."""


class ServiceAccounts(Resource):
    """The service accounts of one organization.

    Args:
        organization_id: The id of the organization.
    """

    noun = "service account"
    result = "service_account"
    results = "service_accounts"
    identity = "clientId"
    name_field = "name"
    shown_once = "client_secret"
    states_of_existing = (PRESENT,)
    needed_to_make = ("description", "roles", "secret_valid_for")
    way_out = (
        "Only the answer that makes a secret shows it, and an expired secret does not count. To get a new one, use "
        "mongodb.atlas.service_account_secret with force: true."
    )
    advice = ACCOUNT_ADVICE

    def __init__(self, organization_id: str) -> None:
        self.organization_id = organization_id
        self._path = f"/orgs/{organization_id}/serviceAccounts"

    def parent(self) -> dict[str, t.Any]:
        """Return the id of the organization."""
        return {"org_id": self.organization_id}

    def owner(self) -> str:
        """Name the organization."""
        return f"organization {self.organization_id}"

    def summary(self, item: Item) -> str:
        """Return client id, age and roles."""
        return account_summary(item)

    def marked(self, mark: str, fields: t.Mapping[str, t.Any]) -> str:
        """Name the account, and the description that has the mark."""
        body = _new(mark, fields)
        return f"with the name {body['name']!r} and the description {body['description']!r}"

    def list_request(self) -> Request:
        """List all accounts. Without those of the system, the list could not tell that an account does not exist."""
        return self._request("GET")._replace(query={"includeSystemManaged": "true"})

    def user_list_request(self) -> Request:
        """List the accounts without those of the system."""
        return self._request("GET")

    def get_request(self, item_id: str) -> Request:
        """Read one account."""
        return self._request("GET", item_id)

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read an account."""
        return read_account(document)

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return an account."""
        return {"id": item.id, **item.fields}

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        """Make an account with a secret. The mark in the name goes to the end of the description."""
        hours = fields["secret_valid_for"]
        body = {**_new(name, fields), "roles": fields["roles"], "secretExpiresAfterHours": hours}
        return self._request("POST", body=body)

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        """Return the secret."""
        secrets = [each.get("secret") for each in _objects(document.get("secrets"))]
        return next((secret for secret in secrets if isinstance(secret, str) and secret), None)

    def update_requests(self, item: Item, fields: t.Mapping[str, t.Any]) -> list[Request]:
        """Change the description or the roles of an account."""
        return [self._request("PATCH", item.id, body=dict(fields))]

    def change_request(self, item_id: str, state: str) -> Request:
        """Delete an account."""
        return self._request("DELETE", item_id)

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the server says that this very account does not exist."""
        return says_not_found(error, item_id)

    def _request(self, method: str, item_id: str = "", body: t.Mapping[str, t.Any] | None = None) -> Request:
        path = f"{self._path}/{path_segment(item_id)}" if item_id else self._path
        return Request(method, path, body, version=V2_ACCOUNTS)


class AccountProjects(EntryList):
    """The projects of one service account. The list can only be read.

    Args:
        organization_id: The id of the organization.
        client_id: The client id of the account.
    """

    results = "projects"
    identity = "groupId"
    advice = ACCOUNT_ADVICE

    def __init__(self, organization_id: str, client_id: str) -> None:
        self._organization_id = organization_id
        self._client_id = client_id

    def name(self) -> str:
        """Name the list by its account."""
        return f"the projects of the service account {self._client_id}"

    def of(self, owner_id: str) -> AccountProjects:
        """Return the projects of another account of the organization."""
        return AccountProjects(self._organization_id, owner_id)

    def list_request(self) -> Request:
        """List the projects."""
        path = f"/orgs/{self._organization_id}/serviceAccounts/{path_segment(self._client_id)}/groups"
        return Request("GET", path, version=V2_ACCOUNTS)

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read a project and the roles of the account in it."""
        project_id = document["groupId"]
        return Item(project_id, fields={"project_id": project_id, "roles": _roles(document)})

    def describe(self, entry: Item) -> dict[str, t.Any]:
        """Return a project as the other modules show the projects of a credential."""
        return dict(entry.fields)


def read_account(document: t.Mapping[str, t.Any]) -> Item:
    """Read a service account.

    Args:
        document: The account as the server describes it.
    """
    name = clean(document.get("name")) or ""
    description = clean(document.get("description")) or ""
    mark = _MARK.search(description)
    secrets = [read_secret(each) for each in _objects(document.get("secrets"))]
    is_of_system = document.get("systemManaged")
    # A task cannot mean an account of the system by its name, which somebody may give to another one.
    meant_by = "" if is_of_system is True else unfinished(name, mark[1]) if mark else name
    return Item(
        id=document["clientId"],
        state=PRESENT,
        fields={
            "name": name,
            "description": description,
            "roles": _roles(document),
            "secrets": secrets,
            "created_at": clean(document.get("createdAt")),
            "system_managed": is_of_system if isinstance(is_of_system, bool) else None,
        },
        name=meant_by,
        made_at=seconds_of(document.get("createdAt")),
        secret_ends=tuple(
            SecretEnd(end, seconds_of(secret["expires_at"]))
            for secret in secrets
            for end in [shown_end(secret["masked_secret"])]
            if end
        ),
    )


def shown_end(masked: str | None) -> str:
    """Return the characters of a masked secret that the server shows; empty if it shows none."""
    end = _SHOWN_END.search(masked or "")
    return end[1] if end else ""


def read_secret(document: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Read a secret, which the server masks but in the answer that makes it."""
    masked = clean(document.get("maskedSecretValue"))
    whole = document.get("secret")
    if masked is None and isinstance(whole, str) and len(whole) > 4:
        masked = f"mdb_sa_sk_...{whole[-4:]}"
    return {
        "id": clean(document.get("id")),
        "created_at": clean(document.get("createdAt")),
        "expires_at": clean(document.get("expiresAt")),
        "last_used_at": clean(document.get("lastUsedAt")),
        "masked_secret": masked,
    }


def account_summary(item: Item) -> str:
    """Return client id, age and roles of an account, for messages."""
    return f"{item.id} (made {item.fields['created_at']}, {', '.join(item.fields['roles']) or 'no roles'})"


def says_not_found(error: RequestError, item_id: str) -> bool:
    """Tell whether an error has a code of something that does not exist, and names this account or secret.

    No public source says which code it is.
    """
    code = error.document.code or ""
    is_code = code.endswith("_NOT_FOUND") and not error.document.is_about_path(error.url)
    return error.status in (400, 404) and is_code and error.document.names(item_id)


def seconds_of(timestamp: t.Any) -> float | None:
    """Return a time of the API in seconds since 1970; None if it is not one."""
    try:
        time = datetime.fromisoformat(str(timestamp).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()


def _new(name: str, fields: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return name and description of a new account. The mark in the name goes to the end of the description."""
    mark = tag_of(name)
    if mark is None:
        return {"name": name, "description": fields["description"]}
    return {"name": name[: mark.start], "description": f"{fields['description']} unfinished {mark.tag}"}


def _roles(document: t.Mapping[str, t.Any]) -> list[str]:
    return sorted(role for role in _list(document.get("roles")) if isinstance(role, str))


def _objects(value: t.Any) -> list[dict[str, t.Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]


def _list(value: t.Any) -> list[t.Any]:
    return value if isinstance(value, list) else []


def wanted_accounts(options: t.Mapping[str, t.Any]) -> Managed:
    """Read accounts and state from the options of the module ``service_account``.

    Raises:
        OptionError: A value cannot be used, or two options do not go together.
    """
    place = ServiceAccounts(object_id("org_id", options["org_id"]))
    state, path = options["state"], options["client_secret_path"]
    ids, name = _ids(options), options["name"]
    if (ids is None) == (name is None):
        problem = "The task needs account_id or name" if ids is None else "account_id and name exclude each other"
        raise OptionError(f"{problem}. Nothing was sent.")
    if path is not None and ids is not None and len(ids) != 1:
        raise OptionError("client_secret_path is for one account, and account_id names several. Nothing was sent.")
    fields: dict[str, t.Any] = {}
    if options["description"] is not None:
        fields["description"] = _text("description", options["description"], LONGEST_DESCRIPTION)
    if options["roles"] is not None:
        fields["roles"] = checked_roles(options["roles"], place.noun)
    hours = options["secret_valid_for"]
    if hours is not None:
        check_hours("secret_valid_for", hours)
    return Managed(
        place,
        ids,
        None if name is None else _text("name", name, LONGEST_NAME),
        {} if state == ABSENT else fields,
        state,
        None if path is None else SecretFile("client_secret_path", path),
        options["missing_secret"] == "warn",  # noqa: S105 - this is a choice, and no secret
        {} if hours is None else {"secret_valid_for": hours},
    )


def listed_accounts(options: t.Mapping[str, t.Any]) -> Listed:
    """Read the accounts to list from the options of the module ``service_account_info``.

    Raises:
        OptionError: A value cannot be used.
    """
    organization_id = object_id("org_id", options["org_id"])
    lists = [lambda account: AccountProjects(organization_id, account.id)] if options["projects"] else []
    return listed_in(ServiceAccounts(organization_id), options)._replace(lists=lists)


def listed_in(place: Resource, options: t.Mapping[str, t.Any]) -> Listed:
    """Read the options that narrow a list of accounts.

    Raises:
        OptionError: A value cannot be used.
    """
    name = options["name"]
    if name is not None:
        refuse_secret("name", name)
    return Listed(place, _ids(options), name)


def _ids(options: t.Mapping[str, t.Any]) -> list[str] | None:
    return None if options["account_id"] is None else account_ids("account_id", options["account_id"])


def check_hours(option: str, hours: int) -> None:
    """Check how long a new secret is to be valid.

    Raises:
        OptionError: No server allows this time.
    """
    shortest, longest = VALID_HOURS
    if not shortest <= hours <= longest:
        raise OptionError(f"{option} must be a number of hours from {shortest} to {longest}. Nothing was sent.")


def _text(option: str, text: str, longest: int) -> str:
    """Check a name or a description."""
    check_name(option, text, longest)
    wrong = next((each for each in text if each not in _SIGNS and unicodedata.category(each)[0] not in "LN"), None)
    if wrong is not None:
        raise OptionError(
            f"{option} has the character {wrong!r}. It can have only letters, numbers, spaces, and - _ . , and '. "
            "Nothing was sent."
        )
    if _MARK.search(text):
        raise OptionError(
            f"{option} ends with the mark that this collection gives to service accounts: unfinished, and eight "
            "hexadecimal digits. Nothing was sent."
        )
    return text
