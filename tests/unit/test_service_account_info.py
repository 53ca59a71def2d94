# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module service_account_info become the work of a task."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import listed_accounts

ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
ACCOUNT = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
OPTIONS: dict[str, t.Any] = {"org_id": ORGANIZATION.upper(), "account_id": None, "name": None, "projects": False}


@pytest.mark.parametrize(
    ("options", "ids", "name"),
    [
        ({}, None, None),
        ({"account_id": [ACCOUNT.upper(), ACCOUNT]}, [ACCOUNT], None),
        ({"account_id": []}, [], None),
        ({"name": "any text! "}, None, "any text! "),
    ],
)
def test_the_list_is_narrowed(options: dict[str, t.Any], ids: list[str] | None, name: str | None) -> None:
    wanted = listed_accounts({**OPTIONS, **options})
    assert (wanted.place.results, wanted.ids, wanted.name, wanted.lists) == ("service_accounts", ids, name, [])
    assert wanted.place.list_request().path == f"/orgs/{ORGANIZATION}/serviceAccounts"


def test_the_projects_are_those_of_the_account() -> None:
    (list_of,) = listed_accounts({**OPTIONS, "projects": True}).lists
    assert list_of(Item(ACCOUNT)).list_request().path == f"/orgs/{ORGANIZATION}/serviceAccounts/{ACCOUNT}/groups"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"account_id": [ACCOUNT, "7"]}, "account_id, item 2 of 2, is a number"),
        ({"name": "mdb_sa_sk_abc"}, "name holds a secret"),
        ({"org_id": "Example"}, "org_id is not an id"),
    ],
)
def test_bad_input_is_refused(options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        listed_accounts({**OPTIONS, **options})
