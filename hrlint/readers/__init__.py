"""Files to documents, one module per format.

`FORMATS` is the table: a new format is one module and one row. A module is imported when a
file of its format is read, so plain text costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from hrlint.document import Document, Piece
from hrlint.errors import InputError
from hrlint.patterns import lazy
from hrlint.readers.encodings import is_text
from hrlint.readers.options import Options

if TYPE_CHECKING:
    from pathlib import Path

# A mail or a resource may hold a file that holds a file; nobody needs more.
MAX_DEPTH = 3


class Format(NamedTuple):
    """How a format is known.

    `sure` sees it in the first bytes whatever the name is, `likely` where the name says nothing.
    """

    module: str
    extensions: tuple[str, ...]
    sure: Callable[[bytes], bool] | None = None
    likely: Callable[[bytes], bool] | None = None


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _matches(pattern: bytes, *begins: bytes) -> Callable[[bytes], bool]:
    """Return what tells whether a head matches; all that does begins with one of `begins` (lower case), cheaper to ask."""
    full = lazy(pattern, re.IGNORECASE)

    def matches(head: bytes) -> bool:
        narrow = _narrow(head)
        return narrow[:_BEGINNING].lower().startswith(begins or b"") and full.search(narrow) is not None

    return matches


# As long as the longest beginning that is asked for.
_BEGINNING = 9


def _narrow(head: bytes) -> bytes:
    # UTF-16 markup looks like its ASCII once the NUL bytes are gone.
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


def _zip_with(*members: bytes) -> Callable[[bytes], bool]:
    # Names of members stand uncompressed in a zip, and once more in the directory at its end.
    return lambda head: head.startswith(b"PK") and any(member in head for member in members)


_HTML = _matches(rb"\A<(?:!doctype\s+html|html[\s>])", b"<!doctype", b"<html")
_HL7 = _matches(rb"\A[\x0b]?(?:MSH|FHS|BHS)[^\w\s][^\w\s]{3,5}", b"\x0b", b"msh", b"fhs", b"bhs")
_CCDA = _matches(rb"\A<(?:\?xml[\s\S]*<)?(?:\w+:)?ClinicalDocument[\s>]")
_FHIR = _matches(rb'\A[\[{][\s\S]*"resourceType"\s*:')
_EMAIL = _matches(
    rb"\A(?:Received|Return-Path|MIME-Version|Message-ID|Delivered-To|X-[\w-]+):[^\n]*\n(?:[A-Z][\w-]*:|[ \t])"
)
_TEXT_EXTENSIONS = "txt text note dotphrase smartphrase log asc tmpl tpl j2 jinja jinja2"

FORMATS: dict[str, Format] = {
    "text": Format("text", tuple(_TEXT_EXTENSIONS.split())),
    "markdown": Format("markdown", ("md", "markdown", "mdown", "mkd", "qmd", "rmd", "mdx")),
    "html": Format("html", ("html", "htm", "xhtml", "hbs"), _HTML),
    "rtf": Format("rtf", ("rtf",), _begins(rb"{\rt")),
    "docx": Format("docx", ("docx", "docm", "dotx", "dotm"), _zip_with(b"word/document", b"word/styles.xml")),
    "odt": Format("odt", ("odt", "ott", "fodt"), _zip_with(b"opendocument.text")),
    "pdf": Format("pdf", ("pdf",), lambda head: b"%PDF-" in head[:1024]),
    "hl7": Format("hl7", ("hl7", "hl7v2", "oru", "mdm", "adt"), _HL7),
    "ccda": Format("ccda", ("xml", "ccda", "cda", "ccd"), None, _CCDA),
    "fhir": Format("fhir", ("fhir", "ndjson"), None, _FHIR),
    "table": Format("table", ("csv", "tsv", "jsonl")),
    "email": Format("email", ("eml",), None, _EMAIL),
}

_BY_EXTENSION = {extension: key for key, format in FORMATS.items() for extension in format.extensions}

# Files that are known and cannot be read, with the way out.
_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Word or Outlook file; save it as .docx or .rtf"),
    (b"PK\x03\x04", "is a zip archive but neither .docx nor .odt; unpack it first"),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first"),
    (b"PAR1", "is a Parquet table; read it with `hrlint batch`"),
)


def _extension(name: str) -> str:
    base = re.split(r"[\\/]", name)[-1].lower()
    return base.rpartition(".")[2] if "." in base else ""


# How many bytes at the ends of a file tell its format.
_HEAD = 1 << 16


def _head(raw: bytes) -> bytes:
    # The directory of a zip stands at its end.
    return raw[:_HEAD] + raw[-_HEAD:] if raw.startswith(b"PK") else raw[:_HEAD]


def detect(name: str, raw: bytes) -> str | None:
    """Return the format of a file, by its content where that is beyond doubt, else by its name.

    None for binary that is in none of FORMATS.
    """
    head = _head(raw)
    for key, format in FORMATS.items():
        if format.sure and format.sure(head):
            return key
    extension = _extension(name)
    known = _BY_EXTENSION.get(extension)
    if extension in ("json", "jsonl", "ndjson"):
        return "fhir" if _FHIR(head) else "table"
    if known in ("docx", "odt") and (raw.startswith(b"PK") or extension == "fodt"):
        return known
    if known and (FORMATS[known].sure is None or known in ("html", "hl7")):
        return known if is_text(raw) or known == "email" else None
    for key, format in FORMATS.items():
        if format.likely and format.likely(head):
            return key
    if any(raw.startswith(mark) for mark, _ in _REFUSED) or not is_text(raw):
        return None
    return "text"


def read(
    name: str,
    raw: bytes,
    *,
    encoding: str | None = None,
    format: str | None = None,
    text_column: str | None = None,
    id_column: str | None = None,
    problems: list[str] | None = None,
) -> Iterator[Document]:
    """Yield the documents of a file.

    `name` is the path as people know it, `raw` the bytes, `format` a key of FORMATS for those
    who know better than `detect`; `text_column` and `id_column` are for tables. Raises InputError
    for a file that cannot be read; of a file that can be read in part, `problems` receives one line
    for each part left out, which names the part and not the file.
    """
    options = Options(encoding, text_column, id_column, problems)
    yield from read_inner(name, raw, format, options)


# Files of more bytes are read in pieces if they are plain text.
LARGE = 4 << 20


def in_pieces(
    name: str, place: Path | bytes, *, encoding: str | None = None, format: str | None = None, always: bool = False
) -> Iterator[Piece] | None:
    """Return the pieces of a large plain text, a file or bytes in memory; None for anything else, which is to be `read`.

    With `always` those of any plain text. Raises InputError for what is no text after all, and OSError for what cannot be read.
    """
    if isinstance(place, bytes):
        size, ends = len(place), place[:_HEAD] + place[-_HEAD:]
    else:
        size = place.stat().st_size
        if always or size > LARGE:
            with place.open("rb") as file:
                ends = file.read(_HEAD)
                file.seek(max(0, size - _HEAD))
                ends += file.read(_HEAD)
    if (size <= LARGE and not always) or (format or detect(name, ends)) != "text":
        return None
    from hrlint.readers.pieces import Large, by_parts

    return Large(name, place, encoding).pieces() if by_parts(encoding) else None


def read_inner(name: str, raw: bytes, format: str | None, options: Options) -> Iterator[Document]:
    """Yield the documents of a file that may stand inside another; for readers of containers."""
    if format is not None and format not in FORMATS:
        raise InputError(name, f"the format asked for is unknown; known are {', '.join(FORMATS)}")
    key = format or detect(name, raw)
    if key is None:
        for mark, reason in _REFUSED:
            if raw.startswith(mark):
                raise InputError(name, reason)
        raise InputError(name, "is not in a format that hrlint reads; name the format with --format-in if it is")
    if options.depth > MAX_DEPTH:
        raise InputError(name, f"is packed more than {MAX_DEPTH} files deep; unpack it first")
    module = import_module(f"hrlint.readers.{FORMATS[key].module}")
    try:
        yield from module.read(name, raw, options)
    except InputError:
        raise
    except RecursionError:
        raise InputError(name, f"is nested too deep to be a real {key} file") from None
    except MemoryError:
        raise InputError(name, f"is too large to be read as {key}; split it") from None
    except Exception as error:
        # The last resort: a damaged file must never end a run, and its text must not reach a traceback.
        raise InputError(name, f"is damaged or no {key} file ({type(error).__name__}); open and save it anew") from None
