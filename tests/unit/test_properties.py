# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure functions, under any input: each ends in a result or in an error of the tree, and neither is false."""

from __future__ import annotations

import json
import re
import typing as t
from urllib.parse import unquote, urlsplit

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._answer import (
    Answer,
    clean,
    read_answer,
    read_page,
    retry_after_seconds,
    wait_seconds,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import NotFoundError, OptionError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, Response
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import name_segment, secrets_in
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import ensure, in_order, plan
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import UserApiKeys, wanted_keys
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import read_base_url
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, max_examples=300)
settings.load_profile("repeatable")

ANY_TEXT = st.text(st.characters(), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
API_NAMES = st.sampled_from(
    [
        "status",
        "content",
        "error",
        "errorCode",
        "reason",
        "detail",
        "parameters",
        "results",
        "links",
        "totalCount",
        "id",
    ]
)
API_LIKE = st.dictionaries(
    API_NAMES, JSON | st.integers(0, 600) | st.sampled_from(["INVALID_KEY_ID", "X_RATE_LIMITED"])
)
BODIES = st.one_of(
    st.binary(max_size=200),
    (JSON | API_LIKE).map(lambda value: json.dumps(value).encode()),
    (JSON | API_LIKE).map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")),
)
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Location", "Retry-After", "WWW-Authenticate"]), ANY_TEXT, max_size=4
)


@given(host=st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}[a-z0-9]", fullmatch=True), port=st.integers(1, 65535) | st.none())
def test_any_address_of_a_host_is_completed_to_one_of_the_api(host: str, port: int | None) -> None:
    address = f"https://{host}" + (f":{port}" if port else "")
    complete = urlsplit(read_base_url(address).url())
    assert (complete.hostname, complete.port) == (host, port)
    assert complete.path in ("/api/atlas/v1.0", "/api/public/v1.0")
    assert read_base_url(complete.geturl()).url() == complete.geturl()


@given(ANY_TEXT | ANY_TEXT.map(lambda text: "https://" + text) | ANY_TEXT.map(lambda text: f"http://u:{text}@host/"))
def test_any_other_text_is_refused_or_an_address_without_surprises(text: str) -> None:
    try:
        complete = read_base_url(text).url()
    except OptionError as error:
        assert str(error).startswith("base_url ")
        assert len(text) < 12 or text not in str(error)
    else:
        parts = urlsplit(complete)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert (parts.username, parts.password, parts.query, parts.fragment) == (None, None, "", "")
        assert not complete.endswith("/")


@given(ANY_TEXT)
@example("a/../../b")
@example("../..")
@example("MDB_SA_SK_")
def test_any_name_is_one_segment_that_is_the_name_again_when_decoded(value: str) -> None:
    try:
        segment = name_segment("user_name", value)
    except OptionError as error:
        assert str(error).startswith("user_name ")
        surrogates = any("\ud800" <= character <= "\udfff" for character in value)
        assert surrogates or secrets_in(value) or value in (".", "..") or value != value.strip() or not value
    else:
        assert unquote(segment) == value
        assert segment not in (".", "..")
        assert not set(segment) & set("/?#+\\ \n")


@given(ANY_TEXT, st.floats(0, 4e9))
@example("Thu, 01 Jan 0001 00:00:00 GMT", 0.0)
@example("9" * 5000, 0.0)
def test_any_retry_after_is_a_time_that_is_not_in_the_past(value: str, now: float) -> None:
    assert retry_after_seconds(value, now) >= 0


@given(st.integers(0, 10**9), st.floats(0, 86400), st.floats(0, 86400), st.floats(0, 1))
def test_any_wait_is_bounded_and_at_least_the_requested(
    tried: int, requested: float, longest: float, jitter: float
) -> None:
    assert requested <= wait_seconds(tried, requested, longest, jitter) <= max(requested, longest)


def read(status: int, body: bytes, headers: dict[str, str], enveloped: bool, with_login: bool = True) -> Answer:
    url = "https://ops.example.com/api/public/v1.0/users/u/keys/k"
    return read_answer(Response("DELETE", url, with_login, status, CaseInsensitiveDict(headers), body), enveloped)


