# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digest authentication as the emulator does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from tests.emulator import Key, User, sample, sample_world
from tests.emulator.digest import Nonces, parse_authorization, response
from tests.unit.emulator.support import JANE, JOHN, KEYS, PROGRAMMATIC, Client, authorization

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start


@pytest.mark.parametrize(
    ("dialect", "rest"),
    [
        ("qop", 'algorithm=MD5, qop="auth", stale=false'),
        ("op", 'algorithm=MD5, op="auth", stale=false'),
        ("plain", "algorithm=MD5, stale=false"),
        ("sha-256", 'algorithm=SHA-256, qop="auth", stale=false'),
        ("auth-int", 'algorithm=MD5, qop="auth-int", stale=false'),
    ],
)
def test_challenge(start: Start, dialect: str, rest: str) -> None:
    answer = start(challenge=dialect).send("GET", KEYS)
    assert answer.status == 401
    assert answer.challenge == f'Digest realm="MMS Public API", domain="", nonce="{answer.nonce}", {rest}'
    assert len(answer.nonce) == 32


NO_CODE = """{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource."
}"""
UNEXPECTED_ERROR = """{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource.",
  "errorCode" : "UNEXPECTED_ERROR"
}"""


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"product": "ops-manager-4.4"}, NO_CODE),
        ({"product": "ops-manager-5.0"}, NO_CODE),
        ({"product": "atlas"}, UNEXPECTED_ERROR),
        ({"product": "ops-manager-4.4", "refused_login": "unexpected-error"}, UNEXPECTED_ERROR),
        ({"product": "atlas", "refused_login": "no-code"}, NO_CODE),
    ],
)
def test_a_refused_login_has_the_body_of_its_time(start: Start, options: dict[str, str], text: str) -> None:
    client = start(**options)
    answer = client.call("GET", KEYS, login=(sample.JANE.name, "wrong"))
    assert (answer.status, answer.text) == (401, text)
    assert "stale=false" in answer.challenge
    assert client.send("GET", KEYS).text == text


@pytest.mark.parametrize("product", ["ops-manager-4.4", "ops-manager-5.0", "atlas"])
def test_a_challenge_does_not_tell_the_version_of_the_service(start: Start, product: str) -> None:
    answer = start(product=product).send("GET", KEYS)
    assert answer.status == 401
    assert "x-mongodb-service-version" not in answer.headers


@pytest.mark.parametrize(
    ("dialect", "qop", "algorithm"),
    [
        ("qop", "auth", "MD5"),
        ("op", None, "MD5"),
        ("plain", None, "MD5"),
        ("sha-256", "auth", "SHA-256"),
        ("auth-int", "auth-int", "MD5"),
    ],
)
def test_each_dialect_accepts_its_own_answer_only(start: Start, dialect: str, qop: str | None, algorithm: str) -> None:
    client = start(challenge=dialect)
    assert client.call("GET", KEYS, qop=qop, algorithm=algorithm).status == 200
    for other in {"auth", "auth-int", None} - {qop}:
        assert client.call("GET", KEYS, qop=other, algorithm=algorithm).status == 401
    other_algorithm = "MD5" if algorithm == "SHA-256" else "SHA-256"
    assert client.call("GET", KEYS, qop=qop, algorithm=other_algorithm).status == 401


def test_auth_int_protects_the_body(start: Start) -> None:
    client = start(challenge="auth-int")
    path = f"{KEYS}/{sample.JANE.spare.id}"
    header = authorization(JANE, client.nonce(), "PATCH", client.target(path), qop="auth-int", body='{"enabled": true}')
    assert client.send("PATCH", path, header, '{"enabled": false}').status == 401
    assert client.call("PATCH", path, {"enabled": False}, qop="auth-int").status == 200


def test_basic_is_offered_and_never_accepted(start: Start) -> None:
    client = start(challenge="basic")
    assert client.send("GET", KEYS).challenge == 'Basic realm="MMS Public API"'
    answer = requests.get(client.emulator.base_url + KEYS, auth=HTTPBasicAuth(*JANE), timeout=10)
    assert answer.status_code == 401
    assert client.emulator.requests[-1].authorization == {"scheme": "basic"}


