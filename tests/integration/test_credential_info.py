# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module credential_info: everything that a login sees, and never less without a failure."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from tests.emulator import AccessEntry, Emulator, Fault, Switches
from tests.emulator.sample import (
    GLOBAL_KEY,
    JANE,
    JOHN,
    ORGANIZATION,
    OWNER,
    OWNER_ACCOUNT,
    OWNER_KEY,
    PROGRAMMATIC,
    PROJECT,
    PROJECT_ACCOUNT,
    PROJECT_OWNER_KEY,
    READER_ACCOUNT,
    READER_KEY,
    SPARE_KEY,
    SYSTEM_ACCOUNT,
)
from tests.emulator.world import Organization, ServiceAccount

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook
    from tests.integration.modules import Modules

MODULE = "credential_info"
KEYS = [SPARE_KEY, PROGRAMMATIC, OWNER_KEY, PROJECT_OWNER_KEY, READER_KEY]
ACCOUNTS = [OWNER_ACCOUNT, READER_ACCOUNT, PROJECT_ACCOUNT, SYSTEM_ACCOUNT]
ORG = f"/orgs/{ORGANIZATION.id}"
SETTINGS = f"GET {ORG}/settings 200"
SYSTEM_TOO = "includeSystemManaged=true&"
UNKNOWN = "0" * 24
OTHER = Organization("5e2b0f6a9ccf64c8a1d0e399", "Other")
AS_KEY = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
AS_ACCOUNT = {"client_id": OWNER_ACCOUNT.id, "client_secret": OWNER_ACCOUNT.login.value}
AS_READER = {"public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}
AS_GLOBAL_KEY = {"public_key": GLOBAL_KEY.public_key, "private_key": GLOBAL_KEY.private_key}
AS_OWNER = {"public_key": OWNER.name, "private_key": OWNER.login.secret}
DENIED = "API_KEY_ACCESS_LIST_ACCESS_DENIED"


def page(path: str, per_page: int = 500, status: int = 200, more: str = "") -> str:
    """Return the request for the first page of a list."""
    return f"GET {path}?{more}pageNum=1&itemsPerPage={per_page} {status}"


def lists(per_page: int = 500) -> list[str]:
    """Return the requests for the keys and accounts of the organization, and for what belongs to each one."""
    return [
        page(f"{ORG}/apiKeys", per_page),
        *(page(f"{ORG}/apiKeys/{key.id}/accessList", per_page) for key in KEYS),
        page(f"{ORG}/serviceAccounts", per_page, more=SYSTEM_TOO),
        *(
            page(f"{ORG}/serviceAccounts/{account.id}/{part}", per_page)
            for account in ACCOUNTS
            for part in ("accessList", "groups")
        ),
    ]


def ids(result: dict[str, t.Any], kind: str) -> list[str]:
    return [row["id"] for row in result["credentials"] if row["kind"] == kind]


def row_of(result: dict[str, t.Any], identifier: str) -> dict[str, t.Any]:
    """Return the row with this id, or of the secret with this id."""
    (found,) = [
        row
        for row in result["credentials"]
        if identifier in (row["id"], row["secret_id"]) and (row["secret_id"] == "n/a" or row["secret_id"] == identifier)
    ]
    return t.cast("dict[str, t.Any]", found)


@pytest.mark.parametrize(
    ("login", "before", "after"),
    [
        (AS_KEY, [page("/orgs", status=401)], []),
        (AS_ACCOUNT, ["POST /api/oauth/token 200"], ["POST /api/oauth/revoke 200"]),
    ],
)
def test_all_of_atlas_for_real_in_check_mode_and_again(
    modules: Modules, login: dict[str, str], before: list[str], after: list[str]
) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.clock = 1582000000.0  # 2020-02-18T04:26:40Z
        given = {"base_url": emulator.base_url, **login}
        result = modules(MODULE, given)
        assert emulator.calls == [*before, page("/orgs"), SETTINGS, *lists(), *after]
        assert emulator.connections == 1
        assert modules(MODULE, given, check_mode=True, diff=True) == modules(MODULE, given) == result
    assert (result["failed"], result["changed"], result["made_at"]) == (False, False, "2020-02-18T04:26:40Z")
    assert ids(result, "org_api_key") == [key.id for key in KEYS]
    assert ids(result, "service_account") == [account.id for account in ACCOUNTS]
    assert len(ids(result, "service_account_secret")) == 5
    counts = {"org_api_key": 5, "service_account": 4, "service_account_secret": 5}
    assert (result["counts"], result["seen"]) == (counts, None)
    assert result["organizations"] == [
        {"id": ORGANIZATION.id, "name": "Example", "access_list_required": False, "counts": counts}
    ]
    own = OWNER_ACCOUNT if login is AS_ACCOUNT else OWNER_KEY
    assert result["login"] == {
        "kind": "service_account" if own is OWNER_ACCOUNT else "org_api_key",
        "id": own.id,
        "name": own.name if isinstance(own, ServiceAccount) else own.public_key,
        "roles": ["ORG_OWNER"],
        "org_id": ORGANIZATION.id,
    }
    assert [row["id"] for row in result["credentials"] if row["own_login"]] == [own.id] * (1 + (own is OWNER_ACCOUNT))


def test_the_rows(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.clock = 1582000000.0
        emulator.world.programmatic_keys[SPARE_KEY.id].access_list[1].last_used = "2020-02-17T00:00:00Z"
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_KEY})
    key = row_of(result, SPARE_KEY.id)
    assert [entry["id"] for entry in key.pop("access_list")] == ["192.0.2.1/32", "198.51.100.0/24"]
    assert key == {
        "kind": "org_api_key",
        "id": SPARE_KEY.id,
        "public_id": SPARE_KEY.public_key,
        "name": SPARE_KEY.description,
        "organization_id": ORGANIZATION.id,
        "organization": "Example",
        "created_at": "2020-01-24T15:53:36Z",
        "age_days": 24,
        "roles": ["ORG_MEMBER"],
        "projects": [{"project_id": PROJECT.id, "roles": ["GROUP_READ_ONLY"]}],
        "highest_role": "GROUP_READ_ONLY",
        "open_to": ["192.0.2.1/32", "198.51.100.0/24"],
        "last_used_at": "2020-02-17T00:00:00Z",
        "expires_at": "n/a",
        "secret_id": "n/a",
        "secret_end": SPARE_KEY.private_key[-4:],
        "own_login": False,
        "matches": None,
        "flags": [],
        "severity": None,
        "error": None,
    }
    account = row_of(result, PROJECT_ACCOUNT.id)
    assert (account["projects"], account["last_used_at"], account["secret_end"], account["flags"]) == (
        [{"project_id": PROJECT.id, "roles": ["GROUP_OWNER"]}],
        "n/a",
        None,
        ["PROJECT_OWNER", "WIDE"],
    )
    secret = row_of(result, PROJECT_ACCOUNT.expired.id)
    assert (secret["id"], secret["expires_at"], secret["last_used_at"], secret["secret_end"], secret["flags"]) == (
        PROJECT_ACCOUNT.id,
        "2020-02-10T05:44:08Z",
        "2020-02-09T04:12:55Z",
        PROJECT_ACCOUNT.expired.value[-4:],
        ["SECRET_EXPIRED"],
    )
    assert row_of(result, SYSTEM_ACCOUNT.id)["flags"] == ["NO_ACCESS_LIST", "ORPHAN", "SYSTEM_MANAGED"]
    assert row_of(result, READER_KEY.id)["last_used_at"] == "unknown"


