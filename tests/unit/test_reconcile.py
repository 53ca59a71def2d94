# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promise, tested with a resource of a few lines: an object is gone only when the server said so about it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import Answer
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    BusyError,
    ErrorDocument,
    LoginError,
    NoAnswerError,
    NotFoundError,
    NotTheApiError,
    PartialError,
    RateLimitError,
    RequestError,
    RightsError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import ensure, in_order, list_items, plan
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, Lookup, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Step, Task, Wanted

from tests.unit.things import ScriptedServer, Sent

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

URL = "https://ops.example.com/things"


class Things(Resource):
    """A resource whose every method is one line."""

    noun, results, states_of_existing, advice = "thing", "things", ("on",), {"NO_RIGHT": "Ask for it."}

    def owner(self) -> str:
        return "nobody"

    def list_request(self) -> Request:
        return Request("GET", "/things")

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        return Item(document["id"], document["state"], {"n": 1}, document.get("end", ""))

    def describe(self, item: Item) -> dict[str, t.Any]:
        return {"id": item.id, **item.fields}

    def change_request(self, item_id: str, state: str) -> Request:
        return Request("PUT", f"/things/{item_id}", {"state": state})

    def confirms(self, document: t.Any, state: str) -> bool:
        return state == "absent" or bool(document == state)

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        return error.document == ErrorDocument("GONE", detail=item_id)

    def says_no_parent(self, error: RequestError) -> bool:
        return error.document.code == "NO_PLACE"


class Me:
    """The login of the object whose secret ends with ``me``."""

    account_id: str | None = ""

    def owns(self, secret_end: str) -> bool:
        return secret_end == "me"


def thing(item_id: str, state: str = "on", end: str = "") -> dict[str, t.Any]:
    return {"id": item_id, "state": state, "end": end}


def ok(data: t.Any = None) -> Answer:
    return Answer("PUT", URL, 200, data)


def refusal(status: int, code: str | None = None, detail: str | None = None, **more: t.Any) -> RequestError:
    kind = NotFoundError if status == 404 else ApiError
    return kind("PUT", URL, f"HTTP {status}", status=status, document=ErrorDocument(code, detail=detail), **more)


def run(
    server: ScriptedServer, *ids: str, state: str = "absent", check_mode: bool = False, diff: bool = False
) -> Result:
    wanted = Wanted(Things(), list(ids), state)
    return ensure(t.cast("Client", server), wanted, Task(Me(), check_mode, diff))


