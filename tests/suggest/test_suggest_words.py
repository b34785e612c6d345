"""Verbs, nouns, words as they are, single words: tense, number, articles, capitals, layout."""

from __future__ import annotations

from typing import Any

import pytest
from suggesting import rewrite, rows

V = "verb"
TEMPLATES: dict[str, dict[str, Any]] = {
    # verbs; the head is the first word reported
    "use": {V: "use"},
    "take": {V: "take"},
    "decline": {V: "decline"},
    "report": {V: "report"},
    "not-respond": {V: "not respond to"},
    "remain": {V: "remain in recovery"},
    "be": {V: "be in recovery"},
    "die": {V: "die by suicide"},
    "have": {V: "have"},
    "return": {V: "return to using"},
    "miss": {V: "miss"},
    "stop": {V: "stop using drugs"},
    "wheels": {V: "use a wheelchair"},
    # other kinds
    "not-taking": {"text": "not taking {object} as prescribed"},
    "substance-use": {"text": "{substance-use}"},
    "aud": {"text": "alcohol use disorder"},
    "moud": {"text": "medication for opioid use disorder"},
    "oat": {"text": "opioid agonist treatment"},
    "recovery": {"text": "in recovery"},
    "aids": {"text": "AIDS"},
    "nothing": {"text": ""},
    "sterile": {"text": "sterile syringes"},
    "unhealthy": {"text": "unhealthy"},
    "use-mass": {"text": "drug use", "mass": True},
    "result": {"map": {"dirty": "positive", "clean": "negative", "hot": "unexpected"}},
    "visit": {"noun": {"singular": "missed visit", "plural": "missed visits"}},
    "urine": {"noun": {"singular": "urine drug test", "plural": "urine drug tests"}},
    "infant": {"noun": {"singular": "infant exposed to {substance}", "plural": "infants exposed to {substance}"}},
}

