# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module project_service_account_info."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault, Switches
from tests.emulator.sample import PROJECT, PROJECT_ACCOUNT, READER_ACCOUNT, SYSTEM_ACCOUNT

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "project_service_account_info"
ACCOUNTS = f"/groups/{PROJECT.id}/serviceAccounts"


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that logs in as an account in the project. Options replace its own."""
    return {
        "base_url": emulator.base_url,
        "client_id": PROJECT_ACCOUNT.id,
        "client_secret": PROJECT_ACCOUNT.login.value,
        "project_id": PROJECT.id,
        **changes,
    }


def place(emulator: Emulator) -> None:
    """Put two more accounts into the project."""
    for account in (READER_ACCOUNT, SYSTEM_ACCOUNT):
        emulator.world.service_accounts[account.id].project_roles[PROJECT.id] = ["GROUP_READ_ONLY"]


@pytest.mark.parametrize(("product", "per_page"), [("atlas", 500), ("cloud-manager", 100)])
def test_the_accounts_of_a_project(modules: Modules, product: str, per_page: int) -> None:
    with Emulator(product=product, switches=Switches(project_shows_org_roles=True)) as emulator:
        place(emulator)
        emulator.clock = emulator.clock  # so that both logins are uses at the same time
        result = modules(NAME, options(emulator))
        assert emulator.calls == [
            "POST /api/oauth/token 200",
            f"GET {ACCOUNTS}?includeSystemManaged=true&pageNum=1&itemsPerPage={per_page} 200",
            "POST /api/oauth/revoke 200",
        ]
        assert modules(NAME, options(emulator), check_mode=True) == result
    accounts = result["project_service_accounts"]
    assert (result["changed"], result["project_id"]) == (False, PROJECT.id)
    assert {account["id"] for account in accounts} == {PROJECT_ACCOUNT.id, READER_ACCOUNT.id, SYSTEM_ACCOUNT.id}
    (member,) = [account for account in accounts if account["id"] == PROJECT_ACCOUNT.id]
    secrets = member.pop("secrets")
    assert member == {
        "id": PROJECT_ACCOUNT.id,
        "name": PROJECT_ACCOUNT.name,
        "description": PROJECT_ACCOUNT.description,
        "roles": ["GROUP_OWNER"],
        "created_at": PROJECT_ACCOUNT.created_at,
        "system_managed": False,
    }
    assert [secret["masked_secret"] for secret in secrets] == [secret.masked for secret in PROJECT_ACCOUNT.secrets]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"account_id": [READER_ACCOUNT.id.upper(), f"mdb_sa_id_{'0' * 24}"]}, [READER_ACCOUNT.id]),
        ({"account_id": []}, []),
        ({"name": PROJECT_ACCOUNT.name}, [PROJECT_ACCOUNT.id]),
        ({"name": "Backend"}, []),
        ({"name": PROJECT_ACCOUNT.name, "account_id": [READER_ACCOUNT.id]}, []),
    ],
)
def test_a_list_can_be_narrowed(modules: Modules, changes: dict[str, t.Any], found: list[str]) -> None:
    with Emulator(product="atlas") as emulator:
        place(emulator)
        result = modules(NAME, options(emulator, **changes))
    assert [account["id"] for account in result["project_service_accounts"]] == found


def test_every_page_is_read(modules: Modules) -> None:
    with Emulator(product="atlas", page_limit=1) as emulator:
        place(emulator)
        assert len(modules(NAME, options(emulator))["project_service_accounts"]) == 3
        emulator.add_fault(Fault(path="pageNum=2", status=403))
        failed = modules(NAME, options(emulator))
        assert emulator.calls[-1] == "POST /api/oauth/revoke 200"
    assert (failed["failed"], "project_service_accounts" in failed) == (True, False)
    assert f"The module could not read the service accounts of project {PROJECT.id}." in failed["msg"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"project_id": None}, "missing required arguments: project_id"),
        ({"project_id": "Backend"}, "project_id is not an id"),
        ({"account_id": ["x"]}, "account_id is not an id"),
        ({"name": READER_ACCOUNT.login.value}, "name holds a secret."),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, changes: dict[str, t.Any], says: str
) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, **changes))
        assert emulator.requests == []
    assert (result["failed"], says in result["msg"]) == (True, True)
    assert READER_ACCOUNT.login.value not in str(result)


def test_an_unknown_project_is_a_failure(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        assert "Is project_id mistyped?" in modules(NAME, options(emulator, project_id="0" * 24))["msg"]
