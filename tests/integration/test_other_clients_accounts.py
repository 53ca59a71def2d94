# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts with clients that others wrote: each side reads and changes the accounts of the other.

pyatlassdk sends the id and the secret of an account in the form, and has every call about accounts. The MongoDB MCP
server sends them in a Basic header, and revokes its token at its end.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from pyatlassdk.admin import AtlasAdminClient, models
from pyatlassdk.admin.resources.service_accounts import ServiceAccounts

from tests.emulator import Emulator, Switches
from tests.emulator.sample import ORGANIZATION, OWNER_ACCOUNT, PROJECT, READER_ACCOUNT, SECOND_PROJECT
from tests.integration.atlas_sdk import checked

if t.TYPE_CHECKING:
    from tests.integration.modules import Modules

ORG, GROUP = ORGANIZATION.id, PROJECT.id
ACCOUNTS, IN_PROJECT = f"/orgs/{ORG}/serviceAccounts", f"/groups/{GROUP}/serviceAccounts"
TOKEN, REVOKE = "POST /api/oauth/token 200", "POST /api/oauth/revoke 200"
SECRET = "mdb_sa_sk_[0-9A-Za-z_-]{40}"
NEW: dict[str, t.Any] = {"name": "ci", "description": "Builds", "roles": ["ORG_READ_ONLY"], "secret_valid_for": 24}
DAY = models.ServiceAccountSecretRequest(secret_expires_after_hours=24)
SERVER = Path(os.environ.get("NODE_CLIENTS", ""), "node_modules", "mongodb-mcp-server", "dist", "esm", "index.js")
pytestmark = pytest.mark.usefixtures("without_proxy")
needs_server = pytest.mark.skipif(
    shutil.which("node") is None or not SERVER.is_file(), reason="mongodb-mcp-server is not installed"
)


class Run(t.Protocol):
    """Runs a module that has to succeed, as an account that owns the organization."""

    def __call__(self, module: str, /, **options: t.Any) -> dict[str, t.Any]: ...


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(product="atlas") as running:
        yield running


@pytest.fixture
def run(emulator: Emulator, modules: Modules) -> Run:
    return runner(emulator, modules)


def runner(emulator: Emulator, modules: Modules) -> Run:
    def run_module(module: str, /, **options: t.Any) -> dict[str, t.Any]:
        place = {"project_id": GROUP} if module.startswith("project_") else {"org_id": ORG}
        login = {"client_id": OWNER_ACCOUNT.id, "client_secret": OWNER_ACCOUNT.login.value}
        connection = {
            "base_url": emulator.base_url,
            "ca_path": emulator.tls.ca_path if emulator.tls else None,
            **login,
        }
        result = modules(module, {**connection, **place, **options})
        assert not result["failed"], result
        return result

    return run_module


@contextmanager
def connected(emulator: Emulator, client_id: str, client_secret: str) -> Iterator[ServiceAccounts]:
    """Give the calls of pyatlassdk, which logs in with this account."""
    with AtlasAdminClient(
        client_id=client_id,
        client_secret=client_secret,
        base_url=f"{emulator.url}/api/atlas/v2",
        oauth_token_url=f"{emulator.url}/api/oauth/token",
    ) as client:
        yield client.service_accounts


@pytest.fixture
def client(emulator: Emulator) -> Iterator[ServiceAccounts]:
    with connected(emulator, OWNER_ACCOUNT.id, OWNER_ACCOUNT.login.value) as accounts:
        yield accounts


def ids(accounts: t.Any) -> list[str]:
    return [account["clientId"] for account in accounts["results"]]


def blocks(answer: t.Any) -> list[str]:
    return [entry["cidrBlock"] for entry in answer["results"]]


def new_account(client: ServiceAccounts, name: str = "ci") -> t.Any:
    body = models.OrgServiceAccountRequest(
        name=name, description="Builds", roles=["ORG_READ_ONLY"], secret_expires_after_hours=24
    )
    return checked(client.create_org_service_account, ORG, body)


def new_account_in_project(client: ServiceAccounts) -> t.Any:
    body = models.GroupServiceAccountRequest(
        name="deploy", description="Deploys", roles=["GROUP_READ_ONLY"], secret_expires_after_hours=24
    )
    return checked(client.create_group_service_account, GROUP, body)


def entries(*allowed: str) -> list[models.ServiceAccountIPAccessListEntry]:
    return [models.ServiceAccountIPAccessListEntry(cidr_block=block) for block in allowed]


