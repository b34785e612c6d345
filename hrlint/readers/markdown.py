"""Markdown: the source itself, with code, link targets, tags and front matter keys blanked.

Blocks are found line by line after CommonMark (fences, indented code, lists as far as they
decide about code), marks inside a paragraph by one pattern. Emphasis marks stay where they
stand around words: the tokenizer drops them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from hrlint.document import Document, Source
from hrlint.readers.comments import comments
from hrlint.readers.encodings import decode
from hrlint.readers.html import ENTITY, INVISIBLE, Marks, Tags, markup_event
from hrlint.readers.mapping import BREAK, OBJECT, Event, blank
from hrlint.readers.options import Options

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_FENCE = re.compile(r"(`{3,})[^`\r\n]*$|(~{3,})")
_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?:( {1,4})(?! )|(?= {5})|(?=\t)|(?=[\r\n]|$))")
_KEY = re.compile(r"[ \t]*(?:- +)?(?:[\w.-]+|\"[^\"\r\n]*\"|'[^'\r\n]*')[ \t]*[:=](?=[ \t\r\n]|$)")
_DEFINITION = re.compile(r" {0,3}\[([^\]\[\r\n]{1,999})\]:[ \t]*(?:<[^<>\r\n]*>|\S+)")
_UNREAD = re.compile(r"<(script|style)(?=[\s>])", re.IGNORECASE)

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


def _indent(line: str) -> tuple[int, int]:
    """Return the width of the white space that a line begins with, tabs to four, and its length."""
    width = 0
    for index, char in enumerate(line):
        if char == " ":
            width += 1
        elif char == "\t":
            width += 4 - width % 4
        else:
            return width, index
    return width, len(line)


class _Blocks:
    """Cuts a source into paragraphs and what is no prose."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.events: list[Event] = []
        self.paragraphs: list[tuple[int, int]] = []
        self.labels: set[str] = set()
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
        source = self.source
        skip_to = start = self._front_matter()
        fence: tuple[str, int, bool] | None = None
        code_start = 0
        open_paragraph = -1
        items: list[int] = []
        after_blank = True
        in_code = False
        for match in _LINE.finditer(source, start):
            low = match.start()
            if low < skip_to:
                continue
            line = match.group()
            if fence is None and not in_code and open_paragraph >= 0 and line[0] not in " \t>`~<-+*[0123456789\r\n":
                # A line of prose that goes on, the most frequent kind.
                after_blank = False
                continue
            quoted = 0
            rest = line
            if rest.lstrip(" ")[:1] == ">" and (fence is None or fence[2]):
                stripped = rest
                while (lead := stripped.lstrip(" ")).startswith(">") and len(stripped) - len(lead) < 4:
                    stripped = lead[1:].removeprefix(" ")
                    quoted += 1
                rest = stripped
            width, size = _indent(rest)
            body = rest[size:].rstrip("\r\n")
            offset = low + len(line) - len(rest) + size
            if fence is not None:
                inside_item = bool(items) and width < items[-1] and body.strip() != ""
                if (fence[2] and not quoted) or (inside_item and not body.startswith(fence[0])):
                    self._code(code_start, low)
                    fence = None
                    items = [item for item in items if item <= width]
                else:
                    bare = body.rstrip()
                    if bare and bare[0] == fence[0] and len(bare) >= fence[1] and not bare.strip(fence[0]):
                        self._code(code_start, match.end())
                        fence = None
                        after_blank = False
                    continue
            if not body.strip():
                if open_paragraph >= 0:
                    self.paragraphs.append((open_paragraph, low))
                    open_paragraph = -1
                after_blank = True
                continue
            while items and width < items[-1] and (after_blank or open_paragraph < 0 or _ITEM.match(body)):
                items.pop()
            base = items[-1] if items else 0
            if width - base >= 4 and open_paragraph < 0:
                if not in_code:
                    code_start, in_code = low, True
                code_end = match.end()
                after_blank = False
                self._extend_code(code_start, code_end)
                continue
            in_code = False
            item = _ITEM.match(body)
            while item:
                gap = len(item.group(1) or " ")
                items.append(width + len(item.group().rstrip()) + gap)
                moved = item.end() if item.group(1) else item.end() + 1
                body, offset = body[moved:], offset + moved
                width = items[-1]
                item = _ITEM.match(body) if len(items) < 50 else None
            opened = _FENCE.match(body)
            if opened:
                if open_paragraph >= 0:
                    self.paragraphs.append((open_paragraph, low))
                    open_paragraph = -1
                run = opened.group(1) or opened.group(2)
                fence = (run[0], len(run), quoted > 0)
                code_start = offset
                continue
            if body[0:1] == "<" and open_paragraph < 0:
                ahead = self._html_block(offset, body)
                if ahead > offset:
                    skip_to = ahead
                    continue
            if open_paragraph < 0:
                defined = _DEFINITION.match(source, low, match.end())
                if defined:
                    self.labels.add(defined.group(1).strip().lower())
                    self.events.append((defined.start(), defined.end(), BREAK))
                open_paragraph = defined.end() if defined else low
            after_blank = False
        if fence is not None:
            self._code(code_start, len(source))
        if open_paragraph >= 0:
            self.paragraphs.append((open_paragraph, len(source)))

    def _html_block(self, offset: int, body: str) -> int:
        """Blank a comment or a script that begins a block and return where it ends; `offset` when it is neither."""
        source = self.source
        if body.startswith("<!--"):
            stop = source.find("-->", offset + 2)
            end = len(source) if stop < 0 else stop + 3
            self.events.append((offset, end, None))
        elif _UNREAD.match(body):
            tags = Tags(source)
            found = tags.match(offset)
            if not found:
                return offset
            listed, end = tags.events(found)
            self.events += listed
        else:
            return offset
        # What stands behind it on its line is prose again.
        rest = _LINE.match(source, end)
        if rest:
            if rest.group().strip():
                self.paragraphs.append((end, rest.end()))
            return rest.end()
        return end

    def _code(self, start: int, end: int) -> None:
        self.events.append((start, end, None))

    def _extend_code(self, start: int, end: int) -> None:
        if self.events and self.events[-1][0] == start:
            self.events.pop()
        self.events.append((start, end, None))


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
        near = self.source[max(start, match.start() - 300) : match.start()]
        return mark in near or mark in self.source[match.end() : min(end, match.end() + 300)]


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
