# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP as clients speak it that are not ours: curl, and what is no request at all."""

from __future__ import annotations

import json
import socket

import pytest

from tests.emulator import sample
from tests.unit.emulator.support import KEYS, PROGRAMMATIC, SPARE, Client, curl, exchange

PATCH_THAT_WAITS = (
    b"PATCH / HTTP/1.%d\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
)


def test_curl_may_send_a_body_for_which_it_asks_permission(client: Client) -> None:
    # Without permission curl would wait longer than its --max-time.
    patience = ("--header", "Expect: 100-continue", "--expect100-timeout", "60")
    document = ("--header", "Content-Type: application/json", "--data", '{"enabled": false}')
    done = curl(*patience, *document, "--verbose", "--request", "PATCH", client.emulator.base_url + SPARE)
    assert done.returncode == 0, done.stderr
    assert "< HTTP/1.1 100 Continue" in done.stderr
    assert '"enabled": false' in done.stdout


def test_permission_to_send_a_body_comes_before_the_body(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.connection.port), timeout=10) as connection:
        connection.sendall(PATCH_THAT_WAITS % 1)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(65536).startswith(b"HTTP/1.1 404 ")


def test_http_1_0_has_no_100_continue(client: Client) -> None:
    assert b" 100 Continue" not in exchange(client.emulator, PATCH_THAT_WAITS % 0 + b"{}")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + 200 * b"a", id="a TLS hello"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", id="another protocol"),
        pytest.param(b"GET / HTTP/1.1\r\nno colon\r\n\r\n", id="a header without a colon"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + 20000 * b"x" + b"\r\n\r\n", id="a header that is too long"),
        pytest.param(b"GET http://[/ HTTP/1.1\r\nHost: x\r\n\r\n", id="a target that is no URL"),
        pytest.param(
            b"PATCH / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="a chunk without size"
        ),
        pytest.param(
            b"PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}",
            id="a body that is no gzip",
        ),
    ],
)
def test_a_malformed_request_gets_400_and_nothing_is_logged(
    client: Client, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    assert exchange(client.emulator, data).split(b" ")[1] == b"400"
    assert caplog.messages == []


def test_a_client_that_leaves_in_the_middle_of_its_body_is_not_logged(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", client.connection.port), timeout=10) as connection:
        connection.sendall(PATCH_THAT_WAITS % 1)
        connection.recv(65536)  # so the server reads the body by now
    client.nonce()
    assert caplog.messages == []


def test_curl_reads_the_head_of_a_list(client: Client) -> None:
    done = curl("--head", f"{client.emulator.base_url}{KEYS}/")
    assert done.returncode == 0, done.stderr
    assert client.emulator.calls == [f"HEAD {KEYS}/ 401", f"HEAD {KEYS}/ 200"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/x-www-form-urlencoded", 415),
        ("text/json", 415),
        ("application/json", 200),
        ("Application/JSON ; charset=utf-8", 200),
        ("", 200),
    ],
)
def test_curl_has_to_say_that_a_body_is_json_or_nothing(client: Client, content_type: str, status: int) -> None:
    header = ("--header", f"Content-Type: {content_type}")
    curl(*header, "--request", "PATCH", "--data", '{"enabled": false}', client.emulator.base_url + SPARE)
    key = client.emulator.world.key(sample.JANE.id, sample.JANE.spare.id)
    assert key is not None
    assert client.emulator.requests[-1].status == status
    assert key.enabled is (status == 415)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_curl_may_name_this_host_in_the_target(client: Client, host: str) -> None:
    target = f"http://{host}:{client.connection.port}{client.target(KEYS)}?pretty=true"
    done = curl("--proxy", client.emulator.url, "--noproxy", "", "--write-out", "%{http_code}", target)
    assert done.stdout.endswith("200"), done.stderr
    assert client.emulator.requests[-1].target.lower() == target.lower()


def test_control_may_be_asked_with_an_absolute_target(client: Client) -> None:
    assert client.send("GET", f"{client.emulator.url}/emulator/faults", whole=True).document == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "cloud.mongodb.com", "127.0.0.1:%s@cloud.mongodb.com"])
def test_a_target_that_names_another_host_is_for_a_proxy(client: Client, host: str) -> None:
    target = f"http://{host.replace('%s', str(client.connection.port))}{client.target(KEYS)}"
    assert client.send("GET", target, whole=True).status == 502


def test_curl_finds_out_who_it_is_and_which_organizations_it_sees(client: Client) -> None:
    root, organizations = (
        json.loads(curl(client.emulator.base_url + path, login=PROGRAMMATIC).stdout) for path in ("", "/orgs/")
    )
    assert root["apiKey"]["publicKey"] == sample.PROGRAMMATIC.public_key
    assert organizations["results"][0]["id"] == sample.ORGANIZATION.id
