"""What not asking about verbatim claims would bring, on labelled answers."""

from __future__ import annotations

from eval.grounding.rows import Row
from eval.judge_speed.early_exit import measure_early_exit
from server.config import load_settings

PREMISE = "The shop opens at 9:00 on Mondays.\n\nParcels are sent within 2 days by ordinary mail."


def test_a_copied_sentence_is_settled_and_a_changed_one_is_not() -> None:
    """Only where every fact is borne out."""
    rows = [
        Row(PREMISE, "The shop opens at 9:00 on Mondays.", "supported"),
        Row(PREMISE, "Parcels are sent within 5 days by ordinary mail.", "unsupported"),
    ]

    found = measure_early_exit(load_settings(), rows)

    assert (found.answers, found.claims, found.settled) == (2, 2, 1)
    assert 0 < found.pairs_of_settled < found.pairs
    assert found.changed == found.decisions_changed == 0
