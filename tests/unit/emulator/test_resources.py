# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of the API: rights, errors, paging, envelope."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.emulator import Key, Organization, ProgrammaticKey, by_id, sample, sample_world
from tests.unit.emulator.support import JANE, JOHN, KEYS, OWNER, PROGRAMMATIC, SPARE, Client

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

JOHNS_KEYS = f"/users/{sample.JOHN.id}/keys"
JOHNS_SPARE = f"{JOHNS_KEYS}/{sample.JOHN.spare.id}"
NO_ID = "000000000000000000000000"


def test_sample_world_is_always_the_same() -> None:
    assert sample_world() == sample_world()
    assert sample_world() is not sample_world()


def test_no_world_shares_an_object_with_the_sample_or_with_another_world(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = sample_world()
    monkeypatch.setattr(sample.JANE.spare, "enabled", False)
    sample_world().users[sample.JANE.id].keys.clear()
    assert sample_world() == expected


def test_list(client: Client) -> None:
    document = client.call("GET", KEYS).document
    assert document["totalCount"] == 3
    assert [link["rel"] for link in document["links"]] == ["self"]
    assert document["results"][1] == {
        "id": sample.JANE.spare.id,
        "userId": sample.JANE.id,
        "description": "Sicherung Köln, täglich",
        "enabled": True,
        "createdAt": "2019-05-02T09:31:12Z",
        "obfuscatedKey": "********-****-****-****-2a9d71c4be58",
        "links": [{"href": client.emulator.base_url + SPARE, "rel": "self"}],
    }
    assert [key["enabled"] for key in document["results"]] == [True, True, False]


def test_description_can_be_missing(client: Client) -> None:
    first, second = client.call("GET", JOHNS_KEYS, login=JOHN).document["results"]
    assert first["description"] == ""
    assert "description" not in second


def test_patch(client: Client) -> None:
    answer = client.call("PATCH", SPARE, {"enabled": False})
    assert (answer.status, answer.document["id"]) == (200, sample.JANE.spare.id)
    assert answer.document["enabled"] is False
    key = client.emulator.world.key(sample.JANE.id, sample.JANE.spare.id)
    assert key is not None
    assert key.enabled is False


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "INVALID_JSON"),
        ("nonsense", "INVALID_JSON"),
        (20000 * "[", "INVALID_JSON"),
        ("[]", "INVALID_JSON"),
        ({}, "MISSING_ATTRIBUTE"),
        ({"enabled": "false"}, "INVALID_ATTRIBUTE"),
        ({"enabled": 0}, "INVALID_ATTRIBUTE"),
        ({"enabled": False, "description": "x"}, "INVALID_ATTRIBUTE"),
    ],
)
def test_patch_takes_exactly_one_field(client: Client, body: object, code: str) -> None:
    answer = client.call("PATCH", SPARE, body)
    assert (answer.status, answer.error_code) == (400, code)
    key = client.emulator.world.key(sample.JANE.id, sample.JANE.spare.id)
    assert key is not None
    assert key.enabled


def test_delete(client: Client) -> None:
    answer = client.call("DELETE", SPARE)
    assert (answer.status, answer.text) == (204, "")
    assert "content-type" not in answer.headers
    assert client.emulator.world.key(sample.JANE.id, sample.JANE.spare.id) is None
    again = client.call("DELETE", SPARE)
    assert again.status == 404
    assert again.document == {
        "detail": f"An invalid key ID {sample.JANE.spare.id} was specified.",
        "error": 404,
        "errorCode": "INVALID_KEY_ID",
        "parameters": [sample.JANE.spare.id],
        "reason": "Not Found",
    }
    assert again.headers["content-type"] == "application/json"


OTHERS = "NOT_GLOBAL_USER_ADMIN_OR_SELF"


