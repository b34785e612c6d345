"""Words that must be present: one pass over a text tells which patterns are worth a look.

Every pattern has an anchor, the rarest word it cannot do without, and mostly a companion, the next
rarest. The words of a text become numbers, and a place is handed on only when an anchor
stands there with a companion near enough, and then the other words the pattern needs, in their
order. Nothing is tokenised for that.

Only a no is final. What is counted here are words, never more than there are tokens between two
of them, so a stretch that a pattern can match always comes through.

Splitting at everything that is no letter and looking words up is done by the interpreter's own
loops; Aho-Corasick over the same words is no faster (see docs/performance.md), since what costs is every
word it reports.
"""

from __future__ import annotations

import codecs
import marshal
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress, pairwise
from typing import Any, NamedTuple

from hrlint.model import Span
from hrlint.tokens import SENTENCE_CAP, fold, sentence_end, sentence_start

# A word that is in no frequency band is rarer than all that are.
_RARE = 0.5

# Words more frequent than this, per megabyte, tell nothing: a group that holds one is left out where another is there.

_COMMON = 9000.0

# Code points looked at in one go. Longer texts go piece by piece, so that memory stays flat.
_CHUNK = 1 << 15

# A sentence is never longer, so what belongs to a word stands within this distance of it.
_REACH = SENTENCE_CAP + 200


class Need(NamedTuple):
    """What a pattern needs: groups of words of which one each must be there, in this order.

    Between two of them stand at most as many other words as `gaps` says. A word ending in `*` stands for all that begin
    so. Of each group of `marks` (quotes, brackets) one must be in the sentence too.
    """

    groups: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    marks: tuple[frozenset[str], ...] = ()


class Candidate(NamedTuple):
    """A sentence worth tokenising: its span, and the patterns that may match in it, in order."""

    span: Span
    patterns: list[int]


# --- compiling -----------------------------------------------------------------------


def index(needs: Mapping[int, Need], frequency: Mapping[str, float]) -> dict[str, Any]:
    """Return what a `Prefilter` asks of the needs of some patterns, as plain data.

    `frequency` gives occurrences per megabyte. In the result a word is its number in `words` (those from `prefixes` on are
    beginnings of words), a group its number in `groups`; a need is (groups, gaps, anchor, companion or -1, marks, patterns).
    `anchors` gives for each word the groups it anchors, `anchored` for each group the needs.
    """
    patterns: dict[Need, list[int]] = {}
    for pattern, need in needs.items():
        patterns.setdefault(_narrowed(need, frequency), []).append(pattern)
    everything = {word for need in patterns for group in need.groups for word in group}
    whole = sorted({joined(word) for word in everything if not word.endswith("*")})
    beginnings = sorted({joined(word[:-1]) for word in everything if word.endswith("*")})
    number = {word: i for i, word in enumerate(whole)}
    begins = {word: i for i, word in enumerate(beginnings, len(whole))}
    groups: dict[frozenset[str], int] = {}
    rows: list[tuple[Any, ...]] = []
    anchored: dict[int, list[int]] = {}
    for need, own in patterns.items():
        costs = [_cost(group, frequency) for group in need.groups]
        anchor = costs.index(min(costs))
        # How likely it is that a companion is near by chance: how frequent it is, times the width of the stretch.
        chance = [(cost * _distance(need, anchor, i), i) for i, cost in enumerate(costs) if i != anchor]
        companion = min(chance)[1] if chance else -1
        at = tuple(groups.setdefault(group, len(groups)) for group in need.groups)
        anchored.setdefault(at[anchor], []).append(len(rows))
        marks = tuple("".join(sorted(group)) for group in need.marks)
        rows.append((at, need.gaps, anchor, companion, marks, tuple(own)))
    members = [_members(group, number, begins) for group in groups]
    by_word: dict[int, list[int]] = {}
    for group in anchored:
        for word in members[group]:
            by_word.setdefault(word, []).append(group)
    return {
        "words": [*whole, *beginnings],
        "prefixes": len(whole),
        "groups": members,
        "needs": rows,
        "anchored": [anchored.get(group, ()) for group in range(len(groups))],
        "anchors": [by_word.get(word, ()) for word in range(len(whole) + len(beginnings))],
    }


