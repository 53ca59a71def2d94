# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the fault matrix, for the modules that it does not list: the result of a task is true.

A success means that the server is in the wanted state. A failure without ``changed`` means that the server is as it
was, unless the message says that this is not known. A new key whose secret nobody has does not stay.
"""

from __future__ import annotations

import json
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from tests.emulator import AccessEntry, Emulator, GlobalAccessEntry, ProgrammaticKey, Secret, World
from tests.emulator.sample import (
    GLOBAL_ENTRY,
    GLOBAL_KEY,
    ORGANIZATION,
    OWNER_ACCOUNT,
    OWNER_KEY,
    PROJECT,
    PROJECT_ACCOUNT,
    READER_ACCOUNT,
    READER_KEY,
    SPARE_KEY,
    sample_world,
)
from tests.emulator.world import ServiceAccount
from tests.integration.test_fault_matrix import GONE, TABLE, selected

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

Change = t.Callable[[World], object]
BLOCK = "203.0.113.0/24"


@dataclass(frozen=True)
class Operation:
    """A task of a module.

    Attributes:
        name: The name in the test.
        module: The name of the module.
        options: The options besides those of the connection.
        method: The method of the requests that meet the fault.
        work: Makes the change of the task in the data of the emulator; None if the task only reads.
        product: The product that the emulator is.
        login: The public and the private key of the login, or the client id and the secret of a service account.
        id: The id that an answer of the fault names.
    """

    name: str
    module: str
    options: dict[str, t.Any]
    method: str
    work: Change | None
    product: str = "atlas"
    login: tuple[str, str] = (OWNER_KEY.public_key, OWNER_KEY.private_key)
    id: str = SPARE_KEY.id


def in_project(key_id: str, roles: list[str]) -> Change:
    """Give a key these roles in the project."""
    return lambda world: world.programmatic_keys[key_id].project_roles.update({PROJECT.id: roles})


def out_of_project(world: World) -> None:
    """Take the spare key out of the project."""
    del world.programmatic_keys[SPARE_KEY.id].project_roles[PROJECT.id]


def new_key(world: World, **fields: t.Any) -> None:
    """Make a key."""
    new = ProgrammaticKey("", "", "", roles=["ORG_MEMBER"], organization_id=ORGANIZATION.id, **fields)
    world.programmatic_keys[""] = new


def change_key(world: World) -> None:
    """Give the spare key other roles."""
    world.programmatic_keys[SPARE_KEY.id].roles = ["ORG_OWNER"]


def rotated(world: World) -> None:
    """Make a key with all that the spare key has, and mark the spare key."""
    spare = world.programmatic_keys[SPARE_KEY.id]
    new_key(
        world,
        description=spare.description,
        project_roles=dict(spare.project_roles),
        access_list=list(spare.access_list),
    )
    spare.description += " [replaced by ]"


def renewed(world: World) -> None:
    """Make a secret, which lets the older one end earlier."""
    secrets = world.service_accounts[READER_ACCOUNT.id].secrets
    secrets[0].expires_at = "soon"
    secrets.append(Secret("", "", ""))


def new_account(world: World) -> None:
    """Make a service account."""
    world.service_accounts[""] = ServiceAccount("", "ci", "Builds", ORGANIZATION.id, roles=["ORG_MEMBER"])


def change_account(world: World) -> None:
    """Give the account of the project another description."""
    world.service_accounts[PROJECT_ACCOUNT.id].description = "Builds"


def in_project_as_account(account_id: str) -> Change:
    """Give a service account the roles of the task in the project."""
    return lambda world: world.service_accounts[account_id].project_roles.update({PROJECT.id: READ["roles"]})


def on_list_of_account(world: World) -> list[AccessEntry]:
    """Return the access list of the account in the project."""
    return world.service_accounts[PROJECT_ACCOUNT.id].access_list


PROJECT_KEYS = {"project_id": PROJECT.id}
GROUP = {"roles": ["GROUP_OWNER"]}
ON_LIST = {"org_id": ORGANIZATION.id, "key_id": SPARE_KEY.id}
READ: dict[str, t.Any] = {"roles": ["GROUP_READ_ONLY"]}
MEMBER = {**PROJECT_KEYS, "account_id": [PROJECT_ACCOUNT.id]}
ON_ACCOUNT = {"org_id": ORGANIZATION.id, "account_id": PROJECT_ACCOUNT.id}
GLOBAL: dict[str, t.Any] = {"product": "ops-manager-6.0", "login": (GLOBAL_KEY.public_key, GLOBAL_KEY.private_key)}
NEW = {**PROJECT_KEYS, **GROUP, "description": "ci", "_ansible_no_log": True}
ROTATION = {
    "org_id": ORGANIZATION.id,
    "description": SPARE_KEY.description,
    "force": True,
    "_ansible_no_log": True,
}
SECRETS = {"org_id": ORGANIZATION.id, "account_id": READER_ACCOUNT.id}
OLD_SECRET = READER_ACCOUNT.secrets[0]
ORG = {"org_id": ORGANIZATION.id}
ACCOUNT: dict[str, t.Any] = {"id": PROJECT_ACCOUNT.id}
AS_ACCOUNT: dict[str, t.Any] = {**ACCOUNT, "login": (OWNER_ACCOUNT.id, OWNER_ACCOUNT.secrets[0].value)}
AS_OWNER: dict[str, t.Any] = {"login": AS_ACCOUNT["login"]}
SPARE = {"key_id": [SPARE_KEY.id]}
NEW_ORG_KEY = {"description": "ci", "roles": ["ORG_MEMBER"], "_ansible_no_log": True}
NEW_ACCOUNT = {
    **ORG,
    "name": "ci",
    "description": "Builds",
    "roles": ["ORG_MEMBER"],
    "secret_valid_for": 24,
    "_ansible_no_log": True,
}
OPERATIONS = [
    *(
        Operation(
            f"project_api_key assign on {product}",
            "project_api_key",
            {**PROJECT_KEYS, **GROUP, "key_id": [READER_KEY.id]},
            method,
            in_project(READER_KEY.id, GROUP["roles"]),
            product,
            id=READER_KEY.id,
        )
        for product, method in (("atlas", "POST"), ("cloud-manager", "PATCH"))
    ),
    Operation(
        "project_api_key change",
        "project_api_key",
        {**PROJECT_KEYS, **GROUP, "key_id": [SPARE_KEY.id]},
        "PATCH",
        in_project(SPARE_KEY.id, GROUP["roles"]),
    ),
    Operation(
        "project_api_key absent",
        "project_api_key",
        {**PROJECT_KEYS, "key_id": [SPARE_KEY.id], "state": "absent"},
        "DELETE",
        out_of_project,
    ),
    *(
        Operation(
            f"project_api_key new, {method}",
            "project_api_key",
            NEW,
            method,
            lambda world: new_key(world, description="ci", project_roles={PROJECT.id: GROUP["roles"]}),
        )
        for method in ("POST", "PATCH")
    ),
    Operation("project_api_key_info", "project_api_key_info", PROJECT_KEYS, "GET", None),
    *(
        Operation(f"org_api_key_rotation, {method}", "org_api_key_rotation", ROTATION, method, rotated)
        for method in ("POST", "PATCH")
    ),
    *(
        Operation(f"service_account new, {method}", "service_account", NEW_ACCOUNT, method, new_account, **login)
        for method, login in (("POST", ACCOUNT), ("PATCH", AS_ACCOUNT))
    ),
    Operation(
        "service_account change",
        "service_account",
        {**ORG, "account_id": [PROJECT_ACCOUNT.id], "description": "Builds"},
        "PATCH",
        change_account,
        **ACCOUNT,
    ),
    *(
        Operation(
            f"service_account absent as {kind}",
            "service_account",
            {**ORG, "account_id": [PROJECT_ACCOUNT.id], "state": "absent"},
            "DELETE",
            lambda world: world.service_accounts.pop(PROJECT_ACCOUNT.id),
            **login,
        )
        for kind, login in (("key", ACCOUNT), ("account", AS_ACCOUNT))
    ),
    Operation("service_account_info", "service_account_info", {**ORG, "projects": True}, "GET", None, **AS_ACCOUNT),
    # The matrix runs the same tasks with a key as login.
    *(
        Operation(f"org_api_key {name} as account", "org_api_key", {**ORG, **options}, method, work, **AS_OWNER)
        for name, method, options, work in (
            ("absent", "DELETE", {**SPARE, "state": "absent"}, lambda world: world.programmatic_keys.pop(SPARE_KEY.id)),
            ("change", "PATCH", {**SPARE, "roles": ["ORG_OWNER"]}, change_key),
            ("new", "POST", NEW_ORG_KEY, lambda world: new_key(world, description="ci")),
        )
    ),
    Operation("org_api_key_info as account", "org_api_key_info", ORG, "GET", None, **AS_OWNER),
    Operation(
        "api_key_access_list present",
        "api_key_access_list",
        {**ON_LIST, "entries": [BLOCK]},
        "POST",
        lambda world: world.programmatic_keys[SPARE_KEY.id].access_list.append(AccessEntry(BLOCK)),
    ),
    Operation(
        "api_key_access_list absent",
        "api_key_access_list",
        {**ON_LIST, "entries": [SPARE_KEY.access_list[0].block], "state": "absent"},
        "DELETE",
        lambda world: world.programmatic_keys[SPARE_KEY.id].access_list.pop(0),
    ),
    Operation("api_key_access_list_info", "api_key_access_list_info", ON_LIST, "GET", None),
    Operation(
        "global_access_list present",
        "global_access_list",
        {"entries": [{"cidr_block": BLOCK, "description": "Office"}]},
        "POST",
        lambda world: world.global_access_list.update(new=GlobalAccessEntry("new", BLOCK, "Office")),
        **GLOBAL,
    ),
    Operation(
        "global_access_list absent",
        "global_access_list",
        {"entries": [{"cidr_block": GLOBAL_ENTRY.block}], "state": "absent", "allow_empty": True},
        "DELETE",
        lambda world: world.global_access_list.clear(),
        **GLOBAL,
    ),
    Operation("global_access_list_info", "global_access_list_info", {}, "GET", None, **GLOBAL),
    Operation(
        "service_account_secret present",
        "service_account_secret",
        {**SECRETS, "valid_for": 720, "force": True, "_ansible_no_log": True},
        "POST",
        renewed,
        id=OLD_SECRET.id,
    ),
    Operation(
        "service_account_secret absent",
        "service_account_secret",
        {**SECRETS, "secret_id": [OLD_SECRET.id], "state": "absent"},
        "DELETE",
        lambda world: world.service_accounts[READER_ACCOUNT.id].secrets.clear(),
        id=OLD_SECRET.id,
    ),
    Operation("service_account_secret_info", "service_account_secret_info", SECRETS, "GET", None),
    Operation(
        "project_service_account place",
        "project_service_account",
        {**PROJECT_KEYS, **READ, "account_id": [READER_ACCOUNT.id]},
        "POST",
        in_project_as_account(READER_ACCOUNT.id),
        id=READER_ACCOUNT.id,
    ),
    Operation(
        "project_service_account change",
        "project_service_account",
        {**MEMBER, **READ},
        "PATCH",
        in_project_as_account(PROJECT_ACCOUNT.id),
        id=PROJECT_ACCOUNT.id,
    ),
    Operation(
        "project_service_account absent",
        "project_service_account",
        {**MEMBER, "state": "absent"},
        "DELETE",
        lambda world: world.service_accounts[PROJECT_ACCOUNT.id].project_roles.clear(),
        id=PROJECT_ACCOUNT.id,
    ),
    Operation("project_service_account_info", "project_service_account_info", PROJECT_KEYS, "GET", None),
    Operation(
        "service_account_access_list present",
        "service_account_access_list",
        {**ON_ACCOUNT, "entries": [BLOCK]},
        "POST",
        lambda world: on_list_of_account(world).append(AccessEntry(BLOCK)),
    ),
    Operation(
        "service_account_access_list absent",
        "service_account_access_list",
        {**ON_ACCOUNT, "entries": [PROJECT_ACCOUNT.access_list[0].block], "state": "absent"},
        "DELETE",
        lambda world: on_list_of_account(world).pop(0),
    ),
    Operation("service_account_access_list_info", "service_account_access_list_info", ON_ACCOUNT, "GET", None),
    Operation("login_info", "login_info", {}, "GET", None),
    Operation("credential_info", "credential_info", {}, "GET", None),
]

# A row that takes long because the server never ends its answer is about the client, which is the same for all modules.
ROWS = [row for row in TABLE if "without an end" not in row.title]
# These operations meet every row: of each kind of object one that makes it, one that changes it and one that lists it.
THOROUGH = {
    *("project_api_key new, POST", "project_api_key change", "project_api_key_info"),
    *("service_account new, POST", "service_account change", "service_account_info"),
    *("service_account_secret present", "service_account_secret_info"),
    *("api_key_access_list present", "api_key_access_list absent", "api_key_access_list_info"),
}
# The others meet one row of each kind, because one client tells the kinds apart for all modules.
ONE_OF_EACH_KIND = {
    *("the answer of the API", "204 without a body", "200 with a web page", "200 with an error in it"),
    *("302, a redirect", "404 INVALID_KEY_ID", "404 API_KEY_NOT_FOUND", "404 USER_NOT_FOUND", "404 about another key"),
    *("404 without a body", "404 RESOURCE_NOT_FOUND of a thing", "404 with a web page", "400 with another code", "409"),
    *("401 NOT_SELF", "403 with a web page", "403 of a policy", "429", "500", "500 after the work"),
    *("a connection that always breaks after the work", "102 before each answer", "503 once"),
    *("a connection that breaks once after the work", "204 without asking for a login"),
}
assert {row.title for row in ROWS} >= ONE_OF_EACH_KIND
assert {operation.name for operation in OPERATIONS} >= THOROUGH
CASES = [
    (row, operation)
    for row in ROWS
    for operation in OPERATIONS
    if operation.name in THOROUGH or row.title in ONE_OF_EACH_KIND
]


def shape(world: World) -> list[t.Any]:
    """Return the data that a task can change, without all that is random or a time."""
    known = sample_world().programmatic_keys
    keys = [
        (
            key.id if key.id in known else "",
            key.description.split(" [replaced by ")[0],
            " [replaced by " in key.description,
            sorted(key.roles),
            {place: sorted(roles) for place, roles in key.project_roles.items()},
            sorted(entry.block for entry in key.access_list),
        )
        for key in world.programmatic_keys.values()
    ]
    known_accounts = sample_world().service_accounts
    accounts = [
        (each.id if each.id in known_accounts else "", each.name, each.description, sorted(each.roles), *place_of(each))
        for each in world.service_accounts.values()
    ]
    ends = {each.id: each.expires_at for each in secrets_of(sample_world())}
    secrets = [(each.id if each.id in ends else "", ends.get(each.id) == each.expires_at) for each in secrets_of(world)]
    return [
        sorted(keys, key=repr),
        sorted(accounts, key=repr),
        sorted(secrets),
        sorted((each.block, each.description) for each in world.global_access_list.values()),
    ]


def place_of(account: ServiceAccount) -> tuple[t.Any, ...]:
    """Return the roles of an account in projects, and its access list."""
    roles = {place: sorted(names) for place, names in account.project_roles.items()}
    return roles, sorted(entry.block for entry in account.access_list)


def secrets_of(world: World) -> list[Secret]:
    """Return the secrets of the service accounts in the sample data."""
    known = [account for account in world.service_accounts.values() if account.id in sample_world().service_accounts]
    return [secret for account in known for secret in account.secrets]


# How a message says that the server may be neither as it was nor as the task wants it.
LEFT_OPEN = ("may have done its work all the same", "there, because the task could", "is still marked as replaced")


class Done(t.NamedTuple):
    """A case that was run."""

    result: dict[str, t.Any]
    world: World


@pytest.fixture(scope="module")
def done(request: pytest.FixtureRequest, untraced_modules: Modules) -> dict[int, Done]:
    """Run every selected case. Many of them wait most of the time, so many run at once."""

    def run(number: int) -> Done:
        row, operation = CASES[number]
        with Emulator(product=operation.product) as emulator:
            if row.fault:
                body = row.fault.body and row.fault.body.replace("{id}", operation.id)
                method = operation.method if row.fault.stage == "request" else None
                emulator.add_fault(replace(row.fault, method=method, body=body))
            kind = (
                ("client_id", "client_secret")
                if operation.login[0].startswith("mdb_sa_id_")
                else ("public_key", "private_key")
            )
            options = {
                "base_url": emulator.base_url,
                **dict(zip(kind, operation.login, strict=True)),
                "api_retries": 1,
                "api_retry_max_delay": 0,
                "api_timeout": 2,
                **operation.options,
            }
            return Done(untraced_modules(operation.module, options), emulator.world)

    numbers = selected(request, test_row)
    with ThreadPoolExecutor(max_workers=16) as pool:
        return dict(zip(numbers, pool.map(run, numbers), strict=True))


def title(number: int) -> str:
    """Return the name of a case."""
    row, operation = CASES[number]
    return f"{row.title}: {operation.name}"


@pytest.mark.parametrize("number", range(len(CASES)), ids=title)
def test_row(done: dict[int, Done], number: int) -> None:
    row, operation = CASES[number]
    result, world = done[number]
    before, after = sample_world(), sample_world()
    if operation.work:
        operation.work(after)
    is_as_before, is_as_wanted = shape(world) == shape(before), shape(world) == shape(after)
    is_open = any(text in result.get("msg", "") for text in LEFT_OPEN)

    if not result["failed"]:
        # In these rows, the server says that the key is gone, although it is not.
        is_believed = row.outcomes is GONE and operation.method == "DELETE"
        assert is_as_before if is_believed else is_as_wanted
        assert result["changed"] == (operation.work is not None and not is_believed)
    if result["failed"] and "an older one ends earlier" in result["msg"]:
        (older,) = (each for each in secrets_of(before) if each.id == OLD_SECRET.id)
        older.expires_at = "soon"
        assert shape(world) == shape(before)
        assert result["changed"]
    elif result["failed"] and not is_open:
        assert is_as_before
        assert not result["changed"]
    if result["failed"]:
        assert result["msg"]
        assert not {"private_key", "client_secret"} & result.keys()
        assert row.fault
    # A secret is in the result once, or nowhere.
    text = json.dumps({**result, "invocation": None})
    for key in world.programmatic_keys.values():
        assert text.count(key.private_key) == (key.id not in before.programmatic_keys and not result["failed"])
    old_secrets = {each.id for each in secrets_of(before)}
    for account in world.service_accounts.values():
        for secret in account.secrets:
            assert text.count(secret.value) == (secret.id not in old_secrets and not result["failed"])
