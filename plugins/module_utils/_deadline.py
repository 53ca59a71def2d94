# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits the time that one request may take as a whole.

The timeout of a socket restarts with every byte, so it cannot stop a response that never ends.
"""

from __future__ import annotations

import signal
import socket
import threading
import typing as t
from contextlib import contextmanager


@contextmanager
def deadline(seconds: float) -> t.Iterator[None]:
    """Interrupt the body of the ``with`` statement if it takes longer than this.

    Only the main thread gets signals, and Ansible runs a module in it. In another thread there is no deadline.

    Raises:
        socket.timeout: The body took longer.
    """
    if not _in_main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        raise socket.timeout("the answer did not end")

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        # The timer fires again after the same time, in case some code swallowed the first interruption.
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
        yield
    finally:
        stop_timer()
        signal.signal(signal.SIGALRM, before)


def stop_timer() -> None:
    """Stop the timer. If it fired during the cleanup of :func:`deadline`, that cleanup did not finish."""
    if _in_main_thread():
        signal.setitimer(signal.ITIMER_REAL, 0)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
