"""What fits into a reply, each thing said once."""

from __future__ import annotations

from server.domain import LeftOut, LeftOutReason, Passage, Span
from server.stages.packing import affordable, pack
from tests.fakes import WordEmbedder

TEXT = "alpha beta gamma delta epsilon zeta eta theta"
EMBEDDER = WordEmbedder()


def _passage(start: int, end: int, document_id: str = "greek") -> Passage:
    """What stands between two characters of a document with the text TEXT, known by where it starts."""
    span = Span(start, end)
    tokens = EMBEDDER.count_tokens(span.of(TEXT))
    return Passage(str(start), span.of(TEXT), document_id, span=span, start_byte=start, tokens=tokens)


def test_a_passage_loses_what_a_better_one_says() -> None:
    """What remains is still the document's text at its span."""
    (first, second), left_out = pack((), [_passage(0, 22), _passage(17, 45)], 8, 0, EMBEDDER)
    assert (first.text, second.text) == ("alpha beta gamma delta", "epsilon zeta eta theta")
    assert second.span is not None
    assert second.span.of(TEXT) == second.text
    assert (second.start_byte, second.tokens, left_out) == (second.span.start, 4, ())


def test_a_passage_that_adds_little_is_left_out() -> None:
    """Less than half of it would remain."""
    better, little = _passage(5, 22), _passage(6, 30)
    assert pack((), [better, little], 8, 0, EMBEDDER) == ((better,), (LeftOut("6", LeftOutReason.OVERLAP, 4),))


def test_passages_of_different_documents_do_not_overlap() -> None:
    """Wherever they stand in them."""
    passages = (_passage(0, 22), _passage(0, 22, "copy"))
    assert pack((), passages, 8, 0, EMBEDDER) == (passages, ())


def test_what_comes_first_takes_no_place_of_what_was_asked_for() -> None:
    """The best `top_k` come beside it."""
    card, best, other = _passage(0, 5), _passage(6, 10), _passage(11, 16)
    assert pack((card,), [best, other], 1, 0, EMBEDDER) == ((card, best), ())


def test_a_passage_that_is_too_long_makes_room_for_the_next() -> None:
    """It is named, and the budget goes to the shorter ones."""
    long, short = _passage(0, 22), _passage(23, 35)
    assert pack((), [long, short], 8, 3, EMBEDDER) == ((short,), (LeftOut("0", LeftOutReason.TOKEN_BUDGET, 4),))


def test_chunks_are_afforded_while_the_budget_lasts() -> None:
    """Of the best `count`, whatever comes after them."""
    found = [(1, _passage(0, 10)), (2, _passage(11, 35)), (3, _passage(36, 39)), (4, _passage(40, 45))]
    chunks, left_out = affordable(found, 3, 3)
    assert [chunk for chunk, _ in chunks] == [1, 3]
    assert left_out == [LeftOut("11", LeftOutReason.TOKEN_BUDGET, 4)]
