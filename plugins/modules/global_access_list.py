#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.global_access_list."""

DOCUMENTATION = r"""
module: global_access_list
short_description: Limit the addresses from which the global API keys of an Ops Manager can be used
version_added: 1.0.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Adds entries to the global access list of an Ops Manager, and removes entries. Global API keys can be used only from
    the addresses of this list. Atlas and Cloud Manager have no such list.
  - The module reads the list first and sends only the difference. It adds new entries before it removes others, so that
    the keys work at every moment. If it cannot add all of them, it removes none.
  - An entry is reported gone only when the server said so about that entry, or when the complete list lacks it. A
    refused login, a redirect, a web page or no answer at all is a failure.
options:
  entries:
    description:
      - The entries.
      - Required, unless O(exclusive) and O(allow_empty) are V(true). With an empty list, the module adds nothing.
    type: list
    elements: dict
    suboptions:
      cidr_block:
        description:
          - An address or a block of addresses (CIDR).
          - An address such as V(192.0.2.1) and its block V(192.0.2.1/32) are the same entry, and so are all spellings
            of an IPv6 address. Commas separate several entries in one text.
          - If the value is neither an address nor a block, the task fails before it sends anything. Examples are a host
            name, a range, and a block such as V(192.0.2.5/24), which is an address inside of the block V(192.0.2.0/24).
            The message says what to write instead.
        type: str
        required: true
      description:
        description:
          - The description of the entry. If the entry has another one, the task changes the description.
          - Required for O(state=present), because the server demands it. Ignored for O(state=absent).
        type: str
  allow_empty:
    description:
      - Whether the task may remove the last entry of the list. With an empty list, global keys can be used from
        nowhere.
      - If this is V(false) and the list would be empty after the task, the task fails and changes nothing.
  state:
    choices:
      present: The entries are on the list. Each has its description.
      absent: The entries are not on the list.
extends_documentation_fragment:
  - mongodb.atlas.access_list
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
attributes:
  diff_mode:
    support: full
    details:
      - Shows the blocks and descriptions of the whole list before and after the task.
notes:
  - Only a login with the role C(GLOBAL_OWNER) can change the list. C(GLOBAL_READ_ONLY) is enough to read it.
  - To log in with a global key, its own address must be on the list. So do not remove the address that the task comes
    from.
  - Before version 5.0, Ops Manager calls the list C(whitelist). The module finds this out by itself, with one more
    request.
seealso:
  - module: mongodb.atlas.global_access_list_info
  - module: mongodb.atlas.api_key_access_list
"""

EXAMPLES = r"""
- name: Let the global keys be used from one more network
  mongodb.atlas.global_access_list:
    base_url: https://ops-manager.example.com:8443
    public_key: "{{ vault_global_public_key }}"
    private_key: "{{ vault_global_private_key }}"
    entries:
      - cidr_block: 198.51.100.0/24
        description: Data center in Cork

- name: Let the global keys be used from two places and from nowhere else
  mongodb.atlas.global_access_list:
    base_url: https://ops-manager.example.com:8443
    public_key: "{{ vault_global_public_key }}"
    private_key: "{{ vault_global_private_key }}"
    entries:
      - cidr_block: 198.51.100.0/24
        description: Data center in Cork
      - cidr_block: 192.0.2.1
        description: Automation controller
    exclusive: true

- name: Remove an address, with the address of the server and the login from the environment
  mongodb.atlas.global_access_list:
    entries:
      - cidr_block: 192.0.2.1
    state: absent
"""

RETURN = r"""
access_list:
  description:
    - The outcome for each entry, in the order of O(entries). With O(exclusive=true), the entries that the task removed
      follow.
  returned: success, and on failure if the module read the list
  type: list
  elements: dict
  sample:
    - id: 198.51.100.0/24
      changed: true
      state: present
      entry_id: 5f1a2b3c4d5e6f7081920e01
      description: Data center in Cork
      created_at: "2026-03-04T05:06:07Z"
      updated_at: "2026-03-04T05:06:07Z"
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
    entry_id:
      description: The id that the server has for the entry.
      returned: when the module read the entry
      type: str
    description:
      description: The description of the entry.
      returned: when the module read the entry, or the task asked for it
      type: str
    created_at:
      description: The time when the entry was added, in UTC.
      returned: when the module read the entry
      type: str
    updated_at:
      description: The time when the entry was last changed, in UTC.
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
  sample: USER_UNAUTHORIZED
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Unauthorized
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Current user is not authorized to perform this action.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import ensure_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import (
    ENTRY_OPTIONS,
    wanted_global_entries,
)


def main() -> None:
    """Run the module."""
    run_module(
        {
            **ENTRY_OPTIONS,
            "entries": {
                "type": "list",
                "elements": "dict",
                "options": {"cidr_block": {"type": "str", "required": True}, "description": {"type": "str"}},
            },
        },
        wanted_global_entries,
        ensure_entries,
    )


if __name__ == "__main__":
    main()
