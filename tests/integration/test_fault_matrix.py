# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of each answer and each fault of a server: one table.

The tests try each row for each operation: revoking, suspending, enabling, revoking in check mode, and listing personal
keys; revoking, changing, making, making in check mode, and listing programmatic ones. The fault hits the request that
writes, or the request that reads if the task writes nothing. The tests run one operation of each row through
ansible-playbook too.
"""

from __future__ import annotations

import json
import typing as t
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest
import yaml

from tests.emulator import Emulator, Fault, ProgrammaticKey
from tests.emulator.api import error_document
from tests.emulator.sample import GLOBAL_KEY, JANE, ORGANIZATION, OWNER_KEY, SPARE_KEY, sample_world
from tests.emulator.world import World
from tests.integration.conftest import make_playbook
from tests.integration.modules import Modules

HTML: dict[str, t.Any] = {"body": "<html><body>Please sign in</body></html>", "content_type": "text/html"}
CUT = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"

# The outcomes of a task.
CHANGED = "changed"
SAME = "not changed"
WARNED = "not changed, with a warning"
LISTED = "the keys are listed"
FAILED = "failed"
UNKNOWN = "failed, and the message says that the work may be done"

# The outcome of a task of each kind after each kind of answer. The answer belongs to the change, or to the list if the
# task changes nothing. The first five kinds are about personal keys, the others about programmatic ones.
KINDS = ("delete", "suspend", "enable", "check", "list", "revoke", "change", "create", "preview", "list keys")


def ends(*outcomes: str) -> dict[str, str]:
    """Return the outcome of a task of each kind, in the order of KINDS."""
    return dict(zip(KINDS, outcomes, strict=True))


GONE = ends(SAME, WARNED, FAILED, FAILED, FAILED, SAME, FAILED, FAILED, FAILED, FAILED)
NO_PERSONAL_KEY = ends(SAME, WARNED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED)
NO_PLACE = ends(WARNED, FAILED, FAILED, WARNED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED)
REFUSED = dict.fromkeys(KINDS, FAILED)
# A task that makes a key looks for it and deletes it. So it knows the outcome.
LOST = ends(UNKNOWN, UNKNOWN, UNKNOWN, FAILED, FAILED, UNKNOWN, UNKNOWN, FAILED, FAILED, FAILED)
# A task that changes a programmatic key reads it after a lost answer.
LOST_BUT_DONE = {**LOST, "change": CHANGED}
DONE = ends(CHANGED, CHANGED, CHANGED, CHANGED, LISTED, CHANGED, CHANGED, CHANGED, CHANGED, LISTED)
ACCEPTED = ends(CHANGED, UNKNOWN, UNKNOWN, FAILED, FAILED, CHANGED, UNKNOWN, FAILED, FAILED, FAILED)


@dataclass(frozen=True)
class Operation:
    """A task of a module. To add a module, add its rows to the table below.

    Attributes:
        name: The name in the test.
        kind: One of KINDS.
        module: The name of the module.
        options: The options besides those of the connection. ``{id}`` is the object that the row is about.
        id: The id of the object, unless the row names another one.
        method: The method of the request that meets the fault.
        requests: How many requests the task sends when nothing goes wrong.
        work: Makes the change of the task in the data of the emulator; None if the task only reads.
        check_mode: Whether the task runs in check mode.
        product: The product that the emulator is.
        login: The public and the private key of the login.
        results: The name of the list that the module returns.
        gone: The status and the errorCode of an object that does not exist, if the task deletes it.
    """

    name: str
    kind: str
    module: str
    options: dict[str, t.Any]
    id: str
    method: str
    requests: int
    work: t.Callable[[World, str], None] | None = None
    check_mode: bool = False
    product: str = "ops-manager-4.4"
    login: tuple[str, str] = (JANE.name, JANE.login.secret)
    results: str = "user_api_keys"
    gone: tuple[int, str] | None = None


def revoke(world: World, key_id: str) -> None:
    """Delete a personal key of Jane."""
    user = world.users[JANE.id]
    user.keys = [key for key in user.keys if key.id != key_id]


def switch(world: World, key_id: str) -> None:
    """Suspend a personal key of Jane, or enable it."""
    key = world.key(JANE.id, key_id)
    assert key
    key.enabled = not key.enabled


def revoke_programmatic(world: World, key_id: str) -> None:
    """Delete a programmatic key."""
    del world.programmatic_keys[key_id]


NEW_ROLES = {"org_api_key": ["ORG_READ_ONLY"], "global_api_key": ["GLOBAL_READ_ONLY"]}


def change_org_key(world: World, key_id: str) -> None:
    """Give a key of the organization other roles."""
    world.programmatic_keys[key_id].roles = NEW_ROLES["org_api_key"]


def change_global_key(world: World, key_id: str) -> None:
    """Give a global key other roles."""
    world.programmatic_keys[key_id].roles = NEW_ROLES["global_api_key"]


def make_org_key(world: World, _key_id: str) -> None:
    """Make a key of the organization. The comparison leaves out what is random."""
    add(world, ProgrammaticKey("", "", "", roles=NEW_ROLES["org_api_key"], organization_id=ORGANIZATION.id))


def make_global_key(world: World, _key_id: str) -> None:
    """Make a global key."""
    add(world, ProgrammaticKey("", "", "", roles=NEW_ROLES["global_api_key"]))


def add(world: World, key: ProgrammaticKey) -> None:
    """Add a key with the description of the rows."""
    world.programmatic_keys[key.id] = replace(key, description=DESCRIPTION)


def without_random(world: World) -> World:
    """Return the data without the ids, public keys and private keys of new keys."""
    old = {*sample_world().programmatic_keys, SECOND_GLOBAL_KEY.id}
    keys = [
        key if key.id in old else replace(key, id="", public_key="", private_key="")
        for key in world.programmatic_keys.values()
    ]
    assert len({key.id for key in keys}) == len(keys), "no task makes several keys"
    return replace(world, programmatic_keys={key.id: key for key in keys})


DESCRIPTION = "ci"
SECOND_GLOBAL_KEY = ProgrammaticKey(
    "5c0d3c119ccf64b7c8d90c46",
    "hzhdovkx",
    "7f2e0c9b-a847-4d13-95f0-18d3b7e6c4a3",
    roles=["GLOBAL_USER_ADMIN"],
    description="Dashboard",
)


def programmatic(
    module: str,
    product: str,
    login: ProgrammaticKey,
    key: ProgrammaticKey,
    place: dict[str, str],
    change: t.Callable[[World, str], None],
    make: t.Callable[[World, str], None],
) -> tuple[Operation, ...]:
    """Return the operations of a module for programmatic keys."""
    known: dict[str, t.Any] = {
        "product": product,
        "login": (login.public_key, login.private_key),
        "results": f"{module}s",
    }
    one = {**place, "key_id": "{id}"}
    absent = {**one, "state": "absent"}
    present = {**one, "state": "present", "roles": NEW_ROLES[module]}
    # Without no_log, each of these tasks has a warning.
    new = {**place, "description": DESCRIPTION, "roles": NEW_ROLES[module], "state": "present", "_ansible_no_log": True}
    gone = (400, "API_KEY_NOT_FOUND")
    return (
        Operation(
            f"{module} absent", "revoke", module, absent, key.id, "DELETE", 2, revoke_programmatic, gone=gone, **known
        ),
        Operation(f"{module} present", "change", module, present, key.id, "PATCH", 3, change, **known),
        Operation(f"{module} new", "create", module, new, key.id, "POST", 5, make, **known),
        Operation(f"{module} check", "preview", module, new, key.id, "GET", 2, check_mode=True, **known),
        Operation(f"{module}_info", "list keys", f"{module}_info", place, key.id, "GET", 2, **known),
    )


KEY = {"user_id": JANE.id, "key_id": "{id}"}
SPARE, DISABLED = JANE.spare.id, JANE.disabled.id
OPERATIONS = (
    Operation("absent", "delete", "user_api_key", KEY, SPARE, "DELETE", 2, revoke, gone=(404, "INVALID_KEY_ID")),
    Operation("disabled", "suspend", "user_api_key", {**KEY, "state": "disabled"}, SPARE, "PATCH", 3, switch),
    Operation("enabled", "enable", "user_api_key", {**KEY, "state": "enabled"}, DISABLED, "PATCH", 3, switch),
    Operation("check", "check", "user_api_key", KEY, SPARE, "GET", 2, check_mode=True),
    Operation("info", "list", "user_api_key_info", {"user_id": JANE.id}, SPARE, "GET", 2),
    *programmatic(
        "org_api_key", "atlas", OWNER_KEY, SPARE_KEY, {"org_id": ORGANIZATION.id}, change_org_key, make_org_key
    ),
    *programmatic(
        "global_api_key",
        "ops-manager-6.0",
        GLOBAL_KEY,
        SECOND_GLOBAL_KEY,
        {},
        change_global_key,
        make_global_key,
    ),
)


def world_of(operation: Operation) -> World:
    """Return the data in the beginning."""
    world = sample_world()
    if operation.id == SECOND_GLOBAL_KEY.id:
        world.programmatic_keys[operation.id] = replace(SECOND_GLOBAL_KEY)
    return world


@dataclass(frozen=True)
class Row:
    """One event, and its outcomes.

    Attributes:
        title: The name of the event.
        fault: The fault in the emulator that causes the event; None for no fault.
        outcomes: The outcome of a task of each kind. A row that is only about deletions has no other kind.
        sent: How often the task sends the request that meets the fault.
        looks: The kinds of tasks that read the list, or the object, after a change whose answer does not say enough.
        done: Whether the server does the work of a change in the end.
        says_gone: Whether a deletion returns the status and the errorCode of an object that is gone.
        posts: How often a task that makes a key sends the request that makes it, unless as often as ``sent``.
        id: The object, if it is not that of the operation.
        timeout: The option api_timeout.
    """

    title: str
    fault: Fault | None
    outcomes: dict[str, str]
    sent: int = 1
    looks: tuple[str, ...] = ()
    done: bool = False
    says_gone: bool = False
    posts: int | None = None
    id: str | None = None
    timeout: float = 4


def answer(title: str, outcomes: dict[str, str], sent: int = 1, posts: int | None = None, **fault: t.Any) -> Row:
    """Make the row for an answer that the server gives to every such request, instead of its own."""
    looks = ("change",) if outcomes in (LOST, LOST_BUT_DONE) else ()
    posts = 2 if outcomes in (LOST, LOST_BUT_DONE, ACCEPTED) else posts
    done = fault.get("after_work", False)
    return Row(title, Fault(times=None, **fault), outcomes, sent=sent, looks=looks, posts=posts, done=done)


def unclear(title: str, **fault: t.Any) -> Row:
    """Make the row for an answer that does not say whether the key exists, so that the list decides."""
    return Row(title, Fault(times=None, **fault), REFUSED, looks=("delete", "suspend", "revoke"))


def no_place(title: str, **fault: t.Any) -> Row:
    """Make the row for the answer that there is no such user. A task that has read the keys before reads them again."""
    return Row(title, Fault(times=None, **fault), NO_PLACE, looks=("suspend", "revoke"))


def no_personal_key(title: str, **fault: t.Any) -> Row:
    """Make the row for a code that only says that there is no such personal key."""
    return Row(title, Fault(times=None, **fault), NO_PERSONAL_KEY, looks=("revoke",))


def document(status: int, code: str | None, *parameters: str) -> dict[str, t.Any]:
    """Return the fields of a fault that answers with an error document about these parameters."""
    return {"status": status, "body": json.dumps(error_document(status, "There is none.", code, parameters))}


def endless(title: str, beginning: str, again: str) -> Row:
    """Make the row for an answer that never ends, and whose data come so fast that no single wait times out."""
    outcomes = {kind: outcome for kind, outcome in LOST.items() if kind != "create"}  # it would take long
    fault = Fault(times=None, raw=beginning, endless=again)
    return Row(title, fault, outcomes, sent=2, looks=("change",), timeout=0.4)


def interim(status: int) -> Row:
    """Make the row for an interim answer. The final one follows, and must never pass for that of another request."""
    fault = Fault(times=None, interim=status)
    return Row(f"{status} before each answer", fault, LOST_BUT_DONE, sent=2, looks=("change",), posts=2, done=True)


def first(title: str, outcomes: dict[str, str], **fault: t.Any) -> Row:
    """Make the row for a fault at the very first request, before the login."""
    refused = outcomes == REFUSED
    sent, posts = (0, 0) if refused else (2, 1)
    return Row(title, Fault(stage="challenge", **fault), outcomes, sent=sent, posts=posts, done=not refused)


def once(title: str, sent: int = 2, says_gone: bool = False, **fault: t.Any) -> Row:
    """Make the row for a fault that happens once, so that the next try succeeds."""
    return Row(title, Fault(**fault), DONE, sent=sent, done=True, says_gone=says_gone)


FUTURE = "Fri, 31 Dec 9999 00:00:00 GMT"
PAST = "Thu, 01 Jan 1970 00:00:00 GMT"
UNKNOWN_KEY_ID = "000000000000000000000000"

TABLE = [
    Row("the answer of the API", None, DONE, done=True),
    # 200, 202 or 204, without a body or with any JSON. For a revocation that is enough.
    answer("200 without a body", ACCEPTED, status=200, after_work=True),
    answer("200 with an empty document", ACCEPTED, status=200, body="{}", after_work=True),
    answer("200 with any other JSON", ACCEPTED, status=200, body='["done"]', after_work=True),
    answer("202 without a body", ACCEPTED, status=202, after_work=True),
    answer("204 without a body", ACCEPTED, status=204, after_work=True),
    # 2xx without a statement about the key.
    answer("200 with a web page", LOST, status=200, **HTML),
    answer("200 with half a document", LOST, status=200, body='{"id": '),
    answer("200 with an error in it", LOST, status=200, error_code="INVALID_KEY_ID"),
    answer("201", REFUSED, posts=2, status=201, body="{}"),
    answer("206", REFUSED, status=206, body="{}"),
    # The module never follows a 3xx.
    *(
        answer(f"{status}, a redirect", LOST, status=status, headers={"Location": "http://127.0.0.1:9/login"})
        for status in (300, 301, 302, 303, 307, 308)
    ),
    # There is no such key: the answer must name it. An answer to the list cannot say so.
    no_personal_key("404 INVALID_KEY_ID", **document(404, "INVALID_KEY_ID", "{id}")),
    answer("404 API_KEY_NOT_FOUND", GONE, **document(404, "API_KEY_NOT_FOUND", "{id}")),
    answer("400 API_KEY_NOT_FOUND", GONE, **document(400, "API_KEY_NOT_FOUND", "{id}")),
    no_personal_key("400 INVALID_KEY_ID", **document(400, "INVALID_KEY_ID", "{id}")),
    # There is no such user, or no such path.
    no_place("404 USER_NOT_FOUND", status=404, error_code="USER_NOT_FOUND"),
    no_place("404 INVALID_USER_ID", status=404, error_code="INVALID_USER_ID"),
    # Something does not exist, and the answer does not say what.
    unclear("404 about another key", **document(404, "INVALID_KEY_ID", JANE.login.id)),
    unclear("400 about another programmatic key", **document(400, "API_KEY_NOT_FOUND", OWNER_KEY.id)),
    unclear("404 without a body", status=404),
    unclear("404 without an errorCode", status=404, body='{"error": 404, "reason": "Not Found"}'),
    unclear("404 with errorCode null", **document(404, None)),
    unclear("404 RESOURCE_NOT_FOUND of a thing", **document(404, "RESOURCE_NOT_FOUND", "Online archive with id 7")),
    unclear("404 NOT_ATLAS_GROUP", status=404, error_code="NOT_ATLAS_GROUP"),
    unclear("404 GROUP_NOT_FOUND", status=404, error_code="GROUP_NOT_FOUND"),
    unclear("404 UNEXPECTED_ERROR", status=404, error_code="UNEXPECTED_ERROR"),
    # 404, but not from the API.
    answer("404 with a web page", REFUSED, status=404, **HTML),
    answer("404 with the JSON of a gateway", REFUSED, status=404, body='{"message": "no Route matched"}'),
    answer("404 with an empty document", REFUSED, status=404, body="{}"),
    answer("404 with a list", REFUSED, status=404, body="[]"),
    # Refused.
    unclear("400 with another code", status=400, error_code="INVALID_ATTRIBUTE"),
    unclear("409", status=409, error_code="CONFLICT"),
    answer("401 without an errorCode", REFUSED, status=401),
    answer("401 NOT_SELF", REFUSED, status=401, error_code="NOT_SELF"),
    answer("401 USER_UNAUTHORIZED", REFUSED, status=401, error_code="USER_UNAUTHORIZED"),
    answer("401 UNEXPECTED_ERROR", REFUSED, status=401, error_code="UNEXPECTED_ERROR"),
    answer("403 IP_ADDRESS_NOT_ON_ACCESS_LIST", REFUSED, status=403, error_code="IP_ADDRESS_NOT_ON_ACCESS_LIST"),
    answer("403 ORG_REQUIRES_WHITELIST", REFUSED, status=403, error_code="ORG_REQUIRES_WHITELIST"),
    answer("403 with a web page", REFUSED, status=403, **HTML),
    answer("403 of a policy", REFUSED, status=403, error_code="RESOURCE_POLICIES_VIOLATION"),
    answer("405", REFUSED, status=405),
    answer("406", REFUSED, status=406, error_code="INVALID_VERSION_DATE"),
    answer("413", REFUSED, status=413, **HTML),
    answer("408", REFUSED, status=408),
    answer("407", REFUSED, status=407, **HTML),
    answer("410", REFUSED, status=410, error_code="PERSONAL_API_KEYS_DEPRECATED"),
    # Temporary errors that do not pass here: the task repeats the request once, because of api_retries.
    answer("429", REFUSED, sent=2, status=429, error_code="RATE_LIMITED"),
    answer("400 with a rate limit", REFUSED, sent=2, status=400, error_code="USER_RATE_LIMITED"),
    answer("429 whose window is too long", REFUSED, **document(429, "RATE_LIMITED", "x", "50", "5")),
    answer("429 that asks for too long a wait", REFUSED, status=429, headers={"Retry-After": "3600"}),
    answer("429 that asks to wait until a date", REFUSED, status=429, headers={"Retry-After": FUTURE}),
    answer("504", LOST, sent=2, status=504),
    answer("500", LOST, sent=2, status=500, error_code="UNEXPECTED_ERROR"),
    answer("502 with a web page", LOST, sent=2, status=502, **HTML),
    answer("503 that asks for too long a wait", LOST, status=503, headers={"Retry-After": "3600"}),
    answer("500 after the work", LOST_BUT_DONE, sent=2, status=500, after_work=True),
    answer("a connection that always breaks", LOST, sent=2, drop=True),
    answer("a connection that always breaks after the work", LOST_BUT_DONE, sent=2, drop=True, after_work=True),
    answer("a length that is always wrong", LOST, sent=2, raw=CUT),
    answer("no HTTP at all", LOST, sent=2, raw="SSH-2.0-OpenSSH_9.2\r\n"),
    endless("a body without an end", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", " "),
    endless("a header without an end", "HTTP/1.1 200 OK\r\nX-Longest: ", "x"),
    endless("100 Continue without an end", "", "HTTP/1.1 100 Continue\r\n\r\n"),
    interim(102),
    interim(103),
    # Temporary errors that pass.
    once("429 once", status=429, error_code="RATE_LIMITED"),
    once("429 once, with an absurd Retry-After", status=429, headers={"Retry-After": "soon"}),
    once("429 once, with a Retry-After in the past", status=429, headers={"Retry-After": PAST}),
    once("503 once", status=503),
    once("a connection that breaks once", drop=True),
    once("a length that is wrong once", raw=CUT),
    once("a nonce that is stale", stale=True),
    once("a connection that is closed after the answer", sent=1, close=True),
    # Temporary errors after the work: this task has done it.
    once("an answer that comes too late once", says_gone=True, delay=8),
    once("500 once after the work", says_gone=True, status=500, after_work=True),
    once("a connection that breaks once after the work", says_gone=True, drop=True, after_work=True),
    # Before the login the server does no work, so the outcome is never unknown.
    first("a connection that breaks once before the login", DONE, drop=True),
    first("503 once before the login", DONE, status=503),
    first("204 without asking for a login", REFUSED, status=204),
    first("404 without asking for a login", REFUSED, status=404),
    first("a web page before the login", REFUSED, status=200, **HTML),
    first("a redirect before the login", REFUSED, status=302, headers={"Location": "http://127.0.0.1:9/"}),
]

# A key that is gone already. After an error that may have followed the work, the task counts it as its own change.
GONE_KEY: dict[str, t.Any] = {"says_gone": True, "id": UNKNOWN_KEY_ID}
SAME_TO_DELETE = dict.fromkeys(("delete", "revoke"), SAME)
GONE_ALREADY = [
    Row("a key that is gone", None, SAME_TO_DELETE, **GONE_KEY),
    Row("a key that is gone, after 429", Fault(status=429), SAME_TO_DELETE, 2, says_gone=True, id=UNKNOWN_KEY_ID),
    Row(
        "a key that is gone, after 503",
        Fault(status=503),
        dict.fromkeys(SAME_TO_DELETE, CHANGED),
        2,
        **GONE_KEY,
    ),
    Row(
        "a key that is gone, after a connection that broke before the login",
        Fault(stage="challenge", drop=True),
        SAME_TO_DELETE,
        2,
        **GONE_KEY,
    ),
]

CASES = [(row, operation) for row in TABLE + GONE_ALREADY for operation in OPERATIONS if operation.kind in row.outcomes]

BY_ANSIBLE_PLAYBOOK = [number for number, (_row, operation) in enumerate(CASES) if operation is OPERATIONS[0]]


class Done(t.NamedTuple):
    """A case that was run.

    Attributes:
        result: The result of the task.
        requests: How many requests the emulator received.
        posts: How many of them make something.
        world: The data of the emulator after the task.
    """

    result: dict[str, t.Any]
    requests: int
    posts: int
    world: World


def done_by(emulator: Emulator, result: dict[str, t.Any]) -> Done:
    """Return the case that an emulator has seen."""
    posts = sum(request.method == "POST" for request in emulator.requests)
    return Done(result, len(emulator.requests), posts, emulator.world)


def options_of(case: tuple[Row, Operation], emulator: Emulator) -> dict[str, t.Any]:
    """Return the options of the task of a case."""
    row, operation = case
    public_key, private_key = operation.login
    return {
        "base_url": emulator.base_url if operation.product == "atlas" else emulator.url,
        "public_key": public_key,
        "private_key": private_key,
        "api_retries": 1,
        "api_retry_max_delay": 0,
        "api_timeout": min(row.timeout, 2) if operation.kind == "create" else row.timeout,
        **{
            name: value.replace("{id}", row.id or operation.id) if isinstance(value, str) else value
            for name, value in operation.options.items()
        },
    }


def emulator_of(case: tuple[Row, Operation]) -> Emulator:
    """Make the emulator of a case, with its fault."""
    row, operation = case
    emulator = Emulator(product=operation.product, world=world_of(operation))
    if row.fault:
        body = row.fault.body and row.fault.body.replace("{id}", row.id or operation.id)
        method = operation.method if row.fault.stage == "request" else None
        emulator.add_fault(replace(row.fault, method=method, body=body))
    return emulator


def selected(request: pytest.FixtureRequest, test: t.Callable[..., None]) -> list[int]:
    """Return the numbers of the cases that pytest is going to run with this test."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    return [t.cast("int", item.callspec.params["number"]) for item in items if item.function is test]


