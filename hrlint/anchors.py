"""Words that must be present: one pass over a text tells which patterns are worth a look.

Every pattern has an anchor, the rarest word it cannot do without, and companions, the other
words it needs. The words of a block of text, as a set, tell which patterns can live there at all; a
sentence is handed on only for the patterns whose words stand in it in the right order and
near enough. Nothing is tokenised for that.

Splitting a block at everything that is no letter and making a set of it is done by the
interpreter's own loops: faster here than scanning for the same words with Aho-Corasick (see
docs/performance.md), and flat in the number of rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from hrlint.model import Span
from hrlint.tokens import SENTENCE_CAP, fold, sentence_end, sentence_start, words

# Code points in a block. A sentence is never longer, so it ends in the next block at the latest.
BLOCK = SENTENCE_CAP + 200


@dataclass(frozen=True, slots=True)
class Need:
    """What a pattern needs: groups of words of which one each must be there, in this order.

    Between two of them stand at most as many other words as `gaps` says. `anchor` is the index of the group to look for
    first. A word ending in `*` stands for all that begin so. Of each group of `marks` (quotes, brackets) one must be there too.
    """

    groups: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    anchor: int
    marks: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence worth tokenising: `span`, its `words`, and the `patterns` that may match in it."""

    span: Span
    words: frozenset[str]
    patterns: list[int]


