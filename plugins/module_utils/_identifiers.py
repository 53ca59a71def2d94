# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognizes ids, public keys and secrets by their form.

If the module sent a text that is not an id, the server would truthfully answer that no such object exists, and the
module would believe it. So the module never sends such a text.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import path_segment

_ID = re.compile(r"[0-9a-fA-F]{24}")
_ID_IN_TEXT = re.compile(r"(?<![0-9a-zA-Z])(?:mdb_sa_id_)?[0-9a-fA-F]{24}(?![0-9a-zA-Z])")
# A key is a UUID; the hyphens are lost easily. The secret of a service account has a prefix.
_SECRET = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|mdb_sa_sk_[\w-]*", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?(e[+-]?\d+)?|inf|nan)", re.ASCII | re.IGNORECASE)
_PUBLIC_KEY = re.compile(r"[a-z]{8}")
_KEY_NAME = re.compile(f"{_ID.pattern}|{_PUBLIC_KEY.pattern}")
_CLIENT_ID = re.compile(r"mdb_sa_id_[0-9a-f]*", re.IGNORECASE)
_ACCOUNT_ID = re.compile(r"mdb_sa_id_[0-9a-f]{24}", re.IGNORECASE)
_CLIENT_SECRET = re.compile(r"mdb_sa_sk_[\w-]*", re.IGNORECASE)
_FORMS = {
    "client_id": (_CLIENT_ID, "the id of a service account"),
    "client_secret": (_CLIENT_SECRET, "the secret of a service account"),
    "public_key": (_PUBLIC_KEY, "a public key (eight lower-case letters)"),
    "private_key": (_SECRET, "a private key"),
}
"""The forms of credentials, and the options that they belong in."""

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_QUOTES = ('""', "''", "``", "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\u00ab\u00bb")

_RULE = "An id has 24 hexadecimal digits. Nothing was sent."
_KEY_RULE = (
    "Name a key by its id, which has 24 hexadecimal digits, or by its public key, which has eight lower-case letters. "
    "Nothing was sent."
)
_ACCOUNT_RULE = (
    "Name a service account by its client id, which is mdb_sa_id_ with 24 hexadecimal digits. Nothing was sent."
)
_NOT_REPEATED = "This message does not repeat the value."
_COPY_AGAIN = "Copy it again, without anything around it. Nothing was sent."


def object_id(option: str, value: str) -> str:
    """Check one id.

    Returns:
        The id in lower case; capitals make no difference.

    Raises:
        OptionError: The text is not an id. The message names the option, and says what the text looks like and what
            to write instead. It does not repeat the text, which may be a secret.
    """
    (only,) = object_ids(option, [value])
    return only


def object_ids(option: str, values: t.Sequence[str], *, listed_by: str = "") -> list[str]:
    """Check a list of ids.

    Args:
        option: The name of the option.
        values: The texts.
        listed_by: The module that lists the ids, for the message about a secret.

    Returns:
        The ids in lower case, without duplicates, in their order.

    Raises:
        OptionError: As for :func:`object_id`; one item that is not an id is enough.
    """
    return _checked(option, values, _ID, _RULE, listed_by)


def account_id(option: str, value: str) -> str:
    """Check the id of a service account, which is its client id.

    Returns:
        The id in lower case.

    Raises:
        OptionError: As for :func:`object_id`.
    """
    (only,) = account_ids(option, [value])
    return only


def key_names(option: str, values: t.Sequence[str], *, listed_by: str) -> list[str]:
    """Check a list in which each item names a programmatic key: by its id or by its public key.

    Returns:
        The ids in lower case and the public keys, without duplicates, in their order.

    Raises:
        OptionError: As for :func:`object_ids`; but a public key is accepted.
    """
    return _checked(option, values, _KEY_NAME, _KEY_RULE, listed_by)


def account_ids(option: str, values: t.Sequence[str]) -> list[str]:
    """Check a list of client ids, which name service accounts.

    Returns:
        The client ids in lower case, without duplicates, in their order.

    Raises:
        OptionError: As for :func:`object_ids`.
    """
    return _checked(option, values, _ACCOUNT_ID, _ACCOUNT_RULE, "")


def is_object_id(text: str) -> bool:
    """Tell whether a text has the form of an id."""
    return bool(_ID.fullmatch(text))


def is_public_key(name: str) -> bool:
    """Tell whether a text has the form of a public key, which is no form of an id."""
    return bool(_PUBLIC_KEY.fullmatch(name))


def _checked(option: str, values: t.Sequence[str], form: re.Pattern[str], rule: str, listed_by: str) -> list[str]:
    for number, value in enumerate(values, 1):
        if not form.fullmatch(value):
            where = f"{option}, item {number} of {len(values)}," if len(values) > 1 else option
            raise OptionError(f"{where} {_explain(option, value, values, listed_by)} {rule}")
    return list(dict.fromkeys(value.lower() for value in values))


def secrets_in(value: object) -> set[str]:
    """Return every text in a value that looks like a private key or the secret of a service account.

    Args:
        value: Text, or lists and dictionaries of any depth.
    """
    if isinstance(value, str):
        return set(_SECRET.findall(value))
    if isinstance(value, dict):
        return {secret for pair in value.items() for part in pair for secret in secrets_in(part)}
    if isinstance(value, (list, tuple)):
        return {secret for item in value for secret in secrets_in(item)}
    return set()


