# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rotation of a programmatic key of an organization: the options, and what a new key gets from the old one."""

from __future__ import annotations

import math
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import object_id
from ansible_collections.mongodb.atlas.plugins.module_utils._marks import LONGEST_REPLACED, check_name
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import KeyAccessList
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import ApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_api_key import ProjectApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._rotation import DAY, Rotation
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import SecretFile


def wanted_rotation(options: t.Mapping[str, t.Any]) -> Rotation:
    """Read a rotation from the options of the module ``org_api_key_rotation``.

    Raises:
        OptionError: A value cannot be used, or two options do not go together.
    """
    organization_id = object_id("org_id", options["org_id"])
    max_age, overlap = _days("max_age", options["max_age"]), _days("overlap", options["overlap"])
    if overlap >= max_age:
        raise OptionError(
            "overlap must be less than max_age. Otherwise a key would be replaced before its predecessor is revoked. "
            "Nothing was sent."
        )
    path = options["private_key_path"]
    return Rotation(
        ApiKeys(organization_id),
        check_name("description", options["description"], LONGEST_REPLACED),
        max_age,
        overlap,
        options["force"],
        None if path is None else SecretFile("private_key_path", path, keeps_previous=True),
        ("roles",),
        lambda key: KeyAccessList(organization_id, key.id),
        _projects,
    )


def _projects(key: Item) -> list[tuple[Resource, t.Mapping[str, t.Any]]]:
    return [(ProjectApiKeys(each["project_id"]), {"roles": each["roles"]}) for each in key.fields["projects"]]


def _days(option: str, days: float) -> float:
    """Return days in seconds."""
    if not math.isfinite(days) or days < 0:
        raise OptionError(f"{option} must be a number of days, and not negative. Nothing was sent.")
    return days * DAY
