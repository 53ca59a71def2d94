# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between a module and the rest: the argument spec, the client made from it, and the one place that fails a task."""

from __future__ import annotations

import gc
import os
import typing as t

from ansible.module_utils.basic import AnsibleFallbackNotFound, AnsibleModule, missing_required_lib
from ansible_collections.mongodb.atlas.plugins.module_utils._client import HAS_REQUESTS, Client
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import AtlasError, OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import (
    DEFAULT_BASE_URL,
    ENVIRONMENT,
    settings_from,
)


def from_environment(*names: str) -> str:
    """Return the first of these environment variables that is set to something.

    Raises:
        AnsibleFallbackNotFound: None of them is.
    """
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


CONNECTION_OPTIONS: dict[str, dict[str, t.Any]] = {
    "base_url": {
        "type": "str",
        "aliases": ["api_url"],
        "default": DEFAULT_BASE_URL,
        "fallback": (from_environment, ENVIRONMENT["base_url"]),
    },
    "public_key": {
        "type": "str",
        "aliases": ["api_username"],
        "fallback": (from_environment, ENVIRONMENT["public_key"]),
        "no_log": False,
    },
    "private_key": {
        "type": "str",
        "aliases": ["api_password"],
        "fallback": (from_environment, ENVIRONMENT["private_key"]),
        "no_log": True,
    },
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "use_proxy": {"type": "bool", "default": True},
    "api_timeout": {"type": "float", "default": 30},
    "api_retries": {"type": "int", "default": 4},
    "api_retry_max_delay": {"type": "float", "default": 60},
    "envelope": {"type": "bool", "default": False},
    "pretty": {"type": "bool", "default": False},
}
"""The options that every module has, as the documentation fragment ``connection`` describes them."""


Work = t.Callable[[Client, t.Mapping[str, t.Any], bool, bool], "dict[str, t.Any]"]
"""Does what a module is for: takes client, options, check mode and diff mode, and returns the result of the task."""


def run_module(options: t.Mapping[str, t.Mapping[str, t.Any]], work: Work, **constraints: t.Any) -> None:
    """Run one task from its options to its result.

    Args:
        options: The argument spec of the module, without the options of the connection.
        work: Does it. ``warnings`` in its result are shown as Ansible shows warnings. What it cannot do it raises, as
            an :class:`_errors.AtlasError`.
        constraints: How options go together, as ``AnsibleModule`` takes it: ``mutually_exclusive`` and the like.
    """
    # What is imported lives as long as the process. At its end Python would look through all of it, for 25 ms.
    gc.freeze()
    module = AnsibleModule(
        argument_spec={**CONNECTION_OPTIONS, **options},
        required_by={"client_key": ["client_cert"]},
        supports_check_mode=True,
        **constraints,
    )
    if not HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"))
    error: AtlasError | None = None
    try:
        with Client(settings_from(module.params, os.environ)) as client:
            result = work(client, module.params, module.check_mode, module._diff)
    except AtlasError as caught:
        error, result = caught, {"changed": False, **caught.result()}
    for warning in result.pop("warnings", []):
        module.warn(warning)
    if error is None:
        module.exit_json(**result)
    # Ansible repeats the options in the result, and somebody may have put a password into the address.
    if isinstance(error, OptionError) and any(mark in module.params["base_url"] for mark in "@?#"):
        module.no_log_values.add(module.params["base_url"])
    # Not where the error is caught: there Ansible would show the traceback.
    module.fail_json(**result)
