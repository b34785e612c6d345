"""Invented notes and results to report on."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hrlint import reporters
from hrlint.document import Document, Segment
from hrlint.model import Cue, Finding, Problem, Result, Severity, Suggestion
from hrlint.reporters import Options


@dataclass(frozen=True)
class SampleRule:
    id: str
    severity: Severity
    message: str
    why: str
    sources: tuple[str, ...] = ("words-2021",)
    principles: tuple[str, ...] = ("humanism",)
    themes: tuple[str, ...] = ("stigma-free-culture",)

    @property
    def category(self) -> str:
        return self.id.partition(".")[0]


ADDICT = SampleRule(
    "person-labels.addict",
    Severity.ERROR,
    "“{match}” names a person by a condition.",
    "A label like this makes readers, trained clinicians too, more inclined to blame.",
    ("words-2021", "unlisted-source"),
    ("humanism", "individualism"),
)
SEEKING = SampleRule(
    "character-judgments.drug-seeking",
    Severity.WARNING,
    "“{match}” judges a motive instead of describing a request.",
    "Pain is treated less when a note says so.",
)
CLAIMS = SampleRule("credibility.claims", Severity.INFO, "“{match}” casts doubt.", "It reads as disbelief.", ())
RULES = {rule.id: rule for rule in (ADDICT, SEEKING, CLAIMS)}
WORDS = {ADDICT.id: {"addict"}, SEEKING.id: {"drug", "seeking"}, CLAIMS.id: {"claims"}}


def options(**changes: Any) -> Options:
    values: dict[str, Any] = {
        "version": "0.1.0",
        "packs": {"hrlint": "0.1.0", "clinic": "3"},
        "rules": RULES,
        "bibliography": {"words-2021": "Example Institute, Words to use (2021)"},
        "words": WORDS,
    }
    return Options(**(values | changes))


def finding(document: Document, words: str, rule: SampleRule = ADDICT, after: str = "", **changes: Any) -> Finding:
    """Return a finding on the first `words` that follow `after`, placed as the engine places it."""
    start = document.text.index(words, document.text.index(after))
    line, column = document.place(start)
    end_line, last_column = document.place(start + len(words) - 1)
    values: dict[str, Any] = {
        "path": document.name,
        "location": document.location_at(start),
        "rule": rule.id,
        "category": rule.category,
        "severity": rule.severity,
        "voice": "writer",
        "start": start,
        "end": start + len(words),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": last_column + 1,
        "text": words,
        "message": rule.message.replace("{match}", words),
        "why": rule.why,
        "principles": rule.principles,
        "themes": rule.themes,
        "sources": rule.sources,
    }
    return Finding(**(values | changes))


def suggestion(document: Document, replaced: str, text: str, applicability: str = "unsafe") -> Suggestion:
    start = document.text.index(replaced)
    return Suggestion(text, start, start + len(replaced), applicability)


def note() -> Result:
    """Return a plain note: an emoji before a term, a wider suggestion, wrapped words, a quotation, a cue."""
    text = (
        "ED NOTE\n"
        "😀 45M is an addict here for abscess.\n"
        "Pt appears to be drug\n"
        '   seeking, says "I\'m an addict".\n'
        "Goals discussed; the plan is hers.\n"
    )
    d = Document("notes/ed.txt", text)
    cue = text.index("the plan is hers")
    line, column = d.place(cue)
    instead = (
        suggestion(d, "an addict", "a person with a substance use disorder"),
        suggestion(d, "addict", "person who uses drugs", "safe"),
        suggestion(d, "addict", "Name the substance and what is known about use.", "manual"),
    )
    return Result(
        d.name,
        findings=(
            finding(d, "addict", suggestions=instead, fingerprint="f1"),
            finding(d, "drug\n   seeking", SEEKING, fingerprint="f2"),
            finding(d, "addict", after="I'm", severity=Severity.INFO, voice="quoted", fingerprint="f3"),
        ),
        aligned=(Cue(d.name, None, "autonomy", None, cue, cue + 16, line, column, "the plan is hers"),),
        suppressed=2,
        documents=(d,),
    )


def page() -> Result:
    """Return a page whose text is not its source: entities and markup stand between."""
    source = "<p>Pt &amp; wife. She <b>claims</b> pain.</p>\n"
    text = "Pt & wife. She claims pain."
    at = source.index("claims")
    segments = (
        Segment(0, 3, source.index("Pt")),
        Segment(3, 1, source.index("&amp;"), 5, exact=False),
        Segment(4, 11, source.index(" wife")),
        Segment(15, 6, at),
        Segment(21, 6, source.index(" pain")),
    )
    d = Document("notes/leaflet.html", text, source, segments, "html")
    return Result(
        d.name,
        findings=(finding(d, "claims", CLAIMS, suggestions=(suggestion(d, "claims", "reports", "safe"),)),),
        documents=(d,),
    )


def table() -> Result:
    """Return a file with two texts and no lines, the second before the first in offsets."""
    first = Document(
        "notes/export.pdf", "x" * 40 + " addict", "", (Segment(0, 47, None, exact=False),), "pdf", "page 1"
    )
    second = Document("notes/export.pdf", "addict", "", (Segment(0, 6, None, exact=False),), "pdf", "page 2")
    return Result(
        "notes/export.pdf",
        findings=(finding(first, "addict"), finding(second, "addict")),
        documents=(first, second),
    )


def results() -> list[Result]:
    return [
        note(),
        page(),
        table(),
        Result("notes/clean.txt", documents=(Document("notes/clean.txt", "Well.\n"),)),
        Result("notes/broken.docx", errors=(Problem("notes/broken.docx", "not a Word file"),)),
        Result("notes/odd.txt", notes=(Problem("notes/odd.txt", "read as windows-1252"),)),
    ]


def report(format: str, given: Iterable[Result], opts: Options | None = None) -> str:
    """Return what the reporter writes."""
    out = io.StringIO()
    reporters.write(format, given, out, opts or options())
    return out.getvalue()