@pytest.mark.parametrize("dialect", ["qop", "op", "plain", "sha-256"])
def test_requests_can_log_in(start: Start, dialect: str) -> None:
    client = start(challenge=dialect)
    with requests.Session() as session:
        session.auth = HTTPDigestAuth(*JANE)
        statuses = [session.get(client.emulator.base_url + KEYS, timeout=10).status_code for _request in range(3)]
    assert statuses == [200, 200, 200]
    assert [received.status for received in client.emulator.requests] == [401, 200, 200, 200]
    assert client.emulator.connections == 1


@pytest.mark.parametrize("password", [sample.JANE.login.secret, "wrong"])
def test_unknown_nonce_is_stale_whatever_the_password(client: Client, password: str) -> None:
    header = authorization((sample.JANE.name, password), "bm9uc2Vuc2U=", "GET", client.target(KEYS))
    answer = client.send("GET", KEYS, header)
    assert answer.status == 401
    assert "stale=true" in answer.challenge
    assert client.emulator.requests[-1].stale
    assert client.send("GET", KEYS, authorization(JANE, answer.nonce, "GET", client.target(KEYS))).status == 200


def test_expired_nonce_is_stale(start: Start) -> None:
    answer = start(nonce_lifetime=0).call("GET", KEYS)
    assert answer.status == 401
    assert "stale=true" in answer.challenge


def test_nonces_live_as_long_as_they_should() -> None:
    now = 0.0
    nonces = Nonces(60, clock=lambda: now)
    first = nonces.issue()
    now = 59.9
    assert nonces.alive(first)
    now = 60.0
    assert not nonces.alive(first)
    second = nonces.issue()
    assert nonces.alive(second)
    assert not nonces.alive(first)


def test_forgotten_nonces_are_stale(client: Client) -> None:
    header = authorization(JANE, client.nonce(), "GET", client.target(KEYS))
    client.emulator.forget_nonces()
    assert "stale=true" in client.send("GET", KEYS, header).challenge


def test_a_count_is_good_for_one_request(client: Client) -> None:
    nonce = client.nonce()
    target = client.target(KEYS)
    assert client.send("GET", KEYS, authorization(JANE, nonce, "GET", target, count=1)).status == 200
    repeated = client.send("GET", KEYS, authorization(JANE, nonce, "GET", target, count=1))
    assert repeated.status == 401
    assert "stale=false" in repeated.challenge
    assert client.send("GET", KEYS, authorization(JANE, nonce, "GET", target, count=2)).status == 200


@pytest.mark.parametrize("count", [0x1000, 0xABCDE, 0xFFFFFFFF])
def test_a_count_has_any_eight_hexadecimal_digits(client: Client, count: int) -> None:
    header = authorization(JANE, client.nonce(), "GET", client.target(KEYS), count=count)
    assert client.send("GET", KEYS, header).status == 200


def test_a_refused_login_does_not_use_up_a_count(client: Client) -> None:
    nonce = client.nonce()
    target = client.target(KEYS)
    wrong = authorization((sample.JANE.name, "wrong"), nonce, "GET", target)
    assert client.send("GET", KEYS, wrong).status == 401
    assert client.send("GET", KEYS, authorization(JANE, nonce, "GET", target)).status == 200


@pytest.mark.parametrize(
    "target", ["/users/x/keys", KEYS, f"http://127.0.0.1{KEYS}", f"/api/public/v1.0{KEYS}?pageNum=1"]
)
def test_uri_has_to_be_the_target_as_sent(client: Client, target: str) -> None:
    header = authorization(JANE, client.nonce(), "GET", target)
    answer = client.send("GET", KEYS, header)
    assert answer.status == 401
    assert "stale=false" in answer.challenge


def test_method_is_part_of_the_answer(client: Client) -> None:
    header = authorization(JANE, client.nonce(), "GET", client.target(KEYS))
    assert client.send("DELETE", KEYS, header).status == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"realm": '"Other"'},
        {"algorithm": "SHA-256"},
        {"nc": "1"},
        {"nc": "xxxxxxxx"},
        {"nc": "00000002"},
        {"response": '""'},
        {"username": '"nobody"'},
        {"username": '"broken'},
        {"username": '"a", username="b"'},
        {"cnonce": '"other"'},
    ],
)
def test_changed_parameters_are_refused(client: Client, changes: dict[str, str]) -> None:
    header = authorization(JANE, client.nonce(), "GET", client.target(KEYS), changes=changes)
    answer = client.send("GET", KEYS, header)
    assert answer.status == 401
    assert "stale=false" in answer.challenge


