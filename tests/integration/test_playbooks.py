# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that ship, and the demonstration of the README."""

from __future__ import annotations

import re
import subprocess
import sys
import typing as t

from tests.emulator import Emulator
from tests.emulator.world import JANE_DISABLED_KEY_ID, JANE_ID, JANE_SPARE_KEY_ID

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook


def test_revoke_with_everything_from_the_environment(playbook: Playbook, emulator: Emulator) -> None:
    run = playbook("mongodb.atlas.revoke", environment=emulator.environment())
    assert run.exit_code == 0
    assert run.results[1]["user_api_keys"] == [{"id": JANE_SPARE_KEY_ID, "changed": True, "state": "absent"}]


def test_revoke_with_extra_variables(playbook: Playbook, emulator: Emulator) -> None:
    ids = f"key_id={JANE_SPARE_KEY_ID},{JANE_DISABLED_KEY_ID}"
    login = {name: value for name, value in emulator.environment().items() if not name.endswith("_ID")}
    run = playbook("mongodb.atlas.revoke", "-e", f"user_id={JANE_ID}", "-e", ids, environment=login)
    assert [item["changed"] for item in run.results[1]["user_api_keys"]] == [True, True]


def test_revoke_says_what_is_missing(playbook: Playbook, emulator: Emulator) -> None:
    login = {name: value for name, value in emulator.environment().items() if not name.endswith("_ID")}
    run = playbook("mongodb.atlas.revoke", environment=login)
    assert run.exit_code == 2
    assert "MONGODB_ATLAS_USER_ID and MONGODB_ATLAS_KEY_ID" in run.results[0]["msg"]
    assert emulator.requests == []


def test_the_demonstration_previews_revokes_and_finds_nothing_left_to_do() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.try_it"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert re.findall(r"changed=(\d+) .*failed=(\d+)", done.stdout) == [("1", "0"), ("1", "0"), ("0", "0")]
    assert done.stdout.endswith("The emulator is gone.\n")
