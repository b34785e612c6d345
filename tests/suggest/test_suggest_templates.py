"""The YAML forms: what is accepted, and what is said about what is not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hrlint.suggest import parse
from hrlint.suggest.templates import KINDS, fill


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"txt": "x"}, "unknown key 'txt'; did you mean 'text'?"),
        ({"text": "x", "aplicability": "safe"}, "unknown key 'aplicability'; did you mean 'applicability'?"),
        ({"applicability": "safe"}, "none of person, noun, verb, text, map, advice"),
        ({"text": "x", "verb": "y"}, "more than one of text, verb"),
        ({"text": "x", "applicability": "sure"}, "'applicability' is safe, unsafe or manual, not 'sure'"),
        ({"advice": "x", "applicability": "safe"}, "'advice' has nothing to splice and is always manual, not safe"),
        ({"person": "patient with x"}, "'person' needs both numbers"),
        ({"person": {"singular": "person with x"}}, "'person' has no 'plural'"),
        ({"person": {"singular": "patient", "plural": "patients"}}, "'person' begins with 'person …' and 'people …'"),
        ({"noun": {"singular": "x", "plurl": "y"}}, "unknown key 'plurl' under 'noun'; did you mean 'plural'?"),
        ({"map": {"clean": False}}, "'map' has 'clean': False; write both as words"),
        ({"map": {"clean": "{x}"}}, "'map' replaces words by words and takes no slots"),
        ({"text": "uses {Drug}"}, "'{Drug}' is not a slot"),
        ({"text": "uses {drug"}, "a slot is written {name}"),
        ({"verb": ""}, "'verb' needs words, for example use"),
        ({"text": "x", "mass": "yes"}, "'mass' is true or false, not 'yes'"),
        ({"text": "x", "when": 3}, "'when' names named parts"),
        ("text", "a suggestion is a mapping"),
    ],
)
def test_messages_name_the_key(raw: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"person": {"singular": "person with x", "plural": "people with x"}},
        {"person": "person with diabetes"},
        {"noun": {"singular": "missed visit", "plural": "missed visits"}, "applicability": "safe"},
        {"verb": "use {drug}", "replace": "head", "when": ["drug"]},
        {"text": "", "applicability": "safe"},
        {"map": {"dirty": "positive"}},
        {"advice": "Say what happened."},
    ],
)
def test_accepted(raw: dict[str, Any]) -> None:
    assert parse(raw).kind in KINDS


def test_defaults_and_what_a_pattern_must_name() -> None:
    assert parse({"text": "x"}).applicability == "unsafe"
    assert parse({"advice": "x"}).applicability == "manual"
    assert parse({"person": "person with diabetes"}).plural == "people with diabetes"
    template = parse(
        {"text": "use {substance} in {place}", "when": ["drug", "substance"], "unless-part": "no", "replace": "head"}
    )
    assert template.slots == {"substance", "place"}
    assert template.parts == {"place", "drug", "no"}


def test_fill_needs_every_slot() -> None:
    assert fill("uses {drug}", {"drug": "meth"}) == "uses meth"
    assert fill("uses {drug}", {}) is None
