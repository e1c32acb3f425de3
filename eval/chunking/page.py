"""The report as one HTML file: no script, no request to anywhere, plots as inline SVG, readable on a phone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from eval.chunking.benchmark import ChunkingFigures, Result

_WIDTH, _HEIGHT = 400, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 32, 20, 12, 40
_TICKS = 5
_COLOURS = (
    "#0b5fa5", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#be123c", "#0f766e", "#1e1b4b", "#db2777", "#65a30d",
    "#57534e", "#0284c7",
)  # fmt: skip
_STYLE = """
:root { color-scheme: light; font-family: system-ui, sans-serif; line-height: 1.5; color: #1c1917; background: #fff; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.chosen { border-left: 4px solid #15803d; padding: .5rem 1rem; background: #f0fdf4; }
.chosen { margin-bottom: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid #e7e5e4; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: #fff; }
td:first-child { white-space: normal; min-width: 7rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 1.5rem; }
svg { width: 100%; height: auto; }
svg text { font-size: 12px; fill: #1c1917; }
.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .9rem; }
.key span { display: inline-block; width: .8rem; height: .8rem; border-radius: 50%; margin-right: .3rem; }
"""


def page(figures: ChunkingFigures) -> str:
    """The whole document."""
    title = f"Chunking on {figures.collection}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{figures.questions} questions on {figures.documents} documents, {figures.count} passages a request. "
        f"Tokens by {escape(figures.tokenizer)}.</p>",
        _recommendation(figures),
        '<div class="plots">',
        "<section><h2>Recall against tokens a request</h2>",
        _scatter(figures.results, lambda result: result.tokens, "tokens a request"),
        "</section><section><h2>Recall against dollars a month</h2>",
        _scatter(figures.results, lambda result: result.bill.dollars_a_month, "dollars a month"),
        "</section></div>",
        _key(figures.results),
        _results(figures),
        _comparisons(figures),
        _by_type(figures),
        _cutters(figures),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _recommendation(figures: ChunkingFigures) -> str:
    chosen = figures.recommendation
    if chosen is None:
        return "<p>None of the choices is the service's own, so nothing is recommended.</p>"
    return (
        f'<div class="chosen"><strong>Recommended: {escape(chosen.result.name)}.</strong> {escape(chosen.reason)}</div>'
    )


def _comparisons(figures: ChunkingFigures) -> str:
    chosen = figures.recommendation
    if chosen is None:
        return ""
    rows = [(each.name, each.difference.signed, each.verdict, each.precision.signed) for each in chosen.comparisons]
    heading = f"<h2>Recall of {escape(chosen.result.name)} against the others</h2>"
    return heading + _table(("less that of", "difference, 95 % interval", "", "and of precision"), rows)


def _results(figures: ChunkingFigures) -> str:
    heading = (
        "choice", "recall", "95 % interval", "precision", "IoU", "span intact", "nDCG", "tokens a request", "$ a day",
        "$ a month", "recall a dollar a day",
    )  # fmt: skip
    rows = [
        (
            result.name,
            _percent(result.recall.mean),
            f"{_percent(result.recall.low)} to {_percent(result.recall.high)}",
            *(_percent(each.mean) for each in (result.precision, result.iou, result.span_intact, result.ndcg)),
            f"{result.tokens:,.0f}",
            f"{result.bill.dollars_a_day:,.2f}",
            f"{result.bill.dollars_a_month:,.0f}",
            f"{100 * result.recall.mean / result.bill.dollars_a_day:.2f}" if result.bill.dollars_a_day else "",
        )
        for result in figures.results
    ]
    return "<h2>Figures</h2><p>Percent, means over questions.</p>" + _table(heading, rows)


def _by_type(figures: ChunkingFigures) -> str:
    types = sorted({name for result in figures.results for name in result.by_type})
    rows = [(result.name, *(_percent(result.by_type[name]) for name in types)) for result in figures.results]
    return "<h2>Recall by type of document</h2>" + _table(("choice", *types), rows)


def _cutters(figures: ChunkingFigures) -> str:
    heading = ("choice", "chunks", "mean tokens", "PrecisionOmega", "seconds a megabyte", "peak memory, bytes a byte")
    rows = [
        (
            name,
            f"{cutter.chunks:,}",
            f"{cutter.mean_tokens:.0f}",
            _percent(cutter.precision_omega.mean),
            f"{cutter.seconds_a_megabyte:.2f}",
            f"{cutter.peak_memory_a_byte:.1f}",
        )
        for name, cutter in figures.cutters.items()
    ]
    return "<h2>Before any search</h2>" + _table(heading, rows)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heading)
    body = "".join("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _key(results: Sequence[Result]) -> str:
    items = "".join(
        f'<li><span style="background:{_colour(place)}"></span>{escape(result.name)}</li>'
        for place, result in enumerate(results)
    )
    return f'<ul class="key">{items}</ul>'


def _colour(place: int) -> str:
    return _COLOURS[place % len(_COLOURS)]


def _scatter(results: Sequence[Result], across: Callable[[Result], float], label: str) -> str:
    """A dot for each result, recall upwards with its interval, `across` to the right, both from zero."""
    step = _round_step(max((across(result) for result in results), default=0.0) / _TICKS)
    widest = step * _TICKS

    def x(value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / widest

    def y(share: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share

    grid = "".join(
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(tick / _TICKS):.1f}" y2="{y(tick / _TICKS):.1f}" '
        f'stroke="#e7e5e4"/><text x="{_LEFT - 8}" y="{y(tick / _TICKS) + 4:.1f}" text-anchor="end">'
        f"{100 * tick // _TICKS}</text>"
        f'<text x="{x(widest * tick / _TICKS):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">'
        f"{step * tick:,.10g}</text>"
        for tick in range(_TICKS + 1)
    )
    dots = "".join(
        f'<g><title>{escape(result.name)}: {_percent(result.recall.mean)}</title><line x1="{x(across(result)):.1f}" '
        f'x2="{x(across(result)):.1f}" y1="{y(result.recall.low):.1f}" y2="{y(result.recall.high):.1f}" '
        f'stroke="{_colour(place)}" stroke-width="2"/><circle cx="{x(across(result)):.1f}" '
        f'cy="{y(result.recall.mean):.1f}" r="5" fill="{_colour(place)}"/></g>'
        for place, result in enumerate(results)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Recall in percent against {escape(label)}">'
        f'{grid}{dots}<text x="{(_WIDTH + _LEFT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(label)}</text></svg>'
    )


def _round_step(least: float) -> float:
    """The first of 1, 2, 2.5, 5 and 10 times a power of ten that is not below `least`."""
    power: float = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    return next((times * power for times in (1, 2, 2.5, 5) if times * power >= least), 10 * power)
