# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs a task in. The client knows no kind of login; it asks an object of this file before a request and after a 401.

This file computes the digest, because the library requests has two faults. Up to 2.32, it asks for an MD5 "for
security", which a machine in FIPS mode refuses. If a path holds a semicolon, it computes the digest over another path
than it sends.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import typing as t

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._http import Response

_CHALLENGE = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)\s+(?=[\w-]+\s*=)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PARAMETER = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_ALGORITHMS = {"MD5": "md5", "SHA": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}


class Challenge(t.NamedTuple):
    """A challenge for HTTP digest authentication (RFC 7616, section 3.3)."""

    realm: str
    nonce: str
    algorithm: str | None = None
    """As the server wrote it; None means MD5."""
    qop: str | None = None
    """``auth``; None for the older form of RFC 2069."""
    opaque: str | None = None
    stale: bool = False


class Post(t.Protocol):
    """Sends a form to a path of the server, without any login but this one.

    Raises:
        RequestError: There is no response.
    """

    def __call__(self, path: str, authorization: str, form: t.Mapping[str, str]) -> Response: ...


class Login(t.Protocol):
    """The login of a task, without the secret."""

    @property
    def account_id(self) -> str | None:
        """The client id of the service account that logs in; empty if none does, None if nobody knows."""

    def owns(self, secret_end: str) -> bool:
        """Tell whether the task logs in with the object whose secret ends like this. For an empty end, return False."""


class Auth(Login, t.Protocol):
    """A way to log in. The client asks it before each request, after a 401, and at the end."""

    must_close: bool
    """Whether the login leaves something behind if nobody calls :meth:`close`."""
    sends_secret: bool
    """Whether the login sends a secret itself, which everybody on the way can read without TLS."""

    def sign(self, method: str, target: str, post: Post) -> dict[str, str]:
        """Return the header fields that log a request in; none if the server must send a challenge first."""

    def answer(self, headers: t.Mapping[str, str], signed: bool) -> bool:
        """Tell, after a 401, whether the same request can succeed if it is signed anew."""

    def explain(self, headers: t.Mapping[str, str], signed: bool) -> str:
        """Tell the user what to do about a refused login."""

    def close(self, post: Post) -> str:
        """End the login; return a warning if that failed, otherwise an empty text."""


class Digest:
    """A login by HTTP digest: with a programmatic key, or on Ops Manager up to 4.4 with a user name and a personal key.

    Args:
        username: The public key, or the user name.
        password: The private key, or the personal key.
    """

    must_close = False
    sends_secret = False
    account_id = ""

    def __init__(self, username: str, password: str) -> None:
        self.username = username
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0

    def owns(self, secret_end: str) -> bool:
        """Tell whether the task logs in with the object whose secret ends like this.

        Args:
            secret_end: The characters of the secret that the server shows; empty if it shows none.
        """
        return bool(secret_end) and self._password.endswith(secret_end)

    def sign(self, method: str, target: str, post: Post | None = None) -> dict[str, str]:
        """Return the header fields that log a request in.

        One nonce serves for many requests, which saves a round trip for each. The server refuses a count that it has
        seen on a nonce, so the client signs every request anew, even a repeated one.

        Args:
            method: The method of the request.
            target: Path and query, exactly as the client sends them.
            post: Is not needed.

        Returns:
            The header fields; none until the server has sent a challenge.
        """
        if not self._challenge:
            return {}
        self._count += 1
        credentials = authorization(
            self._challenge, self.username, self._password, method, target, self._count, secrets.token_hex(8)
        )
        # http.client sends Latin-1, and RFC 7616 wants the user name in UTF-8.
        return {"Authorization": credentials.encode().decode("latin-1")}

    def answer(self, headers: t.Mapping[str, str], signed: bool) -> bool:
        """Tell, after a 401, whether the same request can succeed if it is signed anew.

        Args:
            headers: The header fields of the 401.
            signed: Whether the refused request was signed.
        """
        challenge = read_challenge(headers.get("WWW-Authenticate", ""))
        if not challenge:
            return False
        # Behind a balancer, each server knows only its own nonces, and some do not report another's as stale.
        used_before = self._count > 1
        if signed and not challenge.stale and not used_before:
            return False
        self._challenge, self._count = challenge, 0
        return True

    def explain(self, headers: t.Mapping[str, str], signed: bool) -> str:
        """Tell the user what to do about a refused login.

        Args:
            headers: The header fields of the last 401.
            signed: Whether the refused request was signed.
        """
        if signed and is_stale(headers):
            return (
                "The server did not know its own nonce, the text that it sent for the login. Are there several servers "
                "behind a balancer?"
            )
        if signed:
            return (
                "The login was refused: check public_key and private_key (for a personal key the user name and the "
                "key), the access list of the key, and whether a proxy on the way changes the path of requests. "
                "Personal keys can log in neither to Atlas nor to Ops Manager 5.0 and later."
            )
        if re.search(r"\bdigest\b", headers.get("WWW-Authenticate", ""), re.IGNORECASE):
            return (
                "The server sent a digest challenge that the module cannot answer. It supports the algorithms MD5, "
                "SHA, SHA-256 and SHA-512, with qop=auth or without qop."
            )
        return (
            "The server did not ask for HTTP digest authentication, the only kind of login that the module supports. "
            "Check base_url."
        )

    def close(self, post: Post | None = None) -> str:
        """Do nothing: a digest leaves nothing behind."""
        return ""


