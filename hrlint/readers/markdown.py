"""Markdown: the source itself, with code, link targets, tags and front matter keys blanked.

Blocks are found line by line after CommonMark (fences, indented code, lists as far as they
decide about code), marks inside a paragraph by one pattern. Emphasis marks stay where they
stand around words: the tokenizer drops them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from hrlint.document import Document, Source
from hrlint.readers.comments import comments
from hrlint.readers.encodings import decode
from hrlint.readers.html import ENTITY, INVISIBLE, Marks, Tags, markup_event
from hrlint.readers.mapping import BREAK, OBJECT, Event, blank
from hrlint.readers.options import Options

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_FENCE = re.compile(r"(`{3,})[^`]*\Z|(~{3,})")
_HEADING = re.compile(r"#{1,6}(?:\s|\Z)")
_UNDERLINE = re.compile(r"(?:=+|-+)\s*\Z")
_RULE = re.compile(r"(?:\*[ \t]*){3,}\Z|(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z")
_ITEM = re.compile(r"([-+*]|(\d{1,9})[.)])(\s+|\Z)")
_KEY = re.compile(r"[ \t]*(?:- +)?(?:[\w.-]+|\"[^\"\r\n]*\"|'[^'\r\n]*')[ \t]*[:=](?=[ \t\r\n]|$)")
_DEFINITION = re.compile(r" {0,3}\[([^\]\[\r\n]{1,999})\]:[ \t]*(?:<[^<>\r\n]*>|\S+)")
_RAW = re.compile(r"<(script|style|pre|textarea)(?=[\s>]|\Z)", re.IGNORECASE)

# The first character is looked for alone: a search for it is ten times faster than one for all of these.
# An address is found by its colon, because h is everywhere.
_MARK = re.compile(rf"[\\`<&{{\[\]*~:{INVISIBLE}]")
_INLINE = re.compile(
    r"\\(?P<escape>[!-/:-@\[-`{-~]|(?=[\r\n]))"
    r"|(?P<ticks>`+)"
    r"|(?P<comment><!--)"
    r"|(?P<auto><(?:https?|ftp|mailto|tel):[^\s<>]*>)"
    r"|(?P<tag></?[a-zA-Z])"
    rf"|(?P<entity>{ENTITY}|[{INVISIBLE}]+)"
    r"|(?P<template>\{[{%])"
    r"|(?P<jinja>\{\#)"
    r"|(?P<suppress>\[\[\s*hrlint:)"
    r"|(?P<open>\[)"
    r"|(?P<close>\])"
    r"|(?P<url>://[^\s<>)\]\"'`]+)"
    r"|(?P<mark>(?<=[^\W\d_])(?:\*{1,3}|~~)(?=[^\W\d_]))"
)
_SCHEME = re.compile(r"(?<![a-zA-Z])(?:https?|ftp)\Z")
_TARGET = re.compile(
    r"\]\([ \t]*(?:<[^<>\r\n]{0,2000}>|[^\s()<]{0,4000}+(?:\([^\s()]{0,500}+\)[^\s()]{0,500}+){0,20}+)"
    r"(?:\s{1,20}(\"[^\"]{0,500}+\"|'[^']{0,500}+'|\([^()]{0,500}+\)))?\s{0,20}\)"
)
_REFERENCE = re.compile(r"\]\[([^\]\[]{0,999})\]")


# Lines that begin with none of these go on with a paragraph at the outermost level.
_BLOCK_STARTS = frozenset(" \t>`~<-+*_=#[0123456789\r\n")

# Deeper nesting of quotations and lists than this is read as text.
_CONTAINERS_CAP = 50


@dataclass
class _Container:
    """An open block quotation (`width` 0) or list item, whose lines stand `width` columns to the right."""

    width: int
    empty: bool = False


class _Blocks:
    """Cuts a source into paragraphs and what is no prose."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.events: list[Event] = []
        self.paragraphs: list[tuple[int, int]] = []
        self.labels: set[str] = set()
        self.tags = Tags(source)
        self.containers: list[_Container] = []
        self.fence: tuple[str, int] | None = None  # its character and how many
        self.fence_start = 0
        self.open = -1  # where the present stretch of prose begins
        self.in_paragraph = False
        self.defining = False  # nothing but link definitions in this paragraph so far
        self.resume = 0  # where lines count again behind an HTML block
        self._scan()

    def _front_matter(self) -> int:
        """Blank the keys of YAML or TOML front matter and return where it ends; 0 when there is none."""
        lines = _LINE.finditer(self.source)
        first = next(lines, None)
        if first is None or first.group().rstrip() not in ("---", "+++"):
            return 0
        mark = first.group().rstrip()
        found: list[Event] = [(first.start(), first.end(), None)]
        for line in lines:
            body = line.group().rstrip()
            if body == mark or (mark == "---" and body == "..."):
                self.events += [*found, (line.start(), line.end(), None)]
                return line.end()
            key = _KEY.match(self.source, line.start(), line.end())
            if key:
                found.append((key.start(), key.end(), BREAK[: key.end() - key.start()]))
            elif body and not body.lstrip().startswith(("#", "-", "|")) and line.start() == first.end():
                return 0
        return 0

    def _scan(self) -> None:
        skip_to = self._front_matter()
        for match in _LINE.finditer(self.source, skip_to):
            low, end = match.span()
            if low < self.resume:
                continue
            line = match.group()
            if self.in_paragraph and not self.containers and line[0] not in _BLOCK_STARTS:
                # The most frequent kind of line.
                self.defining = False
                continue
            self._line(line, low, end)
        if self.fence:
            self.events.append((self.fence_start, len(self.source), None))
        self._close(len(self.source))

    def _close(self, at: int) -> None:
        """End the stretch of prose that is open."""
        if self.open >= 0 and at > self.open:
            self.paragraphs.append((self.open, at))
        self.open = -1
        self.in_paragraph = self.defining = False

    def _matched(self, text: str) -> tuple[int, int]:
        """Return how many of the open containers a line belongs to, and where its rest begins."""
        at = 0
        for count, container in enumerate(self.containers):
            rest = text[at:]
            indent = len(rest) - len(rest.lstrip(" "))
            if container.width == 0:
                if indent > 3 or rest[indent : indent + 1] != ">":
                    return count, at
                at += indent + 1 + (rest[indent + 1 : indent + 2] == " ")
            elif indent == len(rest):
                if container.empty:
                    return count, at
                at += min(container.width, indent)
            elif indent >= container.width:
                at += container.width
            else:
                return count, at
        return len(self.containers), at

    def _line(self, line: str, low: int, end: int) -> None:
        text = line.rstrip("\r\n").expandtabs(4)
        matched, at = self._matched(text)
        inside = matched == len(self.containers)
        if self.fence:
            if inside:
                bare = text[at:].strip(" ")
                indent = len(text[at:]) - len(text[at:].lstrip(" "))
                if indent < 4 and len(bare) >= self.fence[1] and not bare.strip(self.fence[0]):
                    self.events.append((self.fence_start, end, None))
                    self.fence = None
                return
            self.events.append((self.fence_start, low, None))
            self.fence = None
            del self.containers[matched:]
        if not text[at:].strip(" "):
            self._close(low)
            del self.containers[matched:]
            return
        lazy = self.in_paragraph
        while True:
            rest = text[at:]
            body = rest.lstrip(" ")
            indent = len(rest) - len(body)
            if not body:
                return
            offset = self._offset(line, low, text, at + indent)
            if indent >= 4:
                if not lazy:
                    del self.containers[matched:]
                    self._filled()
                    self._close(low)
                    self.events.append((offset, end, None))
                return
            nested = len(self.containers) >= _CONTAINERS_CAP and matched >= _CONTAINERS_CAP
            if body[0] == ">" and not nested:
                self._leave(matched, low)
                self._filled()
                self.containers.append(_Container(0))
                at += indent + 1 + (body[1:2] == " ")
            elif lazy and inside and _UNDERLINE.match(body):
                self._close(end)
                return
            elif _RULE.match(body):
                self._leave(matched, low)
                self._filled()
                return
            elif (item := _ITEM.match(body)) and not nested and self._may_begin(item, body, lazy and inside):
                self._leave(matched, low)
                self._filled()
                gap = len(item.group(3))
                nothing = item.end() == len(body)
                size = len(item.group(1)) + (1 if nothing or gap > 4 else gap)
                self.containers.append(_Container(indent + size, nothing))
                at += indent + size
                if nothing:
                    return
            else:
                self._leaf(body, offset, low, end, matched, lazy)
                return
            matched, inside, lazy = matched + 1, True, False

    def _leaf(self, body: str, offset: int, low: int, end: int, matched: int, lazy: bool) -> None:
        """Take a line that begins no container."""
        fenced = _FENCE.match(body)
        if fenced:
            self._leave(matched, low)
            self._filled()
            run = fenced.group(1) or fenced.group(2)
            self.fence, self.fence_start = (run[0], len(run)), offset
        elif _HEADING.match(body):
            self._leave(matched, low)
            self._filled()
            self.paragraphs.append((offset, end))
        elif body[0] == "<" and (after := self._html_block(offset, body)) > offset:
            self._leave(matched, low)
            self._filled()
            self.resume = after
        else:
            if not lazy:
                self._leave(matched, low)
                self._filled()
            if not self.in_paragraph:
                self.open = low if not self.containers else offset
                self.in_paragraph = self.defining = True
            if self.defining:
                self._definition(offset, end)

    def _leave(self, matched: int, at: int) -> None:
        """Close the containers that a line does not belong to, and the paragraph before it."""
        del self.containers[matched:]
        self._close(at)

    def _filled(self) -> None:
        for container in self.containers[-1:]:
            container.empty = False

    @staticmethod
    def _may_begin(item: re.Match[str], body: str, interrupts: bool) -> bool:
        """Whether a list item may begin here; in the middle of a paragraph only a filled one, numbered from 1."""
        return not interrupts or (item.end() < len(body) and item.group(2) in (None, "1"))

    @staticmethod
    def _offset(line: str, low: int, text: str, at: int) -> int:
        """Return the source offset of `text[at]`, no blank; `text` is the line with its tabs made wide."""
        if "\t" not in line:
            return low + at
        wanted = sum(not char.isspace() for char in text[:at])
        for index, char in enumerate(line):
            if not char.isspace():
                if wanted == 0:
                    return low + index
                wanted -= 1
        return low + len(line)

    def _definition(self, offset: int, end: int) -> None:
        defined = _DEFINITION.match(self.source, offset, end)
        self.defining = defined is not None
        if defined:
            self.labels.add(defined.group(1).strip().lower())
            if self.open >= 0 and offset > self.open:
                self.paragraphs.append((self.open, offset))
            self.events.append((defined.start(), defined.end(), BREAK))
            self.open = defined.end()

    def _html_block(self, offset: int, body: str) -> int:
        """Blank a comment or a script that begins a block and return where it ends; `offset` when it is neither."""
        source = self.source
        raw = _RAW.match(body)
        if body.startswith("<!--"):
            stop = source.find("-->", offset + 2)
            end = len(source) if stop < 0 else stop + 3
            self.events.append((offset, end, None))
        elif raw and raw.group(1).lower() in ("pre", "textarea"):
            close = re.compile(rf"</{raw.group(1)}\s*>", re.IGNORECASE).search(source, offset)
            end = close.end() if close else len(source)
            self.paragraphs.append((offset, end))
        elif raw:
            found = self.tags.match(offset)
            if not found:
                return offset
            listed, end = self.tags.events(found)
            self.events += listed
        else:
            return offset
        # What stands behind it on its line is prose again.
        rest = _LINE.match(source, end)
        if rest and rest.group().strip():
            self.paragraphs.append((end, rest.end()))
        return rest.end() if rest else end


