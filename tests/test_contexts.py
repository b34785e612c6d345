"""Contexts that hold for every rule, as they are shipped: names, mentions, disowned rules, other agents, whose words they are.

The rules are small ones of the tests, so that nothing here moves when a pack does.
"""

from __future__ import annotations

import shutil

import packs_for_tests
import pytest

from hrlint import compiled, packs_place
from hrlint.document import Document
from hrlint.engine import Engine

RULES = [
    ("person-labels.label", "error", ["(heroin|drug)? (addict|abuser|junkie|stoner|hooker|drunk|alcoholic|ivdu):n"], [], []),
    ("compliance.no", "warning", ["(refuse|fail|insist):v", "non+compliant"], [], []),
    ("credibility.doubt", "warning", ["claim:v", "” (or|and) “"], [], []),
    ("character-judgments.conduct", "warning", ["(hostile|lazy|rude|manipulative|frequent flyer|drug-seeking|repeat offender)"], [], []),
    ("abstinence-framing.state", "warning", ["(clean|sober|drug-free)", "# months? abstinence"], [], []),
    ("punitive-care.out", "error", ["(discharge|drop):v", "reason to stop", "three strikes", "months of sobriety"], ["ruled-out"], []),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = packs_for_tests.write(tmp_path_factory.mktemp("packs") / "rules", RULES)
    for part in ("contexts", "vocabulary"):
        shutil.rmtree(folder / part)
        shutil.copytree(packs_place.shipped() / part, folder / part)
    return Engine(compiled.build([folder]))


def found(engine, text):
    findings, _ = engine.check(Document("t", text))
    return [(f.rule.split(".")[1], f.start, f.end, f.text, str(f.severity), f.voice) for f in findings]


# A text is marked with [[…]] where a finding is due: `[[label error|addict]]`, with `quoted` behind the severity for the patient's own words.
NAMES = [
    ("surname, given", "Contacts: Hooker, Teresa (mother)."),
    ("surname, given, without a list", "Stoner, Ezekiel (brother) 555-0134"),
    ("given surname", "Contacts: Teresa Hooker, mother."),
    ("title", "Dr. Stoner and Mrs. Hooker saw her."),
    ("hyphen", "Anna Hooker-Jones came along."),
    ("street", "Lives on Hooker Street."),
    ("firm", "Letter from Clean Start Housing Ltd."),
    ("body", "The van of the Sober House Project stops here."),
    ("order", "Choir of Our Lady of the Sober Heart."),
    ("band", "Plays bass in a band called The Junkie Kings."),
    ("film", "Film night: The Drunk Cowboy, 7 pm."),
    ("nickname", "Nickname at work is Lazy Bones."),
    ("a list of labels is none", "[[label error|Addict]], Homeless, HCV."),
    ("capitals are none", "Known [[label error|Drug Abuser]] Presenting With Abscess."),
    ("the name of one who has a label", "Mr. Hooker is a [[label error|heroin addict]]."),
    ("a label from a body", "[[label error|Drug Abuser]] from the Salvation Army Shelter."),
    ("work as a verb", "Watched overnight, [[label error|drunk]]."),
]

MENTIONS = [
    ("taken down", 'Old sign said "no alcoholic may sit here", taken down.'),
    ("asked to mend", 'Problem list still carries "alcoholic" from 2011, asked PCP to review.'),
    ("rewritten", "junkie -> person who uses drugs"),
    ("rewritten, other arrows", "drug-seeking => asks for pain relief\nclean → unexpected"),
    ("table of words", "Retired -> use instead\nthat drunk, this junkie -> delete\nlazy -> tired, in pain"),
    ("table of words, bars", "| Don't write | Write |\n|---|---|\n| abuser | gives the substance |"),
    (
        "before and after",
        "Rewrites of the month\nBEFORE: Pt is a known IVDU, noncompliant.\nAFTER: Pt injects drugs, took half of the doses.",
    ),
    ("not and but", "NOT: drug abuser | BUT: person who uses drugs"),
    ("label of a line", "Retire: addict, junkie, drunk."),
    ("heading", "CHARTING REFRESHER\n- addict\n- junkie"),
    ("myth", 'Myth: "addicts never come back." Fact: 7 in 10 did.'),
    ("quiz", "Which of these is person-first? (a) alcoholic (b) person with AUD"),
    ("struck from a paper", "Item 6: the 2009 wording (chronic drunks, drug abusers) comes out."),
    ("assumed", "Clinicians often assume that addicts miss visits."),
    ("rating in quotation marks", 'Survey, item 9: "I think addicts are to blame" (1 to 5).'),
    ("list of quotations", 'Charts contained at least one of: "abuser", "junkie", "drug seeking", "addict".'),
    ("none in the log", 'No "junkie" and no "addict" in the log.'),
    ("typing error", "[Line 2: 'drug seeking' should read 'drug screening'.]"),
    ("taken out", 'The sentence "patient is drug seeking again" was taken out at her request.'),
    ("than", 'It tells the next nurse more than "addict" ever did.'),
    ("title", "Reading: \"Stop Talking 'Addict' At Work\", Am J Med 2015."),
    ("between two quotations", "Results are “positive” or “negative”."),
    ("fiction", "Writes songs about a junkie."),
    ("role", "The actor plays a drunk."),
    ("to be changed", 'Handout, edit 3: change "addict" to "person with an addiction" on p. 2.'),
    ("what words do", "Card 6: ‘Abuser’, ‘junkie’ and ‘drunk’ tell the next shift nothing."),
    ("a colon is no mention", "ED handover: known [[label error|addict]]."),
    ("a teaching case is none", "Teaching case: 34F [[label error|heroin addict]]."),
    ("an arrow to a consequence", "[[no warning|Noncompliant]] -> readmitted"),
    ("bars between problems", "[[label error|Alcoholic]] | HTN | DM2"),
    ("before and now", "Before: [[no warning|noncompliant]]. Now: still in pain."),
    ("correction", "Correction: known [[label error|addict]]."),
    ("instead of", "Instead of meds he sat with other [[label error|addicts]]."),
    ("the one who believes", "Nobody believes an [[label error|addict]]."),
]

DISOWNED = [
    ("no reason", "A positive test is never a reason to stop here."),
    ("nobody is", "Nobody is discharged for using."),
    ("we do not", "We never drop anyone."),
    ("appeal", "We appeal the plan's rule of 6 months of sobriety."),
    ("abolished", "Old rule (three strikes) was struck out in 2023."),
    ("voted", "Board voted to end automatic discharge for no-shows."),
    ("a reason", "Using is [[out error|reason to stop]]."),
    ("in force", "The policy: [[out error|three strikes]] and it ends."),
    ("a label beside", "There is no [[out error|reason to stop]] this [[label error|addict]]."),
    ("nobody, a label", "Nobody will drop him, says the [[label error|addict]]."),
]

AGENTS = [
    ("payer", "Payer insists on two trials."),
    ("landlord", "Landlord claims the heating works."),
    ("supplier", "Noncompliance? The supplier failed to come."),
    ("sort of", "Insurers of that sort refuse."),
    ("thing", "The printer is a repeat offender."),
    ("thing behind", "Noncompliant sockets in bay 3."),
    ("animal", "Dog is old and lazy."),
    ("relative", "FOB was hostile on the phone."),
    ("the patient", "Pt [[doubt warning|claims]] the landlord came; [[conduct warning|hostile]]."),
    ("a label for another", "Landlord a [[label error|junkie]], dog barks."),
    ("brought by", "BIB police [[no warning|refusing]] vitals, [[conduct warning|hostile]]."),
    ("brought by, no comma", "Arrived with police [[conduct warning|hostile]] and loud."),
    ("with a pump", "Pt with pump [[no warning|noncompliant]] with checks."),
    ("in bed", "Up in bed [[no warning|refusing]] meds."),
    ("a heading", "Plan: [[no warning|refuses]] rehab."),
    ("not next to it", "Insurance active. Pt [[no warning|refused]]."),
]

VOICES = [
    ("dialogue", "Dr: How long?\nPt: [[state info quoted|Clean]] since March."),
    ("one who answers", "Interviewer: What brought you? Respondent: Being a [[label info quoted|drunk]]."),
    ("line in the first person", "Pt: [[state info quoted|Sober]] thanks to my sister."),
    ("who asks", "Dr: Are you [[state warning|clean]]?\nPt: No."),
    ("a label for another", "Doctor: And he?\nPatient: He was an [[label error|alcoholic]]."),
    ("a line about the patient", "Patient: 45M [[label error|alcoholic]], states he fell."),
    ("told to staff", "Told the tech 'five years [[state info quoted|clean]], baby'."),
    ("texted", 'She texted the nurse: "still [[state info quoted|sober]]!!"'),
    ("handwriting", 'Goals sheet, his handwriting: "stay [[state info quoted|sober]]".'),
    ("diary", 'Her diary for Tuesday: "Stayed [[state info quoted|clean]]."'),
    ("calls a thing", 'She calls the clinic "the [[state info quoted|sober]] place".'),
    ("feels like", "She feels like a [[label info quoted|junkie]]."),
    ("an answer", "Occupation? ‘[[label info quoted|Hooker]], hon, put it down.’ Recorded."),
    ("what somebody opened with", "Opened group with ‘Gary, [[label info quoted|alcoholic]], day forty,’ then passed."),
    ("staff to a patient", "Nurse told patient 'you are [[conduct warning|drug seeking]]'."),
    ("staff", 'EMS states "[[conduct warning|frequent flyer]]".'),
    (
        "staff, a whole sentence",
        'Deputy at the door says "half of the people in here are [[label error|alcoholic]], give it time".',
    ),
    (
        "a document",
        'Prior hospital letter: "The mother is an [[label error|alcoholic]] and will not be offered a list place."',
    ),
    ("a document, first", 'Our form says "no [[label error|alcoholic]] may drive home after the scan".'),
    (
        "after a sentence on staff",
        'Seen with the team at home. "I am a [[label info quoted|junkie]], that is the truth," tearful.',
    ),
    ("the person in a document", 'Progress note: "I have been [[state info quoted|clean]] three months."'),
    (
        "a matter that does not speak",
        'After the court date: "never been so [[state info quoted|sober]] in years, honest".',
    ),
    ("one that does", 'Surgery wrote "[[conduct warning|drug-seeking]], do not call us".'),
    ("a form filled in", 'Writes on the intake sheet: "No longer [[state info quoted|clean]]."'),
]


@pytest.mark.parametrize(
    "marked",
    [row[1] for row in NAMES + MENTIONS + DISOWNED + AGENTS + VOICES],
    ids=[f"{kind}: {row[0]}" for kind, rows in [("name", NAMES), ("mention", MENTIONS), ("disowned", DISOWNED), ("agent", AGENTS), ("voice", VOICES)] for row in rows],
)  # fmt: skip
def test_contexts(engine, marked):
    text, expected = "", []
    for piece in marked.split("[["):
        if "]]" in piece:
            (head, words), rest = piece.split("]]")[0].split("|"), piece.split("]]", 1)[1]
            rule, severity, *voice = head.split()
            expected.append((rule, len(text), len(text) + len(words), words, severity, *(voice or ["writer"])))
            piece = words + rest
        text += piece
    assert found(engine, text) == expected
