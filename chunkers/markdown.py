"""Markdown: sections, lists, code and tables, by a CommonMark parser; the text stays the source."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chunkers.decoding import decode
from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim
from chunkers.outline import Outline
from chunkers.tables import Span, table_block

_LINE = re.compile(r"\r\n|\r|\n")
_FRONT_MATTER = re.compile(r"---[^\S\n]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)", re.DOTALL)
_TITLE = re.compile(r"^title:[^\S\n]*[\"']?(.+?)[\"']?[^\S\n]*$", re.MULTILINE)
_MARKUP = re.compile(
    r"^#{1,6}\s+|\s+#+\s*$|\{#[^}]*\}|<[^>]{1,200}>|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|\]\([^)]*\)|!?\["
)
_UNDERLINE = re.compile(r"[\r\n][> \t]{0,20}(?:=+|-+)[ \t]*+(?:[\r\n]|\Z)")
_SIGNS: Mapping[str, Sequence[str]] = {
    "table": ("|",),
    "fence": ("```", "~~~"),
    "blockquote": (">",),
    "reference": ("]:",),
    "html_block": ("<",),
    "heading": ("#",),
}
"""What a text must hold, one of it, for a rule of the parser to find anything."""

_CONTINUED = re.compile(r"\n[ \t]*\r?\n( *)[^\W\d_][^\r\n|<>]*+(?P<rest>(?:\r?\n\1[^\W\d_][^\r\n|<>]*+)+)(?=\r?\n)")
"""Lines that go on with what the first line after an empty one is part of, be it a paragraph or code: each begins with a
letter, as far in as that one, and has no mark of a table or of HTML."""

_LONGEST_HEADING = 500
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_LEAVES = frozenset({"paragraph_open", "heading_open", "table_open", "fence", "code_block", "html_block"})
_KINDS = {"fence": ChunkKind.CODE, "code_block": ChunkKind.CODE}


def parse(data: bytes) -> Parsed:
    """Parse Markdown (CommonMark with tables and YAML front matter); the text is the decoded source, unchanged.

    Raises UnreadableDocument.
    """
    text, warnings = decode(data)
    front = _FRONT_MATTER.match(text)
    title = _TITLE.search(front[1]) if front else None
    return Parsed(
        DocumentType.MARKDOWN, text, markdown_blocks(text), title=title[1] if title else "", warnings=warnings
    )


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text, in order."""
    front = _FRONT_MATTER.match(text)
    body = front.end() if front else 0
    reader = _Reader(text, body)
    return cover(text, [*_front_block(text, body), *reader.blocks()])


def _front_block(text: str, body: int) -> Sequence[Block]:
    start, end = trim(text, 0, body)
    return (Block(start, end, ChunkKind.RECORD, alone=True),) if start < end else ()


def _shown(text: str, body: int) -> Iterator[Span]:
    """Yield the spans that the parser has to see."""
    for run in _CONTINUED.finditer(text, body):
        yield body, run.start("rest")
        body = run.end("rest")
    yield body, len(text)


def _idle_rules(text: str) -> tuple[str, ...]:
    """Return the rules that find nothing in the text; each that is on is tried at every line."""
    idle = [rule for rule, signs in _SIGNS.items() if not any(sign in text for sign in signs)]
    return (*idle, *(() if _UNDERLINE.search(text) else ("lheading",)))


@lru_cache(maxsize=64)
def _parser(idle: tuple[str, ...]) -> MarkdownIt:
    """A parser of blocks alone, without some of its rules; nothing of a text stays in it."""
    parser = MarkdownIt("commonmark").enable("table").disable(idle)
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


class _Reader:
    """Turns the block tokens of markdown-it, which know their lines, into blocks that know their offsets.

    The parser, which tries all its rules at every line, is not shown the lines that only go on: `_lines` holds the offsets
    of those that it sees, so that a block ends where the next line begins that it sees.
    """

    def __init__(self, text: str, body: int) -> None:
        self._text = text
        shown = list(_shown(text, body))
        self._lines = [body, *(line.end() for span in shown for line in _LINE.finditer(text, *span)), len(text)]
        self._tokens = _parser(_idle_rules(text)).parse("".join(text[slice(*span)] for span in shown))
        self._outline = Outline()

    def blocks(self) -> Iterator[Block]:
        position = 0
        items: list[Span] = []
        depth = 0
        index = 0
        while index < len(self._tokens):
            token = self._tokens[index]
            opens_list = token.type in {"bullet_list_open", "ordered_list_open"}
            depth += opens_list - (token.type in {"bullet_list_close", "ordered_list_close"})
            leaf = self._leaf(token)
            stop = self._closing(index) if token.type in {"table_open", "heading_open"} else index
            if leaf and leaf[0] >= position:
                if depth and token.type in {"paragraph_open", "fence", "code_block", "html_block"}:
                    items.append((self._item_start(leaf[0]), leaf[1]))
                else:
                    yield from self._list_block(items)
                    items = []
                    yield self._block(token, leaf, self._tokens[index : stop + 1])
                position = leaf[1]
            if token.type in {"bullet_list_close", "ordered_list_close"} and not depth:
                yield from self._list_block(items)
                items = []
            index = stop + 1

    def _leaf(self, token: Token) -> Span | None:
        if token.type not in _LEAVES or not token.map:
            return None
        start, end = trim(self._text, self._lines[token.map[0]], self._lines[min(token.map[1], len(self._lines) - 1)])
        return (start, end) if start < end else None

    def _item_start(self, start: int) -> int:
        """Return the start of the line, so that a list marker stays with its item."""
        line = self._text.rfind("\n", 0, start) + 1
        return trim(self._text, line, start + 1)[0]

    def _list_block(self, items: Sequence[Span]) -> Iterator[Block]:
        if items:
            start, end = items[0][0], items[-1][1]
            seams = tuple(item for item, _ in items if item > start)
            yield Block(start, end, ChunkKind.LIST, self._outline.path, seams=seams)

    def _block(self, token: Token, span: Span, tokens: Sequence[Token]) -> Block:
        start, end = span
        if token.type == "heading_open":
            heading = _MARKUP.sub("", self._text[start : min(end, start + _LONGEST_HEADING)].splitlines()[0])
            return Block(start, end, ChunkKind.HEADING, self._outline.enter(int(token.tag[1]), heading))
        if token.type == "table_open":
            rows = [self._row(one.map[0]) for one in tokens if one.type == "tr_open" and one.map]
            return table_block(self._text, start, end, [row for row in rows if row], self._outline.path, headers=1)
        kind = _KINDS.get(token.type, ChunkKind.PROSE)
        seams = self._code_seams(start, end) if kind is ChunkKind.CODE else ()
        return Block(start, end, kind, self._outline.path, seams=seams)

    def _row(self, line: int) -> list[Span]:
        start, end = trim(self._text, self._lines[line], self._lines[line + 1])
        borders = [match.start() for match in _CELL_BORDER.finditer(self._text, start, end)]
        edges = [start - 1, *borders, end]
        cells = [trim(self._text, left + 1, right) for left, right in pairwise(edges)]
        if borders and borders[0] == start:
            cells = cells[1:]
        if borders and borders[-1] == end - 1:
            cells = cells[:-1]
        return cells

    def _code_seams(self, start: int, end: int) -> tuple[int, ...]:
        return tuple(match.end() for match in _LINE.finditer(self._text, start, end) if match.end() < end)

    def _closing(self, index: int) -> int:
        level = self._tokens[index].level
        while index + 1 < len(self._tokens) and self._tokens[index + 1].level > level:
            index += 1
        return min(index + 1, len(self._tokens) - 1)
