"""The same note in every format: the same words in the same order, each at its place."""

from __future__ import annotations

import pytest

from hrlint.model import Span
from hrlint.readers import detect

from .notes_in_formats import FORMATS, PARAGRAPHS, TITLE, check_map, everything, plain, words

EXPECTED = words(" ".join([TITLE, *map(plain, PARAGRAPHS)]))


def _documents(name: str) -> list:
    if name.endswith(".pdf"):
        pytest.importorskip("pypdfium2", reason="PDF is an extra: pip install 'hrlint[pdf]'")
    return everything(name, FORMATS[name]())


@pytest.mark.parametrize("name", FORMATS)
def test_same_words_in_the_same_order(name: str) -> None:
    documents = _documents(name)
    for document in documents:
        check_map(document)
    found = words(" ".join(document.text for document in documents))
    assert found == EXPECTED


@pytest.mark.parametrize("name", FORMATS)
def test_a_word_half_in_bold_is_whole(name: str) -> None:
    [document] = _documents(name)
    start = document.text.index("addict")
    assert document.text.index("behaviour") > start
    if document.fixable is None:
        pieces = document.editable(Span(start, start + 6))
        assert pieces is not None
        assert "".join(document.text[slice(*span)] for span, _ in pieces) == "addict"
        if document.source:
            assert "".join(document.source[at : at + span.end - span.start] for span, at in pieces) == "addict"


@pytest.mark.parametrize("name", FORMATS)
def test_each_paragraph_is_a_paragraph(name: str) -> None:
    [document] = _documents(name)
    heads = [document.text.index(word) for word in ("History", "She said", "Assessment", "Plan")]
    assert heads == sorted(heads)
    for head in heads:
        assert "\n" in document.text[max(0, head - 6) : head]


@pytest.mark.parametrize(
    ("name", "location"),
    [
        ("note.txt", None),
        ("note.html", None),
        ("note.docx", "paragraph 2"),
        ("note.odt", "paragraph 2"),
        ("note.pdf", "page 1"),
        ("bundle.json", "entry[0].resource.content[0].attachment.data"),
        ("composition.json", "text.div"),
        ("summary.xml", "section[1].text"),
        ("message.hl7", "OBX[2].5"),
    ],
)
def test_the_place_that_people_are_told(name: str, location: str | None) -> None:
    [document] = _documents(name)
    assert document.location_at(document.text.index("addict")) == location


@pytest.mark.parametrize(
    "name", ["note.txt", "note.md", "note.html", "note.rtf", "summary.xml", "message.hl7", "composition.json"]
)
def test_line_and_column_are_those_of_the_file(name: str) -> None:
    [document] = _documents(name)
    line, column = document.place(document.text.index("heroin"))
    lines = FORMATS[name]().decode().replace("\r", "\n").split("\n")
    assert lines[line - 1][column - 1 :].startswith("heroin")


@pytest.mark.parametrize("name", FORMATS)
def test_found_by_content_whatever_the_name(name: str) -> None:
    raw = FORMATS[name]()
    by_name = detect(name, raw)
    by_content = detect("unnamed", raw)
    if name.endswith((".txt", ".md")):
        assert by_content == "text"
    else:
        assert by_content == by_name
