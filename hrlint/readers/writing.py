"""Edits put back into the bytes of a file: only the stretches named change, everything else stays byte for byte."""

from __future__ import annotations

import base64
import copy
import io
import json
import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from hrlint.document import Document
from hrlint.errors import InputError
from hrlint.model import Span
from hrlint.readers.archive import Archive
from hrlint.readers.encodings import encode
from hrlint.readers.flow import Run
from hrlint.readers.nested import Inside, unpack
from hrlint.readers.xmltext import decode_xml

Edit = tuple[Document, int, int, str]


class _Change(NamedTuple):
    """`source[start:end]` becomes `new`, which is escaped already."""

    start: int
    end: int
    new: str


def apply_edits(raw: bytes, name: str, documents: Sequence[Document], edits: Sequence[Edit]) -> bytes:
    """Return `raw` with `edits` made: (document, start, end, replacement), offsets in that document's text.

    `documents` are those that `read` gave for `raw`. Raises InputError, before anything is
    changed, for an edit outside exact text, for edits that overlap and for a file that is not the one read.
    """
    known = {id(document) for document in documents}
    for document, *_ in edits:
        if id(document) not in known:
            raise InputError(name, "an edit is for another file; check the file again")
    return _apply(raw, name, list(edits)) if edits else raw


def _apply(raw: bytes, name: str, edits: list[Edit]) -> bytes:
    outer: list[Edit] = []
    inner: dict[tuple[int, int], list[Edit]] = {}
    insides: dict[tuple[int, int], Inside] = {}
    for edit in edits:
        document = edit[0]
        if document.fixable:
            raise InputError(name, document.fixable)
        inside = document.extra.get("inside")
        if isinstance(inside, tuple) and inside:
            key = (inside[0].start, inside[0].end)
            insides[key] = inside[0]
            inner.setdefault(key, []).append((_outward(document), *edit[1:]))
        else:
            outer.append(edit)
    if any(edit[0].extra.get("escape") == "docx" for edit in outer):
        return _word(raw, name, outer)
    encoding, bom = _encoding(outer[0][0].extra if outer else vars(next(iter(insides.values()))))
    try:
        source = raw[len(bom) :].decode(encoding, "hrlint-c1" if encoding == "cp1252" else "strict")
        same = encode(source, encoding) == raw[len(bom) :]
    except (UnicodeError, LookupError):
        same, source = False, ""
    if not same or not raw.startswith(bom) or any(edit[0].source != source for edit in outer):
        raise InputError(name, "has changed since it was read; check it again")
    changes = [change for edit in outer for change in _changes(name, edit)]
    for key, group in inner.items():
        inside = insides[key]
        # HL7 may break base64 into lines with an escape.
        if unpack(source[slice(*key)].replace("\\.br\\", "")) != inside.raw:
            raise InputError(name, "has changed since it was read; check it again")
        packed = base64.b64encode(_apply(inside.raw, name, group)).decode("ascii")
        changes.append(_Change(*key, packed))
    return bom + encode(_replaced(name, source, changes), encoding)


def _outward(document: Document) -> Document:
    """Return the document as the file inside saw it."""
    inside = document.extra.get("inside")
    rest = inside[1:] if isinstance(inside, tuple) else ()
    return document._replace(extra={**document.extra, "inside": rest})


def _encoding(extra: Mapping[str, object]) -> tuple[str, bytes]:
    encoding, bom = extra.get("encoding"), extra.get("bom")
    return (encoding if isinstance(encoding, str) else "utf-8"), (bom if isinstance(bom, bytes) else b"")


def _replaced(name: str, source: str, changes: list[_Change]) -> str:
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(changes):
        if start < at:
            raise InputError(name, "two edits touch the same words; apply one and check the file again")
        parts += [source[at:start], new]
        at = end
    return "".join([*parts, source[at:]])


def _pieces(name: str, document: Document, start: int, end: int) -> list[tuple[Span, int]]:
    """Return the exact pieces of an edit; for an insertion the empty one where it goes."""
    if start == end and document.segments:
        for probe, shift in ((start, 0), (start - 1, 1)):
            if 0 <= probe < len(document.text):
                found = document.editable(Span(probe, probe + 1))
                if found:
                    return [(Span(start, start), found[0][1] + shift)]
        found = None
    elif 0 <= start <= end <= len(document.text):
        found = document.editable(Span(start, end)) if start < end else [(Span(start, end), start)]
    else:
        found = None
    if not found:
        place = document.location_at(start)
        raise InputError(
            name,
            f"{place + ': ' if place else ''}the words are written with escapes or entities; edit them by hand",
        )
    return found


