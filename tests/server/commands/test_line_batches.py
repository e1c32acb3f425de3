from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path

import pytest

from server.commands.line_batches import Line, batches, lines_followed, lines_of


def test_every_line_comes_once_in_order_with_its_number() -> None:
    """Blank ones aside; the last needs no line end."""
    text = b"a\r\n\nb\n" + b"".join(b"%d\n" % number for number in range(2_000)) + b"end"
    found = [line for batch in batches(lines_of(BytesIO(text)), 16) for line in batch]
    assert found[:2] == [(1, b"a"), (3, b"b")]
    assert [content for _, content in found[2:]] == [*(b"%d" % number for number in range(2_000)), b"end"]


def test_a_batch_is_no_larger_than_asked_for() -> None:
    """However much is there."""
    assert all(len(batch) <= 3 for batch in batches(lines_of(BytesIO(b"x\n" * 50)), 3))


def test_an_error_of_the_lines_is_raised_after_those_before_it() -> None:
    """It is not taken for the end."""

    def broken() -> Iterator[Line]:
        yield 1, b"a"
        raise OSError("the disk is gone")

    found = []
    with pytest.raises(OSError, match="the disk is gone"):
        found.extend(batches(broken(), 8))
    assert found == [[(1, b"a")]]


def test_a_followed_file_is_read_on_and_anew_when_it_is_replaced(tmp_path: Path) -> None:
    """A line counts once it is complete."""
    file, other = tmp_path / "feed", tmp_path / "other"
    file.write_bytes(b"one\ntw")
    lines = lines_followed(file)
    assert next(lines) == (1, b"one")
    with file.open("ab") as stream:
        stream.write(b"o\nthree\n")
    assert list(islice(lines, 2)) == [(2, b"two"), (3, b"three")]
    other.write_bytes(b"four\n")
    other.replace(file)
    assert next(lines) == (1, b"four")
