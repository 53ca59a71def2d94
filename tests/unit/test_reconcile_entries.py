# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine for lists of entries, tested with a list of a few lines: nothing is removed before all is added."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import Answer
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    AtlasError,
    BusyError,
    ErrorDocument,
    LoginError,
    MissingError,
    NoAnswerError,
    NotFoundError,
    NotTriedError,
    PartialError,
    RateLimitError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import (
    EntryList,
    Lookup,
    WantedEntries,
    ensure_entries,
    list_entries,
    plan,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task

from tests.unit.things import ScriptedServer, Sent

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

URL = "https://ops.example.com/list"
Documents = list[dict[str, t.Any]]


class Letters(EntryList):
    """A list of letters, each with a note."""

    results, identity, protected = "letters", "letter", ("KEPT",)
    advice = {"NO_RIGHT": "Ask for it."}

    def __init__(self, path: str = "/list", size: int | None = None) -> None:
        self.path, self.most_per_request = path, size

    def parent(self) -> dict[str, t.Any]:
        return {"alphabet": "latin"}

    def name(self) -> str:
        return "the list"

    def when_empty(self) -> str:
        return "Then nobody can write."

    def older(self) -> Letters | None:
        return Letters("/old") if self.path == "/list" else None

    def list_request(self) -> Request:
        return Request("GET", self.path)

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        return Item(document["letter"], fields={"note": document.get("note"), "uses": 0})

    def add_request(self, entries: t.Sequence[Item]) -> Request:
        return Request("POST", f"{self.path} {''.join(entry.id for entry in entries)}")

    def change_request(self, before: Item, entry: Item) -> Request:
        return Request("PATCH", f"{self.path}/{before.id}", entry.fields)

    def remove_request(self, entry: Item) -> Request:
        return Request("DELETE", f"{self.path}/{entry.id}")

    def shown(self, data: t.Any) -> list[Item]:
        return [self.read(document) for document in data or ()]

    def says_there(self, error: RequestError) -> bool:
        return error.document.code == "THERE"

    def says_gone(self, error: RequestError, entry: Item) -> bool:
        return error.document == ErrorDocument("GONE", detail=entry.id)


class Writers(Resource):
    """The owners of such lists."""

    noun = "writer"

    def owner(self) -> str:
        return "the house"

    def list_request(self) -> Request:
        return Request("GET", "/writers")

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        return Item(document["id"], public_id=document["name"])


class Nobody:
    """A login that the engine does not look at."""

    account_id = ""

    def owns(self, secret_end: str) -> bool:
        raise AssertionError(secret_end)


def letters(text: str, note: str | None = None) -> Documents:
    return [{"letter": letter, "note": note} for letter in text]


def ok(text: str = "", note: str | None = None) -> Answer:
    return Answer("POST", URL, 200, letters(text, note))


def error(
    status: int | None,
    code: str | None = None,
    detail: str | None = None,
    kind: type[RequestError] = ApiError,
    **more: t.Any,
) -> RequestError:
    document = ErrorDocument(code, detail=detail)
    return kind("POST", URL, f"HTTP {status}", status=status, document=document, **more)


LOST = error(None, kind=NoAnswerError, outcome_unknown=True)
NO_PATH = error(404, "RESOURCE_NOT_FOUND", "Cannot find resource /list.", kind=NotFoundError)


def run(
    server: ScriptedServer, text: str, *, size: int | None = None, note: str | None = None, **options: t.Any
) -> Result:
    entries = [Item(letter, fields={"note": note} if note else {}) for letter in text]
    task = Task(Nobody(), options.pop("check_mode", False), options.pop("diff", False))
    return ensure_entries(t.cast("Client", server), WantedEntries(Letters(size=size), entries, **options), task)


def states(values: t.Mapping[str, t.Any]) -> str:
    """Return each entry as its letter, its state and a ``*`` if the task changed it."""
    return " ".join(f"{item['id']}:{item['state']}{'*' * item['changed']}" for item in values["letters"])


def failed(server: ScriptedServer, text: str, **options: t.Any) -> dict[str, t.Any]:
    with pytest.raises(PartialError) as caught:
        run(server, text, **options)
    assert server.answers == []
    return caught.value.result()


@pytest.mark.parametrize(
    ("text", "options", "difference"),
    [
        ("abx", {}, ("x", "")),
        ("ax", {"exclusive": True}, ("x", "b")),
        ("bx", {"state": "absent"}, ("", "b")),
        ("", {"exclusive": True}, ("", "ab")),
        ("ba", {"exclusive": True}, ("", "")),
    ],
)
def test_the_plan_is_the_difference(text: str, options: dict[str, t.Any], difference: tuple[str, ...]) -> None:
    wanted = WantedEntries(Letters(), [Item(letter) for letter in text], **options)
    steps = plan([Item("a"), Item("b")], wanted)
    assert tuple("".join(entry.id for entry in part) for part in (steps.new, steps.removed)) == difference
    assert steps.changed == []


def test_entries_are_added_first_and_removed_last() -> None:
    server = ScriptedServer(letters("ab"), ok("abxy"), ok(), ok())
    values = run(server, "xy", exclusive=True).values
    assert server.sent == ["GET /list", "POST /list xy", "DELETE /list/a", "DELETE /list/b"]
    assert values["changed"] is True
    assert values["alphabet"] == "latin"
    assert states(values) == "x:present* y:present* a:absent* b:absent*"
    assert values["letters"][0] == {"id": "x", "changed": True, "state": "present", "note": None, "uses": 0}


def test_nothing_to_do() -> None:
    server = ScriptedServer(letters("ab"))
    values = run(server, "b", diff=True).values
    assert (values["changed"], states(values)) == (False, "b:present")
    assert values["diff"]["before"] == values["diff"]["after"] == {"letters": ["a", "b"]}
    absent = run(ScriptedServer(letters("ab")), "x", state="absent").values
    assert (absent["changed"], states(absent)) == (False, "x:absent")


def test_check_mode_only_reads() -> None:
    server = ScriptedServer(letters("ab"))
    values = run(server, "ax", exclusive=True, check_mode=True, diff=True).values
    assert server.sent == ["GET /list"]
    assert states(values) == "a:present x:present* b:absent*"
    assert values["diff"] == {"before": {"letters": ["a", "b"]}, "after": {"letters": ["a", "x"]}}


def test_a_field_that_differs_is_changed() -> None:
    server = ScriptedServer(letters("ab", "old"), ok("a", "new"))
    values = run(server, "a", note="new").values
    assert server.sent == ["GET /list", "PATCH /list/a"]
    assert values["letters"] == [{"id": "a", "changed": True, "state": "present", "note": "new", "uses": 0}]
    preview = run(ScriptedServer(letters("ab", "old")), "a", note="new", check_mode=True).values
    assert preview["letters"] == values["letters"]


def test_a_change_that_the_answer_does_not_show_is_a_failure() -> None:
    values = failed(ScriptedServer(letters("ab", "old"), ok("a", "old")), "a", note="new", exclusive=True)
    assert states(values) == "a:present b:present"
    assert "does not show the change of a" in values["msg"]
    assert "did not try to remove b" in values["msg"]


def test_a_change_that_fails() -> None:
    values = failed(ScriptedServer(letters("a", "old"), error(400, "NO_RIGHT")), "a", note="new")
    assert states(values) == "a:present"
    assert values["msg"].endswith("The task did not change a. Ask for it.")


def test_small_requests() -> None:
    server = ScriptedServer(letters(""), ok("xy"), ok("z"))
    assert states(run(server, "xyz", size=2).values) == "x:present* y:present* z:present*"
    assert server.sent == ["GET /list", "POST /list xy", "POST /list z"]


def test_one_request_that_fails_does_not_keep_others_from_adding() -> None:
    server = ScriptedServer(letters("a"), error(400), ok("y"))
    values = failed(server, "xy", size=1, exclusive=True)
    assert states(values) == "x:absent y:present* a:present"
    assert values["msg"].startswith("2 of 3 failed.")


def test_after_a_refused_login_nothing_is_tried() -> None:
    refused = error(401, kind=LoginError)
    values = failed(ScriptedServer(letters("a", "old"), refused), "xya", size=1, note="new")
    assert states(values) == "x:absent y:absent a:present"
    assert "did not try to add y" in values["msg"]
    assert "did not try to change a" in values["msg"]


@pytest.mark.parametrize(
    ("text", "options"),
    [("ab", {"state": "absent"}), ("", {"exclusive": True})],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_the_last_entry_stays_unless_the_task_may_remove_it(
    text: str, options: dict[str, t.Any], check_mode: bool
) -> None:
    server = ScriptedServer(letters("ab"))
    with pytest.raises(NotTriedError, match="every entry of the list. Then nobody can write. .* set allow_empty=true"):
        run(server, text, check_mode=check_mode, **options)
    assert server.sent == ["GET /list"]
    assert (
        states(run(ScriptedServer(letters("ab"), ok(), ok()), text, allow_empty=True, **options).values).count("*") == 2
    )
    assert run(ScriptedServer([]), text, **options).values["changed"] is False


@pytest.mark.parametrize(
    ("answer", "changed"),
    [
        (error(409), ""),
        (error(400, "THERE"), ""),
        (error(500, kind=BusyError, outcome_unknown=True), "*"),
        (LOST, "*"),
        (ok("a"), "*"),
    ],
    ids=["409", "duplicate", "500", "lost", "first page"],
)
def test_after_an_answer_that_leaves_it_open_the_list_decides(answer: Sent, changed: str) -> None:
    server = ScriptedServer(letters("a"), answer, letters("axy"), ok())
    assert states(run(server, "xy", exclusive=True).values) == f"x:present{changed} y:present{changed} a:absent*"
    assert server.sent == ["GET /list", "POST /list xy", "GET /list", "DELETE /list/a"]

    values = failed(ScriptedServer(letters("a"), answer, letters("ax")), "xy", exclusive=True)
    assert states(values) == f"x:present{changed} y:absent a:present"
    assert "Not on the list: y." in values["msg"]
    assert "may have done its work" not in values["msg"]
    assert "did not try to remove a" in values["msg"]


def test_a_list_that_cannot_be_read_again_leaves_the_outcome_unknown() -> None:
    values = failed(ScriptedServer(letters("a"), LOST, error(503, kind=BusyError)), "x")
    assert states(values) == "x:None"
    assert "failed too: HTTP 503." in values["msg"]
    assert "may have done its work all the same" in values["msg"]


def test_entries_that_the_server_refuses() -> None:
    values = failed(ScriptedServer(letters("a"), error(400, "NO_RIGHT")), "xy", exclusive=True)
    assert states(values) == "x:absent y:absent a:present"
    assert values["msg"].startswith(
        f"2 of 2 failed. POST {URL} failed: HTTP 400. The task did not add x, y. Ask for it."
    )
    assert (values["changed"], values["status_code"], values["error_code"]) == (False, 400, "NO_RIGHT")
    assert values["letters"][1]["status_code"] == 400


@pytest.mark.parametrize(
    ("answer", "changed"),
    [
        (error(404, "GONE", "a"), ""),
        (error(400, "GONE", "a"), ""),
        (error(404, "GONE", "a", outcome_unknown=True), "*"),
    ],
)
def test_an_entry_is_gone_if_the_server_says_so(answer: RequestError, changed: str) -> None:
    server = ScriptedServer(letters("ab"), answer)
    assert states(run(server, "a", state="absent").values) == f"a:absent{changed}"


@pytest.mark.parametrize("answer", [error(404, "GONE", "b"), error(400), error(409), error(404, kind=NotFoundError)])
def test_after_any_other_400_404_or_409_the_list_decides(answer: RequestError) -> None:
    assert states(run(ScriptedServer(letters("ab"), answer, letters("b")), "a", state="absent").values) == "a:absent"
    values = failed(ScriptedServer(letters("ab"), answer, letters("ab")), "a", state="absent")
    assert (states(values), values["status_code"]) == ("a:present", answer.status)
    assert "a is still on the list." in values["msg"]
    values = failed(ScriptedServer(letters("ab"), answer, error(403, "NO_RIGHT")), "a", state="absent")
    assert (states(values), values["status_code"]) == ("a:None", 403)
    assert (
        f"could not read the list. Ask for it. Before that, POST {URL} failed: HTTP {answer.status}." in values["msg"]
    )


def test_an_entry_that_the_server_keeps_is_a_failure_of_this_entry_only() -> None:
    server = ScriptedServer(letters("abc"), error(400, "KEPT"), ok())
    values = failed(server, "ab", state="absent")
    assert states(values) == "a:present b:absent*"
    assert server.sent == ["GET /list", "DELETE /list/a", "DELETE /list/b"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (error(401, kind=LoginError), "present"),
        (error(429, kind=RateLimitError), "present"),
        (LOST, "None"),
    ],
)
def test_errors_that_end_the_task(answer: RequestError, state: str) -> None:
    values = failed(ScriptedServer(letters("abc"), answer), "ab", state="absent")
    assert states(values) == f"a:{state} b:present"
    assert "did not try to remove b" in values["msg"]


def test_other_errors_do_not_end_the_task() -> None:
    busy = error(500, kind=BusyError, outcome_unknown=True)
    assert states(failed(ScriptedServer(letters("abc"), busy, ok()), "ab", state="absent")) == "a:None b:absent*"


def test_an_older_server_knows_the_list_by_another_name() -> None:
    server = ScriptedServer(NO_PATH, letters("ab"), ok("abx"), ok())
    run(server, "bx", exclusive=True)
    assert server.sent == ["GET /list", "GET /old", "POST /old x", "DELETE /old/a"]
    with pytest.raises(NotFoundError):
        run(ScriptedServer(NO_PATH, NO_PATH), "a")


@pytest.mark.parametrize("answer", [error(404, "NO_SUCH_WRITER", "/list"), error(400, "RESOURCE_NOT_FOUND", "/list")])
def test_any_other_error_is_not_about_the_name(answer: RequestError) -> None:
    server = ScriptedServer(answer)
    with pytest.raises(RequestError, match="The module could not read the list."):
        run(server, "a")
    assert server.sent == ["GET /list"]


def test_the_entries_of_a_list() -> None:
    result = list_entries(t.cast("Client", ScriptedServer(letters("ab"))), WantedEntries(Letters()), Task(Nobody()))
    entries = [{"id": letter, "note": None, "uses": 0} for letter in "ab"]
    assert result.values == {"changed": False, "alphabet": "latin", "letters": entries}


def by_name(server: ScriptedServer, name: str) -> Result:
    place = Lookup(Writers(), name, lambda writer_id: Letters(f"/{writer_id}"), "There is no such writer.")
    return list_entries(t.cast("Client", server), WantedEntries(place), Task(Nobody()))


def test_the_list_of_an_owner_with_a_public_key() -> None:
    writers = [{"id": "w1", "name": "ann"}, {"id": "w2", "name": "bob"}]
    server = ScriptedServer(writers, letters("a"))
    by_name(server, "bob")
    assert server.sent == ["GET /writers", "GET /w2"]
    with pytest.raises(MissingError, match="There is no such writer"):
        by_name(ScriptedServer(writers), "eve")
    failure: type[AtlasError] = RequestError
    with pytest.raises(failure, match="The module could not read the writers of the house."):
        by_name(ScriptedServer(error(403)), "bob")
