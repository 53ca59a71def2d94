# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module api_key_access_list_info in playbooks."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator
from tests.emulator.sample import ORGANIZATION, OWNER_KEY, READER_KEY, SPARE_KEY

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "api_key_access_list_info"
ENTRIES = ["192.0.2.1/32", "198.51.100.0/24"]


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that reads the list of the spare key. Options replace its own."""
    return {
        "base_url": emulator.base_url,
        "public_key": OWNER_KEY.public_key,
        "private_key": OWNER_KEY.private_key,
        "org_id": ORGANIZATION.id,
        "key_id": SPARE_KEY.id,
        **changes,
    }


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_key_by_its_id_and_its_public_key(modules: Modules, check_mode: bool) -> None:
    with Emulator(product="atlas") as emulator:
        for key in (SPARE_KEY.id, SPARE_KEY.public_key):
            result = modules(NAME, options(emulator, key_id=key), check_mode=check_mode, diff=True)
            assert [entry["id"] for entry in result["access_list"]] == ENTRIES
            assert (result["changed"], result["org_id"], result["key_id"]) == (False, ORGANIZATION.id, SPARE_KEY.id)
        assert {received.method for received in emulator.requests} == {"GET"}


@pytest.mark.parametrize("product", ["atlas", "cloud-manager", "ops-manager-4.4", "ops-manager-5.0"])
def test_every_product(modules: Modules, product: str) -> None:
    with Emulator(product=product) as emulator:
        assert [entry["id"] for entry in modules(NAME, options(emulator))["access_list"]] == ENTRIES


def test_a_list_that_cannot_be_read_is_a_failure(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        login = {"public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}
        result = modules(NAME, options(emulator, **login))
    assert (result["failed"], "access_list" in result) == (True, False)
    assert (result["status_code"], result["error_code"]) == (401, "API_KEY_ACCESS_LIST_ACCESS_DENIED")
    assert f"The module could not read the access list of key {SPARE_KEY.id}." in result["msg"]


@pytest.mark.parametrize(
    ("changes", "says"), [({"key_id": ""}, "key_id is empty"), ({"org_id": "Example"}, "org_id is not an id")]
)
def test_bad_input_is_refused_by_name(modules: Modules, changes: dict[str, t.Any], says: str) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options(emulator, **changes))
        assert emulator.requests == []
    assert result["failed"]
    assert says in result["msg"]
