# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module user_api_key: each behaviour in a real run, in check mode, and in a second run."""

from __future__ import annotations

import typing as t
import venv

import pytest

from tests.emulator import Emulator, Fault
from tests.emulator.sample import JANE, OWNER

if t.TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Playbook
    from tests.integration.modules import Modules

NAME = "user_api_key"
KEYS = f"/users/{JANE.id}/keys"
DELETE = f"DELETE {KEYS}/{JANE.spare.id}"
LIST = f"GET {KEYS}?pageNum=1&itemsPerPage=100"
UNKNOWN = "000000000000000000000000"


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that revokes Jane's spare key as Jane. Options replace its own; None removes one."""
    given = {
        "base_url": emulator.url,
        "public_key": JANE.name,
        "private_key": JANE.login.secret,
        "user_id": JANE.id,
        "key_id": JANE.spare.id,
        "api_retry_max_delay": 0,
        **options,
    }
    return {name: value for name, value in given.items() if value is not None}


def task(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return this task."""
    return {"name": "Revoke", f"mongodb.atlas.{NAME}": options_of(emulator, **options)}


def test_revoking_in_check_mode_for_real_and_again(playbook: Playbook, emulator: Emulator) -> None:
    revoke = task(emulator)
    preview = playbook([revoke], "--check", "--diff")
    assert preview.result["changed"] is True
    assert "changed=1" in preview.output
    assert '-            "description": "Sicherung K\\u00f6ln, t\\u00e4glich"' in preview.output
    assert '+            "state": "absent"' in preview.output
    assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"]

    emulator.clear()
    run = playbook([revoke, revoke])
    first, again = run.results
    assert (first["changed"], first["user_api_keys"]) == (
        True,
        [{"id": JANE.spare.id, "changed": True, "state": "absent"}],
    )
    assert (again["changed"], again["status_code"], again["error_code"]) == (False, 404, "INVALID_KEY_ID")
    assert "ok=2    changed=1 " in run.output
    assert "WARNING" not in run.output
    assert emulator.calls == [f"{DELETE} 401", f"{DELETE} 204", f"{DELETE} 401", f"{DELETE} 404"]
    assert [received.connection for received in emulator.requests[:2]] == [emulator.requests[0].connection] * 2


def test_suspending_and_enabling_in_check_mode_for_real_and_again(modules: Modules, emulator: Emulator) -> None:
    patch = f"PATCH {KEYS}/{JANE.spare.id} 200"
    for state in ("disabled", "enabled"):
        change = options_of(emulator, state=state)
        assert modules(NAME, change, check_mode=True)["changed"] is True
        assert emulator.calls == [f"{LIST} 401", f"{LIST} 200"]
        emulator.clear()
        first, again = modules(NAME, change), modules(NAME, change)
        assert (first["changed"], first["user_api_keys"][0]["state"]) == (True, state)
        assert (again["changed"], again["user_api_keys"][0]["state"]) == (False, state)
        assert emulator.calls == [f"{LIST} 401", f"{LIST} 200", patch, f"{LIST} 401", f"{LIST} 200"]
        emulator.clear()


def test_suspending_and_enabling_a_key_that_does_not_exist(modules: Modules, emulator: Emulator) -> None:
    suspend, enable = (
        modules(NAME, options_of(emulator, key_id=UNKNOWN, state=state)) for state in ("disabled", "enabled")
    )
    assert (suspend["failed"], suspend["changed"]) == (False, False)
    assert "There is no key" in suspend["warnings"][0]
    assert (enable["failed"], enable["msg"]) == (True, f"There is no key {UNKNOWN} that could be enabled.")


def test_several_keys_in_one_task(modules: Modules, emulator: Emulator) -> None:
    ids = [JANE.login.id, UNKNOWN, JANE.spare.id]
    result = modules(NAME, options_of(emulator, key_id=ids))
    assert [(item["id"], item["changed"]) for item in result["user_api_keys"]] == [
        (JANE.login.id, True),
        (UNKNOWN, False),
        (JANE.spare.id, True),
    ]
    assert "nothing can log in with it afterwards" in result["warnings"][0]
    assert emulator.calls == [
        f"{LIST} 401",
        f"{LIST} 200",
        f"{DELETE} 204",
        f"DELETE {KEYS}/{JANE.login.id} 204",
    ]
    assert emulator.connections == 1


def test_without_keys_the_task_does_nothing(modules: Modules, emulator: Emulator) -> None:
    assert modules(NAME, options_of(emulator, key_id=[]))["changed"] is False
    assert emulator.calls == []


def test_address_and_login_from_the_environment(playbook: Playbook, emulator: Emulator) -> None:
    bare = task(emulator, base_url=None, public_key=None, private_key=None)
    assert playbook([bare], environment=emulator.environment()).result["changed"] is True


def test_the_first_environment_variable_that_is_set_wins(modules: Modules, emulator: Emulator) -> None:
    bare = options_of(emulator, base_url=None, public_key=None, private_key=None)
    environment = {
        "MCLI_OPS_MANAGER_URL": emulator.url + "/",
        "MCLI_PUBLIC_API_KEY": "wrong",
        "MCLI_PRIVATE_API_KEY": "wrong",
        "MONGODB_ATLAS_PUBLIC_KEY": JANE.name,
        "MONGODB_ATLAS_PRIVATE_KEY": JANE.login.secret,
    }
    assert modules(NAME, bare, environment=environment)["changed"] is True


def test_aliases_and_module_defaults_for_the_action_group(playbook: Playbook, emulator: Emulator) -> None:
    defaults = {"api_url": emulator.url, "api_username": JANE.name, "api_password": JANE.login.secret}
    block = {
        "module_defaults": {"group/mongodb.atlas.all": defaults},
        "block": [{"mongodb.atlas.user_api_key": {"user_id": JANE.id, "key_id": JANE.spare.id}}],
    }
    assert playbook([block]).result["changed"] is True


def test_a_playbook_can_be_stricter(playbook: Playbook, emulator: Emulator) -> None:
    strict = task(emulator, user_id=UNKNOWN)
    strict["register"] = "revoked"
    codes = "['USER_NOT_FOUND', 'RESOURCE_NOT_FOUND']"
    strict["failed_when"] = f"revoked is failed or revoked.error_code | default('', true) in {codes}"
    run = playbook([strict])
    assert run.exit_code == 2
    assert run.result["error_code"] == "USER_NOT_FOUND"


def test_a_wrong_user_id_leads_to_a_warning(modules: Modules, emulator: Emulator) -> None:
    result = modules(NAME, options_of(emulator, user_id=UNKNOWN))
    assert (result["changed"], result["failed"]) == (False, False)
    assert "Is user_id or user_name mistyped?" in result["warnings"][0]
    assert emulator.calls == [f"DELETE /users/{UNKNOWN}/keys/{JANE.spare.id} {status}" for status in (401, 404)]


def test_a_wrong_password_is_two_requests(modules: Modules, emulator: Emulator) -> None:
    result = modules(NAME, options_of(emulator, private_key="wr0ng"))
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 401)
    assert "error_code" not in result
    assert result["detail"] == "You are not authorized for this resource."
    assert f"DELETE {emulator.base_url}{KEYS}/{JANE.spare.id} failed: HTTP 401" in result["msg"]
    assert emulator.calls == [f"{DELETE} 401"] * 2
    assert emulator.connections == 1


def test_another_users_key(modules: Modules, emulator: Emulator) -> None:
    result = modules(NAME, options_of(emulator, public_key=OWNER.name, private_key=OWNER.login.secret))
    assert (result["failed"], result["status_code"], result["error_code"]) == (True, 401, "NOT_SELF")
    assert "Only the user who owns the key" in result["msg"]


def test_a_server_that_does_not_run(playbook: Playbook, emulator: Emulator) -> None:
    url = emulator.url
    emulator.__exit__(None, None, None)
    run = playbook([task(emulator, base_url=url, api_retries=1)])
    assert "no connection (Connection refused). Check base_url" in run.result["msg"]


def test_the_result_shows_revoked_keys_when_another_key_fails(modules: Modules, emulator: Emulator) -> None:
    emulator.add_fault(Fault(path=JANE.spare.id, status=500, times=None))
    result = modules(NAME, options_of(emulator, key_id=[JANE.spare.id, JANE.disabled.id], api_retries=0))
    assert (result["failed"], result["changed"], result["status_code"]) == (True, True, 500)
    assert [(item["changed"], item["state"]) for item in result["user_api_keys"]] == [(False, None), (True, "absent")]


@pytest.mark.parametrize("product", ["atlas", "ops-manager-5.0"])
def test_the_other_products(modules: Modules, product: str) -> None:
    with Emulator(product=product) as emulator:
        login = emulator.environment()
        options = {
            "base_url": login["MONGODB_ATLAS_BASE_URL"],
            "public_key": login["MONGODB_ATLAS_PUBLIC_API_KEY"],
            "private_key": login["MONGODB_ATLAS_PRIVATE_API_KEY"],
        }
        result = modules(NAME, options_of(emulator, **options))
        assert result["changed"] is (product == "atlas")
        assert ("Ops Manager 5.0 or later" in str(result)) is (product != "atlas")


def test_a_private_authority_and_a_client_certificate(playbook: Playbook) -> None:
    with Emulator(tls="mutual") as emulator, Emulator(tls="server") as other:
        assert emulator.tls
        assert other.tls
        certificate = {"client_cert": emulator.tls.client_cert, "client_key": emulator.tls.client_key}
        environment = {"REQUESTS_CA_BUNDLE": other.tls.ca_path}
        untrusted = playbook([task(emulator, **certificate)], environment=environment)
        assert "no TLS connection (" in untrusted.result["msg"]
        assert "Check ca_path" in untrusted.result["msg"]
        trusted = task(emulator, ca_path=emulator.tls.ca_path, **certificate)
        careless = task(emulator, validate_certs=False, **certificate)
        run = playbook([trusted, careless], environment=environment)
        assert [result["changed"] for result in run.results] == [True, False]


# Ansible changes the type of these values on their way to the module.
CONVERTED_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({"user_id": float("5e1234567890123456789012")}, "user_id is a number"),
    ({"key_id": f'["{JANE.spare.id}","{JANE.login.id}"]'}, f"[{JANE.spare.id}, {JANE.login.id}]"),
    ({"key_id": [{"user_id": JANE.id, "id": JANE.spare.id}]}, "map(attribute='id')"),
    ({"key_id": float("inf")}, "key_id is a number"),
]
BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    *CONVERTED_INPUT,
    ({"base_url": "ftp://ops.example.com"}, "base_url must begin with http:// or https://."),
    ({"base_url": "https://jane:hunter2@ops.example.com"}, "base_url must not contain a user name or a password."),
    ({"base_url": "https://ops.example.com?x=hunter2"}, "base_url must not contain a query or a fragment."),
    ({"base_url": "https://"}, "base_url must contain a host name."),
    ({"base_url": "https://exa..mple"}, "base_url, or the address of a proxy"),
    ({"public_key": ""}, "MONGODB_ATLAS_PUBLIC_API_KEY, MONGODB_ATLAS_PUBLIC_KEY, MCLI_PUBLIC_API_KEY"),
    ({"private_key": None}, "MONGODB_ATLAS_PRIVATE_API_KEY, MONGODB_ATLAS_PRIVATE_KEY, MCLI_PRIVATE_API_KEY"),
    ({"user_id": ""}, "user_id is empty."),
    ({"user_id": ".."}, "user_id is not an id."),
    ({"user_id": JANE.name}, "user_id is an email address. Use user_name."),
    ({"key_id": [JANE.spare.id, JANE.spare.id + ","]}, "key_id, item 2 of 2, "),
    ({"key_id": f"{JANE.spare.id}\n{JANE.login.id}"}, f"[{JANE.spare.id}, {JANE.login.id}]"),
    ({"key_id": JANE.spare.secret[-12:]}, "mongodb.atlas.user_api_key_info lists"),
    ({"key_id": JANE.spare.secret}, "key_id holds a key itself"),
    ({"public_key": JANE.login.secret, "private_key": JANE.name}, "Are public_key and private_key swapped?"),
    ({"public_key": "mdb_sa_id_5f1a2b3c4d5e6f7081920a01"}, "public_key is the id of a service account."),
    ({"public_key": f'"{JANE.name}"'}, "public_key has quotes around it."),
    ({"private_key": JANE.login.secret + "\u200b"}, "private_key has white space around it"),
    ({"user_id": None}, "one of the following is required: user_id, user_name"),
    ({"user_name": JANE.name}, "parameters are mutually exclusive: user_id|user_name"),
    ({"user_id": None, "user_name": " "}, "user_name must not be empty."),
    ({"key_id": [JANE.spare.id, " "]}, "key_id, item 2 of 2, is empty."),
    ({"key_id": "."}, "key_id is not an id."),
    ({"key_id": None}, "missing required arguments: key_id"),
    ({"state": "present"}, "value of state must be one of: absent, disabled, enabled"),
    ({"ca_path": "/nowhere/ca.pem"}, "ca_path: there is no file or folder /nowhere/ca.pem"),
    ({"client_key": "/nowhere/key.pem"}, "client_cert"),
    ({"api_timeout": 0}, "api_timeout must be a number from"),
    ({"api_retries": -1}, "api_retries must be a number from"),
    ({"api_retry_max_delay": "nan"}, "api_retry_max_delay must be a number from"),
]


@pytest.mark.parametrize(("options", "says"), BAD_INPUT, ids=[says for _options, says in BAD_INPUT])
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    modules: Modules, emulator: Emulator, options: dict[str, t.Any], says: str
) -> None:
    result = modules(NAME, options_of(emulator, **options))
    assert result["failed"]
    assert says in result["msg"]
    assert "hunter2" not in result["msg"]
    assert JANE.spare.secret not in result["msg"]
    assert emulator.requests == []


def test_input_that_ansible_converts_is_refused_by_name_before_anything_is_sent(
    playbook: Playbook, emulator: Emulator
) -> None:
    run = playbook([{**task(emulator, **options), "ignore_errors": True} for options, _says in CONVERTED_INPUT])
    for result, (options, says) in zip(run.results, CONVERTED_INPUT, strict=True):
        assert result["failed"], options
        assert says in result["msg"]
    assert "Traceback" not in run.output
    assert emulator.requests == []


def test_a_variable_that_is_not_utf_8_is_refused_by_its_name(playbook: Playbook, emulator: Emulator) -> None:
    bare = task(emulator, private_key=None)
    run = playbook([bare], environment={"MONGODB_ATLAS_PRIVATE_KEY": "hunter2\udcff"})
    assert "The environment variable MONGODB_ATLAS_PRIVATE_KEY holds text that is not UTF-8." in run.result["msg"]
    assert "hunter2" not in run.output
    assert "Traceback" not in run.output
    assert emulator.requests == []


def test_requests_missing_where_the_module_runs(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare")
    bare = f"ansible_python_interpreter={tmp_path / 'bare' / 'bin' / 'python'}"
    run = playbook([task(emulator)], "-e", bare)
    assert "Failed to import the required Python library (requests)" in run.result["msg"]
    assert "Traceback" not in run.output
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "raise ImportError('urllib3 v2 only supports OpenSSL 1.1.1+')",
            "ImportError: urllib3 v2 only supports OpenSSL",
        ),
        ("open('/nowhere/cacert.pem')", "FileNotFoundError: "),
        ("import nothing_at_all", "ModuleNotFoundError: No module named 'nothing_at_all'"),
    ],
)
def test_requests_is_installed_and_cannot_be_imported(
    playbook: Playbook, emulator: Emulator, tmp_path: Path, statement: str, says: str
) -> None:
    (tmp_path / "requests.py").write_text(f"{statement}\n", encoding="utf-8")
    run = playbook([task(emulator)], environment={"PYTHONPATH": str(tmp_path)})
    assert "The Python library requests is installed, but " in run.result["msg"]
    assert f"cannot import it ({says}" in run.result["msg"]
    assert "Traceback" not in run.output
    assert emulator.requests == []
