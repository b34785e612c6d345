"""Rewriting files for `--fix`, `--diff` and `fix -i`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hrlint import fix
from hrlint.commands.common import say
from hrlint.document import Document
from hrlint.errors import InputError
from hrlint.model import Finding, Problem, Result
from hrlint.reporters.terminal import fitted, sanitize

if TYPE_CHECKING:
    from hrlint.api import Linter
    from hrlint.config import Config
    from hrlint.discover import Found


def fix_files(
    linter: Linter, found: Sequence[Found], stdin_name: str | None, *, unsafe: bool, diff: bool
) -> list[Result]:
    """Fix each file, or print what would change; return what is left to report."""
    results = []
    for one in found:
        if not one.lintable or one.oversize:
            results.append(linter.lint_found(one))
            continue
        raw, result = _read(linter, one)
        if raw is None:
            results.append(result)
            continue
        name = (stdin_name or "-") if one.stdin else one.name
        config = linter.loader.for_path(stdin_name or "." if one.stdin else one.path)
        new, choices, after = fix_bytes(linter, name, raw, config, unsafe=unsafe)
        if diff:
            _show_diff(linter, name, raw, new)
        elif one.stdin:
            sys.stdout.buffer.write(new)
            sys.stdout.buffer.flush()
        elif new != raw:
            after = _write(one, new, choices, after)
        results.append(after)
    return results


def _read(linter: Linter, one: Found) -> tuple[bytes | None, Result]:
    if one.stdin:
        from hrlint.api import read_stdin

        return read_stdin(), Result("-")
    try:
        return one.path.read_bytes(), Result(one.name)
    except OSError as error:
        return None, Result(one.name, errors=(Problem(one.name, f"cannot be read: {error.strerror}"),))


def _write(one: Found, new: bytes, choices: Sequence[fix.Choice], after: Result) -> Result:
    try:
        fix.write_atomically(one.path, new)
    except OSError as error:
        problem = Problem(one.name, f"cannot be written: {error.strerror or 'unknown reason'}; nothing was changed")
        return Result(one.name, errors=(problem,))
    for choice in choices:
        # Rule and place only: what is said on stderr may end up in a log.
        say(f"{one.name}:{choice.finding.line}: fixed {choice.finding.rule} ({choice.suggestion.applicability})")
    return after


def fix_bytes(
    linter: Linter, name: str, raw: bytes, config: Config, *, unsafe: bool
) -> tuple[bytes, list[fix.Choice], Result]:
    """Return (the content fixed until nothing more is to do, the choices made, what is left to report)."""
    made: list[fix.Choice] = []
    seen = {raw}
    result = linter.lint_bytes(name, raw, config)
    for _ in range(fix.MOST_PASSES):
        pairs = by_document(result)
        edits = []
        choices: list[fix.Choice] = []
        for document, findings in pairs:
            chosen = fix.choose(findings, document, unsafe=unsafe)
            choices += chosen
            edits += [(document, c.suggestion.start, c.suggestion.end, c.suggestion.text) for c in chosen]
        if not edits:
            break
        try:
            new = write_back(raw, name, pairs, edits)
        except InputError as error:
            problem = Problem(name, f"cannot be fixed: {error.reason}")
            return raw, made, Result(name, result.findings, result.aligned, (*result.errors, problem))
        if new in seen:
            break
        seen.add(new)
        raw = new
        made += choices
        result = linter.lint_bytes(name, raw, config)
    return raw, made, result


def by_document(result: Result) -> list[tuple[Document, list[Finding]]]:
    """Return the documents of a file with their findings."""
    documents = [d for d in result.documents if isinstance(d, Document)]
    if len(documents) == 1:
        return [(documents[0], list(result.findings))]
    pairs: list[tuple[Document, list[Finding]]] = [(d, []) for d in documents]
    for finding in result.findings:
        for document, own in pairs:
            here = document.text[finding.start : finding.end]
            if document.location_at(finding.start) == finding.location and here == finding.text:
                own.append(finding)
                break
    return pairs


def write_back(
    raw: bytes,
    name: str,
    pairs: Sequence[tuple[Document, list[Finding]]],
    edits: list[tuple[Document, int, int, str]],
) -> bytes:
    """Return `raw` with the edits in it; raises InputError where the format cannot be written."""
    from hrlint.readers.writing import apply_edits

    return apply_edits(raw, name, [document for document, _ in pairs], edits)


def _text_of(linter: Linter, name: str, raw: bytes) -> str:
    from hrlint import readers

    documents = list(readers.read(name, raw, format=linter.options.format_in))
    if len(documents) == 1:
        return documents[0].source or documents[0].text
    return "\n".join(d.text for d in documents)


def _show_diff(linter: Linter, name: str, raw: bytes, new: bytes) -> None:
    if new == raw:
        return
    text = fix.unified_diff(name, _text_of(linter, name, raw), _text_of(linter, name, new))
    encoding = getattr(sys.stdout, "encoding", None)
    if sys.stdout.isatty():
        text = "\n".join(fitted(sanitize(line), encoding) for line in text.split("\n"))
    # Bytes, so that a diff can be applied: line ends stay what they are.
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def fix_by_hand(linter: Linter, found: Sequence[Found]) -> list[Result]:
    """Walk through the findings of each file with the person at the terminal."""
    results = []
    encoding = sys.stdout.encoding

    def show(line: str) -> None:
        print(fitted(sanitize(line), encoding))

    for one in found:
        result = linter.lint_found(one)
        if not one.lintable or not result.findings or one.stdin:
            results.append(result)
            continue
        raw = one.path.read_bytes()
        pairs = by_document(result)
        edits = []
        for document, findings in pairs:
            if document.fixable:
                say(f"{one.name}: cannot be fixed here: {document.fixable}")
                continue
            edits += [(document, e.start, e.end, e.text) for e in fix.interactive(findings, document, input, show)]
        if edits:
            fix.write_atomically(one.path, write_back(raw, one.name, pairs, edits))
            say(f"{one.name}: {len(edits)} change{'s' if len(edits) != 1 else ''} written")
            result = linter.lint_found(one)
        results.append(result)
    return results
