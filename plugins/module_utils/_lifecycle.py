# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes objects that have a secret: the secret is handed over exactly once, or the object does not stay.

An object is made with a mark in its description. The task removes the mark last, when it is the only one that makes
this object and the secret is in its file, if there is one. So whatever happens to a task, no finished object stays
whose secret nobody has. If a step fails, the task deletes the object again, or names it.
"""

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AmbiguousError,
    AtlasError,
    FileError,
    NotTheApiError,
    RequestError,
    UnfinishedError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import is_left_over, is_unfinished, unfinished
from ansible_collections.mongodb.atlas.plugins.module_utils._process import make_or_take_back
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import (
    advice_of,
    is_inconclusive,
    read_items,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, Item, Resource

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
    from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile

Fields = t.Mapping[str, t.Any]


class Known(t.NamedTuple):
    """The objects that a task knew before it made its own."""

    ids: t.Collection[str] = ()
    """The ids in the first list."""
    no_rivals: t.Collection[str] = ()
    """The ids in the first list of objects that did not exist any more, or that the task replaces."""
    passed_over: t.Collection[str] = ()
    """The ids of unfinished objects that the task has waited for in vain."""


class Steps(t.Protocol):
    """The work that belongs to a new object besides making it."""

    def complete(self, item: Item) -> None:
        """Give the new object everything that it needs before its secret is handed over."""

    def replace(self, item: Item) -> None:
        """Put the new object in the place of an older one, after its secret was handed over."""

    def undo(self) -> str:
        """Take :meth:`replace` back after the new object was deleted. Say what could not be taken back, if anything."""


class NoSteps:
    """The steps for an object that stands alone."""

    def complete(self, item: Item) -> None:
        """Do nothing."""

    def replace(self, item: Item) -> None:
        """Do nothing."""

    def undo(self) -> str:
        """Do nothing."""
        return ""


ALONE = NoSteps()


class Made(t.NamedTuple):
    """An object that the task made."""

    item: Item
    secret: str
    warnings: list[str]


def create(
    client: Client,
    place: Resource,
    name: str,
    fields: Fields,
    file: SecretFile | None,
    known: Known,
    steps: Steps = ALONE,
    only_new: Fields | None = None,
) -> Made:
    """Make an object.

    Args:
        client: The server.
        place: Where the object belongs.
        name: Its description.
        fields: Its other fields.
        file: The file that takes the secret; None if the result of the task does.
        known: The objects that the task has read.
        steps: The work that belongs to the object besides making it.
        only_new: Further fields of a new object, which its last step does not compare.

    Raises:
        UnfinishedError: A step failed, or a signal ended the task. The message says whether the object is still there.
        RequestError: The object could not be made. Nothing is there.
    """
    making = _Making(client, place, name, {**fields, **(only_new or {})})

    def make() -> Made:
        secret = making.post()
        steps.complete(making.item)
        warnings = making.wait_for_turn(known)
        if file:
            file.write(secret)
        steps.replace(making.item)
        item = update(client, place, making.item, {place.name_field: name, **fields})
        return Made(item, secret, warnings)

    return make_or_take_back(make, lambda cause: making.take_back(cause, file, steps), f"the {place.noun} was finished")


def finish(client: Client, place: Resource, item: Item, name: str, fields: Fields, known: Known) -> Made:
    """Finish an object that a task left behind after it wrote the secret to the file.

    Raises:
        AtlasError: The object could not be finished. It is as it was.
    """
    making = _Making(client, place, name, fields, item)
    warnings = making.wait_for_turn(known)
    return Made(update(client, place, item, {place.name_field: name, **fields}), "", warnings)


def update(client: Client, place: Resource, item: Item, fields: Fields) -> Item:
    """Give an object these fields, and return it as the server describes it then.

    Raises:
        RequestError: The request failed, or its answer does not show these fields.
    """
    missing = {name: new for name, new in fields.items() if item.fields.get(name) != new}
    for request in place.update_requests(item, missing):
        try:
            with advice_of(place):
                answer = client.send(request)
        except RequestError as error:
            # An earlier try may have done the work; then the repeat may find nothing to do, or something in its way.
            if not error.outcome_unknown:
                raise
            return shown_after(client, place, item.id, fields, error)
        after = read_one(place, answer.data, item.id)
        if after and not differs(after, fields):
            return after
    problem = f"HTTP {answer.status}, but the answer does not show the {', '.join(fields)} that the task asked for"
    raise NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True)


def shown_after(client: Client, place: Resource, item_id: str, fields: Fields, error: RequestError) -> Item:
    """Read an object after a request whose outcome is unknown, and return it if it has the fields.

    Raises:
        RequestError: The object does not have them, or it could not be read: the error of the request.
    """
    try:
        after = get(client, place, item_id)
    except RequestError:
        after = None
    if after is None or differs(after, fields):
        raise error
    return after


def get(client: Client, place: Resource, item_id: str) -> Item | None:
    """Read one object.

    Returns:
        The object; None if the server says that this very object does not exist.

    Raises:
        RequestError: The server did not say whether it exists.
    """
    if not place.can_read_one:
        return next((item for item in read_items(client, place) if item.id.lower() == item_id.lower()), None)
    try:
        with advice_of(place, f"The module could not read the {place.noun} {item_id}."):
            answer = client.send(place.get_request(item_id))
    except RequestError as error:
        if place.says_gone(error, item_id):
            return None
        # Only a complete list without the object says as much.
        if not is_inconclusive(error) or _is_listed(client, place, item_id):
            raise
        return None
    item = read_one(place, answer.data, item_id)
    if item is None:
        problem = f"HTTP {answer.status}, but the answer is not the {place.noun} {item_id}"
        raise NotTheApiError(answer.method, answer.url, problem, status=answer.status)
    return item


def delete(client: Client, place: Resource, item: Item) -> bool:
    """Delete an object, and return only if the server said that this very object is gone.

    Returns:
        Whether this task deleted it; otherwise it was gone before.

    Raises:
        RequestError: It may still be there.
    """
    try:
        with advice_of(place):
            client.send(place.delete_request(item))
    except RequestError as error:
        if place.says_gone(error, item.id):
            return error.outcome_unknown
        # The list of a place that an object can leave does not tell whether the object exists.
        can_look = place.absent_revokes and is_inconclusive(error)
        if not can_look or _is_listed(client, place, item.id):
            raise
        return error.outcome_unknown
    return True


def _is_listed(client: Client, place: Resource, item_id: str) -> bool:
    return item_id.lower() in {item.id.lower() for item in read_items(client, place)}


def differs(item: Item, fields: Fields) -> bool:
    """Tell whether an object lacks one of these fields."""
    return any(item.fields.get(name) != value for name, value in fields.items())


class _Making:
    """An object that a task is making, from its first request to its end."""

    def __init__(self, client: Client, place: Resource, name: str, fields: Fields, item: Item | None = None) -> None:
        self._client = client
        self._place = place
        self._name = name
        self._fields = fields
        self._mark = item.name if item else unfinished(name, secrets.token_hex(4))
        self._item = item
        self._may_exist = False

    @property
    def item(self) -> Item:
        """The object. It exists after :meth:`post`."""
        return t.cast("Item", self._item)

    def post(self) -> str:
        """Make the object with its mark, and return its secret.

        If the answer is lost, the secret is lost with it. So the task deletes the object, and makes another.

        Raises:
            RequestError: The object could not be made, or nobody knows whether it was.
        """
        request = self._place.create_request(self._mark, self._fields)
        for tried in range(self._client.retries + 1):
            self._may_exist = True
            try:
                with advice_of(self._place):
                    answer = self._client.send(request)
                    document: t.Any = answer.data
                    secret = self._place.secret_of(document) if isinstance(document, dict) else None
                    self._item = read_one(self._place, document, None)
                    if self._item and secret:
                        return secret
                    problem = f"HTTP {answer.status}, but the answer is not a new {self._place.noun} with its secret"
                    raise NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True)
            except RequestError as error:
                if not error.outcome_unknown:
                    self._may_exist = False
                    raise
                if tried == self._client.retries:
                    raise
                self._delete_lost()
        raise AssertionError("range() is never empty")

    def wait_for_turn(self, known: Known) -> list[str]:
        """Wait until no other task makes the same object.

        The task with the lowest id goes on, and all others give up. So never two objects stay.

        Returns:
            A warning for each object that the task waited for in vain.

        Raises:
            AmbiguousError: Another task has made the object, or makes it.
            RequestError: The list could not be read, or never showed the new object.
        """
        own, noun = self.item, self._place.noun
        waited: set[str] = set()
        is_listed = False
        for seconds in self._client.attempts(2 * self._client.timeout):
            items = read_items(self._client, self._place)
            is_listed = is_listed or any(item.id == own.id for item in items)
            others = [item for item in items if item.id != own.id and item.id not in known.no_rivals]
            for other in others:
                if other.name == self._mark:  # made by an earlier try of this task, and its secret is lost
                    delete(self._client, self._place, other)
            finished = [item.id for item in others if item.name == self._name and self._exists(item)]
            rivals = [
                item.id
                for item in others
                if is_unfinished(item, self._name)
                and item.name != self._mark
                and item.id not in known.passed_over
                and not is_left_over(item, self._client.server_time)
            ]
            lower = [item_id for item_id in rivals if item_id < own.id and item_id not in known.ids]
            if finished or lower:
                raise AmbiguousError(
                    f"Another task makes the {noun} {self._name!r} at the same moment: {(finished + lower)[0]}. If "
                    "several hosts run this task, set run_once: true."
                )
            half_time = seconds >= self._client.timeout
            waited = {item_id for item_id in rivals if item_id < own.id or not half_time}
            if is_listed and not waited:
                return [self._passed_over(item_id) for item_id in rivals]
            if not is_listed and half_time:
                break
        if not is_listed:
            raise AmbiguousError(
                f"The list of the server does not show the new {noun} after {self._client.timeout:g} seconds, so "
                "another task may make the same one."
            )
        return [self._passed_over(item_id) for item_id in sorted(waited)]

    def _exists(self, item: Item) -> bool:
        """Tell whether an object of the list still exists under its name: lists lag behind."""
        if not self._place.can_read_one:
            return True
        found = get(self._client, self._place, item.id)
        return found is not None and found.name == item.name

    def take_back(self, cause: AtlasError, file: SecretFile | None, steps: Steps) -> AtlasError:
        """Delete the object after a failure, and return the error that says so."""
        sentences = []
        left: dict[str, t.Any] = {}
        try:
            if file:
                file.restore()
        except FileError as error:
            sentences.append(str(error))
        try:
            if self._item:
                delete(self._client, self._place, self._item)
                sentences.append(f"The task deleted the new {self._place.noun} again. Nobody got its secret.")
                problem = steps.undo()
                if problem:
                    sentences.append(problem)
                    left = {"changed": True}
            elif self._may_exist:
                was_made = self._delete_lost()
                noun = self._place.noun
                no_trace = f"The server lists no {noun} {self._marked()}, so none was made."
                sentences.append(f"The task deleted the {noun} that it had made." if was_made else no_trace)
        except RequestError as error:
            sentences.append(self._explain_left_over(error.but(outcome_unknown=False)))
            if self._item and not self._place.absent_revokes:
                sentences.append(self._leave(self._item))
            left = {"changed": True}
            if self._item:
                left[self._place.result] = {"id": self._item.id, "state": "present", **self._item.fields}
        if not sentences:
            return cause
        if isinstance(cause, RequestError):
            cause = cause.but(outcome_unknown=False)  # the sentences say what became of the object
        return UnfinishedError(cause, " ".join(sentences), left)

    def _delete_lost(self) -> bool:
        """Delete the object whose secret is lost. Without its id, look for its mark until the time is over.

        Returns:
            Whether there was such an object.

        Raises:
            RequestError: The list could not be read, or the object could not be deleted.
        """
        if self._item:
            delete(self._client, self._place, self._item)
            self._item = None
            return True
        for _attempt in self._client.attempts(self._client.timeout):
            marked = [item for item in read_items(self._client, self._place) if item.name == self._mark]
            for item in marked:
                self._item = item  # so that the failure can name it
                delete(self._client, self._place, item)
            if marked:
                self._item = None
                return True
        return False

    def _leave(self, item: Item) -> str:
        """Take an object that could not be deleted out of its place at least, and say so."""
        try:
            self._client.send(self._place.change_request(item.id, ABSENT))
        except RequestError as error:
            return str(error)
        return f"The task took it out of {self._place.owner()}."

    def _explain_left_over(self, error: RequestError) -> str:
        noun = self._place.noun
        what = self._marked()
        if self._item:
            what = f"{self._item.id} ({self._item.public_id})" if self._item.public_id else self._item.id
        may = "is still" if self._item else "may still be"
        return (
            f"The new {noun} {what} {may} there, because the task could not delete it: {error} Nobody got its "
            f"secret. Delete this {noun}. Otherwise, a task with the same {self._place.name_field} that runs an hour "
            "later deletes it."
        )

    def _marked(self) -> str:
        return self._place.marked(self._mark, self._fields)

    def _passed_over(self, item_id: str) -> str:
        return (
            f"The task waited for the unfinished {self._place.noun} {item_id} in vain. The task that made it may have "
            "been killed."
        )


def read_one(place: Resource, document: t.Any, item_id: str | None) -> Item | None:
    """Read a document if it is an object, and the one with this id if there is an id."""
    found: t.Any = document.get(place.identity) if isinstance(document, dict) else None
    if not isinstance(found, str) or not found or (item_id is not None and found.lower() != item_id.lower()):
        return None
    return place.read(document)
