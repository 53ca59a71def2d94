# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of rotations, tested with a resource of a few lines and a server that keeps things in a dictionary."""

from __future__ import annotations

import os
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils import _named
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import Answer
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AmbiguousError,
    ApiError,
    AtlasError,
    ErrorDocument,
    LoginError,
    MissingError,
    NoAnswerError,
    OptionError,
    RequestError,
    UnfinishedError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._process import Interruption
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import EntryList
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import PRESENT, Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._rotation import Rotation, rotate
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task

if t.TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

URL = "https://ops.example.com/things"
NOW = 1_000_000.0
MAX_AGE, OVERLAP = 10_000.0, 5_000.0
OLD = MAX_AGE + 1
FULL_RUN = [
    "GET /things",
    "GET /things/a",
    "GET /notes/a",
    "POST /things",
    "POST /notes/n1",
    "POST /rooms/n1",
    "GET /things",
    "PATCH /things/a",
    "PATCH /things/n1",
]


class Things(Resource):
    """A resource whose every method is one line."""

    noun, result, results, shown_once = "thing", "thing", "things", "secret"
    states_of_existing = (PRESENT,)

    def owner(self) -> str:
        return "the house"

    def list_request(self) -> Request:
        return Request("GET", "/things")

    def get_request(self, item_id: str) -> Request:
        return Request("GET", f"/things/{item_id}")

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        fields = {"description": document["description"], "roles": document["roles"]}
        end, made_at = document["end"], document["made_at"]
        return Item(document["id"], PRESENT, fields, end, document["description"], document["public"], made_at=made_at)

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        return Request("POST", "/things", {"description": name, **fields})

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        return document.get("secret")

    def update_requests(self, item: Item, fields: t.Mapping[str, t.Any]) -> list[Request]:
        return [Request("PATCH", f"/things/{item.id}", fields)]

    def change_request(self, item_id: str, state: str) -> Request:
        return Request("DELETE" if state == "absent" else "PUT", f"/things/{item_id}")

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        return error.document == ErrorDocument("GONE", detail=item_id)

    def says_no_parent(self, error: RequestError) -> bool:
        return error.document.code == "NO_PLACE"


class Room(Things):
    """Another place of a thing."""

    def join_request(self, api: object, item_id: str, fields: t.Mapping[str, t.Any]) -> Request:
        return Request("PUT" if api else "POST", f"/rooms/{item_id}", fields)


class Notes(EntryList):
    """The access list of a thing."""

    def __init__(self, owner: str) -> None:
        self.owner = owner

    def name(self) -> str:
        return f"the notes of {self.owner}"

    def of(self, owner_id: str) -> Notes:
        return Notes(owner_id)

    def list_request(self) -> Request:
        return Request("GET", f"/notes/{self.owner}")

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        return Item(document["id"])

    def add_request(self, entries: t.Sequence[Item]) -> Request:
        return Request("POST", f"/notes/{self.owner}", [{"id": entry.id} for entry in entries])

    def says_there(self, error: RequestError) -> bool:
        return error.document.code == "THERE"

    def shown(self, data: t.Any) -> list[Item]:
        return [self.read(document) for document in data]


class KilledError(BaseException):
    """The process ended, and could do nothing about it."""


