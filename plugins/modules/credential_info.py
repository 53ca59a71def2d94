#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.credential_info."""

DOCUMENTATION = r"""
module: credential_info
short_description: List every credential of every kind that a login can see, with findings
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the programmatic keys, the global keys, the service accounts with their secrets, and the personal keys of all
    organizations that the login sees. Each credential is a row with flags and a severity.
  - If the module cannot read a part, the part becomes a row with RV(credentials[].error). The module goes on with the
    other parts. At the end, the task fails, and the result holds everything that it has read. So a task that succeeds
    has read everything that it was asked for.
  - With O(seen), the module finds the credential that a leaked text belongs to.
options:
  org_id:
    description:
      - The ids of the organizations. Without this option, the module reads all organizations that the login sees, and
        on Ops Manager the global keys, too. With it, the module reads global keys only if O(kinds) names them.
      - The module does not read the environment variables for an organization, and refuses an empty list.
    type: list
    elements: str
  kinds:
    description:
      - The kinds of credentials to list. Without this option, the module lists all kinds that the server has and that
        can log in. On Atlas, personal keys cannot log in, so there you have to name V(user_api_key).
      - V(service_account) includes the secrets of each account. Each secret is a row of the kind
        V(service_account_secret).
      - If the server does not have a kind, there are no rows of this kind. The module refuses an empty list.
    type: list
    elements: str
    choices: [org_api_key, global_api_key, service_account, user_api_key]
  seen:
    description:
      - The text that somebody has seen of a credential, such as a key or the end of a key. The result then holds only
        the rows that match this text, and the rows with an error.
      - The module recognizes these forms of keys. They are public key, private key, end of a private key (its last
        twelve characters), masked private key, public and private key (with a colon between them), and user name and
        personal key.
      - It recognizes these forms of service accounts. They are client id, client secret, masked client secret, and
        client id and client secret (with a colon between them). A client id alone means the account; everything else
        means one of its secrets.
      - Quotes, white space or C(NAME=) around the text do not matter. Put quotes around a text that has only digits.
      - The module also finds a whole secret in a longer text, such as a command, if there is only one.
      - The module at once reduces a whole secret to its end, and compares only this end. The module never sends the
        secret, and Ansible masks the secret.
      - The module refuses the connection string of a database, an access token, an e-mail address and the key of
        another vendor. The message gives advice, and does not repeat the text. Ansible masks the text.
      - The module reads only the kinds of credentials that can have the form of this text. It reads the access lists
        and projects only for the rows that match.
      - If the server does not show the end of a secret, the module cannot tell whether the secret was seen. Then
        RV(credentials[].matches) is V(unknown), and the task fails.
    type: str
  access_list:
    description:
      - Whether the module also reads the access lists, and the projects of service accounts. This takes one request for
        each key, and two for each service account.
      - If this option is false, RV(credentials[].access_list) is V(unknown), and so are the projects of service
        accounts. Then no flag depends on them.
    type: bool
    default: true
  max_age:
    description: The highest age of a key or secret in days. If a key or secret is older, it gets the flag C(OLD).
    type: float
    default: 90
  max_idle:
    description: The longest time without use in days. If nobody has used a key or secret for longer, it gets the flag
      C(UNUSED).
    type: float
    default: 45
  expires_within:
    description: If a secret expires within this number of days, it gets the flag C(SECRET_EXPIRING).
    type: float
    default: 14
  wide_prefix:
    description:
      - If a block of IPv4 addresses on an access list has a shorter prefix, the credential gets the flag C(WIDE). For
        IPv6, the limit is twice this number, so that V(16) means C(/32).
      - Blocks that are next to each other count as one block.
    type: int
    default: 16
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
notes:
  - The module cannot list credentials that the login does not see. A login with the role C(ORG_OWNER) sees everything
    in its organization; C(ORG_READ_ONLY) may not read the access lists of keys. To read global keys and the personal
    keys of all users, a login needs C(GLOBAL_OWNER) or, for global keys, C(GLOBAL_READ_ONLY).
  - The module sends one request for the organizations. For each organization, it sends one request for each kind, and
    on Atlas one for the settings. For personal keys, it also sends one request for each user. O(access_list) adds more
    requests. A list with several pages takes one request for each page.
  - If the server refuses the login while the module reads, the module sends nothing more. It also stops if the server
    is too busy for five parts in a row. Each part that it has not tried is a row with RV(credentials[].error).
  - The flags and their severities are C(OPEN) (critical); C(NO_ACCESS_LIST), C(ORG_OWNER), C(GLOBAL_OWNER) and
    C(ALL_SECRETS_EXPIRED) (high); C(PROJECT_OWNER), C(WIDE), C(OLD), C(UNUSED), C(NEVER_USED), C(SECRET_EXPIRING) and
    C(LIST_UNKNOWN) (medium); C(SECRET_EXPIRED), C(ORPHAN), C(UNFINISHED), C(REPLACED) and C(SAME_DESCRIPTION) (low);
    C(SYSTEM_MANAGED), C(OWN_LOGIN) and C(DISABLED) (info).
  - C(OPEN) means that the blocks on the access list together hold all IPv4 or all IPv6 addresses. C(NO_ACCESS_LIST)
    means that the list is empty, and that the organization does not demand one. C(LIST_UNKNOWN) means that the module
    could not read the list, or an entry of it.
  - C(NEVER_USED) means that the credential is older than seven days and that nobody has used it. C(ORPHAN) means that
    the credential is in no project, and has no role in the organization but C(ORG_MEMBER). C(UNFINISHED) means that a
    task of this collection began to make the credential and did not finish. C(REPLACED) means that a rotation of this
    collection has replaced the key with a new one.
  - The flags about roles and about the access list are on the row of a service account, and the flags about age and use
    are on the rows of its secrets.
seealso:
  - module: mongodb.atlas.login_info
  - module: mongodb.atlas.org_api_key_info
  - module: mongodb.atlas.service_account_info
  - module: mongodb.atlas.user_api_key_info
  - ref: ansible_collections.mongodb.atlas.docsite.guide_audit
    description: Audit every credential
"""