def test_every_call_of_pyatlassdk_is_made() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    offered = [name for name in vars(ServiceAccounts) if not name.startswith("_")]
    assert len(offered) == 22
    assert [name for name in offered if f"client.{name}," not in text] == []


def test_pyatlassdk_makes_reads_changes_and_deletes_an_account(emulator: Emulator, client: ServiceAccounts) -> None:
    made = new_account(client)
    account_id = made["clientId"]
    assert re.fullmatch("mdb_sa_id_[0-9a-f]{24}", account_id)
    (secret,) = made["secrets"]
    assert re.fullmatch(SECRET, secret["secret"])
    read = checked(client.get_org_service_account, account_id, ORG)
    masked = f"mdb_sa_sk_...{secret['secret'][-4:]}"
    same = {name: value for name, value in secret.items() if name != "secret"}
    assert read == {**made, "secrets": [{**same, "maskedSecretValue": masked}]}
    assert read in checked(client.list_org_service_accounts, ORG)["results"]
    change = models.OrgServiceAccountUpdateRequest(name="Köln", description="täglich", roles=["ORG_MEMBER"])
    changed = checked(client.update_org_service_account, account_id, ORG, change)
    assert changed == {**read, "name": "Köln", "description": "täglich", "roles": ["ORG_MEMBER"]}
    assert checked(client.delete_org_service_account, account_id, ORG) is None
    assert checked(client.get_org_service_account, account_id, ORG)["errorCode"] == "SERVICE_ACCOUNT_NOT_FOUND"

    account = f"{ACCOUNTS}/{account_id}"
    assert emulator.calls == [
        TOKEN,
        f"POST {ACCOUNTS} 201",
        f"GET {account} 200",
        f"GET {ACCOUNTS} 200",
        f"PATCH {account} 200",
        f"DELETE {account} 204",
        f"GET {account} 404",
    ]


def test_pyatlassdk_logs_in_with_the_form_if_the_server_takes_it() -> None:
    with Emulator(product="atlas", switches=Switches(form_login=False)) as emulator:
        with connected(emulator, OWNER_ACCOUNT.id, OWNER_ACCOUNT.login.value) as client:
            refused = checked(client.list_org_service_accounts, ORG)
        assert refused["error"] == "invalid_client"
        assert emulator.calls == ["POST /api/oauth/token 401"]


def test_pyatlassdk_makes_and_deletes_secrets(emulator: Emulator, client: ServiceAccounts) -> None:
    made = new_account(client)
    account_id, first = made["clientId"], made["secrets"][0]
    second = checked(client.create_org_service_account_secret, account_id, ORG, DAY)
    third = checked(client.create_org_service_account_secret, account_id, ORG, DAY)
    assert third["errorCode"] == "MAX_SECRETS_PER_SERVICE_ACCOUNT_EXCEEDED"
    for secret in (first, second):
        with connected(emulator, account_id, secret["secret"]) as new:
            assert account_id in ids(checked(new.list_org_service_accounts, ORG))
    assert checked(client.delete_org_service_account_secret, account_id, ORG, first["id"]) is None
    shown = checked(client.get_org_service_account, account_id, ORG)["secrets"]
    assert [secret["id"] for secret in shown] == [second["id"]]
    with connected(emulator, account_id, first["secret"]) as old:
        assert checked(old.list_org_service_accounts, ORG)["error"] == "invalid_client"


def test_pyatlassdk_fills_reads_and_empties_the_access_list_of_an_account(client: ServiceAccounts) -> None:
    account_id = new_account(client)["clientId"]
    body = [
        *entries("198.51.100.0/24", "2001:db8::/48"),
        models.ServiceAccountIPAccessListEntry(ip_address="192.0.2.1"),
    ]
    added = checked(client.create_org_service_account_access_list, account_id, ORG, body)
    assert blocks(added) == ["198.51.100.0/24", "2001:db8::/48", "192.0.2.1/32"]
    assert [entry.get("ipAddress") for entry in added["results"]] == [None, None, "192.0.2.1"]
    assert checked(client.list_org_service_account_access_list, account_id, ORG)["results"] == added["results"]
    for entry in ("198.51.100.0/24", "2001:db8::/48", "192.0.2.1"):
        assert checked(client.delete_org_service_account_access_list_entry, account_id, entry, ORG) is None
    assert checked(client.list_org_service_account_access_list, account_id, ORG)["results"] == []


