"""Parts of a text replaced, and where every place of the old text is in the new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain import Mask, Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A part of a text and what stands in its place; `what` says what it was, `action` what was done."""

    span: Span
    replacement: str
    what: str
    action: str


def apart(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits in the order of the text; of two that overlap, the one that was given first."""
    kept: list[Edit] = []
    for edit in edits:
        if all(edit.span.end <= other.span.start or other.span.end <= edit.span.start for other in kept):
            kept.append(edit)
    return tuple(sorted(kept, key=lambda edit: edit.span))


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

    def _moved(self, place: int, *, at_end: bool) -> int:
        shift = 0
        for edit in self.edits:
            if place >= edit.span.end:
                shift += len(edit.replacement) - len(edit.span)
            elif place > edit.span.start:
                start = edit.span.start + shift
                return start + len(edit.replacement) if at_end else start
        return place + shift
