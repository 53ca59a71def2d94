# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module service_account_secret_info become the work of a task."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account_secret import listed_secrets

CLIENT, SECRET = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53", "5e2b17a09ccf64b7c8d91053"
OPTIONS: dict[str, t.Any] = {"org_id": "5e2b0f6a9ccf64c8a1d0e311", "account_id": CLIENT, "secret_id": None}


@pytest.mark.parametrize(("secret_id", "ids"), [(None, None), ([], []), ([SECRET.upper()], [SECRET])])
def test_the_list_is_narrowed(secret_id: list[str] | None, ids: list[str] | None) -> None:
    wanted = listed_secrets({**OPTIONS, "secret_id": secret_id})
    assert (wanted.place.results, wanted.place.owner_id, wanted.ids) == ("service_account_secrets", CLIENT, ids)


@pytest.mark.parametrize("options", [{"secret_id": ["7"]}, {"account_id": "7"}, {"org_id": "7"}])
def test_a_text_that_is_no_id_is_refused(options: dict[str, t.Any]) -> None:
    with pytest.raises(OptionError, match="is a number"):
        listed_secrets({**OPTIONS, **options})
