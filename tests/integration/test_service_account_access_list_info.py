# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module service_account_access_list_info."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Switches, sample_world
from tests.emulator.sample import ORGANIZATION, OWNER_KEY, PROJECT_ACCOUNT, READER_ACCOUNT

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "service_account_access_list_info"
ENTRIES = ["192.0.2.1/32", "127.0.0.0/8"]
PATH = f"/orgs/{ORGANIZATION.id}/serviceAccounts/{PROJECT_ACCOUNT.id}/accessList"


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that reads the list of an account. Options replace its own."""
    return {
        "base_url": emulator.base_url,
        "client_id": READER_ACCOUNT.id,
        "client_secret": READER_ACCOUNT.login.value,
        "org_id": ORGANIZATION.id,
        "account_id": PROJECT_ACCOUNT.id,
        **changes,
    }


@pytest.mark.parametrize(("product", "per_page"), [("atlas", 500), ("cloud-manager", 100)])
def test_the_entries(modules: Modules, product: str, per_page: int) -> None:
    with Emulator(product=product) as emulator:
        result = modules(NAME, options(emulator, account_id=PROJECT_ACCOUNT.id.upper()))
        assert emulator.calls == [
            "POST /api/oauth/token 200",
            f"GET {PATH}?pageNum=1&itemsPerPage={per_page} 200",
            "POST /api/oauth/revoke 200",
        ]
        assert modules(NAME, options(emulator), check_mode=True)["access_list"] == result["access_list"]
        assert (
            emulator.world.service_accounts[PROJECT_ACCOUNT.id] == (sample_world().service_accounts[PROJECT_ACCOUNT.id])
        )
    assert (result["changed"], result["account_id"]) == (False, PROJECT_ACCOUNT.id)
    assert [entry["id"] for entry in result["access_list"]] == ENTRIES
    assert set(result["access_list"][0]) == {"id", "created_at", "count", "last_used", "last_used_address"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"account_id": OWNER_KEY.public_key}, "account_id is a public key."),
        ({"account_id": ""}, "account_id is empty"),
        ({"org_id": "Example"}, "org_id is not an id"),
    ],
)
def test_bad_input_is_refused_by_name(modules: Modules, changes: dict[str, t.Any], says: str) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, **changes))
        assert emulator.requests == []
    assert (result["failed"], says in result["msg"]) == (True, True)


@pytest.mark.parametrize("missing", ["404", "resource"])
def test_an_account_that_does_not_exist_is_a_failure(modules: Modules, missing: t.Any) -> None:
    with Emulator(product="atlas", switches=Switches(missing_account=missing)) as emulator:
        result = modules(NAME, options(emulator, account_id=f"mdb_sa_id_{'0' * 24}"))
    assert (result["failed"], "access_list" in result) == (True, False)
    assert "The module could not read the access list of service account" in result["msg"]
    assert ("Is account_id or org_id mistyped?" in result["msg"]) is (missing == "404")
    assert "Ops Manager has none" not in result["msg"], "the path exists"
