# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programmatic API keys of an organization, and the global ones of an Ops Manager: paths, fields and error codes."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean, timestamp
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_KEYS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import is_object_id, key_names, object_id
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import check_name
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Managed

NO_SUCH_KEY = "API_KEY_NOT_FOUND"

KEY_OPTIONS: dict[str, dict[str, t.Any]] = {
    "key_id": {"type": "list", "elements": "str", "no_log": False},
    "description": {"type": "str"},
    "roles": {"type": "list", "elements": "str"},
    "private_key_path": {"type": "path", "no_log": False},
    "missing_secret": {"type": "str", "choices": ["fail", "warn"], "default": "fail", "no_log": False},
    "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
}
"""The options of modules that manage programmatic keys, as the fragment ``api_key`` describes them."""

KEY_ADVICE = {
    NO_SUCH_KEY: "There is no such key. Is key_id mistyped?",
    "MAX_API_KEYS_PER_ORG_EXCEEDED": "The organization has as many keys as it can have. Revoke one that nobody needs.",
}
"""The advice about error codes of every programmatic key."""

_SHOWN_CHARACTERS = 12
"""How many characters at the end of a private key the server shows."""


class ApiKeys(Resource):
    """The programmatic keys of one organization, or the global ones.

    Args:
        organization_id: The id of the organization; None for the global keys of an Ops Manager.
    """

    noun = "key"
    states_of_existing = (PRESENT,)
    shown_once = "private_key"
    needed_to_make = ("roles",)
    way_out = (
        "Only the answer that made the key showed its secret. To get a new one, use mongodb.atlas.org_api_key_rotation "
        "with force: true."
    )
    advice = {
        **KEY_ADVICE,
        "ORG_NOT_FOUND": "There is no such organization, or the login does not belong to it. Is org_id mistyped?",
        "CANNOT_DEMOTE_LAST_ORG_OWNER": "Give another key or user the role ORG_OWNER first.",
        "USER_UNAUTHORIZED": "To manage these keys, the login needs the role ORG_OWNER, or on Ops Manager "
        "GLOBAL_OWNER. To read them, ORG_READ_ONLY is enough.",
    }

    def __init__(self, organization_id: str | None) -> None:
        self.organization_id = organization_id
        self.result = "global_api_key" if organization_id is None else "org_api_key"
        self.results = f"{self.result}s"
        self._path = "/admin/apiKeys" if organization_id is None else f"/orgs/{organization_id}/apiKeys"
        if organization_id is None:
            self.way_out = "Only the answer that made the key showed its secret. Revoke the key and make another one."
            self.advice = {
                **self.advice,
                "RESOURCE_NOT_FOUND": "Only Ops Manager has global keys, since version 4.2.",
                "USER_UNAUTHORIZED": "To manage global keys, the login needs the role GLOBAL_OWNER.",
            }

    def parent(self) -> dict[str, t.Any]:
        """Return the id of the organization."""
        return {"org_id": self.organization_id} if self.organization_id else {}

    def owner(self) -> str:
        """Name the organization."""
        return f"organization {self.organization_id}" if self.organization_id else "Ops Manager"

    def summary(self, item: Item) -> str:
        """Return id, public key, age and roles."""
        return key_summary(item)

    def list_request(self) -> Request:
        """List the keys."""
        return self._request("GET")

    def get_request(self, item_id: str) -> Request:
        """Read one key."""
        return self._request("GET", item_id)

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read a key, with the roles of its own scope apart from those in projects."""
        return read_key(document, own_roles(document, "orgId", self.organization_id))

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return a key."""
        return {"id": item.id, **item.fields}

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        """Make a key."""
        return self._request("POST", body={"desc": name, "roles": fields["roles"]})

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        """Return the private key."""
        return whole_private_key(document)

    def update_requests(self, item: Item, fields: t.Mapping[str, t.Any]) -> list[Request]:
        """Change the description or the roles of a key. The roles in projects stay as they are."""
        return [self._request("PATCH", item.id, change_of(fields))]

    def change_request(self, item_id: str, state: str) -> Request:
        """Delete a key."""
        return self._request("DELETE", item_id)

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the server says that this very key does not exist."""
        return says_no_key(error, item_id)

    def _request(self, method: str, item_id: str = "", body: t.Mapping[str, t.Any] | None = None) -> Request:
        path = f"{self._path}/{path_segment(item_id)}" if item_id else self._path
        return Request(method, path, body, version=V2_KEYS)


def read_key(document: t.Mapping[str, t.Any], roles: list[str]) -> Item:
    """Read a programmatic key.

    Args:
        document: The key as the server describes it.
        roles: Its roles in the scope of the module.
    """
    redacted = clean(document.get("privateKey"))
    end = (redacted or "")[-_SHOWN_CHARACTERS:]
    made_at = int(document["id"][:8], 16) if is_object_id(document["id"]) else None
    description = clean(document.get("desc")) or ""
    public_key = clean(document.get("publicKey")) or ""
    return Item(
        id=document["id"],
        state="present",
        fields={
            "public_key": public_key,
            "description": description,
            "roles": roles,
            "projects": project_roles(document),
            # The answer that makes a key holds the whole private key.
            "obfuscated_key": f"********-****-****-{end}" if end else None,
            "created_at": None if made_at is None else timestamp(made_at),
        },
        secret_end=end if len(end) == _SHOWN_CHARACTERS and "*" not in end else "",
        name=description,
        public_id=public_key,
        made_at=made_at,
    )


def own_roles(document: t.Mapping[str, t.Any], field: str, place: str | None) -> list[str]:
    """Return the sorted names of the roles in one place.

    Args:
        document: The key as the server describes it.
        field: ``orgId`` or ``groupId``.
        place: The id of the organization or project; None for the roles of an Ops Manager as a whole.
    """
    names = {
        role["roleName"]
        for role in _roles(document)
        if (role.get(field) == place if place else not role.get("orgId") and not role.get("groupId"))
    }
    return sorted(names)


def organization_of(document: t.Mapping[str, t.Any]) -> str:
    """Return the id of the organization in which a key has a role; empty if there is none."""
    return next((role["orgId"] for role in _roles(document) if isinstance(role.get("orgId"), str)), "")


def key_summary(item: Item) -> str:
    """Return id, public key, age and roles of a key, for messages."""
    roles = ", ".join(item.fields["roles"]) or "no roles"
    return f"{item.id} (public key {item.public_id}, made {item.fields['created_at']}, {roles})"


def whole_private_key(document: t.Mapping[str, t.Any]) -> str | None:
    """Return the private key if it is not masked."""
    key = document.get("privateKey")
    return key if isinstance(key, str) and key and "*" not in key else None


def change_of(fields: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the body that gives a key these fields."""
    names = {"description": "desc", "roles": "roles"}
    return {names[field]: value for field, value in fields.items()}


