"""Suggestions as packs write them: the YAML forms and the slots in their words.

    suggestions:
      - person: {singular: "person who uses {substance}", plural: "people who use {substance}"}
        applicability: unsafe
      - verb: use
        replace: head

One suggestion has one kind (`KINDS`) and any of the options (`OPTIONS`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hrlint.model import APPLICABILITIES

KINDS = {
    "person": "a label for a person: {singular: person with diabetes, plural: people with diabetes}",
    "noun": "any other noun: {singular: missed visit, plural: missed visits}",
    "verb": "a verb in the form of the one it replaces: use",
    "text": "words as they are: substance use",
    "map": "one word of the match decides: {dirty: positive, clean: negative}",
    "advice": "nothing to splice, shown only: Say what happened.",
}
OPTIONS = {
    "applicability": "safe, unsafe or manual",
    "when": "named parts that the match must have, or `substance`",
    "unless-part": "named parts that the match must not have, or `substance`",
    "replace": "the one named part of the match to replace, or `head`",
    "mass": "true when the words take no a/an",
    "certain": "true for a person only where the words around show that one is meant",
    "has": "words, one of which the match must hold",
    "near": "words, one of which the sentence must hold",
    "not-near": "words, none of which the sentence may hold",
    "about": "words, one of which must stand in the noun phrase after the stretch replaced",
    "named": "words of a match and what {named} is for each",
}
# Slots that need no named part of the pattern.
SLOTS = {
    "substance": "the plain name of the substance: heroin; drugs",
    "substance-use": "its use: heroin use; drug use",
    "substance-misuse": "its use other than as prescribed: prescription opioid misuse",
    "disorder": "its use disorder: opioid use disorder",
    "a-disorder": "the same, with an article where none is named: a substance use disorder",
    "disorders": "the same for several people: substance use disorders",
    "object": "the words that the match is about, right after it: noncompliant with [her insulin]",
    "head": "the head word of the match, as written",
    "exposure": "what a newborn was exposed to: heroin; substance where none is named",
    "named": "what the table `named` gives for a word of the match",
}
# What a slot is called in a pattern when a list names its part, is up to the pattern.
_SLOT = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")


@dataclass(frozen=True, slots=True)
class Template:
    """One suggestion of a rule, parsed.

    `singular` holds the words of kinds that have one form (`verb`, `text`, `advice`).
    `slots` are the names in braces: those in `SLOTS`, or named parts of the pattern.
    """

    kind: str
    singular: str = ""
    plural: str = ""
    map: tuple[tuple[str, str], ...] = ()
    applicability: str = "unsafe"
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    replace: str | None = None
    mass: bool = False
    certain: bool = False
    has: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    @property
    def slots(self) -> frozenset[str]:
        """The names in braces."""
        words = [self.singular, self.plural, *(value for _, value in self.map)]
        return frozenset(name for text in words for name in _SLOT.findall(text))

    @property
    def parts(self) -> frozenset[str]:
        """Names of parts that a pattern of the rule must have for this suggestion ever to be used."""
        named = {*self.slots, *self.when, *self.unless, *((self.replace,) if self.replace else ())}
        return frozenset(named - set(SLOTS))


def parse(raw: Mapping[str, Any]) -> Template:
    """Return the template that one entry of `suggestions:` describes.

    Raises ValueError with a message that names the key and, where there is one, the nearest known key.
    """
    # Example: {"person": {"singular": "person with {a-disorder}", "plural": "people with {disorders}"}}
    if not isinstance(raw, Mapping):
        raise ValueError(f"a suggestion is a mapping with one of {', '.join(KINDS)}, not {type(raw).__name__}: {raw!r}")
    known = [*KINDS, *OPTIONS]
    for key in raw:
        if key not in known:
            raise ValueError(f"unknown key '{key}'{_nearest(str(key), known)}")
    kinds = [key for key in raw if key in KINDS]
    if len(kinds) != 1:
        what = "none of" if not kinds else "more than one of"
        raise ValueError(f"a suggestion has one kind; this one has {what} {', '.join(kinds or KINDS)}")
    kind = kinds[0]
    singular, plural, table = _words(kind, raw[kind])
    template = Template(
        kind,
        singular,
        plural,
        table,
        _applicability(kind, raw),
        _names(raw, "when"),
        _names(raw, "unless-part"),
        _name(raw, "replace"),
        _flag(raw, "mass"),
        _flag(raw, "certain"),
        _phrases(raw, "has"),
        _phrases(raw, "near"),
        _phrases(raw, "not-near"),
        _phrases(raw, "about"),
        _table(raw["named"], "named") if "named" in raw else (),
    )
    for text in (singular, plural, *(value for _, value in table)):
        if text.count("{") != len(_SLOT.findall(text)) or text.count("}") != text.count("{"):
            raise ValueError(f"'{kind}': a slot is written {{name}}: {text!r}")
    for slot in template.slots:
        if not _NAME.match(slot):
            raise ValueError(f"'{kind}': '{{{slot}}}' is not a slot{_nearest(slot, list(SLOTS))}")
    if kind == "map" and template.slots:
        raise ValueError("'map' replaces words by words and takes no slots")
    if "named" in template.slots and not template.named:
        raise ValueError("'{named}' needs the table 'named': {junkie: heroin}")
    return template


def fill(text: str, values: Mapping[str, str]) -> str | None:
    """Return `text` with its slots filled, or None when a slot has no value in this match."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        found = values.get(match.group(1))
        missing = missing or found is None
        return found or ""

    filled = _SLOT.sub(value, text)
    return None if missing else " ".join(filled.split())


