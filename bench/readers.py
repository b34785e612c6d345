"""How fast each reader is, in megabytes of file for a second of processor time.

    python bench/readers.py [FORMAT ...]

The texts are made here: about 2 MB of note-like lines a format, the words drawn at random.
Text formats should stay above 5 MB/s. PDF needs the extra `pdf`.
"""

from __future__ import annotations

import base64
import io
import json
import random
import sys
import time
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hrlint.readers import read

SIZE = 2_000_000
_WORDS = """
patient reports pain in the left knee since Monday and denies fever chills cough the plan is to continue
buprenorphine 8 mg daily follow up in clinic recovering addict noncompliant with insulin vital signs stable
"""
_VOCABULARY = _WORDS.split()


def note(random_: random.Random) -> list[str]:
    """Return the lines of one note, about 1.5 kB."""
    return [" ".join(random_.choices(_VOCABULARY, k=random_.randint(8, 16))).capitalize() + "." for _ in range(18)]


def _notes(size: int) -> list[list[str]]:
    random_ = random.Random(7)
    found, total = [], 0
    while total < size:
        found.append(note(random_))
        total += sum(map(len, found[-1]))
    return found


def as_text(size: int) -> bytes:
    """Plain text."""
    return "\n\n".join("\n".join(each) for each in _notes(size)).encode()


def as_markdown(size: int) -> bytes:
    """Headings, lists, emphasis, links, code."""
    out = []
    for each in _notes(size):
        out.append("## Visit\n\n" + "\n".join(each[:8]))
        out.append("\n".join(f"- **{line[:10]}**{line[10:]}" for line in each[8:14]))
        out.append(
            f"See [{each[14]}](https://example.org/a) and `code`.\n\n```\n{each[15]}\n```\n\n{each[16]}\n{each[17]}"
        )
    return "\n\n".join(out).encode()


def as_html(size: int) -> bytes:
    """A tag and an entity for each line."""
    body = "\n".join(
        "<p class='n'>" + "<br>\n".join(f"<b>{line[:8]}</b>{line[8:]}&nbsp;" for line in each) + "</p>"
        for each in _notes(size)
    )
    return f"<html><body>{body}</body></html>".encode()


def as_rtf(size: int) -> bytes:
    """As an EHR writes it: a few control words for each line."""
    body = "\n".join(
        "\\pard\\plain\\f0\\fs20 " + "\\par\n".join("{\\b " + line[:8] + "}" + line[8:] + "\\'e9" for line in each)
        for each in _notes(size)
    )
    return ("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}" + body + "}").encode()


def as_ccda(size: int) -> bytes:
    """Narrative with as many bytes of coded entries."""
    entry = (
        '<entry><observation classCode="OBS"><code code="1" displayName="x"/>'
        '<value code="F11.10" displayName="y"/></observation></entry>'
    )
    sections = "".join(
        '<component><section><code code="11506-3"/><title>Note</title><text>'
        + "".join(f"<paragraph>{escape(line)}</paragraph>\n" for line in each)
        + f"</text>{entry * 10}</section></component>"
        for each in _notes(size)
    )
    body = f"<component><structuredBody>{sections}</structuredBody></component>"
    return f'<ClinicalDocument xmlns="urn:hl7-org:v3">{body}</ClinicalDocument>'.encode()


def _resource(each: list[str], packed: bool) -> dict[str, object]:
    text = "\n".join(each)
    if packed:
        data = base64.b64encode(text.encode()).decode()
        return {
            "resourceType": "DocumentReference",
            "content": [{"attachment": {"contentType": "text/plain", "data": data}}],
        }
    codes = [{"system": "http://loinc.org", "code": str(number), "display": "x"} for number in range(8)]
    return {
        "resourceType": "Observation",
        "code": {"coding": codes},
        "text": {"div": f"<div>{escape(text)}</div>"},
        "note": [{"text": each[0]}],
    }


def as_fhir(size: int) -> bytes:
    """A Bundle of attachments and narratives."""
    entries = [{"resource": _resource(each, index % 2 == 0)} for index, each in enumerate(_notes(size))]
    return json.dumps({"resourceType": "Bundle", "entry": entries}, indent=1).encode()


