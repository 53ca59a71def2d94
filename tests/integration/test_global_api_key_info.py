# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module global_api_key_info."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator
from tests.emulator.sample import GLOBAL_KEY, OWNER_KEY

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

LIST = "GET /admin/apiKeys?pageNum=1&itemsPerPage=100"


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as the global owner."""
    login = {"public_key": GLOBAL_KEY.public_key, "private_key": GLOBAL_KEY.private_key}
    return {"base_url": emulator.base_url, **login, **options}


def test_all_keys_for_real_and_in_check_mode(modules: Modules) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        given = options_of(emulator)
        results = [modules("global_api_key_info", given, check_mode=mode, diff=mode) for mode in (False, True)]
        assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"] * 2
    for result in results:
        assert result["changed"] is False
        assert result["global_api_keys"] == [
            {
                "id": GLOBAL_KEY.id,
                "public_key": GLOBAL_KEY.public_key,
                "description": "Operator",
                "roles": ["GLOBAL_OWNER"],
                "projects": [],
                "obfuscated_key": GLOBAL_KEY.redacted,
                "created_at": "2018-12-09T16:00:16Z",
            }
        ]


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({"key_id": [GLOBAL_KEY.id]}, 1),
        ({"key_id": [GLOBAL_KEY.public_key]}, 1),
        ({"key_id": [OWNER_KEY.id]}, 0),
        ({"description": "Operator"}, 1),
        ({"description": "operator"}, 0),
    ],
)
def test_the_list_is_narrowed(modules: Modules, options: dict[str, t.Any], number: int) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        assert len(modules("global_api_key_info", options_of(emulator, **options))["global_api_keys"]) == number


@pytest.mark.parametrize(
    ("product", "says"),
    [("atlas", "Only Ops Manager has global keys"), ("ops-manager-6.0", "the login needs the role GLOBAL_OWNER")],
)
def test_keys_that_cannot_be_read_are_a_failure(modules: Modules, product: str, says: str) -> None:
    with Emulator(product=product) as emulator:
        owner = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
        result = modules("global_api_key_info", options_of(emulator, **owner))
    assert result["failed"]
    assert says in result["msg"]
    assert "global_api_keys" not in result
