# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Atlas / Ops Manager API on loopback, with digest and OAuth logins, state, TLS, and faults on demand.

It takes the place of a real server in the demo, the integration tests and the benchmark, and for everybody who
wants to try a playbook without an account. From the command line: ``python -m tests.emulator``. In a test::

    with Emulator(product="ops-manager-4.4") as emulator:
        emulator.add_fault(Fault(method="DELETE", status=503))
        ...  # let a client talk to emulator.base_url
        assert emulator.calls == [...]
"""

from __future__ import annotations

from tests.emulator.faults import Fault
from tests.emulator.sample import sample_world
from tests.emulator.server import Emulator, Received
from tests.emulator.switches import Switches
from tests.emulator.tls import Tls
from tests.emulator.world import (
    AccessEntry,
    GlobalAccessEntry,
    Key,
    Organization,
    ProgrammaticKey,
    Project,
    Secret,
    ServiceAccount,
    User,
    World,
    by_id,
    object_id,
)

__all__ = [
    "AccessEntry",
    "Emulator",
    "Fault",
    "GlobalAccessEntry",
    "Key",
    "Organization",
    "ProgrammaticKey",
    "Project",
    "Received",
    "Secret",
    "ServiceAccount",
    "Switches",
    "Tls",
    "User",
    "World",
    "by_id",
    "object_id",
    "sample_world",
]
