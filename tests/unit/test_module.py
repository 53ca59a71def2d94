# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error of a module that cannot run."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._module import _register

PLUGINS = Path(__file__).parents[2] / "plugins"
MODULES = sorted((PLUGINS / "modules").glob("*.py"))


@pytest.mark.parametrize("path", [*MODULES, PLUGINS / "module_utils" / "_module.py"], ids=lambda path: path.stem)
def test_code_before_the_check_of_the_version_is_valid_in_python_3_6(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    assert [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_python_that_is_too_old_is_named_in_one_sentence(path: Path) -> None:
    name = f"ansible_collections.mongodb.atlas.plugins.modules.{path.stem}"
    program = f"import runpy, sys; sys.version_info = (3, 8, 20); runpy.run_module({name!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    result = json.loads(done.stdout)
    assert result["failed"] is True
    assert result["msg"].startswith("The modules of mongodb.atlas need Python 3.9 or later where they run, but ")


def test_a_secret_of_the_result_is_registered_where_ansible_can_mask_it(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[str] = []
    secrets = types.ModuleType("ansible.module_utils.secrets")
    monkeypatch.setattr(secrets, "register_secret", registered.append, raising=False)
    monkeypatch.setitem(sys.modules, "ansible.module_utils.secrets", secrets)
    _register("secret")
    assert registered == ["secret"]
    monkeypatch.setitem(sys.modules, "ansible.module_utils.secrets", None)  # as before ansible-core 2.22
    _register("secret")
    assert registered == ["secret"]
