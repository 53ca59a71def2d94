#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.access_token."""

DOCUMENTATION = r"""
module: access_token
short_description: Get an access token of a service account for a whole play, and revoke it
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Gets an access token, so that all other tasks of a play can log in with it, or revokes such a token.
  - Without this module, each task that logs in as a service account gets a token of its own, and revokes it at its end.
    A service account can have 100 live tokens, and can ask for 50 tokens a minute. With one token for a whole play,
    neither limit matters, and each task saves two requests.
  - The module logs in as a service account only, with O(client_id) and O(client_secret). Atlas and Cloud Manager have
    service accounts, Ops Manager does not.
options:
  access_token:
    description:
      - The token to revoke, with O(state=absent). If this option is not set, the module revokes the token in the
        environment variable E(MONGODB_ATLAS_ACCESS_TOKEN).
      - With O(state=present), the task fails if this option is set, because Ansible would mask the token in the result.
    type: str
  state:
    description:
      - With V(present), the task gets a new token, in check mode too, so that the other tasks of the play can log in.
        The task does not revoke the token at its end. The token ends by itself after an hour.
      - With V(absent), the task revokes the token. The server reports success for every text, even for a text that is
        no token. So the task first tests whether the server accepts the token. If the server refuses it, nothing is
        left to do. After the revocation, the task tests the token again. If the server still accepts it, the task
        fails.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: partial
    details:
      - With O(state=present), the task gets a token in check mode too.
      - With O(state=absent), the task only tests whether the server accepts the token. Set C(check_mode=false) on a
        task that must revoke the token of a play in check mode.
  diff_mode:
    support: full
    details:
      - With O(state=absent), the diff shows whether the server accepts the token. With O(state=present), there is no
        diff.
  idempotent:
    support: partial
    details:
      - With O(state=present), each task gets a new token, and reports no change, because a token ends by itself.
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
notes:
  - The token is in the result. Set C(no_log=true) on the task that gets it. Otherwise, the module warns.
  - With O(state=present) and the keyword C(async), the task fails before it sends anything, because Ansible keeps the
    result in a file that others can read.
seealso:
  - module: mongodb.atlas.login_info
"""

EXAMPLES = r"""
- name: Let all tasks of a play share one token
  module_defaults:
    group/mongodb.atlas.all:
      access_token: "{{ login.access_token | default(omit) }}"
    mongodb.atlas.access_token:
      client_id: "{{ vault_client_id }}"
      client_secret: "{{ vault_client_secret }}"
  block:
    - name: Log in
      mongodb.atlas.access_token:
      register: login
      no_log: true

    - name: List the keys
      mongodb.atlas.org_api_key_info:
        org_id: 5e2b0f6a9ccf64c8a1d0e311
  always:
    - name: Log out
      mongodb.atlas.access_token:
        state: absent
      check_mode: false
      when: login.access_token is defined

- name: Revoke a token that leaked
  mongodb.atlas.access_token:
    client_id: "{{ vault_client_id }}"
    client_secret: "{{ vault_client_secret }}"
    access_token: "{{ seen_token }}"
    state: absent
"""

RETURN = r"""
access_token:
  description: The token. No other field of the result has it.
  returned: success, with O(state=present)
  type: str
  sample: eyJhbGciOiJFUzUxMiJ9...
expires_at:
  description: The time when the token ends, in UTC by the clock of the server.
  returned: success, with O(state=present)
  type: str
  sample: "2026-03-04T06:06:07Z"
status_code:
  description: The HTTP status of the response that made the task fail.
  returned: on failure, if there was a response
  type: int
  sample: 401
error_code:
  description: The C(errorCode) or the C(error) in that response.
  returned: on failure, if the response had one
  type: str
  sample: invalid_client
reason:
  description: The C(reason) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Unauthorized
detail:
  description: The C(detail) or the C(error_description) in that response.
  returned: on failure, if the response had one
  type: str
  sample: Invalid credentials provided.
"""

from ansible_collections.mongodb.atlas.plugins.module_utils._access_token import ensure_token, wanted_token
from ansible_collections.mongodb.atlas.plugins.module_utils._module import run_module


def main() -> None:
    """Run the module."""
    state = {"type": "str", "choices": ["present", "absent"], "default": "present"}
    run_module({"state": state}, wanted_token, ensure_token, only_account=True)


if __name__ == "__main__":
    main()
