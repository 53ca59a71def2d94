# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module service_account_secret: its requests and results, and what is left when it is ended at any moment."""

from __future__ import annotations

import json
import signal
import stat
import typing as t

import pytest

from tests.emulator import Emulator, Fault, Secret, ServiceAccount, World, object_id
from tests.emulator.sample import (
    ORGANIZATION,
    OWNER_ACCOUNT,
    PROJECT_ACCOUNT,
    READER_KEY,
    SYSTEM_ACCOUNT,
)
from tests.integration.killing import end_at
from tests.integration.started import Run, as_owner, check_refusal, emulators, get_token, time_of

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.modules import Modules

NAME = "service_account_secret"
CLIENT = PROJECT_ACCOUNT.id
ACCOUNT = f"/orgs/{ORGANIZATION.id}/serviceAccounts/{CLIENT}"
SECRETS = f"{ACCOUNT}/secrets"
HOUR = 3600
YEAR = 8760
WEEK = 168
START = 1_700_000_000.0
CHALLENGE = f"GET {ACCOUNT} 401"
READ = f"GET {ACCOUNT} 200"
POST = f"POST {SECRETS} 201"


class Start(t.Protocol):
    """Starts a server whose account has secrets that end in so many hours, and returns it with the module."""

    def __call__(self, *hours: float, product: str = "atlas", **switches: t.Any) -> tuple[Emulator, Run]: ...


