"""The learning curve and the reliability diagram as pictures, in SVG: no library, and readable as text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

_WIDTH, _HEIGHT, _MARGIN = 720, 280, 44
_LOSS, _AREA = "#8a8f98", "#0b6bcb"


def drawn_from(points: Sequence[tuple[str, int, str, float]]) -> str:
    """The picture of `points`, (phase, step in it, "loss" or what else was measured, value), in the order of the run."""
    losses: list[tuple[int, float]] = []
    areas: list[tuple[int, float]] = []
    boundaries: list[int] = []
    phase, begun, last = points[0][0], 0, 0
    for name, step, what, value in points:
        if name != phase:
            phase, begun = name, last
            boundaries.append(begun)
        last = begun + step
        (losses if what == "loss" else areas).append((last, value))
    return drawn(losses, areas, boundaries)


def drawn(losses: Sequence[tuple[int, float]], areas: Sequence[tuple[int, float]], boundaries: Sequence[int]) -> str:
    """An SVG of the smoothed loss (left axis) and the validation AUROC (right axis) by step.

    `losses` and `areas` are (step, value) with steps counted through all phases; `boundaries` the steps at which a phase
    begins.
    """
    last = max(step for step, _ in (*losses, *areas))
    smooth = list(zip((step for step, _ in losses), _smoothed([value for _, value in losses]), strict=True))
    lines = [
        _path(smooth, last, 0.0, 1.2, _LOSS),
        _path(areas, last, 0.5, 1.0, _AREA),
        *(_boundary(step, last) for step in boundaries),
        _text(_MARGIN, 18, "loss (0 to 1.2)", _LOSS, "start"),
        _text(_WIDTH - _MARGIN, 18, "mean validation AUROC (.5 to 1)", _AREA, "end"),
        _text(_WIDTH / 2, _HEIGHT - 10, f"batches, 0 to {last}", "#444", "middle"),
        f'<rect x="{_MARGIN}" y="{_MARGIN - 16}" width="{_WIDTH - 2 * _MARGIN}" height="{_HEIGHT - 2 * _MARGIN + 16}"'
        ' fill="none" stroke="#ccc"/>',
    ]
    return _picture(_WIDTH, lines)


def reliability_drawn(said: Sequence[float], supported: Sequence[float], share: Sequence[float]) -> str:
    """An SVG of how often rows are supported (up) by the probability that is said of them (across); dots by share of rows."""
    side = _HEIGHT - 2 * _MARGIN + 16
    left, low = _MARGIN, _HEIGHT - _MARGIN

    def place(across: float, up: float) -> tuple[float, float]:
        return left + side * across, low - side * up

    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + 18 * weight**0.5:.1f}" fill="{_AREA}" fill-opacity=".45"/>'
        for (x, y), weight in zip((place(*two) for two in zip(said, supported, strict=True)), share, strict=True)
    ]
    places = " ".join("{:.1f},{:.1f}".format(*place(*two)) for two in zip(said, supported, strict=True))
    lines = [
        f'<line x1="{left}" y1="{low}" x2="{left + side}" y2="{low - side}" stroke="#bbb" stroke-dasharray="4 4"/>',
        f'<polyline points="{places}" fill="none" stroke="{_AREA}" stroke-width="1.8"/>',
        *dots,
        f'<rect x="{left}" y="{low - side}" width="{side}" height="{side}" fill="none" stroke="#ccc"/>',
        _text(left, 18, "supported (0 to 1), by", "#444", "start"),
        _text(left + side / 2, _HEIGHT - 10, "confidence, 0 to 1", "#444", "middle"),
    ]
    return _picture(side + 2 * _MARGIN, lines)


def _picture(width: int, lines: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect width="{width}" height="{_HEIGHT}" fill="white"/>', *lines, "</svg>", ""])


def _smoothed(values: Sequence[float]) -> list[float]:
    return list(accumulate(values, lambda mean, value: 0.9 * mean + 0.1 * value))


def _path(points: Sequence[tuple[int, float]], last: int, low: float, high: float, colour: str) -> str:
    places = " ".join(f"{_across(step, last):.1f},{_up(value, low, high):.1f}" for step, value in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.8"/>'


def _boundary(step: int, last: int) -> str:
    x = _across(step, last)
    return f'<line x1="{x:.1f}" y1="{_MARGIN - 16}" x2="{x:.1f}" y2="{_HEIGHT - _MARGIN}" stroke="#bbb" stroke-dasharray="4 4"/>'


def _text(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def _across(step: int, last: int) -> float:
    return _MARGIN + (_WIDTH - 2 * _MARGIN) * step / max(1, last)


def _up(value: float, low: float, high: float) -> float:
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return _HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN + 16) * share
