# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists without a server: reading options and documents, building requests."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V2_ACCOUNTS, V2_KEYS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import ApiError, ErrorDocument, OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import Lookup
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import (
    AccountAccessList,
    GlobalAccessList,
    KeyAccessList,
    account_list,
    key_list,
    read_blocks,
    wanted_account_entries,
    wanted_global_entries,
    wanted_key_entries,
)

ORGANIZATION = "5e2b0f6a9ccf64c8a1d0e311"
KEY = "5e2b13009ccf64b7c8d90c45"
ENTRY = "5c0d3c509ccf64b7c8d90d01"
SECRET = "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6"
LIST = KeyAccessList(ORGANIZATION, KEY)
PATH = f"/orgs/{ORGANIZATION}/apiKeys/{KEY}/accessList"
ACCOUNT = "mdb_sa_id_5e2b17a09ccf64b7c8d90f53"
ACCOUNT_LIST = AccountAccessList(ORGANIZATION, ACCOUNT)
ACCOUNT_PATH = f"/orgs/{ORGANIZATION}/serviceAccounts/{ACCOUNT}/accessList"
GLOBAL = GlobalAccessList()
IN_GROUPS = "2001:0db8:0000:0000:0000:0000:0000:0001"
NEVER_USED = {"created_at": None, "count": None, "last_used": None, "last_used_address": None}


def test_the_requests_for_the_list_of_a_key() -> None:
    blocks = ["192.0.2.1/32", "198.51.100.0/24", "2001:db8::1/128", "2001:db8::/32"]
    body = [
        {"ipAddress": "192.0.2.1"},
        {"cidrBlock": "198.51.100.0/24"},
        {"ipAddress": IN_GROUPS},
        {"cidrBlock": "2001:0db8:0000:0000:0000:0000:0000:0000/32"},
    ]
    assert LIST.list_request() == Request("GET", PATH, version=V2_KEYS)
    assert LIST.add_request([Item(block) for block in blocks]) == Request("POST", PATH, body, version=V2_KEYS)
    assert [LIST.remove_request(Item(block)).path.removeprefix(f"{PATH}/") for block in blocks] == [
        "192.0.2.1",
        "198.51.100.0%2F24",
        IN_GROUPS,
        "2001:0db8:0000:0000:0000:0000:0000:0000%2F32",
    ]


def test_the_requests_for_the_global_list() -> None:
    entry = Item("2001:db8::1/128", fields={"entry_id": ENTRY, "description": "Cork"})
    body = {"cidrBlock": f"{IN_GROUPS}/128", "description": "Cork"}
    assert GLOBAL.list_request() == Request("GET", "/admin/accessList")
    assert GLOBAL.add_request([entry]) == Request("POST", "/admin/accessList", body)
    assert GLOBAL.change_request(entry, Item(entry.id, fields={"description": "Galway"})) == Request(
        "PATCH", f"/admin/accessList/{ENTRY}", {"description": "Galway"}
    )
    assert GLOBAL.remove_request(entry) == Request("DELETE", f"/admin/accessList/{ENTRY}")


def test_the_names_of_older_servers() -> None:
    older, older_global = LIST.older(), GLOBAL.older()
    assert older
    assert older_global
    assert older.list_request().path == PATH.replace("accessList", "whitelist")
    assert older.parent() == LIST.parent() == {"org_id": ORGANIZATION, "key_id": KEY}
    assert older_global.list_request().path == "/admin/whitelist"
    assert (older.older(), older_global.older()) == (None, None)


@pytest.mark.parametrize(
    ("document", "block"),
    [
        ({"cidrBlock": "192.0.2.1/32", "ipAddress": "192.0.2.1"}, "192.0.2.1/32"),
        ({"cidrBlock": "192.0.2.1"}, "192.0.2.1/32"),
        ({"cidrBlock": "2001:DB8:0::/32", "ipAddress": None}, "2001:db8::/32"),
        # A server that keeps host bits knows the entry by this text only.
        ({"cidrBlock": "192.0.2.5/24"}, "192.0.2.5/24"),
        ({"cidrBlock": "something new"}, "something new"),
    ],
)
def test_the_id_of_an_entry(document: dict[str, t.Any], block: str) -> None:
    assert LIST.read(document) == Item(block, fields=NEVER_USED)
    assert GLOBAL.read({"id": ENTRY, **document}).id == block


