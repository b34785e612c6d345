"""`junit`: a suite a file, a case a finding; a finding below `fail_on` passes with its message as output.

XML 1.0 has no place for most control characters, not even as references; they are made visible.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from typing import TextIO

from hrlint.model import Finding, Result
from hrlint.reporters.common import one_line
from hrlint.reporters.options import Options
from hrlint.reporters.terminal import sanitize

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return `text` without characters that XML forbids."""
    return _NOT_XML.sub("\ufffd", sanitize(text))


def _fails(finding: Finding, options: Options) -> bool:
    return options.fail_on is not None and finding.severity >= options.fail_on


def _case(finding: Finding, options: Options) -> ET.Element:
    place = f"{finding.path}:{finding.line}:{finding.column}" + (f" ({finding.location})" if finding.location else "")
    name = xml_text(f"{finding.rule} at {place}")
    case = ET.Element("testcase", classname=xml_text(finding.path), name=name, time="0")
    message = xml_text(one_line(finding.message))
    if _fails(finding, options):
        failure = ET.SubElement(case, "failure", message=message, type=str(finding.severity))
        failure.text = xml_text(f"{place}: {finding.severity} {finding.rule}") + f"\n{message}\n{xml_text(finding.why)}"
    else:
        ET.SubElement(case, "system-out").text = f"{finding.severity}: {message}"
    return case


def _cases(result: Result, options: Options) -> Iterator[ET.Element]:
    """Yield the cases of the suite of a file; one at least."""
    for finding in result.findings:
        yield _case(finding, options)
    name = xml_text(result.path)
    for problem in result.errors:
        case = ET.Element("testcase", classname=name, name="can be read", time="0")
        ET.SubElement(case, "error", message=xml_text(problem.message), type="unreadable")
        yield case
    if not (result.findings or result.errors):
        yield ET.Element("testcase", classname=name, name="no findings", time="0")


def _counts(results: Sequence[Result], options: Options) -> dict[str, str]:
    """Return the attributes that count the cases of `results`."""
    return {
        "tests": str(sum(len(r.findings) + len(r.errors) or 1 for r in results)),
        "failures": str(sum(_fails(f, options) for r in results for f in r.findings)),
        "errors": str(sum(len(r.errors) for r in results)),
        "time": "0",
    }


def _text(element: ET.Element, level: int) -> str:
    """Return an element as it stands in the document at `level`, with its line break."""
    ET.indent(element, level=level)
    # ASCII with character references is the same document in every encoding a stream may have.
    return f"{'  ' * level}{ET.tostring(element, encoding='us-ascii').decode()}\n"


def _opened(element: ET.Element, level: int) -> str:
    """Return the start tag of an empty element: what it holds is written one by one, since it may be much."""
    return _text(element, level).replace(" />\n", ">\n")


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write the document."""
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = ET.Element("testsuites", {"name": "hrlint", **_counts(results, options)})
    out.write(_opened(root, 0) if results else _text(root, 0))
    for result in results:
        out.write(_opened(ET.Element("testsuite", {"name": xml_text(result.path), **_counts([result], options)}), 1))
        for case in _cases(result, options):
            out.write(_text(case, 2))
        out.write("  </testsuite>\n")
    if results:
        out.write("</testsuites>\n")
