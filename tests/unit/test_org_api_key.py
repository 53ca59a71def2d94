# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module org_api_key become the work of a task."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import ApiKeys, wanted_org_keys
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Managed

ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
KEY = "5e2b13009ccf64b7c8d90c45"
OPTIONS: dict[str, t.Any] = {
    "org_id": ORGANIZATION.upper(),
    "key_id": None,
    "description": None,
    "roles": None,
    "private_key_path": None,
    "missing_secret": "fail",
    "state": "present",
}


def place_of(wanted: Managed) -> ApiKeys:
    return t.cast("ApiKeys", wanted.place)


def test_keys_by_id_and_public_key() -> None:
    wanted = wanted_org_keys({**OPTIONS, "key_id": [KEY.upper(), "ctbmsjfi", KEY], "state": "absent"})
    assert place_of(wanted).organization_id == ORGANIZATION
    assert wanted[1:7] == ([KEY, "ctbmsjfi"], None, {}, "absent", None, False)


def test_a_key_by_description() -> None:
    wanted = wanted_org_keys({**OPTIONS, "description": "ci", "roles": ["ORG_MEMBER"], "missing_secret": "warn"})
    assert wanted[1:7] == (None, "ci", {"roles": ["ORG_MEMBER"]}, "present", None, True)


def test_a_key_that_gets_another_description(tmp_path: t.Any) -> None:
    path = str(tmp_path / "key")
    wanted = wanted_org_keys({**OPTIONS, "key_id": [KEY], "description": "ci", "private_key_path": path})
    assert (wanted.ids, wanted.name, str(wanted.file)) == ([KEY], "ci", f"private_key_path ({path})")


def test_an_organization_needs_an_id() -> None:
    with pytest.raises(OptionError, match="org_id is not an id"):
        wanted_org_keys({**OPTIONS, "org_id": "Example", "description": "ci"})
