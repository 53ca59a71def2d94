# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal keys: the requests and the result of a task, in a real run, in check mode and in a second run."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    BusyError,
    NotFoundError,
    NotTheApiError,
    OptionError,
    PartialError,
    RequestError,
    RightsError,
)

from tests.emulator import Emulator, Fault
from tests.emulator import Key as Key_
from tests.emulator.api import error_document
from tests.emulator.sample import JANE, JOHN, OWNER, sample_world
from tests.unit.conftest import change_keys

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

BASE_PATH = "/api/public/v1.0"
KEYS = f"/users/{JANE.id}/keys"
LIST = f"GET {KEYS}?pageNum=1&itemsPerPage=100"
UNKNOWN = "000000000000000000000000"
SPARE = {
    "id": JANE.spare.id,
    "state": "enabled",
    "description": "Sicherung Köln, täglich",
    "created_at": "2019-05-02T09:31:12Z",
    "obfuscated_key": "********-****-****-****-2a9d71c4be58",
}


class Run(t.Protocol):
    """Runs a task as Jane, and returns its result."""

    def __call__(
        self,
        *key_ids: str,
        user_id: str | None = JANE.id,
        user_name: str | None = None,
        state: str = "absent",
        check_mode: bool = False,
        diff: bool = False,
        **changes: t.Any,
    ) -> dict[str, t.Any]: ...


@pytest.fixture
def emulator() -> t.Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def run(emulator: Emulator, make_client: MakeClient) -> Run:
    def task(
        *key_ids: str,
        user_id: str | None = JANE.id,
        user_name: str | None = None,
        state: str = "absent",
        check_mode: bool = False,
        diff: bool = False,
        **changes: t.Any,
    ) -> dict[str, t.Any]:
        login = {"public_key": JANE.name, "private_key": JANE.login.secret, "timeout": 10}
        client = make_client(**{"base_url": emulator.base_url, **login, **changes})
        options = {
            "user_id": user_id,
            "user_name": user_name,
            "key_id": list(key_ids),
            "state": state,
        }
        return change_keys(client, options, check_mode=check_mode, diff=diff)

    return task


def refusal(status: int, code: str, *parameters: str, method: str | None = None) -> Fault:
    """Let the server answer with an error document about these parameters."""
    document = error_document(status, "There is none.", code, parameters)
    return Fault(method=method, status=status, body=json.dumps(document))


def key_ids(emulator: Emulator) -> list[str]:
    return [key.id for key in emulator.world.users[JANE.id].keys]


def test_a_key_is_revoked_and_then_there_is_nothing_to_do(run: Run, emulator: Emulator) -> None:
    assert run(JANE.spare.id) == {
        "changed": True,
        "user_id": JANE.id,
        "user_api_keys": [{"id": JANE.spare.id, "changed": True, "state": "absent"}],
        "warnings": [],
    }
    assert key_ids(emulator) == [JANE.login.id, JANE.disabled.id]
    not_found = {"status_code": 404, "error_code": "INVALID_KEY_ID"}
    assert run(JANE.spare.id) == {
        "changed": False,
        "user_id": JANE.id,
        "user_api_keys": [{"id": JANE.spare.id, "changed": False, "state": "absent", **not_found}],
        "warnings": [],
        **not_found,
    }
    delete = f"DELETE {KEYS}/{JANE.spare.id}"
    assert emulator.calls == [f"{delete} 401", f"{delete} 204", f"{delete} 401", f"{delete} 404"]


def test_check_mode_reads_and_does_not_write(run: Run, emulator: Emulator) -> None:
    before = key_ids(emulator)
    assert run(JANE.spare.id, check_mode=True) == {
        "changed": True,
        "user_id": JANE.id,
        "user_api_keys": [{**SPARE, "changed": True, "state": "absent"}],
        "warnings": [],
    }
    assert run(UNKNOWN, check_mode=True)["changed"] is False
    assert key_ids(emulator) == before
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"] * 2


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_diff_shows_the_keys_as_they_were_and_as_they_are(run: Run, check_mode: bool) -> None:
    absent = {"id": JANE.spare.id, "state": "absent"}
    unknown = {"id": UNKNOWN, "state": "absent"}
    diff = run(JANE.spare.id, UNKNOWN, diff=True, check_mode=check_mode)["diff"]
    assert diff == {
        "before": {"user_api_keys": [SPARE, unknown]},
        "after": {"user_api_keys": [absent, unknown]},
    }
    if not check_mode:
        diff = run(JANE.spare.id, diff=True)["diff"]
        assert diff == {"before": {"user_api_keys": [absent]}, "after": {"user_api_keys": [absent]}}


