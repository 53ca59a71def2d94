# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access list of a programmatic API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import AccessEntry, Switches, sample, sample_world
from tests.unit.emulator.support import (
    ALL_PRODUCTS,
    GLOBAL,
    KEY_OWNER,
    NO_ID,
    ORG_KEYS,
    PROJECT_OWNER,
    READER,
    Client,
    login_of,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

SPARE_KEY = login_of(sample.SPARE_KEY)
SPARE = f"{ORG_KEYS}/{sample.SPARE_KEY.id}"
LIST = f"{SPARE}/accessList"
OWN_LIST = f"{ORG_KEYS}/{sample.OWNER_KEY.id}/accessList"
EIGHT_GROUPS = "2001:db8:0:0:0:0:0:1"
LOOPBACK = [{"cidrBlock": "127.0.0.0/8"}]


def name_of(product: str) -> str:
    return "whitelist" if product == "ops-manager-4.4" else "accessList"


def blocks(client: Client, path: str = LIST) -> list[str]:
    return [entry["cidrBlock"] for entry in client.call("GET", path, login=KEY_OWNER).document["results"]]


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_an_entry_has_exactly_the_fields_that_were_recorded(start: Start, product: str) -> None:
    client = start(product=product)
    path = f"{SPARE}/{name_of(product)}"
    listed = client.call("GET", path, login=KEY_OWNER).document
    address, block = listed["results"]
    assert listed["totalCount"] == 2
    assert address == {
        "cidrBlock": "192.0.2.1/32",
        "count": 0,
        "created": "2019-08-25T10:30:00Z",
        "ipAddress": "192.0.2.1",
        "links": [{"href": f"{client.address}{path}/192.0.2.1", "rel": "self"}],
    }
    assert block == {
        "cidrBlock": "198.51.100.0/24",
        "count": 0,
        "created": "2019-08-25T10:30:00Z",
        "links": [{"href": f"{client.address}{path}/198.51.100.0%2F24", "rel": "self"}],
    }
    for name, entry in (("192.0.2.1", address), ("192.0.2.1%2F32", address), ("198.51.100.0%2f24", block)):
        assert client.call("GET", f"{path}/{name}", login=KEY_OWNER).document == entry


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_the_list_has_one_name_on_each_product(start: Start, product: str) -> None:
    client = start(product=product)
    other = f"{SPARE}/{'accessList' if name_of(product) == 'whitelist' else 'whitelist'}"
    answer = client.call("GET", other, login=KEY_OWNER)
    assert answer.document == {
        "detail": f"Cannot find resource {client.target(other)}.",
        "error": 404,
        "errorCode": "RESOURCE_NOT_FOUND",
        "parameters": [client.target(other)],
        "reason": "Not Found",
    }


def test_post_adds_and_answers_with_the_first_page_of_the_whole_list(start: Start) -> None:
    client = start(product="atlas").as_v2()
    client.emulator.clock = 1_600_000_000
    asked = [{"ipAddress": "203.0.113.9"}, {"cidrBlock": "203.0.113.64/26"}, {"cidrBlock": "203.0.113.10/32"}]
    done = client.call("POST", LIST, asked, login=KEY_OWNER)
    assert done.status == 200
    assert done.document == client.call("GET", LIST, login=KEY_OWNER).document
    assert done.document["totalCount"] == 5
    assert done.document["results"][2:] == [
        {
            "cidrBlock": "203.0.113.9/32",
            "count": 0,
            "created": "2020-09-13T12:26:40Z",
            "ipAddress": "203.0.113.9",
            "links": [{"href": f"{client.address}{LIST}/203.0.113.9", "rel": "self"}],
        },
        {
            "cidrBlock": "203.0.113.64/26",
            "count": 0,
            "created": "2020-09-13T12:26:40Z",
            "links": [{"href": f"{client.address}{LIST}/203.0.113.64%2F26", "rel": "self"}],
        },
        {
            "cidrBlock": "203.0.113.10/32",
            "count": 0,
            "created": "2020-09-13T12:26:40Z",
            "ipAddress": "203.0.113.10",
            "links": [{"href": f"{client.address}{LIST}/203.0.113.10", "rel": "self"}],
        },
    ]
    page = client.call("POST", f"{LIST}?itemsPerPage=1", [], login=KEY_OWNER).document
    assert (len(page["results"]), page["totalCount"], page["links"][-1]["rel"]) == (1, 5, "next")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"ipAddress": "192.0.2.9"}, "INVALID_JSON"),
        (["192.0.2.9"], "INVALID_JSON"),
        ([{}], "MISSING_ATTRIBUTE"),
        ([{"ipAddress": "192.0.2.9", "cidrBlock": "192.0.2.9/32"}], "INVALID_ATTRIBUTE"),
        ([{"comment": "x"}], "INVALID_ATTRIBUTE"),
        ([{"ipAddress": None}], "INVALID_ATTRIBUTE"),
        ([{"ipAddress": "192.0.2.256"}], "INVALID_ATTRIBUTE"),
        ([{"ipAddress": "192.0.2.0/24"}], "INVALID_ATTRIBUTE"),
        ([{"ipAddress": "2001:db8::1"}], "INVALID_ATTRIBUTE"),
        ([{"cidrBlock": "2001:db8::1/128"}], "INVALID_ATTRIBUTE"),
        ([{"cidrBlock": "192.0.2.0"}], "INVALID_ATTRIBUTE"),
        ([{"cidrBlock": "192.0.2.1/24"}], "INVALID_ATTRIBUTE"),
        ([{"cidrBlock": "192.0.2.0/33"}], "INVALID_ATTRIBUTE"),
        ([{"ipAddress": "203.0.113.9"}, {"cidrBlock": "x"}], "INVALID_ATTRIBUTE"),
    ],
)
def test_a_bad_entry_is_refused_and_none_is_added(start: Start, body: object, code: str) -> None:
    client = start(product="atlas")
    answer = client.call("POST", LIST, body, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, code)
    assert client.emulator.world == sample_world()