def _narrowed(need: Need, frequency: Mapping[str, float]) -> Need:
    """Return `need` without the groups that nearly every sentence has; distances grow by what is left out."""
    telling = [i for i, group in enumerate(need.groups) if max(frequency.get(w, 0) for w in group) <= _COMMON]
    if not telling:
        telling = [min(range(len(need.groups)), key=lambda i: (_cost(need.groups[i], frequency), i))]
    gaps = tuple(sum(need.gaps[a:b]) + b - a - 1 for a, b in pairwise(telling))
    return Need(tuple(need.groups[i] for i in telling), gaps, need.marks)


def _distance(need: Need, one: int, other: int) -> int:
    low, high = sorted((one, other))
    return sum(need.gaps[low:high]) + high - low


def _cost(group: frozenset[str], frequency: Mapping[str, float]) -> float:
    return sum(frequency.get(word.rstrip("*"), _RARE) * (3 if word.endswith("*") else 1) for word in group)


def _members(group: frozenset[str], number: Mapping[str, int], begins: Mapping[str, int]) -> tuple[int, ...]:
    found: set[int] = set()
    for word in group:
        if word.endswith("*"):
            beginning = joined(word[:-1])
            # Of two words that begin at one place the longer counts, so it has to be a member as well.
            found.update(i for table in (number, begins) for known, i in table.items() if known.startswith(beginning))
        else:
            found.add(number[joined(word)])
    return tuple(sorted(found))


# --- text as bytes -------------------------------------------------------------------


def _unknown(error: UnicodeError) -> tuple[str, int]:
    # Only the kind of a character matters: a letter of another script goes on with the word, all else ends it.
    assert isinstance(error, UnicodeEncodeError)
    return "".join("q" if char.isalnum() else " " for char in error.object[error.start : error.end]), error.end


codecs.register_error("hrlint-kind", _unknown)

# Everything but letters and digits becomes a space.
_SEPARATED = bytes(code if chr(code).isalnum() else 32 for code in range(256))

# An apostrophe and a dot that are inside a word, as in `tokens`. The mark first: that is searched for at the speed of memory.
_APOSTROPHE = re.compile(r"'(?<=[^\W_]')(?!s(?![^\W_]))(?=[^\W_])")
_DOT = re.compile(r"\.(?<=[^\W_]\.)(?=\d)")


def plain(folded: str) -> bytes:
    """Return one byte for each code point of folded text: words of letters and digits, spaces between them."""
    if "'" in folded:
        folded = _APOSTROPHE.sub("q", folded)
    return _DOT.sub("0", folded).encode("latin-1", "hrlint-kind").translate(_SEPARATED)


def joined(word: str) -> str:
    """Return a word as `plain` writes it; of one that falls apart the first part."""
    return (plain(word).decode("latin-1").split() or [" "])[0]


# --- finding -------------------------------------------------------------------------


_STAR = ord("*")

_Steps = tuple[tuple[frozenset[bytes], int], ...]


class _Row:
    """A need at run time: what stands after and before the anchor, nearest first, each (group, most words between)."""

    __slots__ = ("after", "before", "marks", "patterns")

    def __init__(self, after: _Steps, before: _Steps, marks: tuple[str, ...], patterns: tuple[int, ...]) -> None:
        self.after = after
        self.before = before
        self.marks = marks
        self.patterns = patterns


# Rows whose companions stand from `first` to before `last` words after the anchor.
_Band = tuple[int, int, tuple[_Row, ...]]


class _Entry(NamedTuple):
    """What hangs on an anchor: companions from `first` to before `last` words after it, and the rows that wait for each.

    `alone` are rows without a companion.
    """

    first: int
    last: int
    companions: frozenset[bytes]
    waiting: Mapping[bytes, tuple[_Band, ...]]
    alone: tuple[_Row, ...]


