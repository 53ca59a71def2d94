# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration in the README: it runs playbooks of the collection against the emulator."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

from tests.emulator import Emulator

_QUIET = {
    "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "NO_PROXY": "127.0.0.1",
}
_DAY = 86400


class _Step(t.NamedTuple):
    """A command, and how many days after the step before it runs."""

    title: str
    command: str
    days: int = 0


_OF_A_USER = (
    _Step("List: the keys of the user", "ansible localhost -m mongodb.atlas.user_api_key_info -a user_id={user_id}"),
    _Step("Preview: the keys that a run would revoke", "ansible-playbook mongodb.atlas.revoke --check --diff"),
    _Step("Revoke", "ansible-playbook mongodb.atlas.revoke --diff"),
    _Step("Run again: nothing is left to do", "ansible-playbook mongodb.atlas.revoke"),
)
"""The steps with the login of the user."""

_KEY = "org_id={org_id} description=backup private_key_path={secrets}/private_key"
_STEPS = (
    _Step(
        "Make a key: only the file gets the private key",
        f'ansible localhost -m mongodb.atlas.org_api_key -a "{_KEY} roles=ORG_READ_ONLY"',
    ),
    _Step(
        "Rotate it 91 days later: the old key stays valid for a week",
        f'ansible localhost -m mongodb.atlas.org_api_key_rotation -a "{_KEY}"',
        days=91,
    ),
    _Step(
        "The old key leaked: find it by the end of the private key, which MONGODB_ATLAS_LEAKED holds",
        "ansible-playbook mongodb.atlas.leaked",
    ),
    _Step(
        "Revoke it, and prove that it is gone",
        "ansible-playbook mongodb.atlas.leaked -e confirm={key_id} -e record={report}/leaked.json",
    ),
    _Step(
        "Audit every credential that is left: a report that you can forward",
        "ansible-playbook mongodb.atlas.audit -e report={report}/credentials",
    ),
)
"""The steps with the login of an owner."""


def main(report: Path) -> int:
    """Run each step, and return the exit code of the first one that fails.

    Args:
        report: The folder for everything that stays.
    """
    (report / "leaked.json").unlink(missing_ok=True)
    with Emulator() as emulator, tempfile.TemporaryDirectory() as secrets:
        print(f"An emulated Ops Manager 4.4 listens on {emulator.url}.", flush=True)
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("MONGODB_", "MCLI_"))}
        user = {**outside, **emulator.environment(), **_QUIET}
        for step in _OF_A_USER + _STEPS:
            environment = user if step in _OF_A_USER else {**user, **emulator.owner_environment()}
            if step.days:
                emulator.clock += step.days * _DAY
            values = {
                "user_id": user["MONGODB_ATLAS_USER_ID"],
                "org_id": user["MONGODB_ATLAS_ORG_ID"],
                "report": report,
                "secrets": secrets,
            }
            leaked = Path(secrets, "private_key.previous")
            if leaked.exists():
                private_key = leaked.read_text(encoding="utf-8")
                environment["MONGODB_ATLAS_LEAKED"] = private_key[-12:]
                values["key_id"] = next(
                    (key.id for key in emulator.world.programmatic_keys.values() if key.private_key == private_key), ""
                )
            exit_code = _run(step.title, step.command.format(**values), environment)
            if exit_code:
                return exit_code
    print(f"The emulator is gone. The record of the revocation is {report / 'leaked.json'}.")
    print(f"The report of the audit is {report / 'credentials.html'}. Open it in a browser.")
    return 0


def _run(title: str, command: str, environment: t.Mapping[str, str]) -> int:
    print(f"\n===== {title}\n$ {command}\n", flush=True)
    program, *arguments = shlex.split(command)
    installed = Path(sys.executable).with_name(program)
    return subprocess.run([installed, *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
