# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sample data: the objects of the world that an emulator begins with, by the names that tests use.

Tests read ids, names and secrets from the objects of this module. ``sample_world`` returns copies, so no emulator
shares an object with this module or with another emulator.
"""

from __future__ import annotations

import copy

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
)


class SampleUser(User):
    """A user whose keys have names; a name whose key the user lacks raises an IndexError."""

    @property
    def name(self) -> str:
        """The name to log in with."""
        return self.username

    @property
    def login(self) -> Key:
        """The key to log in with."""
        return self.keys[0]

    @property
    def spare(self) -> Key:
        """An enabled key that nothing needs."""
        return self.keys[1]

    @property
    def disabled(self) -> Key:
        """A disabled key."""
        return self.keys[2]


class SampleAccount(ServiceAccount):
    """A service account whose secrets have names; a name whose secret the account lacks raises an IndexError."""

    @property
    def login(self) -> Secret:
        """The secret to log in with. It lasts longer than a server would let it, so that the world need not change."""
        return self.secrets[-1]

    @property
    def expired(self) -> Secret:
        """A secret that has expired and still takes up its place."""
        return self.secrets[-2]


JANE = SampleUser(
    "5d1a4f2e9ccf64b7c8d90a11",
    "jane.doe@example.com",
    "jane.doe@example.com",
    keys=[
        Key(
            "5d1a4f6b9ccf64b7c8d90b21",
            "Ansible controller",
            "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6",
            created_at="2019-05-01T12:04:43Z",
        ),
        Key(
            "5d1b77c09ccf64b7c8d90b22",
            "Sicherung Köln, täglich",
            "0b6de8f4-93a7-4c15-8e60-2a9d71c4be58",
            created_at="2019-05-02T09:31:12Z",
        ),
        Key(
            "5d2c18e49ccf64b7c8d90b23",
            "old laptop",
            "c48e1f07-6b2d-4d93-a5f1-91e06b7d3c2a",
            enabled=False,
            created_at="2019-05-15T06:08:36Z",
        ),
    ],
    roles=["ORG_OWNER"],
    first_name="Jane",
    last_name="Doe",
    mobile_number="5550100",
)
JOHN = SampleUser(
    "5d3e90a19ccf64b7c8d90a12",
    "john+backup@example.com",
    "john@example.com",
    keys=[
        Key(
            "5d3e91449ccf64b7c8d90b31",
            "",
            "e29b5d60-17fa-4a3c-b8c4-6d5f0e9a8b17",
            created_at="2019-05-29T06:24:17Z",
        ),
        Key(
            "5d4fa2079ccf64b7c8d90b32",
            None,
            "3a81c7d9-f054-4e6b-92b0-b7e4f1a6d083",
            created_at="2019-06-11T05:45:11Z",
        ),
    ],
    roles=["ORG_MEMBER"],
    first_name="John",
    last_name="Doe",
    mobile_number="5550101",
)
OWNER = SampleUser(
    "5c0d3b879ccf64b7c8d90a10",
    "owner@example.com",
    "owner@example.com",
    keys=[
        Key(
            "5c0d3bf29ccf64b7c8d90b11",
            "Ops Manager",
            "9d40f2b8-c671-4f0e-8a95-04c8e7b3d1f2",
            created_at="2018-12-09T15:20:18Z",
        ),
    ],
    roles=["GLOBAL_OWNER", "ORG_OWNER"],
    first_name="Olive",
    last_name="Owner",
    mobile_number="5550102",
)

ORGANIZATION = Organization("5e2b0f6a9ccf64c8a1d0e311", "Example", [JANE.id, JOHN.id, OWNER.id])

PROJECT = Project("5e2b10049ccf64c8a1d0e321", "Backend", ORGANIZATION.id, "2020-01-24T15:40:52Z")
SECOND_PROJECT = Project("5e2b10119ccf64c8a1d0e322", "Frontend", ORGANIZATION.id, "2020-01-24T15:41:05Z")

# All of these are keys of the organization, and their ids tell that they are old.
PROGRAMMATIC = ProgrammaticKey(
    "5d60f1c89ccf64b7c8d90c41",
    "kfjwbqzs",
    "b1f7e6c3-2d58-49a0-87e4-5c9b0a6f2d81",
    user_id=JANE.id,
    roles=["ORG_OWNER"],
    organization_id=ORGANIZATION.id,
    description="Ansible controller",
)
OWNER_KEY = ProgrammaticKey(
    "5e2b11c09ccf64b7c8d90c42",
    "owqhtzrd",
    "4b0e9d27-61fc-4a38-9c05-d2e7b8a1f364",
    roles=["ORG_OWNER"],
    organization_id=ORGANIZATION.id,
    description="Terraform",
)
READER_KEY = ProgrammaticKey(
    "5e2b12239ccf64b7c8d90c43",
    "rdxvlmpa",
    "e7a3c51d-0f94-4d6b-8b12-93c6f0d5a2e8",
    roles=["ORG_READ_ONLY"],
    organization_id=ORGANIZATION.id,
    description="Dashboard",
)
PROJECT_OWNER_KEY = ProgrammaticKey(
    "5e2b12879ccf64b7c8d90c44",
    "pgnkwyue",
    "2c9f8b04-d5e1-4730-a6bd-7f18e3c0945a",
    roles=["ORG_MEMBER"],
    organization_id=ORGANIZATION.id,
    description="Backend team",
    project_roles={PROJECT.id: ["GROUP_OWNER"]},
)
SPARE_KEY = ProgrammaticKey(
    "5e2b13009ccf64b7c8d90c45",
    "ctbmsjfi",
    "91d6a7e2-38b5-4f0c-b47a-c05e2d9f8163",
    roles=["ORG_MEMBER"],
    organization_id=ORGANIZATION.id,
    description="Sicherung Köln, täglich",
    project_roles={PROJECT.id: ["GROUP_READ_ONLY"]},
    access_list=[AccessEntry("192.0.2.1/32"), AccessEntry("198.51.100.0/24")],
)

# Only an Ops Manager has a place for these.
GLOBAL_KEY = ProgrammaticKey(
    "5c0d3c109ccf64b7c8d90c40",
    "gzhdovkx",
    "6f2e0c9b-a847-4d13-95f0-18d3b7e6c4a2",
    roles=["GLOBAL_OWNER"],
    description="Operator",
)
GLOBAL_ENTRY = GlobalAccessEntry("5c0d3c509ccf64b7c8d90d01", "127.0.0.0/8", "Loopback")

# Only Atlas v2 and Cloud Manager have service accounts.
OWNER_ACCOUNT = SampleAccount(
    "mdb_sa_id_5e2b16d89ccf64b7c8d90f51",
    "Ansible",
    "Ansible controller",
    ORGANIZATION.id,
    roles=["ORG_OWNER"],
    secrets=[
        Secret("5e2b16d89ccf64b7c8d91051", "mdb_sa_sk_Qm7xV2_kTz94LbRcY0wE-pHsN8aJ1fUdG6iOoWyA", "2099-12-31T23:59:59Z")
    ],
)
READER_ACCOUNT = SampleAccount(
    "mdb_sa_id_5e2b173c9ccf64b7c8d90f52",
    "Dashboard",
    "Shows who can log in",
    ORGANIZATION.id,
    roles=["ORG_READ_ONLY"],
    secrets=[
        Secret(
            "5e2b173c9ccf64b7c8d91052",
            "mdb_sa_sk_3nFzB6uPq-XoM1tSgC5e_DhKjW9rVl0yIaT2Rb7Z",
            "2099-12-31T23:59:59Z",
            "2020-01-24T16:11:40Z",
        )
    ],
    created_at="2020-01-24T16:11:40Z",
)
PROJECT_ACCOUNT = SampleAccount(
    "mdb_sa_id_5e2b17a09ccf64b7c8d90f53",
    "Backend team",
    "Sicherung Köln, täglich",
    ORGANIZATION.id,
    roles=["ORG_MEMBER"],
    project_roles={PROJECT.id: ["GROUP_OWNER"]},
    secrets=[
        Secret(
            "5e2b17a09ccf64b7c8d91053",
            "mdb_sa_sk_H8sYk0d_2LwQfN7vGmPzE4xTjB-a6CuRo1iVqXcJ",
            "2020-02-10T05:44:08Z",
            "2020-01-24T16:13:20Z",
            "2020-02-09T04:12:55Z",
        ),
        Secret(
            "5e37b3289ccf64b7c8d91054",
            "mdb_sa_sk_z5KpUe-W3oAyXrD1bHn0MtF9_lQs7GvJiC4gZmTx",
            "2099-12-31T23:59:59Z",
            "2020-02-03T05:44:08Z",
        ),
    ],
    access_list=[AccessEntry("192.0.2.1/32"), AccessEntry("127.0.0.0/8")],
    created_at="2020-01-24T16:13:20Z",
)
SYSTEM_ACCOUNT = SampleAccount(
    "mdb_sa_id_5e2b18049ccf64b7c8d90f54",
    "MCP",
    "Made by the system",
    ORGANIZATION.id,
    roles=["ORG_MEMBER"],
    secrets=[
        Secret(
            "5e2b18049ccf64b7c8d91055",
            "mdb_sa_sk_T4cRj-y8WvI2zNqE0pXh5OaBkM_uGf3LsD7eVt1K",
            "2099-12-31T23:59:59Z",
            "2020-01-24T16:15:00Z",
        )
    ],
    created_at="2020-01-24T16:15:00Z",
    system_managed=True,
)

# A copy, so that a test that changes an object above by mistake does not change every world after it.
_WORLD = copy.deepcopy(
    World(
        users=by_id(JANE, JOHN, OWNER),
        organizations=by_id(ORGANIZATION),
        projects=by_id(PROJECT, SECOND_PROJECT),
        programmatic_keys=by_id(PROGRAMMATIC, OWNER_KEY, READER_KEY, PROJECT_OWNER_KEY, SPARE_KEY, GLOBAL_KEY),
        global_access_list=by_id(GLOBAL_ENTRY),
        service_accounts=by_id(OWNER_ACCOUNT, READER_ACCOUNT, PROJECT_ACCOUNT, SYSTEM_ACCOUNT),
    )
)


def sample_world() -> World:
    """Return a new world that is always the same; the objects of this module name what is in it."""
    return copy.deepcopy(_WORLD)
