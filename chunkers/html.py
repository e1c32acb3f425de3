"""HTML: the main text without navigation, advertisements and footers, by a walk of our own over the parsed tree."""

import re
from collections.abc import Callable, Iterator, Sequence, Set

from selectolax.lexbor import LexborHTMLParser, LexborNode

from chunkers.boilerplate import main_content
from chunkers.composing import Composer
from chunkers.decoding import decode
from chunkers.document import ChunkKind, DocumentType, Parsed
from chunkers.errors import Unreadable, UnreadableDocument
from chunkers.tables import header_rows

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer "
        "form header hgroup hr legend li main nav ol p section summary table ul"
    ).split()
)
_WIDEST_SPAN = 1_000

DEEPEST = 512
"""Elements inside elements; where Chromium, too, stops nesting."""


def parse(data: bytes) -> Parsed:
    """Parse HTML; the text is the main content: headings, paragraphs, lists, code and tables, one blank line between.

    Raises UnreadableDocument (NO_TEXT if the page holds no text of its own).
    """
    declared = _CHARSET.search(data[:4096])
    source, warnings = decode(data, declared[1].decode("ascii") if declared else "")
    return compose_html(source, warnings)


def compose_html(source: str, warnings: Sequence[str] = ()) -> Parsed:
    """Return the main content of an HTML source; see `parse`."""
    tree = LexborHTMLParser(source)
    title_node = tree.css_first("title")
    title = " ".join(title_node.text(deep=True).split()) if title_node else ""
    composer = Composer()
    if tree.body:
        _check_depth(tree.body)
        content = main_content(tree.body)
        if content.hidden:
            warnings = [*warnings, f"{content.hidden} elements whose style hides their text from readers were left out"]
        _Writer(composer, content.skipped).write(content.root)
    if not composer.has_text:
        raise UnreadableDocument(
            Unreadable.NO_TEXT, f"none of the {len(source)} characters of HTML is text of the page; scripts may fill it"
        )
    return composer.parsed(DocumentType.HTML, title, warnings)


def _check_depth(body: LexborNode) -> None:
    depth = {body.mem_id: 0}
    for node in body.traverse():
        if node.parent is not None and node.mem_id != body.mem_id:
            depth[node.mem_id] = depth[node.parent.mem_id] + 1
            if depth[node.mem_id] > DEEPEST:
                raise UnreadableDocument(
                    Unreadable.TOO_DEEP, f"a <{node.tag}> is nested more than {DEEPEST} elements deep; flatten the page"
                )


