#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.project_service_account."""

DOCUMENTATION = r"""
module: project_service_account
short_description: Manage the place of service accounts in a project of MongoDB Atlas and Cloud Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Puts service accounts of an organization into a project, changes their roles there, and takes them out again.
  - A service account that leaves a project still exists. It can still log in, with its roles in the organization and in
    other projects.
  - Atlas and Cloud Manager have service accounts, Ops Manager does not.
options:
  account_id:
    description:
      - One or several service accounts of the organization that the project belongs to. Each is named by its client id,
        which is V(mdb_sa_id_) and 24 hexadecimal digits.
      - With O(state=present), the task puts the service accounts that are not in the project there. That needs
        O(roles).
      - If a value is not a client id, the task fails before it sends anything.
    type: list
    elements: str
    required: true
  roles:
    description:
      - The roles of the service account in the project, in any order. The service account loses all other roles in the
        project. Its roles in the organization and in other projects stay as they are.
      - The task needs this option to put a service account into the project. Without this option, the roles of a
        service account in the project stay as they are.
      - The server decides which roles exist. If it refuses a role, the message names it.
    type: list
    elements: str
  state:
    description:
      - With V(present), the service account is in the project with these roles.
      - With V(absent), the service account is not in the project. It still exists in the organization, and can still
        log in.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    details:
      - The module reads the service accounts in the project, and reports the change that it would make. Check mode
        cannot tell whether a service account that is not in the project exists.
  diff_mode:
    support: full
  idempotent:
    support: full
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
  - mongodb.atlas.project
notes:
  - To put a service account into a project, the login needs the role C(ORG_OWNER). To change its roles there and to
    take it out, C(GROUP_OWNER) is enough.
seealso:
  - module: mongodb.atlas.project_service_account_info
  - module: mongodb.atlas.project_api_key
"""

EXAMPLES = r"""
- name: Put service accounts of the organization into the project, or change their roles there
  mongodb.atlas.project_service_account:
    client_id: "{{ vault_atlas_client_id }}"
    client_secret: "{{ vault_atlas_client_secret }}"
    project_id: 5e2b10049ccf64c8a1d0e321
    account_id: [mdb_sa_id_5e2b173c9ccf64b7c8d90f52, mdb_sa_id_5e2b17a09ccf64b7c8d90f53]
    roles: [GROUP_READ_ONLY, GROUP_BACKUP_MANAGER]

- name: Take a service account out of the project
  mongodb.atlas.project_service_account:
    project_id: 5e2b10049ccf64c8a1d0e321
    account_id: mdb_sa_id_5e2b173c9ccf64b7c8d90f52
    state: absent
"""

RETURN = r"""
project_service_accounts:
  description: The service accounts of the task, in the order of O(account_id).
  returned: success, and on failure if the task knows them
  type: list
  elements: dict
  contains:
    id:
      description: The client id of the service account.
      returned: always
      type: str
    changed:
      description: Whether the task changed the place of this service account, or in check mode would change it.
      returned: always
      type: bool
    state:
      description: The state of the service account in the project now, V(present) or V(absent); V(null) if it is not
        known.
      returned: always
      type: str
    name:
      description: The name.
      returned: if the task read the service account
      type: str
    description:
      description: The description.
      returned: if the task read the service account
      type: str
    roles:
      description: The names of the roles that the service account has in the project. Roles that begin with C(ORG_) are
        left out.
      returned: if the task read the service account, or put it into the project
      type: list
      elements: str
    secrets:
      description: The secrets, each with C(id), C(created_at), C(expires_at), C(last_used_at) and C(masked_secret).
      returned: if the task read the service account
      type: list
      elements: dict
    created_at:
      description: The time when the service account was made, in UTC.
      returned: if the task read the service account
      type: str
    system_managed:
      description: Whether Atlas manages the service account itself; V(null) if the server does not say.
      returned: if the task read the service account
      type: bool
project_service_account:
  description: The service account, if the task is about one. It has the fields of an item of
    RV(project_service_accounts).
  returned: success, and on failure if the task is about one service account
  type: dict
msg:
  description: With O(state=absent), a reminder that the service accounts still exist in the organization. On failure,
    the error message.
  returned: with O(state=absent), and on failure
  type: str
project_id:
  description: The id of the project.
  returned: success
  type: str
  sample: 5e2b10049ccf64c8a1d0e321
status_code:
  description: The HTTP status of the response that made the task fail.
  returned: on failure, if there was a response
  type: int
  sample: 404
error_code:
  description: The C(errorCode) in that response.
  returned: on failure, if the response had one
  type: str
  sample: GROUP_NOT_FOUND
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Not Found
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: No group with ID 5e2b10049ccf64c8a1d0e321 exists.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import PLACE_OPTIONS, run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._named import ensure_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_service_account import (
    wanted_project_accounts,
)


def main() -> None:
    """Run the module."""
    run_module(
        {
            "project_id": PLACE_OPTIONS["project_id"],
            "account_id": {"type": "list", "elements": "str", "required": True},
            "roles": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        wanted_project_accounts,
        ensure_named,
    )


if __name__ == "__main__":
    main()