@pytest.fixture(scope="module")
def done(request: pytest.FixtureRequest, untraced_modules: Modules) -> dict[int, Done]:
    """Run every selected case. Many of them wait most of the time, so many run at once."""

    def run(number: int) -> Done:
        operation = CASES[number][1]
        with emulator_of(CASES[number]) as emulator:
            options = options_of(CASES[number], emulator)
            result = untraced_modules(operation.module, options, check_mode=operation.check_mode)
            return done_by(emulator, result)

    numbers = selected(request, test_row)
    with ThreadPoolExecutor(max_workers=16) as pool:
        return dict(zip(numbers, pool.map(run, numbers), strict=True))


@pytest.fixture(scope="module")
def done_by_ansible_playbook(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, Done]:
    """Run every selected case, each as a host of one play and against an emulator of its own."""
    folder = tmp_path_factory.mktemp("matrix")
    with ExitStack() as stack:
        emulators = {
            number: stack.enter_context(emulator_of(CASES[number]))
            for number in selected(request, test_row_with_ansible_playbook)
        }
        hosts = {
            f"case-{number}": {"options": options_of(CASES[number], emulator)} for number, emulator in emulators.items()
        }
        inventory = folder / "inventory.yml"
        local = {"ansible_connection": "local"}
        inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": local}}), encoding="utf-8")
        names = {name for host in hosts.values() for name in host["options"]}
        task = {
            "name": "Run the task of the case",
            f"mongodb.atlas.{OPERATIONS[0].module}": {name: f"{{{{ options.{name} }}}}" for name in sorted(names)},
            "ignore_errors": True,
        }
        playbook = folder / "matrix.yml"
        playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task]}]), "utf-8")
        run = make_playbook(folder)(str(playbook), "-i", str(inventory), "--forks", "4")
        assert "Traceback" not in run.output
        results = {result["host"]: result for result in run.results}
        assert results.keys() == hosts.keys(), run.output
        return {number: done_by(emulator, results[f"case-{number}"]) for number, emulator in emulators.items()}


