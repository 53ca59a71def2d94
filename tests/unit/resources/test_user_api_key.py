# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal keys without a server: reading documents, building requests."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import ApiError, ErrorDocument, OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, Lookup
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import (
    UserApiKeys,
    listed_keys,
    wanted_keys,
)

USER = "5d1a4f2e9ccf64b7c8d90a11"
KEY = "5d1b77c09ccf64b7c8d90b22"
ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
SECRET = "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6"
KEYS = UserApiKeys(USER)
PATH = f"/users/{USER}/keys"


def test_the_requests() -> None:
    assert KEYS.list_request() == Request("GET", PATH)
    assert KEYS.change_request(KEY, "absent") == Request("DELETE", f"{PATH}/{KEY}")
    assert KEYS.change_request(KEY, "disabled") == Request("PATCH", f"{PATH}/{KEY}", {"enabled": False})
    assert KEYS.change_request(KEY, "enabled") == Request("PATCH", f"{PATH}/{KEY}", {"enabled": True})
    assert UserApiKeys("a/b").change_request("c?d", "absent").path == "/users/a%2Fb/keys/c%3Fd"


def test_a_document() -> None:
    document = {
        "id": KEY,
        "description": "Backup",
        "enabled": True,
        "createdAt": "2019-05-02T09:31:12Z",
        "obfuscatedKey": "********-****-****-****-f5a3b2c1d4e6",
        "usedCount": 3,
    }
    fields = {
        "description": "Backup",
        "created_at": "2019-05-02T09:31:12Z",
        "obfuscated_key": "********-****-****-****-f5a3b2c1d4e6",
    }
    assert KEYS.read(document) == Item(KEY, "enabled", fields, "f5a3b2c1d4e6")
    assert UserApiKeys(USER, "jane").describe(KEYS.read(document)) == {
        "id": KEY,
        "user_id": USER,
        "user_name": "jane",
        "enabled": True,
        **fields,
    }


@pytest.mark.parametrize(
    ("enabled", "state", "shown"),
    [(True, "enabled", True), (False, "disabled", False), (None, None, None), ("yes", None, None), (1, None, None)],
)
def test_the_state(enabled: t.Any, state: str | None, shown: bool | None) -> None:
    item = KEYS.read({"id": KEY, "enabled": enabled})
    assert item.state == state
    assert KEYS.describe(item)["enabled"] is shown


@pytest.mark.parametrize(
    ("obfuscated_key", "is_login"),
    [
        ("********-****-****-****-f5a3b2c1d4e6", True),
        ("********-****-****-****-f5a3b2c1d4e7", False),
        ("f5a3b2c1d4e6", True),
        ("************", False),
        ("d4e6", False),
        ("", False),
        (None, False),
    ],
)
def test_the_key_of_the_login_is_known_by_its_end(obfuscated_key: str | None, is_login: bool) -> None:
    item = KEYS.read({"id": KEY, "obfuscatedKey": obfuscated_key})
    assert Digest("jane", SECRET).owns(item.secret_end) is is_login


@pytest.mark.parametrize(
    ("data", "state", "confirmed"),
    [
        (None, "absent", True),
        (["done"], "absent", True),
        ({"enabled": False}, "disabled", True),
        ({"enabled": True}, "enabled", True),
        ({"enabled": True}, "disabled", False),
        ({"enabled": "false"}, "disabled", False),
        ({"enabled": 0}, "disabled", False),
        ({}, "disabled", False),
        ([], "enabled", False),
        (None, "enabled", False),
    ],
)
def test_the_answer_that_confirms_a_change(data: t.Any, state: str, confirmed: bool) -> None:
    assert KEYS.confirms(data, state) is confirmed


