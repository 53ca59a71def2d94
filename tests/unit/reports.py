# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of the module ``credential_info`` for the tests of the report."""

from __future__ import annotations

import typing as t

ORGANIZATION_ID = "5e2b0f6a9ccf64c8a1d0e311"


def row(key_id: str | None, **fields: t.Any) -> dict[str, t.Any]:
    """Return a row of a key, with other fields if they are given."""
    return {
        "kind": "org_api_key",
        "id": key_id,
        "public_id": key_id,
        "name": f"name of {key_id}",
        "organization_id": ORGANIZATION_ID,
        "organization": "Example",
        "created_at": "2025-10-26T16:11:40Z",
        "age_days": 90,
        "roles": ["ORG_OWNER"],
        "projects": [],
        "highest_role": "ORG_OWNER",
        "access_list": [{"id": "192.0.2.1/32"}],
        "open_to": ["192.0.2.1/32"],
        "last_used_at": "2026-01-20T16:11:40Z",
        "expires_at": "n/a",
        "secret_id": "n/a",
        "secret_end": "c3d4",
        "own_login": False,
        "matches": None,
        "flags": ["ORG_OWNER"],
        "severity": "high",
        "error": None,
        **fields,
    }


def error_row(error: str) -> dict[str, t.Any]:
    """Return the row of a part that could not be read."""
    return row(
        None,
        kind="service_account",
        public_id=None,
        name=None,
        age_days="unknown",
        created_at=None,
        flags=[],
        severity=None,
        error=error,
    )


def result(*rows: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    """Return the result of a task with these rows."""
    organization = {
        "id": ORGANIZATION_ID,
        "name": "Example",
        "access_list_required": False,
        "counts": {"service_account": 2, "org_api_key": 1},
    }
    login = {"kind": "org_api_key", "id": "0", "name": "owqhtzrd", "roles": ["ORG_OWNER"], "org_id": ORGANIZATION_ID}
    return {
        "credentials": list(rows),
        "organizations": [organization],
        "login": login,
        "made_at": "2026-01-24T16:11:40Z",
        **more,
    }


SERVERS = [
    [
        "prod",
        "https://ops.example.com",
        result(row("1"), row("2", severity="critical"), error_row("The login may not list them.")),
    ],
    ["test", "https://cloud.mongodb.com", result(row("3"))],
    ["gone", "https://gone.example.com", {"msg": "No connection."}],
]
"""Three servers: one with a part that could not be read, one that was read, and one that is not there."""
