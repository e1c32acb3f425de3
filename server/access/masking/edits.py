"""Parts of a text replaced, and where every place of the old text is in the new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from server.domain import Mask, Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A part of a text and what stands in its place; `what` says what it was, `action` what was done."""

    span: Span
    replacement: str
    what: str
    action: str


def apart(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits in the order of the text, those that overlap made one, so that nothing of either is left.

    It is the one that has the other inside, or else the one that was given first.
    """
    groups: list[list[tuple[int, Edit]]] = []
    end = 0
    for order, edit in sorted(enumerate(edits), key=lambda item: (item[1].span.start, item[0])):
        if groups and edit.span.start < end:
            groups[-1].append((order, edit))
        else:
            groups.append([(order, edit)])
        end = max(end, edit.span.end)
    return tuple(_one(group) for group in groups)


def _one(group: list[tuple[int, Edit]]) -> Edit:
    given = [edit for _, edit in sorted(group, key=lambda item: item[0])]
    whole = Span(min(edit.span.start for edit in given), max(edit.span.end for edit in given))
    return next((edit for edit in given if edit.span == whole), replace(given[0], span=whole))


@dataclass(frozen=True, slots=True)
class Edited:
    """A text and its edits, in order and apart."""

    source: str
    edits: tuple[Edit, ...]

    @property
    def text(self) -> str:
        """The text with the edits made."""
        parts, at = [], 0
        for edit in self.edits:
            parts += [self.source[at : edit.span.start], edit.replacement]
            at = edit.span.end
        return "".join([*parts, self.source[at:]])

    @property
    def masks(self) -> tuple[Mask, ...]:
        """Where the replacements stand in the new text, and how many bytes of the old one each stands for."""
        masks, shift = [], 0
        for edit in self.edits:
            start = edit.span.start + shift
            source_bytes = len(edit.span.of(self.source).encode())
            masks.append(Mask(Span(start, start + len(edit.replacement)), edit.what, edit.action, source_bytes))
            shift += len(edit.replacement) - len(edit.span)
        return tuple(masks)

    def moved(self, span: Span) -> Span:
        """Where a span of the old text is in the new one; one that ends inside a replacement takes it in as a whole."""
        return Span(self._moved(span.start, at_end=False), self._moved(span.end, at_end=True))

    def touches(self, span: Span) -> bool:
        """Whether an edit changes something in a span of the old text."""
        return any(edit.span.start < span.end and span.start < edit.span.end for edit in self.edits)

    def read(self, span: Span) -> str:
        """What the new text has in place of a span of the old one."""
        return self.moved(span).of(self.text)

    def _moved(self, place: int, *, at_end: bool) -> int:
        shift = 0
        for edit in self.edits:
            if place >= edit.span.end:
                shift += len(edit.replacement) - len(edit.span)
            elif place > edit.span.start:
                start = edit.span.start + shift
                return start + len(edit.replacement) if at_end else start
        return place + shift
