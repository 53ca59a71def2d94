# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server's side of OAuth 2.0: gives tokens to service accounts, and revokes them (RFC 6749, RFC 7009)."""

from __future__ import annotations

import base64
import binascii
import json
from urllib.parse import parse_qsl

from tests.emulator.api import Answer, ApiError, Request, State
from tests.emulator.digest import REALM
from tests.emulator.tokens import LIFETIME, MOST
from tests.emulator.world import Secret, ServiceAccount

_TOKEN = "/api/oauth/token"
_REVOKE = "/api/oauth/revoke"
_FORM = "application/x-www-form-urlencoded"

# RFC 6749, section 5.1.
_HEADERS = {"Cache-Control": "no-store", "Content-Type": "application/json"}


class _OAuthError(Exception):
    """An error as OAuth writes it, where ``error`` is a text."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.document = {"error": error, "error_description": description}


def serves(path: str) -> bool:
    """Tell whether a path is an address of OAuth."""
    return path.removesuffix("/") in (_TOKEN, _REVOKE)


def parse_basic(header: str) -> tuple[str, str] | None:
    """Return the name and the secret of a Basic login; None if the header has none (RFC 7617).

    Both are raw: RFC 6749 wants a client to percent-encode them, but the server does not decode them.
    """
    scheme, _space, rest = header.strip(" \t").partition(" ")
    try:
        text = base64.b64decode(rest.strip(" \t"), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, secret = text.partition(":")
    return (name, secret) if colon and scheme.lower() == "basic" else None


def parse_bearer(header: str) -> str | None:
    """Return the token of a Bearer login; None if the header has none (RFC 6750, section 2.1)."""
    scheme, _space, rest = header.strip(" \t").partition(" ")
    return rest.strip(" \t") if scheme.lower() == "bearer" else None


def logs_in(request: Request, state: State) -> bool:
    """Tell whether a request holds an id and a secret that belong together and can be used."""
    return _login(request, _form(request), state) is not None


def answer(request: Request, state: State) -> Answer:
    """Do what a request to an address of OAuth asks for."""
    path = request.target.partition("?")[0].removesuffix("/")
    if request.method != "POST":
        return Answer(200 if request.method == "OPTIONS" else 405, headers={"Allow": "POST,OPTIONS"})
    if request.content_type and request.content_type.partition(";")[0].strip().lower() != _FORM:
        return Answer(415)
    try:
        form = _form(request)
        if len(form) != len({name for name, _value in form}):
            raise _OAuthError(400, "invalid_request", "A parameter is repeated.")
        if path == _REVOKE:
            _revoke(request, form, state)
            return Answer(200)
        return Answer(200, json.dumps(_give(request, form, state)), _HEADERS)
    except ApiError as error:
        return Answer(error.status, json.dumps(error.document), _HEADERS)
    except _OAuthError as error:
        headers = _HEADERS | ({"WWW-Authenticate": f'Basic realm="{REALM}"'} if error.status == 401 else {})
        return Answer(error.status, json.dumps(error.document), headers)


def refusal(setting: str, body: str) -> tuple[str | None, dict[str, str]]:
    """Return the body and the headers that refuse a token.

    Args:
        setting: The switch ``refused_token``.
        body: The body that refuses a login with a digest.
    """
    error, description = "invalid_token", "The access token expired or was revoked."
    headers = {"WWW-Authenticate": f'Bearer realm="{REALM}", error="{error}", error_description="{description}"'}
    if setting == "oauth":
        return json.dumps({"error": error, "error_description": description}), headers
    return (None if setting == "empty" else body), headers


def _form(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)


def _login(request: Request, form: list[tuple[str, str]], state: State) -> tuple[ServiceAccount, Secret] | None:
    client_id, value = _credentials(request, form, state)
    account = state.world.service_accounts.get(client_id)
    for secret in account.secrets if account else ():
        if account and secret.value == value and state.clock.timestamp < secret.expires_at:
            return account, secret
    return None


def _credentials(request: Request, form: list[tuple[str, str]], state: State) -> tuple[str, str]:
    values = dict(form)
    if state.switches.form_login and "client_id" in values and not request.authorization:
        return values["client_id"], values.get("client_secret", "")
    return parse_basic(request.authorization) or ("", "")


def _authenticate(request: Request, form: list[tuple[str, str]], state: State) -> tuple[ServiceAccount, Secret]:
    if request.authorization and "client_secret" in dict(form):
        raise _OAuthError(400, "invalid_request", "Only one way to log in can be used.")
    login = _login(request, form, state)
    if login is None:
        raise _OAuthError(401, "invalid_client", "Invalid credentials provided.")
    return login


def _give(request: Request, form: list[tuple[str, str]], state: State) -> dict[str, object]:
    _count(_credentials(request, form, state)[0], state)
    grant = dict(form).get("grant_type")
    if not grant:
        raise _OAuthError(400, "invalid_request", "The parameter grant_type is missing.")
    if grant != "client_credentials":
        raise _OAuthError(400, "unsupported_grant_type", "The grant type must be client_credentials.")
    account, secret = _authenticate(request, form, state)
    now = state.clock.seconds
    if state.tokens.count(state.world, account, now) >= MOST:
        detail = "Access Token limit reached. Please use the existing Access Tokens or create a new Service Account."
        raise _OAuthError(403, "access_denied", detail)
    secret.last_used_at = state.clock.timestamp
    token = state.tokens.issue(account, secret, now)
    return {"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer"}


def _count(client_id: str, state: State) -> None:
    limit = state.switches.token_requests_per_minute
    if state.tokens.ask(client_id, state.clock.seconds) <= limit:
        return
    detail = f"Resource {_TOKEN} is limited to {limit} requests every 1 minutes."
    if state.switches.token_rate_limit == "oauth":
        raise _OAuthError(429, "rate_limited", detail)
    raise ApiError(429, "RATE_LIMITED", detail, _TOKEN, limit, 1)


def _revoke(request: Request, form: list[tuple[str, str]], state: State) -> None:
    account, _secret = _authenticate(request, form, state)
    token = dict(form).get("token")
    if not token:
        raise _OAuthError(400, "invalid_request", "The parameter token is missing.")
    # An unknown text is no error (RFC 7009, section 2.2).
    state.tokens.revoke(account, token)
