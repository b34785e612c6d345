"""hrlint: a linter for stigmatizing language in clinical notes."""

__version__ = "0.1.0"
