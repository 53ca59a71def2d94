# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options become settings, or the module refuses them before it sends anything."""

from __future__ import annotations

import os
import ssl
import typing as t
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Auth, Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import name_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._module import from_environment
from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import ServiceAccount, Token
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import (
    ENVIRONMENT,
    LOGINS,
    UNDECODABLE,
    auth_from,
    read_base_url,
    settings_from,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

OPTIONS: dict[str, t.Any] = {
    "base_url": "https://ops.example.com:8443",
    "public_key": "jane.doe@example.com",
    "private_key": "secret",
    "validate_certs": True,
    "ca_path": None,
    "client_cert": None,
    "client_key": None,
    "use_proxy": True,
    "api_timeout": 30.0,
    "api_retries": 4,
    "api_retry_max_delay": 60.0,
    "envelope": False,
    "pretty": False,
}


@pytest.mark.parametrize(
    ("given", "complete"),
    [
        ("https://cloud.mongodb.com", "https://cloud.mongodb.com/api/atlas/v1.0"),
        ("https://cloud.mongodb.com/", "https://cloud.mongodb.com/api/atlas/v1.0"),
        ("https://CLOUD.mongodb.com", "https://CLOUD.mongodb.com/api/atlas/v1.0"),
        ("https://cloud.mongodbgov.com", "https://cloud.mongodbgov.com/api/atlas/v1.0"),
        ("https://cloud.mongodb.com/api/public/v1.0", "https://cloud.mongodb.com/api/public/v1.0"),
        ("https://ops.example.com:8443", "https://ops.example.com:8443/api/public/v1.0"),
        ("http://ops.example.com:8080//", "http://ops.example.com:8080/api/public/v1.0"),
        ("http://[::1]:8080", "http://[::1]:8080/api/public/v1.0"),
        ("HTTPS://ops.example.com/mms/api/public/v1.0/", "https://ops.example.com/mms/api/public/v1.0"),
    ],
)
def test_an_address_without_a_path_is_completed(given: str, complete: str) -> None:
    assert read_base_url(given).url() == complete


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ops.example.com",
        "ops.example.com:8443",
        "ftp://ops.example.com",
        "file:///etc/passwd",
        "https://",
        "https:///api/public/v1.0",
        "https://:8443",
        "https://jane:hunter2@ops.example.com",
        "https://jane@ops.example.com",
        "https://@ops.example.com",
        "https://ops.example.com/jane:hunter2@",
        "https://ops.example.com?token=hunter2",
        "https://ops.example.com/?",
        "https://ops.example.com/#",
        "https://ops.example.com#hunter2",
        "https://ops.example.com:port",
        "https://ops.example.com:99999",
        "https://[::1",
        "https://ops.example.com/a b",
        "https://ops.example.com\\@evil.example",
        "https://ops.example.com\n",
        "https://ops.exa\tmple.com",
    ],
)
def test_any_other_base_url_is_refused_by_name_and_not_repeated(given: str) -> None:
    with pytest.raises(OptionError, match=r"^base_url ") as refused:
        read_base_url(given)
    assert "hunter2" not in str(refused.value)
    assert "example.com" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("5d1a4f2e9ccf64b7c8d90a11", "5d1a4f2e9ccf64b7c8d90a11"),
        ("jane+backup@example.com", "jane%2Bbackup@example.com"),
        ("a/../b", "a%2F..%2Fb"),
        ("...", "..."),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c;d", "a%3Fb%23c;d"),
        ("-._~!$&'()*,;=:@", "-._~!$&'()*,;=:@"),
        ("+%/?#", "%2B%25%2F%3F%23"),
        ('"<>[]\\^`{|}', "%22%3C%3E%5B%5D%5C%5E%60%7B%7C%7D"),
        ("a b\n\tc", "a%20b%0A%09c"),
        ("Köln", "K%C3%B6ln"),
    ],
)
def test_a_name_is_one_segment_of_the_path(value: str, segment: str) -> None:
    assert path_segment(value) == segment


