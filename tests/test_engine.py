"""The engine on a small pack: what it finds, where, and that windows find what the whole text finds."""

from __future__ import annotations

import random

import packs_for_tests
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrlint import hits, matching, tokens
from hrlint.conditions.sentence import Sentence
from hrlint.document import Document, Section
from hrlint.engine import Engine, Settings
from hrlint.model import Severity


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Engine(packs_for_tests.program(tmp_path_factory.mktemp("packs") / "rules"))


def found(engine, text):
    findings, _ = engine.check(Document("t", text))
    return [(f.rule.split(".")[1], text[f.start : f.end], str(f.severity)) for f in findings]


LAYOUTS = [
    ("plain", "45M heroin addict here.", [("addict", "heroin addict", "error")]),
    ("capitals", "HEROIN ADDICT HERE.", [("addict", "HEROIN ADDICT", "error")]),
    ("wrapped", "long history of drug\nabuse noted", [("abuse", "drug\nabuse", "warning")]),
    ("wrapped, CRLF and indented", "history of drug\r\n    abuse noted", [("abuse", "drug\r\n    abuse", "warning")]),
    ("wrapped in quoted mail", "> history of drug\n> abuse noted", [("abuse", "drug\n> abuse", "warning")]),
    ("double spaced", "drug  abuse", [("abuse", "drug  abuse", "warning")]),
    ("tab", "drug\tabuse", [("abuse", "drug\tabuse", "warning")]),
    ("no-break space", "drug\u00a0abuse", [("abuse", "drug\u00a0abuse", "warning")]),
    ("no-break hyphen", "drug\u2011seeking", [("seeking", "drug\u2011seeking", "error")]),
    ("en dash", "drug–seeking", [("seeking", "drug–seeking", "error")]),
    ("hyphen at a line end", "non-\ncompliant with meds", [("noncompliant", "non-\ncompliant", "warning")]),
    ("curly apostrophe", "the addict’s wife", [("addict", "addict", "error")]),
    ("slash", "addict/alcoholic", [("addict", "addict", "error")]),
    ("no space after the stop", "Seen today.Addict", [("addict", "Addict", "error")]),
    ("bold", "**drug** abuse", [("abuse", "drug** abuse", "warning")]),
    ("emphasis", "an *addict*", [("addict", "addict", "error")]),
    ("emphasis inside", "a _heroin_ addict", [("addict", "heroin_ addict", "error")]),
    ("pipes", "| addict | HTN |", [("addict", "addict", "error")]),
    ("bullet", "- addict\n- HTN", [("addict", "addict", "error")]),
    ("template tokens", "@NAME@ is a @AGE@ heroin addict {LIST:12} ***", [("addict", "heroin addict", "error")]),
    ("picklist", "{HEROIN ADDICT/OTHER:12}", [("addict", "HEROIN ADDICT", "error")]),
    ("dotted capital I before", "İİ addict", [("addict", "addict", "error")]),
    ("emoji before", "🙂🙂 addict", [("addict", "addict", "error")]),
    ("inside a longer word", "addictive addiction", []),
    ("across sentences", "He uses a drug. Abuse was denied.", []),
    ("across items", "- drug\n- abuse", []),
    ("across short lines", "PMH: drug\nAbuse: none", []),
    ("gap within reach", "they will just never follow up", [("never", "they will just never follow", "error")]),
    ("gap too wide", "they will of course and always never follow", []),
    ("case matters", "Left AMA. ama.", [("ama", "AMA", "warning")]),
    ("braces", "clean x 8 mo", [("clean", "clean", "warning")]),
    ("first word", "UDS sent. Dirty urine.", [("dirty", "Dirty urine", "error")]),
    ("first word of a sentence", "Seen. Difficult, again", [("difficult", "Difficult", "warning")]),
    ("first word after a colon", "Manner: **difficult**", [("difficult", "difficult", "warning")]),
    ("not the first word", "a difficult airway", []),
    ("look ahead at the end", "was very difficult", [("difficult", "difficult", "warning")]),
    ("look ahead before a mark", "very difficult, loud", [("difficult", "difficult", "warning")]),
    ("look ahead at a word", "very difficult to hear", [("difficult", "difficult", "warning")]),
    ("look ahead at an excluded word", "very difficult airway", []),
    ("look ahead past a hyphen", "very difficult-airway cart", []),
    ("prefix", "alcoholism", [("alcoholism", "alcoholism", "warning")]),
    ("context after", "alcoholic hepatitis", []),
    ("context before", "child and alcohol abuse", []),
    ("context heading", "Safety screening:\nalcohol abuse", []),
    ("proper name", "National Institute on Drug Abuse", []),
    ("negated to info", "no drug-seeking behavior", [("seeking", "drug-seeking", "info")]),
    ("a word on the line", "School visit. Talk about drug abuse.", []),
    ("a word on the line of a wrapped sentence", "talk about drug abuse held by the\nnurse of the school", []),
    ("a word on another line", "School visit.\nTalk about drug abuse.", [("abuse", "drug abuse", "warning")]),
    ("first of a table cell", "| 3 | Difficult, tired | HTN |", [("difficult", "Difficult", "warning")]),
    ("negated beyond a semicolon", "denies pain; drug-seeking", [("seeking", "drug-seeking", "error")]),
    ("negation does not excuse a label", "not an addict", [("addict", "addict", "error")]),
    ("own words", 'Pt states, "I am an addict."', [("addict", "addict", "info")]),
    ("own words, curly", "She said “I’m an addict” today", [("addict", "addict", "info")]),
    ("own words, unclosed", 'Pt states "I am an addict and', [("addict", "addict", "info")]),
    ("staff words", 'Nurse said "classic addict story"', [("addict", "addict", "error")]),
    ("mention", 'The word "addict" harms.', []),
    ("code line", "F10.10 Alcohol abuse, uncomplicated", [("abuse", "Alcohol abuse", "info")]),
    ("address", "see https://example.org/drug-abuse/addict for more", []),
    ("file name", "run flag_addict.py now", []),
]


