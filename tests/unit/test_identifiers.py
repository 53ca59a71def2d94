# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the module recognizes ids, other texts and secrets."""

from __future__ import annotations

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import (
    account_id,
    account_ids,
    check_login,
    is_public_key,
    key_names,
    name_segment,
    object_id,
    object_ids,
    secrets_in,
)

ONE = "5b1e000000000000000000e1"
TWO = "5b1e000000000000000000e2"
KEY = "11111111-2222-3333-4444-db2c132ca78d"
SECRET = "mdb_sa_sk_" + "x" * 40

INPUTS = [
    # A description, the values that Ansible passes to the module, and a part of the message.
    ("JSON text, split at commas by Ansible", [f'["{ONE}"', f'"{TWO}"]'], f"Write key_id: [{ONE}, {TWO}]."),
    ("JSON text in one piece", [f'["{ONE}", "{TWO}"]'], f"Write key_id: [{ONE}, {TWO}]."),
    ("JSON text with one id", [f'["{ONE}"]'], f"Write key_id: [{ONE}]."),
    ("an empty list as JSON text", ["[]"], "Write key_id as a list in YAML."),
    ("a list as Python prints it", [f"['{ONE}', '{TWO}']"], f"Write key_id: [{ONE}, {TWO}]."),
    ("several lines", [f"{ONE}\n{TWO}"], f"Write key_id: [{ONE}, {TWO}]."),
    ("several ids with blanks", [f"{ONE} {TWO}"], f"Write key_id: [{ONE}, {TWO}]."),
    ("the key itself", [KEY], "holds a key itself, which is a secret. This message does not repeat the value."),
    ("the key itself, in capitals and without hyphens", [KEY.upper().replace("-", "")], "holds a key itself"),
    ("an id and the key", [f"{ONE}:{KEY}"], "holds a key itself"),
    ("the secret of a service account", [SECRET], "holds the secret of a service account."),
    ("the end that the server shows", ["db2c132ca78d"], "the end of one. Give the id, which mongodb.atlas."),
    ("the key as the server shows it", ["********-****-****-****-db2c132ca78d"], "is a masked key"),
    ("an object", [str({"user_id": ONE, "id": TWO})], "{{ keys | map(attribute='id') }}"),
    ("an object as JSON", [f'{{"id": "{TWO}"}}'], "{{ keys | map(attribute='id') }}"),
    ("infinity", ["inf"], "is a number, because Ansible read the id as one. Put quotes around the id"),
    ("a number with an exponent", ["5.1234567890123455e+23"], "is a number"),
    ("a number without a fraction", ["5"], "is a number"),
    ("not a number", ["nan"], "is a number"),
    ("an email address", ["jane.doe@example.com"], "is an email address."),
    ("a URL", [f"https://ops.example.com/api/public/v1.0/users/x/keys/{ONE}"], "is a URL. Write the id alone"),
    ("an empty text", [""], "is empty."),
    ("white space", [" \n"], "is empty."),
    ("an omitted item", ["__omit_place_holder__8a6f7c"], "[first, second | default('')] | select"),
    ("white space around an id", [f" {ONE}"], f"has something around the id. Write {ONE} alone."),
    ("a no-break space behind an id", [f"{ONE}\u00a0"], f"has something around the id. Write {ONE} alone."),
    ("an invisible character behind an id", [f"{ONE}\u200b"], f"has something around the id. Write {ONE} alone."),
    ("quotes around an id", [f'"{ONE}"'], f"has something around the id. Write {ONE} alone."),
    ("typographic quotes around an id", [f"\u201c{ONE}\u201d"], f"has something around the id. Write {ONE} alone."),
    ("a public key", ["kfjwbqzs"], "is a public key."),
    ("a client id", [f"mdb_sa_id_{ONE}"], "is the client id of a service account."),
    ("an id that is too short", [ONE[:-1]], "has 23 digits."),
    ("an id that is too long", [ONE + "0"], "has 25 digits."),
    ("an invalid digit", [ONE[:-1] + "g"], "is not an id."),
    ("a dot", ["."], "is not an id."),
    ("two dots", [".."], "is not an id."),
    ("digits of another script", ["\u0665" * 24], "is not an id."),
    ("an id that is encoded", ["%35" + ONE[1:]], "is not an id."),
    ("null as text", ["None"], "is not an id."),
    ("a template that was not evaluated", ["{{ key_id }}"], "is a template that Ansible did not evaluate."),
]


