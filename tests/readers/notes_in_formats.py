"""One invented note in every format, and what tests say about documents."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from html import escape

from hrlint.document import Document
from hrlint.readers import read

TITLE = "Progress note"
# `|` parts the word where rich formats change to bold and back.
PARAGRAPHS = (
    "History of present illness: R. Muster, 45, is a recovering heroin ad|dict and café owner.",
    "She said “I am not a junkie” and refused the drug screen & left early.",
    "Assessment: non-compliant with buprenorphine, drug-seeking be|haviour on the ward.",
    "Plan: naloxone kit, clean needles < 1 week — call back on 3/4.",
)


def plain(text: str) -> str:
    return text.replace("|", "")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def everything(name: str, raw: bytes, **options: object) -> list[Document]:
    return list(read(name, raw, **options))  # type: ignore[arg-type]


def one(name: str, raw: bytes, **options: object) -> Document:
    found = everything(name, raw, **options)
    assert len(found) == 1
    check_map(found[0])
    return found[0]


def check_map(document: Document) -> None:
    """Segments are sorted, cover the text, and exact ones are equal to the source."""
    at = 0
    for segment in document.segments:
        assert segment.start == at
        assert segment.length > 0
        at += segment.length
        if segment.source_start is None:
            continue
        end = segment.source_start + (segment.length if segment.exact else segment.source_length)
        assert 0 <= segment.source_start <= end <= len(document.source)
        if segment.exact:
            here = document.text[segment.start : segment.start + segment.length]
            assert document.source[segment.source_start : end] == here
    assert at == len(document.text) or not document.segments
    if document.format in ("text", "markdown", "html") and not document.extra.get("inside"):
        assert len(document.text) == len(document.source)
    for section in document.sections:
        assert 0 <= section.start <= section.end <= len(document.text)
    document.text.encode("utf-8")


def _bold(paragraph: str, before: str, after: str, quote: object = None) -> str:
    """Return a paragraph with what stands behind `|` up to the end of the word in bold."""
    safe = quote if callable(quote) else (lambda text: text)
    head, mark, tail = paragraph.partition("|")
    if not mark:
        return str(safe(head))
    rest = re.match(r"\w+", tail)
    assert rest
    return f"{safe(head)}{before}{safe(rest.group())}{after}{safe(tail[rest.end() :])}"


def as_text() -> bytes:
    return "\n\n".join([TITLE, *map(plain, PARAGRAPHS)]).encode() + b"\n"


def as_markdown() -> bytes:
    return "\n\n".join([f"# {TITLE}", *(_bold(each, "**", "**") for each in PARAGRAPHS)]).encode() + b"\n"


def as_html() -> bytes:
    def quote(text: str) -> str:
        return escape(text, quote=False).replace("é", "&eacute;").replace("—", "&mdash;").replace("“", "&#8220;")

    body = "\n".join(f"<p>{_bold(each, '<b>', '</b>', quote)}</p>" for each in PARAGRAPHS)
    return f"<!DOCTYPE html>\n<html><head><style>p {{}}</style></head><body><h1>{TITLE}</h1>\n{body}</body></html>".encode()


def _rtf_text(text: str) -> str:
    out = []
    for char in text:
        if char in "\\{}":
            out.append("\\" + char)
        elif char == "é":
            out.append("\\'e9")
        elif char == "—":
            out.append("\\emdash ")
        elif char.isascii():
            out.append(char)
        else:
            out.append(f"\\u{ord(char)}?")
    return "".join(out)


def as_rtf() -> bytes:
    body = "\\par\n".join(_bold(each, "{\\b ", "}", _rtf_text) for each in PARAGRAPHS)
    return (
        "{\\rtf1\\ansi\\ansicpg1252\\uc1{\\fonttbl{\\f0\\fswiss Helvetica;}}{\\info{\\author nobody}}\n"
        f"\\pard\\f0 {TITLE}\\par\n{body}\\par\n}}"
    ).encode("ascii")


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, **parts: str) -> bytes:
    """Return a Word file; `parts` are further files below word/, their names with `_xml` for `.xml`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        overrides = "".join(
            f'<Override PartName="/word/{name.removesuffix("_xml")}.xml" ContentType="application/xml"/>'
            for name in parts
        )
        target.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
            f"{overrides}</Types>",
        )
        target.writestr(
            "_rels/.rels",
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        target.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}" '
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<w:body>{body}</w:body></w:document>",
        )
        for name, text in parts.items():
            target.writestr(f"word/{name.removesuffix('_xml')}.xml", text)
    return out.getvalue()


