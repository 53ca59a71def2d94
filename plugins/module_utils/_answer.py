# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads answers of any resource: turns status, headers and body into data or into an error."""

from __future__ import annotations

import json
import re
import typing as t
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ansible_collections.mongodb.atlas.plugins.module_utils._auth import is_stale
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    BusyError,
    ErrorDocument,
    LoginError,
    NotFoundError,
    NotTheApiError,
    RateLimitError,
    RequestError,
    RightsError,
    StaleLoginError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Response

_NOT_JSON = object()
_ACCEPTED = (200, 202, 204)
_LOGIN_CODES = ("", "UNEXPECTED_ERROR")
"""Each ``errorCode`` of a 401 about the login. The second one comes with any status; another one is about a right."""

_ECHO = re.compile(r"\b(authorization|(set-)?cookie|digest(\s|%20)+username|cnonce)\b.*", re.IGNORECASE | re.DOTALL)
_LONGEST_TEXT = 1000

PROXY_LOGIN = (
    "The proxy demands a login. Put user name and password into the proxy variable (http://user:password@proxy:port), "
    "or set use_proxy=false. A proxy that accepts only NTLM or Kerberos cannot be used."
)
_WHO_LOGS_IN = "key or service account that logs in"
_ADVICE_BY_CODE = {
    "USER_UNAUTHORIZED": "The login lacks a role that this call needs.",
    "NOT_USER_ADMIN": "The login lacks a role that this call needs.",
    "NOT_ATLAS_GROUP": "The API of Atlas (/api/atlas/v1.0) does not serve this: base_url needs /api/public/v1.0.",
    "ATLAS_GROUP": "Only the API of Atlas serves this: base_url needs /api/atlas/v1.0.",
    "INVALID_VERSION_DATE": "The server does not have this version of the API. Check base_url.",
    "PERSONAL_API_KEYS_DEPRECATED": "The server has no personal API keys any more. Use programmatic keys.",
    "VERSION_GONE": "The server dropped this version of the API. Update this collection.",
}
_ADVICE_BY_STATUS = {
    406: "The server cannot answer in the format that the module requests. Check base_url.",
    407: PROXY_LOGIN,
    408: "The request took too long to arrive. Check the network, then try again.",
    409: "The state of the object does not allow this now, or somebody changed it at the same time. Check the "
    "object, then run the task again.",
    410: "The server no longer has the object or the path of this request.",
    413: "The request is too large for the server, or for a proxy on the way.",
    500: "The server failed. Try again later; its log says why.",
    502: "A proxy or balancer got no valid answer from the server behind it. Check that server, then try again.",
    503: "The server is overloaded or under maintenance. Try again later.",
    504: "A proxy or balancer waited too long for the server behind it. Check that server, then try again.",
}


class Page(t.NamedTuple):
    """One page of a list."""

    items: list[dict[str, t.Any]]
    following: bool
    """Whether the link ``next`` leads to another page."""
    at_least: int
    """The least number of items that the whole list must have."""
    total: int
    """The number of items in the whole list, as the server counts them. It can be an estimate; 0 if it is missing."""


class Answer(t.NamedTuple):
    """The answer of the API to a request that it accepted."""

    method: str
    url: str
    status: int
    data: t.Any
    """The JSON of the body, without its envelope; None if there was no body."""


