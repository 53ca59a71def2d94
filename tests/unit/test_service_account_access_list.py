# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access list of a service account under every setting of what nobody knows of real servers."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import PartialError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import wanted_account_entries

from tests.emulator import AccessEntry, Emulator, Fault, Switches
from tests.emulator.sample import ORGANIZATION, PROJECT_ACCOUNT
from tests.unit.access_lists import Run, outcomes, runner

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

ADDRESS, BLOCK = "192.0.2.1/32", "127.0.0.0/8"
PATH = f"/orgs/{ORGANIZATION.id}/serviceAccounts/{PROJECT_ACCOUNT.id}/accessList"


@pytest.fixture
def run(make_client: MakeClient) -> Run:
    return runner(make_client, wanted_account_entries, account_id=PROJECT_ACCOUNT.id)


def blocks(emulator: Emulator) -> list[str]:
    return [entry.block for entry in emulator.world.service_accounts[PROJECT_ACCOUNT.id].access_list]


@pytest.mark.parametrize("nulls", [True, False])
@pytest.mark.parametrize("order", ["oldest-first", "newest-first", "address"])
@pytest.mark.parametrize("ipv6", ["compressed", "eight-groups", "as-sent"])
def test_every_spelling_and_order_of_a_server(run: Run, ipv6: t.Any, order: t.Any, nulls: bool) -> None:
    texts = ["2001:DB8::1", "2001:db8:0:0::/64", "2001:0:0:1::/64", "::/0"]
    switches = Switches(ipv6=ipv6, entry_order=order, account_nulls=nulls)
    with Emulator(product="atlas", switches=switches) as emulator:
        made = run(emulator, *texts, exclusive=True)
        assert (made["changed"], made["access_list"][0]["last_used"]) == (True, None)
        assert len(blocks(emulator)) == len(texts)
        assert run(emulator, "2001:0db8::0001/128", *texts[1:], exclusive=True)["changed"] is False
        assert run(emulator, *texts[:-1], state="absent")["changed"] is True
        assert len(blocks(emulator)) == 1


def test_200_entries_go_into_one_request(run: Run) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.world.service_accounts[PROJECT_ACCOUNT.id].access_list.clear()
        result = run(emulator, *(f"10.0.{number}.0/24" for number in range(200)))
        assert (result["changed"], len(blocks(emulator))) == (True, 200)
        posts = [received for received in emulator.requests if received.method == "POST"]
        assert [received.body.count("cidrBlock") for received in posts] == [200]


@pytest.mark.parametrize(("answer", "changed"), [("200", True), ("409", False), ("500", True)])
def test_somebody_else_adds_the_entry_at_the_same_time(run: Run, answer: t.Any, changed: bool) -> None:
    with Emulator(product="atlas", switches=Switches(duplicate_entry=answer)) as emulator:
        emulator.before(
            "POST",
            "accessList",
            lambda world: world.service_accounts[PROJECT_ACCOUNT.id].access_list.append(AccessEntry("203.0.113.7/32")),
        )
        assert outcomes(run(emulator, "203.0.113.7")) == [("203.0.113.7/32", changed, "present")]


@pytest.mark.parametrize("missing", ["404", "400"])
def test_somebody_else_removes_the_entry_at_the_same_time(run: Run, missing: t.Any) -> None:
    with Emulator(product="atlas", switches=Switches(missing_entry=missing)) as emulator:
        emulator.before(
            "DELETE", "accessList", lambda world: world.service_accounts[PROJECT_ACCOUNT.id].access_list.pop(0)
        )
        assert outcomes(run(emulator, "192.0.2.1", state="absent")) == [(ADDRESS, False, "absent")]


def test_the_server_keeps_the_address_of_the_caller(run: Run) -> None:
    with Emulator(product="atlas", switches=Switches(own_address="any-list")) as emulator:
        with pytest.raises(PartialError, match="CANNOT_REMOVE_CALLER_FROM.*another address") as caught:
            run(emulator, BLOCK, "192.0.2.1", state="absent", allow_empty=True)
        assert outcomes(caught.value.result()) == [(BLOCK, False, "present"), (ADDRESS, True, "absent")]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("missing", ["404", "400", "resource", "unexpected"])
def test_an_account_that_does_not_exist_is_a_failure(run: Run, missing: t.Any, state: str) -> None:
    unknown = f"mdb_sa_id_{'0' * 24}"
    with Emulator(product="atlas", switches=Switches(missing_account=missing)) as emulator:
        with pytest.raises(RequestError, match=f"could not read the access list of service account {unknown}"):
            run(emulator, "192.0.2.1", account_id=unknown, state=state)
        assert len(emulator.requests) == 2


@pytest.mark.parametrize("after_work", [True, False])
@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 502}, {"status": 200, "body": "{}"}])
def test_after_a_lost_answer_the_list_decides(run: Run, fault: dict[str, t.Any], after_work: bool) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="POST", after_work=after_work, **fault))
        if after_work:
            assert run(emulator, "203.0.113.7")["changed"] is True
        else:
            with pytest.raises(PartialError, match="Not on the access list of service account"):
                run(emulator, "203.0.113.7", exclusive=True)
            assert blocks(emulator) == [ADDRESS, BLOCK]
