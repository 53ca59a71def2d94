#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.user_api_key."""

DOCUMENTATION = r"""
module: user_api_key
short_description: Revoke or suspend personal API keys of MongoDB Atlas, Cloud Manager and Ops Manager
version_added: 1.0.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Revokes, suspends or enables personal API keys, which belong to a user. The module does not manage programmatic API
    keys, which belong to an organization or a project.
  - A key is reported gone only when the server said so about that key. A refused login, a redirect, a web page or no
    answer at all is a failure, never "already absent".
  - On Ops Manager up to 4.4, people still log in with personal keys. Since June 2019, nobody can create a personal key
    on Atlas, and since March 2021, nobody can log in with one there. Ops Manager 5.0 removed personal keys.
options:
  user_id:
    description:
      - The id of the user who owns the keys. An id is 24 hexadecimal digits. This is a user of the console, not a
        database user.
      - If the value is not an id, the task fails before it sends anything. For an email address, use O(user_name).
      - Exactly one of O(user_id) and O(user_name) is required.
    type: str
  user_name:
    description:
      - The name of the user who owns the keys. This is the name that the user logs in with, usually an email address.
      - The module first looks up the id of the user, with one more request.
    type: str
  key_id:
    description:
      - The ids of the keys, one id or a list of ids. With an empty list the module does nothing. Duplicate ids are
        ignored.
      - An id is 24 hexadecimal digits, in small or capital letters. The module returns it in small letters. An id is
        not the key itself, and not the last characters of the key. M(mongodb.atlas.user_api_key_info) lists the ids.
      - If a value is not an id, the task fails before it sends anything. Examples are several ids in one text, a list
        as JSON text, and an object. The message says what to write instead.
      - With several ids, the module reads the list of the user's keys first, and changes only the keys that are not in
        the wanted O(state). The key that the task logs in with goes last. After an error about one key, the module goes
        on with the others, and reports the error at the end. The task ends at once only after a refused login, a lost
        connection, a rate limit, or an error with C(Retry-After).
    type: list
    elements: str
    required: true
  state:
    description:
      - The state of the keys after the task.
    type: str
    choices:
      absent: The task revokes the keys. You cannot undo this.
      disabled:
        The task suspends the keys. Nobody can log in with them. If a key does not exist, the task warns and does not
        fail.
      enabled: The task enables the keys. Their user can log in with them. If a key does not exist, the task fails.
    default: absent
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
attributes:
  check_mode:
    support: full
    details:
      - Check mode never writes. The module only reads the list of the user's keys. Check mode cannot tell whether the
        server would permit the change.
  diff_mode:
    support: full
    details:
      - Shows the keys in O(key_id) before and after the task. For this, the module reads the list of the user's keys.
  idempotent:
    support: full
notes:
  - Only the user who owns a key can revoke it. On Ops Manager, a C(GLOBAL_OWNER) can list, suspend and enable the keys
    of any user.
seealso:
  - module: mongodb.atlas.user_api_key_info
"""

EXAMPLES = r"""
- name: Revoke a key on an Ops Manager that has a certificate from a private authority
  mongodb.atlas.user_api_key:
    base_url: https://ops-manager.example.com:8443
    ca_path: /etc/pki/tls/certs/example-ca.pem
    public_key: jane.doe@example.com
    private_key: "{{ jane_personal_api_key }}"
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id: 5f1a2b3c4d5e6f7081920b01

- name: Revoke a key on Atlas, with a login from Ansible Vault
  mongodb.atlas.user_api_key:
    public_key: "{{ vault_atlas_public_key }}"
    private_key: "{{ vault_atlas_private_key }}"
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id: 5f1a2b3c4d5e6f7081920b01

- name: Revoke a key, with the address and the login from the environment of ansible-playbook
  mongodb.atlas.user_api_key:
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id: 5f1a2b3c4d5e6f7081920b01
  delegate_to: localhost

- name: Revoke several keys with the same settings
  module_defaults:
    group/mongodb.atlas.all:
      base_url: https://ops-manager.example.com:8443
      ca_path: /etc/pki/tls/certs/example-ca.pem
      public_key: jane.doe@example.com
      private_key: "{{ jane_personal_api_key }}"
  block:
    - name: Revoke two keys of Jane
      mongodb.atlas.user_api_key:
        user_id: 5f1a2b3c4d5e6f7081920a01
        key_id:
          - 5f1a2b3c4d5e6f7081920b01
          - 5f1a2b3c4d5e6f7081920b02

- name: Suspend two keys of a user on Ops Manager, as a GLOBAL_OWNER
  mongodb.atlas.user_api_key:
    base_url: https://ops-manager.example.com:8443
    public_key: owner@example.com
    private_key: "{{ owner_personal_api_key }}"
    user_name: jane.doe@example.com
    key_id:
      - 5f1a2b3c4d5e6f7081920b01
      - 5f1a2b3c4d5e6f7081920b02
    state: disabled

- name: Revoke a key, and fail if the user does not exist, instead of only warning
  mongodb.atlas.user_api_key:
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id: 5f1a2b3c4d5e6f7081920b01
  register: revoked
  failed_when: revoked is failed or revoked.error_code | default('', true) in ['USER_NOT_FOUND', 'RESOURCE_NOT_FOUND']

- name: Revoke several keys, and fail if one of them did not exist
  mongodb.atlas.user_api_key:
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id:
      - 5f1a2b3c4d5e6f7081920b01
      - 5f1a2b3c4d5e6f7081920b02
  register: revoked
  failed_when: revoked is failed or revoked.user_api_keys | rejectattr('changed') | length > 0
"""

