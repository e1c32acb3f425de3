"""Small versions of what `groundwire eval verdict` measures; seeds that nothing was tuned on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from eval.verdict import promises
from eval.verdict.judge import Judge
from eval.verdict.measures import Measure, measure

SEED = 20_261_122


@pytest.mark.parametrize(
    "promise",
    [promises.scope, promises.currency, promises.conflicts, promises.accidental_derivations],
)
def test_a_promise_holds_on_a_small_corpus(promise: Callable[[int, int], Iterator[Measure]]) -> None:
    """No support across twins or by old evidence, planted conflicts found and no others, no accidental sums."""
    assert all(each.is_met for each in promise(SEED, 40)), [each for each in promise(SEED, 40) if not each.is_met]


def test_padding_spans_and_repetitions_with_a_model_that_objects_to_nothing() -> None:
    """Irrelevant text moves no label, quotes are slices, and the same input gives the same bytes."""
    judge = Judge.credulous()
    measures = [*promises.spans(judge, SEED, 12), *promises.determinism(judge, SEED, 6)]
    assert all(each.is_met for each in measures), measures


def test_nothing_passes_in_silence() -> None:
    """Failures and strange inputs: never SUPPORTED, always a reason."""
    (silence,) = promises.silence()
    assert silence.count == 0, silence.examples
    assert silence.of >= 16


def test_a_measure_knows_its_bar_and_its_wrong_cases() -> None:
    """Nothing measured meets no bar."""
    assert measure("m", [(True, "a"), (False, "b")], 0.5) == Measure("m", 1, 2, 0.5, False, ("b",))
    assert not measure("m", [(True, "a"), (False, "b")], 0.4, is_most=True).is_met
    assert not measure("m", [], 0.0).is_met
