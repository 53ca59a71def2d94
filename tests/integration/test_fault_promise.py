# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of the fault matrix, for the modules that it does not list: the result of a task is true.

A success means that the server is in the wanted state. A failure without ``changed`` means that the server is as it
was, unless the message says that this is not known. A new key whose secret nobody has does not stay.
"""

from __future__ import annotations

import json
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from tests.emulator import AccessEntry, Emulator, GlobalAccessEntry, ProgrammaticKey, World
from tests.emulator.sample import (
    GLOBAL_ENTRY,
    GLOBAL_KEY,
    ORGANIZATION,
    OWNER_KEY,
    PROJECT,
    READER_KEY,
    SPARE_KEY,
    sample_world,
)
from tests.integration.test_fault_matrix import GONE, TABLE

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
        login: The public and the private key of the login.
        key_id: The id that an answer of the fault names.
    """

    name: str
    module: str
    options: dict[str, t.Any]
    method: str
    work: Change | None
    product: str = "atlas"
    login: tuple[str, str] = (OWNER_KEY.public_key, OWNER_KEY.private_key)
    key_id: str = SPARE_KEY.id


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


PROJECT_KEYS = {"project_id": PROJECT.id}
GROUP = {"roles": ["GROUP_OWNER"]}
ON_LIST = {"org_id": ORGANIZATION.id, "key_id": SPARE_KEY.id}
GLOBAL: dict[str, t.Any] = {"product": "ops-manager-6.0", "login": (GLOBAL_KEY.public_key, GLOBAL_KEY.private_key)}
NEW = {**PROJECT_KEYS, **GROUP, "description": "ci", "_ansible_no_log": True}
ROTATION = {
    "org_id": ORGANIZATION.id,
    "description": SPARE_KEY.description,
    "force": True,
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
            key_id=READER_KEY.id,
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
]

# A row that takes long because the server never ends its answer is about the client, which is the same for all modules.
ROWS = [row for row in TABLE if "without an end" not in row.title]
CASES = [(row, operation) for row in ROWS for operation in OPERATIONS]


def shape(world: World) -> list[t.Any]:
    """Return the data of keys and lists that a task can change, without all that is random or a time."""
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
    return [
        sorted(keys, key=repr),
        sorted((each.block, each.description) for each in world.global_access_list.values()),
    ]


class Done(t.NamedTuple):
    """A case that was run."""

    result: dict[str, t.Any]
    world: World


@pytest.fixture(scope="module")
def done(request: pytest.FixtureRequest, modules: Modules) -> dict[int, Done]:
    """Run every selected case. Many of them wait most of the time, so many run at once."""

    def run(number: int) -> Done:
        row, operation = CASES[number]
        with Emulator(product=operation.product) as emulator:
            if row.fault:
                body = row.fault.body and row.fault.body.replace("{id}", operation.key_id)
                method = operation.method if row.fault.stage == "request" else None
                emulator.add_fault(replace(row.fault, method=method, body=body))
            public_key, private_key = operation.login
            options = {
                "base_url": emulator.base_url,
                "public_key": public_key,
                "private_key": private_key,
                "api_retries": 1,
                "api_retry_max_delay": 0,
                "api_timeout": 2,
                **operation.options,
            }
            return Done(modules(operation.module, options), emulator.world)

    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    numbers = [t.cast("int", item.callspec.params["number"]) for item in items if item.function is test_row]
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
    is_open = "may have done its work all the same" in result.get("msg", "") or "still " in result.get("msg", "")

    # In these rows, the server says that the key is gone, although it is not.
    if not result["failed"] and row.outcomes is not GONE:
        assert is_as_wanted
        assert result["changed"] == (operation.work is not None)
    if result["failed"] and not is_open:
        assert is_as_before
        assert not result["changed"]
    if result["failed"]:
        assert result["msg"]
        assert "private_key" not in result
        assert row.fault
    # A secret is in the result once, or nowhere.
    text = json.dumps({**result, "invocation": None})
    for key in world.programmatic_keys.values():
        assert text.count(key.private_key) == (key.id not in before.programmatic_keys and not result["failed"])
