"""RTF as EHRs and word processors write it, with the offsets of the file.

One pattern cuts the file into control words, characters and text; groups are a stack of
values, so depth costs nothing. Headers, footers, notes, comments and hidden text are read
behind the body and say so in their location.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from hrlint.document import Document, Source
from hrlint.errors import InputError
from hrlint.readers.encodings import Decoded, decode
from hrlint.readers.mapping import BREAK, Builder, words
from hrlint.readers.options import Options

DEPTH_CAP = 1000

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?(?P<gap> ?)"
    r"|(?P<hex>(?:\\'[0-9a-fA-F]{2})+)"
    r"|\\(?P<mark>\r\n|[^a-zA-Z])"
    r"|(?P<open>\{)"
    r"|(?P<close>\})"
    r"|(?P<line>[\r\n]+)"
    r"|(?P<text>[^\\{}\r\n]+)"
)
_ANSI = re.compile(rb"\\ansicpg(\d{3,5})")
_DIGITS = re.compile(r"'([0-9a-fA-F]{2})")

_PUT = {
    "tab": "\t", "line": "\n", "par": "\n", "sect": BREAK, "page": BREAK, "column": BREAK,
    "lbr": "\n", "softline": "\n",
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": " ", "enspace": " ", "qmspace": " ", "chpgn": " ",
}  # fmt: skip
_MARKS = {
    "~": "\u00a0",
    "_": "\u2011",
    "\\": "\\",
    "{": "{",
    "}": "}",
    "\n": "\n",
    "\r": "\n",
    "\r\n": "\n",
    "\t": "\t",
}
_CELLS = frozenset(("cell", "row", "nestcell", "nestrow"))

_OBEYED = frozenset((*_PUT, *_CELLS, "u", "uc", "f", "fcharset", "v", "deleted", "plain"))

_UNREAD = words(
    "fonttbl colortbl stylesheet info pict objdata datastore themedata colorschememapping latentstyles listtable "
    "listoverridetable listpicture rsidtbl generator xmlnstbl fldinst datafield bkmkstart bkmkend xe tc tcf tcn "
    "rxe filetbl revtbl sn sv sp nonshppict pn pnseclvl atnid atnauthor atnref atndate atnicn atntime atnparent "
    "atrfstart atrfend template operator mmathPr wgrffmtfilter docvar userprops formfield keycode private "
    "protusertbl passwordhash oldcprops oldpprops oldsprops oldtprops objclass objname objalias objsect ftnsep "
    "ftnsepc ftncn aftnsep aftnsepc aftncn background defchp defpap factoidname hsv linkval mhtmltag htmltag "
    "panose falt fontemb pgptbl ud nonesttables "
)
# Read although marked as optional (`\*`).
_READ_OPTIONAL = words("shpinst shptxt annotation footnote shppict do dptxbxtext nesttableprops flddirty")
_SIDES = {
    "header": "header", "headerl": "header", "headerr": "header", "headerf": "header",
    "footer": "footer", "footerl": "footer", "footerr": "footer", "footerf": "footer",
    "footnote": "footnote", "annotation": "comment", "shptxt": "text box", "dptxbxtext": "text box",
}  # fmt: skip
_CHARSETS = {
    0: "", 1: "", 2: "symbol", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip


class _State(NamedTuple):
    """What a group inherits from the one around it."""

    build: Builder
    read: bool = True
    hidden: bool = False
    deleted: bool = False
    skip: int = 1  # characters that stand behind \u for older readers
    font: int = -1
    fonts: bool = False  # inside the font table


def _decode(name: str, raw: bytes, encoding: str | None) -> Decoded:
    # RTF is ASCII by its rules, bytes above that are of its code page, and some writers end it
    # with NUL; every byte must come back as it was.
    if encoding or raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(name, raw, encoding)
    return Decoded(raw.decode("latin-1"), "latin-1", b"")


def _codepage(raw: bytes) -> str:
    found = _ANSI.search(raw[:4096])
    label = f"cp{int(found.group(1))}" if found else "cp1252"
    try:
        return codecs.lookup({"cp10000": "mac-roman", "cp65001": "utf-8"}.get(label, label)).name
    except LookupError:
        return "cp1252"


class _Walk:
    """Goes through the tokens of a file; what the present group inherits is in `state`."""

    def __init__(self, name: str, source: Source, codepage: str, latin: bool) -> None:
        self.name, self.source, self.codepage, self.latin = name, source, codepage, latin
        self.main = Builder(source)
        self.sides: list[Builder] = []
        self.hidden: Builder | None = None
        self.counts: dict[str, int] = {}
        self.fonts: dict[int, str] = {}
        self.state = _State(self.main)
        self.stack: list[_State] = []
        self.first = False  # nothing but marks since the group was opened
        self.optional = False  # behind \*
        self.skip = 0  # characters still to leave out behind \u
        self.high = 0  # the first half of a surrogate pair
        self.high_at = 0
        self.font = -1  # the font that the font table is at

    def run(self) -> Builder:
        """Return the text of the body, with what belongs behind it."""
        source = self.source
        scan = _TOKEN.match
        at = 0
        while at < len(source):
            match = scan(source, at)
            if match is None:
                at += 1
                continue
            kind, start, at = match.lastgroup, match.start(), match.end()
            if kind == "text":
                self.first = self.optional = False
                if self.skip:
                    gone = min(self.skip, at - start)
                    self.skip -= gone
                    start += gone
                if self.state.read and start < at:
                    self.high = 0
                    self._text(start, at)
            elif kind == "line":
                continue
            elif kind == "open":
                self._open()
            elif kind == "close":
                if not self._close():
                    # The document is over; some writers append rubbish.
                    break
            elif kind == "hex":
                self._hex(start, at)
            elif kind == "mark":
                self._mark(match.group("mark"), start, at)
            else:
                word, number = match.group(1, 2)
                if word == "bin":
                    at += max(int(number or 0), 0)
                elif self.first or word in _OBEYED:
                    self._control(word, number, start, at)
                self.first = self.optional = False
        for side in self.sides:
            self.main.add(side)
        return self.main

    def _open(self) -> None:
        self.stack.append(self.state)
        if len(self.stack) > DEPTH_CAP:
            raise InputError(self.name, f"is nested more than {DEPTH_CAP} groups deep; that is no document")
        self.first, self.optional, self.skip = True, False, 0

    def _close(self) -> bool:
        """End a group; whether there is still one open."""
        self.skip = 0
        self.first = self.optional = False
        if self.stack:
            self.state = self.stack.pop()
        return bool(self.stack)

    def _hex(self, start: int, end: int) -> None:
        self.first = self.optional = False
        count = (end - start) // 4
        gone = min(self.skip, count)
        self.skip -= gone
        if self.state.read and count > gone:
            self._bytes(start + 4 * gone, end)

    def _mark(self, mark: str, start: int, end: int) -> None:
        if mark == "*":
            self.optional = True
            return
        self.first = self.optional = False
        if self.skip:
            self.skip -= 1
        elif self.state.read and mark in _MARKS:
            self._put(_MARKS[mark], start, end)

    def _control(self, word: str, number: str | None, start: int, end: int) -> None:
        """Obey a control word."""
        state = self.state
        if word == "u" and number:
            self._unicode(int(number) % 65536, start, end)
        elif word == "uc":
            self.state = state._replace(skip=min(max(int(number or 1), 0), 100))
        elif word in _PUT:
            if state.read:
                self._put(_PUT[word], start, end)
        elif word in _CELLS:
            if state.read and state.build.last != "\n":
                state.build.part(start)
        elif word == "f" and number:
            self.state = state._replace(font=int(number))
            if state.fonts:
                self.font = int(number)
        elif word == "fcharset" and state.fonts:
            self.fonts[self.font] = _CHARSETS.get(int(number or 0), "")
        elif word == "v":
            self.state = state._replace(hidden=number != "0")
            if self.state.hidden and state.read:
                self._hide()
        elif word == "deleted":
            self.state = state._replace(deleted=number != "0")
        elif word == "plain":
            if state.hidden or state.deleted:
                self.state = state._replace(hidden=False, deleted=False)
        elif self.first:
            self.state = self._destination(state, word, self.optional)

    def _unicode(self, code: int, start: int, end: int) -> None:
        self.skip = self.state.skip
        if 0xD800 <= code < 0xDC00:
            self.high, self.high_at = code, start
            return
        high, self.high = self.high, 0
        if not self.state.read:
            return
        if not 0xDC00 <= code < 0xE000:
            self._put(chr(code), start, end)
        elif high:
            self._put(chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00), self.high_at, end)
        else:
            self._put("\ufffd", start, end)

    def _destination(self, state: _State, word: str, optional: bool) -> _State:
        """Return the state inside a group that begins with `word`."""
        if word == "fonttbl":
            return state._replace(read=False, fonts=True)
        if not state.read and word not in _SIDES:
            return state
        if word in _UNREAD or (optional and word not in _READ_OPTIONAL):
            return state._replace(read=False)
        if word in ("shpinst", "do"):
            # A drawing: only the text box inside is read.
            return state._replace(read=False)
        if word in _SIDES and (state.read or word in ("shptxt", "dptxbxtext")):
            return state._replace(build=self._side(_SIDES[word]), read=True)
        return state

    def _side(self, title: str) -> Builder:
        self.counts[title] = self.counts.get(title, 0) + 1
        side = Builder(self.source)
        side.location = f"{title} {self.counts[title]}"
        self.sides.append(side)
        return side

    def _hide(self) -> None:
        if self.hidden is None:
            self.hidden = Builder(self.source)
            self.hidden.location = "hidden text"
            self.sides.append(self.hidden)
        elif self.hidden.length:
            self.hidden.put("\n", 0, 0)

    def _builder(self) -> Builder | None:
        state = self.state
        if state.deleted:
            return None
        if state.hidden:
            if self.hidden is None:
                self._hide()
            return self.hidden
        return state.build

    def _text(self, start: int, end: int) -> None:
        build = self._builder()
        if build is None:
            return
        if self.latin and not self.source[start:end].isascii():
            # Raw bytes of the code page; equal to the source only where it agrees with Latin-1.
            for match in re.finditer(r"[\x00-\x7f]+|[^\x00-\x7f]+", self.source[start:end]):
                low, high = start + match.start(), start + match.end()
                meant = self._meant(match.group().encode("latin-1"))
                if meant == match.group():
                    build.copy(low, high)
                else:
                    build.put(meant, low, high)
            return
        build.copy(start, end)

    def _put(self, text: str, start: int, end: int) -> None:
        build = self._builder()
        if build is not None:
            build.put(text, start, end)

    def _bytes(self, start: int, end: int) -> None:
        written = bytes(int(code, 16) for code in _DIGITS.findall(self.source, start, end))
        meant = self._meant(written)
        if len(meant) == len(written):
            # One escape a character: each keeps its own place.
            for index, char in enumerate(meant):
                self._put(char, start + 4 * index, start + 4 * index + 4)
        else:
            self._put(meant, start, end)

    def _meant(self, written: bytes) -> str:
        charset = self.fonts.get(self.state.font, "")
        if charset == "symbol":
            return "•" * len(written)
        try:
            return written.decode(charset or self.codepage)
        except UnicodeDecodeError:
            return written.decode(charset or self.codepage, "replace")


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document: the body, then headers, footers, notes, comments and hidden text."""
    if not raw.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0").replace(b"\0", b"").startswith(b"{\\rt"):
        raise InputError(name, "does not begin like an RTF file; name its format with --format-in")
    found = _decode(name, raw, options.encoding)
    source = Source(found.text)
    walk = _Walk(name, source, _codepage(raw), found.encoding == "latin-1")
    text, segments = walk.run().finish()
    yield Document(
        name,
        text,
        source,
        segments,
        "rtf",
        extra={"encoding": found.encoding, "bom": found.bom, "escape": "rtf"},
    )
