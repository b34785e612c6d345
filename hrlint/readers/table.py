"""Tables of texts: CSV, TSV, JSON Lines. A row is a document, named by its number or its id column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hrlint.document import Document, Segment, Source
from hrlint.errors import InputError
from hrlint.readers.encodings import Decoded, decode
from hrlint.readers.jsontext import Placed, string_map, values
from hrlint.readers.options import Options

# Names of text columns seen in exports, the likeliest first.
_TEXT_NAMES = (
    "text",
    "note_text",
    "note",
    "content",
    "body",
    "report",
    "narrative",
    "comment",
    "comments",
    "message",
    "description",
)
_SAMPLE = 200
_LINE = re.compile(r"[^\r\n]*")


@dataclass(frozen=True)
class _Cell:
    """A cell, its place in the source without the quotation marks around it."""

    start: int
    end: int
    quoted: bool


def _delimiter(name: str, source: str) -> str:
    if name.lower().endswith(".tsv"):
        return "\t"
    found = _LINE.match(source)
    header = found.group() if found else ""
    return max(",;\t|", key=header.count) if any(mark in header for mark in ",;\t|") else ","


def _rows(source: str, delimiter: str) -> Iterator[tuple[list[_Cell], bool]]:
    """Yield the rows of a CSV text, and whether the row is sound; an open quotation mark ends at its row's end."""
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    quoted = re.compile(r'"((?:[^"]++|"")*+)"')
    size = len(source)
    at = 0
    broken = False
    while at < size:
        row: list[_Cell] = []
        sound = True
        while True:
            cell = None
            if source.startswith('"', at) and not broken:
                cell = quoted.match(source, at)
                if cell is None:
                    # No mark closes it, so none will close those that follow.
                    broken, sound = True, False
            if cell is not None:
                row.append(_Cell(cell.start(1), cell.end(1), True))
                at = cell.end()
                rest = plain.match(source, at)
                at = rest.end() if rest else at
            else:
                rest = plain.match(source, at)
                stop = rest.end() if rest else at
                row.append(_Cell(at, stop, False))
                at = stop
            if source.startswith(delimiter, at):
                at += len(delimiter)
                continue
            break
        if source.startswith("\r\n", at):
            at += 2
        elif at < size:
            at += 1
        yield row, sound


def _value(source: str, cell: _Cell) -> str:
    written = source[cell.start : cell.end]
    return written.replace('""', '"') if cell.quoted else written


def _map(source: str, cell: _Cell) -> tuple[str, tuple[Segment, ...]]:
    """Return the text of a cell and its map."""
    written = source[cell.start : cell.end]
    if not cell.quoted or '""' not in written:
        return written, (Segment(0, len(written), cell.start, len(written)),) if written else ()
    parts: list[str] = []
    segments: list[Segment] = []
    length, at = 0, cell.start
    for piece in re.split('("")', written):
        if piece == '""':
            parts.append('"')
            segments.append(Segment(length, 1, at, 2, False))
            length += 1
        elif piece:
            parts.append(piece)
            segments.append(Segment(length, len(piece), at, len(piece)))
            length += len(piece)
        at += len(piece)
    return "".join(parts), tuple(segments)


def _choose(name: str, header: list[str], wanted: str | None, sample: list[list[str]]) -> int:
    """Return the number of the text column: the one asked for, a known name, or the one with the longest cells."""
    low = [title.strip().lower() for title in header]
    if wanted is not None:
        if wanted.lower() in low:
            return low.index(wanted.lower())
        raise InputError(name, "has no column of the name asked for; look at its first line and use --text-column")
    for known in _TEXT_NAMES:
        if known in low:
            return low.index(known)
    lengths = [sum(len(row[index]) for row in sample if index < len(row)) for index in range(len(header))]
    best = max(range(len(header)), key=lengths.__getitem__, default=0)
    if len(header) == 1 or (sample and lengths[best] >= 20 * len(sample)):
        return best
    raise InputError(name, "has no column that looks like text; name it with --text-column")


