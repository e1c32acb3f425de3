"""Contracts: numbered clauses stay whole, with the defined terms they rely on and the titles of clauses they cite."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from chunkers.definitions import definitions, references, uses
from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim

_CLAUSE = re.compile(
    r"""^(?P<indent>[^\S\n]*+)[>*_#]*+[^\S\n]*+(?P<label>
        (?P<part>(?:ARTICLE|SECTION|CLAUSE|SCHEDULE|EXHIBIT|ANNEX|APPENDIX|PART)\s+(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-Z])\b[.:]?)
      | (?P<number>\d{1,2}(?:\.\d{1,3}){0,4})(?:[.)]|(?=[^\S\n]))
      )[*_]*[^\S\n]+(?=\S)""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_SUB_CLAUSE = re.compile(r"(?:^|(?<=\s))\((?:[a-z]{1,2}|[ivx]{1,5}|[A-Z]|\d{1,2})\)(?=\s)", re.MULTILINE)
_TITLE_END = re.compile(r"(?<=[\w)”\"])[.:](?=\s|$)|\n")
_MARKUP = re.compile(r"[*_#]+|<[^>]{1,200}>")
_NOT_NUMBER = re.compile(r"^\D+\s")
_OPENING = 400
_LONGEST_TITLE = 80
_LONGEST_LEAD = 200
_MOST_TERMS = 2


class _Clause(NamedTuple):
    """A clause's span, its numbering level, its number, and its label with the title."""

    start: int
    end: int
    level: int
    number: str
    label: str
    bare: bool


def arrange(parsed: Parsed) -> Parsed:
    """Return the contract with one block a clause; its text is unchanged.

    A clause's path ends with its number and title. Its context holds the definitions of up to two terms it uses (the
    rarest first) and the titles of clauses it refers to. Parts after the first repeat the words before its first item.
    """
    text = parsed.text
    clauses = [clause for block in parsed.blocks for clause in _clauses(text, block)]
    blocks = list(_with_clauses(parsed, clauses))
    return replace(parsed, type=DocumentType.CONTRACT, blocks=cover(text, _in_context(text, blocks, clauses)))


def _clauses(text: str, block: Block) -> Iterator[_Clause]:
    if block.kind in {ChunkKind.TABLE, ChunkKind.CODE, ChunkKind.RECORD}:
        return
    found = list(_CLAUSE.finditer(text, block.start, block.end))
    stops = [*(match.start() for match in found[1:]), block.end]
    above: list[_Clause] = []
    for match, stop in zip(found, stops, strict=False):
        start, end = trim(text, match.start(), stop)
        label = _MARKUP.sub("", match["label"]).rstrip(".):")
        level = 1 if match["part"] else 2 + match["number"].count(".") + len(match["indent"])
        above = [one for one in above if one.level < level]
        if match["number"] and "." not in label and above and above[-1].level > 1:
            label = f"{above[-1].number}.{label}"
        number = _NOT_NUMBER.sub("", label)
        title, bare = _title(text[match.end() : min(end, match.end() + _OPENING)])
        clause = _Clause(start, end, level, number, f"{label}. {title}" if title else label, bare)
        above.append(clause)
        yield clause


def _title(opening: str) -> tuple[str, bool]:
    """Return a clause's title, if its opening words hold one, and whether there is nothing else."""
    opening = _MARKUP.sub("", opening)
    stop = _TITLE_END.search(opening)
    title = " ".join((opening[: stop.start()] if stop else opening).split())
    rest = opening[stop.end() :].strip() if stop else ""
    sentence = not rest and opening.rstrip().endswith(".")
    if not title or len(title) > _LONGEST_TITLE or sentence:
        return "", False
    return title, not rest


def _with_clauses(parsed: Parsed, clauses: Sequence[_Clause]) -> Iterator[Block]:
    """Yield the blocks, those that hold clauses cut into them; what stands before a block's first clause is its own."""
    text, waiting = parsed.text, list(reversed(clauses))
    above: list[_Clause] = []
    base: tuple[str, ...] = ()
    for block in parsed.blocks:
        inside: list[_Clause] = []
        while waiting and waiting[-1].start < block.end:
            inside.append(waiting.pop())
        if block.kind is ChunkKind.HEADING and not inside:
            above, base = [], block.heading_path
        elif block.kind is ChunkKind.HEADING:
            base = block.heading_path[:-1]
        lead_start, lead_end = trim(text, block.start, inside[0].start if inside else block.end)
        if lead_start < lead_end:
            path = block.heading_path if block.kind is ChunkKind.HEADING else _path(base, above)
            seams = tuple(seam for seam in block.seams if lead_start < seam < lead_end)
            yield block._replace(start=lead_start, end=lead_end, heading_path=path, seams=seams)
        for clause in inside:
            above = [one for one in above if one.level < clause.level] + [clause]
            yield _block(text, clause, _path(base, above))


def _path(base: tuple[str, ...], above: Sequence[_Clause]) -> tuple[str, ...]:
    return (*base, *(clause.label for clause in above))


def _block(text: str, clause: _Clause, path: tuple[str, ...]) -> Block:
    if clause.bare:
        return Block(clause.start, clause.end, ChunkKind.HEADING, path)
    seams = tuple(m.start() for m in _SUB_CLAUSE.finditer(text, clause.start, clause.end) if m.start() > clause.start)
    lead = " ".join(text[clause.start : seams[0]].split()) if seams else ""
    header = lead if len(lead) <= _LONGEST_LEAD else ""
    return Block(clause.start, clause.end, ChunkKind.CLAUSE, path, header=header, seams=seams, titled=True)


def _in_context(text: str, blocks: Sequence[Block], clauses: Sequence[_Clause]) -> Iterator[Block]:
    """Yield the blocks, each clause with the definitions that it relies on and the titles of the clauses that it cites."""
    defined = definitions(text)
    wordings = {one.term: one.wording for one in reversed(defined)}
    used = list(uses(text, wordings))
    frequency = Counter(term for _, term in used)
    used_at, defined_at = [start for start, _ in used], [one.start for one in defined]
    titles = {clause.number: clause.label for clause in clauses if clause.label != clause.number}
    for block in blocks:
        if block.kind is not ChunkKind.CLAUSE:
            yield block
            continue
        terms = {term for _, term in used[bisect_left(used_at, block.start) : bisect_left(used_at, block.end)]}
        own = defined[bisect_left(defined_at, block.start) : bisect_left(defined_at, block.end)]
        foreign = sorted(terms.difference(one.term for one in own), key=lambda term: (frequency[term], term))
        cited = [
            title
            for number in references(text[block.start : block.end])
            if (title := titles.get(number, "")) and title not in block.heading_path
        ]
        lines = [wordings[term] for term in foreign[:_MOST_TERMS]]
        if cited:
            lines.append(f"Refers to: {'; '.join(cited[:_MOST_TERMS])}")
        yield block._replace(context="\n".join(lines))
