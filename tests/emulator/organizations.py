# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organizations, who is in them, and the roles there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.emulator.api import ApiError, Call, Document, Outcome, Route, unauthorized
from tests.emulator.world import Organization, ProgrammaticKey, ServiceAccount


def visible_organization(call: Call) -> Organization:
    """Return the organization that the path names.

    Raises:
        ApiError: There is no such organization, or the caller may not see it.
    """
    organization_id = call.path["organization_id"]
    organization = call.world.organizations.get(organization_id)
    if organization is None:
        raise ApiError(404, "ORG_NOT_FOUND", f"No organization with ID {organization_id} exists.", organization_id)
    if not may_see(call, organization):
        raise ApiError(401, "USER_UNAUTHORIZED", "The login is not in this organization.", organization_id)
    return organization


def may_see(call: Call, organization: Organization) -> bool:
    """Tell whether the caller is in an organization, or may see all of them."""
    credential = call.caller.credential
    if call.by_global_owner or (credential and credential.organization_id == organization.id):
        return True
    # A key of an organization sees no other one, whichever user it acts as.
    return not (credential and credential.organization_id) and call.caller.user_id in organization.user_ids


def roles_in(call: Call, organization: Organization) -> set[str]:
    """Return the roles that the caller has in an organization."""
    if call.by_global_owner:
        return {"ORG_OWNER"}
    return set(call.caller.roles) if may_see(call, organization) else set()


def owned_organization(call: Call) -> Organization:
    """Return the organization that the path names.

    Raises:
        ApiError: There is no such organization, or the caller does not own it.
    """
    organization = visible_organization(call)
    if "ORG_OWNER" not in roles_in(call, organization):
        raise unauthorized()
    return organization


def keep_an_owner(
    call: Call, leaving: ProgrammaticKey | ServiceAccount, of_kind: Iterable[ProgrammaticKey | ServiceAccount]
) -> None:
    """Check that another key, or another service account, owns the organization too, if this one does.

    Args:
        call: The call.
        leaving: The key or the account that is to own it no longer.
        of_kind: All keys, or all accounts.

    Raises:
        ApiError: No other one does.
    """
    owners = [
        each.id for each in of_kind if each.organization_id == leaving.organization_id and "ORG_OWNER" in each.roles
    ]
    if call.switches.refuses_last_owner and owners == [leaving.id]:
        raise ApiError(403, "CANNOT_DEMOTE_LAST_ORG_OWNER", "Cannot demote the last owner of the organization.")


def role_documents(call: Call, roles: Sequence[str], user_id: str | None) -> list[Document]:
    """Return roles as the API writes them: those of organizations once for each organization of a user."""
    organizations = [found.id for found in call.world.organizations.values() if user_id in found.user_ids]
    return [
        role
        for name in roles
        for role in (
            [{"orgId": organization, "roleName": name} for organization in organizations]
            if name.startswith("ORG_")
            else [{"roleName": name}]
        )
    ]


def _document(call: Call, organization: Organization) -> Document:
    return {
        "id": organization.id,
        "isDeleted": False,
        "links": [{"href": f"{call.base_url}/orgs/{organization.id}", "rel": "self"}],
        "name": organization.name,
        "skipDefaultAlertsSettings": False,
    }


def _list(call: Call) -> Outcome:
    beginning = call.query.get("name", "").lower()
    return [
        _document(call, found)
        for found in call.world.organizations.values()
        if may_see(call, found) and found.name.lower().startswith(beginning)
    ]


def _one(call: Call) -> Outcome:
    document = _document(call, visible_organization(call))
    (self_link,) = document["links"]
    groups = {"href": f"{self_link['href']}/groups", "rel": f"{call.product.relations}/groups"}
    return document | {"links": [self_link, groups]}


ROUTES = (
    Route("GET", "/orgs", _list),
    Route("GET", "/orgs/{organization_id}", _one),
)
