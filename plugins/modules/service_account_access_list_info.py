#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.service_account_access_list_info."""

DOCUMENTATION = r"""
module: service_account_access_list_info
short_description: List the addresses from which a service account can be used
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the entries of the access list of a service account of an organization. The module reads all pages of the
    list.
  - If the module cannot read the list, the task fails. It never returns an empty list instead.
  - If the list is empty, the service account can be used from anywhere, or from nowhere if its organization demands an
    access list.
options:
  account_id:
    description:
      - The client id of the service account. It is V(mdb_sa_id_) and 24 hexadecimal digits, in small or capital
        letters.
      - If the value is not a client id, the task fails before it sends anything. If the service account does not exist,
        the task fails.
    type: str
    required: true
extends_documentation_fragment:
  - mongodb.atlas.organization
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
notes:
  - The login needs a role such as C(ORG_READ_ONLY). It is enough for all service accounts of the organization.
  - Atlas and Cloud Manager have service accounts, Ops Manager does not.
seealso:
  - module: mongodb.atlas.service_account_access_list
"""

EXAMPLES = r"""
- name: Read the access list of a service account
  mongodb.atlas.service_account_access_list_info:
    client_id: "{{ vault_atlas_client_id }}"
    client_secret: "{{ vault_atlas_client_secret }}"
    org_id: 5f1a2b3c4d5e6f7081920c01
    account_id: mdb_sa_id_5f1a2b3c4d5e6f7081920e01
  register: allowed

- name: Make sure that the service account cannot be used from everywhere
  ansible.builtin.assert:
    that:
      - allowed.access_list | length > 0
      - "'0.0.0.0/0' not in allowed.access_list | map(attribute='id')"
      - "'::/0' not in allowed.access_list | map(attribute='id')"

- name: Show the entries that were never used
  ansible.builtin.debug:
    msg: "{{ allowed.access_list | selectattr('last_used', 'none') | map(attribute='id') }}"
"""

RETURN = r"""
org_id:
  description: The id of the organization.
  returned: success
  type: str
  sample: 5f1a2b3c4d5e6f7081920c01
account_id:
  description: The client id of the service account.
  returned: success
  type: str
  sample: mdb_sa_id_5f1a2b3c4d5e6f7081920e01
access_list:
  description: The entries, in the order of the server.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 192.0.2.1/32
      created_at: "2026-03-04T05:06:07Z"
      count: 17
      last_used: "2026-04-05T06:07:08Z"
      last_used_address: 192.0.2.1
  contains:
    id:
      description: The entry as a block, such as V(192.0.2.1/32). An IPv6 block is in its short form.
      returned: always
      type: str
    created_at:
      description: The time when the entry was added, in UTC.
      returned: always
      type: str
    count:
      description: How often the service account was used from these addresses; V(null) if the server did not say.
      returned: always
      type: int
    last_used:
      description: The time when the service account was last used from these addresses, in UTC; V(null) if it never
        was.
      returned: always
      type: str
    last_used_address:
      description: The address from which the service account was last used; V(null) if it was never used from these
        addresses.
      returned: always
      type: str
status_code:
  description: The HTTP status of the response that made the task fail.
  returned: on failure, if there was a response
  type: int
  sample: 404
error_code:
  description: The C(errorCode) in that response.
  returned: on failure, if the response had one
  type: str
  sample: SERVICE_ACCOUNT_NOT_FOUND
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Not Found
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: No Service Account with ID mdb_sa_id_5f1a2b3c4d5e6f7081920e01 exists.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import PLACE_OPTIONS, run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import list_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import account_list


def main() -> None:
    """Run the module."""
    run_module(
        {
            "org_id": PLACE_OPTIONS["org_id"],
            "account_id": {"type": "str", "required": True},
        },
        account_list,
        list_entries,
    )


if __name__ == "__main__":
    main()
