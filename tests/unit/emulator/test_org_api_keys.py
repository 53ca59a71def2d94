# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programmatic API keys of an organization."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Organization, ProgrammaticKey, Switches, by_id, sample, sample_world
from tests.unit.emulator.support import (
    ALL_PRODUCTS,
    KEY_OWNER,
    NO_ID,
    OPS_MANAGERS,
    ORG_KEYS,
    PROJECT_OWNER,
    READER,
    Client,
    login_of,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

O = sample.ORGANIZATION.id  # noqa: E741
SPARE = f"{ORG_KEYS}/{sample.SPARE_KEY.id}"
NEW = {"desc": "ci", "roles": ["ORG_MEMBER"]}


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_a_key_has_exactly_the_fields_that_were_recorded(start: Start, product: str) -> None:
    client = start(product=product)
    assert client.call("GET", SPARE, login=KEY_OWNER).document == {
        "desc": "Sicherung Köln, täglich",
        "id": sample.SPARE_KEY.id,
        "links": [{"href": f"{client.address}{SPARE}", "rel": "self"}],
        "privateKey": "********-****-****-c05e2d9f8163",
        "publicKey": "ctbmsjfi",
        "roles": [
            {"orgId": O, "roleName": "ORG_MEMBER"},
            {"groupId": sample.PROJECT.id, "roleName": "GROUP_READ_ONLY"},
        ],
    }


def test_a_list_of_keys_is_sorted_by_public_key_and_has_no_global_key(start: Start) -> None:
    client = start(product="ops-manager-6.0")
    listed = client.call("GET", ORG_KEYS, login=READER).document
    assert [key["publicKey"] for key in listed["results"]] == [
        "ctbmsjfi",
        "kfjwbqzs",
        "owqhtzrd",
        "pgnkwyue",
        "rdxvlmpa",
    ]
    assert listed["totalCount"] == 5
    assert listed["results"][0] == client.call("GET", SPARE, login=READER).document


def test_a_list_of_keys_links_to_its_pages_as_recorded(start: Start) -> None:
    client = start(product="atlas").as_v2()
    links = client.call("GET", f"{ORG_KEYS}?itemsPerPage=1", login=READER).document["links"]
    assert links == [
        {"href": f"{client.address}{ORG_KEYS}?includeCount=true&pageNum=1&itemsPerPage=1", "rel": "self"},
        {"href": f"{client.address}{ORG_KEYS}?includeCount=true&itemsPerPage=1&pageNum=2", "rel": "next"},
    ]


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_only_the_answer_that_makes_a_key_holds_its_private_key(start: Start, product: str) -> None:
    client = start(product=product)
    client.emulator.clock = 1_600_000_000
    made = client.call("POST", ORG_KEYS, NEW, login=KEY_OWNER)
    key = made.document
    assert made.status == 200
    assert re.fullmatch("[a-z]{8}", key["publicKey"])
    assert str(uuid.UUID(key["privateKey"], version=4)) == key["privateKey"]
    assert key["id"].startswith(f"{1_600_000_000:x}")
    path = f"{ORG_KEYS}/{key['id']}"
    assert key == {
        "desc": "ci",
        "id": key["id"],
        "links": [{"href": client.address + path, "rel": "self"}],
        "privateKey": key["privateKey"],
        "publicKey": key["publicKey"],
        "roles": [{"orgId": O, "roleName": "ORG_MEMBER"}],
    }
    redacted = {**key, "privateKey": f"********-****-****-{key['privateKey'][-12:]}"}
    assert client.call("GET", path, login=KEY_OWNER).document == redacted
    assert redacted in client.call("GET", ORG_KEYS, login=(key["publicKey"], key["privateKey"])).document["results"]


def test_descriptions_need_not_be_unique(start: Start) -> None:
    client = start(product="atlas")
    first, second = (client.call("POST", ORG_KEYS, NEW, login=KEY_OWNER).document["id"] for _number in range(2))
    assert first < second


@pytest.mark.parametrize("ascend", [True, False])
def test_a_switch_decides_whether_ids_of_one_second_ascend(start: Start, ascend: bool) -> None:
    client = start(switches=Switches(ids_ascend=ascend))
    client.emulator.clock = 1_600_000_000
    ids = [client.call("POST", ORG_KEYS, NEW, login=KEY_OWNER).document["id"] for _number in range(12)]
    assert (ids == sorted(ids)) is ascend
    assert len(set(ids)) == 12


@pytest.mark.parametrize(
    ("change", "description", "roles"),
    [
        ({"desc": "new"}, "new", ["ORG_MEMBER"]),
        (
            {"roles": ["ORG_READ_ONLY", "ORG_GROUP_CREATOR"]},
            sample.SPARE_KEY.description,
            ["ORG_READ_ONLY", "ORG_GROUP_CREATOR"],
        ),
        ({"desc": "new", "roles": ["ORG_OWNER"]}, "new", ["ORG_OWNER"]),
    ],
)
def test_patch_changes_what_it_names_and_leaves_the_roles_in_projects(
    start: Start, change: dict[str, Any], description: str, roles: list[str]
) -> None:
    client = start(product="atlas")
    before = client.call("GET", SPARE, login=KEY_OWNER).document
    changed = client.call("PATCH", SPARE, change, login=KEY_OWNER)
    assert changed.status == 200
    assert changed.document == {
        **before,
        "desc": description,
        "roles": [*({"orgId": O, "roleName": name} for name in roles), before["roles"][-1]],
    }
    assert client.call("GET", SPARE, login=KEY_OWNER).document == changed.document


@pytest.mark.parametrize("product", ALL_PRODUCTS)
@pytest.mark.parametrize("setting", ["200", "204"])
def test_a_deleted_key_is_gone_and_cannot_log_in(start: Start, product: str, setting: Any) -> None:
    client = start(product=product, switches=Switches(ops_manager_deletes=setting))
    done = client.call("DELETE", SPARE, login=KEY_OWNER)
    plain = product in OPS_MANAGERS and setting == "200"
    assert (done.status, done.text) == ((200, "{}") if plain else (204, ""))
    listed = client.call("GET", ORG_KEYS, login=KEY_OWNER).document["results"]
    assert sample.SPARE_KEY.id not in [key["id"] for key in listed]
    refused = client.call("GET", ORG_KEYS, login=login_of(sample.SPARE_KEY))
    assert (refused.status, "www-authenticate" in refused.headers) == (401, True)


def test_a_key_can_delete_itself_and_then_cannot_log_in(start: Start) -> None:
    client = start(product="atlas")
    assert client.call("DELETE", f"{ORG_KEYS}/{sample.OWNER_KEY.id}", login=KEY_OWNER).status == 204
    assert client.call("GET", ORG_KEYS, login=KEY_OWNER).status == 401


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("key_id", [NO_ID, sample.GLOBAL_KEY.id])
def test_a_key_that_the_organization_lacks_is_not_found(start: Start, method: str, key_id: str) -> None:
    client = start(product="atlas").as_v2()
    answer = client.call(method, f"{ORG_KEYS}/{key_id}", {"desc": "x"}, login=KEY_OWNER)
    assert answer.status == 400
    assert answer.document == {
        "detail": f"No API key with ID {key_id} exists.",
        "error": 400,
        "errorCode": "API_KEY_NOT_FOUND",
        "parameters": [key_id],
        "reason": "Bad Request",
    }


def test_a_public_key_in_the_place_of_an_id_is_malformed(start: Start) -> None:
    client = start(product="atlas")
    path = f"{ORG_KEYS}/{sample.SPARE_KEY.public_key}"
    answer = client.call("DELETE", path, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "PATH_PARAM_PARSE_ERROR")
    assert answer.document["parameters"] == [client.target(path)]


@pytest.mark.parametrize("login", [READER, PROJECT_OWNER, login_of(sample.SPARE_KEY)])
@pytest.mark.parametrize(("method", "path"), [("POST", ORG_KEYS), ("PATCH", SPARE), ("DELETE", SPARE)])
def test_only_an_owner_of_the_organization_changes_its_keys(
    start: Start, login: tuple[str, str], method: str, path: str
) -> None:
    client = start(product="atlas")
    answer = client.call(method, path, NEW, login=login)
    assert answer.status == 401
    assert answer.document == {
        "detail": "Current user is not authorized to perform this action.",
        "error": 401,
        "errorCode": "USER_UNAUTHORIZED",
        "parameters": [],
        "reason": "Unauthorized",
    }
    assert "www-authenticate" not in answer.headers
    assert client.call("GET", SPARE, login=login).status == 200


def test_a_key_sees_no_organization_but_its_own(start: Start) -> None:
    world = sample_world()
    world.organizations |= by_id(Organization(NO_ID, "Second", [sample.JANE.id]))
    client = start(product="atlas", world=world)
    for login in (READER, login_of(sample.PROGRAMMATIC)):
        assert client.call("GET", f"/orgs/{NO_ID}/apiKeys", login=login).error_code == "USER_UNAUTHORIZED"
        assert client.call("GET", "/orgs", login=login).document["totalCount"] == 1


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "INVALID_JSON"),
        ([NEW], "INVALID_JSON"),
        ({}, "MISSING_ATTRIBUTE"),
        ({**NEW, "name": "x"}, "INVALID_ATTRIBUTE"),
        ({**NEW, "desc": ""}, "INVALID_ATTRIBUTE"),
        ({**NEW, "desc": None}, "INVALID_ATTRIBUTE"),
        ({**NEW, "desc": 251 * "x"}, "INVALID_ATTRIBUTE"),
        ({**NEW, "roles": []}, "INVALID_ATTRIBUTE"),
        ({**NEW, "roles": "ORG_MEMBER"}, "INVALID_ATTRIBUTE"),
        ({**NEW, "roles": [1]}, "INVALID_ATTRIBUTE"),
        ({**NEW, "roles": ["GROUP_OWNER"]}, "INVALID_ENUM_VALUE"),
    ],
)
def test_a_bad_body_is_refused_and_changes_nothing(start: Start, method: str, body: object, code: str) -> None:
    client = start(product="atlas")
    answer = client.call(method, ORG_KEYS if method == "POST" else SPARE, body, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, code)
    assert client.emulator.world == sample_world()


