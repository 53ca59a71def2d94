# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``leaked``: it finds, shows and revokes a credential, proves that it is gone, and leaves a record."""

from __future__ import annotations

import json
import os
import typing as t
from dataclasses import replace

import pytest

from tests.emulator import Emulator, Fault, Switches
from tests.emulator.sample import (
    GLOBAL_KEY,
    JANE,
    ORGANIZATION,
    OWNER,
    OWNER_ACCOUNT,
    OWNER_KEY,
    PROGRAMMATIC,
    PROJECT_ACCOUNT,
    READER_KEY,
    SPARE_KEY,
    sample_world,
)
from tests.integration.started import get_token

if t.TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Playbook, Run

OPERATOR = (PROGRAMMATIC.public_key, PROGRAMMATIC.private_key)
JANES = (JANE.name, JANE.login.secret)
OWNERS = (OWNER.name, OWNER.login.secret)
NOW = 1_700_000_000  # 2023-11-14T22:13:20Z
OF_SPARE_KEY = f"/orgs/{ORGANIZATION.id}/apiKeys/{SPARE_KEY.id}"
SECRET = PROJECT_ACCOUNT.login
PAGE = "pageNum=1&itemsPerPage=500"


class Leaked:
    """Runs the playbook in a folder of its own."""

    def __init__(self, playbook: Playbook, folder: Path) -> None:
        self._playbook = playbook
        self.folder = folder

    def __call__(
        self,
        emulator: Emulator,
        seen: str,
        confirm: str = "",
        *options: str,
        login: tuple[str, str] = OPERATOR,
        **variables: t.Any,
    ) -> Run:
        kind = ("CLIENT_ID", "CLIENT_SECRET") if login[0].startswith("mdb_") else ("PUBLIC_API_KEY", "PRIVATE_API_KEY")
        environment = {
            "MONGODB_ATLAS_BASE_URL": emulator.base_url,
            "MONGODB_ATLAS_LEAKED": seen,
            "PWD": str(self.folder),
            **{f"MONGODB_ATLAS_{name}": value for name, value in zip(kind, login, strict=True)},
        }
        if login[0] == "token":
            environment = {**environment, "MONGODB_ATLAS_ACCESS_TOKEN": login[1]}
            del environment["MONGODB_ATLAS_PUBLIC_API_KEY"], environment["MONGODB_ATLAS_PRIVATE_API_KEY"]
        if confirm:
            variables["confirm"] = confirm
        return self._playbook("mongodb.atlas.leaked", "-e", json.dumps(variables), *options, environment=environment)

    def path(self, confirm: str) -> Path:
        """Return the path of the record of a credential."""
        return self.folder / f"leaked-{confirm}.json"

    def record(self, confirm: str) -> dict[str, t.Any]:
        """Return the record of a credential, which nobody else can read."""
        path = self.path(confirm)
        assert path.stat().st_mode & 0o777 == 0o600
        document: dict[str, t.Any] = json.loads(path.read_text(encoding="utf-8"))
        return document

    def text(self) -> str:
        """Return all that the playbook has written."""
        text = "".join(path.read_text(encoding="utf-8") for path in self.folder.iterdir())
        assert not any(
            end in text for end in (SPARE_KEY.private_key[-12:], SECRET.value[-12:], JANE.spare.secret[-12:])
        )
        return text


@pytest.fixture
def leaked(playbook: Playbook, tmp_path: Path) -> Leaked:
    folder = tmp_path / "records"
    folder.mkdir()
    return Leaked(playbook, folder)


def shows(secret: str, text: str) -> bool:
    """Tell whether a text has any twelve characters of a secret, besides its end, which the server shows, too."""
    return any(secret[start : start + 12] in text for start in range(len(secret) - 24))


def says(run: Run) -> str:
    """Return the message of the last task."""
    return " ".join(str(run.results[-1]["msg"]).split())


def changing(emulator: Emulator) -> list[str]:
    """Return the requests that change something."""
    return [call for call in emulator.calls if not call.startswith("GET") and "/oauth/" not in call]


