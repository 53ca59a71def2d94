# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that lag behind: for a while they show what is gone, and lack what is new."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar


class _WithId(Protocol):
    id: str


_Object = TypeVar("_Object", bound=_WithId)


class Lag(Generic[_Object]):
    """What the lists of one kind of objects do not know yet.

    A place is a list: ``orgs/ID``, ``groups/ID`` or ``admin``.

    Args:
        reads: So many reads of a list after a change do not show it; each page is a read.
    """

    def __init__(self, reads: int) -> None:
        self._reads = reads
        self._hidden: dict[tuple[str, str], int] = {}
        self._kept: dict[tuple[str, str], tuple[_Object, int]] = {}

    def added(self, place: str, each: _Object) -> None:
        """Note that an object was put on a list."""
        if self._kept.pop((place, each.id), None) is None:
            self._hidden[place, each.id] = self._reads

    def removed(self, place: str, each: _Object) -> None:
        """Note that an object, as it is now, is about to be taken off a list."""
        if not self._hidden.pop((place, each.id), 0):
            self._kept[place, each.id] = (copy.deepcopy(each), self._reads)

    def listed(self, place: str, objects: Iterable[_Object]) -> list[_Object]:
        """Return what a read of a list shows, in no order, where ``objects`` are really on it."""
        shown = [each for each in objects if not self._counts_down(place, each)]
        for (where, its_id), (each, reads) in list(self._kept.items()):
            if where != place:
                continue
            if reads:
                shown.append(each)
                self._kept[where, its_id] = (each, reads - 1)
            else:
                del self._kept[where, its_id]
        return shown

    def _counts_down(self, place: str, each: _Object) -> bool:
        reads = self._hidden.pop((place, each.id), 0)
        if reads > 1:
            self._hidden[place, each.id] = reads - 1
        return reads > 0
