"""The machine formats against their schemas."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from hrlint.document import Document
from hrlint.model import Problem, Result, Severity
from hrlint.reporters import write

from .samples import ADDICT, finding, options, report, results

SCHEMAS = Path(__file__).parent / "schemas"
SCHEMA_OF = {
    "json": "hrlint-1.json",
    "sarif": "sarif-2.1.0.json",
    "gitlab": "gitlab-code-quality.json",
    "rdjson": "rdjson.json",
}


def check(format: str, text: str) -> Any:
    value = json.loads(text)
    schema = json.loads((SCHEMAS / SCHEMA_OF[format]).read_text(encoding="utf-8"))
    errors = [f"{e.instance_path}: {e.message}" for e in jsonschema_rs.validator_for(schema).iter_errors(value)]
    assert not errors
    return value


@pytest.mark.parametrize("redact", [False, True])
@pytest.mark.parametrize("given", [results(), []], ids=["findings", "nothing"])
@pytest.mark.parametrize("format", SCHEMA_OF)
def test_valid(format: str, given: list[Result], redact: bool) -> None:
    check(format, report(format, given, options(redact=redact, exit_status=2)))


def test_the_sarif_schema_bites() -> None:
    log = json.loads(report("sarif", results()))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(AssertionError):
        check("sarif", json.dumps(log))


def test_json_lines_are_the_findings_of_json() -> None:
    lines = [json.loads(line) for line in report("json-lines", results()).splitlines()]
    assert lines == json.loads(report("json", results()))["findings"]
    assert report("json-lines", [Result("a.txt")]) == ""


def test_json_key_order_and_sorting() -> None:
    value = json.loads(report("json", results()))
    assert list(value) == ["schema", "hrlint", "audience", "findings", "aligned", "errors", "summary"]
    places = [(f["path"], f["start"], f["rule"]) for f in value["findings"]]
    assert places == sorted(places)
    assert value["summary"] == {
        "files": 5,
        "findings": 6,
        "error": 3,
        "warning": 1,
        "info": 2,
        "suppressed": 2,
    }


def test_json_text_is_the_slice() -> None:
    document = results()[0].documents[0]
    assert isinstance(document, Document)
    for f in json.loads(report("json", results()[:1]))["findings"]:
        assert document.text[f["start"] : f["end"]] == f["text"]


@pytest.mark.parametrize("format", ["json", "json-lines", "sarif", "gitlab", "rdjson", "junit", "html"])
def test_machine_formats_are_ascii(format: str) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    write(format, results(), out, options())
    out.flush()
    assert raw.getvalue().decode("ascii")


def _many(count: int) -> Result:
    document = Document("many.txt", "addict\n" * count)
    one = finding(document, "addict")
    severities = [Severity.INFO, Severity.WARNING, Severity.ERROR]
    return Result(
        "many.txt",
        tuple(_moved(one, i, severity=severities[i % 3], fingerprint=f"f{i}") for i in range(count)),
        documents=(document,),
    )


def _moved(one: Any, line: int, **changes: Any) -> Any:
    return one._replace(start=line * 7, end=line * 7 + 6, line=line + 1, end_line=line + 1, **changes)


def test_sarif_keeps_5000_results_the_gravest_first() -> None:
    log = check("sarif", report("sarif", [_many(6_000)]))
    run = log["runs"][0]
    levels = [r["level"] for r in run["results"]]
    assert (len(levels), levels.count("error"), levels.count("warning")) == (5_000, 2_000, 2_000)
    lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in run["results"]]
    assert lines == sorted(lines)
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == (
        "1,000 findings left out, none graver than info: a run holds 5,000 results at most."
    )


def test_sarif_at_the_limit_says_nothing() -> None:
    run = json.loads(report("sarif", [_many(5_000)]))["runs"][0]
    assert len(run["results"]) == 5_000
    assert run["invocations"] == [{"executionSuccessful": True}]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("./notes/a b.txt", {"uri": "notes/a%20b.txt", "uriBaseId": "%SRCROOT%"}),
        ("notes\\é.txt", {"uri": "notes/%C3%A9.txt", "uriBaseId": "%SRCROOT%"}),
        ("a:b.txt", {"uri": "a%3Ab.txt", "uriBaseId": "%SRCROOT%"}),
        ("/srv/a.txt", {"uri": "file:///srv/a.txt"}),
        ("C:\\a.txt", {"uri": "file:///C:/a.txt"}),
        ("bad\udcff.txt", {"uri": "bad%ED%B3%BF.txt", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_sarif_uris(path: str, location: dict[str, str]) -> None:
    given = finding(Document(path, "addict"), "addict")
    log = check("sarif", report("sarif", [Result(path, (given,))]))
    got = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert got == location


def test_sarif_rules_have_help_and_ten_tags_at_most() -> None:
    from dataclasses import replace

    many = replace(ADDICT, themes=tuple(f"t{i}" for i in range(20)), why="Uses *stars* and [brackets].")
    log = json.loads(report("sarif", results()[:1], options(rules={ADDICT.id: many})))
    rule = next(r for r in log["runs"][0]["tool"]["driver"]["rules"] if r["id"] == ADDICT.id)
    assert len(rule["properties"]["tags"]) == 10
    assert "Uses \\*stars\\* and \\[brackets\\]." in rule["help"]["markdown"]
    assert rule["shortDescription"]["text"] == "“…” names a person by a condition."


@pytest.mark.parametrize("redact", [False, True])
def test_sarif_never_holds_a_snippet(redact: bool) -> None:
    text = report("sarif", results(), options(redact=redact))
    assert "snippet" not in text
    assert "contextRegion" not in text
    assert ("fixes" in text) is not redact


def test_a_quotation_is_never_edited() -> None:
    result = results()[0]
    quoted = tuple(f._replace(voice="quoted") for f in result.findings)
    given = [result._replace(findings=quoted)]
    assert "fixes" not in report("sarif", given)
    assert "suggestions" not in report("rdjson", given)


def test_gitlab_fingerprints_are_unique() -> None:
    document = Document("a.txt", "addict addict addict")
    one = finding(document, "addict", fingerprint="same")
    issues = check("gitlab", report("gitlab", [Result("a.txt", (one, one, one))]))
    marks = [i["fingerprint"] for i in issues]
    assert marks[0] == "same"
    assert len(set(marks)) == 3


def test_junit_counts() -> None:
    root = ET.fromstring(report("junit", results(), options(fail_on=Severity.ERROR)))
    assert root.attrib == {"name": "hrlint", "tests": "9", "failures": "3", "errors": "1", "time": "0"}
    for suite in root:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
        assert suite.get("errors") == str(len(suite.findall("testcase/error")))
    never = ET.fromstring(report("junit", results(), options(fail_on=None)))
    assert (never.get("failures"), len(never.findall("testsuite/testcase/system-out"))) == ("0", 6)


def test_an_unreadable_file_is_not_counted_as_read() -> None:
    given = [Result("x.docx", errors=(Problem("x.docx", "not a Word file"),))]
    assert json.loads(report("json", given))["summary"]["files"] == 0
    assert report("full", given) == "No findings in 0 notes; 1 file could not be read.\n"


class _Tags(HTMLParser):
    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("redact", [False, True])
def test_html_is_balanced_self_contained_and_linked(redact: bool) -> None:
    text = report("html", results(), options(redact=redact, aligned=True))
    page = _Tags()
    page.feed(text)
    page.close()
    assert page.open == []
    names = {tag for tag, _ in page.seen}
    assert not names & {"script", "link", "img", "iframe", "object", "form", "base"}
    policy = next(a["content"] for t, a in page.seen if t == "meta" and "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    ids = [a["id"] for _, a in page.seen if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.seen:
        assert not any(name.startswith("on") or name == "src" for name in attributes)
        if tag == "a":
            target = attributes["href"]
            assert (target or "").removeprefix("#") in ids
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in ids
    assert sum(tag == "table" for tag, _ in page.seen) == sum(tag == "caption" for tag, _ in page.seen)
    levels = [int(tag[1]) for tag, _ in page.seen if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_html_marks_overlaps_and_contrast() -> None:
    document = Document("a.txt", "poor drug addict here")
    given = (
        finding(document, "drug addict"),
        finding(document, "poor drug", severity=Severity.INFO),
    )
    text = report("html", [Result("a.txt", given, documents=(document,))])
    assert '<mark class="info">poor </mark><mark class="error">drug<a id="r1"' in text
    assert '<mark class="error"> addict<a id="r2"' in text


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_html_contrast() -> None:
    """Text has at least 4.5:1 against what it stands on, as WCAG 2.1 AA asks, in light and dark."""
    import re

    from hrlint.reporters.html_template import STYLE

    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in STYLE.split("@media")[:2])
    for colors in (light, dark):
        pairs = [(ink, back) for ink in ("ink", "soft", "link", "good") for back in ("page", "panel")]
        pairs += [(name, f"{name}-back") for name in ("error", "warning", "info")]
        for ink, back in pairs:
            high, low = sorted((_luminance(colors[ink]), _luminance(colors[back])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, back)
