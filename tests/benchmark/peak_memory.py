# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command, and writes the peak memory of the command and its children: ``peak_memory.py COMMAND ...``.

PEAK_MEMORY_PATH names the file, which gets one number of KiB per line. Linux counts the memory that a process had
before it became the command, so this process must be smaller than the one it measures: run it with ``python -I -S``,
and import nothing more.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
    _pid, status, usage = os.wait4(pid, 0)
    with open(os.environ["PEAK_MEMORY_PATH"], "a", encoding="ascii") as record:  # noqa: PTH123 - pathlib is large
        record.write(f"{usage.ru_maxrss}\n")
    sys.exit(os.waitstatus_to_exitcode(status))
