"""`github`: workflow commands that a runner turns into annotations, and a job summary.

A step shows ten annotations of each kind; more are only counted. Columns are UTF-16 units. When
`GITHUB_STEP_SUMMARY` names a file, a table in Markdown is appended to it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

from hrlint.model import Finding, Result, Severity
from hrlint.reporters import common
from hrlint.reporters.options import Options
from hrlint.reporters.positions import Original, region, utf16, with_originals
from hrlint.reporters.sarif_rules import markdown
from hrlint.reporters.terminal import fitted, sanitize

MOST_OF_A_KIND = 10
MOST_ROWS = 500

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice", Severity.OFF: "notice"}


def data(text: str) -> str:
    """Return `text` as the message of a workflow command: one line that cannot start another command."""
    return sanitize(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def value(text: str) -> str:
    """Return `text` as the value of a property, where `:` and `,` mean something too."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def _command(finding: Finding, original: Original | None) -> str:
    place = region(finding, original, utf16)
    properties = {"file": value(common.shown_path(finding.path)), "line": place.line, "endLine": place.end_line}
    if place.line == place.end_line:  # columns are refused for a stretch of several lines
        properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = value(f"hrlint {finding.rule}")
    text = ",".join(f"{name}={content}" for name, content in properties.items())
    return f"::{_COMMANDS[finding.severity]} {text}::{data(common.one_line(finding.message))}"


def _cell(text: str) -> str:
    return markdown(sanitize(common.one_line(text)))


def _step_summary(findings: Sequence[Finding], summary: str) -> Iterator[str]:
    yield f"### hrlint\n\n{summary}\n"
    if findings:
        yield "\n| place | severity | rule | message |\n|---|---|---|---|\n"
    for f in findings[:MOST_ROWS]:
        place = f"{common.shown_path(f.path)}:{f.line}"
        yield f"| {_cell(place)} | {f.severity} | {_cell(f.rule)} | {_cell(f.message)} |\n"
    if len(findings) > MOST_ROWS:
        yield f"\n{common.counted(len(findings) - MOST_ROWS, 'finding')} more are not in this table.\n"


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write the commands; raises OSError when the job summary cannot be written."""
    pairs = sorted((pair for result in results for pair in with_originals(result)), key=lambda pair: -pair[0].severity)
    shown: Counter[str] = Counter()
    encoding = getattr(out, "encoding", None)
    for finding, original in pairs:
        kind = _COMMANDS[finding.severity]
        shown[kind] += 1
        if shown[kind] <= MOST_OF_A_KIND:
            out.write(fitted(_command(finding, original), encoding) + "\n")
    summary = common.summary(results)
    hidden = sum(max(0, n - MOST_OF_A_KIND) for n in shown.values())
    more = f" ({common.counted(hidden, 'finding')} not shown as annotations)" if hidden else ""
    out.write(f"hrlint: {summary}{more}\n")
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(path, "a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(_step_summary([finding for finding, _ in pairs], summary + more))