@pytest.mark.parametrize(
    ("product", "login", "listing", "updating", "deleting"),
    [
        ("ops-manager-4.4", JOHN, None, None, None),
        ("ops-manager-4.4", OWNER, None, None, "NOT_SELF"),
        ("ops-manager-4.4", JANE, OTHERS, OTHERS, "NOT_SELF"),
        ("ops-manager-4.4", PROGRAMMATIC, OTHERS, OTHERS, "NOT_SELF"),
        ("ops-manager-4.4", ("global", "secret"), None, None, "NOT_SELF"),
        ("ops-manager-4.4", ("johns", "secret"), None, None, None),
        ("atlas", PROGRAMMATIC, "NOT_SELF", "NOT_SELF", "NOT_SELF"),
        ("atlas", ("global", "secret"), "NOT_SELF", "NOT_SELF", "NOT_SELF"),
        ("atlas", ("johns", "secret"), None, None, None),
    ],
)
def test_rights_to_the_keys_of_john(
    start: Start, product: str, login: tuple[str, str], listing: str | None, updating: str | None, deleting: str | None
) -> None:
    world = sample_world()
    world.programmatic_keys |= by_id(
        ProgrammaticKey("5d60f1c89ccf64b7c8d90c42", "global", "secret", None, ["GLOBAL_OWNER"]),
        ProgrammaticKey("5d60f1c89ccf64b7c8d90c43", "johns", "secret", sample.JOHN.id),
    )
    client = start(product=product, world=world)
    for method, path, body, code, good in (
        ("GET", JOHNS_KEYS, None, listing, 200),
        ("PATCH", JOHNS_SPARE, {"enabled": False}, updating, 200),
        ("DELETE", JOHNS_SPARE, None, deleting, 204),
    ):
        answer = client.call(method, path, body, login=login)
        if code is None:
            assert answer.status == good
        else:
            assert (answer.status, answer.error_code) == (401, code)
            assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "login", "code"),
    [
        ("GET", f"/users/{NO_ID}/keys", JANE, "USER_NOT_FOUND"),
        ("GET", f"/users/{NO_ID}/keys", OWNER, "USER_NOT_FOUND"),
        ("DELETE", f"/users/{NO_ID}/keys/{NO_ID}", JANE, "USER_NOT_FOUND"),
        ("DELETE", f"{KEYS}/{NO_ID}", JANE, "INVALID_KEY_ID"),
        ("PATCH", f"{KEYS}/{NO_ID}", JANE, "INVALID_KEY_ID"),
        ("DELETE", f"{KEYS}/{sample.JOHN.spare.id}", JANE, "INVALID_KEY_ID"),
        ("GET", f"/users/{NO_ID}", JANE, "USER_NOT_FOUND"),
        ("GET", "/users/byName/nobody", JANE, "USERNAME_NOT_FOUND"),
        ("GET", f"/orgs/{NO_ID}", JANE, "ORG_NOT_FOUND"),
        ("GET", f"/orgs/{NO_ID}/users", JANE, "ORG_NOT_FOUND"),
        ("GET", "/nothing", JANE, "RESOURCE_NOT_FOUND"),
        ("GET", f"{SPARE}/nothing", JANE, "RESOURCE_NOT_FOUND"),
        ("DELETE", f"{KEYS}//", JANE, "RESOURCE_NOT_FOUND"),
    ],
)
def test_not_found(client: Client, method: str, path: str, login: tuple[str, str], code: str) -> None:
    answer = client.call(method, path, login=login)
    assert (answer.status, answer.error_code) == (404, code)


@pytest.mark.parametrize("product", ["ops-manager-4.4", "ops-manager-5.0", "atlas"])
def test_a_slash_at_the_end_of_a_path_is_ignored(start: Start, product: str) -> None:
    client = start(product=product)
    path = f"/orgs/{sample.ORGANIZATION.id}/users"
    for target in (f"{path}/", f"{path}/?pretty=true"):
        answer = client.call("GET", target, login=PROGRAMMATIC)
        assert answer.document["results"] == client.call("GET", path, login=PROGRAMMATIC).document["results"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", KEYS, "GET,OPTIONS"),
        ("DELETE", f"{KEYS}/", "GET,OPTIONS"),
        ("GET", f"{SPARE}?envelope=true", "PATCH,DELETE,OPTIONS"),
        ("HEAD", SPARE, "PATCH,DELETE,OPTIONS"),
        ("PUT", "/users/byName/keys", "GET,OPTIONS"),
    ],
)
def test_a_wrong_method_is_refused_with_those_that_are_allowed(
    client: Client, method: str, path: str, allow: str
) -> None:
    answer = client.call(method, path)
    assert (answer.status, answer.headers["allow"], answer.text) == (405, allow, "")
    assert "content-type" not in answer.headers
    assert "x-mongodb-service-version" not in answer.headers
    assert client.call("OPTIONS", path).headers["allow"] == allow


