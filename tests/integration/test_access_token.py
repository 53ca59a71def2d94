# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module access_token: one token for many tasks, and the proof that it is revoked."""

from __future__ import annotations

import json
import signal
import typing as t

import pytest

from tests.emulator import Emulator, Fault, Switches
from tests.emulator.sample import ORGANIZATION, OWNER_ACCOUNT, OWNER_KEY, READER_ACCOUNT
from tests.integration.killing import end_at

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook
    from tests.integration.modules import Modules

TOKEN, REVOKE = "POST /api/oauth/token", "POST /api/oauth/revoke"
PRODUCTS = ["atlas", "cloud-manager"]
REFUSALS: list[t.Literal["as-login", "digest", "oauth", "empty"]] = ["as-login", "digest", "oauth", "empty"]


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that logs in as an owner of the organization. Options replace its own."""
    return {
        "base_url": emulator.base_url,
        "client_id": OWNER_ACCOUNT.id,
        "client_secret": OWNER_ACCOUNT.login.value,
        "api_retry_max_delay": 0,
        **changes,
    }


def reads(modules: Modules, emulator: Emulator, token: str) -> bool:
    """Tell whether a task can log in with a token."""
    given = {"base_url": emulator.base_url, "access_token": token, "org_id": ORGANIZATION.id}
    return not modules("org_api_key_info", given)["failed"]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_token_takes_one_request_and_outlives_the_task(modules: Modules, product: str, check_mode: bool) -> None:
    with Emulator(product=product) as emulator:
        emulator.clock = 1582000000.0
        result = modules("access_token", options(emulator), check_mode=check_mode, diff=True)
        assert emulator.calls == [f"{TOKEN} 200"]
        assert (result["changed"], result["expires_at"]) == (False, "2020-02-18T05:26:40Z")
        assert str(result).count(result["access_token"]) == 1
        assert reads(modules, emulator, result["access_token"])
        emulator.clock += 3600
        assert not reads(modules, emulator, result["access_token"])
    (warning,) = result["warnings"]
    assert "Set no_log: true" in warning
    assert OWNER_ACCOUNT.login.value not in str(result)


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_revoking_in_check_mode_for_real_and_again(
    modules: Modules, product: str, refusal: t.Literal["as-login", "digest", "oauth", "empty"]
) -> None:
    with Emulator(product=product, switches=Switches(refused_token=refusal)) as emulator:
        token = modules("access_token", options(emulator))["access_token"]
        root = "GET "
        absent = options(emulator, state="absent", access_token=token)
        emulator.clear()
        preview = modules("access_token", absent, check_mode=True, diff=True)
        assert (preview["changed"], emulator.calls) == (True, [f"{root} 200"])
        assert reads(modules, emulator, token)
        emulator.clear()
        revoked = modules("access_token", absent, diff=True)
        assert emulator.calls == [f"{root} 200", f"{REVOKE} 200", f"{root} 401"]
        assert emulator.connections == 4
        assert (revoked["changed"], revoked["diff"]) == (True, preview["diff"])
        emulator.clear()
        again = modules("access_token", absent)
        assert (again["failed"], again["changed"], emulator.calls) == (False, False, [f"{root} 401"])
        assert not reads(modules, emulator, token)
        assert token not in str([preview, revoked, again])


def test_a_token_of_another_account_is_not_revoked_and_so_a_failure(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        token = modules("access_token", options(emulator))["access_token"]
        other = {"client_id": READER_ACCOUNT.id, "client_secret": READER_ACCOUNT.login.value}
        result = modules("access_token", options(emulator, state="absent", access_token=token, **other))
        assert (result["failed"], result["changed"]) == (True, False)
        assert "Does the token belong to this service account?" in result["msg"]
        assert reads(modules, emulator, token)


def test_the_environment(modules: Modules) -> None:
    """A token in the environment is no login of this module, and no other kind of login is."""
    with Emulator(product="atlas") as emulator:
        account = {
            "MONGODB_ATLAS_CLIENT_ID": OWNER_ACCOUNT.id,
            "MONGODB_ATLAS_CLIENT_SECRET": OWNER_ACCOUNT.login.value,
        }
        key = {
            "MONGODB_ATLAS_PUBLIC_API_KEY": OWNER_KEY.public_key,
            "MONGODB_ATLAS_PRIVATE_API_KEY": OWNER_KEY.private_key,
        }
        given = {"base_url": emulator.base_url}
        first = modules("access_token", given, environment={**account, **key})["access_token"]
        both = {**account, **key, "MONGODB_ATLAS_ACCESS_TOKEN": first}
        second = modules("access_token", given, environment=both)["access_token"]
        assert first != second
        revoked = modules("access_token", {**given, "state": "absent"}, environment=both)
        assert (revoked["changed"], first in str(revoked)) == (True, False)
        assert [reads(modules, emulator, token) for token in (first, second)] == [False, True]
        emulator.clear()
        missing = modules("access_token", given, environment={**key, "MONGODB_ATLAS_ACCESS_TOKEN": second})
        assert (missing["failed"], "client_id is missing" in missing["msg"]) == (True, True)
        assert emulator.requests == []


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(status=500), Fault(status=429)])
def test_a_lost_answer_to_the_request_for_a_token_is_repeated(modules: Modules, fault: Fault) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(fault)
        result = modules("access_token", options(emulator))
        assert (result["failed"], len(emulator.requests)) == (False, 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_does_not_keep_a_token_from_the_result(modules: Modules, number: signal.Signals) -> None:
    with Emulator(product="atlas") as emulator:
        output = end_at(emulator, modules, "access_token", options(emulator), request=0, number=number, works=True)
        assert emulator.calls == [f"{TOKEN} 200"]
        assert reads(modules, emulator, json.loads(output)["access_token"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_task_that_gets_no_token(modules: Modules, number: signal.Signals) -> None:
    with Emulator(product="atlas") as emulator:
        output = end_at(emulator, modules, "access_token", options(emulator), request=0, number=number, works=False)
        assert (json.loads(output)["failed"], number.name in json.loads(output)["msg"]) == (True, True)


@pytest.mark.parametrize("stage", ["request", "challenge"])
def test_a_server_that_does_not_answer_the_try_is_a_failure(modules: Modules, stage: str) -> None:
    with Emulator(product="atlas") as emulator:
        token = modules("access_token", options(emulator))["access_token"]
        emulator.add_fault(Fault(method="GET", stage=stage, status=500, times=None))
        result = modules("access_token", options(emulator, state="absent", access_token=token, api_retries=1))
        assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 500)


def test_a_revocation_that_the_server_refuses_is_a_failure(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        token = modules("access_token", options(emulator))["access_token"]
        wrong = options(emulator, state="absent", access_token=token, client_secret=READER_ACCOUNT.login.value)
        result = modules("access_token", wrong)
        assert (result["failed"], result["error_code"]) == (True, "invalid_client")
        assert reads(modules, emulator, token)


def test_a_whole_play_shares_one_token(playbook: Playbook) -> None:
    with Emulator(product="atlas") as emulator:
        login = {name: value for name, value in options(emulator).items() if name.startswith("client_")}
        read = {"mongodb.atlas.org_api_key_info": {"org_id": ORGANIZATION.id}}
        play = {
            "module_defaults": {
                "group/mongodb.atlas.all": {
                    "base_url": emulator.base_url,
                    "access_token": "{{ login.access_token | default(omit) }}",
                },
                "mongodb.atlas.access_token": login,
            },
            "block": [
                {"mongodb.atlas.access_token": {}, "register": "login", "no_log": True},
                read,
                read,
                {"ansible.builtin.fail": {"msg": "A task of the play fails."}},
            ],
            "always": [
                {
                    "mongodb.atlas.access_token": {"state": "absent"},
                    "when": "login.access_token is defined",
                    "check_mode": False,
                }
            ],
        }
        for arguments in (("-vvvv",), ("-vvvv", "--check")):
            emulator.clear()
            run = playbook([play], *arguments)
            assert [result["failed"] for result in run.results] == [False, False, False, True, False]
            assert [call.partition("?")[0] for call in emulator.calls] == [
                f"{TOKEN} 200",
                f"GET /orgs/{ORGANIZATION.id}/apiKeys",
                f"GET /orgs/{ORGANIZATION.id}/apiKeys",
                "GET  200",
                f"{REVOKE} 200",
                "GET  401",
            ]
            assert "eyJ" not in run.output
            assert OWNER_ACCOUNT.login.value not in run.output


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"client_id": None, "client_secret": None}, "client_id is missing"),
        ({"client_secret": None}, "client_secret is missing"),
        ({"access_token": "eyJh.e30.c2ln"}, "access_token must not be set"),
        ({"state": "absent"}, "access_token is missing"),
        ({"public_key": OWNER_KEY.public_key}, "public_key belongs to an API key"),
        ({"client_id": OWNER_KEY.public_key}, "Use the option public_key"),
        ({"base_url": "http://ops.example.com"}, "base_url must begin with https://"),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, changes: dict[str, t.Any], says: str
) -> None:
    with Emulator(product="atlas") as emulator:
        result = modules("access_token", options(emulator, **changes))
        assert emulator.requests == []
    assert (result["failed"], says in result["msg"]) == (True, True)
    assert "eyJh.e30.c2ln" not in str(result)
