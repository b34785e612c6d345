"""`full`: for the person who wrote the note.

note.txt

  12 │ 45M heroin addict here for abscess.
     │     ^^^^^^^^^^^^^
     error    “heroin addict” names a person by a condition.
     instead  person with a heroin use disorder
     original   NIDA, Words Matter
     person-labels.addict at note.txt:12:5

Findings of several rules at one place are shown as one, the others in a line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from hrlint.model import Finding, Result, Suggestion
from hrlint.reporters.options import Options
from hrlint.reporters.terminal import cells
from hrlint.reporters.text import Page, closing

if TYPE_CHECKING:
    from hrlint.reporters.excerpt import Line
    from hrlint.reporters.positions import Original

# A finding and the document it stands in, where that is at hand.
_Placed = tuple[Finding, "Original | None"]

_GUTTER = 5  # cells for a line number, aligned right
_INDENT = _GUTTER + 1
_LABEL = 9


def _lines(finding: Finding, original: Original | None, page: Page, options: Options) -> list[Line]:
    """Return the lines to show: of the note, or without it (redacted, not at hand) the words alone."""
    from hrlint.reporters.excerpt import Line, excerpt

    if original is not None and not options.redact:
        room = page.width - _INDENT - 3
        document = original.document
        offset = document.begin.offset
        return list(excerpt(document, finding.start - offset, finding.end - offset, room, page.encoding))
    number = finding.line if original is None or original.has_lines(finding) else None
    return [Line(number, "", page.plain(finding.text), "")] if finding.text else []


def _place(finding: Finding, original: Original | None) -> str:
    lines = "" if original is not None and not original.has_lines(finding) else f":{finding.line}:{finding.column}"
    return f"{finding.path}{lines}" + (f", {finding.location}" if finding.location else "")


def _print_lines(lines: Sequence[Line], severity: str, page: Page) -> None:
    bar = page.paint("dim", page.plain("│"))
    for number, before, words, after in lines:
        label = f"{number or '':>{_GUTTER}}"
        page.line(f"{page.paint('dim', label)} {bar} {before}{page.paint(severity, words)}{after}")
        underline = " " * cells(before) + page.paint(severity, "^" * cells(words))
        page.line(f"{' ' * _GUTTER} {bar} {underline}")


def _print_labelled(label: str, style: str, text: str, page: Page) -> None:
    first, *rest = page.wrapped(text, _INDENT + _LABEL)
    page.line(f"{' ' * _INDENT}{page.paint(style, f'{label:<{_LABEL}}')}{first}")
    for line in rest:
        page.line(f"{' ' * (_INDENT + _LABEL)}{line}")


# The page of the rule (`hrlint explain`) has them all.
_MOST_SOURCES = 2


def _replaced(suggestion: Suggestion, finding: Finding, original: Original | None, options: Options) -> str:
    """Return ` (for “an addict”)` where a suggestion replaces more than the finding."""
    wider = suggestion.start < finding.start or suggestion.end > finding.end
    if not wider or original is None or options.redact:
        return ""
    return f" (for “{original.document.words(suggestion.start, suggestion.end)}”)"


def _advice(place: Sequence[_Placed], options: Options) -> Iterator[tuple[str, str]]:
    """Yield (label, text) for what to write instead: all rewrites, since each may be applied, and the advice of the first finding."""
    label = "instead"
    told: set[str] = set()
    for finding, original in place:
        for suggestion in finding.suggestions:
            if suggestion.applicability == "manual":
                if finding is place[0][0]:
                    yield "advice", suggestion.text
                continue
            text = suggestion.text + _replaced(suggestion, finding, original, options)
            if text not in told:
                told.add(text)
                yield label, text
                label = "or"


def _places(findings: Iterable[_Placed]) -> Iterator[list[_Placed]]:
    """Yield the findings of a file place by place, at each the most severe first, of these one with a rewrite, then the longest.

    Two findings stand at one place when they share at least half of the stretch of the longer.
    """
    place: list[_Placed] = []
    for each in findings:
        if place and not all(_same_place(each[0], other) for other, _ in place):
            yield sorted(place, key=_weight)
            place = []
        place.append(each)
    if place:
        yield sorted(place, key=_weight)


def _same_place(one: Finding, other: Finding) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return one.location == other.location and 2 * shared >= max(one.end - one.start, other.end - other.start) > 0


def _weight(placed: _Placed) -> tuple[int, bool, int]:
    finding = placed[0]
    only_advice = all(suggestion.applicability == "manual" for suggestion in finding.suggestions)
    return -finding.severity, only_advice, finding.start - finding.end


def _print_place(place: Sequence[_Placed], first: bool, page: Page, options: Options) -> None:
    (finding, original), *others = place
    severity = str(finding.severity)
    _print_lines(_lines(finding, original, page, options), severity, page)
    _print_labelled(severity, severity, finding.message, page)
    if finding.voice == "quoted":
        _print_labelled("voice", "dim", "These are the person's own words.", page)
    if first and finding.why:
        _print_labelled("why", "dim", finding.why, page)
    for label, text in _advice(place, options):
        _print_labelled(label, "good", text, page)
    if finding.sources:
        _print_labelled("source", "dim", "; ".join(map(options.reference, finding.sources[:_MOST_SOURCES])), page)
    for other, _ in others:
        _print_labelled("also", str(other.severity), f"{other.message} ({other.rule})", page)
    page.line(" " * _INDENT + page.paint("dim", page.plain(f"{finding.rule} at {_place(finding, original)}")))
    page.line()


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write the findings of each file with their lines, then what `options` ask for."""
    page = Page.of(out, options)
    explained: set[str] = set()
    for result in results:
        if not result.findings:
            continue
        from hrlint.reporters.positions import in_reading_order

        page.line(page.paint("bold", page.plain(result.path)))
        page.line()
        for place in _places(in_reading_order(result)):
            rule = place[0][0].rule
            _print_place(place, rule not in explained, page, options)
            explained.add(rule)
    closing(results, page, options)
