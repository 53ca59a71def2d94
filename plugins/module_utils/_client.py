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
import ssl
import threading
import time
import typing as t
from contextlib import contextmanager
from http.client import HTTPException, IncompleteRead

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import (
    Answer,
    Received,
    clean,
    is_stale,
    no_list,
    read_answer,
    read_page,
    retry_after_seconds,
    wait_seconds,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AtlasError,
    LoginError,
    NoAnswerError,
    NotTheApiError,
    OptionError,
    RequestError,
    UnusableError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import Settings

try:
    import requests
    from requests import Session
    from requests.auth import HTTPDigestAuth
    from requests.utils import get_environ_proxies
    from urllib3.exceptions import HTTPError, NewConnectionError
except ImportError:
    HAS_REQUESTS = False
    Session = HTTPDigestAuth = object  # type: ignore[assignment,misc]
else:
    HAS_REQUESTS = True

LARGEST_BODY = 16 * 1024 * 1024
"""In bytes. A page of 500 users with many roles each is about a tenth of this."""

MOST_ITEMS = 100_000
"""Of a list."""

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
        self._digest = _Digest(settings.public_key, settings.private_key)
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
                return read_answer(received, self._settings.envelope, advice or {})
            except RequestError as error:
                if isinstance(error, NoAnswerError):  # what is left of it must not be taken for the next answer
                    self._session.close()
                outcome_unknown = error.outcome_unknown = error.outcome_unknown or outcome_unknown
                asked = retry_after_seconds(error.retry_after, self._now())
                if asked > self._settings.retry_max_delay:
                    error.advice = (
                        f"The server asked to wait (Retry-After: {clean(error.retry_after)}) for longer than "
                        f"api_retry_max_delay={self._settings.retry_max_delay:g} seconds. Try again later."
                    )
                    raise
                if not error.is_temporary or tried >= self._settings.retries:
                    raise
            self._sleep(wait_seconds(tried, asked, self._settings.retry_max_delay, self._jitter()))
            tried += 1

    def list_all(
        self, path: str, *, per_page: int = 100, advice: t.Mapping[str, str] | None = None
    ) -> list[dict[str, t.Any]]:
        """Read a list, all of its pages.

        Args:
            path: As for :meth:`request`.
            per_page: The items on a page. The server may send fewer; all versions know 100.
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
            page = read_page(answer)
            before = len(items)
            items.update((item["id"], item) for item in page.items)
            if not page.following and len(items) < page.at_least:
                raise no_list(answer, f"but with only {len(items)} results of a list that should have more")
            if not page.following:
                return list(items.values())
            if len(items) == before:
                raise no_list(answer, f"but page {number} brings nothing new, and yet there should be more")
            if len(items) > MOST_ITEMS:
                raise no_list(answer, f"but the list does not end after {MOST_ITEMS} items")

    def _exchange(self, method: str, url: str, body: t.Mapping[str, t.Any] | None, query: Query) -> Received:
        """Send a request once; requests sends it once more to answer the challenge of the server."""
        settings = self._settings
        flags = {"envelope": settings.envelope, "pretty": settings.pretty}
        try:
            with _no_longer_than(MOST_TIMEOUTS * settings.timeout):
                # Prepared without the session, which would merge all settings of its own for each request.
                request = requests.Request(
                    method,
                    url,
                    headers=self._session.headers,
                    params={**query, **{name: "true" for name, wanted in flags.items() if wanted}},
                    json=body,
                    auth=self._digest,
                    cookies=self._session.cookies,
                ).prepare()
                if not self._knows_proxies:
                    self._session.proxies = get_environ_proxies(str(request.url))
                    self._knows_proxies = True
                response = self._session.send(
                    request,
                    # A followed redirect turns DELETE into GET, and answers the challenge of the host it leads to.
                    allow_redirects=False,
                    timeout=settings.timeout,
                    stream=True,
                )
                content = _read_body(response)
        except (requests.RequestException, HTTPError, OSError, ValueError, TypeError) as error:
            _stop_alarm()
            # ValueError and TypeError are what an address that is none leads to, such as that of a proxy.
            raise _no_answer(method, url, error, getattr(error, "request", None)) from error
        return Received(method, url, _has_login(response.request), response.status_code, response.headers, content)


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


class _Digest(HTTPDigestAuth):
    """Digest authentication as requests does it, made safe for any server and any credentials."""

    def __init__(self, username: str, password: str) -> None:
        super().__init__(username, password)
        quoted = username.replace("\\", "\\\\").replace('"', '\\"')
        self._plain, self._quoted = f'username="{username}"', f'username="{quoted}"'

    def handle_401(self, r: requests.Response, **kwargs: t.Any) -> requests.Response:
        """Answer a challenge, and once more if the server does not know the nonce that it gave.

        requests would answer a challenge with any 4xx, read a body of any size before, and never answer twice.
        """
        if r.status_code != 401:
            return r
        _read_body(r)
        answer = super().handle_401(r, **kwargs)
        if answer is not r and answer.status_code == 401 and is_stale(answer.headers):
            _read_body(answer)
            self._thread_local.num_401_calls = 1
            answer = super().handle_401(answer, **kwargs)
        return answer

    def build_digest_header(self, method: str, url: str) -> str:
        """Compute the header, for user names with quotes and other characters than those of Latin-1 too.

        Raises:
            LoginError: The challenge cannot be answered. requests returns None then, or fails.
        """
        try:
            header = super().build_digest_header(method, url)
        except (KeyError, AttributeError):  # a parameter that is not there, or has no value
            header = None
        if header is None:
            raise LoginError(
                method,
                url,
                "HTTP 401 with a digest challenge that cannot be answered",
                "Known are the algorithms MD5, SHA, SHA-256 and SHA-512, with qop=auth or without.",
                status=401,
            )
        header = header.replace(self._plain, self._quoted, 1)
        # http.client sends Latin-1. RFC 7616 wants UTF-8, of which requests has computed the hash.
        return header.encode().decode("latin-1")


def _has_login(request: requests.PreparedRequest | None) -> bool:
    return request is not None and "Authorization" in request.headers


def _read_body(response: requests.Response) -> bytes:
    """Read a body, but not one without an end.

    The body is kept where requests looks for it, since its digest authentication asks for the body of a 401 again.

    Raises:
        NoAnswerError: It broke off, or the answer is not the last one to its request.
        NotTheApiError: It is larger than any of the API's.
    """
    if response.status_code < 200:
        # http.client knows of 100 only. The answer is still on its way, and would be taken for that to another request.
        response.close()
        request = response.request
        raise NoAnswerError(
            str(request.method),
            str(request.url).partition("?")[0],
            f"HTTP {response.status_code}, which is not an answer yet",
            "Check base_url, and the proxy if there is one.",
            outcome_unknown=_has_login(request),
        )
    if response._content is False:
        response._content = _read_new_body(response)
    return response.content


def _read_new_body(response: requests.Response) -> bytes:
    request = response.request
    method, url = str(request.method), str(request.url).partition("?")[0]
    status = response.status_code
    body = bytearray()
    try:
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > LARGEST_BODY:
                raise NotTheApiError(
                    method,
                    url,
                    f"HTTP {status} with a body of more than {LARGEST_BODY} bytes",
                    "This is not the API. Check base_url, and the proxy if there is one.",
                    status=status,
                    outcome_unknown=_has_login(request),
                )
        _check_length(response, len(body))
    except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
        raise _no_answer(method, url, error, request) from error
    finally:
        response.close()
    return bytes(body)


def _check_length(response: requests.Response, received: int) -> None:
    """Notice that a body broke off. urllib3 does so since 2.0 only, and no body at all would count as success."""
    promised = response.headers.get("Content-Length", "")
    is_plain = "Content-Encoding" not in response.headers and response.status_code != 204
    if is_plain and promised.isdigit() and received < int(promised):
        raise IncompleteRead(b"", int(promised) - received)


def _no_answer(method: str, url: str, error: Exception, request: requests.PreparedRequest | None) -> AtlasError:
    """Say why there is no answer.

    The texts of requests and urllib3 are not shown, since they can hold the password of a proxy; those of the operating
    system and of OpenSSL, which they wrap, are.
    """
    if isinstance(error, (ValueError, TypeError)) and not isinstance(error, requests.exceptions.InvalidHeader):
        return OptionError(
            "base_url, or the address of a proxy in the environment, is not an address that can be used."
        )
    causes = list(_causes(error))
    never_sent = any(
        isinstance(cause, (NewConnectionError, requests.ConnectTimeout, ssl.SSLCertVerificationError))
        for cause in causes
    )
    # The alarm may ring when requests has let go of the request already.
    interrupted = request is None and isinstance(error, socket.timeout)
    unknown = (_has_login(request) or interrupted) and not never_sent
    why = _words(causes)
    kind: type[NoAnswerError] = NoAnswerError
    problem = f"no connection ({why})" if never_sent else f"the connection broke ({why})"
    advice = "Check base_url, and whether the server can be reached from where the module runs."
    if _is_tls(causes):
        kind, problem = UnusableError, f"no TLS connection ({why})"
        advice = (
            "Check ca_path (the authorities to trust), client_cert and client_key, and whether base_url needs https."
        )
    elif isinstance(error, requests.exceptions.ProxyError):
        kind = UnusableError if why.startswith("Tunnel connection failed: 4") else NoAnswerError
        problem = f"no connection through the proxy ({why})"
        advice = "Check the proxy variables of the environment, or set use_proxy to false."
    elif any(isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME for cause in causes):
        kind = UnusableError
    elif any(isinstance(cause, (requests.Timeout, socket.timeout)) for cause in causes):
        advice = "Check whether the server can be reached from where the module runs, or set a longer api_timeout."
    return kind(method, url, problem, advice, outcome_unknown=unknown)


def _is_tls(causes: t.Sequence[BaseException]) -> bool:
    """Tell whether TLS is what failed. A connection that ends or stalls in the middle of it may work again."""
    if any(isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError, socket.timeout)) for cause in causes):
        return False
    from_requests = isinstance(causes[0], (requests.RequestException, HTTPError, HTTPException))
    # Files that cannot be read are an OSError of their own. In TLS 1.3 a refused client certificate shows when reading.
    return not from_requests or any(isinstance(cause, (ssl.SSLError, requests.exceptions.SSLError)) for cause in causes)


def _causes(error: BaseException | None) -> t.Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _words(causes: t.Sequence[BaseException]) -> str:
    """Say what the operating system, OpenSSL or http.client said: the innermost error that is not of requests."""
    for cause in reversed(causes):
        if isinstance(cause, (OSError, HTTPException)) and not isinstance(cause, requests.RequestException):
            said = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
            return clean(said) or type(cause).__name__
    return type(causes[-1]).__name__