def test_the_answer_to_head_is_that_to_get_without_its_body(client: Client) -> None:
    got, head = client.call("GET", KEYS), client.call("HEAD", KEYS)
    assert (head.status, head.text) == (200, "")
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}
    assert client.call("HEAD", f"/users/{NO_ID}/keys").status == 404


@pytest.mark.parametrize("product", ["ops-manager-4.4", "ops-manager-5.0", "atlas"])
@pytest.mark.parametrize("path", ["/", "/api", "/api/public/v1.0x/users", "/api/other/v1.0/users"])
def test_outside_of_the_api_is_a_page(start: Start, product: str, path: str) -> None:
    answer = start(product=product).send("GET", path, whole=True)
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html"
    assert "</html>" in answer.text


@pytest.mark.parametrize(
    "bad", ["1", "abcdefgh", "..", NO_ID[:-1], f"{NO_ID}0", f"{NO_ID[:-1]}g", f"{NO_ID}%2Fkeys", "%0A"]
)
@pytest.mark.parametrize("path", ["/users/%s/keys", f"{KEYS}/%s", "/users/%s", "/orgs/%s", "/orgs/%s/users"])
def test_a_malformed_id_is_refused_whatever_it_is_an_id_of(client: Client, bad: str, path: str) -> None:
    target = path.replace("%s", bad)
    answer = client.call("DELETE" if path.startswith(KEYS) else "GET", target)
    assert answer.status == 400
    assert answer.document == {
        "detail": f"One or more path parameter in the request URI {client.target(target)} is malformed.",
        "error": 400,
        "errorCode": "PATH_PARAM_PARSE_ERROR",
        "parameters": [client.target(target)],
        "reason": "Bad Request",
    }


def test_an_id_in_upper_case_is_the_same_id(client: Client) -> None:
    assert client.call("GET", f"/users/{sample.JANE.id.upper()}").document["id"] == sample.JANE.id
    users = client.call("GET", f"/orgs/{sample.ORGANIZATION.id.upper()}/users").document
    assert users["totalCount"] == 3
    key = f"/users/{sample.JANE.id.upper()}/keys/{sample.JANE.spare.id.upper()}"
    assert client.call("DELETE", key).status == 204
    assert client.emulator.world.key(sample.JANE.id, sample.JANE.spare.id) is None


def test_5_0_has_no_personal_keys(start: Start) -> None:
    client = start(product="ops-manager-5.0")
    for method, path in (("GET", KEYS), ("PATCH", SPARE), ("DELETE", SPARE)):
        answer = client.call(method, path, login=PROGRAMMATIC)
        assert (answer.status, answer.error_code) == (404, "RESOURCE_NOT_FOUND")
    assert client.call("GET", f"/orgs/{sample.ORGANIZATION.id}/users", login=PROGRAMMATIC).status == 200


@pytest.mark.parametrize(
    ("product", "base_path", "version"),
    [
        ("ops-manager-4.4", "/api/public/v1.0", "versionString=4.4.25"),
        ("ops-manager-5.0", "/api/public/v1.0", "versionString=5.0."),
        ("ops-manager-6.0", "/api/public/v1.0", "versionString=6.0."),
        ("cloud-manager", "/api/public/v1.0", "versionString=v"),
        ("atlas", "/api/atlas/v1.0", "versionString=v"),
    ],
)
def test_base_path_and_version(start: Start, product: str, base_path: str, version: str) -> None:
    client = start(product=product)
    assert urlsplit(client.emulator.base_url).path == base_path
    for answer in (
        client.call("GET", f"/users/{sample.JANE.id}", login=PROGRAMMATIC),
        client.call("GET", "/nothing", login=PROGRAMMATIC),
        client.send("GET", "/", whole=True),
    ):
        assert answer.headers["x-mongodb-service-version"].startswith("gitHash=")
        assert version in answer.headers["x-mongodb-service-version"]


