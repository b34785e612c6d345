"""Where in a note a stretch stands: its line, its headings, a code line, an identifier."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hrlint.model import Span

_HEADING = re.compile(r"[ \t>#*_]*([A-Z][A-Za-z0-9 /&()',.-]{1,60}?)[*_]*[ \t]*(?::|$)", re.MULTILINE)

# How far up a heading is looked for, and how far back the beginning of a line, in code points.
_REACH = 4000

# ICD-10-CM: a letter, a digit, a digit or letter, and a dot with one to four more; ICD-9-CM and
# DSM-IV: mental and substance codes 290-319. A SNOMED or ICD word beside a number does as well.
_CODE = re.compile(
    r"\b(?:[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}|(?:29\d|30\d|31\d|V\d\d)\.\d{1,2})\b"
    r"|\b(?:ICD|SNOMED|DSM)\b[^\n]{0,12}?[\d][\w.]+|\b[FZPTY]\d\d\b|\b\d{7,18}\s*\|"
)
_KEY = re.compile(r'[{,]\s*"[\w-]+"\s*:\s*$')
_STOPS = re.compile(r"[.;!?]\s|\n")


def line(text: str, offset: int) -> Span:
    """Return the line that holds `offset`, without its line break."""
    global _line
    known, own = _line
    # Asked for many times over by the hits of one line, which may be the whole text.
    if text is known and own.start <= offset <= own.end:
        return own
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = end if end >= 0 else len(text)
    # A lone CR ends a line too; it is looked for inside the line only, since most texts have none at all.
    start = max(start, text.rfind("\r", start, offset) + 1)
    lone = text.find("\r", offset, end)
    own = Span(start, lone if lone >= 0 else end)
    _line = text, own
    return own


_line: tuple[str, Span] = "", Span(0, 0)


def headings(text: str, offset: int) -> Iterator[Span]:
    """Yield the label on the same line before `offset`, the head of the table it is in, and the nearest heading line above it."""
    own = line(text, offset)
    if offset - own.start > _REACH:
        return
    label = text.rfind(":", own.start, offset)
    if label >= 0 and label - own.start <= 60:
        yield Span(own.start, label)
    floor = max(0, own.start - _REACH)
    if _is_row(text, own):
        yield from _table_head(text, own, floor)
    at = own.start
    while at > floor:
        above = line(text, at - 1)
        if above.start < floor:
            return
        match = _HEADING.match(text, above.start, above.end)
        if match and (match.end() == above.end or text[match.end() - 1] == ":"):
            yield Span(match.start(1), match.end(1))
            return
        if above.start >= at:
            return
        at = above.start


# What a row of a table in plain text has: a bar, a tab or an arrow.
_ROW = ("|", "\t", "->", "=>", "→", "⇒")


def _is_row(text: str, own: Span) -> bool:
    return any(text.find(mark, own.start, min(own.end, own.start + _REACH)) >= 0 for mark in _ROW)


def _table_head(text: str, row: Span, floor: int) -> Iterator[Span]:
    """Yield the first row of the table that holds `row`, and the line above it."""
    top = row
    while top.start > floor:
        above = line(text, top.start - 1)
        if not _is_row(text, above) or above.start >= top.start:
            if above.end - above.start <= 120:
                yield above
            break
        top = above
    if top != row and top.end - top.start <= 120:
        yield top


def is_heading(text: str, span: Span) -> bool:
    """Whether `span` stands in a heading: a short line that ends with a colon, is marked `#`, or is all capitals."""
    own = line(text, span.start)
    if own.end - own.start > _REACH:
        return False
    words = text[own.start : own.end].strip()
    if len(words) > 80 or not words:
        return False
    label_end = text.find(":", span.end, own.end)
    if words.startswith("#") or words.isupper() and words[-1] not in ".,;":
        return True
    return words.endswith(":") or (0 <= label_end - span.end <= 40 and "." not in text[own.start : label_end])


def on_code_line(text: str, span: Span) -> bool:
    """Whether `span` is part of the description of a code: `F10.10 Alcohol abuse, uncomplicated`."""
    own = line(text, span.start)
    low = max(own.start, span.start - 90)
    for match in _CODE.finditer(text, low, span.start):
        if not _STOPS.search(text, match.end(), span.start):
            return True
    high = min(own.end, span.end + 60)
    for match in _CODE.finditer(text, span.end, high):
        between = text[span.end : match.start()]
        if not _STOPS.search(between) and re.search(r"[(\[|,:\t-]\s*$|\b(?:ICD|code)\S*\s*$", between):
            return True
    # A value that a machine reads: {"problem": "alcohol abuse"}.
    quote = text.rfind('"', max(own.start, span.start - _REACH), span.start)
    return quote >= 0 and bool(_KEY.search(text, max(own.start, quote - 200), quote))


_IDENTIFIER = re.compile(
    r"://|^www\.|@\w+\.\w|[^\W_]_+[^\W_]|^[\w-]+\.(?:py|js|html?|pdf|docx?|txt|csv|json|xml|org|com|gov|net|edu)\b|^/\w+/"
)


def in_identifier(text: str, span: Span) -> bool:
    """Whether `span` is a piece of an address, a file name or a name in code."""
    start = span.start
    while (
        start > 0
        and not text[start - 1].isspace()
        and text[start - 1] not in "()<>\"'`|,;*"
        and span.start - start < 200
    ):
        start -= 1
    end = span.end
    while end < len(text) and not text[end].isspace() and text[end] not in "()<>\"'`|,;*" and end - span.end < 200:
        end += 1
    if start == span.start and end == span.end:
        return False
    chunk = text[start:end].strip("_.:")
    return bool(_IDENTIFIER.search(chunk))


def in_comment(text: str, span: Span) -> bool:
    """Whether `span` stands in a comment of a template, which no reader of the chart sees."""
    low = max(0, span.start - 2000)
    for opening, closing in (("<!--", "-->"), ("{#", "#}")):
        at = text.rfind(opening, low, span.start)
        if at >= 0 and text.find(closing, at, span.start) < 0 and text.find(closing, span.end, span.end + 2000) >= 0:
            return True
    return False


# How far around a name the words of its line are counted.
_NAME = 300

_CAPITALIZED = re.compile(r"[A-Z][a-z]{2,}")
_COMMON_AFTER = frozenset(
    [
        "Patient",
        "Patients",
        "Male",
        "Female",
        "Man",
        "Woman",
        "Mother",
        "Father",
        "History",
        "Disorder",
        "Screen",
        "Test",
        "The",
    ]
)


def in_proper_name(text: str, span: Span) -> bool:
    """Whether `span` is part of a name such as "Families of Addicts Inc.": capitals that run on in a sentence of small letters."""
    words = text[span.start : span.end].split()
    if not words or not words[0][:1].isupper() or not _CAPITALIZED.fullmatch(words[-1].rstrip("'’")):
        return False
    after = re.compile(r"['’]?[ \t]([A-Z][a-z]{2,})\b").match(text, span.end)
    if not after or after.group(1) in _COMMON_AFTER:
        return False
    own = line(text, span.start)
    low, high = max(own.start, span.start - _NAME), min(own.end, span.end + _NAME)
    before = text[low : span.start].rstrip()
    if not before or before[-1] in ".:;!?-•*|#([\"“'":
        return False
    listed = re.findall(r"[A-Za-z]{4,}", text[low:high])
    small = sum(word[0].islower() for word in listed)
    return bool(small >= 2 and small * 2 > len(listed))
