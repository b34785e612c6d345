"""Plain text and encodings: the decoded file, nothing moved."""

from __future__ import annotations

import codecs
import subprocess
import sys

import pytest

from hrlint.errors import InputError
from hrlint.readers import FORMATS, detect
from hrlint.readers.encodings import decode, encode

from .notes_in_formats import everything, one

NOTE = "Pt is a café owner — “stable”.\r\nSecond line\nthird\rfourth\n"


@pytest.mark.parametrize(
    ("raw", "encoding", "bom"),
    [
        (NOTE.encode("utf-8"), "utf-8", b""),
        (codecs.BOM_UTF8 + NOTE.encode("utf-8"), "utf-8", codecs.BOM_UTF8),
        (codecs.BOM_UTF16_LE + NOTE.encode("utf-16-le"), "utf-16-le", codecs.BOM_UTF16_LE),
        (codecs.BOM_UTF16_BE + NOTE.encode("utf-16-be"), "utf-16-be", codecs.BOM_UTF16_BE),
        (codecs.BOM_UTF32_LE + NOTE.encode("utf-32-le"), "utf-32-le", codecs.BOM_UTF32_LE),
        (codecs.BOM_UTF32_BE + NOTE.encode("utf-32-be"), "utf-32-be", codecs.BOM_UTF32_BE),
        (NOTE.encode("utf-16-le"), "utf-16-le", b""),
        (NOTE.encode("utf-16-be"), "utf-16-be", b""),
        (NOTE.encode("cp1252"), "cp1252", b""),
    ],
)
def test_encodings(raw: bytes, encoding: str, bom: bytes) -> None:
    document = one("note.txt", raw)
    assert document.text == document.source == NOTE
    assert document.segments == ()
    assert (document.extra["encoding"], document.extra["bom"]) == (encoding, bom)
    assert bom + encode(document.text, encoding) == raw


def test_every_byte_of_cp1252_comes_back() -> None:
    raw = bytes(range(1, 256))
    found = decode("x", raw)
    assert found.encoding == "cp1252"
    assert len(found.text) == 255
    assert encode(found.text, found.encoding) == raw


def test_the_encoding_asked_for() -> None:
    raw = "сторінка".encode("cp1251")
    assert one("note.txt", raw, encoding="cp1251").text == "сторінка"
    assert one("note.txt", codecs.BOM_UTF8 + b"a", encoding="utf-8").text == "a"
    assert one("note.txt", codecs.BOM_UTF16_BE + "a".encode("utf-16-be"), encoding="utf-16").text == "a"
    with pytest.raises(InputError, match="is not valid utf-8"):
        everything("note.txt", raw, encoding="utf-8")
    with pytest.raises(InputError, match="unknown"):
        everything("note.txt", raw, encoding="klingon")
    with pytest.raises(InputError):
        everything("note.txt", raw, encoding="base64")


@pytest.mark.parametrize(("offset", "place"), [(0, (1, 1)), (32, (2, 1)), (44, (3, 1)), (50, (4, 1))])
def test_lines_end_at_every_kind_of_line_end(offset: int, place: tuple[int, int]) -> None:
    assert one("note.txt", NOTE.encode()).place(offset) == place


def test_comments_that_speak_to_hrlint() -> None:
    text = "a\n<!-- hrlint: ignore x.y -- reason -->\n{# hrlint: off #}\n[[ hrlint: on ]]\n# hrlint: ignore-next-line\n<!-- other -->\n"
    assert one("t.txt", text.encode()).comments == (
        ("hrlint: ignore x.y -- reason", 2),
        ("hrlint: off", 3),
        ("hrlint: on", 4),
        ("hrlint: ignore-next-line", 5),
    )
    assert (
        one("t.md", text.encode()).comments
        == one("t.html", text.encode()).comments
        == one("t.txt", text.encode()).comments
    )


@pytest.mark.parametrize(
    ("name", "raw", "format"),
    [
        ("a.txt", b"hi", "text"),
        ("a", b"hi", "text"),
        ("a.unknown", b"hi", "text"),
        ("a.TXT", b"hi", "text"),
        ("a.md", b"<html>", "html"),
        ("a.txt", b"{\\rtf1 x}", "rtf"),
        ("a.doc", b"{\\rtf1 x}", "rtf"),
        ("a.txt", b"MSH|^~\\&|A", "hl7"),
        ("a.txt", b"\x0bMSH|^~\\&|A", "hl7"),
        ("a.txt", b"MSH means something else here", "text"),
        ("a.txt", b"%PDF-1.7\n", "pdf"),
        ("a.xml", b"<x/>", "ccda"),
        ("a", b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">', "ccda"),
        ("a.json", b'{"resourceType": "Patient"}', "fhir"),
        ("a.json", b'[{"text": "x"}]', "table"),
        ("a.jsonl", b'{"text": "x"}', "table"),
        ("a.jsonl", b'{"resourceType": "Patient"}', "fhir"),
        ("a", b"MIME-Version: 1.0\nSubject: x\n\nhi", "email"),
        ("a.eml", b"Subject: x\n\nhi", "email"),
        ("a.csv", b"text\nx", "table"),
        ("C:\\notes\\a.html", b"hi", "html"),
        ("a.bin", bytes(range(256)), None),
        ("a.exe", b"MZ\x90\x00\x03\x00\x00\x00", None),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", None),
        ("a.txt", b"", "text"),
    ],
)  # fmt: skip
def test_formats_are_found(name: str, raw: bytes, format: str | None) -> None:
    assert detect(name, raw) == format


def test_the_format_asked_for() -> None:
    assert one("a.txt", b"a <b>c</b>", format="html").text == "a    c    "
    with pytest.raises(InputError, match="known are text, markdown"):
        everything("a.txt", b"a", format="docs")


def test_plain_text_imports_nothing_more() -> None:
    code = (
        "import sys, re, codecs, hrlint.document, hrlint.errors, importlib\n"
        "before = set(sys.modules)\n"
        "from hrlint.readers import read\n"
        "list(read('note.txt', b'hello'))\n"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('hrlint')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_format_has_a_module_and_no_extension_is_claimed_twice() -> None:
    from importlib import import_module

    claimed = [extension for format in FORMATS.values() for extension in format.extensions]
    assert len(claimed) == len(set(claimed))
    for format in FORMATS.values():
        assert callable(import_module(f"hrlint.readers.{format.module}").read)


def test_every_format_is_on_the_page_about_formats() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    for format, row in FORMATS.items():
        assert f"`{format}`" in page
        for extension in row.extensions:
            assert f".{extension}" in page
