# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contestants: ways to revoke, make or renew credentials, as tasks of a playbook, and one as a process."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from tests.benchmark.server import Account

Task = dict[str, Any]

_HOURS = 2160
"""How long a new secret is valid."""


@dataclass(frozen=True)
class Contestant:
    """A task that revokes, makes or renews credentials.

    Attributes:
        name: The name in the results.
        count: How many spare credentials it revokes or renews.
        task: Makes the task that gets the ids of these credentials; it can be a block of tasks.
        made: How many keys or secrets it makes.
    """

    name: str
    count: int
    task: Callable[[Account, Sequence[str]], Task]
    made: int = 0


def ours(account: Account, key_ids: Sequence[str]) -> Task:
    """Return one task of this collection that revokes personal keys."""
    return {
        "mongodb.atlas.user_api_key": {**_connection(account), "user_id": account.owner_id, "key_id": list(key_ids)}
    }


def ours_of_organization(account: Account, key_ids: Sequence[str]) -> Task:
    """Return one task of this collection that revokes programmatic keys."""
    return _org_api_key(account, _connection(account), key_id=list(key_ids), state="absent")


def ours_with_token(account: Account, key_ids: Sequence[str]) -> Task:
    """Return the task of ``ours_of_organization``, logged in with a service account."""
    return _org_api_key(account, _oauth_connection(account), key_id=list(key_ids), state="absent")


def keep(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a task of this collection that finds a programmatic key as it has to be."""
    return _org_api_key(account, _connection(account), key_id=[account.login_id], roles=["ORG_OWNER"])


def make(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a task of this collection that makes a programmatic key."""
    new = {"description": _new_description(), "roles": ["ORG_READ_ONLY"]}
    return {**_org_api_key(account, _connection(account), **new), "no_log": True}


def make_by_hand(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a block of Ansible's own tasks that do the work of ``make`` in the same steps.

    The tasks list the keys, make a key with a provisional description, list the keys again, and set the description.
    """
    description = _new_description()
    new = {"desc": f"{description} [unfinished]", "roles": ["ORG_READ_ONLY"]}
    look = _request(account, "GET", f"{account.list_url}?itemsPerPage=500")
    return {
        "block": [
            look,
            {**_request(account, "POST", account.list_url, new), "register": "made"},
            look,
            _request(account, "PATCH", account.url("{{ made.json.id }}"), {"desc": description}),
        ]
    }


def get(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a request of Ansible's own that reads a key."""
    return _request(account, "GET", account.url(account.login_id))


def revoke_account(account: Account, client_ids: Sequence[str]) -> Task:
    """Return one task of this collection that revokes service accounts."""
    options = {"account_id": list(client_ids), "state": "absent"}
    return _of_organization("service_account", account, _oauth_connection(account), **options)


def revoke_account_by_hand(account: Account, client_ids: Sequence[str]) -> Task:
    """Return a block of Ansible's own tasks that send the requests of ``revoke_account`` for one service account."""
    (client_id,) = client_ids
    return _with_token(account, ("DELETE", account.url(client_id), None))


def renew(account: Account, client_ids: Sequence[str]) -> Task:
    """Return a task of this collection that makes a second secret for one service account."""
    (client_id,) = client_ids
    options = {"account_id": client_id, "valid_for": _HOURS, "force": True}
    return {
        **_of_organization("service_account_secret", account, _oauth_connection(account), **options),
        "no_log": True,
    }


def renew_by_hand(account: Account, client_ids: Sequence[str]) -> Task:
    """Return a block of Ansible's own tasks that send the requests of ``renew``."""
    (client_id,) = client_ids
    url = account.url(client_id)
    return _with_token(account, ("GET", url, None), ("POST", f"{url}/secrets", {"secretExpiresAfterHours": _HOURS}))


def ping(_account: Account, _key_ids: Sequence[str]) -> Task:
    """Return the smallest task there is."""
    return {"ansible.builtin.ping": {}}


def uri(account: Account, key_ids: Sequence[str]) -> Task:
    """Return a request of Ansible's own for each key, in a loop if there are several."""
    return _loop(account, key_ids, lambda url: _request(account, "DELETE", url))


def curl(account: Account, key_ids: Sequence[str]) -> Task:
    """Return a process of curl for each key, in a loop if there are several."""
    login = f"{account.public_key}:{account.private_key}"
    command = ["curl", "--disable", "--silent", "--show-error", "--fail", "--digest", "--user", login]
    return _loop(
        account, key_ids, lambda url: {"ansible.builtin.command": {"argv": [*command, "--request", "DELETE", url]}}
    )


def curl_settings(account: Account, key_ids: Sequence[str]) -> str:
    """Return the ``--config`` with which one process of curl revokes all keys on one connection."""
    lines = ["digest", f'user = "{account.public_key}:{account.private_key}"', 'request = "DELETE"']
    return "\n".join([*lines, "fail", "silent", "show-error", *(f'url = "{account.url(key)}"' for key in key_ids), ""])


def _loop(account: Account, key_ids: Sequence[str], task: Callable[[str], Task]) -> Task:
    urls = [account.url(key_id) for key_id in key_ids]
    return task(urls[0]) if len(urls) == 1 else {**task("{{ item }}"), "loop": urls}


def _connection(account: Account) -> dict[str, str]:
    return {"base_url": account.base_url, "public_key": account.public_key, "private_key": account.private_key}


def _oauth_connection(account: Account) -> dict[str, str]:
    return {"base_url": account.base_url, "client_id": account.client_id, "client_secret": account.client_secret}


def _org_api_key(account: Account, connection: dict[str, str], **options: Any) -> Task:
    return _of_organization("org_api_key", account, connection, **options)


def _of_organization(module: str, account: Account, connection: dict[str, str], **options: Any) -> Task:
    return {f"mongodb.atlas.{module}": {**connection, "org_id": account.owner_id, **options}}


def _request(account: Account, method: str, url: str, body: Any = None) -> Task:
    return _uri(method, url, body, url_username=account.public_key, url_password=account.private_key)


def _with_token(account: Account, *requests: tuple[str, str, Any]) -> Task:
    """Return a block that gets a token, sends requests with it (method, address and body), and revokes it."""
    oauth = urljoin(account.base_url, "/api/oauth/")
    client = {
        "url_username": account.client_id,
        "url_password": account.client_secret,
        "force_basic_auth": True,
        "body_format": "form-urlencoded",
    }
    token = "{{ got.json.access_token }}"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.atlas.2024-08-05+json"}
    return {
        "block": [
            {**_uri("POST", f"{oauth}token", {"grant_type": "client_credentials"}, **client), "register": "got"},
            *(_uri(method, url, body, headers=headers) for method, url, body in requests),
            _uri("POST", f"{oauth}revoke", {"token": token}, **client),
        ]
    }


def _uri(method: str, url: str, body: Any = None, **options: Any) -> Task:
    if body:
        options = {"body": body, "body_format": "json", **options}
    # The servers answer DELETE with 204, but Ops Manager with 200 for a key of an organization. A new secret is 201.
    return {"ansible.builtin.uri": {"method": method, "url": url, "status_code": [200, 201, 204], **options}}


def _new_description() -> str:
    return f"Made {secrets.token_hex(8)}"
