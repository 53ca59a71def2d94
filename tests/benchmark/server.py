# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in a process of its own, so that it shares no interpreter with a contestant."""

from __future__ import annotations

import multiprocessing
import re
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from tests.emulator import Emulator, Key, ProgrammaticKey, User, World, by_id
from tests.emulator.sample import JANE, ORGANIZATION, OWNER_KEY

MOST_KEYS = 200

MADE = "Made [0-9a-f]{16}"
"""A pattern for the description of a key that a contestant has made and finished."""

_SPARE = {f"5d1b77c09ccf64b7{number:08x}": f"0b6de8f4-93a7-4c15-8e60-{number:012x}" for number in range(MOST_KEYS)}
"""The secrets of the keys to revoke, by their ids."""


@dataclass(frozen=True)
class Account:
    """The address of the server, a login, and the keys that the login can revoke.

    Attributes:
        base_url: The address where the API begins.
        public_key: The name to log in with.
        private_key: The password to log in with.
        login_id: The id of the key that logs in.
        owner_id: The id of the user, or of the organization, that owns the keys.
        keys_path: The path of the list of keys.
        key_ids: The keys to revoke, without the one that logs in.
    """

    base_url: str
    public_key: str
    private_key: str
    login_id: str
    owner_id: str
    keys_path: str
    key_ids: tuple[str, ...] = tuple(_SPARE)

    @property
    def keys_url(self) -> str:
        """The address of the list of keys."""
        return self.base_url + self.keys_path

    def url(self, key_id: str) -> str:
        """Return the address of a key."""
        return f"{self.keys_url}/{key_id}"


@dataclass(frozen=True)
class State:
    """The events since the last reset.

    Attributes:
        requests: How many requests there were.
        connections: How many connections the requests came over.
        left: The keys to revoke that are still there.
        made: How many finished keys the contestants made.
    """

    requests: int
    connections: int
    left: frozenset[str]
    made: int


class Server:
    """An emulated Ops Manager that delays its answers, as a context manager.

    Args:
        latency: Seconds before every answer.
        organization: Whether the keys are programmatic keys of an organization instead of personal keys of a user.

    Attributes:
        account: The address and the login, while the server runs.
    """

    account: Account

    def __init__(self, latency: float, *, organization: bool = False) -> None:
        self._organization = organization
        spawning = multiprocessing.get_context("spawn")
        self._pipe, self._end = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(latency, organization, self._end))

    def __enter__(self) -> Self:
        """Start the server."""
        self._process.start()
        self._end.close()
        base_url = self._pipe.recv()
        if self._organization:
            login = (OWNER_KEY.public_key, OWNER_KEY.private_key, OWNER_KEY.id)
            self.account = Account(base_url, *login, ORGANIZATION.id, f"/orgs/{ORGANIZATION.id}/apiKeys")
        else:
            login = (JANE.name, JANE.login.secret, JANE.login.id)
            self.account = Account(base_url, *login, JANE.id, f"/users/{JANE.id}/keys")
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


def _serve(latency: float, organization: bool, pipe: Connection[Any, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process ends with the pipe
    world = _organization() if organization else _user()
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


def _user() -> World:
    login = Key(JANE.login.id, "Ansible controller", JANE.login.secret)
    spare = [Key(key_id, f"Host {number}", secret) for number, (key_id, secret) in enumerate(_SPARE.items())]
    return World(by_id(User(JANE.id, JANE.name, JANE.name, [login, *spare])))


def _organization() -> World:
    spare = [
        ProgrammaticKey(
            key_id,
            "key" + "".join("abcdefghij"[int(digit)] for digit in f"{number:05}"),
            secret,
            roles=["ORG_READ_ONLY"],
            organization_id=ORGANIZATION.id,
            description=f"Host {number}",
        )
        for number, (key_id, secret) in enumerate(_SPARE.items())
    ]
    return World(organizations=by_id(ORGANIZATION), programmatic_keys=by_id(OWNER_KEY, *spare))


def _state(emulator: Emulator) -> State:
    received = emulator.requests
    users, programmatic = emulator.world.users.values(), emulator.world.programmatic_keys
    ids = {key.id for user in users for key in user.keys} | programmatic.keys()
    made = sum(bool(re.fullmatch(MADE, key.description)) for key in programmatic.values())
    return State(len(received), len({request.connection for request in received}), frozenset(ids & _SPARE.keys()), made)
