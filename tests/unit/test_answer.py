# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The meaning of each kind of answer, in one row each."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import (
    Answer,
    clean,
    read_answer,
    read_page,
    retry_after_seconds,
    wait_seconds,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    BusyError,
    LoginError,
    NotFoundError,
    NotTheApiError,
    RateLimitError,
    RequestError,
    RightsError,
    StaleLoginError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Response
from requests.structures import CaseInsensitiveDict

URL = "https://ops.example.com/api/public/v1.0/users/u/keys/k"
HTML = b"<html><body>Sign in</body></html>"


def document(status: int, code: str | None = None, **more: t.Any) -> bytes:
    parts = {"error": status, "errorCode": code, "reason": "Some reason", "detail": "Some detail.", **more}
    return json.dumps({name: value for name, value in parts.items() if value is not None}).encode()


def read(status: int, body: bytes = b"", enveloped: bool = False, with_login: bool = True, **headers: str) -> Answer:
    fields = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return read_answer(Response("DELETE", URL, with_login, status, fields, body), enveloped)


@pytest.mark.parametrize("status", [200, 202, 204])
@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b"", None),
        (b" \r\n", None),
        (b"{}", {}),
        (b"[1]", [1]),
        (b"null", None),
        (b'"done"', "done"),
        ("﻿{}".encode(), {}),
        ('{"description": "Köln"}'.encode(), {"description": "Köln"}),
        ('{"description": "Köln"}'.encode("latin-1"), {"description": "Köln"}),
    ],
)
def test_an_accepted_request(status: int, body: bytes, data: t.Any) -> None:
    assert read(status, body) == Answer("DELETE", URL, status, data)


@pytest.mark.parametrize("body", [HTML, b"ok", b"{", b"\xff\xfe{\x00}\x00", b"[" * 100_000])
@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_body_that_is_not_json_is_not_the_api(status: int, body: bytes) -> None:
    with pytest.raises(NotTheApiError, match=rf"DELETE {URL} failed: HTTP {status} with a body that is not JSON"):
        read(status, body, Content_Type="text/html")


