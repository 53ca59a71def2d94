# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook for the integration tests, with the collection that is installed beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator
from tests.environment import without_coverage, without_settings
from tests.integration.modules import Modules

HERE = Path(__file__).parent
LONGEST = ("test_leaked", "test_guides", "test_playbooks", "test_examples")
"""The files that take minutes. They run first, so that no core waits for them at the end."""

_WITH_PYTHON = ("-e", f"ansible_python_interpreter={os.environ.get('MODULES_PYTHON', sys.executable)}")


@dataclass
class Run:
    """The outcome of one run of ansible-playbook.

    Attributes:
        exit_code: The exit code.
        output: The whole output.
        results: The result of each task, in order, with ``host``, ``task`` and ``failed``.
    """

    exit_code: int
    output: str
    results: list[dict[str, t.Any]]

    @property
    def result(self) -> dict[str, t.Any]:
        """Return the result of the only task."""
        (only,) = self.results
        return only


class Playbook(t.Protocol):
    """Runs a playbook of the collection, or tasks; only ``environment`` has settings, not that of this machine."""

    def __call__(
        self,
        what: str | Sequence[Mapping[str, t.Any]],
        *options: str,
        environment: Mapping[str, str] | None = None,
    ) -> Run: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests, and mark those without ansible-playbook, because they need not run with each ansible-core."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    for item in items:
        if not {"modules", "untraced_modules"}.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.without_playbook)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients in this process reach the emulator although this machine has a proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    return make_playbook(tmp_path)


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Modules]:
    with Modules(tmp_path_factory.mktemp("modules"), os.environ) as running:
        yield running


@pytest.fixture(scope="session")
def untraced_modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Modules]:
    """Run modules in tests that take the same branches thousands of times, which would be slow to record."""
    with Modules(tmp_path_factory.mktemp("untraced"), without_coverage(os.environ)) as running:
        yield running


def make_playbook(folder: Path) -> Playbook:
    """Make the function that runs playbooks and keeps its files in this folder."""

    def run(
        what: str | Sequence[Mapping[str, t.Any]],
        *options: str,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        record = folder / "record"
        record.write_text("", encoding="utf-8")
        if not isinstance(what, str):
            play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": list(what)}
            (folder / "playbook.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
        done = subprocess.run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                what if isinstance(what, str) else folder / "playbook.yml",
                *_WITH_PYTHON,
                *options,
            ],
            env=_environment(folder, record, environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=folder,
        )
        lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
        results = [
            {**line["result"], "failed": line["outcome"] == "failed", "host": line["host"], "task": line["task"]}
            for line in lines
        ]
        return Run(done.returncode, done.stdout, results)

    return run


def _environment(home: Path, record: Path, more: Mapping[str, str]) -> dict[str, str]:
    # The modules that run without ansible-playbook record the same branches. To trace Ansible would double its time.
    return {
        **without_coverage(without_settings(os.environ)),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_DEPRECATION_WARNINGS": "true",
        "ANSIBLE_HOME": str(home),
        # Since 2.21, ansible-core leaves the options of a task out of its result, unless this setting asks for them.
        "ANSIBLE_INJECT_INVOCATION": "true",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_REMOTE_TMP": str(home),
        "LC_ALL": "C.UTF-8",
        "RECORD_PATH": str(record),
        **more,
    }
