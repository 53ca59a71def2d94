# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module org_api_key_rotation: its requests and results, and what is left of it when it is ended at any moment."""

from __future__ import annotations

import json
import signal
import stat
import typing as t

import pytest

from tests.emulator import AccessEntry, Emulator, Fault, ProgrammaticKey, World
from tests.emulator.sample import (
    ORGANIZATION,
    PROJECT,
    READER_KEY,
    SECOND_PROJECT,
)
from tests.integration.killing import end_at
from tests.integration.started import Start, add_key, as_owner, check_refusal, emulators, new_keys, run_together

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.modules import Modules

NAME = "org_api_key_rotation"
KEYS = f"/orgs/{ORGANIZATION.id}/apiKeys"
DAY = 86400
ENTRIES = [AccessEntry("192.0.2.1/32"), AccessEntry("198.51.100.0/24")]
PLACES = {PROJECT.id: ["GROUP_READ_ONLY"], SECOND_PROJECT.id: ["GROUP_OWNER", "GROUP_READ_ONLY"]}
PRODUCTS = [
    ("atlas", "/api/atlas/v1.0", 500),
    ("atlas", "/api/atlas/v2", 500),
    ("ops-manager-4.4", "", 100),
    ("ops-manager-6.0", "", 100),
    ("cloud-manager", "/api/public/v1.0", 100),
]


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as an owner of the organization. Options replace its own."""
    return as_owner(emulator, **{"org_id": ORGANIZATION.id, "description": "ci", **options})


@pytest.fixture
def start(modules: Modules) -> Iterator[Start]:
    with emulators(modules, NAME, options_of) as start:
        yield start


def added_keys(emulator: Emulator) -> list[ProgrammaticKey]:
    """Return the keys that are not in the sample data, oldest first."""
    return sorted(new_keys(emulator.world), key=lambda key: key.id)


def described(emulator: Emulator, description: str = "ci") -> list[ProgrammaticKey]:
    """Return the keys with this description."""
    return [key for key in added_keys(emulator) if key.description == description]


def add_old_key(emulator: Emulator, days: float, description: str = "ci") -> ProgrammaticKey:
    """Add a key that is so many days old to the organization."""
    return add_key(emulator, description, days * DAY, ["ORG_READ_ONLY", "ORG_MEMBER"])


def replaced_by(key: ProgrammaticKey) -> str:
    return f"ci [replaced by {key.public_key}]"


def outcomes(result: dict[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in result["org_api_keys"]]


def writes(emulator: Emulator) -> list[str]:
    return [call for call in emulator.calls if not call.startswith("GET")]


@pytest.mark.parametrize(("product", "path", "per_page"), PRODUCTS)
@pytest.mark.parametrize("added", [True, False])
def test_rotating_in_check_mode_for_real_and_again(
    start: Start, product: str, path: str, per_page: int, added: bool
) -> None:
    emulator, run = start(product=product, shuffles_roles=True, adds_org_member=added)
    old = add_old_key(emulator, 91)
    old.roles, old.access_list, old.project_roles = ["ORG_READ_ONLY"], list(ENTRIES), dict(PLACES)
    url = emulator.url + path
    page = f"?pageNum=1&itemsPerPage={per_page}"
    reads = [f"GET {KEYS}{page} 401", f"GET {KEYS}{page} 200", f"GET {KEYS}/{old.id} 200"]

    preview = run(base_url=url, check_mode=True, diff=True)
    assert (outcomes(preview), "private_key" in preview) == (
        [(None, True, "present"), (old.id, True, "present")],
        False,
    )
    assert emulator.calls == reads

    emulator.clear()
    done = run(base_url=url)
    old, new = added_keys(emulator)
    assert outcomes(done) == [(new.id, True, "present"), (old.id, True, "present")]
    assert (done["org_api_key"], done["private_key"]) == (done["org_api_keys"][0], new.private_key)
    assert json.dumps(done).count(new.private_key) == 1
    assert (new.description, old.description) == ("ci", replaced_by(new))
    assert done["org_api_keys"][1]["description"] == old.description
    assert (new.roles, new.project_roles) == (old.roles, old.project_roles)
    assert [entry.block for entry in new.access_list] == [entry.block for entry in ENTRIES]
    name = "whitelist" if product == "ops-manager-4.4" else "accessList"
    method, status = ("POST", 204) if product == "atlas" else ("PATCH", 200)
    assert emulator.calls == [
        *reads,
        *([f"GET {KEYS}/{old.id}/accessList{page} 404"] if name == "whitelist" else []),
        f"GET {KEYS}/{old.id}/{name}{page} 200",
        f"POST {KEYS} 200",
        f"POST {KEYS}/{new.id}/{name} 200",
        *[f"{method} /groups/{project}/apiKeys/{new.id} {status}" for project in PLACES],
        f"GET {KEYS}{page} 200",
        f"PATCH {KEYS}/{old.id} 200",
        f"PATCH {KEYS}/{new.id} 200",
    ]
    assert emulator.connections == 2

    emulator.clear()
    again = run(base_url=url)
    assert outcomes(again) == [(new.id, False, "present"), (old.id, False, "present")]
    assert emulator.calls == [*reads[:2], f"GET {KEYS}/{new.id} 200"]


def test_a_rotation_of_a_key_that_stands_alone_takes_eight_requests(start: Start) -> None:
    emulator, run = start()
    add_old_key(emulator, 91)
    assert run()["changed"] is True
    assert [request.method for request in emulator.requests] == ["GET"] * 4 + ["POST", "GET", "PATCH", "PATCH"]


@pytest.mark.parametrize(
    ("days", "options", "is_due"),
    [(89.9, {}, False), (90.1, {}, True), (1.1, {"max_age": 1, "overlap": 0.5}, True), (1.1, {"force": True}, True)],
)
def test_a_key_is_replaced_when_it_is_too_old_or_by_force(
    start: Start, days: float, options: dict[str, t.Any], is_due: bool
) -> None:
    emulator, run = start()
    add_old_key(emulator, days)
    for check_mode in (True, False):
        assert run(**options, check_mode=check_mode)["changed"] is is_due
    assert len(added_keys(emulator)) == 1 + is_due


def test_a_file_takes_the_secret_and_its_old_content_stays_until_the_old_key_is_revoked(
    start: Start, tmp_path: Path
) -> None:
    emulator, run = start()
    emulator.clock = emulator.clock
    old = add_old_key(emulator, 91)
    file, previous = tmp_path / "key", tmp_path / "key.previous"
    file.write_text(old.private_key, encoding="utf-8")
    options = {"private_key_path": str(file), "overlap": 7}
    run(**options, check_mode=True)
    assert (file.read_text(encoding="utf-8"), previous.exists()) == (old.private_key, False)
    result = run(**options)
    (new,) = described(emulator)
    assert (file.read_text(encoding="utf-8"), previous.read_text(encoding="utf-8")) == (
        new.private_key,
        old.private_key,
    )
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, previous)] == [0o600, 0o600]
    assert (new.private_key in json.dumps(result), result.get("warnings")) == (False, None)
    emulator.clock += 7 * DAY - 60
    assert (run(**options)["changed"], previous.exists()) == (False, True)
    emulator.clock += 61
    emulator.clear()
    preview = run(**options, check_mode=True)
    assert preview["warnings"] == [f"The task would revoke the key {old.id}, which {new.id} replaced."]
    assert (previous.exists(), writes(emulator)) == (True, [])
    revoked = run(**options)
    assert revoked["warnings"] == [f"The task revoked the key {old.id}, which {new.id} replaced."]
    assert outcomes(revoked) == outcomes(preview) == [(new.id, False, "present"), (old.id, True, "absent")]
    assert writes(emulator) == [f"DELETE {KEYS}/{old.id} 204"]
    assert (previous.exists(), file.read_text(encoding="utf-8")) == (False, new.private_key)
    assert run(**options)["changed"] is False


def test_due_keys_are_revoked_before_a_new_one_is_made_oldest_first(start: Start) -> None:
    emulator, run = start()
    current = add_old_key(emulator, 91)
    second = add_old_key(emulator, 200, replaced_by(current))
    first = add_old_key(emulator, 300, replaced_by(second))
    orphan = add_old_key(emulator, 400, "ci [replaced by qqqqqqqq]")
    result = run()
    (new,) = described(emulator)
    assert outcomes(result) == [
        (new.id, True, "present"),
        (current.id, True, "present"),
        (orphan.id, False, "present"),
        (first.id, True, "absent"),
        (second.id, True, "absent"),
    ]
    assert writes(emulator)[:3] == [
        f"DELETE {KEYS}/{first.id} 204",
        f"DELETE {KEYS}/{second.id} 204",
        f"POST {KEYS} 200",
    ]


def test_three_hosts_that_rotate_by_force_one_after_the_other_make_one_key(start: Start) -> None:
    emulator, run = start()
    add_old_key(emulator, 10)
    results = [run(force=True) for _host in range(3)]
    (new,) = described(emulator)
    assert [result["changed"] for result in results] == [True, False, False]
    for result in results[1:]:
        assert f"The key {new.id} is " in result["warnings"][0]
        assert "seconds old, so the task makes no new one although force is true." in result["warnings"][0]
    assert len(added_keys(emulator)) == 2


def test_force_with_a_file_makes_one_key_for_each_file(start: Start, tmp_path: Path) -> None:
    emulator, run = start()
    add_old_key(emulator, 10)
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    paths = (first, first, second)
    results = [run(force=True, private_key_path=path) for path in paths]
    assert [(result["changed"], "warnings" in result) for result in results] == [
        (True, False),
        (False, False),
        (True, False),
    ]
    lost = run(private_key_path=first)
    assert (lost["failed"], lost["changed"]) == (True, False)
    assert "which is not due for rotation. To make a new one now, set force: true." in lost["msg"]


def test_several_keys_of_one_description_are_listed_and_nothing_is_sent(start: Start) -> None:
    emulator, run = start()
    keys = [add_old_key(emulator, 200), add_old_key(emulator, 100)]
    keys[0].roles = ["ORG_OWNER"]
    add_old_key(emulator, 300, replaced_by(keys[0]))
    result = run(max_age=90)
    assert (result["failed"], result["changed"]) == (True, False)
    for key in keys:
        assert f"{key.id} (public key {key.public_key}, made 20" in result["msg"]
        assert f", {', '.join(sorted(key.roles))})" in result["msg"]
    assert writes(emulator) == []


def test_there_is_no_such_key(start: Start) -> None:
    emulator, run = start()
    result = run()
    assert f"There is no key 'ci' in organization {ORGANIZATION.id}." in result["msg"]
    assert "mongodb.atlas.org_api_key makes it." in result["msg"]
    assert "Is org_id mistyped?" in run(org_id="0" * 24)["msg"]
    assert writes(emulator) == []


def test_a_full_organization_ends_the_task_before_anything_is_renamed(start: Start, tmp_path: Path) -> None:
    emulator, run = start(max_keys_per_org=6)
    old = add_old_key(emulator, 91)
    file = tmp_path / "key"
    file.write_text(old.private_key, encoding="utf-8")
    result = run(private_key_path=str(file))
    assert (result["failed"], result["changed"], result["error_code"]) == (True, False, "MAX_API_KEYS_PER_ORG_EXCEEDED")
    assert writes(emulator) == [f"POST {KEYS} 400"]
    assert [key.description for key in added_keys(emulator)] == ["ci"]
    assert file.read_text(encoding="utf-8") == old.private_key


def test_a_due_key_makes_room_for_the_new_one(start: Start) -> None:
    emulator, run = start(max_keys_per_org=7)
    old = add_old_key(emulator, 91)
    due = add_old_key(emulator, 200, replaced_by(old))
    assert outcomes(run())[2] == (due.id, True, "absent")


def test_a_refused_create_after_a_revocation_tells_about_the_revocation(start: Start) -> None:
    emulator, run = start(max_keys_per_org=6)
    old = add_old_key(emulator, 91)
    due = add_old_key(emulator, 200, replaced_by(old))
    add_old_key(emulator, 1, "other")
    result = run()
    assert (result["failed"], result["changed"]) == (True, True)
    assert outcomes(result) == [(due.id, True, "absent")]
    assert result["warnings"] == [f"The task revoked the key {due.id}, which {old.id} replaced."]
    assert result["error_code"] == "MAX_API_KEYS_PER_ORG_EXCEEDED"


@pytest.mark.parametrize("status", [403, 500])
def test_no_key_is_made_when_a_revocation_fails(start: Start, status: int) -> None:
    """A failed task may lose its result, and with it the private key."""
    emulator, run = start()
    old = add_old_key(emulator, 91)
    first, second = (add_old_key(emulator, days, replaced_by(old)) for days in (300, 200))
    emulator.add_fault(Fault(method="DELETE", path=first.id, status=status, times=None))
    result = run(api_retries=0)
    assert (result["failed"], result["changed"]) == (True, True)
    assert outcomes(result) == [(old.id, False, "present"), (first.id, False, None), (second.id, True, "absent")]
    assert f"The task did not replace the key {old.id}, because of this failure." in result["warnings"]
    assert first.id in result["msg"]
    assert writes(emulator) == [f"DELETE {KEYS}/{first.id} {status}", f"DELETE {KEYS}/{second.id} 204"]


def test_a_login_without_the_right_changes_nothing(start: Start) -> None:
    emulator, run = start()
    add_old_key(emulator, 91)
    result = run(public_key=READER_KEY.public_key, private_key=READER_KEY.private_key)
    assert (result["failed"], result["changed"]) == (True, False)
    assert f"The module could not read the access list of key {added_keys(emulator)[0].id}." in result["msg"]
    assert "ORG_OWNER" in result["msg"]
    assert writes(emulator) == []


def test_without_the_date_of_the_server_nothing_is_sent(start: Start, tmp_path: Path) -> None:
    emulator, run = start(sends_date=False)
    old, new = add_old_key(emulator, 91), add_old_key(emulator, 0, "ci [unfinished 0a1b2c3d]")
    old.description = replaced_by(new)
    file = tmp_path / "key"
    file.write_text(new.private_key, encoding="utf-8")
    for options in ({}, {"force": True}, {"private_key_path": str(file)}):
        result = run(**options)
        assert (result["failed"], result["changed"]) == (True, False)
        assert "The server does not tell its time" in result["msg"]
    assert writes(emulator) == []


def test_the_key_that_logs_in_is_rotated_but_never_revoked(start: Start) -> None:
    emulator, run = start()
    old, new = add_old_key(emulator, 200), add_old_key(emulator, 10)
    old.description, old.roles = replaced_by(new), ["ORG_OWNER"]
    result = run(public_key=old.public_key, private_key=old.private_key)
    assert (result["changed"], writes(emulator)) == (False, [])
    assert result["warnings"] == [
        f"The task did not revoke the key {old.id}, which {new.id} replaced, because it logs in with it."
    ]


@pytest.mark.parametrize(
    ("method", "path", "skip"),
    [
        ("POST", "accessList", 0),
        ("POST", f"/groups/{PROJECT.id}", 0),
        ("GET", f"{KEYS}?", 1),
        ("PATCH", KEYS, 0),
        ("PATCH", KEYS, 1),
    ],
)
def test_a_step_that_fails_leaves_everything_as_it_was(
    start: Start, tmp_path: Path, method: str, path: str, skip: int
) -> None:
    emulator, run = start()
    old = add_old_key(emulator, 91)
    old.access_list, old.project_roles = list(ENTRIES), dict(PLACES)
    emulator.add_fault(Fault(method=method, path=path, skip=skip, status=403))
    file = tmp_path / "key"
    file.write_text(old.private_key, encoding="utf-8")
    result = run(private_key_path=str(file))
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 403)
    assert "The task deleted the new key again. Nobody got its secret." in result["msg"]
    assert [(key.id, key.description) for key in added_keys(emulator)] == [(old.id, "ci")]
    assert (file.read_text(encoding="utf-8"), [each.name for each in tmp_path.iterdir()]) == (old.private_key, ["key"])


@pytest.mark.parametrize("after_work", [True, False])
@pytest.mark.parametrize(
    ("method", "path", "survives"),
    [
        ("DELETE", KEYS, True),
        ("POST", KEYS, True),
        ("POST", "accessList", False),
        ("POST", f"/groups/{PROJECT.id}", False),
        ("PATCH", KEYS, True),
    ],
)
def test_a_lost_answer_makes_neither_two_keys_nor_half_a_key(
    start: Start, tmp_path: Path, method: str, path: str, survives: bool, after_work: bool
) -> None:
    """A POST that adds to a key is not repeated, because nobody knows its outcome: reading decides."""
    emulator, run = start()
    old = add_old_key(emulator, 91)
    old.access_list, old.project_roles = list(ENTRIES), dict(PLACES)
    add_old_key(emulator, 200, replaced_by(old))
    emulator.add_fault(Fault(method=method, path=path, drop=True, after_work=after_work))
    file = tmp_path / "key"
    file.write_text(old.private_key, encoding="utf-8")
    result = run(private_key_path=str(file), api_timeout=2)
    (current,) = described(emulator)
    works = survives or after_work
    assert (result["failed"], current.private_key) == (not works, file.read_text(encoding="utf-8"))
    assert (current is old, len(added_keys(emulator))) == (not works, 1 + works)
    assert ([entry.block for entry in current.access_list], current.project_roles) == (
        [entry.block for entry in ENTRIES],
        PLACES,
    )
    assert ["The task revoked the key" in warning for warning in result["warnings"]] == [True]


def test_half_a_rotation_that_cannot_be_taken_back_is_named(start: Start, tmp_path: Path) -> None:
    emulator, run = start()
    old = add_old_key(emulator, 91)
    old.project_roles = dict(PLACES)
    emulator.add_fault(Fault(method="POST", path=f"/groups/{SECOND_PROJECT.id}", status=403))
    emulator.add_fault(Fault(method="DELETE", status=500, times=None))
    file = tmp_path / "key"
    result = run(private_key_path=str(file), api_retries=0)
    (new,) = (key for key in added_keys(emulator) if key is not old)
    assert (result["failed"], result["changed"], result["org_api_key"]["id"]) == (True, True, new.id)
    assert f"The new key {new.id} ({new.public_key}) is still there" in result["msg"]
    assert "Nobody got its secret. Delete this key" in result["msg"]
    assert (old.description, new.private_key in json.dumps(result), file.exists()) == ("ci", False, False)


def test_a_mark_that_cannot_be_removed_is_a_change_that_the_next_run_takes_back(start: Start) -> None:
    emulator, run = start()
    old = add_old_key(emulator, 91)
    emulator.add_fault(Fault(method="PATCH", skip=1, times=2, status=403))
    result = run()
    assert (result["failed"], result["changed"]) == (True, True)
    assert f"The key {old.id} is still marked as replaced, until the next rotation" in result["msg"]
    again = run(max_age=92)
    assert (again["changed"], outcomes(again)) == (True, [(old.id, True, "present")])
    assert again["warnings"] == [
        f"An earlier task was interrupted. This task took back the rotation of the key {old.id}."
    ]
    assert old.description == "ci"


@pytest.mark.parametrize("lag", [1, 3])
def test_lists_that_lag_behind(start: Start, lag: int) -> None:
    emulator, run = start(list_lag=lag)
    old = add_old_key(emulator, 91)
    assert run()["changed"] is True
    (new,) = described(emulator)
    assert run()["changed"] is False
    revoked = [run(overlap=0) for _time in range(2)]
    assert [outcomes(result)[1:] for result in revoked] == [[(old.id, True, "absent")], [(old.id, False, "absent")]]
    assert [key.id for key in added_keys(emulator)] == [new.id]


@pytest.mark.parametrize("works", [True, False])
@pytest.mark.parametrize("request_number", range(11))
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_leaves_no_key_whose_secret_is_in_no_file_and_the_next_run_makes_it_good(
    modules: Modules, tmp_path: Path, number: signal.Signals, request_number: int, works: bool
) -> None:
    file = tmp_path / "key"
    with Emulator(product="atlas") as emulator:
        old = add_old_key(emulator, 91)
        old.access_list, old.project_roles = list(ENTRIES), {PROJECT.id: PLACES[PROJECT.id]}
        add_old_key(emulator, 200, replaced_by(old))
        add_old_key(emulator, 1, "ci [unfinished 0a1b2c3d]")
        file.write_text(old.private_key, encoding="utf-8")
        options = options_of(emulator, private_key_path=str(file), max_age=90, api_timeout=2)
        end_at(emulator, modules, NAME, options, request=request_number, number=number, works=works)
        finished = [key.private_key for key in described(emulator)]
        if number == signal.SIGKILL:  # the old key may still be the finished one, and its secret the previous content
            assert {*finished} <= {each.read_text(encoding="utf-8") for each in tmp_path.iterdir()}
        else:
            assert finished == [file.read_text(encoding="utf-8")]

        emulator.clock += 7200  # so that nobody waits for the unfinished key
        emulator.clear()
        result = modules(NAME, options)
        assert not result["failed"], result
        (current,) = described(emulator)
        assert current.private_key == file.read_text(encoding="utf-8")
        assert (sorted(current.roles), current.project_roles) == (sorted(old.roles), old.project_roles)
        assert [entry.block for entry in current.access_list] == [entry.block for entry in ENTRIES]
        assert [key.description for key in added_keys(emulator) if key is not current] == [replaced_by(current)]
        assert result["changed"] is bool(writes(emulator))
        assert modules(NAME, options)["changed"] is False


@pytest.mark.parametrize("is_held", [True, False])
def test_an_interrupted_rotation_is_finished_or_taken_back_within_the_hour_too(
    start: Start, tmp_path: Path, is_held: bool
) -> None:
    emulator, run = start()
    old, new = add_old_key(emulator, 10), add_old_key(emulator, 0.001, "ci [unfinished 0a1b2c3d]")
    old.description = replaced_by(new)
    file = tmp_path / "key"
    file.write_text((new if is_held else old).private_key, encoding="utf-8")
    options = {"private_key_path": str(file), "api_timeout": 1}
    current = new if is_held else old
    others = [(old.id, False, "present")] if is_held else []
    before = {key.id: key.description for key in added_keys(emulator)}
    for check_mode in (True, False):
        result = run(**options, check_mode=check_mode)
        assert outcomes(result) == [(current.id, True, "present"), *others]
        what = f"finish{'' if check_mode else 'ed'} the rotation to" if is_held else "back the rotation of"
        assert len(result["warnings"]) == 1
        assert f"{what} the key {current.id}." in result["warnings"][0]
        if check_mode:
            assert {key.id: key.description for key in added_keys(emulator)} == before
    assert {key.id: key.description for key in added_keys(emulator)} == (
        {old.id: replaced_by(new), new.id: "ci"} if is_held else {old.id: "ci"}
    )


def test_several_tasks_at_the_same_moment_make_exactly_one_key(start: Start, tmp_path: Path) -> None:
    """In turn, each task has a file of its own, all tasks have the same one, and none has one."""
    tasks, rounds = 5, 12
    for number in range(rounds):
        emulator, run = start(ids_ascend=bool(number % 2))
        old = add_old_key(emulator, 10)
        names = [range(tasks), [0] * tasks, []][number % 3]
        files = [tmp_path / f"{number}-{name}" for name in names]
        options = [{"max_age": 9, "private_key_path": str(file)} for file in files] or [{"force": True}] * tasks
        results = run_together(run, options)
        (new,) = described(emulator)
        assert {key.id: key.description for key in added_keys(emulator)} == {old.id: replaced_by(new), new.id: "ci"}
        assert [result["changed"] for result in results].count(True) == 1
        handed_over = [result["private_key"] for result in results if "private_key" in result]
        handed_over += [file.read_text(encoding="utf-8") for file in {*files} if file.exists()]
        assert handed_over == [new.private_key]
        if files == files[:1] * tasks:
            assert not any("does not hold" in result.get("msg", "") for result in results)


def test_tasks_with_the_same_file_one_of_which_waited_agree(start: Start, tmp_path: Path) -> None:
    """The task that waits looks into the file again."""
    emulator, run = start()
    add_old_key(emulator, 10)
    other = add_old_key(emulator, 0.001, "ci [unfinished 0a1b2c3d]")
    file = tmp_path / "key"

    def finish(world: World) -> None:
        old = next(key for key in world.programmatic_keys.values() if key.description == "ci")
        old.description, other.description = replaced_by(other), "ci"
        file.write_text(other.private_key, encoding="utf-8")

    emulator.before("GET", f"{KEYS}?", lambda _world: emulator.before("GET", f"{KEYS}?", finish))
    result = run(private_key_path=str(file), max_age=9)
    assert (result["failed"], result["changed"], writes(emulator)) == (False, False, [])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"description": None}, "missing required arguments: description"),
        ({"org_id": "x"}, "org_id is not an id."),
        ({"description": "x" * 227}, "must have at most 226"),
        ({"description": "ci [replaced by abcdefgh]"}, "ends with a mark"),
        ({"overlap": 7, "max_age": 7}, "overlap must be less than max_age."),
        ({"overlap": -1}, "overlap must be a number of days, and not negative."),
        ({"max_age": "nan"}, "max_age must be a number of days"),
        ({"private_key_path": "/nowhere/key"}, "there is no folder for /nowhere/key"),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    start: Start, options: dict[str, t.Any], says: str
) -> None:
    check_refusal(start, options, says)
