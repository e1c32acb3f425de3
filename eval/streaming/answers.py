"""Answers to cut into pieces: drawn claims in paragraphs, lists, tables and under headings, in more than one script."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from eval.facts.statements import draw_statement

_ASIDES = (
    "Here is what I found:",
    "Yes.",
    "However, not on public holidays.",
    "See clause 4.2 (as amended. See there) for more.",
    "Dr. Okafor, approx. 3 km away, said “No. Never.” and left…",
    "Does that help?",
    "電池は十一時間もちます。はい。",
    "Thanks! 👩‍🔧 ☂️ Café à la crème costs 5 € more, i.e. 7 €.",
    "It costs $4.5 million vs. 3.9 before.",
    "Let me know if you need more.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """An answer and its evidence."""

    answer: str
    passages: tuple[str, ...]


def draw_case(chance: random.Random, most: int = 6) -> Case:
    """An answer of one to `most` blocks; the evidence states about half of its claims."""
    statements = [draw_statement(chance, chance.randrange(1000)).text for _ in range(8)]
    sentences = [*statements, *chance.sample(_ASIDES, 4)]
    chance.shuffle(sentences)
    blocks = [chance.choice(_BLOCKS)(chance, sentences) for _ in range(chance.randint(1, most))]
    newline = chance.choice(("\n", "\n", "\r\n"))
    return Case("\n\n".join(blocks).replace("\n", newline), tuple(statements[:4]))


def _paragraph(chance: random.Random, sentences: list[str]) -> str:
    return chance.choice((" ", " ", "\n")).join(chance.sample(sentences, chance.randint(1, 4)))


def _list(chance: random.Random, sentences: list[str]) -> str:
    mark = chance.choice(("- ", "* ", "1. "))
    points = [f"{mark}{point}" for point in chance.sample(sentences, chance.randint(1, 3))]
    return "\n".join(
        [chance.choice(("The main points are:", "", "## Points", "It needs the following:")), *points]
    ).lstrip()


def _table(chance: random.Random, sentences: list[str]) -> str:
    rows = [f"| {at} | {chance.choice(sentences)} |" for at in range(chance.randint(1, 3))]
    return "\n".join(["| No. | What |", "|---|---|", *rows])


def _code(_: random.Random, sentences: list[str]) -> str:
    return f"```\n{sentences[0]}\n```"


_BLOCKS: tuple[Callable[[random.Random, list[str]], str], ...] = (
    _paragraph,
    _paragraph,
    _paragraph,
    _list,
    _table,
    _code,
)
