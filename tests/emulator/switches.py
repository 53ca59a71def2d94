# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nobody knows about real servers: each is a switch, so that a client can be tried under every setting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Switches:
    """How the emulator behaves where public sources are silent.

    Attributes:
        account_nulls: Fields of accounts without a value are null; otherwise they are left out.
        account_order: The order of a list of service accounts.
        adds_org_member: A new key or account of an organization gets the role ``ORG_MEMBER`` beside those that were
            asked for.
        duplicate_entry: The status for a POST to the access list of a key or account that names an entry of the list:
            200 adds the other entries, 409 and 500 add none.
        enforces_access_lists: A login from an address that is not on the list of its key or account is refused. Off, so
            that 127.0.0.1 need not be on every list.
        entry_order: The order of the entries of an access list.
        envelope_on_204: With ``envelope=true``, 204 becomes a document that says so.
        envelope_on_errors: With ``envelope=true``, an error is answered with 200 and the error inside.
        form_login: The token address also takes the id and the secret of an account in the form, as ``client_id`` and
            ``client_secret``, not only in a Basic header.
        ids_ascend: Of two ids of the same second the later one is greater; otherwise by chance.
        invite_again: What a second invitation of an account to a project does: it is refused with this status, replaces
            the roles, or keeps them.
        ipv6: How the access list of a key or account shows IPv6 addresses: in short, in eight groups, or as the client
            sent them.
        list_lag: So many reads of a list still show a key or account that was taken off it, and lack one that was
            added to it. A GET by id is always up to date.
        max_accounts_per_org: The most service accounts of an organization: 200 in the manual, 500 as recorded.
        max_entries_per_key: The most entries of the access list of a key; None for no limit.
        max_keys_per_org: The most keys of an organization.
        missing_account: The error for a service account that is not there: the status for
            ``SERVICE_ACCOUNT_NOT_FOUND``; or 404 with ``RESOURCE_NOT_FOUND``, where the parameter names the account; or
            404 with ``UNEXPECTED_ERROR``, where nothing does.
        missing_entry: The status for an entry that the access list of a key or account lacks.
        missing_secret: The error for a secret of an account that is not there: as for ``missing_account``, but with
            ``SERVICE_ACCOUNT_SECRET_NOT_FOUND``.
        omitted_validity: What happens to a new account without ``secretExpiresAfterHours`` and without
            ``withoutInitialSecret``: it is refused, gets no secret, or one that is valid as long as possible.
        ops_manager_deletes: The status with which Ops Manager deletes a key of an organization or takes one out of
            a project. Its documents print 200.
        ops_manager_takes_desc: PATCH of a key in a project of an Ops Manager or Cloud Manager changes ``desc``, as on
            Atlas; otherwise ``desc`` is ignored.
        own_address: Where the caller's address cannot be removed: from the list of the key or account that logs in,
            from any list, or nowhere a refusal.
        patch_unassigned: What PATCH in a project does on Atlas v2 to a key that is not in the project.
        project_shows_org_roles: An account in a project also shows its roles in the organization.
        protects_system_managed: Nobody can change or delete a system-managed account.
        reads_own_account: An account can read itself without a role for that.
        refused_field: The error code for a name, a description or a validity that is refused. Each was recorded, but in
            answers about other things.
        refused_token: How the 401 looks that refuses a token: with ``WWW-Authenticate: Bearer`` and the body that
            refuses a digest login; as a challenge for a digest login; with an error of OAuth; or without a body.
        refuses_last_owner: The last key of an organization with ``ORG_OWNER`` keeps that role and cannot be deleted,
            and likewise the last account.
        refuses_last_secret: The last secret of an account cannot be deleted.
        removes_absent_account: An account can be taken out of a project in which it is not; otherwise it is not found.
        secret_order: The order of the secrets of an account.
        sends_date: Each answer has the header ``Date``.
        shuffles_roles: The roles of a key or account come in random order, as they do on Atlas.
        tells_access_list_required: The settings of an organization have the field ``apiAccessListRequired``, which no
            specification requires.
        tells_system_managed: Accounts have the field ``systemManaged``, as in newer contracts.
        third_secret: The status for a third secret of an account.
        token_rate_limit: The body that refuses too many requests for tokens: an error of the API, as it was recorded,
            or one of OAuth, as the documents print it.
        token_requests_per_minute: The most requests for tokens that one account can send in a minute.
        tokens_die_with_secret: A token ends as soon as the secret that got it is deleted. None outlives its account.
        trims_desc: White space around a description, and around the name of an account, is dropped.
        unassign_unassigned: The status for taking a key out of a project in which it is not. Where Ops Manager
            deletes with 200, 204 stands for 200.
        unknown_role: The error code for a role that does not exist. Both were recorded.

    Raises:
        ValueError: A switch has a value that it cannot have.
    """

    account_nulls: bool = True
    account_order: Literal["oldest-first", "newest-first", "name", "client-id"] = "oldest-first"
    adds_org_member: bool = False
    duplicate_entry: Literal["200", "409", "500"] = "200"
    enforces_access_lists: bool = False
    entry_order: Literal["oldest-first", "newest-first", "address"] = "oldest-first"
    envelope_on_204: bool = True
    envelope_on_errors: bool = True
    form_login: bool = True
    ids_ascend: bool = True
    invite_again: Literal["400", "409", "replaces", "keeps"] = "400"
    ipv6: Literal["compressed", "eight-groups", "as-sent"] = "compressed"
    list_lag: int = 0
    max_accounts_per_org: int = 200
    max_entries_per_key: int | None = None
    max_keys_per_org: int = 500
    missing_account: Literal["404", "400", "resource", "unexpected"] = "404"
    missing_entry: Literal["404", "400"] = "404"
    missing_secret: Literal["404", "400", "resource", "unexpected"] = "404"
    omitted_validity: Literal["refused", "no-secret", "longest"] = "refused"
    ops_manager_deletes: Literal["200", "204"] = "200"
    ops_manager_takes_desc: bool = False
    own_address: Literal["own-list", "any-list", "never"] = "own-list"
    patch_unassigned: Literal["assigns", "404", "400"] = "assigns"
    project_shows_org_roles: bool = False
    protects_system_managed: bool = True
    reads_own_account: bool = False
    refused_field: Literal["INVALID_ATTRIBUTE", "BAD_REQUEST", "VALIDATION_ERROR"] = "INVALID_ATTRIBUTE"
    refused_token: Literal["as-login", "digest", "oauth", "empty"] = "as-login"
    refuses_last_owner: bool = False
    refuses_last_secret: bool = False
    removes_absent_account: bool = False
    secret_order: Literal["oldest-first", "newest-first"] = "oldest-first"
    sends_date: bool = True
    shuffles_roles: bool = False
    tells_access_list_required: bool = True
    tells_system_managed: bool = True
    third_secret: Literal["400", "403", "409"] = "400"
    token_rate_limit: Literal["api-error", "oauth"] = "api-error"
    token_requests_per_minute: int = 50
    tokens_die_with_secret: bool = True
    trims_desc: bool = False
    unassign_unassigned: Literal["204", "404", "400"] = "204"
    unknown_role: Literal["INVALID_ENUM_VALUE", "BAD_REQUEST"] = "INVALID_ENUM_VALUE"

    def __post_init__(self) -> None:
        """Refuse what no code asks for."""
        for name, values in _VALUES.items():
            value = getattr(self, name)
            good = value in values and value != _NUMBER and not isinstance(value, float)
            if isinstance(value, int) and not isinstance(value, bool):
                good = _NUMBER in values and value >= 0
            if not good:
                raise ValueError(f"The switch {name} must be {settings_of(name)}, not {value!r}.")


