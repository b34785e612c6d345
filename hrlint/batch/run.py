"""A run over tables: several processes, parts on disk, one table of findings at the end.

Chunks of rows go to workers and come back in order. Every few chunks the findings so far become a part, a
file in `OUTPUT.parts` that appears in one step and says how far it goes. A run that was killed goes on behind its
last part; the parts are joined when all are there. Where parts begin and end leaves no trace in the output.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hrlint import __version__
from hrlint.batch.scanning import BatchSettings, Group, Scanned, arrow, scanner, schema
from hrlint.batch.tables import Chunk, Limits, Table, check_columns, read
from hrlint.errors import ConfigError, HrlintError, InputError

if TYPE_CHECKING:
    import pyarrow as pa

OUTPUTS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}

# Raised by one when what a part holds changes.
FORMAT = 1

LIMITS = Limits()

# Rows of findings that become one row group of Parquet.
_ROW_GROUP = 64 * 1024

# Chunks that wait for each worker.
_WAITING = 3

# Values of a group column that the summary tells apart; more are no group but an id.
MOST_VALUES = 10_000

# Bad rows that the summary names.
_NAMED = 20

# Called with notes done, and the share of all that is done (0 to 1).
Tell = Callable[[int, float], None]


@dataclass
class Summary:
    """Counts of a whole run; the same whatever the number of processes, interrupted or not."""

    notes: int = 0
    hit: int = 0
    bad: int = 0
    suppressed: int = 0
    characters: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    groups: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    bad_rows: list[tuple[str, str]] = field(default_factory=list)

    def as_object(self, tables: Iterable[str], settings: BatchSettings) -> dict[str, Any]:
        """Return the summary as it is written with `--summary`; see docs/batch.md."""
        levels = ("error", "warning", "info")
        return {
            "schema": "hrlint-batch/1",
            "hrlint": __version__,
            "audience": settings.audience,
            "tables": list(tables),
            "notes": self.notes,
            "notes_with_findings": self.hit,
            "notes_not_scanned": self.bad,
            "characters": self.characters,
            "findings": sum(self.findings.values()),
            **{level: self.findings[level] for level in levels},
            "suppressed": self.suppressed,
            "categories": dict(sorted(self.categories.items())),
            "rules": dict(sorted(self.rules.items())),
            "groups": {
                name: [
                    {"value": None if value == "" else value, **{k: counts[k] for k in ("notes", "findings", *levels)}}
                    for value, counts in sorted(values.items())
                ]
                for name, values in self.groups.items()
            },
            "bad_rows": [{"note_id": id, "problem": problem} for id, problem in self.bad_rows],
        }


def run(
    tables: list[Table],
    output: str,
    settings: BatchSettings,
    *,
    jobs: int = 0,
    resume: bool = False,
    encoding: str = "utf-8",
    limits: Limits | None = None,
    tell: Tell = lambda notes, share: None,
) -> Summary:
    """Scan `tables` and write the findings to `output`; return the counts.

    `jobs` of 0 is all cores. Raises ConfigError and InputError for what was asked wrongly, HrlintError
    when the run cannot go on; what is done by then stays in `OUTPUT.parts` for `resume`, after KeyboardInterrupt too.
    """
    kind = OUTPUTS.get(os.path.splitext(output.lower())[1])
    if kind is None:
        raise ConfigError(f"--output: {output}: not a table by its name; known are {', '.join(OUTPUTS)}")
    if any(os.path.realpath(output) == os.path.realpath(table.path) for table in tables):
        raise ConfigError(f"--output: {output}: is a table to read")
    for table in tables:
        check_columns(table, settings, encoding)
    manifest = {
        "format": FORMAT,
        "hrlint": __version__,
        "settings": settings.identity(),
        "encoding": encoding,
        "tables": [table.identity() for table in tables],
    }
    with _writing(output), _Parts(Path(f"{output}.parts"), manifest, resume) as parts:
        _scan_all(parts, tables, settings, jobs or cores(), encoding, limits or LIMITS, tell)
        summary = _merge(parts, Path(output), kind, settings)
        parts.remove()
    return summary


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _writing(output: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(output, f"cannot be written: {reason}; --resume goes on from here") from None


# --- parts --------------------------------------------------------------------------------


class _Parts:
    """The folder of an unfinished run."""

    def __init__(self, folder: Path, manifest: dict[str, Any], resume: bool) -> None:
        self.folder = folder
        self.count = 0
        # Where the next chunk begins: number of the table, rows of it that are done.
        self.table = 0
        self.row = 0
        self.notes = 0
        self._lock: int | None = None
        file = folder / "manifest.json"
        if folder.exists() and not resume:
            raise ConfigError(f"{folder}: holds an unfinished run; go on with --resume, or remove the folder")
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            self._take()
            if file.exists():
                self._same(json.loads(file.read_text("utf-8")), manifest)
                self._go_on()
            else:
                _write(file, json.dumps(manifest, indent=1).encode())
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> _Parts:
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take(self) -> None:
        """Hold the folder against a second run, where the system can; a lock ends with its process, killed or not."""
        try:
            import fcntl
        except ImportError:
            return
        self._lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"{self.folder}: another run is at work on it") from None
        except OSError:
            pass  # a network disk without locks

    def _same(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        changed = [key for key in new if json.loads(json.dumps(new[key])) != old.get(key)]
        if not changed:
            return
        says = {"settings": "the rules or the settings", "tables": "the tables", "encoding": "--encoding"}
        what = " and ".join(says.get(key, "the version of hrlint") for key in changed)
        raise ConfigError(f"{self.folder}: {what} changed since the run began; remove the folder to start anew")

    def _go_on(self) -> None:
        for path in self.paths():
            state = _state(path)
            self.count += 1
            self.table, self.row = state["table"], state["row"]
            self.notes += state["notes"]

    def path(self, number: int) -> Path:
        return self.folder / f"part-{number:08}.arrow"

    def paths(self) -> Iterator[Path]:
        """Yield the parts in order."""
        number = 0
        while (path := self.path(number)).exists():
            yield path
            number += 1

    def add(self, done: list[tuple[Scanned, int, int]], settings: BatchSettings) -> None:
        """Write what was scanned, with (table, row) behind it, as the next part."""
        pa = arrow()
        found = [scanned for scanned, _, _ in done]
        self.table, self.row = done[-1][1:]
        groups: dict[str, Counter[str]] = {Group.parse(g).name: Counter() for g in settings.groups}
        for scanned in found:
            for name, values in scanned.groups:
                groups[name].update({value or "": n for value, n in values})
        state: dict[str, Any] = {
            "table": self.table,
            "row": self.row,
            "notes": sum(s.notes for s in found),
            "hit": sum(s.hit for s in found),
            "suppressed": sum(s.suppressed for s in found),
            "characters": sum(s.characters for s in found),
            "groups": groups,
        }
        kept = schema(settings).with_metadata({"hrlint": json.dumps(state)})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, kept) as writer:
            for scanned in found:
                writer.write_batch(scanned.findings)
        _write(self.path(self.count), sink.getvalue().to_pybytes())
        self.count += 1
        self.notes += state["notes"]

    def remove(self) -> None:
        """Remove the folder: the run is finished."""
        for path in [*self.paths(), *self.folder.glob("*.tmp")]:
            path.unlink()
        (self.folder / "manifest.json").unlink()
        (self.folder / "lock").unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody put a file of their own there
            self.folder.rmdir()


def _state(path: Path) -> dict[str, Any]:
    pa = arrow()
    try:
        with pa.OSFile(str(path), "rb") as source:
            state: dict[str, Any] = json.loads(pa.ipc.open_file(source).schema.metadata[b"hrlint"])
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        raise ConfigError(f"{path}: damaged; remove the folder to start anew") from None
    return state


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, even when the power goes."""
    half = path.with_name(path.name + ".tmp")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(half, path)


