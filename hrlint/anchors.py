"""Words that must be present: one pass over a text tells which patterns are worth a look.

Every pattern has an anchor, the rarest word it cannot do without, and mostly a companion, the next
rarest. The words and marks of a text become numbers, and a place is handed on only when an anchor
stands there with a companion near enough, and then the others the pattern needs, in their
order. Nothing is tokenised for that.

Only a no is final. What is counted here are words and marks, never more than there are tokens between two
of them, so a stretch that a pattern can match always comes through.

Splitting at everything that is no letter and looking words up is done by the interpreter's own
loops; Aho-Corasick over the same words is no faster (see docs/performance.md), since what costs is every
word it reports.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress
from typing import Any, NamedTuple

from hrlint.model import Span
from hrlint.tokens import (
    OPENERS,
    SENTENCE_CAP,
    fold,
    holds_mark,
    is_mark,
    sentence_end,
    sentence_start,
    without_quoted_lines,
)

# A word that is in no frequency band is rarer than all that are.
_RARE = 0.5

# A word more frequent than this, per megabyte, is no anchor where there is another.
_FREQUENT = 1000.0

_QUOTE = frozenset('"')

# Code points looked at in one go. Longer texts go piece by piece, so that memory stays flat.
_CHUNK = 1 << 15

# A sentence is never longer, so what belongs to a word stands within this distance of it.
_REACH = SENTENCE_CAP + 200


class Need(NamedTuple):
    """What a pattern needs: groups of words and marks (`tokens.is_mark`) of which one each must be there, in this order.

    Between two of them stand at most as many others as `gaps` says. A word ending in `*` stands for all that begin
    so. `starts` tells that the first group begins a sentence or an item in it.
    """

    groups: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    starts: bool = False


class Candidate(NamedTuple):
    """A sentence worth tokenising: its span, and the patterns that may match in it, in order."""

    span: Span
    patterns: list[int]


# --- compiling -----------------------------------------------------------------------


def index(needs: Mapping[int, Need], frequency: Mapping[str, float]) -> dict[str, Any]:
    """Return what a `Prefilter` asks of the needs of some patterns, as plain data.

    `frequency` gives occurrences per megabyte. In the result a word is its number in `words` (those from `prefixes` on are
    beginnings of words), a group its number in `groups`; a need is (groups, gaps, anchor, third, starts,
    patterns), where third is (group, first, last) of what is asked for after anchor and companion, or None, and
    starts is about the anchor. No need is longer than `reach` words.
    `anchors` gives for each word the groups it anchors, `anchored` for each group two tuples of bands: those of needs
    without and with a quotation mark. A band is (companion group or -1, first, last, needs): the
    needs whose companion stands from `first` to before `last` words after the anchor.
    """
    costs = _Costs(frequency)
    patterns: dict[Need, list[int]] = {}
    for pattern, need in needs.items():
        patterns.setdefault(need, []).append(pattern)
    everything = frozenset().union(*{group for need in patterns for group in need.groups})
    whole = sorted({_joined(word) for word in everything if not word.endswith("*")})
    beginnings = sorted({_joined(word[:-1]) for word in everything if word.endswith("*")})
    number = {word: i for i, word in enumerate(whole)}
    begins = {word: i for i, word in enumerate(beginnings, len(whole))}
    groups: dict[frozenset[str], int] = {}
    rows: list[tuple[Any, ...]] = []
    anchored: dict[int, tuple[dict[_Place, list[int]], dict[_Place, list[int]]]] = {}
    for need, own in patterns.items():
        each = [costs[group] for group in need.groups]
        wordy = [i for i, group in enumerate(need.groups) if not holds_mark(group)]
        # Whether an anchor begins a sentence is cheaply seen, and few words do.
        anchor = 0 if need.starts and 0 in wordy and each[0] < _FREQUENT else min(wordy, key=each.__getitem__)
        # How likely it is that a companion is near by chance: how frequent it is, times the width of the stretch.
        chance = sorted((cost * _distance(need, anchor, i), i) for i, cost in enumerate(each) if i != anchor)
        companion = chance[0][1] if chance else -1
        at = tuple(groups.setdefault(group, len(groups)) for group in need.groups)
        bands = anchored.setdefault(at[anchor], ({}, {}))[_QUOTE in need.groups]
        place = (at[companion] if chance else -1, *_stretch(need, anchor, companion))
        bands.setdefault(place, []).append(len(rows))
        third = (at[chance[1][1]], *_stretch(need, anchor, chance[1][1])) if len(chance) > 1 else None
        rows.append((at, need.gaps, anchor, third, need.starts and anchor == 0, tuple(own)))
    members = [_members(group, number, begins) for group in groups]
    by_word: dict[int, list[int]] = {}
    for group in anchored:
        for word in members[group]:
            by_word.setdefault(word, []).append(group)
    return {
        "words": [*whole, *beginnings],
        "prefixes": len(whole),
        "reach": max((_distance(need, 0, len(need.groups) - 1) for need in patterns), default=0) + 1,
        "groups": members,
        "needs": rows,
        "anchored": [
            tuple(
                tuple((*place, tuple(numbers)) for place, numbers in bands.items())
                for bands in anchored.get(group, ({}, {}))
            )
            for group in range(len(groups))
        ],
        "anchors": [by_word.get(word, ()) for word in range(len(whole) + len(beginnings))],
    }


# Of a band: companion group, first, last.
_Place = tuple[int, int, int]


def _stretch(need: Need, anchor: int, companion: int) -> tuple[int, int]:
    """Return where the companion stands: from the one to before the other number of words after the anchor."""
    if companion < 0:
        return 0, 0
    if companion > anchor:
        return companion - anchor, _distance(need, anchor, companion) + 1
    return -_distance(need, anchor, companion), companion - anchor + 1


def _distance(need: Need, one: int, other: int) -> int:
    low, high = sorted((one, other))
    return sum(need.gaps[low:high]) + high - low


class _Costs(dict[frozenset[str], float]):
    """How often some word of a group comes, more or less."""

    def __init__(self, frequency: Mapping[str, float]) -> None:
        super().__init__()
        self._frequency = frequency

    def __missing__(self, group: frozenset[str]) -> float:
        get = self._frequency.get
        cost = sum(get(word.rstrip("*"), _RARE) * (3 if word.endswith("*") else 1) for word in group)
        self[group] = cost
        return cost


def _members(group: frozenset[str], number: Mapping[str, int], begins: Mapping[str, int]) -> tuple[int, ...]:
    found: set[int] = set()
    for word in group:
        if word.endswith("*"):
            beginning = _joined(word[:-1])
            # Of two words that begin at one place the longer counts, so it has to be a member as well.
            found.update(i for table in (number, begins) for known, i in table.items() if known.startswith(beginning))
        else:
            found.add(number[_joined(word)])
    return tuple(sorted(found))


# --- text as bytes -------------------------------------------------------------------


def _unknown(error: UnicodeError) -> tuple[str, int]:
    # Only the kind of a character matters: a letter of another script goes on with the word, a symbol is like any other.
    assert isinstance(error, UnicodeEncodeError)
    kinds = (
        "q" if char.isalnum() else " " if char.isspace() else _SYMBOL for char in error.object[error.start : error.end]
    )
    return "".join(kinds), error.end


# Stands for every symbol beyond Latin-1.
_SYMBOL = "\xa4"

codecs.register_error("hrlint-kind", _unknown)

# Everything but letters and digits becomes a space, or everything but these and marks.
_SEPARATED = bytes(code if chr(code).isalnum() else 32 for code in range(256))
_MARKED = bytes(
    code if chr(code).isalnum() or is_mark(chr(code)) or chr(code) == _SYMBOL else 32 for code in range(256)
)
_SPACED = tuple((bytes([code]), b" %c " % code) for code in set(_MARKED) if not chr(code).isalnum() and code != 32)

# An apostrophe and a dot that are inside a word, and the apostrophe of a possessive, as in `tokens`. The mark first: that is
# searched for at the speed of memory.
_APOSTROPHE = re.compile(r"'(?<=[^\W_]')(?!s(?![^\W_]))(?=[^\W_])")
_POSSESSIVE = re.compile(r"'(?=s(?![^\W_]))")
_DOT = re.compile(r"\.(?<=[^\W_]\.)(?=\d)")


def _bytes(folded: str) -> bytes:
    """Return one byte for each code point of folded text; what is inside a word has become a letter or digit."""
    if "'" in folded:
        folded = _POSSESSIVE.sub(" ", _APOSTROPHE.sub("q", folded))
    return _DOT.sub("0", folded).encode("latin-1", "hrlint-kind")


def _split(text: bytes) -> list[bytes]:
    """Return the words and marks of what `_bytes` made, in order."""
    text = text.translate(_MARKED)
    for mark, spaced in _SPACED:
        if mark in text:
            text = text.replace(mark, spaced)
    return text.split()


@lru_cache(maxsize=50_000)
def _joined(word: str) -> str:
    """Return a word as `_split` gives it; of one that falls apart the first part."""
    return _split(_bytes(word))[0].decode("latin-1")


# --- finding -------------------------------------------------------------------------


_Steps = tuple[tuple[frozenset[int], int], ...]


class _Row:
    """A need at run time: what stands after and before the anchor, nearest first, each (group, most words between).

    Of `third`, a group, one must stand from `first` to before `last` words after the anchor. With `starts` the anchor
    begins a sentence or an item in it.
    """

    __slots__ = ("after", "before", "first", "last", "patterns", "starts", "third")

    def __init__(
        self,
        after: _Steps,
        before: _Steps,
        third: tuple[frozenset[int], int, int] | None,
        starts: bool,
        patterns: tuple[int, ...],
    ) -> None:
        self.third: frozenset[int] | None
        self.third, self.first, self.last = third or (None, 0, 0)
        self.after = after
        self.before = before
        self.starts = starts
        self.patterns = patterns


# Companions, none of a need that has no companion, and (first, last, needs).
_Band = tuple[frozenset[int], tuple[int, int, tuple[int, ...]]]


class _Entry(NamedTuple):
    """What hangs on an anchor: companions from `first` to before `last` words after it, and the needs that wait for each.

    `waiting` gives the (first, last, needs) of a companion once it was met, `bands` those of all groups. `alone` are needs
    without a companion.
    """

    first: int
    last: int
    companions: frozenset[int]
    waiting: dict[int, tuple[tuple[int, int, tuple[int, ...]], ...]]
    bands: tuple[_Band, ...]
    alone: tuple[int, ...]

    def waiting_for(self, companion: int) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        found = self.waiting.get(companion)
        if found is None:
            found = self.waiting[companion] = tuple(band for group, band in self.bands if companion in group)
        return found


# Most words that are remembered, listed ones and others.
_REMEMBERED = 60_000


class _Numbers(dict[bytes, int]):
    """The number of a word: its own, that of the longest beginning it has, or that of no word."""

    def __init__(self, words: Sequence[str], prefixes: int) -> None:
        spelled = [word.encode("latin-1") for word in words]
        super().__init__(zip(spelled[:prefixes], range(prefixes), strict=True))
        self._listed = prefixes
        self.none = len(words)
        self._beginnings = {word: number for number, word in enumerate(spelled[prefixes:], prefixes)}
        longest = sorted(self._beginnings, key=len, reverse=True)
        self._begin = re.compile(b"|".join(map(re.escape, longest)) or b"(?!)")

    def __missing__(self, word: bytes) -> int:
        begin = self._begin.match(word)
        number = self._beginnings[begin.group()] if begin else self.none
        if len(self) >= _REMEMBERED:
            for stranger in [*self][self._listed :]:
                del self[stranger]
        self[word] = number
        return number


class Presence:
    """Tells which patterns of an `index` can match in one sentence, by its words alone."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._numbers = _Numbers(data["words"], data["prefixes"])
        self._rows: dict[int, int] = {}
        for row, need in enumerate(data["needs"]):
            self._rows.update(dict.fromkeys(need[-1], row))
        self._wanted: dict[int, tuple[frozenset[int], ...]] = {}
        self._groups: dict[int, frozenset[int]] = {}
        self._by_anchor: dict[frozenset[int], dict[int, list[int]]] = {}

    def words(self, text: str) -> frozenset[int]:
        """Return the words of a sentence as numbers."""
        return frozenset(map(self._numbers.__getitem__, _split(_bytes(fold(text)))))

    def possible(self, patterns: frozenset[int], words: frozenset[int]) -> list[int]:
        """Return those of `patterns` of which every word that they need is there, in order."""
        by_anchor = self._by_anchor.get(patterns)
        if by_anchor is None:
            by_anchor = self._by_anchor[patterns] = {}
            for pattern in patterns:
                for word in self._needed(pattern)[0]:
                    by_anchor.setdefault(word, []).append(pattern)
        return sorted(
            {
                pattern
                for word in by_anchor.keys() & words
                for pattern in by_anchor[word]
                if not any(group.isdisjoint(words) for group in self._needed(pattern))
            }
        )

    def _needed(self, pattern: int) -> tuple[frozenset[int], ...]:
        """Return the groups of words of which the sentence must have one each, the anchor first."""
        found = self._wanted.get(pattern)
        if found is None:
            groups, _, anchor, *_ = self._data["needs"][self._rows[pattern]]
            listed = [groups[anchor], *groups[:anchor], *groups[anchor + 1 :]]
            for group in listed:
                if group not in self._groups:
                    self._groups[group] = frozenset(self._data["groups"][group])
            found = self._wanted[pattern] = tuple(self._groups[group] for group in listed)
        return found


