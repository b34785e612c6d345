"""FHIR: which fields are text, where they are, and how JSON and HTML escapes map back."""

from __future__ import annotations

import base64
import json

import pytest

from hrlint.document import Section
from hrlint.model import Span
from hrlint.readers import read

from .notes_in_formats import as_docx, as_html, as_rtf, check_map, everything, one

CODED = {"coding": [{"system": "s", "code": "F11.10", "display": "Opioid abuse"}], "text": "Opioid abuse"}


def _b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


# resource -> [(location, text)]
CASES = {
    "narrative": ({"resourceType": "Patient", "text": {"status": "generated", "div": "<div>a <b>b</b></div>"}}, [("text.div", "a b")]),
    "composition": ({"resourceType": "Composition", "section": [{"title": "Plan", "text": {"div": "<div>a</div>"}, "section": [{"title": "Inner", "text": {"div": "<div>b</div>"}}]}]}, [("section[0].text.div", "a"), ("section[0].section[0].text.div", "b")]),
    "report": ({"resourceType": "DiagnosticReport", "code": CODED, "conclusion": "c", "conclusionCode": [CODED], "presentedForm": [{"contentType": "text/plain", "data": _b64("d")}]}, [("conclusion", "c"), ("presentedForm[0].data", "d")]),
    "observation": ({"resourceType": "Observation", "code": CODED, "valueString": "v", "note": [{"text": "n", "authorString": "x"}]}, [("valueString", "v"), ("note[0].text", "n")]),
    "condition": ({"resourceType": "Condition", "code": CODED, "note": [{"text": "n"}]}, [("note[0].text", "n")]),
    "care plan": ({"resourceType": "CarePlan", "title": "t", "description": "d", "note": [{"text": "n"}], "activity": [{"detail": {"description": "e"}, "progress": [{"text": "p"}]}]}, [("description", "d"), ("note[0].text", "n"), ("activity[0].detail.description", "e"), ("activity[0].progress[0].text", "p")]),
    "questionnaire response": ({"resourceType": "QuestionnaireResponse", "item": [{"linkId": "1", "text": "q", "answer": [{"valueString": "a"}], "item": [{"text": "r"}]}]}, [("item[0].text", "q"), ("item[0].answer[0].valueString", "a"), ("item[0].item[0].text", "r")]),
    "communication": ({"resourceType": "Communication", "payload": [{"contentString": "c"}], "note": [{"text": "n"}]}, [("payload[0].contentString", "c"), ("note[0].text", "n")]),
    "impression": ({"resourceType": "ClinicalImpression", "description": "d", "summary": "s", "finding": [{"itemCodeableConcept": CODED, "basis": "b"}]}, [("description", "d"), ("summary", "s"), ("finding[0].basis", "b")]),
    "codes are not text": ({"resourceType": "Condition", "code": CODED, "category": [CODED], "bodySite": [CODED]}, []),
    "document reference": ({"resourceType": "DocumentReference", "type": CODED, "content": [{"attachment": {"contentType": "text/plain", "data": _b64("a")}}, {"attachment": {"contentType": "text/html; charset=utf-8", "data": _b64("<p>b</p>")}}, {"attachment": {"contentType": "text/plain", "url": "http://example.org/c"}}, {"attachment": {"contentType": "image/png", "data": _b64(b"\x89PNG\0")}}]}, [("content[0].attachment.data", "a"), ("content[1].attachment.data", "b")]),
    "binary": ({"resourceType": "Binary", "contentType": "text/markdown", "data": _b64("# a")}, [("data", "# a")]),
    "medication": ({"resourceType": "MedicationRequest", "dosageInstruction": [{"text": "d", "patientInstruction": "p"}]}, [("dosageInstruction[0].text", "d"), ("dosageInstruction[0].patientInstruction", "p")]),
    "contained": ({"resourceType": "List", "contained": [{"resourceType": "Observation", "note": [{"text": "n"}]}]}, [("contained[0].note[0].text", "n")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_read(case: str) -> None:
    resource, expected = CASES[case]
    for indent in (None, 2):
        documents = everything("x.json", json.dumps(resource, indent=indent).encode())
        for document in documents:
            check_map(document)
        assert [(document.location, " ".join(document.text.split())) for document in documents] == expected


def test_a_bundle_names_its_entries() -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "Patient"}}, {"resource": CASES["narrative"][0]}],
    }
    document = one("x.json", json.dumps(bundle).encode())
    assert document.location_at(3) == "entry[1].resource.text.div"


def test_sections_have_the_title_of_their_code() -> None:
    section = {
        "title": "Probleme",
        "code": {"coding": [{"system": "http://loinc.org", "code": "11450-4"}]},
        "text": {"div": "<div>a</div>"},
    }
    document = one("x.json", json.dumps({"resourceType": "Composition", "section": [section]}).encode())
    assert document.sections == (Section(0, len(document.text), "problem list"),)


def test_escapes_keep_their_places() -> None:
    raw = '{"resourceType": "Observation",\n "note": [{"text": "caf\\u00e9 \\"x\\" \\ud83d\\ude00\\nan addict \\ud83d lone"}]}'
    document = one("x.json", raw.encode())
    assert document.text == 'café "x" \U0001f600\nan addict \ufffd lone'
    at = document.text.index("addict")
    assert document.place(at) == (2, raw.split("\n")[1].index("addict") + 1)
    assert document.editable(Span(at, at + 6)) == [(Span(at, at + 6), raw.index("addict"))]
    assert document.editable(Span(0, 4)) is None


def test_html_inside_json() -> None:
    div = '<div xmlns="x">An ad<b>dict</b> &amp; co.<br/>\n“next”</div>'
    raw = json.dumps({"resourceType": "Observation", "text": {"div": div}})
    document = one("x.json", raw.encode())
    at = document.text.index("addict")
    assert [raw[low : low + span.end - span.start] for span, low in document.editable(Span(at, at + 6)) or []] == [
        "ad",
        "dict",
    ]
    assert "&     co." in document.text


@pytest.mark.parametrize(
    ("media", "make"),
    [
        ("application/rtf", as_rtf),
        ("text/html", as_html),
        ("application/octet-stream", as_rtf),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_docx),
    ],
)
def test_attachments_are_files(media: str, make: object) -> None:
    data = _b64(make())  # type: ignore[operator]
    document = one("x.json", json.dumps({"resourceType": "Binary", "contentType": media, "data": data}).encode())
    assert "addict" in document.text
    assert (document.location_at(5) or "").startswith("data")


def test_bulk_export() -> None:
    lines = [json.dumps({"resourceType": "Observation", "note": [{"text": f"text {n}"}]}) for n in range(3)]
    for end in ("\n", "\r\n"):
        documents = list(read("x.ndjson", (end.join(lines) + end).encode()))
        assert [document.location for document in documents] == [
            "note[0].text",
            "line 2: note[0].text",
            "line 3: note[0].text",
        ]
        assert [document.place(0)[0] for document in documents] == [1, 2, 3]


def test_a_stated_checksum_forbids_edits() -> None:
    attachment = {"contentType": "text/plain", "data": _b64("an addict"), "hash": "x"}
    document = one(
        "x.json", json.dumps({"resourceType": "DocumentReference", "content": [{"attachment": attachment}]}).encode()
    )
    assert "checksum" in (document.fixable or "")
