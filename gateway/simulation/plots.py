"""Plots as inline SVG: drawn by hand, coloured by CSS variables, so light and dark both read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH: Final = 640
HEIGHT: Final = 260
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 36
FONT: Final = 15


@dataclass(frozen=True, slots=True)
class Series:
    """One policy's numbers; ``tone`` is 0 for what really happened, then 1, 2 for the policies."""

    name: str
    tone: int
    values: tuple[float, ...]


def bars(title: str, labels: Sequence[str], series: Sequence[Series], *, digits: int = 0) -> str:
    """Bars in groups, one group for each label, with the number above each bar."""

    def told(value: float) -> str:
        return f"{value:,.{digits}f}"

    most = max((value for each in series for value in each.values), default=0)
    top = _nice(most)
    parts = [_grid(top, told)]
    group = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    bar = min(64.0, group * 0.8 / max(1, len(series)))
    for place, label in enumerate(labels):
        middle = LEFT + group * (place + 0.5)
        first = middle - bar * len(series) / 2
        for n, each in enumerate(series):
            value = each.values[place]
            y, x = _y(value, top), first + n * bar
            parts.append(
                f'<rect class="t{each.tone}" x="{x + 1:.1f}" y="{y:.1f}" width="{bar - 2:.1f}"'
                f' height="{HEIGHT - BOTTOM - y:.1f}" rx="2">'
                f"<title>{escape(each.name)}, {escape(label)}: {told(value)}</title></rect>"
            )
            if bar >= 40:
                parts.append(_text(x + bar / 2, y - 5, told(value), "middle"))
        parts.append(_text(middle, HEIGHT - BOTTOM + 20, label, "middle"))
    return _svg(title, parts)


def shares(title: str, seconds: Sequence[int], series: Sequence[Series]) -> str:
    """Lines of a share (0 to 1) over a logarithmic time axis."""
    low, high = math.log(seconds[0]), math.log(seconds[-1])

    def x_of(second: float) -> float:
        return LEFT + (math.log(second) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    parts = [_grid(1.0, lambda value: f"{value:.0%}")]
    for second, label in _TICKS:
        if seconds[0] <= second <= seconds[-1]:
            x = x_of(second)
            parts.append(
                f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
            )
            anchor = "end" if second == seconds[-1] else "middle"
            parts.append(_text(x, HEIGHT - BOTTOM + 20, label, anchor))
    xs = [x_of(second) for second in seconds]
    return _svg(title, [*parts, *_lines(series, xs, 1.0)])


def hours(title: str, series: Sequence[Series]) -> str:
    """Lines over the hours of a day."""
    top = _nice(max((value for each in series for value in each.values), default=0))
    step = (WIDTH - LEFT - RIGHT) / 23
    parts = [_grid(top, lambda value: f"{value:,.0f}")]
    parts += [
        _text(LEFT + hour * step, HEIGHT - BOTTOM + 20, f"{hour:02}", "middle")
        for hour in range(0, 24, 3)
    ]
    return _svg(title, [*parts, *_lines(series, [LEFT + n * step for n in range(24)], top)])


_TICKS: Final = (
    (10, "10 s"),
    (60, "1 min"),
    (300, "5 min"),
    (1800, "30 min"),
    (7200, "2 h"),
    (28800, "8 h"),
    (172800, "2 days"),
)


def _lines(series: Sequence[Series], xs: Sequence[float], top: float) -> list[str]:
    """What really happened lies on top: it is dashed, and what it covers shows through."""
    found = []
    for each in sorted(series, key=lambda one: -one.tone):
        points = " ".join(
            f"{x:.1f},{_y(value, top):.1f}" for x, value in zip(xs, each.values, strict=True)
        )
        found.append(
            f'<polyline class="l{each.tone}" points="{points}">'
            f"<title>{escape(each.name)}</title></polyline>"
        )
    return found


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / top if top else 0.0)


def _grid(top: float, told: Callable[[float], str]) -> str:
    lines = []
    for part in range(5):
        value = top * part / 4
        y = _y(value, top)
        lines.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        lines.append(_text(LEFT - 8, y + 4, told(value), "end"))
    return "".join(lines)


def _nice(most: float) -> float:
    """A round number that is not less, whose quarters are round as well."""
    if most <= 0:
        return 4.0
    size = 10.0 ** math.floor(math.log10(most))
    rounded = next(size * factor for factor in (1, 2, 4, 6, 8, 10) if size * factor >= most)
    return max(4.0, rounded)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{FONT}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def _svg(title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )
