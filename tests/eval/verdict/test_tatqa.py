"""TAT-QA's computed answers as claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.verdict.tatqa import computed_answers
from server.commands.failure import CommandFailed

CONTEXT = {
    "table": {"table": [["", "2019", "2018"], ["Sales", "10", "7"]]},
    "paragraphs": [{"text": "In millions."}],
    "questions": [
        {
            "question": "What was the change in sales?",
            "answer": 3,
            "answer_type": "arithmetic",
            "scale": "million",
            "derivation": "10-7",
        },
        {"question": "What is sold?", "answer": ["tea"], "answer_type": "span", "scale": "", "derivation": ""},
    ],
}


def test_each_computed_answer_comes_right_and_off_by_a_bit(tmp_path: Path) -> None:
    """As a sentence, beside the table in Markdown and the text."""
    file = tmp_path / "tatqa.json"
    file.write_text(json.dumps([CONTEXT]))
    right, wrong = computed_answers(file, seed=1)
    assert (right.claim, right.is_right, wrong.is_right) == ("The change in sales was 3 million.", True, False)
    assert wrong.claim != right.claim
    assert right.passages[0].text.splitlines()[2] == "| Sales | 10 | 7 |"


def test_a_file_that_is_no_tatqa_is_refused_by_name(tmp_path: Path) -> None:
    """With the reason."""
    file = tmp_path / "broken.json"
    file.write_text("{")
    with pytest.raises(CommandFailed, match=r"broken\.json"):
        list(computed_answers(file, seed=1))
