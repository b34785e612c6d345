"""A pattern read by plain Python: can it match these words at all?

spaCy decides, but asking it costs a thousand times as much as a look at a set. An outline knows what the
tokens of a `Matcher` pattern say about lower-case words and passes over what it does not know, so only a no is final.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hrlint.tokens import OPENERS


class _Step(NamedTuple):
    """One token of a pattern: at least `least` and at most `most` words that pass `test` (None: any word)."""

    test: Callable[[str], object] | None
    least: int
    most: int
    first: bool


Outline = Sequence[_Step]

_BOUNDS = re.compile(r"\{(\d*)(,?)(\d*)\}")
_MANY = 1000


def outline(tokens: Sequence[Mapping[str, Any]]) -> Outline:
    """Return the outline of `Matcher` tokens."""
    return [_step(token) for token in tokens]


def _step(token: Mapping[str, Any]) -> _Step:
    op = str(token.get("OP", "1"))
    least, most = {"1": (1, 1), "?": (0, 1), "!": (0, 1), "+": (1, _MANY), "*": (0, _MANY)}.get(op, (0, _MANY))
    bounds = _BOUNDS.fullmatch(op)
    if bounds:
        low, comma, high = bounds.groups()
        least = int(low or 0)
        most = int(high) if high else _MANY if comma else least
    tests = [] if op == "!" else [test for key, value in token.items() if (test := _test(key, value)) is not None]
    test = None
    if len(tests) == 1:
        test = tests[0]
    elif tests:
        test = lambda word: all(each(word) for each in tests)  # noqa: E731
    return _Step(test, least, most, token.get("SENT_START") == 1)


def _test(key: str, value: Any) -> Callable[[str], object] | None:
    if key not in ("LOWER", "ORTH", "TEXT"):
        return None
    if isinstance(value, str):
        return value.lower().__eq__
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((op, given),) = value.items()
    if op == "IN":
        return frozenset(word.lower() for word in given).__contains__
    if op == "NOT_IN" and key == "LOWER":
        excluded = frozenset(given)
        return lambda word: word not in excluded
    if op == "REGEX":
        # The words are in lower case whatever the pattern asks for. What a pattern excludes is another
        # thing in lower case, so nothing can be said then.
        if "(?!" in given or "(?<!" in given or "[^" in given:
            return None
        return re.compile(given, re.IGNORECASE).search
    return None


def reach(steps: Outline, words: Sequence[str], firsts: Sequence[bool]) -> tuple[int, int] | None:
    """Return `[first, last)` of the words in which all matches of the pattern of `steps` lie, None when there are none.

    `firsts` tells which of `words` begin a sentence or an item.
    """
    size = len(words)
    start = 0
    places: Sequence[int] | None = None
    for test, least, most, first in steps:
        if places is None:
            if least == 0:
                places = range(size)
            else:
                if first:
                    found = [i for i in range(size) if firsts[i] and (test is None or test(words[i]))]
                elif test is None:
                    found = list(range(size))
                else:
                    found = [i for i, word in enumerate(words) if test(word)]
                if not found:
                    return None
                start = found[0]
                if most == 1:
                    places = [i + 1 for i in found]
                    continue
                places = found
        reached: set[int] = set(places) if least == 0 else set()
        front: Sequence[int] | set[int] = places
        for count in range(1, min(most, size) + 1):
            front = {i + 1 for i in front if i < size and (not first or firsts[i]) and (test is None or test(words[i]))}
            if not front:
                break
            if count >= least:
                if front <= reached:
                    break
                reached |= front
        if not reached:
            return None
        places = reached  # type: ignore[assignment]
    return (start, max(places)) if places else None


def starts(words: Sequence[str]) -> list[bool]:
    """Return, for each word of a sentence, whether it begins the sentence or an item in it."""
    firsts = [False] * len(words)
    begin = True
    for index, word in enumerate(words):
        if begin:
            firsts[index] = True
            begin = not word[-1].isalnum()
        if word in OPENERS:
            begin = True
    return firsts
