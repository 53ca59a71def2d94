# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The headers that tell how many requests are left on Atlas v2. No request is refused: a fault does that."""

from __future__ import annotations

_WINDOW_SECONDS = 60


class RateLimits:
    """The buckets of requests: one per set of endpoints and scope, which all methods and sub-paths share."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, ...], tuple[float, int]] = {}

    def spend(self, path: str, now: float) -> dict[str, str]:
        """Count a request, and return its headers.

        Args:
            path: The path below the base path.
            now: The time in seconds. A bucket is filled again in steps of a minute, not bit by bit.
        """
        bucket = tuple(path.split("/")[1:4])
        limit = _limit(bucket)
        since, spent = self._spent.get(bucket, (now, 0))
        if not 0 <= now - since < _WINDOW_SECONDS:
            since, spent = now, 0
        self._spent[bucket] = (since, spent + 1)
        return {"RateLimit-Limit": str(limit), "RateLimit-Remaining": str(max(0, limit - spent - 1))}


def _limit(bucket: tuple[str, ...]) -> int:
    if bucket == ("orgs",):
        return 300
    return 500 if bucket[:1] == ("orgs",) else 1200