def test_several_keys_are_read_first_and_the_login_goes_last(run: Run, emulator: Emulator) -> None:
    result = run(JANE.login.id, UNKNOWN, JANE.spare.id, JANE.login.id)
    assert result["changed"] is True
    assert [(item["id"], item["changed"], item["state"]) for item in result["user_api_keys"]] == [
        (JANE.login.id, True, "absent"),
        (UNKNOWN, False, "absent"),
        (JANE.spare.id, True, "absent"),
    ]
    assert result["warnings"] == [
        f"The task logs in with the key {JANE.login.id}: nothing can log in with it afterwards."
    ]
    assert emulator.calls == [
        f"{LIST} 401",
        f"{LIST} 200",
        f"DELETE {KEYS}/{JANE.spare.id} 204",
        f"DELETE {KEYS}/{JANE.login.id} 204",
    ]
    assert emulator.connections == 1


def test_without_keys_the_task_does_nothing(run: Run, emulator: Emulator) -> None:
    assert run() == {"changed": False, "user_id": JANE.id, "user_api_keys": [], "warnings": []}
    assert run(check_mode=True, diff=True)["changed"] is False
    assert emulator.calls == []


@pytest.mark.parametrize("user_id", ["", ".", "..", " "])
def test_an_invalid_user_id_is_refused(run: Run, emulator: Emulator, user_id: str) -> None:
    with pytest.raises(OptionError, match="^user_id "):
        run(JANE.spare.id, user_id=user_id)
    assert emulator.calls == []


def test_one_invalid_key_id_is_refused_before_the_others_are_sent(run: Run, emulator: Emulator) -> None:
    with pytest.raises(OptionError, match="^key_id, item 2 of 2, "):
        run(JANE.spare.id, "..")
    assert emulator.calls == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (404, "USER_NOT_FOUND", "Is user_id or user_name mistyped?"),
        (404, "INVALID_USER_ID", "Is user_id or user_name mistyped?"),
        (404, "RESOURCE_NOT_FOUND", "Ops Manager 5.0 or later"),
    ],
)
def test_a_user_or_a_path_that_is_not_found_leads_to_a_warning(
    run: Run, emulator: Emulator, check_mode: bool, status: int, code: str, meaning: str
) -> None:
    emulator.add_fault(refusal(status, code, f"{BASE_PATH}{KEYS}" + ("" if check_mode else f"/{JANE.spare.id}")))
    result = run(JANE.spare.id, check_mode=check_mode)
    assert (result["changed"], result["status_code"], result["error_code"]) == (False, status, code)
    (warning,) = result["warnings"]
    assert code in warning
    assert meaning in warning


@pytest.mark.parametrize("code", ["INVALID_KEY_ID", "API_KEY_NOT_FOUND"])
@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("named", [(JANE.spare.id,), (JANE.spare.id.upper(),)])
def test_a_key_is_gone_when_the_server_says_so_about_this_key(
    run: Run, emulator: Emulator, status: int, code: str, named: tuple[str, ...]
) -> None:
    emulator.add_fault(refusal(status, code, *named))
    result = run(JANE.spare.id)
    assert (result["changed"], result["warnings"]) == (False, [])
    assert (result["status_code"], result["error_code"]) == (status, code)
    assert len(emulator.calls) == 2


UNCLEAR = [
    (Fault(status=404), None),
    (Fault(status=404, body='{"error": 404, "reason": "Not Found"}'), None),
    (Fault(status=404, body='{"error": 404, "reason": "Not Found", "errorCode": null, "parameters": null}'), None),
    (Fault(status=404, error_code="UNEXPECTED_ERROR"), "UNEXPECTED_ERROR"),
    (Fault(status=404, error_code="RESOURCE_NOT_FOUND"), "RESOURCE_NOT_FOUND"),
    (Fault(status=404, error_code="GROUP_NOT_FOUND"), "GROUP_NOT_FOUND"),
    (Fault(status=404, error_code="NOT_ATLAS_GROUP"), "NOT_ATLAS_GROUP"),
    (Fault(status=404, error_code="INVALID_KEY_ID"), "INVALID_KEY_ID"),
    (Fault(status=409, error_code="INVALID_KEY_ID"), "INVALID_KEY_ID"),
    (Fault(status=400, error_code="BAD_REQUEST"), "BAD_REQUEST"),
]
"""Answers that do not say that this very key does not exist."""


