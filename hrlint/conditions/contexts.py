"""Contexts written in YAML: cues that stand near a hit in a given way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hrlint.compiled import ContextCue, ContextData, Program
from hrlint.conditions import places
from hrlint.conditions.sentence import Patterns, Sentence
from hrlint.document import Document
from hrlint.model import Span

# How many code points of lines and headings are remembered.
_ROOM = 100_000

# Scopes of cues that may stand in another sentence.
_BEYOND = frozenset(["line", "heading"])

# Longest line that is looked at as a whole, in code points.
_LINE = 2000


class Around(NamedTuple):
    """Where the passage of a hit stands: it begins at `offset` of the text of `document`."""

    document: Document
    offset: int


class Contexts:
    """Answers whether a named context holds for a hit."""

    def __init__(self, program: Program, patterns: Patterns) -> None:
        self._contexts: Mapping[str, ContextData] = program.contexts
        self._presence = program.context_presence()
        self._patterns = patterns
        # Cues that ask for a heading, which may stand in another passage.
        above = {name: tuple(c for c in found.cues if c.scope == "heading") for name, found in self._contexts.items()}
        self._above = {name: cues for name, cues in above.items() if cues}
        # Of each context that was asked for the patterns that are looked for in the sentence of a hit, and their words.
        self._near: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
        # Headings come again and again, lines are asked for by all hits in them.
        self._lines: dict[str, Sentence] = {}
        self._room = _ROOM
        # The headings above places of the document asked for last.
        self._titled: Document | None = None
        self._titles: dict[int, tuple[str, ...]] = {}
        self.silent = tuple(c.id for c in self._contexts.values() if c.default == "silent")
        self.info = tuple(c.id for c in self._contexts.values() if c.default == "info")

    def __contains__(self, name: str) -> bool:
        return name in self._contexts

    def may_hold(self, name: str, sentence: Sentence) -> bool:
        """Whether context `name` may hold for a hit in `sentence`; a no is final, and nothing is tokenised for it."""
        return name not in self or any(
            cue.scope == "heading" or self._possible(cue.patterns, cue.words, sentence, lines=cue.scope == "line")
            for cue in self._contexts[name].cues
        )

    def holds(self, name: str, sentence: Sentence, first: int, last: int, around: Around) -> bool:
        """Whether context `name` holds for the hit `sentence.tokens[first:last]`."""
        return self.holds_beside(name, sentence, first, last) or self.holds_above((name,), sentence, first, around)

    def holds_beside(self, name: str, sentence: Sentence, first: int, last: int) -> bool:
        """Whether context `name` holds for the hit `sentence.tokens[first:last]` by what stands in its passage."""
        known = sentence.held.get((name, first, last))
        if known is None:
            near = self._possible(*self._in_sentence(name), sentence)
            known = any(
                self._on_line(cue, sentence, first)
                if cue.scope == "line"
                else self._by(cue, [pattern for pattern in near if pattern in cue.patterns], sentence, first, last)
                for cue in self._contexts[name].cues
            )
            sentence.held[name, first, last] = known
        return known

    def with_headings(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return those of `names` that may hold by a heading, which may stand in another passage."""
        return tuple(name for name in names if name in self._above)

    def holds_above(self, names: Sequence[str], sentence: Sentence, first: int, around: Around) -> bool:
        """Whether one of the contexts `names` holds by a heading for a hit that begins at `sentence.tokens[first]`."""
        cues = [cue for name in names for cue in self._above.get(name, ())]
        if not cues:
            return False
        titles = self._headings(sentence.tokens[first].start, around)
        return any(self._in(cue, title) for cue in cues for title in titles)

    def _by(self, cue: ContextCue, patterns: Sequence[int], sentence: Sentence, first: int, last: int) -> bool:
        return any(
            self._stands(cue, sentence, match.start, match.end, first, last)
            for pattern in patterns
            for match in sentence.matches(pattern)
        )

    def _on_line(self, cue: ContextCue, sentence: Sentence, first: int) -> bool:
        if not self._possible(cue.patterns, cue.words, sentence, lines=True):
            return False
        lines = _lines(sentence)
        if lines.end - lines.start > _LINE:
            lines = _line(sentence, sentence.tokens[first].start)
        return self._in(cue, sentence.text[lines.start : lines.end])

    def _headings(self, at: int, around: Around) -> tuple[str, ...]:
        """Return the headings that `at`, an offset in a passage, stands under."""
        document, offset = around
        at += offset
        if self._titled is not document:
            self._titled, self._titles = document, {}
        titles = self._titles.get(at)
        if titles is None:
            titles = self._titles[at] = (
                *(section.title for section in document.sections if section.start <= at < section.end),
                *(document.text[start:end] for start, end in places.headings(document.text, at)),
            )
        return titles

    def _in_sentence(self, name: str) -> tuple[frozenset[int], frozenset[int]]:
        found = self._near.get(name)
        if found is None:
            cues = [cue for cue in self._contexts[name].cues if cue.scope not in _BEYOND]
            found = self._near[name] = (
                frozenset().union(*(cue.patterns for cue in cues)),
                frozenset().union(*(cue.words for cue in cues)),
            )
        return found

    def _possible(
        self, patterns: frozenset[int], anchors: frozenset[int], sentence: Sentence, *, lines: bool = False
    ) -> list[int]:
        """Return those of `patterns` that the words of `sentence` allow for; with `lines` those of all its lines."""
        words = sentence.line_words if lines else sentence.context_words
        if words is None:
            start, end = _lines(sentence) if lines else sentence.span
            words = self._presence.words(sentence.text[start:end])
            if lines:
                sentence.line_words = words
            else:
                sentence.context_words = words
        return [] if anchors.isdisjoint(words) else self._presence.possible(patterns, words)

    def _in(self, cue: ContextCue, line: str) -> bool:
        if not line:
            return False
        sentence = self._lines.get(line)
        if sentence is None:
            self._room -= len(line)
            if self._room < 0:
                self._lines, self._room = {}, _ROOM
            sentence = self._lines[line] = Sentence(line, Span(0, len(line)), self._patterns)
        return any(sentence.matches(pattern) for pattern in self._possible(cue.patterns, cue.words, sentence))

    @staticmethod
    def _stands(cue: ContextCue, sentence: Sentence, start: int, end: int, first: int, last: int) -> bool:
        scope = cue.scope
        if scope == "sentence":
            return True
        if start < last and first < end:
            return scope == "inside"
        if scope == "inside":
            return False
        before = end <= first
        if scope == "touching":
            return _near(sentence, end, first) if before else _near(sentence, last, start)
        if scope == "touching-before":
            return before and _near(sentence, end, first)
        if scope == "touching-after":
            return not before and _near(sentence, last, start)
        if scope == "before" and not before or scope == "after" and before:
            return False
        low, high = (end, first) if before else (last, start)
        return sentence.words_between(low, high) <= cue.reach and not sentence.parted(low, high)


def _lines(sentence: Sentence) -> Span:
    """Return the lines that `sentence` stands on: a wrapped one has several."""
    start, end = sentence.span
    return Span(_line(sentence, start).start, _line(sentence, max(start, end - 1)).end)


def _line(sentence: Sentence, offset: int) -> Span:
    """Return the line of `offset`, an offset in `sentence`; of what is no line for people, a text without breaks, what is near."""
    own = places.line(sentence.text, offset)
    if own.end - own.start <= _LINE:
        return own
    start, end = sentence.span
    return Span(max(own.start, start - _LINE), min(own.end, end + _LINE))


def _near(sentence: Sentence, first: int, last: int) -> bool:
    """Whether only hyphens, slashes, quotes or brackets stand between."""
    return all(token.text in _JOINTS for token in sentence.tokens[first:last])


_JOINTS = frozenset(["-", "/", '"', "'", "(", ")", ":", "[", "]", ","])
