"""Chat transcripts: turns stay whole, and a part of a long turn names its speaker."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from chunkers.decoding import decode
from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim

_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DAY = r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
_STAMP = rf"(?:{_DAY}[T,\s]*\s?)?{_TIME}(?:Z|[+-]\d\d:?\d\d)?"
_NAME = r"[^\W\d_][^\n:<>\[\]()|]{0,38}?"
_TURN = re.compile(
    rf"""^[^\S\n]*+(?:
        \[?{_STAMP}\]?[^\S\n]*(?:-[^\S\n]+)?(?:<(?P<nick>[^>\n]{{1,40}})>|(?P<stamped>{_NAME}):)(?=\s)
      | <(?P<bare_nick>[^>\s]{{1,40}})>(?=\s)
      | [*_]{{0,2}}(?P<named>{_NAME})[*_]{{0,2}}[^\S\n]*[(\[]{_STAMP}[)\]][*_]{{0,2}}:?(?=\s)
      | [*_]{{0,2}}(?P<plain>{_NAME})[*_]{{0,2}}:[*_]{{0,2}}(?=[^\S\n]*\S)
    )""",
    re.VERBOSE | re.MULTILINE,
)
_EVENT = re.compile(rf"^[^\S\n]*+(?:\[{_STAMP}\][^\S\n]*)?(?:===|\*\*\*|---|-!-)[^\S\n]", re.MULTILINE)


class _Turn(NamedTuple):
    start: int
    speaker: str


def parse(data: bytes) -> Parsed:
    """Parse a transcript in plain text; the text is the decoded source, unchanged. Raises UnreadableDocument."""
    text, warnings = decode(data)
    return arrange(Parsed(DocumentType.TEXT, text, cover(text, ()), warnings=warnings))


def arrange(parsed: Parsed) -> Parsed:
    """Return a transcript with one block a turn; its text is unchanged."""
    text = parsed.text
    turns = list(_turns(text))
    ends = [turn.start for turn in turns[1:]] + [len(text)]
    blocks = []
    for turn, stop in zip(turns, ends, strict=False):
        start, end = trim(text, turn.start, stop)
        header = f"{turn.speaker}:" if turn.speaker else ""
        blocks.append(Block(start, end, ChunkKind.TURN, header=header))
    return replace(parsed, type=DocumentType.CHAT, blocks=cover(text, blocks))


def share_of_turns(text: str) -> float:
    """Return the share of the filled lines that open a turn of somebody who speaks at least twice, from 0 to 1."""
    lines = sum(1 for line in text.splitlines() if line.strip())
    speakers = Counter(turn.speaker for turn in _turns(text) if turn.speaker)
    talking = [count for count in speakers.values() if count > 1]
    return sum(talking) / lines if lines and len(talking) > 1 else 0.0


def _turns(text: str) -> Iterator[_Turn]:
    """Yield the turns in order; events such as somebody joining are turns without a speaker.

    A plain "Name:" opens a turn only if the name does so twice, since any line may hold a colon.
    """
    found = list(_TURN.finditer(text))
    plain = Counter(match["plain"].strip() for match in found if match["plain"])
    turns = [
        _Turn(match.start(), _speaker(match)) for match in found if plain.get((match["plain"] or "").strip(), 2) > 1
    ]
    events = [_Turn(match.start(), "") for match in _EVENT.finditer(text)]
    yield from sorted((*turns, *events))


def _speaker(match: re.Match[str]) -> str:
    names = ("nick", "stamped", "bare_nick", "named", "plain")
    return next((match[name].strip(" *_") for name in names if match[name]), "")
