# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings objects that have a name and a secret into a state: finds the ones that are meant, and changes what differs.

A task means objects by their ids or public keys, or the only one that has a name. An object that a list shows is
believed only after the task has read it by its id, because lists lag behind. Making an object is the work of
:mod:`_lifecycle`.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AmbiguousError,
    MissingError,
    NotTheApiError,
    OptionError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import is_public_key
from ansible_collections.mongodb.atlas.plugins.module_utils._lifecycle import (
    Known,
    create,
    delete,
    differs,
    finish,
    get,
    read_one,
    shown_after,
    update,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import is_left_over, is_replaced, is_unfinished
from ansible_collections.mongodb.atlas.plugins.module_utils._process import runs_in_background
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import (
    advice_of,
    carry_out,
    find_places,
    in_order,
    is_login,
    not_tried,
    plan,
    read_items,
    report,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import EntryList, read_list
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Managed, Outcome, Result, Step, Task

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
    from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile

_YOUNG_SECONDS = 600
"""The secret of a younger object may be in the result of an earlier task, and nowhere else."""


class Found(t.NamedTuple):
    """The objects that a name means, as the first list shows them."""

    finished: list[Item]
    """The objects that have the name."""
    unfinished: list[Item]
    """The objects that a task was making, to give them the name."""
    replaced: list[Item]
    """The objects that a rotation has replaced. They had the name before."""
    known: Known


def ensure_named(client: Client, wanted: Managed, task: Task) -> Result:
    """Bring objects into a state.

    Args:
        client: The server.
        wanted: The objects and the state.
        task: How Ansible runs the task.

    Returns:
        The result, with one item per object; beside it the secret of a new object, if no file takes it.

    Raises:
        AtlasError: The task could not do its work. The error says how far it got.
    """
    if wanted.ids is not None:
        return _ensure_ids(client, wanted, wanted.ids, task).complete()
    work = _remove_named if wanted.state == ABSENT else _keep_named
    return work(client, wanted, t.cast("str", wanted.name), task).complete()


class Listed(t.NamedTuple):
    """The objects that the options of an info module ask for."""

    place: Resource
    ids: list[str] | None
    """The ids or public keys of the objects; None for all."""
    name: str | None
    """The name of the objects; None for any."""
    lists: t.Sequence[t.Callable[[Item], EntryList]] = ()
    """Return the lists of an object that the result has, too."""


def list_named(client: Client, wanted: Listed, _task: Task) -> Result:
    """List objects: all, those with these ids or public keys, or those with this name.

    Raises:
        RequestError: A list could not be read. There is no partial result, because it could pass for the whole.
    """
    place = wanted.place
    items = [
        item
        for item in read_items(client, place)
        if (wanted.ids is None or item.id.lower() in wanted.ids or item.public_id in wanted.ids)
        and wanted.name in (None, item.fields.get(place.name_field))
    ]
    described = [place.describe(item) for item in items]
    for list_of in wanted.lists:
        known: EntryList | None = None  # under the name that this server has for such lists
        for item, shown in zip(items, described):
            known, entries = read_list(client, known.of(item.id) if known else list_of(item))
            shown[known.results] = [known.describe(entry) for entry in entries]
    return Result({"changed": False, **place.parent(), place.results: described})


def sort_by_mark(items: t.Sequence[Item], name: str) -> Found:
    """Choose the objects that a name means, by the marks in their descriptions."""
    return Found(
        [item for item in items if item.name == name],
        [item for item in items if is_unfinished(item, name)],
        [item for item in items if is_replaced(item, name)],
        Known(ids=[item.id for item in items]),
    )


def _ensure_ids(client: Client, wanted: Managed, ids: list[str], task: Task) -> Result:
    """Change or delete objects that the task names by ids or public keys."""
    place = wanted.place
    listed: list[Item] | None = None
    is_absent = wanted.state == ABSENT
    reads_first = is_absent and (task.check_mode or task.diff or wanted.file or len(ids) > 1)
    if not place.absent_revokes:  # the server may call it a success to take out what is not there
        reads_first = is_absent or len(ids) > 1
    if reads_first or not place.can_read_one or any(is_public_key(each) for each in ids):
        listed = read_items(client, place)
        ids = _resolve(ids, listed)
    if wanted.state == PRESENT:
        lookup = place.organization()
        if lookup and any(is_public_key(each) for each in ids):
            (organization,) = find_places(client, lookup)
            ids = _resolve(ids, read_items(client, organization))
        return _change_ids(client, wanted, ids, listed, task)
    if any(is_public_key(each) for each in ids):  # such a key is gone, if the list is as long as the server says
        listed = read_items(client, place, exact=True)
        ids = _resolve(ids, listed)
    if listed is not None and place.can_read_one:  # lists lag behind, and may not show a new object yet
        shown = {item.id.lower() for item in listed}
        unlisted = [get(client, place, each) for each in ids if each not in shown and not is_public_key(each)]
        listed += [item for item in unlisted if item]
    return _delete(client, wanted, ids, listed, task)


def _resolve(ids: list[str], items: list[Item]) -> list[str]:
    """Put ids in the place of public keys, as far as these objects have them."""
    by_public_key = {item.public_id: item.id.lower() for item in items}
    return list(dict.fromkeys(by_public_key.get(each, each) for each in ids))


def _read_ids(client: Client, place: Resource, ids: list[str], listed: list[Item] | None) -> dict[str, Item | None]:
    by_id = {item.id.lower(): item for item in listed or []}
    if not place.can_read_one:
        return {item_id: by_id.get(item_id) for item_id in ids}
    unread = {item_id for item_id in ids if is_public_key(item_id)}
    if listed is not None and not place.absent_revokes:
        unread.update(set(ids) - by_id.keys())  # if they are there, the server says so when they are to join
    return {item_id: None if item_id in unread else get(client, place, item_id) for item_id in ids}


def _change_ids(client: Client, wanted: Managed, ids: list[str], listed: list[Item] | None, task: Task) -> Result:
    """Give objects the wanted fields. Bring them into the place, if they can be outside of it."""
    place = wanted.place
    fields = dict(wanted.fields) if wanted.name is None else {**wanted.fields, place.name_field: wanted.name}
    before = _read_ids(client, place, ids, listed)
    steps = in_order((Step(item_id, item, item and item.state, None) for item_id, item in before.items()), task.login)
    outcomes: dict[str, Outcome] = {}
    stopped = False
    for step in steps:
        if stopped:
            outcomes[step.id] = not_tried(place, step)
            continue
        outcomes[step.id] = outcome = (
            _change(client, wanted, step.before, fields, task)
            if step.before
            else join(client, place, step.id, fields, task.check_mode)
        )
        stopped = bool(outcome.failure and outcome.failure.stops_task)
    return _report(client, wanted, {item_id: outcomes[item_id] for item_id in ids}, task)


def join(client: Client, place: Resource, item_id: str, fields: t.Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """Bring an object of the organization into a place; where that is not possible, it is missing.

    Args:
        client: The server.
        place: The place.
        item_id: The id of the object, or a public key that no object has.
        fields: The fields that the object gets in the place.
        check_mode: Whether the task runs in check mode.
    """
    request = None if is_public_key(item_id) else place.join_request(client.api, item_id, fields)
    if request is None:
        return Outcome(None, ABSENT, failure=MissingError(f"There is no {place.noun} {item_id} in {place.owner()}."))
    missing = [option for option in place.needed_to_make if option not in fields]
    if missing:
        problem = f"The {place.noun} {item_id} is not in {place.owner()}. To put it there, the task needs {missing[0]}."
        return Outcome(None, ABSENT, failure=OptionError(problem))
    after = Item(item_id, PRESENT, dict(fields))
    try:
        if not check_mode:
            after = _send_join(client, place, request, after, fields)
    except RequestError as error:
        return Outcome(None, None if error.outcome_unknown else ABSENT, failure=error)
    return Outcome(None, PRESENT, changed=True, after=after)


def _send_join(client: Client, place: Resource, request: Request, item: Item, fields: t.Mapping[str, t.Any]) -> Item:
    try:
        with advice_of(place):
            answer = client.send(request)
    except RequestError as error:
        if place.says_joined(error):
            return update(client, place, Item(item.id), fields)
        if error.outcome_unknown:
            return shown_after(client, place, item.id, fields, error)
        raise
    if answer.data is None:  # as Atlas answers
        return item
    after = read_one(place, answer.data, item.id)
    if after and not differs(after, fields):
        return after
    if after:  # it was in the place already, and the server did not change it
        return update(client, place, after, fields)
    problem = f"HTTP {answer.status}, but the answer does not show the {', '.join(fields)} of the task"
    unclear = NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True)
    return shown_after(client, place, item.id, fields, unclear)


def _change(client: Client, wanted: Managed, before: Item, fields: t.Mapping[str, t.Any], task: Task) -> Outcome:
    """Give an object the fields that it lacks, unless its secret is lost."""
    place = wanted.place
    if _secret_is_lost(client, wanted, before) and not wanted.may_lack_secret:
        return Outcome(before, PRESENT, failure=MissingError(_lost_secret(wanted, before)))
    if not differs(before, fields):
        return Outcome(before, PRESENT)
    if task.check_mode:
        after = before._replace(fields={**before.fields, **fields})
        return Outcome(before, PRESENT, changed=True, after=after)
    try:
        return Outcome(before, PRESENT, changed=True, after=update(client, place, before, fields))
    except RequestError as error:
        state = ABSENT if place.says_gone(error, before.id) else PRESENT
        return Outcome(before, None if error.outcome_unknown else state, failure=error)


def _keep_named(client: Client, wanted: Managed, name: str, task: Task) -> Result:
    """Bring the only object with a name into the wanted state. Make it if there is none."""
    place = wanted.place
    if not wanted.file:
        refuse_background(place)
    found = find_named(client, place, name, wanted.file)
    if not found.finished and not task.check_mode:
        found = _wait_for_others(client, wanted, name, found)
    refuse_several(place, name, found.finished)
    if found.finished:
        (before,) = found.finished
        outcome = _change(client, wanted, before, wanted.fields, task)
        result = _report(client, wanted, {before.id: outcome}, task)
        if not wanted.file and is_young(before, client.server_time):
            warning = (
                f"The {place.noun} {before.id} is younger than ten minutes. Only the result of the task that made it "
                "had its secret."
            )
            result = result._replace(warnings=[*result.warnings, warning])
    else:
        result = _make(client, wanted, name, found, task)
    return remove_left_overs(client, place, found, result, task)


def _make(client: Client, wanted: Managed, name: str, found: Found, task: Task) -> Result:
    """Make the object, or finish the one whose secret is in the file already."""
    place, file = wanted.place, wanted.file
    held = next((item for item in found.unfinished if _holds(file, item, client.server_time)), None)
    if found.replaced and not held:  # the last rotation is not finished, or its object is gone
        raise AmbiguousError(
            f"There is no {place.noun} {name!r}, but a rotation has marked {found.replaced[-1].id} as replaced. Run "
            "the rotation again: it finishes, or makes that one the current one again."
        )
    missing = [option for option in place.needed_to_make if option not in {**wanted.fields, **wanted.only_new}]
    if missing:
        raise OptionError(f"There is no {place.noun} {name!r}. To make one, the task needs {', '.join(missing)}.")
    if file and file.exists and not held:
        raise OptionError(
            f"There is no {place.noun} {name!r}, and {file} exists. The task does not overwrite this file, because it "
            "may hold a secret that somebody needs. Remove it or name another one."
        )
    warnings = [] if file else warn_about_result(place, task)
    if task.check_mode:
        after = held or Item("")
        made = after._replace(state=PRESENT, fields={**after.fields, place.name_field: name, **wanted.fields})
        secret = ""
    else:
        done = (
            finish(client, place, held, name, wanted.fields, found.known)
            if held
            else create(client, place, name, wanted.fields, file, found.known, only_new=wanted.only_new)
        )
        made, secret = done.item, done.secret
        warnings += done.warnings
    outcome = Outcome(held, PRESENT, changed=True, after=made)
    result = report(place, {made.id: outcome}, PRESENT, task)
    handed_over = {place.shown_once: secret} if secret and not file else {}
    return result._replace(
        values={**result.values, **handed_over},
        warnings=[*result.warnings, *warnings],
        secret="".join(handed_over.values()),
    )


def _remove_named(client: Client, wanted: Managed, name: str, task: Task) -> Result:
    """Delete the only object with a name, and those that a rotation has replaced."""
    place = wanted.place
    found = find_named(client, place, name, wanted.file)
    refuse_several(place, name, found.finished)
    items = [*found.replaced, *found.finished]
    result = _delete(client, wanted, [item.id.lower() for item in items], items, task)
    return remove_left_overs(client, place, found, result, task)


def _delete(client: Client, wanted: Managed, ids: list[str], listed: list[Item] | None, task: Task) -> Result:
    """Delete objects, and the file if it holds the secret of one of them."""
    place, file = wanted.place, wanted.file
    outcomes = carry_out(client, place, plan(place, ids, ABSENT, listed), ABSENT, task)
    if not place.absent_revokes:
        outcomes = {
            item_id: outcome._replace(after=place.outside(outcome.before))
            if outcome.before and outcome.state == ABSENT
            else outcome
            for item_id, outcome in outcomes.items()
        }
        result = report(place, outcomes, ABSENT, task)
        warnings = [*result.warnings, *_taken_from_login(place, outcomes, place.needed_to_make, task)]
        return result._replace(values={**result.values, "msg": place.after_absence}, warnings=warnings)
    result = report(place, outcomes, ABSENT, task)
    revoked = [outcome.before for outcome in outcomes.values() if outcome.before and outcome.changed]
    if not file or task.check_mode:
        return result
    ends = [end for item in revoked for end in (item.secret_end, *(each.end for each in item.secret_ends))]
    return result._replace(warnings=[*result.warnings, *file.forget(ends)])


def find_named(client: Client, place: Resource, name: str, file: SecretFile | None) -> Found:
    """Read what a name means, and then the file: it has the secret of each object that another task has finished.

    Raises:
        RequestError: The list or an object could not be read.
    """
    for _look in range(2):
        found = sort_by_mark(read_items(client, place), name)
        read = [get(client, place, item.id) if place.can_read_one else item for item in found.finished]
        if all(item is None or item.name == name for item in read):
            break
        # Somebody has renamed one since the list was read: a rotation may have put another one in its place.
    gone = [listed.id for listed, item in zip(found.finished, read) if item is None]
    finished = [item for item in read if item and item.name == name]
    if file:
        file.look()
    return found._replace(finished=finished, known=found.known._replace(no_rivals=gone))


def _wait_for_others(client: Client, wanted: Managed, name: str, found: Found) -> Found:
    """Wait until no other task is making the object: then that task has made it, or has given up."""
    for seconds in client.attempts(2 * client.timeout):
        if seconds:
            found = find_named(client, wanted.place, name, wanted.file)
        rivals = [
            item.id
            for item in found.unfinished
            if not is_left_over(item, client.server_time) and not _holds(wanted.file, item, client.server_time)
        ]
        if found.finished or not rivals:
            return found
    return found._replace(known=found.known._replace(passed_over=rivals))


def remove_left_overs(client: Client, place: Resource, found: Found, result: Result, task: Task) -> Result:
    """Delete the objects that tasks left behind unfinished, and say so in warnings.

    They make the task changed, but no object of the result.
    """
    warnings, changed = [], bool(result.values["changed"])
    done = {item["id"] for item in result.values[place.results]}
    for item in found.unfinished:
        what = f"the unfinished {place.noun} {item.id}, which an earlier task left behind"
        if item.id in done:
            continue
        if not is_left_over(item, client.server_time):
            warnings.append(f"There is {what}. A task that runs when it is older than an hour deletes it.")
            continue
        if not task.check_mode:
            try:
                if not delete(client, place, item):  # the list lags behind
                    continue
            except RequestError as error:
                warnings.append(f"The task could not delete {what}: {error}")
                continue
        changed = True
        warnings.append(f"The task {'would delete' if task.check_mode else 'deleted'} {what}.")
    return result._replace(values={**result.values, "changed": changed}, warnings=[*result.warnings, *warnings])


def refuse_several(place: Resource, name: str, items: t.Sequence[Item]) -> None:
    """Refuse to guess which of several objects a name means.

    Raises:
        AmbiguousError: There are several.
    """
    if len(items) > 1:
        listed = "; ".join(place.summary(item) for item in items)
        raise AmbiguousError(
            f"{len(items)} {place.noun}s are named {name!r}: {listed}. Name the one that you mean by its id."
        )


def _report(client: Client, wanted: Managed, outcomes: dict[str, Outcome], task: Task) -> Result:
    """Turn the outcomes for objects that exist into a result."""
    result = report(wanted.place, outcomes, PRESENT, task)
    warnings = list(result.warnings)
    for outcome in outcomes.values():
        before = outcome.before
        if before and not outcome.failure and _secret_is_lost(client, wanted, before):
            warnings.append(_lost_secret(wanted, before))
    warnings += _taken_from_login(wanted.place, outcomes, wanted.fields, task)
    return result._replace(warnings=warnings)


def _taken_from_login(
    place: Resource, outcomes: t.Mapping[str, Outcome], fields: t.Collection[str], task: Task
) -> list[str]:
    """Warn if the task takes roles from the object that it logs in with."""
    warnings = []
    for item_id, outcome in outcomes.items():
        before, after = outcome.before, outcome.after
        if before and after and is_login(item_id, before, task.login):
            taken = sorted(
                str(value)
                for field, values in before.fields.items()
                if isinstance(values, list) and field in fields
                for value in values
                if value not in after.fields[field]
            )
            if taken:
                warnings.append(
                    f"The task logs in with the {place.noun} {item_id}, and takes {', '.join(taken)} from it."
                )
    return warnings


def _secret_is_lost(client: Client, wanted: Managed, item: Item) -> bool:
    return wanted.file is not None and not _holds(wanted.file, item, client.server_time)


def _holds(file: SecretFile | None, item: Item, now: float | None) -> bool:
    """Tell whether a file holds a secret of an object.

    Args:
        file: The file, if there is one.
        item: The object.
        now: A secret that has expired at this time does not count; None if nobody knows the time.
    """
    live = [each.end for each in item.secret_ends if now is None or each.expires_at is None or each.expires_at > now]
    return file is not None and any(file.holds(end) for end in (item.secret_end, *live))


def _lost_secret(wanted: Managed, item: Item) -> str:
    return f"{wanted.file} does not hold the secret of the {wanted.place.noun} {item.id}. {wanted.place.way_out}"


def is_young(item: Item, now: float | None) -> bool:
    """Tell whether only the result of an earlier task may have a secret, by the time of the server if it is known."""
    return now is not None and item.made_at is not None and now - item.made_at < _YOUNG_SECONDS


def refuse_background(place: Resource) -> None:
    """Refuse to make an object in a task with the keyword ``async``.

    Raises:
        OptionError: The task has this keyword.
    """
    if runs_in_background(os.environ):
        raise OptionError(
            f"With async, Ansible keeps the result of the task, with {place.new_secret()} in it, in a file that others "
            "can read. Let a file of your own take the secret. Nothing was sent."
        )


def warn_about_result(place: Resource, task: Task) -> list[str]:
    """Warn that the result has a secret, unless the task has ``no_log``."""
    if task.no_log:
        return []
    return [
        "Ansible prints and logs the result of this task, which has "
        f"{place.new_secret()}. Set no_log: true, or let a file take the secret."
    ]
