"""Comments in which a suppression may stand, found in the source of any text format."""

from __future__ import annotations

from hrlint.patterns import lazy

# Example: <!-- hrlint: ignore person-labels.addict -- reason -->
_COMMENT = lazy(
    r"<!--\s*(?P<html>hrlint:[^\r\n]{0,500}?)\s*-->"
    r"|\{\#-?\s*(?P<jinja>hrlint:[^\r\n]{0,500}?)\s*-?\#\}"
    r"|\[\[\s*(?P<square>hrlint:[^\r\n]{0,500}?)\s*\]\]"
    r"|(?m:^[ \t>]*(?:\#|//)[ \t]*(?P<line>hrlint:[^\r\n]{0,500}))"
)
_LINE = lazy(r"\r\n|\n|\r")


def comments(source: str) -> tuple[tuple[str, int], ...]:
    """Return (text, line from 1) of every comment that speaks to hrlint; most files have none, at no cost."""
    if "hrlint:" not in source:
        return ()
    found: list[tuple[str, int]] = []
    line, counted = 1, 0
    for match in _COMMENT.finditer(source):
        at = match.start(match.lastgroup or 0)
        line += len(_LINE.findall(source, counted, at))
        counted = at
        found.append((match.group(match.lastgroup or 0).strip(), line))
    return tuple(found)
