#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.project_api_key_info."""

DOCUMENTATION = r"""
module: project_api_key_info
short_description: List programmatic API keys in a project of MongoDB Atlas, Cloud Manager and Ops Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the programmatic API keys in a project. The module reads all pages of the list.
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
  access_list:
    description:
      - Read the access list of each key, too. That takes one more request for each key.
      - If the module cannot read one of these lists, the task fails, and the message names the key.
    type: bool
    default: false
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
  - mongodb.atlas.project
notes:
  - The login needs a role in the project, such as C(GROUP_READ_ONLY).
seealso:
  - module: mongodb.atlas.project_api_key
"""

EXAMPLES = r"""
- name: List all keys
  mongodb.atlas.project_api_key_info:
    project_id: 5e2b10049ccf64c8a1d0e321
  register: keys

- name: Show the keys that own the project
  ansible.builtin.debug:
    msg: "{{ keys.project_api_keys | selectattr('roles', 'contains', 'GROUP_OWNER') | map(attribute='description') }}"

- name: List the keys with a description
  mongodb.atlas.project_api_key_info:
    project_id: 5e2b10049ccf64c8a1d0e321
    description: backup scripts
"""

RETURN = r"""
project_api_keys:
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
      description: The names of the roles that the key has in the project.
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
    access_list:
      description: The entries of the access list, as M(mongodb.atlas.api_key_access_list_info) returns them.
      returned: if O(access_list) is true
      type: list
      elements: dict
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
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.api_key_info import (
    INFO_OPTIONS,
    LIST_OPTION,
    listed_project_keys,
)


def main() -> None:
    """Run the module."""
    run_module(
        {"project_id": PLACE_OPTIONS["project_id"], **INFO_OPTIONS, **LIST_OPTION}, listed_project_keys, list_named
    )


if __name__ == "__main__":
    main()