RETURN = r"""
user_id:
  description: The id of the user; V(null) if the module did not look it up or did not find it.
  returned: success, and on failure if keys were processed
  type: str
  sample: 5f1a2b3c4d5e6f7081920a01
user_api_keys:
  description: The outcome for each key, in the order of O(key_id).
  returned: success, and on failure for the keys that were processed
  type: list
  elements: dict
  sample:
    - id: 5f1a2b3c4d5e6f7081920b01
      changed: true
      state: absent
      description: Backup scripts
      created_at: "2019-03-04T05:06:07Z"
      obfuscated_key: "********-****-****-****-f5a3b2c1d4e6"
  contains:
    id:
      description: The id of the key, in small letters.
      returned: always
      type: str
    changed:
      description: Whether the task changed the key, or would change it in check mode.
      returned: always
      type: bool
    state:
      description:
        - The state of the key after the task, or in check mode the state that the task would reach. One of V(absent),
          V(disabled) and V(enabled).
        - The state is V(null) if the module could not find it out.
      returned: always
      type: str
    description:
      description: The description of the key; V(null) if it has none.
      returned: when the module read the key
      type: str
    created_at:
      description: The time when the key was created, in UTC.
      returned: when the module read the key
      type: str
    obfuscated_key:
      description: The masked key. Only its last twelve characters are readable.
      returned: when the module read the key
      type: str
    status_code:
      description: The HTTP status of the response that reported the key as not found, or that made the task fail.
      returned: when there was such a response
      type: int
    error_code:
      description: The C(errorCode) in that response; V(null) if it had none.
      returned: when there was such a response
      type: str
    msg:
      description: The error message for this key. It names the request, the response, and a remedy if one is known.
      returned: when the task failed for this key, or did not try it
      type: str
status_code:
  description:
    - If the task names a single key, the HTTP status of the response that reported the key, the user or the path as
      not found.
    - If the task failed, the HTTP status of the response that made it fail.
  returned: when there was such a response
  type: int
  sample: 404
error_code:
  description: The C(errorCode) in that response.
  returned: when there was such a response
  type: str
  sample: INVALID_KEY_ID
reason:
  description: The C(reason) in the response that made the task fail.
  returned: on failure, if the response had one
  type: str
  sample: Unauthorized
detail:
  description: The C(detail) in the response that made the task fail.
  returned: on failure, if the response had one
  type: str
  sample: You are not authorized for this resource.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._module import run_module
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import ensure
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import wanted_keys


def main() -> None:
    """Run the module."""
    run_module(
        {
            "user_id": {"type": "str"},
            "user_name": {"type": "str"},
            "key_id": {"type": "list", "elements": "str", "required": True, "no_log": False},
            "state": {"type": "str", "choices": ["absent", "disabled", "enabled"], "default": "absent"},
        },
        wanted_keys,
        ensure,
        prefers_key=True,
        mutually_exclusive=[("user_id", "user_name")],
        required_one_of=[("user_id", "user_name")],
    )


if __name__ == "__main__":
    main()
