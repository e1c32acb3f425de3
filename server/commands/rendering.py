"""Verdicts and passages as people read them: words first, colour on top, so that a pipe loses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from google.protobuf.duration_pb2 import Duration
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from groundwire.v1 import guard_pb2
from groundwire.v1.evidence_pb2 import Degradation, Passage
from groundwire.v1.guard_pb2 import (
    Citation,
    Claim,
    Correction,
    FactCheck,
    FactKind,
    Reason,
    ReasonCode,
    ValidateResponse,
    ValidateStreamResponse,
)
from groundwire.v1.retriever_pb2 import EntityCard, FieldState, LeftOut
from server.commands.terminal import counted, enum_name, plain

_DECISIONS: Mapping[int, tuple[str, str, str]] = {
    guard_pb2.DECISION_PASS: ("PASS", "green", "Every claim is supported, and no rule asks for a person."),
    guard_pb2.DECISION_ROUTE_TO_HUMAN: ("ROUTE_TO_HUMAN", "yellow", "A person must look at this answer first."),
    guard_pb2.DECISION_BLOCK: ("BLOCK", "red", "Do not show this answer: a person must look at it."),
}
_LABELS: Mapping[int, tuple[str, str, str]] = {
    guard_pb2.LABEL_SUPPORTED: ("✓", "SUPPORTED", "green"),
    guard_pb2.LABEL_CONTRADICTED: ("✗", "CONTRADICTED", "red"),
    guard_pb2.LABEL_UNSUPPORTED: ("?", "UNSUPPORTED", "yellow"),
    guard_pb2.LABEL_CONFLICTING: ("≠", "CONFLICTING", "magenta"),
    guard_pb2.LABEL_NOT_A_CLAIM: ("·", "NOT_A_CLAIM", "dim"),
    guard_pb2.LABEL_NOT_CHECKED: ("!", "NOT_CHECKED", "cyan"),
}
_UNKNOWN = ("-", "UNSPECIFIED", "dim")
_RELATIONS: Mapping[int, str] = {
    guard_pb2.RELATION_SUPPORTS: "supported by",
    guard_pb2.RELATION_CONTRADICTS: "contradicted by",
}
_INDENT = 4


def verdict(response: ValidateResponse) -> RenderableType:
    """The whole verdict: the decision, why, each claim with its evidence, and what the reader should know besides."""
    return Group(
        banner(response),
        *(_reason(reason) for reason in response.reasons),
        *_claims(response),
        *_footnotes(response),
    )


def conclusion(response: ValidateResponse) -> RenderableType:
    """A verdict whose claims were shown before: the decision, why, and what the reader should know besides."""
    return Group(Text(), banner(response), *(_reason(reason) for reason in response.reasons), *_footnotes(response))


def event(happened: ValidateStreamResponse) -> RenderableType:
    """What an answer has brought about while it is written: a claim's verdict, one taken back, or the stop."""
    if happened.HasField("claim"):
        return Group(*_claim(happened.claim.number, happened.claim.claim, {}))
    if happened.HasField("retract"):
        return Text(f"{happened.retract.number:>2} ↩ taken back: it reads otherwise with what came after", "yellow")
    stopped = happened.stop
    seen = counted(stopped.leak.characters, "character")
    return Text.assemble(
        (f"{stopped.number:>2} ", "bold"),
        ("■ STOP", "bold red"),
        f"  {plain(stopped.message)} ({seen} handed in by then)",
    )


def correction(answer: str, corrected: Correction) -> RenderableType:
    """The corrected answer, and what was changed: [-taken out-] and {+put in+}; why there is none, if there is none."""
    if not corrected.corrected_answer:
        return Group(Text(), Text.assemble(("No corrected answer: ", "bold"), plain(corrected.reason)))
    sources = [
        _indented(Text(f"[{number}] {plain(source)}", "dim"))
        for number, source in enumerate(corrected.sources, start=1)
    ]
    return Group(
        Text(),
        Text("Corrected answer", "bold"),
        _indented(Text(plain(corrected.corrected_answer))),
        *sources,
        Text("Changes", "bold"),
        _indented(_difference(answer, corrected)),
    )