class Prefilter:
    """Finds the sentences in which a pattern may match. `data` is an `index`; `wanted(pattern)` tells which patterns count."""

    def __init__(self, data: Mapping[str, Any], wanted: Callable[[int], bool] | None = None) -> None:
        self._data = data
        self._wanted = wanted
        self._numbers = _Numbers(data["words"], data["prefixes"])
        self._edge = [self._numbers.none] * data["reach"]
        self._groups: dict[int, frozenset[int]] = {}
        self._sides: dict[int, tuple[tuple[_Band, ...], tuple[_Band, ...]]] = {}
        self._rows: dict[int, _Row | None] = {}
        # For texts without and with quotation marks, by the number of a word: anchors nobody met yet (True), entries, and
        # None for words that are none. Rules on quoted words have frequent words for anchors, and most notes quote nothing.
        fresh: list[_Entry | bool | None] = [bool(groups) or None for groups in data["anchors"]]
        fresh.append(None)
        self._entries = (fresh, fresh.copy())

    def candidates(self, text: str, first: int = 0, last: int | None = None) -> Iterator[Candidate]:
        """Yield the sentences of `text[first:last]` that may hold a match, in order; one begins at `first`, one ends at `last`."""
        start = end = piece_end = first
        pending: set[_Row] = set()
        for at, rows in self._places(text, first, len(text) if last is None else last):
            if at >= piece_end:
                if pending:
                    yield _candidate(start, piece_end, pending)
                    pending = set()
                if at >= end:
                    start = sentence_start(text, at, end)
                    end = sentence_end(text, at)
                    piece_end = start
                # A sentence without an end is cut at fixed places, as `tokens.sentences` cuts it.
                while at >= piece_end:
                    start = piece_end
                    piece_end = _cut(text, start, end)
            pending.update(row for row in rows if not row.starts or _begins(text, start, at))
        if pending:
            yield _candidate(start, piece_end, pending)

    def _places(self, text: str, first: int, last: int) -> Iterator[tuple[int, list[_Row]]]:
        """Yield (offset, rows) of the anchors of `text[first:last]`, in order."""
        if len(text) <= 2 * _CHUNK:
            yield from self._in(fold(text), first, last)
            return
        at = first
        while at < last:
            stop = at + _CHUNK
            if stop >= last:
                stop = last
            else:
                space = text.find(" ", stop, min(stop + _REACH, last))
                stop = space if space >= 0 else stop
            low, high = max(0, at - _REACH), min(len(text), stop + _REACH)
            for offset, rows in self._in(fold(text[low:high]), at - low, stop - low):
                yield low + offset, rows
            at = stop

    def _in(self, folded: str, low: int, high: int) -> Iterator[tuple[int, list[_Row]]]:
        # With a space at both ends every word has one around it.
        spelled = _bytes(without_quoted_lines(folded))
        text = b" " + spelled.translate(_SEPARATED) + b" "
        words = _split(spelled)
        # With no words at both ends, so that none of the looks around a word runs over an edge.
        numbers = [*self._edge, *map(self._numbers.__getitem__, words), *self._edge]
        passed = offset = 0
        quoted = '"' in folded
        entries = self._entries[quoted]
        known = self._rows
        for at in compress(range(len(numbers)), map(entries.__getitem__, numbers)):
            entry = entries[numbers[at]]
            if entry is True:
                entry = self._entry(numbers[at], quoted)
            if entry is None:
                continue
            first, last, companions, _, _, alone = entry  # type: ignore[misc]
            rows: list[_Row] = []
            around = numbers[at + first : at + last]
            if not companions.isdisjoint(around):
                for other in companions.intersection(around):
                    for near, far, needs in entry.waiting_for(other):  # type: ignore[union-attr]
                        if other in numbers[at + near : at + far]:
                            for need in needs:
                                row = known[need] if need in known else self._row(need)
                                if row is not None and _in_order(row, numbers, at):
                                    rows.append(row)
            if alone:
                rows += filter(None, map(self._row, alone))
            if rows:
                # Where the word stands: as often as it comes among the words since the last place, so often it is looked for.
                place = at - len(self._edge)
                word = words[place]
                spaced = b" " + word + b" "
                offset = text.find(spaced, offset)
                for _ in range(words[passed:place].count(word)):
                    offset = text.find(spaced, offset + 1)
                passed = place
                if low <= offset < high:
                    yield offset, rows

    # --- made when first met -----------------------------------------------------------

    def _entry(self, word: int, quoted: bool) -> _Entry | None:
        """Make the entry of an anchor, or None when nothing hangs on it."""
        sides = [side for group in self._data["anchors"][word] for side in self._sides_of(group)[: 1 + quoted]]
        if quoted and not any(sides[1::2]):
            # The same as without quotation marks.
            entry = self._entries[False][word]
            entry = self._entry(word, False) if isinstance(entry, bool) else entry
        elif any(sides):
            bands = tuple(band for side in sides for band in side if band[0])
            alone = tuple(need for side in sides for group, band in side if not group for need in band[2])
            companions: frozenset[int] = frozenset().union(*{group for group, _ in bands})
            before = min((first for _, (first, _, _) in bands), default=0)
            after = max((last for _, (_, last, _) in bands), default=0)
            entry = _Entry(min(before, 0), max(after, 0), companions, {}, bands, alone)
        else:
            entry = None
        self._entries[quoted][word] = entry
        return entry

    def _sides_of(self, group: int) -> tuple[tuple[_Band, ...], tuple[_Band, ...]]:
        """Return the bands of a group of anchors, those without and those with a quotation mark; words share them."""
        found = self._sides.get(group)
        if found is None:
            plain, quote = (
                tuple(
                    (self._group(companion) if companion >= 0 else frozenset(), (first, last, needs))
                    for companion, first, last, needs in side
                )
                for side in self._data["anchored"][group]
            )
            found = self._sides[group] = plain, quote
        return found

    def _row(self, number: int) -> _Row | None:
        if number not in self._rows:
            groups, gaps, anchor, third, starts, patterns = self._data["needs"][number]
            if self._wanted is not None:
                patterns = tuple(filter(self._wanted, patterns))
            sets = [self._group(group) for group in groups]
            self._rows[number] = (
                _Row(
                    tuple(zip(sets[anchor + 1 :], gaps[anchor:], strict=True)),
                    tuple(zip(sets[:anchor][::-1], gaps[:anchor][::-1], strict=True)),
                    (self._group(third[0]), third[1], third[2]) if third else None,
                    starts,
                    tuple(patterns),
                )
                if patterns
                else None
            )
        return self._rows[number]

    def _group(self, number: int) -> frozenset[int]:
        found = self._groups.get(number)
        if found is None:
            found = self._groups[number] = frozenset(self._data["groups"][number])
        return found


