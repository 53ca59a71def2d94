# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module project_service_account: an account that leaves a project is not deleted."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, Fault, World, sample_world
from tests.emulator.sample import (
    OWNER_ACCOUNT,
    PROJECT,
    PROJECT_ACCOUNT,
    READER_ACCOUNT,
    SECOND_PROJECT,
    SYSTEM_ACCOUNT,
)
from tests.integration.started import Start, as_owner, check_refusal, emulators

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import ServiceAccount
    from tests.integration.modules import Modules

ACCOUNTS = f"/groups/{PROJECT.id}/serviceAccounts"
READER = f"{ACCOUNTS}/{READER_ACCOUNT.id}"
MEMBER = f"{ACCOUNTS}/{PROJECT_ACCOUNT.id}"
UNKNOWN = f"mdb_sa_id_{'0' * 24}"
ROLES = ["GROUP_BACKUP_ADMIN", "GROUP_READ_ONLY"]
ACCOUNT = {"client_id": OWNER_ACCOUNT.id, "client_secret": OWNER_ACCOUNT.login.value}
MEMBER_LOGIN = {"client_id": PROJECT_ACCOUNT.id, "client_secret": PROJECT_ACCOUNT.login.value}
TOKEN, REVOKE = "POST /api/oauth/token 200", "POST /api/oauth/revoke 200"


def page(per_page: int = 500) -> str:
    return f"GET {ACCOUNTS}?includeSystemManaged=true&pageNum=1&itemsPerPage={per_page}"


