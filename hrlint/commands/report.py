"""`hrlint report`: findings as one page to look at."""

from __future__ import annotations

from typing import Annotated

import typer

from hrlint.commands.common import errors_to_status, output


def register(app: typer.Typer) -> list[str]:
    """Add `report`."""
    app.command("report", help="A page of charts from findings: trends, categories, principles.")(report)
    return ["report"]


def report(
    findings: Annotated[
        list[str],
        typer.Argument(help="Tables of `hrlint batch` (.parquet, .csv, .jsonl) or reports of `check --format json`."),
    ],
    output_file: Annotated[str, typer.Option("--output", "-o", help="The page, one HTML file.")],
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Columns to count by, such as department,charttime:month; all groups by default."),
    ] = None,
    summary: Annotated[
        list[str] | None, typer.Option("--summary", help="File of `hrlint batch --summary`: adds rates for 100 notes.")
    ] = None,
    min_cell: Annotated[
        int, typer.Option("--min-cell", min=0, help="In groups, hide cells of fewer notes than this; 0 shows all.")
    ] = 11,
    title: Annotated[str, typer.Option("--title", help="Heading of the page.")] = "Language in clinical notes",
) -> None:
    """Write the page."""
    with errors_to_status():
        from hrlint.report import count, render

        wanted = None if by is None else [part.strip() for word in by for part in word.split(",") if part.strip()]
        tally = count(findings, wanted, summary or ())
        with output(output_file) as out:
            out.write(render(tally, least=min_cell, title=title))
