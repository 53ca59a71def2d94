# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module: its options, its client, and the only place that fails a task.

This file and the modules must be valid in Python 3.6, so that they can report a Python that is too old. All other files
are imported below that check.
"""

import json
import sys

if sys.version_info < (3, 9):  # noqa: UP036 - Ansible runs a module with any Python that it finds
    message = (
        f"The modules of mongodb.atlas need Python 3.9 or later where they run, but {sys.executable} is Python "
        f"{sys.version.split()[0]}. Set ansible_python_interpreter."
    )
    # AnsibleModule may not work with this Python either.
    sys.stdout.write(json.dumps({"failed": True, "msg": message}))
    raise SystemExit(1)

import gc

# Nothing that is imported becomes garbage. To look for garbage during the imports would take 7 ms.
gc.disable()

import os
import typing as t

from ansible.module_utils.basic import AnsibleFallbackNotFound, AnsibleModule, missing_required_lib
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import AtlasError, OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import secrets_in
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import (
    DEFAULT_BASE_URL,
    ENVIRONMENT,
    SECRETS,
    auth_from,
    settings_from,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task
from ansible_collections.mongodb.atlas.plugins.module_utils._transport import REQUESTS_ERROR


def from_environment(*names: str) -> str:
    """Return the value of the first of these environment variables that is not empty.

    Bytes that are not UTF-8 become :data:`UNDECODABLE`, which the settings refuse later: an error here would end in a
    traceback, and so would Ansible's attempt to log the bytes.

    Raises:
        AnsibleFallbackNotFound: None of them is set.
    """
    for name in names:
        if os.environ.get(name):
            return os.environ[name].encode(errors="surrogateescape").decode(errors="replace")
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
        "no_log": False,
    },
    "private_key": {
        "type": "str",
        "aliases": ["api_password"],
        "no_log": True,
    },
    "client_id": {"type": "str", "no_log": False},
    "client_secret": {"type": "str", "no_log": True},
    "access_token": {"type": "str", "no_log": True},
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


SHORTEST_SECRET = 8

PLACE_OPTIONS: dict[str, dict[str, t.Any]] = {
    name: {"type": "str", "required": True, "fallback": (from_environment, ENVIRONMENT[name])}
    for name in ("org_id", "project_id")
}
"""The options for an organization or a project, as the fragments ``organization`` and ``project`` describe them."""


SecretsIn = t.Callable[[t.Mapping[str, t.Any]], set[str]]
"""Finds secrets in the options of a task."""


class Module(AnsibleModule):  # type: ignore[misc]
    """A module that masks secrets in the wrong options.

    Ansible logs the options on the target and repeats them in the result. It masks only the options with ``no_log`` in
    the argument spec. This hook is the last one before Ansible looks at the options for the first time.

    Args:
        secrets: Finds further secrets in the options.
    """

    def __init__(self, secrets: SecretsIn, **settings: t.Any) -> None:
        self._secrets_in = secrets
        super().__init__(**settings)

    def _load_params(self) -> None:
        super()._load_params()
        open_options = [name for name, spec in self.argument_spec.items() if not spec.get("no_log")]
        aliases = [alias for name in open_options for alias in self.argument_spec[name].get("aliases", [])]
        given = [self.params.get(name) for name in open_options + aliases]
        set_outside = [os.environ.get(name) for names in ENVIRONMENT.values() for name in names]
        self.no_log_values |= secrets_in(given + set_outside)
        secrets = [os.environ.get(name, "") for option in SECRETS for name in ENVIRONMENT[option]]
        secrets += self._secrets_in(self.params)
        # Ansible would mask a shorter text in every word of the result.
        self.no_log_values |= {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}


Wanted = t.TypeVar("Wanted")
"""What the options of a task ask for, in the form that the engine of the module takes."""

Work = t.Callable[[Client, Wanted, Task], Result]
"""Does a task: brings objects into a state, or lists them."""


def run_module(
    options: t.Mapping[str, t.Mapping[str, t.Any]],
    wanted: t.Callable[[t.Mapping[str, t.Any]], Wanted],
    work: Work[Wanted],
    *,
    prefers_key: bool = False,
    only_account: bool = False,
    secrets: SecretsIn = lambda _options: set(),
    **constraints: t.Any,
) -> None:
    """Run one task from its options to its result.

    Args:
        options: The argument spec of the module, without the options of the connection.
        wanted: Reads objects and state from the options of a task.
        work: Does the task: brings objects into a state, or lists them. It raises an :class:`_errors.AtlasError` for
            everything that it cannot do.
        prefers_key: Whether an API key wins if the environment has several logins.
        only_account: Whether the task can log in as a service account only.
        secrets: Finds secrets in options that do not always hold one.
        constraints: How options go together, as arguments of ``AnsibleModule``: ``mutually_exclusive`` and the like.
    """
    # Imported objects live as long as the process. At its end Python would scan all of them, which takes 25 ms.
    gc.freeze()
    gc.enable()
    module = Module(
        secrets,
        argument_spec={**CONNECTION_OPTIONS, **options},
        required_by={"client_key": ["client_cert"]},
        supports_check_mode=True,
        **constraints,
    )
    if REQUESTS_ERROR:
        module.fail_json(msg=_explain_import(REQUESTS_ERROR))
    error: t.Optional[AtlasError] = None
    warnings: list[str] = []
    try:
        settings = settings_from(module.params, os.environ)
        auth, login_warnings = auth_from(
            module.params, os.environ, settings.server, prefers_key=prefers_key, only_account=only_account
        )
        warnings += login_warnings
        client = Client(settings, auth)

        def run() -> Result:
            try:
                with client:
                    return work(
                        client, wanted(module.params), Task(auth, module.check_mode, module._diff, module.no_log)
                    )
            finally:
                warnings.extend(filter(None, [client.warning]))

        done = _uninterrupted(run) if auth.must_close else run()
        values = dict(done.values)
        warnings += done.warnings
        if done.secret:
            _register(done.secret)
    except AtlasError as caught:
        error, values = caught, {"changed": False, **caught.result()}
        warnings += values.pop("warnings", [])
    for warning in warnings:
        module.warn(warning)
    if error is None:
        module.exit_json(**values)
    # Ansible repeats the options in the result, and somebody may have put a password into the address.
    if isinstance(error, OptionError) and any(mark in module.params["base_url"] for mark in "@?#"):
        module.no_log_values.add(module.params["base_url"])
    # Outside of the except clause: inside, Ansible would show the traceback.
    module.fail_json(**values)


def _uninterrupted(run: t.Callable[[], Result]) -> Result:
    """Run a task, and turn a signal that asks it to end into an error, so that the task can end its login first."""
    from ansible_collections.mongodb.atlas.plugins.module_utils._process import uninterrupted

    return uninterrupted(run)


def _register(secret: str) -> None:
    """Let Ansible mask a secret of the result wherever it shows it, which ansible-core can do since 2.22."""
    try:
        from ansible.module_utils.secrets import register_secret
    except ImportError:
        return
    register_secret(secret)


def _explain_import(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name == "requests":
        return str(missing_required_lib("requests"))
    reason = f"{type(error).__name__}: {error}".rstrip(".")
    return (
        f"The Python library requests is installed, but {sys.executable} cannot import it ({reason}). Reinstall it and "
        "the libraries that it needs, or set ansible_python_interpreter."
    )
