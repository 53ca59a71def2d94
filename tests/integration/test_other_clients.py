# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator and the modules with clients that others wrote: each side reads and changes the keys of the other.

pyatlassdk checks each answer against classes that were generated from the specification of Atlas v2. pyomsdk has the
calls of Ops Manager as its documents list them. curl needs nothing but HTTP.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import typing as t
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from pyatlassdk.admin import AtlasAdminClient, models
from pyomsdk import OpsManagerClient

from tests.emulator import Emulator, ProgrammaticKey
from tests.emulator.sample import GLOBAL_ENTRY, GLOBAL_KEY, ORGANIZATION, OWNER_KEY, PROJECT
from tests.integration.atlas_sdk import checked

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

ORG, GROUP = ORGANIZATION.id, PROJECT.id
KEYS, IN_PROJECT = f"/orgs/{ORG}/apiKeys", f"/groups/{GROUP}/apiKeys"
OLD = "ops-manager-4.4"
pytestmark = pytest.mark.usefixtures("without_proxy")
UUID4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class AtlasSdk:
    """pyatlassdk, on Atlas v2."""

    def __init__(self, emulator: Emulator, public_key: str, private_key: str) -> None:
        self._client = AtlasAdminClient(public_key, private_key, base_url=f"{emulator.url}/api/atlas/v2")
        self._keys = self._client.programmatic_api_keys
        self.close = self._client.close

    def login(self) -> t.Any:
        return checked(self._client.root.get_system_status)["apiKey"]["publicKey"]

    def create(self, description: str, *roles: str) -> t.Any:
        body = models.CreateAtlasOrganizationApiKey(desc=description, roles=list(roles))
        return checked(self._keys.create_org_api_key, ORG, body)

    def read(self, key_id: str) -> t.Any:
        return checked(self._keys.get_org_api_key, key_id, ORG)

    def list(self) -> t.Any:
        return checked(self._keys.list_org_api_keys, ORG)["results"]

    def describe(self, key_id: str, description: str) -> t.Any:
        body = models.UpdateAtlasOrganizationApiKey(desc=description)
        return checked(self._keys.update_org_api_key, key_id, ORG, body)

    def revoke(self, key_id: str) -> t.Any:
        return checked(self._keys.delete_org_api_key, key_id, ORG)

    def create_in_project(self, description: str, *roles: str) -> t.Any:
        body = models.CreateAtlasProjectApiKey(desc=description, roles=list(roles))
        return checked(self._keys.create_group_api_key, GROUP, body)

    def assign(self, key_id: str, *roles: str) -> t.Any:
        body = [models.UserAccessRoleAssignment(roles=list(roles))]
        return checked(self._keys.add_group_api_key, key_id, GROUP, body)

    def change_in_project(self, key_id: str, *roles: str) -> t.Any:
        body = models.UpdateAtlasProjectApiKey(roles=list(roles))
        return checked(self._keys.update_group_api_key_roles, key_id, GROUP, body)

    def list_in_project(self) -> t.Any:
        return checked(self._keys.list_group_api_keys, GROUP)["results"]

    def take_out(self, key_id: str) -> t.Any:
        return checked(self._keys.remove_group_api_key, key_id, GROUP)

    def allow(self, key_id: str, address: str, *blocks: str) -> t.Any:
        body = [models.UserAccessListRequest(cidr_block=block) for block in blocks]
        body.append(models.UserAccessListRequest(ip_address=address))
        return checked(self._keys.create_org_api_key_access_list_entry, key_id, ORG, body)["results"]

    def allowed(self, key_id: str) -> t.Any:
        return checked(self._keys.list_org_api_key_access_list_entries, key_id, ORG)["results"]

    def read_entry(self, key_id: str, entry: str) -> t.Any:
        return checked(self._keys.get_org_api_key_access_list_entry, key_id, entry, ORG)

    def remove_entry(self, key_id: str, entry: str) -> t.Any:
        return checked(self._keys.delete_org_api_key_access_list_entry, key_id, entry, ORG)


