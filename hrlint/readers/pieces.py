"""A large plain text, piece by piece, so that memory does not grow with the file.

The file is read twice: once to find its encoding, and that all of it is valid, then piece by piece. Nothing of it is kept; a
report that shows the lines of a finding reads their piece once more.
"""

from __future__ import annotations

import codecs
import io
import os
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from hrlint.document import Begin, Document, Piece
from hrlint.errors import InputError
from hrlint.model import Span
from hrlint.readers.comments import comments
from hrlint.readers.encodings import Attempt, attempts, no_text
from hrlint.tokens import cut

# The length of a piece, and how much of the text around it is seen, in code points: more than any condition looks at.
SIZE = 1 << 19
AROUND = 1 << 14

# How many bytes are decoded at a time.
_BYTES = 1 << 19

# Encodings that cannot be decoded a part at a time.
_WHOLE = frozenset(["idna", "punycode", "raw_unicode_escape", "unicode_escape", "utf_7"])


class _Mark(NamedTuple):
    """Where reading can begin: after so many code points, at this byte, with the decoder in this state."""

    point: int
    byte: int
    state: tuple[bytes, int]


class Large:
    """The text of a file or of bytes in memory, of which any stretch can be read.

    Raises InputError for what is no text, and OSError for what cannot be read.
    """

    def __init__(self, name: str, place: Path | bytes, encoding: str | None = None) -> None:
        self.name = name
        self._place = place
        self._stamp: object = None
        with self._file() as file:
            self._stamp = _stamp(file)
            head = file.read(4096)
            for attempt in attempts(name, head, lambda: any(b"\0" in part for part in _parts(file, 0)), encoding):
                self._found = attempt
                try:
                    self.length, self._marks = self._scan(file)
                    return
                except (UnicodeError, LookupError, ValueError):
                    if attempt.reason is not None:
                        raise InputError(name, attempt.reason) from None

    def _scan(self, file: IO[bytes]) -> tuple[int, list[_Mark]]:
        """Return how many code points there are, and where reading can begin."""
        decoder = _decoder(self._found)
        marks: list[_Mark] = []
        point, byte, nul = 0, len(self._found.bom), False
        for raw in _parts(file, byte):
            marks.append(_Mark(point, byte, decoder.getstate()))
            text = decoder.decode(raw)
            nul = nul or "\0" in text
            point += len(text)
            byte += len(raw)
        point += len(decoder.decode(b"", True))
        if nul:
            raise no_text(self.name)
        return point, marks

    def _file(self) -> IO[bytes]:
        if isinstance(self._place, bytes):
            return io.BytesIO(self._place)
        file = self._place.open("rb")
        if self._stamp not in (None, _stamp(file)):
            file.close()
            raise InputError(self.name, "was changed while it was read; run hrlint again")
        return file

    def read(self, start: int, end: int) -> str:
        """Return the text between two offsets, in code points."""
        if start >= min(end, self.length):
            return ""
        mark = self._marks[bisect_right(self._marks, start, key=lambda mark: mark.point) - 1]
        decoder = _decoder(self._found)
        decoder.setstate(mark.state)
        parts: list[str] = []
        length, wanted = 0, end - mark.point
        with self._file() as file:
            for raw in _parts(file, mark.byte):
                parts.append(decoder.decode(raw))
                length += len(parts[-1])
                if length >= wanted:
                    break
        return "".join(parts)[start - mark.point : wanted]

    def document(self, piece: Piece) -> Document:
        """Return the document of a piece."""
        begin = piece.begin
        text = self.read(begin.offset, piece.end)
        return Document(
            piece.name,
            text,
            text,
            comments=tuple((said, line + begin.line - 1) for said, line in comments(text)),
            begin=begin,
            own=Span(piece.own.start - begin.offset, piece.own.end - begin.offset),
        )

    def pieces(self, size: int = SIZE) -> Iterator[Piece]:
        """Yield the pieces of the text, in order, none much longer than `size` code points; together they cover it."""
        begin, start = Begin(), 0
        while True:
            low = max(0, start - AROUND)
            between = self.read(begin.offset, low + 1)
            if between.endswith("\r\n"):
                low -= 1
            begin = begin.after(between[: low - begin.offset])
            limit = start + size
            if limit + AROUND >= self.length:
                yield Piece(self.name, begin, Span(start, self.length), self.length, self.document)
                return
            text = self.read(low, limit + AROUND)
            end = low + cut(text, start - low, limit - low)
            yield Piece(self.name, begin, Span(start, end), min(end + AROUND, self.length), self.document)
            start = end


def by_parts(encoding: str | None) -> bool:
    """Whether text in `encoding` (None: to be found out) can be decoded a part at a time."""
    if encoding is None:
        return True
    try:
        return codecs.lookup(encoding).name.replace("-", "_") not in _WHOLE
    except (LookupError, ValueError):
        return True


def _decoder(found: Attempt) -> Any:
    return codecs.getincrementaldecoder(found.encoding)(found.errors)


def _parts(file: IO[bytes], start: int) -> Iterator[bytes]:
    file.seek(start)
    while raw := file.read(_BYTES):
        yield raw


def _stamp(file: IO[bytes]) -> object:
    if isinstance(file, io.BytesIO):
        return None
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns
