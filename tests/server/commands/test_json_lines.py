from pathlib import Path

import pytest

from server.commands.failure import CommandFailed
from server.commands.json_lines import objects


def test_objects_come_with_their_line_numbers(tmp_path: Path) -> None:
    """Blank lines are passed over, and a line separator within a string is no line end."""
    file = tmp_path / "a.jsonl"
    file.write_text('{"a": 1}\n\n{"b": "x\u2028y"}\n', encoding="utf-8")
    assert list(objects(file)) == [(1, {"a": 1}), (3, {"b": "x\u2028y"})]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"a": 1}\n{"b"', "a.jsonl:2: is not JSON"),
        (b"[1]", "a.jsonl:1: a JSON object is expected, got list"),
        (b'{"a": "\xe9"}', "is not UTF-8: byte 0xe9 at 7"),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """File, line, and what is there instead."""
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(CommandFailed) as failure:
        list(objects(tmp_path / "a.jsonl"))
    assert message in str(failure.value)
