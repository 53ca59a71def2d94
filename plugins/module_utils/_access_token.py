# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gets an access token that outlives its task, and revokes one.

The server answers a revocation with success whatever the text is. So the task tries the token before and after.
"""

from __future__ import annotations

import os
import time
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import timestamp
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    LoginError,
    NotTheApiError,
    OptionError,
    RightsError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import ROOT
from ansible_collections.mongodb.atlas.plugins.module_utils._identifiers import check_login
from ansible_collections.mongodb.atlas.plugins.module_utils._oauth import REVOKE_PATH, ServiceAccount, Token
from ansible_collections.mongodb.atlas.plugins.module_utils._process import runs_in_background
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import ABSENT, PRESENT
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import credential
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Result, Task

if t.TYPE_CHECKING:
    from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client


class WantedToken(t.NamedTuple):
    """The token that a task is about, and the state."""

    state: str
    token: str = ""
    """The token to revoke."""


def wanted_token(options: t.Mapping[str, t.Any]) -> WantedToken:
    """Read token and state from the options of the module ``access_token``.

    Raises:
        OptionError: The task must have a token and has none, or the reverse, or Ansible would keep the token in a file.
    """
    given = options["access_token"]
    if options["state"] == ABSENT:
        token = credential("access_token", given, os.environ)
        check_login({"access_token": token})
        return WantedToken(ABSENT, token)
    if given is not None:
        raise OptionError(
            "With state=present, the task gets a new token, and access_token must not be set: Ansible would mask the "
            "token in the result. To revoke a token, set state=absent. Nothing was sent."
        )
    if runs_in_background(os.environ):
        raise OptionError(
            "With async, Ansible keeps the result of the task, with the token in it, in a file that others can read. "
            "Nothing was sent."
        )
    return WantedToken(PRESENT)


def ensure_token(client: Client, wanted: WantedToken, task: Task) -> Result:
    """Get a token, or revoke one.

    Raises:
        RequestError: The server gave no token, or did not revoke it, or the task cannot tell.
    """
    account = t.cast("ServiceAccount", task.login)
    return _revoke(client, account, wanted.token, task) if wanted.state == ABSENT else _get(client, account, task)


def _get(client: Client, account: ServiceAccount, task: Task) -> Result:
    token, life = client.log_in(account.hand_over)
    now = time.time() if client.server_time is None else client.server_time
    values = {
        "changed": False,
        "access_token": token,
        "expires_at": timestamp(now + life),
    }
    warnings = []
    if not task.no_log:
        warnings.append(
            "Ansible prints and logs the result of this task, which has the access token. Set no_log: true."
        )
    return Result(values, warnings, secret=token)


def _revoke(client: Client, account: ServiceAccount, token: str, task: Task) -> Result:
    is_alive = _is_accepted(client, token)
    if is_alive and not task.check_mode:
        client.log_in(lambda post: account.revoke(token, post))
        if _is_accepted(client, token):
            problem = "the server still accepts the token"
            advice = "Does the token belong to this service account? A token ends by itself after an hour."
            raise NotTheApiError("POST", REVOKE_PATH, problem, advice, status=200)
    values: dict[str, t.Any] = {"changed": is_alive}
    if task.diff:
        values["diff"] = {"before": {"state": PRESENT if is_alive else ABSENT}, "after": {"state": ABSENT}}
    return Result(values)


def _is_accepted(client: Client, token: str) -> bool:
    """Tell whether the server accepts a token.

    Raises:
        RequestError: The answer does not tell.
    """
    try:
        client.send_as(Token(token), ROOT)
    except LoginError:
        return False
    except RightsError:  # the server knows the token, but not for this request or from this address
        return True
    return True
