"""What can go wrong, as one small tree.

HrlintError
├── PackError      a rule pack cannot be used (every problem at once)
├── ConfigError    a setting cannot be understood
└── InputError     a document cannot be read

No message holds text of a document: notes are health records.
"""

from __future__ import annotations


class HrlintError(Exception):
    """Base of every error that hrlint raises on purpose; `str()` is fit to print."""


class PackError(HrlintError):
    """One or more problems in rule packs; `problems` holds a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ConfigError(HrlintError):
    """A configuration file or an option that cannot be understood."""


class InputError(HrlintError):
    """An input that cannot be read; `name` is its path, `reason` the rest of the line."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
