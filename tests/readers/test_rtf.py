"""RTF: characters, destinations, and the offsets of the file."""

from __future__ import annotations

import pytest

from hrlint.model import Span

from .notes_in_formats import one

HEAD = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\froman Times;}{\\f1\\fcharset2 Symbol;}{\\f2\\fcharset204 Arial;}{\\f3\\fcharset128 MS Mincho;}}"

CASES = {
    "plain": ("Pt left.", "Pt left."),
    "paragraphs": ("a\\par b\\line c\\par\n\nd", "a\nb\nc\nd"),
    "line ends of the file mean nothing": ("dr\nug ab\r\nuse", "drug abuse"),
    "formatting inside a word": ("ad{\\b dict}\\i s\\i0 x", "addictsx"),
    "characters of the code page": ("caf\\'e9 \\'93x\\'94", "café “x”"),
    "unicode with a fallback": ("\\uc1\\u8217?s", "’s"),
    "unicode without": ("\\uc0\\u8217 s", "’s"),
    "unicode with two": ("\\uc2\\u8217\\'81\\'66s {\\uc0\\u8217}?x", "’s ’?x"),
    "negative numbers and pairs": ("\\u-10179?\\u-8704?", "\U0001f600"),
    "half a pair": ("\\u-10179?x \\u-8704?", "x \ufffd"),
    "named characters": ("a\\emdash b\\endash c\\lquote d\\rquote\\ldblquote e\\rdblquote\\bullet\\tab f", "a—b–c‘d’“e”•\tf"),
    "marks": ("a\\~b\\_c\\-d\\{e\\}\\\\", "a\u00a0b\u2011cd{e}\\"),
    "a word after a mark": ("\\{addict\\}", "{addict}"),
    "other charsets": ("{\\f2\\'f1\\'f2} {\\f3\\'82\\'a0} {\\f1\\'b7}", "ст あ •"),
    "table": ("\\trowd a\\cell b\\cell\\row c\\par", "a\n\nb\n\nc"),
    "skipped": ("{\\info{\\title t}}{\\*\\generator x;}{\\stylesheet{\\s1 y;}}{\\pict\\wmetafile8 0102}{\\*\\unknown z}a", "a"),
    "field": ('{\\field{\\*\\fldinst HYPERLINK "http://abuse.org"}{\\fldrslt an addict}}', "an addict"),
    "binary": ("a{\\pict\\bin5 }}{{\\}b", "ab"),
    "header and footer behind": ("{\\header h}a{\\footer f}\\par", "a\n\n\nh\n\nf"),
    "footnote behind": ("add{\\footnote n}ict", "addict\n\nn"),
    "comment": ("a{\\*\\atnid X}{\\*\\atnauthor Y}{\\*\\annotation{\\*\\atndate 1}note}b", "ab\n\nnote"),
    "text box": ("a{\\shp{\\*\\shpinst\\shpleft0{\\sp{\\sn x}{\\sv y}}{\\shptxt box\\par}}}b", "ab\n\nbox"),
    "hidden text behind": ("ad{\\v secret}dict\\v two\\v0 s", "addicts\n\nsecret\ntwo"),
    "deleted text": ("a{\\deleted gone}b", "ab"),
    "list text": ("{\\listtext 1.\\tab}item", "1.\titem"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_read(case: str) -> None:
    body, expected = CASES[case]
    assert one("x.rtf", f"{HEAD}{body}}}".encode("ascii")).text.rstrip("\n") == expected


def test_raw_bytes_of_the_code_page() -> None:
    raw = b"{\\rtf1\\ansi\\ansicpg1251 \xf1\xf2 \\'f1}"
    assert one("x.rtf", raw).text == "ст с"
    raw = b"{\\rtf1\\ansi\\ansicpg1252 caf\xe9 \x93x\x94}"
    document = one("x.rtf", raw)
    assert document.text == "café “x”"
    assert document.editable(Span(0, 4)) is not None
    assert document.editable(Span(5, 8)) is None


def test_places() -> None:
    document = one("x.rtf", f"{HEAD}first\\par\nan ad{{\\b dict}} here{{\\footer foot}}}}".encode())
    at = document.text.index("addict")
    assert document.place(at) == (2, 4)
    assert [document.source[low : low + 2] for _, low in document.editable(Span(at, at + 6)) or []] == ["ad", "di"]
    assert document.location_at(at) is None
    assert document.location_at(document.text.index("foot")) == "footer 1"


def test_trailing_nul() -> None:
    assert one("x.rtf", b"{\\rtf1 a}\0").text == "a"