def is_stale(headers: t.Mapping[str, str]) -> bool:
    """Tell whether a challenge says that the nonce was wrong, not the credentials (RFC 7616, section 3.3)."""
    return bool(re.search(r'\bstale="?true\b', headers.get("WWW-Authenticate", ""), re.IGNORECASE))


def read_challenge(header: str) -> Challenge | None:
    """Find a digest challenge that the module supports.

    Args:
        header: The value of ``WWW-Authenticate``; it can hold several challenges (RFC 9110, section 11.6.1).

    Returns:
        The first challenge with a known algorithm, and with qop=auth or without any qop; None if there is none.
    """
    # Text in quotes begins no challenge. The mask keeps all positions.
    starts = list(_CHALLENGE.finditer(_QUOTED.sub(lambda match: '"' + "_" * (len(match[0]) - 2) + '"', header)))
    ends = [start.start() for start in starts[1:]] + [len(header)]
    for start, end in zip(starts, ends):
        found = _PARAMETER.findall(header[start.end() : end])
        given = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or token for name, quoted, token in found}
        qops = [qop.strip().lower() for qop in given.get("qop", "auth").split(",")]
        is_known = _algorithm(given.get("algorithm")) in _ALGORITHMS and "auth" in qops
        if start[1].lower() == "digest" and {"realm", "nonce"} <= given.keys() and is_known:
            return Challenge(
                given["realm"],
                given["nonce"],
                given.get("algorithm"),
                "auth" if "qop" in given else None,
                given.get("opaque"),
                given.get("stale", "").lower() == "true",
            )
    return None


def authorization(
    challenge: Challenge, username: str, password: str, method: str, target: str, count: int, cnonce: str
) -> str:
    """Compute the value of ``Authorization`` that answers a challenge (RFC 7616, section 3.4; RFC 2069 without qop).

    Args:
        challenge: The challenge of the server.
        username: The name to log in with.
        password: The password, which is not in the result.
        method: The method of the request.
        target: Path and query, exactly as the client sends them.
        count: How many requests have used the nonce, with this one.
        cnonce: Any new text.
    """
    kind = _ALGORITHMS[_algorithm(challenge.algorithm)]
    is_session = (challenge.algorithm or "").lower().endswith("-sess")

    def digest(text: str) -> str:
        # The server chooses the algorithm. Without the flag, a machine in FIPS mode computes no MD5.
        return hashlib.new(kind, text.encode(), usedforsecurity=False).hexdigest()

    secret = digest(f"{username}:{challenge.realm}:{password}")
    if is_session:
        secret = digest(f"{secret}:{challenge.nonce}:{cnonce}")
    request = digest(f"{method}:{target}")
    used = f"{challenge.nonce}:{count:08x}:{cnonce}:{challenge.qop}" if challenge.qop else challenge.nonce
    parts = {
        "username": _quote(username),
        "realm": _quote(challenge.realm),
        "nonce": _quote(challenge.nonce),
        "uri": _quote(target),
        "response": _quote(digest(f"{secret}:{used}:{request}")),
        "opaque": None if challenge.opaque is None else _quote(challenge.opaque),
        "algorithm": challenge.algorithm,
        "qop": challenge.qop,
        "nc": f"{count:08x}" if challenge.qop else None,
        "cnonce": _quote(cnonce) if challenge.qop or is_session else None,
    }
    return "Digest " + ", ".join(f"{name}={value}" for name, value in parts.items() if value is not None)


def _algorithm(name: str | None) -> str:
    name = (name or "MD5").upper()
    return name[:-5] if name.endswith("-SESS") else name


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
