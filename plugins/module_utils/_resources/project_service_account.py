# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts in a project: paths, and how an account of the organization comes into the project."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_ACCOUNTS, Api
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import account_ids, object_id
from ansible_collections.mongodb.atlas.plugins.module_utils._named import Listed
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import checked_roles
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    ACCOUNT_ADVICE,
    account_summary,
    listed_in,
    read_account,
    says_not_found,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Managed


class ProjectServiceAccounts(Resource):
    """The service accounts in one project. Each is an account of the organization, and stays one outside of it.

    Args:
        project_id: The id of the project.
    """

    noun = "service account"
    result = "project_service_account"
    results = "project_service_accounts"
    identity = "clientId"
    name_field = "name"
    states_of_existing = (PRESENT,)
    states_without_login = ()
    absent_revokes = False
    after_absence = (
        "A service account that leaves a project lives on in the organization, and can still log in. To delete it, use "
        "mongodb.atlas.service_account."
    )
    needed_to_make = ("roles",)
    advice = {
        **ACCOUNT_ADVICE,
        "GROUP_NOT_FOUND": "There is no such project, or the login does not belong to it. Is project_id mistyped?",
        "SERVICE_ACCOUNT_NOT_FOUND": "There is no such service account in the organization of the project. Is "
        "account_id mistyped?",
        "USER_UNAUTHORIZED": "To put a service account into a project, the login needs the role ORG_OWNER. To change "
        "its roles there and to take it out, GROUP_OWNER is enough.",
    }

    def __init__(self, project_id: str) -> None:
        self._project_id = project_id
        self._path = f"/groups/{project_id}/serviceAccounts"

    def parent(self) -> dict[str, t.Any]:
        """Return the id of the project."""
        return {"project_id": self._project_id}

    def owner(self) -> str:
        """Name the project."""
        return f"project {self._project_id}"

    def summary(self, item: Item) -> str:
        """Return client id, age and roles."""
        return account_summary(item)

    def list_request(self) -> Request:
        """List the accounts in the project, with those that belong to a part of Atlas."""
        return Request("GET", self._path, query={"includeSystemManaged": "true"}, version=V2_ACCOUNTS)

    def get_request(self, item_id: str) -> Request:
        """Read one account in the project."""
        return self._request("GET", item_id)

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read an account, with its roles in the project."""
        item = read_account(document)
        roles = [role for role in item.fields["roles"] if not role.startswith("ORG_")]
        return item._replace(fields={**item.fields, "roles": roles})

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return an account."""
        return {"id": item.id, **item.fields}

    def update_requests(self, item: Item, fields: t.Mapping[str, t.Any]) -> list[Request]:
        """Change the roles in the project."""
        return [self._request("PATCH", item.id, fields)]

    def join_request(self, api: Api, item_id: str, fields: t.Mapping[str, t.Any]) -> Request:
        """Put an account of the organization into the project."""
        return self._request("POST", item_id, {"roles": fields.get("roles", [])}, ":invite")

    def says_joined(self, error: RequestError) -> bool:
        """Tell whether the account is in the project already. No public source says which code it is."""
        return error.status in (400, 409) and "ALREADY" in (error.document.code or "")

    def change_request(self, item_id: str, state: str) -> Request:
        """Take an account out of the project."""
        return self._request("DELETE", item_id)

    def outside(self, item: Item) -> Item:
        """Return an account without its roles in the project."""
        return item._replace(fields={**item.fields, "roles": []})

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the server says that there is no such account, in the project or at all."""
        return says_not_found(error, item_id)

    def _request(
        self, method: str, item_id: str, body: t.Mapping[str, t.Any] | None = None, action: str = ""
    ) -> Request:
        return Request(method, f"{self._path}/{path_segment(item_id)}{action}", body, version=V2_ACCOUNTS)


def wanted_project_accounts(options: t.Mapping[str, t.Any]) -> Managed:
    """Read accounts and state from the options of the module ``project_service_account``.

    Raises:
        OptionError: A value cannot be used.
    """
    place = ProjectServiceAccounts(object_id("project_id", options["project_id"]))
    ids = account_ids("account_id", options["account_id"])
    roles, state = options["roles"], options["state"]
    fields = {} if roles is None or state == ABSENT else {"roles": checked_roles(roles, place.noun)}
    return Managed(place, ids, None, fields, state)


def listed_project_accounts(options: t.Mapping[str, t.Any]) -> Listed:
    """Read the accounts to list from the options of the module ``project_service_account_info``.

    Raises:
        OptionError: A value cannot be used.
    """
    return listed_in(ProjectServiceAccounts(object_id("project_id", options["project_id"])), options)