def check(number: int, done: Done) -> None:
    """Compare the result, the requests and the data of the server with what the row says."""
    row, operation = CASES[number]
    result = done.result
    outcome = row.outcomes[operation.kind]

    assert (result["failed"], result["changed"]) == (outcome in (FAILED, UNKNOWN), outcome == CHANGED)
    assert ("The request may have done its work all the same" in result.get("msg", "")) == (outcome == UNKNOWN)
    assert bool(result.get("warnings")) == (outcome == WARNED)

    reported = (result.get("status_code"), result.get("error_code"))
    if row.says_gone and operation.gone:
        assert reported == operation.gone
    elif outcome in (CHANGED, LISTED) or not row.fault:
        assert reported == (None, None)
    else:
        body = json.loads(row.fault.body) if row.fault.body and row.fault.body.startswith('{"detail"') else {}
        assert reported == (row.fault.status, row.fault.error_code or body.get("errorCode"))

    expected = world_of(operation)
    if operation.kind == "create":
        assert done.posts == (row.sent if row.posts is None else row.posts)
        if outcome == CHANGED and operation.work:
            operation.work(expected, operation.id)
        # A key whose secret nobody got does not stay.
        assert without_random(done.world) == without_random(expected)
        assert ("private_key" in result) == (outcome == CHANGED)
    else:
        looked = operation.kind in row.looks
        assert done.requests == (operation.requests - 1 + row.sent + looked if row.sent else 1)
        if row.done and operation.work:
            operation.work(expected, row.id or operation.id)
        assert done.world == expected

    if outcome == LISTED or operation.kind.startswith("list"):
        assert (operation.results in result) == (outcome == LISTED)
    elif outcome in (CHANGED, SAME, WARNED):
        (item,) = result[operation.results]
        wanted = operation.options.get("state", "absent")
        assert (item["changed"], item["state"]) == (outcome == CHANGED, wanted if outcome == CHANGED else "absent")


def title(number: int) -> str:
    """Return the name of a case."""
    row, operation = CASES[number]
    return f"{row.title}: {operation.name}"


@pytest.mark.parametrize("number", range(len(CASES)), ids=title)
def test_row(done: dict[int, Done], number: int) -> None:
    check(number, done[number])


@pytest.mark.of_matrix
@pytest.mark.parametrize("number", BY_ANSIBLE_PLAYBOOK, ids=title)
def test_row_with_ansible_playbook(done_by_ansible_playbook: dict[int, Done], number: int) -> None:
    check(number, done_by_ansible_playbook[number])


def test_the_table_is_large_enough() -> None:
    assert len(CASES) >= 1200