READS = [f"{page()} 401", f"{page()} 200"]


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as an owner of the organization. Options replace its own."""
    login = dict.fromkeys(("public_key", "private_key")) if "client_id" in options else {}
    return as_owner(emulator, **{"project_id": PROJECT.id, **login, **options})


@pytest.fixture
def start(modules: Modules) -> Iterator[Start]:
    with emulators(modules, "project_service_account", options_of) as start:
        yield start


def outcomes(result: dict[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in result["project_service_accounts"]]


def roles_of(emulator: Emulator, account: ServiceAccount) -> list[str] | None:
    """Return the roles of an account in the project, None if it is not there."""
    return emulator.world.service_accounts[account.id].project_roles.get(PROJECT.id)


@pytest.mark.parametrize(("product", "per_page"), [("atlas", 500), ("cloud-manager", 100)])
@pytest.mark.parametrize("shows_org_roles", [True, False])
def test_placing_accounts_in_check_mode_for_real_and_again(
    start: Start, product: str, per_page: int, shows_org_roles: bool
) -> None:
    emulator, run = start(product=product, shuffles_roles=True, project_shows_org_roles=shows_org_roles)
    reads = [f"{page(per_page)} 401", f"{page(per_page)} 200", f"GET {MEMBER} 200"]
    ids = [READER_ACCOUNT.id.upper(), PROJECT_ACCOUNT.id, OWNER_ACCOUNT.id]
    wanted = {"account_id": ids, "roles": ROLES}
    everything = [(account.id, True, "present") for account in (READER_ACCOUNT, PROJECT_ACCOUNT, OWNER_ACCOUNT)]

    preview = run(**wanted, check_mode=True, diff=True)
    assert (outcomes(preview), emulator.calls) == (everything, reads)
    assert emulator.world == sample_world()

    emulator.clear()
    made = run(**wanted, diff=True)
    assert outcomes(made) == everything
    assert [item["roles"] for item in made["project_service_accounts"]] == [ROLES] * 3
    assert made["project_id"] == PROJECT.id
    assert emulator.calls == [
        *reads,
        f"POST {READER}:invite 200",
        f"PATCH {MEMBER} 200",
        f"POST {ACCOUNTS}/{OWNER_ACCOUNT.id}:invite 200",
    ]
    assert [json.loads(request.body) for request in emulator.requests[3:]] == [{"roles": ROLES}] * 3

    emulator.clear()
    again = run(**wanted)
    owner = f"GET {ACCOUNTS}/{OWNER_ACCOUNT.id} 200"
    assert (again["changed"], emulator.calls) == (False, [*reads[:2], f"GET {READER} 200", reads[2], owner])
    assert again["project_service_accounts"][1]["name"] == PROJECT_ACCOUNT.name
    for account in (READER_ACCOUNT, PROJECT_ACCOUNT, OWNER_ACCOUNT):
        now, before = emulator.world.service_accounts[account.id], sample_world().service_accounts[account.id]
        assert (now.name, now.description, now.roles) == (before.name, before.description, before.roles)


def test_a_service_account_logs_in_with_one_token(start: Start) -> None:
    emulator, run = start()
    assert run(account_id=READER_ACCOUNT.id, roles=ROLES, **ACCOUNT)["changed"] is True
    assert emulator.calls == [TOKEN, f"GET {READER} 404", f"POST {READER}:invite 200", REVOKE]
    assert emulator.connections == 1


def test_an_account_that_leaves_the_project_lives_on(start: Start) -> None:
    emulator, run = start()
    leave = {"account_id": [PROJECT_ACCOUNT.id, READER_ACCOUNT.id], "state": "absent"}
    gone = [(PROJECT_ACCOUNT.id, True, "absent"), (READER_ACCOUNT.id, False, "absent")]
    preview = run(**leave, check_mode=True, diff=True)
    assert (outcomes(preview), emulator.world) == (gone, sample_world())
    emulator.clear()
    result = run(**leave, diff=True)
    assert (outcomes(result), result["diff"]) == (gone, preview["diff"])
    assert emulator.calls == [*READS, f"GET {READER} 404", f"DELETE {MEMBER} 204"]
    assert result["project_service_accounts"][0]["roles"] == []
    assert "lives on in the organization, and can still log in" in result["msg"]
    assert roles_of(emulator, PROJECT_ACCOUNT) is None
    assert emulator.world.service_accounts[PROJECT_ACCOUNT.id].roles == ["ORG_MEMBER"]
    emulator.clear()
    assert (run(**leave)["changed"], emulator.calls) == (False, [*READS, f"GET {MEMBER} 404", f"GET {READER} 404"])


@pytest.mark.parametrize("others", [[], [PROJECT_ACCOUNT.id]])
def test_a_list_that_lags_behind_is_not_believed(start: Start, others: list[str]) -> None:
    emulator, run = start(list_lag=2)
    ids = [READER_ACCOUNT.id, *others]
    for _round in range(2):
        assert run(account_id=ids, roles=ROLES)["changed"] is True
        assert roles_of(emulator, READER_ACCOUNT) == ROLES
        assert run(account_id=ids, state="absent")["changed"] is True
        assert roles_of(emulator, READER_ACCOUNT) is None


@pytest.mark.parametrize("again", ["400", "409", "replaces", "keeps"])
@pytest.mark.parametrize("roles", [["GROUP_OWNER"], ["GROUP_READ_ONLY"]])
def test_an_account_that_somebody_else_placed_gets_the_roles(start: Start, again: str, roles: list[str]) -> None:
    emulator, run = start(invite_again=again)

    def place(world: World) -> None:
        world.service_accounts[READER_ACCOUNT.id].project_roles[PROJECT.id] = ["GROUP_READ_ONLY"]

    emulator.before("POST", ":invite", place)
    result = run(account_id=[READER_ACCOUNT.id], roles=roles)
    assert (result["failed"], result["changed"], result["project_service_account"]["roles"]) == (False, True, roles)
    assert roles_of(emulator, READER_ACCOUNT) == roles


@pytest.mark.parametrize("missing", ["404", "400", "resource", "unexpected"])
@pytest.mark.parametrize("removes", [True, False])
def test_an_account_that_somebody_else_took_out_of_the_project_is_not_there(
    start: Start, missing: str, removes: bool
) -> None:
    emulator, run = start(missing_account=missing, removes_absent_account=removes)
    emulator.before("DELETE", MEMBER, lambda world: world.service_accounts[PROJECT_ACCOUNT.id].project_roles.clear())
    assert outcomes(run(account_id=[PROJECT_ACCOUNT.id], state="absent")) == [(PROJECT_ACCOUNT.id, removes, "absent")]


@pytest.mark.parametrize("missing", ["404", "400", "resource", "unexpected"])
def test_an_account_that_does_not_exist_is_a_failure_only_where_it_must_exist(start: Start, missing: str) -> None:
    emulator, run = start(missing_account=missing)
    # Check mode cannot tell whether an account that is not in the project exists.
    preview = run(account_id=[UNKNOWN, READER_ACCOUNT.id], roles=ROLES, check_mode=True)
    assert outcomes(preview) == [(UNKNOWN, True, "present"), (READER_ACCOUNT.id, True, "present")]
    result = run(account_id=[UNKNOWN, READER_ACCOUNT.id], roles=ROLES)
    assert (result["failed"], result["changed"]) == (True, True)
    assert outcomes(result) == [(UNKNOWN, False, "absent"), (READER_ACCOUNT.id, True, "present")]
    assert outcomes(run(account_id=[UNKNOWN], state="absent")) == [(UNKNOWN, False, "absent")]
    assert roles_of(emulator, READER_ACCOUNT) == ROLES


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}])
@pytest.mark.parametrize("after_work", [True, False])
def test_after_a_lost_answer_the_list_decides(start: Start, fault: dict[str, t.Any], after_work: bool) -> None:
    emulator, run = start()
    emulator.add_fault(Fault(method="POST", path=":invite", after_work=after_work, **fault))
    result = run(account_id=[READER_ACCOUNT.id], roles=ROLES)
    assert (result["failed"], roles_of(emulator, READER_ACCOUNT)) == (not after_work, ROLES if after_work else None)
    assert outcomes(result) == [(READER_ACCOUNT.id, after_work, "present" if after_work else None)]


def test_the_account_that_logs_in_leaves_last_and_with_a_warning(start: Start) -> None:
    emulator, run = start()
    emulator.world.service_accounts[READER_ACCOUNT.id].project_roles[PROJECT.id] = ["GROUP_READ_ONLY"]
    result = run(account_id=[PROJECT_ACCOUNT.id, READER_ACCOUNT.id], state="absent", **MEMBER_LOGIN)
    assert [call for call in emulator.calls if "DELETE" in call] == [f"DELETE {READER} 204", f"DELETE {MEMBER} 204"]
    assert result["warnings"] == [
        f"The task logs in with the service account {PROJECT_ACCOUNT.id}, and takes GROUP_OWNER from it."
    ]
    assert emulator.calls[-1] == REVOKE


def test_an_owner_of_the_project_can_change_roles_there(start: Start) -> None:
    emulator, run = start()
    emulator.world.service_accounts[READER_ACCOUNT.id].project_roles[PROJECT.id] = ["GROUP_READ_ONLY"]
    assert run(account_id=[READER_ACCOUNT.id], roles=ROLES, **MEMBER_LOGIN)["changed"] is True
    assert roles_of(emulator, READER_ACCOUNT) == ROLES


def test_failures_say_what_to_do(start: Start) -> None:
    emulator, run = start()
    options: dict[str, t.Any]
    for options, says in (
        ({"project_id": "0" * 24, "roles": ROLES}, "Is project_id mistyped?"),
        ({"project_id": "0" * 24, "state": "absent"}, "Is project_id mistyped?"),
        ({}, f"The service account {READER_ACCOUNT.id} is not in project {PROJECT.id}. To put it there, the task"),
        ({"roles": ["GROUP_KING"]}, "GROUP_KING"),
        ({"account_id": [UNKNOWN], "roles": ROLES}, "Is account_id mistyped?"),
        ({"account_id": [SYSTEM_ACCOUNT.id], "roles": ROLES}, "SERVICE_ACCOUNT_SYSTEM_MANAGED"),
        ({"roles": ROLES, **MEMBER_LOGIN}, "the login needs the role ORG_OWNER"),
    ):
        result = run(**{"account_id": [READER_ACCOUNT.id], **options})
        assert (result["failed"], result["changed"]) == (True, False)
        assert says in result["msg"]
        assert emulator.world.service_accounts[READER_ACCOUNT.id].project_roles == {}
    _ops_manager, run = start(product="ops-manager-6.0")
    assert "Ops Manager has none" in run(account_id=[READER_ACCOUNT.id], roles=ROLES)["msg"]


def test_roles_in_other_places_are_neither_compared_nor_changed(start: Start) -> None:
    emulator, run = start(project_shows_org_roles=True)
    account = emulator.world.service_accounts[PROJECT_ACCOUNT.id]
    account.project_roles[SECOND_PROJECT.id] = ["GROUP_READ_ONLY"]
    assert run(account_id=[account.id], roles=["GROUP_OWNER"])["changed"] is False
    assert run(account_id=[account.id], roles=["GROUP_READ_ONLY"])["changed"] is True
    assert account.project_roles == {PROJECT.id: ["GROUP_READ_ONLY"], SECOND_PROJECT.id: ["GROUP_READ_ONLY"]}
    assert account.roles == ["ORG_MEMBER"]


def test_nothing_to_do_for_no_account(start: Start) -> None:
    emulator, run = start()
    assert (run(account_id=[], roles=ROLES)["changed"], emulator.requests) == (False, [])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "missing required arguments: account_id"),
        ({"project_id": "x", "account_id": [UNKNOWN]}, "project_id is not an id."),
        ({"account_id": ["x"]}, "account_id is not an id."),
        ({"account_id": [READER_ACCOUNT.login.value]}, "account_id holds the secret of a service account"),
        ({"account_id": [UNKNOWN], "roles": []}, "roles must not be empty"),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    start: Start, options: dict[str, t.Any], says: str
) -> None:
    check_refusal(start, options, says, READER_ACCOUNT.login.value)
