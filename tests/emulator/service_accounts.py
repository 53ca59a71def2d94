# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Service accounts: their documents, and what calls about accounts of organizations and projects have in common."""

from __future__ import annotations

import random
import re
import secrets
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from tests.emulator.api import ApiError, Call, Document
from tests.emulator.bodies import missing, read_object, read_roles
from tests.emulator.world import Organization, Project, Secret, ServiceAccount

VERSION = "2024-08-05"
"""The version of Atlas v2 with which service accounts came."""

SHORTEST_HOURS = 8
"""The shortest time that a secret can be valid."""

LONGEST_HOURS = 8760
"""The longest time that a secret can be valid, if the organization does not allow less."""

_LONGEST = {"name": 64, "description": 250}


def document(call: Call, account: ServiceAccount, roles: Sequence[str], new: Secret | None = None) -> Document:
    """Return an account as the API writes it.

    Args:
        call: The call.
        account: The account.
        roles: Its roles in the organization or in the project that is asked.
        new: The secret to show whole, as only the answer that makes it does.
    """
    found: Document = {
        "clientId": account.id,
        "createdAt": account.created_at,
        "description": account.description,
        "name": account.name,
        "roles": random.sample(roles, len(roles)) if call.switches.shuffles_roles else list(roles),
        "secrets": [secret_document(call, secret, whole=secret is new) for secret in account.secrets],
    }
    if call.switches.secret_order == "newest-first":
        found["secrets"].reverse()
    return found | {"systemManaged": account.system_managed} if call.switches.tells_system_managed else found


def secret_document(call: Call, secret: Secret, *, whole: bool = False) -> Document:
    """Return a secret as the API writes it; ``whole`` shows it, as only the answer that makes it does."""
    shown = {"secret": secret.value} if whole else {"maskedSecretValue": secret.masked}
    return {
        "createdAt": secret.created_at,
        "expiresAt": secret.expires_at,
        "id": secret.id,
        **or_null(call, lastUsedAt=secret.last_used_at),
        **shown,
    }


def or_null(call: Call, **fields: str | None) -> dict[str, str | None]:
    """Return the fields of a document that can be null; the others where the server leaves them out instead."""
    return {name: value for name, value in fields.items() if value is not None or call.switches.account_nulls}


def listed(call: Call, place: str, accounts: Iterable[ServiceAccount]) -> list[ServiceAccount]:
    """Return the accounts that a list shows, in its order.

    Args:
        call: The call.
        place: The list, as ``Lag`` names it.
        accounts: Those that are really on it.
    """
    shown = call.state.account_lag.listed(place, accounts)
    if call.query.get("includeSystemManaged") != "true":
        shown = [account for account in shown if not account.system_managed]
    order = call.switches.account_order
    if order == "name":
        return sorted(shown, key=lambda account: account.name)
    shown.sort(key=lambda account: account.id if order == "client-id" else (account.created_at, account.id))
    return shown[::-1] if order == "newest-first" else shown


def existing_account(call: Call, organization_id: str) -> ServiceAccount:
    """Return the account that the path names.

    Raises:
        ApiError: The organization has no such account.
    """
    account = call.world.service_accounts.get(call.path["client_id"])
    if account is None or account.organization_id != organization_id:
        raise account_not_found(call)
    return account


def changeable_account(call: Call, organization_id: str) -> ServiceAccount:
    """Return the account that the path names.

    Raises:
        ApiError: The organization has no such account, or nobody may change it.
    """
    account = existing_account(call, organization_id)
    if account.system_managed and call.switches.protects_system_managed:
        detail = f"The Service Account {account.id} is managed by the system."
        raise ApiError(403, "SERVICE_ACCOUNT_SYSTEM_MANAGED", detail, account.id)
    return account


def account_not_found(call: Call) -> ApiError:
    """Return the error for an account that is not there."""
    return not_found(call.switches.missing_account, "Service Account", "SERVICE_ACCOUNT", call.path["client_id"])


def not_found(setting: str, kind: str, word: str, name: str) -> ApiError:
    """Return the error for something that is not there.

    Args:
        setting: Which error, as in ``Switches``.
        kind: What it is, in the words of the API.
        word: What it is in an error code.
        name: Its id.
    """
    if setting == "resource":
        return ApiError(404, "RESOURCE_NOT_FOUND", f"Cannot find resource {kind} {name}.", f"{kind} {name}")
    if setting == "unexpected":
        return ApiError(404, "UNEXPECTED_ERROR", f"Could not find the requested {kind}.", null_parameters=True)
    return ApiError(int(setting), f"{word}_NOT_FOUND", f"No {kind} with ID {name} exists.", name)


def reads_accounts(call: Call, roles: set[str], needed: set[str]) -> bool:
    """Tell whether the caller may read accounts, or at least the one that the path names.

    Args:
        call: The call.
        roles: The roles of the caller in the organization or project.
        needed: Those of which Atlas needs one; Cloud Manager needs any role.
    """
    own = call.caller.service_account
    reads_own = call.switches.reads_own_account and own is not None and own.id == call.path.get("client_id")
    return reads_own or bool(roles & needed if call.api.versioned else roles)