@pytest.mark.parametrize(
    ("product", "login", "counts", "requests"),
    [
        (
            "cloud-manager",
            AS_KEY,
            {"org_api_key": 5, "service_account": 4, "service_account_secret": 5},
            [
                *lists(100),
                page(f"{ORG}/users", 100),
                page(f"/users/{JANE.id}/keys", 100, 404),
                page("/admin/apiKeys", 100, 404),
            ],
        ),
        (
            "ops-manager-6.0",
            AS_GLOBAL_KEY,
            {"org_api_key": 5, "global_api_key": 1},
            [
                *lists(100)[:6],
                page(f"{ORG}/serviceAccounts", 100, 404, SYSTEM_TOO),
                page(f"{ORG}/users", 100),
                page(f"/users/{JANE.id}/keys", 100, 404),
                page("/admin/apiKeys", 100),
                page("/admin/accessList", 100),
            ],
        ),
        (
            "ops-manager-4.4",
            AS_OWNER,
            {"org_api_key": 5, "user_api_key": 6, "global_api_key": 1},
            [
                page(f"{ORG}/apiKeys", 100),
                page(f"{ORG}/apiKeys/{KEYS[0].id}/accessList", 100, 404),
                *(page(f"{ORG}/apiKeys/{key.id}/whitelist", 100) for key in KEYS),
                page(f"{ORG}/serviceAccounts", 100, 404, SYSTEM_TOO),
                page(f"{ORG}/users", 100),
                *(page(f"/users/{user_id}/keys", 100) for user_id in ORGANIZATION.user_ids),
                page("/admin/apiKeys", 100),
                page("/admin/accessList", 100, 404),
                page("/admin/whitelist", 100),
            ],
        ),
    ],
)
def test_the_kinds_that_a_server_has(
    modules: Modules, product: str, login: dict[str, str], counts: dict[str, int], requests: list[str]
) -> None:
    with Emulator(product=product) as emulator:
        result = modules(MODULE, {"base_url": emulator.base_url, **login})
        assert emulator.calls == [page("/orgs", 100, 401), page("/orgs", 100), *requests]
    assert (result["failed"], result["counts"]) == (False, counts)
    assert result["organizations"][0]["access_list_required"] == "unknown"
    assert "NO_ACCESS_LIST" not in {flag for row in result["credentials"] for flag in row["flags"]}
    assert row_of(result, READER_KEY.id)["open_to"] == "unknown"
    if product.startswith("ops-manager"):
        key = row_of(result, GLOBAL_KEY.id)
        assert (key["organization_id"], key["projects"], key["open_to"], key["last_used_at"], key["flags"]) == (
            *(None, "n/a", ["127.0.0.0/8"], "unknown"),
            ["GLOBAL_OWNER", "WIDE", "OLD"] + ["OWN_LOGIN"] * (login is AS_GLOBAL_KEY),
        )
    if product == "ops-manager-4.4":
        disabled = row_of(result, JANE.disabled.id)
        assert (disabled["public_id"], disabled["name"], disabled["roles"], disabled["flags"]) == (
            *(JANE.name, "old laptop", ["ORG_OWNER"]),
            ["ORG_OWNER", "OLD", "DISABLED"],
        )
        own = row_of(result, OWNER.login.id)
        assert (own["highest_role"], own["own_login"], own["access_list"]) == ("GLOBAL_OWNER", True, "unknown")
        assert (result["login"]["kind"], result["login"]["name"]) == ("user_api_key", OWNER.name)


