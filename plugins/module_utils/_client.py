# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that speaks HTTP: one session, one login, one server.

The client turns a request into an answer, or into an error of the tree in :mod:`_errors`. It does not depend
on Ansible, on a resource or on a kind of login.
"""

from __future__ import annotations

import itertools
import random
import time
import typing as t
from http.client import HTTPException, IncompleteRead

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import (
    Answer,
    clean,
    date_seconds,
    not_a_list,
    rate_limit_seconds,
    read_answer,
    read_page,
    refuses_login,
    retry_after_seconds,
    wait_seconds,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._api import Api
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Auth, Post
from ansible_collections.mongodb.atlas.plugins.module_utils._deadline import deadline, stop_timer
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    LoginError,
    NoAnswerError,
    NotTheApiError,
    OptionError,
    RateLimitError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, Response
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import is_text
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import Settings
from ansible_collections.mongodb.atlas.plugins.module_utils._transport import REQUESTS_ERROR, read_exception

if t.TYPE_CHECKING or REQUESTS_ERROR is None:
    import requests
    from requests import Session
    from requests.utils import get_environ_proxies
    from urllib3.exceptions import HTTPError
else:
    Session = object

T = t.TypeVar("T")

USER_AGENT = "ansible-mongodb.atlas"

LARGEST_BODY = 16 * 1024 * 1024
"""The largest body, in bytes. A page of 500 users with many roles each is about a tenth of this."""

MOST_ITEMS = 100_000
"""The most items that a list may have."""

MOST_SIGNATURES = 3
"""How often the client sends one request: without a login, with one, and once more if the server forgot the nonce."""

LONGEST_END = 10
"""The longest time that the end of the login may take, in seconds."""

MOST_TIMEOUTS = 10
"""As a multiple of ``api_timeout``: the longest that one request may take, with the login and the whole response."""


class Client:
    """Requests to one server, over one connection and with one login.

    Use it as a context manager, so that the connection is closed.

    Args:
        settings: How to reach the server.
        auth: How to log in.
        sleep: Waits for this many seconds.
        jitter: Returns a number from 0 to 1, which varies the waits.
        now: Returns the time in seconds since the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        auth: Auth,
        sleep: t.Callable[[float], None] = time.sleep,
        jitter: t.Callable[[], float] = random.random,
        now: t.Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._auth = auth
        self._sleep = sleep
        self._jitter = jitter
        self._now = now
        self._server_time: float | None = None
        self.warning = ""
        """What went wrong at the end of the login, which fails no task; empty if nothing did."""
        self._session = _Session()
        # With trust_env, requests would read the environment again for each request, and REQUESTS_CA_BUNDLE would win
        # over verify (https://github.com/psf/requests/issues/3829).
        self._session.trust_env = False
        # The settings allow plain HTTP for a secret only to this machine, and a proxy can be on another one.
        must_be_direct = auth.sends_secret and settings.server.origin.startswith("http:")
        self._knows_proxies = must_be_direct or not settings.use_proxy
        self._session.verify = settings.verify
        self._session.cert = settings.cert

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        """End the login, and close the connection."""
        try:
            with deadline(LONGEST_END):
                self.warning = self._auth.close(self._post)
        finally:
            self._session.close()

    def send(self, request: Request) -> Answer:
        """Send a request, and send it again while the error is temporary.

        The client signs each repeat anew, because a server refuses a count that it has already seen on a nonce; a retry
        inside the transport of requests would send the old signature. The client does not repeat a POST whose outcome
        is unknown: the POST may have created something, and its repeat would create it twice.

        Returns:
            The answer to a request that was accepted.

        Raises:
            RequestError: The request failed, or there was no answer. :func:`_answer.read_answer` lists the reasons for
                a failure. ``outcome_unknown`` is set if one of the tries may have done the work.
        """
        return self._repeat(lambda: self._read(self._exchange(request)), is_post=request.method == "POST")

    def send_as(self, auth: Auth, request: Request) -> Answer:
        """Send a request with another login than that of the task.

        Raises:
            RequestError: As for :meth:`send`.
        """
        own, self._auth = self._auth, auth
        try:
            return self.send(request)
        finally:
            self._auth = own

    def log_in(self, work: t.Callable[[Post], T]) -> T:
        """Let the login of the task do work of its own, such as to get a token, while the error is temporary.

        Args:
            work: Gets the function that sends a form. It must not lose anything if it is repeated.

        Raises:
            RequestError: The work failed.
        """

        def bounded() -> T:
            with deadline(MOST_TIMEOUTS * self._settings.timeout):
                return work(self._post)

        return self._repeat(bounded, is_post=False)

    def _repeat(self, work: t.Callable[[], T], *, is_post: bool) -> T:
        outcome_unknown = False
        tried = 0
        while True:
            try:
                return work()
            except RequestError as error:
                if isinstance(error, NoAnswerError):  # its rest would pass for the next answer
                    self._session.close()
                outcome_unknown = outcome_unknown or error.outcome_unknown
                may_repeat = error.is_temporary and not (is_post and outcome_unknown)
                requested, how = self._requested_wait(error)
                longest = self._settings.retry_max_delay
                if requested > longest:
                    advice = (
                        f"The server asked to wait ({how}) for longer than api_retry_max_delay={longest:g} seconds. "
                        "Try again later."
                    )
                    raise error.but(advice=advice, outcome_unknown=outcome_unknown) from error
                if not may_repeat or tried >= self._settings.retries:
                    raise error.but(outcome_unknown=outcome_unknown) from error
            self._sleep(wait_seconds(tried, requested, longest, self._jitter()))
            tried += 1

    @property
    def api(self) -> Api:
        """The API of the server."""
        return self._settings.server.api

    @property
    def timeout(self) -> float:
        """The option ``api_timeout``, in seconds."""
        return self._settings.timeout

    @property
    def server_time(self) -> float | None:
        """The time of the last answer by the clock of the server, in seconds since 1970; None if no answer told it."""
        return self._server_time

    @property
    def retries(self) -> int:
        """The option ``api_retries``."""
        return self._settings.retries

    def attempts(self, seconds: float) -> t.Iterator[float]:
        """Let the caller look again and again, with waits between.

        Args:
            seconds: How long to wait in all; the time that the caller takes does not count.

        Yields:
            The seconds waited so far. The last value is the whole time.
        """
        waited = 0.0
        for number in itertools.count():
            yield waited
            if waited >= seconds:
                return
            wait = min(0.25 * 2.0 ** min(number, 4), max(seconds - waited, 0.1))
            self._sleep(wait)
            waited += wait

    def list_all(
        self, request: Request, *, per_page: int | None = None, identity: str = "id", exact: bool = False
    ) -> list[dict[str, t.Any]]:
        """Read all pages of a list.

        Args:
            request: The request for the list, without a page number.
            per_page: How many items to request per page; None for as many as every version of the product can send.
                The server may send fewer.
            identity: The field that identifies an item.
            exact: Whether the list must have as many items as the server counts.

        Returns:
            The items, each once, in the server's order.

        Raises:
            NotTheApiError: The answer is not a list, its pages repeat, or the list does not end.
            RequestError: As for :meth:`send`.
        """
        items: dict[str, dict[str, t.Any]] = {}
        number = 0
        while True:
            number += 1
            query = {**request.query, "pageNum": number, "itemsPerPage": per_page or self.api.items_per_page}
            answer = self.send(request._replace(query=query))
            page = read_page(answer, identity)
            before = len(items)
            items.update((item[identity], item) for item in page.items)
            least = page.total if exact else page.at_least
            if not page.following and len(items) < least:
                raise not_a_list(answer, f"but the list ends after {len(items)} items and should have more")
            if not page.following:
                return list(items.values())
            if len(items) == before:
                raise not_a_list(answer, f"but page {number} has no new items, although the list should have more")
            if len(items) > MOST_ITEMS:
                raise not_a_list(answer, f"but the list does not end after {MOST_ITEMS} items")

    def _read(self, response: Response) -> Answer:
        try:
            return read_answer(response, self._settings.envelope)
        except LoginError as error:
            raise error.but(advice=self._auth.explain(response.headers, response.signed)) from error

    def _requested_wait(self, error: RequestError) -> tuple[float, str]:
        """Return how many seconds the server asks to wait, and how it asked."""
        if isinstance(error, RateLimitError) and error.retry_after is None:
            requested = rate_limit_seconds(error.document)
            return requested, f"{requested:g} seconds, by its rate limit"
        return retry_after_seconds(error.retry_after, self._now()), f"Retry-After: {clean(error.retry_after)}"

    def _exchange(self, request: Request) -> Response:
        """Send a request, send it again with a login if the server asks for one, and return the last response."""
        settings = self._settings
        method, url = request.method, settings.server.url(request.version) + request.path
        flags = {"envelope": settings.envelope, "pretty": settings.pretty}
        # The session does not prepare it: it would merge all of its own settings for each request.
        template = requests.Request(
            method,
            url,
            headers={
                **self._session.headers,
                "Accept": settings.server.api.version(request.version).media_type,
                "User-Agent": USER_AGENT,
            },
            params={**request.query, **{name: "true" for name, wanted in flags.items() if wanted}},
            json=request.body,
            cookies=self._session.cookies,
        )
        signed = False
        try:
            with deadline(MOST_TIMEOUTS * settings.timeout):
                for _time in range(MOST_SIGNATURES):
                    prepared = template.prepare()  # with the cookies of the responses so far
                    self._find_proxies(str(prepared.url))
                    prepared.headers.update(self._auth.sign(method, prepared.path_url, self._post))
                    signed = "Authorization" in prepared.headers
                    raw = self._session.send(
                        prepared,
                        # If requests followed a redirect, it would turn DELETE into GET and log in to the other host.
                        allow_redirects=False,
                        timeout=settings.timeout,
                        stream=True,
                    )
                    content = _read_body(raw, method, url, signed)
                    response = Response(method, url, signed, raw.status_code, raw.headers, content)
                    is_about_login = response.status == 401 and (not signed or refuses_login(response))
                    if not is_about_login or not self._auth.answer(response.headers, signed):
                        break
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError, TypeError) as error:
            stop_timer()
            raise read_exception(method, url, error, signed=signed) from error
        self._server_time = date_seconds(response.headers.get("Date")) or self._server_time
        return response

    def _post(self, path: str, authorization: str, form: t.Mapping[str, str]) -> Response:
        """Send a form to a path of the server outside of the API, once, for the login.

        Raises:
            NoAnswerError: There is no response. Nothing that the task could lose was done.
        """
        url = self._settings.server.origin + path
        headers = {
            **self._session.headers,
            "Accept": "application/json",
            "Authorization": authorization,
            "User-Agent": USER_AGENT,
        }
        try:
            prepared = requests.Request(
                "POST", url, headers=headers, data=form, cookies=self._session.cookies
            ).prepare()
            self._find_proxies(url)
            timeout = min(self._settings.timeout, LONGEST_END)
            response = self._session.send(prepared, allow_redirects=False, timeout=timeout, stream=True)
            content = _read_body(response, "POST", url, signed=False)
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError, TypeError) as error:
            stop_timer()
            raise read_exception("POST", url, error, signed=False) from error
        self._server_time = date_seconds(response.headers.get("Date")) or self._server_time
        return Response("POST", url, False, response.status_code, response.headers, content)

    def _find_proxies(self, url: str) -> None:
        """Read the proxies of the environment once.

        Raises:
            OptionError: A variable holds text that is not UTF-8.
        """
        if self._knows_proxies:
            return
        proxies = get_environ_proxies(url)
        if any(not is_text(address) for address in proxies.values()):
            raise OptionError("A proxy variable of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) is not UTF-8.")
        self._session.proxies, self._knows_proxies = proxies, True


