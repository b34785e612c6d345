"""Loading is strict: every problem at once, each with its place and a way out."""

from __future__ import annotations

import re

import packs_for_tests
import pytest
from conftest import ROOT

from hrlint import compiled, packs
from hrlint.errors import PackError
from hrlint.yamlfile import parse_yaml, read_yaml

GOOD = """pack: mine
rules:
  - id: age.codger
    severity: warning
    message: "“{match}” is a label."
    why: It makes an older person small.
    patterns: ["codger:n"]
    suggestions: [{advice: Write older adult.}]
    sources: [expert-opinion]
    examples:
      flag: ["Sweet [[codger]]."]
      pass: ["An older adult."]
"""


@pytest.fixture
def shipped(tmp_path):
    return packs_for_tests.write(tmp_path / "rules")


def problems(shipped, text):
    file = shipped.parent / "mine.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(PackError) as error:
        packs.load([shipped, file])
    return [line.replace(file.as_posix(), "mine.yaml") for line in error.value.problems]


def test_a_good_pack_loads(shipped):
    (shipped.parent / "mine.yaml").write_text(GOOD, "utf-8")
    loaded = packs.load([shipped, shipped.parent / "mine.yaml"])
    assert loaded.rules[-1].model.id == "age.codger"


ERRORS = [
    ("unknown key", ("suggestions:", "sugestions:"), [
        "mine.yaml:3:5: 'suggestions' is missing in 'age.codger'",
        "mine.yaml:8:17: unknown key 'sugestions'; did you mean 'suggestions'? in 'age.codger'",
    ]),
    ("unknown severity", ("severity: warning", "severity: loud"), [
        "mine.yaml:4:15: 'severity': input should be 'error', 'warning', 'info' or 'off' in 'age.codger'",
    ]),
    ("unknown category", ("id: age.codger", "id: aeg.codger"), [
        "mine.yaml:3:9: unknown category 'aeg'; did you mean 'age'?",
    ]),
    ("unknown source", ("[expert-opinion]", "[expert-opinon]"), [
        "mine.yaml:9:15: unknown source 'expert-opinon'; did you mean 'expert-opinion'?",
    ]),
    ("unknown context", ('patterns: ["codger:n"]', 'patterns: ["codger:n"]\n    unless: [vilence]'), [
        "mine.yaml:8:14: unknown context 'vilence'; did you mean 'violence'?",
    ]),
    ("unknown list", ('"codger:n"', '"@drugs codger"'), [
        "mine.yaml:7:16: unknown list '@drugs'; did you mean '@drug'? in pattern '@drugs codger'",
    ]),
    ("gap without an end", ('"codger:n"', '"old .. codger"'), [
        "mine.yaml:7:16: a gap needs a length from 1 to 8, such as '..3', in pattern 'old .. codger'",
    ]),
    ("nothing required", ('"codger:n"', '"old? codger?"'), [
        "mine.yaml:7:16: no word of this pattern must be there; give it one literal word",
    ]),
    ("no flagged example", ('flag: ["Sweet [[codger]]."]', "flag: []"), [
        "mine.yaml:11:13: 'examples.flag': list should have at least 1 item after validation, not 0 in 'age.codger'",
    ]),
    ("example without a mark", ("[[codger]]", "codger"), [
        "mine.yaml:11:14: mark the stretch with [[…]] in 'age.codger'",
    ]),
    ("benign example with a mark", ("An older adult.", "An [[older]] adult."), [
        "mine.yaml:12:14: take the [[…]] out in 'age.codger'",
    ]),
    ("duplicate key", ("    severity: warning", "    severity: warning\n    severity: error"), [
        "mine.yaml:5:5: 'severity' stands here twice",
    ]),
    ("duplicate id", ("id: age.codger", "id: person-labels.addict"), [
        "mine.yaml:3:5: rule 'person-labels.addict' exists already at pack.yaml:3:5",
    ]),
    ("alias", ('flag: ["Sweet [[codger]]."]', 'flag: &x ["Sweet [[codger]]."]'), [
        "mine.yaml:11:13: anchors and aliases are not allowed; write the value out",
    ]),
    ("not YAML", ("pack: mine", "pack: [mine"), ["mine.yaml:2:6: not YAML: did not find expected ',' or ']'"]),
    ("bad id", ("id: age.codger", "id: Age.Codger"), [
        "mine.yaml:3:9: 'id': string should match pattern '^[a-z][a-z0-9-]*\\.[a-z0-9][a-z0-9-]*$' in 'Age.Codger'",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [r[1:] for r in ERRORS], ids=[r[0] for r in ERRORS])
def test_errors_name_place_thing_and_remedy(shipped, change, expected):
    assert change[0] in GOOD
    assert problems(shipped, GOOD.replace(*change)) == expected


def test_every_error_at_once(shipped):
    text = GOOD.replace("suggestions:", "sugestions:").replace("severity: warning", "severity: loud")
    assert len(problems(shipped, text)) == 3


def test_an_example_that_its_own_patterns_miss(shipped):
    from hrlint.testing import run_examples

    (shipped.parent / "mine.yaml").write_text(GOOD.replace("[[codger]]", "[[old]] man"), "utf-8")
    program = compiled.build([shipped, shipped.parent / "mine.yaml"])
    (failure,) = [f for f in run_examples(program, frozenset(["mine"])) if f is not None]
    assert str(failure).endswith("mine.yaml:3:5: age.codger: reported nothing: Sweet [[old]] man.")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[no, on, yes, off, 012, 12:30:00, 2026-01-01]", ["no", "on", "yes", "off", "012", "12:30:00", "2026-01-01"]),
        ("{a: 1, b: true, c: ~, d: '1'}", {"a": 1, "b": True, "c": None, "d": "1"}),
    ],
)
def test_words_stay_words(text, value):
    assert parse_yaml(text.encode(), "x").value == value


