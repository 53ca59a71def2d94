# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module login_info reads from the root document, and what it does not take for an answer."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import LoginError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._login_info import describe_login
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

from tests.emulator import Emulator, Fault
from tests.emulator.sample import OWNER_KEY

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

ORGANIZATION, PROJECT = "5e2b0f6a9ccf64c8a1d0e311", "5e2b10049ccf64c8a1d0e321"
KEY = {"id": "5e2b13009ccf64b7c8d90c45", "publicKey": "ctbmsjfi"}


@pytest.fixture
def describe(make_client: MakeClient) -> t.Callable[[Fault], dict[str, t.Any]]:
    def task(fault: Fault) -> dict[str, t.Any]:
        with Emulator(product="atlas") as emulator:
            emulator.add_fault(fault)
            login = {"public_key": OWNER_KEY.public_key, "private_key": OWNER_KEY.private_key}
            client = make_client(base_url=emulator.base_url, retries=0, timeout=10, **login)
            return dict(describe_login(client, None, Task(client._auth)).values["login"])

    return task


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (None, {"kind": "user_api_key", "id": None, "roles": None, "access_list": None}),
        (KEY, {"kind": "org_api_key", "id": KEY["id"], "name": "ctbmsjfi", "roles": [], "access_list": None}),
        (
            {
                **KEY,
                "roles": [
                    {"orgId": ORGANIZATION, "roleName": "ORG_OWNER"},
                    {"groupId": PROJECT, "roleName": "GROUP_OWNER"},
                ],
                "accessList": [{"cidrBlock": "2001:DB8:0::/32"}, {}],
            },
            {
                "kind": "org_api_key",
                "org_id": ORGANIZATION,
                "roles": ["ORG_OWNER"],
                "access_list": ["2001:db8::/32"],
                "secrets": None,
            },
        ),
        (
            {**KEY, "roles": [{"roleName": "GLOBAL_OWNER"}], "accessList": []},
            {"kind": "global_api_key", "org_id": None, "roles": ["GLOBAL_OWNER"], "access_list": []},
        ),
    ],
)
def test_a_key(describe: t.Callable[[Fault], dict[str, t.Any]], key: t.Any, shown: dict[str, t.Any]) -> None:
    found = describe(Fault(status=200, body=json.dumps({"apiKey": key})))
    assert {name: found[name] for name in shown} == shown
    assert list(found) == ["id", "name", "roles", "org_id", "access_list", "secrets", "kind"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Fault(status=401), LoginError), (Fault(status=500), RequestError), (Fault(status=403), RequestError)],
)
def test_a_login_that_does_not_work(
    describe: t.Callable[[Fault], dict[str, t.Any]], fault: Fault, kind: type[RequestError]
) -> None:
    with pytest.raises(kind):
        describe(fault)
