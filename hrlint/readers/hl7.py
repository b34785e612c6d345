"""HL7 v2: ORU, MDM, ADT; one message or a batch, with or without MLLP framing.

Read are OBX-5 of the types TX, FT, ST and ED, and NTE-3. Consecutive OBX of one OBR with the
same OBX-3 are one note, a line each; so are consecutive NTE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from hrlint.document import Document, Section, Source
from hrlint.errors import InputError
from hrlint.readers.encodings import Decoded, decode
from hrlint.readers.loinc import SECTIONS
from hrlint.readers.mapping import Builder
from hrlint.readers.nested import Inside, documents, is_silent, unpack
from hrlint.readers.options import Options

# Files in the wild end segments with LF or CRLF as well as with CR; 0x0B and 0x1C frame MLLP.
_SEGMENT = re.compile(r"[^\r\n\x0b\x1c]+")
_TEXT_TYPES = frozenset(("TX", "FT", "ST", ""))
_MEDIA = {
    "html": "text/html",
    "rtf": "text/rtf",
    "pdf": "application/pdf",
    "xml": "text/xml",
    "plain": "text/plain",
    "text": "text/plain",
}


@lru_cache(maxsize=8)
def _escape(mark: str) -> re.Pattern[str]:
    # Example: \.br\  \X0D0A\  \T\ ; what is none of these (C:\dir\x) is text.
    mark = re.escape(mark)
    return re.compile(
        rf"{mark}([FSTREPHN]|[XCM][0-9A-Za-z]{{0,2000}}|Z[0-9A-Za-z]{{0,60}}|\.[a-z]{{2}}[+-]?\d{{0,5}}){mark}"
    )


class _Message:
    """The delimiters of the message that is being read."""

    def __init__(self, header: str) -> None:
        self.field = header[3:4] or "|"
        marks = header[4:].split(self.field)[0].ljust(4)
        component, repeat, escape, sub = list(marks[:4])
        self.component = component if component.strip() else "^"
        self.repeat = repeat if repeat.strip() else "~"
        self.escape = escape if escape.strip() else "\\"
        self.sub = sub if sub.strip() else "&"
        self.marks = (self.field, self.component, self.repeat, self.escape, self.sub)
        self.meant = {"F": self.field, "S": self.component, "R": self.repeat, "E": self.escape, "T": self.sub, "P": "#"}

    def fields(self, source: str, start: int, end: int) -> list[tuple[int, int]]:
        """Return the stretches of the fields of a segment, its name first."""
        return _split(source, start, end, self.field)


def _split(source: str, start: int, end: int, mark: str) -> list[tuple[int, int]]:
    found = []
    at = start
    while True:
        stop = source.find(mark, at, end)
        if stop < 0:
            found.append((at, end))
            return found
        found.append((at, stop))
        at = stop + len(mark)


class _Note:
    """One text under construction."""

    def __init__(self, source: str, key: tuple[object, ...], title: str, marks: tuple[str, ...]) -> None:
        self.build = Builder(source)
        self.key = key
        self.title = title
        self.marks = marks


class _Walk:
    def __init__(self, name: str, source: Source, found: Decoded, options: Options) -> None:
        self.name, self.source, self.found, self.options = name, source, found, options
        self.note: _Note | None = None
        self.counts: dict[str, int] = {}
        self.messages = 0
        self.prefix = ""
        self.order = 0

    def documents(self) -> Iterator[Document]:
        source = self.source
        message: _Message | None = None
        many = len(re.findall(r"(?:\A|[\r\n\x0b])MSH", source)) > 1
        for match in _SEGMENT.finditer(source):
            kind = source[match.start() : match.start() + 3]
            if kind == "MSH":
                yield from self._close()
                message = _Message(match.group())
                self.counts, self.order = {}, 0
                self.messages += 1
                self.prefix = f"MSH[{self.messages}]." if many else ""
                continue
            if kind in ("FHS", "BHS", "BTS", "FTS"):
                yield from self._close()
                continue
            if message is None:
                raise InputError(
                    self.name, "begins without an MSH segment, so its delimiters are unknown; export it anew"
                )
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if kind == "OBX":
                yield from self._observation(message, match.start(), match.end())
            elif kind == "NTE":
                yield from self._comment(message, match.start(), match.end())
            else:
                yield from self._close()
                if kind == "OBR":
                    self.order += 1
        yield from self._close()
        if message is None:
            raise InputError(self.name, "holds no HL7 message (no MSH segment); nothing to read")

    def _observation(self, message: _Message, start: int, end: int) -> Iterator[Document]:
        source = self.source
        fields = message.fields(source, start, end)
        if len(fields) < 6:
            return
        kind = source[slice(*fields[2])].strip().upper()
        place = f"{self.prefix}OBX[{self.counts['OBX']}].5"
        if kind == "ED":
            yield from self._close()
            yield from self._embedded(message, fields[5], place)
            return
        if kind not in _TEXT_TYPES:
            yield from self._close()
            return
        about = source[slice(*fields[3])]
        key = ("OBX", self.order, about)
        yield from self._open(message, key, self._title(message, about))
        self._line(message, fields[5], place)

    def _comment(self, message: _Message, start: int, end: int) -> Iterator[Document]:
        fields = message.fields(self.source, start, end)
        if len(fields) > 3:
            yield from self._open(message, ("NTE", self.order))
            self._line(message, fields[3], f"{self.prefix}NTE[{self.counts['NTE']}].3")

    @staticmethod
    def _title(message: _Message, about: str) -> str:
        parts = about.split(message.component)
        known = [SECTIONS[part.strip()] for part in parts if part.strip() in SECTIONS]
        return known[0] if known else ""

    def _open(self, message: _Message, key: tuple[object, ...], title: str = "") -> Iterator[Document]:
        if self.note and self.note.key != key:
            yield from self._close()
        if self.note is None:
            self.note = _Note(self.source, key, title, message.marks)

    def _close(self) -> Iterator[Document]:
        note, self.note = self.note, None
        if note is None:
            return
        text, segments = note.build.finish()
        if not text.strip():
            return
        yield Document(
            self.name,
            text,
            self.source,
            segments,
            "hl7",
            location=next((segment.location for segment in segments if segment.location), None),
            sections=(Section(0, len(text), note.title),) if note.title else (),
            extra={"encoding": self.found.encoding, "bom": self.found.bom, "escape": "hl7", "marks": note.marks},
        )

    def _line(self, message: _Message, field: tuple[int, int], place: str) -> None:
        """Add a field to the note: its repetitions, a line each, escapes undone."""
        note = self.note
        if note is None:
            return
        build = note.build
        first = build.length == 0
        build.location = place
        for start, end in _split(self.source, *field, message.repeat):
            if not first:
                build.put("\n", start, start)
            first = False
            self._unescape(message, start, end, build)

    def _unescape(self, message: _Message, start: int, end: int, build: Builder) -> None:
        at = start
        for match in _escape(message.escape).finditer(self.source, start, end):
            build.copy(at, match.start())
            at = match.end()
            build.put(self._meaning(message, match.group(1)), match.start(), at)
        build.copy(at, end)

    def _meaning(self, message: _Message, code: str) -> str:
        if code in message.meant:
            return message.meant[code]
        if code.startswith("X"):
            try:
                return (
                    bytes.fromhex(code[1:])
                    .decode(self.found.encoding, "replace")
                    .replace("\r\n", "\n")
                    .replace("\r", "\n")
                )
            except ValueError:
                return ""
        if code.startswith(".sp"):
            count = code[3:].strip("+ ")
            return "\n" * min(int(count) if count.isdecimal() else 1, 10)
        # Highlighting (\H\ \N\) may stand inside a word; indents and character sets are layout.
        return "\n" if code in (".br", ".ce", ".fi", ".nf") else ""

    def _embedded(self, message: _Message, field: tuple[int, int], place: str) -> Iterator[Document]:
        source = self.source
        parts = _split(source, *field, message.component)
        # Example: app^text^html^Base64^PGh0bWw+
        if len(parts) < 5:
            self.options.problems.append(f"{place}: is no complete ED value; it was left out")
            return
        kind, sub, coded = (source[slice(*part)].strip().lower() for part in parts[1:4])
        if coded != "base64":
            yield from self._open(message, ("ED", place))
            self._line(message, parts[4], place)
            yield from self._close()
            return
        media = kind if "/" in kind else _MEDIA.get(sub, f"{kind}/{sub}")
        if is_silent(media) or kind in ("image", "im"):
            return
        start, end = parts[4]
        raw = unpack(source[start:end].replace(f"{message.escape}.br{message.escape}", ""))
        if raw is None:
            self.options.problems.append(f"{place}: is not valid base64; it was left out")
            return
        inside = Inside(start, end, raw, self.found.encoding, self.found.bom)
        yield from documents(self.name, raw, media, place, self.options, None, inside)


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield a document for each note and for what each embedded file holds."""
    found = decode(name, raw, options.encoding)
    yield from _Walk(name, Source(found.text), found, options).documents()
