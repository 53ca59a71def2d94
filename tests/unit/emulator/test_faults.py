# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand."""

from __future__ import annotations

import http.client
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Fault, World, sample
from tests.emulator.faults import pick
from tests.unit.emulator.support import JANE, KEY_OWNER, KEYS, ORG_KEYS, SPARE, Client, authorization

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start


def has_spare(client: Client) -> bool:
    return client.emulator.world.key(sample.JANE.id, sample.JANE.spare.id) is not None


def test_pick_filters() -> None:
    fault = Fault(method="DELETE", path="/keys/1", status=503)
    request = {"stage": "request", "method": "DELETE", "target": "/users/2/keys/1"}
    assert pick([fault], **request) == (fault, [])
    for change in ({"stage": "challenge"}, {"method": "GET"}, {"target": "/users/2/keys/2"}):
        assert pick([fault], **(request | change)) == (None, [fault])


def test_pick_counts() -> None:
    def run(faults: list[Fault], number: int) -> list[int | None]:
        statuses = []
        for _request in range(number):
            fault, faults = pick(faults, stage="request", method="GET", target="/")
            statuses.append(fault.status if fault else None)
        return statuses

    assert run([Fault(status=500)], 3) == [500, None, None]
    assert run([Fault(status=500, times=2)], 3) == [500, 500, None]
    assert run([Fault(status=500, times=None)], 3) == [500, 500, 500]
    assert run([Fault(status=500, skip=2)], 4) == [None, None, 500, None]
    assert run([Fault(status=500), Fault(status=502)], 3) == [500, 502, None]
    assert run([Fault(status=500), Fault(status=502, skip=1)], 3) == [500, 502, None]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"stage": "nowhere"}, "stage must be request or challenge."),
        ({"skip": -1}, "skip must be at least 0."),
        ({"times": 0}, "times must be at least 1, or null for ever."),
        ({"delay": -1}, "delay must be between 0 and 86400."),
        ({"delay": float("nan")}, "delay must be between 0 and 86400."),
        ({"delay": 10**400}, "delay must be between 0 and 86400."),
        ({"status": 503, "drop": True}, "Only one of status, drop, raw and stale can be set."),
        ({"raw": "x", "drop": True}, "Only one of status, drop, raw and stale can be set."),
        ({"stale": True, "status": 503}, "Only one of status, drop, raw and stale can be set."),
        ({"status": 99}, "status must be between 200 and 599."),
        ({"status": 600}, "status must be between 200 and 599."),
        ({"body": "x"}, "body, error_code and headers need a status."),
        ({"headers": {"Retry-After": "1"}}, "body, error_code and headers need a status."),
        ({"error_code": "RATE_LIMITED"}, "body, error_code and headers need a status."),
        ({"status": 429, "error_code": "X", "body": "x"}, "Only one of body and error_code can be set."),
        ({"after_work": True}, "after_work needs status, drop or raw."),
        ({"stage": "challenge", "stale": True}, "after_work and stale are for requests that are logged in."),
        ({"stage": "challenge", "status": 503, "after_work": True}, "after_work and stale are for requests"),
        ({"raw": "名"}, "raw must have only characters of LATIN-1."),
        ({"raw": "x", "endless": "名"}, "endless must have only characters of LATIN-1."),
        ({"status": 503, "body": "\ud800"}, "body must have only characters of UTF-8."),
        ({"endless": "x"}, "endless needs raw, and something to write."),
        ({"raw": "x", "endless": ""}, "endless needs raw, and something to write."),
        ({"interim": 200}, "interim must be between 100 and 199."),
        ({"status": 503, "headers": {"X": "a\r\nb"}}, "headers must have names and values that HTTP allows."),
        ({"status": 503, "headers": {"X": "\ud800"}}, "headers must have names and values that HTTP allows."),
        ({"status": 503, "headers": {"X Y": "a"}}, "headers must have names and values that HTTP allows."),
        ({"status": 503, "headers": {"": "a"}}, "headers must have names and values that HTTP allows."),
        ({"status": 503, "body": "x", "content_type": "a\nb"}, "content_type must be a value that HTTP allows."),
    ],
)
def test_faults_that_make_no_sense_are_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}"):
        Fault(**fields)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"method": 5}, "method must be a string or null."),
        ({"path": 5}, "path must be a string or null."),
        ({"stage": None}, "stage must be a string."),
        ({"skip": 1.0}, "skip must be an integer."),
        ({"times": "2"}, "times must be an integer or null."),
        ({"status": "503"}, "status must be an integer or null."),
        ({"status": True}, "status must be an integer or null."),
        ({"headers": []}, "headers must be an object of strings."),
        ({"status": 429, "headers": {"Retry-After": 1}}, "headers must be an object of strings."),
        ({"status": 429, "body": {}}, "body must be a string or null."),
        ({"status": 429, "error_code": 5}, "error_code must be a string or null."),
        ({"content_type": None}, "content_type must be a string."),
        ({"after_work": 1}, "after_work must be true or false."),
        ({"drop": "yes"}, "drop must be true or false."),
        ({"raw": 5}, "raw must be a string or null."),
        ({"raw": "x", "endless": 5}, "endless must be a string or null."),
        ({"interim": 103.0}, "interim must be an integer or null."),
        ({"delay": "1"}, "delay must be a number."),
        ({"delay": False}, "delay must be a number."),
        ({"stale": None}, "stale must be true or false."),
        ({"close": 0}, "close must be true or false."),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_by_name(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(says)}$"):
        Fault(**fields)


