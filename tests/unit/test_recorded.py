# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded answers of real servers, run through the code that reads answers.

``recorded.json`` holds status, header fields and fields of the body as the servers sent them, with other names, ids and
sentences. ``result`` is the class of the error, or ``Answer``.
"""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils import _errors
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import (
    Answer,
    rate_limit_seconds,
    read_answer,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Response
from requests.structures import CaseInsensitiveDict

SAMPLES = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
URL = "https://cloud.example.com/api/atlas/v2/orgs/5e2b0f6a9ccf64c8a1d0e311"


def read(sample: dict[str, t.Any]) -> Answer:
    headers = CaseInsensitiveDict(sample["headers"])
    received = Response(sample["method"], URL, True, sample["status"], headers, sample["body"].encode())
    return read_answer(received, False)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["title"])
def test_a_recorded_answer_has_the_recorded_result(sample: dict[str, t.Any]) -> None:
    if sample["result"] == "Answer":
        assert read(sample).data == (json.loads(sample["body"]) if sample["body"] else None)
        return
    with pytest.raises(_errors.RequestError) as refused:
        read(sample)
    assert refused.type.__name__ == sample["result"]
    assert refused.value.status == sample["status"]
    assert str(refused.value).isprintable()


def test_every_kind_of_answer_was_recorded() -> None:
    assert {sample["result"] for sample in SAMPLES} == {
        *("Answer", "ApiError", "BusyError", "LoginError", "NotFoundError", "RateLimitError", "RightsError")
    }
    assert len(SAMPLES) == 88


def advice(title: str) -> str:
    (sample,) = (sample for sample in SAMPLES if sample["title"] == title)
    with pytest.raises(_errors.RequestError) as refused:
        read(sample)
    return str(refused.value)


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("400_BAD_REQUEST_Atlas_v2", "(_roles: There is no role INVALID_ROLE.)"),
        ("401_API_KEY_ACCESS_LIST_ACCESS_DENIED_Atlas_v2", "Check the roles of the login"),
        ("401_USER_UNAUTHORIZED_Atlas_v2", "lacks a role that this call needs"),
        ("403_ATLAS_RESOURCE_POLICIES_VIOLATION_NOT_AUTHORIZED_Atlas_v2", "A policy of the organization forbids this"),
        ("403_IP_ADDRESS_NOT_ON_ACCESS_LIST_Atlas_v10", "lacks the address that the server saw (203.0.113.9)"),
        ("403_IP_ADDRESS_NOT_ON_WHITELIST_Cloud_Manager", "lacks the address that the server saw (203.0.113.9)"),
        ("403_ORG_REQUIRES_ACCESS_LIST_Atlas_v2", "organization demands an access list"),
        ("403_ORG_REQUIRES_ACCESS_LIST_Atlas_v2", "(203.0.113.9)"),
        ("403_RESOURCE_REQUIRES_ACCESS_LIST_Ops_Manager", "This call demands an access list"),
        ("403_RESOURCE_REQUIRES_ACCESS_LIST_Ops_Manager", "(203.0.113.9)"),
        ("403_no_code_Atlas_v10", "This call demands an access list"),
        ("404_ATLAS_GROUP_Cloud_Manager", "base_url needs /api/atlas/v1.0"),
        ("405_wrong_method", "This path allows POST,GET,OPTIONS only"),
        ("406_INVALID_VERSION_DATE_Atlas_v2", "does not have this version of the API"),
        ("409_OUT_OF_CAPACITY_Atlas_v2", "does not allow this now"),
        ("410_VERSION_GONE_Atlas_v2", "Update this collection"),
        ("500_UNEXPECTED_ERROR", "its log says why"),
        ("502_of_a_proxy_html", "got no valid answer from the server behind it"),
        ("503_no_code_Atlas_v2", "overloaded or under maintenance"),
    ],
)
def test_the_advice_fits_the_cause(title: str, says: str) -> None:
    assert says in advice(title)


@pytest.mark.parametrize(
    "title",
    [
        "403_ATLAS_RESOURCE_POLICIES_VIOLATION_NOT_AUTHORIZED_Atlas_v2",
        "403_STREAM_CONNECTION_HAS_STREAM_PROCESSORS_Atlas_v2",
    ],
)
def test_there_is_no_advice_about_roles_where_roles_do_not_matter(title: str) -> None:
    assert "Check the roles" not in advice(title)


def test_how_long_a_recorded_rate_limit_lasts() -> None:
    def seconds(code: str) -> float:
        (sample,) = (sample for sample in SAMPLES if f"429_{code}_Atlas" in sample["title"])
        parameters = tuple(str(item) for item in json.loads(sample["body"])["parameters"])
        return rate_limit_seconds(_errors.ErrorDocument(code, parameters=parameters))

    assert seconds("RATE_LIMITED") == 60
    assert seconds("RATE_LIMITED_TOKEN_BUCKET") == 0


@pytest.mark.parametrize(
    ("code", "parameters", "seconds"),
    [
        ("RATE_LIMITED_TOKEN_BUCKET", ("x", "7", "1200"), 7),
        ("RATE_LIMITED", ("x", "50", "5"), 300),
        ("RATE_LIMITED", (), 0),
        ("RATE_LIMITED", ("x", "50", "soon"), 0),
        ("USER_RATE_LIMITED", ("x", "7", "7"), 0),
        (None, ("x", "7", "7"), 0),
    ],
)
def test_how_long_a_rate_limit_lasts(code: str | None, parameters: tuple[str, ...], seconds: float) -> None:
    assert rate_limit_seconds(_errors.ErrorDocument(code, parameters=parameters)) == seconds
