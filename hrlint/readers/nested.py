"""A file inside another (base64 in FHIR, HL7 or C-CDA, a part of a mail): its documents, and how to put edits back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hrlint.document import Document
from hrlint.errors import InputError
from hrlint.readers.options import Options

_MEDIA = {
    "text/plain": "text",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "application/pdf": "pdf",
    "text/xml": "ccda",
    "application/xml": "ccda",
    "application/hl7-v3+xml": "ccda",
    "application/fhir+json": "fhir",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
}
_SILENT = ("image/", "audio/", "video/", "font/")


@dataclass(frozen=True)
class Inside:
    """Where an inner file stands: base64 at `source[start:end]` of the outer file, and its own bytes."""

    start: int
    end: int
    raw: bytes
    encoding: str
    bom: bytes


def format_of(media: str) -> tuple[str | None, str | None]:
    """Return (format, encoding) that a media type such as `text/plain; charset=utf-8` names."""
    kind, _, rest = media.lower().partition(";")
    label = rest.partition("charset=")[2].split(";")[0].strip(" \"'") or None
    return _MEDIA.get(kind.strip()), label


def is_silent(media: str) -> bool:
    """Return whether a media type holds no text by its nature."""
    return media.strip().lower().startswith(_SILENT)


def unpack(data: str) -> bytes | None:
    """Return the bytes of base64, line ends allowed; None for what is none."""
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _wrapped(document: Document, inside: Inside | None) -> Mapping[str, object]:
    """Return the document's `extra` with one more file around it, the outermost first."""
    if inside is None:
        return document.extra
    within = document.extra.get("inside")
    return {**document.extra, "inside": (inside, *(within if isinstance(within, tuple) else ()))}


def documents(
    name: str,
    raw: bytes,
    media: str,
    place: str,
    options: Options,
    fixable: str | None = None,
    inside: Inside | None = None,
) -> Iterator[Document]:
    """Yield the documents of an inner file; what cannot be read becomes a problem that names `place`."""
    from hrlint.readers import detect, read_inner

    format, encoding = format_of(media)
    if format in (None, "text") and raw.startswith((b"{\\rt", b"%PDF-", b"PK\x03\x04")):
        format = detect(place, raw)
    inner = Options(encoding, options.text_column, options.id_column, options.problems, options.depth + 1)
    try:
        for document in read_inner(name, raw, format or detect("", raw) or "none", inner):
            yield document._replace(
                location=f"{place}, {document.location}" if document.location else place,
                segments=tuple(
                    segment._replace(location=f"{place}, {segment.location}") if segment.location else segment
                    for segment in document.segments
                ),
                fixable=document.fixable or fixable,
                extra=_wrapped(document, inside),
            )
    except InputError as error:
        known = format or detect("", raw)
        reason = error.reason if known else "is in a format that hrlint does not read; it was left out"
        options.problems.append(f"{place}: {reason}")
