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
  - Revokes, suspends or enables personal API keys, which belong to a user. Programmatic API keys, which belong to an
    organization or a project, are another resource.
  - A key is reported gone only when the server said so about that key. A refused login, a redirect, a web page or no
    answer at all is a failure, never "already absent".
  - Personal keys exist on Ops Manager up to 4.4, where people still log in with them. On Atlas none can be created
    since June 2019, and none can log in since March 2021. Ops Manager 5.0 removed them.
options:
  user_id:
    description:
      - The id of the user whose keys they are, which is 24 hexadecimal digits. It is the user of the console, not a
        database user.
      - Anything that is not an id is refused before anything is sent. For an email address, use O(user_name).
      - Exactly one of O(user_id) and O(user_name) is required.
    type: str
  user_name:
    description:
      - The name of the user whose keys they are, which is what the user logs in with, mostly an email address.
      - Its id is looked up first, with one more request.
    type: str
  key_id:
    description:
      - The ids of the keys. One id, or a list of them. With an empty list the module does nothing. Duplicate ids are
        ignored.
      - An id is 24 hexadecimal digits, small letters or capitals. It is not the key itself, nor its last characters;
        M(mongodb.atlas.user_api_key_info) lists the ids.
      - Anything that is not an id is refused before anything is sent, such as several ids in one text, a list as JSON
        text, or an object. The message says what to write instead.
      - With several ids, the module reads the list of the user's keys first, and changes only the keys that differ. The
        key that the task logs in with goes last. After an error about one key the module goes on with the others, and
        reports the error at the end. Only a refused login, a lost connection and a rate limit end the task at once.
    type: list
    elements: str
    required: true
  state:
    description:
      - What is to hold afterwards.
    type: str
    choices:
      absent: The keys are revoked, which cannot be undone.
      disabled:
        The keys are suspended, they cannot log in. A key that is not there is not an error, but there is a warning.
      enabled: The keys can log in. A key that is not there is an error.
    default: absent
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
attributes:
  check_mode:
    support: full
    details:
      - The list of the user's keys is read, and nothing is written. Whether the server would allow to write cannot be
        seen from that.
  diff_mode:
    support: full
    details:
      - Shows the keys that the task names, as they were and as they are. The list of the user's keys is read for it.
  idempotent:
    support: full
notes:
  - The server lets only the user whose key it is revoke it. On Ops Manager a C(GLOBAL_OWNER) can list the keys of any
    user, and suspend and enable them.
seealso:
  - module: mongodb.atlas.user_api_key_info
"""

EXAMPLES = r"""
- name: Revoke a key on Ops Manager, whose certificate is from a private authority
  mongodb.atlas.user_api_key:
    base_url: https://ops-manager.example.com:8443
    ca_path: /etc/pki/tls/certs/example-ca.pem
    public_key: jane.doe@example.com
    private_key: "{{ jane_personal_api_key }}"
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id: 5f1a2b3c4d5e6f7081920b01

- name: Revoke a key on Atlas, with a login that Ansible Vault keeps
  mongodb.atlas.user_api_key:
    public_key: "{{ vault_atlas_public_key }}"
    private_key: "{{ vault_atlas_private_key }}"
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id: 5f1a2b3c4d5e6f7081920b01

- name: Revoke a key with the address and the login that are set in the environment of ansible-playbook
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

- name: Suspend the keys of a user on Ops Manager, as a GLOBAL_OWNER
  mongodb.atlas.user_api_key:
    base_url: https://ops-manager.example.com:8443
    public_key: owner@example.com
    private_key: "{{ owner_personal_api_key }}"
    user_name: jane.doe@example.com
    key_id:
      - 5f1a2b3c4d5e6f7081920b01
      - 5f1a2b3c4d5e6f7081920b02
    state: disabled

- name: Revoke a key, and fail when there is no such user instead of only warning
  mongodb.atlas.user_api_key:
    user_id: 5f1a2b3c4d5e6f7081920a01
    key_id: 5f1a2b3c4d5e6f7081920b01
  register: revoked
  failed_when: revoked is failed or revoked.error_code | default('', true) in ['USER_NOT_FOUND', 'RESOURCE_NOT_FOUND']

- name: Revoke several keys, and fail when one of them was not there
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
  description: The id of the user; V(null) if it was not looked up or not found.
  returned: when the keys could be read, if they had to be
  type: str
  sample: 5f1a2b3c4d5e6f7081920a01
user_api_keys:
  description: What came of each key, in the order asked for.
  returned: when the keys could be read, if they had to be; on failure as far as it got
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
      description: The id of the key.
      returned: always
      type: str
    changed:
      description: Whether the task changed the key, or would change it in check mode.
      returned: always
      type: bool
    state:
      description:
        - What holds now, or would hold without check mode. One of V(absent), V(disabled) and V(enabled).
        - It is V(null) when the server did not tell.
      returned: always
      type: str
    description:
      description: What the user noted of the key; V(null) if nothing.
      returned: when the key was read
      type: str
    created_at:
      description: When the key was created, in UTC.
      returned: when the key was read
      type: str
    obfuscated_key:
      description: The key, masked but for its last twelve characters.
      returned: when the key was read
      type: str
    status_code:
      description: The HTTP status of the answer that something is not there, or that the task failed with.
      returned: when there was such an answer
      type: int
    error_code:
      description: The API's C(errorCode) in that answer; V(null) if it had none.
      returned: when there was such an answer
      type: str
    msg:
      description: What was tried, what came back, and what to do about it.
      returned: when something about this key failed
      type: str
status_code:
  description:
    - The HTTP status of the answer that something is not there, when the task names a single key.
    - The HTTP status of the answer that the task failed with.
  returned: when there was such an answer
  type: int
  sample: 404
error_code:
  description: The API's C(errorCode) in that answer.
  returned: when there was such an answer
  type: str
  sample: INVALID_KEY_ID
reason:
  description: The API's C(reason) in the answer that the task failed with.
  returned: on failure, if the answer had one
  type: str
  sample: Unauthorized
detail:
  description: The API's C(detail) in the answer that the task failed with.
  returned: on failure, if the answer had one
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
        mutually_exclusive=[("user_id", "user_name")],
        required_one_of=[("user_id", "user_name")],
    )


if __name__ == "__main__":
    main()
