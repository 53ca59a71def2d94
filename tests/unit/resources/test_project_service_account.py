# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts in a project without a server: reading documents, building requests."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._api import ATLAS, OPS_MANAGER, V2_ACCOUNTS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import ApiError, ErrorDocument
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_service_account import (
    ProjectServiceAccounts,
)

PROJECT = "5e2b10049ccf64c8a1d0e321"
ACCOUNT = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
PLACE = ProjectServiceAccounts(PROJECT)
PATH = f"/groups/{PROJECT}/serviceAccounts"
ROLES = {"roles": ["GROUP_OWNER"]}
DOCUMENT = {
    "clientId": ACCOUNT,
    "name": "Backend team",
    "description": "Sicherung",
    "createdAt": "2020-01-24T16:13:20Z",
    "roles": ["GROUP_READ_ONLY", "ORG_MEMBER", "GROUP_BACKUP_ADMIN"],
    "secrets": [],
}


def request(method: str, path: str, body: t.Any = None) -> Request:
    return Request(method, path, body, version=V2_ACCOUNTS)


def test_the_requests() -> None:
    assert PLACE.list_request() == request("GET", PATH)._replace(query={"includeSystemManaged": "true"})
    assert PLACE.update_requests(Item(ACCOUNT), ROLES) == [request("PATCH", f"{PATH}/{ACCOUNT}", ROLES)]
    assert PLACE.change_request(ACCOUNT, "absent") == request("DELETE", f"{PATH}/{ACCOUNT}")
    for api in (ATLAS, OPS_MANAGER):
        assert PLACE.join_request(api, ACCOUNT, ROLES) == request("POST", f"{PATH}/{ACCOUNT}:invite", ROLES)
    assert PLACE.organization() is None
    assert (PLACE.parent(), PLACE.owner()) == ({"project_id": PROJECT}, f"project {PROJECT}")


def test_a_document() -> None:
    item = PLACE.read(DOCUMENT)
    assert (item.id, item.name) == (ACCOUNT, "Backend team")
    assert item.fields["roles"] == ["GROUP_BACKUP_ADMIN", "GROUP_READ_ONLY"]
    assert PLACE.describe(item) == {"id": ACCOUNT, **item.fields}
    assert PLACE.outside(item).fields == {**item.fields, "roles": []}
    assert PLACE.summary(item).startswith(f"{ACCOUNT} (made 2020-01-24T16:13:20Z, GROUP_BACKUP_ADMIN")
    assert (PLACE.confirms(None, "absent"), PLACE.confirms(None, "present")) == (True, False)


@pytest.mark.parametrize(
    ("status", "code", "named", "gone"),
    [
        (404, "SERVICE_ACCOUNT_NOT_FOUND", ACCOUNT, True),
        (400, "SERVICE_ACCOUNT_NOT_FOUND", ACCOUNT, True),
        (404, "RESOURCE_NOT_FOUND", ACCOUNT, True),
        (404, "SERVICE_ACCOUNT_NOT_FOUND", PROJECT, False),
        (403, "SERVICE_ACCOUNT_NOT_FOUND", ACCOUNT, False),
        (404, None, ACCOUNT, False),
    ],
)
def test_an_account_is_gone_only_if_the_error_names_it(status: int, code: str | None, named: str, gone: bool) -> None:
    error = ApiError(
        "DELETE", f"https://x{PATH}/{ACCOUNT}", "", status=status, document=ErrorDocument(code, detail=f"No {named}.")
    )
    assert PLACE.says_gone(error, ACCOUNT) is gone
    assert PLACE.says_no_parent(error) is False


@pytest.mark.parametrize(
    ("status", "code", "joined"),
    [
        (400, "SERVICE_ACCOUNT_ALREADY_IN_GROUP", True),
        (409, "SERVICE_ACCOUNT_ALREADY_IN_GROUP", True),
        (500, "SERVICE_ACCOUNT_ALREADY_IN_GROUP", False),
        (400, "SERVICE_ACCOUNT_NOT_FOUND", False),
        (409, None, False),
    ],
)
def test_an_account_that_is_in_the_project_already(status: int, code: str | None, joined: bool) -> None:
    error = ApiError("POST", "https://x", "", status=status, document=ErrorDocument(code))
    assert PLACE.says_joined(error) is joined
