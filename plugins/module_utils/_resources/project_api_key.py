# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programmatic API keys in a project: paths, and how a key of the organization comes into the project."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_KEYS, Api
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import object_id
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item, Lookup, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import (
    KEY_ADVICE,
    ApiKeys,
    change_of,
    key_summary,
    managed_keys,
    organization_of,
    own_roles,
    read_key,
    says_no_key,
    whole_private_key,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Managed


class ProjectApiKeys(Resource):
    """The programmatic keys in one project. Each is a key of the organization, and stays one outside of the project.

    Args:
        project_id: The id of the project.
    """

    noun = "key"
    result = "project_api_key"
    results = "project_api_keys"
    states_of_existing = (PRESENT,)
    shown_once = "private_key"
    states_without_login = ()
    absent_revokes = False
    after_absence = (
        "A key that leaves a project lives on in the organization, and can still log in. To revoke it, use "
        "mongodb.atlas.org_api_key."
    )
    can_read_one = False
    needed_to_make = ("roles",)
    way_out = ApiKeys.way_out
    advice = {
        **KEY_ADVICE,
        "GROUP_NOT_FOUND": "There is no such project, or the login does not belong to it. Is project_id mistyped?",
        "USER_UNAUTHORIZED": "To manage the keys of a project, the login needs the role GROUP_OWNER or ORG_OWNER.",
    }

    def __init__(self, project_id: str) -> None:
        self._project_id = project_id
        self._path = f"/groups/{project_id}/apiKeys"

    def parent(self) -> dict[str, t.Any]:
        """Return the id of the project."""
        return {"project_id": self._project_id}

    def owner(self) -> str:
        """Name the project."""
        return f"project {self._project_id}"

    def summary(self, item: Item) -> str:
        """Return id, public key, age and roles."""
        return key_summary(item)

    def organization(self) -> Lookup:
        """Look up the organization of the project."""
        request = Request("GET", f"/groups/{self._project_id}", version=V2_KEYS)
        return Lookup(request, is_list=False, place=_organization, noun="a project", start=self)

    def list_request(self) -> Request:
        """List the keys in the project."""
        return Request("GET", self._path, version=V2_KEYS)

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read a key, with its roles in the project."""
        item = read_key(document, own_roles(document, "groupId", self._project_id))
        return item._replace(parent_id=organization_of(document))

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return a key."""
        return {"id": item.id, **item.fields}

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        """Make a key in the project. It is also a member of the organization."""
        return Request("POST", self._path, {"desc": name, "roles": fields["roles"]}, version=V2_KEYS)

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        """Return the private key."""
        return whole_private_key(document)

    def update_requests(self, item: Item, fields: t.Mapping[str, t.Any]) -> list[Request]:
        """Change the roles in the project, and the description. Ops Manager may take that in the organization only."""
        requests = [Request("PATCH", self._key_path(item.id), change_of(fields), version=V2_KEYS)]
        if self.name_field in fields and item.parent_id:
            requests += ApiKeys(item.parent_id).update_requests(item, {self.name_field: fields[self.name_field]})
        return requests

    def join_request(self, api: Api, item_id: str, fields: t.Mapping[str, t.Any]) -> Request:
        """Assign a key of the organization: Atlas takes a list with POST, the others take an object with PATCH."""
        body = {"roles": fields.get("roles", [])}
        is_post = api.assigns_with == "POST"
        return Request(api.assigns_with, self._key_path(item_id), [body] if is_post else body, version=V2_KEYS)

    def says_joined(self, error: RequestError) -> bool:
        """Tell whether the key is in the project already."""
        return error.document.code == "API_KEY_ALREADY_IN_GROUP"

    def change_request(self, item_id: str, state: str) -> Request:
        """Take a key out of the project."""
        return Request("DELETE", self._key_path(item_id), version=V2_KEYS)

    def outside(self, item: Item) -> Item:
        """Return a key without its roles in the project."""
        others = [each for each in item.fields["projects"] if each["project_id"] != self._project_id]
        return item._replace(fields={**item.fields, "roles": [], "projects": others})

    def delete_request(self, item: Item) -> Request:
        """Delete a key from the organization."""
        return ApiKeys(item.parent_id).change_request(item.id, ABSENT)

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the server says that there is no such key."""
        return says_no_key(error, item_id)

    def _key_path(self, item_id: str) -> str:
        return f"{self._path}/{path_segment(item_id)}"


def wanted_project_keys(options: t.Mapping[str, t.Any]) -> Managed:
    """Read keys and state from the options of the module ``project_api_key``.

    Raises:
        OptionError: A value cannot be used, or two options do not go together.
    """
    return managed_keys(ProjectApiKeys(object_id("project_id", options["project_id"])), options, renames=False)


def _organization(document: t.Mapping[str, t.Any]) -> ApiKeys:
    return ApiKeys(str(document.get("orgId") or ""))