class Server:
    """Keeps things, and plays the part of the client too. The clock stands still."""

    api, retries, timeout = None, 0, 1.0

    def __init__(self, *things: dict[str, t.Any], notes: t.Sequence[str] = ()) -> None:
        self.things = {thing["id"]: thing for thing in things}
        self.notes = {thing["id"]: [{"id": note} for note in notes] for thing in things}
        self.server_time: float | None = NOW
        self.sent: list[str] = []
        self.errors: dict[str, BaseException] = {}
        """What happens instead of a request."""
        self.ends_at: tuple[int, bool] = (-1, False)
        """The number of the request that the process does not survive, and whether the server works on it."""
        self.before: dict[str, t.Callable[[], object]] = {}
        """What others do just before a request, once."""
        self.later: list[t.Callable[[], object]] = []
        """What others do while the task waits."""

    def attempts(self, seconds: float) -> t.Iterator[float]:
        yield 0.0
        if seconds:
            for change in self.later:
                change()
            yield seconds

    def list_all(self, request: Request, **_options: t.Any) -> list[dict[str, t.Any]]:
        return t.cast("list[dict[str, t.Any]]", self.send(request).data)

    def send(self, request: Request) -> Answer:
        line = f"{request.method} {request.path}"
        self.sent.append(line)
        self.before.pop(line, lambda: None)()
        number, works = self.ends_at
        ends = len(self.sent) == number + 1
        error = self.errors.get(line)
        if isinstance(error, Interruption):  # from then on, signals are ignored
            del self.errors[line]
        if error:
            raise error
        data = self._work(request) if works or not ends else None
        if ends:
            raise KilledError
        return Answer(request.method, URL, 200, data)

    def _work(self, request: Request) -> t.Any:
        kind, _slash, item_id = request.path[1:].partition("/")
        body: t.Any = request.body
        if kind == "rooms":
            return None
        if kind == "notes":
            self.notes[item_id] += body or []
            return self.notes[item_id]
        if request.method == "POST":
            return self._make(body)
        if not item_id:
            return [dict(thing) for thing in self.things.values()]
        if item_id not in self.things:
            raise ApiError(request.method, URL, "HTTP 404", status=404, document=ErrorDocument("GONE", detail=item_id))
        if request.method == "DELETE":
            return self.things.pop(item_id) and None
        self.things[item_id].update(body or {})
        return dict(self.things[item_id])

    def _make(self, body: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        number = sum(line == "POST /things" for line in self.sent)
        new = thing(f"n{number}", 0, body["description"], end=f"secret-n{number}")
        new.update(roles=body["roles"], made_at=self.server_time)
        self.things[new["id"]], self.notes[new["id"]] = new, []
        return {**new, "secret": f"whole-{new['end']}"}

    def names(self) -> dict[str, str]:
        return {item_id: each["description"] for item_id, each in self.things.items()}


class Me:
    """The login of the thing whose secret ends like this."""

    def __init__(self, end: str = "nobody") -> None:
        self._end = end

    account_id = ""

    def owns(self, secret_end: str) -> bool:
        return secret_end == self._end


def public(item_id: str) -> str:
    """Return the public key of a thing: eight letters."""
    return (item_id.replace("1", "x").replace("2", "y") * 8)[:8]


def replaced_by(item_id: str, name: str = "ci") -> str:
    return f"{name} [replaced by {public(item_id)}]"


UNFINISHED = "ci [unfinished 0a1b2c3d]"


def thing(item_id: str, age: float, description: str = "ci", end: str = "") -> dict[str, t.Any]:
    return {
        "id": item_id,
        "description": description,
        "roles": ["READER"],
        "end": end or f"secret-{item_id}",
        "public": public(item_id),
        "made_at": NOW - age,
    }


def run(
    server: Server, path: Path | None = None, *, force: bool = False, login: str = "nobody", **task: t.Any
) -> Result:
    """Rotate the thing ``ci``."""
    file = SecretFile("path", str(path), keeps_previous=True) if path else None
    wanted = Rotation(
        Things(),
        "ci",
        MAX_AGE,
        OVERLAP,
        force,
        file,
        ("roles",),
        lambda item: Notes(item.id),
        lambda _item: [(Room(), {"roles": ["GUEST"]})],
    )
    return rotate(t.cast("Client", server), wanted, Task(Me(login), **{"no_log": True, **task}))


def failure(server: Server, path: Path | None = None, **options: t.Any) -> AtlasError:
    """Return the error of a rotation that fails."""
    with pytest.raises(AtlasError) as caught:
        run(server, path, **options)
    return caught.value


def outcomes(values: t.Mapping[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in values["things"]]


def writes(server: Server) -> list[str]:
    return [line for line in server.sent if not line.startswith("GET")]


def refusal(status: int = 403, **more: t.Any) -> RequestError:
    return ApiError("PATCH", URL, f"HTTP {status}", status=status, **more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with the secret of the thing ``a``."""
    file = tmp_path / "secret"
    file.write_text("whole-secret-a", encoding="utf-8")
    return file


def contents(path: Path) -> dict[str, str]:
    return {each.name: each.read_text(encoding="utf-8") for each in path.parent.iterdir()}


def test_a_new_thing_is_complete_before_the_old_one_is_marked() -> None:
    server = Server(thing("a", OLD), notes=["x", "y"])
    result = run(server)
    assert server.sent == FULL_RUN
    assert server.names() == {"a": replaced_by("n1"), "n1": "ci"}
    assert server.notes["n1"] == server.notes["a"]
    assert outcomes(result.values) == [("n1", True, "present"), ("a", True, "present")]
    assert (result.values["thing"]["id"], result.values["secret"]) == ("n1", "whole-secret-n1")
    assert (result.warnings, result.failures) == ([], [])


def test_without_entries_no_list_is_sent() -> None:
    server = Server(thing("a", OLD))
    run(server)
    assert server.sent == [line for line in FULL_RUN if line != "POST /notes/n1"]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("age", "force", "due"), [(MAX_AGE, False, False), (OLD, False, True), (600, True, True), (OLD, True, True)]
)
def test_what_is_due(age: float, force: bool, due: bool, check_mode: bool) -> None:
    server = Server(thing("a", age))
    before = server.names()
    result = run(server, force=force, check_mode=check_mode)
    assert (result.values["changed"], "secret" in result.values) == (due, due and not check_mode)
    if check_mode:
        assert (writes(server), server.names()) == ([], before)
    assert [item["changed"] for item in result.values["things"]] == ([True, True] if due else [False])


def test_force_is_satisfied_for_ten_minutes_if_somebody_has_the_secret(path: Path) -> None:
    for file in (None, path):
        server = Server(thing("a", 599))
        result = run(server, file, force=True)
        assert (result.values["changed"], writes(server), len(result.warnings)) == (False, [], 0 if file else 1)
    assert "The thing a is 599 seconds old, so the task makes no new one" in run(server, force=True).warnings[0]
    assert run(Server(thing("b", 599)), path, force=True).values["changed"] is True


def test_a_file_without_the_secret_is_a_failure_unless_a_new_one_is_made(path: Path) -> None:
    server = Server(thing("b", MAX_AGE), thing("z", 99_999, replaced_by("b")))
    error = failure(server, path)
    assert "does not hold the secret of the thing b, which is not due for rotation" in str(error)
    assert "set force: true" in str(error)
    assert (writes(server), isinstance(error, MissingError)) == ([], True)


@pytest.mark.parametrize(
    ("others", "revoked"),
    [
        ([thing("b", OVERLAP)], ["a"]),
        ([thing("b", OVERLAP - 1)], []),
        ([thing("c", 1), thing("b", OVERLAP, replaced_by("c"))], ["a"]),
        ([thing("c", OVERLAP), thing("b", OVERLAP + 1, replaced_by("c"))], ["a", "b"]),
        ([thing("c", 1)], []),
        ([thing("c", 1), thing("b", OVERLAP, "other")], []),
        ([thing("c", 1), thing("b", 9, UNFINISHED)], []),
        ([thing("c", 1), thing("b", OVERLAP, replaced_by("c", "other"))], []),
    ],
    ids=["due", "not due", "chain", "both", "missing", "other name", "unfinished", "replaced under another name"],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_only_a_thing_whose_successor_has_been_there_for_long_enough_is_revoked(
    others: list[dict[str, t.Any]], revoked: list[str], check_mode: bool
) -> None:
    server = Server(*map(dict, others), thing("a", 99_999, replaced_by("b")))
    result = run(server, check_mode=check_mode)
    assert [item["id"] for item in result.values["things"] if item["state"] == "absent"] == revoked
    assert writes(server) == ([] if check_mode else [f"DELETE /things/{item_id}" for item_id in revoked])
    verb = "would revoke" if check_mode else "revoked"
    assert [warning for warning in result.warnings if verb in warning] == [
        f"The task {verb} the thing {item_id}, which {chr(ord(item_id) + 1)} replaced." for item_id in revoked
    ]


def test_the_oldest_goes_first_and_before_a_new_one_is_made() -> None:
    server = Server(thing("d", OLD), *(thing(each, age, replaced_by("d")) for each, age in (("b", 2e4), ("a", 3e4))))
    run(server)
    assert writes(server)[:3] == ["DELETE /things/a", "DELETE /things/b", "POST /things"]
    assert server.names() == {"d": replaced_by("n1"), "n1": "ci"}


def test_the_login_is_never_revoked() -> None:
    server = Server(thing("b", OVERLAP), thing("a", 2e4, replaced_by("b")))
    result = run(server, login="secret-a")
    assert (writes(server), result.values["changed"]) == ([], False)
    assert result.warnings == ["The task did not revoke the thing a, which b replaced, because it logs in with it."]


def test_several_things_or_none_or_no_clock_are_failures_before_anything_is_sent(path: Path) -> None:
    path.write_text("secret-b", encoding="utf-8")
    error: AtlasError
    for things, kind in (
        ([thing("a", OLD), thing("b", OLD)], AmbiguousError),
        ([thing("a", OLD), thing("b", OLD), thing("c", 9, UNFINISHED)], AmbiguousError),
        ([thing("a", OLD, "other"), thing("b", 9_999, UNFINISHED.replace("ci", "other"))], MissingError),
    ):
        server = Server(*things)
        assert (isinstance(failure(server), kind), writes(server)) == (True, [])
    for things in ([thing("a", OLD)], [thing("b", 9, UNFINISHED), thing("a", OLD, replaced_by("b"))]):
        server = Server(*things)
        server.server_time = None
        error = failure(server, path, force=True)
        assert ("does not tell its time" in str(error), writes(server)) == (True, [])


def test_a_thing_that_was_revoked_already_is_not_revoked_by_this_task() -> None:
    server = Server(thing("b", OVERLAP), thing("a", 2e4, replaced_by("b")))
    server.errors["DELETE /things/a"] = refusal(404, document=ErrorDocument("GONE", detail="a"))
    result = run(server)
    assert (outcomes(result.values)[1], result.warnings) == (("a", False, "absent"), [])


def test_nothing_new_is_made_when_a_revocation_fails() -> None:
    things = (thing("c", OLD), thing("a", 3e4, replaced_by("c")), thing("b", 2e4, replaced_by("c")))
    for error, left in ((refusal(), ["a", "c"]), (LoginError("DELETE", URL, "HTTP 401", status=401), ["a", "b", "c"])):
        server = Server(*map(dict, things))
        server.errors["DELETE /things/a"] = error
        result = failure(server).result()
        assert (result.get("changed", False), sorted(server.things)) == (left == ["a", "c"], left)
        assert ("POST /things" in server.sent, "secret" in result) == (False, False)


def test_a_failure_after_a_revocation_tells_about_the_revocation() -> None:
    server = Server(thing("b", OLD), thing("a", 2e4, replaced_by("b")))
    server.errors["POST /things"] = refusal()
    result = failure(server).result()
    assert (result["changed"], outcomes(result), result["status_code"]) == (True, [("a", True, "absent")], 403)
    assert result["warnings"] == ["The task revoked the thing a, which b replaced."]


@pytest.mark.parametrize("line", FULL_RUN[4:])
@pytest.mark.parametrize("kind", [refusal(), NoAnswerError("POST", URL, "no connection"), Interruption("SIGTERM")])
def test_a_step_that_fails_is_taken_back(path: Path, line: str, kind: BaseException) -> None:
    server = Server(thing("a", OLD), notes=["x"])
    before = contents(path)
    if line == "GET /things":
        # The list is read before, too.
        server.before["POST /rooms/n1"] = lambda: server.errors.update({line: kind})
    else:
        server.errors[line] = kind
    error = failure(server, path)
    if line == "PATCH /things/a" and isinstance(kind, RequestError):  # nor can the mark be removed
        assert "The thing a is still marked as replaced, until the next rotation" in str(error)
        assert error.result()["changed"] is True
    else:
        assert "changed" not in error.result()
    assert ("The task deleted the new thing again." in str(error), isinstance(error, UnfinishedError)) == (True, True)
    assert (server.names(), contents(path)) == ({"a": "ci"}, before)


@pytest.mark.parametrize("works", [True, False])
@pytest.mark.parametrize("number", range(len(FULL_RUN)))
@pytest.mark.parametrize("has_file", [True, False])
def test_the_next_run_makes_good_what_a_killed_one_left(path: Path, number: int, works: bool, has_file: bool) -> None:
    server = Server(thing("a", OLD), notes=["x"])
    file = path if has_file else None
    server.ends_at = (number, works)
    with pytest.raises(KilledError):
        run(server, file)
    assert server.sent[-1] == FULL_RUN[number]
    server.ends_at = (-1, False)
    server.server_time = NOW + 60  # so it has to wait first
    result = run(server, file)
    current = [item_id for item_id, name in server.names().items() if name == "ci"]
    assert [result.values["thing"]["id"]] == current
    others = [name for item_id, name in server.names().items() if item_id not in current]
    if has_file:
        assert contents(path)["secret"] == f"whole-secret-{current[0]}"
        assert all(name == replaced_by(current[0]) or name.startswith("ci [unfinished ") for name in others)
    else:
        assert result.values.get("secret", "whole-secret-n1") == f"whole-secret-{current[0]}"
    assert server.notes[current[0]] == [{"id": "x"}]
    server.server_time = NOW + 8_000
    server.sent.clear()
    run(server, file)
    assert not any(name.startswith("ci [unfinished ") for name in server.names().values())
    assert "POST /things" not in server.sent


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("is_marked", [True, False])
def test_an_interrupted_rotation_whose_secret_is_in_the_file_is_finished(
    path: Path, is_marked: bool, check_mode: bool
) -> None:
    server = Server(thing("a", OLD, replaced_by("b") if is_marked else "ci"), thing("b", 9, UNFINISHED))
    path.write_text("secret-b", encoding="utf-8")
    result = run(server, path, check_mode=check_mode)
    assert outcomes(result.values) == [("b", True, "present"), ("a", not is_marked, "present")]
    assert len(result.warnings) == 1
    assert (
        f"This task {'would finish' if check_mode else 'finished'} the rotation to the thing b." in result.warnings[0]
    )
    assert writes(server) == ([] if check_mode else ["PATCH /things/a", "PATCH /things/b"][is_marked:])
    if not check_mode:
        assert server.names() == {"a": replaced_by("b"), "b": "ci"}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("successor", [[], [thing("b", 9, UNFINISHED)], [thing("b", 4_000, UNFINISHED)]])
def test_an_interrupted_rotation_whose_secret_is_lost_is_taken_back(
    path: Path, successor: list[dict[str, t.Any]], check_mode: bool
) -> None:
    server = Server(thing("a", 9_000, replaced_by("b")), *map(dict, successor))
    result = run(server, path, check_mode=check_mode)
    assert outcomes(result.values) == [("a", True, "present")]
    assert len(result.warnings) == 1
    verb = "would take back" if check_mode else "took back"
    assert f"This task {verb} the rotation of the thing a." in result.warnings[0]
    # The new one goes first: otherwise there could be two with the name.
    assert writes(server) == ([] if check_mode else [*(["DELETE /things/b"] if successor else []), "PATCH /things/a"])


def test_of_several_interrupted_ones_the_newest_is_the_current_one_again() -> None:
    server = Server(thing("a", 9_999, replaced_by("x")), thing("b", 9_000, replaced_by("c")))
    assert run(server).values["thing"]["id"] == "b"
    assert server.names() == {"a": replaced_by("x"), "b": "ci"}


def test_a_repair_that_fails_half_way_tells_what_it_has_done() -> None:
    server = Server(thing("a", OLD, replaced_by("b")), thing("b", 9, UNFINISHED))
    server.errors["PATCH /things/a"] = refusal()
    result = failure(server).result()
    assert (result["changed"], outcomes(result)) == (True, [("b", True, "absent")])


def test_another_task_that_finishes_in_the_meantime_is_waited_for(path: Path) -> None:
    server = Server(thing("a", OLD), thing("b", 9, UNFINISHED))

    def finish() -> None:
        server.things["a"]["description"], server.things["b"]["description"] = replaced_by("b"), "ci"
        path.write_text("secret-b", encoding="utf-8")

    server.later.append(finish)
    result = run(server, path)
    assert (outcomes(result.values), writes(server)) == ([("b", False, "present"), ("a", False, "present")], [])


def test_the_file_of_another_task_is_read_after_the_list(path: Path) -> None:
    server = Server(thing("b", 9))
    server.before["GET /things"] = lambda: path.write_text("secret-b", encoding="utf-8")
    for force in (False, True):
        assert run(server, path, force=force).values["changed"] is False


def test_another_task_that_finishes_between_the_list_and_the_thing_is_noticed() -> None:
    server = Server(thing("a", OLD))

    def finish() -> None:
        server.things.update(a=thing("a", OLD, replaced_by("b")), b=thing("b", 9))

    server.before["GET /things/a"] = finish
    assert outcomes(run(server).values) == [("b", False, "present"), ("a", False, "present")]
    assert server.sent == ["GET /things", "GET /things/a", "GET /things", "GET /things/b"]


def test_another_task_that_wins_is_left_alone() -> None:
    server = Server(thing("a", OLD))
    server.before["POST /things"] = lambda: server.things.update(b=thing("b", 9, UNFINISHED))
    error = failure(server)
    assert "Another task makes the thing 'ci' at the same moment: b." in str(error)
    assert server.names() == {"a": "ci", "b": UNFINISHED}


def test_the_previous_secret_stays_until_its_thing_is_revoked(path: Path) -> None:
    server = Server(thing("a", OLD))
    run(server, path)
    both = {"secret": "whole-secret-n1", "secret.previous": "whole-secret-a"}
    assert contents(path) == both
    server.server_time = NOW + OVERLAP - 1
    run(server, path)
    assert contents(path) == both
    server.server_time = NOW + OVERLAP
    assert run(server, path).values["changed"] is True
    assert contents(path) == {"secret": "whole-secret-n1"}


def test_a_previous_secret_of_something_else_stays(path: Path) -> None:
    path.with_name("secret.previous").write_text("mine", encoding="utf-8")
    server = Server(thing("a", OVERLAP), thing("z", 2e4, replaced_by("a")))
    run(server, path)
    assert (writes(server), contents(path)["secret.previous"]) == (["DELETE /things/z"], "mine")


@pytest.mark.parametrize(("previous", "left"), [(None, None), ("older", "older"), ("secret-z", None)])
def test_a_failure_restores_both_files_but_not_the_secret_of_a_revoked_thing(
    path: Path, previous: str | None, left: str | None
) -> None:
    if previous:
        path.with_name("secret.previous").write_text(previous, encoding="utf-8")
    server = Server(thing("a", OLD), thing("z", 2e4, replaced_by("a")))
    server.errors["PATCH /things/n1"] = refusal()
    failure(server, path)
    assert contents(path) == {"secret": "whole-secret-a", **({"secret.previous": left} if left else {})}
    assert server.names() == {"a": "ci"}


def test_a_file_that_cannot_be_written_fails_before_the_old_thing_is_marked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> t.NoReturn:
        raise OSError(28, "No space left on device")

    server = Server(thing("a", OLD))
    monkeypatch.setattr(os, "replace", refuse)
    assert "could not be written (No space left on device)" in str(failure(server, path))
    assert [line for line in writes(server) if "PATCH" in line] == []
    assert (server.names(), contents(path)) == ({"a": "ci"}, {"secret": "whole-secret-a"})


def test_a_new_thing_that_can_be_neither_finished_nor_deleted_is_named(path: Path) -> None:
    server = Server(thing("a", OLD))
    server.errors = {"PATCH /things/n1": refusal(), "DELETE /things/n1": refusal(500)}
    result = failure(server, path).result()
    assert (result["changed"], result["thing"]["id"]) == (True, "n1")
    assert f"The new thing n1 ({public('n1')}) is still there" in result["msg"]
    assert (server.names()["a"], contents(path)) == (replaced_by("n1"), {"secret": "whole-secret-a"})
    server.errors = {}
    assert run(server, path).values["changed"] is True  # takes it back, and rotates
    assert server.names() == {"a": replaced_by("n2"), "n2": "ci"}


def test_without_a_file_a_task_in_the_background_is_refused_and_others_get_a_warning(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for check_mode in (True, False):
        warnings = run(Server(thing("a", OLD)), no_log=False, check_mode=check_mode).warnings
        assert ["which has the secret of a new thing. Set no_log" in warning for warning in warnings] == [True]
    assert run(Server(thing("a", OLD)), path, no_log=False).warnings == []
    monkeypatch.setattr(_named, "runs_in_background", lambda _environ: True)
    server = Server(thing("a", OLD))
    assert isinstance(failure(server), OptionError)
    assert server.sent == []


def test_left_overs_are_deleted_last_and_younger_ones_are_left_alone() -> None:
    server = Server(thing("a", MAX_AGE), thing("b", 3_601, UNFINISHED), thing("c", 3_600, UNFINISHED))
    result = run(server)
    assert (result.values["changed"], outcomes(result.values)) == (True, [("a", False, "present")])
    assert (writes(server), len(result.warnings)) == (["DELETE /things/b"], 2)