def test_status_comes_instead_of_the_work(client: Client) -> None:
    client.emulator.add_fault(Fault(method="DELETE", status=503, headers={"Retry-After": "1"}))
    assert client.call("GET", KEYS).status == 200
    answer = client.call("DELETE", SPARE)
    assert (answer.status, answer.text, answer.headers["retry-after"]) == (503, "", "1")
    assert has_spare(client)
    assert client.emulator.faults == []
    assert client.call("DELETE", SPARE).status == 204


def test_error_code_makes_an_error_document(client: Client) -> None:
    client.emulator.add_fault(Fault(status=429, error_code="RATE_LIMITED"))
    answer = client.call("GET", KEYS)
    assert answer.headers["content-type"] == "application/json"
    assert "x-mongodb-service-version" in answer.headers
    assert answer.document == {
        "detail": "A fault of the emulator.",
        "error": 429,
        "errorCode": "RATE_LIMITED",
        "parameters": [],
        "reason": "Too Many Requests",
    }


def test_page_of_a_proxy(client: Client) -> None:
    client.emulator.add_fault(Fault(status=502, body="<h1>é</h1>", content_type="text/html; charset=utf-8"))
    answer = client.call("GET", KEYS)
    assert (answer.status, answer.text) == (502, "<h1>é</h1>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "x-mongodb-service-version" not in answer.headers


def test_redirect(client: Client) -> None:
    client.emulator.add_fault(Fault(status=302, headers={"Location": "http://127.0.0.1:1/login"}))
    answer = client.call("DELETE", SPARE)
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1:1/login")
    assert has_spare(client)


def test_status_after_work(client: Client) -> None:
    client.emulator.add_fault(Fault(method="DELETE", status=200, body="{}", after_work=True))
    answer = client.call("DELETE", SPARE)
    assert (answer.status, answer.text) == (200, "{}")
    assert not has_spare(client)


@pytest.mark.parametrize("after_work", [False, True])
def test_drop(client: Client, after_work: bool) -> None:
    client.emulator.add_fault(Fault(method="DELETE", drop=True, after_work=after_work))
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("DELETE", SPARE)
    assert has_spare(client) is not after_work
    received = client.emulator.requests[-1]
    assert (received.method, received.status) == ("DELETE", None)
    assert client.emulator.calls[-1] == f"DELETE {SPARE} -"
    assert client.call("GET", KEYS).status == 200
    assert client.emulator.connections == 2


def test_raw(client: Client) -> None:
    client.emulator.add_fault(Fault(raw="HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort\xff"))
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.call("GET", KEYS)
    assert caught.value.partial == b"short\xff"
    assert client.emulator.requests[-1].status is None


def test_interim(client: Client) -> None:
    client.emulator.add_fault(Fault(interim=103))
    assert client.call("GET", KEYS).status == 103
    assert len(client.emulator.requests) == 2


def test_endless(client: Client) -> None:
    client.emulator.add_fault(Fault(raw="HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", endless="."))
    assert client.call("GET", KEYS).text == 100 * "."
    assert client.emulator.requests[-1].status is None


def test_delay_does_the_work_first(client: Client) -> None:
    client.emulator.add_fault(Fault(method="DELETE", delay=600))
    nonce = client.nonce()
    assert client.connection.sock
    client.connection.sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.send("DELETE", SPARE, authorization(JANE, nonce, "DELETE", client.target(SPARE)))
    assert not has_spare(client)
    assert client.emulator.requests[-1].status is None


def test_delay_lets_the_answer_through(client: Client) -> None:
    client.emulator.add_fault(Fault(delay=0.001))
    assert client.call("DELETE", SPARE).status == 204


def test_stale(client: Client) -> None:
    client.emulator.add_fault(Fault(stale=True))
    answer = client.call("DELETE", SPARE)
    assert answer.status == 401
    assert "stale=true" in answer.challenge
    assert client.emulator.requests[-1].stale
    assert has_spare(client)
    header = authorization(JANE, answer.nonce, "DELETE", client.target(SPARE))
    assert client.send("DELETE", SPARE, header).status == 204


def test_close(client: Client) -> None:
    client.emulator.add_fault(Fault(close=True))
    answer = client.call("GET", KEYS)
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert client.emulator.connections == 1
    assert client.call("GET", KEYS).status == 200
    assert client.emulator.connections == 2


def test_challenge_stage(client: Client) -> None:
    client.emulator.add_fault(Fault(stage="challenge", status=503))
    answer = client.send("GET", KEYS)
    assert answer.status == 503
    assert "www-authenticate" not in answer.headers
    assert client.call("GET", KEYS).status == 200


def test_challenge_stage_has_refused_logins(client: Client) -> None:
    client.emulator.add_fault(Fault(stage="challenge", skip=1, status=503))
    assert client.call("GET", KEYS, login=(sample.JANE.name, "wrong")).status == 503
    assert client.emulator.calls == ["GET /challenge 401", f"GET {KEYS} 503"]


def test_somebody_else_can_be_faster_than_a_request(client: Client) -> None:
    world = client.emulator.world
    seen = []

    def delete(world: World) -> None:
        seen.append(world)
        world.users[sample.JANE.id].keys.pop(1)

    client.emulator.before("DELETE", sample.JANE.spare.id, delete)
    assert client.call("GET", KEYS).document["totalCount"] == 3
    client.emulator.add_fault(Fault(method="DELETE", status=503))
    assert client.call("DELETE", SPARE).status == 503
    assert seen == []
    assert client.call("DELETE", SPARE).error_code == "INVALID_KEY_ID"
    assert client.call("DELETE", SPARE).error_code == "INVALID_KEY_ID"
    assert seen == [world]


def test_what_somebody_else_does_may_use_the_emulator(client: Client) -> None:
    client.emulator.world.users[sample.JANE.id].keys.pop()
    client.emulator.before("GET", KEYS, lambda _world: client.emulator.reset())
    assert client.call("GET", KEYS).document["totalCount"] == 3


@pytest.mark.parametrize("fault", [Fault(method="POST", status=503, after_work=True), Fault(method="POST", status=503)])
def test_a_key_may_be_made_although_its_answer_is_lost(start: Start, fault: Fault) -> None:
    client = start(product="atlas")
    client.emulator.add_fault(fault)
    body = {"desc": "ci", "roles": ["ORG_MEMBER"]}
    assert client.call("POST", ORG_KEYS, body, login=KEY_OWNER).status == 503
    made = [key for key in client.emulator.world.programmatic_keys.values() if key.description == "ci"]
    assert len(made) == (1 if fault.after_work else 0)
