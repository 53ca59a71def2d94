# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts emulators for the tests of one module, runs the module with each of them, and prepares their data."""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from tests.emulator import Emulator, ProgrammaticKey, Switches, World, object_id
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


def new_keys(world: World) -> list[ProgrammaticKey]:
    """Return the keys that are not in the sample data, in the order in which they were added."""
    return [key for key in world.programmatic_keys.values() if key.id not in sample_world().programmatic_keys]
