# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programmatic API keys in a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Switches, sample, sample_world
from tests.unit.emulator.support import (
    ALL_PRODUCTS,
    KEY_OWNER,
    NO_ID,
    OPS_MANAGERS,
    ORG_KEYS,
    OTHER_PROJECT_KEYS,
    PROJECT_KEYS,
    PROJECT_OWNER,
    READER,
    login_of,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

MEMBER = {"orgId": sample.ORGANIZATION.id, "roleName": "ORG_MEMBER"}
SPARE = f"{PROJECT_KEYS}/{sample.SPARE_KEY.id}"
ELSEWHERE = f"{OTHER_PROJECT_KEYS}/{sample.SPARE_KEY.id}"
NEW = {"desc": "ci", "roles": ["GROUP_READ_ONLY", "GROUP_DATA_ACCESS_READ_ONLY"]}
PUBLIC_PRODUCTS = (*OPS_MANAGERS, "cloud-manager")


def in_project(name: str, project_id: str = sample.PROJECT.id) -> dict[str, str]:
    return {"groupId": project_id, "roleName": name}


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_a_list_has_the_keys_of_the_project_with_all_of_their_roles(start: Start, product: str) -> None:
    client = start(product=product)
    listed = client.call("GET", PROJECT_KEYS, login=PROJECT_OWNER).document
    assert listed["totalCount"] == 2
    assert listed["results"][0] == {
        "desc": sample.SPARE_KEY.description,
        "id": sample.SPARE_KEY.id,
        "links": [{"href": f"{client.address}{ORG_KEYS}/{sample.SPARE_KEY.id}", "rel": "self"}],
        "privateKey": "********-****-****-c05e2d9f8163",
        "publicKey": "ctbmsjfi",
        "roles": [MEMBER, in_project("GROUP_READ_ONLY")],
    }
    assert listed["results"][1]["id"] == sample.PROJECT_OWNER_KEY.id
    assert client.call("GET", OTHER_PROJECT_KEYS, login=KEY_OWNER).document["results"] == []


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_a_key_made_in_a_project_is_a_member_of_the_organization_too(start: Start, product: str) -> None:
    client = start(product=product)
    made = client.call("POST", PROJECT_KEYS, NEW, login=PROJECT_OWNER)
    assert made.status == 200
    assert made.document["roles"] == [MEMBER, *map(in_project, NEW["roles"])]
    assert made.document["links"][0]["href"] == f"{client.address}{ORG_KEYS}/{made.document['id']}"
    login = (made.document["publicKey"], made.document["privateKey"])
    assert client.call("GET", PROJECT_KEYS, login=login).document["totalCount"] == 3


@pytest.mark.parametrize("version", ["v1.0", "v2"])
def test_atlas_assigns_with_post_and_an_array(start: Start, version: str) -> None:
    client = start(product="atlas")
    if version == "v2":
        client.as_v2()
    body = [{"roles": ["GROUP_OWNER"]}, {"roles": ["GROUP_OWNER", "GROUP_READ_ONLY"]}]
    done = client.call("POST", ELSEWHERE, body, login=KEY_OWNER)
    assert (done.status, done.text) == (204, "")
    (key,) = client.call("GET", OTHER_PROJECT_KEYS, login=KEY_OWNER).document["results"]
    added = [in_project(name, sample.SECOND_PROJECT.id) for name in ("GROUP_OWNER", "GROUP_READ_ONLY")]
    assert key["roles"] == [MEMBER, in_project("GROUP_READ_ONLY"), *added]
    again = client.call("POST", ELSEWHERE, body, login=KEY_OWNER)
    assert again.document == {
        "detail": "API key is already in the group.",
        "error": 400,
        "errorCode": "API_KEY_ALREADY_IN_GROUP",
        "parameters": [],
        "reason": "Bad Request",
    }


@pytest.mark.parametrize("product", PUBLIC_PRODUCTS)
def test_the_others_assign_with_patch_and_an_object(start: Start, product: str) -> None:
    client = start(product=product)
    refused = client.call("POST", ELSEWHERE, [{"roles": ["GROUP_OWNER"]}], login=KEY_OWNER)
    assert (refused.status, refused.headers["allow"]) == (405, "PATCH,DELETE,OPTIONS")
    done = client.call("PATCH", ELSEWHERE, {"roles": ["GROUP_OWNER"]}, login=KEY_OWNER)
    assert done.status == 200
    assert done.document["roles"][-1] == in_project("GROUP_OWNER", sample.SECOND_PROJECT.id)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"roles": ["GROUP_OWNER"]}, "INVALID_JSON"),
        ([], "INVALID_ATTRIBUTE"),
        (["GROUP_OWNER"], "INVALID_JSON"),
        ([{}], "MISSING_ATTRIBUTE"),
        ([{"roles": []}], "INVALID_ATTRIBUTE"),
        ([{"roles": ["ORG_MEMBER"]}], "INVALID_ENUM_VALUE"),
        ([{"roles": ["GROUP_OWNER"], "desc": "x"}], "INVALID_ATTRIBUTE"),
    ],
)
def test_a_bad_assignment_is_refused(start: Start, body: object, code: str) -> None:
    client = start(product="atlas")
    answer = client.call("POST", ELSEWHERE, body, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, code)
    assert client.emulator.world == sample_world()


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_patch_replaces_the_roles_in_the_project_only(start: Start, product: str) -> None:
    client = start(product=product)
    changed = client.call("PATCH", SPARE, {"roles": ["GROUP_OWNER"]}, login=PROJECT_OWNER)
    assert (changed.status, changed.document["roles"]) == (200, [MEMBER, in_project("GROUP_OWNER")])
    assert "*" in changed.document["privateKey"]


