"""`hrlint baseline` and `hrlint accept`: findings that are known."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from hrlint.commands.common import errors_to_status, say

if TYPE_CHECKING:
    from hrlint.document import Document, Piece
    from hrlint.model import Finding


def register(app: typer.Typer) -> list[str]:
    """Add `baseline` and `accept`."""
    app.command("baseline", help="Record today's findings, so that only new ones are reported.")(record)
    app.command("accept", help="Accept one finding in the baseline, with a reason.")(accept)
    return ["baseline", "accept"]


File = Annotated[str | None, typer.Option("--baseline", help="The baseline file.")]
ConfigFile = Annotated[str | None, typer.Option("--config", help="Settings file to use.")]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Use no settings file.")]
Audience = Annotated[str | None, typer.Option("--audience", "-a", help="clinical-note | template | patient-facing")]


def _collected(paths: list[str], config: str | None, no_config: bool, audience: str | None, file: str | None):  # type: ignore[no-untyped-def]
    """Return (baseline file, findings with their documents, names of the files read, whether all were)."""
    from hrlint.api import Linter, Options
    from hrlint.baseline import FILE_NAME
    from hrlint.commands.fixing import by_document
    from hrlint.config import Loader
    from hrlint.document import piece_at
    from hrlint.reporters.positions import pieces

    loader = Loader(config_file=config, no_config=no_config, flags={"audience": audience} if audience else {})
    settings = loader.project()
    target = file or settings.baseline or FILE_NAME
    linter = Linter(loader, Options(baselines=False))
    pairs: list[tuple[Finding, Document | Piece]] = []
    names = []
    whole = True
    for result in linter.lint(paths):
        for problem in result.errors:
            say(f"{problem.path}: {problem.message}")
        whole = whole and not result.errors
        if not result.errors and not result.notes:
            names.append(result.path)
        if cut := pieces(result):
            pairs += [(finding, piece_at(cut, finding.start)) for finding in result.findings]
        else:
            pairs += [(finding, document) for document, findings in by_document(result) for finding in findings]
    return target, pairs, names, whole


def record(
    paths: Annotated[list[str], typer.Argument(help="Files and folders.")],
    file: File = None,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    audience: Audience = None,
) -> None:
    """Write the baseline."""
    with errors_to_status():
        from hrlint import baseline

        target, pairs, names, whole = _collected(paths, config, no_config, audience, file)
        known = baseline.begin(target)
        new = baseline.create(known, pairs, linted=names)
        fresh = not os.path.exists(target)
        written = baseline.write(new)
        say(f"{os.fspath(target)}: {len(new.entries)} known findings" + ("" if written else ", unchanged"))
        if fresh:
            say(f"to let branches merge it, put this line into .gitattributes: {baseline.attributes_line(target)}")
        raise SystemExit(0 if whole else 2)


def accept(
    path: Annotated[str, typer.Argument(help="The file with the finding.")],
    rule: Annotated[str, typer.Argument(help="The id of the rule.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is accepted.")] = "",
    until: Annotated[str | None, typer.Option("--until", help="Last day, such as 2027-03-31.")] = None,
    line: Annotated[int | None, typer.Option("--line", help="Which one, when there are several.")] = None,
    every: Annotated[bool, typer.Option("--every", help="All of them in this file.")] = False,
    file: File = None,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    audience: Audience = None,
) -> None:
    """Accept one finding."""
    with errors_to_status():
        from hrlint import baseline
        from hrlint.errors import ConfigError

        try:
            last = date.fromisoformat(until) if until else None
        except ValueError:
            raise ConfigError(f"--until: '{until}' is not a date; write it as 2027-03-31") from None
        target, pairs, _, whole = _collected([path], config, no_config, audience, file)
        if not whole:
            raise SystemExit(2)
        known = baseline.begin(target)
        stamped = baseline.stamp(pairs, known)
        try:
            new = baseline.accept(known, stamped, rule, reason=reason, until=last, line=line, every=every)
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from None
        baseline.write(new)
        say(f"{os.fspath(target)}: accepted {rule} in {path}")
