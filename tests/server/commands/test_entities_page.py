"""docs/entities.md: its commands do what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.server.commands.runs import Run

ROOT = Path(__file__).parents[3]
EXAMPLE = re.compile(r"```sh\n(?P<commands>.*?)```\n\n```text\n(?P<output>.*?)```", re.DOTALL)


@pytest.fixture
def examples() -> list[tuple[list[str], list[str]]]:
    """The commands of each example, and the lines that they print."""
    page = (ROOT / "docs/entities.md").read_text(encoding="utf-8")
    return [(found["commands"].splitlines(), found["output"].splitlines()) for found in EXAMPLE.finditer(page)]


def test_the_examples_print_what_the_page_shows(
    connected: Run, examples: list[tuple[list[str], list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line by line; revisions aside, which count what other tests store."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "120")
    assert len(examples) == 2
    for commands, expected in examples:
        printed = "".join(connected(*command.split()[1:]).out for command in commands)
        lines = [re.sub(r"revision \d+", "revision 3", line).rstrip() for line in printed.splitlines()]
        assert lines[: len(expected)] == expected