def read_answer(response: Response, enveloped: bool) -> Answer:
    """Read a response.

    Args:
        response: The response as the server sent it.
        enveloped: Whether the request asked for an envelope.

    Returns:
        The answer, if its status is 200, 202 or 204, or 201 for a POST.

    Raises:
        NotTheApiError: A redirect; a body that the API does not send with this status; or an answer that the API
            never gives to a request without a login.
        LoginError: 401 without an ``errorCode`` or with ``UNEXPECTED_ERROR``. The client adds the advice, because
            it depends on the kind of login.
        StaleLoginError: 401 with ``stale=true``, whatever its ``errorCode``.
        RightsError: 401 with any other code, or 403.
        NotFoundError: 404 with an error document of the API, or without a body.
        RateLimitError: 429, or a rate limit reported with another status.
        BusyError: 5xx.
        ApiError: Any other status.
    """
    status, body = response.status, parse(response.body)
    if enveloped:
        status, body = _open_envelope(status, body)
    found = _error_document(body)
    document = found or ErrorDocument()
    code = document.code or ""

    def error(kind: type[RequestError], problem: str, advice: str, **more: t.Any) -> RequestError:
        return kind(response.method, response.url, problem, advice, status=status, document=document, **more)

    accepted = (*_ACCEPTED, 201) if response.method == "POST" else _ACCEPTED
    if not response.signed and (status in accepted or (status == 404 and not document.is_about_path(response.url))):
        raise error(
            NotTheApiError,
            f"the server answered HTTP {status} without asking for a login, which the API always does",
            "This is not the API. Check base_url.",
        )
    if status in accepted:
        if body is _NOT_JSON:
            raise error(
                NotTheApiError,
                f"HTTP {status} with a body that is not JSON ({_content_type(response)})",
                "This is not the API: perhaps a login page or a proxy. Check base_url.",
                outcome_unknown=response.signed,
            )
        if found:
            raise error(
                NotTheApiError,
                f"HTTP {status}, but with an error in the body ({document})",
                "The status and the body contradict each other.",
                outcome_unknown=response.signed,
            )
        return Answer(response.method, response.url, status, body)
    if 300 <= status < 400:
        raise error(
            NotTheApiError,
            f"HTTP {status}, a redirect to {clean(response.headers.get('Location')) or 'no address'}",
            "The module did not follow it, so that no other address gets the login. Check base_url.",
            outcome_unknown=response.signed,
        )
    problem = ", ".join(filter(None, [f"HTTP {status}", str(document)]))
    what_to_do = _advice(response, status, document)
    if status == 401 and is_stale(response.headers):
        raise error(StaleLoginError, problem, "")
    if status == 401 and code in _LOGIN_CODES:
        raise error(LoginError, problem, "")
    if status in (401, 403):
        raise error(RightsError, problem, what_to_do)
    retry_after = response.headers.get("Retry-After")
    if status == 429 or "RATE_LIMITED" in code:
        raise error(RateLimitError, problem, "Try again later.", retry_after=retry_after)
    if status >= 500:
        raise error(BusyError, problem, what_to_do, retry_after=retry_after, outcome_unknown=response.signed)
    if status == 404 and body is not None and not found:
        raise error(
            NotTheApiError,
            f"HTTP 404 with a body that is not the API's ({_content_type(response)})",
            "This is not the API: perhaps a web server or a proxy. Check base_url.",
        )
    raise error(NotFoundError if status == 404 else ApiError, problem, what_to_do)


def refuses_login(response: Response) -> bool:
    """Tell whether a 401 is about the login. About a missing right, the API sends an ``errorCode`` of its own."""
    document = _error_document(parse(response.body)) or ErrorDocument()
    return is_stale(response.headers) or (document.code or "") in _LOGIN_CODES


def read_page(answer: Answer, identity: str = "id") -> Page:
    """Read one page of a list.

    Args:
        answer: The answer to the request for the page.
        identity: The field that identifies an item.

    Returns:
        The items, each with a text in that field, and whether another page follows.

    Raises:
        NotTheApiError: The answer is not such a list. It must never pass for an empty list.
    """
    page: dict[str, t.Any] = answer.data if isinstance(answer.data, dict) else {}
    items: t.Any = page.get("results")
    links: t.Any = page.get("links", [])
    total: t.Any = page.get("totalCount")
    if not _are_objects(items) or not all(is_id(item.get(identity)) for item in items) or not _are_objects(links):
        raise not_a_list(answer, "but the body is not a list as the API sends it")
    total = total if _is_number(total) else 0
    return Page(
        items,
        following=any(link.get("rel") == "next" for link in links),
        # totalCount can be an estimate, but not for an empty list. Without links, only totalCount tells the length.
        at_least=min(total, 1) if "links" in page else total,
        total=total,
    )


