"""Answers to the computed questions of TAT-QA, right ones and ones that are off by a bit, against the tables they come from.

Source: F. Zhu et al., TAT-QA: a question answering benchmark on a hybrid of tabular and textual content in finance, ACL 2021.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.commands.failure import CommandFailed
from server.domain import Passage

_COMPUTED = frozenset({"arithmetic"})
_ASKS_WHAT = re.compile(r"(?i)(?:what|how (?:much|many))\s+(?P<verb>is|was|are|were)\s+(?P<subject>.+?)\s*\?*$")
_SCALES = {"thousand": " thousand", "million": " million", "billion": " billion", "percent": " %"}


@dataclass(frozen=True, slots=True)
class ComputedAnswer:
    """A figure that people computed from a table and the text around it, as an answer to a question.

    `derivation` is the formula that they wrote down.
    """

    passages: tuple[Passage, ...]
    question: str
    claim: str
    derivation: str
    is_right: bool


def computed_answers(file: Path, seed: int) -> Iterator[ComputedAnswer]:
    """For every computed question of a TAT-QA file, the right answer and one that is off by a bit. Raises `CommandFailed`."""
    try:
        contexts: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{file}: cannot be read as TAT-QA: {error}") from error
    chance = random.Random(seed)
    for context in contexts:
        passages = _passages(context)
        for question in context["questions"]:
            if question["answer_type"] not in _COMPUTED or not isinstance(question["answer"], int | float):
                continue
            for is_right in (True, False):
                value = _written(question["answer"])
                figure = value if is_right else _off_by_a_bit(value, chance)
                scale = _SCALES.get(question["scale"], "")
                claim = _claim(question["question"], f"{figure}{scale}")
                yield ComputedAnswer(passages, question["question"], claim, question["derivation"], is_right)


def _passages(context: dict[str, Any]) -> tuple[Passage, ...]:
    texts = [_markdown(context["table"]["table"]), *(paragraph["text"] for paragraph in context["paragraphs"])]
    return tuple(Passage(f"p{index}", text) for index, text in enumerate(texts) if text.strip())


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(" ".join(cell.replace("|", "/").split()) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _claim(question: str, figure: str) -> str:
    """The answer as a sentence: "What was the change?" "The change was 5."; else the figure alone, beside its question."""
    asked = _ASKS_WHAT.match(question.strip())
    if asked is None:
        return f"{figure}."
    subject = asked.group("subject")
    return f"{subject[:1].upper()}{subject[1:]} {asked.group('verb').lower()} {figure}."


def _written(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"


def _off_by_a_bit(written: str, chance: random.Random) -> str:
    """`written` with one of its digits moved up or down by one to three; never its last one when there are others.

    A last digit may be rounding, which is no error.
    """
    places = [match.start() for match in re.finditer(r"\d", written)]
    place = chance.choice(places[:-1] or places)
    digit = (int(written[place]) + chance.choice([1, 2, 3, 7, 8, 9])) % 10
    if place == places[0] and digit == 0 and len(places) > 1:
        digit = 5
    return f"{written[:place]}{digit}{written[place + 1 :]}"
