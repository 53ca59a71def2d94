# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promise, tested with a resource of a few lines: a secret is handed over once, or its object does not stay."""

from __future__ import annotations

import re
import signal
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AmbiguousError,
    AtlasError,
    FileError,
    NotTheApiError,
    RequestError,
    UnfinishedError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._lifecycle import (
    Known,
    Made,
    create,
    delete,
    finish,
    get,
    update,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._process import Interruption
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile

from tests.unit.things import (
    NOW,
    Fault,
    Server,
    Things,
    after,
    before,
    instead,
    lost,
    meanwhile,
    no_right,
    refusal,
    thing,
)

if t.TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

PLACE = Things()
NOTHING = Known()
MARKED = "x [unfinished 0a1b2c3d]"
SIGTERM = Interruption("SIGTERM")


def client_of(server: Server) -> Client:
    return t.cast("Client", server)


def make(server: Server, file: SecretFile | None = None, known: Known = NOTHING) -> Made:
    return create(client_of(server), PLACE, "x", {"size": 2}, file, known)


def failed(server: Server, file: SecretFile | None = None, known: Known = NOTHING) -> AtlasError:
    with pytest.raises(AtlasError) as error:
        make(server, file, known)
    assert "secret-of" not in str(error.value.result())
    return error.value


def descriptions(server: Server) -> dict[str, str]:
    return {item_id: each["description"] for item_id, each in server.things.items()}


@pytest.fixture
def file(tmp_path: Path) -> SecretFile:
    return SecretFile("path", str(tmp_path / "key"))


def test_an_object_is_made_with_a_mark_that_the_last_step_removes(tmp_path: Path, file: SecretFile) -> None:
    for target in (None, file):
        marks: list[str] = []
        server = Server(PATCH=[meanwhile(lambda: marks.append(server.things["m1"]["description"]))])  # noqa: B023
        made = make(server, target)
        assert (made.item.id, made.item.name, made.secret, made.warnings) == ("m1", "x", "secret-of-m1", [])
        assert server.sent == ["POST /things", "LIST /things", "PATCH /things/m1"]
        assert re.fullmatch(r"x \[unfinished [0-9a-f]{8}\]", marks[0])
        assert server.things == {"m1": thing("m1", size=2, made_at=NOW)}
    assert (tmp_path / "key").read_text(encoding="utf-8") == "secret-of-m1"


def test_each_task_has_a_mark_of_its_own() -> None:
    marks = set()
    for _time in range(20):
        server = Server(PATCH=[before(no_right())], DELETE=[before(no_right())])
        failed(server)
        marks |= set(descriptions(server).values())
    assert len(marks) == 20


def test_nothing_fails_the_task_after_its_last_answer() -> None:
    make(Server())
    assert signal.getsignal(signal.SIGTERM) is signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(
    "faults",
    [
        {"LIST": [before(no_right())]},
        {"PATCH": [before(no_right())]},
        {"PATCH": [instead({"id": "m1", "description": "y"})]},
        {"PATCH": [instead({"id": "m2", "description": "x", "size": 2})]},
        {"PATCH": [instead(None)]},
        {"PATCH": [before(lost())]},
        {"PATCH": [after(lost())], "GET": [before(lost())]},
        {"PATCH": [after(lost())], "GET": [instead(thing("m1", description="y"))]},
        {"PATCH": [before(no_right())], "DELETE": [after(refusal("DELETE", 400, "GONE", "m1"))]},
        {"PATCH": [before(no_right())], "DELETE": [after(refusal("DELETE", 409))]},
    ],
)
def test_a_failing_step_takes_the_object_back(tmp_path: Path, file: SecretFile, faults: dict[str, list[Fault]]) -> None:
    error = failed(Server(**{method: list(each) for method, each in faults.items()}), file)
    assert isinstance(error, UnfinishedError)
    assert str(error).endswith("The task deleted the new thing again. Nobody got its secret.")
    assert "changed" not in error.result()
    assert list(tmp_path.iterdir()) == []


def test_a_refused_create_is_the_only_request() -> None:
    server = Server(POST=[before(no_right())])
    assert str(failed(server)).endswith("HTTP 403. Ask for it.")
    assert server.sent == ["POST /things"]


def test_a_file_that_cannot_be_written_takes_the_object_back(file: SecretFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_secret: str) -> t.NoReturn:
        raise FileError("The disk is full.")

    monkeypatch.setattr(file, "write", refuse)
    server = Server()
    assert str(failed(server, file)) == (
        "The disk is full. The task deleted the new thing again. Nobody got its secret."
    )
    assert server.sent == ["POST /things", "LIST /things", "DELETE /things/m1"]


def test_a_file_that_cannot_be_restored_is_named_and_the_object_is_still_deleted(
    file: SecretFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> t.NoReturn:
        raise FileError("The file could not be removed.")

    monkeypatch.setattr(file, "restore", refuse)
    server = Server(PATCH=[before(no_right())])
    assert "The file could not be removed. The task deleted the new thing again." in str(failed(server, file))
    assert server.things == {}


@pytest.mark.parametrize("fault", [before, after])
@pytest.mark.parametrize("method", ["POST", "LIST", "PATCH"])
def test_an_interruption_takes_the_object_back(
    tmp_path: Path, file: SecretFile, method: str, fault: t.Callable[[BaseException], Fault]
) -> None:
    server = Server(**{method: [fault(SIGTERM)]})
    error = failed(server, file)
    assert str(error).startswith("SIGTERM ended the task before the thing was finished.")
    assert server.things == {}
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_an_error_of_python_takes_the_object_back_too() -> None:
    server = Server(PATCH=[before(ZeroDivisionError())])
    with pytest.raises(ZeroDivisionError):
        make(server)
    assert server.things == {}


@pytest.mark.parametrize(
    "fault",
    [before(lost()), after(lost()), instead(None), instead({"id": "m1"}), instead({"id": 7, "secret": "s"})],
)
def test_a_lost_answer_leads_to_another_object(fault: Fault) -> None:
    server = Server(POST=[fault])
    made = make(server)
    assert descriptions(server) == {made.item.id: "x"}
    assert made.secret == f"secret-of-{made.item.id}"
    assert server.sent.count("POST /things") == 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [(before, "The server lists no thing with the description 'x [unfinished "), (after, "The task deleted the thing")],
)
def test_answers_that_are_always_lost_leave_nothing(fault: t.Callable[[BaseException], Fault], says: str) -> None:
    server = Server(POST=[fault(lost())] * 2)
    error = failed(server)
    assert says in str(error)
    assert server.sent.count("POST /things") == 2
    assert server.things == {}


def test_an_object_without_a_secret_is_deleted_by_its_id_because_lists_lag() -> None:
    server = Server(POST=[instead({"id": "m1", "description": "x [unfinished 00000000]"})])
    make(server)
    assert server.sent[:3] == ["POST /things", "DELETE /things/m1", "POST /things"]


def test_an_earlier_try_that_shows_up_late_is_deleted() -> None:
    server = Server(POST=[after(lost())], LIST=[instead([])] * 4)
    made = make(server)
    assert descriptions(server) == {"m2": "x"}
    assert made.secret == "secret-of-m2"


def test_an_object_that_nobody_can_look_up_is_named_by_its_mark() -> None:
    server = Server(POST=[after(lost())] * 2, LIST=[before(no_right())] * 9)
    error = failed(server)
    (mark,) = descriptions(server).values()
    assert f"The new thing with the description {mark!r} may still be there" in str(error)
    assert error.result()["changed"] is True
    assert "thing" not in error.result()


def test_an_object_that_cannot_be_deleted_is_named_and_counts_as_a_change() -> None:
    server = Server(PATCH=[before(no_right())], DELETE=[before(lost())])
    error = failed(server)
    assert "The new thing m1 (public-m1) is still there" in str(error)
    assert "Nobody got its secret. Delete this thing" in str(error)
    result = error.result()
    assert (result["changed"], result["thing"]["id"], result["status_code"]) == (True, "m1", 403)


@pytest.mark.parametrize(
    ("rival", "known"),
    [
        (thing("z1"), Known()),
        (thing("a1"), Known(ids=["a1"])),
        (thing("a1", MARKED, made_at=NOW), Known()),
    ],
)
def test_another_task_wins(rival: dict[str, t.Any], known: Known) -> None:
    server = Server(rival)
    error = failed(server, known=known)
    assert isinstance(error, UnfinishedError)
    assert isinstance(error.cause, AmbiguousError)
    assert f"at the same moment: {rival['id']}" in str(error)
    assert "set run_once: true" in str(error)
    assert server.things == {rival["id"]: rival}


@pytest.mark.parametrize(
    ("rival", "known"),
    [
        (thing("z1", MARKED, made_at=NOW), Known(passed_over=["z1"])),
        (thing("a1", MARKED, made_at=NOW), Known(passed_over=["a1"])),
        (thing("a1", MARKED), Known()),
        (thing("a1"), Known(no_rivals=["a1"])),
        (thing("a1", "y"), Known()),
        (thing("a1", "y [unfinished 0a1b2c3d]", made_at=NOW), Known()),
    ],
)
def test_objects_that_do_not_matter_are_not_waited_for(rival: dict[str, t.Any], known: Known) -> None:
    server = Server(rival)
    assert make(server, known=known).warnings == []
    assert server.waited == []


def test_an_object_that_only_the_list_shows_does_not_win() -> None:
    server = Server(thing("a1"), GET=[before(refusal("GET", 400, "GONE", "a1"))])
    assert make(server).secret == "secret-of-m1"


@pytest.mark.parametrize(("rival", "seconds"), [("z1", 1.75), ("a1", 2.0)])
def test_an_unfinished_object_is_waited_for_and_then_passed_over(rival: str, seconds: float) -> None:
    """A higher id for api_timeout (the waits grow), a lower one, which was there before, for twice that."""
    server = Server(thing(rival, MARKED, made_at=NOW))
    made = make(server, known=Known(ids=[rival]))
    assert [f"waited for the unfinished thing {rival} in vain" in warning for warning in made.warnings] == [True]
    assert sum(server.waited) == pytest.approx(seconds)
    assert descriptions(server) == {rival: MARKED, "m1": "x"}


def test_a_rival_that_gives_up_is_waited_for_without_a_warning() -> None:
    server = Server(thing("z1", MARKED, made_at=NOW))
    server.faults["LIST"] = [None, meanwhile(lambda: server.things.pop("z1"))]
    assert make(server).warnings == []
    assert len(server.waited) == 1


def test_a_rival_that_finishes_wins() -> None:
    server = Server(thing("z1", MARKED, made_at=NOW))
    server.faults["LIST"] = [None, meanwhile(lambda: server.things["z1"].update(description="x"))]
    assert "at the same moment: z1" in str(failed(server))
    assert descriptions(server) == {"z1": "x"}


def test_the_list_is_read_until_it_shows_the_new_object() -> None:
    server = Server(LIST=[instead([]), instead([])])
    assert make(server).secret == "secret-of-m1"
    assert server.sent.count("LIST /things") == 3


def test_a_list_that_never_shows_the_new_object_takes_it_back() -> None:
    server = Server(LIST=[instead([])] * 99)
    assert "does not show the new thing after 1 seconds" in str(failed(server))
    assert server.things == {}
    assert sum(server.waited) == pytest.approx(1.75)


def test_an_unfinished_object_is_finished() -> None:
    server = Server(thing("a1", MARKED, made_at=NOW))
    item = PLACE.read(server.things["a1"])
    made = finish(client_of(server), PLACE, item, "x", {"size": 2}, Known(ids=["a1"]))
    assert (made.item.fields, made.secret) == ({"description": "x", "size": 2}, "")
    assert server.sent == ["LIST /things", "PATCH /things/a1"]
    server = Server(thing("a1", MARKED, made_at=NOW), thing("b1"))
    with pytest.raises(AmbiguousError):
        finish(client_of(server), PLACE, item, "x", {}, Known(ids=["a1"]))
    assert descriptions(server) == {"a1": MARKED, "b1": "x"}


def test_only_what_differs_is_sent_and_a_lost_answer_counts_if_reading_shows_the_change() -> None:
    server = Server(thing("a1"), PATCH=[after(lost())])
    item = update(client_of(server), PLACE, PLACE.read(thing("a1")), {"description": "x", "size": 2})
    assert item.fields == {"description": "x", "size": 2}
    assert server.sent == ["PATCH /things/a1", "GET /things/a1"]


def test_an_object_is_read_or_gone_or_unknown() -> None:
    faults = [instead(thing("A1")), None, instead(thing("b1")), instead([]), before(no_right())]
    client = client_of(Server(thing("a1"), GET=faults))
    found = get(client, PLACE, "a1")
    assert found
    assert found.id == "A1"
    assert get(client, PLACE, "z1") is None
    for _time in range(2):
        with pytest.raises(NotTheApiError, match="the answer is not the thing a1"):
            get(client, PLACE, "a1")
    with pytest.raises(RequestError, match="The module could not read the thing a1. Ask for it."):
        get(client, PLACE, "a1")


@pytest.mark.parametrize("status", [400, 404, 409])
def test_the_list_decides_after_a_deletion_whose_answer_does_not_say_so(status: int) -> None:
    item = Item("a1")
    delete(client_of(Server(thing("a1"), DELETE=[after(refusal("DELETE", status))])), PLACE, item)
    for faults in (
        {"DELETE": [before(refusal("DELETE", status))]},
        {"DELETE": [before(refusal("DELETE", status))], "LIST": [instead([thing("A1")])]},
        {"DELETE": [after(refusal("DELETE", status))], "LIST": [before(no_right())]},
        {"DELETE": [after(refusal("DELETE", 410))]},
        {"DELETE": [after(lost())]},
    ):
        with pytest.raises(RequestError):
            delete(client_of(Server(thing("a1"), **faults)), PLACE, item)
