"""The vocabulary that suggestions need: substances by their names, irregular verb and noun forms.

Regular forms follow the rules of spelling here; everything irregular stands in
`rules/vocabulary/forms.yaml`, where a person can read and mend it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

VOWELS = "aeiou"
GENERIC_DISORDER = "substance use disorder"


class Verb(NamedTuple):
    """The five forms of a verb: `use uses used used using`."""

    base: str
    third: str
    past: str
    participle: str
    gerund: str


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance: `name` as in "a person who uses …", `use` as in "… use", its use disorder, how it is used."""

    name: str
    use: str
    disorder: str
    verb: str = "use"


UNNAMED = Substance("drugs", "drug", GENERIC_DISORDER)


def regular_verb(base: str) -> Verb:
    """Return the regular forms of `base`, a lower-case verb."""
    third = regular_plural(base)
    if base.endswith("e"):
        past = base + "d"
        gerund = base[:-2] + "ying" if base.endswith("ie") else base if base.endswith("ing") else base[:-1] + "ing"
        if base.endswith(("ee", "oe", "ye")):
            gerund = base + "ing"
    elif base.endswith("y") and base[-2:-1] not in VOWELS:
        past, gerund = base[:-1] + "ied", base + "ing"
    elif re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", base):  # one syllable: stop, stopped
        past, gerund = base + base[-1] + "ed", base + base[-1] + "ing"
    else:
        past, gerund = base + "ed", base + "ing"
    return Verb(base, third, past, past, gerund)


def regular_plural(singular: str) -> str:
    """Return the regular plural (or third person) of a lower-case word."""
    if singular.endswith("y") and singular[-2:-1] not in (*VOWELS, ""):
        return singular[:-1] + "ies"
    if singular.endswith(("s", "x", "z", "ch", "sh")) or singular in ("go", "do", "echo", "hero", "veto"):
        return singular + "es"
    return singular + "s"


@lru_cache(maxsize=256)
def nearest(word: str, known: tuple[str, ...], cutoff: float) -> str | None:
    """Return the known word that `word` is most likely a misspelling of, or None; `cutoff` from 0 to 1."""
    near = difflib.get_close_matches(word, known, 1, cutoff)
    return near[0] if near else None


