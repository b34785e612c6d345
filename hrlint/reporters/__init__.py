"""Results -> a report: one module per output format, and one line of the table.

A reporter module has `write(results, out, options)`. It gets results that are sorted and, when asked,
already redacted, so that no format can leak what another hides.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TextIO

from hrlint.model import Result
from hrlint.reporters.options import Options, Rule

__all__ = ["FORMATS", "REDACTED_BY_DEFAULT", "Options", "Rule", "write"]

FORMATS = {
    "full": "hrlint.reporters.full",
    "concise": "hrlint.reporters.concise",
    "json": "hrlint.reporters.json_document",
    "json-lines": "hrlint.reporters.json_lines",
    "sarif": "hrlint.reporters.sarif",
    "github": "hrlint.reporters.github",
    "gitlab": "hrlint.reporters.gitlab",
    "junit": "hrlint.reporters.junit",
    "rdjson": "hrlint.reporters.rdjson",
    "html": "hrlint.reporters.html_page",
}

# Formats that end up on somebody else's server.
REDACTED_BY_DEFAULT = frozenset({"sarif", "github", "gitlab", "junit", "rdjson"})


def write(format: str, results: Iterable[Result], out: TextIO, options: Options) -> None:
    """Write a report of `results` to `out`; raises KeyError for a format not in `FORMATS`."""
    module = import_module(FORMATS[format])
    from hrlint.reporters.common import arranged

    module.write(arranged(results, options), out, options)