def test_a_success_with_an_error_in_the_body_is_not_believed() -> None:
    with pytest.raises(NotTheApiError, match="HTTP 200, but with an error in the body .USER_NOT_FOUND: Some detail"):
        read(200, document(404, "USER_NOT_FOUND"))


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_a_failure_that_names_the_target(status: int) -> None:
    with pytest.raises(NotTheApiError, match=r"a redirect to https://evil\.example/login\. The module did not"):
        read(status, HTML, Location="https://evil.example/login")
    with pytest.raises(NotTheApiError, match="a redirect to no address"):
        read(status)


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, document(401), LoginError, "HTTP 401, Some reason: Some detail"),
        (401, document(401, "UNEXPECTED_ERROR"), LoginError, "UNEXPECTED_ERROR"),
        (401, HTML, LoginError, "HTTP 401"),
        (401, b"", LoginError, "HTTP 401"),
        (401, document(401, "NOT_SELF"), RightsError, r"NOT_SELF: Some detail\. Check the roles"),
        (401, document(401, "USER_UNAUTHORIZED"), RightsError, "lacks a role"),
        (401, document(401, "NEW_CODE"), RightsError, "Check the roles of the login"),
        (
            403,
            document(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", parameters=["192.0.2.1"]),
            RightsError,
            r"\(192\.0\.2\.1\)",
        ),
        (403, document(403, "IP_ADDRESS_NOT_ON_WHITELIST"), RightsError, "lacks the address that the server saw"),
        (403, document(403, "ORG_REQUIRES_ACCESS_LIST"), RightsError, "organization demands an access list"),
        (403, document(403, "ORG_REQUIRES_WHITELIST"), RightsError, "organization demands an access list"),
        (403, document(403, "RESOURCE_REQUIRES_WHITELIST", parameters=["192.0.2.1"]), RightsError, r"\(192\.0\.2\.1\)"),
        (403, document(403, "X_POLICY_VIOLATION"), RightsError, "The roles of the login do not matter"),
        (403, document(403, "ROLE_REQUIRED"), RightsError, "Check the roles of the login"),
        (403, HTML, RightsError, "Perhaps the access list"),
        (403, b"", RightsError, "Perhaps the access list"),
        (404, b"", NotFoundError, "HTTP 404"),
        (404, document(404), NotFoundError, "HTTP 404, Some reason: Some detail"),
        (404, document(404, "INVALID_KEY_ID"), NotFoundError, "INVALID_KEY_ID"),
        (404, document(404, "NOT_ATLAS_GROUP"), NotFoundError, "/api/public/v1.0"),
        (404, b'{"errorCode": "USER_NOT_FOUND"}', NotFoundError, "USER_NOT_FOUND"),
        (404, b'{"reason": "Not Found", "detail": "No user"}', NotFoundError, "Not Found: No user"),
        (404, HTML, NotTheApiError, r"not the API's \(text/plain\)"),
        (404, b"[]", NotTheApiError, "not the API's"),
        (404, b"{}", NotTheApiError, "not the API's"),
        (404, b'"Not Found"', NotTheApiError, "not the API's"),
        (404, b'{"message": "no Route matched with those values"}', NotTheApiError, "not the API's"),
        (404, b'{"detail": "Not Found"}', NotTheApiError, "not the API's"),
        (404, b'{"error": 404}', NotTheApiError, "not the API's"),
        (404, b'{"error": 404, "message": "no route"}', NotTheApiError, "not the API's"),
        (404, b'{"status": 404, "error": "Not Found", "path": "/"}', NotTheApiError, "not the API's"),
        (404, b'{"errorCode": 17, "error": true}', NotTheApiError, "not the API's"),
        (400, document(400, "API_KEY_NOT_FOUND"), ApiError, "API_KEY_NOT_FOUND"),
        (400, document(400, "GROUP_RATE_LIMITED_X"), RateLimitError, "RATE_LIMITED"),
        (429, document(429, "RATE_LIMITED"), RateLimitError, "RATE_LIMITED"),
        (429, HTML, RateLimitError, "HTTP 429"),
        (500, document(500, "UNEXPECTED_ERROR"), BusyError, "UNEXPECTED_ERROR"),
        (503, HTML, BusyError, "HTTP 503"),
        (201, b"{}", ApiError, "HTTP 201"),
        (206, b"{}", ApiError, "HTTP 206"),
        (400, HTML, ApiError, r"HTTP 400\.$"),
        (405, b"", ApiError, r"This path allows other methods only\."),
        (407, HTML, ApiError, "HTTP 407. The proxy demands a login.*NTLM or Kerberos"),
        (408, HTML, ApiError, "took too long"),
        (413, HTML, ApiError, "too large"),
        (504, HTML, BusyError, "waited too long"),
        (409, document(409, "CONFLICT"), ApiError, "CONFLICT"),
        (410, document(410, "PERSONAL_API_KEYS_DEPRECATED"), ApiError, "DEPRECATED"),
        (418, b"", ApiError, "HTTP 418"),
    ],
)
def test_a_refused_request(status: int, body: bytes, kind: type[RequestError], says: str) -> None:
    with pytest.raises(RequestError, match=says) as refused:
        read(status, body, Content_Type="text/plain")
    assert refused.type is kind
    assert refused.value.status == status
    assert str(refused.value).startswith(f"DELETE {URL} failed: HTTP {status}")


def test_a_failure_repeats_the_parts_of_the_error_document() -> None:
    with pytest.raises(ApiError) as refused:
        read(409, document(409, "CONFLICT"))
    assert refused.value.result() == {
        "msg": f"DELETE {URL} failed: HTTP 409, CONFLICT: Some detail. The state of the object does not allow this "
        "now, or somebody changed it at the same time. Check the object, then run the task again.",
        "status_code": 409,
        "error_code": "CONFLICT",
        "reason": "Some reason",
        "detail": "Some detail.",
    }


@pytest.mark.parametrize("code", [None, "UNEXPECTED_ERROR", "USER_UNAUTHORIZED"])
def test_a_stale_nonce_is_no_refused_login(code: str | None) -> None:
    with pytest.raises(StaleLoginError) as refused:
        read(401, document(401, code), WWW_Authenticate='Digest realm="x", nonce="y", stale=true')
    assert refused.value.is_temporary
    with pytest.raises(LoginError) as login_refused:
        read(401, document(401), WWW_Authenticate='Digest realm="x", nonce="y", stale=false')
    assert not login_refused.value.is_temporary


@pytest.mark.parametrize(
    ("status", "body"),
    [(204, b""), (200, b"{}"), (404, b""), (404, document(404)), (404, document(404, "INVALID_KEY_ID"))],
)
def test_an_answer_that_needs_a_login_without_one_is_not_the_api(status: int, body: bytes) -> None:
    with pytest.raises(NotTheApiError, match="without asking for a login"):
        read(status, body, with_login=False)


PATH = "/api/public/v1.0/users/u/keys/k"