@dataclass(frozen=True)
class Words:
    """Loaded vocabulary; build it with `Words.load`."""

    verbs: Mapping[str, Verb] = field(default_factory=dict)
    plurals: Mapping[str, str] = field(default_factory=dict)
    substances: Mapping[tuple[str, ...], Substance] = field(default_factory=dict)
    _bases: Mapping[str, str] = field(default_factory=dict, repr=False)
    _singulars: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, mapping: Mapping[str, Any]) -> Words:
        """Return the vocabulary of `mapping`: the YAML of `substances.yaml` and `forms.yaml`, merged or by file name.

        Keys read: `substances` (a list of `{words, also?, name, use?, verb?, disorder}`), `verbs`
        (`base: "third past participle gerund"`), `nouns` (`singular: plural`); each may be
        left out. Raises ValueError naming the entry that cannot be used.
        """
        merged: dict[str, Any] = {}
        for key, value in mapping.items():
            if isinstance(value, Mapping) and key in ("substances", "forms"):
                merged.update(value)
            else:
                merged[key] = value
        mapping = merged
        verbs: dict[str, Verb] = {}
        for base, forms in (mapping.get("verbs") or {}).items():
            parts = forms.split() if isinstance(forms, str) else list(forms)
            if len(parts) != 4:
                raise ValueError(f"verb '{base}' needs four forms, like 'takes took taken taking'; found {len(parts)}")
            verbs[base] = Verb(base, *parts)
        plurals: dict[str, str] = dict(mapping.get("nouns") or {})
        substances: dict[tuple[str, ...], Substance] = {}
        for entry in mapping.get("substances") or ():
            if not isinstance(entry, Mapping) or not {"words", "name", "disorder"} <= set(entry):
                raise ValueError(f"substance {entry!r} needs words, name and disorder")
            substance = Substance(
                entry["name"], entry.get("use", entry["name"]), entry["disorder"], entry.get("verb", "use")
            )
            for written in (*entry["words"], *entry.get("also", ())):
                tokens = _key(written)
                if tokens in substances:
                    raise ValueError(f"substance word '{written}' stands under two names")
                substances[tokens] = substance
        bases: dict[str, str] = {}
        for verb in verbs.values():
            for form in verb:
                bases.setdefault(form, verb.base)
        singulars = {plural: singular for singular, plural in plurals.items()}
        return cls(verbs, plurals, substances, bases, singulars)

    def verb(self, base: str) -> Verb:
        """Return the five forms of the verb `base`."""
        return self.verbs.get(base) or regular_verb(base)

    def verb_forms(self, base: str) -> tuple[str, ...]:
        """Return every form of `base` once, the base first; what the notation's `:v` matches.

        Of `be` also `am`, `are`, `were`; of `get` also the British participle.
        """
        extra = {
            "be": ("am", "are", "were"),
            "get": ("got",),
            "prove": ("proven",),
            "travel": ("travelled", "travelling"),
        }
        return tuple(dict.fromkeys((*self.verb(base), *extra.get(base, ()))))

    def plural(self, singular: str) -> str:
        """Return the plural of a noun, lower case."""
        return self.plurals.get(singular) or regular_plural(singular)

    def noun_forms(self, singular: str) -> tuple[str, ...]:
        """Return the singular and the plural of a noun; what the notation's `:n` matches."""
        return tuple(dict.fromkeys((singular, self.plural(singular))))

    def base_of(self, form: str) -> str | None:
        """Return the irregular verb that `form` belongs to, or None."""
        return self._bases.get(form)

    def is_plural(self, word: str) -> bool:
        """Whether a noun, as written, is plural by its form."""
        low = word.lower()
        if low in self._singulars or (word[:-1].isupper() and word.endswith("s") and len(word) > 2):
            return True
        if low in self.plurals or len(low) < 3:
            return False
        return low.endswith("s") and not low.endswith(("ss", "us", "is")) and low not in _SINGULAR_S

    def substance(self, tokens: Sequence[str]) -> Substance | None:
        """Return the substance named by the longest run of `tokens` that names one, misspelt too, or None."""
        folded = tuple(t.lower() for t in tokens)
        for width in range(min(len(folded), 6), 0, -1):
            for at in range(len(folded) - width + 1):
                found = self.substances.get(folded[at : at + width])
                if found is not None:
                    return found
        for word in folded:
            near = nearest(word, self._names, 0.8) if len(word) > 4 else None
            if near and near[0] == word[0]:
                return self.substances[near,]
        return None

    def mentions(self, tokens: Sequence[str]) -> list[tuple[int, int, Substance]]:
        """Return every substance that `tokens` name, exactly spelt, as (first, last, substance), in order."""
        folded = tuple(t.lower() for t in tokens)
        found: list[tuple[int, int, Substance]] = []
        at = 0
        while at < len(folded):
            for width in range(min(len(folded) - at, 6), 0, -1):
                substance = self.substances.get(folded[at : at + width])
                if substance is not None:
                    found.append((at, at + width, substance))
                    at += width - 1
                    break
            at += 1
        return found

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Substances of one word that are long enough to be recognised when misspelt: cocain, alchohol."""
        return tuple(key[0] for key in self.substances if len(key) == 1 and len(key[0]) > 4)


_SINGULAR_S = frozenset({"diabetes", "aids", "herpes", "always", "this", "news", "pus"})


def _key(phrase: str) -> tuple[str, ...]:
    """Return a phrase as the tokens that `hrlint.tokens` would make of it, lower case."""
    return tuple(re.findall(r"[^\W_]+(?:'(?!s\b)[^\W_]+)*|'s|[^\s\w]", phrase.lower()))
