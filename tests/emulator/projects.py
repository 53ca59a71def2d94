# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The projects ("groups") of organizations, and the roles in them."""

from __future__ import annotations

from tests.emulator.api import ApiError, Call, Document, Outcome, Route, unauthorized
from tests.emulator.organizations import roles_in, visible_organization
from tests.emulator.world import Project

# Roles in an organization that are roles in each of its projects too.
_INHERITED = {"ORG_OWNER": "GROUP_OWNER", "ORG_READ_ONLY": "GROUP_READ_ONLY"}


def roles_of(call: Call, project: Project) -> set[str]:
    """Return the roles that the caller has in a project."""
    organization_roles = roles_in(call, call.world.organizations[project.organization_id])
    roles = {_INHERITED[name] for name in organization_roles & _INHERITED.keys()}
    credential = call.caller.credential
    return roles.union(credential.project_roles.get(project.id, ())) if credential else roles


def visible_project(call: Call) -> Project:
    """Return the project that the path names.

    Raises:
        ApiError: There is no such project, or the caller may not see it.
    """
    project_id = call.path["project_id"]
    project = call.world.projects.get(project_id)
    if project is None:
        raise ApiError(404, "GROUP_NOT_FOUND", f"No group with ID {project_id} exists.", project_id)
    return _visible(call, project)


def owned_project(call: Call) -> Project:
    """Return the project that the path names.

    Raises:
        ApiError: There is no such project, or the caller does not own it.
    """
    project = visible_project(call)
    if "GROUP_OWNER" not in roles_of(call, project):
        raise unauthorized()
    return project


def _visible(call: Call, project: Project) -> Project:
    if not roles_of(call, project):
        raise unauthorized()
    return project


def _document(call: Call, project: Project) -> Document:
    return {
        "clusterCount": 0,
        "created": project.created_at,
        "id": project.id,
        "links": [{"href": f"{call.base_url}/groups/{project.id}", "rel": "self"}],
        "name": project.name,
        "orgId": project.organization_id,
    }


def _list(call: Call) -> Outcome:
    # By name, upper case before lower case.
    projects = sorted(call.world.projects.values(), key=lambda project: project.name)
    return [_document(call, project) for project in projects if roles_of(call, project)]


def _of_organization(call: Call) -> Outcome:
    organization = visible_organization(call)
    beginning = call.query.get("name", "").lower()
    return [
        document
        for document in _list(call) or []
        if isinstance(document, dict)
        if document["orgId"] == organization.id and document["name"].lower().startswith(beginning)
    ]


def _one(call: Call) -> Outcome:
    return _document(call, visible_project(call))


def _by_name(call: Call) -> Outcome:
    name = call.path["name"]
    for project in call.world.projects.values():
        if project.name == name:
            return _document(call, _visible(call, project))
    raise ApiError(404, "GROUP_NAME_NOT_FOUND", f"No group with name {name} exists.", name)


ROUTES = (
    Route("GET", "/groups", _list),
    # Before the call with an id, as "byName" would pass for one.
    Route("GET", "/groups/byName/{name}", _by_name),
    Route("GET", "/groups/{project_id}", _one),
    Route("GET", "/orgs/{organization_id}/groups", _of_organization),
)