@pytest.mark.parametrize(
    ("block", "segment"), [("192.0.2.5/24", "192.0.2.5%2F24"), ("something new", "something%20new")]
)
def test_an_entry_that_is_no_block_is_removed_by_the_text_of_the_server(block: str, segment: str) -> None:
    assert LIST.remove_request(Item(block)).path == f"{PATH}/{segment}"


def test_a_document() -> None:
    entry = LIST.read(
        {
            "cidrBlock": "192.0.2.1/32",
            "count": 3,
            "created": "2019-08-25T10:30:00Z",
            "lastUsed": "2019-08-26T10:30:00Z",
            "lastUsedAddress": "192.0.2.1",
        }
    )
    assert entry.fields == {
        "created_at": "2019-08-25T10:30:00Z",
        "count": 3,
        "last_used": "2019-08-26T10:30:00Z",
        "last_used_address": "192.0.2.1",
    }
    assert LIST.read({"cidrBlock": "192.0.2.1/32", "count": True}).fields["count"] is None
    assert GLOBAL.read({"id": ENTRY, "cidrBlock": "192.0.2.1/32", "created": "a", "updated": "b"}).fields == {
        "entry_id": ENTRY,
        "description": "",
        "created_at": "a",
        "updated_at": "b",
    }
    assert GLOBAL.read({"id": ENTRY}).id == ENTRY


@pytest.mark.parametrize("data", [None, [], {}, {"results": {}}, {"results": [{}, 3, {"cidrBlock": 5}]}, "text"])
def test_an_answer_that_shows_nothing(data: t.Any) -> None:
    assert LIST.shown(data) == GLOBAL.shown(data) == []


def test_an_answer_that_shows_entries() -> None:
    assert [entry.id for entry in LIST.shown({"results": [{"cidrBlock": "192.0.2.0/24"}]})] == ["192.0.2.0/24"]
    assert [entry.id for entry in GLOBAL.shown({"id": ENTRY, "cidrBlock": "192.0.2.0/24"})] == ["192.0.2.0/24"]


def refusal(status: int, code: str | None, *parameters: str) -> ApiError:
    document = ErrorDocument(code, parameters=parameters)
    return ApiError("DELETE", "https://ops.example.com", "HTTP", status=status, document=document)


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (refusal(404, "ACCESS_LIST_ENTRY_NOT_FOUND", "192.0.2.1"), True),
        (refusal(400, "WHITELIST_ENTRY_NOT_FOUND", "192.0.2.1/32"), True),
        (refusal(404, "ACCESS_LIST_ENTRY_NOT_FOUND", "192.0.2.9"), False),
        (refusal(404, "ACCESS_LIST_ENTRY_NOT_FOUND"), False),
        (refusal(404, "API_KEY_NOT_FOUND", "192.0.2.1"), False),
        (refusal(409, "ACCESS_LIST_ENTRY_NOT_FOUND", "192.0.2.1"), False),
        (refusal(404, None, "192.0.2.1"), False),
    ],
)
def test_an_entry_is_gone_only_if_the_error_names_it(error: ApiError, gone: bool) -> None:
    assert LIST.says_gone(error, Item("192.0.2.1/32")) is gone


def test_a_global_entry_is_gone_only_if_the_error_names_its_id() -> None:
    entry = Item("192.0.2.1/32", fields={"entry_id": ENTRY})
    assert GLOBAL.says_gone(refusal(404, "GLOBAL_WHITELIST_ENTRY_NOT_FOUND", ENTRY), entry)
    assert not GLOBAL.says_gone(refusal(404, "GLOBAL_WHITELIST_ENTRY_NOT_FOUND", KEY), entry)


def test_a_duplicate() -> None:
    for place in (LIST, GLOBAL):
        assert place.says_there(refusal(400, "DUPLICATE_GLOBAL_WHITELIST_ENTRY"))
        assert not place.says_there(refusal(400, "INVALID_ATTRIBUTE"))
        assert not place.says_there(refusal(400, None))


