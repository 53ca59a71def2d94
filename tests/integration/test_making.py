# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and service accounts: somebody gets the secret of a new one exactly once, or it does not stay.

Lost answers, lists that lag behind, other tasks at the same moment, and signals must not change that.
"""

from __future__ import annotations

import json
import signal
import stat
import typing as t
from dataclasses import dataclass, replace

import pytest

from tests.emulator import Emulator, Fault, ProgrammaticKey, ServiceAccount
from tests.emulator.sample import ORGANIZATION, OWNER_ACCOUNT, sample_world
from tests.integration.killing import end_at
from tests.integration.started import Start, add_account, add_key, as_owner, emulators, run_together

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.emulator import World
    from tests.integration.modules import Modules

Made = ProgrammaticKey | ServiceAccount
ORG = f"/orgs/{ORGANIZATION.id}"
PAGE = "pageNum=1&itemsPerPage=500"


@dataclass(frozen=True)
class Kind:
    """A module, and the objects that it makes.

    Attributes:
        module: The name of the module, and of the result.
        noun: How messages call such an object.
        new: The options that make one with the name ``ci``.
        login: The options of the login, if it is not a key.
        description: The description of a finished one.
        unfinished: The description of one that is not finished.
        shown_once: The name of the secret in the result.
        renewed_by: The module that makes another secret for one.
        path: The path of all such objects.
        listed: The call that lists them.
        first: The call before the list.
        last: The calls after the last request that is not about the login.
        created: The HTTP status of the answer to the request that makes one.
    """

    module: str
    noun: str
    new: dict[str, t.Any]
    login: dict[str, t.Any]
    description: str
    unfinished: str
    shown_once: str
    renewed_by: str
    path: str
    listed: str
    first: str
    last: tuple[str, ...]
    created: int

    def options_of(self, emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
        """Return the options of a task as an owner of the organization. Options replace its own."""
        return as_owner(emulator, **{"org_id": ORGANIZATION.id, **self.login, **options})

    def into(self, path: Path | None) -> dict[str, t.Any]:
        """Return the options that make one whose secret goes into a file, or into the result."""
        return {**self.new, f"{self.shown_once}_path": path and str(path)}

    def add(self, emulator: Emulator, age: float, *, name: str = "ci", finished: bool = False) -> Made:
        """Add one that is so many seconds old."""
        description = self.description if finished else self.unfinished
        if self is KEY:
            return add_key(emulator, description.replace("ci", name), age)
        return add_account(emulator, description, age, name)

    def everything(self, world: World) -> dict[str, Made]:
        """Return all such objects by their ids, without the uses of secrets: each login is a use."""
        if self is KEY:
            return {**world.programmatic_keys}
        return {
            each.id: replace(each, access_list=[], secrets=[replace(one, last_used_at=None) for one in each.secrets])
            for each in world.service_accounts.values()
        }

    def made(self, world: World) -> list[Made]:
        """Return those that are not in the sample data."""
        known = self.everything(sample_world())
        return [each for each_id, each in self.everything(world).items() if each_id not in known]

    def rename(self, world: World, made: Made) -> None:
        """Give one another name, so that a task finds none with the old one."""
        if self is KEY:
            world.programmatic_keys[made.id].description = "renamed"
        else:
            world.service_accounts[made.id].name = "renamed"

    def is_untouched(self, emulator: Emulator) -> bool:
        """Tell whether all is as in the sample data."""
        return self.everything(emulator.world) == self.everything(sample_world())


KEY = Kind(
    "org_api_key",
    "key",
    {"description": "ci", "roles": ["ORG_READ_ONLY"]},
    {},
    "ci",
    "ci [unfinished 0a1b2c3d]",
    "private_key",
    "org_api_key_rotation",
    f"{ORG}/apiKeys",
    f"GET {ORG}/apiKeys?{PAGE} 200",
    f"GET {ORG}/apiKeys?{PAGE} 401",
    (),
    200,
)
ACCOUNT = Kind(
    "service_account",
    "service account",
    {"name": "ci", "description": "Builds, tests", "roles": ["ORG_READ_ONLY"], "secret_valid_for": 24},
    {
        **dict.fromkeys(("public_key", "private_key")),
        "client_id": OWNER_ACCOUNT.id,
        "client_secret": OWNER_ACCOUNT.login.value,
    },
    "Builds, tests",
    "Something else unfinished 0a1b2c3d",
    "client_secret",
    "service_account_secret",
    f"{ORG}/serviceAccounts",
    f"GET {ORG}/serviceAccounts?includeSystemManaged=true&{PAGE} 200",
    "POST /api/oauth/token 200",
    ("POST /api/oauth/revoke 200",),
    201,
)
KINDS = [KEY, ACCOUNT]


def secret_of(made: Made) -> str:
    """Return the secret of a new object."""
    return made.private_key if isinstance(made, ProgrammaticKey) else made.secrets[0].value


@pytest.fixture(params=KINDS, ids=lambda kind: kind.module)
def kind(request: pytest.FixtureRequest) -> Kind:
    return t.cast("Kind", request.param)


@pytest.fixture
def start(modules: Modules, kind: Kind) -> Iterator[Start]:
    with emulators(modules, kind.module, kind.options_of) as start:
        yield start


def test_a_file_takes_the_secret_and_is_a_part_of_the_state(start: Start, kind: Kind, tmp_path: Path) -> None:
    emulator, run = start()
    path = tmp_path / "secret"
    new = kind.into(path)
    assert run(**new, check_mode=True)["changed"] is True
    assert not path.exists()
    result = run(**new)
    (made,) = kind.made(emulator.world)
    secret = secret_of(made)
    assert path.read_text(encoding="utf-8") == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret not in json.dumps(result)
    assert "warnings" not in result
    item = {**result[kind.module], "changed": False}
    assert run(**new) == {**result, "changed": False, kind.module: item, f"{kind.module}s": [item]}

    for content in (None, "another one", f"{secret}\n", ""):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_text(content, encoding="utf-8")
        emulator.clear()
        result = run(**new)
        assert (result["failed"], result["changed"], result[kind.module]["id"]) == (True, False, made.id)
        assert f"does not hold the secret of the {kind.noun}" in result["msg"]
        assert f"{kind.renewed_by} with force: true" in result["msg"]
        warned = run(**new, missing_secret="warn")
        assert (warned["failed"], warned["changed"]) == (False, False)
        assert f"does not hold the secret of the {kind.noun}" in warned["warnings"][0]
        assert {request.method for request in emulator.requests if "oauth" not in request.target} == {"GET"}

    path.write_text("another one", encoding="utf-8")
    kind.rename(emulator.world, made)
    assert "does not overwrite this file" in run(**new)["msg"]
    assert path.read_text(encoding="utf-8") == "another one"
    assert [each.id for each in kind.made(emulator.world)] == [made.id]


def test_a_file_that_cannot_be_written_takes_the_new_object_back(start: Start, kind: Kind, tmp_path: Path) -> None:
    emulator, run = start()
    folder = tmp_path / "folder"
    folder.mkdir()
    emulator.before("POST", kind.path, lambda _world: folder.rmdir())
    result = run(**kind.into(folder / "secret"))
    assert (result["failed"], result["changed"]) == (True, False)
    says = f"could not be written (No such file or directory). The task deleted the new {kind.noun} again."
    assert says in result["msg"]
    assert kind.is_untouched(emulator)


def test_a_killed_task_is_finished_by_the_next_one_if_the_file_has_the_secret(
    start: Start, kind: Kind, tmp_path: Path
) -> None:
    emulator, run = start()
    unfinished = kind.add(emulator, 60)
    path = tmp_path / "secret"
    path.write_text(secret_of(unfinished), encoding="utf-8")
    finish = kind.into(path)
    assert run(**finish, check_mode=True)[kind.module]["id"] == unfinished.id
    emulator.clear()
    result = run(**finish)
    assert (result["changed"], result[kind.module]["id"], "warnings" in result) == (True, unfinished.id, False)
    assert emulator.calls == [
        *(kind.first, kind.listed, kind.listed, f"PATCH {kind.path}/{unfinished.id} 200"),
        *kind.last,
    ]
    assert [each.id for each in kind.made(emulator.world)] == [unfinished.id]
    assert unfinished.description == kind.description
    assert run(**finish)["changed"] is False


def test_a_list_that_never_shows_the_new_object_takes_it_back(start: Start, kind: Kind) -> None:
    emulator, run = start(list_lag=1000)
    result = run(**kind.new, api_timeout=1)
    assert (result["failed"], result["changed"]) == (True, False)
    assert f"does not show the new {kind.noun} after 1 seconds" in result["msg"]
    assert kind.is_untouched(emulator)


ALWAYS: dict[str, t.Any] = {"after_work": True, "times": None}
WEB_PAGE: dict[str, t.Any] = {"body": "<html>", "content_type": "text/html"}
FAULTS: list[tuple[str, dict[str, t.Any], bool]] = [
    ("POST", {"status": 500}, True),
    ("POST", {"status": 500, "after_work": True}, True),
    ("POST", {"drop": True, "after_work": True}, True),
    ("POST", {"body": "{}", "after_work": True}, True),
    ("POST", {"status": 502, **WEB_PAGE, "after_work": True}, True),
    ("POST", {"status": 429, "error_code": "RATE_LIMITED"}, True),
    ("POST", {"status": 409, "error_code": "DATA_CONCURRENCY_ERROR"}, False),
    ("POST", {"drop": True, **ALWAYS}, False),
    ("POST", {"status": 500, "times": None}, False),
    ("PATCH", {"drop": True, "after_work": True}, True),
    ("PATCH", {"status": 500, "after_work": True}, True),
    ("PATCH", {"drop": True, **ALWAYS}, True),
    ("PATCH", {"status": 200, "body": "{}", "after_work": True}, False),
    ("PATCH", {"status": 403, "error_code": "USER_UNAUTHORIZED"}, False),
    ("GET", {"skip": 1, "status": 500, "times": 4}, False),
]


@pytest.mark.parametrize(("method", "fault", "changed"), FAULTS)
def test_a_lost_answer_never_leaves_an_object_that_nobody_knows(
    start: Start, kind: Kind, tmp_path: Path, method: str, fault: dict[str, t.Any], changed: bool
) -> None:
    status = {"status": kind.created} if "body" in fault else {}
    for path in (None, tmp_path / "secret"):
        emulator, run = start()
        emulator.add_fault(Fault(method=method, path=kind.path, **{**status, **fault}))
        result = run(**kind.into(path), api_timeout=1, api_retries=1)
        assert (result["failed"], result["changed"]) == (not changed, changed)
        if changed:
            (made,) = kind.made(emulator.world)
            handed_over = path.read_text(encoding="utf-8") if path else result[kind.shown_once]
            assert (handed_over, made.description) == (secret_of(made), kind.description)
        else:
            assert kind.is_untouched(emulator)
            assert path is None or not path.exists()


@pytest.mark.parametrize("fault", [Fault(method="PATCH", status=403), Fault(method="GET", skip=1, status=500)])
def test_an_object_that_can_neither_be_finished_nor_deleted_is_named(
    start: Start, kind: Kind, tmp_path: Path, fault: Fault
) -> None:
    emulator, run = start()
    emulator.add_fault(fault)
    emulator.add_fault(Fault(method="DELETE", status=500, times=None))
    path = tmp_path / "secret"
    result = run(**kind.into(path), api_retries=0)
    (made,) = kind.made(emulator.world)
    assert (result["failed"], result["changed"], result[kind.module]["id"]) == (True, True, made.id)
    name = f"{made.id} ({made.public_key})" if isinstance(made, ProgrammaticKey) else made.id
    for said in (
        f"HTTP {fault.status}",
        f"The new {kind.noun} {name} is still there",
        f"Nobody got its secret. Delete this {kind.noun}. Otherwise, a task with the same",
    ):
        assert said in result["msg"]
    assert secret_of(made) not in json.dumps(result)
    assert not path.exists()
    assert "unfinished" in made.description


def test_a_create_that_nobody_can_look_up_is_named_by_its_mark(start: Start, kind: Kind) -> None:
    emulator, run = start()
    emulator.add_fault(Fault(method="POST", path=kind.path, drop=True, after_work=True))
    emulator.add_fault(Fault(method="GET", skip=1, status=500, times=None))
    result = run(**kind.new, api_retries=0, api_timeout=1)
    (made,) = kind.made(emulator.world)
    assert (result["failed"], result["changed"]) == (True, True)
    assert f"The new {kind.noun} with the " in result["msg"]
    assert f"the description {made.description!r} may still be there" in result["msg"]
    assert f"POST {emulator.url}" in result["msg"]


def test_left_overs_older_than_an_hour_are_deleted_and_younger_ones_are_left_alone(start: Start, kind: Kind) -> None:
    emulator, run = start()
    emulator.clock = emulator.clock
    old, young, other = kind.add(emulator, 3601), kind.add(emulator, 3599), kind.add(emulator, 9999, name="cii")
    finished = kind.add(emulator, 9999, finished=True)
    assert run(**kind.new, check_mode=True)["changed"] is True
    assert old.id in kind.everything(emulator.world)
    result = run(**kind.new)
    assert (result["changed"], result[kind.module]["changed"]) == (True, False)
    for made, warning in zip((old, young), result["warnings"], strict=True):
        assert f"unfinished {kind.noun} {made.id}" in warning
    calls = [f"GET {kind.path}/{finished.id} 200", f"DELETE {kind.path}/{old.id} 204", *kind.last]
    assert emulator.calls[-len(calls) :] == calls
    assert [made.id for made in kind.made(emulator.world)] == [young.id, other.id, finished.id]
    name = "description" if kind is KEY else "name"
    assert run(**{name: "ci"}, state="absent")["changed"] is True
    assert [made.id for made in kind.made(emulator.world)] == [young.id, other.id]


def test_without_the_date_of_the_server_nothing_is_old_or_young(start: Start, kind: Kind) -> None:
    emulator, run = start(sends_date=False)
    kind.add(emulator, 9999)
    kind.add(emulator, 1, finished=True)
    result = run(**kind.new)
    assert result["changed"] is False
    assert len(result["warnings"]) == 1
    assert "A task that runs when it is older than an hour deletes it." in result["warnings"][0]


def test_a_left_over_that_cannot_be_deleted_fails_nothing(start: Start, kind: Kind) -> None:
    emulator, run = start()
    old = kind.add(emulator, 9999)
    emulator.add_fault(Fault(method="DELETE", status=500, times=None))
    result = run(**kind.new, api_retries=0, _ansible_no_log=True)
    assert (result["failed"], result["changed"], kind.shown_once in result) == (False, True, True)
    assert f"could not delete the unfinished {kind.noun} {old.id}" in result["warnings"][0]


def test_an_object_that_another_task_is_making_is_waited_for_before_one_is_made(start: Start, kind: Kind) -> None:
    emulator, run = start()
    other = kind.add(emulator, 5)

    def finish(_world: World) -> None:
        other.description = kind.description

    emulator.before("GET", kind.path, lambda _world: emulator.before("GET", kind.path, finish))
    result = run(**kind.new)
    assert (result["changed"], result[kind.module]["id"]) == (False, other.id)
    assert emulator.calls == [
        *(kind.first, kind.listed, kind.listed, f"GET {kind.path}/{other.id} 200"),
        *kind.last,
    ]


def test_an_object_that_a_killed_task_left_is_passed_over_with_one_warning(start: Start, kind: Kind) -> None:
    emulator, run = start()
    other = kind.add(emulator, 5)
    result = run(**kind.new, api_timeout=1, _ansible_no_log=True)
    assert result["changed"] is True
    assert [other.id in warning for warning in result["warnings"]] == [True]
    assert {made.description for made in kind.made(emulator.world)} == {kind.description, other.description}


@pytest.mark.parametrize("finished", [True, False])
def test_an_object_that_another_task_makes_at_the_same_moment_wins(start: Start, kind: Kind, finished: bool) -> None:
    emulator, run = start()
    rivals: list[Made] = []
    emulator.before("POST", kind.path, lambda _world: rivals.append(kind.add(emulator, 5, finished=finished)))
    result = run(**kind.new)
    assert (result["failed"], result["changed"]) == (True, False)
    assert f"Another task makes the {kind.noun} 'ci' at the same moment" in result["msg"]
    assert "set run_once: true" in result["msg"]
    assert [made.id for made in kind.made(emulator.world)] == [rival.id for rival in rivals]


# A task that has read the list before the first task made the object may find the file of that task afterwards.
BEATEN = ("at the same moment", "does not overwrite this file")


@pytest.mark.parametrize("with_file", [False, True])
@pytest.mark.parametrize("ids_ascend", [True, False])
def test_several_tasks_at_the_same_moment_leave_exactly_one_object(
    start: Start, kind: Kind, tmp_path: Path, ids_ascend: bool, with_file: bool
) -> None:
    tasks, rounds = 5, 4
    for number in range(rounds):
        emulator, run = start(ids_ascend=ids_ascend)
        path = tmp_path / f"secret_{number}"
        results = run_together(run, [{**kind.into(path if with_file else None), "api_timeout": 5}] * tasks)
        (made,) = kind.made(emulator.world)
        assert made.description == kind.description
        secrets = [result[kind.shown_once] for result in results if kind.shown_once in result]
        assert [*secrets, *([path.read_text(encoding="utf-8")] if with_file else [])] == [secret_of(made)]
        for result in results:
            assert result["failed"] or result[kind.module]["id"] == made.id
            assert not result["failed"] or any(text in result["msg"] for text in BEATEN)


# The list, POST, the list, PATCH, and DELETE of a left-over; for an account, a token before and its end afterwards.
REQUESTS = {KEY.module: (5, 4), ACCOUNT.module: (7, 5)}
"""How many requests a task sends, and the number of the first one after the object is finished, from 0."""
MOMENTS = [(kind, number) for kind in KINDS for number in range(REQUESTS[kind.module][0])]
SIGNALS = [(number, with_file) for number in (signal.SIGTERM, signal.SIGINT) for with_file in (True, False)]


@pytest.mark.parametrize("works", [True, False])
@pytest.mark.parametrize(("kind", "request_number"), MOMENTS, ids=lambda each: getattr(each, "module", None))
@pytest.mark.parametrize(("number", "with_file"), [*SIGNALS, (signal.SIGKILL, True)])
def test_a_signal_leaves_no_object_whose_secret_nobody_has(
    modules: Modules,
    kind: Kind,
    tmp_path: Path,
    number: signal.Signals,
    with_file: bool,
    request_number: int,
    works: bool,
) -> None:
    file = tmp_path / "secret"
    with Emulator(product="atlas") as emulator:
        old = kind.add(emulator, 9999)
        options = kind.options_of(emulator, **kind.into(file if with_file else None), api_timeout=2)
        output = end_at(emulator, modules, kind.module, options, request=request_number, number=number, works=works)
        made = kind.made(emulator.world)
        secrets = [secret_of(each) for each in made if each.description == kind.description]
        handed_over = [file.read_text(encoding="utf-8")] if file.exists() else []
        if not with_file and output.strip().startswith("{"):
            handed_over = [secret for name, secret in json.loads(output).items() if name == kind.shown_once]
        if number == signal.SIGKILL:
            assert set(secrets) <= set(handed_over)
            emulator.clock += 7200  # so that nobody waits for the unfinished one
            assert not modules(kind.module, options)["failed"]
            (only,) = kind.made(emulator.world)
            assert (only.description, secret_of(only)) == (kind.description, file.read_text(encoding="utf-8"))
            return
        assert secrets == handed_over
        assert [each.id for each in made if each.description != kind.description] in ([], [old.id])
        assert bool(secrets) == (request_number >= REQUESTS[kind.module][1])
