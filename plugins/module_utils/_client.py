# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that speaks HTTP: one session, one login, one server.

A request becomes an answer, or an error of the tree in :mod:`_errors`; what an answer means is decided in
:mod:`_answer`. Nothing here knows Ansible.
"""

from __future__ import annotations

import random
import signal
import socket
import threading
import time
import typing as t
from contextlib import contextmanager
from http.client import HTTPException, IncompleteRead

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import (
    Answer,
    Received,
    clean,
    no_list,
    rate_limit_seconds,
    read_answer,
    read_page,
    retry_after_seconds,
    wait_seconds,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    LoginError,
    NoAnswerError,
    NotTheApiError,
    OptionError,
    RateLimitError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import Settings, is_text
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
"""In times of ``api_timeout``. A request that takes longer, with its login and its whole answer, has failed."""

Query = t.Mapping[str, t.Union[str, int]]


class Client:
    """Requests to one server, over one connection and with one login.

    Use it as a context manager, so that the connection is closed.

    Args:
        settings: How to reach the server.
        sleep: Waits for so many seconds.
        jitter: Gives a number from 0 to 1, for the length of the waits.
        now: Gives the time in seconds since the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        sleep: t.Callable[[float], None] = time.sleep,
        jitter: t.Callable[[], float] = random.random,
        now: t.Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._jitter = jitter
        self._now = now
        self._auth = Digest(settings.public_key, settings.private_key)
        self._session = _Session()
        # With trust_env, requests would read the environment again for each request, and REQUESTS_CA_BUNDLE would win
        # over verify (https://github.com/psf/requests/issues/3829).
        self._session.trust_env = False
        self._knows_proxies = not settings.use_proxy
        self._session.verify = settings.verify
        self._session.cert = settings.cert
        self._session.headers.update({"Accept": "application/json", "User-Agent": "ansible-mongodb.atlas"})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self._session.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: t.Mapping[str, t.Any] | None = None,
        query: Query | None = None,
        advice: t.Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request, and send it again while what comes back is temporary.

        Each repeat gets a new digest header, since a server refuses the same count on the same nonce twice; a retry
        inside the transport of requests would send the old one.

        Args:
            method: The method of HTTP.
            path: The path below the base URL, with a slash at its beginning; ids in it are encoded.
            body: Sent as JSON.
            query: Sent beside the options ``envelope`` and ``pretty``.
            advice: What to do about an ``errorCode``, where that depends on the resource.

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
                received = self._exchange(method, self._settings.base_url + path, body, query or {})
                return self._read(received, advice or {})
            except RequestError as error:
                if isinstance(error, NoAnswerError):  # what is left of it must not be taken for the next answer
                    self._session.close()
                outcome_unknown = error.outcome_unknown = error.outcome_unknown or outcome_unknown
                asked = self._asked_wait(error)
                if not error.is_temporary or tried >= self._settings.retries or asked is None:
                    raise
            self._sleep(wait_seconds(tried, asked, self._settings.retry_max_delay, self._jitter()))
            tried += 1

    def _read(self, received: Received, advice: t.Mapping[str, str]) -> Answer:
        try:
            return read_answer(received, self._settings.envelope, advice)
        except LoginError as error:
            error.advice = self._auth.explain(received.headers, received.with_login)
            raise

    def _asked_wait(self, error: RequestError) -> float | None:
        """Tell how long the server asks to wait; None if that is longer than allowed, which the advice then says."""
        asked = retry_after_seconds(error.retry_after, self._now())
        how = f"Retry-After: {clean(error.retry_after)}"
        if isinstance(error, RateLimitError) and error.retry_after is None:
            asked = rate_limit_seconds(error.document)
            how = f"{asked:g} seconds, by its rate limit"
        if asked <= self._settings.retry_max_delay:
            return asked
        error.advice = (
            f"The server asked to wait ({how}) for longer than "
            f"api_retry_max_delay={self._settings.retry_max_delay:g} seconds. Try again later."
        )
        return None

    def list_all(
        self, path: str, *, per_page: int = 100, identity: str = "id", advice: t.Mapping[str, str] | None = None
    ) -> list[dict[str, t.Any]]:
        """Read a list, all of its pages.

        Args:
            path: As for :meth:`request`.
            per_page: The items on a page. The server may send fewer; all versions know 100.
            identity: The field that tells one item from another.
            advice: As for :meth:`request`.

        Returns:
            The items, each once, in the server's order.

        Raises:
            NotTheApiError: It is no list, its pages repeat, or it does not end.
            RequestError: As :meth:`request`.
        """
        items: dict[str, dict[str, t.Any]] = {}
        number = 0
        while True:
            number += 1
            answer = self.request("GET", path, query={"pageNum": number, "itemsPerPage": per_page}, advice=advice)
            page = read_page(answer, identity)
            before = len(items)
            items.update((item[identity], item) for item in page.items)
            if not page.following and len(items) < page.at_least:
                raise no_list(answer, f"but with only {len(items)} results of a list that should have more")
            if not page.following:
                return list(items.values())
            if len(items) == before:
                raise no_list(answer, f"but page {number} brings nothing new, and yet there should be more")
            if len(items) > MOST_ITEMS:
                raise no_list(answer, f"but the list does not end after {MOST_ITEMS} items")

    def _exchange(self, method: str, url: str, body: t.Mapping[str, t.Any] | None, query: Query) -> Received:
        """Send a request until the login is settled, and return the last answer."""
        settings = self._settings
        flags = {"envelope": settings.envelope, "pretty": settings.pretty}
        # Prepared without the session, which would merge all settings of its own for each request.
        request = requests.Request(
            method,
            url,
            headers=self._session.headers,
            params={**query, **{name: "true" for name, wanted in flags.items() if wanted}},
            json=body,
            cookies=self._session.cookies,
        )
        signed = False
        try:
            with _no_longer_than(MOST_TIMEOUTS * settings.timeout):
                for _time in range(MOST_SIGNATURES):
                    prepared = request.prepare()  # with the cookies that came meanwhile
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
            _stop_alarm()
            raise read_exception(method, url, error, signed=signed) from error
        return Received(method, url, signed, response.status_code, response.headers, content)

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


@contextmanager
def _no_longer_than(seconds: float) -> t.Iterator[None]:
    """Bound what the timeouts of sockets do not, since these begin anew with every byte: an answer that never ends.

    Only the main thread gets signals, and Ansible runs a module in it. In another thread there is no bound.

    Raises:
        socket.timeout: It took longer.
    """
    if not _in_main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        raise socket.timeout("the answer did not end")

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        # Again after the same time, should something have swallowed the first.
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
        yield
    finally:
        _stop_alarm()
        signal.signal(signal.SIGALRM, before)


def _stop_alarm() -> None:
    """Stop it also where it rang at the very end, and so kept the end of :func:`_no_longer_than` from doing so."""
    if _in_main_thread():
        signal.setitimer(signal.ITIMER_REAL, 0)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


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
