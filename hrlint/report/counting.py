"""Findings from tables of `hrlint batch` and from JSON reports of `hrlint check`, counted as they stream by."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hrlint.batch.scanning import Group, arrow
from hrlint.errors import ConfigError, InputError
from hrlint.model import PRINCIPLES

SEVERITIES = ("error", "warning", "info")

# Columns of a table of findings; any other one is a group.
_OWN = frozenset(
    [
        *("note_id", "path", "location", "rule", "category", "severity", "voice", "start", "end", "line", "column"),
        *("end_line", "end_column", "text", "message", "why", "suggestions", "principles", "themes", "sources"),
        *("fingerprint", "problem", "packs", "schema", "type", "kind"),
    ]
)
_NEEDED = ("rule", "category", "severity")

# A group with more values is an id, not a group.
MOST_VALUES = 1000

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_PARTS = {"year": 4, "month": 7, "day": 10}

Row = Mapping[str, Any]


@dataclass
class Cell:
    """Findings by severity, and the notes they are in."""

    findings: Counter[str] = field(default_factory=Counter)
    hit: int = 0
    last: object = None

    def add(self, severity: str, note: object) -> None:
        """Count a finding in `note`; findings of a note come one after another."""
        self.findings[severity] += 1
        if self.last is None or note != self.last:
            self.hit += 1
            self.last = note

    @property
    def total(self) -> int:
        """All findings."""
        return self.findings.total()


@dataclass
class Tally:
    """Counts of findings. `notes` holds how many notes there were for (group, value), where a summary tells."""

    all: Cell = field(default_factory=Cell)
    categories: dict[str, Cell] = field(default_factory=dict)
    rules: dict[str, Cell] = field(default_factory=dict)
    principles: dict[str, Cell] = field(default_factory=dict)
    voices: Counter[str] = field(default_factory=Counter)
    groups: dict[str, dict[str, Cell]] = field(default_factory=dict)
    crowded: set[str] = field(default_factory=set)
    notes: dict[tuple[str, str], int] = field(default_factory=dict)
    all_notes: int = 0
    problems: int = 0
    packs: set[str] = field(default_factory=set)

    def add(self, row: Row, groups: Mapping[str, Group]) -> None:
        """Count a row of a table of findings."""
        if row.get("problem"):
            self.problems += 1
            return
        severity = str(row.get("severity"))
        if severity not in SEVERITIES or not row.get("rule"):
            return
        note = row.get("note_id", row.get("path"))
        self.all.add(severity, note)
        self.categories.setdefault(str(row["category"]), Cell()).add(severity, note)
        self.rules.setdefault(str(row["rule"]), Cell()).add(severity, note)
        self.voices[str(row.get("voice"))] += 1
        for principle in _list(row.get("principles")):
            if principle in PRINCIPLES:
                self.principles.setdefault(principle, Cell()).add(severity, note)
        if row.get("packs"):
            self.packs.add(str(row["packs"]))
        for name, group in groups.items():
            self._add_to_group(name, _value(row.get(group.column), group.part), severity, note)

    def _add_to_group(self, name: str, value: str, severity: str, note: object) -> None:
        if name in self.crowded:
            return
        known = self.groups.setdefault(name, {})
        if value not in known and len(known) >= MOST_VALUES:
            self.crowded.add(name)
            known.clear()
            return
        known.setdefault(value, Cell()).add(severity, note)


def _list(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [part for part in value.split(";") if part]
    return value or ()


def _value(value: Any, part: str) -> str:
    """Return the value of a group as text, `""` for none; of a date the part asked for."""
    text = "" if value is None else str(value)
    if not part:
        return text
    found = _DATE.match(text)
    cut = text[: _PARTS[part]]
    return cut if found and len(cut) == _PARTS[part] and _DATE.fullmatch(cut) else ""


def is_time(name: str, values: Iterable[str]) -> bool:
    """Whether the values of a group are dates, which belong on a line and not on bars."""
    known = [value for value in values if value]
    return bool(known) and all(_DATE.fullmatch(value) for value in known) and (name in _PARTS or len(known[0]) > 4)


def count(names: Sequence[str], by: Sequence[str] | None = None, summaries: Sequence[str] = ()) -> Tally:
    """Return the counts of the findings in the files `names`.

    `by` are columns, or `column:month`; None is every column that `hrlint batch` carried along. `summaries` are
    files of `hrlint batch --summary`, which say how many notes there were; they may stand among `names` too.
    Raises InputError for a file that cannot be read, ConfigError when no file has a column of `by`.
    """
    tally = Tally()
    wanted = None if by is None else {Group.parse(written).name: Group.parse(written) for written in by}
    seen: set[str] = set()
    for name in names:
        for columns, rows in _tables(name, tally):
            seen |= columns
            groups = {c: Group(c) for c in sorted(columns - _OWN)} if wanted is None else wanted
            for row in rows:
                tally.add(row, groups)
    for name in summaries:
        _read_summary(name, _json(name), tally)
    for key, group in (wanted or {}).items():
        if group.column not in seen and tally.all.total:
            from hrlint.config import nearest

            raise ConfigError(f"--by: no table has the column '{group.column}'{nearest(key, seen - _OWN)}")
    return tally


# --- files ----------------------------------------------------------------------------------


def _tables(name: str, tally: Tally) -> Iterator[tuple[set[str], Iterator[Row]]]:
    """Yield (columns, rows) of a file, in pieces where it is large."""
    kind = os.path.splitext(name.lower())[1]
    try:
        if kind in (".parquet", ".pq"):
            yield from _parquet(name)
        elif kind in (".jsonl", ".ndjson"):
            yield from _json_lines(name)
        elif kind == ".csv":
            yield from _csv(name)
        elif kind == ".json":
            yield from _document(name, tally)
        else:
            raise InputError(name, "not a table of findings by its name; known are .parquet, .csv, .jsonl, .json")
    except OSError as error:
        raise InputError(name, f"cannot be read: {error.strerror or type(error).__name__}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(name, f"cannot be read ({type(error).__name__})") from None


def _checked(name: str, columns: Iterable[str]) -> set[str]:
    found = set(columns)
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        raise InputError(name, f"not a table of findings: has no column '{missing[0]}'")
    return found


def _parquet(name: str) -> Iterator[tuple[set[str], Iterator[Row]]]:
    pa = arrow()
    import pyarrow.parquet as pq

    try:
        with open(name, "rb") as stream:
            file = pq.ParquetFile(stream)
            columns = _checked(name, file.schema_arrow.names)
            # Words of notes are not even read.
            kept = sorted(columns - {"text"})
            for batch in file.iter_batches(batch_size=16_384, columns=kept):
                values = [batch.column(batch.schema.get_field_index(column)).to_pylist() for column in kept]
                yield columns, (dict(zip(kept, row, strict=True)) for row in zip(*values, strict=True))
        yield columns, iter(())
    except pa.ArrowException:
        raise InputError(name, "not a Parquet file, or a damaged one") from None


def _csv(name: str) -> Iterator[tuple[set[str], Iterator[Row]]]:
    with open(name, encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        yield _checked(name, reader.fieldnames or ()), iter(reader)


def _json_lines(name: str) -> Iterator[tuple[set[str], Iterator[Row]]]:
    with open(name, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                raise InputError(name, f"line {number}: not JSON") from None
            if not isinstance(row, dict):
                raise InputError(name, f"line {number}: not a finding")
            # `check --format json-lines` has lines of other kinds too.
            if all(column in row for column in _NEEDED):
                yield set(row), iter((row,))


def _json(name: str) -> Any:
    try:
        with open(name, encoding="utf-8") as stream:
            return json.load(stream)
    except OSError as error:
        raise InputError(name, f"cannot be read: {error.strerror or type(error).__name__}") from None
    except (ValueError, RecursionError):
        raise InputError(name, "not JSON") from None


def _document(name: str, tally: Tally) -> Iterator[tuple[set[str], Iterator[Row]]]:
    document = _json(name)
    form = document.get("schema") if isinstance(document, dict) else None
    if form == "hrlint-batch/1":
        _read_summary(name, document, tally)
    elif form == "hrlint/1":
        findings = [finding for finding in document.get("findings", ()) if isinstance(finding, dict)]
        for finding in findings:
            _checked(name, finding)
        tally.all_notes += int(document.get("summary", {}).get("files", 0))
        tally.problems += len(document.get("errors", ()))
        yield set().union(*findings), iter(findings)
    else:
        raise InputError(name, "neither a report of hrlint (--format json) nor a summary of a batch (--summary)")


def _read_summary(name: str, document: Any, tally: Tally) -> None:
    if not isinstance(document, dict) or document.get("schema") != "hrlint-batch/1":
        raise InputError(name, "not a summary of a batch (hrlint batch --summary)")
    tally.all_notes += int(document.get("notes", 0))
    for group, rows in document.get("groups", {}).items():
        for row in rows:
            key = group, row.get("value") or ""
            tally.notes[key] = tally.notes.get(key, 0) + int(row.get("notes", 0))
