# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes that the modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation fragment ``mongodb.atlas.attributes``."""

    DOCUMENTATION = r"""
attributes:
  action_group:
    description: Use C(group/mongodb.atlas.all) in C(module_defaults) to set options for all modules at once.
    support: full
    membership:
      - mongodb.atlas.all
  check_mode:
    description: In C(check_mode), the module reports the changes that it would make, and makes none.
  diff_mode:
    description: In diff mode, the module returns the details of its changes, in C(check_mode) too.
  idempotent:
    description: If the module runs twice in a row, the second run changes nothing.
  platform:
    description: The platforms where the module can run.
    support: full
    platforms: posix
"""

    # For modules that only read.
    INFO = r"""
attributes:
  check_mode:
    support: full
    details:
      - The module never changes anything.
  diff_mode:
    support: N/A
    details:
      - The module never changes anything.
  idempotent:
    support: full
    details:
      - The module never changes anything.
"""