@pytest.mark.parametrize(("fault", "code"), UNCLEAR)
def test_the_list_decides_after_an_answer_that_does_not_name_the_key(
    run: Run, emulator: Emulator, fault: Fault, code: str | None
) -> None:
    emulator.add_fault(replace(fault, method="DELETE"))
    emulator.add_fault(replace(fault, method="DELETE"))
    with pytest.raises(
        PartialError, match="The answer does not say that the key is gone, and it is still there"
    ) as lives:
        run(JANE.spare.id)
    result = lives.value.result()
    assert (result["changed"], result["user_api_keys"][0]["state"]) == (False, "enabled")
    assert (result["status_code"], result.get("error_code")) == (fault.status, code)
    gone = run(UNKNOWN)
    assert (gone["changed"], gone["warnings"], gone["user_api_keys"][0]["state"]) == (False, [], "absent")
    delete = f"DELETE {KEYS}/{{}} {fault.status}"
    assert [call for call in emulator.calls if not call.endswith("401")] == [
        delete.format(JANE.spare.id),
        f"{LIST} 200",
        delete.format(UNKNOWN),
        f"{LIST} 200",
    ]


@pytest.mark.parametrize(("fault", "code"), UNCLEAR)
def test_an_inconclusive_answer_to_the_list_is_a_failure(
    run: Run, emulator: Emulator, fault: Fault, code: str | None
) -> None:
    emulator.add_fault(fault)
    with pytest.raises(RequestError) as failed:
        run(JANE.spare.id, check_mode=True)
    assert (failed.value.status, failed.value.document.code) == (fault.status, code)


def test_a_list_that_cannot_be_read_decides_nothing(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="DELETE", status=404))
    emulator.add_fault(Fault(method="GET", status=401))
    with pytest.raises(PartialError, match="GET .*HTTP 401.*Before that, DELETE .*HTTP 404") as failed:
        run(JANE.spare.id)
    assert failed.value.result()["user_api_keys"][0]["state"] is None


def test_a_list_that_has_no_user_decides_that_the_key_is_gone(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="DELETE", status=404))
    emulator.add_fault(Fault(method="GET", status=404, error_code="USER_NOT_FOUND"))
    result = run(JANE.spare.id)
    assert (result["changed"], result["error_code"], len(result["warnings"])) == (False, "USER_NOT_FOUND", 1)


def test_a_list_without_the_key_after_a_lost_answer_is_a_change(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="DELETE", drop=True, after_work=True))
    emulator.add_fault(Fault(method="DELETE", status=404))
    result = run(JANE.spare.id)
    assert (result["changed"], result["status_code"], result["warnings"]) == (True, 404, [])


def test_with_several_keys_each_item_reports_what_is_not_found(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="GET", status=404, error_code="USER_NOT_FOUND"))
    result = run(JANE.spare.id, JANE.disabled.id)
    assert "status_code" not in result
    assert [item["error_code"] for item in result["user_api_keys"]] == ["USER_NOT_FOUND"] * 2
    assert len(result["warnings"]) == 1


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=404, body="<html>Not Found</html>", content_type="text/html"),
        Fault(status=200, body="<html>Sign in</html>", content_type="text/html"),
        Fault(status=302, headers={"Location": "https://sso.example.com/"}),
    ],
)
def test_an_answer_that_is_not_from_the_api_is_a_failure(
    run: Run, emulator: Emulator, check_mode: bool, fault: Fault
) -> None:
    emulator.add_fault(fault)
    with pytest.raises((NotTheApiError, PartialError)) as failed:
        run(JANE.spare.id, check_mode=check_mode)
    assert failed.value.result()["status_code"] == fault.status
    assert not failed.value.result().get("changed")


