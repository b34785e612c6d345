"""HTML and HTML templates: text, four spoken attributes, and the offsets of the file.

A tokenizer of our own, because the offset of every piece is wanted and time must stay linear
on broken files: `html.parser` of Python 3.11 is quadratic on unclosed tags.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from hrlint.document import Document, Source
from hrlint.readers.comments import comments
from hrlint.readers.encodings import decode
from hrlint.readers.mapping import BREAK, Event, blank, words
from hrlint.readers.options import Options

ENTITY = r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?"
# Invisible inside a word: soft hyphen, zero-width space and joiners.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"

# The first character is looked for alone: a search for it is ten times faster than one for all of these.
_MARK = re.compile(rf"[<&{{\[{INVISIBLE}]")
_PLAIN_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,20})\s*/?>")
_TOKEN = re.compile(
    rf"(?P<tag></?[a-zA-Z])|(?P<entity>{ENTITY})|(?P<comment><!--)|(?P<odd><[!?])|(?P<thin>[{INVISIBLE}]+)"
    r"|(?P<jinja>\{\#)|(?P<square>\[\[\s*hrlint:)|(?P<code>\{[{%])"
)
_TAG = re.compile(
    r"""</?([a-zA-Z][^\s/<>"'{]*+)"""
    r"""(?:[^<>"'{]++|"[^"]*+"|'[^']*+'|\{%[^%]*+%\}|\{\{[^}]*+\}\}|\{)*+>"""
)
_SIMPLE_TAG = re.compile(r"</?([a-zA-Z][^\s/<>]*+)[^<>]*+>")
_SPOKEN = re.compile(r"""\s(?:alt|title|placeholder|aria-label)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HIDDEN = re.compile(r"""\shidden(?=[\s=/>])|\sstyle\s*=\s*(?:"[^"]*|'[^']*)display\s*:\s*none""", re.IGNORECASE)
_MARKUP_INSIDE = re.compile(rf"{ENTITY}|[{INVISIBLE}]+")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]{1,40})", re.IGNORECASE)

_INLINE = words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small "
    "span strike strong time tt u var wbr img"
)
_APART = frozenset(("sub", "sup"))
_UNREAD = frozenset(("script", "style"))
_VOID = words("area base br col embed hr img input link meta source track wbr")
# An opening tag of the same name ends these.
_SELF_CLOSING = words("p li td th tr dt dd option")

# What frequent tags without attributes put into the text.
_PUT = {**dict.fromkeys(_INLINE, ""), **dict.fromkeys(("p", "br", "div", "td", "tr", "li", "th", "ul", "ol"), BREAK)}

# Broken tags after which quotation marks in tags are not trusted any more: each costs a
# look through the rest of the file.
_BROKEN_TAGS = 20


@lru_cache(maxsize=1024)
def _meaning(written: str) -> str | None:
    """Return what a character reference puts into the text, or None when it is plain text."""
    meant = unescape(written)
    if meant == written or len(meant) > len(written):
        return None
    if all(char in INVISIBLE for char in meant):
        return ""
    return meant if meant.isprintable() and not meant.isspace() else " "


class Tags:
    """Finds where tags end, in linear time over a whole file."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._broken = 0

    def match(self, at: int) -> re.Match[str] | None:
        """Return the tag that begins at `at`; its first group is the name."""
        if self._broken < _BROKEN_TAGS:
            found = _TAG.match(self.source, at)
            if found:
                return found
            self._broken += 1
        return _SIMPLE_TAG.match(self.source, at)

    def events(self, found: re.Match[str]) -> tuple[list[Event], int]:
        """Return what a tag puts into the text and where reading goes on (behind an element that is not read)."""
        source, start, end = self.source, found.start(), found.end()
        tag, name = found.group(), found.group(1).lower()
        closing = tag[1] == "/"
        if name in _UNREAD and not closing:
            after = _element_end(source, name, end)
            return [(start, after, None if source.count("\n", start, after) > 1 else BREAK)], after
        if not closing and ("=" in tag or "hidden" in tag):
            if name not in _VOID and _HIDDEN.search(tag):
                after = _element_end(source, name, end)
                return [(start, after, _break(name, after - start))], after
            spoken = list(_SPOKEN.finditer(tag))
            if spoken:
                return self._spoken(start, end, spoken), end
        return [(start, end, _break(name, end - start))], end

    def _spoken(self, start: int, end: int, spoken: list[re.Match[str]]) -> list[Event]:
        found: list[Event] = []
        at = start
        for match in spoken:
            group = 1 if match.group(1) is not None else 2
            low, high = start + match.start(group), start + match.end(group)
            found.append((at, low, BREAK))
            for inside in _MARKUP_INSIDE.finditer(self.source, low, high):
                event = markup_event(inside)
                if event:
                    found.append(event)
            at = high
        # Two characters at least, the quotation mark and the bracket.
        found.append((at, end, BREAK))
        return found


