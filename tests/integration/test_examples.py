# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the documentation of the modules for programmatic keys: they run as printed, in check mode too."""

from __future__ import annotations

import importlib
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator
from tests.emulator.sample import GLOBAL_KEY, ORGANIZATION, OWNER_KEY, SPARE_KEY, sample_world

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook

PLUGINS = Path(__file__).parents[2] / "plugins" / "modules"
MODULES = sorted(
    path.stem
    for path in PLUGINS.glob("*.py")
    if re.match("(org|project|global)_api_key|(api_key|global)_access_list", path.stem)
)
PRINTED = {
    "5f1a2b3c4d5e6f7081920c01": ORGANIZATION.id,
    "5f1a2b3c4d5e6f7081920d01": SPARE_KEY.id,
    "abcdefgh #": f"{SPARE_KEY.public_key} #",
}
"""What the examples print, and what stands for it in the sample data."""


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_run_as_printed(module: str, playbook: Playbook, tmp_path: Path) -> None:
    text = importlib.import_module(f"ansible_collections.mongodb.atlas.plugins.modules.{module}").EXAMPLES
    (tmp_path / "backup").mkdir()
    is_global = module.startswith("global_")
    login = GLOBAL_KEY if is_global else OWNER_KEY
    world = sample_world()
    spare = world.programmatic_keys[SPARE_KEY.id]
    spare.organization_id = None if is_global else ORGANIZATION.id
    if module == "org_api_key_rotation":
        spare.description = "backup scripts"
    with Emulator(product="ops-manager-6.0" if is_global else "atlas", world=world) as emulator:
        here = {"/etc/backup": str(tmp_path / "backup"), "https://ops-manager.example.com:8443": emulator.base_url}
        for printed, real in {**PRINTED, **here}.items():
            text = text.replace(printed, real)
        tasks = yaml.safe_load(text)
        variables = [f"-e{name}_public_key={login.public_key}" for name in ("vault_atlas", "vault_global")]
        variables += [f"-e{name}_private_key={login.private_key}" for name in ("vault_atlas", "vault_global")]
        environment = {
            "MONGODB_ATLAS_BASE_URL": emulator.base_url,
            "MONGODB_ATLAS_PUBLIC_KEY": login.public_key,
            "MONGODB_ATLAS_PRIVATE_KEY": login.private_key,
        }
        preview = playbook(tasks, "--check", "--diff", *variables, environment=environment)
        assert preview.exit_code == 0, preview.output
        assert {request.method for request in emulator.requests} == {"GET"}
        assert not any((tmp_path / "backup").iterdir())
        run = playbook(tasks, *variables, environment=environment)
        assert run.exit_code == 0, run.output
        assert "Traceback" not in preview.output + run.output
        for key in emulator.world.programmatic_keys.values():
            assert key.private_key not in preview.output + run.output
