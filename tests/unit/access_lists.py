# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks that change an access list, against an emulator."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import WantedEntries, ensure_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

from tests.emulator.sample import ORGANIZATION, OWNER_KEY

if t.TYPE_CHECKING:
    from tests.emulator import Emulator
    from tests.unit.conftest import MakeClient


class Run(t.Protocol):
    """Runs a task as an owner of the organization, and returns its result."""

    def __call__(self, emulator: Emulator, *entries: str, **options: t.Any) -> dict[str, t.Any]: ...


def runner(make_client: MakeClient, wanted: t.Callable[[t.Mapping[str, t.Any]], WantedEntries], **owner: str) -> Run:
    """Make the function that runs tasks about the list of this owner. ``wanted`` reads their options."""

    def run(emulator: Emulator, *entries: str, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
        login = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
        client = make_client(base_url=emulator.base_url, retries=0, timeout=10, **login)
        given = {
            "org_id": ORGANIZATION.id,
            **owner,
            "entries": list(entries),
            "exclusive": False,
            "allow_empty": False,
            "state": "present",
            **options,
        }
        return dict(ensure_entries(client, wanted(given), Task(client._auth, check_mode)).values)

    return run


def outcomes(values: t.Mapping[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in values["access_list"]]
