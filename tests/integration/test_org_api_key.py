# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module org_api_key: its requests and results, and the promise that a new secret is handed over exactly once."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, Fault, ProgrammaticKey
from tests.emulator.sample import (
    ORGANIZATION,
    OWNER_KEY,
    PROJECT,
    PROJECT_OWNER_KEY,
    READER_KEY,
    SPARE_KEY,
    sample_world,
)
from tests.integration.started import Start, add_key, as_owner, check_refusal, emulators, new_keys

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Playbook
    from tests.integration.modules import Modules

KEYS = f"/orgs/{ORGANIZATION.id}/apiKeys"
PAGE = "?pageNum=1&itemsPerPage=500"
LIST = f"GET {KEYS}{PAGE}"
SPARE = f"{KEYS}/{SPARE_KEY.id}"
UNKNOWN = "000000000000000000000000"
READ_ONLY = ["ORG_READ_ONLY"]
NEW: dict[str, t.Any] = {"description": "ci", "roles": READ_ONLY}


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as the owner of the organization. Options replace its own."""
    return as_owner(emulator, **{"org_id": ORGANIZATION.id, **options})


@pytest.fixture
def start(modules: Modules) -> Iterator[Start]:
    with emulators(modules, "org_api_key", options_of) as start:
        yield start


def fields_of(key: ProgrammaticKey) -> dict[str, t.Any]:
    """Return the fields of a key without roles in projects, as the module returns them."""
    return {
        "id": key.id,
        "state": "present",
        "public_key": key.public_key,
        "description": key.description,
        "roles": sorted(key.roles),
        "projects": [],
        "obfuscated_key": key.redacted,
    }


def without_time(item: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return an item without its time, which its id tells too."""
    assert item["created_at"]
    return {name: value for name, value in item.items() if name != "created_at"}


@pytest.mark.parametrize(
    ("product", "path", "per_page"),
    [
        ("atlas", "/api/atlas/v1.0", 500),
        ("atlas", "/api/atlas/v2", 500),
        ("ops-manager-6.0", "", 100),
        ("cloud-manager", "/api/public/v1.0", 100),
    ],
)
def test_making_a_key_in_check_mode_for_real_and_again(start: Start, product: str, path: str, per_page: int) -> None:
    emulator, run = start(product=product, shuffles_roles=True)
    page = f"?pageNum=1&itemsPerPage={per_page}"
    new = {"base_url": emulator.url + path, "description": "ci", "roles": ["ORG_READ_ONLY", "ORG_MEMBER"]}
    reads = [f"GET {KEYS}{page} 401", f"GET {KEYS}{page} 200"]

    preview = run(**new, check_mode=True, diff=True)
    assert preview["changed"] is True
    item = {"id": None, "changed": True, "state": "present", "description": "ci", "roles": sorted(new["roles"])}
    assert preview["org_api_key"] == item
    assert preview["org_api_keys"] == [item]
    assert "private_key" not in preview
    assert emulator.calls == reads
    assert emulator.world == sample_world()

    emulator.clear()
    made = run(**new)
    (key,) = new_keys(emulator.world)
    assert made["changed"] is True
    assert (made["private_key"], made["org_id"]) == (key.private_key, ORGANIZATION.id)
    assert without_time(made["org_api_key"]) == {**fields_of(key), "changed": True}
    assert json.dumps(made).count(key.private_key) == 1
    assert (key.description, sorted(key.roles)) == ("ci", sorted(new["roles"]))
    assert emulator.calls == [
        *reads,
        f"POST {KEYS} 200",
        f"GET {KEYS}{page} 200",
        f"PATCH {KEYS}/{key.id} 200",
    ]
    assert emulator.connections == 2
    assert json.loads(emulator.requests[2].body)["desc"].startswith("ci [unfinished ")

    emulator.clear()
    again = run(**new)
    assert (again["changed"], "private_key" in again) == (False, False)
    assert without_time(again["org_api_key"]) == {**fields_of(key), "changed": False}
    assert "younger than ten minutes" in again["warnings"][0]
    assert emulator.calls == [*reads, f"GET {KEYS}/{key.id} 200"]

    emulator.clear()
    revoke = {**new, "roles": None, "state": "absent"}
    assert [run(**revoke)["changed"] for _time in range(2)] == [True, False]
    delete = f"DELETE {KEYS}/{key.id} {200 if product.startswith('ops') else 204}"
    assert emulator.calls == [*reads, f"GET {KEYS}/{key.id} 200", delete, *reads]
    assert emulator.world == sample_world()


