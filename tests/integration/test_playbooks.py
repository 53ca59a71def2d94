# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection, and the demonstration in the README."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
import sys
import typing as t
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator, sample_world
from tests.emulator.sample import JANE, JOHN, ORGANIZATION, OWNER

if t.TYPE_CHECKING:
    from tests.integration.conftest import Playbook


PLAYBOOKS = Path(__file__).parents[2] / "playbooks"


def login(user_name: str, secret: str, emulator: Emulator) -> dict[str, str]:
    return {
        "MONGODB_ATLAS_BASE_URL": emulator.url,
        "MONGODB_ATLAS_PUBLIC_API_KEY": user_name,
        "MONGODB_ATLAS_PRIVATE_API_KEY": secret,
    }


def states(emulator: Emulator, user_id: str) -> Counter[bool]:
    """Count the enabled and the disabled keys of a user on the server."""
    user = emulator.world.users.get(user_id)
    assert user
    return Counter(key.enabled for key in user.keys)


def test_every_playbook_has_a_preview_on_an_organization_without_keys(playbook: Playbook, tmp_path: Path) -> None:
    world = sample_world()
    for user in (JANE, JOHN):
        world.users[user.id].keys = []
    with Emulator(world=world) as emulator:
        everything = [{"import_playbook": f"mongodb.atlas.{path.stem}"} for path in PLAYBOOKS.glob("*.yml")]
        (tmp_path / "all.yml").write_text(yaml.safe_dump(everything), encoding="utf-8")
        report = str(tmp_path / "report.csv")
        variables = {"org_id": ORGANIZATION.id, "user_name": JANE.name, "key_id": JANE.spare.id, "report": report}
        environment = login(OWNER.name, OWNER.login.secret, emulator)
        options = ("--check", "--diff", "-e", json.dumps(variables))
        run = playbook(str(tmp_path / "all.yml"), *options, environment=environment)
        assert run.exit_code == 0, run.output
        assert run.output.count("PLAY [") == len(everything)
        assert {request.method for request in emulator.requests} == {"GET"}
    assert not Path(report).exists()


def test_revoke_with_everything_from_the_environment(playbook: Playbook, emulator: Emulator) -> None:
    run = playbook("mongodb.atlas.revoke", environment=emulator.environment())
    assert run.exit_code == 0
    assert run.results[1]["user_api_keys"] == [{"id": JANE.spare.id, "changed": True, "state": "absent"}]


def test_revoke_with_extra_variables(playbook: Playbook, emulator: Emulator) -> None:
    ids = f"key_id='{JANE.spare.id}, {JANE.disabled.id}'"
    environment = login(JANE.name, JANE.login.secret, emulator)
    run = playbook("mongodb.atlas.revoke", "-e", f"user_id={JANE.id}", "-e", ids, environment=environment)
    assert [item["changed"] for item in run.results[1]["user_api_keys"]] == [True, True]


def test_offboarding_suspends_every_key_and_the_login_last(playbook: Playbook, emulator: Emulator) -> None:
    offboard = ("mongodb.atlas.offboard", "-e", f"user_name={JANE.name}")
    preview = playbook(*offboard, "--check", "--diff", environment=login(JANE.name, JANE.login.secret, emulator))
    assert [item["changed"] for item in preview.results[2]["user_api_keys"]] == [True, True, False]
    assert '+            "state": "disabled"' in preview.output
    assert states(emulator, JANE.id) == {True: 2, False: 1}

    emulator.clear()
    run = playbook(*offboard, environment=login(JANE.name, JANE.login.secret, emulator))
    assert [item["changed"] for item in run.results[2]["user_api_keys"]] == [True, True, False]
    assert states(emulator, JANE.id) == {False: 3}
    assert [received.target.split("/")[-1] for received in emulator.requests if received.method == "PATCH"] == [
        JANE.spare.id,
        JANE.login.id,
    ]

    again = playbook(*offboard, environment=login(OWNER.name, OWNER.login.secret, emulator))
    assert "changed=0" in again.output


def test_offboarding_can_revoke(playbook: Playbook, emulator: Emulator) -> None:
    options = ("-e", f"user_id={JANE.id}", "-e", "state=absent")
    run = playbook("mongodb.atlas.offboard", *options, environment=login(JANE.name, JANE.login.secret, emulator))
    assert [item["state"] for item in run.results[2]["user_api_keys"]] == ["absent"] * 3
    assert states(emulator, JANE.id) == {}
    owner = login(OWNER.name, OWNER.login.secret, emulator)
    again = playbook("mongodb.atlas.offboard", *options, environment=owner)
    assert (again.exit_code, again.results[2]["user_api_keys"]) == (0, [])


