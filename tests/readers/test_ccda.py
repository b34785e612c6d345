"""C-CDA: narrative is read, codes are not, sections are known by their LOINC codes."""

from __future__ import annotations

import base64

import pytest

from hrlint.document import Section
from hrlint.model import Span

from .notes_in_formats import check_map, everything, one


def _doc(body: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    return f'{head}<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><title>Drug abuse summary</title><component><structuredBody><component>{body}</component></structuredBody></component></ClinicalDocument>'.encode()


def _section(text: str, title: str = "Note", code: str = "", rest: str = "") -> str:
    return (
        f'<section><code code="{code}" displayName="Abuse"/><title>{title}</title><text>{text}</text>{rest}</section>'
    )


CASES = {
    "plain": ("a b", "Note\n\na b"),
    "paragraphs": ("<paragraph>a</paragraph>\n   <paragraph>b</paragraph>", "Note\n\na\n\nb"),
    "content inside a word": ("ad<content styleCode='Bold'>dict</content>", "Note\n\naddict"),
    "break": ("a<br/>b", "Note\n\na\nb"),
    "list": ("<list><item>a</item><item><caption>b</caption>c</item></list>", "Note\n\na\n\nb\n\nc"),
    "table": ("<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>a</td><td>b</td></tr></tbody></table>", "Note\n\nh\n\na\n\nb"),
    "references": ("a &amp; b &#233; &lt;", "Note\n\na & b é <"),
    "cdata": ("<![CDATA[a & <b> &amp;]]>", "Note\n\na & <b> &amp;"),
    "revised": ("a <content revised='delete'>gone <content>x</content></content><content revised='insert'>new</content>", "Note\n\na new"),
    "sup": ("addict<sup>1</sup>", "Note\n\naddict 1"),
    "other letters": ("größer café 😀 x", "Note\n\ngrößer café 😀 x"),
    "crlf": ("a\r\n  b", "Note\n\na\r\n  b"),
    "comment in a word": ("ad<!-- x -->dict", "Note\n\naddict"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_narrative(case: str) -> None:
    text, expected = CASES[case]
    assert one("x.xml", _doc(_section(text))).text.rstrip() == expected


def test_sections_and_places() -> None:
    raw = _doc(
        _section("a", "Diagnoses", "11450-4")
        + _section("b", "Free words")
        + _section("c", rest="<component>" + _section("d", "Inner", "8648-8") + "</component>")
    )
    document = one("x.xml", raw)
    assert [(document.text[s.start : s.end].split(), s.title) for s in document.sections] == [
        (["Diagnoses", "a"], "problem list"),
        (["Free", "words", "b"], "free words"),
        (["Note", "c", "Inner", "d"], "note"),
        (["Inner", "d"], "hospital course"),
    ]
    assert document.location_at(document.text.index("Free")) == "section[2].title"
    assert document.location_at(document.text.index("d", document.text.index("Inner"))) == "section[4].text"
    assert document.sections[0] == Section(0, document.sections[0].end, "problem list")


def test_original_text_of_a_code_is_marked() -> None:
    entry = '<entry><observation><value code="F11.10"><originalText><reference value="#p1"/></originalText></value></observation></entry>'
    document = one(
        "x.xml",
        _doc(
            _section('<paragraph ID="p1">Opioid abuse</paragraph><paragraph ID="p2">free words</paragraph>', rest=entry)
        ),
    )
    assert [document.text[slice(*span)] for span in document.code] == ["Opioid abuse"]


def test_text_of_entries() -> None:
    entry = '<entry><act><code code="48767-8"><originalText>coded words</originalText></code><text>an annotation</text></act></entry><entry><observation><text><reference value="#x"/></text><value xsi:type="ST">a result</value></observation></entry>'
    document = one("x.xml", _doc(_section("a", rest=entry)))
    assert document.text.split() == ["Note", "a", "an", "annotation", "a", "result"]
    assert document.location_at(document.text.index("annotation")) == "section[1].entry.text"


def test_a_body_that_is_a_file() -> None:
    def doc(media: str, data: str, extra: str = ' representation="B64"') -> bytes:
        return f'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody><text mediaType="{media}"{extra}>{data}</text></nonXMLBody></component></ClinicalDocument>'.encode()

    packed = base64.b64encode(b"{\\rtf1 an ad{\\b dict}}").decode()
    [document] = everything("x.xml", doc("application/rtf", packed))
    check_map(document)
    assert document.text == "an addict"
    assert document.location == "nonXMLBody.text"
    [document] = everything("x.xml", doc("text/plain", "an addict", ""))
    assert document.text == "an addict"


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
        lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        lambda text: text.replace("UTF-8", "windows-1252").encode("cp1252"),
    ],
)
def test_encodings(encode: object) -> None:
    raw = encode(_doc(_section("café")).decode())  # type: ignore[operator]
    assert one("x.xml", raw).text.split() == ["Note", "café"]


def test_line_and_column() -> None:
    raw = _doc("<section>\n<text>é\n   an ad<content>dict</content></text></section>")
    document = one("x.xml", raw)
    at = document.text.index("addict")
    line, column = document.place(at)
    assert raw.decode().split("\n")[line - 1][column - 1 :].startswith("ad<content>")
    assert len(document.editable(Span(at, at + 6)) or []) == 2


def test_other_xml_is_read_as_text() -> None:
    document = one("x.xml", b"<a><row x='abuse'>one</row><row>two</row></a>")
    assert document.format == "xml"
    assert document.text.split() == ["one", "two"]
