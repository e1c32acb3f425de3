"""Packing blocks into chunks: exact token limits from as few token counts as possible.

Counting tokens costs more than everything else together, so a chunk's size is first predicted from its words and from
the tokens per word seen so far, then counted once, whole and exactly as it will be embedded. A second count follows only
when the first shows that the prediction was too long, or left room for a better place to cut. With a `WordwiseCounter`
the prediction is exact, and both come from what each word counts.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import accumulate, pairwise
from typing import NamedTuple

from chunkers.document import Block, ChunkKind, trim
from chunkers.errors import InvalidLimits
from chunkers.limits import ChunkLimits, TokenCounter
from chunkers.sentences import middle_cut, sentence_starts
from chunkers.wordwise import WordwiseCounter

_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
_PLAIN_SPACE = ("", " ", "\n", "\r", "\t")
_LETTERS_PER_WORD = 16
"""A word weighs one, and one more for every so many of its letters: long words and Chinese take several tokens."""

_CAUTION = 0.95
"""The share of the predicted reach that is tried first: a prediction that is too long costs another count."""

_GROWTH = 1.5
"""How fast the prediction may grow: one word of 1,000 letters that counts as a single unknown token proves little."""

_FULL_ENOUGH = 0.75
"""A chunk filled to this share of the limit is not tried longer."""

_MOST_COUNTS = 3
"""How often a chunk's size is counted before the best cut found so far is good enough."""


class Strength(IntEnum):
    """How good it is to cut after a unit; higher is better."""

    KEEP = 0
    WORD = 1
    SENTENCE = 2
    SEAM = 3
    BLOCK = 4


class Unit(NamedTuple):
    """The smallest span that packing moves: a block or a part of one.

    apart: white space that every tokenizer sees as such parts it from what follows.
    """

    start: int
    end: int
    strength: Strength
    block: Block
    weight: float
    apart: bool


class Slice(NamedTuple):
    """A chunk's span, its context prefix, its tokens (prefix included), and the block in which it starts."""

    start: int
    end: int
    prefix: str
    tokens: int
    block: Block