def test_personal_keys_on_atlas_are_listed_if_the_task_names_them(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        given = {"base_url": emulator.base_url, "kinds": ["user_api_key"], **AS_KEY}
        emulator.world.programmatic_keys[OWNER_KEY.id].user_id = JANE.id
        result = modules(MODULE, {**given, "api_retries": 0})
    assert ids(result, "user_api_key") == [*(key.id for key in JANE.keys), None, None]
    assert (result["failed"], result["counts"]) == (True, {"user_api_key": 3})
    assert "To leave out" not in result["msg"]


def test_without_access_lists_no_credential_costs_a_request(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        given = {"base_url": emulator.base_url, "access_list": False, **AS_KEY}
        result = modules(MODULE, given)
        accounts = page(f"{ORG}/serviceAccounts", more=SYSTEM_TOO)
        assert emulator.calls[1:] == [page("/orgs"), SETTINGS, page(f"{ORG}/apiKeys"), accounts]
        emulator.clear()
        of_accounts = modules(MODULE, {**given, "kinds": ["service_account"]})
        # The list that shows the login was not read.
        assert emulator.calls[1:] == [page("/orgs"), SETTINGS, accounts, "GET  200"]
    assert of_accounts["login"] == result["login"]
    assert len(of_accounts["credentials"]) == 9
    account = row_of(result, READER_ACCOUNT.id)
    assert (account["access_list"], account["open_to"], account["projects"], account["flags"]) == (*["unknown"] * 3, [])
    key = row_of(result, SPARE_KEY.id)
    assert (key["access_list"], key["last_used_at"], len(key["projects"]), key["flags"]) == (
        *("unknown", "unknown", 1),
        ["OLD"],
    )


@pytest.mark.parametrize(
    ("product", "login", "requests", "shown"),
    [
        ("atlas", AS_ACCOUNT, 0, {"kind": "service_account", "id": OWNER_ACCOUNT.id, "org_id": ORGANIZATION.id}),
        ("ops-manager-4.4", AS_OWNER, 1, {"kind": "user_api_key", "name": OWNER.name}),
    ],
)
def test_a_login_that_no_list_shows(
    modules: Modules, product: str, login: dict[str, str], requests: int, shown: dict[str, str]
) -> None:
    with Emulator(product=product) as emulator:
        given = {"base_url": emulator.base_url, "kinds": ["org_api_key"], "access_list": False, **login}
        result = modules(MODULE, given)
        assert emulator.calls.count("GET  200") == requests
    assert (result["failed"], result["login"]) == (
        False,
        {**dict.fromkeys(("kind", "id", "name", "roles", "org_id")), **shown},
    )


def test_only_the_organizations_that_a_task_names(modules: Modules) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        emulator.world.organizations[OTHER.id] = replace(OTHER)
        given = {"base_url": emulator.base_url, **AS_GLOBAL_KEY}
        assert [each["name"] for each in modules(MODULE, given)["organizations"]] == ["Example", "Other"]
        result = modules(MODULE, {**given, "org_id": [OTHER.id.upper(), UNKNOWN]})
        emulator.clear()
        of_both = modules(MODULE, {**given, "org_id": [OTHER.id], "kinds": ["global_api_key"]})
        assert emulator.calls[1:] == [page(path, 100) for path in ("/orgs", "/admin/apiKeys", "/admin/accessList")]
    assert [each["name"] for each in result["organizations"]] == ["Other"]
    (row,) = result["credentials"]
    assert (result["failed"], row["kind"], row["organization_id"]) == (True, "unknown", UNKNOWN)
    assert f"The login does not see the organization {UNKNOWN}." in result["msg"]
    assert ids(of_both, "global_api_key") == [GLOBAL_KEY.id]


def test_the_lists_of_every_organization_are_read_and_their_name_is_found_out_once(modules: Modules) -> None:
    with Emulator(product="ops-manager-4.4") as emulator:
        emulator.world.organizations[OTHER.id] = replace(OTHER)
        emulator.world.programmatic_keys[OWNER_KEY.id].organization_id = OTHER.id
        result = modules(MODULE, {"base_url": emulator.base_url, "kinds": ["org_api_key"], **AS_GLOBAL_KEY})
        here = [key for key in KEYS if key is not OWNER_KEY]
        assert emulator.calls[2:] == [
            page(f"{ORG}/apiKeys", 100),
            page(f"{ORG}/apiKeys/{here[0].id}/accessList", 100, 404),
            *(page(f"{ORG}/apiKeys/{key.id}/whitelist", 100) for key in here),
            page(f"/orgs/{OTHER.id}/apiKeys", 100),
            page(f"/orgs/{OTHER.id}/apiKeys/{OWNER_KEY.id}/whitelist", 100),
            "GET  200",
        ]
    assert (result["failed"], [each["counts"] for each in result["organizations"]], result["counts"]) == (
        *(False, [{"org_api_key": 4}, {"org_api_key": 1}]),
        {"org_api_key": 5},
    )


def test_a_user_of_two_organizations_is_read_once_with_all_roles(modules: Modules) -> None:
    with Emulator(product="ops-manager-4.4") as emulator:
        emulator.world.organizations[OTHER.id] = replace(OTHER, user_ids=[JANE.id])
        result = modules(MODULE, {"base_url": emulator.base_url, "kinds": ["user_api_key"], **AS_GLOBAL_KEY})
        assert emulator.calls.count(page(f"/users/{JANE.id}/keys", 100)) == 1
    assert (result["failed"], len(ids(result, "user_api_key"))) == (False, 6)
    assert [each["counts"] for each in result["organizations"]] == [{"user_api_key": 6}, {}]


def test_what_a_login_may_not_read_on_ops_manager_is_an_error_that_says_how_to_leave_it_out(modules: Modules) -> None:
    with Emulator(product="ops-manager-4.4") as emulator:
        given = {"base_url": emulator.base_url, **AS_KEY}
        result = modules(MODULE, given)
        quiet = modules(MODULE, {**given, "kinds": ["org_api_key"]})
    parts = [row for row in result["credentials"] if row["error"]]
    assert [(row["kind"], row["public_id"], row["organization"]) for row in parts] == [
        *(("user_api_key", user.name, "Example") for user in (JANE, JOHN, OWNER)),
        ("global_api_key", None, None),
    ]
    for row in parts:
        assert row["error"].endswith(f"To leave out {row['kind']}, name the other kinds in kinds.")
    assert (result["failed"], len(ids(result, "org_api_key")), quiet["failed"]) == (True, 5, False)


def test_an_organization_that_demands_access_lists(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.world.organizations[ORGANIZATION.id].access_list_required = True
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_KEY})
    assert (result["failed"], result["organizations"][0]["access_list_required"]) == (False, True)
    assert (row_of(result, READER_KEY.id)["open_to"], "NO_ACCESS_LIST" in str(result)) == ([], False)


def test_settings_that_do_not_tell_are_a_part_that_could_not_be_read(modules: Modules) -> None:
    with Emulator(product="atlas", switches=Switches(tells_access_list_required=False)) as emulator:
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_KEY})
    (part,) = [row for row in result["credentials"] if row["error"]]
    assert (result["failed"], part["kind"], "apiAccessListRequired" in part["error"]) == (True, "settings", True)
    assert (result["organizations"][0]["access_list_required"], "NO_ACCESS_LIST" in str(result)) == ("unknown", False)


