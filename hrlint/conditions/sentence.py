"""One sentence, tokenised once and matched as often as asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from hrlint.anchors import Need
from hrlint.matching import Matchers, RawMatch
from hrlint.model import Span
from hrlint.tokens import Token, fold, tokens, words

_ITEM_START = frozenset("-+•·:>|)]#")


class Sentence:
    """The tokens of `text[span]` and what patterns find in them."""

    def __init__(self, text: str, span: Span, words: frozenset[str], matchers: Matchers) -> None:
        self.text = text
        self.span = span
        self.words = words
        self._matchers = matchers
        self._found: dict[int, list[RawMatch]] = {}

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens, offsets counted in the text."""
        return tokens(self.text, self.span.start, self.span.end)

    @cached_property
    def doc(self) -> Any:
        """The spaCy `Doc` of the tokens."""
        firsts = [False] * len(self.tokens)
        begin = True
        for index, token in enumerate(self.tokens):
            firsts[index] = begin
            begin = (begin and not token.text[0].isalnum()) or token.text == ":"
        return self._matchers.doc(self.tokens, firsts)

    def matches(self, pattern: int) -> list[RawMatch]:
        """Return the matches of one pattern."""
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = list(self._matchers.match(self.doc, (pattern,)))
        return found

    def candidates(
        self, anchors: tuple[Mapping[str, Sequence[int]], Mapping[str, Sequence[int]]], needs: Sequence[Need]
    ) -> set[int]:
        """Return the patterns of `anchors` (whole words, beginnings) whose needed words are all in this sentence."""
        whole, begin = anchors
        words = self.words
        ids: set[int] = set()
        for word in words & whole.keys():
            ids.update(whole[word])
        for beginning, patterns in begin.items():
            if any(word.startswith(beginning) for word in words):
                ids.update(patterns)
        return {i for i in ids if all(_has(group, words) for group in needs[i].groups)}

    def words_between(self, first: int, last: int) -> int:
        """Return how many words stand in `tokens[first:last]`; marks are not counted."""
        return sum(1 for token in self.tokens[first:last] if token.text[0].isalnum())


def _has(group: frozenset[str], words: frozenset[str]) -> bool:
    if not group.isdisjoint(words):
        return True
    return any(g[-1] == "*" and any(word.startswith(g[:-1]) for word in words) for g in group)


def sentence_of(text: str, span: Span, matchers: Matchers) -> Sentence:
    """Return the sentence for any stretch of text, such as a line or a heading."""
    return Sentence(text, span, frozenset(words(fold(text[span.start : span.end]))), matchers)
