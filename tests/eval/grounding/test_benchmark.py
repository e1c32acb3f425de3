"""What a verdict counts as, and the figures that follow."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from eval.grounding.benchmark import Judgement, figures_of, judgement, means_of, set_figures
from eval.grounding.rows import Row, read_rows, sample, set_names
from groundwire.v1 import guard_pb2
from server.commands.failure import CommandFailed

SUPPORTED, CONTRADICTED = guard_pb2.LABEL_SUPPORTED, guard_pb2.LABEL_CONTRADICTED
UNSUPPORTED, CONFLICTING = guard_pb2.LABEL_UNSUPPORTED, guard_pb2.LABEL_CONFLICTING
NOT_CHECKED, NOT_A_CLAIM = guard_pb2.LABEL_NOT_CHECKED, guard_pb2.LABEL_NOT_A_CLAIM


@pytest.mark.parametrize(
    ("labels", "label", "abstained"),
    [
        ([SUPPORTED, SUPPORTED], "entailment", False),
        ([SUPPORTED, NOT_A_CLAIM], "entailment", False),
        ([SUPPORTED, UNSUPPORTED], "neutral", False),
        ([SUPPORTED, CONFLICTING], "neutral", False),
        ([UNSUPPORTED, CONTRADICTED], "contradiction", False),
        ([SUPPORTED, NOT_CHECKED], "neutral", True),
        ([NOT_A_CLAIM], "neutral", True),
        ([], "neutral", True),
    ],
)
def test_a_row_is_supported_when_all_its_claims_are(
    labels: list[guard_pb2.Label.ValueType], label: str, abstained: bool
) -> None:
    """One contradiction decides; what was not checked is an abstention, never support."""
    verdict = guard_pb2.ValidateResponse(claims=[guard_pb2.Claim(label=each) for each in labels])

    assert (judgement(verdict).label, judgement(verdict).abstained) == (label, abstained)


ROWS = [
    Row("p", "h", "entailment", source="a", model="x"),
    Row("p", "h", "neutral", source="a", model="y"),
    Row("p", "h", "contradiction", source="b", model="y"),
]
JUDGEMENTS = [
    Judgement("entailment", 0.9, abstained=False),
    Judgement("neutral", 0.2, abstained=True),
    Judgement("neutral", 0.3, abstained=False),
]


def test_figures_of_a_set() -> None:
    """All binary decisions are right, one of three classes is wrong, one row is an abstention."""
    figures = figures_of(ROWS, JUDGEMENTS)

    assert (figures.balanced_accuracy, figures.auroc, figures.macro_f1) == (1, 1, 1)
    assert figures.three_way_accuracy == pytest.approx(2 / 3)
    assert figures.abstentions == 1


def test_labels_that_do_not_tell_neutral_from_contradiction_have_no_three_way_accuracy() -> None:
    """An "unsupported" row may be either."""
    assert figures_of([Row("p", "h", "unsupported")], JUDGEMENTS[:1]).three_way_accuracy is None


def test_parts_are_shown_where_there_are_several() -> None:
    """By source and by the model that wrote the row."""
    figures = set_figures(ROWS, JUDGEMENTS)

    assert {name: part.rows for name, part in figures.by_source.items()} == {"a": 2, "b": 1}
    assert set(figures.by_model) == {"x", "y"}


def test_means_leave_out_what_is_not_defined() -> None:
    """A set of one class has no AUROC."""
    one_class = set_figures(ROWS[:1], JUDGEMENTS[:1])

    assert means_of([set_figures(ROWS, JUDGEMENTS), one_class]).auroc == 1


def test_rows_are_read_and_drawn_by_seed(tmp_path: Path) -> None:
    """The same seed draws the same rows, in the order of the file."""
    lines = [json.dumps({"premise": "p", "hypothesis": str(n), "label": "supported"}) for n in range(50)]
    (tmp_path / "small.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))

    rows = read_rows(tmp_path, "small")
    drawn = [int(row.hypothesis) for row in sample(rows, 10, seed=1)]

    assert set_names(tmp_path) == ["small"]
    assert drawn == sorted(drawn) == [int(row.hypothesis) for row in sample(rows, 10, seed=1)]
    assert len(sample(rows, 0, seed=1)) == 50


def test_a_text_may_hold_a_separator_of_lines(tmp_path: Path) -> None:
    """JSON allows U+2028 in a string as it is; a row ends at a line feed."""
    row = {"premise": "one\u2028two", "hypothesis": "one", "label": "supported"}
    (tmp_path / "texts.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")

    assert [each.premise for each in read_rows(tmp_path, "texts")] == ["one\u2028two"]


def test_an_unknown_label_is_named_by_its_line(tmp_path: Path) -> None:
    """The message lists the labels there are."""
    (tmp_path / "odd.jsonl").write_text(json.dumps({"premise": "p", "hypothesis": "h", "label": "maybe"}))

    with pytest.raises(CommandFailed, match=r"odd\.jsonl:1: label is one of .*got 'maybe'"):
        read_rows(tmp_path, "odd")