TABLE = """
# --- verbs: every tense and person
use | He [[abuses]] heroin. | He uses heroin.
use | They [[abuse]] alcohol. | They use alcohol.
use | He [[abused]] pills for a year. | He used pills for a year.
take | He [[abused]] pills for a year. | He took pills for a year.
take | He has [[abused]] pills. | He has taken pills.
take | He has never [[abused]] pills. | He has never taken pills.
take | Has she ever [[abused]] pills? | Has she ever taken pills?
take | Pills were [[abused]]. | Pills were taken.
take | She had been [[abusing]] pills. | She had been taking pills.
take | She is [[abusing]] pills. | She is taking pills.
take | She will [[abuse]] pills. | She will take pills.
take | She did not [[abuse]] pills. | She did not take pills.
take | Admitted after [[abusing]] pills. | Admitted after taking pills.
take | [[Abuses]] pills. | Takes pills.
take | [[Abused]] pills in May. | Took pills in May.
use | Do you [[abuse]] drugs? | Do you use drugs?
use | Denies wanting to [[abuse]] drugs. | Denies wanting to use drugs.
use | HE [[ABUSES]] HEROIN. | HE USES HEROIN.
decline | She [[refused]] labs. | She declined labs.
decline | She [[refuses]] labs. | She declines labs.
decline | She is [[refusing]] labs. | She is declining labs.
decline | She has [[refused]] labs twice. | She has declined labs twice.
decline | She may [[refuse]] labs. | She may decline labs.
decline | Labs were [[refused]]. | Labs were declined.
decline | They [[refuse]] vaccines. | They decline vaccines.
decline | [[Refused]] insulin this morning. | Declined insulin this morning.
decline | Pt [[refusing]] the walker. | Pt declining the walker.
report | He [[claims]] that it hurts. | He reports that it hurts.
report | [[Claims]] 9/10 pain. | Reports 9/10 pain.
report | He [[claimed]] that it hurt. | He reported that it hurt.
report | She [[admits to]] two beers a day. | She reports two beers a day.
report | She [[admitted to]] smoking. | She reported smoking.
report | [[Admitting to]] use is hard. | Reporting use is hard.
report | They [[admit to]] skipping meals. | They report skipping meals.
return | He [[relapsed on]] fentanyl. | He returned to using fentanyl.
return | He has [[relapsed on]] fentanyl. | He has returned to using fentanyl.
return | If she [[relapses on]] meth, call us. | If she returns to using meth, call us.
die | His brother [[committed suicide]]. | His brother died by suicide.
die | The risk of [[committing suicide]] was discussed. | The risk of dying by suicide was discussed.
die | He wanted to [[commit suicide]]. | He wanted to die by suicide.
remain | He [[stayed clean]] after release. | He remained in recovery after release.
remain | She has [[stayed clean]] all year. | She has remained in recovery all year.
remain | [[Staying clean]] is her goal. | Remaining in recovery is her goal.
be | He wants to [[stay clean]]. | He wants to be in recovery.
be | They [[stayed clean]]. | They were in recovery.
be | He did not [[stay clean]]. | He was not in recovery.
be | She didn't [[stay clean]]. | She wasn't in recovery.
stop | He [[got clean]] in May. | He stopped using drugs in May.
stop | He has [[gotten clean]]. | He has stopped using drugs.
stop | She wants to [[get clean]]. | She wants to stop using drugs.
have | He [[suffers from]] depression. | He has depression.
have | People who [[suffer from]] gout | People who have gout
have | He doesn't [[suffer from]] gout. | He doesn't have gout.
have | She is [[suffering from]] gout. | She has gout.
have | She was [[suffering from]] gout. | She had gout.
have | She has been [[suffering from]] gout. | She has had gout.
have | She is not [[suffering from]] gout. | She does not have gout.
miss | He [[failed to keep]] his visit. | He missed his visit.
wheels | He [[is wheelchair-bound]]. | He uses a wheelchair.
wheels | He [[was wheelchair-bound]] last year. | He used a wheelchair last year.
wheels | They [[are wheelchair-bound]]. | They use a wheelchair.
# --- verbs with "not"
not-respond | He [[failed]] methadone. | He did not respond to methadone.
not-respond | He has [[failed]] methadone. | He has not responded to methadone.
not-respond | He [[fails]] methadone each time. | He does not respond to methadone each time.
not-respond | If they [[fail]] methadone, switch. | If they do not respond to methadone, switch.
not-respond | He is [[failing]] methadone. | He is not responding to methadone.
not-respond | He has been [[failing]] methadone. | He has not been responding to methadone.
not-respond | He may [[fail]] methadone. | He may not respond to methadone.
not-respond | He is likely to [[fail]] methadone. | He is likely not to respond to methadone.
not-respond | After [[failing]] methadone he left. | After not responding to methadone he left.
not-respond | He did not [[fail]] methadone. | =
not-respond | [[Failed]] outpatient care and was admitted. | Did not respond to outpatient care and was admitted.
# --- words with an object
not-taking | She was [[noncompliant with]] statins. | She was not taking statins as prescribed.
not-taking | He is [[non-compliant with]] his insulin. | He is not taking his insulin as prescribed.
not-taking | [[Noncompliant with]] insulin and metformin. | Not taking insulin and metformin as prescribed.
not-taking | He has been [[noncompliant with]] lisinopril due to cost. | He has not been taking lisinopril as prescribed due to cost.
not-taking | Pt [[noncompliant with]] meds and was admitted. | Pt not taking meds as prescribed and was admitted.
not-taking | She was [[noncompliant with]] her antiretroviral therapy, per notes. | She was not taking her antiretroviral therapy as prescribed, per notes.
not-taking | He is [[noncompliant with]]. | =
# --- nouns and words
visit | Three [[no-shows]] this year | Three missed visits this year
visit | A [[no-show]] on Monday | A missed visit on Monday
visit | An unexplained [[no-show]] | An unexplained missed visit
urine | One [[drop]] was late. | One urine drug test was late.
urine | All [[drops]] were late. | All urine drug tests were late.
infant | An [[opioid-addicted baby]] was born. | An infant exposed to opioids was born.
infant | [[Crack babies]] do well. | Infants exposed to crack cocaine do well.
infant | A [[crack baby]] | An infant exposed to crack cocaine
substance-use | History of [[drug abuse]]. | History of drug use.
substance-use | Hx of [[substance abuse]]. | Hx of substance use.
substance-use | No [[heroin abuse]]. | No heroin use.
substance-use | [[ETOH abuse]], smoking | Alcohol use, smoking
substance-use | h/o [[IV drug abuse]] | h/o IV drug use
substance-use | [[Meth abuse]] since 2019 | Methamphetamine use since 2019
substance-use | [[polysubstance abuse]] | polysubstance use
substance-use | [[benzo abuse]] and falls | benzodiazepine use and falls
substance-use | [[THC abuse]] | Cannabis use
substance-use | PMH: [[THC abuse]] | PMH: cannabis use
substance-use | An [[alcohol abuse]] history | An alcohol use history
substance-use | A [[opioid abuse]] history | An opioid use history
substance-use | An [[etoh abuse]] history | An alcohol use history
substance-use | An [[opiate abuse]] history | An opioid use history
substance-use | An [[abuse]] history | A drug use history
substance-use | Denies [[drug or alcohol abuse]]. | Denies drug or alcohol use.
substance-use | [[ETOH/Substance Abuse]]: unknown | Alcohol/Substance Use: unknown
substance-use | denies [[alcohol, IV drug abuse]] | denies alcohol, injection drug use
substance-use | Related to [[chronic cocaine abuse]]. | Related to chronic cocaine use.
substance-use | No [[other substance abuse]] noted. | No other substance use noted.
substance-use | PMH: 1) asthma, 2) [[Polysubstance Abuse]] | PMH: 1) asthma, 2) Polysubstance Use
recovery | She has been [[clean and sober]] since the birth. | She has been in recovery since the birth.
recovery | Is he [[clean]]? | Is he in recovery?
aids | He has [[full-blown AIDS]]. | He has AIDS.
sterile | Hand out [[clean needles]]. | Hand out sterile syringes.
sterile | [[Clean needles]] are free. | Sterile syringes are free.
use-mass | He has a [[drug habit]]. | He has drug use.
use-mass | A [[drug habit]] was noted. | Drug use was noted.
unhealthy | an [[abusive]] pattern of drinking | an unhealthy pattern of drinking
unhealthy | a [[problem]] pattern of drinking | an unhealthy pattern of drinking
moud | On [[MAT]] since June. | On medication for opioid use disorder since June.
moud | On [[MAT]] for opioid use disorder. | On medication for opioid use disorder.
moud | On [[MAT]] for OUD. | On medication for OUD.
moud | [[MAT]] for alcohol use disorder | Medication for alcohol use disorder
moud | an [[OST]] clinic | a medication for opioid use disorder clinic
moud | a [[MAT]] clinic | a medication for opioid use disorder clinic
oat | Continue [[opioid replacement]] treatment. | Continue opioid agonist treatment.
oat | an [[opioid substitution treatment]] program | an opioid agonist treatment program
oat | a [[substitution]] program | an opioid agonist treatment program
nothing | He [[allegedly]] fell. | He fell.
nothing | [[Allegedly]] he fell. | He fell.
nothing | He fell [[allegedly]]. | He fell.
result | UDT clean at intake, [[dirty]] at week 4. | UDT clean at intake, positive at week 4.
result | UDT [[clean]] at intake, dirty at week 4. | UDT negative at intake, dirty at week 4.
result | [[Dirty urine]] today. | Positive urine today.
result | A [[hot UDS]] today. | An unexpected UDS today.
result | An early [[dirty]] screen | An early positive screen
result | UDS: [[DIRTY]] | UDS: POSITIVE
# --- capitals
substance-use | HX OF [[HEROIN ABUSE]]. | HX OF HEROIN USE.
substance-use | [[ETOH ABUSE]] | ALCOHOL USE
substance-use | [[DRUG ABUSE]]: denies | DRUG USE: denies
substance-use | [[Drug Abuse]]: denies | Drug Use: denies
substance-use | Social History and [[Drug Abuse]] | Social History and Drug Use
substance-use | # Teens and [[Drug Abuse]] | # Teens and Drug Use
substance-use | # Teens and [[drug abuse]] | # Teens and drug use
aud | Handout: Living With [[Alcoholism]] | Handout: Living With Alcohol Use Disorder
aud | PMH: hypertension, [[alcoholism]] | PMH: hypertension, alcohol use disorder
aud | [[Alcoholism]] runs in the family. | Alcohol use disorder runs in the family.
aud | PMH: HTN, [[ETOHism]], DM2 | PMH: HTN, alcohol use disorder, DM2
moud | CONTINUE [[MAT]] TODAY | CONTINUE MEDICATION FOR OPIOID USE DISORDER TODAY
moud | HTN, DM2, [[MAT]] | HTN, DM2, medication for opioid use disorder
# --- layout
substance-use | History of drug⏎and of [[heroin⏎abuse]] in 2019. | History of drug⏎and of heroin⏎use in 2019.
substance-use | > History of [[heroin⏎> abuse]] in 2019. | > History of heroin⏎> use in 2019.
recovery | - He has been [[clean⏎  and sober]] for years. | - He has been in⏎  recovery for years.
recovery | - He has been [[clean␍⏎  and sober]] for years. | - He has been in␍⏎  recovery for years.
substance-use | Hx of [[drug⇥abuse]]. | Hx of drug⇥use.
substance-use | Hx of [[drug  abuse]]. | Hx of drug use.
substance-use | Hx of **[[drug abuse]]**. | Hx of **drug use**.
substance-use | Hx of [[drug** abuse]]. | Hx of drug** use.
aids | He has [[full-⏎blown AIDS]] now. | He has AIDS now.
use | He **[[abuses]]** it. | He **uses** it.

"""

