"""Prints how many mutations are flagged and how many equivalents are, with a model that believes everything.

python -m eval.facts --seed 1 --count 2000 [--show 10]
"""

from __future__ import annotations

import typer

from eval.facts.benchmark import Outcome, run, summarise


def main(seed: int = 1, count: int = 2000, show: int = 0) -> None:
    """Runs `count` mutations and as many equivalents drawn from `seed`, and prints up to `show` of the wrong ones."""
    outcomes = run(seed, count)
    typer.echo(summarise(outcomes))
    for outcome in [each for each in outcomes if not each.is_right][:show]:
        typer.echo(_line(outcome))


def _line(outcome: Outcome) -> str:
    side = "missed" if outcome.is_mutation else "flagged"
    return f"{side} {outcome.kind}: {outcome.claim}\n    evidence: {outcome.statement}\n    {outcome.reason}"


if __name__ == "__main__":
    typer.run(main)
