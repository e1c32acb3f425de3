import io

import pytest
from rich.console import Console, RenderableType

from groundwire.v1 import guard_pb2
from groundwire.v1.evidence_pb2 import Degradation, Passage, Span
from groundwire.v1.guard_pb2 import (
    Citation,
    Claim,
    ClaimJudged,
    ClaimRetracted,
    Correction,
    Edit,
    Fact,
    FactCheck,
    Leak,
    Reason,
    ValidateResponse,
    ValidateStreamResponse,
    WritingStopped,
)
from server.commands import rendering

PASSAGE = Passage(
    passage_id="p7", document_id="manual", version_label="5", text="Charging.\nOn Low it lasts 11 hours.", first_line=27
)
CITATION = Citation(
    passage_id="p7",
    document_id="manual",
    passage_span=Span(start=10, end=35),
    quote="On Low it lasts 11 hours.",
    relation=guard_pb2.RELATION_CONTRADICTS,
    score=0.97,
)
CONTRADICTED = Claim(
    text="It lasts 16 hours.",
    label=guard_pb2.LABEL_CONTRADICTED,
    confidence=0.02,
    citations=[CITATION],
    reason="The manual says otherwise.",
)


def shown(renderable: RenderableType, width: int = 100) -> str:
    """What a pipe gets: no colours."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_verdict_says_in_words_what_its_colours_say() -> None:
    """Decision, figures, reasons with their claims, and each claim's label survive a pipe."""
    reason = Reason(code=guard_pb2.REASON_CODE_CLAIM_CONTRADICTED, message="The evidence differs.", claims=[0])
    text = shown(
        rendering.verdict(
            ValidateResponse(
                decision=guard_pb2.DECISION_BLOCK, reasons=[reason], claims=[CONTRADICTED], confidence=0.02
            )
        )
    )
    assert "BLOCK" in text
    assert "0 of 1 claims supported" in text
    assert "CLAIM_CONTRADICTED (claim 1): The evidence differs." in text
    assert "CONTRADICTED  0.02" in text


def test_a_citation_names_the_line_of_its_quote() -> None:
    """Lines are counted in the document, from the passage's first line to where the quote stands."""
    text = shown(rendering.verdict(ValidateResponse(claims=[CONTRADICTED], passages=[PASSAGE])))
    assert "contradicted by manual, version 5, line 28  0.97" in text
    assert "“On Low it lasts 11 hours.”" in text


def test_a_citation_of_a_passage_without_document_names_the_passage() -> None:
    """A caller that brings its own passages knows them by id."""
    claim = Claim(label=guard_pb2.LABEL_SUPPORTED, citations=[Citation(passage_id="p0", quote="Yes.")])
    passages = [Passage(passage_id="p0", text="Yes.")]
    assert " p0 " in shown(rendering.verdict(ValidateResponse(claims=[claim], passages=passages)))


def test_a_derived_figure_shows_its_formula() -> None:
    """A figure that stands nowhere in the evidence is explained."""
    check = FactCheck(kind=guard_pb2.FACT_KIND_MONEY, outcome=guard_pb2.FACT_OUTCOME_DERIVED, formula="12 - 9 = 3")
    claim = Claim(label=guard_pb2.LABEL_SUPPORTED, fact_checks=[check])
    assert "money: 12 - 9 = 3" in shown(rendering.verdict(ValidateResponse(claims=[claim])))


@pytest.mark.parametrize(("reason", "times"), [("Another figure.", 1), ("It says 16 hours, wrongly.", 0)])
def test_a_mismatch_is_shown_unless_the_reason_says_it_already(reason: str, times: int) -> None:
    """Nothing is said twice."""
    check = FactCheck(
        kind=guard_pb2.FACT_KIND_QUANTITY,
        outcome=guard_pb2.FACT_OUTCOME_MISMATCH,
        in_claim=Fact(text="16 hours"),
        in_evidence=[Fact(text="11 hours")],
    )
    claim = Claim(label=guard_pb2.LABEL_CONTRADICTED, fact_checks=[check], reason=reason)
    text = shown(rendering.verdict(ValidateResponse(claims=[claim])))
    assert text.count("the answer says “16 hours”, the evidence “11 hours”") == times


