# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that a module runs in: the signals that end it, and whether Ansible keeps its result in a file."""

from __future__ import annotations

import os
import signal
import typing as t
from contextlib import contextmanager

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import AtlasError

T = t.TypeVar("T")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interruption(BaseException):
    """A signal asked the task to end. It is no ``Exception``, so that no library takes it for an error of its own."""


class InterruptedTaskError(AtlasError):
    """A signal ended the task."""


@contextmanager
def interruptible() -> t.Iterator[None]:
    """Let SIGTERM and SIGINT raise an :class:`Interruption` inside of this context.

    After an error they are ignored, so that they do not interrupt the work that the error causes.
    """

    def interrupt(number: int, _frame: object) -> t.NoReturn:
        ignore_signals()  # the second one must not interrupt the work that the first one causes
        raise Interruption(signal.Signals(number).name)

    before = [signal.signal(number, interrupt) for number in _SIGNALS]
    try:
        yield
    except BaseException:
        ignore_signals()
        raise
    finally:
        for number, handler in zip(_SIGNALS, before):
            if signal.getsignal(number) is interrupt:
                signal.signal(number, handler)


def uninterrupted(run: t.Callable[[], T]) -> T:
    """Run a function, and raise an error if SIGTERM or SIGINT interrupts it.

    Raises:
        InterruptedTaskError: A signal interrupted it. Its cleanup is done.
    """
    try:
        with interruptible():
            return run()
    except Interruption as interruption:
        raise InterruptedTaskError(f"{interruption} ended the task.") from interruption


def make_or_take_back(make: t.Callable[[], T], take_back: t.Callable[[AtlasError], AtlasError], last_step: str) -> T:
    """Make something that has a secret, or undo everything that was done for it.

    Args:
        make: Makes it. After that, only SIGKILL can end the task.
        take_back: Undoes the work after a failure, and returns the error that says so.
        last_step: The step that a signal can prevent, as the end of a message, such as ``the key was finished``.

    Raises:
        AtlasError: The work failed, or SIGTERM or SIGINT interrupted it: the error that ``take_back`` returned.
    """
    try:
        with interruptible():
            made = make()
            # From here on, nothing may fail the task, because only its result or its file has the secret.
            ignore_signals()
            return made
    except Interruption as interruption:
        raise take_back(InterruptedTaskError(f"{interruption} ended the task before {last_step}.")) from interruption
    except AtlasError as error:
        raise take_back(error) from None  # it may be this very error
    except Exception:
        take_back(AtlasError())
        raise


@contextmanager
def signals_held() -> t.Iterator[None]:
    """Hold SIGTERM and SIGINT back until the end of this context. If they are ignored by then, they are lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_signals() -> None:
    """Let nothing but SIGKILL end the task from now on."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def runs_in_background(environ: t.Mapping[str, str]) -> bool:
    """Tell whether the task has the keyword ``async``, so that Ansible keeps its result in a file that all can read.

    The variable alone is not enough, because it is also a setting of Ansible itself.
    """
    return "ANSIBLE_ASYNC_DIR" in environ and "async_wrapper" in _command_of(os.getppid())


def _command_of(process_id: int) -> str:
    try:
        with open(f"/proc/{process_id}/cmdline", "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:  # no Linux, or no right to look: assume the worst
        return "async_wrapper"