def _in_order(row: _Row, words: Sequence[int], anchor: int) -> bool:
    """Whether the groups of `row` stand around the anchor in their order, near enough."""
    if row.third is not None and row.third.isdisjoint(words[anchor + row.first : anchor + row.last]):
        return False
    places = [anchor]
    for group, gap in row.after:
        if not gap:
            places = [a + 1 for a in places if words[a + 1] in group]
            if not places:
                return False
            continue
        if len(places) == 1 and group.isdisjoint(words[places[0] + 1 : places[0] + gap + 2]):
            return False
        places = list({b for a in places for b in range(a + 1, a + gap + 2) if words[b] in group})
        if not places:
            return False
    places = [anchor]
    for group, gap in row.before:
        if not gap:
            places = [a - 1 for a in places if words[a - 1] in group]
            if not places:
                return False
            continue
        if len(places) == 1 and group.isdisjoint(words[places[0] - gap - 1 : places[0]]):
            return False
        places = list({b for a in places for b in range(a - gap - 1, a) if words[b] in group})
        if not places:
            return False
    return True


def _begins(text: str, start: int, at: int) -> bool:
    """Whether the word at `at` is the first of the sentence that begins at `start`, or of an item in it."""
    item = max(start, *(text.rfind(opener, start, at) + 1 for opener in OPENERS))
    return not any(map(str.isalnum, text[item:at]))


def _candidate(start: int, end: int, rows: set[_Row]) -> Candidate:
    return Candidate(Span(start, end), sorted(pattern for row in rows for pattern in row.patterns))


def _cut(text: str, start: int, end: int) -> int:
    if end - start <= SENTENCE_CAP:
        return end
    cut = text.rfind(" ", start + SENTENCE_CAP // 2, start + SENTENCE_CAP)
    return cut + 1 if cut > 0 else start + SENTENCE_CAP