class _Writer:
    """Writes a tree to a composer, without recursion, so that depth costs nothing."""

    def __init__(self, composer: Composer, skipped: Set[int]) -> None:
        self._composer = composer
        self._skipped = skipped
        self._inline: list[str] = []
        self._items: list[str] = []
        self._lists: list[int] = []
        self._marker = ""

    def write(self, root: LexborNode) -> None:
        waiting: list[tuple[LexborNode, bool]] = [(root, False)]
        while waiting:
            node, closing = waiting.pop()
            tag = node.tag or ""
            if node.mem_id in self._skipped:
                continue
            if tag == "-text":
                self._inline.append(node.text_content or "")
            elif closing:
                self._close(tag)
            elif not self._whole(node, tag):
                self._open(tag)
                waiting.append((node, True))
                waiting.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
        self._flush()
        self._flush_items()

    def _whole(self, node: LexborNode, tag: str) -> bool:
        """Write a node that is taken as a whole, and return whether it was one."""
        if tag in _HEADINGS:
            self._break()
            self._composer.heading(_HEADINGS[tag], _collapsed(self._text(node)))
        elif tag == "pre":
            self._break()
            self._composer.paragraph(self._text(node), ChunkKind.CODE)
        elif tag == "table" and _is_data(node):
            self._break()
            rows, headers = _rows(node, self._text)
            self._composer.table(rows, headers)
        elif tag == "br":
            self._inline.append("\n")
        else:
            return False
        return True

    def _text(self, root: LexborNode) -> str:
        """Return the text below the node; <br> and the end of a block break the line."""
        pieces: list[str] = []
        waiting: list[LexborNode | str] = [root]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                pieces.append(node)
            elif node.tag == "-text":
                pieces.append(node.text_content or "")
            elif node.tag == "br":
                pieces.append("\n")
            elif node.mem_id not in self._skipped:
                if node.tag in _BLOCKS and pieces and node.mem_id != root.mem_id:
                    waiting.append("\n")
                waiting.extend(reversed(list(node.iter(include_text=True))))
        return "".join(pieces)

    def _open(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._flush()
            self._lists.append(0 if tag == "ol" else -1)
        elif tag in _BLOCKS or tag in {"tr", "td", "th"}:
            self._flush()
        if tag == "li" and self._lists:
            number = self._lists[-1]
            if number >= 0:
                self._lists[-1] = number + 1
            self._marker = f"{number + 1}. " if number >= 0 else "- "

    def _close(self, tag: str) -> None:
        if tag in _BLOCKS or tag in {"tr", "td", "th"}:
            self._flush()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            if not self._lists:
                self._flush_items()

    def _break(self) -> None:
        self._flush()
        self._flush_items()

    def _flush(self) -> None:
        text = _collapsed("".join(self._inline))
        self._inline.clear()
        if not text:
            return
        if self._lists:
            self._items.append("  " * (len(self._lists) - 1) + self._marker + text)
            self._marker = ""
        else:
            self._flush_items()
            self._composer.paragraph(text)

    def _flush_items(self) -> None:
        self._composer.items(self._items)
        self._items = []


def _collapsed(text: str) -> str:
    """Collapse white space as a browser does, keeping the line breaks of <br>."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _is_data(table: LexborNode) -> bool:
    """Tell a table of data from one that only lays out the page."""
    widest = max((len(cells) for cells in _table_rows(table)), default=0)
    return widest > 1 and (table.css_first("th") is not None or table.css_first("table table, td p + p, td h2") is None)


def _table_rows(table: LexborNode) -> Iterator[list[LexborNode]]:
    """Yield the cells of each row of the table itself, not of tables inside it."""
    for part in table.iter():
        for row in [part] if part.tag == "tr" else part.iter():
            cells = [cell for cell in row.iter() if cell.tag in {"td", "th"}] if row.tag == "tr" else []
            if cells:
                yield cells


def _rows(table: LexborNode, text_of: Callable[[LexborNode], str]) -> tuple[list[list[str]], int]:
    """Return the cells' texts as a grid, spans filled in, and how many rows head it."""
    grid: list[list[str]] = []
    heading: list[bool] = []
    below: dict[int, tuple[int, str]] = {}
    for cells in _table_rows(table):
        heads = all(cell.tag == "th" for cell in cells) or _in_head(cells[0])
        row: list[str] = []
        for cell in cells:
            _fill(row, below)
            text = " ".join(text_of(cell).split())
            wide, tall = _span(cell, "colspan"), _span(cell, "rowspan")
            for index in range(wide):
                if tall > 1:
                    below[len(row)] = (tall - 1, text)
                row.append(text if heads or index == 0 else "")
        _fill(row, below)
        if len(set(row)) == 1:
            row = row[:1] + [""] * (len(row) - 1)
        grid.append(row)
        heading.append(heads)
    headers = next((at for at, heads in enumerate(heading) if not heads), 0)
    return grid, headers or header_rows(grid[:6])


def _fill(row: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Append the cells that reach down from rows above."""
    while len(row) in below:
        left, text = below.pop(len(row))
        if left > 1:
            below[len(row)] = (left - 1, text)
        row.append(text)


def _in_head(cell: LexborNode) -> bool:
    row = cell.parent
    return row is not None and row.parent is not None and row.parent.tag == "thead"


def _span(cell: LexborNode, name: str) -> int:
    value = (cell.attributes.get(name) or "1").strip()
    return max(1, min(_WIDEST_SPAN, int(value))) if value.isdecimal() else 1
