# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service accounts of an organization."""

from __future__ import annotations

from tests.emulator import service_accounts
from tests.emulator.api import Call, Document, Outcome, Route, unauthorized
from tests.emulator.organizations import keep_an_owner, owned_organization, roles_in, visible_organization
from tests.emulator.service_accounts import VERSION
from tests.emulator.world import Organization, ServiceAccount


def read_organization(call: Call) -> Organization:
    """Return the organization that the path names.

    Raises:
        ApiError: There is no such organization, or the caller may not read its accounts.
    """
    organization = visible_organization(call)
    if not service_accounts.reads_accounts(call, roles_in(call, organization), {"ORG_OWNER", "ORG_READ_ONLY"}):
        raise unauthorized()
    return organization


def _document(call: Call, account: ServiceAccount) -> Document:
    return service_accounts.document(call, account, account.roles)


def _list(call: Call) -> Outcome:
    organization = read_organization(call)
    accounts = [each for each in call.world.service_accounts.values() if each.organization_id == organization.id]
    return [_document(call, each) for each in service_accounts.listed(call, f"orgs/{organization.id}", accounts)]


def _create(call: Call) -> Outcome:
    organization = owned_organization(call)
    request = service_accounts.read_new(call, organization, "org")
    roles = request["roles"]
    if call.switches.adds_org_member and "ORG_MEMBER" not in roles:
        roles.append("ORG_MEMBER")
    account, secret = service_accounts.create(call, organization, roles, {}, request)
    return service_accounts.document(call, account, account.roles, secret)


def _one(call: Call) -> Outcome:
    return _document(call, service_accounts.existing_account(call, read_organization(call).id))


def _projects(call: Call) -> Outcome:
    account = service_accounts.existing_account(call, read_organization(call).id)
    return [{"groupId": project_id, "roles": roles} for project_id, roles in account.project_roles.items()]


def _update(call: Call) -> Outcome:
    account = service_accounts.changeable_account(call, owned_organization(call).id)
    changes = service_accounts.read_changes(call, "org")
    if changes["roles"] and "ORG_OWNER" not in changes["roles"]:
        keep_an_owner(call, account, call.world.service_accounts.values())
    account.roles = changes["roles"] or account.roles
    service_accounts.rename(account, changes)
    return _document(call, account)


def _delete(call: Call) -> Outcome:
    account = service_accounts.changeable_account(call, owned_organization(call).id)
    keep_an_owner(call, account, call.world.service_accounts.values())
    service_accounts.delete(call, account)
    return None


_PATH = "/orgs/{organization_id}/serviceAccounts"

ROUTES = (
    Route("GET", _PATH, _list, VERSION),
    Route("POST", _PATH, _create, VERSION, 201),
    Route("GET", f"{_PATH}/{{client_id}}", _one, VERSION),
    Route("PATCH", f"{_PATH}/{{client_id}}", _update, VERSION),
    Route("DELETE", f"{_PATH}/{{client_id}}", _delete, VERSION),
    Route("GET", f"{_PATH}/{{client_id}}/groups", _projects, VERSION),
)
