# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service accounts in a project, and their secrets there."""

from __future__ import annotations

from tests.emulator import service_account_secrets, service_accounts
from tests.emulator.api import ApiError, Call, Document, Outcome, Route, unauthorized
from tests.emulator.bodies import read_object, read_roles
from tests.emulator.organizations import roles_in
from tests.emulator.projects import owned_project, visible_project
from tests.emulator.service_accounts import VERSION
from tests.emulator.world import Project, Secret, ServiceAccount


def account_in(call: Call, project: Project, *, change: bool) -> ServiceAccount:
    """Return the account that the path names.

    Args:
        call: The call.
        project: The project that the path names.
        change: Whether it is to be changed.

    Raises:
        ApiError: The project has no such account, or nobody may change it.
    """
    find = service_accounts.changeable_account if change else service_accounts.existing_account
    account = find(call, project.organization_id)
    if project.id not in account.project_roles:
        raise service_accounts.account_not_found(call)
    return account


def _document(call: Call, project: Project, account: ServiceAccount, new: Secret | None = None) -> Document:
    organization_roles = account.roles if call.switches.project_shows_org_roles else []
    return service_accounts.document(call, account, [*organization_roles, *account.project_roles[project.id]], new)


def _list(call: Call) -> Outcome:
    project = visible_project(call)
    accounts = [account for account in call.world.service_accounts.values() if project.id in account.project_roles]
    return [_document(call, project, each) for each in service_accounts.listed(call, f"groups/{project.id}", accounts)]


def _create(call: Call) -> Outcome:
    project = owned_project(call)
    organization = call.world.organizations[project.organization_id]
    request = service_accounts.read_new(call, organization, "project")
    account, secret = service_accounts.create(
        call, organization, ["ORG_MEMBER"], {project.id: request["roles"]}, request
    )
    return _document(call, project, account, secret)


def _one(call: Call) -> Outcome:
    project = visible_project(call)
    return _document(call, project, account_in(call, project, change=False))


def _invite(call: Call) -> Outcome:
    project = visible_project(call)
    _demand_organization_owner(call, project)
    account = service_accounts.changeable_account(call, project.organization_id)
    roles = read_roles(call, read_object(call.body, known=("roles",), required=("roles",))["roles"], "project")
    again = call.switches.invite_again
    if project.id not in account.project_roles:
        service_accounts.assign(call, project, account, roles)
    elif again == "replaces":
        account.project_roles[project.id] = roles
    elif again != "keeps":
        detail = "Service Account is already in the group."
        raise ApiError(int(again), "SERVICE_ACCOUNT_ALREADY_IN_GROUP", detail, account.id)
    return _document(call, project, account)


def _demand_organization_owner(call: Call, project: Project) -> None:
    if "ORG_OWNER" not in roles_in(call, call.world.organizations[project.organization_id]):
        raise unauthorized()


def _update(call: Call) -> Outcome:
    project = owned_project(call)
    account = account_in(call, project, change=True)
    changes = service_accounts.read_changes(call, "project")
    account.project_roles[project.id] = changes["roles"] or account.project_roles[project.id]
    service_accounts.rename(account, changes)
    return _document(call, project, account)


def _remove(call: Call) -> Outcome:
    project = owned_project(call)
    account = service_accounts.changeable_account(call, project.organization_id)
    if project.id in account.project_roles:
        call.state.account_lag.removed(f"groups/{project.id}", account)
        del account.project_roles[project.id]
    elif not call.switches.removes_absent_account:
        raise service_accounts.account_not_found(call)
    return None


def _account_with_secrets(call: Call) -> ServiceAccount:
    project = owned_project(call)
    account = account_in(call, project, change=True)
    if set(account.project_roles) != {project.id} or set(account.roles) - {"ORG_MEMBER"}:
        # Its secrets open more than this project.
        _demand_organization_owner(call, project)
    return account


_PATH = "/groups/{project_id}/serviceAccounts"

ROUTES = (
    Route("GET", _PATH, _list, VERSION),
    Route("POST", _PATH, _create, VERSION, 201),
    # Before the calls with an id, as "ID:invite" would pass for one.
    Route("POST", f"{_PATH}/{{client_id}}:invite", _invite, VERSION),
    Route("GET", f"{_PATH}/{{client_id}}", _one, VERSION),
    Route("PATCH", f"{_PATH}/{{client_id}}", _update, VERSION),
    Route("DELETE", f"{_PATH}/{{client_id}}", _remove, VERSION),
    *service_account_secrets.routes(_PATH, _account_with_secrets),
)