@pytest.mark.parametrize("login", [AS_KEY, AS_ACCOUNT])
def test_a_key_that_a_list_still_shows_and_the_server_calls_gone_is_no_failure(
    modules: Modules, login: dict[str, str]
) -> None:
    with Emulator(product="atlas", switches=Switches(list_lag=1)) as emulator:
        given = {"base_url": emulator.base_url, **login}
        for module, options in (
            ("org_api_key", {"key_id": [SPARE_KEY.id]}),
            ("service_account", {"account_id": [READER_ACCOUNT.id]}),
        ):
            modules(module, {**given, **options, "org_id": ORGANIZATION.id, "state": "absent"})
        emulator.clear()
        results = [modules(MODULE, given) for _run in range(2)]
        refused = [call.split("?")[0] for call in emulator.calls if call[-3:] in ("400", "404")]
        gone = f"apiKeys/{SPARE_KEY.id}", f"serviceAccounts/{READER_ACCOUNT.id}"
        assert refused == [f"GET {ORG}/{each}/accessList" for each in gone]
    for result in results:
        assert (result["failed"], result["counts"]) == (
            False,
            {"org_api_key": 4, "service_account": 3, "service_account_secret": 4},
        )
        assert len(result["credentials"]) == 11


def test_lists_that_the_login_may_not_read(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_READER})
        statuses = {key.id: 200 if key is READER_KEY else 401 for key in KEYS}
        assert emulator.calls[4:9] == [
            page(f"{ORG}/apiKeys/{key_id}/accessList", status=status) for key_id, status in statuses.items()
        ]
        assert len(emulator.requests) == 18
    assert (result["failed"], result["error_code"], len(result["credentials"])) == (True, DENIED, 14)
    for key in KEYS:
        row = row_of(result, key.id)
        assert (row["access_list"] == "unknown", "LIST_UNKNOWN" in row["flags"], DENIED in (row["error"] or "")) == (
            *[key is not READER_KEY] * 3,
        )
        assert ("NO_ACCESS_LIST" in row["flags"]) == (key is READER_KEY)
    assert "4 of 16 failed." in result["msg"]
    assert f"The module could not read the access list of key {SPARE_KEY.id}." in result["msg"]


