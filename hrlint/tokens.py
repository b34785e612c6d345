"""Words and sentences of a note, with their offsets.

spaCy's own tokenizer is quadratic on rulers (`=====`) and unknown to most people who
write packs, so hrlint hands spaCy the tokens found here. The rules fit on a card:

- a word is a run of letters and digits; an apostrophe inside belongs to it (`can't`),
  but a possessive `'s` is a token of its own; a dot before a digit belongs to it (`F10.10`, `2.5`)
- every other visible character is a token of its own: `drug-seeking` is three tokens
- emphasis marks (`*`, `_`, backticks) around words and the `>` of a quoted line are layout: no tokens
- `***`, the blank of a template, is one token

A sentence ends at a full stop that ends one, at a blank line, before a bullet, a numbered
item or a heading, and at a line end that is not a mere wrap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from hrlint.model import Span
from hrlint.patterns import lazy

# Longest stretch handled as one sentence. Rulers, tables and tokens without an end
# are cut here, at white space where there is some, so that time stays linear.
SENTENCE_CAP = 1000

# Longest run of letters taken as one word; what follows is a token of its own.
WORD_CAP = 100

# Marks that are a token wherever they stand outside of words, save a `>` at the start of a line. A hyphen between words may be absent.
_MARKS = frozenset("\"',.:;/()[]{}=?!+&%<>|$£#")


def is_mark(word: str) -> bool:
    """Whether `word` is a mark that is a token wherever it stands: a common one, or a symbol beyond Latin-1."""
    return word in _MARKS or (len(word) == 1 and ord(word) > 255 and not (word.isalnum() or word.isspace()))


# Behind these an item begins, as at the start of a sentence: a field and its value, the cells of a table.
OPENERS = frozenset(":|")


# The same few thousand groups of words stand in tens of thousands of patterns.
@lru_cache(maxsize=50_000)
def holds_mark(words: frozenset[str]) -> bool:
    """Whether a mark is among `words` (see `is_mark`)."""
    return any(map(is_mark, words))


class Token(NamedTuple):
    """One token: `start` and `end` in the text; `text` as written, apostrophes and hyphens straightened."""

    text: str
    start: int
    end: int


# A word; in `_WORDS` over folded text, so that both cut alike.
_WORD = r"[^\W_]{1,100}(?:['’](?!s(?![^\W_]))[^\W_]{1,100}|\.(?=\d)[^\W_]{1,100}){0,20}"

_WORDS = lazy(_WORD)

# The marks of a quoted line.
_QUOTED = r"[ \t]*(?:>[ \t]?)+"

# A token is what the one group holds; layout leaves it empty.
_TOKEN = lazy(
    r"""
    (
        (?<![*\w])\*\*\*(?![*\w])         # the blank of a template
      | """
    + _WORD.replace("(?!s", "(?![sS]")
    + r"""
      | ['’][sS](?![^\W_])
      | [^\s\w*`~]
    )
  | \n"""
    + _QUOTED
    + r""" | [*_`~]+      # layout
    """,
    re.VERBOSE,
)

# One code point for one, so that offsets never move.
_STRAIGHT = str.maketrans(
    {
        "’": "'", "‘": "'", "‛": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-", "\u00ad": "-", "İ": "I",
    }
)  # fmt: skip


def straight(text: str) -> str:
    """Return `text` with curly quotes and typographic hyphens made plain, code point for code point."""
    return text if text.isascii() else text.translate(_STRAIGHT)


def fold(text: str) -> str:
    """Return `text` in lower case with plain quotes and hyphens, code point for code point.

    `İ` is the only code point whose lower case is longer than itself.
    """
    return straight(text).lower()


def words(folded: str, start: int = 0, end: int | None = None) -> list[str]:
    """Return the tokens of folded text that are words, in order."""
    return _WORDS.findall(folded, start, len(folded) if end is None else end)


# What `_TOKEN` passes over behind a line break, at the start of a text too.
_QUOTED_LINES = lazy("^" + _QUOTED, re.MULTILINE)

# How far back the line of such a mark may begin, in code points.
_INDENT = 200


def without_quoted_lines(text: str) -> str:
    """Return `text` with a space for each `>` that marks a quoted line; a text begins with a line."""
    return _QUOTED_LINES.sub(_blank, text) if ">" in text else text


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def _behind_marks(text: str, start: int, end: int) -> int:
    """Return where `text[start:end]` goes on behind the marks of a quoted line that it begins with."""
    if text[start : start + 1] not in (" ", "\t", ">"):
        return start
    low = max(0, start - _INDENT)
    line_start = text.rfind("\n", low, start) + 1
    if low and not line_start:
        return start
    marks = _QUOTED_LINES.match(text, line_start, end)
    return max(start, marks.end()) if marks else start


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of `text[start:end]`, offsets counted in `text`."""
    if end is None:
        end = len(text)
    start = _behind_marks(text, start, end)
    found = [Token(match[1], *match.span()) for match in _TOKEN.finditer(text, start, end) if match[1]]
    if text.isascii():
        return found
    return [Token(word.translate(_STRAIGHT), first, last) for word, first, last in found]


def lowered(text: str, start: int, end: int) -> list[str]:
    """Return the tokens of `text[start:end]` in lower case, without their places: several times as fast as `tokens`."""
    start = _behind_marks(text, start, end)
    # One character more in front, since `***` is a token or layout by what stands before it.
    low = max(start - 1, 0)
    return [word for word in _TOKEN.findall(fold(text[low:end]), start - low) if word]


# Places where a sentence may end: after closing punctuation, at a line end, or at a full
# stop without the space after it ("abuse.He").
_PLACE = lazy(r"[.!?]+[\"'”’)\]]*\s+|\r?\n[ \t]*(?:\r?\n[ \t]*)*|(?<=[a-z]{2})\.(?=[A-Z][a-z])")
_ITEM = lazy(
    r"[ \t>]*(?:[-+*•·–o▪►]\s|\(?\d{1,2}[.)]\s|\(?[a-zA-Z][.)]\s|\[[ xX_]?\]|#{1,6}\s|={3}|-{3}|\||\n|[A-Z][A-Za-z0-9 /&()'’-]{1,40}:|$)"
)
_ABBREVIATION = lazy(
    r"(?:^|[\s(/])(?:(?:[A-Za-z]\.)*[A-Za-z]|[Dd]rs?|[Mm]rs?|[Mm]s|[Pp]rof|[Rr]ev|[Ss]t|[Nn]o|[Vv]s|approx|[Pp]ts?|[Hh]x|al|etc|"
    r"[Ff]ig|wk|mo|yrs?|hrs?|min|resp|neg|pos|cont|[Jj]r|[Ss]r)$"
)
# Whole notes are written without capitals, so a full stop behind a word that is no short form ends a sentence there too.
_WHOLE_WORD = lazy(
    r"(?<![\w.])(?!(?:approx|prev|hosp|resp|temp|dept|bilat|cont|assoc|admin|diff|diag|disch|eval|inpt|outpt|neuro|ortho|psych|subcut|supp|surg|"
    r"tabs|caps|appt|incl|excl|poss|prob|symp|abnl|incr|decr|freq|sched|phys|clin|gyne|gastro|ophth|prof|blvd)\Z)"
    r"[^\W\d_]{4,}\Z"
)
_WRAP_WIDTH = 50

# A blank line and what `_PLACE` takes in with it; always the end of a sentence.
_BLANK_LINE = r"\n[ \t]*\r?\n[ \t]*(?:\r?\n[ \t]*)*"
_BLANK = lazy(_BLANK_LINE)
# So is a line break after a closing mark and before a capital, and both are told by looks at a character or two.
_BREAK = re.compile(r"\n(?:(?<=[.!?:;]\n)|(?<=[.!?:;]\r\n))(?=[A-Z])|" + _BLANK_LINE)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether the sentence ends with `match`, a match of `_PLACE`."""
    mark, after = match.group(), match.end()
    following = text[after : after + 1]
    if "\n" not in mark:
        if (
            not mark[0].isspace()
            and mark[0] == "."
            and _ABBREVIATION.search(text[max(0, match.start() - 12) : match.start()])
        ):
            return False
        return not following.islower() or bool(_WHOLE_WORD.search(text[max(0, match.start() - 20) : match.start()]))
    if mark.count("\n") > 1 or _ITEM.match(text, text.rfind("\n", match.start(), after) + 1):
        return True
    if mark[0] in ".!?":
        return not following.islower()
    low = max(0, match.start() - 200)
    line_start = max(text.rfind("\n", low, match.start()) + 1, low)
    before = text[line_start : match.start()].rstrip()
    if not before or before[-1] in ".!?:;|":
        return True
    if following.islower() or following in "([\"'“‘>,;)":
        return False
    # Capital or digit after the break: a wrap only where the line above was long.
    return len(before) < _WRAP_WIDTH


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the sentences of `text[start:end]` in order; together they cover the stretch."""
    if end is None:
        end = len(text)
    at = start
    for match in _PLACE.finditer(text, start, end):
        if _ends_sentence(text, match):
            yield from _capped(text, at, match.end())
            at = match.end()
    if at < end:
        yield from _capped(text, at, end)


def passages(text: str) -> Iterator[Span]:
    """Yield the stretches of `text` between blank lines and other sure ends of sentences, in order; together they cover it."""
    at = 0
    for found in _BREAK.finditer(text):
        yield Span(at, found.end())
        at = found.end()
    if at < len(text):
        yield Span(at, len(text))


def _capped(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > SENTENCE_CAP:
        cut = text.rfind(" ", start + SENTENCE_CAP // 2, start + SENTENCE_CAP)
        cut = cut + 1 if cut > 0 else start + SENTENCE_CAP
        yield Span(start, cut)
        start = cut
    if start < end:
        yield Span(start, end)


# How far before its limit a text is cut at a blank line, and the longest such blank, in code points.
_BLANK_REACH = 1 << 16
_BLANK_LONG = 1000


def cut(text: str, start: int, limit: int) -> int:
    """Return where to end a piece of `text` that begins at `start`, itself such a place or 0, at `limit` at the latest.

    After a blank line when one stands near, else where a sentence ends or one without an end is cut (`sentences`), so that the
    sentences of the pieces are those of the whole. `text` must go on beyond `limit`, by a sentence at least.
    """
    blank = 0
    for match in _BLANK.finditer(text, max(start, limit - _BLANK_REACH), limit):
        # One that reaches the limit may go on behind it; other white space behind a blank line belongs to it.
        if match.end() < limit and match.end() - match.start() < _BLANK_LONG and not text[match.end()].isspace():
            blank = match.end()
    if blank > start:
        return blank
    # Before a letter nothing that ends a sentence is cut in two.
    inside = limit
    while inside > start and not text[inside].isalnum():
        inside -= 1
    found = sentence_start(text, inside, start)
    if found > start:
        return found
    cuts = [span.start for span in _capped(text, start, inside if inside > start else limit)][1:]
    return next((at for at in reversed(cuts) if text[at].isalnum()), cuts[-1] if cuts else limit)


def sentence_start(text: str, offset: int, floor: int) -> int:
    """Return where the uncut sentence that holds `offset` begins, not before `floor` (itself a sentence start)."""
    at = offset
    while at > floor:
        low = max(floor, at - 400)
        # The last character at which a place can begin; `rfind` is many times faster than a pattern here.
        last = max(
            text.rfind(".", low, at), text.rfind("\n", low, at), text.rfind("!", low, at), text.rfind("?", low, at)
        )
        if last < 0:
            at = low
            continue
        while last > floor and text[last - 1] in _RUN:
            last -= 1
        found = -1
        for match in _PLACE.finditer(text, last, offset):
            if match.start() >= at:
                break
            if _ends_sentence(text, match):
                found = match.end()
        if found >= 0:
            return found
        at = last
    return floor


# Characters that a place can be made of.
_RUN = frozenset(" \t\r\n.!?\"'”’)]")


def sentence_end(text: str, offset: int) -> int:
    """Return where the uncut sentence that holds `offset` ends."""
    for match in _PLACE.finditer(text, offset):
        if match.end() > offset and _ends_sentence(text, match):
            return match.end()
    return len(text)
