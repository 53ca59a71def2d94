# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module, run by ansible-playbook: in check mode, for real, and again. Each play is slow, so there are few."""

from __future__ import annotations

import typing as t
from contextlib import ExitStack
from pathlib import Path

import yaml

from tests.emulator import Emulator
from tests.emulator.sample import (
    GLOBAL_KEY,
    JANE,
    ORGANIZATION,
    OWNER_KEY,
    PROJECT,
    PROJECT_ACCOUNT,
    READER_ACCOUNT,
    SPARE_KEY,
    sample_world,
)
from tests.integration.started import as_owner

if t.TYPE_CHECKING:
    from tests.emulator import World
    from tests.integration.conftest import Playbook, Run

RUNTIME = Path(__file__).parents[2] / "meta" / "runtime.yml"
GROUPS: dict[str, list[str]] = yaml.safe_load(RUNTIME.read_text(encoding="utf-8"))["action_groups"]
LOGINS = {
    "atlas": (OWNER_KEY.public_key, OWNER_KEY.private_key),
    "ops-manager-6.0": (GLOBAL_KEY.public_key, GLOBAL_KEY.private_key),
    "ops-manager-4.4": (JANE.name, JANE.login.secret),
}
# The options of the tasks, without those that the defaults of the action groups set.
OF_KEY = {"key_id": SPARE_KEY.id}
OF_ACCOUNT = {"account_id": PROJECT_ACCOUNT.id}
BLOCK = "203.0.113.0/24"
KEY = {"description": "ci", "roles": ["ORG_READ_ONLY"]}
ACCOUNT = {"name": "ci", "description": "Builds", "roles": ["ORG_READ_ONLY"], "secret_valid_for": 24}
READERS: dict[str, dict[str, dict[str, t.Any]]] = {
    "atlas": {
        "credential_info": {},
        "login_info": {},
        "org_api_key_info": {},
        "project_api_key_info": {"access_list": True},
        "api_key_access_list_info": OF_KEY,
        "service_account_info": {},
        "project_service_account_info": {},
        "service_account_secret_info": OF_ACCOUNT,
        "service_account_access_list_info": OF_ACCOUNT,
    },
    "ops-manager-6.0": {"global_api_key_info": {}, "global_access_list_info": {}},
    "ops-manager-4.4": {"user_api_key_info": {"user_id": JANE.id}},
}
MAKERS: dict[str, dict[str, dict[str, t.Any]]] = {
    "atlas": {
        "org_api_key": KEY,
        "project_api_key": {"description": "ci in a project", "roles": ["GROUP_READ_ONLY"]},
        "org_api_key_rotation": {"description": SPARE_KEY.description, "force": True},
        "service_account": ACCOUNT,
        "service_account_secret": {"account_id": READER_ACCOUNT.id, "valid_for": 720, "force": True},
    },
    "ops-manager-6.0": {"global_api_key": {"description": "ci", "roles": ["GLOBAL_READ_ONLY"]}},
}
OTHERS: dict[str, dict[str, dict[str, t.Any]]] = {
    "atlas": {
        "api_key_access_list": {**OF_KEY, "entries": [BLOCK], "exclusive": True},
        "project_service_account": {"account_id": READER_ACCOUNT.id, "roles": ["GROUP_READ_ONLY"]},
        "service_account_access_list": {**OF_ACCOUNT, "entries": [BLOCK]},
    },
    "ops-manager-6.0": {
        "global_access_list": {"entries": [{"cidr_block": "192.0.2.1", "description": "Cork"}]},
    },
    "ops-manager-4.4": {"user_api_key": {"user_id": JANE.id, "key_id": JANE.spare.id}},
}


