# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programmatic API keys in a project. Atlas also assigns with the calls of ``assigned_api_keys``."""

from __future__ import annotations

from tests.emulator import api_keys
from tests.emulator.api import Call, Outcome, Route
from tests.emulator.bodies import missing, read_key
from tests.emulator.projects import owned_project, visible_project
from tests.emulator.world import ProgrammaticKey, Project


def _list(call: Call) -> Outcome:
    project = visible_project(call)
    keys = [key for key in call.world.programmatic_keys.values() if project.id in key.project_roles]
    return api_keys.documents(call, f"groups/{project.id}", keys)


def _create(call: Call) -> Outcome:
    project = owned_project(call)
    description, roles = read_key(call, "project", new=True)
    return api_keys.create(call, project.organization_id, description, ["ORG_MEMBER"], {project.id: roles or []})


def assign(call: Call, project: Project, key: ProgrammaticKey, roles: list[str]) -> None:
    """Put a key into a project."""
    key.project_roles[project.id] = roles
    call.state.lag.added(f"groups/{project.id}", key)


def _update(call: Call) -> Outcome:
    project = owned_project(call)
    key = api_keys.existing_key(call, project.organization_id)
    description, roles = read_key(call, "project", new=False)
    if project.id not in key.project_roles:
        if call.api.versioned and call.switches.patch_unassigned != "assigns":
            raise api_keys.not_found(call, int(call.switches.patch_unassigned))
        if roles is None:
            raise missing("roles")
        assign(call, project, key, roles)
    elif roles is not None:
        key.project_roles[project.id] = roles
    if description is not None and _takes_description(call):
        key.description = description
    return api_keys.document(call, key)


def _takes_description(call: Call) -> bool:
    # Only Atlas has a call of its own that assigns, and with it a PATCH that takes more than roles.
    return "assigned_api_keys" in call.api.calls or call.switches.ops_manager_takes_desc


def _remove(call: Call) -> Outcome:
    project = owned_project(call)
    key = api_keys.existing_key(call, project.organization_id)
    if project.id in key.project_roles:
        call.state.lag.removed(f"groups/{project.id}", key)
        del key.project_roles[project.id]
    elif call.switches.unassign_unassigned != "204":
        raise api_keys.not_found(call, int(call.switches.unassign_unassigned))
    return api_keys.deleted(call)


ROUTES = (
    Route("GET", "/groups/{project_id}/apiKeys", _list),
    Route("POST", "/groups/{project_id}/apiKeys", _create),
    Route("PATCH", "/groups/{project_id}/apiKeys/{key_id}", _update),
    Route("DELETE", "/groups/{project_id}/apiKeys/{key_id}", _remove),
)
