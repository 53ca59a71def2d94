# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describes credentials of every kind as rows, and gives each row flags and a severity. Nothing here sends anything.

A value that is not known is one of three: None is known to be nothing, ``n/a`` cannot be, and ``unknown`` could not be
read.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import parse_block
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import seconds_of
from ansible_collections.mongodb.atlas.plugins.module_utils._seen import (
    GLOBAL_API_KEY,
    ORG_API_KEY,
    SERVICE_ACCOUNT,
    SERVICE_ACCOUNT_SECRET,
    USER_API_KEY,
)

KINDS = (ORG_API_KEY, GLOBAL_API_KEY, SERVICE_ACCOUNT, USER_API_KEY)
"""The kinds that a task can ask for. The secrets of a service account come with it."""

NOT_APPLICABLE = "n/a"
UNKNOWN = "unknown"

SEVERITIES = ("critical", "high", "medium", "low", "info")
"""From the worst to the most harmless."""

_DAY = 86400
_NEW_DAYS = 7
"""A credential that is not older can be unused without a finding."""

_OWNERS = ("GLOBAL_OWNER", "ORG_OWNER", "GROUP_OWNER")
_LITTLE = ("_READ_ONLY", "_MEMBER")
"""The ends of the names of roles that can do less than all others, the stronger one first."""
_SCOPES = ("GLOBAL_", "ORG_", "GROUP_")

Network = t.Union[IPv4Network, IPv6Network]


class Thresholds(t.NamedTuple):
    """The limits beyond which a credential gets a flag."""

    max_age: float = 90
    """The highest age, in days."""
    max_idle: float = 45
    """The longest time without use, in days."""
    expires_within: float = 14
    """A secret that ends sooner gets a flag, in days."""
    wide_prefix: int = 16
    """The shortest prefix of an IPv4 block that is not wide; of an IPv6 block it is twice as long."""


class Organization(t.NamedTuple):
    """The organization of a credential."""

    id: str
    name: str
    access_list_required: bool | str = UNKNOWN
    """Whether it demands an access list of each key and account."""


class Credential(t.NamedTuple):
    """One credential with everything that could be read, or a part that could not be read."""

    kind: str
    organization: Organization | None
    id: str | None = None
    public_id: str | None = None
    """The public key, the user name or the client id."""
    name: str | None = None
    created_at: str = UNKNOWN
    roles: t.Sequence[str] = ()
    projects: t.Sequence[t.Mapping[str, t.Any]] | str = NOT_APPLICABLE
    access_list: t.Sequence[t.Mapping[str, t.Any]] | str = NOT_APPLICABLE
    list_failed: bool = False
    """Whether the task tried to read the access list in vain."""
    last_used_at: str | None = NOT_APPLICABLE
    expires_at: str | None = NOT_APPLICABLE
    secret_id: str | None = NOT_APPLICABLE
    secret_end: str = ""
    """The end of the secret, as long as the server shows it; empty if it shows none."""
    secret_expiries: t.Sequence[str | None] = ()
    """When the secrets of a service account expire."""
    own_login: bool | str = False
    is_unfinished: bool = False
    is_replaced: bool = False
    is_of_system: bool = False
    is_disabled: bool = False
    matches: bool | str | None = None
    """Whether this is the credential that was seen; None if the task looks for none."""
    error: str | None = None


class Row(t.NamedTuple):
    """A credential as the module returns it."""

    kind: str
    id: str | None
    public_id: str | None
    name: str | None
    organization_id: str | None
    organization: str | None
    created_at: str
    age_days: int | str
    roles: list[str]
    projects: t.Sequence[t.Mapping[str, t.Any]] | str
    highest_role: str | None
    access_list: t.Sequence[t.Mapping[str, t.Any]] | str
    open_to: list[str] | str
    last_used_at: str | None
    expires_at: str | None
    secret_id: str | None
    secret_end: str | None
    own_login: bool | str
    matches: bool | str | None
    flags: list[str]
    severity: str | None
    error: str | None


class Context(t.NamedTuple):
    """Everything besides the credential itself that decides about its flags."""

    thresholds: Thresholds
    now: float | None
    """The time by the clock of the server, in seconds since 1970; None if the server does not tell it."""
    names: t.Mapping[tuple[t.Any, ...], int] = {}
    """How many credentials of each kind and organization have each name."""


class Flag(t.NamedTuple):
    """One flag: its severity, and the rule that tells whether a credential gets it."""

    severity: str
    applies: t.Callable[[Credential, Context], bool]


