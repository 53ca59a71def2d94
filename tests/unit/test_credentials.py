# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags and the rows of credentials: each rule alone, with the values on both sides of its limit."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._credentials import (
    FLAGS,
    NOT_APPLICABLE,
    OF_SECRETS,
    SEVERITIES,
    UNKNOWN,
    Credential,
    Organization,
    Row,
    Thresholds,
    rows,
    worse_or_equal,
)

NOW = 1_600_000_000.0  # 2020-09-13T12:26:40Z
OPEN = Organization("5e2b0f6a9ccf64c8a1d0e311", "Example", access_list_required=False)
STRICT = OPEN._replace(access_list_required=True)
UNTOLD = OPEN._replace(access_list_required=UNKNOWN)
KEY = Credential(
    "org_api_key",
    OPEN,
    "5e2b13009ccf64b7c8d90c45",
    "ctbmsjfi",
    "backup",
    created_at="2020-09-13T12:26:40Z",
    roles=["ORG_READ_ONLY"],
    projects=[],
    access_list=[{"id": "192.0.2.1/32"}],
    last_used_at="2020-09-13T12:26:40Z",
    secret_end="c05e2d9f8163",
)
ACCOUNT = KEY._replace(kind="service_account", id="mdb_sa_id_1", last_used_at=NOT_APPLICABLE, secret_end="")
SECRET = ACCOUNT._replace(
    kind="service_account_secret", expires_at="2021-09-13T12:26:40Z", last_used_at=KEY.last_used_at, secret_id="5e"
)


def entries(*blocks: str) -> list[dict[str, str]]:
    return [{"id": block} for block in blocks]


def row(credential: Credential, *others: Credential, now: float | None = NOW) -> Row:
    return rows([credential, *others], Thresholds(), now)[0]


def in_project(*roles: str) -> list[dict[str, t.Any]]:
    return [{"project_id": "5e2b10049ccf64c8a1d0e321", "roles": list(roles)}]


