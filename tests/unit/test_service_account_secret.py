# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module service_account_secret become the work of a task, and why it refuses some."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account_secret import wanted_secrets

ORGANIZATION, CLIENT = "5e2b0f6a9ccf64c8a1d0e311", "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
SECRET = "5e2b17a09ccf64b7c8d91053"
GIVEN: dict[str, t.Any] = {
    "org_id": ORGANIZATION.upper(),
    "account_id": CLIENT.replace("c8d", "C8D"),
    "secret_id": None,
    "valid_for": 720,
    "renew_within": 168.0,
    "make_room": "expired",
    "force": False,
    "client_secret_path": None,
    "state": "present",
}
ABSENT = {"state": "absent", "valid_for": None}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"org_id": "Example"}, "org_id is not an id"),
        ({"account_id": "mdb_sa_id_1"}, "account_id has 1 digits after mdb_sa_id_"),
        ({"account_id": "mdb_sa_sk_" + "x" * 40}, "account_id holds the secret of a service account"),
        ({"secret_id": [SECRET]}, "secret_id needs state: absent"),
        ({"valid_for": 7, "renew_within": 0.0}, "valid_for must be a number of hours from 8 to 8760"),
        ({"valid_for": 8761}, "valid_for must be a number of hours from 8 to 8760"),
        ({"renew_within": 720.0}, "valid_for must be more than renew_within"),
        ({"renew_within": -0.5}, "renew_within must be a number of hours, and not negative"),
        ({"renew_within": float("nan")}, "renew_within must be a number of hours"),
        ({"renew_within": float("inf")}, "renew_within must be a number of hours"),
        ({"client_secret_path": "/nowhere/secret"}, "there is no folder for /nowhere/secret"),
        ({**ABSENT, "secret_id": [SECRET, "qXcJ"]}, "secret_id, item 2 of 2, is not an id"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        wanted_secrets({**GIVEN, **options})


@pytest.mark.parametrize("hours", [8, 8760])
def test_hours_are_seconds_and_may_have_fractions(hours: int) -> None:
    wanted = wanted_secrets({**GIVEN, "valid_for": hours, "renew_within": 7.5})
    assert (wanted.ids, wanted.valid_for, wanted.renew_within, wanted.make_room) == (None, hours, 27000, "expired")
    assert wanted.place.parent() == {"org_id": ORGANIZATION, "account_id": CLIENT}
    assert (wanted.force, wanted.file) == (False, None)


def test_secrets_to_delete() -> None:
    assert wanted_secrets({**GIVEN, **ABSENT, "secret_id": [SECRET.upper(), SECRET]}).ids == [SECRET]
    assert wanted_secrets({**GIVEN, **ABSENT, "secret_id": []}).ids == []
