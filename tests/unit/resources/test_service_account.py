# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts without a server: reading documents and building requests."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_ACCOUNTS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import ApiError, ErrorDocument
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import is_unfinished
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, SecretEnd
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    AccountProjects,
    ServiceAccounts,
    read_account,
    seconds_of,
)

ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
PROJECT = "5e2b10049ccf64c8a1d0e321"
ACCOUNT = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
PATH = f"/orgs/{ORGANIZATION}/serviceAccounts"
URL = f"https://cloud.mongodb.com/api/atlas/v2{PATH}/{ACCOUNT}"
PLACE = ServiceAccounts(ORGANIZATION)
SECRET = "mdb_sa_sk_0123456789_-abcdefghijklmnopqrstuvwxyzABCD"
DOCUMENT: dict[str, t.Any] = {
    "clientId": ACCOUNT,
    "name": "ci",
    "description": "Builds",
    "createdAt": "2020-01-24T16:13:20Z",
    "roles": ["ORG_READ_ONLY", "ORG_MEMBER"],
    "systemManaged": False,
    "secrets": [
        {
            "id": "5e2b17a09ccf64b7c8d91053",
            "createdAt": "2020-01-24T16:13:20Z",
            "expiresAt": "2020-02-10T05:44:08Z",
            "lastUsedAt": "2020-02-09T04:12:55Z",
            "maskedSecretValue": "mdb_sa_sk_...qX_J",
        },
        {"id": "5e37b3289ccf64b7c8d91054", "maskedSecretValue": "mdb_sa_sk_...-mTx"},
    ],
}
FIELDS = {"description": "Builds", "roles": ["ORG_MEMBER"], "secret_valid_for": 24}


def test_the_requests() -> None:
    one = f"{PATH}/{ACCOUNT}"
    everything = {"includeSystemManaged": "true"}
    assert PLACE.list_request() == Request("GET", PATH, query=everything, version=V2_ACCOUNTS)
    assert PLACE.get_request(ACCOUNT) == Request("GET", one, version=V2_ACCOUNTS)
    assert PLACE.change_request(ACCOUNT, "absent") == Request("DELETE", one, version=V2_ACCOUNTS)
    changes = {"description": "Tests", "roles": ["R"]}
    assert PLACE.update_requests(Item(ACCOUNT), changes) == [Request("PATCH", one, changes, version=V2_ACCOUNTS)]


def test_a_new_account_has_its_mark_in_the_description() -> None:
    body = {"name": "ci", "description": "Builds", "roles": ["ORG_MEMBER"], "secretExpiresAfterHours": 24}
    assert PLACE.create_request("ci", FIELDS) == Request("POST", PATH, body, version=V2_ACCOUNTS)
    marked = {**body, "description": "Builds unfinished 0a1b2c3d"}
    assert PLACE.create_request("ci [unfinished 0a1b2c3d]", FIELDS).body == marked
    assert PLACE.marked("ci [unfinished 0a1b2c3d]", FIELDS) == (
        "with the name 'ci' and the description 'Builds unfinished 0a1b2c3d'"
    )
    item = read_account({**DOCUMENT, **marked})
    assert is_unfinished(item, "ci")
    assert item.fields["description"] == marked["description"]


def test_the_longest_texts_leave_room_for_the_mark() -> None:
    body = PLACE.create_request(f"{'x' * 64} [unfinished 0a1b2c3d]", {**FIELDS, "description": "y" * 230}).body
    assert isinstance(body, dict)
    assert (len(body["name"]), len(body["description"])) == (64, 250)


def test_the_names() -> None:
    assert PLACE.parent() == {"org_id": ORGANIZATION}
    assert PLACE.owner() == f"organization {ORGANIZATION}"
    assert (PLACE.confirms(None, "absent"), PLACE.confirms({}, "present")) == (True, False)


def test_a_document() -> None:
    item = PLACE.read(DOCUMENT)
    fields = {
        "name": "ci",
        "description": "Builds",
        "roles": ["ORG_MEMBER", "ORG_READ_ONLY"],
        "created_at": "2020-01-24T16:13:20Z",
        "system_managed": False,
        "secrets": [
            {
                "id": "5e2b17a09ccf64b7c8d91053",
                "created_at": "2020-01-24T16:13:20Z",
                "expires_at": "2020-02-10T05:44:08Z",
                "last_used_at": "2020-02-09T04:12:55Z",
                "masked_secret": "mdb_sa_sk_...qX_J",
            },
            {
                "id": "5e37b3289ccf64b7c8d91054",
                "created_at": None,
                "expires_at": None,
                "last_used_at": None,
                "masked_secret": "mdb_sa_sk_...-mTx",
            },
        ],
    }
    ends = (SecretEnd("qX_J", 1581313448), SecretEnd("-mTx", None))
    assert item == Item(ACCOUNT, "present", fields, name="ci", made_at=0x5E2B17A0, secret_ends=ends)
    assert PLACE.describe(item) == {"id": ACCOUNT, **fields}
    assert PLACE.summary(item) == f"{ACCOUNT} (made 2020-01-24T16:13:20Z, ORG_MEMBER, ORG_READ_ONLY)"


