# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins as a service account and with a token: which requests they send, and when they renew and revoke a token."""

from __future__ import annotations

import base64
import json
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    BusyError,
    LoginError,
    NoAnswerError,
    NotTheApiError,
    RateLimitError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Response
from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import ServiceAccount, Token, read_token

URL = "https://cloud.mongodb.com/api/oauth/token"
CLIENT_ID, SECRET = "mdb_sa_id_5f1a2b3c4d5e6f7081920a01", "mdb_sa_sk_0123456789_-abcdefghijklmnopqrstuvwxyzABCD"


def response(status: int, document: t.Any, **headers: str) -> Response:
    body = document if isinstance(document, str) else json.dumps(document)
    return Response(
        "POST", URL, False, status, {name.replace("_", "-"): each for name, each in headers.items()}, body.encode()
    )


class Server:
    """Gives tokens that live for an hour, and keeps what it was asked."""

    def __init__(self, *answers: Response | RequestError) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []
        self.number = 0

    def __call__(self, path: str, authorization: str, form: t.Mapping[str, str]) -> Response:
        assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT_ID}:{SECRET}"
        self.sent.append(" ".join([path.rsplit("/", 1)[1], *form.values()]))
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, RequestError):
                raise answer
            return answer
        self.number += 1
        return response(200, {"access_token": f"token-{self.number}", "expires_in": 3600, "token_type": "Bearer"})


