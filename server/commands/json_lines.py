"""Files of one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.commands.failure import CommandFailed


def objects(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object with its line number, counted from 1; blank lines are passed over.

    Raises `CommandFailed` naming the line that is something else.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise CommandFailed(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{file}: is not UTF-8: byte {error.object[error.start]:#04x} at {error.start}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _object(f"{file}:{number}", line)


def _object(place: str, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise CommandFailed(f"{place}: is not JSON: {error.msg} at character {error.pos}") from error
    if not isinstance(value, dict):
        raise CommandFailed(f"{place}: a JSON object is expected, got {type(value).__name__}")
    return value