def test_spellings_of_the_same_entry() -> None:
    texts = [
        "192.0.2.1",
        "192.0.2.1/32",
        " 2001:DB8:0:0:0:0:0:1 , 2001:db8::1/128,192.0.2.1",
        "2001:db8::/32",
        "::/0",
        "0.0.0.0/0",
    ]
    assert read_blocks("entries", texts) == [
        "192.0.2.1/32",
        "2001:db8::1/128",
        "2001:db8::/32",
        "::/0",
        "0.0.0.0/0",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "an entry is empty"),
        ("192.0.2.1,", "an entry is empty"),
        ("192.0.2.5/24", "Write 192.0.2.0/24 for the block, or 192.0.2.5 for the single address"),
        ("2001:db8::1/64", "Write 2001:db8::/64 for the block"),
        ("vpn.example.com", "vpn.example.com is a name"),
        ("192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9 is a range"),
        ("10.0.0.0/255.0.0.0", "has a netmask"),
        ("0.0.0.0/33", "0.0.0.0/33 is not an address or a block"),
        ("192.0.2.01", "is not an address or a block"),
        ("192.0.2.0/024", "is not an address or a block"),
        ("192.0.2.1.5", "is not an address or a block"),
        ("fe80::1%eth0", "is not an address or a block"),
        ("https://192.0.2.1", "is not an address or a block"),
        ("192", "is not an address or a block"),
        ("\u0661.2.3.4", "is not an address or a block"),
        ("__omit_place_holder__0a1b", "is omitted"),
    ],
)
def test_a_text_that_is_no_entry_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(OptionError, match="^entries: .*Nothing was sent.$") as error:
        read_blocks("entries", ["198.51.100.0/24", text])
    assert says in str(error.value)


def test_a_secret_is_not_repeated() -> None:
    with pytest.raises(OptionError, match="holds a key itself") as error:
        read_blocks("entries", [SECRET])
    assert SECRET not in str(error.value)


OPTIONS: dict[str, t.Any] = {
    "org_id": ORGANIZATION,
    "key_id": KEY,
    "entries": ["192.0.2.1"],
    "exclusive": False,
    "allow_empty": False,
    "state": "present",
}


def test_the_options_of_the_list_of_a_key() -> None:
    wanted = wanted_key_entries({**OPTIONS, "org_id": ORGANIZATION.upper(), "key_id": KEY.upper(), "exclusive": True})
    assert isinstance(wanted.place, KeyAccessList)
    assert wanted.place.list_request() == LIST.list_request()
    assert wanted[1:] == ([Item("192.0.2.1/32")], "present", True, False)


