# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides: the tests run each printed playbook, and check that every name in the pages exists."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.emulator import (
    AccessEntry,
    Emulator,
    Fault,
    Organization,
    ProgrammaticKey,
    Secret,
    ServiceAccount,
    World,
    by_id,
    object_id,
    sample,
    sample_world,
)

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook

ROOT = Path(__file__).parents[2]
DOCSITE = ROOT / "docs" / "docsite"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((DOCSITE / "rst").glob("*.rst"))}
GUIDES = {name: text for name, text in PAGES.items() if name.startswith("guide_")}
PLAYBOOKS = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}


ONLY_COMMANDS = ("guide_leaked_key",)
"""The guides without a playbook of their own: their commands run playbooks of the collection."""

DIRECTIVE = ".. code-block:: yaml+jinja\n"
FILES = re.compile(r"code-block:: yaml\n\n((?:[ ]+.*\n|\n)+)")
BLOCK = re.compile(rf"^{re.escape(DIRECTIVE)}\n((?:[ ]+.*\n|\n)+)", re.MULTILINE)

JANE = (sample.JANE.name, sample.JANE.login.secret)
OWNER = (sample.OWNER.name, sample.OWNER.login.secret)
PROGRAMMATIC = (sample.PROGRAMMATIC.public_key, sample.PROGRAMMATIC.private_key)
OWNER_KEY = (sample.OWNER_KEY.public_key, sample.OWNER_KEY.private_key)
OWNER_ACCOUNT = (sample.OWNER_ACCOUNT.id, sample.OWNER_ACCOUNT.login.value)
READER_ACCOUNT = (sample.READER_ACCOUNT.id, sample.READER_ACCOUNT.login.value)
SECOND_ORGANIZATION_ID = "5e2b0f6a9ccf64c8a1d0e312"
ORGANIZATION_IDS = f"{sample.ORGANIZATION.id},{SECOND_ORGANIZATION_ID}"
NO_PROXY_THERE = "http://127.0.0.1:9"
VAULT_TOKEN = "hvs.CAESIJ2mQ0v7"
PASSWORD = "correct horse battery staple"
DAY = 86400
START_OF_TOKENS = "eyJ"
"""Every token is a JSON Web Token, which begins with an object in Base64."""