class Prefilter:
    """Finds the sentences in which one of `patterns` may match; `needs[p]` tells what pattern `p` needs."""

    def __init__(self, patterns: Sequence[int], needs: Mapping[int, Need] | Sequence[Need]) -> None:
        by_need: dict[Need, list[int]] = {}
        for pattern in patterns:
            by_need.setdefault(needs[pattern], []).append(pattern)
        self._needs = list(by_need)
        self._patterns = list(by_need.values())
        # One bit for each group of words: which groups a block has is then one number.
        bits: dict[frozenset[str], int] = {}
        for need in self._needs:
            for group in need.groups:
                bits.setdefault(group, 1 << len(bits))
        self._bits_of_word: dict[str, int] = {}
        self._bits_of_whole: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        for group, bit in bits.items():
            for word in group:
                self._bits_of_whole[word] = self._bits_of_whole.get(word, 0) | bit
                table, key = (self._prefixes, word[:-1]) if word.endswith("*") else (self._bits_of_word, _piece(word))
                table[key] = table.get(key, 0) | bit
        self._wanted = [reduce(or_, (bits[group] for group in need.groups), 0) for need in self._needs]
        # Anchor word -> (the word as it stands in the text, the needs it anchors).
        self._anchored: dict[str, dict[str, list[int]]] = {}
        self._anchored_prefix: dict[str, list[int]] = {}
        for index, need in enumerate(self._needs):
            for word in need.groups[need.anchor]:
                if word.endswith("*"):
                    self._anchored_prefix.setdefault(word[:-1], []).append(index)
                else:
                    self._anchored.setdefault(_piece(word), {}).setdefault(word, []).append(index)
        self._known = frozenset(self._bits_of_word)
        self._known_bytes = {word.encode(): word for word in self._known if word.isascii()}
        self._byte_words = frozenset(self._known_bytes)

    def candidates(self, text: str) -> Iterator[Candidate]:
        """Yield the sentences of `text` that may hold a match, in order."""
        folded = fold(text)
        start = end = piece_end = 0
        pending: set[int] = set()
        for at, needs in self._places(folded):
            if at >= piece_end:
                if pending:
                    found = self._checked(folded, start, piece_end, pending)
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
            pending.update(needs)
        if pending:
            found = self._checked(folded, start, piece_end, pending)
            if found:
                yield found

    # --- blocks -------------------------------------------------------------------------

    def _places(self, folded: str) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield (offset, needs) of the anchors of what can live in the blocks around them, in order."""
        plain = folded.encode().translate(_SEPARATED) if folded.isascii() else None
        before = 0
        waiting: tuple[int, int, set[str], int] | None = None
        for start, end in _blocks(folded):
            present, mask = self._present(folded, plain, start, end)
            if waiting:
                yield from self._alive(folded, *waiting[:3], before | waiting[3] | mask)
                before = waiting[3]
            waiting = (start, end, present, mask)
        if waiting:
            yield from self._alive(folded, *waiting[:3], before | waiting[3])

    def _present(self, folded: str, plain: bytes | None, start: int, end: int) -> tuple[set[str], int]:
        """Return the known words of a block and the groups they are in."""
        found: set[str]
        if plain is not None:
            table = self._known_bytes
            found = {table[word] for word in self._byte_words.intersection(plain[start:end].split())}
        else:
            found = set(self._known.intersection(folded[start:end].translate(_SEPARATING).split()))
        bits = self._bits_of_word
        mask = 0
        for word in found:
            mask |= bits[word]
        for prefix, bit in self._prefixes.items():
            if folded.find(prefix, start, end) >= 0:
                mask |= bit
        return found, mask

    def _alive(
        self, folded: str, start: int, end: int, present: set[str], mask: int
    ) -> Iterator[tuple[int, Sequence[int]]]:
        wanted = self._wanted
        places: list[tuple[int, Sequence[int]]] = []
        for piece in present & self._anchored.keys():
            for word, needs in self._anchored[piece].items():
                living = [i for i in needs if wanted[i] & mask == wanted[i]]
                if living:
                    size = len(word)
                    at = folded.find(word, start, end)
                    while at >= 0:
                        if not (at and folded[at - 1].isalnum()) and not folded[at + size : at + size + 1].isalnum():
                            places.append((at, living))
                        at = folded.find(word, at + size, end)
        for prefix, needs in self._anchored_prefix.items():
            living = [i for i in needs if wanted[i] & mask == wanted[i]]
            at = folded.find(prefix, start, end) if living else -1
            while at >= 0:
                if not (at and folded[at - 1].isalnum()):
                    places.append((at, living))
                at = folded.find(prefix, at + len(prefix), end)
        places.sort(key=_offset)
        yield from places

    # --- sentences ------------------------------------------------------------------------

    def _checked(self, folded: str, start: int, end: int, pending: set[int]) -> Candidate | None:
        listed = words(folded, start, end)
        known = self._bits_of_whole
        mask = 0
        for word in listed:
            mask |= known.get(word, 0)
        for prefix, bit in self._prefixes.items():
            if folded.find(prefix, start, end) >= 0:
                mask |= bit
        wanted = self._wanted
        possible = [i for i in pending if wanted[i] & mask == wanted[i]]
        if not possible:
            return None
        where: dict[str, list[int]] = {}
        for index, word in enumerate(listed):
            where.setdefault(word, []).append(index)
        patterns: list[int] = []
        for need in possible:
            needed = self._needs[need]
            if needed.marks and not all(any(folded.find(m, start, end) >= 0 for m in group) for group in needed.marks):
                continue
            if _in_order(needed, where):
                patterns += self._patterns[need]
        if not patterns:
            return None
        patterns.sort()
        return Candidate(Span(start, end), frozenset(where), patterns)


def _offset(place: tuple[int, Sequence[int]]) -> int:
    return place[0]


def _in_order(need: Need, where: Mapping[str, Sequence[int]]) -> bool:
    """Whether the groups stand in the sentence in their order, near enough; `where` gives the positions of words."""
    ends = _positions(need.groups[0], where)
    for group, gap in zip(need.groups[1:], need.gaps, strict=True):
        if not ends:
            return False
        nexts = _positions(group, where)
        ends = [b for b in nexts if any(a < b <= a + gap + 1 for a in ends)]
    return bool(ends)


def _positions(group: frozenset[str], where: Mapping[str, Sequence[int]]) -> list[int]:
    found: list[int] = []
    for word in group & where.keys():
        found += where[word]
    for word in group:
        if word[-1] == "*":
            found += [i for known, places in where.items() if known.startswith(word[:-1]) for i in places]
    return found


def _piece(word: str) -> str:
    """Return the part of a word that stands by itself when a text is split at everything but letters and digits."""
    return word.split("'", 1)[0]


# Everything but lower-case letters and digits becomes a space: the text is folded already.
_SEPARATED = bytes(c if chr(c).isalnum() and c < 128 else 32 for c in range(256))


class _Separating(dict[int, int | str]):
    """The same for `str.translate`, filled as characters are met."""

    def __missing__(self, key: int) -> int | str:
        found = self[key] = key if chr(key).isalnum() else " "
        return found


_SEPARATING = _Separating()


def _blocks(folded: str) -> Iterator[tuple[int, int]]:
    """Yield stretches that together are the text, cut at spaces, each longer than a sentence can be."""
    start, size = 0, len(folded)
    while size - start > 2 * BLOCK:
        end = folded.find(" ", start + BLOCK, start + BLOCK + SENTENCE_CAP)
        end = end if end >= 0 else start + BLOCK
        yield start, end
        start = end
    if start < size:
        yield start, size


def _cut(text: str, start: int, end: int) -> int:
    if end - start <= SENTENCE_CAP:
        return end
    cut = text.rfind(" ", start + SENTENCE_CAP // 2, start + SENTENCE_CAP)
    return cut + 1 if cut > 0 else start + SENTENCE_CAP
