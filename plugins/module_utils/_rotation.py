# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotates an object that has a secret: makes a new one, and revokes the old one in a later task.

Steps of a rotation that makes an object: the new one gets roles, projects and access list of the old one; its secret is
handed over; the old one is marked as replaced; last the new one gets the bare description. Until a later task revokes
the old one, both can log in. Only an object with such a mark, whose successor exists, is ever revoked.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AtlasError,
    MissingError,
    PartialError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._lifecycle import (
    Known,
    create,
    delete,
    update,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import is_left_over, replaced, successor
from ansible_collections.mongodb.atlas.plugins.module_utils._named import (
    Found,
    find_named,
    is_young,
    join,
    refuse_background,
    refuse_several,
    remove_left_overs,
    warn_about_result,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import is_login, report
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import (
    EntryList,
    add_entries,
    read_list,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Outcome, Result, Task

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
    from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile

DAY = 86400


class Rotation(t.NamedTuple):
    """The rotation that the options of a task ask for."""

    place: Resource
    name: str
    max_age: float
    """How old the current object may get, in seconds."""
    overlap: float
    """How long the old and the new object both exist, in seconds."""
    force: bool
    file: SecretFile | None
    copied_fields: tuple[str, ...]
    """The fields that a new object gets from the old one when it is made."""
    access_list: t.Callable[[Item], EntryList]
    """Returns the access list of an object."""
    other_places: t.Callable[[Item], list[tuple[Resource, t.Mapping[str, t.Any]]]]
    """Returns the other places of an object, and the fields that it has there."""


def rotate(client: Client, wanted: Rotation, task: Task) -> Result:
    """Make a new object if the current one is too old, and revoke those that were replaced long enough ago.

    Raises:
        MissingError: There is no object with the name, or nobody has the secret of the current one.
        AmbiguousError: Several objects have the name, or another task rotates it at the same moment.
        PartialError: The task could not finish after it had changed something.
        AtlasError: The task could not finish. The error says how far it got.
    """
    place, file = wanted.place, wanted.file
    if not file:
        refuse_background(place)
    found = find_named(client, place, wanted.name, file)
    if client.server_time is None:
        raise MissingError(
            f"The server does not tell its time in the header Date, so nobody knows how old the {place.noun} is. The "
            "task changed nothing."
        )
    turn = _Turn(client, wanted, task)
    try:
        outcomes, secret = turn.take(found)
    except AtlasError as error:
        done = turn.so_far()
        if not done["changed"] and not turn.warnings:
            raise
        raise PartialError([error], 1, done) from error
    result = report(place, outcomes, PRESENT, task)
    values = {**result.values, place.result: result.values[place.results][0]}
    if secret and not file:
        values[place.shown_once] = secret
    shown = secret if place.shown_once in values else ""
    result = result._replace(values=values, warnings=[*result.warnings, *turn.warnings], secret=shown)
    return remove_left_overs(client, place, turn.found, result, task).complete()


class _Turn:
    """One run of a rotation, with what it has found and what it has to say."""

    def __init__(self, client: Client, wanted: Rotation, task: Task) -> None:
        self._client = client
        self._wanted = wanted
        self._task = task
        self._repaired: dict[str, Outcome] = {}
        self._replaced: dict[str, Outcome] = {}
        self.found = Found([], [], [], Known())
        self.warnings: list[str] = []

    def take(self, found: Found) -> tuple[dict[str, Outcome], str]:
        """Do the work.

        Returns:
            The outcomes, first the one for the current object; and the secret of a new object.

        Raises:
            AtlasError: The task could not finish.
        """
        place, name, file = self._wanted.place, self._wanted.name, self._wanted.file
        self._settle(found)
        refuse_several(place, name, self.found.finished)
        if not self.found.finished:
            raise MissingError(
                f"There is no {place.noun} {name!r} in {place.owner()}. A rotation needs one: mongodb.atlas."
                f"{place.result} makes it."
            )
        (current,) = self.found.finished
        is_due = self._is_due(current)
        if not is_due and file and not file.holds(current.secret_end):
            raise MissingError(
                f"{file} does not hold the secret of the {place.noun} {current.id}, which is not due for rotation. To "
                "make a new one now, set force: true."
            )
        self._revoke_replaced()
        # A failed task may lose its result, and with it the secret of a new object.
        if is_due and any(outcome.failure for outcome in self._replaced.values()):
            self.warnings.append(f"The task did not replace the {place.noun} {current.id}, because of this failure.")
            is_due = False
        outcomes, secret = self._replace(current) if is_due else (self._kept(current), "")
        return {**outcomes, **self._replaced}, secret

    def so_far(self) -> dict[str, t.Any]:
        """Return the result of a task that could not finish."""
        place = self._wanted.place
        values = dict(report(place, {**self._repaired, **self._replaced}, PRESENT, self._task).values)
        values.pop(place.result, None)
        return {**values, "warnings": self.warnings}

    def _settle(self, found: Found) -> None:
        """Wait for other tasks, and finish or take back a rotation that was interrupted.

        Raises:
            RequestError: The objects could not be read or changed.
        """
        client, wanted, place = self._client, self._wanted, self._wanted.place
        for seconds in client.attempts(0 if self._task.check_mode else 2 * client.timeout):
            if seconds:
                found = find_named(client, place, wanted.name, wanted.file)
            young = [item.id for item in found.unfinished if not is_left_over(item, client.server_time)]
            if not young:
                break
        self.found = found._replace(known=found.known._replace(passed_over=young))
        held = next((item for item in found.unfinished if self._is_held(item)), None)
        if self._task.check_mode or len(found.finished) > 1:
            self.found = self._expected(held)
        elif held:
            self._finish(held)
        elif not found.finished:
            self._take_back()

    def _is_due(self, current: Item) -> bool:
        """Tell whether the current object has to be replaced now."""
        wanted, place = self._wanted, self._wanted.place
        now = t.cast("float", self._client.server_time)
        age = now - (current.made_at or 0)
        if wanted.force and is_young(current, now) and (not wanted.file or self._is_held(current)):
            if not wanted.file:
                self.warnings.append(
                    f"The {place.noun} {current.id} is {age:.0f} seconds old, so the task makes no new one although "
                    "force is true. Only the result of the task that made it had its secret."
                )
            return False
        return wanted.force or age > wanted.max_age

    def _kept(self, current: Item) -> dict[str, Outcome]:
        """Return the outcome for an object that stays, which the task may have finished just now."""
        return {current.id: self._repaired.get(current.id, Outcome(current, PRESENT))}

    def _revoke_replaced(self) -> None:
        """Revoke the objects whose successors have been there for long enough.

        Raises:
            RequestError: The rest of the task would fail in the same way.
        """
        client, wanted, place, found = self._client, self._wanted, self._wanted.place, self.found
        of_this_name = {item.public_id: item for item in [*found.finished, *found.replaced]}
        outcomes = self._replaced
        for item in sorted(found.replaced, key=lambda item: item.made_at or 0):
            new = of_this_name.get(successor(item))
            outcomes[item.id] = self._repaired.get(item.id, Outcome(item, PRESENT))
            overlap = t.cast("float", client.server_time) - ((new and new.made_at) or 0)
            if new is None or overlap < wanted.overlap:
                continue
            what = f"the {place.noun} {item.id}, which {new.id} replaced"
            if is_login(item.id, item, self._task.login):
                self.warnings.append(f"The task did not revoke {what}, because it logs in with it.")
                continue
            by_this_task = True
            if not self._task.check_mode:
                try:
                    by_this_task = delete(client, place, item)
                except RequestError as error:
                    outcomes[item.id] = Outcome(item, None, failure=error)
                    if error.stops_task:
                        raise
                    continue
                self._forget(item)
            if by_this_task:
                self.warnings.append(f"The task {'would revoke' if self._task.check_mode else 'revoked'} {what}.")
            outcomes[item.id] = Outcome(item, ABSENT, changed=by_this_task)

    def _replace(self, current: Item) -> tuple[dict[str, Outcome], str]:
        """Make a new object, and mark the current one as replaced.

        Returns:
            The outcomes for both, and the secret of the new one.

        Raises:
            AtlasError: The new object could not be finished. It does not stay.
        """
        client, wanted, place, file = self._client, self._wanted, self._wanted.place, self._wanted.file
        warnings = [] if file else warn_about_result(place, self._task)
        fields = {field: current.fields[field] for field in wanted.copied_fields}
        if self._task.check_mode:
            self.warnings += warnings
            new = Item("", PRESENT, {place.name_field: wanted.name, **fields})
            return {"": Outcome(None, PRESENT, True, after=new), current.id: Outcome(current, PRESENT, True)}, ""
        steps = _Replacement(client, wanted, current)
        known = self.found.known
        known = known._replace(no_rivals=[*known.no_rivals, current.id])
        made = create(client, place, wanted.name, fields, file, known, steps)
        self.warnings += [*warnings, *made.warnings]
        return {
            made.item.id: Outcome(None, PRESENT, True, after=made.item),
            current.id: Outcome(current, PRESENT, True, after=steps.marked),
        }, made.secret

    def _is_held(self, item: Item) -> bool:
        return self._wanted.file is not None and self._wanted.file.holds(item.secret_end)

    def _expected(self, held: Item | None) -> Found:
        """Return what check mode finds: an interrupted rotation looks as if it was finished or taken back."""
        found = self.found
        if held and len(found.finished) < 2:
            self._say("would finish", held)
            for item in (held, *found.finished):
                self._repaired[item.id] = Outcome(item, PRESENT, changed=True)
            return found._replace(finished=[held], replaced=[*found.replaced, *found.finished])
        interrupted = self._interrupted()
        if found.finished or not interrupted:
            return found
        self._say("would take back", interrupted)
        self._repaired[interrupted.id] = Outcome(interrupted, PRESENT, changed=True)
        return found._replace(
            finished=[interrupted],
            unfinished=[item for item in found.unfinished if item.public_id != successor(interrupted)],
            replaced=[item for item in found.replaced if item != interrupted],
        )

    def _finish(self, held: Item) -> None:
        """Finish a rotation that was interrupted after the file had got the new secret."""
        wanted = self._wanted
        for current in self.found.finished:
            self._rename(current, replaced(wanted.name, held.public_id))
        self._rename(held, wanted.name)
        self._say("finished", held)
        self._read_again()

    def _take_back(self) -> None:
        """Take a rotation back that was interrupted before the new secret was in the file."""
        client, wanted = self._client, self._wanted
        interrupted = self._interrupted()
        if interrupted is None:
            return
        for new in self.found.unfinished:
            if new.public_id == successor(interrupted):
                deleted = delete(client, wanted.place, new)
                self._repaired[new.id] = Outcome(new, ABSENT, changed=deleted)
        self._rename(interrupted, wanted.name)
        self._say("took back", interrupted)
        self._read_again()

    def _interrupted(self) -> Item | None:
        """Return the newest object that was replaced by one that was never finished."""
        found = self.found
        names = {item.public_id for item in [*found.finished, *found.replaced]}
        items = [item for item in found.replaced if successor(item) not in names]
        return max(items, key=lambda item: item.made_at or 0, default=None)

    def _rename(self, item: Item, name: str) -> None:
        place = self._wanted.place
        after = update(self._client, place, item, {place.name_field: name})
        self._repaired[item.id] = Outcome(item, PRESENT, changed=True, after=after)

    def _say(self, what: str, item: Item) -> None:
        which = "to" if "finish" in what else "of"
        self.warnings.append(
            f"An earlier task was interrupted. This task {what} the rotation {which} the {self._wanted.place.noun} "
            f"{item.id}."
        )

    def _read_again(self) -> None:
        wanted = self._wanted
        found = find_named(self._client, wanted.place, wanted.name, wanted.file)
        self.found = found._replace(known=found.known._replace(passed_over=self.found.known.passed_over))

    def _forget(self, item: Item) -> None:
        """Remove the file with the old secret if it is that of a revoked object."""
        previous = self._wanted.file and self._wanted.file.previous
        if previous:
            self.warnings += previous.forget([item.secret_end])


class _Replacement:
    """The steps that put a new object in the place of the current one."""

    def __init__(self, client: Client, wanted: Rotation, current: Item) -> None:
        self._client = client
        self._wanted = wanted
        self._current = current
        self._access_list, self._entries = read_list(client, wanted.access_list(current))
        self._may_be_marked = False
        self.marked: Item | None = None

    def complete(self, item: Item) -> None:
        """Give the new object the access list and the places of the current one.

        Raises:
            AtlasError: One of these could not be given.
        """
        if self._entries:
            entries = [Item(entry.id) for entry in self._entries]
            add_entries(self._client, self._access_list.of(item.id), entries)
        for place, fields in self._wanted.other_places(self._current):
            outcome = join(self._client, place, item.id, fields, check_mode=False)
            if outcome.failure:
                raise outcome.failure

    def replace(self, item: Item) -> None:
        """Mark the current object as replaced.

        Raises:
            RequestError: It could not be marked.
        """
        place, name = self._wanted.place, self._wanted.name
        self._may_be_marked = True
        mark = {place.name_field: replaced(name, item.public_id)}
        self.marked = update(self._client, place, self._current, mark)

    def undo(self) -> str:
        """Remove the mark again."""
        if not self._may_be_marked:
            return ""
        place, current = self._wanted.place, self._current
        marked = self.marked or current._replace(fields={})
        try:
            update(self._client, place, marked, {place.name_field: self._wanted.name})
        except RequestError as error:
            return f"The {place.noun} {current.id} is still marked as replaced, until the next rotation: {error}"
        return ""
