#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.api_key_access_list."""

DOCUMENTATION = r"""
module: api_key_access_list
short_description: Limit the addresses from which a programmatic API key can be used
version_added: 1.0.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Adds entries to the access list of a programmatic API key of an organization, and removes entries. The key can be
    used only from the addresses of its list.
  - The module reads the list first and sends only the difference. It adds new entries before it removes others, so that
    the key works at every moment. If it cannot add all of them, it removes none.
  - An entry is reported gone only when the server said so about that entry, or when the complete list lacks it. A
    refused login, a redirect, a web page or no answer at all is a failure.
options:
  key_id:
    description:
      - The key, by its id or by its public key. An id is 24 hexadecimal digits, in small or capital letters. A public
        key is eight small letters.
      - For a public key, the module first looks up the id in the list of the organization's keys, with one more
        request.
      - If the value is neither, the task fails before it sends anything. If the key does not exist, the task fails,
        also with O(state=absent).
    type: str
    required: true
extends_documentation_fragment:
  - mongodb.atlas.access_list
  - mongodb.atlas.organization
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
notes:
  - The access list of a key is open only to the key itself and to a login with the role C(ORG_OWNER).
  - Before version 5.0, Ops Manager calls the list C(whitelist). The module finds this out by itself, with one more
    request.
  - Programmatic keys need Ops Manager 4.2 or later.
seealso:
  - module: mongodb.atlas.api_key_access_list_info
  - module: mongodb.atlas.global_access_list
"""

EXAMPLES = r"""
- name: Let a key be used from two places too
  mongodb.atlas.api_key_access_list:
    public_key: "{{ vault_atlas_public_key }}"
    private_key: "{{ vault_atlas_private_key }}"
    org_id: 5f1a2b3c4d5e6f7081920c01
    key_id: 5f1a2b3c4d5e6f7081920d01
    entries:
      - 192.0.2.1
      - 198.51.100.0/24

- name: Let a key be used from one network and from nowhere else
  mongodb.atlas.api_key_access_list:
    org_id: 5f1a2b3c4d5e6f7081920c01
    key_id: abcdefgh # a public key
    entries:
      - 198.51.100.0/24
    exclusive: true

- name: Remove an address from the list of a key
  mongodb.atlas.api_key_access_list:
    org_id: 5f1a2b3c4d5e6f7081920c01
    key_id: 5f1a2b3c4d5e6f7081920d01
    entries: 192.0.2.1
    state: absent

- name: Remove the whole list of a key
  mongodb.atlas.api_key_access_list:
    org_id: 5f1a2b3c4d5e6f7081920c01
    key_id: 5f1a2b3c4d5e6f7081920d01
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
key_id:
  description: The id of the key, also if O(key_id) is a public key.
  returned: success, and on failure if the module read the list
  type: str
  sample: 5f1a2b3c4d5e6f7081920d01
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
      description: How often the key was used from these addresses; V(null) if the server did not say.
      returned: when the module read the entry
      type: int
    last_used:
      description: The time when the key was last used from these addresses, in UTC; V(null) if it never was.
      returned: when the module read the entry
      type: str
    last_used_address:
      description: The address from which the key was last used; V(null) if it never was used from these addresses.
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
  sample: API key access lists are only accessible by the API key or by a user administrator.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import PLACE_OPTIONS, run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import ensure_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import (
    ENTRY_OPTIONS,
    wanted_key_entries,
)


def main() -> None:
    """Run the module."""
    run_module(
        {
            "org_id": PLACE_OPTIONS["org_id"],
            "key_id": {"type": "str", "required": True, "no_log": False},
            **ENTRY_OPTIONS,
        },
        wanted_key_entries,
        ensure_entries,
    )


if __name__ == "__main__":
    main()
