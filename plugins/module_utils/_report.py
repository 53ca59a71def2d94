# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the results of ``credential_info`` on several servers into one report. Nothing here reads or writes anything.

The report is plain data: texts for the screen, the table for CSV, and sorted groups for the HTML template.
"""

from __future__ import annotations

import csv
import html
import io
import typing as t
from urllib.parse import urlsplit

from ansible_collections.mongodb.atlas.plugins.module_utils._credentials import (
    FLAGS,
    NOT_APPLICABLE,
    SEVERITIES,
    UNKNOWN,
    Thresholds,
    worse_or_equal,
)

Given = t.Mapping[str, t.Any]
"""A row of ``credentials``."""

_LIMITS = Thresholds()
_MOST_LINES = 20
_MOST_NAMED = 5
_NO_FINDING = "none"
_TITLES = {**{name: name.capitalize() for name in SEVERITIES}, _NO_FINDING: "No finding"}

KIND_TITLES = {
    "org_api_key": "API key",
    "global_api_key": "Global API key",
    "service_account": "Service account",
    "service_account_secret": "Secret of a service account",
    "user_api_key": "Personal API key",
    "access_token": "Access token of a service account",
    "settings": "Settings of the organization",
    "login": "Login",
    UNKNOWN: "Organization",
}
"""The kinds of rows and logins as readers know them, in the order of the report."""

MEANINGS = {
    "OPEN": (
        "Its access list allows every address.",
        "Replace that entry with the addresses from which the credential is used.",
    ),
    "NO_ACCESS_LIST": (
        "It has no access list, and its organization demands none, so it can be used from every address.",
        "Give it an access list.",
    ),
    "ORG_OWNER": (
        "It can do everything in its organization, and make more credentials there.",
        "Give it only the roles that it needs.",
    ),
    "GLOBAL_OWNER": (
        "It can do everything on the whole Ops Manager.",
        "Give it only the roles that it needs.",
    ),
    "ALL_SECRETS_EXPIRED": (
        "All secrets of the service account have expired, so nothing can log in with it.",
        "Delete the service account, or make a new secret if something needs it.",
    ),
    "PROJECT_OWNER": (
        "It can do everything in at least one project.",
        "Give it only the roles that it needs.",
    ),
    "WIDE": (
        f"Its access list has a large block of addresses: shorter than /{_LIMITS.wide_prefix}, or for IPv6 shorter "
        f"than /{2 * _LIMITS.wide_prefix}.",
        "Replace the block with smaller ones.",
    ),
    "OLD": (
        f"It is older than {_LIMITS.max_age} days.",
        "Rotate the key, or renew the secret.",
    ),
    "UNUSED": (
        f"Nobody has used it for {_LIMITS.max_idle} days.",
        "Ask its owner, and revoke it if nobody needs it.",
    ),
    "NEVER_USED": (
        "It is older than a week, and nobody has ever used it.",
        "Ask its owner, and revoke it if nobody needs it.",
    ),
    "SECRET_EXPIRING": (
        f"The secret expires within {_LIMITS.expires_within} days. Then every script that uses it fails.",
        "Renew the secret before it expires.",
    ),
    "LIST_UNKNOWN": (
        "A part of its access list could not be read, so the report cannot tell from where it can be used.",
        "Read the error beside it, and repeat the audit with a login that may read the list.",
    ),
    "SECRET_EXPIRED": (
        "The secret has expired. It takes one of the two places that an account has for secrets.",
        "Delete the secret.",
    ),
    "ORPHAN": (
        "It is a member of its organization, but it is in no project.",
        "Revoke it if nobody needs it.",
    ),
    "UNFINISHED": (
        "A task began to make it, and did not finish.",
        "Run the task again, which tidies up, or revoke it.",
    ),
    "REPLACED": (
        "A rotation has replaced it with a new key, and revokes it later.",
        "If it stays for longer than planned, check whether the rotation still runs.",
    ),
    "SAME_DESCRIPTION": (
        "Another credential of this kind and organization has the same name.",
        "Give each of them a name that tells who uses it.",
    ),
    "SYSTEM_MANAGED": (
        "The server made this service account for itself.",
        "Do nothing, unless you do not know the service that it is for.",
    ),
    "OWN_LOGIN": (
        "The audit logged in with it.",
        "Do nothing. If you revoke it, the next audit needs another login.",
    ),
    "DISABLED": (
        "It is suspended, so nobody can log in with it.",
        "Revoke it when nobody needs it any more.",
    ),
}
"""The meaning of each flag, and what to do about it, in one sentence each."""

_COLUMNS = (
    "severity",
    "flags",
    "kind",
    "name",
    "public_id",
    "id",
    "organization",
    "organization_id",
    "created_at",
    "age_days",
    "highest_role",
    "roles",
    "projects",
    "open_to",
    "access_list",
    "last_used_at",
    "expires_at",
    "secret_id",
    "secret_end",
    "own_login",
    "error",
)
"""The fields of a row in the CSV file, after the name of the server."""


class Server(t.NamedTuple):
    """One server, and the result of the module ``credential_info`` there."""

    name: str
    """The name in the inventory."""
    address: str
    result: Given
    """The result of the task; empty if the task did not run."""

    @property
    def was_read(self) -> bool:
        """Whether the task read at least the organizations."""
        return "credentials" in self.result

    @property
    def rows(self) -> list[Given]:
        """The rows of the server, with those that hold only an error."""
        return list(self.result.get("credentials") or [])


class Found(t.NamedTuple):
    """A row, and the server that it is on."""

    server: str
    row: Given

    @property
    def is_credential(self) -> bool:
        """Whether this is a credential; otherwise it is a part that could not be read."""
        return self.row["id"] is not None


def report_on(servers: t.Sequence[Server], fail_on: str | None = None) -> dict[str, t.Any]:
    """Make one report of the results on several servers.

    Args:
        servers: The servers with the results of their tasks.
        fail_on: The severity from which findings are problems; None if no finding is.

    Returns:
        ``was_read``, ``problems``, ``summary``, ``lines`` (for the screen), ``csv``, and ``page`` for the HTML
        template, in which every text is escaped.
    """
    found = sorted((Found(server.name, _settled(row)) for server in servers for row in server.rows), key=_order)
    credentials = [each for each in found if each.is_credential]
    unread = [*_unread_servers(servers), *(_unread(each) for each in found if each.row["error"])]
    counts = dict.fromkeys((*SEVERITIES, _NO_FINDING), 0)
    for each in credentials:
        counts[_severity(each)] += 1
    summary = _summary(servers, len(credentials), counts)
    page = {
        "summary": summary,
        "several_servers": len(servers) > 1,
        "servers": [_describe_server(server) for server in servers],
        "unread": unread,
        "flags": _explain(credentials),
        "groups": [
            {
                "severity": name,
                "title": _TITLES[name],
                "rows": [_describe(each) for each in credentials if _severity(each) == name],
            }
            for name, count in counts.items()
            if count
        ],
    }
    return {
        "was_read": any(server.was_read for server in servers),
        "problems": [*_incomplete(unread), *_findings(credentials, fail_on)],
        "summary": summary,
        "lines": [summary, *_lines(credentials), *(f"NOT READ: {_sentence(each)}" for each in unread)],
        "csv": _csv(found),
        "page": _escape(page),
    }


def _escape(value: t.Any) -> t.Any:
    """Escape every text in a value for HTML. Templates of Ansible cannot do that by themselves."""
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, dict):
        return {name: _escape(each) for name, each in value.items()}
    return [_escape(each) for each in value] if isinstance(value, list) else value


def csv_cell(value: t.Any) -> str:
    """Return a value as a cell that no spreadsheet calculates (OWASP, "CSV Injection")."""
    text = _text(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _settled(row: Given) -> Given:
    """Return a row with its roles and projects in order. Servers shuffle them, and the report must not change."""
    projects = row["projects"]
    if not isinstance(projects, str):
        projects = sorted(
            ({"project_id": each["project_id"], "roles": sorted(each["roles"])} for each in projects),
            key=lambda project: str(project["project_id"]),
        )
    return {**row, "roles": sorted(row["roles"]), "projects": projects}


def _order(found: Found) -> tuple[t.Any, ...]:
    """Sort by severity, server, organization, kind and age; the oldest first."""
    row = found.row
    kinds = list(KIND_TITLES)
    age = row["age_days"] if isinstance(row["age_days"], int) else -1
    name, public_id, secret_id = (row[key] or "" for key in ("name", "public_id", "secret_id"))
    place = (row["organization"] or "").lower(), row["organization_id"] or ""
    return (_rank(found), found.server, *place, kinds.index(row["kind"]), -age, name.lower(), public_id, secret_id)


def _rank(found: Found) -> int:
    return [*SEVERITIES, _NO_FINDING].index(_severity(found))


def _severity(found: Found) -> str:
    return str(found.row["severity"] or _NO_FINDING)


def _text(value: t.Any) -> str:
    """Return a value of a row as text: nothing for None, and spaces between the items of a list."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " ".join(_text(each) for each in value)
    if isinstance(value, dict):
        is_project = "project_id" in value
        return f"{value['project_id']}:{','.join(value['roles'])}" if is_project else str(value["id"])
    return str(value)