def test_changing_a_key_by_id_in_check_mode_for_real_and_again(start: Start) -> None:
    emulator, run = start()
    change = {"key_id": [SPARE_KEY.id], "description": "backup", "roles": READ_ONLY}
    get = f"GET {SPARE} "
    preview = run(**change, check_mode=True, diff=True)
    assert preview["changed"] is True
    assert emulator.calls == [f"{get}401", f"{get}200"]
    emulator.clear()
    done = run(**change, diff=True)
    assert {name: preview[name] for name in ("org_api_key", "diff")} == {
        name: done[name] for name in ("org_api_key", "diff")
    }
    before, after = (done["diff"][side]["org_api_keys"][0] for side in ("before", "after"))
    assert (before["description"], before["roles"]) == (SPARE_KEY.description, ["ORG_MEMBER"])
    assert (after["description"], after["roles"]) == ("backup", READ_ONLY)
    assert after["projects"] == [{"project_id": PROJECT.id, "roles": ["GROUP_READ_ONLY"]}]
    assert emulator.calls == [f"{get}401", f"{get}200", f"PATCH {SPARE} 200"]
    emulator.clear()
    assert run(**change)["changed"] is False
    assert emulator.calls == [f"{get}401", f"{get}200"]


def test_only_the_fields_that_differ_are_sent(start: Start) -> None:
    emulator, run = start()
    run(key_id=[SPARE_KEY.id], description="backup", roles=["ORG_MEMBER"])
    run(description="backup", roles=READ_ONLY)
    patches = [json.loads(request.body) for request in emulator.requests if request.method == "PATCH"]
    assert patches == [{"desc": "backup"}, {"roles": READ_ONLY}]


def test_changing_a_key_by_its_description_or_public_key(start: Start) -> None:
    emulator, run = start()
    tail = [f"{LIST} 401", f"{LIST} 200", f"GET {SPARE} 200", f"PATCH {SPARE} 200"]
    assert run(description=SPARE_KEY.description, roles=READ_ONLY)["changed"] is True
    assert emulator.calls == tail
    emulator.clear()
    assert run(key_id=[SPARE_KEY.public_key], roles=["ORG_MEMBER"])["org_api_key"]["id"] == SPARE_KEY.id
    assert emulator.calls == tail


def test_revoking_by_id(start: Start) -> None:
    emulator, run = start()
    one = {"key_id": [SPARE_KEY.id], "state": "absent"}
    assert run(**one, check_mode=True, diff=True)["changed"] is True
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"]
    emulator.clear()
    assert run(**one)["changed"] is True
    again = run(**one)
    assert (again["changed"], again["status_code"], again["error_code"]) == (False, 400, "API_KEY_NOT_FOUND")
    assert emulator.calls == [
        f"DELETE {SPARE} 401",
        f"DELETE {SPARE} 204",
        f"DELETE {SPARE} 401",
        f"DELETE {SPARE} 400",
    ]


def test_revoking_several_keys_ends_with_the_one_that_logs_in(start: Start) -> None:
    emulator, run = start()
    ids = [OWNER_KEY.public_key, UNKNOWN, SPARE_KEY.id.upper(), SPARE_KEY.public_key]
    result = run(key_id=ids, state="absent")
    assert [(item["id"], item["changed"], item["state"]) for item in result["org_api_keys"]] == [
        (OWNER_KEY.id, True, "absent"),
        (UNKNOWN, False, "absent"),
        (SPARE_KEY.id, True, "absent"),
    ]
    assert [f"The task logs in with the key {OWNER_KEY.id}: nothing can log in with it afterwards."] == result[
        "warnings"
    ]
    assert emulator.calls == [
        f"{LIST} 401",
        f"{LIST} 200",
        f"GET {KEYS}/{UNKNOWN} 400",
        f"DELETE {SPARE} 204",
        f"DELETE {KEYS}/{OWNER_KEY.id} 204",
    ]
    assert not {OWNER_KEY.id, SPARE_KEY.id} & emulator.world.programmatic_keys.keys()


def test_a_key_that_the_list_does_not_show_yet_is_not_gone(start: Start) -> None:
    emulator, run = start(list_lag=1)
    made = run(**NEW)["org_api_key"]["id"]
    emulator._state.lag.added(f"orgs/{ORGANIZATION.id}", emulator.world.programmatic_keys[made])
    result = run(key_id=[made, SPARE_KEY.id], state="absent")
    assert [(item["id"], item["changed"]) for item in result["org_api_keys"]] == [(made, True), (SPARE_KEY.id, True)]
    assert new_keys(emulator.world) == []


def test_an_unknown_public_key_is_gone_only_if_the_list_is_whole(start: Start) -> None:
    emulator, run = start()
    assert run(key_id=["zzzzzzzz"], state="absent")["org_api_key"]["state"] == "absent"
    assert "There is no key zzzzzzzz in organization" in run(key_id=["zzzzzzzz"], roles=READ_ONLY)["msg"]
    page = json.dumps({"results": [], "links": [], "totalCount": 7})
    emulator.add_fault(Fault(method="GET", status=200, body=page, times=None))
    result = run(key_id=["zzzzzzzz"], state="absent")
    assert (result["failed"], result["changed"]) == (True, False)
    assert "should have more" in result["msg"]


