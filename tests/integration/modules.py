# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules without ansible-playbook, which takes most of a second to start one: here a run takes milliseconds.

One process imports all modules. For each run it forks, and the fork runs ``main`` of the module with
the options of the task. So each run has its own state, as it has with Ansible.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import typing as t
from collections.abc import Mapping
from pathlib import Path

from tests.environment import without_settings

PACKAGE = "ansible_collections.mongodb.atlas.plugins.modules"
LOOPBACK = "127.0.0.1"


class Modules:
    """The process that runs modules. Use it as a context manager, so that the process ends. Threads may share it.

    Args:
        folder: Where modules may leave temporary files.
        environment: The environment, from which the modules do not get the user's own settings.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env={**without_settings(environment), "PYTHONPATH": os.pathsep.join(["", *sys.path])},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self._port = int(self._process.stdout.readline())

    def __enter__(self) -> Modules:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def __call__(
        self,
        name: str,
        options: Mapping[str, t.Any],
        *,
        check_mode: bool = False,
        diff: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> dict[str, t.Any]:
        """Run a module.

        Args:
            name: The name of the module.
            options: Its options; it does not get those that are None.
            check_mode: Whether the task runs in check mode.
            diff: Whether the task shows a diff.
            environment: More environment variables for the module.

        Returns:
            The result, always with ``failed`` and ``changed``; ``warnings`` are texts.
        """
        settings = {"check_mode": check_mode, "diff": diff}
        result = json.loads(self._run(name, options, settings, environment or {}, lambda _process_id: None))
        warnings = [_text(warning) for warning in result.pop("warnings", [])]
        return {"failed": False, "changed": False, **result, **({"warnings": warnings} if warnings else {})}

    def until_the_end(self, name: str, options: Mapping[str, t.Any], started: t.Callable[[int], object]) -> str:
        """Run a module that a signal may end.

        Args:
            name: The name of the module.
            options: Its options.
            started: Gets the id of the process before the module begins.

        Returns:
            The output of the module, empty if the signal ended the process.
        """
        return self._run(name, options, {}, {}, started)

    def _run(
        self,
        name: str,
        options: Mapping[str, t.Any],
        settings: Mapping[str, t.Any],
        environment: Mapping[str, str],
        started: t.Callable[[int], object],
    ) -> str:
        given = {option: value for option, value in options.items() if value is not None}
        settings = {**settings, "module_name": name, "remote_tmp": str(self._folder)}
        arguments = given | {f"_ansible_{setting}": value for setting, value in settings.items()}
        with socket.create_connection((LOOPBACK, self._port)) as connection, connection.makefile("rw") as stream:
            started(int(stream.readline()))
            json.dump([name, arguments, dict(environment)], stream)
            stream.flush()
            connection.shutdown(socket.SHUT_WR)
            return stream.read()


def _text(warning: t.Any) -> str:
    # Since ansible-core 2.19, a module passes its warnings on as objects.
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])


def _serve() -> None:
    """Fork for each connection. The connection brings the task, and takes the output of the module."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the system removes forks that ended
    with socket.create_server((LOOPBACK, 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            connection, _address = listener.accept()
            if not os.fork():
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)  # a background process ignores it
                listener.close()
                connection.sendall(f"{os.getpid()}\n".encode())
                with connection.makefile() as stream:
                    task = json.load(stream)
                os.dup2(connection.fileno(), 1)
                with contextlib.suppress(SystemExit):  # how a module ends
                    _run(*task)
                sys.stdout.flush()
                os._exit(0)  # the cleanup of the interpreter takes longer than a module
            connection.close()


def _run(name: str, arguments: Mapping[str, t.Any], environment: Mapping[str, str]) -> None:
    basic: t.Any = importlib.import_module("ansible.module_utils.basic")
    os.environ.update(environment)
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"  # how the module reads its options and writes its result, since ansible-core 2.19
    importlib.import_module(f"{PACKAGE}.{name}").main()


if __name__ == "__main__":
    for found in pkgutil.iter_modules(importlib.import_module(PACKAGE).__path__):
        importlib.import_module(f"{PACKAGE}.{found.name}")
    _serve()
