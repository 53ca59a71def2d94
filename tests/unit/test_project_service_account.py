# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options the module project_service_account takes and refuses."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_service_account import (
    wanted_project_accounts,
)

ACCOUNT = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
GIVEN: dict[str, t.Any] = {
    "project_id": "5e2b10049ccf64c8a1d0e321",
    "account_id": [ACCOUNT],
    "roles": None,
    "state": "present",
}


def test_the_options() -> None:
    roles = ["GROUP_OWNER", "GROUP_BACKUP_ADMIN", "GROUP_OWNER"]
    wanted = wanted_project_accounts({**GIVEN, "account_id": [ACCOUNT.upper(), ACCOUNT], "roles": roles})
    assert (wanted.ids, wanted.name, wanted.state) == ([ACCOUNT], None, "present")
    assert wanted.fields == {"roles": ["GROUP_BACKUP_ADMIN", "GROUP_OWNER"]}
    assert wanted.place.parent() == {"project_id": GIVEN["project_id"]}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"project_id": "Backend"}, "project_id is not an id"),
        ({"account_id": ["5e2b17a09ccf64b7c8d90f53"]}, "account_id is the id of another object"),
        ({"account_id": [ACCOUNT, "Backend team"]}, "account_id, item 2 of 2, is not an id"),
    ],
)
def test_options_that_cannot_be_used(state: str, options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        wanted_project_accounts({**GIVEN, **options, "state": state})


def test_roles_are_looked_at_only_where_they_are_used() -> None:
    for roles, says in (([], "a service account needs at least one role"), (["owner"], "not the name of a role")):
        with pytest.raises(OptionError, match=says):
            wanted_project_accounts({**GIVEN, "roles": roles})
        assert wanted_project_accounts({**GIVEN, "roles": roles, "state": "absent"}).fields == {}
