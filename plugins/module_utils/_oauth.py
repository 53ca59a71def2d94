# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs a task in with OAuth 2.0: as a service account (RFC 6749, section 4.4), or with a token from somewhere else.

A service account can have 100 live tokens. So a task gets one token, uses it for all of its requests, and revokes it at
its end (RFC 7009). This file is imported only if a task logs in in this way.
"""

from __future__ import annotations

import base64
import time
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean, parse, read_answer
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Post
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    BusyError,
    ErrorDocument,
    LoginError,
    NotTheApiError,
    RateLimitError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Response
from ansible_collections.mongodb.atlas.plugins.module_utils._process import ignore_signals, signals_held

TOKEN_PATH = "/api/oauth/token"  # noqa: S105 - this is a path
REVOKE_PATH = "/api/oauth/revoke"

_USUAL_LIFE = 3600
"""How long a token lives if the server does not say, in seconds."""
_LONGEST_LIFE = 86400 * 365
"""The longest life of a token that is believed, in seconds, so that its end is a date."""
_EARLIEST_RENEWAL = 600
"""The task renews a token at most this long before its end, in seconds."""

_NO_ACCOUNTS = "Atlas and Cloud Manager have service accounts, Ops Manager has none. Use an API key, or check base_url."
_BOTH_KINDS = "Check whether the secret is mistyped, expired or deleted. Also check the access list of the account."


class Token:
    """A login with a token that somebody got before. The task does not revoke it.

    Args:
        access_token: The token.
    """

    must_close = False
    sends_secret = True
    account_id: str | None = None

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def owns(self, secret_end: str) -> bool:
        """Return False: a token does not tell which secret it was got with."""
        return False

    def sign(self, method: str, target: str, post: Post) -> dict[str, str]:
        """Return the header field that logs a request in."""
        return {"Authorization": f"Bearer {self._access_token}"}

    def answer(self, headers: t.Mapping[str, str], signed: bool) -> bool:
        """Return False: the task cannot get another token."""
        return False

    def explain(self, headers: t.Mapping[str, str], signed: bool) -> str:
        """Tell the user what to do about a refused token."""
        return (
            "The server refused access_token. The token is mistyped, expired or revoked, or its service account was "
            "deleted. A token lives for an hour. Get a new one."
        )

    def close(self, post: Post) -> str:
        """Leave the token alive, because the task did not get it."""
        return ""


class ServiceAccount:
    """A login as a service account, with one token for all requests of a task.

    Args:
        client_id: The client id.
        client_secret: The secret.
        now: Returns the time in seconds, from any start.
    """

    must_close = True
    sends_secret = True

    def __init__(self, client_id: str, client_secret: str, now: t.Callable[[], float] = time.monotonic) -> None:
        self.client_id = client_id
        # The server wants both as they are, although RFC 6749, section 2.3.1, wants them percent-encoded.
        self._basic = "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self.account_id: str | None = client_id.lower()
        self._client_secret = client_secret
        self._now = now
        self._token = ""
        self._alive: list[str] = []
        self._renew_at = 0.0
        self._uses = 0
        self._refused: LoginError | None = None

    def owns(self, secret_end: str) -> bool:
        """Tell whether the task logs in with the secret that ends like this. For an empty end, return False."""
        return bool(secret_end) and self._client_secret.endswith(secret_end)

    def sign(self, method: str, target: str, post: Post) -> dict[str, str]:
        """Return the header field that logs a request in. Get a token first, if there is none or it ends soon.

        Args:
            method: The method of the request.
            target: Its path and query.
            post: Sends a form to a path of the server.

        Raises:
            RequestError: The server gave no token. No request was sent to the API.
        """
        if not self._token or self._now() >= self._renew_at:
            with signals_held():  # a token that a signal keeps from the task would live for an hour
                self._token, life = self._get(post)
                self._alive.append(self._token)
            self._renew_at = self._now() + life - min(life / 6, _EARLIEST_RENEWAL)
            self._uses = 0
        self._uses += 1
        return {"Authorization": f"Bearer {self._token}"}

    def answer(self, headers: t.Mapping[str, str], signed: bool) -> bool:
        """Tell, after a 401, whether the same request can succeed with a new token.

        Args:
            headers: The header fields of the 401.
            signed: Whether the refused request was signed.
        """
        was_accepted_before = self._uses > 1
        self._token = ""
        return signed and was_accepted_before

    def explain(self, headers: t.Mapping[str, str], signed: bool) -> str:
        """Tell the user what to do about a refused token."""
        return f"The server refused the token that it gave to the service account a moment ago. {_BOTH_KINDS}"

    def hand_over(self, post: Post) -> tuple[str, float]:
        """Get a token that the task does not revoke at its end. After that, only SIGKILL can end the task.

        Args:
            post: Sends a form to a path of the server.

        Returns:
            The token, and how many seconds it lives.

        Raises:
            RequestError: The server gave no token.
        """
        with signals_held():
            token = self._get(post)
            ignore_signals()
            return token

    def revoke(self, token: str, post: Post) -> None:
        """Ask the server to revoke a token of this account. The server also accepts a text that is no token.

        Raises:
            RequestError: The server did not accept the request.
        """
        read_revocation(self._send_revocation(token, post))

    def close(self, post: Post) -> str:
        """Revoke each token of the task, the newest first: one try, which ends if the server does not answer.

        Returns:
            A warning if a token may still be alive; otherwise an empty text.
        """
        with signals_held():
            tokens, self._alive, self._token = self._alive[::-1], [], ""
            try:
                if tokens and self._refused:
                    raise self._refused
                statuses = [self._send_revocation(token, post).status for token in tokens]
            except RequestError as error:  # the next token would have to wait as long
                problem = error.problem.rstrip(".")
            else:
                problem = next((f"HTTP {status}" for status in statuses if status != 200), "")
        return (
            f"The task could not revoke its token ({problem}). The token ends by itself after an hour."
            if problem
            else ""
        )

    def _get(self, post: Post) -> tuple[str, float]:
        if self._refused:  # a task sends a refused secret only once
            raise self._refused
        try:
            return read_token(post(TOKEN_PATH, self._basic, {"grant_type": "client_credentials"}))
        except LoginError as error:
            self._refused = error
            raise

    def _send_revocation(self, token: str, post: Post) -> Response:
        return post(REVOKE_PATH, self._basic, {"token": token, "token_type_hint": "access_token"})


def read_token(response: Response) -> tuple[str, float]:
    """Read the answer to a request for a token.

    Returns:
        The token, and how many seconds it lives.

    Raises:
        LoginError: The server refused the client id or the secret.
        RequestError: There is no token for another reason.
    """
    document = _read_object(response.body)
    if response.status == 200:
        token = document.get("access_token")
        if isinstance(token, str) and token and token.isascii() and token.isprintable() and " " not in token:
            life = document.get("expires_in")
            is_life = isinstance(life, (int, float)) and not isinstance(life, bool) and life > 0
            return token, float(min(t.cast("float", life), _LONGEST_LIFE)) if is_life else _USUAL_LIFE
        raise _error(NotTheApiError, response, "HTTP 200 without a usable access_token", "Check base_url.")
    raise _refusal(response, document, "a token")


def read_revocation(response: Response) -> None:
    """Read the answer to a revocation, which has no body if the server accepted the request.

    Raises:
        RequestError: The server did not accept it.
    """
    if response.status != 200:
        raise _refusal(response, _read_object(response.body), "a revocation")


def _refusal(response: Response, document: t.Mapping[str, t.Any], wanted: str) -> RequestError:
    """Make the error for an answer without the token or the revocation that the task wanted."""
    code = document.get("error")
    if isinstance(code, str) and code:
        return _oauth_error(response, clean(code) or "", clean(document.get("error_description")))
    try:
        # Otherwise, the answer has the form of the API. The request never does work that the task could lose.
        read_answer(response._replace(signed=True), enveloped=False)
    except LoginError as error:
        return t.cast("RequestError", error.but(advice=_BOTH_KINDS))
    except RequestError as error:
        advice = _NO_ACCOUNTS if response.status == 404 else error.advice
        return t.cast("RequestError", error.but(advice=advice, outcome_unknown=False))
    return _error(NotTheApiError, response, f"HTTP {response.status} instead of {wanted}", "Check base_url.")


def _oauth_error(response: Response, code: str, description: str | None) -> RequestError:
    """Make the error for an answer in the form of RFC 6749, section 5.2."""
    document = ErrorDocument(code, detail=description)
    problem = f"HTTP {response.status}, {document}"
    if code == "invalid_client" or response.status == 401:
        advice = "Check client_id and client_secret: the secret is mistyped, expired or deleted."
        return _error(LoginError, response, problem, advice, document=document)
    if code == "rate_limited" or response.status == 429:
        retry_after = response.headers.get("Retry-After")
        return _error(RateLimitError, response, problem, "Try again later.", document=document, retry_after=retry_after)
    if response.status >= 500:
        return _error(BusyError, response, problem, "Try again later.", document=document)
    advice = ""
    if code == "access_denied":
        advice = (
            "A service account can have 100 live tokens. They end by themselves after an hour. Let a whole play share "
            "one token, and do not kill tasks before they revoke their tokens."
        )
    return _error(ApiError, response, problem, advice, document=document)


def _error(kind: type[RequestError], response: Response, problem: str, advice: str, **more: t.Any) -> RequestError:
    return kind(response.method, response.url, problem, advice, status=response.status, **more)


def _read_object(body: bytes) -> dict[str, t.Any]:
    document = parse(body)
    return document if isinstance(document, dict) else {}