RULES: list[tuple[str, Credential, Credential]] = [
    # The flag, a credential that gets it, and one that just does not.
    (
        "OPEN",
        KEY._replace(access_list=entries("0.0.0.0/1", "192.0.2.1/32", "128.0.0.0/1")),
        KEY._replace(access_list=entries("0.0.0.0/1", "128.0.0.0/2")),
    ),
    ("OPEN", KEY._replace(access_list=entries("::/0")), KEY._replace(access_list=entries("::/1"))),
    ("OPEN", KEY._replace(access_list=entries("8000::/1", "::/1")), KEY._replace(access_list=entries("0.0.0.0/1"))),
    (
        "OPEN",
        KEY._replace(
            kind="global_api_key", organization=None, projects=NOT_APPLICABLE, access_list=entries("0.0.0.0/0")
        ),
        KEY._replace(access_list=[]),
    ),
    ("NO_ACCESS_LIST", KEY._replace(access_list=[]), KEY._replace(access_list=[], organization=STRICT)),
    ("NO_ACCESS_LIST", ACCOUNT._replace(access_list=[]), ACCOUNT._replace(access_list=[], organization=UNTOLD)),
    (
        "NO_ACCESS_LIST",
        KEY._replace(access_list=[]),
        KEY._replace(kind="global_api_key", organization=None, access_list=[]),
    ),
    ("NO_ACCESS_LIST", KEY._replace(access_list=[]), KEY._replace(access_list=UNKNOWN)),
    ("ORG_OWNER", KEY._replace(roles=["ORG_OWNER"]), KEY._replace(roles=["ORG_GROUP_CREATOR"])),
    ("GLOBAL_OWNER", KEY._replace(roles=["GLOBAL_OWNER"]), KEY._replace(roles=["GLOBAL_READ_ONLY"])),
    (
        "ALL_SECRETS_EXPIRED",
        ACCOUNT._replace(secret_expiries=["2020-09-13T12:26:40Z", "2019-01-01T00:00:00Z"]),
        ACCOUNT._replace(secret_expiries=["2020-09-13T12:26:41Z", "2019-01-01T00:00:00Z"]),
    ),
    ("ALL_SECRETS_EXPIRED", ACCOUNT._replace(secret_expiries=["2019-01-01T00:00:00Z"]), ACCOUNT),
    (
        "ALL_SECRETS_EXPIRED",
        ACCOUNT._replace(secret_expiries=["2019-01-01T00:00:00Z"]),
        ACCOUNT._replace(secret_expiries=["2019-01-01T00:00:00Z", None]),
    ),
    (
        "PROJECT_OWNER",
        KEY._replace(projects=in_project("GROUP_OWNER")),
        KEY._replace(projects=in_project("GROUP_READ_ONLY")),
    ),
    ("WIDE", KEY._replace(access_list=entries("10.0.0.0/15")), KEY._replace(access_list=entries("10.0.0.0/16"))),
    (
        "WIDE",
        KEY._replace(access_list=entries("10.0.0.0/16", "10.1.0.0/16")),
        KEY._replace(access_list=entries("10.1.0.0/16", "10.2.0.0/16")),
    ),
    (
        "WIDE",
        KEY._replace(access_list=entries("2001:db8::/31")),
        KEY._replace(access_list=entries("2001:db8::/32")),
    ),
    ("WIDE", KEY._replace(access_list=entries("10.0.0.0/8")), KEY._replace(access_list=entries("0.0.0.0/0"))),
    (
        "OLD",
        KEY._replace(created_at="2020-06-15T12:26:39Z"),
        KEY._replace(created_at="2020-06-15T12:26:40Z"),
    ),
    (
        "OLD",
        SECRET._replace(created_at="2020-06-15T12:26:39Z"),
        ACCOUNT._replace(created_at="2020-06-15T12:26:39Z"),
    ),
    (
        "UNUSED",
        KEY._replace(last_used_at="2020-07-30T12:26:39Z"),
        KEY._replace(last_used_at="2020-07-30T12:26:40Z"),
    ),
    ("UNUSED", KEY._replace(last_used_at="2020-07-30T12:26:39Z"), KEY._replace(last_used_at=UNKNOWN)),
    (
        "NEVER_USED",
        SECRET._replace(last_used_at=None, created_at="2020-09-06T12:26:39Z"),
        SECRET._replace(last_used_at=None, created_at="2020-09-06T12:26:40Z"),
    ),
    (
        "NEVER_USED",
        KEY._replace(last_used_at=None, created_at="2020-09-06T12:26:39Z"),
        KEY._replace(last_used_at=UNKNOWN, created_at="2020-09-06T12:26:39Z"),
    ),
    (
        "SECRET_EXPIRING",
        SECRET._replace(expires_at="2020-09-27T12:26:40Z"),
        SECRET._replace(expires_at="2020-09-27T12:26:41Z"),
    ),
    (
        "SECRET_EXPIRING",
        SECRET._replace(expires_at="2020-09-13T12:26:41Z"),
        SECRET._replace(expires_at="2020-09-13T12:26:40Z"),
    ),
    ("LIST_UNKNOWN", KEY._replace(access_list=UNKNOWN, list_failed=True), KEY._replace(access_list=UNKNOWN)),
    ("LIST_UNKNOWN", KEY._replace(access_list=entries("192.0.2.1/32", "everybody")), KEY),
    (
        "SECRET_EXPIRING",
        SECRET._replace(expires_at="2020-09-13T12:26:41Z"),
        SECRET._replace(expires_at=UNKNOWN),
    ),
    (
        "SECRET_EXPIRED",
        SECRET._replace(expires_at="2020-09-13T12:26:40Z"),
        SECRET._replace(expires_at="2020-09-13T12:26:41Z"),
    ),
    ("ORPHAN", KEY._replace(roles=["ORG_MEMBER"]), KEY._replace(roles=["ORG_MEMBER"], projects=in_project("X"))),
    ("ORPHAN", ACCOUNT._replace(roles=["ORG_MEMBER"]), ACCOUNT._replace(roles=["ORG_MEMBER"], projects=UNKNOWN)),
    ("ORPHAN", KEY._replace(roles=["ORG_MEMBER"]), KEY._replace(roles=["ORG_MEMBER", "ORG_READ_ONLY"])),
    ("ORPHAN", KEY._replace(roles=[]), KEY._replace(roles=[], projects=NOT_APPLICABLE)),
    ("UNFINISHED", KEY._replace(is_unfinished=True), KEY),
    ("REPLACED", KEY._replace(is_replaced=True), KEY),
    ("SYSTEM_MANAGED", ACCOUNT._replace(is_of_system=True), ACCOUNT),
    ("OWN_LOGIN", KEY._replace(own_login=True), KEY._replace(own_login=UNKNOWN)),
    ("DISABLED", KEY._replace(is_disabled=True), KEY),
]


