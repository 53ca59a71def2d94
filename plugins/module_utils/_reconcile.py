# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings objects into a state, and keeps the promise: an object is gone only when the server said so about it.

The module reads the objects if it has to, works out which ones differ, and changes only those, in one function. The
outcome for each object determines ``changed`` and the diff, in check mode too. This file knows no field and no path:
those are facts of a :class:`_resource.Resource`.
"""

from __future__ import annotations

import typing as t
from contextlib import contextmanager

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import is_id
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Login
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    BusyError,
    MissingError,
    NotTheApiError,
    NotTriedError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, Item, Lookup, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import (
    Outcome,
    Result,
    Step,
    Task,
    Wanted,
)

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
    from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request

_INCONCLUSIVE = (400, 404, 409)
"""The statuses of answers that do not tell whether an object exists."""


def ensure(client: Client, wanted: Wanted, task: Task) -> Result:
    """Bring objects into a state.

    To delete a single object, the task does not read it first, unless it runs in check mode or with a diff.

    Args:
        client: The server.
        wanted: The objects and the state.
        task: How Ansible runs the task.

    Returns:
        The result, with one item per id, in the order of the ids.

    Raises:
        RequestError: The task could not read the objects. It changed nothing.
        PartialError: The task could not bring every object into the state. The error holds the partial result.
    """
    ids = wanted.ids or []
    place = _start(wanted.place)
    try:
        found = None
        if ids:
            (place,) = find_places(client, wanted.place, wanted.per_page)
            if task.check_mode or task.diff or wanted.state != ABSENT or len(ids) > 1:
                found = read_items(client, place, wanted.per_page)
        steps = plan(place, ids, wanted.state, found)
        outcomes = carry_out(client, place, steps, wanted.state, task)
    except RequestError as error:
        if wanted.state in place.states_of_existing or not place.says_no_parent(error):
            raise
        outcomes = {item_id: Outcome(None, ABSENT, missing=error) for item_id in ids}
    return report(place, outcomes, wanted.state, task).complete()


def list_items(client: Client, wanted: Wanted, _task: Task) -> Result:
    """Read objects, from every page of every list.

    Args:
        client: The server.
        wanted: The objects.

    Raises:
        RequestError: The task could not read a list; the error says whose objects. Then there is no result, because a
            partial one could pass for the whole.
    """
    items = [
        place.describe(item)
        for place in find_places(client, wanted.place, wanted.per_page)
        for item in read_items(client, place, wanted.per_page)
        if wanted.ids is None or item.id.lower() in wanted.ids
    ]
    return Result({"changed": False, _start(wanted.place).results: items})


def plan(place: Resource, ids: t.Iterable[str], state: str, found: t.Iterable[Item] | None) -> list[Step]:
    """Work out the steps, without sending anything.

    Args:
        place: Where the objects are.
        ids: The ids of the objects, in lower case.
        state: The wanted state.
        found: All objects that exist; None if the task did not read them.
    """
    if found is None:
        return [Step(item_id, None, None, place.change_request(item_id, state)) for item_id in ids]
    by_id = {item.id.lower(): item for item in found}  # an id is a hexadecimal number
    steps = []
    for item_id in ids:
        before = by_id.get(item_id)
        differs = before is not None and before.state != state
        request = place.change_request(before.id, state) if before and differs else None
        steps.append(Step(item_id, before, before.state if before else ABSENT, request))
    return steps


def in_order(steps: t.Iterable[Step], login: Login) -> list[Step]:
    """Put the object that the task logs in with at the end: after that step the task may not be able to log in."""
    return sorted(steps, key=lambda step: is_login(step.id, step.before, login))


def report(place: Resource, outcomes: t.Mapping[str, Outcome], state: str, task: Task) -> Result:
    """Turn outcomes into the result of the task."""
    values: dict[str, t.Any] = {
        "changed": any(outcome.changed for outcome in outcomes.values()),
        **place.parent(),
        place.results: [_result_item(item_id, outcome) for item_id, outcome in outcomes.items()],
    }
    if place.result and len(outcomes) == 1:
        (values[place.result],) = values[place.results]
    for outcome in outcomes.values():
        if outcome.missing and len(outcomes) == 1:
            values.update(_not_found(outcome.missing))
    if task.diff:
        values["diff"] = {
            "before": _shown(
                place, outcomes, lambda outcome: (outcome.before.state if outcome.before else ABSENT, outcome.before)
            ),
            "after": _shown(place, outcomes, lambda outcome: (outcome.state, outcome.after or outcome.before)),
        }
    failures = [outcome.failure for outcome in outcomes.values() if outcome.failure]
    failures.sort(key=lambda failure: not isinstance(failure, RequestError))
    return Result(values, _warnings(place, outcomes, state, task.login), failures, len(outcomes))


def _start(place: Resource | Lookup) -> Resource:
    return place.start if isinstance(place, Lookup) else place


def find_places(client: Client, place: Resource | Lookup, per_page: int | None = None) -> list[Resource]:
    """Find out where the objects are.

    Raises:
        RequestError: The lookup failed, or its answer is not a document with an id.
    """
    if isinstance(place, Resource):
        return [place]
    with advice_of(place.start):
        if place.is_list:
            return [place.place(document) for document in client.list_all(place.request, per_page=per_page)]
        answer = client.send(place.request)
        if not isinstance(answer.data, dict) or not is_id(answer.data.get("id")):
            problem = f"HTTP {answer.status}, but the answer is not {place.noun}"
            raise NotTheApiError(answer.method, answer.url, problem, status=answer.status)
        return [place.place(answer.data)]


def read_items(client: Client, place: Resource, per_page: int | None = None, *, exact: bool = False) -> list[Item]:
    """Read all objects of a place.

    Args:
        client: The server.
        place: Where the objects are.
        per_page: How many items to request per page; None for as many as every version of the product can send.
        exact: Whether the list must have as many items as the server counts.

    Raises:
        RequestError: The task could not read the objects. The error says whose objects.
    """
    with advice_of(place, f"The module could not read the {place.noun}s of {place.owner()}."):
        documents = client.list_all(place.list_request(), per_page=per_page, identity=place.identity, exact=exact)
    return [place.read(document) for document in documents]


def carry_out(client: Client, place: Resource, steps: t.Sequence[Step], state: str, task: Task) -> dict[str, Outcome]:
    """Take the steps. This is the only function that changes anything."""
    outcomes = {step.id: Outcome(step.before, step.state) for step in steps}
    ended = False
    for step in in_order(steps, task.login):
        if not step.request:
            if step.state == ABSENT and state in place.states_of_existing:
                missing = MissingError(f"There is no {place.noun} {step.id} that could be {state}.")
                outcomes[step.id] = Outcome(None, ABSENT, failure=missing)
        elif task.check_mode:
            outcomes[step.id] = Outcome(step.before, state, changed=True)
        elif ended:
            outcomes[step.id] = not_tried(place, step)
        else:
            outcomes[step.id] = outcome = _take(client, place, step, state)
            ended = bool(outcome.failure and outcome.failure.stops_task)
    return outcomes


def not_tried(place: Resource, step: Step) -> Outcome:
    """Return the outcome of a step after the task had to stop."""
    error = NotTriedError(f"The task stopped before it tried the {place.noun} {step.id}.")
    return Outcome(step.before, step.state, failure=error)


def _take(client: Client, place: Resource, step: Step, state: str) -> Outcome:
    """Take one step, and read its outcome from the answer.

    An object is gone if the answer says so about this very object. If the answer leaves open whether the object exists,
    the list of the objects decides.
    """
    before = step.before
    try:
        with advice_of(place):
            answer = client.send(t.cast("Request", step.request))
            if not place.confirms(answer.data, state):
                problem = f"HTTP {answer.status}, but the answer does not say that the {place.noun} is now {state}"
                raise NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True)
    except RequestError as error:
        # An earlier try of this request may have reached the server: then this task deleted the object.
        gone = Outcome(before, ABSENT, changed=error.outcome_unknown and state == ABSENT, missing=error)
        if state not in place.states_of_existing:
            if place.says_gone(error, step.id):
                return gone
            if not before and place.says_no_parent(error):
                return gone._replace(changed=False)
            if is_inconclusive(error):
                return _look(client, place, step, gone, error)
        return Outcome(before, before.state if before and not error.outcome_unknown else None, failure=error)
    return Outcome(before, state, changed=True)


def _look(client: Client, place: Resource, step: Step, gone: Outcome, error: RequestError) -> Outcome:
    """Read the objects, and let their list decide whether the object of this step is gone."""
    try:
        found = {item.id.lower(): item for item in read_items(client, place)}
    except RequestError as unread:
        if place.says_no_parent(unread):
            return Outcome(step.before, ABSENT, missing=unread)
        earlier = f"Before that, {error.method} {error.url} failed: {error.problem.rstrip('.')}."
        return Outcome(step.before, None, failure=unread.but(advice=f"{unread.advice} {earlier}"))
    if step.id not in found:
        return gone
    advice = f"The answer does not say that the {place.noun} is gone, and it is still there. {error.advice}".rstrip()
    return Outcome(step.before, found[step.id].state, failure=error.but(advice=advice))


def is_inconclusive(error: RequestError) -> bool:
    """Tell whether an error of the API leaves open whether an object exists."""
    return error.status in _INCONCLUSIVE and isinstance(error, ApiError) and not isinstance(error, BusyError)


class Adviser(t.Protocol):
    """States what users can do about an error."""

    @property
    def advice(self) -> t.Mapping[str, str]:
        """The advice about each ``errorCode``."""


@contextmanager
def advice_of(place: Adviser, sentence: str = "") -> t.Iterator[None]:
    """Give an error the advice of the resource, which knows its error codes best."""
    try:
        yield
    except RequestError as error:
        code = error.document.code or ""
        is_known = code != "RESOURCE_NOT_FOUND" or error.document.is_about_path(error.url)
        advice = place.advice.get(code, error.advice) if is_known else error.advice
        raise error.but(advice=f"{sentence} {advice}".strip()) from error


def is_login(item_id: str, item: Item | None, login: Login) -> bool:
    """Tell whether a task logs in with an object.

    The client id tells a service account. The characters of its secret that the server shows are too few for that.
    """
    return item_id == login.account_id or (item is not None and login.owns(item.secret_end))


def _shown(
    place: Resource,
    outcomes: t.Mapping[str, Outcome],
    side: t.Callable[[Outcome], tuple[str | None, Item | None]],
) -> dict[str, list[dict[str, t.Any]]]:
    shown = []
    for item_id, outcome in outcomes.items():
        state, item = side(outcome)
        fields = item.fields if item and state != ABSENT else {}
        shown.append({"id": item_id or None, "state": state, **fields})
    return {place.results: shown}


def _result_item(item_id: str, outcome: Outcome) -> dict[str, t.Any]:
    known = outcome.after or outcome.before
    fields = known.fields if known else {}
    item = {"id": item_id or None, "changed": outcome.changed, "state": outcome.state, **fields}
    if outcome.missing:
        item.update(_not_found(outcome.missing))
    if outcome.failure:
        item.update(outcome.failure.result())
    return item


def _not_found(error: RequestError) -> dict[str, t.Any]:
    return {"status_code": error.status, "error_code": error.document.code}


def _warnings(place: Resource, outcomes: t.Mapping[str, Outcome], state: str, login: Login) -> list[str]:
    warnings = []
    for item_id, outcome in outcomes.items():
        missing = outcome.missing
        if missing and place.says_no_parent(missing):
            advice = place.advice.get(missing.document.code or "", "")
            warnings.append(f"{missing.method} {missing.url}: {missing.problem.rstrip('.')}. {advice}")
        if outcome.state == ABSENT and state not in (ABSENT, *place.states_of_existing):
            warnings.append(f"There is no {place.noun} {item_id} that could be {state}.")
        if outcome.changed and state in place.states_without_login and is_login(item_id, outcome.before, login):
            warnings.append(f"The task logs in with the {place.noun} {item_id}: nothing can log in with it afterwards.")
    return list(dict.fromkeys(warnings))
