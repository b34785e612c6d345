"""What a reporter needs to know besides the results."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from hrlint.model import Severity


class Rule(Protocol):
    """What reports say about a rule; any object with these attributes will do.

    `message` is the template with its placeholders (`{match}`); `sources` are keys of `Options.bibliography`.
    """

    @property
    def id(self) -> str:
        """`category.name`."""

    @property
    def category(self) -> str:
        """The part of the id before the dot."""

    @property
    def severity(self) -> Severity:
        """As set for this run."""

    @property
    def message(self) -> str:
        """What is wrong, with placeholders."""

    @property
    def why(self) -> str:
        """Why it matters, in a sentence or two."""

    @property
    def sources(self) -> Sequence[str]:
        """Keys of the bibliography."""

    @property
    def principles(self) -> Sequence[str]:
        """Principles of harm reduction."""

    @property
    def themes(self) -> Sequence[str]:
        """Themes of harm reduction."""


class Options(NamedTuple):
    """How to report. Nothing in it depends on the clock, so the same input gives the same bytes.

    version       of hrlint
    redact        leave out the text of notes; the caller knows the default for a format
    color         paint the text formats (see `terminal.wants_color`)
    quiet         no summary line
    statistics    counts by category and rule after the findings (`full`, `concise`)
    aligned       name the principles of harm reduction already seen (`full`, `concise`, `html`)
    width         of the terminal, in cells
    packs         name -> version of the rule packs in force
    rules         id -> rule
    bibliography  source key -> a short reference for people
    words         rule id -> words, lower case, that its patterns spell out: what redaction may still show
    fail_on       the least severity that fails the run; None when nothing does
    exit_status   of the run, where it is known
    """

    version: str
    audience: str = "clinical-note"
    redact: bool = False
    color: bool = False
    quiet: bool = False
    statistics: bool = False
    aligned: bool = False
    width: int = 80
    packs: Mapping[str, str] = {}
    rules: Mapping[str, Rule] = {}
    bibliography: Mapping[str, str] = {}
    words: Mapping[str, Collection[str]] = {}
    fail_on: Severity | None = Severity.WARNING
    exit_status: int | None = None

    def reference(self, source: str) -> str:
        """Return the short reference of a source key; the key itself where there is none."""
        return self.bibliography.get(source, source)
