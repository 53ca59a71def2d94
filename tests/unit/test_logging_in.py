# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Difficult logins: unusual credentials, nonces that do not last, several servers."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import PartialError

from tests.emulator import Emulator, Fault, Key, sample_world
from tests.emulator.sample import JANE
from tests.unit.conftest import change_keys

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

KEYS = f"/users/{JANE.id}/keys"


def revoke(make_client: MakeClient, emulator: Emulator, count: int, **changes: t.Any) -> dict[str, t.Any]:
    """Revoke the last keys of Jane, as Jane."""
    user = emulator.world.users[JANE.id]
    login = {"public_key": user.username, "private_key": user.keys[0].secret}
    options = {
        "user_id": JANE.id,
        "user_name": None,
        "key_id": [key.id for key in user.keys[-count:]],
        "state": "absent",
    }
    return change_keys(make_client(base_url=emulator.base_url, **login, **changes), options)


@pytest.mark.parametrize("challenge", ["qop", "op", "plain", "sha-256"])
@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("zoë@example.com", "pässwörd"),
        ("łódź@example.com", "ключ 鍵 🔑"),
        ('the "one"', 'a"b'),
        ("back\\slash", "back\\slash\\"),
        ("comma, equals=sign", "a:b, c=d"),
        ("colon", ":colon:"),
        (" blanks ", " blanks "),
    ],
)
def test_any_credentials_can_log_in(make_client: MakeClient, challenge: str, name: str, secret: str) -> None:
    world = sample_world()
    jane = world.users[JANE.id]
    jane.username, jane.keys[0].secret = name, secret
    with Emulator(world=world, challenge=challenge) as emulator:
        assert revoke(make_client, emulator, 1)["changed"] is True
        assert [received.status for received in emulator.requests] == [401, 204]


def test_a_nonce_that_runs_out_in_the_middle_of_many_keys(make_client: MakeClient, waits: list[float]) -> None:
    world = sample_world()
    world.users[JANE.id].keys += [Key(f"{number:024x}", None, f"{number:036x}") for number in range(20)]
    with Emulator(world=world) as emulator:
        emulator.add_fault(Fault(method="DELETE", skip=7, stale=True))
        emulator.add_fault(Fault(method="DELETE", skip=14, stale=True))
        assert revoke(make_client, emulator, 20)["changed"] is True
        statuses = [received.status for received in emulator.requests]
        assert (statuses.count(401), statuses.count(204)) == (3, 20)
        assert emulator.connections == 1
        assert len(world.users[JANE.id].keys) == 3
        assert waits == []


def test_another_server_behind_the_balancer_knows_only_its_own_nonces(make_client: MakeClient) -> None:
    world = sample_world()
    world.users[JANE.id].keys += [Key(f"{number:024x}", None, f"{number:036x}") for number in range(9)]
    with Emulator(world=world, servers=3) as emulator:
        for skip in (2, 4):  # each new connection goes to the next server
            emulator.add_fault(Fault(method="DELETE", skip=skip, close=True))
        assert revoke(make_client, emulator, 9)["changed"] is True
        assert emulator.connections == 3
        assert [(received.status, received.stale) for received in emulator.requests].count((401, True)) == 2
        assert len(world.users[JANE.id].keys) == 3


def test_a_connection_that_breaks_leads_to_another_server(make_client: MakeClient, waits: list[float]) -> None:
    with Emulator(servers=2) as emulator:
        emulator.add_fault(Fault(method="DELETE", drop=True))
        assert revoke(make_client, emulator, 1)["changed"] is True
        assert [(received.connection, received.status) for received in emulator.requests] == [
            (1, 401),
            (1, None),
            (2, 401),
            (2, 204),
        ]
        assert waits == [1]


def test_requests_to_a_server_that_never_knows_its_nonces_end(make_client: MakeClient) -> None:
    with Emulator(nonce_lifetime=0) as emulator:
        with pytest.raises(PartialError, match="did not know its own nonce"):
            revoke(make_client, emulator, 1, retries=2)
        assert len(emulator.requests) == 9


def test_a_refused_login_in_the_middle_ends_the_task_and_is_not_repeated(
    make_client: MakeClient, waits: list[float]
) -> None:
    with Emulator() as emulator:
        emulator.add_fault(Fault(method="DELETE", status=401))
        with pytest.raises(PartialError, match="The login was refused"):
            revoke(make_client, emulator, 2)
        assert [received.status for received in emulator.requests] == [401, 200, 401]
        assert waits == []


def test_a_server_that_asks_for_basic_never_gets_credentials(make_client: MakeClient) -> None:
    with Emulator(challenge="basic") as emulator:
        with pytest.raises(PartialError, match="did not ask for HTTP digest"):
            revoke(make_client, emulator, 1)
        assert [received.authorization for received in emulator.requests] == [None]
        sent = repr(emulator.requests)
        assert JANE.name not in sent
        assert JANE.login.secret not in sent
