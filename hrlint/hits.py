"""Where patterns match: a text goes in, hits come out, passage by passage.

A passage is what stands between two blank lines or other sure ends of sentences. No sentence reaches beyond it, so what is found in it depends on
its words alone, and a passage that was seen before (copied forward, or of a template) is not
looked at again. What is remembered stays in this process, and the oldest makes room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from hrlint.model import Span
from hrlint.tokens import passages

if TYPE_CHECKING:
    from hrlint.compiled import PatternData, Program
    from hrlint.conditions.contexts import Contexts
    from hrlint.conditions.sentence import Patterns, Sentence
    from hrlint.matching import RawMatch

# Passages are looked at together until they have this many code points.
_BLOCK = 1 << 15

# A longer passage is not remembered.
_LONG = 20_000

# How much is remembered at most, in code points, before the older half goes; a sentence with hits counts as so many.
_ROOM = 6 << 20
_SENTENCE = 1 << 11


class Hit(NamedTuple):
    """A raw match, before anything is weighed: reported tokens `[first, last)` of `sentence`, `whole` all that matched.

    Offsets count in the passage, which is the text of its sentence.
    """

    rule: int
    sentence: Sentence
    first: int
    last: int
    whole: tuple[int, int]
    match: RawMatch

    @property
    def span(self) -> Span:
        """The reported stretch of the passage."""
        tokens = self.sentence.tokens
        return Span(tokens[self.first].start, tokens[self.last - 1].end)


# The hits of one passage, sentence by sentence.
Found = Sequence[list[Hit]]


class Hits:
    """Finds the hits of the patterns that `owners` own (indexes as in `Program.owner`)."""

    def __init__(self, program: Program, owners: Iterable[int]) -> None:
        self._program = program
        self._prefilters = program.prefilters(owners)
        self._memory = _Memory()

    @cached_property
    def patterns(self) -> Patterns:
        """The patterns, ready to be asked."""
        from hrlint.conditions.sentence import Patterns

        return Patterns(self._program)

    @cached_property
    def contexts(self) -> Contexts:
        """The contexts, ready to be asked."""
        from hrlint.conditions.contexts import Contexts

        return Contexts(self._program, self.patterns)

    def of(self, text: str, own: Span | None = None) -> Iterator[tuple[int, list[Hit]]]:
        """Yield (offset of the passage, hits of a sentence) for each sentence of `text` that has some, passage by passage.

        With `own` the sentences in that stretch, at whose ends sentences begin and end.
        """
        for block in _blocks(text, own or Span(0, len(text))):
            start, end = block[0]
            if own is not None and (start < own.start or end > own.end):
                # A passage of which only a part is asked for.
                part = Span(max(start, own.start) - start, min(end, own.end) - start)
                yield from ((start, hits) for hits in self._in_part(text[start:end], part))
                continue
            if end - start > _LONG:
                yield from ((start, hits) for _, hits in self._looked_at(text, block))
                continue
            known = [self._memory.get(text[start:end]) for start, end in block]
            for first, last in _unknown(known):
                fresh: list[list[list[Hit]]] = [[] for _ in range(first, last)]
                for number, hits in self._looked_at(text, block[first:last]):
                    fresh[number].append(hits)
                known[first:last] = fresh
                for (start, end), found in zip(block[first:last], fresh, strict=True):
                    self._memory.keep(text[start:end], found)
            for (start, _), each in zip(block, known, strict=True):
                for hits in each or ():
                    yield start, hits

    def candidates(self, text: str) -> int:
        """Return how many sentences of `text` are tokenised if nothing is remembered."""
        from hrlint.conditions.sentence import Sentence

        found = (each for prefilter in self._prefilters for each in prefilter.candidates(text))
        return sum(1 for span, patterns in found if self._in_question(patterns, Sentence(text, span, self.patterns)))

    def forget(self) -> None:
        """Look at every passage as if it was never seen."""
        self._memory = _Memory()

    def forget_if_large(self) -> None:
        """Keep memory bounded over millions of notes."""
        if "patterns" in self.__dict__ and self.patterns.reset_if_large():
            self.forget()
            self.__dict__.pop("contexts", None)

    def _in_part(self, passage: str, part: Span) -> Iterator[list[Hit]]:
        """Yield the hits of the sentences in a part of a passage; cues after rules."""
        for prefilter in self._prefilters:
            for span, patterns in prefilter.candidates(passage, *part):
                hits = self._in(passage, span, patterns)
                if hits:
                    yield hits

    def _looked_at(self, text: str, block: Sequence[Span]) -> Iterator[tuple[int, list[Hit]]]:
        """Yield (number of the passage, hits of a sentence) in passages that follow one another; cues after rules."""
        base, end = block[0].start, block[-1].end
        for prefilter in self._prefilters:
            number = 0
            passage = text[base : block[0].end]
            for (start, stop), patterns in prefilter.candidates(text[base:end]):
                if base + start >= block[number].end:
                    while base + start >= block[number].end:
                        number += 1
                    passage = text[block[number].start : block[number].end]
                shift = base - block[number].start
                hits = self._in(passage, Span(start, stop).moved(shift), patterns)
                if hits:
                    yield number, hits

    def _in(self, passage: str, span: Span, patterns: Sequence[int]) -> list[Hit]:
        from hrlint.conditions.sentence import Sentence

        sentence = Sentence(passage, span, self.patterns)
        asked = self._in_question(patterns, sentence)
        return self.weed_out([self.hit(sentence, match) for index in asked for match in sentence.matches(index)])

    def _in_question(self, patterns: Sequence[int], sentence: Sentence) -> list[int]:
        """Return those of `patterns` whose rule asks for no context, or for one that `sentence` has words of."""
        owner, rules = self._program.owner, self._program.rules
        return [
            pattern
            for pattern in patterns
            if owner[pattern] >= len(rules)
            or not (names := rules[owner[pattern]].only_if)
            or any(self.contexts.may_hold(name, sentence) for name in names)
        ]

    def hit(self, sentence: Sentence, match: RawMatch) -> Hit:
        """Return what a match in `sentence` reports."""
        first, last = _reported(self._program.pattern(match.pattern), match, sentence)
        return Hit(self._program.owner[match.pattern], sentence, first, last, (match.start, match.end), match)

    @staticmethod
    def weed_out(hits: list[Hit]) -> list[Hit]:
        """Return the hits of a sentence without those of nothing, in a longer one of their rule, or in a name."""
        from hrlint.conditions.places import in_identifier, in_proper_name

        return [
            hit
            for hit in _resolve([hit for hit in hits if hit.first < hit.last])
            if not (in_identifier(hit.sentence.text, hit.span) or in_proper_name(hit.sentence.text, hit.span))
        ]


class _Memory:
    """What was found in the passages seen last."""

    def __init__(self) -> None:
        self._new: dict[str, Found] = {}
        self._old: dict[str, Found] = {}
        self._size = 0

    def get(self, passage: str) -> Found | None:
        """Return what was found in `passage`, or None when nobody knows."""
        found = self._new.get(passage)
        if found is None:
            found = self._old.get(passage)
            if found is not None:
                self.keep(passage, found)
        return found

    def keep(self, passage: str, found: Found) -> None:
        """Remember what was found in `passage`."""
        self._new[passage] = found
        self._size += len(passage) + _SENTENCE * len(found)
        if self._size > _ROOM:
            self._new, self._old, self._size = {}, self._new, 0


def _blocks(text: str, own: Span) -> Iterator[list[Span]]:
    """Yield the passages of `text` that reach into `own`, some at a time; a long one, or one that reaches out of it, by itself."""
    block: list[Span] = []
    for passage in passages(text):
        if passage.end <= own.start:
            continue
        if passage.start >= own.end:
            break
        if passage.end - passage.start > _LONG or passage.start < own.start or passage.end > own.end:
            if block:
                yield block
            yield [passage]
            block = []
            continue
        block.append(passage)
        if passage.end - block[0].start >= _BLOCK:
            yield block
            block = []
    if block:
        yield block


def _unknown(known: Sequence[Found | None]) -> Iterator[tuple[int, int]]:
    """Yield the stretches `[first, last)` of passages that nobody knows."""
    first = None
    for number, found in enumerate(known):
        if found is None:
            first = number if first is None else first
        elif first is not None:
            yield first, number
            first = None
    if first is not None:
        yield first, len(known)


# A pattern may need them, a reader does not.
_STOPS = frozenset("-.,;:")


def _reported(pattern: PatternData, match: RawMatch, sentence: Sentence) -> tuple[int, int]:
    """Return the tokens to report: those in braces, or all, without hyphens and stops at the ends."""
    first, last = match.start, match.end
    if pattern.reported is not None:
        at = [match.start + i for i, item in enumerate(match.items) if item in pattern.reported]
        if not at:
            return 0, 0
        first, last = at[0], at[-1] + 1
    while first < last and sentence.tokens[first].text in _STOPS:
        first += 1
    while last > first and sentence.tokens[last - 1].text in _STOPS:
        last -= 1
    return first, last


def _resolve(hits: list[Hit]) -> list[Hit]:
    """Keep, for each rule, the longest of overlapping hits."""
    hits.sort(key=lambda h: (h.rule, h.first - h.last, h.first, h.whole))
    kept: list[Hit] = []
    for hit in hits:
        if not any(k.rule == hit.rule and k.first < hit.last and hit.first < k.last for k in kept):
            kept.append(hit)
    return kept
