# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the playbook audit: its order, its texts, and cells that no spreadsheet calculates."""

from __future__ import annotations

import csv
import io
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.filter.credential_report import FilterModule
from ansible_collections.mongodb.atlas.plugins.module_utils._credentials import FLAGS, SEVERITIES, Row
from ansible_collections.mongodb.atlas.plugins.module_utils._report import _COLUMNS, MEANINGS, csv_cell

from tests.unit.reports import SERVERS, error_row, result, row

report = FilterModule().filters()["credential_report"]


def on_one_server(*rows: dict[str, t.Any], fail_on: str | None = None, **more: t.Any) -> t.Any:
    return report([["localhost", "https://ops.example.com", result(*rows, **more)]], fail_on)


def table(made: t.Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made["csv"])))


def test_every_flag_has_a_meaning_and_an_advice_in_one_sentence_each() -> None:
    assert list(MEANINGS) == list(FLAGS)
    assert [text for texts in MEANINGS.values() for text in texts if not text.endswith(".")] == []


def test_the_csv_file_has_every_field_of_a_row_but_whether_it_matches() -> None:
    assert sorted(_COLUMNS) == sorted({*Row._fields} - {"matches"})


def test_rows_are_sorted_by_severity_server_organization_kind_and_age() -> None:
    wanted = [
        ("a", row("1", severity="critical", organization="Z")),
        ("a", row("2", severity="high", organization="alpha", age_days=9)),
        ("a", row("3", severity="high", organization="alpha", age_days=1)),
        ("a", row("4", severity="high", organization="alpha", age_days="unknown")),
        ("a", row("5", severity="high", organization="alpha", kind="service_account", age_days=99)),
        ("a", row("6", severity="high", organization="Beta")),
        ("b", row("7", severity="high", organization=None, organization_id=None, kind="global_api_key")),
        ("b", row("8", severity="info")),
        ("b", row("9", severity=None)),
    ]
    servers = [[name, "", result(*(each for on, each in reversed(wanted) if on == name))] for name in ("b", "a")]
    made = report(servers)
    ids = [cells[1 + _COLUMNS.index("id")] for cells in table(made)[1:]]
    assert ids == [each["id"] for _name, each in wanted]
    assert [(group["severity"], len(group["rows"])) for group in made["page"]["groups"]] == [
        ("critical", 1),
        ("high", 6),
        ("info", 1),
        ("none", 1),
    ]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]
)
def test_no_spreadsheet_calculates_a_cell(text: str) -> None:
    assert csv_cell(text) == f"'{text}"
    made = on_one_server(row("1", name=text))
    assert table(made)[1][1 + _COLUMNS.index("name")] == f"'{text}"


def test_the_csv_file_is_quoted_and_every_row_has_the_same_number_of_cells() -> None:
    names = ["=1", "+1", "-1", "@SUM(1)", "\t=1", 'a;"b"\nc', "x,y", "ü", ""]
    made = on_one_server(*(row(str(number), name=name) for number, name in enumerate(names)), error_row("No rights."))
    assert {len(cells) for cells in table(made)} == {1 + len(_COLUMNS)}
    assert '"a;""b""\nc"' in made["csv"]


def test_a_server_that_shuffles_roles_does_not_change_the_report() -> None:
    shuffled = [
        on_one_server(
            row(
                "1",
                roles=roles,
                projects=[{"project_id": name, "roles": ["GROUP_OWNER", "A"][::step]} for name in ("p1", "p2")[::step]],
            ),
            login={"kind": "org_api_key", "id": "0", "name": "a", "roles": roles},
        )
        for roles, step in ((["ORG_OWNER", "ORG_MEMBER"], 1), (["ORG_MEMBER", "ORG_OWNER"], -1))
    ]
    assert shuffled[0] == shuffled[1]


def test_three_kinds_of_unknown_stay_apart_in_the_csv_file() -> None:
    made = on_one_server(row("1", last_used_at=None, expires_at="n/a", access_list="unknown", own_login=True))
    cells = dict(zip(["server", *_COLUMNS], table(made)[1], strict=True))
    assert [cells[name] for name in ("last_used_at", "expires_at", "access_list", "own_login")] == [
        "",
        "n/a",
        "unknown",
        "yes",
    ]


