# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins with OAuth: how service accounts get tokens, what these open, and how they end."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Emulator, Fault, Switches, sample
from tests.emulator.__main__ import introduction
from tests.unit.emulator.support import (
    ALL_PRODUCTS,
    GRANT,
    NO_ID,
    OPS_MANAGERS,
    OWNER_ACCOUNT,
    PROJECT_ACCOUNT,
    READER_ACCOUNT,
    REVOKE,
    TOKEN,
    Client,
    curl,
    exchange,
)
from tests.unit.emulator.test_contract import check

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

ORGANIZATION = f"/orgs/{sample.ORGANIZATION.id}"
BASIC = 'Basic realm="MMS Public API"'
BAD_CLIENT = {"error": "invalid_client", "error_description": "Invalid credentials provided."}
UNAUTHORIZED = {
    "error": 401,
    "reason": "Unauthorized",
    "detail": "You are not authorized for this resource.",
    "errorCode": "UNEXPECTED_ERROR",
}


@pytest.fixture
def client(start: Start) -> Client:
    return start(product="atlas").as_v2()


@pytest.mark.parametrize("product", ["cloud-manager", "atlas"])
def test_an_account_gets_a_token_and_logs_in_with_it(start: Start, product: str) -> None:
    client = start(product=product)
    given = client.oauth(TOKEN, GRANT)
    assert (given.status, given.headers["content-type"], given.headers["cache-control"]) == (
        200,
        "application/json",
        "no-store",
    )
    check(given.document, "token", "token")
    assert client.bear(given.document["access_token"], "GET", ORGANIZATION).status == 200
    assert client.emulator.calls == ["POST /api/oauth/token 200", f"GET {ORGANIZATION} 200"]


def test_a_token_opens_both_apis_of_atlas(client: Client) -> None:
    token = client.token()
    assert client.bear(token, "GET", ORGANIZATION).status == 200
    client.base_path, client.headers = "/api/atlas/v1.0", {}
    assert client.bear(token, "GET", ORGANIZATION).status == 200


@pytest.mark.parametrize("product", OPS_MANAGERS)
def test_ops_manager_has_no_oauth(start: Start, product: str) -> None:
    client = start(product=product)
    assert [client.oauth(path, GRANT).status for path in (TOKEN, REVOKE)] == [404, 404]
    refused = client.bear("token", "GET", ORGANIZATION)
    assert (refused.status, refused.challenge.partition(" ")[0]) == (401, "Digest")
    assert client.emulator.account_environment() == {}


def test_a_token_looks_like_a_json_web_token(client: Client) -> None:
    client.emulator.clock = 1_600_000_000
    first, second = client.token(), client.token()
    assert first != second
    parts = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in first.split(".")]
    assert json.loads(parts[0])["alg"] == "ES512"
    claims = json.loads(parts[1])
    assert (claims["sub"], claims["exp"]) == (sample.OWNER_ACCOUNT.id, 1_600_003_600)
    assert len(parts[2]) == 132


def test_the_record_has_the_login_of_each_request_without_its_secret(client: Client) -> None:
    token = client.token()
    client.oauth(REVOKE, {"token": token})
    client.bear(token, "GET", "")
    got, revoked, used = client.emulator.requests
    assert got.authorization == revoked.authorization == {"scheme": "basic", "username": sample.OWNER_ACCOUNT.id}
    assert (got.method, got.target, got.body, got.status) == ("POST", TOKEN, "grant_type=client_credentials", 200)
    assert revoked.body == f"token={token}"
    assert (used.authorization, used.status) == ({"scheme": "bearer"}, 401)


@pytest.mark.parametrize(
    "login",
    [
        (sample.OWNER_ACCOUNT.id, "wrong"),
        (sample.OWNER_ACCOUNT.id, sample.READER_ACCOUNT.login.value),
        (f"mdb_sa_id_{NO_ID}", sample.OWNER_ACCOUNT.login.value),
        (sample.PROJECT_ACCOUNT.id, sample.PROJECT_ACCOUNT.expired.value),
        # A client that follows RFC 6749 to the letter, and so fails.
        (sample.OWNER_ACCOUNT.id.replace("_", "%5F"), sample.OWNER_ACCOUNT.login.value),
        (sample.OWNER_KEY.public_key, sample.OWNER_KEY.private_key),
        None,
    ],
)
@pytest.mark.parametrize("path", [TOKEN, REVOKE])
def test_a_login_that_is_wrong_or_expired_is_refused(client: Client, path: str, login: tuple[str, str] | None) -> None:
    answer = client.oauth(path, {**GRANT, "token": "x"}, login)
    assert (answer.status, answer.document, answer.challenge) == (401, BAD_CLIENT, BASIC)


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic AAAA", "Basic /w==", "Bearer x", "Digest x"])
def test_a_header_that_is_no_basic_login_is_refused(client: Client, header: str) -> None:
    client.connection.request("POST", TOKEN, "grant_type=client_credentials", {"Authorization": header})
    assert client.connection.getresponse().status == 401


