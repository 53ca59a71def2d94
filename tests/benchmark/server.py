# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in a process of its own, so that it shares no interpreter with a contestant."""

from __future__ import annotations

import multiprocessing
import re
import signal
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from tests.emulator import Emulator, Key, ProgrammaticKey, Secret, ServiceAccount, User, World, by_id
from tests.emulator.sample import JANE, ORGANIZATION, OWNER_ACCOUNT, OWNER_KEY

MOST_KEYS = 200

MADE = "Made [0-9a-f]{16}"
"""A pattern for the description of a key that a contestant has made and finished."""


@dataclass(frozen=True)
class Account:
    """A server, the logins for it, and the credentials of one kind that these logins can revoke.

    Attributes:
        product: The product that the emulator is.
        base_path: The path where the API begins.
        public_key: The name to log in with.
        private_key: The password to log in with.
        login_id: The id of the key that logs in.
        owner_id: The id of the user, or of the organization, that owns the credentials.
        list_path: The path of the list of credentials.
        spare_ids: The keys, or the service accounts, to revoke or renew, without those that log in.
        client_id: The service account to log in with; only Atlas has one.
        client_secret: The secret of that service account.
        base_url: The address where the API begins, while the server runs.
    """

    product: str
    base_path: str
    public_key: str
    private_key: str
    login_id: str
    owner_id: str
    list_path: str
    spare_ids: tuple[str, ...]
    client_id: str = ""
    client_secret: str = ""
    base_url: str = ""

    @property
    def list_url(self) -> str:
        """The address of the list of credentials."""
        return self.base_url + self.list_path

    def url(self, credential_id: str) -> str:
        """Return the address of a key or of a service account."""
        return f"{self.list_url}/{credential_id}"


USER_KEYS = Account(
    product="ops-manager-4.4",
    base_path="/api/public/v1.0",
    public_key=JANE.name,
    private_key=JANE.login.secret,
    login_id=JANE.login.id,
    owner_id=JANE.id,
    list_path=f"/users/{JANE.id}/keys",
    spare_ids=tuple(f"5d1b77c09ccf64b7{number:08x}" for number in range(MOST_KEYS)),
)
ORG_KEYS = Account(
    product="ops-manager-4.4",
    base_path="/api/public/v1.0",
    public_key=OWNER_KEY.public_key,
    private_key=OWNER_KEY.private_key,
    login_id=OWNER_KEY.id,
    owner_id=ORGANIZATION.id,
    list_path=f"/orgs/{ORGANIZATION.id}/apiKeys",
    spare_ids=tuple(f"5e2b77c09ccf64b7{number:08x}" for number in range(MOST_KEYS)),
)
ATLAS_KEYS = replace(
    ORG_KEYS,
    product="atlas",
    base_path="/api/atlas/v2",
    client_id=OWNER_ACCOUNT.id,
    client_secret=OWNER_ACCOUNT.login.value,
)
SERVICE_ACCOUNTS = replace(
    ATLAS_KEYS,
    list_path=f"/orgs/{ORGANIZATION.id}/serviceAccounts",
    spare_ids=tuple(f"mdb_sa_id_{key_id}" for key_id in ORG_KEYS.spare_ids),
)


@dataclass(frozen=True)
class State:
    """The events since the last reset.

    Attributes:
        requests: How many requests there were.
        connections: How many connections the requests came over.
        left: The spare credentials that nobody has revoked or renewed.
        made: How many finished keys and new secrets the contestants made.
        tokens: How many access tokens can still be used.
    """

    requests: int
    connections: int
    left: frozenset[str]
    made: int
    tokens: int


class Server:
    """An emulated server that delays its answers, as a context manager.

    Args:
        latency: Seconds before every answer.
        account: The product, the logins and the credentials.

    Attributes:
        account: The same, with the address while the server runs.
    """

    def __init__(self, latency: float, account: Account) -> None:
        self.account = account
        spawning = multiprocessing.get_context("spawn")
        self._pipe, self._end = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(latency, account, self._end))

    def __enter__(self) -> Self:
        """Start the server."""
        self._process.start()
        self._end.close()
        self.account = replace(self.account, base_url=self._pipe.recv())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the server."""
        self._pipe.close()
        self._process.join()

    def reset(self) -> None:
        """Restore all credentials, and forget the requests."""
        self._pipe.send("reset")
        self._pipe.recv()

    def state(self) -> State:
        """Return the events since the last reset."""
        self._pipe.send("state")
        state: State = self._pipe.recv()
        return state


def _serve(latency: float, account: Account, pipe: Connection[Any, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process ends with the pipe
    with Emulator(product=account.product, world=_world(), latency=latency) as emulator:
        pipe.send(emulator.url + account.base_path)
        while True:
            try:
                command = pipe.recv()
            except EOFError:
                return
            if command == "reset":
                emulator.reset()
                emulator.clear()
            pipe.send(_state(emulator, account))


def _world() -> World:
    login = Key(JANE.login.id, "Ansible controller", JANE.login.secret)
    personal = [
        Key(key_id, f"Host {number}", _private_key(number)) for number, key_id in enumerate(USER_KEYS.spare_ids)
    ]
    programmatic = [
        ProgrammaticKey(
            key_id,
            "key" + "".join("abcdefghij"[int(digit)] for digit in f"{number:05}"),
            _private_key(number),
            roles=["ORG_READ_ONLY"],
            organization_id=ORGANIZATION.id,
            description=f"Host {number}",
        )
        for number, key_id in enumerate(ORG_KEYS.spare_ids)
    ]
    accounts = [
        ServiceAccount(
            client_id,
            f"Host {number}",
            "A host",
            ORGANIZATION.id,
            roles=["ORG_READ_ONLY"],
            secrets=[Secret(f"5e2b77c19ccf64b7{number:08x}", f"mdb_sa_sk_{number:040}", "2099-12-31T23:59:59Z")],
        )
        for number, client_id in enumerate(SERVICE_ACCOUNTS.spare_ids)
    ]
    return World(
        users=by_id(User(JANE.id, JANE.name, JANE.name, [login, *personal])),
        organizations=by_id(ORGANIZATION),
        programmatic_keys=by_id(OWNER_KEY, *programmatic),
        service_accounts=by_id(OWNER_ACCOUNT, *accounts),
    )


def _private_key(number: int) -> str:
    return f"0b6de8f4-93a7-4c15-8e60-{number:012x}"


def _state(emulator: Emulator, account: Account) -> State:
    received, world = emulator.requests, emulator.world
    programmatic, accounts = world.programmatic_keys, world.service_accounts.values()
    personal = {key.id for user in world.users.values() for key in user.keys}
    left = personal | programmatic.keys() | {each.id for each in accounts if len(each.secrets) == 1}
    finished = sum(bool(re.fullmatch(MADE, key.description)) for key in programmatic.values())
    return State(
        len(received),
        len({request.connection for request in received}),
        frozenset(left.intersection(account.spare_ids)),
        finished + sum(len(each.secrets) - 1 for each in accounts),
        emulator.live_tokens,
    )
