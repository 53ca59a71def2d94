# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each call of the contract is served with its status, and with documents that have its fields and no others.

``contract.json`` holds the facts of published specifications and of recorded answers. A text there is a type, a
pattern if it begins with ``^``, or the name of a document; a list of one is a list of such things. A call of
"atlas v2" is not on Atlas v1.0, and ``version`` is its date there if that is not the first one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import sample, sample_world
from tests.emulator.products import PRODUCTS
from tests.emulator.resources import TABLES, routes_of
from tests.unit.emulator.support import ALL_PRODUCTS, GLOBAL, KEY_OWNER

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

CONTRACT = json.loads(Path(__file__).with_name("contract.json").read_text(encoding="utf-8"))
DOCUMENTS = CONTRACT["documents"]
TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "object": (dict,),
    "string": (str,),
    "string or null": (str, type(None)),
}
NAMES = {
    "organization": sample.ORGANIZATION.id,
    "project": sample.PROJECT.id,
    "other_project": sample.SECOND_PROJECT.id,
    "key": sample.SPARE_KEY.id,
    "account": sample.PROJECT_ACCOUNT.id,
    "other_account": sample.READER_ACCOUNT.id,
    "secret": sample.PROJECT_ACCOUNT.expired.id,
    "global_key": sample.GLOBAL_KEY.id,
    "global_entry": sample.GLOBAL_ENTRY.id,
}
CASES = [
    pytest.param(product, version, call, id=f"{product} {version} {call['method']} {call['path'] or '/'}")
    for product in ALL_PRODUCTS
    for version in (["v1.0", "v2"] if product == "atlas" else ["v1.0"])
    for call in CONTRACT["calls"]
    if product in call["products"] or f"{product} {version}" in call["products"]
]


def check(value: Any, rule: Any, where: str) -> None:
    if isinstance(rule, list):
        assert isinstance(value, list), where
        for number, item in enumerate(value):
            check(item, rule[0], f"{where}[{number}]")
    elif rule in TYPES:
        assert type(value) in TYPES[rule], where
    elif rule.startswith("^"):
        assert isinstance(value, str), where
        assert re.search(rule, value), where
    elif isinstance(DOCUMENTS[rule], str):
        check(value, DOCUMENTS[rule], where)
    else:
        required, optional = DOCUMENTS[rule]["required"], DOCUMENTS[rule].get("optional", {})
        assert required.keys() <= value.keys() <= required.keys() | optional.keys(), where
        for name, item in value.items():
            check(item, (required | optional)[name], f"{where}.{name}")


@pytest.mark.parametrize(("product", "version", "call"), CASES)
def test_a_call_answers_as_the_contract_says(start: Start, product: str, version: str, call: dict[str, Any]) -> None:
    world = sample_world()
    # So that the root shows entries too.
    world.programmatic_keys[sample.OWNER_KEY.id].access_list = (
        sample_world().programmatic_keys[sample.SPARE_KEY.id].access_list
    )
    # An account with room for a secret.
    world.service_accounts[sample.READER_ACCOUNT.id].project_roles[sample.SECOND_PROJECT.id] = ["GROUP_READ_ONLY"]
    client = start(product=product, world=world)
    if version == "v2":
        client.as_v2(call.get("version", "2023-01-01"))
    login = GLOBAL if call["path"].startswith("/admin") else KEY_OWNER
    answer = client.call(call["method"], call["path"].format(**NAMES), call.get("body"), login=login)
    assert answer.status == call["status"]
    expected = call.get("answer")
    if expected is None:
        assert answer.text == ""
    elif expected == {}:
        assert answer.document == {}
    elif isinstance(expected, dict):
        check(answer.document, "page", "page")
        assert answer.document["results"]
        check(answer.document["results"], [expected["page of"]], "results")
    else:
        check(answer.document, expected, "answer")


@pytest.mark.parametrize("product", ALL_PRODUCTS)
def test_the_contract_has_each_call_that_a_product_serves(product: str) -> None:
    described = {
        (call["method"], call["path"].format(**NAMES))
        for call in CONTRACT["calls"]
        if any(name.partition(" ")[0] == product for name in call["products"])
    }
    elsewhere = {route.path for name in ("users", "user_api_keys") for route in TABLES[name]}
    for api in PRODUCTS[product].apis:
        for route in routes_of(api):
            pattern = re.sub(r"\{\w+\}", "[^/]+", route.path)
            assert route.path in elsewhere or any(
                method == route.method and re.fullmatch(pattern, path) for method, path in described
            ), route


def test_the_check_notices_a_field_too_many_and_one_too_few() -> None:
    link = {"href": "http://127.0.0.1/", "rel": "self"}
    check(link, "link", "link")
    for wrong in ({**link, "x": 1}, {"rel": "self"}, {**link, "href": "127.0.0.1"}, {**link, "rel": None}):
        with pytest.raises(AssertionError, match="^link"):
            check(wrong, "link", "link")
