"""Tables of texts and e-mail: a row or a part is a document."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest

from hrlint.errors import InputError
from hrlint.model import Span
from hrlint.readers import read

from .notes_in_formats import as_rtf, check_map, everything


def _rows(name: str, raw: bytes, **options: object) -> list[tuple[str | None, str]]:
    documents = everything(name, raw, **options)
    for document in documents:
        check_map(document)
    return [(document.location, document.text) for document in documents]


TABLES = {
    "plain": ("id,text\n1,an addict\n2,b\n", [("row 1", "an addict"), ("row 2", "b")]),
    "quoted": ('id,text\n1,"a, ""b""\nc"\n2,d\n', [("row 1", 'a, "b"\nc'), ("row 2", "d")]),
    "crlf and an empty line": ("text\r\na\r\n\r\nb\r\n", [("row 1", "a"), ("row 2", "b")]),
    "semicolons": ("id;note_text\n1;a, b\n", [("row 1", "a, b")]),
    "the column with the long cells": ("id,what\n1,a rather long text about somebody\n2,and another one of them here\n", [("row 1", "a rather long text about somebody"), ("row 2", "and another one of them here")]),
    "one column": ("notes\na\nb", [("row 1", "a"), ("row 2", "b")]),
    "empty cells": ("id,text\n1,\n2,b\n", [("row 2", "b")]),
    "upper case": ("ID,TEXT\n1,a\n", [("row 1", "a")]),
    "a long cell": ("text\n" + "a" * 200_000, [("row 1", "a" * 200_000)]),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLES)
def test_csv(case: str) -> None:
    text, expected = TABLES[case]
    assert _rows("x.csv", text.encode()) == expected


def test_columns_asked_for() -> None:
    raw = b"note_id,text,other\nA1,x,y\nA2,v,w\n"
    assert _rows("x.csv", raw, text_column="other", id_column="note_id") == [("row 1 (A1)", "y"), ("row 2 (A2)", "w")]
    with pytest.raises(InputError, match="--text-column"):
        _rows("x.csv", raw, text_column="nothing")
    assert _rows("x.tsv", b"a\ttext\n1\tx, y\n") == [("row 1", "x, y")]


def test_a_short_row_does_not_lose_the_others() -> None:
    problems: list[str] = []
    documents = list(read("x.csv", b"id,text\n1,a\n2\n3,c\n", problems=problems))
    assert [document.text for document in documents] == ["a", "c"]
    assert problems == ["row 2: has fewer cells than the first line; it was left out"]


def test_cells_have_places() -> None:
    raw = 'id,text\n1,"one ""two"" addict"\n'
    [document] = read("x.csv", raw.encode())
    at = document.text.index("addict")
    assert document.place(at) == (2, raw.split("\n")[1].index("addict") + 1)
    assert document.editable(Span(at, at + 6)) is not None
    assert document.editable(Span(4, 5)) is None


def test_json_lines() -> None:
    lines = [json.dumps({"id": "A", "text": "one\ntwo"}), json.dumps({"id": "B", "note": "é"}), json.dumps({"id": "C"})]
    problems: list[str] = []
    documents = list(read("x.jsonl", "\n".join(lines).encode(), problems=problems, id_column="id"))
    assert [(document.location, document.text) for document in documents] == [
        ("row 1 (A)", "one\ntwo"),
        ("row 2 (B)", "é"),
    ]
    assert problems == ["row 3: has no text field; name it with --text-column"]
    assert _rows("x.json", json.dumps([{"text": "a"}, {"text": "b"}]).encode()) == [("row 1", "a"), ("row 2", "b")]
    assert documents[1].place(0)[0] == 2


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "The café’s note"
    mail["From"] = "a@example.org"
    mail.set_content("plain “text”\n")
    mail.add_alternative("<p>rich</p>", subtype="html")
    mail.add_attachment(as_rtf(), maintype="application", subtype="rtf", filename="note.rtf")
    mail.add_attachment(b"\x89PNG\0", maintype="image", subtype="png", filename="x.png")
    return mail


def test_mail() -> None:
    documents = everything("x.eml", _mail().as_bytes())
    assert [document.location for document in documents] == ["subject", "part 1", "part 2"]
    assert documents[0].text == "The café’s note"
    assert documents[1].text.strip() == "plain “text”"
    assert "addict" in documents[2].text
    assert all("record of what was sent" in (document.fixable or "") for document in documents)


def test_mail_in_html_only() -> None:
    raw = b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>caf=C3=A9</p>"
    assert [document.text.strip() for document in everything("x.eml", raw)] == ["x", "café"]


def test_mail_with_an_unknown_attachment() -> None:
    mail = _mail()
    mail.add_attachment(b"\0\1\2", maintype="application", subtype="x-thing", filename="t.bin")
    problems: list[str] = []
    assert len(list(read("x.eml", mail.as_bytes(), problems=problems))) == 3
    assert problems == ["part 4: is in a format that hrlint does not read; it was left out"]
