# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that need a real connection: TLS, refused nonces, broken connections."""

from __future__ import annotations

import signal
import threading
import typing as t
from contextlib import contextmanager, suppress

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils import _client, _deadline
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_ACCOUNTS
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    LoginError,
    NoAnswerError,
    NotFoundError,
    NotTheApiError,
    RightsError,
    UnusableError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import ServiceAccount, Token
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import Settings, read_base_url

from tests.emulator import Emulator, Fault, sample

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Auth

    from tests.unit.conftest import MakeClient

PATH = f"/users/{sample.JANE.id}/keys/{sample.JANE.spare.id}"
KEYS = f"/users/{sample.JANE.id}/keys"


def jane(make_client: MakeClient, emulator: Emulator, **changes: t.Any) -> Client:
    login = {"public_key": sample.JANE.name, "private_key": sample.JANE.login.secret}
    return make_client(**{"base_url": emulator.base_url, "timeout": 10, **login, **changes})


def interrupt(*_arguments: object, **_more: object) -> t.NoReturn:
    raise TimeoutError("the answer did not end")


def test_one_revocation_is_two_requests_on_one_connection(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        jane(make_client, emulator).send(Request("DELETE", PATH))
        assert emulator.calls == [f"DELETE {PATH} 401", f"DELETE {PATH} 204"]
        assert emulator.connections == 1


def test_a_wrong_password_is_two_requests_on_one_connection(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        with pytest.raises(LoginError):
            jane(make_client, emulator, private_key="wrong").send(Request("DELETE", PATH))
        assert emulator.calls == [f"DELETE {PATH} 401", f"DELETE {PATH} 401"]
        assert emulator.connections == 1


@pytest.mark.parametrize("challenge", ["qop", "op", "plain", "sha-256"])
def test_each_kind_of_digest_challenge(make_client: MakeClient, challenge: str) -> None:
    with Emulator(challenge=challenge) as emulator:
        client = jane(make_client, emulator)
        assert len(client.list_all(Request("GET", KEYS))) == 3
        assert client.send(Request("DELETE", PATH)).status == 204
        assert [received.status for received in emulator.requests] == [401, 200, 204]


@pytest.mark.parametrize("challenge", ["basic", "auth-int"])
def test_a_challenge_that_is_not_answered_gets_no_credentials(make_client: MakeClient, challenge: str) -> None:
    with Emulator(challenge=challenge) as emulator:
        with pytest.raises(LoginError):
            jane(make_client, emulator).send(Request("DELETE", PATH))
        assert [received.authorization for received in emulator.requests] == [None]


def test_a_repeat_has_a_new_digest_header_for_a_server_that_refuses_an_old_one(
    make_client: MakeClient, waits: list[float]
) -> None:
    """A retry inside the transport adapter of requests would send the same nc again."""
    with Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", drop=True))
        assert jane(make_client, emulator).send(Request("DELETE", PATH)).status == 204
        assert [(r.authorization or {}).get("nc") for r in emulator.requests] == [None, "00000001", "00000002"]
        assert [r.status for r in emulator.requests] == [401, None, 204]
        assert waits == [1]


def test_a_key_that_was_deleted_before_the_connection_broke(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", drop=True, after_work=True))
        with pytest.raises(NotFoundError) as refused:
            jane(make_client, emulator).send(Request("DELETE", PATH))
        assert refused.value.outcome_unknown


def test_a_redirect_sends_nothing_to_another_host(make_client: MakeClient) -> None:
    """requests would follow with GET, report its 200, and answer the challenge of the other host."""
    with Emulator() as other, Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", status=302, headers={"Location": other.base_url + KEYS}))
        with pytest.raises(NotTheApiError, match="The module did not follow it"):
            jane(make_client, emulator).send(Request("DELETE", PATH))
        assert other.requests == []
        assert [received.status for received in emulator.requests] == [401, 302]


def test_validate_certs_and_ca_path_win_over_the_environment(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With requests alone, REQUESTS_CA_BUNDLE would win."""
    with Emulator(tls="server") as other, Emulator(tls="server") as emulator:
        assert emulator.tls
        assert other.tls
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other.tls.ca_path))
        assert jane(make_client, emulator, verify=str(emulator.tls.ca_path)).list_all(Request("GET", KEYS))
        with pytest.warns(match="Unverified HTTPS request"):
            assert jane(make_client, emulator, verify=False).list_all(Request("GET", KEYS))
        with pytest.raises(UnusableError, match="no TLS connection .*certificate.*Check ca_path"):
            jane(make_client, emulator, verify=str(other.tls.ca_path)).list_all(Request("GET", KEYS))


def test_a_client_certificate(make_client: MakeClient) -> None:
    with Emulator(tls="mutual") as emulator:
        assert emulator.tls
        trust = str(emulator.tls.ca_path)
        cert = str(emulator.tls.client_cert), str(emulator.tls.client_key)
        assert jane(make_client, emulator, verify=trust, cert=cert).list_all(Request("GET", KEYS))
        with pytest.raises(NoAnswerError):
            jane(make_client, emulator, verify=trust, retries=0).list_all(Request("GET", KEYS))


def test_plain_http_where_tls_is_spoken_and_the_reverse(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        url = emulator.base_url.replace("http:", "https:")
        with pytest.raises(UnusableError, match="base_url must begin with http://"):
            jane(make_client, emulator, base_url=url).send(Request("DELETE", PATH))


def test_the_proxy_of_the_environment_is_used_unless_use_proxy_is_false(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as proxy, Emulator() as emulator:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        assert jane(make_client, emulator, use_proxy=False).list_all(Request("GET", KEYS))
        assert proxy.requests == []
        with pytest.raises(Exception, match="HTTP 502"):
            jane(make_client, emulator, retries=0).send(Request("DELETE", PATH))
        assert [received.target for received in proxy.requests] == [emulator.base_url + PATH]


@pytest.mark.parametrize(
    "auth", [ServiceAccount(sample.OWNER_ACCOUNT.id, sample.OWNER_ACCOUNT.secrets[0].value), Token("not.a.token")]
)
def test_a_login_that_sends_a_secret_in_plain_text_does_not_use_a_proxy(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as proxy, Emulator(product="atlas") as emulator:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        with suppress(LoginError), Client(Settings(read_base_url(emulator.base_url)), auth) as client:
            client.send(Request("GET", "/orgs", version=V2_ACCOUNTS))
        assert (proxy.requests, bool(emulator.requests)) == ([], True)


def test_a_server_that_closes_each_connection(make_client: MakeClient) -> None:
    with Emulator(close_connections=True) as emulator:
        assert jane(make_client, emulator).send(Request("DELETE", PATH)).status == 204
        assert emulator.connections == 2


def test_a_nonce_that_ran_out_is_renewed(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        client = jane(make_client, emulator)
        assert client.list_all(Request("GET", KEYS))
        emulator.forget_nonces()
        assert client.send(Request("DELETE", PATH)).status == 204
        assert [(received.status, received.stale) for received in emulator.requests] == [
            (401, False),
            (200, False),
            (401, True),
            (204, False),
        ]


def test_a_server_that_is_too_late(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", delay=0.5))
        with pytest.raises(NoAnswerError, match="longer api_timeout") as failed:
            jane(make_client, emulator, timeout=0.05, retries=0).send(Request("DELETE", PATH))
        assert failed.value.outcome_unknown


def test_a_length_that_is_wrong(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", raw="HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", times=None))
        with pytest.raises(NoAnswerError, match="the connection broke") as failed:
            jane(make_client, emulator, retries=1).send(Request("DELETE", PATH))
        assert failed.value.outcome_unknown


@pytest.mark.parametrize(
    ("beginning", "endless"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", " "),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
        ("HTTP/1.1 200 OK\r\nX-Longest: ", "x"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunks", "header", "100 Continue"],
)
def test_an_answer_without_an_end(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, beginning: str, endless: str
) -> None:
    """No single wait for data exceeds the timeout of the socket."""
    with Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", raw=beginning, endless=endless))
        client = jane(make_client, emulator, retries=0)
        assert client.list_all(Request("GET", KEYS))
        monkeypatch.setattr(_client, "MOST_TIMEOUTS", 0.05)
        with pytest.raises(NoAnswerError, match="the answer did not end.*longer api_timeout") as failed:
            client.send(Request("DELETE", PATH))
        assert failed.value.outcome_unknown
        assert failed.value.is_temporary


def test_the_final_answer_after_an_interim_one_is_not_read_for_another_request(make_client: MakeClient) -> None:
    """http.client takes 103 for the answer. The final answer comes later, and would pass for the next one."""
    with Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", interim=103, delay=0.2))
        emulator.add_fault(Fault(method="DELETE", status=403, error_code="USER_UNAUTHORIZED", times=None))
        client = jane(make_client, emulator, retries=0)
        assert client.list_all(Request("GET", KEYS))
        with pytest.raises(NoAnswerError, match="HTTP 103, which is only an interim response") as failed:
            client.send(Request("DELETE", PATH))
        assert failed.value.outcome_unknown
        with pytest.raises(RightsError):
            client.send(Request("DELETE", f"{KEYS}/{sample.JANE.disabled.id}"))
        assert emulator.connections == 2


def test_a_timer_that_fired_too_late_is_stopped(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def leave_it_on(_seconds: float) -> t.Iterator[None]:
        signal.setitimer(signal.ITIMER_REAL, 60)
        yield

    client = make_client(retries=0)
    monkeypatch.setattr(client._session, "send", interrupt)
    monkeypatch.setattr(_client, "deadline", leave_it_on)
    with pytest.raises(NoAnswerError):
        client.send(Request("DELETE", PATH))
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_the_timer_interrupts_code_that_does_not_know_the_request(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as emulator:
        client = jane(make_client, emulator, retries=0)
        assert client.list_all(Request("GET", KEYS))
        monkeypatch.setattr(client._session, "send", interrupt)
        with pytest.raises(NoAnswerError, match="the answer did not end") as failed:
            client.send(Request("DELETE", PATH))
        assert failed.value.outcome_unknown
        assert failed.value.is_temporary


def test_the_timer_fires_again_if_code_swallows_the_interruption() -> None:
    interruptions = 0
    with _deadline.deadline(0.2):
        for _repeat in range(3):
            try:
                threading.Event().wait(60)
            except TimeoutError:
                interruptions += 1
    assert interruptions == 3


def test_another_thread_has_no_timer(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        client = jane(make_client, emulator)
        results: list[object] = []
        thread = threading.Thread(target=lambda: results.append(client.send(Request("DELETE", PATH)).status))
        thread.start()
        thread.join()
        assert results == [204]


def test_after_a_challenge_that_breaks_off_the_outcome_is_known(make_client: MakeClient) -> None:
    with Emulator() as emulator:
        head = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=x\r\nContent-Length: 9\r\n\r\n{}"
        emulator.add_fault(Fault(stage="challenge", raw=head))
        with pytest.raises(NoAnswerError, match="the connection broke") as failed:
            jane(make_client, emulator, retries=0).send(Request("DELETE", PATH))
        assert not failed.value.outcome_unknown
