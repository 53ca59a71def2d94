# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service accounts in a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Switches, sample
from tests.unit.emulator.support import (
    KEY_OWNER,
    NO_ACCOUNT,
    NO_ID,
    OPS_MANAGERS,
    ORG_ACCOUNTS,
    OTHER_PROJECT_ACCOUNTS,
    PROJECT_ACCOUNT,
    PROJECT_ACCOUNTS,
    PROJECT_OWNER,
    READER,
    Client,
    login_of,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

ACCOUNT = f"{PROJECT_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}"
ELSEWHERE = f"{OTHER_PROJECT_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}"
READER_HERE = f"{PROJECT_ACCOUNTS}/{sample.READER_ACCOUNT.id}"
NEW = {"name": "ci", "description": "Builds", "roles": ["GROUP_READ_ONLY"], "secretExpiresAfterHours": 24}
ROLES = {"roles": ["GROUP_READ_ONLY"]}
DAY = {"secretExpiresAfterHours": 24}
PROJECT_READER = login_of(sample.SPARE_KEY)


@pytest.fixture
def client(start: Start) -> Client:
    return start(product="atlas").for_accounts()


@pytest.mark.parametrize("product", ["cloud-manager", "atlas"])
def test_an_account_has_its_roles_in_the_project(start: Start, product: str) -> None:
    client = start(product=product).for_accounts()
    here = client.call("GET", ACCOUNT, login=PROJECT_READER).document
    assert here["roles"] == ["GROUP_OWNER"]
    there = client.call("GET", f"{ORG_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}", login=READER).document
    assert here == {**there, "roles": here["roles"]}
    assert client.call("GET", PROJECT_ACCOUNTS, login=PROJECT_READER).document["results"] == [here]


@pytest.mark.parametrize("product", OPS_MANAGERS)
def test_ops_manager_has_no_accounts(start: Start, product: str) -> None:
    answer = start(product=product).call("GET", PROJECT_ACCOUNTS, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (404, "RESOURCE_NOT_FOUND")


@pytest.mark.parametrize("shows", [True, False])
def test_a_switch_shows_the_roles_in_the_organization_too(start: Start, shows: bool) -> None:
    client = start(product="atlas", switches=Switches(project_shows_org_roles=shows)).for_accounts()
    roles = ["ORG_MEMBER", "GROUP_OWNER"] if shows else ["GROUP_OWNER"]
    assert client.call("GET", ACCOUNT, login=PROJECT_READER).document["roles"] == roles


@pytest.mark.parametrize("product", ["cloud-manager", "atlas"])
def test_an_account_made_in_a_project_is_a_member_of_the_organization(start: Start, product: str) -> None:
    client = start(product=product).for_accounts()
    answer = client.call("POST", PROJECT_ACCOUNTS, NEW, login=PROJECT_OWNER)
    made = answer.document
    assert (answer.status, made["roles"]) == (201, ["GROUP_READ_ONLY"])
    token = client.token((made["clientId"], made["secrets"][0]["secret"]))
    assert client.bear(token, "GET", PROJECT_ACCOUNTS).status == 200
    assert client.bear(token, "GET", OTHER_PROJECT_ACCOUNTS).error_code == "USER_UNAUTHORIZED"
    there = client.call("GET", f"{ORG_ACCOUNTS}/{made['clientId']}", login=READER).document
    assert (there["name"], there["roles"]) == ("ci", ["ORG_MEMBER"])
    body = {name: value for name, value in NEW.items() if name != "secretExpiresAfterHours"}
    without = client.call("POST", PROJECT_ACCOUNTS, {**body, "withoutInitialSecret": True}, login=PROJECT_OWNER)
    assert (without.status, without.document["secrets"]) == (201, [])
    assert client.call("POST", PROJECT_ACCOUNTS, {**NEW, "roles": ["ORG_MEMBER"]}, login=PROJECT_OWNER).status == 400


@pytest.mark.parametrize("product", ["cloud-manager", "atlas"])
def test_an_owner_of_the_organization_invites_an_account(start: Start, product: str) -> None:
    client = start(product=product).for_accounts()
    invited = client.call("POST", f"{ELSEWHERE}:invite", ROLES, login=KEY_OWNER)
    assert (invited.status, invited.document["roles"]) == (200, ["GROUP_READ_ONLY"])
    projects = client.call("GET", f"{ORG_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}/groups", login=READER).document
    assert projects["results"] == [
        {"groupId": sample.PROJECT.id, "roles": ["GROUP_OWNER"]},
        {"groupId": sample.SECOND_PROJECT.id, "roles": ["GROUP_READ_ONLY"]},
    ]
    assert client.bear(client.token(PROJECT_ACCOUNT), "GET", OTHER_PROJECT_ACCOUNTS).status == 200


def test_an_owner_of_the_project_invites_nobody(client: Client) -> None:
    answer = client.call("POST", f"{READER_HERE}:invite", ROLES, login=PROJECT_OWNER)
    assert (answer.status, answer.error_code) == (401, "USER_UNAUTHORIZED")


@pytest.mark.parametrize(
    ("setting", "status", "roles"),
    [
        ("400", 400, ["GROUP_OWNER"]),
        ("409", 409, ["GROUP_OWNER"]),
        ("replaces", 200, ["GROUP_READ_ONLY"]),
        ("keeps", 200, ["GROUP_OWNER"]),
    ],
)
def test_a_switch_decides_what_a_second_invitation_does(
    start: Start, setting: Any, status: int, roles: list[str]
) -> None:
    client = start(product="atlas", switches=Switches(invite_again=setting)).for_accounts()
    answer = client.call("POST", f"{ACCOUNT}:invite", ROLES, login=KEY_OWNER)
    assert answer.status == status
    if status != 200:
        assert answer.error_code == "SERVICE_ACCOUNT_ALREADY_IN_GROUP"
    assert client.call("GET", ACCOUNT, login=PROJECT_READER).document["roles"] == roles


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_ATTRIBUTE"),
        ({"roles": []}, "INVALID_ATTRIBUTE"),
        ({"roles": ["ORG_OWNER"]}, "INVALID_ENUM_VALUE"),
        ({**ROLES, "name": "x"}, "INVALID_ATTRIBUTE"),
        ([ROLES], "INVALID_JSON"),
    ],
)
def test_a_bad_invitation_is_refused(client: Client, body: object, code: str) -> None:
    answer = client.call("POST", f"{ELSEWHERE}:invite", body, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, code)
    assert client.call("GET", ELSEWHERE, login=KEY_OWNER).status == 404


