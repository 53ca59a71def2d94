# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP digest: how a challenge is read and answered, and when it is answered again."""

from __future__ import annotations

import hashlib
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import (
    Challenge,
    Digest,
    authorization,
    read_challenge,
)

from tests.emulator import digest

SERVER = 'Digest realm="MMS Public API", domain="", nonce="n+/1=", algorithm=MD5, qop="auth", stale=false'


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (SERVER, Challenge("MMS Public API", "n+/1=", "MD5", "auth")),
        (SERVER.replace("qop=", "op="), Challenge("MMS Public API", "n+/1=", "MD5")),
        ('DIGEST REALM="x", NONCE=y, STALE=TRUE', Challenge("x", "y", stale=True)),
        ('Digest realm="x",nonce="y",qop="auth-int, AUTH"', Challenge("x", "y", None, "auth")),
        ('Digest realm="a \\"b\\", c=d", nonce="y", opaque=""', Challenge('a "b", c=d', "y", opaque="")),
        ('Digest realm="a, Digest nonce=z", nonce="y"', Challenge("a, Digest nonce=z", "y")),
        ('Basic realm="x", Digest realm="x", nonce="y"', Challenge("x", "y")),
        ('Digest realm="x", nonce="a", algorithm=SHA-512-256, Digest realm="x", nonce="b"', Challenge("x", "b")),
        ('Digest realm="x", nonce="y", algorithm=sha-256-sess', Challenge("x", "y", "sha-256-sess")),
        ('Negotiate, Digest realm="x", nonce="y"', Challenge("x", "y")),
    ],
)
def test_a_challenge_is_found_and_read(header: str, challenge: Challenge) -> None:
    assert read_challenge(header) == challenge


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Digest",
        "Negotiate",
        'Basic realm="x"',
        'Bearer realm="x", nonce="y"',
        'Digest realm="x"',
        'Digest nonce="y"',
        'Digest realm="x", nonce',
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="x", nonce="y", algorithm=SHA-512-256',
    ],
)
def test_a_challenge_that_cannot_be_answered_is_not_found(header: str) -> None:
    assert read_challenge(header) is None


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        # RFC 7616, section 3.9.1
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_the_standard(algorithm: str, response: str) -> None:
    challenge = Challenge(
        "http-auth@example.org",
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        algorithm,
        "auth",
        "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    )
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    header = authorization(challenge, "Mufasa", "Circle of Life", "GET", "/dir/index.html", 1, cnonce)
    assert f'response="{response}"' in header
    assert header.startswith('Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/')
    assert f"algorithm={algorithm}, qop=auth, nc=00000001, cnonce=" in header
    assert 'opaque="FQhe/' in header


def test_the_example_of_the_older_standard() -> None:
    """RFC 2069, section 2.4, as its erratum 749 corrects it."""
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
    header = authorization(challenge, "Mufasa", "CircleOfLife", "GET", "/dir/index.html", 1, "unused")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in header
    assert "unused" not in header


def test_a_session_key_depends_on_both_nonces() -> None:
    challenge = Challenge("x", "y", "MD5-sess", "auth")

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret = md5(f"{md5('u:x:p')}:y:c")
    expected = md5(f"{secret}:y:00000001:c:auth:{md5('GET:/')}")
    assert f'response="{expected}"' in authorization(challenge, "u", "p", "GET", "/", 1, "c")


def test_a_machine_in_fips_mode_can_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a machine computes an MD5 only with usedforsecurity=False, which requests up to 2.32 does not pass."""
    md5, new = hashlib.md5, hashlib.new

    def refuse(data: bytes = b"", *, usedforsecurity: bool = True) -> t.Any:
        if usedforsecurity:
            raise ValueError("[digital envelope routines] unsupported")
        return md5(data, usedforsecurity=False)

    def refuse_by_name(name: str, data: bytes = b"", *, usedforsecurity: bool = True) -> t.Any:
        return refuse(data, usedforsecurity=usedforsecurity) if name.lower() == "md5" else new(name, data)

    monkeypatch.setattr(hashlib, "md5", refuse)
    monkeypatch.setattr(hashlib, "new", refuse_by_name)
    with pytest.raises(ValueError, match="unsupported"):
        hashlib.md5(b"")
    assert 'response="' in authorization(Challenge("x", "y", "MD5", "auth"), "u", "p", "GET", "/", 1, "c")


@pytest.mark.parametrize("target", ["/users/byName/a;b", "/users/byName/a;b?x=1;y", "/x?a=b%20c"])
@pytest.mark.parametrize("dialect", ["qop", "op", "plain", "sha-256"])
def test_the_emulator_accepts_the_header(dialect: str, target: str) -> None:
    nonces = digest.Nonces(60)
    auth = Digest('jane "x" \\ ß', "pässwörd")
    headers = {"WWW-Authenticate": digest.challenge(digest.DIALECTS[dialect], nonces)}
    assert auth.sign("GET", target) == {}
    assert auth.answer(headers, signed=False)
    for _count in range(2):
        header = auth.sign("GET", target)["Authorization"].encode("latin-1").decode()
        verdict = digest.verify(
            digest.parse_authorization(header),
            method="GET",
            target=target,
            body=b"",
            dialect=digest.DIALECTS[dialect],
            nonces=nonces,
            secrets_of=lambda name: ["pässwörd"] if name == 'jane "x" \\ ß' else [],
        )
        assert verdict.secret == "pässwörd"


def test_a_refused_login_is_not_answered_again() -> None:
    auth = Digest("jane", "wrong")
    assert auth.answer({"WWW-Authenticate": SERVER}, signed=False)
    auth.sign("GET", "/")
    assert not auth.answer({"WWW-Authenticate": SERVER}, signed=True)
    assert "The login was refused" in auth.explain({"WWW-Authenticate": SERVER}, signed=True)
    assert "whether a proxy on the way changes the path" in auth.explain({"WWW-Authenticate": SERVER}, signed=True)


def test_a_stale_nonce_is_always_answered_again() -> None:
    auth = Digest("jane", "right")
    stale = {"WWW-Authenticate": SERVER.replace("stale=false", "stale=true").replace("n+/1=", "n2")}
    assert auth.answer({"WWW-Authenticate": SERVER}, signed=False)
    auth.sign("GET", "/")
    for _time in range(3):
        assert auth.answer(stale, signed=True)
        assert 'nonce="n2"' in auth.sign("GET", "/")["Authorization"]
    assert "did not know its own nonce" in auth.explain(stale, signed=True)


def test_a_nonce_that_was_used_before_may_belong_to_another_server() -> None:
    """Behind a balancer, each server knows only its own nonces. Only the refusal of a new nonce shows a wrong login."""
    auth = Digest("jane", "right")
    other = {"WWW-Authenticate": SERVER.replace("n+/1=", "n2")}
    assert auth.answer({"WWW-Authenticate": SERVER}, signed=False)
    auth.sign("GET", "/")
    auth.sign("GET", "/")
    assert auth.answer(other, signed=True)
    assert 'nonce="n2"' in auth.sign("GET", "/")["Authorization"]
    assert not auth.answer(other, signed=True)


def test_a_challenge_of_another_kind_is_explained() -> None:
    auth = Digest("jane", "right")
    assert not auth.answer({"WWW-Authenticate": 'Basic realm="x"'}, signed=False)
    assert "did not ask for HTTP digest" in auth.explain({"WWW-Authenticate": 'Basic realm="x"'}, signed=False)
    assert "did not ask for HTTP digest" in auth.explain({}, signed=False)
    auth_int = {"WWW-Authenticate": 'Digest realm="x", nonce="y", qop="auth-int"'}
    assert not auth.answer(auth_int, signed=False)
    assert "a digest challenge that the module cannot answer" in auth.explain(auth_int, signed=False)
