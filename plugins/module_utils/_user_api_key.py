# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource "personal API key of a user": its paths, what is read of it, what is to be done, and the doing.

A task names keys. What is there is read where that is needed, what is still there has to be written, and one function
writes it. What came of each key feeds ``changed``, the diff and check mode alike.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import NotFoundError, PartialError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import path_segment

_NO_SUCH_KEY = ("INVALID_KEY_ID", "API_KEY_NOT_FOUND")

_MISSING = {
    "USER_NOT_FOUND": "There is no such user. Is user_id mistyped?",
    "INVALID_USER_ID": "There is no such user. Is user_id mistyped?",
    "RESOURCE_NOT_FOUND": "The server has no such path. Either base_url is wrong, or this is Ops Manager 5.0 or later, "
    "which has no personal API keys.",
}
_SOMETHING_MISSING = "That is not the key itself. Check user_id and base_url."

_ONLY_THAT_USER = "Only the user whose key it is may revoke it."
_ADVICE = {"NOT_SELF": _ONLY_THAT_USER, "NOT_GLOBAL_USER_ADMIN_OR_SELF": _ONLY_THAT_USER}

_SHOWN_CHARACTERS = 12
"""So many characters of a key the server shows, those at its end."""


class Key(t.NamedTuple):
    """A personal API key, as far as the server tells of it."""

    id: str
    state: str | None = None
    """``enabled`` or ``disabled``; None if the server did not say."""
    description: str | None = None
    created_at: str | None = None
    obfuscated_key: str | None = None


class Outcome(t.NamedTuple):
    """What came of one key."""

    before: Key | None = None
    """The key as it was read; None if it was not there, or not read."""
    state: str | None = None
    """What holds now, or would hold without check mode; None if that is not known."""
    changed: bool = False
    missing: RequestError | None = None
    """The server's word that something is not there."""
    failure: RequestError | None = None


def revoke(client: Client, options: t.Mapping[str, t.Any], check_mode: bool, diff: bool) -> dict[str, t.Any]:
    """Make sure that keys of a user are gone.

    A single key is deleted without looking. Otherwise the keys are read first, and what is not there is not sent.

    Args:
        client: The server.
        options: ``user_id``; ``key_id``, the ids of the keys, of which one that is named twice counts once; and
            ``private_key``, what the client logs in with. If that is one of the keys, it goes last.
        check_mode: Read, and do not write.
        diff: Read in any case, and return the keys as they were and as they are.

    Returns:
        The result of the task, with ``warnings``.

    Raises:
        OptionError: An id cannot be used. Nothing was sent.
        RequestError: The keys could not be read. Nothing was written.
        PartialError: Not every key could be revoked. It holds the result as far as it got.
    """
    user_id, login_secret = options["user_id"], options["private_key"]
    keys_path = f"/users/{path_segment('user_id', user_id)}/keys"
    paths = {key_id: f"{keys_path}/{path_segment('key_id', key_id)}" for key_id in options["key_id"]}
    outcomes = dict.fromkeys(paths, Outcome())
    if paths and (check_mode or diff or len(paths) > 1):
        outcomes = _look(client, keys_path, paths)

    def write(key_id: str) -> Outcome:
        before = outcomes[key_id].before
        return Outcome(before, "absent", changed=True) if check_mode else _delete(client, paths[key_id], before)

    due = [key_id for key_id, outcome in outcomes.items() if outcome.state != "absent"]
    for key_id in sorted(due, key=lambda key_id: is_login(outcomes[key_id].before, login_secret)):
        outcomes[key_id] = write(key_id)
        failure = outcomes[key_id].failure
        if failure and failure.stops_task:
            break
    return _finish(user_id, outcomes, login_secret, diff)


def key_from(item: t.Mapping[str, t.Any]) -> Key:
    """Read a key out of a list, leniently: of its fields only ``id`` must be there."""
    enabled = item.get("enabled")
    return Key(
        id=item["id"],
        state={True: "enabled", False: "disabled"}[enabled] if isinstance(enabled, bool) else None,
        description=clean(item.get("description")),
        created_at=clean(item.get("createdAt")),
        obfuscated_key=clean(item.get("obfuscatedKey")),
    )


