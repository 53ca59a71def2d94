# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts about secrets of service accounts."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import ApiError, ErrorDocument
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account_secret import AccountSecrets

ORGANIZATION, CLIENT = "5e2b0f6a9ccf64c8a1d0e311", "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
SECRET = "5e2b17a09ccf64b7c8d91053"
PATH = f"/orgs/{ORGANIZATION}/serviceAccounts/{CLIENT}"
VERSION = "2024-08-05"
DOCUMENT = {
    "id": SECRET,
    "createdAt": "2020-01-24T16:13:20Z",
    "expiresAt": "2020-02-10T05:44:08Z",
    "lastUsedAt": "2020-02-09T04:12:55Z",
    "maskedSecretValue": "mdb_sa_sk_...qXcJ",
}
PLACE = AccountSecrets(ORGANIZATION, CLIENT)


def test_requests() -> None:
    requests = [
        PLACE.read_request(),
        PLACE.create_request("", {"valid_for": 720}),
        PLACE.change_request(SECRET, "absent"),
    ]
    assert [(request.method, request.path, request.body) for request in requests] == [
        ("GET", PATH, None),
        ("POST", f"{PATH}/secrets", {"secretExpiresAfterHours": 720}),
        ("DELETE", f"{PATH}/secrets/{SECRET}", None),
    ]
    assert {request.version for request in requests} == {VERSION}
    assert PLACE.parent() == {"org_id": ORGANIZATION, "account_id": CLIENT}
    assert (PLACE.owner(), PLACE.owner_id) == (f"service account {CLIENT}", CLIENT)


def test_a_secret_in_the_document_of_its_account() -> None:
    (secret,) = PLACE.read_all({"clientId": CLIENT, "secrets": [DOCUMENT]}) or []
    assert PLACE.describe(secret.item) == {
        "id": SECRET,
        "created_at": "2020-01-24T16:13:20Z",
        "expires_at": "2020-02-10T05:44:08Z",
        "last_used_at": "2020-02-09T04:12:55Z",
        "masked_secret": "mdb_sa_sk_...qXcJ",
    }
    assert (secret.item.secret_end, secret.was_used) == ("qXcJ", True)
    assert (secret.item.made_at, secret.ends_at) == (1579882400.0, 1581313448.0)
    assert PLACE.summary(secret.item) == f"{SECRET} (mdb_sa_sk_...qXcJ), which ends at 2020-02-10T05:44:08Z"
    assert PLACE.shortened(secret.item, 0.0).fields["expires_at"] == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"clientId": CLIENT},
        {"clientId": CLIENT, "secrets": None},
        {"clientId": "mdb_sa_id_" + "0" * 24, "secrets": []},
        {"clientId": CLIENT, "secrets": [DOCUMENT, {}]},
        {"clientId": CLIENT, "secrets": ["x"]},
    ],
)
def test_what_is_not_the_account(document: t.Any) -> None:
    assert PLACE.read_all(document) is None


def test_a_secret_of_which_little_is_known() -> None:
    secret = PLACE.read_new({"id": SECRET, "expiresAt": None})
    assert secret
    assert (secret.ends_at, secret.was_used, secret.item.secret_end, secret.item.made_at) == (None, False, "", None)
    assert PLACE.summary(secret.item) == f"{SECRET} (no masked value), which has no end"


@pytest.mark.parametrize(
    ("masked", "end"),
    [
        ("mdb_sa_sk_...a-_9", "a-_9"),
        ("****qXcJ", "qXcJ"),
        ("****", ""),
        ("mdb_sa_sk_...", ""),
        ("...xy", ""),
        ("qXcJ", ""),
    ],
)
def test_the_end_that_the_server_shows(masked: str, end: str) -> None:
    secret = PLACE.read_new({"id": SECRET, "maskedSecretValue": masked})
    assert secret
    assert secret.item.secret_end == end


def test_the_answer_that_makes_a_secret() -> None:
    value = "mdb_sa_sk_" + "x" * 36 + "qXcJ"
    document = {"id": SECRET, "expiresAt": DOCUMENT["expiresAt"], "secret": value}
    secret = PLACE.read_new(document)
    assert secret
    assert (secret.item.secret_end, secret.was_used) == ("qXcJ", False)
    assert value not in repr(secret)
    assert [PLACE.secret_of(each) for each in (document, {}, {"secret": ""}, {"secret": 5})] == [
        value,
        None,
        None,
        None,
    ]
    strange: list[t.Any] = [None, [], {}, {"id": 5}, {"id": ""}]
    assert [PLACE.read_new(each) for each in strange] == [None] * 5


def error(status: int, code: str | None, detail: str = "", *parameters: str) -> ApiError:
    url = f"https://cloud.mongodb.com/api/atlas/v2{PATH}/secrets/{SECRET}"
    return ApiError("DELETE", url, "x", status=status, document=ErrorDocument(code, None, detail, parameters))


@pytest.mark.parametrize(
    ("given", "is_gone"),
    [
        (error(404, "SERVICE_ACCOUNT_SECRET_NOT_FOUND", f"No secret {SECRET}."), True),
        (error(400, "SERVICE_ACCOUNT_SECRET_NOT_FOUND", "", SECRET.upper()), True),
        (error(404, "RESOURCE_NOT_FOUND", f"Cannot find resource Service Account Secret {SECRET}."), True),
        (error(404, "RESOURCE_NOT_FOUND", "", f"/api/atlas/v2{PATH}/secrets/{SECRET}"), False),
        (error(404, "SERVICE_ACCOUNT_NOT_FOUND", f"No Service Account with ID {CLIENT} exists."), False),
        (error(404, "UNEXPECTED_ERROR", SECRET), False),
        (error(403, "SERVICE_ACCOUNT_SECRET_NOT_FOUND", SECRET), False),
        (error(404, None), False),
    ],
)
def test_what_says_gone(given: ApiError, is_gone: bool) -> None:
    assert PLACE.says_gone(given, SECRET) is is_gone
    assert PLACE.says_no_parent(given) is False
    assert PLACE.confirms(None, "absent")


def test_what_says_busy() -> None:
    busy = [error(409, "DATA_CONCURRENCY_ERROR"), error(409, "X"), error(400, "DATA_CONCURRENCY_ERROR")]
    assert [PLACE.says_busy(each) for each in busy] == [True, False, False]
