"""An answer that is validated while it is written ends with the verdict that it gets as a whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from eval.streaming.answers import draw_case
from server.deadline import Deadline
from server.domain import (
    ClaimJudged,
    ClaimRetracted,
    ClaimVerdict,
    Decision,
    Finalised,
    Label,
    Passage,
    StreamEvent,
    ValidationRequest,
    WritingStopped,
)
from server.models.base import EntailmentModel
from server.stages.policy import Policies, load_policies, parse_policy
from server.usecases.validate import ValidateAnswer
from server.usecases.validate_stream import ValidateAnswerStream
from tests.fakes import ACME
from tests.fakes_entailment import OverlapEntailment
from tests.server.usecases.test_validate import NOON, keep, no_retrieval

BATTERY = Passage("p1", "On Low the battery lasts 11 hours. A full charge takes 3 hours.")


def use_case(model: EntailmentModel | None = None, policies: Policies | None = None) -> ValidateAnswer:
    """Validation at noon with a model of word overlap."""
    return ValidateAnswer(
        model or OverlapEntailment(), no_retrieval, keep, policies or load_policies(), now=lambda: NOON
    )


def stream(
    validate: ValidateAnswer, pieces: Sequence[str], passages: tuple[Passage, ...] = (BATTERY,)
) -> list[StreamEvent]:
    """Every event of an answer that comes in these pieces, each judged before the next one comes."""
    answer = ValidateAnswerStream(validate)(ValidationRequest(ACME, "", passages=passages))
    events: list[StreamEvent] = []
    for piece in pieces:
        answer.add(piece)
        if answer.is_due:
            events += answer.judge()
    return events + answer.end()


def cut(chance: random.Random, text: str) -> list[str]:
    """`text` in pieces of 1 to 12 characters."""
    pieces, at = [], 0
    while at < len(text):
        size = chance.randint(1, 12)
        pieces.append(text[at : at + size])
        at += size
    return pieces


def standing(events: Sequence[StreamEvent]) -> tuple[ClaimVerdict, ...]:
    """The verdicts that a listener holds at the end, in the order of the answer."""
    held: dict[int, ClaimVerdict] = {}
    for event in events:
        if isinstance(event, ClaimJudged):
            held[event.number] = event.verdict
        elif isinstance(event, ClaimRetracted):
            del held[event.number]
    return tuple(sorted(held.values(), key=lambda verdict: verdict.span))


def final(events: Sequence[StreamEvent]) -> Finalised:
    """The last event."""
    assert isinstance(events[-1], Finalised)
    return events[-1]


@pytest.mark.parametrize("seed", range(40))
def test_a_stream_ends_like_the_whole_answer_wherever_it_is_cut(seed: int) -> None:
    """Five cuts of one drawn answer: the verdict is Validate's, and the verdicts not retracted are its claims."""
    chance = random.Random(seed)
    case = draw_case(chance, most=3)
    passages = tuple(Passage(f"p{at}", text) for at, text in enumerate(case.passages))
    validate = use_case()
    whole = replace(validate(ValidationRequest(ACME, case.answer, passages=passages)), timings=())
    for _ in range(5):
        events = stream(validate, cut(chance, case.answer), passages)
        assert replace(final(events).verdict, timings=()) == whole
        assert standing(events) == whole.claims


def test_no_pair_is_read_by_the_model_twice() -> None:
    """Each step, and the end, ask the model only about what is new."""
    model = OverlapEntailment()
    text = "On Low the battery lasts 11 hours. A full charge takes 3 hours. The battery lasts. A charge takes hours."
    stream(use_case(model), cut(random.Random(3), text))
    read = [pair for call in model.calls for pair in call]
    assert len(read) == len(set(read)) > 0


def test_a_verdict_comes_when_its_sentence_closes() -> None:
    """The blank after the full stop is enough; the next sentence is not waited for."""
    answer = ValidateAnswerStream(use_case())(ValidationRequest(ACME, "", passages=(BATTERY,)))
    answer.add("On Low the battery lasts 11 hours.")
    assert not answer.is_due
    answer.add(" ")
    (judged,) = answer.judge()
    assert isinstance(judged, ClaimJudged)
    assert judged.verdict.label is Label.SUPPORTED