def test_an_earlier_try_that_may_have_done_it_makes_not_found_a_change(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="DELETE", drop=True, after_work=True))
    result = run(JANE.spare.id)
    assert (result["changed"], result["status_code"]) == (True, 404)
    assert emulator.calls[-2:] == [f"DELETE {KEYS}/{JANE.spare.id} -", f"DELETE {KEYS}/{JANE.spare.id} 404"]


def test_a_connection_that_broke_before_the_login_changes_nothing_about_not_found(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(stage="challenge", drop=True))
    assert run(UNKNOWN)["changed"] is False


def test_the_result_shows_revoked_keys_even_when_another_key_fails(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(path=JANE.spare.id, status=403, error_code="IP_ADDRESS_NOT_ON_ACCESS_LIST"))
    with pytest.raises(PartialError) as failed:
        run(JANE.spare.id, JANE.disabled.id, diff=True)
    result = failed.value.result()
    assert result["changed"] is True
    assert (result["status_code"], result["error_code"]) == (403, "IP_ADDRESS_NOT_ON_ACCESS_LIST")
    spare, disabled = result["user_api_keys"]
    assert (spare["changed"], spare["state"], spare["status_code"]) == (False, "enabled", 403)
    assert spare["msg"] in result["msg"]
    assert result["msg"].startswith("1 of 2 failed. ")
    assert (disabled["changed"], disabled["state"]) == (True, "absent")
    assert result["diff"]["after"] == {"user_api_keys": [SPARE, {"id": JANE.disabled.id, "state": "absent"}]}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="DELETE", stage="request", drop=True, times=None),
        Fault(method="DELETE", status=429, headers={"Retry-After": "9999"}),
        Fault(method="DELETE", status=401),
    ],
)
def test_an_error_that_concerns_every_key_ends_the_task(run: Run, emulator: Emulator, fault: Fault) -> None:
    emulator.add_fault(fault)
    with pytest.raises(PartialError) as failed:
        run(JANE.spare.id, JANE.disabled.id, retries=0)
    spare, disabled = failed.value.result()["user_api_keys"]
    assert "failed:" in spare["msg"]
    assert disabled["msg"] == f"The task stopped before it tried the key {JANE.disabled.id}."
    assert disabled["msg"] in str(failed.value)
    assert (disabled["changed"], disabled["state"]) == (False, "disabled")
    assert [call for call in emulator.calls if JANE.disabled.id in call] == []


def test_a_failure_about_a_single_key(run: Run, emulator: Emulator) -> None:
    with pytest.raises(PartialError, match="NOT_SELF.*Only the user who owns the key may revoke it") as failed:
        run(JOHN.spare.id, user_id=JOHN.id)
    result = failed.value.result()
    assert (result["changed"], result["status_code"], result["error_code"]) == (False, 401, "NOT_SELF")
    assert emulator.calls == [f"DELETE /users/{JOHN.id}/keys/{JOHN.spare.id} 401"] * 2


def test_an_unknown_state_is_not_reported(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="DELETE", drop=True, after_work=True, times=None))
    with pytest.raises(PartialError, match="The request may have done its work all the same") as failed:
        run(JANE.spare.id, JANE.disabled.id, retries=0)
    assert failed.value.result()["user_api_keys"][0]["state"] is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(method="GET", status=401, error_code="NOT_GLOBAL_USER_ADMIN_OR_SELF"), RightsError),
        (Fault(method="GET", status=500, times=None), BusyError),
        (Fault(method="GET", status=200, body="[]"), NotTheApiError),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure(
    run: Run, emulator: Emulator, fault: Fault, kind: type[Exception]
) -> None:
    emulator.add_fault(fault)
    with pytest.raises(kind):
        run(JANE.spare.id, JANE.disabled.id, retries=0)
    assert [call for call in emulator.calls if call.startswith("DELETE")] == []


def test_ops_manager_5_has_no_personal_keys(make_client: MakeClient) -> None:
    with Emulator(product="ops-manager-5.0") as emulator:
        login = emulator.environment()
        public_key, private_key = login["MONGODB_ATLAS_PUBLIC_API_KEY"], login["MONGODB_ATLAS_PRIVATE_API_KEY"]
        client = make_client(base_url=emulator.base_url, public_key=public_key, private_key=private_key)
        options = {
            "user_id": JANE.id,
            "user_name": None,
            "key_id": [JANE.spare.id],
            "state": "absent",
        }
        result = change_keys(client, options)
        assert (result["changed"], result["error_code"]) == (False, "RESOURCE_NOT_FOUND")
        assert "Ops Manager 5.0 or later" in result["warnings"][0]


