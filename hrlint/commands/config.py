"""`hrlint config`: the merged settings and where each value came from."""

from __future__ import annotations

from typing import Annotated

import typer

from hrlint.commands.common import errors_to_status, output


def register(app: typer.Typer) -> list[str]:
    """Add `config`."""
    app.command("config", help="The merged settings and where each came from.")(show)
    return ["config"]


def show(
    path: Annotated[str | None, typer.Argument(help="The file or folder to show the settings for.")] = None,
    config: Annotated[str | None, typer.Option("--config", help="Settings file to use.")] = None,
    no_config: Annotated[bool, typer.Option("--no-config", help="Use no settings file.")] = False,
) -> None:
    """Show settings."""
    with errors_to_status():
        from pathlib import Path

        from hrlint.api import Linter
        from hrlint.config import Loader, render

        loader = Loader(config_file=config, no_config=no_config)
        whole = path is None or Path(path).is_dir()
        settings = loader.project(path) if whole or path is None else loader.for_path(path)
        Linter(loader).program(settings)
        with output(None) as out:
            out.write(render(settings))
