"""The rules of a SARIF run: what a code scanning service shows beside a result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from hrlint.model import Finding, Severity
from hrlint.reporters.options import Options, Rule

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.OFF: "none"}
MOST_TAGS = 10

_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning"}
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|!~])")


def markdown(text: str) -> str:
    """Return `text` so that Markdown shows it as it stands."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", escaped)


def _descriptor(
    rule: Rule | Finding, name: str, summary: str, severity: Severity, options: Options
) -> dict[str, object]:
    references = [options.reference(source) for source in rule.sources]
    plain = "\n".join([rule.why, *(f"Source: {reference}" for reference in references)])
    marked = [f"**{markdown(summary)}**", markdown(rule.why)]
    if references:
        marked.append("\n".join(["Sources:", "", *(f"- {markdown(reference)}" for reference in references)]))
    tags = dict.fromkeys([rule.category, *rule.principles, *rule.themes])
    return {
        "id": name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": rule.why or summary},
        "help": {"text": plain.strip() or summary, "markdown": "\n\n".join(filter(None, marked))},
        "defaultConfiguration": {"level": LEVELS[severity], "enabled": severity is not Severity.OFF},
        "properties": {"tags": list(tags)[:MOST_TAGS], "problem.severity": _PROBLEM.get(severity, "recommendation")},
    }


def descriptors(findings: Sequence[Finding], options: Options) -> list[dict[str, object]]:
    """Return a descriptor for each rule that has a finding, sorted by id.

    A finding of a rule not in `Options.rules` lends its own texts, save the message: it may quote the note.
    """
    first = _first_by_rule(findings)
    return [
        _descriptor(
            rule := options.rules.get(name, first[name]),
            name,
            name if isinstance(rule, Finding) else _PLACEHOLDER.sub("…", rule.message),
            rule.severity,
            options,
        )
        for name in sorted(first)
    ]


def _first_by_rule(findings: Iterable[Finding]) -> dict[str, Finding]:
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.rule, finding)
    return first
