"""The command line: finds the command, loads its module, runs it.

`hrlint note.txt` is `hrlint check note.txt`. Only the module of the command that was asked
for is imported, since start-up is what people notice.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

# Command -> module in `hrlint.commands`; one line for each command, in the order of the help.
COMMANDS = {
    "check": "check",
    "fix": "check",
    "explain": "explain",
    "rules": "explain",
    "test": "test",
    "eval": "evaluate",
    "baseline": "baseline",
    "accept": "baseline",
    "config": "config",
    "batch": "batch",
    "spark": "batch",
    "report": "report",
    "schema": "explain",
}

_GLOBAL = frozenset({"--help", "--version", "--install-completion", "--show-completion"})


def with_command(arguments: Sequence[str]) -> list[str]:
    """Return `arguments` with `check` put in front when they name no command."""
    first = arguments[0] if arguments else "--help"
    if first in COMMANDS and not (os.path.exists(first) and len(arguments) == 1 and first != "config"):
        return list(arguments)
    if first in _GLOBAL:
        return [first, *arguments[1:]]
    return ["check", *arguments]


def completing() -> bool:
    """Whether a shell asks for completions."""
    return any(name.startswith("_HRLINT_COMPLETE") or name == "_TYPER_COMPLETE_ARGS" for name in os.environ)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    # The compiled packs are a hundred thousand objects that stay; looking through them for cycles
    # every 700 new ones takes longer than linting a note.
    gc.set_threshold(100_000, 50, 50)
    arguments = with_command(sys.argv[1:] if argv is None else argv)
    if arguments[0] == "check" and not completing():
        from hrlint.commands.check import plain

        if plain(arguments[1:]):
            return
    import typer

    from hrlint import __version__

    wanted = [arguments[0]] if arguments[0] in COMMANDS and not completing() else list(COMMANDS)
    app = typer.Typer(
        name="hrlint",
        help="A linter for stigmatizing language in clinical notes.",
        add_completion=wanted != [arguments[0]],
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    def version(value: bool) -> None:
        if value:
            from hrlint.commands.common import version_lines

            typer.echo(version_lines(__version__))
            raise typer.Exit

    @app.callback()
    def root(
        version_: bool = typer.Option(
            False, "--version", callback=version, is_eager=True, help="Show versions and leave."
        ),
    ) -> None:
        """A linter for stigmatizing language in clinical notes."""

    done = set()
    for command in wanted:
        module = import_module(f"hrlint.commands.{COMMANDS[command]}")
        if command not in done:
            done.update(module.register(app))
    app(args=arguments, prog_name="hrlint")
