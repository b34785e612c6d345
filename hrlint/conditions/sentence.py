"""One sentence, tokenised once and matched as often as asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from hrlint.matching import Matchers, RawMatch
from hrlint.model import Span
from hrlint.tokens import Token, fold, tokens

_ITEM_START = frozenset("-+•·:>|)]#")


class Sentence:
    """The tokens of `text[span]` and what patterns find in them."""

    def __init__(self, text: str, span: Span, words: set[str], matchers: Matchers) -> None:
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

    def candidates(self, anchors: Mapping[str, Sequence[int]], required: Sequence[Sequence[frozenset[str]]]) -> set[int]:
        """Return the patterns of `anchors` whose required words are all in this sentence."""
        words = self.words
        ids: set[int] = set()
        for word in words:
            ids.update(anchors.get(word, ()))
        for anchor, patterns in anchors.items():
            if anchor[-1] == "*" and any(word.startswith(anchor[:-1]) for word in words):
                ids.update(patterns)
        return {i for i in ids if all(not group.isdisjoint(words) for group in required[i])}

    def words_between(self, first: int, last: int) -> int:
        """Return how many words stand in `tokens[first:last]`; marks are not counted."""
        return sum(1 for token in self.tokens[first:last] if token.text[0].isalnum())


def sentence_of(text: str, span: Span, matchers: Matchers) -> Sentence:
    """Return the sentence for any stretch of text, such as a line or a heading."""
    return Sentence(text, span, set(re.findall(r"[^\W_]+(?:'(?!s(?![^\W_]))[^\W_]+)*", fold(text[span.start : span.end]))), matchers)
