# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access list of a service account, which is one list in the organization and in all its projects."""

from __future__ import annotations

from collections.abc import Callable

from tests.emulator import access_lists, service_accounts
from tests.emulator.addresses import block_and_address
from tests.emulator.api import Call, Document, Outcome, Route
from tests.emulator.org_service_accounts import read_organization
from tests.emulator.organizations import owned_organization
from tests.emulator.project_service_accounts import account_in
from tests.emulator.projects import owned_project, visible_project
from tests.emulator.service_accounts import VERSION, or_null
from tests.emulator.world import AccessEntry, ServiceAccount

_MOST = 200


def _document(call: Call, entry: AccessEntry) -> Document:
    shown = block_and_address(entry.block, call.switches.ipv6)
    return {
        "cidrBlock": shown["cidrBlock"],
        "createdAt": entry.created_at,
        "requestCount": entry.count,
        **or_null(
            call,
            ipAddress=shown.get("ipAddress"),
            lastUsedAddress=entry.last_used_address,
            lastUsedAt=entry.last_used,
        ),
    }


def _list(call: Call, account: ServiceAccount) -> Outcome:
    return [_document(call, entry) for entry in access_lists.entries(call, account)]


def _add(call: Call, account: ServiceAccount) -> Outcome:
    access_lists.add(call, account, _MOST)
    return _list(call, account)


def _remove(call: Call, account: ServiceAccount) -> Outcome:
    access_lists.remove(call, account)
    return None


def _routes(
    accounts: str, readable: Callable[[Call], ServiceAccount], changeable: Callable[[Call], ServiceAccount]
) -> tuple[Route, ...]:
    path = f"{accounts}/{{client_id}}/accessList"
    return (
        Route("GET", path, lambda call: _list(call, readable(call)), VERSION),
        Route("POST", path, lambda call: _add(call, changeable(call)), VERSION),
        Route("DELETE", f"{path}/{{address}}", lambda call: _remove(call, changeable(call)), VERSION),
    )


ROUTES = (
    *_routes(
        "/orgs/{organization_id}/serviceAccounts",
        lambda call: service_accounts.existing_account(call, read_organization(call).id),
        lambda call: service_accounts.changeable_account(call, owned_organization(call).id),
    ),
    *_routes(
        "/groups/{project_id}/serviceAccounts",
        lambda call: account_in(call, visible_project(call), change=False),
        lambda call: account_in(call, owned_project(call), change=True),
    ),
)
