# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module org_api_key_info become the work of a task."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.api_key_info import listed_org_keys

KEY = "5e2b13009ccf64b7c8d90c45"
OPTIONS: dict[str, t.Any] = {"org_id": "5e2b0f6a9ccf64c8a1d0e311", "key_id": None, "description": None}


@pytest.mark.parametrize(
    ("options", "ids", "name"),
    [
        ({}, None, None),
        ({"key_id": [KEY.upper(), "ctbmsjfi"]}, [KEY, "ctbmsjfi"], None),
        ({"key_id": []}, [], None),
        ({"description": "any text [unfinished 0a1b2c3d] "}, None, "any text [unfinished 0a1b2c3d] "),
    ],
)
def test_the_list_is_narrowed(options: dict[str, t.Any], ids: list[str] | None, name: str | None) -> None:
    wanted = listed_org_keys({**OPTIONS, **options})
    assert (wanted.place.results, wanted.ids, wanted.name) == ("org_api_keys", ids, name)


def test_a_text_that_names_no_key_is_refused() -> None:
    with pytest.raises(OptionError, match="key_id, item 2 of 2, is a number"):
        listed_org_keys({**OPTIONS, "key_id": [KEY, "7"]})
