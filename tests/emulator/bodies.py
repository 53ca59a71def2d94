# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clients send: reads the bodies of requests, and refuses them as the API does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.emulator.api import ApiError, Call, Document

_LONGEST_DESCRIPTION = 250

ROLES = {
    "org": frozenset(
        "ORG_" + name
        for name in (
            *("OWNER", "MEMBER", "GROUP_CREATOR", "BILLING_ADMIN", "BILLING_READ_ONLY", "STREAM_PROCESSING_ADMIN"),
            *("READ_ONLY", "USER_ADMIN"),
        )
    ),
    "project": frozenset(
        "GROUP_" + name
        for name in (
            *("OWNER", "READ_ONLY", "CLUSTER_MANAGER", "SEARCH_INDEX_EDITOR", "STREAM_PROCESSING_OWNER"),
            *("DATA_ACCESS_ADMIN", "DATA_ACCESS_READ_ONLY", "DATA_ACCESS_READ_WRITE", "BACKUP_MANAGER"),
            *("AUTOMATION_ADMIN", "BACKUP_ADMIN", "MONITORING_ADMIN", "USER_ADMIN"),
        )
    ),
    "global": frozenset(
        "GLOBAL_" + name
        for name in (
            *("OWNER", "READ_ONLY", "AUTOMATION_ADMIN", "BACKUP_ADMIN", "BILLING_ADMIN", "MONITORING_ADMIN"),
            "USER_ADMIN",
        )
    ),
}


def invalid(name: str) -> ApiError:
    """Return the error for an attribute that does not exist or has a wrong value."""
    return ApiError(400, "INVALID_ATTRIBUTE", f"Invalid attribute {name} specified.", name)


def missing(name: str) -> ApiError:
    """Return the error for an attribute that is not there."""
    return ApiError(400, "MISSING_ATTRIBUTE", f"The required attribute {name} was not specified.", name)


def read_object(body: bytes, *, known: Sequence[str], required: Sequence[str] = ()) -> Document:
    """Return the object that a body holds.

    Raises:
        ApiError: The body is no such object.
    """
    return _checked(_json(body), known, required)


def read_array(body: bytes, *, known: Sequence[str], required: Sequence[str] = ()) -> list[Document]:
    """Return the array of objects that a body holds.

    Raises:
        ApiError: The body is no such array.
    """
    array = _json(body)
    if not isinstance(array, list):
        raise ApiError(400, "INVALID_JSON", "Received JSON does not match the expected format.")
    return [_checked(each, known, required) for each in array]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "INVALID_JSON", "Received JSON is malformed.") from None


def _checked(document: Any, known: Sequence[str], required: Sequence[str]) -> Document:
    if not isinstance(document, dict):
        raise ApiError(400, "INVALID_JSON", "Received JSON does not match the expected format.")
    for name in document:
        if name not in known:
            raise invalid(name)
    for name in required:
        if name not in document:
            raise missing(name)
    return document


def read_key(call: Call, scope: str, *, new: bool) -> tuple[str | None, list[str] | None]:
    """Return the description and the roles that a body asks for.

    Args:
        call: The call.
        scope: What the roles are for: ``org``, ``project`` or ``global``.
        new: Whether both have to be there; otherwise one does, and the other may be None.

    Raises:
        ApiError: The body is no object with these, or one of them is refused.
    """
    names = ("desc", "roles")
    document = read_object(call.body, known=names, required=names if new else ())
    if not document:
        raise missing("roles")
    description = read_description(call, document["desc"]) if "desc" in document else None
    return description, read_roles(call, document["roles"], scope) if "roles" in document else None


def read_description(call: Call, value: object) -> str:
    """Return a description.

    Raises:
        ApiError: It is no text, or its length is out of range.
    """
    if not isinstance(value, str):
        raise invalid("desc")
    text = value.strip() if call.switches.trims_desc else value
    if not 1 <= len(text) <= _LONGEST_DESCRIPTION:
        raise invalid("desc")
    return text


def read_roles(call: Call, value: object, scope: str) -> list[str]:
    """Return roles, each once.

    Raises:
        ApiError: They are no list of names, there is none, or one does not exist.
    """
    if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
        raise invalid("roles")
    for name in value:
        if name not in ROLES[scope]:
            raise _unknown_role(call, name)
    return list(dict.fromkeys(value))


def _unknown_role(call: Call, name: str) -> ApiError:
    if call.switches.unknown_role == "INVALID_ENUM_VALUE":
        return ApiError(400, "INVALID_ENUM_VALUE", f"An invalid enumeration value {name} was specified.", name)
    violation = {"description": f"Invalid role name '{name}'. Must be a valid Role name.", "field": "_roles"}
    return ApiError(400, "BAD_REQUEST", "The request content produced validation errors.", violations=[violation])
