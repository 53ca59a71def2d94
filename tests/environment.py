# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps out of the tests what the environment has for other programs."""

from __future__ import annotations

from collections.abc import Mapping

_SETTINGS = ("MONGODB_", "MCLI_", "ANSIBLE_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the user's own settings of Ansible, of the API and of requests."""
    return {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(_SETTINGS) and name not in _AUTHORITIES
    }


def without_coverage(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment whose programs coverage does not trace."""
    return {name: value for name, value in environment.items() if not name.startswith("COVERAGE_")}
