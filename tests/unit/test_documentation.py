# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation agrees with the code, and every list of modules is complete."""

from __future__ import annotations

import importlib
import re
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.mongodb.atlas.plugins.doc_fragments import connection, organization, project
from ansible_collections.mongodb.atlas.plugins.module_utils._module import CONNECTION_OPTIONS, PLACE_OPTIONS
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import ENVIRONMENT, LOGINS, SECRETS

from tests.emulator import resources
from tests.emulator.products import PRODUCTS

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
# Each group is for the modules with the documentation fragment of the same name.
PLACE_GROUPS = ("organization", "project")
FRAGMENT = yaml.safe_load(connection.ModuleDocFragment.DOCUMENTATION)
PLACE_FRAGMENTS = [yaml.safe_load(each.ModuleDocFragment.DOCUMENTATION) for each in (organization, project)]
SECRET_VARIABLES = [variable for option in SECRETS for variable in ENVIRONMENT[option]]
# The beginning of a YAML block, and the whole block.
BLOCKS = {
    ".rst": ("code-block:: y", re.compile(r"^\.\. code-block:: ya?ml(?:\+jinja)?\n\n((?:[ ]+.*\n|\n)+)", re.MULTILINE)),
    ".md": ("```y", re.compile(r"^```ya?ml\n(.*?)^```$", re.MULTILINE | re.DOTALL)),
}


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> t.Any:
    return importlib.import_module(f"ansible_collections.mongodb.atlas.plugins.modules.{request.param}")


def test_the_action_groups_have_every_module_that_they_are_for() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = {"all": MODULES}
    for name in MODULES:
        module = importlib.import_module(f"ansible_collections.mongodb.atlas.plugins.modules.{name}")
        fragments = yaml.safe_load(module.DOCUMENTATION)["extends_documentation_fragment"]
        for group in PLACE_GROUPS:
            if f"mongodb.atlas.{group}" in fragments:
                groups.setdefault(group, []).append(name)
    assert runtime["action_groups"] == groups


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
    tables = {
        path.stem: importlib.import_module(f"tests.emulator.{path.stem}").ROUTES
        for path in (ROOT / "tests" / "emulator").glob("*.py")
        if "\nROUTES = " in path.read_text(encoding="utf-8")
    }
    assert tables == resources.TABLES
    assert set(tables) == {name for product in PRODUCTS.values() for name in product.calls}


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


def test_the_documentation_of_the_connection_options_matches_the_code() -> None:
    assert list(FRAGMENT["options"]) == list(CONNECTION_OPTIONS)
    assert [list(fragment["options"]) for fragment in PLACE_FRAGMENTS] == [[name] for name in PLACE_OPTIONS]
    documented = _fragment_options()
    for name, spec in {**CONNECTION_OPTIONS, **PLACE_OPTIONS}.items():
        for part in ("type", "default", "aliases", "required"):
            assert documented[name].get(part) == spec.get(part), (name, part)


def test_the_environment_variables_are_documented_in_their_order() -> None:
    for name, variables in ENVIRONMENT.items():
        text = " ".join(_fragment_options()[name]["description"])
        assert [text.index(f"E({variable})") for variable in variables] == sorted(
            text.index(f"E({variable})") for variable in variables
        )
        # The settings read the variables of a login, because those of one kind belong together.
        if not any(name in kind for kind in LOGINS.values()):
            assert {**CONNECTION_OPTIONS, **PLACE_OPTIONS}[name]["fallback"][1] == variables


def test_a_module_file_is_mostly_documentation(module: t.Any) -> None:
    documentation = module.DOCUMENTATION + module.EXAMPLES + module.RETURN
    lines = Path(module.__file__).read_text(encoding="utf-8").splitlines()
    assert len(documentation.splitlines()) > 0.75 * len(lines)


def test_no_example_holds_a_secret(module: t.Any) -> None:
    for task in _tasks(yaml.safe_load(module.EXAMPLES)):
        for name, value in _options(task):
            if name in SECRETS or name in SECRET_VARIABLES:
                assert value.startswith("{{ "), task["name"]