def test_the_audit_is_a_table_and_a_report(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    spare = emulator.world.key(JANE.id, JANE.spare.id)
    assert spare
    spare.description = '=HYPERLINK("https://evil.example"), {{ 1 + 1 }}'
    audit = ("mongodb.atlas.audit", "-e", f"org_id={ORGANIZATION.id}", "-e", f"report={tmp_path / 'report.csv'}")
    owner = login(OWNER.name, OWNER.login.secret, emulator)

    preview = playbook(*audit, "--check", "--diff", environment=owner)
    assert f'+"{JANE.name}","{JANE.id}","{JANE.login.id}"' in preview.output
    assert not (tmp_path / "report.csv").exists()

    run = playbook(*audit, environment=owner)
    table = run.results[2]["msg"]
    assert table[0].split() == ["user", "key", "enabled", "created", "description"]
    assert table[3].split()[:4] == [JANE.name, JANE.disabled.id, "no", "2019-05-15T06:08:36Z"]
    assert table[7] == "6 keys, 5 of them enabled."
    assert (tmp_path / "report.csv").stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader((tmp_path / "report.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 6
    assert rows[1] == {
        "user": JANE.name,
        "user_id": JANE.id,
        "key_id": JANE.spare.id,
        "obfuscated_key": "********-****-****-****-2a9d71c4be58",
        "description": "'" + spare.description,
        "enabled": "yes",
        "created_at": "2019-05-02T09:31:12Z",
    }
    assert "changed=0" in playbook(*audit, environment=owner).output


def test_an_audit_that_may_not_read_every_key_fails(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    options = ("-e", f"org_id={ORGANIZATION.id}", "-e", f"report={tmp_path / 'report.csv'}")
    run = playbook("mongodb.atlas.audit", *options, environment=login(JANE.name, JANE.login.secret, emulator))
    assert run.exit_code == 2
    assert f"The module could not read the keys of user {JOHN.name} ({JOHN.id})." in run.results[1]["msg"]
    assert not (tmp_path / "report.csv").exists()


@pytest.mark.parametrize(
    ("name", "variables", "says"),
    [
        ("revoke", {}, "MONGODB_ATLAS_USER_NAME or MONGODB_ATLAS_USER_ID"),
        ("revoke", {"user_name": JANE.name}, "-e key_id="),
        ("revoke", {"user_name": JANE.name, "key_id": " , "}, "-e key_id="),
        ("revoke", {"user_name": JANE.name, "key_id": None}, "-e key_id="),
        ("revoke", {"user_name": None, "key_id": JANE.spare.id}, "-e user_name="),
        ("revoke", {"user_name": JANE.name, "user_id": JANE.id, "key_id": JANE.spare.id}, "either"),
        ("offboard", {}, "MONGODB_ATLAS_USER_NAME or MONGODB_ATLAS_USER_ID"),
        ("offboard", {"user_id": JANE.id, "state": "enabled"}, "-e state=disabled"),
        ("audit", {}, "MONGODB_ATLAS_ORG_ID"),
        ("audit", {"org_id": ORGANIZATION.id, "report": "/nowhere/report.csv"}, "in an existing folder"),
    ],
)
def test_each_playbook_says_what_is_missing(
    playbook: Playbook, emulator: Emulator, name: str, variables: dict[str, str], says: str
) -> None:
    environment = login(JANE.name, JANE.login.secret, emulator)
    run = playbook(f"mongodb.atlas.{name}", "-e", json.dumps(variables), environment=environment)
    assert run.exit_code == 2
    assert says in run.results[0]["msg"]
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("name", "variables", "option"),
    [
        ("revoke", {"user_name": JANE.name, "key_id": "a key"}, "key_id"),
        ("revoke", {"user_name": JANE.name, "key_id": 12345}, "key_id"),
        ("revoke", {"user_name": JANE.name, "key_id": f'["{JANE.spare.id}","{JANE.disabled.id}"]'}, "key_id"),
        ("revoke", {"user_name": JANE.name, "key_id": f"{JANE.spare.id}\n{JANE.disabled.id}"}, "key_id"),
        ("revoke", {"user_name": JANE.name, "key_id": [JANE.spare.id, ""]}, "key_id"),
        ("revoke", {"user_name": JANE.name, "key_id": {"id": JANE.spare.id}}, "key_id"),
        ("revoke", {"user_id": JANE.name, "key_id": JANE.spare.id}, "user_id"),
        ("offboard", {"user_id": JANE.name}, "user_id"),
        ("audit", {"org_id": "Example Organization"}, "org_id"),
    ],
)
def test_each_playbook_refuses_what_is_not_an_id(
    playbook: Playbook, emulator: Emulator, name: str, variables: dict[str, t.Any], option: str
) -> None:
    environment = login(JANE.name, JANE.login.secret, emulator)
    run = playbook(f"mongodb.atlas.{name}", "-e", json.dumps(variables), environment=environment)
    assert run.exit_code == 2
    assert option in run.results[-1]["msg"]
    assert "24 hexadecimal digits" in run.results[-1]["msg"]
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("revoke", "MONGODB_ATLAS_USER_NAME"),
        ("revoke", "MONGODB_ATLAS_KEY_ID"),
        ("offboard", "MONGODB_ATLAS_USER_ID"),
        ("audit", "MONGODB_ATLAS_ORG_ID"),
    ],
)
def test_each_playbook_names_a_variable_that_is_not_utf_8(
    playbook: Playbook, emulator: Emulator, name: str, variable: str
) -> None:
    environment = {**login(JANE.name, JANE.login.secret, emulator), variable: os.fsdecode(b"jos\xe9")}
    run = playbook(f"mongodb.atlas.{name}", environment=environment)
    assert run.exit_code == 2
    assert run.results[-1]["msg"].startswith(f"The environment variable {variable} holds text that is not UTF-8.")
    assert "UnicodeEncodeError" not in run.output
    assert emulator.requests == []


def test_a_leaked_key_in_the_place_of_its_id_is_in_no_output(playbook: Playbook, emulator: Emulator) -> None:
    for key_id in (JANE.spare.secret, f"{JANE.disabled.id},{JANE.spare.secret}"):
        environment = {**emulator.environment(), "MONGODB_ATLAS_KEY_ID": key_id}
        run = playbook("mongodb.atlas.revoke", "-vvvv", "--diff", environment=environment)
        assert run.exit_code == 2
        assert "key_id" in run.results[-1]["msg"]
        assert JANE.spare.secret not in run.output + repr(run.results)
    assert emulator.requests == []


def test_tags_leave_nothing_out(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    audit = ("mongodb.atlas.audit", "-e", f"org_id={ORGANIZATION.id}", "-e", f"report={tmp_path / 'report.csv'}")
    tags = ("--tags", "revoke")
    assert playbook(*audit, *tags, environment=login(OWNER.name, OWNER.login.secret, emulator)).exit_code == 0
    assert (tmp_path / "report.csv").exists()

    assert playbook("mongodb.atlas.revoke", *tags, environment=emulator.environment()).exit_code == 0
    assert states(emulator, JANE.id) == {True: 1, False: 1}

    assert playbook("mongodb.atlas.offboard", *tags, environment=emulator.environment()).exit_code == 0
    assert states(emulator, JANE.id) == {False: 2}


@pytest.mark.parametrize(
    ("name", "limit", "inventory"),
    [
        ("audit", "web", ()),
        ("offboard", "web", ("-i", "web,")),
        ("revoke", "web", ("-i", "web,localhost,")),
        ("revoke", "all", ()),
        ("revoke", "!localhost", ()),
    ],
)
def test_a_limit_that_leaves_out_localhost_is_a_failure(
    playbook: Playbook, emulator: Emulator, name: str, limit: str, inventory: tuple[str, ...]
) -> None:
    run = playbook(f"mongodb.atlas.{name}", "--limit", limit, *inventory, environment=emulator.environment())
    assert run.exit_code == 4
    assert f"Nothing was done, because the limit {limit} leaves out localhost." in " ".join(run.output.split())
    assert emulator.requests == []


def test_the_check_of_the_limit_is_the_same_in_each_playbook() -> None:
    files = sorted((Path(__file__).parents[2] / "playbooks").glob("*.yml"))
    hosts = {yaml.safe_load(file.read_text(encoding="utf-8"))[0]["hosts"] for file in files}
    assert (len(files), len(hosts)) == (3, 1)


@pytest.mark.parametrize("limit", ["localhost", "web,localhost"])
def test_a_limit_that_has_localhost_changes_nothing(playbook: Playbook, emulator: Emulator, limit: str) -> None:
    inventory = ("-i", "web,localhost,")
    run = playbook("mongodb.atlas.revoke", *inventory, "--limit", limit, environment=emulator.environment())
    assert (run.exit_code, run.results[1]["changed"]) == (0, True)
    assert {result["host"] for result in run.results} == {"localhost"}


def test_the_setting_makes_an_unknown_limit_an_error_but_no_other(playbook: Playbook) -> None:
    """The guide says so about playbooks that do not check the limit themselves."""
    work = [{"ansible.builtin.debug": {"msg": "The work is done."}}]
    setting = {"ANSIBLE_HOST_PATTERN_MISMATCH": "error"}
    for options, without, with_setting in [
        ((), 0, 0),
        (("--limit", "web"), 0, 1),
        (("--limit", "all"), 0, 0),
        (("--limit", "web", "-i", "web,"), 0, 0),
        (("--limit", "web", "-i", "db,"), 1, 1),
    ]:
        runs = playbook(work, *options), playbook(work, *options, environment=setting)
        assert [run.exit_code for run in runs] == [without, with_setting], options
        assert [len(run.results) for run in runs] == ([0, 0] if options else [1, 1])


def try_it(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.try_it"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_demonstration_that_fails_leaves_no_emulator_behind(tmp_path: Path) -> None:
    done = try_it(
        {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(tmp_path), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"}
    )
    assert done.returncode != 0
    port = re.search(r"listens on http://127\.0\.0\.1:(\d+)", done.stdout)
    assert port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port[1])))


def test_the_demonstration_previews_revokes_and_finds_nothing_left_to_do() -> None:
    environment = {**os.environ, "MONGODB_ATLAS_USER_NAME": "somebody", "MCLI_OPS_MANAGER_URL": "http://127.0.0.1:9"}
    done = try_it(environment)
    assert done.returncode == 0
    assert re.findall(r"changed=(\d+) .*failed=(\d+)", done.stdout) == [("1", "0"), ("1", "0"), ("0", "0")]
    assert done.stdout.endswith("The emulator is gone.\n")
