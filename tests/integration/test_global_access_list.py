# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module global_access_list: for real, in check mode, and again."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator
from tests.emulator.sample import GLOBAL_ENTRY, GLOBAL_KEY, OWNER_KEY

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "global_access_list"
PATH = "/admin/accessList"
PAGE = f"GET {PATH}?pageNum=1&itemsPerPage=100"
CORK = {"cidr_block": "192.0.2.1", "description": "Cork"}


@pytest.fixture
def emulator() -> t.Iterator[Emulator]:
    with Emulator(product="ops-manager-6.0") as running:
        yield running


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that sets the global list. Options replace its own; None removes one."""
    return {
        "base_url": emulator.url,
        "public_key": GLOBAL_KEY.public_key,
        "private_key": GLOBAL_KEY.private_key,
        "entries": [CORK],
        "exclusive": True,
        **changes,
    }


def entries(emulator: Emulator) -> dict[str, str]:
    return {entry.block: entry.description for entry in emulator.world.global_access_list.values()}


def test_in_check_mode_for_real_and_again(modules: Modules, emulator: Emulator) -> None:
    preview = modules(NAME, options(emulator), check_mode=True, diff=True)
    assert preview["changed"] is True
    (entry,) = preview["diff"]["after"]["access_list"]
    assert entry["cidr_block"] == "192.0.2.1/32"
    assert emulator.calls == [f"{PAGE} 401", f"{PAGE} 200"]

    emulator.clear()
    first, again = modules(NAME, options(emulator)), modules(NAME, options(emulator))
    assert [(item["id"], item["changed"], item["state"]) for item in first["access_list"]] == [
        ("192.0.2.1/32", True, "present"),
        ("127.0.0.0/8", True, "absent"),
    ]
    assert (again["changed"], len(again["access_list"])) == (False, 1)
    assert emulator.calls == [
        f"{PAGE} 401",
        f"{PAGE} 200",
        f"POST {PATH} 200",
        f"DELETE {PATH}/{GLOBAL_ENTRY.id} 204",
        f"{PAGE} 401",
        f"{PAGE} 200",
    ]
    assert entries(emulator) == {"192.0.2.1/32": "Cork"}


def test_a_description_is_changed(modules: Modules, emulator: Emulator) -> None:
    change = options(emulator, entries=[{"cidr_block": "127.0.0.0/8", "description": "Here"}])
    preview, first, again = modules(NAME, change, check_mode=True), modules(NAME, change), modules(NAME, change)
    assert (preview["changed"], first["changed"], again["changed"]) == (True, True, False)
    assert entries(emulator) == {"127.0.0.0/8": "Here"}


def test_removing_the_last_entry(modules: Modules, emulator: Emulator) -> None:
    remove = options(emulator, entries=[{"cidr_block": "127.0.0.0/8"}], exclusive=None, state="absent")
    result = modules(NAME, remove)
    assert result["failed"]
    assert "With an empty list, global keys can be used from nowhere." in result["msg"]
    assert modules(NAME, {**remove, "allow_empty": True})["changed"] is True
    assert modules(NAME, remove)["changed"] is False
    assert entries(emulator) == {}


def test_ops_manager_before_5_0(modules: Modules) -> None:
    with Emulator(product="ops-manager-4.4") as emulator:
        assert modules(NAME, options(emulator))["changed"] is True
        assert entries(emulator) == {"192.0.2.1/32": "Cork"}


def test_other_servers_have_no_such_list(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        login = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
        result = modules(NAME, options(emulator, base_url=emulator.base_url, **login))
    assert result["failed"]
    assert "Only Ops Manager has a global access list." in result["msg"]


BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({"entries": [{"cidr_block": "192.0.2.5/24", "description": "Cork"}]}, "Write 192.0.2.0/24 for the block"),
    ({"entries": [{"cidr_block": "192.0.2.1"}]}, "192.0.2.1/32 needs a description"),
    ({"entries": [{"description": "Cork"}]}, "missing required arguments: cidr_block found in entries"),
    ({"entries": [CORK, {**CORK, "description": "Galway"}]}, "has 192.0.2.1/32 twice"),
    ({"entries": []}, "the task would remove every entry"),
    ({"entries": None, "exclusive": None}, "entries is required"),
    ({"state": "absent"}, "exclusive=true goes only with state=present"),
]


@pytest.mark.parametrize(("changes", "says"), BAD_INPUT, ids=[says for _changes, says in BAD_INPUT])
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, emulator: Emulator, changes: dict[str, t.Any], says: str
) -> None:
    result = modules(NAME, options(emulator, **changes))
    assert result["failed"]
    assert says in result["msg"]
    assert emulator.requests == []
