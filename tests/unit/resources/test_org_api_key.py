# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programmatic keys without a server: reading documents, building requests, and the options that are refused."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_KEYS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import ApiError, ErrorDocument, OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import (
    ApiKeys,
    managed_keys,
    own_roles,
    whole_private_key,
)

ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
PROJECT = "5e2b10049ccf64c8a1d0e321"
KEY = "5e2b13009ccf64b7c8d90c45"
SECRET = "91d6a7e2-38b5-4f0c-b47a-c05e2d9f8163"
PLACES = {f"/orgs/{ORGANIZATION}/apiKeys": ApiKeys(ORGANIZATION), "/admin/apiKeys": ApiKeys(None)}
DOCUMENT: dict[str, t.Any] = {
    "id": KEY,
    "desc": "ci",
    "publicKey": "ctbmsjfi",
    "privateKey": "********-****-****-c05e2d9f8163",
    "roles": [
        {"orgId": ORGANIZATION, "roleName": "ORG_READ_ONLY"},
        {"orgId": ORGANIZATION, "roleName": "ORG_MEMBER"},
        {"orgId": "0" * 24, "roleName": "ORG_OWNER"},
        {"groupId": PROJECT, "roleName": "GROUP_OWNER"},
        {"roleName": "GLOBAL_READ_ONLY"},
    ],
}
OPTIONS: dict[str, t.Any] = {
    "key_id": None,
    "description": None,
    "roles": None,
    "private_key_path": None,
    "missing_secret": "fail",
    "state": "present",
}


@pytest.mark.parametrize(("path", "keys"), list(PLACES.items()))
def test_the_requests(path: str, keys: ApiKeys) -> None:
    one = f"{path}/{KEY}"
    assert keys.list_request() == Request("GET", path, version=V2_KEYS)
    assert keys.get_request(KEY) == Request("GET", one, version=V2_KEYS)
    body = {"desc": "ci", "roles": ["R"]}
    assert keys.create_request("ci", {"roles": ["R"]}) == Request("POST", path, body, version=V2_KEYS)
    assert keys.update_requests(Item(KEY), {"description": "ci", "roles": ["R"]}) == [
        Request("PATCH", one, body, version=V2_KEYS)
    ]
    assert keys.change_request(KEY, "absent") == Request("DELETE", one, version=V2_KEYS)


def test_the_names() -> None:
    organization, everywhere = PLACES.values()
    assert (organization.result, organization.results) == ("org_api_key", "org_api_keys")
    assert (everywhere.result, everywhere.results) == ("global_api_key", "global_api_keys")
    assert (organization.parent(), everywhere.parent()) == ({"org_id": ORGANIZATION}, {})
    assert (organization.owner(), everywhere.owner()) == (f"organization {ORGANIZATION}", "Ops Manager")
    assert "ORG_OWNER" in organization.advice["USER_UNAUTHORIZED"]
    assert "GLOBAL_OWNER" in everywhere.advice["USER_UNAUTHORIZED"]
    assert "Only Ops Manager" in everywhere.advice["RESOURCE_NOT_FOUND"]


@pytest.mark.parametrize(
    ("keys", "roles"), list(zip(PLACES.values(), (["ORG_MEMBER", "ORG_READ_ONLY"], ["GLOBAL_READ_ONLY"]), strict=True))
)
def test_a_document(keys: ApiKeys, roles: list[str]) -> None:
    fields = {
        "public_key": "ctbmsjfi",
        "description": "ci",
        "roles": roles,
        "projects": [{"project_id": PROJECT, "roles": ["GROUP_OWNER"]}],
        "obfuscated_key": "********-****-****-c05e2d9f8163",
        "created_at": "2020-01-24T15:53:36Z",
    }
    item = keys.read(DOCUMENT)
    assert item == Item(KEY, "present", fields, "c05e2d9f8163", "ci", "ctbmsjfi", made_at=0x5E2B1300)
    assert keys.describe(item) == {"id": KEY, **fields}
    assert keys.summary(item) == f"{KEY} (public key ctbmsjfi, made 2020-01-24T15:53:36Z, {', '.join(roles)})"
    assert keys.read({**DOCUMENT, "privateKey": SECRET}) == item, "a whole private key is masked"


