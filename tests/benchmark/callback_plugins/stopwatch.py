# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the duration of each task to a file, one number per line, for the benchmark to read."""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: stopwatch
type: notification
short_description: Writes how long each task took to a file
description:
  - Appends the seconds from the start of each task to its result to the file that E(STOPWATCH_PATH) names.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Listens to the start of every task, and to the result of every task that succeeds; a loop has one result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "stopwatch"
    CALLBACK_TYPE = "notification"

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:  # noqa: ARG002 - Ansible's
        """Start the stopwatch."""
        self._started = time.perf_counter()

    def v2_runner_on_ok(self, result: t.Any) -> None:  # noqa: ARG002 - Ansible's
        """Stop it, and write the seconds."""
        seconds = time.perf_counter() - self._started
        with Path(os.environ["STOPWATCH_PATH"]).open("a", encoding="utf-8") as record:
            record.write(f"{seconds}\n")
