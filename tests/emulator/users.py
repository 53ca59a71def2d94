# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console users, by id, by name, and by organization."""

from __future__ import annotations

from tests.emulator.api import ApiError, Call, Document, Outcome, Route
from tests.emulator.organizations import may_see, role_documents, visible_organization
from tests.emulator.world import User


def existing_user(call: Call) -> User:
    """Return the user that the path names.

    Raises:
        ApiError: There is no such user.
    """
    user_id = call.path["user_id"]
    user = call.world.users.get(user_id)
    if user is None:
        raise ApiError(404, "USER_NOT_FOUND", f"No user with ID {user_id} exists.", user_id)
    return user


def _document(call: Call, user: User) -> Document:
    address = f"{call.base_url}/users/{user.id}"
    document: Document = {
        "country": user.country,
        "createdAt": user.created_at,
        "emailAddress": user.email_address,
        "firstName": user.first_name,
        "id": user.id,
        "lastAuth": user.last_auth,
        "lastName": user.last_name,
        "links": [
            {"href": address, "rel": "self"},
            {"href": f"{address}/whitelist", "rel": f"{call.product.relations}/whitelist"},
        ],
        "roles": role_documents(call, user.roles, user.id),
        "teamIds": user.team_ids,
        "username": user.username,
    }
    return document if user.mobile_number is None else document | {"mobileNumber": user.mobile_number}


def _visible(call: Call, user: User) -> Document:
    shared = [found for found in call.world.organizations.values() if user.id in found.user_ids]
    if call.caller.user_id != user.id and not call.by_global_owner and not any(may_see(call, it) for it in shared):
        raise ApiError(401, "USER_UNAUTHORIZED", "The login lacks the rights to see this user.", user.username)
    return _document(call, user)


def _by_id(call: Call) -> Outcome:
    return _visible(call, existing_user(call))


def _by_name(call: Call) -> Outcome:
    name = call.path["name"]
    user = call.world.user_named(name)
    if user is None:
        raise ApiError(404, "USERNAME_NOT_FOUND", f"No user with username {name} exists.", name)
    return _visible(call, user)


def _of_organization(call: Call) -> Outcome:
    organization = visible_organization(call)
    return [_document(call, user) for user in call.world.users.values() if user.id in organization.user_ids]


ROUTES = (
    # Before the calls with an id, as "byName" would pass for one.
    Route("GET", "/users/byName/{name}", _by_name),
    Route("GET", "/users/{user_id}", _by_id),
    Route("GET", "/orgs/{organization_id}/users", _of_organization),
)
