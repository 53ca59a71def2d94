# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists: of a programmatic key, of a service account, and the one of all global keys of an Ops Manager.

An entry is a block of addresses. A server shows a single address both as an address and as a block, and may spell an
IPv6 address in another way than the task. So the ``id`` of an entry is its block in the short form of :mod:`ipaddress`.
"""

from __future__ import annotations

import re
import typing as t
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean, is_id
from ansible_collections.mongodb.atlas.plugins.module_utils._api import V1, V2_ACCOUNTS, V2_KEYS
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError, RequestError
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request, path_segment
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import (
    account_id,
    is_public_key,
    key_names,
    object_id,
    secrets_in,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import (
    EntryList,
    Lookup,
    WantedEntries,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT, Item
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import NO_SUCH_KEY, ApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    ACCOUNT_ADVICE,
    NO_SUCH_ACCOUNT,
)

ENTRY_OPTIONS: dict[str, dict[str, t.Any]] = {
    "entries": {"type": "list", "elements": "str"},
    "exclusive": {"type": "bool", "default": False},
    "allow_empty": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
}
"""The options of modules that manage an access list, as the fragment ``access_list`` describes them."""

_NAME = "accessList"
_OLDER_NAME = "whitelist"
"""The name of an access list in the paths and error codes of Ops Manager before 5.0."""

# Without netmasks and zones, which ipaddress would accept.
_FORM = re.compile(r"[0-9a-fA-F:.]+(/[0-9]{1,3})?")
_RULE = "An entry is an address such as 192.0.2.1, or a block such as 192.0.2.0/24. Nothing was sent."


class KeyAccessList(EntryList):
    """The access list of one programmatic key of an organization.

    Args:
        organization_id: The id of the organization.
        owner_id: The id of the key.
        path_name: The name of the list in paths.
    """

    results = "access_list"
    identity = "cidrBlock"
    protected = ("CANNOT_REMOVE_CALLER_FROM_ACCESS_LIST", "CANNOT_REMOVE_CALLER_FROM_WHITELIST")
    advice = {
        **{
            f"API_KEY_{word}_ACCESS_DENIED": "The access list of a key is open only to the key itself and to a login "
            "with the role ORG_OWNER (Organization Owner)."
            for word in ("ACCESS_LIST", "WHITELIST")
        },
        **dict.fromkeys(
            protected,
            "The server keeps the entry, because the task reached the server from this address. Run the task from "
            "another address, or log in with another key.",
        ),
        **{code: ApiKeys.advice[code] for code in (NO_SUCH_KEY, "ORG_NOT_FOUND")},
        "RESOURCE_NOT_FOUND": "The server has no such path. Either base_url is wrong, or this is Ops Manager before "
        "4.2, which has no programmatic keys.",
    }
    owner_noun = "key"
    owner_option = "key_id"
    """The option that names the owner, which is also a return value."""
    owners_path = "apiKeys"
    version = V2_KEYS
    names: t.Mapping[str, str] = {
        "created_at": "created",
        "count": "count",
        "last_used": "lastUsed",
        "last_used_address": "lastUsedAddress",
    }
    """The fields of an entry by the names of the return values, and what the server calls them."""

    def __init__(self, organization_id: str, owner_id: str, path_name: str = _NAME) -> None:
        self.organization_id = organization_id
        self.owner_id = owner_id
        self._path_name = path_name

    def parent(self) -> dict[str, t.Any]:
        """Return the ids of the organization and of the owner."""
        return {"org_id": self.organization_id, self.owner_option: self.owner_id}

    def name(self) -> str:
        """Name the list by its owner."""
        return f"the access list of {self.owner_noun} {self.owner_id}"

    def when_empty(self) -> str:
        """Say who can use an owner without entries."""
        return (
            f"With an empty list, the {self.owner_noun} can be used from anywhere, or from nowhere if its organization "
            "demands an access list."
        )

    def older(self) -> KeyAccessList | None:
        """Return the list under the name that Ops Manager used before 5.0."""
        if self._path_name == _OLDER_NAME:
            return None
        return KeyAccessList(self.organization_id, self.owner_id, _OLDER_NAME)

    def of(self, owner_id: str) -> KeyAccessList:
        """Return the list of another owner in the organization."""
        return type(self)(self.organization_id, owner_id, self._path_name)

    def list_request(self) -> Request:
        """Read the list."""
        return self._request("GET")

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read an entry."""
        found = {field: document.get(name) for field, name in self.names.items()}
        count = found["count"]
        return Item(
            _block_id(document["cidrBlock"]),
            fields={
                **{field: clean(value) for field, value in found.items()},
                "count": count if isinstance(count, int) and not isinstance(count, bool) else None,
            },
        )

    def add_request(self, entries: t.Sequence[Item]) -> Request:
        """Add entries. The service takes either an address or a block of each, never both."""
        body = []
        for entry in entries:
            address, block = _on_the_wire(entry.id)
            body.append({"ipAddress": address} if address else {"cidrBlock": block})
        return self._request("POST", body=body)

    def remove_request(self, entry: Item) -> Request:
        """Remove an entry, by its address if it is a single one."""
        address, block = _on_the_wire(entry.id)
        return self._request("DELETE", address or block)

    def shown(self, data: t.Any) -> list[Item]:
        """Read the entries of the first page of the list, which is the answer to an addition."""
        items: t.Any = data.get("results") if isinstance(data, dict) else None
        documents = items if isinstance(items, list) else []
        return [self.read(each) for each in documents if isinstance(each, dict) and is_id(each.get("cidrBlock"))]

    def says_there(self, error: RequestError) -> bool:
        """Tell whether the code is about a duplicate."""
        return _says_duplicate(error)

    def says_gone(self, error: RequestError, entry: Item) -> bool:
        """Tell whether the code is about a missing entry, and the error names this entry in one of its spellings."""
        address, block = _on_the_wire(entry.id)
        names = {entry.id, block, address or block}
        return _says_no_entry(error) and any(error.document.names(name) for name in names)

    def _request(self, method: str, entry: str = "", body: t.Sequence[t.Mapping[str, t.Any]] | None = None) -> Request:
        path = f"/orgs/{self.organization_id}/{self.owners_path}/{path_segment(self.owner_id)}/{self._path_name}"
        return Request(method, f"{path}/{path_segment(entry)}" if entry else path, body, version=self.version)


