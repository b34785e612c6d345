"""Text and the map back to the file it came from.

A reader turns a file into documents. A document's `text` is what rules see; its
segments say where each character of that text stands in the source. Offsets become
lines and columns here and nowhere else.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, count
from operator import add
from typing import NamedTuple

from hrlint.model import Span


class Segment(NamedTuple):
    """A run of `Document.text` and its place in `Document.source`.

    `start` and `length` are code points of the text. `source_start` counts code points
    of `Document.source`, or is None where the format has no text to point into.
    An `exact` segment maps one to one (`source[s:s+length] == text[start:start+length]`) and
    may be edited; one that is not exact covers `source_length` code points of the source.
    `location` names the place in a container (`page 2`, `OBX[2].5`).
    """

    start: int
    length: int
    source_start: int | None = None
    source_length: int = 0
    exact: bool = True
    location: str | None = None


class Source(str):
    """The text of a file that several documents share; its lines are counted once."""

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin."""
        return _line_starts(self)


def utf16(text: str) -> int:
    """Return the length of `text` in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Return the length of `text` in UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _line_starts(text: str) -> list[int]:
    # A CRLF is one line break, a lone CR (old exports, HL7) is one too.
    if "\r" in text:
        return [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", text))]
    # The same for most texts, several times as fast: the lengths of the lines before, and a break for each.
    *lines, _ = text.split("\n")
    return [0, *map(add, accumulate(map(len, lines)), count(1))]


class Section(NamedTuple):
    """A part of a note under a heading: `[start, end)` of the text, `title` as `conditions` know it."""

    start: int
    end: int
    title: str


class Begin(NamedTuple):
    """Where in a file the text of a document begins that is a piece of it.

    `offset` is the number of code points before it; `line` and `column` count from 1. `utf16` and `utf8` are the lengths
    of the part of its line that stands before it, in units of those encodings.
    """

    offset: int = 0
    line: int = 1
    column: int = 1
    utf16: int = 0
    utf8: int = 0

    def after(self, text: str) -> Begin:
        """Return where a text begins before which `text` stands as well; not between CR and LF."""
        tail = text[max(text.rfind("\n"), text.rfind("\r")) + 1 :]
        breaks = text.count("\n") + text.count("\r") - text.count("\r\n")
        own = self if not breaks else Begin()
        return Begin(
            self.offset + len(text),
            self.line + breaks,
            own.column + len(tail),
            own.utf16 + utf16(tail),
            own.utf8 + utf8(tail),
        )


# Apart from `Document`, which keeps the lines it has counted: a NamedTuple itself has no room for that.
class _Fields(NamedTuple):
    name: str
    text: str
    source: str = ""
    segments: tuple[Segment, ...] = ()
    format: str = "text"
    location: str | None = None
    sections: tuple[Section, ...] = ()
    code: tuple[Span, ...] = ()
    comments: tuple[tuple[str, int], ...] = ()
    fixable: str | None = None
    extra: Mapping[str, object] = {}
    begin: Begin = Begin()
    own: Span | None = None


class Document(_Fields):
    """One text to lint.

    name      the path as people know it
    text      what is scanned, nothing stripped or normalised away from the segments' map
    source    the decoded file that segments point into; equals `text` for plain text
    segments  sorted by start, without overlap; empty means text is the source
    format    the reader's name: `text`, `markdown`, `html`, `rtf`, `docx`, …
    location  the place of this document in a file that holds several (`row 17`)
    sections  headings known from the format (LOINC codes, FHIR sections); the engine
              finds the headings written in the text itself
    code      stretches of the text that are code descriptions, not free text
    comments  stretches of the text or source where a suppression may stand: (text, line of the source)
    fixable   None when edits can be written back, else the reason why they cannot
    begin     where in the file the text of a piece begins
    own       the stretch of a piece that is to be linted; what stands around it is there to be seen only

    Offsets that methods take count in `text`; lines are those of the file. The offsets of what is found
    (`Finding`, `Directive`) count in the file, so `begin.offset` stands between the two.
    """

    def __repr__(self) -> str:
        # Without its text: a document may end up in a traceback.
        return f"Document({self.name!r}, {len(self.text)} characters)"

    @cached_property
    def _line_starts(self) -> list[int]:
        if not self.segments:
            return self.lines
        source = self.source
        return source.line_starts if isinstance(source, Source) else _line_starts(source)

    @cached_property
    def _segment_starts(self) -> list[int]:
        return [s.start for s in self.segments]

    def segment_at(self, offset: int) -> Segment | None:
        """Return the segment that holds the character at `offset`, or None when text is the source."""
        if not self.segments:
            return None
        index = bisect_right(self._segment_starts, offset) - 1
        return self.segments[max(index, 0)]

    def source_offset(self, offset: int) -> int | None:
        """Return where `text[offset]` stands in the source, in code points; None where it has no place."""
        if not self.segments:
            return offset
        segment = self.segment_at(offset)
        if segment is None or segment.source_start is None:
            return None
        into = min(max(offset - segment.start, 0), segment.length)
        if segment.exact:
            return segment.source_start + into
        return segment.source_start + (segment.source_length if into >= segment.length > 0 else 0)

    def place(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of `offset`, both from 1; (1, 1) where the source has no lines."""
        at = self.source_offset(offset)
        if at is None:
            return 1, 1
        line = bisect_right(self._line_starts, at)
        column = at - self._line_starts[line - 1] + (self.begin.column if line == 1 else 1)
        return line + self.begin.line - 1, column

    def opened(self) -> Document:
        """Return the document itself; see `Piece.opened`."""
        return self

    def words(self, start: int, end: int) -> str:
        """Return what stands between two offsets of the file."""
        return self.text[start - self.begin.offset : end - self.begin.offset]

    def place_after(self, offset: int) -> tuple[int, int]:
        """Return (line, column) right after the character before `offset`: where a stretch that ends there ends for people.

        Not always `place(offset)`: markup may follow the last character.
        """
        line, column = self.place(max(offset - 1, 0))
        if offset and self.text[offset - 1] in "\r\n":
            return self.place(offset)
        return line, column + 1 if offset else column

    def location_at(self, offset: int) -> str | None:
        """Return the name of the place of `offset` in a container format, or None."""
        segment = self.segment_at(offset)
        inner = segment.location if segment else None
        return inner or self.location

    def editable(self, span: Span) -> list[tuple[Span, int]] | None:
        """Return `span` cut into exact pieces, each with its source offset, or None when a part is not exact.

        The pieces are in order; text between them in the source is markup or layout. White space
        inside the span that stands for markup (`drug <b>seeking`) is left out. Where the format
        has no source to point into, the offset of a piece is that of the text.
        """
        if self.fixable:
            return None
        if not self.segments:
            return [(span, span.start)]
        pieces: list[tuple[Span, int]] = []
        at = span.start
        while at < span.end:
            segment = self.segment_at(at)
            if segment is None:
                return None
            into = at - segment.start
            stop = min(span.end, segment.start + segment.length)
            if into < 0 or stop <= at:
                return None
            if segment.exact:
                pieces.append((Span(at, stop), at if segment.source_start is None else segment.source_start + into))
            elif at == span.start or stop == span.end or not self.text[at:stop].isspace():
                return None
            at = stop
        return pieces

    @cached_property
    def lines(self) -> list[int]:
        """Offsets in `text` at which its lines begin."""
        return _line_starts(self.text)

    def line_span(self, offset: int) -> Span:
        """Return the stretch of the line of `text` that holds `offset`, its line break left out."""
        index = bisect_right(self.lines, offset) - 1
        start = self.lines[index]
        end = self.lines[index + 1] if index + 1 < len(self.lines) else len(self.text)
        return Span(start, start + len(self.text[start:end].rstrip("\r\n")))


class Piece(NamedTuple):
    """A piece of a large file, without its text: that is read anew when somebody asks.

    `own` is the stretch that is to be linted; it counts in the file, as `end` does, where the text of the document ends.
    """

    name: str
    begin: Begin
    own: Span
    end: int
    read: Callable[[Piece], Document]

    def opened(self) -> Document:
        """Return the document; the one asked for last is kept. Raises InputError when the file is not what it was."""
        global _opened
        piece, document = _opened
        if piece is not self or document is None:
            document = self.read(self)
            _opened = self, document
        return document


def piece_at(pieces: Sequence[Piece], offset: int) -> Piece:
    """Return the one of `pieces`, which are in order, that `offset` of the file is in."""
    return pieces[max(bisect_right(pieces, offset, key=lambda piece: piece.own.start) - 1, 0)]


_opened: tuple[Piece | None, Document | None] = None, None
