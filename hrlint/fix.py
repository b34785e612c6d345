"""Edits: which suggestions to take, how they compose, and writing the result.

Offsets are code points of `Document.text`, half-open. Nothing here knows a format:
`apply_text` works on the text, `hrlint.readers.writing` writes other formats back.

A pass takes edits that do not overlap; those left over are found again when the new
text is linted, so callers repeat `plan` until it is empty (`settle` does so for a text).
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hrlint.document import Document
from hrlint.model import Finding, Span, Suggestion

# A text is settled in a few passes; more means that two rules undo each other.
MOST_PASSES = 8

YES = frozenset(("y", "yes"))
NO = frozenset(("n", "no", "s", "skip"))
QUIT = frozenset(("q", "quit", "stop", "x", "exit"))


class Edit(NamedTuple):
    """Put `text` in place of `[start, end)` of `Document.text`."""

    start: int
    end: int
    text: str


class Choice(NamedTuple):
    """A suggestion taken for a finding."""

    finding: Finding
    suggestion: Suggestion

    @property
    def edit(self) -> Edit:
        """The change that the suggestion makes."""
        return Edit(self.suggestion.start, self.suggestion.end, self.suggestion.text)


# ------------------------------------------------------------------ choosing


def plan(findings: Iterable[Finding], document: Document, *, unsafe: bool) -> list[Edit]:
    """Return the edits of one pass over `document`, in order, none overlapping another.

    The first safe suggestion of each finding is taken; with `unsafe` the first unsafe one where there is
    no safe one. Manual ones never are, nor anything quoted, inside a code description, or where the
    document cannot be written back.
    """
    return [choice.edit for choice in choose(findings, document, unsafe=unsafe)]


def choose(findings: Iterable[Finding], document: Document, *, unsafe: bool) -> list[Choice]:
    """Return the findings that `plan` edits, each with the suggestion taken, in the order of the text."""
    wanted: list[Choice] = []
    for finding in findings:
        suggestion = best(finding, document, unsafe=unsafe)
        if suggestion is not None:
            wanted.append(Choice(finding, suggestion))
    taken: list[Choice] = []
    for choice in sorted(wanted, key=_rank):
        if not any(_clash(choice.edit, other.edit) for other in taken) and not _shadowed(choice, wanted):
            taken.append(choice)
    return sorted(taken, key=lambda choice: (choice.suggestion.start, choice.suggestion.end))


def best(finding: Finding, document: Document, *, unsafe: bool) -> Suggestion | None:
    """Return the suggestion that may be applied for a finding, or None."""
    if finding.voice != "writer":
        return None
    usable = [s for s in finding.suggestions if _writable(document, s)]
    for wanted in ("safe", "unsafe") if unsafe else ("safe",):
        for suggestion in usable:
            if suggestion.applicability == wanted:
                return suggestion
    return None


def _writable(document: Document, suggestion: Suggestion) -> bool:
    span = Span(suggestion.start, suggestion.end)
    if suggestion.applicability == "manual" or not 0 <= span.start < span.end <= len(document.text):
        return False
    if any(span.overlaps(code) for code in document.code):
        return False
    return document.text[span.start : span.end] != suggestion.text and document.editable(span) is not None


def _rank(choice: Choice) -> tuple[int, int, int, bool, int, str]:
    """Order in which overlapping edits are considered: short stretches first, so that inner words change first.

    "homeless IVDU male" becomes "homeless male who injects drugs", and in the next pass
    "male experiencing homelessness who injects drugs".
    """
    finding, suggestion = choice
    width = suggestion.end - suggestion.start
    # Of two that change the same words the one for the noun goes first: "HIV-infected smoker".
    # A test or a status that is "clean" is no state of a person.
    loose = finding.category == "abstinence-framing"
    return width, -finding.start, finding.start - finding.end, loose, -int(finding.severity), finding.rule


def _shadowed(choice: Choice, wanted: Sequence[Choice]) -> bool:
    """Whether a longer finding holds this one: "clean and sober" is edited, not the "clean" in it."""
    here = choice.finding
    return any(
        other.finding.start <= here.start
        and here.end <= other.finding.end
        and other.finding.end - other.finding.start > here.end - here.start
        for other in wanted
    )


def _clash(one: Edit, other: Edit) -> bool:
    return one.start < other.end and other.start < one.end


# ------------------------------------------------------------------ applying


def apply_text(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with `edits` applied; everything outside their stretches stays as it is.

    Raises ValueError when edits overlap or lie outside the text.
    """
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits):
        if not at <= edit.start <= edit.end <= len(text):
            raise ValueError(f"edits overlap or lie outside the text at {edit.start}")
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join([*pieces, text[at:]])


def settle(
    document: Document,
    lint: Callable[[str], tuple[Document, Sequence[Finding]]],
    findings: Sequence[Finding],
    *,
    unsafe: bool,
) -> tuple[str, list[Choice]]:
    """Return the text of a plain `document` when `plan` finds nothing more to do, and every choice made.

    `findings` are those of the document as it is; `lint(text)` gives document and findings of a
    changed text. Offsets of a choice count in the text of its own pass. A pass that brings back an earlier text
    ends the work.
    """
    text, made, seen = document.text, [], {document.text}
    for _ in range(MOST_PASSES):
        choices = choose(findings, document, unsafe=unsafe)
        changed = apply_text(text, [choice.edit for choice in choices])
        if not choices or changed in seen:
            break
        seen.add(changed)
        text = changed
        made += choices
        document, findings = lint(text)
    return text, made


