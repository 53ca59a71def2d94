# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest authentication and the TLS of Apache httpd, a server that is not part of this repository."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import typing as t
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import pytest
import trustme

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook
    from tests.integration.modules import Modules
    from tests.integration.started import Run

APACHE = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
MODULES = Path("/usr/lib/apache2/modules")
USER = "www-data"

pytestmark = pytest.mark.skipif(APACHE is None, reason="Debian's apache2 is not installed")

USER_NAME, SECRET = "jane.doe@example.com", "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6"
REALM = "MMS Public API"
USER_ID = "5d1a4f2e9ccf64b7c8d90a11"
KEY_IDS = [f"5d1b77c09ccf64b7c8d90b{number}" for number in range(20, 25)]
UNKNOWN = "000000000000000000000000"
KEYS = f"/api/public/v1.0/users/{USER_ID}/keys"

CONFIGURATION = """
ServerRoot {folder}
DocumentRoot {folder}/documents
PidFile {folder}/httpd.pid
ErrorLog {folder}/error.log
ServerName localhost
Listen 127.0.0.1:{port}
KeepAlive On
{modules}
LogFormat "%k %m %U %>s" requests
CustomLog {folder}/access.log requests
{tls}
<Location /api/public/v1.0/>
    AuthType Digest
    AuthName "{realm}"
    AuthUserFile {folder}/users
    # With 0, each nonce is valid for one request, and stale for the next.
    AuthDigestNonceLifetime {nonce_lifetime}
    Require valid-user
    RewriteEngine On
    RewriteRule /keys/{unknown}$ - [R=404,L]
    RewriteCond %{{REQUEST_METHOD}} =DELETE
    RewriteRule /keys/[0-9a-f]+$ - [R=204,L]
    ErrorDocument 404 '{{"error": 404, "errorCode": "INVALID_KEY_ID", "parameters": ["{unknown}"]}}'
</Location>
"""


@dataclass
class Apache:
    """A running httpd, and the options to connect to it."""

    folder: Path
    options: dict[str, t.Any]

    @property
    def requests(self) -> list[str]:
        """Return each request: its number on the connection, method, path and status."""
        return (self.folder / "access.log").read_text(encoding="utf-8").splitlines()


