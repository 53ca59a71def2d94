# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmark.measuring import Footprint

LATENCY = 0.02
"""Seconds before each answer of the server that is away."""

# The situations of the measurements.
ANY, FIRST, LATER, SIXTY, NEAR = "any", "first task", "later task", "60 keys", "200 keys, near"
AWAY, AWAY_LATER = "200 keys, away", "200 keys, away, later task"
ORG, ORG_NEAR = "key of an organization, later task", "200 keys of an organization, near"
ACCOUNT = "service account, later task"
ATLAS, ATLAS_AWAY = "key on Atlas, later task", "key on Atlas, away, later task"

# The contestants and the other measurements.
PING, START, OURS, URI, CURL = "ping", "task without a key", "ours", "uri", "curl"
MAKE, MAKE_BY_HAND, KEEP, GET = "make", "make by hand", "keep", "get"
RENEW, RENEW_BY_HAND, OAUTH, DIGEST = "renew", "renew by hand", "oauth", "digest"
IMPORT, ROUND_TRIP = "import requests", "round trip"

# The values that are computed from measurements.
PING_AND_IMPORT, ROUND_TRIPS = "ping and import requests", "round trips"

Name = tuple[str, str]
"""A situation, and a contestant or measurement."""

Seconds = Mapping[Name, float]
"""The times of one run."""

Footprints = Mapping[Name, Footprint]


@dataclass(frozen=True)
class Comparison:
    """A comparison of this collection with something else.

    Attributes:
        what: The work that both do.
        against: The name of the other contestant.
        ours: The measurement of the collection.
        theirs: The measurement of the other contestant.
        most: The ratio that the maintainers aim at; None if there is no such target.
    """

    what: str
    against: str
    ours: Name
    theirs: Name
    most: float | None = None


def _of_one_task(situation: str) -> list[Comparison]:
    start, one = (situation, START), (situation, OURS)
    return [
        Comparison(f"No key, {situation}", "ansible.builtin.ping", start, (situation, PING)),
        Comparison(f"One key, {situation}", "ping + import requests", one, (situation, PING_AND_IMPORT), 1.15),
        Comparison(f"One key, {situation}", "ansible.builtin.uri", one, (situation, URI), 0.95),
        Comparison(f"One key, {situation}", "curl --digest", one, (situation, CURL)),
    ]


TIMES = [
    *_of_one_task(FIRST),
    *_of_one_task(LATER),
    Comparison("60 keys", "loop over uri", (SIXTY, OURS), (SIXTY, URI)),
    Comparison("60 keys", "loop over curl --digest", (SIXTY, OURS), (SIXTY, CURL)),
    Comparison("200 near, first task", "one curl --digest", (NEAR, OURS), (NEAR, CURL)),
    Comparison("200 away, first task", "one curl --digest", (AWAY, OURS), (AWAY, CURL), 0.6),
    Comparison("200 away, first task", "its own round trips", (AWAY, OURS), (AWAY, ROUND_TRIPS), 1.15),
    Comparison("200 away, later task", "one curl --digest", (AWAY_LATER, OURS), (AWAY, CURL), 0.6),
    Comparison("200 away, later task", "its own round trips", (AWAY_LATER, OURS), (AWAY, ROUND_TRIPS), 1.15),
    Comparison("Make a key, later task", "four uri tasks", (ORG, MAKE), (ORG, MAKE_BY_HAND)),
    Comparison("No change, later task", "uri GET", (ORG, KEEP), (ORG, GET)),
    Comparison("One org key, later task", "uri DELETE", (ORG, OURS), (ORG, URI), 0.95),
    Comparison("200 org keys, first task", "one curl --digest", (ORG_NEAR, OURS), (ORG_NEAR, CURL)),
    Comparison("One account, later task", "three uri tasks", (ACCOUNT, OURS), (ACCOUNT, URI)),
    Comparison("Renew a secret, later task", "four uri tasks", (ACCOUNT, RENEW), (ACCOUNT, RENEW_BY_HAND)),
    Comparison("OAuth near, later task", "digest", (ATLAS, OAUTH), (ATLAS, DIGEST)),
    Comparison("OAuth away, later task", "digest", (ATLAS_AWAY, OAUTH), (ATLAS_AWAY, DIGEST)),
]

NEEDS = [
    Comparison("No key", "ansible.builtin.ping", (FIRST, START), (FIRST, PING)),
    Comparison("One key", "ansible.builtin.uri", (FIRST, OURS), (FIRST, URI)),
    Comparison("One key", "curl --digest", (FIRST, OURS), (FIRST, CURL)),
    Comparison("60 keys", "loop over uri", (SIXTY, OURS), (SIXTY, URI)),
    Comparison("60 keys", "loop over curl --digest", (SIXTY, OURS), (SIXTY, CURL)),
    Comparison("200 keys", "one curl --digest", (NEAR, OURS), (NEAR, CURL)),
    Comparison("Make a key", "four uri tasks", (ORG, MAKE), (ORG, MAKE_BY_HAND)),
    Comparison("No change", "uri GET", (ORG, KEEP), (ORG, GET)),
    Comparison("One org key", "uri DELETE", (ORG, OURS), (ORG, URI)),
    Comparison("200 org keys", "one curl --digest", (ORG_NEAR, OURS), (ORG_NEAR, CURL)),
    Comparison("One account", "three uri tasks", (ACCOUNT, OURS), (ACCOUNT, URI)),
    Comparison("Renew a secret", "four uri tasks", (ACCOUNT, RENEW), (ACCOUNT, RENEW_BY_HAND)),
    Comparison("OAuth", "digest", (ATLAS, OAUTH), (ATLAS, DIGEST)),
]


def with_sums(seconds: Seconds, footprints: Footprints) -> Seconds:
    """Add the values that are computed from several times of a run."""
    imported = seconds[ANY, IMPORT]
    sums = {(situation, PING_AND_IMPORT): seconds[situation, PING] + imported for situation in (FIRST, LATER)}
    round_trips = footprints[AWAY, OURS].requests * seconds[AWAY, ROUND_TRIP]
    return {**seconds, **sums, (AWAY, ROUND_TRIPS): round_trips}
