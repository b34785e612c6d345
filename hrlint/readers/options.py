"""What a reader is told besides the bytes."""

from __future__ import annotations


class Options:
    """Settings of one call of `read`.

    encoding     the name given by the user, or None to find it
    text_column  the column of a table that holds the texts, or None to find it
    id_column    the column whose value names a row, or None for its number
    problems     collects one line for each part that could not be read
    depth        how many containers stand around this file
    """

    def __init__(
        self,
        encoding: str | None = None,
        text_column: str | None = None,
        id_column: str | None = None,
        problems: list[str] | None = None,
        depth: int = 0,
    ) -> None:
        self.encoding = encoding
        self.text_column = text_column
        self.id_column = id_column
        self.problems = [] if problems is None else problems
        self.depth = depth
