"""How readers build a text together with its map to the source.

`blank` keeps the length of the source and overwrites markup with spaces, so that offsets stay.
`Builder` collects a new text piece by piece. `through` joins two maps (HTML inside JSON).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain

from hrlint.document import Segment

# Markup between two of these does not part a word.
_WORD_REST = re.compile(r"[\w'’‑-]*")
_NOT_NEWLINE = re.compile(r"[^\r\n]")

# Stands for something that is no prose (inline code, an address), so that the words
# around it do not become neighbours.
OBJECT = "\ufffc"

# Parts text so that no sentence goes across.
BREAK = "\n\n"


# `source[start:end]` is markup; the string (never longer) stands in its place and the rest is
# blanked. An empty string does not part a word; None keeps the line ends of the markup.
# Plain tuples, because a page has one for every tag.
Event = tuple[int, int, str | None]


def words(listed: str) -> frozenset[str]:
    """Return the words of a list written in a line."""
    return frozenset(listed.split())


def _wordish(char: str) -> bool:
    return char.isalnum() or char in "_'’‑-"


def blank(source: str, events: Iterable[Event]) -> tuple[str, tuple[Segment, ...]]:
    """Return `source` with `events` (sorted, apart) blanked, at the same length, and the map.

    A word that markup cuts is moved together, the spaces follow behind it. Without an
    event the map is empty: text is the source.
    """
    parts: list[str] = []
    segments: list[Segment] = []
    add, put_segment = parts.append, segments.append
    at = out = debt = 0
    last = " "
    fresh = (0, 0)  # the markup still to be padded, while nothing stands behind it
    # The last one is not real: it brings what is still open to its end.
    for start, end, put in chain(events, ((len(source), len(source), None),)):
        if start > at:
            stop = at
            if debt:
                rest = _WORD_REST.match(source, at, start)
                stop = rest.end() if rest else at
                if stop > at:
                    add(source[at:stop])
                    put_segment(Segment(out, stop - at, at, stop - at))
                    out += stop - at
                    fresh = (stop, stop)
                if stop < start:
                    add(" " * debt)
                    put_segment(Segment(out, debt, fresh[0], fresh[1] - fresh[0], False))
                    out += debt
                    debt = 0
            if stop < start:
                add(source[stop:start])
                put_segment(Segment(out, start - stop, stop, start - stop))
                out += start - stop
            last = source[start - 1]
        size = end - start
        at = end
        if put and _wordish(put[0]) and _wordish(last):
            add(put)
            put_segment(Segment(out, len(put), start, size, False))
            out += len(put)
            debt += size - len(put)
            last, fresh = put[-1], (end, end)
        elif put == "" and _wordish(last):
            fresh = (fresh[0], end) if debt and fresh[1] == start else (start, end)
            debt += size
        else:
            if debt:
                add(" " * debt)
                put_segment(Segment(out, debt, fresh[0], fresh[1] - fresh[0], False))
                out += debt
                debt = 0
            if not size:
                continue
            if put is None:
                add(_NOT_NEWLINE.sub(" ", source[start:end]))
                put_segment(Segment(out, size, start, size, False))
                last = " "
            elif put and _wordish(put[-1]):
                # The first letter of a word: padding comes when the word is over.
                add(put)
                put_segment(Segment(out, len(put), start, size, False))
                out += len(put)
                debt, last, fresh = size - len(put), put[-1], (end, end)
                continue
            else:
                add(put.ljust(size))
                put_segment(Segment(out, size, start, size, False))
                last = " "
            out += size
    if len(segments) < 2 and (not segments or segments[0].exact):
        return source, ()
    return "".join(parts), tuple(segments)


class Builder:
    """Collects a text from pieces of `source`; `location` goes into the segments made after it is set."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.location: str | None = None
        self.length = 0
        self.last = ""
        self._parts: list[str] = []
        self._segments: list[Segment] = []

    def copy(self, start: int, end: int) -> None:
        """Add `source[start:end]` as it stands."""
        if end <= start:
            return
        piece = self.source[start:end]
        self._parts.append(piece)
        before = self._segments[-1] if self._segments else None
        if (
            before is not None
            and before.exact
            and before.source_start is not None
            and before.source_start + before.length == start
            and before.location == self.location
        ):
            self._segments[-1] = Segment(
                before.start,
                before.length + len(piece),
                before.source_start,
                before.length + len(piece),
                True,
                self.location,
            )
        else:
            self._segments.append(Segment(self.length, len(piece), start, len(piece), True, self.location))
        self.length += len(piece)
        self.last = piece[-1]

    def put(self, text: str, start: int, end: int) -> None:
        """Add `text`, which stands for `source[start:end]` without being equal to it."""
        if not text:
            return
        self._parts.append(text)
        self._segments.append(Segment(self.length, len(text), start, end - start, False, self.location))
        self.length += len(text)
        self.last = text[-1]

    def part(self, at: int, text: str = BREAK) -> None:
        """End the paragraph or the line at source offset `at`, unless the text begins here."""
        if self.length:
            self.put(text, at, at)

    def tail(self) -> str:
        """Return the last paragraph so far."""
        return "".join(self._parts[-40:]).rpartition("\n")[2]

    def add(self, other: Builder, between: str = BREAK) -> None:
        """Add what another builder collected."""
        if not other.length:
            return
        if self.length:
            first = other._segments[0]
            self._parts.append(between)
            self._segments.append(Segment(self.length, len(between), first.source_start, 0, False, first.location))
            self.length += len(between)
        for segment in other._segments:
            self._segments.append(
                Segment(
                    self.length + segment.start,
                    segment.length,
                    segment.source_start,
                    segment.source_length,
                    segment.exact,
                    segment.location,
                )
            )
        self._parts += other._parts
        self.length += other.length
        self.last = other.last

    def finish(self) -> tuple[str, tuple[Segment, ...]]:
        """Return the text and its map."""
        return "".join(self._parts), tuple(self._segments)


def cover(text: str, segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Return `segments`, or the one that says that `text` is the whole source."""
    return segments or ((Segment(0, len(text), 0, len(text)),) if text else ())


def through(inner: Sequence[Segment], outer: Sequence[Segment], location: str | None = None) -> tuple[Segment, ...]:
    """Return the map of a text whose source (`inner`) is itself a text with a map (`outer`), which covers it.

    Both are sorted by start; `inner` may point into its source in any order that rises inside a segment.
    """
    starts = [segment.start for segment in outer]
    joined: list[Segment] = []

    def place(offset: int) -> int:
        index = max(bisect_right(starts, offset) - 1, 0)
        if index >= len(outer):
            return 0
        under = outer[index]
        into = min(max(offset - under.start, 0), under.length)
        base = under.source_start or 0
        return base + (into if under.exact else under.source_length if into >= under.length else 0)

    for segment in inner:
        source_start = segment.source_start or 0
        if not segment.exact:
            begin = place(source_start)
            finish = max(place(source_start + segment.source_length), begin)
            joined.append(Segment(segment.start, segment.length, begin, finish - begin, False, location))
            continue
        at, end = source_start, source_start + segment.length
        text_at = segment.start
        index = max(bisect_right(starts, at) - 1, 0)
        while at < end:
            under = outer[index]
            stop = min(end, under.start + under.length)
            size = stop - at
            into = at - under.start
            base = under.source_start or 0
            if under.exact:
                joined.append(Segment(text_at, size, base + into, size, True, location))
            else:
                joined.append(Segment(text_at, size, base, under.source_length, False, location))
            text_at += size
            at = stop
            index += 1
    return tuple(joined)
