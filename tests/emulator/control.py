# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control of a running emulator over HTTP, for people and shell scripts; tests have the methods of Emulator."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tests.emulator.faults import read_fault

if TYPE_CHECKING:
    from tests.emulator.server import Emulator

PATH = "/emulator/"


def control(emulator: Emulator, method: str, target: str, body: bytes) -> tuple[int, Any]:
    """Do what a request below ``/emulator/`` asks for.

    Returns:
        The HTTP status and what to answer as JSON, None for nothing.
    """
    match method, target.removeprefix(PATH):
        case "GET", "requests":
            return 200, [asdict(received) for received in emulator.requests]
        case "DELETE", "requests":
            emulator.clear_requests()
        case "GET", "faults":
            return 200, [asdict(fault) for fault in emulator.faults]
        case "POST", "faults":
            return _add_faults(emulator, body)
        case "DELETE", "faults":
            emulator.clear_faults()
        case "GET", "world":
            return 200, {kind: list(objects.values()) for kind, objects in asdict(emulator.world).items()}
        case "GET", "clock":
            return 200, {"seconds": emulator.clock}
        case "POST", "clock":
            return _set_clock(emulator, body)
        case "POST", "reset":
            emulator.reset()
        case _:
            return 404, {"detail": f"There is no {method} {target}."}
    return 204, None


def _set_clock(emulator: Emulator, body: bytes) -> tuple[int, Any]:
    try:
        match json.loads(body):
            case {"seconds": int() | float() | None as seconds, **rest} if not rest and not isinstance(seconds, bool):
                emulator.clock = seconds
            case {"advance": int() | float() as seconds, **rest} if not rest and not isinstance(seconds, bool):
                emulator.clock += seconds
            case _:
                raise ValueError('The body must be {"seconds": NUMBER or null} or {"advance": NUMBER}.')
    except (json.JSONDecodeError, RecursionError):
        return 400, {"detail": "The body must be JSON."}
    except ValueError as error:
        return 400, {"detail": str(error)}
    return 200, {"seconds": emulator.clock}


def _add_faults(emulator: Emulator, body: bytes) -> tuple[int, Any]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return 400, {"detail": "The body must be JSON: a fault or a list of faults."}
    try:
        faults = [read_fault(document) for document in (asked if isinstance(asked, list) else [asked])]
    except (TypeError, ValueError) as error:
        return 400, {"detail": str(error)}
    for fault in faults:
        emulator.add_fault(fault)
    return 200, [asdict(fault) for fault in emulator.faults]
