#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.project_service_account_info."""

DOCUMENTATION = r"""
module: project_service_account_info
short_description: List service accounts in a project of MongoDB Atlas and Cloud Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the service accounts in a project, including those that Atlas manages itself. The module reads all pages of
    the list.
  - If the module cannot read the list, the task fails. It never returns an empty list instead.
  - Atlas and Cloud Manager have service accounts, Ops Manager does not.
options:
  account_id:
    description:
      - One or several service accounts, each named by its client id, which is V(mdb_sa_id_) and 24 hexadecimal digits.
        The module returns only these.
      - If one of them is not in the project, the result leaves it out, and the task does not fail.
      - If a value is not a client id, the task fails before it sends anything.
    type: list
    elements: str
  name:
    description:
      - The module returns only the service accounts with exactly this name. Several can have the same name.
    type: str
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
  - mongodb.atlas.project
notes:
  - The login needs a role in the project, such as C(GROUP_READ_ONLY).
seealso:
  - module: mongodb.atlas.project_service_account
"""

EXAMPLES = r"""
- name: List all service accounts
  mongodb.atlas.project_service_account_info:
    client_id: "{{ vault_atlas_client_id }}"
    client_secret: "{{ vault_atlas_client_secret }}"
    project_id: 5e2b10049ccf64c8a1d0e321
  register: accounts

- name: Show the service accounts that own the project
  ansible.builtin.debug:
    msg: "{{ owners | map(attribute='name') }}"
  vars:
    owners: "{{ accounts.project_service_accounts | selectattr('roles', 'contains', 'GROUP_OWNER') }}"

- name: List the service accounts with a name
  mongodb.atlas.project_service_account_info:
    project_id: 5e2b10049ccf64c8a1d0e321
    name: backup scripts
"""

RETURN = r"""
project_service_accounts:
  description: The service accounts, in the order of the server.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The client id of the service account.
      returned: always
      type: str
    name:
      description: The name.
      returned: always
      type: str
    description:
      description: The description.
      returned: always
      type: str
    roles:
      description: The names of the roles that the service account has in the project. Roles that begin with C(ORG_) are
        left out.
      returned: always
      type: list
      elements: str
    secrets:
      description: The secrets, each with C(id), C(created_at), C(expires_at), C(last_used_at) and C(masked_secret).
      returned: always
      type: list
      elements: dict
    created_at:
      description: The time when the service account was made, in UTC.
      returned: always
      type: str
    system_managed:
      description: Whether Atlas manages the service account itself; V(null) if the server does not say.
      returned: always
      type: bool
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
from ansible_collections.mongodb.atlas.plugins.module_utils._named import list_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_service_account import (
    listed_project_accounts,
)


def main() -> None:
    """Run the module."""
    run_module(
        {
            "project_id": PLACE_OPTIONS["project_id"],
            "account_id": {"type": "list", "elements": "str"},
            "name": {"type": "str"},
        },
        listed_project_accounts,
        list_named,
    )


if __name__ == "__main__":
    main()
