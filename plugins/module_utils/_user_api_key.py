# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource "personal API key of a user": its paths, what is read of it, what is to be done, and the doing.

A task names keys and a state. What is there is read where that is needed, what differs has to be written, and one
function writes it. What came of each key feeds ``changed``, the diff and check mode alike.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean, is_id
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    AtlasError,
    BusyError,
    MissingError,
    NotTheApiError,
    NotTriedError,
    OptionError,
    PartialError,
    RequestError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import object_id, object_ids
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import name_segment, path_segment

_NO_SUCH_KEY = ("INVALID_KEY_ID", "API_KEY_NOT_FOUND")
_NO_SUCH_USER = ("USER_NOT_FOUND", "USERNAME_NOT_FOUND", "INVALID_USER_ID")

_WHICH_USER = "There is no such user. Is user_id or user_name mistyped?"
_NO_SUCH_ORGANIZATION = "There is no such organization. Is org_id mistyped?"
_ADVICE = {
    "NOT_SELF": "Only the user whose key it is may revoke it. On Ops Manager a GLOBAL_OWNER can suspend it instead, "
    "with state=disabled.",
    "NOT_GLOBAL_USER_ADMIN_OR_SELF": "Only the user whose keys they are may do this, or on Ops Manager a GLOBAL_OWNER.",
    **dict.fromkeys(_NO_SUCH_USER, _WHICH_USER),
    "ORG_NOT_FOUND": _NO_SUCH_ORGANIZATION,
    "INVALID_ORG_ID": _NO_SUCH_ORGANIZATION,
    "RESOURCE_NOT_FOUND": "The server has no such path. Either base_url is wrong, or this is Ops Manager 5.0 or later, "
    "which has no personal API keys.",
}

_SHOWN_CHARACTERS = 12
"""So many characters of a key the server shows, those at its end."""


class User(t.NamedTuple):
    """A user of the console, as far as it is known."""

    id: str
    name: str | None = None


class Key(t.NamedTuple):
    """A personal API key, as far as the server tells of it."""

    id: str
    description: str | None = None
    enabled: bool | None = None
    created_at: str | None = None
    obfuscated_key: str | None = None

    @property
    def state(self) -> str | None:
        """``enabled`` or ``disabled``; None if the server did not say."""
        return {True: "enabled", False: "disabled", None: None}[self.enabled]


class Outcome(t.NamedTuple):
    """What came of one key."""

    before: Key | None = None
    """The key as it was read; None if it was not there, or not read."""
    state: str | None = None
    """What holds now, or would hold without check mode; None if that is not known."""
    changed: bool = False
    missing: RequestError | None = None
    """The server's word that something is not there."""
    failure: AtlasError | None = None


def ensure(client: Client, options: t.Mapping[str, t.Any], check_mode: bool, diff: bool) -> dict[str, t.Any]:
    """Make sure that keys of a user are in a state.

    To revoke a single key it is deleted without looking. Otherwise the keys are read first, and only what differs is
    written.

    Args:
        client: The server.
        options: ``user_id`` or ``user_name``; ``key_id``, the ids of the keys, of which one that is named twice counts
            once; ``state``; and ``private_key``, what the client logs in with: if that is one of the keys, it goes
            last.
        check_mode: Read, and do not write.
        diff: Read in any case, and return the keys as they were and as they are.

    Returns:
        The result of the task, with ``warnings``.

    Raises:
        OptionError: An id cannot be used. Nothing was sent.
        RequestError: The keys could not be read. Nothing was written.
        PartialError: Not every key could be brought into the state. It holds the result as far as it got.
    """
    state, login_secret = options["state"], options["private_key"]
    key_ids = object_ids("key_id", options["key_id"])
    user = User(options["user_id"], options["user_name"])
    outcomes = dict.fromkeys(key_ids, Outcome())
    try:
        if key_ids:
            user = find_user(client, options)
        if key_ids and (check_mode or diff or state != "absent" or len(key_ids) > 1):
            outcomes = compare(key_ids, read_keys(client, user), state)
    except RequestError as error:
        if state == "enabled" or not _says_no_user(error):
            raise
        outcomes = dict.fromkeys(key_ids, Outcome(state="absent", missing=error))
    ended = False
    for key_id in due(outcomes, state, login_secret):
        before = outcomes[key_id].before
        if check_mode:
            outcomes[key_id] = Outcome(before, state, changed=True)
        elif ended:
            outcomes[key_id] = outcomes[key_id]._replace(failure=NotTriedError(f"The key {key_id} was not tried."))
        else:
            outcomes[key_id] = _write(client, user, key_id, state, before)
            failure = outcomes[key_id].failure
            ended = bool(failure and failure.stops_task)
    return _finish(user, outcomes, state, login_secret, diff)