@pytest.mark.parametrize("name", ["192.0.2.1", "192.0.2.1%2F32"])
def test_delete_takes_one_entry_off_the_list(start: Start, name: str) -> None:
    client = start(product="atlas")
    done = client.call("DELETE", f"{LIST}/{name}", login=KEY_OWNER)
    assert (done.status, done.text) == (204, "")
    assert blocks(client) == ["198.51.100.0/24"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("setting", ["404", "400"])
def test_a_switch_chooses_the_status_for_an_entry_that_the_list_lacks(start: Start, method: str, setting: Any) -> None:
    client = start(product="atlas", switches=Switches(missing_entry=setting))
    answer = client.call(method, f"{LIST}/203.0.113.9", login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (int(setting), "ACCESS_LIST_ENTRY_NOT_FOUND")
    assert answer.document["parameters"] == ["203.0.113.9"]


def test_a_malformed_address_in_the_path_is_refused(start: Start) -> None:
    answer = start(product="atlas").call("DELETE", f"{LIST}/192.0.2.1%2F24", login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "PATH_PARAM_PARSE_ERROR")


@pytest.mark.parametrize("setting", ["200", "409", "500"])
def test_a_switch_decides_about_an_entry_that_is_on_the_list_already(start: Start, setting: Any) -> None:
    client = start(product="atlas", switches=Switches(duplicate_entry=setting))
    answer = client.call("POST", LIST, [{"ipAddress": "203.0.113.9"}, {"cidrBlock": "192.0.2.1/32"}], login=KEY_OWNER)
    assert answer.status == int(setting)
    added = ["203.0.113.9/32"] if setting == "200" else []
    assert blocks(client) == ["192.0.2.1/32", "198.51.100.0/24", *added]
    if setting != "200":
        assert answer.error_code == {"409": "DUPLICATE_ACCESS_LIST_ENTRY", "500": "UNEXPECTED_ERROR"}[setting]


@pytest.mark.parametrize("setting", ["200", "409", "500"])
def test_an_entry_that_a_request_names_twice_is_added_once(start: Start, setting: Any) -> None:
    client = start(product="atlas", switches=Switches(duplicate_entry=setting))
    asked = [{"ipAddress": "203.0.113.9"}, {"cidrBlock": "203.0.113.9/32"}]
    assert client.call("POST", LIST, asked, login=KEY_OWNER).document["totalCount"] == 3


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("oldest-first", ["192.0.2.1/32", "198.51.100.0/24", "10.0.0.0/8"]),
        ("newest-first", ["10.0.0.0/8", "198.51.100.0/24", "192.0.2.1/32"]),
        ("address", ["10.0.0.0/8", "192.0.2.1/32", "198.51.100.0/24"]),
    ],
)
def test_a_switch_orders_the_entries(start: Start, setting: Any, expected: list[str]) -> None:
    client = start(product="atlas", switches=Switches(entry_order=setting))
    client.call("POST", LIST, [{"cidrBlock": "10.0.0.0/8"}], login=KEY_OWNER)
    assert blocks(client) == expected


