# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access tokens that the server has given out, and how many were asked for."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass

from tests.emulator.world import Secret, ServiceAccount, World

LIFETIME = 3600
"""Seconds that a token can be used."""

MOST = 100
"""The most tokens of one account that can be used at the same time."""

_WINDOW_SECONDS = 60


@dataclass(frozen=True)
class _Token:
    account_id: str
    secret_id: str
    ends: float


class Tokens:
    """The tokens that can be used.

    Args:
        die_with_secret: Whether a token ends when the secret that got it is deleted.
    """

    def __init__(self, *, die_with_secret: bool) -> None:
        self._die_with_secret = die_with_secret
        self._tokens: dict[str, _Token] = {}
        self._asked: dict[str, tuple[float, int]] = {}

    def ask(self, client_id: str, now: float) -> int:
        """Count a request for a token, and return how many this client has sent in this minute."""
        since, count = self._asked.get(client_id, (now, 0))
        if not 0 <= now - since < _WINDOW_SECONDS:
            since, count = now, 0
        self._asked[client_id] = (since, count + 1)
        return count + 1

    def issue(self, account: ServiceAccount, secret: Secret, now: float) -> str:
        """Return a new token."""
        text = _text(account, now)
        self._tokens[text] = _Token(account.id, secret.id, now + LIFETIME)
        return text

    def count(self, world: World, account: ServiceAccount, now: float) -> int:
        """Return how many tokens of an account can be used, and forget all that cannot."""
        self._tokens = {text: token for text, token in self._tokens.items() if self.account(world, text, now)}
        return sum(token.account_id == account.id for token in self._tokens.values())

    def account(self, world: World, text: str, now: float) -> ServiceAccount | None:
        """Return the account that a token logs in, None if the token cannot be used."""
        token = self._tokens.get(text)
        account = world.service_accounts.get(token.account_id) if token else None
        if token is None or account is None or now >= token.ends:
            return None
        there = any(secret.id == token.secret_id for secret in account.secrets)
        return account if there or not self._die_with_secret else None

    def revoke(self, account: ServiceAccount, text: str) -> None:
        """End a token, if it is one of this account."""
        token = self._tokens.get(text)
        if token and token.account_id == account.id:
            del self._tokens[text]

    def forget(self) -> None:
        """End all tokens. The requests stay counted."""
        self._tokens.clear()


def _text(account: ServiceAccount, now: float) -> str:
    """Return a text that looks like a JSON Web Token. Nobody can check its signature."""
    header = {"alg": "ES512", "kid": "emulator", "typ": "JWT"}
    claims = {
        "aud": "api.mongodb.com",
        "cid": account.id,
        "exp": int(now) + LIFETIME,
        "iat": int(now),
        "jti": secrets.token_hex(16),
        "sub": account.id,
    }
    # ES512 signs with two numbers of 66 bytes.
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), secrets.token_bytes(132)]
    return ".".join(base64.urlsafe_b64encode(part).decode("ascii").rstrip("=") for part in parts)
