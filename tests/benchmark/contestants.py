# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contestants: ways to revoke keys, as tasks of a playbook, and one as a process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmark.server import Account

Task = dict[str, Any]


@dataclass(frozen=True)
class Contestant:
    """A task that revokes keys.

    Attributes:
        name: The name in the results.
        keys: How many keys it revokes.
        task: Makes the task that revokes these keys.
    """

    name: str
    keys: int
    task: Callable[[Account, Sequence[str]], Task]


def ours(account: Account, key_ids: Sequence[str]) -> Task:
    """Return one task of this collection."""
    return {
        "mongodb.atlas.user_api_key": {
            "base_url": account.base_url,
            "public_key": account.public_key,
            "private_key": account.private_key,
            "user_id": account.user_id,
            "key_id": list(key_ids),
        }
    }


def ping(_account: Account, _key_ids: Sequence[str]) -> Task:
    """Return the smallest task there is."""
    return {"ansible.builtin.ping": {}}


def uri(account: Account, key_ids: Sequence[str]) -> Task:
    """Return a request of Ansible's own for each key, in a loop if there are several."""
    options = {
        "method": "DELETE",
        "url_username": account.public_key,
        "url_password": account.private_key,
        "status_code": [204],
    }
    return _loop(account, key_ids, lambda url: {"ansible.builtin.uri": {"url": url, **options}})


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
