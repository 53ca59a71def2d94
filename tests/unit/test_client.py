# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client on the wire: its requests, their order, and the outcome of their answers."""

from __future__ import annotations

import io
import socket
import ssl
import typing as t
from http.client import HTTPException

import pytest
import requests
import responses
from ansible_collections.mongodb.atlas.plugins.module_utils import _client
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import Answer
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    BusyError,
    LoginError,
    NoAnswerError,
    NotFoundError,
    NotTheApiError,
    OptionError,
    RequestError,
    RightsError,
    UnusableError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from requests.utils import parse_dict_header
from responses.registries import OrderedRegistry
from urllib3.exceptions import HTTPError

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

BASE = "https://ops.example.com/api/public/v1.0"
PATH = "/users/u/keys/k"
CHALLENGE = 'Digest realm="MMS Public API", domain="", nonce="n+/1=", algorithm=MD5, qop="auth", stale=false'
DROPPED = requests.ConnectionError("Connection aborted.")


@pytest.fixture
def server() -> t.Iterator[responses.RequestsMock]:
    """Give the answers that a test adds, in their order, and expect a request for each."""
    with responses.RequestsMock(registry=OrderedRegistry, assert_all_requests_are_fired=True) as mock:
        yield mock


def challenge(
    server: responses.RequestsMock, method: str = "DELETE", url: str = BASE + PATH, header: str = CHALLENGE
) -> None:
    server.add(method, url, status=401, headers={"WWW-Authenticate": header})


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    """Make the error for a certificate that OpenSSL refuses, with a code of X509_verify_cert_error_string(3)."""
    error = ssl.SSLCertVerificationError("x")
    error.verify_code, error.verify_message = code, "refused"
    return error


def login(call: responses.Call) -> dict[str, str | None] | None:
    """Parse the header of a digest login; None without one."""
    header = call.request.headers.get("Authorization")
    return parse_dict_header(str(header).partition(" ")[2]) if header else None


def test_a_revocation_is_one_challenge_and_one_delete(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=204)
    assert make_client().send(Request("DELETE", PATH)) == Answer("DELETE", BASE + PATH, 204, None)
    first, second = server.calls
    assert login(first) is None
    answered = login(second)
    assert answered
    assert (answered["uri"], answered["nc"], answered["qop"]) == ("/api/public/v1.0" + PATH, "00000001", "auth")
    assert second.request.headers["Accept"] == "application/json"
    assert waits == []


def test_the_nonce_serves_every_request_after_the_first(
    server: responses.RequestsMock, make_client: MakeClient
) -> None:
    client = make_client()
    challenge(server)
    server.delete(BASE + PATH, status=204)
    server.delete(BASE + PATH, status=204)
    client.send(Request("DELETE", PATH))
    client.send(Request("DELETE", PATH))
    assert [(login(call) or {}).get("nc") for call in server.calls] == [None, "00000001", "00000002"]


