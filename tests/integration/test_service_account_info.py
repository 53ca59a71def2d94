# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module service_account_info."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, Fault, Switches
from tests.emulator.sample import (
    ORGANIZATION,
    OWNER_ACCOUNT,
    OWNER_KEY,
    PROJECT,
    PROJECT_ACCOUNT,
    READER_ACCOUNT,
    SYSTEM_ACCOUNT,
    sample_world,
)

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "service_account_info"
ACCOUNTS = f"/orgs/{ORGANIZATION.id}/serviceAccounts"
TOKEN, REVOKE = "POST /api/oauth/token 200", "POST /api/oauth/revoke 200"
UNKNOWN = "mdb_sa_id_000000000000000000000000"


def page(number: int, per_page: int = 500) -> str:
    """Return the call that reads a page of the list."""
    return f"GET {ACCOUNTS}?includeSystemManaged=true&pageNum={number}&itemsPerPage={per_page} 200"


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as an account that may only read."""
    login = {"client_id": READER_ACCOUNT.id, "client_secret": READER_ACCOUNT.secrets[0].value}
    given = {"base_url": emulator.base_url, **login, "org_id": ORGANIZATION.id, "api_retries": 0}
    return {**given, **options}


def test_all_accounts_for_real_and_in_check_mode(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.clock = emulator.clock  # so that both logins are uses at the same time
        given = options_of(emulator)
        results = [modules(NAME, given, check_mode=mode, diff=mode) for mode in (False, True)]
        assert emulator.calls == [TOKEN, page(1), REVOKE] * 2
    assert [result["changed"] for result in results] == [False, False]
    assert results[0]["service_accounts"] == results[1]["service_accounts"]
    accounts = {account["id"]: account for account in results[0]["service_accounts"]}
    assert accounts.keys() == sample_world().service_accounts.keys()
    assert [client_id for client_id, each in accounts.items() if each["system_managed"]] == [SYSTEM_ACCOUNT.id]
    assert accounts[PROJECT_ACCOUNT.id] == {
        "id": PROJECT_ACCOUNT.id,
        "name": "Backend team",
        "description": "Sicherung Köln, täglich",
        "roles": ["ORG_MEMBER"],
        "created_at": "2020-01-24T16:13:20Z",
        "system_managed": False,
        "secrets": [
            {
                "id": "5e2b17a09ccf64b7c8d91053",
                "created_at": "2020-01-24T16:13:20Z",
                "expires_at": "2020-02-10T05:44:08Z",
                "last_used_at": "2020-02-09T04:12:55Z",
                "masked_secret": "mdb_sa_sk_...qXcJ",
            },
            {
                "id": "5e37b3289ccf64b7c8d91054",
                "created_at": "2020-02-03T05:44:08Z",
                "expires_at": "2099-12-31T23:59:59Z",
                "last_used_at": None,
                "masked_secret": "mdb_sa_sk_...ZmTx",
            },
        ],
    }


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (
            {"account_id": [OWNER_ACCOUNT.id, PROJECT_ACCOUNT.id.upper(), UNKNOWN]},
            {OWNER_ACCOUNT.id, PROJECT_ACCOUNT.id},
        ),
        ({"name": PROJECT_ACCOUNT.name}, {PROJECT_ACCOUNT.id}),
        ({"name": SYSTEM_ACCOUNT.name}, {SYSTEM_ACCOUNT.id}),
        ({"name": "no such account"}, set()),
        ({"account_id": []}, set()),
    ],
)
@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_the_list_is_narrowed(modules: Modules, product: str, options: dict[str, t.Any], ids: set[str]) -> None:
    with Emulator(product=product) as emulator:
        result = modules(NAME, options_of(emulator, **options))
    assert {account["id"] for account in result["service_accounts"]} == ids
    assert (result["org_id"], result["changed"]) == (ORGANIZATION.id, False)


def test_an_unfinished_account_has_its_name(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        account = emulator.world.service_accounts[PROJECT_ACCOUNT.id]
        account.description = "Backup unfinished 0a1b2c3d"
        (found,) = modules(NAME, options_of(emulator, name=account.name))["service_accounts"]
    assert (found["id"], found["description"]) == (account.id, "Backup unfinished 0a1b2c3d")


@pytest.mark.parametrize(("product", "per_page"), [("atlas", 500), ("cloud-manager", 100)])
def test_the_projects_take_one_request_for_each_account(modules: Modules, product: str, per_page: int) -> None:
    with Emulator(product=product) as emulator:
        ids = [OWNER_ACCOUNT.id, PROJECT_ACCOUNT.id]
        result = modules(NAME, options_of(emulator, account_id=ids, projects=True))
        assert emulator.calls == [
            TOKEN,
            page(1, per_page),
            *(f"GET {ACCOUNTS}/{each}/groups?pageNum=1&itemsPerPage={per_page} 200" for each in ids),
            REVOKE,
        ]
    projects = [{"project_id": PROJECT.id, "roles": ["GROUP_OWNER"]}]
    assert [account["projects"] for account in result["service_accounts"]] == [[], projects]


def test_every_page_is_read(modules: Modules) -> None:
    with Emulator(product="atlas", page_limit=2) as emulator:
        assert len(modules(NAME, options_of(emulator))["service_accounts"]) == 4
        assert emulator.calls == [TOKEN, page(1), page(2), REVOKE]


@pytest.mark.parametrize("nulls", [True, False])
@pytest.mark.parametrize("order", ["oldest-first", "newest-first", "name", "client-id"])
def test_every_form_of_the_list_is_understood(modules: Modules, nulls: bool, order: t.Any) -> None:
    switches = Switches(account_nulls=nulls, account_order=order, tells_system_managed=False)
    with Emulator(product="atlas", switches=switches) as emulator:
        accounts = modules(NAME, options_of(emulator))["service_accounts"]
    assert {account["id"] for account in accounts} == sample_world().service_accounts.keys()
    assert {account["system_managed"] for account in accounts} == {None}
    assert next(each for each in accounts if each["name"] == "Ansible")["secrets"][0]["last_used_at"] is None


def test_what_cannot_be_read_is_a_failure_that_says_whose(modules: Modules) -> None:
    with Emulator(product="atlas", page_limit=2) as emulator:
        emulator.add_fault(Fault(path="pageNum=2", status=500))
        broken = modules(NAME, options_of(emulator))
        emulator.add_fault(Fault(path=f"{PROJECT_ACCOUNT.id}/groups", status=500))
        projects = modules(NAME, options_of(emulator, projects=True))
        unknown = modules(NAME, options_of(emulator, org_id=UNKNOWN[-24:]))
        typo = modules(NAME, options_of(emulator, account_id=["x"]))
        secret = modules(NAME, options_of(emulator, name=OWNER_ACCOUNT.secrets[0].value))
    for result, says in (
        (broken, f"The module could not read the service accounts of organization {ORGANIZATION.id}."),
        (projects, f"The module could not read the projects of the service account {PROJECT_ACCOUNT.id}."),
        (unknown, "Is org_id mistyped?"),
        (typo, "account_id is not an id."),
        (secret, "name holds a secret."),
    ):
        assert says in result["msg"]
        assert "service_accounts" not in result
        assert OWNER_ACCOUNT.secrets[0].value not in json.dumps(result)


def test_a_member_without_a_right_to_read_gets_advice(modules: Modules) -> None:
    login = {"client_id": PROJECT_ACCOUNT.id, "client_secret": PROJECT_ACCOUNT.secrets[1].value}
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options_of(emulator, **login))
    assert "To read them, ORG_READ_ONLY is enough." in result["msg"]


def test_ops_manager_has_no_service_accounts_and_the_message_says_so(modules: Modules) -> None:
    key = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
    with Emulator(product="ops-manager-6.0") as emulator:
        for login in ({}, {**key, "client_id": None, "client_secret": None}):
            result = modules(NAME, options_of(emulator, **login))
            assert result["failed"]
            assert "Ops Manager has none" in result["msg"]