def create(
    call: Call,
    organization: Organization,
    roles: Sequence[str],
    project_roles: Mapping[str, list[str]],
    request: Document,
) -> tuple[ServiceAccount, Secret | None]:
    """Make an account.

    Args:
        call: The call.
        organization: Where to make it.
        roles: Its roles there.
        project_roles: Its roles in projects.
        request: What the body asks for, as ``read_new`` returns it.

    Returns:
        The account and its secret, None for an account without one.

    Raises:
        ApiError: The organization has too many accounts.
    """
    accounts = call.world.service_accounts
    limit = call.switches.max_accounts_per_org
    if sum(account.organization_id == organization.id for account in accounts.values()) >= limit:
        detail = (
            f"Maximum number of Service Accounts per org ({limit}) in {organization.id} exceeded when trying to add a "
            "new Service Account."
        )
        raise ApiError(400, "MAX_SERVICE_ACCOUNTS_PER_ORG_EXCEEDED", detail, limit, organization.id)
    hours = request["hours"]
    secret = None if hours is None else new_secret(call, hours)
    account = ServiceAccount(
        f"mdb_sa_id_{call.state.new_id()}",
        request["name"],
        request["description"],
        organization.id,
        list(roles),
        dict(project_roles),
        [secret] if secret else [],
        created_at=call.state.clock.timestamp,
    )
    accounts[account.id] = account
    for place in places(account):
        call.state.account_lag.added(place, account)
    return account, secret


def new_secret(call: Call, hours: int) -> Secret:
    """Return a new secret that is valid for so many hours."""
    value = "mdb_sa_sk_" + "".join(secrets.choice(string.ascii_letters + string.digits + "_-") for _number in range(40))
    clock = call.state.clock
    return Secret(call.state.new_id(), value, clock.timestamp_in(hours), clock.timestamp)


def delete(call: Call, account: ServiceAccount) -> None:
    """Delete an account, and so take it out of all projects."""
    for place in places(account):
        call.state.account_lag.removed(place, account)
    del call.world.service_accounts[account.id]


def places(account: ServiceAccount) -> list[str]:
    """Return the lists that an account is on, as ``Lag`` names them."""
    return [f"orgs/{account.organization_id}", *(f"groups/{project_id}" for project_id in account.project_roles)]


def assign(call: Call, project: Project, account: ServiceAccount, roles: list[str]) -> None:
    """Put an account into a project."""
    account.project_roles[project.id] = roles
    call.state.account_lag.added(f"groups/{project.id}", account)


def read_new(call: Call, organization: Organization, scope: str) -> Document:
    """Return what a body asks for that makes an account: ``name``, ``description``, ``roles``, and ``hours``.

    ``hours`` are those for which the secret is to be valid, None for an account without a secret.

    Raises:
        ApiError: The body is no object with these, or one of them is refused.
    """
    names = ("name", "description", "roles")
    body = read_object(call.body, known=(*names, "secretExpiresAfterHours", "withoutInitialSecret"), required=names)
    return {
        "name": _read_text(call, "name", body["name"]),
        "description": _read_text(call, "description", body["description"]),
        "roles": read_roles(call, body["roles"], scope),
        "hours": _read_initial_hours(call, organization, body),
    }


def _read_initial_hours(call: Call, organization: Organization, body: Document) -> int | None:
    without = body.get("withoutInitialSecret", False)
    if not isinstance(without, bool):
        raise refused(call, "withoutInitialSecret")
    if "secretExpiresAfterHours" in body:
        if without:
            raise refused(call, "secretExpiresAfterHours")
        return read_hours(call, organization, body)
    if without or call.switches.omitted_validity == "no-secret":
        return None
    if call.switches.omitted_validity == "refused":
        raise missing("secretExpiresAfterHours")
    return organization.longest_secret_hours


def read_hours(call: Call, organization: Organization, body: Document) -> int:
    """Return for how many hours a secret is to be valid.

    Raises:
        ApiError: It is no number, or out of the range that the organization allows.
    """
    name = "secretExpiresAfterHours"
    hours = body[name]
    if isinstance(hours, str) and not call.api.versioned and re.fullmatch("[0-9]{1,9}", hours):
        # The documents of Cloud Manager print a text.
        hours = int(hours)
    if not isinstance(hours, int) or isinstance(hours, bool):
        raise refused(call, name)
    if not SHORTEST_HOURS <= hours <= organization.longest_secret_hours:
        raise refused(call, name)
    return hours


def read_changes(call: Call, scope: str) -> Document:
    """Return what a body changes of an account: ``name``, ``description`` and ``roles``, each None if it stays.

    Raises:
        ApiError: The body is no object, or something in it is refused.
    """
    body = read_object(call.body, known=("name", "description", "roles"))
    # The documents allow null for both texts, and do not say what it does.
    texts = {
        name: None if body.get(name) is None else _read_text(call, name, body[name]) for name in ("name", "description")
    }
    return texts | {"roles": read_roles(call, body["roles"], scope) if "roles" in body else None}


def rename(account: ServiceAccount, changes: Document) -> None:
    """Change the name and the description of an account."""
    account.name = changes["name"] or account.name
    account.description = changes["description"] or account.description


def _read_text(call: Call, name: str, value: object) -> str:
    if not isinstance(value, str):
        raise refused(call, name)
    text = value.strip() if call.switches.trims_desc else value
    if not 1 <= len(text) <= _LONGEST[name] or not all(_may_be_in_a_name(character) for character in text):
        raise refused(call, name)
    return text


def _may_be_in_a_name(character: str) -> bool:
    return character in "-_.,' " or unicodedata.category(character)[0] in "LN"


def refused(call: Call, name: str) -> ApiError:
    """Return the error for a field whose value is refused."""
    if call.switches.refused_field == "INVALID_ATTRIBUTE":
        return ApiError(400, "INVALID_ATTRIBUTE", f"Invalid attribute {name} specified.", name)
    if call.switches.refused_field == "VALIDATION_ERROR":
        detail = f"The request content produced the validation error: Invalid {name}."
        return ApiError(400, "VALIDATION_ERROR", detail, f"Invalid {name}")
    violation = {"description": f"The value of {name} is not allowed.", "field": name}
    return ApiError(400, "BAD_REQUEST", "The request content produced validation errors.", violations=[violation])
