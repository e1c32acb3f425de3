"""Measures each promise of the verdict on a corpus drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.facts.benchmark import run as run_changes
from eval.facts.statements import FORMS, draw_evidence, draw_statement
from eval.verdict.judge import Judge
from eval.verdict.measures import Measure, measure
from eval.verdict.records import MAX_AGE_POLICY, Case, out_of_date, pairs_of_passages, twins
from eval.verdict.tatqa import computed_answers
from server.deadline import NEVER, Deadline
from server.domain import Citation, Degradation, Label, Passage, Relation, Verdict
from server.errors import DeadlineExceeded, ModelFailure
from server.models.base import Pair

_PADDINGS = (50, 500, 5_000, 50_000)
"""Tokens of irrelevant text, about."""
_SCRIPTS = ("👩🏽‍🚀🎉", "日本語の説明書。", "e\u0301le\u0300ve\u0302", "نص عربي", "a\u0308\u0323", "½ ℃ ﬁ")


def changes(seed: int, count: int) -> Iterator[Measure]:
    """Mutations flagged, and equivalents not."""
    outcomes = run_changes(seed, count)
    for is_mutation, name, bar in ((True, "mutations flagged", 0.99), (False, "equivalents flagged", 0.01)):
        found = [
            (each.is_flagged, f"{each.kind}: {each.claim} | {each.statement}")
            for each in outcomes
            if each.is_mutation is is_mutation
        ]
        yield measure(name, found, bar, is_most=not is_mutation)


def computed(file: Path, seed: int, count: int) -> Iterator[Measure]:
    """TAT-QA's computed answers, right and off by a bit."""
    judge = Judge.credulous()
    answers = list(computed_answers(file, seed))
    random.Random(seed).shuffle(answers)
    found: dict[bool, list[tuple[bool, str]]] = {True: [], False: []}
    for answer in answers[: 2 * count]:
        is_supported = _label(judge(answer.claim, answer.passages, answer.question)) is Label.SUPPORTED
        found[answer.is_right].append((is_supported == answer.is_right, f"{answer.claim} | {answer.derivation}"))
    yield measure("TAT-QA: right answers derived or supported", found[True], 0.90)
    yield measure("TAT-QA: off by a bit, flagged", found[False], 0.95)


def accidental_derivations(seed: int, count: int) -> Iterator[Measure]:
    """Totals, differences and shares of nothing, beside random figures on other matters."""
    judge, chance = Judge.credulous(), random.Random(f"accidents:{seed}")
    asks = (
        "The total of tickets sold by the {n} was {x}.",
        "The {n} choir sang {x} songs more than the year before.",
        "Together the {n} schools have {x} pupils.",
        "The difference between the two {n} bids was EUR {x}.",
        "The average {n} household has {x} bicycles.",
        "The share of women in the {n} council is {x} %.",
    )
    found = []
    for index in range(count):
        evidence = " ".join(draw_statement(chance, chance.randrange(len(FORMS))).text for _ in range(8))
        extra = " ".join(
            f"The {word} has {chance.randint(2, 60)} {word}s." for word in ("kitchen", "garden", "harbour", "library")
        )
        claim = asks[index % len(asks)].format(n=chance.choice(("town", "north", "county")), x=chance.randint(3, 99))
        verdict = judge(claim, (Passage("p", f"{evidence} {extra}"),))
        found.append((_label(verdict) is Label.SUPPORTED, f"{claim} | {verdict.claims[0].reason}"))
    yield measure("accidental derivations supported", found, 0.01, is_most=True)


def padding(judge: Judge, seed: int, count: int) -> Iterator[Measure]:
    """Labels with irrelevant text around the evidence, and with the passages in another order, against those without."""
    chance = random.Random(f"padding:{seed}")
    flips: list[tuple[bool, str]] = []
    rises: list[tuple[bool, str]] = []
    for index in range(count):
        statement = draw_statement(chance, index)
        wrong = draw_statement(chance, index)
        claim = statement.text if index % 2 else wrong.text
        passages = (Passage("a", draw_evidence(chance, statement)), Passage("b", "The shop is closed on Sundays."))
        plain = _label(judge(claim, passages))
        size = _PADDINGS[index % len(_PADDINGS)]
        padded = [*passages, *(Passage(f"x{at}", text) for at, text in enumerate(_irrelevant(chance, size)))]
        chance.shuffle(padded)
        label = _label(judge(claim, padded))
        flips.append((label is not plain, f"{claim}: {plain} -> {label} with {size} tokens"))
        rises.append((label is Label.SUPPORTED and plain is not Label.SUPPORTED, claim))
    yield measure("flips by padding and permuting", flips, 0.01, is_most=True)
    yield measure("flips to SUPPORTED", rises, 0.0, is_most=True)


