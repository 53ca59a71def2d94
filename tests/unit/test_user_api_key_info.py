# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the personal keys of a user, by id or by name, and of an organization."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    LoginError,
    NotFoundError,
    NotTheApiError,
    OptionError,
    RequestError,
    RightsError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import list_items
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import listed_keys
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

from tests.emulator import Emulator, Fault, Key, Organization, User, World, by_id, sample_world
from tests.emulator.sample import JANE, JOHN, ORGANIZATION, OWNER

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

UNKNOWN = "000000000000000000000000"


class Read(t.Protocol):
    """Reads keys as the owner."""

    def __call__(self, emulator: Emulator, **options: t.Any) -> list[dict[str, t.Any]]: ...


@pytest.fixture
def read(make_client: MakeClient) -> Read:
    def task(emulator: Emulator, **options: t.Any) -> list[dict[str, t.Any]]:
        none = {"user_id": None, "user_name": None, "org_id": None, "key_id": None, "api_results_per_page": 100}
        login = {"public_key": OWNER.name, "private_key": OWNER.login.secret}
        client = make_client(base_url=emulator.base_url, retries=0, **login)
        values = list_items(client, listed_keys({**none, **options}), Task(client._auth)).values
        assert values["changed"] is False
        return t.cast("list[dict[str, t.Any]]", values["user_api_keys"])

    return task


@pytest.fixture
def emulator() -> t.Iterator[Emulator]:
    with Emulator() as running:
        yield running


def test_the_keys_of_a_user(read: Read, emulator: Emulator) -> None:
    keys = read(emulator, user_id=JANE.id)
    assert [key["id"] for key in keys] == [JANE.login.id, JANE.spare.id, JANE.disabled.id]
    assert keys[1] == {
        "id": JANE.spare.id,
        "user_id": JANE.id,
        "user_name": None,
        "description": "Sicherung Köln, täglich",
        "enabled": True,
        "created_at": "2019-05-02T09:31:12Z",
        "obfuscated_key": "********-****-****-****-2a9d71c4be58",
    }
    page = f"GET /users/{JANE.id}/keys?pageNum=1&itemsPerPage=100"
    assert emulator.calls == [f"{page} 401", f"{page} 200"]


def test_the_keys_of_a_user_by_name(read: Read, emulator: Emulator) -> None:
    keys = read(emulator, user_name=JOHN.name)
    assert {(key["user_id"], key["user_name"]) for key in keys} == {(JOHN.id, JOHN.name)}
    assert [received.status for received in emulator.requests] == [401, 200, 200]


def test_the_keys_of_an_organization(read: Read, emulator: Emulator) -> None:
    keys = read(emulator, org_id=ORGANIZATION.id)
    assert len(keys) == sum(len(user.keys) for user in emulator.world.users.values())
    assert (JANE.name, JANE.spare.id) in [(key["user_name"], key["id"]) for key in keys]
    assert [received.status for received in emulator.requests] == [401, 200, 200, 200, 200]
    assert emulator.connections == 1


def test_only_some_keys(read: Read, emulator: Emulator) -> None:
    keys = read(emulator, user_id=JANE.id, key_id=[JANE.spare.id.upper(), UNKNOWN])
    assert [key["id"] for key in keys] == [JANE.spare.id]
    assert read(emulator, user_id=JANE.id, key_id=[]) == []


def test_a_key_is_read_leniently(read: Read, emulator: Emulator) -> None:
    body = '{"results": [{"id": "k", "enabled": "yes", "description": 17, "usedCount": 3}], "links": []}'
    emulator.add_fault(Fault(status=200, body=body))
    (key,) = read(emulator, user_id=JANE.id)
    assert (key["id"], key["enabled"], key["description"], key["created_at"]) == ("k", None, None, None)


