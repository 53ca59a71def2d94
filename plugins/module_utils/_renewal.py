# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renews secrets that end by themselves: one that lasts long enough exists, and somebody has it.

An object has room for a few secrets, and an expired one keeps its room until it is deleted. A new secret shortens the
life of the older ones. A secret has no mark: if the answer that made it is lost, the task recognizes the secret because
it was not there before and was never used.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Login
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AmbiguousError,
    AtlasError,
    FileError,
    MissingError,
    NotTheApiError,
    PartialError,
    RequestError,
    UnfinishedError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._named import (
    is_young,
    refuse_background,
    warn_about_result,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._process import make_or_take_back
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import (
    advice_of,
    in_order,
    is_inconclusive,
    not_tried,
    report,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Outcome, Result, Step, Task

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
    from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile

OLDEST = "oldest"
"""The value of ``make_room`` that lets a task delete a secret that is still valid."""


class Secret(t.NamedTuple):
    """A secret, as the server describes it."""

    item: Item
    ends_at: float | None
    """The time when it expires, in seconds since 1970; None if the server did not say."""
    was_used: bool


class SecretPlace(Resource):
    """The secrets of one object. The API shows them in the document of the object only."""

    states_of_existing = (PRESENT,)
    owner_id = ""
    """The id of the object."""
    most = 1
    """How many secrets an object can have."""
    overlap = 0.0
    """How long an older secret is valid at most after a new one was made, in seconds."""

    def new_secret(self) -> str:
        """Name a new secret, for messages."""
        return "a new secret"

    def read_request(self) -> Request:
        """Return the request that reads the object with its secrets."""
        raise NotImplementedError

    def read_all(self, document: t.Any) -> list[Secret] | None:
        """Read the secrets in the document of the object; None if it is not that document."""
        raise NotImplementedError

    def read_new(self, document: t.Any) -> Secret | None:
        """Read the secret in the answer that made it; None if there is none."""
        raise NotImplementedError

    def shortened(self, item: Item, ends_at: float) -> Item:
        """Return a secret as it is after its life was shortened."""
        raise NotImplementedError

    def says_busy(self, error: RequestError) -> bool:
        """Tell whether the server refused a request because of another one at the same moment."""
        raise NotImplementedError


class Renewal(t.NamedTuple):
    """The secrets that the options of a task ask for."""

    place: SecretPlace
    ids: list[str] | None
    """The ids of the secrets to delete; None for a renewal."""
    valid_for: int = 0
    """How long a new secret is valid, in hours."""
    renew_within: float = 0.0
    """How long a secret must last, in seconds."""
    make_room: str = ""
    force: bool = False
    file: SecretFile | None = None


class Plan(t.NamedTuple):
    """The work of a renewal."""

    current: Secret | None
    """The secret that lasts long enough; None if the task has to make one."""
    room: list[Secret]
    """The secrets to delete before, because there is no room for a new one."""
    warnings: list[str]


class _Own:
    """The login of a task, for the secrets of one object: four characters alone do not tell whose secret it is."""

    def __init__(self, login: Login, owner_id: str) -> None:
        self._login = login
        self._owner_id = owner_id
        self.account_id = login.account_id

    def owns(self, secret_end: str) -> bool:
        return self.account_id == self._owner_id and self._login.owns(secret_end)


def renew(client: Client, wanted: Renewal, task: Task) -> Result:
    """Make a new secret if none lasts long enough, or delete secrets.

    Raises:
        MissingError: Nobody has the secret that lasts, there is no room for a new one, or a time is not known.
        UnfinishedError: A step failed after a secret was made. The message says whether that secret is still there.
        PartialError: The task could not finish after it had changed something.
        AtlasError: The task could not do its work. It changed nothing.
    """
    task = task._replace(login=_Own(task.login, wanted.place.owner_id))
    if wanted.ids is not None:
        return _remove(client, wanted, wanted.ids, task).complete()
    if not wanted.file:
        refuse_background(wanted.place)
    return _Renewing(client, wanted, task).run()


class ListedSecrets(t.NamedTuple):
    """The secrets that the options of an info module ask for."""

    place: SecretPlace
    ids: list[str] | None
    """The ids of the secrets; None for all."""


def list_secrets(client: Client, wanted: ListedSecrets, _task: Task) -> Result:
    """List the secrets of one object.

    Raises:
        RequestError: The object could not be read.
    """
    place = wanted.place
    items = [secret.item for secret in read_secrets(client, place)]
    shown = [place.describe(item) for item in items if wanted.ids is None or item.id.lower() in wanted.ids]
    return Result({"changed": False, **place.parent(), place.results: shown})


def plan(wanted: Renewal, secrets: t.Sequence[Secret], now: float, login: Login) -> Plan:
    """Work out what to do, without sending anything.

    Args:
        wanted: The options.
        secrets: All secrets of the object.
        now: The time by the clock of the server.
        login: The login of the task.

    Raises:
        MissingError: Nobody has the secret that lasts, there is no room for a new one, or a secret has no end.
    """
    place, file = wanted.place, wanted.file
    endless = [secret for secret in secrets if secret.ends_at is None]
    if endless:
        raise MissingError(
            f"The server does not say when the {place.noun} {place.summary(endless[0].item)} expires, so the task "
            "cannot tell whether it lasts long enough. The task made no secret."
        )
    held = [secret for secret in secrets if file and file.holds(secret.item.secret_end)]
    lasting = [secret for secret in secrets if _end(secret) >= now + wanted.renew_within and _end(secret) > now]
    candidates = [secret for secret in lasting if secret in held] or lasting
    current = max(candidates, key=_end, default=None)
    if wanted.force:
        young = [secret for secret in lasting if (secret in held or not file) and is_young(secret.item, now)]
        current = max(young, key=_end, default=None)
    if current is None:
        return Plan(None, _room(wanted, secrets, now, login), [])
    if file and current not in held:
        raise MissingError(
            f"{file} does not hold the {place.noun} {current.item.id}, which lasts long enough. {place.way_out}"
        )
    warnings = [
        f"The task logs in with the {place.noun} {place.summary(secret.item)}. Before that time, switch the login to "
        f"{current.item.id}."
        for secret in secrets
        if secret not in lasting and login.owns(secret.item.secret_end)
    ]
    if not file and is_young(current.item, now):
        made_no_other = ", so the task makes no new one although force is true" if wanted.force else ""
        warnings.append(
            f"The {place.noun} {current.item.id} is younger than ten minutes{made_no_other}. Only the result of the "
            "task that made it showed it."
        )
    return Plan(current, [], warnings)


def _room(wanted: Renewal, secrets: t.Sequence[Secret], now: float, login: Login) -> list[Secret]:
    """Choose the secrets to delete, so that there is room for a new one.

    Raises:
        MissingError: None of them may be deleted.
    """
    place = wanted.place
    needed = max(len(secrets) + 1 - place.most, 0)
    others = sorted((secret for secret in secrets if not login.owns(secret.item.secret_end)), key=_end)
    chosen = [secret for secret in others if wanted.make_room == OLDEST or _end(secret) <= now][:needed]
    if len(chosen) < needed:
        listed = "; ".join(place.summary(secret.item) for secret in secrets)
        raise MissingError(
            f"There is no room for a new {place.noun} in {place.owner()}, which has: {listed}. Delete one that nobody "
            f"needs, with state: absent and its id, or set make_room: {OLDEST}. The task made no secret."
        )
    return chosen


def _end(secret: Secret) -> float:
    return t.cast("float", secret.ends_at)


def read_secrets(client: Client, place: SecretPlace) -> list[Secret]:
    """Read all secrets of an object.

    Raises:
        RequestError: They could not be read.
    """
    with advice_of(place, f"The module could not read the {place.noun}s of {place.owner()}."):
        answer = client.send(place.read_request())
    secrets = place.read_all(answer.data)
    if secrets is None:
        problem = f"HTTP {answer.status}, but the answer is not {place.owner()} with its secrets"
        raise NotTheApiError(answer.method, answer.url, problem, status=answer.status)
    return secrets


def delete_secret(client: Client, place: SecretPlace, item_id: str) -> bool:
    """Delete a secret, and return only if the server said that this very secret is gone.

    Returns:
        Whether this task deleted it; otherwise it was gone before.

    Raises:
        RequestError: It may still be there.
    """
    busy: RequestError | None = None
    own = item_id.lower()
    for _seconds in client.attempts(client.timeout):
        if busy and own not in _ids(read_secrets(client, place)):
            return busy.outcome_unknown
        try:
            with advice_of(place):
                client.send(place.change_request(item_id, ABSENT))
        except RequestError as error:
            unknown = error.outcome_unknown or bool(busy and busy.outcome_unknown)
            if place.says_gone(error, item_id):
                return unknown
            if place.says_busy(error):
                busy = error.but(outcome_unknown=unknown)
                continue
            if not is_inconclusive(error) or own in _ids(read_secrets(client, place)):
                raise
            return unknown
        return True
    raise t.cast("RequestError", busy)


def _ids(secrets: t.Iterable[Secret]) -> set[str]:
    return {secret.item.id.lower() for secret in secrets}


def _remove(client: Client, wanted: Renewal, ids: list[str], task: Task) -> Result:
    """Delete secrets, the one that the task logs in with last, and the files that hold one of them."""
    place, login = wanted.place, task.login
    found: dict[str, Item] | None = None
    if task.check_mode or task.diff or wanted.file or len(ids) > 1 or login.account_id in (None, place.owner_id):
        found = {secret.item.id.lower(): secret.item for secret in read_secrets(client, place)}
    outcomes: dict[str, Outcome] = {}
    stopped = False
    for step in in_order((Step(each, found.get(each) if found else None, PRESENT, None) for each in ids), login):
        if found is not None and not step.before:
            outcomes[step.id] = Outcome(None, ABSENT)
        elif task.check_mode:
            outcomes[step.id] = Outcome(step.before, ABSENT, changed=True)
        elif stopped:
            outcomes[step.id] = not_tried(place, step)
        else:
            try:
                outcomes[step.id] = Outcome(step.before, ABSENT, changed=delete_secret(client, place, step.id))
            except RequestError as error:
                state = PRESENT if step.before and not error.outcome_unknown else None
                outcomes[step.id] = Outcome(step.before, state, failure=error)
                stopped = error.stops_task
    result = report(place, {each: outcomes[each] for each in ids}, ABSENT, task)
    deleted = [outcome.before for outcome in outcomes.values() if outcome.before and outcome.changed]
    warnings = [*result.warnings, *_about_login(place, deleted, login)]
    if not task.check_mode:
        warnings += _forget(wanted.file, deleted)
    return result._replace(warnings=warnings)


def _about_login(place: SecretPlace, deleted: t.Sequence[Item], login: Login) -> list[str]:
    """Warn about deleted secrets with which the task logs in, or may log in."""
    if login.account_id is None and deleted:
        listed = ", ".join(item.id for item in deleted)
        return [
            f"The task logs in with access_token, so it cannot tell which {place.noun} is its own. The "
            f"task deletes {listed}. If its own is one of them, the token may end, too."
        ]
    return [
        f"A token that somebody got with the {place.noun} {item.id} may live on for up to an hour."
        for item in deleted
        if login.owns(item.secret_end)
    ]


def _forget(file: SecretFile | None, deleted: t.Sequence[Item]) -> list[str]:
    """Remove the files that hold a deleted secret, and warn of those that stay."""
    ends = [item.secret_end for item in deleted]
    return [warning for each in (file, file and file.previous) if each for warning in each.forget(ends)]


class _Renewing:
    """One renewal, with what it has found and done."""

    def __init__(self, client: Client, wanted: Renewal, task: Task) -> None:
        self._client = client
        self._wanted = wanted
        self._task = task
        self._known: list[Secret] = []
        self._deleted: dict[str, Outcome] = {}
        self._new: Secret | None = None
        self._may_exist = False
        self._made_at: float | None = None
        """The time of the newest secret that the task has made, even if it was deleted again."""
        self._warnings: list[str] = []

    def run(self) -> Result:
        """Do the work.

        Raises:
            AtlasError: The task could not finish.
        """
        planned = self._look()
        secret = ""
        if not planned.current and self._task.check_mode:
            self._made_at = self._now()
            self._deleted = {each.item.id: Outcome(each.item, ABSENT, changed=True) for each in planned.room}
            self._warn_of_room(planned)
        elif not planned.current:
            last_step = f"the new {self._wanted.place.noun} was handed over"
            planned, secret = make_or_take_back(lambda: self._make(planned), self._take_back, last_step)
        return self._result(planned, secret)

    def _now(self) -> float:
        return t.cast("float", self._client.server_time)

    def _look(self) -> Plan:
        """Read the secrets and the file, and plan.

        Raises:
            AtlasError: They could not be read, or there is no plan.
        """
        client, wanted, place = self._client, self._wanted, self._wanted.place
        self._known = read_secrets(client, place)
        if wanted.file:
            wanted.file.look()
        if client.server_time is None:
            raise MissingError(
                f"The server does not tell its time in the header Date, so the task cannot tell which {place.noun} "
                "lasts long enough. The task changed nothing."
            )
        return plan(wanted, self._known, client.server_time, self._task.login)

    def _make(self, planned: Plan) -> tuple[Plan, str]:
        """Make room, make a secret and hand it over to the file.

        Returns:
            The plan that was carried out, and the secret; empty if another task has made one meanwhile.

        Raises:
            AtlasError: A step failed.
        """
        client, wanted, place = self._client, self._wanted, self._wanted.place
        busy: RequestError | None = None
        for _seconds in client.attempts(client.timeout):
            if busy:
                planned = self._look()
                if planned.current:
                    return planned, ""
            for each in planned.room:
                self._delete(each)
            self._warn_of_room(planned)
            try:
                secret = self._post()
            except RequestError as error:
                if not place.says_busy(error) or error.outcome_unknown:
                    raise
                busy = error
                continue
            new = t.cast("Secret", self._new)
            if new.ends_at is None or new.ends_at < self._now() + wanted.renew_within:
                raise MissingError(
                    f"The answer of the server does not show that the new {place.noun} lasts as long as the task asked "
                    f"for: {place.summary(new.item)}."
                )
            if wanted.file:
                wanted.file.write(secret)
            return planned, secret
        raise t.cast("RequestError", busy)

    def _post(self) -> str:
        """Make a secret. If the answer is lost, delete what was made, and make another.

        Raises:
            AtlasError: No secret could be made, or nobody knows whether one was.
        """
        client, place = self._client, self._wanted.place
        request = place.create_request("", {"valid_for": self._wanted.valid_for})
        for tried in range(client.retries + 1):
            self._may_exist = True
            try:
                with advice_of(place):
                    answer = client.send(request)
                    self._new = place.read_new(answer.data)
                    secret = place.secret_of(answer.data) if isinstance(answer.data, dict) else None
                    if self._new and secret:
                        self._made_at = self._new.item.made_at or self._now()
                        return secret
                    problem = f"HTTP {answer.status}, but the answer is not {place.new_secret()}"
                    raise NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True)
            except RequestError as error:
                if not error.outcome_unknown:
                    self._may_exist = False
                    raise
                if tried == client.retries:
                    raise
                self._delete_lost()
        raise AssertionError("range() is never empty")

    def _delete(self, secret: Secret) -> None:
        """Delete a secret to make room."""
        changed = delete_secret(self._client, self._wanted.place, secret.item.id)
        self._deleted[secret.item.id] = Outcome(secret.item, ABSENT, changed=changed)

    def _delete_lost(self) -> bool:
        """Delete the secret that nobody has: the one that appeared since the task looked, and that was never used.

        Returns:
            Whether there was such a secret.

        Raises:
            AtlasError: It could not be deleted, or several could be meant.
        """
        client, place = self._client, self._wanted.place
        known = _ids(self._known)
        for _seconds in client.attempts(0 if self._new else client.timeout):
            lost = [self._new] if self._new else []
            if not lost:
                found = read_secrets(client, place)
                lost = [each for each in found if each.item.id.lower() not in known and not each.was_used]
            if len(lost) > 1:
                listed = "; ".join(place.summary(each.item) for each in lost)
                raise AmbiguousError(
                    f"Several {place.noun}s are new, and only one of them is from this task: {listed}."
                )
            if lost:
                (self._new,) = lost  # so that the failure can name it
                self._made_at = self._new.item.made_at or self._now()
                delete_secret(client, place, self._new.item.id)
                self._new = None
                return True
        return False

    def _take_back(self, cause: AtlasError) -> AtlasError:
        """Give the file its old content and delete the new secret, after a failure.

        Returns:
            The error that says so.
        """
        place, file = self._wanted.place, self._wanted.file
        sentences = []
        try:
            if file:
                file.restore()
        except FileError as error:
            sentences.append(str(error))
        try:
            if self._may_exist:
                is_known = self._new is not None
                was_made = self._delete_lost()
                sentences.append(
                    f"The task deleted the new {place.noun} again. Nobody got it."
                    if was_made
                    else f"The server shows no new {place.noun}, so none was made."
                )
                if is_known or was_made:
                    sentences += self._shortened_sentences()
        except AtlasError as error:
            which = f" {self._new.item.id} is still" if self._new else " may still be"
            what = "it" if self._new else "the one that is new and was never used"
            if isinstance(error, RequestError):
                error = error.but(outcome_unknown=False)
            sentences.append(
                f"The new {place.noun}{which} there, because the task could not delete it: {error} Nobody got "
                f"it. Delete {what}, with state: absent and its id."
            )
        outcomes = self._outcomes(None)
        if not any(outcome.changed for outcome in outcomes.values()):
            done: dict[str, t.Any] = {}
        else:
            values = dict(report(place, outcomes, PRESENT, self._task).values)
            values.pop(place.result, None)
            done = {**values, "warnings": self._warnings}
        if sentences:
            if isinstance(cause, RequestError):
                cause = cause.but(outcome_unknown=False)  # the sentences say what became of the secret
            return UnfinishedError(cause, " ".join(sentences), done)
        return PartialError([cause], 1, done) if done else cause

    def _shortened_sentences(self) -> list[str]:
        """Say which secrets end earlier now, although the new one is deleted again."""
        place = self._wanted.place
        changed = [outcome.after for outcome in self._outcomes(None).values() if outcome.after and outcome.before]
        because = f"Because the task made the new {place.noun}, an older one ends earlier"
        return [f"{because}: {place.summary(item)}." for item in changed]

    def _outcomes(self, current: Secret | None) -> dict[str, Outcome]:
        """Return the outcomes for the current secret, if there is one, and then for all others."""
        place = self._wanted.place
        outcomes: dict[str, Outcome] = {}
        if self._new:
            outcomes[self._new.item.id] = Outcome(None, PRESENT, changed=True, after=self._new.item)
        elif current:
            outcomes[current.item.id] = Outcome(current.item, PRESENT)
        outcomes.update(self._deleted)
        for secret in self._known:
            if secret.item.id in outcomes:
                continue
            end = None if self._made_at is None else self._made_at + place.overlap
            if end is None or secret.ends_at is None or secret.ends_at <= end:
                outcomes[secret.item.id] = Outcome(secret.item, PRESENT)
            else:
                after = place.shortened(secret.item, end)
                outcomes[secret.item.id] = Outcome(secret.item, PRESENT, changed=True, after=after)
        return outcomes

    def _result(self, planned: Plan, secret: str) -> Result:
        place, file, task = self._wanted.place, self._wanted.file, self._task
        outcomes = self._outcomes(planned.current)
        if not planned.current and task.check_mode:
            outcomes = {"": Outcome(None, PRESENT, changed=True, after=Item("")), **outcomes}
        result = report(place, outcomes, PRESENT, task)
        values = {**result.values, place.result: result.values[place.results][0]}
        warnings = [*planned.warnings, *self._warnings]
        shown = ""
        if not planned.current and not file:
            warnings += warn_about_result(place, task)
            if secret:
                values[place.shown_once] = shown = secret
        elif file and file.previous and secret and any(file.holds(end) for end in self._deleted_ends()):
            # The old content is worth nothing if the task has deleted that secret.
            try:
                file.previous.remove()
            except FileError as error:
                warnings.append(str(error))
        return result._replace(values=values, warnings=[*result.warnings, *warnings], secret=shown)

    def _deleted_ends(self) -> list[str]:
        return [outcome.before.secret_end for outcome in self._deleted.values() if outcome.before]

    def _warn_of_room(self, planned: Plan) -> None:
        """Warn of each secret that is deleted before its end, and if it may be that of the login."""
        place, task = self._wanted.place, self._task
        alive = [each.item for each in planned.room if _end(each) > self._now()]
        verb = "would delete" if task.check_mode else "deleted"
        self._warnings += [f"To make room, the task {verb} the {place.noun} {place.summary(item)}." for item in alive]
        self._warnings += _about_login(place, alive, task.login)
