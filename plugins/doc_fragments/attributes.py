# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes that modules of this collection have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation fragment ``mongodb.atlas.attributes``."""

    DOCUMENTATION = r"""
attributes:
  action_group:
    description: Use C(group/mongodb.atlas.all) in C(module_defaults) to set the options of all modules at once.
    support: full
    membership:
      - mongodb.atlas.all
  check_mode:
    description: Can run in C(check_mode) and return what would change, without changing anything.
  diff_mode:
    description: Will return details of what has changed, or would change in C(check_mode), when in diff mode.
  idempotent:
    description: When run twice in a row, the second run changes nothing.
  platform:
    description: Where the module can run.
    support: full
    platforms: posix
"""

    # For modules that only read.
    INFO = r"""
attributes:
  check_mode:
    support: full
    details:
      - Nothing is ever changed.
  diff_mode:
    support: N/A
    details:
      - Nothing is ever changed.
  idempotent:
    support: full
    details:
      - Nothing is ever changed.
"""