def test_lists_are_one_cell_each() -> None:
    made = on_one_server(
        row(
            "1",
            roles=["ORG_MEMBER", "ORG_READ_ONLY"],
            projects=[{"project_id": "p1", "roles": ["GROUP_OWNER", "GROUP_READ_ONLY"]}],
            access_list=[{"id": "192.0.2.1/32"}, {"id": "198.51.100.0/24"}],
        )
    )
    cells = dict(zip(["server", *_COLUMNS], table(made)[1], strict=True))
    assert cells["roles"] == "ORG_MEMBER ORG_READ_ONLY"
    assert cells["projects"] == "p1:GROUP_OWNER,GROUP_READ_ONLY"
    assert cells["access_list"] == "192.0.2.1/32 198.51.100.0/24"


def test_the_summary_counts_credentials_and_not_parts_that_could_not_be_read() -> None:
    made = on_one_server(row("1", severity="high"), row("2", severity=None), error_row("No rights."))
    assert made["summary"] == "2 credentials of 1 organization: 1 high, 1 without a finding."
    assert report(SERVERS)["summary"] == "3 credentials of 2 organizations on 2 of 3 servers: 1 critical, 2 high."
    assert on_one_server()["summary"] == "0 credentials of 1 organization: 0 without a finding."


def test_the_screen_shows_the_worst_twenty() -> None:
    made = on_one_server(*(row(f"{number:02}", severity="high", name=f"key {number:02}") for number in range(22)))
    assert len(made["lines"]) == 22
    assert made["lines"][1].startswith("high      ORG_OWNER  API key 00 (key 00), Example, localhost")
    assert made["lines"][-1] == "The report has 2 more with findings."


def test_every_part_that_could_not_be_read_is_named() -> None:
    made = report(SERVERS)
    assert made["page"]["unread"] == [
        {"place": "gone, everything", "error": "No connection."},
        {"place": "prod, Example, Service account", "error": "The login may not list them."},
    ]
    assert made["problems"] == [
        "The report is incomplete, because 2 parts could not be read: gone, everything: No connection. prod, Example, "
        "Service account: The login may not list them."
    ]
    assert made["lines"][-2:] == [
        "NOT READ: gone, everything: No connection.",
        "NOT READ: prod, Example, Service account: The login may not list them.",
    ]
    assert made["was_read"]


def test_a_row_with_a_part_that_could_not_be_read_is_a_credential_and_a_problem() -> None:
    made = on_one_server(row("1", severity="medium", flags=["LIST_UNKNOWN"], error="HTTP 500"), msg="1 of 4 failed.")
    assert made["summary"].startswith("1 credential of 1 organization: 1 medium")
    assert made["page"]["unread"] == [{"place": "localhost, Example, API key 1 (name of 1)", "error": "HTTP 500."}]


def test_a_task_that_failed_or_did_not_run_is_a_problem_without_a_row() -> None:
    assert report([["a", "", {}]])["page"]["unread"][0]["error"].startswith("The task did not run.")
    assert (
        report([["a", "", {"msg": "The login\n was refused"}]])["page"]["unread"][0]["error"]
        == "The login was refused."
    )
    assert on_one_server(row("1"), msg="The task failed.")["page"]["unread"][0]["error"] == "The task failed."
    assert not report([["a", "", {}]])["was_read"]


def test_many_parts_that_could_not_be_read_are_counted() -> None:
    made = on_one_server(*(error_row(f"Error {number}.") for number in range(7)))
    assert made["problems"][0].endswith("Error 4. The report names 2 more.")


@pytest.mark.parametrize(("limit", "bad"), [(None, 0), ("critical", 1), ("high", 2), ("low", 3), ("info", 4)])
def test_findings_of_a_severity_or_worse_are_a_problem(limit: str | None, bad: int) -> None:
    rows = [row(name, severity=name) for name in ("critical", "high", "low", "info")]
    made = on_one_server(*rows, row("none", severity=None), fail_on=limit)
    assert [problem.split()[0] for problem in made["problems"]] == ([str(bad)] if bad else [])


def test_the_problem_names_five_findings() -> None:
    rows = [row(str(number), severity="high", flags=["ORG_OWNER", "OLD"], secret_end="1234") for number in range(7)]
    rows[0]["kind"] = "service_account_secret"
    (problem,) = on_one_server(*rows, fail_on="high")["problems"]
    assert problem.startswith("7 credentials with a finding of the severity high or worse: API key 1 (name of 1): ")
    assert problem.endswith("API key 5 (name of 5): ORG_OWNER, OLD; and 2 more.")
    (secret,) = on_one_server(rows[0], fail_on="high")["problems"]
    assert "Secret of a service account ending in 1234 0 (name of 0)" in secret


