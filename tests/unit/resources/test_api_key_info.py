# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of info modules for programmatic keys."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.api_key_info import (
    listed_global_keys,
    listed_org_keys,
    listed_project_keys,
)

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._named import Listed

KEY = "5e2b13009ccf64b7c8d90c45"
PLACE = "5e2b0f6a9ccf64c8a1d0e311"
SECRET = "91d6a7e2-38b5-4f0c-b47a-c05e2d9f8163"
ALL: dict[str, t.Any] = {"org_id": PLACE, "project_id": PLACE, "key_id": None, "description": None}
Read = t.Callable[[t.Mapping[str, t.Any]], "Listed"]
KINDS: list[tuple[Read, str]] = [
    (listed_org_keys, f"/orgs/{PLACE}/apiKeys"),
    (listed_global_keys, "/admin/apiKeys"),
    (listed_project_keys, f"/groups/{PLACE}/apiKeys"),
]


@pytest.mark.parametrize(("read", "path"), KINDS)
def test_the_keys_to_list(read: Read, path: str) -> None:
    every = read(ALL)
    assert (every.place.list_request().path, every.ids, every.name, every.lists) == (path, None, None, [])
    some = read({**ALL, "key_id": [KEY.upper(), "ctbmsjfi", KEY], "description": " ci "})
    assert (some.ids, some.name) == ([KEY, "ctbmsjfi"], " ci ")


@pytest.mark.parametrize("read", [listed_org_keys, listed_project_keys])
def test_the_access_list_is_that_of_the_key_in_its_organization(read: Read) -> None:
    (list_of,) = read({**ALL, "access_list": True}).lists
    place = list_of(Item(KEY, parent_id=PLACE))
    assert place.list_request().path == f"/orgs/{PLACE}/apiKeys/{KEY}/accessList"
    assert read({**ALL, "access_list": False}).lists == []


@pytest.mark.parametrize(("read", "_path"), KINDS)
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"key_id": ["x"]}, "key_id is not an id"),
        ({"key_id": [SECRET]}, "key_id holds a key itself"),
        ({"description": SECRET}, "description holds a secret"),
    ],
)
def test_bad_input_is_refused_and_no_secret_is_repeated(
    read: Read, _path: str, options: dict[str, t.Any], says: str
) -> None:
    with pytest.raises(OptionError, match=says) as caught:
        read({**ALL, **options})
    assert SECRET not in str(caught.value)
