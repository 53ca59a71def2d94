# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service accounts of an organization."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Organization, ServiceAccount, Switches, by_id, sample, sample_world
from tests.unit.emulator.support import (
    KEY_OWNER,
    NO_ACCOUNT,
    NO_ID,
    OPS_MANAGERS,
    ORG_ACCOUNTS,
    OWNER_ACCOUNT,
    PROJECT_ACCOUNT,
    PROJECT_OWNER,
    READER,
    READER_ACCOUNT,
    Client,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

ACCOUNT = f"{ORG_ACCOUNTS}/{sample.PROJECT_ACCOUNT.id}"
SYSTEM = f"{ORG_ACCOUNTS}/{sample.SYSTEM_ACCOUNT.id}"
NEW = {"name": "ci", "description": "Builds", "roles": ["ORG_MEMBER"], "secretExpiresAfterHours": 24}
WITHOUT = {name: value for name, value in NEW.items() if name != "secretExpiresAfterHours"}
PRODUCTS = ["cloud-manager", "atlas"]


@pytest.fixture
def client(start: Start) -> Client:
    return start(product="atlas").for_accounts()


def listed(client: Client, query: str = "", login: tuple[str, str] = KEY_OWNER) -> list[str]:
    results = client.call("GET", ORG_ACCOUNTS + query, login=login).document["results"]
    return [account["clientId"] for account in results]


@pytest.mark.parametrize("product", PRODUCTS)
def test_an_account_has_exactly_the_fields_of_the_contract(start: Start, product: str) -> None:
    client = start(product=product).for_accounts()
    answer = client.call("GET", ACCOUNT, login=READER)
    assert answer.document == {
        "clientId": sample.PROJECT_ACCOUNT.id,
        "createdAt": "2020-01-24T16:13:20Z",
        "description": "Sicherung Köln, täglich",
        "name": "Backend team",
        "roles": ["ORG_MEMBER"],
        "secrets": [
            {
                "createdAt": "2020-01-24T16:13:20Z",
                "expiresAt": "2020-02-10T05:44:08Z",
                "id": sample.PROJECT_ACCOUNT.expired.id,
                "lastUsedAt": "2020-02-09T04:12:55Z",
                "maskedSecretValue": "mdb_sa_sk_...qXcJ",
            },
            {
                "createdAt": "2020-02-03T05:44:08Z",
                "expiresAt": "2099-12-31T23:59:59Z",
                "id": sample.PROJECT_ACCOUNT.login.id,
                "lastUsedAt": None,
                "maskedSecretValue": "mdb_sa_sk_...ZmTx",
            },
        ],
        "systemManaged": False,
    }
    version = "vnd.atlas.2024-08-05+json;charset=utf-8" if product == "atlas" else "json"
    assert answer.headers["content-type"] == f"application/{version}"


@pytest.mark.parametrize("product", OPS_MANAGERS)
def test_ops_manager_has_no_accounts(start: Start, product: str) -> None:
    answer = start(product=product).call("GET", ORG_ACCOUNTS, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (404, "RESOURCE_NOT_FOUND")


def test_atlas_has_accounts_in_newer_versions_only(start: Start) -> None:
    client = start(product="atlas")
    assert client.call("GET", ORG_ACCOUNTS, login=KEY_OWNER).error_code == "RESOURCE_NOT_FOUND"
    for date, status in (("2023-01-01", 406), ("2024-08-04", 406), ("2024-08-05", 200), ("2025-03-12", 200)):
        assert client.as_v2(date).call("GET", ORG_ACCOUNTS, login=KEY_OWNER).status == status


@pytest.mark.parametrize("product", PRODUCTS)
def test_only_the_answer_that_makes_an_account_holds_its_secret(start: Start, product: str) -> None:
    client = start(product=product).for_accounts()
    client.emulator.clock = 1_600_000_000
    answer = client.call("POST", ORG_ACCOUNTS, NEW, login=KEY_OWNER)
    made = answer.document
    assert answer.status == 201
    (secret,) = made["secrets"]
    assert re.fullmatch("mdb_sa_sk_[0-9a-zA-Z_-]{40}", secret["secret"])
    assert made["clientId"].startswith(f"mdb_sa_id_{1_600_000_000:x}")
    assert made == {
        "clientId": made["clientId"],
        "createdAt": "2020-09-13T12:26:40Z",
        "description": "Builds",
        "name": "ci",
        "roles": ["ORG_MEMBER"],
        "secrets": [
            {
                "createdAt": "2020-09-13T12:26:40Z",
                "expiresAt": "2020-09-14T12:26:40Z",
                "id": secret["id"],
                "lastUsedAt": None,
                "secret": secret["secret"],
            }
        ],
        "systemManaged": False,
    }
    token = client.token((made["clientId"], secret["secret"]))
    assert client.bear(token, "GET", f"/orgs/{sample.ORGANIZATION.id}").status == 200
    shown = client.call("GET", f"{ORG_ACCOUNTS}/{made['clientId']}", login=READER).document
    masked = f"mdb_sa_sk_...{secret.pop('secret')[-4:]}"
    assert shown["secrets"] == [{**secret, "lastUsedAt": "2020-09-13T12:26:40Z", "maskedSecretValue": masked}]
    assert made["clientId"] in listed(client)


def test_the_envelope_tells_that_an_account_was_made(client: Client) -> None:
    answer = client.call("POST", f"{ORG_ACCOUNTS}?envelope=true", NEW, login=KEY_OWNER)
    assert (answer.status, answer.document["status"], answer.document["content"]["name"]) == (200, 201, "ci")


def test_names_need_not_be_unique(client: Client) -> None:
    made = [client.call("POST", ORG_ACCOUNTS, NEW, login=KEY_OWNER).document["clientId"] for _number in range(2)]
    assert made == sorted(set(made))


def test_an_account_can_be_made_without_a_secret(client: Client) -> None:
    answer = client.call("POST", ORG_ACCOUNTS, {**WITHOUT, "withoutInitialSecret": True}, login=KEY_OWNER)
    assert (answer.status, answer.document["secrets"]) == (201, [])
    both = client.call("POST", ORG_ACCOUNTS, {**NEW, "withoutInitialSecret": True}, login=KEY_OWNER)
    assert (both.status, both.document["parameters"]) == (400, ["secretExpiresAfterHours"])
    assert client.call("POST", ORG_ACCOUNTS, {**NEW, "withoutInitialSecret": False}, login=KEY_OWNER).status == 201


@pytest.mark.parametrize("setting", ["refused", "no-secret", "longest"])
def test_a_switch_decides_what_an_account_without_a_validity_gets(start: Start, setting: Any) -> None:
    client = start(product="atlas", switches=Switches(omitted_validity=setting)).for_accounts()
    client.emulator.clock = 1_600_000_000
    client.emulator.world.organizations[sample.ORGANIZATION.id].longest_secret_hours = 48
    answer = client.call("POST", ORG_ACCOUNTS, WITHOUT, login=KEY_OWNER)
    if setting == "refused":
        assert (answer.status, answer.error_code) == (400, "MISSING_ATTRIBUTE")
    else:
        ends = [] if setting == "no-secret" else ["2020-09-15T12:26:40Z"]
        assert [secret["expiresAt"] for secret in answer.document["secrets"]] == ends


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "x" * 64}, 201),
        ({"name": "Ünïcode Ⅷ, it's-a_name.2"}, 201),
        ({"description": "x" * 250}, 201),
        ({"name": ""}, 400),
        ({"name": "x" * 65}, 400),
        ({"name": "a/b"}, 400),
        ({"name": None}, 400),
        ({"description": ""}, 400),
        ({"description": "x" * 251}, 400),
        ({"description": "(old)"}, 400),
        ({"description": "two\nlines"}, 400),
        ({"description": 5}, 400),
        ({"roles": []}, 400),
        ({"roles": ["GROUP_OWNER"]}, 400),
        ({"roles": "ORG_OWNER"}, 400),
        ({"secretExpiresAfterHours": 8}, 201),
        ({"secretExpiresAfterHours": 8760}, 201),
        ({"secretExpiresAfterHours": 7}, 400),
        ({"secretExpiresAfterHours": 8761}, 400),
        ({"secretExpiresAfterHours": True}, 400),
        ({"secretExpiresAfterHours": 24.0}, 400),
        ({"secretExpiresAfterHours": "24"}, 400),
        ({"withoutInitialSecret": 1}, 400),
        ({"unknown": 1}, 400),
    ],
)
def test_what_a_new_account_can_be(client: Client, change: dict[str, object], status: int) -> None:
    before = listed(client)
    assert client.call("POST", ORG_ACCOUNTS, {**NEW, **change}, login=KEY_OWNER).status == status
    assert (listed(client) == before) is (status == 400)


