#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.service_account."""

DOCUMENTATION = r"""
module: service_account
short_description: Manage service accounts of an organization of MongoDB Atlas and Cloud Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Makes, changes and deletes the service accounts of an organization.
  - A new secret is handed over exactly once, in a file or in the result, or the account does not stay.
  - Atlas and Cloud Manager have service accounts, Ops Manager has none.
attributes:
  check_mode:
    support: full
    details:
      - The module reads the accounts, and reports the change that it would make. The result then has no secret.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  account_id:
    description:
      - One or several accounts. Each is named by its client id, which is C(mdb_sa_id_) and 24 hexadecimal digits.
      - With O(state=present), each account must exist.
      - If a value is not a client id, the task fails before it sends anything.
      - Exactly one of O(account_id) and O(name) is required. This module cannot rename an account.
    type: list
    elements: str
  name:
    description:
      - The name of the account. The task is about the only account that has exactly this name.
      - With O(state=present), the task makes the account if there is none.
      - If several accounts have this name, the task fails and lists them.
      - The name has at most 64 characters. They can be letters, numbers, spaces, and the characters C(- _ . , '). The
        first and the last one must not be a space.
      - The task ignores accounts that Atlas manages itself.
    type: str
  description:
    description:
      - The description of the account, with at most 230 characters of the same kinds as in O(name). The task needs it
        to make an account. Without it, the description of an account that exists stays as it is.
      - The description must not end like the mark of an unfinished account, such as C(unfinished 1a2b3c4d).
    type: str
  roles:
    description:
      - The roles of the account in the organization, in any order. The account gets these roles and loses all others
        of the organization. Its roles in projects stay as they are.
      - The task needs this option to make an account. Without this option, the roles of an account that exists stay as
        they are.
      - The server decides which roles exist. If it refuses a role, the message names it.
    type: list
    elements: str
  secret_valid_for:
    description:
      - How many hours the secret of a new account is valid, from 8 to 8760. The settings of the organization may allow
        less. Then the server refuses the account.
      - The task needs this option to make an account. It does not change an account that exists.
    type: int
  client_secret_path:
    description:
      - The file that takes the secret of a new account, on the host where the module runs. The file holds the secret
        alone, without a line break, and only its owner can read it. The secret is then not in the result.
      - The task finds out whether it can write the file before it sends anything.
      - If the task would make an account and the file exists, the task fails, because the file may hold a secret that
        somebody needs.
      - If the account exists, the task checks that the file ends like one of the secrets of the account that have not
        expired. The server shows only their last four characters. If the file ends differently or does not exist,
        O(missing_secret) decides whether the task fails.
      - With O(state=absent), the task removes the file if it ends like a secret of the account that it deletes.
    type: path
  missing_secret:
    description:
      - Whether the task fails if the account exists, and the file O(client_secret_path) does not hold a valid secret of
        the account. Only the task that made a secret knew this secret, so no later task can write it.
      - With V(fail), the task fails. With V(warn), the task warns and goes on.
    type: str
    choices: [fail, warn]
    default: fail
  state:
    description:
      - With V(present), the account exists with this description and these roles.
      - With V(absent), the account does not exist. An account is reported gone only when the server said so about that
        account.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
  - mongodb.atlas.organization
notes:
  - To change accounts, the login needs the role C(ORG_OWNER). To read them, C(ORG_READ_ONLY) is enough.
  - Only the answer that makes a secret shows it. Use O(client_secret_path), or set C(no_log=true) and register the
    result. Without both, the task warns, because Ansible prints and logs results.
  - If the task cannot finish a new account, it deletes the account again. If it cannot do that either, the message
    names the account that is left. If the keyword C(timeout) or the signal SIGKILL ends a task, an account may stay
    whose description ends with C(unfinished) and eight hexadecimal digits. The next task with the same O(name) deletes
    this account if it is older than an hour.
  - With C(async), use O(client_secret_path). Otherwise the task fails before it sends anything, because Ansible keeps
    the result in a file that others can read.
  - If several hosts could run the task, set C(run_once=true).
  - If the task deletes the account that it logs in with, it deletes this account last, and warns. After that, it cannot
    revoke its token, and warns about that, too.
seealso:
  - module: mongodb.atlas.service_account_info
"""