@pytest.mark.parametrize(("flag", "flagged", "harmless"), RULES)
def test_a_flag(flag: str, flagged: Credential, harmless: Credential) -> None:
    assert row(flagged).flags == [flag]
    assert row(flagged).severity == FLAGS[flag].severity
    assert flag not in row(harmless).flags


def test_credentials_of_one_name_are_flagged_in_one_organization_only() -> None:
    other = KEY._replace(organization=OPEN._replace(id="5e2b0f6a9ccf64c8a1d0e312"))
    assert row(KEY, KEY).flags == ["SAME_DESCRIPTION"]
    for different in (other, ACCOUNT, KEY._replace(name="Backup")):
        assert row(KEY, different).flags == []
    assert row(KEY._replace(name=None), KEY._replace(name=None)).flags == []
    assert row(SECRET, SECRET, ACCOUNT).flags == []


def test_personal_keys_of_one_name_are_flagged_only_if_they_belong_to_one_user() -> None:
    key = KEY._replace(kind="user_api_key", public_id="jane")
    assert row(key, key._replace(id="5e")).flags == ["SAME_DESCRIPTION"]
    assert row(key, key._replace(public_id="john")).flags == []


def test_every_flag_has_a_test_and_a_severity_and_they_are_in_the_order_of_severity() -> None:
    assert {flag for flag, _flagged, _harmless in RULES} | {"SAME_DESCRIPTION"} == set(FLAGS)
    severities = [SEVERITIES.index(flag.severity) for flag in FLAGS.values()]
    assert severities == sorted(severities)
    assert set(OF_SECRETS) < set(FLAGS)


def test_the_worst_flag_makes_the_severity() -> None:
    bad = KEY._replace(roles=["ORG_OWNER"], access_list=entries("0.0.0.0/0"), own_login=True)
    assert (row(bad).flags, row(bad).severity) == (["OPEN", "ORG_OWNER", "OWN_LOGIN"], "critical")
    assert (row(KEY).flags, row(KEY).severity) == ([], None)


def test_a_secret_has_the_flags_about_itself_only() -> None:
    bad = SECRET._replace(roles=["ORG_OWNER"], access_list=entries("0.0.0.0/0"), own_login=True)
    assert row(bad).flags == ["OWN_LOGIN"]
    assert row(bad._replace(kind="service_account")).flags == ["OPEN", "ORG_OWNER", "OWN_LOGIN"]


def test_a_part_that_could_not_be_read_has_no_flags() -> None:
    part = row(Credential("org_api_key", OPEN, error="No."))
    assert (part.id, part.flags, part.severity, part.error, part.organization) == (None, [], None, "No.", "Example")


def test_without_the_time_of_the_server_no_age_is_known_and_no_flag_depends_on_it() -> None:
    old = SECRET._replace(created_at="2010-01-01T00:00:00Z", expires_at="2011-01-01T00:00:00Z", last_used_at=None)
    assert (row(old, now=None).age_days, row(old, now=None).flags) == (UNKNOWN, [])
    assert (row(old).age_days, row(old).flags) == (3908, ["OLD", "NEVER_USED", "SECRET_EXPIRED"])


