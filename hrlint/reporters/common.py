"""What several formats share: order, counts, fingerprints, JSON text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from hrlint.model import Cue, Finding, Problem, Result, Severity
from hrlint.packed import like
from hrlint.patterns import lazy
from hrlint.reporters.options import Options

_Item = TypeVar("_Item", Finding, Cue)

SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)

_OUTSIDE_ASCII = lazy(r"[^\x00-\x7e]")


def _finding_key(f: Finding) -> tuple[object, ...]:
    rest = (f.end, f.line, f.column, f.severity, f.text, f.message, repr(f))
    return (f.start, f.rule, f.location or "", *rest)


def _cue_key(c: Cue) -> tuple[object, ...]:
    return (c.start, c.principle, c.location or "", c.end, c.line, c.column, c.theme or "", c.text)


def _problem_key(p: Problem) -> tuple[str, str]:
    return (p.path, p.message)


def _in_order(items: Sequence[_Item], key: Callable[[_Item], tuple[object, ...]]) -> Sequence[_Item]:
    """Return `items` sorted by `key`; those of one text are so already."""
    # These tell almost all of them apart, and whole keys of many findings take much memory.
    brief = (
        (each.start, each.rule if isinstance(each, Finding) else each.principle, each.location or "") for each in items
    )
    if all(one < other for one, other in pairwise(brief)):
        return items
    return like(items, sorted(items, key=key))


def _merged(path: str, parts: Sequence[Result]) -> Result:
    """Return one result for `path`, its findings in the order of the contract: start, then rule."""
    if len(parts) == 1:
        found, cues = parts[0].findings, parts[0].aligned
    else:
        parts = sorted(parts, key=lambda part: [_finding_key(f) for f in part.findings])
        found = tuple(f for part in parts for f in part.findings)
        cues = tuple(c for part in parts for c in part.aligned)
    return Result(
        path=path,
        findings=_in_order(found, _finding_key),
        aligned=_in_order(cues, _cue_key),
        errors=tuple(sorted((p for part in parts for p in part.errors), key=_problem_key)),
        notes=tuple(sorted((p for part in parts for p in part.notes), key=_problem_key)),
        suppressed=sum(part.suppressed for part in parts),
        documents=tuple(document for part in parts for document in part.documents),
    )


def arranged(results: Iterable[Result], options: Options) -> tuple[Result, ...]:
    """Return the results one per path and in order, redacted if asked: what every reporter starts from."""
    ordered = sorted(results, key=lambda r: r.path)
    merged = (_merged(path, list(parts)) for path, parts in groupby(ordered, key=lambda r: r.path))
    if not options.redact:
        return tuple(merged)
    from hrlint.reporters.redaction import redacted

    return tuple(redacted(result, options) for result in merged)


def findings(results: Iterable[Result]) -> Iterator[Finding]:
    """Yield every finding, file by file."""
    for result in results:
        yield from result.findings


def was_read(result: Result) -> bool:
    """Return whether anything of the file could be linted."""
    return not result.errors or bool(result.findings or result.aligned or result.documents)


def severities(results: Iterable[Result]) -> dict[Severity, int]:
    """Return the number of findings for each severity, the gravest first."""
    counts = Counter(f.severity for f in findings(results))
    return {severity: counts[severity] for severity in SEVERITIES}


def by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return names with their counts, the most frequent first, then by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def counted(number: int, noun: str) -> str:
    """Return `1 note`, `3 notes`, `1,200 notes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def summary(results: Sequence[Result]) -> str:
    """Return the one-line summary: `3 findings in 1 note: 1 error, 2 warnings`."""
    read, failed = (sum(was_read(r) is wanted for r in results) for wanted in (True, False))
    hit = sum(bool(r.findings) for r in results)
    kinds = [
        f"{n:,} info" if severity is Severity.INFO else counted(n, str(severity))
        for severity, n in severities(results).items()
        if n
    ]
    total = sum(len(r.findings) for r in results)
    if total:
        where = counted(read, "note") if hit == read else f"{hit:,} of {counted(read, 'note')}"
        line = f"{counted(total, 'finding')} in {where}: {', '.join(kinds)}"
    else:
        line = f"No findings in {counted(read, 'note')}"
    if suppressed := sum(r.suppressed for r in results):
        line += f" ({suppressed:,} suppressed)"
    if failed:
        line += f"; {counted(failed, 'file')} could not be read"
    return line if total else f"{line}."


def graver_first(items: Iterable[Finding]) -> list[Finding]:
    """Return findings by falling severity, otherwise in the order given."""
    return sorted(items, key=lambda f: -f.severity)


def with_fingerprints(items: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings with fingerprints that exist and differ, for formats that drop a repeated one.

    A missing or repeated one is made of path, rule and count: nothing of the text, nothing of the position.
    """
    import hashlib

    seen: set[str] = set()
    counts: Counter[tuple[str, ...]] = Counter()
    for finding in items:
        mark = finding.fingerprint
        while not mark or mark in seen:
            identity = (finding.fingerprint, finding.path, finding.rule)
            counts[identity] += 1
            raw = "\0".join((*identity, str(counts[identity])))
            mark = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen.add(mark)
        yield finding if mark == finding.fingerprint else finding._replace(fingerprint=mark)


def one_line(text: str) -> str:
    """Return `text` with every run of white space, a line break in wrapped words too, as one space."""
    return " ".join(text.split())


def shown_path(path: str) -> str:
    """Return a path as CI services want it: forward slashes, no leading `./`."""
    return path.replace("\\", "/").removeprefix("./")


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD7C0 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def json_text(value: object, depth: int = 0, indent: str = "") -> str:
    """Return JSON in plain ASCII, containers down to `depth` laid out one item a line."""
    return "".join(json_parts(value, depth, indent))


def json_parts(value: object, depth: int = 0, indent: str = "") -> Iterator[str]:
    """Yield the parts of `json_text`. Down to `depth` an iterator is a list whose items are made when their turn comes.

    ASCII survives a console or pipe of any encoding. Half a surrogate pair, which strict parsers
    refuse, becomes `?`.
    """
    if depth and isinstance(value, (dict, list, Iterator)):
        inner = indent + " "
        left, right = "{}" if isinstance(value, dict) else "[]"
        between = f"{left}\n{inner}"
        for item in value.items() if isinstance(value, dict) else value:
            yield between
            if isinstance(value, dict):
                yield f"{json_text(item[0])}: "
                item = item[1]
            yield from json_parts(item, depth - 1, inner)
            between = f",\n{inner}"
        yield f"\n{indent}{right}" if between.startswith(",") else left + right
        return
    import json

    text = json.dumps(value, ensure_ascii=False)
    if not text.isascii() or "\x7f" in text:
        text = _OUTSIDE_ASCII.sub(_escape, text.encode("utf-8", "replace").decode("utf-8"))
    yield text