class _Session(Session):
    """A session that ignores the target of a redirect.

    A session of requests reads the body of a redirect, of any size, even if it must not follow the redirect. It also
    fails on a malformed target.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return no target."""


def _read_body(response: requests.Response, method: str, url: str, signed: bool) -> bytes:
    """Read a body, but not beyond :data:`LARGEST_BODY`.

    Raises:
        NoAnswerError: The response is interim; the final one is still to come.
        NotTheApiError: The body is larger than any body of the API.
        Exception: The body breaks off; the HTTP library chooses the class.
    """
    status = response.status_code
    body = bytearray()
    try:
        if status < 200:
            # http.client handles 100 only. The final response is still on its way, and the client would take it for the
            # answer to the next request.
            raise NoAnswerError(
                method,
                url,
                f"HTTP {status}, which is only an interim response",
                "Check base_url, and the proxy if there is one.",
                outcome_unknown=signed,
            )
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > LARGEST_BODY:
                raise NotTheApiError(
                    method,
                    url,
                    f"HTTP {status} with a body of more than {LARGEST_BODY} bytes",
                    "This is not the API. Check base_url, and the proxy if there is one.",
                    status=status,
                    outcome_unknown=signed,
                )
        _check_length(response, len(body))
    finally:
        response.close()
    return bytes(body)


def _check_length(response: requests.Response, received: int) -> None:
    """Raise an error if the body broke off.

    Only urllib3 2.0 and later notices this by itself. Otherwise, an empty body would count as success.
    """
    promised = response.headers.get("Content-Length", "")
    is_plain = "Content-Encoding" not in response.headers and response.status_code != 204
    if is_plain and promised.isdigit() and received < int(promised):
        raise IncompleteRead(b"", int(promised) - received)