class AccountAccessList(KeyAccessList):
    """The access list of one service account. It differs from that of a key in names only.

    Args:
        organization_id: The id of the organization.
        owner_id: The client id of the account.
    """

    most_per_request = 200
    advice = {
        **{code: KeyAccessList.advice[code] for code in KeyAccessList.protected},
        **ACCOUNT_ADVICE,
        **NO_SUCH_ACCOUNT,
        "USER_UNAUTHORIZED": "To change the access list of a service account, the login needs the role ORG_OWNER. To "
        "read it, ORG_READ_ONLY is enough.",
    }
    owner_noun = "service account"
    owner_option = "account_id"
    owners_path = "serviceAccounts"
    version = V2_ACCOUNTS
    names = {
        "created_at": "createdAt",
        "count": "requestCount",
        "last_used": "lastUsedAt",
        "last_used_address": "lastUsedAddress",
    }

    def older(self) -> KeyAccessList | None:
        """Return None: no server with service accounts has another name for the list."""
        return None


class GlobalAccessList(EntryList):
    """The one access list of all global keys of an Ops Manager.

    Args:
        path_name: The name of the list in paths.
    """

    results = "access_list"
    most_per_request = 1
    advice = {
        "USER_UNAUTHORIZED": "To change the global access list, the login needs the role GLOBAL_OWNER. To read it, "
        "GLOBAL_READ_ONLY is enough.",
        "RESOURCE_NOT_FOUND": "Only Ops Manager has a global access list. On other servers, each key has its own list: "
        "use mongodb.atlas.api_key_access_list.",
    }

    def __init__(self, path_name: str = _NAME) -> None:
        self._path_name = path_name

    def name(self) -> str:
        """Name the list."""
        return "the global access list"

    def when_empty(self) -> str:
        """Say who can use the global keys without entries."""
        return "With an empty list, global keys can be used from nowhere."

    def older(self) -> GlobalAccessList | None:
        """Return the list under the name that every Ops Manager knows, but its newer documents do not."""
        return GlobalAccessList(_OLDER_NAME) if self._path_name != _OLDER_NAME else None

    def list_request(self) -> Request:
        """Read the list."""
        return self._request("GET")

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        """Read an entry. The server also has an id for it."""
        block = clean(document.get("cidrBlock"))
        return Item(
            _block_id(block) if block else document["id"],
            fields={
                "entry_id": document["id"],
                "description": clean(document.get("description")) or "",
                "created_at": clean(document.get("created")),
                "updated_at": clean(document.get("updated")),
            },
        )

    def add_request(self, entries: t.Sequence[Item]) -> Request:
        """Add an entry."""
        (entry,) = entries
        _address, block = _on_the_wire(entry.id)
        return self._request("POST", body={"cidrBlock": block, "description": entry.fields["description"]})

    def change_request(self, before: Item, entry: Item) -> Request:
        """Change the description of an entry."""
        return self._request("PATCH", before.fields["entry_id"], {"description": entry.fields["description"]})

    def remove_request(self, entry: Item) -> Request:
        """Remove an entry by the id that the server has for it."""
        return self._request("DELETE", entry.fields["entry_id"])

    def shown(self, data: t.Any) -> list[Item]:
        """Read the entry, which is the answer to a change."""
        return [self.read(data)] if isinstance(data, dict) and is_id(data.get("id")) else []

    def says_there(self, error: RequestError) -> bool:
        """Tell whether the code is about a duplicate, which Ops Manager sends with status 400."""
        return _says_duplicate(error)

    def says_gone(self, error: RequestError, entry: Item) -> bool:
        """Tell whether the code is about a missing entry, and the error names the id of this entry."""
        return _says_no_entry(error) and error.document.names(entry.fields["entry_id"])

    def summary(self, entry: Item) -> t.Any:
        """Show the block with its description, because a task can change the description alone."""
        return {"cidr_block": entry.id, "description": entry.fields["description"]}

    def _request(self, method: str, entry_id: str = "", body: t.Mapping[str, t.Any] | None = None) -> Request:
        path = f"/admin/{self._path_name}"
        return Request(method, f"{path}/{path_segment(entry_id)}" if entry_id else path, body, version=V1)