def test_pyatlassdk_puts_accounts_into_a_project_changes_them_there_and_takes_them_out(
    emulator: Emulator, client: ServiceAccounts
) -> None:
    deploy = new_account_in_project(client)
    assert (deploy["roles"], len(deploy["secrets"])) == (["GROUP_READ_ONLY"], 1)
    account_id = new_account(client)["clientId"]
    emulator.clear()
    roles = models.GroupServiceAccountRoleAssignment(roles=["GROUP_OWNER"])
    invited = checked(client.invite_group_service_account, account_id, GROUP, roles)
    assert (invited["clientId"], invited["roles"]) == (account_id, ["GROUP_OWNER"])
    assert checked(client.get_group_service_account, account_id, GROUP) == invited
    assert invited in checked(client.list_group_service_accounts, GROUP)["results"]
    change = models.GroupServiceAccountUpdateRequest(roles=["GROUP_READ_ONLY"])
    assert checked(client.update_group_service_account, account_id, GROUP, change)["roles"] == ["GROUP_READ_ONLY"]
    projects = checked(client.get_org_service_account_groups, account_id, ORG)["results"]
    assert projects == [{"groupId": GROUP, "roles": ["GROUP_READ_ONLY"]}]
    assert checked(client.delete_group_service_account, account_id, GROUP) is None
    left = ids(checked(client.list_group_service_accounts, GROUP))
    assert (account_id in left, deploy["clientId"] in left) == (False, True)
    assert checked(client.get_org_service_account_groups, account_id, ORG)["results"] == []
    there = f"{IN_PROJECT}/{account_id}"
    assert emulator.calls == [
        f"POST {there}:invite 200",
        f"GET {there} 200",
        f"GET {IN_PROJECT} 200",
        f"PATCH {there} 200",
        f"GET {ACCOUNTS}/{account_id}/groups 200",
        f"DELETE {there} 204",
        f"GET {IN_PROJECT} 200",
        f"GET {ACCOUNTS}/{account_id}/groups 200",
    ]


def test_pyatlassdk_manages_secrets_and_the_access_list_of_an_account_in_a_project(client: ServiceAccounts) -> None:
    made = new_account_in_project(client)
    account_id, first = made["clientId"], made["secrets"][0]
    second = checked(client.create_group_service_account_secret, account_id, GROUP, DAY)
    assert re.fullmatch(SECRET, second["secret"])
    assert checked(client.delete_group_service_account_secret, account_id, GROUP, first["id"]) is None
    shown = checked(client.get_group_service_account, account_id, GROUP)["secrets"]
    assert [secret["id"] for secret in shown] == [second["id"]]
    body = entries("192.0.2.0/24", "198.51.100.0/24")
    added = checked(client.create_group_service_account_access_list, account_id, GROUP, body)
    assert blocks(added) == ["192.0.2.0/24", "198.51.100.0/24"]
    gone = checked(client.delete_group_service_account_access_list_entry, account_id, GROUP, "192.0.2.0/24")
    assert gone is None
    listed = checked(client.list_group_service_account_access_list, account_id, GROUP)
    assert blocks(listed) == ["198.51.100.0/24"]
    assert checked(client.list_org_service_account_access_list, account_id, ORG)["results"] == listed["results"]