def list_keys(client: Client, options: t.Mapping[str, t.Any], _check_mode: bool, _diff: bool) -> dict[str, t.Any]:
    """Read the keys of a user, or of every user of an organization.

    Args:
        client: The server.
        options: ``user_id``, ``user_name`` or ``org_id``; ``key_id``, to narrow it down, or None; and
            ``api_results_per_page``.

    Returns:
        The result of the task.

    Raises:
        OptionError: An id cannot be used. Nothing was sent.
        RequestError: Something could not be read. It says whose keys; what could be read is not returned, since it
            could be taken for all there is.
    """
    per_page = options["api_results_per_page"]
    if not 1 <= per_page <= 500:
        raise OptionError("api_results_per_page must be a number from 1 to 500.")
    wanted = None if options["key_id"] is None else object_ids("key_id", options["key_id"])
    if options["org_id"] is None:
        users = [find_user(client, options)]
    else:
        path = f"/orgs/{object_id('org_id', options['org_id'])}/users"
        users = [_user_from(item) for item in client.list_all(path, per_page=per_page, advice=_ADVICE)]
    keys = [(user, key) for user in users for key in read_keys(client, user, per_page)]
    return {
        "changed": False,
        "user_api_keys": [
            {"user_id": user.id, "user_name": user.name, **key._asdict()}
            for user, key in keys
            if wanted is None or key.id.lower() in wanted
        ],
    }


def find_user(client: Client, options: t.Mapping[str, t.Any]) -> User:
    """Tell which user is meant. One that is named has to be looked up; an id is taken as it is.

    Raises:
        RequestError: The user could not be read, or the answer is no user.
    """
    if options["user_id"] is not None:
        return User(object_id("user_id", options["user_id"]))
    answer = client.request("GET", f"/users/byName/{name_segment('user_name', options['user_name'])}", advice=_ADVICE)
    if not isinstance(answer.data, dict) or not is_id(answer.data.get("id")):
        problem = f"HTTP {answer.status}, but the answer is not a user"
        raise NotTheApiError(answer.method, answer.url, problem, status=answer.status)
    return _user_from(answer.data)


def read_keys(client: Client, user: User, per_page: int = 100) -> list[Key]:
    """Read all keys of a user.

    Raises:
        RequestError: They could not be read. It says whose keys.
    """
    try:
        items = client.list_all(_keys_path(user), per_page=per_page, advice=_ADVICE)
    except RequestError as error:
        who = f"{user.name} ({user.id})" if user.name else user.id
        error.advice = f"The keys of user {who} could not be read. {error.advice}".rstrip()
        raise
    return [_key_from(item) for item in items]


def compare(key_ids: t.Iterable[str], found: t.Iterable[Key], state: str) -> dict[str, Outcome]:
    """Tell how each key that is asked for stands before anything is written. A key cannot be enabled if it is gone."""
    by_id = {key.id.lower(): key for key in found}  # an id is a number in hexadecimal
    outcomes = {}
    for key_id in key_ids:
        key = by_id.get(key_id)
        failure = (
            None if key or state != "enabled" else MissingError(f"There is no key {key_id} that could be enabled.")
        )
        outcomes[key_id] = Outcome(key, key.state if key else "absent", failure=failure)
    return outcomes


def due(outcomes: t.Mapping[str, Outcome], state: str, login_secret: str) -> list[str]:
    """Tell which keys have to be written, in which order: what the task logs in with comes last."""
    differing = [key_id for key_id, outcome in outcomes.items() if outcome.state not in ("absent", state)]
    return sorted(differing, key=lambda key_id: is_login(outcomes[key_id].before, login_secret))


def is_login(key: Key | None, login_secret: str) -> bool:
    """Tell whether a key is the one that the task itself logs in with, by the characters that the server shows."""
    shown = (key.obfuscated_key or "")[-_SHOWN_CHARACTERS:] if key else ""
    return len(shown) == _SHOWN_CHARACTERS and "*" not in shown and login_secret.endswith(shown)


def _keys_path(user: User) -> str:
    return f"/users/{path_segment(user.id)}/keys"


def _user_from(item: t.Mapping[str, t.Any]) -> User:
    return User(item["id"], clean(item.get("username")))


def _key_from(item: t.Mapping[str, t.Any]) -> Key:
    """Read a key leniently: of its fields only ``id`` must be there."""
    enabled = item.get("enabled")
    return Key(
        id=item["id"],
        description=clean(item.get("description")),
        enabled=enabled if isinstance(enabled, bool) else None,
        created_at=clean(item.get("createdAt")),
        obfuscated_key=clean(item.get("obfuscatedKey")),
    )


def _write(client: Client, user: User, key_id: str, state: str, before: Key | None) -> Outcome:
    path = f"{_keys_path(user)}/{path_segment(before.id) if before else key_id}"
    try:
        if state == "absent":
            client.request("DELETE", path, advice=_ADVICE)
        else:
            _set_state(client, path, state)
    except RequestError as error:
        # An earlier try of this request may have reached the server: then it was this task that revoked the key.
        by_this_task = error.outcome_unknown and state == "absent"
        if state != "enabled" and _says_no_key(error, key_id):
            return Outcome(before, "absent", changed=by_this_task, missing=error)
        if state != "enabled" and not before and _says_no_user(error):
            return Outcome(before, "absent", missing=error)
        if state != "enabled" and _is_unclear(error):
            return _look(client, user, key_id, error, Outcome(before, "absent", changed=by_this_task, missing=error))
        return Outcome(before, before.state if before and not error.outcome_unknown else None, failure=error)
    return Outcome(before, state, changed=True)


