"""Suppressions written in the text: `hrlint: ignore` and its kin.

    hrlint: ignore                                    this line, every rule
    hrlint: ignore person-labels.addict -- reason     this line, one rule
    hrlint: ignore-next-line weight, age              the next line that is not blank
    hrlint: off credibility … hrlint: on              all between
    hrlint: ignore-file                               the whole document
    hrlint: ignore expires=2026-12-31 -- reason       through that day

They stand in a comment of the format (`<!-- -->`, `{# #}`, `[[ ]]`, `/* */`, `#`, `//`) or on a line
of their own. An `ignore` alone on its line is about the next line. A reason comes after `--`
(a long dash will do, since XML allows no `--` in a comment).
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from hrlint.config import specificity
from hrlint.document import Document
from hrlint.model import CATEGORIES, Finding, Severity, Span
from hrlint.packed import Packed, like

CATEGORY = "hrlint"
UNUSED = "hrlint.unused-suppression"
EXPIRED = "hrlint.expired-suppression"
UNKNOWN = "hrlint.unknown-suppression"
RULES = (UNUSED, EXPIRED, UNKNOWN)

_WHY = {
    UNUSED: "A suppression that silences nothing hides the next real finding.",
    EXPIRED: "A suppression with a date was meant to be looked at again by then.",
    UNKNOWN: "A suppression that cannot be understood silences nothing.",
}


@dataclass(frozen=True, slots=True)
class Directive:
    """One suppression.

    kind      `ignore`, `ignore-next-line`, `ignore-file`, `off` or `on`
    words     rules, categories or beginnings that it is about; empty is all
    expires   last day on which it holds, or None
    line      where it stands, from 1: a line of the text where `span` is set, else of the source; of a piece, a line of the file
    alone     nothing else is on that line
    span      the whole comment in `Document.text`, or None when the reader took it out of the text
    keyword   the stretch of `Document.text` that says `hrlint: …`, without words and reason
    problem   why it cannot be understood, or None
    """

    kind: str
    words: tuple[str, ...]
    reason: str | None
    expires: date | None
    line: int
    alone: bool
    span: Span | None = None
    keyword: Span | None = None
    problem: str | None = None

    def about(self, finding: Finding) -> bool:
        """Return whether its words take in the rule of `finding`."""
        if self.problem is not None:
            return False
        return not self.words or any(specificity(w, finding.rule, finding.category) for w in self.words)


class Applied(NamedTuple):
    """`kept` findings, the number of `suppressed` ones, and `extra` findings about the suppressions themselves."""

    kept: Sequence[Finding]
    suppressed: int
    extra: tuple[Finding, ...]


_DIRECTIVE = r"hrlint:[ \t]*(?P<kind>[a-z-]+)"
_COMMENT = re.compile(
    rf"""
      <!--\s*{_DIRECTIVE.replace("kind", "html")}(?P<html_rest>(?:(?!-->).){{0,500}})-->
    | \{{\#-?\s*{_DIRECTIVE.replace("kind", "jinja")}(?P<jinja_rest>(?:(?!-?\#\}}).){{0,500}})-?\#\}}
    | \[\[\s*{_DIRECTIVE.replace("kind", "wiki")}(?P<wiki_rest>(?:(?!\]\]).){{0,500}})\]\]
    | /\*\s*{_DIRECTIVE.replace("kind", "c")}(?P<c_rest>(?:(?!\*/).){{0,500}})\*/
    | (?<![`\w])(?:\#|//)[ \t]*{_DIRECTIVE.replace("kind", "tail")}(?P<tail_rest>[^\r\n]*)
    | (?:(?<=^)|(?<=[\r\n]))[ \t]*{_DIRECTIVE.replace("kind", "own")}(?P<own_rest>[^\r\n]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMS = ("html", "jinja", "wiki", "c", "tail", "own")
_INSIDE = re.compile(rf"^[\s#/*!-]*{_DIRECTIVE}(?P<rest>.*)$")
_REASON = re.compile(r"(?:^|\s)(?:--|–|—)\s*")
_EXPIRES = re.compile(r"(?:^|(?<=[\s,]))expires=(\S+?)(?=[\s,]|$)")
_MARKS = re.compile(r"<!--|-->|\{#|#\}|\[\[|\]\]|/\*|\*/|//|#")
_BREAK = re.compile(r"\r\n|\n|\r")
_KINDS = ("ignore", "ignore-next-line", "ignore-file", "off", "on")


def directives(document: Document) -> tuple[Directive, ...]:
    """Return the suppressions of a document in order; cheap where there are none."""
    in_comments = any("hrlint:" in text for text, _ in document.comments)
    in_source = bool(document.segments) and not document.comments and "hrlint:" in document.source
    in_text = "hrlint:" in document.text
    if not (in_comments or in_source or in_text):
        return ()
    found = list(_in_text(document)) if in_text else []
    # A comment that the reader lists and also left in the text is one suppression.
    known = {(d.kind, _source_line(document, d)) for d in found}
    if in_comments:
        found += [d for d in _in_comments(document) if (d.kind, d.line) not in known]
    elif in_source:
        found += [d for d in _in_source(document) if (d.kind, d.line) not in known]
    return tuple(found)


def _source_line(document: Document, directive: Directive) -> int:
    return document.place(directive.span.start)[0] if directive.span else directive.line


def _in_text(document: Document) -> Iterator[Directive]:
    text = document.text
    for match, form in _matches(text):
        span = Span(*match.span())
        keyword = Span(text.index("hrlint:", span.start), match.end(form))
        line = bisect_right(document.lines, keyword.start) + document.begin.line - 1
        before = text[document.line_span(span.start).start : span.start]
        after = text[span.end : document.line_span(span.end).end]
        alone = not (before + after).strip()
        if _meant(match[form], form):
            yield _parse(match[form], match[f"{form}_rest"], line, alone, span, keyword)


def _in_source(document: Document) -> Iterator[Directive]:
    source = document.source
    lines = _BREAK.split(source)
    starts = [0, *(m.end() for m in _BREAK.finditer(source))]
    for match, form in _matches(source):
        if form == "own" or not _meant(match[form], form):
            continue
        line = bisect_right(starts, match.start(form))
        alone = not lines[line - 1].replace(match.group(), "", 1).strip()
        yield _parse(match[form], match[f"{form}_rest"], line, alone)


def _meant(kind: str, form: str) -> bool:
    """Return whether a mark, or none at all, before `hrlint: kind` is a suppression and not prose."""
    return form not in ("tail", "own") or bool(difflib.get_close_matches(kind, _KINDS, n=1, cutoff=0.7))


def _in_comments(document: Document) -> Iterator[Directive]:
    lines = _BREAK.split(document.source)
    for comment, first in document.comments:
        for into, text in enumerate(_BREAK.split(comment)):
            match = _INSIDE.match(_MARKS.sub(" ", text).rstrip())
            if match is None:
                continue
            line = first + into
            number = line - document.begin.line
            whole = lines[number] if 0 <= number < len(lines) else ""
            alone = not _MARKS.sub("", whole.replace(text.strip(), "", 1)).strip(" \t>-")
            yield _parse(match["kind"], match["rest"], line, alone)


def _matches(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _COMMENT.finditer(text):
        yield match, next(form for form in _FORMS if match[form] is not None)


def _parse(
    kind: str, rest: str, line: int, alone: bool, span: Span | None = None, keyword: Span | None = None
) -> Directive:
    """Read ` RULE[, RULE] [expires=DATE] [-- reason]`."""
    problem = None if kind in _KINDS else f"'{kind}' is none of {', '.join(_KINDS)}"
    head, *tail = _REASON.split(rest.strip(), maxsplit=1)
    reason = tail[0].strip() if tail else None
    expires = None
    if dates := _EXPIRES.findall(f"{head} {reason or ''}"):
        try:
            expires = date.fromisoformat(dates[0])
        except ValueError:
            problem = problem or "the date after expires= is not written YEAR-MONTH-DAY"
    head = _EXPIRES.sub("", head)
    reason = (_EXPIRES.sub("", reason).strip() or None) if reason else None
    words = tuple(word for word in re.split(r"[\s,]+", head) if word)
    if not all("." in w or "*" in w or w in CATEGORIES or w == CATEGORY for w in words):
        # The word itself may be text of the note, so it is not shown.
        problem = problem or "only rules and categories may follow; put the reason after --"
    return Directive(kind, words, reason, expires, line, alone, span, keyword, problem)


class _Lines:
    """The two ways to count lines: those of the text, and those of the source."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.has_source = not document.segments or any(s.source_start is not None for s in document.segments)

    def of(self, finding: Finding, in_text: bool) -> tuple[int, int]:
        """Return the first and last line of a finding."""
        last = max(finding.start, finding.end - 1)
        if in_text or not self.has_source:
            starts = self.document.lines
            return bisect_right(starts, finding.start), bisect_right(starts, last)
        return self.document.place(finding.start)[0], self.document.place(last)[0]

    def following(self, line: int, in_text: bool, taken: frozenset[int]) -> int:
        """Return the next line after `line` that is neither blank nor holds suppressions alone."""
        lines = self.text_lines if in_text or not self.has_source or not self.document.segments else self.source_lines
        for number in range(line + 1, len(lines) + 1):
            if lines[number - 1].strip() and number not in taken:
                return number
        return line + 1

    def about(self, number: int, directive: Directive, rule: str, message: str) -> Finding:
        """Return what is said about a suppression, the one of that number."""
        return _finding(directive, self.document, rule, message)

    @cached_property
    def text_lines(self) -> list[str]:
        return _BREAK.split(self.document.text)

    @cached_property
    def source_lines(self) -> list[str]:
        return _BREAK.split(self.document.source)


class Gathered:
    """The suppressions of a large file: what `apply` asks of its document, of which nothing is kept."""

    def __init__(self) -> None:
        self.given: list[Directive] = []
        self._about: list[Finding] = []
        self._pending: list[tuple[int, bool]] = []
        self._following: dict[tuple[int, bool], int] = {}
        self._end = 0

    def add(self, document: Document) -> None:
        """Take in the next piece."""
        begin, own = document.begin, document.own or Span(0, len(document.text))
        self._end = begin.offset + own.end
        found = directives(document)
        for directive in found:
            at = directive.keyword.start if directive.keyword else document.lines[directive.line - begin.line]
            if own.start <= at < own.end:
                about = _finding(directive, document, UNUSED, "")
                self._about.append(about._replace(start=about.start + begin.offset, end=about.end + begin.offset))
                self.given.append(_moved(directive, begin.offset))
                self._pending.append((directive.line, directive.span is not None))
        if self._pending:
            self._find_following(document, own, _alone(found))

    def _find_following(self, document: Document, own: Span, alone: dict[bool, frozenset[int]]) -> None:
        lines = [*document.lines, len(document.text)]
        number = max(bisect_right(document.lines, own.start), self._pending[0][0] - document.begin.line + 2)
        while self._pending and number < len(lines) and lines[number - 1] < own.end:
            line = number + document.begin.line - 1
            if document.text[lines[number - 1] : lines[number]].strip():
                for each in [p for p in self._pending if p[0] < line and line not in alone[p[1]]]:
                    self._following[each] = line
                    self._pending.remove(each)
            number += 1

    def of(self, finding: Finding, in_text: bool) -> tuple[int, int]:
        """Return the first and last line of a finding."""
        return finding.line, finding.end_line

    def following(self, line: int, in_text: bool, taken: frozenset[int]) -> int:
        """Return the next line after `line` that is neither blank nor holds suppressions alone."""
        return self._following.get((line, in_text), line + 1)

    def about(self, number: int, directive: Directive, rule: str, message: str) -> Finding:
        """Return what is said about a suppression, the one of that number."""
        found = self._about[number]._replace(rule=rule, message=message, why=_WHY[rule])
        return found if directive.keyword else found._replace(start=self._end, end=self._end)


def _moved(directive: Directive, by: int) -> Directive:
    span, keyword = directive.span, directive.keyword
    return replace(directive, span=span and span.moved(by), keyword=keyword and keyword.moved(by))


def apply(
    findings: Iterable[Finding],
    directives: Iterable[Directive],
    document: Document | Gathered,
    *,
    today: date | None = None,
    report_unused: bool = True,
) -> Applied:
    """Drop the findings of `document` that its suppressions silence.

    Give all findings, before any filter by severity, or suppressions look unused.
    `report_unused` is off when only some rules ran (`--select`). Findings inside a suppression
    comment itself are dropped and not counted.
    """
    found = findings if isinstance(findings, Packed) else tuple(findings)
    given = tuple(directives)
    if not given:
        return Applied(found, 0, ())
    today = today or date.today()
    lines = document if isinstance(document, Gathered) else _Lines(document)
    expired = {i for i, d in enumerate(given) if d.expires is not None and d.expires < today}
    stretches, stray = _stretches(given, lines)
    used: set[int] = set()
    left = []
    suppressed = 0
    for finding in found:
        span = Span(finding.start, finding.end)
        if any(d.span is not None and d.span.overlaps(span) for d in given):
            left.append(False)
            continue
        silenced = False
        places = lines.of(finding, False), lines.of(finding, True)
        for i, first, last in stretches:
            begin, end = places[given[i].span is not None]
            if begin <= last and first <= end and given[i].about(finding):
                used.add(i)
                silenced = silenced or i not in expired
        suppressed += silenced
        left.append(not silenced)
    extra = []
    for i, directive in enumerate(given):
        if directive.problem is not None:
            extra.append(lines.about(i, directive, UNKNOWN, f"This suppression does nothing: {directive.problem}."))
        elif i in expired:
            message = f"This suppression ended on {directive.expires}; take it out or give a new date."
            extra.append(lines.about(i, directive, EXPIRED, message))
        elif i in stray:
            extra.append(lines.about(i, directive, UNUSED, "'hrlint: on' without an 'hrlint: off' before it."))
        elif report_unused and i not in used and directive.kind != "on":
            extra.append(lines.about(i, directive, UNUSED, "This suppression silences nothing; take it out."))
    return Applied(like(found, compress(found, left)), suppressed, tuple(extra))


_END = 2**31


def _alone(given: Iterable[Directive]) -> dict[bool, frozenset[int]]:
    """Return the lines that hold suppressions alone: lines of the text (True), and of the source."""
    given = tuple(given)
    return {
        in_text: frozenset(d.line for d in given if d.alone and (d.span is not None) is in_text)
        for in_text in (True, False)
    }


def _stretches(given: tuple[Directive, ...], lines: _Lines | Gathered) -> tuple[list[tuple[int, int, int]], set[int]]:
    """Return (index, first line, last line) for each suppression, and the `on` that end nothing."""
    done: list[tuple[int, int, int]] = []
    stray: set[int] = set()
    alone = _alone(given)
    is_open: dict[int, Directive] = {}
    order = sorted(range(len(given)), key=lambda i: (given[i].line, i))
    for i in order:
        directive = given[i]
        in_text = directive.span is not None
        if directive.problem is not None:
            continue
        if directive.kind == "ignore-file":
            done.append((i, 1, _END))
        elif directive.kind == "ignore-next-line" or (directive.kind == "ignore" and directive.alone):
            at = lines.following(directive.line, in_text, alone[in_text])
            done.append((i, at, at))
        elif directive.kind == "ignore":
            done.append((i, directive.line, directive.line))
        elif directive.kind == "off":
            is_open[i] = directive
        else:
            # `on` without words ends every `off`; with words, those with the same words.
            ends = [j for j, off in is_open.items() if not directive.words or set(off.words) <= set(directive.words)]
            ends = [j for j in ends if is_open[j].words or not directive.words]
            if not ends:
                stray.add(i)
            for j in ends:
                done.append((j, is_open.pop(j).line, directive.line))
    done.extend((i, directive.line, _END) for i, directive in is_open.items())
    return done, stray


def _finding(directive: Directive, document: Document, rule: str, message: str) -> Finding:
    """Return what is said about a suppression; it shows the keyword, never words of the note."""
    if directive.keyword is not None:
        start, end = directive.keyword
        line, column = document.place(start)
        end_line, end_column = document.place(end)
    else:
        start = end = _offset_of_line(document, directive.line)
        line = end_line = directive.line
        column = end_column = 1
    return Finding(
        path=document.name,
        location=document.location_at(start),
        rule=rule,
        category=CATEGORY,
        severity=Severity.INFO,
        voice="writer",
        start=start,
        end=end,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        text=document.text[start:end],
        message=message,
        why=_WHY[rule],
    )


def _offset_of_line(document: Document, line: int) -> int:
    """Return the first offset of the text that comes from the source line `line` or a later one."""
    for segment in document.segments:
        if segment.source_start is not None and document.place(segment.start)[0] >= line:
            return segment.start
    return len(document.text)