@pytest.mark.parametrize("name", ["name", "description", "roles"])
def test_a_new_account_needs_all_fields(client: Client, name: str) -> None:
    body = {field: value for field, value in NEW.items() if field != name}
    answer = client.call("POST", ORG_ACCOUNTS, body, login=KEY_OWNER)
    assert (answer.status, answer.error_code, answer.document["parameters"]) == (400, "MISSING_ATTRIBUTE", [name])


@pytest.mark.parametrize(
    ("code", "parameters"),
    [
        ("INVALID_ATTRIBUTE", ["secretExpiresAfterHours"]),
        ("VALIDATION_ERROR", ["Invalid secretExpiresAfterHours"]),
        ("BAD_REQUEST", []),
    ],
)
def test_a_switch_decides_the_code_for_a_field_that_is_refused(start: Start, code: Any, parameters: list[str]) -> None:
    client = start(product="atlas", switches=Switches(refused_field=code)).for_accounts()
    client.emulator.world.organizations[sample.ORGANIZATION.id].longest_secret_hours = 20
    answer = client.call("POST", ORG_ACCOUNTS, NEW, login=KEY_OWNER)
    assert (answer.status, answer.error_code, answer.document["parameters"]) == (400, code, parameters)
    assert ("badRequestDetail" in answer.document) is (code == "BAD_REQUEST")


