#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.user_api_key_info."""

DOCUMENTATION = r"""
module: user_api_key_info
short_description: List personal API keys of MongoDB Atlas, Cloud Manager and Ops Manager
version_added: 1.0.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the personal API keys of a user, or of every user of an organization. The module reads all pages of a list.
  - If the module cannot read the keys of a user, the task fails and names the user. It never returns an empty list
    instead.
options:
  user_id:
    description:
      - The id of the user whose keys the module lists. An id is 24 hexadecimal digits. This is a user of the console,
        not a database user.
      - If the value is not an id, the task fails before it sends anything. For an email address, use O(user_name).
      - Exactly one of O(user_id), O(user_name) and O(org_id) is required.
    type: str
  user_name:
    description:
      - The name of the user whose keys the module lists. This is the name that the user logs in with, usually an email
        address.
    type: str
  org_id:
    description:
      - The id of an organization. An id is 24 hexadecimal digits. The module lists the keys of all users of the
        organization.
      - If the value is not an id, for example the name of the organization, the task fails before it sends anything.
    type: str
  key_id:
    description:
      - One id or a list of ids. The module returns only the keys with these ids. An id is 24 hexadecimal digits, in
        small or capital letters.
      - If a key with one of these ids does not exist, the result leaves it out, and the task does not fail.
      - If a value is not an id, the task fails before it sends anything.
    type: list
    elements: str
  api_results_per_page:
    description:
      - How many results the module asks for at once, from V(1) to V(500). Ops Manager 4.0 returns V(100) at most.
      - This option changes the number of requests, not the result.
    type: int
    default: 100
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
notes:
  - Users can list their own keys. On Ops Manager, a C(GLOBAL_OWNER) can list the keys of any user. To list the keys of
    an organization, log in as a C(GLOBAL_OWNER).
seealso:
  - module: mongodb.atlas.user_api_key
"""

EXAMPLES = r"""
- name: List the keys of a user
  mongodb.atlas.user_api_key_info:
    base_url: https://ops-manager.example.com:8443
    ca_path: /etc/pki/tls/certs/example-ca.pem
    public_key: jane.doe@example.com
    private_key: "{{ jane_personal_api_key }}"
    user_name: jane.doe@example.com
  register: jane

- name: List the keys of every user of an organization, with the address and the login from the environment
  mongodb.atlas.user_api_key_info:
    org_id: 5f1a2b3c4d5e6f7081920c01
  register: organization

- name: Show the users who can still log in with a personal key
  ansible.builtin.debug:
    msg: "{{ organization.user_api_keys | selectattr('enabled') | map(attribute='user_name') | unique }}"
"""

RETURN = r"""
user_api_keys:
  description: The keys, grouped by user, in the order of the server.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 5f1a2b3c4d5e6f7081920b01
      user_id: 5f1a2b3c4d5e6f7081920a01
      user_name: jane.doe@example.com
      description: Backup scripts
      enabled: true
      created_at: "2019-03-04T05:06:07Z"
      obfuscated_key: "********-****-****-****-f5a3b2c1d4e6"
  contains:
    id:
      description: The id of the key.
      returned: always
      type: str
    user_id:
      description: The id of the user who owns the key.
      returned: always
      type: str
    user_name:
      description: The name of that user; V(null) if O(user_id) is set.
      returned: always
      type: str
    description:
      description: The description of the key; V(null) if it has none.
      returned: always
      type: str
    enabled:
      description: Whether the key can log in; V(null) if the server did not say.
      returned: always
      type: bool
    created_at:
      description: The time when the key was created, in UTC.
      returned: always
      type: str
    obfuscated_key:
      description: The masked key. Only its last twelve characters are readable.
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
  sample: USER_NOT_FOUND
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Not Found
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: No user with ID 5f1a2b3c4d5e6f7081920a01 exists.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import list_items
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import listed_keys


def main() -> None:
    """Run the module."""
    run_module(
        {
            "user_id": {"type": "str"},
            "user_name": {"type": "str"},
            "org_id": {"type": "str"},
            "key_id": {"type": "list", "elements": "str", "no_log": False},
            "api_results_per_page": {"type": "int", "default": 100},
        },
        listed_keys,
        list_items,
        prefers_key=True,
        mutually_exclusive=[("user_id", "user_name", "org_id")],
        required_one_of=[("user_id", "user_name", "org_id")],
    )


if __name__ == "__main__":
    main()