@pytest.mark.parametrize("body", [{"desc": "x"}, {"roles": ["ORG_MEMBER"]}])
def test_a_new_key_needs_a_description_and_roles(start: Start, body: object) -> None:
    answer = start(product="atlas").call("POST", ORG_KEYS, body, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "MISSING_ATTRIBUTE")


def test_a_description_may_have_250_characters(start: Start) -> None:
    body = {**NEW, "desc": 250 * "ö"}
    assert start(product="atlas").call("POST", ORG_KEYS, body, login=KEY_OWNER).document["desc"] == 250 * "ö"


@pytest.mark.parametrize(("trims", "expected"), [(False, " ci\t"), (True, "ci")])
def test_a_switch_trims_descriptions(start: Start, trims: bool, expected: str) -> None:
    client = start(switches=Switches(trims_desc=trims))
    made = client.call("POST", ORG_KEYS, {**NEW, "desc": " ci\t"}, login=KEY_OWNER).document
    changed = client.call("PATCH", SPARE, {"desc": " ci\t"}, login=KEY_OWNER).document
    assert (made["desc"], changed["desc"]) == (expected, expected)


def test_a_switch_chooses_the_error_for_a_role_that_does_not_exist(start: Start) -> None:
    body = {"desc": "x", "roles": ["INVALID_ROLE"]}
    first = start(switches=Switches(unknown_role="INVALID_ENUM_VALUE")).call("POST", ORG_KEYS, body, login=KEY_OWNER)
    assert first.document == {
        "detail": "An invalid enumeration value INVALID_ROLE was specified.",
        "error": 400,
        "errorCode": "INVALID_ENUM_VALUE",
        "parameters": ["INVALID_ROLE"],
        "reason": "Bad Request",
    }
    second = start(switches=Switches(unknown_role="BAD_REQUEST")).call("POST", ORG_KEYS, body, login=KEY_OWNER)
    violation = {"description": "Invalid role name 'INVALID_ROLE'. Must be a valid Role name.", "field": "_roles"}
    assert second.document == {
        "badRequestDetail": {"fields": [violation]},
        "detail": "The request content produced validation errors.",
        "error": 400,
        "errorCode": "BAD_REQUEST",
        "parameters": [],
        "reason": "Bad Request",
    }


