# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and code say the same, and every list of modules is complete."""

from __future__ import annotations

import importlib
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.mongodb.atlas.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.mongodb.atlas.plugins.module_utils._module import CONNECTION_OPTIONS
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import ENVIRONMENT

from tests.emulator import resources

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
FRAGMENT = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> t.Any:
    return importlib.import_module(f"ansible_collections.mongodb.atlas.plugins.modules.{request.param}")


def test_the_action_group_has_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"] == {"all": MODULES}


def test_the_readme_lists_every_module_playbook_and_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    playbooks = [path.stem for path in (ROOT / "playbooks").glob("*.yml")]
    pages = [path.name for path in (ROOT / "docs" / "docsite" / "rst").glob("*.rst")]
    assert [name for name in [*MODULES, *playbooks] if f"| `mongodb.atlas.{name}` |" not in readme] == []
    assert [name for name in pages if f"(docs/docsite/rst/{name})" not in readme] == []


def test_the_readme_names_the_oldest_versions() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    modules = yaml.safe_load((ROOT / "tests" / "config.yml").read_text(encoding="utf-8"))["modules"]
    requirement = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()[-1]
    assert f"* ansible-core {runtime['requires_ansible'].removeprefix('>=').removesuffix('.0')}," in readme
    assert f"Python {modules['python_requires'].removeprefix('>= ')} or later" in readme
    assert f"{requirement.removeprefix('requests >= ')} or later" in readme


def test_the_emulator_serves_every_table_of_calls() -> None:
    tables = [
        importlib.import_module(f"tests.emulator.{path.stem}").ROUTES
        for path in (ROOT / "tests" / "emulator").glob("*.py")
        if "\nROUTES = " in path.read_text(encoding="utf-8") and path.stem != "resources"
    ]
    assert set(resources.ROUTES) == {route for table in tables for route in table}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_its_tests(name: str) -> None:
    assert [kind for kind in ("unit", "integration") if not (ROOT / "tests" / kind / f"test_{name}.py").is_file()] == []


def test_the_address_of_the_repository_is_in_one_place() -> None:
    repository = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
    kinds = {".cfg", ".md", ".py", ".rst", ".toml", ".txt", ".yaml", ".yml"}
    folders = [ROOT / name for name in ("changelogs", "docs", "meta", "playbooks", "plugins", "tests")]
    files = [path for folder in folders for path in folder.rglob("*")] + list(ROOT.iterdir())
    named = [
        str(path.relative_to(ROOT))
        for path in files
        if path.suffix in kinds and path.is_file() and repository in path.read_text(encoding="utf-8")
    ]
    assert named == ["galaxy.yml"]


def test_the_connection_options_are_documented_as_they_are() -> None:
    documented = FRAGMENT["options"]
    assert list(documented) == list(CONNECTION_OPTIONS)
    for name, spec in CONNECTION_OPTIONS.items():
        for part in ("type", "default", "aliases"):
            assert documented[name].get(part) == spec.get(part), (name, part)


def test_the_environment_variables_are_documented_in_their_order() -> None:
    for name, variables in ENVIRONMENT.items():
        text = " ".join(FRAGMENT["options"][name]["description"])
        assert [text.index(f"E({variable})") for variable in variables] == sorted(
            text.index(f"E({variable})") for variable in variables
        )
        assert CONNECTION_OPTIONS[name]["fallback"][1] == variables


def test_a_module_file_is_mostly_documentation(module: t.Any) -> None:
    documentation = module.DOCUMENTATION + module.EXAMPLES + module.RETURN
    lines = Path(module.__file__).read_text(encoding="utf-8").splitlines()
    assert len(documentation.splitlines()) > 0.75 * len(lines)


def test_no_example_holds_a_secret(module: t.Any) -> None:
    for task in _tasks(yaml.safe_load(module.EXAMPLES)):
        for name, value in _options(task):
            if name in ("private_key", "MONGODB_ATLAS_PRIVATE_API_KEY"):
                assert value.startswith("{{ "), task["name"]


def _tasks(tasks: t.Iterable[dict[str, t.Any]]) -> t.Iterator[dict[str, t.Any]]:
    for task in tasks:
        yield task
        yield from _tasks(task.get("block", []))


def _options(value: t.Any) -> t.Iterator[tuple[str, t.Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _options(inner)
