# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that manage programmatic keys. Their argument spec is in ``_resources/org_api_key.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation fragment ``mongodb.atlas.api_key``."""

    DOCUMENTATION = r"""
options:
  key_id:
    description:
      - One or several keys. Each is named by its id, which is 24 hexadecimal digits, or by its public key, which is
        eight lower-case letters.
      - With O(state=present), each key must exist.
      - If a value is neither an id nor a public key, the task fails before it sends anything.
    type: list
    elements: str
  description:
    description:
      - The description of the key. The task is about the only key that has exactly this description.
      - With O(state=present), the task makes the key if there is none.
      - If several keys have this description, the task fails and lists them. It never guesses.
      - Together with O(key_id), this is the new description of that one key.
      - It has at most 250 characters. It must not begin or end with white space, and it must not end like one of the
        marks that this collection uses, such as V([unfinished 1a2b3c4d]).
      - Exactly one of O(key_id) and O(description) is required, unless one key gets a new description.
    type: str
  roles:
    description:
      - The roles of the key, in any order. The key gets these roles and loses all others of the same scope. Its roles
        in projects stay as they are.
      - The task needs them to make a key. Without them, the roles of a key that exists stay as they are.
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
      - If the key exists, the task checks that the file holds its private key. What happens if not, O(missing_secret)
        decides.
      - With O(state=absent), the task removes the file if it holds the private key of the key that it revokes.
    type: path
  missing_secret:
    description:
      - What happens if the key exists, and the file O(private_key_path) does not hold its private key. Only the task
        that made the key had it.
      - With V(fail), the task fails. With V(warn), it warns and goes on.
    type: str
    choices: [fail, warn]
    default: fail
  state:
    description:
      - With V(present), the key exists with these roles.
      - With V(absent), the key does not exist. A key is reported gone only when the server said so about that key.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Only the answer that makes a key shows its private key. Use O(private_key_path), or set C(no_log=true) and register
    the result. Without both, the task warns, because Ansible prints and logs results.
  - If the task cannot finish a new key, it deletes the key again. If it cannot do that either, the message names the
    key that is left. The keyword C(timeout) and the signal SIGKILL can interrupt a task at any moment. A task that such
    an interruption ends may leave a key whose description ends with C([unfinished ...]). The next task with the same
    description deletes it when it is older than an hour.
  - With C(async), use O(private_key_path). Otherwise the task fails before it sends anything, because Ansible keeps the
    result in a file that others can read.
  - If several hosts could run the task, set C(run_once=true).
  - The task that logs in with a key revokes this key last, and warns.
"""
