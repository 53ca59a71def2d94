# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contestants: ways to revoke or make keys, as tasks of a playbook, and one as a process."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmark.server import Account

Task = dict[str, Any]


@dataclass(frozen=True)
class Contestant:
    """A task that revokes or makes keys.

    Attributes:
        name: The name in the results.
        keys: How many keys it revokes.
        task: Makes the task that revokes these keys; it can be a block of tasks.
        made: How many keys it makes.
    """

    name: str
    keys: int
    task: Callable[[Account, Sequence[str]], Task]
    made: int = 0


def ours(account: Account, key_ids: Sequence[str]) -> Task:
    """Return one task of this collection that revokes personal keys."""
    return {
        "mongodb.atlas.user_api_key": {**_connection(account), "user_id": account.owner_id, "key_id": list(key_ids)}
    }


def ours_of_organization(account: Account, key_ids: Sequence[str]) -> Task:
    """Return one task of this collection that revokes programmatic keys."""
    return _org_api_key(account, key_id=list(key_ids), state="absent")


def keep(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a task of this collection that finds a programmatic key as it has to be."""
    return _org_api_key(account, key_id=[account.login_id], roles=["ORG_OWNER"])


def make(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a task of this collection that makes a programmatic key."""
    return {**_org_api_key(account, description=_new_description(), roles=["ORG_READ_ONLY"]), "no_log": True}


def make_by_hand(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a block of Ansible's own tasks that do the work of ``make`` in the same steps.

    The tasks list the keys, make a key with a provisional description, list the keys again, and set the description.
    """
    description = _new_description()
    new = {"desc": f"{description} [unfinished]", "roles": ["ORG_READ_ONLY"]}
    look = _request(account, "GET", f"{account.keys_url}?itemsPerPage=500")
    return {
        "block": [
            look,
            {**_request(account, "POST", account.keys_url, new), "register": "made"},
            look,
            _request(account, "PATCH", account.url("{{ made.json.id }}"), {"desc": description}),
        ]
    }


def get(account: Account, _key_ids: Sequence[str]) -> Task:
    """Return a request of Ansible's own that reads a key."""
    return _request(account, "GET", account.url(account.login_id))


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


def _org_api_key(account: Account, **options: Any) -> Task:
    return {"mongodb.atlas.org_api_key": {**_connection(account), "org_id": account.owner_id, **options}}


def _request(account: Account, method: str, url: str, body: Any = None) -> Task:
    options = {
        "method": method,
        "url": url,
        "url_username": account.public_key,
        "url_password": account.private_key,
        # Ops Manager answers DELETE with 204 for a personal key, and with 200 for a key of an organization.
        "status_code": [200, 204],
    }
    return {"ansible.builtin.uri": options | ({"body": body, "body_format": "json"} if body else {})}


def _new_description() -> str:
    return f"Made {secrets.token_hex(8)}"
