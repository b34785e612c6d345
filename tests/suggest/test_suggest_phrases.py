"""Templates that look at words of the match and around it, and places where words are kept as they are."""

from __future__ import annotations

from typing import Any

import pytest
from suggesting import rewrite, suggestions

from hrlint.model import Span
from hrlint.suggest import parse
from hrlint.suggest.untouched import untouched

RECOVERY: dict[str, Any] = {
    "map": {
        "get:v clean": "enter recovery",
        "stay:v clean": "remain in recovery",
        "clean and|& sober": "in recovery",
        "of clean time": "of recovery",
        "clean": "in recovery",
    },
    "not-near": ["hiv", "clean on"],
}
FAILED: dict[str, Any] = {"map": {"fail:v to keep": "miss", "fail:v to": "not"}}
DIET: dict[str, Any] = {"map": {"non+compliant with": "not following"}, "about": ["diet", "restrictions"]}
CONDITION: dict[str, Any] = {
    "person": {"singular": "person with {named}", "plural": "people with {named}"},
    "named": {"epileptic": "epilepsy", "epileptics": "epilepsy", "hep c": "hepatitis C"},
}
INJECTS: dict[str, Any] = {
    "person": {"singular": "person who injects drugs", "plural": "people who inject drugs"},
    "certain": True,
}
DIABETES: dict[str, Any] = {"person": "person with diabetes"}


@pytest.mark.parametrize(
    ("template", "before", "after"),
    [
        (RECOVERY, "He got [[clean]] in May.", "He entered recovery in May."),
        (RECOVERY, "She has been getting [[clean]].", "She has been entering recovery."),
        (RECOVERY, "She stays [[clean]].", "She remains in recovery."),
        (RECOVERY, "[[Clean & sober]] since Lent.", "In recovery since Lent."),
        (RECOVERY, "90 days of [[clean time]].", "90 days of recovery."),
        (RECOVERY, "Is he [[clean]]?", "Is he in recovery?"),
        (FAILED, "She [[failed to keep]] her visit.", "She missed her visit."),
        (FAILED, "He [[fails to]] attend.", "He does not attend."),
        (FAILED, "He will [[fail to]] attend.", "He will not attend."),
        (DIET, "He was [[non-compliant]] with the low-salt diet.", "He was not following the low-salt diet."),
        (DIET, "Has been [[noncompliant]] with restrictions.", "Has not been following restrictions."),
        (CONDITION, "He is [[an epileptic]].", "He is a person with epilepsy."),
        (CONDITION, "[[Epileptics]] may not drive.", "People with epilepsy may not drive."),
        (CONDITION, "The [[hep C-ers]] came.", "The people with hepatitis C came."),
        (INJECTS, "The [[IVDU]]'s veins are poor.", "The veins of the person who injects drugs are poor."),
        (INJECTS, "31F [[IVDU]] with fever.", "31F who injects drugs with fever."),
        (DIABETES, "Type 2 [[diabetic]] on metformin.", "Person with type 2 diabetes on metformin."),
        (DIABETES, "A newly diagnosed [[diabetic]] left.", "A person newly diagnosed with diabetes left."),
        (DIABETES, "Poorly controlled [[diabetic]].", "Person with poorly controlled diabetes."),
    ],
)
def test_the_words_around_decide(template: dict[str, Any], before: str, after: str) -> None:
    made = rewrite(before, template)
    assert made == after or made == after.replace("of the person", "of a person")


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (RECOVERY, "His HIV test was [[clean]]."),
        (RECOVERY, "He was [[clean]] on his last test."),
        (RECOVERY, "A [[clean]] companion came."),
        (FAILED, "He has [[failed to]] attend."),
        (DIET, "He was [[noncompliant]] with insulin."),
        (CONDITION, "The [[asthmatics]] wait."),
        (INJECTS, "Risks: [[IVDU]], tattoos."),
        (DIABETES, "Never [[diabetic]]."),
        ({"verb": "test positive on"}, "Another [[failed]] urine."),
        ({"text": "{substance-use}"}, "Risk of [[abuse and dependence]]."),
        ({"text": "drug use"}, "A [[$50 habit]]."),
    ],
)
def test_where_it_cannot_be_told_there_is_no_suggestion(template: dict[str, Any], sentence: str) -> None:
    assert suggestions(sentence, template) == ()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"text": "x", "has": 3}, "'has' lists"),
        ({"text": "x", "near": [""]}, "'near' lists"),
        ({"text": "{named}"}, "needs the table 'named'"),
        ({"text": "x", "named": []}, "'named' needs words"),
        ({"text": "x", "certain": "yes"}, "'certain'"),
    ],
)
def test_a_wrong_option_is_named(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(raw)


@pytest.mark.parametrize(
    "line",
    [
        "Order of the court: submit to [[drug abuse]] treatment.",
        "HIPAA authorization: release of [[drug abuse]] information.",
        "Capacity assessment: he [[refuses]] surgery.",
        "Notice required by state law: [[inmates]] may ask.",
        "The word [[addict]] hurts.",
        "They called her a [[crackhead]].",
        "He identifies as an [[alcoholic]].",
        "The band [[Junkie]] XL played.",
        "MAR: 08:00 dose [[refused]].",
        '{"problem": "[[alcohol abuse]]"}',
        'She said "my dad was a [[drunk]], you know" and left.',
        "Unclear: ?[[addict]] ?adduct.",
        "| Don't say | Say |\n|---|---|\n| [[junkie]] | person who uses drugs |",
    ],
)
def test_words_are_kept(line: str) -> None:
    start, end = line.index("[["), line.index("]]") - 2
    assert untouched(line.replace("[[", "").replace("]]", ""), Span(start, end))


@pytest.mark.parametrize(
    "line",
    [
        "45M heroin [[addict]] here for abscess.",
        "Dirty UDS in Mar; [[refused]] labs.",
        "The label came from a note; he is an [[alcoholic]].",
        "| Dx | Plan |\n|---|---|\n| [[IVDU]] | vaccine |",
        "Is he an [[addict]]? Unknown.",
        "Volunteers drive [[homeless]] patients to court.",
    ],
)
def test_ordinary_words_are_not(line: str) -> None:
    start, end = line.index("[["), line.index("]]") - 2
    assert not untouched(line.replace("[[", "").replace("]]", ""), Span(start, end))