@pytest.mark.parametrize("header", [b"", b"Digest", b"Digest ", b"Digest ,,", b"Bearer abc", b'Digest username="x"'])
def test_other_headers_are_refused(client: Client, header: bytes) -> None:
    assert client.send("GET", KEYS, header).status == 401


@pytest.mark.parametrize("name", ["zoë@example.com", "名前", 'quo"ted\\name', "comma, equals=", "%40+@"])
def test_any_user_name(start: Start, name: str) -> None:
    world = sample_world()
    user = User("5d1a4f2e9ccf64b7c8d90a99", name, name, [Key("5d1a4f2e9ccf64b7c8d90b99", "", "geheim ñ")])
    world.users[user.id] = user
    client = start(world=world)
    assert client.call("GET", "/users/5d1a4f2e9ccf64b7c8d90a99/keys", login=(name, "geheim ñ")).status == 200
    recorded = client.emulator.requests[-1].authorization
    assert recorded is not None
    assert recorded["username"] == name


def test_user_name_that_is_not_utf_8(client: Client) -> None:
    header = authorization(JANE, client.nonce(), "GET", client.target(KEYS)).replace(b"jane", b"j\xe4ne")
    assert client.send("GET", KEYS, header).status == 401
    assert client.send("GET", "/emulator/requests", whole=True).status == 200


def test_each_enabled_key_is_a_login_until_it_is_disabled_or_deleted(client: Client) -> None:
    spare = (sample.JANE.name, sample.JANE.spare.secret)
    path = f"{KEYS}/{sample.JANE.spare.id}"
    assert client.call("GET", KEYS, login=spare).status == 200
    assert client.call("PATCH", path, {"enabled": False}).status == 200
    assert client.call("GET", KEYS, login=spare).status == 401
    assert client.call("PATCH", path, {"enabled": True}).status == 200
    assert client.call("DELETE", path, login=spare).status == 204
    assert client.call("GET", KEYS, login=spare).status == 401
    assert client.call("GET", KEYS, login=(sample.JANE.name, sample.JANE.disabled.secret)).status == 401


def test_a_key_belongs_to_one_user(client: Client) -> None:
    assert client.call("GET", KEYS, login=(sample.JANE.name, JOHN[1])).status == 401


@pytest.mark.parametrize(
    ("product", "personal", "programmatic"),
    [("ops-manager-4.4", 200, 200), ("ops-manager-5.0", 401, 200), ("atlas", 401, 200)],
)
def test_logins_of_products(start: Start, product: str, personal: int, programmatic: int) -> None:
    client = start(product=product)
    path = f"/users/{sample.JANE.id}"
    assert client.call("GET", path, login=JANE).status == personal
    assert client.call("GET", path, login=PROGRAMMATIC).status == programmatic


def test_parse_authorization() -> None:
    parsed = parse_authorization(r'DIGEST  Username="a \"b\\c\"" ,nc=00000001,  uri="/a,b=c?d"')
    assert parsed is not None
    assert parsed.scheme == "digest"
    assert parsed.parameters == {"username": r'a "b\c"', "nc": "00000001", "uri": "/a,b=c?d"}


def test_response_of_rfc_2617() -> None:
    """The example of RFC 2617, section 3.5."""
    parameters = {
        "username": "Mufasa",
        "realm": "testrealm@host.com",
        "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        "uri": "/dir/index.html",
        "nc": "00000001",
        "cnonce": "0a4f113b",
    }
    computed = response(parameters, "Circle Of Life", algorithm="MD5", qop="auth", method="GET", body=b"")
    assert computed == "6629fae49393a05397450978507c4ef1"


def test_response_of_rfc_7616() -> None:
    """The example of RFC 7616, section 3.9.1, with SHA-256."""
    parameters = {
        "username": "Mufasa",
        "realm": "http-auth@example.org",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "uri": "/dir/index.html",
        "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    }
    computed = response(parameters, "Circle of Life", algorithm="SHA-256", qop="auth", method="GET", body=b"")
    assert computed == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
