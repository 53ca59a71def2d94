# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides: the tests run each printed playbook, and check that every name in the pages exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator, Fault, Organization, World, by_id, sample, sample_world

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook

ROOT = Path(__file__).parents[2]
DOCSITE = ROOT / "docs" / "docsite"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((DOCSITE / "rst").glob("*.rst"))}
GUIDES = {name: text for name, text in PAGES.items() if name.startswith("guide_")}
PLAYBOOKS = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}

DIRECTIVE = ".. code-block:: yaml+jinja\n"
BLOCK = re.compile(rf"^{re.escape(DIRECTIVE)}\n((?:[ ]+.*\n|\n)+)", re.MULTILINE)

JANE = (sample.JANE.name, sample.JANE.login.secret)
OWNER = (sample.OWNER.name, sample.OWNER.login.secret)
PROGRAMMATIC = (sample.PROGRAMMATIC.public_key, sample.PROGRAMMATIC.private_key)
SECOND_ORGANIZATION_ID = "5e2b0f6a9ccf64c8a1d0e312"
ORGANIZATION_IDS = f"{sample.ORGANIZATION.id},{SECOND_ORGANIZATION_ID}"
NO_PROXY_THERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Step:
    """One run of a playbook.

    Attributes:
        tasks: The outcome of each task that is not skipped: ``ok``, ``changed`` or ``failed``. Without any task, the
            run must fail.
        server: The keys that afterwards differ from the sample world, by id: ``absent``, ``disabled`` or ``enabled``.
        options: The options of ``ansible-playbook``.
        says: A text that the output must contain.
    """

    tasks: str
    server: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    says: str = ""


def thrice(preview: str, again: str, server: dict[str, str], first: str | None = None) -> tuple[Step, Step, Step]:
    """Return a preview, a run, and a second run. Without ``first``, the run has the outcome of the preview."""
    return Step(preview, options=("--check",)), Step(first or preview, server), Step(again, server)


@dataclass(frozen=True)
class Row:
    """How to run one playbook of a guide.

    Attributes:
        guide: The name of the guide.
        play: The name of the play.
        steps: The runs, one after the other on the same server.
        variables: The variables for ``-e``; ``{url}``, ``{ca}``, ``{cert}`` and ``{key}`` are those of the emulator.
        login: The login, which the environment holds along with the address; None for neither.
        environment: More variables of the environment.
        vault: A variable in the encrypted file ``secrets.yml``, and its value.
        product: The product that the emulator stands for.
        tls: The kind of TLS of the emulator.
        fault: A fault of the emulator.
    """

    guide: str
    play: str
    steps: tuple[Step, ...]
    variables: dict[str, str] = field(default_factory=dict)
    login: tuple[str, str] | None = JANE
    environment: dict[str, str] = field(default_factory=dict)
    vault: tuple[str, str] | None = None
    product: str = "ops-manager-4.4"
    tls: str = "server"
    fault: Fault | None = None


