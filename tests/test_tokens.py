from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrlint import tokens as t

TOKENS = [
    ("Pt's *insists* **drug** addict/alcoholic", ["Pt", "'s", "insists", "drug", "addict", "/", "alcoholic"]),
    ("F10.10 abuse.He said", ["F10.10", "abuse", ".", "He", "said"]),
    ("can’t IV‑drug‑user", ["can't", "IV", "-", "drug", "-", "user"]),
    ("the addict's, the addicts’ wife", ["the", "addict", "'s", ",", "the", "addicts", "'", "wife"]),
    ("45yo 2.5 mg x3 ***", ["45yo", "2.5", "mg", "x3", "***"]),
    ("@NAME@ {CLEAN/DIRTY:33}", ["@", "NAME", "@", "{", "CLEAN", "/", "DIRTY", ":", "33", "}"]),
    ("drug\n> abuse", ["drug", "abuse"]),
    ("> drug\r\n  abuse", ["drug", "abuse"]),
    (">> drug\n > > abuse -> out\n=> out", ["drug", "abuse", "-", ">", "out", "=", ">", "out"]),
    ("_drug_ `abuse` ~~x~~", ["drug", "abuse", "x"]),
    ("NAS'er HIV+'s", ["NAS'er", "HIV", "+", "'s"]),
    ("a\u00a0b\u2003c", ["a", "b", "c"]),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_tokens(text, expected):
    assert [token.text for token in t.tokens(text)] == expected


SENTENCES = [
    ("wrapped line", "Active problems include alcohol\nabuse and tobacco use.", 1),
    ("quoted mail", "> substituting one\n> addiction for another", 1),
    ("items", "PMH: etoh\n- drug abuse\n- HTN", 3),
    ("blank line", "drug\n\nabuse", 2),
    ("short line, capital after", "S/P MI\nDenies abuse", 2),
    ("long line, capital after", "He was brought in by his family from the house in which\nMary lives", 1),
    ("no space after the stop", "Denies abuse.He left", 2),
    ("abbreviations", "Seen by Dr. Smith at approx. 5 p.m. for pain vs. withdrawal", 1),
    ("no capitals", "pt seen in clinic. he is well. was that all? yes", 3),
    ("short forms before small letters", "resp. failure, abd. pain, cont. meds as before", 1),
    ("abbreviations with full stops inside", "45 y.o. Caucasian male, c.o. Pain s.p. Fall", 1),
    ("numbers", "Took 2.5 mg", 1),
    ("heading", "seen today\nAssessment: abuse", 2),
    ("CRLF", "PMH: etoh\r\n\r\nSocial: drugs", 2),
]


@pytest.mark.parametrize(("text", "count"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES])
def test_sentences(text, count):
    assert len(list(t.sentences(text))) == count


@given(st.text(alphabet="aB \n\r.?!:;-*|>’\"'_(9İß", max_size=200))
def test_sentences_cover_the_text(text):
    spans = list(t.sentences(text))
    assert "".join(text[a:b] for a, b in spans) == text


@given(st.text(max_size=200))
def test_tokens_slice_and_keep_their_length(text):
    for token in t.tokens(text):
        assert len(token.text) == token.end - token.start
        assert t.straight(text[token.start : token.end]) == token.text


@given(st.text(max_size=300))
def test_folding_never_moves_an_offset(text):
    assert len(t.fold(text)) == len(text)


@given(st.text(alphabet='aB \n.?!:;-*|>"(9', max_size=400), st.integers(0, 399))
def test_one_sentence_found_alone_is_the_same(text, at):
    at = min(at, max(len(text) - 1, 0))
    start = end = 0
    place = 0
    while place < len(text):
        start, end = t.sentence_start(text, place, end), t.sentence_end(text, place)
        if at < end:
            break
        place = end
    uncut = [s for s in t.sentences(text) if s.start <= at < s.end]
    if uncut:
        assert start <= uncut[0].start
        assert uncut[0].end <= end


@given(st.text(alphabet="aB \n\r.?!:;-*|>’\"'_(9İß", max_size=200))
def test_every_passage_ends_where_a_sentence_ends(text):
    found = list(t.passages(text))
    assert "".join(text[start:end] for start, end in found) == text
    ends = [s.end for s in t.sentences(text)]
    # Which of the two the white space between belongs to is no matter.
    assert all(any(not text[min(p.end, e) : max(p.end, e)].strip() for e in ends) for p in found)


def test_rulers_are_linear():
    text = "=" * 20_000 + " addict " + "(" * 20_000
    assert len(t.tokens(text)) == 40_001
