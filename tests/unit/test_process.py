# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals that end a task, and tasks in the background."""

from __future__ import annotations

import os
import signal

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils import _process
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import AtlasError
from ansible_collections.mongodb.atlas.plugins.module_utils._process import (
    Interruption,
    ignore_signals,
    interruptible,
    runs_in_background,
)

NUMBERS = [signal.SIGTERM, signal.SIGINT]


def interrupt_and_clean_up(number: signal.Signals) -> None:
    """Raise a signal, and more during the work that it causes."""
    try:
        signal.raise_signal(number)
    finally:
        for each in NUMBERS:
            signal.raise_signal(each)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_interrupts_once_and_further_ones_are_ignored(number: signal.Signals) -> None:
    with pytest.raises(Interruption, match=number.name), interruptible():
        interrupt_and_clean_up(number)
    for each in NUMBERS:
        signal.raise_signal(each)


def test_the_handlers_come_back_after_success_only() -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with interruptible():
        pass
    assert [signal.getsignal(number) for number in NUMBERS] == before
    with pytest.raises(AtlasError), interruptible():
        raise AtlasError
    assert [signal.getsignal(number) for number in NUMBERS] == [signal.SIG_IGN] * 2


def test_signals_that_are_ignored_inside_stay_ignored() -> None:
    with interruptible():
        ignore_signals()
    for number in NUMBERS:
        signal.raise_signal(number)


def test_no_library_can_take_an_interruption_for_an_error_of_its_own() -> None:
    assert not issubclass(Interruption, Exception)


@pytest.mark.parametrize(
    ("environ", "command", "background"),
    [
        ({"ANSIBLE_ASYNC_DIR": "~/.ansible_async"}, "python3 /tmp/AnsiballZ_async_wrapper.py", True),
        ({"ANSIBLE_ASYNC_DIR": "~/.ansible_async"}, "/bin/sh -c python3", False),
        ({}, "python3 /tmp/AnsiballZ_async_wrapper.py", False),
    ],
)
def test_a_task_runs_in_the_background_if_both_signs_say_so(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], command: str, background: bool
) -> None:
    monkeypatch.setattr(_process, "_command_of", lambda _process_id: command)
    assert runs_in_background(environ) is background


def test_the_command_of_a_process_is_read_or_the_worst_is_assumed() -> None:
    assert "python" in _process._command_of(os.getpid())
    assert _process._command_of(-1) == "async_wrapper"
