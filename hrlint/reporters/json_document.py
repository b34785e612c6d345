"""`json`: one document, schema `hrlint/1`; docs/json.md describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from hrlint.model import Cue, Finding, Result
from hrlint.reporters import common
from hrlint.reporters.options import Options

SCHEMA = "hrlint/1"


def finding_object(finding: Finding, options: Options) -> dict[str, object]:
    """Return a finding as JSON has it; `text` is None when it is redacted."""
    return {
        "path": finding.path,
        "location": finding.location,
        "rule": finding.rule,
        "category": finding.category,
        "severity": str(finding.severity),
        "voice": finding.voice,
        "start": finding.start,
        "end": finding.end,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "text": finding.text or None if options.redact else finding.text,
        "message": finding.message,
        "why": finding.why,
        "suggestions": [
            {"text": s.text, "start": s.start, "end": s.end, "applicability": s.applicability}
            for s in finding.suggestions
        ],
        "principles": list(finding.principles),
        "themes": list(finding.themes),
        "sources": list(finding.sources),
        "fingerprint": finding.fingerprint,
    }


def _cue_object(cue: Cue, options: Options) -> dict[str, object]:
    return {
        "path": cue.path,
        "location": cue.location,
        "principle": cue.principle,
        "theme": cue.theme,
        "start": cue.start,
        "end": cue.end,
        "line": cue.line,
        "column": cue.column,
        "text": None if options.redact else cue.text,
    }


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write the document."""
    report = {
        "schema": SCHEMA,
        "hrlint": options.version,
        "audience": options.audience,
        "findings": (finding_object(f, options) for f in common.findings(results)),
        "aligned": (_cue_object(c, options) for r in results for c in r.aligned),
        "errors": [{"path": p.path, "message": p.message} for r in results for p in r.errors],
        "summary": {
            "files": sum(common.was_read(r) for r in results),
            "findings": sum(len(r.findings) for r in results),
            **{str(severity): count for severity, count in common.severities(results).items()},
            "suppressed": sum(r.suppressed for r in results),
        },
    }
    out.writelines(common.json_parts(report, depth=2))
    out.write("\n")
