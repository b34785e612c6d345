"""Findings against labels: recall, precision and F1 by rule, category and phenomenon.

Two kinds of labelled lines are understood, see docs/accuracy.md:

- texts: `{"id", "audience", "phenomenon", "text" or "path", "expect": [{"category", "anchor", "occurrence"?}],
  "traps": [...], "quoted": [...], "neutral": [...], "contested": bool}`
- occurrences: `{"doc", "start", "end", "sense": "stigmatizing" | "benign" | "contested", "category"}`
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrlint.errors import InputError
from hrlint.model import AUDIENCES, CATEGORIES, Finding, Severity, Span

Lint = Callable[[str, str, str], Sequence[Finding]]
"""(name, text, audience) -> findings"""

RESAMPLES = 400


@dataclass(frozen=True)
class Item:
    """One labelled text. Spans count code points of `text`."""

    id: str
    audience: str
    phenomenon: str
    text: str
    expect: tuple[tuple[str, Span], ...]
    traps: tuple[Span, ...]
    quoted: tuple[Span, ...]
    neutral: tuple[Span, ...]
    contested: bool


@dataclass(frozen=True)
class Occurrence:
    """One labelled occurrence in a document."""

    doc: str
    span: Span
    sense: str
    family: str
    counted: bool


@dataclass
class Count:
    """What was counted for one row of a table; `found` of `wanted` anchors, `right` and `wrong` findings above info."""

    wanted: int = 0
    found: int = 0
    seen: int = 0
    right: int = 0
    wrong: int = 0
    benign: int = 0
    alarms: int = 0
    silent: int = 0
    kept_silent: int = 0

    def add(self, other: Count) -> None:
        """Add the counts of `other`."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def recall(self) -> float | None:
        """Anchors found above info, of all that are expected."""
        return self.found / self.wanted if self.wanted else None

    @property
    def precision(self) -> float | None:
        """Findings above info that touch an expected anchor, of all such findings."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        if self.recall is None or self.precision is None:
            return None
        return (
            2 * self.recall * self.precision / (self.recall + self.precision) if self.recall + self.precision else 0.0
        )

    @property
    def alarm_rate(self) -> float | None:
        """Benign stretches that a finding above info touches."""
        return self.alarms / self.benign if self.benign else None


@dataclass(frozen=True)
class Miss:
    """A label that did not come out: `kind` is miss, category, trap, quoted or unlabelled."""

    kind: str
    id: str
    category: str
    start: int
    end: int
    rule: str
    text: str


@dataclass
class Report:
    """Everything `hrlint eval` prints."""

    total: Count = field(default_factory=Count)
    contested: Count = field(default_factory=Count)
    by_category: dict[str, Count] = field(default_factory=dict)
    by_rule: dict[str, Count] = field(default_factory=dict)
    by_phenomenon: dict[str, Count] = field(default_factory=dict)
    by_family: dict[str, Count] = field(default_factory=dict)
    right_category: int = 0
    quoted: int = 0
    quoted_alarms: int = 0
    items: int = 0
    f1_interval: tuple[float, float] | None = None
    misses: list[Miss] = field(default_factory=list)


# --- reading -------------------------------------------------------------------------


def read_gold(path: Path, root: Path | None = None) -> tuple[list[Item], list[Occurrence]]:
    """Return the labelled texts and occurrences of a file; raises InputError that names the line.

    Paths of texts are relative to `root`, the folder of the file by default.
    """
    items: list[Item] = []
    occurrences: list[Occurrence] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(path.as_posix(), "cannot be read as UTF-8 text; give a file of JSON Lines") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            if "sense" in raw:
                occurrences.append(_occurrence(raw))
            else:
                items.append(_item(raw, root or path.parent))
        except (ValueError, KeyError, TypeError) as error:
            reason = (
                f"no '{error.args[0]}'"
                if isinstance(error, KeyError)
                else str(error)
                if isinstance(error, _Label)
                else "not a labelled line"
            )
            raise InputError(f"{path.as_posix()}:{number}", f"{reason}; see docs/accuracy.md for the form") from None
    return items, occurrences


class _Label(ValueError):
    """A label that does not fit its text; the message holds no text."""


def _item(raw: Mapping[str, Any], root: Path) -> Item:
    text = raw["text"] if "text" in raw else (root / raw["path"]).read_bytes().decode("utf-8")
    audience = raw.get("audience", "clinical-note")
    if audience not in AUDIENCES:
        raise _Label("unknown audience")
    expect = []
    for label in raw["expect"]:
        if label["category"] not in CATEGORIES:
            raise _Label(f"unknown category '{label['category']}'")
        expect.append((label["category"], _span(text, label)))
    return Item(
        id=str(raw["id"]),
        audience=audience,
        phenomenon=raw.get("phenomenon", "-"),
        text=text,
        expect=tuple(expect),
        traps=tuple(_span(text, x) for x in raw.get("traps", ())),
        quoted=tuple(_span(text, x) for x in raw.get("quoted", ())),
        neutral=tuple(_span(text, x) for x in raw.get("neutral", ())),
        contested=bool(raw.get("contested", False)),
    )


def _span(text: str, label: str | Mapping[str, Any]) -> Span:
    if isinstance(label, Mapping) and "start" in label:
        return Span(int(label["start"]), int(label["end"]))
    anchor = label if isinstance(label, str) else label["anchor"]
    times = 1 if isinstance(label, str) else int(label.get("occurrence", 1))
    at = -1
    for _ in range(times):
        at = text.find(anchor, at + 1)
        if at < 0:
            raise _Label("an anchor is not in its text")
    return Span(at, at + len(anchor))


def _occurrence(raw: Mapping[str, Any]) -> Occurrence:
    return Occurrence(
        raw["doc"],
        Span(int(raw["start"]), int(raw["end"])),
        raw["sense"],
        raw["category"],
        raw.get("sample") != "picked",
    )


# --- scoring -------------------------------------------------------------------------


def score(items: Sequence[Item], lint: Lint) -> Report:
    """Return the report on labelled texts; contested ones are counted apart."""
    report = Report()
    per_item: list[Count] = []
    for item in items:
        findings = lint(item.id, item.text, item.audience)
        count = _score_item(item, findings, report)
        if item.contested:
            report.contested.add(count)
            continue
        per_item.append(count)
        report.items += 1
        report.total.add(count)
        report.by_phenomenon.setdefault(item.phenomenon, Count()).add(count)
    report.f1_interval = _bootstrap(per_item)
    return report


def _score_item(item: Item, findings: Sequence[Finding], report: Report) -> Count:
    count = Count()
    loud = [f for f in findings if f.severity > Severity.INFO]
    tell = not item.contested
    for category, span in item.expect:
        touching = [f for f in findings if span.overlaps(Span(f.start, f.end))]
        above = [f for f in touching if f.severity > Severity.INFO]
        right = [f for f in above if f.category == category]
        count.wanted += 1
        count.found += bool(above)
        count.seen += bool(touching)
        if not tell:
            continue
        row = report.by_category.setdefault(category, Count())
        row.wanted += 1
        row.found += bool(right)
        row.seen += bool(touching)
        report.right_category += bool(right)
        if not right:
            kind = "category" if above else "miss"
            rule = (above or touching)[0].rule if touching else ""
            report.misses.append(Miss(kind, item.id, category, *span, rule, item.text))
    for finding in loud:
        here = Span(finding.start, finding.end)
        wanted = [c for c, span in item.expect if span.overlaps(here)]
        labelled = [*item.traps, *item.quoted]
        neutral = any(span.overlaps(here) for span in item.neutral)
        good = bool(wanted)
        if not good and neutral and not any(span.overlaps(here) for span in labelled):
            continue
        count.right += good
        count.wrong += not good
        if tell:
            for table, key in ((report.by_category, finding.category), (report.by_rule, finding.rule)):
                row = table.setdefault(key, Count())
                row.right += good
                row.wrong += not good
            if not good and not any(span.overlaps(here) for span in labelled):
                report.misses.append(Miss("unlabelled", item.id, finding.category, *here, finding.rule, item.text))
    for kind, spans in (("trap", item.traps), ("quoted", item.quoted)):
        for span in spans:
            hits = [f for f in loud if span.overlaps(Span(f.start, f.end))]
            if kind == "trap":
                count.benign += 1
                count.alarms += bool(hits)
            elif tell:
                report.quoted += 1
                report.quoted_alarms += bool(hits)
            if hits and tell:
                report.misses.append(Miss(kind, item.id, hits[0].category, *span, hits[0].rule, item.text))
    if not item.expect:
        count.silent = 1
        count.kept_silent = int(not loud)
    return count


def score_occurrences(occurrences: Sequence[Occurrence], texts: Mapping[str, str], lint: Lint) -> Report:
    """Return the report on labelled occurrences; `texts` gives each document by name."""
    report = Report()
    by_doc: dict[str, list[Occurrence]] = {}
    for one in occurrences:
        if one.counted and one.doc in texts:
            by_doc.setdefault(one.doc, []).append(one)
    for doc, labels in by_doc.items():
        findings = lint(doc, texts[doc], "clinical-note")
        loud = [f for f in findings if f.severity > Severity.INFO]
        for one in labels:
            row = report.by_family.setdefault(one.family, Count())
            hits = [f for f in loud if one.span.overlaps(Span(f.start, f.end))]
            seen = bool(hits) or any(one.span.overlaps(Span(f.start, f.end)) for f in findings)
            part = Count()
            if one.sense == "stigmatizing":
                part = Count(wanted=1, found=int(bool(hits)), seen=int(seen), right=int(bool(hits)))
            elif one.sense == "benign":
                part = Count(benign=1, alarms=int(bool(hits)), wrong=int(bool(hits)))
            row.add(part)
            report.total.add(part)
            if (one.sense == "stigmatizing" and not hits) or (one.sense == "benign" and hits):
                kind = "miss" if one.sense == "stigmatizing" else "trap"
                report.misses.append(Miss(kind, doc, one.family, *one.span, hits[0].rule if hits else "", texts[doc]))
    report.items = len(by_doc)
    return report


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share (Wilson 1927), or None when there is nothing to share."""
    if not whole:
        return None
    z = 1.96
    share = part / whole
    middle = share + z * z / (2 * whole)
    reach = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _bootstrap(counts: Sequence[Count]) -> tuple[float, float] | None:
    """Return the 95 % interval of F1, texts drawn again with a fixed seed."""
    if not counts:
        return None
    rows = [(c.wanted, c.found, c.right, c.wrong) for c in counts]
    rng = random.Random(20260101)
    values = []
    for _ in range(RESAMPLES):
        wanted = found = right = wrong = 0
        for a, b, c, d in rng.choices(rows, k=len(rows)):
            wanted += a
            found += b
            right += c
            wrong += d
        value = Count(wanted, found, 0, right, wrong).f1
        values.append(value if value is not None else 0.0)
    values.sort()
    return values[int(0.025 * RESAMPLES)], values[int(0.975 * RESAMPLES) - 1]


