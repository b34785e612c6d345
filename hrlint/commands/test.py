"""`hrlint test`: the examples inside rule packs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrlint.commands.common import errors_to_status, output, say


def register(app: typer.Typer) -> list[str]:
    """Add `test`."""
    app.command("test", help="Run the examples inside rule packs (for pack authors).")(test)
    return ["test"]


def test(
    packs: Annotated[
        list[str] | None, typer.Argument(help="Pack files or folders; none means the shipped packs.")
    ] = None,
) -> None:
    """Run the examples of packs."""
    with errors_to_status():
        from hrlint.compiled import build, load
        from hrlint.packs_place import shipped
        from hrlint.testing import run_examples

        extra = [Path(p) for p in packs or []]
        if extra:
            program = build([shipped(), *extra], shipped_patterns=False)
            before = frozenset(load().versions)
            names = frozenset(program.versions) - before
            failures = list(run_examples(program, names))
        else:
            program = load()
            failures = list(run_examples(program))
        bad = [f for f in failures if f is not None]
        with output(None) as out:
            for failure in bad:
                out.write(f"{failure}\n")
            out.write(f"{len(failures)} examples, {len(bad)} failed\n")
        if not failures:
            say("no examples were run; is the pack's name new?")
            raise SystemExit(2)
        raise SystemExit(1 if bad else 0)