class Clock:
    """A clock that a test moves."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


GET_TOKEN = "token client_credentials"


def test_one_token_serves_all_requests_and_is_revoked_at_the_end() -> None:
    server, account = Server(), ServiceAccount(CLIENT_ID, SECRET)
    signed = [account.sign("GET", "/x", server)["Authorization"] for _request in range(3)]
    assert signed == ["Bearer token-1"] * 3
    assert account.close(server) == ""
    assert server.sent == [GET_TOKEN, "revoke token-1 access_token"]
    assert account.close(server) == "", "a token is revoked once"
    assert ServiceAccount(CLIENT_ID, SECRET).close(server) == "", "a task without requests has no token"
    assert len(server.sent) == 2


@pytest.mark.parametrize(("life", "renewed"), [(3600, 3000), (60, 50), (36000, 35400)])
def test_a_token_is_renewed_before_it_ends(life: float, renewed: float) -> None:
    clock = Clock()
    document = {"access_token": "token-0", "expires_in": life}
    server, account = Server(response(200, document)), ServiceAccount(CLIENT_ID, SECRET, clock)
    signed = []
    for clock.seconds in (0, renewed - 1, renewed, renewed + 1):
        signed.append(account.sign("GET", "/x", server)["Authorization"])
    assert signed == ["Bearer token-0"] * 2 + ["Bearer token-1"] * 2


def test_a_token_that_was_accepted_before_is_renewed_once_and_a_new_one_that_is_refused_is_a_refused_login() -> None:
    server, account = Server(), ServiceAccount(CLIENT_ID, SECRET)
    account.sign("GET", "/x", server)
    assert not account.answer({}, True), "the very first request was refused"
    account.sign("GET", "/x", server)
    account.sign("GET", "/y", server)
    assert account.answer({}, True)
    assert account.sign("GET", "/y", server) == {"Authorization": "Bearer token-3"}
    assert not account.answer({}, True)
    assert "The server refused the token" in account.explain({}, True)
    assert account.close(server) == ""
    assert server.sent[3:] == [f"revoke token-{number} access_token" for number in (3, 2, 1)]


@pytest.mark.parametrize(
    "problem",
    [response(500, ""), response(401, {"error": "invalid_client"}), NoAnswerError("POST", URL, "no connection")],
)
def test_a_token_that_cannot_be_revoked_is_a_warning(problem: Response | RequestError) -> None:
    server, account = Server(), ServiceAccount(CLIENT_ID, SECRET)
    account.sign("GET", "/x", server)
    server.answers = [problem]
    warning = account.close(server)
    assert warning.startswith("The task could not revoke its token (")
    assert "token-1" not in warning


def test_a_server_that_does_not_answer_a_revocation_is_not_asked_to_revoke_the_older_tokens() -> None:
    server, account = Server(), ServiceAccount(CLIENT_ID, SECRET)
    for _request in range(2):
        account.sign("GET", "/x", server)
        account.answer({}, True)
    server.answers = [NoAnswerError("POST", URL, "the connection broke")]
    assert "(the connection broke)" in account.close(server)
    assert server.sent[2:] == ["revoke token-2 access_token"]


def test_a_secret_that_was_refused_is_not_sent_again() -> None:
    clock, server = Clock(), Server()
    account = ServiceAccount(CLIENT_ID, SECRET, clock)
    account.sign("GET", "/x", server)
    clock.seconds = 3600
    server.answers = [response(401, {"error": "invalid_client"})]
    for _time in range(2):
        with pytest.raises(LoginError):
            account.sign("GET", "/x", server)
    assert "invalid_client" in account.close(server)
    assert server.sent == [GET_TOKEN] * 2


def test_a_token_from_somewhere_else_is_used_as_it_is_and_stays_alive() -> None:
    server, token = Server(), Token("x.y.z")
    assert token.sign("GET", "/x", server) == {"Authorization": "Bearer x.y.z"}
    assert not token.answer({}, True)
    assert "The server refused access_token" in token.explain({}, True)
    assert token.close(server) == ""
    assert server.sent == []
    assert not token.must_close


def test_the_own_secret_is_known_by_its_end() -> None:
    account = ServiceAccount(CLIENT_ID, SECRET)
    assert (account.account_id, ServiceAccount(CLIENT_ID.upper(), SECRET).account_id) == (CLIENT_ID, CLIENT_ID)
    assert Token(SECRET).account_id is None
    assert account.owns(SECRET[-4:])
    assert not account.owns("")
    assert not account.owns("wxyz")
    assert not Token(SECRET).owns(SECRET[-4:])


YEAR = 365 * 24 * 3600


@pytest.mark.parametrize(
    ("life", "seconds"),
    [
        (3600, 3600),
        (0.5, 0.5),
        (None, 3600),
        ("3600", 3600),
        (0, 3600),
        (-1, 3600),
        (True, 3600),
        (1e300, YEAR),
        (float("inf"), YEAR),
        (10**400, YEAR),
    ],
)
def test_the_life_of_a_token(life: t.Any, seconds: float) -> None:
    assert read_token(response(200, {"access_token": "x", "expires_in": life})) == ("x", seconds)


LIMIT = {"detail": "Resource /api/oauth/token is limited.", "error": 429, "errorCode": "RATE_LIMITED", "parameters": []}


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        *(
            (response(200, document), NotTheApiError, "HTTP 200 without a usable access_token")
            for document in (
                "",
                "<html>",
                [],
                {},
                *({"access_token": token} for token in ("", None, 7, "a b", "\n", "é")),
            )
        ),
        (response(302, "", Location="https://example.com"), NotTheApiError, "a redirect to https://example.com"),
        (
            response(401, {"error": "invalid_client", "error_description": "No."}),
            LoginError,
            "Check client_id and client",
        ),
        (response(400, {"error": "invalid_client"}), LoginError, "Check client_id and client_secret"),
        (response(401, {"error": 401, "reason": "Unauthorized"}), LoginError, "Check whether the secret is mistyped"),
        (response(401, ""), LoginError, "Check whether the secret is mistyped"),
        (response(403, {"error": "access_denied", "error_description": "Limit."}), ApiError, "100 live tokens"),
        (response(400, {"error": "invalid_request"}), ApiError, "HTTP 400, invalid_request"),
        (response(429, LIMIT), RateLimitError, "RATE_LIMITED"),
        (response(429, {"error": "rate_limited"}), RateLimitError, "rate_limited"),
        (response(500, {"error": "server_error"}), BusyError, "server_error"),
        (response(500, "", Retry_After="7"), BusyError, "HTTP 500"),
        (response(404, "<html>"), NotTheApiError, "Ops Manager has none"),
        (
            response(404, {"error": 404, "errorCode": "RESOURCE_NOT_FOUND", "reason": "x"}),
            ApiError,
            "Ops Manager has none",
        ),
        (response(204, ""), NotTheApiError, "HTTP 204 instead of a token"),
    ],
)
def test_an_answer_without_a_token_is_an_error_after_which_nothing_is_unknown(
    answer: Response, kind: type[RequestError], says: str
) -> None:
    with pytest.raises(kind) as error:
        read_token(answer)
    assert says in str(error.value)
    assert error.value.outcome_unknown is False
    assert SECRET not in str(error.value)