def test_a_public_key_that_only_the_second_list_shows_is_revoked(start: Start) -> None:
    emulator, run = start()
    emulator.add_fault(Fault(method="GET", status=200, body=json.dumps({"results": [], "links": [], "totalCount": 0})))
    assert run(key_id=[SPARE_KEY.public_key], state="absent")["changed"] is True
    assert SPARE_KEY.id not in emulator.world.programmatic_keys


def test_an_unknown_id_and_an_unknown_description(start: Start) -> None:
    _emulator, run = start()
    unknown = run(key_id=[UNKNOWN, SPARE_KEY.id], roles=READ_ONLY)
    assert (unknown["failed"], unknown["changed"]) == (True, True)
    assert "1 of 2 failed. There is no key" in unknown["msg"]
    assert [item["changed"] for item in unknown["org_api_keys"]] == [False, True]
    nothing = run(description="ci")
    assert "There is no key 'ci'. To make one, the task needs roles." in nothing["msg"]


def test_several_keys_of_one_description_are_listed_and_never_guessed(start: Start) -> None:
    emulator, run = start()
    first = add_key(emulator, "terraform", 200 * 86400)
    second = add_key(emulator, "terraform", 100 * 86400)
    for options in ({"roles": READ_ONLY}, {"state": "absent"}):
        result = run(description="terraform", **options)
        assert (result["failed"], result["changed"]) == (True, False)
        for key in (first, second):
            assert f"{key.id} (public key {key.public_key}, made 20" in result["msg"]
        assert "ORG_READ_ONLY)" in result["msg"]
    assert {request.method for request in emulator.requests} == {"GET"}


def test_a_key_that_takes_roles_from_itself_is_changed_last_with_a_warning(start: Start) -> None:
    emulator, run = start()
    result = run(key_id=[OWNER_KEY.id, SPARE_KEY.id], roles=READ_ONLY)
    assert f"logs in with the key {OWNER_KEY.id}, and takes ORG_OWNER from it." in result["warnings"][0]
    assert [call for call in emulator.calls if "PATCH" in call] == [
        f"PATCH {SPARE} 200",
        f"PATCH {KEYS}/{OWNER_KEY.id} 200",
    ]


@pytest.mark.parametrize("added", [False, True])
def test_the_role_that_the_server_adds_does_not_stay(start: Start, added: bool) -> None:
    emulator, run = start(adds_org_member=added)
    assert run(**NEW)["org_api_key"]["roles"] == READ_ONLY
    assert run(**NEW)["changed"] is False
    assert [key.roles for key in new_keys(emulator.world)] == [READ_ONLY]


@pytest.mark.parametrize("description", ["x" * 250, "x" * 227 + " " + "y" * 22, "Sicherung Köln 'täglich' \\ \""])
def test_long_and_odd_descriptions(start: Start, description: str) -> None:
    emulator, run = start(trims_desc=True)
    new = {"description": description, "roles": READ_ONLY}
    assert [run(**new)["changed"] for _time in range(2)] == [True, False]
    assert [key.description for key in new_keys(emulator.world)] == [description]


@pytest.mark.parametrize("by_id", [True, False])
def test_revoking_removes_the_file_only_if_it_holds_the_revoked_key(start: Start, tmp_path: Path, by_id: bool) -> None:
    emulator, run = start()
    path = tmp_path / "private_key"
    for content, remains in (("another one", True), (SPARE_KEY.private_key, False)):
        path.write_text(content, encoding="utf-8")
        which = {"key_id": [SPARE_KEY.id]} if by_id else {"description": SPARE_KEY.description}
        revoke = {**which, "state": "absent", "private_key_path": str(path)}
        assert run(**revoke, check_mode=True)["changed"] is True
        assert path.exists()
        assert run(**revoke)["changed"] is True
        assert path.exists() == remains
        emulator.reset()


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_file_that_cannot_be_used_is_refused_before_anything_is_sent(
    start: Start, tmp_path: Path, state: str
) -> None:
    emulator, run = start()
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    for path, says in (
        (tmp_path, "is not a file"),
        (tmp_path / "a" / "b", "there is no folder"),
        (tmp_path / "link", "is a link that leads nowhere"),
    ):
        result = run(description="ci", roles=READ_ONLY, state=state, private_key_path=str(path))
        assert says in result["msg"]
        assert emulator.requests == []