def test_what_is_no_claim_is_shown_but_not_counted() -> None:
    """A greeting is neither supported nor unsupported."""
    claims = [
        Claim(text="Hello!", label=guard_pb2.LABEL_NOT_A_CLAIM),
        Claim(text="It rains.", label=guard_pb2.LABEL_SUPPORTED),
    ]
    text = shown(rendering.verdict(ValidateResponse(claims=claims)))
    assert "Hello!" in text
    assert "1 of 1 claims supported" in text


def test_a_long_claim_wraps_within_the_terminal() -> None:
    """No line is wider than the terminal."""
    claim = Claim(text="word " * 60, label=guard_pb2.LABEL_UNSUPPORTED)
    assert max(map(len, shown(rendering.verdict(ValidateResponse(claims=[claim])), width=60).splitlines())) <= 60


def test_an_answer_cannot_command_the_terminal_or_the_markup() -> None:
    """Text is data, also for the library that draws it."""
    claim = Claim(text="[red]\x1b[31mred[/red]", label=guard_pb2.LABEL_UNSUPPORTED)
    text = shown(rendering.verdict(ValidateResponse(claims=[claim])))
    assert "[red]\N{REPLACEMENT CHARACTER}[31mred[/red]" in text


def test_labels_and_reasons_of_a_newer_server_are_shown_as_they_are() -> None:
    """A client that is older than its server still prints the verdict."""
    response = ValidateResponse.FromString(
        ValidateResponse(claims=[Claim(text="It rains.")]).SerializeToString() + b"\x08\x63"
    )
    assert "UNSPECIFIED" in shown(rendering.verdict(response))


def test_degradation_case_and_policy_are_named() -> None:
    """A reader sees with what the verdict was made, and where to go on."""
    response = ValidateResponse(
        review_case_id="c42",
        degraded=[Degradation(component="entailment", reason="MODEL_FAILURE", message="The model failed.")],
    )
    response.versions.policy = "default@1:ab"
    text = shown(rendering.verdict(response))
    assert "degraded: entailment (MODEL_FAILURE): The model failed." in text
    assert "groundwire review show c42" in text
    assert "default@1:ab" in text


def test_a_passage_shows_its_place_scores_and_context() -> None:
    """What a person needs to judge a search result."""
    found = Passage(
        document_id="list", text="| A | 3 |", context_prefix="| item | price |", page=2, dense_score=0.5, score=0.03
    )
    text = shown(rendering.passage(1, found))
    assert "list, page 2  score 0.0300 · cosine 0.500" in text
    assert "| item | price |" in text


def test_a_correction_is_shown_with_its_changes_in_place() -> None:
    """In bytes of the answer, so that letters of several bytes shift nothing."""
    corrected = Correction(
        corrected_answer="Größe: 11 hours. [1]",
        edits=[Edit(span=Span(start=9, end=11), text="11"), Edit(span=Span(start=18, end=18), text=" [1]")],
        sources=["p7"],
    )
    text = shown(rendering.correction("Größe: 16 hours.", corrected))
    assert "Größe: [-16-]{+11+} hours.{+ [1]+}" in text
    assert "[1] p7" in text


def test_a_missing_correction_says_why() -> None:
    """In the words of the verdict."""
    assert "Nothing of the answer is supported." in shown(
        rendering.correction("x", Correction(reason="Nothing of the answer is supported."))
    )


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ValidateStreamResponse(claim=ClaimJudged(number=3, claim=CONTRADICTED)), ("3", "CONTRADICTED", "16 hours")),
        (ValidateStreamResponse(retract=ClaimRetracted(number=3)), ("3", "taken back")),
        (
            ValidateStreamResponse(
                stop=WritingStopped(number=3, message="One claim blocks.", leak=Leak(characters=18))
            ),
            ("STOP", "One claim blocks.", "18 characters"),
        ),
    ],
)
def test_events_of_a_stream_are_lines(event: ValidateStreamResponse, words: tuple[str, ...]) -> None:
    """Each says which verdict it is about."""
    text = shown(rendering.event(event))
    assert all(word in text for word in words)
