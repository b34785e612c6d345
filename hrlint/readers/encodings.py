"""Bytes to text and back, nothing lost: the same text encodes to the same bytes."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
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


class Attempt(NamedTuple):
    """An encoding that a file may have, its byte-order mark, and what to say when it is not valid; None to try the next."""

    encoding: str
    bom: bytes
    reason: str | None

    @property
    def errors(self) -> str:
        """The error handler to decode with."""
        return _errors(self.encoding)


def _named(name: str, head: bytes, encoding: str) -> Attempt:
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise InputError(name, "the encoding asked for is unknown; use a name such as utf-8 or cp1252") from None
    reason = f"is not valid {codec}; leave --encoding out to let hrlint find it"
    for mark, marked in _MARKS:
        if head.startswith(mark) and marked.startswith(codec.removesuffix("-sig")):
            return Attempt(marked, mark, reason)
    wanted = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(codec, codec)
    return Attempt(wanted, b"", reason)


def attempts(
    name: str, head: bytes, nul: Callable[[], bool], encoding: str | None = None, fallback: str = "cp1252"
) -> Iterator[Attempt]:
    """Yield the encodings of a file that begins with `head` (4 kB), the first that is valid is the one.

    In this order: `encoding` when given, a byte-order mark, the NUL pattern of UTF-16 when the file holds NUL bytes (`nul`),
    UTF-8, `fallback`. Raises InputError for what is no text.
    """
    if encoding:
        yield _named(name, head, encoding)
        return
    for mark, codec in _MARKS:
        if head.startswith(mark):
            yield Attempt(codec, mark, f"begins with a {codec} mark but is not valid {codec}; save it anew")
            return
    if nul():
        guess = _nul_pattern(head)
        if guess is None:
            raise no_text(name)
        yield Attempt(guess, b"", f"looks like {guess} but is not valid; name the encoding with --encoding")
        return
    yield Attempt("utf-8", b"", None)
    yield _named(name, head, fallback)


def no_text(name: str) -> InputError:
    """Return what is wrong with a file that holds NUL characters."""
    return InputError(name, "holds NUL bytes, so it is no text file; name its format with --format-in")


def decode(name: str, raw: bytes, encoding: str | None = None, fallback: str = "cp1252") -> Decoded:
    """Return the text of `raw`, see `attempts`. Raises InputError for what is no text."""
    for attempt in attempts(name, raw, lambda: b"\0" in raw, encoding, fallback):
        try:
            text = raw[len(attempt.bom) :].decode(attempt.encoding, attempt.errors)
            if not isinstance(text, str):
                raise LookupError
        except (UnicodeError, LookupError, ValueError):
            if attempt.reason is None:
                continue
            raise InputError(name, attempt.reason) from None
        if "\0" in text:
            raise no_text(name)
        return Decoded(text, attempt.encoding, attempt.bom)
    raise AssertionError("the last attempt has a reason")


def is_text(raw: bytes) -> bool:
    """Return whether the first 4 kB of `raw` look like text of any kind."""
    sample = raw[:4096]
    if any(sample.startswith(mark) for mark, _ in _MARKS):
        return True
    if b"\0" in sample:
        return _nul_pattern(sample) is not None
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls <= 2 + len(sample) // 50
