#!/usr/bin/python

# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mongodb.atlas.service_account_secret."""

DOCUMENTATION = r"""
module: service_account_secret
short_description: Renew and delete secrets of a service account of MongoDB Atlas and Cloud Manager
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - With O(state=present), the service account has a secret that lasts long enough. If it has none, the task makes one.
  - A service account can have two secrets, and a program can log in with either. When a new secret is made, the older
    one expires seven days later at the latest. If all programs switch to the new secret within these seven days, they
    can log in at every moment.
  - An expired secret counts as one of the two until somebody deletes it. The task deletes it if a new secret needs its
    place.
  - The new secret is handed over exactly once, in a file or in the result, or it does not stay.
options:
  account_id:
    description:
      - The service account, named by its client id, which is C(mdb_sa_id_) and 24 hexadecimal digits.
      - If the value is not a client id, the task fails before it sends anything.
    type: str
    required: true
  secret_id:
    description:
      - The ids of the secrets to delete. Required with O(state=absent), and only allowed there.
      - If a value is not an id, the task fails before it sends anything.
    type: list
    elements: str
  valid_for:
    description:
      - How many hours a new secret is valid, from V(8) to V(8760). The value must be more than O(renew_within).
      - The settings of the organization may allow less. Then the server refuses the secret.
      - Required with O(state=present).
    type: int
  renew_within:
    description:
      - How many more hours a secret must be valid. If no secret is valid for that long, the task makes a new one. The
        value can have a fraction.
    type: float
    default: 168
  make_room:
    description:
      - Which secret the task deletes if it makes a new one and the service account already has two.
      - With V(expired), it deletes an expired one. If no secret has expired, the task fails before it changes anything.
      - With V(oldest), it deletes the one that ends first, even if that one is still valid. A warning then names it.
        The secret that the task logs in with is never deleted.
    type: str
    choices: [expired, oldest]
    default: expired
  force:
    description:
      - Whether the task makes a new secret even if one lasts long enough.
      - If a secret is younger than ten minutes, the task makes no new one. If O(client_secret_path) is set, this rule
        applies only to a secret that the file holds. So if the task runs again soon, or on the next host, it does not
        renew the secret again.
    type: bool
    default: false
  client_secret_path:
    description:
      - The file that takes the new secret, on the host where the module runs. The file holds the secret alone, without
        a line break, and only its owner can read it. The secret is then not in the result.
      - The task keeps the old content in a second file, whose name ends with V(.previous), because that secret may
        still be valid. The task that deletes this secret removes the second file.
      - The task finds out whether it can write the files before it sends anything.
      - If a secret lasts long enough, and the file does not hold it, the task fails. With O(force=true), it makes a new
        one instead.
      - With O(state=absent), the task removes the file if it holds a secret that the task deletes.
    type: path
  state:
    description:
      - With V(present), the service account has a secret that is valid for at least O(renew_within) more hours.
      - With V(absent), the secrets O(secret_id) do not exist. A secret is reported gone only when the server said so
        about that secret.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    details:
      - The module reads the secrets, and reports the change that it would make. The result then has no secret.
  diff_mode:
    support: full
  idempotent:
    support: full
extends_documentation_fragment:
  - mongodb.atlas.attributes
  - mongodb.atlas.connection
  - mongodb.atlas.organization
notes:
  - To manage secrets, the login needs the role C(ORG_OWNER). A service account with this role can renew its own secret.
  - Ops Manager has no service accounts.
  - Two tasks must not renew the secrets of one service account at the same moment. If the answer that makes a secret is
    lost, the task deletes the secret that is new and was never used. This could be the secret of the other task. If
    several hosts could run the task, set C(run_once=true).
  - The task uses the clock of the server. If the server does not tell its time, the task fails before it changes
    anything.
  - If a step fails after the task made a secret, the task deletes the new secret again. If it cannot do that either,
    the message names the secret. In both cases, the older secret ends within seven days, and the result shows it as
    changed.
  - If the keyword C(timeout) or the signal SIGKILL ends a task, a secret may stay that nobody has. With
    O(client_secret_path), the next task then fails and names this secret. Delete it with O(state=absent), or set
    O(force=true).
  - With O(state=absent), if the task logs in with one of the secrets O(secret_id), it deletes this secret last, and
    warns. A task that logs in with O(access_token) cannot tell whether it logs in with one of them, so it warns about
    each secret that it deletes.
  - Only the answer that makes a secret shows it. Use O(client_secret_path), or set C(no_log=true) and register the
    result. Without both, the task warns, because Ansible prints and logs results.
  - With C(async), use O(client_secret_path). Otherwise the task fails before it sends anything, because Ansible keeps
    the result in a file that others can read.
seealso:
  - module: mongodb.atlas.service_account_secret_info
"""