def rows(credentials: t.Sequence[Credential], thresholds: Thresholds, now: float | None) -> list[Row]:
    """Describe credentials.

    Args:
        credentials: All credentials that were read, and the parts that could not be read.
        thresholds: The limits of the flags.
        now: The time by the clock of the server, in seconds since 1970; None if nobody knows.
    """
    names = Counter(_name_of(each) for each in credentials if each.name)
    context = Context(thresholds, now, names)
    return [row_of(each, context) for each in credentials]


def row_of(credential: Credential, context: Context) -> Row:
    """Describe one credential."""
    flags = flags_of(credential, context)
    found = {FLAGS[name].severity for name in flags}
    organization = credential.organization
    age = _days_since(credential.created_at, context)
    return Row(
        kind=credential.kind,
        id=credential.id,
        public_id=credential.public_id,
        name=credential.name,
        organization_id=organization.id if organization else None,
        organization=(organization.name or None) if organization else None,
        created_at=credential.created_at,
        age_days=UNKNOWN if age is None else int(age),
        roles=list(credential.roles),
        projects=credential.projects,
        highest_role=highest_role(credential),
        access_list=credential.access_list,
        open_to=open_to(credential),
        last_used_at=credential.last_used_at,
        expires_at=credential.expires_at,
        secret_id=credential.secret_id,
        secret_end=credential.secret_end[-4:] or (UNKNOWN if _has_secret(credential) else None),
        own_login=credential.own_login,
        matches=credential.matches,
        flags=flags,
        severity=next((severity for severity in SEVERITIES if severity in found), None),
        error=credential.error,
    )


def flags_of(credential: Credential, context: Context) -> list[str]:
    """Return the names of the flags that a credential gets, the worst first."""
    if credential.id is None:
        return []
    names = FLAGS if credential.kind != SERVICE_ACCOUNT_SECRET else OF_SECRETS
    return [name for name in names if FLAGS[name].applies(credential, context)]


def highest_role(credential: Credential) -> str | None:
    """Return the role that lets a credential do the most; None if it has none."""
    highest = min(_all_roles(credential), key=_rank, default=None)
    # A role in a project can be higher than all others but these.
    is_certain = credential.projects != UNKNOWN or highest in ("GLOBAL_OWNER", "ORG_OWNER")
    return highest if is_certain else UNKNOWN


def open_to(credential: Credential) -> list[str] | str:
    """Return the blocks of addresses from which a credential can be used, as few as possible."""
    if isinstance(credential.access_list, str):
        return credential.access_list
    if _unread_entries(credential):
        return UNKNOWN
    if credential.access_list or credential.kind == GLOBAL_API_KEY:
        return [str(block) for block in _union(credential.access_list)]
    required = credential.organization.access_list_required if credential.organization else UNKNOWN
    if isinstance(required, str):
        return required
    return [] if required else ["0.0.0.0/0", "::/0"]


def worse_or_equal(severity: str | None, limit: str) -> bool:
    """Tell whether a severity is at least as bad as a limit."""
    return severity is not None and SEVERITIES.index(severity) <= SEVERITIES.index(limit)


def _has_secret(credential: Credential) -> bool:
    """Tell whether a credential has a secret of its own. Those of a service account are credentials, too."""
    return credential.id is not None and credential.kind != SERVICE_ACCOUNT


def _all_roles(credential: Credential) -> set[str]:
    projects = [] if isinstance(credential.projects, str) else credential.projects
    return {*credential.roles, *(role for project in projects for role in project["roles"])}


def _rank(role: str) -> tuple[int, int, int, str]:
    """Return the place of a role in the order from the one that can do the most."""
    owner = _OWNERS.index(role) if role in _OWNERS else len(_OWNERS)
    little = next((1 + place for place, end in enumerate(_LITTLE) if role.endswith(end)), 0)
    scope = next((place for place, start in enumerate(_SCOPES) if role.startswith(start)), len(_SCOPES))
    return owner, little, scope, role


def _union(entries: t.Iterable[t.Mapping[str, t.Any]]) -> list[Network]:
    blocks = [block for block in (parse_block(entry["id"]) for entry in entries) if block]
    fours: list[Network] = list(collapse_addresses(each for each in blocks if isinstance(each, IPv4Network)))
    sixes: list[Network] = list(collapse_addresses(each for each in blocks if isinstance(each, IPv6Network)))
    return fours + sixes


def _unread_entries(credential: Credential) -> list[str]:
    """Return the entries of the access list that are no blocks of addresses."""
    entries = [] if isinstance(credential.access_list, str) else credential.access_list
    return [entry["id"] for entry in entries if parse_block(entry["id"]) is None]


def _blocks(credential: Credential) -> list[Network]:
    return [] if isinstance(credential.access_list, str) else _union(credential.access_list)


def _name_of(credential: Credential) -> tuple[t.Any, ...]:
    # The keys of one user must differ, not those of several users.
    owner = credential.public_id if credential.kind == USER_API_KEY else credential.organization
    return credential.kind, owner, credential.name


