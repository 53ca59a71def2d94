# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of programmatic keys: which keys an info module shows, and whether with their access lists."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import key_names, object_id, refuse_secret
from ansible_collections.mongodb.atlas.plugins.module_utils._named import Listed
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile_entries import EntryList
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, Resource
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.access_list import KeyAccessList
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.org_api_key import ApiKeys
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.project_api_key import ProjectApiKeys

INFO_OPTIONS: dict[str, dict[str, t.Any]] = {
    "key_id": {"type": "list", "elements": "str", "no_log": False},
    "description": {"type": "str"},
}
"""The options that narrow a list of keys."""

LIST_OPTION: dict[str, dict[str, t.Any]] = {"access_list": {"type": "bool", "default": False}}
"""The option that reads the access list of each key, too."""


def listed_org_keys(options: t.Mapping[str, t.Any]) -> Listed:
    """Read the keys to list from the options of the module ``org_api_key_info``.

    Raises:
        OptionError: A value cannot be used.
    """
    organization_id = object_id("org_id", options["org_id"])
    return _listed(ApiKeys(organization_id), options, lambda key: KeyAccessList(organization_id, key.id))


def listed_global_keys(options: t.Mapping[str, t.Any]) -> Listed:
    """Read the keys to list from the options of the module ``global_api_key_info``.

    Raises:
        OptionError: A value cannot be used.
    """
    return _listed(ApiKeys(None), options, None)


def listed_project_keys(options: t.Mapping[str, t.Any]) -> Listed:
    """Read the keys to list from the options of the module ``project_api_key_info``.

    Raises:
        OptionError: A value cannot be used.
    """
    place = ProjectApiKeys(object_id("project_id", options["project_id"]))
    return _listed(place, options, lambda key: KeyAccessList(key.parent_id, key.id))


def _listed(
    place: Resource, options: t.Mapping[str, t.Any], access_list: t.Callable[[Item], EntryList] | None
) -> Listed:
    ids, name = options["key_id"], options["description"]
    if ids is not None:
        ids = key_names("key_id", ids, listed_by=f"{place.result}_info")
    if name is not None:
        refuse_secret("description", name)
    return Listed(place, ids, name, [access_list] if access_list and options.get("access_list") else [])
