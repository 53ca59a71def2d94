# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every form in which a credential can have been seen, and the texts that are no credential of the API."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._seen import FORMS, Seen, recognize, secrets_seen

from tests.emulator.sample import JANE, OWNER_ACCOUNT, SPARE_KEY

PUBLIC, PRIVATE, REDACTED = SPARE_KEY.public_key, SPARE_KEY.private_key, SPARE_KEY.redacted
PERSONAL = JANE.spare.secret
CLIENT_ID, SECRET, MASKED = OWNER_ACCOUNT.id, OWNER_ACCOUNT.login.value, OWNER_ACCOUNT.login.masked
END, END_OF_SECRET = PRIVATE[-12:], SECRET[-4:]
KEYS = ("org_api_key", "global_api_key", "user_api_key")
PROGRAMMATIC, PERSONALS, ACCOUNTS = KEYS[:2], KEYS[2:], ("service_account",)

RECOGNIZED: list[tuple[str, Seen]] = [
    (PUBLIC, Seen("public key", PROGRAMMATIC, PUBLIC)),
    (PRIVATE, Seen("private key", KEYS, "", END)),
    (PRIVATE.upper(), Seen("private key", KEYS, "", END)),
    (PRIVATE.replace("-", ""), Seen("private key", KEYS, "", END)),
    (END, Seen("end of a private key", KEYS, "", END)),
    (REDACTED, Seen("masked private key", KEYS, "", END)),
    (JANE.spare.obfuscated, Seen("masked private key", KEYS, "", PERSONAL[-12:])),
    (f"xxxxxxxx-xxxx-xxxx-{END}", Seen("masked private key", KEYS, "", END)),
    (f"\u2022\u2022\u2022\u2022-{END}", Seen("masked private key", KEYS, "", END)),
    (f"{PUBLIC}:{PRIVATE}", Seen("public and private key", PROGRAMMATIC, PUBLIC, END)),
    (f"{PUBLIC}, {PRIVATE}", Seen("public and private key", PROGRAMMATIC, PUBLIC, END)),
    (f"{JANE.name}:{PERSONAL}", Seen("user name and personal key", PERSONALS, JANE.name, PERSONAL[-12:])),
    (CLIENT_ID, Seen("client id", ACCOUNTS, CLIENT_ID)),
    (SECRET, Seen("client secret", ACCOUNTS, "", END_OF_SECRET)),
    (MASKED, Seen("masked client secret", ACCOUNTS, "", END_OF_SECRET)),
    (f"mdb_sa_sk_****{END_OF_SECRET}", Seen("masked client secret", ACCOUNTS, "", END_OF_SECRET)),
    (f"mdb_sa_sk_...xy{END_OF_SECRET}", Seen("masked client secret", ACCOUNTS, "", END_OF_SECRET)),
    (f"{CLIENT_ID}:{SECRET}", Seen("client id and client secret", ACCOUNTS, CLIENT_ID, END_OF_SECRET)),
]


@pytest.mark.parametrize(("text", "seen"), RECOGNIZED)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        " {}\n",
        '"{}"',
        "\u201c{}\u201d\u200b",
        "MONGODB_ATLAS_PRIVATE_KEY={}",
        'export MONGODB_ATLAS_PRIVATE_KEY="{}";',
        "client_secret: '{}',",
        '"publicKey": "{}",',
    ],
)
def test_a_form_is_recognized_whatever_is_around_it(around: str, text: str, seen: Seen) -> None:
    assert recognize(around.format(text)) == seen


@pytest.mark.parametrize(
    ("text", "form", "public_id", "end"),
    [
        (f"curl --user '{PUBLIC}:{PRIVATE}' --digest https://cloud.mongodb.com/api", "private key", "", END),
        (f"PUBLIC={PUBLIC}\nPRIVATE={PRIVATE}\n", "private key", "", END),
        (f'{{"publicKey": "{PUBLIC}", "privateKey": "{PRIVATE}"}}', "private key", "", END),
        (f"old: {PRIVATE}\nbackup: {PRIVATE}", "private key", "", END),
        (
            f"curl -u {CLIENT_ID}:{SECRET} https://cloud.mongodb.com",
            "client id and client secret",
            CLIENT_ID,
            END_OF_SECRET,
        ),
        (f"secret {SECRET}, which is old", "client secret", "", END_OF_SECRET),
    ],
)
def test_the_only_secret_in_a_longer_text_is_found(text: str, form: str, public_id: str, end: str) -> None:
    seen = recognize(text)
    assert (seen.form, seen.public_id, seen.end) == (form, public_id, end)
    assert secrets_seen(text) == {text}


