#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.project_api_key."""

DOCUMENTATION = r"""
module: project_api_key
short_description: Manage programmatic API keys in a project of MongoDB Atlas, Cloud Manager and Ops Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Puts programmatic API keys of an organization into a project, changes their roles there, takes them out again, and
    makes new keys in a project.
  - A key that leaves a project still exists. It can log in with its roles in the organization and in other projects. To
    revoke it, use M(mongodb.atlas.org_api_key).
  - A new private key is handed over exactly once, in a file or in the result, or the key does not stay.
  - Atlas, Cloud Manager, and Ops Manager since version 4.2 have such keys.
options:
  key_id:
    description:
      - One or several keys of the organization. Each is named by its id, which is 24 hexadecimal digits, or by its
        public key, which is eight lower-case letters.
      - With O(state=present), the task puts the keys that are not in the project there. That needs O(roles).
      - If a value is neither an id nor a public key, the task fails before it sends anything.
      - Exactly one of O(key_id) and O(description) is required.
    type: list
    elements: str
  description:
    description:
      - The description of the key. The task is about the only key in the project that has exactly this description.
      - With O(state=present), the task makes a key in the project if there is none. It does not look for keys outside
        of the project.
      - If several keys in the project have this description, the task fails and lists them. It never guesses.
      - It has at most 250 characters. It must not begin or end with white space, and it must not end like one of the
        marks that this collection uses, such as V([unfinished 1a2b3c4d]).
      - Exactly one of O(key_id) and O(description) is required.
    type: str
  roles:
    description:
      - The roles of the key in the project, in any order. The key loses all other roles in the project. Its roles in
        the organization and in other projects stay as they are.
      - The task needs them to put a key into the project and to make a key. Without them, the roles of a key in the
        project stay as they are.
      - The server decides which roles exist. If it refuses a role, the message names it.
    type: list
    elements: str
  private_key_path:
    description:
      - The file that takes the private key of a new key, on the host where the module runs. The file holds the private
        key alone, without a line break, and only its owner can read it. The private key is then not in the result.
      - The task finds out whether it can write the file before it sends anything.
      - If the task would make a key and the file exists, the task fails, because the file may hold a secret that
        somebody needs.
      - If the key is in the project, the task checks that the file holds its private key. What happens if not,
        O(missing_secret) decides.
      - With O(state=absent), the file stays as it is, because the key still exists.
    type: path
  state:
    description:
      - With V(present), the key is in the project with these roles.
      - With V(absent), the key is not in the project. It still exists in the organization, and can still log in. A task
        with O(state=present) and the same O(description) would then make another key.
    type: str
    choices: [present, absent]
    default: present
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
  - mongodb.atlas.project
notes:
  - The login needs the role C(GROUP_OWNER) in the project, or C(ORG_OWNER). Without C(ORG_OWNER), the task cannot
    delete a new key that it could not finish. Then it takes the key out of the project, and the message names the key.
seealso:
  - module: mongodb.atlas.org_api_key
  - module: mongodb.atlas.project_api_key_info
"""

EXAMPLES = r"""
- name: Make a key, and let a file take its private key
  mongodb.atlas.project_api_key:
    project_id: 5e2b10049ccf64c8a1d0e321
    description: backup scripts
    roles: [GROUP_READ_ONLY]
    private_key_path: /etc/backup/private_key
  run_once: true

- name: Make a key, and register its private key
  mongodb.atlas.project_api_key:
    project_id: 5e2b10049ccf64c8a1d0e321
    description: backup scripts
    roles: [GROUP_READ_ONLY]
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

- name: Put keys of the organization into the project, or change their roles there
  mongodb.atlas.project_api_key:
    project_id: 5e2b10049ccf64c8a1d0e321
    key_id: [5e2b13009ccf64b7c8d90c45, rdxvlmpa]
    roles: [GROUP_READ_ONLY, GROUP_BACKUP_MANAGER]

- name: Take keys out of the project, by id and by public key
  mongodb.atlas.project_api_key:
    project_id: 5e2b10049ccf64c8a1d0e321
    key_id: [5e2b13009ccf64b7c8d90c45, rdxvlmpa]
    state: absent
"""

RETURN = r"""
project_api_keys:
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
      description: The names of the roles that the key has in the project.
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
project_api_key:
  description: The key, if the task is about one. It has the fields of an item of RV(project_api_keys).
  returned: success, and on failure if the task is about one key
  type: dict
private_key:
  description: The private key of the key that the task made. It is in no other field, and no later task can get it.
  returned: if the task made a key, O(private_key_path) is not set, and the task does not run in check mode
  type: str
msg:
  description: Where the keys still are.
  returned: with O(state=absent), and on failure the reason
  type: str
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
from ansible_collections.mongodb.atlas.plugins.module_utils._named import ensure_named
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import KEY_OPTIONS
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_api_key import wanted_project_keys


def main() -> None:
    """Run the module."""
    run_module({"project_id": PLACE_OPTIONS["project_id"], **KEY_OPTIONS}, wanted_project_keys, ensure_named)


if __name__ == "__main__":
    main()
