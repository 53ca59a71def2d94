# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks at the end of a description, which tell how far a task got with an object. Nothing here sends anything.

An object is made with the mark ``[unfinished 1a2b3c4d]``. The task that makes it removes the mark in its last step. So
an object that a task left behind can be told from one that somebody uses.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import is_text, refuse_secret
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item

LONGEST = 250
"""The longest description that the API takes, in characters."""

LONGEST_REPLACED = 226
"""The longest description that leaves room for the mark of a rotation, in characters."""

LEFT_OVER_SECONDS = 3600
"""An unfinished object that is older belongs to a task that no longer runs."""

_BEFORE_UNFINISHED = 228
_MARK = re.compile(r" \[(?:unfinished ([0-9a-f]{8})|replaced by ([a-z]{8}))\]\Z")


def unfinished(name: str, tag: str) -> str:
    """Return the description of an object that a task is making.

    Args:
        name: The description that the object gets in the end.
        tag: Eight hexadecimal digits that tell the tasks apart.
    """
    return f"{name[:_BEFORE_UNFINISHED]} [unfinished {tag}]"


class Tag(t.NamedTuple):
    """The mark of an unfinished object."""

    start: int
    """Where the mark begins in the description."""
    tag: str


def tag_of(name: str) -> Tag | None:
    """Return the mark of an unfinished object in a description; None if there is none."""
    mark = _MARK.search(name)
    return Tag(mark.start(), mark[1]) if mark and mark[1] else None


def is_unfinished(item: Item, name: str) -> bool:
    """Tell whether a task was making this object to give it this description."""
    mark = tag_of(item.name)
    return mark is not None and item.name[: mark.start] == name[:_BEFORE_UNFINISHED]


def is_replaced(item: Item, name: str) -> bool:
    """Tell whether a rotation has replaced this object, which had this description before."""
    return bool(successor(item)) and item.name == replaced(name, successor(item))


def replaced(name: str, public_id: str) -> str:
    """Return the description of an object that a rotation replaces with the object that has this public key."""
    return f"{name[:LONGEST_REPLACED]} [replaced by {public_id}]"


def successor(item: Item) -> str:
    """Return the public key of the object that a rotation put in the place of this one; empty if there is none."""
    mark = _MARK.search(item.name)
    return (mark[2] if mark else None) or ""


def is_left_over(item: Item, now: float | None) -> bool:
    """Tell whether an unfinished object is so old that no task is still making it.

    Args:
        item: An unfinished object.
        now: The time by the clock of the server; None if the server does not tell it. Then nothing is old.
    """
    return now is not None and item.made_at is not None and now - item.made_at > LEFT_OVER_SECONDS


def check_name(option: str, name: str, longest: int = LONGEST) -> str:
    """Check a description that a task looks for, or gives to an object.

    Args:
        option: The name of the option.
        name: The description.
        longest: The most characters that it may have.

    Returns:
        The description.

    Raises:
        OptionError: The description is empty or too long, has white space around it, is not Unicode text, holds a
            secret, or ends like a mark.
    """
    refuse_secret(option, name)
    if not is_text(name) or not name.isprintable():
        raise OptionError(f"{option} must be text without line breaks and control characters. Nothing was sent.")
    if not name.strip():
        raise OptionError(f"{option} must not be empty. Nothing was sent.")
    if name != name.strip():  # some servers drop this white space, and then no key has this description
        raise OptionError(f"{option} must not begin or end with white space. Nothing was sent.")
    if len(name) > longest:
        raise OptionError(f"{option} has {len(name)} characters, and must have at most {longest}. Nothing was sent.")
    if _MARK.search(name):
        raise OptionError(
            f"{option} ends with a mark that this collection gives to keys: [unfinished ...] or [replaced by ...]. "
            "Nothing was sent."
        )
    return name
