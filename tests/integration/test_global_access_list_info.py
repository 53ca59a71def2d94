# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module global_access_list_info in playbooks."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator
from tests.emulator.sample import GLOBAL_ENTRY, GLOBAL_KEY, OWNER_KEY

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "global_access_list_info"


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that reads the global list. Options replace its own."""
    login = {"public_key": GLOBAL_KEY.public_key, "private_key": GLOBAL_KEY.private_key}
    return {"base_url": emulator.base_url, **login, **changes}


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_entries(modules: Modules, check_mode: bool) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        result = modules(NAME, options(emulator), check_mode=check_mode, diff=True)
        assert {received.method for received in emulator.requests} == {"GET"}
    assert result["changed"] is False
    (entry,) = result["access_list"]
    assert (entry["id"], entry["entry_id"], entry["description"]) == ("127.0.0.0/8", GLOBAL_ENTRY.id, "Loopback")


def test_ops_manager_before_5_0(modules: Modules) -> None:
    with Emulator(product="ops-manager-4.4") as emulator:
        assert len(modules(NAME, options(emulator))["access_list"]) == 1


@pytest.mark.parametrize(
    ("product", "says"),
    [
        ("ops-manager-6.0", "To read it, GLOBAL_READ_ONLY is enough."),
        ("atlas", "Only Ops Manager has a global access list."),
        ("cloud-manager", "Only Ops Manager has a global access list."),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure(modules: Modules, product: str, says: str) -> None:
    with Emulator(product=product) as emulator:
        login = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
        result = modules(NAME, options(emulator, **login))
    assert (result["failed"], "access_list" in result) == (True, False)
    assert says in result["msg"]
