# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all resources: facts about the API, and the requests built from them. A resource sends nothing."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request

ABSENT = "absent"


class Item(t.NamedTuple):
    """One object, as the server describes it."""

    id: str
    state: str | None = None
    """Its state, as a value of the option ``state``; None if the server did not say."""
    fields: t.Mapping[str, t.Any] = {}
    """The fields that a task returns, by the names of the return values."""
    secret_end: str = ""
    """The characters of its secret that the server shows; empty if it shows none."""


class Resource:
    """The objects of one kind in one place, such as the keys of one user.

    A subclass states facts and builds requests. :mod:`_reconcile` sends them, and decides what the answers mean for a
    task.
    """

    noun = "object"
    """The name of an object in messages."""
    results = "objects"
    """The name of the return value."""
    identity = "id"
    """The field that identifies a document in a list."""
    states_of_existing: tuple[str, ...] = ()
    """The states that require the object to exist. For any other state, an object that does not exist is no failure."""
    states_without_login: tuple[str, ...] = (ABSENT,)
    """The states in which an object cannot log in."""
    advice: t.Mapping[str, str] = {}
    """What the user can do about an ``errorCode``."""

    def parent(self) -> dict[str, t.Any]:
        """Return the return values that describe the place itself."""
        return {}

    def owner(self) -> str:
        """Name the owner of the objects, for messages."""
        raise NotImplementedError

    def list_request(self) -> Request:
        """Return the request that lists the objects."""
        raise NotImplementedError

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read an object leniently: only its identity is required."""
        raise NotImplementedError

    def describe(self, item: Item) -> dict[str, t.Any]:
        """Return an object as an item of the list that an info module returns."""
        raise NotImplementedError

    def change_request(self, item_id: str, state: str) -> Request:
        """Return the request that brings an object into a state."""
        raise NotImplementedError

    def confirms(self, document: t.Any, state: str) -> bool:
        """Tell whether the answer to a change confirms the change."""
        raise NotImplementedError

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        """Tell whether the server says that this very object does not exist."""
        raise NotImplementedError

    def says_no_parent(self, error: RequestError) -> bool:
        """Tell whether the server says that the place does not exist, so that nothing can be in it."""
        raise NotImplementedError


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
