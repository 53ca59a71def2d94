# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The call with which Atlas assigns a key of the organization to a project; the other products have PATCH for that."""

from __future__ import annotations

from tests.emulator.api import ApiError, Call, Outcome, Route
from tests.emulator.api_keys import existing_key
from tests.emulator.bodies import invalid, read_array, read_roles
from tests.emulator.project_api_keys import assign
from tests.emulator.projects import owned_project


def _assign(call: Call) -> Outcome:
    project = owned_project(call)
    key = existing_key(call, project.organization_id)
    assignments = read_array(call.body, known=("roles",), required=("roles",))
    if not assignments:
        raise invalid("roles")
    roles = [name for each in assignments for name in read_roles(call, each["roles"], "project")]
    if project.id in key.project_roles:
        raise ApiError(400, "API_KEY_ALREADY_IN_GROUP", "API key is already in the group.")
    assign(call, project, key, list(dict.fromkeys(roles)))
    return None


ROUTES = (Route("POST", "/groups/{project_id}/apiKeys/{key_id}", _assign),)
