# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that takes a new secret instead of the result of the task."""

from __future__ import annotations

import os
import secrets
import stat
import typing as t
from contextlib import suppress

from ansible_collections.mongodb.atlas.plugins.module_utils._errors import FileError, OptionError

_UNSENT = "Nothing was sent."

LARGEST = 4096
"""No secret is longer, in bytes. A longer file holds something else."""


class SecretFile:
    """A file that holds one secret and nothing else.

    Args:
        option: The option that names the file, for messages.
        path: The path. If it is a symbolic link, the file that the link leads to takes the secret.
        keeps_previous: Whether a new secret leaves the old content in a second file, ``<path>.previous``.

    Raises:
        OptionError: The file cannot be read or written. Nothing was changed.
    """

    def __init__(self, option: str, path: str, *, keeps_previous: bool = False) -> None:
        self.previous = SecretFile(option, f"{path}.previous") if keeps_previous else None
        self._option = option
        self._shown = path.encode(errors="replace").decode()
        if "\0" in path:
            raise OptionError(f"{option} must not contain a null character. {_UNSENT}")
        if os.path.islink(path) and not os.path.exists(path):
            raise OptionError(f"{option}: {self._shown} is a link that leads nowhere. {_UNSENT}")
        self._path = os.path.realpath(path)
        self._old: bytes | None = None
        self._is_written = False
        self.look()
        self._check_folder()

    def __str__(self) -> str:
        return f"{self._option} ({self._shown})"

    @property
    def exists(self) -> bool:
        """Whether the file existed before the task."""
        return self._old is not None

    def holds(self, secret_end: str) -> bool:
        """Tell whether the file held a secret that ends like this before the task; for an empty end, return False."""
        return bool(secret_end) and self._old is not None and self._old.endswith(secret_end.encode())

    def look(self) -> None:
        """Read the file again, because another task may have written it.

        Raises:
            OptionError: The file cannot be read.
        """
        self._old = self._read()
        if self.previous:
            self.previous.look()

    def write(self, secret: str) -> None:
        """Write the secret: readable for the owner only, and all of it or nothing.

        Raises:
            FileError: The secret could not be written. The file is as it was.
        """
        if self.previous and self._old is not None:
            self.previous._write(self._old)
        self._write(secret.encode())

    def restore(self) -> None:
        """Give the file the content that it had before the task.

        Raises:
            FileError: The old content could not be written.
        """
        if self._is_written:
            if self._old is None:
                self.remove()
            else:
                self._replace(self._old)
            self._is_written = False
        if self.previous:
            self.previous.restore()

    def remove(self) -> None:
        """Remove the file.

        Raises:
            FileError: The file is still there.
        """
        try:
            os.unlink(self._path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise FileError(f"{self._option}: {self._shown} could not be removed ({error.strerror}).") from error
        self._old = None

    def forget(self, secret_ends: t.Iterable[str]) -> list[str]:
        """Remove the file if it held one of these secrets before the task.

        Returns:
            A warning if the file should be gone and is still there; otherwise nothing.
        """
        if any(map(self.holds, secret_ends)):
            try:
                self.remove()
            except FileError as error:
                return [str(error)]
        return []

    def _write(self, content: bytes) -> None:
        self._is_written = True  # before the work, because a signal may end it at any moment
        try:
            self._replace(content)
        except FileError:
            self._is_written = False
            raise

    def _read(self) -> bytes | None:
        try:
            if not stat.S_ISREG(os.stat(self._path).st_mode):
                raise OptionError(f"{self._option}: {self._shown} is not a file. {_UNSENT}")
            with open(self._path, "rb") as file:
                content = file.read(LARGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OptionError(f"{self._option}: {self._shown} cannot be read ({error.strerror}). {_UNSENT}") from None
        if len(content) > LARGEST:
            raise OptionError(f"{self._option}: {self._shown} is too large to hold a secret. {_UNSENT}")
        return content

    def _check_folder(self) -> None:
        folder = os.path.dirname(self._path)
        if not os.path.isdir(folder):
            raise OptionError(f"{self._option}: there is no folder for {self._shown} where the module runs. {_UNSENT}")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OptionError(f"{self._option}: the folder of {self._shown} cannot be written. {_UNSENT}")

    def _replace(self, content: bytes) -> None:
        # The name is known before the file exists, so that a signal at any moment leaves no file.
        new = os.path.join(os.path.dirname(self._path), f".ansible-{secrets.token_hex(8)}")
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self._path)
        except OSError as error:
            raise FileError(f"{self._option}: {self._shown} could not be written ({error.strerror}).") from error
        finally:
            with suppress(OSError):
                os.unlink(new)
