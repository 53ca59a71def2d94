# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The secrets of a service account, of which there are two at most. Lists and documents of accounts show them."""

from __future__ import annotations

from collections.abc import Callable

from tests.emulator import service_accounts
from tests.emulator.api import ApiError, Call, Outcome, Route
from tests.emulator.bodies import read_object
from tests.emulator.organizations import owned_organization
from tests.emulator.service_accounts import VERSION, not_found, read_hours
from tests.emulator.world import Secret, ServiceAccount

_MOST = 2

_OVERLAP_HOURS = 7 * 24
"""How long an older secret is valid at most when there is a new one."""


def _create(call: Call, account: ServiceAccount) -> Outcome:
    name = "secretExpiresAfterHours"
    body = read_object(call.body, known=(name,), required=(name,))
    hours = read_hours(call, call.world.organizations[account.organization_id], body)
    # Expired ones count too, until they are deleted.
    if len(account.secrets) >= _MOST:
        detail = f"Maximum number of secrets per Service Account ({_MOST}) exceeded."
        status = int(call.switches.third_secret)
        raise ApiError(status, "MAX_SECRETS_PER_SERVICE_ACCOUNT_EXCEEDED", detail, _MOST, account.id)
    end = call.state.clock.timestamp_in(_OVERLAP_HOURS)
    for older in account.secrets:
        older.expires_at = min(older.expires_at, end)
    secret = service_accounts.new_secret(call, hours)
    account.secrets.append(secret)
    return service_accounts.secret_document(call, secret, whole=True)


def _delete(call: Call, account: ServiceAccount) -> Outcome:
    secret = _existing_secret(call, account)
    if call.switches.refuses_last_secret and len(account.secrets) == 1:
        detail = f"Cannot delete the last secret of the Service Account {account.id}."
        raise ApiError(400, "CANNOT_DELETE_LAST_SERVICE_ACCOUNT_SECRET", detail, account.id)
    account.secrets.remove(secret)
    return None


def _existing_secret(call: Call, account: ServiceAccount) -> Secret:
    secret_id = call.path["secret_id"]
    for secret in account.secrets:
        if secret.id == secret_id:
            return secret
    raise not_found(call.switches.missing_secret, "Service Account Secret", "SERVICE_ACCOUNT_SECRET", secret_id)


def routes(accounts: str, account_of: Callable[[Call], ServiceAccount]) -> tuple[Route, ...]:
    """Return the calls of the secrets of accounts.

    Args:
        accounts: The path of the list of accounts.
        account_of: Returns the account that the path names, or raises an ApiError for a caller who may not change it.
    """
    path = f"{accounts}/{{client_id}}/secrets"
    return (
        Route("POST", path, lambda call: _create(call, account_of(call)), VERSION, 201),
        Route("DELETE", f"{path}/{{secret_id}}", lambda call: _delete(call, account_of(call)), VERSION),
    )


def _account(call: Call) -> ServiceAccount:
    return service_accounts.changeable_account(call, owned_organization(call).id)


ROUTES = routes("/orgs/{organization_id}/serviceAccounts", _account)
