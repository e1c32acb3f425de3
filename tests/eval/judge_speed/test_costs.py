"""What a verdict costs by the way the model is asked."""

from __future__ import annotations

from eval.judge_speed.costs import AGAIN, BATCHES, CHANGED, SELECTED, WHOLE, WINDOWS, measure_costs
from server.config import load_settings


def test_each_saving_asks_the_model_less() -> None:
    """Windows are selected among all of them, and what is remembered is not read again."""
    costs = measure_costs(load_settings(), answers=1, turns=1)

    pairs = {way: cost.pairs for way, cost in costs.by_way.items()}
    assert pairs[WHOLE] == 25
    assert pairs[WINDOWS] > pairs[SELECTED] > pairs[CHANGED] > pairs[AGAIN] == 0
    assert costs.by_way[BATCHES].tokens == costs.by_way[SELECTED].tokens < costs.by_way[WINDOWS].tokens
