# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The global access list of an Ops Manager: requests and results."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import NotTriedError, PartialError, RightsError
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import ensure_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import wanted_global_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

from tests.emulator import Emulator, Fault, GlobalAccessEntry, ProgrammaticKey, World
from tests.emulator.sample import GLOBAL_ENTRY, GLOBAL_KEY, OWNER_KEY

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

LOOPBACK = ("127.0.0.0/8", "Loopback")
CORK = ("192.0.2.1", "Cork")
PAGE = "pageNum=1&itemsPerPage=100"
PRODUCTS = ["ops-manager-4.4", "ops-manager-6.0"]


class Run(t.Protocol):
    """Runs a task with a global key, and returns its result."""

    def __call__(self, emulator: Emulator, *entries: tuple[str, str | None], **options: t.Any) -> dict[str, t.Any]: ...


@pytest.fixture
def run(make_client: MakeClient) -> Run:
    def task(
        emulator: Emulator,
        *entries: tuple[str, str | None],
        login: ProgrammaticKey = GLOBAL_KEY,
        check_mode: bool = False,
        **options: t.Any,
    ) -> dict[str, t.Any]:
        keys = {"public_key": login.public_key, "private_key": login.private_key}
        client = make_client(base_url=emulator.base_url, retries=0, timeout=10, **keys)
        given = {
            "entries": [{"cidr_block": block, "description": description} for block, description in entries],
            "exclusive": False,
            "allow_empty": False,
            "state": "present",
            **options,
        }
        task = Task(client._auth, check_mode, diff=True)
        return dict(ensure_entries(client, wanted_global_entries(given), task).values)

    return task


def outcomes(values: t.Mapping[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in values["access_list"]]


def entries(emulator: Emulator) -> dict[str, str]:
    return {entry.block: entry.description for entry in emulator.world.global_access_list.values()}


@pytest.mark.parametrize("product", PRODUCTS)
def test_only_the_difference_is_sent(run: Run, product: str) -> None:
    name, challenge = ("whitelist", 2) if product == "ops-manager-4.4" else ("accessList", 1)
    with Emulator(product=product) as emulator:
        values = run(emulator, CORK, ("2001:db8::1,2001:db8:1::/48", "Galway"), exclusive=True)
        assert outcomes(values) == [
            ("192.0.2.1/32", True, "present"),
            ("2001:db8::1/128", True, "present"),
            ("2001:db8:1::/48", True, "present"),
            ("127.0.0.0/8", True, "absent"),
        ]
        assert emulator.calls[0] == f"GET /admin/accessList?{PAGE} 401"
        assert emulator.calls[challenge:] == [
            f"GET /admin/{name}?{PAGE} 200",
            *[f"POST /admin/{name} 200"] * 3,
            f"DELETE /admin/{name}/{GLOBAL_ENTRY.id} 204",
        ]
        assert list(entries(emulator).values()) == ["Cork", "Galway", "Galway"]
        assert values["access_list"][0]["entry_id"] in emulator.world.global_access_list
        assert values["diff"]["before"]["access_list"] == [{"cidr_block": "127.0.0.0/8", "description": "Loopback"}]
        again = run(emulator, CORK, ("2001:db8:0::1", "Galway"), ("2001:db8:1::/48", "Galway"), exclusive=True)
        assert again["changed"] is False
        assert again["diff"]["before"] == again["diff"]["after"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_description_is_changed(run: Run, product: str) -> None:
    with Emulator(product=product) as emulator:
        preview = run(emulator, ("127.0.0.0/8", "Here"), check_mode=True)
        values = run(emulator, ("127.0.0.0/8", "Here"))
        assert outcomes(preview) == outcomes(values) == [("127.0.0.0/8", True, "present")]
        assert preview["diff"] == values["diff"]
        assert preview["diff"]["after"] == {"access_list": [{"cidr_block": "127.0.0.0/8", "description": "Here"}]}
        assert entries(emulator) == {"127.0.0.0/8": "Here"}
        assert sum(call.startswith("PATCH") for call in emulator.calls) == 1
        assert run(emulator, ("127.0.0.0/8", "Here"))["changed"] is False


def test_removing_an_entry(run: Run) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        run(emulator, CORK)
        assert outcomes(run(emulator, ("127.0.0.0/8", None), state="absent")) == [("127.0.0.0/8", True, "absent")]
        assert entries(emulator) == {"192.0.2.1/32": "Cork"}
        with pytest.raises(NotTriedError, match="global keys can be used from nowhere.*allow_empty=true"):
            run(emulator, CORK, state="absent")
        run(emulator, exclusive=True, allow_empty=True)
        assert entries(emulator) == {}


def test_somebody_else_is_faster(run: Run) -> None:
    def add(world: World) -> None:
        world.global_access_list["f" * 24] = GlobalAccessEntry("f" * 24, "192.0.2.1/32", description)

    for description in ("Cork", "Galway"):
        with Emulator(product="ops-manager-6.0") as emulator:
            emulator.before("POST", "accessList", add)
            if description == "Cork":
                assert outcomes(run(emulator, CORK)) == [("192.0.2.1/32", False, "present")]
            else:
                with pytest.raises(
                    PartialError, match="DUPLICATE.*On the global access list, but not as the task asked: 192"
                ):
                    run(emulator, CORK)
    with Emulator(product="ops-manager-6.0") as emulator:
        run(emulator, CORK)
        emulator.before("DELETE", "accessList", lambda world: world.global_access_list.pop(GLOBAL_ENTRY.id))
        assert outcomes(run(emulator, LOOPBACK, state="absent")) == [("127.0.0.0/8", False, "absent")]


def test_an_addition_that_fails_keeps_everything(run: Run) -> None:
    with Emulator(product="ops-manager-6.0") as emulator:
        emulator.add_fault(Fault(method="POST", status=400, skip=1))
        with pytest.raises(PartialError, match=r"2 of 3 failed.*did not add 192\.0\.2\.2/32.*not try to remove 127"):
            run(emulator, CORK, ("192.0.2.2", "Cork"), exclusive=True)
        assert list(entries(emulator)) == ["127.0.0.0/8", "192.0.2.1/32"]


def test_a_login_that_lacks_the_right(run: Run) -> None:
    with (
        Emulator(product="ops-manager-6.0") as emulator,
        pytest.raises(RightsError, match="needs the role GLOBAL_OWNER"),
    ):
        run(emulator, CORK, login=OWNER_KEY)
