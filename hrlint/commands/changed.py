"""Narrowing a run to what git says has changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hrlint import changes
from hrlint.discover import discover

if TYPE_CHECKING:
    from hrlint.api import Linter
    from hrlint.discover import Found


def narrowed(linter: Linter, paths: list[str], *, staged: bool, revision: str | None) -> list[Found]:
    """Return the files among `paths` that changed, and make `linter` report their changed lines only."""
    first = Path(paths[0])
    root = first if first.is_dir() else first.parent
    found = [one for one in discover(paths, config=linter.loader.project) if not one.stdin and not one.skipped]
    wanted = {one.path: one for one in found if one.lintable and not one.oversize}
    ranges: dict[str, Sequence[range]] = {}
    content: dict[str, bytes] = {}
    if staged:
        for path, file in changes.staged(root, list(wanted)).items():
            content[wanted[path].name] = file.content
            ranges[wanted[path].name] = file.ranges
    elif revision is not None:
        for path, lines in changes.changed_lines(revision, list(wanted), root).items():
            ranges[wanted[path].name] = lines
    linter.options = linter.options._replace(only=ranges, content=content or None)
    return [one for one in found if one.name in ranges or one.problem or one.oversize]
