# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the module org_api_key_rotation refuses options, and what a new key gets from the old one."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key_rotation import wanted_rotation

ORGANIZATION, PROJECT, KEY = "5e2b0f6a9ccf64c8a1d0e311", "5e2b10049ccf64c8a1d0e321", "5e2b13009ccf64b7c8d90c45"
GIVEN: dict[str, t.Any] = {
    "org_id": ORGANIZATION.upper(),
    "description": "ci",
    "max_age": 90.0,
    "overlap": 7.0,
    "force": False,
    "private_key_path": None,
}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"org_id": "Example"}, "org_id is not an id"),
        ({"description": "x" * 227}, "description has 227 characters, and must have at most 226"),
        ({"description": ""}, "description must not be empty"),
        ({"description": "ci [unfinished 0a1b2c3d]"}, "description ends with a mark"),
        ({"description": "91d6a7e2-38b5-4f0c-b47a-c05e2d9f8163"}, "description holds a secret"),
        ({"max_age": float("nan")}, "max_age must be a number of days"),
        ({"max_age": float("inf")}, "max_age must be a number of days"),
        ({"max_age": 0.0, "overlap": 0.0}, "overlap must be less than max_age"),
        ({"overlap": 90.0}, "overlap must be less than max_age"),
        ({"overlap": -0.1}, "overlap must be a number of days, and not negative"),
        ({"private_key_path": "/nowhere/key"}, "there is no folder for /nowhere/key"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        wanted_rotation({**GIVEN, **options})


def test_days_are_seconds_and_may_have_fractions() -> None:
    wanted = wanted_rotation({**GIVEN, "max_age": 0.5, "overlap": 0.25, "description": "x" * 226})
    assert (wanted.max_age, wanted.overlap, len(wanted.name)) == (43200, 21600, 226)
    assert wanted.file is None


def test_a_new_key_gets_roles_access_list_and_projects() -> None:
    wanted = wanted_rotation(GIVEN)
    key = Item(KEY, fields={"projects": [{"project_id": PROJECT, "roles": ["GROUP_OWNER"]}]})
    assert wanted.copied_fields == ("roles",)
    assert wanted.place.parent() == {"org_id": ORGANIZATION}
    assert wanted.access_list(key).list_request().path == f"/orgs/{ORGANIZATION}/apiKeys/{KEY}/accessList"
    ((place, fields),) = wanted.other_places(key)
    assert (place.parent(), fields) == ({"project_id": PROJECT}, {"roles": ["GROUP_OWNER"]})
