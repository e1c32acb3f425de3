"""Masked passages on their way out and back in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundwire.v1 import evidence_pb2, guard_pb2
from server.domain import Mask, Passage, Span
from server.errors import InvalidInput
from server.rpc.convert import passage_message, validation_request
from tests.fakes import ACME

# "Größe: ann@example.org, 3 m" in the document, from byte 100 on.
MASKED = Passage(
    "p1", "Größe: [email], 3 m", span=Span(90, 117), start_byte=100, masks=(Mask(Span(7, 14), "email", "mask", 15),)
)


def request(passage: evidence_pb2.Passage) -> guard_pb2.ValidateRequest:
    """A request with a passage as it was retrieved."""
    return guard_pb2.ValidateRequest(answer="It is 3 m.", passages=[passage])


def test_a_masked_passage_comes_back_as_it_was_given() -> None:
    """Retrieve, then Validate: the place in the document is that of what the masks stand for."""
    message = passage_message(MASKED)
    (passage,) = validation_request(request(message), ACME).passages
    assert (message.document_span.start, message.document_span.end) == (100, 129)
    assert (message.masked[0].span.start, message.masked[0].span.end) == (9, 16)
    assert (passage.text, passage.masks, passage.start_byte) == (MASKED.text, MASKED.masks, 100)
    assert passage_message(passage).document_span == message.document_span


def _span(start: int, end: int) -> Callable[[evidence_pb2.Passage], None]:
    return lambda passage: passage.masked[0].span.CopyFrom(evidence_pb2.Span(start=start, end=end))


def _twice(passage: evidence_pb2.Passage) -> None:
    passage.masked.append(passage.masked[0])


def _negative(passage: evidence_pb2.Passage) -> None:
    passage.masked[0].source_bytes = -1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_span(0, 99), "passages[0].masked[0].span"),
        (_span(3, 3), "passages[0].masked[0].span"),
        (_span(5, 2), "passages[0].masked[0].span"),
        (_twice, "passages[0].masked[1].span"),
        (_negative, "passages[0].masked[0].source_bytes"),
    ],
)
def test_masks_that_cannot_be_are_refused(change: Callable[[evidence_pb2.Passage], None], field: str) -> None:
    """Outside of the text, inside of a character, out of order, or shorter than nothing."""
    message = passage_message(MASKED)
    message.ClearField("document_span")
    change(message)
    with pytest.raises(InvalidInput) as caught:
        validation_request(request(message), ACME)
    assert caught.value.field == field


def test_what_is_not_masked_says_nothing_of_masks() -> None:
    """The place is as long as the text."""
    message = passage_message(replace(MASKED, masks=()))
    assert not message.masked
    assert message.document_span.end - message.document_span.start == len(MASKED.text.encode())