EXAMPLES = r"""
- name: Make a service account, and let a file take its secret
  mongodb.atlas.service_account:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    name: backup
    description: Backup scripts, asked for by the storage team
    roles: [ORG_READ_ONLY]
    secret_valid_for: 2160
    client_secret_path: /etc/backup/client_secret
  register: backup
  run_once: true

- name: Write the client id, which is not a secret, beside it
  ansible.builtin.copy:
    content: "{{ backup.service_account.id }}"
    dest: /etc/backup/client_id
    mode: "0644"
  when: backup.service_account.id is not none

- name: Make a service account, and register its secret
  mongodb.atlas.service_account:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    name: backup
    description: Backup scripts, asked for by the storage team
    roles: [ORG_READ_ONLY]
    secret_valid_for: 2160
  register: made
  no_log: true
  run_once: true

- name: Hand the secret over, in the run that made the account
  ansible.builtin.copy:
    content: "{{ made.client_secret }}"
    dest: /etc/backup/client_secret
    mode: "0600"
  when: made.client_secret is defined
  no_log: true
  diff: false

- name: Give a service account other roles
  mongodb.atlas.service_account:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    account_id: mdb_sa_id_5e2b17a09ccf64b7c8d90f53
    roles: [ORG_READ_ONLY, ORG_MEMBER]

- name: Delete a service account and the file with its secret
  mongodb.atlas.service_account:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    name: backup
    client_secret_path: /etc/backup/client_secret
    state: absent
"""

RETURN = r"""
service_accounts:
  description: The accounts of the task. If O(account_id) is set, the list has one item per id, in their order.
  returned: success, and on failure if the task knows them
  type: list
  elements: dict
  contains:
    id:
      description: The client id of the account; V(null) in check mode if the task would make the account.
      returned: always
      type: str
      sample: mdb_sa_id_5e2b17a09ccf64b7c8d90f53
    changed:
      description: Whether the task changed this account, or in check mode would change it.
      returned: always
      type: bool
    state:
      description: The state of the account now, V(present) or V(absent); V(null) if it is not known.
      returned: always
      type: str
    name:
      description: The name.
      returned: if the task read the account
      type: str
    description:
      description: The description.
      returned: if the task read the account
      type: str
    roles:
      description: The names of the roles that the account has in the organization.
      returned: if the task read the account
      type: list
      elements: str
    secrets:
      description: The secrets of the account. An expired secret is in the list until somebody deletes it.
      returned: if the task read the account
      type: list
      elements: dict
      contains:
        id:
          description: The id of the secret.
          returned: always
          type: str
        created_at:
          description: The time when the secret was made, in UTC.
          returned: always
          type: str
        expires_at:
          description: The time when the secret expires, in UTC.
          returned: always
          type: str
        last_used_at:
          description: The time when the secret was last used, in UTC; V(null) if nobody used it.
          returned: always
          type: str
        masked_secret:
          description: The masked secret. Only its last four characters are readable.
          returned: always
          type: str
          sample: mdb_sa_sk_...AOk5
    created_at:
      description: The time when the account was made, in UTC.
      returned: if the task read the account
      type: str
    system_managed:
      description: Whether Atlas manages the account itself; V(null) if the server does not say.
      returned: if the task read the account
      type: bool
service_account:
  description: The account, if the task is about one. It has the fields of an item of RV(service_accounts).
  returned: success, and on failure if the task is about one account
  type: dict
client_secret:
  description: The secret of the account that the task made. It is in no other field, and no later task can get it.
  returned: if the task made an account, O(client_secret_path) is not set, and the task does not run in check mode
  type: str
org_id:
  description: The id of the organization.
  returned: success
  type: str
  sample: 5e2b0f6a9ccf64c8a1d0e311
status_code:
  description: The HTTP status of the response that made the task fail.
  returned: on failure, if there was a response
  type: int
  sample: 404
error_code:
  description: The C(errorCode) in that response.
  returned: on failure, if the response had one
  type: str
  sample: ORG_NOT_FOUND
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Not Found
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: No organization with ID 5e2b0f6a9ccf64c8a1d0e311 exists.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import PLACE_OPTIONS, run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._named import ensure_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    ACCOUNT_OPTIONS,
    wanted_accounts,
)


def main() -> None:
    """Run the module."""
    run_module({"org_id": PLACE_OPTIONS["org_id"], **ACCOUNT_OPTIONS}, wanted_accounts, ensure_named)


if __name__ == "__main__":
    main()
