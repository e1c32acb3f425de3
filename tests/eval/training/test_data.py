"""Cleaning, duplicates and splits of the labelled pairs."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.training.data import (
    CONTRADICTION,
    ENTAILMENT,
    UNSUPPORTED,
    Pair,
    SetApart,
    Sketches,
    clean,
    held_out,
    is_usable,
    read_set,
    without_repeats,
)
from eval.training.prepare import split

STATEMENT = "The warehouse in Lyon ships every order that was placed before noon on the same working day."
PAIR = Pair(STATEMENT, "Orders placed before noon leave Lyon the same day.", ENTAILMENT, "fm2", STATEMENT)


def test_reading_a_set_cleans_it_and_maps_supported_to_entailment(tmp_path: Path) -> None:
    """Treebank brackets are undone and the two vocabularies of labels become one."""
    row = {"premise": "Paris -LRB- France -RRB- is big .", "hypothesis": "Paris is big", "label": "supported"}
    (tmp_path / "fm2.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    assert read_set(tmp_path, "fm2") == [
        Pair("Paris ( France ) is big.", "Paris is big", ENTAILMENT, "fm2", "Paris ( France ) is big.")
    ]


def test_an_unknown_label_is_refused_with_its_row(tmp_path: Path) -> None:
    """A label that is none names the set, the row and what was found."""
    row = {"premise": "a", "hypothesis": "b", "label": "maybe"}
    (tmp_path / "fm2.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    with pytest.raises(ValueError, match="fm2 row 1: label 'maybe'"):
        read_set(tmp_path, "fm2")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """Cleaning is idempotent on text without treebank brackets."""
    once = clean(text.replace("-", " "))
    assert clean(once) == once


@pytest.mark.parametrize(("words", "usable"), [(0, False), (80, True), (81, False)])
def test_whole_answers_are_not_claims(words: int, usable: bool) -> None:
    """Hypotheses are kept up to eighty words."""
    assert is_usable(replace(PAIR, hypothesis=" ".join(["word"] * words))) is usable


def test_a_pair_that_nearly_repeats_a_test_row_is_dropped_whatever_its_label() -> None:
    """One changed word in a long pair does not hide it."""
    near = replace(PAIR, premise=STATEMENT.replace("noon", "ten"), label=CONTRADICTION)
    other = replace(PAIR, premise="The office in Graz is closed in August.")
    assert list(SetApart([PAIR]).without([near, PAIR, other])) == [other]


def test_repeats_go_and_pairs_on_which_sets_disagree_go_altogether() -> None:
    """The first of equal pairs stays; a pair called supported here and unsupported there teaches nothing."""
    twice = replace(PAIR, set_name="wice_claim")
    disputed = replace(PAIR, hypothesis="Lyon is in France.")
    rows = [PAIR, twice, disputed, replace(disputed, label=UNSUPPORTED)]
    assert list(without_repeats(rows)) == [PAIR]


def test_minimal_edits_with_other_labels_are_no_repeats() -> None:
    """A pair and its contradicting edit both stay."""
    edit = replace(PAIR, hypothesis=PAIR.hypothesis.replace("before", "after"), label=CONTRADICTION)
    assert list(without_repeats([PAIR, edit])) == [PAIR, edit]


@settings(deadline=None)
@given(st.lists(st.sampled_from("alpha beta gamma delta epsilon zeta".split()), min_size=1, max_size=30))
def test_a_sketch_finds_the_text_itself(words: list[str]) -> None:
    """Whatever was added is near to itself."""
    sketches = Sketches()
    sketches.add(" ".join(words))
    assert sketches.has_near(" ".join(words))


def test_no_source_is_on_both_sides_of_the_split() -> None:
    """Rows of one RAGTruth source and rows of one premise stay together, across sets."""
    rows = [
        Pair(f"premise {number}", f"claim {copy}", ENTAILMENT, name, f"group {number}")
        for number in range(300)
        for copy, name in enumerate(("ragtruth_sentence", "fm2", "wice_claim"))
    ]
    training, validation = split(rows)
    assert validation
    assert not {pair.group for pair in training} & {pair.group for pair in validation}


def test_what_is_held_out_at_a_small_share_is_held_out_at_a_larger_one() -> None:
    """Growing the share only adds groups."""
    groups = [str(number) for number in range(500)]
    small = {group for group in groups if held_out(group, 0.05)}
    assert small < {group for group in groups if held_out(group, 0.2)}
