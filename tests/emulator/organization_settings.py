# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of an organization on Atlas."""

from __future__ import annotations

from tests.emulator.api import Call, Document, Outcome, Route
from tests.emulator.bodies import invalid, missing, read_object
from tests.emulator.organizations import owned_organization, visible_organization
from tests.emulator.service_accounts import LONGEST_HOURS, SHORTEST_HOURS
from tests.emulator.world import Organization

_REQUIRED = "apiAccessListRequired"
_HOURS = "maxServiceAccountSecretValidityInHours"


def _document(call: Call, organization: Organization) -> Document:
    return {
        **({_REQUIRED: organization.access_list_required} if call.switches.tells_access_list_required else {}),
        "genAIFeaturesEnabled": True,
        _HOURS: organization.longest_secret_hours,
        "multiFactorAuthRequired": False,
        "restrictEmployeeAccess": False,
    }


def _one(call: Call) -> Outcome:
    return _document(call, visible_organization(call))


def _update(call: Call) -> Outcome:
    organization = owned_organization(call)
    body = read_object(call.body, known=(_REQUIRED, _HOURS))
    if not body:
        raise missing(_REQUIRED)
    required = body.get(_REQUIRED, organization.access_list_required)
    if not isinstance(required, bool):
        raise invalid(_REQUIRED)
    hours = body.get(_HOURS, organization.longest_secret_hours)
    if not isinstance(hours, int) or isinstance(hours, bool) or not SHORTEST_HOURS <= hours <= LONGEST_HOURS:
        raise invalid(_HOURS)
    organization.access_list_required = required
    organization.longest_secret_hours = hours
    return _document(call, organization)


ROUTES = (
    Route("GET", "/orgs/{organization_id}/settings", _one),
    Route("PATCH", "/orgs/{organization_id}/settings", _update),
)
