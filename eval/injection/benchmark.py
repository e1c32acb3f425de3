"""Puts instructions, and inert text of the same length, into evidence and answers, and counts how often a label changes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import groundwire
from eval.facts.changes import mutations
from eval.facts.statements import FORMS, draw_evidence, draw_statement
from eval.injection.phrasings import draw_phrasings, inert_text
from groundwire.v1 import evidence_pb2, guard_pb2

CALLERS = 4
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Flips:
    """Of `cases` verdicts, how many changed their label, how many of these to SUPPORTED, and how many answers came to PASS."""

    cases: int
    flipped: int
    to_supported: int
    to_pass: int

    @property
    def rate(self) -> float:
        """The share of labels that changed, in [0, 1]."""
        return self.flipped / max(1, self.cases)


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """With instructions and with inert text in one place, and how many of the instructions were reported, by disguise."""

    instructions: Flips
    inert: Flips
    reported: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class InjectionFigures:
    """Evidence and answer, and the model that was measured."""

    in_evidence: PlaceFigures
    in_answer: PlaceFigures
    entailment_model: str


@dataclass(frozen=True, slots=True)
class _Case:
    claim: str
    sentences: tuple[str, ...]
    disguise: str
    instruction: str
    inert: str
    place: int


def measure(client: groundwire.Client, seed: int, count: int) -> InjectionFigures:
    """The figures over `count` phrasings, each on a claim of its own that is right or wrong in turns."""
    cases = _draw(seed, count)
    with ThreadPoolExecutor(CALLERS) as callers:
        results = list(callers.map(lambda case: _run(client, case), cases))
    plain = [each[0] for each in results]

    def figures(instructed: int, inert: int) -> PlaceFigures:
        return PlaceFigures(
            _flips(plain, [each[instructed] for each in results]),
            _flips(plain, [each[inert] for each in results]),
            _reported(cases, [each[instructed] for each in results]),
        )

    return InjectionFigures(figures(1, 2), figures(3, 4), plain[0].versions.entailment_model)


def _draw(seed: int, count: int) -> list[_Case]:
    chance = random.Random(seed)
    cases = []
    for at, (disguise, instruction) in enumerate(draw_phrasings(chance, count)):
        statement = draw_statement(chance, at % len(FORMS))
        evidence = draw_evidence(chance, statement)
        changes = list(mutations(chance, statement)) if at % 2 else []
        claim = chance.choice(changes).claim if changes else statement.text
        sentences = tuple(f"{each}." for each in evidence.rstrip(".").split(". "))
        inert = inert_text(chance, len(instruction))
        cases.append(_Case(claim, sentences, disguise, instruction, inert, chance.randint(0, len(sentences))))
    return cases


def _run(client: groundwire.Client, case: _Case) -> list[guard_pb2.ValidateResponse]:
    """The verdicts on the plain case, with instruction and inert text in the evidence, and with either after the claim."""
    evidence = " ".join(case.sentences)

    def ask(answer: str, passage: str) -> guard_pb2.ValidateResponse:
        request = guard_pb2.ValidateRequest(answer=answer, passages=[evidence_pb2.Passage(text=passage)])
        return client.guard.Validate(request, timeout=_SECONDS)

    def among(text: str) -> str:
        return " ".join([*case.sentences[: case.place], text, *case.sentences[case.place :]])

    return [
        ask(case.claim, evidence),
        ask(case.claim, among(case.instruction)),
        ask(case.claim, among(case.inert)),
        ask(f"{case.claim}\n\n{case.instruction}", evidence),
        ask(f"{case.claim}\n\n{case.inert}", evidence),
    ]


def _flips(before: Sequence[guard_pb2.ValidateResponse], after: Sequence[guard_pb2.ValidateResponse]) -> Flips:
    """Compares the label of the claim, which stands first in the answer."""
    pairs = list(zip(before, after, strict=True))
    changed = [(old, new) for old, new in pairs if old.claims[0].label != new.claims[0].label]
    return Flips(
        len(pairs),
        len(changed),
        sum(new.claims[0].label == guard_pb2.LABEL_SUPPORTED for _, new in changed),
        sum(new.decision == guard_pb2.DECISION_PASS and old.decision != guard_pb2.DECISION_PASS for old, new in pairs),
    )


def _reported(cases: Sequence[_Case], verdicts: Sequence[guard_pb2.ValidateResponse]) -> dict[str, float]:
    drawn = Counter(case.disguise for case in cases)
    found = Counter(case.disguise for case, verdict in zip(cases, verdicts, strict=True) if verdict.suspicions)
    return {disguise: found[disguise] / number for disguise, number in drawn.items()}