ALL_BUT_OWNER = dict.fromkeys(
    [sample.JANE.login.id, sample.JANE.spare.id, sample.JOHN.login.id, sample.JOHN.spare.id], "disabled"
)
SPARE_KEY = {"user_id": sample.JANE.id, "key_id": sample.JANE.spare.id}
ROWS = [
    Row(
        "guide_leaked_key",
        "Suspend a leaked key",
        thrice("ok ok ok changed", "ok ok ok ok", {sample.JANE.spare.id: "disabled"}),
        {"org_id": sample.ORGANIZATION.id, "key_end": sample.JANE.spare.secret[-12:]},
        OWNER,
    ),
    Row(
        "guide_leaked_key",
        "Suspend a leaked key",
        (
            Step("ok failed", says="0 of 3 keys end with 000000000000.", options=("-e", "key_end=000000000000")),
            Step("ok failed", says="keys end with 71c4be58.", options=("-e", "key_end=71c4be58")),
            Step("ok ok ok changed", says="The task logs in with the key", options=("--check",)),
        ),
        {"user_name": sample.JANE.name, "key_end": sample.JANE.login.secret[-12:]},
    ),
    Row(
        "guide_leaked_key",
        "Revoke a leaked key",
        thrice("changed ok", "ok ok ok", {sample.JANE.spare.id: "absent"}, first="changed ok ok"),
        SPARE_KEY,
    ),
    Row(
        "guide_leaked_key",
        "Revoke a leaked key",
        (Step("changed failed", {sample.JANE.login.id: "absent"}, says="The login was refused"),),
        {"user_id": sample.JANE.id, "key_id": sample.JANE.login.id},
    ),
    Row("guide_leaked_key", "Revoke a leaked key", (Step("failed", says="NOT_SELF"),), SPARE_KEY, OWNER),
    Row(
        "guide_leaked_key",
        "Revoke a leaked key",
        (Step("changed ok ok", {sample.JANE.spare.id: "absent"}),),
        SPARE_KEY,
        fault=Fault(method="DELETE", drop=True, after_work=True),
    ),
    Row(
        "guide_nothing_done",
        "Revoke a key, or fail if a limit leaves out localhost",
        (
            Step("", options=("-i", "web,", "--limit", "web"), says="because the limit web leaves out localhost."),
            Step(
                "changed", {sample.JANE.spare.id: "absent"}, ("-i", "web,", "--limit", "web,localhost", "--tags", "web")
            ),
        ),
        SPARE_KEY,
    ),
    Row(
        "guide_offboarding",
        "Suspend the personal keys of people who leave",
        (
            Step("failed", says="USERNAME_NOT_FOUND", options=("-e", f"leavers={sample.JANE.name},nobody@example.com")),
            *thrice("ok changed", "ok ok", ALL_BUT_OWNER),
        ),
        {"leavers": f"{sample.JANE.name},{sample.JOHN.name}"},
        OWNER,
    ),
    Row(
        "guide_ops_manager_5",
        "Suspend the personal keys of several organizations",
        thrice("ok changed", "ok ok", ALL_BUT_OWNER),
        {"org_ids": ORGANIZATION_IDS, "keep": sample.OWNER.name},
        OWNER,
    ),
    Row(
        "guide_ops_manager_5",
        "Make sure that no personal key can log in any more",
        (
            Step("ok failed", says=f'Still enabled: {sample.JANE.name}, {sample.JOHN.name}"'),
            Step("ok ok", options=("-e", f"keep={sample.OWNER.name},{sample.JANE.name},{sample.JOHN.name}")),
        ),
        {"org_ids": ORGANIZATION_IDS, "keep": sample.OWNER.name},
        OWNER,
    ),
    Row(
        "guide_ops_manager_5",
        "Make sure that no personal key can log in any more",
        (Step("failed", says="Ops Manager 5.0 or later, which has no personal API keys"),),
        {"org_ids": ORGANIZATION_IDS, "keep": sample.OWNER.name},
        PROGRAMMATIC,
        product="ops-manager-5.0",
    ),
    Row(
        "guide_signing_in",
        "List the keys of a user",
        (Step("ok ok", says=sample.JANE.spare.id),),
        {"ops_manager_url": "{url}", "ops_manager_ca": "{ca}", "ops_manager_user": sample.JANE.name},
        None,
        vault=("jane_personal_api_key", sample.JANE.login.secret),
    ),
    Row(
        "guide_signing_in",
        "Revoke a key on a server that demands a client certificate",
        (
            Step("failed", says="NOT_SELF", options=("-e", f"user_id={sample.JOHN.id} key_id={sample.JOHN.spare.id}")),
            Step("changed", {sample.JANE.spare.id: "absent"}),
        ),
        {**SPARE_KEY, "ops_manager_ca": "{ca}", "client_cert": "{cert}", "client_key": "{key}"},
        PROGRAMMATIC,
        environment={"HTTPS_PROXY": NO_PROXY_THERE, "REQUESTS_CA_BUNDLE": os.devnull},
        product="atlas",
        tls="mutual",
    ),
]


def blocks(guide: str) -> list[str]:
    """Return the text of each YAML block, without its indentation."""
    return [textwrap.dedent(block) for block in BLOCK.findall(GUIDES[guide])]


def plays(guide: str) -> dict[str, str]:
    """Return the text of each playbook by the name of its first play."""
    found = [(yaml.safe_load(block)[0]["name"], block) for block in blocks(guide) if is_playbook(block)]
    assert len(dict(found)) == len(found), "two playbooks have the same name"
    return dict(found)


def is_playbook(block: str) -> bool:
    """Tell whether a block is a playbook, and not just tasks."""
    return any("hosts" in item for item in yaml.safe_load(block))


def world() -> World:
    """Return the sample world with a second organization that shares users with the first."""
    extended = sample_world()
    extended.organizations |= by_id(Organization(SECOND_ORGANIZATION_ID, "Second", [sample.JOHN.id, sample.OWNER.id]))
    return extended


