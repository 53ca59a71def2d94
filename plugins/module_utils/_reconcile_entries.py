# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a list of entries into a state: adds the new entries first, and removes entries last.

The task reads the list, works out the difference, and sends only the difference. If an answer leaves open whether an
entry is on the list, the task reads the list again, and the list decides. This file knows no field and no path: those
are facts of an :class:`EntryList`.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AtlasError,
    MissingError,
    NotTheApiError,
    NotTriedError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import advice_of, is_inconclusive
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client


class EntryList:
    """One list of entries, such as the access list of a key.

    A subclass states facts and builds requests. The ``id`` of an entry is the same for all spellings of the entry.
    """

    results = "entries"
    """The name of the return value, a list."""
    identity = "id"
    """The field that identifies an entry in the answers of the server."""
    most_per_request: int | None = None
    """How many entries one request can add; None for any number."""
    protected: tuple[str, ...] = ()
    """Each ``errorCode`` by which the server says that an entry is on the list, and that it keeps the entry."""
    advice: t.Mapping[str, str] = {}
    """What the user can do about an ``errorCode``."""

    def parent(self) -> dict[str, t.Any]:
        """Return the return values that name the owner of the list."""
        return {}

    def name(self) -> str:
        """Name the list, for messages."""
        raise NotImplementedError

    def when_empty(self) -> str:
        """Say in one sentence what it means if the list has no entries."""
        raise NotImplementedError

    def older(self) -> EntryList | None:
        """Return the same list under the name that older servers use; None if there is no other name."""
        return None

    def of(self, owner_id: str) -> EntryList:
        """Return the list of another owner, under the same name."""
        raise NotImplementedError

    def list_request(self) -> Request:
        """Return the request that reads the list."""
        raise NotImplementedError

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read an entry leniently: only its identity is required."""
        raise NotImplementedError

    def add_request(self, entries: t.Sequence[Item]) -> Request:
        """Return the request that adds entries."""
        raise NotImplementedError

    def change_request(self, before: Item, entry: Item) -> Request:
        """Return the request that gives an entry of the list other fields."""
        raise NotImplementedError

    def remove_request(self, entry: Item) -> Request:
        """Return the request that removes an entry."""
        raise NotImplementedError

    def shown(self, data: t.Any) -> list[Item]:
        """Return the entries that the answer to an addition or a change shows; none if it is no such answer."""
        raise NotImplementedError

    def says_there(self, error: RequestError) -> bool:
        """Tell whether the server refused an addition because an entry is on the list already."""
        raise NotImplementedError

    def says_gone(self, error: RequestError, entry: Item) -> bool:
        """Tell whether the server says that this very entry is not on the list."""
        raise NotImplementedError

    def describe(self, entry: Item) -> dict[str, t.Any]:
        """Return an entry as an info module returns it."""
        return {"id": entry.id, **entry.fields}

    def summary(self, entry: Item) -> t.Any:
        """Return an entry as the diff shows it."""
        return entry.id


class Lookup(t.NamedTuple):
    """The list of an owner that a task names by its public key."""

    owners: Resource
    """All objects among which the owner is."""
    public_id: str
    place: t.Callable[[str], EntryList]
    """Builds the list from the id of its owner."""
    missing: str
    """The message if no object has this public key."""


class WantedEntries(t.NamedTuple):
    """The entries and the state that the options of a task ask for."""

    place: EntryList | Lookup
    entries: t.Sequence[Item] = ()
    """The entries, each once, with the fields to compare."""
    state: str = PRESENT
    exclusive: bool = False
    """Whether the task removes all other entries."""
    allow_empty: bool = False
    """Whether the task may remove the last entry."""


class Plan(t.NamedTuple):
    """The difference between a list and what a task asks for."""

    new: list[Item]
    changed: list[tuple[Item, Item]]
    """Entries with other fields: as they are, and as they should be."""
    removed: list[Item]


class EntryOutcome(t.NamedTuple):
    """The outcome for one entry."""

    entry: Item
    """The entry as the server showed it last, or as the task asks for it."""
    state: str | None
    """``present`` or ``absent``, in check mode the expected one; None if it is not known."""
    changed: bool = False
    failure: AtlasError | None = None


def ensure_entries(client: Client, wanted: WantedEntries, task: Task) -> Result:
    """Bring a list into a state.

    Args:
        client: The server.
        wanted: The entries and the state.
        task: How Ansible runs the task.

    Returns:
        The result, with one item per entry: the wanted ones in their order, then the others that the task removed.

    Raises:
        MissingError: The owner of the list does not exist.
        NotTriedError: The task would empty the list without leave. It changed nothing.
        RequestError: The task could not read the list. It changed nothing.
        PartialError: The task could not bring every entry into the state. The error holds the partial result.
    """
    place, before = read_list(client, _find(client, wanted.place))
    steps = plan(before, wanted)
    if not wanted.allow_empty and empties(before, steps):
        raise NotTriedError(
            f"The task would remove every entry of {place.name()}. {place.when_empty()} To allow this, set "
            "allow_empty=true. Nothing was changed."
        )
    outcomes = {entry.id: EntryOutcome(entry, wanted.state) for entry in wanted.entries}
    outcomes.update((entry.id, EntryOutcome(entry, PRESENT)) for entry in before if entry.id in outcomes)
    outcomes.update(_expect(steps) if task.check_mode else _carry_out(client, place, steps))
    return report(place, before, outcomes, steps, task)


def list_entries(client: Client, wanted: WantedEntries, _task: Task) -> Result:
    """Read all entries of a list.

    Raises:
        MissingError: The owner of the list does not exist.
        RequestError: The task could not read the list.
    """
    place, entries = read_list(client, _find(client, wanted.place))
    items = [place.describe(entry) for entry in entries]
    return Result({"changed": False, **place.parent(), place.results: items})


def add_entries(client: Client, place: EntryList, entries: t.Sequence[Item]) -> None:
    """Add entries to a list.

    Raises:
        AtlasError: An entry is not on the list.
    """
    for batch in _batches(place, entries):
        for outcome in _add(client, place, batch).values():
            if outcome.failure:
                raise outcome.failure


def plan(before: t.Sequence[Item], wanted: WantedEntries) -> Plan:
    """Work out the difference, without sending anything.

    Args:
        before: The entries on the list.
        wanted: The entries and the state.
    """
    there = {entry.id: entry for entry in before}
    asked = {entry.id for entry in wanted.entries}
    if wanted.state == ABSENT:
        return Plan([], [], [entry for entry in before if entry.id in asked])
    return Plan(
        new=[entry for entry in wanted.entries if entry.id not in there],
        changed=[
            (there[entry.id], entry)
            for entry in wanted.entries
            if entry.id in there and not _agrees(there[entry.id], entry)
        ],
        removed=[entry for entry in before if wanted.exclusive and entry.id not in asked],
    )


def empties(before: t.Sequence[Item], steps: Plan) -> bool:
    """Tell whether a plan takes the last entry off a list. A list that is empty already stays as it is."""
    return bool(steps.removed) and len(steps.removed) == len(before) and not steps.new


def report(
    place: EntryList,
    before: t.Sequence[Item],
    outcomes: t.Mapping[str, EntryOutcome],
    steps: Plan,
    task: Task,
) -> Result:
    """Turn outcomes into the result of the task.

    Raises:
        PartialError: A step failed. The error holds the partial result.
    """
    values: dict[str, t.Any] = {
        "changed": any(outcome.changed for outcome in outcomes.values()),
        **place.parent(),
        place.results: [_result_item(outcome) for outcome in outcomes.values()],
    }
    if task.diff:
        after = {entry.id: entry for entry in before}
        for outcome in outcomes.values():
            if outcome.state == ABSENT:
                after.pop(outcome.entry.id, None)
            elif outcome.state == PRESENT:
                after[outcome.entry.id] = outcome.entry
        values["diff"] = {
            "before": {place.results: [place.summary(entry) for entry in before]},
            "after": {place.results: [place.summary(entry) for entry in after.values()]},
        }
    # One answer can be the failure of several entries.
    failures = {id(outcome.failure): outcome.failure for outcome in outcomes.values() if outcome.failure}
    requests = len(_batches(place, steps.new)) + len(steps.changed) + len(steps.removed)
    return Result(values, failures=list(failures.values()), wanted=requests).complete()


def _find(client: Client, place: EntryList | Lookup) -> EntryList:
    """Find the list of an owner that the task names by its public key.

    Raises:
        MissingError: There is no such owner.
        RequestError: The task could not read the owners.
    """
    if isinstance(place, EntryList):
        return place
    owners = place.owners
    with advice_of(owners, f"The module could not read the {owners.noun}s of {owners.owner()}."):
        documents = client.list_all(owners.list_request(), identity=owners.identity)
    for owner in map(owners.read, documents):
        if owner.public_id == place.public_id:
            return place.place(owner.id)
    raise MissingError(place.missing)


def read_list(client: Client, place: EntryList) -> tuple[EntryList, list[Item]]:
    """Read a list, and find out by which name this server knows it.

    Returns:
        The list under that name, and its entries.

    Raises:
        RequestError: The list could not be read.
    """
    try:
        return place, _read_entries(client, place)
    except RequestError as error:
        older = place.older()
        if older is None or error.status != 404 or not error.document.is_about_path(error.url):
            raise
    return read_list(client, older)


def _read_entries(client: Client, place: EntryList) -> list[Item]:
    with advice_of(place, f"The module could not read {place.name()}."):
        documents = client.list_all(place.list_request(), identity=place.identity)
    return [place.read(document) for document in documents]


def _batches(place: EntryList, entries: t.Sequence[Item]) -> list[t.Sequence[Item]]:
    """Return the entries of each request that adds some."""
    size = place.most_per_request or len(entries) or 1
    return [entries[start : start + size] for start in range(0, len(entries), size)]


def _expect(steps: Plan) -> dict[str, EntryOutcome]:
    """Return the outcomes that check mode reports."""
    return {
        **{entry.id: EntryOutcome(entry, PRESENT, changed=True) for entry in steps.new},
        **{
            entry.id: EntryOutcome(before._replace(fields={**before.fields, **entry.fields}), PRESENT, changed=True)
            for before, entry in steps.changed
        },
        **{entry.id: EntryOutcome(entry, ABSENT, changed=True) for entry in steps.removed},
    }


def _carry_out(client: Client, place: EntryList, steps: Plan) -> dict[str, EntryOutcome]:
    """Take the steps. This is the only function that changes anything."""
    outcomes: dict[str, EntryOutcome] = {}

    def may_go_on() -> bool:
        return not any(outcome.failure and outcome.failure.stops_task for outcome in outcomes.values())

    for batch in _batches(place, steps.new):
        outcomes.update(_add(client, place, batch) if may_go_on() else _not_tried(batch, ABSENT, "add"))
    for before, entry in steps.changed:
        outcomes.update(
            _change(client, place, before, entry) if may_go_on() else _not_tried([before], PRESENT, "change")
        )
    is_complete = not any(outcome.failure for outcome in outcomes.values())
    for entry in steps.removed:
        outcomes.update(
            _remove(client, place, entry) if is_complete and may_go_on() else _not_tried([entry], PRESENT, "remove")
        )
    return outcomes


def _add(client: Client, place: EntryList, entries: t.Sequence[Item]) -> dict[str, EntryOutcome]:
    """Add entries with one request."""
    try:
        with advice_of(place):
            answer = client.send(place.add_request(entries))
    except RequestError as error:
        if error.status == 409 or error.outcome_unknown or place.says_there(error):
            return _look(client, place, entries, error)
        failure = error.but(advice=f"The task did not add {_names(entries)}. {error.advice}".rstrip())
        return {entry.id: EntryOutcome(entry, ABSENT, failure=failure) for entry in entries}
    shown = {entry.id: entry for entry in place.shown(answer.data)}
    if all(_agrees(shown.get(entry.id), entry) for entry in entries):
        return {entry.id: EntryOutcome(shown[entry.id], PRESENT, changed=True) for entry in entries}
    # The answer may be the first page of a long list.
    problem = f"HTTP {answer.status}, but the answer does not show every new entry"
    return _look(
        client,
        place,
        entries,
        NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True),
    )


def _look(client: Client, place: EntryList, entries: t.Sequence[Item], error: RequestError) -> dict[str, EntryOutcome]:
    """Read the list, and let it decide which of these entries are on it after an answer that does not tell."""
    try:
        there = {entry.id: entry for entry in _read_entries(client, place)}
    except RequestError as unread:
        advice = f"After that, {unread.method} {unread.url} failed too: {unread.problem.rstrip('.')}. {unread.advice}"
        failure = error.but(advice=advice.rstrip())
        return {entry.id: EntryOutcome(entry, None, failure=failure) for entry in entries}
    missing = [entry for entry in entries if entry.id not in there]
    others = [entry for entry in entries if entry.id in there and not _agrees(there[entry.id], entry)]
    sentences = [f"Not on {place.name()}: {_names(missing)}."] if missing else []
    sentences += [f"On {place.name()}, but not as the task asked: {_names(others)}."] if others else []
    failure = error.but(advice=" ".join([*sentences, error.advice]).rstrip(), outcome_unknown=False)
    return {
        entry.id: EntryOutcome(there.get(entry.id, entry), ABSENT if entry in missing else PRESENT, failure=failure)
        if entry in (*missing, *others)
        # Without an unknown outcome, the server refused the request: somebody else added the entry.
        else EntryOutcome(there[entry.id], PRESENT, changed=error.outcome_unknown)
        for entry in entries
    }


def _change(client: Client, place: EntryList, before: Item, entry: Item) -> dict[str, EntryOutcome]:
    """Give an entry of the list other fields."""
    try:
        with advice_of(place, f"The task did not change {entry.id}."):
            answer = client.send(place.change_request(before, entry))
    except RequestError as error:
        return {entry.id: EntryOutcome(before, PRESENT, failure=error)}
    for shown in place.shown(answer.data):
        if _agrees(shown, entry):
            return {entry.id: EntryOutcome(shown, PRESENT, changed=True)}
    problem = f"HTTP {answer.status}, but the answer does not show the change of {entry.id}"
    failure = NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True)
    return {entry.id: EntryOutcome(before, PRESENT, failure=failure)}


def _remove(client: Client, place: EntryList, entry: Item) -> dict[str, EntryOutcome]:
    """Remove an entry. It is gone if the answer says so about this entry; otherwise the list decides."""
    try:
        with advice_of(place):
            client.send(place.remove_request(entry))
    except RequestError as error:
        # An earlier try of this request may have reached the server: then this task removed the entry.
        gone = EntryOutcome(entry, ABSENT, changed=error.outcome_unknown)
        if place.says_gone(error, entry):
            return {entry.id: gone}
        if is_inconclusive(error) and error.document.code not in place.protected:
            return {entry.id: _look_whether_gone(client, place, gone, error)}
        state = None if error.outcome_unknown else PRESENT
        return {entry.id: EntryOutcome(entry, state, failure=error)}
    return {entry.id: EntryOutcome(entry, ABSENT, changed=True)}


def _look_whether_gone(client: Client, place: EntryList, gone: EntryOutcome, error: RequestError) -> EntryOutcome:
    entry = gone.entry
    try:
        there = {each.id for each in _read_entries(client, place)}
    except RequestError as unread:
        earlier = f"Before that, {error.method} {error.url} failed: {error.problem.rstrip('.')}."
        return EntryOutcome(entry, None, failure=unread.but(advice=f"{unread.advice} {earlier}"))
    if entry.id not in there:
        return gone
    advice = f"{entry.id} is still on {place.name()}. {error.advice}".rstrip()
    return EntryOutcome(entry, PRESENT, failure=error.but(advice=advice))


def _not_tried(entries: t.Sequence[Item], state: str, verb: str) -> dict[str, EntryOutcome]:
    failure = NotTriedError(f"The task did not try to {verb} {_names(entries)}, because an earlier request failed.")
    return {entry.id: EntryOutcome(entry, state, failure=failure) for entry in entries}


def _agrees(entry: Item | None, wanted: Item) -> bool:
    """Tell whether an entry exists and has the fields that the task asks for."""
    return (
        entry is not None
        and entry.id == wanted.id
        and all(entry.fields.get(name) == value for name, value in wanted.fields.items())
    )


def _names(entries: t.Sequence[Item]) -> str:
    return ", ".join(entry.id for entry in entries)


def _result_item(outcome: EntryOutcome) -> dict[str, t.Any]:
    item = {"id": outcome.entry.id, "changed": outcome.changed, "state": outcome.state, **outcome.entry.fields}
    return {**item, **outcome.failure.result()} if outcome.failure else item
