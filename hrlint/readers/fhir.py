"""FHIR R4 as JSON, NDJSON or a Bundle: each free text field is a document, each attachment a file of its own.

Coded displays (`coding.display`, the `text` beside a `coding`) are descriptions of codes and not
read; `attachment.url` is never followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hrlint.document import Document, Section, Source
from hrlint.readers import html
from hrlint.readers.comments import comments
from hrlint.readers.encodings import Decoded, decode
from hrlint.readers.jsontext import Placed, string_map, values
from hrlint.readers.loinc import SECTIONS
from hrlint.readers.mapping import blank, cover, through
from hrlint.readers.nested import Inside, documents, is_silent, unpack
from hrlint.readers.options import Options

# Fields that hold free text wherever they stand.
_FREE = frozenset(
    (
        "conclusion",
        "valueString",
        "valueMarkdown",
        "contentString",
        "summary",
        "description",
        "comment",
        "patientInstruction",
        "clinicalNotes",
        "purpose",
        "basis",
        "instruction",
    )
)
# Elements whose `text` is free text: annotations, questions, directions.
_ANNOTATED = frozenset(("note", "progress", "item", "dosageInstruction", "dosage", "comment", "answer"))
_UNREAD = frozenset(("coding", "extension", "modifierExtension", "identifier", "contained_url", "meta", "telecom"))


class _Walk:
    """Finds the free text of one resource."""

    def __init__(self, name: str, source: Source, found: Decoded, options: Options) -> None:
        self.name, self.source, self.found, self.options = name, source, found, options
        self.comments = comments(source)

    def documents(self, value: Any, path: str) -> Iterator[Document]:
        # A stack of our own: depth is the decoder's business, not Python's.
        stack: list[tuple[Any, str, str, str]] = [(value, path, "", "")]
        while stack:
            node, place, key, title = stack.pop()
            if isinstance(node, list):
                stack += [(each, f"{place}[{index}]", key, title) for index, each in reversed(list(enumerate(node)))]
            elif isinstance(node, dict):
                if key == "section":
                    title = _title(node)
                children: list[tuple[Any, str, str, str]] = []
                for child_key, child in node.items():
                    where = f"{place}.{child_key}" if place else child_key
                    if isinstance(child, Placed):
                        if child_key == "data" and "contentType" in node:
                            children.append((_Attachment(node, child), where, "data", title))
                        elif self._is_free(child_key, key, node):
                            children.append((child, where, child_key, title))
                    elif child_key not in _UNREAD:
                        children.append((child, where, child_key, title))
                stack += reversed(children)
            elif isinstance(node, Placed) and node:
                yield self._text(node, place, key, title)
            elif isinstance(node, _Attachment):
                yield from self._attachment(node, place)

    @staticmethod
    def _is_free(key: str, parent: str, node: dict[str, Any]) -> bool:
        if key in _FREE:
            return True
        if key == "div":
            return parent == "text"
        return key == "text" and parent in _ANNOTATED and "coding" not in node

    def _text(self, value: Placed, place: str, key: str, title: str) -> Document:
        text, outer = string_map(self.source, value)
        if key == "div":
            inner_text, inner = blank(text, html.events(text))
            segments = through(cover(inner_text, inner), outer)
            text, escape = inner_text, "json-html"
        else:
            segments, escape = outer, "json"
        return Document(
            self.name,
            text,
            self.source,
            segments,
            "fhir",
            location=place,
            sections=(Section(0, len(text), title),) if title else (),
            comments=self.comments,
            extra={"encoding": self.found.encoding, "bom": self.found.bom, "escape": escape},
        )

    def _attachment(self, attachment: _Attachment, place: str) -> Iterator[Document]:
        node, data = attachment.node, attachment.data
        media = str(node.get("contentType"))
        if is_silent(media):
            return
        raw = unpack(data)
        if raw is None:
            self.options.problems.append(f"{place}: is not valid base64; it was left out")
            return
        stated = "its attachment states a size or a checksum that an edit would make wrong; change it at its origin"
        inside = Inside(data.start, data.end, raw, self.found.encoding, self.found.bom)
        fixable = stated if "hash" in node or "size" in node else None
        yield from documents(self.name, raw, media, place, self.options, fixable, inside)


class _Attachment:
    def __init__(self, node: dict[str, Any], data: Placed) -> None:
        self.node, self.data = node, data


def _title(node: dict[str, Any]) -> str:
    """Return the title of a Composition's section, by its LOINC code when that is known."""
    code = node.get("code")
    codings = code.get("coding") if isinstance(code, dict) else None
    for coding in codings if isinstance(codings, list) else []:
        if isinstance(coding, dict) and str(coding.get("code")) in SECTIONS:
            return SECTIONS[str(coding.get("code"))]
    title = node.get("title")
    return title.strip().lower() if isinstance(title, str) else ""


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield a document for each free text field and for what each attachment holds."""
    found = decode(name, raw, options.encoding)
    source = Source(found.text)
    walk = _Walk(name, source, found, options)
    for value, line in values(name, source, options):
        prefix = "" if line == 1 else f"line {line}: "
        if not isinstance(value, (dict, list)):
            options.problems.append(f"line {line}: is no FHIR resource; it was left out")
            continue
        for document in walk.documents(value, ""):
            yield _prefixed(document, prefix) if prefix else document


def _prefixed(document: Document, prefix: str) -> Document:
    return document._replace(location=f"{prefix}{document.location or ''}".rstrip(": "))
