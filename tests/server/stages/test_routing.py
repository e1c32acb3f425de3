"""Decisions and their reasons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import ClaimVerdict, Decision, Degradation, Label, Reason, ReasonCode, Span
from server.stages.confidence import answer_confidence, support_score
from server.stages.policy import load_policies
from server.stages.routing import Routing, route

POLICY = load_policies().get("")


def claim(label: Label, confidence: float = 0.9) -> ClaimVerdict:
    """A verdict on some claim."""
    return ClaimVerdict(Span(0, 4), "text", label, confidence, "because")


def decide(*claims: ClaimVerdict, categories: tuple[str, ...] = (), degraded: tuple[Degradation, ...] = ()) -> Routing:
    """The routing of an answer with these claims."""
    return route(POLICY, claims, answer_confidence(claims), categories, degraded)


def test_only_an_answer_without_any_reason_passes() -> None:
    """Everything supported, confident enough, nothing degraded."""
    assert decide(claim(Label.SUPPORTED), claim(Label.NOT_A_CLAIM, 0.0)) == Routing(Decision.PASS, ())


@pytest.mark.parametrize(
    ("label", "code"),
    [
        (Label.UNSUPPORTED, ReasonCode.CLAIM_UNSUPPORTED),
        (Label.CONFLICTING, ReasonCode.CLAIM_CONFLICTING),
        (Label.NOT_CHECKED, ReasonCode.CLAIM_NOT_CHECKED),
    ],
)
def test_one_claim_short_of_support_routes(label: Label, code: ReasonCode) -> None:
    """The reason names the claim by its index."""
    routing = decide(claim(Label.SUPPORTED), claim(label))
    assert routing.decision is Decision.ROUTE_TO_HUMAN
    assert next(reason for reason in routing.reasons if reason.code is code).claims == (1,)


def test_many_likely_claims_are_together_unlikely() -> None:
    """Confidence is of the whole answer: it falls with every claim."""
    routing = decide(*[claim(Label.SUPPORTED, 0.6)] * 4)
    assert [reason.code for reason in routing.reasons] == [ReasonCode.LOW_CONFIDENCE]


def test_a_contradiction_in_a_high_stakes_answer_blocks() -> None:
    """Such an answer is withheld while a person looks at it."""
    assert decide(claim(Label.CONTRADICTED), categories=("legal",)).decision is Decision.BLOCK


def test_what_is_degraded_never_passes() -> None:
    """A declared degradation is a reason of its own."""
    routing = decide(claim(Label.SUPPORTED), degraded=(Degradation("entailment", "STAND_IN", "no weights"),))
    assert [reason.code for reason in routing.reasons] == [ReasonCode.DEGRADED]


def test_findings_come_first() -> None:
    """What concerns the whole answer is said before what concerns its claims."""
    finding = Reason(ReasonCode.NO_EVIDENCE, "nothing to check against")
    routing = route(POLICY, [claim(Label.NOT_CHECKED)], 0.0, (), (), [finding])
    assert routing.reasons[0] == finding


@given(st.lists(st.builds(claim, st.sampled_from(Label), st.floats(0.0, 1.0)), max_size=8))
def test_passing_means_that_every_claim_is_supported(claims: list[ClaimVerdict]) -> None:
    """Whatever the mixture, PASS is never said over an unsupported or unchecked claim, nor over none."""
    routing = decide(*claims)
    labels = {each.label for each in claims} - {Label.NOT_A_CLAIM}
    assert routing.decision is not Decision.PASS or labels == {Label.SUPPORTED}
    assert bool(routing.reasons) == (routing.decision is not Decision.PASS)
    assert 0.0 <= answer_confidence(claims) <= 1.0
    assert 0.0 <= support_score(claims) <= 1.0


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6), st.floats(0.0, 1.0))
def test_an_answer_is_no_likelier_than_its_least_supported_claim(probabilities: list[float], others: float) -> None:
    """And no less likely than if its claims had nothing to do with each other."""
    claims = [claim(Label.SUPPORTED, probability) for probability in probabilities]
    least, product = min(probabilities), answer_confidence(claims)
    assert product - 1e-9 <= answer_confidence(claims, others) <= least + 1e-9
