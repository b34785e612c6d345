"""JSON with the place of every string, by the decoder of the standard library."""

from __future__ import annotations

import json
import json.scanner
import re
from collections.abc import Callable, Iterator
from typing import Any

from hrlint.document import Segment
from hrlint.errors import InputError
from hrlint.readers.options import Options

_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|(["\\/bfnrt]))')
_PLAIN = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SPACE = re.compile(r"[\s\x1e]*")
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")


class Placed(str):
    """A JSON string that knows where its contents stand in the source."""

    start: int
    end: int


def _place(scan: Callable[..., tuple[str, int]]) -> Callable[..., tuple[str, int]]:
    def placed(source: str, at: int, strict: bool = True) -> tuple[str, int]:
        value, end = scan(source, at, strict)
        found = Placed(value)
        found.start, found.end = at, end - 1
        return found, end

    return placed


class Decoder(json.JSONDecoder):
    """The decoder of the standard library, with values that are `Placed`; keys are not."""

    def __init__(self) -> None:
        # Exports hold raw line ends in strings more often than not.
        super().__init__(strict=False)
        self.parse_string = _place(json.decoder.scanstring)  # type: ignore[attr-defined]
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def values(name: str, source: str, options: Options) -> Iterator[tuple[Any, int]]:
    """Yield the JSON values of a file, one or one a line, with the number of the line from 1.

    A line that is no JSON becomes a problem; InputError when there is nothing else.
    """
    decoder = Decoder()
    space = _SPACE.match(source, 0)
    at = space.end() if space else 0
    line, counted, read = 1, 0, 0
    first: str | None = None
    by_line = name.lower().endswith((".ndjson", ".jsonl"))
    while at < len(source):
        line += source.count("\n", counted, at)
        counted = at
        try:
            value, at = decoder.raw_decode(source, at)
        except RecursionError:
            reason = f"line {line}: is nested too deep to be real data; it was left out"
        except json.JSONDecodeError as error:
            # In a file of lines the fault is where the line is, however far an open string runs.
            place = f"line {line}" if read or by_line else f"line {error.lineno}, column {error.colno}"
            reason = f"{place}: is not valid JSON; save or export it anew"
        else:
            read += 1
            yield value, line
            space = _SPACE.match(source, at)
            at = space.end() if space else at
            continue
        first = first or reason
        stop = _LINE_END.search(source, at)
        after = stop.end() if stop else len(source)
        if not read and not by_line and source[at] in "{[" and first:
            raise InputError(name, first)
        options.problems.append(f"{reason}")
        at = after
        space = _SPACE.match(source, at)
        at = space.end() if space else at
    if not read:
        if first and options.problems:
            options.problems.pop()
        raise InputError(name, first or "holds no JSON; nothing to read")


def string_map(source: str, value: Placed) -> tuple[str, tuple[Segment, ...]]:
    """Return the text of a JSON string and its map to the source; lone surrogates become U+FFFD."""
    start, end = value.start, value.end
    if "\\" not in source[start:end]:
        return str(value), ((Segment(0, end - start, start, end - start),) if end > start else ())
    parts: list[str] = []
    segments: list[Segment] = []
    at, length = start, 0

    def copy(stop: int) -> None:
        nonlocal length
        if stop > at:
            parts.append(source[at:stop])
            segments.append(Segment(length, stop - at, at, stop - at))
            length += stop - at

    for match in _ESCAPE.finditer(source, start, end):
        copy(match.start())
        at = match.end()
        char = _unescape(match)
        parts.append(char)
        segments.append(Segment(length, len(char), match.start(), at - match.start(), False))
        length += len(char)
    copy(end)
    return "".join(parts), tuple(segments)


def _unescape(match: re.Match[str]) -> str:
    high, low, plain = match.groups()
    if plain:
        return _PLAIN[plain]
    if low:
        first = int(high, 16)
        if 0xD800 <= first < 0xDC00:
            return chr(0x10000 + ((first - 0xD800) << 10) + int(low, 16) - 0xDC00)
        return (chr(first) if not 0xDC00 <= first < 0xE000 else "\ufffd") + "\ufffd"
    code = int(high, 16)
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
