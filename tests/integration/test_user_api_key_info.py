# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module user_api_key_info in playbooks."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault
from tests.emulator.sample import JANE, JOHN, ORGANIZATION, OWNER

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "user_api_key_info"
UNKNOWN = "000000000000000000000000"


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that reads keys as the owner. Options replace its own."""
    login = {"public_key": OWNER.name, "private_key": OWNER.login.secret}
    return {"base_url": emulator.url, **login, "api_retries": 0, **options}


@pytest.mark.parametrize("check_mode", [True, False])
def test_by_user_by_name_and_by_organization(modules: Modules, emulator: Emulator, check_mode: bool) -> None:
    results = [
        modules(NAME, options_of(emulator, **options), check_mode=check_mode, diff=True)
        for options in (
            {"user_id": JANE.id, "key_id": JANE.spare.id},
            {"user_name": JOHN.name},
            {"org_id": ORGANIZATION.id, "api_results_per_page": 2},
        )
    ]
    by_id, by_name, by_organization = [result["user_api_keys"] for result in results]
    assert [(key["id"], key["enabled"]) for key in by_id] == [(JANE.spare.id, True)]
    assert {(key["user_id"], key["user_name"]) for key in by_name} == {(JOHN.id, JOHN.name)}
    assert len(by_organization) == 6
    assert [result["changed"] for result in results] == [False] * 3
    assert emulator.calls[5:] == [
        f"GET /orgs/{ORGANIZATION.id}/users?pageNum=1&itemsPerPage=2 401",
        f"GET /orgs/{ORGANIZATION.id}/users?pageNum=1&itemsPerPage=2 200",
        f"GET /orgs/{ORGANIZATION.id}/users?pageNum=2&itemsPerPage=2 200",
        *[
            f"GET /users/{user.id}/keys?pageNum={page}&itemsPerPage=2 200"
            for user in emulator.world.users.values()
            for page in range(1, (len(user.keys) + 1) // 2 + 1)
        ],
    ]


def test_keys_that_cannot_be_read_are_an_error_that_says_whose(modules: Modules, emulator: Emulator) -> None:
    emulator.add_fault(Fault(path=f"/users/{JANE.id}/keys", status=200, body="[]"))
    as_jane = {"public_key": JANE.name, "private_key": JANE.login.secret}
    results = [
        modules(NAME, options_of(emulator, **options))
        for options in (
            {"user_id": JANE.id},
            {"user_id": UNKNOWN},
            {"user_name": "nobody@example.com"},
            {"org_id": UNKNOWN},
            {"user_id": JOHN.id, **as_jane},
        )
    ]
    no_list, no_user, no_name, no_organization, no_right = results
    assert [result["failed"] for result in results] == [True] * 5
    assert [result.get("user_api_keys") for result in results] == [None] * 5
    assert f"not a list as the API sends it. The module could not read the keys of user {JANE.id}." in no_list["msg"]
    assert (no_user["status_code"], no_user["error_code"]) == (404, "USER_NOT_FOUND")
    assert no_name["error_code"] == "USERNAME_NOT_FOUND"
    assert no_organization["error_code"] == "ORG_NOT_FOUND"
    assert (no_right["status_code"], no_right["error_code"]) == (401, "NOT_GLOBAL_USER_ADMIN_OR_SELF")
    assert f"The module could not read the keys of user {JOHN.id}." in no_right["msg"]


def test_ops_manager_5_has_no_personal_keys(modules: Modules) -> None:
    with Emulator(product="ops-manager-5.0") as emulator:
        login = emulator.environment()
        public, private = login["MONGODB_ATLAS_PUBLIC_API_KEY"], login["MONGODB_ATLAS_PRIVATE_API_KEY"]
        result = modules(NAME, options_of(emulator, user_id=JANE.id, public_key=public, private_key=private))
    assert result["failed"]
    assert "Ops Manager 5.0 or later" in result["msg"]


BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({}, "one of the following is required: user_id, user_name, org_id"),
    ({"user_id": JANE.id, "org_id": ORGANIZATION.id}, "parameters are mutually exclusive: user_id|user_name|org_id"),
    ({"user_id": ".."}, "user_id is not an id."),
    ({"user_name": ""}, "user_name must not be empty"),
    ({"org_id": " "}, "org_id is empty"),
    ({"user_id": JANE.id, "key_id": ["", JANE.spare.id]}, "is empty"),
    ({"user_id": JANE.id, "api_results_per_page": 501}, "api_results_per_page must be a number from 1 to 500"),
]


@pytest.mark.parametrize(("options", "says"), BAD_INPUT, ids=[says for _options, says in BAD_INPUT])
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, emulator: Emulator, options: dict[str, t.Any], says: str
) -> None:
    result = modules(NAME, options_of(emulator, **options))
    assert result["failed"]
    assert says in result["msg"]
    assert emulator.requests == []
