# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and blocks of access lists: how they are read and shown, and who is admitted because of them."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from tests.emulator.api import ApiError, Caller, State
from tests.emulator.world import AccessEntry, ProgrammaticKey, ServiceAccount

CALLER = "127.0.0.1"
"""Where all requests come from, as the emulator listens on loopback only."""

# The published patterns: a single IPv6 address has to have eight groups, in a block and without one.
_ADDRESS = re.compile(r"([0-9]{1,3}\.){3}[0-9]{1,3}|([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}")
_BLOCK = re.compile(r"(([0-9]{1,3}\.){3}[0-9]{1,3}|:{0,2}([0-9a-f]{1,4}:){0,7}[0-9a-f]{1,4}:{0,2})/[0-9]{1,3}")


def read_block(text: object, *, single: bool) -> str:
    """Return a block as it is kept: as it was sent, a single address with its length.

    Raises:
        ValueError: The service accepts no such text.
    """
    pattern = _ADDRESS if single else _BLOCK
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError(text)
    length = ip_network(text).prefixlen
    return f"{text}/{length}" if single else text


def network(block: str) -> IPv4Network | IPv6Network:
    """Return a block as something that can be compared.

    Raises:
        ValueError: It is no block, or has host bits.
    """
    return ip_network(block)


def block_and_address(block: str, ipv6: str) -> dict[str, str]:
    """Return the fields that show a block: a single address is shown in both forms.

    Args:
        block: As it is kept.
        ipv6: How IPv6 addresses are shown, as in ``Switches``.
    """
    sent, _slash, length = block.partition("/")
    address = ip_address(sent)
    text = sent if ipv6 == "as-sent" else str(address)
    if isinstance(address, IPv6Address) and ipv6 == "eight-groups":
        # As Java prints an address: eight groups without leading zeros.
        text = ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":"))
    document = {"cidrBlock": f"{text}/{length}"}
    return document | {"ipAddress": text} if network(block).num_addresses == 1 else document


def covers(block: str) -> bool:
    """Tell whether a block holds the caller's address."""
    return ip_address(CALLER) in network(block)


def admit(state: State, caller: Caller) -> None:
    """Count the use of a key or an account, and check that it may be used from the caller's address.

    Raises:
        ApiError: It may not.
    """
    credential = caller.credential
    if credential is None:
        return
    here = [entry for entry in credential.access_list if covers(entry.block)]
    for entry in here:
        entry.count += 1
        entry.last_used, entry.last_used_address = state.clock.timestamp, CALLER
    if state.switches.enforces_access_lists and not _admitted(state, credential, here):
        detail = f"IP address {CALLER} is not allowed to access this resource."
        raise ApiError(403, f"IP_ADDRESS_NOT_ON_{state.product.word}", detail, CALLER)


def _admitted(state: State, credential: ProgrammaticKey | ServiceAccount, here: list[AccessEntry]) -> bool:
    if credential.organization_id is None:
        # Global keys need an entry of the global list; they can be used from nowhere without one.
        return any(covers(entry.block) for entry in state.world.global_access_list.values())
    organization = state.world.organizations.get(credential.organization_id)
    if organization and organization.access_list_required and not credential.access_list:
        detail = "This organization requires access through an access list of ip ranges."
        raise ApiError(403, f"ORG_REQUIRES_{state.product.word}", detail, CALLER)
    return bool(here) or not credential.access_list