# --- scanning -----------------------------------------------------------------------------


def _scan_all(
    parts: _Parts, tables: list[Table], settings: BatchSettings, jobs: int, encoding: str, limits: Limits, tell: Tell
) -> None:
    sizes = [max(table.path.stat().st_size, 1) for table in tables]
    done: list[tuple[Scanned, int, int]] = []
    notes = parts.notes

    source = _chunks(tables, parts.table, parts.row, settings, limits, encoding)
    try:
        with contextlib.closing(_in_order(source, settings, jobs)) as results:
            for number, chunk, scanned in results:
                done.append((scanned, number, chunk.row))
                notes += scanned.notes
                tell(notes, (sum(sizes[:number]) + sizes[number] * chunk.share) / sum(sizes))
                if len(done) >= limits.chunks:
                    # Emptied first: an interrupt inside must not have them written twice.
                    full, done = done, []
                    parts.add(full, settings)
    except BrokenProcessPool:
        what = "a worker was ended from outside, perhaps for want of memory"
        raise HrlintError(f"{what}; --resume goes on from here, with fewer --jobs if need be") from None
    finally:
        # Interrupted too: what is done need not be done again.
        if done:
            parts.add(done, settings)


def _chunks(
    tables: list[Table], first: int, row: int, settings: BatchSettings, limits: Limits, encoding: str
) -> Iterator[tuple[int, Chunk]]:
    """Yield (number of the table, chunk) from row `row` of table `first` on."""
    for number in range(first, len(tables)):
        for chunk in read(tables[number], settings, limits, encoding, row if number == first else 0):
            yield number, chunk