@pytest.mark.parametrize("value", ["", " ", "\n\t", ".", "..", "\ud800", " a", "a\n"])
def test_an_invalid_name_is_refused(value: str) -> None:
    with pytest.raises(OptionError, match=r"^user_name .*Nothing was sent"):
        name_segment("user_name", value)


def test_a_secret_is_no_name() -> None:
    with pytest.raises(OptionError, match=r"^user_name looks like a private key") as refused:
        name_segment("user_name", "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6")
    assert "7f3c9a52" not in str(refused.value)


SERVER = read_base_url(OPTIONS["base_url"])


def login(options: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> Auth:
    """Return the login without its warnings."""
    return auth_from(options, environ, SERVER)[0]


def test_the_settings_of_plain_options() -> None:
    settings = settings_from(OPTIONS, {})
    assert settings.server.url() == "https://ops.example.com:8443/api/public/v1.0"
    assert login(OPTIONS, {}).owns("secret")
    assert settings.cert is None


@pytest.mark.parametrize("option", ["public_key", "private_key"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_credential_names_the_option_and_the_environment_variables(option: str, value: str | None) -> None:
    kind = "PUBLIC" if option == "public_key" else "PRIVATE"
    with pytest.raises(OptionError) as refused:
        login({**OPTIONS, option: value}, {})
    for name in (option, f"MONGODB_ATLAS_{kind}_API_KEY", f"MONGODB_ATLAS_{kind}_KEY", f"MCLI_{kind}_API_KEY"):
        assert name in str(refused.value)


@pytest.mark.parametrize("option", ["public_key", "private_key"])
@pytest.mark.parametrize("value", ["hunter2\n", "hunter2\r\nX-Header: y", "hunter2\x00", "hunter2\ud800"])
def test_a_credential_that_cannot_be_sent_is_refused_and_not_repeated(option: str, value: str) -> None:
    with pytest.raises(OptionError, match=rf"^{option} ") as refused:
        login({**OPTIONS, option: value}, {})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("option", ["base_url", "org_id", "project_id"])
def test_a_variable_that_is_not_utf_8_is_refused_by_its_name(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_more = ENVIRONMENT[option]
    monkeypatch.setenv(second, "https://hunter2\udcff")
    value = from_environment(first, second)
    assert value == f"https://hunter2{UNDECODABLE}"
    with pytest.raises(
        OptionError, match=f"^The environment variable {second} holds text that is not UTF-8"
    ) as refused:
        settings_from({**OPTIONS, option: value}, os.environ)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(OptionError, match=f"^{option} holds text that is not UTF-8"):
        settings_from({**OPTIONS, option: value}, {})


NO_LOGIN = {**OPTIONS, "public_key": None, "private_key": None}
KEY = {"MONGODB_ATLAS_PUBLIC_KEY": "kfjwbqzs", "MCLI_PRIVATE_API_KEY": "secret-of-key"}
ACCOUNT = {
    "MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_5f1a2b3c4d5e6f7081920a01",
    "MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_sk_secret-of-account",
}
TOKEN = {"MONGODB_ATLAS_ACCESS_TOKEN": "secret-token"}


@pytest.mark.parametrize("option", ["public_key", "private_key", "client_id", "client_secret", "access_token"])
def test_a_credential_in_a_variable_that_is_not_utf_8_is_refused_by_its_name(option: str) -> None:
    (kind,) = [names for names in LOGINS.values() if option in names]
    variables = {ENVIRONMENT[name][0]: "x" for name in kind} | {ENVIRONMENT[option][0]: "hunter2\udcff"}
    with pytest.raises(
        OptionError, match=f"^The environment variable {ENVIRONMENT[option][0]} holds text that is"
    ) as no:
        login(NO_LOGIN, variables)
    assert "hunter2" not in str(no.value)


@pytest.mark.parametrize(
    ("options", "environ", "kind", "warns"),
    [
        ({}, KEY, Digest, False),
        ({}, ACCOUNT, ServiceAccount, False),
        ({}, TOKEN, Token, False),
        ({"public_key": "kfjwbqzs"}, {**KEY, **ACCOUNT, **TOKEN}, Digest, False),
        ({"client_secret": "x-secret"}, {**KEY, **ACCOUNT, **TOKEN}, ServiceAccount, False),
        ({"access_token": "x-token"}, {**KEY, **ACCOUNT}, Token, False),
        ({}, {**KEY, **ACCOUNT, **TOKEN}, Token, True),
        ({}, {**KEY, **ACCOUNT}, ServiceAccount, True),
        ({"public_key": "kfjwbqzs", "private_key": "x"}, {}, Digest, False),
    ],
)
def test_variables_complete_the_options_of_their_kind(
    options: dict[str, t.Any], environ: dict[str, str], kind: type, warns: bool
) -> None:
    auth, warnings = auth_from({**NO_LOGIN, **options}, environ, SERVER)
    assert isinstance(auth, kind)
    assert bool(warnings) == warns
    assert "secret" not in repr(warnings)


def test_a_key_wins_where_a_module_prefers_it() -> None:
    auth, warnings = auth_from(NO_LOGIN, {**KEY, **ACCOUNT, **TOKEN}, SERVER, prefers_key=True)
    assert isinstance(auth, Digest)
    assert "The task uses the API key." in warnings[0]


@pytest.mark.parametrize(
    "options",
    [
        {"public_key": "kfjwbqzs", "client_id": "x"},
        {"private_key": "secret", "access_token": "secret"},
        {"client_secret": "secret", "access_token": "secret"},
    ],
)
def test_two_kinds_of_login_in_the_options_are_refused_by_name(options: dict[str, str]) -> None:
    first, second = options
    with pytest.raises(OptionError, match="belong to two kinds of login") as refused:
        login({**NO_LOGIN, **options}, {})
    assert {first, second} <= set(str(refused.value).split())
    assert "secret" not in str(refused.value).replace("client_secret", "")


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://cloud.mongodb.com", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:8080", True),
        ("http://cloud.mongodb.com", False),
        ("http://127.0.0.1.example.com", False),
    ],
)
@pytest.mark.parametrize("environ", [ACCOUNT, TOKEN])
def test_a_secret_is_sent_over_plain_http_to_this_machine_only(url: str, good: bool, environ: dict[str, str]) -> None:
    server = read_base_url(url)
    if good:
        assert auth_from(NO_LOGIN, environ, server)[1] == []
    else:
        with pytest.raises(OptionError, match="base_url must begin with https://"):
            auth_from(NO_LOGIN, environ, server)
    assert isinstance(auth_from(NO_LOGIN, KEY, server)[0], Digest)


def test_a_secret_that_is_sent_without_checking_certificates_leads_to_a_warning() -> None:
    _auth, warnings = auth_from({**NO_LOGIN, "validate_certs": False}, ACCOUNT, SERVER)
    assert "validate_certs is false" in warnings[0]


def test_trusted_authorities_come_from_the_option_then_the_environment_then_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorities, requests_, curl = (str(tmp_path / name) for name in ("ca.pem", "requests.pem", "curl.pem"))
    for path in (authorities, requests_, curl):
        trustme.CA().cert_pem.write_to_path(path)
    environ = {"REQUESTS_CA_BUNDLE": requests_, "CURL_CA_BUNDLE": curl}

    def verify(options: dict[str, t.Any], environ: dict[str, str]) -> bool | str:
        return settings_from({**OPTIONS, **options}, environ).verify

    assert verify({"ca_path": authorities, "validate_certs": False}, environ) is False
    assert verify({"ca_path": authorities}, environ) == authorities
    assert verify({"ca_path": str(tmp_path)}, environ) == str(tmp_path)
    assert verify({}, environ) == requests_
    assert verify({}, {"CURL_CA_BUNDLE": curl}) == curl
    assert verify({"base_url": "http://ops.example.com"}, environ) is True

    def system(cafile: str | None, capath: str | None) -> bool | str:
        paths = SimpleNamespace(cafile=cafile, capath=capath)
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
        return verify({}, {})

    empty = tmp_path / "empty"
    empty.mkdir()
    assert system("/etc/cert.pem", None) == "/etc/cert.pem"
    assert system(None, str(tmp_path)) == str(tmp_path)
    assert system(None, str(empty)) is True
    assert system(None, None) is True
    assert system(None, str(tmp_path / "gone")) is True


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_variable_that_names_no_authorities_is_named(variable: str, tmp_path: Path) -> None:
    with pytest.raises(
        OptionError, match=rf"^The environment variable {variable}: there is no file or folder /none.pem"
    ):
        settings_from(OPTIONS, {variable: "/none.pem"})
    with pytest.raises(OptionError, match=r"there is no file or folder /n\?ne") as refused:
        settings_from(OPTIONS, {variable: "/n\udcffne"})
    assert str(refused.value).isprintable()
    junk = tmp_path / "junk.pem"
    junk.write_text("-----BEGIN", encoding="utf-8")
    with pytest.raises(OptionError, match=rf"^The environment variable {variable}: .* holds no certificates in PEM"):
        settings_from(OPTIONS, {variable: str(junk)})
    assert settings_from({**OPTIONS, "base_url": "http://ops.example.com"}, {variable: "/none.pem"}).verify is True


@pytest.fixture
def client(tmp_path: Path) -> tuple[str, str, str]:
    """Make the files of a client: the certificate, the private key, and one file with both."""
    issued = trustme.CA().issue_cert("jane@example.com")
    cert, key, both = (str(tmp_path / name) for name in ("cert.pem", "key.pem", "both.pem"))
    issued.cert_chain_pems[0].write_to_path(cert)
    issued.private_key_pem.write_to_path(key)
    issued.private_key_and_cert_chain_pem.write_to_path(both)
    return cert, key, both


def test_the_files_of_a_client_certificate(client: tuple[str, str, str]) -> None:
    cert, key, both = client
    assert settings_from({**OPTIONS, "client_cert": cert, "client_key": key}, {}).cert == (cert, key)
    assert settings_from({**OPTIONS, "client_cert": both}, {}).cert == (both, both)


def test_a_client_certificate_that_cannot_be_used_is_refused_with_the_reason(
    client: tuple[str, str, str], tmp_path: Path
) -> None:
    cert, key, _both = client
    other, encrypted, pfx = (str(tmp_path / name) for name in ("other.pem", "encrypted.pem", "client.pfx"))
    trustme.CA().issue_cert("john@example.com").private_key_pem.write_to_path(other)
    private = load_pem_private_key(Path(key).read_bytes(), None)
    password = BestAvailableEncryption(b"hunter2")
    Path(encrypted).write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, password))
    Path(pfx).write_bytes(b"\x30\x82\x00\x01")
    for files, says in (
        ({"client_cert": cert, "client_key": other}, "client_key: the private key does not belong to client_cert"),
        ({"client_cert": cert, "client_key": encrypted}, "client_key: the private key in .* is encrypted"),
        ({"client_cert": pfx}, "not in PEM format.*openssl pkcs12"),
        ({"client_cert": cert}, "holds no private key"),
    ):
        with pytest.raises(OptionError, match=says):
            settings_from({**OPTIONS, **files}, {})


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
def test_a_missing_file_is_named_with_its_option(option: str, tmp_path: Path) -> None:
    existing = tmp_path / "existing.pem"
    trustme.CA().issue_cert("jane@example.com").private_key_and_cert_chain_pem.write_to_path(str(existing))
    options = {**OPTIONS, "client_cert": str(existing), option: str(tmp_path / "missing.pem")}
    with pytest.raises(OptionError, match=rf"^{option}: .*missing\.pem"):
        settings_from(options, {})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("api_timeout", 0.0),
        ("api_timeout", -1.0),
        ("api_timeout", float("nan")),
        ("api_timeout", float("inf")),
        ("api_retries", -1),
        ("api_retry_max_delay", -0.5),
        ("api_retry_max_delay", float("nan")),
    ],
)
def test_a_number_without_a_meaning_is_refused_by_name(option: str, value: float) -> None:
    with pytest.raises(OptionError, match=rf"^{option} "):
        settings_from({**OPTIONS, option: value}, {})
