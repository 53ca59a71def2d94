# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration of the README: a playbook of the collection against the emulator, three times."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.emulator import Emulator

_QUIET = {"ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "ANSIBLE_LOCALHOST_WARNING": "false", "NO_PROXY": "127.0.0.1"}
_STEPS = {
    "Preview: what would be revoked": ["--check", "--diff"],
    "Revoke": ["--diff"],
    "Again: nothing is left to do": [],
}


def main() -> int:
    """Run each step, and return the exit code of the first one that fails."""
    playbook = Path(sys.executable).with_name("ansible-playbook")
    with Emulator() as emulator:
        print(f"An emulated Ops Manager 4.4 listens on {emulator.url}.", flush=True)
        environment = {**os.environ, **emulator.environment(), **_QUIET}
        for title, options in _STEPS.items():
            command = ["ansible-playbook", "mongodb.atlas.revoke", *options]
            print(f"\n===== {title}\n$ {' '.join(command)}\n", flush=True)
            exit_code = subprocess.run([playbook, *command[1:]], env=environment, check=False).returncode
            if exit_code:
                return exit_code
    print("The emulator is gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
