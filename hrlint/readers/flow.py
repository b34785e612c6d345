"""The text of a word-processor file: paragraphs, table cells and side texts, each with its place for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from hrlint.document import Segment
from hrlint.readers.mapping import BREAK


class Run(NamedTuple):
    """Text that stands as it is in a part of the file; `xml_start` counts code points of the part.

    `element` is the number of the element that holds it (a `w:t`), for those who write.
    """

    start: int
    length: int
    part: str
    xml_start: int
    element: int


class _Piece(NamedTuple):
    text: str
    xml_start: int | None
    element: int


@dataclass
class _Paragraph:
    location: str
    pieces: list[_Piece] = field(default_factory=list)
    hidden: list[_Piece] = field(default_factory=list)


@dataclass
class _Table:
    number: int
    row: int = 0
    cell: int = 0


class Flow:
    """Collects paragraphs in the order in which they end.

    So a text box or a note comes before the paragraph that holds it.
    """

    def __init__(self) -> None:
        self.part = ""
        self.area = ""  # `header 1`, `footnote 2`, or nothing for the body
        self._counts: dict[str, int] = {}
        self._open: list[_Paragraph] = []
        self._tables: list[_Table] = []
        self._texts: list[str] = []
        self._segments: list[Segment] = []
        self.runs: list[Run] = []
        self.length = 0

    def number(self, what: str) -> int:
        """Return the next number of a kind of thing, from 1."""
        self._counts[what] = self._counts.get(what, 0) + 1
        return self._counts[what]

    def open_table(self) -> None:
        """Begin a table."""
        self._tables.append(_Table(self.number(f"{self.area} table")))

    def close_table(self) -> None:
        """End the innermost table."""
        if self._tables:
            self._tables.pop()

    def open_row(self) -> None:
        """Begin a row of the innermost table."""
        if self._tables:
            self._tables[-1].row += 1
            self._tables[-1].cell = 0

    def open_cell(self) -> None:
        """Begin a cell of the innermost row."""
        if self._tables:
            self._tables[-1].cell += 1

    def open_paragraph(self, kind: str = "paragraph") -> None:
        """Begin a paragraph; it may stand inside another (a text box)."""
        if self._tables:
            table = self._tables[-1]
            place = f"table {table.number}, row {table.row}, cell {table.cell}"
        else:
            place = f"{kind} {self.number(f'{self.area} {kind}')}"
        self._open.append(_Paragraph(f"{self.area}, {place}" if self.area else place))

    def piece(self, text: str, xml_start: int | None = None, element: int = 0, hidden: bool = False) -> None:
        """Add to the paragraph; `xml_start` where the text stands as it is in the part."""
        if self._open and text:
            paragraph = self._open[-1]
            (paragraph.hidden if hidden else paragraph.pieces).append(_Piece(text, xml_start, element))

    def close_paragraph(self) -> None:
        """End the innermost paragraph; an empty one leaves no trace."""
        if not self._open:
            return
        paragraph = self._open.pop()
        self._emit(paragraph.pieces, paragraph.location)
        self._emit(paragraph.hidden, f"{paragraph.location}, hidden text")

    def _emit(self, pieces: list[_Piece], location: str) -> None:
        if not any(piece.text.strip() for piece in pieces):
            return
        if self.length:
            self._add(BREAK, False, location)
        for text, xml_start, element in pieces:
            if xml_start is not None:
                self.runs.append(Run(self.length, len(text), self.part, xml_start, element))
            self._add(text, xml_start is not None, location)

    def _add(self, text: str, exact: bool, location: str) -> None:
        self._texts.append(text)
        self._segments.append(Segment(self.length, len(text), None, 0, exact, location))
        self.length += len(text)

    def finish(self) -> tuple[str, tuple[Segment, ...]]:
        """Return the text and its map."""
        while self._open:
            self.close_paragraph()
        return "".join(self._texts), tuple(self._segments)