def test_a_whole_private_key_from_the_alert_to_the_proof(leaked: Leaked) -> None:
    seen = f'PRIVATE_KEY="{SPARE_KEY.private_key.upper()}"'
    with Emulator(product="atlas", world=sample_world(), refused_login="no-code") as emulator:
        emulator.clock = NOW
        shown = leaked(emulator, seen, "", "-vvvv")
        assert shown.exit_code == 0
        assert says(shown).endswith(f"run the playbook again without --check and with -e confirm={SPARE_KEY.id}")
        (row,) = shown.results[2]["msg"]
        assert (row["id"], row["flags"]) == (SPARE_KEY.id, ["OLD", "NEVER_USED"])
        assert [entry["id"] for entry in row["access_list"]] == ["192.0.2.1/32", "198.51.100.0/24"]
        preview = leaked(emulator, seen, SPARE_KEY.id, "--check")
        assert (preview.exit_code, len(preview.results)) == (0, 7)
        assert (changing(emulator), leaked.text()) == ([], "")

        emulator.clear_requests()
        run = leaked(emulator, seen, SPARE_KEY.id, "-vvvv")
        assert run.exit_code == 0, run.output
        assert emulator.calls == [
            f"GET /orgs?{PAGE} 401",
            f"GET /orgs?{PAGE} 200",
            f"GET /orgs/{ORGANIZATION.id}/settings 200",
            f"GET /orgs/{ORGANIZATION.id}/apiKeys?{PAGE} 200",
            f"GET {OF_SPARE_KEY}/accessList?{PAGE} 200",
            f"DELETE {OF_SPARE_KEY} 401",
            f"DELETE {OF_SPARE_KEY} 204",
            f"GET /orgs?{PAGE} 401",
            f"GET /orgs?{PAGE} 200",
            f"GET /orgs/{ORGANIZATION.id}/settings 200",
            f"GET /orgs/{ORGANIZATION.id}/apiKeys?{PAGE} 200",
            "GET  401",
            "GET  401",
        ]
        record = leaked.record(SPARE_KEY.id)
        assert record["credential"] == row
        assert {name: record[name] for name in record if name not in ("credential", "organizations")} == {
            "id": SPARE_KEY.id,
            "seen": "private key",
            "found_at": "2023-11-14T22:13:20Z",
            "login": {
                "kind": "org_api_key",
                "id": PROGRAMMATIC.id,
                "name": PROGRAMMATIC.public_key,
                "roles": ["ORG_OWNER"],
                "org_id": ORGANIZATION.id,
            },
            "counts": {"org_api_key": 5},
            "not_read": [],
            "revoked": True,
            "how": "deleted",
            "no_longer_listed": True,
            "own_login_refused": None,
            "leaked_secret_refused": True,
            "proven_at": "2023-11-14T22:13:20Z",
        }
        assert run.results[-4]["msg"].startswith("The next task logs in with the leaked secret, once,")
        assert says(run) == (
            f"org_api_key {SPARE_KEY.id} ({SPARE_KEY.description}) is gone. The record is {leaked.path(SPARE_KEY.id)}."
        )
        for secret in (SPARE_KEY.private_key, SPARE_KEY.private_key.upper(), PROGRAMMATIC.private_key):
            assert not shows(secret, shown.output + run.output + repr(shown.results + run.results) + leaked.text())
        # Ansible wrote the options of no such task to a temporary file.
        assert "AnsiballZ_credential_info" not in run.output
        assert "AnsiballZ_login_info" not in run.output

        emulator.clock += 60
        again = leaked(emulator, seen, SPARE_KEY.id)
        assert again.exit_code == 0
        assert "changed=1" in again.output, "the record has a new time"
        assert leaked.record(SPARE_KEY.id) == {**record, "proven_at": "2023-11-14T22:14:20Z"}
        lost = leaked(emulator, seen)
        assert lost.exit_code == 2
        assert "has looked in Example (4 org_api_key)." in says(lost)


def test_a_run_that_was_interrupted_is_resumed(leaked: Leaked) -> None:
    """The server answers the revocation with an error, and somebody else revokes the key before the second run."""
    with Emulator(product="atlas") as emulator:
        emulator.add_fault(Fault(method="DELETE", status=403, error_code="ORG_REQUIRES_ACCESS_LIST"))
        run = leaked(emulator, SPARE_KEY.private_key[-12:], SPARE_KEY.id)
        assert run.exit_code == 2
        assert "ORG_REQUIRES_ACCESS_LIST" in says(run)
        record = leaked.record(SPARE_KEY.id)
        assert (record["revoked"], record.get("proven_at")) == (False, None)

        del emulator.world.programmatic_keys[SPARE_KEY.id]
        run = leaked(emulator, SPARE_KEY.private_key[-12:], SPARE_KEY.id)
        assert run.exit_code == 0
        done = leaked.record(SPARE_KEY.id)
        assert (done["revoked"], done["no_longer_listed"], done["leaked_secret_refused"]) == (True, True, None)
        assert (done["found_at"], done["credential"]) == (record["found_at"], record["credential"])

        # The record of one credential is no record of another one.
        other = leaked(emulator, READER_KEY.private_key[-12:], READER_KEY.id, record=str(leaked.path(SPARE_KEY.id)))
        assert other.exit_code == 2
        assert "exists, and is not the record of this credential. Set record to another path." in says(other)
        assert leaked(emulator, READER_KEY.private_key[:-1] + "0", SPARE_KEY.id).exit_code == 2
        assert leaked.record(SPARE_KEY.id) == done
        assert READER_KEY.id in emulator.world.programmatic_keys


