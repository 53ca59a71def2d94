# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of a task, each a type: the wanted state, the steps towards it, their outcomes, and the result.

The stage between step and outcome is a :class:`_http.Request`.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Login
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import AtlasError, PartialError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, Item, Lookup, Resource

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile


class Task(t.NamedTuple):
    """How Ansible runs a task."""

    login: Login
    check_mode: bool = False
    diff: bool = False
    no_log: bool = False
    """Whether Ansible keeps the result out of its output."""


class Wanted(t.NamedTuple):
    """The objects and the state that the options of a task ask for."""

    place: Resource | Lookup
    ids: list[str] | None
    """The ids of the objects, in lower case and without duplicates; None means all objects."""
    state: str = ABSENT
    per_page: int | None = None
    """How many items to request per page of a list; None for as many as every version of the product can send."""


class Managed(t.NamedTuple):
    """The objects with a secret of their own, and the state, that the options of a task ask for."""

    place: Resource
    ids: list[str] | None
    """The ids or public keys of the objects; None if the task means an object by its name."""
    name: str | None
    """The description or name. Together with an id, the object gets this name."""
    fields: t.Mapping[str, t.Any]
    """The fields to compare and change, by the names of the return values."""
    state: str
    file: SecretFile | None = None
    """The file that takes the secret of a new object."""
    may_lack_secret: bool = False
    """Whether a file that lacks the secret of the object is a warning; otherwise it is a failure."""
    only_new: t.Mapping[str, t.Any] = {}
    """Further fields that a new object gets. The task does not compare them, because the server does not show them."""


class Step(t.NamedTuple):
    """The work for one object."""

    id: str
    before: Item | None
    """The object as the task read it; None if it does not exist, or the task did not read it."""
    state: str | None
    """The state of the object; None if it is not known."""
    request: Request | None
    """Brings the object into the wanted state; None if there is nothing to do."""


class Outcome(t.NamedTuple):
    """The outcome of a step."""

    before: Item | None
    """The object as the task read it; None if it does not exist, or the task did not read it."""
    state: str | None
    """The state that the object is in now, or would be in without check mode; None if it is not known."""
    changed: bool = False
    missing: RequestError | None = None
    """The answer by which the server said that something does not exist."""
    failure: AtlasError | None = None
    after: Item | None = None
    """The object with its new fields; None if the task did not change its fields."""


class Result(t.NamedTuple):
    """The result of a task."""

    values: t.Mapping[str, t.Any]
    """``changed``, ``diff`` and the return values of the module."""
    warnings: t.Sequence[str] = ()
    failures: t.Sequence[AtlasError] = ()
    """The errors of the steps that failed."""
    wanted: int = 0
    """How many objects the task is about."""
    secret: str = ""
    """The secret in the values; empty if there is none."""

    def complete(self) -> Result:
        """Return this result if no step failed.

        Raises:
            PartialError: A step failed. The error holds the partial result.
        """
        if self.failures:
            raise PartialError(self.failures, self.wanted, {**self.values, "warnings": self.warnings})
        return self
