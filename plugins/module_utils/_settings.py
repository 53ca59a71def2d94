# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns options into connection settings, and refuses unusable values before the client sends anything."""

from __future__ import annotations

import os
import re
import ssl
import typing as t
from urllib.parse import urlsplit

from ansible_collections.mongodb.atlas.plugins.module_utils._api import Server, find_server
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Auth, Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import check_login, is_text

ENVIRONMENT = {
    "base_url": ["MONGODB_ATLAS_BASE_URL", "MCLI_OPS_MANAGER_URL"],
    "public_key": ["MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PUBLIC_KEY", "MCLI_PUBLIC_API_KEY"],
    "private_key": ["MONGODB_ATLAS_PRIVATE_API_KEY", "MONGODB_ATLAS_PRIVATE_KEY", "MCLI_PRIVATE_API_KEY"],
    "client_id": ["MONGODB_ATLAS_CLIENT_ID"],
    "client_secret": ["MONGODB_ATLAS_CLIENT_SECRET"],
    "access_token": ["MONGODB_ATLAS_ACCESS_TOKEN"],
    "org_id": ["MONGODB_ATLAS_ORG_ID", "MCLI_ORG_ID"],
    "project_id": ["MONGODB_ATLAS_PROJECT_ID", "MCLI_PROJECT_ID"],
}
"""The environment variables that stand in for an option; the first one that is set wins.

The names are those of MongoDB's own tools: the Atlas CLI, the Terraform provider and ``mongocli``.
"""

LOGINS = {
    "access token": ("access_token",),
    "service account": ("client_id", "client_secret"),
    "API key": ("public_key", "private_key"),
}
"""The kinds of login and their options. If the environment has several kinds, the first one wins."""

SECRETS = ("private_key", "client_secret", "access_token")
"""The options that hold secrets."""

DEFAULT_BASE_URL = "https://cloud.mongodb.com/api/atlas/v1.0"

UNDECODABLE = "\ufffd"
"""Stands for bytes that are not UTF-8 (U+FFFD, the replacement character)."""

_RANGES = {"api_timeout": (0.001, 86400), "api_retries": (0, 1000), "api_retry_max_delay": (0, 86400)}
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


class Settings(t.NamedTuple):
    """How to reach one server, checked and complete."""

    server: Server
    verify: bool | str = True
    """False, or the file or folder with the certificates of the trusted authorities; True means those of requests."""
    cert: tuple[str, str] | None = None
    """The files with the client certificate and with its private key."""
    use_proxy: bool = True
    timeout: float = 30
    retries: int = 4
    retry_max_delay: float = 60
    envelope: bool = False
    pretty: bool = False


