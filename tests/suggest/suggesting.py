"""Hand-built matches for sentences with the reported words marked, so that no pack is needed.

`[[…]]` marks the reported words; `⏎` stands for a line break, `␍⏎` for CRLF and `⇥` for a tab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hrlint.model import Suggestion
from hrlint.suggest import Match, Words, parse, suggest
from hrlint.tokens import Token, fold, sentences, tokens

VOCABULARY = Path(__file__).parents[2] / "rules" / "vocabulary"


@cache
def words() -> Words:
    """Return the shipped vocabulary."""
    files = {name: (VOCABULARY / f"{name}.yaml").read_text("utf-8") for name in ("substances", "forms")}
    return Words.load({name: yaml.safe_load(raw) for name, raw in files.items()})


def written(line: str) -> str:
    """Return a line of a table with its signs for layout turned into what they stand for."""
    return line.replace("␍", "\r").replace("⏎", "\n").replace("⇥", "\t")


def match(marked: str, head: str | None = None, parts: Mapping[str, str] | None = None) -> Match:
    """Return the match of the words in `[[…]]`, its head and parts named by their words."""
    before, rest = marked.split("[[", 1)
    reported, after = rest.split("]]", 1)
    text = before + reported + after
    start, end = len(before), len(before) + len(reported)
    for span in sentences(text):
        if not span.start <= start < span.end:
            continue
        found = tokens(text, *span)
        inside = [i for i, token in enumerate(found) if token.start >= start and token.end <= end]
        first, last = inside[0], inside[-1] + 1
        assert found[last - 1].end == end, f"{reported!r} does not stand in one sentence"
        named = {name: _within(found, first, last, part) for name, part in (parts or {}).items()}
        return Match(text, found, first, last, named, _within(found, first, last, head)[0] if head else None)
    raise AssertionError(f"nothing is marked in {marked!r}")


def _within(found: list[Token], first: int, last: int, part: str) -> tuple[int, int]:
    wanted = [fold(t.text) for t in tokens(part)]
    for at in range(first, last - len(wanted) + 1):
        if [fold(t.text) for t in found[at : at + len(wanted)]] == wanted:
            return at, at + len(wanted)
    raise AssertionError(f"{part!r} is not in the reported words")


def suggestions(
    marked: str, *raw: dict[str, Any], head: str | None = None, parts: Mapping[str, str] | None = None
) -> tuple[Suggestion, ...]:
    """Return what `suggest` makes of the YAML forms `raw` for the marked words."""
    return suggest(match(marked, head, parts), [parse(r) for r in raw], words())


def splice(text: str, suggestion: Suggestion) -> str:
    """Return `text` with the suggestion in place."""
    return text[: suggestion.start] + suggestion.text + text[suggestion.end :]


def rewrite(marked: str, raw: dict[str, Any], head: str | None = None, parts: Mapping[str, str] | None = None) -> str:
    """Return the sentence with the first suggestion in place, or as it is when there is none."""
    found = suggestions(marked, raw, head=head, parts=parts)
    text = re.sub(r"\[\[|\]\]", "", marked, count=2)
    return splice(text, found[0]) if found else text


def rows(table: str) -> Iterator[tuple[str, str, str]]:
    """Yield (template, before, after) of a table with ` | ` between the columns; `=` as after means: left alone."""
    for line in table.strip().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, before, after = (cell.strip(" ") for cell in line.split(" | "))
        plain = re.sub(r"\[\[|\]\]", "", before, count=2)
        yield name, written(before), written(plain if after == "=" else after)
