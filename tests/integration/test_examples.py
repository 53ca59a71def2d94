# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the documentation of the modules: they run as printed, in check mode too.

Two runs of ansible-playbook do for all examples: each module has a play, a host and a server of its own. An
organization has only the objects that the examples name by their ids, and the login.
"""

from __future__ import annotations

import importlib
import typing as t
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator, World
from tests.emulator.sample import (
    GLOBAL_KEY,
    JANE,
    ORGANIZATION,
    OWNER,
    OWNER_ACCOUNT,
    OWNER_KEY,
    PROGRAMMATIC,
    PROJECT_ACCOUNT,
    READER_ACCOUNT,
    READER_KEY,
    SPARE_KEY,
    sample_world,
)
from tests.integration.conftest import make_playbook

if t.TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "ansible_collections.mongodb.atlas.plugins.modules"
MODULES = sorted(path.stem for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("*.py"))
PRINTED = {
    "5f1a2b3c4d5e6f7081920a01": JANE.id,
    "5f1a2b3c4d5e6f7081920b01": JANE.spare.id,
    "5f1a2b3c4d5e6f7081920b02": JANE.disabled.id,
    "5f1a2b3c4d5e6f7081920c01": ORGANIZATION.id,
    "5f1a2b3c4d5e6f7081920d01": SPARE_KEY.id,
    "mdb_sa_id_5f1a2b3c4d5e6f7081920e01": PROJECT_ACCOUNT.id,
    "abcdefgh #": f"{SPARE_KEY.public_key} #",
}
"""What the examples print, and what stands for it in the sample data."""
KEYS = {key.id for key in (GLOBAL_KEY, OWNER_KEY, PROGRAMMATIC, READER_KEY, SPARE_KEY)}
ACCOUNTS = {account.id for account in (OWNER_ACCOUNT, PROJECT_ACCOUNT, READER_ACCOUNT)}


@dataclass
class Examples:
    """Examples that run one after the other on the same server.

    Attributes:
        module: The module whose documentation has them.
        name: The name of their host.
        text: The examples as printed.
        emulator: Their server.
        folder: Stands for ``/etc/backup``.
        previewed: The methods of the requests of the run in check mode, without those for tokens.
        left: The files that the run in check mode left.
    """

    module: str
    name: str
    text: str
    emulator: Emulator
    folder: Path
    previewed: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()

    def play(self) -> dict[str, t.Any]:
        """Return the play. Its environment holds the address and the login."""
        emulator = self.emulator
        authority = emulator.tls.ca_path if emulator.tls else ""
        here = {
            "/etc/backup": str(self.folder),
            "https://ops-manager.example.com:8443": emulator.base_url,
            "/etc/pki/tls/certs/example-ca.pem": authority,
        }
        text = self.text
        for printed, real in {**PRINTED, **here}.items():
            text = text.replace(printed, real)
        return {
            "hosts": self.name,
            "gather_facts": False,
            "vars": self._variables(),
            "environment": {
                "MONGODB_ATLAS_BASE_URL": emulator.base_url,
                **({"REQUESTS_CA_BUNDLE": authority} if authority else {}),
                **self._login(),
            },
            "tasks": yaml.safe_load(text),
        }

    def _login(self) -> dict[str, str]:
        if "service_account" in self.module or self.module in ("access_token", "login_info"):
            account = READER_ACCOUNT if self.module == "login_info" else OWNER_ACCOUNT
            return {"MONGODB_ATLAS_CLIENT_ID": account.id, "MONGODB_ATLAS_CLIENT_SECRET": account.login.value}
        key = GLOBAL_KEY if self.module.startswith("global_") else OWNER_KEY
        pair = (key.public_key, key.private_key)
        if self.module.startswith("user_"):
            # Only the owner can list the keys of every user, and only Jane can revoke those of hers.
            user = OWNER if self.module.endswith("_info") else JANE
            pair = (user.name, user.login.secret)
        return dict(zip(("MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PRIVATE_KEY"), pair, strict=True))

    def _variables(self) -> dict[str, str]:
        key = PROGRAMMATIC if self.module.startswith("user_") else OWNER_KEY
        account = {"client_id": OWNER_ACCOUNT.id, "client_secret": OWNER_ACCOUNT.login.value}
        return {
            "vault_atlas_public_key": key.public_key,
            "vault_atlas_private_key": key.private_key,
            "vault_global_public_key": GLOBAL_KEY.public_key,
            "vault_global_private_key": GLOBAL_KEY.private_key,
            "jane_personal_api_key": JANE.login.secret,
            "owner_personal_api_key": OWNER.login.secret,
            "seen_token": "eyJhbGciOiJFUzUxMiJ9",
            **{f"{prefix}_{name}": value for prefix in ("vault", "vault_atlas") for name, value in account.items()},
        }


def world_of(module: str) -> World:
    """Return the objects that the examples of a module need."""
    world = sample_world()
    world.programmatic_keys = {each: world.programmatic_keys[each] for each in KEYS}
    world.service_accounts = {each: world.service_accounts[each] for each in ACCOUNTS}
    spare = world.programmatic_keys[SPARE_KEY.id]
    if module.startswith("global_"):
        spare.organization_id = None
    if module == "org_api_key_rotation":
        spare.description = "backup scripts"
    if module == "service_account_secret":
        # The first secret has expired, so it is time to renew.
        del world.service_accounts[PROJECT_ACCOUNT.id].secrets[1:]
    return world


def product_of(module: str) -> str:
    if module.startswith("user_"):
        return "ops-manager-4.4"
    return "ops-manager-6.0" if module.startswith("global_") else "atlas"


def printed(module: str) -> Iterator[tuple[str, str]]:
    """Yield names and texts of examples that need no other server. Each example of one module revokes the same keys."""
    text = importlib.import_module(f"{PACKAGE}.{module}").EXAMPLES
    if module != "user_api_key":
        yield module, text
        return
    for number, example in enumerate(text.split("\n\n")):
        yield f"{module}_{number}", example


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Examples], str, list[dict[str, t.Any]]]]:
    """Run all examples, in check mode and then for real, and give them, the whole output, and all results."""
    folder = tmp_path_factory.mktemp("examples")
    playbook = make_playbook(folder)
    everything = []
    with ExitStack() as stack:
        for module in MODULES:
            for name, text in printed(module):
                tls = "server" if module.startswith("user_") else "none"
                emulator = Emulator(product=product_of(module), world=world_of(module), tls=tls)
                everything.append(Examples(module, name, text, stack.enter_context(emulator), folder / name))
        for each in everything:
            each.folder.mkdir()
        file, inventory = folder / "examples.yml", folder / "inventory.yml"
        file.write_text(yaml.safe_dump([each.play() for each in everything]), encoding="utf-8")
        hosts = {each.name: {"ansible_connection": "local"} for each in everything}
        inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}), encoding="utf-8")
        preview = playbook(str(file), "-i", str(inventory), "--check", "--diff")
        for each in everything:
            sent = [one for one in each.emulator.requests if not one.target.startswith("/api/oauth/")]
            each.previewed = frozenset(one.method for one in sent)
            each.left = tuple(path.name for path in each.folder.iterdir())
        run = playbook(str(file), "-i", str(inventory))
        yield everything, preview.output + run.output, [*preview.results, *run.results]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_run_as_printed(
    module: str, ran: tuple[list[Examples], str, list[dict[str, t.Any]]]
) -> None:
    everything, output, results = ran
    for examples in everything:
        if examples.module != module:
            continue
        own = [result for result in results if result["host"] == examples.name]
        assert len(own) >= 2, output
        assert [result for result in own if result["failed"]] == []
        assert examples.previewed == {"GET"}
        assert examples.left == ()
        world = examples.emulator.world
        secrets = [key.private_key for key in world.programmatic_keys.values()]
        secrets += [secret.value for account in world.service_accounts.values() for secret in account.secrets]
        secrets += [key.secret for user in world.users.values() for key in user.keys]
        assert [secret for secret in secrets if secret in output] == []
    assert "Traceback" not in output
