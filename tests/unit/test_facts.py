# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task knows of a key or an account that a server lists, and what it does not know."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._credentials import UNKNOWN, Credential, Organization
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import MissingError
from ansible_collections.mongodb.atlas.plugins.module_utils._facts import (
    Questions,
    personal_key,
    programmatic_key,
    service_account,
    with_list,
    with_projects,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import ServiceAccount, Token
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import ApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import ServiceAccounts
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import UserApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._seen import recognize

from tests.emulator.sample import OWNER_ACCOUNT, PROJECT_ACCOUNT, SPARE_KEY

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Login

HERE = Organization("5e2b0f6a9ccf64c8a1d0e311", "Example", access_list_required=False)
PROJECT = "5e2b10049ccf64c8a1d0e321"
KEY = {
    "id": SPARE_KEY.id,
    "publicKey": SPARE_KEY.public_key,
    "privateKey": SPARE_KEY.redacted,
    "desc": "backup",
    "roles": [{"orgId": HERE.id, "roleName": "ORG_MEMBER"}, {"groupId": PROJECT, "roleName": "GROUP_OWNER"}],
}
PERSONAL = {"id": "5d1a4f6b9ccf64b7c8d90b21", "obfuscatedKey": SPARE_KEY.redacted, "enabled": True}
USER: dict[str, t.Any] = {
    "id": "5d1a4f2e9ccf64b7c8d90a11",
    "roles": [
        {"orgId": HERE.id, "roleName": "ORG_MEMBER"},
        {"orgId": "5e2b0f6a9ccf64c8a1d0e312", "roleName": "ORG_OWNER"},
        {"roleName": "GLOBAL_READ_ONLY"},
        {"groupId": PROJECT, "roleName": "GROUP_OWNER"},
    ],
}
SECRET = {
    "id": "5e2b17a09ccf64b7c8d91053",
    "createdAt": "2020-01-24T16:13:20Z",
    "expiresAt": "2020-02-10T05:44:08Z",
    "lastUsedAt": None,
    "maskedSecretValue": PROJECT_ACCOUNT.login.masked,
}
ACCOUNT = {
    "clientId": PROJECT_ACCOUNT.id,
    "name": "ci",
    "createdAt": "2020-01-24T16:10:00Z",
    "roles": ["ORG_MEMBER"],
    "secrets": [SECRET],
}
Document = t.Mapping[str, t.Any]
NOBODY = Digest("nobody", "nothing")
AS_KEY = Digest(SPARE_KEY.public_key, SPARE_KEY.private_key)
AS_ACCOUNT = ServiceAccount(PROJECT_ACCOUNT.id, PROJECT_ACCOUNT.login.value)


def key_of(document: Document | None = None, login: Login = NOBODY, seen: str | None = None) -> Credential:
    return programmatic_key(asked(login, seen), HERE, ApiKeys(HERE.id).read(KEY if document is None else document))


def account_of(document: Document | None = None, login: Login = NOBODY, seen: str | None = None) -> list[Credential]:
    item = ServiceAccounts(HERE.id).read(ACCOUNT if document is None else document)
    account, secrets = service_account(asked(login, seen), HERE, item, is_of_system=False)
    return [account, *secrets]


def personal_key_of(document: Document | None = None, login: Login = NOBODY, seen: str | None = None) -> Credential:
    item = UserApiKeys(USER["id"]).read(PERSONAL if document is None else document)
    return personal_key(asked(login, seen), HERE, USER, "jane@example.com", item)


def asked(login: Login, seen: str | None) -> Questions:
    return Questions(login, recognize(seen) if seen else None)


def without(document: t.Mapping[str, t.Any], *names: str) -> dict[str, t.Any]:
    return {name: value for name, value in document.items() if name not in names}


def test_a_key_has_the_roles_of_its_organization_and_those_in_projects() -> None:
    key = key_of()
    assert (key.kind, key.roles, key.projects) == (
        "org_api_key",
        ["ORG_MEMBER"],
        [{"project_id": PROJECT, "roles": ["GROUP_OWNER"]}],
    )
    item = ApiKeys(None).read({**KEY, "roles": [{"roleName": "GLOBAL_OWNER"}]})
    key = programmatic_key(asked(NOBODY, None), None, item)
    assert (key.kind, key.organization, key.roles, key.projects) == ("global_api_key", None, ["GLOBAL_OWNER"], "n/a")


def test_a_personal_key_has_all_roles_of_its_user_in_every_organization() -> None:
    key = personal_key_of()
    assert (key.public_id, key.roles) == ("jane@example.com", ["ORG_MEMBER", "ORG_OWNER", "GLOBAL_READ_ONLY"])
    assert key.projects == [{"project_id": PROJECT, "roles": ["GROUP_OWNER"]}]


@pytest.mark.parametrize(
    ("login", "document", "is_own"),
    [
        (AS_KEY, KEY, True),
        (AS_KEY, without(KEY, "privateKey"), True),
        (Digest("rdxvlmpa", SPARE_KEY.private_key), KEY, True),
        (NOBODY, KEY, False),
        (AS_ACCOUNT, KEY, False),
        (Token("eyJhbGciOi"), KEY, False),
    ],
)
def test_the_login_is_told_by_its_public_key_and_by_the_end_of_its_private_key(
    login: Login, document: dict[str, t.Any], is_own: bool
) -> None:
    assert key_of(document, login).own_login is is_own


@pytest.mark.parametrize(
    ("login", "document", "is_own"),
    [
        (Digest("jane@example.com", SPARE_KEY.private_key), PERSONAL, True),
        (Digest("jane@example.com", "another"), PERSONAL, False),
        (Digest("jane@example.com", SPARE_KEY.private_key), without(PERSONAL, "obfuscatedKey"), UNKNOWN),
        (NOBODY, without(PERSONAL, "obfuscatedKey"), False),
    ],
)
def test_the_login_with_a_personal_key(login: Login, document: dict[str, t.Any], is_own: bool | str) -> None:
    assert personal_key_of(document, login).own_login is is_own


@pytest.mark.parametrize(
    ("login", "document", "is_own"),
    [
        (AS_ACCOUNT, ACCOUNT, [True, True]),
        (ServiceAccount(PROJECT_ACCOUNT.id, PROJECT_ACCOUNT.expired.value), ACCOUNT, [True, False]),
        (AS_ACCOUNT, {**ACCOUNT, "secrets": [without(SECRET, "maskedSecretValue")]}, [True, UNKNOWN]),
        (ServiceAccount(OWNER_ACCOUNT.id, PROJECT_ACCOUNT.login.value), ACCOUNT, [False, False]),
        (AS_KEY, ACCOUNT, [False, False]),
        (Token("eyJhbGciOi"), ACCOUNT, [UNKNOWN, UNKNOWN]),
    ],
)
def test_the_login_is_told_by_its_client_id_and_by_the_end_of_its_secret(
    login: Login, document: dict[str, t.Any], is_own: list[bool | str]
) -> None:
    assert [each.own_login for each in account_of(document, login)] == is_own


@pytest.mark.parametrize(
    ("seen", "matches"),
    [
        (None, [None, None]),
        (PROJECT_ACCOUNT.id, [True, False]),
        (OWNER_ACCOUNT.id, [False, False]),
        (PROJECT_ACCOUNT.login.value, [False, True]),
        (PROJECT_ACCOUNT.login.masked, [False, True]),
        (PROJECT_ACCOUNT.expired.value, [False, False]),
        (f"{PROJECT_ACCOUNT.id}:{PROJECT_ACCOUNT.login.value}", [False, True]),
        (f"{OWNER_ACCOUNT.id}:{PROJECT_ACCOUNT.login.value}", [False, False]),
    ],
)
def test_a_client_id_means_the_account_and_a_secret_one_of_its_secrets(
    seen: str | None, matches: list[bool | None]
) -> None:
    assert [each.matches for each in account_of(seen=seen)] == matches


def test_a_credential_whose_end_is_not_shown_may_be_the_one_that_was_seen() -> None:
    secret = SPARE_KEY.private_key
    for found in (
        key_of(without(KEY, "privateKey"), seen=secret),
        personal_key_of(without(PERSONAL, "obfuscatedKey"), seen=secret),
        account_of({**ACCOUNT, "secrets": [without(SECRET, "maskedSecretValue")]}, seen=PROJECT_ACCOUNT.login.value)[1],
    ):
        assert (found.matches, (found.error or "")[:40]) == (UNKNOWN, "The server does not show the end of the ")
    for found in (key_of(seen=secret), personal_key_of(seen=secret)):
        assert (found.matches, found.error) == (True, None)
    # It cannot be this one, because its public key is another.
    assert key_of(without(KEY, "privateKey"), seen=f"rdxvlmpa:{secret}").matches is False


def test_a_field_without_a_value_is_none_or_unknown_but_never_the_other() -> None:
    key = key_of({"id": "k", "publicKey": None})
    assert (key.name, key.created_at, key.roles, key.projects, key.secret_end) == (None, UNKNOWN, [], [], "")
    key = personal_key_of({"id": "5d1a4f6b9ccf64b7c8d90b21"})
    assert (key.name, key.created_at, key.last_used_at, key.access_list) == (None, UNKNOWN, UNKNOWN, UNKNOWN)
    account, secret = account_of({"clientId": PROJECT_ACCOUNT.id, "secrets": [{}]})
    assert (account.name, account.created_at, account.expires_at, account.secret_id) == (None, UNKNOWN, "n/a", "n/a")
    assert (secret.created_at, secret.last_used_at, secret.expires_at, secret.secret_id) == (
        *(UNKNOWN, None, UNKNOWN),
        UNKNOWN,
    )


@pytest.mark.parametrize(
    ("description", "marks"),
    [
        ("backup", (False, False)),
        ("backup [unfinished 0a1b2c3d]", (True, False)),
        ("backup [replaced by rdxvlmpa]", (False, True)),
    ],
)
def test_the_marks_of_this_collection(description: str, marks: tuple[bool, bool]) -> None:
    key = key_of({**KEY, "desc": description})
    assert (key.is_unfinished, key.is_replaced) == marks


def test_the_mark_of_an_account_is_none_of_its_secrets() -> None:
    account, secret = account_of({**ACCOUNT, "description": "Builds unfinished 0a1b2c3d"})
    assert (account.is_unfinished, secret.is_unfinished) == (True, False)


@pytest.mark.parametrize(
    ("entries", "last_used_at"),
    [
        ([], UNKNOWN),
        ([None], None),
        (["2020-01-01T00:00:00Z", None, "2020-02-01T00:00:00Z", "2020-01-15T00:00:00Z"], "2020-02-01T00:00:00Z"),
    ],
)
def test_the_newest_of_the_entries_tells_when_a_key_was_last_used(
    entries: list[str | None], last_used_at: str | None
) -> None:
    listed = [{"id": "192.0.2.1/32", "last_used": each} for each in entries]
    found = with_list(key_of(), listed)
    assert (found.last_used_at, found.access_list, found.error) == (last_used_at, listed, None)
    # The secrets of an account tell it themselves, and global entries do not tell it.
    assert with_list(account_of()[0], listed).last_used_at == "n/a"
    assert with_list(key_of()._replace(kind="global_api_key"), [{"id": "::/0"}]).last_used_at == UNKNOWN


def test_a_list_that_nobody_could_read_stays_unknown_and_the_first_error_stays() -> None:
    account = with_list(account_of()[0], MissingError("First."))
    assert (account.access_list, account.list_failed, account.error) == (UNKNOWN, True, "First.")
    account = with_projects(account, MissingError("Second."))
    assert (account.projects, account.error) == (UNKNOWN, "First.")
    assert with_projects(account_of()[0], MissingError("Second.")).error == "Second."
    assert with_projects(account_of()[0], []).projects == []