EXAMPLES = r"""
- name: Renew the secret a week before it ends
  mongodb.atlas.service_account_secret:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    account_id: mdb_sa_id_5e2b17a09ccf64b7c8d90f53
    valid_for: 2160
    client_secret_path: /etc/backup/client_secret
  run_once: true

- name: Make a new secret now, and delete an older one if there is no room
  mongodb.atlas.service_account_secret:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    account_id: mdb_sa_id_5e2b17a09ccf64b7c8d90f53
    valid_for: 2160
    force: true
    make_room: oldest
  register: renewed
  no_log: true
  run_once: true

- name: Hand the new secret over, in the run that made it
  ansible.builtin.copy:
    content: "{{ renewed.client_secret }}"
    dest: /etc/backup/client_secret
    mode: "0600"
  when: renewed.client_secret is defined
  no_log: true
  diff: false

- name: Delete a secret
  mongodb.atlas.service_account_secret:
    org_id: 5e2b0f6a9ccf64c8a1d0e311
    account_id: mdb_sa_id_5e2b17a09ccf64b7c8d90f53
    secret_id: [5e2b17a09ccf64b7c8d91053]
    state: absent
"""

RETURN = r"""
service_account_secrets:
  description:
    - With O(state=present), first the secret that lasts, then all others, including those that the task deleted.
    - With O(state=absent), the secrets O(secret_id), in this order.
  returned: success, and on failure if the task changed something
  type: list
  elements: dict
  contains:
    id:
      description: The id of the secret; V(null) in check mode if the task would make the secret.
      returned: always
      type: str
    changed:
      description: Whether the task changed this secret, or in check mode would change it. A secret that ends earlier
        because of a new one is changed.
      returned: always
      type: bool
    state:
      description: The state of the secret now, V(present) or V(absent); V(null) if it is not known.
      returned: always
      type: str
    created_at:
      description: The time when the secret was made, in UTC.
      returned: if the server told it
      type: str
    expires_at:
      description: The time when the secret ends, in UTC. If the task made a new secret, the module computes the end of
        an older one, which is seven days later at the latest.
      returned: if the server told it
      type: str
    last_used_at:
      description: The time when somebody used the secret last, in UTC; V(null) if nobody did.
      returned: if the server told it
      type: str
    masked_secret:
      description: The masked secret. Only its last four characters are readable.
      returned: if the server told it
      type: str
service_account_secret:
  description: The secret that lasts, with the fields of an item of RV(service_account_secrets). With O(state=absent),
    the only secret of O(secret_id).
  returned: success, if the task is about a single secret
  type: dict
client_secret:
  description: The secret that the task made. It is in no other field, and no later task can get it.
  returned: if the task made a secret, O(client_secret_path) is not set, and the task does not run in check mode
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
from ansible_collections.mongodb.atlas.plugins.module_utils._renewal import renew
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.service_account_secret import wanted_secrets


def main() -> None:
    """Run the module."""
    run_module(
        {
            "org_id": PLACE_OPTIONS["org_id"],
            "account_id": {"type": "str", "required": True},
            "secret_id": {"type": "list", "elements": "str", "no_log": False},
            "valid_for": {"type": "int"},
            "renew_within": {"type": "float", "default": 168},
            "make_room": {"type": "str", "choices": ["expired", "oldest"], "default": "expired"},
            "force": {"type": "bool", "default": False},
            "client_secret_path": {"type": "path", "no_log": False},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        wanted_secrets,
        renew,
        required_if=[("state", "present", ["valid_for"]), ("state", "absent", ["secret_id"])],
    )


if __name__ == "__main__":
    main()
