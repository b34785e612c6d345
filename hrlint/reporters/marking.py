"""A note cut into pieces, each marked with the findings it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from hrlint.model import Finding, Severity
from hrlint.reporters.terminal import sanitize

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Piece(NamedTuple):
    """A stretch of a note; `severity` is empty where nothing was found, `ends` numbers findings that end here."""

    text: str
    severity: str
    ends: tuple[int, ...]


def harmless(text: str) -> str:
    """Return `text` with its lines and tabs kept and everything invisible or misleading made visible."""
    return "\n".join("\t".join(map(sanitize, line.split("\t"))) for line in _LINE_BREAK.split(text))


def pieces(text: str, findings: Sequence[tuple[int, Finding]]) -> list[Piece]:
    """Return `text` in pieces, cut where a numbered finding begins or ends; overlaps take the gravest severity."""
    edges = sorted({0, len(text), *(edge for _, f in findings for edge in (f.start, f.end))})
    starts = sorted(findings, key=lambda item: item[1].start)
    open_: list[tuple[int, Finding]] = []
    cut: list[Piece] = []
    following = 0
    for left, right in pairwise(edges):
        while following < len(starts) and starts[following][1].start <= left:
            open_.append(starts[following])
            following += 1
        open_ = [item for item in open_ if item[1].end > left]
        severity = max((f.severity for _, f in open_), default=Severity.OFF)
        ends = tuple(sorted(number for number, f in open_ if f.end == right))
        cut.append(Piece(harmless(text[left:right]), str(severity) if open_ else "", ends))
    return cut
