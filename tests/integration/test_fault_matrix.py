# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each answer of a server, and each fault on the way to it, leads to: one table, run through ansible-playbook.

Each row is tried for revoking, suspending, enabling, revoking in check mode, and listing. What goes wrong happens to
the write, or to the read where there is nothing else.
"""

from __future__ import annotations

import json
import typing as t
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest
import yaml

from tests.emulator import Emulator, Fault
from tests.emulator.api import error_document
from tests.emulator.sample import JANE
from tests.integration.conftest import make_playbook

HTML: dict[str, t.Any] = {"body": "<html><body>Please sign in</body></html>", "content_type": "text/html"}
CUT = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"

# What comes of a task.
CHANGED = "changed"
SAME = "not changed"
WARNED = "not changed, with a warning"
LISTED = "the keys are listed"
FAILED = "failed"
UNKNOWN = "failed, and says that the work may be done"

GONE = (SAME, WARNED, FAILED, FAILED, FAILED)
NO_USER = (WARNED, FAILED, FAILED, WARNED, FAILED)
REFUSED = (FAILED, FAILED, FAILED, FAILED, FAILED)
LOST = (UNKNOWN, UNKNOWN, UNKNOWN, FAILED, FAILED)
DONE = (CHANGED, CHANGED, CHANGED, CHANGED, LISTED)
ACCEPTED = (CHANGED, UNKNOWN, UNKNOWN, FAILED, FAILED)

OPERATIONS = ("absent", "disabled", "enabled", "check", "info")


@dataclass(frozen=True)
class Row:
    """One thing that happens, and what comes of it.

    Attributes:
        title: What happens.
        fault: It, as the emulator does it; None for nothing.
        outcomes: What comes of each operation, in the order of OPERATIONS.
        sent: How often the write, or the read, is sent.
        looks: Whether a write is followed by a look whether the key is there.
        done: Whether the server does the work of a write in the end.
        revoked: The status and the errorCode that a revocation returns although it succeeds.
        key_id: The key to revoke.
        timeout: The option api_timeout.
    """

    title: str
    fault: Fault | None
    outcomes: tuple[str, ...]
    sent: int = 1
    looks: bool = False
    done: bool = False
    revoked: tuple[int | None, str | None] = (None, None)
    key_id: str = JANE.spare.id
    timeout: float = 4


def answer(title: str, outcomes: tuple[str, ...], sent: int = 1, **fault: t.Any) -> Row:
    """Make the row for an answer that a server gives in the place of its own, as often as it is asked."""
    return Row(title, Fault(times=None, **fault), outcomes, sent=sent, done=fault.get("after_work", False))


def unclear(title: str, **fault: t.Any) -> Row:
    """Make the row for an answer that does not say whether the key is there, so that the list has to."""
    return Row(title, Fault(times=None, **fault), REFUSED, looks=True)


def document(status: int, code: str | None, *parameters: str) -> dict[str, t.Any]:
    """Return the fields of a fault that is an error document, which names something."""
    return {"status": status, "body": json.dumps(error_document(status, "There is none.", code, parameters))}


def endless(title: str, beginning: str, again: str) -> Row:
    """Make the row for an answer of which there is always more, and so soon that no wait for data is too long."""
    return Row(title, Fault(times=None, raw=beginning, endless=again), LOST, sent=2, timeout=0.4)


def interim(status: int) -> Row:
    """Make the row for an answer that is not the last; that follows later, and may never be taken for another's."""
    return Row(f"{status} before each answer", Fault(times=None, interim=status), LOST, sent=2, done=True)


def first(title: str, outcomes: tuple[str, ...], **fault: t.Any) -> Row:
    """Make the row for what happens to the very first request, before anybody has logged in."""
    refused = outcomes == REFUSED
    return Row(title, Fault(stage="challenge", **fault), outcomes, sent=0 if refused else 2, done=not refused)


def once(title: str, sent: int = 2, revoked: tuple[int | None, str | None] = (None, None), **fault: t.Any) -> Row:
    """Make the row for what happens once, so that the next try succeeds."""
    return Row(title, Fault(**fault), DONE, sent=sent, done=True, revoked=revoked)


FUTURE = "Fri, 31 Dec 9999 00:00:00 GMT"
PAST = "Thu, 01 Jan 1970 00:00:00 GMT"
UNKNOWN_KEY_ID = "000000000000000000000000"
NO_KEY_LEFT = (404, "INVALID_KEY_ID")