@pytest.mark.parametrize(
    ("path", "kind", "left"),
    [
        ("/settings", "settings", 14),
        ("/apiKeys?", "org_api_key", 9),
        ("/serviceAccounts?", "service_account", 5),
        (f"{PROJECT_ACCOUNT.id}/groups", None, 14),
        (f"{PROJECT_ACCOUNT.id}/accessList", None, 14),
    ],
)
@pytest.mark.parametrize("fault", [{"status": 403, "error_code": "FORBIDDEN"}, {"status": 404}])
def test_a_part_that_cannot_be_read(
    modules: Modules, path: str, kind: str | None, left: int, fault: dict[str, t.Any]
) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(path=path, times=None, **fault))
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_KEY})
    (part,) = [row for row in result["credentials"] if row["error"] and row["secret_id"] == "n/a"]
    assert (result["failed"], result["status_code"]) == (True, fault["status"])
    assert (part["kind"], part["id"]) == ((kind, None) if kind else ("service_account", PROJECT_ACCOUNT.id))
    assert (part["organization"], str(fault["status"]) in part["error"]) == ("Example", True)
    assert len([row for row in result["credentials"] if row["id"]]) == left
    if path == "/settings":
        assert result["organizations"][0]["access_list_required"] == "unknown"
        assert "NO_ACCESS_LIST" not in str(result)
    if path.endswith("groups"):
        assert part["projects"] == "unknown"


