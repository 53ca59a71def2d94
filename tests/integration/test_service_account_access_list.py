# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module service_account_access_list: for real, in check mode, and again."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault
from tests.emulator.sample import (
    ORGANIZATION,
    OWNER_ACCOUNT,
    OWNER_KEY,
    PROJECT_ACCOUNT,
    READER_ACCOUNT,
    SYSTEM_ACCOUNT,
)

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "service_account_access_list"
PATH = f"/orgs/{ORGANIZATION.id}/serviceAccounts/{PROJECT_ACCOUNT.id}/accessList"
PRODUCTS = [("atlas", 500), ("cloud-manager", 100)]
KEY = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
ACCOUNT = {"client_id": OWNER_ACCOUNT.id, "client_secret": OWNER_ACCOUNT.login.value}


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that sets the list of an account. Options replace its own; None removes one."""
    return {
        "base_url": emulator.base_url,
        "org_id": ORGANIZATION.id,
        "account_id": PROJECT_ACCOUNT.id,
        "entries": ["192.0.2.1", "203.0.113.0/24"],
        "exclusive": True,
        "api_retry_max_delay": 0,
        **changes,
    }


def blocks(emulator: Emulator) -> list[str]:
    return [entry.block for entry in emulator.world.service_accounts[PROJECT_ACCOUNT.id].access_list]


@pytest.mark.parametrize("login", [KEY, ACCOUNT], ids=["key", "account"])
@pytest.mark.parametrize(("product", "per_page"), PRODUCTS)
def test_in_check_mode_for_real_and_again(modules: Modules, product: str, per_page: int, login: dict[str, str]) -> None:
    with Emulator(product=product) as emulator:
        given = options(emulator, **login)
        page = f"GET {PATH}?pageNum=1&itemsPerPage={per_page}"
        before = [f"{page} 401"] if login is KEY else ["POST /api/oauth/token 200"]
        after = [] if login is KEY else ["POST /api/oauth/revoke 200"]
        preview = modules(NAME, given, check_mode=True, diff=True)
        assert emulator.calls == [*before, f"{page} 200", *after]
        assert preview["diff"]["before"] == {"access_list": ["192.0.2.1/32", "127.0.0.0/8"]}
        assert blocks(emulator) == ["192.0.2.1/32", "127.0.0.0/8"]
        emulator.clear()
        result = modules(NAME, given, diff=True)
        assert emulator.calls == [
            *before,
            f"{page} 200",
            f"POST {PATH} 200",
            f"DELETE {PATH}/127.0.0.0%2F8 204",
            *after,
        ]
        assert emulator.connections == 2
        assert (result["changed"], result["diff"]) == (True, preview["diff"])
        assert (result["org_id"], result["account_id"]) == (ORGANIZATION.id, PROJECT_ACCOUNT.id)
        assert [(item["id"], item["changed"], item["state"]) for item in result["access_list"]] == [
            ("192.0.2.1/32", False, "present"),
            ("203.0.113.0/24", True, "present"),
            ("127.0.0.0/8", True, "absent"),
        ]
        emulator.clear()
        assert modules(NAME, given)["changed"] is False
        assert emulator.calls == [*before, f"{page} 200", *after]
        assert blocks(emulator) == ["192.0.2.1/32", "203.0.113.0/24"]


def test_removing_an_entry(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        remove = options(emulator, entries=["192.0.2.1"], exclusive=None, state="absent", **ACCOUNT)
        results = [modules(NAME, remove, check_mode=True), modules(NAME, remove), modules(NAME, remove)]
        assert [result["changed"] for result in results] == [True, True, False]
        assert blocks(emulator) == ["127.0.0.0/8"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_last_entry_stays_without_leave(modules: Modules, check_mode: bool) -> None:
    with Emulator(product="atlas") as emulator:
        remove = options(emulator, entries=["192.0.2.1", "127.0.0.0/8"], exclusive=None, state="absent", **ACCOUNT)
        result = modules(NAME, remove, check_mode=check_mode)
        assert result["failed"]
        assert "the service account can be used from anywhere, or from nowhere if its organization" in result["msg"]
        assert len(blocks(emulator)) == 2
        assert modules(NAME, {**remove, "allow_empty": True}, check_mode=check_mode)["changed"] is True
        assert len(blocks(emulator)) == (2 if check_mode else 0)


def test_an_addition_that_fails_removes_nothing(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="POST", path="accessList", status=403, error_code="USER_UNAUTHORIZED"))
        result = modules(NAME, options(emulator, **ACCOUNT))
        assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 403)
        assert "the role ORG_OWNER" in result["msg"]
        assert blocks(emulator) == ["192.0.2.1/32", "127.0.0.0/8"]


def test_a_login_that_lacks_the_right(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        reader = {"client_id": READER_ACCOUNT.id, "client_secret": READER_ACCOUNT.login.value}
        result = modules(NAME, options(emulator, **reader))
        assert (result["failed"], result["changed"]) == (True, False)
        assert "To change the access list of a service account, the login needs the role ORG_OWNER." in result["msg"]
        assert emulator.calls[-1] == "POST /api/oauth/revoke 200"


def test_an_account_that_belongs_to_the_system(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, account_id=SYSTEM_ACCOUNT.id, **ACCOUNT))
        assert (result["failed"], result["changed"]) == (True, False)
        assert "SERVICE_ACCOUNT_SYSTEM_MANAGED" in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_account_that_does_not_exist_and_a_server_without_accounts_are_failures(
    modules: Modules, state: str
) -> None:
    unknown = {"account_id": f"mdb_sa_id_{'0' * 24}", "state": state, "exclusive": None}
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, **unknown, **KEY))
        assert (result["failed"], unknown["account_id"] in result["msg"]) == (True, True)
    with Emulator(product="ops-manager-6.0") as emulator:
        result = modules(NAME, options(emulator, **unknown, **KEY))
        assert (result["failed"], "Ops Manager has none" in result["msg"]) == (True, True)


BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({"org_id": None}, "missing required arguments: org_id"),
    ({"org_id": "Example"}, "org_id is not an id."),
    ({"account_id": "Dashboard"}, "account_id is not an id. Name a service account by its client id"),
    ({"account_id": OWNER_KEY.id}, "account_id is the id of another object."),
    ({"account_id": READER_ACCOUNT.login.value}, "account_id holds the secret of a service account"),
    ({"entries": ["192.0.2.5/24"]}, "Write 192.0.2.0/24 for the block"),
    ({"entries": None}, "the task would remove every entry"),
    ({"state": "absent"}, "exclusive=true goes only with state=present"),
]


@pytest.mark.parametrize(("changes", "says"), BAD_INPUT, ids=[says for _changes, says in BAD_INPUT])
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, changes: dict[str, t.Any], says: str
) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, **{**ACCOUNT, **changes}))
        assert (result["failed"], says in result["msg"]) == (True, True)
        assert READER_ACCOUNT.login.value not in str(result)
        assert emulator.requests == []