def not_a_list(answer: Answer, problem: str) -> NotTheApiError:
    """Make the error for an answer that is not the expected list."""
    advice = "The module draws no conclusion from this answer. Check base_url, and the proxy if there is one."
    return NotTheApiError(answer.method, answer.url, f"HTTP {answer.status}, {problem}", advice, status=answer.status)


def _are_objects(value: t.Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_id(value: object) -> bool:
    """Tell whether an id from a server is one that can be shown and sent."""
    return isinstance(value, str) and value.strip() not in ("", ".", "..") and clean(value) == value


def clean(text: object) -> str | None:
    """Make a text of a server safe to show: no control characters, no header that the server repeats, not too long."""
    if not isinstance(text, str):
        return None
    shown = _ECHO.sub("(not shown)", text)[:_LONGEST_TEXT]
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in shown)


def date_seconds(value: str | None) -> float | None:
    """Read a date of HTTP (RFC 9110, section 5.6.7).

    Returns:
        Seconds since 1970; None if there is no valid date.
    """
    try:
        return parsedate_to_datetime(value or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def timestamp(seconds: float) -> str:
    """Write a time, in seconds since 1970, as the API writes times."""
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def retry_after_seconds(value: str | None, now: float) -> float:
    """Read the header ``Retry-After`` (RFC 9110, section 10.2.3).

    Args:
        value: Seconds or a date; None if there is no such header.
        now: The current time, in seconds since the epoch.

    Returns:
        The seconds to wait; 0 if the value is invalid or in the past.
    """
    if value is None:
        return 0
    if value.isascii() and value.strip().isdigit():
        return float(value)
    date = date_seconds(value)
    return 0 if date is None else max(0, date - now)


def rate_limit_seconds(document: ErrorDocument) -> float:
    """Read how long a rate limit lasts if the answer has no ``Retry-After``.

    The second parameter of ``RATE_LIMITED_TOKEN_BUCKET`` is the seconds to wait. The third parameter of
    ``RATE_LIMITED`` is the length of its window in minutes. Both are recorded from Atlas. The same window is in the
    detail, which is all that an error of OAuth has.

    Returns:
        The seconds to wait; 0 if the document does not say.
    """
    position, unit = {"RATE_LIMITED_TOKEN_BUCKET": (1, 1), "RATE_LIMITED": (2, 60)}.get(document.code or "", (0, 0))
    value = document.parameters[position] if position < len(document.parameters) else ""
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value) * unit
    window = re.search("requests every ([0-9]{1,9}) minute", document.detail or "")
    return float(window[1]) * 60 if window else 0


def wait_seconds(tried: int, requested: float, longest: float, jitter: float) -> float:
    """Return how long to wait before the client repeats a request.

    Args:
        tried: How often the client has repeated the request.
        requested: The wait that the server asks for.
        longest: The longest wait, from the option ``api_retry_max_delay``.
        jitter: A number from 0 to 1, so that many clients do not return at the same moment.

    Returns:
        The seconds to wait. They double with each repeat (1, 2, 4 ...) up to ``longest``; the jitter takes away up to a
        half. They are never less than ``requested``.
    """
    return max(requested, min(longest, 2.0 ** min(tried, 32)) * (0.5 + jitter / 2))