@pytest.mark.parametrize(("values", "says"), [row[1:] for row in INPUTS], ids=[row[0] for row in INPUTS])
def test_an_input_that_is_not_an_id_is_refused_by_name_with_what_to_write(values: list[str], says: str) -> None:
    with pytest.raises(
        OptionError, match=r"^key_id.* An id has 24 hexadecimal digits\. Nothing was sent\.$"
    ) as refused:
        object_ids("key_id", values, listed_by="user_api_key_info")
    assert says in str(refused.value)
    for secret in (KEY, KEY.upper().replace("-", ""), "db2c132ca78d", SECRET):
        assert secret not in str(refused.value)


def test_ids_are_in_lower_case_each_once_and_in_their_order() -> None:
    assert object_ids("key_id", [TWO, ONE.upper(), TWO.upper(), ONE]) == [TWO, ONE]
    assert object_ids("key_id", []) == []
    assert object_id("user_id", ONE.upper()) == ONE


def test_an_item_of_a_list_is_named() -> None:
    with pytest.raises(OptionError, match=r"^key_id, item 2 of 3, is empty\."):
        object_ids("key_id", [ONE, "", TWO])


def test_a_key_is_named_by_its_id_or_its_public_key() -> None:
    names = key_names("key_id", [ONE.upper(), "abcdefgh", ONE], listed_by="org_api_key_info")
    assert names == [ONE, "abcdefgh"]
    assert [is_public_key(name) for name in names] == [False, True]
    for wrong in ("ABCDEFGH", "abcdefg", KEY, "", "ops@example.com"):
        with pytest.raises(OptionError, match=r"Name a key by its id, .* or by its public key") as refused:
            key_names("key_id", [wrong], listed_by="org_api_key_info")
        assert KEY not in str(refused.value)


def test_an_account_is_named_by_its_client_id() -> None:
    client_id = f"mdb_sa_id_{ONE}"
    assert account_ids("account_id", [client_id.upper(), f"mdb_sa_id_{TWO}", client_id]) == [
        client_id,
        f"mdb_sa_id_{TWO}",
    ]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([ONE], "account_id is the id of another object."),
        (["abcdefgh"], "account_id is a public key."),
        ([f"mdb_sa_id_{ONE}", f"mdb_sa_id_{ONE[1:]}"], "account_id, item 2 of 2, has 23 digits after mdb_sa_id_."),
        (["mdb_sa_id_"], "account_id has 0 digits after mdb_sa_id_."),
        ([f" mdb_sa_id_{ONE}"], f"has something around the id. Write mdb_sa_id_{ONE} alone."),
        ([f"mdb_sa_id_{ONE},mdb_sa_id_{TWO}"], f"Write account_id: [mdb_sa_id_{ONE}, mdb_sa_id_{TWO}]."),
        ([SECRET], "account_id holds the secret of a service account."),
        (["Backup"], "account_id is not an id."),
    ],
)
def test_a_text_that_is_not_a_client_id_is_refused(values: list[str], says: str) -> None:
    with pytest.raises(OptionError, match=r"Name a service account by its client id") as refused:
        account_ids("account_id", values)
    assert says in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_user_id_that_is_an_email_address_belongs_in_user_name() -> None:
    with pytest.raises(OptionError, match=r"^user_id is an email address\. Use user_name\."):
        object_id("user_id", "jane.doe@example.com")


def test_secrets_are_found_wherever_they_are() -> None:
    assert secrets_in({"a": [f"x {KEY} y", {"b": SECRET}], KEY.upper(): None, "c": 17}) == {KEY, SECRET, KEY.upper()}
    assert secrets_in([ONE, "jane.doe@example.com", "kfjwbqzs", None]) == set()


@pytest.mark.parametrize("value", [KEY, f" {KEY}", KEY.upper(), SECRET])
def test_a_secret_is_not_a_name(value: str) -> None:
    with pytest.raises(OptionError, match=r"^user_name looks like a private key") as refused:
        name_segment("user_name", value)
    assert value.strip() not in str(refused.value)
    assert name_segment("user_name", "jane.doe@example.com") == "jane.doe@example.com"