def _look(client: Client, user: User, key_id: str, error: RequestError, gone: Outcome) -> Outcome:
    """Read the keys, where the answer to a change does not tell whether the key is gone."""
    try:
        found = {key.id.lower(): key for key in read_keys(client, user)}
    except RequestError as unread:
        if _says_no_user(unread):
            return Outcome(gone.before, "absent", missing=unread)
        unread.advice = f"{unread.advice} Before that: {error.method} {error.url}: {error.problem.rstrip('.')}."
        return Outcome(gone.before, failure=unread)
    if key_id not in found:
        return gone
    error.advice = f"The answer does not say that the key is gone, and it is still there. {error.advice}".rstrip()
    return Outcome(gone.before, found[key_id].state, failure=error)


def _set_state(client: Client, path: str, state: str) -> None:
    answer = client.request("PATCH", path, body={"enabled": state == "enabled"}, advice=_ADVICE)
    if not isinstance(answer.data, dict) or answer.data.get("enabled") is not (state == "enabled"):
        problem = f"HTTP {answer.status}, but the answer does not say that the key is now {state}"
        raise NotTheApiError(answer.method, answer.url, problem, status=answer.status, outcome_unknown=True)


def _says_no_key(error: RequestError, key_id: str) -> bool:
    """Tell whether the server says that this very key does not exist."""
    return error.status in (400, 404) and error.document.code in _NO_SUCH_KEY and error.document.names(key_id)


def _says_no_user(error: RequestError) -> bool:
    """Tell whether the server says that there is no such user, or that it has no personal keys at all."""
    return error.status == 404 and (error.document.code in _NO_SUCH_USER or error.document.is_about_path(error.url))


def _is_unclear(error: RequestError) -> bool:
    """Tell whether the API refused without saying whether the key is there."""
    return error.status in (400, 404, 409) and isinstance(error, ApiError) and not isinstance(error, BusyError)


def _finish(
    user: User, outcomes: t.Mapping[str, Outcome], state: str, login_secret: str, diff: bool
) -> dict[str, t.Any]:
    result: dict[str, t.Any] = {
        "changed": any(outcome.changed for outcome in outcomes.values()),
        "user_id": user.id,
        "user_api_keys": [_item(key_id, outcome) for key_id, outcome in outcomes.items()],
        "warnings": _warnings(outcomes, state, login_secret),
    }
    for outcome in outcomes.values():
        if outcome.missing and len(outcomes) == 1:
            result.update(_not_found(outcome.missing))
    if diff:
        result["diff"] = {
            "before": _keys_shown(outcomes, lambda outcome: outcome.before.state if outcome.before else "absent"),
            "after": _keys_shown(outcomes, lambda outcome: outcome.state),
        }
    failures = [outcome.failure for outcome in outcomes.values() if outcome.failure]
    if failures:
        by_server_first = sorted(failures, key=lambda failure: not isinstance(failure, RequestError))
        raise PartialError(by_server_first, len(outcomes), result)
    return result


def _keys_shown(
    outcomes: t.Mapping[str, Outcome], state_of: t.Callable[[Outcome], str | None]
) -> dict[str, list[dict[str, t.Any]]]:
    states = {key_id: state_of(outcome) for key_id, outcome in outcomes.items()}
    return {
        "user_api_keys": [
            {"id": key_id, "state": state, **(_details(outcomes[key_id].before) if state != "absent" else {})}
            for key_id, state in states.items()
        ]
    }


def _item(key_id: str, outcome: Outcome) -> dict[str, t.Any]:
    item = {"id": key_id, "changed": outcome.changed, "state": outcome.state, **_details(outcome.before)}
    if outcome.missing:
        item.update(_not_found(outcome.missing))
    if outcome.failure:
        item.update(outcome.failure.result())
    return item


def _details(key: Key | None) -> dict[str, t.Any]:
    if not key:
        return {}
    return {"description": key.description, "created_at": key.created_at, "obfuscated_key": key.obfuscated_key}


def _not_found(error: RequestError) -> dict[str, t.Any]:
    return {"status_code": error.status, "error_code": error.document.code}


def _warnings(outcomes: t.Mapping[str, Outcome], state: str, login_secret: str) -> list[str]:
    warnings = []
    for key_id, outcome in outcomes.items():
        missing = outcome.missing
        if missing and _says_no_user(missing):
            advice = _ADVICE[missing.document.code or ""]
            warnings.append(f"{missing.method} {missing.url}: {missing.problem.rstrip('.')}. {advice}")
        if state == "disabled" and outcome.state == "absent":
            warnings.append(f"There is no key {key_id} that could be disabled.")
        if state != "enabled" and outcome.changed and is_login(outcome.before, login_secret):
            warnings.append(f"The task logs in with the key {key_id}: nothing can log in with it afterwards.")
    return list(dict.fromkeys(warnings))
