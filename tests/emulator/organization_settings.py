# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of an organization on Atlas."""

from __future__ import annotations

from tests.emulator.api import Call, Document, Outcome, Route
from tests.emulator.bodies import invalid, read_object
from tests.emulator.organizations import owned_organization, visible_organization
from tests.emulator.world import Organization


def _document(organization: Organization) -> Document:
    return {
        "apiAccessListRequired": organization.access_list_required,
        "genAIFeaturesEnabled": True,
        "maxServiceAccountSecretValidityInHours": 8760,
        "multiFactorAuthRequired": False,
        "restrictEmployeeAccess": False,
    }


def _one(call: Call) -> Outcome:
    return _document(visible_organization(call))


def _update(call: Call) -> Outcome:
    organization = owned_organization(call)
    name = "apiAccessListRequired"
    required = read_object(call.body, known=(name,), required=(name,))[name]
    if not isinstance(required, bool):
        raise invalid(name)
    organization.access_list_required = required
    return _document(organization)


ROUTES = (
    Route("GET", "/orgs/{organization_id}/settings", _one),
    Route("PATCH", "/orgs/{organization_id}/settings", _update),
)