def _difference(answer: str, corrected: Correction) -> Text:
    """The answer with its edits in place; their spans are in bytes."""
    sent, at = answer.encode(), 0
    shown = Text()
    for edit in corrected.edits:
        shown.append(plain(sent[at : edit.span.start].decode(errors="replace")))
        taken = plain(sent[edit.span.start : edit.span.end].decode(errors="replace"))
        if taken:
            shown.append(f"[-{taken}-]", "red")
        if edit.text:
            shown.append(f"{{+{plain(edit.text)}+}}", "green")
        at = edit.span.end
    return shown.append(plain(sent[at:].decode(errors="replace")).rstrip())


def banner(response: ValidateResponse) -> RenderableType:
    """The decision in a frame, with the figures that it rests on."""
    name, colour, meaning = _DECISIONS.get(response.decision, ("UNSPECIFIED", "dim", ""))
    claims = [claim for claim in response.claims if claim.label != guard_pb2.LABEL_NOT_A_CLAIM]
    supported = sum(claim.label == guard_pb2.LABEL_SUPPORTED for claim in claims)
    figures = (
        f"confidence {response.confidence:.2f} · {supported} of {len(claims)} claims supported"
        f" · {response.evidence_read:.0%} of the evidence read"
    )
    return Panel(Text.assemble((name, f"bold {colour}"), f"  {meaning}\n", (figures, "dim")), border_style=colour)


def passage(rank: int, found: Passage) -> RenderableType:
    """A retrieved passage: its rank, where it stands, how it was found, and its text."""
    scores = [f"score {found.score:.4f}"]
    if found.HasField("dense_score"):
        scores.append(f"cosine {found.dense_score:.3f}")
    if found.HasField("lexical_score"):
        scores.append(f"BM25 {found.lexical_score:.2f}")
    head = Text.assemble(
        (f"{rank:>2}  ", "bold"),
        (_place(found, found.first_line, found.last_line), "bold cyan"),
        (f"  {' · '.join(scores)}", "dim"),
    )
    context = found.context_prefix or " > ".join(found.heading_path)
    lines = [_indented(Text(plain(context), "dim"))] if context else []
    return Group(head, *lines, _indented(Text(plain(found.text))), Text())


def card(known: EntityCard) -> RenderableType:
    """What the records say of an entity: a line for each value, with its source and its age."""
    table = Table(title=plain(known.entity), title_justify="left", box=None, pad_edge=False)
    for heading in ("about", "field", "value", "", "from", "observed"):
        table.add_column(heading, overflow="fold")
    for field in known.fields:
        state = enum_name(FieldState.DESCRIPTOR, field.state)
        table.add_row(
            plain(field.entity),
            plain(field.name),
            plain(field.value),
            Text("" if state == "CURRENT" else state, "yellow"),
            plain(f"{field.document_id}@{field.version}"),
            f"{ago(field.age)} ago",
        )
    notes = [] if known.complete else [Text("There are more records than a card holds.", "yellow")]
    return Group(table if known.fields else Text(f"no records about {plain(known.entity)}", "dim"), *notes, Text())


def refused(left: LeftOut) -> Text:
    """A passage that is too old to be returned."""
    return Text.assemble(("too old: ", "bold yellow"), f"{plain(left.passage_id)}, observed {ago(left.age)} before")


