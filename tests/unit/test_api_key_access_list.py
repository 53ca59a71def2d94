# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access list of a key on every product, under every setting of what nobody knows of real servers."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import PartialError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import wanted_key_entries

from tests.emulator import AccessEntry, Emulator, Fault, Switches, World, sample_world
from tests.emulator.sample import ORGANIZATION, SPARE_KEY
from tests.unit.access_lists import Run, outcomes, runner

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

ADDRESS, BLOCK = "192.0.2.1/32", "198.51.100.0/24"
PRODUCTS = ["atlas", "cloud-manager", "ops-manager-4.4", "ops-manager-5.0", "ops-manager-6.0"]


@pytest.fixture
def run(make_client: MakeClient) -> Run:
    return runner(make_client, wanted_key_entries, key_id=SPARE_KEY.id)


def blocks(emulator: Emulator) -> list[str]:
    return [entry.block for entry in emulator.world.programmatic_keys[SPARE_KEY.id].access_list]


def lists(product: str) -> tuple[str, str]:
    """Return the path of the list and the query of its first page."""
    name = "whitelist" if product == "ops-manager-4.4" else "accessList"
    size = 500 if product == "atlas" else 100
    return f"/orgs/{ORGANIZATION.id}/apiKeys/{SPARE_KEY.id}/{name}", f"pageNum=1&itemsPerPage={size}"


def calls(emulator: Emulator) -> list[str]:
    return [call.replace("/api/atlas/v2", "") for call in emulator.calls]


@pytest.mark.parametrize("product", PRODUCTS)
def test_only_the_difference_is_sent(run: Run, product: str) -> None:
    with Emulator(product=product) as emulator:
        path, page = lists(product)
        values = run(emulator, "192.0.2.1", "203.0.113.7", "203.0.113.0/24", exclusive=True)
        assert outcomes(values) == [
            (ADDRESS, False, "present"),
            ("203.0.113.7/32", True, "present"),
            ("203.0.113.0/24", True, "present"),
            (BLOCK, True, "absent"),
        ]
        assert blocks(emulator) == [ADDRESS, "203.0.113.7/32", "203.0.113.0/24"]
        newer = path.replace("whitelist", "accessList")
        not_there = [f"GET {newer}?{page} 404"] if newer != path else []
        assert calls(emulator) == [
            f"GET {newer}?{page} 401",
            *not_there,
            f"GET {path}?{page} 200",
            f"POST {path} 200",
            f"DELETE {path}/198.51.100.0%2F24 204",
        ]
        assert emulator.connections == 1
        added = values["access_list"][1]
        assert (added["count"], added["last_used"], added["last_used_address"]) == (0, None, None)

        emulator.clear()
        again = run(emulator, "192.0.2.1", "203.0.113.7", "203.0.113.0/24", exclusive=True)
        assert (again["changed"], [changed for _id, changed, _state in outcomes(again)]) == (False, [False] * 3)
        assert len(emulator.calls) == 2 + len(not_there)


@pytest.mark.parametrize("product", ["atlas", "ops-manager-4.4"])
@pytest.mark.parametrize("entry", ["192.0.2.1", "192.0.2.1/32"])
def test_removing_an_address(run: Run, product: str, entry: str) -> None:
    with Emulator(product=product) as emulator:
        path, _page = lists(product)
        assert outcomes(run(emulator, entry, state="absent")) == [(ADDRESS, True, "absent")]
        assert calls(emulator)[-1] == f"DELETE {path}/192.0.2.1 204"
        assert outcomes(run(emulator, entry, state="absent")) == [(ADDRESS, False, "absent")]
        assert blocks(emulator) == [BLOCK]


def test_a_public_key_costs_one_request(run: Run) -> None:
    with Emulator(product="atlas") as emulator:
        path, page = lists("atlas")
        values = run(emulator, "192.0.2.1", key_id=SPARE_KEY.public_key)
        assert (values["org_id"], values["key_id"], values["changed"]) == (ORGANIZATION.id, SPARE_KEY.id, False)
        assert calls(emulator) == [
            f"GET /orgs/{ORGANIZATION.id}/apiKeys?{page} 401",
            f"GET /orgs/{ORGANIZATION.id}/apiKeys?{page} 200",
            f"GET {path}?{page} 200",
        ]


@pytest.mark.parametrize("order", ["oldest-first", "newest-first", "address"])
@pytest.mark.parametrize("ipv6", ["compressed", "eight-groups", "as-sent"])
def test_every_spelling_and_order_of_a_server(run: Run, ipv6: t.Any, order: t.Any) -> None:
    texts = ["2001:DB8::1", "2001:db8:0:0::/64", "2001:0:0:1::/64", "::/0", "1:0:0:0:1::/80"]
    with Emulator(product="atlas", switches=Switches(ipv6=ipv6, entry_order=order)) as emulator:
        assert run(emulator, *texts, exclusive=True)["changed"] is True
        assert len(blocks(emulator)) == len(texts)
        again = run(emulator, "2001:0db8::0001/128", *texts[1:], exclusive=True)
        assert (again["changed"], [item["id"] for item in again["access_list"]]) == (
            False,
            ["2001:db8::1/128", "2001:db8::/64", "2001:0:0:1::/64", "::/0", "1::1:0:0:0/80"],
        )
        assert run(emulator, *texts[:-1], state="absent")["changed"] is True
        assert len(blocks(emulator)) == 1


