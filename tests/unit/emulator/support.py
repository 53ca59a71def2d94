# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients for the tests of the emulator: one with a digest computation of its own, curl, and a bare socket."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import socket
import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from tests.emulator import sample

if TYPE_CHECKING:
    from tests.emulator import Emulator, ProgrammaticKey
    from tests.emulator.sample import SampleAccount

JANE = (sample.JANE.name, sample.JANE.login.secret)
JOHN = (sample.JOHN.name, sample.JOHN.login.secret)
OWNER = (sample.OWNER.name, sample.OWNER.login.secret)


def login_of(key: ProgrammaticKey) -> tuple[str, str]:
    """Return what a programmatic key logs in with."""
    return key.public_key, key.private_key


PROGRAMMATIC = login_of(sample.PROGRAMMATIC)
KEY_OWNER = login_of(sample.OWNER_KEY)
READER = login_of(sample.READER_KEY)
PROJECT_OWNER = login_of(sample.PROJECT_OWNER_KEY)
GLOBAL = login_of(sample.GLOBAL_KEY)


def login_with(account: SampleAccount) -> tuple[str, str]:
    """Return what a service account gets tokens with."""
    return account.id, account.login.value


OWNER_ACCOUNT = login_with(sample.OWNER_ACCOUNT)
READER_ACCOUNT = login_with(sample.READER_ACCOUNT)
PROJECT_ACCOUNT = login_with(sample.PROJECT_ACCOUNT)

KEYS = f"/users/{sample.JANE.id}/keys"
SPARE = f"{KEYS}/{sample.JANE.spare.id}"

NO_ID = "000000000000000000000000"
ORG_KEYS = f"/orgs/{sample.ORGANIZATION.id}/apiKeys"
PROJECT_KEYS = f"/groups/{sample.PROJECT.id}/apiKeys"
ORG_ACCOUNTS = f"/orgs/{sample.ORGANIZATION.id}/serviceAccounts"
PROJECT_ACCOUNTS = f"/groups/{sample.PROJECT.id}/serviceAccounts"
OTHER_PROJECT_ACCOUNTS = f"/groups/{sample.SECOND_PROJECT.id}/serviceAccounts"
OTHER_PROJECT_KEYS = f"/groups/{sample.SECOND_PROJECT.id}/apiKeys"

OPS_MANAGERS = ("ops-manager-4.4", "ops-manager-5.0", "ops-manager-6.0")
ALL_PRODUCTS = (*OPS_MANAGERS, "cloud-manager", "atlas")

TOKEN = "/api/oauth/token"
REVOKE = "/api/oauth/revoke"
NO_ACCOUNT = f"mdb_sa_id_{NO_ID}"
GRANT = {"grant_type": "client_credentials"}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    @property
    def error_code(self) -> str | None:
        """The errorCode of the body, if it has one."""
        code: str | None = self.document.get("errorCode")
        return code

    @property
    def challenge(self) -> str:
        """The WWW-Authenticate header."""
        return self.headers["www-authenticate"]

    @property
    def nonce(self) -> str:
        """The nonce of the challenge."""
        match = re.search('nonce="([^"]*)"', self.challenge)
        assert match, self.challenge
        return match[1]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def authorization(
    login: tuple[str, str],
    nonce: str,
    method: str,
    target: str,
    *,
    count: int = 1,
    qop: str | None = "auth",
    algorithm: str = "MD5",
    body: str = "",
    changes: dict[str, str] | None = None,
) -> bytes:
    """Return an Authorization header; ``changes`` replace parameters after the response was computed."""

    def h(text: str) -> str:
        data = text.encode()
        return hashlib.sha256(data).hexdigest() if algorithm == "SHA-256" else hashlib.md5(data).hexdigest()

    name, password = login
    a1 = h(f"{name}:MMS Public API:{password}")
    a2 = h(f"{method}:{target}:{h(body)}" if qop == "auth-int" else f"{method}:{target}")
    nc = f"{count:08x}"
    response = h(f"{a1}:{nonce}:{nc}:0a4f113b:{qop}:{a2}" if qop else f"{a1}:{nonce}:{a2}")
    parameters = {
        "username": _quoted(name),
        "realm": '"MMS Public API"',
        "nonce": _quoted(nonce),
        "uri": _quoted(target),
        "algorithm": algorithm,
        "response": f'"{response}"',
    }
    if qop:
        parameters |= {"qop": qop, "nc": nc, "cnonce": '"0a4f113b"'}
    return ("Digest " + ", ".join(f"{key}={value}" for key, value in (parameters | (changes or {})).items())).encode()


