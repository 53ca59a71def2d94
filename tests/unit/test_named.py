# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects with a name and a secret, tested with a resource of a few lines: which ones are meant, and what is done."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils import _named
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AmbiguousError,
    AtlasError,
    LoginError,
    OptionError,
    PartialError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._named import Listed, ensure_named, list_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, SecretEnd
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Managed, Result, Task

from tests.unit.things import (
    NOW,
    URL,
    Fault,
    Server,
    Things,
    after,
    before,
    instead,
    lost,
    meanwhile,
    no_right,
    thing,
)

if t.TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

UNFINISHED = "x [unfinished 0a1b2c3d]"
REPLACED = "x [replaced by abcdefgh]"
PUBLIC = {"public": "abcdefgh"}
NO_LOG = {"no_log": True}


class Me:
    """The login of the object whose secret ends with ``f-me``."""

    account_id = ""

    def owns(self, secret_end: str) -> bool:
        return secret_end == "f-me"


def run(server: Server, *ids: str, **options: t.Any) -> Result:
    """Run a task about these ids, or about the name ``x``."""
    settings = {name: options.pop(name) for name in ("check_mode", "diff", "no_log") if name in options}
    given = {"name": None if ids else "x", "fields": {}, "state": "present", **options}
    wanted = Managed(Things(), list(ids) or None, **given)
    return ensure_named(t.cast("Client", server), wanted, Task(Me(), **settings))


def failed(server: Server, *ids: str, **options: t.Any) -> dict[str, t.Any]:
    with pytest.raises(AtlasError) as error:
        run(server, *ids, **options)
    return error.value.result()