_MATTERS = ("river", "orchard", "violin", "glacier", "harvest", "lantern", "meadow", "pottery", "saddle", "thicket")
_DEEDS = (
    "was painted by hand",
    "flows past the old mill",
    "is quiet in winter",
    "smells of rain",
    "belongs to nobody",
    "was lost",
)


def _irrelevant(chance: random.Random, tokens: int) -> Iterator[str]:
    """At most a hundred passages, `tokens` in all, without names, figures or words of the claims."""
    count = min(100, max(1, tokens // 150))
    sentences = max(1, tokens // count // 9)
    for _ in range(count):
        yield " ".join(
            f"The {chance.choice(_MATTERS)} near the {chance.choice(_MATTERS)} {chance.choice(_DEEDS)}."
            for _ in range(sentences)
        )


def spans(judge: Judge, seed: int, count: int) -> Iterator[Measure]:
    """Whether quotes are the slices they claim to be, in bytes, and whether a supported claim rests on its citation alone."""
    chance = random.Random(f"spans:{seed}")
    slices: list[tuple[bool, str]] = []
    deletions: list[tuple[bool, str]] = []
    for index in range(count):
        statement = draw_statement(chance, index)
        odd = [chance.choice(_SCRIPTS) for _ in range(3)]
        text = f"{odd[0]}\r\n{draw_evidence(chance, statement)}\r\n{odd[1]} {odd[2]}"
        answer = f"{odd[2]} {statement.text}" if index % 3 == 0 else statement.text
        passages = (Passage("p", text),)
        response = judge.wire(answer, passages)
        sent, content = answer.encode(), text.encode()
        for claim in response.claims:
            slices.append((sent[claim.span.start : claim.span.end].decode() == claim.text, claim.text))
            for cited in claim.citations:
                quote = content[cited.passage_span.start : cited.passage_span.end].decode()
                slices.append((quote == cited.quote, cited.quote))
        verdict = judge(statement.text, passages)
        if _label(verdict) is Label.SUPPORTED:
            deletions.append((_rests_on_its_citation(judge, statement.text, text, verdict), statement.text))
    yield measure("quotes that equal their slices", slices, 1.0)
    yield measure("supported claims that rest on their citation", deletions, 0.95)


def _rests_on_its_citation(judge: Judge, claim: str, text: str, verdict: Verdict) -> bool:
    cited = [each for each in verdict.claims[0].citations if each.relation is Relation.SUPPORTS]
    kept = " ".join(each.quote for each in cited)
    without = _without(text, cited)
    holds = _label(judge(claim, (Passage("p", kept),))) is Label.SUPPORTED
    return holds and _label(judge(claim, (Passage("p", without),))) is not Label.SUPPORTED


def _without(text: str, cited: Sequence[Citation]) -> str:
    for each in sorted(cited, key=lambda citation: citation.span, reverse=True):
        text = text[: each.span.start] + text[each.span.end :]
    return text


def scope(seed: int, count: int) -> Iterator[Measure]:
    """Claims about one of two look-alikes, with the other's facts."""
    judge = Judge.credulous()
    yield measure("supports across twins", _supported(judge, twins(seed, count)), 0.0, is_most=True)


def currency(seed: int, count: int) -> Iterator[Measure]:
    """Claims that only evidence bears out which does not hold at the time asked about."""
    judge = Judge.credulous(MAX_AGE_POLICY)
    yield measure("supports by evidence out of date", _supported(judge, out_of_date(seed, count)), 0.0, is_most=True)


def _supported(judge: Judge, cases: Iterator[Case]) -> list[tuple[bool, str]]:
    found = []
    for case in cases:
        claim = judge(case.claim, case.passages, case.question).claims[-1]
        found.append((claim.label is Label.SUPPORTED, f"{case.kind}: {case.claim} | {claim.reason}"))
    return found


def conflicts(seed: int, count: int) -> Iterator[Measure]:
    """Passages that disagree on a fact of the claim, and pairs that do not."""
    judge = Judge.credulous()
    judged = [
        (case, planted, _label(judge(case.claim, case.passages)) is Label.CONFLICTING)
        for case, planted in pairs_of_passages(seed, count)
    ]
    yield measure("planted conflicts found", [(said, case.claim) for case, planted, said in judged if planted], 0.95)
    yield measure(
        "conflicts found that were planted", [(planted, case.claim) for case, planted, said in judged if said], 0.95
    )


class _Broken:
    """A model that fails in a chosen way."""

    version = "broken"
    degradation: Degradation | None = None

    def __init__(self, failure: Exception | float) -> None:
        self._failure = failure

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """Raises, or gives the same number for everything."""
        deadline.check("scoring")
        if isinstance(self._failure, Exception):
            raise self._failure
        return np.full((len(pairs), 3), self._failure, dtype=np.float32)


def silence() -> Iterator[Measure]:
    """Inputs and failures that must never look like support, and must always give a reason."""
    credulous = Judge.credulous()
    fact = Passage("p", "The battery lasts 11 hours.")
    stop_words = "It is what it was, and so on and on."
    cases: list[tuple[str, Judge, str, tuple[Passage, ...]]] = [
        ("empty answer", credulous, "", (fact,)),
        ("blank answer", credulous, " \n\t", (fact,)),
        ("no passages", credulous, "The battery lasts 11 hours.", ()),
        ("blank passage", credulous, "The battery lasts 11 hours.", (Passage("p", "  "),)),
        ("one character", credulous, "x", (fact,)),
        ("one full stop", credulous, ".", (fact,)),
        ("stop words only, unrelated evidence", credulous, stop_words, (fact,)),
        ("64 KiB without an end", credulous, "a" * 65_536, (fact,)),
        ("64 KiB of sentences", credulous, "The moon is made of cheese. " * 2_340, (fact,)),
        ("more than the policy reads", credulous, "The battery lasts 11 hours. " * 3_000, (fact,)),
        ("evidence beyond the limit", credulous, "The battery lasts 11 hours.", (Passage("p", "x " * 2_100_000),)),
    ]
    failures: list[tuple[str, Exception | float]] = [
        ("crashed model", ModelFailure("the session is gone")),
        ("timed-out model", DeadlineExceeded("entailment")),
        ("scores that are no numbers", float("nan")),
        ("infinite scores", float("inf")),
        ("scores below zero", -1.0),
    ]
    for name, failure in failures:
        broken = Judge(replace(credulous.validate, entailment=_Broken(failure)))
        cases.append((name, broken, "The battery lasts 11 hours.", (fact,)))
    found = []
    for name, judge, answer, passages in cases:
        verdict = judge(answer, passages)
        silent = any(claim.label is Label.SUPPORTED for claim in verdict.claims) or not verdict.route_to_human
        found.append((silent or not verdict.reasons, name))
    yield measure("inputs and failures passed in silence", found, 0.0, is_most=True)


def determinism(judge: Judge, seed: int, count: int) -> Iterator[Measure]:
    """The same input again and again, one after the other and at once: whether the bytes sent are the same."""
    chance = random.Random(f"determinism:{seed}")
    statements = [draw_statement(chance, form) for form in range(6)]
    answer = " ".join(statement.text for statement in statements)
    passages = tuple(Passage(f"p{at}", draw_evidence(chance, each)) for at, each in enumerate(statements))

    def sent(_: int) -> bytes:
        return judge.wire(answer, passages).SerializeToString(deterministic=True)

    first = sent(0)
    with ThreadPoolExecutor(8) as pool:
        again = [sent(at) for at in range(count // 2)] + list(pool.map(sent, range(count - count // 2)))
    yield measure("repetitions with the same bytes", [(each == first, "another reply") for each in again], 1.0)


def _label(verdict: Verdict) -> Label:
    """The label of the one claim."""
    return next((claim.label for claim in verdict.claims if claim.label is not Label.NOT_A_CLAIM), Label.NOT_A_CLAIM)
