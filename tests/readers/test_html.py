"""HTML: what is read, what is not, and that offsets stay."""

from __future__ import annotations

import pytest

from hrlint.model import Span
from hrlint.tokens import sentences

from .notes_in_formats import one

# source -> its words as they are read
CASES = {
    "plain": ("Pt left.", "Pt left."),
    "inline inside a word": ("ad<b>dict</b>s", "addicts"),
    "inline around a word": ("an <b>addict</b>.", "an addict ."),
    "several tags inside a word": ("a<i><b>dd</b></i>ict", "addict"),
    "an attribute inside a word": ('ad<span class="x > y">dict</span>', "addict"),
    "entities": ("caf&eacute; &amp; bar &#8212; x&nbsp;y", "café & bar — x y"),
    "entity inside a word": ("add&#105;ct add&#x69;ct", "addict addict"),
    "entity at the begin": ("&eacute;tude", "étude"),
    "apostrophe": ("patient&rsquo;s", "patient’s"),
    "unknown entity": ("AT&T &foo; R&D", "AT&T &foo; R&D"),
    "soft hyphen": ("ad&shy;dict ad\u00addict ad&#8203;dict", "addict addict addict"),
    "comment": ("drug <!-- no --> seeking", "drug seeking"),
    "comment inside a word": ("ad<!-- no -->dict", "addict"),
    "unclosed comment": ("drug <!-- the rest", "drug"),
    "script and style": ("a<script>x < y</script>b<style>p{}</style>c", "a b c"),
    "unclosed script": ("a <script> b", "a"),
    "hidden": ("a <p hidden>b <i>c</i></p> d", "a d"),
    "hidden nested": ("a <div hidden>b <div>c</div> d</div> e", "a e"),
    "hidden by style": ("a <span style='color:red; display: none'>b</span> c", "a c"),
    "hidden by style with quotation marks": ("a <span style=\"font-family: 'x'; display:none\">b</span> c", "a c"),
    "hidden without an end": ("a <li hidden>b<li>c", "a c"),
    "hidden in another word": ('a <p class="hidden-no" data-x="hiddenx">b</p>', "a b"),
    "spoken attributes": ('<img alt="an addict" src="addict.png"> <input placeholder=\'the reason\'>', "an addict the reason"),
    "title and aria-label": ('<a title="t &amp; u" aria-label="v" href="w">x</a>', "t & u v x"),
    "other attributes": ('<a href="drug-abuse.html" class="abuse">x</a>', "x"),
    "sub and sup": ("addict<sup>1</sup> H<sub>2</sub>O", "addict 1 H 2 O"),
    "template": ("Dear {{ name }}, {% if a < b %}x{% endif %} @NAME@ {LIST:1} ***", "Dear {{ name }}, {% if a < b %}x{% endif %} @NAME@ {LIST:1} ***"),
    "template in a tag": ('<p {% if a > b %}class="x"{% endif %}>y</p>', "y"),
    "template comment": ("a {# drug abuse #} b", "a b"),
    "less-than": ("BP < 140 and 3<4", "BP < 140 and 3<4"),
    "broken tag": ('<p class="x>text', "text"),
    "broken quotation mark": ("<a title=it's>x</a> y", "x y"),
    "doctype and processing": ("<!DOCTYPE html><?xml x?><?php echo 1 > 2 ?>a", "a"),
    "word's namespaced tags": ("ad<o:p>dict</o:p>", "addict"),
    "upper case": ("a<B>b</B><BR>c<SCRIPT>d</SCRIPT>", "ab c"),
    "wbr": ("ad<wbr>dict", "addict"),
    "textarea and option": ("<textarea>a</textarea><select><option>b<option>c</select>", "a b c"),
    "crlf": ("a\r\nb<b>\r\nc</b>", "a b c"),
    "empty": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_read(case: str) -> None:
    source, expected = CASES[case]
    document = one("x.html", source.encode())
    assert " ".join(document.text.split()) == expected
    assert len(document.text) == len(source)


@pytest.mark.parametrize("tag", ["p", "div", "br", "td", "li", "h1", "hr", "tr", "section", "option", "unknown-thing"])
def test_blocks_part_sentences(tag: str) -> None:
    text = one("x.html", f"<{tag}>history of drug<{tag}>abuse counselling".encode()).text
    parts = [text[slice(*span)].strip() for span in sentences(text)]
    assert [part for part in parts if part] == ["history of drug", "abuse counselling"]


@pytest.mark.parametrize("tag", ["b", "span", "a", "em", "mark"])
def test_inline_tags_do_not(tag: str) -> None:
    text = one("x.html", f"history of drug <{tag}>abuse</{tag}> x".encode()).text
    assert len([span for span in sentences(text) if text[slice(*span)].strip()]) == 1


def test_identical_text_needs_no_map() -> None:
    assert one("x.html", b"no markup & none < wanted").segments == ()


def test_pieces_of_a_parted_word() -> None:
    source = "x ad<b>dict</b> y"
    document = one("x.html", source.encode())
    assert document.text == "x addict        y"
    assert document.editable(Span(2, 8)) == [(Span(2, 4), 2), (Span(4, 8), 7)]
    assert document.place(4) == (1, 8)
    assert document.source_offset(16) == source.index(" y") + 1


def test_words_around_a_tag_can_be_edited_and_entities_cannot() -> None:
    document = one("x.html", b"drug <b>seeking</b> add&#105;ct")
    start = document.text.index("drug")
    pieces = document.editable(Span(start, document.text.index("seeking") + 7))
    assert pieces is not None
    assert [document.source[at : at + span.end - span.start] for span, at in pieces] == ["drug ", "seeking"]
    at = document.text.index("addict")
    assert document.editable(Span(at, at + 6)) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('<meta charset="windows-1251">сторінка'.encode("cp1251"), "сторінка"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">Łódź'.encode("iso-8859-2"), "Łódź"),
        ("<meta charset='iso-8859-1'>“x”".encode("cp1252"), "“x”"),
        ("<meta charset='nonsense'>é".encode("cp1252"), "é"),
        ("<meta charset='hex'>é".encode("cp1252"), "é"),
        ("<meta charset='latin1'>é".encode(), "é"),
    ],
)
def test_the_encoding_a_page_names(raw: bytes, expected: str) -> None:
    assert one("x.html", raw).text.split() == [expected]