class Servers:
    """Starts an emulator of each product. Use it as a context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.by_product = {product: self._stack.enter_context(Emulator(product=product)) for product in LOGINS}

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def secrets(self) -> set[str]:
        """Return the secrets that are not in the sample data."""
        return set().union(*(secrets_of(each.world) for each in self.by_product.values())) - secrets_of(sample_world())

    def play(self, modules: dict[str, dict[str, dict[str, t.Any]]], *, times: int) -> list[dict[str, t.Any]]:
        """Return a block for each product that runs each module in check mode, and then so many times for real."""
        blocks = []
        for product, tasks in modules.items():
            public_key, private_key = LOGINS[product]
            connection = as_owner(self.by_product[product], public_key=public_key, private_key=private_key)
            blocks.append(
                {
                    "module_defaults": {
                        "group/mongodb.atlas.all": connection,
                        "group/mongodb.atlas.organization": {"org_id": ORGANIZATION.id},
                        "group/mongodb.atlas.project": {"project_id": PROJECT.id},
                    },
                    "block": [
                        {f"mongodb.atlas.{name}": options, **({"check_mode": True} if number == 0 else {})}
                        for name, options in tasks.items()
                        for number in range(times + 1)
                    ],
                }
            )
        return blocks


def names_in(table: dict[str, dict[str, dict[str, t.Any]]]) -> list[str]:
    """Return the names of the modules in a table, in the order of their tasks."""
    return [name for tasks in table.values() for name in tasks]


def secrets_of(world: World) -> set[str]:
    """Return the private keys and the client secrets."""
    accounts = world.service_accounts.values()
    return {key.private_key for key in world.programmatic_keys.values()} | {
        secret.value for account in accounts for secret in account.secrets
    }


def changes(run: Run) -> list[bool]:
    """Return whether each task changed something."""
    assert run.exit_code == 0, run.output
    assert [private_key for _public_key, private_key in LOGINS.values() if private_key in run.output] == []
    return [result["changed"] for result in run.results]


def test_a_module_that_reads_runs_in_check_mode_too(playbook: Playbook) -> None:
    """The other tests of each module compare the results of both modes."""
    with Servers() as servers:
        run = playbook(servers.play(READERS, times=0), "--diff")
        assert {request.method for each in servers.by_product.values() for request in each.requests} == {"GET"}
    names = names_in(READERS)
    assert changes(run) == [False] * len(names)
    for name, result in zip(names, run.results, strict=True):
        returned = result.keys() & {"login", "access_list", f"{name.removesuffix('_info')}s"}
        assert returned
        assert [key for key in returned if result[key] == []] == []


def test_a_module_that_makes_a_secret_returns_it_once(playbook: Playbook) -> None:
    """If the preview made something, the next task would find nothing to do."""
    with Servers() as servers:
        run = playbook(servers.play(MAKERS, times=2))
    assert changes(run) == [True, True, False] * len(names_in(MAKERS))
    secrets = servers.secrets()
    for made in run.results[1::3]:
        secret = made.get("private_key") or made["client_secret"]
        secrets.remove(secret)
        assert (repr(run.results).count(secret), run.output.count(secret)) == (1, 0)
        assert any("Set no_log: true" in str(warning) for warning in made["warnings"])
    assert secrets == set()


def test_every_other_module_in_check_mode_for_real_and_again(playbook: Playbook) -> None:
    with Servers() as servers:
        run = playbook(servers.play(OTHERS, times=2), "--diff")
    assert changes(run) == [True, True, False] * len(names_in(OTHERS))
    for line in (f'+        "{BLOCK}"', '+            "cidr_block": "192.0.2.1/32"', '+            "state": "absent"'):
        assert run.output.count(f"{line}\n") + run.output.count(f"{line},\n") >= 2, line


def test_every_module_has_its_place_here() -> None:
    """The whole play of ``access_token`` is in ``test_access_token.py``."""
    assert sorted([*names_in(READERS), *names_in(MAKERS), *names_in(OTHERS), "access_token"]) == GROUPS["all"]


def test_no_log_and_a_file_keep_a_secret_out_of_the_output(playbook: Playbook, tmp_path: Path) -> None:
    files = [tmp_path / "key", tmp_path / "secret"]
    with Servers() as servers:
        emulator = servers.by_product["atlas"]
        of_key, of_account = ({"org_id": ORGANIZATION.id, **options} for options in (KEY, ACCOUNT))
        tasks: list[tuple[str, dict[str, t.Any], bool]] = [
            ("org_api_key", of_key, True),
            ("service_account", of_account, True),
            ("org_api_key", {**of_key, "description": "file", "private_key_path": str(files[0])}, False),
            ("service_account", {**of_account, "name": "file", "client_secret_path": str(files[1])}, False),
        ]
        run = playbook(
            [
                {f"mongodb.atlas.{name}": as_owner(emulator, **options), "no_log": no_log}
                for name, options, no_log in tasks
            ],
            "-vvvv",
            "--diff",
        )
    assert changes(run) == [True] * 4
    assert [result.get("warnings", []) for result in run.results] == [[]] * 4
    in_files = {file.read_text(encoding="utf-8") for file in files}
    assert (len(servers.secrets()), in_files < servers.secrets()) == (4, True)
    assert [secret for secret in servers.secrets() if secret in run.output] == []
    assert [secret for secret in in_files if secret in repr(run.results)] == []


def test_async_is_refused_without_a_file_before_anything_is_sent(playbook: Playbook, tmp_path: Path) -> None:
    # Otherwise Ansible looks for the job in the home of the user, and keeps it in the home that HOME names.
    environment = {"ANSIBLE_ASYNC_DIR": str(tmp_path / "jobs")}
    file = tmp_path / "private_key"
    task = {"async": 60, "poll": 0, "register": "job"}
    wait = {
        "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
        "register": "status",
        # On a busy machine, Ansible looks for the job before it began.
        "until": "status is finished and 'could not find job' not in status.msg | default('')",
        "retries": 60,
        "delay": 1,
        "ignore_errors": True,
    }
    with Emulator(product="atlas") as refusing, Emulator(product="atlas") as making:
        options = {"org_id": ORGANIZATION.id, **KEY}
        refused = {**task, "mongodb.atlas.org_api_key": as_owner(refusing, **options)}
        made = {**task, "mongodb.atlas.org_api_key": as_owner(making, **options, private_key_path=str(file))}
        run = playbook([refused, wait, made, wait], environment=environment)
        assert refusing.requests == []
        assert secrets_of(making.world) - secrets_of(sample_world()) == {file.read_text(encoding="utf-8")}
    _started, refusal, _started, success = run.results
    assert (refusal["failed"], success["failed"], success["changed"]) == (True, False, True)
    assert "With async, Ansible keeps the result of the task, with" in refusal["msg"]