@pytest.mark.parametrize(
    ("setting", "address", "block"),
    [
        ("compressed", "2001:db8::1", "2001:db8::/32"),
        ("eight-groups", EIGHT_GROUPS, "2001:db8:0:0:0:0:0:0/32"),
        ("as-sent", "2001:0db8:0:0:0:0:0:1", "2001:db8::/32"),
    ],
)
def test_a_switch_normalises_ipv6(start: Start, setting: Any, address: str, block: str) -> None:
    client = start(product="atlas", switches=Switches(ipv6=setting))
    asked = [{"ipAddress": "2001:0db8:0:0:0:0:0:1"}, {"cidrBlock": "2001:db8::/32"}]
    added = client.call("POST", LIST, asked, login=KEY_OWNER).document["results"][2:]
    assert [(entry["cidrBlock"], entry.get("ipAddress")) for entry in added] == [
        (f"{address}/128", address),
        (block, None),
    ]
    assert added[0]["links"][0]["href"] == f"{client.address}{LIST}/{address}"
    assert client.call("GET", f"{LIST}/{EIGHT_GROUPS}", login=KEY_OWNER).document == added[0]
    assert client.call("DELETE", f"{LIST}/{EIGHT_GROUPS}%2F128", login=KEY_OWNER).status == 204


@pytest.mark.parametrize("limit", [None, 2, 3])
def test_a_switch_limits_the_entries_of_a_key(start: Start, limit: int | None) -> None:
    client = start(product="atlas", switches=Switches(max_entries_per_key=limit))
    answer = client.call("POST", LIST, [{"ipAddress": "203.0.113.9"}], login=KEY_OWNER)
    if limit == 2:
        assert (answer.status, answer.error_code) == (400, "MAX_ACCESS_LIST_ENTRIES_EXCEEDED")
    else:
        assert (answer.status, answer.document["totalCount"]) == (200, 3)


@pytest.mark.parametrize(
    ("setting", "own", "other"), [("own-list", 400, 204), ("any-list", 400, 400), ("never", 204, 204)]
)
def test_a_switch_protects_the_address_of_the_caller(start: Start, setting: Any, own: int, other: int) -> None:
    client = start(product="atlas", switches=Switches(own_address=setting))
    for path, status in ((OWN_LIST, own), (LIST, other)):
        client.call("POST", path, [*LOOPBACK, {"ipAddress": "127.0.0.1"}], login=KEY_OWNER)
        answer = client.call("DELETE", f"{path}/127.0.0.1", login=KEY_OWNER)
        assert answer.status == status
        if status == 400:
            assert answer.error_code == "CANNOT_REMOVE_CALLER_FROM_ACCESS_LIST"
            assert answer.document["detail"] == "Cannot remove caller's IP address 127.0.0.1 from access list"
            assert answer.document["parameters"] == ["127.0.0.1"]


@pytest.mark.parametrize("product", ALL_PRODUCTS)
@pytest.mark.parametrize("login", [READER, PROJECT_OWNER])
def test_the_list_is_for_the_key_itself_and_for_owners(start: Start, product: str, login: tuple[str, str]) -> None:
    client = start(product=product)
    path = f"{SPARE}/{name_of(product)}"
    for method, target in (
        ("GET", path),
        ("POST", path),
        ("GET", f"{path}/192.0.2.1"),
        ("DELETE", f"{path}/192.0.2.1"),
    ):
        answer = client.call(method, target, [], login=login)
        word = "WHITELIST" if product == "ops-manager-4.4" else "ACCESS_LIST"
        assert (answer.status, answer.error_code) == (401, f"API_KEY_{word}_ACCESS_DENIED")
        assert "www-authenticate" not in answer.headers
        assert client.call(method, target, [], login=SPARE_KEY).status in (200, 204)


