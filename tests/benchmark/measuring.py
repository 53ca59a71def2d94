# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs and measures the contestants: playbooks, curl, Python, and single requests. No other file does."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from itertools import chain, islice
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from requests.auth import HTTPDigestAuth
from requests.utils import parse_dict_header

from tests.benchmark.contestants import Contestant, Task, curl_settings
from tests.benchmark.server import Account, Server, State
from tests.environment import without_settings

_HERE = Path(__file__).parent
_IMPORTS = 5
_ROUND_TRIPS = 50


class BenchmarkError(Exception):
    """A contestant did not do its work."""


@dataclass(frozen=True)
class Footprint:
    """The needs of a contestant besides time.

    Attributes:
        requests: How many requests the server got.
        connections: How many connections the requests came over.
        memory: The peak memory of the largest process on the target, in MiB, without the processes of Ansible itself.
    """

    requests: int
    connections: int
    memory: float


class Bench:
    """Runs contestants.

    Args:
        folder: The folder for the files of the benchmark.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopwatch = folder / "stopwatch"
        self._memory = folder / "memory"
        self._settings = folder / "curl.conf"
        # This file takes precedence over one in the home or in /etc, which could make tasks faster or slower.
        (folder / "ansible.cfg").touch()
        self._environment = {
            **without_settings(os.environ),
            "ANSIBLE_CALLBACKS_ENABLED": "stopwatch",
            "ANSIBLE_CALLBACK_PLUGINS": str(_HERE / "callback_plugins"),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_HOME": str(folder),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_REMOTE_TMP": str(folder),
            "PEAK_MEMORY_PATH": str(self._memory),
            "STOPWATCH_PATH": str(self._stopwatch),
        }
        memory_of_python = shlex.join([*self._memory_of, sys.executable])
        self._wrapper = folder / "python"
        self._wrapper.write_text(f'#!/bin/sh\nexec {memory_of_python} "$@"\n', encoding="utf-8")
        self._wrapper.chmod(0o700)

    def time_tasks(self, server: Server, contestants: Sequence[Contestant], turns: int = 1) -> list[list[float]]:
        """Run a playbook in which the contestants take turns, each time with other ids.

        Returns:
            For each turn the seconds of each contestant, from the start of the task to its result; of a block, the sum
            of the times of its tasks.

        Raises:
            BenchmarkError: A task failed, or the server does not have the credentials that it should have.
        """
        order = [contestant for _turn in range(turns) for contestant in contestants]
        unused = iter(server.account.spare_ids)
        spent = [list(islice(unused, contestant.count)) for contestant in order]
        server.reset()
        tasks = [one.task(server.account, ids) for one, ids in zip(order, spent, strict=True)]
        measured = iter(self._play(tasks, {}))
        _check(server, list(chain.from_iterable(spent)), sum(contestant.made for contestant in order))
        seconds = [sum(islice(measured, len(task.get("block", [task])))) for task in tasks]
        return [seconds[start : start + len(contestants)] for start in range(0, len(order), len(contestants))]

    def time_curl(self, server: Server) -> float:
        """Return the seconds that one process of curl takes to revoke all keys.

        Raises:
            BenchmarkError: curl failed, or a key is still there.
        """
        server.reset()
        started = time.perf_counter()
        self._curl(server.account)
        seconds = time.perf_counter() - started
        _check(server, server.account.spare_ids)
        return seconds

    def footprint_of_task(self, server: Server, contestant: Contestant) -> Footprint:
        """Run a contestant without measuring its time, because recording the memory takes time itself.

        Raises:
            BenchmarkError: The task failed, or the server does not have the credentials that it should have.
        """
        spent = server.account.spare_ids[: contestant.count]
        server.reset()
        self._memory.unlink(missing_ok=True)
        self._play([contestant.task(server.account, spent)], {"ansible_python_interpreter": str(self._wrapper)})
        return self._footprint(_check(server, spent, contestant.made))

    def footprint_of_curl(self, server: Server) -> Footprint:
        """Let one process of curl revoke all keys without measuring its time.

        Raises:
            BenchmarkError: curl failed, or a key is still there.
        """
        server.reset()
        self._memory.unlink(missing_ok=True)
        self._curl(server.account, *self._memory_of)
        return self._footprint(_check(server, server.account.spare_ids))

    def time_import(self) -> float:
        """Return the seconds that ``import requests`` adds to a Python that does nothing else.

        Every Ansible module imports some of the same libraries anyway, so a module pays less than this for requests.
        """
        return median(
            self._time_python("import requests") - self._time_python("pass") for _repetition in range(_IMPORTS)
        )

    @property
    def _memory_of(self) -> list[str]:
        return [sys.executable, "-I", "-S", str(_HERE / "peak_memory.py")]

    def _play(self, tasks: Sequence[Task], variables: Mapping[str, str]) -> list[float]:
        self._stopwatch.unlink(missing_ok=True)
        playbook = self._folder / "playbook.yml"
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": variables, "tasks": tasks}
        playbook.write_text(json.dumps([play]), encoding="utf-8")  # JSON is YAML
        self._run([str(Path(sys.executable).with_name("ansible-playbook")), str(playbook)])
        return [float(line) for line in self._stopwatch.read_text(encoding="utf-8").splitlines()]

    def _curl(self, account: Account, *wrapper: str) -> None:
        self._settings.write_text(curl_settings(account, account.spare_ids), encoding="utf-8")
        self._run([*wrapper, "curl", "--disable", "--config", str(self._settings)])

    def _time_python(self, statement: str) -> float:
        started = time.perf_counter()
        self._run([sys.executable, "-c", statement])
        return time.perf_counter() - started

    def _footprint(self, state: State) -> Footprint:
        peaks = [int(line) for line in self._memory.read_text(encoding="ascii").splitlines()]
        return Footprint(state.requests, state.connections, max(peaks) / 1024)

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=self._folder,
        )
        if done.returncode:
            raise BenchmarkError(f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stdout}")


def time_round_trip(server: Server) -> float:
    """Return the seconds that one request of a minimal client takes: one connection, and headers made in advance.

    Raises:
        BenchmarkError: The server did not accept a request.
    """
    server.reset()
    account = server.account
    address = urlsplit(account.base_url)
    connection = HTTPConnection(address.hostname or "", address.port)
    targets = [urlsplit(account.url(key_id)).path for key_id in account.spare_ids[:_ROUND_TRIPS]]
    challenge = _exchange(connection, targets[0], "").headers["WWW-Authenticate"]
    digest = HTTPDigestAuth(account.public_key, account.private_key)
    digest.init_per_thread_state()
    digest._thread_local.chal = parse_dict_header(challenge.removeprefix("Digest "))
    logins = [str(digest.build_digest_header("DELETE", target)) for target in targets]
    seconds = []
    for target, login in zip(targets, logins, strict=True):
        started = time.perf_counter()
        status = _exchange(connection, target, login).status
        seconds.append(time.perf_counter() - started)
        if status != 204:
            raise BenchmarkError(f"The server answered DELETE {target} with {status}")
    connection.close()
    return median(seconds)


def _exchange(connection: HTTPConnection, target: str, login: str) -> HTTPResponse:
    connection.request("DELETE", target, headers={"Authorization": login} if login else {})
    response = connection.getresponse()
    response.read()
    return response


def _check(server: Server, spent: Sequence[str], made: int = 0) -> State:
    state = server.state()
    expected = set(server.account.spare_ids) - set(spent)
    if state.left != expected:
        raise BenchmarkError(f"{len(state.left)} credentials are left instead of {len(expected)}")
    if state.made != made:
        raise BenchmarkError(f"{state.made} keys or secrets were made instead of {made}")
    if state.tokens:
        raise BenchmarkError(f"{state.tokens} access tokens are left")
    return state
