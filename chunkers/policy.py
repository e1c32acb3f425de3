"""Policies and handbooks: rules stay under their headings, and every chunk says from when the policy applies."""

import re
from collections.abc import Iterator
from dataclasses import replace

from chunkers.document import Block, ChunkKind, DocumentType, Parsed
from chunkers.outline import Outline

_VALIDITY = re.compile(
    r"(?:effective(?:\s+date)?|valid\s+from|in\s+force\s+(?:from|since)|last\s+(?:updated|revised|modified)|version(?:\s+date)?)"
    r"\s*(?:as\s+of|on)?\W{0,4}[^\n]{0,20}?\b(?:\d{4}|\d+\.\d+)\b[^\n.;|>]{0,20}",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[*_#>]+")
_SECTION = re.compile(r"[*_]*(?P<number>\d{1,2}(?:\.\d{1,2})*)[.)]?[*_]*\s+[*_]*(?P<title>[^\n]{2,80}?)[*_]*$")
_BOLD_LINE = re.compile(r"(\*\*|__)(?P<title>[^\n*_]{2,90})\1$")
_LONGEST_LINE = 160
_OPENING = 4_000
"""Characters at the start among which a policy says from when it applies."""


def arrange(parsed: Parsed) -> Parsed:
    """Return the policy with bold and numbered lines as headings, and its date in every block's context.

    The text is unchanged.
    """
    found = _VALIDITY.search(parsed.text, 0, _OPENING)
    validity = _line_around(parsed.text, found) if found else ""
    return replace(parsed, type=DocumentType.POLICY, blocks=tuple(_sections(parsed, validity)))


def _line_around(text: str, found: re.Match[str]) -> str:
    """Return the whole line if it is short, since "in force until" may follow; else what was found."""
    start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
    line = text[start : end if end >= 0 else len(text)]
    return " ".join(_MARKUP.sub(" ", line if len(line) <= _LONGEST_LINE else found[0]).split())


def _sections(parsed: Parsed, validity: str) -> Iterator[Block]:
    """Yield the blocks with headings that the format did not mark placed under those it did."""
    base: tuple[str, ...] = ()
    outline = Outline()
    for block in parsed.blocks:
        kind, path = block.kind, base + outline.path
        if kind is ChunkKind.HEADING:
            base, outline = block.heading_path, Outline()
            path = base
        elif kind is ChunkKind.PROSE and (found := _heading(parsed.text[block.start : block.end])):
            level, title = found
            kind, path = ChunkKind.HEADING, base + outline.enter(level, title)
        yield block._replace(kind=kind, heading_path=path, context=block.context or validity)


def _heading(paragraph: str) -> tuple[int, str] | None:
    if (bold := _BOLD_LINE.match(paragraph)) and not bold["title"].rstrip().endswith((".", ":")):
        return 1, bold["title"]
    section = _SECTION.match(paragraph)
    if section and not section["title"].rstrip().endswith((".", ",", ";", ":")):
        return 1 + section["number"].count("."), f"{section['number']} {section['title']}"
    return None