@pytest.mark.parametrize(
    ("adds", "asked", "given"),
    [
        (False, ["ORG_OWNER"], ["ORG_OWNER"]),
        (True, ["ORG_OWNER"], ["ORG_OWNER", "ORG_MEMBER"]),
        (True, ["ORG_MEMBER"], ["ORG_MEMBER"]),
    ],
)
def test_a_switch_makes_every_new_key_a_member(start: Start, adds: bool, asked: list[str], given: list[str]) -> None:
    client = start(switches=Switches(adds_org_member=adds))
    made = client.call("POST", ORG_KEYS, {"desc": "x", "roles": asked}, login=KEY_OWNER).document
    assert [role["roleName"] for role in made["roles"]] == given


@pytest.mark.parametrize("limit", [5, 6])
def test_a_switch_limits_the_keys_of_an_organization(start: Start, limit: int) -> None:
    client = start(product="atlas", switches=Switches(max_keys_per_org=limit))
    answer = client.call("POST", ORG_KEYS, NEW, login=KEY_OWNER)
    if limit == 6:
        assert answer.status == 200
        return
    assert answer.document == {
        "detail": f"Maximum number of API keys per org (5) in {O} exceeded while trying to add API keys.",
        "error": 400,
        "errorCode": "MAX_API_KEYS_PER_ORG_EXCEEDED",
        "parameters": ["5", O],
        "reason": "Bad Request",
    }


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize(("method", "body"), [("DELETE", None), ("PATCH", {"roles": ["ORG_MEMBER"]})])
def test_a_switch_keeps_the_last_owner(start: Start, refuses: bool, method: str, body: object) -> None:
    client = start(product="atlas", switches=Switches(refuses_last_owner=refuses))
    paths = [f"{ORG_KEYS}/{key.id}" for key in (sample.PROGRAMMATIC, sample.OWNER_KEY)]
    first, second = (client.call(method, path, body, login=KEY_OWNER) for path in paths)
    assert first.status in (200, 204)
    if refuses:
        assert (second.status, second.error_code) == (403, "CANNOT_DEMOTE_LAST_ORG_OWNER")
        assert client.call("PATCH", paths[1], {"desc": "x"}, login=KEY_OWNER).status == 200
    else:
        assert second.status == first.status


