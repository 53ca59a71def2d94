# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The product that an address means, and the paths where the versions of its API begin."""

from __future__ import annotations

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._api import ATLAS, OPS_MANAGER, find_server

ORIGIN = "https://host.example.com:8443"


@pytest.mark.parametrize(
    ("path", "first", "dated"),
    [
        ("/api/atlas/v1.0", "/api/atlas/v1.0", "/api/atlas/v2"),
        ("/api/atlas/v1.5", "/api/atlas/v1.0", "/api/atlas/v2"),
        ("/api/atlas/v2", "/api/atlas/v1.0", "/api/atlas/v2"),
        ("/api/public/v1.0", "/api/public/v1.0", "/api/public/v1.0"),
        ("", "/api/public/v1.0", "/api/public/v1.0"),
        ("/mms/api/public/v1.0", "/mms/api/public/v1.0", "/mms/api/public/v1.0"),
        ("/mms/api/atlas/v2", "/mms/api/atlas/v1.0", "/mms/api/atlas/v2"),
        ("/somewhere/else", "/somewhere/else", "/somewhere/else"),
    ],
)
def test_the_path_names_the_product_and_the_version_names_the_path(path: str, first: str, dated: str) -> None:
    server = find_server(ORIGIN, "host.example.com", path)
    assert server.url() == ORIGIN + first
    assert server.url("2023-01-01") == ORIGIN + dated


@pytest.mark.parametrize("host", ["cloud.mongodb.com", "cloud.mongodbgov.com"])
def test_a_known_server_without_a_path_is_atlas(host: str) -> None:
    assert find_server(f"https://{host}", host, "").api is ATLAS
    assert find_server(f"https://{host}", host, "/api/public/v1.0").api is OPS_MANAGER


def test_the_media_type_names_the_version() -> None:
    assert ATLAS.version("2024-08-05").media_type == "application/vnd.atlas.2024-08-05+json"
    assert ATLAS.version("v1.0").media_type == OPS_MANAGER.version("2024-08-05").media_type == "application/json"


def test_how_a_key_is_assigned() -> None:
    assert (ATLAS.assigns_with, OPS_MANAGER.assigns_with) == ("POST", "PATCH")
