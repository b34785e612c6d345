"""Running the examples inside rule packs, for `hrlint test` and for the tests of the shipped packs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hrlint.compiled import Program
from hrlint.document import Document
from hrlint.engine import Engine, Settings
from hrlint.model import Severity, Span

_MARK = re.compile(r"\[\[|\]\]")


@dataclass(frozen=True)
class Failure:
    """An example that did not come out as its rule says; `place` is `file:line:column` of the rule."""

    place: str
    rule: str
    example: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.reason}: {self.example}"


def unmark(example: str) -> tuple[str, list[Span]]:
    """Return the sentence without its `[[…]]` and the spans that they marked."""
    text = ""
    spans: list[Span] = []
    opened = 0
    last = 0
    for match in _MARK.finditer(example):
        text += example[last : match.start()]
        if match.group() == "[[":
            opened = len(text)
        else:
            spans.append(Span(opened, len(text)))
        last = match.end()
    return text + example[last:], spans


def run_examples(program: Program, packs: frozenset[str] | None = None) -> Iterator[Failure | None]:
    """Yield None for every example that holds and a Failure for every other one.

    A flagged example must be reported by its own rule at exactly the marked stretches; a passing one
    must not be reported by its own rule above `info`.
    """
    for rule in program.rules:
        if packs is not None and rule.pack not in packs:
            continue
        on = {r.id: Severity.OFF for r in program.rules if r.id != rule.id}
        loud = max([rule.severity, *rule.audience.values()])
        on[rule.id] = loud
        engine = Engine(program, Settings(severities=tuple(on.items()), suggestions=False))
        for example in rule.flag:
            text, spans = unmark(example)
            findings, _ = engine.check(Document(rule.id, text))
            found = [Span(f.start, f.end) for f in findings]
            if found == spans:
                yield None
            else:
                got = ", ".join(repr(text[s.start : s.end]) for s in found) or "nothing"
                yield Failure(rule.place, rule.id, example, f"reported {got}")
        for example in rule.pass_:
            findings, _ = engine.check(Document(rule.id, example))
            above = [f for f in findings if f.severity > Severity.INFO or loud <= Severity.INFO]
            if not above:
                yield None
            else:
                yield Failure(rule.place, rule.id, example, f"must not report {above[0].text!r}")
    if program.aligned:
        yield from _run_aligned(program, packs)


def _run_aligned(program: Program, packs: frozenset[str] | None) -> Iterator[Failure | None]:
    engine = Engine(program, Settings(severities=tuple((r.id, Severity.OFF) for r in program.rules), aligned=True))
    if packs is not None and "aligned" not in packs:
        return
    for cue in program.aligned:
        for example in cue.flag:
            text, spans = unmark(example)
            _, cues = engine.check(Document(cue.id, text))
            if all(
                any(c.principle == cue.principle and c.start < s.end and s.start < c.end for c in cues) for s in spans
            ):
                yield None
            else:
                yield Failure("rules/aligned.yaml", cue.id, example, "not found")
        for example in cue.pass_:
            _, cues = engine.check(Document(cue.id, example))
            if any(c.principle == cue.principle for c in cues):
                yield Failure("rules/aligned.yaml", cue.id, example, "must not be found")
            else:
                yield None