def test_every_form_is_tried() -> None:
    assert {seen.form for _text, seen in RECOGNIZED} == {form.name for form in FORMS}


@pytest.mark.parametrize(("text", "seen"), RECOGNIZED)
def test_a_text_is_masked_only_if_it_has_a_whole_secret(text: str, seen: Seen) -> None:
    has_secret = any(secret.lower() in text.lower() for secret in (PRIVATE, PRIVATE.replace("-", ""), PERSONAL, SECRET))
    assert secrets_seen(text) == ({text} if has_secret else set())
    assert all(len(part) <= 12 and part not in text[:-12] for part in [seen.end] if part)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mongodb://app:pa55word@db.example.net/test", "is the connection string of a database"),
        (f"URI=mongodb+srv://app:{PRIVATE}@db.example.net", "is the connection string of a database"),
        (f"mongodb://{JANE.name}:{PRIVATE}", "is the connection string of a database"),
        ("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", "is an access token"),
        ("Authorization: Bearer eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", "is an access token"),
        ("Authorization: Basic bWRiOnB3", "is the header of a login"),
        ("AKIAIOSFODNN7EXAMPLE", "another vendor"),
        ("GITHUB_TOKEN=ghp_0123456789", "another vendor"),
        ("-----BEGIN PRIVATE KEY-----", "another vendor"),
        (CLIENT_ID[:-1], "is a part of a client id"),
        (SECRET[:20], "is the beginning of a client secret"),
        (SPARE_KEY.id, "is an id"),
        (PRIVATE[:-1], "is a part of a private key"),
        (PRIVATE[:13], "is a part of a private key"),
        ("12345678901", "Put quotes around it"),
        (JANE.name, "is an e-mail address"),
        (f"{JANE.name}:pa55word", "is an e-mail address"),
        ("", "is empty"),
        ("''", "is empty"),
        ("pa55word", "is in no form that the task recognizes. The task recognizes: public key, private key"),
        (END[:-1], "is in no form"),
        (f"{PUBLIC}x", "is in no form"),
        (f"{PUBLIC} {END}", "is in no form"),
        (PRIVATE[:-1] + "\u0661", "is in no form"),
        ("a=" * 3000 + PRIVATE, "is in no form"),
        (PRIVATE * 200, "is in no form"),
    ],
)
def test_another_text_is_refused_and_masked_and_not_repeated(text: str, says: str) -> None:
    with pytest.raises(OptionError) as caught:
        recognize(text)
    assert says in str(caught.value)
    assert "Nothing was sent." in str(caught.value)
    assert len(text) < 8 or text not in str(caught.value)
    assert secrets_seen(text) == ({text} if text else set())


@pytest.mark.parametrize(("value", "masked"), [(None, set()), (123456789012, set()), (7, {"7"}), (["x"], {"['x']"})])
def test_a_value_that_is_no_text_is_masked_by_its_text(value: t.Any, masked: set[str]) -> None:
    assert secrets_seen(value) == masked


@pytest.mark.parametrize(
    ("seen", "public_id", "secret_end", "matches"),
    [
        (PUBLIC, PUBLIC, END, True),
        (PUBLIC, PUBLIC, "", True),
        (PUBLIC.upper(), PUBLIC, END, True),
        (PUBLIC, "rdxvlmpa", END, False),
        (END, "rdxvlmpa", END, True),
        (END, PUBLIC, "0" * 12, False),
        (END, PUBLIC, "", None),
        (f"{PUBLIC}:{PRIVATE}", PUBLIC, END, True),
        (f"{PUBLIC}:{PRIVATE}", PUBLIC, "0" * 12, False),
        (f"{PUBLIC}:{PRIVATE}", "rdxvlmpa", END, False),
        (f"{PUBLIC}:{PRIVATE}", "rdxvlmpa", "", False),
        (SECRET, CLIENT_ID, END_OF_SECRET, True),
        (SECRET, CLIENT_ID, f"xy{END_OF_SECRET}", True),
        (SECRET, CLIENT_ID, END_OF_SECRET.swapcase(), False),
    ],
)
def test_what_was_seen_is_compared(seen: str, public_id: str, secret_end: str, matches: bool | None) -> None:
    assert recognize(seen).matches(public_id, secret_end) is matches