def _words(kind: str, value: Any) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    if kind in ("person", "noun"):
        if isinstance(value, str) and kind == "person" and re.match(r"person (with|in|living|experiencing) ", value):
            return value, "people" + value.removeprefix("person"), ()
        if not isinstance(value, Mapping):
            raise ValueError(f"'{kind}' needs both numbers: {KINDS[kind].partition(': ')[2]}")
        for key in value:
            if key not in ("singular", "plural"):
                raise ValueError(f"unknown key '{key}' under '{kind}'{_nearest(str(key), ['singular', 'plural'])}")
        for key in ("singular", "plural"):
            if not isinstance(value.get(key), str) or not value[key].strip():
                raise ValueError(f"'{kind}' has no '{key}'; both numbers are needed: {KINDS[kind].partition(': ')[2]}")
        if kind == "person" and not (value["singular"].startswith("person ") and value["plural"].startswith("people ")):
            raise ValueError(f"'person' begins with 'person …' and 'people …': {dict(value)!r}")
        return value["singular"], value["plural"], ()
    if kind == "map":
        return "", "", _table(value, "map")
    if not isinstance(value, str) or (not value.strip() and kind != "text"):
        raise ValueError(f"'{kind}' needs words, for example {KINDS[kind].partition(': ')[2]}")
    return value, "", ()


def _applicability(kind: str, raw: Mapping[str, Any]) -> str:
    word = raw.get("applicability", "manual" if kind == "advice" else "unsafe")
    if word not in APPLICABILITIES:
        raise ValueError(
            f"'applicability' is {OPTIONS['applicability']}, not {word!r}{_nearest(str(word), list(APPLICABILITIES))}"
        )
    if kind == "advice" and word != "manual":
        raise ValueError(f"'advice' has nothing to splice and is always manual, not {word}")
    return str(word)


def _names(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = raw.get(key, ())
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) and _NAME.match(n) for n in names):
        raise ValueError(f"'{key}' names {OPTIONS[key]}, not {value!r}")
    return tuple(names)


def _table(value: Any, key: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping) or not value:
        what = f"'{key}' needs words and their replacements"
        raise ValueError(f"{what}: {KINDS['map'].partition(': ')[2]}")
    for word, other in value.items():
        # YAML reads a bare `yes`, `no`, `on` or `off` as a truth value.
        if not isinstance(word, str) or not isinstance(other, str):
            raise ValueError(
                f"'{key}' has {word!r}: {other!r}; write both as words, in quotation marks where YAML needs them"
            )
    return tuple((word.lower(), other) for word, other in value.items())


def _phrases(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = raw.get(key, ())
    words = (value,) if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(w, str) and w.strip() for w in words):
        raise ValueError(f"'{key}' lists {OPTIONS[key]}, not {value!r}")
    return tuple(w.lower() for w in words)


def _name(raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    if value is not None and not (isinstance(value, str) and _NAME.match(value)):
        raise ValueError(f"'{key}' names {OPTIONS[key]}, not {value!r}")
    return value


def _flag(raw: Mapping[str, Any], key: str) -> bool:
    value = raw.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"'{key}' is true or false, not {value!r}")
    return value


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.6)
    return f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(known)}"
