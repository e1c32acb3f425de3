"""The answers that verdicts are costed on."""

from __future__ import annotations

from eval.judge_speed.answers import CLAIMS, PASSAGES, TOKENS, drawn_requests, with_a_new_claim
from server.stages.claims import split_claims


def count_words(text: str) -> int:
    """Words, as tokens are counted here."""
    return len(text.split())


def test_answers_have_five_claims_and_five_full_passages() -> None:
    """Each passage is as long as whole sentences allow, and the same seed draws the same."""
    requests = drawn_requests(3, count_words)

    assert requests == drawn_requests(3, count_words)
    for request in requests:
        assert len(split_claims(request.answer)) == CLAIMS
        assert len(request.passages) == PASSAGES
        assert all(TOKENS - 40 < count_words(passage.text) <= TOKENS for passage in request.passages)


def test_an_answer_with_a_new_claim_keeps_the_others() -> None:
    """In their places."""
    [request] = drawn_requests(1, count_words)

    changed = with_a_new_claim(request)

    old, new = (list(split_claims(each.answer)) for each in (request, changed))
    assert [part.text for part in old[:-1]] == [part.text for part in new[:-1]]
    assert old[-1].text != new[-1].text
    assert changed.passages == request.passages
