# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option of modules that work in a project. Its argument spec is in ``module_utils/_module.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation fragment ``mongodb.atlas.project``."""

    DOCUMENTATION = r"""
options:
  project_id:
    description:
      - The id of the project. An id is 24 hexadecimal digits, in small or capital letters.
      - If the value is not an id, for example the name of the project, the task fails before it sends anything.
      - Set this option or one of the environment variables E(MONGODB_ATLAS_PROJECT_ID) and E(MCLI_PROJECT_ID). The
        module uses the first variable that is set and not empty.
      - All modules with this option are in the action group C(project). To set this option once for all of them, use
        C(group/mongodb.atlas.project) in C(module_defaults).
    type: str
    required: true
attributes:
  action_group:
    description: Use C(group/mongodb.atlas.all) or C(group/mongodb.atlas.project) in C(module_defaults) to set options
      for several modules at once.
    support: full
    membership:
      - mongodb.atlas.all
      - mongodb.atlas.project
"""