@dataclass(frozen=True)
class Step:
    """One run of a playbook.

    Attributes:
        tasks: The outcome of each task that is not skipped: ``ok``, ``changed`` or ``failed``. Without any task, the
            run must fail.
        server: The keys and accounts that afterwards differ from the sample world: by id ``absent``, ``disabled``,
            ``enabled`` or ``changed``, by its description each key that is ``new``, and by its name the roles and
            blocks of each new account. And the access lists that differ, by the id of the key or ``global``: their
            blocks.
        options: The options of ``ansible-playbook``.
        says: A text that the output must contain.
        holds: The places that afterwards hold the private key of the key with this description or id, or the newest
            secret of the account with this name, or the secret with this id.
        lacks: The files that afterwards do not exist.
        later: How many days after the step before this one starts.
        loses: A file that somebody removes first.
    """

    tasks: str
    server: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    says: str = ""
    holds: dict[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    later: float = 0
    loses: str = ""


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
        variables: The variables for ``-e``; ``{url}``, ``{ca}``, ``{cert}`` and ``{key}`` are those of the emulator,
            ``{hashicorp}`` is the address of a HashiCorp Vault, and ``{folder}`` is a folder for files.
        login: A key or an account, which the environment holds along with the address; None for neither.
        environment: More variables of the environment.
        vault: A variable in the encrypted file ``secrets.yml``, and its value.
        product: The product that the emulator stands for.
        tls: The kind of TLS of the emulator.
        fault: A fault of the emulator.
        hosts: The hosts of the inventory, in the group ``backup_servers``, and all on this machine.
        files: More files in the folder, by name.
        days: How old the key ``backup scripts`` of the sample world is; there is none if this is 0.
        accounts: Accounts that the sample world has, too.
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
    hosts: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    days: float = 0
    accounts: tuple[ServiceAccount, ...] = ()

    @property
    def world(self) -> World:
        """The data of the emulator at the beginning."""
        return world(self.days, *self.accounts)


ALL_BUT_OWNER = dict.fromkeys(
    [sample.JANE.login.id, sample.JANE.spare.id, sample.JOHN.login.id, sample.JOHN.spare.id], "disabled"
)
SPARE_KEY = {"user_id": sample.JANE.id, "key_id": sample.JANE.spare.id}
LISTED_KEY = {"org_id": sample.ORGANIZATION.id, "key_id": sample.SPARE_KEY.public_key}

NOW = 1_770_000_000.0
BACKUP = "backup scripts"
OLD_PRIVATE_KEY = "a40c2f8e-5b71-4d96-9e03-6f1d8b7c2e95"
LOGIN_OF_A_HOST: dict[str, t.Any] = {
    "login": None,
    "vault": ("controller_private_key", sample.OWNER_KEY.private_key),
    "hosts": ("backup_server",),
}
ON_A_HOST = {
    "org_id": sample.ORGANIZATION.id,
    "ops_manager_url": "{url}",
    "ops_manager_ca": "{ca}",
    "controller_public_key": sample.OWNER_KEY.public_key,
    "key_file": "{folder}/private_key",
}
ON_HOSTS = {
    "org_id": sample.ORGANIZATION.id,
    "key_file": "{folder}/private_key",
    "key_file_on_hosts": "{folder}/{{{{ inventory_hostname }}}}",
}
RELOAD = {"reload_command": "touch {folder}/reloaded"}
TWO_HOSTS = ("north", "south")
HOSTS = ("localhost", "backup_server", "backup_servers")
MADE: dict[str, t.Any] = {"server": {BACKUP: "new"}, "holds": {"private_key": BACKUP}}
TWO_NEW = {BACKUP: "new", "dashboard": "new"}
ON_TWO_HOSTS = dict.fromkeys(("private_key", *TWO_HOSTS), BACKUP)


def old_key(days: float) -> ProgrammaticKey:
    """Return a key of this age that can be rotated."""
    return ProgrammaticKey(
        object_id(NOW - days * DAY),
        "vqzmtlkb",
        OLD_PRIVATE_KEY,
        roles=["ORG_READ_ONLY"],
        organization_id=sample.ORGANIZATION.id,
        description=BACKUP,
        project_roles={sample.PROJECT.id: ["GROUP_READ_ONLY"]},
        access_list=[AccessEntry("192.0.2.10/32", last_used=time_of(-10))],
    )


def time_of(days: float) -> str:
    """Return the time in so many days, as the API writes it."""
    return f"{datetime.fromtimestamp(NOW + days * DAY, UTC):%Y-%m-%dT%H:%M:%SZ}"


def ending_account(name: str, days: float) -> ServiceAccount:
    """Return an account whose only secret ends in so many days."""
    digits = hashlib.sha256(name.encode()).hexdigest()
    secret = Secret(digits[:24], f"mdb_sa_sk_{digits[:40]}", time_of(days), time_of(days - 90))
    client_id = f"mdb_sa_id_{digits[-24:]}"
    return ServiceAccount(client_id, name, name, sample.ORGANIZATION.id, roles=["ORG_READ_ONLY"], secrets=[secret])


OLD = old_key(40).id
ROTATED = {BACKUP: "new", OLD: "changed"}
ENDING, LASTING = ending_account("backup", 10), ending_account("dashboard", 60)
RENEWED = {ENDING.id: "changed"}
OF_ENDING = {"org_id": sample.ORGANIZATION.id, "account_id": ENDING.id}
OF_OLD_KEY = {"org_id": sample.ORGANIZATION.id, "key_id": old_key(40).public_key}
LIKE_KEY = {"backup": "ORG_READ_ONLY GROUP_READ_ONLY 192.0.2.10/32"}
# The files that the guides print, with the objects of these tests.
(LISTED_ACCOUNTS,) = [
    textwrap.dedent(block)
    .replace("mdb_sa_id_5f1a2b3c4d5e6f7081920a01", ENDING.id)
    .replace("mdb_sa_id_5f1a2b3c4d5e6f7081920a02", LASTING.id)
    for block in FILES.findall(GUIDES["guide_renew_secrets"])
]
# The credentials of the sample world that have no access list.
SEVERE = [
    *(key.public_key for key in (sample.PROGRAMMATIC, sample.OWNER_KEY, sample.READER_KEY, sample.PROJECT_OWNER_KEY)),
    *(account.id for account in (sample.OWNER_ACCOUNT, sample.READER_ACCOUNT, sample.SYSTEM_ACCOUNT)),
]
# The file that the guide prints, with the project of the sample world.
(SCRIPTS,) = [
    textwrap.dedent(block).replace("5f1a2b3c4d5e6f7081920e01", sample.PROJECT.id)
    for block in FILES.findall(GUIDES["guide_from_personal_keys"])
]
ROWS = [
    Row(
        "guide_access_lists",
        "Show the access list of a key",
        (Step("ok ok", says="198.51.100.0/24: never used"),),
        LISTED_KEY,
        PROGRAMMATIC,
        product="atlas",
    ),
    Row(
        "guide_access_lists",
        "Set the access list of a key",
        (
            *thrice("changed", "ok", {sample.SPARE_KEY.id: "192.0.2.1/32 203.0.113.0/24"}),
            Step(
                "failed",
                {sample.SPARE_KEY.id: "192.0.2.1/32 203.0.113.0/24"},
                ("-e", "networks=192.0.2.5/24"),
                "Write 192.0.2.0/24 for the block",
            ),
        ),
        {**LISTED_KEY, "networks": "203.0.113.0/24,192.0.2.1"},
        PROGRAMMATIC,
        product="atlas",
    ),
    Row(
        "guide_access_lists",
        "Let the global keys of an Ops Manager be used from a network",
        thrice("changed", "ok", {"global": "127.0.0.0/8 203.0.113.0/24"}),
        {"network": "203.0.113.0/24", "description": "Cork"},
        (sample.GLOBAL_KEY.public_key, sample.GLOBAL_KEY.private_key),
        product="ops-manager-6.0",
    ),
    Row(
        "guide_from_keys_to_service_accounts",
        "Make a service account like a key",
        (
            Step("ok ok changed", options=("--check", "--diff"), lacks=("client_secret", "client_id")),
            Step("ok ok changed changed changed changed", LIKE_KEY, ("-vvvv",), holds={"client_secret": "backup"}),
            Step("ok ok ok ok ok ok", LIKE_KEY, holds={"client_secret": "backup"}),
            Step("ok failed", LIKE_KEY, ("-e", "key_id=abcdefgh"), says="has no key abcdefgh."),
        ),
        OF_OLD_KEY | {"account_name": "backup", "folder": "{folder}"},
        OWNER_KEY,
        product="atlas",
        days=40,
    ),
    Row(
        "guide_from_keys_to_service_accounts",
        "Prove that a service account can log in",
        (
            Step("ok ok ok", options=("--check",), says="2099-12-31T23:59:59Z"),
            Step("ok failed", options=("-vvvv", "-e", f"org_id={SECOND_ORGANIZATION_ID}")),
        ),
        {"org_id": sample.ORGANIZATION.id, "folder": "{folder}"},
        OWNER_KEY,
        product="atlas",
        files={"client_id": READER_ACCOUNT[0], "client_secret": READER_ACCOUNT[1]},
    ),
    Row(
        "guide_from_keys_to_service_accounts",
        "Revoke a key that nobody uses any more",
        (
            Step(
                "ok ok failed",
                options=("-e", f"quiet_since={time_of(-11)}"),
                says=f"{time_of(-11)} from: 192.0.2.10/32",
            ),
            *thrice("ok ok ok changed", "ok ok", {OLD: "absent"}),
            Step("ok failed", {OLD: "absent"}, ("-e", f"key_id={sample.OWNER_KEY.public_key}"), "has no access list"),
        ),
        OF_OLD_KEY | {"quiet_since": time_of(-9)[:10]},
        OWNER_ACCOUNT,
        product="atlas",
        days=40,
    ),
    Row(
        "guide_audit",
        "List the credentials that nobody has used for a year",
        (
            Step(
                "ok ok",
                says=f"service_account_secret {sample.PROJECT_ACCOUNT.id} (Backend team): last used at 2020-02-09",
            ),
        ),
        login=OWNER_KEY,
        product="atlas",
    ),
    Row(
        "guide_from_personal_keys",
        "Make a programmatic key for each script",
        (
            Step("changed ok", options=("--check",), says="backup scripts: not made yet", lacks=(BACKUP,)),
            Step("changed changed changed ok", TWO_NEW, holds={BACKUP: BACKUP, "dashboard": "dashboard"}),
            Step("ok ok ok ok", TWO_NEW, options=("--diff",)),
        ),
        {"org_id": sample.ORGANIZATION.id, "scripts_file": "{folder}/scripts.yml", "folder": "{folder}"},
        OWNER,
        files={"scripts.yml": SCRIPTS},
    ),
    Row(
        "guide_new_key",
        "Make a key, and let a file take its private key",
        (
            Step("changed", options=("--check", "--diff"), lacks=("private_key",)),
            Step("changed changed", **MADE),
            Step("ok ok", **MADE),
            Step("failed", {BACKUP: "new"}, says="does not hold the secret of the key", loses="private_key"),
        ),
        ON_A_HOST,
        **LOGIN_OF_A_HOST,
    ),
    Row(
        "guide_new_key",
        "Make a key, and let a file take its private key",
        (Step("failed", says="because it may hold a secret that somebody needs", holds={"private_key": OLD}),),
        ON_A_HOST,
        **LOGIN_OF_A_HOST,
        files={"private_key": OLD_PRIVATE_KEY},
    ),
    Row(
        "guide_new_key",
        "Make a key, and copy its private key to several hosts",
        (
            Step("changed", options=("--check",), lacks=("private_key", *TWO_HOSTS)),
            Step("changed changed changed", {BACKUP: "new"}, holds=ON_TWO_HOSTS),
            Step("ok changed ok", {BACKUP: "new"}, holds=ON_TWO_HOSTS, loses="north"),
        ),
        ON_HOSTS,
        OWNER_KEY,
        hosts=TWO_HOSTS,
    ),
    Row(
        "guide_new_key",
        "Make a key, and keep its private key in an Ansible Vault file",
        (
            Step("changed", options=("--check",), lacks=("backup.yml",)),
            Step("changed ok changed ok", {BACKUP: "new"}, holds={"backup.yml": BACKUP}),
            Step("ok ok", {BACKUP: "new"}, holds={"backup.yml": BACKUP}),
            Step("ok failed", {BACKUP: "new"}, loses="backup.yml"),
        ),
        {
            "org_id": sample.ORGANIZATION.id,
            "secrets_file": "{folder}/backup.yml",
            "vault_password_file": "{folder}/password",
        },
        OWNER_KEY,
        vault=("nothing", "nothing else"),
        files={"password": PASSWORD},
    ),
    Row(
        "guide_new_key",
        "Make a key, and keep its private key in an Ansible Vault file",
        (Step("changed failed changed failed", says="It revoked the new key again."),),
        {
            "org_id": sample.ORGANIZATION.id,
            "secrets_file": "{folder}/backup.yml",
            "vault_password_file": "{folder}/password",
        },
        OWNER_KEY,
        vault=("nothing", "nothing else"),
        files={"password": PASSWORD, "backup.yml": "somebody needs this"},
    ),
    Row(
        "guide_new_key",
        "Make a key, and keep its private key in HashiCorp Vault",
        (
            Step("changed", options=("--check",)),
            Step("changed ok ok ok", {BACKUP: "new"}, holds={"secret/data/backup": BACKUP}),
            Step("ok ok ok", {BACKUP: "new"}, holds={"secret/data/backup": BACKUP}),
        ),
        {"org_id": sample.ORGANIZATION.id, "hashicorp_url": "{hashicorp}"},
        OWNER_KEY,
        environment={"VAULT_TOKEN": VAULT_TOKEN},
    ),
    Row(
        "guide_new_key",
        "Make a key, and keep its private key in HashiCorp Vault",
        (Step("changed failed changed failed", says="The playbook revoked the new key again."),),
        {"org_id": sample.ORGANIZATION.id, "hashicorp_url": "{hashicorp}"},
        OWNER_KEY,
        environment={"VAULT_TOKEN": "hvs.expired"},
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
        "guide_renew_secrets",
        "Renew a secret every night",
        (
            Step("changed", options=("--check",), holds={"client_secret": ENDING.secrets[0].id}, lacks=("reloaded",)),
            Step(
                "changed changed",
                RENEWED,
                ("-vvvv",),
                holds={"client_secret": "backup", "client_secret.previous": ENDING.secrets[0].id},
            ),
            # The new secret ends, too. The old one has expired, so there is room.
            Step("changed changed", RENEWED, holds={"client_secret": "backup"}, later=80),
            Step("failed", RENEWED, says="set force: true", loses="client_secret"),
        ),
        OF_ENDING | RELOAD | {"controller_client_id": sample.OWNER_ACCOUNT.id, "secret_file": "{folder}/client_secret"},
        READER_ACCOUNT,
        vault=("controller_client_secret", OWNER_ACCOUNT[1]),
        product="atlas",
        hosts=("backup_server",),
        files={"client_secret": ENDING.secrets[0].value},
        accounts=(ENDING,),
    ),
    Row(
        "guide_renew_secrets",
        "Renew the secret that this play logs in with",
        (
            Step("changed ok", options=("--check",), holds={"client_secret": ENDING.secrets[0].id}),
            Step("changed ok", RENEWED, ("-vvvv",), holds={"client_secret": "backup"}),
            Step("ok ok", RENEWED, holds={"client_secret": "backup"}, later=8),
        ),
        OF_ENDING | {"secret_file": "{folder}/client_secret"},
        READER_ACCOUNT,
        product="atlas",
        files={"client_secret": ENDING.secrets[0].value},
        accounts=(replace(ENDING, roles=["ORG_OWNER"]),),
    ),
    Row(
        "guide_renew_secrets",
        "Renew the secrets of many service accounts with one token",
        (
            Step("ok changed changed", options=("--check",), holds={"backup": ENDING.secrets[0].id}),
            Step("ok changed changed", RENEWED, ("-vvvv",), holds={"backup": "backup", "dashboard": "dashboard"}),
            Step("ok ok changed", RENEWED, holds={"backup": "backup", "dashboard": "dashboard"}),
        ),
        {"org_id": sample.ORGANIZATION.id, "accounts_file": "{folder}/accounts.yml", "folder": "{folder}"},
        OWNER_ACCOUNT,
        product="atlas",
        files={
            "accounts.yml": LISTED_ACCOUNTS,
            "backup": ENDING.secrets[0].value,
            "dashboard": LASTING.secrets[0].value,
        },
        accounts=(ENDING, LASTING),
    ),
    Row(
        "guide_renew_secrets",
        "Fail if the last secret of an account ends too soon",
        (
            Step("ok failed", says=f"No secret of backup ({ENDING.id}) lasts until"),
            Step("ok ok", options=("-vvvv", "-e", f"until={time_of(9)}")),
        ),
        {"org_id": sample.ORGANIZATION.id, "until": time_of(11)},
        READER_ACCOUNT,
        product="atlas",
        accounts=(ENDING, LASTING),
    ),
    Row(
        "guide_pipeline_gate",
        "Fail if a credential has a severe finding that nobody has accepted",
        (
            Step("ok failed", says="Not accepted: kfjwbqzs, owqhtzrd, pgnkwyue, mdb_sa_id_"),
            Step("ok ok", options=("-e", f"accepted={','.join(SEVERE)}")),
        ),
        {"accepted": sample.READER_KEY.public_key},
        OWNER_KEY,
        product="atlas",
    ),
    Row(
        "guide_rotation",
        "Rotate a key every night",
        (
            Step("changed", options=("--check",), holds={"private_key": OLD}, lacks=("reloaded",)),
            Step(
                "changed changed changed",
                ROTATED,
                holds={"private_key": BACKUP, "private_key.previous": OLD},
            ),
            Step("ok ok", ROTATED, holds={"private_key": BACKUP, "private_key.previous": OLD}, later=1),
            Step(
                "changed ok changed",
                {BACKUP: "new", OLD: "absent"},
                says=f"The task revoked the key {OLD}",
                holds={"private_key": BACKUP},
                lacks=("private_key.previous",),
                later=1,
            ),
            Step("failed", {BACKUP: "new", OLD: "absent"}, says="set force: true", loses="private_key"),
        ),
        ON_A_HOST | RELOAD,
        **LOGIN_OF_A_HOST,
        files={"private_key": OLD_PRIVATE_KEY},
        days=40,
    ),
    Row(
        "guide_rotation",
        "Replace a leaked key, and revoke it at once",
        (
            Step("changed ok changed", options=("--check",), holds={"private_key": OLD}),
            Step(
                "changed ok changed changed changed",
                {BACKUP: "new", OLD: "absent"},
                holds={"private_key": BACKUP},
                lacks=("private_key.previous",),
            ),
            Step("ok ok ok ok", {BACKUP: "new", OLD: "absent"}, holds={"private_key": BACKUP}),
        ),
        ON_A_HOST | RELOAD | {"leaked_key": old_key(40).public_key},
        **LOGIN_OF_A_HOST,
        files={"private_key": OLD_PRIVATE_KEY},
        days=40,
    ),
    Row(
        "guide_rotation",
        "Rotate a key that several hosts use",
        (
            Step("changed changed changed", options=("--check",), holds={"private_key": OLD}, lacks=TWO_HOSTS),
            Step("changed changed changed changed changed changed changed", ROTATED, holds=ON_TWO_HOSTS),
            Step("ok changed ok ok ok changed", ROTATED, holds=ON_TWO_HOSTS, loses="north"),
        ),
        ON_HOSTS | RELOAD,
        OWNER_KEY,
        hosts=TWO_HOSTS,
        files={"private_key": OLD_PRIVATE_KEY},
        days=40,
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
        "Let all tasks share one token",
        (
            Step("ok ok ok changed", options=("-vvvv",)),
            Step(
                "ok ok failed changed",
                options=("--check", "-e", f"project_id={sample.JANE.id}"),
                says="GROUP_NOT_FOUND",
            ),
        ),
        {"org_id": sample.ORGANIZATION.id, "project_id": sample.PROJECT.id},
        OWNER_ACCOUNT,
        product="atlas",
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


def world(days: float, *accounts: ServiceAccount) -> World:
    """Return the sample world with a second organization that shares users with the first.

    Args:
        days: How old another key is; 0 for no such key.
        *accounts: More accounts.
    """
    extended = sample_world()
    extended.service_accounts |= copy.deepcopy(by_id(*accounts))
    extended.organizations |= by_id(Organization(SECOND_ORGANIZATION_ID, "Second", [sample.JOHN.id, sample.OWNER.id]))
    if days:
        key = old_key(days)
        extended.programmatic_keys[key.id] = key
    return extended


def differences(was: World, now: World) -> dict[str, str]:
    """Return the keys and access lists that differ from the beginning, and their states or blocks."""
    before, after = ({key.id: key.enabled for user in each.users.values() for key in user.keys} for each in (was, now))
    states = {True: "enabled", False: "disabled", None: "absent"}
    personal = {key_id: states[after.get(key_id)] for key_id in before if before[key_id] is not after.get(key_id)}
    programmatic = differences_of_programmatic_keys(was.programmatic_keys, now.programmatic_keys)
    listed = access_lists(was)
    lists = {
        owner: blocks for owner, blocks in access_lists(now).items() if owner in listed and blocks != listed[owner]
    }
    return personal | programmatic | lists | differences_of_accounts(was.service_accounts, now.service_accounts)


def differences_of_accounts(was: t.Mapping[str, ServiceAccount], now: t.Mapping[str, ServiceAccount]) -> dict[str, str]:
    """Return the accounts that differ, without the uses of their secrets: each login is one."""

    def content(account: ServiceAccount) -> ServiceAccount:
        secrets = [replace(secret, last_used_at=None) for secret in account.secrets]
        return replace(account, secrets=secrets, access_list=[AccessEntry(each.block) for each in account.access_list])

    found = {}
    for account in now.values():
        if account.id not in was:
            roles = [*account.roles, *(role for roles in account.project_roles.values() for role in roles)]
            found[account.name] = " ".join([*roles, *(entry.block for entry in account.access_list)])
        elif content(account) != content(was[account.id]):
            found[account.id] = "changed"
    return found | {account_id: "absent" for account_id in was if account_id not in now}


def differences_of_programmatic_keys(
    was: t.Mapping[str, ProgrammaticKey], now: t.Mapping[str, ProgrammaticKey]
) -> dict[str, str]:
    """Return the keys that differ: new ones by their descriptions, all others by their ids."""
    new = [key.description for key in now.values() if key.id not in was]
    assert len(set(new)) == len(new), "two new keys have the same description"
    states = {key_id: "changed" if key_id in now else "absent" for key_id in was}
    return dict.fromkeys(new, "new") | {
        key_id: states[key_id]
        for key_id in was
        if key_id not in now or replace(was[key_id], access_list=[]) != replace(now[key_id], access_list=[])
    }


def access_lists(world: World) -> dict[str, str]:
    """Return the blocks of each access list, by the id of the key or ``global``."""
    lists = {key.id: [entry.block for entry in key.access_list] for key in world.programmatic_keys.values()}
    lists["global"] = [entry.block for entry in world.global_access_list.values()]
    return {owner: " ".join(sorted(blocks)) for owner, blocks in lists.items()}


def outcome(result: dict[str, t.Any]) -> str:
    """Return the outcome of a task in one word."""
    if result["failed"]:
        return "failed"
    return "changed" if result.get("changed") else "ok"


def encrypt(folder: Path, name: str, value: str) -> tuple[str, str]:
    """Write ``secrets.yml`` with ``ansible-vault``, and return the options to read it with."""
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
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


class HashiCorpVault(ThreadingHTTPServer):
    """As much of HashiCorp Vault as the guides use: a store that takes and shows secrets, and checks the token."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HashiCorpHandler)
        self.secrets: dict[str, dict[str, str]] = {}


class _HashiCorpHandler(BaseHTTPRequestHandler):
    server: HashiCorpVault

    def do_GET(self) -> None:
        data = self.server.secrets.get(self.path)
        self._answer(404 if data is None else 200, {"data": {"data": data}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-Vault-Token"] == VAULT_TOKEN:
            self.server.secrets[self.path] = body["data"]
        self._answer(200, {"data": {"version": 1}})

    def _answer(self, status: int, document: dict[str, t.Any]) -> None:
        if self.headers["X-Vault-Token"] != VAULT_TOKEN:
            status, document = 403, {"errors": ["permission denied"]}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@contextmanager
def hashicorp_vault() -> t.Iterator[HashiCorpVault]:
    """Run a vault as long as the context."""
    with HashiCorpVault() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def kept_in(place: str, folder: Path, vault: HashiCorpVault) -> str:
    """Return the private key that a place holds: a path in the vault, an encrypted file, or a file."""
    if place.startswith("secret/"):
        return vault.secrets[f"/v1/{place}"]["private_key"]
    file = folder / place
    assert file.stat().st_mode & 0o777 == 0o600
    if file.suffix != ".yml":
        return file.read_text(encoding="utf-8")
    program = str(Path(sys.executable).with_name("ansible-vault"))
    view = [program, "view", "--vault-password-file", str(folder / "password"), str(file)]
    shown = subprocess.run(view, env={**os.environ, "ANSIBLE_HOME": str(folder)}, capture_output=True, check=True)
    return str(yaml.safe_load(shown.stdout)["backup_private_key"])


def keep_deleted(emulator: Emulator, keys: dict[str, ProgrammaticKey]) -> None:
    """Add each programmatic key to ``keys`` before one is deleted: a task may delete a key that it has made."""

    def keep(world: World) -> None:
        keys.update(world.programmatic_keys)
        keep_deleted(emulator, keys)

    emulator.before("DELETE", "/apiKeys/", keep)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guide}: {row.play}")
def test_a_playbook_of_a_guide_does_what_the_guide_says(playbook: Playbook, tmp_path: Path, row: Row) -> None:
    file = tmp_path / "guide.yml"
    file.write_text(plays(row.guide)[row.play], encoding="utf-8")
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in row.files.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    options = list(encrypt(tmp_path, *row.vault) if row.vault else ())
    if row.hosts:
        inventory = {"backup_servers": {"hosts": {name: {"ansible_connection": "local"} for name in row.hosts}}}
        (tmp_path / "inventory.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        options += ["-i", str(tmp_path / "inventory.yml"), "--forks", "1"]  # so the order of the hosts is known
    was = row.world
    with Emulator(product=row.product, tls=row.tls, world=row.world) as emulator, hashicorp_vault() as vault:
        if row.days or row.accounts:
            emulator.clock = NOW
        if row.fault:
            emulator.add_fault(row.fault)
        assert emulator.tls
        places = {
            "url": emulator.url,
            "ca": emulator.tls.ca_path,
            "cert": emulator.tls.client_cert,
            "key": emulator.tls.client_key,
            "hashicorp": f"http://127.0.0.1:{vault.server_port}",
            "folder": folder,
        }
        environment = dict(row.environment)
        if row.login:
            is_account = row.login[0].startswith("mdb_sa_id_")
            names = ("CLIENT_ID", "CLIENT_SECRET") if is_account else ("PUBLIC_API_KEY", "PRIVATE_API_KEY")
            environment = {
                "MONGODB_ATLAS_BASE_URL": emulator.base_url,
                **{f"MONGODB_ATLAS_{name}": value for name, value in zip(names, row.login, strict=True)},
                "REQUESTS_CA_BUNDLE": emulator.tls.ca_path,
                **row.environment,
            }
        options += ["-e", json.dumps({name: value.format(**places) for name, value in row.variables.items()})]
        keys, secrets = dict(was.programmatic_keys), secrets_of(was)
        keep_deleted(emulator, keys)
        for step in row.steps:
            if step.later:
                emulator.clock += step.later * DAY
            if step.loses:
                (folder / step.loses).unlink()
            run = playbook(str(file), *options, *step.options, environment=environment)
            assert " ".join(map(outcome, run.results)) == step.tasks, run.output
            assert (run.exit_code == 0) is (step.tasks != "" and "failed" not in step.tasks)
            assert differences(was, emulator.world) == step.server
            assert step.says in run.output or step.says in " ".join(run.output.split()), run.output
            keys |= emulator.world.programmatic_keys
            secrets |= secrets_of(emulator.world)
            by_name = {key.description: key.private_key for key in keys.values()} | {
                key.id: key.private_key for key in [*keys.values(), old_key(40)]
            }
            by_name |= secrets | {
                account.name: account.secrets[-1].value for account in emulator.world.service_accounts.values()
            }
            assert {name: kept_in(name, folder, vault) for name in step.holds} == {
                name: by_name[key] for name, key in step.holds.items()
            }
            assert [name for name in step.lacks if (folder / name).exists()] == []
            shown = run.output + repr(run.results)
            assert [key.id for key in keys.values() if key.private_key in shown] == []
            assert [secret_id for secret_id, value in secrets.items() if value in shown] == []
            assert START_OF_TOKENS not in shown
        tokens, revocations = (f"POST /api/oauth/{name} 200" for name in ("token", "revoke"))
        assert emulator.calls.count(tokens) == emulator.calls.count(revocations)


def secrets_of(world: World) -> dict[str, str]:
    """Return the secrets of all accounts by their ids."""
    return {secret.id: secret.value for account in world.service_accounts.values() for secret in account.secrets}


def test_the_commands_of_the_guide_about_a_leak_do_what_it_says(playbook: Playbook, tmp_path: Path) -> None:
    (guide,) = ONLY_COMMANDS
    commands = re.findall(r"^ +ansible-playbook (mongodb\.atlas\.leaked.*)", GUIDES[guide], re.MULTILINE)
    public, private = PROGRAMMATIC
    ids = {
        "5f1a2b3c4d5e6f7081920b01": sample.SPARE_KEY.id,
        "mdb_sa_id_5f1a2b3c4d5e6f7081920d01": sample.PROJECT_ACCOUNT.id,
    }
    texts = [sample.SPARE_KEY.private_key, sample.SPARE_KEY.private_key, sample.PROJECT_ACCOUNT.login.value]
    says = [f"-e confirm={sample.SPARE_KEY.id}", "is gone. The record is", "is gone. The record is"]
    with Emulator(product="atlas") as emulator:
        for command, text, message in zip(commands, texts, says, strict=True):
            for printed, real in ids.items():
                command = command.replace(printed, real)
            environment = {
                "MONGODB_ATLAS_BASE_URL": emulator.base_url,
                "MONGODB_ATLAS_PUBLIC_API_KEY": public,
                "MONGODB_ATLAS_PRIVATE_API_KEY": private,
                "MONGODB_ATLAS_LEAKED": text,
                "PWD": str(tmp_path),
            }
            run = playbook(*command.split(), environment=environment)
            assert run.exit_code == 0
            assert message in run.results[-1]["msg"]
        assert sorted(path.name for path in tmp_path.glob("leaked-*.json")) == sorted(
            f"leaked-{real}.json" for real in ids.values()
        )
        assert sample.SPARE_KEY.id not in emulator.world.programmatic_keys
        assert sample.PROJECT_ACCOUNT.id not in emulator.world.service_accounts


@pytest.mark.parametrize("said", re.findall(r'^"([^"]+)"', GUIDES["guide_leaked_key"], re.MULTILINE))
def test_the_guide_about_a_leak_quotes_messages_that_exist(said: str) -> None:
    sources = [ROOT / "playbooks" / "leaked.yml", *(ROOT / "plugins" / "module_utils").rglob("*.py")]
    texts = " ".join(" ".join(path.read_text(encoding="utf-8") for path in sources).split())
    # The playbook puts the last word of the outcome into its sentences.
    assert said in texts or said in ("is gone", "is suspended")


# How each command of the guides about the playbook audit ends, and the reports that it writes.
AUDITS = [
    ("guide_audit", "mongodb.atlas.audit", 0, ["credentials"]),
    ("guide_audit", "mongodb.atlas.audit -e org_id={id} -e report=audit-of-november", 0, ["audit-of-november"]),
    ("guide_audit", "mongodb.atlas.audit -e kinds=service_account --check", 0, []),
    (
        "guide_audit",
        "mongodb.atlas.audit -i servers.yml -e @secrets.yml --ask-vault-pass -e servers=mongodb_servers",
        0,
        ["credentials"],
    ),
    ("guide_pipeline_gate", "mongodb.atlas.audit -e fail_on=high", 2, ["credentials"]),
    ("guide_pipeline_gate", "mongodb.atlas.audit -e fail_on=critical -e kinds=org_api_key --check", 0, []),
    ("guide_ops_manager_5", "mongodb.atlas.audit -e kinds=user_api_key -e report=personal-keys", 0, ["personal-keys"]),
]


@pytest.mark.parametrize(("guide", "command", "exit_code", "written"), AUDITS)
def test_an_audit_of_a_guide_does_what_the_guide_says(
    playbook: Playbook, tmp_path: Path, guide: str, command: str, exit_code: int, written: list[str]
) -> None:
    assert f"    ansible-playbook {command.format(id='5f1a2b3c4d5e6f7081920c01')}\n" in GUIDES[guide]
    is_old = guide == "guide_ops_manager_5"
    with (
        Emulator(product="ops-manager-4.4" if is_old else "atlas") as emulator,
        Emulator(product="ops-manager-6.0", tls="server") as cork,
    ):
        public, private = OWNER if is_old else OWNER_KEY
        environment = {
            "MONGODB_ATLAS_BASE_URL": emulator.base_url,
            "MONGODB_ATLAS_PUBLIC_API_KEY": public,
            "MONGODB_ATLAS_PRIVATE_API_KEY": private,
            "PWD": str(tmp_path),
        }
        write_inventory(tmp_path, emulator, cork)
        options = command.format(id=sample.ORGANIZATION.id).replace(" --ask-vault-pass", "").split()
        run = playbook(*options, environment=environment)
        assert run.exit_code == exit_code, run.output
        assert sorted(path.stem for path in tmp_path.glob("*.html")) == written
        assert sorted(path.stem for path in tmp_path.glob("*.csv")) == written
        hosts = "atlas", "ops_manager_cork"
        assert "servers.yml" not in options or all(
            f'"{host}",' in (tmp_path / "credentials.csv").read_text(encoding="utf-8") for host in hosts
        )


def write_inventory(folder: Path, atlas: Emulator, ops_manager: Emulator) -> None:
    """Write the inventory that the guide prints, with the addresses and logins of the emulators, and its secrets."""
    (printed,) = re.findall(r"code-block:: yaml\n\n((?:[ ]+.*\n|\n)+)", GUIDES["guide_audit"])
    inventory = yaml.safe_load(printed)
    hosts = inventory["mongodb_servers"]["hosts"]
    hosts["atlas"] |= {"base_url": atlas.base_url, "client_id": sample.OWNER_ACCOUNT.id}
    assert ops_manager.tls
    hosts["ops_manager_cork"] |= {
        "base_url": ops_manager.base_url,
        "ca_path": ops_manager.tls.ca_path,
        "public_key": sample.GLOBAL_KEY.public_key,
    }
    secrets = {
        "vault_atlas_client_secret": sample.OWNER_ACCOUNT.login.value,
        "vault_cork_private_key": sample.GLOBAL_KEY.private_key,
    }
    (folder / "servers.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    (folder / "secrets.yml").write_text(yaml.safe_dump(secrets), encoding="utf-8")


def test_every_audit_of_the_guides_is_run() -> None:
    printed = {
        (guide, command)
        for guide in GUIDES
        for command in re.findall(r"ansible-playbook (mongodb\.atlas\.audit.*)", GUIDES[guide])
    }
    run = {(guide, command.format(id="5f1a2b3c4d5e6f7081920c01")) for guide, command, _code, _written in AUDITS}
    others = {guide for guide, _command in printed - run}
    # These are the same commands with other ids.
    assert others == {"guide_from_personal_keys", "guide_ops_manager_5", "guide_signing_in"}
    assert run <= printed


def test_every_playbook_of_the_guides_is_run() -> None:
    assert {(guide, play) for guide in GUIDES for play in plays(guide)} == {(row.guide, row.play) for row in ROWS}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_block_is_yaml_with_names(guide: str) -> None:
    found = blocks(guide)
    assert len(found) == GUIDES[guide].count(DIRECTIVE.strip())
    assert plays(guide) or guide in ONLY_COMMANDS, "a guide has at least one playbook"
    for block in found:
        items = yaml.safe_load(block)
        assert all("name" in task for item in items for task in [item, *item.get("tasks", [])])
        if is_playbook(block):
            (play,) = items
            assert play["hosts"] in HOSTS or play["hosts"].startswith("{{ 'localhost'\n")
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
