"""`json-lines`: a finding a line, each as in `json`; nothing for clean input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from hrlint.model import Result
from hrlint.reporters import common
from hrlint.reporters.json_document import finding_object
from hrlint.reporters.options import Options


def write(results: Sequence[Result], out: TextIO, options: Options) -> None:
    """Write a line for each finding."""
    for finding in common.findings(results):
        out.write(common.json_text(finding_object(finding, options)) + "\n")