def _days_since(timestamp: str | None, context: Context) -> float | None:
    """Return how many days ago a time was; None if nobody knows."""
    seconds = seconds_of(timestamp)
    return None if seconds is None or context.now is None else (context.now - seconds) / _DAY


def _is_older(timestamp: str | None, days: float, context: Context) -> bool:
    since = _days_since(timestamp, context)
    return since is not None and since > days


def _has_expired(timestamp: str | None, context: Context) -> bool:
    since = _days_since(timestamp, context)
    return since is not None and since >= 0


def _is_open(credential: Credential, _context: Context) -> bool:
    return any(block.prefixlen == 0 for block in _blocks(credential))


def _is_wide(credential: Credential, context: Context) -> bool:
    shortest = {4: context.thresholds.wide_prefix, 6: 2 * context.thresholds.wide_prefix}
    return any(0 < block.prefixlen < shortest[block.version] for block in _blocks(credential))


def _list_is_unknown(credential: Credential, _context: Context) -> bool:
    return credential.list_failed or bool(_unread_entries(credential))


def _has_no_list(credential: Credential, _context: Context) -> bool:
    demands_none = credential.organization is not None and credential.organization.access_list_required is False
    is_empty = not isinstance(credential.access_list, str) and not credential.access_list
    return is_empty and demands_none and credential.kind != GLOBAL_API_KEY


def _has_role(role: str) -> t.Callable[[Credential, Context], bool]:
    return lambda credential, _context: role in _all_roles(credential)


def _all_expired(credential: Credential, context: Context) -> bool:
    expiries = credential.secret_expiries
    return bool(expiries) and all(_has_expired(each, context) for each in expiries)


def _is_old(credential: Credential, context: Context) -> bool:
    # The secrets of an account are replaced, and the account stays.
    is_account = credential.kind == SERVICE_ACCOUNT
    return not is_account and _is_older(credential.created_at, context.thresholds.max_age, context)


def _is_unused(credential: Credential, context: Context) -> bool:
    return _is_older(credential.last_used_at, context.thresholds.max_idle, context)


def _is_never_used(credential: Credential, context: Context) -> bool:
    return credential.last_used_at is None and _is_older(credential.created_at, _NEW_DAYS, context)


def _expires_soon(credential: Credential, context: Context) -> bool:
    since = _days_since(credential.expires_at, context)
    return since is not None and -context.thresholds.expires_within <= since < 0


def _is_orphan(credential: Credential, _context: Context) -> bool:
    is_in_no_project = not isinstance(credential.projects, str) and not credential.projects
    return is_in_no_project and set(credential.roles) <= {"ORG_MEMBER"}


def _shares_name(credential: Credential, context: Context) -> bool:
    return context.names.get(_name_of(credential), 0) > 1


FLAGS: dict[str, Flag] = {
    "OPEN": Flag("critical", _is_open),
    "NO_ACCESS_LIST": Flag("high", _has_no_list),
    "ORG_OWNER": Flag("high", _has_role("ORG_OWNER")),
    "GLOBAL_OWNER": Flag("high", _has_role("GLOBAL_OWNER")),
    "ALL_SECRETS_EXPIRED": Flag("high", _all_expired),
    "PROJECT_OWNER": Flag("medium", _has_role("GROUP_OWNER")),
    "WIDE": Flag("medium", _is_wide),
    "OLD": Flag("medium", _is_old),
    "UNUSED": Flag("medium", _is_unused),
    "NEVER_USED": Flag("medium", _is_never_used),
    "SECRET_EXPIRING": Flag("medium", _expires_soon),
    "LIST_UNKNOWN": Flag("medium", _list_is_unknown),
    "SECRET_EXPIRED": Flag("low", lambda credential, context: _has_expired(credential.expires_at, context)),
    "ORPHAN": Flag("low", _is_orphan),
    "UNFINISHED": Flag("low", lambda credential, _context: credential.is_unfinished),
    "REPLACED": Flag("low", lambda credential, _context: credential.is_replaced),
    "SAME_DESCRIPTION": Flag("low", _shares_name),
    "SYSTEM_MANAGED": Flag("info", lambda credential, _context: credential.is_of_system),
    "OWN_LOGIN": Flag("info", lambda credential, _context: credential.own_login is True),
    "DISABLED": Flag("info", lambda credential, _context: credential.is_disabled),
}
"""The flags, from the worst to the most harmless."""

OF_SECRETS = ("OLD", "UNUSED", "NEVER_USED", "SECRET_EXPIRING", "SECRET_EXPIRED", "OWN_LOGIN")
"""The flags of a secret of a service account. All others are on the row of the account."""
