"""The public door: files or texts in, results out. Every command enters here.

from hrlint.api import Linter
for finding in Linter().lint_text("45M heroin addict here for abscess.").findings:
    print(finding.line, finding.rule, finding.suggestions)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hrlint.compiled import Program
from hrlint.compiled import load as load_program
from hrlint.config import Config, Loader, check_rules, specificity
from hrlint.discover import Found, discover
from hrlint.document import Document, Piece, piece_at
from hrlint.engine import Engine, Settings
from hrlint.errors import ConfigError, HrlintError, InputError
from hrlint.model import Cue, Finding, Problem, Result, Severity

if TYPE_CHECKING:
    from hrlint.suppress import Gathered

# With fewer files than this a second process costs more than it brings: each warms up for itself.
PARALLEL_FROM = 4000


def pack_folder(name: str | Path) -> Path:
    """Return the folder of a pack given by path or by the name of an installed package; raises ConfigError.

    A package offers packs by an entry point in the group `hrlint.packs` whose value is the
    package that holds the YAML; none of its code is run.
    """
    if isinstance(name, Path):
        return name
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for entry in entry_points(group="hrlint.packs"):
        if entry.name == name:
            spec = find_spec(entry.value.split(".", 1)[0])
            if spec is not None and spec.submodule_search_locations:
                return Path(spec.submodule_search_locations[0], *entry.value.split(".")[1:])
    raise ConfigError(f"no installed package offers the rule pack '{name}'; install it, or give a path")


class Options(NamedTuple):
    """What a run asks for besides its settings.

    `aligned` looks for aligned language too; `only` gives, for a file, the line ranges that
    are reported (changed lines); `content` replaces what is read from disk (staged files); `whole` reads
    large plain texts in one go too, within `max-size`, for those who need all of their text.
    """

    aligned: bool = False
    format_in: str | None = None
    keep_documents: bool = True
    suggestions: bool = True
    fingerprints: bool = True
    baselines: bool = True
    only: Mapping[str, Sequence[range]] | None = None
    content: Mapping[str, bytes] | None = None
    whole: bool = False


class Linter:
    """Rules and settings, ready for any number of files.

    Raises PackError for packs and ConfigError for settings that cannot be understood.
    """

    def __init__(self, loader: Loader | None = None, options: Options | None = None) -> None:
        self.loader = loader or Loader(no_config=True)
        self.options = options or Options()
        self._programs: dict[object, Program] = {}
        self._engines: dict[tuple[int, Settings], Engine] = {}
        self._checked: set[int] = set()
        self._baselines: dict[Path, Any] = {}

    # --- settings to engines ------------------------------------------------------------

    def program(self, config: Config) -> Program:
        """Return the compiled packs that `config` asks for."""
        key = (config.packs, config.terms)
        found = self._programs.get(key)
        if found is None:
            folders = [pack_folder(name) for name in config.packs]
            terms = tuple((t.rule, t.words) for t in config.terms)
            found = self._programs[key] = load_program(folders, terms)
        if id(config) not in self._checked:
            problems = check_rules(config, found.rule_by_id) if config.origins else []
            if problems:
                raise ConfigError("\n".join(problems))
            self._checked.add(id(config))
        return found

    def engine(self, config: Config) -> Engine:
        """Return the engine for `config`."""
        program = self.program(config)
        settings = Settings(
            audience=config.audience,
            severities=_severities(program, config),
            aligned=self.options.aligned,
            suggestions=self.options.suggestions,
        )
        key = (id(program), settings)
        if key not in self._engines:
            self._engines[key] = Engine(program, settings)
        return self._engines[key]

    # --- one input ----------------------------------------------------------------------

    def lint_text(self, text: str, name: str = "text", config: Config | None = None) -> Result:
        """Return the result for a text that is already in memory."""
        return self._lint(name, [Document(name, text)], config or self.loader.project(), [])

    def lint_bytes(self, name: str, raw: bytes, config: Config | None = None) -> Result:
        """Return the result for the content of a file; what cannot be read is in `Result.errors`."""
        config = config or self.loader.for_path(name)
        return self._lint_content(name, raw, config)

    def lint_found(self, found: Found) -> Result:
        """Return the result for a file that `discover` found."""
        if found.problem:
            return Result(found.name, errors=(Problem(found.name, found.problem),))
        if found.skipped:
            return Result(found.name, notes=(Problem(found.name, found.skipped),))
        config = self.loader.for_path(found.path)
        content = self.options.content
        try:
            if content and found.name in content:
                return self._lint_content(found.name, content[found.name], config)
            return self._lint_content(found.name, found.path, config, found.oversize)
        except OSError as error:
            return Result(
                found.name, errors=(Problem(found.name, f"cannot be read: {error.strerror or 'unknown reason'}"),)
            )

    def _lint_content(self, name: str, place: Path | bytes, config: Config, oversize: str | None = None) -> Result:
        """Return the result for a file or its bytes; `oversize` is why it cannot be read whole."""
        from hrlint import readers

        if not (self.options.whole or self.options.only is not None):
            encoding, format = config.encoding, self.options.format_in
            try:
                pieces = readers.in_pieces(name, place, encoding=encoding, format=format, always=oversize is not None)
            except InputError as error:
                return Result(name, errors=(Problem(name, error.reason),))
            if pieces is not None:
                return self._lint_pieces(name, pieces, config)
        if oversize:
            return Result(name, errors=(Problem(name, oversize),))
        # Not kept in a name: the bytes of a large file can go once its text is there.
        return self._lint(
            name, *self._documents(name, place if isinstance(place, bytes) else place.read_bytes(), config)
        )

    def _documents(self, name: str, raw: bytes, config: Config) -> tuple[list[Document], Config, list[Problem]]:
        """Return the documents of a file, and what could not be read."""
        from hrlint import readers

        problems: list[str] = []
        documents: list[Document] = []
        errors: list[Problem] = []
        try:
            documents.extend(
                readers.read(name, raw, encoding=config.encoding, format=self.options.format_in, problems=problems)
            )
        except InputError as error:
            errors.append(Problem(name, error.reason))
        errors.extend(Problem(name, line) for line in problems)
        return documents, config, errors

    def _lint(self, name: str, documents: Sequence[Document], config: Config, errors: list[Problem]) -> Result:
        engine = self.engine(config)
        pairs: list[tuple[Finding, Document]] = []
        cues: list[Cue] = []
        suppressed = 0
        for document in documents:
            found, aligned = engine.check(document)
            cues.extend(aligned)
            kept, count = self._suppressed(found, document, config)
            suppressed += count
            pairs.extend((finding, document) for finding in kept)
        findings, known, notes = self._against_baseline(pairs, config, name, complete=not errors)
        if self.options.only is not None:
            findings = _on_lines(findings, self.options.only.get(name, ()), documents)
        findings = tuple(f for f in findings if f.severity >= config.min_severity)
        needed = self.options.keep_documents and (findings or cues)
        return Result(
            name,
            findings=findings,
            aligned=tuple(cues),
            errors=tuple(errors),
            notes=tuple(Problem(name, note) for note in notes),
            suppressed=suppressed + known,
            documents=tuple(documents) if needed else (),
        )

    def _lint_pieces(self, name: str, pieces: Iterable[Piece], config: Config) -> Result:
        """Return the result for a large plain text, of which no more than a piece is in memory."""
        from hrlint.packed import Packed

        engine = self.engine(config)
        findings: Packed[Finding] = Packed()
        cues: Packed[Cue] = Packed()
        parts: list[Piece] = []
        suppressed = 0
        errors: tuple[Problem, ...] = ()
        gathered: Gathered | None = None
        try:
            for piece in pieces:
                parts.append(piece)
                document = piece.opened()
                found, aligned = engine.check(document)
                cues.extend(aligned)
                kept, count = self._not_allowed(found, document, config)
                suppressed += count
                findings.extend(kept)
                if gathered is None and "hrlint:" in document.text:
                    from hrlint import suppress

                    gathered = suppress.Gathered()
                if gathered is not None:
                    gathered.add(document)
        except InputError as error:
            errors = (Problem(name, error.reason),)
        if gathered is not None and gathered.given:
            from hrlint import suppress

            applied = suppress.apply(findings, gathered.given, gathered, report_unused=not config.select)
            findings = Packed(applied.kept)
            findings.extend(f for f in applied.extra if config.selected(f.rule, f.category))
            suppressed += applied.suppressed
        pairs = ((finding, piece_at(parts, finding.start)) for finding in findings)
        new, known, notes = self._against_baseline(pairs, config, name, complete=not errors)
        findings = Packed(f for f in new if f.severity >= config.min_severity)
        needed = self.options.keep_documents and (findings or cues)
        return Result(
            name,
            findings=findings,
            aligned=cues,
            errors=errors,
            notes=tuple(Problem(name, note) for note in notes),
            suppressed=suppressed + known,
            documents=tuple(parts) if needed else (),
        )

    def _suppressed(self, found: list[Finding], document: Document, config: Config) -> tuple[list[Finding], int]:
        found, count = self._not_allowed(found, document, config)
        # Most notes speak to nobody; the module that understands the others is not even imported for them.
        if not document.comments and "hrlint:" not in document.text and "hrlint:" not in document.source:
            return found, count
        from hrlint import suppress

        given = suppress.directives(document)
        if not given:
            return found, count
        applied = suppress.apply(found, given, document, report_unused=not config.select)
        extra = [f for f in applied.extra if config.selected(f.rule, f.category)]
        return [*applied.kept, *extra], count + applied.suppressed

    @staticmethod
    def _not_allowed(found: list[Finding], document: Document, config: Config) -> tuple[list[Finding], int]:
        """Return the findings that no phrase of `allow` takes in, and how many there are besides."""
        if not (config.allow and found):
            return found, 0
        kept = [f for f in found if not _allowed(f, document, config)]
        return kept, len(found) - len(kept)

    def _against_baseline(
        self, pairs: Iterable[tuple[Finding, Document | Piece]], config: Config, name: str, *, complete: bool
    ) -> tuple[Iterable[Finding], int, list[str]]:
        """Return the findings that are new, how many are known, and what to say of entries that ended."""
        file = config.baseline if self.options.baselines else None
        if file is None:
            if not (pairs and self.options.fingerprints):
                return (finding for finding, _ in pairs), 0, []
            from hrlint import baseline

            return baseline.stamped(pairs), 0, []
        from hrlint import baseline

        known = self._baselines.get(file)
        if known is None:
            known = self._baselines[file] = baseline.load(file)
        rules = self.program(config).rule_by_id

        def in_force(rule: str) -> bool:
            return rule in rules and config.selected(rule, rules[rule].category)

        matched = baseline.match(
            baseline.stamped(pairs, known), known, linted=[name] if complete else [], in_force=in_force
        )
        notes = [f"accepted {e.rule} ended on {e.until}; it is reported again" for e in matched.expired]
        notes += [
            f"accepted {e.rule} is not found any more; run 'hrlint baseline' to drop it" for e in matched.vanished
        ]
        return matched.new, len(matched.known), notes

    # --- many inputs --------------------------------------------------------------------

    def lint(self, paths: Iterable[str], jobs: int = 0) -> Iterator[Result]:
        """Yield a result for each file that `paths` name, in order, whatever the number of processes.

        `jobs` of 0 uses all cores when there are many files.
        """
        found = [one for one in discover(paths, config=self.loader.project) if one.explicit or not one.skipped]
        yield from self.lint_all(found, jobs)

    def lint_all(self, found: Sequence[Found], jobs: int = 0) -> Iterator[Result]:
        """Yield a result for each of `found`, in order."""
        if jobs == 0:
            import os

            jobs = (os.cpu_count() or 1) if len(found) >= PARALLEL_FROM else 1
        if jobs <= 1 or len(found) < 2:
            for one in found:
                yield self.lint_found(one)
            return
        from hrlint.parallel import lint_many

        yield from lint_many(self, found, jobs)


def _severities(program: Program, config: Config) -> tuple[tuple[str, Severity], ...]:
    """Return the severity of each rule that `config` changes; rules that are not selected are off."""
    changed: list[tuple[str, Severity]] = []
    if not (config.select or config.ignore or config.severity):
        return ()
    for rule in program.rules:
        default = rule.severity_for(config.audience)
        on = default is not Severity.OFF
        if not config.selected(rule.id, rule.category, on_by_default=on):
            if on:
                changed.append((rule.id, Severity.OFF))
            continue
        level = config.severity_for(rule.id, rule.category)
        if level is not None and level is not default:
            changed.append((rule.id, level))
        elif not on:
            changed.append((rule.id, Severity.INFO))
    return tuple(changed)


def _on_lines(
    findings: Iterable[Finding], ranges: Sequence[range], documents: Sequence[Document]
) -> tuple[Finding, ...]:
    """Keep the findings that touch changed lines, counted as git counts them."""
    from hrlint.changes import document_lines, touches

    if len(documents) == 1:
        ranges = document_lines(ranges, documents[0].source or documents[0].text)
    return tuple(f for f in findings if touches(ranges, f.line, f.end_line))


@lru_cache(maxsize=64)
def _phrase(phrase: str) -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])" + r"\s+".join(map(re.escape, phrase.split())) + r"(?![^\W_])", re.IGNORECASE)


def _allowed(finding: Finding, document: Document, config: Config) -> bool:
    text, offset = document.text, document.begin.offset
    start, end = finding.start - offset, finding.end - offset
    for allow in config.allow:
        if allow.rules and not any(specificity(word, finding.rule, finding.category) for word in allow.rules):
            continue
        reach = len(allow.phrase) * 2 + 40
        low = max(0, start - reach)
        for match in _phrase(allow.phrase).finditer(text, low, min(len(text), end + reach)):
            if match.start() < end and start < match.end():
                return True
    return False


def read_stdin() -> bytes:
    """Return standard input as bytes."""
    return sys.stdin.buffer.read()


__all__ = ["HrlintError", "Linter", "Options"]