def test_a_document_without_anything() -> None:
    item = PLACE.read({"clientId": ACCOUNT})
    assert (item.secret_end, item.secret_ends, item.name, item.made_at) == ("", (), "", None)
    assert set(map(str, item.fields.values())) == {"", "[]", "None"}
    assert "no roles" in PLACE.summary(item)


@pytest.mark.parametrize("odd", [None, 7, "x", [None], [7], {}])
def test_odd_lists_are_empty(odd: t.Any) -> None:
    item = PLACE.read({**DOCUMENT, "roles": odd, "secrets": odd, "systemManaged": odd, "createdAt": odd})
    assert (item.fields["roles"], item.fields["secrets"], item.secret_ends) == ([], [], ())
    assert (item.fields["system_managed"], item.made_at) == (None, None)


@pytest.mark.parametrize(
    "masked", [None, 7, "", "mdb_sa_sk_", "mdb_sa_sk_...", "********", "...abc", "mdb_sa_sk_..ab*d"]
)
def test_a_masked_secret_that_shows_too_little_tells_nothing(masked: t.Any) -> None:
    assert PLACE.read({**DOCUMENT, "secrets": [{"maskedSecretValue": masked}]}).secret_ends == ()


def test_no_task_means_an_account_of_the_system_by_its_name() -> None:
    item = PLACE.read({**DOCUMENT, "systemManaged": True})
    assert (item.name, item.fields["name"], item.fields["system_managed"]) == ("", "ci", True)


def test_a_whole_secret_is_masked() -> None:
    document = {**DOCUMENT, "secrets": [{"id": "x", "secret": SECRET}]}
    item = PLACE.read(document)
    assert item.fields["secrets"][0]["masked_secret"] == "mdb_sa_sk_...ABCD"
    assert item.secret_ends == (SecretEnd("ABCD", None),)
    assert SECRET not in repr(item)
    assert PLACE.secret_of(document) == SECRET
    for odd in (None, "", 7):
        assert PLACE.secret_of({"secrets": [{"secret": odd}]}) is None
    assert PLACE.secret_of(DOCUMENT) is None
    assert PLACE.secret_of({}) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:01Z", 1.0),
        ("1970-01-01T00:00:01.500Z", 1.5),
        ("1970-01-01T01:00:01+01:00", 1.0),
        ("1970-01-01T00:00:01", 1.0),
        ("yesterday", None),
        (None, None),
        (7, None),
    ],
)
def test_times(text: t.Any, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("status", "code", "detail", "gone"),
    [
        (404, "SERVICE_ACCOUNT_NOT_FOUND", ACCOUNT, True),
        (400, "SERVICE_ACCOUNT_NOT_FOUND", ACCOUNT.upper(), True),
        (404, "RESOURCE_NOT_FOUND", f"Cannot find resource Service Account {ACCOUNT}.", True),
        (404, "RESOURCE_NOT_FOUND", f"Cannot find resource /api/atlas/v2{PATH}/{ACCOUNT}.", False),
        (404, "SERVICE_ACCOUNT_NOT_FOUND", "mdb_sa_id_" + "0" * 24, False),
        (404, "SERVICE_ACCOUNT_NOT_FOUND", None, False),
        (409, "SERVICE_ACCOUNT_NOT_FOUND", ACCOUNT, False),
        (404, "ORG_NOT_FOUND", ORGANIZATION, False),
        (404, "UNEXPECTED_ERROR", ACCOUNT, False),
        (404, None, ACCOUNT, False),
    ],
)
def test_the_errors_that_say_that_this_very_account_is_gone(
    status: int, code: str | None, detail: str | None, gone: bool
) -> None:
    error = ApiError("DELETE", URL, "", status=status, document=ErrorDocument(code, detail=detail))
    assert PLACE.says_gone(error, ACCOUNT) is gone
    assert PLACE.says_no_parent(error) is False


def test_the_projects_of_an_account() -> None:
    projects = AccountProjects(ORGANIZATION, "x").of(ACCOUNT)
    assert projects.list_request() == Request("GET", f"{PATH}/{ACCOUNT}/groups", version=V2_ACCOUNTS)
    assert projects.name() == f"the projects of the service account {ACCOUNT}"
    entry = projects.read({"groupId": PROJECT, "roles": ["GROUP_OWNER", "GROUP_BACKUP_ADMIN", 7]})
    assert projects.describe(entry) == {"project_id": PROJECT, "roles": ["GROUP_BACKUP_ADMIN", "GROUP_OWNER"]}