def test_a_document_without_anything() -> None:
    item = ApiKeys(ORGANIZATION).read({"id": "x"})
    assert (item.secret_end, item.name, item.public_id, item.made_at) == ("", "", "", None)
    assert set(map(str, item.fields.values())) == {"", "[]", "None"}
    assert "no roles" in ApiKeys(ORGANIZATION).summary(item)


@pytest.mark.parametrize("odd", [None, 7, "x", [None], [{"roleName": 7}], [{}], {"roleName": "ORG_OWNER"}])
def test_odd_roles_are_no_roles(odd: t.Any) -> None:
    assert own_roles({"roles": odd}, "orgId", None) == []
    assert ApiKeys(ORGANIZATION).read({"id": KEY, "roles": odd}).fields["projects"] == []


@pytest.mark.parametrize("end", ["1234", "*" * 12, "c05e2d9f816*", ""])
def test_a_masked_key_that_shows_too_little_tells_nothing(end: str) -> None:
    assert ApiKeys(ORGANIZATION).read({"id": KEY, "privateKey": end}).secret_end == ""


def test_only_a_whole_private_key_is_a_secret() -> None:
    keys = ApiKeys(ORGANIZATION)
    assert keys.secret_of({"privateKey": SECRET}) == SECRET
    for odd in (None, "", 7, DOCUMENT["privateKey"]):
        assert whole_private_key({"privateKey": odd}) is None


@pytest.mark.parametrize(
    ("status", "code", "detail", "gone"),
    [
        (400, "API_KEY_NOT_FOUND", KEY, True),
        (404, "API_KEY_NOT_FOUND", KEY.upper(), True),
        (400, "API_KEY_NOT_FOUND", "0" * 24, False),
        (400, "API_KEY_NOT_FOUND", None, False),
        (409, "API_KEY_NOT_FOUND", KEY, False),
        (404, "ORG_NOT_FOUND", KEY, False),
        (404, "RESOURCE_NOT_FOUND", KEY, False),
        (404, None, KEY, False),
    ],
)
def test_the_errors_that_say_that_this_very_key_is_gone(
    status: int, code: str | None, detail: str | None, gone: bool
) -> None:
    error = ApiError("DELETE", "https://x", "", status=status, document=ErrorDocument(code, detail=detail))
    for keys in PLACES.values():
        assert keys.says_gone(error, KEY) is gone
        assert keys.says_no_parent(error) is False


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "needs key_id or description"),
        ({"key_id": [KEY], "description": "ci", "state": "absent"}, "needs state=present and one id"),
        ({"key_id": [KEY, "ctbmsjfi"], "description": "ci"}, "needs state=present and one id"),
        ({"key_id": [], "description": "ci"}, "needs state=present and one id"),
        ({"key_id": [KEY, "ctbmsjfi"], "private_key_path": "/tmp/x"}, "key_id names several"),
        ({"key_id": ["CTBMSJFI"]}, "public key, which has eight lower-case letters"),
        ({"key_id": [KEY, SECRET]}, "key_id, item 2 of 2, holds a key itself"),
        ({"description": SECRET}, "description holds a secret"),
        ({"description": "ci", "roles": []}, "roles must not be empty"),
        ({"description": "ci", "roles": ["ORG_OWNER", "org_owner"]}, "is not the name of a role"),
        ({"description": "ci", "roles": [SECRET]}, "is not the name of a role"),
        ({"description": "ci", "private_key_path": "/proc"}, "is not a file"),
        ({"description": "ci", "private_key_path": "/nowhere/x"}, "there is no folder"),
    ],
)
def test_options_that_are_refused(options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says) as error:
        managed_keys(ApiKeys(ORGANIZATION), {**OPTIONS, **options})
    assert str(error.value).endswith("Nothing was sent.")
    assert SECRET not in str(error.value)


def test_roles_are_a_set_and_not_needed_to_revoke() -> None:
    keys = ApiKeys(ORGANIZATION)
    wanted = managed_keys(keys, {**OPTIONS, "description": "ci", "roles": ["ORG_OWNER", "ORG_MEMBER", "ORG_OWNER"]})
    assert wanted.fields == {"roles": ["ORG_MEMBER", "ORG_OWNER"]}
    assert managed_keys(keys, {**OPTIONS, "description": "ci"}).fields == {}
    assert managed_keys(keys, {**OPTIONS, "description": "ci", "roles": [], "state": "absent"}).fields == {}
