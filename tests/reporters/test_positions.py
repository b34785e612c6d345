"""Columns in the unit of each format, with wide characters before the words."""

from __future__ import annotations

import json

import pytest

from hrlint.document import Document
from hrlint.model import Result
from hrlint.reporters.positions import in_reading_order, with_originals

from .samples import finding, note, page, report, table


@pytest.mark.parametrize(
    ("before", "utf16", "utf8"),
    [("", 1, 1), ("ab ", 4, 4), ("é ", 3, 4), ("日 ", 3, 5), ("😀 ", 4, 6), ("\n😀", 3, 5), ("e\u0301\t", 4, 5)],
)
def test_columns(before: str, utf16: int, utf8: int) -> None:
    d = Document("a.txt", f"{before}addict 😀\n")
    given = [Result("a.txt", (finding(d, "addict"),), documents=(d,))]
    region = json.loads(report("sarif", given))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (utf16, utf16 + 6)
    place = json.loads(report("rdjson", given))["diagnostics"][0]["location"]["range"]
    assert (place["start"]["column"], place["end"]["column"]) == (utf8, utf8 + 6)
    assert f"col={utf16},endColumn={utf16 + 6}," in report("github", given)


def test_the_source_of_a_page_is_its_markup() -> None:
    log = json.loads(report("sarif", [page()]))
    fix = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert fix["deletedRegion"] == {"startLine": 1, "startColumn": 26, "endLine": 1, "endColumn": 32}


def test_an_edit_across_markup_is_not_offered() -> None:
    result = page()
    d = result.documents[0]
    assert isinstance(d, Document)
    from .samples import suggestion

    wide = finding(d, "claims", suggestions=(suggestion(d, "claims pain", "reports pain"),))
    assert "fixes" not in report("sarif", [Result(d.name, (wide,), documents=(d,))])


def test_each_finding_finds_its_document() -> None:
    result = table()
    for given, source in with_originals(result):
        assert source is not None
        assert source.document.text[given.start : given.end] == given.text
        assert source.document.location == given.location


def test_reading_order() -> None:
    assert [f.location for f, _ in in_reading_order(table())] == ["page 1", "page 2"]
    strangers = Result("a.txt", note().findings, documents=(object(),))
    assert [s for _, s in in_reading_order(strangers)] == [None] * 3