def test_a_wrong_password_is_two_requests_and_no_more(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    challenge(server)
    challenge(server)
    with pytest.raises(LoginError, match="check public_key and private_key"):
        make_client().send(Request("DELETE", PATH))
    assert waits == []


def test_a_stale_nonce_is_answered_again_at_once(server: responses.RequestsMock, make_client: MakeClient) -> None:
    client = make_client()
    challenge(server)
    server.delete(BASE + PATH, status=204)
    challenge(server, header=CHALLENGE.replace("n+/1=", "n2").replace("stale=false", "stale=true"))
    server.delete(BASE + PATH, status=204)
    client.send(Request("DELETE", PATH))
    client.send(Request("DELETE", PATH))
    assert [((login(call) or {}).get("nonce"), (login(call) or {}).get("nc")) for call in server.calls] == [
        (None, None),
        ("n+/1=", "00000001"),
        ("n+/1=", "00000002"),
        ("n2", "00000001"),
    ]


def test_a_nonce_that_is_stale_although_new_is_tried_again_but_not_for_ever(
    server: responses.RequestsMock, make_client: MakeClient
) -> None:
    challenge(server)
    for _attempt in range(5):
        challenge(server, header=CHALLENGE.replace("stale=false", "STALE=TRUE"))
    with pytest.raises(LoginError, match="did not know its own nonce"):
        make_client(retries=1).send(Request("DELETE", PATH))


def test_a_nonce_that_is_stale_although_new_is_answered_once_more_at_once(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    challenge(server)
    challenge(server, header=CHALLENGE.replace("n+/1=", "n2").replace("stale=false", "stale=true"))
    server.delete(BASE + PATH, status=204)
    make_client(retries=0).send(Request("DELETE", PATH))
    assert [(login(call) or {}).get("nonce") for call in server.calls] == [None, "n+/1=", "n2"]
    assert waits == []


def test_a_redirect_is_not_followed(server: responses.RequestsMock, make_client: MakeClient) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=302, headers={"Location": "https://evil.example/"})
    with pytest.raises(NotTheApiError, match=r"a redirect to https://evil\.example/"):
        make_client().send(Request("DELETE", PATH))


@pytest.mark.parametrize("status", [400, 403, 404])
def test_only_401_is_a_challenge(server: responses.RequestsMock, make_client: MakeClient, status: int) -> None:
    server.delete(BASE + PATH, status=status, headers={"WWW-Authenticate": CHALLENGE})
    with pytest.raises(RequestError, match=f"HTTP {status}"):
        make_client().send(Request("DELETE", PATH))


@pytest.mark.parametrize(
    "header",
    [
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="x", nonce="y", algorithm=SHA-512-256',
        'Digest realm="x"',
        'Digest nonce="y"',
        'Digest realm="x", nonce',
        "Digest ",
    ],
)
def test_a_challenge_that_cannot_be_answered_is_reported(
    server: responses.RequestsMock, make_client: MakeClient, header: str
) -> None:
    challenge(server, header=header)
    with pytest.raises(LoginError, match="a digest challenge that the module cannot answer"):
        make_client().send(Request("DELETE", PATH))


def test_basic_authentication_is_never_answered(server: responses.RequestsMock, make_client: MakeClient) -> None:
    challenge(server, header='Basic realm="x"')
    with pytest.raises(LoginError, match="did not ask for HTTP digest"):
        make_client().send(Request("DELETE", PATH))
    assert login(server.calls[0]) is None


@pytest.mark.parametrize(
    ("public_key", "sent"),
    [
        ("jane", 'username="jane"'),
        ('ja"ne\\', 'username="ja\\"ne\\\\"'),
        ("köln", 'username="köln"'),
        ("łódź", 'username="łódź"'),
    ],
)
def test_any_user_name_can_be_sent(
    server: responses.RequestsMock, make_client: MakeClient, public_key: str, sent: str
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=204)
    make_client(public_key=public_key).send(Request("DELETE", PATH))
    header = str(server.calls[1].request.headers["Authorization"])
    assert f"Digest {sent}, realm=" in header.encode("latin-1").decode()


def test_query_and_body(server: responses.RequestsMock, make_client: MakeClient) -> None:
    url = f"{BASE}{PATH}?x=1&envelope=true&pretty=true"
    challenge(server, "PATCH", url)
    server.patch(url, json={"status": 200, "content": {"id": "k"}})
    client = make_client(envelope=True, pretty=True)
    assert client.send(Request("PATCH", PATH, {"enabled": False}, {"x": 1})).data == {"id": "k"}
    assert server.calls[1].request.body == b'{"enabled": false}'
    assert (login(server.calls[1]) or {})["uri"] == "/api/public/v1.0/users/u/keys/k?x=1&envelope=true&pretty=true"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_request_after_a_temporary_error_is_repeated_with_a_new_header(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float], status: int
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=status)
    server.delete(BASE + PATH, status=status, headers={"Retry-After": "5"})
    server.delete(BASE + PATH, status=204)
    assert make_client().send(Request("DELETE", PATH)).status == 204
    assert [(login(call) or {}).get("nc") for call in server.calls] == [None, "00000001", "00000002", "00000003"]
    assert waits == [1, 5]


