"""The circuit breaker: when the stand-in answers, for how long, and what is declared."""

from __future__ import annotations

import pytest

from server.errors import ModelFailure, Overloaded
from server.models.fallback import FallbackEntailment
from server.models.stand_in import LexicalEntailment
from tests.fakes_models import Clock, ScriptedEntailment

PAIR = [("The shop opens at nine.", "The shop opens.")]
CRASH = ModelFailure("the session is gone")


def guarded(model: ScriptedEntailment, clock: Clock) -> FallbackEntailment:
    """Three failures in a row bring the stand-in for thirty seconds."""
    return FallbackEntailment(model, LexicalEntailment(), patience=3, cool_down=30.0, clock=clock)


def fail_until_stand_in(entailment: FallbackEntailment) -> None:
    """Three calls of a failing model; the third is answered."""
    for _ in range(2):
        with pytest.raises(ModelFailure):
            entailment.score(PAIR)
    entailment.score(PAIR)


def test_a_healthy_model_answers_undegraded() -> None:
    """The wrapper is invisible while all is well."""
    entailment = guarded(ScriptedEntailment(), Clock())

    assert entailment.score(PAIR)[0, 0] == pytest.approx(0.8)
    assert (entailment.degradation, entailment.version) == (None, "scripted-1")


def test_the_third_failure_in_a_row_brings_the_stand_in() -> None:
    """Two failures are told to the caller; from the third on, overlap answers and is declared."""
    entailment = guarded(ScriptedEntailment(error=CRASH), Clock())

    fail_until_stand_in(entailment)

    assert entailment.degradation == LexicalEntailment().degradation
    assert entailment.version == LexicalEntailment().version


def test_an_answer_in_between_starts_the_count_again() -> None:
    """Only failures in a row open the circuit."""
    model = ScriptedEntailment(error=CRASH)
    entailment = guarded(model, Clock())
    for error in (CRASH, CRASH, None, CRASH):
        model.error = error
        try:
            entailment.score(PAIR)
        except ModelFailure:
            continue

    assert entailment.degradation is None


def test_the_model_is_left_alone_while_it_cools_down() -> None:
    """A failing session is not hammered."""
    model, clock = ScriptedEntailment(error=CRASH), Clock()
    entailment = guarded(model, clock)
    fail_until_stand_in(entailment)

    clock.now = 29.0
    entailment.score(PAIR)

    assert model.calls == 3


def test_one_call_tries_again_after_the_cool_down() -> None:
    """A model that still fails costs one call every cool-down, and that call is answered too."""
    model, clock = ScriptedEntailment(error=CRASH), Clock()
    entailment = guarded(model, clock)
    fail_until_stand_in(entailment)

    clock.now = 30.0
    for _ in range(5):
        entailment.score(PAIR)

    assert model.calls == 4


def test_a_model_that_recovers_takes_over_and_the_declaration_lingers() -> None:
    """Callers who scored just before the recovery still read the degradation; later ones do not."""
    model, clock = ScriptedEntailment(error=CRASH), Clock()
    entailment = guarded(model, clock)
    fail_until_stand_in(entailment)
    clock.now = 29.0
    entailment.score(PAIR)
    model.error = None
    clock.now = 31.0

    assert entailment.score(PAIR)[0, 0] == pytest.approx(0.8)
    assert entailment.degradation is not None
    clock.now = 59.0
    assert entailment.degradation is None


def test_a_full_queue_is_no_failure_of_the_model() -> None:
    """Load is shed as load; it must not bring the stand-in."""
    model = ScriptedEntailment(error=Overloaded("full"))
    entailment = guarded(model, Clock())
    for _ in range(5):
        with pytest.raises(Overloaded):
            entailment.score(PAIR)

    assert entailment.degradation is None
