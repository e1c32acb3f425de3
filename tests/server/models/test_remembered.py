"""Scores that were given before: when they are given again, to whom, and what is never kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import ModelFailure
from server.models.fallback import FallbackEntailment
from server.models.remembered import ScoreMemory
from server.models.stand_in import LexicalEntailment
from tests.fakes_entailment import NanEntailment, OverlapEntailment
from tests.fakes_models import Clock, ScriptedEntailment

PAIR = ("The shop opens at nine.", "The shop opens.")
OTHER = ("The shop opens at nine.", "The shop closes.")
THIRD = ("The lamp is grey.", "The lamp is red.")


def test_a_pair_is_read_once() -> None:
    """What comes again is answered with the same bits, and the model hears of the rest alone."""
    model = OverlapEntailment()
    remembered = ScoreMemory(8).of("a", model)
    first = remembered.score([PAIR, OTHER])

    again = remembered.score([OTHER, THIRD, PAIR])

    assert model.calls == [(PAIR, OTHER), (THIRD,)]
    assert np.array_equal(again[[2, 0]], first)
    assert np.array_equal(again[1:2], model.score([THIRD]))


def test_nobody_of_another_scope_is_answered_from_memory() -> None:
    """How soon an answer comes says nothing about what others asked."""
    model, memory = OverlapEntailment(), ScoreMemory(8)
    memory.of("a", model).score([PAIR])

    memory.of("b", model).score([PAIR])

    assert model.calls == [(PAIR,), (PAIR,)]


def test_another_version_is_asked_anew() -> None:
    """A row is the row of one model."""
    model = OverlapEntailment()
    remembered = ScoreMemory(8).of("a", model)
    remembered.score([PAIR])
    model.version = "overlap-2"

    remembered.score([PAIR])

    assert len(model.calls) == 2


def test_the_texts_of_a_pair_are_not_run_together() -> None:
    """The same letters, divided in another way between premise and hypothesis, are another pair."""
    model = OverlapEntailment()
    remembered = ScoreMemory(8).of("a", model)
    remembered.score([("It rains", "today.")])

    remembered.score([("It rain", "stoday.")])

    assert len(model.calls) == 2


def test_a_failure_is_not_kept() -> None:
    """The next call asks again, and gets what the model says then."""
    model = ScriptedEntailment(error=ModelFailure("gone"))
    memory = ScoreMemory(8)
    remembered = memory.of("a", model)
    with pytest.raises(ModelFailure):
        remembered.score([PAIR])
    model.error = None

    assert remembered.score([PAIR])[0, 0] == pytest.approx(0.8)
    assert len(memory) == 1


def test_what_is_no_probability_is_not_kept() -> None:
    """Such rows go to whoever refuses them, each time."""
    memory = ScoreMemory(8)

    rows = memory.of("a", NanEntailment()).score([PAIR])

    assert np.isnan(rows).all()
    assert len(memory) == 0


def test_what_a_stand_in_says_is_not_kept() -> None:
    """Once the model answers again, it is asked about the pairs that the stand-in judged."""
    model, clock, memory = ScriptedEntailment(error=ModelFailure("gone")), Clock(), ScoreMemory(8)
    remembered = memory.of("a", FallbackEntailment(model, LexicalEntailment(), patience=1, clock=clock))
    stood_in = remembered.score([PAIR])
    model.error, clock.now = None, 60.0

    recovered = remembered.score([PAIR])

    assert stood_in[0, 0] != recovered[0, 0] == pytest.approx(0.8)
    assert len(memory) == 1


def test_those_that_nobody_asked_for_longest_are_forgotten() -> None:
    """Memory has a bound; asking for a pair keeps it."""
    model, memory = OverlapEntailment(), ScoreMemory(2)
    remembered = memory.of("a", model)
    for pairs in ([PAIR], [OTHER], [PAIR], [THIRD], [PAIR], [OTHER]):
        remembered.score(pairs)

    assert model.calls == [(PAIR,), (OTHER,), (THIRD,), (OTHER,)]
    assert len(memory) == 2


def test_no_text_is_kept() -> None:
    """Whoever reads the memory finds hashes whose key no file has."""
    memory = ScoreMemory(8)
    memory.of("tenant", OverlapEntailment()).score([PAIR])

    assert b"shop" not in repr(vars(memory)).encode()
    assert memory.key(*PAIR) != ScoreMemory(8).key(*PAIR)


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from([PAIR, OTHER, THIRD, ("", "x")]), max_size=4), max_size=8))
def test_scores_are_those_of_the_model(batches: list[list[tuple[str, str]]]) -> None:
    """Whatever was asked before and however little is kept."""
    remembered = ScoreMemory(2).of("a", OverlapEntailment())

    for pairs in batches:
        assert np.array_equal(remembered.score(pairs), OverlapEntailment().score(pairs))


def test_many_threads_share_a_memory() -> None:
    """Each gets the rows of its own pairs."""
    memory, model = ScoreMemory(4), OverlapEntailment()
    pairs = [(f"word{number} here", f"word{number} there") for number in range(12)]

    def ask(start: int) -> bool:
        mine = [pairs[(start + step) % len(pairs)] for step in range(40)]
        return np.array_equal(memory.of("a", model).score(mine), OverlapEntailment().score(mine))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(24)))
    assert len(memory) == 4
