#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.global_api_key."""

DOCUMENTATION = r"""
module: global_api_key
short_description: Manage global programmatic API keys of MongoDB Ops Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Makes, changes and revokes the global programmatic API keys of an Ops Manager.
  - A new private key is handed over exactly once, in a file or in the result, or the key does not stay.
  - Only Ops Manager has global keys, since version 4.2. A global key needs an entry in the global access list.
attributes:
  check_mode:
    support: full
    details:
      - The module reads the keys, and reports the change that it would make. There is no private key then.
  diff_mode:
    support: full
  idempotent:
    support: full
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
  - mongodb.atlas.api_key
notes:
  - To change keys, the login needs the role C(GLOBAL_OWNER). To read them, C(GLOBAL_READ_ONLY) is enough.
seealso:
  - module: mongodb.atlas.global_api_key_info
"""

EXAMPLES = r"""
- name: Make a key, and let a file take its private key
  mongodb.atlas.global_api_key:
    description: monitoring
    roles: [GLOBAL_READ_ONLY]
    private_key_path: /etc/backup/private_key
  run_once: true

- name: Make a key, and register its private key
  mongodb.atlas.global_api_key:
    description: monitoring
    roles: [GLOBAL_READ_ONLY]
  register: made
  no_log: true
  run_once: true

- name: Hand the private key over, which only the task that made the key has
  ansible.builtin.copy:
    content: "{{ made.private_key }}"
    dest: /etc/backup/private_key
    mode: "0600"
  when: made.private_key is defined
  no_log: true
  diff: false

- name: Give a key another description and other roles
  mongodb.atlas.global_api_key:
    key_id: 5e2b13009ccf64b7c8d90c45
    description: monitoring of Cologne
    roles: [GLOBAL_READ_ONLY, GLOBAL_MONITORING_ADMIN]

- name: Revoke the only key with a description
  mongodb.atlas.global_api_key:
    description: monitoring
    state: absent

- name: Revoke several keys, by id and by public key
  mongodb.atlas.global_api_key:
    key_id: [5e2b13009ccf64b7c8d90c45, ctbmsjfi]
    state: absent
"""

RETURN = r"""
global_api_keys:
  description: The keys of the task. If O(key_id) is set, the list has one item per id, in their order.
  returned: success, and on failure if the task knows them
  type: list
  elements: dict
  contains:
    id:
      description: The id of the key; V(null) in check mode if the task would make the key. If O(key_id) is a public key
        that does not exist, this is that public key.
      returned: always
      type: str
    changed:
      description: Whether the task changed this key, or in check mode would change it.
      returned: always
      type: bool
    state:
      description: The state of the key now, V(present) or V(absent); V(null) if it is not known.
      returned: always
      type: str
    public_key:
      description: The public key.
      returned: if the task read the key
      type: str
    description:
      description: The description.
      returned: if the task read the key
      type: str
    roles:
      description: The names of the roles that the key has on the whole Ops Manager.
      returned: if the task read the key
      type: list
      elements: str
    projects:
      description: The roles of the key in projects.
      returned: if the task read the key
      type: list
      elements: dict
    obfuscated_key:
      description: The masked private key. Only its last twelve characters are readable.
      returned: if the task read the key
      type: str
    created_at:
      description: The time when the key was made, in UTC. It is a part of the id.
      returned: if the task read the key
      type: str
global_api_key:
  description: The key, if the task is about one. It has the fields of an item of RV(global_api_keys).
  returned: success, and on failure if the task is about one key
  type: dict
private_key:
  description: The private key of the key that the task made. It is in no other field, and no later task can get it.
  returned: if the task made a key, O(private_key_path) is not set, and the task does not run in check mode
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
from ansible_collections.mongodb.atlas.plugins.module_utils._named import ensure_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import (
    KEY_OPTIONS,
    wanted_global_keys,
)


def main() -> None:
    """Run the module."""
    run_module(KEY_OPTIONS, wanted_global_keys, ensure_named)


if __name__ == "__main__":
    main()