def test_the_list_of_a_key_that_the_organization_lacks_is_not_found(start: Start) -> None:
    answer = start(product="atlas").call("GET", f"{ORG_KEYS}/{NO_ID}/accessList", login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "API_KEY_NOT_FOUND")


@pytest.mark.parametrize("enforces", [True, False])
@pytest.mark.parametrize("product", ["ops-manager-4.4", "ops-manager-5.0", "atlas"])
def test_a_switch_refuses_logins_from_elsewhere(start: Start, enforces: bool, product: str) -> None:
    client = start(product=product, switches=Switches(enforces_access_lists=enforces))
    answer = client.call("GET", ORG_KEYS, login=SPARE_KEY)
    if enforces:
        word = "WHITELIST" if product == "ops-manager-4.4" else "ACCESS_LIST"
        assert answer.document == {
            "detail": "IP address 127.0.0.1 is not allowed to access this resource.",
            "error": 403,
            "errorCode": f"IP_ADDRESS_NOT_ON_{word}",
            "parameters": ["127.0.0.1"],
            "reason": "Forbidden",
        }
        client.call("POST", f"{SPARE}/{name_of(product)}", LOOPBACK, login=KEY_OWNER)
    assert client.call("GET", ORG_KEYS, login=SPARE_KEY).status == 200
    assert client.call("GET", ORG_KEYS, login=READER).status == 200


@pytest.mark.parametrize("enforces", [True, False])
def test_an_organization_can_demand_a_list(start: Start, enforces: bool) -> None:
    world = sample_world()
    world.organizations[sample.ORGANIZATION.id].access_list_required = True
    client = start(product="atlas", world=world, switches=Switches(enforces_access_lists=enforces))
    answer = client.call("GET", ORG_KEYS, login=READER)
    if not enforces:
        assert answer.status == 200
        return
    assert answer.document == {
        "detail": "This organization requires access through an access list of ip ranges.",
        "error": 403,
        "errorCode": "ORG_REQUIRES_ACCESS_LIST",
        "parameters": ["127.0.0.1"],
        "reason": "Forbidden",
    }
    world.programmatic_keys[sample.READER_KEY.id].access_list.append(AccessEntry("127.0.0.1/32"))
    assert client.call("GET", ORG_KEYS, login=READER).status == 200


def test_a_global_key_needs_an_entry_of_the_global_list(start: Start) -> None:
    client = start(product="ops-manager-6.0", switches=Switches(enforces_access_lists=True))
    assert client.call("GET", "/orgs", login=GLOBAL).status == 200
    client.emulator.world.global_access_list.clear()
    assert client.call("GET", "/orgs", login=GLOBAL).error_code == "IP_ADDRESS_NOT_ON_ACCESS_LIST"


def test_an_entry_counts_the_requests_that_it_admits(start: Start) -> None:
    client = start(product="atlas")
    client.call("POST", OWN_LIST, LOOPBACK, login=KEY_OWNER)
    client.emulator.clock = 1_600_000_000
    client.call("GET", "/orgs", login=KEY_OWNER)
    (entry,) = client.call("GET", OWN_LIST, login=KEY_OWNER).document["results"]
    assert (entry["count"], entry["lastUsed"], entry["lastUsedAddress"]) == (2, "2020-09-13T12:26:40Z", "127.0.0.1")


def test_the_root_shows_the_list_of_the_key_that_logs_in(start: Start) -> None:
    listed = start(product="atlas").call("GET", "", login=SPARE_KEY).document["apiKey"]["accessList"]
    assert listed == [
        {"cidrBlock": "192.0.2.1/32", "ipAddress": "192.0.2.1"},
        {"cidrBlock": "198.51.100.0/24", "ipAddress": None},
    ]
