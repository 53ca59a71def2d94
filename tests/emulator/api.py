# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all resources of the API have in common: logins, routes, errors, paging, envelope."""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from tests.emulator.clock import Clock
from tests.emulator.lag import Lag
from tests.emulator.products import Api, Product
from tests.emulator.rate_limits import RateLimits
from tests.emulator.switches import Switches
from tests.emulator.tokens import Tokens
from tests.emulator.world import ProgrammaticKey, ServiceAccount, World, object_id

Document = dict[str, Any]

_DEFAULT_ITEMS_PER_PAGE = 100
_WITH_BODY = ("PATCH", "POST", "PUT")
_IDS = {"client_id": re.compile("mdb_sa_id_[0-9A-Fa-f]{24}")}
_ID = re.compile("[0-9A-Fa-f]{24}")
_VERSIONED = re.compile(r"application/vnd\.atlas\.([0-9]{4}-[0-9]{2}-[0-9]{2})\+json")
_FIRST_VERSION = "2023-01-01"


@dataclass(frozen=True)
class Request:
    """A request, whoever sends it.

    Attributes:
        method: The method.
        target: The path and the query as received.
        content_type: The type of the body; None if the request does not say.
        body: The body as received.
        accept: The header ``Accept``, empty without one.
        authorization: The header ``Authorization``, empty without one.
    """

    method: str
    target: str
    content_type: str | None
    body: bytes
    accept: str = ""
    authorization: str = ""


@dataclass(frozen=True)
class Caller:
    """Who logged in.

    Attributes:
        user_id: The user that it is, or that a programmatic key acts as; None for nobody.
        roles: The roles that go with the login.
        programmatic_key: The key; None if somebody else logged in.
        service_account: The account; None if somebody else logged in.
    """

    user_id: str | None
    roles: tuple[str, ...] = ()
    programmatic_key: ProgrammaticKey | None = None
    service_account: ServiceAccount | None = None

    @property
    def credential(self) -> ProgrammaticKey | ServiceAccount | None:
        """The key or the account, each of which has its own roles and access list; None if a user logged in."""
        return self.programmatic_key or self.service_account


@dataclass
class State:
    """What all requests to one emulator share.

    Attributes:
        world: The data, to be read and changed.
        product: The product that the emulator is.
        switches: How it behaves where public sources are silent.
        clock: The time that it shows.
        lag: What its lists of keys do not know yet.
        account_lag: What its lists of service accounts do not know yet.
        rate_limits: How many requests are left.
        tokens: The access tokens that can be used.
    """

    world: World
    product: Product
    switches: Switches
    clock: Clock
    lag: Lag[ProgrammaticKey]
    account_lag: Lag[ServiceAccount]
    rate_limits: RateLimits
    tokens: Tokens
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(0x0E0001))

    def new_id(self) -> str:
        """Return an id that was made now: the time, the machine, and a number that grows."""
        machine = "9ccf64b7c8"
        tail = f"{machine}{next(self._numbers):06x}" if self.switches.ids_ascend else secrets.token_hex(8)
        return object_id(self.clock.seconds, tail)


@dataclass(frozen=True)
class Call:
    """One request by somebody who is logged in.

    Attributes:
        state: The data and everything else that requests share.
        api: The API that was asked.
        caller: Who asks.
        path: The parts of the path that its route names, decoded; ids in lower case.
        query: The parameters of the query, decoded; the last one where a name is repeated.
        body: The body as received.
        base_url: Where the API begins, for links.
    """

    state: State
    api: Api
    caller: Caller
    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    base_url: str

    @property
    def world(self) -> World:
        """The data, to be read and changed."""
        return self.state.world

    @property
    def product(self) -> Product:
        """The product that was asked."""
        return self.state.product

    @property
    def switches(self) -> Switches:
        """How the product behaves where public sources are silent."""
        return self.state.switches

    @property
    def by_global_owner(self) -> bool:
        """Whether the caller has the rights of a ``GLOBAL_OWNER``."""
        return self.product.has_global_owner and "GLOBAL_OWNER" in self.caller.roles


# A document, a whole list that is yet to be cut into pages, a tuple for a bare JSON array, or None for 204 without a
# body.
Outcome = Document | list[Document] | tuple[str, ...] | None


