# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programmatic API keys of an organization."""

from __future__ import annotations

from tests.emulator import api_keys
from tests.emulator.api import Call, Outcome, Route
from tests.emulator.bodies import read_key
from tests.emulator.organizations import keep_an_owner, owned_organization, visible_organization


def _list(call: Call) -> Outcome:
    organization = visible_organization(call)
    keys = [key for key in call.world.programmatic_keys.values() if key.organization_id == organization.id]
    return api_keys.documents(call, f"orgs/{organization.id}", keys)


def _create(call: Call) -> Outcome:
    organization = owned_organization(call)
    description, roles = read_key(call, "org", new=True)
    roles = roles or []
    if call.switches.adds_org_member and "ORG_MEMBER" not in roles:
        roles.append("ORG_MEMBER")
    return api_keys.create(call, organization.id, description, roles, {})


def _one(call: Call) -> Outcome:
    return api_keys.document(call, api_keys.existing_key(call, visible_organization(call).id))


def _update(call: Call) -> Outcome:
    key = api_keys.existing_key(call, owned_organization(call).id)
    description, roles = read_key(call, "org", new=False)
    if roles is not None:
        if "ORG_OWNER" not in roles:
            keep_an_owner(call, key, call.world.programmatic_keys.values())
        key.roles = roles
    if description is not None:
        key.description = description
    return api_keys.document(call, key)


def _delete(call: Call) -> Outcome:
    key = api_keys.existing_key(call, owned_organization(call).id)
    keep_an_owner(call, key, call.world.programmatic_keys.values())
    api_keys.delete(call, key)
    return api_keys.deleted(call)


ROUTES = (
    Route("GET", "/orgs/{organization_id}/apiKeys", _list),
    Route("POST", "/orgs/{organization_id}/apiKeys", _create),
    Route("GET", "/orgs/{organization_id}/apiKeys/{key_id}", _one),
    Route("PATCH", "/orgs/{organization_id}/apiKeys/{key_id}", _update),
    Route("DELETE", "/orgs/{organization_id}/apiKeys/{key_id}", _delete),
)