def test_modules_list_change_place_limit_renew_and_delete_the_account_of_pyatlassdk(
    emulator: Emulator, client: ServiceAccounts, run: Run
) -> None:
    made = new_account(client)
    account_id, first = made["clientId"], made["secrets"][0]
    (listed,) = run("service_account_info", name="ci", projects=True)["service_accounts"]
    assert {name: listed[name] for name in ("id", "name", "description", "roles", "projects")} == {
        "id": account_id,
        "name": "ci",
        "description": "Builds",
        "roles": ["ORG_READ_ONLY"],
        "projects": [],
    }
    (shown,) = checked(client.get_org_service_account, account_id, ORG)["secrets"]
    assert [(each["id"], each["masked_secret"]) for each in listed["secrets"]] == [
        (first["id"], shown["maskedSecretValue"])
    ]

    def twice(name: str, /, **options: t.Any) -> list[bool]:
        return [run(name, **options)["changed"] for _time in range(2)]

    assert twice("service_account", account_id=account_id, description="Köln", roles=["ORG_MEMBER"]) == [True, False]
    read = checked(client.get_org_service_account, account_id, ORG)
    assert (read["description"], read["roles"]) == ("Köln", ["ORG_MEMBER"])

    assert twice("project_service_account", account_id=account_id, roles=["GROUP_READ_ONLY"]) == [True, False]
    there = checked(client.get_group_service_account, account_id, GROUP)
    assert there["roles"] == ["GROUP_READ_ONLY"]
    change = models.GroupServiceAccountUpdateRequest(roles=["GROUP_OWNER"])
    checked(client.update_group_service_account, account_id, GROUP, change)
    (placed,) = run("project_service_account_info", account_id=account_id)["project_service_accounts"]
    assert placed["roles"] == ["GROUP_OWNER"]
    assert twice("project_service_account", account_id=account_id, state="absent") == [True, False]
    assert account_id not in ids(checked(client.list_group_service_accounts, GROUP))

    checked(client.create_org_service_account_access_list, account_id, ORG, entries("192.0.2.0/24"))
    (entry,) = run("service_account_access_list_info", account_id=account_id)["access_list"]
    assert entry["id"] == "192.0.2.0/24"
    limit = {"account_id": account_id, "entries": ["198.51.100.0/24"], "exclusive": True}
    assert twice("service_account_access_list", **limit) == [True, False]
    allowed = checked(client.list_org_service_account_access_list, account_id, ORG)
    assert blocks(allowed) == ["198.51.100.0/24"]

    renewed = run("service_account_secret", account_id=account_id, valid_for=720)
    with connected(emulator, account_id, renewed["client_secret"]) as new:
        assert checked(new.get_org_service_account, account_id, ORG)["errorCode"] == "USER_UNAUTHORIZED"  # a member
    assert twice("service_account_secret", account_id=account_id, secret_id=first["id"], state="absent") == [
        True,
        False,
    ]
    shown = checked(client.get_org_service_account, account_id, ORG)["secrets"]
    assert [secret["id"] for secret in shown] == [renewed["service_account_secret"]["id"]]

    assert twice("service_account", account_id=account_id, state="absent") == [True, False]
    assert checked(client.get_org_service_account, account_id, ORG)["errorCode"] == "SERVICE_ACCOUNT_NOT_FOUND"


def test_pyatlassdk_logs_in_with_an_account_of_the_modules_and_changes_and_deletes_it(
    emulator: Emulator, run: Run
) -> None:
    made = run("service_account", **{**NEW, "roles": ["ORG_OWNER"]})
    account_id = made["service_account"]["id"]
    run("project_service_account", account_id=account_id, roles=["GROUP_READ_ONLY"])
    run("service_account_access_list", account_id=account_id, entries=["127.0.0.1", "192.0.2.0/24"])
    with connected(emulator, account_id, made["client_secret"]) as client:
        read = checked(client.get_org_service_account, account_id, ORG)
        assert (read["name"], read["description"], read["roles"]) == ("ci", "Builds", ["ORG_OWNER"])
        assert [each["maskedSecretValue"] for each in read["secrets"]] == [f"mdb_sa_sk_...{made['client_secret'][-4:]}"]
        there = checked(client.get_group_service_account, account_id, GROUP)
        assert there["roles"] == ["GROUP_READ_ONLY"]
        allowed = checked(client.list_org_service_account_access_list, account_id, ORG)
        assert blocks(allowed) == ["127.0.0.1/32", "192.0.2.0/24"]
        checked(client.delete_org_service_account_access_list_entry, account_id, "192.0.2.0/24", ORG)
        (entry,) = run("service_account_access_list_info", account_id=account_id)["access_list"]
        assert entry["id"] == "127.0.0.1/32"

        # A new secret of the module ends the old one early, but not its token.
        renewed = run("service_account_secret", account_id=account_id, valid_for=720, force=True, make_room="oldest")
        (old,) = read["secrets"]
        shown = checked(client.get_org_service_account, account_id, ORG)["secrets"]
        assert [secret["id"] for secret in shown] == [old["id"], renewed["service_account_secret"]["id"]]
        assert checked(client.delete_org_service_account, account_id, ORG) is None  # its own login
        assert checked(client.list_org_service_accounts, ORG)["error"] == "invalid_client"
    assert run("service_account_info", account_id=account_id)["service_accounts"] == []
    assert run("service_account", account_id=account_id, state="absent")["changed"] is False


def test_pyatlassdk_gets_a_new_token_if_a_module_revokes_its_token(
    emulator: Emulator, client: ServiceAccounts, run: Run
) -> None:
    checked(client.list_org_service_accounts, ORG)
    token = client._client._access_token()
    assert run("access_token", org_id=None, access_token=token, state="absent")["changed"] is True
    emulator.clear()
    assert OWNER_ACCOUNT.id in ids(checked(client.list_org_service_accounts, ORG))
    assert emulator.calls == [f"GET {ACCOUNTS} 401", TOKEN, f"GET {ACCOUNTS} 200"]


