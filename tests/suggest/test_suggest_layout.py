"""Line breaks, tabs, tags and emphasis in the middle of what is replaced; and properties that always hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suggesting import rewrite, rows, splice, suggestions

PERSON: dict[str, dict[str, Any]] = {
    "disorder": {"person": {"singular": "person with {a-disorder}", "plural": "people with {disorders}"}},
    "uses": {"person": {"singular": "person who uses {substance}", "plural": "people who use {substance}"}},
    "injects": {"person": {"singular": "person who injects drugs", "plural": "people who inject drugs"}},
    "alcohol": {"person": "person with alcohol use disorder"},
    "hiv": {"person": "person with HIV"},
}

TABLE = """
disorder | The nurses here care for [[drug⏎addicts]] kindly. | The nurses here care for people⏎with substance use disorders kindly.
injects | - Social: lives alone; known [[IV drug⏎  user]], last use today | - Social: lives alone; known to inject⏎  drugs, last use today
injects | > He is an [[IV drug⏎> user]] with fever. | > He is a person⏎> who injects drugs with fever.
injects | He is an [[IV⇥drug user]] with fever. | He is a person⇥who injects drugs with fever.
disorder | He is an␍⏎[[addict]] now. | He is a␍⏎person with a substance use disorder now.
disorder | He is an⏎    [[addict]] now. | He is a⏎    person with a substance use disorder now.
alcohol | He is a chronic␍⏎[[alcoholic]] now. | He is a person with chronic␍⏎alcohol use disorder now.
disorder | The [[addict]]'s⏎wife called. | The wife of⏎a person with a substance use disorder called.
disorder | Pt is **a [[drug addict]]** now. | Pt is **a person with a substance use disorder** now.
disorder | Pt is **an [[addict]]** now. | Pt is **a person with a substance use disorder** now.
disorder | Pt is an **[[addict]]** now. | Pt is a **person with a substance use disorder** now.
disorder | Pt is a __[[heroin addict]]__ now. | Pt is a __person with opioid use disorder__ now.
disorder | Pt is a **[[heroin** addict]] now. | Pt is a **person with opioid use disorder** now.
disorder | Pt is a [[heroin **addict]]** now. | Pt is a **person with opioid use disorder** now.
disorder | Pt is a [[**heroin** **addict]]** now. | Pt is a **person with opioid use disorder** now.
disorder | He is <b>an [[addict]]</b> now. | He is <b>a person with a substance use disorder</b> now.
disorder | He is an <b>[[addict]]</b> now. | He is a <b>person with a substance use disorder</b> now.
injects | - *[[IVDU]]*: offer vaccine | - *Person who injects drugs*: offer vaccine
injects | 1. [[IVDU]], here for HBV vaccine | 1. Person who injects drugs, here for HBV vaccine
injects | PMH: [[IVDU]], HTN, DM2 | PMH: person who injects drugs, HTN, DM2
uses | See [the page for [[drug users]]](https://x.org/drug-users). | See [the page for people who use drugs](https://x.org/drug-users).
alcohol | ## [[Alcoholics]] at Home | ## People with Alcohol Use Disorder at Home
disorder | # Care of [[Drug Addicts]] at Night | # Care of People with Substance Use Disorders at Night
disorder | # Care of [[drug addicts]] at night | # Care of people with substance use disorders at night
alcohol | Leaflet for [[Alcoholics]] | Leaflet for People with Alcohol Use Disorder
alcohol | HE IS A CHRONIC [[ALCOHOLIC]]. | HE IS A PERSON WITH CHRONIC ALCOHOL USE DISORDER.
uses | [[ADDICTS]] WELCOME | PEOPLE WHO USE DRUGS WELCOME
injects | ALERT: [[IV DRUG USER]] | ALERT: PERSON WHO INJECTS DRUGS
hiv | AN [[HIV-INFECTED]] MOTHER CALLED. | A MOTHER WITH HIV CALLED.
uses | Mr. Jones is a [[Drug User]]. | Mr. Jones is a person who uses drugs.
uses | “[[Addicts]] are people,” it said. | “People who use drugs are people,” it said.
disorder | ⇥[[Addict]] again | ⇥Person with a substance use disorder again
"""

ROWS = [*rows(TABLE), ("alcohol", "| Dx | [[alcoholic]] |", "| Dx | person with alcohol use disorder |")]


@pytest.mark.parametrize(("name", "before", "after"), ROWS, ids=[before for _, before, _ in ROWS])
def test_layout_and_capitals_are_kept(name: str, before: str, after: str) -> None:
    assert rewrite(before, PERSON[name]) == after


LABELS = ("addict", "heroin addict", "IV drug user", "alcoholics", "HIV-infected", "meth users", "IVDU", "Drug Users")
WORDS = st.sampled_from(
    [
        "a",
        "an",
        "the",
        "no",
        "two",
        "his",
        "known",
        "former",
        "chronic",
        "homeless",
        "45yo",
        "62M",
        "20-year",
        "mother",
        "patient",
        "clinic",
        "is",
        "was",
        "not",
        "with",
        "who",
        "and",
        "in",
        "for",
        ",",
        ".",
        ";",
        ":",
        "'",
        "’",
        "-",
        "*",
        "**",
        "_",
        "(",
        ")",
        "\n",
        "\r\n",
        "\t",
        ">",
        "#",
        "mother's",
        "needs",
        "cirrhosis",
        "Pt",
        "She",
        "He",
        "has",
        "been",
    ]
)
GAPS = st.sampled_from([" ", " ", " ", "", "  ", "\n", "\n> ", "\r\n  ", "\t", " **"])


@st.composite
def marked_sentences(draw: st.DrawFn) -> str:
    """A label, marked, between words that may or may not make sense."""
    label = draw(GAPS).join(draw(st.sampled_from(LABELS)).split(" "))
    left = "".join(word + draw(GAPS) for word in draw(st.lists(WORDS, max_size=6)))
    right = "".join(draw(GAPS) + word for word in draw(st.lists(WORDS, max_size=6)))
    return f"{left.replace('[[', '')} [[{label}]] {right}"


@given(marked_sentences(), st.sampled_from(sorted(PERSON)))
@settings(max_examples=400, deadline=None)
def test_every_suggestion_holds_the_match_and_splices(marked: str, name: str) -> None:
    text = marked.replace("[[", "").replace("]]", "")
    start = marked.index("[[")
    end = marked.index("]]") - 2
    try:
        found = suggestions(marked, PERSON[name], {"text": "x {substance}"}, {"verb": "use"})
    except (AssertionError, IndexError):
        return  # the words fell apart into several sentences
    for suggestion in found:
        assert 0 <= suggestion.start <= start
        assert end <= suggestion.end <= len(text)
        assert suggestion.text != text[suggestion.start : suggestion.end]
        assert suggestion.text.strip()
        assert "{" not in suggestion.text
        stretch = text[suggestion.start : suggestion.end]
        # Line breaks move, and none is made up; emphasis stays in pairs.
        assert suggestion.text.count("\n") <= stretch.count("\n")
        for mark in ("**", "_"):
            assert suggestion.text.count(mark) % 2 == stretch.count(mark) % 2
        assert splice(text, suggestion)[: suggestion.start] == text[: suggestion.start]


@given(marked_sentences(), st.sampled_from(sorted(PERSON)))
@settings(max_examples=200, deadline=None)
def test_the_label_is_gone_from_what_is_shown(marked: str, name: str) -> None:
    label = re.sub(r"\s+", " ", marked[marked.index("[[") + 2 : marked.index("]]")])
    try:
        found = suggestions(marked, PERSON[name])
    except (AssertionError, IndexError):
        return
    for suggestion in found:
        assert label.lower() not in suggestion.text.lower()
