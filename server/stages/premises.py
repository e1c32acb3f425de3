"""What the entailment model reads for each claim: windows of the passages, and single statements with their headings.

Windows see context; single statements make citations short and let a table row be read with its column names. Evidence that did not
hold at the time asked about is read apart: it never supports, but it explains why a claim lost its support.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from server.domain import Passage, Span
from server.stages.currency import out_of_date
from server.stages.evidence import Evidence, EvidenceSpan, letters, read_once
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import Candidate, candidates
from server.stages.facts.segments import Segment, cut_segments
from server.stages.facts.surroundings import Surroundings
from server.stages.scope import Scope

WINDOWS = 5
SINGLES = 2
STALE_WINDOWS = 2


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """A stretch of the text of passage number `passage`."""

    passage: int
    span: Span


@dataclass(frozen=True, slots=True)
class ClaimPremise:
    """A text for the model, where it comes from, the share of the claim's words in it, and whether it held when asked about."""

    text: str
    spans: tuple[CitedSpan, ...]
    relevance: float
    is_current: bool = True

    @property
    def size(self) -> int:
        """How many characters a citation of it would quote."""
        return sum(len(cited.span) for cited in self.spans)


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """What one claim is judged by: premises for the model, and the statements near it for the checks of facts."""

    premises: tuple[ClaimPremise, ...]
    near: tuple[Candidate, ...]


class EvidenceBase:
    """The passages of a request, cut once for all its claims.

    `as_of` and `max_age_days` (days by collection) decide which of them hold; `out_of_date` says of the others why they do not.
    Not shared between requests.
    """

    def __init__(
        self, passages: Sequence[Passage], as_of: datetime, max_age_days: Mapping[str, int] | None = None
    ) -> None:
        self.passages = tuple(passages)
        self.out_of_date = out_of_date(passages, as_of, max_age_days)
        worded = [index for index, passage in enumerate(self.passages) if passage.text.strip()]
        self.current = tuple(index for index in worded if index not in self.out_of_date)
        self.stale = tuple(index for index in worded if index in self.out_of_date)
        self._read = _Readable(self.passages, self.current)
        self._expired = _Readable(self.passages, self.stale)
        self._scope = Scope(self.passages)
        self._surroundings: dict[frozenset[int], Surroundings] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no passage has any text."""
        return not self.current and not self.stale

    def surroundings(self, statement: Statement, keys: Sequence[str] = ()) -> Surroundings:
        """What the passages that hold say, with their titles and headings; not those about another entity than the claim."""
        foreign = self._scope.foreign_to(statement, keys)
        if foreign not in self._surroundings:
            own = [index for index in self.current if index not in foreign]
            texts = [text for index in own for text in (_context(self.passages[index]), self.passages[index].text)]
            self._surroundings[foreign] = Surroundings(texts)
        return self._surroundings[foreign]

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The statements of the passages that hold."""
        held = set(self.current)
        return tuple(segment for segment in cut_segments(self.passages) if segment.passage in held)

    def near(self, statement: Statement, keys: Sequence[str] = ()) -> tuple[Candidate, ...]:
        """The statements of the evidence about the claim's subject; `keys` are entity keys that the request itself is about."""
        foreign = self._scope.foreign_to(statement, keys)
        return candidates(statement, [segment for segment in self.segments if segment.passage not in foreign])

    def for_claim(
        self, hypothesis: str, statement: Statement, near: tuple[Candidate, ...], keys: Sequence[str] = ()
    ) -> ClaimEvidence:
        """The premises of one claim beside its `near` statements; `hypothesis` is what the model will read with them."""
        foreign = self._scope.foreign_to(statement, keys)
        windows = [premise for premise in self._read.select(hypothesis, WINDOWS) if not _touches(premise, foreign)]
        singles = [
            _single(candidate)
            for candidate in [each for each in near if not each.segment.is_blank][:SINGLES]
            if len(candidate.segment.reading) <= _LONGEST_SINGLE
        ]
        stale = self._expired.select(hypothesis, STALE_WINDOWS, is_current=False) if self.stale else []
        known = {premise.text for premise in windows}
        return ClaimEvidence((*windows, *(single for single in singles if single.text not in known), *stale), near)

    def share_read(self, read: Sequence[ClaimEvidence]) -> float:
        """The share of the current evidence's characters that the model read for any claim, in [0, 1]."""
        spans = [
            cited for evidence in read for premise in evidence.premises if premise.is_current for cited in premise.spans
        ]
        return self._read.share(spans)


class _Readable:
    """Some of the passages, each after its title and headings, as `stages.evidence` wants them."""

    def __init__(self, passages: Sequence[Passage], chosen: Sequence[int]) -> None:
        self._chosen = tuple(chosen)
        self._contexts = tuple(_context(passages[index]) for index in chosen)
        self._plain = tuple(passages[index].text for index in chosen)
        self._evidence = Evidence([context + text for context, text in zip(self._contexts, self._plain, strict=True)])

    def select(self, claim: str, limit: int, *, is_current: bool = True) -> list[ClaimPremise]:
        return [
            ClaimPremise(premise.text, self._cited(premise.spans), premise.relevance, is_current)
            for premise in self._evidence.premises(claim, limit)
        ]

    def share(self, spans: Sequence[CitedSpan]) -> float:
        total = sum(len(text) for text in self._plain)
        if not total:
            return 0.0
        place = {index: local for local, index in enumerate(self._chosen)}
        read = [EvidenceSpan(place[cited.passage], cited.span.start, cited.span.end) for cited in spans]
        unread = sum(map(letters, self._plain)) - sum(map(letters, read_once(self._plain, read)))
        return (total - unread) / total  # nobody misses blanks

    def _cited(self, spans: Sequence[EvidenceSpan]) -> tuple[CitedSpan, ...]:
        """The spans in terms of the passages themselves; what lies in a title or heading is not cited."""
        cited = []
        for span in spans:
            shift = len(self._contexts[span.passage])
            start, end = max(0, span.start - shift), span.end - shift
            if start < end and any(
                letter.isalnum() for letter in self._plain[span.passage][start:end].lstrip("0123456789.) ")
            ):
                cited.append(CitedSpan(self._chosen[span.passage], Span(start, end)))
        return tuple(cited)


def _touches(premise: ClaimPremise, passages: frozenset[int]) -> bool:
    return any(cited.passage in passages for cited in premise.spans)


def _context(passage: Passage) -> str:
    parts = [passage.attributes.title, " > ".join(passage.heading_path), passage.context_prefix]
    kept: list[str] = []
    for part in (part.strip() for part in parts):
        if part and not passage.text.lstrip().startswith(part) and not any(part in other for other in kept):
            kept = [other for other in kept if other not in part] + [part]
    return "".join(f"{part}\n\n" for part in kept)


def _single(candidate: Candidate) -> ClaimPremise:
    segment = candidate.segment
    text = " ".join(part for part in (segment.heading.strip(" #"), segment.before, segment.reading) if part)
    return ClaimPremise(text[-_LONGEST_SINGLE:], (CitedSpan(segment.passage, segment.span),), candidate.coverage)


_LONGEST_SINGLE = 600