@pytest.mark.parametrize("product", ALL_PRODUCTS)
@pytest.mark.parametrize("takes", [True, False])
def test_patch_changes_the_description_on_atlas_and_where_a_switch_says_so(
    start: Start, product: str, takes: bool
) -> None:
    client = start(product=product, switches=Switches(ops_manager_takes_desc=takes))
    changed = client.call("PATCH", SPARE, {"desc": "new", "roles": ["GROUP_OWNER"]}, login=PROJECT_OWNER).document
    assert changed["desc"] == ("new" if takes or product == "atlas" else sample.SPARE_KEY.description)
    assert changed["roles"][-1] == in_project("GROUP_OWNER")


@pytest.mark.parametrize("setting", ["assigns", "404", "400"])
def test_a_switch_decides_what_patch_on_v2_does_to_a_key_that_is_not_in_the_project(start: Start, setting: Any) -> None:
    client = start(product="atlas", switches=Switches(patch_unassigned=setting)).as_v2()
    answer = client.call("PATCH", ELSEWHERE, {"roles": ["GROUP_OWNER"]}, login=KEY_OWNER)
    if setting == "assigns":
        assert answer.status == 200
        assert answer.document["roles"][-1] == in_project("GROUP_OWNER", sample.SECOND_PROJECT.id)
    else:
        assert (answer.status, answer.error_code) == (int(setting), "API_KEY_NOT_FOUND")
        assert answer.document["parameters"] == [sample.SPARE_KEY.id]


def test_patch_on_v1_assigns_whatever_v2_does(start: Start) -> None:
    client = start(product="atlas", switches=Switches(patch_unassigned="404"))
    assert client.call("PATCH", ELSEWHERE, {"roles": ["GROUP_OWNER"]}, login=KEY_OWNER).status == 200


def test_a_description_alone_assigns_nothing(start: Start) -> None:
    answer = start(product="atlas").call("PATCH", ELSEWHERE, {"desc": "new"}, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "MISSING_ATTRIBUTE")


@pytest.mark.parametrize("product", ALL_PRODUCTS)
@pytest.mark.parametrize("setting", ["200", "204"])
def test_a_key_that_is_taken_out_of_a_project_stays_in_the_organization(
    start: Start, product: str, setting: Any
) -> None:
    client = start(product=product, switches=Switches(ops_manager_deletes=setting))
    done = client.call("DELETE", SPARE, login=PROJECT_OWNER)
    plain = product in OPS_MANAGERS and setting == "200"
    assert (done.status, done.text) == ((200, "{}") if plain else (204, ""))
    assert client.call("GET", f"{ORG_KEYS}/{sample.SPARE_KEY.id}", login=READER).document["roles"] == [MEMBER]
    assert client.call("GET", ORG_KEYS, login=login_of(sample.SPARE_KEY)).status == 200


