"""`hrlint check` and `hrlint fix`: report findings, and rewrite what can be rewritten."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hrlint.commands.common import errors_to_status, output, report_options, say
from hrlint.model import Result, Severity

if TYPE_CHECKING:
    from hrlint.api import Linter
    from hrlint.discover import Found

FORMATS = ("full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson", "html")


def register(app: typer.Typer) -> list[str]:
    """Add `check` and `fix`."""
    app.command("check", help="Report findings.")(check)
    app.command("fix", help="Rewrite what can be rewritten safely; -i asks one by one.")(fix)
    return ["check", "fix"]


Paths = Annotated[list[str] | None, typer.Argument(help="Files, folders, globs, or - for standard input.", show_default=False)]
Format = Annotated[str, typer.Option("--format", "-f", help=" | ".join(FORMATS))]
Output = Annotated[str | None, typer.Option("--output", "-o", help="Write the report to a file.")]
Select = Annotated[list[str] | None, typer.Option("--select", "-s", help="Only these rules, categories or prefixes.")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", help="Not these rules, categories or prefixes.")]
MinSeverity = Annotated[str | None, typer.Option("--min-severity", help="error | warning | info")]
FailOn = Annotated[str | None, typer.Option("--fail-on", help="error | warning | info | never (default warning)")]
Audience = Annotated[str | None, typer.Option("--audience", "-a", help="clinical-note | template | patient-facing")]
ConfigFile = Annotated[str | None, typer.Option("--config", help="Settings file to use.")]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Use no settings file.")]
Rules = Annotated[list[str] | None, typer.Option("--rules", help="Extra rule packs: a file or a folder.")]
BaselineFile = Annotated[str | None, typer.Option("--baseline", help="File of known findings.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of text files (found out by default).")]
FormatIn = Annotated[str | None, typer.Option("--format-in", help="Read every input as this format.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 decides by itself.")]
StdinName = Annotated[str | None, typer.Option("--stdin-filename", help="Name of what comes on standard input.")]
Redact = Annotated[bool | None, typer.Option("--redact/--no-redact", help="Leave out text of notes (default in CI).")]


def _settings(**flags: Any) -> dict[str, Any]:
    return {key.replace("_", "-"): value for key, value in flags.items() if value is not None and value != []}


def check(
    paths: Paths = None,
    format: Format = "full",
    output_file: Output = None,
    select: Select = None,
    ignore: Ignore = None,
    min_severity: MinSeverity = None,
    fail_on: FailOn = None,
    audience: Audience = None,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    rules: Rules = None,
    baseline: BaselineFile = None,
    do_fix: Annotated[bool, typer.Option("--fix", help="Rewrite what is safe to rewrite.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: take the first suggestion too where a person should choose.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change; write nothing.")] = False,
    stdin_filename: StdinName = None,
    encoding: Encoding = None,
    format_in: FormatIn = None,
    jobs: Jobs = 0,
    redact: Redact = None,
    aligned: Annotated[bool, typer.Option("--aligned", help="Name the harm-reduction language already there.")] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Counts by category and rule.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Findings only, no summary.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")] = False,
    changed_since: Annotated[str | None, typer.Option("--changed-since", help="Only findings on lines changed since this git revision.")] = None,
    staged: Annotated[bool, typer.Option("--staged", help="Lint staged content; only findings on staged lines.")] = False,
    force_exclude: Annotated[bool, typer.Option("--force-exclude", help="Let exclude settings hold for named files too.")] = False,
    show_files: Annotated[bool, typer.Option("--show-files", help="List what would be linted and what is skipped, with reasons.")] = False,
) -> None:
    """Report findings."""
    with errors_to_status():
        _known(format, FORMATS, "--format")
        from hrlint.config import Loader

        flags = _settings(
            select=_split(select),
            ignore=_split(ignore),
            min_severity=min_severity,
            fail_on=fail_on,
            audience=audience,
            packs=rules,
            baseline=baseline,
            encoding=encoding,
            force_exclude=force_exclude or None,
        )
        loader = Loader(config_file=config, no_config=no_config, flags=flags)
        from hrlint.api import Linter, Options

        options = Options(aligned=aligned or format in ("json", "html"), format_in=format_in)
        linter = Linter(loader, options)
        found = _found(linter, paths, staged=staged, changed_since=changed_since)
        if show_files:
            _show(found)
        if do_fix or diff:
            from hrlint.commands.fixing import fix_files

            results = fix_files(linter, found, stdin_filename, unsafe=unsafe, diff=diff)
            if diff:
                raise SystemExit(_status(results, loader, exit_zero))
        else:
            results = _results(linter, found, stdin_filename, jobs)
        main_config = loader.project()
        program = linter.program(main_config)
        from hrlint.reporters import REDACTED_BY_DEFAULT, write

        redacted = redact if redact is not None else format in REDACTED_BY_DEFAULT or bool(os.environ.get("CI"))
        status = _status(results, loader, exit_zero)

        with output(output_file) as out:
            color = False
            width = 80
            if out is sys.stdout and format in ("full", "concise"):
                from hrlint.reporters.terminal import wants_color

                color = wants_color(out, os.environ, no_color)
                import shutil

                width = shutil.get_terminal_size((80, 24)).columns
            shown = report_options(
                program, main_config, format, redact=redacted, color=color, quiet=quiet, statistics=statistics, aligned=aligned, width=width,
                exit_status=status,
            )
            write(format, results, out, shown)
        _problems(results)
        raise SystemExit(status)


def fix(
    paths: Paths = None,
    select: Select = None,
    ignore: Ignore = None,
    audience: Audience = None,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    rules: Rules = None,
    baseline: BaselineFile = None,
    encoding: Encoding = None,
    format_in: FormatIn = None,
    fail_on: FailOn = None,
    unsafe: Annotated[bool, typer.Option("--unsafe-fixes", help="Take the first suggestion too where a person should choose.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change; write nothing.")] = False,
    interactive: Annotated[bool, typer.Option("--interactive", "-i", help="Ask for each finding.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
) -> None:
    """Rewrite what can be rewritten safely."""
    if not interactive:
        check(
            paths=paths, select=select, ignore=ignore, audience=audience, config=config, no_config=no_config, rules=rules,
            baseline=baseline, encoding=encoding, format_in=format_in, fail_on=fail_on, do_fix=True, unsafe=unsafe, diff=diff,
            no_color=no_color,
        )  # fmt: skip
        return
    with errors_to_status():
        from hrlint.api import Linter, Options
        from hrlint.commands.fixing import fix_by_hand
        from hrlint.config import Loader

        flags = _settings(select=_split(select), ignore=_split(ignore), audience=audience, packs=rules, baseline=baseline, encoding=encoding)
        loader = Loader(config_file=config, no_config=no_config, flags=flags)
        linter = Linter(loader, Options(format_in=format_in))
        found = _found(linter, paths)
        results = fix_by_hand(linter, found)
        _problems(results)
        raise SystemExit(_status(results, loader, False))


def _split(words: list[str] | None) -> list[str] | None:
    return [part for word in words for part in word.split(",") if part] if words else None


def _known(word: str, known: tuple[str, ...], option: str) -> None:
    if word not in known:
        from hrlint.config import nearest
        from hrlint.errors import ConfigError

        raise ConfigError(f"{option}: unknown value '{word}'{nearest(word, known)}; known are {', '.join(known)}")


def _found(linter: Linter, paths: list[str] | None, *, staged: bool = False, changed_since: str | None = None) -> list[Found]:
    from hrlint.discover import discover
    from hrlint.errors import ConfigError

    if not paths and not (staged or changed_since):
        raise ConfigError("no input; give files, folders, or - for standard input (hrlint --help)")
    if staged or changed_since:
        from hrlint.commands.changed import narrowed

        return narrowed(linter, paths or ["."], staged=staged, revision=changed_since)
    return list(discover(paths or [], config=linter.loader.project))


def _results(linter: Linter, found: list[Found], stdin_name: str | None, jobs: int) -> list[Result]:
    if any(one.stdin for one in found):
        from hrlint.api import read_stdin

        results = []
        for one in found:
            if one.stdin:
                results.append(linter.lint_bytes(stdin_name or "-", read_stdin()))
            else:
                results.append(linter.lint_found(one))
        return results
    return list(linter.lint_all(found, jobs))


def _show(found: list[Found]) -> None:
    for one in found:
        reason = one.problem or one.skipped
        print(f"{one.name}: {'skipped: ' + reason if reason else 'linted'}")
    raise SystemExit(2 if any(one.problem for one in found) else 0)


def _problems(results: list[Result]) -> None:
    if any(r.errors for r in results):
        from hrlint.reporters.text import problem_lines

        for line in problem_lines([Result(r.path, errors=r.errors) for r in results if r.errors]):
            say(line)


def _status(results: list[Result], loader: Any, exit_zero: bool) -> int:
    if any(result.errors for result in results):
        return 2
    if exit_zero:
        return 0
    for result in results:
        if not result.findings:
            continue
        level: Severity | None = loader.for_path(result.path).fail_on
        if level is not None and any(finding.severity >= level for finding in result.findings):
            return 1
    return 0
