#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.login_info."""

DOCUMENTATION = r"""
module: login_info
short_description: Show which key or service account a task logs in with
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Logs in, and returns everything that the server tells about the login. So a play can check, before it does anything,
    that the login works, belongs to the right organization, and has the roles that the play needs.
  - A field is V(null) if the server does not tell it to this login. The task fails only if the server refuses the
    login, or if there is no answer.
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
notes:
  - For a key, the module sends one request besides the login. For a service account, it sends three, and for an access
    token one.
  - A service account can read itself only with a role such as C(ORG_READ_ONLY).
seealso:
  - module: mongodb.atlas.access_token
"""

EXAMPLES = r"""
- name: Show the login
  mongodb.atlas.login_info:
  register: who

- name: Make sure that the login belongs to the right organization, and can do nothing but read
  ansible.builtin.assert:
    that:
      - who.login.org_id == '5e2b0f6a9ccf64c8a1d0e311'
      - who.login.roles == ['ORG_READ_ONLY']

- name: Show when the secrets of the service account end
  ansible.builtin.debug:
    msg: "{{ who.login.secrets | map(attribute='expires_at') }}"
  when: who.login.secrets is not none
"""

RETURN = r"""
login:
  description: The key or service account that the task logs in with.
  returned: success
  type: dict
  sample:
    kind: service_account
    id: mdb_sa_id_5e2b173c9ccf64b7c8d90f52
    name: Dashboard
    roles: [ORG_READ_ONLY]
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    access_list: [192.0.2.1/32]
    secrets:
      - id: 5e2b173c9ccf64b7c8d91052
        created_at: "2026-01-24T16:11:40Z"
        expires_at: "2026-07-24T16:11:40Z"
        last_used_at: "2026-03-04T05:06:07Z"
        masked_secret: mdb_sa_sk_...Rb7Z
  contains:
    kind:
      description:
        - The kind of the login. V(org_api_key) and V(global_api_key) are programmatic keys, V(user_api_key) is a
          personal key, V(service_account) is a service account, and V(access_token) is the token of one.
      returned: always
      type: str
    id:
      description: The id of the key, or the client id of the service account. For a personal key and for an access
        token, it is V(null).
      returned: always
      type: str
    name:
      description: The public key of a programmatic key, or the name of a service account.
      returned: always
      type: str
    roles:
      description: The names of the roles in the organization; for a global key, of its roles in the whole Ops Manager.
      returned: always
      type: list
      elements: str
    org_id:
      description: The id of the organization that the key or the service account belongs to.
      returned: always
      type: str
    access_list:
      description: The entries of the access list, as blocks. An empty list is not the same as V(null).
      returned: always
      type: list
      elements: str
    secrets:
      description: The secrets of a service account. The server masks them.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description: The id of the secret.
          returned: always
          type: str
        created_at:
          description: The time when the secret was made, in UTC.
          returned: always
          type: str
        expires_at:
          description: The time when the secret ends, in UTC.
          returned: always
          type: str
        last_used_at:
          description: The time when somebody last got a token with the secret, in UTC.
          returned: always
          type: str
        masked_secret:
          description: The masked secret. Only its last four characters are readable.
          returned: always
          type: str
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

from ansible_collections.mongodb.atlas.plugins.module_utils._login_info import describe_login
from ansible_collections.mongodb.atlas.plugins.module_utils._module import run_module


def main() -> None:
    """Run the module."""
    run_module({}, lambda _options: None, describe_login)


if __name__ == "__main__":
    main()