def test_a_deep_file_is_refused():
    assert parse_yaml(b"[" * 20_000, "x.yaml").problems


def test_missing_pack(shipped):
    with pytest.raises(PackError, match=r"nope: no such rule pack; give a YAML file or a folder of them"):
        packs.load([shipped, shipped / "nope"])


def test_the_kept_form_is_used_only_while_the_yaml_is_the_same(shipped, tmp_path, monkeypatch):
    from hrlint import packs_place

    monkeypatch.setattr(packs_place, "shipped", lambda: shipped)
    monkeypatch.setattr(compiled, "kept_files", lambda own="": [tmp_path / f"kept{own[:8]}.bin"])
    first = compiled.load()
    assert compiled.load().raw == first.raw
    (shipped / "pack.yaml").write_text(
        (shipped / "pack.yaml").read_text("utf-8").replace("here for a test", "changed"), "utf-8"
    )
    assert "changed" in compiled.load().rules[0].message


def test_packs_of_a_site_are_kept_by_the_user_when_the_package_cannot_be_written_to(shipped, tmp_path, monkeypatch):
    from hrlint import packs_place

    no_folder = tmp_path / "file"
    no_folder.write_text("", "utf-8")
    monkeypatch.setattr(packs_place, "shipped", lambda: shipped)
    monkeypatch.setattr(compiled, "__file__", str(no_folder / "compiled.py"))
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache" / "hrlint")
    terms = [("person-labels.addict", ["frobber"])]
    built = compiled.build
    first = compiled.load((), terms)
    assert len(list((tmp_path / "cache" / "hrlint").glob("_compiled-own-*.bin"))) == 1
    monkeypatch.setattr(compiled, "build", lambda *_: pytest.fail("compiled again"))
    assert compiled.load((), terms).rules[0].id == first.rules[0].id
    monkeypatch.setattr(compiled, "build", built)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: no_folder / "hrlint")
    assert compiled.load((), terms).rules[0].id == first.rules[0].id


def test_schema_names_every_key():
    properties = packs.schema()["$defs"]["RuleModel"]["properties"]
    assert {"id", "severity", "only-if", "info-if", "raise-if", "despite"} <= set(properties)


def test_nothing_in_a_pack_is_left_over():
    """Each list and context that a shipped pack defines for itself is used by some pattern or rule."""
    files = sorted((ROOT / "rules").rglob("*.yaml"))
    listed = set(re.findall(r"@([a-z][a-z0-9-]*)", "".join(file.read_text("utf-8") for file in files)))
    named: set[str] = set()
    own: list[tuple[str, str]] = []
    for file in (ROOT / "rules").glob("*.yaml"):
        pack = read_yaml(file, file.name).value
        for rule in (*pack.get("rules", ()), *pack.get("aligned", ())):
            named |= {name for key in ("unless", "only-if", "info-if", "raise-if") for name in rule.get(key, ())}
        own += [("@", name) for name in pack.get("lists", ())]
        own += [("", context["id"]) for context in pack.get("contexts", ()) if "default" not in context]
    assert [kind + name for kind, name in own if name not in (listed if kind else named)] == []
