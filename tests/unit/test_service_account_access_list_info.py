# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the access list of a service account: all pages, or a failure."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import LoginError, NotTheApiError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import list_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import account_list
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

from tests.emulator import AccessEntry, Emulator, Fault, sample_world
from tests.emulator.sample import ORGANIZATION, OWNER_KEY, PROJECT_ACCOUNT

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient


@pytest.fixture
def read(make_client: MakeClient) -> t.Callable[[Emulator], dict[str, t.Any]]:
    def task(emulator: Emulator) -> dict[str, t.Any]:
        login = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
        client = make_client(base_url=emulator.base_url, retries=0, timeout=10, **login)
        wanted = account_list({"org_id": ORGANIZATION.id, "account_id": PROJECT_ACCOUNT.id})
        return dict(list_entries(client, wanted, Task(client._auth)).values)

    return task


def test_all_pages(read: t.Callable[[Emulator], dict[str, t.Any]]) -> None:
    world = sample_world()
    entries = [AccessEntry(f"10.0.{number}.0/24") for number in range(230)]
    world.service_accounts[PROJECT_ACCOUNT.id].access_list = entries
    with Emulator(product="cloud-manager", world=world) as emulator:
        assert len(read(emulator)["access_list"]) == 230
        assert [received.status for received in emulator.requests] == [401, 200, 200, 200]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(status=200, body="[]"), NotTheApiError),
        (Fault(status=200, body='{"results": [{}]}'), NotTheApiError),
        (Fault(status=401), LoginError),
        (Fault(status=500), RequestError),
        (Fault(drop=True), RequestError),
    ],
)
def test_a_read_that_fails_is_never_an_empty_list(
    read: t.Callable[[Emulator], dict[str, t.Any]], fault: Fault, kind: type[Exception]
) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(fault)
        with pytest.raises(kind):
            read(emulator)