@pytest.fixture(params=["http", "https"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def nonce_lifetime() -> int:
    return 60


@pytest.fixture
def apache(scheme: str, nonce_lifetime: int) -> t.Iterator[Apache]:
    # In /tmp, because TMPDIR may be in a folder that only root can enter, and httpd does not serve files as root.
    with tempfile.TemporaryDirectory(prefix="apache-", dir="/tmp") as name:
        folder = Path(name)
        keys = [{"id": key_id, "enabled": True} for key_id in KEY_IDS]
        document = folder / "documents" / KEYS.strip("/")
        document.parent.mkdir(parents=True)
        document.write_text(json.dumps({"results": keys, "links": [], "totalCount": len(keys)}), encoding="utf-8")
        digest = md5(f"{USER_NAME}:{REALM}:{SECRET}".encode()).hexdigest()
        (folder / "users").write_text(f"{USER_NAME}:{REALM}:{digest}\n", encoding="utf-8")
        port = _free_port()
        options: dict[str, t.Any] = {"base_url": f"{scheme}://127.0.0.1:{port}"}
        if scheme == "https":
            options["ca_path"] = _make_certificates(folder)
        configuration = CONFIGURATION.format(
            folder=folder,
            port=port,
            modules=_load_modules(),
            realm=REALM,
            nonce_lifetime=nonce_lifetime,
            unknown=UNKNOWN,
            tls=f"SSLEngine on\nSSLCertificateFile {folder}/server.pem" if scheme == "https" else "",
        )
        (folder / "httpd.conf").write_text(configuration, encoding="utf-8")
        process = _start(folder)
        try:
            _wait_until_it_listens(port, process)
            yield Apache(folder, {"public_key": USER_NAME, "private_key": SECRET, "user_id": USER_ID, **options})
        finally:
            process.terminate()
            process.wait()


def _start(folder: Path) -> subprocess.Popen[bytes]:
    """Start httpd as the user who runs the tests; if that is root, as the user that Debian has for httpd."""
    command = [str(APACHE), "-f", str(folder / "httpd.conf"), "-D", "FOREGROUND"]
    if os.geteuid() != 0:
        return subprocess.Popen(command)
    for path in [folder, *folder.rglob("*")]:
        shutil.chown(path, USER, USER)
    return subprocess.Popen(command, cwd=folder, user=USER, group=USER, extra_groups=[])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _load_modules() -> str:
    names = [
        "mpm_event",
        "unixd",
        "authn_core",
        "authn_file",
        "authz_core",
        "authz_user",
        "auth_digest",
        "rewrite",
        "ssl",
    ]
    return "\n".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names if (MODULES / f"mod_{name}.so").exists()
    )


def _make_certificates(folder: Path) -> str:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return str(folder / "ca.pem")


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(500):
        assert process.poll() is None, "httpd has ended"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("httpd does not listen")


@pytest.fixture
def run(modules: Modules, apache: Apache) -> Run:
    def run(*, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return modules("user_api_key", {**apache.options, **options}, check_mode=check_mode)

    return run


def test_one_key_with_ansible_playbook(playbook: Playbook, apache: Apache) -> None:
    tasks = [{"mongodb.atlas.user_api_key": {**apache.options, "key_id": key_id}} for key_id in (KEY_IDS[0], UNKNOWN)]
    revoked, unknown = playbook(tasks).results
    assert (revoked["failed"], revoked["changed"]) == (False, True)
    assert (unknown["failed"], unknown["changed"], unknown["error_code"]) == (False, False, "INVALID_KEY_ID")
    assert apache.requests == [
        f"0 DELETE {KEYS}/{KEY_IDS[0]} 401",
        f"1 DELETE {KEYS}/{KEY_IDS[0]} 204",
        f"0 DELETE {KEYS}/{UNKNOWN} 401",
        f"1 DELETE {KEYS}/{UNKNOWN} 404",
    ]


def test_several_keys_are_one_challenge_on_one_connection(run: Run, apache: Apache) -> None:
    result = run(key_id=[*KEY_IDS, UNKNOWN])
    assert [item["changed"] for item in result["user_api_keys"]] == [True] * 5 + [False]
    assert apache.requests == [
        f"0 GET {KEYS} 401",
        f"1 GET {KEYS} 200",
        *(f"{number} DELETE {KEYS}/{key_id} 204" for number, key_id in enumerate(KEY_IDS, start=2)),
    ]


def test_check_mode(run: Run, apache: Apache) -> None:
    assert [run(key_id=key_id, check_mode=True)["changed"] for key_id in (KEY_IDS[0], UNKNOWN)] == [True, False]
    assert [request.split()[1] for request in apache.requests] == ["GET"] * 4


def test_a_wrong_password_is_two_requests(run: Run, apache: Apache) -> None:
    result = run(key_id=KEY_IDS[0], private_key="wr0ng")
    assert (result["failed"], result["status_code"]) == (True, 401)
    assert [request.split()[-1] for request in apache.requests] == ["401", "401"]


@pytest.mark.parametrize("nonce_lifetime", [0])
def test_a_nonce_that_is_stale_with_the_next_request(run: Run, apache: Apache) -> None:
    assert [item["changed"] for item in run(key_id=KEY_IDS)["user_api_keys"]] == [True] * 5
    statuses = [request.split()[-1] for request in apache.requests]
    assert [status for status in statuses if status != "401"] == ["200", *["204"] * 5]
    assert statuses[:4] == [
        "401",
        "200",
        "401",
        "204",
    ]  # the rest depends on the version of httpd


@pytest.mark.parametrize("scheme", ["https"])
def test_a_certificate_of_an_unknown_authority(run: Run, apache: Apache) -> None:
    result = run(key_id=KEY_IDS[0], ca_path=None)
    assert result["failed"]
    assert "Check ca_path" in result["msg"]
    assert not (apache.folder / "access.log").read_text(encoding="utf-8")
