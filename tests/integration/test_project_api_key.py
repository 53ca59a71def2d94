# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module project_api_key: its requests and results. A key that leaves a project is not revoked."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, Fault, ProgrammaticKey, World
from tests.emulator.sample import (
    ORGANIZATION,
    OWNER_KEY,
    PROJECT,
    PROJECT_OWNER_KEY,
    READER_KEY,
    SECOND_PROJECT,
    SPARE_KEY,
    sample_world,
)
from tests.integration.started import Start, add_key, as_owner, check_refusal, emulators, new_keys

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.modules import Modules

KEYS = f"/groups/{PROJECT.id}/apiKeys"
ORG_KEYS = f"/orgs/{ORGANIZATION.id}/apiKeys"
LIST = f"GET {KEYS}?pageNum=1&itemsPerPage=500"
READS = [f"{LIST} 401", f"{LIST} 200"]
SPARE = f"{KEYS}/{SPARE_KEY.id}"
READER = f"{KEYS}/{READER_KEY.id}"
UNKNOWN = "000000000000000000000000"
NEW: dict[str, t.Any] = {"description": "ci", "roles": ["GROUP_READ_ONLY"]}
PROJECT_OWNER = {"public_key": PROJECT_OWNER_KEY.public_key, "private_key": PROJECT_OWNER_KEY.private_key}
PRODUCTS = [
    ("atlas", "/api/atlas/v1.0", 500),
    ("atlas", "/api/atlas/v2", 500),
    ("ops-manager-6.0", "", 100),
    ("cloud-manager", "/api/public/v1.0", 100),
]


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as an owner of the organization. Options replace its own."""
    return as_owner(emulator, **{"project_id": PROJECT.id, **options})


@pytest.fixture
def start(modules: Modules) -> Iterator[Start]:
    with emulators(modules, "project_api_key", options_of) as start:
        yield start


def add_project_key(emulator: Emulator, description: str, age: float = 86400) -> ProgrammaticKey:
    """Add a key that is so many seconds old to the project."""
    return add_key(emulator, description, age, ["ORG_MEMBER"], {PROJECT.id: NEW["roles"]})


def outcomes(result: dict[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in result["project_api_keys"]]


def roles_of(emulator: Emulator, key: ProgrammaticKey) -> list[str] | None:
    """Return the roles of a key in the project, None if it is not there."""
    return emulator.world.programmatic_keys[key.id].project_roles.get(PROJECT.id)


@pytest.mark.parametrize(("product", "path", "per_page"), PRODUCTS)
@pytest.mark.parametrize("takes_description", [True, False])
def test_making_a_key_in_check_mode_for_real_and_again(
    start: Start, product: str, path: str, per_page: int, takes_description: bool
) -> None:
    emulator, run = start(product=product, shuffles_roles=True, ops_manager_takes_desc=takes_description)
    new = {**NEW, "base_url": emulator.url + path, "roles": ["GROUP_READ_ONLY", "GROUP_BACKUP_ADMIN"]}
    page = f"GET {KEYS}?pageNum=1&itemsPerPage={per_page}"

    preview = run(**new, check_mode=True, diff=True)
    item = {"id": None, "changed": True, "state": "present", "description": "ci", "roles": sorted(new["roles"])}
    assert (preview["changed"], preview["project_api_key"], "private_key" in preview) == (True, item, False)
    assert emulator.calls == [f"{page} 401", f"{page} 200"]
    assert emulator.world == sample_world()

    emulator.clear()
    made = run(**new)
    (key,) = new_keys(emulator.world)
    assert (made["changed"], made["private_key"], made["project_id"]) == (True, key.private_key, PROJECT.id)
    assert json.dumps(made).count(key.private_key) == 1
    assert {name: made["project_api_key"][name] for name in ("id", "description", "roles", "projects")} == {
        "id": key.id,
        "description": "ci",
        "roles": sorted(new["roles"]),
        "projects": [{"project_id": PROJECT.id, "roles": sorted(new["roles"])}],
    }
    assert (key.description, key.roles, sorted(key.project_roles[PROJECT.id])) == (
        "ci",
        ["ORG_MEMBER"],
        sorted(new["roles"]),
    )
    needs_organization = product != "atlas" and not takes_description
    assert emulator.calls == [
        f"{page} 401",
        f"{page} 200",
        f"POST {KEYS} 200",
        f"{page} 200",
        f"PATCH {KEYS}/{key.id} 200",
        *([f"PATCH {ORG_KEYS}/{key.id} 200"] if needs_organization else []),
    ]
    assert json.loads(emulator.requests[2].body)["desc"].startswith("ci [unfinished ")

    emulator.clear()
    again = run(**new)
    assert (again["changed"], "private_key" in again, outcomes(again)) == (False, False, [(key.id, False, "present")])
    assert "younger than ten minutes" in again["warnings"][0]
    assert emulator.calls == [f"{page} 401", f"{page} 200"]


@pytest.mark.parametrize(("product", "path", "per_page"), PRODUCTS)
def test_assigning_keys_in_check_mode_for_real_and_again(start: Start, product: str, path: str, per_page: int) -> None:
    emulator, run = start(product=product, shuffles_roles=True)
    wanted = {"key_id": [READER_KEY.id, SPARE_KEY.id, OWNER_KEY.id.upper()], "base_url": emulator.url + path}
    wanted["roles"] = ["GROUP_BACKUP_ADMIN", "GROUP_READ_ONLY"]
    page = f"GET {KEYS}?pageNum=1&itemsPerPage={per_page}"
    everything = [(key.id, True, "present") for key in (READER_KEY, SPARE_KEY, OWNER_KEY)]
    assert outcomes(run(**wanted, check_mode=True)) == everything
    assert emulator.calls == [f"{page} 401", f"{page} 200"]
    emulator.clear()
    assert outcomes(run(**wanted)) == everything
    method, assign = ("POST", 204) if product == "atlas" else ("PATCH", 200)
    assert emulator.calls == [
        f"{page} 401",
        f"{page} 200",
        f"{method} {READER} {assign}",
        f"PATCH {SPARE} 200",
        f"{method} {KEYS}/{OWNER_KEY.id} {assign}",
    ]
    bodies = [json.loads(request.body) for request in emulator.requests[2:]]
    body = {"roles": wanted["roles"]}
    assert bodies == [[body] if method == "POST" else body, body, [body] if method == "POST" else body]
    emulator.clear()
    again = run(**wanted)
    assert (again["changed"], again["project_api_keys"][1]["description"]) == (False, SPARE_KEY.description)
    assert emulator.calls == [f"{page} 401", f"{page} 200"]
    world = sample_world().programmatic_keys
    for key in (READER_KEY, SPARE_KEY, OWNER_KEY):  # neither description nor roles of the organization change
        now = emulator.world.programmatic_keys[key.id]
        assert (now.description, now.roles) == (world[key.id].description, world[key.id].roles)


def test_public_keys_that_are_not_in_the_project_cost_two_requests(start: Start) -> None:
    emulator, run = start()
    names = {"key_id": [SPARE_KEY.public_key, READER_KEY.public_key], "roles": SPARE_KEY.project_roles[PROJECT.id]}
    assert outcomes(run(**names)) == [(SPARE_KEY.id, False, "present"), (READER_KEY.id, True, "present")]
    assert emulator.calls == [
        *READS,
        f"GET /groups/{PROJECT.id} 200",
        f"GET {ORG_KEYS}?pageNum=1&itemsPerPage=500 200",
        f"POST {READER} 204",
    ]
    emulator.clear()
    assert run(**names)["changed"] is False
    assert emulator.calls == READS
    unknown = run(key_id=["zzzzzzzz"], roles=["GROUP_READ_ONLY"])
    assert f"There is no key zzzzzzzz in project {PROJECT.id}" in unknown["msg"]


def test_an_unknown_public_key_is_not_in_the_project_only_if_the_list_is_whole(start: Start) -> None:
    emulator, run = start()
    assert outcomes(run(key_id=["zzzzzzzz"], state="absent")) == [("zzzzzzzz", False, "absent")]
    page = json.dumps({"results": [], "links": [], "totalCount": 7})
    emulator.add_fault(Fault(method="GET", status=200, body=page, times=None))
    result = run(key_id=["zzzzzzzz"], state="absent")
    assert (result["failed"], result["changed"]) == (True, False)
    assert "should have more" in result["msg"]


@pytest.mark.parametrize("product", ["atlas", "ops-manager-6.0", "cloud-manager"])
def test_a_key_that_leaves_the_project_lives_on(start: Start, product: str) -> None:
    emulator, run = start(product=product)
    leave = {"key_id": [SPARE_KEY.id, SPARE_KEY.public_key, READER_KEY.id], "state": "absent"}
    gone = [(SPARE_KEY.id, True, "absent"), (READER_KEY.id, False, "absent")]
    preview = run(**leave, check_mode=True, diff=True)
    assert (outcomes(preview), emulator.world) == (gone, sample_world())
    emulator.clear()
    result = run(**leave, diff=True)
    assert (outcomes(result), result["diff"]) == (gone, preview["diff"])
    assert result["project_api_keys"][0]["projects"] == result["project_api_keys"][0]["roles"] == []
    assert "lives on in the organization, and can still log in" in result["msg"]
    assert "mongodb.atlas.org_api_key" in result["msg"]
    assert [call.rpartition(" ")[0].partition("?")[0] for call in emulator.calls] == [
        f"GET {KEYS}",
        f"GET {KEYS}",
        f"DELETE {SPARE}",
    ]
    assert roles_of(emulator, SPARE_KEY) is None
    assert emulator.world.programmatic_keys[SPARE_KEY.id].roles == ["ORG_MEMBER"]
    assert run(**leave)["changed"] is False


def test_the_key_that_logs_in_leaves_last_and_with_a_warning(start: Start) -> None:
    emulator, run = start()
    result = run(key_id=[PROJECT_OWNER_KEY.id, SPARE_KEY.id], state="absent", **PROJECT_OWNER)
    assert [call for call in emulator.calls if "DELETE" in call] == [
        f"DELETE {SPARE} 204",
        f"DELETE {KEYS}/{PROJECT_OWNER_KEY.id} 204",
    ]
    assert result["warnings"] == [
        f"The task logs in with the key {PROJECT_OWNER_KEY.id}, and takes GROUP_OWNER from it."
    ]
    assert run(key_id=[OWNER_KEY.id], roles=["GROUP_OWNER"])["changed"] is True
    weaker = run(key_id=[OWNER_KEY.id], roles=["GROUP_READ_ONLY"])
    assert weaker["warnings"] == [f"The task logs in with the key {OWNER_KEY.id}, and takes GROUP_OWNER from it."]


def test_taking_a_key_out_by_its_description(start: Start) -> None:
    emulator, run = start()
    leave = {"description": SPARE_KEY.description, "state": "absent"}
    assert outcomes(run(**leave)) == [(SPARE_KEY.id, True, "absent")]
    assert emulator.calls == [*READS, f"DELETE {SPARE} 204"]
    again = run(**leave)
    assert (again["changed"], again["project_api_keys"]) == (False, [])


@pytest.mark.parametrize("status", ["204", "404", "400"])
def test_a_key_that_somebody_else_took_out_of_the_project_is_not_there(start: Start, status: str) -> None:
    emulator, run = start(unassign_unassigned=status)
    emulator.before("DELETE", SPARE, lambda world: world.programmatic_keys[SPARE_KEY.id].project_roles.clear())
    assert outcomes(run(key_id=[SPARE_KEY.id], state="absent")) == [(SPARE_KEY.id, status == "204", "absent")]


@pytest.mark.parametrize("roles", [["GROUP_OWNER"], ["GROUP_READ_ONLY"]])
def test_a_key_that_somebody_else_assigned_gets_the_roles(start: Start, roles: list[str]) -> None:
    emulator, run = start()

    def assign(world: World) -> None:
        world.programmatic_keys[READER_KEY.id].project_roles[PROJECT.id] = ["GROUP_READ_ONLY"]

    emulator.before("POST", READER, assign)
    result = run(key_id=[READER_KEY.id], roles=roles)
    assert (result["failed"], result["changed"], result["project_api_key"]["roles"]) == (False, True, roles)
    assert emulator.calls == [*READS, f"POST {READER} 400", f"PATCH {READER} 200"]
    assert roles_of(emulator, READER_KEY) == roles


@pytest.mark.parametrize("status", ["assigns", "404", "400"])
def test_a_key_that_left_the_project_before_its_roles_change(start: Start, status: str) -> None:
    emulator, run = start(patch_unassigned=status)
    emulator.before("PATCH", SPARE, lambda world: world.programmatic_keys[SPARE_KEY.id].project_roles.clear())
    result = run(key_id=[SPARE_KEY.id], roles=["GROUP_OWNER"])
    assigned = status == "assigns"
    assert (result["failed"], outcomes(result)) == (
        not assigned,
        [(SPARE_KEY.id, assigned, "present" if assigned else "absent")],
    )
    assert roles_of(emulator, SPARE_KEY) == (["GROUP_OWNER"] if assigned else None)


@pytest.mark.parametrize("product", ["atlas", "ops-manager-6.0"])
@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}])
@pytest.mark.parametrize("after_work", [True, False])
def test_after_a_lost_answer_to_the_assignment_the_list_decides(
    start: Start, product: str, fault: dict[str, t.Any], after_work: bool
) -> None:
    emulator, run = start(product=product)
    emulator.add_fault(Fault(method="POST" if product == "atlas" else "PATCH", after_work=after_work, **fault))
    result = run(key_id=[READER_KEY.id], roles=["GROUP_OWNER"])
    # PATCH is repeated; POST is not, because it could do its work twice.
    works = after_work or product != "atlas"
    assert (result["failed"], roles_of(emulator, READER_KEY)) == (not works, ["GROUP_OWNER"] if works else None)
    assert outcomes(result) == [(READER_KEY.id, works, "present" if works else None)]


def test_an_unknown_project_or_key_and_a_missing_option_are_failures(start: Start) -> None:
    emulator, run = start()
    options: dict[str, t.Any]
    for options, says in (
        ({"project_id": UNKNOWN, **NEW}, "Is project_id mistyped?"),
        ({"project_id": UNKNOWN, "description": "ci", "state": "absent"}, "Is project_id mistyped?"),
        ({"project_id": UNKNOWN, "key_id": [SPARE_KEY.id], "state": "absent"}, "Is project_id mistyped?"),
        ({"key_id": [UNKNOWN], "roles": ["GROUP_OWNER"]}, "API_KEY_NOT_FOUND"),
        ({"key_id": [READER_KEY.id]}, f"The key {READER_KEY.id} is not in project {PROJECT.id}. To put it there"),
        ({"key_id": [SPARE_KEY.id], "roles": ["GROUP_KING"]}, "GROUP_KING"),
        ({"description": "ci", "roles": ["GROUP_KING"]}, "GROUP_KING"),
        ({"description": "ci"}, "There is no key 'ci'. To make one, the task needs roles."),
        ({**NEW, "public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}, "the role GROUP_OWNER"),
    ):
        result = run(**options)
        assert (result["failed"], result["changed"]) == (True, False)
        assert says in result["msg"]
        assert emulator.world == sample_world()


def test_several_keys_of_one_description_in_the_project_are_listed_and_never_guessed(start: Start) -> None:
    emulator, run = start()
    keys = [add_project_key(emulator, "ci") for _number in range(2)]
    for options in (NEW, {"description": "ci", "state": "absent"}):
        result = run(**options)
        assert (result["failed"], result["changed"]) == (True, False)
        assert [f"{key.id} (public key {key.public_key}, made 20" in result["msg"] for key in keys] == [True, True]
    assert {request.method for request in emulator.requests} == {"GET"}


def test_a_description_means_keys_in_the_project_only(start: Start) -> None:
    emulator, run = start()
    result = run(description=READER_KEY.description, roles=["GROUP_READ_ONLY"])
    assert result["changed"] is True
    assert [key.description for key in new_keys(emulator.world)] == [READER_KEY.description]
    assert roles_of(emulator, READER_KEY) is None


@pytest.mark.parametrize("login", ["owner", "project owner"])
@pytest.mark.parametrize("step", ["GET", "PATCH"])
def test_a_key_whose_later_step_fails_does_not_stay(start: Start, tmp_path: Path, login: str, step: str) -> None:
    emulator, run = start()
    emulator.add_fault(Fault(method=step, path="/groups/", skip=1 if step == "GET" else 0, status=403))
    file = tmp_path / "key"
    result = run(**NEW, **(PROJECT_OWNER if login == "project owner" else {}), private_key_path=str(file))
    assert (result["failed"], file.exists()) == (True, False)
    if login == "owner":
        assert (result["changed"], new_keys(emulator.world)) == (False, [])
        assert "The task deleted the new key again." in result["msg"]
        return
    (key,) = new_keys(emulator.world)
    assert (result["changed"], result["project_api_key"]["id"]) == (True, key.id)
    assert f"The new key {key.id} ({key.public_key}) is still there" in result["msg"]
    assert f"The task took it out of project {PROJECT.id}." in result["msg"]
    assert (key.description.startswith("ci [unfinished "), key.project_roles) == (True, {})
    assert emulator.calls[-2:] == [f"DELETE {ORG_KEYS}/{key.id} 401", f"DELETE {KEYS}/{key.id} 204"]
    assert key.private_key not in json.dumps(result)


def test_a_project_owner_makes_a_key(start: Start) -> None:
    emulator, run = start()
    result = run(**NEW, **PROJECT_OWNER)
    assert [key.private_key for key in new_keys(emulator.world)] == [result["private_key"]]


def test_a_project_owner_cannot_finish_a_key_where_the_project_ignores_descriptions(start: Start) -> None:
    emulator, run = start(product="ops-manager-6.0")
    result = run(**NEW, **PROJECT_OWNER)
    (key,) = new_keys(emulator.world)
    assert (result["failed"], result["changed"], key.project_roles) == (True, True, {})
    assert f"The task took it out of project {PROJECT.id}." in result["msg"]


def test_the_answer_that_makes_a_key_is_lost(start: Start) -> None:
    emulator, run = start()
    emulator.add_fault(Fault(method="POST", drop=True, after_work=True))
    result = run(**NEW)
    (key,) = new_keys(emulator.world)
    assert (key.description, key.private_key) == ("ci", result["private_key"])


def test_a_project_owner_takes_a_key_whose_secret_is_lost_out_of_the_project(start: Start) -> None:
    emulator, run = start()
    emulator.add_fault(Fault(method="POST", drop=True, after_work=True))
    result = run(**NEW, **PROJECT_OWNER)
    (key,) = new_keys(emulator.world)
    assert (result["failed"], result["changed"], result["project_api_key"]["id"]) == (True, True, key.id)
    assert f"The new key {key.id} ({key.public_key}) is still there" in result["msg"]
    assert key.project_roles == {}


def test_the_file_is_a_part_of_the_state_and_stays_when_a_key_leaves(start: Start, tmp_path: Path) -> None:
    emulator, run = start()
    file = tmp_path / "key"
    made = run(**NEW, private_key_path=str(file))
    (key,) = new_keys(emulator.world)
    assert (file.read_text(encoding="utf-8"), "private_key" in made) == (key.private_key, False)
    assert run(**NEW, private_key_path=str(file))["changed"] is False
    for options in ({"description": "ci"}, {"key_id": [key.id]}):
        leave = {**options, "state": "absent", "private_key_path": str(file)}
        emulator.world.programmatic_keys[key.id].project_roles[PROJECT.id] = ["GROUP_READ_ONLY"]
        assert run(**leave)["changed"] is True
        assert file.read_text(encoding="utf-8") == key.private_key
    refused = run(**NEW, private_key_path=str(file))
    assert "The task does not overwrite this file" in refused["msg"]
    other = {"description": SPARE_KEY.description, "private_key_path": str(file)}
    assert f"does not hold the secret of the key {SPARE_KEY.id}" in run(**other)["msg"]
    warned = run(**other, missing_secret="warn")
    assert (warned["failed"], len(warned["warnings"])) == (False, 1)


def test_left_overs_in_the_project_are_deleted_from_the_organization(start: Start) -> None:
    emulator, run = start()
    old, young = (
        add_project_key(emulator, "ci [unfinished 0a1b2c3d]", 3700),
        add_project_key(emulator, "ci [unfinished 0a1b2c3e]", 99),
    )
    add_project_key(emulator, "ci")
    result = run(**NEW)
    assert (result["changed"], result["project_api_key"]["changed"]) == (True, False)
    assert emulator.calls == [*READS, f"DELETE {ORG_KEYS}/{old.id} 204"]
    assert [key.id in warning for key, warning in zip((old, young), result["warnings"], strict=True)] == [True, True]


def test_roles_in_other_places_are_neither_compared_nor_changed(start: Start) -> None:
    emulator, run = start()
    key = emulator.world.programmatic_keys[SPARE_KEY.id]
    key.project_roles[SECOND_PROJECT.id] = ["GROUP_OWNER"]
    assert run(key_id=[key.id], roles=["GROUP_READ_ONLY"])["changed"] is False
    result = run(key_id=[key.id], roles=["GROUP_OWNER"])["project_api_key"]
    assert (result["roles"], [each["project_id"] for each in result["projects"]]) == (
        ["GROUP_OWNER"],
        [PROJECT.id, SECOND_PROJECT.id],
    )
    left = run(key_id=[key.id], state="absent")["project_api_key"]
    assert left["projects"] == [{"project_id": SECOND_PROJECT.id, "roles": ["GROUP_OWNER"]}]
    assert (key.roles, key.project_roles) == (["ORG_MEMBER"], {SECOND_PROJECT.id: ["GROUP_OWNER"]})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "The task needs key_id or description"),
        ({"project_id": None}, "missing required arguments: project_id"),
        ({"project_id": "x", "description": "ci"}, "project_id is not an id."),
        ({"key_id": [SPARE_KEY.id], "description": "ci"}, "key_id and description exclude each other."),
        ({"key_id": ["x"]}, "key_id is not an id."),
        ({"key_id": [SPARE_KEY.private_key]}, "key_id holds a key itself"),
        ({"description": "ci", "roles": []}, "roles must not be empty"),
        ({"key_id": [SPARE_KEY.id, UNKNOWN], "private_key_path": "/tmp/key"}, "private_key_path is for one key"),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    start: Start, options: dict[str, t.Any], says: str
) -> None:
    check_refusal(start, options, says, SPARE_KEY.private_key)