@pytest.mark.parametrize(
    "example",
    [
        "- environment: {MCLI_PRIVATE_API_KEY: '{{ key }}'}",
        "- environment: {MONGODB_ATLAS_CLIENT_SECRET: '{{ secret }}'}",
        "- environment: {MONGODB_ATLAS_ACCESS_TOKEN: '{{ token }}'}",
        "- block: [{name: Inner, environment: {MONGODB_ATLAS_PRIVATE_API_KEY: '{{ key }}'}}]",
        "- hosts: localhost\n  tasks: [{environment: [{A: b}, {MONGODB_ATLAS_PRIVATE_KEY: '{{ key }}'}]}]",
        "- environment: '{{ login | combine({\"MONGODB_ATLAS_PRIVATE_API_KEY\": key}) }}'",
    ],
)
def test_a_secret_in_the_keyword_environment_is_found(example: str) -> None:
    assert _secrets_in_environment(yaml.safe_load(example))


def test_no_example_puts_a_secret_into_the_keyword_environment() -> None:
    """Ansible would show the secret on the command line that starts the module, and so with ``-vvv``."""
    examples = list(_examples())
    assert {source.split("/")[0] for source, _text in examples} >= {"README.md", "docs", "playbooks", "plugins"}
    assert [source for source, text in examples if _secrets_in_environment(yaml.safe_load(text))] == []


@pytest.mark.parametrize("kind", LOGINS)
def test_a_credential_type_sets_the_login_keeps_the_secret_and_is_in_the_guide(kind: str) -> None:
    path = ROOT / "docs" / "credential_types" / f"{kind.lower().replace(' ', '_')}.yml"
    text = path.read_text(encoding="utf-8")
    assert [block for source, block in _examples() if source.endswith("guide_signing_in.rst")].count(
        f"{text.partition('---')[2].strip()}\n\n"
    ) == 1
    loaded = yaml.safe_load(text)
    options = ["base_url", *LOGINS[kind]]
    fields = {field["id"]: field.get("secret", False) for field in loaded["inputs"]["fields"]}
    assert fields == {name: name in SECRETS for name in options}
    assert loaded["inputs"]["required"] == options
    assert loaded["injectors"] == {"env": {ENVIRONMENT[name][0]: f"{{{{ {name} }}}}" for name in options}}


def _fragment_options() -> dict[str, t.Any]:
    return {name: option for each in (FRAGMENT, *PLACE_FRAGMENTS) for name, option in each["options"].items()}


def _examples() -> t.Iterator[tuple[str, str]]:
    """Yield the place and the text of each YAML example: in modules, in pages, and the playbooks."""
    for name in MODULES:
        module = importlib.import_module(f"ansible_collections.mongodb.atlas.plugins.modules.{name}")
        yield f"plugins/modules/{name}.py", module.EXAMPLES
    for path in (ROOT / "playbooks").glob("*.yml"):
        yield f"playbooks/{path.name}", path.read_text(encoding="utf-8")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.rst"), *(ROOT / "tests").rglob("*.md")]
    for path in pages:
        text = path.read_text(encoding="utf-8")
        beginning, whole = BLOCKS[path.suffix]
        blocks = whole.findall(text)
        assert len(blocks) == text.count(beginning), path
        for block in blocks:
            yield path.relative_to(ROOT).as_posix(), textwrap.dedent(block)


def _secrets_in_environment(value: t.Any) -> list[str]:
    """Return each variable for a secret that the keyword ``environment`` sets, at any depth."""
    if isinstance(value, list):
        return [name for item in value for name in _secrets_in_environment(item)]
    if not isinstance(value, dict):
        return []
    here = [name for name in SECRET_VARIABLES if name in str(value.get("environment"))]
    return here + [name for inner in value.values() for name in _secrets_in_environment(inner)]


def _tasks(tasks: t.Iterable[dict[str, t.Any]]) -> t.Iterator[dict[str, t.Any]]:
    for task in tasks:
        yield task
        yield from _tasks(task.get("block", []))


def _options(value: t.Any) -> t.Iterator[tuple[str, t.Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _options(inner)
