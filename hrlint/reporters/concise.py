"""`concise`: a line a finding, `path:line:column: severity rule: message`; columns are code points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from hrlint.model import Result
from hrlint.reporters import common
from hrlint.reporters.options import Options
from hrlint.reporters.text import Page, closing


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write a line for each finding, then what `options` ask for."""
    page = Page.of(out, options)
    for f in common.findings(results):
        place = f"{f.path}:{f.line}:{f.column}:" + (f" ({f.location})" if f.location else "")
        severity = page.paint(str(f.severity), str(f.severity))
        page.line(f"{page.plain(place)} {severity} {page.paint('dim', page.plain(f.rule))}: {page.plain(f.message)}")
    if options.statistics and any(r.findings for r in results):
        page.line()
    closing(results, page, options)
