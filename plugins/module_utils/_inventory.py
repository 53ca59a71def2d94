# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads every credential that a login can see: organizations, their lists, and what belongs to each credential.

A part that cannot be read becomes a credential with an error. The task goes on with the other parts, and fails at its
end with everything that it read.
"""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import clean, timestamp
from ansible_collections.mongodb.atlas.plugins.module_utils._api import ATLAS, V2_KEYS
from ansible_collections.mongodb.atlas.plugins.module_utils._credentials import (
    KINDS,
    UNKNOWN,
    Credential,
    Organization,
    Thresholds,
    rows,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    AtlasError,
    MissingError,
    NotTheApiError,
    NotTriedError,
    OptionError,
    PartialError,
    RequestError,
    RightsError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._facts import (
    Entries,
    Questions,
    personal_key,
    programmatic_key,
    service_account,
    with_list,
    with_projects,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import ORGANIZATIONS, Request
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import object_ids
from ansible_collections.mongodb.atlas.plugins.module_utils._login_info import describe_unlisted
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import advice_of, read_items
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import EntryList, read_list
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import (
    AccountAccessList,
    GlobalAccessList,
    KeyAccessList,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import ApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    AccountProjects,
    ServiceAccounts,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import (
    UserApiKeys,
    keys_of,
    users_request,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._seen import (
    GLOBAL_API_KEY,
    ORG_API_KEY,
    SERVICE_ACCOUNT,
    USER_API_KEY,
    Seen,
    recognize,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client

_REQUIRED = "apiAccessListRequired"

_ON_ATLAS = (ORG_API_KEY, SERVICE_ACCOUNT)
"""The kinds that can log in to Atlas."""

_MOST_BUSY = 5
"""After so many parts in a row that the server was too busy for, the task stops: each one costs all repeats."""

_LIMITS = Thresholds()
_SETTINGS = "settings"
_LOGIN = "login"

INFO_OPTIONS: dict[str, dict[str, t.Any]] = {
    "org_id": {"type": "list", "elements": "str"},
    "kinds": {"type": "list", "elements": "str", "choices": list(KINDS)},
    "seen": {"type": "str", "no_log": False},
    "access_list": {"type": "bool", "default": True},
    "max_age": {"type": "float", "default": _LIMITS.max_age},
    "max_idle": {"type": "float", "default": _LIMITS.max_idle},
    "expires_within": {"type": "float", "default": _LIMITS.expires_within},
    "wide_prefix": {"type": "int", "default": _LIMITS.wide_prefix},
}
"""The options of the module ``credential_info``."""

Read = t.TypeVar("Read")


class WantedCredentials(t.NamedTuple):
    """The credentials that the options of a task ask for."""

    organizations: list[str] | None
    """The ids of the organizations; None for all that the login sees."""
    kinds: list[str] | None
    """The kinds; None for all that the server has."""
    seen: Seen | None
    """What was seen of the credential to look for; None for all credentials."""
    access_lists: bool
    thresholds: Thresholds


def wanted_credentials(options: t.Mapping[str, t.Any]) -> WantedCredentials:
    """Read the options of the module ``credential_info``.

    Raises:
        OptionError: A value cannot be used, or two options do not go together.
    """
    ids, kinds = options["org_id"], options["kinds"]
    for name, values in (("org_id", ids), ("kinds", kinds)):
        if values == []:  # a task that reads nothing would say that there is nothing
            raise OptionError(f"{name} must not be empty. To read all, leave out this option. Nothing was sent.")
    limits = Thresholds(*(options[name] for name in Thresholds._fields))
    for name, value in limits._asdict().items():
        most = 32 if name == "wide_prefix" else float("inf")
        if not 0 <= value <= most:  # every comparison with NaN is false, so it would hide findings
            allowed = "from 0 to 32" if name == "wide_prefix" else "of at least 0"
            raise OptionError(f"{name} must be a number {allowed}. Nothing was sent.")
    seen = None if options["seen"] is None else recognize(options["seen"])
    if seen and kinds and not set(kinds) & set(seen.kinds):
        raise OptionError(
            f"The text in seen has the form: {seen.form}. No credential of the kinds in kinds has this form. "
            "Nothing was sent."
        )
    return WantedCredentials(
        None if ids is None else object_ids("org_id", ids), kinds, seen, options["access_list"], limits
    )


def list_credentials(client: Client, wanted: WantedCredentials, task: Task) -> Result:
    """List credentials.

    Raises:
        PartialError: A part could not be read. The error holds everything that was read. If that is the list of the
            organizations, the error holds only the time of the server, which can prove when it refused a login.
    """
    reading = _Reading(client, wanted, task)
    try:
        reading.run()
    except RequestError as error:
        raise PartialError([error], 1, {"made_at": _time_of(client)}) from error
    return reading.result().complete()


class _Reading:
    """What a task has read so far."""

    def __init__(self, client: Client, wanted: WantedCredentials, task: Task) -> None:
        self._client = client
        self._wanted = wanted
        self._questions = Questions(task.login, wanted.seen)
        kinds = wanted.kinds or (_ON_ATLAS if client.api is ATLAS else KINDS)
        self._kinds = {kind for kind in kinds if wanted.seen is None or kind in wanted.seen.kinds}
        self._organizations: list[Organization] = []
        self._found: list[Credential] = []
        self._counts: dict[str | None, dict[str, int]] = {}
        """How many credentials of each kind were read, by the id of the organization; None for those of the server."""
        self._login: dict[str, t.Any] | None = None
        self._failures: list[AtlasError] = []
        self._tried = 0
        self._busy = 0
        """How many parts in a row the server was too busy for."""
        self._stopped = False
        self._missing: set[str] = set()
        """The parts that the server does not have."""
        self._users: set[str] = set()
        self._older: set[type[EntryList]] = set()
        """The lists that this server knows under the name of older servers."""

    def run(self) -> None:
        """Read everything.

        Raises:
            RequestError: The organizations could not be read.
        """
        documents = {each["id"].lower(): each for each in self._client.list_all(ORGANIZATIONS)}
        for organization_id in self._wanted.organizations or documents:
            if organization_id in documents:
                self._read_organization(organization_id, clean(documents[organization_id].get("name")) or "")
            else:
                missing = f"The login does not see the organization {organization_id}. Is org_id mistyped?"
                self._tried += 1
                self._fail(MissingError(missing), Credential(UNKNOWN, Organization(organization_id, "")))
        # A kind that the task names is read although org_id limits the others.
        if self._wanted.organizations is None or self._wanted.kinds:
            self._read_global_keys()
        self._login = self._describe_login(next(iter(documents)) if len(documents) == 1 else None)

    def result(self) -> Result:
        """Return what was read."""
        now = self._client.server_time
        if now is None:
            self._tried += 1
            self._failures.append(
                MissingError(
                    "The server does not tell its time in the header Date, so the result has no ages, and no flags "
                    "that depend on the time. Does a proxy remove this header?"
                )
            )
        seen = self._wanted.seen
        shown = [
            row
            for row in rows(self._found, self._wanted.thresholds, now)
            if seen is None or row.matches is True or row.error is not None
        ]
        values = {
            "changed": False,
            "credentials": [row._asdict() for row in shown],
            "organizations": [
                {**each._asdict(), "counts": self._counts.get(each.id, {})} for each in self._organizations
            ],
            "counts": _sum(self._counts.values()),
            "seen": seen and {"form": seen.form, "public_id": seen.public_id or None, "end": seen.end[-4:] or None},
            "login": self._login,
            "made_at": _time_of(self._client),
        }
        return Result(values, failures=self._failures, wanted=self._tried)

    def _try(self, read: t.Callable[[], Read], what: str) -> Read | AtlasError:
        """Read something, and return the error if that fails. After an error that stops the task, send nothing more."""
        self._tried += 1
        if self._stopped:
            return NotTriedError(f"The task stopped before it read {what}.")
        try:
            found = read()
        except RequestError as error:
            self._busy = self._busy + 1 if error.is_temporary else 0
            self._stopped = error.stops_task or self._busy == _MOST_BUSY
            return error
        self._busy = 0
        return found

    def _fail(self, error: AtlasError, part: Credential) -> None:
        self._failures.append(error)
        self._found.append(part._replace(error=str(error)))

    def _read_part(self, read: t.Callable[[], Read], part: Credential) -> Read | None:
        """Read a part that the server may not have. If that fails, the part becomes a credential with an error."""
        if part.kind in self._missing:
            return None
        owner = part.public_id or (part.organization.name if part.organization else "the server")
        found = self._try(read, f"{part.kind} of {owner}")
        if not isinstance(found, AtlasError):
            return found
        if isinstance(found, RequestError) and found.status == 404 and found.document.is_about_path(found.url):
            self._missing.add(part.kind)
            return None
        if isinstance(found, RightsError) and not self._wanted.kinds and part.kind in (GLOBAL_API_KEY, USER_API_KEY):
            advice = f"To leave out {part.kind}, name the other kinds in kinds."
            found = t.cast("RightsError", found.but(advice=f"{found.advice} {advice}"))
        self._fail(found, part)
        return None

    def _read_items(self, place: Resource, part: Credential) -> list[Item]:
        """Read the list of one kind, if the task asks for it and the server has it."""
        if part.kind not in self._kinds:
            return []
        items = self._read_part(lambda: read_items(self._client, place), part)
        if items is not None:
            self._counts_of(part).setdefault(part.kind, 0)
        return items or []

    def _add(self, *credentials: Credential) -> None:
        """Add credentials to the result."""
        for each in credentials:
            self._found.append(each)
            counts = self._counts_of(each)
            counts[each.kind] = counts.get(each.kind, 0) + 1

    def _counts_of(self, credential: Credential) -> dict[str, int]:
        return self._counts.setdefault(credential.organization and credential.organization.id, {})

    def _read_organization(self, organization_id: str, name: str) -> None:
        organization = Organization(organization_id, name)
        organization = organization._replace(access_list_required=self._demands_list(organization))
        self._organizations.append(organization)
        self._read_keys(organization)
        self._read_accounts(organization)
        self._read_users(organization)

    def _demands_list(self, organization: Organization) -> bool | str:
        """Read whether an organization demands access lists. Only Atlas tells."""
        if self._client.api is not ATLAS:
            return UNKNOWN

        def read() -> bool:
            answer = self._client.send(Request("GET", f"/orgs/{organization.id}/settings", version=V2_KEYS))
            required = answer.data.get(_REQUIRED) if isinstance(answer.data, dict) else None
            if isinstance(required, bool):
                return required
            problem = f"HTTP {answer.status}, but the answer does not say whether {_REQUIRED} is true or false"
            raise NotTheApiError(answer.method, answer.url, problem, status=answer.status)

        required = self._read_part(read, Credential(_SETTINGS, organization))
        return UNKNOWN if required is None else required

    def _read_keys(self, organization: Organization) -> None:
        place = ApiKeys(organization.id)
        for item in self._read_items(place, Credential(ORG_API_KEY, organization)):
            key = programmatic_key(self._questions, organization, item)
            if self._needs_details(key):
                entries = self._read_entries(KeyAccessList(organization.id, item.id))
                if _is_gone(place, item, entries):
                    continue
                key = with_list(key, self._told(entries))
            self._add(key)

    def _read_global_keys(self) -> None:
        items = self._read_items(ApiKeys(None), Credential(GLOBAL_API_KEY, None))
        keys = [programmatic_key(self._questions, None, item) for item in items]
        if any(map(self._needs_details, keys)):
            entries = self._told(self._read_entries(GlobalAccessList()))  # one list is for all of them
            keys = [with_list(key, entries) if self._needs_details(key) else key for key in keys]
        self._add(*keys)

    def _read_accounts(self, organization: Organization) -> None:
        place, part = ServiceAccounts(organization.id), Credential(SERVICE_ACCOUNT, organization)
        items = self._read_items(place, part)
        of_system = self._system_accounts(place, part, items)
        for item in items:
            account, secrets = service_account(self._questions, organization, item, is_of_system=item.id in of_system)
            if any(map(self._needs_details, [account, *secrets])):
                entries = self._read_entries(AccountAccessList(organization.id, item.id))
                if _is_gone(place, item, entries):
                    continue
                account = with_list(account, self._told(entries))
                projects = self._read_entries(AccountProjects(organization.id, item.id))
                account = with_projects(account, self._told(projects))
            shared = account.access_list, account.projects
            self._add(account, *(each._replace(access_list=shared[0], projects=shared[1]) for each in secrets))

    def _system_accounts(self, place: ServiceAccounts, part: Credential, items: t.Sequence[Item]) -> set[str]:
        """Return the ids of the accounts of the system. If the accounts do not tell, a list without those does."""
        told = {item.id for item in items if item.fields["system_managed"]}
        if all(item.fields["system_managed"] is not None for item in items):
            return told
        request = place.user_list_request()
        others = self._read_part(lambda: self._client.list_all(request, identity=place.identity), part)
        return told if others is None else {item.id for item in items} - {each[place.identity] for each in others}

    def _read_users(self, organization: Organization) -> None:
        part = Credential(USER_API_KEY, organization)
        if part.kind not in self._kinds:
            return

        def read() -> list[dict[str, t.Any]]:
            with advice_of(UserApiKeys(None)):
                return self._client.list_all(users_request(organization.id))

        for user in self._read_part(read, part) or []:
            if user["id"] in self._users:  # of another organization, too
                continue
            self._users.add(user["id"])
            place = keys_of(user)
            for item in self._read_items(place, part._replace(public_id=place.user_name)):
                self._add(personal_key(self._questions, organization, user, place.user_name, item))

    def _needs_details(self, credential: Credential) -> bool:
        """Tell whether the task reads what only a request about this credential tells."""
        return self._wanted.access_lists and credential.matches is not False

    def _read_entries(self, place: EntryList) -> Entries:
        """Read a list of one credential, under the name that this server has for it."""
        if type(place) in self._older:
            place = place.older() or place
        found = self._try(lambda: read_list(self._client, place), place.name())
        if isinstance(found, AtlasError):
            return found
        there, entries = found
        if there is not place:
            self._older.add(type(place))
        return [there.describe(entry) for entry in entries]

    def _told(self, entries: Entries) -> Entries:
        """Return the entries. If they are an error, note it as a failure of the task."""
        if isinstance(entries, AtlasError):
            self._failures.append(entries)
        return entries

    def _describe_login(self, organization_id: str | None) -> dict[str, t.Any] | None:
        """Describe the login by its own credential, or ask the server if the task has not read that one."""
        own = next((each for each in self._found if each.own_login is True), None)
        if own is None:
            login = self._questions.login
            return self._read_part(
                lambda: describe_unlisted(self._client, login, organization_id), Credential(_LOGIN, None)
            )
        return {
            "kind": own.kind,
            "id": own.id,
            "name": own.name if own.kind == SERVICE_ACCOUNT else own.public_id,
            "roles": list(own.roles),
            "org_id": own.organization.id if own.organization else None,
        }


def _is_gone(place: Resource, item: Item, entries: Entries) -> bool:
    """Tell whether the server says that a listed object does not exist: lists lag behind."""
    return isinstance(entries, RequestError) and place.says_gone(entries, item.id)


def _time_of(client: Client) -> str | None:
    """Return the time of the last answer by the clock of the server; None if the server does not tell it."""
    now = client.server_time
    return None if now is None else timestamp(now)


def _sum(counts: t.Iterable[t.Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for kind, number in each.items():
            total[kind] = total.get(kind, 0) + number
    return total
