"""What `--fix` leaves behind, judged as whole texts: the table of before and after, and every rule's own examples."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hrlint import fix
from hrlint.api import Linter
from hrlint.commands.fixing import fix_bytes
from hrlint.document import Document
from hrlint.model import Finding, Severity, Suggestion
from hrlint.suggest import article
from hrlint.testing import unmark

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "rewrites.jsonl").read_text("utf-8").splitlines()
]

# The share of the texts that should change which come out as an editor would sign them. It may rise, not fall.
FLOOR = 0.93

# A finding that the old words hid, or that the clearer words bring to light; each is right, or at least arguable.
BROUGHT_TO_LIGHT = {
    "abstinence-framing.condition": "“must pass a drug test” is a condition, which “test negative” shows",
    "abstinence-framing.moud-time-limit": "“OST for 6 years” counts a time, which “MOUD for 6 years” shows",
    "punitive-care.sharing": "a result told to a probation officer",
    "substance-use.intoxicated-slang": "“use alcohol run the group” reads like “on an alcohol run”",
    "toxicology.passed": "the other half of “pass / fail”, mended in the next pass",
}


class Outcome(NamedTuple):
    row: dict[str, Any]
    unsafe: bool
    text: str
    again: str
    rules: tuple[str, ...]


def group(row: dict[str, Any]) -> str:
    if row["must_not_fix"]:
        return "keep"
    return "same" if row["accept"] == [row["text"]] and not row.get("accept_regex") else "fix"


def accepted(row: dict[str, Any], text: str) -> bool:
    return text in row["accept"] or bool(row.get("accept_regex") and re.fullmatch(row["accept_regex"], text))


def harmful(row: dict[str, Any], text: str) -> bool:
    pattern = row.get("reject_regex")
    return bool(pattern and re.search(pattern, text) and not re.search(pattern, row["text"]))


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter()


@pytest.fixture(scope="module")
def outcomes(linter: Linter) -> list[Outcome]:
    """Every text of the table fixed once and again, both ways."""
    config = linter.loader.for_path(".")
    made = []
    for row in ROWS:
        name = f"{row['id']}.{row.get('ext', 'txt')}"
        whole = row["text"] if row["text"].endswith("\n") else row["text"] + "\n"
        for unsafe in (False, True):
            once, choices, _ = fix_bytes(linter, name, whole.encode(), config, unsafe=unsafe)
            twice, _, _ = fix_bytes(linter, name, once, config, unsafe=unsafe)
            added = len(whole) - len(row["text"])
            texts = [data.decode() for data in (once, twice)]
            first, second = (text[: len(text) - added] if text.endswith("\n") else text for text in texts)
            made.append(Outcome(row, unsafe, first, second, tuple(choice.finding.rule for choice in choices)))
    return made


def shown(outcomes: list[Outcome]) -> str:
    return "\n".join(f"{o.row['id']} {o.rules}\n  {o.row['text']!r}\n  {o.text!r}" for o in outcomes)


# ------------------------------------------------------------------ the table


def test_the_table_is_whole() -> None:
    assert len(ROWS) >= 400
    assert len({row["id"] for row in ROWS}) == len({row["text"] for row in ROWS}) == len(ROWS)
    assert all(row["text"][row["start"] :].startswith(row["target"]) for row in ROWS)
    groups = Counter(group(row) for row in ROWS)
    assert (groups["fix"] >= 400, groups["keep"] >= 100, groups["same"] >= 60) == (True, True, True)


def test_most_texts_come_out_as_an_editor_would_sign_them(outcomes: list[Outcome]) -> None:
    mine = [o for o in outcomes if o.unsafe and group(o.row) == "fix"]
    right = [o for o in mine if o.text != o.row["text"] and accepted(o.row, o.text)]
    wrong = [o for o in mine if o not in right]
    assert len(right) / len(mine) >= FLOOR, f"{len(right)} of {len(mine)}\n{shown(wrong)}"


def test_no_fact_is_lost_and_no_diagnosis_made(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if harmful(o.row, o.text) and not accepted(o.row, o.text)]
    assert not bad, shown(bad)


def test_what_must_not_be_edited_is_not(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if not o.unsafe and group(o.row) == "keep" and o.text != o.row["text"]]
    assert not bad, shown(bad)


def test_not_even_when_asked_unless_acceptably(outcomes: list[Outcome]) -> None:
    kept = [o for o in outcomes if o.unsafe and group(o.row) == "keep" and o.text != o.row["text"]]
    bad = [o for o in kept if not accepted(o.row, o.text) or harmful(o.row, o.text)]
    assert not bad, shown(bad)


def test_good_text_stays(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if group(o.row) == "same" and o.text != o.row["text"]]
    assert not bad, shown(bad)


def test_the_second_run_changes_nothing(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if o.again != o.text]
    assert not bad, shown(bad)


def test_the_diff_applied_is_the_fix(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        before = outcome.row["text"]
        diff = fix.unified_diff("note.txt", before, outcome.text)
        assert bool(diff) == (before != outcome.text)
        if diff:
            assert patched(before, diff) == outcome.text


def patched(text: str, diff: str) -> str:
    r"""Return `text` with a unified diff applied, line ends at `\n` only, as `patch` does."""
    old = re.findall(r"[^\n]*\n|[^\n]+\Z", text)
    new: list[str] = []
    at = 0
    lines = re.findall(r"[^\n]*\n", diff)[2:]
    for number, line in enumerate(lines):
        hunk = re.match(r"@@ -(\d+)", line)
        if hunk:
            start = max(int(hunk[1]) - 1, 0)
            new += old[at:start]
            at = start
            continue
        ends = number + 1 < len(lines) and lines[number + 1].startswith("\\ No newline")
        body = line[1:-1] if ends else line[1:]
        if line[0] in " -":
            assert old[at] == body
            at += 1
        if line[0] in " +":
            new.append(body)
    return "".join([*new, *old[at:]])


# ------------------------------------------------------------------ every rule's own examples


def spliced(text: str, suggestion: Suggestion) -> str:
    return text[: suggestion.start] + suggestion.text + text[suggestion.end :]


def applicable(finding: Finding) -> Suggestion | None:
    """Return the suggestion that `--fix --unsafe-fixes` takes."""
    for wanted in ("safe", "unsafe"):
        for suggestion in finding.suggestions:
            if suggestion.applicability == wanted:
                return suggestion
    return None


def faults(before: str, after: str) -> list[str]:
    """Return what is wrong with the grammar of a text that was right before."""
    found = []
    for doubled in (r"\b([a-z]+)\s+\1\b", r"\b(?:an?|the) (?:an?|the)\b", r" {2}", r"\s[,.;:](?!\S)", r"\{[a-z-]+\}"):
        new = len(re.findall(doubled, after, re.IGNORECASE)) - len(re.findall(doubled, before, re.IGNORECASE))
        if new > 0:
            found.append(f"{doubled} in {after!r}")
    for match in re.finditer(r"\b(an?) ([^\W_][\w-]*)", after, re.IGNORECASE):
        if match[1].lower() != article(match[2]) and match.group() not in before:
            found.append(f"{match.group()!r} in {after!r}")
    for opening, closing in ("()", "[]", "{}", "“”"):
        was = before.count(opening) - before.count(closing)
        if after.count(opening) - after.count(closing) != was:
            found.append(f"{opening}{closing} in {after!r}")
    if re.findall(r"\d+", before) != re.findall(r"\d+", after):
        found.append(f"a number changed: {before!r} {after!r}")
    return found


def test_every_rule_says_what_to_write_instead(program, engine) -> None:  # type: ignore[no-untyped-def]
    silent = []
    for rule in program.rules:
        advised = any(template.applicability == "manual" for template in rule.templates)
        for example in rule.flag:
            text, _ = unmark(example)
            findings, _ = engine.check(Document(rule.id, text))
            for finding in findings:
                if finding.rule == rule.id and not advised and not finding.suggestions:
                    silent.append(f"{rule.id}: {example}")
    assert not silent, "\n".join(silent)


def test_every_suggestion_splices_into_its_examples(program, engine) -> None:  # type: ignore[no-untyped-def]
    wrong: list[str] = []
    seen = 0
    for rule in program.rules:
        for example in rule.flag:
            text, _ = unmark(example)
            findings, _ = engine.check(Document(rule.id, text))
            for finding in findings:
                if finding.rule != rule.id:
                    continue
                kinds = {template.kind for template in rule.templates}
                for suggestion in finding.suggestions:
                    if suggestion.applicability == "manual":
                        continue
                    seen += 1
                    assert kinds != {"advice"}
                    wrong += [f"{rule.id}: {fault}" for fault in faults(text, spliced(text, suggestion))]
    assert seen > 300
    assert not wrong, "\n".join(wrong)


def test_what_was_fixed_is_found_no_more_and_nothing_new_is(program, engine) -> None:  # type: ignore[no-untyped-def]
    wrong: list[str] = []
    for rule in program.rules:
        for example in rule.flag:
            text, _ = unmark(example)
            findings, _ = engine.check(Document(rule.id, text))
            known = {finding.rule for finding in findings}
            for finding in findings:
                suggestion = applicable(finding) if finding.rule == rule.id else None
                if suggestion is None:
                    continue
                after = spliced(text, suggestion)
                end = suggestion.start + len(suggestion.text)
                left, _ = engine.check(Document(rule.id, after))
                for other in left:
                    if other.rule == rule.id and other.start < end and suggestion.start < other.end:
                        wrong.append(f"{rule.id} again: {after}")
                    elif other.rule not in {*known, *BROUGHT_TO_LIGHT} and other.severity > Severity.INFO:
                        wrong.append(f"{rule.id} brings {other.rule}: {after}")
    assert not wrong, "\n".join(wrong)
