# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the access list of a key: all pages, or a failure."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    LoginError,
    MissingError,
    NotTheApiError,
    RequestError,
    RightsError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import list_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import key_list
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task

from tests.emulator import AccessEntry, Emulator, Fault, ProgrammaticKey, sample_world
from tests.emulator.sample import ORGANIZATION, OWNER_KEY, READER_KEY, SPARE_KEY

if t.TYPE_CHECKING:
    from tests.unit.conftest import MakeClient

UNKNOWN = "000000000000000000000000"
PRODUCTS = ["atlas", "cloud-manager", "ops-manager-4.4", "ops-manager-6.0"]


class Read(t.Protocol):
    """Reads the list of a key, and returns the result."""

    def __call__(self, emulator: Emulator, login: ProgrammaticKey = ..., **options: t.Any) -> dict[str, t.Any]: ...


@pytest.fixture
def read(make_client: MakeClient) -> Read:
    def task(emulator: Emulator, login: ProgrammaticKey = OWNER_KEY, **options: t.Any) -> dict[str, t.Any]:
        keys = {"public_key": login.public_key, "private_key": login.private_key}
        client = make_client(base_url=emulator.base_url, retries=0, timeout=10, **keys)
        wanted = key_list({"org_id": ORGANIZATION.id, "key_id": SPARE_KEY.id, **options})
        return dict(list_entries(client, wanted, Task(client._auth)).values)

    return task


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_entries(read: Read, product: str) -> None:
    with Emulator(product=product) as emulator:
        values = read(emulator)
        assert len(emulator.requests) == (3 if product == "ops-manager-4.4" else 2)
    assert (values["changed"], values["org_id"], values["key_id"]) == (False, ORGANIZATION.id, SPARE_KEY.id)
    never_used = {"created_at": "2019-08-25T10:30:00Z", "count": 0, "last_used": None, "last_used_address": None}
    assert values["access_list"] == [{"id": "192.0.2.1/32", **never_used}, {"id": "198.51.100.0/24", **never_used}]


def test_all_pages(read: Read) -> None:
    world = sample_world()
    world.programmatic_keys[SPARE_KEY.id].access_list = [AccessEntry(f"10.0.{number}.0/24") for number in range(230)]
    with Emulator(product="cloud-manager", world=world) as emulator:
        assert len(read(emulator)["access_list"]) == 230
        assert [received.status for received in emulator.requests] == [401, 200, 200, 200]


def test_an_entry_that_was_used(read: Read) -> None:
    world = sample_world()
    world.programmatic_keys[OWNER_KEY.id].access_list = [AccessEntry("127.0.0.1/32")]
    with Emulator(product="atlas", world=world) as emulator:
        (entry,) = read(emulator, key_id=OWNER_KEY.public_key)["access_list"]
    assert entry["count"] > 0
    assert entry["last_used"]
    assert entry["last_used_address"] == "127.0.0.1"


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_login_that_lacks_the_right_is_not_a_refused_login(read: Read, product: str) -> None:
    with Emulator(product=product) as emulator:
        with pytest.raises(RightsError, match=f"access list of key {SPARE_KEY.id}.*itself and to.*ORG_OWNER") as caught:
            read(emulator, READER_KEY)
        assert caught.value.status == 401
        assert read(emulator, READER_KEY, key_id=READER_KEY.id)["access_list"] == []


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({"key_id": UNKNOWN}, ApiError, "There is no such key. Is key_id mistyped"),
        ({"org_id": UNKNOWN}, RequestError, "could not read the access list of key"),
        (
            {"key_id": "zzzzzzzz"},
            MissingError,
            f"no key with the public key zzzzzzzz in organization {ORGANIZATION.id}",
        ),
        ({"key_id": "zzzzzzzz", "org_id": UNKNOWN}, RequestError, f"read the keys of organization {UNKNOWN}"),
    ],
)
def test_an_owner_that_does_not_exist(read: Read, options: dict[str, t.Any], kind: type[Exception], says: str) -> None:
    with Emulator(product="atlas") as emulator, pytest.raises(kind, match=says):
        read(emulator, **options)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(status=200, body="[]"), NotTheApiError),
        (Fault(status=200, body='{"results": [{}]}'), NotTheApiError),
        (Fault(status=401), LoginError),
        (Fault(status=500), RequestError),
        (Fault(drop=True), RequestError),
    ],
)
@pytest.mark.parametrize("key", [SPARE_KEY.id, SPARE_KEY.public_key])
def test_a_read_that_fails_is_never_an_empty_list(read: Read, fault: Fault, kind: type[Exception], key: str) -> None:
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(fault)
        with pytest.raises(kind):
            read(emulator, key_id=key)
