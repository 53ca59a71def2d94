# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data that the emulator holds.

Users with their personal keys, organizations, projects, programmatic keys, and service accounts with their secrets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar


class _WithId(Protocol):
    id: str


_Object = TypeVar("_Object", bound=_WithId)


def by_id(*objects: _Object) -> dict[str, _Object]:
    """Return the objects of one kind as a world holds them."""
    return {each.id: each for each in objects}


def object_id(seconds: float, tail: str = "9ccf64b7c8d90e00") -> str:
    """Return an id that was made at a time: its first eight digits are that time in seconds since 1970."""
    return f"{int(seconds):08x}{tail}"


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
    """An organization and the ids of its users.

    ``access_list_required`` refuses keys and accounts without an access list. ``longest_secret_hours`` is the longest
    time that a new secret of an account can be valid.
    """

    id: str
    name: str
    user_ids: list[str] = field(default_factory=list)
    access_list_required: bool = False
    longest_secret_hours: int = 8760


@dataclass
class Project:
    """A project ("group") of an organization."""

    id: str
    name: str
    organization_id: str
    created_at: str = "2019-05-01T12:00:00Z"


@dataclass
class AccessEntry:
    """An entry of the access list of a key or an account.

    ``block`` is as the client sent it, a single address with its length.
    """

    block: str
    created_at: str = "2019-08-25T10:30:00Z"
    count: int = 0
    last_used: str | None = None
    last_used_address: str | None = None


@dataclass
class GlobalAccessEntry:
    """An entry of the one access list of all global keys."""

    id: str
    block: str
    description: str
    created_at: str = "2019-08-25T10:30:00Z"
    updated_at: str = "2019-08-25T10:30:00Z"


@dataclass
class ProgrammaticKey:
    """A programmatic API key: of an organization, or without ``organization_id`` a global one of an Ops Manager.

    ``roles`` are those in the organization, or the global ones; ``project_roles`` are those in each project, by id.

    No public source says as whom a programmatic key acts on Atlas where a call is for "that user only". Both are
    possible here: ``user_id`` of a user, or None for a key that is nobody and has its roles alone.
    """

    id: str
    public_key: str
    private_key: str
    user_id: str | None = None
    roles: list[str] = field(default_factory=list)
    organization_id: str | None = None
    description: str = ""
    project_roles: dict[str, list[str]] = field(default_factory=dict)
    access_list: list[AccessEntry] = field(default_factory=list)

    @property
    def redacted(self) -> str:
        """The private key as all answers but the first have it. There are three dashes in it, unlike in a UUID."""
        return f"********-****-****-{self.private_key[-12:]}"


@dataclass
class Secret:
    """A secret of a service account; ``value`` is the whole one, which only the answer that makes it shows."""

    id: str
    value: str
    expires_at: str
    created_at: str = "2020-01-24T16:10:00Z"
    last_used_at: str | None = None

    @property
    def masked(self) -> str:
        """The secret as all answers but the first have it."""
        return f"mdb_sa_sk_...{self.value[-4:]}"


@dataclass
class ServiceAccount:
    """A service account of an organization.

    ``id`` is its client id. ``roles`` are those in the organization, ``project_roles`` those in each project, by id.
    ``secrets`` are the oldest first. A ``system_managed`` account belongs to a part of Atlas, not to a user.
    """

    id: str
    name: str
    description: str
    organization_id: str
    roles: list[str] = field(default_factory=list)
    project_roles: dict[str, list[str]] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    access_list: list[AccessEntry] = field(default_factory=list)
    created_at: str = "2020-01-24T16:10:00Z"
    system_managed: bool = False


@dataclass
class World:
    """Everything that the emulator knows: the objects of each kind by id. Requests read and change it."""

    users: dict[str, User] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    programmatic_keys: dict[str, ProgrammaticKey] = field(default_factory=dict)
    global_access_list: dict[str, GlobalAccessEntry] = field(default_factory=dict)
    service_accounts: dict[str, ServiceAccount] = field(default_factory=dict)

    def user_named(self, username: str) -> User | None:
        """Return the user with this login, None if there is none."""
        return next((user for user in self.users.values() if user.username == username), None)

    def key(self, user_id: str, key_id: str) -> Key | None:
        """Return this key of this user, None if there is none."""
        user = self.users.get(user_id)
        return next((key for key in user.keys if key.id == key_id), None) if user else None