class Prefilter:
    """Finds the sentences in which a pattern may match. `data` is an `index`; `wanted(pattern)` tells which patterns count."""

    def __init__(self, data: Mapping[str, Any], wanted: Callable[[int], bool] | None = None) -> None:
        self._data = data
        self._wanted = wanted
        prefixes: int = data["prefixes"]
        # Beginnings of words go by names that no word has.
        self._spelled = [
            word.encode("latin-1") + (b"*" if number >= prefixes else b"") for number, word in enumerate(data["words"])
        ]
        # Of two that fit a word the longer counts.
        self._begins = sorted(self._spelled[prefixes:], key=len, reverse=True)
        self._known = frozenset(self._spelled[:prefixes])
        self._anchors = {self._spelled[number]: groups for number, groups in enumerate(data["anchors"]) if groups}
        self._groups: dict[int, frozenset[bytes]] = {}
        self._rows: dict[int, _Row | None] = {}
        # For texts without and with quotation marks: anchors nobody met yet (True), entries, and None for those nobody wants.
        # Rules on quoted words have frequent words for anchors, and most notes quote nothing.
        fresh: dict[bytes, _Entry | bool | None] = dict.fromkeys(self._anchors, True)
        self._entries: tuple[dict[bytes, _Entry | bool | None], ...] = (fresh, fresh.copy())

    def candidates(self, text: str) -> Iterator[Candidate]:
        """Yield the sentences of `text` that may hold a match, in order."""
        start = end = piece_end = 0
        pending: set[_Row] = set()
        for at, rows in self._places(text):
            if at >= piece_end:
                if pending:
                    found = _with_marks(text, start, piece_end, pending)
                    if found:
                        yield found
                    pending = set()
                if at >= end:
                    start = sentence_start(text, at, end)
                    end = sentence_end(text, at)
                    piece_end = start
                # A sentence without an end is cut at fixed places, as `tokens.sentences` cuts it.
                while at >= piece_end:
                    start = piece_end
                    piece_end = _cut(text, start, end)
            pending.update(rows)
        if pending:
            found = _with_marks(text, start, piece_end, pending)
            if found:
                yield found

    def possible(self, text: str) -> set[int]:
        """Return the patterns that may match in one sentence."""
        found: set[int] = set()
        for _, rows in self._in(fold(text), 0, len(text)):
            for row in rows:
                found.update(row.patterns)
        return found

    def _places(self, text: str) -> Iterator[tuple[int, list[_Row]]]:
        """Yield (offset, rows) of the anchors of `text`, in order."""
        size = len(text)
        if size <= 2 * _CHUNK:
            yield from self._in(fold(text), 0, size)
            return
        at = 0
        while at < size:
            stop = at + _CHUNK
            if stop >= size:
                stop = size
            else:
                space = text.find(" ", stop, stop + _REACH)
                stop = space if space >= 0 else stop
            low, high = max(0, at - _REACH), min(size, stop + _REACH)
            for offset, rows in self._in(fold(text[low:high]), at - low, stop - low):
                yield low + offset, rows
            at = stop

    def _in(self, folded: str, low: int, high: int) -> Iterator[tuple[int, list[_Row]]]:
        # With a space at both ends every word has one around it.
        text = b" " + plain(folded) + b" "
        words = text.split()
        for name in self._begins:
            beginning = name[:-1]
            if beginning in text:
                for at, word in enumerate(words):
                    if word.startswith(beginning) and word[-1] != _STAR and word not in self._known:
                        words[at] = name
        passed = offset = 0
        quoted = '"' in folded
        entries = self._entries[quoted]
        for at in compress(range(len(words)), map(entries.__contains__, words)):
            entry = entries[words[at]]
            if entry is True:
                entry = self._entry(words[at], quoted)
            if entry is None:
                continue
            low_word, high_word, companions, waiting, alone = entry  # type: ignore[misc]
            rows: list[_Row] = []
            around = words[at + low_word if at + low_word > 0 else 0 : at + high_word]
            if not companions.isdisjoint(around):
                for other in companions.intersection(around):
                    for first, last, band in waiting[other]:
                        if other in words[at + first if at + first > 0 else 0 : at + last]:
                            rows += [row for row in band if _in_order(row, words, at)]
            rows += alone
            if rows:
                # Where the word stands: as often as it comes among the words since the last place, so often it is looked for.
                word = words[at]
                spaced = b" " + word + b" " if word[-1] != _STAR else b" " + word[:-1]
                offset = text.find(spaced, offset)
                for _ in range(words[passed:at].count(word)):
                    offset = text.find(spaced, offset + 1)
                passed = at
                if low <= offset < high:
                    yield offset, rows

    # --- made when first met -----------------------------------------------------------

    def _entry(self, word: bytes, quoted: bool) -> _Entry | None:
        """Make the entry of an anchor, or None when nothing that is wanted hangs on it."""
        data = self._data
        waiting: dict[bytes, dict[tuple[int, int], list[_Row]]] = {}
        before = after = 0
        alone: list[_Row] = []
        for group in self._anchors[word]:
            for number in data["anchored"][group]:
                groups, gaps, anchor, companion, marks, _ = self._need(number)
                row = self._row(number) if quoted or '"' not in marks else None
                if row is None:
                    continue
                if companion < 0:
                    alone.append(row)
                    continue
                if companion > anchor:
                    first, last = companion - anchor, sum(gaps[anchor:companion]) + companion - anchor + 1
                    after = max(after, last - 1)
                else:
                    first, last = companion - anchor - sum(gaps[companion:anchor]), companion - anchor + 1
                    before = max(before, -first)
                for other in self._group(groups[companion]):
                    waiting.setdefault(other, {}).setdefault((first, last), []).append(row)
        entry = None
        if waiting or alone:
            bands = {
                other: tuple((first, last, tuple(rows)) for (first, last), rows in stretches.items())
                for other, stretches in waiting.items()
            }
            # On the one side or from one side to the other; the anchor itself is none of its companions where that can be.
            entry = _Entry(-before or 1, after + 1 if after else 0, frozenset(bands), bands, tuple(alone))
        self._entries[quoted][word] = entry
        return entry

    def _need(self, number: int) -> Sequence[Any]:
        found: Any = self._data["needs"][number]
        # In the kept form each is packed by itself: few are ever asked for, and thousands of tuples take time to read.
        return marshal.loads(found) if isinstance(found, bytes) else found  # type: ignore[no-any-return]

    def _row(self, number: int) -> _Row | None:
        if number not in self._rows:
            groups, gaps, anchor, _, marks, patterns = self._need(number)
            if self._wanted is not None:
                patterns = tuple(filter(self._wanted, patterns))
            sets = [self._group(group) for group in groups]
            self._rows[number] = (
                _Row(
                    tuple(zip(sets[anchor + 1 :], gaps[anchor:], strict=True)),
                    tuple(zip(sets[:anchor][::-1], gaps[:anchor][::-1], strict=True)),
                    tuple(marks),
                    tuple(patterns),
                )
                if patterns
                else None
            )
        return self._rows[number]

    def _group(self, number: int) -> frozenset[bytes]:
        found = self._groups.get(number)
        if found is None:
            found = self._groups[number] = frozenset(self._spelled[word] for word in self._data["groups"][number])
        return found


