"""Evidence as the entailment model reads it: the parts of the passages that bear on one claim, with exact spans.

The model reads about 130 words at a time, a passage may have thousands, and a claim may rest on two sentences that lie
far apart. So each claim gets a few candidate premises: one composite of the sentences that together cover the claim
best, and the windows of consecutive sentences that overlap with it most. Training cuts its premises with this very
module, so that the model is asked at work what it was asked at school.

Relevance compares a sentence with the claim alone. It never looks at other passages (no inverse document frequency),
so a passage that has nothing to do with a claim changes nothing for it, and the order of the passages neither.

All offsets are characters, half-open, into the text of a passage.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import Stemmer

WINDOW_COST = 128
"""Cost of the longest window, about 95 English words; see `cost`."""
COMPOSITE_COST = 96
"""Cost of the longest composite premise."""
LONGEST_CLAIM_COST = 180
"""Above this cost a claim leaves no room for evidence in the model's 256 tokens and cannot be checked."""
PREMISES_PER_CLAIM = 5
"""Premises a claim is judged by, unless the caller asks for another number."""

_ROOM = 236
"""Cost that claim and premise may have together: 256 tokens less special ones and the error of the estimate."""
_LEAST_ROOM = 48
_CLOSE_TO_BEST = 0.4
"""A window that covers less than this share of what the best one covers is not worth a pair."""
_WORTHWHILE_GAIN = 0.04
_WORTHWHILE_RELEVANCE = 0.25
_NUMBER_WEIGHT, _NAME_WEIGHT, _WORD_WEIGHT = 2.0, 1.5, 1.0

_UNIT = re.compile(r"[A-Za-z]+|\d+|[^\w\s]|[^\W\dA-Za-z]|_")
_TERM = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?|[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_\u3040-\u30ff\u3400-\u9fff]+")
_STOP = frozenset(
    "a an the this that these those and or but if then so as of at by for from in into on onto to up with without about"
    " over under between during before after is are was were be been being am do does did done have has had having it"
    " its he she they them his her their him we us our you your i me my who whom whose which what where when there here"
    " will would can could may might shall should must also just than too very s t d ll re ve m".split()
)
_STEMMER = Stemmer.Stemmer("english")

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf al inc ltd corp co no nos vol fig figs eq sec art ch pp p approx dept"
    " est gen col capt lt sgt rev hon gov sen rep jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k a.m p.m".split()
)
_STOPPED = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s)|[\u3002\uff01\uff1f]+|\n")
_WORD_BEFORE = re.compile(r"[A-Za-z][A-Za-z.]*$")
_OPENS_SENTENCE = re.compile(r"\s+(?:[\"'\u201c\u2018(\[*\-]*)(?![a-z])\S")
_ITEM = re.compile(r"[ \t]*(?:[-*+\u2022\u25aa|#>]|\(?\w{1,3}[.)]\s)")
_ITEM_NUMBER = re.compile(r"(?:\A|\n)[ \t]*(?:[-*>][ \t]+)?\(?\d{1,3}(?:\.\d{1,3})*\Z")
"""The number of a list item, whose full stop ends no sentence."""
_FULL_LINE = 50
"""Characters. A line at least this long that ends in mid-sentence was wrapped by its editor, not by its author."""


@dataclass(frozen=True, slots=True, order=True)
class EvidenceSpan:
    """Characters [start, end) of the passage with that index."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Premise:
    """What the model reads beside the claim: the texts of `spans`, joined by one blank.

    `relevance`, in [0, 1], is the weighted share of the claim's words, names and numbers that occur in it. `spans` are
    exact slices of the passages, disjoint, in reading order; a window has one span, a composite one or more.
    """

    text: str
    spans: tuple[EvidenceSpan, ...]
    relevance: float


@dataclass(frozen=True, slots=True)
class Selection:
    """The premises to judge one claim by, most relevant first; `read_share` is the share of the evidence they hold.

    `read_share`, in [0, 1], counts characters other than blanks. It is 1.0 when the model reads everything; a share
    below 1.0 means that the rest was compared with the claim by its words alone. Without evidence `premises` is empty
    and `read_share` is 0.0.
    """

    premises: tuple[Premise, ...]
    read_share: float


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: EvidenceSpan
    text: str
    cost: int
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of consecutive sentences of one passage, with its text and the terms in it."""

    span: EvidenceSpan
    text: str
    terms: frozenset[str]


