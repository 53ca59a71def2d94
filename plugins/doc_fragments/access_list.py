# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that manage an access list. A module overrides the parts that are different for its list.

Their argument spec is in ``module_utils/_resources/access_list.py``.
"""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation fragment ``mongodb.atlas.access_list``."""

    DOCUMENTATION = r"""
options:
  entries:
    description:
      - The entries, each an address or a block of addresses (CIDR).
      - An address such as V(192.0.2.1) and its block V(192.0.2.1/32) are the same entry, and so are all spellings of an
        IPv6 address. Duplicate entries are ignored. Commas separate several entries in one text.
      - If a value is neither an address nor a block, the task fails before it sends anything. Examples are a host name,
        a range, and a block such as V(192.0.2.5/24), which is an address inside of the block V(192.0.2.0/24). The
        message says what to write instead.
      - Required, unless O(exclusive) and O(allow_empty) are V(true). With an empty list, the module adds nothing.
    type: list
    elements: str
  exclusive:
    description:
      - Whether the task removes all entries of the list that are not in O(entries). Only for O(state=present).
      - The task adds the new entries first. If it cannot add all of them, it removes none.
    type: bool
    default: false
  allow_empty:
    description:
      - Whether the task may remove the last entry of the list. With an empty list, the key or service account can be
        used from anywhere, or from nowhere if its organization demands an access list.
      - If this is V(false) and the list would be empty after the task, the task fails and changes nothing.
    type: bool
    default: false
  state:
    description:
      - The state of the entries after the task.
    type: str
    choices:
      present: The entries are on the list.
      absent: The entries are not on the list.
    default: present
attributes:
  check_mode:
    support: full
    details:
      - Check mode never writes. The module only reads the list. Check mode cannot tell whether the server would permit
        the change.
  diff_mode:
    support: full
    details:
      - Shows the blocks of the whole list before and after the task.
  idempotent:
    support: full
notes:
  - The server may refuse to remove the address that the task comes from. The task then fails for this entry, and still
    removes the others.
"""
