"""Bytes to text and back, nothing lost: the same text encodes to the same bytes."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from hrlint.errors import InputError

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ERRORS = "hrlint-c1"
# Of the C0 controls a text holds tab, line ends, form feed and (in sequences for terminals) ESC.
_CONTROLS = bytes((*range(9), 11, *range(14, 27), *range(28, 32)))


class Decoded(NamedTuple):
    """A file's text without its byte-order mark, and what is needed to write it back."""

    text: str
    encoding: str
    bom: bytes


def _c1(error: UnicodeError) -> tuple[str | bytes, int]:
    # cp1252 leaves five bytes undefined; browsers read them as C1 controls and so do we, both ways.
    if isinstance(error, UnicodeDecodeError):
        return chr(error.object[error.start]), error.start + 1
    if isinstance(error, UnicodeEncodeError) and "\x80" <= error.object[error.start] <= "\x9f":
        return bytes([ord(error.object[error.start])]), error.start + 1
    raise error


codecs.register_error(_ERRORS, _c1)


def _errors(encoding: str) -> str:
    return _ERRORS if encoding == "cp1252" else "strict"


def encode(text: str, encoding: str) -> bytes:
    """Return `text` in `encoding`; raises UnicodeEncodeError where a character has no place in it."""
    return text.encode(encoding, _errors(encoding))


def _nul_pattern(raw: bytes) -> str | None:
    """Return the UTF-16 byte order that the NUL bytes of Western text give away, if any."""
    sample = raw[:4096]
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    guess = None
    if odd > 0.4 * half and even < 0.1 * half:
        guess = "utf-16-le"
    elif even > 0.4 * half and odd < 0.1 * half:
        guess = "utf-16-be"
    if guess is None or half < 2:
        return None
    # Small numbers with a NUL between them are no text.
    text = sample.decode(guess, "ignore")
    return None if any(char < " " and ord(char) in _CONTROLS for char in text) else guess


def _named(name: str, raw: bytes, encoding: str) -> Decoded:
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise InputError(name, "the encoding asked for is unknown; use a name such as utf-8 or cp1252") from None
    bom, wanted = b"", codec
    for mark, marked in _MARKS:
        if raw.startswith(mark) and marked.startswith(codec.removesuffix("-sig")):
            bom, wanted = mark, marked
            break
    else:
        wanted = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(codec, codec)
    try:
        text = raw[len(bom) :].decode(wanted, _errors(wanted))
        if not isinstance(text, str):
            raise LookupError
    except (UnicodeError, LookupError, ValueError):
        raise InputError(name, f"is not valid {codec}; leave --encoding out to let hrlint find it") from None
    return Decoded(text, wanted, bom)


def decode(name: str, raw: bytes, encoding: str | None = None, fallback: str = "cp1252") -> Decoded:
    """Return the text of `raw`.

    In this order: `encoding` when given, a byte-order mark, the NUL pattern of UTF-16, strict UTF-8,
    `fallback`. Raises InputError for what is no text.
    """
    found = _decode(name, raw, encoding, fallback)
    if "\0" in found.text:
        raise InputError(name, "holds NUL bytes, so it is no text file; name its format with --format-in")
    return found


def _decode(name: str, raw: bytes, encoding: str | None, fallback: str) -> Decoded:
    if encoding:
        return _named(name, raw, encoding)
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            try:
                return Decoded(raw[len(mark) :].decode(codec), codec, mark)
            except UnicodeDecodeError:
                raise InputError(name, f"begins with a {codec} mark but is not valid {codec}; save it anew") from None
    if b"\0" in raw:
        guess = _nul_pattern(raw)
        if guess is None:
            raise InputError(name, "holds NUL bytes, so it is no text file; name its format with --format-in")
        try:
            return Decoded(raw.decode(guess), guess, b"")
        except UnicodeDecodeError:
            raise InputError(name, f"looks like {guess} but is not valid; name the encoding with --encoding") from None
    try:
        return Decoded(raw.decode("utf-8"), "utf-8", b"")
    except UnicodeDecodeError:
        pass
    return _named(name, raw, fallback)


def is_text(raw: bytes) -> bool:
    """Return whether the first 4 kB of `raw` look like text of any kind."""
    sample = raw[:4096]
    if any(sample.startswith(mark) for mark, _ in _MARKS):
        return True
    if b"\0" in sample:
        return _nul_pattern(sample) is not None
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls <= 2 + len(sample) // 50