@pytest.mark.parametrize(("envelope", "pretty"), [(True, False), (False, True), (True, True)])
def test_results_are_the_same_with_envelope_and_pretty(run: Run, envelope: bool, pretty: bool) -> None:
    flags: dict[str, t.Any] = {"envelope": envelope, "pretty": pretty}
    assert run(JANE.spare.id, check_mode=True, **flags)["user_api_keys"] == [
        {**SPARE, "changed": True, "state": "absent"}
    ]
    assert run(JANE.spare.id, **flags)["changed"] is True
    again = run(JANE.spare.id, **flags)
    assert (again["changed"], again["status_code"], again["error_code"]) == (False, 404, "INVALID_KEY_ID")


@pytest.mark.parametrize("status", [401, 403, 409, 410])
def test_the_code_alone_does_not_say_that_a_key_is_gone(run: Run, emulator: Emulator, status: int) -> None:
    emulator.add_fault(Fault(status=status, error_code="INVALID_KEY_ID"))
    with pytest.raises(PartialError) as failed:
        run(JANE.spare.id)
    assert failed.value.result()["status_code"] == status


@pytest.mark.parametrize("code", ["USER_NOT_FOUND", "RESOURCE_NOT_FOUND"])
def test_without_the_user_or_the_path_an_earlier_try_changed_nothing(run: Run, emulator: Emulator, code: str) -> None:
    emulator.add_fault(Fault(status=503))
    emulator.add_fault(refusal(404, code, f"{BASE_PATH}{KEYS}/{JANE.spare.id}"))
    result = run(JANE.spare.id)
    assert (result["changed"], len(result["warnings"])) == (False, 1)


def test_a_404_without_a_code_does_not_say_that_there_is_no_such_user(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(path="byName", status=404))
    with pytest.raises(NotFoundError, match="byName"):
        run(JANE.spare.id, user_id=None, user_name=JANE.name)


@pytest.mark.parametrize("state", ["absent", "disabled"])
def test_a_key_that_was_just_read_is_not_gone_after_an_inconclusive_404(
    run: Run, emulator: Emulator, state: str
) -> None:
    emulator.add_fault(Fault(method="DELETE" if state == "absent" else "PATCH", status=404))
    with pytest.raises(PartialError, match="it is still there") as failed:
        run(JANE.spare.id, state=state, diff=True)
    assert failed.value.result()["user_api_keys"][0]["state"] == "enabled"


def test_suspending_does_not_remove_a_key(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="PATCH", drop=True))
    emulator.add_fault(refusal(404, "INVALID_KEY_ID", JANE.spare.id, method="PATCH"))
    result = run(JANE.spare.id, state="disabled")
    assert (result["changed"], len(result["warnings"])) == (False, 1)


def test_the_same_id_in_capitals_counts_once(run: Run, emulator: Emulator) -> None:
    result = run(JANE.spare.id, JANE.spare.id.upper(), JANE.spare.id)
    assert [item["id"] for item in result["user_api_keys"]] == [JANE.spare.id]
    assert emulator.calls[-1] == f"DELETE {KEYS}/{JANE.spare.id} 204"
    assert len(emulator.calls) == 2


def test_a_failure_reports_the_refusal_before_the_keys_that_were_not_tried(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="DELETE", status=401))
    with pytest.raises(PartialError, match="2 of 2 failed. DELETE ") as failed:
        run(JANE.login.id, JANE.spare.id)
    assert failed.value.result()["status_code"] == 401


def test_a_server_that_asks_to_wait_and_stays_busy_ends_the_task(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="DELETE", status=503, headers={"Retry-After": "1"}, times=None))
    with pytest.raises(PartialError, match="stopped before it tried the key"):
        run(JANE.spare.id, JANE.disabled.id, retries=1)


def test_there_is_no_warning_for_enabling_or_without_a_change(run: Run) -> None:
    assert run(JANE.login.id, JANE.disabled.id, state="enabled")["warnings"] == []


