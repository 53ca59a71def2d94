# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module login_info: who logs in, on every product and with every kind of login."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault, Switches
from tests.emulator.sample import (
    GLOBAL_KEY,
    JANE,
    ORGANIZATION,
    OWNER_ACCOUNT,
    PROJECT_ACCOUNT,
    PROJECT_OWNER_KEY,
    READER_ACCOUNT,
    SPARE_KEY,
    SampleAccount,
)

if t.TYPE_CHECKING:
    from tests.emulator import ProgrammaticKey
    from tests.integration.modules import Modules

NOTHING = {"id": None, "name": None, "roles": None, "org_id": None, "access_list": None, "secrets": None}
TOKEN, REVOKE = "POST /api/oauth/token 200", "POST /api/oauth/revoke 200"
ORGANIZATIONS = "GET /orgs?pageNum=1&itemsPerPage="
ACCOUNTS = f"GET /orgs/{ORGANIZATION.id}/serviceAccounts"


def of_key(key: ProgrammaticKey) -> dict[str, str]:
    return {"public_key": key.public_key, "private_key": key.private_key}


def of_account(account: SampleAccount) -> dict[str, str]:
    return {"client_id": account.id, "client_secret": account.login.value}


@pytest.mark.parametrize("key", [SPARE_KEY, PROJECT_OWNER_KEY])
@pytest.mark.parametrize("product", ["atlas", "cloud-manager", "ops-manager-4.4", "ops-manager-6.0"])
def test_a_programmatic_key(modules: Modules, product: str, key: ProgrammaticKey) -> None:
    with Emulator(product=product, switches=Switches(shuffles_roles=True)) as emulator:
        result = modules("login_info", {"base_url": emulator.base_url, **of_key(key)})
        assert emulator.calls == ["GET  401", "GET  200"]
    assert (result["changed"], result["login"]) == (
        False,
        {
            "kind": "org_api_key",
            "id": key.id,
            "name": key.public_key,
            "roles": ["ORG_MEMBER"],
            "org_id": ORGANIZATION.id,
            "access_list": [entry.block for entry in key.access_list],
            "secrets": None,
        },
    )


def test_a_global_key_and_a_personal_key(modules: Modules) -> None:
    with Emulator(product="ops-manager-4.4") as emulator:
        login = modules("login_info", {"base_url": emulator.base_url, **of_key(GLOBAL_KEY)})["login"]
        assert (login["kind"], login["roles"], login["org_id"]) == ("global_api_key", ["GLOBAL_OWNER"], None)
        personal = {"public_key": JANE.name, "private_key": JANE.login.secret}
        login = modules("login_info", {"base_url": emulator.base_url, **personal})["login"]
        assert login == {**NOTHING, "kind": "user_api_key"}


@pytest.mark.parametrize(("product", "per_page"), [("atlas", 500), ("cloud-manager", 100)])
@pytest.mark.parametrize("account", [OWNER_ACCOUNT, READER_ACCOUNT])
def test_a_service_account(modules: Modules, product: str, per_page: int, account: SampleAccount) -> None:
    with Emulator(product=product) as emulator:
        login = modules("login_info", {"base_url": emulator.base_url, **of_account(account)})["login"]
        assert emulator.calls == [
            TOKEN,
            f"{ORGANIZATIONS}{per_page} 200",
            f"{ACCOUNTS}/{account.id} 200",
            f"{ACCOUNTS}/{account.id}/accessList?pageNum=1&itemsPerPage={per_page} 200",
            REVOKE,
        ]
    (secret,) = login.pop("secrets")
    assert (secret["id"], secret["masked_secret"]) == (account.login.id, account.login.masked)
    assert login == {
        "kind": "service_account",
        "id": account.id,
        "name": account.name,
        "roles": account.roles,
        "org_id": ORGANIZATION.id,
        "access_list": [],
    }


@pytest.mark.parametrize("reads_own", [True, False])
def test_an_account_that_may_not_read_itself(modules: Modules, reads_own: bool) -> None:
    with Emulator(product="atlas", switches=Switches(reads_own_account=reads_own)) as emulator:
        result = modules("login_info", {"base_url": emulator.base_url, **of_account(PROJECT_ACCOUNT)})
    known = {"kind": "service_account", "id": PROJECT_ACCOUNT.id, "org_id": ORGANIZATION.id}
    if reads_own:
        assert result["login"]["name"] == PROJECT_ACCOUNT.name
    else:
        assert (result["failed"], result["login"]) == (False, {**NOTHING, **known})


def test_an_access_token_tells_only_the_organization(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        given = {"base_url": emulator.base_url}
        token = modules("access_token", {**given, **of_account(OWNER_ACCOUNT)})["access_token"]
        emulator.clear()
        result = modules("login_info", {**given, "access_token": token})
        assert emulator.calls == [f"{ORGANIZATIONS}500 200"]
    assert result["login"] == {**NOTHING, "kind": "access_token", "org_id": ORGANIZATION.id}
    assert token not in str(result)


@pytest.mark.parametrize("status", [401, 500])
def test_a_login_that_does_not_work_is_a_failure(modules: Modules, status: int) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="GET", status=status, times=None))
        for login in (of_key(SPARE_KEY), of_account(READER_ACCOUNT)):
            result = modules("login_info", {"base_url": emulator.base_url, "api_retries": 0, **login})
            assert (result["failed"], "login" in result, result["status_code"]) == (True, False, status)


def test_check_mode(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        given = {"base_url": emulator.base_url, **of_account(READER_ACCOUNT)}
        for check_mode in (True, False):
            result = modules("login_info", given, check_mode=check_mode, diff=True)
            assert (result["changed"], result["login"]["name"]) == (False, READER_ACCOUNT.name)