class _Inline:
    """Finds the marks inside paragraphs."""

    def __init__(self, source: str, labels: set[str]) -> None:
        self.source = source
        self.labels = labels
        self.tags, self.marks = Tags(source), Marks(source)
        self.at = 0

    def events(self, start: int, end: int) -> list[Event]:
        """Return the events of the paragraph `[start, end)`, sorted."""
        source = self.source
        found: list[Event] = []
        brackets: list[tuple[int, int]] = []
        ticks: dict[int, list[int]] | None = None
        at = max(start, self.at)
        while at < end:
            mark = _MARK.search(source, at, end)
            if mark is None:
                break
            low = mark.start()
            match = _INLINE.match(source, low, end)
            if match is None:
                at = low + 1
                continue
            kind, at = match.lastgroup, match.end()
            if kind == "escape":
                found.append((low, low + 1, ""))
            elif kind == "ticks":
                if ticks is None:
                    ticks = {}
                    for run in re.finditer("`+", source[low:end]):
                        ticks.setdefault(run.end() - run.start(), []).append(low + run.start())
                size = at - low
                same = ticks.get(size, [])
                index = bisect_left(same, at)
                if index < len(same):
                    at = same[index] + size
                    found.append((low, at, OBJECT))
            elif kind == "comment":
                stop = source.find("-->", low + 2)
                at = len(source) if stop < 0 else stop + 3
                found.append((low, at, ""))
            elif kind == "auto":
                found.append((low, at, OBJECT))
            elif kind == "url":
                scheme = _SCHEME.search(source, max(start, low - 6), low)
                if scheme:
                    found.append((scheme.start(), at, OBJECT))
            elif kind == "tag":
                tag = self.tags.match(low)
                if tag:
                    listed, at = self.tags.events(tag)
                    found += listed
            elif kind == "entity":
                event = markup_event(match)
                if event:
                    found.append(event)
            elif kind == "template":
                stop = source.find("}}" if match.group() == "{{" else "%}", at, min(end, at + 500))
                at = stop + 2 if stop >= 0 else at
            elif kind in ("jinja", "suppress"):
                stop = self.marks.after("#}" if kind == "jinja" else "]]", at)
                if stop >= 0:
                    at = stop
                    found.append((low, at, ""))
            elif kind == "open":
                picture = low > start and source[low - 1] == "!"
                brackets.append((low - picture, at))
            elif kind == "close":
                if brackets:
                    at = self._link(low, brackets.pop(), found)
            elif self._partner(match, start, end):
                found.append((low, at, ""))
        self.at = max(self.at, at)
        found.sort(key=_first)
        return found

    def _link(self, low: int, bracket: tuple[int, int], found: list[Event]) -> int:
        """Blank the marks of a link that closes at `low` and return where reading goes on."""
        source = self.source
        target = _TARGET.match(source, low)
        if target:
            end = target.end()
            found.append((*bracket, ""))
            if target.group(1):
                # The title of a link is text that people see.
                found.append((low, target.start(1), BREAK))
                found.append((target.end(1), end, ""))
            else:
                found.append((low, end, ""))
            return end
        reference = _REFERENCE.match(source, low)
        if reference:
            label = (reference.group(1) or source[bracket[1] : low]).strip().lower()
            if label in self.labels:
                found += [(*bracket, ""), (low, reference.end(), "")]
                return reference.end()
        elif self.labels and source[bracket[1] : low].strip().lower() in self.labels:
            found += [(*bracket, ""), (low, low + 1, "")]
        return low + 1

    def _partner(self, match: re.Match[str], start: int, end: int) -> bool:
        """Whether an emphasis mark inside a word has another one of its kind near it; `2*x*y` in a formula has too."""
        mark = match.group()
        before = self.source.rfind(mark, max(start, match.start() - 300), match.start())
        after = self.source.find(mark, match.end(), min(end, match.end() + 300))
        opened = before >= 0 and not self.source[before + len(mark)].isspace()
        return opened or (after >= 0 and not self.source[after - 1].isspace())


def _first(event: Event) -> int:
    return event[0]


def events(source: str) -> Iterator[Event]:
    """Yield what is no prose in a Markdown text, in order."""
    blocks = _Blocks(source)
    inline = _Inline(source, blocks.labels)
    found = blocks.events
    for start, end in blocks.paragraphs:
        found += inline.events(start, end)
    found.sort(key=_first)
    at = 0
    for event in found:
        if event[0] >= at:
            yield event
            at = event[1]


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document, as long as its source."""
    decoded, encoding, bom = decode(name, raw, options.encoding)
    source = Source(decoded)
    text, segments = blank(source, events(source))
    yield Document(
        name,
        text,
        source,
        segments,
        "markdown",
        comments=comments(source),
        extra={"encoding": encoding, "bom": bom, "escape": "markdown"},
    )
