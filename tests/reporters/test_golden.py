"""Every format against a file that a person has read; HRLINT_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from hrlint.reporters import FORMATS

from .samples import options, report, results

GOLDEN = Path(__file__).parent / "golden"
SUFFIX = {"sarif": "json", "gitlab": "json", "rdjson": "json", "json": "json", "json-lines": "jsonl"}
SUFFIX |= {"junit": "xml", "html": "html"}


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("redact", [False, True], ids=["shown", "redacted"])
@pytest.mark.parametrize("format", FORMATS)
def test_golden(format: str, redact: bool) -> None:
    got = report(format, results(), options(redact=redact, statistics=True, aligned=True))
    path = GOLDEN / f"{format}{'-redacted' if redact else ''}.{SUFFIX.get(format, 'txt')}"
    if os.environ.get("HRLINT_UPDATE_GOLDEN"):
        path.write_text(got, encoding="utf-8", newline="\n")
    assert got == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_order_changes_nothing(format: str) -> None:
    expected = report(format, results(), options(statistics=True, aligned=True))
    for seed in range(5):
        shuffled = results()
        random.Random(seed).shuffle(shuffled)
        assert report(format, iter(shuffled), options(statistics=True, aligned=True)) == expected


def test_golden_files_belong_to_a_format() -> None:
    assert {p.stem.removesuffix("-redacted") for p in GOLDEN.iterdir()} == set(FORMATS)