def test_only_post_invites(client: Client) -> None:
    answer = client.call("GET", f"{ACCOUNT}:invite", login=KEY_OWNER)
    assert (answer.status, answer.headers["allow"]) == (405, "POST,OPTIONS")
    assert client.call("POST", ACCOUNT, ROLES, login=KEY_OWNER).headers["allow"] == "GET,PATCH,DELETE,OPTIONS"


def test_patch_changes_the_roles_in_this_project_only(client: Client) -> None:
    client.call("POST", f"{ELSEWHERE}:invite", {"roles": ["GROUP_OWNER"]}, login=KEY_OWNER)
    changed = client.call("PATCH", ACCOUNT, {**ROLES, "name": "new"}, login=PROJECT_OWNER)
    assert (changed.status, changed.document["roles"], changed.document["name"]) == (200, ["GROUP_READ_ONLY"], "new")
    assert client.call("GET", ACCOUNT, login=PROJECT_READER).document == changed.document
    assert client.call("GET", ELSEWHERE, login=KEY_OWNER).document["roles"] == ["GROUP_OWNER"]
    assert client.call("PATCH", ACCOUNT, {"description": "x"}, login=PROJECT_OWNER).document["roles"] == [
        "GROUP_READ_ONLY"
    ]
    assert client.call("PATCH", ACCOUNT, {"roles": []}, login=PROJECT_OWNER).status == 400


def test_an_account_that_is_taken_out_of_a_project_lives_on_in_the_organization(client: Client) -> None:
    token = client.token(PROJECT_ACCOUNT)
    done = client.call("DELETE", ACCOUNT, login=PROJECT_OWNER)
    assert (done.status, done.text) == (204, "")
    assert client.call("GET", ACCOUNT, login=KEY_OWNER).status == 404
    assert client.bear(token, "GET", PROJECT_ACCOUNTS).error_code == "USER_UNAUTHORIZED"
    assert client.bear(token, "GET", f"/orgs/{sample.ORGANIZATION.id}").status == 200


@pytest.mark.parametrize("removes", [True, False])
def test_a_switch_takes_out_of_a_project_what_is_not_in_it(start: Start, removes: bool) -> None:
    client = start(product="atlas", switches=Switches(removes_absent_account=removes)).for_accounts()
    assert client.call("DELETE", ELSEWHERE, login=KEY_OWNER).status == (204 if removes else 404)
    assert client.call("DELETE", f"{PROJECT_ACCOUNTS}/{NO_ACCOUNT}", login=KEY_OWNER).status == 404


