"""`hrlint batch`: a table of notes in, a table of findings out."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hrlint.commands.common import errors_to_status, output, say

if TYPE_CHECKING:
    from hrlint.batch.run import Summary
    from hrlint.batch.tables import Table
    from hrlint.config import Config

# Lines of the summary on stderr for each kind of count, and bad rows that are named there.
_SHOWN = 10


def register(app: typer.Typer) -> list[str]:
    """Add `batch` and `spark`."""
    app.command("batch", help="Tables of notes (CSV, JSON Lines, Parquet) in, a table of findings out.")(batch)
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("spark", help="The same on Spark.", context_settings=passed_on, add_help_option=False)(spark)
    return ["batch", "spark"]


def batch(
    tables: Annotated[
        list[str], typer.Argument(help="Tables: .csv, .tsv, .jsonl (also .gz), .parquet, or folders of them.")
    ],
    output_file: Annotated[str, typer.Option("--output", "-o", help="Table of findings: .parquet, .csv or .jsonl.")],
    text_column: Annotated[str, typer.Option("--text-column", help="Column of the texts.")] = "text",
    id_column: Annotated[str, typer.Option("--id-column", help="Column that tells notes apart.")] = "note_id",
    group_by: Annotated[
        list[str] | None,
        typer.Option("--group-by", help="Columns to carry along, such as department,charttime:month."),
    ] = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Add the words that were found: text of the notes.")
    ] = False,
    summary: Annotated[str | None, typer.Option("--summary", help="Write the counts to this file, as JSON.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 is one for each processor.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was ended.")] = False,
    encoding: Annotated[str, typer.Option("--encoding", help="Encoding of CSV and JSON Lines.")] = "utf-8",
    select: Annotated[
        list[str] | None, typer.Option("--select", "-s", help="Only these rules, categories or prefixes.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Not these rules, categories or prefixes.")
    ] = None,
    min_severity: Annotated[str | None, typer.Option("--min-severity", help="error | warning | info")] = None,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="error | warning | info | never: exit with 1 when there are such findings.")
    ] = "never",
    audience: Annotated[
        str | None, typer.Option("--audience", "-a", help="clinical-note | template | patient-facing")
    ] = None,
    config: Annotated[str | None, typer.Option("--config", help="Settings file to use.")] = None,
    no_config: Annotated[bool, typer.Option("--no-config", help="Use no settings file.")] = False,
    rules: Annotated[list[str] | None, typer.Option("--rules", help="Extra rule packs: a file or a folder.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Scan tables."""
    with errors_to_status():
        from hrlint.batch import BatchSettings
        from hrlint.batch import run as running
        from hrlint.batch import tables as reading

        _check_encoding(encoding)
        settings = _config(
            {
                "select": _split(select),
                "ignore": _split(ignore),
                "min-severity": min_severity,
                "fail-on": fail_on,
                "audience": audience,
                "packs": rules,
            },
            config,
            no_config,
        )
        found = reading.tables(tables)
        groups = _groups(_split(group_by), found[0], text_column, id_column, encoding)
        asked = BatchSettings.of(settings, text=text_column, id=id_column, groups=groups, with_text=with_text)
        progress = _Progress(shown=not quiet and sys.stderr.isatty())
        try:
            counts = running.run(found, output_file, asked, jobs=jobs, resume=resume, encoding=encoding, tell=progress)
        except KeyboardInterrupt:
            progress.end()
            say(f"interrupted; --resume goes on from here ({output_file}.parts)")
            raise SystemExit(130) from None
        finally:
            progress.end()
        if summary is not None:
            with output(summary) as out:
                json.dump(counts.as_object([table.name for table in found], asked), out, indent=1)
                out.write("\n")
        if not quiet:
            _show(counts)
        _show_bad(counts)
        raise SystemExit(_status(counts, settings))


def spark(context: typer.Context) -> None:
    """Scan tables on Spark."""
    with errors_to_status():
        from hrlint.spark import main

        main(context.args)


def _split(words: list[str] | None) -> list[str] | None:
    return None if words is None else [part.strip() for word in words for part in word.split(",") if part.strip()]


