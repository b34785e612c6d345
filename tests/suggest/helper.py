"""Hand-built matches for sentences: the reported words are found in the sentence, no pack is needed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hrlint.model import Suggestion
from hrlint.suggest import Match, Words, parse, suggest
from hrlint.tokens import fold, sentences, tokens

VOCABULARY = Path(__file__).parents[2] / "rules" / "vocabulary"


@cache
def words() -> Words:
    """Return the shipped vocabulary."""
    return Words.load({name: yaml.safe_load((VOCABULARY / f"{name}.yaml").read_text("utf-8")) for name in ("substances", "forms")})


def match(text: str, reported: str, head: str | None = None, **parts: str) -> Match:
    """Return the match of the words `reported` in `text`, head and parts named by their words."""
    wanted = [fold(t.text) for t in tokens(reported)]
    for span in sentences(text):
        found = tokens(text, *span)
        for at in range(len(found) - len(wanted) + 1):
            if [fold(t.text) for t in found[at : at + len(wanted)]] == wanted:
                last = at + len(wanted)
                return Match(
                    text,
                    found,
                    at,
                    last,
                    {name: _within(found, at, last, part) for name, part in parts.items()},
                    _within(found, at, last, head)[0] if head else None,
                )
    raise AssertionError(f"{reported!r} is not in {text!r}")


def _within(found: list[Any], first: int, last: int, part: str) -> tuple[int, int]:
    wanted = [fold(t.text) for t in tokens(part)]
    for at in range(first, last - len(wanted) + 1):
        if [fold(t.text) for t in found[at : at + len(wanted)]] == wanted:
            return at, at + len(wanted)
    raise AssertionError(f"{part!r} is not in the reported words")


def suggestions(text: str, reported: str, *raw: dict[str, Any], head: str | None = None, **parts: str) -> tuple[Suggestion, ...]:
    """Return what `suggest` makes of the YAML forms `raw` for the words reported in `text`."""
    return suggest(match(text, reported, head, **parts), [parse(r) for r in raw], words())


def splice(text: str, suggestion: Suggestion) -> str:
    """Return `text` with the suggestion in place."""
    return text[: suggestion.start] + suggestion.text + text[suggestion.end :]


def rewrite(text: str, reported: str, raw: dict[str, Any], head: str | None = None, **parts: str) -> str:
    """Return `text` with the first suggestion in place, or as it is when there is none."""
    found = suggestions(text, reported, raw, head=head, **parts)
    return splice(text, found[0]) if found else text