def differences(now: World) -> dict[str, str]:
    """Return the keys that differ from the beginning, and their states."""
    was, is_now = (
        {key.id: key.enabled for user in world.users.values() for key in user.keys} for world in (world(), now)
    )
    states = {True: "enabled", False: "disabled", None: "absent"}
    return {key_id: states[is_now.get(key_id)] for key_id in was if was[key_id] is not is_now.get(key_id)}


def outcome(result: dict[str, t.Any]) -> str:
    """Return the outcome of a task in one word."""
    if result["failed"]:
        return "failed"
    return "changed" if result.get("changed") else "ok"


def encrypt(folder: Path, name: str, value: str) -> tuple[str, str]:
    """Write ``secrets.yml`` with ``ansible-vault``, and return the options to read it with."""
    password = folder / "password"
    password.write_text("correct horse battery staple", encoding="utf-8")
    options = ("--vault-password-file", str(password))
    subprocess.run(
        [
            Path(sys.executable).with_name("ansible-vault"),
            *("encrypt_string", *options, "--stdin-name", name, "--output", folder / "secrets.yml"),
        ],
        env={**os.environ, "ANSIBLE_HOME": str(folder)},
        input=value.encode(),
        check=True,
    )
    assert value not in (folder / "secrets.yml").read_text(encoding="utf-8")
    return options


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guide}: {row.play}")
def test_a_playbook_of_a_guide_does_what_the_guide_says(playbook: Playbook, tmp_path: Path, row: Row) -> None:
    file = tmp_path / "guide.yml"
    file.write_text(plays(row.guide)[row.play], encoding="utf-8")
    vault = encrypt(tmp_path, *row.vault) if row.vault else ()
    with Emulator(product=row.product, tls=row.tls, world=world()) as emulator:
        if row.fault:
            emulator.add_fault(row.fault)
        assert emulator.tls
        server = {
            "url": emulator.url,
            "ca": emulator.tls.ca_path,
            "cert": emulator.tls.client_cert,
            "key": emulator.tls.client_key,
        }
        environment = dict(row.environment)
        if row.login:
            public, private = row.login
            environment = {
                "MONGODB_ATLAS_BASE_URL": emulator.base_url,
                "MONGODB_ATLAS_PUBLIC_API_KEY": public,
                "MONGODB_ATLAS_PRIVATE_API_KEY": private,
                "REQUESTS_CA_BUNDLE": emulator.tls.ca_path,
                **row.environment,
            }
        variables = [
            option for name, value in row.variables.items() for option in ("-e", f"{name}={value.format(**server)}")
        ]
        for step in row.steps:
            run = playbook(str(file), *vault, *variables, *step.options, environment=environment)
            assert " ".join(map(outcome, run.results)) == step.tasks, run.output
            assert (run.exit_code == 0) is (step.tasks != "" and "failed" not in step.tasks)
            assert differences(emulator.world) == step.server
            assert step.says in run.output or step.says in " ".join(run.output.split()), run.output


def test_every_playbook_of_the_guides_is_run() -> None:
    assert {(guide, play) for guide in GUIDES for play in plays(guide)} == {(row.guide, row.play) for row in ROWS}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_block_is_yaml_with_names(guide: str) -> None:
    found = blocks(guide)
    assert len(found) == GUIDES[guide].count(DIRECTIVE.strip())
    assert plays(guide), "a guide has at least one playbook"
    for block in found:
        items = yaml.safe_load(block)
        assert all("name" in task for item in items for task in [item, *item.get("tasks", [])])
        if is_playbook(block):
            (play,) = items
            assert play["hosts"] == "localhost" or play["hosts"].startswith("{{ 'localhost'\n")
            assert not play["gather_facts"]


@pytest.mark.parametrize("page", PAGES)
def test_every_name_in_a_page_exists(page: str) -> None:
    text = PAGES[page]
    assert f"\n.. _ansible_collections.mongodb.atlas.docsite.{page}:\n" in text
    assert set(re.findall(r"ansible-playbook mongodb\.atlas\.(\w+)", text)) <= PLAYBOOKS
    names = set(re.findall(r"(?<!ansible_collections\.)mongodb\.atlas\.(\w+)", text))
    fragments = {path.stem for path in (ROOT / "plugins" / "doc_fragments").glob("*.py")}
    assert names - PLAYBOOKS - MODULES - fragments <= {"all"}
    references = set(re.findall(r":ref:`ansible_collections\.mongodb\.atlas\.docsite\.(\w+)`", text))
    assert references <= set(PAGES)


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))
    assert sorted(page for section in contents["sections"] for page in section["toctree"]) == sorted(PAGES)