@pytest.mark.parametrize(
    "more",
    [
        {"parameters": [PATH]},
        {"parameters": [PATH[1:]]},
        {"parameters": ["/users/u/keys/k"]},
        {"detail": f"Cannot find resource {PATH}."},
        {"parameters": [], "detail": f"Cannot find resource {PATH[1:]}."},
    ],
)
def test_a_path_that_does_not_exist_needs_no_login(more: dict[str, t.Any]) -> None:
    with pytest.raises(NotFoundError) as refused:
        read(404, document(404, "RESOURCE_NOT_FOUND", **more), with_login=False)
    assert refused.value.document.is_about_path(URL)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("RESOURCE_NOT_FOUND", {}),
        ("RESOURCE_NOT_FOUND", {"parameters": ["Online archive with id 6a79450d2c88faeba59d4082"]}),
        ("RESOURCE_NOT_FOUND", {"parameters": ["k"]}),
        ("RESOURCE_NOT_FOUND", {"parameters": ["/users/u/keys"]}),
        ("INVALID_KEY_ID", {"parameters": [PATH]}),
        ("UNEXPECTED_ERROR", {"parameters": [PATH]}),
    ],
)
def test_an_object_that_does_not_exist_is_not_the_path(code: str, more: dict[str, t.Any]) -> None:
    with pytest.raises(NotFoundError) as refused:
        read(404, document(404, code, **more))
    assert not refused.value.document.is_about_path(URL)
    with pytest.raises(NotTheApiError, match="without asking for a login"):
        read(404, document(404, code, **more), with_login=False)


def test_201_is_a_success_of_a_post_only() -> None:
    received = Response("POST", URL, True, 201, CaseInsensitiveDict(), b'{"id": "k"}')
    assert read_answer(received, False).data == {"id": "k"}
    with pytest.raises(ApiError, match="HTTP 201"):
        read(201, b'{"id": "k"}')


def test_the_parts_of_an_error_document() -> None:
    fields = {"fields": [{"field": "roles", "description": "none"}, {"field": None, "description": "x"}, {}]}
    with pytest.raises(ApiError, match=r"BAD: Some detail \(roles: none; x\)\.") as refused:
        read(400, document(400, "BAD", parameters=["a", 7, 1.5, None, True, {"x": 1}, "b"], badRequestDetail=fields))
    assert refused.value.document.parameters == ("a", "7", "b")
    odd: t.Any
    for odd in (None, 17, [], "x", {"fields": "x"}, {"fields": ["x"]}):
        with pytest.raises(ApiError) as refused:
            read(400, document(400, "BAD", badRequestDetail=odd))
        assert refused.value.document.fields == ()


def test_plain_http_on_a_port_with_tls() -> None:
    received = Response("GET", URL.replace("https", "http"), False, 400, CaseInsensitiveDict(), HTML)
    with pytest.raises(
        ApiError, match="HTTP 400. If the server speaks TLS on this port, base_url must begin with https"
    ):
        read_answer(received, False)


@pytest.mark.parametrize(
    ("status", "with_login", "outcome_unknown"), [(429, True, False), (502, True, True), (502, False, False)]
)
def test_a_busy_server_may_have_done_the_work_only_when_logged_in(
    status: int, with_login: bool, outcome_unknown: bool
) -> None:
    with pytest.raises(BusyError) as refused:
        read(status, with_login=with_login, Retry_After="7")
    assert refused.value.outcome_unknown is outcome_unknown
    assert refused.value.retry_after == "7"


@pytest.mark.parametrize(
    ("http_status", "body", "status", "data"),
    [
        (200, b'{"status": 204, "content": {}}', 204, None),
        (200, b'{"status": 204, "content": null}', 204, None),
        (200, b'{"status": 204}', 204, None),
        (200, b'{"status": 200, "content": {"id": "k"}}', 200, {"id": "k"}),
        (200, b'{"status": 200, "results": [], "links": []}', 200, {"results": [], "links": []}),
        (204, b"", 204, None),
        (200, b'{"id": "k"}', 200, {"id": "k"}),
    ],
)
def test_an_envelope_is_opened(http_status: int, body: bytes, status: int, data: t.Any) -> None:
    assert read(http_status, body, enveloped=True) == Answer("DELETE", URL, status, data)


