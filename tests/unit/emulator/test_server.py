# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server as a whole: record, connections, TLS, control, command line."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.auth import HTTPDigestAuth

from tests.emulator import Emulator, Fault, Key, sample, sample_world
from tests.emulator.__main__ import introduction, main
from tests.unit.emulator.support import JANE, KEYS, PROGRAMMATIC, SPARE, Client, authorization

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

ROOT = Path(__file__).parents[3]


def test_record(client: Client) -> None:
    client.call("PATCH", f"{SPARE}?pretty=true", {"enabled": False})
    challenge, patch = client.emulator.requests
    assert (challenge.method, challenge.target, challenge.status) == ("GET", "/api/public/v1.0/challenge", 401)
    assert challenge.authorization is None
    assert (patch.method, patch.target, patch.status) == ("PATCH", f"/api/public/v1.0{SPARE}?pretty=true", 200)
    assert (patch.connection, patch.stale, patch.body) == (1, False, '{"enabled": false}')
    assert patch.headers["host"] == client.emulator.url.removeprefix("http://")
    assert "authorization" not in patch.headers
    assert patch.authorization is not None
    assert patch.authorization["scheme"] == "digest"
    assert patch.authorization["username"] == sample.JANE.name
    assert patch.authorization["nc"] == "00000001"
    assert client.emulator.calls == ["GET /challenge 401", f"PATCH {SPARE}?pretty=true 200"]


def test_clear(client: Client) -> None:
    client.call("GET", KEYS)
    client.emulator.add_fault(Fault(status=500))
    client.emulator.clear()
    assert (client.emulator.requests, client.emulator.faults) == ([], [])
    assert client.call("GET", KEYS).status == 200


def test_connections_are_numbered(start: Start) -> None:
    first = start()
    second = Client(first.emulator)
    for client in (first, second, first):
        client.nonce()
    second.connection.close()
    assert [received.connection for received in first.emulator.requests] == [1, 2, 1]
    assert first.emulator.connections == 2


def test_close_connections(start: Start) -> None:
    client = start(close_connections=True)
    assert client.call("GET", KEYS).headers["connection"] == "close"
    assert client.emulator.connections == 2


def test_balancer_gives_connections_to_servers_in_turn(start: Start) -> None:
    first = start(servers=2)
    second, third = Client(first.emulator), Client(first.emulator)
    target = first.target(KEYS)
    nonce = first.nonce()
    elsewhere = second.send("GET", KEYS, authorization(JANE, nonce, "GET", target))
    assert elsewhere.status == 401
    assert "stale=true" in elsewhere.challenge
    assert third.send("GET", KEYS, authorization(JANE, nonce, "GET", target)).status == 200
    assert first.send("GET", KEYS, authorization(JANE, nonce, "GET", target, count=2)).status == 200
    assert second.send("GET", KEYS, authorization(JANE, elsewhere.nonce, "GET", target)).status == 200
    second.connection.close()
    third.connection.close()


def test_latency(start: Start) -> None:
    client = start(latency=600)
    assert client.connection.sock is None
    client.connection.timeout = 0.2
    with pytest.raises(TimeoutError):
        client.call("GET", KEYS)


def test_many_requests_on_one_connection(client: Client) -> None:
    nonce, target = client.nonce(), client.target(KEYS)
    for count in range(1, 301):
        assert client.send("GET", KEYS, authorization(JANE, nonce, "GET", target, count=count)).status == 200
    assert client.emulator.connections == 1


def test_listens_on_127_0_0_1_only(client: Client) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", client.connection.port), timeout=10)


def test_is_gone_on_exit_even_after_an_error() -> None:
    threads = threading.active_count()
    emulator = Emulator()

    def fail_while_a_request_waits() -> None:
        with emulator:
            emulator.add_fault(Fault(stage="challenge", delay=600))
            requests.get(f"{emulator.base_url}/", timeout=0.2)

    with pytest.raises(requests.Timeout):
        fail_while_a_request_waits()
    with pytest.raises(requests.ConnectionError):
        requests.get(emulator.url, timeout=10)
    assert threading.active_count() == threads
    assert emulator.calls == ["GET / -"]