def test_only_flags_that_occur_are_explained_the_worst_first() -> None:
    made = on_one_server(row("1", flags=["ORG_OWNER", "OLD"]), row("2", flags=["OPEN", "ORG_OWNER"]))
    assert [(flag["name"], flag["severity"], flag["number"]) for flag in made["page"]["flags"]] == [
        ("OPEN", "critical", "1 credential"),
        ("ORG_OWNER", "high", "2 credentials"),
        ("OLD", "medium", "1 credential"),
    ]


def test_a_server_is_described_with_its_login_and_time() -> None:
    shown = report([["prod", "https://user:secret@ops.example.com:8443/x", result(row("1"))]])["page"]["servers"][0]
    assert shown == {
        "name": "prod",
        "address": "https://ops.example.com:8443/x",
        "was_read": True,
        "login": "API key owqhtzrd with ORG_OWNER",
        "made_at": "2026-01-24 16:11 UTC",
        "organizations": [
            {
                "name": "Example",
                "id": "5e2b0f6a9ccf64c8a1d0e311",
                "access_list_required": "no",
                "counts": "API key: 1, Service account: 2",
            }
        ],
        "global_keys": 0,
    }
    login: dict[str, t.Any] = {"kind": "user_api_key", "id": "2", "name": "laptop", "roles": [], "org_id": None}
    own = row("2", kind="user_api_key", public_id="jane.doe@example.com", name="laptop")
    assert (
        on_one_server(own, login=login)["page"]["servers"][0]["login"]
        == "Personal API key jane.doe@example.com (laptop)"
    )
    assert report([["gone", "", {}]])["page"]["servers"][0]["login"] == "unknown"
    no_time = report([["a", "", {**result(), "made_at": None, "login": None}]])["page"]["servers"][0]
    assert (no_time["made_at"], no_time["login"]) == ("unknown", "unknown")
    unknown = {"kind": "access_token", "id": None, "name": None, "roles": None, "org_id": None}
    shown = report([["a", "", {**result(), "login": unknown}]])["page"]["servers"][0]
    assert shown["login"] == "Access token of a service account"


def test_a_row_is_described_for_readers() -> None:
    (group,) = on_one_server(
        row(
            "5e2b10049ccf64c8a1d0e321",
            public_id="mdb_sa_id_1",
            secret_id="5e2b10049ccf64c8a1d0e999",
            kind="service_account_secret",
            projects=[{"project_id": "p1", "roles": ["GROUP_OWNER"]}],
            open_to=[],
            age_days=1,
            last_used_at=None,
        )
    )["page"]["groups"]
    (shown,) = group["rows"]
    assert shown["ids"] == ["mdb_sa_id_1", "5e2b10049ccf64c8a1d0e999"]
    assert (shown["kind"], shown["end"]) == ("Secret of a service account", "c3d4")
    assert shown["projects"] == ["GROUP_OWNER in p1"]
    assert (shown["open_to"], shown["age"], shown["used"]) == (["nowhere"], "1 day", "never")


def test_unknown_is_shown_as_unknown() -> None:
    (group,) = on_one_server(
        row("1", name=None, projects="unknown", open_to="unknown", created_at=None, age_days="unknown")
    )["page"]["groups"]
    (shown,) = group["rows"]
    assert (shown["name"], shown["ids"]) == ("1", [])
    assert (shown["projects"], shown["open_to"], shown["created"], shown["age"]) == (
        ["projects: unknown"],
        ["unknown"],
        "unknown",
        "",
    )


def test_every_severity_has_a_group() -> None:
    made = on_one_server(*(row(name, severity=name) for name in SEVERITIES))
    assert [group["title"] for group in made["page"]["groups"]] == ["Critical", "High", "Medium", "Low", "Info"]


def test_every_text_of_the_page_is_escaped() -> None:
    attack = "<script>\"'&"
    fields = ("name", "public_id", "id", "organization", "error", "secret_end", "open_to")
    made = report(
        [
            [
                attack,
                f"https://{attack}",
                result(
                    row("1", **dict.fromkeys(fields, attack), roles=[attack], flags=["OPEN"]),
                    row("2", projects=[{"project_id": attack, "roles": [attack]}], open_to=[attack]),
                    organizations=[{"id": attack, "name": attack, "access_list_required": attack, "counts": {}}],
                    login={"kind": "org_api_key", "id": attack, "name": attack, "roles": [attack]},
                    msg=attack,
                ),
            ]
        ]
    )
    shown = repr(made["page"])
    assert "&lt;script&gt;&quot;&#x27;&amp;" in shown
    assert [each for each in texts(made["page"]) if set("<>\"'") & set(each)] == []


def texts(value: t.Any) -> list[str]:
    """List all texts in a value, with the keys."""
    if isinstance(value, str):
        return [value]
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for each in inner for text in texts(each)]
