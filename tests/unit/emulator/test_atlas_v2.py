# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Atlas v2: its versions, and the headers that v1.0 lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator import sample
from tests.unit.emulator.support import NO_ID, PROGRAMMATIC, Client

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

ORGANIZATION = f"/orgs/{sample.ORGANIZATION.id}"
VERSIONED = "application/vnd.atlas.2023-01-01+json;charset=utf-8"


@pytest.fixture
def client(start: Start) -> Client:
    return start(product="atlas").as_v2()


@pytest.mark.parametrize("date", ["2023-01-01", "2023-02-01", "2025-03-12", "2099-12-31"])
def test_a_date_gets_the_newest_version_that_is_not_later(client: Client, date: str) -> None:
    answer = client.as_v2(date).call("GET", ORGANIZATION, login=PROGRAMMATIC)
    assert (answer.status, answer.headers["content-type"]) == (200, VERSIONED)
    assert answer.document["links"][0]["href"] == client.address + ORGANIZATION


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/vnd.atlas.2022-12-31+json",
        "application/vnd.atlas.2023-02-30+json",
        "application/vnd.atlas.2023-1-1+json",
        "application/vnd.atlas.preview+json",
        "application/vnd.atlas.2023-01-01+csv",
    ],
)
def test_a_request_without_a_version_that_exists_is_refused(client: Client, accept: str) -> None:
    client.headers = {"Accept": accept}
    answer = client.call("GET", ORGANIZATION, login=PROGRAMMATIC)
    assert answer.document == {
        "detail": "Invalid accept header or version date.",
        "error": 406,
        "errorCode": "INVALID_VERSION_DATE",
        "parameters": [],
        "reason": "Not Acceptable",
    }
    assert answer.status == 406
    assert answer.headers["content-type"] == "application/json"
    assert client.send("GET", ORGANIZATION).status == 401


def test_v1_has_no_version(start: Start) -> None:
    client = start(product="atlas")
    client.headers = {"Accept": "application/vnd.atlas.1999-01-01+json"}
    answer = client.call("GET", ORGANIZATION, login=PROGRAMMATIC)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert not {"ratelimit-limit", "ratelimit-remaining", "x-error-code"} & answer.headers.keys()
    assert "x-error-code" not in client.call("GET", f"/orgs/{NO_ID}", login=PROGRAMMATIC).headers


def test_an_error_names_its_code_in_a_header(client: Client) -> None:
    answer = client.call("GET", f"/orgs/{NO_ID}", login=PROGRAMMATIC)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/json")
    assert answer.headers["x-error-code"] == "ORG_NOT_FOUND"
    assert answer.headers["ratelimit-limit"] == "500"
    assert "x-mongodb-service-version" in answer.headers


def test_the_challenge_has_no_header_of_the_product(client: Client) -> None:
    answer = client.send("GET", ORGANIZATION)
    assert answer.status == 401
    names = {"x-mongodb-service-version", "x-error-code", "ratelimit-limit", "ratelimit-remaining"}
    assert not names & answer.headers.keys()


def test_a_bucket_of_requests_is_shared_and_filled_again_after_a_minute(client: Client) -> None:
    def left(method: str, path: str) -> tuple[str, str]:
        headers = client.call(method, path, {}, login=PROGRAMMATIC).headers
        return headers["ratelimit-limit"], headers["ratelimit-remaining"]

    client.emulator.clock = 1_600_000_000
    assert left("GET", "/orgs") == ("300", "299")
    assert left("GET", f"{ORGANIZATION}/nothing") == ("500", "499")
    assert left("GET", f"{ORGANIZATION}/nothing/{NO_ID}") == ("500", "498")
    assert left("GET", f"/groups/{NO_ID}x") == ("1200", "1199")
    client.emulator.clock += 59
    assert left("GET", f"{ORGANIZATION}/nothing/{NO_ID}/more") == ("500", "497")
    client.emulator.clock += 1
    assert left("GET", f"{ORGANIZATION}/nothing") == ("500", "499")


def test_personal_keys_and_users_are_on_v1_only(client: Client) -> None:
    for path in (f"/users/{sample.JANE.id}", f"/users/{sample.JANE.id}/keys"):
        answer = client.call("GET", path, login=PROGRAMMATIC)
        assert (answer.status, answer.error_code) == (404, "RESOURCE_NOT_FOUND")


def test_the_record_has_the_target_without_the_base_path_of_either_api(start: Start) -> None:
    client = start(product="atlas")
    client.call("GET", "/orgs", login=PROGRAMMATIC)
    client.as_v2().call("GET", "/orgs", login=PROGRAMMATIC)
    assert client.emulator.calls[1::2] == ["GET /orgs 200", "GET /orgs 200"]
    assert [received.target for received in client.emulator.requests[1::2]] == [
        "/api/atlas/v1.0/orgs",
        "/api/atlas/v2/orgs",
    ]
