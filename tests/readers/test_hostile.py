"""Files made to break a reader: refused in a moment, with one clear line, and nothing of their text in it."""

from __future__ import annotations

import io
import json
import struct
import time
import tracemalloc
import zipfile

import pytest

from hrlint.errors import InputError
from hrlint.readers import read
from hrlint.readers.archive import MEMBER_CAP

from .notes_in_formats import as_ccda, as_docx, as_fhir, as_odt, as_rtf, docx, everything

SECRET = "Zwiebelkuchen"


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return out.getvalue()


def _bomb() -> bytes:
    return _zip({"word/document.xml": b" " * (MEMBER_CAP + 10)})


def _ratio() -> bytes:
    return _zip({"word/document.xml": b"<a>" + b" " * (8 << 20) + b"</a>"})


def _many() -> bytes:
    return _zip(
        {
            "word/document.xml": b"<a/>",
            **{f"word/header{n}.xml": b"<a>" + b" " * (900 << 10) + b"</a>" for n in range(300)},
        }
    )


def _lying_size() -> bytes:
    raw = bytearray(as_docx())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(raw)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{("&a" + str(n - 1) + ";") * 10 if n else "ha"}">' for n in range(9))
    + "]><ClinicalDocument>&a8;</ClinicalDocument>"
).encode()
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><ClinicalDocument><text>&a;</text></ClinicalDocument>'

