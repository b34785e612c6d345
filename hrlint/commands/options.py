"""The options of `check` and `fix`, one line each, and how plain command lines are read.

Typer reads the command line; it costs as much time as linting a short note ten times. A
command line of known options spelled out in full needs none of that, so `read_plain` answers
for it from the same table, and everything else (`--help`, a typing error, `-qf json`) goes to Typer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Option(NamedTuple):
    """One option. `kind` is `switch`, `text`, `many`, `number` or `yes-no` (`flags` hold both spellings)."""

    name: str
    kind: str
    flags: tuple[str, ...]
    help: str
    default: Any = None


_REPORT = (
    Option(
        "format",
        "text",
        ("--format", "-f"),
        "full | concise | json | json-lines | sarif | github | gitlab | junit | rdjson | html",
        "full",
    ),
    Option("output_file", "text", ("--output", "-o"), "Write the report to a file."),
    Option("min_severity", "text", ("--min-severity",), "error | warning | info"),
    Option("redact", "yes-no", ("--redact", "--no-redact"), "Leave out text of notes (default in CI)."),
    Option("aligned", "switch", ("--aligned",), "Name the harm-reduction language already there.", False),
    Option("statistics", "switch", ("--statistics",), "Counts by category and rule.", False),
    Option("quiet", "switch", ("--quiet", "-q"), "Findings only, no summary.", False),
    Option("exit_zero", "switch", ("--exit-zero",), "Exit with 0 whatever is found.", False),
    Option("do_fix", "switch", ("--fix",), "Rewrite what is safe to rewrite.", False),
    Option("changed_since", "text", ("--changed-since",), "Only findings on lines changed since this git revision."),
    Option("staged", "switch", ("--staged",), "Lint staged content; only findings on staged lines.", False),
    Option(
        "show_files", "switch", ("--show-files",), "List what would be linted and what is skipped, with reasons.", False
    ),
    Option("jobs", "number", ("--jobs", "-j"), "Processes; 0 decides by itself.", 0),
)

_SHARED = (
    Option("select", "many", ("--select", "-s"), "Only these rules, categories or prefixes."),
    Option("ignore", "many", ("--ignore",), "Not these rules, categories or prefixes."),
    Option("fail_on", "text", ("--fail-on",), "error | warning | info | never (default warning)"),
    Option("audience", "text", ("--audience", "-a"), "clinical-note | template | patient-facing"),
    Option("config", "text", ("--config",), "Settings file to use."),
    Option("no_config", "switch", ("--no-config",), "Use no settings file.", False),
    Option("rules", "many", ("--rules",), "Extra rule packs: a file or a folder."),
    Option("baseline", "text", ("--baseline",), "File of known findings."),
    Option("encoding", "text", ("--encoding",), "Encoding of text files (found out by default)."),
    Option("format_in", "text", ("--format-in",), "Read every input as this format."),
    Option("stdin_filename", "text", ("--stdin-filename",), "Name of what comes on standard input."),
    Option(
        "unsafe", "switch", ("--unsafe-fixes",), "Take the first suggestion too where a person should choose.", False
    ),
    Option("diff", "switch", ("--diff",), "Show what a fix would change; write nothing.", False),
    Option("force_exclude", "switch", ("--force-exclude",), "Let exclude settings hold for named files too.", False),
    Option("no_color", "switch", ("--no-color",), "No colours.", False),
)

_FIX = (Option("interactive", "switch", ("--interactive", "-i"), "Ask for each finding.", False),)

CHECK = (*_REPORT, *_SHARED)
FIX = (*_FIX, *_SHARED)


def read_plain(arguments: Sequence[str], options: Sequence[Option]) -> dict[str, Any] | None:
    """Return the values of a plain command line, or None when it takes more than this table to read it."""
    by_flag = {flag: option for option in options for flag in option.flags}
    values: dict[str, Any] = {option.name: option.default for option in options}
    paths: list[str] = []
    at = 0
    while at < len(arguments):
        word = arguments[at]
        at += 1
        if word == "-" or not word.startswith("-"):
            paths.append(word)
            continue
        option = by_flag.get(word)
        if option is None:
            return None
        if option.kind == "switch":
            values[option.name] = True
        elif option.kind == "yes-no":
            values[option.name] = word == option.flags[0]
        else:
            if at >= len(arguments) or option.kind == "number" and not arguments[at].isdigit():
                return None
            given = arguments[at]
            at += 1
            if option.kind == "many":
                values[option.name] = [*(values[option.name] or []), given]
            else:
                values[option.name] = int(given) if option.kind == "number" else given
    return {"paths": paths, **values} if paths or values.get("staged") or values.get("changed_since") else None


def with_signature(run: Callable[..., None], options: Sequence[Option], help: str) -> Callable[..., None]:
    """Return `run` as Typer wants to see it: a parameter for each option."""
    import inspect
    from typing import Annotated

    import typer

    types: dict[str, Any] = {
        "switch": bool,
        "text": str | None,
        "many": list[str] | None,
        "number": int,
        "yes-no": bool | None,
    }
    paths = Annotated[
        list[str] | None, typer.Argument(help="Files, folders, globs, or - for standard input.", show_default=False)
    ]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("paths", keyword, default=None, annotation=paths)]
    for option in options:
        flags = ("/".join(option.flags),) if option.kind == "yes-no" else option.flags
        kind = str if option.kind == "text" and option.default is not None else types[option.kind]
        annotation = Annotated[kind, typer.Option(*flags, help=option.help)]  # type: ignore[valid-type]
        parameters.append(inspect.Parameter(option.name, keyword, default=option.default, annotation=annotation))

    def command(**values: Any) -> None:
        run(**values)

    command.__doc__ = help
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command