def says_no_key(error: RequestError, key_id: str) -> bool:
    """Tell whether the error has status 400 or 404 and the code of a missing key, and names this key."""
    return error.status in (400, 404) and error.document.code == NO_SUCH_KEY and error.document.names(key_id)


def _roles(document: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    roles: t.Any = document.get("roles")
    listed = roles if isinstance(roles, list) else []
    return [role for role in listed if isinstance(role, dict) and isinstance(role.get("roleName"), str)]


def roles_outside_projects(document: t.Mapping[str, t.Any]) -> list[str]:
    """Return the names of the roles that a user has in organizations, and then those in the Ops Manager as a whole."""
    roles = [(not role.get("orgId"), role["roleName"]) for role in _roles(document) if not role.get("groupId")]
    return list(dict.fromkeys(name for _is_global, name in sorted(roles)))


def project_roles(document: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """Return the projects in which a key or a user has roles, with these roles."""
    project_ids = sorted({role["groupId"] for role in _roles(document) if isinstance(role.get("groupId"), str)})
    return [{"project_id": each, "roles": own_roles(document, "groupId", each)} for each in project_ids]


def wanted_org_keys(options: t.Mapping[str, t.Any]) -> Managed:
    """Read keys and state from the options of the module ``org_api_key``.

    Raises:
        OptionError: A value cannot be used, or two options do not go together.
    """
    return managed_keys(ApiKeys(object_id("org_id", options["org_id"])), options)


def wanted_global_keys(options: t.Mapping[str, t.Any]) -> Managed:
    """Read keys and state from the options of the module ``global_api_key``.

    Raises:
        OptionError: As for :func:`wanted_org_keys`.
    """
    return managed_keys(ApiKeys(None), options)


def managed_keys(place: Resource, options: t.Mapping[str, t.Any], *, renames: bool = True) -> Managed:
    """Read the options :data:`KEY_OPTIONS`.

    Args:
        place: Where the keys are.
        options: The options of the task.
        renames: Whether an id and a description together give the key a new description.

    Raises:
        OptionError: A value cannot be used, or two options do not go together.
    """
    state, name, path = options["state"], options["description"], options["private_key_path"]
    ids = None
    if options["key_id"] is not None:
        ids = key_names("key_id", options["key_id"], listed_by=f"{place.result}_info")
    if ids is None and name is None:
        raise OptionError("The task needs key_id or description, to know which key it is about. Nothing was sent.")
    if ids is not None and name is not None and not renames:
        raise OptionError("key_id and description exclude each other. Nothing was sent.")
    if ids is not None and name is not None and (state == ABSENT or len(ids) != 1):
        raise OptionError(
            "key_id and description together give one key a new description: that needs state=present and one id. "
            "Nothing was sent."
        )
    if path is not None and ids is not None and len(ids) != 1:
        raise OptionError("private_key_path is for one key, and key_id names several. Nothing was sent.")
    return Managed(
        place,
        ids,
        None if name is None else check_name("description", name),
        {} if options["roles"] is None or state == ABSENT else {"roles": checked_roles(options["roles"], place.noun)},
        state,
        None if path is None else SecretFile("private_key_path", path),
        options["missing_secret"] == "warn",  # noqa: S105 - this is a choice, and no secret
    )


def checked_roles(roles: list[str], noun: str) -> list[str]:
    """Return roles sorted and each once. Which roles exist is the word of the server.

    Args:
        roles: The option ``roles``.
        noun: What has the roles.

    Raises:
        OptionError: There is no role, or an item is not the name of a role.
    """
    if not roles:
        raise OptionError(f"roles must not be empty: a {noun} needs at least one role. Nothing was sent.")
    for role in roles:
        if not re.fullmatch("[A-Z][A-Z0-9_]*", role):
            raise OptionError(
                "An item of roles is not the name of a role, which has capital letters, digits and underscores, such "
                "as ORG_READ_ONLY. Nothing was sent."
            )
    return sorted(set(roles))
