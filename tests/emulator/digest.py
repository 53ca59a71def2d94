# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server's side of HTTP digest authentication (RFC 7616, RFC 2617, RFC 2069), with hashlib only.

That nothing of an HTTP client is used here is the point: a client's mistakes can't cancel out.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

REALM = "MMS Public API"


@dataclass(frozen=True)
class Dialect:
    """One way of asking for a login: the challenge, and which answers it accepts.

    Attributes:
        template: The WWW-Authenticate header, with places for ``nonce`` and ``stale``.
        algorithm: The algorithm to answer with; None if no answer is accepted.
        qop: The ``qop`` to answer with; None for an answer as in RFC 2069.
    """

    template: str
    algorithm: str | None
    qop: str | None


def _digest(algorithm: str, quality: str, qop: str | None) -> Dialect:
    return Dialect(
        f'Digest realm="{REALM}", domain="", nonce="{{nonce}}", algorithm={algorithm}, {quality}stale={{stale}}',
        algorithm,
        qop,
    )


DIALECTS = {
    # What servers send.
    "qop": _digest("MD5", 'qop="auth", ', "auth"),
    # What the documents print. An unknown parameter is ignored (RFC 7616, section 3.3), which leaves no qop.
    "op": _digest("MD5", 'op="auth", ', None),
    "plain": _digest("MD5", "", None),
    "sha-256": _digest("SHA-256", 'qop="auth", ', "auth"),
    "auth-int": _digest("MD5", 'qop="auth-int", ', "auth-int"),
    "basic": Dialect(f'Basic realm="{REALM}"', None, None),
}


@dataclass(frozen=True)
class Authorization:
    """A parsed Authorization header: the scheme in lower case, and its parameters by lower-case name."""

    scheme: str
    parameters: dict[str, str]


@dataclass(frozen=True)
class Verdict:
    """What a login comes to: the secret that it was made with (None: refused), and whether its nonce was too old."""

    secret: str | None = None
    stale: bool = False


class Nonces:
    """The nonces that one server has given out.

    Args:
        lifetime: Seconds that a nonce can be used; with 0 each is expired at once.
        clock: Seconds that only ever grow.
    """

    def __init__(self, lifetime: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._issued: dict[str, float] = {}
        self._counts: dict[str, set[int]] = {}

    def issue(self) -> str:
        """Return a new nonce. It is base64, so that ``+``, ``/`` and ``=`` are in it as on a real server."""
        # Insertion order is order of age, so everything behind the first live nonce is alive.
        while self._issued and not self.alive(oldest := next(iter(self._issued))):
            del self._issued[oldest], self._counts[oldest]
        nonce = base64.b64encode(secrets.token_bytes(24)).decode("ascii")
        self._issued[nonce] = self._clock()
        self._counts[nonce] = set()
        return nonce

    def alive(self, nonce: str) -> bool:
        """Say whether this nonce was given out by this server and has not expired."""
        issued = self._issued.get(nonce)
        return issued is not None and self._clock() - issued < self._lifetime

    def spend(self, nonce: str, count: int) -> bool:
        """Use up one ``nc`` of a nonce; False if it was used before."""
        used = self._counts[nonce]
        if count in used:
            return False
        used.add(count)
        return True

    def forget(self) -> None:
        """Forget all of them, as a restarted server does."""
        self._issued.clear()
        self._counts.clear()


_PARAMETER = re.compile(
    r"""[ \t]*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*"""
    r"""(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^ \t",]+))[ \t]*(?:,|$)"""
)


def parse_authorization(header: str) -> Authorization | None:
    r"""Take an Authorization header apart (RFC 7235, section 2.1, quoted strings with ``\`` included).

    Args:
        header: The value; bytes that are not UTF-8 as surrogate escapes.

    Returns:
        Scheme and parameters; no parameters for a scheme other than Digest, because there they are secrets;
        None for a header that is malformed or names a parameter twice.
    """
    scheme, _space, rest = header.strip(" \t").partition(" ")
    if scheme.lower() != "digest":
        return Authorization(scheme.lower(), {})
    parameters: dict[str, str] = {}
    position = 0
    while position < len(rest):
        match = _PARAMETER.match(rest, position)
        if not match or match["name"].lower() in parameters:
            return None
        quoted = match["quoted"]
        parameters[match["name"].lower()] = match["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        position = match.end()
    return Authorization("digest", parameters)


def challenge(dialect: Dialect, nonces: Nonces, *, stale: bool = False) -> str:
    """Return the value of a WWW-Authenticate header with a new nonce."""
    return dialect.template.format(nonce=nonces.issue(), stale="true" if stale else "false")


def _hash(algorithm: str, *parts: str | bytes) -> str:
    # UTF-8 as in RFC 7616, section 4; a byte that came in as a surrogate escape goes out as that byte.
    text = b":".join(part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape") for part in parts)
    if algorithm == "SHA-256":
        return hashlib.sha256(text).hexdigest()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def response(
    parameters: dict[str, str], secret: str, *, algorithm: str, qop: str | None, method: str, body: bytes
) -> str:
    """Compute the ``response`` parameter that belongs to the other parameters (RFC 7616, section 3.4.1)."""
    a1 = _hash(algorithm, parameters["username"], parameters["realm"], secret)
    if qop is None:  # RFC 2069, section 2.1.1
        return _hash(algorithm, a1, parameters["nonce"], _hash(algorithm, method, parameters["uri"]))
    integrity = (_hash(algorithm, body),) if qop == "auth-int" else ()
    a2 = _hash(algorithm, method, parameters["uri"], *integrity)
    return _hash(algorithm, a1, parameters["nonce"], parameters["nc"], parameters["cnonce"], qop, a2)


def verify(
    authorization: Authorization | None,
    *,
    method: str,
    target: str,
    body: bytes,
    dialect: Dialect,
    nonces: Nonces,
    secrets_of: Callable[[str], Iterable[str]],
) -> Verdict:
    """Check a login.

    Args:
        authorization: The parsed header; None if there was none or it was malformed.
        method: The method of the request.
        target: The request target exactly as received: ``uri`` has to be equal to it.
        body: The body of the request, which ``auth-int`` protects.
        dialect: How the server asks for logins.
        nonces: The nonces of the server that got the request; an accepted ``nc`` is used up.
        secrets_of: Gives the secrets that a user name can log in with.

    Returns:
        The verdict. A nonce that is unknown or expired is stale whatever the password: a server that no longer knows
        a nonce has nothing to check the password against [inferred].
    """
    parameters = authorization.parameters if authorization else {}
    needed = {"username", "realm", "nonce", "uri", "response"} | ({"nc", "cnonce"} if dialect.qop else set())
    if dialect.algorithm is None or not needed <= parameters.keys():
        return Verdict()
    if not nonces.alive(parameters["nonce"]):
        return Verdict(stale=True)
    if (
        parameters["realm"] != REALM
        or parameters["uri"] != target
        or parameters.get("qop") != dialect.qop
        or parameters.get("algorithm", "MD5").upper() != dialect.algorithm
        or (dialect.qop and not re.fullmatch("[0-9A-Fa-f]{8}", parameters["nc"]))
    ):
        return Verdict()
    for secret in secrets_of(parameters["username"]):
        expected = response(parameters, secret, algorithm=dialect.algorithm, qop=dialect.qop, method=method, body=body)
        if parameters["response"].lower() == expected:
            repeated = dialect.qop and not nonces.spend(parameters["nonce"], int(parameters["nc"], 16))
            return Verdict() if repeated else Verdict(secret)
    return Verdict()