class Evidence:
    """Passages cut into sentences once, to select from for every claim of an answer.

    Immutable but for what it remembers of its own cuts; safe to share between threads.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        self._passages = tuple(passages)
        self._sentences = tuple(
            tuple(
                _Sentence(
                    EvidenceSpan(index, start, end), text[start:end], cost(text[start:end]), terms(text[start:end])
                )
                for start, end in sentence_spans(text)
            )
            for index, text in enumerate(self._passages)
        )
        self._cut: dict[int, tuple[Window, ...]] = {}

    def select(self, claim: str, limit: int = PREMISES_PER_CLAIM) -> Selection:
        """The premises, at most `limit` (1 or more), that `claim` is to be judged by.

        The first windows and sentences win ties by their text, never by their passage's position, so permuting the
        passages changes nothing but indices. Texts that occur in several passages are taken once, from the first.
        """
        chosen = self.premises(claim, limit)
        return Selection(chosen, self.share_read([span for premise in chosen for span in premise.spans]))

    def premises(self, claim: str, limit: int = PREMISES_PER_CLAIM) -> tuple[Premise, ...]:
        """The premises of `select`, without the share of the evidence that they hold, which takes a look at all of it."""
        if limit < 1:
            raise ValueError(f"limit is {limit}; a claim needs at least 1 premise")
        weights = claim_weights(claim)
        room = max(_LEAST_ROOM, _ROOM - cost(claim))
        chosen = self._composite(weights, min(COMPOSITE_COST, room))
        for window in self._windows(weights, min(WINDOW_COST, room)):
            if len(chosen) < limit and all(window.text != other.text for other in chosen):
                chosen.append(window)
        chosen.sort(key=lambda premise: -premise.relevance)
        return tuple(chosen)

    def share_read(self, spans: Sequence[EvidenceSpan]) -> float:
        """The share, in [0, 1], of the evidence's characters other than blanks that `spans` hold together."""
        if not self._weight:
            return 0.0
        return sum(letters(part) for part in read_once(self._passages, spans)) / self._weight

    @cached_property
    def _weight(self) -> int:
        return sum(map(letters, self._passages))

    def _composite(self, weights: dict[str, float], budget: int) -> list[Premise]:
        """The sentences that together cover the claim best, as one premise; none when no sentence shares a word."""
        rest = sorted(
            {
                sentence.text: sentence
                for sentences in reversed(self._sentences)
                for sentence in reversed(sentences)
                if sentence.cost <= budget and _covered(weights, sentence.terms) > 0.0
            }.values(),
            key=lambda sentence: (-_covered(weights, sentence.terms), sentence.text),
        )
        if not rest:
            return []
        best = _covered(weights, rest[0].terms)
        picked: list[_Sentence] = []
        open_weights = dict(weights)
        while rest:
            gains = [_covered(open_weights, sentence.terms) for sentence in rest]
            at = max(range(len(rest)), key=lambda index: (gains[index], -index))
            if gains[at] < _WORTHWHILE_GAIN:
                break
            sentence = rest.pop(at)
            budget -= sentence.cost
            picked.append(sentence)
            open_weights = {term: weight for term, weight in open_weights.items() if term not in sentence.terms}
            rest = [other for other in rest if other.cost <= budget]
        for sentence in rest:
            if sentence.cost <= budget and _covered(weights, sentence.terms) >= max(_WORTHWHILE_RELEVANCE, best / 2):
                budget -= sentence.cost
                picked.append(sentence)
        if not picked:
            return []
        return [self._premise(weights, self._in_reading_order(picked))]

    @staticmethod
    def _in_reading_order(picked: Sequence[_Sentence]) -> list[EvidenceSpan]:
        """Passages in the order in which they were first picked, which does not depend on how they were numbered."""
        passages = list(dict.fromkeys(sentence.span.passage for sentence in picked))
        return sorted(
            (sentence.span for sentence in picked), key=lambda span: (passages.index(span.passage), span.start)
        )

    def _windows(self, weights: dict[str, float], budget: int) -> list[Premise]:
        """Windows near the best one in what they cover of the claim, best first, no two of them mostly the same."""
        candidates = [
            Premise(window.text, (window.span,), min(1.0, _covered(weights, window.terms)))
            for window in self.windows(budget)
        ]
        candidates.sort(key=lambda premise: (-premise.relevance, premise.text))
        chosen: list[Premise] = []
        for candidate in candidates:
            if candidate.relevance < _CLOSE_TO_BEST * candidates[0].relevance:
                break
            if not any(_mostly_within(candidate.spans[0], other.spans[0]) for other in chosen):
                chosen.append(candidate)
        return chosen

    def windows(self, budget: int = WINDOW_COST) -> tuple[Window, ...]:
        """All windows of a cost of at most `budget`, cut once: claims of ordinary length have the same one."""
        if budget not in self._cut:
            spans = [
                EvidenceSpan(index, start, end)
                for index, sentences in enumerate(self._sentences)
                for start, end in window_spans(sentences, budget)
            ]
            texts = [self._passages[span.passage][span.start : span.end] for span in spans]
            self._cut[budget] = tuple(Window(span, text, terms(text)) for span, text in zip(spans, texts, strict=True))
        return self._cut[budget]

    def _premise(self, weights: dict[str, float], spans: Sequence[EvidenceSpan]) -> Premise:
        merged: list[EvidenceSpan] = []
        for span in spans:
            if merged and merged[-1].passage == span.passage and self._only_blanks(merged[-1], span):
                merged[-1] = EvidenceSpan(span.passage, merged[-1].start, span.end)
            else:
                merged.append(span)
        text = " ".join(self._passages[span.passage][span.start : span.end] for span in merged)
        return Premise(text, tuple(merged), min(1.0, _covered(weights, terms(text))))

    def _only_blanks(self, left: EvidenceSpan, right: EvidenceSpan) -> bool:
        between = self._passages[left.passage][left.end : right.start]
        return left.end <= right.start and not between.strip()


