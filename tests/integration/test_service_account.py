# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module service_account: its requests and results, and the promise that a secret is handed over exactly once."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace

import pytest

from tests.emulator import Emulator, Fault, World
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
from tests.emulator.world import ServiceAccount
from tests.integration.started import Start, add_account, check_refusal, emulators

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.modules import Modules

ACCOUNTS = f"/orgs/{ORGANIZATION.id}/serviceAccounts"
QUERY = "?includeSystemManaged=true&pageNum=1&itemsPerPage="
LIST = f"GET {ACCOUNTS}{QUERY}500 200"
TOKEN, REVOKE = "POST /api/oauth/token 200", "POST /api/oauth/revoke 200"
TEAM = f"{ACCOUNTS}/{PROJECT_ACCOUNT.id}"
UNKNOWN = "mdb_sa_id_000000000000000000000000"
READ_ONLY = ["ORG_READ_ONLY"]
ABOUT = "Builds, tests"
NEW: dict[str, t.Any] = {"name": "ci", "description": ABOUT, "roles": READ_ONLY, "secret_valid_for": 24}
UNFINISHED = f"{ABOUT} unfinished 0a1b2c3d"
MISSING = ("404", "400", "resource", "unexpected")


def login_of(account: ServiceAccount) -> dict[str, t.Any]:
    """Return the options that log in as an account, with its newest secret."""
    return {"client_id": account.id, "client_secret": account.secrets[-1].value}