def ago(age: Duration) -> str:
    """A length of time in its largest unit, such as "3 days"."""
    seconds = age.ToTimedelta().total_seconds()
    for length, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return counted(int(seconds // length), unit)
    return counted(int(seconds), "second")


def degradation(part: Degradation) -> Text:
    """A part of the service that answered with less than it should have."""
    return Text.assemble(("degraded: ", "bold yellow"), f"{part.component} ({part.reason}): {plain(part.message)}")


def _reason(reason: Reason) -> RenderableType:
    numbers = ", ".join(str(index + 1) for index in reason.claims)
    of_claims = f" (claim {numbers})" if len(reason.claims) == 1 else f" (claims {numbers})" if numbers else ""
    code = enum_name(ReasonCode.DESCRIPTOR, reason.code)
    return Text.assemble(("• ", "dim"), (code, "bold"), f"{of_claims}: {plain(reason.message)}")


def _claims(response: ValidateResponse) -> Iterator[RenderableType]:
    passages = {passage.passage_id: passage for passage in response.passages}
    for number, claim in enumerate(response.claims, start=1):
        yield Text()
        yield from _claim(number, claim, passages)


def _claim(number: int, claim: Claim, passages: Mapping[str, Passage]) -> Iterator[RenderableType]:
    mark, label, colour = _LABELS.get(claim.label, _UNKNOWN)
    is_claim = claim.label != guard_pb2.LABEL_NOT_A_CLAIM
    confidence = f"  {claim.confidence:.2f}" if is_claim else ""
    yield Text.assemble((f"{number:>2} ", "bold"), (f"{mark} {label}", f"bold {colour}"), (confidence, "dim"))
    yield _indented(Text(plain(claim.text), colour))
    for citation in claim.citations:
        yield from _citation(citation, passages.get(citation.passage_id, Passage()))
    for check in claim.fact_checks:
        if said := _fact(check, claim.reason):
            yield _indented(Text(said, "italic"))
    if is_claim and claim.label != guard_pb2.LABEL_SUPPORTED and claim.reason:
        yield _indented(Text(plain(claim.reason), "dim"))


def _citation(citation: Citation, cited: Passage) -> Iterator[RenderableType]:
    relation = _RELATIONS.get(citation.relation, "see")
    first = _line_of(cited, citation.passage_span.start)
    last = _line_of(cited, citation.passage_span.end)
    place = _place(cited, first, last) or citation.document_id or citation.passage_id
    yield _indented(Text.assemble((f"{relation} ", "dim"), (place, "cyan"), (f"  {citation.score:.2f}", "dim")))
    yield _indented(Text(f"“{plain(citation.quote)}”"), 2 * _INDENT)
    if citation.source_uri:
        yield _indented(Text(plain(citation.source_uri), "dim"), 2 * _INDENT)


def _fact(check: FactCheck, reason: str) -> str:
    """A fact check in words; empty when it says nothing, or nothing that the claim's reason does not."""
    kind = enum_name(FactKind.DESCRIPTOR, check.kind).lower()
    if check.outcome == guard_pb2.FACT_OUTCOME_DERIVED:
        return f"{kind}: {plain(check.formula)}"
    if check.outcome == guard_pb2.FACT_OUTCOME_MISMATCH and check.in_evidence and check.in_claim.text not in reason:
        evidence = " and ".join(dict.fromkeys(f"“{plain(fact.text)}”" for fact in check.in_evidence))
        return f"{kind}: the answer says “{plain(check.in_claim.text)}”, the evidence {evidence}"
    return ""


def _footnotes(response: ValidateResponse) -> Iterator[RenderableType]:
    yield Text()
    yield from (degradation(part) for part in response.degraded)
    if response.categories:
        yield Text(f"categories: {', '.join(plain(category) for category in response.categories)}", "dim")
    if response.review_case_id:
        yield Text.assemble(("review case: ", "dim"), f"groundwire review show {response.review_case_id}")
    versions = response.versions
    yield Text(f"policy {plain(versions.policy)} · model {plain(versions.entailment_model)}", "dim")


def _place(cited: Passage, first: int, last: int) -> str:
    """Where a passage or a quote of it stands: document, version, page, lines; what is not known is left out."""
    return ", ".join(_parts_of_place(cited, first, last))


def _parts_of_place(cited: Passage, first: int, last: int) -> Iterable[str]:
    if name := plain(cited.document_id or cited.passage_id):
        yield name
    if cited.version_label:
        yield f"version {plain(cited.version_label)}"
    if cited.page:
        yield f"page {cited.page}"
    if first:
        yield f"line {first}" if first == last else f"lines {first}-{last}"


def _line_of(cited: Passage, offset: int) -> int:
    """The line of the document that holds the byte `offset` of the passage's text; 0 when lines are not known."""
    return cited.first_line + cited.text.encode()[:offset].count(b"\n") if cited.first_line else 0


def _indented(text: Text, by: int = _INDENT) -> RenderableType:
    return Padding(text, (0, 0, 0, by), expand=False)