def test_a_temporary_error_that_does_not_pass_fails_after_the_last_repeat(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    challenge(server)
    for _attempt in range(3):
        server.delete(BASE + PATH, status=503)
    with pytest.raises(BusyError, match="HTTP 503") as failed:
        make_client(retries=2).send(Request("DELETE", PATH))
    assert waits == [1, 2]
    assert failed.value.outcome_unknown
    assert "The request may have done its work all the same: run the task with --check" in str(failed.value)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        (None, 1),
        ("7", 7),
        ("Thu, 01 Jan 1970 00:00:20 GMT", 20),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        ("soon", 1),
        ("-3", 1),
        ("", 1),
    ],
)
@pytest.mark.parametrize("answer", [(429, "RATE_LIMITED"), (400, "USER_RATE_LIMITED"), (503, "UNEXPECTED_ERROR")])
def test_the_wait_is_the_one_that_the_server_asks_for_if_it_is_valid(
    server: responses.RequestsMock,
    make_client: MakeClient,
    waits: list[float],
    answer: tuple[int, str],
    retry_after: str | None,
    seconds: float,
) -> None:
    status, code = answer
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    challenge(server)
    server.delete(BASE + PATH, status=status, json={"errorCode": code}, headers=headers)
    server.delete(BASE + PATH, status=204)
    make_client().send(Request("DELETE", PATH))
    assert waits == [seconds]


def test_the_whole_wait_is_bounded(server: responses.RequestsMock, make_client: MakeClient, waits: list[float]) -> None:
    challenge(server)
    for _attempt in range(8):
        server.delete(BASE + PATH, status=503)
    with pytest.raises(BusyError):
        make_client(retries=7, retry_max_delay=5).send(Request("DELETE", PATH))
    assert waits == [1, 2, 4, 5, 5, 5, 5]


def test_a_server_that_asks_for_too_long_a_wait_is_not_waited_for(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=429, headers={"Retry-After": "61"})
    with pytest.raises(BusyError, match=r"\(Retry-After: 61\) for longer than api_retry_max_delay=60 seconds"):
        make_client().send(Request("DELETE", PATH))
    assert waits == []


@pytest.mark.parametrize(
    "error", [DROPPED, requests.ReadTimeout("late"), requests.exceptions.ChunkedEncodingError("cut")]
)
def test_a_request_after_a_broken_connection_is_repeated(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float], error: Exception
) -> None:
    server.delete(BASE + PATH, body=error)
    challenge(server)
    server.delete(BASE + PATH, status=204)
    assert make_client().send(Request("DELETE", PATH)).status == 204
    assert waits == [1]


def test_a_connection_that_stays_broken_fails(server: responses.RequestsMock, make_client: MakeClient) -> None:
    server.delete(BASE + PATH, body=DROPPED)
    with pytest.raises(NoAnswerError, match="the connection broke") as failed:
        make_client(retries=0).send(Request("DELETE", PATH))
    assert not failed.value.outcome_unknown, "the server does no work before the login"