@pytest.mark.parametrize("shuffles", [True, False])
def test_a_switch_shuffles_the_roles_of_a_key(start: Start, shuffles: bool) -> None:
    world = sample_world()
    names = ["ORG_OWNER", "ORG_MEMBER", "ORG_READ_ONLY", "ORG_GROUP_CREATOR", "ORG_BILLING_ADMIN"]
    world.programmatic_keys |= by_id(ProgrammaticKey(NO_ID, "abcdefgh", "secret", roles=names, organization_id=O))
    client = start(world=world, switches=Switches(shuffles_roles=shuffles))
    seen = {
        tuple(role["roleName"] for role in client.call("GET", f"{ORG_KEYS}/{NO_ID}", login=KEY_OWNER).document["roles"])
        for _number in range(12)
    }
    assert (len(seen) > 1) is shuffles
    assert {frozenset(order) for order in seen} == {frozenset(names)}


def _listed(client: Client, path: str) -> list[str]:
    return [key["desc"] for key in client.call("GET", path, login=KEY_OWNER).document["results"]]


@pytest.mark.parametrize("lag", [0, 3])
def test_a_switch_lets_lists_lag_behind(start: Start, lag: int) -> None:
    client = start(product="atlas", switches=Switches(list_lag=lag))
    key_id = client.call("POST", ORG_KEYS, NEW, login=KEY_OWNER).document["id"]
    path = f"{ORG_KEYS}/{key_id}"
    assert client.call("GET", path, login=KEY_OWNER).status == 200
    assert ["ci" in _listed(client, ORG_KEYS) for _number in range(lag + 2)] == [False] * lag + [True, True]
    client.call("DELETE", path, login=KEY_OWNER)
    assert client.call("GET", path, login=KEY_OWNER).error_code == "API_KEY_NOT_FOUND"
    assert ["ci" in _listed(client, ORG_KEYS) for _number in range(lag + 2)] == [True] * lag + [False, False]


def test_a_key_that_goes_before_a_list_knew_it_is_never_listed(start: Start) -> None:
    client = start(product="atlas", switches=Switches(list_lag=2))
    made = client.call("POST", ORG_KEYS, NEW, login=KEY_OWNER).document
    client.call("DELETE", f"{ORG_KEYS}/{made['id']}", login=KEY_OWNER)
    assert ["ci" in _listed(client, ORG_KEYS) for _number in range(4)] == [False] * 4


def test_a_reset_ends_the_lag(start: Start) -> None:
    client = start(product="atlas", switches=Switches(list_lag=5))
    client.call("DELETE", SPARE, login=KEY_OWNER)
    client.emulator.reset()
    assert len(_listed(client, ORG_KEYS)) == 5