_NUMBER = "NUMBER"
"""Stands for every integer from 0."""


def _values(hint: Any) -> tuple[Any, ...]:
    if hint is bool:
        return (False, True)
    if get_origin(hint) is Literal:
        return get_args(hint)
    return (None, _NUMBER) if get_origin(hint) is UnionType else (_NUMBER,)


_VALUES = {name: _values(hint) for name, hint in get_type_hints(Switches).items()}


def settings_of(name: str) -> str:
    """Return the values that a switch can have, as the command line takes them."""
    return "|".join(_text(value) for value in _VALUES[name])


def defaults() -> dict[str, str]:
    """Return the default of each switch, as the command line takes it."""
    return {each.name: _text(each.default) for each in fields(Switches)}


def _text(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def read_switches(settings: Iterable[str]) -> Switches:
    """Make switches of ``NAME=VALUE``.

    Raises:
        ValueError: There is no such switch, or it cannot have this value.
    """
    changes: dict[str, Any] = {}
    for setting in settings:
        name, _equals, text = setting.partition("=")
        if name not in _VALUES:
            raise ValueError(f"There is no switch {name}; there are {', '.join(_VALUES)}.")
        known = {_text(value): value for value in _VALUES[name] if value != _NUMBER}
        changes[name] = known.get(text, int(text) if text.isascii() and text.isdigit() else text)
    return Switches(**changes)
