"""Contexts written in YAML: cues that stand near a hit in a given way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hrlint.compiled import ContextCue, ContextData, Program
from hrlint.conditions import places
from hrlint.conditions.sentence import Sentence, sentence_of
from hrlint.matching import Matchers
from hrlint.model import Span


class Contexts:
    """Answers whether a named context holds for a hit."""

    def __init__(self, program: Program, matchers: Matchers) -> None:
        self._contexts: Mapping[str, ContextData] = program.contexts
        self._anchors = program.context_anchors
        self._needs = program.needs
        self._matchers = matchers
        self.silent = tuple(c.id for c in self._contexts.values() if c.default == "silent")
        self.info = tuple(c.id for c in self._contexts.values() if c.default == "info")

    def __contains__(self, name: str) -> bool:
        return name in self._contexts

    def holds(self, name: str, sentence: Sentence, first: int, last: int) -> bool:
        """Whether context `name` holds for the hit `sentence.tokens[first:last]`."""
        return any(self._cue(cue, sentence, first, last) for cue in self._contexts[name].cues)

    def _cue(self, cue: ContextCue, sentence: Sentence, first: int, last: int) -> bool:
        if cue.scope == "heading":
            return any(self._in(cue, sentence.text, span) for span in places.headings(sentence.text, sentence.tokens[first].start))
        if cue.scope == "line":
            return self._in(cue, sentence.text, places.line(sentence.text, sentence.tokens[first].start))
        for pattern in self._possible(sentence) & cue.patterns:
            for match in sentence.matches(pattern):
                if self._stands(cue, sentence, match.start, match.end, first, last):
                    return True
        return False

    def _possible(self, sentence: Sentence) -> set[int]:
        found: set[int] | None = getattr(sentence, "context_patterns", None)
        if found is None:
            found = sentence.candidates(self._anchors, self._needs)
            sentence.context_patterns = found  # type: ignore[attr-defined]
        return found

    def _in(self, cue: ContextCue, text: str, span: Span) -> bool:
        if span.end <= span.start:
            return False
        other = sentence_of(text, span, self._matchers)
        return any(other.matches(p) for p in self._possible(other) & cue.patterns)

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
        gap = sentence.words_between(end, first) if before else sentence.words_between(last, start)
        return gap <= cue.reach


def _near(sentence: Sentence, first: int, last: int) -> bool:
    """Whether only hyphens, slashes, quotes or brackets stand between."""
    return all(token.text in _JOINTS for token in sentence.tokens[first:last])


_JOINTS = frozenset(["-", "/", '"', "'", "(", ")", ":", "[", "]", ","])

Names = Sequence[str]
