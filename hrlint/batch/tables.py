"""Tables of notes on disk, read in batches of a bounded size: CSV, JSON Lines, Parquet.

A batch has the columns that the settings name and `PROBLEM`: why a row could not be read. A bad row never ends a
table, and no message holds text of one.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hrlint.batch.scanning import PROBLEM, Group, arrow
from hrlint.errors import ConfigError, InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from hrlint.batch.scanning import BatchSettings

KINDS = {
    ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip

# The longest field of a CSV, in characters: a quotation mark that is never closed must not fill the memory.
MAX_FIELD = 64 * 1024 * 1024

# `Chunk.row` behind the last row that can be read.
END = 1 << 62

# Lines of JSON that are looked at for the names of columns.
_SAMPLE = 100

# What a damaged file raises while it is read, besides OSError without a number, which is Arrow's.
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is handed over at once: a chunk is full at `rows` or `size` (bytes of text), a part at `chunks`."""

    rows: int = 1000
    size: int = 2 * 1024 * 1024
    chunks: int = 32


@dataclass(frozen=True, slots=True)
class Table:
    """A file of notes. `name` is as it was given."""

    path: Path
    name: str
    kind: str
    compressed: bool

    def identity(self) -> dict[str, object]:
        """Return what tells this content from another: place, size (bytes), time of the last change (ns)."""
        found = self.path.stat()
        return {"path": str(self.path.resolve()), "size": found.st_size, "mtime": found.st_mtime_ns}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A batch and where it ends: `row` rows into the table, which is `share` of it (0 to 1)."""

    batch: pa.RecordBatch
    row: int
    share: float


def tables(names: Sequence[str]) -> list[Table]:
    """Return the tables that `names` name, those of a folder sorted; raises InputError."""
    found: list[Table] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = [t for t in sorted(path.rglob("*")) if t.is_file() and not _hidden(t.relative_to(path))]
            kept = [table for t in inside if (table := _table(t, t.as_posix()))]
            if not kept:
                raise InputError(name, f"the folder holds no table; known are {', '.join(KINDS)}")
            found += kept
            continue
        if not path.exists():
            raise InputError(name, "no such file or folder")
        one = _table(path, name)
        if one is None:
            raise InputError(name, f"not a table by its name; known are {', '.join(KINDS)}, and .gz of text formats")
        found.append(one)
    return found


def _hidden(path: Path) -> bool:
    # Spark and Delta keep their books in folders like `_delta_log`.
    return any(part.startswith(("_", ".")) for part in path.parts)


def _table(path: Path, name: str) -> Table | None:
    low = path.name.lower()
    compressed = low.endswith(".gz")
    kind = KINDS.get(os.path.splitext(low.removesuffix(".gz"))[1])
    return None if kind is None or (compressed and kind == "parquet") else Table(path, name, kind, compressed)


# --- columns ------------------------------------------------------------------------------


def column_names(table: Table, encoding: str) -> list[str]:
    """Return the names of the columns of a table; raises InputError when it cannot be read."""
    try:
        if table.kind == "parquet":
            return list(_parquet_file(table).schema_arrow.names)
        if table.kind == "csv":
            with _Csv(table, encoding) as rows:
                return rows.header
        names: dict[str, None] = {}
        with open(table.path, "rb") as file, gzip.open(file) if table.compressed else file as stream:
            for _, line in zip(range(_SAMPLE), stream, strict=False):
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(value, dict):
                    names.update(dict.fromkeys(value))
        return list(names)
    except (*_DAMAGED, LookupError) as error:
        raise InputError(table.name, f"cannot be read ({type(error).__name__})") from None
    except OSError as error:
        raise InputError(table.name, f"cannot be read: {error.strerror or type(error).__name__}") from None


def check_columns(table: Table, settings: BatchSettings, encoding: str) -> None:
    """Raise ConfigError or InputError when `table` lacks a column that the settings name, or its texts are none."""
    names = column_names(table, encoding)
    if not names and table.kind == "csv":
        raise InputError(table.name, "holds no rows; its first line names the columns")
    known = {name.lower() for name in names}
    wanted = [("--text-column", settings.text), ("--id-column", settings.id)]
    wanted += [("--group-by", Group.parse(group).column) for group in settings.groups]
    for option, name in wanted:
        if name.lower() not in known and (names or table.kind != "jsonl"):
            from hrlint.config import nearest

            raise ConfigError(f"{table.name}: has no column '{name}'{nearest(name, names)}; name it with {option}")
    if table.kind == "parquet":
        pa = arrow()
        kind = _parquet_file(table).schema_arrow.field(_spelled(names, settings.text)).type
        inner = kind.value_type if pa.types.is_dictionary(kind) else kind
        t = pa.types
        if not any(test(inner) for test in (t.is_string, t.is_large_string, t.is_binary, t.is_large_binary, t.is_null)):
            what = f"{table.name}: the column '{settings.text}' holds {kind}, not text"
            raise ConfigError(f"{what}; name another with --text-column")


def _spelled(names: Sequence[str], wanted: str) -> str:
    """Return a name as the table spells it; tools disagree about capitals."""
    if wanted in names:
        return wanted
    return next((name for name in names if name.lower() == wanted.lower()), wanted)


def wanted_columns(settings: BatchSettings) -> list[str]:
    """Return the columns of a table that a run reads, once each, the text last."""
    names = [settings.id, *(Group.parse(group).column for group in settings.groups)]
    return [*(name for name in dict.fromkeys(names) if name != settings.text), settings.text]


# --- reading ------------------------------------------------------------------------------


def read(table: Table, settings: BatchSettings, limits: Limits, encoding: str, skip: int = 0) -> Iterator[Chunk]:
    """Yield `table` in chunks, without its first `skip` rows.

    What a damaged file still gives is read; the damage is a row with a problem. Raises InputError when the
    disk fails, so that a later run may go on.
    """
    if skip >= END:
        return
    row = 0
    try:
        reader = {"csv": _read_csv, "jsonl": _read_json, "parquet": _read_parquet}[table.kind]
        for chunk in reader(table, settings, limits, encoding, skip):
            row = chunk.row
            yield chunk
    except _DAMAGED as error:
        yield _damage(table, settings, max(row, skip), error)
    except OSError as error:
        if error.errno is not None:
            raise InputError(table.name, f"cannot be read: {error.strerror}") from None
        yield _damage(table, settings, max(row, skip), error)
    except arrow().ArrowException as error:
        yield _damage(table, settings, max(row, skip), error)


def _damage(table: Table, settings: BatchSettings, row: int, error: Exception) -> Chunk:
    rows = _Rows(settings)
    rows.add(None, None, {}, f"{table.name}: damaged after row {row} ({type(error).__name__}); the rest was not read")
    return Chunk(rows.batch(), END, 1.0)


@dataclass
class _Rows:
    """Rows of text formats on their way into a batch."""

    settings: BatchSettings
    columns: dict[str, list[Any]] = field(default_factory=dict)
    texts: list[bytes | None] = field(default_factory=list)
    problems: list[str | None] = field(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        self.columns = {name: [] for name in wanted_columns(self.settings)[:-1]}

    def add(
        self, id: str | None, text: bytes | None, values: Mapping[str, str | None], problem: str | None = None
    ) -> None:
        for name, column in self.columns.items():
            column.append(id if name == self.settings.id else values.get(name))
        self.texts.append(text)
        self.problems.append(problem)
        self.size += len(text or b"")

    def full(self, limits: Limits) -> bool:
        return len(self.texts) >= limits.rows or self.size >= limits.size

    def batch(self) -> pa.RecordBatch:
        pa = arrow()
        arrays = [pa.array(column, pa.string()) for column in self.columns.values()]
        arrays += [pa.array(self.texts, pa.large_binary()), pa.array(self.problems, pa.string())]
        return pa.record_batch(arrays, names=[*self.columns, self.settings.text, PROBLEM])


class _Csv:
    """The rows of a CSV; `header` is the first. Bytes that are no characters of the encoding survive as they are."""

    def __init__(self, table: Table, encoding: str) -> None:
        csv.field_size_limit(MAX_FIELD)
        self.file = open(table.path, "rb")  # noqa: SIM115 - closed in __exit__
        self.size = max(table.path.stat().st_size, 1)
        stream: Any = gzip.GzipFile(fileobj=self.file) if table.compressed else self.file
        bare = encoding.lower().replace("_", "-") in ("utf-8", "utf8")
        self.text = io.TextIOWrapper(stream, "utf-8-sig" if bare else encoding, errors="surrogateescape", newline="")
        first = self.text.readline(1024 * 1024)
        marks = {mark: first.count(mark) for mark in ",\t;|"}
        delimiter = "\t" if ".tsv" in table.path.name.lower() else max(marks, key=marks.__getitem__)
        # A name in the first line may hold a line break, so it is read like any row.
        self.reader = csv.reader(self._again(first), delimiter=delimiter)
        self.header = [name.strip() for name in next(self.reader, [])]

    def _again(self, first: str) -> Iterator[str]:
        yield first
        yield from self.text

    def __enter__(self) -> _Csv:
        return self

    def __exit__(self, *_: object) -> None:
        self.text.close()
        self.file.close()

    def share(self) -> float:
        return min(self.file.tell() / self.size, 1.0)

    def rows(self) -> Iterator[tuple[list[str], str | None]]:
        """Yield (cells, what is wrong with the row)."""
        while True:
            try:
                cells = next(self.reader, None)
            except csv.Error:
                yield [], f"a field is longer than {MAX_FIELD:,} characters; a quotation mark may not be closed"
                continue
            if cells is None:
                return
            if not cells:
                continue
            if len(cells) < len(self.header):
                yield cells, "has fewer cells than the first line"
            elif len(cells) > len(self.header) and any(cells[len(self.header) :]):
                yield cells, "has more cells than the first line; a text may not be quoted"
            else:
                yield cells, None


def _valid(text: str) -> str:
    """Return text that can be stored: bytes that are no characters become `?`."""
    return text.encode("utf-8", "replace").decode()


def _read_csv(table: Table, settings: BatchSettings, limits: Limits, encoding: str, skip: int) -> Iterator[Chunk]:
    names = wanted_columns(settings)
    with _Csv(table, encoding) as source:
        at = {name: source.header.index(_spelled(source.header, name)) for name in names}
        rows = _Rows(settings)
        number = 0
        damage: Exception | None = None
        try:
            for cells, problem in source.rows():
                number += 1
                if number <= skip:
                    continue
                values = {name: _valid(cells[i]) for name, i in at.items() if name != settings.text and i < len(cells)}
                if problem is None:
                    text = cells[at[settings.text]].encode("utf-8", "surrogateescape")
                    rows.add(values.get(settings.id) or f"row {number}", text, values)
                else:
                    # Cells of a broken row may stand under the wrong name; its number is sure.
                    rows.add(f"row {number}", None, {}, problem)
                if rows.full(limits):
                    yield Chunk(rows.batch(), number, source.share())
                    rows = _Rows(settings)
        except (*_DAMAGED, OSError) as error:
            damage = error
        if rows.texts:
            yield Chunk(rows.batch(), number, 1.0)
        if damage is not None:
            raise damage


def _read_json(table: Table, settings: BatchSettings, limits: Limits, encoding: str, skip: int) -> Iterator[Chunk]:
    size = max(table.path.stat().st_size, 1)
    with open(table.path, "rb") as file, gzip.open(file) if table.compressed else file as stream:
        rows = _Rows(settings)
        number = 0
        damage: Exception | None = None
        try:
            for line in stream:
                if not line.strip():
                    continue
                number += 1
                if number <= skip:
                    continue
                value, problem = _object(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, encoding)
                _add_object(rows, value, problem, number)
                if rows.full(limits):
                    yield Chunk(rows.batch(), number, min(file.tell() / size, 1.0))
                    rows = _Rows(settings)
        except (*_DAMAGED, OSError) as error:
            damage = error
        if rows.texts:
            yield Chunk(rows.batch(), number, 1.0)
        if damage is not None:
            raise damage


def _add_object(rows: _Rows, value: dict[str, Any], problem: str | None, number: int) -> None:
    settings = rows.settings
    low = {key.lower(): key for key in value}
    cells = {name: value.get(name, value.get(low.get(name.lower(), name))) for name in (*rows.columns, settings.text)}
    text = cells.pop(settings.text)
    if problem is None and text is not None and not isinstance(text, str):
        problem = "not text"
    plain = {
        name: None if cell is None else _valid(cell if isinstance(cell, str) else json.dumps(cell))
        for name, cell in cells.items()
    }
    # Half of a surrogate pair, which JSON can write, becomes one `?`: offsets stay.
    content = text.encode("utf-8", "replace") if isinstance(text, str) and problem is None else None
    rows.add(plain.get(settings.id) or f"row {number}", content, plain, problem)


def _object(line: bytes, encoding: str) -> tuple[dict[str, Any], str | None]:
    try:
        value = json.loads(line.decode(encoding))
    except UnicodeDecodeError:
        return {}, f"not {encoding.upper()}; the encoding of the table may be another one"
    except (ValueError, RecursionError):
        return {}, "not JSON"
    return (value, None) if isinstance(value, dict) else ({}, "not a JSON object")


def _parquet_file(table: Table) -> Any:
    pa = arrow()
    import pyarrow.parquet as pq

    try:
        # Read through a buffer: a whole column of a row group may be larger than the memory.
        return pq.ParquetFile(table.path, pre_buffer=False, buffer_size=1024 * 1024)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise InputError(table.name, "not a Parquet file, or a damaged one") from None


def _read_parquet(table: Table, settings: BatchSettings, limits: Limits, encoding: str, skip: int) -> Iterator[Chunk]:
    pa = arrow()
    file = _parquet_file(table)
    names = file.schema_arrow.names
    wanted = wanted_columns(settings)
    spelled = [_spelled(names, name) for name in wanted]
    total = max(file.metadata.num_rows, 1)
    row = 0
    for group in range(file.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        if row + count <= skip:
            row += count
            continue
        size = _rows_at_once(file.metadata.row_group(group), spelled[-1], limits)
        for batch in file.iter_batches(batch_size=size, row_groups=[group], columns=spelled, use_threads=False):
            first, row = row, row + batch.num_rows
            if row <= skip:
                continue
            if first < skip:
                batch = batch.slice(skip - first)
                first = skip
            columns = [batch.column(batch.schema.get_field_index(name)) for name in spelled]
            columns[0] = _with_ids(columns[0], first)
            problems = pa.nulls(len(columns[0]), pa.string())
            yield Chunk(pa.record_batch([*columns, problems], names=[*wanted, PROBLEM]), row, row / total)


def _rows_at_once(group: Any, text: str, limits: Limits) -> int:
    """Return how many rows of a row group hold about as much text as a chunk may."""
    for index in range(group.num_columns):
        column = group.column(index)
        if column.path_in_schema == text and group.num_rows:
            # A dictionary of repeated texts may be far smaller than they are; a note of 300 bytes is short anyway.
            average = max(column.total_uncompressed_size / group.num_rows, 300)
            return int(max(1, min(limits.rows, limits.size / average)))
    return limits.rows


def _with_ids(ids: pa.Array, first: int) -> pa.Array:
    """Return ids as text; a row without one is named by its number, from 1."""
    from hrlint.batch.scanning import as_text

    pa = arrow()
    text = as_text(ids)
    if not text.null_count:
        return text
    values = text.to_pylist()
    return pa.array([f"row {first + n + 1}" if v is None else v for n, v in enumerate(values)], pa.string())