@pytest.mark.parametrize(
    ("method", "end", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", ROLES),
        ("DELETE", "", None),
        ("POST", "/secrets", DAY),
        ("DELETE", f"/secrets/{NO_ID}", None),
    ],
)
def test_an_account_that_is_not_in_the_project_is_not_found(
    client: Client, method: str, end: str, body: object
) -> None:
    for path in (READER_HERE, f"{PROJECT_ACCOUNTS}/{NO_ACCOUNT}"):
        answer = client.call(method, path + end, body, login=KEY_OWNER)
        assert (answer.status, answer.error_code) == (404, "SERVICE_ACCOUNT_NOT_FOUND")


def test_an_account_that_nobody_made_cannot_be_invited(client: Client) -> None:
    answer = client.call("POST", f"{PROJECT_ACCOUNTS}/{NO_ACCOUNT}:invite", ROLES, login=KEY_OWNER)
    assert (answer.status, answer.document["parameters"]) == (404, [NO_ACCOUNT])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", PROJECT_ACCOUNTS, NEW),
        ("PATCH", ACCOUNT, ROLES),
        ("DELETE", ACCOUNT, None),
        ("POST", f"{ACCOUNT}/secrets", DAY),
        ("DELETE", f"{ACCOUNT}/secrets/{NO_ID}", None),
        ("POST", f"{ACCOUNT}:invite", ROLES),
    ],
)
def test_who_only_reads_the_project_changes_nothing(client: Client, method: str, path: str, body: object) -> None:
    for login in (PROJECT_READER, READER):
        assert client.call(method, path, body, login=login).error_code == "USER_UNAUTHORIZED"


def test_an_owner_of_the_project_manages_the_secrets_of_accounts_that_are_there_only(client: Client) -> None:
    expired = f"{ACCOUNT}/secrets/{sample.PROJECT_ACCOUNT.expired.id}"
    token = client.token(PROJECT_ACCOUNT)
    assert client.bear(token, "DELETE", expired).status == 204
    made = client.bear(token, "POST", f"{ACCOUNT}/secrets", DAY)
    assert (made.status, "secret" in made.document) == (201, True)
    client.call("POST", f"{ELSEWHERE}:invite", ROLES, login=KEY_OWNER)
    refused = client.call("DELETE", f"{ACCOUNT}/secrets/{made.document['id']}", login=PROJECT_OWNER)
    assert refused.error_code == "USER_UNAUTHORIZED"
    client.call("DELETE", ELSEWHERE, login=KEY_OWNER)
    client.call("PATCH", f"{ORG_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}", {"roles": ["ORG_OWNER"]}, login=KEY_OWNER)
    refused = client.call("DELETE", f"{ACCOUNT}/secrets/{made.document['id']}", login=PROJECT_OWNER)
    assert refused.error_code == "USER_UNAUTHORIZED"
    assert client.call("DELETE", f"{ACCOUNT}/secrets/{made.document['id']}", login=KEY_OWNER).status == 204


def test_the_lists_of_the_project_and_of_the_organization_lag_by_themselves(start: Start) -> None:
    client = start(product="atlas", switches=Switches(list_lag=1)).for_accounts()

    def counts(path: str, number: int) -> list[int]:
        return [client.call("GET", path, login=KEY_OWNER).document["totalCount"] for _number in range(number)]

    client.call("POST", f"{ELSEWHERE}:invite", ROLES, login=KEY_OWNER)
    assert counts(OTHER_PROJECT_ACCOUNTS, 2) == [0, 1]
    client.call("POST", PROJECT_ACCOUNTS, NEW, login=KEY_OWNER)
    assert counts(PROJECT_ACCOUNTS, 2) == [1, 2]
    assert counts(ORG_ACCOUNTS, 2) == [3, 4]
    client.call("DELETE", f"{ORG_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}", login=KEY_OWNER)
    for path, number in ((PROJECT_ACCOUNTS, 2), (OTHER_PROJECT_ACCOUNTS, 1), (ORG_ACCOUNTS, 4)):
        assert counts(path, 2) == [number, number - 1]


def test_a_system_managed_account_is_shown_if_asked_and_stays_as_it_is(client: Client) -> None:
    system = client.emulator.world.service_accounts[sample.SYSTEM_ACCOUNT.id]
    path = f"{PROJECT_ACCOUNTS}/{system.id}"
    assert client.call("POST", f"{path}:invite", ROLES, login=KEY_OWNER).status == 403
    system.project_roles[sample.PROJECT.id] = ["GROUP_READ_ONLY"]
    for query, count in (("", 1), ("?includeSystemManaged=true", 2)):
        assert client.call("GET", PROJECT_ACCOUNTS + query, login=READER).document["totalCount"] == count
    assert client.call("GET", path, login=READER).status == 200
    for method in ("PATCH", "DELETE"):
        assert client.call(method, path, {}, login=KEY_OWNER).error_code == "SERVICE_ACCOUNT_SYSTEM_MANAGED"
