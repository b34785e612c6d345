"""Charts as geometry: what goes where, in units of the drawing. The template draws it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720
_LABEL = 250
_NUMBER = 70
_ROW = 26
_LONGEST = 36


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar."""

    kind: str
    x: float
    width: float
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a bar chart; `text` is what stands behind the bar."""

    label: str
    short: str
    y: int
    pieces: tuple[Piece, ...]
    text: str
    text_x: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of horizontal bars."""

    rows: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    label: int = _LABEL


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, int]], str]]) -> Bars:
    """Return bars for (label, (kind, count) …, text behind the bar); all share a scale that begins at 0."""
    most = max((sum(n for _, n in pieces) for _, pieces, _ in rows), default=0) or 1
    scale = (WIDTH - _LABEL - _NUMBER) / most
    made = []
    for number, (label, pieces, text) in enumerate(rows):
        x = float(_LABEL)
        drawn = []
        for kind, count in pieces:
            if count:
                drawn.append(Piece(kind, round(x, 1), round(count * scale, 1), count))
                x += count * scale
        made.append(Bar(label, shortened(label), number * _ROW, tuple(drawn), text, round(x + 6, 1)))
    return Bars(tuple(made), len(rows) * _ROW + 4)


def shortened(label: str) -> str:
    """Return a label that fits beside a bar."""
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line; `y` is None where nothing is shown."""

    label: str
    x: float
    y: float | None
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A chart of a line over time. `paths` are its unbroken stretches, `ticks` (y, number)."""

    points: tuple[Point, ...]
    paths: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    left: int
    bottom: int
    height: int
    width: int = WIDTH


def line(values: Sequence[tuple[str, float | None, str]]) -> Line:
    """Return a line for (label, value or None, text), in the order given; the scale begins at 0."""
    left, top, bottom, right = 56, 12, 208, WIDTH - 16
    steps = nice_steps(max((v for _, v, _ in values if v is not None), default=0))
    most = steps[-1]
    every = max(1, math.ceil(len(values) / 9))
    gap = (right - left) / max(len(values) - 1, 1)
    points = []
    paths: list[list[str]] = [[]]
    for number, (label, value, text) in enumerate(values):
        x = round(left + gap * number, 1)
        y = None if value is None else round(bottom - (bottom - top) * value / most, 1)
        points.append(Point(label, x, y, text, number % every == 0))
        if y is None:
            paths.append([])
        else:
            paths[-1].append(f"{x},{y}")
    ticks = tuple((round(bottom - (bottom - top) * step / most, 1), f"{step:,g}") for step in steps)
    return Line(tuple(points), tuple(" ".join(p) for p in paths if len(p) > 1), ticks, left, bottom, bottom + 36)


def nice_steps(most: float) -> list[float]:
    """Return round numbers from 0 to at least `most`, three to seven of them."""
    if most <= 0:
        return [0, 1]
    power = 10 ** math.floor(math.log10(most))
    step = next(s * power / 10 for s in (1, 2, 5, 10, 20, 50) if most / (s * power / 10) <= 5)
    return [round(step * n, 10) for n in range(math.ceil(most / step) + 1)]
