# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the emulator share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest

from tests.emulator import Emulator
from tests.unit.emulator.support import Client


class Start(Protocol):
    """Starts an emulator with the given options and returns a client for it."""

    def __call__(self, **options: Any) -> Client:
        """Start it."""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep requests from asking a proxy for loopback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")


@pytest.fixture
def start() -> Iterator[Start]:
    """Give a function that starts emulators, which are stopped after the test."""
    with ExitStack() as stack:

        def starter(**options: Any) -> Client:
            client = Client(stack.enter_context(Emulator(**options)))
            stack.callback(client.connection.close)
            return client

        yield starter


@pytest.fixture
def client(start: Start) -> Client:
    """Give a client of an Ops Manager 4.4."""
    return start()