@pytest.mark.parametrize("name", ["missing/record.json", "notes.txt"])
def test_a_record_that_cannot_be_written_ends_the_play_before_the_revocation(leaked: Leaked, name: str) -> None:
    notes = leaked.folder / "notes.txt"
    notes.write_text("Nobody may lose this.", encoding="utf-8")
    with Emulator(product="atlas") as emulator:
        run = leaked(emulator, SPARE_KEY.public_key, SPARE_KEY.id, record=f"{leaked.folder}/{name}")
        assert run.exit_code == 2
        assert changing(emulator) == []
    assert str(leaked.folder) in says(run)
    assert leaked.text() == "Nobody may lose this."


def test_a_login_that_fails_for_another_reason_is_no_proof(leaked: Leaked) -> None:
    with Emulator(product="atlas") as emulator:
        refused = Fault(
            method="GET", path="/v2", stage="challenge", status=403, error_code="IP_ADDRESS_NOT_ON_ACCESS_LIST"
        )
        emulator.before("DELETE", OF_SPARE_KEY, lambda _world: emulator.add_fault(replace(refused, skip=2)))
        run = leaked(emulator, SPARE_KEY.private_key, SPARE_KEY.id)
        assert run.exit_code == 2
        assert "is gone, but the server did not refuse a login with the leaked secret." in says(run)
        assert "IP_ADDRESS_NOT_ON_ACCESS_LIST" in says(run)
        assert emulator.faults == []
        record = leaked.record(SPARE_KEY.id)
        assert (record["revoked"], record["no_longer_listed"], record["leaked_secret_refused"]) == (True, True, False)
        assert leaked(emulator, SPARE_KEY.private_key, SPARE_KEY.id).exit_code == 0
        assert leaked.record(SPARE_KEY.id)["leaked_secret_refused"] is True


def test_confirm_chooses_one_of_several_keys(leaked: Leaked) -> None:
    """Two private keys end alike. The list shows the revoked one twice more."""
    world = sample_world()
    twin = world.programmatic_keys[READER_KEY.id]
    twin.private_key = READER_KEY.private_key[:-12] + SPARE_KEY.private_key[-12:]
    with Emulator(product="atlas", world=world, switches=Switches(list_lag=2)) as emulator:
        end = f"'********-****-****-{SPARE_KEY.private_key[-12:]}'\n"
        shown = leaked(emulator, end)
        assert shown.exit_code == 2
        assert says(shown) == f"Several credentials match. Set confirm to one of these ids: {SPARE_KEY.id}, {twin.id}."
        assert [row["id"] for row in shown.results[2]["msg"]] == [SPARE_KEY.id, twin.id]
        other = leaked(emulator, end, OWNER_KEY.id)
        assert other.exit_code == 2
        assert says(other).startswith(f"{OWNER_KEY.id} is none of the credentials that match. Set confirm to one of")
        emulator.clear_requests()
        run = leaked(emulator, end, SPARE_KEY.id)
        assert run.exit_code == 0, run.output
        assert emulator.calls.count(f"GET /orgs?{PAGE} 200") == 1 + 3
        assert emulator.world.programmatic_keys.keys() == sample_world().programmatic_keys.keys() - {SPARE_KEY.id}


def test_a_secret_of_a_service_account(leaked: Leaked) -> None:
    with Emulator(product="atlas") as emulator:
        command = f"curl -u {PROJECT_ACCOUNT.id}:{SECRET.value} {emulator.url}/api/oauth/token"
        run = leaked(emulator, command, SECRET.id, "-vvvv", "--diff")
        assert run.exit_code == 0, run.output
        assert emulator.calls[-3:] == [
            f"GET /orgs/{ORGANIZATION.id}/serviceAccounts?includeSystemManaged=true&{PAGE} 200",
            "GET  200",
            "POST /api/oauth/token 401",
        ]
        assert not shows(SECRET.value, run.output + repr(run.results) + leaked.text())
        assert [each.id for each in emulator.world.service_accounts[PROJECT_ACCOUNT.id].secrets] == [
            PROJECT_ACCOUNT.expired.id
        ]
        record = leaked.record(SECRET.id)
        assert (record["credential"]["secret_id"], record["leaked_secret_refused"]) == (SECRET.id, True)


