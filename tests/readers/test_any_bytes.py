"""Any bytes in: documents or InputError out, and maps that hold."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrlint.errors import InputError
from hrlint.model import Span
from hrlint.readers import FORMATS as READERS
from hrlint.readers import detect, read
from hrlint.readers.html import INVISIBLE
from hrlint.readers.options import Options

from .notes_in_formats import FORMATS, check_map

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PIECES = {
    "text": ["\r", "\n", "é", "\ufeff", "a "],
    "markdown": ["`", "``", "```\n", "*", "**", "~~", "[", "](", ")", "!", "<!--", "-->", "<b>", "</b>", "\\", "    ", "\n", "> ", "- ", "---\n", "a", "é", "&amp;", "[x]: y", "{{", "}}", "\t", "\r\n", "1. "],
    "html": ["<", ">", "<p", "<b>", "</b>", '"', "'", "=", "alt=", "<!--", "-->", "<script>", "</script>", "hidden", "<p hidden>", "&", "&amp;", "&#105;", ";", "a", "é", " ", "<![CDATA[", "]]>", "{{", "}}", "{%", "\u00ad", "<img alt='", "/", "\n", "<br>", "{#", "#}"],
    "rtf": ["{\\rtf1", "{", "}", "\\", "\\u8217?", "\\u-10179?", "\\uc0", "\\'e9", "\\'", "\\*", "\\par", "\\v", "\\v0", "\\bin3 ", "\\footnote", "{\\header ", "{\\*\\annotation ", "\\fonttbl", "\\f1", "\\fcharset128", "a", "é", " ", "\n", "\\cell", "\\shptxt", "{\\*\\shpinst", "\\deleted"],
    "fhir": ["{", "}", "[", "]", '"', ":", ",", '"resourceType"', '"text"', '"div"', '"a"', "\\", "\\u00e9", "\\ud83d", "\\ude00", "1", "null", "\n", "<b>", '"note"', '"data"', '"contentType"', '"text/plain"', '"YQ=="'],
    "table": ["text", ",", '"', '""', "\n", "\r\n", "a b c", "{", '{"text": "x"}', ";", "\t", "é"],
    "hl7": ["MSH|^~\\&|", "\r", "\n", "OBX|1|TX|A||", "OBX|1|ED|A||", "^", "~", "|", "\\", "\\.br\\", "\\X0D\\", "NTE|1||", "OBR|1", "a", "é", "\x0b", "\x1c", "base64", "YQ=="],
    "ccda": ["<ClinicalDocument>", "</ClinicalDocument>", "<section>", "</section>", "<text>", "</text>", "<br/>", "<title>", "</title>", "a", "é", "&amp;", "&#105;", "<![CDATA[", "]]>", "\n", "\r\n", "<content ID='x'>", "</content>", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY y 'z'>]>", "&y;"],
    "email": ["Subject: a", "\n", "\n\n", "Content-Type: text/html", "Content-Type: multipart/mixed; boundary=x", "--x", "--x--", "Content-Transfer-Encoding: base64", "a", "é", "=?utf-8?b?YQ==?=", "; charset=utf-7"],
}  # fmt: skip


def _check(name: str, raw: bytes, format: str | None = None) -> None:
    problems: list[str] = []
    with contextlib.suppress(InputError):
        for document in read(name, raw, format=format, problems=problems):
            check_map(document)
            for probe in {0, len(document.text) // 2, len(document.text)}:
                line, column = document.place(probe)
                assert line >= 1
                assert column >= 1
                document.location_at(probe)
                document.editable(Span(min(probe, 1), probe))


def _modules(format: str, raw: bytes) -> None:
    """Call the reader itself: only InputError may come out, with no net below."""
    from importlib import import_module

    module = import_module(f"hrlint.readers.{READERS[format].module}")
    with contextlib.suppress(InputError):
        for document in module.read("any", raw, Options()):
            check_map(document)


@SETTINGS
@given(raw=st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    detect("any", raw)
    _check("any", raw)


@pytest.mark.parametrize("format", [format for format in READERS if format != "pdf"])
@SETTINGS
@given(raw=st.binary(max_size=200))
def test_any_bytes_as_any_format(format: str, raw: bytes) -> None:
    _modules(format, raw)


@pytest.mark.parametrize("format", PIECES)
@SETTINGS
@given(data=st.data())
def test_any_mixture_of_what_a_format_knows(format: str, data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(PIECES[format]), max_size=40))
    prefix = {"rtf": "{\\rtf1 ", "hl7": "MSH|^~\\&|a\r"}.get(format, "")
    _modules(format, (prefix + "".join(pieces)).encode())


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_damaged_file(name: str, data: st.DataObject) -> None:
    if name.endswith(".pdf"):
        pytest.importorskip("pypdfium2", reason="PDF is an extra: pip install 'hrlint[pdf]'")
    raw = bytearray(FORMATS[name]())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    _check(name, bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    _check(name, bytes(raw))


@SETTINGS
@given(text=st.text(max_size=60), ascii_only=st.booleans())
def test_json_strings_are_what_json_says(text: str, ascii_only: bool) -> None:
    raw = json.dumps({"resourceType": "X", "note": [{"text": text}]}, ensure_ascii=ascii_only).encode(
        "utf-8", "replace"
    )
    found = [document.text for document in read("x.json", raw)]
    assert found == ([json.loads(raw)["note"][0]["text"]] if text else [])


@SETTINGS
@given(rows=st.lists(st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text), min_size=1, max_size=5))
def test_csv_cells_are_what_csv_says(rows: list[str]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([["id", "text"], *([str(number), text] for number, text in enumerate(rows))])
    found = [document.text for document in read("x.csv", out.getvalue().encode(), format="table")]
    assert found == [text for text in rows if text.strip()]


@SETTINGS
@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=60))
def test_html_text_is_what_html_says(text: str) -> None:
    document = next(iter(read("x.html", html.escape(text).encode("utf-8"), format="html", encoding="utf-8")))
    squeezed = "".join(document.text.split())
    assert (
        squeezed == "".join(char for char in text if not char.isspace() and char not in INVISIBLE)
        or "{#" in text
        or "[[" in text
    )


@SETTINGS
@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60))
def test_xml_text_is_what_xml_says(text: str) -> None:
    text = "".join(char for char in text if char not in "\ufffe\uffff")
    raw = f"<ClinicalDocument><text>x{html.escape(text)}</text></ClinicalDocument>".encode()
    assert next(iter(read("x.xml", raw))).text == "x" + text
