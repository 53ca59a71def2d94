# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options the module project_service_account_info refuses."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_service_account import (
    listed_project_accounts,
)

ACCOUNT = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
GIVEN: dict[str, t.Any] = {"project_id": "5e2b10049ccf64c8a1d0e321", "account_id": None, "name": None}
SECRET = "mdb_sa_sk_z5KpUe-W3oAyXrD1bHn0MtF9_lQs7GvJiC4gZmTx"


def test_the_options() -> None:
    assert listed_project_accounts(GIVEN)[1:] == (None, None, ())
    given = {**GIVEN, "account_id": [ACCOUNT.upper()], "name": "Backend team"}
    assert listed_project_accounts(given)[1:] == ([ACCOUNT], "Backend team", ())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"project_id": ""}, "project_id is empty"),
        ({"project_id": "Backend"}, "project_id is not an id"),
        ({"account_id": ["kfjwbqzs"]}, "account_id is a public key"),
        ({"name": SECRET}, "name holds a secret"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says) as caught:
        listed_project_accounts({**GIVEN, **options})
    assert SECRET not in str(caught.value)
