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
  - Lists the personal API keys of a user, or of every user of an organization. All pages are read.
  - Keys that may not or cannot be read are an error that says whose they are, never an empty list.
options:
  user_id:
    description:
      - The id of the user whose keys are listed, which is 24 hexadecimal digits. It is the user of the console, not a
        database user.
      - Anything that is not an id is refused before anything is sent. For an email address, use O(user_name).
      - Exactly one of O(user_id), O(user_name) and O(org_id) is required.
    type: str
  user_name:
    description:
      - The name of the user whose keys are listed, which is what the user logs in with, mostly an email address.
    type: str
  org_id:
    description:
      - The id of an organization, which is 24 hexadecimal digits. The keys of all of its users are listed.
      - Anything that is not an id, such as the name of the organization, is refused before anything is sent.
    type: str
  key_id:
    description:
      - Only keys with one of these ids are returned. One id, or a list of them. An id is 24 hexadecimal digits.
      - An id that the server does not know is not an error. The result does not have it.
      - Anything that is not an id is refused before anything is sent.
    type: list
    elements: str
  api_results_per_page:
    description:
      - How many results are asked for at once, from V(1) to V(500). Ops Manager 4.0 gives V(100) at most.
      - It changes how many requests there are, and not what is listed.
    type: int
    default: 100
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
notes:
  - The server lets users list their own keys. On Ops Manager a C(GLOBAL_OWNER) can list those of any user, so an
    organization is listed as C(GLOBAL_OWNER).
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

- name: List the keys of every user of an organization, with login and address from the environment
  mongodb.atlas.user_api_key_info:
    org_id: 5f1a2b3c4d5e6f7081920c01
  register: organization

- name: Show who can still log in with a personal key
  ansible.builtin.debug:
    msg: "{{ organization.user_api_keys | selectattr('enabled') | map(attribute='user_name') | unique }}"
"""

RETURN = r"""
user_api_keys:
  description: The keys, by user and in the order of the server.
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
      description: The id of the user whose key it is.
      returned: always
      type: str
    user_name:
      description: The name of that user; V(null) if O(user_id) was given.
      returned: always
      type: str
    description:
      description: What the user noted of the key; V(null) if nothing.
      returned: always
      type: str
    enabled:
      description: Whether the key can log in; V(null) if the server did not say.
      returned: always
      type: bool
    created_at:
      description: When the key was created, in UTC.
      returned: always
      type: str
    obfuscated_key:
      description: The key, masked but for its last twelve characters.
      returned: always
      type: str
status_code:
  description: The HTTP status of the answer that the task failed with.
  returned: on failure, if there was an answer
  type: int
  sample: 404
error_code:
  description: The API's C(errorCode) in that answer.
  returned: on failure, if the answer had one
  type: str
  sample: USER_NOT_FOUND
reason:
  description: The API's C(reason) in that answer.
  returned: on failure, if the answer had one
  type: str
  sample: Not Found
detail:
  description: The API's C(detail) in that answer.
  returned: on failure, if the answer had one
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
        mutually_exclusive=[("user_id", "user_name", "org_id")],
        required_one_of=[("user_id", "user_name", "org_id")],
    )


if __name__ == "__main__":
    main()
