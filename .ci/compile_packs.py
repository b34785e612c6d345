"""Build hook: compiles the rule packs into the package, so that no run has to.

A checkout whose packs change later is compiled anew by the next run, see hrlint/compiled.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompilePacks(BuildHookInterface):
    """Write `hrlint/_compiled.bin` before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the packs of the source tree; a pack with an error stops the build."""
        sys.path.insert(0, self.root)
        try:
            from hrlint import compiled

            program = compiled.build([Path(self.root) / "rules"])
            program.raw["digest"] = compiled.digest([Path(self.root) / "rules"])
            compiled.keep(program, next(compiled.kept_files()))
        finally:
            sys.path.remove(self.root)
