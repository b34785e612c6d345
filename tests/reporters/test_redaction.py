"""What a redacted report may still say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hrlint.document import Document
from hrlint.model import Cue, Result
from hrlint.reporters import FORMATS, REDACTED_BY_DEFAULT
from hrlint.reporters.positions import utf8, utf16
from hrlint.reporters.redaction import masked, own_words

from .samples import ADDICT, SEEKING, SampleRule, finding, note, options, report, suggestion

CANARY = "Zebulon"


def leaky() -> Result:
    """Return a result that holds the canary wherever text of a note can stand."""
    text = f"{CANARY} before.\nPt {CANARY} addict, drug {CANARY} seeking {CANARY}.\nThe plan is {CANARY}'s.\n"
    d = Document("a.txt", text, comments=((CANARY, 1),), extra={"title": CANARY})
    words = f"drug {CANARY} seeking"
    template = SampleRule("treatment.other", SEEKING.severity, "“{match}”: {name} asks for help.", "Why.")
    given = (
        finding(d, "addict", suggestions=(suggestion(d, f"{CANARY} addict", f"{CANARY}, a person"),)),
        finding(d, words, SEEKING, suggestions=(suggestion(d, words, f"{CANARY} asks for relief"),)),
        finding(d, words, template, message=f"“{words}”: {CANARY} asks for help."),
        finding(d, words.upper() if words.isupper() else words, replace(SEEKING, id="unknown.rule")),
    )
    cue = Cue("a.txt", None, "autonomy", None, 0, 7, 1, 1, CANARY)
    return Result("a.txt", given, (cue,), documents=(d,))


RULES = {ADDICT.id: ADDICT, SEEKING.id: SEEKING}
RULES["treatment.other"] = SampleRule("treatment.other", SEEKING.severity, "“{match}”: {name} asks.", "Why.")


@pytest.mark.parametrize("format", FORMATS)
def test_no_canary(format: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    step = tmp_path / "step.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    shown = options(rules=RULES, statistics=True, aligned=True, quiet=False)
    redacted = shown._replace(redact=True)
    assert CANARY in report(format, [leaky()], shown)  # the test can fail
    step.unlink(missing_ok=True)
    assert CANARY.lower() not in report(format, [leaky()], redacted).lower()
    if step.exists():
        assert CANARY not in step.read_text(encoding="utf-8")


def test_no_canary_without_rules_or_words() -> None:
    for format in FORMATS:
        assert CANARY not in report(format, [leaky()], options(redact=True, rules={}, words={}))


def test_json_redacted() -> None:
    value = json.loads(report("json", [leaky()], options(rules=RULES, redact=True)))
    label, *rest = value["findings"]
    assert (label["text"], label["message"]) == ("addict", "“addict” names a person by a condition.")
    assert label["suggestions"] == []  # it replaces more than the rule's words and an article
    assert [f["text"] for f in rest] == [None] * 3
    assert [f["message"] for f in rest] == [
        "“…” judges a motive instead of describing a request.",
        "“…”: … asks.",
        "“…” judges a motive instead of describing a request.",
    ]
    assert value["aligned"][0]["text"] is None


def test_suggestions_that_replace_own_words_and_articles_stay() -> None:
    first = json.loads(report("json", [note()], options(redact=True)))["findings"][0]
    assert [s["text"] for s in first["suggestions"]] == [
        "a person with a substance use disorder",
        "person who uses drugs",
        "Name the substance and what is known about use.",
    ]
    bare = note()._replace(documents=())  # without the text nobody knows what the wider one replaces
    first = json.loads(report("json", [bare], options(redact=True)))["findings"][0]
    assert [s["text"] for s in first["suggestions"]] == [
        "person who uses drugs",
        "Name the substance and what is known about use.",
    ]


def test_without_known_words_everything_is_hidden() -> None:
    findings = json.loads(report("json", [note()], options(redact=True, words={})))["findings"]
    assert all(f["text"] is None and f["suggestions"] == [] for f in findings)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("drug seeking", True),
        ("Drug-\n  SEEKING", True),
        ("drug\u2011seeking", True),
        ("drug", True),
        ("drug pill seeking", False),
        ("drug 12 seeking", False),
        ("drug 😀 seeking", False),
        ("drug\u200bseeking", False),
        ("", False),
        (" - ", False),
    ],
)
def test_own_words(text: str, own: bool) -> None:
    assert own_words(text, {"drug", "seeking"}) is own


def test_a_masked_document_keeps_every_length() -> None:
    text = "é 😀 日本\r\naddict\n\ta\u0301"
    (d,) = masked([Document("a.txt", text)])
    assert (len(d.text), utf16(d.text), utf8(d.text)) == (len(text), utf16(text), utf8(text))
    assert d.lines == Document("a.txt", text).lines
    assert not set("addict日é") & set(d.text)


@pytest.mark.parametrize("format", ["sarif", "rdjson", "github"])
def test_columns_are_the_same_redacted(format: str) -> None:
    import re

    def columns(redact: bool) -> list[str]:
        text = re.sub(r'"(fixes|suggestions)": \[.*', "", report(format, [note()], options(redact=redact)))
        return re.findall(r"(?:Column|column|col)\"?[:=] ?(\d+)", text)

    assert columns(True) == columns(False) != []


def test_formats_redacted_by_default_exist() -> None:
    assert set(FORMATS) > REDACTED_BY_DEFAULT