TABLE = [
    Row("the answer of the API", None, DONE, done=True),
    # 200, 202 or 204; no body, or any JSON. Only revoking needs no more than that.
    answer("200 without a body", ACCEPTED, status=200, after_work=True),
    answer("200 with an empty document", ACCEPTED, status=200, body="{}", after_work=True),
    answer("200 with any other JSON", ACCEPTED, status=200, body='["done"]', after_work=True),
    answer("202 without a body", ACCEPTED, status=202, after_work=True),
    answer("204 without a body", ACCEPTED, status=204, after_work=True),
    # 2xx that says nothing about the key.
    answer("200 with a web page", LOST, status=200, **HTML),
    answer("200 with half a document", LOST, status=200, body='{"id": '),
    answer("200 with an error in it", LOST, status=200, error_code="INVALID_KEY_ID"),
    answer("201", REFUSED, status=201, body="{}"),
    answer("206", REFUSED, status=206, body="{}"),
    # 3xx is never followed.
    *(
        answer(f"{status}, a redirect", LOST, status=status, headers={"Location": "http://127.0.0.1:9/login"})
        for status in (300, 301, 302, 303, 307, 308)
    ),
    # There is no such key: the answer has to name it, and a list cannot say so.
    answer("404 INVALID_KEY_ID", GONE, **document(404, "INVALID_KEY_ID", JANE.spare.id)),
    answer("404 API_KEY_NOT_FOUND", GONE, **document(404, "API_KEY_NOT_FOUND", JANE.spare.id)),
    answer("400 API_KEY_NOT_FOUND", GONE, **document(400, "API_KEY_NOT_FOUND", JANE.spare.id)),
    answer("400 INVALID_KEY_ID", GONE, **document(400, "INVALID_KEY_ID", JANE.spare.id)),
    # There is no such user, or no such path.
    answer("404 USER_NOT_FOUND", NO_USER, status=404, error_code="USER_NOT_FOUND"),
    answer("404 INVALID_USER_ID", NO_USER, status=404, error_code="INVALID_USER_ID"),
    # Something is not there, and nobody knows what.
    unclear("404 about another key", **document(404, "INVALID_KEY_ID", JANE.login.id)),
    unclear("404 without a body", status=404),
    unclear("404 without an errorCode", status=404, body='{"error": 404, "reason": "Not Found"}'),
    unclear("404 with errorCode null", **document(404, None)),
    unclear("404 RESOURCE_NOT_FOUND of a thing", **document(404, "RESOURCE_NOT_FOUND", "Online archive with id 7")),
    unclear("404 NOT_ATLAS_GROUP", status=404, error_code="NOT_ATLAS_GROUP"),
    unclear("404 GROUP_NOT_FOUND", status=404, error_code="GROUP_NOT_FOUND"),
    unclear("404 UNEXPECTED_ERROR", status=404, error_code="UNEXPECTED_ERROR"),
    # 404, but not from the API.
    answer("404 with a web page", REFUSED, status=404, **HTML),
    answer("404 with the JSON of a gateway", REFUSED, status=404, body='{"message": "no Route matched"}'),
    answer("404 with an empty document", REFUSED, status=404, body="{}"),
    answer("404 with a list", REFUSED, status=404, body="[]"),
    # Refused.
    unclear("400 with another code", status=400, error_code="INVALID_ATTRIBUTE"),
    unclear("409", status=409, error_code="CONFLICT"),
    answer("401 without an errorCode", REFUSED, status=401),
    answer("401 NOT_SELF", REFUSED, status=401, error_code="NOT_SELF"),
    answer("401 USER_UNAUTHORIZED", REFUSED, status=401, error_code="USER_UNAUTHORIZED"),
    answer("401 UNEXPECTED_ERROR", REFUSED, status=401, error_code="UNEXPECTED_ERROR"),
    answer("403 IP_ADDRESS_NOT_ON_ACCESS_LIST", REFUSED, status=403, error_code="IP_ADDRESS_NOT_ON_ACCESS_LIST"),
    answer("403 ORG_REQUIRES_WHITELIST", REFUSED, status=403, error_code="ORG_REQUIRES_WHITELIST"),
    answer("403 with a web page", REFUSED, status=403, **HTML),
    answer("403 of a policy", REFUSED, status=403, error_code="RESOURCE_POLICIES_VIOLATION"),
    answer("405", REFUSED, status=405),
    answer("406", REFUSED, status=406, error_code="INVALID_VERSION_DATE"),
    answer("413", REFUSED, status=413, **HTML),
    answer("408", REFUSED, status=408),
    answer("407", REFUSED, status=407, **HTML),
    answer("410", REFUSED, status=410, error_code="PERSONAL_API_KEYS_DEPRECATED"),
    # What passes, and here does not: repeated once, as api_retries says.
    answer("429", REFUSED, sent=2, status=429, error_code="RATE_LIMITED"),
    answer("400 with a rate limit", REFUSED, sent=2, status=400, error_code="USER_RATE_LIMITED"),
    answer("429 whose window is too long", REFUSED, **document(429, "RATE_LIMITED", "x", "50", "5")),
    answer("429 that asks for too long a wait", REFUSED, status=429, headers={"Retry-After": "3600"}),
    answer("429 that asks to wait until a date", REFUSED, status=429, headers={"Retry-After": FUTURE}),
    answer("504", LOST, sent=2, status=504),
    answer("500", LOST, sent=2, status=500, error_code="UNEXPECTED_ERROR"),
    answer("502 with a web page", LOST, sent=2, status=502, **HTML),
    answer("503 that asks for too long a wait", LOST, status=503, headers={"Retry-After": "3600"}),
    answer("500 after the work", LOST, sent=2, status=500, after_work=True),
    answer("a connection that always breaks", LOST, sent=2, drop=True),
    answer("a connection that always breaks after the work", LOST, sent=2, drop=True, after_work=True),
    answer("a length that is never true", LOST, sent=2, raw=CUT),
    answer("no HTTP at all", LOST, sent=2, raw="SSH-2.0-OpenSSH_9.2\r\n"),
    endless("a body without an end", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", " "),
    endless("a header without an end", "HTTP/1.1 200 OK\r\nX-Longest: ", "x"),
    endless("100 Continue without an end", "", "HTTP/1.1 100 Continue\r\n\r\n"),
    interim(102),
    interim(103),
    # What passes.
    once("429 once", status=429, error_code="RATE_LIMITED"),
    once("429 once, with an absurd Retry-After", status=429, headers={"Retry-After": "soon"}),
    once("429 once, with a Retry-After in the past", status=429, headers={"Retry-After": PAST}),
    once("503 once", status=503),
    once("a connection that breaks once", drop=True),
    once("a length that is not true once", raw=CUT),
    once("a nonce that is stale", stale=True),
    once("a connection that is closed after the answer", sent=1, close=True),
    # What passes, after the work was done: it was this task.
    once("an answer that comes too late once", revoked=NO_KEY_LEFT, delay=8),
    once("500 once after the work", revoked=NO_KEY_LEFT, status=500, after_work=True),
    once("a connection that breaks once after the work", revoked=NO_KEY_LEFT, drop=True, after_work=True),
    # Before anybody has logged in nothing is done, so nothing is unknown.
    first("a connection that breaks once before the login", DONE, drop=True),
    first("503 once before the login", DONE, status=503),
    first("204 without asking for a login", REFUSED, status=204),
    first("404 without asking for a login", REFUSED, status=404),
    first("a web page before the login", REFUSED, status=200, **HTML),
    first("a redirect before the login", REFUSED, status=302, headers={"Location": "http://127.0.0.1:9/"}),
]

# A key that is gone already. After a connection that broke, the task cannot know that it was not itself.
GONE_ALREADY = [
    Row("a key that is gone", None, (SAME,), revoked=NO_KEY_LEFT, key_id=UNKNOWN_KEY_ID),
    Row("a key that is gone, after 429", Fault(status=429), (SAME,), 2, revoked=NO_KEY_LEFT, key_id=UNKNOWN_KEY_ID),
    Row("a key that is gone, after 503", Fault(status=503), (CHANGED,), 2, revoked=NO_KEY_LEFT, key_id=UNKNOWN_KEY_ID),
    Row(
        "a key that is gone, after a connection that broke before the login",
        Fault(stage="challenge", drop=True),
        (SAME,),
        2,
        revoked=NO_KEY_LEFT,
        key_id=UNKNOWN_KEY_ID,
    ),
]

CASES = [
    (row, operation)
    for row in TABLE + GONE_ALREADY
    for operation, _outcome in zip(OPERATIONS, row.outcomes, strict=False)
]
METHODS = {"absent": "DELETE", "disabled": "PATCH", "enabled": "PATCH", "check": "GET", "info": "GET"}
REQUESTS = {"absent": 2, "disabled": 3, "enabled": 3, "check": 2, "info": 2}

LOGIN = {
    "base_url": "{{ url }}",
    "public_key": JANE.name,
    "private_key": JANE.login.secret,
    "user_id": JANE.id,
    "api_retries": 1,
    "api_retry_max_delay": 0,
    "api_timeout": "{{ timeout }}",
}
PLAY = {
    "hosts": "all",
    "gather_facts": False,
    "tasks": [
        {
            "name": "Change the key",
            "mongodb.atlas.user_api_key": {**LOGIN, "key_id": "{{ key_id }}", "state": "{{ state }}"},
            "check_mode": "{{ operation == 'check' }}",
            "when": "operation != 'info'",
            "ignore_errors": True,
        },
        {
            "name": "List the keys",
            "mongodb.atlas.user_api_key_info": LOGIN,
            "when": "operation == 'info'",
            "ignore_errors": True,
        },
    ],
}


@pytest.fixture(scope="module")
def results(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[dict[int, tuple[dict[str, t.Any], Emulator]]]:
    """Run every case that is selected, each as a host of one play and against an emulator of its own."""
    folder = tmp_path_factory.mktemp("matrix")
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    selected: list[t.Any] = [item.callspec.params["number"] for item in items if item.function is test_row]
    with ExitStack() as stack:
        hosts = {}
        emulators = {}
        for number in selected:
            row, operation = CASES[number]
            emulator = stack.enter_context(Emulator())
            emulators[number] = emulator
            if row.fault:
                method = METHODS[operation] if row.fault.stage == "request" else None
                emulator.add_fault(replace(row.fault, method=method))
            hosts[f"case-{number}"] = {
                "url": emulator.url,
                "operation": operation,
                "timeout": row.timeout,
                "state": operation if operation in ("disabled", "enabled") else "absent",
                "key_id": JANE.disabled.id if operation == "enabled" else row.key_id,
            }
        inventory = folder / "inventory.yml"
        local = {"ansible_connection": "local"}
        inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": local}}), encoding="utf-8")
        play = folder / "matrix.yml"
        play.write_text(yaml.safe_dump([PLAY]), encoding="utf-8")
        run = make_playbook(folder)(str(play), "-i", str(inventory), "--forks", "4")
        assert "Traceback" not in run.output
        by_host = {result["host"]: result for result in run.results}
        assert len(by_host) == len(selected), run.output
        yield {number: (by_host[f"case-{number}"], emulator) for number, emulator in emulators.items()}


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{row.title}: {operation}" for row, operation in CASES])
def test_row(results: dict[int, tuple[dict[str, t.Any], Emulator]], number: int) -> None:
    row, operation = CASES[number]
    result, emulator = results[number]
    outcome = row.outcomes[OPERATIONS.index(operation)]

    assert (result["failed"], result["changed"]) == (outcome in (FAILED, UNKNOWN), outcome == CHANGED)
    assert ("It may have done its work all the same" in result.get("msg", "")) == (outcome == UNKNOWN)
    assert bool(result.get("warnings")) == (outcome == WARNED)

    told = (result.get("status_code"), result.get("error_code"))
    if row.revoked != (None, None) and operation == "absent":
        assert told == row.revoked
    elif outcome in (CHANGED, LISTED) or not row.fault:
        assert told == (None, None)
    else:
        body = json.loads(row.fault.body) if row.fault.body and row.fault.body.startswith('{"detail"') else {}
        assert told == (row.fault.status, row.fault.error_code or body.get("errorCode"))

    looked = operation in (("absent", "disabled") if row.looks else ("disabled",) if row.outcomes == NO_USER else ())
    assert len(emulator.requests) == (REQUESTS[operation] - 1 + row.sent + looked if row.sent else 1)

    held = {key.id: key.enabled for key in emulator.world.users[JANE.id].keys}
    expected = {JANE.login.id: True, JANE.spare.id: True, JANE.disabled.id: False}
    if row.done and operation == "absent":
        del expected[row.key_id]
    elif row.done and operation == "disabled":
        expected[JANE.spare.id] = False
    elif row.done and operation == "enabled":
        expected[JANE.disabled.id] = True
    assert held == expected

    if operation == "info":
        assert ("user_api_keys" in result) == (outcome == LISTED)
    elif outcome in (CHANGED, SAME, WARNED):
        (item,) = result["user_api_keys"]
        assert (item["changed"], item["state"]) == (
            outcome == CHANGED,
            operation if outcome == CHANGED and operation != "check" else "absent",
        )


def test_the_table_is_large_enough() -> None:
    assert len(CASES) >= 400
