"""Files that are read again when they change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from server.access.watched import LOOK_EVERY, Watched
from server.errors import InvalidConfiguration


@dataclass
class Clock:
    """Goes on by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def _number(file: Path) -> int:
    try:
        return int(file.read_text())
    except (ValueError, OSError) as error:
        raise InvalidConfiguration(f"{file}: not a number") from error


def _watching(file: Path, text: str) -> tuple[Watched[int], Clock]:
    file.write_text(text)
    clock = Clock()
    return Watched(lambda: _number(file), lambda: [file], clock=clock), clock


def test_a_change_is_in_force_at_the_next_look(tmp_path: Path) -> None:
    """Not before, so that calls do not each look at the files."""
    watched, clock = _watching(tmp_path / "n", "1")
    (tmp_path / "n").write_text("22")
    assert watched() == 1
    clock.now += LOOK_EVERY
    assert watched() == 22


def test_a_wrong_file_leaves_in_force_what_was(tmp_path: Path) -> None:
    """Until it is right again."""
    watched, clock = _watching(tmp_path / "n", "1")
    for text, expected in (("x", 1), ("333", 333)):
        (tmp_path / "n").write_text(text)
        clock.now += LOOK_EVERY
        assert watched() == expected


def test_a_wrong_file_at_start_is_an_error(tmp_path: Path) -> None:
    """There is nothing from before to go on with."""
    with pytest.raises(InvalidConfiguration, match="not a number"):
        _watching(tmp_path / "n", "x")


def test_a_look_is_due_within_a_second() -> None:
    """Which is how soon a revocation must be in force."""
    assert LOOK_EVERY < 1
