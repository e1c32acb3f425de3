"""A corrected answer says nothing that the evidence does not, reads on, and passes when it is validated in turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain import Correction, Decision, EditKind, Passage, Verdict
from server.usecases.validate import ValidateAnswer
from tests.server.usecases.test_validate import ask, use_case

BATTERY = Passage("p1", "On Low the battery lasts 11 hours. A full charge takes 3 hours.")
CASE = Passage("p2", "The case of the lamp weighs 2 kg.")


def corrected(answer: str, validate: ValidateAnswer | None = None) -> tuple[Correction, Verdict]:
    """The correction of `answer`, and the verdict that it belongs to."""
    request = replace(ask(answer, BATTERY, CASE), include_corrected_answer=True)
    verdict = (validate or use_case())(request)
    assert verdict.correction is not None
    return verdict.correction, verdict


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("On Low the battery lasts 11 hours.", "On Low the battery lasts 11 hours [1]."),
        (
            "On Low the battery lasts 16 hours. A full charge takes 3 hours.",
            "On Low the battery lasts 11 hours [1]. A full charge takes 3 hours [1].",
        ),
        (
            "The case of the lamp weighs 2 kg. Zebras enjoy opera music. A full charge takes 3 hours.",
            "The case of the lamp weighs 2 kg [1]. A full charge takes 3 hours [2].",
        ),
        ("Zebras enjoy opera music. However, a full charge takes 3 hours.", "A full charge takes 3 hours [1]."),
        (
            "Key facts:\n\n- A full charge takes 3 hours.\n- Zebras enjoy opera music.\n",
            "Key facts:\n\n- A full charge takes 3 hours [1].",
        ),
        (
            "# Animals\n\nZebras enjoy opera music.\n\n# Battery\n\nA full charge takes 3 hours.",
            "# Battery\n\nA full charge takes 3 hours [1].",
        ),
        (
            "A full charge takes 3 hours.\r\nZebras enjoy opera music.\r\nThe case of the lamp weighs 2 kg.",
            "A full charge takes 3 hours [1].\r\nThe case of the lamp weighs 2 kg [2].",
        ),
        (
            "A full charge takes 3 hours [4]. Zebras enjoy opera music [7].",
            "A full charge takes 3 hours [4].",
        ),
    ],
)
def test_what_is_not_supported_goes_and_figures_are_put_right(answer: str, expected: str) -> None:
    """Whole sentences, items and sections; and the corrected answer passes by itself."""
    correction, _ = corrected(answer)
    assert correction.answer == expected
    assert use_case()(ask(correction.answer, BATTERY, CASE)).decision is Decision.PASS


def test_the_edits_lead_from_the_answer_to_the_correction() -> None:
    """They are disjoint, in order, and name their claims; sources are the passages that the markers stand for."""
    answer = "On Low the battery lasts 16 hours. Zebras enjoy opera music. The case of the lamp weighs 2 kg."
    correction, verdict = corrected(answer)
    text, at = "", 0
    for edit in correction.edits:
        assert edit.span.start >= at
        text += answer[at : edit.span.start] + edit.text
        at = edit.span.end
    assert (text + answer[at:]).strip() == correction.answer
    assert [(edit.kind, edit.claim) for edit in correction.edits] == [
        (EditKind.REPLACED, 0),
        (EditKind.CITED, 0),
        (EditKind.REMOVED, 1),
        (EditKind.CITED, 2),
    ]
    assert [verdict.passages[at].passage_id for at in correction.sources] == ["p1", "p2"]


def test_nothing_supported_leaves_no_answer_and_says_why() -> None:
    """An answer is never made up of what is left."""
    correction, _ = corrected("Zebras enjoy opera music.")
    assert (correction.answer, correction.edits) == ("", ())
    assert correction.reason == "Nothing of the answer is supported."


def test_an_answer_that_a_person_must_see_is_not_corrected() -> None:
    """A correction never goes around a policy."""
    request = replace(
        ask("A full charge takes 3 hours.", BATTERY), include_corrected_answer=True, categories=("legal",)
    )
    correction = use_case()(request).correction
    assert correction is not None
    assert correction.answer == ""
    assert correction.reason.startswith("No correction passes: The policy sends every answer of the category legal")


def test_it_is_made_only_when_asked_for() -> None:
    """It costs a second validation."""
    assert use_case()(ask("A full charge takes 3 hours.", BATTERY)).correction is None