def test_after_a_try_that_may_have_done_the_work_even_a_refusal_says_so(
    server: responses.RequestsMock, make_client: MakeClient
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=502)
    challenge(server)
    challenge(server)
    with pytest.raises(LoginError, match="The request may have done its work all the same"):
        make_client().send(Request("DELETE", PATH))


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (requests.exceptions.SSLError("x"), UnusableError, "no TLS connection .*Check ca_path"),
        (OSError(2, "No such file"), UnusableError, r"no TLS connection \(No such file\)"),
        (TypeError("hunter2"), OptionError, "address of a proxy"),
        (requests.exceptions.InvalidSchema("hunter2"), OptionError, "address of a proxy"),
        (requests.exceptions.ProxyError("http://user:hunter2@proxy"), NoAnswerError, "no connection through the proxy"),
        (requests.exceptions.InvalidHeader("x"), NoAnswerError, "the connection broke"),
        (requests.exceptions.InvalidProxyURL("http://user:hunter2@"), OptionError, "address of a proxy"),
        (requests.exceptions.InvalidURL("x"), OptionError, "^base_url"),
        (UnicodeError("label too long"), OptionError, "^base_url"),
        (requests.ConnectTimeout("x"), NoAnswerError, r"no connection \(ConnectTimeout\)"),
    ],
)
def test_the_error_says_why_there_is_no_answer_and_what_to_do(
    server: responses.RequestsMock, make_client: MakeClient, error: Exception, kind: type[Exception], says: str
) -> None:
    server.delete(BASE + PATH, body=error)
    with pytest.raises(kind, match=says) as failed:
        make_client(retries=0).send(Request("DELETE", PATH))
    assert failed.type is kind
    assert "hunter2" not in str(failed.value)


@pytest.mark.parametrize(
    ("error", "cause", "says"),
    [
        (requests.ConnectionError, socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "Name or service"),
        (requests.exceptions.ProxyError, OSError("Tunnel connection failed: 407 Who?"), "The proxy demands a login"),
        (requests.exceptions.ProxyError, OSError("Tunnel connection failed: 403 No"), "Check the proxy variables"),
        (
            requests.exceptions.ProxyError,
            HTTPError("Your proxy appears to only use HTTP and not HTTPS"),
            "http:// instead",
        ),
        (requests.exceptions.SSLError, ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "base_url must begin with http://"),
        (
            requests.exceptions.SSLError,
            ssl.SSLError(1, "[SSL] record layer failure"),
            "base_url must begin with http://",
        ),
        (requests.exceptions.SSLError, certificate_error(10), "renew it.*ca_path does not help"),
        (requests.exceptions.SSLError, certificate_error(9), "renew it.*ca_path does not help"),
        (requests.exceptions.SSLError, certificate_error(20), "Check ca_path: it must hold the certificate"),
        (requests.exceptions.SSLError, certificate_error(18), "Check ca_path: it must hold the certificate"),
        (requests.exceptions.SSLError, certificate_error(62), "is for other names"),
        (requests.exceptions.SSLError, certificate_error(92), "reissue it. ca_path does not help"),
        (requests.exceptions.InvalidSchema, HTTPError("Missing dependencies for SOCKS support."), "Install PySocks"),
    ],
)
def test_a_request_after_a_lasting_error_is_not_repeated(
    server: responses.RequestsMock,
    make_client: MakeClient,
    waits: list[float],
    error: type[Exception],
    cause: Exception,
    says: str,
) -> None:
    failure = error("hunter2")
    failure.__cause__ = cause
    server.delete(BASE + PATH, body=failure)
    with pytest.raises(UnusableError, match=says):
        make_client().send(Request("DELETE", PATH))
    assert waits == []


def test_a_timeout_is_known_by_its_kind_whatever_is_inside(
    server: responses.RequestsMock, make_client: MakeClient
) -> None:
    late = requests.ReadTimeout("late")
    late.__cause__ = TypeError("inside of urllib3 1.26")
    server.delete(BASE + PATH, body=late)
    with pytest.raises(NoAnswerError, match="set a longer api_timeout"):
        make_client(retries=0).send(Request("DELETE", PATH))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_breaks_without_tls_may_need_it(
    server: responses.RequestsMock, make_client: MakeClient, scheme: str
) -> None:
    server.delete(f"{scheme}://ops.example.com/api/public/v1.0{PATH}", body=DROPPED)
    with pytest.raises(NoAnswerError) as failed:
        make_client(retries=0, base_url=f"{scheme}://ops.example.com").send(Request("DELETE", PATH))
    assert ("base_url must begin with https://" in str(failed.value)) == (scheme == "http")


