# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clock of the emulator, which tests set."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import formatdate


class Clock:
    """The time that the emulator shows: the real time until somebody sets it, then that time, standing still."""

    def __init__(self) -> None:
        self._set_to: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds since 1970."""
        return time.time() if self._set_to is None else self._set_to

    def set(self, seconds: float | None) -> None:
        """Stop the clock at a time; None lets it show the real time again.

        Raises:
            ValueError: An ObjectId or a date cannot hold this time.
        """
        if seconds is not None and not 0 <= seconds < 2**32:
            raise ValueError("The clock must be between 0 and 4294967295 seconds.")
        self._set_to = seconds

    @property
    def date(self) -> str:
        """The time as the header ``Date`` has it."""
        return formatdate(int(self.seconds), usegmt=True)

    @property
    def timestamp(self) -> str:
        """The time as documents have it, in whole seconds."""
        return self.timestamp_in(0)

    def timestamp_in(self, hours: int) -> str:
        """Return the time in so many hours, as documents have it."""
        return f"{datetime.fromtimestamp(int(self.seconds) + 3600 * hours, UTC):%Y-%m-%dT%H:%M:%SZ}"
