"""What the text formats share: a page to print on, the lines after the findings, problems for stderr.

Colour lives here. It is plain SGR codes, so that no terminal library has to be imported.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TextIO

from hrlint.model import Problem, Result
from hrlint.reporters import common
from hrlint.reporters.options import Options
from hrlint.reporters.terminal import fitted, sanitize

_SGR = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "bold": "1",
    "dim": "2",
    "good": "32",
}


def unspoken(line: str) -> str:
    """Return `line` without what a GitHub runner would obey: `::` at its start, `##[` anywhere."""
    # Most lines have neither, and a report has many.
    if "::" not in line and "##[" not in line or not os.environ.get("GITHUB_ACTIONS"):
        return line
    line = line.replace("##[", "##(")
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line


class Page(NamedTuple):
    """Where lines are printed: `width` in cells, `encoding` of the stream (None: any character)."""

    out: TextIO
    color: bool
    width: int
    encoding: str | None

    @classmethod
    def of(cls, out: TextIO, options: Options) -> Page:
        """Return the page that `out` is, 40 cells wide at least."""
        return cls(out, options.color, max(options.width, 40), getattr(out, "encoding", None))

    def plain(self, text: str) -> str:
        """Return `text` harmless, on one line, in the characters of the stream."""
        return fitted(sanitize(common.one_line(text)), self.encoding)

    def paint(self, style: str, text: str) -> str:
        """Return text that is already plain, painted if there is colour."""
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.color and text else text

    def line(self, text: str = "") -> None:
        """Print a line that is already plain."""
        self.out.write(unspoken(text).rstrip(" ") + "\n")

    def wrapped(self, text: str, indent: int) -> list[str]:
        """Return `text` made plain, in lines that fit the page behind `indent` cells; at least one."""
        return _in_lines(self.plain(text), max(self.width - indent, 20))


# Most of what is wrapped comes with every finding of a rule.
@lru_cache(maxsize=1024)
def _in_lines(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _statistics(results: Sequence[Result], page: Page) -> None:
    for title, counts in (
        ("By category", Counter(f.category for f in common.findings(results))),
        ("By rule", Counter(f.rule for f in common.findings(results))),
    ):
        if counts:
            page.line(page.paint("bold", title))
            wide = max(len(f"{n:,}") for n in counts.values())
            for name, n in common.by_count(counts):
                page.line(f"  {n:>{wide},}  {page.plain(name)}")
            page.line()


def encouragement(results: Iterable[Result]) -> str:
    """Return one sentence on the passages that show harm reduction; empty when there are none."""
    counts = Counter(cue.principle for result in results for cue in result.aligned)
    if not counts:
        return ""
    named = ", ".join(f"{name} ({n:,})" for name, n in common.by_count(counts))
    return f"Already written in the spirit of harm reduction: {named}. Well done, keep it up."


def closing(results: Sequence[Result], page: Page, options: Options) -> None:
    """Print what comes after the findings: statistics, encouragement, the summary line."""
    if options.statistics:
        _statistics(results, page)
    if options.aligned and (praise := encouragement(results)):
        for line in page.wrapped(praise, 0):
            page.line(page.paint("good", line))
        page.line()
    if not options.quiet:
        page.line(page.paint("bold", page.plain(common.summary(results))))


def problem_lines(results: Iterable[Result]) -> list[str]:
    """Return one harmless line for each error and note, sorted by path: what the caller prints on stderr."""

    def line(kind: str, problem: Problem) -> str:
        return unspoken(sanitize(f"{kind}: {problem.path}: {common.one_line(problem.message)}"))

    ordered = sorted(results, key=lambda r: r.path)
    errors = [line("error", p) for r in ordered for p in sorted(r.errors, key=lambda p: p.message)]
    return errors + [line("note", p) for r in ordered for p in sorted(r.notes, key=lambda p: p.message)]
