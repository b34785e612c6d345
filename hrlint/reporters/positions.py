"""The place of a finding in its source, in the units that a format counts.

The model counts code points. SARIF and GitHub count UTF-16 units, rdjson counts UTF-8 bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from hrlint.document import Document, Piece, piece_at, utf8, utf16
from hrlint.model import Finding, Result, Span

__all__ = [
    "Measure",
    "Original",
    "Region",
    "documents",
    "in_reading_order",
    "region",
    "utf8",
    "utf16",
    "with_originals",
]

Measure = Callable[[str], int]


class Region(NamedTuple):
    """Lines and columns from 1, the end exclusive; the columns in the unit that was asked for."""

    line: int
    column: int
    end_line: int
    end_column: int


class Original:
    """A document and its source as lines, to count columns in other units."""

    def __init__(self, document: Document | Piece, file: Document | None = None) -> None:
        """Take a document and its file, a document whose text is the source of the first; without, it is its own source."""
        self._document = document
        self._own_file = file

    @property
    def document(self) -> Document:
        """The document."""
        return self._document.opened()

    @property
    def _file(self) -> Document:
        return self._own_file or self.document

    def _column(self, line: int, column: int, measure: Measure) -> int:
        file = self._file
        begin, number = file.begin, line - file.begin.line
        if not 0 <= number < len(file.lines):
            return column
        start = file.lines[number]
        if number:
            return 1 + measure(file.text[start : start + column - 1])
        before = begin.utf16 if measure is utf16 else begin.utf8
        return 1 + before + measure(file.text[: column - begin.column])

    def region(self, finding: Finding, measure: Measure) -> Region:
        """Return the place of `finding`, its columns counted by `measure`."""
        return Region(
            finding.line,
            self._column(finding.line, finding.column, measure),
            finding.end_line,
            self._column(finding.end_line, finding.end_column, measure),
        )

    def has_lines(self, finding: Finding) -> bool:
        """Return whether the line and column of `finding` mean anything: a PDF has none."""
        document = self.document
        return document.source_offset(finding.start - document.begin.offset) is not None

    def _editable(self, start: int, end: int, measure: Measure) -> Region | None:
        """Return the place of a stretch; None where the source cannot be edited there as one piece."""
        offset = self.document.begin.offset
        span = Span(start - offset, end - offset)
        pieces = self.document.editable(span)
        if not pieces or len(pieces) != 1 or self.document.source_offset(span.start) is None:
            return None
        piece, at = pieces[0]
        line, column = self._file.place(at)
        end_line, end_column = self._file.place(at + piece.end - piece.start)
        return Region(line, self._column(line, column, measure), end_line, self._column(end_line, end_column, measure))

    def edits(self, finding: Finding, measure: Measure) -> Iterator[tuple[str, Region]]:
        """Yield (new words, place) for the suggestions that could be applied; none for a person's own words."""
        for suggestion in finding.suggestions:
            if suggestion.applicability != "manual" and finding.voice != "quoted":
                place = self._editable(suggestion.start, suggestion.end, measure)
                if place is not None:
                    yield suggestion.text, place


def region(finding: Finding, original: Original | None, measure: Measure) -> Region:
    """Return the place of `finding`; without a source its columns stay code points."""
    if original is not None:
        return original.region(finding, measure)
    return Region(finding.line, finding.column, finding.end_line, finding.end_column)


def _holds(document: Document, finding: Finding) -> bool:
    return (
        0 <= finding.start <= finding.end <= len(document.text)
        and document.location_at(finding.start) == finding.location
        and document.place(finding.start) == (finding.line, finding.column)
    )


def documents(result: Result) -> list[Document]:
    """Return the documents that `result` carries."""
    return [d for d in result.documents if isinstance(d, Document)]


def pieces(result: Result) -> list[Piece]:
    """Return the pieces of the large file that `result` is about, in order; none for any other."""
    return [d for d in result.documents if isinstance(d, Piece)]


def with_originals(result: Result) -> Iterator[tuple[Finding, Original | None]]:
    """Yield each finding with the source of its document, or None where the result carries no such document."""
    if cut := pieces(result):
        for finding in result.findings:
            yield finding, Original(piece_at(cut, finding.start))
        return
    by_location: defaultdict[str | None, list[Original]] = defaultdict(list)
    files: dict[int, Document] = {}  # documents of one file share its text: count its lines once
    for document in documents(result):
        # A document without segments is its own source.
        file = files.setdefault(id(document.source), Document(document.name, document.source))
        original = Original(document, file if document.segments else None)
        for location in {document.location, *(segment.location for segment in document.segments)}:
            by_location[location].append(original)
    for finding in result.findings:
        yield finding, next((s for s in by_location[finding.location] if _holds(s.document, finding)), None)


def in_reading_order(result: Result) -> Iterable[tuple[Finding, Original | None]]:
    """Return findings with their sources as a person reads the file: one document after the other."""
    if len(result.documents) < 2 or pieces(result):
        return with_originals(result)
    order = {id(document): index for index, document in enumerate(documents(result))}

    def key(item: tuple[Finding, Original | None]) -> int:
        original = item[1]
        return order[id(original.document)] if original else -1

    return sorted(with_originals(result), key=key)
