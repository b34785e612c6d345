"""Quotation marks: where a quotation begins and ends."""

from __future__ import annotations

import re
from typing import NamedTuple

from hrlint.model import Span


class Quote(NamedTuple):
    """A quotation: the stretch between the marks, and whether the closing mark was found."""

    start: int
    end: int
    closed: bool


REACH = 700
_OPENING = frozenset("\"'“‘„«")
_MARK = re.compile("[\"'“‘„«”’»]")
MARKS = frozenset("\"'“‘„«”’»")
_CLOSING = {'"': '"”', "“": '”"', "„": '“”"', "'": "'’\"", "‘": "’'", "«": "»"}


def quote_around(text: str, span: Span) -> Quote | None:
    """Return the innermost quotation that holds `span`, on the same paragraph, or None."""
    low = max(0, span.start - REACH)
    blank = max(text.rfind("\n\n", low, span.start), text.rfind("\n\r\n", low, span.start))
    if blank >= 0:
        low = blank
    high = min(len(text), span.end + REACH)
    blank = text.find("\n\n", span.end, high)
    if blank >= 0:
        high = blank
    opening: tuple[int, str] | None = None
    for found in _MARK.finditer(text, low, span.start):
        at, mark = found.start(), found.group()
        if opening and mark in _CLOSING[opening[1]] and closes(text, at):
            opening = None
        elif mark in _OPENING and opens(text, at) and (opening is None or opening[1] in "'‘"):
            opening = (at, mark)
    if opening is None:
        return None
    at, mark = opening
    for found in _MARK.finditer(text, span.end, high):
        if found.group() in _CLOSING[mark] and closes(text, found.start()):
            return Quote(at + 1, found.start(), True)
    if mark in "'‘":
        return None
    stop = text.find("\n", span.end, high)
    return Quote(at + 1, stop if stop >= 0 else high, False)


def opens(text: str, at: int) -> bool:
    """Whether the mark at `at` can open a quotation."""
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    return not before.isalnum() and not after.isspace() and before not in "\"'”’"


def closes(text: str, at: int) -> bool:
    """Whether the mark at `at` can close a quotation."""
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if text[at] in "'’":
        return not after.isalnum() and not before.isspace()
    return not before.isspace() or after.isspace()
