# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programmatic API keys: their documents, and what calls about keys of all kinds have in common."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Iterable, Mapping, Sequence

from tests.emulator.api import ApiError, Call, Document, Outcome
from tests.emulator.world import ProgrammaticKey


def role_documents(call: Call, key: ProgrammaticKey) -> list[Document]:
    """Return the roles of a key as the API writes them. Those of an Ops Manager as a whole name no place."""
    place = {} if key.organization_id is None else {"orgId": key.organization_id}
    roles = [place | {"roleName": name} for name in key.roles]
    roles += [{"groupId": where, "roleName": name} for where, names in key.project_roles.items() for name in names]
    if call.switches.shuffles_roles:
        random.shuffle(roles)
    return roles


def document(call: Call, key: ProgrammaticKey, *, whole: bool = False) -> Document:
    """Return a key as the API writes it; ``whole`` shows the private key, as only the answer that makes it does."""
    # The link is that of the organization in lists of a project too, and that of none for a global key.
    address = f"{call.base_url}/orgs/{key.organization_id or 'null'}/apiKeys/{key.id}"
    return {
        "desc": key.description,
        "id": key.id,
        "links": [{"href": address, "rel": "self"}],
        "privateKey": key.private_key if whole else key.redacted,
        "publicKey": key.public_key,
        "roles": role_documents(call, key),
    }


def documents(call: Call, place: str, keys: Iterable[ProgrammaticKey]) -> list[Document]:
    """Return a list of keys as the API writes it.

    Args:
        call: The call.
        place: The list, as ``Lag`` names it.
        keys: Those that are really on it.
    """
    return [document(call, key) for key in sorted(call.state.lag.listed(place, keys), key=lambda key: key.public_key)]


def existing_key(call: Call, organization_id: str | None) -> ProgrammaticKey:
    """Return the key that the path names; None as organization is for global keys.

    Raises:
        ApiError: The organization has no such key.
    """
    key = call.world.programmatic_keys.get(call.path["key_id"])
    if key is None or key.organization_id != organization_id:
        raise not_found(call)
    return key


def not_found(call: Call, status: int = 400) -> ApiError:
    """Return the error for a key that is not there, which is 400 on the wire."""
    key_id = call.path["key_id"]
    return ApiError(status, "API_KEY_NOT_FOUND", f"No API key with ID {key_id} exists.", key_id)


def create(
    call: Call,
    organization_id: str | None,
    description: str | None,
    roles: Sequence[str],
    project_roles: Mapping[str, list[str]],
) -> Document:
    """Make a key, and return it with its private key.

    Raises:
        ApiError: The organization has too many keys.
    """
    keys = call.world.programmatic_keys
    limit = call.switches.max_keys_per_org
    if organization_id and sum(key.organization_id == organization_id for key in keys.values()) >= limit:
        detail = (
            f"Maximum number of API keys per org ({limit}) in {organization_id} exceeded while trying to add API keys."
        )
        raise ApiError(400, "MAX_API_KEYS_PER_ORG_EXCEEDED", detail, str(limit), organization_id)
    key = ProgrammaticKey(
        call.state.new_id(),
        "".join(random.choices(string.ascii_lowercase, k=8)),
        str(uuid.uuid4()),
        roles=list(roles),
        organization_id=organization_id,
        description=description or "",
        project_roles=dict(project_roles),
    )
    keys[key.id] = key
    for place in places(key):
        call.state.lag.added(place, key)
    return document(call, key, whole=True)


def delete(call: Call, key: ProgrammaticKey) -> None:
    """Delete a key, and so take it out of all projects."""
    for place in places(key):
        call.state.lag.removed(place, key)
    del call.world.programmatic_keys[key.id]


def places(key: ProgrammaticKey) -> list[str]:
    """Return the lists that a key is on, as ``Lag`` names them."""
    whole = f"orgs/{key.organization_id}" if key.organization_id else "admin"
    return [whole, *(f"groups/{project_id}" for project_id in key.project_roles)]


def deleted(call: Call) -> Outcome:
    """Return what a call answers that takes a key out of an organization or a project."""
    # Only Ops Manager has global owners.
    return {} if call.product.has_global_owner and call.switches.ops_manager_deletes == "200" else None
