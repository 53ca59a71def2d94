# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare time, requests and memory of the collection with other ways to revoke, make and renew credentials.

The benchmark needs curl, and the collection in ANSIBLE_COLLECTIONS_PATH. Each run takes a minute or two; each ratio is
that of two times of the same run. The tables show the targets, but do not enforce them: the benchmark fails only if a
contestant did not do its work.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.benchmark import report
from tests.benchmark.comparisons import (
    ACCOUNT,
    ANY,
    ATLAS,
    ATLAS_AWAY,
    AWAY,
    AWAY_LATER,
    CURL,
    DIGEST,
    FIRST,
    GET,
    IMPORT,
    KEEP,
    LATENCY,
    LATER,
    MAKE,
    MAKE_BY_HAND,
    NEAR,
    OAUTH,
    ORG,
    ORG_NEAR,
    OURS,
    PING,
    RENEW,
    RENEW_BY_HAND,
    ROUND_TRIP,
    SIXTY,
    START,
    URI,
    Name,
    with_sums,
)
from tests.benchmark.contestants import (
    Contestant,
    curl,
    get,
    keep,
    make,
    make_by_hand,
    ours,
    ours_of_organization,
    ours_with_token,
    ping,
    renew,
    renew_by_hand,
    revoke_account,
    revoke_account_by_hand,
    uri,
)
from tests.benchmark.measuring import Bench, BenchmarkError, Footprint, time_round_trip
from tests.benchmark.server import ATLAS_KEYS, MOST_KEYS, ORG_KEYS, SERVICE_ACCOUNTS, USER_KEYS, Server

_FIRST_TURNS = 3
"""How often the contestants take turns within one run, each in a playbook of its own."""

_LATER_TURNS = 5
"""How often the contestants take turns within one run, all in the same playbook."""

_NO_KEY = Contestant(START, 0, ours)
_OF_ONE_TASK = [
    Contestant(PING, 0, ping),
    _NO_KEY,
    Contestant(OURS, 1, ours),
    Contestant(URI, 1, uri),
    Contestant(CURL, 1, curl),
]
_OF_SIXTY = [Contestant(OURS, 60, ours), Contestant(URI, 60, uri), Contestant(CURL, 60, curl)]
_ALL = Contestant(OURS, MOST_KEYS, ours)
_OF_LOGINS = [Contestant(OAUTH, 1, ours_with_token), Contestant(DIGEST, 1, ours_of_organization)]
_LATER_TASKS = {
    ORG: [
        Contestant(MAKE, 0, make, made=1),
        Contestant(MAKE_BY_HAND, 0, make_by_hand, made=1),
        Contestant(KEEP, 0, keep),
        Contestant(GET, 0, get),
        Contestant(OURS, 1, ours_of_organization),
        Contestant(URI, 1, uri),
    ],
    ACCOUNT: [
        Contestant(OURS, 1, revoke_account),
        Contestant(URI, 1, revoke_account_by_hand),
        Contestant(RENEW, 1, renew, made=1),
        Contestant(RENEW_BY_HAND, 1, renew_by_hand, made=1),
    ],
    ATLAS: _OF_LOGINS,
    ATLAS_AWAY: _OF_LOGINS,
}
"""The contestants that take turns in the same playbook, by the situation, which also names the server."""

