# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module global_api_key: what differs from org_api_key, which tests the engine of both."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, ProgrammaticKey
from tests.emulator.sample import GLOBAL_KEY, OWNER_KEY, sample_world
from tests.integration.started import new_keys

if t.TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.modules import Modules

KEYS = "/admin/apiKeys"
LIST = f"GET {KEYS}?pageNum=1&itemsPerPage=100"
NEW: dict[str, t.Any] = {"description": "ci", "roles": ["GLOBAL_READ_ONLY"]}


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as the global owner."""
    login = {"public_key": GLOBAL_KEY.public_key, "private_key": GLOBAL_KEY.private_key}
    return {"base_url": emulator.url, **login, "api_retry_max_delay": 0, **options}


def test_in_check_mode_for_real_and_again(modules: Modules, tmp_path: Path) -> None:
    path = tmp_path / "private_key"
    with Emulator(product="ops-manager-6.0") as emulator:
        make = options_of(emulator, **NEW, private_key_path=str(path))
        assert modules("global_api_key", make, check_mode=True, diff=True)["changed"] is True
        assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"]
        emulator.clear()
        made, again = modules("global_api_key", make), modules("global_api_key", make)
        (key,) = new_keys(emulator.world)
        assert (made["changed"], again["changed"]) == (True, False)
        assert path.read_text(encoding="utf-8") == key.private_key
        assert made["global_api_key"]["id"] == key.id
        assert made["global_api_key"]["roles"] == key.roles == ["GLOBAL_READ_ONLY"]
        assert key.organization_id is None
        assert emulator.calls == [
            f"{LIST} 401",
            f"{LIST} 200",
            f"POST {KEYS} 200",
            f"{LIST} 200",
            f"PATCH {KEYS}/{key.id} 200",
            f"{LIST} 401",
            f"{LIST} 200",
            f"GET {KEYS}/{key.id} 200",
        ]


@pytest.mark.parametrize("product", ["ops-manager-4.4", "ops-manager-5.0", "ops-manager-6.0"])
def test_making_changing_and_revoking(modules: Modules, product: str) -> None:
    with Emulator(product=product) as emulator:
        made = modules("global_api_key", options_of(emulator, **NEW))
        (key,) = new_keys(emulator.world)
        assert json.dumps(made).count(key.private_key) == 1
        assert made["private_key"] == key.private_key
        emulator.clear()
        change = options_of(emulator, key_id=[key.id], roles=["GLOBAL_BACKUP_ADMIN"], description="backup")
        revoke = options_of(emulator, key_id=[key.id], state="absent")
        assert [modules("global_api_key", change)["changed"] for _time in range(2)] == [True, False]
        assert (key.roles, key.description) == (["GLOBAL_BACKUP_ADMIN"], "backup")
        assert [modules("global_api_key", revoke)["changed"] for _time in range(2)] == [True, False]
        one = f"{KEYS}/{key.id}"
        assert emulator.calls == [
            *(f"GET {one} 401", f"GET {one} 200", f"PATCH {one} 200", f"GET {one} 401", f"GET {one} 200"),
            *(f"DELETE {one} 401", f"DELETE {one} 204", f"DELETE {one} 401", f"DELETE {one} 400"),
        ]
        assert emulator.world == sample_world()


def test_the_key_that_logs_in_is_revoked_last_with_a_warning(modules: Modules) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        modules("global_api_key", options_of(emulator, **NEW))
        (key,) = new_keys(emulator.world)
        names = [GLOBAL_KEY.public_key, key.id]
        result = modules("global_api_key", options_of(emulator, key_id=names, state="absent"))
        assert [item["changed"] for item in result["global_api_keys"]] == [True, True]
        assert "nothing can log in with it afterwards" in result["warnings"][0]
        assert emulator.calls[-1] == f"DELETE {KEYS}/{GLOBAL_KEY.id} 204"


@pytest.mark.parametrize(
    ("product", "base_path", "login", "says"),
    [
        ("atlas", "/api/atlas/v2", OWNER_KEY, "Only Ops Manager has global keys"),
        ("cloud-manager", "", OWNER_KEY, "Only Ops Manager has global keys"),
        ("ops-manager-6.0", "", OWNER_KEY, "the login needs the role GLOBAL_OWNER"),
    ],
)
@pytest.mark.parametrize(
    "options",
    [
        NEW,
        {"description": "ci", "state": "absent"},
        {"key_id": [GLOBAL_KEY.id], "state": "absent"},
        {"key_id": [GLOBAL_KEY.id], "roles": ["GLOBAL_OWNER"]},
    ],
)
def test_a_server_without_global_keys_and_a_login_without_the_role(
    modules: Modules, product: str, base_path: str, login: ProgrammaticKey, says: str, options: dict[str, t.Any]
) -> None:
    with Emulator(product=product) as emulator:
        given = {"public_key": login.public_key, "private_key": login.private_key}
        given["base_url"] = emulator.url + base_path
        result = modules("global_api_key", options_of(emulator, **given, **options))
        assert (result["failed"], result["changed"]) == (True, False)
        assert says in result["msg"]
        assert emulator.world == sample_world()
