"""The risk of what passes by how much passes, as a picture in SVG: no library, and readable as text."""

from __future__ import annotations

from collections.abc import Sequence

from eval.risk.binomial import upper_bound
from eval.risk.control import Controlled, Scored, Tally, Target

_WIDTH, _HEIGHT, _MARGIN = 720, 320, 52
_MOST_POINTS = 120
_RISK, _BOUND, _TARGET = "#0b6bcb", "#8a8f98", "#c2410c"


def drawn(rows: Sequence[Scored], target: Target, chosen: Controlled | None) -> str:
    """An SVG of the share of passed rows that is unsupported, and its upper confidence bound, by the share that passes."""
    points = _points(rows, target)
    top = min(1.0, max([2 * target.risk, *(risk * 1.1 for _, risk, _ in points)], default=1.0))
    parts = [
        _line([(share, risk) for share, risk, _ in points], top, _RISK),
        _line([(share, min(bound, top)) for share, _, bound in points], top, _BOUND),
        _level(target.risk, top),
        *_grid(top),
        _text(_MARGIN, 20, "unsupported among passed", _RISK, "start"),
        _text(_WIDTH / 2 + 20, 20, f"upper bound ({100 * target.confidence:g} %)", _BOUND, "middle"),
        _text(_WIDTH - _MARGIN, 20, f"target {100 * target.risk:g} %", _TARGET, "end"),
        _text(_WIDTH / 2, _HEIGHT - 10, f"share of {len(rows):,} labelled answers that passes", "#444", "middle"),
    ]
    if chosen is not None:
        parts.append(_mark(1 - chosen.review_load, chosen.errors / chosen.passed, chosen.threshold, top))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>', *parts, "</svg>", ""])


def _points(rows: Sequence[Scored], target: Target) -> list[tuple[float, float, float]]:
    """Share that passes, risk, and its bound at each threshold."""
    tally = Tally(rows)
    points = []
    confidences = tally.confidences()
    for threshold in confidences[:: max(1, len(confidences) // _MOST_POINTS)]:
        passed, errors = tally.at(threshold)
        points.append((passed / len(rows), errors / passed, upper_bound(errors, passed, target.confidence)))
    return points


def _line(points: Sequence[tuple[float, float]], top: float, colour: str) -> str:
    places = " ".join(f"{_across(share):.1f},{_up(risk, top):.1f}" for share, risk in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.8"/>'


def _level(risk: float, top: float) -> str:
    y = _up(risk, top)
    return f'<line x1="{_MARGIN}" y1="{y:.1f}" x2="{_WIDTH - _MARGIN}" y2="{y:.1f}" stroke="{_TARGET}" stroke-dasharray="5 4"/>'


def _grid(top: float) -> list[str]:
    frame = (
        f'<rect x="{_MARGIN}" y="{_MARGIN - 16}" width="{_WIDTH - 2 * _MARGIN}" height="{_HEIGHT - 2 * _MARGIN + 16}"'
        ' fill="none" stroke="#ccc"/>'
    )
    across = [
        _text(_across(share), _HEIGHT - _MARGIN + 16, f"{100 * share:g} %", "#444", "middle") for share in (0, 0.5, 1)
    ]
    up = [_text(_MARGIN - 6, _up(risk, top) + 4, f"{100 * risk:.2g} %", "#444", "end") for risk in (0.0, top / 2, top)]
    return [frame, *across, *up]


def _mark(share: float, risk: float, threshold: float, top: float) -> str:
    x, y = _across(share), _up(risk, top)
    label = _text(x, y - 8, f"threshold {threshold:.4f}", "#222", "end" if share > 0.5 else "start")
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{_RISK}"/>\n{label}'


def _text(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def _across(share: float) -> float:
    return _MARGIN + (_WIDTH - 2 * _MARGIN) * share


def _up(risk: float, top: float) -> float:
    return _HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN + 16) * min(1.0, risk / top)