def test_cloud_manager_takes_hours_as_a_text(start: Start) -> None:
    client = start(product="cloud-manager")
    for hours, status in (("24", 201), ("7", 400), ("1e2", 400), ("9" * 5000, 400)):
        body = {**NEW, "secretExpiresAfterHours": hours}
        assert client.call("POST", ORG_ACCOUNTS, body, login=KEY_OWNER).status == status


def test_an_organization_has_room_for_so_many_accounts(start: Start) -> None:
    client = start(product="atlas", switches=Switches(max_accounts_per_org=5)).for_accounts()
    assert client.call("POST", ORG_ACCOUNTS, NEW, login=KEY_OWNER).status == 201
    refused = client.call("POST", ORG_ACCOUNTS, NEW, login=KEY_OWNER)
    assert (refused.status, refused.error_code, refused.document["parameters"]) == (
        400,
        "MAX_SERVICE_ACCOUNTS_PER_ORG_EXCEEDED",
        [5, sample.ORGANIZATION.id],
    )


@pytest.mark.parametrize("adds", [True, False])
def test_a_switch_adds_the_role_of_a_member(start: Start, adds: bool) -> None:
    client = start(product="atlas", switches=Switches(adds_org_member=adds)).for_accounts()
    made = client.call("POST", ORG_ACCOUNTS, {**NEW, "roles": ["ORG_READ_ONLY"]}, login=KEY_OWNER).document
    assert made["roles"] == ["ORG_READ_ONLY", *(["ORG_MEMBER"] if adds else [])]


@pytest.mark.parametrize("trims", [True, False])
def test_a_switch_trims_names_and_descriptions(start: Start, trims: bool) -> None:
    client = start(product="atlas", switches=Switches(trims_desc=trims)).for_accounts()
    made = client.call("POST", ORG_ACCOUNTS, {**NEW, "name": " a ", "description": " b"}, login=KEY_OWNER).document
    assert (made["name"], made["description"]) == (("a", "b") if trims else (" a ", " b"))