def refuse_secret(option: str, text: str) -> None:
    """Refuse a description or a name that holds a secret.

    Raises:
        OptionError: It does. The message does not repeat it.
    """
    if secrets_in(text):
        raise OptionError(f"{option} holds a secret. {_NOT_REPEATED} Nothing was sent.")


def name_segment(option: str, value: str) -> str:
    """Check a name, which can be nearly any text, and encode it as one segment of a path.

    Raises:
        OptionError: The name is empty, ``.`` or ``..``, which would change the path; it begins or ends with white
            space, as if cut out of a list; it is a secret; or it is not Unicode text. The message does not repeat it.
    """
    if _SECRET.fullmatch(value.strip()):
        raise OptionError(f"{option} looks like a private key, which is a secret. {_NOT_REPEATED} Nothing was sent.")
    if not value.strip():
        raise OptionError(f"{option} must not be empty. Nothing was sent.")
    if value != value.strip():  # the server would truthfully answer that no such name exists
        raise OptionError(f"{option} must not begin or end with white space. Nothing was sent.")
    if value in (".", ".."):
        raise OptionError(f"{option} must not be {value!r}. Nothing was sent.")
    if not is_text(value):
        raise OptionError(f"{option} is not valid Unicode text. Nothing was sent.")
    return path_segment(value)


def is_text(value: str) -> bool:
    """Tell whether a value can be encoded. A value with bytes that Python could not decode cannot be encoded."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_login(credentials: t.Mapping[str, str]) -> None:
    """Check that each credential is in the right option and has nothing around it.

    Args:
        credentials: The values of the options of one kind of login.

    Raises:
        OptionError: A credential is in the wrong option, or has something around it. The message repeats no value.
    """
    for option, value in credentials.items():
        if value != value.strip() or any(character in value for character in _ZERO_WIDTH):
            raise OptionError(f"{option} has white space around it, or an invisible character in it. {_COPY_AGAIN}")
        if value[:1] + value[-1:] in _QUOTES:
            raise OptionError(f"{option} has quotes around it. {_COPY_AGAIN}")
        _check_form(option, value, list(credentials))


def _check_form(option: str, value: str, kind: t.Sequence[str]) -> None:
    """Check that a value does not have the form of another credential.

    Args:
        option: The option.
        value: Its value.
        kind: The options of this kind of login.
    """
    for right, (form, what) in _FORMS.items():
        if not form.fullmatch(value):
            continue
        if right == option:
            return
        if right in kind:
            advice = f"looks like {what}. Are {kind[0]} and {kind[1]} swapped? {_NOT_REPEATED}"
        else:
            advice = f"is {what}. Use the option {right} for it."
        raise OptionError(f"{option} {advice} Nothing was sent.")


def _explain(option: str, value: str, values: t.Sequence[str], listed_by: str) -> str:
    """Say what a text that is not an id looks like, and what to write instead."""
    text = value.strip()
    ids = _ID_IN_TEXT.findall(" ".join(values))
    look_up = f" Give the id, which mongodb.atlas.{listed_by} lists." if listed_by else ""
    if secrets_in(value):
        what = "the secret of a service account" if _CLIENT_SECRET.search(value) else "a key itself, which is a secret"
        return f"holds {what}. {_NOT_REPEATED}{look_up}"
    if not text:
        return "is empty."
    if text.startswith("__omit_place_holder__"):
        return "is omitted. To leave an item out of a list, write [first, second | default('')] | select."
    if text.startswith("{{"):
        return "is a template that Ansible did not evaluate."
    if text.startswith("{"):
        return "is an object instead of an id. Write for example \"{{ keys | map(attribute='id') }}\"."
    if text.startswith("[") or len(_ID_IN_TEXT.findall(text)) > 1:
        replacement = f"{option}: [{', '.join(ids)}]" if ids else f"{option} as a list in YAML"
        return f"is a list or several ids in one text. Write {replacement}."
    if "://" in text:
        return "is a URL. Write the id alone, which is a part of it."
    if "@" in text:
        return "is an email address." + (" Use user_name." if option == "user_id" else "")
    if _NUMBER.fullmatch(text):
        return "is a number, because Ansible read the id as one. Put quotes around the id where you define it."
    if "*" in text or re.fullmatch("[0-9a-fA-F]{12}", text):
        return f"is a masked key, or the end of one.{look_up}"
    if _PUBLIC_KEY.fullmatch(text):
        return "is a public key."
    if _ID.fullmatch(value):
        return "is the id of another object."
    if _ACCOUNT_ID.fullmatch(value):
        return "is the client id of a service account."
    if _CLIENT_ID.fullmatch(text) and not _ACCOUNT_ID.fullmatch(text):
        return f"has {len(text) - len('mdb_sa_id_')} digits after mdb_sa_id_."
    if _ID_IN_TEXT.fullmatch(text.strip("".join(_QUOTES) + _ZERO_WIDTH)):
        return f"has something around the id. Write {ids[0]} alone."
    if re.fullmatch("[0-9a-fA-F]+", text):
        return f"has {len(text)} digits."
    return "is not an id."
