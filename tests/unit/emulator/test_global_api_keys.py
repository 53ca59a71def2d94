# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programmatic API keys of an Ops Manager as a whole, and their access list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import ProgrammaticKey, Switches, World, by_id, sample, sample_world
from tests.unit.emulator.support import ALL_PRODUCTS, GLOBAL, KEY_OWNER, NO_ID, OPS_MANAGERS, OWNER, Client

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

KEYS = "/admin/apiKeys"
KEY = f"{KEYS}/{sample.GLOBAL_KEY.id}"
NEW = {"desc": "ci", "roles": ["GLOBAL_READ_ONLY"]}
GLOBAL_READER = ("abcdefgh", "secret")
USER_ADMIN = ("bcdefghi", "secret")
ENTRY = {"cidrBlock": "192.0.2.0/24", "description": "Office"}


def world_with_readers() -> World:
    world = sample_world()
    world.programmatic_keys |= by_id(
        ProgrammaticKey(NO_ID, *GLOBAL_READER, roles=["GLOBAL_READ_ONLY"]),
        ProgrammaticKey(f"{NO_ID[:-1]}1", *USER_ADMIN, roles=["GLOBAL_USER_ADMIN"]),
    )
    return world


@pytest.mark.parametrize("product", OPS_MANAGERS)
def test_a_global_key_has_roles_without_a_place(start: Start, product: str) -> None:
    client = start(product=product)
    document = {
        "desc": "Operator",
        "id": sample.GLOBAL_KEY.id,
        "links": [{"href": f"{client.address}/orgs/null/apiKeys/{sample.GLOBAL_KEY.id}", "rel": "self"}],
        "privateKey": "********-****-****-18d3b7e6c4a2",
        "publicKey": "gzhdovkx",
        "roles": [{"roleName": "GLOBAL_OWNER"}],
    }
    assert client.call("GET", KEY, login=GLOBAL).document == document
    listed = client.call("GET", KEYS, login=GLOBAL).document
    assert (listed["results"], listed["totalCount"]) == ([document], 1)


def test_a_global_key_lives_like_one_of_an_organization(start: Start) -> None:
    client = start(product="ops-manager-6.0", switches=Switches(list_lag=1))
    made = client.call("POST", KEYS, NEW, login=GLOBAL)
    assert (made.status, made.document["roles"]) == (200, [{"roleName": "GLOBAL_READ_ONLY"}])
    path, login = f"{KEYS}/{made.document['id']}", (made.document["publicKey"], made.document["privateKey"])
    assert client.call("GET", path, login=login).document["privateKey"].endswith(login[1][-12:])
    assert [client.call("GET", KEYS, login=login).document["totalCount"] for _number in range(2)] == [1, 2]
    changed = client.call("PATCH", path, {"roles": ["GLOBAL_OWNER"]}, login=GLOBAL).document
    assert (changed["desc"], changed["roles"]) == ("ci", [{"roleName": "GLOBAL_OWNER"}])
    assert client.call("PATCH", path, {"desc": "new"}, login=login).document == {**changed, "desc": "new"}
    done = client.call("DELETE", path, login=login)
    assert (done.status, done.text) == (204, "")
    assert client.call("GET", path, login=GLOBAL).error_code == "API_KEY_NOT_FOUND"
    assert client.call("GET", KEYS, login=login).status == 401
    assert [client.call("GET", KEYS, login=GLOBAL).document["totalCount"] for _number in range(2)] == [2, 1]


def test_the_roles_that_can_be_granted_are_a_bare_list(start: Start) -> None:
    client = start(product="ops-manager-6.0")
    roles = client.call("GET", f"{KEYS}/roles", login=GLOBAL).document
    assert roles == [
        "GLOBAL_BACKUP_ADMIN",
        "GLOBAL_BILLING_ADMIN",
        "GLOBAL_MONITORING_ADMIN",
        "GLOBAL_READ_ONLY",
        "GLOBAL_AUTOMATION_ADMIN",
        "GLOBAL_USER_ADMIN",
    ]
    enveloped = client.call("GET", f"{KEYS}/roles?envelope=true", login=GLOBAL).document
    assert enveloped == {"status": 200, "content": roles}


@pytest.mark.parametrize("body", [{"desc": "x", "roles": ["ORG_OWNER"]}, {"desc": "x", "roles": ["GLOBAL_X"]}])
def test_only_global_roles_are_roles_of_a_global_key(start: Start, body: object) -> None:
    answer = start(product="ops-manager-6.0").call("POST", KEYS, body, login=GLOBAL)
    assert (answer.status, answer.error_code) == (400, "INVALID_ENUM_VALUE")


@pytest.mark.parametrize("key_id", [NO_ID, sample.SPARE_KEY.id])
def test_a_key_of_an_organization_is_not_found_among_global_ones(start: Start, key_id: str) -> None:
    answer = start(product="ops-manager-6.0").call("DELETE", f"{KEYS}/{key_id}", login=GLOBAL)
    assert (answer.status, answer.error_code, answer.document["parameters"]) == (400, "API_KEY_NOT_FOUND", [key_id])