@pytest.mark.parametrize(
    ("change", "name", "description", "roles"),
    [
        ({}, "Backend team", "Sicherung Köln, täglich", ["ORG_MEMBER"]),
        ({"name": "new"}, "new", "Sicherung Köln, täglich", ["ORG_MEMBER"]),
        ({"description": "new", "name": None}, "Backend team", "new", ["ORG_MEMBER"]),
        ({"roles": ["ORG_OWNER"]}, "Backend team", "Sicherung Köln, täglich", ["ORG_OWNER"]),
    ],
)
def test_patch_changes_what_it_names_and_leaves_the_roles_in_projects(
    client: Client, change: dict[str, object], name: str, description: str, roles: list[str]
) -> None:
    changed = client.call("PATCH", ACCOUNT, change, login=KEY_OWNER)
    assert changed.status == 200
    document = changed.document
    assert (document["name"], document["description"], document["roles"]) == (name, description, roles)
    assert client.call("GET", ACCOUNT, login=KEY_OWNER).document == document
    projects = client.call("GET", f"{ACCOUNT}/groups", login=READER).document
    assert projects["results"] == [{"groupId": sample.PROJECT.id, "roles": ["GROUP_OWNER"]}]


@pytest.mark.parametrize("change", [{"name": ""}, {"roles": []}, {"roles": ["X"]}, {"description": "<"}, {"x": 1}, []])
def test_a_bad_change_changes_nothing(client: Client, change: object) -> None:
    before = client.call("GET", ACCOUNT, login=KEY_OWNER).document
    body = {"name": "new", **change} if isinstance(change, dict) else change
    assert client.call("PATCH", ACCOUNT, body, login=KEY_OWNER).status == 400
    assert client.call("GET", ACCOUNT, login=KEY_OWNER).document == before


def test_a_deleted_account_is_gone_and_so_are_its_tokens(client: Client) -> None:
    token = client.token(PROJECT_ACCOUNT)
    done = client.call("DELETE", ACCOUNT, login=KEY_OWNER)
    assert (done.status, done.text) == (204, "")
    assert sample.PROJECT_ACCOUNT.id not in listed(client)
    assert client.bear(token, "GET", "").status == 401


def test_an_account_can_delete_itself(client: Client) -> None:
    token = client.token()
    path = f"{ORG_ACCOUNTS}/{sample.OWNER_ACCOUNT.id}"
    assert [client.bear(token, "DELETE", path).status for _number in range(2)] == [204, 401]


@pytest.mark.parametrize(
    ("setting", "status", "code", "parameters"),
    [
        ("404", 404, "SERVICE_ACCOUNT_NOT_FOUND", [NO_ACCOUNT]),
        ("400", 400, "SERVICE_ACCOUNT_NOT_FOUND", [NO_ACCOUNT]),
        ("resource", 404, "RESOURCE_NOT_FOUND", [f"Service Account {NO_ACCOUNT}"]),
        ("unexpected", 404, "UNEXPECTED_ERROR", None),
    ],
)
@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/groups")])
def test_a_switch_decides_how_an_account_is_missing(
    start: Start, setting: Any, status: int, code: str, parameters: object, method: str, end: str
) -> None:
    client = start(product="atlas", switches=Switches(missing_account=setting)).for_accounts()
    answer = client.call(method, f"{ORG_ACCOUNTS}/{NO_ACCOUNT}{end}", {}, login=KEY_OWNER)
    assert (answer.status, answer.error_code, answer.document["parameters"]) == (status, code, parameters)


