"""Words that must be present: one pass over a text tells which patterns are worth a look.

Every pattern has an anchor, the rarest word it cannot do without, and the other words
it needs. `Prefilter.candidates` finds the anchors; a sentence is handed on
only for the patterns whose other words stand in it too. Nothing is tokenised for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hrlint.model import Span
from hrlint.tokens import SENTENCE_CAP, fold, sentence_end, sentence_start

_WORDS = re.compile(r"[^\W_]+(?:'(?!s(?![^\W_]))[^\W_]+)*")


def words_of(folded: str, start: int, end: int) -> set[str]:
    """Return the words of `folded[start:end]`, cut as the tokens are."""
    return set(_WORDS.findall(folded, start, end))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence worth tokenising: `span`, its `words`, and the `patterns` whose required words it has."""

    span: Span
    words: set[str]
    patterns: list[int]


class Prefilter:
    """The anchors of many patterns.

    `anchors` maps a word, or a prefix ending in `*`, to the patterns it anchors;
    `required[p]` lists the other groups of words of pattern `p`, one of each of which must be in the sentence.
    """

    def __init__(self, anchors: dict[str, list[int]], required: Sequence[Sequence[frozenset[str]]]) -> None:
        self._required = required
        whole = {word: ids for word, ids in anchors.items() if not word.endswith("*")}
        prefixes = {word[:-1]: ids for word, ids in anchors.items() if word.endswith("*")}
        self._literals = sorted({*whole, *prefixes})
        self._whole = [tuple(whole.get(literal, ())) for literal in self._literals]
        # The longest literal wins in the scan, so it answers for its shorter beginnings too.
        self._begin = [
            tuple(p for prefix, ids in prefixes.items() if literal.startswith(prefix) for p in ids)
            for literal in self._literals
        ]
        self._scan = _scanner(self._literals)

    def candidates(self, text: str) -> Iterator[Candidate]:
        """Yield the sentences of `text` that may hold a match, in order."""
        folded = fold(text)
        whole, begin, required = self._whole, self._begin, self._required
        size = len(folded)
        start = end = piece_end = 0
        pending: set[int] = set()
        for literal, at, stop in self._scan(folded):
            if at and (folded[at - 1].isalnum()):
                continue
            ends_word = stop == size or not folded[stop].isalnum()
            patterns = (*whole[literal], *begin[literal]) if ends_word else begin[literal]
            if not patterns:
                continue
            if at >= piece_end:
                if pending:
                    found = _checked(folded, start, piece_end, pending, required)
                    if found:
                        yield found
                    pending = set()
                if at >= end:
                    start = sentence_start(text, at, end)
                    end = sentence_end(text, at)
                    piece_end = start
                # A sentence without an end is cut at fixed places, as `tokens.sentences` cuts it.
                while at >= piece_end:
                    start = piece_end
                    piece_end = _cut(text, start, end)
            pending.update(patterns)
        if pending:
            found = _checked(folded, start, piece_end, pending, required)
            if found:
                yield found


def _cut(text: str, start: int, end: int) -> int:
    if end - start <= SENTENCE_CAP:
        return end
    cut = text.rfind(" ", start + SENTENCE_CAP // 2, start + SENTENCE_CAP)
    return cut + 1 if cut > 0 else start + SENTENCE_CAP


def _checked(
    folded: str, start: int, end: int, pending: set[int], required: Sequence[Sequence[frozenset[str]]]
) -> Candidate | None:
    words = words_of(folded, start, end)
    patterns = [
        p for p in pending if all(not group.isdisjoint(words) for group in required[p])
    ]
    if not patterns:
        return None
    patterns.sort()
    return Candidate(Span(start, end), words, patterns)


def _scanner(literals: list[str]):  # type: ignore[no-untyped-def]
    """Return a function that yields (literal, start, end) over a folded text, leftmost and longest first."""
    if not literals:
        return lambda folded: ()
    try:
        from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, MatchKind
    except ImportError:  # no wheel for this platform (musl, Windows on ARM)
        return _regex_scanner(literals)
    by_text = None
    by_bytes = None

    def scan(folded: str):  # type: ignore[no-untyped-def]
        nonlocal by_text, by_bytes
        if folded.isascii():
            # Twice as fast on bytes, and for ASCII the offsets are the same.
            if by_bytes is None:
                ascii_only = [w.encode() if w.isascii() else b"\xff" + w.encode() for w in literals]
                by_bytes = BytesAhoCorasick(ascii_only, matchkind=MatchKind.LeftmostLongest)
            return by_bytes.find_matches_as_indexes(folded.encode())
        if by_text is None:
            by_text = AhoCorasick(literals, matchkind=MatchKind.LeftmostLongest)
        return by_text.find_matches_as_indexes(folded)

    return scan


def _regex_scanner(literals: list[str]):  # type: ignore[no-untyped-def]
    """The same without a compiled extension: a regular expression shaped as a trie."""
    index = {word: i for i, word in enumerate(literals)}
    pattern = re.compile(_trie_regex(literals))

    def scan(folded: str) -> Iterator[tuple[int, int, int]]:
        for match in pattern.finditer(folded):
            yield index[match.group()], match.start(), match.end()

    return scan


def _trie_regex(words: Sequence[str]) -> str:
    """Return a regular expression for `words`, longest first, with common beginnings shared."""
    if not words:
        return ""
    heads: dict[str, list[str]] = {}
    ends = False
    for word in words:
        if word:
            heads.setdefault(word[0], []).append(word[1:])
        else:
            ends = True
    branches = [re.escape(head) + _trie_regex(tails) for head, tails in heads.items()]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 and not ends else "(?:" + "|".join(branches) + ")"
    return body + "?" if ends else body
