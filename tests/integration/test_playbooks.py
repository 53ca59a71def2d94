# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection, and the demonstration in the README."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import typing as t
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator, sample_world
from tests.emulator.sample import (
    JANE,
    JOHN,
    ORGANIZATION,
    OWNER,
    OWNER_KEY,
    PROGRAMMATIC,
    PROJECT_ACCOUNT,
    SPARE_KEY,
)

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
        variables["seen"] = SPARE_KEY.private_key[-12:]
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
    assert [item["changed"] for item in preview.results[3]["user_api_keys"]] == [True, True, False]
    assert '+            "state": "disabled"' in preview.output
    assert states(emulator, JANE.id) == {True: 2, False: 1}

    emulator.clear()
    run = playbook(*offboard, environment=login(JANE.name, JANE.login.secret, emulator))
    assert [item["changed"] for item in run.results[3]["user_api_keys"]] == [True, True, False]
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
    assert [item["state"] for item in run.results[3]["user_api_keys"]] == ["absent"] * 3
    assert states(emulator, JANE.id) == {}
    owner = login(OWNER.name, OWNER.login.secret, emulator)
    again = playbook("mongodb.atlas.offboard", *options, environment=owner)
    assert (again.exit_code, again.results[3]["user_api_keys"]) == (0, [])


def test_offboarding_lists_the_credentials_that_the_user_may_know(playbook: Playbook, emulator: Emulator) -> None:
    """The login is suspended, and the list has been read before."""
    spare = emulator.world.programmatic_keys[SPARE_KEY.id]
    spare.description = "Jane's backup [replaced by kfjwbqzs]"
    options = ("-e", f"user_name={JANE.name}", "-e", "left_at=2020-01-24")
    run = playbook("mongodb.atlas.offboard", *options, environment=login(JANE.name, JANE.login.secret, emulator))
    assert run.exit_code == 0
    shown = run.results[5]["msg"]
    assert shown[:2] == [
        f"org_api_key {spare.public_key} ({spare.description}), made 2020-01-24T15:53:36Z. To rotate it:",
        "  ansible localhost -m mongodb.atlas.org_api_key_rotation -a "
        f"""'{{"org_id": "{ORGANIZATION.id}", "force": true, "private_key_path": "/path/to/new", "description": """
        """"Jane'"'"'s backup"}'""",
    ]
    assert shown[-1].startswith(
        "The playbook could not read all programmatic keys and service accounts, so the user may"
    )


def test_offboarding_lists_service_accounts_and_keys_that_are_old_enough(playbook: Playbook) -> None:
    with Emulator(product="atlas") as atlas:
        operator = login(PROGRAMMATIC.public_key, PROGRAMMATIC.private_key, atlas)
        environment = {**operator, "MONGODB_ATLAS_BASE_URL": atlas.base_url}
        options = ("-e", f"user_id={JANE.id}", "-e", "left_at=2019-12-31T23:59:59Z", "--check")
        run = playbook("mongodb.atlas.offboard", *options, environment=environment)
        assert run.exit_code == 0, run.output
        assert [line.split(",")[0] for line in run.results[5]["msg"]] == [
            f"org_api_key {PROGRAMMATIC.public_key} (Ansible controller)",
            f'  ansible localhost -m mongodb.atlas.org_api_key_rotation -a \'{{"org_id": "{ORGANIZATION.id}"',
        ]
        run = playbook("mongodb.atlas.offboard", "-e", f"user_id={JANE.id}", "--check", environment=environment)
        shown = run.results[5]["msg"]
        command = "  ansible localhost -m mongodb.atlas.service_account_secret -a "
        given = {"org_id": ORGANIZATION.id, "force": True, "client_secret_path": "/path/to/new"}
        assert command + shlex.quote(json.dumps({**given, "account_id": PROJECT_ACCOUNT.id})) in shown
        assert len(shown) == 2 * (5 + 5)


def reports(folder: Path) -> list[str]:
    """List the reports in a folder."""
    return sorted(path.name for path in folder.glob("report*"))