def race(emulator: Emulator, *blocks: str) -> None:
    """Let somebody else add these blocks just before the addition of the task."""
    emulator.before(
        "POST",
        "accessList",
        lambda world: world.programmatic_keys[SPARE_KEY.id].access_list.extend(map(AccessEntry, blocks)),
    )


@pytest.mark.parametrize(("answer", "changed"), [("200", True), ("409", False), ("500", True)])
def test_somebody_else_adds_the_entry_at_the_same_time(run: Run, answer: t.Any, changed: bool) -> None:
    with Emulator(product="atlas", switches=Switches(duplicate_entry=answer)) as emulator:
        race(emulator, "203.0.113.7/32")
        assert outcomes(run(emulator, "203.0.113.7")) == [("203.0.113.7/32", changed, "present")]


@pytest.mark.parametrize("answer", ["409", "500"])
def test_somebody_else_adds_one_of_the_entries(run: Run, answer: t.Any) -> None:
    with Emulator(product="atlas", switches=Switches(duplicate_entry=answer)) as emulator:
        race(emulator, "203.0.113.7/32")
        with pytest.raises(PartialError, match=r"Not on the access list of key \w+: 203\.0\.113\.8/32") as caught:
            run(emulator, "203.0.113.7", "203.0.113.8", exclusive=True)
        assert blocks(emulator) == [ADDRESS, BLOCK, "203.0.113.7/32"]
        states = {entry: state for entry, _changed, state in outcomes(caught.value.result())}
        assert states == {
            "203.0.113.7/32": "present",
            "203.0.113.8/32": "absent",
            ADDRESS: "present",
            BLOCK: "present",
        }


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 502}, {"status": 200, "body": "{}"}, {"status": 409}])
@pytest.mark.parametrize("after_work", [True, False])
def test_after_a_lost_answer_the_list_decides(run: Run, fault: dict[str, t.Any], after_work: bool) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="POST", after_work=after_work, **fault))
        if after_work:
            assert run(emulator, "203.0.113.7")["changed"] is (fault != {"status": 409})
        else:
            with pytest.raises(PartialError, match=r"Not on the access list of key \w+: 203\.0\.113\.7/32"):
                run(emulator, "203.0.113.7", exclusive=True)
            assert blocks(emulator) == [ADDRESS, BLOCK]


def long_world() -> World:
    world = sample_world()
    entries = [AccessEntry(f"10.0.{number}.0/24") for number in range(230)]
    world.programmatic_keys[SPARE_KEY.id].access_list = entries
    return world


def test_after_an_answer_with_one_page_of_a_long_list_the_list_decides(run: Run) -> None:
    with Emulator(product="cloud-manager", world=long_world()) as emulator:
        assert run(emulator, "203.0.113.7")["changed"] is True
        assert [received.status for received in emulator.requests] == [401, 200, 200, 200, 200, 200, 200, 200]
        assert [received.method for received in emulator.requests][4] == "POST"


@pytest.mark.parametrize("missing", ["404", "400"])
def test_somebody_else_removes_the_entry_at_the_same_time(run: Run, missing: t.Any) -> None:
    with Emulator(product="atlas", switches=Switches(missing_entry=missing)) as emulator:
        emulator.before("DELETE", "accessList", lambda world: world.programmatic_keys[SPARE_KEY.id].access_list.pop(0))
        assert outcomes(run(emulator, "192.0.2.1", state="absent")) == [(ADDRESS, False, "absent")]
        assert [received.method for received in emulator.requests] == ["GET", "GET", "DELETE"]


@pytest.mark.parametrize("product", ["ops-manager-4.4", "atlas"])
def test_the_server_keeps_the_address_of_the_caller(run: Run, product: str) -> None:
    world = sample_world()
    world.programmatic_keys[SPARE_KEY.id].access_list.insert(0, AccessEntry("127.0.0.0/8"))
    with Emulator(product=product, world=world, switches=Switches(own_address="any-list")) as emulator:
        with pytest.raises(PartialError, match="CANNOT_REMOVE_CALLER_FROM.*another address") as caught:
            run(emulator, "127.0.0.0/8", "192.0.2.1", state="absent")
        assert outcomes(caught.value.result()) == [("127.0.0.0/8", False, "present"), (ADDRESS, True, "absent")]
        assert blocks(emulator) == ["127.0.0.0/8", BLOCK]


def test_too_many_entries(run: Run) -> None:
    with Emulator(product="atlas", switches=Switches(max_entries_per_key=3)) as emulator:
        with pytest.raises(PartialError, match="MAX_ACCESS_LIST_ENTRIES_EXCEEDED.*did not add 203") as caught:
            run(emulator, "203.0.113.7", "203.0.113.8", exclusive=True)
        assert blocks(emulator) == [ADDRESS, BLOCK]
        assert caught.value.result()["changed"] is False


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": True}, {"status": 404}])
def test_an_answer_to_a_removal_that_does_not_tell(run: Run, fault: dict[str, t.Any]) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="DELETE", **fault))
        with pytest.raises(PartialError) as caught:
            run(emulator, "192.0.2.1", state="absent")
        state = "present" if fault == {"status": 404} else None
        assert outcomes(caught.value.result()) == [(ADDRESS, False, state)]
