"""The text formats: excerpts, summary, and what they may import."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from hrlint.document import Document
from hrlint.model import Result, Severity
from hrlint.reporters import FORMATS
from hrlint.reporters.common import summary
from hrlint.reporters.excerpt import excerpt
from hrlint.reporters.terminal import cells, wants_color

from .samples import SEEKING, finding, note, options, report, results


def _result(text: str, words: str) -> Result:
    d = Document("a.txt", text)
    return Result("a.txt", (finding(d, words),), documents=(d,))


@pytest.mark.parametrize(
    "text",
    [
        "an addict here",
        "日本語 addict",
        "e\u0301e\u0301 addict",
        "a\taddict\tb",
        "😀👍 addict",
        "\x1b[31m addict",
        "x" * 300 + " addict " + "y" * 300,
        "日" * 300 + " addict " + "本" * 300,
        "addict " + "y" * 300,
        "x" * 300 + " addict",
    ],
)
@pytest.mark.parametrize("width", [40, 80, 133])
@pytest.mark.parametrize("encoding", [None, "ascii", "cp437"])
def test_the_underline_stands_under_the_words(text: str, width: int, encoding: str | None) -> None:
    out = io.StringIO() if encoding is None else io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    from hrlint.reporters import write

    write("full", [_result(text, "addict")], out, options(width=width))
    out.seek(0)
    lines = out.read().splitlines()
    shown, under = lines[2], lines[3]
    at = shown.rindex("addict")
    assert under.rstrip().endswith("^^^^^^")
    assert cells(shown[:at]) == cells(under.rstrip()) - 6
    assert cells(shown) <= width


def test_words_wider_than_the_page_are_cut() -> None:
    d = Document("a.txt", "addict " * 40)
    (line,) = excerpt(d, 0, len(d.text), 30, None)
    assert (line.before, line.after, line.words[-1]) == ("", "", "…")
    assert cells(line.words) <= 30


def test_a_long_finding_is_shown_over_six_lines_at_most() -> None:
    d = Document("a.txt", "one\r\ntwo\rthree\n\nfive\nsix\nseven\n")
    assert [(x.number, x.words) for x in excerpt(d, 1, len(d.text), 30, None)] == [
        (1, "ne"),
        (2, "two"),
        (3, "three"),
        (4, ""),
        (5, "five"),
        (6, "six"),
    ]


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ([{}], "No findings in 1 note."),
        ([{}, {}, {}], "No findings in 3 notes."),
        ([{Severity.ERROR: 1, Severity.WARNING: 2}], "3 findings in 1 note: 1 error, 2 warnings"),
        ([{Severity.INFO: 1}, {}], "1 finding in 1 of 2 notes: 1 info"),
        ([{Severity.INFO: 2}, {Severity.ERROR: 1}], "3 findings in 2 notes: 1 error, 2 info"),
        ([{Severity.WARNING: 1200}], "1,200 findings in 1 note: 1,200 warnings"),
    ],
)
def test_summary(counts: list[dict[Severity, int]], line: str) -> None:
    one = note().findings[0]
    given = [
        Result(f"{i}.txt", tuple(one._replace(severity=s) for s, n in kinds.items() for _ in range(n)))
        for i, kinds in enumerate(counts)
    ]
    assert summary(given) == line


def test_clean_input_says_one_line() -> None:
    given = [Result(f"{i}.txt") for i in range(3)]
    assert report("full", given, options(statistics=True, aligned=True)) == "No findings in 3 notes.\n"
    assert report("full", given, options(quiet=True)) == ""


def test_the_reason_is_given_once_for_a_rule() -> None:
    text = report("full", results())
    assert text.count("why ") == 3
    assert text.count("Pain is treated less") == 1


def test_one_place_is_shown_once() -> None:
    d = Document("a.txt", "heroin addict mother, an addict at that")
    parent = finding(d, "heroin addict mother", severity=Severity.WARNING)._replace(rule="perinatal.parent-label")
    label = finding(d, "heroin addict")._replace(rule="person-labels.addict")
    small = finding(d, "addict")._replace(rule="person-labels.user")
    far = finding(d, "an addict")._replace(rule="person-labels.other")
    out = report("full", [Result("a.txt", (parent, label, small, far), documents=(d,))])
    places = [line.strip() for line in out.splitlines() if " at a.txt:" in line]
    # The word alone is less than half of the longest, and stands by itself.
    assert places == [
        "person-labels.addict at a.txt:1:1",
        "person-labels.user at a.txt:1:8",
        "person-labels.other at a.txt:1:23",
    ]
    assert out.count("  also ") == 1
    assert "(perinatal.parent-label)" in out


def test_colour_changes_nothing_but_colour() -> None:
    import re

    plain = report("full", results(), options(statistics=True, aligned=True))
    painted = report("full", results(), options(statistics=True, aligned=True, color=True))
    assert "\x1b[1;31m" in painted
    assert "\x1b" not in plain
    unpainted = [line.rstrip() for line in re.sub(r"\x1b\[[\d;]+m", "", painted).splitlines()]
    assert unpainted == plain.splitlines()


class _Stream(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.mark.parametrize(
    ("tty", "environ", "no_color", "wanted"),
    [
        (True, {}, False, True),
        (False, {}, False, False),
        (True, {"NO_COLOR": "1"}, False, False),
        (True, {"NO_COLOR": ""}, False, True),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        (False, {"FORCE_COLOR": "1"}, False, True),
        (False, {"FORCE_COLOR": ""}, False, False),
        (True, {"TERM": "dumb"}, False, False),
        (True, {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_wants_color(tty: bool, environ: dict[str, str], no_color: bool, wanted: bool) -> None:
    assert wants_color(_Stream(tty), environ, no_color) is wanted


def test_wrapped_words_without_a_document_are_one_line() -> None:
    bare = note()._replace(documents=())
    text = report("full", [bare], options(rules={SEEKING.id: SEEKING}))
    assert "    3 │ drug seeking\n" in text


HEAVY = ("rich", "spacy", "pydantic", "jinja2", "typer", "yaml", "markupsafe", "numpy")


@pytest.mark.parametrize("format", [f for f in FORMATS if f != "html"])
def test_light_imports(format: str) -> None:
    """Only the page needs a library; colour needs none either."""
    code = (
        "import io, sys; from hrlint import reporters; from hrlint.model import *\n"
        "f = Finding('a', None, 'a.b', 'a', Severity.ERROR, 'writer', 0, 1, 1, 1, 1, 2, 'x', 'm', 'w')\n"
        "o = reporters.Options(version='0', color=True, redact=True)\n"
        f"reporters.write({format!r}, [Result('a', (f,))], io.StringIO(), o)\n"
        f"print(*[m for m in {HEAVY!r} if m in sys.modules])\n"
        f"print(*[m for m in sys.modules if m.startswith('hrlint.reporters.') and m in {list(FORMATS.values())!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy, loaded = done.stdout.splitlines()
    assert heavy == ""
    expected = {FORMATS[format]} | ({FORMATS["json"]} if format == "json-lines" else set())
    assert set(loaded.split()) == expected
