"""A document goes in, findings come out.

prefilter -> sentence -> spaCy matches (hits) -> conditions -> findings
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from hrlint.compiled import CueData, PatternData, Program, RuleData
from hrlint.document import Document
from hrlint.model import Cue, Finding, Severity, Span, Suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hrlint.anchors import Prefilter
    from hrlint.conditions.contexts import Contexts
    from hrlint.conditions.sentence import Patterns, Sentence
    from hrlint.matching import RawMatch


@dataclass(frozen=True)
class Settings:
    """What a run asks of the engine.

    `severities` gives a severity by rule id and wins over the packs; a rule at `off` is not looked for.
    """

    audience: str = "clinical-note"
    severities: tuple[tuple[str, Severity], ...] = ()
    aligned: bool = False
    suggestions: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A raw match, before anything is weighed: reported tokens `[first, last)` of `sentence`."""

    rule: int
    sentence: Sentence
    first: int
    last: int
    whole: tuple[int, int]
    match: RawMatch

    @property
    def span(self) -> Span:
        """The reported stretch of the text."""
        return Span(self.sentence.tokens[self.first].start, self.sentence.tokens[self.last - 1].end)


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
    def _prefilter(self) -> Prefilter:
        owners = list(self._severity)
        if self.settings.aligned:
            count = len(self.program.heads)
            owners += range(count, count + len(self.program.aligned))
        return self.program.prefilter(owners)

    @cached_property
    def _patterns(self) -> Patterns:
        from hrlint.conditions.sentence import Patterns

        return Patterns(self.program)

    @cached_property
    def _contexts(self) -> Contexts:
        from hrlint.conditions.contexts import Contexts

        return Contexts(self.program, self._patterns)

    def check(self, document: Document) -> tuple[list[Finding], list[Cue]]:
        """Return the findings and aligned cues of `document`, sorted by start and rule."""
        findings: list[Finding] = []
        cues: list[Cue] = []
        count = len(self.program.heads)
        for hits in self._hits(document.text):
            self._contexts.sections = document.sections
            for hit in _resolve(hits, count):
                if hit.rule >= count:
                    cue = self._cue(document, hit, self.program.aligned[hit.rule - count])
                    if cue:
                        cues.append(cue)
                    continue
                finding = self._finding(document, hit, self.program.rules[hit.rule])
                if finding:
                    findings.append(finding)
        findings = _without_repeats(findings)
        findings.sort(key=lambda f: (f.start, f.rule, f.end))
        cues.sort(key=lambda c: (c.start, c.principle, c.end))
        return findings, cues

    def _hits(self, text: str) -> Iterator[list[Hit]]:
        """Yield the hits of `text`, sentence by sentence."""
        seen = False
        for candidate in self._prefilter.candidates(text):
            if not seen:
                from hrlint.conditions.sentence import Sentence

                seen = True
            hits = self._hits_in(Sentence(text, candidate.span, self._patterns), candidate.patterns)
            if hits:
                yield hits
        if seen:
            self._patterns.reset_if_large()

    def _hits_in(self, sentence: Sentence, patterns: Sequence[int]) -> list[Hit]:
        hits: list[Hit] = []
        for index in patterns:
            for match in sentence.matches(index):
                first, last = _reported(self.program.pattern(index), match, sentence)
                if first < last:
                    hits.append(Hit(self.program.owner[index], sentence, first, last, (match.start, match.end), match))
        return hits

    # --- weighing ---------------------------------------------------------------------

    def _holds(self, names: Sequence[str], hit: Hit, despite: frozenset[str]) -> bool:
        from hrlint.conditions import places

        first, last = hit.whole
        for name in names:
            if name in despite:
                continue
            if name == "code-line":
                if places.on_code_line(hit.sentence.text, hit.span):
                    return True
            elif name == "heading-text":
                if places.is_heading(hit.sentence.text, hit.span):
                    return True
            elif name in self._contexts:
                if self._contexts.holds(name, hit.sentence, hit.first, hit.last):
                    return True
                if (first, last) != (hit.first, hit.last) and self._contexts.holds(name, hit.sentence, first, last):
                    return True
        return False

    def _finding(self, document: Document, hit: Hit, rule: RuleData) -> Finding | None:
        from hrlint.conditions import places
        from hrlint.conditions.quotes import voice_and_mention

        span = hit.span
        text = document.text
        if places.in_identifier(text, span) or places.in_comment(text, span) or places.in_proper_name(text, span):
            return None
        despite = rule.despite
        contexts = self._contexts
        if self._holds(rule.unless, hit, despite) or self._holds(contexts.silent, hit, despite):
            return None
        if rule.only_if and not self._holds(rule.only_if, hit, frozenset()):
            return None
        quoted, mentioned = voice_and_mention(text, span)
        if mentioned and "mentioned" not in despite:
            return None
        if "quoted" in despite:
            quoted = False
        elif not quoted and "own-words" in contexts and "own-words" not in despite:
            quoted = contexts.holds("own-words", hit.sentence, hit.first, hit.last)
        severity = self._severity[hit.rule]
        if rule.raise_if and self._holds(rule.raise_if, hit, despite):
            severity = Severity(min(severity + 1, Severity.ERROR))
        if quoted and "quoted" in rule.unless:
            return None
        lowered = (
            quoted
            or any(code.overlaps(span) for code in document.code)
            or ("code-line" not in despite and places.on_code_line(text, span))
            or self._holds(contexts.info, hit, despite)
            or self._holds(rule.info_if, hit, despite)
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
            suggestions=self._suggestions(
                hit, rule, editable=not (quoted or lowered and places.on_code_line(text, span))
            ),
            principles=rule.principles,
            themes=rule.themes,
            sources=rule.sources,
        )

    def _suggestions(self, hit: Hit, rule: RuleData, *, editable: bool) -> tuple[Suggestion, ...]:
        if not self.settings.suggestions:
            return ()
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
        found = suggest(match, rule.templates, self.program.vocabulary)
        if editable:
            return found
        return tuple(Suggestion(s.text, s.start, s.end, "manual") for s in found)

    def _cue(self, document: Document, hit: Hit, cue: CueData) -> Cue | None:
        from hrlint.conditions.quotes import voice_and_mention

        span = hit.span
        if self._holds(cue.unless, hit, cue.despite) or self._holds(self._contexts.silent, hit, cue.despite):
            return None
        if cue.only_if and not self._holds(cue.only_if, hit, frozenset()):
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