class OmSdk:
    """pyomsdk, which returns the document of an error like any other, and None for an answer without a body."""

    def __init__(self, emulator: Emulator, public_key: str, private_key: str) -> None:
        self._client = OpsManagerClient(emulator.url, public_key, private_key)
        self._keys = self._client.organization_api_keys_resource
        self._in_project = self._client.api_keys_on_projects_resource
        self._entries = self._client.organization_access_lists_resource
        self._global = self._client.global_api_keys_resource
        self._global_entries = self._client.global_access_list_resource
        self.close = self._client._client.close  # the client has no method for that

    def login(self) -> t.Any:
        return self._client.root_resource.root(None)["apiKey"]["publicKey"]

    def create(self, description: str, *roles: str) -> t.Any:
        body = self._keys.CreateBodyParams(desc=description, roles=list(roles))
        return self._keys.create(self._keys.CreatePathParams(org_id=ORG), None, body)

    def read(self, key_id: str) -> t.Any:
        return self._keys.get_one(self._keys.GetOnePathParams(org_id=ORG, api_key_id=key_id), None)

    def list(self) -> t.Any:
        return self._keys.get_all(self._keys.GetAllPathParams(org_id=ORG), None)["results"]

    def describe(self, key_id: str, description: str) -> t.Any:
        body = self._keys.UpdateBodyParams(desc=description)
        return self._keys.update(self._keys.UpdatePathParams(org_id=ORG, api_key_id=key_id), None, body)

    def revoke(self, key_id: str) -> t.Any:
        return self._keys.delete(self._keys.DeletePathParams(org_id=ORG, api_key_id=key_id), None)

    def create_in_project(self, description: str, *roles: str) -> t.Any:
        body = self._in_project.CreateAssignBodyParams(desc=description, roles=list(roles))
        return self._in_project.create_assign(self._in_project.CreateAssignPathParams(project_id=GROUP), None, body)

    def assign(self, key_id: str, *roles: str) -> t.Any:
        path = self._in_project.AssignPathParams(project_id=GROUP, api_key_id=key_id)
        return self._in_project.assign(path, None, self._in_project.AssignBodyParams(roles=list(roles)))

    def change_in_project(self, key_id: str, *roles: str) -> t.Any:
        path = self._in_project.ModifyRolesPathParams(project_id=GROUP, api_key_id=key_id)
        return self._in_project.modify_roles(path, None, self._in_project.ModifyRolesBodyParams(roles=list(roles)))

    def list_in_project(self) -> t.Any:
        return self._in_project.get_all(self._in_project.GetAllPathParams(project_id=GROUP), None)["results"]

    def take_out(self, key_id: str) -> t.Any:
        path = self._in_project.UnassignPathParams(project_id=GROUP, api_key_id=key_id)
        return self._in_project.unassign(path, None)

    def allow(self, key_id: str, address: str, *blocks: str) -> t.Any:
        body = [self._entries.CreateEntriesBodyParams(cidr_block=block) for block in blocks]
        body.append(self._entries.CreateEntriesBodyParams(ip_address=address))
        path = self._entries.CreateEntriesPathParams(org_id=ORG, api_key_id=key_id)
        return _results(self._entries.create_entries(path, None, body))

    def allowed(self, key_id: str) -> t.Any:
        path = self._entries.GetAllEntriesPathParams(org_id=ORG, api_key_id=key_id)
        return _results(self._entries.get_all_entries(path, None))

    def read_entry(self, key_id: str, entry: str) -> t.Any:
        path = self._entries.GetOneEntryPathParams(org_id=ORG, api_key_id=key_id, access_list_entry=entry)
        return self._entries.get_one_entry(path, None)

    def remove_entry(self, key_id: str, entry: str) -> t.Any:
        path = self._entries.DeleteEntryPathParams(org_id=ORG, api_key_id=key_id, access_list_entry=entry)
        return self._entries.delete_entry(path, None)

    def create_global(self, description: str, *roles: str) -> t.Any:
        return self._global.create(None, self._global.CreateBodyParams(desc=description, roles=list(roles)))

    def read_global(self, key_id: str) -> t.Any:
        return self._global.get_one(self._global.GetOnePathParams(api_key_id=key_id), None)

    def list_global(self) -> t.Any:
        return self._global.get_all(None)["results"]

    def describe_global(self, key_id: str, description: str) -> t.Any:
        path = self._global.UpdatePathParams(api_key_id=key_id)
        return self._global.update(path, None, self._global.UpdateBodyParams(desc=description))

    def revoke_global(self, key_id: str) -> t.Any:
        return self._global.delete(self._global.DeletePathParams(api_key_id=key_id), None)

    def allow_globally(self, block: str, description: str) -> t.Any:
        body = self._global_entries.CreateEntryBodyParams(cidr_block=block, description=description)
        return self._global_entries.create_entry(None, body)

    def allowed_globally(self) -> t.Any:
        return _results(self._global_entries.get_all_entries(None))

    def remove_global_entry(self, entry_id: str) -> t.Any:
        return self._global_entries.delete_entry(
            self._global_entries.DeleteEntryPathParams(access_list_id=entry_id), None
        )


