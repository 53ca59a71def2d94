# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access list of a programmatic API key: the addresses from which it can be used."""

from __future__ import annotations

from urllib.parse import quote

from tests.emulator.addresses import CALLER, block_and_address, covers, network, read_block
from tests.emulator.api import ApiError, Call, Document, Outcome, Route
from tests.emulator.api_keys import existing_key
from tests.emulator.bodies import invalid, missing, read_array
from tests.emulator.organizations import roles_in, visible_organization
from tests.emulator.world import AccessEntry, ProgrammaticKey, ServiceAccount


def _key(call: Call) -> ProgrammaticKey:
    organization = visible_organization(call)
    key = existing_key(call, organization.id)
    if key is not call.caller.programmatic_key and "ORG_OWNER" not in roles_in(call, organization):
        detail = "API key access lists are only accessible by the API key or by a user administrator."
        raise ApiError(401, f"API_KEY_{call.product.word}_ACCESS_DENIED", detail)
    return key


def _document(call: Call, key: ProgrammaticKey, entry: AccessEntry) -> Document:
    shown = block_and_address(entry.block, call.switches.ipv6)
    # A link ends in the bare address, or in the block with its slash encoded.
    name = quote(shown.get("ipAddress", shown["cidrBlock"]), safe=":")
    address = f"{call.base_url}/orgs/{key.organization_id}/apiKeys/{key.id}/{call.product.access_list}/{name}"
    document: Document = {
        **shown,
        "count": entry.count,
        "created": entry.created_at,
        "links": [{"href": address, "rel": "self"}],
    }
    if entry.last_used is not None:
        document |= {"lastUsed": entry.last_used, "lastUsedAddress": entry.last_used_address}
    return document


def entries(call: Call, holder: ProgrammaticKey | ServiceAccount) -> list[AccessEntry]:
    """Return the entries of the access list of a key or an account, in the order of the list."""
    found = list(holder.access_list)
    if call.switches.entry_order == "newest-first":
        found.reverse()
    elif call.switches.entry_order == "address":
        found.sort(key=lambda entry: (network(entry.block).version, network(entry.block)))
    return found


def _documents(call: Call, key: ProgrammaticKey) -> list[Document]:
    return [_document(call, key, entry) for entry in entries(call, key)]


def _list(call: Call) -> Outcome:
    return _documents(call, _key(call))


def _add(call: Call) -> Outcome:
    key = _key(call)
    add(call, key, call.switches.max_entries_per_key)
    return _documents(call, key)


def add(call: Call, holder: ProgrammaticKey | ServiceAccount, limit: int | None) -> None:
    """Add the entries that the body names.

    Args:
        call: The call.
        holder: The key or the account that the list belongs to.
        limit: The most entries; None for no limit.

    Raises:
        ApiError: The body is no array of entries, or the list has one already or no room.
    """
    documents = _array(call)
    if isinstance(holder, ServiceAccount):
        # The contract allows null for a field of an entry of an account.
        documents = [{name: value for name, value in each.items() if value is not None} for each in documents]
    asked = {network(block): block for block in (_read(each) for each in documents)}
    there = {network(entry.block) for entry in holder.access_list}
    for block in there & asked.keys():
        if call.switches.duplicate_entry == "500":
            raise ApiError(500, "UNEXPECTED_ERROR", "Unexpected error.")
        if call.switches.duplicate_entry == "409":
            raise ApiError(409, f"DUPLICATE_{call.product.word}_ENTRY", f"{block} is on the list.", str(block))
    new = [AccessEntry(block, call.state.clock.timestamp) for where, block in asked.items() if where not in there]
    if limit is not None and len(holder.access_list) + len(new) > limit:
        detail = f"Maximum number of entries of the access list ({limit}) exceeded."
        raise ApiError(400, f"MAX_{call.product.word}_ENTRIES_EXCEEDED", detail, str(limit))
    holder.access_list += new


def _array(call: Call) -> list[Document]:
    return read_array(call.body, known=("cidrBlock", "ipAddress"))


def _read(document: Document) -> str:
    if len(document) != 1:
        raise invalid("cidrBlock") if document else missing("ipAddress")
    ((name, value),) = document.items()
    try:
        return read_block(value, single=name == "ipAddress")
    except ValueError:
        raise invalid(name) from None


def _entry(call: Call, holder: ProgrammaticKey | ServiceAccount) -> AccessEntry:
    text = call.path["address"]
    try:
        wanted = network(text)
    except ValueError:
        detail = f"One or more path parameter in the request URI {text} is malformed."
        raise ApiError(400, "PATH_PARAM_PARSE_ERROR", detail, text) from None
    for entry in holder.access_list:
        if network(entry.block) == wanted:
            return entry
    status = int(call.switches.missing_entry)
    raise ApiError(status, f"{call.product.word}_ENTRY_NOT_FOUND", f"{text} is not on the list.", text)


def _one(call: Call) -> Outcome:
    key = _key(call)
    return _document(call, key, _entry(call, key))


def _remove(call: Call) -> Outcome:
    remove(call, _key(call))
    return None


def remove(call: Call, holder: ProgrammaticKey | ServiceAccount) -> None:
    """Remove the entry that the path names.

    Raises:
        ApiError: The list has no such entry, or the caller could not log in without it.
    """
    entry = _entry(call, holder)
    protected = {"own-list": holder is call.caller.credential, "any-list": True, "never": False}
    if protected[call.switches.own_address] and covers(entry.block):
        detail = f"Cannot remove caller's IP address {CALLER} from access list"
        raise ApiError(400, f"CANNOT_REMOVE_CALLER_FROM_{call.product.word}", detail, CALLER)
    holder.access_list.remove(entry)


def routes(name: str) -> tuple[Route, ...]:
    """Return the calls of the access list of a key, where a path calls the list by this name."""
    path = f"/orgs/{{organization_id}}/apiKeys/{{key_id}}/{name}"
    return (
        Route("GET", path, _list),
        Route("POST", path, _add),
        Route("GET", f"{path}/{{address}}", _one),
        Route("DELETE", f"{path}/{{address}}", _remove),
    )


ROUTES = routes("accessList")