def _csv(name: str, source: Source, found: Decoded, options: Options) -> Iterator[Document]:
    delimiter = _delimiter(name, source)
    rows = _rows(source, delimiter)
    first, _ = next(rows, ([], True))
    if not first:
        raise InputError(name, "holds no rows; nothing to read")
    header = [_value(source, cell) for cell in first]
    ahead = [row for _, row in zip(range(_SAMPLE), rows, strict=False)]
    column = _choose(name, header, options.text_column, [[_value(source, cell) for cell in row] for row, _ in ahead])
    named = _id_column(name, header, options.id_column)
    number = 0
    for row, sound in _chain(ahead, rows):
        number += 1
        place = f"row {number}"
        if len(row) == 1 and row[0].end == row[0].start:
            number -= 1
            continue
        if not sound:
            options.problems.append(f"{place}: a quotation mark is never closed; read on without")
        if column >= len(row):
            options.problems.append(f"{place}: has fewer cells than the first line; it was left out")
            continue
        cell = row[column]
        text, segments = _map(source, cell)
        if not text.strip():
            continue
        if named is not None and named < len(row):
            place = f"{place} ({_value(source, row[named])[:80]})"
        yield Document(
            name,
            text,
            source,
            segments,
            "table",
            location=place,
            extra={
                "encoding": found.encoding,
                "bom": found.bom,
                "escape": "csv-quoted" if cell.quoted else "csv",
                "delimiter": delimiter,
            },
        )


def _id_column(name: str, header: list[str], wanted: str | None) -> int | None:
    if wanted is None:
        return None
    low = [title.strip().lower() for title in header]
    if wanted.lower() not in low:
        raise InputError(name, "has no id column of the name asked for; look at its first line and use --id-column")
    return low.index(wanted.lower())


def _chain(
    ahead: list[tuple[list[_Cell], bool]], rows: Iterator[tuple[list[_Cell], bool]]
) -> Iterator[tuple[list[_Cell], bool]]:
    yield from ahead
    yield from rows


def _json_lines(name: str, source: Source, found: Decoded, options: Options) -> Iterator[Document]:
    number = 0
    read = False
    wanted = (options.text_column.lower(),) if options.text_column else _TEXT_NAMES
    for value, _ in values(name, source, options):
        for row in value if isinstance(value, list) else [value]:
            number += 1
            cell = _field(row, wanted)
            if cell is None:
                options.problems.append(f"row {number}: has no text field; name it with --text-column")
                continue
            read = True
            text, segments = string_map(source, cell)
            if not text.strip():
                continue
            place = f"row {number}"
            if options.id_column and isinstance(row, dict) and options.id_column in row:
                place = f"{place} ({str(row[options.id_column])[:80]})"
            yield Document(
                name,
                text,
                source,
                segments,
                "table",
                location=place,
                extra={"encoding": found.encoding, "bom": found.bom, "escape": "json"},
            )
    if not read and number:
        del options.problems[-number:]
        raise InputError(name, "has no text field (text, note, content, …) in any row; name it with --text-column")


def _field(row: object, wanted: tuple[str, ...]) -> Placed | None:
    if isinstance(row, Placed):
        return row
    if isinstance(row, dict):
        low = {str(key).lower(): value for key, value in row.items()}
        for title in wanted:
            value = low.get(title)
            if isinstance(value, Placed):
                return value
    return None


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield a document for each row with a text."""
    found = decode(name, raw, options.encoding)
    source = Source(found.text)
    if not source.strip():
        raise InputError(name, "is empty; nothing to read")
    if source.lstrip()[:1] in ("{", "[") and not name.lower().endswith((".csv", ".tsv")):
        yield from _json_lines(name, source, found, options)
    else:
        yield from _csv(name, source, found, options)