def test_port_that_is_not_free(client: Client) -> None:
    threads = threading.active_count()
    with pytest.raises(OSError, match="in use"), Emulator(port=client.connection.port):
        pass
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--product", "x"), "argument --product: invalid choice: 'x'"),
        (("--port", "99999"), "The port must be between 0 and 65535."),
        (("--port", "-1"), "The port must be between 0 and 65535."),
        (("--port", "http"), "argument --port: invalid int value: 'http'"),
        (("--latency", "-1"), "The latency must be between 0 and 86400 seconds."),
        (("--latency", "nan"), "The latency must be between 0 and 86400 seconds."),
        (("--nonce-lifetime", "-0.1"), "The lifetime of nonces must be at least 0 seconds."),
        (("--page-limit", "0"), "The page limit must be at least 1."),
        (("--servers", "0"), "The number of servers must be at least 1."),
        (("--refused-login", "x"), "argument --refused-login: invalid choice: 'x'"),
    ],
)
def test_the_command_line_refuses_an_option_in_one_sentence(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(options)
    assert caught.value.code == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith("usage: python -m tests.emulator ")
    assert errors.splitlines()[-1].startswith(f"python -m tests.emulator: error: {says}")


def test_the_readme_lists_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    options = set(re.findall("--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    readme = (ROOT / "tests" / "emulator" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall("^[|] `(--[a-z-]+)` ", readme, re.MULTILINE)) == options


@pytest.mark.parametrize("options", [{"product": "x"}, {"tls": "x"}, {"challenge": "x"}, {"refused_login": "x"}])
def test_options_that_do_not_exist(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="'x' is none of"):
        Emulator(**options)  # type: ignore[arg-type]


def test_world_is_the_callers_and_can_be_changed(start: Start) -> None:
    world = sample_world()
    client = start(world=world)
    assert client.emulator.world is world
    world.users[sample.JANE.id].keys.pop()
    assert client.call("GET", KEYS).document["totalCount"] == 2
    client.emulator.reset()
    assert client.call("GET", KEYS).document["totalCount"] == 3


@pytest.mark.parametrize(
    ("product", "login"), [("ops-manager-4.4", JANE), ("ops-manager-5.0", PROGRAMMATIC), ("atlas", PROGRAMMATIC)]
)
def test_environment(product: str, login: tuple[str, str]) -> None:
    with Emulator(product=product) as emulator:
        assert emulator.environment() == {
            "MONGODB_ATLAS_BASE_URL": emulator.base_url,
            "MONGODB_ATLAS_PUBLIC_API_KEY": login[0],
            "MONGODB_ATLAS_PRIVATE_API_KEY": login[1],
            "MONGODB_ATLAS_USER_ID": sample.JANE.id,
            "MONGODB_ATLAS_KEY_ID": sample.JANE.spare.id,
            "MONGODB_ATLAS_ORG_ID": sample.ORGANIZATION.id,
        }


def test_the_environment_of_a_world_without_organizations_names_none() -> None:
    world = sample_world()
    world.organizations.clear()
    with Emulator(world=world) as emulator:
        assert "MONGODB_ATLAS_ORG_ID" not in emulator.environment()


@pytest.mark.parametrize("product", ["ops-manager-5.0", "atlas"])
def test_nobody_can_log_in_as_a_global_owner_where_personal_keys_cannot_log_in(start: Start, product: str) -> None:
    assert start(product=product).emulator.owner_environment() == {}


def test_a_global_owner_logs_in_with_a_key_that_is_enabled(start: Start) -> None:
    world = sample_world()
    owner = world.users[sample.OWNER.id]
    owner.keys.insert(0, Key("5c0d3bf29ccf64b7c8d90b12", None, "secret", enabled=False))
    emulator = start(world=world).emulator
    assert emulator.owner_environment() == {
        "MONGODB_ATLAS_PUBLIC_API_KEY": sample.OWNER.name,
        "MONGODB_ATLAS_PRIVATE_API_KEY": sample.OWNER.login.secret,
    }
    owner.keys.clear()
    assert emulator.owner_environment() == {}


def indented(introduction: str, program: str) -> list[str]:
    return re.findall(f"^#   ({program} .*)$", introduction, re.MULTILINE)


@pytest.mark.parametrize("tls", ["none", "server", "mutual"])
def test_a_shell_can_run_each_command_of_the_introduction(start: Start, tls: str) -> None:
    emulator = start(tls=tls).emulator
    text = introduction(emulator)
    commands = indented(text, "curl")
    assert len(commands) == 3
    script = "\n".join(["set -e", text, *(f"{command} --silent --fail" for command in commands)])
    assert subprocess.run(["sh", "-c", script], capture_output=True, check=False).returncode == 0
    assert emulator.faults == [Fault(method="DELETE", status=503)]
    assert ("REQUESTS_CA_BUNDLE" in text, "--cacert" in text) == (tls != "none", tls != "none")
    assert ("--cert " in text, "client_key: " in text) == (tls == "mutual", tls == "mutual")


def test_the_introduction_has_what_an_audit_needs(start: Start) -> None:
    emulator = start(tls="server").emulator
    text = introduction(emulator)
    keys_of_john = f'"$MONGODB_ATLAS_BASE_URL/users/{sample.JOHN.id}/keys"'
    members = '"$MONGODB_ATLAS_BASE_URL/orgs/$MONGODB_ATLAS_ORG_ID/users"'
    curl = 'curl --silent --fail --digest --cacert "$REQUESTS_CA_BUNDLE"'
    login = '--user "$MONGODB_ATLAS_PUBLIC_API_KEY:$MONGODB_ATLAS_PRIVATE_API_KEY"'
    for lines in ([], indented(text, "export")):
        script = "\n".join(["set -e", text, *lines, f"{curl} {login} {members}", f"{curl} {login} {keys_of_john}"])
        done = subprocess.run(["sh", "-c", script], capture_output=True, check=False)
        assert (done.returncode == 0) is bool(lines)
    assert [received.status for received in emulator.requests] == [401, 200, 401, 401, 401, 200, 401, 200]


def test_tls() -> None:
    with Emulator(tls="server") as emulator:
        assert emulator.tls
        assert emulator.base_url.startswith("https://")
        for url in (emulator.base_url, emulator.base_url.replace("127.0.0.1", "localhost")):
            answer = requests.get(url + KEYS, auth=HTTPDigestAuth(*JANE), verify=emulator.tls.ca_path, timeout=10)
            assert answer.status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(emulator.base_url + KEYS, timeout=10)
        ca_path = Path(emulator.tls.ca_path)
        assert ca_path.exists()
    assert not ca_path.parent.exists()
    assert emulator.tls is None


def test_mutual_tls(start: Start) -> None:
    emulator = start(tls="mutual").emulator
    assert emulator.tls
    certificate = (emulator.tls.client_cert, emulator.tls.client_key)
    answer = requests.get(emulator.base_url + KEYS, cert=certificate, verify=emulator.tls.ca_path, timeout=10)
    assert answer.status_code == 401
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(emulator.base_url + KEYS, verify=emulator.tls.ca_path, timeout=10)
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(raw="HTTP/1.1 204 No Content\r\n\r\n")])
def test_faults_with_tls(start: Start, fault: Fault) -> None:
    emulator = start(tls="server").emulator
    assert emulator.tls
    client = Client(emulator, ssl.create_default_context(cafile=emulator.tls.ca_path))
    emulator.add_fault(fault)
    if fault.drop:
        with pytest.raises(ConnectionError):
            client.call("DELETE", SPARE)
    else:
        assert client.call("DELETE", SPARE).status == 204
    client.connection.close()


def test_control(client: Client) -> None:
    def control(method: str, name: str, body: Any = None) -> requests.Response:
        return requests.request(method, f"{client.emulator.url}/emulator/{name}", json=body, timeout=10)

    assert control("POST", "faults", {"status": 503}).status_code == 200
    assert len(control("POST", "faults", [{"drop": True}, {"delay": 1, "method": "PUT"}]).json()) == 3
    assert client.emulator.faults == [Fault(status=503), Fault(drop=True), Fault(delay=1, method="PUT")]
    assert client.call("GET", KEYS).status == 503
    assert [fault["drop"] for fault in control("GET", "faults").json()] == [True, False]
    assert control("DELETE", "faults").status_code == 204
    assert client.call("DELETE", SPARE).status == 204
    assert len(control("GET", "world").json()["users"][0]["keys"]) == 2
    assert control("POST", "reset").status_code == 204
    assert len(client.emulator.world.users[sample.JANE.id].keys) == 3
    record = control("GET", "requests").json()
    assert [(received["method"], received["status"]) for received in record] == [
        ("GET", 401),
        ("GET", 503),
        ("GET", 401),
        ("DELETE", 204),
    ]
    assert control("DELETE", "requests").status_code == 204
    assert client.emulator.requests == []
    assert control("GET", "nothing").status_code == 404


NO_JSON = "The body must be JSON: a fault or a list of faults."


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", NO_JSON),
        ("nonsense", NO_JSON),
        (20000 * "[", NO_JSON),
        ("3", "A fault must be an object."),
        ('[["drop"]]', "A fault must be an object."),
        ('{"unknown": 1}', "A fault has no field unknown; it has method, path, stage,"),
        ('{"path": 5}', "path must be a string or null."),
        ('{"status": 503, "headers": {"Retry-After": 1}}', "headers must be an object of strings."),
        ('[{"drop": true}, {"times": 0}]', "times must be at least 1, or null for ever."),
    ],
)
def test_control_refuses_faults_that_make_no_sense(client: Client, body: str, says: str) -> None:
    answer = client.send("POST", "/emulator/faults", None, body, whole=True)
    assert answer.status == 400
    assert answer.document["detail"].startswith(says)
    assert client.emulator.faults == []
    assert client.call("GET", KEYS).status == 200