class Gauge:
    """Counts tokens exactly, and predicts them from what the texts counted so far weighed."""

    def __init__(self, count: TokenCounter, limits: ChunkLimits) -> None:
        self._count = count
        self.limits = limits
        self.chars_per_token = 4.0
        self._tokens_per_weight = 1.0
        self._special_tokens = count("")
        self._fitted = ("", "")
        self._weighed = ("", 0.0)
        self._words = count.words if isinstance(count, WordwiseCounter) else None
        self.weigh = self._words or weigh
        self.caution = 1.0 if self._words else _CAUTION

    def tokens(self, prefix: str, text: str, units: Sequence[Unit]) -> int:
        """Return the exact count of a text that consists of some units, behind its prefix, and learn from it."""
        weight = sum(unit.weight for unit in units)
        if not self._words:
            tokens = self._count(embedding_text(prefix, text))
        else:
            whole_words = all(unit.apart for unit in units[:-1])
            tokens = int((weight if whole_words else self._words(text)) + self._prefix_weight(prefix))
            tokens += self._special_tokens
        known = tokens - self._special_tokens
        measured = max(1, known) / max(1.0, self._prefix_weight(prefix) + weight)
        self._tokens_per_weight = max(measured, self._tokens_per_weight / _GROWTH)
        self.chars_per_token = max(0.05, min((len(prefix) + len(text)) / max(1, known), self.chars_per_token * _GROWTH))
        return tokens

    def reach(self, prefix: str) -> float:
        """Return what weight of text is predicted to fit behind the prefix."""
        room = (self.limits.max_tokens - self._special_tokens) / self._tokens_per_weight
        return max(1.0, room - self._prefix_weight(prefix))

    def fitted(self, prefix: str) -> str:
        """Return the prefix, cut at a word so that it takes no more than two fifths of a chunk.

        No tokenizer makes more tokens than there are bytes, so a short prefix is not counted.
        """
        allowance = self.limits.max_tokens * 2 // 5
        if len(prefix.encode()) + self._special_tokens <= allowance:
            return prefix
        if prefix != self._fitted[0]:
            self._fitted = (prefix, self._shortened(prefix, allowance))
        return self._fitted[1]

    def _shortened(self, prefix: str, allowance: int) -> str:
        while prefix and (tokens := self._counted(prefix)) > allowance:
            kept = prefix[: min(len(prefix) * 9 // 10, len(prefix) * allowance // tokens)]
            prefix = kept.rsplit(maxsplit=1)[0] + " …" if " " in kept.strip() else ""
        return prefix

    def _prefix_weight(self, prefix: str) -> float:
        if prefix != self._weighed[0]:
            self._weighed = (prefix, self.weigh(prefix))
        return self._weighed[1]

    def _counted(self, text: str) -> int:
        return self._words(text) + self._special_tokens if self._words else self._count(text)


def weigh(text: str) -> float:
    """Return a quick measure that is nearly proportional to the tokens of a text, whatever the tokenizer."""
    return len(_WORD_OR_MARK.findall(text)) + len(text) / _LETTERS_PER_WORD


def embedding_text(prefix: str, text: str) -> str:
    """Return what the embedder reads and the token counter counts."""
    return f"{prefix}\n{text}" if prefix else text


def pack(text: str, blocks: Sequence[Block], breadcrumbs: str, gauge: Gauge) -> Iterator[Slice]:
    """Yield slices that together hold the blocks' text, each within the limits of `gauge`, in order.

    blocks: consecutive, sharing one heading path. breadcrumbs: the headings above the first block, for the prefix.

    Raises InvalidLimits if a single character, or the prefix alone, does not fit.
    """
    return _Packer(text, blocks, breadcrumbs, gauge).slices()


class _Packer:
    def __init__(self, text: str, blocks: Sequence[Block], breadcrumbs: str, gauge: Gauge) -> None:
        self._text = text
        self._end = blocks[-1].end
        self._breadcrumbs = breadcrumbs
        self._path_line = " > ".join(part for part in (breadcrumbs, *_own_headings(blocks)) if part)
        self._first = blocks[0].start
        self._gauge = gauge
        self._source = _units(text, blocks, gauge)
        self._window: list[Unit] = []

    def slices(self) -> Iterator[Slice]:
        fresh = 0
        while self._holds(1):
            prefix = self._prefix(self._window[0])
            last, tokens = self._fit(prefix, fresh)
            if last < fresh:
                del self._window[0]
                fresh -= 1
                continue
            first = self._window[0]
            yield Slice(first.start, self._window[last].end, prefix, tokens, first.block)
            repeated = self._overlap(last)
            del self._window[: last + 1 - repeated]
            fresh = repeated

    def _prefix(self, unit: Unit) -> str:
        begins = unit.start == trim(self._text, unit.block.start, unit.end)[0]
        if unit.block.kind is ChunkKind.LIST:
            # A list's header is its lead-in, which stands before it, and so in the chunk before.
            begins = False
        headings = self._breadcrumbs if unit.start == self._first else self._path_line
        lines = (headings, unit.block.context, "" if begins else unit.block.header)
        return self._gauge.fitted("\n".join(line for line in lines if line))

    def _fit(self, prefix: str, fresh: int) -> tuple[int, int]:
        """Return the index of the last unit of the next chunk and the chunk's tokens.

        fresh: how many units at the front repeat the chunk before; an index below it says that nothing new fits.
        """
        limit, start = self._gauge.limits.max_tokens, self._window[0].start
        reach = self._gauge.reach(prefix) * self._gauge.caution
        best, best_tokens, too_many, counts = -1, 0, -1, 0
        while best < 0 or counts < _MOST_COUNTS:
            last = self._cut(reach, fresh, too_many)
            if last <= best:
                break
            counts += 1
            tokens = self._gauge.tokens(prefix, self._text[start : self._window[last].end], self._window[: last + 1])
            if tokens <= limit:
                best, best_tokens = last, tokens
                if tokens > limit * _FULL_ENOUGH:
                    break
                reach = self._gauge.reach(prefix) * self._gauge.caution
                continue
            if last > fresh:
                too_many = last
                reach = min(reach, self._gauge.reach(prefix)) * self._gauge.caution
            elif fresh:
                return -1, 0
            else:
                self._halve(last)
                too_many = -1
        return best, best_tokens

    def _cut(self, reach: float, fresh: int, too_many: int) -> int:
        """Return the index of the best unit to end with among those that together weigh no more than `reach`."""
        weights = self._weights(reach)
        start, read = self._window[0].start, self._window[len(weights) - 1].end
        rest = weights[-1] * (self._end - start) / (read - start)
        if reach < rest < 1.6 * reach:
            reach = min(reach, 0.6 * rest)
        stop = too_many if too_many >= 0 else len(weights)
        last = fresh
        while last + 1 < stop and weights[last + 1] <= reach:
            last += 1
        if self._window[last].end == self._end:
            return last
        best = last
        for index in range(last, fresh - 1, -1):
            if weights[index] < 0.4 * reach:
                break
            if self._window[index].strength > self._window[best].strength:
                best = index
        return best

    def _weights(self, reach: float) -> list[float]:
        """Return the summed weights of the units in the window, after reading until they pass `reach`."""
        weights = list(accumulate(unit.weight for unit in self._window))
        while weights[-1] <= reach and (unit := next(self._source, None)):
            self._window.append(unit)
            weights.append(weights[-1] + unit.weight)
        return weights

    def _overlap(self, last: int) -> int:
        """Return how many units at the end of the chunk the next one repeats."""
        allowed = self._gauge.limits.overlap_tokens * self._gauge.chars_per_token
        end, first = self._window[last].end, last + 1
        while first > 1 and end - self._window[first - 1].start <= allowed:
            first -= 1
        return last + 1 - first if self._holds(last + 2) else 0

    def _holds(self, count: int) -> bool:
        """Read on until the window holds so many units; return whether there are as many."""
        while len(self._window) < count and (unit := next(self._source, None)):
            self._window.append(unit)
        return len(self._window) >= count

    def _halve(self, index: int) -> None:
        unit = self._window[index]
        if unit.end - unit.start < 2:
            raise InvalidLimits(
                f"the character {self._text[unit.start]!r} at {unit.start} takes more than max_tokens "
                f"({self._gauge.limits.max_tokens}) by this token counter; raise max_tokens"
            )
        self._window[index : index + 1] = _halves(self._text, unit, self._gauge)


def _own_headings(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the headings that stand among the blocks, which a continuation has to repeat."""
    path = blocks[-1].heading_path
    return tuple(
        block.heading_path[-1]
        for block in blocks
        if block.opens_section and block.heading_path == path[: len(block.heading_path)]
    )


def _units(text: str, blocks: Sequence[Block], gauge: Gauge) -> Iterator[Unit]:
    for block in blocks:
        start, end = trim(text, block.start, block.end)
        closing = Strength.KEEP if _leads_on(text, block) else Strength.BLOCK
        room = max(1.0, gauge.limits.max_tokens * gauge.chars_per_token)
        if end - start <= room / 2:
            yield _unit(text, start, end, closing, block, gauge)
        else:
            yield from _closing_with(closing, _parts(text, block, room, gauge))


def _unit(text: str, start: int, end: int, strength: Strength, block: Block, gauge: Gauge) -> Unit:
    return Unit(start, end, strength, block, gauge.weigh(text[start:end]), text[end : end + 1] in _PLAIN_SPACE)


def _leads_on(text: str, block: Block) -> bool:
    return block.kind is ChunkKind.HEADING or text[block.end - 1] == ":"


def _parts(text: str, block: Block, room: float, gauge: Gauge) -> Iterator[Unit]:
    seams = (block.start, *block.seams, block.end)
    for first, second in pairwise(seams):
        start, end = trim(text, first, second)
        if start == end:
            continue
        if len(seams) > 2 and end - start <= room:
            yield _unit(text, start, end, Strength.SEAM, block, gauge)
        else:
            yield from _closing_with(Strength.SEAM, _sentences(text, start, end, block, room, gauge))


def _sentences(text: str, start: int, end: int, block: Block, room: float, gauge: Gauge) -> Iterator[Unit]:
    for stop in (*sentence_starts(text, start, end), end):
        first, last = trim(text, start, stop)
        if first < last:
            yield from _words(text, _unit(text, first, last, Strength.SENTENCE, block, gauge), room, gauge)
        start = stop


def _words(text: str, unit: Unit, room: float, gauge: Gauge) -> Iterator[Unit]:
    """Yield the unit, or if it is longer than a chunk, parts of it no longer than half a chunk."""
    if unit.end - unit.start <= room:
        yield unit
        return
    waiting = [unit]
    while waiting:
        part = waiting.pop()
        if part.end - part.start <= max(1.0, room / 2):
            yield part
        else:
            waiting.extend(reversed(_halves(text, part, gauge)))


def _halves(text: str, unit: Unit, gauge: Gauge) -> list[Unit]:
    cut = middle_cut(text, unit.start, unit.end)
    spans = ((*trim(text, unit.start, cut), Strength.WORD), (*trim(text, cut, unit.end), unit.strength))
    return [_unit(text, start, end, strength, unit.block, gauge) for start, end, strength in spans if start < end]


def _closing_with(strength: Strength, units: Iterator[Unit]) -> Iterator[Unit]:
    """Yield the units, the last with the given strength."""
    held = next(units, None)
    if held is None:
        return
    for unit in units:
        yield held
        held = unit
    yield held._replace(strength=strength)