KEY_LOGIN = {
    "client_id": None,
    "client_secret": None,
    "public_key": OWNER_KEY.public_key,
    "private_key": OWNER_KEY.private_key,
}


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as the owner of the organization. Options replace its own."""
    return {
        "base_url": emulator.base_url,
        **login_of(OWNER_ACCOUNT),
        "org_id": ORGANIZATION.id,
        "api_retry_max_delay": 0,
        **options,
    }


@pytest.fixture
def start(modules: Modules) -> Iterator[Start]:
    with emulators(modules, "service_account", options_of) as start:
        yield start


def new_accounts(world: World) -> list[ServiceAccount]:
    """Return the accounts that are not in the sample data."""
    return [each for each in world.service_accounts.values() if each.id not in sample_world().service_accounts]


def accounts_of(world: World) -> list[ServiceAccount]:
    """Return the accounts, without the uses of their secrets and access lists: each login is a use."""
    return [
        replace(each, secrets=[replace(secret, last_used_at=None) for secret in each.secrets], access_list=[])
        for each in world.service_accounts.values()
    ]


def fields_of(account: ServiceAccount) -> dict[str, t.Any]:
    """Return the fields of an account as the module returns them."""
    return {
        "id": account.id,
        "state": "present",
        "name": account.name,
        "description": account.description,
        "roles": sorted(account.roles),
        "secrets": [
            {
                "id": secret.id,
                "created_at": secret.created_at,
                "expires_at": secret.expires_at,
                "last_used_at": secret.last_used_at,
                "masked_secret": secret.masked,
            }
            for secret in account.secrets
        ],
        "created_at": account.created_at,
        "system_managed": account.system_managed,
    }


@pytest.mark.parametrize(("product", "per_page"), [("atlas", 500), ("cloud-manager", 100)])
def test_making_an_account_in_check_mode_for_real_and_again(start: Start, product: str, per_page: int) -> None:
    emulator, run = start(product=product, shuffles_roles=True)
    listed = f"GET {ACCOUNTS}{QUERY}{per_page} 200"
    new = {**NEW, "roles": ["ORG_READ_ONLY", "ORG_MEMBER"]}

    preview = run(**new, check_mode=True, diff=True)
    item = {
        "id": None,
        "changed": True,
        "state": "present",
        "name": "ci",
        "description": ABOUT,
        "roles": sorted(new["roles"]),
    }
    assert (preview["changed"], preview["service_account"], preview["service_accounts"]) == (True, item, [item])
    assert preview["diff"]["before"] == {"service_accounts": [{"id": None, "state": "absent"}]}
    assert "client_secret" not in preview
    assert emulator.calls == [TOKEN, listed, REVOKE]
    assert accounts_of(emulator.world) == accounts_of(sample_world())

    emulator.clear()
    made = run(**new)
    (account,) = new_accounts(emulator.world)
    assert made["changed"] is True
    assert (made["client_secret"], made["org_id"]) == (account.secrets[0].value, ORGANIZATION.id)
    assert made["service_account"] == {**fields_of(account), "changed": True}
    assert json.dumps(made).count(account.secrets[0].value) == 1
    assert (account.name, account.description, sorted(account.roles)) == ("ci", ABOUT, sorted(new["roles"]))
    one = f"{ACCOUNTS}/{account.id}"
    assert emulator.calls == [TOKEN, listed, f"POST {ACCOUNTS} 201", listed, f"PATCH {one} 200", REVOKE]
    assert emulator.connections == 2
    body = json.loads(emulator.requests[2].body)
    assert body["description"].startswith(f"{ABOUT} unfinished ")
    assert (body["name"], body["secretExpiresAfterHours"]) == ("ci", 24)
    assert json.loads(emulator.requests[4].body) == {"description": ABOUT}

    emulator.clear()
    again = run(**new)
    assert (again["changed"], "client_secret" in again) == (False, False)
    assert again["service_account"] == {**fields_of(account), "changed": False}
    assert "younger than ten minutes" in again["warnings"][0]
    assert emulator.calls == [TOKEN, listed, f"GET {one} 200", REVOKE]

    emulator.clear()
    assert [run(name="ci", state="absent")["changed"] for _time in range(2)] == [True, False]
    assert emulator.calls == [
        *(TOKEN, listed, f"GET {one} 200", f"DELETE {one} 204", REVOKE),
        *(TOKEN, listed, REVOKE),
    ]
    assert accounts_of(emulator.world) == accounts_of(sample_world())


def test_a_key_as_the_login_needs_one_request_less(start: Start) -> None:
    emulator, run = start()
    made = run(**NEW, **KEY_LOGIN)
    path, listed = f"{ACCOUNTS}/{made['service_account']['id']}", LIST[: -len("200")]
    assert emulator.calls == [f"{listed}401", LIST, f"POST {ACCOUNTS} 201", LIST, f"PATCH {path} 200"]


def test_changing_an_account_by_id_in_check_mode_for_real_and_again(start: Start) -> None:
    emulator, run = start()
    change = {"account_id": [PROJECT_ACCOUNT.id.upper()], "description": "Backup, täglich", "roles": READ_ONLY}
    preview = run(**change, check_mode=True, diff=True)
    assert preview["changed"] is True
    assert emulator.calls == [TOKEN, f"GET {TEAM} 200", REVOKE]
    emulator.clear()
    done = run(**change, diff=True)
    for name in ("service_account", "diff"):
        assert preview[name] == done[name]
    before, after = (done["diff"][side]["service_accounts"][0] for side in ("before", "after"))
    assert (before["description"], before["roles"]) == (PROJECT_ACCOUNT.description, ["ORG_MEMBER"])
    assert (after["description"], after["roles"], after["name"]) == ("Backup, täglich", READ_ONLY, "Backend team")
    assert emulator.calls == [TOKEN, f"GET {TEAM} 200", f"PATCH {TEAM} 200", REVOKE]
    emulator.clear()
    assert run(**change, secret_valid_for=8)["changed"] is False
    assert emulator.calls == [TOKEN, f"GET {TEAM} 200", REVOKE]


def test_only_the_fields_that_differ_are_sent(start: Start) -> None:
    emulator, run = start()
    run(account_id=[PROJECT_ACCOUNT.id], description="backup", roles=["ORG_MEMBER"])
    run(name=PROJECT_ACCOUNT.name, roles=READ_ONLY, secret_valid_for=8)
    patches = [json.loads(request.body) for request in emulator.requests if request.method == "PATCH"]
    assert patches == [{"description": "backup"}, {"roles": READ_ONLY}]
    account = emulator.world.service_accounts[PROJECT_ACCOUNT.id]
    assert (account.project_roles, account.secrets) == (PROJECT_ACCOUNT.project_roles, PROJECT_ACCOUNT.secrets)


@pytest.mark.parametrize("missing_account", MISSING)
@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_deleting_by_id(start: Start, product: str, missing_account: str) -> None:
    emulator, run = start(product=product, missing_account=missing_account)
    one = {"account_id": [PROJECT_ACCOUNT.id], "state": "absent"}
    listed = LIST if product == "atlas" else LIST.replace("500", "100")
    assert run(**one, check_mode=True, diff=True)["changed"] is True
    assert emulator.calls == [TOKEN, listed, REVOKE]
    emulator.clear()
    assert run(**one)["changed"] is True
    assert emulator.calls == [TOKEN, f"DELETE {TEAM} 204", REVOKE]
    emulator.clear()
    again = run(**one)
    status = int(missing_account) if missing_account.isdigit() else 404
    assert (again["failed"], again["changed"], again["status_code"]) == (False, False, status)
    looked = [listed] if missing_account == "unexpected" else []
    assert emulator.calls == [TOKEN, f"DELETE {TEAM} {status}", *looked, REVOKE]
    assert PROJECT_ACCOUNT.id not in emulator.world.service_accounts


@pytest.mark.parametrize("missing_account", MISSING)
def test_an_unknown_id(start: Start, missing_account: str) -> None:
    _emulator, run = start(missing_account=missing_account)
    result = run(account_id=[UNKNOWN, PROJECT_ACCOUNT.id], roles=READ_ONLY)
    assert (result["failed"], result["changed"]) == (True, True)
    assert f"1 of 2 failed. There is no service account {UNKNOWN} in organization" in result["msg"]
    assert [item["changed"] for item in result["service_accounts"]] == [False, True]
    absent = run(account_id=[UNKNOWN, READER_ACCOUNT.id], state="absent")
    assert [item["changed"] for item in absent["service_accounts"]] == [False, True]


def test_options_that_are_missing_to_make_an_account_are_named_together(start: Start) -> None:
    emulator, run = start()
    for missing in (("description", "roles", "secret_valid_for"), ("secret_valid_for",), ("description", "roles")):
        result = run(**{**NEW, **dict.fromkeys(missing)})
        assert f"There is no service account 'ci'. To make one, the task needs {', '.join(missing)}." in result["msg"]
    assert accounts_of(emulator.world) == accounts_of(sample_world())


@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_deleting_several_accounts_ends_with_the_one_that_logs_in(start: Start, product: str) -> None:
    emulator, run = start(product=product)
    ids = [OWNER_ACCOUNT.id, UNKNOWN, PROJECT_ACCOUNT.id.upper(), PROJECT_ACCOUNT.id]
    result = run(account_id=ids, state="absent")
    assert [(item["id"], item["changed"], item["state"]) for item in result["service_accounts"]] == [
        (OWNER_ACCOUNT.id, True, "absent"),
        (UNKNOWN, False, "absent"),
        (PROJECT_ACCOUNT.id, True, "absent"),
    ]
    own, token = result["warnings"]
    says = f"The task logs in with the service account {OWNER_ACCOUNT.id}: nothing can log in with it afterwards."
    assert says in (own, token)
    assert any("could not revoke its token" in warning for warning in (own, token))
    assert [call.split("?")[0] for call in emulator.calls] == [
        TOKEN,
        f"GET {ACCOUNTS}",
        f"GET {ACCOUNTS}/{UNKNOWN} 404",
        f"DELETE {TEAM} 204",
        f"DELETE {ACCOUNTS}/{OWNER_ACCOUNT.id} 204",
        "POST /api/oauth/revoke 401",
    ]


def test_deleting_the_own_account_alone_warns_too(start: Start) -> None:
    emulator, run = start()
    result = run(account_id=[OWNER_ACCOUNT.id], state="absent")
    assert result["changed"] is True
    assert any("nothing can log in with it afterwards" in warning for warning in result["warnings"])
    assert emulator.calls == [
        TOKEN,
        f"DELETE {ACCOUNTS}/{OWNER_ACCOUNT.id} 204",
        "POST /api/oauth/revoke 401",
    ]


@pytest.mark.parametrize("same_end", [True, False])
def test_the_own_account_is_known_by_its_client_id_and_not_by_the_end_of_a_secret(start: Start, same_end: bool) -> None:
    emulator, run = start()
    if same_end:
        secret = emulator.world.service_accounts[PROJECT_ACCOUNT.id].secrets[0]
        secret.value = secret.value[:-4] + OWNER_ACCOUNT.secrets[0].value[-4:]
    result = run(account_id=[PROJECT_ACCOUNT.id, READER_ACCOUNT.id], state="absent")
    assert (result["changed"], "warnings" in result) == (True, False)


def test_an_account_that_takes_roles_from_itself_is_changed_last_with_a_warning(start: Start) -> None:
    emulator, run = start()
    result = run(account_id=[OWNER_ACCOUNT.id, PROJECT_ACCOUNT.id], roles=READ_ONLY)
    assert f"logs in with the service account {OWNER_ACCOUNT.id}, and takes ORG_OWNER from it." in result["warnings"][0]
    assert [call for call in emulator.calls if "PATCH" in call] == [
        f"PATCH {TEAM} 200",
        f"PATCH {ACCOUNTS}/{OWNER_ACCOUNT.id} 200",
    ]


@pytest.mark.parametrize("options", [{"roles": READ_ONLY}, {"state": "absent"}])
def test_the_last_owner_stays_and_the_message_says_why(start: Start, options: dict[str, t.Any]) -> None:
    emulator, run = start(refuses_last_owner=True)
    result = run(account_id=[OWNER_ACCOUNT.id], **options)
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 403)
    assert "the role ORG_OWNER first" in result["msg"]
    assert accounts_of(emulator.world) == accounts_of(sample_world())


def test_several_accounts_of_one_name_are_listed_and_never_guessed(start: Start) -> None:
    emulator, run = start()
    accounts = [add_account(emulator, f"{ABOUT} {number}", 200 * 86400) for number in (1, 2)]
    for options in ({**NEW, "state": "present"}, {"name": "ci", "state": "absent"}):
        result = run(**options)
        assert (result["failed"], result["changed"]) == (True, False)
        for account in accounts:
            assert f"{account.id} (made {account.created_at}, ORG_READ_ONLY)" in result["msg"]
    assert {request.method for request in emulator.requests if "oauth" not in request.target} == {"GET"}


@pytest.mark.parametrize("told", [True, False])
def test_an_account_of_the_system_is_neither_gone_nor_changed(start: Start, told: bool) -> None:
    emulator, run = start(tells_system_managed=told)
    account = fields_of(emulator.world.service_accounts[SYSTEM_ACCOUNT.id])
    result = run(account_id=[SYSTEM_ACCOUNT.id])
    assert result["service_account"] == {**account, "changed": False, "system_managed": True if told else None}
    for options in ({"roles": READ_ONLY}, {"state": "absent"}):
        result = run(account_id=[SYSTEM_ACCOUNT.id], **options)
        assert (result["failed"], result["status_code"]) == (True, 403)
    emulator.add_fault(Fault(method="DELETE", status=409))
    result = run(account_id=[SYSTEM_ACCOUNT.id], state="absent")
    assert (result["failed"], result["service_account"]["state"]) == (True, "present")
    assert accounts_of(emulator.world) == accounts_of(sample_world())


def test_the_name_of_an_account_of_the_system_is_free(start: Start) -> None:
    emulator, run = start()
    assert run(**{**NEW, "name": SYSTEM_ACCOUNT.name})["changed"] is True
    assert run(name=SYSTEM_ACCOUNT.name, state="absent")["changed"] is True
    assert accounts_of(emulator.world) == accounts_of(sample_world())


@pytest.mark.parametrize("added", [False, True])
def test_the_role_that_the_server_adds_does_not_stay(start: Start, added: bool) -> None:
    emulator, run = start(adds_org_member=added)
    assert run(**NEW)["service_account"]["roles"] == READ_ONLY
    assert run(**NEW)["changed"] is False
    assert [account.roles for account in new_accounts(emulator.world)] == [READ_ONLY]


@pytest.mark.parametrize(
    ("name", "description"),
    [("x" * 64, "y" * 230), ("x" * 63 + "y", "y" * 229 + "z"), ("O'Brien, Köln_2.0-b", "Sicherung, täglich 25.12.")],
)
@pytest.mark.parametrize("nulls", [True, False])
def test_long_and_odd_texts(start: Start, name: str, description: str, nulls: bool) -> None:
    emulator, run = start(trims_desc=True, account_nulls=nulls, secret_order="newest-first")
    new = {**NEW, "name": name, "description": description}
    assert [run(**new)["changed"] for _time in range(2)] == [True, False]
    assert [(each.name, each.description) for each in new_accounts(emulator.world)] == [(name, description)]


@pytest.mark.parametrize("order", ["oldest-first", "newest-first"])
def test_any_secret_that_has_not_expired_may_be_in_the_file(start: Start, tmp_path: Path, order: str) -> None:
    emulator, run = start(secret_order=order)
    path = tmp_path / "client_secret"
    secrets = emulator.world.service_accounts[PROJECT_ACCOUNT.id].secrets
    for which in ({"account_id": [PROJECT_ACCOUNT.id]}, {"name": PROJECT_ACCOUNT.name}):
        results = []
        for secret in secrets:
            path.write_text(secret.value, encoding="utf-8")
            results.append(run(**which, client_secret_path=str(path)))
        assert [result["failed"] for result in results] == [True, False]
        assert "an expired secret does not count" in results[0]["msg"]
    secrets[0] = replace(secrets[0], expires_at="2099-12-31T23:59:59Z")
    path.write_text(secrets[0].value, encoding="utf-8")
    assert run(name=PROJECT_ACCOUNT.name, client_secret_path=str(path))["failed"] is False


@pytest.mark.parametrize("by_id", [True, False])
def test_deleting_removes_the_file_only_if_it_holds_a_secret_of_the_account(
    start: Start, tmp_path: Path, by_id: bool
) -> None:
    emulator, run = start()
    path = tmp_path / "client_secret"
    contents = [("another one", True), *((secret.value, False) for secret in PROJECT_ACCOUNT.secrets)]
    for content, remains in contents:
        path.write_text(content, encoding="utf-8")
        which = {"account_id": [PROJECT_ACCOUNT.id]} if by_id else {"name": PROJECT_ACCOUNT.name}
        delete = {**which, "state": "absent", "client_secret_path": str(path)}
        assert run(**delete, check_mode=True)["changed"] is True
        assert path.exists()
        assert run(**delete)["changed"] is True
        assert path.exists() == remains
        emulator.reset()


@pytest.mark.parametrize("missing_account", ["404", "400", "resource"])
def test_a_list_that_lags_shows_a_deleted_account_that_is_not_believed(start: Start, missing_account: str) -> None:
    emulator, run = start(list_lag=3, missing_account=missing_account)
    run(name=PROJECT_ACCOUNT.name, state="absent")
    made = run(**{**NEW, "name": PROJECT_ACCOUNT.name})
    (account,) = new_accounts(emulator.world)
    assert (made["changed"], made["client_secret"]) == (True, account.secrets[0].value)


def test_a_list_that_lags_with_an_answer_that_says_nothing_is_a_failure_and_makes_nothing(start: Start) -> None:
    emulator, run = start(list_lag=3, missing_account="unexpected")
    run(name=PROJECT_ACCOUNT.name, state="absent")
    result = run(**{**NEW, "name": PROJECT_ACCOUNT.name})
    assert (result["failed"], result["changed"]) == (True, False)
    assert new_accounts(emulator.world) == []


@pytest.mark.parametrize("missing_account", MISSING)
def test_a_list_that_lags_leads_to_one_account(start: Start, missing_account: str) -> None:
    emulator, run = start(list_lag=3, missing_account=missing_account)
    results = [run(**NEW) for _time in range(2)]
    assert [result["changed"] for result in results] == [True, False]
    assert len(new_accounts(emulator.world)) == 1


FAULTS = {
    "no token": (Fault(method="POST", path="/api/oauth/token", status=500, times=2), False),
    "no revocation": (Fault(method="POST", path="/api/oauth/revoke", status=500), True),
}


@pytest.mark.parametrize(("fault", "changed"), list(FAULTS.values()), ids=list(FAULTS))
def test_a_lost_answer_about_a_token_never_leaves_an_account_that_nobody_knows(
    start: Start, tmp_path: Path, fault: Fault, changed: bool
) -> None:
    for path in (None, tmp_path / "client_secret"):
        emulator, run = start()
        emulator.add_fault(fault)
        result = run(**NEW, api_timeout=1, api_retries=1, client_secret_path=path and str(path))
        assert (result["failed"], result["changed"]) == (not changed, changed)
        if changed:
            (account,) = new_accounts(emulator.world)
            handed_over = path.read_text(encoding="utf-8") if path else result["client_secret"]
            assert (handed_over, account.description) == (account.secrets[0].value, ABOUT)
        else:
            assert accounts_of(emulator.world) == accounts_of(sample_world())
            assert path is None or not path.exists()


def test_a_refused_create_leaves_nothing_and_shows_the_word_of_the_server(start: Start) -> None:
    switches: dict[str, t.Any]
    options: dict[str, t.Any]
    for switches, options, says in (
        ({"max_accounts_per_org": 4}, {}, "as many service accounts as it can have"),
        ({}, {"roles": ["ORG_KING"]}, "ORG_KING"),
        ({"unknown_role": "BAD_REQUEST"}, {"roles": ["ORG_KING"]}, "ORG_KING"),
        ({}, {"org_id": UNKNOWN[-24:]}, "Is org_id mistyped?"),
        ({}, {"org_id": UNKNOWN[-24:], "state": "absent"}, "Is org_id mistyped?"),
        ({}, login_of(READER_ACCOUNT), "the login needs the role ORG_OWNER"),
        ({}, login_of(PROJECT_ACCOUNT), "the login needs the role ORG_OWNER"),
    ):
        emulator, run = start(**switches)
        result = run(**{**NEW, **options})
        assert (result["failed"], result["changed"]) == (True, False)
        assert says in result["msg"]
        assert accounts_of(emulator.world) == accounts_of(sample_world())


@pytest.mark.parametrize("code", ["INVALID_ATTRIBUTE", "BAD_REQUEST", "VALIDATION_ERROR"])
def test_a_validity_that_the_organization_does_not_allow_is_named(start: Start, code: str) -> None:
    emulator, run = start(refused_field=code)
    emulator.world.organizations[ORGANIZATION.id].longest_secret_hours = 100
    result = run(**{**NEW, "secret_valid_for": 101})
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 400)
    assert "secretExpiresAfterHours" in result["msg"]
    assert new_accounts(emulator.world) == []


@pytest.mark.parametrize("options", [{"roles": READ_ONLY}, {"state": "absent"}], ids=["change", "delete"])
def test_a_login_that_may_only_read_fails_with_advice_about_roles(start: Start, options: dict[str, t.Any]) -> None:
    emulator, run = start()
    result = run(account_id=[PROJECT_ACCOUNT.id], **options, **login_of(READER_ACCOUNT))
    assert (result["failed"], result["changed"]) == (True, False)
    assert "the login needs the role ORG_OWNER" in result["msg"]
    assert run(account_id=[PROJECT_ACCOUNT.id], roles=["ORG_MEMBER"], **login_of(READER_ACCOUNT))["changed"] is False
    assert accounts_of(emulator.world) == accounts_of(sample_world())


@pytest.mark.parametrize("options", [NEW, {"account_id": [UNKNOWN]}, {"account_id": [UNKNOWN], "state": "absent"}])
def test_ops_manager_has_no_service_accounts_and_the_message_says_so(start: Start, options: dict[str, t.Any]) -> None:
    _emulator, run = start(product="ops-manager-6.0")
    for login in ({}, KEY_LOGIN):
        result = run(**options, **login)
        assert (result["failed"], result["changed"]) == (True, False)
        assert "Ops Manager has none" in result["msg"]


def test_without_the_date_of_the_server_no_secret_has_expired(start: Start, tmp_path: Path) -> None:
    _emulator, run = start(sends_date=False)
    path = tmp_path / "client_secret"
    path.write_text(PROJECT_ACCOUNT.secrets[0].value, encoding="utf-8")
    assert run(account_id=[PROJECT_ACCOUNT.id], client_secret_path=str(path))["failed"] is False


SECRET = OWNER_ACCOUNT.secrets[0].value
BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({}, "The task needs account_id or name"),
    ({"account_id": [UNKNOWN], "name": "ci"}, "account_id and name exclude each other"),
    ({"org_id": None, "name": "ci"}, "missing required arguments: org_id"),
    ({"org_id": "x", "name": "ci"}, "org_id is not an id."),
    ({"account_id": ["x"]}, "account_id is not an id. Name a service account by its client id"),
    ({"account_id": [PROJECT.id]}, "account_id is the id of another object."),
    ({"account_id": [SECRET]}, "account_id holds the secret of a service account"),
    ({"name": SECRET}, "name holds a secret."),
    ({"name": " ci"}, "name must not begin or end with white space."),
    ({"name": "x" * 65}, "name has 65 characters, and must have at most 64"),
    ({"name": "ci/cd"}, "name has the character '/'"),
    ({"name": "ci", "description": "y" * 231}, "description has 231 characters, and must have at most 230"),
    ({"name": "ci", "description": "a: b"}, "description has the character ':'"),
    ({"name": "ci", "description": UNFINISHED}, "description ends with the mark"),
    ({"name": "ci", "roles": []}, "roles must not be empty: a service account needs"),
    ({"name": "ci", "roles": ["org_owner"]}, "is not the name of a role"),
    ({"name": "ci", "secret_valid_for": 7}, "secret_valid_for must be a number of hours from 8 to 8760"),
    ({"name": "ci", "secret_valid_for": 8761}, "secret_valid_for must be a number of hours from 8 to 8760"),
    ({"name": "ci", "client_secret_path": "/nowhere/key"}, "there is no folder for /nowhere/key"),
    ({"account_id": [UNKNOWN, READER_ACCOUNT.id], "client_secret_path": "/tmp/x"}, "account_id names several"),
    ({"name": "ci", "missing_secret": "ignore"}, "value of missing_secret must be one of: fail, warn"),
]


@pytest.mark.parametrize(("options", "says"), BAD_INPUT, ids=[says for _options, says in BAD_INPUT])
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    start: Start, options: dict[str, t.Any], says: str
) -> None:
    check_refusal(start, options, says, SECRET)