@given(st.integers(200, 599), BODIES, HEADERS, st.booleans(), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_answer_is_data_or_an_error_that_can_be_shown(
    status: int, body: bytes, headers: dict[str, str], enveloped: bool, with_login: bool
) -> None:
    try:
        answer = read(status, body, headers, enveloped, with_login)
    except RequestError as error:
        text = json.dumps(error.result()).encode()  # Ansible shows it as JSON
        assert len(text) < 20_000
        assert str(error).isprintable()
        if isinstance(error, NotFoundError):
            assert 404 in (status, error.status)
    else:
        assert answer.status in (200, 202, 204)
        assert with_login
        assert 200 <= status < 300, "an HTTP error is never a success"


@given(st.sampled_from([200, 202, 204]), API_LIKE.map(lambda body: {**body, "errorCode": "INVALID_KEY_ID"}))
def test_no_answer_with_an_error_code_is_a_success(status: int, body: dict[str, t.Any]) -> None:
    with pytest.raises(RequestError):
        read(status, json.dumps(body).encode(), {}, enveloped=False)


@given(st.binary(min_size=1, max_size=200), st.booleans())
def test_a_404_comes_from_the_api_only_with_its_error_document(body: bytes, enveloped: bool) -> None:
    assume(body.strip())
    assume(b"error" not in body and b"reason" not in body and b"status" not in body)
    with pytest.raises(RequestError) as refused:
        read(404, body, {}, enveloped)
    assert not isinstance(refused.value, NotFoundError) or body.strip() == b"null"


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 200_000, b"9" * 5000, b'"' + b"x" * 5_000_000 + b'"'])
def test_a_monstrous_body_ends_in_an_error_or_in_data(body: bytes) -> None:
    try:
        assert isinstance(read(200, body, {}, enveloped=False).data, (str, list, dict, int))
    except RequestError as error:
        assert len(str(error)) < 2000


@given(JSON | API_LIKE)
def test_any_page_is_a_list_of_items_with_ids_or_an_error(data: t.Any) -> None:
    try:
        page = read_page(Answer("GET", "https://ops.example.com/", 200, data))
    except RequestError as error:
        assert "not a list" in str(error)
    else:
        assert page.items == data["results"]
        assert all(isinstance(item["id"], str) for item in page.items)


@given(st.one_of(JSON, ANY_TEXT))
def test_any_text_of_a_server_is_safe_to_show(value: t.Any) -> None:
    text = clean(value)
    assert (text is None) == (not isinstance(value, str))
    assert text is None or text.isprintable()


ID_LIKE = st.one_of(
    ANY_TEXT,
    st.text("0123456789abcdefABCDEF", min_size=22, max_size=26),
    st.from_regex(r"[\"'\[ ]?[0-9a-f]{24}[\"'\],\s]?", fullmatch=True),
    st.uuids().map(str),
    st.floats().map(str),
    st.integers().map(str),
    JSON.map(json.dumps),
)


@given(values=st.lists(ID_LIKE, min_size=1, max_size=3), state=st.sampled_from(["absent", "disabled", "enabled"]))
@example(values=["5b1e000000000000000000e1"], state="absent")
def test_any_text_is_an_id_or_nothing_is_sent(values: list[str], state: str) -> None:
    """A server can never say that a text does not exist unless the text is an id."""
    sent: list[str] = []

    class Server:
        def send(self, request: Request) -> Answer:
            sent.append(request.path)
            return Answer("DELETE", "https://ops.example.com/", 200, {"enabled": state == "enabled"})

        def list_all(self, request: Request, **_more: t.Any) -> list[dict[str, t.Any]]:
            sent.append(request.path)
            return [{"id": value.lower()} for value in values]

    options = {"user_id": "5d1a4f2e9ccf64b7c8d90a11", "user_name": None, "key_id": values, "state": state}
    try:
        result = ensure(t.cast("Client", Server()), wanted_keys(options), Task(Digest("jane", "x")))
    except OptionError as error:
        assert sent == []
        assert not all(re.fullmatch("[0-9a-fA-F]{24}", value) for value in values)
        assert [secret for secret in secrets_in(values) if secret in str(error)] == []
    else:
        assert sent
        assert all(re.fullmatch("[0-9a-fA-F]{24}", value) for value in values)
        assert [item["id"] for item in result.values["user_api_keys"]] == list(dict.fromkeys(map(str.lower, values)))


ITEMS = st.builds(
    Item,
    id=st.text("0123456789abcdef", min_size=1, max_size=3),
    state=st.sampled_from([None, "enabled", "disabled"]),
    fields=st.just({}),
    secret_end=st.sampled_from(["", "aaaaaaaaaaaa", "bbbbbbbbbbbb"]),
)


@given(
    ids=st.lists(st.text("0123456789abcdef", min_size=1, max_size=3), unique=True, max_size=8),
    found=st.lists(ITEMS, unique_by=lambda item: item.id, max_size=8),
    state=st.sampled_from(["absent", "disabled", "enabled"]),
)
def test_any_plan_changes_each_difference_once_and_the_login_last(
    ids: list[str], found: list[Item], state: str
) -> None:
    steps = plan(UserApiKeys("u"), ids, state, found)
    assert [step.id for step in steps] == ids
    existing = {item.id: item for item in found}
    login = Digest("jane", "secret-aaaaaaaaaaaa")
    ordered = in_order(steps, login)
    assert sorted(ordered) == sorted(steps)
    owned = [bool(step.before and login.owns(step.before.secret_end)) for step in ordered]
    assert owned == sorted(owned)
    for step in steps:
        item = existing.get(step.id)
        assert (step.before, step.state) == (item, item.state if item else "absent")
        assert (step.request is None) == (item is None or item.state == state)