@pytest.mark.parametrize("takes", [True, False])
def test_a_switch_takes_the_login_in_the_form(start: Start, takes: bool) -> None:
    client = start(product="atlas", switches=Switches(form_login=takes))
    login = {"client_id": OWNER_ACCOUNT[0], "client_secret": OWNER_ACCOUNT[1]}
    assert client.oauth(TOKEN, {**GRANT, **login}, None).status == (200 if takes else 401)
    assert client.oauth(REVOKE, {"token": "x", **login}, None).status == (200 if takes else 401)
    assert client.oauth(TOKEN, {**GRANT, **login}).document["error"] == "invalid_request"
    assert client.emulator.requests[0].body.endswith(f"&client_secret={OWNER_ACCOUNT[1]}")


@pytest.mark.parametrize(
    ("path", "form", "error"),
    [
        (TOKEN, "", "invalid_request"),
        (TOKEN, "grant_type=", "invalid_request"),
        (TOKEN, "grant_type=password", "unsupported_grant_type"),
        (TOKEN, "grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (REVOKE, "", "invalid_request"),
        (REVOKE, "token=x&token=y", "invalid_request"),
    ],
)
def test_a_bad_form_is_refused(client: Client, path: str, form: str, error: str) -> None:
    answer = client.oauth(path, form)
    check(answer.document, "oauth error", "error")
    assert (answer.status, answer.document["error"]) == (400, error)


def test_the_addresses_take_forms_by_post_only(client: Client) -> None:
    for method, status in (("GET", 405), ("PUT", 405), ("OPTIONS", 200)):
        answer = client.send(method, TOKEN, whole=True)
        assert (answer.status, answer.headers["allow"]) == (status, "POST,OPTIONS")
    client.headers = {"Content-Type": "application/json"}
    assert client.send("POST", TOKEN, None, "{}", whole=True).status == 415
    assert client.oauth(f"{TOKEN}/?x=1", GRANT).status == 200


def test_a_token_lives_for_an_hour(client: Client) -> None:
    client.emulator.clock = 1_600_000_000
    token = client.token()
    client.emulator.clock += 3599
    assert client.bear(token, "GET", ORGANIZATION).status == 200
    client.emulator.clock += 1
    assert client.bear(token, "GET", ORGANIZATION).status == 401


def test_a_token_can_be_revoked_by_its_account_and_any_text_is_fine(client: Client) -> None:
    token = client.token()
    for text, login in (("no token", OWNER_ACCOUNT), (token, READER_ACCOUNT)):
        answer = client.oauth(REVOKE, {"token": text, "token_type_hint": "access_token"}, login)
        assert (answer.status, answer.text) == (200, "")
        assert client.bear(token, "GET", ORGANIZATION).status == 200
    for _number in range(2):
        assert client.oauth(REVOKE, {"token": token}).status == 200
        assert client.bear(token, "GET", ORGANIZATION).status == 401


@pytest.mark.parametrize(
    ("setting", "document", "scheme"),
    [
        ("as-login", UNAUTHORIZED, "Bearer"),
        ("digest", UNAUTHORIZED, "Digest"),
        (
            "oauth",
            {"error": "invalid_token", "error_description": "The access token expired or was revoked."},
            "Bearer",
        ),
        ("empty", None, "Bearer"),
    ],
)
def test_a_switch_decides_how_a_token_is_refused(
    start: Start, setting: Any, document: dict[str, Any] | None, scheme: str
) -> None:
    client = start(product="atlas", switches=Switches(refused_token=setting))
    answer = client.bear("no token", "GET", ORGANIZATION)
    assert (answer.status, json.loads(answer.text or "null")) == (401, document)
    assert answer.challenge.partition(" ")[0] == scheme
    assert "x-mongodb-service-version" not in answer.headers
    assert client.send("GET", ORGANIZATION).challenge.startswith("Digest ")


def test_an_account_has_at_most_a_hundred_tokens(start: Start) -> None:
    client = start(product="atlas", switches=Switches(token_requests_per_minute=1000))
    client.emulator.clock = 1_600_000_000
    first = client.token()
    for _number in range(99):
        client.token()
    refused = client.oauth(TOKEN, GRANT)
    assert (refused.status, refused.document) == (
        403,
        {
            "error": "access_denied",
            "error_description": "Access Token limit reached. Please use the existing Access Tokens or create a new "
            "Service Account.",
        },
    )
    assert client.oauth(TOKEN, GRANT, READER_ACCOUNT).status == 200
    client.oauth(REVOKE, {"token": first})
    assert [client.oauth(TOKEN, GRANT).status for _number in range(2)] == [200, 403]
    client.emulator.clock += 3600
    assert client.oauth(TOKEN, GRANT).status == 200


@pytest.mark.parametrize("setting", ["api-error", "oauth"])
def test_requests_for_tokens_are_limited_by_minute_and_account(start: Start, setting: Any) -> None:
    client = start(product="atlas", switches=Switches(token_rate_limit=setting))
    client.emulator.clock = 1_600_000_000
    assert {client.oauth(TOKEN, GRANT).status for _number in range(50)} == {200}
    refused = client.oauth(TOKEN, GRANT)
    detail = "Resource /api/oauth/token is limited to 50 requests every 1 minutes."
    assert refused.status == 429
    assert "retry-after" not in refused.headers
    if setting == "oauth":
        assert refused.document == {"error": "rate_limited", "error_description": detail}
    else:
        assert refused.document == {
            "detail": detail,
            "error": 429,
            "errorCode": "RATE_LIMITED",
            "parameters": [TOKEN, 50, 1],
            "reason": "Too Many Requests",
        }
    assert client.oauth(TOKEN, GRANT, READER_ACCOUNT).status == 200
    assert client.oauth(REVOKE, {"token": "x"}).status == 200
    client.emulator.clock += 60
    assert client.oauth(TOKEN, GRANT).status == 200


@pytest.mark.parametrize("die", [True, False])
def test_a_switch_lets_tokens_outlive_their_secret_but_never_their_account(start: Start, die: bool) -> None:
    client = start(product="atlas", switches=Switches(tokens_die_with_secret=die))
    token = client.token()
    accounts = client.emulator.world.service_accounts
    accounts[sample.OWNER_ACCOUNT.id].secrets.clear()
    assert client.bear(token, "GET", ORGANIZATION).status == (401 if die else 200)
    assert client.oauth(TOKEN, GRANT).status == 401
    del accounts[sample.OWNER_ACCOUNT.id]
    assert client.bear(token, "GET", ORGANIZATION).status == 401


def test_a_token_has_the_rights_that_its_account_has_now(client: Client) -> None:
    owner, reader, project = (client.token(login) for login in (OWNER_ACCOUNT, READER_ACCOUNT, PROJECT_ACCOUNT))
    body = {"desc": "ci", "roles": ["ORG_MEMBER"]}
    assert client.bear(reader, "POST", f"{ORGANIZATION}/apiKeys", body).error_code == "USER_UNAUTHORIZED"
    assert client.bear(owner, "POST", f"{ORGANIZATION}/apiKeys", body).status == 200
    assert client.bear(project, "GET", f"/groups/{sample.PROJECT.id}").status == 200
    assert client.bear(project, "GET", f"/groups/{sample.SECOND_PROJECT.id}").error_code == "USER_UNAUTHORIZED"
    client.emulator.world.service_accounts[sample.READER_ACCOUNT.id].roles = ["ORG_OWNER"]
    assert client.bear(reader, "POST", f"{ORGANIZATION}/apiKeys", body).status == 200


def test_the_root_knows_no_key_where_a_token_logs_in(client: Client) -> None:
    answer = client.bear(client.token(), "GET", "")
    assert (answer.status, answer.document["apiKey"]) == (200, None)


def test_the_access_list_of_an_account_counts_where_its_token_is_used(start: Start) -> None:
    client = start(product="atlas", switches=Switches(enforces_access_lists=True))
    account = client.emulator.world.service_accounts[sample.PROJECT_ACCOUNT.id]
    token = client.token(PROJECT_ACCOUNT)
    assert client.bear(token, "GET", ORGANIZATION).status == 200
    assert [entry.count for entry in account.access_list] == [0, 1]
    account.access_list.pop()
    answer = client.bear(client.token(PROJECT_ACCOUNT), "GET", ORGANIZATION)
    assert (answer.status, answer.error_code) == (403, "IP_ADDRESS_NOT_ON_ACCESS_LIST")


def test_a_secret_shows_when_it_was_last_used(client: Client) -> None:
    client.emulator.clock = 1_600_000_000
    client.token()
    (secret,) = client.emulator.world.service_accounts[sample.OWNER_ACCOUNT.id].secrets
    assert secret.last_used_at == "2020-09-13T12:26:40Z"


def test_faults_hit_the_token_address(client: Client) -> None:
    client.emulator.add_fault(Fault(path=TOKEN, status=500, body='{"error": "server_error"}'))
    client.emulator.add_fault(Fault(path=TOKEN, status=503, error_code="UNAVAILABLE", after_work=True))
    client.emulator.add_fault(Fault(path=TOKEN, stage="challenge", status=429))
    wrong = (sample.OWNER_ACCOUNT.id, "wrong")
    assert [client.oauth(TOKEN, GRANT, wrong).status for _number in range(2)] == [429, 401]
    assert client.oauth(TOKEN, GRANT).document == {"error": "server_error"}
    assert client.oauth(TOKEN, GRANT).error_code == "UNAVAILABLE"
    assert client.oauth(TOKEN, GRANT).status == 200
    client.emulator.add_fault(Fault(path=REVOKE, drop=True))
    with pytest.raises(ConnectionError):
        client.oauth(REVOKE, {"token": "x"})
    assert client.emulator.calls[-1] == "POST /api/oauth/revoke -"


def test_a_stale_login_ends_all_tokens(client: Client) -> None:
    token, other = client.token(), client.token(READER_ACCOUNT)
    client.emulator.add_fault(Fault(method="GET", stale=True))
    assert [client.bear(each, "GET", ORGANIZATION).status for each in (token, other)] == [401, 401]
    assert not any(received.stale for received in client.emulator.requests)
    token = client.token()
    client.emulator.forget_tokens()
    assert client.bear(token, "GET", ORGANIZATION).status == 401


def test_reset_ends_all_tokens(client: Client) -> None:
    token = client.token()
    client.emulator.reset()
    assert client.bear(token, "GET", ORGANIZATION).status == 401


def test_somebody_else_can_be_faster_than_a_request_for_a_token(client: Client) -> None:
    client.emulator.before("POST", TOKEN, lambda world: world.service_accounts.clear())
    assert client.oauth(TOKEN, GRANT, (sample.OWNER_ACCOUNT.id, "wrong")).status == 401
    assert client.oauth(TOKEN, GRANT, READER_ACCOUNT).document == BAD_CLIENT


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_the_introduction_has_the_login_of_an_account_where_there_are_accounts(product: str) -> None:
    with Emulator(product=product) as emulator:
        there = f"#   export MONGODB_ATLAS_CLIENT_ID={sample.OWNER_ACCOUNT.id}\n" in introduction(emulator)
    assert there is (product not in OPS_MANAGERS)


def test_an_account_cannot_log_in_with_a_digest(client: Client) -> None:
    assert client.call("GET", ORGANIZATION, login=OWNER_ACCOUNT).status == 401


def test_curl_gets_a_token(client: Client) -> None:
    url = client.emulator.url + TOKEN
    done = curl("--user", ":".join(OWNER_ACCOUNT), "--data", "grant_type=client_credentials", url, login=None)
    token = json.loads(done.stdout)["access_token"]
    done = curl("--header", f"Authorization: Bearer {token}", f"{client.emulator.base_url}/orgs", login=None)
    assert json.loads(done.stdout)["totalCount"] == 1


def test_a_malformed_body_is_read_as_far_as_it_goes(client: Client) -> None:
    data = b"POST /api/oauth/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\n\xff=%"
    assert b"invalid_request" in exchange(client.emulator, data)
