# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""The data that the emulator holds: users with their personal keys, organizations, programmatic keys."""

from __future__ import annotations

from dataclasses import dataclass, field

ORGANIZATION_ID = "5e2b0f6a9ccf64c8a1d0e311"

JANE_ID = "5d1a4f2e9ccf64b7c8d90a11"
JANE_NAME = "jane.doe@example.com"
JANE_LOGIN_KEY_ID = "5d1a4f6b9ccf64b7c8d90b21"
JANE_LOGIN_SECRET = "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6"
JANE_SPARE_KEY_ID = "5d1b77c09ccf64b7c8d90b22"
JANE_SPARE_SECRET = "0b6de8f4-93a7-4c15-8e60-2a9d71c4be58"
JANE_DISABLED_KEY_ID = "5d2c18e49ccf64b7c8d90b23"
JANE_DISABLED_SECRET = "c48e1f07-6b2d-4d93-a5f1-91e06b7d3c2a"

JOHN_ID = "5d3e90a19ccf64b7c8d90a12"
JOHN_NAME = "john+backup@example.com"
JOHN_LOGIN_KEY_ID = "5d3e91449ccf64b7c8d90b31"
JOHN_LOGIN_SECRET = "e29b5d60-17fa-4a3c-b8c4-6d5f0e9a8b17"
JOHN_SPARE_KEY_ID = "5d4fa2079ccf64b7c8d90b32"
JOHN_SPARE_SECRET = "3a81c7d9-f054-4e6b-92b0-b7e4f1a6d083"

OWNER_ID = "5c0d3b879ccf64b7c8d90a10"
OWNER_NAME = "owner@example.com"
OWNER_LOGIN_KEY_ID = "5c0d3bf29ccf64b7c8d90b11"
OWNER_LOGIN_SECRET = "9d40f2b8-c671-4f0e-8a95-04c8e7b3d1f2"

PROGRAMMATIC_KEY_ID = "5d60f1c89ccf64b7c8d90c41"
PROGRAMMATIC_PUBLIC_KEY = "kfjwbqzs"
PROGRAMMATIC_PRIVATE_KEY = "b1f7e6c3-2d58-49a0-87e4-5c9b0a6f2d81"


@dataclass
class Key:
    """A personal ("user") API key; ``secret`` is the password that goes with it, ``description`` may be None."""

    id: str
    description: str | None
    secret: str
    enabled: bool = True
    created_at: str = "2019-05-01T12:00:00Z"

    @property
    def obfuscated(self) -> str:
        """The secret with everything masked but its last twelve characters."""
        shown = self.secret[-12:]
        return "".join("-" if character == "-" else "*" for character in self.secret[:-12]) + shown


@dataclass
class User:
    """A console user.

    ``username`` is also the name to log in with. A role is a name such as ``GLOBAL_OWNER``. Servers leave
    ``mobile_number`` out if it is None.
    """

    id: str
    username: str
    email_address: str
    keys: list[Key] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    first_name: str = "Robin"
    last_name: str = "Roe"
    country: str = "IE"
    mobile_number: str | None = None
    created_at: str = "2018-11-05T08:00:00Z"
    last_auth: str = "2019-09-02T07:15:00Z"
    team_ids: list[str] = field(default_factory=list)


@dataclass
class Organization:
    """An organization and the ids of its users."""

    id: str
    name: str
    user_ids: list[str] = field(default_factory=list)


@dataclass
class ProgrammaticKey:
    """A programmatic API key and the user that it acts as, if any.

    No public source says as whom a programmatic key acts on Atlas where a call is for "that user only". Both are
    possible here: ``user_id`` of a user, or None for a key that is nobody and has ``roles`` alone.
    """

    id: str
    public_key: str
    private_key: str
    user_id: str | None = None
    roles: list[str] = field(default_factory=list)


@dataclass
class World:
    """Everything that the emulator knows; requests read and change it."""

    users: list[User] = field(default_factory=list)
    organizations: list[Organization] = field(default_factory=list)
    programmatic_keys: list[ProgrammaticKey] = field(default_factory=list)

    def user(self, user_id: str) -> User | None:
        """Return the user with this id, None if there is none."""
        return next((user for user in self.users if user.id == user_id), None)

    def user_named(self, username: str) -> User | None:
        """Return the user with this login, None if there is none."""
        return next((user for user in self.users if user.username == username), None)

    def organization(self, organization_id: str) -> Organization | None:
        """Return the organization with this id, None if there is none."""
        return next((found for found in self.organizations if found.id == organization_id), None)

    def key(self, user_id: str, key_id: str) -> Key | None:
        """Return this key of this user, None if there is none."""
        user = self.user(user_id)
        return next((key for key in user.keys if key.id == key_id), None) if user else None


def sample_world() -> World:
    """Return a new world that is always the same; the constants of this module name what is in it."""
    jane = User(
        JANE_ID,
        JANE_NAME,
        JANE_NAME,
        keys=[
            Key(JANE_LOGIN_KEY_ID, "Ansible controller", JANE_LOGIN_SECRET, created_at="2019-05-01T12:04:43Z"),
            Key(JANE_SPARE_KEY_ID, "Sicherung Köln, täglich", JANE_SPARE_SECRET, created_at="2019-05-02T09:31:12Z"),
            Key(JANE_DISABLED_KEY_ID, "old laptop", JANE_DISABLED_SECRET, False, "2019-05-15T06:08:36Z"),
        ],
        roles=["ORG_OWNER"],
        first_name="Jane",
        last_name="Doe",
        mobile_number="5550100",
    )
    john = User(
        JOHN_ID,
        JOHN_NAME,
        "john@example.com",
        keys=[
            Key(JOHN_LOGIN_KEY_ID, "", JOHN_LOGIN_SECRET, created_at="2019-05-29T06:24:17Z"),
            Key(JOHN_SPARE_KEY_ID, None, JOHN_SPARE_SECRET, created_at="2019-06-11T05:45:11Z"),
        ],
        roles=["ORG_MEMBER"],
        first_name="John",
        last_name="Doe",
        mobile_number="5550101",
    )
    owner = User(
        OWNER_ID,
        OWNER_NAME,
        OWNER_NAME,
        keys=[Key(OWNER_LOGIN_KEY_ID, "Ops Manager", OWNER_LOGIN_SECRET, created_at="2018-12-09T15:20:18Z")],
        roles=["GLOBAL_OWNER", "ORG_OWNER"],
        first_name="Olive",
        last_name="Owner",
        mobile_number="5550102",
    )
    return World(
        users=[jane, john, owner],
        organizations=[Organization(ORGANIZATION_ID, "Example", [JANE_ID, JOHN_ID, OWNER_ID])],
        programmatic_keys=[
            ProgrammaticKey(
                PROGRAMMATIC_KEY_ID, PROGRAMMATIC_PUBLIC_KEY, PROGRAMMATIC_PRIVATE_KEY, JANE_ID, ["ORG_OWNER"]
            )
        ],
    )
