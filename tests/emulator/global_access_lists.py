# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one access list of all global keys of an Ops Manager."""

from __future__ import annotations

from tests.emulator.addresses import block_and_address, network, read_block
from tests.emulator.api import ApiError, Call, Document, Outcome, Route
from tests.emulator.bodies import invalid, read_object
from tests.emulator.global_api_keys import demand
from tests.emulator.world import GlobalAccessEntry

_FIELDS = ("cidrBlock", "description")


def _document(call: Call, entry: GlobalAccessEntry) -> Document:
    return {
        "cidrBlock": block_and_address(entry.block, call.switches.ipv6)["cidrBlock"],
        "created": entry.created_at,
        "description": entry.description,
        "id": entry.id,
        "type": "GLOBAL_ROLE",
        "updated": entry.updated_at,
    }


def _entry(call: Call) -> GlobalAccessEntry:
    entry_id = call.path["entry_id"]
    entry = call.world.global_access_list.get(entry_id)
    if entry is None:
        detail = f"No global whitelist entry with ID {entry_id} exists."
        raise ApiError(404, "GLOBAL_WHITELIST_ENTRY_NOT_FOUND", detail, entry_id)
    return entry


def _read(call: Call, *, new: bool) -> tuple[str | None, str | None]:
    document = read_object(call.body, known=_FIELDS, required=_FIELDS if new else ())
    description = document.get("description")
    if not isinstance(description, str | None):
        raise invalid("description")
    block = None
    if "cidrBlock" in document:
        try:
            block = read_block(document["cidrBlock"], single=False)
        except ValueError:
            raise invalid("cidrBlock") from None
    return block, description


def _refuse_duplicate(call: Call, block: str, entry_id: str) -> None:
    for entry in call.world.global_access_list.values():
        if entry.id != entry_id and network(entry.block) == network(block):
            detail = f"The provided IP address {block} already exists in another global whitelist entry."
            raise ApiError(400, "DUPLICATE_GLOBAL_WHITELIST_ENTRY", detail, block)


def _list(call: Call) -> Outcome:
    demand(call, "GLOBAL_READ_ONLY")
    return [_document(call, entry) for entry in call.world.global_access_list.values()]


def _add(call: Call) -> Outcome:
    demand(call, "GLOBAL_USER_ADMIN")
    block, description = _read(call, new=True)
    now = call.state.clock.timestamp
    entry = GlobalAccessEntry(call.state.new_id(), block or "", description or "", now, now)
    _refuse_duplicate(call, entry.block, entry.id)
    call.world.global_access_list[entry.id] = entry
    return _document(call, entry)


def _one(call: Call) -> Outcome:
    demand(call, "GLOBAL_READ_ONLY")
    return _document(call, _entry(call))


def _update(call: Call) -> Outcome:
    demand(call)
    entry = _entry(call)
    block, description = _read(call, new=False)
    _refuse_duplicate(call, block or entry.block, entry.id)
    entry.block = block or entry.block
    entry.description = entry.description if description is None else description
    entry.updated_at = call.state.clock.timestamp
    return _document(call, entry)


def _remove(call: Call) -> Outcome:
    demand(call)
    del call.world.global_access_list[_entry(call).id]
    return None


def routes(name: str) -> tuple[Route, ...]:
    """Return the calls of the global access list, where a path calls the list by this name."""
    path = f"/admin/{name}"
    return (
        Route("GET", path, _list),
        Route("POST", path, _add),
        Route("GET", f"{path}/{{entry_id}}", _one),
        Route("PATCH", f"{path}/{{entry_id}}", _update),
        Route("DELETE", f"{path}/{{entry_id}}", _remove),
    )


ROUTES = routes("accessList")