@pytest.mark.parametrize("fault", [{"status": 401}, {"drop": True}, {"status": 503, "headers": {"Retry-After": "9"}}])
def test_after_an_error_that_would_come_again_nothing_more_is_sent(modules: Modules, fault: dict[str, t.Any]) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(path="/accessList", skip=1, times=None, **fault))
        given = {"base_url": emulator.base_url, "api_retries": 0, "api_retry_max_delay": 1, **AS_KEY}
        result = modules(MODULE, given)
        assert len(emulator.requests) == 6
    assert (result["failed"], ids(result, "org_api_key")) == (True, [key.id for key in KEYS])
    assert result["login"]["id"] == OWNER_KEY.id
    assert [row_of(result, key.id)["access_list"] == "unknown" for key in KEYS] == [False, *[True] * 4]
    assert f"The task stopped before it read the access list of key {KEYS[2].id}." in result["msg"]
    assert [row["kind"] for row in result["credentials"] if row["id"] is None] == ["service_account"]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "error_code": "UNEXPECTED_ERROR"},
        {"status": 200, "body": "{}"},
        {"drop": True},
    ],
)
def test_less_than_there_is_is_never_a_success(modules: Modules, fault: dict[str, t.Any]) -> None:
    with Emulator(product="atlas") as emulator:
        given = {"base_url": emulator.base_url, "api_retries": 0, **AS_KEY}
        everything = {row["secret_id"] + row["id"] for row in modules(MODULE, given)["credentials"]}
        requests = len(emulator.requests) - 1  # without the one that the challenge answers
        for number in range(requests):
            emulator.add_fault(Fault(skip=number, **fault))
            result = modules(MODULE, given)
            assert result["failed"], number
            rows = result.get("credentials", [])
            assert bool(rows) == (number > 0)
            assert all(row["error"] for row in rows if row["id"] is None)
            assert {row["secret_id"] + row["id"] for row in rows if row["id"]} <= everything
            assert any(row["error"] for row in rows) == (number > 0)
            emulator.reset()


def test_a_server_that_is_too_busy_for_five_parts_in_a_row_is_left_alone(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(path="/accessList", skip=3, status=500))
        given = {"base_url": emulator.base_url, "api_retries": 0, **AS_KEY}
        first = modules(MODULE, given)
        assert len(emulator.requests) == 18
        emulator.clear()
        emulator.add_fault(Fault(path="/accessList", times=None, status=500))
        second = modules(MODULE, given)
        assert emulator.calls[-1] == page(f"{ORG}/apiKeys/{KEYS[4].id}/accessList", status=500)
    assert ("1 of 16 failed." in first["msg"], "6 of 8 failed." in second["msg"]) == (True, True)
    assert [row["kind"] for row in second["credentials"] if row["id"] is None] == ["service_account"]