@pytest.mark.parametrize(("text", "expected"), [r[1:] for r in LAYOUTS], ids=[r[0] for r in LAYOUTS])
def test_layouts(small, text, expected):
    rows = found(small, text)
    assert [r for r in rows if r[0] != "alcoholic"] == expected or rows == expected


def test_slash_finds_both(small):
    assert found(small, "addict/alcoholic") == [("addict", "addict", "error"), ("alcoholic", "alcoholic", "error")]


def windowed_hits(engine, text):
    return sorted(
        (h.match.pattern, offset + h.span.start, offset + h.span.end)
        for offset, hits in engine.hits.of(text)
        for h in hits
    )


def naive_hits(engine, text):
    """Every pattern of every rule over every sentence of the whole text: no passages, no anchors and no outlines."""
    rows = []
    own = [i for i, owner in enumerate(engine.program.owner) if owner >= 0]
    for span in tokens.sentences(text):
        sentence = Sentence(text, span, engine.hits.patterns)
        if not sentence.tokens:
            continue
        matches = [m for pattern in own for m in engine.hits.patterns.matchers.match(sentence._doc, pattern)]
        hits = engine.hits.weed_out([engine.hits.hit(sentence, match) for match in matches])
        rows += [(h.match.pattern, *h.span) for h in hits]
    return sorted(rows)


PIECES = [
    "heroin", "addict", "Addicts", "drug", "abuse", "abuses", "ABUSING", "non", "compliant", "-", " ", "\n", "\n\n", ". ", ".",
    "clean", "x", "8", "mo", "for", "they", "never", "follow", "AMA", "crack", "cocaine", "alcoholism", "child", "/", "(", '"',
    "- ", "> ", "->", "so", "*", "Assessment:", "difficult", "very", "airway", ":", "İ", "’s", "=====", "got", "UDS", "dirty", "urine", "was", "|", ";",
    "'", "$", "40", "2.5", "1,000", "□", "—", ",", "and", "###", "#",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.booleans())
def test_windows_find_what_the_whole_text_finds(small, pieces, spaced):
    text = (" " if spaced else "").join(pieces)
    assert windowed_hits(small, text) == naive_hits(small, text)


def test_what_was_seen_before_is_found_again(small):
    text = "Found with heroin.\n\nAn addict, clean x 8 mo.\n\nSafety screening:\n\nalcohol abuse\n\n"
    fresh = found(small, text)
    assert fresh
    assert found(small, text) == fresh
    pieces = text.split("\n\n")
    assert found(small, "\n\n".join(pieces[::-1])) == [row for piece in pieces[::-1] for row in found(small, piece)]


def test_what_is_remembered_has_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(hits, "_ROOM", 2_000)
    engine = Engine(packs_for_tests.program(tmp_path / "r"))
    for number in range(300):
        assert found(engine, f"Note {number}.\n\nHeroin addict number {number}.") != []
    memory = engine.hits._memory
    assert sum(map(len, (*memory._new, *memory._old))) < 3 * 2_000
    assert found(engine, "Note 1.\n\nHeroin addict number 1.") == [("addict", "Heroin addict", "error")]


def test_a_large_vocabulary_goes_with_all_that_hangs_on_it(tmp_path, monkeypatch):
    engine = Engine(packs_for_tests.program(tmp_path / "r"))
    text = "A heroin addict.\n\nSafety screening:\n\nalcohol abuse, not drug-seeking"
    before = found(engine, text)
    monkeypatch.setattr(matching, "_WORDS", 0)
    assert [found(engine, text) for _ in range(3)] == [before] * 3


def test_long_sentences_are_cut_at_the_same_places(small):
    rng = random.Random(7)
    text = " ".join(rng.choice(["addict", "drug", "abuse", "word", "heroin"]) for _ in range(3000))
    assert windowed_hits(small, text) == naive_hits(small, text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_findings_slice_to_their_text(small, pieces):
    text = " ".join(pieces)
    for finding in small.check(Document("t", text))[0]:
        assert text[finding.start : finding.end] == finding.text


def test_the_order_of_rules_changes_nothing(tmp_path):
    text = " ".join(PIECES) + " drug abuse and heroin addicts were drug-seeking, clean x 8 mo."
    one = Engine(packs_for_tests.program(tmp_path / "a"))
    two = Engine(packs_for_tests.program(tmp_path / "b", packs_for_tests.RULES[::-1]))
    assert found(one, text) == found(two, text)


def test_severities_can_be_set_and_rules_put_off(tmp_path):
    program = packs_for_tests.program(tmp_path / "r")
    engine = Engine(
        program, Settings(severities=(("person-labels.addict", Severity.INFO), ("compliance.ama", Severity.OFF)))
    )
    assert found(engine, "addict left AMA") == [("addict", "addict", "info")]


def test_sections_of_the_format_are_headings(small):
    text = "alcohol abuse"
    assert found(small, text) == [("abuse", "alcohol abuse", "warning")]
    known = Document("t", text, sections=(Section(0, len(text), "safety screening"),))
    assert small.check(known)[0] == []
