"""XML with the place of every piece of text, by the parser of the standard library (expat).

Entity declarations are refused, so no file can grow or reach out while it is read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from xml.parsers import expat

from hrlint.errors import InputError
from hrlint.readers.encodings import Decoded, decode

DEPTH_CAP = 1000

_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")

Attributes = dict[str, str]


def decode_xml(name: str, raw: bytes, encoding: str | None = None) -> Decoded:
    """Return the text of an XML file: byte-order mark, then the encoding it declares, then UTF-8."""
    found = _DECLARED.match(raw.lstrip()[:300])
    if found and not encoding:
        label = found.group(1).decode("ascii")
        try:
            known = codecs.lookup(label).name
        except LookupError:
            raise InputError(name, "declares an encoding that is unknown; save it as UTF-8") from None
        if known not in ("utf-8", "utf-16", "ascii") and not raw.startswith(
            (codecs.BOM_UTF8, b"\0", b"\xff\xfe", b"\xfe\xff")
        ):
            encoding = known
    return decode(name, raw, encoding)


def _nothing(*event: object) -> None:
    """The handler of a reader that has none."""


class XmlReader:
    """Walks through `source` and calls `start`, `end` and `text`; offsets are code points of `source`.

    Names are `{namespace}local` without the braces: `uri local`. A reader sets the three handlers:
    start(name, attributes), end(name), text(value, start, end, exact); `offset` is the place of the event.
    """

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source
        self.data = source.encode("utf-8", "replace")
        self._plain = len(self.data) == len(source)
        self._byte = self._point = 0
        self._cdata = False
        self._depth = 0
        self.start: Callable[[str, Attributes], None] = _nothing
        self.end: Callable[[str], None] = _nothing
        self.text: Callable[[str, int, int, bool], None] | None = None
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartCdataSectionHandler = self._open_cdata
        parser.EndCdataSectionHandler = self._close_cdata
        parser.EntityDeclHandler = self._refuse
        self.parser = parser

    def run(self) -> None:
        """Parse; raises InputError for what is not well-formed, too deep or declares entities."""
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "not well-formed")
            raise InputError(
                self.name, f"line {error.lineno}: is not well-formed XML ({reason}); save it anew"
            ) from None
        finally:
            self._let_go()

    def _let_go(self) -> None:
        # Handlers hold their reader and the reader its handlers; a file of many parts would pile up.
        parser = self.parser
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = parser.EntityDeclHandler = None
        self.start = self.end = _nothing
        self.text = None

    def offset(self) -> int:
        """Return where the present event begins."""
        return self._points(self.parser.CurrentByteIndex)

    def tag_end(self, start: int) -> int:
        """Return where the tag that begins at `start` ends; quotation marks may hold a bracket."""
        source, at = self.source, start
        while at < len(source):
            char = source[at]
            if char == ">":
                return at + 1
            if char in "\"'":
                at = source.find(char, at + 1)
                if at < 0:
                    break
            at += 1
        return len(source)

    def _points(self, byte: int) -> int:
        if self._plain:
            return byte
        # Events come in order, so each stretch is counted once.
        if byte < self._byte:
            self._byte = self._point = 0
        self._point += len(self.data[self._byte : byte].decode("utf-8", "replace"))
        self._byte = byte
        return self._point

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > DEPTH_CAP:
            raise InputError(self.name, f"is nested more than {DEPTH_CAP} elements deep; that is no document")
        self.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(name)

    def _text(self, value: str) -> None:
        if self.text is None:
            return
        byte = self.parser.CurrentByteIndex
        data = self.data
        if data[byte : byte + 1] == b"&" and not self._cdata:
            stop = data.find(b";", byte) + 1
            self.text(value, self._points(byte), self._points(stop), False)
            return
        if value == "\n" and data[byte : byte + 1] == b"\r":
            start = self._points(byte)
            crlf = data[byte : byte + 2] == b"\r\n"
            self.text("\r\n" if crlf else "\r", start, start + 1 + crlf, True)
            return
        start = self._points(byte)
        self.text(value, start, start + len(value), True)

    def _open_cdata(self) -> None:
        self._cdata = True

    def _close_cdata(self) -> None:
        self._cdata = False

    def _refuse(self, *declaration: object) -> None:
        raise InputError(self.name, f"line {self.parser.CurrentLineNumber}: declares an entity; remove the DOCTYPE")
