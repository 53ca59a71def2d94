# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of a task, each a type: a task wants something, which takes steps, which have outcomes: the result.

The stage between step and outcome is a :class:`_http.Request`.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import AtlasError, PartialError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, Item, Lookup, Resource


class Login(t.Protocol):
    """Who a task logs in as, without the secret."""

    def owns(self, secret_end: str) -> bool:
        """Tell whether an object is the very one that logs in, by the end of its secret; never by an empty end."""


class Task(t.NamedTuple):
    """How Ansible runs a task."""

    login: Login
    check_mode: bool = False
    diff: bool = False


class Wanted(t.NamedTuple):
    """What the options of a task ask for."""

    place: Resource | Lookup
    ids: list[str] | None
    """The ids of the objects, in lower case and each once; None means all of them."""
    state: str = ABSENT
    per_page: int = 100


class Step(t.NamedTuple):
    """What there is to do for one object."""

    id: str
    before: Item | None
    """The object as it was read; None if it is not there, or was not read."""
    state: str | None
    """The state that it is in; None if that is not known."""
    request: Request | None
    """Brings it into the wanted state; None if there is nothing to do."""


class Outcome(t.NamedTuple):
    """What a step led to."""

    before: Item | None
    state: str | None
    """The state that the object is in now, or would be in without check mode; None if that is not known."""
    changed: bool = False
    missing: RequestError | None = None
    """The answer by which the server said that something does not exist."""
    failure: AtlasError | None = None


class Result(t.NamedTuple):
    """What a task returns."""

    values: t.Mapping[str, t.Any]
    """``changed``, ``diff`` and the return values of the module."""
    warnings: t.Sequence[str] = ()
    failures: t.Sequence[AtlasError] = ()
    """What could not be done."""
    wanted: int = 0
    """How many objects the task is about."""

    def complete(self) -> Result:
        """Return the result of a task that did everything.

        Raises:
            PartialError: Something failed. The error holds the result as far as it got.
        """
        if self.failures:
            raise PartialError(self.failures, self.wanted, {**self.values, "warnings": self.warnings})
        return self
