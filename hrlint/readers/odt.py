"""OpenDocument text, zipped (.odt, .ott) or flat (.fodt).

Read are body, tables, notes, comments, text boxes, headers and footers.
"""

from __future__ import annotations

from collections.abc import Iterator

from hrlint.document import Document
from hrlint.errors import InputError
from hrlint.readers.archive import Archive
from hrlint.readers.flow import Flow
from hrlint.readers.mapping import words
from hrlint.readers.options import Options
from hrlint.readers.xmltext import Attributes, XmlReader, decode_xml

_UNREAD = words(
    "tracked-changes note-citation creator date creator-initials date-string ruby-text meta script binary-data "
    "page-number page-count"
)
_AREAS = {
    "header": "header", "header-left": "header", "header-first": "header",
    "footer": "footer", "footer-left": "footer", "footer-first": "footer",
    "note": "footnote", "annotation": "comment",
}  # fmt: skip
_PARAGRAPHS = frozenset(("p", "h"))
_PUT = {"tab": "\t", "line-break": "\n", "soft-hyphen": ""}


class _Walk:
    def __init__(self, name: str, flow: Flow, source: str) -> None:
        self.flow = flow
        self.reader = XmlReader(name, source)
        self.reader.start, self.reader.end = self._start, self._end
        self.depth = self.skipping = 0
        self.paragraphs = 0
        self.areas: list[tuple[int, str]] = []

    def _start(self, full: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.skipping:
            return
        namespace, _, tag = full.rpartition(" ")
        family = namespace.rpartition(":")[0].rpartition(":")[2]
        flow = self.flow
        if tag in _UNREAD:
            self.skipping = self.depth
            self.reader.text = None
        elif tag in _PARAGRAPHS and family == "text":
            self.paragraphs += 1
            flow.open_paragraph()
            self.reader.text = self._text
        elif tag == "s" and family == "text":
            count = next((value for key, value in attributes.items() if key.endswith(" c")), "1")
            flow.piece(" " * min(int(count) if count.isdecimal() and len(count) < 6 else 1, 1000))
        elif tag in _PUT and family == "text":
            flow.piece(_PUT[tag])
        elif tag == "table":
            flow.open_table()
        elif tag == "table-row":
            flow.open_row()
        elif tag in ("table-cell", "covered-table-cell"):
            flow.open_cell()
        elif tag in _AREAS and family in ("style", "text", "office"):
            self.areas.append((self.depth, flow.area))
            flow.area = f"{_AREAS[tag]} {flow.number(_AREAS[tag])}"

    def _end(self, full: str) -> None:
        if self.skipping:
            if self.skipping == self.depth:
                self.skipping = 0
                self.reader.text = self._text if self.paragraphs else None
            self.depth -= 1
            return
        namespace, _, tag = full.rpartition(" ")
        if tag in _PARAGRAPHS and namespace.rpartition(":")[0].endswith(":text"):
            self.flow.close_paragraph()
            self.paragraphs -= 1
            self.reader.text = self._text if self.paragraphs else None
        elif tag == "table":
            self.flow.close_table()
        if self.areas and self.areas[-1][0] == self.depth:
            self.flow.area = self.areas.pop()[1]
        self.depth -= 1

    def _text(self, value: str, start: int, end: int, exact: bool) -> None:
        self.flow.piece(value, start if exact else None)


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document; its segments have a location each and no place in a source text."""
    flow = Flow()
    if raw.startswith(b"PK"):
        archive = Archive(name, raw)
        if "content.xml" not in archive.names:
            raise InputError(name, "is no OpenDocument text (it lacks content.xml); save it anew")
        if "META-INF/manifest.xml" in archive.names and b"manifest:encryption-data" in archive.read(
            "META-INF/manifest.xml"
        ):
            raise InputError(name, "is protected by a password; save it without one")
        for member in ("content.xml", "styles.xml"):
            if member not in archive.names:
                continue
            try:
                _Walk(name, flow, decode_xml(name, archive.read(member)).text).reader.run()
            except InputError as error:
                if member == "content.xml":
                    raise
                options.problems.append(f"{member}: {error.reason}")
    else:
        _Walk(name, flow, decode_xml(name, raw, options.encoding).text).reader.run()
    text, segments = flow.finish()
    yield Document(
        name,
        text,
        "",
        segments,
        "odt",
        fixable="OpenDocument files are read only; edit it in a word processor, or save it as .docx to have it fixed",
    )
