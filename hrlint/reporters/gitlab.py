"""`gitlab`: a Code Quality report, an array of issues with unique fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from hrlint.model import Finding, Result, Severity
from hrlint.reporters import common
from hrlint.reporters.options import Options

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info", Severity.OFF: "info"}


def _issue(finding: Finding) -> dict[str, object]:
    return {
        "description": common.one_line(finding.message),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": common.shown_path(finding.path),
            "lines": {"begin": finding.line, "end": finding.end_line},
        },
    }


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write one array, empty for clean input."""
    issues = (_issue(finding) for finding in common.with_fingerprints(common.findings(results)))
    out.writelines(common.json_parts(issues, depth=1))
    out.write("\n")
