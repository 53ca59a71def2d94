# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module service_account become the work of a task."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    ServiceAccounts,
    wanted_accounts,
)

ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
ACCOUNT = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
OTHER = "mdb_sa_id_5e2b17a09ccf64b7c8d90f54"
SECRET = "mdb_sa_sk_" + "x" * 40
OPTIONS: dict[str, t.Any] = {
    "org_id": ORGANIZATION.upper(),
    "account_id": None,
    "name": None,
    "description": None,
    "roles": None,
    "secret_valid_for": None,
    "client_secret_path": None,
    "missing_secret": "fail",
    "state": "present",
}


def test_accounts_by_id() -> None:
    wanted = wanted_accounts({**OPTIONS, "account_id": [ACCOUNT.upper(), OTHER, ACCOUNT], "state": "absent"})
    assert isinstance(wanted.place, ServiceAccounts)
    assert wanted.place.organization_id == ORGANIZATION
    assert wanted[1:] == ([ACCOUNT, OTHER], None, {}, "absent", None, False, {})


def test_an_account_by_name(tmp_path: t.Any) -> None:
    new = {"name": "ci", "description": "Builds", "roles": ["ORG_OWNER", "ORG_MEMBER", "ORG_OWNER"]}
    path = str(tmp_path / "secret")
    more = {"secret_valid_for": 8, "missing_secret": "warn", "client_secret_path": path}
    wanted = wanted_accounts({**OPTIONS, **new, **more})
    fields = {"description": "Builds", "roles": ["ORG_MEMBER", "ORG_OWNER"]}
    assert (wanted.ids, wanted.name, wanted.fields, wanted.only_new) == (None, "ci", fields, {"secret_valid_for": 8})
    assert (str(wanted.file), wanted.may_lack_secret) == (f"client_secret_path ({path})", True)
    assert wanted_accounts({**OPTIONS, **new, "state": "absent"}).fields == {}


@pytest.mark.parametrize("text", ["ci", "O'Brien, Köln_2.0-b", "x" * 64, "数据库 ٣ Ⅷ ½", "a  b"])
def test_names_and_descriptions_can_have_these_characters(text: str) -> None:
    wanted = wanted_accounts({**OPTIONS, "name": text, "description": text})
    assert (wanted.name, wanted.fields) == (text, {"description": text})


@pytest.mark.parametrize("option", ["name", "description"])
@pytest.mark.parametrize("sign", [*'!"#$%&()*+/:;<=>?@[\\]^`{|}~€\u0301', "\U0001f600", "\u2019", "\u2013"])
def test_other_characters_are_refused_and_named(option: str, sign: str) -> None:
    with pytest.raises(OptionError) as refused:
        wanted_accounts({**OPTIONS, "name": "ci", option: f"a{sign}b"})
    assert f"{option} has the character {sign!r}." in str(refused.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "needs account_id or name"),
        ({"account_id": [ACCOUNT], "name": "ci"}, "account_id and name exclude each other"),
        ({"account_id": [], "name": "ci"}, "account_id and name exclude each other"),
        ({"account_id": [ACCOUNT, OTHER], "client_secret_path": "/tmp/x"}, "account_id names several"),
        ({"account_id": [ORGANIZATION]}, "account_id is the id of another object"),
        ({"account_id": [SECRET]}, "account_id holds the secret of a service account"),
        ({"name": ""}, "name must not be empty"),
        ({"name": "x" * 65}, "name has 65 characters"),
        ({"name": SECRET}, "name holds a secret"),
        ({"name": "a\nb"}, "name must be text without line breaks"),
        ({"name": "a\u00a0b"}, "name must be text without line breaks"),
        ({"name": "ci", "description": "x" * 231}, "description has 231 characters"),
        ({"name": "ci", "description": "x "}, "description must not begin or end with white space"),
        ({"name": "ci", "description": "x unfinished 0a1b2c3d"}, "description ends with the mark"),
        ({"name": "x unfinished 0a1b2c3d"}, "name ends with the mark"),
        ({"name": "ci", "roles": []}, "a service account needs at least one role"),
        ({"name": "ci", "roles": [SECRET]}, "is not the name of a role"),
        ({"name": "ci", "secret_valid_for": 7}, "secret_valid_for must be a number of hours from 8 to 8760"),
        ({"name": "ci", "secret_valid_for": 8761}, "secret_valid_for must be a number of hours from 8 to 8760"),
        ({"name": "ci", "client_secret_path": "/nowhere/x"}, "there is no folder"),
        ({"name": "ci", "org_id": "Example"}, "org_id is not an id"),
    ],
)
def test_options_that_are_refused(options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says) as refused:
        wanted_accounts({**OPTIONS, **options})
    assert str(refused.value).endswith("Nothing was sent.")
    assert SECRET not in str(refused.value)
