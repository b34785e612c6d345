"""The phrase notation of rule packs, compiled to spaCy `Matcher` token patterns.

`compile_phrase("@drug? addict:n", lists, forms)` returns one `TokenPattern` for each
way the phrase can be laid out. docs/notation.md has the notation with examples.

A phrase is first read into a tree of nodes, then expanded: alternatives of one word
collapse into one token (`{"LOWER": {"IN": [...]}}`), alternatives of several words
become patterns of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, NamedTuple

from hrlint import tokens as tokenizer
from hrlint.tokens import holds_mark, is_mark

MAX_GAP = 8
MAX_EXPANSIONS = 900
MIN_PREFIX = 4


class NotationError(ValueError):
    """A phrase that cannot be read; `column` counts from 1 in the phrase."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class Item(NamedTuple):
    """One token of a pattern before it is written for spaCy.

    kind      `word` (one of `words`), `case` (exactly `words`), `not` (none of `words`),
              `prefix`, `number`, `gap` (up to `size` tokens), `raw` (a Matcher token)
    optional  the token may be absent
    """

    kind: str
    words: frozenset[str] = frozenset()
    optional: bool = False
    size: int = 0
    head: bool = False
    reported: bool = False
    first: bool = False
    parts: tuple[str, ...] = ()
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class TokenPattern:
    """A spaCy `Matcher` pattern and what hrlint must know about its tokens.

    items      the tokens, hyphens between words not yet put in
    braced     whether only the items marked `reported` are reported
    unlike     words of which none may follow the last token
    """

    items: tuple[Item, ...]
    braced: bool = False
    unlike: frozenset[str] = frozenset()

    def required(self) -> list[frozenset[str]]:
        """Return, for each token that must be present and is a word, the lower-case words of which one must be in the text.

        A word ending in `*` stands for a prefix.
        """
        return [group for group in self.needs()[0] if group != _NUMBER and not holds_mark(group)]

    def needs(self) -> tuple[list[frozenset[str]], list[int]]:
        """Return the groups of words and marks of which one each must be there, in order, and between each two how many
        other tokens may stand at most, hyphens not counted. Neither is to be changed.
        """
        return self._needs

    @cached_property
    def _needs(self) -> tuple[list[frozenset[str]], list[int]]:
        groups: list[frozenset[str]] = []
        gaps: list[int] = []
        between = 0
        for item in self.items:
            words = _needed_words(item)
            if words is None:
                between += item.size if item.kind == "gap" else _raw_reach(item.raw) if item.raw else 1
                continue
            if groups:
                gaps.append(between)
            groups.append(words)
            between = 0
        return groups, gaps

    def starts(self) -> bool:
        """Whether the first group of `needs` begins a sentence or an item."""
        return bool(self.items) and self.items[0].first and _needed_words(self.items[0]) is not None

    def matcher_tokens(self) -> tuple[list[dict[str, Any]], list[int]]:
        """Return the `Matcher` tokens, and for each the index of its item (-1 for a hyphen put between words)."""
        out: list[dict[str, Any]] = []
        origin: list[int] = []
        wordy = False
        for index, item in enumerate(self.items):
            this_wordy = item.kind in ("word", "case", "prefix", "not", "number") and not _marks_only(item)
            if wordy and this_wordy:
                out.append({"ORTH": "-", "OP": "?"})
                origin.append(-1)
            out.append(_matcher_token(item))
            origin.append(index)
            wordy = this_wordy
        return out, origin


def _marks_only(item: Item) -> bool:
    return item.kind == "word" and _all_marks(item.words)


# The same few thousand groups of words stand in tens of thousands of patterns.
_once = lru_cache(maxsize=50_000)


@_once
def _all_marks(words: frozenset[str]) -> bool:
    return all(not word[0].isalnum() for word in words)


@_once
def _in_order(words: frozenset[str]) -> list[str]:
    """Return words as a `Matcher` token lists them; not to be changed."""
    return sorted(words)


# What a number begins with.
_NUMBER = frozenset(digit + "*" for digit in "0123456789")

_LITERAL = re.compile(r"[^\W_]+(?:'[^\W_]+)*\*?|'s")


@_once
def _literal(words: frozenset[str]) -> bool:
    return all(is_mark(word) or _LITERAL.fullmatch(word) for word in words)


