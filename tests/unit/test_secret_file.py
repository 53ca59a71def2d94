# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that takes a secret: what it refuses, and that it is whole, private, and as it was after a failure."""

from __future__ import annotations

import errno
import os
import stat
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import FileError, OptionError
from ansible_collections.mongodb.atlas.plugins.module_utils._process import Interruption
from ansible_collections.mongodb.atlas.plugins.module_utils._secret_file import LARGEST, SecretFile

if t.TYPE_CHECKING:
    from pathlib import Path

SECRET = "91d6a7e2-38b5-4f0c-b47a-c05e2d9f8163"


def secret_file(path: Path) -> SecretFile:
    return SecretFile("private_key_path", str(path))


def fail(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupt(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
    raise Interruption("SIGTERM")


def test_a_new_file_holds_the_secret_alone_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    file = secret_file(path)
    assert (file.exists, file.holds("c05e2d9f8163")) == (False, False)
    file.write(SECRET)
    assert path.read_bytes() == SECRET.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert str(file) == f"private_key_path ({path})"
    again = secret_file(path)
    assert (again.exists, again.holds("c05e2d9f8163"), again.holds("another1end"), again.holds("")) == (
        True,
        True,
        False,
        False,
    )


@pytest.mark.parametrize("old", [None, b"old", b"\xff\x00"])
def test_a_file_is_restored_once_and_only_if_it_was_written(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "key"
    if old is not None:
        path.write_bytes(old)
    file = secret_file(path)
    file.restore()
    file.write(SECRET)
    file.restore()
    assert (path.read_bytes() if path.exists() else None) == old
    path.write_bytes(b"newer")
    file.restore()
    assert path.read_bytes() == b"newer"


def test_a_file_that_another_task_wrote_is_seen_after_another_look(tmp_path: Path) -> None:
    file = secret_file(tmp_path / "key")
    (tmp_path / "key").write_text(SECRET, encoding="utf-8")
    assert not file.exists
    file.look()
    assert (file.exists, file.holds(SECRET[-12:])) == (True, True)


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to("target")
    secret_file(tmp_path / "link").write(SECRET)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text(encoding="utf-8") == SECRET


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (".", "is not a file"),
        ("fifo", "is not a file"),
        ("a/b", "there is no folder for"),
        ("large/b", "cannot be read"),
        ("dangling", "is a link that leads nowhere"),
        ("loop", "is a link that leads nowhere"),
        ("large", "is too large to hold a secret"),
        ("a\0b", "must not contain a null character"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, path: str, says: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "large").write_bytes(b"x" * (LARGEST + 1))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OptionError, match=says) as error:
        SecretFile("private_key_path", f"{tmp_path}/{path}")
    assert str(error.value).endswith("Nothing was sent.")
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_arguments: False)
    with pytest.raises(OptionError, match="the folder of .* cannot be written"):
        secret_file(tmp_path / "key")


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("old", [None, "old"])
def test_a_write_that_fails_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, old: str | None
) -> None:
    path = tmp_path / "key"
    if old:
        path.write_text(old, encoding="utf-8")
    file = secret_file(path)
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(FileError, match=r"could not be written \(No space left on device\)") as error:
        file.write(SECRET)
    file.restore()
    assert SECRET not in str(error.value)
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ([old] if old else [])


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_an_interrupted_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, late: bool
) -> None:
    """The signal comes just before or just after the step."""
    file = secret_file(tmp_path / "key")
    work = getattr(os, step)

    def interrupted(*arguments: t.Any) -> t.NoReturn:
        if late:
            work(*arguments)
        interrupt()

    with monkeypatch.context() as patch:
        patch.setattr(os, step, interrupted)
        with pytest.raises(Interruption):
            file.write(SECRET)
    file.restore()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_removed_or_restored_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = secret_file(tmp_path / "key")
    file.remove()
    file.write(SECRET)
    monkeypatch.setattr(os, "unlink", fail)
    for work in (file.remove, file.restore):
        with pytest.raises(FileError, match=r"private_key_path: .*key could not be removed"):
            work()
