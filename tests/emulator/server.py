# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server: connections, logins, faults, and the record of what was asked."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import re
import tempfile
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from ssl import SSLContext
from types import TracebackType
from typing import Self

from aiohttp import HttpVersion11, web
from aiohttp.http import HttpProcessingError

from tests.emulator import addresses, api, control, digest, oauth
from tests.emulator.clock import Clock
from tests.emulator.faults import LONGEST_DELAY, Fault, pick
from tests.emulator.lag import Lag
from tests.emulator.products import PRODUCTS, REFUSED_LOGINS, Api
from tests.emulator.rate_limits import RateLimits
from tests.emulator.resources import routes_of
from tests.emulator.sample import sample_world
from tests.emulator.switches import Switches
from tests.emulator.tls import TLS_MODES, Tls, create_certificates
from tests.emulator.tokens import Tokens
from tests.emulator.world import World

_HOST = "127.0.0.1"
_PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"

# When it shuts down, aiohttp waits this long for requests in progress, and as long for idle connections.
_SHUTDOWN_SECONDS = 0.01

_ENDLESS_SECONDS = 0.01
"""Between two pieces of an answer without an end."""


def _concerns_the_emulator(record: logging.LogRecord) -> bool:
    """Tell whether a record is about anything but a malformed request, which aiohttp answers with 400."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, (HttpProcessingError, web.RequestPayloadError))


_LOGGER = logging.getLogger("tests.emulator")
_LOGGER.addFilter(_concerns_the_emulator)


@dataclass
class Received:
    """A request as it came in, and how it was answered.

    Attributes:
        method: The method.
        target: The request target exactly as sent.
        connection: The number of the connection, from 1.
        headers: By lower-case name, without Authorization.
        authorization: The parameters of Authorization, and its ``scheme`` in lower case; of a Basic login
            at an address of OAuth also the client id, as ``username``; None without that header or if it was malformed.
        body: The body.
        status: The status of the answer; None until there is one, so for ever if the connection was dropped.
        stale: Whether the answer was 401 with ``stale=true``.
    """

    method: str
    target: str
    connection: int
    headers: dict[str, str]
    authorization: dict[str, str] | None
    body: str
    status: int | None = None
    stale: bool = False


@dataclass(frozen=True)
class _Reply:
    status: int
    headers: dict[str, str]
    body: str | None = None
    content_type: str = "application/json"
    stale: bool = False
    fault: Fault | None = None


class _Response(web.Response):
    """A response whose header ``Date`` is that of the emulator's clock; without the header if that is None."""

    date: str | None = None

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        # aiohttp has added the real time, and offers no other place to drop it.
        self.headers.pop("Date", None)
        if self.date is not None:
            self.headers["Date"] = self.date


