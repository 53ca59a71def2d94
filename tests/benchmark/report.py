# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables, which are readable on a screen and are also reStructuredText, and the page that holds them."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tests.benchmark.comparisons import (
    ANY,
    AWAY,
    IMPORT,
    LATENCY,
    NEEDS,
    OURS,
    ROUND_TRIP,
    TIMES,
    Comparison,
    Footprints,
    Seconds,
)
from tests.benchmark.measuring import Footprint

_PAGE = Path(__file__).with_name("page.rst")


def tables(runs: Sequence[Seconds], footprints: Footprints) -> str:
    """Return the tables of all runs, and the other measurements."""
    imported = median(run[ANY, IMPORT] for run in runs)
    round_trip = median(run[AWAY, ROUND_TRIP] for run in runs)
    requests = footprints[AWAY, OURS].requests
    return "\n\n".join(
        [
            _table(
                ["Time, in seconds", "against", "ours", "theirs", "ratio", "from - to", "at most"],
                [_times(comparison, runs) for comparison in TIMES],
            ),
            f"``import requests`` takes {imported:.3f} s. A round trip to the server that is 20 ms away takes "
            f"{1000 * round_trip:.1f} ms.\n"
            f"A task with 200 keys takes {requests} round trips; "
            f"{requests} times 20 ms are {requests * LATENCY:.2f} s.",
            _table(
                ["Needs, ours : theirs", "against", "requests", "connections", "peak memory, MiB"],
                [_needs(comparison, footprints) for comparison in NEEDS],
            ),
        ]
    )


def machine() -> str:
    """Describe the machine, without its name, and the versions of the software."""
    curl = subprocess.run(["curl", "--version"], stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = {
        "Python": platform.python_version(),
        "ansible-core": version("ansible-core"),
        "requests": version("requests"),
        "curl": curl.stdout.split()[1],
    }
    return (
        f"{datetime.now(tz=UTC):%Y-%m-%d}: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, "
        f"{platform.freedesktop_os_release()['PRETTY_NAME']}.\n"
        + ", ".join(f"{name} {number}" for name, number in versions.items())
        + "."
    )


def page(measured: str, on: str, runs: int) -> str:
    """Return the whole page for the documentation."""
    return _PAGE.read_text(encoding="utf-8").format(measured=measured, machine=on, runs=runs)


def _times(comparison: Comparison, runs: Sequence[Seconds]) -> list[str]:
    ours, theirs = [run[comparison.ours] for run in runs], [run[comparison.theirs] for run in runs]
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    ratio = median(ratios)
    return [
        comparison.what,
        comparison.against,
        f"{median(ours):.3f}",
        f"{median(theirs):.3f}",
        f"{ratio:.2f}",
        f"{min(ratios):.2f} - {max(ratios):.2f}",
        _verdict(ratio, comparison.most),
    ]


def _verdict(ratio: float, most: float | None) -> str:
    if most is None:
        return ""
    return f"{most:.2f} {'kept' if ratio <= most else 'MISSED'}"


def _needs(comparison: Comparison, footprints: Footprints) -> list[str]:
    ours, theirs = footprints[comparison.ours], footprints[comparison.theirs]

    def both(value: Callable[[Footprint], float]) -> str:
        our, their = value(ours), value(theirs)
        return f"{our:.0f} : {their:.0f}" + (f" = {our / their:.2f}" if their else "")

    return [
        comparison.what,
        comparison.against,
        both(lambda footprint: footprint.requests),
        both(lambda footprint: footprint.connections),
        both(lambda footprint: footprint.memory),
    ]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["=" * width for width in widths]
    lines = [rule, header, rule, *rows, rule]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
