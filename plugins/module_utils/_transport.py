# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns an exception of the HTTP library into an error that says why there was no answer, and what to do.

The texts of requests and urllib3 can hold the password of a proxy. So this file uses them only to recognize a cause,
and an error never shows them. An error shows the texts of the operating system, of OpenSSL and of http.client.
"""

from __future__ import annotations

import socket
import ssl
import typing as t
from http.client import HTTPException

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import PROXY_LOGIN, clean
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AtlasError,
    NoAnswerError,
    OptionError,
    UnusableError,
)

try:
    import requests
    from urllib3.exceptions import HTTPError, NewConnectionError
except Exception as error:  # urllib3 refuses an old OpenSSL with an ImportError, and certifi may not find its file
    REQUESTS_ERROR: Exception | None = error
else:
    REQUESTS_ERROR = None

_PROXY_VARIABLES = "the proxy variables of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY)"

# Codes of X509_verify_cert_error_string(3).
_EXPIRED = (9, 10)
_UNKNOWN_AUTHORITY = (2, 18, 19, 20, 21)
_OTHER_NAME = (62, 64)

_NO_TLS_THERE = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")


def read_exception(method: str, url: str, error: Exception, *, signed: bool) -> AtlasError:
    """Say why a request has no answer.

    Args:
        method: The method of the request.
        url: Its address, without the query.
        error: The exception of requests, urllib3, ssl or socket.
        signed: Whether the request was, or may have been, sent with a login. Without one a server does no work.

    Returns:
        An :class:`OptionError` if an address is not valid, an :class:`UnusableError` if a repeat does not help, and
        otherwise a :class:`NoAnswerError`.
    """
    causes = list(_chain(error))
    text = " ".join(map(str, causes))
    if isinstance(error, requests.exceptions.InvalidProxyURL):
        return OptionError(f"The address of a proxy is not valid: check {_PROXY_VARIABLES}, or set use_proxy=false.")
    if isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in text:
        advice = "Install PySocks where the module runs, or set use_proxy=false."
        return UnusableError(method, url, "no connection through the proxy (requests needs PySocks for SOCKS)", advice)
    if _is_no_address(causes):
        return OptionError("base_url, or the address of a proxy in the environment, is not a valid address.")
    never_sent = any(
        isinstance(cause, (NewConnectionError, requests.ConnectTimeout, ssl.SSLCertVerificationError))
        for cause in causes
    )
    unknown = signed and not never_sent
    why = _reason(causes)
    if "proxy appears to only use HTTP" in text:
        advice = "Write http:// instead of https:// in the proxy variable, or set use_proxy=false."
        return UnusableError(method, url, "no TLS connection to the proxy, which speaks plain HTTP", advice)
    if _is_tls(causes):
        advice = _tls_advice(causes, text)
        return UnusableError(method, url, f"no TLS connection ({why})", advice, outcome_unknown=unknown)
    if isinstance(error, requests.exceptions.ProxyError):
        refused = why.startswith("Tunnel connection failed: 4")
        advice = f"Check {_PROXY_VARIABLES}, or set use_proxy=false."
        if "Tunnel connection failed: 407" in why:
            advice = PROXY_LOGIN
        kind = UnusableError if refused else NoAnswerError
        return kind(method, url, f"no connection through the proxy ({why})", advice, outcome_unknown=unknown)
    problem = f"no connection ({why})" if never_sent else f"the connection broke ({why})"
    advice = "Check base_url, and whether the server can be reached from where the module runs."
    if any(isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME for cause in causes):
        return UnusableError(method, url, problem, advice, outcome_unknown=unknown)
    if any(isinstance(cause, (requests.Timeout, socket.timeout)) for cause in causes):
        advice = "Check whether the server can be reached from where the module runs, or set a longer api_timeout."
    if url.startswith("http:") and not never_sent:
        advice += " If the server speaks TLS on this port, base_url must begin with https://."
    return NoAnswerError(method, url, problem, advice, outcome_unknown=unknown)


def _tls_advice(causes: t.Sequence[BaseException], text: str) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_advice(cause.verify_code if hasattr(cause, "verify_code") else 0)
    if any(mark in text.upper().replace(" ", "_") for mark in _NO_TLS_THERE):
        return "The server does not speak TLS on this port: base_url must begin with http://, or name another port."
    return "Check ca_path (the authorities to trust), client_cert and client_key, and whether base_url needs https."


def _certificate_advice(code: int) -> str:
    if code in _EXPIRED:
        return (
            "A certificate of the server is not valid now: renew it, or correct the clock of the host where the module "
            "runs. ca_path does not help."
        )
    if code in _OTHER_NAME:
        return "The certificate of the server is for other names: base_url must use one of those names."
    if code in _UNKNOWN_AUTHORITY or not code:
        return "Check ca_path: it must hold the certificate of the authority that issued the server's certificate."
    return "A certificate of the server breaks a rule of OpenSSL: reissue it. ca_path does not help."


def _is_no_address(causes: t.Sequence[BaseException]) -> bool:
    """Tell whether an address is malformed, which the libraries report in many ways."""
    error = causes[0]
    if any(isinstance(cause, UnicodeError) for cause in causes):  # a name that the DNS cannot hold
        return True
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return True
    other = (requests.RequestException, HTTPError, OSError)
    return isinstance(error, (ValueError, TypeError)) and not isinstance(error, other)


def _is_tls(causes: t.Sequence[BaseException]) -> bool:
    """Tell whether TLS failed. A connection that ends or stalls in the middle of TLS may work again."""
    if any(isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError, socket.timeout)) for cause in causes):
        return False
    from_requests = isinstance(causes[0], (requests.RequestException, HTTPError, HTTPException))
    # Unreadable files raise a bare OSError. With TLS 1.3, a refused client certificate shows when the client reads.
    return not from_requests or any(isinstance(cause, (ssl.SSLError, requests.exceptions.SSLError)) for cause in causes)


def _chain(error: BaseException | None) -> t.Iterator[BaseException]:
    """Return an exception and the exceptions that led to it."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _reason(causes: t.Sequence[BaseException]) -> str:
    """Return the text of the innermost error of the operating system, of OpenSSL or of http.client."""
    for cause in reversed(causes):
        if isinstance(cause, (OSError, HTTPException)) and not isinstance(cause, requests.RequestException):
            text = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
            return clean(text) or type(cause).__name__
    return type(causes[-1]).__name__
