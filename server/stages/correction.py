"""The answer without what the evidence does not bear out: a list of edits, each with its place and its claim.

A figure that a deterministic check found otherwise in the evidence is replaced by what stands there; any other claim that is not
supported is taken out whole: the sentence, the list item, the row. What only introduced removed points goes with them, and a
sentence that went on from a removed one loses its "However,". Nothing is added but figures of the evidence and citation markers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.domain import (
    ClaimVerdict,
    Correction,
    Edit,
    EditKind,
    FactCheck,
    FactKind,
    FactOutcome,
    Label,
    Relation,
    Span,
)

_FIGURES = frozenset({FactKind.NUMBER, FactKind.MONEY, FactKind.PERCENTAGE, FactKind.DATE, FactKind.QUANTITY})
_MARKER = re.compile(r"\[\d{1,3}\]")
_BEFORE_MARKER = re.compile(r"[\s.!?…。！？|*_\"'”’»)]*\Z")
_CONNECTIVE = re.compile(
    r"(?:However|Therefore|Thus|Hence|Moreover|Furthermore|Additionally|Also|In addition|As a result|Consequently|Instead"
    r"|Nevertheless|For this reason|By contrast|In contrast|On the other hand|Similarly|Likewise),\s+(\w)"
)
_LEADS = ("a heading", "introduces", "the header of a table", "presents what follows")


def corrections(answer: str, claims: Sequence[ClaimVerdict], *, replace_figures: bool) -> Correction:
    """`answer` without what is not supported, not validated yet; `claims` are all its parts, in order.

    Markers number the passages in the order in which they are first cited; an answer with markers of its own gets none.
    """
    edits: list[Edit] = []
    cited: dict[int, int] = {}
    marks = not _MARKER.search(answer)
    removed = _removed(claims, replace_figures=replace_figures)
    for index, claim in enumerate(claims):
        if index in removed:
            after = edits[-1].span.end if edits else 0
            edits.append(Edit(EditKind.REMOVED, _room(answer, claim.span, after), "", index))
            continue
        if index - 1 in removed and (joined := _CONNECTIVE.match(claim.text)):
            start = claim.span.start
            edits.append(Edit(EditKind.REPLACED, Span(start, start + joined.end()), joined[1].upper(), index))
        figure = _replaced_figure(claim) if replace_figures else None
        if figure is not None:
            edits.append(Edit(EditKind.REPLACED, figure.in_claim.span, figure.in_evidence[0].text, index))
        if marks and (passages := _supporting(claim, figure)):
            edits.append(_cited(claim, index, [cited.setdefault(each, len(cited) + 1) for each in passages]))
    return Correction(_applied(answer, edits), tuple(edits), tuple(cited))


def _applied(answer: str, edits: Sequence[Edit]) -> str:
    """`answer` after `edits`, without blanks at its ends."""
    for edit in reversed(edits):
        answer = answer[: edit.span.start] + edit.text + answer[edit.span.end :]
    return answer.strip()


def _removed(claims: Sequence[ClaimVerdict], *, replace_figures: bool) -> set[int]:
    """The parts that are taken out: claims without support, then what introduces nothing but these."""
    removed = {
        index
        for index, claim in enumerate(claims)
        if claim.label not in {Label.SUPPORTED, Label.NOT_A_CLAIM} and not (replace_figures and _replaced_figure(claim))
    }
    for index in reversed(range(len(claims))):
        if (
            claims[index].label is Label.NOT_A_CLAIM
            and _leads(claims[index])
            and _leads_to_nothing(claims, index, removed)
        ):
            removed.add(index)
    return removed


def _leads(claim: ClaimVerdict) -> bool:
    return any(lead in claim.reason for lead in _LEADS) or "layout" in claim.reason


def _leads_to_nothing(claims: Sequence[ClaimVerdict], index: int, removed: set[int]) -> bool:
    """Whether all parts after it, until the next that leads to others, are taken out, and there are some."""
    following = []
    for at in range(index + 1, len(claims)):
        if claims[at].label is Label.NOT_A_CLAIM and _leads(claims[at]) and at not in removed:
            break
        following.append(at)
    return bool(following) and all(at in removed for at in following)


def _replaced_figure(claim: ClaimVerdict) -> FactCheck | None:
    """The check that found the one figure of the claim that is otherwise in the evidence; None where it is not clear."""
    checks = claim.fact_checks
    mismatches = [check for check in checks if check.outcome is FactOutcome.MISMATCH]
    if claim.label is not Label.CONTRADICTED or len(mismatches) != 1 or mismatches[0].kind not in _FIGURES:
        return None
    if any(check.outcome is FactOutcome.NOT_FOUND for check in checks):
        return None
    return mismatches[0] if len({place.text for place in mismatches[0].in_evidence}) == 1 else None


def _supporting(claim: ClaimVerdict, figure: FactCheck | None) -> list[int]:
    """The passages that support the claim as it will read."""
    if figure is not None:
        return [place.passage for place in figure.in_evidence[:1] if place.passage is not None]
    if claim.label is not Label.SUPPORTED:
        return []
    return list(dict.fromkeys(each.passage for each in claim.citations if each.relation is Relation.SUPPORTS))


def _cited(claim: ClaimVerdict, index: int, marks: Sequence[int]) -> Edit:
    tail = _BEFORE_MARKER.search(claim.text)
    at = claim.span.start + (tail.start() if tail else len(claim.text))
    return Edit(EditKind.CITED, Span(at, at), "".join(f" [{mark}]" for mark in sorted(marks)), index)


def _room(answer: str, span: Span, after: int) -> Span:
    """`span` with the blanks that would be left over: its line, if it fills one; none before `after`."""
    start = answer.rfind("\n", 0, span.start) + 1
    rest = answer[span.end :]
    blanks = len(rest) - len(rest.lstrip(" \t"))
    opens = not answer[start : span.start].strip()
    closes = rest[blanks : blanks + 1] in {"", "\n", "\r"}
    if opens and closes:
        before = len(answer[:start].removesuffix("\n").removesuffix("\r"))
        return Span(max(before, after), span.end + blanks)
    if opens:
        return Span(span.start, span.end + blanks)
    return Span(max(len(answer[: span.start].rstrip(" \t")), after), span.end)
