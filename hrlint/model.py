"""What things are: the values that travel through the pipeline.

Standard library only, and nothing here changes once built. They are tuples, since every run makes their classes
and a frozen dataclass takes many times as long to make.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

CATEGORIES = (
    "person-labels",
    "substance-use",
    "toxicology",
    "treatment",
    "abstinence-framing",
    "generalizations",
    "character-judgments",
    "credibility",
    "compliance",
    "punitive-care",
    "autonomy",
    "hiv-hcv",
    "perinatal",
    "sex-work",
    "justice",
    "housing",
    "mental-health",
    "weight",
    "diabetes",
    "disability",
    "age",
)

AUDIENCES = ("clinical-note", "template", "patient-facing")

APPLICABILITIES = ("safe", "unsafe", "manual")

# Kay et al. 2024, table 1.
PRINCIPLES = (
    "humanism",
    "pragmatism",
    "individualism",
    "autonomy",
    "incrementalism",
    "accountability-without-termination",
)

# Chang et al. 2023, the eight themes.
THEMES = (
    "learner-and-informer",
    "pragmatic-success",
    "collaborative-teams",
    "stigma-free-culture",
    "welcoming-space",
    "low-threshold",
    "beyond-the-clinic",
    "referral-networks",
)


class Severity(IntEnum):
    """How sure a rule is that the words do harm; ordered, so that it can be compared."""

    OFF = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity:
        """Return the severity named by `word`; raises KeyError for any other word."""
        return cls[word.upper()]


class Span(NamedTuple):
    """A stretch of `Document.text`: code points, half-open."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two stretches share a character."""
        return self.start < other.end and other.start < self.end

    def moved(self, by: int) -> Span:
        """Return the stretch so many code points further on."""
        return Span(self.start + by, self.end + by)


class Suggestion(NamedTuple):
    """Words to use instead, and the stretch of `Document.text` that they replace.

    The stretch may be wider than the finding (an article, a plural verb).
    A `manual` suggestion is advice in `text`; it is shown and never applied.
    """

    text: str
    start: int
    end: int
    applicability: str

    def moved(self, by: int) -> Suggestion:
        """Return the suggestion for a stretch so many code points further on."""
        return Suggestion(self.text, self.start + by, self.end + by, self.applicability)


class Finding(NamedTuple):
    """What is reported: one place, one rule.

    `start` and `end` are code points into `Document.text`; lines and columns count
    from 1 and are those of the source where it has lines. `location` names the place
    in a container format, and is None for plain text.
    """

    path: str
    location: str | None
    rule: str
    category: str
    severity: Severity
    voice: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    message: str
    why: str
    suggestions: tuple[Suggestion, ...] = ()
    principles: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    fingerprint: str = ""


class Cue(NamedTuple):
    """A passage that shows relational harm reduction; never a finding."""

    path: str
    location: str | None
    principle: str
    theme: str | None
    start: int
    end: int
    line: int
    column: int
    text: str


class Problem(NamedTuple):
    """An input or a part of it that could not be read, named for a person."""

    path: str
    message: str


class Result(NamedTuple):
    """Everything said about one file. `suppressed` counts findings silenced in the text or by a baseline.

    `documents` are those that were linted, or of a large plain text its pieces (`document.Piece`).
    """

    path: str
    findings: Sequence[Finding] = ()
    aligned: Sequence[Cue] = ()
    errors: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    suppressed: int = 0
    documents: tuple[object, ...] = ()

    def __repr__(self) -> str:
        # Without the words of a note: a result may end up in a traceback.
        return f"Result({self.path!r}, {len(self.findings)} findings, {len(self.errors)} errors)"
