# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module org_api_key_info."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault
from tests.emulator.sample import ORGANIZATION, OWNER_KEY, PROJECT, READER_KEY, SPARE_KEY, sample_world

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

KEYS = f"/orgs/{ORGANIZATION.id}/apiKeys"
UNKNOWN = "000000000000000000000000"


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as a key that may only read."""
    login = {"public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}
    given = {"base_url": emulator.base_url, **login, "org_id": ORGANIZATION.id, "api_retries": 0}
    return {**given, **options}


def test_all_keys_for_real_and_in_check_mode(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        given = options_of(emulator)
        results = [modules("org_api_key_info", given, check_mode=mode, diff=mode) for mode in (False, True)]
        assert [result["changed"] for result in results] == [False, False]
        assert results[0]["org_api_keys"] == results[1]["org_api_keys"]
        page = f"GET {KEYS}?pageNum=1&itemsPerPage=500"
        assert emulator.calls == [f"{page} 401", f"{page} 200"] * 2
    keys = {key["id"]: key for key in results[0]["org_api_keys"]}
    assert keys.keys() == {key.id for key in sample_world().programmatic_keys.values() if key.organization_id}
    assert keys[SPARE_KEY.id] == {
        "id": SPARE_KEY.id,
        "public_key": SPARE_KEY.public_key,
        "description": SPARE_KEY.description,
        "roles": ["ORG_MEMBER"],
        "projects": [{"project_id": PROJECT.id, "roles": ["GROUP_READ_ONLY"]}],
        "obfuscated_key": SPARE_KEY.redacted,
        "created_at": "2020-01-24T15:53:36Z",
    }


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({"key_id": [OWNER_KEY.public_key, SPARE_KEY.id.upper(), UNKNOWN]}, {OWNER_KEY.id, SPARE_KEY.id}),
        ({"description": SPARE_KEY.description}, {SPARE_KEY.id}),
        ({"description": "no such key"}, set()),
        ({"key_id": []}, set()),
    ],
)
@pytest.mark.parametrize("product", ["atlas", "ops-manager-6.0", "cloud-manager"])
def test_the_list_is_narrowed(modules: Modules, product: str, options: dict[str, t.Any], ids: set[str]) -> None:
    with Emulator(product=product) as emulator:
        result = modules("org_api_key_info", options_of(emulator, **options))
    assert {key["id"] for key in result["org_api_keys"]} == ids
    assert (result["org_id"], result["changed"]) == (ORGANIZATION.id, False)


def test_every_page_is_read(modules: Modules) -> None:
    with Emulator(product="atlas", page_limit=2) as emulator:
        assert len(modules("org_api_key_info", options_of(emulator))["org_api_keys"]) == 5
        assert emulator.calls[1:] == [f"GET {KEYS}?pageNum={page}&itemsPerPage=500 200" for page in (1, 2, 3)]


def test_a_list_that_cannot_be_read_is_a_failure_that_says_whose(modules: Modules) -> None:
    with Emulator(product="atlas", page_limit=2) as emulator:
        emulator.add_fault(Fault(path="pageNum=2", status=500))
        broken = modules("org_api_key_info", options_of(emulator))
        unknown = modules("org_api_key_info", options_of(emulator, org_id=UNKNOWN))
        typo = modules("org_api_key_info", options_of(emulator, key_id=["x"]))
    for result, says in (
        (broken, f"The module could not read the keys of organization {ORGANIZATION.id}."),
        (unknown, "Is org_id mistyped?"),
        (typo, "key_id is not an id."),
    ):
        assert says in result["msg"]
        assert "org_api_keys" not in result