def settings_from(options: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> Settings:
    """Check the connection options of a task.

    Args:
        options: The options of the documentation fragment ``connection``, with their defaults.
        environ: The environment of the process. It holds the variables of requests and curl that name a CA bundle. A
            message about a value that is not UTF-8 names its variable.

    Raises:
        OptionError: An option cannot be used. The message names it, and never repeats a value that may be a secret.
    """
    for option in ("base_url", "org_id", "project_id"):
        _refuse_undecodable(option, options.get(option), environ)
    server = read_base_url(options["base_url"])
    return Settings(
        server=server,
        verify=_verify(server.origin, options["validate_certs"], options["ca_path"], environ),
        cert=_client_certificate(options["client_cert"], options["client_key"]),
        use_proxy=options["use_proxy"],
        timeout=_within("api_timeout", options["api_timeout"]),
        retries=int(_within("api_retries", options["api_retries"])),
        retry_max_delay=_within("api_retry_max_delay", options["api_retry_max_delay"]),
        envelope=options["envelope"],
        pretty=options["pretty"],
    )


def auth_from(
    options: t.Mapping[str, t.Any],
    environ: t.Mapping[str, str],
    server: Server,
    *,
    prefers_key: bool = False,
    only_account: bool = False,
) -> tuple[Auth, list[str]]:
    """Choose and check the login of a task.

    Variables of the environment complete the options of the same kind. Without any option for a login, the environment
    alone decides.

    Args:
        options: The options of all kinds of login; None for those that are not set.
        environ: The environment of the process. A message about a value that is not UTF-8 names its variable.
        server: The server, which gets the secret of a service account.
        prefers_key: Whether an API key wins if the environment has several kinds.
        only_account: Whether only a service account can do the work. Then the option ``access_token`` is no login, and
            neither are the variables of other kinds.

    Returns:
        The login, and warnings.

    Raises:
        OptionError: There is no login, or there are two, or a credential cannot be used. The message never repeats a
            secret.
    """
    if only_account:
        options, environ = _of_account(options, environ)
    in_options = [kind for kind, names in LOGINS.items() if any(options.get(name) is not None for name in names)]
    if len(in_options) > 1:
        named = [name for kind in in_options for name in LOGINS[kind] if options.get(name) is not None]
        raise OptionError(f"{named[0]} and {named[-1]} belong to two kinds of login. Set only one. Nothing was sent.")
    in_environment = [kind for kind, names in LOGINS.items() if any(_variable(name, environ) for name in names)]
    if prefers_key:
        in_environment.sort(key=lambda kind: kind != "API key")
    kinds = in_options or in_environment
    kind = kinds[0] if kinds else "service account" if only_account else "API key"
    warnings = []
    if not in_options and len(in_environment) > 1:
        warnings.append(
            f"The environment has several logins: {', '.join(in_environment)}. The task uses the {kind}. Unset the "
            "variables of the other logins."
        )
    values = [credential(name, options.get(name), environ) for name in LOGINS[kind]]
    check_login(dict(zip(LOGINS[kind], values)))
    if kind == "API key":
        return Digest(*values), warnings
    from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import ServiceAccount, Token

    if server.origin.startswith("http:") and not _is_loopback(urlsplit(server.origin).hostname or ""):
        raise OptionError(
            f"Unlike the login with an API key, this login ({kind}) sends a secret. So base_url must begin with "
            "https://. Nothing was sent."
        )
    if not options.get("validate_certs", True):
        warnings.append(
            f"This login ({kind}) sends a secret, and validate_certs is false. So anybody on the network path can read "
            "the secret."
        )
    if kind == "access token":
        return Token(values[0]), warnings
    return ServiceAccount(values[0], values[1]), warnings


def _of_account(
    options: t.Mapping[str, t.Any], environ: t.Mapping[str, str]
) -> tuple[dict[str, t.Any], dict[str, str]]:
    """Leave out the other kinds of login."""
    for name in LOGINS["API key"]:
        if options.get(name) is not None:
            raise OptionError(
                f"{name} belongs to an API key, and this module logs in as a service account only. Set client_id and "
                "client_secret instead. Nothing was sent."
            )
    others = [name for kind, names in LOGINS.items() if kind != "service account" for name in names]
    variables = {variable for name in others for variable in ENVIRONMENT[name]}
    return (
        {name: value for name, value in options.items() if name not in others},
        {name: value for name, value in environ.items() if name not in variables},
    )


def read_base_url(given: str) -> Server:
    """Check an address, and find out which API it means.

    Raises:
        OptionError: The text is not an address of http or https, or has a part that does not belong there. The message
            does not repeat the address: somebody may have pasted credentials into it.
    """
    try:
        parts = urlsplit(given)
        host, _port = parts.hostname, parts.port
    except ValueError:  # brackets that do not match, or an invalid port
        raise OptionError("base_url is not a valid URL.") from None
    if parts.scheme not in ("http", "https"):
        raise OptionError("base_url must begin with http:// or https://.")
    if "@" in given:
        raise OptionError(
            "base_url must not contain a user name or a password. Use the options public_key and private_key."
        )
    if not host:
        raise OptionError("base_url must contain a host name.")
    if "?" in given or "#" in given:
        raise OptionError("base_url must not contain a query or a fragment.")
    if _CONTROL_CHARACTER.search(given) or " " in given or "\\" in given:
        raise OptionError("base_url must not contain white space, control characters or backslashes.")
    return find_server(f"{parts.scheme}://{parts.netloc}", host, parts.path.rstrip("/"))


def _refuse_undecodable(option: str, value: str | None, environ: t.Mapping[str, str]) -> None:
    """Refuse the value of an environment variable that is not UTF-8."""
    if value and UNDECODABLE in value:
        variable = next((name for name in ENVIRONMENT[option] if not is_text(environ.get(name, ""))), None)
        where = f"The environment variable {variable}" if variable else option
        raise OptionError(f"{where} holds text that is not UTF-8. Nothing was sent.")


def _variable(option: str, environ: t.Mapping[str, str]) -> str | None:
    """Return the name of the first variable of an option that is set and not empty."""
    return next((name for name in ENVIRONMENT[option] if environ.get(name)), None)


def credential(option: str, value: str | None, environ: t.Mapping[str, str]) -> str:
    """Return a credential from its option, or else from the environment.

    Raises:
        OptionError: There is none, or it cannot be used. The message does not repeat it.
    """
    variable = _variable(option, environ)
    where = option
    if value is None and variable:
        value, where = environ[variable], f"The environment variable {variable}"
    if not value or not value.strip():
        raise OptionError(
            f"{option} is missing. Set the option {option}, or one of the environment variables "
            f"{', '.join(ENVIRONMENT[option])} where the module runs."
        )
    if not is_text(value):
        raise OptionError(f"{where} holds text that is not UTF-8. Nothing was sent.")
    if _CONTROL_CHARACTER.search(value):
        raise OptionError(f"{option} contains a line break or another control character, perhaps at its end.")
    return value


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def _verify(origin: str, validate_certs: bool, ca_path: str | None, environ: t.Mapping[str, str]) -> bool | str:
    if not validate_certs:
        return False
    if ca_path is not None:
        return _authorities("ca_path", ca_path)
    if origin.startswith("http:"):
        return True  # without a certificate to check, a wrong variable does no harm
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if environ.get(variable):
            return _authorities(f"The environment variable {variable}", environ[variable])
    return _system_authorities()


def _authorities(option: str, path: str) -> str:
    """Check the file with the authorities to trust, because the error of OpenSSL would not name it."""
    _existing(option, path)
    if not os.path.isdir(path):
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError as error:
            raise OptionError(f"{option}: {_shown(path)} holds no certificates in PEM format ({error}).") from None
    return path


def _system_authorities() -> bool | str:
    """Find the authorities that OpenSSL trusts here, or else those of requests (True), which include no private one."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return paths.cafile
    try:
        return paths.capath if paths.capath and os.listdir(paths.capath) else True
    except OSError:
        return True


def _client_certificate(cert: str | None, key: str | None) -> tuple[str, str] | None:
    if cert is None:
        return None
    key_option, key = ("client_key", key) if key else ("client_cert", cert)
    _existing("client_cert", cert)
    _existing(key_option, key)
    is_encrypted = False

    def password() -> str:  # without it, OpenSSL would ask for the password of an encrypted key on the terminal
        nonlocal is_encrypted
        is_encrypted = True
        return ""

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert, key, password)
    except (OSError, ValueError) as error:
        if is_encrypted:
            raise OptionError(f"{key_option}: the private key in {_shown(key)} is encrypted. Decrypt it.") from None
        if "KEY_VALUES_MISMATCH" in str(error):
            raise OptionError(f"{key_option}: the private key does not belong to client_cert.") from None
        raise OptionError(
            f"client_cert or client_key is not in PEM format, or holds no private key ({error}). Convert a "
            ".pfx or .p12 file with 'openssl pkcs12'."
        ) from None
    return cert, key


def _existing(option: str, path: str) -> str:
    if not os.path.exists(path):
        raise OptionError(f"{option}: there is no file or folder {_shown(path)} where the module runs.")
    return path


def _shown(path: str) -> str:
    return path.encode(errors="replace").decode()


def _within(option: str, value: float) -> float:
    least, most = _RANGES[option]
    if not least <= value <= most:
        raise OptionError(f"{option} must be a number from {least} to {most}.")
    return value