ROWS = list(rows(TABLE))
ROWS.append(("moud", "| Rx | [[MAT]] |", "| Rx | medication for opioid use disorder |"))


def head(name: str, before: str) -> str | None:
    """The head of a verb is the first word reported; of a noun the grammar finds it."""
    return before.split("[[")[1].split()[0].strip("]") if V in TEMPLATES[name] else None


@pytest.mark.parametrize(("name", "before", "after"), ROWS, ids=[before for _, before, _ in ROWS])
def test_words_take_the_form_of_what_they_replace(name: str, before: str, after: str) -> None:
    first = head(name, before)
    assert rewrite(before, TEMPLATES[name], first.split("]")[0] if first else None) == after


def test_parts_fill_slots() -> None:
    raw = {"verb": "have a negative {test}"}
    assert (
        rewrite("Mr. A [[passed his drug screen]].", raw, "passed", {"test": "drug screen"})
        == "Mr. A had a negative drug screen."
    )
    raw = {"verb": "have a unexpected {test}"}
    assert rewrite("She [[failed the UDS]].", raw, "failed", {"test": "UDS"}) == "She had an unexpected UDS."


def test_replace_takes_one_part_only() -> None:
    raw = {"text": "person", "replace": "who"}
    assert rewrite("The [[difficult guy]] left.", raw, None, {"who": "guy"}) == "The difficult person left."
    assert rewrite("The [[difficult guy]] left.", raw) == "The difficult guy left."
    assert rewrite("He [[abuses heroin]].", {"verb": "use", "replace": "head"}, "abuses") == "He uses heroin."


def test_when_and_unless_part_choose() -> None:
    raw = {"text": "uses {drug}", "when": "drug"}
    assert rewrite("He [[does meth]].", raw, None, {"drug": "meth"}) == "He uses meth."
    assert rewrite("He [[does meth]].", raw) == "He does meth."
    assert (
        rewrite("He [[does meth]].", {"text": "uses", "unless-part": "drug"}, None, {"drug": "meth"}) == "He does meth."
    )
    assert rewrite("He [[does meth]].", {"text": "uses {substance}", "when": "substance"}) == "He uses methamphetamine."
    assert rewrite("He [[does it]].", {"text": "uses {substance}", "when": "substance"}) == "He does it."
