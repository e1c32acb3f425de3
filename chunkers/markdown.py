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
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "table": re.compile(r"\|"),
    "fence": re.compile(r"```|~~~"),
    "blockquote": re.compile(r">"),
    "hr": re.compile(r"(?:^|\r)[^\w\n]*([-*_])[ \t]*\1[ \t]*\1", re.MULTILINE),
    "list": re.compile(r"(?:^|\r)[> \t]*(?:[-+*]|\d{1,9}[.)])(?:\s|$)", re.MULTILINE),
    "reference": re.compile(r"\]:"),
    "html_block": re.compile(r"<"),
    "heading": re.compile(r"#"),
    "lheading": re.compile(r"(?:^|\r)[> \t]{0,20}(?:=+|-+)[ \t]*(?:\r|$)", re.MULTILINE),
}
"""What a text must hold for a rule of the parser to find anything. Every rule that is on is tried at every line, and the
one for underlined headings reads every paragraph."""

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


@lru_cache(maxsize=64)
def _parser(idle: tuple[str, ...]) -> MarkdownIt:
    """A parser of blocks alone, without some of its rules; nothing of a text stays in it."""
    parser = MarkdownIt("commonmark").enable("table").disable(idle)
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


class _Reader:
    """Turns the block tokens of markdown-it, which know their lines, into blocks that know their offsets."""

    def __init__(self, text: str, body: int) -> None:
        self._text = text
        self._lines = [body, *(match.end() for match in _LINE.finditer(text, body)), len(text)]
        idle = tuple(rule for rule, sign in _SIGNS.items() if not sign.search(text, body))
        self._tokens = _parser(idle).parse(text[body:])
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