def read_blocks(option: str, values: t.Iterable[str]) -> list[str]:
    """Read addresses and blocks from an option.

    Args:
        option: The name of the option, for messages.
        values: The texts. Commas separate several entries in one text.

    Returns:
        The ids of the entries, each once, in their order.

    Raises:
        OptionError: A text is neither an address nor a block, or it is a block with an address in it.
    """
    texts = [part.strip() for value in values for part in value.split(",")]
    return list(dict.fromkeys(_read_block(option, text) for text in texts))


def key_list(options: t.Mapping[str, t.Any]) -> WantedEntries:
    """Read the access list to show from the options of the module ``api_key_access_list_info``.

    Raises:
        OptionError: An id cannot be used.
    """
    organization_id = object_id("org_id", options["org_id"])
    (key,) = key_names("key_id", [options["key_id"]], listed_by="org_api_key_info")
    if not is_public_key(key):
        return WantedEntries(KeyAccessList(organization_id, key))
    owners = ApiKeys(organization_id)
    missing = f"There is no key with the public key {key} in {owners.owner()}. Is key_id or org_id mistyped?"
    return WantedEntries(Lookup(owners, key, lambda key_id: KeyAccessList(organization_id, key_id), missing))


def wanted_key_entries(options: t.Mapping[str, t.Any]) -> WantedEntries:
    """Read entries and state from the options of the module ``api_key_access_list``.

    Raises:
        OptionError: An id or an entry cannot be used, or options do not go together.
    """
    return _wanted_blocks(key_list, options)


def account_list(options: t.Mapping[str, t.Any]) -> WantedEntries:
    """Read the access list to show from the options of the module ``service_account_access_list_info``.

    Raises:
        OptionError: An id cannot be used.
    """
    owner_id = account_id("account_id", options["account_id"])
    return WantedEntries(AccountAccessList(object_id("org_id", options["org_id"]), owner_id))


def wanted_account_entries(options: t.Mapping[str, t.Any]) -> WantedEntries:
    """Read entries and state from the options of the module ``service_account_access_list``.

    Raises:
        OptionError: An id or an entry cannot be used, or options do not go together.
    """
    return _wanted_blocks(account_list, options)


def global_list(_options: t.Mapping[str, t.Any]) -> WantedEntries:
    """Return the global access list, for the module ``global_access_list_info``, which has no options of its own."""
    return WantedEntries(GlobalAccessList())


def wanted_global_entries(options: t.Mapping[str, t.Any]) -> WantedEntries:
    """Read entries and state from the options of the module ``global_access_list``.

    Raises:
        OptionError: An entry cannot be used, or options do not go together.
    """
    _check_combination(options)
    entries: dict[str, Item] = {}
    for each in options["entries"] or []:
        for block in read_blocks("cidr_block", [each["cidr_block"]]):
            fields = {} if options["state"] == ABSENT else {"description": _description(block, each["description"])}
            entry = Item(block, fields=fields)
            if entries.setdefault(block, entry) != entry:
                raise OptionError(f"entries has {block} twice, with different descriptions. Nothing was sent.")
    return _with_choices(global_list(options), list(entries.values()), options)