def test_an_account_belongs_to_one_organization(start: Start) -> None:
    world = sample_world()
    other = Organization("5e2b0f6a9ccf64c8a1d0e312", "Other")
    world.organizations[other.id] = other
    world.programmatic_keys[sample.OWNER_KEY.id].organization_id = other.id
    client = start(product="atlas", world=world).for_accounts()
    elsewhere = f"/orgs/{other.id}/serviceAccounts"
    assert client.call("GET", elsewhere, login=KEY_OWNER).document["results"] == []
    answer = client.call("DELETE", f"{elsewhere}/{sample.PROJECT_ACCOUNT.id}", login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (404, "SERVICE_ACCOUNT_NOT_FOUND")
    assert client.bear(client.token(), "GET", elsewhere).error_code == "USER_UNAUTHORIZED"


@pytest.mark.parametrize("bad", ["x", NO_ID, f"{NO_ACCOUNT}0", "mdb_sa_id_", "MDB_SA_ID_" + NO_ID, "a%2Fb"])
def test_a_malformed_client_id_is_refused(client: Client, bad: str) -> None:
    answer = client.call("GET", f"{ORG_ACCOUNTS}/{bad}", login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, "PATH_PARAM_PARSE_ERROR")


def test_a_client_id_in_upper_case_is_the_same_id(client: Client) -> None:
    path = f"{ORG_ACCOUNTS}/mdb_sa_id_{sample.PROJECT_ACCOUNT.id[-24:].upper()}"
    assert client.call("GET", path, login=KEY_OWNER).document["clientId"] == sample.PROJECT_ACCOUNT.id


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", ORG_ACCOUNTS, NEW), ("PATCH", ACCOUNT, {"name": "x"}), ("DELETE", ACCOUNT, None)],
)
def test_only_an_owner_of_the_organization_changes_its_accounts(
    client: Client, method: str, path: str, body: object
) -> None:
    answer = client.call(method, path, body, login=READER)
    assert (answer.status, answer.error_code) == (401, "USER_UNAUTHORIZED")
    answer = client.bear(client.token(READER_ACCOUNT), method, path, body)
    assert (answer.status, answer.error_code) == (401, "USER_UNAUTHORIZED")
    assert client.bear(client.token(OWNER_ACCOUNT), method, path, body).status in (200, 201, 204)


@pytest.mark.parametrize(("product", "status"), [("atlas", 401), ("cloud-manager", 200)])
def test_a_member_reads_accounts_on_cloud_manager_only(start: Start, product: str, status: int) -> None:
    client = start(product=product).for_accounts()
    for path in (ORG_ACCOUNTS, ACCOUNT, f"{ACCOUNT}/groups"):
        assert client.call("GET", path, login=PROJECT_OWNER).status == status


@pytest.mark.parametrize("reads", [True, False])
def test_a_switch_lets_an_account_read_itself(start: Start, reads: bool) -> None:
    client = start(product="atlas", switches=Switches(reads_own_account=reads)).for_accounts()
    token = client.token(PROJECT_ACCOUNT)
    assert client.bear(token, "GET", ACCOUNT).status == (200 if reads else 401)
    for path in (ORG_ACCOUNTS, f"{ORG_ACCOUNTS}/{sample.OWNER_ACCOUNT.id}"):
        assert client.bear(token, "GET", path).status == 401


def test_a_list_shows_system_managed_accounts_only_if_asked(client: Client) -> None:
    four = [sample.OWNER_ACCOUNT, sample.READER_ACCOUNT, sample.PROJECT_ACCOUNT, sample.SYSTEM_ACCOUNT]
    ids = [account.id for account in four]
    assert listed(client) == listed(client, "?includeSystemManaged=false") == ids[:3]
    assert listed(client, "?includeSystemManaged=true") == ids
    assert client.call("GET", SYSTEM, login=READER).document["systemManaged"] is True
    page = client.call("GET", f"{ORG_ACCOUNTS}?includeSystemManaged=true&itemsPerPage=1", login=READER).document
    assert page["totalCount"] == 4
    assert "includeSystemManaged=true" in page["links"][-1]["href"]


@pytest.mark.parametrize("protects", [True, False])
def test_a_switch_protects_system_managed_accounts(start: Start, protects: bool) -> None:
    client = start(product="atlas", switches=Switches(protects_system_managed=protects)).for_accounts()
    for method, status in (("PATCH", 200), ("DELETE", 204)):
        answer = client.call(method, SYSTEM, {"name": "x"}, login=KEY_OWNER)
        assert answer.status == (403 if protects else status)


@pytest.mark.parametrize("tells", [True, False])
def test_a_switch_leaves_out_who_manages_an_account(start: Start, tells: bool) -> None:
    client = start(product="atlas", switches=Switches(tells_system_managed=tells)).for_accounts()
    assert ("systemManaged" in client.call("GET", SYSTEM, login=READER).document) is tells


