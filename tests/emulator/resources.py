# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All calls of the API, one table per resource; a new resource adds its table here."""

from __future__ import annotations

from tests.emulator import (
    access_lists,
    assigned_api_keys,
    global_access_lists,
    global_api_keys,
    global_whitelists,
    org_api_keys,
    org_service_accounts,
    organization_settings,
    organizations,
    project_api_keys,
    project_service_accounts,
    projects,
    root,
    service_account_access_lists,
    service_account_secrets,
    user_api_keys,
    users,
    whitelists,
)
from tests.emulator.api import Route
from tests.emulator.products import Api

TABLES = {
    "root": root.ROUTES,
    "organizations": organizations.ROUTES,
    "organization_settings": organization_settings.ROUTES,
    "projects": projects.ROUTES,
    "users": users.ROUTES,
    "user_api_keys": user_api_keys.ROUTES,
    "org_api_keys": org_api_keys.ROUTES,
    "project_api_keys": project_api_keys.ROUTES,
    "assigned_api_keys": assigned_api_keys.ROUTES,
    "access_lists": access_lists.ROUTES,
    "whitelists": whitelists.ROUTES,
    "org_service_accounts": org_service_accounts.ROUTES,
    "project_service_accounts": project_service_accounts.ROUTES,
    "service_account_secrets": service_account_secrets.ROUTES,
    "service_account_access_lists": service_account_access_lists.ROUTES,
    "global_api_keys": global_api_keys.ROUTES,
    "global_access_lists": global_access_lists.ROUTES,
    "global_whitelists": global_whitelists.ROUTES,
}


def routes_of(api: Api) -> tuple[Route, ...]:
    """Return the calls that an API has, in the order of the tables."""
    return tuple(route for name, table in TABLES.items() if name in api.calls for route in table)
