# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal API keys: their paths, fields and error codes. They belong to a user, who has an id and a name."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import name_segment, object_id, object_ids
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, Item, Lookup, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Wanted

_NO_SUCH_KEY = ("INVALID_KEY_ID", "API_KEY_NOT_FOUND")
_NO_SUCH_USER = ("USER_NOT_FOUND", "USERNAME_NOT_FOUND", "INVALID_USER_ID")
_NO_SUCH_ORGANIZATION = ("ORG_NOT_FOUND", "INVALID_ORG_ID")

_SHOWN_CHARACTERS = 12
"""How many characters at the end of a key the server shows."""


class UserApiKeys(Resource):
    """The personal API keys of one user.

    Args:
        user_id: The id of the user; None until the lookup has found it.
        user_name: The name of the user; None if it is not known.
    """

    noun = "key"
    results = "user_api_keys"
    states_of_existing = ("enabled",)
    states_without_login = (ABSENT, "disabled")
    advice = {
        "NOT_SELF": "Only the user who owns the key may revoke it. On Ops Manager a GLOBAL_OWNER can suspend it "
        "instead, with state=disabled.",
        "NOT_GLOBAL_USER_ADMIN_OR_SELF": "Only the user who owns the keys may do this, or on Ops Manager a "
        "GLOBAL_OWNER.",
        "RESOURCE_NOT_FOUND": "The server has no such path. Either base_url is wrong, or this is Ops Manager 5.0 or "
        "later, which has no personal API keys.",
        **dict.fromkeys(_NO_SUCH_USER, "There is no such user. Is user_id or user_name mistyped?"),
        **dict.fromkeys(_NO_SUCH_ORGANIZATION, "There is no such organization. Is org_id mistyped?"),
    }

    def __init__(self, user_id: str | None, user_name: str | None = None) -> None:
        self.user_id = user_id
        self.user_name = user_name

    def parent(self) -> dict[str, t.Any]:
        """Return the id of the user."""
        return {"user_id": self.user_id}

    def owner(self) -> str:
        """Name the user."""
        return f"user {self.user_name} ({self.user_id})" if self.user_name else f"user {self.user_id}"

    def list_request(self) -> Request:
        """List the keys. There is no call that reads a single one."""
        return Request("GET", self._path)

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read a key."""
        enabled = document.get("enabled")
        obfuscated = clean(document.get("obfuscatedKey"))
        end = (obfuscated or "")[-_SHOWN_CHARACTERS:]
        return Item(
            id=document["id"],
            state={True: "enabled", False: "disabled"}[enabled] if isinstance(enabled, bool) else None,
            fields={
                "description": clean(document.get("description")),
                "created_at": clean(document.get("createdAt")),
                "obfuscated_key": obfuscated,
            },
            secret_end=end if len(end) == _SHOWN_CHARACTERS and "*" not in end else "",
        )

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return a key with its user, and with its state as the server reports it."""
        enabled = None if item.state is None else item.state == "enabled"
        who = {"user_id": self.user_id, "user_name": self.user_name}
        return {"id": item.id, **who, "enabled": enabled, **item.fields}

    def change_request(self, item_id: str, state: str) -> Request:
        """Delete a key, or suspend or enable it."""
        path = f"{self._path}/{path_segment(item_id)}"
        return Request("DELETE", path) if state == ABSENT else Request("PATCH", path, {"enabled": state == "enabled"})

    def confirms(self, document: t.Any, state: str) -> bool:
        """Believe a deletion by the status of its answer, and a change only if its answer shows the new state."""
        return state == ABSENT or (isinstance(document, dict) and document.get("enabled") is (state == "enabled"))

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the error has status 404 or 400 and a code about keys, and names this key."""
        return error.status in (400, 404) and error.document.code in _NO_SUCH_KEY and error.document.names(item_id)

    def says_no_parent(self, error: RequestError) -> bool:
        """Tell whether the server lacks the user, or the path, which Ops Manager 5.0 and later does not have."""
        return error.status == 404 and (error.document.code in _NO_SUCH_USER or error.document.is_about_path(error.url))

    @property
    def _path(self) -> str:
        return f"/users/{path_segment(self.user_id or '')}/keys"


def _place_of(options: t.Mapping[str, t.Any]) -> UserApiKeys | Lookup:
    if options["user_id"] is not None:
        return UserApiKeys(object_id("user_id", options["user_id"]))
    nobody = UserApiKeys(None, options["user_name"])
    if options["user_name"] is not None:
        path = f"/users/byName/{name_segment('user_name', options['user_name'])}"
        return Lookup(Request("GET", path), is_list=False, place=keys_of, noun="a user", start=nobody)
    request = users_request(object_id("org_id", options["org_id"]))
    return Lookup(request, is_list=True, place=keys_of, noun="a user", start=nobody)


def users_request(organization_id: str) -> Request:
    """List the users of an organization."""
    return Request("GET", f"/orgs/{organization_id}/users")


def keys_of(document: t.Mapping[str, t.Any]) -> UserApiKeys:
    """Return the keys of the user that a document of the server describes."""
    return UserApiKeys(document["id"], clean(document.get("username")))


def wanted_keys(options: t.Mapping[str, t.Any]) -> Wanted:
    """Read keys and state from the options of the module ``user_api_key``.

    Raises:
        OptionError: An id or a name cannot be used.
    """
    return Wanted(_place_of(options), _key_ids(options), options["state"])


def listed_keys(options: t.Mapping[str, t.Any]) -> Wanted:
    """Read the keys to list from the options of the module ``user_api_key_info``.

    Raises:
        OptionError: An id, a name or the size of a page cannot be used.
    """
    per_page = options["api_results_per_page"]
    if not 1 <= per_page <= 500:
        raise OptionError("api_results_per_page must be a number from 1 to 500.")
    key_ids = None if options["key_id"] is None else _key_ids(options)
    return Wanted(_place_of(options), key_ids, per_page=per_page)


def _key_ids(options: t.Mapping[str, t.Any]) -> list[str]:
    return object_ids("key_id", options["key_id"], listed_by="user_api_key_info")
