# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options the module access_token refuses, and what it believes about a token."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils import _access_token
from ansible_collections.mongodb.atlas.plugins.module_utils._access_token import (
    WantedToken,
    ensure_token,
    wanted_token,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import Answer
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    BusyError,
    LoginError,
    NotTheApiError,
    OptionError,
    RequestError,
    RightsError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import ServiceAccount
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

TOKEN = "eyJhbGciOiJFUzUxMiJ9.e30.c2ln"
ACCOUNT = ServiceAccount("mdb_sa_id_5f1a2b3c4d5e6f7081920a01", "mdb_sa_sk_0123456789_-abcdefghijklmnopqrstuvwxyzABCD")


def error(kind: type[RequestError], status: int) -> RequestError:
    return kind("GET", "https://cloud.mongodb.com/api/atlas/v2", f"HTTP {status}", status=status)


class Server:
    """Answers each try of the token, and keeps what it was asked."""

    def __init__(self, *tries: RequestError | None) -> None:
        self.tries = list(tries)
        self.asked: list[str] = []

    def send_as(self, _auth: t.Any, request: t.Any) -> Answer:
        self.asked.append("try")
        answer = self.tries.pop(0)
        if answer:
            raise answer
        return Answer(request.method, "https://cloud.mongodb.com/api/atlas/v2", 200, {})

    def log_in(self, _work: t.Any) -> None:
        self.asked.append("revoke")


REFUSED, DENIED = error(LoginError, 401), error(RightsError, 403)


def revoke(server: Server, **task: bool) -> t.Mapping[str, t.Any]:
    return ensure_token(t.cast("t.Any", server), WantedToken("absent", TOKEN), Task(ACCOUNT, **task)).values


@pytest.mark.parametrize("before", [None, DENIED])
def test_a_token_that_the_server_refuses_afterwards_is_revoked(before: RequestError | None) -> None:
    server = Server(before, REFUSED)
    assert revoke(server, diff=True) == {
        "changed": True,
        "diff": {"before": {"state": "present"}, "after": {"state": "absent"}},
    }
    assert server.asked == ["try", "revoke", "try"]


def test_nothing_is_sent_about_a_token_that_the_server_refuses_already() -> None:
    server = Server(REFUSED)
    assert revoke(server) == {"changed": False}
    assert server.asked == ["try"]


def test_check_mode_only_tries() -> None:
    server = Server(None)
    assert revoke(server, check_mode=True) == {"changed": True}
    assert server.asked == ["try"]


@pytest.mark.parametrize("after", [None, DENIED])
def test_a_token_that_the_server_still_accepts_is_a_failure(after: RequestError | None) -> None:
    with pytest.raises(NotTheApiError, match="the server still accepts the token") as caught:
        revoke(Server(None, after))
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("tries", [(error(BusyError, 500),), (None, error(BusyError, 500))])
def test_an_answer_that_does_not_tell_is_a_failure(tries: tuple[RequestError | None, ...]) -> None:
    with pytest.raises(BusyError):
        revoke(Server(*tries))


def test_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONGODB_ATLAS_ACCESS_TOKEN", raising=False)
    assert wanted_token({"state": "present", "access_token": None}) == WantedToken("present")
    assert wanted_token({"state": "absent", "access_token": TOKEN}) == WantedToken("absent", TOKEN)
    for state, token, says in (
        ("present", TOKEN, "access_token must not be set"),
        ("absent", None, "access_token is missing"),
        ("absent", f"{TOKEN} ", "has white space around it"),
    ):
        with pytest.raises(OptionError, match=says) as caught:
            wanted_token({"state": state, "access_token": token})
        assert TOKEN not in str(caught.value)
    monkeypatch.setenv("MONGODB_ATLAS_ACCESS_TOKEN", TOKEN)
    assert wanted_token({"state": "absent", "access_token": None}).token == TOKEN
    assert wanted_token({"state": "present", "access_token": None}) == WantedToken("present")


def test_a_token_never_goes_into_the_file_of_a_task_with_async(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_access_token, "runs_in_background", lambda _environ: True)
    with pytest.raises(OptionError, match="With async"):
        wanted_token({"state": "present", "access_token": None})
