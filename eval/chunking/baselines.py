"""The recursive splitter that published chunking figures start from, with exact offsets.

It splits at the first separator of a list that the text has, keeps the separator at the start of the next piece, splits
pieces that are not shorter than the limit at the separators that follow, and joins neighbours greedily up to the limit.
Lengths are those of the pieces one by one, so special tokens that `count` adds are counted for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from eval.chunking.ranges import Range

SEPARATORS = ("\n\n", "\n", ".", "?", "!", " ", "")


def split_recursively(text: str, size: int, shared: int, count: Callable[[str], int]) -> list[Range]:
    """The chunks of `text` as ranges without white space at their ends.

    size: the most that a chunk may count. shared: how much of the end of a chunk the next one may repeat.
    """
    splitter = _Splitter(text, size, shared, count)
    return list(splitter.split(0, len(text), SEPARATORS))


class _Splitter:
    """One text on its way to chunks."""

    def __init__(self, text: str, size: int, shared: int, count: Callable[[str], int]) -> None:
        self._text = text
        self._size = size
        self._shared = shared
        self._count = count
        self._between = count("")

    def split(self, start: int, end: int, separators: Sequence[str]) -> Iterator[Range]:
        separator, finer = self._coarsest(start, end, separators)
        short: list[tuple[Range, int]] = []
        for piece in self._pieces(start, end, separator):
            counted = self._count(self._text[piece[0] : piece[1]])
            if counted < self._size:
                short.append((piece, counted))
                continue
            yield from self._joined(short)
            short = []
            if finer:
                yield from self.split(*piece, finer)
            else:
                yield piece
        yield from self._joined(short)

    def _coarsest(self, start: int, end: int, separators: Sequence[str]) -> tuple[str, Sequence[str]]:
        for position, separator in enumerate(separators):
            if not separator:
                return "", ()
            if self._text.find(separator, start, end) >= 0:
                return separator, separators[position + 1 :]
        return separators[-1], ()

    def _pieces(self, start: int, end: int, separator: str) -> Iterator[Range]:
        if not separator:
            yield from ((at, at + 1) for at in range(start, end))
            return
        begun = start
        at = self._text.find(separator, start, end)
        while at >= 0:
            if begun < at:
                yield begun, at
            begun = at
            at = self._text.find(separator, at + len(separator), end)
        if begun < end:
            yield begun, end

    def _joined(self, pieces: Sequence[tuple[Range, int]]) -> Iterator[Range]:
        held: list[tuple[Range, int]] = []
        total = 0
        for piece, counted in pieces:
            if held and total + counted + self._between > self._size:
                yield from self._trimmed(held)
                while held and (total > self._shared or total + counted + self._between > self._size):
                    total -= held[0][1] + (self._between if len(held) > 1 else 0)
                    held.pop(0)
            held.append((piece, counted))
            total += counted + (self._between if len(held) > 1 else 0)
        yield from self._trimmed(held)

    def _trimmed(self, held: Sequence[tuple[Range, int]]) -> Iterator[Range]:
        if not held:
            return
        start, end = held[0][0][0], held[-1][0][1]
        text = self._text[start:end]
        stripped = text.strip()
        if stripped:
            start += len(text) - len(text.lstrip())
            yield start, start + len(stripped)