@pytest.mark.parametrize(
    ("http_status", "body", "kind", "status"),
    [
        (200, b'{"status": 404, "content": {"errorCode": "INVALID_KEY_ID"}}', NotFoundError, 404),
        (404, b'{"status": 404, "content": {"errorCode": "INVALID_KEY_ID"}}', NotFoundError, 404),
        (200, b'{"status": 404, "errorCode": "INVALID_KEY_ID"}', NotFoundError, 404),
        (200, b'{"status": 404, "content": {}}', NotFoundError, 404),
        (200, b'{"status": 404, "content": "<html>"}', NotTheApiError, 404),
        (200, b'{"status": 503, "content": {}}', BusyError, 503),
        (500, b'{"status": 200, "content": {}}', BusyError, 500),
        (200, b'{"status": "404", "content": {}}', NotTheApiError, 200),
        (200, b'{"status": true, "content": {}}', NotTheApiError, 200),
        (200, b'{"status": 0, "content": {}}', ApiError, 0),
        (401, document(401), LoginError, 401),
    ],
)
def test_the_status_in_an_envelope_counts_if_the_http_status_is_no_error(
    http_status: int, body: bytes, kind: type[RequestError], status: int
) -> None:
    with pytest.raises(RequestError) as refused:
        read(http_status, body, enveloped=True)
    assert refused.type is kind
    assert refused.value.status == status


def test_an_envelope_that_the_request_did_not_ask_for_is_not_opened() -> None:
    assert read(200, b'{"status": 404, "content": {}}').data == {"status": 404, "content": {}}


def page(**parts: t.Any) -> Answer:
    return Answer("GET", URL, 200, parts)


def test_a_page_of_a_list() -> None:
    following = [{"rel": "self", "href": "x"}, {"rel": "next", "href": "y"}]
    assert read_page(page(results=[{"id": "k"}], links=following, totalCount=0)) == ([{"id": "k"}], True, 0, 0)
    assert read_page(page(results=[], links=[], totalCount=17)) == ([], False, 1, 17)
    assert read_page(page(results=[{"id": "k"}], links=[{"rel": "self"}])) == ([{"id": "k"}], False, 0, 0)
    assert read_page(page(results=[{"id": "k"}], totalCount=2)) == ([{"id": "k"}], False, 2, 2)


def test_a_list_whose_items_have_no_id() -> None:
    data = page(results=[{"cidrBlock": "192.0.2.0/24"}], links=[])
    assert read_page(data, "cidrBlock").items == [{"cidrBlock": "192.0.2.0/24"}]
    with pytest.raises(NotTheApiError, match="not a list"):
        read_page(data)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [{"id": "k"}],
        "",
        {},
        {"results": None, "links": []},
        {"results": {"id": "k"}, "links": []},
        {"results": [None], "links": []},
        {"results": ["k"], "links": []},
        {"results": [{}], "links": []},
        {"results": [{"id": 17}], "links": []},
        {"results": [{"id": ""}], "links": []},
        {"results": [{"id": ".."}], "links": []},
        {"results": [{"id": "a\x1b[31m"}], "links": []},
        {"results": [{"id": "a\ud800"}], "links": []},
        {"results": [], "links": None},
        {"results": [], "links": 17},
        {"results": [], "links": {"rel": "next"}},
        {"results": [], "links": ["next"]},
    ],
)
def test_an_answer_that_is_not_a_list_never_passes_for_an_empty_one(data: t.Any) -> None:
    with pytest.raises(NotTheApiError, match="not a list as the API sends it"):
        read_page(Answer("GET", URL, 200, data))


def test_texts_of_a_server_are_safe_to_show() -> None:
    assert clean('bad header: Digest username="jane", response="6629fae4"') == "bad header: (not shown)"
    assert clean("[Cookie: s=c00kie]") == "[(not shown)"
    assert clean("Köln\t\x1b[31m\r\n\ud800\u202e!") == "Köln ?[31m  ??!"
    assert len(clean("x" * 5000) or "") == 1000
    assert clean(None) is None
    assert clean(17) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0),
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 0),
        ("Thursday, 01-Jan-70 00:02:00 GMT", 20),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("", 0),
        ("²", 0),
        ("Thu, 99 Jan 1970 00:02:00 GMT", 0),
        ("Thu, 01 Jan 99999 00:02:00 GMT", 0),
        ("9" * 400, float("inf")),
    ],
)
def test_retry_after(value: str | None, seconds: float) -> None:
    assert retry_after_seconds(value, now=100) == seconds


@pytest.mark.parametrize(
    ("tried", "requested", "longest", "jitter", "seconds"),
    [
        (0, 0, 60, 1, 1),
        (0, 0, 60, 0, 0.5),
        (1, 0, 60, 1, 2),
        (3, 0, 60, 1, 8),
        (10, 0, 60, 1, 60),
        (10**6, 0, 60, 0, 30),
        (0, 7, 60, 1, 7),
        (5, 7, 60, 1, 32),
        (5, 0, 0, 1, 0),
    ],
)
def test_waits_grow_with_jitter_up_to_the_longest_but_never_fall_below_the_requested(
    tried: int, requested: float, longest: float, jitter: float, seconds: float
) -> None:
    assert wait_seconds(tried, requested, longest, jitter) == seconds