def _in_order(
    source: Iterator[tuple[int, Chunk]], settings: BatchSettings, jobs: int
) -> Generator[tuple[int, Chunk, Scanned], None, None]:
    """Yield every chunk of `source` with its findings, in order, made by `jobs` processes."""
    ahead = list(islice(source, 2))
    if jobs <= 1 or len(ahead) < 2:
        # Starting workers takes longer than a chunk.
        ready = scanner(settings)
        while ahead:
            number, chunk = ahead.pop(0)
            yield number, chunk, ready.scan(chunk.batch)
            ahead += islice(source, 1)
        return
    # Spawned afresh, as on every platform, so that none inherits a half-used lock.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(settings,))
    waiting: deque[tuple[int, Chunk, Future[Scanned]]] = deque()
    try:
        while ahead or waiting:
            while ahead and len(waiting) < jobs * _WAITING:
                number, chunk = ahead.pop(0)
                with _deaf():
                    waiting.append((number, chunk, pool.submit(_work, chunk.batch)))
                ahead += islice(source, 1)
            number, chunk, future = waiting.popleft()
            yield number, chunk, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Ignore Ctrl-C while workers are born, who inherit that: it reaches the whole group, and one process decides."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_settings: BatchSettings | None = None


def _start(settings: BatchSettings) -> None:
    global _settings
    _settings = settings
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    """End this worker when its parent was killed: nobody else would."""
    parent.join()
    os._exit(1)


def _work(batch: pa.RecordBatch) -> Scanned:
    assert _settings is not None
    try:
        return scanner(_settings).scan(batch)
    except HrlintError:
        raise
    except Exception as error:
        raise HrlintError(f"a batch could not be scanned ({type(error).__name__})") from None


# --- the output ---------------------------------------------------------------------------