def test_a_login_that_cannot_be_described_is_a_part_that_could_not_be_read(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(skip=11, times=None, status=500))  # the root is the last request
        given = {"base_url": emulator.base_url, "kinds": ["service_account"], "api_retries": 0, **AS_KEY}
        result = modules(MODULE, given)
    assert (result["failed"], result["login"], len(result["credentials"])) == (True, None, 10)
    assert [row["kind"] for row in result["credentials"] if row["error"]] == ["login"]


def test_a_login_that_is_refused_at_once_reads_nothing(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.clock = 1582000000.0
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_KEY, "private_key": SPARE_KEY.private_key})
        assert (result["failed"], "credentials" in result, len(emulator.requests)) == (True, False, 2)
    assert (result["status_code"], result["made_at"]) == (401, "2020-02-18T04:26:40Z")
    assert result["msg"].startswith("GET ")


@pytest.mark.parametrize("told", [True, False])
def test_accounts_of_the_system_are_told_apart(modules: Modules, told: bool) -> None:
    with Emulator(product="atlas", switches=Switches(tells_system_managed=told)) as emulator:
        given = {"base_url": emulator.base_url, "kinds": ["service_account"], "access_list": False, **AS_ACCOUNT}
        result = modules(MODULE, given)
        others = [] if told else [page(f"{ORG}/serviceAccounts")]
        assert emulator.calls[3:-1] == [page(f"{ORG}/serviceAccounts", more=SYSTEM_TOO), *others]
        assert [row["id"] for row in result["credentials"] if "SYSTEM_MANAGED" in row["flags"]] == [SYSTEM_ACCOUNT.id]
        if not told:
            emulator.add_fault(Fault(path="/serviceAccounts", skip=1, status=403, error_code="FORBIDDEN"))
            result = modules(MODULE, given)
            assert (result["failed"], len(ids(result, "service_account"))) == (True, 5)


def test_all_pages_are_read(modules: Modules) -> None:
    with Emulator(product="atlas", page_limit=2) as emulator:
        emulator.world.programmatic_keys[SPARE_KEY.id].access_list.append(AccessEntry("0.0.0.0/0"))
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_KEY})
    assert (len(result["credentials"]), row_of(result, SPARE_KEY.id)["open_to"]) == (14, ["0.0.0.0/0"])
    assert row_of(result, SPARE_KEY.id)["severity"] == "critical"


def test_without_the_time_of_the_server_the_ages_could_not_be_read(modules: Modules) -> None:
    with Emulator(product="atlas", switches=Switches(sends_date=False)) as emulator:
        result = modules(MODULE, {"base_url": emulator.base_url, **AS_KEY})
    assert {row["age_days"] for row in result["credentials"]} == {"unknown"}
    assert (result["failed"], result["made_at"], "OLD" in str(result)) == (True, None, False)
    assert (len(result["credentials"]), "The server does not tell its time" in result["msg"]) == (14, True)


