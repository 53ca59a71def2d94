# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of renewals: its plan, and its work with a server that keeps a few secrets in a list."""

from __future__ import annotations

import os
import signal
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils import _named
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import Answer
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    AtlasError,
    ErrorDocument,
    FileError,
    MissingError,
    NoAnswerError,
    OptionError,
    PartialError,
    RequestError,
    UnfinishedError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._process import Interruption
from ansible_collections.mongodb.atlas.plugins.module_utils._renewal import (
    ListedSecrets,
    Renewal,
    Secret,
    SecretPlace,
    list_secrets,
    plan,
    renew,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import PRESENT, Item
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task

if t.TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

URL = "https://ops.example.com/box"
NOW = 1_000_000.0
WITHIN = 1000.0
OVERLAP = 700.0
READ = "GET /box"
POST = "POST /box"


class Box(SecretPlace):
    """A place whose every method is one line."""

    noun, result, results, shown_once, most, overlap = "word", "word", "words", "secret", 2, OVERLAP
    owner_id, way_out = "box", "Set force."

    def owner(self) -> str:
        return "the box"

    def summary(self, item: Item) -> str:
        return f"{item.id} ({item.fields['end']})"

    def read_request(self) -> Request:
        return Request("GET", "/box")

    def read_all(self, document: t.Any) -> list[Secret] | None:
        return [secret_of(each) for each in document] if isinstance(document, list) else None

    def read_new(self, document: t.Any) -> Secret | None:
        return secret_of(document) if "id" in document else None

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        return document.get("whole")

    def shortened(self, item: Item, ends_at: float) -> Item:
        return item._replace(fields={"end": ends_at - NOW})

    def describe(self, item: Item) -> dict[str, t.Any]:
        return {"id": item.id}

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        return Request("POST", f"/box{name}", fields)

    def change_request(self, item_id: str, state: str) -> Request:
        return Request("DELETE" if state == "absent" else "PUT", f"/box/{item_id}")

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        return error.document == ErrorDocument("GONE", detail=item_id)

    def says_no_parent(self, error: RequestError) -> bool:
        return error.document.code == "NO_PLACE"

    def says_busy(self, error: RequestError) -> bool:
        return error.document.code == "BUSY"


def word(item_id: str, end: float | None, age: float = 5000, *, used: bool = True) -> dict[str, t.Any]:
    """Return a secret that ends in so many seconds."""
    return {"id": item_id, "end": end, "made_at": NOW - age, "used": used}


def secret_of(document: t.Mapping[str, t.Any]) -> Secret:
    end = document["end"]
    item = Item(document["id"], PRESENT, {"end": end}, f"-{document['id']}", made_at=document["made_at"])
    return Secret(item, None if end is None else NOW + end, document["used"])


class Me:
    """The login of the secret with this id; None for a login that cannot tell."""

    def __init__(self, own: str | None = "", account_id: str | None = "box") -> None:
        self._own = own
        self.account_id = None if own is None else account_id

    def owns(self, secret_end: str) -> bool:
        return secret_end == f"-{self._own}"


class Server:
    """Keeps secrets, and plays the part of the client too. The clock stands still."""

    timeout = 1.0

    def __init__(self, *words: dict[str, t.Any], retries: int = 0) -> None:
        self.words = list(words)
        self.retries = retries
        self.server_time: float | None = NOW
        self.sent: list[str] = []
        self.faults: dict[str, list[tuple[BaseException, bool]]] = {}
        """The errors of the next requests, and whether the server works on them."""
        self.answer: t.Any = None
        """The answer to the request that makes a secret; None for the normal one."""
        self.before: dict[str, t.Callable[[], object]] = {}
        """What others do just before a request, once."""

    def attempts(self, seconds: float) -> t.Iterator[float]:
        yield 0.0
        if seconds:
            yield seconds

    def send(self, request: Request) -> Answer:
        line = f"{request.method} {request.path}"
        self.sent.append(line)
        self.before.pop(line, lambda: None)()
        faults = self.faults.get(line)
        error, works = faults.pop(0) if faults else (None, True)
        data = self._work(request) if works else None
        if error:
            raise error
        return Answer(request.method, URL, 200, data)

    def _work(self, request: Request) -> t.Any:
        if request.method == "GET":
            return self.words
        if request.method == "POST":
            new = word(f"n{sum(line == POST for line in self.sent)}", 9000, 0, used=False)
            self.words.append(new)
            return {**new, "whole": f"whole-{new['id']}"} if self.answer is None else self.answer
        item_id = request.path.rpartition("/")[2]
        found = [each for each in self.words if each["id"] == item_id]
        if not found:
            raise refusal(404, "GONE", item_id)
        self.words.remove(found[0])
        return None

    def ids(self) -> list[str]:
        return [each["id"] for each in self.words]


def refusal(status: int = 403, code: str | None = None, detail: str | None = None) -> RequestError:
    return ApiError("POST", URL, f"HTTP {status}", status=status, document=ErrorDocument(code, detail=detail))


LOST = NoAnswerError("POST", URL, "no answer", outcome_unknown=True)
BUSY = refusal(409, "BUSY")


def wanted(path: Path | None = None, **options: t.Any) -> Renewal:
    file = SecretFile("path", str(path), keeps_previous=True) if path else None
    return Renewal(Box(), None, 2, WITHIN, file=file)._replace(**options)


def run(server: Server, path: Path | None = None, login: Me | None = None, **options: t.Any) -> Result:
    task = {name: options.pop(name) for name in ("check_mode", "diff", "no_log") if name in options}
    given = Task(login or Me(), **{"no_log": True, **task})
    return renew(t.cast("Client", server), wanted(path, **options), given)


def failure(server: Server, path: Path | None = None, **options: t.Any) -> AtlasError:
    with pytest.raises(AtlasError) as caught:
        run(server, path, **options)
    return caught.value


def outcomes(values: t.Mapping[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in values["words"]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with the secret ``a``."""
    file = tmp_path / "secret"
    file.write_text("whole-a", encoding="utf-8")
    return file


def contents(path: Path) -> dict[str, str]:
    return {each.name: each.read_text(encoding="utf-8") for each in path.parent.iterdir()}


NEW = None
REFUSED = "refused"


@pytest.mark.parametrize(
    ("words", "options", "current", "room"),
    [
        # What lasts long enough
        ([], {}, NEW, []),
        ([word("a", WITHIN)], {}, "a", []),
        ([word("a", WITHIN - 1)], {}, NEW, []),
        ([word("a", 0)], {"renew_within": 0.0}, NEW, []),
        ([word("a", 2000), word("b", 3000)], {}, "b", []),
        ([word("a", 3000), word("b", -1)], {}, "a", []),
        ([word("a", 3000)], {"force": True}, NEW, []),
        ([word("a", 3000, 599)], {"force": True}, "a", []),
        ([word("a", 3000, 600)], {"force": True}, NEW, []),
        ([word("a", 500, 10)], {"force": True}, NEW, []),
        # What makes room
        ([word("a", 10), word("b", -1)], {}, NEW, ["b"]),
        ([word("a", -2), word("b", -1)], {}, NEW, ["a"]),
        ([word("a", -2), word("b", -1), word("c", 5)], {}, NEW, ["a", "b"]),
        ([word("a", 10), word("b", 20)], {}, REFUSED, []),
        ([word("a", 10), word("b", -1), word("c", 5)], {}, REFUSED, []),
        ([word("a", 20), word("b", 10)], {"make_room": "oldest"}, NEW, ["b"]),
        ([word("me", 10), word("b", 20)], {"make_room": "oldest"}, NEW, ["b"]),
        ([word("a", 10), word("b", -1)], {"make_room": "oldest"}, NEW, ["b"]),
        # An end that nobody knows
        ([word("a", 3000), word("b", None)], {}, REFUSED, []),
        ([word("a", None)], {"force": True}, REFUSED, []),
    ],
)
def test_the_plan(
    words: list[dict[str, t.Any]], options: dict[str, t.Any], current: str | None, room: list[str]
) -> None:
    secrets = [secret_of(each) for each in words]
    if current == REFUSED:
        with pytest.raises(MissingError):
            plan(wanted(**options), secrets, NOW, Me("me"))
        return
    made = plan(wanted(**options), secrets, NOW, Me("me"))
    assert made.current == (current and next(each for each in secrets if each.item.id == current))
    assert [each.item.id for each in made.room] == room


@pytest.mark.parametrize(
    ("words", "force", "current"),
    [
        ([word("a", 2000), word("b", 3000)], False, "a"),  # the file decides which of two is meant
        ([word("b", 3000)], False, REFUSED),
        ([word("a", 500), word("b", 3000)], False, REFUSED),
        ([word("a", 500), word("b", 900)], False, REFUSED),
        ([word("a", 500)], False, NEW),
        ([word("a", 2000, 10)], True, "a"),
        ([word("b", 2000, 10)], True, NEW),
        ([word("a", 2000)], True, NEW),
    ],
)
def test_the_plan_with_a_file(path: Path, words: list[dict[str, t.Any]], force: bool, current: str | None) -> None:
    secrets = [secret_of(each) for each in words]
    if current == REFUSED:
        with pytest.raises(MissingError):
            plan(wanted(path, force=force), secrets, NOW, Me())
    else:
        made = plan(wanted(path, force=force), secrets, NOW, Me())
        assert (made.current and made.current.item.id, made.warnings) == (current, [])


def test_the_plan_warns_of_a_login_that_ends_soon_and_of_a_secret_that_only_an_earlier_result_has() -> None:
    secrets = [secret_of(word("me", 500)), secret_of(word("b", 3000, 10))]
    made = plan(wanted(), secrets, NOW, Me("me"))
    assert made.warnings == [
        "The task logs in with the word me (500). Before that time, switch the login to b.",
        "The word b is younger than ten minutes. Only the result of the task that made it showed it.",
    ]
    forced = plan(wanted(force=True), secrets, NOW, Me())
    assert "so the task makes no new one although force is true" in forced.warnings[0]


def test_a_failure_shows_what_is_there() -> None:
    assert "the word b (None) expires" in str(failure(Server(word("a", 10), word("b", None))))
    assert "which has: a (10); b (20)." in str(failure(Server(word("a", 10), word("b", 20))))


def test_a_new_secret_in_check_mode_and_for_real() -> None:
    server = Server(word("a", 900), word("b", -1))
    preview = run(server, check_mode=True)
    assert server.sent == [READ]
    rest = [("b", True, "absent"), ("a", True, "present")]
    assert (outcomes(preview.values), "secret" in preview.values) == ([(None, True, "present"), *rest], False)
    result = run(server)
    assert server.sent == [READ, READ, "DELETE /box/b", POST]
    assert outcomes(result.values) == [("n1", True, "present"), *rest]
    assert result.values["words"][2]["end"] == preview.values["words"][2]["end"] == OVERLAP
    assert (result.values["word"], result.values["secret"]) == (result.values["words"][0], "whole-n1")
    assert (result.secret, result.warnings) == ("whole-n1", [])
    assert "which has a new secret. Set no_log" in run(Server(), no_log=False).warnings[0]


def test_a_file_takes_the_secret(path: Path) -> None:
    server = Server(word("a", 10))
    result = run(server, path)
    assert contents(path) == {"secret": "whole-n1", "secret.previous": "whole-a"}
    assert ("secret" in result.values, result.secret) == (False, "")


def test_the_old_content_goes_with_its_secret(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(Server(word("a", -1), word("b", 10)), path)
    assert contents(path) == {"secret": "whole-n1"}

    def remove(_file: SecretFile) -> None:
        raise FileError("It stays.")

    path.write_text("whole-a", encoding="utf-8")
    monkeypatch.setattr(SecretFile, "remove", remove)
    assert run(Server(word("a", -1), word("b", 10)), path).warnings == ["It stays."]
    gone = run(Server(word("a", -1)), path, ids=["a"])
    assert (gone.values["changed"], gone.warnings) == (True, ["It stays."])


def test_deleting_a_valid_secret_to_make_room_is_a_warning() -> None:
    words = [word("a", 10), word("b", 20)]
    assert run(Server(*words), make_room="oldest").warnings == ["To make room, the task deleted the word a (10)."]
    preview = run(Server(*words), make_room="oldest", check_mode=True, login=Me(None))
    assert preview.warnings[0] == "To make room, the task would delete the word a (10)."
    assert "cannot tell which word is its own" in preview.warnings[1]


def test_the_background_and_a_server_without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    server.server_time = None
    assert "does not tell its time" in str(failure(server))
    assert server.sent == [READ]
    monkeypatch.setattr(_named, "runs_in_background", lambda _environ: True)
    error = failure(Server())
    assert isinstance(error, OptionError)
    assert "with a new secret in it," in str(error)


def test_a_refusal_after_a_deletion_tells_about_the_deletion() -> None:
    server = Server(word("a", 10), word("b", -1))
    server.faults[POST] = [(refusal(400, "FULL"), False)]
    error = failure(server)
    assert isinstance(error, PartialError)
    assert (error.result()["changed"], error.result()["error_code"]) == (True, "FULL")
    assert outcomes(error.result()) == [("b", True, "absent"), ("a", False, "present")]


def test_a_deletion_that_fails_changes_nothing() -> None:
    server = Server(word("a", 10), word("b", -1))
    server.faults["DELETE /box/b"] = [(refusal(), False)]
    error = failure(server)
    assert (error.result().get("changed"), server.ids()) == (None, ["a", "b"])


@pytest.mark.parametrize("works", [True, False])
def test_a_lost_answer_is_made_good(works: bool) -> None:
    server = Server(word("a", 10), retries=1)
    server.faults[POST] = [(LOST, works)]
    result = run(server)
    assert server.ids() == ["a", "n2"]
    assert result.values["secret"] == "whole-n2"
    looks = [READ, "DELETE /box/n1"] if works else [READ, READ]
    assert server.sent == [READ, POST, *looks, POST]


def test_a_lost_answer_at_the_end_is_taken_back_and_the_result_shows_what_became_shorter(path: Path) -> None:
    server = Server(word("a", 900))
    server.faults[POST] = [(LOST, True)]
    error = failure(server, path)
    assert isinstance(error, UnfinishedError)
    assert (
        "The task deleted the new word again. Nobody got it. Because the task made the new word, an older one ends "
        "earlier: a (700" in str(error)
    )
    assert (outcomes(error.result()), error.result()["changed"]) == ([("a", True, "present")], True)
    assert (server.ids(), contents(path)) == (["a"], {"secret": "whole-a"})


def test_a_lost_answer_without_any_trace() -> None:
    server = Server(word("a", 900))
    server.faults[POST] = [(LOST, False)]
    error = failure(server)
    assert "The server shows no new word, so none was made." in str(error)
    assert "may have done its work" not in str(error)
    assert "changed" not in error.result()


def test_a_lost_secret_that_nobody_can_tell_from_another_stays() -> None:
    server = Server(word("a", 10))
    server.faults[POST] = [(LOST, True)]
    server.before[POST] = lambda: server.words.append(word("other", 5000, used=False))
    error = failure(server)
    assert "Several words are new" in str(error)
    assert "The new word may still be there" in str(error)
    assert server.ids() == ["a", "other", "n1"]


@pytest.mark.parametrize("answer", [{}, {"id": "n1", "end": 9000, "made_at": NOW, "used": False}])
def test_an_answer_without_the_secret_is_a_failure_that_leaves_nothing(answer: dict[str, t.Any]) -> None:
    server = Server(word("a", 10))
    server.answer = answer
    assert "the answer is not a new secret" in str(failure(server))
    assert server.ids() == ["a"]


@pytest.mark.parametrize("end", [None, 10])
def test_a_secret_that_does_not_last_does_not_stay(end: float | None) -> None:
    server = Server()
    server.answer = {**word("n1", end, 0), "whole": "whole-n1"}
    error = failure(server)
    assert "does not show that the new word lasts as long as the task asked for" in str(error)
    assert server.ids() == []


def test_a_new_secret_that_cannot_be_deleted_is_named(path: Path) -> None:
    server = Server(word("a", 10))
    server.answer = {**word("n1", 10, 0), "whole": "whole-n1"}
    server.faults["DELETE /box/n1"] = [(refusal(500), False)]
    error = failure(server, path)
    assert "The new word n1 is still there, because the task could not delete it" in str(error)
    assert outcomes(error.result()) == [("n1", True, "present"), ("a", False, "present")]
    assert "whole-n1" not in repr(error.result())


def test_a_conflict_is_read_again_and_repeated() -> None:
    server = Server(word("a", 10), word("b", -1))
    server.faults["DELETE /box/b"] = [(BUSY, False)]
    server.faults[POST] = [(BUSY, False)]
    assert run(server).values["changed"] is True
    assert server.sent == [READ, "DELETE /box/b", READ, "DELETE /box/b", POST, READ, POST]


def test_a_conflict_with_a_task_that_does_the_same() -> None:
    server = Server(word("a", 10), word("b", -1))
    server.faults["DELETE /box/b"] = [(BUSY, True)]  # somebody else deleted it
    server.faults[POST] = [(BUSY, True)]  # somebody else made one
    result = run(server)
    assert outcomes(result.values) == [("n1", False, "present"), ("b", False, "absent"), ("a", False, "present")]
    assert "secret" not in result.values


@pytest.mark.parametrize("item_id", ["b", "B"])
@pytest.mark.parametrize("answers", [[refusal(404)], [BUSY] * 9])
def test_a_secret_that_the_server_still_shows_is_not_gone(item_id: str, answers: list[BaseException]) -> None:
    server = Server(word("a", 10), word(item_id, -1))
    server.faults[f"DELETE /box/{item_id}"] = [(answer, False) for answer in answers]
    failure(server)
    assert server.ids() == ["a", item_id]
    assert POST not in server.sent


@pytest.mark.parametrize("line", [POST, "DELETE /box/b"])
def test_a_conflict_that_does_not_end(line: str) -> None:
    server = Server(word("a", 10), word("b", -1))
    server.faults[line] = [(BUSY, False)] * 9
    assert failure(server).result()["error_code"] == "BUSY"


def interrupt(server: Server, line: str, *, works: bool) -> None:
    server.faults[line] = [(Interruption("SIGTERM"), works)]


@pytest.mark.parametrize("works", [True, False])
@pytest.mark.parametrize("line", ["DELETE /box/b", POST])
def test_a_signal_takes_the_new_secret_back(path: Path, line: str, works: bool) -> None:
    server = Server(word("a", 10), word("b", -1))
    interrupt(server, line, works=works)
    assert "SIGTERM ended the task before the new word was handed over." in str(failure(server, path))
    assert "n1" not in server.ids()
    assert contents(path) == {"secret": "whole-a"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("name", ["secret", "secret.previous"])
def test_a_signal_while_the_file_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: signal.Signals
) -> None:
    server = Server(word("a", 10))
    replace = os.replace

    def interrupted(old: str, new: str) -> None:
        replace(old, new)
        if new.endswith(name):
            os.kill(os.getpid(), number)

    monkeypatch.setattr(os, "replace", interrupted)
    error = failure(server, path)
    assert f"{number.name} ended the task" in str(error)
    assert "The task deleted the new word again. Nobody got it." in str(error)
    assert (server.ids(), contents(path)) == (["a"], {"secret": "whole-a"})


def test_an_unexpected_error_takes_the_new_secret_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(word("a", 10))

    def write(_file: SecretFile, _secret: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SecretFile, "write", write)
    with pytest.raises(ZeroDivisionError):
        run(server, path)
    assert server.ids() == ["a"]


def test_a_file_that_cannot_be_restored_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: SecretFile, *_arguments: str) -> None:
        raise FileError("It cannot be written.")

    for name in ("write", "restore"):
        monkeypatch.setattr(SecretFile, name, fail)
    error = failure(Server(word("a", 10)), path)
    assert str(error).startswith("It cannot be written. It cannot be written. The task deleted the new word again.")


def test_secrets_are_deleted_the_own_one_last() -> None:
    server = Server(word("me", 10), word("b", 20))
    ids = ["me", "b", "x"]
    preview = run(server, ids=ids, login=Me("me"), check_mode=True)
    done = run(server, ids=ids, login=Me("me"))
    expected = [("me", True, "absent"), ("b", True, "absent"), ("x", False, "absent")]
    assert outcomes(preview.values) == outcomes(done.values) == expected
    assert server.sent[2:] == ["DELETE /box/b", "DELETE /box/me"]
    assert "nothing can log in with it afterwards" in done.warnings[0]
    assert "A token that somebody got with the word me may live on" in done.warnings[1]


@pytest.mark.parametrize(
    ("login", "reads"),
    [(Me("a"), True), (Me(None), True), (Me("a", "other"), False), (Me("", ""), False)],
)
def test_one_secret_is_read_only_if_it_may_be_the_own_one(login: Me, reads: bool) -> None:
    server = Server(word("a", 10))
    result = run(server, ids=["a"], login=login)
    assert (READ in server.sent, bool(result.warnings)) == (reads, reads)
    assert result.values["word"]["state"] == "absent"


def test_gone_only_if_the_server_says_so() -> None:
    for login in (Me(), Me("", "")):
        assert outcomes(run(Server(), ids=["a"], login=login).values) == [("a", False, "absent")]
    for works in (True, False):
        server = Server(word("a", 10))
        server.faults["DELETE /box/a"] = [(refusal(404), works)]
        if works:  # the list says that it is gone
            assert run(server, ids=["a"], login=Me("", "")).values["changed"] is False
        else:
            error = failure(server, ids=["a"], login=Me("", ""))
            assert (outcomes(error.result()), error.result()["status_code"]) == ([("a", False, None)], 404)


def test_an_error_that_stops_the_task_leaves_the_rest_untried() -> None:
    server = Server(word("a", 10), word("b", 20), word("c", 30))
    server.faults = {"DELETE /box/a": [(refusal(), False)], "DELETE /box/b": [(LOST, False)]}
    error = failure(server, ids=["a", "b", "c"])
    assert outcomes(error.result()) == [("a", False, "present"), ("b", False, None), ("c", False, "present")]
    assert "before it tried the word c" in str(error)


def test_a_list_and_a_document_that_is_none() -> None:
    server = Server(word("a", 10), word("b", 20))
    for ids, shown in ((None, ["a", "b"]), (["b", "x"], ["b"]), ([], [])):
        result = list_secrets(t.cast("Client", server), ListedSecrets(Box(), ids), Task(Me()))
        assert (result.values["words"], result.values["changed"]) == ([{"id": each} for each in shown], False)
    server.words = t.cast("t.Any", {})
    assert "the answer is not the box with its secrets" in str(failure(server))
