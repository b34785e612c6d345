"""`hrlint eval`: findings against a labelled file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hrlint.commands.common import errors_to_status, output


def register(app: typer.Typer) -> list[str]:
    """Add `eval`."""
    app.command("eval", help="Precision, recall and F1 against a labelled file.")(evaluate)
    return ["eval"]


def evaluate(
    gold: Annotated[str, typer.Argument(help="Labelled lines (JSON Lines); see docs/accuracy.md.")],
    root: Annotated[str | None, typer.Option("--root", help="Folder of the documents that the labels name.")] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text | json")] = "text",
    show: Annotated[
        int, typer.Option("--show", min=0, help="Show this many misses and false alarms, with their words.")
    ] = 0,
    rules: Annotated[list[str] | None, typer.Option("--rules", help="Extra rule packs: a file or a folder.")] = None,
    config: Annotated[str | None, typer.Option("--config", help="Settings file to use.")] = None,
    no_config: Annotated[bool, typer.Option("--no-config", help="Use no settings file.")] = False,
) -> None:
    """Score a labelled file."""
    with errors_to_status():
        from hrlint import evaluate as scoring
        from hrlint.config import Loader
        from hrlint.errors import ConfigError

        if format not in ("text", "json"):
            raise ConfigError(f"--format: unknown value '{format}'; known are text, json")
        path = Path(gold)
        folder = Path(root) if root else path.parent
        items, occurrences = scoring.read_gold(path, folder)
        loader = Loader(config_file=config, no_config=no_config, flags={"packs": rules} if rules else {})
        lint = linted_by(loader)
        report = scoring.score(items, lint) if items else scoring.Report()
        if occurrences:
            texts = {p.stem: p.read_bytes().decode("utf-8") for p in sorted(folder.rglob("*.txt"))}
            report = scoring.score_occurrences(occurrences, texts, lint)
        if not items and not occurrences:
            raise ConfigError(f"{gold}: no labelled lines in it")
        with output(None) as out:
            if format == "json":
                json.dump(scoring.as_object(report), out, indent=1)
                out.write("\n")
                return
            for line in scoring.summary(report):
                out.write(line + "\n")
            for _, rows in scoring.tables(report):
                widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
                out.write("\n")
                for row in rows:
                    cells = [
                        row[0].ljust(widths[0]),
                        *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
                    ]
                    out.write("  ".join(cells).rstrip() + "\n")
            _show(report, show, out)


def linted_by(loader: Any) -> Any:
    """Return a function (name, text, audience) -> findings for `evaluate.score`."""
    from hrlint.api import Linter, _severities
    from hrlint.document import Document
    from hrlint.engine import Engine, Settings

    linter = Linter(loader)
    settings = loader.project()
    program = linter.program(settings)
    engines: dict[str, Engine] = {}

    def lint(name: str, text: str, audience: str) -> Any:
        if audience not in engines:
            chosen = _severities(program, settings._replace(audience=audience))
            engines[audience] = Engine(program, Settings(audience, chosen, suggestions=False))
        return engines[audience].check(Document(name, text))[0]

    return lint


def _show(report: Any, count: int, out: Any) -> None:
    from hrlint.reporters.terminal import sanitize

    if not count:
        return
    out.write(f"\nfirst {min(count, len(report.misses))} of {len(report.misses)} that did not come out\n")
    for miss in report.misses[:count]:
        before = miss.text[max(0, miss.start - 50) : miss.start]
        after = miss.text[miss.end : miss.end + 40]
        words = f"{before}»{miss.text[miss.start : miss.end]}«{after}".replace("\n", "⏎").replace("\r", "")
        out.write(f"{miss.kind:10} {miss.id}  {miss.category}  {miss.rule}\n    {sanitize(words)}\n")
