# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programmatic API keys of an Ops Manager as a whole."""

from __future__ import annotations

from tests.emulator import api_keys
from tests.emulator.api import Call, Outcome, Route, unauthorized
from tests.emulator.bodies import read_key

# What can be granted, as the documents list it: without GLOBAL_OWNER.
_GRANTABLE = (
    *("GLOBAL_BACKUP_ADMIN", "GLOBAL_BILLING_ADMIN", "GLOBAL_MONITORING_ADMIN"),
    *("GLOBAL_READ_ONLY", "GLOBAL_AUTOMATION_ADMIN", "GLOBAL_USER_ADMIN"),
)


def demand(call: Call, *roles: str) -> None:
    """Check that the caller has one of these global roles, or owns everything.

    Raises:
        ApiError: The caller has none of them.
    """
    if not call.by_global_owner and not set(roles) & set(call.caller.roles):
        raise unauthorized()


def _list(call: Call) -> Outcome:
    demand(call, "GLOBAL_READ_ONLY")
    keys = [key for key in call.world.programmatic_keys.values() if key.organization_id is None]
    return api_keys.documents(call, "admin", keys)


def _create(call: Call) -> Outcome:
    demand(call)
    description, roles = read_key(call, "global", new=True)
    return api_keys.create(call, None, description, roles or [], {})


def _roles(call: Call) -> Outcome:
    demand(call, "GLOBAL_READ_ONLY")
    return _GRANTABLE


def _one(call: Call) -> Outcome:
    demand(call, "GLOBAL_READ_ONLY")
    return api_keys.document(call, api_keys.existing_key(call, None))


def _update(call: Call) -> Outcome:
    demand(call)
    key = api_keys.existing_key(call, None)
    description, roles = read_key(call, "global", new=False)
    key.roles = key.roles if roles is None else roles
    key.description = key.description if description is None else description
    return api_keys.document(call, key)


def _delete(call: Call) -> Outcome:
    demand(call)
    api_keys.delete(call, api_keys.existing_key(call, None))
    return None


ROUTES = (
    Route("GET", "/admin/apiKeys", _list),
    Route("POST", "/admin/apiKeys", _create),
    # Before the calls with an id, as "roles" would pass for one.
    Route("GET", "/admin/apiKeys/roles", _roles),
    Route("GET", "/admin/apiKeys/{key_id}", _one),
    Route("PATCH", "/admin/apiKeys/{key_id}", _update),
    Route("DELETE", "/admin/apiKeys/{key_id}", _delete),
)
