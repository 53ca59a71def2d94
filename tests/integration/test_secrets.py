# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret reaches an output or a file, at the highest verbosity, on success and on each failure."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.emulator import Emulator, Fault
from tests.emulator.sample import JANE

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook

COOKIE = "c00kie-0f-a-sess10n"
ECHO = json.dumps({"errorCode": "BAD", "detail": f'bad header Cookie: s={COOKIE}, Digest username="jane", cnonce="8f"'})

FAULTS = {
    "nothing": [],
    "500": [Fault(status=500, times=None)],
    "a refused login": [Fault(status=401, times=None)],
    "a connection that breaks": [Fault(drop=True, times=None)],
    "a connection that breaks before the login": [Fault(stage="challenge", drop=True, times=None)],
    "a redirect": [Fault(status=302, headers={"Location": "http://127.0.0.1:9/"}, times=None)],
    "a cookie": [Fault(status=403, headers={"Set-Cookie": f"session={COOKIE}"}, times=None)],
    "a cookie before the login": [
        Fault(stage="challenge", status=503, headers={"Set-Cookie": f"session={COOKIE}"}),
        Fault(status=404, body="<html>", content_type="text/html", times=None),
    ],
    "a server that repeats the request": [Fault(status=400, body=ECHO, times=None)],
}


def task(emulator: Emulator, name: str = "user_api_key", **options: t.Any) -> dict[str, t.Any]:
    given = {
        "base_url": emulator.url,
        "public_key": JANE.name,
        "private_key": JANE.login.secret,
        "user_id": JANE.id,
        "key_id": JANE.spare.id,
        "api_retries": 1,
        "api_retry_max_delay": 0,
    }
    return {f"mongodb.atlas.{name}": {**given, **options}, "ignore_errors": True}


def test_no_secret_is_in_any_output(playbook: Playbook) -> None:
    tasks: list[dict[str, t.Any]] = []
    with ExitStack() as stack:
        emulators = [stack.enter_context(Emulator()) for _fault in FAULTS]
        for emulator, faults in zip(emulators, FAULTS.values(), strict=True):
            for fault in faults:
                emulator.add_fault(fault)
            tasks += [
                task(emulator, "user_api_key_info"),
                task(emulator, state="disabled"),
                {**task(emulator), "register": "revoked"},
                {"ansible.builtin.debug": {"var": "revoked"}},
            ]
        run = playbook(tasks, "-vvvv", "--diff")
        assert [fault for fault, emulator in zip(FAULTS, emulators, strict=True) if not emulator.requests] == []
    assert len(run.results) == len(tasks)
    seen = run.output + repr(run.results)
    assert JANE.login.secret not in seen
    assert "Digest username" not in seen
    assert "cnonce" not in seen
    assert COOKIE not in seen
    assert "Traceback (most recent call last)" not in seen
    assert "full traceback" not in seen


LOG = """
import syslog
def write(_priority, message):
    with open({path!r}, "a") as log:
        log.write(message + "\\n")
syslog.syslog = write
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Collect in a file the messages that modules would write to the log of the target."""
    path = tmp_path / "syslog"
    (tmp_path / "sitecustomize.py").write_text(LOG.format(path=str(path)), encoding="utf-8")
    return path


def test_a_key_in_the_place_of_an_id_is_in_no_output_and_no_log(
    playbook: Playbook, emulator: Emulator, log: Path
) -> None:
    """Neither if the module refuses the key, nor if Ansible refuses other options before the module runs."""
    key, secret = JANE.spare.secret, "mdb_sa_sk_hunter2hunter2hunter2hunter2hunter2hunte"
    tasks = [
        task(emulator, key_id="{{ key }}"),
        task(emulator, key_id=["{{ key }}", JANE.spare.id]),
        task(emulator, key_id="{{ key }},{{ key }}", diff=True),
        task(emulator, key_id="{{ key }}", state="present"),
        task(emulator, key_id="{{ secret }}", nonsense=True),
        task(emulator, user_id="{{ key }}"),
        task(emulator, user_id="{{ omit }}", user_name="{{ key }}"),
        task(emulator, "user_api_key_info", user_id="{{ omit }}", key_id="{{ key }}", org_id="{{ key }}"),
        task(emulator, public_key="{{ key }}", private_key=JANE.name),
        task(emulator, public_key="{{ omit }}", api_username="{{ secret }}"),
        task(emulator, public_key="{{ omit }}"),
    ]
    variables = Path(log.parent, "variables.yml")
    variables.write_text(f"key: {key}\nsecret: {secret}\n", encoding="utf-8")
    environment = {"PYTHONPATH": str(log.parent), "MONGODB_ATLAS_PUBLIC_API_KEY": key}
    run = playbook(tasks, "-vvvv", "--diff", "-e", f"@{variables}", environment=environment)
    assert [result["failed"] for result in run.results] == [True] * len(tasks)
    logged = log.read_text(encoding="utf-8")
    assert "Invoked with" in logged
    for hidden in (key, key[-12:], secret):
        assert hidden not in run.output
        assert hidden not in repr(run.results)
        assert hidden not in logged
    assert "invocation" in run.output
    assert JANE.id in run.output, "Ansible still shows a value that is not a secret"
    assert emulator.requests == []


def test_a_secret_in_the_address_is_in_no_output(playbook: Playbook, emulator: Emulator) -> None:
    addresses = [
        "https://jane:hunter2@ops.example.com",
        "https://ops.example.com/?token=hunter2",
        "https://ops.example.com/jane:hunter2@",
        "jane:hunter2@ops.example.com",
        "https://ops.example.com/#hunter2",
    ]
    run = playbook([task(emulator, base_url=address) for address in addresses], "-vvvv")
    assert [result["failed"] for result in run.results] == [True] * len(addresses)
    # If a task fails, Ansible prints the lines of the playbook itself.
    printed = re.sub(r"Origin: .*\n\n(.+\n)+", "", run.output)
    assert "hunter2" not in printed
    assert "hunter2" not in repr(run.results)


def test_the_password_of_a_proxy_is_in_no_output(playbook: Playbook, emulator: Emulator) -> None:
    proxies = ["http://jane:hunter2@127.0.0.1:9", "http://jane:hunter2@", "socks5://jane:hunter2@127.0.0.1:9"]
    for proxy in proxies:
        environment = {"http_proxy": proxy, "HTTP_PROXY": proxy}
        run = playbook([task(emulator)], "-vvvv", environment=environment)
        assert run.result["failed"]
        assert "proxy" in run.result["msg"]
        assert "hunter2" not in repr(run.result)
        assert "hunter2" not in run.output
        assert "Traceback (most recent call last)" not in run.output
    assert emulator.requests == []


def test_nothing_is_written_to_disk(emulator: Emulator) -> None:
    """Python raises an audit event for every file that it opens for writing (PEP 578)."""
    program = f"""
import os, sys
opened = []
def listen(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        opened.append(arguments[0])
sys.addaudithook(listen)
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import ensure
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import wanted_keys
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import Settings, read_base_url
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task
wanted = wanted_keys(dict(user_id={JANE.id!r}, user_name=None, key_id=[{JANE.spare.id!r}], state="absent"))
login = Digest({JANE.name!r}, {JANE.login.secret!r})
with Client(Settings(read_base_url({emulator.base_url!r})), login) as client:
    print(ensure(client, wanted, Task(login, diff=True)).values["changed"], opened)
open(os.devnull, "w")
print(len(opened))
"""
    environment = {
        "PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "127.0.0.1",
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["True []", "1"]