@pytest.mark.parametrize("name", ["john%2Bbackup%40example.com", "john+backup@example.com"])
def test_user_by_name_and_id(client: Client, name: str) -> None:
    by_name = client.call("GET", f"/users/byName/{name}", login=JOHN)
    address = f"{client.emulator.base_url}/users/{sample.JOHN.id}"
    assert by_name.document == {
        "id": sample.JOHN.id,
        "username": sample.JOHN.name,
        "emailAddress": "john@example.com",
        "firstName": "John",
        "lastName": "Doe",
        "country": "IE",
        "mobileNumber": "5550101",
        "createdAt": "2018-11-05T08:00:00Z",
        "lastAuth": "2019-09-02T07:15:00Z",
        "roles": [{"orgId": sample.ORGANIZATION.id, "roleName": "ORG_MEMBER"}],
        "teamIds": [],
        "links": [
            {"href": address, "rel": "self"},
            {"href": f"{address}/whitelist", "rel": "http://mms.mongodb.com/whitelist"},
        ],
    }
    assert client.call("GET", f"/users/{sample.JOHN.id}").document == by_name.document


def test_a_user_of_atlas_has_the_fields_that_were_recorded(start: Start) -> None:
    world = sample_world()
    world.users[sample.JANE.id].mobile_number = None
    user = start(product="atlas", world=world).call("GET", f"/users/{sample.JANE.id}", login=PROGRAMMATIC).document
    assert sorted(user) == [
        "country",
        "createdAt",
        "emailAddress",
        "firstName",
        "id",
        "lastAuth",
        "lastName",
        "links",
        "roles",
        "teamIds",
        "username",
    ]
    assert [link["rel"] for link in user["links"]] == ["self", "https://cloud.mongodb.com/whitelist"]


@pytest.mark.parametrize(
    ("product", "application", "build"),
    [
        ("ops-manager-4.4", "MongoDB Ops Manager", "1d5b3a0e7c9f4286a7b0d8e35c61f294a8b7d013"),
        ("ops-manager-6.0", "MongoDB Ops Manager", "5a7e02c9d18b46f3b0e7c2a95d6148f0e3b79c21"),
        ("cloud-manager", "MongoDB Cloud Manager", "f3a96d20c85e17b4d0296ea8c7f5b1304d8e62a9"),
        ("atlas", "MongoDB Atlas", "f3a96d20c85e17b4d0296ea8c7f5b1304d8e62a9"),
    ],
)
@pytest.mark.parametrize("path", ["", "/"])
def test_the_root_tells_the_product_and_the_programmatic_key_that_logged_in(
    start: Start, product: str, application: str, build: str, path: str
) -> None:
    client = start(product=product)
    assert client.call("GET", path, login=PROGRAMMATIC).document == {
        "apiKey": {
            "accessList": [],
            "id": sample.PROGRAMMATIC.id,
            "publicKey": sample.PROGRAMMATIC.public_key,
            "roles": [{"orgId": sample.ORGANIZATION.id, "roleName": "ORG_OWNER"}],
        },
        "appName": application,
        "build": build,
        "links": [{"href": client.emulator.base_url, "rel": "self"}],
        "throttling": False,
    }


def test_only_the_root_of_atlas_v2_tells_the_address_of_the_caller(start: Start) -> None:
    client = start(product="atlas")
    old = client.call("GET", "", login=PROGRAMMATIC).document
    new = client.as_v2().call("GET", "", login=PROGRAMMATIC).document
    assert "ipAddress" not in old
    assert new == {**old, "ipAddress": "127.0.0.1", "links": [{"href": client.address, "rel": "self"}]}


