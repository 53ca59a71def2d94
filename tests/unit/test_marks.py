# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks in descriptions, and the descriptions that a task refuses."""

from __future__ import annotations

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import (
    LONGEST,
    check_name,
    is_left_over,
    is_replaced,
    is_unfinished,
    unfinished,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item

TAG = "0a1b2c3d"


@pytest.mark.parametrize("name", ["ci", "x" * 228, "x" * 229, "x" * 250, "ci [unfinished 1]", "Köln"])
def test_a_marked_description_fits_and_is_recognized(name: str) -> None:
    marked = unfinished(name, TAG)
    assert marked == f"{name[:228]} [unfinished {TAG}]"
    assert len(marked) <= LONGEST
    assert is_unfinished(Item("a", name=marked), name)
    assert not is_replaced(Item("a", name=marked), name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ci",
            "",
            "ci [unfinished 0A1B2C3D]",
            "ci [unfinished 0a1b2c3]",
            "ci [unfinished 0a1b2c3d] ",
            "ci[unfinished 0a1b2c3d]",
        ),
        *(
            "cii [unfinished 0a1b2c3d]",
            "ci [unfinished 0a1b2c3d]\n",
            "ci [replaced by abcdefgh]",
            "c [unfinished 0a1b2c3d]",
        ),
    ],
)
def test_any_other_description_is_not_unfinished(name: str) -> None:
    assert not is_unfinished(Item("a", name=name), "ci")


def test_a_replaced_object() -> None:
    assert is_replaced(Item("a", name="ci [replaced by abcdefgh]"), "ci")
    assert is_replaced(Item("a", name=f"{'x' * 226} [replaced by abcdefgh]"), "x" * 226 + "yz")
    assert not is_replaced(Item("a", name="cii [replaced by abcdefgh]"), "ci")
    assert not is_replaced(Item("a", name="ci [unfinished 0a1b2c3d]"), "ci")


@pytest.mark.parametrize(
    ("made_at", "now", "old"), [(0, 3600, False), (0, 3601, True), (None, 9999, False), (0, None, False), (9, 0, False)]
)
def test_a_left_over_is_older_than_an_hour(made_at: float | None, now: float | None, old: bool) -> None:
    assert is_left_over(Item("a", made_at=made_at), now) is old


@pytest.mark.parametrize(
    "name", ["ci", "x" * 250, "a  b", "[unfinished 0a1b2c3d]", "ci [unfinished]", "Köln \U0001f511"]
)
def test_a_description_that_can_be_used(name: str) -> None:
    assert check_name("description", name) == name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "must not be empty"),
        (" ", "must not be empty"),
        (" ci", "must not begin or end with white space"),
        ("ci\n", "without line breaks"),
        ("c\x00i", "without line breaks and control characters"),
        ("ci\udcff", "must be text"),
        ("x" * 251, "has 251 characters, and must have at most 250"),
        ("ci [unfinished 0a1b2c3d]", "ends with a mark"),
        ("ci [replaced by abcdefgh]", "ends with a mark"),
        ("my 7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6", "holds a secret"),
    ],
)
def test_a_description_that_is_refused(name: str, says: str) -> None:
    with pytest.raises(OptionError, match=says) as error:
        check_name("description", name)
    assert "7f3c9a52" not in str(error.value)