EXAMPLES = r"""
- name: List every credential that the login can see
  mongodb.atlas.credential_info:
  register: found

- name: Show the worst findings
  ansible.builtin.debug:
    msg: "{{ item.kind }} {{ item.public_id }} ({{ item.name }}): {{ item.flags | join(', ') }}"
  loop: "{{ found.credentials | selectattr('severity', 'in', ['critical', 'high']) }}"
  loop_control:
    label: "{{ item.id }}"

- name: Find a key by the end of its secret
  mongodb.atlas.credential_info:
    seen: c05e2d9f8163
  register: found
"""

RETURN = r"""
credentials:
  description:
    - The credentials, one row for each. V(null) means that the credential has no such value, V(n/a) that a credential
      of this kind never has one, and V(unknown) that the module could not read the value, or that the server does not
      tell it.
  returned: success, and on failure if the module could read the organizations
  type: list
  elements: dict
  sample:
    - kind: org_api_key
      id: 5e2b13009ccf64b7c8d90c45
      public_id: ctbmsjfi
      name: backup
      organization_id: 5e2b0f6a9ccf64c8a1d0e311
      organization: Example
      created_at: "2020-01-24T15:53:36Z"
      age_days: 24
      roles: [ORG_MEMBER]
      projects:
        - project_id: 5e2b10049ccf64c8a1d0e321
          roles: [GROUP_OWNER]
      highest_role: GROUP_OWNER
      access_list:
        - id: 0.0.0.0/1
          count: 17
          created_at: "2020-01-24T15:53:37Z"
          last_used: "2020-02-17T04:05:06Z"
          last_used_address: 192.0.2.1
      open_to: [0.0.0.0/1]
      last_used_at: "2020-02-17T04:05:06Z"
      expires_at: n/a
      secret_id: n/a
      secret_end: "8163"
      own_login: false
      matches: null
      flags: [PROJECT_OWNER, WIDE]
      severity: medium
      error: null
  contains:
    kind:
      description: The kind of the credential. A part that could not be read can also have the kind V(settings) or
        V(login), or V(unknown) for an organization that the login does not see.
      returned: always
      type: str
    id:
      description: The id of the key, or the client id of the service account; V(null) for a part that could not be
        read.
      returned: always
      type: str
    public_id:
      description: The public key, the client id, or the name of the user.
      returned: always
      type: str
    name:
      description: The description of a key, or the name of a service account.
      returned: always
      type: str
    organization_id:
      description: The id of the organization; V(null) for a global key. A personal key belongs to the first of the
        organizations of its user.
      returned: always
      type: str
    organization:
      description: The name of the organization.
      returned: always
      type: str
    created_at:
      description: The time when the credential was made, in UTC. For a programmatic key, it is the time in the id of
        the key.
      returned: always
      type: str
    age_days:
      description: The age in whole days by the clock of the server.
      returned: always
      type: raw
    roles:
      description: The names of the roles in the organization; for a global key, in the whole Ops Manager; for a
        personal key, all roles of its user but those in projects.
      returned: always
      type: list
      elements: str
    projects:
      description: The projects in which the credential has roles, as a list with C(project_id) and C(roles).
      returned: always
      type: raw
    highest_role:
      description: The role that lets the credential do the most; V(unknown) if the module could not read the projects,
        and a role there can be higher.
      returned: always
      type: str
    access_list:
      description: The entries of the access list, as the info module for this kind of list returns them. All global
        keys share one list. The module does not read the lists of users.
      returned: always
      type: raw
    open_to:
      description: The blocks of addresses from which the credential can be used, as few as possible. If the credential
        has no access list, the blocks depend on RV(organizations[].access_list_required).
      returned: always
      type: raw
    last_used_at:
      description: The time of the last use. For a programmatic key, the server tells this time only in the access list,
        so it is the newest time there. If the list has no entries, it is V(unknown).
      returned: always
      type: str
    expires_at:
      description: The time when a secret of a service account expires.
      returned: always
      type: str
    secret_id:
      description: The id of a secret of a service account.
      returned: always
      type: str
    secret_end:
      description: The last four characters of the secret. A service account itself has none.
      returned: always
      type: str
    own_login:
      description: Whether the task logs in with this credential. With an access token, the value is V(unknown) for
        service accounts.
      returned: always
      type: raw
    matches:
      description: Whether this is the credential that O(seen) is about; V(null) without O(seen).
      returned: always
      type: raw
    flags:
      description: The flags, the worst first.
      returned: always
      type: list
      elements: str
    severity:
      description: The severity of the worst flag; V(critical), V(high), V(medium), V(low) or V(info). V(null) if there
        is no flag.
      returned: always
      type: str
    error:
      description: The reason why the module could not read this part, or a part of this row.
      returned: always
      type: str
organizations:
  description: The organizations that the module has read.
  returned: success, and on failure if the module could read the organizations
  type: list
  elements: dict
  contains:
    id:
      description: The id of the organization.
      returned: always
      type: str
    name:
      description: The name of the organization.
      returned: always
      type: str
    access_list_required:
      description: Whether the organization demands an access list of each key and account; V(unknown) if the server
        does not tell.
      returned: always
      type: raw
    counts:
      description: How many credentials of each kind the module has read, including those that do not match O(seen). If
        the server does not have a kind, or if the module could not read its list, the kind is left out.
      returned: always
      type: dict
counts:
  description: How many credentials of each kind the module has read in all.
  returned: success, and on failure if the module could read the organizations
  type: dict
seen:
  description: The part of O(seen) that the module has recognized; V(null) without this option.
  returned: success, and on failure if the module could read the organizations
  type: dict
  contains:
    form:
      description: The name of the form.
      returned: always
      type: str
    public_id:
      description: The public key, the client id, or the name of the user.
      returned: always
      type: str
    end:
      description: The last four characters of the secret.
      returned: always
      type: str
login:
  description: The login of the task. If no list shows the login, the module sends one more request to find out who logs
    in.
  returned: success, and on failure if the module could read the organizations
  type: dict
  contains:
    kind:
      description: The kind of the login, as M(mongodb.atlas.login_info) returns it.
      returned: always
      type: str
    id:
      description: The id of the key, or the client id of the service account; V(null) if nobody knows.
      returned: always
      type: str
    name:
      description: The public key, the name of the user, or the name of the service account; V(null) if nobody knows.
      returned: always
      type: str
    roles:
      description: The names of the roles, as in RV(credentials[].roles); V(null) if nobody knows.
      returned: always
      type: list
      elements: str
    org_id:
      description: The id of the organization; V(null) if nobody knows.
      returned: always
      type: str
made_at:
  description: The time of the last answer by the clock of the server, in UTC; V(null) if the server does not tell it.
  returned: success, and on failure if the module sent a request
  type: str
  sample: "2026-01-24T16:11:40Z"
status_code:
  description: The HTTP status of the first response that made the task fail.
  returned: on failure, if there was a response
  type: int
  sample: 401
error_code:
  description: The C(errorCode) in that response.
  returned: on failure, if the response had one
  type: str
  sample: API_KEY_ACCESS_LIST_ACCESS_DENIED
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Unauthorized
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: The login may not read the access list.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._inventory import (
    INFO_OPTIONS,
    list_credentials,
    wanted_credentials,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._module import run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._seen import secrets_seen


def main() -> None:
    """Run the module."""
    run_module(
        INFO_OPTIONS, wanted_credentials, list_credentials, secrets=lambda given: secrets_seen(given.get("seen"))
    )


if __name__ == "__main__":
    main()
