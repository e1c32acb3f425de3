"""The passages that an answer may rely on."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.documents import Attributes
from server.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Mask:
    """A part of a masked text that stands for another: `what` it was ("email", a field's name), and the `action` taken.

    `source_bytes` is the length of what it stands for in the document, in UTF-8.
    """

    span: Span
    what: str
    action: str
    source_bytes: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Evidence: a span of a document version, or a text that the caller brought along.

    `span` and `start_byte` place `text` in its document (`span` is None for a caller's own text of unknown place).
    `score` orders passages of one reply and is not comparable between replies; `dense_score` is a cosine in [-1, 1],
    `lexical_score` a BM25 score >= 0; both are None where that index did not find the passage.
    `masks` are the parts of `text`, in order, that stand for what the caller may not read; all places in the document are of what
    they stand for.
    """

    passage_id: str
    text: str
    document_id: str = ""
    collection: str = ""
    version: int = 0
    content_hash: str = ""
    span: Span | None = None
    start_byte: int = 0
    score: float = 0.0
    dense_score: float | None = None
    lexical_score: float | None = None
    kind: str = ""
    heading_path: tuple[str, ...] = ()
    context_prefix: str = ""
    page: int | None = None
    first_line: int = 0
    last_line: int = 0
    tokens: int = 0
    type: str = ""
    attributes: Attributes = Attributes()
    masks: tuple[Mask, ...] = ()