def states(values: t.Mapping[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in values["things"]]


def failed(server: ScriptedServer, *ids: str, **options: t.Any) -> dict[str, t.Any]:
    with pytest.raises(PartialError) as error:
        run(server, *ids, **options)
    return error.value.result()


def test_a_single_object_is_deleted_without_reading_it() -> None:
    server = ScriptedServer(ok())
    assert run(server, "a") == Result(
        {"changed": True, "things": [{"id": "a", "changed": True, "state": "absent"}]}, [], [], 1
    )
    assert server.sent == ["PUT /things/a"]


def test_several_objects_are_read_and_only_those_that_differ_are_changed() -> None:
    server = ScriptedServer([thing("a"), thing("b", "off"), thing("c")], ok("off"))
    assert states(run(server, "c", "b", "d", state="off").values) == [
        ("c", True, "off"),
        ("b", False, "off"),
        ("d", False, "absent"),
    ]
    assert server.sent == ["GET /things", "PUT /things/c"]


def test_check_mode_and_a_diff_read_first_and_check_mode_changes_nothing() -> None:
    for check_mode in (True, False):
        server = ScriptedServer([thing("a")], *([] if check_mode else [ok()]))
        result = run(server, "a", check_mode=check_mode, diff=True)
        assert result.values["changed"] is True
        assert result.values["diff"] == {
            "before": {"things": [{"id": "a", "state": "on", "n": 1}]},
            "after": {"things": [{"id": "a", "state": "absent"}]},
        }
        assert server.sent == ["GET /things", "PUT /things/a"][: 1 if check_mode else 2]


def test_an_object_is_gone_when_the_server_says_so_about_it() -> None:
    server = ScriptedServer(refusal(404, "GONE", "a"))
    result = run(server, "a")
    assert states(result.values) == [("a", False, "absent")]
    assert (result.values["status_code"], result.values["error_code"]) == (404, "GONE")


@pytest.mark.parametrize("status", [400, 404, 409])
@pytest.mark.parametrize(("code", "detail"), [(None, None), ("UNEXPECTED_ERROR", "a"), ("GONE", "b"), ("OTHER", "a")])
def test_the_list_decides_after_an_answer_that_does_not_say_so(
    status: int, code: str | None, detail: str | None
) -> None:
    lives = ScriptedServer(refusal(status, code, detail), [thing("a")])
    result = failed(lives, "a")
    assert states(result) == [("a", False, "on")]
    assert "it is still there" in result["msg"]
    gone = ScriptedServer(refusal(status, code, detail), [thing("b")])
    assert states(run(gone, "a").values) == [("a", False, "absent")]
    assert gone.sent == lives.sent == ["PUT /things/a", "GET /things"]


@pytest.mark.parametrize(
    "error",
    [
        RightsError("PUT", URL, "HTTP 403", status=403),
        LoginError("PUT", URL, "HTTP 401", status=401),
        NotTheApiError("PUT", URL, "HTTP 404", status=404),
        RateLimitError("PUT", URL, "HTTP 400", status=400),
        BusyError("PUT", URL, "HTTP 503", status=503, outcome_unknown=True),
        NoAnswerError("PUT", URL, "no connection"),
        ApiError("PUT", URL, "HTTP 410", status=410),
    ],
)
def test_any_other_error_is_a_failure(error: RequestError) -> None:
    server = ScriptedServer(error)
    assert states(failed(server, "a")) == [("a", False, None)]
    assert server.sent == ["PUT /things/a"]


def test_a_list_that_cannot_be_read_decides_nothing() -> None:
    server = ScriptedServer(refusal(404), RightsError("GET", URL, "HTTP 403", status=403))
    result = failed(server, "a")
    assert states(result) == [("a", False, None)]
    assert "The module could not read the things of nobody." in result["msg"]
    assert "Before that, PUT" in result["msg"]


@pytest.mark.parametrize("look", [[], refusal(404, "NO_PLACE")])
def test_a_deletion_by_an_earlier_try_is_a_change_unless_there_is_no_such_place(look: Sent) -> None:
    changed = not isinstance(look, RequestError)
    server = ScriptedServer(refusal(404, outcome_unknown=True), look)
    assert states(run(server, "a").values) == [("a", changed, "absent")]


def test_a_place_that_does_not_exist_holds_nothing_and_leads_to_a_warning() -> None:
    for server in (ScriptedServer(refusal(404, "NO_PLACE")), ScriptedServer(refusal(404), refusal(404, "NO_PLACE"))):
        result = run(server, "a")
        assert states(result.values) == [("a", False, "absent")]
        assert len(result.warnings) == 1
    assert states(run(ScriptedServer(refusal(404, "NO_PLACE")), "a", "b").values) == [
        ("a", False, "absent"),
        ("b", False, "absent"),
    ]


def test_a_place_that_cannot_be_read_is_a_failure() -> None:
    for error in (refusal(404), refusal(404, "GONE", "a"), refusal(404, "UNEXPECTED_ERROR")):
        with pytest.raises(RequestError):
            run(ScriptedServer(error), "a", "b")
    with pytest.raises(RequestError):
        run(ScriptedServer(refusal(404, "NO_PLACE")), "a", state="on")


def test_an_object_that_was_read_is_not_gone_if_an_answer_denies_its_place() -> None:
    server = ScriptedServer([thing("a"), thing("b")], refusal(404, "NO_PLACE"), [thing("a")], ok())
    assert states(failed(server, "a", "b")) == [("a", False, "on"), ("b", True, "absent")]


def test_a_change_is_believed_only_if_the_answer_shows_it() -> None:
    result = failed(ScriptedServer([thing("a")], ok("on")), "a", state="off")
    assert states(result) == [("a", False, None)]
    assert "the answer does not say that the thing is now off" in result["msg"]


def test_a_missing_object_for_a_state_that_requires_it_and_for_one_that_does_not() -> None:
    assert failed(ScriptedServer([]), "a", state="on")["msg"] == "There is no thing a that could be on."
    assert run(ScriptedServer([]), "a", state="off").warnings == ["There is no thing a that could be off."]


def test_the_login_goes_last_with_a_warning() -> None:
    server = ScriptedServer([thing("a", end="me"), thing("b")], ok(), ok())
    result = run(server, "a", "b")
    assert server.sent == ["GET /things", "PUT /things/b", "PUT /things/a"]
    assert result.warnings == ["The task logs in with the thing a: nothing can log in with it afterwards."]


def test_one_failure_does_not_hold_up_the_others_unless_all_would_fail() -> None:
    two = [thing("a"), thing("b")]
    result = failed(ScriptedServer(two, RightsError("PUT", URL, "HTTP 403", status=403), ok()), "a", "b")
    assert states(result) == [("a", False, "on"), ("b", True, "absent")]
    result = failed(ScriptedServer(two, LoginError("PUT", URL, "HTTP 401", status=401)), "a", "b")
    assert states(result) == [("a", False, "on"), ("b", False, "on")]
    assert result["things"][1]["msg"] == "The task stopped before it tried the thing b."


def test_the_advice_of_the_resource_is_added_once() -> None:
    error = RightsError("PUT", URL, "HTTP 401", "General advice.", status=401, document=ErrorDocument("NO_RIGHT"))
    assert failed(ScriptedServer(error), "a")["msg"] == f"PUT {URL} failed: HTTP 401. Ask for it."
    assert error.advice == "General advice.", "an error does not change"
    other = error.but(document=ErrorDocument("OTHER"))
    assert failed(ScriptedServer(other), "a")["msg"] == f"PUT {URL} failed: HTTP 401. General advice."


def test_a_place_is_looked_up() -> None:
    lookup = Lookup(Request("GET", "/places/x"), False, lambda _document: Things(), "a place", Things())
    server = ScriptedServer(ok({"id": "x"}), ok())
    ensure(t.cast("Client", server), Wanted(lookup, ["a"]), Task(Me()))
    assert server.sent == ["GET /places/x", "PUT /things/a"]
    odd: t.Any
    for odd in (None, [], {}, {"id": 7}, {"id": ""}):
        with pytest.raises(NotTheApiError, match="the answer is not a place"):
            ensure(t.cast("Client", ScriptedServer(ok(odd))), Wanted(lookup, ["a"]), Task(Me()))


def test_every_place_is_listed() -> None:
    lookup = Lookup(Request("GET", "/places"), True, lambda _document: Things(), "a place", Things())
    server = ScriptedServer([{"id": "x"}, {"id": "y"}], [thing("a"), thing("b")], [thing("A")])
    assert list_items(t.cast("Client", server), Wanted(lookup, ["a"]), Task(Me())).values == {
        "changed": False,
        "things": [{"id": "a", "n": 1}, {"id": "A", "n": 1}],
    }
    assert server.sent == ["GET /places", "GET /things", "GET /things"]


def test_a_plan_of_objects_that_were_read() -> None:
    place = Things()
    on, unknown = Item("A", "on"), Item("b", None)
    assert plan(place, ["a", "b", "c"], "on", [unknown, on]) == [
        Step("a", on, "on", None),
        Step("b", unknown, None, place.change_request("b", "on")),
        Step("c", None, "absent", None),
    ]
    assert plan(place, ["a"], "absent", None) == [Step("a", None, None, place.change_request("a", "absent"))]


class Account(Me):
    """The login as the service account ``b``. Its secret ends as that of ``me``."""

    account_id = "b"


def test_the_order_of_the_steps() -> None:
    steps = [Step(name, Item(name, secret_end=end), "on", None) for name, end in (("a", "me"), ("b", ""), ("c", "you"))]
    assert [step.id for step in in_order([*steps, Step("d", None, None, None)], Me())] == ["b", "c", "d", "a"]
    assert [step.id for step in in_order([steps[1], steps[2], Step("b", None, None, None)], Account())] == [
        "c",
        "b",
        "b",
    ]