def markup_event(match: re.Match[str]) -> Event | None:
    """Return the event for a reference or invisible characters."""
    written = match.group()
    put = _meaning(written) if written[0] == "&" else ""
    return None if put is None else (match.start(), match.end(), put)


def _break(name: str, size: int) -> str:
    if name in _INLINE or ":" in name:
        return ""
    if name in _APART:
        return " "
    return BREAK[:size]


@lru_cache(maxsize=64)
def _both_tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){re.escape(name)}(?=[\s/>])[^<>]*+>?", re.IGNORECASE)


def _element_end(source: str, name: str, at: int) -> int:
    """Return where the element `name` whose opening tag ends at `at` is over; the end of the file when it never is."""
    depth = 1
    for match in _both_tags(name).finditer(source, at):
        if match.group(1):
            depth -= 1
        elif name in _SELF_CLOSING:
            return match.start()
        elif name not in _UNREAD:
            depth += 1
        if depth == 0:
            return match.end()
    return len(source)


class Marks:
    """Finds closing marks; one that was not found is not looked for again, so that time stays linear."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._absent: set[str] = set()

    def after(self, mark: str, at: int) -> int:
        """Return where the next `mark` from `at` on ends, or -1."""
        if mark in self._absent:
            return -1
        found = self.source.find(mark, at)
        if found < 0:
            self._absent.add(mark)
            return -1
        return found + len(mark)


def _end(source: str, mark: str, at: int) -> int:
    found = source.find(mark, at)
    return len(source) if found < 0 else found + len(mark)


def events(source: str) -> Iterator[Event]:
    """Yield what is not prose in an HTML text, in order."""
    tags, marks = Tags(source), Marks(source)
    at = 0
    search, token, plain_tag = _MARK.search, _TOKEN.match, _PLAIN_TAG.match
    while True:
        mark = search(source, at)
        if mark is None:
            return
        start = mark.start()
        plain = plain_tag(source, start)
        if plain:
            name = plain.group(1)
            at = plain.end()
            put = _PUT.get(name)
            if put is None and name.lower() not in _UNREAD:
                put = _break(name.lower(), at - start)
            if put is not None:
                yield start, at, put
                continue
        match = token(source, start)
        if match is None:
            at = start + 1
            continue
        kind, at = match.lastgroup, match.end()
        if kind == "tag":
            found = tags.match(start)
            if found:
                listed, at = tags.events(found)
                yield from listed
        elif kind == "entity" or kind == "thin":
            event = markup_event(match)
            if event:
                yield event
        elif kind == "code":
            # A template's expression is left as it is, signs like < inside included.
            stop = source.find("}}" if match.group() == "{{" else "%}", at, at + 500)
            at = stop + 2 if stop >= 0 else at
        elif kind == "comment":
            at = _end(source, "-->", start + 2)
            yield (start, at, "")
        elif kind == "odd":
            at = _end(source, "?>" if source.startswith(("<?php", "<?="), start) else ">", start)
            yield (start, at, "")
        else:
            stop = marks.after("#}" if kind == "jinja" else "]]", at)
            if stop >= 0:
                at = stop
                yield (start, at, "")


def charset(raw: bytes) -> str:
    """Return the encoding that an HTML file names for itself, else cp1252."""
    found = _CHARSET.search(raw[:4096])
    label = found.group(1).decode("ascii").lower() if found else "cp1252"
    # Browsers read these labels as cp1252; a file that says UTF-8 here was found not to be.
    if label in ("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "utf-8", "utf8", "utf-16"):
        return "cp1252"
    try:
        "".encode(label)
        return codecs.lookup(label).name
    except LookupError:
        return "cp1252"


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document, as long as its source."""
    decoded, encoding, bom = decode(name, raw, options.encoding, charset(raw))
    source = Source(decoded)
    text, segments = blank(source, events(source))
    yield Document(
        name,
        text,
        source,
        segments,
        "html",
        comments=comments(source),
        extra={"encoding": encoding, "bom": bom, "escape": "html"},
    )
