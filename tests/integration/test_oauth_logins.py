# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins as a service account and with a token, for real: one token a task, whatever happens to the task."""

from __future__ import annotations

import json
import signal
import typing as t

import pytest

from tests.emulator import AccessEntry, Emulator, Fault, Switches
from tests.emulator.sample import JANE, ORGANIZATION, OWNER_ACCOUNT, OWNER_KEY, PROJECT_ACCOUNT, READER_ACCOUNT
from tests.integration.killing import end_at

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook
    from tests.integration.modules import Modules

TOKEN, REVOKE = "POST /api/oauth/token", "POST /api/oauth/revoke"
KEYS = f"GET /orgs/{ORGANIZATION.id}/apiKeys?pageNum=1&itemsPerPage=500"
INFO = "org_api_key_info"
SECRET = OWNER_ACCOUNT.login.value
ACCOUNT = {"MONGODB_ATLAS_CLIENT_ID": OWNER_ACCOUNT.id, "MONGODB_ATLAS_CLIENT_SECRET": SECRET}


def options(emulator: Emulator, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that lists keys as an owner of the organization. Options replace its own."""
    return {
        "base_url": emulator.base_url,
        "client_id": OWNER_ACCOUNT.id,
        "client_secret": SECRET,
        "org_id": ORGANIZATION.id,
        "api_retries": 1,
        "api_retry_max_delay": 0,
        **changes,
    }


def new_token(emulator: Emulator) -> str:
    return emulator._state.tokens.issue(OWNER_ACCOUNT, OWNER_ACCOUNT.login, emulator.clock)


@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_a_task_gets_one_token_and_revokes_it(modules: Modules, product: str) -> None:
    with Emulator(product=product, page_limit=2) as emulator:
        result = modules(INFO, options(emulator))
        assert (result["failed"], len(result["org_api_keys"])) == (False, 5)
        assert [call.partition(" /orgs")[0] for call in emulator.calls] == [
            f"{TOKEN} 200",
            *["GET"] * 3,
            f"{REVOKE} 200",
        ]
        assert (emulator.connections, emulator.live_tokens, "warnings" in result) == (1, 0, False)


def test_a_task_whose_options_are_refused_gets_no_token(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        assert modules(INFO, options(emulator, org_id="Example"))["failed"]
        assert emulator.requests == []


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 500}, {"drop": True}, {"status": 200, "body": "[]"}])
def test_a_task_that_fails_revokes_its_token(modules: Modules, fault: dict[str, t.Any]) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="GET", times=None, **fault))
        result = modules(INFO, options(emulator))
        assert (result["failed"], emulator.calls[-1], emulator.live_tokens) == (True, f"{REVOKE} 200", 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("request_number", "works"),
    [
        pytest.param(0, True, id="while the server makes the token"),
        pytest.param(1, True, id="while the server works"),
        pytest.param(1, False, id="while the server does not answer"),
        pytest.param(2, True, id="while the server revokes the token"),
    ],
)
def test_a_task_that_a_signal_ends_revokes_its_token(
    modules: Modules, number: signal.Signals, request_number: int, works: bool
) -> None:
    with Emulator(product="atlas") as emulator:
        output = end_at(emulator, modules, INFO, options(emulator), request=request_number, number=number, works=works)
        assert (json.loads(output)["failed"], number.name in json.loads(output)["msg"]) == (True, True)
        assert (emulator.calls[-1], emulator.live_tokens) == (f"{REVOKE} 200", 0)
        assert SECRET not in output


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}, {"status": 200, "delay": 3}])
def test_a_token_that_cannot_be_revoked_is_a_warning_after_one_try(modules: Modules, fault: dict[str, t.Any]) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(path="/revoke", times=None, **fault))
        result = modules(INFO, options(emulator, api_timeout=1))
        assert (result["failed"], len(result["org_api_keys"])) == (False, 5)
        (warning,) = result["warnings"]
        assert "The token ends by itself after an hour." in warning
        assert len([call for call in emulator.calls if call.startswith(REVOKE)]) == 1


@pytest.mark.parametrize("refusal", ["as-login", "digest", "oauth", "empty"])
def test_a_token_that_ended_during_the_task_is_renewed(modules: Modules, refusal: t.Any) -> None:
    with Emulator(product="atlas", page_limit=2, switches=Switches(refused_token=refusal)) as emulator:
        emulator.add_fault(Fault(method="GET", skip=1, stale=True))
        result = modules(INFO, options(emulator))
        assert (result["failed"], len(result["org_api_keys"])) == (False, 5)
        assert [call.rpartition(" ")[2] for call in emulator.calls] == ["200", "200", "401", *["200"] * 5]
        assert [call for call in emulator.calls if "oauth" in call] == [*[f"{TOKEN} 200"] * 2, *[f"{REVOKE} 200"] * 2]
        assert emulator.live_tokens == 0


@pytest.mark.parametrize(("skip", "tokens"), [(0, 1), (1, 2)])
def test_a_new_token_that_is_refused_is_a_refused_login(modules: Modules, skip: int, tokens: int) -> None:
    with Emulator(product="atlas", page_limit=2) as emulator:
        emulator.add_fault(Fault(method="GET", skip=skip, stale=True, times=None))
        result = modules(INFO, options(emulator))
        assert (result["failed"], result["status_code"]) == (True, 401)
        assert "The server refused the token that it gave to the service account a moment ago." in result["msg"]
        assert emulator.calls.count(f"{TOKEN} 200") == tokens


def test_a_refused_address_is_explained_for_an_account_too(modules: Modules) -> None:
    with Emulator(product="atlas", switches=Switches(enforces_access_lists=True)) as emulator:
        emulator.world.service_accounts[OWNER_ACCOUNT.id].access_list = [AccessEntry("192.0.2.1/32")]
        result = modules(INFO, options(emulator))
        assert (result["failed"], result["error_code"]) == (True, "IP_ADDRESS_NOT_ON_ACCESS_LIST")
        assert "The access list of the key or service account that logs in lacks the address" in result["msg"]
        assert emulator.live_tokens == 0


@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_a_missing_right_costs_no_new_token_and_no_second_try(modules: Modules, product: str) -> None:
    with Emulator(product=product) as emulator:
        reader = {"client_id": READER_ACCOUNT.id, "client_secret": READER_ACCOUNT.login.value}
        accounts = [OWNER_ACCOUNT.id, PROJECT_ACCOUNT.id, READER_ACCOUNT.id]
        result = modules("service_account", options(emulator, **reader, account_id=accounts, state="absent"))
        assert (result["failed"], result["error_code"]) == (True, "USER_UNAUTHORIZED")
        assert [call.rpartition(" ")[2] for call in emulator.calls] == ["200", "200", *["401"] * 3, "200"]
        assert emulator.live_tokens == 0


def test_more_tasks_than_an_account_can_have_live_tokens(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.clock = 1582000000.0
        for _number in range(120):
            emulator.clock += 1.3  # the server gives 50 tokens a minute
            assert modules(INFO, options(emulator))["failed"] is False
        assert (emulator.calls.count(f"{TOKEN} 200"), emulator.live_tokens) == (120, 0)


def test_an_account_with_a_hundred_live_tokens(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        for _number in range(100):
            new_token(emulator)
        result = modules(INFO, options(emulator))
        assert (result["failed"], result["status_code"], result["error_code"]) == (True, 403, "access_denied")
        assert "Let a whole play share one token" in result["msg"]
        assert emulator.calls == [f"{TOKEN} 403"]


@pytest.mark.parametrize("shape", ["api-error", "oauth"])
def test_too_many_requests_for_tokens(modules: Modules, shape: t.Any) -> None:
    """Both errors tell how long to wait, and the task says so if it may not wait for that long."""
    switches = Switches(token_requests_per_minute=0, token_rate_limit=shape)
    with Emulator(product="atlas", switches=switches) as emulator:
        result = modules(INFO, options(emulator))
        assert (result["failed"], result["status_code"]) == (True, 429)
        assert "60 seconds, by its rate limit" in result["msg"]
        assert emulator.calls == [f"{TOKEN} 429"]


def test_a_rate_limit_of_the_token_address_is_waited_for(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(path="/token", status=429, headers={"Retry-After": "1"}, error_code="RATE_LIMITED"))
        result = modules(INFO, options(emulator, api_retry_max_delay=2))
        assert (result["failed"], emulator.calls[:2]) == (False, [f"{TOKEN} 429", f"{TOKEN} 200"])


@pytest.mark.parametrize("secret", [READER_ACCOUNT.login.value, PROJECT_ACCOUNT.expired.value])
def test_a_wrong_secret_is_tried_once(modules: Modules, secret: str) -> None:
    with Emulator(product="atlas") as emulator:
        client_id = PROJECT_ACCOUNT.id if secret == PROJECT_ACCOUNT.expired.value else OWNER_ACCOUNT.id
        result = modules(INFO, options(emulator, client_id=client_id, client_secret=secret, api_retries=4))
        assert (result["failed"], result["error_code"], emulator.calls) == (True, "invalid_client", [f"{TOKEN} 401"])
        assert "the secret is mistyped, expired or deleted" in result["msg"]
        assert secret not in str(result)


@pytest.mark.parametrize("login", [{}, {"client_id": None, "client_secret": None, "access_token": "eyJh.e30.c2ln"}])
def test_a_secret_goes_over_plain_http_to_this_machine_only(modules: Modules, login: dict[str, t.Any]) -> None:
    with Emulator(product="atlas") as emulator:
        for address in ("http://ops.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1:8080"):
            result = modules(INFO, options(emulator, base_url=address, **login))
            assert (result["failed"], "base_url must begin with https://" in result["msg"]) == (True, True)
        assert emulator.requests == []
        address = emulator.base_url.replace("127.0.0.1", "localhost")
        assert modules(INFO, options(emulator, base_url=address))["failed"] is False


RATE = {"error": "rate_limited", "error_description": "Too many requests."}
LIMIT = {"error": 429, "errorCode": "RATE_LIMITED", "detail": "Too many requests.", "parameters": None}
ANSWERS: dict[str, tuple[dict[str, t.Any], str, int]] = {
    # The fault of the token address, a part of the message, and the number of tries.
    "a web page": ({"status": 200, "body": "<html>", "content_type": "text/html"}, "without a usable access_token", 1),
    "nothing": ({"status": 200}, "without a usable access_token", 1),
    "an array": ({"status": 200, "body": "[]"}, "without a usable access_token", 1),
    "an empty token": ({"status": 200, "body": '{"access_token": ""}'}, "without a usable access_token", 1),
    "a number": ({"status": 200, "body": '{"access_token": 7}'}, "without a usable access_token", 1),
    "two lines": ({"status": 200, "body": '{"access_token": "a\\nb"}'}, "without a usable access_token", 1),
    "another success": ({"status": 204}, "HTTP 204 instead of a token", 1),
    "a redirect": ({"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, "302", 1),
    "a page that is not there": ({"status": 404}, "Ops Manager has none", 1),
    "a right that lacks": ({"status": 403, "error_code": "FORBIDDEN"}, "FORBIDDEN", 1),
    "a limit of OAuth": ({"status": 429, "body": json.dumps(RATE)}, "rate_limited", 2),
    "a limit of the API": ({"status": 429, "body": json.dumps(LIMIT)}, "RATE_LIMITED", 2),
    "a server error": ({"status": 500}, "HTTP 500", 2),
    "a server error of OAuth": ({"status": 500, "body": '{"error": "server_error"}'}, "server_error", 2),
    "a broken connection": ({"drop": True}, "oauth/token failed", 2),
    "never": ({"delay": 2}, "oauth/token failed", 2),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_of_the_token_address_is_a_failure_that_says_why(modules: Modules, answer: str) -> None:
    fault, says, tries = ANSWERS[answer]
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(path="/api/oauth/token", times=None, **fault))
        result = modules(INFO, options(emulator, api_timeout=0.5 if "delay" in fault else 10))
        assert (result["failed"], result["changed"], "org_api_keys" in result) == (True, False, False)
        assert says in result["msg"]
        assert "may have done its work" not in result["msg"]
        assert SECRET not in str(result)
        assert [call[: len(TOKEN)] for call in emulator.calls] == [TOKEN] * tries


def test_a_given_token_is_not_revoked(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        token = new_token(emulator)
        given = options(emulator, client_id=None, client_secret=None)
        for login in ({"access_token": token}, {}):
            environment = {} if login else {"MONGODB_ATLAS_ACCESS_TOKEN": token}
            assert modules(INFO, {**given, **login}, environment=environment)["failed"] is False
        assert emulator.calls == [f"{KEYS} 200"] * 2
        emulator.forget_tokens()
        refused = modules(INFO, {**given, "access_token": token, "api_retries": 4})
        assert (refused["failed"], "The server refused access_token" in refused["msg"]) == (True, True)
        assert emulator.calls[2:] == [f"{KEYS} 401"]


KEY = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
KEY_VARIABLES = {
    "MONGODB_ATLAS_PUBLIC_API_KEY": OWNER_KEY.public_key,
    "MONGODB_ATLAS_PRIVATE_API_KEY": OWNER_KEY.private_key,
}


def test_the_kind_of_login_that_wins(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        everything = {**KEY_VARIABLES, **ACCOUNT, "MONGODB_ATLAS_ACCESS_TOKEN": new_token(emulator)}
        given = options(emulator, client_id=None, client_secret=None)
        for login, environment, first in (
            (KEY, everything, f"{KEYS} 401"),
            ({"client_id": OWNER_ACCOUNT.id}, everything, f"{TOKEN} 200"),
            ({}, everything, f"{KEYS} 200"),
            ({}, {**KEY_VARIABLES, **ACCOUNT}, f"{TOKEN} 200"),
        ):
            emulator.clear()
            result = modules(INFO, {**given, **login}, environment=environment)
            assert (result["failed"], emulator.calls[0]) == (False, first)
            assert ("warnings" in result) is (not login)
        emulator.clear()
        both = modules(INFO, options(emulator, **KEY))
        assert (both["failed"], "belong to two kinds of login" in both["msg"]) == (True, True)
        assert emulator.requests == []


def test_no_secret_and_no_token_are_in_any_output(playbook: Playbook) -> None:
    with Emulator(product="atlas") as emulator:
        token = new_token(emulator)
        given = {name: value for name, value in options(emulator).items() if not name.startswith("client_")}
        account = {"client_id": OWNER_ACCOUNT.id, "client_secret": "{{ secret }}"}
        reader = {"client_id": READER_ACCOUNT.id, "client_secret": "{{ secret }}"}
        info = f"mongodb.atlas.{INFO}"
        tasks = [
            {info: {**given, **account}},
            {info: {**given, **account, "org_id": "0" * 24}, "ignore_errors": True},
            {info: {**given, **reader}, "ignore_errors": True},
            {info: {**given, "access_token": "{{ token }}"}},
            {info: {**given, "client_id": "{{ secret }}"}, "ignore_errors": True},
            {info: {**given, "client_id": OWNER_ACCOUNT.id, "access_token": "{{ token }}"}, "ignore_errors": True},
            {info: given},
            {
                "mongodb.atlas.user_api_key_info": {**given, "org_id": "{{ omit }}", "user_id": JANE.id},
                "ignore_errors": True,
            },
            {"mongodb.atlas.access_token": {"base_url": emulator.base_url, **account}, "no_log": True},
        ]
        environment = {**ACCOUNT, "HIDDEN_SECRET": SECRET, "HIDDEN_TOKEN": token}
        play = {
            "vars": {
                "secret": "{{ lookup('ansible.builtin.env', 'HIDDEN_SECRET') }}",
                "token": "{{ lookup('ansible.builtin.env', 'HIDDEN_TOKEN') }}",
            },
            "block": tasks,
        }
        run = playbook([play], "-vvvv", "--diff", environment=environment)
        assert [result["failed"] for result in run.results] == [
            False,
            True,
            True,
            False,
            True,
            True,
            False,
            True,
            False,
        ]
        seen = run.output + repr(run.results)
    for hidden in (SECRET, SECRET[-20:], "eyJ"):
        assert hidden not in seen
    assert "invocation" in seen
    assert OWNER_ACCOUNT.id in seen, "a client id is not a secret"
    assert "Traceback (most recent call last)" not in seen
    assert run.results[0]["invocation"]["module_args"]["client_secret"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_secrets_in_the_environment_are_masked_even_in_an_open_option(modules: Modules) -> None:
    with Emulator(product="atlas") as emulator:
        token = new_token(emulator)
        for variable, secret in (("MONGODB_ATLAS_ACCESS_TOKEN", token), ("MONGODB_ATLAS_CLIENT_SECRET", SECRET)):
            variables = {variable: secret, "MONGODB_ATLAS_CLIENT_ID": OWNER_ACCOUNT.id}
            given = options(emulator, client_id=None, client_secret=None, description=f"x{secret}")
            assert secret not in str(modules(INFO, given, environment=variables))
