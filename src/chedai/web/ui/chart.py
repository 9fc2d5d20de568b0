"""A line chart drawn by the server: direct labels instead of a legend, y from 0, the chosen line in accent.

At most five lines; they differ by dash as well as by hue. Every chart carries one sentence that states its finding and
the table of its figures, one click away; so the drawing itself may be skipped by who does not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

Text = str | Promise

MOST_LINES: Final = 5
WIDTH, HEIGHT = 640, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 104, 12, 28
_LABEL_GAP, _LABEL_WIDE, _CHARACTER = 16, 96, 7
_STEPS: Final = (1, 2, 5)


class TooManyLines(ValueError):
    """More lines than anybody tells apart: choose five."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its figures at the places of the chart; None where the line has ended."""

    name: Text
    values: tuple[int | None, ...]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line as drawn."""

    name: Text
    points: str
    css: str
    label_x: int
    label_y: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at an axis: where, and what it says."""

    at: int
    label: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be drawn, and its figures as rows of a table."""

    lines: tuple[Line, ...]
    xs: tuple[Tick, ...]
    ys: tuple[Tick, ...]
    heads: tuple[Text, ...]
    rows: tuple[tuple[Text, tuple[str, ...]], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    base: int = HEIGHT - _BOTTOM


def line_chart(places: Sequence[Text], series: Sequence[Series], shown: Callable[[int | None], str]) -> Chart:
    """The chart of `series` over `places` (months, terms); `shown` writes a figure. Errors: `TooManyLines`."""
    if len(series) > MOST_LINES:
        raise TooManyLines(f"{len(series)} lines, at most {MOST_LINES}")
    top = max((v for s in series for v in s.values if v is not None), default=0)
    step = _step(top)
    ceiling = max(-(-top // step), 1) * step
    xs = [_LEFT + round(at * (WIDTH - _LEFT - _RIGHT) / max(len(places) - 1, 1)) for at in range(len(places))]

    def y_of(value: int) -> int:
        return HEIGHT - _BOTTOM - round(value * (HEIGHT - _TOP - _BOTTOM) / ceiling)

    return Chart(
        lines=_lines(series, xs, y_of),
        xs=_marks(xs, places),
        ys=tuple(Tick(y_of(value), shown(value)) for value in range(0, ceiling + 1, step)),
        heads=tuple(s.name for s in series),
        rows=tuple((place, tuple(shown(s.values[at]) for s in series)) for at, place in enumerate(places)),
    )


def _marks(xs: Sequence[int], places: Sequence[Text]) -> tuple[Tick, ...]:
    """The places written below, counted back from the last: as many as fit beside each other."""
    needed = max((len(str(place)) for place in places), default=0) * _CHARACTER + 8
    apart = (xs[-1] - xs[0]) / max(len(xs) - 1, 1) if xs else 0
    every = -(-needed // max(int(apart), 1)) if len(xs) > 1 else 1
    kept = range((len(xs) - 1) % every, len(xs), every)
    return tuple(Tick(xs[at], places[at]) for at in kept)


def _step(top: int) -> int:
    """The distance of the grid: 1, 2 or 5 times a power of ten, so that at most five lines lie above zero."""
    size = 1
    while True:
        for part in _STEPS:
            if part * size * 5 >= top:
                return part * size
        size *= 10


def _lines(series: Sequence[Series], xs: Sequence[int], y_of: Callable[[int], int]) -> tuple[Line, ...]:
    drawn = []
    plain = 0
    for one in series:
        points = [(x, y_of(v)) for x, v in zip(xs, one.values, strict=True) if v is not None]
        plain += not one.chosen
        end_x, end_y = points[-1] if points else (_LEFT, HEIGHT - _BOTTOM)
        css = "chart-chosen" if one.chosen else f"chart-{plain}"
        drawn.append(Line(one.name, " ".join(f"{x},{y}" for x, y in points), css, end_x + 8, end_y + 4))
    return _apart(drawn)


def _apart(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The labels moved up until none covers another or the axis; the lines keep their order."""
    places: dict[int, int] = {}
    for at in sorted(range(len(lines)), key=lambda at: -lines[at].label_y):
        height = min(lines[at].label_y, HEIGHT - _BOTTOM - 4)
        near = [places[one] for one in places if abs(lines[one].label_x - lines[at].label_x) < _LABEL_WIDE]
        for taken in sorted(near, reverse=True):
            if abs(taken - height) < _LABEL_GAP:
                height = taken - _LABEL_GAP
        places[at] = height
    return tuple(Line(line.name, line.points, line.css, line.label_x, places[at]) for at, line in enumerate(lines))