def test_an_id_may_be_in_capitals(run: Run, emulator: Emulator) -> None:
    result = run(JANE.spare.id.upper(), UNKNOWN)
    assert [item["changed"] for item in result["user_api_keys"]] == [True, False]
    assert emulator.calls[-1] == f"DELETE {KEYS}/{JANE.spare.id} 204"


def test_the_message_of_many_failures_is_short(run: Run, emulator: Emulator) -> None:
    emulator.add_fault(Fault(method="GET", status=200, body='{"results": [], "links": []}'))
    with pytest.raises(PartialError, match="7 of 7 failed. There is no key .* And 2 more.$") as failed:
        run(*(f"{number:024x}" for number in range(7)), state="enabled")
    assert str(failed.value).count("There is no key") == 5


def test_suspending_and_enabling_write_only_a_difference(run: Run, emulator: Emulator) -> None:
    ids = (JANE.spare.id, JANE.disabled.id)
    patch = f"PATCH {KEYS}/{JANE.spare.id} 200"

    def changes(state: str, check_mode: bool = False) -> list[tuple[bool, str]]:
        emulator.clear()
        items = run(*ids, state=state, check_mode=check_mode)["user_api_keys"]
        return [(item["changed"], item["state"]) for item in items]

    assert changes("disabled", check_mode=True) == [(True, "disabled"), (False, "disabled")]
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"]
    assert changes("disabled") == [(True, "disabled"), (False, "disabled")]
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200", patch]
    assert emulator.requests[-1].body == '{"enabled": false}'
    assert changes("disabled") == [(False, "disabled"), (False, "disabled")]
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"]
    assert changes("enabled") == [(True, "enabled"), (True, "enabled")]
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200", patch, f"PATCH {KEYS}/{JANE.disabled.id} 200"]
    assert emulator.requests[-1].body == '{"enabled": true}'
    assert changes("enabled") == [(False, "enabled"), (False, "enabled")]
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"]


@pytest.mark.parametrize("state", ["disabled", "enabled"])
def test_the_diff_of_suspending_and_enabling(run: Run, state: str) -> None:
    key_id = JANE.spare.id if state == "disabled" else JANE.disabled.id
    diff = run(key_id, state=state, diff=True)["diff"]
    (before,), (after,) = diff["before"]["user_api_keys"], diff["after"]["user_api_keys"]
    assert {name for name in before if before[name] != after[name]} == {"state"}
    assert after["state"] == state


def test_suspending_a_key_that_is_gone_leads_to_a_warning(run: Run) -> None:
    result = run(UNKNOWN, JANE.spare.id, state="disabled")
    assert [(item["changed"], item["state"]) for item in result["user_api_keys"]] == [
        (False, "absent"),
        (True, "disabled"),
    ]
    assert result["warnings"] == [f"There is no key {UNKNOWN} that could be disabled."]


@pytest.mark.parametrize("check_mode", [True, False])
def test_enabling_a_key_that_is_gone_is_a_failure(run: Run, check_mode: bool) -> None:
    with pytest.raises(PartialError, match=f"1 of 2 failed. There is no key {UNKNOWN} that could be enabled") as failed:
        run(UNKNOWN, JANE.disabled.id, state="enabled", check_mode=check_mode)
    result = failed.value.result()
    assert result["changed"] is True
    assert [item["state"] for item in result["user_api_keys"]] == ["absent", "enabled"]


def test_a_user_that_does_not_exist_has_nothing_to_suspend_and_nothing_to_enable(run: Run) -> None:
    result = run(JANE.spare.id, user_id=UNKNOWN, state="disabled")
    assert (result["changed"], result["error_code"]) == (False, "USER_NOT_FOUND")
    assert len(result["warnings"]) == 2
    with pytest.raises(NotFoundError, match="There is no such user"):
        run(JANE.spare.id, user_id=UNKNOWN, state="enabled")


@pytest.mark.parametrize("state", ["disabled", "enabled"])
def test_a_key_that_was_deleted_while_the_task_was_running(run: Run, emulator: Emulator, state: str) -> None:
    emulator.add_fault(refusal(404, "INVALID_KEY_ID", JANE.spare.id, method="PATCH"))
    if state == "enabled":
        with pytest.raises(PartialError, match="INVALID_KEY_ID"):
            run(JANE.disabled.id, state=state)
    else:
        result = run(JANE.spare.id, state=state)
        assert (result["changed"], result["user_api_keys"][0]["state"]) == (False, "absent")
        assert result["warnings"] == [f"There is no key {JANE.spare.id} that could be disabled."]


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"enabled": true}', '{"enabled": "false"}'])
def test_a_key_is_suspended_only_when_the_answer_says_so(run: Run, emulator: Emulator, body: str) -> None:
    emulator.add_fault(Fault(method="PATCH", status=200, body=body))
    with pytest.raises(PartialError, match="the answer does not say that the key is now disabled") as failed:
        run(JANE.spare.id, state="disabled")
    result = failed.value.result()
    assert (result["changed"], result["user_api_keys"][0]["state"]) == (False, None)


def test_suspending_the_key_of_the_login_leads_to_a_warning(run: Run, emulator: Emulator) -> None:
    result = run(JANE.login.id, JANE.spare.id, state="disabled")
    assert "The task logs in with the key" in result["warnings"][0]
    assert [call.split("/")[-1] for call in emulator.calls[2:]] == [
        f"{JANE.spare.id} 200",
        f"{JANE.login.id} 200",
    ]


def test_an_owner_can_suspend_the_key_of_another_user_but_not_revoke_it(run: Run) -> None:
    owner: dict[str, t.Any] = {"public_key": OWNER.name, "private_key": OWNER.login.secret}
    assert run(JANE.spare.id, state="disabled", **owner)["changed"] is True
    with pytest.raises(PartialError, match="a GLOBAL_OWNER can suspend it instead, with state=disabled"):
        run(JANE.spare.id, **owner)


def test_a_user_can_be_named(run: Run, emulator: Emulator) -> None:
    john: dict[str, t.Any] = {
        "user_id": None,
        "user_name": JOHN.name,
        "public_key": JOHN.name,
        "private_key": JOHN.login.secret,
    }
    result = run(JOHN.spare.id, **john)
    assert (result["changed"], result["user_id"]) == (True, JOHN.id)
    path = "/users/byName/john%2Bbackup@example.com"
    assert emulator.calls == [
        f"GET {path} 401",
        f"GET {path} 200",
        f"DELETE /users/{JOHN.id}/keys/{JOHN.spare.id} 204",
    ]
    assert emulator.connections == 1


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_user_name_that_does_not_exist(run: Run, emulator: Emulator, check_mode: bool) -> None:
    result = run(JANE.spare.id, user_id=None, user_name="nobody@example.com", check_mode=check_mode)
    assert (result["changed"], result["user_id"], result["error_code"]) == (False, None, "USERNAME_NOT_FOUND")
    assert "Is user_id or user_name mistyped?" in result["warnings"][0]
    assert [call for call in emulator.calls if not call.startswith("GET")] == []


@pytest.mark.parametrize("user_name", ["", " ", ".", ".."])
def test_an_invalid_user_name_is_refused(run: Run, emulator: Emulator, user_name: str) -> None:
    with pytest.raises(OptionError, match="^user_name "):
        run(JANE.spare.id, user_id=None, user_name=user_name)
    assert emulator.calls == []


@pytest.mark.parametrize("body", ["[]", "{}", '{"id": 17}', '{"id": ".."}', '{"id": ""}', ""])
def test_an_answer_that_is_not_a_user(run: Run, emulator: Emulator, body: str) -> None:
    emulator.add_fault(Fault(method="GET", status=200, body=body))
    with pytest.raises(NotTheApiError, match="the answer is not a user"):
        run(JANE.spare.id, user_id=None, user_name=JANE.name)


def test_two_hundred_keys_are_two_hundred_and_three_requests_on_one_connection(make_client: MakeClient) -> None:
    world = sample_world()
    user = world.users[JANE.id]
    user.keys += [Key_(f"{number:024x}", "spare", f"{number:036x}") for number in range(200)]
    with Emulator(world=world) as emulator:
        client = make_client(base_url=emulator.base_url, public_key=JANE.name, private_key=JANE.login.secret)
        options = {
            "user_id": JANE.id,
            "user_name": None,
            "key_id": [key.id for key in user.keys[3:]],
            "state": "absent",
        }
        assert change_keys(client, options)["changed"] is True
        assert [received.status for received in emulator.requests] == [401, 200, 200, 200, *[204] * 200]
        assert emulator.connections == 1
        assert len(user.keys) == 3
