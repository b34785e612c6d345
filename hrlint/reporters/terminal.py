"""Text of notes on its way to a terminal: made harmless, measured, fitted to the encoding.

Notes come from anywhere. An escape sequence in one must not move the cursor, a bidi control must not
reorder a line, and markup of a library must not be taken for markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TextIO

from hrlint.patterns import lazy

_UNSAFE = lazy(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_FOREIGN = "\ufffd"
_LINE_BREAK = "\u2424"

# What to write where the console's encoding lacks a character that reports use.
_PLAIN = str.maketrans(
    {
        "…": "...",
        "“": '"',
        "”": '"',
        "\u2018": "'",
        "\u2019": "'",
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        "•": "*",
        "·": "-",
        "│": "|",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character in "\u2028\u2029":
        return _LINE_BREAK
    # Variation selectors choose the look of the character before; without them it is still that character.
    return "" if 0xFE00 <= code <= 0xFE0F else _FOREIGN


def sanitize(text: str) -> str:
    """Return `text` as one harmless line.

    C0 and C1 controls (escape sequences begin with one), bidi controls, zero-width and other invisible
    characters and line separators become visible symbols.
    """
    # Most is plain ASCII, where none of them is printable.
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_visible, text)


@lru_cache(maxsize=4096)
def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


@lru_cache(maxsize=4096)
def _fallback(character: str, encoding: str) -> str:
    if _encodes(character, encoding):
        return character
    plain = character.translate(_PLAIN)
    if plain == character:
        import unicodedata

        decomposed = unicodedata.normalize("NFKD", character)
        plain = "".join(c for c in decomposed if c.isascii() and c.isprintable())
    return plain or "?"


def fitted(text: str, encoding: str | None) -> str:
    """Return `text` in characters that `encoding` has: near ASCII ones, or `?`. None means anything goes."""
    if encoding is None or text.isascii():
        return text
    return "".join(_fallback(c, encoding) for c in text)


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells(text: str) -> int:
    """Return how many terminal cells sanitized `text` takes: 2 for a wide character, 0 for a combining mark."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def characters(line: str, encoding: str | None, tab: int = 4) -> list[str]:
    """Return what to print for each character of `line`: safe, encodable, tabs spread to the next stop."""
    if line.isascii() and line.isprintable():
        return list(line)
    shown: list[str] = []
    column = 0
    for character in line:
        piece = " " * (tab - column % tab) if character == "\t" else fitted(sanitize(character), encoding)
        shown.append(piece)
        column += cells(piece)
    return shown


def wants_color(stream: TextIO, environ: Mapping[str, str], no_color: bool = False) -> bool:
    """Return whether to paint: `--no-color` and NO_COLOR forbid, FORCE_COLOR asks, else a terminal decides.

    An empty variable counts as unset (no-color.org).
    """
    if no_color or environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return environ.get("TERM") != "dumb" and stream.isatty()
