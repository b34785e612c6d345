"""What a reader is told besides the bytes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """Settings of one call of `read`.

    encoding     the name given by the user, or None to find it
    text_column  the column of a table that holds the texts, or None to find it
    id_column    the column whose value names a row, or None for its number
    problems     collects one line for each part that could not be read
    depth        how many containers stand around this file
    """

    encoding: str | None = None
    text_column: str | None = None
    id_column: str | None = None
    problems: list[str] = field(default_factory=list)
    depth: int = 0