def _needed_words(item: Item) -> frozenset[str] | None:
    """Return the words of which one must be there for `item`, or None when there is no such thing."""
    words: frozenset[str] = frozenset()
    if item.optional:
        return None
    if item.kind == "word":
        words = item.words
    elif item.kind == "case":
        words = frozenset(word.lower() for word in item.words)
    elif item.kind == "prefix":
        words = frozenset(word + "*" for word in item.words)
    elif item.kind == "number":
        words = _NUMBER
    elif item.kind == "raw" and item.raw is not None:
        words = _raw_words(item.raw)
    return words if words and _literal(words) else None


def _raw_reach(raw: Mapping[str, Any]) -> int:
    bound = re.fullmatch(r"\{(?:\d+,)?(\d+)\}", str(raw.get("OP", "1")))
    return int(bound.group(1)) if bound else 1


def _raw_words(raw: Mapping[str, Any]) -> frozenset[str]:
    if raw.get("OP", "1") not in ("1", "+"):
        return frozenset()
    for key in ("LOWER", "ORTH", "TEXT"):
        value = raw.get(key)
        if isinstance(value, str):
            return frozenset([value.lower()])
        if isinstance(value, Mapping) and "IN" in value:
            return frozenset(str(word).lower() for word in value["IN"])
        if isinstance(value, Mapping) and str(value.get("REGEX", "")).startswith(r"^\d"):
            return _NUMBER
    return frozenset()


_MARKS = frozenset(".,;:!?()[]{}/|-\"'+&%>=<")


def _matcher_token(item: Item) -> dict[str, Any]:
    spec: dict[str, Any]
    if item.kind == "word":
        words = _in_order(item.words)
        spec = {"LOWER": words[0]} if len(words) == 1 else {"LOWER": {"IN": words}}
    elif item.kind == "case":
        words = _in_order(item.words)
        spec = {"ORTH": words[0]} if len(words) == 1 else {"ORTH": {"IN": words}}
    elif item.kind == "not":
        # A word, not a mark: `!(wound)` stands for something the writer said.
        spec = {"LOWER": {"NOT_IN": _in_order(item.words | _MARKS)}}
    elif item.kind == "prefix":
        spec = {"LOWER": {"REGEX": "^(?:" + "|".join(sorted(map(re.escape, item.words))) + ")"}}
    elif item.kind == "number":
        spec = {"TEXT": {"REGEX": r"^\d[\d.,]*$"}}
    elif item.kind == "gap":
        return {"OP": f"{{0,{item.size}}}"}
    else:
        spec = dict(item.raw or {})
    if item.first:
        spec["SENT_START"] = 1
    if item.optional and item.kind != "raw":
        spec["OP"] = "?"
    return spec


# --- reading -------------------------------------------------------------------------

