# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that lag behind: for a while they show keys that are gone, and lack keys that are new."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from tests.emulator.world import ProgrammaticKey


class Lag:
    """What the lists of keys do not know yet.

    A place is a list of keys: ``orgs/ID``, ``groups/ID`` or ``admin``.

    Args:
        reads: So many reads of a list after a change do not show it; each page is a read.
    """

    def __init__(self, reads: int) -> None:
        self._reads = reads
        self._hidden: dict[tuple[str, str], int] = {}
        self._kept: dict[tuple[str, str], tuple[ProgrammaticKey, int]] = {}

    def added(self, place: str, key: ProgrammaticKey) -> None:
        """Note that a key was put on a list."""
        if self._kept.pop((place, key.id), None) is None:
            self._hidden[place, key.id] = self._reads

    def removed(self, place: str, key: ProgrammaticKey) -> None:
        """Note that a key, as it is now, is about to be taken off a list."""
        if not self._hidden.pop((place, key.id), 0):
            self._kept[place, key.id] = (copy.deepcopy(key), self._reads)

    def listed(self, place: str, keys: Iterable[ProgrammaticKey]) -> list[ProgrammaticKey]:
        """Return what a read of a list shows, where ``keys`` are really on it."""
        shown = [key for key in keys if not self._counts_down(place, key)]
        for (where, key_id), (key, reads) in list(self._kept.items()):
            if where != place:
                continue
            if reads:
                shown.append(key)
                self._kept[where, key_id] = (key, reads - 1)
            else:
                del self._kept[where, key_id]
        return sorted(shown, key=lambda key: key.public_key)

    def _counts_down(self, place: str, key: ProgrammaticKey) -> bool:
        reads = self._hidden.pop((place, key.id), 0)
        if reads > 1:
            self._hidden[place, key.id] = reads - 1
        return reads > 0