@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("GET", KEYS, None, [GLOBAL_READER]),
        ("GET", f"{KEYS}/roles", None, [GLOBAL_READER]),
        ("GET", KEY, None, [GLOBAL_READER]),
        ("POST", KEYS, NEW, []),
        ("PATCH", KEY, {"desc": "x"}, []),
        ("DELETE", f"{KEYS}/{NO_ID[:-1]}1", None, []),
        ("GET", "/admin/whitelist", None, [GLOBAL_READER]),
        ("POST", "/admin/whitelist", ENTRY, [USER_ADMIN]),
        ("GET", f"/admin/whitelist/{sample.GLOBAL_ENTRY.id}", None, [GLOBAL_READER]),
        ("PATCH", f"/admin/whitelist/{sample.GLOBAL_ENTRY.id}", {"description": "x"}, []),
        ("DELETE", f"/admin/whitelist/{sample.GLOBAL_ENTRY.id}", None, []),
    ],
)
def test_each_call_needs_its_global_role(
    start: Start, method: str, path: str, body: object, allowed: list[tuple[str, str]]
) -> None:
    client = start(product="ops-manager-4.4", world=world_with_readers())
    for login in (GLOBAL_READER, USER_ADMIN, KEY_OWNER):
        answer = client.call(method, path, body, login=login)
        if login in allowed:
            assert answer.status == 200
            client.emulator.reset()
        else:
            assert (answer.status, answer.error_code) == (401, "USER_UNAUTHORIZED")
    assert client.call(method, path, body, login=OWNER).status in (200, 204)


def test_a_global_owner_owns_each_organization_and_project(start: Start) -> None:
    client = start(product="ops-manager-6.0")
    path = f"/orgs/{sample.ORGANIZATION.id}/apiKeys"
    assert client.call("POST", path, {"desc": "x", "roles": ["ORG_MEMBER"]}, login=GLOBAL).status == 200
    path = f"/groups/{sample.PROJECT.id}/apiKeys"
    assert client.call("POST", path, {"desc": "x", "roles": ["GROUP_OWNER"]}, login=GLOBAL).status == 200


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_only_ops_manager_has_global_keys_and_their_list(start: Start, product: str) -> None:
    client = start(product=product)

    def there(path: str) -> bool:
        answer = client.call("GET", path, login=GLOBAL)
        return answer.status == 200 or answer.error_code != "RESOURCE_NOT_FOUND"

    ops_manager = product in OPS_MANAGERS
    assert there(KEYS) is ops_manager
    assert there("/admin/whitelist") is ops_manager
    assert there("/admin/accessList") is (ops_manager and product != "ops-manager-4.4")


@pytest.fixture(params=["accessList", "whitelist"])
def path(request: pytest.FixtureRequest) -> Any:
    return f"/admin/{request.param}"


@pytest.fixture
def client(start: Start) -> Client:
    client = start(product="ops-manager-6.0")
    client.emulator.clock = 1_600_000_000
    return client


def test_an_entry_of_the_global_list_lives_under_both_names(client: Client, path: str) -> None:
    first = {
        "cidrBlock": "127.0.0.0/8",
        "created": "2019-08-25T10:30:00Z",
        "description": "Loopback",
        "id": sample.GLOBAL_ENTRY.id,
        "type": "GLOBAL_ROLE",
        "updated": "2019-08-25T10:30:00Z",
    }
    made = client.call("POST", path, ENTRY, login=GLOBAL)
    second = {
        "cidrBlock": "192.0.2.0/24",
        "created": "2020-09-13T12:26:40Z",
        "description": "Office",
        "id": made.document["id"],
        "type": "GLOBAL_ROLE",
        "updated": "2020-09-13T12:26:40Z",
    }
    assert (made.status, made.document) == (200, second)
    client.emulator.clock += 60
    one = f"{path}/{second['id']}"
    changed = {**second, "cidrBlock": "2001:db8::/48", "updated": "2020-09-13T12:27:40Z"}
    assert client.call("PATCH", one, {"cidrBlock": "2001:db8::/48"}, login=GLOBAL).document == changed
    assert client.call("GET", one, login=GLOBAL).document == changed
    for name in ("accessList", "whitelist"):
        assert client.call("GET", f"/admin/{name}", login=GLOBAL).document["results"] == [first, changed]
    done = client.call("DELETE", one, login=GLOBAL)
    assert (done.status, done.text) == (204, "")
    gone = client.call("DELETE", one, login=GLOBAL)
    assert (gone.status, gone.document["parameters"]) == (404, [second["id"]])


def test_a_block_is_on_the_global_list_once(client: Client, path: str) -> None:
    client.call("POST", path, ENTRY, login=GLOBAL)
    for method, target in (("POST", path), ("PATCH", f"{path}/{sample.GLOBAL_ENTRY.id}")):
        answer = client.call(method, target, ENTRY, login=GLOBAL)
        assert answer.document == {
            "detail": "The provided IP address 192.0.2.0/24 already exists in another global whitelist entry.",
            "error": 400,
            "errorCode": "DUPLICATE_GLOBAL_WHITELIST_ENTRY",
            "parameters": ["192.0.2.0/24"],
            "reason": "Bad Request",
        }
    assert len(client.emulator.world.global_access_list) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"cidrBlock": "192.0.2.0/24"}, "MISSING_ATTRIBUTE"),
        ({"description": "x"}, "MISSING_ATTRIBUTE"),
        ({**ENTRY, "description": 1}, "INVALID_ATTRIBUTE"),
        ({**ENTRY, "cidrBlock": "x"}, "INVALID_ATTRIBUTE"),
        ({**ENTRY, "ipAddress": "192.0.2.1"}, "INVALID_ATTRIBUTE"),
    ],
)
def test_a_bad_entry_is_refused(client: Client, path: str, body: object, code: str) -> None:
    answer = client.call("POST", path, body, login=GLOBAL)
    assert (answer.status, answer.error_code) == (400, code)
    assert len(client.emulator.world.global_access_list) == 1
