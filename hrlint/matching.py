"""spaCy, and nowhere else: tokens and patterns in, raw matches out.

`import spacy` brings pipelines, models and a command line that a `Matcher` never uses; they are
most of its second of start-up. `_load_spacy` imports just the modules
of the `Matcher` by standing in for the package's `__init__`, and falls back to the ordinary
import when a spaCy release is built differently.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple


class RawMatch(NamedTuple):
    """A match of one pattern: `tokens[start:end]`, and for each token the index of its item (-1: a hyphen)."""

    pattern: int
    start: int
    end: int
    items: tuple[int, ...]


def _load_spacy() -> tuple[Any, Any, Any]:
    """Return (Vocab, Doc, Matcher)."""
    if "spacy" not in sys.modules:
        spec = importlib.util.find_spec("spacy")
        if spec is not None and spec.submodule_search_locations:
            module = importlib.util.module_from_spec(spec)
            module.__path__ = list(spec.submodule_search_locations)
            sys.modules["spacy"] = module
            try:
                # This order: each of these finds the others half-built in any other.
                importlib.import_module("spacy.errors")
                importlib.import_module("spacy.tokens")
                found = _parts()
                # The stand-in goes, so that a later `import spacy` gets the real package.
                del sys.modules["spacy"]
                return found
            except Exception:
                for name in [n for n in sys.modules if n == "spacy" or n.startswith("spacy.")]:
                    del sys.modules[name]
    return _parts()


def _parts() -> tuple[Any, Any, Any]:
    return (
        importlib.import_module("spacy.vocab").Vocab,
        importlib.import_module("spacy.tokens").Doc,
        importlib.import_module("spacy.matcher").Matcher,
    )


# Most words in a vocabulary.
_WORDS = 200_000


def _shape(word: str) -> str:
    return "".join("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word)


def _follows(doc: Any, end: int, words: frozenset[str]) -> bool:
    """Whether one of `words` follows, hyphened or not."""
    if end < len(doc) and doc[end].text == "-":
        end += 1
    return end < len(doc) and doc[end].lower_ in words


class Matchers:
    """Matches token patterns over tokens.

    `pattern(i)` returns the `Matcher` tokens of pattern `i`, their items, and the words that must not follow.
    """

    def __init__(self, pattern: Callable[[int], tuple[list[dict[str, Any]], list[int], frozenset[str]]]) -> None:
        self._pattern = pattern
        vocab_class, self._doc_class, self._matcher_class = _load_spacy()
        attrs = importlib.import_module("spacy.attrs")
        getters = {
            attrs.LOWER: str.lower,
            attrs.NORM: str.lower,
            attrs.SHAPE: _shape,
            attrs.IS_ALPHA: str.isalpha,
            attrs.IS_DIGIT: str.isdigit,
            attrs.IS_UPPER: str.isupper,
            attrs.IS_LOWER: str.islower,
            attrs.IS_TITLE: str.istitle,
            attrs.IS_PUNCT: lambda word: not word[0].isalnum(),
            attrs.LIKE_NUM: lambda word: word.replace(".", "").replace(",", "").isdigit(),
        }
        self._vocab = vocab_class(lex_attr_getters=getters)
        self._matchers: dict[int, Any] = {}
        self._items: dict[int, tuple[list[int], frozenset[str]]] = {}

    def doc(self, words: Sequence[str], firsts: Sequence[bool]) -> Any:
        """Return a spaCy `Doc` of `words`; `firsts` tells which begin a sentence or an item."""
        return self._doc_class(self._vocab, words=words, sent_starts=firsts)

    def match(self, doc: Any, index: int, within: tuple[int, int] | None = None) -> list[RawMatch]:
        """Return the matches of pattern `index` in `doc`, the longest at each start only.

        A caller who knows that all of them lie `within` some tokens `[first, last)` says so; spaCy looks at every token it is given.
        """
        matcher = self._matchers.get(index)
        if matcher is None:
            tokens, items, unlike = self._pattern(index)
            matcher = self._matchers[index] = self._matcher_class(self._vocab, validate=False)
            matcher.add("m", [tokens])
            self._items[index] = items, unlike
        first, last = within or (0, len(doc))
        found = matcher(doc[first:last], with_alignments=True)
        return self.longest(doc, index, ((start + first, end + first, by) for _, start, end, by in found))

    def longest(self, doc: Any, index: int, found: Iterable[tuple[int, int, list[int]]]) -> list[RawMatch]:
        """Return the longest at each start of what spaCy `found` of a pattern, (start, end, alignment) each."""
        items, unlike = self._items[index] if index in self._items else self._pattern(index)[1:]
        best: dict[int, tuple[int, list[int]]] = {}
        for start, end, alignment in found:
            if (start not in best or best[start][0] < end) and not (unlike and _follows(doc, end, unlike)):
                best[start] = (end, alignment)
        return [
            RawMatch(index, start, end, tuple([items[a] for a in alignment]))
            for start, (end, alignment) in best.items()
        ]

    def reset_if_large(self) -> bool:
        """Drop the vocabulary, and every `Doc` with it, when it holds very many words; return whether it did."""
        if len(self._vocab) <= _WORDS:
            return False
        self._vocab = type(self._vocab)(lex_attr_getters=self._vocab.lex_attr_getters)
        self._matchers.clear()
        return True
