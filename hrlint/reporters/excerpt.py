"""The lines of a note around a finding, cut to a width, with the words set apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hrlint.document import Document
from hrlint.reporters.terminal import cells, characters, fitted

MOST_LINES = 6

_REACH = 3  # characters a cell: combining marks take none


class Line(NamedTuple):
    """One printable line: `words` are to be underlined, `number` is that of the source, if it has lines."""

    number: int | None
    before: str
    words: str
    after: str


def _fitting(pieces: Iterable[str], room: int) -> int:
    """Return how many of `pieces` fit into `room` cells."""
    count = 0
    for piece in pieces:
        room -= cells(piece)
        if room < 0:
            break
        count += 1
    return count


def cut(pieces: list[str], start: int, end: int, width: int, encoding: str | None) -> tuple[str, str, str]:
    """Return what stands before, in and after `pieces[start:end]`, cut to `width` cells around the words."""
    before, words, after = pieces[:start], pieces[start:end], pieces[end:]
    wide = cells("".join(words))
    if cells("".join(pieces)) <= width:
        return "".join(before), "".join(words), "".join(after)
    dots = fitted("…", encoding)
    room = width - wide - 2 * cells(dots)
    if room < 0:
        return "", "".join(words[: _fitting(words, width - cells(dots))]) + dots, ""
    left = _fitting(reversed(before), max(room // 2, room - cells("".join(after))))
    kept = before[len(before) - left :]
    right = _fitting(after, room - cells("".join(kept)))
    return (
        ("" if left == len(before) else dots) + "".join(kept),
        "".join(words),
        "".join(after[:right]) + ("" if right == len(after) else dots),
    )


def excerpt(document: Document, start: int, end: int, width: int, encoding: str | None) -> Iterator[Line]:
    """Yield the lines of `document.text` over which `[start, end)` stretches, at most `MOST_LINES`."""
    at = start
    for _ in range(MOST_LINES):
        span = document.line_span(at)
        if at > start:  # the indent of a wrapped line is not part of the words
            at += len(document.text[at : span.end]) - len(document.text[at : span.end].lstrip())
        # A whole export may be one line: look no further than could be shown.
        reach = _REACH * width
        left, right = max(span.start, at - reach), min(span.end, min(end, at + reach) + reach)
        pieces = characters(document.text[left:right], encoding)
        first = min(at, span.end) - left
        number = None if document.source_offset(at) is None else document.place(at)[0]
        yield Line(number, *cut(pieces, first, max(min(end, right) - left, first), width, encoding))
        index = bisect_right(document.lines, at)
        if index == len(document.lines) or document.lines[index] >= end:
            return
        at = document.lines[index]