@pytest.mark.parametrize(
    ("status", "document", "gone", "no_user"),
    [
        (404, ErrorDocument("INVALID_KEY_ID", parameters=(KEY,)), True, False),
        (404, ErrorDocument("INVALID_KEY_ID", detail=f"An invalid key ID {KEY.upper()} was specified."), True, False),
        (400, ErrorDocument("API_KEY_NOT_FOUND", parameters=(KEY,)), True, False),
        (404, ErrorDocument("API_KEY_NOT_FOUND", parameters=(USER,)), False, False),
        (404, ErrorDocument("INVALID_KEY_ID"), False, False),
        (403, ErrorDocument("INVALID_KEY_ID", parameters=(KEY,)), False, False),
        (404, ErrorDocument("UNEXPECTED_ERROR", parameters=(KEY,)), False, False),
        (404, ErrorDocument(), False, False),
        (404, ErrorDocument("USER_NOT_FOUND"), False, True),
        (404, ErrorDocument("USERNAME_NOT_FOUND"), False, True),
        (404, ErrorDocument("INVALID_USER_ID"), False, True),
        (400, ErrorDocument("INVALID_USER_ID"), False, False),
        (404, ErrorDocument("RESOURCE_NOT_FOUND", parameters=(f"/api/public/v1.0{PATH}",)), False, True),
        (404, ErrorDocument("RESOURCE_NOT_FOUND", parameters=("Online archive with id 7",)), False, False),
    ],
)
def test_an_error_that_a_key_or_a_user_does_not_exist(
    status: int, document: ErrorDocument, gone: bool, no_user: bool
) -> None:
    error = ApiError("GET", f"https://x/api/public/v1.0{PATH}", "x", status=status, document=document)
    assert KEYS.says_gone(error, KEY) is gone
    assert KEYS.says_no_parent(error) is no_user


def options(**given: t.Any) -> dict[str, t.Any]:
    none = {"user_id": None, "user_name": None, "org_id": None, "key_id": None, "api_results_per_page": 100}
    return {**none, "state": "absent", **given}


def test_whose_keys() -> None:
    wanted = wanted_keys(options(user_id=USER.upper(), key_id=[KEY.upper(), KEY], state="disabled"))
    assert isinstance(wanted.place, UserApiKeys)
    assert (wanted.place.user_id, wanted.ids, wanted.state) == (USER, [KEY], "disabled")
    assert wanted.place.owner() == f"user {USER}"

    by_name = wanted_keys(options(user_name="jane+x@example.com", key_id=[])).place
    assert isinstance(by_name, Lookup)
    assert (by_name.request, by_name.is_list) == (Request("GET", "/users/byName/jane%2Bx@example.com"), False)
    assert by_name.start.parent() == {"user_id": None}
    assert by_name.place({"id": USER, "username": "jane"}).owner() == f"user jane ({USER})"

    listed = listed_keys(options(org_id=ORGANIZATION, api_results_per_page=500))
    assert isinstance(listed.place, Lookup)
    assert (listed.place.request, listed.place.is_list) == (Request("GET", f"/orgs/{ORGANIZATION}/users"), True)
    assert (listed.ids, listed.per_page) == (None, 500)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"user_id": "jane@example.com", "key_id": []}, "^user_id is an email address"),
        ({"user_id": USER, "key_id": [".."]}, "^key_id is not an id"),
        ({"user_name": "..", "key_id": []}, "^user_name must not be"),
        ({"user_name": SECRET, "key_id": []}, "^user_name looks like a private key"),
        ({"org_id": "x", "key_id": []}, "^org_id is not an id"),
    ],
)
def test_an_invalid_id_or_name_is_refused(given: dict[str, t.Any], says: str) -> None:
    for read in (wanted_keys, listed_keys):
        with pytest.raises(OptionError, match=says):
            read(options(**given))


@pytest.mark.parametrize("per_page", [0, 501, -1])
def test_the_size_of_a_page_is_bounded(per_page: int) -> None:
    with pytest.raises(OptionError, match="^api_results_per_page must be a number from 1 to 500"):
        listed_keys(options(user_id=USER, api_results_per_page=per_page))