def _reported(pattern: PatternData, match: RawMatch, sentence: Sentence) -> tuple[int, int]:
    """Return the tokens to report: those in braces, or all, without hyphens at the ends."""
    first, last = match.start, match.end
    if pattern.reported is not None:
        at = [match.start + i for i, item in enumerate(match.items) if item in pattern.reported]
        if not at:
            return 0, 0
        first, last = at[0], at[-1] + 1
    while first < last and sentence.tokens[first].text == "-":
        first += 1
    while last > first and sentence.tokens[last - 1].text == "-":
        last -= 1
    return first, last


def _resolve(hits: list[Hit], rules: int) -> list[Hit]:
    """Keep, for each rule, the longest of overlapping hits."""
    hits.sort(key=lambda h: (h.rule, h.first - h.last, h.first, h.whole))
    kept: list[Hit] = []
    for hit in hits:
        if not any(k.rule == hit.rule and k.first < hit.last and hit.first < k.last for k in kept):
            kept.append(hit)
    return kept


def _without_repeats(findings: list[Finding]) -> list[Finding]:
    """Drop a finding that another of its category covers and is at least as severe as."""
    kept: list[Finding] = []
    # Those that are kept of one category do not overlap, so only the neighbours by start can be in the way.
    starts: dict[str, list[int]] = {}
    ends: dict[str, list[int]] = {}
    for finding in sorted(findings, key=lambda f: (-f.severity, f.start - f.end, f.start, f.rule)):
        begun, ended = starts.setdefault(finding.category, []), ends.setdefault(finding.category, [])
        at = bisect_left(begun, finding.end)
        if at and ended[at - 1] > finding.start:
            continue
        begun.insert(at, finding.start)
        ended.insert(at, finding.end)
        kept.append(finding)
    return kept
