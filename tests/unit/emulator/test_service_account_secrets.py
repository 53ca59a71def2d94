# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The secrets of a service account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Fault, Switches, sample
from tests.unit.emulator.support import (
    KEY_OWNER,
    NO_ACCOUNT,
    NO_ID,
    ORG_ACCOUNTS,
    OWNER_ACCOUNT,
    PROJECT_ACCOUNT,
    READER,
    READER_ACCOUNT,
    Client,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

OWN = f"{ORG_ACCOUNTS}/{sample.OWNER_ACCOUNT.id}/secrets"
FULL = f"{ORG_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}/secrets"
DAY = {"secretExpiresAfterHours": 24}


@pytest.fixture
def client(start: Start) -> Client:
    client = start(product="atlas").for_accounts()
    client.emulator.clock = 1_600_000_000
    return client


def secrets_of(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.call("GET", path.removesuffix("/secrets"), login=KEY_OWNER)
    secrets: list[dict[str, Any]] = answer.document["secrets"]
    return secrets


@pytest.mark.parametrize("product", ["cloud-manager", "atlas"])
def test_only_the_answer_that_makes_a_secret_shows_it(start: Start, product: str) -> None:
    client = start(product=product).for_accounts()
    client.emulator.clock = 1_600_000_000
    answer = client.call("POST", OWN, DAY, login=KEY_OWNER)
    made = answer.document
    value = made["secret"]
    assert answer.status == 201
    assert made == {
        "createdAt": "2020-09-13T12:26:40Z",
        "expiresAt": "2020-09-14T12:26:40Z",
        "id": made["id"],
        "lastUsedAt": None,
        "secret": value,
    }
    shown = secrets_of(client, OWN)[-1]
    del made["secret"]
    assert shown == {**made, "maskedSecretValue": f"mdb_sa_sk_...{value[-4:]}"}
    assert client.token((sample.OWNER_ACCOUNT.id, value))


def test_a_new_secret_shortens_the_older_one_to_seven_days_and_never_prolongs_it(client: Client) -> None:
    client.call("POST", OWN, DAY, login=KEY_OWNER)
    old, new = secrets_of(client, OWN)
    assert (old["expiresAt"], new["expiresAt"]) == ("2020-09-20T12:26:40Z", "2020-09-14T12:26:40Z")
    client.call("DELETE", f"{OWN}/{old['id']}", login=KEY_OWNER)
    client.call("POST", OWN, {"secretExpiresAfterHours": 8760}, login=KEY_OWNER)
    assert [each["expiresAt"] for each in secrets_of(client, OWN)] == ["2020-09-14T12:26:40Z", "2021-09-13T12:26:40Z"]


@pytest.mark.parametrize("setting", ["400", "403", "409"])
def test_an_expired_secret_keeps_its_place_until_it_is_deleted(start: Start, setting: Any) -> None:
    client = start(product="atlas", switches=Switches(third_secret=setting)).for_accounts()
    before = secrets_of(client, FULL)
    refused = client.call("POST", FULL, DAY, login=KEY_OWNER)
    assert (refused.status, refused.error_code) == (int(setting), "MAX_SECRETS_PER_SERVICE_ACCOUNT_EXCEEDED")
    assert secrets_of(client, FULL) == before
    done = client.call("DELETE", f"{FULL}/{sample.PROJECT_ACCOUNT.expired.id}", login=KEY_OWNER)
    assert (done.status, done.text) == (204, "")
    assert client.call("POST", FULL, DAY, login=KEY_OWNER).status == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_ATTRIBUTE"),
        ({"secretExpiresAfterHours": 7}, "INVALID_ATTRIBUTE"),
        ({"secretExpiresAfterHours": 8761}, "INVALID_ATTRIBUTE"),
        ({"secretExpiresAfterHours": None}, "INVALID_ATTRIBUTE"),
        ({**DAY, "x": 1}, "INVALID_ATTRIBUTE"),
        ([], "INVALID_JSON"),
    ],
)
def test_a_bad_body_is_refused(client: Client, body: object, code: str) -> None:
    answer = client.call("POST", OWN, body, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, code)
    assert len(secrets_of(client, OWN)) == 1


def test_the_organization_limits_how_long_a_secret_is_valid(client: Client) -> None:
    settings = f"/orgs/{sample.ORGANIZATION.id}/settings"
    client.call("PATCH", settings, {"maxServiceAccountSecretValidityInHours": 23}, login=KEY_OWNER)
    assert client.call("POST", OWN, DAY, login=KEY_OWNER).error_code == "INVALID_ATTRIBUTE"
    assert client.call("POST", OWN, {"secretExpiresAfterHours": 23}, login=KEY_OWNER).status == 201


