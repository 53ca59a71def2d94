#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.service_account_info."""

DOCUMENTATION = r"""
module: service_account_info
short_description: List service accounts of an organization of MongoDB Atlas and Cloud Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the service accounts of an organization and their secrets. The secrets are masked. The module reads all pages
    of the list.
  - If the module cannot read the list, the task fails. It never returns an empty list instead.
  - Atlas and Cloud Manager have service accounts, Ops Manager has none.
options:
  account_id:
    description:
      - One or several accounts, each named by its client id, which is C(mdb_sa_id_) and 24 hexadecimal digits. The
        module returns only these accounts.
      - If one of them does not exist, the result leaves it out, and the task does not fail.
      - If a value is not a client id, the task fails before it sends anything.
    type: list
    elements: str
  name:
    description:
      - The module returns only the accounts with exactly this name. Several accounts can have the same name.
    type: str
  projects:
    description:
      - Read the projects of each account, too. That takes one more request for each account.
      - If the module cannot read the projects of an account, the task fails, and the message names the account.
    type: bool
    default: false
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
  - mongodb.atlas.organization
notes:
  - To read accounts, the login needs the role C(ORG_READ_ONLY) or C(ORG_OWNER).
seealso:
  - module: mongodb.atlas.service_account
"""

EXAMPLES = r"""
- name: List all service accounts
  mongodb.atlas.service_account_info:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
  register: accounts

- name: Show the service accounts with a secret that nobody has used
  ansible.builtin.debug:
    msg: "{{ item.name }}"
  loop: "{{ accounts.service_accounts }}"
  loop_control:
    label: "{{ item.id }}"
  when: item.secrets | rejectattr('last_used_at') | length > 0

- name: Find out in which projects a service account is
  mongodb.atlas.service_account_info:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    name: backup
    projects: true
"""

RETURN = r"""
service_accounts:
  description: The accounts, in the order of the server.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The client id of the account.
      returned: always
      type: str
      sample: mdb_sa_id_5e2b17a09ccf64b7c8d90f53
    name:
      description: The name.
      returned: always
      type: str
    description:
      description: The description.
      returned: always
      type: str
    roles:
      description: The names of the roles that the account has in the organization.
      returned: always
      type: list
      elements: str
    secrets:
      description: The secrets of the account. An expired secret is in the list until somebody deletes it.
      returned: always
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
      returned: always
      type: str
    system_managed:
      description: Whether Atlas manages the account itself; V(null) if the server does not say.
      returned: always
      type: bool
    projects:
      description: The projects of the account, and its roles in each.
      returned: if O(projects) is true
      type: list
      elements: dict
      contains:
        project_id:
          description: The id of the project.
          returned: always
          type: str
        roles:
          description: The names of the roles that the account has in the project.
          returned: always
          type: list
          elements: str
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
from ansible_collections.mongodb.atlas.plugins.module_utils._named import list_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account import (
    INFO_OPTIONS,
    listed_accounts,
)


def main() -> None:
    """Run the module."""
    run_module({"org_id": PLACE_OPTIONS["org_id"], **INFO_OPTIONS}, listed_accounts, list_named)


if __name__ == "__main__":
    main()
