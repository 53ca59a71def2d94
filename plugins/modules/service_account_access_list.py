#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.service_account_access_list."""

DOCUMENTATION = r"""
module: service_account_access_list
short_description: Limit the addresses from which a service account can be used
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Adds entries to the access list of a service account of an organization, and removes entries. The service account
    can be used only from the addresses of its list.
  - The module reads the list first and sends only the difference. It adds new entries before it removes others, so that
    the service account works at every moment. If it cannot add all of them, it removes none.
  - An entry is reported gone only when the server said so about that entry, or when the complete list lacks it. A
    refused login, a redirect, a web page or no answer at all is a failure.
options:
  account_id:
    description:
      - The client id of the service account. It is V(mdb_sa_id_) and 24 hexadecimal digits, in small or capital
        letters.
      - If the value is not a client id, the task fails before it sends anything. If the service account does not exist,
        the task fails, also with O(state=absent).
    type: str
    required: true
extends_documentation_fragment:
  - mongodb.atlas.access_list
  - mongodb.atlas.organization
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
notes:
  - To change the list, the login needs the role C(ORG_OWNER). To read it, C(ORG_READ_ONLY) is enough.
  - The list is the same in the organization and in all projects of the service account.
  - The access list limits from where a token can be used, but not from where the service account can get one.
  - Atlas and Cloud Manager have service accounts, Ops Manager does not.
seealso:
  - module: mongodb.atlas.service_account_access_list_info
  - module: mongodb.atlas.api_key_access_list
"""

EXAMPLES = r"""
- name: Let a service account be used from two more places
  mongodb.atlas.service_account_access_list:
    client_id: "{{ vault_atlas_client_id }}"
    client_secret: "{{ vault_atlas_client_secret }}"
    org_id: 5f1a2b3c4d5e6f7081920c01
    account_id: mdb_sa_id_5f1a2b3c4d5e6f7081920e01
    entries:
      - 192.0.2.1
      - 198.51.100.0/24

- name: Let a service account be used from one network and from nowhere else
  mongodb.atlas.service_account_access_list:
    org_id: 5f1a2b3c4d5e6f7081920c01
    account_id: mdb_sa_id_5f1a2b3c4d5e6f7081920e01
    entries:
      - 198.51.100.0/24
    exclusive: true

- name: Remove an address from the list of a service account
  mongodb.atlas.service_account_access_list:
    org_id: 5f1a2b3c4d5e6f7081920c01
    account_id: mdb_sa_id_5f1a2b3c4d5e6f7081920e01
    entries: 192.0.2.1
    state: absent

- name: Remove the whole list of a service account
  mongodb.atlas.service_account_access_list:
    org_id: 5f1a2b3c4d5e6f7081920c01
    account_id: mdb_sa_id_5f1a2b3c4d5e6f7081920e01
    entries: []
    exclusive: true
    allow_empty: true
"""

RETURN = r"""
org_id:
  description: The id of the organization.
  returned: success, and on failure if the module read the list
  type: str
  sample: 5f1a2b3c4d5e6f7081920c01
account_id:
  description: The client id of the service account.
  returned: success, and on failure if the module read the list
  type: str
  sample: mdb_sa_id_5f1a2b3c4d5e6f7081920e01
access_list:
  description:
    - The outcome for each entry, in the order of O(entries). With O(exclusive=true), the entries that the task removed
      follow.
  returned: success, and on failure if the module read the list
  type: list
  elements: dict
  sample:
    - id: 192.0.2.1/32
      changed: true
      state: present
      created_at: "2026-03-04T05:06:07Z"
      count: 0
      last_used: null
      last_used_address: null
  contains:
    id:
      description: The entry as a block, such as V(192.0.2.1/32). An IPv6 block is in its short form.
      returned: always
      type: str
    changed:
      description: Whether the task changed the entry, or would change it in check mode.
      returned: always
      type: bool
    state:
      description:
        - V(present) or V(absent). The state of the entry after the task, or in check mode the state that the task would
          reach.
        - The state is V(null) if the module could not find it out.
      returned: always
      type: str
    created_at:
      description: The time when the entry was added, in UTC.
      returned: when the module read the entry
      type: str
    count:
      description: How often the service account was used from these addresses; V(null) if the server did not say.
      returned: when the module read the entry
      type: int
    last_used:
      description: The time when the service account was last used from these addresses, in UTC; V(null) if it never
        was.
      returned: when the module read the entry
      type: str
    last_used_address:
      description: The address from which the service account was last used; V(null) if it was never used from these
        addresses.
      returned: when the module read the entry
      type: str
    msg:
      description: The error message for this entry.
      returned: when the task failed for this entry, or did not try it
      type: str
    status_code:
      description: The HTTP status of the response that made the task fail for this entry.
      returned: on failure, if there was such a response
      type: int
    error_code:
      description: The C(errorCode) in that response.
      returned: on failure, if that response had one
      type: str
    reason:
      description: The C(reason) in that response.
      returned: on failure, if that response had one
      type: str
    detail:
      description: The C(detail) in that response.
      returned: on failure, if that response had one
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
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import ensure_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import (
    ENTRY_OPTIONS,
    wanted_account_entries,
)


def main() -> None:
    """Run the module."""
    run_module(
        {
            "org_id": PLACE_OPTIONS["org_id"],
            "account_id": {"type": "str", "required": True},
            **ENTRY_OPTIONS,
        },
        wanted_account_entries,
        ensure_entries,
    )


if __name__ == "__main__":
    main()