def as_hl7(size: int) -> bytes:
    """One message for each note, an OBX for each line."""
    out = []
    for each in _notes(size):
        out += ["MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5", "PID|1||1", "OBR|1|||N"]
        out += [f"OBX|{index}|TX|N^NOTE||{line}||||||F" for index, line in enumerate(each)]
    return "\r".join(out).encode()


def as_csv(size: int) -> bytes:
    """A quoted cell with line ends for each note."""
    rows = ["id,text"] + [f'{index},"{chr(10).join(each)} ""so"""' for index, each in enumerate(_notes(size))]
    return "\n".join(rows).encode()


def as_json_lines(size: int) -> bytes:
    """An object for each note."""
    return "\n".join(
        json.dumps({"id": index, "text": "\n".join(each)}) for index, each in enumerate(_notes(size))
    ).encode()


def _zipped(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    # Stored, so that megabytes are those of the XML.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name, text in members.items():
            target.writestr(name, text)
    return out.getvalue()


def as_docx(size: int) -> bytes:
    """A paragraph of two runs for each line."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    lines = [line for each in _notes(size // 2) for line in each]
    head = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>"
    body = "".join(f"{head}{line[:8]}</w:t></w:r><w:r><w:t>{line[8:]}</w:t></w:r></w:p>" for line in lines)
    return _zipped({"word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'})


def as_odt(size: int) -> bytes:
    """A paragraph with a span for each line."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    lines = [line for each in _notes(size // 2) for line in each]
    body = "".join(f"<text:p><text:span>{line[:8]}</text:span>{line[8:]}</text:p>" for line in lines)
    content = f'<o:text xmlns:o="{names}office:1.0" xmlns:text="{names}text:1.0">{body}</o:text>'
    return _zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def as_pdf(size: int) -> bytes:
    """A page for each note."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    pages = []
    for each in _notes(size // 8):
        shown = b"BT /F1 9 Tf 14 TL 40 760 Td " + b" ".join(b"(%s) Tj T*" % line.encode() for line in each) + b" ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources %s >>"
        objects.append(page % (len(objects), font))
        pages.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(pages), len(pages))
    out, table = bytearray(b"%PDF-1.4\n"), b""
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def as_mail(size: int) -> bytes:
    """One mail with a part for each note, up to the 1,000 parts that are read."""
    parts = "".join("--x\nContent-Type: text/plain\n\n" + "\n".join(each) + "\n" for each in _notes(size // 2))
    return f"Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n{parts}--x--\n".encode()


MADE: dict[str, Callable[[int], bytes]] = {
    "note.txt": as_text,
    "note.md": as_markdown,
    "note.html": as_html,
    "note.rtf": as_rtf,
    "summary.xml": as_ccda,
    "bundle.json": as_fhir,
    "message.hl7": as_hl7,
    "notes.csv": as_csv,
    "notes.jsonl": as_json_lines,
    "note.docx": as_docx,
    "note.odt": as_odt,
    "note.pdf": as_pdf,
    "note.eml": as_mail,
}


def measure(name: str, raw: bytes) -> tuple[float, int]:
    """Return the best of three in seconds, and the number of documents."""
    best, count = float("inf"), 0
    for _ in range(3):
        start = time.process_time()
        count = sum(1 for _ in read(name, raw, problems=[]))
        best = min(best, time.process_time() - start)
    return best, count


def main() -> None:
    """Print the table."""
    wanted = sys.argv[1:]
    print(f"{'file':<14} {'MB':>6} {'documents':>10} {'s':>8} {'MB/s':>8}")
    for name, make in MADE.items():
        if wanted and not any(word in name for word in wanted):
            continue
        raw = make(SIZE)
        seconds, count = measure(name, raw)
        print(f"{name:<14} {len(raw) / 1e6:>6.1f} {count:>10} {seconds:>8.3f} {len(raw) / 1e6 / seconds:>8.1f}")


if __name__ == "__main__":
    main()
