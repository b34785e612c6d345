"""A document goes in, findings come out.

prefilter -> sentence -> spaCy matches (hits) -> conditions -> findings
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from hrlint.model import Cue, Finding, Severity, Suggestion

if TYPE_CHECKING:
    from hrlint.compiled import CueData, Program, RuleData
    from hrlint.conditions.contexts import Around
    from hrlint.document import Document
    from hrlint.hits import Hit, Hits

_Placed = TypeVar("_Placed", Finding, Cue)


class Settings(NamedTuple):
    """What a run asks of the engine.

    `severities` gives a severity by rule id and wins over the packs; a rule at `off` is not looked for.
    """

    audience: str = "clinical-note"
    severities: tuple[tuple[str, Severity], ...] = ()
    aligned: bool = False
    suggestions: bool = True


class Engine:
    """Rules and settings, ready to check any number of documents."""

    def __init__(self, program: Program, settings: Settings | None = None) -> None:
        self.program = program
        self.settings = settings or Settings()
        chosen = dict(self.settings.severities)
        audience = self.settings.audience
        self._severity: dict[int, Severity] = {}
        for index, head in enumerate(program.heads):
            severity = chosen.get(head.id, head.severity_for(audience))
            if severity is not Severity.OFF:
                self._severity[index] = severity

    def severities(self) -> Iterator[tuple[str, Severity]]:
        """Yield (rule id, severity) of every rule that is on."""
        for index, severity in self._severity.items():
            yield self.program.heads[index].id, severity

    @cached_property
    def hits(self) -> Hits:
        """Where the patterns of the rules that are on match."""
        from hrlint.hits import Hits

        owners = list(self._severity)
        if self.settings.aligned:
            count = len(self.program.heads)
            owners += range(count, count + len(self.program.aligned))
        return Hits(self.program, owners)

    def check(self, document: Document) -> tuple[list[Finding], list[Cue]]:
        """Return the findings and aligned cues of `document`, sorted by start and rule; their offsets count in the file."""
        findings: list[Finding] = []
        cues: list[Cue] = []
        count = len(self.program.heads)
        for offset, hits in self.hits.of(document.text, document.own):
            from hrlint.conditions.contexts import Around

            around = Around(document, offset)
            for hit in hits:
                if hit.rule >= count:
                    cue = self._cue(hit, around, self.program.aligned[hit.rule - count])
                    if cue:
                        cues.append(cue)
                    continue
                finding = self._finding(hit, around, self.program.rules[hit.rule])
                if finding:
                    findings.append(finding)
            hits[0].sentence.let_go()
        self.hits.forget_if_large()
        # Of one category at one place the most severe is kept, of these the longest; of one principle the longest cue.
        findings.sort(key=lambda f: (-f.severity, f.start - f.end, f.start, f.rule))
        findings = _apart(findings, lambda f: f.category)
        cues.sort(key=lambda c: (c.start - c.end, c.start))
        cues = _apart(cues, lambda c: c.principle)
        findings.sort(key=lambda f: (f.start, f.rule, f.end))
        cues.sort(key=lambda c: (c.start, c.principle, c.end))
        if by := document.begin.offset:
            findings = [_moved(finding, by) for finding in findings]
            cues = [cue._replace(start=cue.start + by, end=cue.end + by) for cue in cues]
        return findings, cues

    # --- weighing ---------------------------------------------------------------------

    def _holds(self, names: Sequence[str], hit: Hit, around: Around, despite: frozenset[str]) -> bool:
        """Whether one of the contexts `names` holds for `hit`; those of `despite` are not asked."""
        if not names:
            return False
        sentence = hit.sentence
        key = names, despite, hit.first, hit.last, hit.whole
        known = sentence.weighed.get(key)
        if known is None:
            asked = [name for name in names if name not in despite]
            contexts = self.hits.contexts
            known = self._holds_beside(asked, hit) or contexts.with_headings(asked)
            sentence.weighed[key] = known
        if isinstance(known, bool):
            return known
        return any(
            self.hits.contexts.holds_above(known, sentence, first, around) for first in {hit.first, hit.whole[0]}
        )

    def _holds_beside(self, names: Iterable[str], hit: Hit) -> bool:
        """Whether one of the contexts `names` holds for `hit` by what stands in its passage."""
        from hrlint.conditions import places

        contexts = self.hits.contexts
        for name in names:
            if name == "code-line":
                if places.on_code_line(hit.sentence.text, hit.span):
                    return True
            elif name == "heading-text":
                if places.is_heading(hit.sentence.text, hit.span):
                    return True
            elif name in contexts:
                stretches = {(hit.first, hit.last), hit.whole}
                if any(contexts.holds_beside(name, hit.sentence, *stretch) for stretch in stretches):
                    return True
        return False

    def _finding(self, hit: Hit, around: Around, rule: RuleData) -> Finding | None:
        from hrlint.conditions import places
        from hrlint.conditions.voice import voice_and_mention

        document, offset = around
        text = document.text
        span = hit.span.moved(offset)
        despite = rule.despite
        contexts = self.hits.contexts
        if self._holds(rule.unless, hit, around, despite) or self._holds(contexts.silent, hit, around, despite):
            return None
        if rule.only_if and not self._holds(rule.only_if, hit, around, frozenset()):
            return None
        if places.in_comment(text, span):
            return None
        quoted, mentioned = voice_and_mention(text, span)
        if mentioned and "mentioned" not in despite:
            return None
        if "quoted" in despite:
            quoted = False
        elif not quoted and "own-words" in contexts and "own-words" not in despite:
            quoted = contexts.holds("own-words", hit.sentence, hit.first, hit.last, around)
        severity = self._severity[hit.rule]
        if rule.raise_if and self._holds(rule.raise_if, hit, around, despite):
            severity = Severity(min(severity + 1, Severity.ERROR))
        if quoted and "quoted" in rule.unless:
            return None
        on_code_line = places.on_code_line(hit.sentence.text, hit.span)
        lowered = (
            quoted
            or any(code.overlaps(span) for code in document.code)
            or ("code-line" not in despite and on_code_line)
            or self._holds(contexts.info, hit, around, despite)
            or self._holds(rule.info_if, hit, around, despite)
        )
        if lowered:
            severity = min(severity, Severity.INFO)
        line, column = document.place(span.start)
        end_line, end_column = document.place_after(span.end)
        words = text[span.start : span.end]
        return Finding(
            path=document.name,
            location=document.location_at(span.start),
            rule=rule.id,
            category=rule.category,
            severity=severity,
            voice="quoted" if quoted else "writer",
            start=span.start,
            end=span.end,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            text=words,
            message=rule.message.replace("{match}", " ".join(words.split())),
            why=rule.why,
            suggestions=self._suggestions(hit, rule, offset, editable=not (quoted or lowered and on_code_line)),
            principles=rule.principles,
            themes=rule.themes,
            sources=rule.sources,
        )

    def _suggestions(self, hit: Hit, rule: RuleData, offset: int, *, editable: bool) -> tuple[Suggestion, ...]:
        """Return the suggestions for a hit, offsets counted in the document."""
        if not self.settings.suggestions:
            return ()
        found = hit.sentence.suggested.get((hit.rule, hit.first, hit.last))
        if found is None:
            found = hit.sentence.suggested[hit.rule, hit.first, hit.last] = self._suggest(hit, rule)
        moved = (suggestion.moved(offset) for suggestion in found)
        return tuple(moved if editable else (s._replace(applicability="manual") for s in moved))

    def _suggest(self, hit: Hit, rule: RuleData) -> tuple[Suggestion, ...]:
        from hrlint.suggest import Match, suggest

        pattern = self.program.pattern(hit.match.pattern)
        parts: dict[str, tuple[int, int]] = {}
        for name, items in pattern.parts.items():
            at = [hit.match.start + i for i, item in enumerate(hit.match.items) if item in items]
            if at:
                parts[name] = (at[0], at[-1] + 1)
        head = None
        if pattern.head is not None and pattern.head in hit.match.items:
            head = hit.match.start + hit.match.items.index(pattern.head)
        match = Match(hit.sentence.text, hit.sentence.tokens, hit.first, hit.last, parts, head)
        return suggest(match, rule.templates, self.program.vocabulary)

    def _cue(self, hit: Hit, around: Around, cue: CueData) -> Cue | None:
        from hrlint.conditions.voice import voice_and_mention

        document, offset = around
        span = hit.span.moved(offset)
        if self._holds(cue.unless, hit, around, cue.despite) or self._holds(
            self.hits.contexts.silent, hit, around, cue.despite
        ):
            return None
        if cue.only_if and not self._holds(cue.only_if, hit, around, frozenset()):
            return None
        if voice_and_mention(document.text, span)[1]:
            return None
        line, column = document.place(span.start)
        return Cue(
            document.name,
            document.location_at(span.start),
            cue.principle,
            cue.theme,
            span.start,
            span.end,
            line,
            column,
            document.text[span.start : span.end],
        )


def _moved(finding: Finding, by: int) -> Finding:
    suggestions = tuple(suggestion.moved(by) for suggestion in finding.suggestions)
    return finding._replace(start=finding.start + by, end=finding.end + by, suggestions=suggestions)


def _apart(ranked: Iterable[_Placed], group: Callable[[_Placed], str]) -> list[_Placed]:
    """Return what is left when one of `ranked` goes that overlaps an earlier one of its group."""
    kept: list[_Placed] = []
    # Those that are kept of one group do not overlap, so only the neighbours by start can be in the way.
    starts: dict[str, list[int]] = {}
    ends: dict[str, list[int]] = {}
    for each in ranked:
        begun, ended = starts.setdefault(group(each), []), ends.setdefault(group(each), [])
        at = bisect_left(begun, each.end)
        if at and ended[at - 1] > each.start:
            continue
        begun.insert(at, each.start)
        ended.insert(at, each.end)
        kept.append(each)
    return kept
