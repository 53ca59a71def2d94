# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds out who logs in: the root document describes a key, and an account can read itself if it may."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest, Login
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import NotFoundError, RequestError, RightsError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import ORGANIZATIONS, ROOT
from ansible_collections.mongodb.atlas.plugins.module_utils._lifecycle import read_one
from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import ServiceAccount
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import read_list
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import (
    AccountAccessList,
    KeyAccessList,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import organization_of, own_roles
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import ServiceAccounts
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

_UNKNOWN: dict[str, t.Any] = dict.fromkeys(("id", "name", "roles", "org_id", "access_list", "secrets"))

T = t.TypeVar("T")


def describe_login(client: Client, _wanted: None, task: Task) -> Result:
    """Return everything that the server tells about the login of the task.

    Raises:
        RequestError: The server refused the login, or did not answer.
    """
    login = task.login
    if isinstance(login, Digest):
        found = _key(client)
    elif isinstance(login, ServiceAccount):
        found = {"kind": "service_account", **_account(client, login.client_id)}
    else:
        found = {"kind": "access_token", "org_id": _organization(client)}
    return Result({"changed": False, "login": {**_UNKNOWN, **found}})


def describe_unlisted(client: Client, login: Login, organization_id: str | None) -> dict[str, t.Any]:
    """Describe a login that no list has shown, with one request at most.

    Args:
        client: The server.
        login: The login.
        organization_id: The only organization that the login sees; None if there are several.

    Raises:
        RequestError: The server refused the login, or did not answer.
    """
    if isinstance(login, Digest):
        found = _key(client)
        if found["kind"] == "user_api_key":
            found["name"] = login.username
    elif isinstance(login, ServiceAccount):
        found = {"kind": "service_account", "id": login.account_id, "org_id": organization_id}
    else:
        found = {"kind": "access_token", "org_id": organization_id}
    return {name: found.get(name) for name in ("kind", "id", "name", "roles", "org_id")}


def _key(client: Client) -> dict[str, t.Any]:
    """Describe a programmatic key by the root document, which says nothing about a personal key."""
    root = client.send(ROOT).data
    document: t.Any = root.get("apiKey") if isinstance(root, dict) else None
    if not isinstance(document, dict):
        return {"kind": "user_api_key"}
    organization_id = organization_of(document)
    roles = own_roles(document, "orgId", organization_id or None)
    entries: t.Any = document.get("accessList")
    shown = KeyAccessList(organization_id, "").shown({"results": entries})
    return {
        "kind": "org_api_key" if organization_id or not roles else "global_api_key",
        "id": clean(document.get("id")),
        "name": clean(document.get("publicKey")),
        "roles": roles,
        "org_id": organization_id or None,
        "access_list": [entry.id for entry in shown] if isinstance(entries, list) else None,
    }


def _account(client: Client, client_id: str) -> dict[str, t.Any]:
    found: dict[str, t.Any] = {"id": client_id, "org_id": _organization(client)}
    if found["org_id"] is None:
        return found
    place = ServiceAccounts(found["org_id"])
    answer = _if_allowed(lambda: client.send(place.get_request(client_id)))
    account = read_one(place, answer.data, client_id) if answer else None
    if account:
        found.update({name: account.fields[name] for name in ("name", "roles", "secrets")})
    entries = _if_allowed(lambda: read_list(client, AccountAccessList(found["org_id"], client_id))[1])
    return {**found, "access_list": None if entries is None else [entry.id for entry in entries]}


def _organization(client: Client) -> str | None:
    """Return the id of the organization that an account belongs to; None if the server does not tell."""
    organizations = _if_allowed(lambda: client.list_all(ORGANIZATIONS))
    return organizations[0]["id"] if organizations and len(organizations) == 1 else None


def _if_allowed(read: t.Callable[[], T]) -> T | None:
    """Return what a function reads; None if the server does not tell it to this login."""
    try:
        return read()
    except (RightsError, NotFoundError):
        return None
    except RequestError as error:
        if error.status == 400:  # a code of something that does not exist can have this status
            return None
        raise
