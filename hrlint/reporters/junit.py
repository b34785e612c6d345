"""`junit`: a suite a file, a case a finding; a finding below `fail_on` passes with its message as output.

XML 1.0 has no place for most control characters, not even as references; they are made visible.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
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


def _add_case(suite: ET.Element, finding: Finding, options: Options) -> None:
    place = f"{finding.path}:{finding.line}:{finding.column}" + (f" ({finding.location})" if finding.location else "")
    name = xml_text(f"{finding.rule} at {place}")
    case = ET.SubElement(suite, "testcase", classname=xml_text(finding.path), name=name, time="0")
    message = xml_text(one_line(finding.message))
    if _fails(finding, options):
        failure = ET.SubElement(case, "failure", message=message, type=str(finding.severity))
        failure.text = xml_text(f"{place}: {finding.severity} {finding.rule}") + f"\n{message}\n{xml_text(finding.why)}"
    else:
        ET.SubElement(case, "system-out").text = f"{finding.severity}: {message}"


def _suite(result: Result, options: Options) -> ET.Element:
    failures = sum(_fails(f, options) for f in result.findings)
    cases = len(result.findings) + len(result.errors) or 1
    name = xml_text(result.path)
    suite = ET.Element(
        "testsuite", name=name, tests=str(cases), failures=str(failures), errors=str(len(result.errors)), time="0"
    )
    for finding in result.findings:
        _add_case(suite, finding, options)
    for problem in result.errors:
        case = ET.SubElement(suite, "testcase", classname=name, name="can be read", time="0")
        ET.SubElement(case, "error", message=xml_text(problem.message), type="unreadable")
    if not (result.findings or result.errors):
        ET.SubElement(suite, "testcase", classname=name, name="no findings", time="0")
    return suite


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write the document."""
    root = ET.Element("testsuites", name="hrlint")
    root.extend(_suite(result, options) for result in results)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", "0")
    ET.indent(root)
    # ASCII with character references is the same document in every encoding a stream may have.
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="us-ascii").decode() + "\n")
