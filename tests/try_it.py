# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration in the README: it runs playbooks of the collection against the emulator."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.emulator import Emulator

_QUIET = {"ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "ANSIBLE_LOCALHOST_WARNING": "false", "NO_PROXY": "127.0.0.1"}
_STEPS = {
    "List: the keys of the user": "ansible localhost -m mongodb.atlas.user_api_key_info -a user_id={user_id}",
    "Preview: the keys that a run would revoke": "ansible-playbook mongodb.atlas.revoke --check --diff",
    "Revoke": "ansible-playbook mongodb.atlas.revoke --diff",
    "Run again: nothing is left to do": "ansible-playbook mongodb.atlas.revoke",
}


def main() -> int:
    """Run each step, and return the exit code of the first one that fails."""
    with Emulator() as emulator:
        print(f"An emulated Ops Manager 4.4 listens on {emulator.url}.", flush=True)
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("MONGODB_", "MCLI_"))}
        environment = {**outside, **emulator.environment(), **_QUIET}
        for title, step in _STEPS.items():
            command = step.format(user_id=environment["MONGODB_ATLAS_USER_ID"])
            print(f"\n===== {title}\n$ {command}\n", flush=True)
            program, *arguments = command.split()
            installed = Path(sys.executable).with_name(program)
            exit_code = subprocess.run([installed, *arguments], env=environment, check=False).returncode
            if exit_code:
                return exit_code
    print("The emulator is gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
