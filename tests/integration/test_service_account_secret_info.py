# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module service_account_secret_info."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, Fault, Switches
from tests.emulator.sample import ORGANIZATION, PROJECT_ACCOUNT, READER_KEY

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

NAME = "service_account_secret_info"
ACCOUNT = f"/orgs/{ORGANIZATION.id}/serviceAccounts/{PROJECT_ACCOUNT.id}"
EXPIRED, VALID = PROJECT_ACCOUNT.secrets


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as a key that may only read."""
    login = {"public_key": READER_KEY.public_key, "private_key": READER_KEY.private_key}
    place = {"org_id": ORGANIZATION.id, "account_id": PROJECT_ACCOUNT.id}
    return {"base_url": emulator.base_url, **login, **place, "api_retries": 0, **options}


def test_all_secrets_for_real_and_in_check_mode(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        given = options_of(emulator)
        results = [modules(NAME, given, check_mode=mode, diff=mode) for mode in (False, True)]
        assert emulator.calls == [f"GET {ACCOUNT} 401", f"GET {ACCOUNT} 200"] * 2
    assert [result["changed"] for result in results] == [False, False]
    for result in results:
        assert (result["org_id"], result["account_id"]) == (ORGANIZATION.id, PROJECT_ACCOUNT.id)
        assert result["service_account_secrets"] == [
            {
                "id": secret.id,
                "created_at": secret.created_at,
                "expires_at": secret.expires_at,
                "last_used_at": secret.last_used_at,
                "masked_secret": secret.masked,
            }
            for secret in (EXPIRED, VALID)
        ]
        assert VALID.value not in json.dumps(result)


@pytest.mark.parametrize(
    ("secret_id", "ids"),
    [([VALID.id.upper(), "0" * 24], [VALID.id]), ([], []), (None, [VALID.id, EXPIRED.id])],
)
@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_the_list_is_narrowed(modules: Modules, product: str, secret_id: list[str] | None, ids: list[str]) -> None:
    switches = Switches(secret_order="newest-first", account_nulls=False)
    with Emulator(product=product, switches=switches) as emulator:
        result = modules(NAME, options_of(emulator, secret_id=secret_id))
    assert [secret["id"] for secret in result["service_account_secrets"]] == ids
    assert all("last_used_at" in secret for secret in result["service_account_secrets"])


def test_an_account_that_cannot_be_read_is_a_failure(modules: Modules) -> None:
    unknown = "mdb_sa_id_" + "0" * 24
    with Emulator(product="atlas") as emulator:
        missing = modules(NAME, options_of(emulator, account_id=unknown))
        emulator.add_fault(Fault(method="GET", status=200, body=json.dumps({"clientId": PROJECT_ACCOUNT.id})))
        strange = modules(NAME, options_of(emulator))
    with Emulator(product="ops-manager-6.0") as emulator:
        old = modules(NAME, options_of(emulator))
    for result, says in (
        (missing, f"The module could not read the service account secrets of service account {unknown}. There is no"),
        (strange, "but the answer is not service account"),
        (old, "Ops Manager has none."),
    ):
        assert (result["failed"], result["changed"]) == (True, False)
        assert says in result["msg"]
        assert "service_account_secrets" not in result


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"account_id": None}, "missing required arguments: account_id"),
        ({"account_id": "mdb_sa_id_12"}, "account_id has 2 digits after mdb_sa_id_."),
        ({"secret_id": ["x"]}, "secret_id is not an id."),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, options: dict[str, t.Any], says: str
) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules(NAME, options_of(emulator, **options))
        assert result["failed"]
        assert says in result["msg"]
        assert emulator.requests == []
