"""Word documents: body, tables, headers, footers, notes, comments, text boxes, content controls.

Tracked insertions are read, deletions are not. The XML is read as it stands, because libraries
for it miss what stands inside `w:ins` and `w:sdt`, of which templates are full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hrlint.document import Document
from hrlint.errors import InputError
from hrlint.readers.archive import Archive
from hrlint.readers.flow import Flow
from hrlint.readers.options import Options
from hrlint.readers.xmltext import Attributes, XmlReader, decode_xml

_MAIN = frozenset(
    (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
)
_PARTS = re.compile(
    r"word/(?:(?P<body>document\d*)|(?P<header>header\d*)|(?P<footer>footer\d*)|(?P<footnote>footnotes\d*)"
    r"|(?P<endnote>endnotes\d*)|(?P<comment>comments\d*)|(?P<template>glossary/document\d*))\.xml"
)
_ORDER = ("body", "header", "footer", "footnote", "endnote", "comment", "template")
# Each of these begins a numbered text of its own inside its part.
_ENTRIES = {"footnote": "footnote", "endnote": "endnote", "comment": "comment"}
_UNREAD = frozenset(("del", "moveFrom", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "Fallback"))
_SIGNED = "it carries a digital signature that an edit would break; edit the unsigned file"
_PUT = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "ptab": "\t", "sym": " "}


class _Walk:
    """Reads one part into the flow."""

    def __init__(self, name: str, flow: Flow, source: str) -> None:
        self.flow = flow
        self.reader = XmlReader(name, source)
        self.reader.start, self.reader.end = self._start, self._end
        self.skipping = 0
        self.depth = 0
        self.hidden = False
        self.properties = 0  # depth inside w:rPr, w:pPr and the like
        self.element = 0
        self.tags: dict[int, int] = {}  # element number -> where its start tag begins

    def _start(self, full: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.skipping:
            return
        namespace, _, tag = full.rpartition(" ")
        flow = self.flow
        if tag in _UNREAD:
            self.skipping = self.depth
        elif namespace not in _MAIN:
            return
        elif tag == "t":
            self.element = self.reader.offset()
            self.reader.text = self._text
        elif tag == "p":
            flow.open_paragraph()
        elif tag == "r":
            self.hidden = False
        elif tag in ("rPr", "pPr", "tabs"):
            self.properties += 1
        elif tag in ("vanish", "webHidden"):
            value = next((value for key, value in attributes.items() if key.endswith("val")), "1")
            self.hidden = self.hidden or (tag == "vanish" and value not in ("0", "false", "off"))
        elif tag in _PUT and not self.properties:
            flow.piece(_PUT[tag], hidden=self.hidden)
        elif tag == "tbl":
            flow.open_table()
        elif tag == "tr":
            flow.open_row()
        elif tag == "tc":
            flow.open_cell()
        elif tag == "listItem":
            # The choices of a drop-down list end up in charts.
            shown = next((value for key, value in attributes.items() if key.endswith("displayText")), "")
            flow.open_paragraph("choice")
            flow.piece(shown)
            flow.close_paragraph()
        elif tag in _ENTRIES:
            flow.area = f"{_ENTRIES[tag]} {flow.number(_ENTRIES[tag])}"

    def _end(self, full: str) -> None:
        if self.skipping:
            if self.skipping == self.depth:
                self.skipping = 0
            self.depth -= 1
            return
        self.depth -= 1
        namespace, _, tag = full.rpartition(" ")
        if namespace not in _MAIN:
            return
        if tag == "t":
            self.reader.text = None
        elif tag == "p":
            self.flow.close_paragraph()
        elif tag in ("rPr", "pPr", "tabs"):
            self.properties -= 1
            if tag == "pPr":
                # The mark of the paragraph may be hidden; its text is not.
                self.hidden = False
        elif tag == "tbl":
            self.flow.close_table()

    def _text(self, value: str, start: int, end: int, exact: bool) -> None:
        self.flow.piece(value, start if exact else None, self.element, self.hidden)


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document; its segments have a location each and no place in a source text."""
    archive = Archive(name, raw)
    parts: list[tuple[int, str, str]] = []
    for member in archive.names:
        match = _PARTS.fullmatch(member)
        if match:
            kind = match.lastgroup or "body"
            parts.append((_ORDER.index(kind), member, kind))
    if not any(order == 0 for order, _, _ in parts):
        raise InputError(name, "is no Word document (it lacks word/document.xml); save it anew")
    flow = Flow()
    for _, member, kind in sorted(set(parts)):
        try:
            found = decode_xml(name, archive.read(member))
            flow.part = member
            # Notes and comments are numbered one by one inside their part.
            flow.area = "" if kind == "body" else f"{kind} {flow.number(kind)}" if kind not in _ENTRIES else kind
            _Walk(name, flow, found.text).reader.run()
        except InputError as error:
            if kind == "body":
                raise
            options.problems.append(f"{member}: {error.reason}")
    text, segments = flow.finish()
    yield Document(
        name,
        text,
        "",
        segments,
        "docx",
        fixable=_SIGNED if any(member.startswith("_xmlsignatures/") for member in archive.names) else None,
        extra={"escape": "docx", "runs": tuple(flow.runs)},
    )
