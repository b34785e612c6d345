"""Known findings: a file of fingerprints, without text of the notes.

The file is JSON Lines, sorted, one finding a line, so that git merges it line by line:

    {"hrlint-baseline":1,"salt":"…"}
    {"path":"templates/intake.md","rule":"person-labels.addict","fingerprint":"…","reason":"…","until":"2026-12-31"}

A fingerprint is a keyed hash of rule, path, matched words, the words around them in the sentence,
and a count where all that is the same. No line numbers: moving or re-wrapping a paragraph changes
nothing, editing the words around a finding makes it new.

The salt keeps a fingerprint of one project from being compared with that of another, or with a
table made beforehand. It stands in the file (every run and every colleague needs it), so who holds
the file can test guesses at a sentence: treat it as being as sensitive as the notes it was made from.
Two branches that each start a baseline have two salts; a file with several salts is understood, and
`hrlint baseline` brings them together.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from hrlint.document import Document, Piece
from hrlint.errors import ConfigError
from hrlint.model import Finding

FILE_NAME = ".hrlint-baseline.jsonl"

_VERSION = 1
_HEADER = "hrlint-baseline"
_KEYS = ("path", "rule", "fingerprint", "reason", "until")

# Words on each side that belong to a fingerprint, and how far they are looked for in code points.
_NEARBY = 3
_REACH = 200

_WORD = re.compile(r"[^\W_]+")
# Where a sentence or an item ends. A line break before a small letter is a wrap.
_END = re.compile(
    r"[.!?](?=\s)"
    r"|(?>\r\n|\n|\r)[ \t]*(?=\r\n|\n|\r)"
    r"|(?>\r\n|\n|\r)(?![ \t]*[a-zß-öø-ÿ])"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One known finding. `path` is relative to the baseline file, with forward slashes; `until` is the last day."""

    path: str
    rule: str
    fingerprint: str
    reason: str | None = None
    until: date | None = None

    def expired(self, today: date) -> bool:
        """Return whether the last day of this entry has passed."""
        return self.until is not None and self.until < today


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known, and the salts it was hashed with; the first salt is used for new entries."""

    file: Path
    salts: tuple[str, ...]
    entries: tuple[Entry, ...] = ()

    def path_of(self, name: str | os.PathLike[str]) -> str:
        """Return a file's path relative to the baseline, with forward slashes."""
        return posix_relative(Path(os.path.abspath(name)), Path(os.path.abspath(self.file)).parent)