def test_a_public_key_is_looked_up_in_the_organization() -> None:
    place = key_list({**OPTIONS, "key_id": "ctbmsjfi"}).place
    assert isinstance(place, Lookup)
    assert (place.owners.list_request().path, place.public_id) == (f"/orgs/{ORGANIZATION}/apiKeys", "ctbmsjfi")
    assert place.place(KEY).parent() == LIST.parent()
    assert "the public key ctbmsjfi in organization" in place.missing


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"entries": None}, "entries is required"),
        ({"entries": [], "exclusive": True}, "the task would remove every entry"),
        ({"entries": None, "exclusive": True}, "the task would remove every entry"),
        ({"exclusive": True, "state": "absent"}, "exclusive=true goes only with state=present"),
        ({"org_id": "Example"}, "org_id is not an id"),
        ({"key_id": "KFJWBQZS"}, "key_id is not an id"),
        ({"key_id": SECRET}, "mongodb.atlas.org_api_key_info lists"),
    ],
)
def test_options_that_cannot_be_used(changes: dict[str, t.Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        wanted_key_entries({**OPTIONS, **changes})


def test_no_entries() -> None:
    assert wanted_key_entries({**OPTIONS, "entries": []}).entries == []
    everything = wanted_key_entries({**OPTIONS, "entries": None, "exclusive": True, "allow_empty": True})
    assert (everything.entries, everything.exclusive, everything.allow_empty) == ([], True, True)


def wanted_global(*entries: tuple[str, str | None], state: str = "present") -> t.Sequence[Item]:
    given = [{"cidr_block": block, "description": description} for block, description in entries]
    return wanted_global_entries({**OPTIONS, "entries": given, "state": state}).entries


def test_the_options_of_the_global_list() -> None:
    cork, galway = {"description": "Cork"}, {"description": "Galway"}
    entries = wanted_global(("192.0.2.1", "Cork"), ("192.0.2.1/32", "Cork"), ("192.0.2.0/24,::/0", "Galway"))
    assert entries == [
        Item("192.0.2.1/32", fields=cork),
        Item("192.0.2.0/24", fields=galway),
        Item("::/0", fields=galway),
    ]
    assert wanted_global(("192.0.2.1", "Cork"), ("192.0.2.1", None), state="absent") == [Item("192.0.2.1/32")]


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([("192.0.2.1", None)], "192.0.2.1/32 needs a description"),
        ([("192.0.2.1", " ")], "192.0.2.1/32 needs a description"),
        ([("192.0.2.1", "Cork"), ("192.0.2.1/32", "Galway")], "has 192.0.2.1/32 twice, with different descriptions"),
        ([("example.com", "Cork")], "^cidr_block: example.com is a name"),
    ],
)
def test_global_entries_that_cannot_be_used(entries: list[tuple[str, str | None]], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        wanted_global(*entries)


def test_what_an_empty_list_means() -> None:
    assert "from anywhere, or from nowhere if its organization demands" in LIST.when_empty()
    assert "from nowhere" in GLOBAL.when_empty()


def test_the_advice() -> None:
    for word in ("ACCESS_LIST", "WHITELIST"):
        assert "ORG_OWNER" in LIST.advice[f"API_KEY_{word}_ACCESS_DENIED"]
        assert "from this address" in LIST.advice[f"CANNOT_REMOVE_CALLER_FROM_{word}"]
    assert "Only Ops Manager has a global access list" in GLOBAL.advice["RESOURCE_NOT_FOUND"]


def test_the_list_of_a_service_account_differs_in_names_only() -> None:
    entry = Item("192.0.2.0/24")
    assert ACCOUNT_LIST.list_request() == Request("GET", ACCOUNT_PATH, version=V2_ACCOUNTS)
    assert ACCOUNT_LIST.add_request([entry]) == Request(
        "POST", ACCOUNT_PATH, [{"cidrBlock": entry.id}], version=V2_ACCOUNTS
    )
    assert ACCOUNT_LIST.remove_request(entry).path == f"{ACCOUNT_PATH}/192.0.2.0%2F24"
    assert ACCOUNT_LIST.parent() == {"org_id": ORGANIZATION, "account_id": ACCOUNT}
    assert ACCOUNT_LIST.name() == f"the access list of service account {ACCOUNT}"
    assert "the service account can be used from anywhere" in ACCOUNT_LIST.when_empty()
    assert (ACCOUNT_LIST.older(), ACCOUNT_LIST.most_per_request) == (None, 200)
    other = ACCOUNT_LIST.of(ACCOUNT.replace("5e", "6e"))
    assert (type(other), other.parent()["account_id"]) == (AccountAccessList, ACCOUNT.replace("5e", "6e"))
    assert "ORG_READ_ONLY is enough" in ACCOUNT_LIST.advice["USER_UNAUTHORIZED"]
    assert "from this address" in ACCOUNT_LIST.advice["CANNOT_REMOVE_CALLER_FROM_ACCESS_LIST"]


def test_an_entry_of_a_service_account() -> None:
    document = {
        "cidrBlock": "192.0.2.1/32",
        "createdAt": "2020-01-24T16:13:20Z",
        "requestCount": 7,
        "lastUsedAt": "2020-02-09T04:12:55Z",
        "lastUsedAddress": "192.0.2.1",
    }
    assert ACCOUNT_LIST.read(document).fields == {
        "created_at": "2020-01-24T16:13:20Z",
        "count": 7,
        "last_used": "2020-02-09T04:12:55Z",
        "last_used_address": "192.0.2.1",
    }
    assert ACCOUNT_LIST.read({"cidrBlock": "192.0.2.1/32"}).fields == NEVER_USED


def test_the_options_of_the_list_of_a_service_account() -> None:
    given = {**OPTIONS, "account_id": ACCOUNT.upper(), "org_id": ORGANIZATION.upper()}
    wanted = wanted_account_entries(given)
    assert isinstance(wanted.place, AccountAccessList)
    assert wanted.place.list_request() == ACCOUNT_LIST.list_request()
    assert wanted[1:] == ([Item("192.0.2.1/32")], "present", False, False)
    for changes, says in (
        ({"account_id": KEY}, "account_id is the id of another object."),
        ({"org_id": "Example"}, "org_id is not an id"),
    ):
        with pytest.raises(OptionError, match=says):
            account_list({**given, **changes})
    with pytest.raises(OptionError, match="entries is required"):
        wanted_account_entries({**given, "entries": None})
