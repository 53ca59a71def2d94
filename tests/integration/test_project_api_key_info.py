# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module project_api_key_info, and the option access_list that it shares with org_api_key_info."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault, Switches, sample_world
from tests.emulator.sample import ORGANIZATION, OWNER_KEY, PROJECT, PROJECT_OWNER_KEY, SPARE_KEY

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "project_api_key_info"
PATHS = {"project_api_key": f"/groups/{PROJECT.id}/apiKeys", "org_api_key": f"/orgs/{ORGANIZATION.id}/apiKeys"}
IN_PROJECT = [SPARE_KEY, PROJECT_OWNER_KEY]
"""The keys in the project, in the order of the server, which is that of their public keys."""
PAGES = [("atlas", 500), ("ops-manager-4.4", 100), ("ops-manager-6.0", 100), ("cloud-manager", 100)]


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as an owner of the organization. Options replace its own."""
    return {
        "base_url": emulator.base_url,
        "public_key": OWNER_KEY.public_key,
        "private_key": OWNER_KEY.private_key,
        "project_id": PROJECT.id,
        **changes,
    }


@pytest.mark.parametrize(("product", "per_page"), PAGES)
def test_the_keys_of_a_project(modules: Modules, product: str, per_page: int) -> None:
    with Emulator(product=product, switches=Switches(shuffles_roles=True)) as emulator:
        result = modules(NAME, options(emulator))
        page = f"GET {PATHS['project_api_key']}?pageNum=1&itemsPerPage={per_page}"
        assert emulator.calls == [f"{page} 401", f"{page} 200"]
        assert modules(NAME, options(emulator), check_mode=True) == result
    assert (result["changed"], result["project_id"]) == (False, PROJECT.id)
    assert [key["id"] for key in result["project_api_keys"]] == [key.id for key in IN_PROJECT]
    assert result["project_api_keys"][0] == {
        "id": SPARE_KEY.id,
        "public_key": SPARE_KEY.public_key,
        "description": SPARE_KEY.description,
        "roles": ["GROUP_READ_ONLY"],
        "projects": [{"project_id": PROJECT.id, "roles": ["GROUP_READ_ONLY"]}],
        "obfuscated_key": SPARE_KEY.redacted,
        "created_at": "2020-01-24T15:53:36Z",
    }


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"key_id": [PROJECT_OWNER_KEY.id.upper(), SPARE_KEY.public_key, "0" * 24]}, IN_PROJECT),
        ({"key_id": [OWNER_KEY.id]}, []),
        ({"key_id": []}, []),
        ({"description": SPARE_KEY.description}, [SPARE_KEY]),
        ({"description": "Sicherung"}, []),
        ({"description": SPARE_KEY.description, "key_id": [PROJECT_OWNER_KEY.id]}, []),
    ],
)
def test_a_list_can_be_narrowed(modules: Modules, changes: dict[str, t.Any], found: list[t.Any]) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, **changes))
    assert [key["id"] for key in result["project_api_keys"]] == [key.id for key in found]


def test_every_page_is_read(modules: Modules) -> None:
    with Emulator(product="atlas", page_limit=1) as emulator:
        assert len(modules(NAME, options(emulator))["project_api_keys"]) == len(IN_PROJECT)
        emulator.add_fault(Fault(path="pageNum=2", status=403))
        failed = modules(NAME, options(emulator))
    assert (failed["failed"], "project_api_keys" in failed) == (True, False)
    assert f"The module could not read the keys of project {PROJECT.id}." in failed["msg"]


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize(("product", "per_page"), PAGES)
def test_each_access_list_takes_one_request(modules: Modules, kind: str, product: str, per_page: int) -> None:
    """Only the first one tells what the server calls such lists."""
    with Emulator(product=product) as emulator:
        where = {} if kind == "project_api_key" else {"project_id": None, "org_id": ORGANIZATION.id}
        result = modules(f"{kind}_info", options(emulator, access_list=True, **where))
        keys = result[f"{kind}s"]
        page = f"?pageNum=1&itemsPerPage={per_page}"
        own = f"/orgs/{ORGANIZATION.id}/apiKeys"
        name = "whitelist" if product == "ops-manager-4.4" else "accessList"
        assert emulator.calls == [
            f"GET {PATHS[kind]}{page} 401",
            f"GET {PATHS[kind]}{page} 200",
            *([f"GET {own}/{keys[0]['id']}/accessList{page} 404"] if name == "whitelist" else []),
            *[f"GET {own}/{key['id']}/{name}{page} 200" for key in keys],
        ]
    lists = {key["id"]: [entry["id"] for entry in key["access_list"]] for key in keys}
    assert lists == {
        key.id: [entry.block for entry in key.access_list]
        for key in sample_world().programmatic_keys.values()
        if key.organization_id and (kind == "org_api_key" or PROJECT.id in key.project_roles)
    }
    assert keys[[*lists].index(SPARE_KEY.id)]["access_list"][0] == {
        "id": "192.0.2.1/32",
        "created_at": "2019-08-25T10:30:00Z",
        "count": 0,
        "last_used": None,
        "last_used_address": None,
    }


@pytest.mark.parametrize("kind", PATHS)
def test_a_list_that_cannot_be_read_is_a_failure_that_names_key_and_role(modules: Modules, kind: str) -> None:
    with Emulator(product="atlas") as emulator:
        code = "API_KEY_ACCESS_LIST_ACCESS_DENIED"
        emulator.add_fault(Fault(path="/accessList", skip=1, status=401, error_code=code, times=None))
        where = {} if kind == "project_api_key" else {"project_id": None, "org_id": ORGANIZATION.id}
        chosen = [SPARE_KEY.id, PROJECT_OWNER_KEY.id]
        result = modules(f"{kind}_info", options(emulator, access_list=True, key_id=chosen, **where))
    assert (result["failed"], f"{kind}s" in result) == (True, False)
    assert (result["status_code"], result["error_code"]) == (401, code)
    assert f"The module could not read the access list of key {PROJECT_OWNER_KEY.id}." in result["msg"]
    assert "the role ORG_OWNER" in result["msg"]


def test_a_project_owner_reads_only_its_own_access_list(modules: Modules) -> None:
    login = {"public_key": PROJECT_OWNER_KEY.public_key, "private_key": PROJECT_OWNER_KEY.private_key}
    with Emulator(product="atlas") as emulator:
        own = modules(NAME, options(emulator, access_list=True, key_id=[PROJECT_OWNER_KEY.id], **login))
        every = modules(NAME, options(emulator, access_list=True, **login))
    assert own["project_api_keys"][0]["access_list"] == []
    assert (every["failed"], SPARE_KEY.id in every["msg"]) == (True, True)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"project_id": None}, "missing required arguments: project_id"),
        ({"project_id": "Backend"}, "project_id is not an id"),
        ({"key_id": ["x"]}, "key_id is not an id"),
        ({"key_id": [SPARE_KEY.private_key]}, "key_id holds a key itself"),
        ({"description": SPARE_KEY.private_key}, "description holds a secret."),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, changes: dict[str, t.Any], says: str
) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, **changes))
        assert emulator.requests == []
    assert (result["failed"], says in result["msg"], SPARE_KEY.private_key in str(result)) == (True, True, False)


def test_an_unknown_project_is_a_failure(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        assert "Is project_id mistyped?" in modules(NAME, options(emulator, project_id="0" * 24))["msg"]