def test_a_token_cannot_tell_its_account(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        token = modules("access_token", {"base_url": emulator.base_url, **AS_ACCOUNT})["access_token"]
        result = modules(MODULE, {"base_url": emulator.base_url, "access_token": token})
    assert {row["own_login"] for row in result["credentials"] if "service" in row["kind"]} == {"unknown"}
    assert {row["own_login"] for row in result["credentials"] if "service" not in row["kind"]} == {False}
    assert result["login"] == {
        **dict.fromkeys(("id", "name", "roles")),
        "kind": "access_token",
        "org_id": ORGANIZATION.id,
    }
    assert token not in str(result)


@pytest.mark.parametrize(
    ("seen", "found", "details"),
    [
        (SPARE_KEY.private_key, [SPARE_KEY.id], [f"apiKeys/{SPARE_KEY.id}/accessList"]),
        (f"{SPARE_KEY.public_key}:{SPARE_KEY.private_key}", [SPARE_KEY.id], [f"apiKeys/{SPARE_KEY.id}/accessList"]),
        (f"{OWNER_KEY.public_key}:{SPARE_KEY.private_key}", [], []),
        (SPARE_KEY.public_key, [SPARE_KEY.id], [f"apiKeys/{SPARE_KEY.id}/accessList"]),
        (
            PROJECT_ACCOUNT.expired.value,
            [PROJECT_ACCOUNT.expired.id],
            [f"serviceAccounts/{PROJECT_ACCOUNT.id}/{part}" for part in ("accessList", "groups")],
        ),
        (
            PROJECT_ACCOUNT.id,
            [PROJECT_ACCOUNT.id],
            [f"serviceAccounts/{PROJECT_ACCOUNT.id}/{part}" for part in ("accessList", "groups")],
        ),
        ("mdb_sa_sk_...0000", [], []),
    ],
)
def test_a_credential_is_found_by_something_that_was_seen(
    modules: Modules, seen: str, found: list[str], details: list[str]
) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(MODULE, {"base_url": emulator.base_url, "seen": seen, **AS_KEY})
        account = seen.startswith("mdb_sa")
        listed = page(f"{ORG}/serviceAccounts", more=SYSTEM_TOO) if account else page(f"{ORG}/apiKeys")
        who = ["GET  200"] if account else []  # the own key is among the keys
        assert emulator.calls[2:] == [SETTINGS, listed, *(page(f"{ORG}/{path}") for path in details), *who]
    shown = [row["id"] if row["secret_id"] == "n/a" else row["secret_id"] for row in result["credentials"]]
    assert (result["failed"], shown, [row["matches"] for row in result["credentials"]]) == (
        False,
        found,
        [True] * len(found),
    )
    assert sum(result["counts"].values()) == (9 if account else 5)
    assert not any(secret in str(result) for secret in (SPARE_KEY.private_key, PROJECT_ACCOUNT.expired.value))
    assert set(result["seen"]) == {"form", "public_id", "end"}
    assert len(result["seen"]["end"] or "") in (0, 4)


def test_a_part_that_cannot_be_read_is_shown_beside_the_match(modules: Modules) -> None:
    with Emulator(product="ops-manager-4.4") as emulator:
        personal = {"public_key": JANE.name, "private_key": JANE.login.secret}
        result = modules(MODULE, {"base_url": emulator.base_url, "seen": JANE.spare.secret, **personal})
    assert (result["failed"], [row["matches"] for row in result["credentials"]].count(True)) == (True, 1)
    assert [row["public_id"] for row in result["credentials"] if row["error"]][:1] == ["john+backup@example.com"]


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ("mongodb+srv://app:pa55word@cluster0.example.net/test", "is the connection string of a database"),
        ("AKIAIOSFODNN7EXAMPLE", "another vendor"),
        (SPARE_KEY.private_key[:-1], "is a part of a private key"),
        ("jane.doe@example.com", "is an e-mail address"),
    ],
)
def test_other_things_are_refused_and_never_repeated(modules: Modules, seen: str, says: str) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(MODULE, {"base_url": emulator.base_url, "seen": seen, **AS_KEY})
        assert (result["failed"], says in result["msg"], emulator.requests) == (True, True, [])
    assert seen not in str(result)


def test_no_secret_is_in_any_output(playbook: Playbook) -> None:
    seen = [
        SPARE_KEY.private_key,
        f"{SPARE_KEY.public_key}:{SPARE_KEY.private_key}",
        f"export SECRET='{READER_ACCOUNT.login.value}'",
        "mongodb+srv://app:pa55word@cluster0.example.net/test",
    ]
    secrets = [SPARE_KEY.private_key, READER_ACCOUNT.login.value, "pa55word"]
    names = {f"SEEN_{number}": text for number, text in enumerate(seen)}
    with Emulator(product="atlas") as emulator:
        tasks = [
            {
                "mongodb.atlas.credential_info": {
                    "base_url": emulator.base_url,
                    "seen": f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}",
                    **AS_KEY,
                },
                "ignore_errors": True,
            }
            for name in names
        ]
        run = playbook(tasks, "-vvvv", "--diff", environment=names)
    assert [len(result.get("credentials", "-")) for result in run.results] == [1, 1, 1, 1]
    assert [result["failed"] for result in run.results] == [False, False, False, True]
    for secret in secrets:
        assert secret not in run.output
        assert secret[:-4] not in run.output
    assert SPARE_KEY.public_key in run.output