def items(values: t.Mapping[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in values["things"]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "key"


def file_at(path: Path) -> SecretFile:
    return SecretFile("path", str(path))


def test_an_object_is_made_once_and_its_secret_is_beside_it() -> None:
    server = Server()
    result = run(server, fields={"size": 2}, **NO_LOG)
    item = {"id": "m1", "changed": True, "state": "present", "description": "x", "size": 2}
    values = {"changed": True, "things": [item], "thing": item, "secret": "secret-of-m1"}
    assert result == Result(values, [], [], 1, "secret-of-m1")
    assert server.sent == ["LIST /things", "POST /things", "LIST /things", "PATCH /things/m1"]
    server.sent.clear()
    assert items(run(server, fields={"size": 2}).values) == [("m1", False, "present")]
    assert server.sent == ["LIST /things", "GET /things/m1"]


def test_check_mode_makes_nothing_and_says_what_would_be_made(path: Path) -> None:
    for file in (None, file_at(path)):
        server = Server()
        result = run(server, fields={"size": 2}, file=file, check_mode=True, diff=True)
        assert items(result.values) == [(None, True, "present")]
        assert result.values["diff"]["after"] == {
            "things": [{"id": None, "state": "present", "description": "x", "size": 2}]
        }
        assert "secret" not in result.values
        assert server.sent == ["LIST /things"]
        assert not path.exists()
        assert bool(result.warnings) == (file is None)


def test_a_new_secret_is_in_the_file_or_in_the_result(path: Path) -> None:
    result = run(Server(), fields={"size": 2}, file=file_at(path))
    assert "secret" not in result.values
    assert path.read_text(encoding="utf-8") == "secret-of-m1"
    assert "Set no_log: true" in run(Server(), fields={"size": 2}).warnings[0]


def test_options_that_are_missing_to_make_an_object() -> None:
    server = Server()
    assert failed(server)["msg"] == "There is no thing 'x'. To make one, the task needs size."
    assert server.sent == ["LIST /things"]


def test_a_field_that_only_a_new_object_gets_is_not_compared() -> None:
    server = Server()
    assert run(server, only_new={"size": 3}, no_log=True).values["changed"] is True
    assert run(server, only_new={"size": 4}).values["changed"] is False
    assert [each["size"] for each in server.things.values()] == [3]


class Expiring(Things):
    """Things with a second secret, which ends with ``old`` and expires now."""

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        return super().read(document)._replace(secret_ends=(SecretEnd("old", NOW), SecretEnd("any", None)))


@pytest.mark.parametrize(("held", "holds"), [("old", False), ("any", True), ("f-a1", True)])
def test_a_secret_that_has_expired_does_not_count_but_its_file_goes_with_the_object(
    path: Path, held: str, holds: bool
) -> None:
    path.write_text(held, encoding="utf-8")
    server = Server(thing("a1"))

    def work(state: str) -> Result:
        wanted = Managed(Expiring(), ["a1"], None, {}, state, SecretFile("path", str(path)), True)
        return ensure_named(t.cast("Client", server), wanted, Task(Me()))

    assert (work("present").warnings == []) == holds
    assert work("absent").values["changed"] is True
    assert not path.exists()


def test_a_file_that_exists_is_not_overwritten(path: Path) -> None:
    path.write_text("secret-of-somebody", encoding="utf-8")
    for check_mode in (False, True):
        server = Server()
        result = failed(server, fields={"size": 2}, file=file_at(path), check_mode=check_mode)
        assert "does not overwrite this file" in result["msg"]
        assert server.sent == ["LIST /things"]


def test_only_the_fields_that_differ_are_changed() -> None:
    server = Server(thing("a1"))
    result = run(server, fields={"size": 2}, diff=True)
    assert items(result.values) == [("a1", True, "present")]
    assert result.values["diff"]["before"]["things"][0]["size"] == 1
    assert result.values["diff"]["after"]["things"][0]["size"] == 2
    assert server.sent == ["LIST /things", "GET /things/a1", "PATCH /things/a1"]
    assert run(server).values["changed"] is False


def test_check_mode_changes_nothing() -> None:
    server = Server(thing("a1"))
    assert items(run(server, fields={"size": 2}, check_mode=True).values) == [("a1", True, "present")]
    assert server.things == {"a1": thing("a1")}


@pytest.mark.parametrize("state", ["present", "absent"])
def test_several_objects_of_one_name_are_a_failure(state: str) -> None:
    server = Server(thing("a1"), thing("b1"))
    assert failed(server, state=state)["msg"] == "2 things are named 'x': a1; b1. Name the one that you mean by its id."
    assert server.sent == ["LIST /things", "GET /things/a1", "GET /things/b1"]


@pytest.mark.parametrize("fault", [before(no_right()), instead([])])
def test_an_object_of_the_list_that_cannot_be_read_is_a_failure(fault: Fault) -> None:
    server = Server(thing("a1"), GET=[fault])
    with pytest.raises(RequestError):
        run(server, fields={"size": 2})
    assert server.things == {"a1": thing("a1")}


def test_an_object_that_only_the_list_shows_is_gone() -> None:
    for options, expected in (({"fields": {"size": 2}, **NO_LOG}, ["m1"]), ({"state": "absent"}, [])):
        server = Server(LIST=[instead([thing("a1")])])
        assert [item["id"] for item in run(server, **options).values["things"]] == expected


def test_an_object_that_was_renamed_since_the_list_is_not_meant() -> None:
    server = Server(thing("a1", "y"), LIST=[instead([thing("a1")])])
    assert run(server, state="absent").values["changed"] is False
    assert server.things


@pytest.mark.parametrize("content", [None, "secret-of-b1"])
def test_a_file_without_the_secret_is_a_failure_or_a_warning(path: Path, content: str | None) -> None:
    if content:
        path.write_text(content, encoding="utf-8")
    for ids in ((), ("a1",)):
        server = Server(thing("a1"))
        result = failed(server, *ids, fields={"size": 2}, file=file_at(path))
        says = f"path ({path}) does not hold the secret of the thing a1. Make another one."
        assert (result["msg"], result["changed"]) == (says, False)
        assert server.things == {"a1": thing("a1")}
        done = run(server, *ids, fields={"size": 2}, file=file_at(path), may_lack_secret=True)
        assert (done.values["changed"], done.warnings) == (True, [says])
    path.write_text("secret-of-a1", encoding="utf-8")
    assert run(server, fields={"size": 2}, file=file_at(path)).warnings == []


@pytest.mark.parametrize(
    ("made_at", "now", "warned"),
    [(NOW - 599, NOW, True), (NOW - 600, NOW, False), (None, NOW, False), (NOW, None, False)],
)
def test_a_young_object_leads_to_a_warning_without_a_file(
    path: Path, made_at: float | None, now: float | None, warned: bool
) -> None:
    server = Server(thing("a1", made_at=made_at))
    server.server_time = now  # type: ignore[assignment]
    assert ["younger than ten minutes" in warning for warning in run(server).warnings] == [True] * warned
    path.write_text("secret-of-a1", encoding="utf-8")
    assert run(server, file=file_at(path)).warnings == []


def test_a_task_in_the_background_needs_a_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_named, "runs_in_background", lambda _environ: True)
    server = Server()
    with pytest.raises(OptionError, match="With async, Ansible keeps the result"):
        run(server, fields={"size": 2})
    assert server.sent == []
    assert run(server, fields={"size": 2}, file=file_at(path)).values["changed"] is True
    assert run(server, state="absent").values["changed"] is True


def test_ids_are_read_one_by_one_and_changed() -> None:
    server = Server(thing("a1"), thing("b1", size=2), thing("c1"))
    result = run(server, "a1", "b1", fields={"size": 2})
    assert items(result.values) == [("a1", True, "present"), ("b1", False, "present")]
    assert server.sent == ["GET /things/a1", "GET /things/b1", "PATCH /things/a1"]
    assert items(run(server, "c1", name="y").values) == [("c1", True, "present")]
    assert server.things["c1"]["description"] == "y"


def test_an_id_that_does_not_exist_is_a_failure_for_present_only() -> None:
    result = failed(Server(thing("a1")), "z1", "a1", fields={"size": 2})
    assert items(result) == [("z1", False, "absent"), ("a1", True, "present")]
    assert "There is no thing z1 in nobody." in result["msg"]
    assert items(run(Server(), "z1", state="absent").values) == [("z1", False, "absent")]


def test_the_login_is_changed_last_with_a_warning_about_what_it_loses() -> None:
    server = Server(thing("a1", size=["r1", "r2"], secret="secret-of-me"), thing("b1", size=["r1"]))
    result = run(server, "a1", "b1", fields={"size": ["r2"]})
    assert server.sent[2:] == ["PATCH /things/b1", "PATCH /things/a1"]
    assert result.warnings == ["The task logs in with the thing a1, and takes r1 from it."]


def test_after_an_error_that_all_would_share_the_rest_is_not_tried() -> None:
    server = Server(thing("a1"), thing("b1"), PATCH=[before(LoginError("PATCH", URL, "HTTP 401", status=401))])
    result = failed(server, "a1", "b1", fields={"size": 2})
    assert items(result) == [("a1", False, "present"), ("b1", False, "present")]
    assert "stopped before it tried the thing b1" in result["msg"]


def test_a_lost_answer_leaves_the_state_unknown() -> None:
    server = Server(thing("a1"), PATCH=[before(lost())], GET=[None, before(no_right())])
    assert items(failed(server, "a1", fields={"size": 2})) == [("a1", False, None)]


def test_a_public_key_is_looked_up() -> None:
    server = Server(thing("a1", **PUBLIC))
    assert items(run(server, "abcdefgh", "a1", fields={"size": 2}).values) == [("a1", True, "present")]
    assert server.sent == ["LIST /things", "GET /things/a1", "PATCH /things/a1"]
    assert items(failed(server, "zzzzzzzz", fields={"size": 2})) == [("zzzzzzzz", False, "absent")]
    assert items(run(server, "abcdefgh", state="absent").values) == [("a1", True, "absent")]


def test_an_unknown_public_key_is_gone_if_a_second_list_lacks_it_too() -> None:
    server = Server(thing("a1"))
    assert items(run(server, "zzzzzzzz", state="absent").values) == [("zzzzzzzz", False, "absent")]
    assert server.sent == ["LIST /things", "LIST /things"]
    server = Server(thing("a1", **PUBLIC), LIST=[instead([])])
    assert items(run(server, "abcdefgh", state="absent").values) == [("a1", True, "absent")]
    assert server.things == {}
    with pytest.raises(RequestError):
        run(Server(LIST=[None, before(no_right())]), "zzzzzzzz", state="absent")


def test_an_id_that_the_list_lacks_is_gone_only_if_the_server_says_so_about_it() -> None:
    server = Server(thing("a1"), thing("b1"), LIST=[instead([thing("a1")])] * 2)
    assert items(run(server, "a1", "b1", "z1", state="absent", check_mode=True).values) == [
        ("a1", True, "absent"),
        ("b1", True, "absent"),
        ("z1", False, "absent"),
    ]
    assert items(run(server, "a1", "b1", state="absent").values) == [("a1", True, "absent"), ("b1", True, "absent")]
    assert server.things == {}


def test_ids_in_capitals_are_the_same_ids() -> None:
    server = Server(thing("A1", **PUBLIC), thing("B1"))
    assert run(server, "abcdefgh", state="absent").values["changed"] is True
    assert run(server, name="x", state="absent").values["changed"] is True
    assert server.things == {}


@pytest.mark.parametrize(("held", "remains"), [("secret-of-a1", False), ("secret-of-b1", True)])
def test_the_file_goes_with_the_object_whose_secret_it_holds(path: Path, held: str, remains: bool) -> None:
    for ids in ((), ("a1",)):
        path.write_text(held, encoding="utf-8")
        server = Server(thing("a1"))
        run(server, *ids, state="absent", file=file_at(path), check_mode=True)
        assert path.exists()
        run(server, *ids, state="absent", file=file_at(path))
        assert path.exists() == remains


def test_the_file_stays_if_the_object_does(path: Path) -> None:
    path.write_text("secret-of-a1", encoding="utf-8")
    failed(Server(thing("a1"), DELETE=[before(no_right())]), "a1", state="absent", file=file_at(path))
    assert path.exists()


def test_a_file_that_cannot_be_removed_is_a_warning(path: Path) -> None:
    path.write_text("secret-of-a1", encoding="utf-8")
    file = file_at(path)
    path.unlink()
    path.mkdir()
    result = run(Server(thing("a1")), "a1", state="absent", file=file)
    assert result.values["changed"] is True
    assert "could not be removed" in result.warnings[0]


def test_an_object_that_another_task_makes_is_waited_for_and_found(path: Path) -> None:
    for file in (None, file_at(path)):
        server = Server(thing("a1", UNFINISHED, made_at=NOW))

        def finish(server: Server = server) -> None:
            path.write_text("secret-of-a1", encoding="utf-8")
            server.things["a1"].update(description="x")

        server.faults["LIST"] = [None, None, meanwhile(finish)]
        assert items(run(server, fields={"size": 1}, file=file).values) == [("a1", False, "present")]
        assert server.sent == ["LIST /things"] * 3 + ["GET /things/a1"]
        path.unlink()


def test_a_file_that_another_task_writes_before_the_list_is_read_is_seen(path: Path) -> None:
    def finish() -> None:
        path.write_text("secret-of-a1", encoding="utf-8")

    server = Server(thing("a1"), LIST=[meanwhile(finish)])
    assert run(server, file=file_at(path)).values["changed"] is False


def test_an_unfinished_object_that_nobody_finishes_is_passed_over_once() -> None:
    server = Server(thing("a1", UNFINISHED, made_at=NOW))
    result = run(server, fields={"size": 2}, **NO_LOG)
    assert result.values["secret"] == "secret-of-m1"
    assert ["unfinished thing a1" in warning for warning in result.warnings] == [True]
    assert sum(server.waited) == pytest.approx(2.0)
    assert server.things["a1"]["description"] == UNFINISHED


def test_check_mode_does_not_wait() -> None:
    server = Server(thing("a1", UNFINISHED, made_at=NOW))
    assert run(server, fields={"size": 2}, check_mode=True).values["changed"] is True
    assert server.waited == []


def test_an_unfinished_object_whose_secret_is_in_the_file_is_finished(path: Path) -> None:
    path.write_text("secret-of-a1", encoding="utf-8")
    server = Server(thing("a1", UNFINISHED, made_at=NOW))
    options: dict[str, t.Any] = {"fields": {"size": 2}, "file": file_at(path), "diff": True}
    preview = run(server, **options, check_mode=True)
    done = run(server, **options)
    assert preview == done
    assert items(done.values) == [("a1", True, "present")]
    assert server.things == {"a1": thing("a1", size=2, made_at=NOW)}
    assert server.waited == []
    assert path.read_text(encoding="utf-8") == "secret-of-a1"


@pytest.mark.parametrize("state", ["present", "absent"])
def test_left_overs_are_deleted_last_and_make_the_task_changed_but_no_item(state: str) -> None:
    server = Server(thing("b1"), thing("a1", UNFINISHED), thing("c1", UNFINISHED, made_at=NOW))
    preview = run(server, state=state, check_mode=True)
    result = run(server, state=state)
    assert server.sent[-1] == "DELETE /things/a1"
    for each, said in ((preview, "would delete"), (result, "deleted")):
        assert each.values["changed"] is True
        assert each.warnings[0] == f"The task {said} the unfinished thing a1, which an earlier task left behind."
        assert each.warnings[1].startswith("There is the unfinished thing c1,")
        assert items(each.values) == [("b1", state == "absent", state)]
    assert server.things.keys() == ({"c1"} if state == "absent" else {"b1", "c1"})


def test_a_left_over_that_cannot_be_deleted_is_a_warning() -> None:
    server = Server(thing("b1"), thing("a1", UNFINISHED), DELETE=[before(no_right())])
    result = run(server)
    assert result.values["changed"] is False
    assert "could not delete the unfinished thing a1" in result.warnings[0]


def test_objects_that_a_rotation_replaced_are_deleted_with_the_one_that_has_the_name() -> None:
    server = Server(thing("b1"), thing("a1", REPLACED), thing("c1", "y [replaced by abcdefgh]"))
    result = run(server, state="absent")
    assert items(result.values) == [("a1", True, "absent"), ("b1", True, "absent")]
    assert server.things.keys() == {"c1"}


def test_a_rotation_that_did_not_finish_is_not_taken_for_a_missing_object() -> None:
    server = Server(thing("a1", REPLACED), thing("b1", UNFINISHED, made_at=NOW))
    with pytest.raises(AmbiguousError, match="a rotation has marked a1 as replaced"):
        run(server, fields={"size": 2})
    assert server.things.keys() == {"a1", "b1"}


def test_the_last_failure_has_the_whole_result() -> None:
    server = Server(thing("a1"), PATCH=[after(no_right())])
    with pytest.raises(PartialError) as error:
        run(server, fields={"size": 2})
    assert error.value.result()["msg"].endswith("HTTP 403. Ask for it.")
    assert items(error.value.result()) == [("a1", False, "present")]


@pytest.mark.parametrize(
    ("ids", "name", "listed"),
    [
        (None, None, ["A1", "b1", "c1"]),
        (["a1", "abcdefgh"], None, ["A1", "b1"]),
        (None, "y", ["b1", "c1"]),
        (["a1", "b1"], "y", ["b1"]),
        ([], None, []),
    ],
)
def test_lists_are_narrowed_by_ids_public_keys_and_the_name(
    ids: list[str] | None, name: str | None, listed: list[str]
) -> None:
    server = Server(thing("A1"), thing("b1", "y", **PUBLIC), thing("c1", "y"))
    result = list_named(t.cast("Client", server), Listed(Things(), ids, name), Task(Me()))
    assert [item["id"] for item in result.values["things"]] == listed
    assert (result.values["changed"], server.sent) == (False, ["LIST /things"])