_LEXEME = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<gap>\.\.(?P<size>\d*))
  | (?P<part>[a-z][a-z-]*)=
  | (?P<open>[({]) | (?P<close>[)}]) | (?P<bar>\|)
  | (?<=\)):(?P<groupform>[nv])\b
  | (?P<list>@[a-z][a-z0-9-]*)
  | "(?P<case>[^"]+)"
  | (?P<prefix>[^\W\d_]+)\*
  | (?P<word>[^\W_]+(?:'(?!s\b)[^\W_]+|\.(?=\d)[^\W_]+)*)(?::(?P<form>[nv])\b)?
  | (?P<own>'s\b)
  | (?P<mark>\S)
    """,
    re.VERBOSE,
)

Sequence_ = tuple[Item, ...]


# Stands for the start of a sentence until the item after it is known.
_START = Item("start")


def _started(seq: Sequence_) -> Iterator[Sequence_]:
    """Yield `seq` with each start put on the item after it; an optional item there is present in one and absent in another."""
    if _START not in seq:
        yield seq
        return
    at = seq.index(_START)
    before, after = seq[:at], seq[at + 1 :]
    if not after:
        yield before
        return
    yield from _started((*before, after[0]._replace(first=True, optional=False), *after[1:]))
    if after[0].optional:
        yield from _started((*before, _START, *after[1:]))


@dataclass
class _Reader:
    phrase: str
    lists: Callable[[str], Sequence[Sequence_]]
    forms: Callable[[str, str], frozenset[str]]
    at: int = 0
    braced: bool = False
    lexemes: list[re.Match[str]] = field(default_factory=list)

    def error(self, message: str, offset: int | None = None) -> NotationError:
        if offset is None:
            offset = self.lexemes[self.at].start() if self.at < len(self.lexemes) else len(self.phrase)
        return NotationError(f"{message} in pattern '{self.phrase}'", offset + 1)

    def read(self) -> list[Sequence_]:
        self.lexemes = list(_LEXEME.finditer(self.phrase))
        result = self.alternatives(closing=None)
        if self.at < len(self.lexemes):
            raise self.error(f"'{self.lexemes[self.at].group()}' closes nothing")
        return result

    def alternatives(self, closing: str | None) -> list[Sequence_]:
        options: list[Sequence_] = []
        while True:
            before = self.at
            made = self.sequence()
            if (closing or self.at > before) and any(not seq for seq in made) and not self._optional_only(before):
                raise self.error(
                    "an alternative without a word matches anything; leave it out or write '?' after the group"
                )
            if closing == ")" and any(seq and all(item.kind == "gap" for item in seq) for seq in made):
                raise self.error("a gap needs no group; brackets of the text are Matcher tokens, {ORTH: '('},")
            options.extend(made)
            if self.at < len(self.lexemes) and self.lexemes[self.at].lastgroup == "bar":
                self.at += 1
                continue
            break
        if closing is not None:
            if self.at >= len(self.lexemes) or self.lexemes[self.at].group() != closing:
                raise self.error(f"'{closing}' is missing")
            self.at += 1
        return _collapse(options)

    def _optional_only(self, start: int) -> bool:
        """Whether an alternative is empty because all of it is optional, which is said by a `?`."""
        return any(lexeme.group() == "?" for lexeme in self.lexemes[start : self.at])

    def sequence(self) -> list[Sequence_]:
        choices: list[list[Sequence_]] = []
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            kind = lexeme.lastgroup
            if kind in ("close", "bar"):
                break
            if kind == "space":
                self.at += 1
                continue
            if kind == "mark" and lexeme.group() == "^":
                self.at += 1
                choices.append([(_START,)])
                continue
            choices.append(self.element())
        count = 1
        for choice in choices:
            count *= len(choice)
        if count > MAX_EXPANSIONS:
            raise self.error(
                f"{count} combinations are more than {MAX_EXPANSIONS}; use lists of single words or split the pattern"
            )
        return [tuple(item for part in combo for item in part) for combo in product(*choices)]

    def element(self) -> list[Sequence_]:
        lexeme = self.lexemes[self.at]
        kind = lexeme.lastgroup
        self.at += 1
        if kind == "part":
            name = lexeme.group("part")
            if self.at >= len(self.lexemes) or self.lexemes[self.at].lastgroup in ("space", "bar", "close"):
                raise self.error(f"'{name}=' names nothing")
            return _mark(self.element(), name)
        if kind == "open":
            if lexeme.group() == "{":
                self.braced = True
                inner = self.alternatives("}")
                result = [tuple(item._replace(reported=True) for item in seq) for seq in inner]
            else:
                result = self.inflected(self.alternatives(")"))
        elif kind == "list":
            name = lexeme.group()[1:]
            try:
                result = list(self.lists(name))
            except KeyError as unknown:
                raise self.error(str(unknown.args[0]), lexeme.start()) from None
            result = _mark(result, name)
        elif kind == "size" or lexeme.group().startswith("..") and lexeme.group("gap"):
            size = lexeme.group("size")
            if not size or int(size) > MAX_GAP or int(size) < 1:
                raise self.error(f"a gap needs a length from 1 to {MAX_GAP}, such as '..3',", lexeme.start())
            return [(Item("gap", size=int(size), optional=True),)]
        elif kind == "case":
            # A mark of the notation inside says that the quotation mark itself was meant.
            if set(lexeme.group("case")) & set("(){}|@!"):
                raise self.error(
                    f"{lexeme.group()} is no word in a case of its own; write “ for a quotation mark of the text",
                    lexeme.start(),
                )
            result = [tuple(Item("case", frozenset([t.text])) for t in tokenizer.tokens(lexeme.group("case")))]
        elif kind == "prefix":
            stem = lexeme.group("prefix").lower()
            if len(stem) < MIN_PREFIX:
                raise self.error(
                    f"'{stem}*' is too short: at least {MIN_PREFIX} letters before the star", lexeme.start()
                )
            result = [(Item("prefix", frozenset([stem])),)]
        elif kind in ("word", "form"):
            result = self.word(lexeme)
        elif kind == "own":
            result = [(Item("word", frozenset(["'s"])),)]
        elif lexeme.group() == "#":
            result = [(Item("number"),)]
        elif lexeme.group() == "!":
            result = [self.exclusion(lexeme)]
            if self._next_is("?", glued=True):
                self.at += 1
                result = [(result[0][0]._replace(optional=True),)]
            return result
        elif lexeme.group() == "-" and not self._stands_alone(lexeme):
            # Inside a word a hyphen is the same as a space: one is allowed between any two words.
            return [()]
        else:
            result = [(Item("word", frozenset([tokenizer.straight(lexeme.group())])),)]
        return self.suffix(result)

    def word(self, lexeme: re.Match[str]) -> list[Sequence_]:
        word = tokenizer.fold(lexeme.group("word"))
        form = lexeme.group("form")
        if self._next_is("+", glued=True):
            # non+compliant: joined, hyphenated or apart.
            self.at += 1
            if self.at >= len(self.lexemes) or self.lexemes[self.at].lastgroup not in ("word", "form"):
                raise self.error("a word is missing after '+'")
            rest = self.word(self.lexemes[self.at])
            self.at += 1
            joined: list[Sequence_] = []
            for seq in rest:
                joined.append((seq[0]._replace(words=frozenset(word + w for w in seq[0].words)), *seq[1:]))
                joined.append((Item("word", frozenset([word])), *seq))
            return joined
        if form:
            return [(Item("word", self.forms(word, form), head=True),)]
        return [(Item("word", frozenset([word])),)]

    def inflected(self, result: list[Sequence_]) -> list[Sequence_]:
        """Apply the `:n` or `:v` that stands after a group to each of its words."""
        if self.at >= len(self.lexemes) or not self.lexemes[self.at].group("groupform"):
            return result
        form = self.lexemes[self.at].group("groupform")
        words: set[str] = set()
        for seq in result:
            if len(seq) != 1 or seq[0].kind != "word":
                raise self.error(f"':{form}' after a group takes single words only")
            for word in seq[0].words:
                words |= self.forms(word, form)
        self.at += 1
        return [(Item("word", frozenset(words), head=True),)]

    def exclusion(self, lexeme: re.Match[str]) -> Sequence_:
        if self.at >= len(self.lexemes):
            raise self.error("a word is missing after '!'")
        words: set[str] = set()
        for seq in self.element():
            if len(seq) != 1 or seq[0].kind != "word":
                if not seq and self._previous_is("?"):
                    continue
                raise self.error("'!' takes single words only", lexeme.start())
            words |= seq[0].words
        if self._previous_is("?"):
            # The question mark belongs to the exclusion, not to the word that is excluded.
            self.at -= 1
        return (Item("not", frozenset(words)),)

    def suffix(self, result: list[Sequence_]) -> list[Sequence_]:
        if self._next_is("?", glued=True):
            self.at += 1
            singles = [seq for seq in result if len(seq) == 1]
            if len(singles) == len(result):
                return [(seq[0]._replace(optional=True),) for seq in result[:1]] if len(result) == 1 else [(), *result]
            return [(), *result]
        return result

    def _stands_alone(self, lexeme: re.Match[str]) -> bool:
        """Whether a hyphen is an alternative by itself, and so is meant as a token: `(:|-)`."""
        before = self.phrase[lexeme.start() - 1 : lexeme.start()] or " "
        after = self.phrase[lexeme.end() : lexeme.end() + 1] or " "
        return before in "|({" and after in " |)}?" or before in " |({" and after in "|)}"

    def _previous_is(self, mark: str) -> bool:
        return self.at > 0 and self.lexemes[self.at - 1].group() == mark

    def _next_is(self, mark: str, *, glued: bool) -> bool:
        if self.at >= len(self.lexemes):
            return False
        lexeme = self.lexemes[self.at]
        if lexeme.group() != mark:
            return False
        return not glued or lexeme.start() == 0 or not self.phrase[lexeme.start() - 1].isspace()


def _mark(sequences: Sequence[Sequence_], name: str) -> list[Sequence_]:
    return [tuple(item._replace(parts=(*item.parts, name)) for item in seq) for seq in sequences]


def _collapse(options: list[Sequence_]) -> list[Sequence_]:
    """Join alternatives that differ in the words of one token only."""
    if len(options) < 2:
        return options
    for position in range(3):
        if len(options) < 2:
            break
        groups: dict[object, list[Sequence_]] = {}
        for seq in options:
            if position < len(seq) and seq[position].kind in ("word", "prefix", "case"):
                key: object = (
                    position,
                    seq[:position],
                    seq[position]._replace(words=frozenset()),
                    seq[position + 1 :],
                )
            else:
                key = ("alone", seq)
            groups.setdefault(key, []).append(seq)
        joined: list[Sequence_] = []
        for members in groups.values():
            base = members[0]
            if len(members) > 1 and len(base) > position:
                words = frozenset().union(*(m[position].words for m in members))
                base = (*base[:position], base[position]._replace(words=words), *base[position + 1 :])
            joined.append(base)
        options = joined
    return options


def compile_phrase(
    phrase: str,
    lists: Callable[[str], Sequence[Sequence_]],
    forms: Callable[[str, str], frozenset[str]],
) -> list[TokenPattern]:
    """Return the token patterns of `phrase`.

    `lists(name)` returns the sequences of a named list or raises KeyError with a message;
    `forms(word, "n" | "v")` returns the inflected forms of a word. Raises NotationError.
    """
    reader = _Reader(phrase, lists, forms)
    sequences = reader.read()
    if len(sequences) > MAX_EXPANSIONS:
        raise NotationError(f"{len(sequences)} combinations are more than {MAX_EXPANSIONS} in pattern '{phrase}'", 1)
    patterns = []
    for seq in (started for sequence in sequences for started in _started(sequence)):
        items = _trim_gaps(seq)
        unlike: frozenset[str] = frozenset()
        if reader.braced and items and items[-1].kind == "not" and not (items[-1].optional or items[-1].reported):
            # Behind the braces it looks ahead: nothing may follow, or a mark.
            unlike = items[-1].words
            items = _trim_gaps(items[:-1])
        if not items:
            raise NotationError(f"pattern '{phrase}' can match nothing at all", 1)
        patterns.append(TokenPattern(items, braced=reader.braced, unlike=unlike))
    return patterns


def compile_entry(
    phrase: str,
    lists: Callable[[str], Sequence[Sequence_]],
    forms: Callable[[str, str], frozenset[str]],
) -> list[Sequence_]:
    """Return the sequences of one entry of a named list; like `compile_phrase`, without gaps and braces."""
    reader = _Reader(phrase, lists, forms)
    sequences = reader.read()
    if reader.braced or any(item.kind == "gap" for seq in sequences for item in seq):
        raise NotationError(f"a list entry takes no gaps and no braces: '{phrase}'", 1)
    # Marks of inner lists are kept off: a part is named by the list that the pattern names.
    return [
        tuple(item._replace(parts=()) for item in started) for sequence in sequences for started in _started(sequence)
    ]


def collapse(options: list[Sequence_]) -> list[Sequence_]:
    """Return list entries joined where they differ in one word only."""
    return _collapse(options)


def _trim_gaps(seq: Sequence_) -> Sequence_:
    start, end = 0, len(seq)
    while start < end and seq[start].kind == "gap":
        start += 1
    while end > start and seq[end - 1].kind == "gap":
        end -= 1
    return seq[start:end]


def raw_pattern(raw: Sequence[Mapping[str, Any]]) -> TokenPattern:
    """Return a pattern written as `Matcher` tokens; raises NotationError for a gap without an end."""
    for index, token in enumerate(raw):
        op = str(token.get("OP", "1"))
        bound = re.fullmatch(r"\{(?:\d+,)?(\d+)\}", op)
        if op in ("*", "+") or op.startswith("{") and (not bound or int(bound.group(1)) > MAX_GAP):
            raise NotationError(
                f"token {index + 1}: OP '{op}' has no end or is longer than {MAX_GAP}; write '{{0,{MAX_GAP}}}' at most",
                1,
            )
    return TokenPattern(
        tuple(Item("raw", raw=dict(token), optional=token.get("OP", "1") not in ("1",)) for token in raw)
    )


# --- inflection of head words ---------------------------------------------------------

_VOWELS = "aeiou"


def inflect(word: str, form: str, irregular: Mapping[str, Mapping[str, Sequence[str]]]) -> frozenset[str]:
    """Return all forms of `word` as a noun (`n`) or a verb (`v`), itself included; `irregular[form][word]` wins."""
    listed = irregular.get(form, {}).get(word)
    if listed:
        return frozenset([word, *listed])
    plural = _plural(word)
    if form == "n":
        return frozenset([word, plural])
    return frozenset([word, plural, *_past_and_participle(word)])


def _plural(word: str) -> str:
    if re.search(r"(?:s|x|z|ch|sh)$", word):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _past_and_participle(word: str) -> Iterator[str]:
    if word.endswith("e"):
        yield word + "d"
        yield (word[:-2] + "ying") if word.endswith("ie") else (word if word.endswith("ee") else word[:-1]) + "ing"
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        yield word[:-1] + "ied"
        yield word + "ing"
    else:
        yield word + "ed"
        yield word + "ing"
        if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):
            # Doubling depends on stress (stop, admit; not visit): both spellings are accepted.
            yield word + word[-1] + "ed"
            yield word + word[-1] + "ing"