class Match(NamedTuple):
    """`new` findings and `known` ones; entries that `expired` (their findings are new), and that `vanished`."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    expired: tuple[Entry, ...]
    vanished: tuple[Entry, ...]


def posix_relative(path: PurePath, root: PurePath) -> str:
    """Return `path` relative to `root`, `..` included, with forward slashes; the path itself on another drive."""
    if path.anchor.lower() != root.anchor.lower():
        return path.as_posix()
    ups = 0
    for parent in (root, *root.parents):
        try:
            inner = path.relative_to(parent).as_posix()
        except ValueError:
            ups += 1
            continue
        return "../" * ups + inner
    return path.as_posix()


# --- identity -------------------------------------------------------------------------------


def context(finding: Finding, document: Document | Piece) -> tuple[str, ...]:
    """Return the matched words and up to three words on each side inside the sentence, case folded."""
    document = document.opened()
    text = document.text
    start, stop = finding.start - document.begin.offset, finding.end - document.begin.offset
    before = text[max(0, start - _REACH) : start]
    for end in _END.finditer(text, max(0, start - _REACH), start + 1):
        if end.end() <= start:
            before = text[end.end() : start]
    after = text[stop : stop + _REACH]
    if end_after := _END.search(text, stop, stop + _REACH):
        after = text[stop : end_after.start()]
    return (
        *_WORD.findall(before.casefold())[-_NEARBY:],
        "[",
        *_WORD.findall(finding.text.casefold()),
        "]",
        *_WORD.findall(after.casefold())[:_NEARBY],
    )


def fingerprint(
    finding: Finding, document: Document | Piece, *, salt: str = "", path: str | None = None, occurrence: int = 0
) -> str:
    """Return 32 hexadecimal digits that name a finding wherever it stands in its file.

    Without a salt the nearby words are left out: what is left (rule, path, the rule's words, count)
    tells nothing that a redacted report does not. `path` is the name to hash, `finding.path` by default;
    `occurrence` tells apart findings that are alike in everything else.
    """
    words = context(finding, document)
    if not salt:
        words = words[words.index("[") : words.index("]") + 1]
    identity = json.dumps([finding.rule, path if path is not None else finding.path, words, occurrence])
    return hmac.new(salt.encode(), identity.encode(), hashlib.sha256).hexdigest()[:32]


def stamp(found: Iterable[tuple[Finding, Document | Piece]], baseline: Baseline | None = None) -> tuple[Finding, ...]:
    """Return the findings with their `fingerprint` filled in, in the order given.

    All findings of a file must be given together, since equal ones are counted. With a baseline,
    a finding gets the fingerprint under which the baseline knows it, else one under the first salt.
    """
    return tuple(stamped(found, baseline))


def stamped(found: Iterable[tuple[Finding, Document | Piece]], baseline: Baseline | None = None) -> Iterator[Finding]:
    """Yield what `stamp` returns, one by one."""
    salts = baseline.salts if baseline is not None else ("",)
    known = {entry.fingerprint for entry in baseline.entries} if baseline is not None else frozenset()
    counts: list[Counter[str]] = [Counter() for _ in salts]
    names: dict[str, str] = {}
    for finding, document in found:
        if finding.path not in names:
            names[finding.path] = baseline.path_of(finding.path) if baseline is not None else finding.path
        path = names[finding.path]
        prints = []
        for salt, seen in zip(salts, counts, strict=True):
            first = fingerprint(finding, document, salt=salt, path=path)
            count = seen[first]
            seen[first] += 1
            again = fingerprint(finding, document, salt=salt, path=path, occurrence=count) if count else first
            prints.append(again)
        yield finding._replace(fingerprint=next((p for p in prints if p in known), prints[0]))


# --- the file -------------------------------------------------------------------------------


def begin(file: str | os.PathLike[str]) -> Baseline:
    """Return the baseline in `file`, or an empty one with a fresh salt where there is none yet."""
    path = Path(file)
    return load(path) if path.exists() else Baseline(path, (secrets.token_hex(16),))


def load(file: str | os.PathLike[str]) -> Baseline:
    """Read a baseline. Raises ConfigError that names the line of anything not understood.

    Lines may be in any order. Of several lines for one finding (after a merge) the one with the
    earliest `until` holds, and among those the one with a reason.
    """
    path = Path(file)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path.as_posix()}: not UTF-8; write it anew with 'hrlint baseline'") from None
    except FileNotFoundError:
        raise ConfigError(f"{path.as_posix()}: no such baseline; make it with 'hrlint baseline PATH'") from None
    except OSError as error:
        raise ConfigError(f"{path.as_posix()}: cannot be read: {error.strerror}") from None
    salts: list[str] = []
    entries: list[Entry] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line:
            continue
        try:
            read = _read_line(line)
        except ConfigError as error:
            raise ConfigError(f"{path.as_posix()}:{number}: {error}") from None
        if isinstance(read, str):
            salts.append(read)
        else:
            entries.append(read)
    if not salts:
        raise ConfigError(f'{path.as_posix()}:1: the line {{"{_HEADER}":1,"salt":…}} is missing')
    return Baseline(path, tuple(dict.fromkeys(salts)), _merged(entries))


def _read_line(line: str) -> Entry | str:
    """Return the salt of a header or an entry; raises ConfigError with what is wrong."""
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        raise ConfigError("a merge conflict; keep the lines of both sides and take out this marker")
    try:
        value = json.loads(line)
    except ValueError:
        raise ConfigError("not a line of JSON") from None
    if not isinstance(value, dict):
        raise ConfigError("not a finding: an object {…} is expected")
    if _HEADER in value:
        if value[_HEADER] != _VERSION:
            raise ConfigError(f"version {value[_HEADER]} is not known to this hrlint; it reads version {_VERSION}")
        if not isinstance(value.get("salt"), str) or len(value["salt"]) < 16:
            raise ConfigError("the salt is missing or too short")
        return str(value["salt"])
    return _read_entry(value)


def _read_entry(value: dict[str, Any]) -> Entry:
    for key in value:
        if key not in _KEYS:
            raise ConfigError(f"unknown key '{key}'; known are {', '.join(_KEYS)}")
    for key in _KEYS:
        if key in value and (not isinstance(value[key], str) or not value[key]):
            raise ConfigError(f"'{key}' is not a text")
        if key not in value and key not in ("reason", "until"):
            raise ConfigError(f"'{key}' is missing")
    until = None
    if "until" in value:
        try:
            until = date.fromisoformat(value["until"])
        except ValueError:
            raise ConfigError("'until' is not a date written YEAR-MONTH-DAY") from None
    return Entry(value["path"], value["rule"], value["fingerprint"], value.get("reason"), until)


def _merged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    best: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.until or date.max, e.reason is None, e.reason or "")):
        best.setdefault(entry.fingerprint, entry)
    return tuple(sorted(best.values(), key=lambda e: (e.path, e.rule, e.fingerprint)))


def dump(baseline: Baseline) -> str:
    """Return the text of a baseline file: sorted, a line a finding, LF."""
    lines = [_line({_HEADER: _VERSION, "salt": salt}) for salt in baseline.salts]
    for entry in _merged(baseline.entries):
        value = {"path": entry.path, "rule": entry.rule, "fingerprint": entry.fingerprint}
        if entry.reason is not None:
            value["reason"] = entry.reason
        if entry.until is not None:
            value["until"] = entry.until.isoformat()
        lines.append(_line(value))
    return "".join(lines)


def _line(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Some programs break lines at these too.
    for mark in "\u0085\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text + "\n"


def write(baseline: Baseline) -> bool:
    """Write a baseline in one step, or not at all; return whether the file changed."""
    raw = dump(baseline).encode()
    path = baseline.file
    try:
        if path.exists() and path.read_bytes() == raw:
            return False
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=".hrlint-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(raw)
            os.chmod(name, mode)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise ConfigError(f"{path.as_posix()}: cannot be written: {error.strerror}") from None
    return True


def _umask() -> int:
    # It can only be read by setting it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def attributes_line(file: str | os.PathLike[str]) -> str:
    """Return the line for `.gitattributes` that lets two branches add entries at the same place."""
    return f"{Path(file).name} text eol=lf merge=union"


# --- what is done with it ---------------------------------------------------------------------


def match(
    findings: Iterable[Finding],
    baseline: Baseline,
    today: date | None = None,
    *,
    linted: Iterable[str] = (),
    in_force: Callable[[str], bool] = lambda rule: True,
) -> Match:
    """Tell new findings from known ones. The findings must have been stamped with this baseline.

    `linted` are the names of the files that were read without error, so that an entry without a
    finding there has vanished; `in_force` says which rules ran.
    """
    today = today or date.today()
    entries = {entry.fingerprint: entry for entry in baseline.entries}
    new, known, seen = [], [], set()
    for finding in findings:
        entry = entries.get(finding.fingerprint)
        if entry is not None:
            seen.add(entry.fingerprint)
        if entry is None or entry.expired(today):
            new.append(finding)
        else:
            known.append(finding)
    paths = {baseline.path_of(name) for name in linted}
    expired = tuple(e for e in baseline.entries if e.fingerprint in seen and e.expired(today))
    vanished = tuple(e for e in baseline.entries if e.path in paths and e.fingerprint not in seen and in_force(e.rule))
    return Match(tuple(new), tuple(known), expired, vanished)


def missing(baseline: Baseline) -> tuple[Entry, ...]:
    """Return the entries whose file is no longer there."""
    folder = Path(os.path.abspath(baseline.file)).parent
    gone = {path for path in {entry.path for entry in baseline.entries} if not (folder / path).exists()}
    return tuple(entry for entry in baseline.entries if entry.path in gone)


def create(
    baseline: Baseline,
    found: Iterable[tuple[Finding, Document | Piece]],
    *,
    linted: Iterable[str],
    today: date | None = None,
) -> Baseline:
    """Return the baseline with today's findings of the files `linted`, all under the first salt.

    Reasons and dates stay; a date that has passed is dropped, since the finding is taken in again.
    Entries of files that were not linted stay while their file exists.
    """
    today = today or date.today()
    pairs = list(found)
    old = {entry.fingerprint: entry for entry in baseline.entries}
    single = replace(baseline, salts=baseline.salts[:1], entries=())
    entries = []
    for before, after in zip(stamp(pairs, baseline), stamp(pairs, single), strict=True):
        entry = Entry(baseline.path_of(after.path), after.rule, after.fingerprint)
        if earlier := old.get(before.fingerprint):
            until = None if earlier.expired(today) else earlier.until
            entry = replace(entry, reason=earlier.reason, until=until)
        entries.append(entry)
    done = {baseline.path_of(name) for name in linted} | {entry.path for entry in missing(baseline)}
    kept = [entry for entry in baseline.entries if entry.path not in done]
    # Entries that stay keep the salt they were hashed with.
    salts = baseline.salts if kept else baseline.salts[:1]
    return Baseline(baseline.file, salts, _merged([*entries, *kept]))


def accept(
    baseline: Baseline,
    findings: Iterable[Finding],
    rule: str,
    *,
    reason: str,
    until: date | None = None,
    line: int | None = None,
    every: bool = False,
    today: date | None = None,
) -> Baseline:
    """Return the baseline with one finding accepted, from the stamped findings of one file.

    Raises ConfigError when there is no such finding, when there are several and neither `line` nor
    `every` says which, without a reason, or with a date in the past.
    """
    if not reason.strip():
        raise ConfigError("a finding is accepted with a reason: --reason TEXT")
    if until is not None and until < (today or date.today()):
        raise ConfigError(f"--until {until} has passed")
    given = list(findings)
    fits = [f for f in given if f.rule == rule and (line is None or f.line <= line <= f.end_line)]
    if not fits:
        where = f" at line {line}" if line is not None else ""
        others = sorted({f.rule for f in given})
        hint = f"; there are findings of {', '.join(others)}" if others and rule not in others else ""
        raise ConfigError(f"no finding of {rule}{where}{hint}")
    if len(fits) > 1 and not every:
        places = ", ".join(str(f.line) for f in fits)
        raise ConfigError(f"{len(fits)} findings of {rule}, at lines {places}; choose with --line N, or --every")
    accepted = [Entry(baseline.path_of(f.path), f.rule, f.fingerprint, " ".join(reason.split()), until) for f in fits]
    replaced = {entry.fingerprint for entry in accepted}
    kept = [entry for entry in baseline.entries if entry.fingerprint not in replaced]
    return replace(baseline, entries=_merged([*kept, *accepted]))