def test_a_proxy_variable_that_is_not_text_is_named(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://jane:hunter2\udcff@proxy")
    with pytest.raises(OptionError, match=r"HTTPS_PROXY.* is not UTF-8") as refused:
        make_client().send(Request("DELETE", PATH))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("document", [{"errorCode": "RATE_LIMITED", "parameters": ["x", 50, 1]}])
def test_a_rate_limit_without_retry_after_is_waited_for_as_long_as_its_parameters_say(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float], document: dict[str, t.Any]
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=429, json=document)
    server.delete(BASE + PATH, status=204)
    make_client().send(Request("DELETE", PATH))
    assert waits == [60]


def test_a_rate_limit_that_lasts_too_long_is_not_waited_for(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=429, json={"errorCode": "RATE_LIMITED", "parameters": ["x", 50, 5]})
    with pytest.raises(BusyError, match=r"\(300 seconds, by its rate limit\) for longer than api_retry_max_delay=60"):
        make_client().send(Request("DELETE", PATH))
    assert waits == []


def test_no_request_asks_to_leave_out_the_count(server: responses.RequestsMock, make_client: MakeClient) -> None:
    """With includeCount=false, a full page has no link to the next page, so it would look like the last one."""
    challenge(server, "GET", list_url(1))
    server.get(list_url(1), json={"results": [{"id": "a"}], "links": NEXT})
    server.get(list_url(2), json={"results": [], "links": [], "totalCount": 1})
    make_client().list_all(Request("GET", "/users/u/keys"))
    assert ["includeCount" in str(call.request.url) for call in server.calls] == [False] * 3


def test_the_items_of_a_list_may_have_another_name(server: responses.RequestsMock, make_client: MakeClient) -> None:
    challenge(server, "GET", list_url(1))
    server.get(list_url(1), json={"results": [{"cidrBlock": "192.0.2.0/24"}], "links": []})
    assert make_client().list_all(Request("GET", "/users/u/keys"), identity="cidrBlock") == [
        {"cidrBlock": "192.0.2.0/24"}
    ]


def test_a_certificate_that_changes_leaves_nothing_unknown(
    server: responses.RequestsMock, make_client: MakeClient
) -> None:
    challenge(server)
    request = requests.Request("DELETE", BASE, headers={"Authorization": "Digest"}).prepare()
    untrusted = requests.exceptions.SSLError("x", request=request)
    untrusted.__cause__ = ssl.SSLCertVerificationError("x")
    server.delete(BASE + PATH, body=untrusted)
    with pytest.raises(UnusableError) as failed:
        make_client().send(Request("DELETE", PATH))
    assert not failed.value.outcome_unknown


@pytest.mark.parametrize("location", ["http://[", "https://ops.example.com/\xff", "//\x1b[31m"])
def test_a_redirect_to_an_invalid_address_is_a_redirect(
    server: responses.RequestsMock, make_client: MakeClient, location: str
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=302, headers={"Location": location})
    with pytest.raises(NotTheApiError, match="a redirect to") as failed:
        make_client().send(Request("DELETE", PATH))
    assert "\x1b" not in str(failed.value)


def test_the_error_of_a_read_does_not_suggest_check_mode(
    server: responses.RequestsMock, make_client: MakeClient
) -> None:
    challenge(server, "GET", list_url(1))
    server.get(list_url(1), status=502)
    with pytest.raises(BusyError) as failed:
        make_client(retries=0).list_all(Request("GET", "/users/u/keys"))
    assert "--check" not in str(failed.value)
    assert "?" not in str(failed.value)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "EOF occurred in violation of protocol"),
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
        (TimeoutError("timed out"), "timed out"),
        (HTTPException("got more than 100 headers"), "got more than 100 headers"),
        (RuntimeError("hunter2"), "RuntimeError"),
    ],
)
def test_only_the_words_of_the_system_are_shown(
    server: responses.RequestsMock, make_client: MakeClient, cause: Exception, words: str
) -> None:
    error = requests.ConnectionError("hunter2")
    error.__cause__ = cause
    server.delete(BASE + PATH, body=error)
    with pytest.raises(NoAnswerError) as failed:
        make_client(retries=0).send(Request("DELETE", PATH))
    assert f"the connection broke ({words})" in str(failed.value)
    assert "hunter2" not in str(failed.value)