def _run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def as_docx() -> bytes:
    def paragraph(text: str) -> str:
        inner = _bold(
            text,
            "</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>",
            '</w:t></w:r><w:r><w:t xml:space="preserve">',
            lambda t: escape(t, quote=False),
        )
        return f'<w:p><w:r><w:t xml:space="preserve">{inner}</w:t></w:r></w:p>'

    return docx("".join(paragraph(each) for each in [TITLE, *PARAGRAPHS]))


ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def odt(body: str, styles: str = "") -> bytes:
    spaces = f'xmlns:office="{ODF}office:1.0" xmlns:text="{ODF}text:1.0" xmlns:table="{ODF}table:1.0" xmlns:draw="{ODF}drawing:1.0" xmlns:style="{ODF}style:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        target.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        )
        target.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>',
            zipfile.ZIP_DEFLATED,
        )
        if styles:
            target.writestr(
                "styles.xml",
                f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {spaces}><office:master-styles><style:master-page style:name="Standard">{styles}</style:master-page></office:master-styles></office:document-styles>',
            )
    return out.getvalue()


def as_odt() -> bytes:
    def paragraph(text: str) -> str:
        return f"<text:p>{_bold(text, '<text:span>', '</text:span>', lambda t: escape(t, quote=False))}</text:p>"

    return odt(f"<text:h>{TITLE}</text:h>" + "".join(paragraph(each) for each in PARAGRAPHS))


def pdf(pages: list[list[str]]) -> bytes:
    """Return a PDF with lines of text in Helvetica; nothing but what a reader needs."""
    objects: list[bytes] = [b"", b""]
    kids = []
    for lines in pages:
        shown = b"BT /F1 11 Tf 14 TL 50 760 Td "
        for line in lines:
            coded = line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            shown += b"(" + coded + b") Tj T* "
        shown += b"ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 "
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def as_pdf() -> bytes:
    return pdf([[TITLE, *map(plain, PARAGRAPHS[:2])], [*map(plain, PARAGRAPHS[2:])]])


def as_fhir() -> bytes:
    return json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {
                    "resource": {
                        "resourceType": "DocumentReference",
                        "status": "current",
                        "type": {
                            "coding": [
                                {"system": "http://loinc.org", "code": "11506-3", "display": "Opioid abuse note"}
                            ]
                        },
                        "content": [
                            {
                                "attachment": {
                                    "contentType": "text/plain; charset=utf-8",
                                    "data": base64.b64encode(as_text()).decode(),
                                }
                            }
                        ],
                    }
                }
            ],
        },
        indent=1,
    ).encode()


def as_fhir_narrative() -> bytes:
    def quote(text: str) -> str:
        return escape(text, quote=False).replace("—", "&#8212;")

    body = "".join(f"<p>{_bold(each, '<b>', '</b>', quote)}</p>" for each in PARAGRAPHS)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><h1>{TITLE}</h1>\n{body}</div>'
    return json.dumps({"resourceType": "Composition", "text": {"status": "generated", "div": div}}).encode()


def as_ccda() -> bytes:
    def paragraph(text: str) -> str:
        inner = _bold(text, '<content styleCode="Bold">', "</content>", lambda t: escape(t, quote=False))
        return f"        <paragraph>{inner}</paragraph>\n"

    body = "".join(paragraph(each) for each in PARAGRAPHS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3">\n  <title>Opioid abuse summary</title>\n'
        "  <component><structuredBody><component><section>\n"
        '      <code code="11506-3" codeSystem="2.16.840.1.113883.6.1" displayName="Drug abuse note"/>\n'
        f"      <title>{TITLE}</title>\n      <text>\n{body}      </text>\n"
        '      <entry><observation classCode="OBS" moodCode="EVN"><value code="F11.10" displayName="Opioid abuse"/></observation></entry>\n'
        "  </section></component></structuredBody></component>\n</ClinicalDocument>\n"
    ).encode()


def as_hl7() -> bytes:
    def quote(text: str) -> str:
        return text.replace("\\", "\\E\\").replace("&", "\\T\\").replace("|", "\\F\\")

    lines = [
        "MSH|^~\\&|EHR|WARD|X|Y|202601010101||ORU^R01|1|P|2.5.1|||||||UNICODE UTF-8",
        "PID|1||0||MUSTER^R",
        "OBR|1|||11506-3^Progress note^LN",
    ]
    for number, text in enumerate([TITLE, *PARAGRAPHS], 1):
        shown = _bold(text, "\\H\\", "\\N\\", quote)
        lines.append(f"OBX|{number}|TX|NOTE^Progress note||{shown}||||||F")
    return ("\r".join(lines) + "\r").encode()


FORMATS = {
    "note.txt": as_text,
    "note.md": as_markdown,
    "note.html": as_html,
    "note.rtf": as_rtf,
    "note.docx": as_docx,
    "note.odt": as_odt,
    "note.pdf": as_pdf,
    "bundle.json": as_fhir,
    "composition.json": as_fhir_narrative,
    "summary.xml": as_ccda,
    "message.hl7": as_hl7,
}
