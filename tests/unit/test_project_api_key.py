# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the module project_api_key refuses options."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_api_key import wanted_project_keys

KEY = "5e2b13009ccf64b7c8d90c45"
GIVEN: dict[str, t.Any] = {
    "project_id": "5e2b10049ccf64c8a1d0e321",
    "key_id": [KEY],
    "description": None,
    "roles": None,
    "private_key_path": None,
    "missing_secret": "fail",
    "state": "present",
}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"project_id": "Backend"}, "project_id is not an id"),
        ({"key_id": None}, "The task needs key_id or description"),
        ({"description": "ci"}, "key_id and description exclude each other"),
        ({"key_id": [KEY, "ctbmsjfi"], "private_key_path": "/tmp/key"}, "private_key_path is for one key"),
        ({"private_key_path": "/nowhere/key"}, "there is no folder for /nowhere/key"),
    ],
)
def test_options_that_do_not_go_together(state: str, options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        wanted_project_keys({**GIVEN, **options, "state": state})


def test_roles_are_looked_at_only_where_they_are_used() -> None:
    for roles in ([], ["owner"]):
        with pytest.raises(OptionError, match="roles"):
            wanted_project_keys({**GIVEN, "roles": roles})
        assert wanted_project_keys({**GIVEN, "roles": roles, "state": "absent"}).fields == {}