class Client:
    """One keep-alive connection to the emulator; targets are below the base path unless they are ``whole``."""

    def __init__(self, emulator: Emulator, context: ssl.SSLContext | None = None) -> None:
        self.emulator = emulator
        self.base_path = urlsplit(emulator.base_url).path
        self.headers: dict[str, str | bytes] = {}
        address = urlsplit(emulator.url)
        assert address.hostname
        self.connection = (
            http.client.HTTPSConnection(address.hostname, address.port, timeout=10, context=context)
            if context
            else http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        )

    def target(self, path: str) -> str:
        """Return the path with the base path before it."""
        return self.base_path + path

    def as_v2(self, date: str = "2023-01-01") -> Client:
        """Talk to Atlas v2 from now on, in the version of a date."""
        self.base_path = "/api/atlas/v2"
        self.headers = {"Accept": f"application/vnd.atlas.{date}+json"}
        return self

    @property
    def address(self) -> str:
        """Where the API begins that it talks to."""
        return self.emulator.url + self.base_path

    def send(
        self, method: str, target: str, header: bytes | None = None, body: str | None = None, *, whole: bool = False
    ) -> Answer:
        """Send one request as it is."""
        headers = self.headers if header is None else self.headers | {"Authorization": header}
        self.connection.request(method, target if whole else self.target(target), body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)

    def nonce(self) -> str:
        """Ask for a challenge and return its nonce."""
        return self.send("GET", "/challenge").nonce

    def call(
        self, method: str, target: str, body: object = None, *, login: tuple[str, str] = JANE, **options: Any
    ) -> Answer:
        """Log in with a new nonce and send a request; a body that is not a string is sent as JSON."""
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        header = authorization(login, self.nonce(), method, self.target(target), body=text or "", **options)
        return self.send(method, target, header, text)

    def for_accounts(self) -> Client:
        """Talk to the API that has service accounts from now on."""
        return self.as_v2("2024-08-05") if self.base_path == "/api/atlas/v1.0" else self

    def oauth(self, path: str, form: dict[str, str] | str, login: tuple[str, str] | None = OWNER_ACCOUNT) -> Answer:
        """Send a form to an address of OAuth, with a Basic header unless the login is None."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if login:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(login).encode()).decode()
        self.connection.request("POST", path, form if isinstance(form, str) else urlencode(form), headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)

    def token(self, login: tuple[str, str] = OWNER_ACCOUNT) -> str:
        """Get a token."""
        token: str = self.oauth(TOKEN, GRANT, login).document["access_token"]
        return token

    def bear(self, token: str, method: str, target: str, body: object = None) -> Answer:
        """Send a request with a token."""
        return self.send(method, target, f"Bearer {token}".encode(), None if body is None else json.dumps(body))


def curl(*arguments: str, login: tuple[str, str] | None = JANE) -> subprocess.CompletedProcess[str]:
    """Run curl without the settings of this machine; a login is for digest authentication."""
    user = ("--digest", "--user", ":".join(login)) if login else ()
    command = ["curl", "--disable", "--silent", "--show-error", "--max-time", "10", *user, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def exchange(emulator: Emulator, data: bytes) -> bytes:
    """Send bytes on a new connection, and return what comes back before the server closes it."""
    address = urlsplit(emulator.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(65536), b""))