def rows_of(file: Path) -> list[dict[str, str]]:
    """Read a CSV report, each row of which has as many cells as the first."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    assert [row for row in rows if None in row or None in row.values()] == []
    return rows


def test_the_audit_is_a_summary_and_two_reports(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    spare = emulator.world.key(JANE.id, JANE.spare.id)
    assert spare
    spare.description = '=HYPERLINK("https://evil.example"), {{ 1 + 1 }}<script>alert(1)</script>'
    emulator.clock = 1_770_000_000.0
    audit = ("mongodb.atlas.audit", "-e", f"report={tmp_path / 'report.csv'}")
    owner = login(OWNER.name, OWNER.login.secret, emulator)

    preview = playbook(*audit, "--check", "--diff", environment=owner)
    assert preview.exit_code == 0
    assert f'+"localhost","high","ORG_OWNER OLD","user_api_key","{JANE.login.description}"' in preview.output
    assert reports(tmp_path) == []

    run = playbook(*audit, environment=owner)
    assert run.exit_code == 0
    lines = next(result["msg"] for result in run.results if result["task"] == "Show the summary")
    assert lines[0] == "12 credentials of 1 organization: 7 high, 5 medium."
    assert lines[1].startswith("high      GLOBAL_OWNER")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in reports(tmp_path)] == [0o600, 0o600]
    assert reports(tmp_path) == ["report.csv", "report.html"]
    rows = rows_of(tmp_path / "report.csv")
    assert Counter(row["kind"] for row in rows) == {"user_api_key": 6, "org_api_key": 5, "global_api_key": 1}
    (row,) = (row for row in rows if row["id"] == JANE.spare.id)
    assert (row["server"], row["public_id"], row["secret_end"]) == ("localhost", JANE.name, JANE.spare.secret[-4:])
    assert row["name"] == "'" + spare.description
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "{{ 1 + 1 }}&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert f"<small>{emulator.url}</small>" in page
    assert f"Personal API key {OWNER.name} (Ops Manager) with GLOBAL_OWNER, ORG_OWNER" in page
    assert f"{ORGANIZATION.name}<small>{ORGANIZATION.id}</small>" in page
    assert "The report holds only the credentials that the logins below can see." in page
    assert "This report is incomplete" not in page
    assert "changed=0" in playbook(*audit, environment=owner).output


def test_the_audit_of_one_kind_in_one_organization(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    owner = {**login(OWNER.name, OWNER.login.secret, emulator), "MONGODB_ATLAS_ORG_ID": ORGANIZATION.id}
    run = playbook("mongodb.atlas.audit", "-e", "kinds=user_api_key", environment={**owner, "PWD": str(tmp_path)})
    assert run.exit_code == 0
    rows = rows_of(tmp_path / "credentials.csv")
    assert Counter(row["kind"] for row in rows) == {"user_api_key": 6}
    (suspended,) = (row for row in rows if row["id"] == JANE.disabled.id)
    assert "DISABLED" in suspended["flags"]
    assert (tmp_path / "credentials.html").exists()


def test_an_audit_that_may_not_read_every_key_says_so_and_fails(
    playbook: Playbook, emulator: Emulator, tmp_path: Path
) -> None:
    options = ("-e", f"org_id={ORGANIZATION.id}", "-e", f"report={tmp_path / 'report'}", "-e", "fail_on=high")
    run = playbook("mongodb.atlas.audit", *options, environment=login(JANE.name, JANE.login.secret, emulator))
    assert run.exit_code == 2
    assert run.results[-1]["msg"].startswith("The report is incomplete, because ")
    assert JOHN.name in run.results[-1]["msg"]
    assert "with a finding of the severity high or worse: " in run.results[-1]["msg"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "This report is incomplete" in page
    assert f"Personal API key {JOHN.name}" in page
    assert next(row["public_id"] for row in rows_of(tmp_path / "report.csv") if row["error"]) == JOHN.name


@pytest.mark.parametrize(("severity", "exit_code"), [("critical", 0), ("high", 2), ("info", 2)])
def test_findings_are_a_failure_after_the_report(
    playbook: Playbook, emulator: Emulator, tmp_path: Path, severity: str, exit_code: int
) -> None:
    options = ("-e", f"report={tmp_path / 'report'}", "-e", f"fail_on={severity}", "-e", "kinds=user_api_key")
    run = playbook("mongodb.atlas.audit", *options, environment=login(OWNER.name, OWNER.login.secret, emulator))
    assert run.exit_code == exit_code
    assert reports(tmp_path) == ["report.csv", "report.html"]
    assert exit_code == 0 or f"with a finding of the severity {severity} or worse: " in run.results[-1]["msg"]


def test_an_audit_whose_login_is_refused_keeps_the_old_report(
    playbook: Playbook, emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    options = ("-e", f"report={tmp_path / 'report'}")
    run = playbook("mongodb.atlas.audit", *options, environment=login(OWNER.name, JANE.spare.secret, emulator))
    assert run.exit_code == 2
    assert "localhost, everything: GET " in run.results[-1]["msg"]
    assert "The login was refused" in run.results[-1]["msg"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "old"
    assert reports(tmp_path) == ["report.html"]


def test_one_report_of_several_servers(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    with Emulator(product="atlas") as atlas:
        owner = {"public_key": OWNER.name, "private_key": OWNER.login.secret}
        hosts: dict[str, dict[str, str | int]] = {
            "atlas": {
                "base_url": atlas.base_url,
                "public_key": OWNER_KEY.public_key,
                "private_key": OWNER_KEY.private_key,
                "org_id": ORGANIZATION.id,
            },
            "cork": {"base_url": emulator.url, **owner},
            "gone": {"base_url": "http://127.0.0.1:9", "api_retries": 0, **owner},
            "unset": {"base_url": emulator.url, **owner, "private_key": "{{ vault_that_is_not_there }}"},
        }
        inventory = tmp_path / "inventory.yml"
        servers = {"children": {"servers": {"hosts": hosts}}, "hosts": {"web": {}}}
        inventory.write_text(yaml.safe_dump({"all": servers}), encoding="utf-8")
        audit = ("mongodb.atlas.audit", "-i", str(inventory), "-e", f"report={tmp_path / 'report'}")
        # The login of the environment must not stand in for a variable that is not defined.
        environment = {"MONGODB_ATLAS_PRIVATE_API_KEY": OWNER.login.secret}

        run = playbook(*audit, "-e", "servers=servers", environment=environment)
        assert run.exit_code == 2
        assert run.results[-1]["msg"].startswith("The report is incomplete, because 2 parts could not be read: gone, ")
        assert "unset, everything: " in run.results[-1]["msg"]
        rows = rows_of(tmp_path / "report.csv")
        assert {row["server"] for row in rows} == {"atlas", "cork"}
        assert {row["kind"] for row in rows if row["server"] == "atlas"} == {
            "org_api_key",
            "service_account",
            "service_account_secret",
        }
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert "on 2 of 4 servers" in page
        assert page.count("Could not be read") == 2
        assert f"<small>{atlas.base_url}</small>" in page

        atlas.clear()
        run = playbook(*audit, "-e", "servers=servers", "--limit", "cork,web", environment=environment)
        assert run.exit_code == 0
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert "Because of a limit, the audit left out these servers: atlas, gone, unset." in page
        assert atlas.requests == []

        emulator.clear()
        run = playbook(*audit, "-e", "servers=web,cork", environment=environment)
        assert (run.exit_code, emulator.requests) == (2, [])
        assert run.results[-1]["msg"] == "Each host in servers needs a variable base_url. These have none: web."
        run = playbook(*audit, "-e", "servers=nowhere", environment=environment)
        assert run.exit_code == 4
        assert "because the inventory has no host that matches servers=nowhere." in " ".join(run.output.split())


def test_a_report_that_cannot_be_written_is_a_failure_before_anything_is_read(
    playbook: Playbook, emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "report.html").mkdir()
    options = ("-e", f"report={tmp_path / 'report'}")
    run = playbook("mongodb.atlas.audit", *options, environment=login(OWNER.name, OWNER.login.secret, emulator))
    assert (run.exit_code, emulator.requests) == (2, [])
    assert run.results[-1]["msg"].startswith(f"The playbook cannot write the report to {tmp_path / 'report'}. ")


def test_a_folder_where_nobody_can_write_is_a_failure(playbook: Playbook, emulator: Emulator, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    # Root can write to every folder. So this file, which each Python reads when it starts, makes one an exception.
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        "access = os.access\n"
        "os.access = lambda path, *mode, **options: "
        f"path != {os.fsencode(folder)!r} and access(path, *mode, **options)\n",
        encoding="utf-8",
    )
    environment = {**login(OWNER.name, OWNER.login.secret, emulator), "PYTHONPATH": str(tmp_path)}
    run = playbook("mongodb.atlas.audit", "-e", f"report={folder / 'report'}", environment=environment)
    assert (run.exit_code, emulator.requests) == (2, [])
    assert "set -e report=... to a path in an existing folder where you can write." in run.results[-1]["msg"]


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
        ("offboard", {"user_id": JANE.id, "left_at": "31.01.2026"}, "such as 2026-01-31 or 2026-01-31T17:00:00Z."),
        ("audit", {"report": "/nowhere/report.csv"}, "set -e report=... to a path in an existing folder"),
        ("audit", {"report": "/"}, "set -e report=... to a path in an existing folder"),
        ("audit", {"fail_on": "severe"}, "Set -e fail_on=... to critical, high, medium, low or info"),
    ],
)
def test_each_playbook_says_what_is_missing(
    playbook: Playbook, emulator: Emulator, name: str, variables: dict[str, str], says: str
) -> None:
    environment = login(JANE.name, JANE.login.secret, emulator)
    run = playbook(f"mongodb.atlas.{name}", "-e", json.dumps(variables), environment=environment)
    assert run.exit_code == 2
    assert says in run.results[-1]["msg"]
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


def test_the_check_of_the_limit_is_the_same_in_each_playbook_of_one_host() -> None:
    files = [file for file in PLAYBOOKS.glob("*.yml") if file.stem != "audit"]
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


def try_it(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.try_it", str(folder)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_demonstration_that_fails_leaves_no_emulator_behind(tmp_path: Path) -> None:
    done = try_it(
        tmp_path,
        {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(tmp_path), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"},
    )
    assert done.returncode != 0
    port = re.search(r"listens on http://127\.0\.0\.1:(\d+)", done.stdout)
    assert port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port[1])))


def test_the_demonstration_previews_revokes_finds_and_proves(tmp_path: Path) -> None:
    record = tmp_path / "leaked.json"
    record.write_text('{"id": "the record of another demonstration"}', encoding="utf-8")
    environment = {
        **os.environ,
        "MONGODB_ATLAS_USER_NAME": "somebody",
        "MCLI_OPS_MANAGER_URL": "http://127.0.0.1:9",
        "TMPDIR": str(tmp_path),
    }
    done = try_it(tmp_path, environment)
    assert done.returncode == 0, done.stdout
    of_plays = re.findall(r"changed=(\d+) .*failed=(\d+)", done.stdout)
    assert of_plays == [("1", "0"), ("1", "0"), ("0", "0"), ("0", "0"), ("3", "0"), ("2", "0")]
    assert f"The emulator is gone. The record of the revocation is {record}.\n" in done.stdout
    page = tmp_path / "credentials.html"
    assert done.stdout.endswith(f"The report of the audit is {page}. Open it in a browser.\n")
    assert "Ansible controller" in page.read_text(encoding="utf-8")
    assert json.loads(record.read_text(encoding="utf-8"))["no_longer_listed"] is True
    assert "private_key" not in {path.name for path in tmp_path.rglob("*")}