_ALL_OF_ORGANIZATION = Contestant(OURS, MOST_KEYS, ours_of_organization)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables.

    Args:
        arguments: The arguments; None means those of the command line.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7, help="the number of runs (default: %(default)s)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the tables to this page of the documentation")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    if not shutil.which("curl"):
        parser.error("curl is not installed")
    if "ANSIBLE_COLLECTIONS_PATH" not in os.environ:
        parser.error("ANSIBLE_COLLECTIONS_PATH is not set")

    with ExitStack() as stack:
        bench = Bench(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-"))))
        servers = {
            situation: stack.enter_context(Server(latency, account))
            for situation, latency, account in (
                (NEAR, 0, USER_KEYS),
                (AWAY, LATENCY, USER_KEYS),
                (ORG, 0, ORG_KEYS),
                (ACCOUNT, 0, SERVICE_ACCOUNTS),
                (ATLAS, 0, ATLAS_KEYS),
                (ATLAS_AWAY, LATENCY, ATLAS_KEYS),
            )
        }
        try:
            footprints = measure_footprints(bench, servers)
            runs = []
            for number in range(1, options.runs + 1):
                print(f"Run {number} of {options.runs} ...", file=sys.stderr, flush=True)
                runs.append(with_sums(measure_times(bench, servers), footprints))
        except BenchmarkError as error:
            print(error, file=sys.stderr)
            return 1
    measured, machine = report.tables(runs, footprints), report.machine()
    print(f"{measured}\n\n{machine}")
    if options.write:
        options.write.write_text(report.page(measured, machine, options.runs), encoding="utf-8")
    return 0


def measure_footprints(bench: Bench, servers: Mapping[str, Server]) -> dict[Name, Footprint]:
    """Measure once the values that do not vary; this also warms up the machine.

    Raises:
        BenchmarkError: A contestant did not do its work.
    """
    near, away, organization = servers[NEAR], servers[AWAY], servers[ORG]
    return {
        **{(FIRST, one.name): bench.footprint_of_task(near, one) for one in _OF_ONE_TASK},
        **{(SIXTY, one.name): bench.footprint_of_task(near, one) for one in _OF_SIXTY},
        (NEAR, OURS): bench.footprint_of_task(near, _ALL),
        (NEAR, CURL): bench.footprint_of_curl(near),
        (AWAY, OURS): bench.footprint_of_task(away, _ALL),
        **{
            (situation, one.name): bench.footprint_of_task(servers[situation], one)
            for situation, contestants in _LATER_TASKS.items()
            for one in contestants
        },
        (ORG_NEAR, OURS): bench.footprint_of_task(organization, _ALL_OF_ORGANIZATION),
        (ORG_NEAR, CURL): bench.footprint_of_curl(organization),
    }


def measure_times(bench: Bench, servers: Mapping[str, Server]) -> dict[Name, float]:
    """Measure all times once, and the two times of each comparison close together.

    Raises:
        BenchmarkError: A contestant did not do its work.
    """
    near, away, organization = servers[NEAR], servers[AWAY], servers[ORG]

    def alone(server: Server, contestant: Contestant) -> float:
        ((seconds,),) = bench.time_tasks(server, [contestant])
        return seconds

    def after_another(server: Server, contestant: Contestant) -> float:
        ((_another, seconds),) = bench.time_tasks(server, [_NO_KEY, contestant])
        return seconds

    def in_turn(situation: str, server: Server, contestants: Sequence[Contestant]) -> dict[Name, float]:
        _warming_up, *turns = bench.time_tasks(server, contestants, turns=1 + _LATER_TURNS)
        return {(situation, one.name): median(times) for one, *times in zip(contestants, *turns, strict=True)}

    first = [[alone(near, one) for one in _OF_ONE_TASK] for _turn in range(_FIRST_TURNS)]
    later = in_turn(LATER, near, _OF_ONE_TASK)
    for situation, contestants in _LATER_TASKS.items():
        later |= in_turn(situation, servers[situation], contestants)
    return {
        (ANY, IMPORT): bench.time_import(),
        **{(FIRST, one.name): median(times) for one, *times in zip(_OF_ONE_TASK, *first, strict=True)},
        **later,
        **{(SIXTY, one.name): alone(near, one) for one in _OF_SIXTY},
        (NEAR, OURS): alone(near, _ALL),
        (NEAR, CURL): bench.time_curl(near),
        (AWAY, OURS): alone(away, _ALL),
        (AWAY_LATER, OURS): after_another(away, _ALL),
        (AWAY, CURL): bench.time_curl(away),
        (AWAY, ROUND_TRIP): time_round_trip(away),
        (ORG_NEAR, OURS): alone(organization, _ALL_OF_ORGANIZATION),
        (ORG_NEAR, CURL): bench.time_curl(organization),
    }


if __name__ == "__main__":
    sys.exit(main())
