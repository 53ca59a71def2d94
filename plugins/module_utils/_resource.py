# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all resources: facts about the API, and the requests built from them. A resource sends nothing."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._api import Api
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request

ABSENT = "absent"
PRESENT = "present"


class SecretEnd(t.NamedTuple):
    """The end of a secret that expires."""

    end: str
    """The characters that the server shows."""
    expires_at: float | None
    """The time when the secret expires, in seconds since 1970; None if nobody knows."""


class Item(t.NamedTuple):
    """One object, as the server describes it."""

    id: str
    state: str | None = None
    """Its state, as a value of the option ``state``; None if the server did not say."""
    fields: t.Mapping[str, t.Any] = {}
    """The fields that a task returns, by the names of the return values."""
    secret_end: str = ""
    """The characters of its secret that the server shows; empty if it shows none."""
    name: str = ""
    """The description or name by which a task can mean this object."""
    public_id: str = ""
    """The public key, by which a task can mean this object too; empty if it has none."""
    parent_id: str = ""
    """The id of the organization that the object belongs to; empty if the place of the object is that organization."""
    made_at: float | None = None
    """The time when it was made, in seconds since 1970; None if nobody knows."""
    secret_ends: tuple[SecretEnd, ...] = ()
    """The ends of its secrets, if it can have several. They are too short to tell whether the task logs in with it."""


class Resource:
    """The objects of one kind in one place, such as the keys of one user.

    A subclass states facts and builds requests. :mod:`_reconcile` sends them, and decides what the answers mean for a
    task.
    """

    noun = "object"
    """The name of an object in messages."""
    results = "objects"
    """The name of the return value, a list."""
    result = ""
    """The name of the return value of a task about a single object; empty if the module has none."""
    name_field = "description"
    """The field that holds the name by which a task can mean an object."""
    shown_once = ""
    """The name of the return value for the secret of a new object; empty if it has none."""
    identity = "id"
    """The field that identifies a document in a list."""
    states_of_existing: tuple[str, ...] = ()
    """The states that require the object to exist. For any other state, an object that does not exist is no failure."""
    states_without_login: tuple[str, ...] = (ABSENT,)
    """The states in which an object cannot log in."""
    absent_revokes = True
    """Whether an object that is absent from the place does not exist; otherwise it only left this place."""
    after_absence = ""
    """For a place that an object can leave: where it still is, as whole sentences."""
    can_read_one = True
    """Whether the API can read a single object; otherwise only the list tells about it."""
    needed_to_make: tuple[str, ...] = ()
    """The options that a task needs to make an object, besides its name."""
    way_out = ""
    """How to get a new secret if nobody has that of an object, as whole sentences."""
    advice: t.Mapping[str, str] = {}
    """What the user can do about an ``errorCode``."""

    def parent(self) -> dict[str, t.Any]:
        """Return the return values that describe the place itself."""
        return {}

    def owner(self) -> str:
        """Name the owner of the objects, for messages."""
        raise NotImplementedError

    def summary(self, item: Item) -> str:
        """Tell an object apart from others with the same name, for messages."""
        return item.id

    def new_secret(self) -> str:
        """Name the secret of a new object, for messages."""
        return f"the secret of a new {self.noun}"

    def marked(self, mark: str, fields: t.Mapping[str, t.Any]) -> str:
        """Describe an object that a task is making, for messages."""
        return f"with the description {mark!r}"

    def list_request(self) -> Request:
        """Return the request that lists the objects."""
        raise NotImplementedError

    def get_request(self, item_id: str) -> Request:
        """Return the request that reads one object."""
        raise NotImplementedError

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read an object leniently: only its identity is required."""
        raise NotImplementedError

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        """Return the request that makes an object."""
        raise NotImplementedError

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        """Return the whole secret, which only the answer to the request that makes an object holds."""
        raise NotImplementedError

    def update_requests(self, item: Item, fields: t.Mapping[str, t.Any]) -> list[Request]:
        """Return the requests that give an object these fields, to be tried until an answer shows them all."""
        raise NotImplementedError

    def join_request(self, api: Api, item_id: str, fields: t.Mapping[str, t.Any]) -> Request | None:
        """Return the request that brings an object of the organization into this place; None if there is no such."""
        return None

    def says_joined(self, error: RequestError) -> bool:
        """Tell whether the server says that an object is in this place already."""
        return False

    def organization(self) -> Lookup | None:
        """Return the lookup of the objects that can be brought into this place; None if there are no such."""
        return None

    def outside(self, item: Item) -> Item:
        """Return an object as it is after it left a place that it can leave."""
        raise NotImplementedError

    def delete_request(self, item: Item) -> Request:
        """Return the request that deletes an object, wherever it is."""
        return self.change_request(item.id, ABSENT)

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return an object as an item of the list that an info module returns."""
        raise NotImplementedError

    def change_request(self, item_id: str, state: str) -> Request:
        """Return the request that brings an object into a state."""
        raise NotImplementedError

    def confirms(self, document: t.Any, state: str) -> bool:
        """Tell whether the answer to a change confirms the change. The status of the answer confirms a deletion."""
        return state == ABSENT

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the server says that this very object does not exist."""
        raise NotImplementedError

    def says_no_parent(self, error: RequestError) -> bool:
        """Tell whether the server says that the place does not exist, so that nothing can be in it.

        By default, a place that does not exist is a failure, because its id may be mistyped.
        """
        return False


class Lookup(t.NamedTuple):
    """A request whose answer tells where the objects of a task are."""

    request: Request
    is_list: bool
    """Whether the answer is a list, with one place for each document in it."""
    place: t.Callable[[t.Mapping[str, t.Any]], Resource]
    """Builds the place from a document."""
    noun: str
    """The name of the document in messages."""
    start: Resource
    """Stands in for the place until the lookup has found it."""
