from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import InvalidConfiguration
from server.stores.lock import DirectoryLock


def test_a_directory_in_use_is_refused(tmp_path: Path) -> None:
    """The message names the directory and the process that holds it."""
    held = DirectoryLock(tmp_path)
    with pytest.raises(InvalidConfiguration, match=rf"{tmp_path} is in use by process \d+"):
        DirectoryLock(tmp_path)
    held.release()


def test_a_released_directory_can_be_locked_again(tmp_path: Path) -> None:
    """Stopping one server lets the next one start."""
    DirectoryLock(tmp_path).release()
    again = DirectoryLock(tmp_path)
    with pytest.raises(InvalidConfiguration):
        DirectoryLock(tmp_path)
    again.release()


def test_a_path_that_is_no_directory_is_refused(tmp_path: Path) -> None:
    """The message says why."""
    (tmp_path / "file").touch()
    with pytest.raises(InvalidConfiguration, match="cannot be used"):
        DirectoryLock(tmp_path / "file")
