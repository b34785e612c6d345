"""Words of a template looked up in the sentence: the keys of `map` and `named`, `has`, `near`, `about`.

A key is words one after the other. `a|b` is either, `fail:v` a verb in any form, `non+compliant`
joined or apart; hyphens between words are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from hrlint.suggest.grammar import word
from hrlint.suggest.words import Words
from hrlint.tokens import Token, tokens


class Found(NamedTuple):
    """Where a key stands: `tokens[first:last]`, and its verb, if it has one."""

    first: int
    last: int
    head: int | None


@lru_cache(maxsize=1024)
def _variants(key: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return the ways to write a key, each as a row of alternatives."""
    ways = [key]
    while any("+" in way for way in ways):
        ways = [w for way in ways for w in (way.replace("+", "", 1), way.replace("+", " ", 1))]
    made = []
    for way in ways:
        row: list[tuple[str, ...]] = []
        for piece in way.split():
            if "|" in piece or piece.endswith(":v"):
                row.append(tuple(piece.split("|")))
            else:
                row += [(t.text,) for t in tokens(piece) if t.text != "-"]
        made.append(tuple(row))
    return tuple(made)


@lru_cache(maxsize=1024)
def _beginnings(keys: tuple[str, ...]) -> tuple[dict[str, tuple[int, ...]], tuple[tuple[str, int], ...]]:
    """Return which of `keys` begin with a word, as indexes by word, and (verb, index) of those that begin with one."""
    by_word: dict[str, list[int]] = {}
    verbs: list[tuple[str, int]] = []
    for index, key in enumerate(keys):
        for first in {alternative for row in _variants(key) for alternative in row[0]}:
            if first.endswith(":v"):
                verbs.append((first[:-2], index))
            else:
                by_word.setdefault(first, []).append(index)
    return {first: tuple(found) for first, found in by_word.items()}, tuple(verbs)


def _worth_asking(low: str, keys: tuple[str, ...], words: Words) -> list[int]:
    """Return the indexes of those of `keys` that begin with `low`, in order."""
    by_word, verbs = _beginnings(keys)
    return sorted({*by_word.get(low, ()), *(index for verb, index in verbs if low in words.verb_forms(verb))})


def at(sentence: Sequence[Token], first: int, key: str, words: Words) -> Found | None:
    """Return where `key` ends when it begins at the token `first`, or None."""
    for row in _variants(key):
        here, head = first, None
        for number, alternatives in enumerate(row):
            if number and word(sentence, here) == "-":
                here += 1
            low = word(sentence, here)
            verb = next((a for a in alternatives if a.endswith(":v") and low in words.verb_forms(a[:-2])), None)
            if verb is not None:
                head = here
            elif not low or low not in alternatives:
                break
            here += 1
        else:
            return Found(first, here, head)
    return None


def inside(sentence: Sequence[Token], first: int, last: int, keys: Iterable[str], words: Words) -> Found | None:
    """Return the first place in `tokens[first:last]` where one of `keys` stands, the longest there, or None."""
    listed = tuple(keys)
    for here in range(max(first, 0), min(last, len(sentence))):
        worth = _worth_asking(word(sentence, here), listed, words)
        found = [f for i in worth if (f := at(sentence, here, listed[i], words)) is not None and f.last <= last]
        if found:
            return max(found, key=lambda f: f.last)
    return None


def mapped(
    sentence: Sequence[Token], first: int, last: int, table: Sequence[tuple[str, str]], words: Words
) -> tuple[Found, str] | None:
    """Return the place and the value of the first key that stands in or around `tokens[first:last]`.

    A key of one word stands inside; one of several may begin before the stretch or end behind it. At
    one place the longest key wins.
    """
    keys = tuple(key for key, _ in table)
    width = max(len(re.split(r"[ +-]", key)) for key in keys)
    for here in range(max(0, first - width + 1), last):
        found: list[tuple[Found, str]] = []
        for index in _worth_asking(word(sentence, here), keys, words):
            place = at(sentence, here, keys[index], words)
            if place is not None and place.last > first:
                found.append((place, table[index][1]))
        if found:
            return max(found, key=lambda pair: pair[0].last)
    return None