def options_of(emulator: Emulator, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task as an owner of the organization. Options replace its own."""
    present = {} if options.get("state") == "absent" else {"valid_for": YEAR}
    place = {"org_id": ORGANIZATION.id, "account_id": CLIENT}
    return as_owner(emulator, **{**place, "api_timeout": 3, **present, **options})


def as_account(secret: Secret, account: str = CLIENT) -> dict[str, t.Any]:
    """Return the options that log in as an account."""
    return {"public_key": None, "private_key": None, "client_id": account, "client_secret": secret.value}


@pytest.fixture
def start(modules: Modules) -> Iterator[Start]:
    with emulators(modules, NAME, options_of) as start_with_sample:

        def start(*hours: float, **switches: t.Any) -> tuple[Emulator, Run]:
            emulator, run = start_with_sample(**switches)
            fill(emulator, *hours)
            return emulator, run

        yield start


def fill(emulator: Emulator, *hours: float) -> None:
    """Give the account secrets that end in so many hours, and stop the clock."""
    emulator.clock = START
    account(emulator).secrets = [new_secret(each, number) for number, each in enumerate(hours)]


def new_secret(hours: float, number: int, made: float = 100) -> Secret:
    """Return a secret that was made so many hours ago."""
    return Secret(
        object_id(START - made * HOUR, f"9ccf64b7c8d91a{number:02}"),
        f"mdb_sa_sk_{number:036}aBc{number}",
        time_of(START + hours * HOUR),
        time_of(START - made * HOUR),
        time_of(START - HOUR),
    )


def account(emulator: Emulator) -> ServiceAccount:
    return emulator.world.service_accounts[CLIENT]


def outcomes(result: dict[str, t.Any]) -> list[tuple[t.Any, ...]]:
    return [(item["id"], item["changed"], item["state"]) for item in result["service_account_secrets"]]


def writes(emulator: Emulator) -> list[str]:
    return [call for call in emulator.calls if not call.startswith("GET") and "/oauth/" not in call]


@pytest.mark.parametrize("order", ["oldest-first", "newest-first"])
@pytest.mark.parametrize("product", ["atlas", "cloud-manager"])
def test_a_free_slot_in_check_mode_for_real_and_again(start: Start, product: str, order: str) -> None:
    emulator, run = start(300, product=product, secret_order=order)
    (old,) = account(emulator).secrets
    assert run()["changed"] is False
    emulator.clock += 150 * HOUR
    emulator.clear()
    preview = run(check_mode=True, diff=True)
    assert (outcomes(preview), "client_secret" in preview) == (
        [(None, True, "present"), (old.id, False, "present")],
        False,
    )
    assert emulator.calls == [CHALLENGE, READ]

    emulator.clear()
    done = run()
    old, new = account(emulator).secrets
    assert outcomes(done) == [(new.id, True, "present"), (old.id, False, "present")]
    assert (done["service_account_secret"], done["client_secret"]) == (done["service_account_secrets"][0], new.value)
    assert done["service_account_secret"] == {
        "id": new.id,
        "changed": True,
        "state": "present",
        "created_at": new.created_at,
        "expires_at": new.expires_at,
        "last_used_at": None,
        "masked_secret": new.masked,
    }
    assert (done["org_id"], done["account_id"]) == (ORGANIZATION.id, CLIENT)
    assert json.dumps(done).count(new.value) == 1
    assert "which has a new secret of a service account. Set no_log: true" in done["warnings"][0]
    assert emulator.calls == [CHALLENGE, READ, POST]
    assert [request.body for request in emulator.requests if request.method == "POST"] == [
        '{"secretExpiresAfterHours": 8760}'
    ]

    emulator.clear()
    emulator.clock += 601
    again = run()
    assert (outcomes(again), again.get("warnings")) == (
        [(new.id, False, "present"), (old.id, False, "present")],
        None,
    )
    assert emulator.calls == [CHALLENGE, READ]


def test_an_expired_secret_is_not_a_secret(start: Start) -> None:
    emulator, run = start(-24, 400)
    expired, valid = account(emulator).secrets
    assert outcomes(run()) == [(valid.id, False, "present"), (expired.id, False, "present")]
    emulator.clock += 300 * HOUR
    emulator.clear()
    preview = run(check_mode=True)
    result = run()
    new = account(emulator).secrets[-1]
    rest = [(expired.id, True, "absent"), (valid.id, False, "present")]
    assert outcomes(preview) == [(None, True, "present"), *rest]
    assert outcomes(result) == [(new.id, True, "present"), *rest]
    assert emulator.calls[2:] == [CHALLENGE, READ, f"DELETE {SECRETS}/{expired.id} 204", POST]


def test_of_two_expired_secrets_one_makes_room(start: Start) -> None:
    emulator, run = start(-24, -48)
    assert run()["changed"] is True
    assert [secret.value[-1] for secret in account(emulator).secrets[:-1]] == ["0"]
    assert len(account(emulator).secrets) == 2


def test_an_account_without_a_secret_gets_one(start: Start) -> None:
    emulator, run = start()
    assert len(run()["service_account_secrets"]) == 1
    assert emulator.calls == [CHALLENGE, READ, POST]


def test_the_result_shows_the_end_that_the_new_secret_leaves_to_the_old_one(start: Start) -> None:
    emulator, run = start(1000)
    options = {"renew_within": 2000, "diff": True}
    preview, result = run(**options, check_mode=True), run(**options)
    (old, _new) = account(emulator).secrets
    for each in (preview, result):
        shown = each["service_account_secrets"][1]
        assert (shown["id"], shown["changed"], shown["expires_at"]) == (old.id, True, time_of(START + WEEK * HOUR))
    assert old.expires_at == time_of(START + WEEK * HOUR)
    assert result["diff"]["before"]["service_account_secrets"][1]["expires_at"] == time_of(START + 1000 * HOUR)


def test_two_valid_secrets_leave_no_room_unless_the_task_may_delete_the_oldest(start: Start) -> None:
    emulator, run = start(160, 100)
    later, sooner = account(emulator).secrets
    for check_mode in (True, False):
        refused = run(check_mode=check_mode)
        assert (refused["failed"], refused["changed"], "service_account_secrets" in refused) == (True, False, False)
        assert f"{sooner.id} ({sooner.masked}), which ends at {sooner.expires_at}" in refused["msg"]
        assert "with state: absent and its id, or set make_room: oldest" in refused["msg"]
    assert writes(emulator) == []
    result = run(make_room="oldest")
    new = account(emulator).secrets[-1]
    assert outcomes(result) == [(new.id, True, "present"), (sooner.id, True, "absent"), (later.id, False, "present")]
    assert any(
        f"To make room, the task deleted the service account secret {sooner.id}" in x for x in result["warnings"]
    )


def test_expired_secrets_make_room_before_older_valid_ones(start: Start) -> None:
    emulator, run = start(100, -1)
    valid, expired = account(emulator).secrets
    result = run(make_room="oldest")
    assert writes(emulator) == [f"DELETE {SECRETS}/{expired.id} 204", POST]
    assert outcomes(result)[1:] == [(expired.id, True, "absent"), (valid.id, False, "present")]


def test_an_account_renews_its_own_secret_with_one_request_more(start: Start) -> None:
    emulator, run = start(100, 120)
    own, other = account(emulator).secrets
    account(emulator).roles = ["ORG_OWNER"]
    result = run(**as_account(own), make_room="oldest")
    new = account(emulator).secrets[-1]
    assert outcomes(result) == [(new.id, True, "present"), (other.id, True, "absent"), (own.id, False, "present")]
    assert emulator.calls == [
        "POST /api/oauth/token 200",
        READ,
        f"DELETE {SECRETS}/{other.id} 204",
        POST,
        "POST /api/oauth/revoke 200",
    ]
    again = run(**as_account(own))
    assert again["changed"] is False
    assert f"The task logs in with the service account secret {own.id}" in again["warnings"][0]
    assert f"Before that time, switch the login to {new.id}." in again["warnings"][0]


def test_four_characters_of_another_account_are_not_the_own_secret(start: Start) -> None:
    emulator, run = start(100, 120)
    account(emulator).secrets[0].value = "mdb_sa_sk_" + "x" * 36 + OWNER_ACCOUNT.secrets[0].value[-4:]
    first = account(emulator).secrets[0]
    result = run(**as_account(OWNER_ACCOUNT.secrets[0], OWNER_ACCOUNT.id), make_room="oldest")
    assert outcomes(result)[1] == (first.id, True, "absent")


@pytest.mark.parametrize("dies", [True, False])
def test_a_login_by_token_cannot_tell_its_own_secret(start: Start, dies: bool) -> None:
    emulator, run = start(100, 120, tokens_die_with_secret=dies)
    account(emulator).roles = ["ORG_OWNER"]
    own, other = account(emulator).secrets
    token = get_token(emulator, CLIENT, own.value)
    result = run(public_key=None, private_key=None, access_token=token, make_room="oldest")
    assert any("cannot tell which service account secret is its own" in each for each in result["warnings"])
    assert (result["failed"], result["changed"]) == (dies, True)
    assert (own.id, True, "absent") in outcomes(result)
    assert (other.id, False, "present") in outcomes(result)


def test_a_file_takes_the_secret_and_the_old_content_stays_beside_it(start: Start, tmp_path: Path) -> None:
    emulator, run = start(100)
    (old,) = account(emulator).secrets
    file, previous = tmp_path / "secret", tmp_path / "secret.previous"
    file.write_text(old.value, encoding="utf-8")
    options = {"client_secret_path": str(file)}
    run(**options, check_mode=True)
    assert (file.read_text(encoding="utf-8"), previous.exists()) == (old.value, False)
    result = run(**options)
    new = account(emulator).secrets[-1]
    assert [path.read_text(encoding="utf-8") for path in (file, previous)] == [new.value, old.value]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, previous)] == [0o600, 0o600]
    assert (new.value in json.dumps(result), result.get("warnings")) == (False, None)
    assert run(**options)["changed"] is False
    gone = run(**options, state="absent", secret_id=[old.id])
    assert (outcomes(gone), previous.exists(), file.exists()) == ([(old.id, True, "absent")], False, True)
    assert run(**options, state="absent", secret_id=[new.id], check_mode=True)["changed"] is True
    assert file.exists()
    assert run(**options, state="absent", secret_id=[new.id])["changed"] is True
    assert not file.exists()


def test_the_task_that_deletes_the_old_secret_keeps_no_copy_of_it(start: Start, tmp_path: Path) -> None:
    emulator, run = start(-24, 100)
    file = tmp_path / "secret"
    file.write_text(account(emulator).secrets[0].value, encoding="utf-8")
    assert run(client_secret_path=str(file))["changed"] is True
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    assert file.read_text(encoding="utf-8") == account(emulator).secrets[-1].value


@pytest.mark.parametrize("content", [None, "another's"])
def test_a_file_without_the_valid_secret_is_a_failure_that_names_the_way_out(
    start: Start, tmp_path: Path, content: str | None
) -> None:
    emulator, run = start(1000)
    (valid,) = account(emulator).secrets
    file = tmp_path / "secret"
    if content:
        file.write_text(content, encoding="utf-8")
    options = {"client_secret_path": str(file)}
    result = run(**options)
    assert (result["failed"], result["changed"]) == (True, False)
    assert f"does not hold the service account secret {valid.id}, which lasts long enough." in result["msg"]
    assert "set force: true" in result["msg"]
    assert writes(emulator) == []
    assert run(**options, force=True)["changed"] is True
    assert file.read_text(encoding="utf-8") == account(emulator).secrets[-1].value


def test_three_hosts_that_renew_by_force_one_after_the_other_make_one_secret(start: Start) -> None:
    emulator, run = start(1000)
    results = [run(force=True) for _host in range(3)]
    assert [result["changed"] for result in results] == [True, False, False]
    assert "so the task makes no new one although force is true" in results[1]["warnings"][0]
    assert len(account(emulator).secrets) == 2
    plain = run()
    assert "is younger than ten minutes. Only the result of the task that made it" in plain["warnings"][0]


def test_force_with_a_file_makes_one_secret_for_each_file(start: Start, tmp_path: Path) -> None:
    emulator, run = start()
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    results = [run(force=True, client_secret_path=path) for path in (first, first, second)]
    assert [(result["changed"], "warnings" in result) for result in results] == [
        (True, False),
        (False, False),
        (True, False),
    ]
    emulator.clock += 601
    assert "There is no room" in run(force=True, client_secret_path=first)["msg"]


def test_a_secret_without_an_end_is_a_failure_that_shows_it(start: Start) -> None:
    emulator, run = start(1000, 2000)
    broken = account(emulator).secrets[0]
    broken.expires_at = ""
    for force in (True, False):
        result = run(force=force)
        assert (result["failed"], result["changed"]) == (True, False)
        assert f"{broken.id} ({broken.masked}), which has no end" in result["msg"]
    assert writes(emulator) == []


def test_without_the_date_of_the_server_nothing_is_written(start: Start) -> None:
    emulator, run = start(100, sends_date=False)
    result = run()
    assert (result["failed"], result["changed"]) == (True, False)
    assert "The server does not tell its time" in result["msg"]
    assert writes(emulator) == []


@pytest.mark.parametrize("status", ["400", "403", "409"])
def test_a_third_secret_that_is_refused_after_a_deletion_tells_about_the_deletion(start: Start, status: str) -> None:
    emulator, run = start(100, -1, third_secret=status)
    valid, expired = account(emulator).secrets
    other = new_secret(1000, 7)
    emulator.before("POST", SECRETS, lambda _world: account(emulator).secrets.append(other))
    result = run()
    assert (result["failed"], result["changed"], result["status_code"]) == (True, True, int(status))
    assert result["error_code"] == "MAX_SECRETS_PER_SERVICE_ACCOUNT_EXCEEDED"
    assert "Somebody has made another secret meanwhile." in result["msg"]
    assert "role" not in result["msg"]
    assert outcomes(result) == [(expired.id, True, "absent"), (valid.id, False, "present")]
    assert writes(emulator) == [f"DELETE {SECRETS}/{expired.id} 204", f"POST {SECRETS} {status}"]


def test_a_deletion_that_fails_ends_the_task_before_a_secret_is_made(start: Start) -> None:
    emulator, run = start(100, -1)
    emulator.add_fault(Fault(method="DELETE", status=403))
    result = run()
    assert (result["failed"], result["changed"]) == (True, False)
    assert len(account(emulator).secrets) == 2
    assert len(writes(emulator)) == 1


def test_a_conflict_is_read_again_and_repeated(start: Start) -> None:
    emulator, run = start(100, -1)
    expired = account(emulator).secrets[1]
    for method in ("DELETE", "POST"):
        emulator.add_fault(Fault(method=method, status=409, error_code="DATA_CONCURRENCY_ERROR"))
    assert run()["changed"] is True
    delete = f"DELETE {SECRETS}/{expired.id}"
    assert emulator.calls == [
        CHALLENGE, READ, f"{delete} 409", READ, f"{delete} 204", f"POST {SECRETS} 409", READ, POST,
    ]  # fmt: skip


def meet_another_task(emulator: Emulator) -> None:
    """Let another task make a secret just before this one tries to."""

    def make(_world: World) -> None:
        account(emulator).secrets.append(new_secret(1000, 7))

    emulator.before("GET", ACCOUNT, lambda _world: emulator.before("GET", ACCOUNT, make))
    emulator.add_fault(Fault(method="POST", status=409, error_code="DATA_CONCURRENCY_ERROR"))


def test_a_conflict_with_a_task_that_made_the_secret_ends_without_another_one(start: Start, tmp_path: Path) -> None:
    for path in (None, str(tmp_path / "secret")):
        emulator, run = start(100)
        meet_another_task(emulator)
        result = run(client_secret_path=path)
        assert (result["failed"], result["changed"], len(account(emulator).secrets)) == (path is not None, False, 2)
        assert "client_secret" not in result


def test_a_conflict_that_does_not_end_is_a_failure(start: Start) -> None:
    emulator, run = start(100)
    emulator.add_fault(Fault(method="POST", status=409, error_code="DATA_CONCURRENCY_ERROR", times=None))
    result = run(api_timeout=1)
    assert (result["failed"], result["changed"], result["error_code"]) == (True, False, "DATA_CONCURRENCY_ERROR")
    assert len(account(emulator).secrets) == 1


@pytest.mark.parametrize("after_work", [True, False])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_lost_answer_makes_one_secret_that_somebody_has(
    start: Start, tmp_path: Path, method: str, after_work: bool
) -> None:
    emulator, run = start(100, -1)
    valid = account(emulator).secrets[0]
    file = tmp_path / "secret"
    file.write_text(valid.value, encoding="utf-8")
    emulator.add_fault(Fault(method=method, drop=True, after_work=after_work))
    result = run(client_secret_path=str(file), api_timeout=1)
    assert (result["failed"], result["changed"]) == (False, True)
    assert [secret.value for secret in account(emulator).secrets] == [valid.value, file.read_text(encoding="utf-8")]


def test_a_secret_that_somebody_uses_is_not_the_lost_one(start: Start) -> None:
    emulator, run = start()
    used = new_secret(1000, 7)
    emulator.before("POST", SECRETS, lambda _world: account(emulator).secrets.append(used))
    emulator.add_fault(Fault(method="POST", drop=True, after_work=True))
    result = run(api_retries=0)
    assert "The task deleted the new service account secret again. Nobody got it." in result["msg"]
    assert account(emulator).secrets == [used]


def test_several_secrets_that_could_be_the_lost_one_are_named_and_stay(start: Start) -> None:
    emulator, run = start()
    other = new_secret(1000, 7)
    other.last_used_at = None
    emulator.before("POST", SECRETS, lambda _world: account(emulator).secrets.append(other))
    emulator.add_fault(Fault(method="POST", drop=True, after_work=True))
    result = run(api_timeout=1)
    assert (result["failed"], len(account(emulator).secrets)) == (True, 2)
    assert "Several service account secrets are new" in result["msg"]
    for secret in account(emulator).secrets:
        assert secret.id in result["msg"]


def test_an_answer_without_the_secret_leaves_no_secret(start: Start) -> None:
    emulator, run = start()
    for body in ("{}", "[]"):
        emulator.add_fault(Fault(method="POST", status=201, body=body, after_work=True, times=None))
        result = run(api_retries=0, api_timeout=1)
        assert result["failed"]
        assert "The task deleted the new service account secret again. Nobody got it." in result["msg"]
        assert account(emulator).secrets == []
        emulator.clear()


def test_a_secret_that_ends_too_early_does_not_stay(start: Start) -> None:
    emulator, run = start()
    short = new_secret(100, 5)
    document = {"id": short.id, "createdAt": short.created_at, "expiresAt": short.expires_at, "secret": short.value}
    emulator.add_fault(Fault(method="POST", status=201, body=json.dumps(document)))
    result = run()
    assert (result["failed"], result["changed"]) == (True, False)
    assert "does not show that the new service account secret lasts as long as the task asked for" in result["msg"]
    assert short.value not in json.dumps(result)
    assert writes(emulator)[-1] == f"DELETE {SECRETS}/{short.id} 404"


def test_a_file_that_cannot_be_written_leaves_no_new_secret(start: Start, tmp_path: Path) -> None:
    emulator, run = start(1000)
    (old,) = account(emulator).secrets
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "secret"
    file.write_text(old.value, encoding="utf-8")

    def lock(_world: World) -> None:
        (folder / "secret.previous").mkdir()

    emulator.before("POST", SECRETS, lock)
    result = run(client_secret_path=str(file), renew_within=2000)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "The task deleted the new service account secret again. Nobody got it." in result["msg"]
    because = "Because the task made the new service account secret, an older one ends earlier"
    assert f"{because}: {old.id}" in result["msg"]
    assert outcomes(result) == [(old.id, True, "present")]
    assert result["service_account_secrets"][0]["expires_at"] == old.expires_at == time_of(START + WEEK * HOUR)
    assert account(emulator).secrets == [old]
    assert file.read_text(encoding="utf-8") == old.value


def test_a_new_secret_that_cannot_be_deleted_is_named(start: Start, tmp_path: Path) -> None:
    emulator, run = start(100)
    file = tmp_path / "secret"
    emulator.before("POST", SECRETS, lambda _world: (tmp_path / "secret").mkdir())
    emulator.add_fault(Fault(method="DELETE", status=500, times=None))
    result = run(client_secret_path=str(file), api_retries=0)
    new = account(emulator).secrets[-1]
    assert (result["failed"], result["changed"]) == (True, True)
    assert (
        f"The new service account secret {new.id} is still there, because the task could not delete it"
        in (result["msg"])
    )
    assert outcomes(result)[0] == (new.id, True, "present")
    assert new.value not in json.dumps(result)


@pytest.mark.parametrize("missing", ["404", "400", "resource", "unexpected"])
def test_secrets_are_deleted_and_gone(start: Start, missing: str) -> None:
    emulator, run = start(100, 200, missing_secret=missing)
    first, second = account(emulator).secrets
    done = run(state="absent", secret_id=[first.id.upper()])
    assert (outcomes(done), done.get("warnings")) == ([(first.id, True, "absent")], None)
    assert done["service_account_secret"] == done["service_account_secrets"][0]
    assert emulator.calls == [f"DELETE {SECRETS}/{first.id} 401", f"DELETE {SECRETS}/{first.id} 204"]
    emulator.clear()
    assert outcomes(run(state="absent", secret_id=[first.id])) == [(first.id, False, "absent")]
    assert len(emulator.calls) == (3 if missing == "unexpected" else 2)
    ids = [second.id, first.id]
    preview = run(state="absent", secret_id=ids, check_mode=True)
    emulator.clear()
    both = run(state="absent", secret_id=ids)
    assert outcomes(preview) == outcomes(both) == [(second.id, True, "absent"), (first.id, False, "absent")]
    assert emulator.calls == [CHALLENGE, READ, f"DELETE {SECRETS}/{second.id} 204"]
    emulator.clear()
    assert run(state="absent", secret_id=[])["changed"] is False
    assert emulator.calls == []


@pytest.mark.parametrize("missing", ["404", "400", "resource", "unexpected"])
def test_an_unknown_account_is_a_failure_in_every_state(start: Start, missing: str) -> None:
    emulator, run = start(missing_account=missing)
    unknown = "mdb_sa_id_" + "0" * 24
    # Whoever copies only the digits of the client id names no secret.
    for ids in (None, ["1" * 24], ["1" * 24] * 2, ["0" * 24]):
        options = {"state": "absent", "secret_id": ids} if ids else {}
        result = run(account_id=unknown, **options)
        assert (result["failed"], result["changed"]) == (True, False), options
        assert unknown in result["msg"]
    assert all(" 40" in call for call in emulator.calls)


@pytest.mark.parametrize("dies", [True, False])
def test_the_own_secret_is_deleted_last_and_with_a_warning(start: Start, dies: bool) -> None:
    emulator, run = start(100, 200, tokens_die_with_secret=dies)
    account(emulator).roles = ["ORG_OWNER"]
    own, other = account(emulator).secrets
    result = run(state="absent", secret_id=[own.id, other.id], **as_account(own))
    assert outcomes(result) == [(own.id, True, "absent"), (other.id, True, "absent")]
    assert writes(emulator) == [f"DELETE {SECRETS}/{other.id} 204", f"DELETE {SECRETS}/{own.id} 204"]
    text = " ".join(result["warnings"])
    assert f"The task logs in with the service account secret {own.id}" in text
    assert f"A token that somebody got with the service account secret {own.id} may live on" in text


def test_the_last_secret_that_the_server_keeps_is_a_failure(start: Start) -> None:
    emulator, run = start(100, refuses_last_secret=True)
    (only,) = account(emulator).secrets
    result = run(state="absent", secret_id=[only.id])
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 400)
    assert "Make another secret first, or delete the service account." in result["msg"]


def test_one_failure_does_not_hold_up_the_other_deletions(start: Start) -> None:
    emulator, run = start(100, 200)
    first, second = account(emulator).secrets
    emulator.add_fault(Fault(method="DELETE", path=first.id, status=403))
    result = run(state="absent", secret_id=[first.id, second.id])
    assert (result["failed"], outcomes(result)) == (True, [(first.id, False, "present"), (second.id, True, "absent")])


def test_a_login_without_the_right_and_an_account_of_the_system(start: Start) -> None:
    _emulator, run = start(100)
    result = run(public_key=READER_KEY.public_key, private_key=READER_KEY.private_key)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "ORG_OWNER" in result["msg"]
    system = run(account_id=SYSTEM_ACCOUNT.id, force=True)
    assert (system["failed"], system["changed"]) == (True, False)


def test_a_validity_that_the_organization_does_not_allow_is_refused(start: Start) -> None:
    emulator, run = start(100)
    emulator.world.organizations[ORGANIZATION.id].longest_secret_hours = 200
    result = run(valid_for=201)
    assert (result["failed"], result["changed"], result["status_code"]) == (True, False, 400)
    assert "secretExpiresAfterHours" in result["msg"]
    assert len(account(emulator).secrets) == 1
    assert run(valid_for=200)["changed"] is True


@pytest.mark.parametrize("options", [{}, {"state": "absent", "secret_id": ["0" * 24]}])
def test_ops_manager_has_no_service_accounts_and_the_message_says_so(start: Start, options: dict[str, t.Any]) -> None:
    _emulator, run = start(product="ops-manager-6.0")
    result = run(**options)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "Ops Manager has none" in result["msg"]


# Without a file, SIGKILL may leave a secret that nobody has.
@pytest.mark.parametrize("works", [True, False])
@pytest.mark.parametrize("request_number", range(3))
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_leaves_no_secret_that_is_in_no_file_and_there_is_a_way_on(
    modules: Modules, tmp_path: Path, number: signal.Signals, request_number: int, works: bool
) -> None:
    file = tmp_path / "secret"
    with Emulator(product="atlas") as emulator:
        fill(emulator, 100, -1)
        old = account(emulator).secrets[0]
        file.write_text(old.value, encoding="utf-8")
        options = options_of(emulator, client_secret_path=str(file), api_timeout=1)
        end_at(emulator, modules, NAME, options, request=request_number, number=number, works=works)
        in_files = {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
        lost = [each for each in account(emulator).secrets[1:] if each.value not in in_files and each.id > old.id]
        lost = [each for each in lost if each.expires_at > time_of(START)]
        assert len(lost) <= (number == signal.SIGKILL)
        if number != signal.SIGKILL:
            assert in_files == {old.value}
        emulator.clock += 700
        result = modules(NAME, options)
        if lost:  # the next task names it and the way out
            assert (result["failed"], result["changed"]) == (True, False)
            assert f"does not hold the service account secret {lost[0].id}, which lasts long enough" in result["msg"]
            gone = {**options, "valid_for": None, "state": "absent", "secret_id": [lost[0].id]}
            assert modules(NAME, gone)["changed"] is True
            result = modules(NAME, options)
        assert not result["failed"], result
        assert file.read_text(encoding="utf-8") == account(emulator).secrets[-1].value
        assert modules(NAME, options)["changed"] is False


@pytest.mark.parametrize("request_number", [1, 2])
def test_a_signal_during_a_task_that_logs_in_as_an_account_takes_the_secret_back(
    modules: Modules, tmp_path: Path, request_number: int
) -> None:
    file = tmp_path / "secret"
    with Emulator(product="atlas") as emulator:
        fill(emulator, 100)
        (own,) = account(emulator).secrets
        account(emulator).roles = ["ORG_OWNER"]
        options = options_of(emulator, client_secret_path=str(file), api_timeout=1, **as_account(own))
        output = end_at(emulator, modules, NAME, options, request=request_number, number=signal.SIGTERM, works=True)
        assert json.loads(output)["failed"] is True
        assert account(emulator).secrets == [own]
        assert list(tmp_path.iterdir()) == []
        assert emulator.calls[-1] == "POST /api/oauth/revoke 200"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"org_id": "x"}, "org_id is not an id."),
        ({"account_id": "x"}, "account_id is not an id."),
        ({"account_id": "0" * 24}, "account_id is a number"),
        ({"valid_for": None}, "state is present but all of the following are missing: valid_for"),
        ({"state": "absent"}, "state is absent but all of the following are missing: secret_id"),
        ({"state": "absent", "secret_id": ["x"]}, "secret_id is not an id."),
        ({"secret_id": ["0" * 24]}, "secret_id needs state: absent."),
        ({"valid_for": 168}, "valid_for must be more than renew_within."),
        ({"valid_for": 7, "renew_within": 1}, "valid_for must be a number of hours from 8 to 8760."),
        ({"renew_within": -1}, "renew_within must be a number of hours, and not negative."),
        ({"client_secret_path": "/nowhere/secret"}, "there is no folder for /nowhere/secret"),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    start: Start, options: dict[str, t.Any], says: str
) -> None:
    check_refusal(start, options, says)
