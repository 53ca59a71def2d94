# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that speaks HTTP: one session, one login, one server.

The client turns a request into an answer, or into an error of the tree in :mod:`_errors`. It knows no Ansible, no
resource and no kind of login.
"""

from __future__ import annotations

import random
import time
import typing as t
from http.client import HTTPException, IncompleteRead

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import (
    Answer,
    clean,
    not_a_list,
    rate_limit_seconds,
    read_answer,
    read_page,
    retry_after_seconds,
    wait_seconds,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Auth
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

LARGEST_BODY = 16 * 1024 * 1024
"""In bytes. A page of 500 users with many roles each is about a tenth of this."""

MOST_ITEMS = 100_000
"""Of a list."""

MOST_SIGNATURES = 3
"""How often one request is sent: without a login, with one, and once more for a nonce that the server forgot."""

MOST_TIMEOUTS = 10
"""As a multiple of ``api_timeout``: the longest that one request may take, with the login and the whole response."""


class Client:
    """Requests to one server, over one connection and with one login.

    Use it as a context manager, so that the connection is closed.

    Args:
        settings: How to reach the server.
        auth: How to log in.
        sleep: Waits for so many seconds.
        jitter: Gives a number from 0 to 1, for the length of the waits.
        now: Gives the time in seconds since the epoch.
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
        self._session = _Session()
        # With trust_env, requests would read the environment again for each request, and REQUESTS_CA_BUNDLE would win
        # over verify (https://github.com/psf/requests/issues/3829).
        self._session.trust_env = False
        self._knows_proxies = not settings.use_proxy
        self._session.verify = settings.verify
        self._session.cert = settings.cert

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self._session.close()

    def send(self, request: Request) -> Answer:
        """Send a request, and send it again while the error is temporary.

        Each repeat is signed anew, since a server refuses the same count on the same nonce twice; a retry inside the
        transport of requests would send the old signature. A POST whose outcome is unknown is not repeated: it may have
        created something, and would create it twice.

        Returns:
            The answer to a request that was accepted.

        Raises:
            RequestError: Anything else, as :func:`_answer.read_answer` tells, or there was no answer.
                ``outcome_unknown`` is set as soon as one of the tries may have done the work.
        """
        outcome_unknown = False
        tried = 0
        while True:
            try:
                return self._read(self._exchange(request))
            except RequestError as error:
                if isinstance(error, NoAnswerError):  # what is left of it must not be taken for the next answer
                    self._session.close()
                outcome_unknown = outcome_unknown or error.outcome_unknown
                may_repeat = error.is_temporary and not (request.method == "POST" and outcome_unknown)
                asked, how = self._asked_wait(error)
                longest = self._settings.retry_max_delay
                if asked > longest:
                    advice = (
                        f"The server asked to wait ({how}) for longer than api_retry_max_delay={longest:g} seconds. "
                        "Try again later."
                    )
                    raise error.but(advice=advice, outcome_unknown=outcome_unknown) from error
                if not may_repeat or tried >= self._settings.retries:
                    raise error.but(outcome_unknown=outcome_unknown) from error
            self._sleep(wait_seconds(tried, asked, longest, self._jitter()))
            tried += 1

    def list_all(self, request: Request, *, per_page: int = 100, identity: str = "id") -> list[dict[str, t.Any]]:
        """Read a list, all of its pages.

        Args:
            request: The request for the list, without the number of a page.
            per_page: The items on a page. The server may send fewer; all versions know 100.
            identity: The field that tells one item from another.

        Returns:
            The items, each once, in the server's order.

        Raises:
            NotTheApiError: It is no list, its pages repeat, or it does not end.
            RequestError: As :meth:`send`.
        """
        items: dict[str, dict[str, t.Any]] = {}
        number = 0
        while True:
            number += 1
            query = {**request.query, "pageNum": number, "itemsPerPage": per_page}
            answer = self.send(request._replace(query=query))
            page = read_page(answer, identity)
            before = len(items)
            items.update((item[identity], item) for item in page.items)
            if not page.following and len(items) < page.at_least:
                raise not_a_list(answer, f"but with only {len(items)} results of a list that should have more")
            if not page.following:
                return list(items.values())
            if len(items) == before:
                raise not_a_list(answer, f"but page {number} brings nothing new, and yet there should be more")
            if len(items) > MOST_ITEMS:
                raise not_a_list(answer, f"but the list does not end after {MOST_ITEMS} items")

    def _read(self, response: Response) -> Answer:
        try:
            return read_answer(response, self._settings.envelope)
        except LoginError as error:
            raise error.but(advice=self._auth.explain(response.headers, response.signed)) from error

    def _asked_wait(self, error: RequestError) -> tuple[float, str]:
        """Tell how many seconds the server asks to wait, and how it said so."""
        if isinstance(error, RateLimitError) and error.retry_after is None:
            asked = rate_limit_seconds(error.document)
            return asked, f"{asked:g} seconds, by its rate limit"
        return retry_after_seconds(error.retry_after, self._now()), f"Retry-After: {clean(error.retry_after)}"

    def _exchange(self, request: Request) -> Response:
        """Send a request until the login is settled, and return the last response."""
        settings = self._settings
        method, url = request.method, settings.server.url(request.version) + request.path
        flags = {"envelope": settings.envelope, "pretty": settings.pretty}
        # Prepared without the session, which would merge all settings of its own for each request.
        template = requests.Request(
            method,
            url,
            headers={
                **self._session.headers,
                "Accept": settings.server.api.version(request.version).media_type,
                "User-Agent": "ansible-mongodb.atlas",
            },
            params={**request.query, **{name: "true" for name, wanted in flags.items() if wanted}},
            json=request.body,
            cookies=self._session.cookies,
        )
        signed = False
        try:
            with deadline(MOST_TIMEOUTS * settings.timeout):
                for _time in range(MOST_SIGNATURES):
                    prepared = template.prepare()  # with the cookies that came meanwhile
                    self._find_proxies(str(prepared.url))
                    prepared.headers.update(self._auth.sign(method, prepared.path_url))
                    signed = "Authorization" in prepared.headers
                    response = self._session.send(
                        prepared,
                        # A followed redirect turns DELETE into GET, and logs in to the host that it leads to.
                        allow_redirects=False,
                        timeout=settings.timeout,
                        stream=True,
                    )
                    content = _read_body(response, method, url, signed)
                    if response.status_code != 401 or not self._auth.answer(response.headers, signed):
                        break
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError, TypeError) as error:
            stop_timer()
            raise read_exception(method, url, error, signed=signed) from error
        return Response(method, url, signed, response.status_code, response.headers, content)

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
    """A session that does not look where a redirect leads to.

    The one of requests would, even if told not to follow: it reads the body, of any size, and fails on odd addresses.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Find no target."""


def _read_body(response: requests.Response, method: str, url: str, signed: bool) -> bytes:
    """Read a body, but not one without an end.

    Raises:
        NoAnswerError: The answer is not the last one to its request.
        NotTheApiError: The body is larger than any of the API's.
        Exception: As the HTTP library raises it, when the body breaks off.
    """
    status = response.status_code
    body = bytearray()
    try:
        if status < 200:
            # http.client knows of 100 only. The answer is still on its way, and would be taken for that to another
            # request.
            raise NoAnswerError(
                method,
                url,
                f"HTTP {status}, which is not an answer yet",
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
    """Notice that a body broke off. urllib3 does so since 2.0 only, and no body at all would count as success."""
    promised = response.headers.get("Content-Length", "")
    is_plain = "Content-Encoding" not in response.headers and response.status_code != 204
    if is_plain and promised.isdigit() and received < int(promised):
        raise IncompleteRead(b"", int(promised) - received)
