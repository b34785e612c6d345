"""`hrlint check` and `hrlint fix`: report findings, and rewrite what can be rewritten."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from hrlint.commands.common import errors_to_status, output, report_options, say
from hrlint.commands.options import CHECK, FIX, read_plain, with_signature
from hrlint.model import Result, Severity

if TYPE_CHECKING:
    import typer

    from hrlint.api import Linter
    from hrlint.discover import Found

FORMATS = ("full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson", "html")


def register(app: typer.Typer) -> list[str]:
    """Add `check` and `fix`."""
    app.command("check", help="Report findings.")(with_signature(check, CHECK, "Report findings."))
    safe = "Rewrite what can be rewritten safely; -i asks one by one."
    app.command("fix", help=safe)(with_signature(fix, FIX, safe))
    return ["check", "fix"]


def plain(arguments: list[str]) -> bool:
    """Run a plain `check` without Typer; False when the command line is not plain."""
    values = read_plain(arguments, CHECK)
    if values is None:
        return False
    check(**values)
    return True


def _settings(**flags: Any) -> dict[str, Any]:
    return {key.replace("_", "-"): value for key, value in flags.items() if value is not None and value != []}


def check(
    *,
    paths: list[str] | None,
    format: str = "full",
    output_file: str | None = None,
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    min_severity: str | None = None,
    fail_on: str | None = None,
    audience: str | None = None,
    config: str | None = None,
    no_config: bool = False,
    rules: list[str] | None = None,
    baseline: str | None = None,
    do_fix: bool = False,
    unsafe: bool = False,
    diff: bool = False,
    stdin_filename: str | None = None,
    encoding: str | None = None,
    format_in: str | None = None,
    jobs: int = 0,
    redact: bool | None = None,
    aligned: bool = False,
    statistics: bool = False,
    quiet: bool = False,
    no_color: bool = False,
    exit_zero: bool = False,
    changed_since: str | None = None,
    staged: bool = False,
    force_exclude: bool = False,
    show_files: bool = False,
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

        options = Options(
            aligned=aligned or format in ("json", "html"),
            format_in=format_in,
            fingerprints=format in ("json", "json-lines", "sarif", "gitlab"),
            # A fix writes the whole file, and a page shows it.
            whole=do_fix or diff or format == "html",
        )
        linter = Linter(loader, options)
        found = _found(linter, paths, staged=staged, changed_since=changed_since)
        if show_files:
            _show(found)
        # A folder is full of files that are no notes; only those that were named are worth a line.
        found = [one for one in found if one.explicit or not one.skipped]
        if do_fix or diff:
            from hrlint.commands.fixing import fix_files

            results = fix_files(linter, found, stdin_filename, unsafe=unsafe, diff=diff)
            if diff:
                _problems(results)
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
                # Only what is found has lines to wrap, and this brings modules that compress.
                if any(result.findings or result.aligned for result in results):
                    import shutil

                    width = shutil.get_terminal_size((80, 24)).columns
            shown = report_options(
                program,
                main_config,
                format,
                redact=redacted,
                color=color,
                quiet=quiet,
                statistics=statistics,
                aligned=aligned,
                width=width,
                exit_status=status,
            )
            write(format, results, out, shown)
        _problems(results)
        raise SystemExit(status)


def fix(*, interactive: bool, **given: Any) -> None:
    """Rewrite what can be rewritten safely."""
    if not interactive:
        check(do_fix=True, **given)
        return
    with errors_to_status():
        from hrlint.api import Linter, Options
        from hrlint.commands.fixing import fix_by_hand
        from hrlint.config import Loader

        flags = _settings(
            select=_split(given["select"]),
            ignore=_split(given["ignore"]),
            audience=given["audience"],
            fail_on=given["fail_on"],
            packs=given["rules"],
            baseline=given["baseline"],
            encoding=given["encoding"],
        )
        loader = Loader(config_file=given["config"], no_config=given["no_config"], flags=flags)
        linter = Linter(loader, Options(format_in=given["format_in"], whole=True))
        found = _found(linter, given["paths"])
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


def _found(
    linter: Linter, paths: list[str] | None, *, staged: bool = False, changed_since: str | None = None
) -> list[Found]:
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
    results_one_by_one = linter.lint_all(found, jobs)
    if len(found) > 1 and sys.stderr is not None and sys.stderr.isatty():
        from hrlint.parallel import with_progress

        results_one_by_one = with_progress(results_one_by_one, len(found), sys.stderr)
    return list(results_one_by_one)


def _show(found: list[Found]) -> None:
    for one in found:
        reason = one.problem or one.skipped
        linted = f"linted if it is plain text: {one.oversize}" if one.oversize else "linted"
        print(f"{one.name}: {'skipped: ' + reason if reason else linted}")
    raise SystemExit(2 if any(one.problem for one in found) else 0)


def _problems(results: list[Result]) -> None:
    if any(r.errors or r.notes for r in results):
        from hrlint.reporters.text import problem_lines

        for line in problem_lines(results):
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
