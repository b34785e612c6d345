"""One sentence, tokenised once and matched as often as asked."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from hrlint.compiled import Program
from hrlint.matching import Matchers, RawMatch
from hrlint.model import Span, Suggestion
from hrlint.outline import Outline, outline, reach, starts
from hrlint.tokens import Token, lowered, tokens


class Patterns:
    """The patterns of a program, ready to be asked: outlines in plain Python, and spaCy from the first `yes` on."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._outlines: dict[int, Outline] = {}

    def outline(self, pattern: int) -> Outline:
        """Return the outline of `pattern`, made on first use."""
        found = self._outlines.get(pattern)
        if found is None:
            found = self._outlines[pattern] = outline(self._program.pattern(pattern).tokens)
        return found

    @cached_property
    def matchers(self) -> Matchers:
        """The door to spaCy, opened on first use."""

        def spec(index: int) -> tuple[list[dict[str, Any]], list[int], frozenset[str]]:
            pattern = self._program.pattern(index)
            return pattern.tokens, pattern.items, pattern.unlike

        return Matchers(spec)

    def reset_if_large(self) -> bool:
        """Keep memory bounded over millions of notes; True when sentences made before must not be asked again."""
        return "matchers" in self.__dict__ and self.matchers.reset_if_large()


class Sentence:
    """The tokens of `text[span]` and what patterns find in them."""

    def __init__(self, text: str, span: Span, patterns: Patterns) -> None:
        self.text = text
        self.span = span
        self._patterns = patterns
        self._found: dict[int, list[RawMatch]] = {}
        # The words of contexts that are in the sentence, and on its lines; None until somebody asks (see `contexts`).
        self.context_words: frozenset[int] | None = None
        self.line_words: frozenset[int] | None = None
        # Contexts that were asked for: whether they hold by what stands in the passage, by name and hit.
        self.held: dict[tuple[str, int, int], bool] = {}
        # The same for several names asked together: True, or the names that a heading may still decide (see `engine`).
        self.weighed: dict[tuple[object, ...], bool | tuple[str, ...]] = {}
        # Suggestions that were made, by rule and hit, offsets counted in the text.
        self.suggested: dict[tuple[int, int, int], tuple[Suggestion, ...]] = {}

    @cached_property
    def words(self) -> list[str]:
        """The tokens in lower case."""
        return lowered(self.text, *self.span)

    @cached_property
    def firsts(self) -> list[bool]:
        """For each token, whether it begins the sentence or an item in it."""
        return starts(self.words)

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens, offsets counted in the text."""
        return tokens(self.text, self.span.start, self.span.end)

    @cached_property
    def _doc(self) -> Any:
        return self._patterns.matchers.doc([token.text for token in self.tokens], self.firsts)

    def matches(self, pattern: int) -> list[RawMatch]:
        """Return the matches of one pattern."""
        found = self._found.get(pattern)
        if found is None:
            found = []
            within = reach(self._patterns.outline(pattern), self.words, self.firsts)
            if within is not None:
                found = self._patterns.matchers.match(self._doc, pattern, within)
            self._found[pattern] = found
        return found

    def let_go(self) -> None:
        """Give back what is large and can be made again; what was found stays."""
        self.__dict__.pop("_doc", None)

    def words_between(self, first: int, last: int) -> int:
        """Return how many words stand in `tokens[first:last]`; marks are not counted."""
        return sum(1 for token in self.tokens[first:last] if token.text[0].isalnum())

    def parted(self, first: int, last: int) -> bool:
        """Return whether a semicolon stands in `tokens[first:last]`: what is on one side says nothing of the other."""
        return any(token.text == ";" for token in self.tokens[first:last])
