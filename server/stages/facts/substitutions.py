"""What a claim says word for word as a sentence of the evidence does, but of something else that the evidence speaks of.

"Guests must leave by 20:00. Members may stay" holds every word of "members must leave by 20:00", and "the bridge replaced a
ferry" every word of "the ferry replaced the bridge". So the words of claim and sentence are laid side by side. Where they run
alike but for what the sentence is about, and what stands there in the claim is found elsewhere in the passage, the claim has put
one thing in the place of another. The same holds for two that have changed places around a word, for the opposite of a word beside
one fact, and for "from 3 to 4" in place of "from 4 to 3".

Things are told from each other by their names alone. So a name is never set against a common noun ("Acme" and "the company" may be
one), nor are words that stand for anything ("the group", "the device").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import Candidate, FactResult
from server.stages.facts.content import OF_BOTH, PREPOSITIONS, Token, content_of, has, is_same
from server.stages.facts.figure_roles import mistaken_role
from server.stages.facts.segments import Segment
from server.stages.facts.signs import negators

_SHORTEST_RUN = 2
"""Content words that claim and sentence must have in a row, but for one, beside what they are about."""
_LONGEST_SUBJECT = 3
_KNOWN = 0.75
_LONGEST_EVENT = 5
"""Content words of a claim that says who does what to whom, and nothing else."""
_OPENS_ANEW = re.compile(r"(?i)\b(?:and|but|then)\b")
_RELATIVE = re.compile(r"(?i)^\s*,?\s*\b(?:who|which|that)\b")
_CONJUNCTION = re.compile(
    r"(?i)\b(?:mean|say|said|stat|show|requir|ensur|indicat|suggest|confirm|report|not|find|found|believ|claim|know|think|announc"
    r"|warn|explain|agree|hope|prov)(?:s|es|ed|ing|n|t)?\s+that\s+(?:the\s+|an?\s+)?$"
)
"""A "that" after which a sentence of its own begins: "a red lamp means that paper is jammed"."""
_PRONOUN = re.compile(
    r"(?i)^\W*(?:it|they|he|she|we|you|i|this|these|those|there|who|which|that|one|some|others?|both|all)\b"
)
_BY = re.compile(r"(?i)^\W*(?:\w+\W+){0,2}?by\b")
_FORM_OF_BE = re.compile(r"(?i)\b(?:is|are|was|were|be|been|being|gets?|got)\s+(?:\w+ly\s+)?$")
_ANYTHING = terms(
    "company firm group business organisation organization corporation agency team club city town country state nation government"
    " film movie book song album series show author writer actor man woman person people individual user product device item"
    " service system model study report article however therefore meanwhile additionally moreover finally furthermore otherwise"
    " generally usually currently today often always sometimes since while various please note plan name number part place thing"
    " way area"
)
_TITLES = terms("dr mr mrs ms prof professor sir")
_ARTICLE = re.compile(r"(?i)\b(?:the|an?|its|their|his|her|our|your)\s+$")


@dataclass(frozen=True, slots=True)
class _Substitution:
    """What the claim says (`said`), where the sentence says it (`found`), and of what: of `owner`, and the claim of `claimed`.

    Where the claim has one fact for another, nobody owns them.
    """

    said: Span
    found: Span
    owner: Token | None = None
    claimed: Token | None = None


def substitutions(statement: Statement, near: Sequence[Candidate]) -> Iterator[FactResult]:
    """At most one MISMATCH: a sentence that says of something else what the claim says of what its passage has elsewhere.

    None where another sentence has every word of the claim, or the claim speaks of both, compares or denies.
    """
    claim = content_of(statement.text)
    if OF_BOTH.search(statement.text) or negators(statement.text) or len(claim) <= 1:
        return
    segments, wanted = [candidate.segment for candidate in near], terms(statement.text)
    for segment in segments:
        if segment.cells or len(wanted & segment.own_terms) < _SHORTEST_RUN:
            continue
        of_its_passage = [each for each in segments if each.passage == segment.passage and not each.cells]
        found = _substituted(claim, statement.text, segment, of_its_passage)
        if found is not None and not _borne_out_elsewhere(claim, found, segment, segments):
            yield _result(statement, segment, found)
            return


def _borne_out_elsewhere(
    claim: Sequence[Token], found: _Substitution, segment: Segment, segments: Sequence[Segment]
) -> bool:
    """Whether another statement has every word of the claim, or all its facts beside what the claim says them of."""
    facts = [token for token in claim if token.fact is not None]
    for other in segments:
        if other is segment:
            continue
        said = content_of(other.reading if other.cells else other.text)
        if all(has(said, token) for token in claim):
            return True
        if facts and found.claimed is not None and all(has(said, token) for token in (*facts, found.claimed)):
            return True
    return False


def _result(statement: Statement, segment: Segment, found: _Substitution) -> FactResult:
    said = FactSpan(found.said.shifted(statement.start), found.said.of(statement.text))
    place = FactSpan(found.found.shifted(segment.span.start), found.found.of(segment.text), segment.passage)
    owners = None
    if found.owner is not None and found.claimed is not None:
        owners = (found.owner.span.of(segment.text), found.claimed.span.of(statement.text))
    check = FactCheck(FactKind.DIRECTION, FactOutcome.MISMATCH, said, (place,))
    return FactResult(check, 1.0, segment, owners=owners)


def _substituted(
    claim: Sequence[Token], text: str, segment: Segment, sentences: Sequence[Segment]
) -> _Substitution | None:
    evidence = content_of(segment.text)
    if negators(segment.text):
        return None
    found = (
        _of_another(claim, text, evidence, segment, sentences)
        or _in_another_place(claim, text, evidence, segment, sentences)
        or _turned(claim, text, evidence, segment, sentences)
    )
    if found is None and (role := mistaken_role(claim, text, evidence, segment.text)):
        return _Substitution(*role)
    return found


# --- what the sentence is about -------------------------------------------------------------------------------------------------


def _of_another(
    claim: Sequence[Token], text: str, evidence: Sequence[Token], segment: Segment, sentences: Sequence[Segment]
) -> _Substitution | None:
    """Where the claim goes on as the sentence does, after another subject."""
    for length in range(1, min(_LONGEST_SUBJECT, len(claim) - 1) + 1):
        subject, rest = claim[:length], claim[length:]
        for start in range(1, len(evidence)):
            run = _run(rest, evidence[start:])
            if run < min(_SHORTEST_RUN, len(rest)) or (run == 1 and len(rest) == 1 and rest[0].fact is None):
                continue
            if not _is_known(rest, evidence) or _is_passive(rest[0], text) != _is_passive(
                evidence[start], segment.text
            ):
                continue
            owner, same = _subject_before(evidence, start, segment.text), evidence[start : start + run]
            rivals = _rivals(subject, owner, claim, same, segment, sentences)
            if rivals is not None:
                return _Substitution(_whole(rest[:run]), _whole(same), *rivals)
    return None


def _is_passive(verb: Token, text: str) -> bool:
    """Whether the subject is whom it is done to: "are repaired", "repaired by"."""
    return bool(_FORM_OF_BE.search(text[: verb.span.start]) or _BY.match(text[verb.span.end :]))


def _whole(run: Sequence[Token]) -> Span:
    return Span(run[0].span.start, run[-1].span.end)


def _is_known(rest: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """Whether the sentence has every fact of what the claim says, and nearly every word."""
    known = [has(evidence, token) for token in rest]
    return sum(known) >= _KNOWN * len(rest) and all(
        each or token.fact is None for each, token in zip(known, rest, strict=True)
    )


def _run(rest: Sequence[Token], evidence: Sequence[Token]) -> int:
    count = 0
    for mine, theirs in zip(rest, evidence, strict=False):
        if not is_same(mine, theirs):
            break
        count += 1
    return count


def _subject_before(evidence: Sequence[Token], start: int, text: str) -> Sequence[Token]:
    """What the words from `start` on say something of; nothing where that cannot be told."""
    between = text[evidence[start - 1].span.end : evidence[start].span.start]
    if _CONJUNCTION.search(text[: evidence[start].span.start]):
        return ()
    if _RELATIVE.search(between):
        return _name_at(evidence, start - 1, text)
    if _PRONOUN.match(text):
        return ()
    first = next((at for at, each in enumerate(evidence) if "," in text[each.span.end : each.span.end + 1]), start)
    if between.startswith(",") and first < _LONGEST_SUBJECT:
        # "Havla, founded in 2003, had made a loss": both are said of what stands before the first comma.
        return evidence[: first + 1]
    if _OPENS_ANEW.search(between):
        return evidence[:1]
    is_near = start <= _LONGEST_SUBJECT and "," not in text[evidence[0].span.start : evidence[start].span.start]
    return evidence[:start] if is_near else ()


def _name_at(evidence: Sequence[Token], last: int, text: str) -> Sequence[Token]:
    """The word at `last`, with those right before it that belong to one name."""
    first = last
    while (
        first
        and text[evidence[first - 1].span.end : evidence[first].span.start] == " "
        and all(text[evidence[each].span.start].isupper() for each in (first - 1, first))
    ):
        first -= 1
    return evidence[first : last + 1]


def _rivals(
    subject: Sequence[Token],
    owner: Sequence[Token],
    claim: Sequence[Token],
    run: Sequence[Token],
    segment: Segment,
    sentences: Sequence[Segment],
) -> tuple[Token, Token] | None:
    """A word of `owner` and that of `subject` in its place, if they are sure to be different things that the evidence has."""
    mine = [token for token in subject if not has(owner, token) and token.stem not in _TITLES]
    theirs = [token for token in owner if not has(claim, token) and token.stem not in _TITLES]
    if not mine or not theirs or any(token.fact is not None for token in (*mine, *theirs)):
        return None
    if {token.stem for token in (*mine, *theirs)} & _ANYTHING or theirs[0].span.of(segment.text).endswith("ly"):
        return None
    if not all(_is_found(token, run, segment, sentences) for token in mine):
        return None
    texts = [each.text for each in sentences]
    kinds = {_is_name(word, texts) for token in (*mine, theirs[0]) for word in _words_of(token, texts)} - {None}
    if len(kinds) > 1:
        return None
    return theirs[0], mine[0]


def _is_found(token: Token, run: Sequence[Token], segment: Segment, sentences: Sequence[Segment]) -> bool:
    """Whether the evidence has the word, outside of what claim and sentence have in common."""
    return any(
        is_same(token, other) and not (sentence is segment and other in run)
        for sentence in sentences
        for other in content_of(sentence.text)
    )


def _words_of(token: Token, texts: Sequence[str]) -> set[str]:
    """How the evidence writes the word."""
    return {word for text in texts for word in re.findall(r"[^\W\d_]+", text) if token.stem in terms(word)}


def _is_name(word: str, texts: Sequence[str]) -> bool | None:
    """Whether the word is written with a capital where no sentence begins; None if it only begins sentences."""
    if not word[:1].isupper():
        return False
    return any(re.search(rf"(?<=[^\s.!?:]\s){re.escape(word)}\b", text) for text in texts) or None


# --- what stands after the same word --------------------------------------------------------------------------------------------


def _in_another_place(
    claim: Sequence[Token], text: str, evidence: Sequence[Token], segment: Segment, sentences: Sequence[Segment]
) -> _Substitution | None:
    """Where claim and sentence run alike but for one thing after the same word: "of patients on placebo"."""
    for place, is_whole in product(range(1, len(claim)), (False, True)):
        thing = _thing(claim, place, text, is_whole=is_whole)
        after = claim[place + len(thing) :]
        if thing[0].fact is not None or place + len(after) <= _SHORTEST_RUN or not _is_thing(thing[0], text):
            continue
        for at in range(place, len(evidence)):
            other = _thing(evidence, at, segment.text, is_whole=is_whole)
            if other[0].before != thing[0].before or is_same(thing[0], other[0]) or other[0].fact is not None:
                continue
            # "with a small girl" has the girl all the same.
            near = evidence[at : at + _LONGEST_SUBJECT]
            if not _is_thing(other[0], segment.text) or any(has(near, token) for token in thing):
                continue
            first = _first_of_run(claim[:place], evidence[:at])
            if first is None or not all(has(evidence[at + len(other) :], each) for each in after):
                continue
            run = [*evidence[first:at], *(each for each in evidence[at + len(other) :] if has(after, each))]
            # What a thing is tells its last word: the "team lead" is no team.
            rivals = _rivals(thing[-1:], other[-1:], claim, run, segment, sentences)
            if rivals is not None and all(_is_found(token, run, segment, sentences) for token in thing):
                return _Substitution(_whole(claim[:place]), _whole(evidence[first:at]), *rivals)
    return None


def _thing(tokens: Sequence[Token], at: int, text: str, *, is_whole: bool) -> Sequence[Token]:
    """The word at a place; `is_whole`, with those right after it that may name one thing with it: "personnel department"."""
    end = at + 1
    while is_whole and (
        end < min(len(tokens), at + _LONGEST_SUBJECT) and text[tokens[end - 1].span.end : tokens[end].span.start] == " "
    ):
        end += 1
    return tokens[at:end]


def _first_of_run(words: Sequence[Token], before: Sequence[Token]) -> int | None:
    """Where `words` begin that `before` ends with, in their order, with at most one more between them."""
    at = len(before)
    for word in reversed(words):
        at = next((each for each in (at - 1, at - 2) if each >= 0 and is_same(before[each], word)), -1)
        if at < 0:
            return None
    return at if len(before) - at <= len(words) + 1 else None


def _is_thing(token: Token, text: str) -> bool:
    """Whether a preposition or an article shows that the word names something."""
    return token.before in PREPOSITIONS or bool(_ARTICLE.search(text[: token.span.start]))


# --- who does it to whom --------------------------------------------------------------------------------------------------------


def _turned(
    claim: Sequence[Token], text: str, evidence: Sequence[Token], segment: Segment, sentences: Sequence[Segment]
) -> _Substitution | None:
    """Where the word after which the claim has one thing is followed by the other in the sentence: "replaced"."""
    if len(claim) > _LONGEST_EVENT:
        return None
    for place in range(1, len(claim) - 1):
        middle, subject, following = claim[place], claim[:place], claim[place + 1]
        if middle.fact is not None or following.fact is not None or _BY.match(text[middle.span.end :]):
            continue
        for at in range(len(evidence) - 1):
            then = evidence[at + 1]
            if not is_same(middle, evidence[at]) or not is_same(subject[0], then) or is_same(following, then):
                continue
            if _BY.match(segment.text[evidence[at].span.end :]) or middle.stem in _ANYTHING:
                continue
            doer = evidence[:at][:_LONGEST_SUBJECT]
            is_doer = has(doer, following) if doer else bool(_PRONOUN.match(segment.text))
            if is_doer and not has(doer, subject[0]) and _is_found(following, [then], segment, sentences):
                owner = next((each for each in doer if is_same(each, following)), None)
                return _Substitution(middle.span, evidence[at].span, owner, subject[0])
    return None
