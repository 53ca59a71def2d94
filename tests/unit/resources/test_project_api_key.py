# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programmatic keys in a project without a server: reading documents, building requests."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_KEYS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import ApiError, ErrorDocument, OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import ApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_api_key import (
    ProjectApiKeys,
    wanted_project_keys,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import read_base_url

PROJECT, OTHER_PROJECT = "5e2b10049ccf64c8a1d0e321", "5e2b10119ccf64c8a1d0e322"
ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
KEY = "5e2b13009ccf64b7c8d90c45"
KEYS = ProjectApiKeys(PROJECT)
PATH = f"/groups/{PROJECT}/apiKeys"
ROLES = {"roles": ["GROUP_OWNER"]}
DOCUMENT = {
    "id": KEY,
    "desc": "ci",
    "privateKey": "********-****-****-c05e2d9f8163",
    "publicKey": "ctbmsjfi",
    "roles": [
        {"groupId": OTHER_PROJECT, "roleName": "GROUP_OWNER"},
        {"groupId": PROJECT, "roleName": "GROUP_READ_ONLY"},
        {"orgId": ORGANIZATION, "roleName": "ORG_MEMBER"},
        {"groupId": PROJECT, "roleName": "GROUP_BACKUP_ADMIN"},
    ],
}


def request(method: str, path: str, body: t.Any = None) -> Request:
    return Request(method, path, body, version=V2_KEYS)


def test_the_requests() -> None:
    item = Item(KEY, parent_id=ORGANIZATION)
    organization_path = f"/orgs/{ORGANIZATION}/apiKeys/{KEY}"
    assert KEYS.list_request() == request("GET", PATH)
    assert KEYS.create_request("ci", ROLES) == request("POST", PATH, {"desc": "ci", **ROLES})
    assert KEYS.change_request(KEY, "absent") == request("DELETE", f"{PATH}/{KEY}")
    assert KEYS.delete_request(item) == request("DELETE", organization_path)
    assert KEYS.update_requests(item, ROLES) == [request("PATCH", f"{PATH}/{KEY}", ROLES)]
    assert KEYS.update_requests(item, {"description": "ci", **ROLES}) == [
        request("PATCH", f"{PATH}/{KEY}", {"desc": "ci", **ROLES}),
        request("PATCH", organization_path, {"desc": "ci"}),
    ]
    assert len(KEYS.update_requests(Item(KEY), {"description": "ci"})) == 1
    assert KEYS.change_request("c?d", "absent").path == f"{PATH}/c%3Fd"


@pytest.mark.parametrize(
    ("address", "method"),
    [
        ("https://cloud.mongodb.com", "POST"),
        ("https://cloud.mongodb.com/api/atlas/v1.0", "POST"),
        ("https://cloud.mongodb.com/api/public/v1.0", "PATCH"),
        ("https://ops.example.com", "PATCH"),
    ],
)
def test_atlas_assigns_with_a_list_and_the_others_with_an_object(address: str, method: str) -> None:
    api = read_base_url(address).api
    body = [ROLES] if method == "POST" else ROLES
    assert KEYS.join_request(api, KEY, ROLES) == request(method, f"{PATH}/{KEY}", body)


def test_a_document() -> None:
    item = KEYS.read(DOCUMENT)
    assert item.fields["roles"] == ["GROUP_BACKUP_ADMIN", "GROUP_READ_ONLY"]
    assert item.fields["projects"] == [
        {"project_id": PROJECT, "roles": ["GROUP_BACKUP_ADMIN", "GROUP_READ_ONLY"]},
        {"project_id": OTHER_PROJECT, "roles": ["GROUP_OWNER"]},
    ]
    assert (item.parent_id, item.name, item.public_id, item.secret_end) == (
        ORGANIZATION,
        "ci",
        "ctbmsjfi",
        "c05e2d9f8163",
    )
    assert KEYS.describe(item) == {"id": KEY, **item.fields}
    outside = KEYS.outside(item)
    assert (outside.fields["roles"], outside.fields["projects"]) == ([], item.fields["projects"][1:])
    assert outside.fields["description"] == "ci"


@pytest.mark.parametrize("roles", [None, [], "x", [{"roleName": "ORG_MEMBER"}], [{"orgId": 1, "roleName": 2}]])
def test_a_document_without_usable_roles(roles: t.Any) -> None:
    item = KEYS.read({**DOCUMENT, "roles": roles})
    assert (item.fields["roles"], item.fields["projects"], item.parent_id) == ([], [], "")


def test_the_organization_is_looked_up() -> None:
    lookup = KEYS.organization()
    assert lookup.request == request("GET", f"/groups/{PROJECT}")
    assert lookup.place({"orgId": ORGANIZATION}).owner() == ApiKeys(ORGANIZATION).owner()


@pytest.mark.parametrize(
    ("status", "code", "named", "gone"),
    [
        (400, "API_KEY_NOT_FOUND", KEY, True),
        (404, "API_KEY_NOT_FOUND", KEY, True),
        (404, "API_KEY_NOT_FOUND", PROJECT, False),
        (403, "API_KEY_NOT_FOUND", KEY, False),
        (404, "GROUP_NOT_FOUND", KEY, False),
        (404, None, KEY, False),
    ],
)
def test_a_key_is_gone_only_if_the_error_names_it(status: int, code: str | None, named: str, gone: bool) -> None:
    error = ApiError("DELETE", "https://x", "", status=status, document=ErrorDocument(code, parameters=(named,)))
    assert KEYS.says_gone(error, KEY) is gone
    assert KEYS.says_no_parent(error) is False


def test_a_key_that_is_in_the_project_already() -> None:
    for code, joined in (("API_KEY_ALREADY_IN_GROUP", True), ("API_KEY_NOT_FOUND", False)):
        error = ApiError("POST", "https://x", "", status=400, document=ErrorDocument(code))
        assert KEYS.says_joined(error) is joined


def test_the_options() -> None:
    options = {
        "project_id": PROJECT.upper(),
        "key_id": [KEY.upper(), "ctbmsjfi", KEY],
        "description": None,
        "roles": ["GROUP_OWNER", "GROUP_BACKUP_ADMIN", "GROUP_OWNER"],
        "private_key_path": None,
        "missing_secret": "fail",
        "state": "present",
    }
    wanted = wanted_project_keys(options)
    assert wanted.place.parent() == {"project_id": PROJECT}
    assert (wanted.ids, wanted.name, wanted.fields) == (
        [KEY, "ctbmsjfi"],
        None,
        {"roles": ["GROUP_BACKUP_ADMIN", "GROUP_OWNER"]},
    )
    with pytest.raises(OptionError, match="key_id and description exclude each other"):
        wanted_project_keys({**options, "description": "ci"})
