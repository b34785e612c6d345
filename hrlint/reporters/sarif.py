"""`sarif`: SARIF 2.1.0 for code scanning services.

Columns are UTF-16 units. Regions carry no snippet and no context, redacted or not: a service keeps
what it is sent. GitHub shows 5,000 results of a run, so the gravest are kept and the rest is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO
from urllib.parse import quote

from hrlint.model import Finding, Problem, Result, Severity
from hrlint.reporters import common
from hrlint.reporters.options import Options
from hrlint.reporters.positions import Original, Region, region, utf16, with_originals
from hrlint.reporters.sarif_rules import LEVELS, descriptors

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5_000
ROOT = "%SRCROOT%"

Object = dict[str, object]


def _artifact(path: str) -> Object:
    path = common.shown_path(path)
    uri = quote(path.encode("utf-8", "surrogatepass"), safe="/")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    if path[1:3] == ":/":
        return {"uri": f"file:///{uri.replace('%3A', ':', 1)}"}
    return {"uri": uri, "uriBaseId": ROOT}


def _region(place: Region) -> Object:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(path: str, text: str, place: Region) -> Object:
    change = {
        "artifactLocation": _artifact(path),
        "replacements": [{"deletedRegion": _region(place), "insertedContent": {"text": text}}],
    }
    return {"description": {"text": f"Write “{text}”."}, "artifactChanges": [change]}


def _result(finding: Finding, original: Original | None, rules: Sequence[str], options: Options) -> Object:
    place: Object = {
        "physicalLocation": {
            "artifactLocation": _artifact(finding.path),
            "region": _region(region(finding, original, utf16)),
        }
    }
    if finding.location:
        place["logicalLocations"] = [{"fullyQualifiedName": finding.location}]
    result: Object = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": LEVELS[finding.severity],
        "message": {"text": common.one_line(finding.message)},
        "locations": [place],
        "partialFingerprints": {"hrlint/v1": finding.fingerprint},
        "properties": {"category": finding.category, "voice": finding.voice},
    }
    edits = original.edits(finding, utf16) if original is not None and not options.redact else ()
    if fixes := [_fix(finding.path, text, place) for text, place in edits]:
        result["fixes"] = fixes
    return result


def _notification(level: str, text: str, path: str | None = None) -> Object:
    note: Object = {"level": level, "message": {"text": text}}
    if path is not None:
        note["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path)}}]
    return note


def _notifications(errors: Sequence[Problem], left_out: Sequence[Severity]) -> list[Object]:
    notes = [_notification("error", p.message, p.path) for p in errors]
    if left_out:
        text = f"{common.counted(len(left_out), 'finding')} left out, none graver than {max(left_out)}: a run holds "
        notes.append(_notification("warning", f"{text}{MOST_RESULTS:,} results at most."))
    return notes


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write a log with one run."""
    severities = [finding.severity for finding in common.findings(results)]
    gravest_first = sorted(range(len(severities)), key=lambda i: -severities[i])
    kept, left_out = set(gravest_first[:MOST_RESULTS]), gravest_first[MOST_RESULTS:]
    originals = (original for result in results for _, original in with_originals(result))
    unique = common.with_fingerprints(common.findings(results))
    reported = [pair for i, pair in enumerate(zip(unique, originals, strict=True)) if i in kept]
    rules = sorted({finding.rule for finding, _ in reported})
    errors = [problem for result in results for problem in result.errors]

    invocation: Object = {"executionSuccessful": not errors}
    if options.exit_status is not None:
        invocation["exitCode"] = options.exit_status
    if notes := _notifications(errors, [severities[i] for i in left_out]):
        invocation["toolExecutionNotifications"] = notes
    run: Object = {
        "tool": {
            "driver": {
                "name": "hrlint",
                "version": options.version,
                "rules": descriptors([finding for finding, _ in reported], options),
            }
        },
        "invocations": [invocation],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that hrlint was run in."}}},
        "columnKind": "utf16CodeUnits",
        "results": (_result(finding, original, rules, options) for finding, original in reported),
        "properties": {"audience": options.audience, "packs": dict(sorted(options.packs.items()))},
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    out.writelines(common.json_parts(log, depth=4))
    out.write("\n")