@pytest.mark.parametrize(
    ("first", "then", "read_as"),
    [
        ("A charge takes (at 5 p. 3. ", "So it is) 3 hours. ", "A charge takes (at 5 p. 3. So it is) 3 hours."),
        ("A full charge takes 3 hours. ", "However, not in winter. ", "3 hours. However, not in winter."),
        ("A full charge takes 3 hours.\n", "| a | b |\n|---|---|\n| 1 | 2 |\n", "| 1 | 2 |"),
        ("The battery lasts 11 hours.\nLow | 11 h\n", "---|---\n3 | 4\n", "Low | 11 h"),
    ],
)
def test_what_follows_can_change_how_a_claim_reads(first: str, then: str, read_as: str) -> None:
    """Such a verdict is taken back, and what stands at the end is what the whole answer says."""
    validate = use_case()
    events = stream(validate, [first, then])
    whole = validate(ValidationRequest(ACME, first + then, passages=(BATTERY,)))
    assert standing(events) == whole.claims
    assert any(verdict.text.endswith(read_as) for verdict in standing(events))


def test_a_reservation_takes_back_the_verdict_on_what_it_limits() -> None:
    """A sentence without a main clause is part of the claim before it."""
    events = stream(use_case(), ["A full charge takes 3 hours. ", "However, not in winter. "])
    assert [event.number for event in events if isinstance(event, ClaimRetracted)] == [1]


def test_the_policys_limit_stops_the_answer_and_counts_what_leaked() -> None:
    """From the start of the contradicted claim on: at the stop what had come by then, at the end everything."""
    events = stream(use_case(), ["It is on. ", "On Low the battery lasts 16 hours. ", "And so on. ", "Really, ", "so."])
    (stop,) = [event for event in events if isinstance(event, WritingStopped)]
    leak = final(events).leak
    assert (stop.leak.characters, stop.leak.pieces) == (len("On Low the battery lasts 16 hours. "), 1)
    assert leak is not None
    assert (leak.pieces, leak.characters) == (4, stop.leak.characters + len("And so on. Really, so."))
    assert final(events).verdict.decision is Decision.BLOCK


def test_a_policy_can_stop_at_the_second_flagged_claim_or_never() -> None:
    """The numbers are the policy's; 0 means never."""
    text = ["Cats can fly. ", "On Low the battery lasts 16 hours. ", "Dogs sing well. "]

    def stops(rule: str) -> list[int]:
        strict = parse_policy(f"{{name: default, revision: 1, categories: {{}}, stop: {rule}}}", "a test")
        events = stream(use_case(policies=Policies({"default": strict})), text)
        return [event.number for event in events if isinstance(event, WritingStopped)]

    assert stops("{blocking_claims: 0, flagged_claims: 2}") == [2]
    assert stops("{blocking_claims: 0, flagged_claims: 0}") == []


def test_a_step_without_time_is_made_good_at_the_end() -> None:
    """A claim that was NOT_CHECKED for want of time is judged again, and the first verdict taken back."""
    answer = ValidateAnswerStream(use_case())(ValidationRequest(ACME, "", passages=(BATTERY,)))
    answer.add("On Low the battery lasts 11 hours. ")
    hurried = answer.judge(Deadline.after(0))
    events = [*hurried, *answer.end()]
    assert [event.verdict.label for event in events if isinstance(event, ClaimJudged)] == [
        Label.NOT_CHECKED,
        Label.SUPPORTED,
    ]
    assert [verdict.label for verdict in standing(events)] == [Label.SUPPORTED]


def test_an_answer_beyond_the_policys_size_is_taken_back_whole() -> None:
    """What was judged before the limit was reached does not stand in the end."""
    small = parse_policy("{name: default, revision: 1, categories: {}, limits: {answer_characters: 50}}", "a test")
    events = stream(use_case(policies=Policies({"default": small})), ["On Low the battery lasts 11 hours. "] * 3)
    (only,) = standing(events)
    assert only.label is Label.NOT_CHECKED