def test_the_root_knows_no_programmatic_key_where_a_user_logged_in(client: Client) -> None:
    assert client.call("GET", "").document["apiKey"] is None
    assert client.send("GET", "").status == 401


def test_an_organization_links_to_its_projects_unless_it_is_in_a_list(client: Client) -> None:
    address = f"{client.emulator.base_url}/orgs/{sample.ORGANIZATION.id}"
    self_link = {"href": address, "rel": "self"}
    organization = {
        "id": sample.ORGANIZATION.id,
        "isDeleted": False,
        "links": [self_link],
        "name": "Example",
        "skipDefaultAlertsSettings": False,
    }
    listed = client.call("GET", "/orgs").document
    assert (listed["results"], listed["totalCount"]) == ([organization], 1)
    groups = {"href": f"{address}/groups", "rel": "http://mms.mongodb.com/groups"}
    one = client.call("GET", f"/orgs/{sample.ORGANIZATION.id}").document
    assert one == {**organization, "links": [self_link, groups]}


def test_a_login_sees_its_own_organizations_and_a_global_owner_all_of_them(start: Start) -> None:
    world = sample_world()
    world.organizations |= by_id(Organization(NO_ID, "Second", [sample.JOHN.id]))
    client = start(world=world)
    for login, names in ((JANE, ["Example"]), (JOHN, ["Example", "Second"]), (OWNER, ["Example", "Second"])):
        listed = client.call("GET", "/orgs", login=login).document["results"]
        assert [organization["name"] for organization in listed] == names
    assert client.call("GET", f"/orgs/{NO_ID}", login=OWNER).status == 200
    assert client.call("GET", f"/orgs/{NO_ID}", login=JANE).error_code == "USER_UNAUTHORIZED"


@pytest.mark.parametrize(("name", "number"), [("exam", 1), ("EXAMPLE", 1), ("", 1), ("ample", 0)])
def test_organizations_are_filtered_by_the_beginning_of_their_name(client: Client, name: str, number: int) -> None:
    assert client.call("GET", f"/orgs?name={name}").document["totalCount"] == number


def test_users_of_an_organization(client: Client) -> None:
    document = client.call("GET", f"/orgs/{sample.ORGANIZATION.id}/users").document
    assert [user["id"] for user in document["results"]] == [sample.JANE.id, sample.JOHN.id, sample.OWNER.id]
    assert {"roleName": "GLOBAL_OWNER"} in document["results"][2]["roles"]


def test_rights_to_users(start: Start) -> None:
    world = sample_world()
    world.organizations[sample.ORGANIZATION.id].user_ids = [sample.JOHN.id]
    client = start(world=world)
    paths = ("/users/byName/john%2Bbackup%40example.com", f"/users/{sample.JOHN.id}", "/orgs/%s/users")
    for path in paths:
        target = path.replace("%s", sample.ORGANIZATION.id)
        assert client.call("GET", target, login=JOHN).status == 200
        assert client.call("GET", target, login=OWNER).status == 200
        refused = client.call("GET", target, login=JANE)
        assert (refused.status, refused.error_code) == (401, "USER_UNAUTHORIZED")
        assert "www-authenticate" not in refused.headers
    assert client.call("GET", "/users/byName/jane.doe%40example.com").status == 200


def _many_keys(start: Start, number: int, **options: int) -> Client:
    world = sample_world()
    world.users[sample.JANE.id].keys += [Key(f"{index:024x}", "", f"secret {index}") for index in range(number - 3)]
    return start(world=world, **options)


def test_paging_follows_links(start: Start) -> None:
    client = _many_keys(start, 250)
    path = f"{KEYS}?itemsPerPage=100&pretty=true"
    ids: list[str] = []
    rels = []
    while path:
        document = client.call("GET", path).document
        assert document["totalCount"] == 250
        ids += [key["id"] for key in document["results"]]
        links = {link["rel"]: link["href"] for link in document["links"]}
        rels.append(sorted(links))
        path = links.get("next", "").removeprefix(client.emulator.base_url)
        assert "pretty=true" in links["self"]
    assert len(set(ids)) == 250
    assert rels == [["next", "self"], ["next", "previous", "self"], ["previous", "self"]]


