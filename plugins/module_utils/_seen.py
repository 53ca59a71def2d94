# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognizes what was seen of a credential that leaked. Nothing here sends anything.

A whole secret is reduced to its end at once. The server shows the same end, so the whole secret is never needed to find
the credential.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError

ORG_API_KEY = "org_api_key"
GLOBAL_API_KEY = "global_api_key"
USER_API_KEY = "user_api_key"
SERVICE_ACCOUNT = "service_account"
SERVICE_ACCOUNT_SECRET = "service_account_secret"  # noqa: S105 - this is a kind

_PROGRAMMATIC = (ORG_API_KEY, GLOBAL_API_KEY)
_KEYS = (*_PROGRAMMATIC, USER_API_KEY)
_ACCOUNTS = (SERVICE_ACCOUNT,)

_SHOWN_OF_SECRET = 4
"""How many characters at the end of the secret of a service account every server shows."""

_LONGEST = 4000
"""No credential is longer, in characters."""

_END_OF_KEY = r"(?P<end>[0-9a-f]{12})"
_PRIVATE_KEY = rf"[0-9a-f]{{8}}-?(?:[0-9a-f]{{4}}-?){{3}}{_END_OF_KEY}"
_CLIENT_ID = r"(?P<public>mdb_sa_id_[0-9a-f]{24})"
# It has 40 characters. A short one is the beginning of a secret, which no server shows.
_CLIENT_SECRET = r"mdb_sa_sk_[\w-]{26,}(?P<end>[\w-]{4})"  # noqa: S105 - this is a pattern
_MASK = r"*x.\u2022\u2026"
_SEPARATOR = r"\s*[:,]\s*"


class Form(t.NamedTuple):
    """A form in which somebody can have seen a credential."""

    name: str
    pattern: str
    kinds: tuple[str, ...]
    """The kinds of credentials that have this form."""
    is_secret: bool = False
    """Whether such a text holds a whole secret."""


FORMS = (
    Form("public key", r"(?P<public>[a-z]{8})", _PROGRAMMATIC),
    Form("private key", _PRIVATE_KEY, _KEYS, is_secret=True),
    Form("end of a private key", _END_OF_KEY, _KEYS),
    Form("masked private key", rf"[{_MASK}][{_MASK}-]*{_END_OF_KEY}", _KEYS),
    Form(
        "public and private key",
        rf"(?P<public>[a-z]{{8}}){_SEPARATOR}{_PRIVATE_KEY}",
        _PROGRAMMATIC,
        is_secret=True,
    ),
    Form(
        "user name and personal key",
        rf"(?P<public>[^\s:,=]+@[^\s:,=]+){_SEPARATOR}{_PRIVATE_KEY}",
        (USER_API_KEY,),
        is_secret=True,
    ),
    Form("client id", _CLIENT_ID, _ACCOUNTS),
    Form("client secret", _CLIENT_SECRET, _ACCOUNTS, is_secret=True),
    Form("masked client secret", rf"mdb_sa_sk_[{_MASK}]+(?P<end>[\w-]{{4,8}})", _ACCOUNTS),
    Form("client id and client secret", rf"{_CLIENT_ID}{_SEPARATOR}{_CLIENT_SECRET}", _ACCOUNTS, is_secret=True),
)
"""All forms that a task recognizes."""

_PATTERNS = [(form, re.compile(form.pattern, re.IGNORECASE | re.ASCII)) for form in FORMS]
_AROUND = " \t\r\n\"'`,;<>\u00a0\u200b\u200c\u200d\u2060\ufeff\u2018\u2019\u201c\u201d"
"""White space, quotes and invisible characters that come along when somebody copies a text."""
_ASSIGNMENT = re.compile(r"(?:export\s+|set\s+)?[A-Za-z_][\w.-]*[\"']?\s*[=:]\s*(.*)", re.DOTALL)

