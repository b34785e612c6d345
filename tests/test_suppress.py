"""Suppressions in the text: what is one, what it silences, what is said about it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrlint.document import Document, Segment
from hrlint.model import Finding, Severity, Span
from hrlint.suppress import EXPIRED, UNKNOWN, UNUSED, Applied, apply, directives

TODAY = date(2026, 6, 1)
RULES = {"addict": "person-labels.addict", "refused": "compliance.refused", "obese": "weight.obese"}


def findings(document: Document) -> list[Finding]:
    """Return a finding for each word of RULES."""
    out = []
    for match in re.finditer("|".join(RULES), document.text):
        rule = RULES[match.group()]
        line, column = document.place(match.start())
        out.append(
            Finding(
                document.name, None, rule, rule.split(".")[0], Severity.ERROR, "writer", match.start(), match.end(),
                line, column, line, column + len(match.group()), match.group(), "message", "why",
            )
        )  # fmt: skip
    return out


def linted(document: Document | str, **arguments: object) -> Applied:
    if isinstance(document, str):
        document = Document("note.txt", document)
    return apply(findings(document), directives(document), document, today=TODAY, **arguments)  # type: ignore[arg-type]


def kept(document: Document | str) -> list[tuple[int, str]]:
    return [(f.line, f.text) for f in linted(document).kept]


def extra(document: Document | str, **arguments: object) -> list[tuple[int, str, str]]:
    return [(f.line, f.rule, f.message) for f in linted(document, **arguments).extra]


NOTHING = "This suppression silences nothing; take it out."


# --- forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- hrlint: ignore -->",
        "<!--hrlint:ignore-->",
        "{# hrlint: ignore #}",
        "{#- hrlint: ignore -#}",
        "[[ hrlint: ignore ]]",
        "[[hrlint: ignore]]",
        "/* hrlint: ignore */",
        "# hrlint: ignore",
        "// hrlint: ignore",
    ],
)
def test_forms_of_comments(comment: str) -> None:
    assert kept(f"addict {comment}\naddict") == [(2, "addict")]
    assert extra(f"addict {comment}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "Say hrlint: ignore to the tool, addict",
        "addict `# hrlint: ignore`",
        "addict x#hrlint: ignore",
        "hrlint: a linter finds addict",
        "addict\nhrlint: version 3",
    ],
)
def test_prose_is_no_suppression(text: str) -> None:
    assert [t for _, t in kept(text)] == ["addict"]
    assert extra(text) == []


def test_a_note_without_the_word_costs_nothing() -> None:
    assert directives(Document("n", "addict " * 10)) == ()
    assert linted("addict") == Applied(tuple(findings(Document("note.txt", "addict"))), 0, ())


# --- what they silence ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("addict refused # hrlint: ignore", []),
        ("addict refused # hrlint: ignore person-labels.addict", [(1, "refused")]),
        ("addict refused # hrlint: ignore person-labels", [(1, "refused")]),
        ("addict refused # hrlint: ignore person-labels.add*", [(1, "refused")]),
        ("addict refused obese # hrlint: ignore person-labels.addict, weight", [(1, "refused")]),
        ("addict # hrlint: ignore\naddict", [(2, "addict")]),
        ("addict\nhrlint: ignore\naddict\naddict", [(1, "addict"), (4, "addict")]),
        ("# hrlint: ignore person-labels\n\n\naddict refused", [(4, "refused")]),
        ("# hrlint: ignore person-labels\n# hrlint: ignore compliance\naddict refused", []),
        ("addict <!-- hrlint: ignore-next-line -->\n\naddict\naddict", [(1, "addict"), (4, "addict")]),
        ("addict\n<!-- hrlint: off -->\naddict\nrefused\n<!-- hrlint: on -->\nobese", [(1, "addict"), (6, "obese")]),
        ("hrlint: off compliance\naddict refused", [(2, "addict")]),
        (
            "hrlint: off\nhrlint: off weight\nobese\nhrlint: on weight\naddict obese\nhrlint: on\nobese",
            [(7, "obese")],
        ),
        ("hrlint: off weight\nhrlint: off compliance\nhrlint: on weight\nobese refused", [(4, "obese")]),
        ("addict\naddict\n\n<!-- hrlint: ignore-file person-labels -- a glossary -->\nobese", [(5, "obese")]),
        ("addict # hrlint: ignore expires=2026-06-01 -- soon", []),
        ("addict # hrlint: ignore expires=2026-05-31 -- soon", [(1, "addict")]),
        ("addict\r# hrlint: ignore\raddict\r\naddict", [(1, "addict"), (4, "addict")]),
    ],
)
def test_what_is_silenced(text: str, expected: list[tuple[int, str]]) -> None:
    assert kept(text) == expected


def test_the_words_of_a_suppression_are_not_findings() -> None:
    applied = linted("x # hrlint: ignore person-labels.addict -- the addict of the play\naddict")
    assert [(f.line, f.text) for f in applied.kept] == [(2, "addict")]
    assert applied.suppressed == 0


def test_a_finding_over_two_lines() -> None:
    document = Document("n", "he is an\naddict # hrlint: ignore\n")
    finding = findings(document)[0]
    wide = finding._replace(start=6)
    assert apply([wide], directives(document), document, today=TODAY).suppressed == 1


def test_suppressed_are_counted() -> None:
    assert linted("addict refused # hrlint: ignore\naddict").suppressed == 2


# --- what is parsed -------------------------------------------------------------------------


@pytest.mark.parametrize("dash", ["--", "–", "—"])
def test_reason(dash: str) -> None:
    (directive,) = directives(
        Document("n", f"x <!-- hrlint: ignore weight.obese {dash} a quote expires=2027-01-02 -->")
    )
    assert (directive.words, directive.reason, directive.expires) == (("weight.obese",), "a quote", date(2027, 1, 2))
    assert (directive.line, directive.alone, directive.kind) == (1, False, "ignore")


def test_one_comment_over_several_lines() -> None:
    (directive,) = directives(Document("n", "<!-- hrlint: ignore-file\n  weight,\n  age\n  -- a\n  glossary -->"))
    assert (directive.words, directive.kind) == (("weight", "age"), "ignore-file")


# --- what is said about them ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fine # hrlint: ignore", [(1, UNUSED, NOTHING)]),
        ("addict # hrlint: ignore weight", [(1, UNUSED, NOTHING)]),
        ("a\n\nhrlint: off\nb\nhrlint: on", [(3, UNUSED, NOTHING)]),
        ("a\nhrlint: on\n", [(2, UNUSED, "'hrlint: on' without an 'hrlint: off' before it.")]),
        ("a\nhrlint: ignore-file", [(2, UNUSED, NOTHING)]),
        (
            "addict # hrlint: ignore expires=2026-05-31",
            [(1, EXPIRED, "This suppression ended on 2026-05-31; take it out or give a new date.")],
        ),
        (
            "addict # hrlint: ignore expires=soon",
            [(1, UNKNOWN, "This suppression does nothing: the date after expires= is not written YEAR-MONTH-DAY.")],
        ),
        (
            "addict # hrlint: ignore this is a quote",
            [
                (
                    1,
                    UNKNOWN,
                    "This suppression does nothing: only rules and categories may follow; put the reason after --.",
                )
            ],
        ),
        (
            "addict <!-- hrlint: disable -->",
            [
                (
                    1,
                    UNKNOWN,
                    "This suppression does nothing: 'disable' is none of "
                    "ignore, ignore-next-line, ignore-file, off, on.",
                )
            ],
        ),
    ],
)
def test_reports(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert extra(text) == expected


def test_a_report_is_info_and_shows_the_keyword_alone() -> None:
    (found,) = linted("fine <!-- hrlint: ignore weight.obese -- said by Ann Example -->").extra
    assert (found.severity, found.category, found.text) == (Severity.INFO, "hrlint", "hrlint: ignore")
    assert (found.start, found.end, found.line, found.column, found.end_column) == (10, 24, 1, 11, 25)


def test_unused_ones_are_not_reported_when_some_rules_ran() -> None:
    assert extra("fine # hrlint: ignore", report_unused=False) == []
    assert len(extra("fine # hrlint: ignore because", report_unused=False)) == 1


def test_an_unknown_one_silences_nothing() -> None:
    assert kept("addict # hrlint: ignore because") == [(1, "addict")]


# --- formats --------------------------------------------------------------------------------


def marked_up(source: str, comments: bool = True) -> Document:
    """Return an HTML-like document: markup and comments taken out of the text."""
    text, segments, at = "", [], 0
    for match in re.finditer(r"(?s)<!--.*?-->|<[^>]*>|\Z", source):
        if at < match.start():
            segments.append(Segment(len(text), match.start() - at, at))
            text += source[at : match.start()]
        at = match.end()
    listed = tuple(
        (m.group(1).strip(), source.count("\n", 0, m.start(1)) + 1)
        for m in re.finditer(r"(?s)<!--(.*?)-->", source)
        if comments
    )
    return Document("p.html", text, source, tuple(segments), "html", comments=listed)


@pytest.mark.parametrize("listed", [True, False], ids=["reader lists comments", "comments found in the source"])
def test_comments_that_are_not_in_the_text(listed: bool) -> None:
    source = (
        "<p>addict <!-- hrlint: ignore --></p>\n<!-- hrlint: ignore weight -->\n<p>obese</p>\n<p>addict obese</p>\n"
    )
    document = marked_up(source, listed)
    assert "hrlint" not in document.text
    assert kept(document) == [(4, "addict"), (4, "obese")]
    assert linted(document).suppressed == 2


def test_a_report_about_a_comment_that_is_not_in_the_text() -> None:
    document = marked_up("<p>fine</p>\n<!-- hrlint: ignore --><p>fine</p>")
    (found,) = linted(document).extra
    assert (found.line, found.column, found.text) == (2, 1, "")
    assert document.text[found.start : found.end] == ""
    assert document.place(found.start)[0] == 2


def test_a_comment_listed_and_left_in_the_text_is_one() -> None:
    text = "addict <!-- hrlint: ignore -->\nfine <!-- hrlint: ignore -->\n"
    document = Document("n.md", text, comments=(("hrlint: ignore", 1), ("hrlint: ignore", 2)))
    assert len(directives(document)) == 2
    assert extra(document) == [(2, UNUSED, NOTHING)]


def test_a_format_without_lines_counts_those_of_the_text() -> None:
    text = "addict [[hrlint: ignore]]\naddict\n"
    document = Document("a.docx", text, "", (Segment(0, len(text)),), "docx")
    assert [f.start for f in linted(document).kept] == [26]


# --- properties -----------------------------------------------------------------------------

LINE = st.sampled_from(["addict", "fine", "", "obese refused", "hrlint: ignore", "hrlint: off weight", "hrlint: on"])


@given(st.lists(LINE | st.text(max_size=8), max_size=8).map("\n".join))
def test_every_finding_is_kept_or_counted(text: str) -> None:
    document = Document("n", text)
    found, given_ = findings(document), directives(document)
    applied = apply(found, given_, document, today=TODAY)
    assert len(applied.kept) + applied.suppressed == len(found)
    assert apply(found[::-1], given_, document, today=TODAY).kept[::-1] == applied.kept
    for item in applied.extra:
        assert document.text[item.start : item.end] == item.text


@given(st.text(alphabet="hrlint: ignoref-#/<!->{}[]*=,.\n", max_size=60), st.text(max_size=20))
def test_nothing_makes_it_fail(noise: str, more: str) -> None:
    document = Document("n", f"addict # hrlint:{noise}\n{more}\n<!-- hrlint: {more} -->")
    linted(document)
    assert all(isinstance(d.span, Span) for d in directives(document))