class McpServer:
    """The MongoDB MCP server, which speaks JSON-RPC on its standard streams. At the end of the context it ends.

    Its calls of the API trust the file in ``SSL_CERT_FILE``, and its revocation the one in ``NODE_EXTRA_CA_CERTS``.
    """

    def __init__(self, emulator: Emulator, folder: Path, account_id: str, secret: str) -> None:
        assert emulator.tls
        authority = emulator.tls.ca_path
        self._process = subprocess.Popen(
            ["node", SERVER],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "NODE_EXTRA_CA_CERTS": authority,
                "SSL_CERT_FILE": authority,
                "MDB_MCP_API_BASE_URL": emulator.url,
                "MDB_MCP_API_CLIENT_ID": account_id,
                "MDB_MCP_API_CLIENT_SECRET": secret,
                "MDB_MCP_LOGGERS": "stderr",
                "MDB_MCP_TELEMETRY": "disabled",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._sent = 0

    def __enter__(self) -> t.Self:
        client = {"name": "tests", "version": "1"}
        answer = self.ask("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=client)
        assert answer["serverInfo"]["name"] == "MongoDB MCP Server"
        self._send({"method": "notifications/initialized"})
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self._process.communicate(timeout=30)  # closes its input, which tells it to end
        finally:
            self._process.kill()

    def _send(self, message: dict[str, t.Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self._process.stdin.flush()

    def ask(self, method: str, **parameters: t.Any) -> t.Any:
        """Return the result of a method."""
        self._sent += 1
        self._send({"id": self._sent, "method": method, "params": parameters})
        assert self._process.stdout
        for line in self._process.stdout:
            message = json.loads(line)
            if message.get("id") == self._sent:
                return message["result"]
        pytest.fail(f"The server ended: {self._process.stderr.read() if self._process.stderr else None}")

    def call(self, tool: str, **arguments: t.Any) -> tuple[bool, str]:
        """Call a tool, and return whether it succeeded, and all its text."""
        result = self.ask("tools/call", name=tool, arguments=arguments)
        return not result.get("isError", False), "\n".join(part["text"] for part in result["content"])


@needs_server
def test_the_mcp_server_logs_in_with_an_account_of_the_modules_lists_and_revokes_its_token(
    modules: Modules, tmp_path: Path
) -> None:
    with Emulator(product="atlas", tls="server", switches=Switches(form_login=False)) as emulator:
        run = runner(emulator, modules)
        made = run("service_account", **NEW)
        account_id = made["service_account"]["id"]
        emulator.clear()
        with McpServer(emulator, tmp_path, account_id, made["client_secret"]) as server:
            tools = [tool["name"] for tool in server.ask("tools/list")["tools"]]
            assert {"atlas-list-orgs", "atlas-list-projects"} <= set(tools)
            succeeded, text = server.call("atlas-list-orgs")
            assert succeeded
            assert ORG in text
            succeeded, text = server.call("atlas-list-projects", orgId=ORG)
            assert succeeded
            assert all(project.id in text for project in (PROJECT, SECOND_PROJECT))
        query = "itemsPerPage=10&pageNum=1&includeCount=false"
        assert emulator.calls == [
            TOKEN,
            f"GET /orgs?{query} 200",
            f"GET /orgs/{ORG}/groups?{query} 200",
            REVOKE,
        ]
        login, listed, _projects, revoked = emulator.requests
        assert login.authorization == {"scheme": "basic", "username": account_id}
        assert listed.headers["accept"] == "application/vnd.atlas.2025-03-12+json"
        token = dict(parse_qsl(revoked.body))["token"]
        assert run("access_token", org_id=None, access_token=token, state="absent")["changed"] is False
        (account,) = run("service_account_info", account_id=account_id)["service_accounts"]
        assert account["secrets"][0]["last_used_at"] is not None


@needs_server
def test_the_mcp_server_loses_its_login_if_a_module_deletes_the_account(modules: Modules, tmp_path: Path) -> None:
    with Emulator(product="atlas", tls="server") as emulator:
        run = runner(emulator, modules)
        with McpServer(emulator, tmp_path, READER_ACCOUNT.id, READER_ACCOUNT.login.value) as server:
            assert server.call("atlas-list-orgs")[0]
            assert run("service_account", account_id=READER_ACCOUNT.id, state="absent")["changed"] is True
            succeeded, text = server.call("atlas-list-orgs")
        assert not succeeded
        assert "401" in text