def test_a_deleted_secret_ends_its_tokens_and_no_others(client: Client) -> None:
    old = client.token()
    made = client.call("POST", OWN, DAY, login=KEY_OWNER).document
    new = client.token((sample.OWNER_ACCOUNT.id, made["secret"]))
    assert client.bear(new, "DELETE", f"{OWN}/{sample.OWNER_ACCOUNT.login.id}").status == 204
    assert [client.bear(token, "GET", "").status for token in (old, new)] == [401, 200]


def test_a_secret_that_expires_gives_no_more_tokens(client: Client) -> None:
    made = client.call("POST", OWN, {"secretExpiresAfterHours": 8}, login=KEY_OWNER).document
    login = (sample.OWNER_ACCOUNT.id, made["secret"])
    client.emulator.clock += 8 * 3600 - 1
    token = client.token(login)
    client.emulator.clock += 1
    assert client.oauth("/api/oauth/token", "grant_type=client_credentials", login).status == 401
    assert client.bear(token, "GET", "").status == 200


@pytest.mark.parametrize("refuses", [True, False])
def test_a_switch_keeps_the_last_secret(start: Start, refuses: bool) -> None:
    client = start(product="atlas", switches=Switches(refuses_last_secret=refuses)).for_accounts()
    answer = client.call("DELETE", f"{OWN}/{sample.OWNER_ACCOUNT.login.id}", login=KEY_OWNER)
    assert answer.status == (400 if refuses else 204)
    assert client.call("DELETE", f"{FULL}/{sample.PROJECT_ACCOUNT.login.id}", login=KEY_OWNER).status == 204


@pytest.mark.parametrize(
    ("setting", "status", "code", "parameters"),
    [
        ("404", 404, "SERVICE_ACCOUNT_SECRET_NOT_FOUND", [NO_ID]),
        ("400", 400, "SERVICE_ACCOUNT_SECRET_NOT_FOUND", [NO_ID]),
        ("resource", 404, "RESOURCE_NOT_FOUND", [f"Service Account Secret {NO_ID}"]),
        ("unexpected", 404, "UNEXPECTED_ERROR", None),
    ],
)
def test_a_switch_decides_how_a_secret_is_missing(
    start: Start, setting: Any, status: int, code: str, parameters: object
) -> None:
    client = start(product="atlas", switches=Switches(missing_secret=setting)).for_accounts()
    answer = client.call("DELETE", f"{OWN}/{NO_ID}", login=KEY_OWNER)
    assert (answer.status, answer.error_code, answer.document["parameters"]) == (status, code, parameters)
    other = client.call("DELETE", f"{OWN}/{sample.PROJECT_ACCOUNT.login.id}", login=KEY_OWNER)
    assert other.error_code == code


def test_there_is_no_list_of_secrets(client: Client) -> None:
    assert client.call("GET", OWN, login=KEY_OWNER).status == 405
    assert client.call("POST", f"{ORG_ACCOUNTS}/{NO_ACCOUNT}/secrets", DAY, login=KEY_OWNER).status == 404


@pytest.mark.parametrize(("method", "end", "body"), [("POST", "", DAY), ("DELETE", f"/{NO_ID}", None)])
def test_only_an_owner_of_the_organization_changes_secrets_also_its_own(
    client: Client, method: str, end: str, body: object
) -> None:
    assert client.call(method, FULL + end, body, login=READER).error_code == "USER_UNAUTHORIZED"
    for login in (PROJECT_ACCOUNT, READER_ACCOUNT):
        path = f"{ORG_ACCOUNTS}/{login[0]}/secrets{end}"
        assert client.bear(client.token(login), method, path, body).error_code == "USER_UNAUTHORIZED"
    assert client.bear(client.token(OWNER_ACCOUNT), method, OWN + end, body).status in (201, 404)


def test_two_requests_at_the_same_time_are_a_fault(client: Client) -> None:
    client.emulator.add_fault(Fault(method="POST", path="/secrets", status=409, error_code="DATA_CONCURRENCY_ERROR"))
    answers = [client.call("POST", OWN, DAY, login=KEY_OWNER) for _number in range(2)]
    assert [answer.status for answer in answers] == [409, 201]
    assert answers[0].error_code == "DATA_CONCURRENCY_ERROR"


def test_nobody_gives_a_secret_to_a_system_managed_account(client: Client) -> None:
    answer = client.call("POST", f"{ORG_ACCOUNTS}/{sample.SYSTEM_ACCOUNT.id}/secrets", DAY, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (403, "SERVICE_ACCOUNT_SYSTEM_MANAGED")
