"""PDF: pages, boxes, line ends, and what is said when there is nothing to read."""

from __future__ import annotations

import sys

import pytest

from hrlint.errors import InputError
from hrlint.model import Span
from hrlint.readers import read

from .notes_in_formats import everything, one, pdf


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(InputError, match=r'pip install "hrlint\[pdf\]"'):
        everything("x.pdf", pdf([["a"]]))


class TestWithTheExtra:
    @pytest.fixture(autouse=True)
    def _extra(self) -> None:
        pytest.importorskip("pypdfium2", reason="PDF is an extra: pip install 'hrlint[pdf]'")

    def test_pages(self) -> None:
        document = one("x.pdf", pdf([["first page", "second line"], ["other page"]]))
        assert document.text.split() == ["first", "page", "second", "line", "other", "page"]
        assert document.location_at(document.text.index("line")) == "page 1"
        assert document.location_at(document.text.index("other")) == "page 2"
        assert document.place(3) == (1, 1)

    def test_it_cannot_be_edited(self) -> None:
        document = one("x.pdf", pdf([["a b"]]))
        assert "edit the file it was made from" in (document.fixable or "")
        assert document.editable(Span(0, 1)) is None

    def test_hyphenated_line_ends(self) -> None:
        lines = ["this is non-compli-", "ant and drug-", "seeking; drug-seeking", "again, X-", "Ray"]
        text = one("x.pdf", pdf([lines])).text
        words = text.replace("\n", " ").split()
        assert "non-compliant" in words
        assert words.count("drug-seeking;") == 1
        assert "X-Ray" in words or "X-" in words

    def test_boxes(self) -> None:
        document = one("x.pdf", pdf([["first", "second"], ["third"]]))
        boxes = document.extra["boxes"]
        assert isinstance(boxes, tuple)
        assert [(document.text[start:end].strip(), page) for start, end, page, _ in boxes] == [
            ("first", 1),
            ("second", 1),
            ("third", 2),
        ]
        left, bottom, right, top = boxes[0][3]
        assert 45 < left < right < 100
        assert 740 < bottom < top < 790
        assert boxes[1][3][3] < bottom

    def test_a_scan_says_so(self) -> None:
        with pytest.raises(InputError, match="no text layer"):
            everything("x.pdf", pdf([[], []]))

    def test_a_scanned_page_among_others(self) -> None:
        problems: list[str] = []
        assert len(list(read("x.pdf", pdf([["text"], []]), problems=problems))) == 1
        assert problems == ["1 of 2 pages have no text (scans?) and were left out"]

    def test_columns_in_reading_order(self) -> None:
        raw = pdf([["left one", "left two"]])
        right = b"BT /F1 11 Tf 14 TL 320 760 Td (right one) Tj T* (right two) Tj ET"
        start = raw.index(b"stream\n") + 7
        end = raw.index(b"\nendstream")
        body = raw[start:end] + b" " + right
        raw = raw[: raw.index(b"<< /Length")] + b"<< /Length %d >>\nstream\n" % len(body) + body + raw[end:]
        assert one("x.pdf", raw).text.split() == ["left", "one", "left", "two", "right", "one", "right", "two"]
