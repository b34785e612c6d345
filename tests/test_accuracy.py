"""A change of rules must not cost accuracy unseen: recorded figures are held, and the page is that of the harness."""

from __future__ import annotations

import importlib.util
import json

import pytest
from conftest import ROOT

from hrlint import evaluate
from hrlint.errors import InputError
from hrlint.model import Finding, Severity


@pytest.fixture(scope="module")
def harness():
    spec = importlib.util.spec_from_file_location("accuracy", ROOT / "bench" / "accuracy.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_figure_fell_and_the_page_is_fresh(harness):
    reports = harness.measure()
    recorded = json.loads((ROOT / "corpora" / "accuracy.json").read_text("utf-8"))
    assert harness.fallen(harness.figures(reports), recorded) == []
    assert (ROOT / "docs" / "accuracy.md").read_text("utf-8") == harness.page(reports), (
        "run python bench/accuracy.py --write"
    )


def test_a_drop_is_seen(harness):
    assert harness.fallen({"x": {"recall": 0.90}}, {"x": {"recall": 0.95}}) == ["x: recall 0.9000, recorded 0.9500"]
    assert harness.fallen({"x": {"recall": 0.949}}, {"x": {"recall": 0.95}}) == []


def finding(text, words, category="person-labels", severity=Severity.ERROR):
    start = text.index(words)
    return Finding(
        "t", None, category + ".x", category, severity, "writer", start, start + len(words), 1, 1, 1, 1, words, "", ""
    )


def item(text, expect=(), traps=(), quoted=(), neutral=(), contested=False):
    raw = {"id": "i", "text": text, "expect": [{"category": c, "anchor": a} for c, a in expect],
           "traps": list(traps), "quoted": list(quoted), "neutral": list(neutral), "contested": contested}  # fmt: skip
    return evaluate._item(raw, ROOT)


def test_counts():
    text = "known addict, wound clean, his abuser, noted"
    one = item(text, [("person-labels", "addict"), ("compliance", "noted")], ["clean", "abuser"])
    report = evaluate.score(
        [one], lambda *_: [finding(text, "known addict"), finding(text, "abuser"), finding(text, "noted")]
    )
    assert (report.total.wanted, report.total.found, report.total.right, report.total.wrong) == (2, 2, 2, 1)
    assert (report.total.benign, report.total.alarms) == (2, 1)
    assert report.right_category == 1
    assert [(m.kind, m.category) for m in report.misses] == [("category", "compliance"), ("trap", "person-labels")]


def test_info_is_seen_and_not_found():
    text = "known addict"
    one = item(text, [("person-labels", "addict")])
    report = evaluate.score([one], lambda *_: [finding(text, "addict", severity=Severity.INFO)])
    assert (report.total.found, report.total.seen, report.total.right) == (0, 1, 0)


def test_contested_texts_are_counted_apart():
    text = "known addict"
    report = evaluate.score([item(text, [("person-labels", "addict")], contested=True)], lambda *_: [])
    assert report.total.wanted == 0
    assert report.contested.wanted == 1


def test_occurrences():
    rows = [
        evaluate._occurrence({"doc": "d", "start": 0, "end": 6, "sense": s, "category": "f"})
        for s in ("stigmatizing", "benign", "contested")
    ]
    report = evaluate.score_occurrences(rows, {"d": "addict here"}, lambda *_: [finding("addict here", "addict")])
    family = report.by_family["f"]
    assert (family.wanted, family.found, family.benign, family.alarms) == (1, 1, 1, 1)


def test_wilson():
    low, high = evaluate.wilson(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert evaluate.wilson(0, 0) is None


def test_a_bad_line_is_named(tmp_path):
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        '{"id": "a", "text": "x", "expect": []}\n{"id": "b", "text": "x", "expect": [{"category": "age", "anchor": "secret"}]}\n',
        "utf-8",
    )
    with pytest.raises(InputError) as error:
        evaluate.read_gold(gold)
    assert str(error.value).endswith("gold.jsonl:2: an anchor is not in its text; see docs/accuracy.md for the form")
