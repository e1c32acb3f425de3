"""Rows of a phase: cut as in serving, balanced, and without a label in their text."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from eval.training import recipe
from eval.training.data import ENTAILMENT, LICENCES, UNSUPPORTED, Pair
from eval.training.prepare import VALIDATION, as_served, prepare, read_pairs, sample, split, telling, write_pairs
from server.stages.evidence import select

LONG = " ".join(f"Shelf {number} holds {number * 3} boxes of screws and a label in red ink." for number in range(60))


def test_a_training_premise_is_one_that_serving_would_judge_by() -> None:
    """Windowing in training is serving's own, whatever is drawn."""
    pair = Pair(LONG, "Shelf 41 holds 123 boxes.", ENTAILMENT, "fm2", LONG)
    served = [premise.text for premise in select(pair.hypothesis, [LONG]).premises]
    assert {as_served(pair, Random(seed)).premise for seed in range(20)} == set(served[:2])


def test_a_short_premise_is_left_as_it_is() -> None:
    """What fits is read whole."""
    pair = Pair("The shop opens at nine. It closes at six.", "The shop opens at nine.", ENTAILMENT, "fm2", "")
    assert pair.premise in {as_served(pair, Random(seed)).premise for seed in range(20)}


def test_a_premise_that_holds_less_of_the_claim_never_takes_the_place_of_the_best() -> None:
    """A supported row would not be supported by it."""
    apart = " ".join(
        ["Hall 9 has a door.", *[f"Line {n} is about the weather of day {n}." for n in range(90)], "It is red."]
    )
    pair = Pair(apart, "Hall 9 has a red door.", ENTAILMENT, "fm2", apart)
    served = select(pair.hypothesis, [apart]).premises
    assert served[1].relevance < served[0].relevance * 0.9
    assert {as_served(pair, Random(seed)).premise for seed in range(20)} == {served[0].text}


def test_lopsided_sets_are_sampled_evenly_and_no_row_is_read_more_than_twice() -> None:
    """Ninety supported rows and ten others give thirty of the one and every one of the other twice."""
    rows = [Pair("p", f"h{number}", ENTAILMENT if number < 90 else UNSUPPORTED, "fib", "p") for number in range(100)]
    drawn = sample(rows, 60, Random(0))
    assert Counter(pair.label for pair in drawn) == {ENTAILMENT: 30, UNSUPPORTED: 20}
    assert {count for pair, count in Counter(drawn).items() if pair.label == UNSUPPORTED} == {2}


def test_a_claim_of_some_length_is_on_one_side_of_the_split_alone() -> None:
    """Beside another premise too, while short ones that recur by chance stay."""
    long = "The old northern depot was closed for good in May."
    rows = [
        Pair(f"premise {n}", claim, ENTAILMENT, "wice_claim", f"premise {n}")
        for n in range(400)
        for claim in (long, "It is.")
    ]
    training, validation = split(rows)
    assert {pair.hypothesis for pair in training} == {long, "It is."}
    assert {pair.hypothesis for pair in validation} == {"It is."}


def test_sets_with_a_handful_of_rows_are_left_out_of_validation() -> None:
    """A figure of three rows says nothing and would weigh as much as one of a hundred."""
    rows = [
        Pair("p", f"h{number}", ENTAILMENT, name, "p")
        for name, count in (("fm2", 20), ("wice_claim", 3))
        for number in range(count)
    ]
    assert {pair.set_name for pair in telling(rows)} == {"fm2"}


def test_a_set_without_rows_gives_none() -> None:
    """Nothing can be drawn again."""
    assert sample([], 10, Random(0)) == []


def test_pairs_survive_being_written(tmp_path: Path) -> None:
    """Reading gives back what was written."""
    pairs = [Pair("Ein „Satz“.\nZwei.", "Zwei.", ENTAILMENT, "fm2", "group")]
    write_pairs(tmp_path / "rows.jsonl.gz", pairs)
    assert read_pairs(tmp_path / "rows.jsonl.gz") == pairs


def test_no_test_row_and_no_set_aside_source_reaches_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole step on small sets: what is measured on is nowhere in the rows of a phase."""
    monkeypatch.setattr(recipe, "LEAST_VALIDATION_ROWS", 1)
    rows = [
        {
            "premise": f"Depot {number} has {number} doors and a gate.",
            "hypothesis": f"Depot {number} has doors.",
            "label": label,
        }
        for number in range(60)
        for label in ["entailment" if number % 2 else "contradiction"]
    ]
    for name in LICENCES:
        few = rows if name in ("fm2", "wice_claim", "ragtruth_sentence") else rows[:3]
        extra = {"source_id": 7} if name.startswith("ragtruth") else {}
        own = [{**row, "hypothesis": f"{name}: {row['hypothesis']}", **extra} for row in few]
        _write(tmp_path / "data/train" / f"{name}.jsonl.gz", own)
    tested = [{**row, "hypothesis": f"fm2: {row['hypothesis']}"} for row in rows[:5]]
    _write(tmp_path / "data/test/fm2.jsonl.gz", tested)
    prepare(tmp_path / "data", tmp_path / "work")
    trained = [pair for phase in recipe.PHASES for pair in read_pairs(tmp_path / "work" / f"{phase.name}.jsonl.gz")]
    held = {pair.group for pair in read_pairs(tmp_path / "work" / f"{VALIDATION}.jsonl.gz")}
    assert trained
    assert not {(pair.premise, pair.hypothesis) for pair in trained} & {
        (row["premise"], row["hypothesis"]) for row in tested
    }
    assert not held & {pair.group for pair in trained}
    manifest = json.loads((tmp_path / "work/manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {f"{name}.jsonl.gz" for name in (*manifest["recipe"], VALIDATION)}


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