# --- showing -------------------------------------------------------------------------


def percent(value: float | None) -> str:
    """Return a share as `97.5 %`, or a dash."""
    return "-" if value is None else f"{100 * value:.1f} %"


def _interval(part: int, whole: int) -> str:
    found = wilson(part, whole)
    return "" if found is None else f"{100 * found[0]:.0f}-{100 * found[1]:.0f}"


def tables(report: Report) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield (title, rows) for people; the first row is the heading."""
    named: tuple[tuple[str, Mapping[str, Count]], ...] = (
        ("category", report.by_category),
        ("phenomenon", report.by_phenomenon),
        ("rule", report.by_rule),
        ("family", report.by_family),
    )
    for title, table in named:
        if not table:
            continue
        rows = [[title, "expected", "recall", "95 %", "findings", "precision", "95 %", "F1", "benign", "alarms"]]
        order: Iterable[str] = [c for c in CATEGORIES if c in table] if title == "category" else sorted(table)
        for key in order:
            c = table[key]
            rows.append(
                [
                    key,
                    str(c.wanted),
                    percent(c.recall),
                    _interval(c.found, c.wanted),
                    str(c.right + c.wrong),
                    percent(c.precision),
                    _interval(c.right, c.right + c.wrong),
                    percent(c.f1),
                    str(c.benign),
                    str(c.alarms),
                ]
            )
        yield title, rows


def summary(report: Report) -> list[str]:
    """Return the totals in words, a line each."""
    t = report.total
    lines = [f"{report.items} texts or documents, {t.wanted} expected, {t.benign} benign stretches"]
    lines.append(
        f"recall {percent(t.recall)} ({_interval(t.found, t.wanted)}), precision {percent(t.precision)} "
        f"({_interval(t.right, t.right + t.wrong)}), F1 {percent(t.f1)}"
        + (f" ({100 * report.f1_interval[0]:.0f}-{100 * report.f1_interval[1]:.0f})" if report.f1_interval else "")
    )
    if report.right_category:
        lines.append(f"recall in the right category {percent(report.right_category / t.wanted)}")
    lines.append(f"benign stretches flagged above info: {t.alarms} of {t.benign} ({percent(t.alarm_rate)})")
    if report.quoted:
        lines.append(f"a patient's own words above info: {report.quoted_alarms} of {report.quoted}")
    if t.silent:
        lines.append(f"texts to stay silent on, kept silent: {t.kept_silent} of {t.silent}")
    if report.contested.wanted:
        c = report.contested
        lines.append(
            f"contested texts, apart: {c.found} of {c.wanted} expected, {c.alarms} of {c.benign} benign flagged"
        )
    return lines


def as_object(report: Report) -> dict[str, Any]:
    """Return the report as plain data for JSON, without any text."""

    def row(c: Count) -> dict[str, Any]:
        return {
            "expected": c.wanted,
            "found": c.found,
            "seen": c.seen,
            "right": c.right,
            "wrong": c.wrong,
            "benign": c.benign,
            "alarms": c.alarms,
            "recall": c.recall,
            "recall_interval": wilson(c.found, c.wanted),
            "precision": c.precision,
            "precision_interval": wilson(c.right, c.right + c.wrong),
            "f1": c.f1,
        }

    return {
        "schema": "hrlint-eval/1",
        "items": report.items,
        "total": {**row(report.total), "f1_interval": report.f1_interval, "right_category": report.right_category},
        "quoted": {"stretches": report.quoted, "alarms": report.quoted_alarms},
        "contested": row(report.contested),
        "by_category": {k: row(v) for k, v in sorted(report.by_category.items())},
        "by_phenomenon": {k: row(v) for k, v in sorted(report.by_phenomenon.items())},
        "by_rule": {k: row(v) for k, v in sorted(report.by_rule.items())},
        "by_family": {k: row(v) for k, v in sorted(report.by_family.items())},
    }
