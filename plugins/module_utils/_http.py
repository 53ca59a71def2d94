# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request and its response, as plain data."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from ansible_collections.mongodb.atlas.plugins.module_utils._api import V1, V2_KEYS

Query = t.Mapping[str, t.Union[str, int]]

# Of the characters that a segment may hold (RFC 3986, section 3.3). Apache httpd decodes some of the others before it
# passes the path on, and then the digest is of another path. A plus sign is read as a space by some servers.
_NOT_ENCODED = "!$&'()*,;=:@"


class Request(t.NamedTuple):
    """A request that a resource builds and the client sends."""

    method: str
    path: str
    """The path below the address of the API, with a leading slash; its segments are encoded."""
    body: t.Mapping[str, t.Any] | t.Sequence[t.Mapping[str, t.Any]] | None = None
    """The client sends it as JSON."""
    query: Query = {}
    version: str = V1
    """The version of the API that the request needs."""


ROOT = Request("GET", "", version=V2_KEYS)
"""The request that every login may send."""
ORGANIZATIONS = Request("GET", "/orgs", version=V2_KEYS)
"""Lists the organizations that the login sees."""


class Response(t.NamedTuple):
    """A response as the server sent it, and the request that it belongs to."""

    method: str
    url: str
    """The address, without the query."""
    signed: bool
    """Whether the request carried a login. Without one, the server does no work."""
    status: int
    headers: t.Mapping[str, str]
    """The header fields; the case of their names does not matter."""
    body: bytes


def path_segment(value: str) -> str:
    """Encode an id or a name as one segment of a path (RFC 3986, section 3.3)."""
    return quote(value, safe=_NOT_ENCODED)
