"""`rdjson`: the Reviewdog Diagnostic Format; columns are UTF-8 bytes, ranges end before `end`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from hrlint.model import Finding, Result, Severity
from hrlint.reporters import common
from hrlint.reporters.options import Options
from hrlint.reporters.positions import Original, Region, region, utf8, with_originals

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO", Severity.OFF: "INFO"}


def _range(place: Region) -> dict[str, object]:
    return {
        "start": {"line": place.line, "column": place.column},
        "end": {"line": place.end_line, "column": place.end_column},
    }


def _diagnostic(finding: Finding, original: Original | None, options: Options) -> dict[str, object]:
    diagnostic: dict[str, object] = {
        "message": common.one_line(finding.message),
        "location": {
            "path": common.shown_path(finding.path),
            "range": _range(region(finding, original, utf8)),
        },
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.rule},
    }
    edits = original.edits(finding, utf8) if original is not None and not options.redact else ()
    if suggestions := [{"range": _range(place), "text": text} for text, place in edits]:
        diagnostic["suggestions"] = suggestions
    return diagnostic


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write the document."""
    report = {
        "source": {"name": "hrlint"},
        "diagnostics": (
            _diagnostic(f, original, options) for result in results for f, original in with_originals(result)
        ),
    }
    out.writelines(common.json_parts(report, depth=2))
    out.write("\n")