@pytest.mark.parametrize("product", ["atlas", "ops-manager-6.0"])
@pytest.mark.parametrize("setting", ["204", "404", "400"])
def test_a_switch_decides_how_a_key_is_taken_out_that_is_not_in_the_project(
    start: Start, product: str, setting: Any
) -> None:
    client = start(product=product, switches=Switches(unassign_unassigned=setting))
    answer = client.call("DELETE", ELSEWHERE, login=KEY_OWNER)
    if setting == "204":
        assert answer.status == (204 if product == "atlas" else 200)
    else:
        assert (answer.status, answer.error_code) == (int(setting), "API_KEY_NOT_FOUND")


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_key_that_the_organization_lacks_is_not_found(start: Start, method: str) -> None:
    client = start(product="atlas").as_v2()
    body: object = [{"roles": ["GROUP_OWNER"]}] if method == "POST" else {"roles": ["GROUP_OWNER"]}
    answer = client.call(method, f"{PROJECT_KEYS}/{NO_ID}", body, login=KEY_OWNER)
    assert (answer.status, answer.error_code, answer.document["parameters"]) == (400, "API_KEY_NOT_FOUND", [NO_ID])


@pytest.mark.parametrize("login", [READER, login_of(sample.SPARE_KEY)])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", PROJECT_KEYS, NEW),
        ("POST", SPARE, [{"roles": ["GROUP_OWNER"]}]),
        ("PATCH", SPARE, {"roles": ["GROUP_OWNER"]}),
        ("DELETE", SPARE, None),
    ],
)
def test_only_an_owner_of_the_project_changes_its_keys(
    start: Start, login: tuple[str, str], method: str, path: str, body: object
) -> None:
    client = start(product="atlas")
    answer = client.call(method, path, body, login=login)
    assert (answer.status, answer.error_code) == (401, "USER_UNAUTHORIZED")
    assert client.call("GET", PROJECT_KEYS, login=login).status == 200


def test_the_list_of_a_project_lags_behind_an_assignment(start: Start) -> None:
    client = start(product="atlas", switches=Switches(list_lag=1))

    def there() -> list[bool]:
        listed = (
            client.call("GET", OTHER_PROJECT_KEYS, login=KEY_OWNER).document["totalCount"] for _number in range(3)
        )
        return [count == 1 for count in listed]

    client.call("POST", ELSEWHERE, [{"roles": ["GROUP_OWNER"]}], login=KEY_OWNER)
    assert there() == [False, True, True]
    client.call("DELETE", ELSEWHERE, login=KEY_OWNER)
    assert there() == [True, False, False]


def test_a_key_that_the_organization_deletes_leaves_the_project_and_each_list_lags_by_itself(start: Start) -> None:
    client = start(product="atlas", switches=Switches(list_lag=1))
    client.call("DELETE", f"{ORG_KEYS}/{sample.SPARE_KEY.id}", login=KEY_OWNER)
    for path in (ORG_KEYS, PROJECT_KEYS):
        first, second = (client.call("GET", path, login=KEY_OWNER).document["totalCount"] for _number in range(2))
        assert first == second + 1
    assert client.call("GET", OTHER_PROJECT_KEYS, login=KEY_OWNER).document["totalCount"] == 0


@pytest.mark.parametrize("code", ["INVALID_ENUM_VALUE", "BAD_REQUEST"])
def test_a_role_of_the_organization_is_no_role_in_a_project(start: Start, code: Any) -> None:
    client = start(product="atlas", switches=Switches(unknown_role=code))
    answer = client.call("POST", PROJECT_KEYS, {"desc": "x", "roles": ["ORG_MEMBER"]}, login=PROJECT_OWNER)
    assert (answer.status, answer.error_code) == (400, code)


def test_a_public_key_in_the_place_of_an_id_is_malformed(start: Start) -> None:
    path = f"{PROJECT_KEYS}/{sample.SPARE_KEY.public_key}"
    answer = start(product="atlas").call("DELETE", path, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "PATH_PARAM_PARSE_ERROR")