def test_a_list_that_lags_shows_a_revoked_key_that_is_not_believed(start: Start) -> None:
    emulator, run = start(list_lag=3)
    run(description=SPARE_KEY.description, state="absent")
    made = run(description=SPARE_KEY.description, roles=READ_ONLY)
    (key,) = new_keys(emulator.world)
    assert (made["changed"], made["private_key"]) == (True, key.private_key)


def test_a_list_that_lags_leads_to_one_key(start: Start) -> None:
    emulator, run = start(list_lag=3)
    results = [run(**NEW) for _time in range(2)]
    assert [result["changed"] for result in results] == [True, False]
    assert len(new_keys(emulator.world)) == 1


def test_a_refused_create_leaves_nothing_and_shows_the_word_of_the_server(start: Start) -> None:
    switches: dict[str, t.Any]
    for switches, options, says in (
        ({"max_keys_per_org": 5}, {}, "MAX_API_KEYS_PER_ORG_EXCEEDED"),
        ({}, {"roles": ["ORG_KING"]}, "ORG_KING"),
        ({"unknown_role": "BAD_REQUEST"}, {"roles": ["ORG_KING"]}, "ORG_KING"),
        ({}, {"org_id": UNKNOWN}, "Is org_id mistyped?"),
        ({}, {"org_id": UNKNOWN, "state": "absent"}, "Is org_id mistyped?"),
        ({}, {"public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}, "the role ORG_OWNER"),
    ):
        emulator, run = start(**switches)
        result = run(**{**NEW, **options})
        assert (result["failed"], result["changed"]) == (True, False)
        assert says in result["msg"]
        assert emulator.world == sample_world()


@pytest.mark.parametrize(
    "options", [{"key_id": [SPARE_KEY.id], "roles": READ_ONLY}, {"key_id": [SPARE_KEY.id], "state": "absent"}]
)
def test_a_login_that_may_only_read_fails_with_advice_about_roles(start: Start, options: dict[str, t.Any]) -> None:
    emulator, run = start()
    reader = {"public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}
    result = run(**options, **reader)
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 401)
    assert "the login needs the role ORG_OWNER" in result["msg"]
    assert run(key_id=[SPARE_KEY.id], roles=["ORG_MEMBER"], **reader)["changed"] is False
    assert emulator.world == sample_world()


def test_a_module_cut_off_by_the_keyword_timeout_leaves_no_secret_that_nobody_has(
    playbook: Playbook, tmp_path: Path
) -> None:
    """Ansible stops waiting, and the module goes on."""
    file = tmp_path / "private_key"
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="POST", delay=4))
        task = {"mongodb.atlas.org_api_key": options_of(emulator, **NEW, private_key_path=str(file)), "timeout": 2}
        cut_off, again = playbook([{**task, "ignore_errors": True}, {**task, "timeout": 60}]).results
    assert (cut_off["failed"], again["failed"]) == (True, False)
    assert [key.private_key for key in new_keys(emulator.world)] == [file.read_text(encoding="utf-8")]


BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({}, "The task needs key_id or description"),
    ({"org_id": None}, "missing required arguments: org_id"),
    ({"org_id": "x", "description": "ci"}, "org_id is not an id."),
    ({"key_id": ["x"]}, "key_id is not an id."),
    ({"key_id": [SPARE_KEY.private_key]}, "key_id holds a key itself"),
    ({"description": SPARE_KEY.private_key}, "description holds a secret."),
    ({"description": " ci"}, "description must not begin or end with white space."),
    ({"description": "ci", "roles": []}, "roles must not be empty"),
    ({"description": "ci", "roles": ["org_owner"]}, "is not the name of a role"),
    ({"description": "ci [unfinished 0a1b2c3d]"}, "ends with a mark"),
    ({"key_id": [SPARE_KEY.id], "description": "ci", "state": "absent"}, "key_id and description together"),
    ({"description": "ci", "private_key_path": "/nowhere/key"}, "there is no folder for /nowhere/key"),
    ({"description": "ci", "missing_secret": "ignore"}, "value of missing_secret must be one of: fail, warn"),
]


@pytest.mark.parametrize(("options", "says"), BAD_INPUT, ids=[says for _options, says in BAD_INPUT])
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    start: Start, options: dict[str, t.Any], says: str
) -> None:
    check_refusal(start, options, says, SPARE_KEY.private_key)


def test_a_member_of_the_organization_makes_no_key(start: Start) -> None:
    """Every key of the organization may read, so the task fails at the first step that writes."""
    emulator, run = start()
    member = {"public_key": PROJECT_OWNER_KEY.public_key, "private_key": PROJECT_OWNER_KEY.private_key}
    assert "the login needs the role ORG_OWNER" in run(**NEW, **member)["msg"]
    assert emulator.world == sample_world()