def test_a_service_account_is_revoked_only_as_a_whole(leaked: Leaked) -> None:
    """The login is a service account, too."""
    login = (OWNER_ACCOUNT.id, OWNER_ACCOUNT.login.value)
    with Emulator(product="atlas") as emulator:
        shown = leaked(emulator, PROJECT_ACCOUNT.id, login=login)
        assert says(shown).endswith(f"with -e whole_account=true -e confirm={PROJECT_ACCOUNT.id}")
        run = leaked(emulator, PROJECT_ACCOUNT.id, PROJECT_ACCOUNT.id, login=login)
        assert run.exit_code == 2
        assert says(run) == (
            f"{PROJECT_ACCOUNT.id} is a service account. To revoke it with all of its secrets, set whole_account=true."
        )
        run = leaked(emulator, SECRET.value, SECRET.id, login=login, whole_account=True)
        assert (run.exit_code, says(run)[:32]) == (2, "With whole_account=true, set con")
        assert changing(emulator) == []
        run = leaked(emulator, SECRET.value, PROJECT_ACCOUNT.id, login=login, whole_account="true")
        assert run.exit_code == 0, run.output
        assert PROJECT_ACCOUNT.id not in emulator.world.service_accounts
        assert leaked.record(PROJECT_ACCOUNT.id)["leaked_secret_refused"] is True


@pytest.mark.parametrize(
    ("seen", "confirm", "login"),
    [
        (PROGRAMMATIC.public_key, PROGRAMMATIC.id, OPERATOR),
        (OWNER_ACCOUNT.login.value, OWNER_ACCOUNT.login.id, (OWNER_ACCOUNT.id, OWNER_ACCOUNT.login.value)),
        (OWNER_ACCOUNT.id, OWNER_ACCOUNT.id, (OWNER_ACCOUNT.id, OWNER_ACCOUNT.login.value)),
    ],
)
def test_the_own_login_goes_only_with_own_last(leaked: Leaked, seen: str, confirm: str, login: tuple[str, str]) -> None:
    whole = confirm == OWNER_ACCOUNT.id
    with Emulator(product="atlas") as emulator:
        emulator.clock = NOW
        run = leaked(emulator, seen, confirm, login=login, whole_account=whole)
        assert run.exit_code == 2
        assert says(run).startswith("The playbook logs in with this credential. Log in with another one, or set")
        assert changing(emulator) == []
        run = leaked(emulator, seen, confirm, "-vvvv", login=login, whole_account=whole, own_last=True)
        assert run.exit_code == 0, run.output
        assert emulator.calls[-1].endswith("401")
        assert not shows(login[1], run.output + repr(run.results) + leaked.text())
    record = leaked.record(confirm)
    assert (record["own_login_refused"], record["no_longer_listed"]) == (True, False)
    assert record["leaked_secret_refused"] is (True if seen == login[1] else None)
    assert record["proven_at"] == "2023-11-14T22:13:20Z"


def test_a_token_does_not_tell_whose_it_is(leaked: Leaked) -> None:
    """A token that is refused afterwards may also have expired."""
    with Emulator(product="atlas") as emulator:
        token = get_token(emulator, OWNER_ACCOUNT.id, OWNER_ACCOUNT.login.value)
        run = leaked(emulator, SECRET.value, SECRET.id, login=("token", token))
        assert run.exit_code == 2
        assert says(run).startswith("With access_token, nobody can tell whether the playbook logs in with this")
        assert leaked(emulator, SECRET.value, SECRET.id, login=("token", token), own_last=True).exit_code == 0
        assert leaked.record(SECRET.id)["no_longer_listed"] is True

        own = OWNER_ACCOUNT.login
        run = leaked(
            emulator, own.value[-4:].join(("mdb_sa_sk_...", "")), own.id, login=("token", token), own_last=True
        )
        assert run.exit_code == 2
        assert "is gone, but the playbook could not read the list to prove it. Run the playbook again" in says(run)
        assert leaked(emulator, own.value[-4:].join(("mdb_sa_sk_...", "")), own.id).exit_code == 0
        assert leaked.record(own.id)["no_longer_listed"] is True


