"""What of an answer and its evidence is judged, what is cut out first, and what a person should know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain import ClaimVerdict, Label, Passage, Reason, ReasonCode, Relation, Suspicion, Trust
from server.stages.hidden import Visible, hidden_spans, is_suspicious, shown, without
from server.stages.injection import instruction_spans
from server.stages.policy import Caution

_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Inspected:
    """A text as it is judged, and what in it is suspicious."""

    visible: Visible
    suspicions: tuple[Suspicion, ...]


def inspect_answer(text: str) -> Inspected:
    """Hidden characters are cut out; what reads like an instruction stays, and is judged like any other claim."""
    return _inspected(text, None)


def inspect_passage(index: int, text: str) -> Inspected:
    """Hidden characters and sentences that read like instructions are cut out: they support and contradict nothing."""
    return _inspected(text, index)


def _inspected(text: str, passage: int | None) -> Inspected:
    hidden = hidden_spans(text)
    visible = without(text, hidden)
    instructions = [visible.restored(span) for span in instruction_spans(visible.text)]
    # What a reader does not see is worth a look of its own when it reads like an instruction.
    suspicions = [
        Suspicion(ReasonCode.HIDDEN_TEXT, span, _short(shown(span.of(text))), passage)
        for span in hidden
        if is_suspicious(text, span)
    ]
    suspicions += [
        Suspicion(ReasonCode.INJECTION_SUSPECTED, span, _short(span.of(text)), passage) for span in instructions
    ]
    judged = visible if passage is None or not instructions else without(text, [*hidden, *instructions])
    return Inspected(judged, tuple(sorted(suspicions, key=lambda each: each.span)))


def cautions(
    caution: Caution, suspicions: Sequence[Suspicion], claims: Sequence[ClaimVerdict], passages: Sequence[Passage]
) -> list[Reason]:
    """The reasons for which the policy wants a person to look, at most one of each kind."""
    reasons = []
    for wanted, code, words in (
        (
            caution.injection,
            ReasonCode.INJECTION_SUSPECTED,
            "reads like an instruction to a model; it moved no verdict",
        ),
        (caution.hidden_text, ReasonCode.HIDDEN_TEXT, "is hidden from readers; it was not judged"),
    ):
        found = [each for each in suspicions if each.code is code]
        if wanted and found:
            where = "the answer" if found[0].passage is None else _name(passages[found[0].passage])
            reasons.append(Reason(code, f'Text in {where} {words}: "{found[0].text}"'))
    alone = tuple(at for at, claim in enumerate(claims) if _rests_on_untrusted(claim, passages))
    if caution.untrusted_support and alone:
        message = (
            f"{len(alone)} of the supported claims {'rests' if len(alone) == 1 else 'rest'} on untrusted sources alone."
        )
        reasons.append(Reason(ReasonCode.UNTRUSTED_SUPPORT, message, alone))
    return reasons


def _rests_on_untrusted(claim: ClaimVerdict, passages: Sequence[Passage]) -> bool:
    supporting = [each.passage for each in claim.citations if each.relation is Relation.SUPPORTS]
    return (
        claim.label is Label.SUPPORTED
        and bool(supporting)
        and all(passages[each].attributes.trust is Trust.UNTRUSTED for each in supporting)
    )


def _name(passage: Passage) -> str:
    return passage.attributes.title or passage.document_id or passage.passage_id


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
