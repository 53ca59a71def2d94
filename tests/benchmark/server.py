# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in a process of its own, so that it shares no interpreter with a contestant."""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from tests.emulator import Emulator, Key, User, World, by_id
from tests.emulator.sample import JANE

MOST_KEYS = 200

_LOGIN = Key(JANE.login.id, "Ansible controller", JANE.login.secret)
_SPARE = [
    Key(f"5d1b77c09ccf64b7{number:08x}", f"Host {number}", f"0b6de8f4-93a7-4c15-8e60-{number:012x}")
    for number in range(MOST_KEYS)
]


@dataclass(frozen=True)
class Account:
    """The address of the server, a login, and the keys that the login can revoke.

    Attributes:
        base_url: The address where the API begins.
        public_key: The name to log in with.
        private_key: The password to log in with.
        user_id: The id of the user who owns the keys.
        key_ids: The keys to revoke, without the one that logs in.
    """

    base_url: str
    public_key: str
    private_key: str
    user_id: str
    key_ids: tuple[str, ...]

    def url(self, key_id: str) -> str:
        """Return the address of a key."""
        return f"{self.base_url}/users/{self.user_id}/keys/{key_id}"


@dataclass(frozen=True)
class State:
    """The events since the last reset.

    Attributes:
        requests: How many requests there were.
        connections: How many connections the requests came over.
        left: The keys to revoke that are still there.
    """

    requests: int
    connections: int
    left: frozenset[str]


class Server:
    """An emulated Ops Manager that delays its answers, as a context manager.

    Args:
        latency: Seconds before every answer.

    Attributes:
        account: The address and the login, while the server runs.
    """

    account: Account

    def __init__(self, latency: float) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._pipe, self._end = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(latency, self._end))

    def __enter__(self) -> Self:
        """Start the server."""
        self._process.start()
        self._end.close()
        base_url = self._pipe.recv()
        keys = tuple(key.id for key in _SPARE)
        self.account = Account(base_url, JANE.name, JANE.login.secret, JANE.id, keys)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the server."""
        self._pipe.close()
        self._process.join()

    def reset(self) -> None:
        """Restore all keys, and forget the requests."""
        self._pipe.send("reset")
        self._pipe.recv()

    def state(self) -> State:
        """Return the events since the last reset."""
        self._pipe.send("state")
        state: State = self._pipe.recv()
        return state


def _serve(latency: float, pipe: Connection[Any, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process ends with the pipe
    world = World(by_id(User(JANE.id, JANE.name, JANE.name, [_LOGIN, *_SPARE])))
    with Emulator(world=world, latency=latency) as emulator:
        pipe.send(emulator.base_url)
        while True:
            try:
                command = pipe.recv()
            except EOFError:
                return
            if command == "reset":
                emulator.reset()
                emulator.clear()
            pipe.send(_state(emulator))


def _state(emulator: Emulator) -> State:
    received = emulator.requests
    left = {key.id for user in emulator.world.users.values() for key in user.keys} - {_LOGIN.id}
    return State(len(received), len({request.connection for request in received}), frozenset(left))