@pytest.mark.parametrize("nulls", [True, False])
def test_a_switch_leaves_out_what_is_null(start: Start, nulls: bool) -> None:
    client = start(product="atlas", switches=Switches(account_nulls=nulls)).for_accounts()
    used, unused = client.call("GET", ACCOUNT, login=READER).document["secrets"]
    assert "lastUsedAt" in used
    assert ("lastUsedAt" in unused) is nulls


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("oldest-first", ["b", "c", "a"]),
        ("newest-first", ["a", "c", "b"]),
        ("name", ["a", "b", "c"]),
        ("client-id", ["c", "a", "b"]),
    ],
)
def test_a_switch_decides_the_order_of_accounts(start: Start, order: Any, names: list[str]) -> None:
    world = sample_world()
    world.service_accounts = by_id(
        *(
            ServiceAccount(f"mdb_sa_id_{number:024}", name, "x", sample.ORGANIZATION.id, created_at=f"2020-01-0{day}")
            for number, name, day in ((3, "b", 1), (2, "a", 3), (1, "c", 2))
        )
    )
    client = start(product="atlas", world=world, switches=Switches(account_order=order)).for_accounts()
    results = client.call("GET", ORG_ACCOUNTS, login=KEY_OWNER).document["results"]
    assert [account["name"] for account in results] == names


@pytest.mark.parametrize(("order", "last"), [("oldest-first", "login"), ("newest-first", "expired")])
def test_a_switch_decides_the_order_of_secrets(start: Start, order: Any, last: str) -> None:
    client = start(product="atlas", switches=Switches(secret_order=order)).for_accounts()
    secrets = client.call("GET", ACCOUNT, login=READER).document["secrets"]
    assert secrets[-1]["id"] == getattr(sample.PROJECT_ACCOUNT, last).id


def test_a_switch_shuffles_roles(start: Start) -> None:
    client = start(product="atlas", switches=Switches(shuffles_roles=True)).for_accounts()
    roles = ["ORG_MEMBER", "ORG_READ_ONLY", "ORG_GROUP_CREATOR", "ORG_BILLING_ADMIN"]
    client.call("PATCH", ACCOUNT, {"roles": roles}, login=KEY_OWNER)
    seen = [client.call("GET", ACCOUNT, login=READER).document["roles"] for _number in range(20)]
    assert len({tuple(each) for each in seen}) > 1
    assert all(sorted(each) == sorted(roles) for each in seen)


def test_the_list_lags_behind(start: Start) -> None:
    client = start(product="atlas", switches=Switches(list_lag=2)).for_accounts()
    made = client.call("POST", ORG_ACCOUNTS, NEW, login=KEY_OWNER).document["clientId"]
    assert client.call("GET", f"{ORG_ACCOUNTS}/{made}", login=KEY_OWNER).status == 200
    assert [made in listed(client) for _number in range(3)] == [False, False, True]
    client.call("DELETE", f"{ORG_ACCOUNTS}/{made}", login=KEY_OWNER)
    assert client.call("GET", f"{ORG_ACCOUNTS}/{made}", login=KEY_OWNER).status == 404
    assert [made in listed(client) for _number in range(3)] == [True, True, False]
    client.emulator.reset()
    assert len(listed(client)) == 3


@pytest.mark.parametrize("refuses", [True, False])
def test_a_switch_keeps_the_last_account_that_owns_the_organization(start: Start, refuses: bool) -> None:
    client = start(product="atlas", switches=Switches(refuses_last_owner=refuses)).for_accounts()
    path = f"{ORG_ACCOUNTS}/{sample.OWNER_ACCOUNT.id}"
    for method, status in (("PATCH", 200), ("DELETE", 204)):
        answer = client.call(method, path, {"name": "x", "roles": ["ORG_MEMBER"]}, login=KEY_OWNER)
        assert answer.status == (403 if refuses else status)
    if refuses:
        assert client.call("GET", path, login=READER).document["name"] == "Ansible"
        client.call("PATCH", ACCOUNT, {"roles": ["ORG_OWNER"]}, login=KEY_OWNER)
        assert client.call("DELETE", path, login=KEY_OWNER).status == 204
