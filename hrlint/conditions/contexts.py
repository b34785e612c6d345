"""Contexts written in YAML: cues that stand near a hit in a given way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hrlint.compiled import ContextCue, ContextData, Program
from hrlint.conditions import places
from hrlint.conditions.sentence import Patterns, Sentence
from hrlint.document import Section
from hrlint.model import Span

# Longest text that is remembered, in code points, and how many are.
_SHORT = 60
_KEPT = 5000

# Longest line that is looked at as a whole, in code points.
_LINE = 2000


class Contexts:
    """Answers whether a named context holds for a hit."""

    def __init__(self, program: Program, patterns: Patterns) -> None:
        # Headings that the format of a document knows (C-CDA, FHIR); set for each document.
        self.sections: Sequence[Section] = ()
        self._contexts: Mapping[str, ContextData] = program.contexts
        self._prefilter = program.context_prefilter()
        self._patterns = patterns
        # The same few headings come again and again.
        self._short: dict[str, set[int]] = {}
        # Lines and headings of one text, which all its hits ask for.
        self._text = ""
        self._others: dict[Span, tuple[Sentence, set[int]]] = {}
        self.silent = tuple(c.id for c in self._contexts.values() if c.default == "silent")
        self.info = tuple(c.id for c in self._contexts.values() if c.default == "info")

    def __contains__(self, name: str) -> bool:
        return name in self._contexts

    def holds(self, name: str, sentence: Sentence, first: int, last: int) -> bool:
        """Whether context `name` holds for the hit `sentence.tokens[first:last]`."""
        return any(self._cue(cue, sentence, first, last) for cue in self._contexts[name].cues)

    def _cue(self, cue: ContextCue, sentence: Sentence, first: int, last: int) -> bool:
        if cue.scope == "heading":
            at = sentence.tokens[first].start
            titles = [section.title for section in self.sections if section.start <= at < section.end]
            if any(self._in(cue, title, Span(0, len(title))) for title in titles):
                return True
            return any(
                self._in(cue, sentence.text, span)
                for span in places.headings(sentence.text, sentence.tokens[first].start)
            )
        if cue.scope == "line":
            at = sentence.tokens[first].start
            own = places.line(sentence.text, at)
            if own.end - own.start > _LINE:
                # Not a line for people but a text without line breaks; a word a megabyte away says nothing about the hit.
                middle = at // _LINE * _LINE
                own = Span(max(own.start, middle - _LINE), min(own.end, middle + 2 * _LINE))
            return self._in(cue, sentence.text, own)
        for pattern in cue.patterns.intersection(self._possible(sentence)):
            for match in sentence.matches(pattern):
                if self._stands(cue, sentence, match.start, match.end, first, last):
                    return True
        return False

    def _possible(self, sentence: Sentence) -> set[int]:
        found = sentence.context_patterns
        if found is None:
            text = sentence.text[sentence.span.start : sentence.span.end]
            found = self._short.get(text)
            if found is None:
                found = self._prefilter.possible(text)
                if len(text) <= _SHORT:
                    if len(self._short) >= _KEPT:
                        self._short.clear()
                    self._short[text] = found
            sentence.context_patterns = found
        return found

    def _in(self, cue: ContextCue, text: str, span: Span) -> bool:
        if span.end <= span.start:
            return False
        if text is not self._text:
            self._text, self._others = text, {}
        if span not in self._others:
            sentence = Sentence(text, span, self._patterns)
            self._others[span] = sentence, self._possible(sentence)
        sentence, possible = self._others[span]
        return any(sentence.matches(pattern) for pattern in cue.patterns & possible)

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