@pytest.mark.parametrize(
    ("public_key", "private_key", "says"),
    [
        (KEY, "kfjwbqzs", "public_key looks like a private key. Are public_key and private_key swapped?"),
        (KEY, "jane.doe@example.com", "public_key looks like a private key. Are public_key and private_key swapped?"),
        (KEY, KEY, "public_key looks like a private key."),
        ("jane.doe@example.com", "kfjwbqzs", "private_key looks like a public key (eight lower-case letters)."),
        (f"mdb_sa_id_{ONE}", SECRET, "public_key is the id of a service account."),
        ("kfjwbqzs", SECRET, "private_key is the secret of a service account."),
        *(
            row
            for around in (" {}", "{} ", "{}\u00a0", "\ufeff{}", "{}\u200b", "\u2060{}")
            for row in (
                (around.format("kfjwbqzs"), KEY, "public_key has white space around it, or an invisible character"),
                ("kfjwbqzs", around.format(KEY), "private_key has white space around it, or an invisible character"),
            )
        ),
        *(
            row
            for around in ('"{}"', "'{}'", "`{}`", "\u201c{}\u201d", "\u201e{}\u201c", "\u2018{}\u2019")
            for row in (
                (around.format("kfjwbqzs"), KEY, "public_key has quotes around it."),
                ("kfjwbqzs", around.format(KEY), "private_key has quotes around it."),
            )
        ),
    ],
)
def test_credentials_in_the_wrong_place_are_refused_and_not_repeated(
    public_key: str, private_key: str, says: str
) -> None:
    with pytest.raises(OptionError) as refused:
        check_login({"public_key": public_key, "private_key": private_key})
    assert says in str(refused.value)
    assert KEY not in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("public_key", "private_key"),
    [("kfjwbqzs", KEY), ("jane.doe@example.com", KEY), ('the "one"', "a'b"), ("zoë", "pässwörd with a blank")],
)
def test_credentials_in_their_options_are_accepted(public_key: str, private_key: str) -> None:
    check_login({"public_key": public_key, "private_key": private_key})


@pytest.mark.parametrize(
    ("client_id", "client_secret", "says"),
    [
        ("kfjwbqzs", SECRET, "client_id is a public key (eight lower-case letters). Use the option public_key for it."),
        (SECRET, f"mdb_sa_id_{ONE}", "client_id looks like the secret of a service account. Are client_id and "),
        (f"mdb_sa_id_{ONE}", KEY, "client_secret is a private key. Use the option private_key for it."),
        (f"mdb_sa_id_{ONE} ", SECRET, "client_id has white space around it"),
        (f"mdb_sa_id_{ONE}", f"'{SECRET}'", "client_secret has quotes around it."),
    ],
)
def test_the_login_of_a_service_account_in_the_wrong_place_is_refused(
    client_id: str, client_secret: str, says: str
) -> None:
    with pytest.raises(OptionError) as refused:
        check_login({"client_id": client_id, "client_secret": client_secret})
    assert says in str(refused.value)
    assert SECRET not in str(refused.value)
    check_login({"client_id": f"mdb_sa_id_{ONE}", "client_secret": SECRET})


@pytest.mark.parametrize(
    ("token", "right"), [(SECRET, "client_secret"), (KEY, "private_key"), (f"mdb_sa_id_{ONE}", "client_id")]
)
def test_a_token_that_is_another_credential_is_refused_since_the_server_would_get_it(token: str, right: str) -> None:
    with pytest.raises(OptionError, match=f"Use the option {right} for it.") as refused:
        check_login({"access_token": token})
    assert token not in str(refused.value)
    check_login({"access_token": "eyJhbGciOiJFUzUxMiJ9.e30.c2ln"})


def test_the_id_of_a_service_account_is_its_client_id() -> None:
    assert account_id("account_id", f"mdb_sa_id_{ONE.upper()}") == f"mdb_sa_id_{ONE}"
    for value, says in (
        (ONE, "account_id is the id of another object. Name a service account by its client id"),
        ("mdb_sa_id_" + ONE[:-1], "account_id has 23 digits after mdb_sa_id_."),
        (f" mdb_sa_id_{ONE}", "mdb_sa_id_ with 24 hexadecimal digits. Nothing was sent."),
        ("", "account_id is empty."),
        (SECRET, "This message does not repeat the value."),
    ):
        with pytest.raises(OptionError) as caught:
            account_id("account_id", value)
        assert says in str(caught.value)
        assert SECRET not in str(caught.value)
