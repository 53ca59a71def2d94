# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the options of the module credential_info become the work of a task, and what its documentation promises."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml
from ansible_collections.mongodb.atlas.plugins.module_utils._credentials import FLAGS, Row, Thresholds
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._inventory import INFO_OPTIONS, wanted_credentials
from ansible_collections.mongodb.atlas.plugins.module_utils._seen import FORMS
from ansible_collections.mongodb.atlas.plugins.modules import credential_info

ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
OPTIONS: dict[str, t.Any] = {name: spec.get("default") for name, spec in INFO_OPTIONS.items()}


def test_the_defaults() -> None:
    wanted = wanted_credentials(OPTIONS)
    assert (wanted.organizations, wanted.kinds, wanted.seen, wanted.access_lists) == (None, None, None, True)
    assert wanted.thresholds == Thresholds()


def test_every_option_is_used() -> None:
    given = {"org_id": [ORGANIZATION.upper()], "kinds": ["global_api_key"], "seen": "ctbmsjfi", "access_list": False}
    limits = {"max_age": 1, "max_idle": 2, "expires_within": 3, "wide_prefix": 4}
    wanted = wanted_credentials({**OPTIONS, **given, **limits})
    assert (wanted.organizations, wanted.kinds, wanted.access_lists) == ([ORGANIZATION], ["global_api_key"], False)
    assert wanted.seen
    assert wanted.seen.public_id == "ctbmsjfi"
    assert wanted.thresholds == Thresholds(1, 2, 3, 4)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"org_id": ["Example"]}, "org_id is not an id"),
        ({"seen": "nothing"}, "seen is in no form"),
        ({"org_id": []}, "org_id must not be empty"),
        ({"kinds": []}, "kinds must not be empty"),
        (
            {"seen": "ctbmsjfi", "kinds": ["user_api_key", "service_account"]},
            "The text in seen has the form: public key. No credential of the kinds in kinds",
        ),
        ({"max_age": -1}, "max_age must be a number of at least 0"),
        ({"max_idle": float("nan")}, "max_idle must be a number of at least 0"),
        ({"expires_within": -0.5}, "expires_within must be a number of at least 0"),
        ({"wide_prefix": 33}, "wide_prefix must be a number from 0 to 32"),
    ],
)
def test_values_that_are_refused(options: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        wanted_credentials({**OPTIONS, **options})


@pytest.mark.parametrize("limit", [0, 0.5, float("inf")])
def test_a_limit_can_be_any_number_from_0(limit: float) -> None:
    assert wanted_credentials({**OPTIONS, "max_age": limit}).thresholds.max_age == limit


def test_the_documentation_describes_every_option_as_it_is() -> None:
    options = yaml.safe_load(credential_info.DOCUMENTATION)["options"]
    specs = {
        name: {part: value for part, value in spec.items() if part != "no_log"} for name, spec in INFO_OPTIONS.items()
    }
    assert {name: {**option, "description": None} for name, option in options.items()} == {
        name: {**spec, "description": None} for name, spec in specs.items()
    }
    text = " ".join(options["seen"]["description"])
    assert [form.name for form in FORMS if form.name not in text] == []


def test_the_documentation_names_every_field_and_every_flag_with_its_severity() -> None:
    contains = yaml.safe_load(credential_info.RETURN)["credentials"]["contains"]
    assert tuple(contains) == Row._fields
    notes = " ".join(yaml.safe_load(credential_info.DOCUMENTATION)["notes"])
    found: dict[str, str] = {}
    for part in re.findall(r"((?:C\([A-Z_]+\)(?:, | and )?)+) \((\w+)\)", notes):
        found.update(dict.fromkeys(re.findall(r"C\(([A-Z_]+)\)", part[0]), part[1]))
    assert found == {name: flag.severity for name, flag in FLAGS.items()}
