"""Word and OpenDocument: everything that people see, each with its place."""

from __future__ import annotations

import pytest

from hrlint.model import Span
from hrlint.readers import read

from .notes_in_formats import W, docx, odt, one


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _places(document: object) -> list[tuple[str, str]]:
    """Return (location, text) of each paragraph."""
    found: list[tuple[str, str]] = []
    for segment in document.segments:  # type: ignore[attr-defined]
        text = document.text[segment.start : segment.start + segment.length]  # type: ignore[attr-defined]
        if text == "\n\n":
            continue
        if found and found[-1][0] == segment.location:
            found[-1] = (segment.location, found[-1][1] + text)
        else:
            found.append((segment.location, text))
    return found


WORD = {
    "runs": ("<w:p><w:r><w:t>ad</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t>dict</w:t></w:r></w:p>", [("paragraph 1", "addict")]),
    "empty paragraphs": (f"<w:p/>{_p('a')}<w:p/>{_p('b')}", [("paragraph 2", "a"), ("paragraph 4", "b")]),
    "breaks and tabs": ("<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>", [("paragraph 1", "a\nb\tc\u2011d")]),
    "table": (f"<w:tbl><w:tr><w:tc>{_p('a')}</w:tc><w:tc>{_p('b')}</w:tc></w:tr><w:tr><w:tc>{_p('c')}</w:tc></w:tr></w:tbl>{_p('d')}", [("table 1, row 1, cell 1", "a"), ("table 1, row 1, cell 2", "b"), ("table 1, row 2, cell 1", "c"), ("paragraph 1", "d")]),
    "insertion and deletion": ("<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t> here</w:t></w:r></w:moveTo></w:p>", [("paragraph 1", "new here")]),
    "content controls": (f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{_p('block')}</w:sdtContent></w:sdt><w:p><w:sdt><w:sdtContent><w:r><w:t>inline</w:t></w:r></w:sdtContent></w:sdt></w:p>", [("paragraph 1", "block"), ("paragraph 2", "inline")]),
    "drop-down choices": (f"<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText='drug abuser' w:value='1'/></w:dropDownList></w:sdtPr><w:sdtContent>{_p('a')}</w:sdtContent></w:sdt>", [("choice 1", "drug abuser"), ("paragraph 1", "a")]),
    "text box": (f"<w:p><w:r><w:t>a</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{_p('box')}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>{_p('box')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>b</w:t></w:r></w:p>", [("paragraph 2", "box"), ("paragraph 1", "ab")]),
    "hidden": ("<w:p><w:r><w:t>ad</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:t>dict</w:t></w:r></w:p>", [("paragraph 1", "addict"), ("paragraph 1, hidden text", "secret")]),
    "hidden mark of a paragraph": ("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", [("paragraph 1", "a")]),
    "hyperlink and field": ("<w:p><w:hyperlink><w:r><w:t>a</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE abuse</w:instrText></w:r><w:fldSimple w:instr='x'><w:r><w:t>b</w:t></w:r></w:fldSimple></w:p>", [("paragraph 1", "ab")]),
    "entities": (_p("a &amp; b &lt; add&#105;ct"), [("paragraph 1", "a & b < addict")]),
}  # fmt: skip


@pytest.mark.parametrize("case", WORD)
def test_word(case: str) -> None:
    body, expected = WORD[case]
    assert _places(one("x.docx", docx(body))) == expected


def test_word_parts() -> None:
    def part(tag: str, inner: str) -> str:
        return f'<?xml version="1.0"?><w:{tag} xmlns:w="{W}">{inner}</w:{tag}>'

    raw = docx(
        _p("body"),
        header1_xml=part("hdr", _p("head")),
        footer2_xml=part("ftr", _p("foot")),
        footnotes_xml=part(
            "footnotes", f"<w:footnote w:id='0'><w:p/></w:footnote><w:footnote w:id='1'>{_p('note')}</w:footnote>"
        ),
        comments_xml=part(
            "comments", f"<w:comment w:id='1'>{_p('one')}</w:comment><w:comment w:id='2'>{_p('two')}</w:comment>"
        ),
        styles_xml=part("styles", _p("style")),
    )
    assert _places(one("x.docx", raw)) == [
        ("paragraph 1", "body"),
        ("header 1, paragraph 1", "head"),
        ("footer 1, paragraph 1", "foot"),
        ("footnote 2, paragraph 1", "note"),
        ("comment 1, paragraph 1", "one"),
        ("comment 2, paragraph 1", "two"),
    ]


def test_a_damaged_part_does_not_lose_the_body() -> None:
    problems: list[str] = []
    [document] = read("x.docx", docx(_p("body"), header1_xml="<w:hdr"), problems=problems)
    assert document.text == "body"
    assert problems[0].startswith("word/header1.xml: line 1")


def test_strict_documents_and_other_prefixes() -> None:
    raw = docx('<x:p xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main"><x:r><x:t>strict</x:t></x:r></x:p>')
    assert one("x.docx", raw).text == "strict"


def test_a_word_in_two_runs_can_be_edited() -> None:
    document = one("x.docx", docx(WORD["runs"][0]))
    assert document.editable(Span(0, 6)) == [(Span(0, 2), 0), (Span(2, 6), 2)]
    assert document.place(3) == (1, 1)
    entities = one("x.docx", docx(WORD["entities"][0]))
    at = entities.text.index("addict")
    assert entities.editable(Span(at, at + 6)) is None


OPEN = {
    "spans": ("<text:p>ad<text:span>dict</text:span></text:p>", [("paragraph 1", "addict")]),
    "spaces": ("<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d<text:s/>e</text:p>", [("paragraph 1", "a   b\tc\nd e")]),
    "table": ("<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>", [("table 1, row 1, cell 1", "a"), ("table 1, row 1, cell 2", "b")]),
    "footnote": ("<text:p>ad<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>note</text:p></text:note-body></text:note>dict</text:p>", [("footnote 1, paragraph 1", "note"), ("paragraph 1", "addict")]),
    "comment": ("<text:p>a<office:annotation><dc:creator>X</dc:creator><dc:date>1</dc:date><text:p>c</text:p></office:annotation>b</text:p>", [("comment 1, paragraph 1", "c"), ("paragraph 1", "ab")]),
    "deletions": ("<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>a</text:p>", [("paragraph 1", "a")]),
    "text box": ("<text:p><draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame>a</text:p>", [("paragraph 2", "box"), ("paragraph 1", "a")]),
    "list": ("<text:list><text:list-item><text:p>a</text:p></text:list-item></text:list>", [("paragraph 1", "a")]),
}  # fmt: skip


@pytest.mark.parametrize("case", OPEN)
def test_opendocument(case: str) -> None:
    body, expected = OPEN[case]
    document = one("x.odt", odt(body))
    assert _places(document) == expected
    assert ".docx" in (document.fixable or "")
    assert document.editable(Span(0, 1)) is None


def test_opendocument_header() -> None:
    raw = odt("<text:p>a</text:p>", "<style:header><text:p>head</text:p></style:header>")
    assert _places(one("x.odt", raw)) == [("paragraph 1", "a"), ("header 1, paragraph 1", "head")]


def test_flat_opendocument() -> None:
    raw = b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>flat</text:p></office:text></office:body></office:document>'
    assert one("x.fodt", raw).text == "flat"