def read_once(passages: Sequence[str], spans: Sequence[EvidenceSpan]) -> Iterator[str]:
    """What `spans` hold of `passages`, each character once however many spans hold it."""
    passage, read = -1, 0
    for span in sorted(spans):
        start = max(span.start, read) if span.passage == passage else span.start
        if start < span.end:
            yield passages[span.passage][start : span.end]
            passage, read = span.passage, span.end


def letters(text: str) -> int:
    """How many characters of `text` are no blanks."""
    return len("".join(text.split()))


def select(claim: str, passages: Sequence[str], limit: int = PREMISES_PER_CLAIM) -> Selection:
    """`Evidence(passages).select(claim, limit)`, for one claim."""
    return Evidence(passages).select(claim, limit)


def cost(text: str) -> int:
    """An upper estimate of the WordPiece tokens of `text`, without a vocabulary.

    A word counts one for every seven letters begun, a number one for every three digits begun, any other character
    that is not a blank one.
    """
    return sum(1 + (len(unit) - 1) // (3 if unit.isdigit() else 7) for unit in _UNIT.findall(text))


@lru_cache(maxsize=4096)
def terms(text: str) -> frozenset[str]:
    """The stems of the content words of `text`, and its numbers without thousands separators."""
    return frozenset(_term(token) for token in _TERM.findall(text) if token.lower() not in _STOP)


def claim_weights(claim: str) -> dict[str, float]:
    """The terms of `claim`, with weights that sum to 1: a number counts twice, a name one and a half times a word."""
    weights: dict[str, float] = {}
    for match in _TERM.finditer(claim):
        token = match.group()
        if token.lower() in _STOP:
            continue
        weight = _NUMBER_WEIGHT if token[0].isdigit() else _NAME_WEIGHT if token[0].isupper() else _WORD_WEIGHT
        weights[_term(token)] = max(weight, weights.get(_term(token), 0.0))
    total = sum(weights.values())
    return {term: weight / total for term, weight in weights.items()}


@lru_cache(maxsize=65_536)
def _term(token: str) -> str:
    if token[0].isdigit():
        number = token.replace(",", "")
        return number.rstrip("0").rstrip(".") if "." in number else number
    stem: str = _STEMMER.stemWord(token.lower())
    return stem


def _covered(weights: dict[str, float], found: frozenset[str]) -> float:
    return sum([weight for term, weight in weights.items() if term in found])


def _mostly_within(span: EvidenceSpan, other: EvidenceSpan) -> bool:
    common = min(span.end, other.end) - max(span.start, other.start)
    return span.passage == other.passage and common > 0.6 * (span.end - span.start)


def window_spans(sentences: Sequence[_Sentence], budget: int) -> Iterator[tuple[int, int]]:
    """Spans of consecutive sentences of one passage, of cost at most `budget`, each sharing about half with the next.

    Sentences that cost more than `budget` alone are read in pieces, so every character of a sentence is in a window.
    """
    pieces = [piece for sentence in sentences for piece in _pieces(sentence, budget)]
    costs = [0]
    for _, _, piece_cost in pieces:
        costs.append(costs[-1] + piece_cost)
    first = 0
    while first < len(pieces):
        last = bisect_right(costs, costs[first] + budget) - 1
        yield pieces[first][0], pieces[last - 1][1]
        if last == len(pieces):
            return
        halfway = bisect_right(costs, (costs[first] + costs[last]) // 2) - 1
        first = min(max(first + 1, halfway), last)


def _pieces(sentence: _Sentence, budget: int) -> Iterator[tuple[int, int, int]]:
    """`sentence`, or if it costs more than `budget`, its parts cut between units: (start, end, cost)."""
    start, end = sentence.span.start, sentence.span.end
    if sentence.cost <= budget:
        yield start, end, sentence.cost
        return
    piece_start, piece_end, spent = start, start, 0
    for match in re.finditer(r"\S{1,64}", sentence.text):
        word_cost = cost(match.group())
        if spent and spent + word_cost > budget:
            yield piece_start, piece_end, spent
            piece_start, spent = start + match.start(), 0
        piece_end = start + match.end()
        spent += word_cost
    yield piece_start, piece_end, spent


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as half-open spans without surrounding blanks, in order and disjoint.

    Lines of lists and tables, headings and paragraphs end sentences too; decimals, initials and common abbreviations do
    not. All characters other than blanks are in some span. Passages are long and many, so this takes one pass and knows
    less than `stages.sentences`, which cuts answers: a wrong cut here moves a window's edge and loses nothing.
    """
    spans = []
    start = 0
    for match in _STOPPED.finditer(text):
        if _ends_sentence(text, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    trimmed = (_trim(text, start, end) for start, end in spans)
    return [(start, end) for start, end in trimmed if start < end]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark == "\n":
        return _ends_line(text, match.start())
    if mark[0] != ".":
        return True
    if not _OPENS_SENTENCE.match(text, match.end()):
        return False
    if _ITEM_NUMBER.search(text, max(0, match.start() - 12), match.start()):
        return False
    before = _WORD_BEFORE.search(text, max(0, match.start() - 12), match.start())
    word = before.group() if before else ""
    return not (word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper() and word != "I"))


def _ends_line(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    following = text[at + 1 : at + 200]
    if not following.split("\n", 1)[0].strip() or _ITEM.match(following) or "|" in line or "\t" in line:
        return True
    return not (len(line) >= _FULL_LINE or following.lstrip()[:1].islower())


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip()) if part.strip() else start
