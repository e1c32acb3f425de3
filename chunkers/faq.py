"""Questions and answers: a question stays with its answer, and every part of a long answer repeats it."""

import re
from dataclasses import replace

from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim

_QUESTION = re.compile(
    r"[*_#>\s]*+(?:Q(?:uestion)?\s{0,3}\d{0,4}\s{0,3}[.:)\]]\*{0,2}\s{0,9}(?P<marked>\S.*)|(?P<asked>[^\n]{6,300}\?))[*_\s]*(?:\n|$)",
    re.IGNORECASE,
)


def arrange(parsed: Parsed) -> Parsed:
    """Return the document with its questions as headings over their answers; its text is unchanged."""
    text, blocks = parsed.text, []
    base: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    for block in parsed.blocks:
        if block.kind is ChunkKind.HEADING or block.heading_path != base:
            base, asked = block.heading_path, ()
        question = _QUESTION.match(text, block.start, block.end) if block.kind is ChunkKind.PROSE else None
        if question:
            asked = (_wording(question),)
            start, end = trim(text, block.start, question.end())
            blocks.append(Block(start, end, ChunkKind.HEADING, base + asked))
            start, end = trim(text, end, block.end)
            if start < end:
                blocks.append(Block(start, end, heading_path=base + asked))
        else:
            blocks.append(block._replace(heading_path=base + asked) if asked else block)
    return replace(parsed, type=DocumentType.FAQ, blocks=cover(text, blocks))


def questions(text: str) -> int:
    """Return how many lines are questions that stand alone."""
    return sum(bool(_QUESTION.match(line)) for line in text.splitlines() if line.rstrip(" *_").endswith("?"))


def _wording(question: re.Match[str]) -> str:
    return " ".join((question["marked"] or question["asked"]).strip("*_ ").split())
