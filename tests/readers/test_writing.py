"""Edits put back: the words change, every other byte stays."""

from __future__ import annotations

import base64
import io
import json
import random
import zipfile

import pytest

from hrlint.document import Document
from hrlint.errors import InputError
from hrlint.readers import read
from hrlint.readers.writing import apply_edits

from .notes_in_formats import FORMATS, as_docx, docx, odt

NEW = "person with a use disorder"


def _fix(name: str, raw: bytes, *pairs: tuple[str, str]) -> bytes:
    """Return `raw` with the first place of each old word replaced."""
    documents = list(read(name, raw))
    edits = []
    for old, new in pairs:
        document = next(each for each in documents if old in each.text)
        start = document.text.index(old)
        edits.append((document, start, start + len(old), new))
    return apply_edits(raw, name, documents, edits)


# name, source, old, new, expected
CASES = {
    "text": ("x.txt", "an addict\r\nhere", "addict", NEW, f"an {NEW}\r\nhere"),
    "nothing left": ("x.txt", "an addict", "an addict", "", ""),
    "markdown": ("x.md", "an *addict*", "addict", NEW, f"an *{NEW}*"),
    "markdown, bold to the end of the word": ("x.md", "an ad**dict** x", "addict", NEW, f"an {NEW} x"),
    "markdown, bold from the begin of the word": ("x.md", "an **ad**dict x", "addict", NEW, f"an **{NEW}** x"),
    "markdown, bold beyond the word": ("x.md", "an ad**dict and** x", "addict", NEW, f"an **{NEW} and** x"),
    "markdown, own marks": ("x.md", "an addict", "addict", "a*b <c>", "an a\\*b &lt;c>"),
    "markdown, link": ("x.md", "[an addict](http://x.org/addict)", "addict", NEW, f"[an {NEW}](http://x.org/addict)"),
    "html": ("x.html", "<p class='addict'>an addict</p>", "addict", NEW, f"<p class='addict'>an {NEW}</p>"),
    "html, tag in the word": ("x.html", "an ad<b>dict</b>.", "addict", NEW, f"an {NEW}<b></b>."),
    "html, tag between words": ("x.html", "drug <b>seeking</b>.", "drug    seeking", "in pain", "in pain<b></b>."),
    "html, own marks": ("x.html", "an addict", "addict", "a < b & c", "an a &lt; b &amp; c"),
    "html, attribute": ("x.html", '<img alt="an addict">', "addict", 'a "b"', '<img alt="an a &quot;b&quot;">'),
    "rtf": ("x.rtf", "{\\rtf1 an addict\\par}", "addict", NEW, f"{{\\rtf1 an {NEW}\\par}}"),
    "rtf, runs": ("x.rtf", "{\\rtf1 an ad{\\b dict}.}", "addict", NEW, f"{{\\rtf1 an {NEW}{{\\b }}.}}"),
    "rtf, letters": ("x.rtf", "{\\rtf1 an addict}", "addict", "a – {b} \\ 😀", "{\\rtf1 an a {\\uc1\\u8211?} \\{b\\} \\\\ {\\uc1\\u-10179?\\u-8704?}}"),
    "rtf, behind a control word": ("x.rtf", "{\\rtf1 a\\par(x) b}", "(x)", "why", "{\\rtf1 a\\par why b}"),
    "rtf, emptied behind a control word": ("x.rtf", "{\\rtf1 a\\par(x)b}", "(x)", "", "{\\rtf1 a\\par b}"),
    "rtf, an escaped backslash is no control word": ("x.rtf", "{\\rtf1 a\\\\par(x)b}", "(x)", "y", "{\\rtf1 a\\\\paryb}"),
    "c-cda": ("x.xml", '<ClinicalDocument>\r\n<text>an ad<content ID="a">dict</content></text></ClinicalDocument>', "addict", "a & b", '<ClinicalDocument>\r\n<text>an a &amp; b<content ID="a"></content></text></ClinicalDocument>'),
    "fhir, string": ("x.json", '{"resourceType": "X",\n"note": [{"text": "an addict \\u00e9"}]}', "addict", 'a "b"\n', '{"resourceType": "X",\n"note": [{"text": "an a \\"b\\"\\n \\u00e9"}]}'),
    "fhir, narrative": ("x.json", '{"resourceType":"X","text":{"div":"<div>an ad<b class=\\"x\\">dict</b></div>"}}', "addict", 'a "<b>"', '{"resourceType":"X","text":{"div":"<div>an a \\"&lt;b&gt;\\"<b class=\\"x\\"></b></div>"}}'),
    "hl7": ("x.hl7", "MSH|^~\\&|A\rOBX|1|TX|N||an ad\\H\\dict\r", "addict", "a|b & c^d~\\", "MSH|^~\\&|A\rOBX|1|TX|N||an a\\F\\b \\T\\ c\\S\\d\\R\\\\E\\\\H\\\r"),
    "hl7, two lines": ("x.hl7", "MSH|^~\\&|A\rOBX|1|TX|N||drug\rOBX|2|TX|N||seeking x\r", "drug\nseeking", "in pain", "MSH|^~\\&|A\rOBX|1|TX|N||in pain\rOBX|2|TX|N|| x\r"),
    "csv": ("x.csv", "id,text\n1,an addict\n", "addict", NEW, f"id,text\n1,an {NEW}\n"),
    "csv, a comma": ("x.csv", "id,text\n1,an addict x,\n", "addict", "a, b", 'id,text\n1,"an a, b x",\n'),
    "csv, the whole cell": ("x.csv", "id,text\n1,addict\n", "addict", "a, b", 'id,text\n1,"a, b"\n'),
    "csv, quoted": ("x.csv", 'id,text\n1,"an ""x"" addict"\n', "addict", 'a, "b"', 'id,text\n1,"an ""x"" a, ""b"""\n'),
    "json lines": ("x.jsonl", '{"text": "an addict"}\n{"text": "b"}', "addict", "é", '{"text": "an é"}\n{"text": "b"}'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_words_change_and_nothing_else(case: str) -> None:
    name, source, old, new, expected = CASES[case]
    raw = _fix(name, source.encode(), (old, new))
    assert raw.decode() == expected
    if new and not name.endswith((".html", ".hl7")):
        again = "".join(document.text for document in read(name, raw))
        assert "".join(new.split()) in "".join(again.split())


def test_several_edits_in_any_order() -> None:
    assert _fix("x.txt", b"a b c", ("c", "3"), ("a", "one")) == b"one b 3"
    with pytest.raises(InputError, match="two edits"):
        _fix("x.txt", b"abc", ("ab", "1"), ("bc", "2"))


def test_insertion() -> None:
    for name, source in (("x.txt", "ab"), ("x.html", "<i>ab</i>")):
        [document] = read(name, source.encode())
        at = document.text.index("b")
        assert apply_edits(source.encode(), name, [document], [(document, at, at, "X")]).decode() == source.replace(
            "ab", "aXb"
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32"])
@pytest.mark.parametrize("name", ["x.txt", "x.md", "x.html"])
def test_encoding_mark_and_line_ends_stay(name: str, encoding: str) -> None:
    source = "café “x”\r\nan addict\n\rend\x81\r" if encoding == "cp1252" else "café “x” 😀\r\nan addict\n\rend\r"
    raw = source.encode(encoding) if encoding != "cp1252" else source.replace("\x81", "").encode(encoding) + b"\x81"
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
    assert _fix(name, raw, ("addict", "né")) == raw.replace("addict".encode(codec), "né".encode(codec))
    assert apply_edits(raw, name, [], []) == raw


def test_letters_that_the_encoding_lacks() -> None:
    raw = "é addict".encode("cp1252")
    assert _fix("x.html", raw, ("addict", "a→b")) == "é a&#8594;b".encode("cp1252")
    with pytest.raises(InputError, match="save the file as UTF-8"):
        _fix("x.txt", raw, ("addict", "a→b"))


@pytest.mark.parametrize("name", ["x.html", "x.json", "x.rtf", "x.xml", "x.csv"])
def test_words_with_escapes_are_left_alone(name: str) -> None:
    raw = {
        "x.html": b"add&#105;ct",
        "x.json": b'{"resourceType": "X", "note": [{"text": "add\\u0069ct"}]}',
        "x.rtf": b"{\\rtf1 add\\'69ct}",
        "x.xml": b"<ClinicalDocument><text>add&#105;ct</text></ClinicalDocument>",
        "x.csv": b'text\n"add""ict"',
    }[name]
    with pytest.raises(InputError, match="by hand"):
        _fix(name, raw, ('add"ict' if name == "x.csv" else "addict", NEW))


def test_formats_that_say_why_not() -> None:
    with pytest.raises(InputError, match=r"\.docx"):
        _fix("x.odt", odt("<text:p>addict</text:p>"), ("addict", NEW))
    with pytest.raises(InputError, match="record"):
        _fix("x.eml", b"Subject: a\n\naddict", ("addict", NEW))


def test_a_file_that_changed_meanwhile() -> None:
    [document] = read("x.txt", b"an addict")
    with pytest.raises(InputError, match="changed since"):
        apply_edits(b"the addict", "x.txt", [document], [(document, 3, 9, NEW)])
    with pytest.raises(InputError, match="another file"):
        apply_edits(b"an addict", "x.txt", [], [(document, 3, 9, NEW)])
    [document] = read("x.docx", as_docx())
    with pytest.raises(InputError):
        apply_edits(docx("<w:p/>"), "x.docx", [document], [(document, 0, 4, NEW)])


def test_attachments_are_packed_again() -> None:
    inner = b"{\\rtf1 an ad{\\b dict}}"
    resource = {
        "resourceType": "DocumentReference",
        "note": [{"text": "other"}],
        "content": [{"attachment": {"contentType": "text/rtf", "data": base64.b64encode(inner).decode()}}],
    }
    raw = json.dumps(resource, indent=2).encode()
    changed = json.loads(_fix("x.json", raw, ("addict", NEW), ("other", "one")))
    assert base64.b64decode(changed["content"][0]["attachment"]["data"]) == b"{\\rtf1 an " + NEW.encode() + b"{\\b }}"
    assert changed["note"][0]["text"] == "one"


def test_attachments_in_attachments() -> None:
    inner = json.dumps(
        {"resourceType": "Binary", "contentType": "text/plain", "data": base64.b64encode(b"an addict").decode()}
    ).encode()
    outer = json.dumps(
        {"resourceType": "Binary", "contentType": "application/fhir+json", "data": base64.b64encode(inner).decode()}
    ).encode()
    changed = json.loads(base64.b64decode(json.loads(_fix("x.json", outer, ("addict", NEW)))["data"]))
    assert base64.b64decode(changed["data"]).decode() == f"an {NEW}"


def test_an_hl7_document_in_base64() -> None:
    packed = base64.b64encode(b"<p>an addict</p>").decode()
    raw = f"MSH|^~\\&|A\rOBX|1|ED|N||^text^html^Base64^{packed}|x\r".encode()
    changed = _fix("x.hl7", raw, ("addict", NEW))
    assert base64.b64encode(f"<p>an {NEW}</p>".encode()) in changed
    assert changed.endswith(b"|x\r")


class TestWord:
    def test_runs_change_and_the_archive_stays(self) -> None:
        raw = as_docx()
        changed = _fix("x.docx", raw, ("addict", NEW), ("Progress", "Visit"))
        before, after = zipfile.ZipFile(io.BytesIO(raw)), zipfile.ZipFile(io.BytesIO(changed))
        assert before.namelist() == after.namelist()
        for one, two in zip(before.infolist(), after.infolist(), strict=True):
            assert (one.date_time, one.compress_type, one.external_attr, one.extra) == (
                two.date_time,
                two.compress_type,
                two.external_attr,
                two.extra,
            )
            if one.filename != "word/document.xml":
                assert before.read(one) == after.read(two)
        old, new = before.read("word/document.xml").decode(), after.read("word/document.xml").decode()
        assert new == old.replace("heroin ad<", f"heroin {NEW}<").replace("<w:t>dict</w:t>", "<w:t></w:t>").replace(
            "Progress", "Visit"
        )

    def test_white_space_at_the_edge_of_a_run_is_kept(self) -> None:
        raw = docx("<w:p><w:r><w:t>drug seeking here</w:t></w:r></w:p>")
        changed = (
            zipfile.ZipFile(io.BytesIO(_fix("x.docx", raw, ("drug seeking", "")))).read("word/document.xml").decode()
        )
        assert '<w:t xml:space="preserve"> here</w:t>' in changed

    def test_marks_are_escaped(self) -> None:
        changed = _fix("x.docx", docx("<w:p><w:r><w:t>an addict</w:t></w:r></w:p>"), ("addict", "a < b & c"))
        [document] = read("x.docx", changed)
        assert document.text == "an a < b & c"

    def test_a_signed_file_is_left_alone(self) -> None:
        out = io.BytesIO(docx("<w:p><w:r><w:t>an addict</w:t></w:r></w:p>"))
        with zipfile.ZipFile(out, "a") as target:
            target.writestr("_xmlsignatures/sig1.xml", "<x/>")
        with pytest.raises(InputError, match="signature"):
            _fix("x.docx", out.getvalue(), ("addict", NEW))


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.endswith((".odt", ".pdf"))])
@pytest.mark.parametrize("seed", range(12))
def test_any_edit_changes_these_words_only(name: str, seed: int) -> None:
    """Replace random stretches; read again, the text is the old one with the new words."""
    chance = random.Random(seed)
    raw = FORMATS[name]()
    documents: list[Document] = list(read(name, raw))
    document = chance.choice(documents)
    from hrlint.model import Span

    for _ in range(40):
        start = chance.randrange(len(document.text))
        end = min(len(document.text), start + chance.randint(1, 12))
        old = document.text[start:end]
        pieces = document.editable(Span(start, end))
        if pieces and old.strip() == old and "\n" not in old:
            break
    else:
        pytest.skip("no stretch of this seed can be edited")
    changed = apply_edits(raw, name, documents, [(document, start, end, "Q7 & Z")])
    again = list(read(name, changed))
    expected = [
        " ".join(each.text.split())
        if each is not document
        else " ".join((each.text[:start] + "Q7 & Z" + each.text[end:]).split())
        for each in documents
    ]
    found = [" ".join(each.text.split()) for each in again]
    assert [text.replace(" ", "").replace("*", "") for text in found] == [
        text.replace(" ", "").replace("*", "") for text in expected
    ]
