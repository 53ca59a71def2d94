# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a module with a signal at one of its requests."""

from __future__ import annotations

import os
import typing as t

if t.TYPE_CHECKING:
    import signal
    from collections.abc import Mapping

    from tests.emulator import Emulator, World
    from tests.integration.modules import Modules


class LostRequestError(Exception):
    """The server does not work on a request."""


def end_at(
    emulator: Emulator,
    modules: Modules,
    name: str,
    options: Mapping[str, t.Any],
    *,
    request: int,
    number: signal.Signals,
    works: bool,
) -> str:
    """Run a module, and send it a signal when the server gets one of its requests.

    Args:
        emulator: The server.
        modules: Runs the module.
        name: The name of the module.
        options: Its options.
        request: The number of the request, from 0; requests without a login do not count.
        number: The signal.
        works: Whether the server does what the request asks for.

    Returns:
        The output of the module, empty if it left none.
    """
    process_ids: list[int] = []
    left = request

    def count(method: str) -> None:
        def intervene(_world: World) -> None:
            nonlocal left
            left -= 1
            if left >= 0:
                count(method)
            if left == -1:
                os.kill(process_ids[0], number)
                if not works:
                    raise LostRequestError

        emulator.before(method, "", intervene)

    for method in ("GET", "POST", "PATCH", "DELETE"):
        count(method)
    output = modules.until_the_end(name, options, process_ids.append)
    assert left < 0, "The module sent fewer requests."
    return output
