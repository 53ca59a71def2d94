# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The projects of organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator import Organization, Project, by_id, sample, sample_world
from tests.unit.emulator.support import (
    ALL_PRODUCTS,
    GLOBAL,
    JANE,
    JOHN,
    KEY_OWNER,
    NO_ID,
    PROJECT_OWNER,
    READER,
    login_of,
)

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

PROJECT = f"/groups/{sample.PROJECT.id}"
OF_ORGANIZATION = f"/orgs/{sample.ORGANIZATION.id}/groups"


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_a_project_is_found_by_id_by_name_and_in_lists(start: Start, product: str) -> None:
    client = start(product=product)
    document = {
        "clusterCount": 0,
        "created": "2020-01-24T15:40:52Z",
        "id": sample.PROJECT.id,
        "links": [{"href": f"{client.address}{PROJECT}", "rel": "self"}],
        "name": "Backend",
        "orgId": sample.ORGANIZATION.id,
    }
    for path in (PROJECT, "/groups/byName/Backend"):
        assert client.call("GET", path, login=READER).document == document
    for path in ("/groups", OF_ORGANIZATION):
        listed = client.call("GET", path, login=READER).document
        assert listed["results"][0] == document
        assert [project["name"] for project in listed["results"]] == ["Backend", "Frontend"]


@pytest.mark.parametrize(("name", "number"), [("back", 1), ("BACKEND", 1), ("", 2), ("end", 0)])
def test_projects_of_an_organization_are_filtered_by_the_beginning_of_their_name(
    start: Start, name: str, number: int
) -> None:
    listed = start(product="atlas").call("GET", f"{OF_ORGANIZATION}?name={name}", login=READER).document
    assert listed["totalCount"] == number


def test_projects_are_sorted_by_name_with_upper_case_first(start: Start) -> None:
    world = sample_world()
    world.projects |= by_id(
        Project(NO_ID, "a", sample.ORGANIZATION.id), Project(f"{NO_ID[:-1]}1", "Z", sample.ORGANIZATION.id)
    )
    listed = start(product="atlas", world=world).call("GET", "/groups", login=READER).document["results"]
    assert [project["name"] for project in listed] == ["Backend", "Frontend", "Z", "a"]


@pytest.mark.parametrize(
    ("path", "code", "parameter"),
    [
        (f"/groups/{NO_ID}", "GROUP_NOT_FOUND", NO_ID),
        ("/groups/byName/backend", "GROUP_NAME_NOT_FOUND", "backend"),
    ],
)
def test_an_unknown_project_is_not_found(start: Start, path: str, code: str, parameter: str) -> None:
    client = start(product="atlas").as_v2()
    answer = client.call("GET", path, login=KEY_OWNER)
    assert (answer.status, answer.error_code, answer.document["parameters"]) == (404, code, [parameter])
    # Decided before the resource runs, an unknown id has none of these headers.
    for name in ("x-mongodb-service-version", "ratelimit-limit"):
        assert (name in answer.headers) is (code == "GROUP_NAME_NOT_FOUND")
    assert answer.headers["x-error-code"] == code


@pytest.mark.parametrize(
    ("login", "visible"),
    [
        (KEY_OWNER, ["Backend", "Frontend", "Other"]),
        (PROJECT_OWNER, ["Backend"]),
        (login_of(sample.SPARE_KEY), ["Backend"]),
        (GLOBAL, ["Backend", "Frontend", "Other"]),
        (JANE, ["Backend", "Frontend"]),
        (JOHN, []),
    ],
)
def test_a_login_sees_the_projects_in_which_it_has_a_role(
    start: Start, login: tuple[str, str], visible: list[str]
) -> None:
    world = sample_world()
    world.organizations |= by_id(Organization(NO_ID, "Second"))
    world.projects |= by_id(Project(NO_ID, "Other", NO_ID))
    world.programmatic_keys[sample.OWNER_KEY.id].project_roles = {NO_ID: ["GROUP_READ_ONLY"]}
    client = start(world=world)
    listed = client.call("GET", "/groups", login=login).document["results"]
    assert [project["name"] for project in listed] == visible
    for project in world.projects.values():
        for path in (f"/groups/{project.id}", f"/groups/byName/{project.name}"):
            answer = client.call("GET", path, login=login)
            if project.name in visible:
                assert answer.status == 200
            else:
                assert (answer.status, answer.error_code) == (401, "USER_UNAUTHORIZED")
    shown = client.call("GET", OF_ORGANIZATION, login=login).document["results"]
    assert [project["name"] for project in shown] == [name for name in visible if name != "Other"]
