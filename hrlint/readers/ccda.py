"""C-CDA (and other XML): narrative blocks, titles and free text of entries; coded entries are not read.

Text is taken out of the markup, exact piece by exact piece. A section's LOINC code gives its title;
narrative that a coded entry names as its original text is marked as a code's description.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hrlint.document import Document, Section, Source
from hrlint.model import Span
from hrlint.readers.comments import comments
from hrlint.readers.loinc import SECTIONS
from hrlint.readers.mapping import Builder
from hrlint.readers.nested import Inside, documents, is_silent, unpack
from hrlint.readers.options import Options
from hrlint.readers.xmltext import Attributes, XmlReader, decode_xml

_INLINE = frozenset(
    ("content", "linkHtml", "footnoteRef", "span", "b", "i", "u", "a", "em", "strong", "font", "small", "mark")
)
_APART = frozenset(("sub", "sup"))


# Elements whose original text describes a code.
_CODED = (["code"], ["value"], ["translation"])


def _is_string(tag: str, attributes: Attributes) -> bool:
    """Whether an element is a value of free text (`<value xsi:type="ST">`), not a code with its display."""
    kind = attributes.get("http://www.w3.org/2001/XMLSchema-instance type", "")
    return tag == "value" and kind.rpartition(":")[2] in ("ST", "ED")


@dataclass
class _Open:
    """A section that is not over: where its text begins, its depth, its number in the file."""

    start: int
    depth: int
    number: int
    title: str = ""


class _Walk:
    def __init__(self, name: str, source: Source) -> None:
        self.reader = XmlReader(name, source)
        self.build = Builder(source)
        self.reader.start, self.reader.end = self._start, self._end
        self.clinical: bool | None = None
        self.path: list[str] = []
        self.reading = 0  # depth of the element whose text is read, 0 outside
        self.skipping = 0  # depth of an element that is not read
        self.sections: list[Section] = []
        self.open_sections: list[_Open] = []
        self.counted = 0
        self.ids: dict[str, Span] = {}
        self.open_ids: list[tuple[int, str, int]] = []
        self.described: set[str] = set()
        self.body: tuple[int, str, bool] | None = None
        self.bodies: list[tuple[int, int, str, bool]] = []

    def _start(self, full: str, attributes: Attributes) -> None:
        tag = full.rpartition(" ")[2]
        path = self.path
        if self.clinical is None:
            self.clinical = tag == "ClinicalDocument"
        parent = path[-1] if path else ""
        path.append(tag)
        if self.skipping:
            return
        if self.reading:
            self._inside(tag, attributes)
            return
        if tag == "section":
            self.counted += 1
            self.open_sections.append(_Open(self.build.length, len(path), self.counted))
        elif tag == "code" and parent == "section" and self.open_sections:
            self.open_sections[-1].title = SECTIONS.get(attributes.get("code", ""), "")
        elif tag == "reference" and parent == "originalText" and path[-3:-2] in _CODED:
            self.described.add(attributes.get("value", "").removeprefix("#"))
        elif tag == "text" and parent == "nonXMLBody":
            begin = self.reader.tag_end(self.reader.offset())
            self.body = (begin, attributes.get("mediaType", "text/plain"), attributes.get("representation") == "B64")
            if not self.body[2]:
                self._read("nonXMLBody.text")
        elif tag == "text" or (tag == "title" and parent == "section") or _is_string(tag, attributes):
            self._read(tag if tag != "value" else "observation.value")
        elif not self.clinical:
            self._read("")

    def _read(self, what: str) -> None:
        self.reading = len(self.path)
        self.reader.text = self._text
        if self.open_sections and what:
            entry = "entry." if "entry" in self.path and not what.startswith("entry") else ""
            self.build.location = f"section[{self.open_sections[-1].number}].{entry}{what}"
        else:
            self.build.location = what or None
        if self.build.last != "\n":
            self.build.part(self.reader.offset())

    def _inside(self, tag: str, attributes: Attributes) -> None:
        if attributes.get("revised") == "delete":
            self.skipping = len(self.path)
            self.reader.text = None
            return
        if "ID" in attributes:
            self.open_ids.append((len(self.path), attributes["ID"], self.build.length))
        self._boundary(tag)

    def _boundary(self, tag: str) -> None:
        if tag in _INLINE:
            return
        at = self.reader.offset()
        if tag in _APART:
            self.build.part(at, " ")
        elif tag == "br":
            if self.path[-1] == "br":
                self.build.part(at, "\n")
        elif self.build.last != "\n":
            self.build.part(at)

    def _end(self, full: str) -> None:
        tag = full.rpartition(" ")[2]
        depth = len(self.path)
        if self.skipping:
            if depth == self.skipping:
                self.skipping = 0
                self.reader.text = self._text
        elif self.reading:
            while self.open_ids and self.open_ids[-1][0] == depth:
                _, known, start = self.open_ids.pop()
                self.ids[known] = Span(start, self.build.length)
            if depth == self.reading:
                title = self.open_sections and tag == "title" and self.path[-2:-1] == ["section"]
                if title and not self.open_sections[-1].title:
                    self.open_sections[-1].title = self._tail_line()
                self.reading = 0
                self.reader.text = None
            elif tag != "br":
                self._boundary(tag)
        if tag == "section" and self.open_sections and self.open_sections[-1].depth == depth:
            over = self.open_sections.pop()
            if self.build.length > over.start:
                self.sections.append(Section(over.start, self.build.length, over.title))
        if tag == "text" and self.body and depth >= 2 and self.path[-2] == "nonXMLBody":
            start_at, media, packed = self.body
            self.bodies.append((start_at, self.reader.offset(), media, packed))
            self.body = None
        self.path.pop()

    def _tail_line(self) -> str:
        return self.build.tail().strip().lower()

    def _text(self, value: str, start: int, end: int, exact: bool) -> None:
        build = self.build
        if build.last in ("", "\n") and value.isspace():
            return
        if exact:
            build.copy(start, end)
        else:
            build.put(value, start, end)


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document for the narrative, and those of an embedded body if there is one."""
    decoded, encoding, bom = decode_xml(name, raw, options.encoding)
    source = Source(decoded)
    walk = _Walk(name, source)
    walk.reader.run()
    text, segments = walk.build.finish()
    if text:
        yield Document(
            name,
            text,
            source,
            segments,
            "ccda" if walk.clinical else "xml",
            sections=tuple(sorted(walk.sections, key=lambda section: (section.start, -section.end))),
            code=tuple(
                sorted(span for known, span in walk.ids.items() if known in walk.described and span.end > span.start)
            ),
            comments=comments(source),
            extra={"encoding": encoding, "bom": bom, "escape": "xml"},
        )
    for start, end, media, packed in walk.bodies:
        if not packed or is_silent(media):
            continue
        inner = unpack(source[start:end])
        if inner is None:
            options.problems.append("nonXMLBody.text: is not valid base64; it was left out")
            continue
        inside = Inside(start, end, inner, encoding, bom)
        yield from documents(name, inner, media, "nonXMLBody.text", options, None, inside)
