"""The bill for retrieved context."""

from __future__ import annotations

import pytest

from eval.chunking.costs import Prices, Traffic, bill


def test_ten_thousand_requests_a_day() -> None:
    """10,000 requests of 10,000 + 1,000 + 500 tokens at $2.50 a million: 115 million, $287.50, $8,625 a month."""
    total = bill(10_000, Traffic(10_000, system_tokens=1_000, question_tokens=500), Prices(input=2.5))

    assert total.tokens_a_day == 115_000_000
    assert total.dollars_a_day == pytest.approx(287.5)
    assert total.dollars_a_month == pytest.approx(8_625)


def test_a_cached_system_prompt_costs_less() -> None:
    """Half of its price is saved, and nothing else."""
    traffic = Traffic(1_000_000, system_tokens=1_000, question_tokens=0)

    assert bill(0, traffic, Prices(input=2.0, cache_discount=0.5)).dollars_a_day == pytest.approx(1_000)


def test_answers_are_billed_at_their_own_price() -> None:
    """A million tokens out."""
    traffic = Traffic(1_000, system_tokens=0, question_tokens=0, output_tokens=1_000)

    assert bill(0, traffic, Prices(output=10)).dollars_a_day == pytest.approx(10)
