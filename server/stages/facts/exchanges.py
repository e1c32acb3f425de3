"""What a claim takes from one clause of a sentence and gives to the subject of another: "the Dublin site opened in 2019".

"The Frankfurt site opened in 2019 and the Dublin site in 2021" holds every word of that claim. So a sentence is cut into the
clauses that stand side by side in it, and two of them are compared by what each has alone: Frankfurt and 2019 here, Dublin and 2021
there. A claim exchanges them when it has how one of them begins (or ends) and not how the other does, yet goes on with what the
other alone has, and leaves out what the first one alone has.

That is an objection only where the two clauses say the same kind of thing: they are set against each other ("whereas"), state facts
that can be compared, put the same preposition before what they state, share a word, or lose a whole predicate to the claim. Verbs
need not be known for that, so a clause that leaves out its own ("Dublin in 2021") is compared like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations, product

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan
from server.stages.evidence import terms
from server.stages.facts.agreement import Agreement
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import FLOOR, SAME_STATEMENT, Candidate, FactResult, compare_facts
from server.stages.facts.content import OF_BOTH, PREPOSITIONS, Token, content_of, has, is_same, same_fact
from server.stages.facts.figures import Figure
from server.stages.facts.reading import Fact, kind_of
from server.stages.facts.segments import Segment

_AS_GOOD = 0.12
"""A statement that covers this much less of the claim may still be the one that bears it out."""
_KNOWN = 0.8
"""The share of the claim's words that the two clauses must have: with more words of its own a claim says something else."""
_KNOWN_OF_FACTS = 0.5
"""The same where it takes a figure or a date that can be compared: "Guests pay 5 euros" has a verb of its own."""
_MOSTLY = 0.5
"""The share of what the other clause says that a claim without figures must take over."""
_LONGEST = 10
"""Words of a clause that stands side by side with another; longer ones tell a story, in which everything is about one thing."""
_MOST_CLAUSES = 16
"""Each is set against each: a sentence of more clauses is a list, in which nothing stands side by side."""
_TWO = 2
_GAPPED = 3
"""Words of a clause that leaves out what it shares with the one before: "in Leipzig 9"."""
_OPENING = 3
"""Words of a clause within which what it is about has to come."""
_CONTRAST = r"(?:,\s+|\s+)(?:while|whereas|but)\s+"
_CUTS = (
    re.compile(rf"(?i);\s*|{_CONTRAST}"),
    re.compile(rf"(?i);\s*|{_CONTRAST}|(?:,\s+|\s+)and\s+"),
    re.compile(rf"(?i);\s*|{_CONTRAST}|(?:,\s+|\s+)and\s+|,\s+"),
)
"""Where clauses end, from what surely separates them to every comma."""
_CONTRASTS = re.compile(rf"(?i){_CONTRAST}|^\W*(?:while|whereas)\s")
_TOPIC = re.compile(r"[^:;.,\d]{1,60}:\s")
"""What all that follows is about: "Annual leave: 28 days for ...", which is said of each of the clauses."""
_RESPECTIVELY = re.compile(r"(?i),?\s+respectively\b")
_WITHOUT_SUBJECT = re.compile(
    r"(?i)\W*(?:then |also |later |still |now )?(?:it|its|they|them|their|he|she|his|her|this|these|that|those|which|who|whose"
    r"|where|we|you|is|are|was|were|be|been|has|have|had|do|does|did|can|may|must|will|shall|should|could|would|might|to|not|never|then|only|if"
    r"|when|because|as|such|including|[a-z]{3,}ed|became|began|broke|brought|built|bought|came|chose|drew|drove|fell|felt|fought|found"
    r"|gave|got|grew|held|kept|knew|led|left|lost|made|meant|met|paid|put|ran|rose|said|saw|sent|set|sold|spent|spoke|stood|took|taught"
    r"|told|thought|went|won|wore|wrote|(?:add|allow|appl|ask|beg|begin|bring|call|carr|clos|com|contain|cost|cover|drop|end|expir|fall"
    r"|find|follow|get|giv|go|grow|happen|help|hold|includ|increas|keep|last|leav|let|mak|mean|mov|need|offer|open|pay|produc|provid"
    r"|reach|receiv|remain|requir|return|ris|run|sell|send|serv|show|shut|start|stay|stop|tak|turn|us|weigh|work)(?:s|es|ies))\b"
)
"""How a clause begins that goes on about the subject of the one before: a pronoun or a verb."""
_PERHAPS_VERB = re.compile(
    r"\W*[a-z]+s\s+(?:the|an?|its|their|his|her|to|from|at|by|in|into|on|of|for|with|up|down|out|over|off|back|away)\b"
)
"""How a clause begins with what may be a verb as well as a noun ("complaints within 30 days", "escapes from the plane")."""