@pytest.mark.parametrize(
    ("roles", "projects", "highest"),
    [
        ([], [], None),
        (["ORG_MEMBER"], in_project("GROUP_OWNER"), "GROUP_OWNER"),
        (["ORG_OWNER"], in_project("GROUP_OWNER"), "ORG_OWNER"),
        (["GLOBAL_OWNER", "ORG_OWNER"], NOT_APPLICABLE, "GLOBAL_OWNER"),
        (["ORG_MEMBER", "ORG_BILLING_ADMIN", "ORG_READ_ONLY"], [], "ORG_BILLING_ADMIN"),
        (["ORG_MEMBER"], in_project("GROUP_READ_ONLY"), "GROUP_READ_ONLY"),
        (["ORG_READ_ONLY"], in_project("GROUP_READ_ONLY"), "ORG_READ_ONLY"),
        (["ORG_READ_ONLY"], in_project("GROUP_CLUSTER_MANAGER"), "GROUP_CLUSTER_MANAGER"),
        # A role in a project that nobody could read can be higher.
        (["ORG_BILLING_ADMIN"], UNKNOWN, UNKNOWN),
        ([], UNKNOWN, UNKNOWN),
        (["ORG_OWNER"], UNKNOWN, "ORG_OWNER"),
    ],
)
def test_the_highest_role(roles: list[str], projects: t.Any, highest: str | None) -> None:
    assert row(KEY._replace(roles=roles, projects=projects)).highest_role == highest


@pytest.mark.parametrize(
    ("credential", "open_to"),
    [
        (KEY._replace(access_list=entries("192.0.2.0/25", "192.0.2.128/25", "::1/128")), ["192.0.2.0/24", "::1/128"]),
        (KEY._replace(access_list=[]), ["0.0.0.0/0", "::/0"]),
        (KEY._replace(access_list=[], organization=STRICT), []),
        (KEY._replace(access_list=[], organization=UNTOLD), UNKNOWN),
        (KEY._replace(access_list=UNKNOWN), UNKNOWN),
        (KEY._replace(access_list=entries("192.0.2.1/32", "everybody")), UNKNOWN),
        (KEY._replace(access_list=NOT_APPLICABLE), NOT_APPLICABLE),
        (KEY._replace(kind="global_api_key", organization=None, access_list=[]), []),
    ],
)
def test_where_a_credential_can_be_used(credential: Credential, open_to: t.Any) -> None:
    assert row(credential).open_to == open_to


@pytest.mark.parametrize(
    ("credential", "end"),
    [
        (KEY, "8163"),
        (KEY._replace(secret_end=""), UNKNOWN),
        (SECRET._replace(secret_end="AOk5"), "AOk5"),
        (SECRET, UNKNOWN),
        (ACCOUNT, None),
        (KEY._replace(id=None), "8163"),
        (KEY._replace(id=None, secret_end=""), None),
    ],
)
def test_a_row_shows_four_characters_of_the_secret(credential: Credential, end: str | None) -> None:
    assert row(credential).secret_end == end


@pytest.mark.parametrize(
    ("flagged", "flag", "limits"),
    [
        (KEY._replace(created_at="2020-09-12T00:00:00Z"), "OLD", {"max_age": 1}),
        (KEY._replace(last_used_at="2020-09-12T00:00:00Z"), "UNUSED", {"max_idle": 1.5}),
        (SECRET._replace(expires_at="2020-09-30T12:26:40Z"), "SECRET_EXPIRING", {"expires_within": 17}),
        (KEY._replace(access_list=entries("192.0.2.0/24")), "WIDE", {"wide_prefix": 25}),
        (KEY._replace(access_list=entries("2001:db8::/49")), "WIDE", {"wide_prefix": 25}),
    ],
)
def test_a_limit_is_an_option(flagged: Credential, flag: str, limits: dict[str, t.Any]) -> None:
    (found,) = rows([flagged], Thresholds(**limits), NOW)
    assert (found.flags, row(flagged).flags) == ([flag], [])


@pytest.mark.parametrize(
    ("severity", "limit", "is_it"),
    [("high", "high", True), ("critical", "high", True), ("medium", "high", False), (None, "info", False)],
)
def test_severities_are_compared(severity: str | None, limit: str, is_it: bool) -> None:
    assert worse_or_equal(severity, limit) is is_it
