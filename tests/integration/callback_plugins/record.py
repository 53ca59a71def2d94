# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the result of each task to a file, one JSON document per line, for the tests to read."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Writes the result of each task to a file
description:
  - Appends the result of each task to the file that E(RECORD_PATH) names, one JSON document a line.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Listens to the result of every task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "record"
    CALLBACK_TYPE = "notification"

    def _record(self, result: t.Any, outcome: str) -> None:
        line = {"host": result._host.get_name(), "task": result._task.get_name(), "outcome": outcome}
        with Path(os.environ["RECORD_PATH"]).open("a", encoding="utf-8") as record:
            record.write(json.dumps({**line, "result": result._result}, default=str) + "\n")

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """Record a success."""
        self._record(result, "ok")

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:  # noqa: ARG002 - Ansible's
        """Record a failure."""
        self._record(result, "failed")