def test_a_challenge_without_an_end_is_not_read(
    server: responses.RequestsMock, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "LARGEST_BODY", 1000)
    server.delete(BASE + PATH, status=401, body=b" " * 1001, headers={"WWW-Authenticate": CHALLENGE})
    with pytest.raises(NotTheApiError, match="with a body of more than 1000 bytes"):
        make_client().send(Request("DELETE", PATH))


def test_the_client_waits_for_exactly_the_longest_wait(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=429, headers={"Retry-After": "60"})
    server.delete(BASE + PATH, status=204)
    make_client().send(Request("DELETE", PATH))
    assert waits == [60]


def test_a_body_without_an_end_is_not_read(
    server: responses.RequestsMock, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "LARGEST_BODY", 1000)
    challenge(server)
    server.delete(BASE + PATH, body=b" " * 1001)
    with pytest.raises(NotTheApiError, match="with a body of more than 1000 bytes"):
        make_client().send(Request("DELETE", PATH))


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_body_that_breaks_off_is_no_answer_for_urllib3_1_26_either(make_client: MakeClient, body: bytes) -> None:
    response = requests.Response()
    response.status_code = 200
    response.request = requests.Request("DELETE", BASE + PATH, headers={"Authorization": "Digest"}).prepare()
    response.headers["Content-Length"] = "100"
    response.raw = io.BytesIO(body)  # like an old urllib3, BytesIO does not compare the length
    client = make_client(retries=0)
    client._auth.answer({"WWW-Authenticate": CHALLENGE}, signed=False)
    client._session.send = lambda *_arguments, **_options: response  # type: ignore[method-assign]
    with pytest.raises(NoAnswerError, match=r"the connection broke \(IncompleteRead") as failed:
        client.send(Request("DELETE", PATH))
    assert failed.value.outcome_unknown


LIST = BASE + "/users/u/keys"
NEXT = [{"rel": "next", "href": "https://evil.example/next"}]


def list_url(number: int, per_page: int = 100) -> str:
    return f"{LIST}?pageNum={number}&itemsPerPage={per_page}"


def test_a_list_is_read_to_its_last_page(server: responses.RequestsMock, make_client: MakeClient) -> None:
    challenge(server, "GET", list_url(1))
    server.get(list_url(1), json={"results": [{"id": "a"}, {"id": "b"}], "links": NEXT, "totalCount": 1})
    server.get(list_url(2), json={"results": [{"id": "b"}, {"id": "c"}], "links": [], "totalCount": 99})
    assert make_client().list_all(Request("GET", "/users/u/keys")) == [{"id": "a"}, {"id": "b"}, {"id": "c"}]


def test_the_size_of_a_page(server: responses.RequestsMock, make_client: MakeClient) -> None:
    challenge(server, "GET", list_url(1, 500))
    server.get(list_url(1, 500), json={"results": [], "links": []})
    assert make_client().list_all(Request("GET", "/users/u/keys"), per_page=500) == []


@pytest.mark.parametrize("second", [[{"id": "a"}], []])
def test_a_list_whose_pages_repeat_is_an_error(
    server: responses.RequestsMock, make_client: MakeClient, second: list[dict[str, str]]
) -> None:
    challenge(server, "GET", list_url(1))
    server.get(list_url(1), json={"results": [{"id": "a"}], "links": NEXT})
    server.get(list_url(2), json={"results": second, "links": NEXT})
    with pytest.raises(NotTheApiError, match="but page 2 has no new items"):
        make_client().list_all(Request("GET", "/users/u/keys"))


def test_a_list_without_an_end_is_an_error(
    server: responses.RequestsMock, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "MOST_ITEMS", 1)
    challenge(server, "GET", list_url(1))
    server.get(list_url(1), json={"results": [{"id": "a"}], "links": NEXT})
    server.get(list_url(2), json={"results": [{"id": "b"}], "links": NEXT})
    with pytest.raises(NotTheApiError, match="the list does not end after 1 items"):
        make_client().list_all(Request("GET", "/users/u/keys"))


