# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts emulators for the tests of one module, and runs the module with each of them."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tests.emulator import Emulator, ProgrammaticKey, Switches, World
from tests.emulator.sample import sample_world
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


def new_keys(world: World) -> list[ProgrammaticKey]:
    """Return the keys that are not in the sample data, in the order in which they were added."""
    return [key for key in world.programmatic_keys.values() if key.id not in sample_world().programmatic_keys]