def _changes(name: str, edit: Edit) -> list[_Change]:
    """Return what an edit does to the source: the first piece gets the words, the others become empty."""
    document, start, end, words = edit
    pieces = _pieces(name, document, start, end)
    source = document.source if document.segments else document.text
    stretches = [(at, at + span.end - span.start) for span, at in pieces]
    escape = str(document.extra.get("escape", "plain"))
    if escape == "markdown" and len(stretches) > 1:
        emphasis = _emphasis(source, stretches)
        if emphasis:
            stretches = emphasis
    encoding, _ = _encoding(document.extra)
    low, high = stretches[0]
    new = _Escaper(name, document, source, encoding).escaped(escape, words, low, high)
    changes = [_Change(low, high, new), *(_Change(first, last, "") for first, last in stretches[1:])]
    if escape == "rtf":
        changes = [_spaced(source, change) for change in changes]
    if escape == "csv" and any(mark in words for mark in (str(document.extra.get("delimiter", ",")), '"', "\n")):
        changes = _quoted(name, document, source, changes)
    return changes


def _emphasis(source: str, stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of an edit so that no emphasis mark loses its partner.

    `ad**dict**` is edited as a whole, marks included; in `ad**dict and**` the words go behind the mark.
    """
    (low, first_end), (last, high) = stretches[0], stretches[-1]
    mark = source[first_end:last]
    if len(stretches) != 2 or not mark or mark.strip("*~"):
        return []
    if source.startswith(mark, high):
        return [(low, high + len(mark))]
    if source.endswith(mark, 0, low):
        return []
    return [stretches[1], stretches[0]]


class _Escaper:
    def __init__(self, name: str, document: Document, source: str, encoding: str) -> None:
        self.name, self.document, self.source, self.encoding = name, document, source, encoding

    def escaped(self, escape: str, words: str, low: int, high: int) -> str:
        """Return `words` as the format writes them at `source[low:high]`."""
        if escape == "rtf":
            return "".join(_rtf(char) for char in words.replace("\r\n", "\n"))
        if escape == "hl7":
            return self._encodable(self._hl7(words), None)
        if escape in ("json", "json-html"):
            text = _markup(words) if escape == "json-html" else words
            written = json.dumps(text, ensure_ascii=not self._fits(text))
            return written[1:-1]
        if escape in ("html", "xml"):
            in_tag = self.source.rfind("<", 0, low) > self.source.rfind(">", 0, low)
            text = _markup(words)
            if in_tag:
                text = text.replace('"', "&quot;").replace("'", "&#39;")
            return self._encodable(self._lines(text), lambda char: f"&#{ord(char)};")
        if escape == "markdown":
            text = re.sub(r"([\\`*\[])", r"\\\1", words).replace("<", "&lt;")
            return self._encodable(self._lines(text), lambda char: f"&#{ord(char)};")
        if escape == "csv-quoted":
            return self._encodable(words.replace('"', '""'), None)
        return self._encodable(self._lines(words), None)

    def _fits(self, text: str) -> bool:
        try:
            encode(text, self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def _encodable(self, text: str, reference: Callable[[str], str] | None) -> str:
        if self._fits(text):
            return text
        if reference is None:
            raise InputError(
                self.name, f"the new words need letters that {self.encoding} lacks; save the file as UTF-8"
            )
        return "".join(char if self._fits(char) else reference(char) for char in text)

    def _lines(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in self.source else text

    def _hl7(self, words: str) -> str:
        marks = self.document.extra.get("marks")
        field, component, repeat, escape, sub = marks if isinstance(marks, tuple) else ("|", "^", "~", "\\", "&")
        codes = {escape: "E", field: "F", component: "S", sub: "T", repeat: "R", "\n": ".br"}
        return "".join(
            f"{escape}{codes[char]}{escape}" if char in codes else char for char in words.replace("\r\n", "\n")
        )


def _markup(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rtf(char: str) -> str:
    if char in "\\{}":
        return "\\" + char
    if char == "\n":
        return "\\line "
    if char == "\t":
        return "\\tab "
    if char.isascii():
        return char
    units = char.encode("utf-16-le")
    codes = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    # A group of its own, whatever \uc says around it.
    return "{\\uc1" + "".join(f"\\u{code}?" for code in codes) + "}"


_CONTROL_END = re.compile(r"(\\+)[a-zA-Z]{1,32}(?:-?\d{1,10})?\Z")


def _spaced(source: str, change: _Change) -> _Change:
    """Keep a control word apart from the letters that now follow it: `\\par-x` must not become `\\parx`."""
    before = _CONTROL_END.search(source, max(0, change.start - 60), change.start)
    following = change.new[:1] or source[change.end : change.end + 1]
    if before and len(before.group(1)) % 2 and (following.isalnum() or following in "- "):
        return change._replace(new=" " + change.new)
    return change


def _quoted(name: str, document: Document, source: str, changes: list[_Change]) -> list[_Change]:
    """Put quotation marks around a cell that needs them now."""
    first, last = document.segments[0], document.segments[-1]
    begin = first.source_start or 0
    end = (last.source_start or 0) + last.source_length
    if '"' in source[begin:end]:
        raise InputError(
            name, f"{document.location}: a cell with stray quotation marks cannot be changed; edit it by hand"
        )
    doubled = [change._replace(new=change.new.replace('"', '""')) for change in changes]
    out: list[_Change] = []
    for change in doubled:
        new = change.new
        if change.start == begin:
            new, begin = '"' + new, -1
        if change.end == end:
            new, end = new + '"', -1
        out.append(change._replace(new=new))
    if begin >= 0:
        out.append(_Change(begin, begin, '"'))
    if end >= 0:
        out.append(_Change(end, end, '"'))
    return out


_START_TAG = re.compile(r"<[^<>]*>")


def _word(raw: bytes, name: str, edits: list[Edit]) -> bytes:
    """Return a Word file with edits in its runs; formatting and all other parts stay."""
    archive = Archive(name, raw)
    changes: dict[str, list[_Change]] = {}
    elements: dict[str, dict[int, list[_Change]]] = {}
    sources: dict[str, tuple[str, str, bytes]] = {}
    for document, start, end, words in edits:
        runs = document.extra.get("runs")
        if not isinstance(runs, tuple):
            raise InputError(name, "an edit is for another file; check the file again")
        starts = [run.start for run in runs]
        first = True
        for span, _ in _pieces(name, document, start, end):
            run: Run = runs[max(bisect_right(starts, span.start) - 1, 0)]
            if run.part not in sources:
                sources[run.part] = decode_xml(name, archive.read(run.part))
            source = sources[run.part][0]
            at = run.xml_start + span.start - run.start
            stop = at + span.end - span.start
            if source[at:stop] != document.text[span.start : span.end]:
                raise InputError(name, "has changed since it was read; check it again")
            new = _markup(" ".join(words.splitlines())) if first else ""
            first = False
            change = _Change(at, stop, new)
            changes.setdefault(run.part, []).append(change)
            elements.setdefault(run.part, {}).setdefault(run.element, []).append(change)
    members: dict[str, bytes] = {}
    for part, listed in changes.items():
        source, encoding, bom = sources[part]
        listed = listed + _preserved(source, elements[part])
        members[part] = bom + encode(_replaced(name, source, listed), encoding)
    return _rezipped(name, raw, archive, members)


def _preserved(source: str, elements: dict[int, list[_Change]]) -> list[_Change]:
    """Return the changes that keep white space which edits leave at the edge of a run; Word drops it otherwise."""
    found: list[_Change] = []
    for element, listed in elements.items():
        tag = _START_TAG.match(source, element)
        if not tag or "preserve" in tag.group():
            continue
        close = source.find("</", tag.end())
        within = [change._replace(start=change.start - tag.end(), end=change.end - tag.end()) for change in listed]
        content = _replaced("", source[tag.end() : close], within)
        if content != content.strip():
            found.append(_Change(tag.end() - 1, tag.end() - 1, ' xml:space="preserve"'))
    return found


def _rezipped(name: str, raw: bytes, archive: Archive, members: dict[str, bytes]) -> bytes:
    if len(set(archive.names)) != len(archive.names):
        raise InputError(name, "holds a part twice; open and save it anew")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.comment = archive.zip.comment
        for info in archive.infos:
            data = members.get(info.filename)
            # The date, the mode and the method of every part stay.
            target.writestr(copy.copy(info), archive.read(info) if data is None else data, info.compress_type)
    return out.getvalue()
