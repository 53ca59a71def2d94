#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.global_api_key_info."""

DOCUMENTATION = r"""
module: global_api_key_info
short_description: List global programmatic API keys of MongoDB Ops Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the global programmatic API keys of an Ops Manager. The module reads all pages of the list.
  - If the module cannot read the list, the task fails. It never returns an empty list instead.
options:
  key_id:
    description:
      - One or several keys, each named by its id or by its public key. The module returns only these keys.
      - If one of them does not exist, the result leaves it out, and the task does not fail.
      - If a value is neither an id nor a public key, the task fails before it sends anything.
    type: list
    elements: str
  description:
    description:
      - The module returns only the keys with exactly this description. Several keys can have the same.
    type: str
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
notes:
  - To change keys, the login needs the role C(GLOBAL_OWNER). To read them, C(GLOBAL_READ_ONLY) is enough.
seealso:
  - module: mongodb.atlas.global_api_key
"""

EXAMPLES = r"""
- name: List all keys
  mongodb.atlas.global_api_key_info:
    base_url: https://ops-manager.example.com:8443
  register: keys

- name: Show the keys without a project
  ansible.builtin.debug:
    msg: "{{ keys.global_api_keys | rejectattr('projects') | map(attribute='description') }}"

- name: List the keys with a description
  mongodb.atlas.global_api_key_info:
    description: monitoring
"""

RETURN = r"""
global_api_keys:
  description: The keys, in the order of the server.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the key.
      returned: always
      type: str
    public_key:
      description: The public key.
      returned: always
      type: str
    description:
      description: The description.
      returned: always
      type: str
    roles:
      description: The names of the roles that the key has on the whole Ops Manager.
      returned: always
      type: list
      elements: str
    projects:
      description: The roles of the key in projects.
      returned: always
      type: list
      elements: dict
    obfuscated_key:
      description: The masked private key. Only its last twelve characters are readable.
      returned: always
      type: str
    created_at:
      description: The time when the key was made, in UTC. It is a part of the id.
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
  sample: USER_UNAUTHORIZED
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Not Found
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: The current user is not authorized to perform this action.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._named import list_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.api_key_info import (
    INFO_OPTIONS,
    listed_global_keys,
)


def main() -> None:
    """Run the module."""
    run_module(INFO_OPTIONS, listed_global_keys, list_named)


if __name__ == "__main__":
    main()
