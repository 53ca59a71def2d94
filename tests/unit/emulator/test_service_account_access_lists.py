# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access list of a service account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Switches, sample
from tests.unit.emulator.support import (
    KEY_OWNER,
    NO_ACCOUNT,
    OPS_MANAGERS,
    ORG_ACCOUNTS,
    OTHER_PROJECT_ACCOUNTS,
    PROJECT_ACCOUNT,
    PROJECT_ACCOUNTS,
    PROJECT_OWNER,
    READER,
    Client,
    login_of,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

LIST = f"{ORG_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}/accessList"
IN_PROJECT = f"{PROJECT_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}/accessList"
PROJECT_READER = login_of(sample.SPARE_KEY)
ASKED = [{"ipAddress": "203.0.113.9"}, {"cidrBlock": "203.0.113.64/26"}]


@pytest.fixture
def client(start: Start) -> Client:
    return start(product="atlas").for_accounts()


def blocks(client: Client, path: str = LIST) -> list[str]:
    return [entry["cidrBlock"] for entry in client.call("GET", path, login=KEY_OWNER).document["results"]]


@pytest.mark.parametrize("product", ["cloud-manager", "atlas"])
@pytest.mark.parametrize("path", [LIST, IN_PROJECT])
def test_an_entry_has_exactly_the_fields_of_the_contract(start: Start, product: str, path: str) -> None:
    client = start(product=product).for_accounts()
    client.emulator.clock = 1_600_000_000
    client.bear(client.token(PROJECT_ACCOUNT), "GET", "")
    address, block = client.call("GET", path, login=KEY_OWNER).document["results"]
    assert address == {
        "cidrBlock": "192.0.2.1/32",
        "createdAt": "2019-08-25T10:30:00Z",
        "ipAddress": "192.0.2.1",
        "lastUsedAddress": None,
        "lastUsedAt": None,
        "requestCount": 0,
    }
    assert block == {
        "cidrBlock": "127.0.0.0/8",
        "createdAt": "2019-08-25T10:30:00Z",
        "ipAddress": None,
        "lastUsedAddress": "127.0.0.1",
        "lastUsedAt": "2020-09-13T12:26:40Z",
        "requestCount": 1,
    }


@pytest.mark.parametrize("product", OPS_MANAGERS)
def test_ops_manager_has_no_such_list(start: Start, product: str) -> None:
    assert start(product=product).call("GET", LIST, login=KEY_OWNER).error_code == "RESOURCE_NOT_FOUND"


def test_a_switch_leaves_out_what_is_null(start: Start) -> None:
    client = start(product="atlas", switches=Switches(account_nulls=False)).for_accounts()
    entry = client.call("GET", LIST, login=KEY_OWNER).document["results"][1]
    assert entry == {"cidrBlock": "127.0.0.0/8", "createdAt": "2019-08-25T10:30:00Z", "requestCount": 0}


@pytest.mark.parametrize("path", [LIST, IN_PROJECT])
def test_post_adds_and_answers_with_the_first_page_of_the_whole_list(client: Client, path: str) -> None:
    done = client.call("POST", f"{path}?itemsPerPage=3", ASKED, login=KEY_OWNER)
    assert (done.status, done.document["totalCount"], len(done.document["results"])) == (200, 4, 3)
    everything = ["192.0.2.1/32", "127.0.0.0/8", "203.0.113.9/32", "203.0.113.64/26"]
    assert blocks(client) == blocks(client, IN_PROJECT) == everything


@pytest.mark.parametrize("path", [LIST, IN_PROJECT])
@pytest.mark.parametrize("name", ["192.0.2.1", "192.0.2.1%2F32"])
def test_delete_removes_one_entry(client: Client, path: str, name: str) -> None:
    done = client.call("DELETE", f"{path}/{name}", login=KEY_OWNER)
    assert (done.status, done.text) == (204, "")
    assert blocks(client) == ["127.0.0.0/8"]


def test_there_is_no_get_of_one_entry(client: Client) -> None:
    assert client.call("GET", f"{LIST}/192.0.2.1", login=KEY_OWNER).status == 405


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"ipAddress": "203.0.113.9", "cidrBlock": None}, None),
        ({"ipAddress": "203.0.113.9", "cidrBlock": "203.0.113.9/32"}, "INVALID_ATTRIBUTE"),
        ({"ipAddress": None}, "MISSING_ATTRIBUTE"),
        ({"ipAddress": "2001:db8::1"}, "INVALID_ATTRIBUTE"),
        ({"ipAddress": "2001:db8:0:0:0:0:0:1"}, None),
        ({"cidrBlock": "203.0.113.9/24"}, "INVALID_ATTRIBUTE"),
        ({"ipAddress": "203.0.113.9", "requestCount": 1}, "INVALID_ATTRIBUTE"),
    ],
)
def test_an_entry_names_an_address_or_a_block(client: Client, entry: dict[str, object], code: str | None) -> None:
    answer = client.call("POST", LIST, [entry], login=KEY_OWNER)
    assert answer.status == (400 if code else 200)
    if code:
        assert answer.error_code == code
        assert len(blocks(client)) == 2