def _merge(parts: _Parts, output: Path, kind: str, settings: BatchSettings) -> Summary:
    """Join the parts into `output`, which appears in one step; return the counts."""
    pa = arrow()
    summary = Summary(groups={Group.parse(g).name: {} for g in settings.groups})
    columns = schema(settings)
    half = parts.folder / "output.tmp"
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        with _WRITERS[kind](out, columns) as writer:
            kept: list[Any] = []
            rows = 0
            for path in parts.paths():
                with pa.OSFile(str(path), "rb") as source:
                    reader = pa.ipc.open_file(source)
                    _count_state(summary, json.loads(reader.schema.metadata[b"hrlint"]))
                    for number in range(reader.num_record_batches):
                        batch = pa.record_batch(reader.get_batch(number).columns, schema=columns)
                        _count(summary, batch)
                        kept.append(batch)
                        rows += batch.num_rows
                        while rows >= _ROW_GROUP:
                            table = pa.Table.from_batches(kept, columns).combine_chunks()
                            writer.write(table.slice(0, _ROW_GROUP).combine_chunks())
                            rest = table.slice(_ROW_GROUP)
                            kept, rows = rest.to_batches(), rest.num_rows
            if rows:
                writer.write(pa.Table.from_batches(kept, columns).combine_chunks())
        out.flush()
        os.fsync(out.fileno())
    target = Path(os.path.realpath(output))
    os.replace(half, target)
    for name, values in summary.groups.items():
        if len(values) > MOST_VALUES:
            summary.groups[name] = {}
    return summary


def _count_state(summary: Summary, state: dict[str, Any]) -> None:
    summary.notes += state["notes"]
    summary.hit += state["hit"]
    summary.suppressed += state["suppressed"]
    summary.characters += state["characters"]
    for name, values in state["groups"].items():
        known = summary.groups[name]
        for value, notes in values.items():
            if value in known or len(known) <= MOST_VALUES:
                known.setdefault(value, Counter())["notes"] += notes


def _count(summary: Summary, batch: pa.RecordBatch) -> None:
    def values(name: str) -> list[Any]:
        found: list[Any] = batch.column(batch.schema.get_field_index(name)).to_pylist()
        return found

    problems = values("problem")
    severities = values("severity")
    summary.findings.update(s for s in severities if s)
    summary.categories.update(c for c in values("category") if c)
    summary.rules.update(r for r in values("rule") if r)
    bad = [row for row, problem in enumerate(problems) if problem is not None]
    if bad:
        summary.bad += len(bad)
        ids = values("note_id")
        summary.bad_rows += [(ids[row] or "", problems[row]) for row in bad[: max(_NAMED - len(summary.bad_rows), 0)]]
    for name, known in summary.groups.items():
        for value, severity in zip(values(name), severities, strict=True):
            if severity is not None and (counts := known.get(value or "")) is not None:
                counts["findings"] += 1
                counts[severity] += 1


class _Parquet:
    def __init__(self, out: Any, columns: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self.writer = pq.ParquetWriter(out, columns, compression="zstd")

    def __enter__(self) -> _Parquet:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def write(self, table: pa.Table) -> None:
        self.writer.write_table(table, row_group_size=_ROW_GROUP)


class _Csv:
    """Lists are joined by `;`, since a cell holds one value."""

    def __init__(self, out: Any, columns: pa.Schema) -> None:
        import pyarrow.csv as pcsv

        pa = arrow()
        self.flat = pa.schema([pa.field(f.name, pa.string()) if pa.types.is_list(f.type) else f for f in columns])
        self.writer = pcsv.CSVWriter(out, self.flat)

    def __enter__(self) -> _Csv:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def write(self, table: pa.Table) -> None:
        import pyarrow.compute as pc

        pa = arrow()
        columns = [pc.binary_join(c, ";") if pa.types.is_list(c.type) else c for c in table.columns]
        self.writer.write_table(pa.table(columns, schema=self.flat))


class _JsonLines:
    def __init__(self, out: Any, columns: pa.Schema) -> None:
        self.out = out

    def __enter__(self) -> _JsonLines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, table: pa.Table) -> None:
        for batch in table.to_batches(1024):
            self.out.writelines(json.dumps(row).encode() + b"\n" for row in batch.to_pylist())


_WRITERS: dict[str, Any] = {"parquet": _Parquet, "csv": _Csv, "jsonl": _JsonLines}
