"""PDF, by pypdfium2 (the extra `pdf`): text in reading order, with page and box of each line.

Hyphenated line ends are joined and ligatures expanded, so nothing here can be edited in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hrlint.document import Document, Segment
from hrlint.errors import InputError
from hrlint.readers.mapping import BREAK
from hrlint.readers.options import Options

PAGE_CAP = 5000
TEXT_CAP = 50_000_000

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[" + "".join(_LIGATURES) + "]")
# PDFium reports the hyphen of a broken word as U+0002 or U+FFFE; U+E000 marks where a line began.
_HYPHEN = re.compile(r"(?<=[^\W\d_])(?:[\x02\ufffe\u00ad]\n?|-[ \t]*\n)\ue000?[ \t]*(?=[a-z])")
_FIXABLE = "a PDF holds drawn letters, not sentences; edit the file it was made from"

Box = tuple[int, int, int, tuple[float, float, float, float]]


def _joint(plain: str, marked: str, match: re.Match[str]) -> str:
    """Return the hyphen that stays at a line end: the one of a word that stands with it elsewhere on the page."""
    before = re.search(r"[^\W\d_]+\Z", marked[max(0, match.start() - 40) : match.start()])
    after = re.match(r"[^\W\d_]+", marked[match.end() : match.end() + 40])
    both = f"{before.group()}-{after.group()}".lower() if before and after else ""
    return "-" if both and both in plain.lower() else ""


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document for all pages; `extra["boxes"]` lists (start, end, page, (left, bottom, right, top)) in points."""
    try:
        import pypdfium2
    except ImportError:
        raise InputError(name, 'needs the PDF reader; install it with: pip install "hrlint[pdf]"') from None
    try:
        pdf = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(name, "is protected by a password; save it without one") from None
        raise InputError(name, "is a damaged or cut-off PDF; open and save it anew") from None
    try:
        yield _document(name, pdf, options)
    finally:
        pdf.close()


def _document(name: str, pdf: Any, options: Options) -> Document:
    parts: list[str] = []
    segments: list[Segment] = []
    boxes: list[Box] = []
    length = 0
    pictures = 0
    count = len(pdf)
    if count > PAGE_CAP:
        options.problems.append(f"{name}: pages after {PAGE_CAP}: were left out; split the file")
    for index in range(min(count, PAGE_CAP)):
        location = f"page {index + 1}"
        try:
            text, page_boxes = _page(pdf, index)
        except Exception:  # PDFium reports damage in many ways, of one page here
            options.problems.append(f"{name}: {location}: is damaged; it was left out")
            continue
        if not text.strip():
            pictures += 1
            continue
        if length + len(text) > TEXT_CAP:
            raise InputError(name, "holds more than 50 million characters; split it")
        if length:
            parts.append(BREAK)
            segments.append(Segment(length, len(BREAK), None, 0, False, location))
            length += len(BREAK)
        parts.append(text)
        segments.append(Segment(length, len(text), None, 0, False, location))
        boxes += [(length + start, length + end, index + 1, box) for start, end, box in page_boxes]
        length += len(text)
    if not length:
        raise InputError(name, "has no text layer (a scan?); run text recognition (OCR) on it first")
    if pictures:
        options.problems.append(f"{name}: {pictures} of {count} pages have no text (scans?) and were left out")
    return Document(name, "".join(parts), "", tuple(segments), "pdf", fixable=_FIXABLE, extra={"boxes": tuple(boxes)})


def _page(pdf: Any, index: int) -> tuple[str, list[tuple[int, int, tuple[float, float, float, float]]]]:
    """Return the text of a page and the boxes of its lines."""
    page = pdf[index]
    try:
        layer = page.get_textpage()
        try:
            count = layer.count_chars()
            written = layer.get_text_range(0, count) if count > 0 else ""
            raw_lines = written.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            found: list[tuple[float, float, float, float] | None] = []
            at = 0
            # Characters of the layer and of its text agree where all are of the basic plane.
            agree = len(written) == count
            for line in raw_lines:
                box = None
                if agree and line.strip():
                    first = at + len(line) - len(line.lstrip())
                    last = at + len(line.rstrip()) - 1
                    left, bottom, _, top = layer.get_charbox(first)
                    _, low, right, high = layer.get_charbox(last)
                    box = (left, min(bottom, low), right, max(top, high))
                found.append(box)
                at += len(line) + 2
        finally:
            layer.close()
    finally:
        page.close()
    return _cleaned(raw_lines, found)


def _cleaned(
    lines: list[str], boxes: list[tuple[float, float, float, float] | None]
) -> tuple[str, list[tuple[int, int, tuple[float, float, float, float]]]]:
    """Join hyphenated ends and expand ligatures, and keep where each line of the page went."""
    # A mark of our own at each line's begin travels through the joining; U+E000 is private.
    marked = "\n".join(f"\ue000{line}" for line in lines).replace("\x00", " ")
    plain = marked.replace("\ue000", "")

    def join(match: re.Match[str]) -> str:
        return (_joint(plain, marked, match) if match.group()[0] == "-" else "") + "\ue000"

    joined = _HYPHEN.sub(join, marked)
    joined = _LIGATURE.sub(lambda match: _LIGATURES[match.group()], joined.replace("\u00ad", "").replace("\x02", "-"))
    parts = joined.split("\ue000")
    text: list[str] = []
    placed: list[tuple[int, int, tuple[float, float, float, float]]] = []
    length = 0
    for index, part in enumerate(parts[1:]):
        box = boxes[index] if index < len(boxes) else None
        if box and part.strip():
            placed.append((length, length + len(part.rstrip("\n")), box))
        text.append(part)
        length += len(part)
    return parts[0] + "".join(text), placed
