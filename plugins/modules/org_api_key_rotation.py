#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.org_api_key_rotation."""

DOCUMENTATION = r"""
module: org_api_key_rotation
short_description: Rotate a programmatic API key of an organization of MongoDB Atlas, Cloud Manager and Ops Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Makes a new key when the key with a description is too old. The new key has the same roles, projects and access
    list.
  - At first, both keys can log in. The old key gets a description that ends with C([replaced by ...]). A later task
    revokes it, when O(overlap) is over. So there is no moment in which nothing works.
  - The task revokes only keys with such a mark, whose successors exist. A warning names each key that it revokes.
  - The new private key is handed over exactly once, in a file or in the result, or the new key does not stay.
options:
  description:
    description:
      - The description of the key. Exactly one key must have it. M(mongodb.atlas.org_api_key) makes this key.
      - If several keys have this description, the task fails and lists them. It never guesses.
      - It has at most 226 characters. It must not begin or end with white space, and it must not end like one of the
        marks that this collection uses.
    type: str
    required: true
  max_age:
    description:
      - How many days old the key may get. A fraction is allowed. The age is a part of the id of the key, and the clock
        is that of the server.
    type: float
    default: 90
  overlap:
    description:
      - For how many days the old and the new key both exist. A fraction is allowed. It must be less than O(max_age).
    type: float
    default: 7
  force:
    description:
      - Make a new key even if the current one is not too old.
      - If the current key is younger than ten minutes, the task makes no new one, provided that the file
        O(private_key_path) holds its private key, or that this option is not set. So a repeat of the task, or the same
        task on the next host, does not rotate again.
    type: bool
    default: false
  private_key_path:
    description:
      - The file that takes the new private key, on the host where the module runs. The file holds the private key
        alone, without a line break, and only its owner can read it. The private key is then not in the result.
      - The task keeps the old content in a second file, whose name ends with V(.previous). The task that revokes the
        old key removes this second file.
      - The task finds out whether it can write the files before it sends anything.
      - If the key is not too old, and the file does not hold its private key, the task fails. O(force) makes a new key.
    type: path
attributes:
  check_mode:
    support: full
    details:
      - The module reads the keys, and reports what it would do. There is no private key then.
  diff_mode:
    support: full
  idempotent:
    support: full
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
  - mongodb.atlas.organization
notes:
  - The login needs the role C(ORG_OWNER).
  - The task never revokes the key that it logs in with. A warning says so.
  - If the task cannot revoke an old key that is due, it makes no new one, and fails.
  - If a task is interrupted, the next one finishes the rotation if the file holds the new private key. Otherwise it
    takes the rotation back.
  - A task that finds an unfinished key waits first, because another task may be making it. It waits for twice
    O(api_timeout) at most, and not at all if the unfinished key is older than an hour.
  - Only the answer that makes a key shows its private key. Use O(private_key_path), or set C(no_log=true) and register
    the result. Without both, the task warns, because Ansible prints and logs results.
  - With C(async), use O(private_key_path). Otherwise the task fails before it sends anything, because Ansible keeps the
    result in a file that others can read.
  - If several hosts could run the task, set C(run_once=true).
seealso:
  - module: mongodb.atlas.org_api_key
"""

EXAMPLES = r"""
- name: Make a new key every 30 days, and revoke the old one two days later
  mongodb.atlas.org_api_key_rotation:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    description: backup scripts
    max_age: 30
    overlap: 2
    private_key_path: /etc/backup/private_key
  run_once: true

- name: Make a new key now
  mongodb.atlas.org_api_key_rotation:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    description: backup scripts
    force: true
  register: rotated
  no_log: true
  run_once: true

- name: Hand the new private key over, which only the task that made the key has
  ansible.builtin.copy:
    content: "{{ rotated.private_key }}"
    dest: /etc/backup/private_key
    mode: "0600"
  when: rotated.private_key is defined
  no_log: true
  diff: false
"""

RETURN = r"""
org_api_keys:
  description: The current key, then the keys that it and its predecessors replaced.
  returned: success, and on failure if the task knows them
  type: list
  elements: dict
  contains:
    id:
      description: The id of the key; V(null) in check mode if the task would make the key.
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
      returned: if the server told it
      type: str
    description:
      description: The description.
      returned: if the server told it
      type: str
    roles:
      description: The names of the roles that the key has in the organization.
      returned: if the server told it
      type: list
      elements: str
    projects:
      description: The roles of the key in projects.
      returned: if the server told it
      type: list
      elements: dict
    obfuscated_key:
      description: The masked private key. Only its last twelve characters are readable.
      returned: if the server told it
      type: str
    created_at:
      description: The time when the key was made, in UTC. It is a part of the id.
      returned: if the server told it
      type: str
org_api_key:
  description: The current key, with the fields of an item of RV(org_api_keys).
  returned: success
  type: dict
private_key:
  description: The private key of the key that the task made. It is in no other field, and no later task can get it.
  returned: if the task made a key, O(private_key_path) is not set, and the task does not run in check mode
  type: str
org_id:
  description: The id of the organization.
  returned: success
  type: str
  sample: 5e2b0f6a9ccf64c8a1d0e311
status_code:
  description: The HTTP status of the response that made the task fail.
  returned: on failure, if there was a response
  type: int
  sample: 404
error_code:
  description: The C(errorCode) in that response.
  returned: on failure, if the response had one
  type: str
  sample: ORG_NOT_FOUND
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Not Found
detail:
  description: The C(detail) in that response.
  returned: on failure, if the response had one
  type: str
  sample: No organization with ID 5e2b0f6a9ccf64c8a1d0e311 exists.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import PLACE_OPTIONS, run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key_rotation import wanted_rotation
from ansible_collections.mongodb.atlas.plugins.module_utils._rotation import rotate


def main() -> None:
    """Run the module."""
    run_module(
        {
            "org_id": PLACE_OPTIONS["org_id"],
            "description": {"type": "str", "required": True},
            "max_age": {"type": "float", "default": 90},
            "overlap": {"type": "float", "default": 7},
            "force": {"type": "bool", "default": False},
            "private_key_path": {"type": "path", "no_log": False},
        },
        wanted_rotation,
        rotate,
    )


if __name__ == "__main__":
    main()