def _csv(found: t.Sequence[Found]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(("server", *_COLUMNS))
    for each in found:
        writer.writerow([csv_cell(each.server), *(csv_cell(each.row[name]) for name in _COLUMNS)])
    return file.getvalue()


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _summary(servers: t.Sequence[Server], total: int, counts: t.Mapping[str, int]) -> str:
    organizations = sum(len(server.result.get("organizations") or []) for server in servers)
    read = sum(server.was_read for server in servers)
    on_servers = f" on {read} of {len(servers)} servers" if len(servers) > 1 else ""
    found = [f"{counts[name]} {name}" for name in SEVERITIES if counts[name]]
    if counts[_NO_FINDING] or not total:
        found.append(f"{counts[_NO_FINDING]} without a finding")
    return (
        f"{_number(total, 'credential')} of {_number(organizations, 'organization')}{on_servers}: {', '.join(found)}."
    )


def _lines(credentials: t.Sequence[Found]) -> list[str]:
    """Return a line for each of the worst findings."""
    findings = [each for each in credentials if each.row["severity"]]
    lines = [
        f"{_severity(each):8}  {', '.join(each.row['flags'])}  {_name(each)}, {each.row['organization'] or 'global'}, "
        f"{each.server}"
        for each in findings[:_MOST_LINES]
    ]
    left = len(findings) - len(lines)
    return [*lines, f"The report has {left} more with findings."] if left else lines


def _name(found: Found) -> str:
    """Return the words that tell a reader which credential or part a row is."""
    row = found.row
    end = _end(row)
    secret = f" ending in {end}" if end and row["kind"] == "service_account_secret" else ""
    named = [str(value) for value in (row["public_id"], row["name"] and f"({row['name']})") if value]
    return " ".join([f"{KIND_TITLES[row['kind']]}{secret}", *named])


def _incomplete(unread: t.Sequence[t.Mapping[str, str]]) -> list[str]:
    if not unread:
        return []
    some = " ".join(_sentence(each) for each in unread[:_MOST_NAMED])
    left = len(unread) - _MOST_NAMED
    more = f" The report names {left} more." if left > 0 else ""
    return [f"The report is incomplete, because {_number(len(unread), 'part')} could not be read: {some}{more}"]


def _findings(credentials: t.Sequence[Found], fail_on: str | None) -> list[str]:
    bad = [each for each in credentials if fail_on and worse_or_equal(each.row["severity"], fail_on)]
    if not bad:
        return []
    some = "; ".join(f"{_name(each)}: {', '.join(each.row['flags'])}" for each in bad[:_MOST_NAMED])
    left = len(bad) - _MOST_NAMED
    more = f"; and {left} more" if left > 0 else ""
    return [f"{_number(len(bad), 'credential')} with a finding of the severity {fail_on} or worse: {some}{more}."]


def _unread_servers(servers: t.Sequence[Server]) -> list[dict[str, str]]:
    """Return the servers that could not be read at all, or whose task failed without naming a part."""
    silent = "The task did not run. The output of the playbook tells why."
    unread = []
    for server in servers:
        names_part = any(row["error"] for row in server.rows)
        error = None if names_part else server.result.get("msg", None if server.was_read else silent)
        if error:
            unread.append({"place": f"{server.name}, everything", "error": _one_line(error)})
    return unread


def _unread(found: Found) -> dict[str, str]:
    row = found.row
    places = [found.server, row["organization"] or row["organization_id"], _name(found)]
    return {"place": ", ".join(place for place in places if place), "error": _one_line(row["error"])}


def _one_line(text: t.Any) -> str:
    """Return a message in one line that ends like a sentence."""
    line = " ".join(str(text).split())
    return line if line.endswith(".") else f"{line}."


def _sentence(unread: t.Mapping[str, str]) -> str:
    return f"{unread['place']}: {unread['error']}"


def _explain(credentials: t.Sequence[Found]) -> list[dict[str, t.Any]]:
    """Return the flags that occur, the worst first."""
    counts = {name: sum(name in each.row["flags"] for each in credentials) for name in FLAGS}
    return [
        {
            "name": name,
            "severity": FLAGS[name].severity,
            "number": _number(count, "credential"),
            "meaning": MEANINGS[name][0],
            "action": MEANINGS[name][1],
        }
        for name, count in counts.items()
        if count
    ]


def _describe_server(server: Server) -> dict[str, t.Any]:
    result = server.result
    return {
        "name": server.name,
        "address": _without_login(server.address),
        "was_read": server.was_read,
        "login": _login(server),
        "made_at": _time(result.get("made_at")) or UNKNOWN,
        "global_keys": sum(row["kind"] == "global_api_key" and row["id"] is not None for row in server.rows),
        "organizations": [
            {
                "name": each["name"],
                "id": each["id"],
                "access_list_required": _text(each["access_list_required"]),
                "counts": _counts(each["counts"]),
            }
            for each in result.get("organizations") or []
        ],
    }


def _without_login(address: str) -> str:
    """Return an address without a user name and password, which the modules refuse."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _login(server: Server) -> str:
    """Describe the login by its own row, if there is one, which has more names."""
    login = server.result.get("login")
    if not login:
        return UNKNOWN
    own = next(
        (row for row in server.rows if row["id"] and (row["kind"], row["id"]) == (login["kind"], login["id"])), None
    )
    name = (
        _name(Found("", own))
        if own
        else " ".join(filter(None, [KIND_TITLES[login["kind"]], login["name"] or login["id"]]))
    )
    return f"{name} with {', '.join(sorted(login['roles']))}" if login["roles"] else name


def _counts(counts: t.Mapping[str, int]) -> str:
    """Return how many credentials of each kind were read, in the order of the report."""
    return ", ".join(f"{KIND_TITLES[kind]}: {counts[kind]}" for kind in KIND_TITLES if counts.get(kind)) or "none"


def _describe(found: Found) -> dict[str, t.Any]:
    """Describe a credential as the HTML template shows it."""
    row = found.row
    ids = [row["public_id"], row["secret_id"] if row["secret_id"] != NOT_APPLICABLE else row["id"]]
    named = row["name"] or row["public_id"] or row["id"]
    age = row["age_days"]
    return {
        "name": named,
        "ids": [each for each in dict.fromkeys(ids) if each and each != named],
        "kind": KIND_TITLES[row["kind"]],
        "end": _end(row),
        "server": found.server,
        "organization": row["organization"] or "The whole server",
        "roles": [*row["roles"]],
        "projects": _projects(row["projects"]),
        "open_to": _blocks(row["open_to"]),
        "created": _day(row["created_at"]) or UNKNOWN,
        "age": _number(age, "day") if isinstance(age, int) else "",
        "used": _day(row["last_used_at"]) or "never",
        "expires": _day(row["expires_at"]) or "never",
        "flags": row["flags"],
        "error": row["error"],
    }


def _end(row: Given) -> str | None:
    """Return the end of a secret if the server shows it."""
    return row["secret_end"] if row["secret_end"] != UNKNOWN else None


def _projects(projects: t.Any) -> list[str]:
    if isinstance(projects, str):
        return [] if projects == NOT_APPLICABLE else [f"projects: {projects}"]
    return [f"{', '.join(each['roles'])} in {each['project_id']}" for each in projects]


def _blocks(blocks: t.Any) -> list[str]:
    if isinstance(blocks, str):
        return [blocks]
    return list(blocks) or ["nowhere"]


def _day(time: str | None) -> str | None:
    return time.partition("T")[0] if time else None


def _time(time: str | None) -> str | None:
    """Return a time in the form that people read: ``2026-01-24 16:11 UTC``."""
    return f"{time[:10]} {time[11:16]} UTC" if time else None
