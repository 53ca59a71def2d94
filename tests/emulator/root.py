# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The root of the API, which tells what the server is and which programmatic key logged in."""

from __future__ import annotations

from tests.emulator.addresses import CALLER, block_and_address
from tests.emulator.api import Call, Document, Outcome, Route
from tests.emulator.api_keys import role_documents


def _root(call: Call) -> Outcome:
    return {
        "apiKey": _api_key(call),
        "appName": call.product.application,
        "build": call.product.git_hash,
        # Only newer specifications of Atlas v2 have this field, and they require it.
        **({"ipAddress": CALLER} if call.api.versioned else {}),
        "links": [{"href": call.base_url, "rel": "self"}],
        "throttling": False,
    }


def _api_key(call: Call) -> Document | None:
    key = call.caller.programmatic_key
    if key is None:
        return None
    return {
        "accessList": [
            # Here a block has the field for an address too.
            {"ipAddress": None} | block_and_address(entry.block, call.switches.ipv6)
            for entry in key.access_list
        ],
        "id": key.id,
        "publicKey": key.public_key,
        "roles": role_documents(call, key),
    }


ROUTES = (Route("GET", "", _root),)