def _results(document: t.Any) -> t.Any:
    return document.get("results", document)


class Curl:
    """curl, one process for each request."""

    access_list = "accessList"

    def __init__(self, emulator: Emulator, public_key: str, private_key: str) -> None:
        self._base_url = emulator.base_url
        options = ("--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30")
        self._command = ["curl", *options, "--digest", "--user", f"{public_key}:{private_key}"]

    def close(self) -> None: ...

    def send(self, method: str, path: str, body: t.Any = None, *options: str) -> t.Any:
        """Return the document in the answer, None if there is no answer."""
        data = ("--header", "Content-Type: application/json", "--data-binary", "@-") if body is not None else ()
        done = subprocess.run(
            [*self._command, *data, *options, "--request", method, self._base_url + path],
            input=None if body is None else json.dumps(body),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return json.loads(done.stdout) if done.stdout else None

    def login(self) -> t.Any:
        return self.send("GET", "")["apiKey"]["publicKey"]

    def create(self, description: str, *roles: str) -> t.Any:
        return self.send("POST", KEYS, {"desc": description, "roles": roles})

    def read(self, key_id: str) -> t.Any:
        return self.send("GET", f"{KEYS}/{key_id}")

    def list(self) -> t.Any:
        return self.send("GET", KEYS)["results"]

    def describe(self, key_id: str, description: str) -> t.Any:
        return self.send("PATCH", f"{KEYS}/{key_id}", {"desc": description})

    def revoke(self, key_id: str) -> t.Any:
        return self.send("DELETE", f"{KEYS}/{key_id}")

    def create_in_project(self, description: str, *roles: str) -> t.Any:
        return self.send("POST", IN_PROJECT, {"desc": description, "roles": roles})

    def assign(self, key_id: str, *roles: str) -> t.Any:
        return self.send("PATCH", f"{IN_PROJECT}/{key_id}", {"roles": roles})

    change_in_project = assign

    def list_in_project(self) -> t.Any:
        return self.send("GET", IN_PROJECT)["results"]

    def take_out(self, key_id: str) -> t.Any:
        return self.send("DELETE", f"{IN_PROJECT}/{key_id}")

    def allow(self, key_id: str, address: str, *blocks: str) -> t.Any:
        # Without permission to send the body, curl would wait longer than --max-time.
        patience = ("--header", "Expect: 100-continue", "--expect100-timeout", "60")
        body = [*({"cidrBlock": block} for block in blocks), {"ipAddress": address}]
        return self.send("POST", f"{KEYS}/{key_id}/{self.access_list}", body, *patience)["results"]

    def allowed(self, key_id: str) -> t.Any:
        return self.send("GET", f"{KEYS}/{key_id}/{self.access_list}")["results"]

    def read_entry(self, key_id: str, entry: str) -> t.Any:
        return self.send("GET", f"{KEYS}/{key_id}/{self.access_list}/{entry.replace('/', '%2F')}")

    def remove_entry(self, key_id: str, entry: str) -> t.Any:
        return self.send("DELETE", f"{KEYS}/{key_id}/{self.access_list}/{entry.replace('/', '%2F')}")

    def create_global(self, description: str, *roles: str) -> t.Any:
        return self.send("POST", "/admin/apiKeys", {"desc": description, "roles": roles})

    def read_global(self, key_id: str) -> t.Any:
        return self.send("GET", f"/admin/apiKeys/{key_id}")

    def list_global(self) -> t.Any:
        return self.send("GET", "/admin/apiKeys")["results"]

    def describe_global(self, key_id: str, description: str) -> t.Any:
        return self.send("PATCH", f"/admin/apiKeys/{key_id}", {"desc": description})

    def revoke_global(self, key_id: str) -> t.Any:
        return self.send("DELETE", f"/admin/apiKeys/{key_id}")

    def allow_globally(self, block: str, description: str) -> t.Any:
        return self.send("POST", f"/admin/{self.access_list}", {"cidrBlock": block, "description": description})

    def allowed_globally(self) -> t.Any:
        return self.send("GET", f"/admin/{self.access_list}")["results"]

    def remove_global_entry(self, entry_id: str) -> t.Any:
        return self.send("DELETE", f"/admin/{self.access_list}/{entry_id}")


class OldCurl(Curl):
    """curl, with the paths of Ops Manager 4.4."""

    access_list = "whitelist"


Client = AtlasSdk | OmSdk | Curl
GlobalClient = OmSdk | Curl
Kind = type[AtlasSdk] | type[OmSdk] | type[Curl]
GlobalKind = type[OmSdk] | type[Curl]


class Run(t.Protocol):
    """Runs a module that has to succeed, as the owner of the organization or of the whole Ops Manager."""

    def __call__(self, name: str, **options: t.Any) -> dict[str, t.Any]: ...


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
ON_ATLAS = pytest.param(AtlasSdk, "atlas", id="pyatlassdk-atlas")
ON_OPS_MANAGER = pytest.param(OmSdk, "ops-manager-6.0", id="pyomsdk-ops-manager-6.0")
ON_OLD_OPS_MANAGER = pytest.param(OmSdk, OLD, id="pyomsdk-ops-manager-4.4")
CURL_ON_ATLAS = pytest.param(Curl, "atlas", id="curl-atlas", marks=needs_curl)
CURL = [
    pytest.param(Curl, "ops-manager-6.0", id="curl-ops-manager-6.0", marks=needs_curl),
    pytest.param(OldCurl, OLD, id="curl-ops-manager-4.4", marks=needs_curl),
]
EVERY_CLIENT = pytest.mark.parametrize(
    ("kind", "product"), [ON_ATLAS, ON_OPS_MANAGER, ON_OLD_OPS_MANAGER, CURL_ON_ATLAS, *CURL]
)
WITH_ACCESS_LISTS = pytest.mark.parametrize(("kind", "product"), [ON_ATLAS, ON_OPS_MANAGER, CURL_ON_ATLAS, *CURL])
WITH_GLOBAL_KEYS = pytest.mark.parametrize(("kind", "product"), [ON_OPS_MANAGER, ON_OLD_OPS_MANAGER, *CURL])


@pytest.fixture
def emulator(product: str) -> Iterator[Emulator]:
    with Emulator(product=product) as running:
        yield running


@contextmanager
def connected(kind: t.Any, emulator: Emulator, login: ProgrammaticKey | tuple[str, str] = OWNER_KEY) -> Iterator[t.Any]:
    """Give a client that logs in with a key, the owner of the organization by default."""
    pair = (login.public_key, login.private_key) if isinstance(login, ProgrammaticKey) else login
    client = kind(emulator, *pair)
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def client(kind: Kind, emulator: Emulator) -> Iterator[Client]:
    with connected(kind, emulator) as connection:
        yield connection


@pytest.fixture
def global_client(kind: GlobalKind, emulator: Emulator) -> Iterator[GlobalClient]:
    with connected(kind, emulator, GLOBAL_KEY) as connection:
        yield connection


@pytest.fixture
def run(kind: Kind, emulator: Emulator, modules: Modules) -> Run:
    def run_module(name: str, **options: t.Any) -> dict[str, t.Any]:
        login = GLOBAL_KEY if name.startswith("global") else OWNER_KEY
        place = {"global": {}, "org": {"org_id": ORG}, "project": {"project_id": GROUP}}[name.partition("_")[0]]
        connection = {
            # Beside pyatlassdk, the modules use Atlas v2 too; beside curl, Atlas v1.0.
            "base_url": f"{emulator.url}/api/atlas/v2" if kind is AtlasSdk else emulator.base_url,
            "public_key": login.public_key,
            "private_key": login.private_key,
        }
        result = modules(name, {**connection, **place, **options})
        assert not result["failed"], result
        return result

    return run_module


def calls_without_challenges(emulator: Emulator) -> list[str]:
    return [call for call in emulator.calls if not call.endswith(" 401")]


def ids(documents: Sequence[dict[str, t.Any]]) -> list[str]:
    return [document["id"] for document in documents]


def roles_of(document: dict[str, t.Any], place: str) -> list[str]:
    """Return the roles of a key in an organization or a project."""
    return [role["roleName"] for role in document["roles"] if role.get("orgId", role.get("groupId")) == place]


@EVERY_CLIENT
def test_a_client_creates_reads_assigns_changes_and_revokes_a_key(
    client: Client, kind: Kind, product: str, emulator: Emulator
) -> None:
    assert client.login() == OWNER_KEY.public_key
    made = client.create("Köln", "ORG_READ_ONLY", "ORG_GROUP_CREATOR")
    key_id = made["id"]
    assert re.fullmatch("[a-z]{8}", made["publicKey"])
    assert re.fullmatch(UUID4, made["privateKey"])
    read = client.read(key_id)
    assert read == {**made, "privateKey": f"********-****-****-{made['privateKey'][-12:]}"}
    assert roles_of(read, ORG) == ["ORG_READ_ONLY", "ORG_GROUP_CREATOR"]
    assert read in client.list()
    client.assign(key_id, "GROUP_READ_ONLY")
    assert roles_of(client.read(key_id), GROUP) == ["GROUP_READ_ONLY"]
    assert roles_of(client.change_in_project(key_id, "GROUP_OWNER"), GROUP) == ["GROUP_OWNER"]
    assert client.describe(key_id, "backup")["desc"] == "backup"
    assert client.read(key_id) in client.list_in_project()
    client.revoke(key_id)
    assert client.read(key_id)["errorCode"] == "API_KEY_NOT_FOUND"

    key, in_project = f"{KEYS}/{key_id}", f"{IN_PROJECT}/{key_id}"
    assert calls_without_challenges(emulator) == [
        # The Python clients end the address of the root with a slash.
        f"GET {'/' if not issubclass(kind, Curl) else ''} 200",
        f"POST {KEYS} 200",
        f"GET {key} 200",
        f"GET {KEYS} 200",
        f"POST {in_project} 204" if kind is AtlasSdk else f"PATCH {in_project} 200",
        f"GET {key} 200",
        f"PATCH {in_project} 200",
        f"PATCH {key} 200",
        f"GET {key} 200",
        f"GET {IN_PROJECT} 200",
        f"DELETE {key} {200 if product.startswith('ops-manager') else 204}",
        f"GET {key} 400",
    ]
    # The Python clients keep their login, and each process of curl needs a new one.
    assert len(emulator.calls) - len(calls_without_challenges(emulator)) == (12 if issubclass(kind, Curl) else 1)


@EVERY_CLIENT
def test_a_client_takes_a_key_out_of_a_project(client: Client, kind: Kind) -> None:
    made = client.create_in_project("deploy", "GROUP_READ_ONLY")
    assert (roles_of(made, ORG), roles_of(made, GROUP)) == (["ORG_MEMBER"], ["GROUP_READ_ONLY"])
    assert made["id"] in ids(client.list_in_project())
    answer = client.take_out(made["id"])
    # pyomsdk has the path of the documents, which name the organization by mistake; their sample names the project.
    assert (answer or {}).get("errorCode") == ("ORG_NOT_FOUND" if kind is OmSdk else None)
    assert (made["id"] in ids(client.list_in_project())) is (kind is OmSdk)
    assert roles_of(client.read(made["id"]), ORG) == ["ORG_MEMBER"]


@WITH_ACCESS_LISTS
def test_a_client_fills_reads_and_empties_the_access_list_of_a_key(
    client: Client, kind: Kind, emulator: Emulator
) -> None:
    key_id = client.create("ci", "ORG_READ_ONLY")["id"]
    blocks = [f"198.51.{number}.0/24" for number in range(60)] + ["2001:db8::/48"]
    emulator.clear()
    added = client.allow(key_id, "192.0.2.1", *blocks)
    sent = emulator.requests[-1]
    assert len(sent.body) > 1024
    assert sent.headers.get("expect") == ("100-continue" if issubclass(kind, Curl) else None)
    assert [entry["cidrBlock"] for entry in added] == [*blocks, "192.0.2.1/32"]
    assert [entry.get("ipAddress") for entry in added] == [None] * 61 + ["192.0.2.1"]
    assert client.allowed(key_id) == added
    for entry in ("198.51.0.0/24", "2001:db8::/48", "192.0.2.1"):
        assert client.read_entry(key_id, entry) in added
        assert client.remove_entry(key_id, entry) is None
    assert [entry["cidrBlock"] for entry in client.allowed(key_id)] == blocks[1:-1]


def test_pyomsdk_does_not_know_the_access_lists_of_an_old_ops_manager() -> None:
    with Emulator(product=OLD) as emulator:
        with connected(OmSdk, emulator) as client:
            key_id = client.create("ci", "ORG_READ_ONLY")["id"]
            answers = [client.allow(key_id, "192.0.2.1"), client.allowed(key_id)]
        with connected(OmSdk, emulator, GLOBAL_KEY) as client:
            answers += [client.allow_globally("192.0.2.0/24", "Office"), client.allowed_globally()]
    assert [answer["errorCode"] for answer in answers] == ["RESOURCE_NOT_FOUND"] * 4


@WITH_GLOBAL_KEYS
def test_a_client_creates_reads_changes_and_revokes_a_global_key(
    global_client: GlobalClient, kind: GlobalKind, emulator: Emulator
) -> None:
    assert global_client.login() == GLOBAL_KEY.public_key
    made = global_client.create_global("operator", "GLOBAL_READ_ONLY")
    assert re.fullmatch(UUID4, made["privateKey"])
    assert made["roles"] == [{"roleName": "GLOBAL_READ_ONLY"}]
    read = global_client.read_global(made["id"])
    assert read == {**made, "privateKey": f"********-****-****-{made['privateKey'][-12:]}"}
    assert read in global_client.list_global()
    assert global_client.describe_global(made["id"], "monitoring") == {**read, "desc": "monitoring"}
    with connected(kind, emulator, (made["publicKey"], made["privateKey"])) as new:
        assert sorted(ids(new.list_global())) == sorted([GLOBAL_KEY.id, made["id"]])
    assert global_client.revoke_global(made["id"]) is None
    assert global_client.read_global(made["id"])["errorCode"] == "API_KEY_NOT_FOUND"


@pytest.mark.parametrize(("kind", "product"), [ON_OPS_MANAGER, *CURL])
def test_a_client_fills_reads_and_empties_the_global_access_list(global_client: GlobalClient) -> None:
    made = global_client.allow_globally("192.0.2.0/24", "Office")
    assert (made["cidrBlock"], made["description"], made["type"]) == ("192.0.2.0/24", "Office", "GLOBAL_ROLE")
    assert made in global_client.allowed_globally()
    assert global_client.remove_global_entry(made["id"]) is None
    assert ids(global_client.allowed_globally()) == [GLOBAL_ENTRY.id]


@EVERY_CLIENT
def test_modules_list_change_assign_and_revoke_the_key_of_a_client(client: Client, run: Run) -> None:
    made = client.create("ci", "ORG_READ_ONLY")
    (listed,) = run("org_api_key_info", description="ci")["org_api_keys"]
    assert {name: listed[name] for name in ("id", "public_key", "description", "roles", "projects")} == {
        "id": made["id"],
        "public_key": made["publicKey"],
        "description": "ci",
        "roles": ["ORG_READ_ONLY"],
        "projects": [],
    }
    assert listed["obfuscated_key"] == client.read(made["id"])["privateKey"]

    change = {"key_id": [made["publicKey"]], "description": "ci of Köln", "roles": ["ORG_MEMBER", "ORG_READ_ONLY"]}
    assert [run("org_api_key", **change)["changed"] for _time in range(2)] == [True, False]
    read = client.read(made["id"])
    assert (read["desc"], set(roles_of(read, ORG))) == ("ci of Köln", {"ORG_MEMBER", "ORG_READ_ONLY"})

    assign = {"key_id": [made["id"]], "roles": ["GROUP_READ_ONLY"]}
    assert [run("project_api_key", **assign)["changed"] for _time in range(2)] == [True, False]
    assert roles_of(client.read(made["id"]), GROUP) == ["GROUP_READ_ONLY"]
    client.change_in_project(made["id"], "GROUP_OWNER")
    (listed,) = run("project_api_key_info", key_id=[made["id"]])["project_api_keys"]
    assert listed["roles"] == ["GROUP_OWNER"]
    assert run("project_api_key", key_id=[made["id"]], state="absent")["changed"] is True
    assert made["id"] not in ids(client.list_in_project())

    revoke = {"key_id": [made["id"]], "state": "absent"}
    assert [run("org_api_key", **revoke)["changed"] for _time in range(2)] == [True, False]
    assert client.read(made["id"])["errorCode"] == "API_KEY_NOT_FOUND"


@EVERY_CLIENT
def test_a_client_logs_in_with_a_key_of_the_modules_and_changes_and_revokes_it(
    kind: Kind, emulator: Emulator, run: Run
) -> None:
    made = run("org_api_key", description="ci", roles=["ORG_OWNER"])
    deploy = run("project_api_key", description="deploy", roles=["GROUP_READ_ONLY"])
    key, key_in_project = made["org_api_key"], deploy["project_api_key"]
    with connected(kind, emulator, (key_in_project["public_key"], deploy["private_key"])) as client:
        assert client.login() == key_in_project["public_key"]
        assert key_in_project["id"] in ids(client.list_in_project())
    with connected(kind, emulator, (key["public_key"], made["private_key"])) as client:
        assert client.login() == key["public_key"]
        read = client.read(key["id"])
        assert (read["desc"], read["publicKey"], roles_of(read, ORG)) == ("ci", key["public_key"], ["ORG_OWNER"])
        assert read["privateKey"] == key["obfuscated_key"]
        assert read in client.list()
        client.describe(key["id"], "ci of Köln")
        (listed,) = run("org_api_key_info", key_id=[key["id"]])["org_api_keys"]
        assert listed["description"] == "ci of Köln"
        assert roles_of(client.read(key_in_project["id"]), GROUP) == ["GROUP_READ_ONLY"]
        client.revoke(key_in_project["id"])
        client.revoke(key["id"])  # its own login
    both = [key["id"], key_in_project["id"]]
    assert run("org_api_key_info", key_id=both)["org_api_keys"] == []
    assert run("org_api_key", key_id=both, state="absent")["changed"] is False


@WITH_GLOBAL_KEYS
def test_modules_list_change_and_revoke_the_global_key_of_a_client(global_client: GlobalClient, run: Run) -> None:
    made = global_client.create_global("operator", "GLOBAL_READ_ONLY")
    (listed,) = run("global_api_key_info", description="operator")["global_api_keys"]
    assert (listed["id"], listed["public_key"], listed["roles"]) == (
        made["id"],
        made["publicKey"],
        ["GLOBAL_READ_ONLY"],
    )
    change = {"key_id": [made["id"]], "description": "monitoring", "roles": ["GLOBAL_MONITORING_ADMIN"]}
    assert [run("global_api_key", **change)["changed"] for _time in range(2)] == [True, False]
    read = global_client.read_global(made["id"])
    assert (read["desc"], read["roles"]) == ("monitoring", [{"roleName": "GLOBAL_MONITORING_ADMIN"}])
    revoke = {"key_id": [made["id"]], "state": "absent"}
    assert [run("global_api_key", **revoke)["changed"] for _time in range(2)] == [True, False]
    assert global_client.read_global(made["id"])["errorCode"] == "API_KEY_NOT_FOUND"


@WITH_GLOBAL_KEYS
def test_a_client_logs_in_with_a_global_key_of_the_modules_and_revokes_it(
    global_client: GlobalClient, kind: GlobalKind, emulator: Emulator, run: Run
) -> None:
    made = run("global_api_key", description="operator", roles=["GLOBAL_READ_ONLY"])
    key = made["global_api_key"]
    with connected(kind, emulator, (key["public_key"], made["private_key"])) as client:
        assert client.login() == key["public_key"]
        assert client.read_global(key["id"])["privateKey"] == key["obfuscated_key"]
        assert client.revoke_global(key["id"])["errorCode"] == "USER_UNAUTHORIZED"  # it may only read
    assert global_client.revoke_global(key["id"]) is None
    assert run("global_api_key_info", key_id=[key["id"]])["global_api_keys"] == []
