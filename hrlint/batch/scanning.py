"""The pure function under `hrlint batch` and `hrlint.spark`: texts in, findings out.

Settings are plain values that survive pickle and JSON, so that they travel to any worker. With them travel the
compiled rules: every worker applies those of the process that started the run, whatever lies on its own disk.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hrlint import __version__
from hrlint.errors import ConfigError, HrlintError
from hrlint.model import AUDIENCES, Severity

if TYPE_CHECKING:
    import pyarrow as pa

    from hrlint.api import Linter
    from hrlint.compiled import Program
    from hrlint.config import Config

# MIMIC-IV-Note; its names are the defaults. A table with all of these is also grouped as `MIMIC_GROUPS` say.
MIMIC_COLUMNS = ("note_id", "subject_id", "hadm_id", "note_type", "note_seq", "charttime", "storetime", "text")
MIMIC_GROUPS = ("note_type", "charttime:month")

# A column that readers add: why a row could not be read. Such a row is passed on without a look at its text.
PROBLEM = "hrlint:problem"

# How much of a date or time `column:part` keeps, in characters of `2026-11-21`.
_PARTS = {"year": 4, "month": 7, "day": 10}
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?"


def arrow() -> Any:
    """Return pyarrow; raises ConfigError with the way to install it."""
    try:
        import pyarrow
    except ImportError:
        raise ConfigError('tables of notes need pyarrow: pip install "hrlint[batch]"') from None
    return pyarrow


@dataclass(frozen=True, slots=True)
class Group:
    """A column that is carried along: `department`, or `charttime:month` for a part of a date."""

    column: str
    part: str = ""

    @property
    def name(self) -> str:
        """The column of the findings: the column's own name, or `month`."""
        return self.part or self.column

    @classmethod
    def parse(cls, written: str) -> Group:
        """Return the group that `written` asks for."""
        column, colon, part = written.rpartition(":")
        return cls(column, part) if colon and part in _PARTS else cls(written)


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """What a run over a table asks for: plain values only.

    text, id      names of the columns of the table
    groups        columns to carry along, each `name`, or `name:year`, `name:month`, `name:day` of a date
    with_text     add a column with the words that were found: text of the notes
    audience, select, ignore, severity, min_severity, allow    as in a settings file; `allow` is
                  (phrase, rules)
    rules         the compiled rules, packed; empty means the shipped packs of whoever scans
    version       the hrlint that packed them
    """

    text: str = "text"
    id: str = "note_id"
    groups: tuple[str, ...] = ()
    with_text: bool = False
    audience: str = "clinical-note"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    min_severity: str = "info"
    allow: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rules: str = field(default="", repr=False)
    version: str = __version__

    def __post_init__(self) -> None:
        if self.audience not in AUDIENCES:
            raise ConfigError(f"unknown audience '{self.audience}'; known are {', '.join(AUDIENCES)}")
        if self.text == self.id:
            raise ConfigError(f"'{self.id}' cannot be the column of the texts and of their ids")
        taken = {"note_id", *_COLUMNS, "packs", "text"}
        for group in map(Group.parse, self.groups):
            if group.name in taken:
                raise ConfigError(
                    f"the group column '{group.name}' has the name of another column of the findings; rename it"
                )
            taken.add(group.name)

    @classmethod
    def of(cls, config: Config, **columns: Any) -> BatchSettings:
        """Return the settings of `config` with its rules packed; `columns` are the fields before `audience`.

        Raises PackError for packs and ConfigError for settings that cannot be understood.
        """
        from hrlint.api import Linter

        return cls(
            audience=config.audience,
            select=config.select,
            ignore=config.ignore,
            severity=tuple((word, str(level)) for word, level in config.severity),
            min_severity=str(config.min_severity),
            allow=tuple((allow.phrase, allow.rules) for allow in config.allow),
            rules=pack(Linter().program(config)),
            **columns,
        )

    def to_json(self) -> str:
        """Return the settings as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, written: str) -> BatchSettings:
        """Return the settings that `to_json` wrote."""
        raw = json.loads(written)
        for key in ("groups", "select", "ignore"):
            raw[key] = tuple(raw[key])
        raw["severity"] = tuple((word, level) for word, level in raw["severity"])
        raw["allow"] = tuple((phrase, tuple(rules)) for phrase, rules in raw["allow"])
        return cls(**raw)

    def identity(self) -> dict[str, Any]:
        """Return what decides the findings, the rules by their digest: two runs agree when these do."""
        return {**json.loads(self.to_json()), "rules": unpack(self.rules)[1]}


def pack(program: Program) -> str:
    """Return compiled rules as text that fits into settings."""
    return base64.b85encode(zlib.compress(_written(program), 6)).decode("ascii")


@lru_cache(maxsize=2)
def unpack(packed: str) -> tuple[Program, str]:
    """Return the rules that `pack` made, the shipped ones for an empty text, and their digest."""
    from hrlint import compiled

    if not packed:
        program = compiled.load()
        return program, hashlib.sha256(_written(program)).hexdigest()
    written = zlib.decompress(base64.b85decode(packed))
    return compiled.Program(json.loads(written.decode("utf-8", "surrogatepass"))), hashlib.sha256(written).hexdigest()


def _written(program: Program) -> bytes:
    # The order of parts depends on where the rules were loaded from; inside a part it means something.
    raw = {key: value for key, value in sorted(program.raw.items()) if key != "digest"}
    text = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


# --- the table of findings ----------------------------------------------------------------

# Columns after `note_id` and the groups, and how to get each from a finding.
_COLUMNS: Mapping[str, Any] = {
    "rule": lambda f: f.rule,
    "category": lambda f: f.category,
    "severity": lambda f: str(f.severity),
    "voice": lambda f: f.voice,
    "start": lambda f: f.start,
    "end": lambda f: f.end,
    "line": lambda f: f.line,
    "column": lambda f: f.column,
    "principles": lambda f: list(f.principles),
    "themes": lambda f: list(f.themes),
    "problem": lambda f: None,
}
_NUMBERS = ("start", "end", "line", "column")
_LISTS = ("principles", "themes")


def schema(settings: BatchSettings) -> pa.Schema:
    """Return the schema of the findings, the same for every engine; see docs/batch.md."""
    pa = arrow()
    names = ["note_id", *(Group.parse(g).name for g in settings.groups), *_COLUMNS, "packs"]
    kinds = {**dict.fromkeys(_NUMBERS, pa.int32()), **dict.fromkeys(_LISTS, pa.list_(pa.string()))}
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in names]
    if settings.with_text:
        fields.append(pa.field("text", pa.string()))
    return pa.schema(fields)


@dataclass(frozen=True, slots=True)
class Scanned:
    """The findings of a batch and what they do not say: how many notes there were.

    notes, hit     rows of the batch, and those with a finding
    suppressed     findings that a comment in a note silenced
    characters     code points of the texts
    groups         for each group column, (value, notes)
    """

    findings: pa.RecordBatch
    notes: int = 0
    hit: int = 0
    suppressed: int = 0
    characters: int = 0
    groups: tuple[tuple[str, tuple[tuple[str | None, int], ...]], ...] = ()


class Scanner:
    """Rules and settings made ready once, for any number of batches."""

    def __init__(self, settings: BatchSettings) -> None:
        if settings.version != __version__:
            begun = f"the run was started by hrlint {settings.version}"
            raise ConfigError(f"{begun}, and here is {__version__}; install the same version")
        self.settings = settings
        self._groups = [Group.parse(g) for g in settings.groups]
        self._schema = schema(settings)
        program, digest = unpack(settings.rules)
        self._digest = digest[:12]
        self._linter, self._config = _linter(program, settings)

    def scan(self, batch: pa.RecordBatch) -> Scanned:
        """Return the findings of `batch`; raises ConfigError when it lacks a column."""
        pa = arrow()
        settings = self.settings
        texts = _column(batch, settings.text)
        # A text may be read on while the columns beside it are looked at for the few rows with findings only.
        groups = [_group_values(_column(batch, group.column), group) for group in self._groups]
        ids = as_text(_column(batch, settings.id))
        problems = batch.column(PROBLEM) if PROBLEM in batch.schema.names else None
        rows: list[int] = []
        found: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        words: list[str | None] = []
        hit = suppressed = characters = 0
        for row in range(batch.num_rows):
            problem = problems[row].as_py() if problems is not None else None
            if problem is None:
                try:
                    text = _text(texts[row])
                    characters += len(text)
                    result = self._linter.lint_text(text, "", self._config)
                    suppressed += result.suppressed
                    hit += bool(result.findings)
                    for finding in result.findings:
                        rows.append(row)
                        for name, value in _COLUMNS.items():
                            found[name].append(value(finding))
                        words.append(finding.text)
                    continue
                except _BadRow as bad:
                    problem = str(bad)
                except Exception as error:
                    # The type alone: what an exception says may quote the note.
                    problem = f"could not be checked ({type(error).__name__})"
            rows.append(row)
            for name in _COLUMNS:
                found[name].append(problem if name == "problem" else [] if name in _LISTS else None)
            words.append(None)
        at = pa.array(rows, pa.int64())
        columns = [ids.take(at), *(values.take(at) for values in groups)]
        columns += [pa.array(found[name], self._schema.field(name).type) for name in _COLUMNS]
        columns.append(pa.repeat(pa.scalar(self._digest), len(rows)))
        if settings.with_text:
            # Half of a surrogate pair cannot be stored.
            whole = [w if w is None else w.encode("utf-8", "replace").decode() for w in words]
            columns.append(pa.array(whole, pa.string()))
        return Scanned(
            pa.record_batch(columns, schema=self._schema),
            batch.num_rows,
            hit,
            suppressed,
            characters,
            tuple((g.name, _counted(values)) for g, values in zip(self._groups, groups, strict=True)),
        )


def scan(batch: pa.RecordBatch, settings: BatchSettings | None = None) -> pa.RecordBatch:
    """Return the findings of a batch of notes as a record batch of `schema(settings)`.

    Rows come in the order of the batch, within a note by start and rule. `start` and `end` are code points of the
    text, half-open; `line` and `column` count from 1. A note that cannot be scanned (null, not text,
    an error) is one row with `problem` set and no rule; nothing it holds is in the message. Raises ConfigError when a
    column is missing. The rules are made ready once for each process and settings.
    """
    return scanner(settings or BatchSettings()).scan(batch).findings


@lru_cache(maxsize=2)
def scanner(settings: BatchSettings) -> Scanner:
    """Return the scanner of `settings`, made on first use in a process."""
    return Scanner(settings)


def _linter(program: Program, settings: BatchSettings) -> tuple[Linter, Config]:
    from hrlint.api import Linter, Options, _severities
    from hrlint.config import Allow, Config
    from hrlint.engine import Engine
    from hrlint.engine import Settings as EngineSettings

    config = Config(
        select=settings.select,
        ignore=settings.ignore,
        severity=tuple((word, Severity.parse(level)) for word, level in settings.severity),
        min_severity=Severity.parse(settings.min_severity),
        audience=settings.audience,
        allow=tuple(Allow(phrase, "", rules) for phrase, rules in settings.allow),
    )
    ready = Engine(program, EngineSettings(config.audience, _severities(program, config), suggestions=False))

    class Ready(Linter):
        """A linter of one engine, that of the rules in the settings."""

        def program(self, config: Config) -> Program:
            return program

        def engine(self, config: Config) -> Engine:
            return ready

    return Ready(options=Options(keep_documents=False, suggestions=False, fingerprints=False)), config


# --- columns ------------------------------------------------------------------------------


class _BadRow(Exception):
    """A row that cannot be scanned; the message holds nothing of it."""


def _column(batch: pa.RecordBatch, name: str) -> pa.Array:
    index = batch.schema.get_field_index(name)
    if index < 0:
        raise ConfigError(f"the table has no column '{name}', or more than one")
    return batch.column(index)


def _text(value: pa.Scalar) -> str:
    pa = arrow()
    kind = value.type
    if pa.types.is_dictionary(kind):
        value = value.as_py()
        if isinstance(value, str):
            return value
        raise _BadRow("no text (null)" if value is None else "not text")
    if not value.is_valid:
        raise _BadRow("no text (null)")
    try:
        if isinstance(value, (pa.StringScalar, pa.LargeStringScalar, pa.StringViewScalar)):
            written: str = value.as_py()
            return written
        if isinstance(value, (pa.BinaryScalar, pa.LargeBinaryScalar, pa.BinaryViewScalar)):
            return str(value.as_py(), "utf-8")
    except UnicodeDecodeError:
        raise _BadRow("not UTF-8; the encoding of the table may be another one") from None
    raise _BadRow("not text")


def as_text(values: pa.Array) -> pa.Array:
    """Return a column of ids or groups as text; what has no text form is null."""
    pa = arrow()
    if pa.types.is_string(values.type):
        return values
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    try:
        return values.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([_plain(value) for value in values], pa.string())


def _plain(value: pa.Scalar) -> str | None:
    try:
        found = value.as_py()
    except (UnicodeDecodeError, ValueError):
        return None
    return str(found, "utf-8", "replace") if isinstance(found, bytes) else None if found is None else str(found)


def _group_values(values: pa.Array, group: Group) -> pa.Array:
    """Return a group column as text; the part of a date that is asked for, null where there is no ISO date."""
    text = as_text(values)
    if not group.part:
        return text
    import pyarrow.compute as pc

    length = _PARTS[group.part]
    cut = pc.utf8_slice_codeunits(text, 0, length)
    sound = pc.and_(pc.match_substring_regex(cut, _DATE), pc.equal(pc.utf8_length(cut), length))
    return pc.if_else(sound, cut, None)


def _counted(values: pa.Array) -> tuple[tuple[str | None, int], ...]:
    counts: Counter[str | None] = Counter(values.to_pylist())
    return tuple(sorted(counts.items(), key=lambda item: (item[0] is None, item[0] or "")))


def batches(settings: BatchSettings, source: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the findings of each batch of `source`; what goes wrong is said without a word of a note."""
    ready = scanner(settings)
    for batch in source:
        try:
            found = ready.scan(batch).findings
        except HrlintError:
            raise
        except Exception as error:
            raise HrlintError(f"a batch could not be scanned ({type(error).__name__})") from None
        yield found
