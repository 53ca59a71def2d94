# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The products as data: the path and the media type of each version of their API, and their differences."""

from __future__ import annotations

import typing as t

V1 = "v1.0"
"""The version that every product has."""
V2_KEYS = "2023-01-01"
"""The version of Atlas for programmatic keys, their access lists, organizations and projects."""
V2_ACCOUNTS = "2024-08-05"
"""The version of Atlas for service accounts."""


class Version(t.NamedTuple):
    """One version of the API of a product."""

    path: str
    """The path on the server where this version begins."""
    media_type: str = "application/json"
    """The value of ``Accept``."""


class Api(t.NamedTuple):
    """The API of a product."""

    versions: t.Mapping[str, Version]
    """The versions by name: ``v1.0``, or the date of a version of Atlas."""
    paths: tuple[str, ...]
    """The paths that stand for this API in ``base_url``."""
    hosts: tuple[str, ...] = ()
    """The hosts that are known to serve this API."""
    assigns_with: str = "PATCH"
    """The method that assigns a programmatic key to a project."""
    items_per_page: int = 100
    """The most items that every version of this product puts on a page of a list."""

    def version(self, name: str) -> Version:
        """Return a version; a product without dated versions uses ``v1.0`` for all."""
        return self.versions.get(name) or self.versions[V1]


def _dated(date: str) -> Version:
    return Version("/api/atlas/v2", f"application/vnd.atlas.{date}+json")


ATLAS = Api(
    {V1: Version("/api/atlas/v1.0"), V2_KEYS: _dated(V2_KEYS), V2_ACCOUNTS: _dated(V2_ACCOUNTS)},
    paths=("/api/atlas/v1.0", "/api/atlas/v1.5", "/api/atlas/v2"),
    hosts=("cloud.mongodb.com", "cloud.mongodbgov.com"),
    assigns_with="POST",
    items_per_page=500,
)
OPS_MANAGER = Api({V1: Version("/api/public/v1.0")}, paths=("/api/public/v1.0",))
"""Ops Manager and Cloud Manager."""


class Server(t.NamedTuple):
    """A server and its API."""

    origin: str
    """Scheme, host and port, and the path, if any, that a reverse proxy puts before the path of the API."""
    api: Api

    def url(self, version: str = V1) -> str:
        """Return the address where a version of the API begins, without a trailing slash."""
        return self.origin + self.api.version(version).path


def find_server(origin: str, host: str, path: str) -> Server:
    """Find out which API an address means.

    Args:
        origin: Scheme, host and port.
        host: The host alone, in lower case.
        path: The path of the address, without a trailing slash; empty if the address has none.
    """
    if not path:
        return Server(origin, ATLAS if host in ATLAS.hosts else OPS_MANAGER)
    for api in (ATLAS, OPS_MANAGER):
        for known in api.paths:
            if path.endswith(known):
                return Server(origin + path[: -len(known)], api)
    return Server(origin, OPS_MANAGER._replace(versions={V1: Version(path)}))