# ------------------------------------------------------------------ one by one


def interactive(
    findings: Iterable[Finding], document: Document, ask: Callable[[str], str], show: Callable[[str], None]
) -> list[Edit]:
    """Return the edits that a person accepts, asked finding by finding.

    `ask(prompt)` returns what was typed, `show(line)` prints a line. `y` takes the first suggestion, a number
    that one, `n` or `s` skips, `q` stops. Ctrl-C and the end of input stop too and keep what was accepted.
    """
    accepted: list[Edit] = []
    waiting = [f for f in findings if f.voice == "writer" and _offered(f, document)]
    waiting.sort(key=lambda f: (f.start, f.end, f.rule))
    try:
        for number, finding in enumerate(waiting, 1):
            offered = _offered(finding, document)
            show("")
            place = f"{document.name}:{finding.line}:{finding.column}"
            show(f"{number} of {len(waiting)}  {place}  {finding.rule}  {finding.severity}")
            if finding.message:
                show(f"  {finding.message}")
            if any(_clash(Edit(s.start, s.end, ""), edit) for s in offered for edit in accepted):
                show("  A change beside it was just accepted; run again to see this one.")
                continue
            for line in _numbered(document, finding, offered):
                show(line)
            chosen = _answer(ask, show, offered)
            if chosen is None:
                break
            if chosen >= 0:
                taken = offered[chosen]
                accepted.append(Edit(taken.start, taken.end, taken.text))
    except (KeyboardInterrupt, EOFError):
        show("")
        show("Stopped; what was accepted so far is kept.")
    return sorted(accepted)


def _offered(finding: Finding, document: Document) -> list[Suggestion]:
    """Return the suggestions that can be spliced, at most nine."""
    return [s for s in finding.suggestions if _writable(document, s)][:9]


def _numbered(document: Document, finding: Finding, offered: Sequence[Suggestion]) -> Iterator[str]:
    start = min(s.start for s in offered)
    end = max(s.end for s in offered)
    before, after = _lines(document, start, end)
    yield from (f"  - {line}" for line in re.split(r"\r\n|\n|\r", document.text[before:after]))
    for number, suggestion in enumerate(offered, 1):
        new = document.text[before : suggestion.start] + suggestion.text + document.text[suggestion.end : after]
        mark = "" if suggestion.applicability == "safe" else "  (adds or leaves out meaning: check it)"
        first, *more = re.split(r"\r\n|\n|\r", new)
        yield f"  {number} {first}{mark if not more else ''}"
        yield from (f"    {line}" for line in more[:-1])
        if more:
            yield f"    {more[-1]}{mark}"
    for advice in finding.suggestions:
        if advice.applicability == "manual":
            yield f"    advice: {advice.text}"


def _lines(document: Document, start: int, end: int) -> tuple[int, int]:
    """Return the stretch of whole lines around `[start, end)`."""
    return document.line_span(start).start, document.line_span(max(start, end - 1)).end


def _answer(ask: Callable[[str], str], show: Callable[[str], None], offered: Sequence[Suggestion]) -> int | None:
    """Return the index of the suggestion taken, -1 to skip, None to stop."""
    take = "y takes it" if len(offered) == 1 else f"y or 1 takes the first, 2-{len(offered)} another"
    while True:
        key = ask(f"  {take}, n skips, q stops: ").strip().lower()
        if key in QUIT:
            return None
        if key in NO:
            return -1
        if key in YES:
            return 0
        if key.isdecimal() and 1 <= int(key) <= len(offered):
            return int(key) - 1
        show("  y, a number, n or q, please.")


# ------------------------------------------------------------------ showing and writing


def unified_diff(path: str, before: str, after: str) -> str:
    r"""Return the change as a unified diff that `patch` and `git apply` take; empty when nothing changed.

    Lines end at `\n` only, so that a CRLF, a form feed or a line separator stays inside its line.
    """
    old, new = _kept_lines(before), _kept_lines(after)
    name = path.replace(os.sep, "/") if os.sep != "/" else path
    labels = (name, name) if os.path.isabs(path) else (f"a/{name}", f"b/{name}")
    made: list[str] = []
    for line in difflib.unified_diff(old, new, *labels):
        made.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(made)


def _kept_lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Put `data` (bytes) in place of the file at `path` in one step: a reader sees the old or the new content.

    Mode and, where allowed, owner are kept; a symbolic link stays a link. What is written meanwhile is a file in the
    same folder that only its owner can read, gone again when anything fails. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    old = target.stat() if target.exists() else None
    if old is not None and not os.access(target, os.W_OK):
        raise PermissionError(f"{path}: the file is read-only")
    handle, name = tempfile.mkstemp(prefix=".hrlint-", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if old is not None:
            _keep_owner(name, old)
            os.chmod(name, stat.S_IMODE(old.st_mode))
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):  # nothing left to remove, and the first error says what happened
            os.unlink(name)
        raise


def _keep_owner(name: str, old: os.stat_result) -> None:
    if not hasattr(os, "chown"):
        return
    new = os.stat(name)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with contextlib.suppress(OSError):  # only the administrator may give a file away; the mode still holds
            os.chown(name, old.st_uid, old.st_gid)