def compare(key_ids: t.Iterable[str], found: t.Iterable[Key]) -> dict[str, Outcome]:
    """Tell how each key that is asked for stands before anything is written."""
    by_id = {key.id: key for key in found}
    return {
        key_id: Outcome(by_id[key_id], by_id[key_id].state) if key_id in by_id else Outcome(state="absent")
        for key_id in key_ids
    }


def is_login(key: Key | None, login_secret: str) -> bool:
    """Tell whether a key is the one that the task itself logs in with, by the characters that the server shows."""
    shown = (key.obfuscated_key or "")[-_SHOWN_CHARACTERS:] if key else ""
    return len(shown) == _SHOWN_CHARACTERS and "*" not in shown and login_secret.endswith(shown)


def _look(client: Client, keys_path: str, key_ids: t.Iterable[str]) -> dict[str, Outcome]:
    try:
        return compare(key_ids, map(key_from, client.list_all(keys_path, advice=_ADVICE)))
    except RequestError as error:
        if not _is_missing(error):
            raise
        return {key_id: Outcome(state="absent", missing=error) for key_id in key_ids}


def _delete(client: Client, path: str, before: Key | None) -> Outcome:
    try:
        client.request("DELETE", path, advice=_ADVICE)
    except RequestError as error:
        if _is_missing(error):
            # An earlier try of this request may have reached the server: then it was this task that deleted the key.
            return Outcome(before, "absent", changed=error.may_be_done, missing=error)
        return Outcome(before, before.state if before and not error.may_be_done else None, failure=error)
    return Outcome(before, "absent", changed=True)


def _is_missing(error: RequestError) -> bool:
    return isinstance(error, NotFoundError) or (error.status == 400 and error.document.code in _NO_SUCH_KEY)


def _finish(user_id: str, outcomes: t.Mapping[str, Outcome], login_secret: str, diff: bool) -> dict[str, t.Any]:
    result: dict[str, t.Any] = {
        "changed": any(outcome.changed for outcome in outcomes.values()),
        "user_id": user_id,
        "user_api_keys": [_item(key_id, outcome) for key_id, outcome in outcomes.items()],
        "warnings": _warnings(outcomes, login_secret),
    }
    for outcome in outcomes.values():
        if outcome.missing and len(outcomes) == 1:
            result.update(_not_found(outcome.missing))
    if diff:
        result["diff"] = {
            "before": {"user_api_keys": [_shown(key_id, o.before) for key_id, o in outcomes.items()]},
            "after": {
                "user_api_keys": [
                    _shown(key_id, None if o.state == "absent" else o.before) for key_id, o in outcomes.items()
                ]
            },
        }
    failures = [outcome.failure for outcome in outcomes.values() if outcome.failure]
    if failures:
        raise PartialError(failures, len(outcomes), result)
    return result


def _shown(key_id: str, key: Key | None) -> dict[str, t.Any]:
    return key._asdict() if key else {"id": key_id, "state": "absent"}


def _item(key_id: str, outcome: Outcome) -> dict[str, t.Any]:
    item = {**(outcome.before._asdict() if outcome.before else {"id": key_id}), "changed": outcome.changed}
    item["state"] = outcome.state
    if outcome.missing:
        item.update(_not_found(outcome.missing))
    if outcome.failure:
        item.update(outcome.failure.result())
    return item


def _not_found(error: RequestError) -> dict[str, t.Any]:
    return {"status_code": error.status, "error_code": error.document.code}


def _warnings(outcomes: t.Mapping[str, Outcome], login_secret: str) -> list[str]:
    warnings = []
    for key_id, outcome in outcomes.items():
        missing = outcome.missing
        code = missing and missing.document.code
        if missing and code and code not in _NO_SUCH_KEY:
            meaning = _MISSING.get(code, _SOMETHING_MISSING)
            warnings.append(f"{missing.method} {missing.url}: {missing.problem}. {meaning} No key was revoked.")
        if outcome.changed and is_login(outcome.before, login_secret):
            warnings.append(f"The key {key_id} is the one that this task logs in with. It can log in no more.")
    return list(dict.fromkeys(warnings))