def test_230_keys_are_one_challenge_and_as_many_requests_as_pages(read: Read) -> None:
    world = sample_world()
    world.users[JANE.id].keys += [Key(f"{number:024x}", None, f"{number:036x}") for number in range(227)]
    with Emulator(world=world) as emulator:
        assert len(read(emulator, user_id=JANE.id)) == 230
        assert [received.status for received in emulator.requests] == [401, 200, 200, 200]
        emulator.clear()
        assert len(read(emulator, user_id=JANE.id, api_results_per_page=500)) == 230
        assert [received.status for received in emulator.requests] == [401, 200]


def test_an_organization_of_120_users_is_one_challenge_on_one_connection(read: Read) -> None:
    people = [
        User(
            f"{number:024x}",
            f"u{number}@example.com",
            f"u{number}@example.com",
            [Key(f"{number:024x}", None, "x" * 36)],
        )
        for number in range(119)
    ]
    owner = sample_world().user_named(OWNER.name)
    assert owner
    users = [owner, *people]
    organization = Organization(ORGANIZATION.id, "Example", [user.id for user in users])
    world = World(by_id(*users), by_id(organization))
    with Emulator(world=world) as emulator:
        assert len(read(emulator, org_id=ORGANIZATION.id)) == 120
        assert [received.status for received in emulator.requests] == [401, *[200] * 122]
        assert emulator.connections == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"user_id": UNKNOWN}, f"USER_NOT_FOUND.*could not read the keys of user {UNKNOWN}. There is no such user"),
        ({"user_name": "nobody@example.com"}, r"nobody@example\.com failed.*USERNAME_NOT_FOUND.*no such user"),
        ({"org_id": UNKNOWN}, f"/orgs/{UNKNOWN}/users failed.*ORG_NOT_FOUND.*There is no such organization"),
    ],
)
def test_a_user_or_an_organization_that_does_not_exist_is_an_error(
    read: Read, emulator: Emulator, options: dict[str, t.Any], says: str
) -> None:
    with pytest.raises(NotFoundError, match=says):
        read(emulator, **options)


def test_keys_that_may_not_be_read_are_an_error_that_says_whose(make_client: MakeClient, emulator: Emulator) -> None:
    client = make_client(base_url=emulator.base_url, public_key=JANE.name, private_key=JANE.login.secret)
    options = {"user_id": None, "user_name": None, "org_id": ORGANIZATION.id, "key_id": None}
    with pytest.raises(
        RightsError, match=rf"could not read the keys of user {JOHN.name.replace('+', '.')} \({JOHN.id}\)"
    ):
        list_items(client, listed_keys({**options, "api_results_per_page": 100}), Task(client._auth))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(status=200, body="[]"), NotTheApiError),
        (Fault(status=200, body='{"results": {}}'), NotTheApiError),
        (Fault(status=404, body="<html>", content_type="text/html"), NotTheApiError),
        (Fault(status=404), NotFoundError),
        (Fault(status=401), LoginError),
        (Fault(status=500), RequestError),
        (Fault(drop=True), RequestError),
    ],
)
@pytest.mark.parametrize("skip", [0, 1, 2])
def test_a_read_that_fails_is_never_an_empty_list(
    read: Read, emulator: Emulator, fault: Fault, kind: type[Exception], skip: int
) -> None:
    for _request in range(skip):
        emulator.add_fault(Fault(close=True))
    emulator.add_fault(fault)
    with pytest.raises(kind):
        read(emulator, org_id=ORGANIZATION.id)


@pytest.mark.parametrize(
    ("option", "value"),
    [("user_id", ""), ("user_name", ".."), ("org_id", " "), ("key_id", [""]), ("api_results_per_page", 0)],
)
def test_bad_input_is_refused_by_name(read: Read, emulator: Emulator, option: str, value: t.Any) -> None:
    whose = {} if option in ("user_name", "org_id") else {"user_id": JANE.id}
    with pytest.raises(OptionError, match=rf"^{option}.* (is empty|must )"):
        read(emulator, **{**whose, option: value})
    assert emulator.requests == []


def test_more_results_on_a_page_than_there_can_be(read: Read, emulator: Emulator) -> None:
    with pytest.raises(OptionError, match="^api_results_per_page must be a number from 1 to 500"):
        read(emulator, user_id=JANE.id, api_results_per_page=501)
