"""Results without the text of the notes.

What stays: paths, positions, rule, severity, and the words of a finding when every one of them is
spelled out by the rule itself. Anything else a match took in (a gap, a name, a drug) is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from hrlint.document import Document, Piece, Source
from hrlint.model import Finding, Result, Suggestion
from hrlint.packed import like
from hrlint.reporters.common import one_line
from hrlint.reporters.options import Options
from hrlint.reporters.positions import Original, documents, pieces, with_originals

HIDDEN = "…"

_ARTICLES = frozenset({"a", "an", "the"})
_WORD = re.compile(r"\w+")
_BETWEEN = re.compile("[\\s\\-\u2010\u2011\u2013/,.'\u2019]*")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")

# A stand-in of the same length in UTF-8 and UTF-16 for every character, so that columns stay right.
_STAND_INS = (
    (re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x7f]+"), "x"),
    (re.compile(r"[\x80-\u07ff]+"), "\u00d7"),
    (re.compile(r"[\u0800-\uffff]+"), "\u2588"),
    (re.compile(r"[\U00010000-\U0010ffff]+"), "\U0001d465"),
)
_ASCII = {code: "x" for code in range(128) if chr(code) not in "\n\r"}


def mask(text: str) -> str:
    """Return `text` with every character but line breaks replaced."""
    if text.isascii():
        return text.translate(_ASCII)
    for pattern, stand_in in _STAND_INS:
        text = pattern.sub(partial(_run, stand_in), text)
    return text


def _run(stand_in: str, found: re.Match[str]) -> str:
    return stand_in * (found.end() - found.start())


def masked(originals: Sequence[Document]) -> Iterator[Document]:
    """Yield each document without its words; offsets, lines and columns hold, and a shared source stays shared."""
    sources: dict[int, str] = {}
    for document in originals:
        shared = id(document.source)
        if shared not in sources:
            sources[shared] = Source(mask(document.source))
        yield Document(
            name=document.name,
            text=mask(document.text),
            source=sources[shared],
            segments=document.segments,
            format=document.format,
            location=document.location,
            fixable="redacted",
            begin=document.begin,
            own=document.own,
        )


def _masked_piece(piece: Piece) -> Piece:
    return piece._replace(read=lambda _: next(masked([piece.opened()])))


def own_words(text: str, words: Collection[str]) -> bool:
    """Return whether `text` is made of nothing but `words`, spaces and joining marks."""
    found = _WORD.findall(text)
    return bool(found) and all(w.casefold() in words for w in found) and not _BETWEEN.sub("", _WORD.sub("", text))


def _showable(suggestion: Suggestion, finding: Finding, document: Document | None, words: Collection[str]) -> bool:
    """Return whether everything that `suggestion` replaces is the rule's own words or an article."""
    if finding.start <= suggestion.start <= suggestion.end <= finding.end:
        return True
    if document is None:
        return False
    return own_words(document.words(suggestion.start, suggestion.end), {*words, *_ARTICLES})


def _message(finding: Finding, options: Options) -> str:
    """Return the message without the matched words: the rule's template, or the message with them cut out.

    A message may hold parts of a match (`{drug}`), so the words are cut one by one too.
    """
    rule = options.rules.get(finding.rule)
    if rule is not None:
        return _PLACEHOLDER.sub(HIDDEN, rule.message)
    words = "|".join(rf"\b{re.escape(word)}\b" for word in _WORD.findall(finding.text))
    whole = (re.escape(form) for form in (finding.text, one_line(finding.text)) if form)
    pattern = "|".join(filter(None, [*whole, words]))
    return re.sub(pattern, HIDDEN, finding.message, flags=re.IGNORECASE) if pattern else finding.message


def _finding(finding: Finding, original: Original | None, options: Options) -> Finding:
    words = options.words.get(finding.rule, ())
    if not own_words(finding.text, words):
        return finding._replace(text="", message=_message(finding, options), suggestions=())
    document = original.document if original else None
    shown = tuple(s for s in finding.suggestions if _showable(s, finding, document, words))
    return finding._replace(suggestions=shown)


def redacted(result: Result, options: Options) -> Result:
    """Return `result` without text of the note; an empty `text` means hidden."""
    shown: tuple[object, ...] = ()
    if result.findings or result.errors:
        shown = (*masked(documents(result)), *map(_masked_piece, pieces(result)))
    return result._replace(
        findings=like(
            result.findings, (_finding(finding, original, options) for finding, original in with_originals(result))
        ),
        aligned=like(result.aligned, (cue._replace(text="") for cue in result.aligned)),
        documents=shown,
    )