REFUSED = {
    "a member over the cap": ("x.docx", _bomb, "zip bomb|unpacks to more"),
    "a ratio over the cap": ("x.docx", _ratio, "200 times"),
    "a lying directory": ("x.docx", _lying_size, "x.docx"),
    "a cut-off docx": ("x.docx", lambda: as_docx()[:-200], "zip archive"),
    "a docx without its document": ("x.docx", lambda: _zip({"word/styles.xml": b"<a/>"}), "word/document.xml"),
    "an odt without content": ("x.odt", lambda: _zip({"mimetype": b"application/vnd.oasis.opendocument.text"}), "content.xml"),
    "a zip of something else": ("x.zip", lambda: _zip({"a.txt": b"hi"}), "unpack it first"),
    "a docx that is an odt inside": ("x.docx", lambda: as_odt()[:300], "zip"),
    "entities that grow": ("x.xml", lambda: LAUGHS, "declares an entity"),
    "an entity from outside": ("x.xml", lambda: OUTSIDE, "declares an entity"),
    "entities in a docx": ("x.docx", lambda: _zip({"word/document.xml": LAUGHS}), "declares an entity"),
    "cut-off XML": ("x.xml", lambda: as_ccda()[:-60], r"line \d+: is not well-formed XML"),
    "deep XML": ("x.xml", lambda: b"<ClinicalDocument>" + b"<a>" * 10_000, "nested"),
    "an unknown XML encoding": ("x.xml", lambda: b'<?xml version="1.0" encoding="klingon"?><a/>', "encoding"),
    "deep JSON": ("x.json", lambda: b'{"resourceType": "Bundle", "entry": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deep"),
    "deep JSON objects": ("x.json", lambda: b'{"resourceType":' * 10_000, "nested too deep"),
    "cut-off JSON": ("x.json", lambda: as_fhir()[:-40], r"line \d+, column \d+: is not valid JSON"),
    "JSON with a number for a resource": ("x.fhir", lambda: b"", "holds no JSON"),
    "deep RTF": ("x.rtf", lambda: b"{\\rtf1 " + b"{" * 10_000, "nested"),
    "an old Word file": ("x.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as .docx"),
    "NUL bytes in text": ("x.txt", lambda: b"hello\0world, this is no text\0", "NUL|format"),
    "an unknown binary": ("x.bin", lambda: bytes(range(256)) * 4, "not in a format"),
    "half of UTF-16": ("x.txt", lambda: "hello".encode("utf-16")[:-1], "utf-16"),
    "HL7 without a header": ("x.hl7", lambda: b"OBX|1|TX|A||x\r", "MSH"),
    "a PDF of nothing": ("x.pdf", lambda: b"%PDF-1.4\nnothing here", "PDF"),
    "an empty table": ("x.csv", lambda: b"", "empty"),
    "a table of numbers": ("x.csv", lambda: b"a,b\n1,2\n3,4\n", "--text-column"),
    "JSON lines without a text": ("x.jsonl", lambda: b'{"a": 1}\n{"b": 2}\n', "--text-column"),
    "a mail without headers": ("x.eml", lambda: b"\n\n", "mail"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_one_clear_line(case: str) -> None:
    name, make, reason = REFUSED[case]
    if name.endswith(".pdf"):
        pytest.importorskip("pypdfium2", reason="PDF is an extra: pip install 'hrlint[pdf]'")
    raw = make()
    start = time.process_time()
    with pytest.raises(InputError, match=reason) as caught:
        everything(name, raw)
    assert time.process_time() - start < 3
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    assert len(message) < 250


def test_many_members_together_are_bounded() -> None:
    raw = _many()
    tracemalloc.start()
    problems: list[str] = []
    list(read("x.docx", raw, problems=problems))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 << 20
    assert any("200 MB in all" in problem for problem in problems)


TRICKS = {
    "unclosed comments": ("x.html", b"<!--" * 50_000),
    "unclosed tags": ("x.html", b"<a " * 100_000),
    "unclosed values": ("x.html", b"<a x='" * 60_000),
    "mixed values": ("x.html", b"<a '\"' \"" * 40_000),
    "a declaration": ("x.html", b"<![" * 100_000),
    "hidden in hidden": ("x.html", b"<div hidden>" * 20_000),
    "scripts": ("x.html", b"<script>" * 40_000),
    "ampersands": ("x.html", b"&a" * 150_000),
    "split words": ("x.html", b"a<b>" * 60_000),
    "templates": ("x.html", b"{{" * 100_000),
    "jinja comments": ("x.html", b"{#" * 100_000),
    "backticks": ("x.md", b"` `` ``` " * 30_000),
    "rising backticks": ("x.md", b"".join(b"`" * n + b" " for n in range(1, 700))),
    "brackets": ("x.md", b"[" * 200_000),
    "closed brackets": ("x.md", b"[a](" * 60_000),
    "images": ("x.md", b"![](" * 60_000),
    "quotation levels": ("x.md", b">" * 100_000 + b"\n"),
    "many quotation levels": ("x.md", (b"> " * 500 + b"a\n") * 200),
    "list in list": ("x.md", b"- " * 60_000),
    "stars": ("x.md", b"a*" * 100_000),
    "comments": ("x.md", b"<!--" * 60_000),
    "tildes": ("x.md", b"~~~\n" * 60_000),
    "front matter": ("x.md", b"---\n" + b"a:\n" * 80_000),
    "indents": ("x.md", b"    a\n" * 50_000),
    "titles": ("x.md", b"[a](b \"" * 40_000),
    "groups": ("x.rtf", b"{\\rtf1" + b"{}" * 150_000),
    "controls": ("x.rtf", b"{\\rtf1" + b"\\b" * 150_000),
    "fonts": ("x.rtf", b"{\\rtf1{\\fonttbl" + b"{\\f1\\fcharset0 x;}" * 20_000 + b"}}"),
    "hidden": ("x.rtf", b"{\\rtf1" + b"{\\v a}" * 50_000),
    "quotation marks": ("x.csv", b"text\n" + b'"a,' * 100_000),
    "double marks": ("x.csv", b'text\n"' + b'""' * 100_000),
    "rows": ("x.csv", b"text,b\n" + b'"a",\n' * 50_000),
    "escapes": ("x.hl7", b"MSH|^~\\&|\rOBX|1|TX|A||" + b"\\" * 200_000),
    "repetitions": ("x.hl7", b"MSH|^~\\&|\rOBX|1|TX|A||" + b"~" * 200_000),
    "headers": ("x.hl7", b"MSH|^~\\&|\r" * 30_000),
    "bad lines": ("x.ndjson", b'{"a": 1}\n' + b"{\n" * 30_000),
    "mail parts": ("x.eml", b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 20_000),
    "mails in mails": ("x.eml", b"Content-Type: message/rfc822\n\n" * 3_000),
    "deep parts": ("x.eml", b"".join(b"Content-Type: multipart/mixed; boundary=a%d\n\n--a%d\n" % (n, n) for n in range(3000))),
}  # fmt: skip


@pytest.mark.parametrize("case", TRICKS)
def test_time_is_linear(case: str) -> None:
    name, raw = TRICKS[case]
    start = time.process_time()
    try:
        documents = everything(name, raw)
    except InputError:
        documents = []
    assert time.process_time() - start < 3
    assert len(documents) < 100_000


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("x.json", json.dumps({"resourceType": "Media", "note": [{"text": SECRET}]})[:-3].encode()),
        ("x.xml", f"<ClinicalDocument><text>{SECRET}".encode()),
        ("x.rtf", b"{\\rtf1 " + SECRET.encode() + b"{" * 5000),
        ("x.txt", SECRET.encode() + b"\0"),
        ("x.hl7", f"OBX|1|TX|||{SECRET}\r".encode()),
        ("x.csv", f'a,b\n"{SECRET}'.encode()),
        ("x.docx", docx(f"<w:p><w:r><w:t>{SECRET}")),
    ],
)
def test_no_text_in_messages(name: str, raw: bytes) -> None:
    problems: list[str] = []
    try:
        list(read(name, raw, problems=problems))
    except InputError as error:
        problems.append(str(error))
    assert problems
    assert SECRET not in "".join(problems)


def test_a_bad_part_does_not_lose_the_others() -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "DocumentReference",
                    "content": [{"attachment": {"contentType": "text/plain", "data": "%%%"}}],
                }
            },
            {"resource": {"resourceType": "Observation", "note": [{"text": "still read"}]}},
            {
                "resource": {
                    "resourceType": "DocumentReference",
                    "content": [{"attachment": {"contentType": "application/x-foo", "data": "AAAA"}}],
                }
            },
        ],
    }
    problems: list[str] = []
    documents = list(read("x.json", json.dumps(bundle).encode(), problems=problems))
    assert [document.text for document in documents] == ["still read"]
    assert problems == [
        "entry[0].resource.content[0].attachment.data: is not valid base64; it was left out",
        "entry[2].resource.content[0].attachment.data: is in a format that hrlint does not read; it was left out",
    ]


def test_a_bad_line_does_not_lose_the_others() -> None:
    lines = [json.dumps({"resourceType": "Observation", "note": [{"text": f"line {n}"}]}) for n in range(3)]
    lines[1] = lines[1][:-4]
    problems: list[str] = []
    documents = list(read("x.ndjson", "\n".join(lines).encode(), problems=problems))
    assert [(document.text, document.location) for document in documents] == [
        ("line 0", "note[0].text"),
        ("line 2", "line 3: note[0].text"),
    ]
    assert len(problems) == 1
    assert problems[0].startswith("line 2")


def test_files_in_files_end_somewhere() -> None:
    import base64

    raw = b"the innermost text"
    for _ in range(8):
        data = base64.b64encode(raw).decode()
        media = "application/fhir+json" if raw.startswith(b"{") else "text/plain"
        raw = json.dumps({"resourceType": "Binary", "contentType": media, "data": data}).encode()
    problems: list[str] = []
    assert list(read("x.json", raw, problems=problems)) == []
    assert "deep" in problems[0]


def test_rubbish_behind_the_end_of_rtf() -> None:
    assert everything("x.rtf", as_rtf() + b"\n}}} rubbish \x00")[0].text.rstrip().endswith("3/4.")