def _in_order(row: _Row, words: Sequence[bytes], anchor: int) -> bool:
    """Whether the groups of `row` stand around the anchor in their order, near enough."""
    places = [anchor]
    for group, gap in row.after:
        if len(places) == 1 and group.isdisjoint(words[places[0] + 1 : places[0] + gap + 2]):
            return False
        size = len(words)
        places = list({b for a in places for b in range(a + 1, min(a + gap + 2, size)) if words[b] in group})
        if not places:
            return False
    places = [anchor]
    for group, gap in row.before:
        low = max(places[0] - gap - 1, 0)
        if len(places) == 1 and group.isdisjoint(words[low : places[0]]):
            return False
        places = list({b for a in places for b in range(max(a - gap - 1, 0), a) if words[b] in group})
        if not places:
            return False
    return True


def _with_marks(text: str, start: int, end: int, rows: set[_Row]) -> Candidate | None:
    patterns: list[int] = []
    sentence = ""
    for row in rows:
        if row.marks:
            sentence = sentence or fold(text[start:end])
            if not all(any(mark in sentence for mark in group) for group in row.marks):
                continue
        patterns += row.patterns
    if not patterns:
        return None
    patterns.sort()
    return Candidate(Span(start, end), patterns)


def _cut(text: str, start: int, end: int) -> int:
    if end - start <= SENTENCE_CAP:
        return end
    cut = text.rfind(" ", start + SENTENCE_CAP // 2, start + SENTENCE_CAP)
    return cut + 1 if cut > 0 else start + SENTENCE_CAP