def _check_encoding(encoding: str) -> None:
    import codecs

    from hrlint.errors import ConfigError

    try:
        codecs.lookup(encoding)
    except LookupError:
        raise ConfigError(f"--encoding: unknown encoding '{encoding}'") from None


def _config(flags: dict[str, Any], config: str | None, no_config: bool) -> Config:
    from hrlint.config import Loader

    return Loader(config_file=config, no_config=no_config, flags=flags).project()


def _groups(wanted: list[str] | None, first: Table, text: str, id: str, encoding: str) -> tuple[str, ...]:
    """Return the groups asked for; for a table laid out like MIMIC-IV-Note its type and month of a note."""
    from hrlint.batch.scanning import MIMIC_COLUMNS, MIMIC_GROUPS
    from hrlint.batch.tables import column_names

    if wanted is not None:
        return tuple(dict.fromkeys(wanted))
    if (text, id) == ("text", "note_id") and {c.lower() for c in column_names(first, encoding)} >= set(MIMIC_COLUMNS):
        return MIMIC_GROUPS
    return ()


def _status(counts: Summary, settings: Config) -> int:
    from hrlint.model import Severity

    if counts.bad:
        return 2
    level = settings.fail_on
    return int(level is not None and any(n and Severity.parse(s) >= level for s, n in counts.findings.items()))


class _Progress:
    """A line on the terminal that counts notes: how many, how fast, how much longer."""

    def __init__(self, shown: bool) -> None:
        self.shown = shown
        self.began = self.last = time.monotonic()
        self.first: tuple[int, float] | None = None
        self.width = 0

    def __call__(self, notes: int, share: float) -> None:
        if not self.shown:
            return
        now = time.monotonic()
        if self.first is None:
            # What an earlier run did, and the time workers take to start, say nothing of the rate.
            self.first, self.began = (notes, share), now
        if now - self.last < 0.5:
            return
        self.last = now
        since = now - self.began
        line = f"hrlint: {notes:,} notes, {share:.0%}"
        if since > 1 and share > self.first[1]:
            rate = (notes - self.first[0]) / since
            left = since * (1 - share) / (share - self.first[1])
            line += f", {rate:,.0f} notes/s, {duration(left)} left"
        self._print(line)

    def _print(self, line: str) -> None:
        sys.stderr.write("\r" + line.ljust(self.width))
        sys.stderr.flush()
        self.width = len(line)

    def end(self) -> None:
        """Wipe the line."""
        if self.width:
            self._print("")
            sys.stderr.write("\r")
            sys.stderr.flush()
            self.width = 0


def duration(seconds: float) -> str:
    """Return a time (seconds) for people: `40 s`, `12 min`, `3 h 05 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _show(counts: Summary) -> None:
    from hrlint.reporters.common import by_count, counted

    total = sum(counts.findings.values())
    kinds = ", ".join(f"{counts.findings[s]:,} {s}" for s in ("error", "warning", "info") if counts.findings[s])
    say(
        f"{counted(total, 'finding')} in {counts.hit:,} of {counted(counts.notes, 'note')}"
        + (f": {kinds}" if kinds else "")
        + (f" ({counts.suppressed:,} suppressed)" if counts.suppressed else "")
    )
    groups = [(name, _totals(values)) for name, values in counts.groups.items()]
    for name, rows in [("category", by_count(counts.categories)), ("rule", by_count(counts.rules)), *groups]:
        for value, number in rows[:_SHOWN]:
            say(f"  {name} {value}: {number:,}")
        if len(rows) > _SHOWN:
            say(f"  {name}: {len(rows) - _SHOWN:,} more")


def _totals(values: dict[str, Any]) -> list[tuple[str, int]]:
    rows = [(value or "(none)", counts["findings"]) for value, counts in values.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _show_bad(counts: Summary) -> None:
    for id, problem in counts.bad_rows[:_SHOWN]:
        say(f"{id or 'a row'}: {problem}")
    if counts.bad > _SHOWN:
        say(f"{counts.bad - _SHOWN:,} more rows could not be scanned; they are the rows of the output with a 'problem'")
