#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.global_access_list_info."""

DOCUMENTATION = r"""
module: global_access_list_info
short_description: List the addresses from which the global API keys of an Ops Manager can be used
version_added: 1.0.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the entries of the global access list of an Ops Manager. The module reads all pages of the list. Atlas and
    Cloud Manager have no such list.
  - If the module cannot read the list, the task fails. It never returns an empty list instead.
  - If the list is empty, global keys can be used from nowhere.
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
notes:
  - The login needs the role C(GLOBAL_OWNER) or C(GLOBAL_READ_ONLY).
  - Before version 5.0, Ops Manager calls the list C(whitelist). The module finds this out by itself, with one more
    request.
seealso:
  - module: mongodb.atlas.global_access_list
"""

EXAMPLES = r"""
- name: Read the global access list
  mongodb.atlas.global_access_list_info:
    base_url: https://ops-manager.example.com:8443
    public_key: "{{ vault_global_public_key }}"
    private_key: "{{ vault_global_private_key }}"
  register: allowed

- name: Make sure that the global keys cannot be used from everywhere
  ansible.builtin.assert:
    that:
      - "'0.0.0.0/0' not in allowed.access_list | map(attribute='id')"
      - "'::/0' not in allowed.access_list | map(attribute='id')"

- name: Show the blocks and their descriptions
  ansible.builtin.debug:
    msg: "{{ allowed.access_list | items2dict(key_name='id', value_name='description') }}"
"""

RETURN = r"""
access_list:
  description: The entries, in the order of the server.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 198.51.100.0/24
      entry_id: 5f1a2b3c4d5e6f7081920e01
      description: Data center in Cork
      created_at: "2026-03-04T05:06:07Z"
      updated_at: "2026-03-04T05:06:07Z"
  contains:
    id:
      description: The entry as a block, such as V(192.0.2.1/32). An IPv6 block is in its short form.
      returned: always
      type: str
    entry_id:
      description: The id that the server has for the entry.
      returned: always
      type: str
    description:
      description: The description of the entry.
      returned: always
      type: str
    created_at:
      description: The time when the entry was added, in UTC.
      returned: always
      type: str
    updated_at:
      description: The time when the entry was last changed, in UTC.
      returned: always
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
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import list_entries
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import global_list


def main() -> None:
    """Run the module."""
    run_module(
        {},
        global_list,
        list_entries,
    )


if __name__ == "__main__":
    main()
