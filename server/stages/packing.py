"""The passages of a reply: what fits into its budget, none saying again what a better one says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, islice

from server.domain import LeftOut, LeftOutReason, Passage, Span
from server.models.base import Embedder


def affordable(
    found: Iterable[tuple[int, Passage]], count: int, token_budget: int
) -> tuple[list[tuple[int, Passage]], list[LeftOut]]:
    """The best `count` chunks that fit into the budget together, and those that do not; joined, they only get shorter."""
    chunks: list[tuple[int, Passage]] = []
    left_out: list[LeftOut] = []
    spent = 0
    for chunk_id, passage in islice(found, count):
        if token_budget and spent + passage.tokens > token_budget:
            left_out.append(LeftOut(passage.passage_id, LeftOutReason.TOKEN_BUDGET, passage.tokens))
        else:
            chunks.append((chunk_id, passage))
            spent += passage.tokens
    return chunks, left_out


def pack(
    first: Sequence[Passage], found: Iterable[Passage], top_k: int, token_budget: int, embedder: Embedder
) -> tuple[tuple[Passage, ...], tuple[LeftOut, ...]]:
    """The passages that fit, those of `first` and the best `top_k` of `found`, and those of as high a rank that do not.

    A passage that overlaps a better one loses the overlap, or its place when less than half of it would remain. One that is
    too long for what is left of the budget makes room for the next that is not; a budget of 0 is none.
    """
    kept: list[Passage] = []
    left_out: list[LeftOut] = []
    spent, room = 0, top_k
    for place, passage in enumerate(chain(first, found)):
        is_asked_for = place >= len(first)
        free = _without_overlap(passage, kept, embedder)
        if free is None:
            left_out.append(LeftOut(passage.passage_id, LeftOutReason.OVERLAP, passage.tokens))
        elif token_budget and spent + free.tokens > token_budget:
            left_out.append(LeftOut(free.passage_id, LeftOutReason.TOKEN_BUDGET, free.tokens))
        else:
            kept.append(free)
            spent += free.tokens
            room -= is_asked_for
        if room == 0:
            # Before another one is asked for, whose record would be read for nothing.
            break
    return tuple(kept), tuple(left_out)


def _without_overlap(passage: Passage, kept: Sequence[Passage], embedder: Embedder) -> Passage | None:
    """The part of a passage that no kept one has said, None if that is less than half."""
    span = passage.span
    if span is None:
        return passage
    start, end = span.start, span.end
    for other in kept:
        if other.span is None or (other.collection, other.document_id) != (passage.collection, passage.document_id):
            continue
        if other.span.start <= start < other.span.end:
            start = other.span.end
        if other.span.start < end <= other.span.end:
            end = other.span.start
        if start < other.span.start and other.span.end < end:
            return None
    if (start, end) == (span.start, span.end):
        return passage
    text = passage.text[start - span.start : max(start, end) - span.start]
    blank = len(text) - len(text.lstrip())
    text = text.strip()
    if 2 * len(text) < len(passage.text):
        return None
    start += blank
    before = passage.text[: start - span.start]
    return replace(
        passage,
        text=text,
        span=Span(start, start + len(text)),
        start_byte=passage.start_byte + len(before.encode()),
        first_line=passage.first_line + before.count("\n"),
        last_line=passage.first_line + before.count("\n") + text.count("\n"),
        tokens=embedder.count_tokens(f"{passage.context_prefix}\n{text}"),
    )
