# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module api_key_access_list: for real, in check mode, and again."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault
from tests.emulator.sample import ORGANIZATION, READER_KEY, SPARE_KEY
from tests.integration.started import as_owner

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "api_key_access_list"
PATH = f"/orgs/{ORGANIZATION.id}/apiKeys/{SPARE_KEY.id}/accessList"
PAGE = f"GET {PATH}?pageNum=1&itemsPerPage=100"


@pytest.fixture
def emulator() -> t.Iterator[Emulator]:
    with Emulator(product="ops-manager-6.0") as running:
        yield running


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that sets the list of the spare key. Options replace its own; None removes one."""
    given = {"org_id": ORGANIZATION.id, "key_id": SPARE_KEY.id, "entries": ["192.0.2.1", "203.0.113.0/24"]}
    return as_owner(emulator, **{"base_url": emulator.url, **given, "exclusive": True, **changes})


def blocks(emulator: Emulator) -> list[str]:
    return [entry.block for entry in emulator.world.programmatic_keys[SPARE_KEY.id].access_list]


def test_in_check_mode_for_real_and_again(modules: Modules, emulator: Emulator) -> None:
    preview = modules(NAME, options(emulator), check_mode=True, diff=True)
    assert preview["changed"] is True
    assert preview["diff"] == {
        "before": {"access_list": ["192.0.2.1/32", "198.51.100.0/24"]},
        "after": {"access_list": ["192.0.2.1/32", "203.0.113.0/24"]},
    }
    assert emulator.calls == [f"{PAGE} 401", f"{PAGE} 200"]

    emulator.clear()
    first, again = modules(NAME, options(emulator)), modules(NAME, options(emulator))
    assert [(item["id"], item["changed"], item["state"]) for item in first["access_list"]] == [
        ("192.0.2.1/32", False, "present"),
        ("203.0.113.0/24", True, "present"),
        ("198.51.100.0/24", True, "absent"),
    ]
    assert (first["org_id"], first["key_id"]) == (ORGANIZATION.id, SPARE_KEY.id)
    assert (again["changed"], len(again["access_list"])) == (False, 2)
    assert emulator.calls == [
        f"{PAGE} 401",
        f"{PAGE} 200",
        f"POST {PATH} 200",
        f"DELETE {PATH}/198.51.100.0%2F24 204",
        f"{PAGE} 401",
        f"{PAGE} 200",
    ]


def test_the_organization_from_the_environment_and_entries_as_text(modules: Modules, emulator: Emulator) -> None:
    given = options(emulator, org_id=None, key_id=SPARE_KEY.public_key, entries="203.0.113.1,203.0.113.2")
    result = modules(NAME, given, environment={"MONGODB_ATLAS_ORG_ID": ORGANIZATION.id})
    assert [item["id"] for item in result["access_list"] if item["state"] == "present"] == [
        "203.0.113.1/32",
        "203.0.113.2/32",
    ]
    assert blocks(emulator) == ["203.0.113.1/32", "203.0.113.2/32"]


def test_removing_an_entry(modules: Modules, emulator: Emulator) -> None:
    remove = options(emulator, entries=["192.0.2.1"], exclusive=None, state="absent")
    preview = modules(NAME, remove, check_mode=True, diff=True)
    assert preview["diff"] == {
        "before": {"access_list": ["192.0.2.1/32", "198.51.100.0/24"]},
        "after": {"access_list": ["198.51.100.0/24"]},
    }
    assert blocks(emulator) == ["192.0.2.1/32", "198.51.100.0/24"]
    first, again = modules(NAME, remove), modules(NAME, remove)
    assert (preview["changed"], first["changed"], again["changed"]) == (True, True, False)
    assert blocks(emulator) == ["198.51.100.0/24"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_last_entry_stays_without_leave(modules: Modules, emulator: Emulator, check_mode: bool) -> None:
    remove = options(emulator, entries=["192.0.2.1", "198.51.100.0/24"], exclusive=None, state="absent")
    result = modules(NAME, remove, check_mode=check_mode)
    assert result["failed"]
    assert "the key can be used from anywhere, or from nowhere if its organization demands" in result["msg"]
    assert "set allow_empty=true" in result["msg"]
    assert emulator.calls == [f"{PAGE} 401", f"{PAGE} 200"]
    assert modules(NAME, {**remove, "allow_empty": True}, check_mode=check_mode)["changed"] is True
    assert len(blocks(emulator)) == (2 if check_mode else 0)


def test_the_whole_list_is_removed(modules: Modules, emulator: Emulator) -> None:
    assert modules(NAME, options(emulator, entries=None, allow_empty=True))["changed"] is True
    assert blocks(emulator) == []
    assert modules(NAME, options(emulator, entries=[], allow_empty=True))["changed"] is False


def test_an_addition_that_fails_removes_nothing(modules: Modules, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="POST", status=403, error_code="USER_UNAUTHORIZED"))
    result = modules(NAME, options(emulator))
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 403)
    assert [(item["id"], item["state"]) for item in result["access_list"]] == [
        ("192.0.2.1/32", "present"),
        ("203.0.113.0/24", "absent"),
        ("198.51.100.0/24", "present"),
    ]
    assert "The task did not add 203.0.113.0/24." in result["msg"]
    assert blocks(emulator) == ["192.0.2.1/32", "198.51.100.0/24"]


def test_a_login_that_lacks_the_right(modules: Modules, emulator: Emulator) -> None:
    login = {"public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}
    result = modules(NAME, options(emulator, **login))
    assert (result["failed"], result["status_code"]) == (True, 401)
    assert result["error_code"] == "API_KEY_ACCESS_LIST_ACCESS_DENIED"
    assert "ORG_OWNER (Organization Owner)" in result["msg"]
    assert "The login was refused" not in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("key", ["zzzzzzzz", "000000000000000000000000"])
def test_a_key_that_does_not_exist_is_a_failure(modules: Modules, emulator: Emulator, key: str, state: str) -> None:
    result = modules(NAME, options(emulator, key_id=key, state=state, exclusive=None))
    assert result["failed"]
    assert key in result["msg"]
    assert "key_id" in result["msg"]


BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({"org_id": None}, "missing required arguments: org_id"),
    ({"org_id": "Example"}, "org_id is not an id."),
    ({"key_id": "Terraform"}, "key_id is not an id. Name a key by its id"),
    ({"key_id": SPARE_KEY.private_key}, "key_id holds a key itself"),
    ({"entries": ["192.0.2.5/24"]}, "Write 192.0.2.0/24 for the block"),
    ({"entries": ["vpn.example.com"]}, "vpn.example.com is a name"),
    ({"entries": [SPARE_KEY.private_key]}, "holds a key itself"),
    ({"entries": [""]}, "an entry is empty"),
    ({"entries": None}, "the task would remove every entry"),
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
    assert SPARE_KEY.private_key not in str(result)
    assert emulator.requests == []
