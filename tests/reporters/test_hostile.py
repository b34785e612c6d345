"""Notes that try to leave the place they are shown in."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrlint.document import Document
from hrlint.model import AUDIENCES, Cue, Finding, Problem, Result, Severity, Suggestion
from hrlint.reporters import FORMATS, write
from hrlint.reporters.github import data, value
from hrlint.reporters.terminal import cells, characters, fitted, sanitize
from hrlint.reporters.text import problem_lines

from .samples import finding, options, report

HOSTILE = (
    "\x1b[31mred\x1b[0m \x9b2J \x07\x08 \u202eevil\u202c \u2066x\u2069 a\u200bb\u200d\ufeff "
    "[bold red]markup[/] </mark><script>alert(1)</script> & \"quoted\" 'single' \u2028::error::owned\u2029 "
    "##[error]owned ]]> <!-- {{ 7*7 }} {% raw %} %0A::warning::x \x0b\x0c\x00 \U000e0041 \ud800"
)


def hostile() -> list[Result]:
    text = f"{HOSTILE}\n::set-output name=x::y addict {HOSTILE}\n"
    path = "::error file=x::\x1b[2Jnotes/%0A,a:b\n<script>.txt"
    d = Document(path, text)
    advice = (Suggestion(HOSTILE, d.text.index("addict"), d.text.index("addict") + 6, "unsafe"),)
    f = finding(d, "addict", message=HOSTILE, why=HOSTILE, suggestions=advice, location=None, sources=(HOSTILE,))
    wide = finding(d, text.strip(), message=HOSTILE)
    return [Result(path, (f, wide), errors=(Problem(path, HOSTILE),), documents=(d,))]


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("format", ["full", "concise"])
def test_text_formats_print_nothing_a_terminal_obeys(format: str, color: bool) -> None:
    text = report(format, hostile(), options(color=color, aligned=True, statistics=True))
    if color:
        text = re.sub(r"\x1b\[[\d;]+m", "", text)
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert "[bold red]markup[/]" in text


def test_sanitize() -> None:
    assert sanitize("a\x1b[31m\tb\x00\x7f\x85") == "a␛[31m␉b␀␡\ufffd"
    assert sanitize("\u202ea\u2069\u200b\u2028") == "\ufffda\ufffd\ufffd␤"
    assert sanitize("❤\ufe0f é 日本 😀 [red]") == "❤ é 日本 😀 [red]"


def test_runner_commands_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for text in (report("full", hostile()), report("concise", hostile()), "\n".join(problem_lines(hostile()))):
        assert "##[" not in text
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


def test_problem_lines_are_one_harmless_line_each() -> None:
    lines = problem_lines([*hostile(), Result("a.txt", notes=(Problem("a.txt", "read as\nlatin-1"),))])
    assert len(lines) == 2
    assert lines[0].startswith("error: ::error file=x::␛[2Jnotes")
    assert lines[1] == "note: a.txt: read as latin-1"
    assert not [c for c in "".join(lines) if unicodedata.category(c) in ("Cc", "Cf")]


def test_github_escapes() -> None:
    assert data("50% :: a,b\r\nc") == "50%25 :: a,b%0D%0Ac"
    assert value("a:b,c%\n") == "a%3Ab%2Cc%25%0A"


def test_github_lines_are_commands_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    step = tmp_path / "step.md"
    step.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    lines = report("github", hostile()).splitlines()
    assert len(lines) == 3
    for line in lines[:2]:
        matched = re.fullmatch(r"::error ([^:]*)::(.*)", line)
        assert matched
        names = [p.split("=", 1)[0] for p in matched.group(1).split(",")]
        assert names in (["file", "line", "endLine", "col", "endColumn", "title"], ["file", "line", "endLine", "title"])
    assert lines[2].startswith("hrlint: 2 findings in 1 note: 2 errors")
    table = step.read_text(encoding="utf-8")
    assert table.startswith("before\n### hrlint\n")
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [5, 5]
    assert "<script" not in table


def test_github_shows_ten_of_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    d = Document("a.txt", "addict " * 40)
    many = [finding(d, "addict", severity=Severity(1 + i % 3)) for i in range(36)]
    lines = report("github", [Result("a.txt", tuple(many), documents=(d,))]).splitlines()
    kinds = [line.split()[0] for line in lines[:-1]]
    assert kinds == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[-1].endswith("12 info (6 findings not shown as annotations)")


def test_html_escapes_everything() -> None:
    page = report("html", hostile(), options(aligned=True))
    assert "<script" not in page
    assert "{{" in page  # the note's own braces are text
    assert "49" not in re.sub(r"&#\d+;", "", page.partition("<main>")[2])
    assert not [c for c in page if c not in "\n\t" and not " " <= c <= "~"]


def test_junit_parses() -> None:
    root = ET.fromstring(report("junit", hostile()))
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert "␛[31mred" in failure.attrib["message"]


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252", "utf-8"])
@pytest.mark.parametrize("format", FORMATS)
def test_every_encoding(format: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    write(format, hostile(), out, options(aligned=True))
    out.flush()
    assert raw.getvalue()


def test_fitted() -> None:
    assert fitted("“a” … é 日", "ascii") == '"a" ... e ?'
    assert fitted("é │ 日", "cp437") == "é │ ?"
    assert fitted("“日”", None) == "“日”"


def test_cells_and_tabs() -> None:
    assert [cells(t) for t in ("abc", "日本", "e\u0301", "😀", "ﾊ", "\u1100\u1161")] == [3, 4, 1, 2, 1, 2]
    assert "".join(characters("a\t日\tb", None)) == "a   日  b"
    assert "".join(characters("日b\tc", "ascii")) == "?b  c"


TEXT = st.text(st.characters(), max_size=60)


@st.composite
def anything(draw: st.DrawFn) -> list[Result]:
    """Draw results whose every string is arbitrary, lone surrogates included, with places as the engine gives them."""
    made = []
    for path in draw(st.lists(TEXT, max_size=3)):
        d = Document(path, draw(TEXT), location=draw(st.none() | TEXT))
        found = []
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, len(d.text)))
            end = draw(st.integers(start, len(d.text)))
            (line, column), (end_line, end_column) = d.place(start), d.place(end)
            word = draw(st.text(st.characters(), min_size=1, max_size=60))
            found.append(
                Finding(
                    path, d.location_at(start), word, draw(TEXT), draw(st.sampled_from(list(Severity)[1:])),
                    draw(st.sampled_from(["writer", "quoted"])), start, end, line, column, end_line, end_column,
                    d.text[start:end], draw(TEXT), draw(TEXT),
                    (Suggestion(draw(TEXT), start, end, draw(st.sampled_from(["safe", "manual"]))),),
                    (draw(TEXT),), (draw(TEXT),), (draw(TEXT),), draw(TEXT),
                )
            )  # fmt: skip
        cue = Cue(path, None, draw(TEXT), draw(st.none() | TEXT), 0, 0, 1, 1, draw(TEXT))
        errors = tuple(Problem(path, m) for m in draw(st.lists(TEXT, max_size=1)))
        made.append(Result(path, tuple(found), (cue,), errors, errors, 1, draw(st.sampled_from([(d,), ()]))))
    return made


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=anything(), redact=st.booleans(), color=st.booleans(), width=st.integers(0, 200))
def test_anything(format: str, made: list[Result], redact: bool, color: bool, width: int) -> None:
    opts = options(redact=redact, color=color, width=width, aligned=True, statistics=True, audience=AUDIENCES[1])
    text = report(format, made, opts)
    assert text == report(format, made[::-1], opts)
    text.encode("utf-8")
    if format == "json-lines":
        assert len([json.loads(line) for line in text.splitlines()]) == sum(len(r.findings) for r in made)
    elif format in ("json", "sarif", "gitlab", "rdjson"):
        from .test_schemas import check

        check(format, text)
    elif format == "junit":
        ET.fromstring(text)
    elif format == "github":
        shown = sum(len(r.findings) for r in made) + 1
        assert text.count("\n") == shown
        assert len(text.splitlines()) == shown
