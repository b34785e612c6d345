"""PDF, by pypdfium2 (the extra `pdf`): text in reading order, with page and box of each line.

Hyphenated line ends are joined and ligatures expanded, so nothing here can be edited in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hrlint.document import Document, Segment
from hrlint.errors import InputError
from hrlint.readers.mapping import BREAK, words
from hrlint.readers.options import Options

PAGE_CAP = 5000
TEXT_CAP = 50_000_000

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[" + "".join(_LIGATURES) + "]")
# PDFium reports the hyphen at a line end as U+FFFE (or U+0002) and leaves out the line end behind it.
_DRAWN = re.compile(r"[^\r\n\x02\ufffe]*(?:[\x02\ufffe]|\r\n|\r|\n)|[^\r\n\x02\ufffe]+")
_MARK = "\ue000"
_HYPHEN = re.compile(r"(?<=[^\W\d_])(?:[\x02\ufffe\u00ad]\n?|-[ \t]*\n)\ue000?[ \t]*(?=[a-z])")
_LEFT_HYPHEN = re.compile("[\x02\ufffe]")
_UNFIT = re.compile("[\ud800-\udfff]")
# A hyphen behind these is the word's own.
_COMPOUND = words(
    "non self well drug drugs substance opioid alcohol heroin cocaine meth needle person patient provider harm high "
    "low long short half ex anti treatment frequent attention doctor pain sex hiv street drop follow"
)
_FIXABLE = "a PDF holds drawn letters, not sentences; edit the file it was made from"

_Box = tuple[float, float, float, float]


def _joint(plain: str, marked: str, match: re.Match[str]) -> str:
    """Return the hyphen that stays at a line end: that of a word which is written with it in any case."""
    before = re.search(r"[^\W\d_]+\Z", marked[max(0, match.start() - 40) : match.start()])
    after = re.match(r"[^\W\d_]+", marked[match.end() : match.end() + 40])
    if not before or not after or match.group()[0] == "\u00ad":
        return ""
    first, second = before.group().lower(), after.group().lower()
    if first in _COMPOUND or f"{first}-{second}" in plain:
        return "-"
    both_words = min(len(first), len(second)) > 3 and f" {first} " in plain and f" {second} " in plain
    return "-" if both_words else ""


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document for all pages.

    `extra["boxes"]` lists (start, end, page, (left, bottom, right, top)) of each line, in points.
    """
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
    boxes: list[tuple[int, int, int, _Box]] = []
    length = 0
    pictures = 0
    count = len(pdf)
    if count > PAGE_CAP:
        options.problems.append(f"pages after {PAGE_CAP}: were left out; split the file")
    for index in range(min(count, PAGE_CAP)):
        location = f"page {index + 1}"
        try:
            text, page_boxes = _page(pdf, index)
        except Exception:  # PDFium reports damage in many ways, of one page here
            options.problems.append(f"{location}: is damaged; it was left out")
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
        options.problems.append(f"{pictures} of {count} pages have no text (scans?) and were left out")
    return Document(name, "".join(parts), "", tuple(segments), "pdf", fixable=_FIXABLE, extra={"boxes": tuple(boxes)})


def _page(pdf: Any, index: int) -> tuple[str, list[tuple[int, int, _Box]]]:
    """Return the text of a page and the boxes of its lines."""
    page = pdf[index]
    try:
        layer = page.get_textpage()
        try:
            count = layer.count_chars()
            written = layer.get_text_range(0, count) if count > 0 else ""
            lines: list[str] = []
            found: list[_Box | None] = []
            # Characters of the layer and of its text agree where all are of the basic plane.
            agree = len(written) == count
            for match in _DRAWN.finditer(written):
                line = match.group()
                lines.append(line)
                if not agree or not line.strip():
                    found.append(None)
                    continue
                left, bottom, _, top = layer.get_charbox(match.start() + len(line) - len(line.lstrip()))
                _, low, right, high = layer.get_charbox(match.start() + len(line.rstrip()) - 1)
                found.append((left, min(bottom, low), right, max(top, high)))
        finally:
            layer.close()
    finally:
        page.close()
    return _cleaned(lines, found)


def _cleaned(lines: list[str], boxes: list[_Box | None]) -> tuple[str, list[tuple[int, int, _Box]]]:
    """Join hyphenated ends and expand ligatures, and keep where each line of the page went."""
    # A mark of our own at each line's begin travels through the joining.
    marked = "".join(_MARK + line.replace(_MARK, " ") for line in lines)
    marked = _UNFIT.sub("\ufffd", marked.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " "))
    plain = marked.replace(_MARK, "").lower()

    def join(match: re.Match[str]) -> str:
        return _joint(plain, marked, match) + _MARK

    joined = _HYPHEN.sub(join, marked)
    joined = _LIGATURE.sub(lambda match: _LIGATURES[match.group()], _LEFT_HYPHEN.sub("-", joined.replace("\u00ad", "")))
    parts = joined.split(_MARK)
    text: list[str] = []
    placed: list[tuple[int, int, _Box]] = []
    length = 0
    for index, part in enumerate(parts[1:]):
        box = boxes[index] if index < len(boxes) else None
        if box and part.strip():
            placed.append((length, length + len(part.rstrip("\n")), box))
        text.append(part)
        length += len(part)
    return parts[0] + "".join(text), placed
