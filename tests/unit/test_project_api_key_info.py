# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the module project_api_key_info refuses options."""

from __future__ import annotations

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.api_key_info import listed_project_keys


@pytest.mark.parametrize(
    ("project_id", "says"),
    [("", "project_id is empty"), ("Backend", "project_id is not an id"), ("0" * 25, "project_id is a number")],
)
def test_a_project_is_named_by_its_id(project_id: str, says: str) -> None:
    with pytest.raises(OptionError, match=says):
        listed_project_keys({"project_id": project_id, "key_id": None, "description": None})
