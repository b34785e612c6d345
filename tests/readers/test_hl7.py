"""HL7 v2: notes out of segments, escapes, batches, frames."""

from __future__ import annotations

import base64

import pytest

from hrlint.document import Section
from hrlint.model import Span
from hrlint.readers import read

from .notes_in_formats import check_map, everything, one

MSH = "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5"


def _message(*segments: str, end: str = "\r") -> bytes:
    return (end.join([MSH, "PID|1||1", "OBR|1|||N", *segments]) + end).encode()


def _obx(text: str, kind: str = "TX", about: str = "N^NOTE", number: int = 1) -> str:
    return f"OBX|{number}|{kind}|{about}||{text}||||||F"


FIELDS = {
    "plain": ("Pt left.", "Pt left."),
    "escapes": ("a\\T\\b \\F\\ \\S\\ \\R\\ \\E\\", "a&b | ^ ~ \\"),
    "breaks": ("a\\.br\\b\\X0D0A\\c\\X0A\\d\\.sp2\\e", "a\nb\nc\nd\n\ne"),
    "layout": ("\\.in+4\\a\\.ti-2\\ b\\.fi\\c", "a b\nc"),
    "highlight inside a word": ("ad\\H\\dict\\N\\s", "addicts"),
    "hex": ("caf\\XC3A9\\", "café"),
    "broken hex": ("a\\XZZ\\b", "ab"),
    "no escape": ("C:\\dir and 5\\ x", "C:\\dir and 5\\ x"),
    "repetitions": ("a~b~c", "a\nb\nc"),
    "own escapes": ("a\\Z1\\b\\C2842\\c", "abc"),
}  # fmt: skip


@pytest.mark.parametrize("case", FIELDS)
def test_fields(case: str) -> None:
    written, expected = FIELDS[case]
    assert one("x.hl7", _message(_obx(written, "FT"))).text == expected


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_consecutive_lines_are_one_note(end: str) -> None:
    raw = _message(
        _obx("a recovering"),
        _obx("heroin addict", number=2),
        _obx("other", about="X"),
        "NTE|1||n1",
        "NTE|2||n2",
        _obx("last", "ST"),
        end=end,
    )
    documents = everything("x.hl7", raw)
    for document in documents:
        check_map(document)
    assert [document.text for document in documents] == ["a recovering\nheroin addict", "other", "n1\nn2", "last"]
    assert [document.location for document in documents] == ["OBX[1].5", "OBX[3].5", "NTE[1].3", "OBX[4].5"]
    assert documents[0].location_at(20) == "OBX[2].5"
    assert documents[0].place(14)[0] == 5


def test_a_phrase_over_two_lines_can_be_edited() -> None:
    document = one("x.hl7", _message(_obx("is drug"), _obx("seeking", number=2)))
    pieces = document.editable(Span(3, 15))
    assert pieces is not None
    assert [document.source[at : at + span.end - span.start] for span, at in pieces] == ["drug", "seeking"]


def test_only_text_is_read() -> None:
    raw = _message(
        _obx("7", "NM"),
        _obx("F11.10^Opioid abuse^I10", "CE"),
        _obx("x", "CWE"),
        "DG1|1||F11.10^Opioid abuse",
        "ZZZ|abuse",
    )
    assert everything("x.hl7", raw) == []


def test_another_order_is_another_note() -> None:
    raw = _message(_obx("a"), "OBR|2|||N", _obx("b"))
    assert [document.text for document in everything("x.hl7", raw)] == ["a", "b"]


def test_batches_and_frames() -> None:
    message = _message(_obx("a"))
    for raw in (
        b"FHS|^~\\&|\rBHS|^~\\&|\r" + message + message + b"BTS|2\rFTS|1\r",
        b"\x0b" + message + b"\x1c\r\x0b" + message + b"\x1c\r",
    ):
        documents = list(read("x.hl7", raw))
        assert [(document.text, document.location) for document in documents] == [
            ("a", "MSH[1].OBX[1].5"),
            ("a", "MSH[2].OBX[1].5"),
        ]


def test_other_delimiters() -> None:
    raw = b"MSH$%!?*$A\rOBX$1$TX$N%NOTE$$a?F?b!c?T?d\r"
    assert one("x.hl7", raw, format="hl7").text == "a$b\nc*d"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (f"app^text^html^Base64^{base64.b64encode(b'<p>an ad<b>dict</b></p>').decode()}", "an addict"),
        ("^TX^RTF^Base64^e1xydGYxIGFuIGFkZGljdH0=", "an addict"),
        (f"^application^octet-stream^BASE64^{base64.b64encode(b'an addict').decode()}", "an addict"),
        ("^text^plain^A^an \\T\\ addict", "an & addict"),
    ],
)
def test_embedded_files(field: str, text: str) -> None:
    document = one("x.hl7", _message(_obx(field, "ED")))
    assert " ".join(document.text.split()) == text
    assert document.location_at(0) == "OBX[1].5"


def test_embedded_rubbish_is_named() -> None:
    problems: list[str] = []
    documents = list(
        read("x.hl7", _message(_obx("^text^plain^Base64^%%%", "ED"), _obx("still read", number=2)), problems=problems)
    )
    assert [document.text for document in documents] == ["still read"]
    assert problems == ["OBX[1].5: is not valid base64; it was left out"]


def test_sections_by_code() -> None:
    document = one("x.hl7", _message(_obx("a", about="11450-4^PROBLEM LIST^LN")))
    assert document.sections == (Section(0, 1, "problem list"),)