class _Connections(web.Server):
    """Numbers the connections in the order in which they were accepted, which is before any TLS handshake."""

    def __init__(self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
        super().__init__(handler, access_log=None, logger=_LOGGER)
        self.accepted = 0
        self.numbers: dict[web.RequestHandler, int] = {}

    def __call__(self) -> web.RequestHandler:
        connection = super().__call__()
        self.accepted += 1
        self.numbers[connection] = self.accepted
        return connection

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self.numbers.pop(handler, None)


class Emulator:
    """An Atlas / Ops Manager on 127.0.0.1, as a context manager for synchronous code.

    It runs in a thread of its own. ``world`` can be read and changed while it runs; it, the record and the faults can
    still be read afterwards.

    Args:
        product: ``ops-manager-4.4``, ``ops-manager-5.0``, ``ops-manager-6.0``, ``cloud-manager`` or ``atlas``.
        world: The data; the sample world if None.
        tls: ``none``, ``server``, or ``mutual`` to demand a client certificate.
        port: The port to listen on; 0 for a free one.
        nonce_lifetime: Seconds; Ops Manager has 60. With 0 every nonce is expired at once.
        challenge: How logins are asked for: ``qop``, ``op``, ``plain``, ``sha-256``, ``auth-int`` or ``basic``.
        refused_login: The body that refuses a login: ``no-code``, as Ops Manager and until July 2026 Atlas, or
            ``unexpected-error``, as Atlas since; that of the product if None.
        latency: Seconds before every answer.
        page_limit: The most items on a page of a list.
        close_connections: Close the connection after every answer.
        servers: So many servers behind a balancer that gives each new connection to the next one. They share the data
            but know only their own nonces.
        switches: How it behaves where public sources are silent; each switch at its default if None.

    Attributes:
        tls: The files for the client; None without TLS or when it does not run.

    Raises:
        ValueError: A product, a TLS mode, a challenge or a form of refused logins that does not exist, or a number out
            of range.
    """

    def __init__(
        self,
        *,
        product: str = "ops-manager-4.4",
        world: World | None = None,
        tls: str = "none",
        port: int = 0,
        nonce_lifetime: float = 60.0,
        challenge: str = "qop",
        refused_login: str | None = None,
        latency: float = 0.0,
        page_limit: int = 500,
        close_connections: bool = False,
        servers: int = 1,
        switches: Switches | None = None,
    ) -> None:
        for value, known in (
            (product, PRODUCTS),
            (tls, TLS_MODES),
            (challenge, digest.DIALECTS),
            (refused_login, (None, *REFUSED_LOGINS)),
        ):
            if value not in known:
                raise ValueError(f"{value!r} is none of {', '.join(filter(None, known))}.")
        for good, rule in (
            (0 <= port <= 65535, "The port must be between 0 and 65535."),
            (nonce_lifetime >= 0, "The lifetime of nonces must be at least 0 seconds."),
            (0 <= latency <= LONGEST_DELAY, f"The latency must be between 0 and {LONGEST_DELAY} seconds."),
            (page_limit >= 1, "The page limit must be at least 1."),
            (servers >= 1, "The number of servers must be at least 1."),
        ):
            if not good:
                raise ValueError(rule)
        self.tls: Tls | None = None
        self._product = PRODUCTS[product]
        switches = switches or Switches()
        self._state = api.State(
            sample_world() if world is None else world,
            self._product,
            switches,
            Clock(),
            Lag(switches.list_lag),
            Lag(switches.list_lag),
            RateLimits(),
            Tokens(die_with_secret=switches.tokens_die_with_secret),
        )
        self._original_world = copy.deepcopy(self.world)
        self._routes = {each.base_path: routes_of(each) for each in self._product.apis}
        self._tls_mode = tls
        self._port = port
        self._dialect = digest.DIALECTS[challenge]
        self._refusal = REFUSED_LOGINS[refused_login or self._product.refused_login]
        self._latency = latency
        self._page_limit = page_limit
        self._close_connections = close_connections
        self._nonces = [digest.Nonces(nonce_lifetime) for _server in range(servers)]
        self._faults: list[Fault] = []
        self._received: list[Received] = []
        self._interventions: list[tuple[str, str, Callable[[World], object]]] = []
        # A function of an intervention may use the methods of the emulator.
        self._lock = threading.RLock()
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        """Start to listen.

        Raises:
            OSError: The port is not free.
        """
        with ExitStack() as stack:
            context: SSLContext | None = None
            files: Tls | None = None
            if self._tls_mode != "none":
                directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="emulator-"))
                context, files = create_certificates(Path(directory), mutual=self._tls_mode == "mutual")
            started: Future[int] = Future()
            thread = threading.Thread(target=self._run, args=(context, started), name="emulator", daemon=True)
            thread.start()
            stack.callback(thread.join)
            self._port = started.result()
            stack.callback(self._loop.call_soon_threadsafe, self._stop.set)
            self.tls = files
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close all connections and remove the certificates."""
        self._cleanup.close()
        self.tls = None

    @property
    def world(self) -> World:
        """The live data."""
        return self._state.world

    @property
    def clock(self) -> float:
        """The time that the emulator shows, in seconds since 1970: in ``Date``, in ids, and in documents.

        Once it is set it stands still, so ``emulator.clock += 3600`` is an hour later.
        """
        return self._state.clock.seconds

    @clock.setter
    def clock(self, seconds: float | None) -> None:
        with self._lock:
            self._state.clock.set(seconds)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"{'http' if self._tls_mode == 'none' else 'https'}://{_HOST}:{self._port}"

    @property
    def base_url(self) -> str:
        """Where the API begins; on Atlas v1.0."""
        return self.url + self._product.base_path

    @property
    def connections(self) -> int:
        """How many TCP connections were accepted."""
        return self._connections.accepted

    @property
    def live_tokens(self) -> int:
        """How many access tokens can log in."""
        with self._lock:
            accounts = self.world.service_accounts.values()
            return sum(self._state.tokens.count(self.world, account, self.clock) for account in accounts)

    @property
    def requests(self) -> list[Received]:
        """The record, oldest first. A request is in it as soon as it has come in."""
        return list(self._received)

    @property
    def calls(self) -> list[str]:
        """The record as ``METHOD TARGET STATUS``, targets without the base path, ``-`` for no status."""
        return [
            f"{received.method} {self._without_base_path(received.target)} {received.status or '-'}"
            for received in self._received
        ]

    def _without_base_path(self, target: str) -> str:
        asked = self._product.api_of(target.partition("?")[0])
        return target.removeprefix(asked.base_path) if asked else target

    @property
    def faults(self) -> list[Fault]:
        """The faults that have not happened yet, or not often enough."""
        return list(self._faults)

    def add_fault(self, fault: Fault) -> None:
        """Let something go wrong; faults that match the same request happen one after the other."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Forget the record and the faults."""
        self.clear_requests()
        self.clear_faults()

    def clear_requests(self) -> None:
        """Forget the record. The numbers of connections go on."""
        with self._lock:
            self._received.clear()

    def clear_faults(self) -> None:
        """Forget the faults that have not happened yet."""
        with self._lock:
            self._faults.clear()

    def reset(self) -> None:
        """Put the data back to what it was in the beginning, and forget all tokens."""
        with self._lock:
            self._state.world = copy.deepcopy(self._original_world)
            self._state.lag = Lag(self._state.switches.list_lag)
            self._state.account_lag = Lag(self._state.switches.list_lag)
            self._state.tokens = Tokens(die_with_secret=self._state.switches.tokens_die_with_secret)

    def before(self, method: str, path: str, function: Callable[[World], object]) -> None:
        """Do something before the next request of a kind, as if somebody else was faster.

        Args:
            method: The method of the request.
            path: A text somewhere in its target.
            function: Gets the world, once, when a request of this kind is logged in and about to be worked on.
        """
        with self._lock:
            self._interventions.append((method, path, function))

    def forget_nonces(self) -> None:
        """Make all servers forget their nonces, as if they had been restarted."""
        with self._lock:
            for nonces in self._nonces:
                nonces.forget()

    def forget_tokens(self) -> None:
        """End all access tokens, as if they had expired."""
        with self._lock:
            self._state.tokens.forget()

    def environment(self) -> dict[str, str]:
        """Return environment variables for the collection: where it is, a login, and what to try with.

        The login is the first personal key of the first user where personal keys can log in, otherwise the first
        programmatic key. The key to try with is that user's second one, so that the login survives. The organization
        is the first one; it is left out if there is none.

        Raises:
            IndexError: The world lacks one of the others.
        """
        users = list(self.world.users.values())
        programmatic_keys = list(self.world.programmatic_keys.values())
        user = users[0]
        if "personal" in self._product.logins:
            public, private = user.username, user.keys[0].secret
        else:
            public, private = programmatic_keys[0].public_key, programmatic_keys[0].private_key
        variables = {
            "MONGODB_ATLAS_BASE_URL": self.base_url,
            **_login(public, private),
            "MONGODB_ATLAS_USER_ID": user.id,
            "MONGODB_ATLAS_KEY_ID": user.keys[1].id,
        }
        if self.world.organizations:
            variables["MONGODB_ATLAS_ORG_ID"] = next(iter(self.world.organizations))
        return variables

    def owner_environment(self) -> dict[str, str]:
        """Return the variables for a login of a user who is a global owner; none if nobody can log in as one."""
        if not self._product.has_global_owner or "personal" not in self._product.logins:
            return {}
        logins = (
            _login(user.username, key.secret)
            for user in self.world.users.values()
            if "GLOBAL_OWNER" in user.roles
            for key in user.keys
            if key.enabled
        )
        return next(logins, {})

    def account_environment(self) -> dict[str, str]:
        """Return the variables for a login with the first service account that can log in; none if no one can."""
        if "service-account" not in self._product.logins:
            return {}
        logins = (
            {"MONGODB_ATLAS_CLIENT_ID": account.id, "MONGODB_ATLAS_CLIENT_SECRET": secret.value}
            for account in self.world.service_accounts.values()
            for secret in account.secrets
            if self._state.clock.timestamp < secret.expires_at
        )
        return next(logins, {})

    def _run(self, context: SSLContext | None, started: Future[int]) -> None:
        try:
            asyncio.run(self._serve(context, started))
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    async def _serve(self, context: SSLContext | None, started: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._connections = _Connections(self._handle)
        listener = await self._loop.create_server(self._connections, _HOST, self._port, ssl=context)
        started.set_result(listener.sockets[0].getsockname()[1])
        await self._stop.wait()
        listener.close()
        transports = [connection.transport for connection in self._connections.connections]
        await self._connections.shutdown(_SHUTDOWN_SECONDS)
        for transport in transports:
            if transport:
                # The orderly end of a TLS connection would wait for the client.
                transport.abort()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = self._connections.numbers[request.protocol]
        self._continue(request)
        try:
            body = await request.read()
        except web.RequestPayloadError as error:
            raise web.HTTPBadRequest from error
        except ConnectionError:  # the client left before the end of the body
            return web.Response()
        target = self._without_own_host(request.raw_path)
        if target.startswith(control.PATH):
            status, document = control.control(self, request.method, target, body)
            text = None if document is None else json.dumps(document, indent=2) + "\n"
            return web.Response(status=status, text=text, content_type="application/json")
        header = request.headers.get("Authorization")
        authorization = digest.parse_authorization(header) if header is not None else None
        basic = oauth.parse_basic(header or "") if oauth.serves(target.partition("?")[0]) else None
        received = Received(
            request.method,
            request.raw_path,
            connection,
            {name.lower(): value for name, value in request.headers.items() if name.lower() != "authorization"},
            {"scheme": authorization.scheme} | authorization.parameters | ({"username": basic[0]} if basic else {})
            if authorization
            else None,
            body.decode("utf-8", "replace"),
        )
        asked = api.Request(
            request.method,
            target,
            request.headers.get("Content-Type"),
            body,
            request.headers.get("Accept", ""),
            header or "",
        )
        with self._lock:
            self._received.append(received)
            reply = self._decide(asked, authorization, connection)
        delay = self._latency + (reply.fault.delay if reply.fault else 0)
        if reply.fault and reply.fault.interim and request.transport:
            request.transport.write(f"HTTP/1.1 {reply.fault.interim} Interim\r\n\r\n".encode("latin-1"))
        if delay:
            await asyncio.sleep(delay)
        if reply.fault and (reply.fault.drop or reply.fault.raw is not None):
            await self._write_raw(request, reply.fault)
            return web.Response()
        return self._respond(reply, received)

    def _without_own_host(self, target: str) -> str:
        """Return the path and query of an absolute target that names this server; any other target as it is."""
        match = re.fullmatch(rf"https?://(?:{_HOST}|localhost):{self._port}(/.*)", target, re.IGNORECASE)
        return match[1] if match else target

    def _continue(self, request: web.BaseRequest) -> None:
        """Let a client send the body if it waits for permission (RFC 9110, section 10.1.1)."""
        expected = request.headers.get("Expect", "").lower() == "100-continue"
        if expected and request.version >= HttpVersion11 and request.transport:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _write_raw(self, request: web.BaseRequest, fault: Fault) -> None:
        transport = request.transport
        if not transport:
            return
        transport.write((fault.raw or "").encode("latin-1"))
        while fault.endless and not transport.is_closing():
            transport.write(fault.endless.encode("latin-1"))
            await asyncio.sleep(_ENDLESS_SECONDS)
        transport.close()

    def _respond(self, reply: _Reply, received: Received) -> web.StreamResponse:
        fault = reply.fault
        received.status = reply.status
        received.stale = reply.stale
        response = _Response(status=reply.status, headers=reply.headers)
        response.date = self._state.clock.date if self._state.switches.sends_date else None
        if reply.body is not None:
            response.body = reply.body.encode()
            response.headers.setdefault("Content-Type", reply.content_type)
        if self._close_connections or (fault and fault.close):
            response.force_close()
        return response

    def _decide(self, request: api.Request, authorization: digest.Authorization | None, connection: int) -> _Reply:
        target = request.target
        if not target.startswith("/"):  # meant for another server, as if this was a proxy: RFC 9112, section 3.2
            return _Reply(502, {}, _PAGE.format("502 Bad Gateway"), "text/html")
        path = target.partition("?")[0]
        takes_tokens = "service-account" in self._product.logins
        if takes_tokens and oauth.serves(path):
            logs_in = oauth.logs_in(request, self._state)
            return self._with_fault(request, logs_in, lambda _stale: self._work_on_oauth(request, logs_in))
        asked = self._product.api_of(path)
        if asked is None:
            return _Reply(404, self._product.headers, _PAGE.format("404 Not Found"), "text/html")
        nonces = self._nonces[(connection - 1) % len(self._nonces)]
        token = oauth.parse_bearer(request.authorization) if takes_tokens else None
        if token is not None:
            caller = api.token_caller(self._state, token)

            def answer_token(stale: bool) -> _Reply:
                return self._refuse_token(nonces) if caller is None or stale else self._work(request, asked, caller)

            return self._with_fault(request, caller is not None, answer_token)
        callers: dict[str, api.Caller] = {}

        def secrets_of(name: str) -> dict[str, api.Caller]:
            callers.update(api.callers(self.world, self._product, name))
            return callers

        verdict = digest.verify(
            authorization,
            method=request.method,
            target=target,
            body=request.body,
            dialect=self._dialect,
            nonces=nonces,
            secrets_of=secrets_of,
        )

        def answer(stale: bool) -> _Reply:
            if verdict.secret is None or stale:
                return self._challenge(nonces, stale=stale or verdict.stale)
            return self._work(request, asked, callers[verdict.secret])

        return self._with_fault(request, verdict.secret is not None, answer)

    def _with_fault(self, request: api.Request, logged_in: bool, answer: Callable[[bool], _Reply]) -> _Reply:
        """Answer a request, unless and until a fault says otherwise.

        Args:
            request: The request.
            logged_in: Whether its login is good.
            answer: Gives the answer; its argument tells whether the login has just become too old.
        """
        stage = "request" if logged_in else "challenge"
        fault, self._faults = pick(self._faults, stage=stage, method=request.method, target=request.target)
        if fault and fault.stale:
            self.forget_nonces()
            self.forget_tokens()
        if fault and fault.replaces_answer and not fault.after_work:
            return self._fault_reply(fault)
        reply = answer(bool(fault and fault.stale))
        if fault:
            return self._fault_reply(fault) if fault.replaces_answer else replace(reply, fault=fault)
        return reply

    def _challenge(self, nonces: digest.Nonces, *, stale: bool = False) -> _Reply:
        headers = {"WWW-Authenticate": digest.challenge(self._dialect, nonces, stale=stale)}
        return _Reply(401, headers, self._refusal, stale=stale)

    def _refuse_token(self, nonces: digest.Nonces) -> _Reply:
        setting = self._state.switches.refused_token
        if setting == "digest":
            return self._challenge(nonces)
        body, headers = oauth.refusal(setting, self._refusal)
        return _Reply(401, headers, body)

    def _intervene(self, request: api.Request) -> None:
        for intervention in self._interventions:
            method, path, function = intervention
            if method == request.method and path in request.target:
                self._interventions.remove(intervention)
                function(self.world)
                break

    def _work_on_oauth(self, request: api.Request, logged_in: bool) -> _Reply:
        if logged_in:
            self._intervene(request)
        answer = oauth.answer(request, self._state)
        return _Reply(answer.status, answer.headers, answer.body)

    def _work(self, request: api.Request, asked: Api, caller: api.Caller) -> _Reply:
        self._intervene(request)
        answer = api.perform(
            request,
            self._routes[asked.base_path],
            self._state,
            api=asked,
            caller=caller,
            admit=addresses.admit,
            url=self.url,
            page_limit=self._page_limit,
        )
        return _Reply(answer.status, answer.headers, answer.body)

    def _fault_reply(self, fault: Fault) -> _Reply:
        status = fault.status or 0
        body = fault.body
        if fault.error_code is not None:
            body = json.dumps(api.error_document(status, "A fault of the emulator.", fault.error_code))
        headers = (self._product.headers if fault.content_type == "application/json" else {}) | fault.headers
        return _Reply(status, headers, body, fault.content_type, fault=fault)


def _login(public_key: str, private_key: str) -> dict[str, str]:
    return {"MONGODB_ATLAS_PUBLIC_API_KEY": public_key, "MONGODB_ATLAS_PRIVATE_API_KEY": private_key}
