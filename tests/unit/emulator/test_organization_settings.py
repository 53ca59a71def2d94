# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of an organization on Atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator import Switches, sample
from tests.unit.emulator.support import KEY_OWNER, OPS_MANAGERS, READER

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

SETTINGS = f"/orgs/{sample.ORGANIZATION.id}/settings"


@pytest.mark.parametrize("version", ["v1.0", "v2"])
def test_the_settings_tell_whether_keys_need_an_access_list(start: Start, version: str) -> None:
    client = start(product="atlas", switches=Switches(enforces_access_lists=True))
    if version == "v2":
        client.as_v2()
    settings = {
        "apiAccessListRequired": False,
        "genAIFeaturesEnabled": True,
        "maxServiceAccountSecretValidityInHours": 8760,
        "multiFactorAuthRequired": False,
        "restrictEmployeeAccess": False,
    }
    assert client.call("GET", SETTINGS, login=READER).document == settings
    changed = client.call("PATCH", SETTINGS, {"apiAccessListRequired": True}, login=KEY_OWNER)
    assert (changed.status, changed.document) == (200, {**settings, "apiAccessListRequired": True})
    assert client.call("GET", SETTINGS, login=READER).error_code == "ORG_REQUIRES_ACCESS_LIST"


def test_a_server_may_not_tell_whether_keys_need_an_access_list(start: Start) -> None:
    client = start(product="atlas", switches=Switches(tells_access_list_required=False))
    settings = client.call("GET", SETTINGS, login=READER).document
    assert ("apiAccessListRequired" in settings, settings["multiFactorAuthRequired"]) == (False, False)


def test_only_an_owner_of_the_organization_changes_its_settings(start: Start) -> None:
    answer = start(product="atlas").call("PATCH", SETTINGS, {"apiAccessListRequired": True}, login=READER)
    assert (answer.status, answer.error_code) == (401, "USER_UNAUTHORIZED")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_ATTRIBUTE"),
        ({"apiAccessListRequired": 1}, "INVALID_ATTRIBUTE"),
        ({"apiAccessListRequired": True, "x": 1}, "INVALID_ATTRIBUTE"),
    ],
)
def test_a_bad_body_is_refused(start: Start, body: object, code: str) -> None:
    answer = start(product="atlas").call("PATCH", SETTINGS, body, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (400, code)


@pytest.mark.parametrize(("hours", "status"), [(8, 200), (8760, 200), (7, 400), (8761, 400), (True, 400), ("8", 400)])
def test_the_settings_limit_the_secrets_of_service_accounts(start: Start, hours: object, status: int) -> None:
    client = start(product="atlas")
    name = "maxServiceAccountSecretValidityInHours"
    changed = client.call("PATCH", SETTINGS, {name: hours}, login=KEY_OWNER)
    assert changed.status == status
    settings = client.call("GET", SETTINGS, login=READER).document
    assert (settings[name], settings["apiAccessListRequired"]) == (hours if status == 200 else 8760, False)


@pytest.mark.parametrize("product", [*OPS_MANAGERS, "cloud-manager"])
def test_the_other_products_have_no_settings(start: Start, product: str) -> None:
    answer = start(product=product).call("GET", SETTINGS, login=KEY_OWNER)
    assert (answer.status, answer.error_code) == (404, "RESOURCE_NOT_FOUND")


@pytest.mark.parametrize(
    ("content_type", "on_v1", "on_v2"),
    [
        ("application/json", 200, 200),
        ("application/vnd.atlas.2023-01-01+json", 415, 200),
        ("application/vnd.atlas.2023-01-01+json;charset=utf-8", 415, 200),
        ("application/vnd.atlas+json", 415, 415),
        ("text/plain", 415, 415),
    ],
)
def test_v2_takes_a_body_of_the_versioned_type_too(start: Start, content_type: str, on_v1: int, on_v2: int) -> None:
    client = start(product="atlas")
    for status in (on_v1, on_v2):
        client.headers["Content-Type"] = content_type
        assert client.call("PATCH", SETTINGS, {"apiAccessListRequired": False}, login=KEY_OWNER).status == status
        client.as_v2()