def parse(body: bytes) -> t.Any:
    """Return the JSON of a body, None for an empty body, and an object of no type of JSON for any other body."""
    if not body.strip():
        return None
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:  # Ops Manager labels its JSON as ISO-8859-1
        text = body.decode("latin-1")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _open_envelope(status: int, body: t.Any) -> tuple[int, t.Any]:
    """Take status and content out of an envelope.

    The documentation calls the content ``envelope``, but servers call it ``content``. In the envelope of a list, the
    fields of the list are next to the status. The format of errors is not documented: if the HTTP status is no error,
    the status inside counts.
    """
    if not isinstance(body, dict) or "status" not in body:
        return status, body
    inside = body["status"]
    if not _is_number(inside):
        return status, _NOT_JSON
    content = body.get("content", {name: value for name, value in body.items() if name != "status"})
    return inside if 200 <= status < 300 else status, content if content != {} else None


def _error_document(body: t.Any) -> ErrorDocument | None:
    """Recognize the API's error document; the JSON of other servers has other fields, or other types."""
    if not isinstance(body, dict):
        return None
    document = ErrorDocument(
        clean(body.get("errorCode")),
        clean(body.get("reason")),
        clean(body.get("detail")),
        _parameters(body.get("parameters")),
        _fields(body.get("badRequestDetail")),
    )
    text = document.reason or document.detail
    is_one = document.code or (_is_number(body.get("error")) and text) or (document.reason and document.detail)
    return document if is_one else None


def _parameters(value: t.Any) -> tuple[str, ...]:
    """Read ``parameters``, which is a list of texts and numbers, or null."""
    items = value if isinstance(value, list) else []
    texts = (str(item) if _is_number(item) else clean(item) for item in items)
    return tuple(text for text in texts if text)


def _fields(value: t.Any) -> tuple[str, ...]:
    """Read ``badRequestDetail``, which says more than the detail of a BAD_REQUEST."""
    items: t.Any = value.get("fields") if isinstance(value, dict) else None
    if not _are_objects(items):
        return ()
    pairs = ((clean(item.get("field")), clean(item.get("description"))) for item in items)
    return tuple(": ".join(filter(None, pair)) for pair in pairs if any(pair))


def _content_type(response: Response) -> str:
    return clean(response.headers.get("Content-Type")) or "no Content-Type"


def _advice(response: Response, status: int, document: ErrorDocument) -> str:
    """Return the advice about an answer that is the same for every resource."""
    code = document.code or ""
    if code in _ADVICE_BY_CODE:
        return _ADVICE_BY_CODE[code]
    if status in (401, 403):
        return _access_advice(status, document)
    if status == 400 and document == ErrorDocument() and response.url.startswith("http:"):
        return "If the server speaks TLS on this port, base_url must begin with https://."
    if status == 405:
        allowed = clean(response.headers.get("Allow"))
        return f"This path allows {allowed or 'other methods'} only. Check base_url."
    return _ADVICE_BY_STATUS.get(status, "")


def _access_advice(status: int, document: ErrorDocument) -> str:
    code, detail = document.code or "", document.detail or ""
    seen = f" ({', '.join(document.parameters)})" if document.parameters else ""
    need = f"the {_WHO_LOGS_IN} needs one with the address that the server saw{seen}."
    if code.startswith("IP_ADDRESS_NOT_ON_"):
        return f"The access list of the {_WHO_LOGS_IN} lacks the address that the server saw{seen}."
    if code.startswith("ORG_REQUIRES_"):
        return f"The organization demands an access list: {need}"
    if code.startswith("RESOURCE_REQUIRES_") or re.search("whitelist|access list of ip", detail, re.IGNORECASE):
        return f"This call demands an access list: {need}"
    if "_POLIC" in code:
        return "A policy of the organization forbids this. The roles of the login do not matter."
    if not code:
        return (
            f"Perhaps the access list of the {_WHO_LOGS_IN} lacks the address that the server saw, or a proxy refused "
            "the request."
        )
    # A missing right is a 401. A 403 has many causes, and only some of its codes are about rights.
    about_rights = status == 401 or re.search("UNAUTHORIZED|DENIED|ROLE|_ADMIN|_OWNER|FORBIDDEN", code)
    return "Check the roles of the login, and its access list." if about_rights else ""
