# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the global access list of an Ops Manager, and the other products, which have none."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import NotFoundError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import list_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import global_list
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

from tests.emulator import Emulator, Fault, ProgrammaticKey
from tests.emulator.sample import GLOBAL_ENTRY, GLOBAL_KEY, OWNER_KEY

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient


class Read(t.Protocol):
    """Reads the list, and returns the result."""

    def __call__(self, emulator: Emulator, login: ProgrammaticKey = ...) -> dict[str, t.Any]: ...


@pytest.fixture
def read(make_client: MakeClient) -> Read:
    def task(emulator: Emulator, login: ProgrammaticKey = GLOBAL_KEY) -> dict[str, t.Any]:
        keys = {"public_key": login.public_key, "private_key": login.private_key}
        client = make_client(base_url=emulator.base_url, retries=0, timeout=10, **keys)
        return dict(list_entries(client, global_list({}), Task(client._auth)).values)

    return task


@pytest.mark.parametrize("product", ["ops-manager-4.4", "ops-manager-5.0", "ops-manager-6.0"])
def test_the_entries(read: Read, product: str) -> None:
    with Emulator(product=product) as emulator:
        values = read(emulator)
        assert len(emulator.requests) == (3 if product == "ops-manager-4.4" else 2)
    entry = {
        "id": "127.0.0.0/8",
        "entry_id": GLOBAL_ENTRY.id,
        "description": "Loopback",
        "created_at": "2019-08-25T10:30:00Z",
        "updated_at": "2019-08-25T10:30:00Z",
    }
    assert values == {"changed": False, "access_list": [entry]}


@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_only_ops_manager_has_the_list(read: Read, product: str) -> None:
    with Emulator(product=product) as emulator:
        with pytest.raises(NotFoundError, match="could not read the global access list. Only Ops Manager has"):
            read(emulator, OWNER_KEY)
        assert [received.status for received in emulator.requests] == [401, 404, 404]


@pytest.mark.parametrize(
    "fault", [Fault(status=200, body="{}"), Fault(status=404), Fault(status=500), Fault(drop=True)]
)
def test_a_read_that_fails_is_never_an_empty_list(read: Read, fault: Fault) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        emulator.add_fault(fault)
        with pytest.raises(RequestError):
            read(emulator)