def test_a_list_has_room_for_two_hundred_entries(client: Client) -> None:
    many = [{"ipAddress": f"203.0.113.{number}"} for number in range(199)]
    answer = client.call("POST", LIST, many, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "MAX_ACCESS_LIST_ENTRIES_EXCEEDED")
    assert client.call("POST", LIST, many[1:], login=KEY_OWNER).document["totalCount"] == 200


@pytest.mark.parametrize(("setting", "code"), [("200", None), ("409", "DUPLICATE_ACCESS_LIST_ENTRY")])
def test_the_switches_of_the_lists_of_keys_are_for_those_of_accounts_too(
    start: Start, setting: Any, code: str | None
) -> None:
    switches = Switches(duplicate_entry=setting, entry_order="address", missing_entry="400")
    client = start(product="atlas", switches=switches).for_accounts()
    answer = client.call("POST", LIST, [{"ipAddress": "192.0.2.1"}, *ASKED], login=KEY_OWNER)
    if code:
        assert (answer.status, answer.error_code) == (409, code)
    assert blocks(client)[:2] == ["127.0.0.0/8", "192.0.2.1/32"]
    missing = client.call("DELETE", f"{LIST}/198.51.100.1", login=KEY_OWNER)
    assert (missing.status, missing.error_code) == (400, "ACCESS_LIST_ENTRY_NOT_FOUND")


@pytest.mark.parametrize(
    ("setting", "own", "other"), [("own-list", 400, 204), ("any-list", 400, 400), ("never", 204, 204)]
)
def test_an_account_cannot_lock_itself_out(start: Start, setting: Any, own: int, other: int) -> None:
    client = start(product="atlas", switches=Switches(own_address=setting)).for_accounts()
    assert client.bear(client.token(PROJECT_ACCOUNT), "DELETE", f"{IN_PROJECT}/127.0.0.0%2F8").status == own
    client.emulator.reset()
    assert client.call("DELETE", f"{LIST}/127.0.0.0%2F8", login=KEY_OWNER).status == other


def test_who_may_read_and_who_may_change_the_list(client: Client) -> None:
    for login, path, may_read in (
        (READER, LIST, True),
        (PROJECT_OWNER, LIST, False),
        (READER, IN_PROJECT, True),
        (PROJECT_READER, IN_PROJECT, True),
    ):
        assert client.call("GET", path, login=login).status == (200 if may_read else 401)
        assert client.call("POST", path, ASKED, login=login).error_code == "USER_UNAUTHORIZED"
        assert client.call("DELETE", f"{path}/192.0.2.1", login=login).error_code == "USER_UNAUTHORIZED"
    assert client.call("POST", IN_PROJECT, ASKED, login=PROJECT_OWNER).status == 200


def test_a_list_of_an_account_that_is_not_there_is_not_found(client: Client) -> None:
    for path in (
        f"{ORG_ACCOUNTS}/{NO_ACCOUNT}",
        f"{PROJECT_ACCOUNTS}/{NO_ACCOUNT}",
        f"{OTHER_PROJECT_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}",
    ):
        for method, end in (("GET", ""), ("POST", ""), ("DELETE", "/192.0.2.1")):
            answer = client.call(method, f"{path}/accessList{end}", ASKED, login=KEY_OWNER)
            assert (answer.status, answer.error_code) == (404, "SERVICE_ACCOUNT_NOT_FOUND")


def test_an_organization_can_demand_a_list(start: Start) -> None:
    client = start(product="atlas", switches=Switches(enforces_access_lists=True)).for_accounts()
    client.emulator.world.organizations[sample.ORGANIZATION.id].access_list_required = True
    assert client.bear(client.token(), "GET", "").error_code == "ORG_REQUIRES_ACCESS_LIST"
    assert client.bear(client.token(PROJECT_ACCOUNT), "GET", "").status == 200
