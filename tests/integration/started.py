# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts emulators for the tests of one module, runs the module with each of them, and prepares their data."""

from __future__ import annotations

import json
import threading
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import requests

from tests.emulator import Emulator, ProgrammaticKey, Secret, ServiceAccount, Switches, World, object_id
from tests.emulator.sample import ORGANIZATION, OWNER_KEY, sample_world
from tests.integration.modules import Modules

OptionsOf = Callable[..., dict[str, t.Any]]
"""Returns the options of a task: gets the emulator, and by keyword the options that replace or complete them."""


class Run(t.Protocol):
    """Runs the module; ``check_mode`` and ``diff`` are no options of the module."""

    def __call__(self, **options: t.Any) -> dict[str, t.Any]: ...


class Start(t.Protocol):
    """Starts a server that behaves like this, and returns it with a function that runs the module."""

    def __call__(self, *, product: str = "atlas", **switches: t.Any) -> tuple[Emulator, Run]: ...


@contextmanager
def emulators(modules: Modules, name: str, options_of: OptionsOf) -> Iterator[Start]:
    """Give a function that starts emulators. They stop at the end.

    Args:
        modules: Runs the module.
        name: The name of the module.
        options_of: Returns the options of a task.
    """
    with ExitStack() as stack:

        def start(*, product: str = "atlas", **switches: t.Any) -> tuple[Emulator, Run]:
            emulator = stack.enter_context(Emulator(product=product, switches=Switches(**switches)))

            def run(**options: t.Any) -> dict[str, t.Any]:
                settings = {mode: options.pop(mode, False) for mode in ("check_mode", "diff")}
                return modules(name, options_of(emulator, **options), **settings)

            return emulator, run

        yield start


def as_owner(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that logs in with the key of an owner. Options replace its own; None removes one."""
    return {
        "base_url": emulator.base_url,
        "public_key": OWNER_KEY.public_key,
        "private_key": OWNER_KEY.private_key,
        "api_retry_max_delay": 0,
        **options,
    }


def run_together(run: Run, tasks: Sequence[Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Run tasks with these options at the same moment, and return their results."""
    barrier = threading.Barrier(len(tasks))

    def run_with_others(options: Mapping[str, t.Any]) -> dict[str, t.Any]:
        barrier.wait()
        return run(**options)

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run_with_others, tasks))


def check_refusal(start: Start, options: Mapping[str, t.Any], says: str, secret: str | None = None) -> None:
    """Check that a task with these options fails before it sends anything, says why, and does not repeat a secret."""
    emulator, run = start()
    result = run(**options)
    assert result["failed"]
    assert says in result["msg"]
    assert secret is None or secret not in json.dumps(result)
    assert emulator.requests == []


def add_key(
    emulator: Emulator,
    description: str,
    age: float = 0,
    roles: Sequence[str] = ("ORG_READ_ONLY",),
    project_roles: Mapping[str, list[str]] | None = None,
) -> ProgrammaticKey:
    """Add a key that is so many seconds old to the organization."""
    number = len(new_keys(emulator.world))
    key = ProgrammaticKey(
        object_id(emulator.clock - age, f"9ccf64b7c8d90f{number:02x}"),
        f"added{'abcdefghij'[number]}xy",
        f"5b0c2e71-94d8-4a6f-b3e1-0c8d7e6f5a{number:02x}",
        roles=list(roles),
        organization_id=ORGANIZATION.id,
        description=description,
        project_roles=dict(project_roles or {}),
    )
    emulator.world.programmatic_keys[key.id] = key
    return key


def add_account(emulator: Emulator, description: str, age: float = 0, name: str = "ci") -> ServiceAccount:
    """Add a service account that is so many seconds old to the organization, with a secret that is valid."""
    tail = f"f{len(emulator.world.service_accounts):02x}"
    account = ServiceAccount(
        f"mdb_sa_id_{int(emulator.clock - age):08x}9ccf64b7c8d90{tail}",
        name,
        description,
        ORGANIZATION.id,
        roles=["ORG_READ_ONLY"],
        secrets=[
            Secret(f"5e2b16d89ccf64b7c8d92{tail}", f"mdb_sa_sk_{'x' * 36}w{tail}", "2099-12-31T23:59:59Z", time_of(0))
        ],
        created_at=time_of(emulator.clock - age),
    )
    emulator.world.service_accounts[account.id] = account
    return account


def get_token(emulator: Emulator, client_id: str, client_secret: str) -> str:
    """Get an access token of a service account, as a program of somebody else does."""
    with requests.Session() as session:
        session.trust_env = False  # this machine may have a proxy
        answer = session.post(
            f"{emulator.url}/api/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(client_id, client_secret),
            timeout=10,
        )
    return str(answer.json()["access_token"])


def time_of(seconds: float) -> str:
    """Return a time as the API writes it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_keys(world: World) -> list[ProgrammaticKey]:
    """Return the keys that are not in the sample data, in the order in which they were added."""
    return [key for key in world.programmatic_keys.values() if key.id not in sample_world().programmatic_keys]