_SECRET_INSIDE = re.compile(
    r"(?<![\w-])(?:mdb_sa_sk_[\w-]{20,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-]))", re.ASCII
)
_CLIENT_ID_INSIDE = re.compile(r"mdb_sa_id_[0-9a-f]{24}")
_CONNECTION_STRING = re.compile(r"mongodb(\+srv)?://", re.IGNORECASE)
_ADVICE = tuple(
    (re.compile(pattern, re.IGNORECASE), advice)
    for pattern, advice in (
        (
            r"(bearer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*",
            "is an access token. It ends by itself within an hour; to revoke it now, use mongodb.atlas.access_token "
            "with state: absent. Then find the client secret that somebody used to get it.",
        ),
        (r"basic\s+\S+", "is the header of a login. Decode it (base64 -d), and give the decoded text."),
        (
            r"(AKIA|ASIA)[A-Z0-9]{12}|gh[opsur]_|github_pat_|glpat-|xox[a-z]-|AIza|sk[-_]|hv[sbr]\.|npm_|pypi-|-----BEGIN",
            "looks like a credential of another vendor. Revoke it there.",
        ),
        (r"mdb_sa_id_", "is a part of a client id, which is mdb_sa_id_ with 24 hexadecimal digits."),
        (
            r"mdb_sa_sk_",
            "is the beginning of a client secret, which no server shows. Give the client id, or the whole secret.",
        ),
        (
            r"[0-9a-f]{24}\Z",
            "is an id. An id is no credential. To find its key, list all keys with an info module.",
        ),
        (
            r"[0-9a-f]{8}-[0-9a-f-]*\Z",
            "is a part of a private key. The server shows only the last twelve characters: give those.",
        ),
        (r"[0-9]+\Z", "is a number, because Ansible read the text as one. Put quotes around it."),
        (
            r"[^\s@]+@[^\s@]+",
            "is an e-mail address or a user name, which is no secret. Give the end of the key, or list the keys of the "
            "user with mongodb.atlas.user_api_key_info.",
        ),
    )
)


class Seen(t.NamedTuple):
    """The part of a credential that was seen, without its secret."""

    form: str
    """The name of its form."""
    kinds: tuple[str, ...]
    """The kinds of credentials that it can be."""
    public_id: str = ""
    """The public key, the user name or the client id; empty if it was not seen."""
    end: str = ""
    """The end of the secret, as long as every server shows it; empty if it was not seen."""

    def matches(self, public_id: str, secret_end: str) -> bool | None:
        """Tell whether this was seen of a credential.

        Args:
            public_id: Its public key, user name or client id.
            secret_end: The end of its secret, as the server shows it; empty if the server shows none.

        Returns:
            None if the server does not show enough to tell.
        """
        if self.public_id and self.public_id.lower() != public_id.lower():
            return False
        if self.end and not secret_end:
            return None
        return secret_end.endswith(self.end)


def recognize(text: str) -> Seen:
    """Recognize a text, which may have quotes, white space or ``NAME=`` around it.

    Raises:
        OptionError: It is no credential that this collection knows. The message does not repeat the text.
    """
    form, match = _find(text)
    if not form or not match:
        raise OptionError(f"seen {_explain(text)} This message does not repeat the value. Nothing was sent.")
    parts = match.groupdict()
    end = parts.get("end") or ""
    # A private key is a hexadecimal number, and the server writes it in lower case.
    end = end[-_SHOWN_OF_SECRET:] if form.kinds == _ACCOUNTS else end.lower()
    return Seen(form.name, form.kinds, parts.get("public") or "", end)


def secrets_seen(value: object) -> set[str]:
    """Return the text for Ansible to mask, unless it has only parts that are no secret.

    Ansible would mask a public key or a client id in every row of the result, too.

    Args:
        value: The option as Ansible read it, which need not be a text; None if the task does not have it.
    """
    text = "" if value is None else str(value)
    form, _match = _find(text)
    return {text} if text.strip() and (form is None or form.is_secret) else set()


def _find(text: str) -> tuple[Form | None, re.Match[str] | None]:
    """Find the form that a text has as a whole, or the part after ``NAME=``, or the only secret in a longer text."""
    for part in [*_parts(text), *_inside(text)]:
        for form, pattern in _PATTERNS:
            match = pattern.fullmatch(part)
            if match:
                return form, match
    return None, None


def _parts(text: str) -> list[str]:
    """Return the texts that can be a credential: the whole text, and the part after ``NAME=``."""
    if len(text) > _LONGEST or _CONNECTION_STRING.search(text):
        return []
    whole = text.strip(_AROUND)
    assignment = _ASSIGNMENT.fullmatch(whole)
    return [whole, assignment[1].strip(_AROUND)] if assignment else [whole]


def _inside(text: str) -> list[str]:
    """Return the only whole secret in a text such as a command or a file, with the client id if there is one."""
    if len(text) > _LONGEST or _CONNECTION_STRING.search(text):
        return []
    secrets, client_ids = set(_SECRET_INSIDE.findall(text)), set(_CLIENT_ID_INSIDE.findall(text))
    if len(secrets) != 1:
        return []
    (secret,) = secrets
    is_of_account = secret.startswith("mdb_sa_sk_") and len(client_ids) == 1
    return [f"{client_ids.pop()}:{secret}" if is_of_account else secret]


def _explain(text: str) -> str:
    """Say what a text is that is no credential of the API, and what to do about it."""
    if _CONNECTION_STRING.search(text):
        return "is the connection string of a database. Its password belongs to a database user: change it there."
    for part in _parts(text):
        if not part:
            return "is empty."
        for pattern, advice in _ADVICE:
            if pattern.match(part):
                return advice
    return f"is in no form that the task recognizes. The task recognizes: {', '.join(form.name for form in FORMS)}."
