"""`html`: one self-contained page with the notes, the findings marked in them and explained below.

Without script and under a content policy that forbids every request. Redacted, it holds no text of
the notes beyond what `redaction` leaves of the findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TextIO

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from hrlint.model import Finding, Result
from hrlint.reporters import common
from hrlint.reporters.html_template import PAGE, STYLE, TALLY
from hrlint.reporters.marking import pieces
from hrlint.reporters.options import Options
from hrlint.reporters.positions import Original, in_reading_order
from hrlint.reporters.terminal import sanitize
from hrlint.reporters.text import encouragement

Numbered = Sequence[tuple[int, Finding]]


def _line(text: str) -> str:
    return sanitize(common.one_line(text))


def _item(number: int, finding: Finding, lines: bool, linked: bool, options: Options) -> dict[str, object]:
    """Return what the page says about a finding."""
    return {
        "number": number,
        "words": _line(finding.text),
        "severity": str(finding.severity),
        "quoted": finding.voice == "quoted",
        "message": _line(finding.message),
        "why": _line(finding.why),
        "instead": [_line(s.text) for s in finding.suggestions if s.applicability != "manual"],
        "advice": [_line(s.text) for s in finding.suggestions if s.applicability == "manual"],
        "sources": [_line(options.reference(source)) for source in finding.sources],
        "rule": _line(finding.rule),
        "place": f"line {finding.line}, column {finding.column}" if lines else _line(finding.location or ""),
        "linked": linked,
    }


def _text(original: Original | None, findings: Numbered, options: Options) -> dict[str, object]:
    """Return a text of a file: its place, its marked pieces (none when hidden), its findings."""
    shown = [] if original is None or options.redact else pieces(original.document.text, findings)
    items = []
    for number, finding in findings:
        lines = original is None or original.has_lines(finding)
        items.append(_item(number, finding, lines, bool(shown) and finding.end > finding.start, options))
    locations = dict.fromkeys(_line(f.location) for _, f in findings if f.location)
    return {"location": ", ".join(locations), "pieces": shown, "findings": items}


def _files(results: Sequence[Result], options: Options) -> Iterator[dict[str, object]]:
    number = 0
    for result in results:
        texts = []
        by_document = groupby(in_reading_order(result), key=lambda pair: id(pair[1].document) if pair[1] else None)
        for _, group in by_document:
            pairs = list(group)
            original = pairs[0][1]
            numbered = list(enumerate((finding for finding, _ in pairs), number + 1))
            number += len(numbered)
            texts.append(_text(original, numbered, options))
        if texts:
            yield {"path": _line(result.path), "texts": texts}


def _values(results: Sequence[Result], options: Options) -> dict[str, Any]:
    """Return the values of the page, each a plain or sanitized one; the environment escapes them."""
    found = list(common.findings(results))
    return {
        "style": Markup(STYLE),
        "summary": common.summary(results),
        "praise": encouragement(results) if options.aligned else "",
        "redacted": options.redact,
        "version": options.version,
        "audience": options.audience,
        "packs": [(_line(name), _line(version)) for name, version in sorted(options.packs.items())],
        "severities": [(str(severity), n) for severity, n in common.severities(results).items() if n],
        "categories": common.by_count(Counter(f.category for f in found)),
        "notes": [(_line(r.path), len(r.findings)) for r in results if r.findings],
        "problems": [{"path": _line(p.path), "message": _line(p.message)} for r in results for p in r.errors],
        "files": list(_files(results, options)),
    }


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write the page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    tally = environment.from_string(TALLY).module.tally  # type: ignore[attr-defined]
    page = environment.from_string(PAGE).render(tally=tally, **_values(results, options))
    # Character references keep the page the same whatever the encoding of the stream.
    out.write(page.encode("ascii", "xmlcharrefreplace").decode())