@pytest.mark.parametrize(
    "page",
    [
        {"results": [], "links": [], "totalCount": 17},
        {"results": [{"id": "a"}], "totalCount": 2},
    ],
)
def test_a_list_that_says_that_it_is_longer_is_an_error(
    server: responses.RequestsMock, make_client: MakeClient, page: dict[str, t.Any]
) -> None:
    challenge(server, "GET", list_url(1))
    server.get(list_url(1), json=page)
    with pytest.raises(NotTheApiError, match="but the list ends after [01] items and should have more"):
        make_client().list_all(Request("GET", "/users/u/keys"))


@pytest.mark.parametrize("outcome", [{"status": 503}, {"body": DROPPED}])
def test_a_post_whose_outcome_is_unknown_is_not_repeated(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float], outcome: dict[str, t.Any]
) -> None:
    """The POST may have created something, and its repeat would create it twice."""
    challenge(server, "POST")
    server.post(BASE + PATH, **outcome)
    with pytest.raises(RequestError) as failed:
        make_client().send(Request("POST", PATH, {"desc": "x"}))
    assert failed.value.outcome_unknown
    assert waits == []


def test_a_post_that_did_nothing_is_repeated(
    server: responses.RequestsMock, make_client: MakeClient, waits: list[float]
) -> None:
    server.post(BASE + PATH, body=DROPPED)
    challenge(server, "POST")
    server.post(BASE + PATH, status=429)
    server.post(BASE + PATH, status=201, json={"id": "x"})
    assert make_client().send(Request("POST", PATH, {"desc": "x"})).data == {"id": "x"}
    assert waits == [1, 2]


def test_the_version_names_the_path_and_the_media_type(server: responses.RequestsMock, make_client: MakeClient) -> None:
    server.get("https://cloud.mongodb.com/api/atlas/v2/orgs", status=403)
    with pytest.raises(RightsError):
        make_client(base_url="https://cloud.mongodb.com").send(Request("GET", "/orgs", version="2023-01-01"))
    assert server.calls[0].request.headers["Accept"] == "application/vnd.atlas.2023-01-01+json"


def test_another_kind_of_login_takes_ten_lines(server: responses.RequestsMock, make_client: MakeClient) -> None:
    class Token:
        """Signs with a token, and takes a new one if the server refuses it."""

        tokens: t.ClassVar = ["old", "new"]

        must_close = False

        sends_secret = True

        account_id = ""

        def owns(self, _secret_end: str) -> bool:
            return False

        def sign(self, _method: str, _target: str, _post: object) -> dict[str, str]:
            return {"Authorization": f"Bearer {self.tokens[0]}"}

        def answer(self, _headers: t.Mapping[str, str], signed: bool) -> bool:
            return signed and self.tokens.pop(0) == "old"

        def explain(self, _headers: t.Mapping[str, str], signed: bool) -> str:
            return f"The token was refused ({signed})."

        def close(self, _post: object) -> str:
            return ""

    client = make_client(retries=0)
    client._auth = Token()
    server.get(BASE + PATH, status=401)
    server.get(BASE + PATH, json={})
    assert client.send(Request("GET", PATH)).status == 200
    assert [call.request.headers["Authorization"] for call in server.calls] == ["Bearer old", "Bearer new"]
    server.get(BASE + PATH, status=401)
    with pytest.raises(LoginError, match=r"The token was refused \(True\)\."):
        client.send(Request("GET", PATH))


def test_not_found_after_a_try_that_may_have_done_the_work(
    server: responses.RequestsMock, make_client: MakeClient
) -> None:
    challenge(server)
    server.delete(BASE + PATH, status=504)
    server.delete(BASE + PATH, status=404)
    with pytest.raises(NotFoundError) as refused:
        make_client().send(Request("DELETE", PATH))
    assert refused.value.outcome_unknown