@dataclass(frozen=True, slots=True)
class _Clause:
    tokens: tuple[Token, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Sides:
    """Clauses that stand side by side; `is_contrast` when they are set against each other, `by_commas` when that may be a list."""

    clauses: tuple[_Clause, ...]
    is_contrast: bool = False
    by_commas: bool = False


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What the claim says (`said`), where the evidence says it (`found`), and of what: `owner` instead of `claimed`."""

    said: Token
    found: Token
    owner: Token
    claimed: Token


def exchanges(statement: Statement, near: Sequence[Candidate]) -> Iterator[FactResult]:
    """At most one MISMATCH: for what the sentence that fits the claim best says of something else than the claim does.

    Another statement that fits as well and does not keep the two apart bears the claim out, whatever this one says.
    """
    if OF_BOTH.search(statement.text):
        return
    fitting = [candidate for candidate in near if candidate.coverage >= FLOOR and not candidate.segment.cells]
    found: tuple[Candidate, _Exchange] | None = None
    for candidate in fitting:
        exchange = _exchange(statement.text, candidate.segment.text)
        if candidate.coverage < SAME_STATEMENT and (exchange is None or exchange.said.fact is None):
            continue
        is_as_good = found is None or candidate.coverage >= found[0].coverage - _AS_GOOD
        if exchange is None and is_as_good and _bears_out(statement, candidate.segment):
            return
        if exchange is not None and found is None:
            found = candidate, exchange
    if found is not None:
        yield _result(statement, found[0].segment, found[1])


def _bears_out(statement: Statement, segment: Segment) -> bool:
    """Whether the segment has every fact of the claim, or, where the claim has none, most of its words."""
    if statement.facts.all:
        return all(any(same_fact(mine, theirs) for theirs in segment.facts.all) for mine in statement.facts.all)
    wanted = terms(statement.text)
    return len(wanted & segment.own_terms) >= _KNOWN * len(wanted)


def _result(statement: Statement, segment: Segment, exchange: _Exchange) -> FactResult:
    kind = kind_of(exchange.said.fact) if exchange.said.fact is not None else FactKind.DIRECTION
    said = FactSpan(exchange.said.span.shifted(statement.start), exchange.said.span.of(statement.text))
    found = FactSpan(
        exchange.found.span.shifted(segment.span.start), exchange.found.span.of(segment.text), segment.passage
    )
    owners = (exchange.owner.span.of(segment.text), exchange.claimed.span.of(segment.text))
    return FactResult(FactCheck(kind, FactOutcome.MISMATCH, said, (found,)), 1.0, segment, owners=owners)


def in_clause_of_its_own(statement: Statement, result: FactResult) -> bool:
    """Whether the sentence that `result` found a different fact in has the claim's own, in a clause that is more about the claim.

    "1 % in the first year and 3 % in the second" says 3 % of the second year, though "year" stands beside the 1 %.
    """
    segment = result.segment
    if segment is None or segment.cells or not result.check.in_evidence:
        return False
    claim = content_of(statement.text)
    place = result.check.in_evidence[0].span.shifted(-segment.span.start)
    said = next((token for token in claim if token.span.shifted(statement.start) == result.check.in_claim.span), None)
    if said is None or said.fact is None:
        return False
    for sides in _side_by_side(segment.text):
        for own, other in permutations(sides.clauses, 2):
            if has(own.tokens, said) and any(token.span == place for token in other.tokens):
                mine = [token for token in own.tokens if has(claim, token) and not has(other.tokens, token)]
                theirs = [token for token in other.tokens if not has(claim, token)]
                if any(
                    _differ(one, two)
                    for one in mine
                    for two in theirs
                    if one.fact is not said.fact and two.span != place
                ):
                    return not any(is_same(one, said) for one in other.tokens)
    return False


@lru_cache(maxsize=4096)
def _exchange(claim: str, evidence: str) -> _Exchange | None:
    """The first exchange between two clauses of `evidence` in `claim`, or in a clause of it."""
    for part, sides in product(_parts(claim), _side_by_side(evidence)):
        for (own, other), backwards in product(permutations(sides.clauses, 2), (False, True)):
            found = _taken(part, own, other, sides, backwards=backwards)
            if found is not None:
                return found
        if sides.is_contrast and len(sides.clauses) == _TWO:
            found = _put_in_place(part, *sides.clauses)
            if found is not None:
                return found
    return None


def _taken(claim: Sequence[Token], own: _Clause, other: _Clause, sides: _Sides, *, backwards: bool) -> _Exchange | None:
    """What `claim`, which begins (`backwards`: ends) like the clause `own`, takes from `other`, if it does."""
    if max(len(own.tokens), len(other.tokens)) > _LONGEST:
        return None
    mine = [token for token in own.tokens if not has(other.tokens, token)]
    theirs = [token for token in other.tokens if not has(own.tokens, token)]
    if backwards:
        mine, theirs = mine[::-1], theirs[::-1]
    if len(mine) < _TWO or len(theirs) < _TWO or not has(claim, mine[0]) or has(claim, theirs[0]):
        return None
    if not (_is_at_end(own, mine[0], backwards=backwards) and _is_at_end(other, theirs[0], backwards=backwards)):
        return None
    taken = [token for token in theirs[1:] if has(claim, token)]
    dropped = [token for token in mine[1:] if not has(claim, token)]
    first, then = (other, own) if backwards else (own, other)
    later = then.text
    # "Daily copies for 30 days and monthly copies for a year": what leaves its verb out has that of the clause before it.
    is_gapped = min(len(own.tokens), len(other.tokens)) <= _GAPPED
    has_verb_before = is_gapped and sides.clauses.index(then) < sides.clauses.index(first) and not sides.by_commas
    goes_on = not has_verb_before and _WITHOUT_SUBJECT.match(later)
    if not taken or not dropped or goes_on or (backwards and _PERHAPS_VERB.match(later)):
        return None
    facts_taken = [token for token in taken if token.fact is not None]
    if not facts_taken and (
        any(token.fact is not None and has(claim, token) for token in mine[1:])
        or len(taken) < _MOSTLY * len(theirs[1:])
    ):
        return None
    is_measured = _differ(mine[0], theirs[0]) or any(
        _differ(one, two, is_gapped=is_gapped) for one in taken for two in dropped
    )
    known = sum(has(own.tokens, token) or has(other.tokens, token) for token in claim)
    in_own_words = is_measured and not _PERHAPS_VERB.match(later)
    if known < (_KNOWN_OF_FACTS if in_own_words else _KNOWN) * len(claim):
        return None
    if not facts_taken and not _leads(claim, mine[0], own, other, backwards=backwards):
        return None
    is_list = sides.by_commas and not (len(sides.clauses) == _TWO and _share_word(own, other))
    if not is_measured and (is_list or _PERHAPS_VERB.match(other.text)):
        return None
    ends_alike = backwards and mine[0].before == theirs[0].before in PREPOSITIONS
    takes_all = not backwards and known == len(claim)
    if not (
        is_measured
        or sides.is_contrast
        or ends_alike
        or (not backwards and _stand_alike(taken, dropped))
        or (takes_all and (_share_word(own, other) or (taken == theirs[1:] and len(taken) > 1)))
    ):
        return None
    if mine[0].fact is not None and not facts_taken:
        found, owner, claimed = mine[0], dropped[0], taken[0]
    else:
        found, owner, claimed = (facts_taken or taken)[0], theirs[0], mine[0]
    said = next(token for token in claim if is_same(token, found))
    return _Exchange(said, found, owner, claimed)


def _put_in_place(claim: Sequence[Token], first: _Clause, second: _Clause) -> _Exchange | None:
    """What `claim` says of the subject of the second clause, where the first says it of what it ends with.

    "The gym is free for members, but guests pay" does not make it free for guests.
    """
    mine = [token for token in first.tokens if not has(second.tokens, token)]
    theirs = [token for token in second.tokens if not has(first.tokens, token)]
    if len(mine) < _TWO or len(theirs) < _TWO or _WITHOUT_SUBJECT.match(second.text):
        return None
    takes_first = all(has(claim, token) for token in mine[:-1]) and not has(claim, mine[-1])
    takes_subject = has(claim, theirs[0]) and not any(has(claim, token) for token in theirs[1:])
    if not (takes_first and takes_subject) or not all(has((*mine, *theirs), token) for token in claim):
        return None
    said = next(token for token in claim if is_same(token, mine[-2]))
    return _Exchange(said, mine[-2], mine[-1], theirs[0])


def _is_at_end(clause: _Clause, token: Token, *, backwards: bool) -> bool:
    """Whether `token` is among the first words of `clause`; `backwards`: it is one of the last."""
    place = clause.tokens.index(token)
    return place >= len(clause.tokens) - _OPENING if backwards else place < _OPENING


def _leads(claim: Sequence[Token], token: Token, own: _Clause, other: _Clause, *, backwards: bool) -> bool:
    """Whether `token` is the first (`backwards`: the last) word of the claim that only one of the two clauses has."""
    for word in reversed(claim) if backwards else claim:
        if has(own.tokens, word) != has(other.tokens, word):
            return is_same(word, token)
    return False


def _share_word(own: _Clause, other: _Clause) -> bool:
    return any(has(other.tokens, token) for token in own.tokens if token.fact is None)


def _stand_alike(taken: Sequence[Token], dropped: Sequence[Token]) -> bool:
    """Whether a word of each comes after the same preposition."""
    places = {token.before for token in dropped} & PREPOSITIONS
    return any(token.before in places for token in taken)


# --- clauses ------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _side_by_side(text: str) -> tuple[_Sides, ...]:
    """The clauses of `text` by every way to cut it that gives more of them than the one before."""
    tokens = content_of(text)
    distributed = _distributed(text, tokens)
    if distributed:
        return (_Sides(distributed, is_contrast=True),)
    is_contrast = bool(_CONTRASTS.search(text))
    found: list[_Sides] = []
    seen = 1
    for level, mark in enumerate(_CUTS):
        clauses = tuple(clause for clause in _cut(text, tokens, mark) if clause.tokens)
        if seen < len(clauses) <= _MOST_CLAUSES:
            seen = len(clauses)
            stand_apart = (is_contrast or level == 0) and len(clauses) == _TWO
            found.append(_Sides(clauses, stand_apart, level == len(_CUTS) - 1))
    return tuple(found)


def _cut(text: str, tokens: Sequence[Token], mark: re.Pattern[str]) -> Iterator[_Clause]:
    topic = _TOPIC.match(text)
    start = topic.end() if topic else 0
    for end, following in [*_ends(text, tokens, mark), (len(text), len(text))]:
        inside = tuple(token for token in tokens if start <= token.span.start and token.span.end <= end)
        yield _Clause(inside, text[start:end])
        start = following


def _ends(text: str, tokens: Sequence[Token], mark: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where clauses end and the next begin; "between 5 and 10" is one fact, which nothing cuts."""
    for match in mark.finditer(text):
        facts = (token.span for token in tokens if token.fact is not None)
        if not any(span.start < match.end() and match.start() < span.end for span in facts):
            yield match.span()


def _distributed(text: str, tokens: Sequence[Token]) -> tuple[_Clause, ...]:
    """What "A and B are X and Y respectively" says, as one clause for each pair."""
    mark = _RESPECTIVELY.search(text)
    if mark is None:
        return ()
    whole = [token for token in tokens if token.span.end <= mark.start()]
    parts = [clause.tokens for clause in _cut(text[: mark.start()], whole, _CUTS[2]) if clause.tokens]
    pairs = (len(parts) + 1) // 2
    if len(parts) < 3 or len(parts) % 2 == 0 or len(parts[pairs - 1]) < 2:
        return ()
    middle = parts[pairs - 1]
    firsts = [parts[0][-1:], *parts[1 : pairs - 1], middle[:1]]
    seconds = [middle[-1:], *parts[pairs:]]
    own = {token for part in (*firsts, *seconds) for token in part if token.fact is not None or len(part) == 1}
    shared = tuple(token for token in whole if token not in own)
    return tuple(
        _Clause((*one, *(token for token in shared if token not in two), *two), "")
        for one, two in zip(firsts, seconds, strict=True)
    )


def _parts(claim: str) -> Iterator[tuple[Token, ...]]:
    """The words of a claim, and those of each of its clauses."""
    tokens = content_of(claim)
    yield tokens
    clauses = [clause.tokens for clause in _cut(claim, tokens, _CUTS[1]) if len(clause.tokens) > 1]
    if len(clauses) > 1:
        yield from clauses


# --- words and facts ----------------------------------------------------------------------------------------------------------


def _differ(one: Token, other: Token, *, is_gapped: bool = False) -> bool:
    """Whether two facts could stand in each other's place: of one kind, or one of them short of its unit ("after six").

    In a clause that `is_gapped` a number without a unit may be anything.
    """
    if one.fact is None or other.fact is None:
        return False
    if (is_gapped or one.before == other.before != "") and _is_bare(one.fact) != _is_bare(other.fact):
        return not same_fact(one.fact, other.fact)
    return kind_of(one.fact) is kind_of(other.fact) and compare_facts(one.fact, other.fact) is Agreement.DIFFERENT


def _is_bare(fact: Fact) -> bool:
    return isinstance(fact, Figure) and not fact.unit and not fact.ordinal
