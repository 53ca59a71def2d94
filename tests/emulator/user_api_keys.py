# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The personal API keys of a user."""

from __future__ import annotations

from tests.emulator.api import ApiError, Call, Document, Outcome, Route
from tests.emulator.bodies import invalid, read_object
from tests.emulator.users import existing_user
from tests.emulator.world import Key, User


def _document(call: Call, user: User, key: Key) -> Document:
    document: Document = {
        "createdAt": key.created_at,
        "enabled": key.enabled,
        "id": key.id,
        "links": [{"href": f"{call.base_url}/users/{user.id}/keys/{key.id}", "rel": "self"}],
        "obfuscatedKey": key.obfuscated,
        "userId": user.id,
    }
    return document if key.description is None else document | {"description": key.description}


def _authorized_user(call: Call, *, owner_may: bool) -> User:
    # An unknown user is "not found" for everybody, so that a mistyped id shows as what it is [inferred].
    user = existing_user(call)
    if call.caller.user_id == user.id or (owner_may and call.by_global_owner):
        return user
    if owner_may and call.product.has_global_owner:
        raise ApiError(
            401, "NOT_GLOBAL_USER_ADMIN_OR_SELF", "Only that user or a global owner may do this.", user.username
        )
    raise ApiError(401, "NOT_SELF", "Only that user may do this.", user.username)


def _existing_key(call: Call, user: User) -> Key:
    key_id = call.path["key_id"]
    key = call.world.key(user.id, key_id)
    if key is None:
        raise ApiError(404, "INVALID_KEY_ID", f"An invalid key ID {key_id} was specified.", key_id)
    return key


def _list(call: Call) -> Outcome:
    user = _authorized_user(call, owner_may=True)
    return [_document(call, user, key) for key in user.keys]


def _update(call: Call) -> Outcome:
    user = _authorized_user(call, owner_may=True)
    key = _existing_key(call, user)
    key.enabled = _read_enabled(call.body)
    return _document(call, user, key)


def _read_enabled(body: bytes) -> bool:
    enabled = read_object(body, known=("enabled",), required=("enabled",))["enabled"]
    if not isinstance(enabled, bool):
        raise invalid("enabled")
    return enabled


def _delete(call: Call) -> Outcome:
    user = _authorized_user(call, owner_may=False)
    user.keys.remove(_existing_key(call, user))
    return None


ROUTES = (
    Route("GET", "/users/{user_id}/keys", _list),
    Route("PATCH", "/users/{user_id}/keys/{key_id}", _update),
    Route("DELETE", "/users/{user_id}/keys/{key_id}", _delete),
)
