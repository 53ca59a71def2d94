# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the keys and accounts that a server lists into credentials. Nothing here sends anything."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest, Login
from ansible_collections.mongodb.atlas.plugins.module_utils._credentials import (
    NOT_APPLICABLE,
    UNKNOWN,
    Credential,
    Organization,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import AtlasError
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import successor, tag_of
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import is_login
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import (
    project_roles,
    roles_outside_projects,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import seconds_of, shown_end
from ansible_collections.mongodb.atlas.plugins.module_utils._seen import (
    GLOBAL_API_KEY,
    ORG_API_KEY,
    SERVICE_ACCOUNT,
    SERVICE_ACCOUNT_SECRET,
    USER_API_KEY,
    Seen,
)

Entries = t.Union[list[dict[str, t.Any]], AtlasError]
"""The entries of a list that belongs to a credential, or the reason why the task could not read it."""


class Questions(t.NamedTuple):
    """What a task asks about each credential besides its fields."""

    login: Login
    """Does the task log in with it?"""
    seen: Seen | None = None
    """Was this seen of it? None if the task does not ask."""


def programmatic_key(questions: Questions, organization: Organization | None, item: Item) -> Credential:
    """Describe a key of an organization, or a global key if there is no organization."""
    login = questions.login
    is_own = is_login(item.id, item, login) or (isinstance(login, Digest) and login.username == item.public_id)
    return Credential(
        ORG_API_KEY if organization else GLOBAL_API_KEY,
        organization,
        item.id,
        item.public_id,
        item.fields["description"] or None,
        created_at=item.fields["created_at"] or UNKNOWN,
        roles=item.fields["roles"],
        projects=item.fields["projects"] if organization else NOT_APPLICABLE,
        access_list=UNKNOWN,
        last_used_at=UNKNOWN,
        secret_end=item.secret_end,
        own_login=is_own,
        is_unfinished=tag_of(item.name) is not None,
        is_replaced=bool(successor(item)),
        **_match(questions.seen, item.public_id, item.secret_end),
    )


def personal_key(
    questions: Questions, organization: Organization, user: t.Mapping[str, t.Any], user_name: str | None, item: Item
) -> Credential:
    """Describe a personal key, which has all roles of its user, in every organization.

    Args:
        questions: What the task asks about it.
        organization: The organization in which the task has found the user.
        user: The user as the server describes it.
        user_name: The name of the user.
        item: The key.
    """
    login = questions.login
    is_own: bool | str = is_login(item.id, item, login)
    if not item.secret_end and isinstance(login, Digest) and login.username == user_name:
        is_own = UNKNOWN
    return Credential(
        USER_API_KEY,
        organization,
        item.id,
        user_name,
        item.fields["description"] or None,
        created_at=item.fields["created_at"] or UNKNOWN,
        roles=roles_outside_projects(user),
        projects=project_roles(user),
        access_list=UNKNOWN,
        last_used_at=UNKNOWN,
        secret_end=item.secret_end,
        own_login=is_own,
        is_disabled=item.state == "disabled",
        **_match(questions.seen, user_name or "", item.secret_end),
    )


def service_account(
    questions: Questions, organization: Organization, item: Item, *, is_of_system: bool
) -> tuple[Credential, list[Credential]]:
    """Describe a service account and its secrets, each of which is a credential of its own.

    A client id alone means the account. Everything that has a part of a secret means one of its secrets.
    """
    login, seen = questions
    is_own: bool | str = UNKNOWN if login.account_id is None else item.id == login.account_id
    account = Credential(
        SERVICE_ACCOUNT,
        organization,
        item.id,
        item.id,
        item.fields["name"] or None,
        created_at=item.fields["created_at"] or UNKNOWN,
        roles=item.fields["roles"],
        projects=UNKNOWN,
        access_list=UNKNOWN,
        secret_expiries=[secret["expires_at"] for secret in item.fields["secrets"]],
        own_login=is_own,
        is_unfinished=tag_of(item.name) is not None,
        is_of_system=is_of_system,
        **({"matches": False} if seen and seen.end else _match(seen, item.id, "")),
    )
    secrets = []
    for secret in item.fields["secrets"]:
        end = shown_end(secret["masked_secret"])
        secrets.append(
            account._replace(
                kind=SERVICE_ACCOUNT_SECRET,
                created_at=secret["created_at"] or UNKNOWN,
                last_used_at=secret["last_used_at"],
                # A secret always ends, also if the server does not tell when.
                expires_at=secret["expires_at"] or UNKNOWN,
                secret_id=secret["id"] or UNKNOWN,
                secret_end=end,
                secret_expiries=(),
                own_login=is_own if is_own is not True else login.owns(end) if end else UNKNOWN,
                is_unfinished=False,
                is_of_system=False,
                **({"matches": False} if seen and not seen.end else _match(seen, item.id, end)),
            )
        )
    return account, secrets


def with_list(credential: Credential, entries: Entries) -> Credential:
    """Complete a credential by its access list, or by the reason why nobody can read that list."""
    if isinstance(entries, AtlasError):
        return credential._replace(list_failed=True, error=credential.error or str(entries))
    # Nothing but the entries tells when a key was last used, and each takes its part with it when it is removed.
    is_told = credential.kind == ORG_API_KEY and entries
    return credential._replace(
        access_list=entries, last_used_at=_last_use(entries) if is_told else credential.last_used_at
    )


def with_projects(account: Credential, projects: Entries) -> Credential:
    """Complete a service account by its projects, or by the reason why nobody can read them."""
    if isinstance(projects, AtlasError):
        return account._replace(error=account.error or str(projects))
    return account._replace(projects=projects)


def _last_use(entries: t.Iterable[t.Mapping[str, t.Any]]) -> str | None:
    used = [each["last_used"] for each in entries if each["last_used"]]
    return max(used, key=lambda time: seconds_of(time) or 0, default=None)


def _match(seen: Seen | None, public_id: str, secret_end: str) -> dict[str, t.Any]:
    """Tell whether a credential was seen, as fields of the credential."""
    if seen is None:
        return {}
    matches = seen.matches(public_id, secret_end)
    if matches is None:
        error = "The server does not show the end of the secret, so the task cannot tell whether it was seen."
        return {"matches": UNKNOWN, "error": error}
    return {"matches": matches}