def test_the_end_of_the_terminal_does_not_stop_what_nohup_started() -> None:
    command = ["nohup", sys.executable, "-m", "tests.emulator"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        while "/emulator/reset" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        process.terminate()
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize(
    ("number", "options"),
    [
        (signal.SIGINT, []),
        (signal.SIGTERM, ["--product", "atlas", "--tls", "server", "--servers", "2"]),
        (signal.SIGHUP, ["--tls", "server"]),
    ],
)
def test_command_line(number: signal.Signals, options: list[str]) -> None:
    command = [sys.executable, "-m", "tests.emulator", *options]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests with nohup hands the ignored signal on.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    ) as process:
        assert process.stdout
        assert process.stderr
        output = ""
        while "/emulator/reset" not in output:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            output += line
        variables = dict(re.findall("^export (\\w+)=(.*)$", output, re.MULTILINE))
        ca_path = variables.get("REQUESTS_CA_BUNDLE")
        answer = requests.get(
            f"{variables['MONGODB_ATLAS_BASE_URL']}/users/{variables['MONGODB_ATLAS_USER_ID']}/keys",
            auth=HTTPDigestAuth(variables["MONGODB_ATLAS_PUBLIC_API_KEY"], variables["MONGODB_ATLAS_PRIVATE_API_KEY"]),
            verify=ca_path,
            timeout=10,
        )
        assert variables["MONGODB_ATLAS_KEY_ID"] in json.dumps(answer.json())
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""
    if ca_path:
        assert not Path(ca_path).parent.exists()
