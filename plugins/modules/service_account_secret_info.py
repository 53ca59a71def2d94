#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.service_account_secret_info."""

DOCUMENTATION = r"""
module: service_account_secret_info
short_description: List secrets of a service account of MongoDB Atlas and Cloud Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Lists the secrets of a service account, and when they end. The server masks the secrets themselves.
  - If the module cannot read the service account, the task fails. It never returns an empty list instead.
options:
  account_id:
    description:
      - The service account, named by its client id, which is C(mdb_sa_id_) and 24 hexadecimal digits.
      - If the value is not a client id, the task fails before it sends anything.
    type: str
    required: true
  secret_id:
    description:
      - The ids of secrets. The module returns only these secrets.
      - If one of them does not exist, the result leaves it out, and the task does not fail.
      - If a value is not an id, the task fails before it sends anything.
    type: list
    elements: str
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.attributes.info
  - mongodb.atlas.connection
  - mongodb.atlas.organization
notes:
  - To read service accounts, the role C(ORG_READ_ONLY) is enough.
  - An expired secret stays in the list until somebody deletes it.
seealso:
  - module: mongodb.atlas.service_account_secret
"""

EXAMPLES = r"""
- name: List the secrets of a service account
  mongodb.atlas.service_account_secret_info:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    account_id: mdb_sa_id_5e2b17a09ccf64b7c8d90f53
  register: found

- name: Show when they end
  ansible.builtin.debug:
    msg: "{{ found.service_account_secrets | map(attribute='expires_at') }}"
"""

RETURN = r"""
service_account_secrets:
  description: The secrets, in the order of the server.
  returned: success
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
      description: The time when the secret ends, in UTC; V(null) if the server did not tell it.
      returned: always
      type: str
    last_used_at:
      description: The time when somebody used the secret last, in UTC; V(null) if nobody did.
      returned: always
      type: str
    masked_secret:
      description: The masked secret. Only its last four characters are readable.
      returned: always
      type: str
org_id:
  description: The id of the organization.
  returned: success
  type: str
  sample: 5e2b0f6a9ccf64c8a1d0e311
account_id:
  description: The client id of the service account.
  returned: success
  type: str
  sample: mdb_sa_id_5e2b16d89ccf64b7c8d90f51
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
from ansible_collections.mongodb.atlas.plugins.module_utils._renewal import list_secrets
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account_secret import listed_secrets


def main() -> None:
    """Run the module."""
    run_module(
        {
            "org_id": PLACE_OPTIONS["org_id"],
            "account_id": {"type": "str", "required": True},
            "secret_id": {"type": "list", "elements": "str", "no_log": False},
        },
        listed_secrets,
        list_secrets,
    )


if __name__ == "__main__":
    main()