def _wanted_blocks(
    list_of: t.Callable[[t.Mapping[str, t.Any]], WantedEntries], options: t.Mapping[str, t.Any]
) -> WantedEntries:
    _check_combination(options)
    entries = [Item(block) for block in read_blocks("entries", options["entries"] or [])]
    return _with_choices(list_of(options), entries, options)


def _check_combination(options: t.Mapping[str, t.Any]) -> None:
    if options["exclusive"] and options["state"] == ABSENT:
        raise OptionError("exclusive=true goes only with state=present. Nothing was sent.")
    if options["exclusive"] and not options["entries"] and not options["allow_empty"]:
        raise OptionError(
            "With exclusive=true and no entries, the task would remove every entry. To allow this, set "
            "allow_empty=true. Nothing was sent."
        )
    if options["entries"] is None and not options["exclusive"]:
        raise OptionError("entries is required, unless exclusive and allow_empty are true. Nothing was sent.")


def _with_choices(wanted: WantedEntries, entries: t.Sequence[Item], options: t.Mapping[str, t.Any]) -> WantedEntries:
    return wanted._replace(
        entries=entries,
        state=options["state"],
        exclusive=options["exclusive"],
        allow_empty=options["allow_empty"],
    )


def _description(block: str, text: str | None) -> str:
    if not text or not text.strip():
        raise OptionError(f"entries: {block} needs a description, because the server demands one. Nothing was sent.")
    return text


def _read_block(option: str, text: str) -> str:
    """Read one address or block.

    Raises:
        OptionError: As for :func:`read_blocks`.
    """
    block = parse_block(text)
    if block is None:
        raise OptionError(f"{option}: {_explain(text)} {_RULE}")
    interface = ip_interface(text)
    if interface.ip != block.network_address:
        raise OptionError(
            f"{option}: {text} is no block, because {interface.ip} is an address inside of the block {block}. Write "
            f"{block} for the block, or {interface.ip} for the single address. Nothing was sent."
        )
    return str(block)


def parse_block(text: str) -> IPv4Network | IPv6Network | None:
    """Return the block of an address or block; None for any other text."""
    # Some systems read a number with a leading zero as octal, so that the address would be another one.
    if not _FORM.fullmatch(text) or (":" not in text and re.search(r"(^|[./])0[0-9]", text)):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _explain(text: str) -> str:
    """Say what a text that is not an entry looks like."""
    if secrets_in(text):
        return "a value holds a key itself, which is a secret. This message does not repeat the value."
    if not text:
        return "an entry is empty."
    shown = clean(text)
    if text.startswith("__omit_place_holder__"):
        return "an entry is omitted. To leave an item out of a list, write [first, second | default('')] | select."
    if re.fullmatch(r"[0-9.]+\s*-\s*[0-9.]+", text):
        return f"{shown} is a range. Write it as one block or as several."
    if re.fullmatch(r"[0-9.]+/[0-9]+\.[0-9.]+", text):
        return f"{shown} has a netmask. Write the number of bits instead."
    if re.fullmatch(r"[\w-]*[g-z][\w-]*(\.[\w-]+)*\.?", text, re.IGNORECASE):
        return f"{shown} is a name. An access list takes only addresses."
    return f"{shown} is not an address or a block."


def _block_id(text: str) -> str:
    """Return the id of an entry that a server shows. A text that is no block is its own id, and equals no other."""
    block = parse_block(text)
    # An address inside of a block is no block, and the server knows the entry by its own text only.
    return str(block) if block and ip_interface(text).ip == block.network_address else text


def _on_the_wire(entry_id: str) -> tuple[str | None, str]:
    """Return the address of an entry, or None if it is not a single one, and the block, as a server takes them.

    The published patterns take all eight groups of any IPv6 address; some short forms they do not take.
    """
    block = parse_block(entry_id)
    if block is None or _block_id(entry_id) != str(block):
        return None, entry_id
    address = block.network_address.exploded if block.num_addresses == 1 else None
    return address, block.exploded


def _says_duplicate(error: RequestError) -> bool:
    return "DUPLICATE" in (error.document.code or "")


def _says_no_entry(error: RequestError) -> bool:
    return error.status in (400, 404) and (error.document.code or "").endswith("_ENTRY_NOT_FOUND")