@pytest.mark.parametrize(
    ("options", "query", "length"),
    [
        ({}, "", 100),
        ({}, "?itemsPerPage=500", 500),
        ({}, "?itemsPerPage=501", 500),
        ({}, "?itemsPerPage=500&pageNum=2", 100),
        ({}, "?pageNum=7", 0),
        ({"page_limit": 7}, "", 7),
        ({"page_limit": 7}, "?itemsPerPage=500", 7),
    ],
)
def test_page_size(start: Start, options: dict[str, int], query: str, length: int) -> None:
    client = _many_keys(start, 600, **options)
    assert len(client.call("GET", KEYS + query).document["results"]) == length


def test_a_list_that_is_not_counted_has_no_link_to_its_next_page(client: Client) -> None:
    first, second = (
        client.call("GET", f"{KEYS}?includeCount=false&itemsPerPage=2&pageNum={n}").document for n in (1, 2)
    )
    assert (len(first["results"]), len(second["results"])) == (2, 1)
    assert [link["rel"] for link in first["links"]] == ["self"]
    assert [link["rel"] for link in second["links"]] == ["self", "previous"]
    assert "totalCount" not in first | second
    counted = client.call("GET", f"{KEYS}?includeCount=true&itemsPerPage=2").document
    assert [link["rel"] for link in counted["links"]] == ["self", "next"]
    assert counted["totalCount"] == 3


@pytest.mark.parametrize("query", ["pageNum=0", "pageNum=x", "itemsPerPage=0", "itemsPerPage=-1"])
def test_invalid_page(client: Client, query: str) -> None:
    answer = client.call("GET", f"{KEYS}?{query}")
    assert (answer.status, answer.error_code) == (400, "INVALID_QUERY_PARAMETER")


def test_envelope(client: Client) -> None:
    listing = client.call("GET", f"{KEYS}?envelope=true")
    assert listing.status == 200
    assert list(listing.document) == ["status", "links", "results", "totalCount"]
    assert listing.document["status"] == 200
    one = client.call("PATCH", f"{SPARE}?envelope=true", {"enabled": False})
    assert one.status == 200
    assert (one.document["status"], one.document["content"]["id"]) == (200, sample.JANE.spare.id)
    gone = client.call("DELETE", f"{SPARE}?envelope=true")
    assert (gone.status, gone.document) == (200, {"status": 204, "content": {}})
    error = client.call("DELETE", f"{SPARE}?envelope=true")
    assert error.status == 200
    assert (error.document["status"], error.document["content"]["errorCode"]) == (404, "INVALID_KEY_ID")
    right = client.call("GET", f"{JOHNS_KEYS}?envelope=true")
    assert (right.status, right.document["status"]) == (200, 401)


def test_a_refused_login_is_never_enveloped(client: Client) -> None:
    answer = client.call("GET", f"{KEYS}?envelope=true", login=("nobody", "x"))
    assert (answer.status, answer.document["error"]) == (401, 401)


def test_pretty(client: Client) -> None:
    plain = client.call("GET", KEYS)
    pretty = client.call("GET", f"{KEYS}?pretty=true")
    assert "\n" not in plain.text
    assert pretty.text.startswith('{\n  "links"')
    assert json.loads(plain.text)["results"] == json.loads(pretty.text)["results"]


def test_proxy_requests_are_recorded_and_refused(client: Client) -> None:
    answer = client.send("GET", "http://cloud.mongodb.com/api/atlas/v1.0/users", whole=True)
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html")
    connect = http.client.HTTPConnection("127.0.0.1", client.connection.port, timeout=10)
    connect.set_tunnel("cloud.mongodb.com", 443)
    with pytest.raises(OSError, match="502"):
        connect.connect()
    assert client.emulator.calls == [
        "GET http://cloud.mongodb.com/api/atlas/v1.0/users 502",
        "CONNECT cloud.mongodb.com:443 502",
    ]
