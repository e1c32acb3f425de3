"""Answers of five claims against five passages of 200 tokens, made up by a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from eval.speed.prose import Prose
from server.domain import LOCAL_CALLER, Passage, ValidationRequest

CLAIMS = 5
PASSAGES = 5
TOKENS = 200


def drawn_requests(count: int, count_tokens: Callable[[str], int], seed: int = 7) -> list[ValidationRequest]:
    """Requests whose claims are statements of the passages, about half of them with another figure.

    `count_tokens` sizes the passages: each has as many whole sentences as fit `TOKENS`.
    """
    prose = Prose(seed)
    requests = []
    for _ in range(count):
        texts = [_passage(prose, count_tokens) for _ in range(PASSAGES)]
        passages = tuple(Passage(f"p{number}", text) for number, text in enumerate(texts, start=1))
        requests.append(ValidationRequest(LOCAL_CALLER, prose.answer(texts, CLAIMS), prose.question(), passages))
    return requests


def with_a_new_claim(request: ValidationRequest, seed: int = 8) -> ValidationRequest:
    """The request with another last claim, as when a model is asked once more."""
    first, _, _ = request.answer.removesuffix(".").rpartition(". ")
    return replace(request, answer=f"{first}. {Prose(seed).sentence()}")


def _passage(prose: Prose, count_tokens: Callable[[str], int]) -> str:
    text = prose.sentence()
    while count_tokens(longer := f"{text} {prose.sentence()}") <= TOKENS:
        text = longer
    return text
