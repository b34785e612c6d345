"""What other programs write is read, and other readers find the same words. Absent programs are skipped by name."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from hrlint.readers import read
from hrlint.readers.writing import apply_edits

from .notes_in_formats import (
    FORMATS,
    PARAGRAPHS,
    TITLE,
    as_docx,
    as_hl7,
    as_html,
    as_markdown,
    as_rtf,
    check_map,
    one,
    plain,
    words,
)

EXPECTED = words(" ".join([TITLE, *map(plain, PARAGRAPHS)]))


def _words(path: Path) -> list[str]:
    if path.suffix == ".pdf":
        pytest.importorskip("pypdfium2", reason="PDF is an extra: pip install 'hrlint[pdf]'")
    documents = list(read(path.name, path.read_bytes()))
    for document in documents:
        check_map(document)
    return words(" ".join(document.text for document in documents))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Return a function that has LibreOffice convert a file; one profile for all calls."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed (Debian: libreoffice-writer-nogui)")
    folder = tmp_path_factory.mktemp("office")

    def convert(name: str, raw: bytes, target: str) -> Path:
        path = folder / name
        path.write_bytes(raw)
        out = folder / target.partition(":")[0]
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(out),
            str(path),
        ]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        made = out / f"{path.stem}.{target.partition(':')[0]}"
        assert made.exists(), done.stderr
        return made

    return convert


@pytest.mark.slow
@pytest.mark.parametrize("target", ["docx", "odt", "rtf", "pdf", "html", "fodt"])
def test_libreoffice_writes(office: object, target: str) -> None:
    made = office("note.docx", as_docx(), target)  # type: ignore[operator]
    assert _words(made) == EXPECTED


@pytest.mark.slow
@pytest.mark.parametrize("name", ["note.docx", "note.rtf", "note.html"])
def test_libreoffice_opens_what_was_fixed(office: object, name: str) -> None:
    raw = FORMATS[name]()
    documents = list(read(name, raw))
    start = documents[0].text.index("addict")
    fixed = apply_edits(raw, name, documents, [(documents[0], start, start + 6, "person – é")])
    shown = office(f"fixed-{name}", fixed, "txt:Text (encoded):UTF8").read_text("utf-8-sig")  # type: ignore[operator]
    before = office(name, raw, "txt:Text (encoded):UTF8").read_text("utf-8-sig")  # type: ignore[operator]
    assert shown == before.replace("addict", "person – é")


def _pandoc(raw: bytes, source: str, target: str, folder: Path) -> Path:
    program = shutil.which("pandoc")
    if program is None:
        pytest.skip("pandoc is not installed (Debian: pandoc)")
    out = folder / f"note.{target}"
    command = [program, "-s", "-f", source, "-t", {"md": "commonmark"}.get(target, target), "-o", str(out)]
    subprocess.run(command, input=raw, capture_output=True, timeout=60, check=True)
    return out


@pytest.mark.parametrize("target", ["docx", "odt", "rtf", "html", "md"])
def test_pandoc_writes(target: str, tmp_path: Path) -> None:
    made = _pandoc(as_markdown(), "commonmark", target, tmp_path)
    found = _words(made)
    if target == "html":
        # pandoc puts a title of its own into the head.
        found = found[found.index("Progress") :]
    assert found == EXPECTED


def test_pandoc_reads_the_same_from_html(tmp_path: Path) -> None:
    made = _pandoc(as_html(), "html", "plain", tmp_path)
    assert words(made.read_text(encoding="utf-8")) == words(one("x.html", as_html()).text)


@pytest.mark.slow
def test_striprtf_agrees(office: object) -> None:
    striprtf = pytest.importorskip("striprtf.striprtf", reason="the oracle striprtf is not installed")
    for raw in (as_rtf(), office("note.docx", as_docx(), "rtf").read_bytes()):  # type: ignore[operator]
        assert words(striprtf.rtf_to_text(raw.decode("cp1252"))) == words(one("x.rtf", raw).text)


def test_striprtf_agrees_about_characters() -> None:
    striprtf = pytest.importorskip("striprtf.striprtf", reason="the oracle striprtf is not installed")
    body = "a\\'e9\\u8220?x\\u8221? \\ldblquote b\\rdblquote  \\emdash\\~ {\\b c}d\\uc0\\u233 e\\par f\\tab g \\{h\\}"
    raw = f"{{\\rtf1\\ansi\\ansicpg1252 {body}}}"
    assert striprtf.rtf_to_text(raw).split() == one("x.rtf", raw.encode()).text.split()


def test_python_hl7_agrees() -> None:
    hl7 = pytest.importorskip("hl7", reason="the oracle hl7 is not installed")
    raw = as_hl7().decode().replace("\\H\\", "").replace("\\N\\", "")
    message = hl7.parse(raw)
    lines = [hl7.util.unescape(message, str(segment[5])) for segment in message.segments("OBX")]
    assert one("x.hl7", raw.encode()).text == "\n".join(lines)


def _made_by_python_docx() -> bytes:
    python_docx = pytest.importorskip("docx", reason="the oracle python-docx is not installed")
    document = python_docx.Document()
    document.add_heading("Visit", 1)
    paragraph = document.add_paragraph("a recovering ad")
    paragraph.add_run("dict").bold = True
    table = document.add_table(rows=2, cols=2)
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = f"cell{row}{column}"
    document.add_paragraph("one", style="List Bullet")
    document.sections[0].header.paragraphs[0].text = "the header"
    document.sections[0].footer.paragraphs[0].text = "the footer"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_python_docx_writes() -> None:
    document = one("x.docx", _made_by_python_docx())
    assert document.text.split("\n\n") == [
        "Visit",
        "a recovering addict",
        "cell00",
        "cell01",
        "cell10",
        "cell11",
        "one",
        "the header",
        "the footer",
    ]
    assert document.location_at(document.text.index("cell10")) == "table 1, row 2, cell 1"


def test_python_docx_opens_what_was_fixed() -> None:
    python_docx = pytest.importorskip("docx", reason="the oracle python-docx is not installed")
    raw = _made_by_python_docx()
    documents = list(read("x.docx", raw))
    start = documents[0].text.index("addict")
    fixed = python_docx.Document(
        io.BytesIO(apply_edits(raw, "x.docx", documents, [(documents[0], start, start + 6, "person")]))
    )
    runs = fixed.paragraphs[1].runs
    assert [(run.text, run.bold) for run in runs] == [("a recovering person", None), ("", True)]


def test_docx2python_agrees(tmp_path: Path) -> None:
    docx2python = pytest.importorskip("docx2python", reason="the oracle docx2python is not installed")
    path = tmp_path / "note.docx"
    raw = _made_by_python_docx()
    path.write_bytes(raw)
    with docx2python.docx2python(path) as found:
        # It puts headers first.
        assert sorted(words(found.text)) == sorted(words(one("x.docx", raw).text))


def test_odfpy_writes() -> None:
    opendocument = pytest.importorskip("odf.opendocument", reason="the oracle odfpy is not installed")
    from odf import text

    document = opendocument.OpenDocumentText()
    paragraph = text.P(text="an ad")
    paragraph.addElement(text.Span(text="dict"))
    paragraph.addElement(text.S(c=2))
    paragraph.addText("x")
    document.text.addElement(paragraph)
    out = io.BytesIO()
    document.save(out)
    assert one("x.odt", out.getvalue()).text == "an addict  x"


def test_lxml_agrees_about_html() -> None:
    html = pytest.importorskip("lxml.html", reason="the oracle lxml is not installed")
    tree = html.fromstring(as_html().decode())
    for each in tree.xpath("//style"):
        each.drop_tree()
    assert words("\n".join(each.text_content() for each in tree.xpath("//h1|//p"))) == words(
        one("x.html", as_html()).text
    )
