"""An answer to check, and what the application says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.callers import Caller
from server.domain.evidence import Passage
from server.domain.retrieval import Query


@dataclass(frozen=True, slots=True)
class PromptRef:
    """Which prompt of the application produced the answer."""

    prompt_id: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer cost the application: tokens, and money in `currency` (ISO 4217)."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """An answer to check, with the evidence that the application used, or a query by which to find it.

    Exactly one of `passages` (possibly empty) and `query` is given: `query` is None where the caller brought passages.
    """

    caller: Caller
    answer: str
    question: str = ""
    passages: tuple[Passage, ...] = ()
    query: Query | None = None
    policy: str = ""
    categories: tuple[str, ...] = ()
    prompt: PromptRef = PromptRef()
    model: str = ""
    usage: Usage = Usage()
    as_of: datetime | None = None
    include_corrected_answer: bool = False
