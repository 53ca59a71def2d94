# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module global_api_key become the work of a task."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import ApiKeys, wanted_global_keys

KEY = "5c0d3c109ccf64b7c8d90c40"
OPTIONS: dict[str, t.Any] = {
    "key_id": None,
    "description": None,
    "roles": None,
    "private_key_path": None,
    "missing_secret": "fail",
    "state": "present",
}


def test_keys_of_an_ops_manager_as_a_whole() -> None:
    wanted = wanted_global_keys({**OPTIONS, "key_id": [KEY], "roles": ["GLOBAL_READ_ONLY"]})
    assert isinstance(wanted.place, ApiKeys)
    assert wanted.place.organization_id is None
    assert wanted[1:7] == ([KEY], None, {"roles": ["GLOBAL_READ_ONLY"]}, "present", None, False)


def test_a_message_names_the_module_that_lists_global_keys() -> None:
    with pytest.raises(OptionError, match="mongodb.atlas.global_api_key_info lists"):
        wanted_global_keys({**OPTIONS, "key_id": ["91d6a7e2-38b5-4f0c-b47a-c05e2d9f8163"]})