@pytest.mark.parametrize(
    ("seen", "confirm", "login", "how"),
    [
        (GLOBAL_KEY.private_key, GLOBAL_KEY.id, OWNERS, "deleted"),
        (JANE.spare.secret, JANE.spare.id, OWNERS, "suspended"),
        (JANE.spare.secret, JANE.spare.id, JANES, "deleted"),
        (f"{JANE.name}:{JANE.login.secret}", JANE.login.id, JANES, "deleted"),
    ],
)
def test_the_keys_of_an_ops_manager(leaked: Leaked, seen: str, confirm: str, login: tuple[str, str], how: str) -> None:
    with Emulator() as emulator:
        is_own = confirm == JANE.login.id
        run = leaked(emulator, seen, confirm, "-vvvv", "--diff", login=login, own_last=is_own)
        unread = how == "deleted" and login == JANES
        assert run.exit_code == (2 if unread else 0), run.output
        if unread:  # Jane may not read the keys of other users, which may end alike
            assert says(run).startswith("The credential is gone, but the playbook could not read these parts,")
        record = leaked.record(confirm)
        assert (record["how"], record["leaked_secret_refused"]) == (how, True)
        assert record["no_longer_listed"] is not is_own
        assert record["own_login_refused"] is (True if is_own else None)
        assert not shows(seen.split(":")[-1], run.output + repr(run.results) + leaked.text())
        key = emulator.world.key(JANE.id, confirm)
        assert (key is not None and not key.enabled) is (how == "suspended")
        assert confirm not in emulator.world.programmatic_keys


def test_a_credential_that_was_found_is_revoked_although_another_part_cannot_be_read(leaked: Leaked) -> None:
    missing = "5e2b0f6a9ccf64c8a1d0e399"
    both = f"{ORGANIZATION.id},{missing}"
    with Emulator(product="atlas") as emulator:
        run = leaked(emulator, SPARE_KEY.public_key, org_id=both)
        assert (run.exit_code, says(run)[:25]) == (2, "The credential was found,")
        run = leaked(emulator, SPARE_KEY.public_key, SPARE_KEY.id, org_id=both)
        assert run.exit_code == 2
        assert says(run).startswith("The credential is gone, but the playbook could not read these parts,")
        assert f"does not see the organization {missing}." in says(run)
        assert SPARE_KEY.id not in emulator.world.programmatic_keys
        record = leaked.record(SPARE_KEY.id)
        assert (record["revoked"], len(record["not_read"])) == (True, 1)
        run = leaked(emulator, SPARE_KEY.public_key, org_id=missing)
        assert run.exit_code == 2
        assert "has looked in no organization (nothing)." in says(run)
        assert f"does not see the organization {missing}." in str(run.results[2]["msg"])


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        ("", "Set the environment variable MONGODB_ATLAS_LEAKED to the text that somebody has seen"),
        (os.fsdecode(b"jos\xe9"), "The environment variable MONGODB_ATLAS_LEAKED holds text that is not UTF-8."),
        ("mongodb+srv://app:hunter2hunter2@cluster0.example.net", "is the connection string of a database."),
    ],
)
def test_text_that_is_no_credential_is_refused_and_not_repeated(leaked: Leaked, seen: str, problem: str) -> None:
    with Emulator(product="atlas") as emulator:
        run = leaked(emulator, seen, SPARE_KEY.id, "-vvvv")
        assert run.exit_code == 2
        assert problem in says(run)
        assert not shows(seen, run.output + repr(run.results))
        assert emulator.requests == []


def test_a_refused_login_and_a_wrong_server_are_clear_failures(leaked: Leaked) -> None:
    with Emulator(product="atlas") as emulator:
        run = leaked(emulator, SPARE_KEY.public_key, SPARE_KEY.id, login=(PROGRAMMATIC.public_key, "wrong"))
        assert (run.exit_code, len(run.results)) == (2, 2)
        assert "The login was refused" in says(run)
        emulator.add_fault(Fault(status=200, stage="challenge", body="<html>", content_type="text/html"))
        run = leaked(emulator, SPARE_KEY.public_key, SPARE_KEY.id)
        assert (run.exit_code, len(run.results)) == (2, 2)
        assert "This is not the API" in says(run)


def test_a_limit_is_refused_and_tags_leave_nothing_out(leaked: Leaked) -> None:
    with Emulator(product="atlas") as emulator:
        run = leaked(emulator, SPARE_KEY.public_key, SPARE_KEY.id, "--limit", "web")
        assert run.exit_code == 4
        assert "Nothing was done, because the limit web leaves out localhost." in " ".join(run.output.split())
        assert emulator.requests == []
        assert leaked(emulator, SPARE_KEY.public_key, SPARE_KEY.id, "--tags", "revoke").exit_code == 0
        assert leaked.record(SPARE_KEY.id)["revoked"] is True
