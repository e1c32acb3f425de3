"""Source code: functions and classes stay whole; a part of one repeats its first line."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import PurePath

import tree_sitter_c
import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from chunkers.decoding import decode
from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim

_GRAMMARS: dict[str, Callable[[], object]] = {
    "python": tree_sitter_python.language,
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
    "java": tree_sitter_java.language,
    "go": tree_sitter_go.language,
    "rust": tree_sitter_rust.language,
    "c": tree_sitter_c.language,
}
_SUFFIXES = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".tsx": "tsx",
    ".java": "java",
    ".go": "go",
    ".rs": "rust",
    ".c": "c",
    ".h": "c",
}
_SIGNS = {
    "python": re.compile(
        r"^[^\S\n]*+(?:def \w+\(.*\).*:|from [\w.]+ import |import \w+(?:\.\w+)*$|class \w+.*:)", re.MULTILINE
    ),
    "javascript": re.compile(
        r"^[^\S\n]*+(?:(?:export )?(?:const|let|function|async function) .*[=({]|import .* from ['\"]|module\.exports)",
        re.MULTILINE,
    ),
    "java": re.compile(
        r"^[^\S\n]*+(?:public |private |protected )(?:static |final |abstract )*(?:class|interface|void|\w+) |^package [\w.]+;",
        re.MULTILINE,
    ),
    "go": re.compile(r"^(?:package \w+$|func (?:\([^)]*\) )?\w+\(|import \()", re.MULTILINE),
    "rust": re.compile(r"^[^\S\n]*+(?:pub )?(?:fn \w+|impl\b|use [\w:]+|mod \w+|struct \w+ \{)", re.MULTILINE),
    "c": re.compile(
        r"^#include\s*[<\"]|^(?:static |extern |const )*(?:int|void|char|struct \w+) \**\w+\(", re.MULTILINE
    ),
}
_DEFINITIONS = frozenset(
    (
        "function_definition function_declaration method_definition method_declaration constructor_declaration "
        "function_item class_definition class_declaration interface_declaration enum_declaration impl_item trait_item "
        "struct_item enum_item mod_item decorated_definition export_statement type_declaration type_alias_declaration "
        "struct_specifier lexical_declaration generator_function_declaration abstract_class_declaration "
        "internal_module record_declaration"
    ).split()
)
_BODIES = frozenset(
    [
        "block",
        "class_body",
        "interface_body",
        "enum_body",
        "declaration_list",
        "enum_body_declarations",
        "statement_block",
    ]
)
_ABOVE = frozenset(["comment", "line_comment", "block_comment", "attribute_item", "decorator"])
_LONGEST_LABEL = 80
_LONG_DEFINITION = 1_600
"""A class longer than this many characters is opened, and its methods stand alone."""

_LONGEST_PARSED = 8 * 1024 * 1024
_BLANK_LINES = re.compile(r"\n[^\S\n]*+\n(?=\S)")


def parse(data: bytes, filename: str | None = None) -> Parsed:
    """Parse source code; the text is the decoded source, unchanged.

    Python, JavaScript, TypeScript, Java, Go, Rust and C are read by their tree-sitter grammar, others by blank lines
    and indentation. Raises UnreadableDocument.
    """
    text, warnings = decode(data)
    language = _SUFFIXES.get(PurePath(filename or "").suffix.lower()) or _language(text)
    read = bool(language) and len(text) <= _LONGEST_PARSED
    blocks = _parsed_blocks(text, language) if read else _indented_blocks(text)
    title = PurePath(filename or "").name
    return Parsed(DocumentType.CODE, text, cover(text, blocks), title=title, warnings=warnings)


def _language(text: str) -> str:
    """Return the language whose telling lines are the most, or nothing."""
    counts = {name: len(signs.findall(text[:50_000])) for name, signs in _SIGNS.items()}
    name = max(counts, key=lambda one: counts[one])
    return name if counts[name] else ""


def _parsed_blocks(text: str, language: str) -> Iterator[Block]:
    tree = Parser(Language(_GRAMMARS[language]())).parse(text.encode())
    offsets = _Offsets(text)
    waiting: list[tuple[Node, tuple[str, ...]]] = [(tree.root_node, ())]
    position = 0
    while waiting:
        node, path = waiting.pop()
        start, end = offsets.character(node.start_byte), offsets.character(node.end_byte)
        if node.type in _DEFINITIONS:
            path = (*path, _label(text[start:end]))
            if end - start <= _LONG_DEFINITION or not _holds_definitions(node):
                start = max(position, _comment_start(node, offsets, start))
                yield from _code(text, position, start, path[:-1])
                yield from _code(text, start, end, path, titled=True)
                position = end
                continue
            yield from _code(text, position, start, path[:-1])
            position = start
        waiting.extend((child, path) for child in reversed(_inside(node)))
    yield from _code(text, position, len(text), ())


def _inside(node: Node) -> Sequence[Node]:
    """Return the children that are definitions or may hold some: what a class or module consists of."""
    return [child for child in node.children if child.type in _DEFINITIONS or child.type in _BODIES]


def _holds_definitions(node: Node) -> bool:
    waiting = list(_inside(node))
    while waiting:
        inner = waiting.pop()
        if inner.type in _DEFINITIONS:
            return True
        waiting.extend(_inside(inner))
    return False


def _comment_start(node: Node, offsets: "_Offsets", start: int) -> int:
    """Return where the comments and attributes right above a definition begin."""
    above = node.prev_sibling
    while above is not None and above.type in _ABOVE and above.end_point.row >= node.start_point.row - 1:
        start, node, above = offsets.character(above.start_byte), above, above.prev_sibling
    return start


def _code(text: str, start: int, end: int, path: tuple[str, ...], *, titled: bool = False) -> Iterator[Block]:
    start, end = trim(text, start, end)
    if start < end:
        starts = (match.end() for match in re.finditer(r"\n+", text[start:end]))
        seams = tuple(start + seam for seam in starts if start + seam < end)
        yield Block(start, end, ChunkKind.CODE, path, seams=seams, titled=titled)


def _label(definition: str) -> str:
    """Return a definition's first line that is not a decorator, without the opening of its body."""
    lines = [line.strip() for line in definition.splitlines()]
    line = next((one for one in lines if one and not one.startswith(("@", "#[", "# ", "//", "/*", "*"))), lines[0])
    return line.rstrip(" {:")[:_LONGEST_LABEL]


def _indented_blocks(text: str) -> Iterator[Block]:
    """Yield runs of lines between blank lines after which a line starts at the margin."""
    position = 0
    for gap in _BLANK_LINES.finditer(text):
        yield from _code(text, position, gap.start(), _margin_path(text, position, gap.start()), titled=True)
        position = gap.end()
    yield from _code(text, position, len(text), _margin_path(text, position, len(text)), titled=True)


def _margin_path(text: str, start: int, end: int) -> tuple[str, ...]:
    first, last = trim(text, start, end)
    return (_label(text[first:last]),) if text.count("\n", first, last) > 2 else ()


class _Offsets:
    """Turns the byte offsets of tree-sitter into character offsets."""

    def __init__(self, text: str) -> None:
        self._starts = array("Q")
        if not text.isascii():
            self._starts.extend(accumulate((len(character.encode()) for character in text), initial=0))

    def character(self, byte: int) -> int:
        """Return the index of the character at a byte of the UTF-8 text."""
        return bisect_left(self._starts, byte) if self._starts else byte