@dataclass(frozen=True)
class Answer:
    """What the API answers.

    Attributes:
        status: The HTTP status.
        body: The body; None for no body.
        headers: The headers that belong to this answer alone.
    """

    status: int
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """One call of the API.

    Attributes:
        method: Its method.
        path: Its path with ``{names}``. A part of the path whose name ends in ``_id`` has to be an id.
        work: What it does.
        version: The date of its version on Atlas v2.
        status: The status of its answer if that has a body.
    """

    method: str
    path: str
    work: Callable[[Call], Outcome]
    version: str = _FIRST_VERSION
    status: int = 200


class ApiError(Exception):
    """An answer with an error document."""

    def __init__(
        self,
        status: int,
        error_code: str,
        detail: str,
        *parameters: str | int,
        violations: Sequence[Document] = (),
        null_parameters: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.error_code = error_code
        self.detail = detail
        self.parameters = None if null_parameters else parameters
        self.violations = violations

    @property
    def document(self) -> Document:
        """The error as the API writes it."""
        document = error_document(self.status, self.detail, self.error_code, self.parameters)
        return document | {"badRequestDetail": {"fields": list(self.violations)}} if self.violations else document


def error_document(
    status: int, detail: str, error_code: str | None, parameters: Sequence[str | int] | None = ()
) -> Document:
    """Return an error as the API writes it."""
    return {
        "detail": detail,
        "error": status,
        "errorCode": error_code,
        "parameters": None if parameters is None else list(parameters),
        "reason": reason(status),
    }


def unauthorized() -> ApiError:
    """Return the answer to a caller who lacks a right, as it was recorded."""
    return ApiError(401, "USER_UNAUTHORIZED", "Current user is not authorized to perform this action.")


def reason(status: int) -> str:
    """Return the phrase for a status, such as ``Not Found``; empty for a status without one."""
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else ""


def callers(world: World, product: Product, name: str) -> dict[str, Caller]:
    """Return the secrets that a user name or public key can log in with, and as whom."""
    found: dict[str, Caller] = {}
    if "programmatic" in product.logins:
        keys = (key for key in world.programmatic_keys.values() if key.public_key == name)
        found |= {key.private_key: Caller(key.user_id, tuple(key.roles), key) for key in keys}
    if "personal" in product.logins and (user := world.user_named(name)):
        found |= {key.secret: Caller(user.id, tuple(user.roles)) for key in user.keys if key.enabled}
    return found


def token_caller(state: State, token: str) -> Caller | None:
    """Return who logs in with an access token, None if it cannot be used."""
    account = state.tokens.account(state.world, token, state.clock.seconds)
    return Caller(None, tuple(account.roles), service_account=account) if account else None


def perform(
    request: Request,
    routes: Sequence[Route],
    state: State,
    *,
    api: Api,
    caller: Caller,
    admit: Callable[[State, Caller], None],
    url: str,
    page_limit: int,
) -> Answer:
    """Do what a request asks for.

    Args:
        request: The request; its target begins with the base path of the API.
        routes: The calls that the API has.
        state: The data, which may be changed, and everything else that requests share.
        api: The API that was asked.
        caller: Who asks.
        admit: Raises an ApiError for a caller whose address is not allowed.
        url: Scheme, host and port, for links.
        page_limit: The most items of one page.

    Returns:
        The answer.
    """
    path, _mark, query = request.target.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    matches = _matches(routes, api, path)
    allowed = [route.method for route, _parts in matches]
    # The server drops the body of an answer to HEAD.
    wanted = "GET" if request.method == "HEAD" else request.method
    if matches and wanted not in allowed:
        # Decided before any resource runs, so there is no body, no envelope and no header of the product.
        return Answer(200 if request.method == "OPTIONS" else 405, headers={"Allow": ",".join([*allowed, "OPTIONS"])})
    if matches and wanted in _WITH_BODY and not _may_be_json(request.content_type, api):
        return Answer(415)
    headers = state.product.headers
    if api.versioned:
        headers |= state.rate_limits.spend(path.removeprefix(api.base_path), state.clock.seconds)
    document: Document | tuple[str, ...] | None = None
    outcome: Outcome = None
    try:
        admit(state, caller)
        if not matches:
            raise ApiError(404, "RESOURCE_NOT_FOUND", f"Cannot find resource {path}.", path)
        route, parts = matches[allowed.index(wanted)]
        if api.versioned:
            _check_version(request.accept, route.version)
        parts = _with_ids(parts, path)
        outcome = route.work(Call(state, api, caller, parts, options, request.body, url + api.base_path))
        document = _page(outcome, url + path, options, page_limit) if isinstance(outcome, list) else outcome
        status = 204 if outcome is None else route.status
        if api.versioned:
            # Each call has one version, which also serves requests for later ones.
            headers |= {"Content-Type": f"application/vnd.atlas.{route.version}+json;charset=utf-8"}
    except ApiError as error:
        status, document = error.status, error.document
        if api.versioned:
            headers |= {"X-Error-Code": error.error_code}
            if error.error_code == "GROUP_NOT_FOUND":
                # Decided before the resource runs, so these headers are missing.
                headers = {"X-Error-Code": error.error_code}
    switches = state.switches
    enveloped = switches.envelope_on_204 if status == 204 else switches.envelope_on_errors or status < 400
    if options.get("envelope") == "true" and enveloped:
        content = document if isinstance(outcome, list) and isinstance(document, dict) else {"content": document or {}}
        status, document = 200, {"status": status} | content
    pretty = 2 if options.get("pretty") == "true" else None
    text = None if document is None else json.dumps(document, ensure_ascii=False, indent=pretty)
    return Answer(status, text, headers)


def _check_version(accept: str, first: str) -> None:
    """Check that a request asks for a version of a call that there is.

    Raises:
        ApiError: The header ``Accept`` names no date, or one before the first version.
    """
    match = _VERSIONED.fullmatch(accept.partition(";")[0].strip())
    if not match or not _is_date(match[1]) or match[1] < first:
        raise ApiError(406, "INVALID_VERSION_DATE", "Invalid accept header or version date.")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _matches(routes: Sequence[Route], api: Api, path: str) -> list[tuple[Route, dict[str, str]]]:
    """Find the routes of a path, one for each method, and the parts of the path that they name.

    Where several paths of routes match, the first one counts.
    """
    found: list[tuple[Route, dict[str, str]]] = []
    for route in routes:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", api.base_path + route.path)
        match = re.fullmatch(pattern, path.removesuffix("/"))
        if match:
            # Decoded only now, so that an encoded slash is part of a name.
            found.append((route, {name: unquote(value) for name, value in match.groupdict().items()}))
    return [(route, parts) for route, parts in found if route.path == found[0][0].path]


def _may_be_json(content_type: str | None, api: Api) -> bool:
    if content_type is None:
        return True
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (api.versioned and _VERSIONED.fullmatch(kind) is not None)


def _with_ids(parts: dict[str, str], path: str) -> dict[str, str]:
    """Return the parts of a path with its ids in lower case.

    Raises:
        ApiError: An id does not have 24 hexadecimal digits, that of a service account after its beginning.
    """
    ids = {name: value for name, value in parts.items() if name.endswith("_id")}
    if not all(_IDS.get(name, _ID).fullmatch(value) for name, value in ids.items()):
        detail = f"One or more path parameter in the request URI {path} is malformed."
        raise ApiError(400, "PATH_PARAM_PARSE_ERROR", detail, path)
    return parts | {name: value.lower() for name, value in ids.items()}


def _page(items: list[Document], address: str, options: dict[str, str], limit: int) -> Document:
    number = _positive(options, "pageNum", 1)
    size = min(_positive(options, "itemsPerPage", _DEFAULT_ITEMS_PER_PAGE), limit)

    asked = {"includeCount": "true"} | {
        name: options[name] for name in options if name not in ("pageNum", "itemsPerPage")
    }

    def to(rel: str, **page: int) -> Document:
        return {"href": f"{address}?{urlencode(asked | page)}", "rel": rel}

    # The order of the parameters differs between the links, as on the wire.
    links = [to("self", pageNum=number, itemsPerPage=size)]
    if number > 1:
        links.append(to("previous", itemsPerPage=size, pageNum=number - 1))
    page: Document = {"links": links, "results": items[(number - 1) * size : number * size]}
    if options.get("includeCount") == "false":
        # Without a count servers do not know whether there is a next page, and never link to one.
        return page
    if number * size < len(items):
        links.append(to("next", itemsPerPage=size, pageNum=number + 1))
    return page | {"totalCount": len(items)}


def _positive(options: dict[str, str], name: str, default: int) -> int:
    text = options.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise ApiError(400, "INVALID_QUERY_PARAMETER", f"Invalid query parameter {name} specified.", name)
    return int(text)
