"""How often each check objects to statements of people's own sets, supported and unsupported ones: which outcomes tell them apart.

python -m eval.facts.prose --data DIR --sets healthver,fm2 [--limit 1000] [--show 5]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import typer

from eval.grounding.rows import Row, read_rows, sample
from server.domain import FactKind, FactOutcome, Passage
from server.stages.claims import split_claims
from server.stages.facts.alignment import prepare
from server.stages.facts.checks import check_facts
from server.stages.facts.comparison import FactResult, candidates
from server.stages.facts.segments import cut_segments
from server.stages.facts.surroundings import Surroundings

_OBJECTIONS = (FactOutcome.MISMATCH, FactOutcome.NOT_FOUND)
_CHUNK = 50


@dataclass(slots=True)
class Rate:
    """How many of the supported and of the unsupported statements a check with an outcome occurs in, and examples of the former."""

    supported: int = 0
    unsupported: int = 0
    examples: list[str] = field(default_factory=list)


def checks_of(row: Row) -> tuple[FactResult, ...]:
    """The results for every claim of the row's statement against its premise."""
    passages = (Passage("premise", row.premise),)
    segments, surroundings = cut_segments(passages), Surroundings([row.premise])
    results: list[FactResult] = []
    for claim in split_claims(row.hypothesis):
        if claim.is_checkable:
            statement = prepare(claim, row.hypothesis, row.question)
            results += check_facts(statement, candidates(statement, segments), surroundings)
    return tuple(results)


def rates(rows: Sequence[Row]) -> dict[tuple[FactKind, FactOutcome], Rate]:
    """For each kind of check and outcome, in how many rows of either label it occurs."""
    found: dict[tuple[FactKind, FactOutcome], Rate] = {}
    with ProcessPoolExecutor() as workers:
        for row, results in zip(rows, workers.map(checks_of, rows, chunksize=_CHUNK), strict=True):
            for kind, outcome in dict.fromkeys((each.check.kind, each.check.outcome) for each in results):
                rate = found.setdefault((kind, outcome), Rate())
                if row.is_supported:
                    rate.supported += 1
                    rate.examples += [_example(row, each) for each in results if each.check.outcome is outcome]
                else:
                    rate.unsupported += 1
    return found


def _example(row: Row, result: FactResult) -> str:
    said = " / ".join(place.text for place in result.check.in_evidence)
    return f"{row.hypothesis} | {result.check.kind.name} {result.check.in_claim.text!r} against {said!r}"


def lines(rows: Sequence[Row], found: dict[tuple[FactKind, FactOutcome], Rate], show: int) -> Iterator[str]:
    """A line for each kind and objection: the shares of supported and unsupported rows, and their ratio."""
    counts = Counter(row.is_supported for row in rows)
    yield f"{'check':<24}{'supported':>18}{'unsupported':>18}{'ratio':>8}"
    for (kind, outcome), rate in sorted(found.items(), key=lambda each: (each[0][1].name, each[0][0].name)):
        if outcome not in _OBJECTIONS:
            continue
        here, there = rate.supported / max(1, counts[True]), rate.unsupported / max(1, counts[False])
        name = f"{kind.name} {outcome.name}"
        ratio = f"{there / here:.1f}" if here else "-"
        yield f"{name:<24}{rate.supported:>9} {here:>7.2%} {rate.unsupported:>9} {there:>7.2%} {ratio:>7}"
        yield from (f"    {example}" for example in rate.examples[:show])


def main(data: Path, sets: str, limit: int = 0, seed: int = 1, show: int = 0) -> None:
    """Prints the table over the comma-separated sets together, and up to `show` objections to supported statements a line."""
    rows = [row for name in sets.split(",") for row in sample(read_rows(data, name), limit, seed)]
    for line in lines(rows, rates(rows), show):
        typer.echo(line)


if __name__ == "__main__":
    typer.run(main)
