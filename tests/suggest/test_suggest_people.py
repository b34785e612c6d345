"""Labels for a person, judged as whole sentences."""

from __future__ import annotations

from typing import Any

import pytest
from suggesting import rewrite, rows, suggestions

TEMPLATES: dict[str, dict[str, Any]] = {
    "disorder": {"person": {"singular": "person with {a-disorder}", "plural": "people with {disorders}"}},
    "uses": {"person": {"singular": "person who uses {substance}", "plural": "people who use {substance}"}},
    "injects": {"person": {"singular": "person who injects drugs", "plural": "people who inject drugs"}},
    "alcohol": {"person": "person with alcohol use disorder"},
    "hiv": {"person": "person with HIV"},
    "aids": {"person": "person with AIDS"},
    "obesity": {"person": "person with obesity"},
    "homeless": {"person": "person experiencing homelessness"},
    "diabetes": {"person": "person with diabetes"},
    "schizo": {"person": "person with schizophrenia"},
    "jail": {"person": {"singular": "person who is incarcerated", "plural": "people who are incarcerated"}},
    "smokes": {"person": {"singular": "person who smokes", "plural": "people who smoke"}},
    "wheels": {"person": {"singular": "person who uses a wheelchair", "plural": "people who use wheelchairs"}},
    "previously": {
        "person": {
            "singular": "person who previously used {substance}",
            "plural": "people who previously used {substance}",
        }
    },
    "recovery": {"person": "person in recovery"},
    "visits": {"person": {"singular": "person who visits often", "plural": "people who visit often"}},
    "heavily": {"person": {"singular": "person who drinks heavily", "plural": "people who drink heavily"}},
    "sickle": {"person": "person with sickle cell disease"},
}

TABLE = """
# --- articles and quantities
disorder | My uncle was an [[addict]] for years. | My uncle was a person with a substance use disorder for years.
disorder | She is not an [[addict]]. | She is not a person with a substance use disorder.
disorder | He became an [[addict]] after surgery. | He became a person with a substance use disorder after surgery.
disorder | He denies being an [[addict]]. | He denies being a person with a substance use disorder.
disorder | If you are an [[addict]], call us. | If you are a person with a substance use disorder, call us.
disorder | He's an [[addict]]. | He's a person with a substance use disorder.
disorder | The patient's an [[addict]]. | The patient's a person with a substance use disorder.
uses | A [[drug user]] came in. | A person who uses drugs came in.
uses | The [[heroin user]] in bed 3 left. | The person who uses heroin in bed 3 left.
uses | Two [[addicts]] were seen. | Two people who use drugs were seen.
uses | One [[coke addict]] was admitted. | One person who uses cocaine was admitted.
uses | Every [[meth user]] got a kit. | Every person who uses methamphetamine got a kit.
alcohol | Each [[alcoholic]] was offered thiamine. | Each person with alcohol use disorder was offered thiamine.
disorder | No [[addict]] may be turned away. | No person with a substance use disorder may be turned away.
disorder | Another [[addict]] overdosed in the lot. | Another person with a substance use disorder overdosed in the lot.
disorder | This [[addict]] needs a bed. | This person with a substance use disorder needs a bed.
disorder | These [[addicts]] need beds. | These people with substance use disorders need beds.
disorder | Some [[addicts]] inject. | Some people with substance use disorders inject.
aids | Several [[AIDS sufferers]] had no visitors. | Several people with AIDS had no visitors.
aids | Three [[AIDS victims]] spoke. | Three people with AIDS spoke.
jail | An [[inmate]] was seen at noon. | A person who is incarcerated was seen at noon.
jail | Most [[inmates]] want treatment. | Most people who are incarcerated want treatment.
hiv | An [[HIV-infected]] man asked about PrEP for his wife. | A man with HIV asked about PrEP for his wife.
obesity | An [[obese]] woman sat down. | A woman with obesity sat down.
obesity | A morbidly [[obese]] woman sat down. | A woman with severe obesity sat down.
# --- number
disorder | [[Addicts]] die young. | People with substance use disorders die young.
uses | [[Heroin addicts]] queue early. | People who use heroin queue early.
schizo | [[Schizophrenics]] wait longer for surgery. | People with schizophrenia wait longer for surgery.
diabetes | Foot checks for [[diabetics]] on Mondays. | Foot checks for people with diabetes on Mondays.
alcohol | We see [[alcoholics]] daily. | We see people with alcohol use disorder daily.
sickle | Two [[sicklers]] were admitted. | Two people with sickle cell disease were admitted.
injects | Wound care for [[IVDUs]] is free. | Wound care for people who inject drugs is free.
injects | [[IV drug users]] get a kit. | People who inject drugs get a kit.
smokes | [[Smokers]] wait outside. | People who smoke wait outside.
# --- possessives
disorder | The [[addict]]'s wife called the clinic. | The wife of a person with a substance use disorder called the clinic.
uses | Spoke with an [[addict]]'s young wife today. | Spoke with the young wife of a person who uses drugs today.
disorder | [[Addicts]]' families were invited. | The families of people with substance use disorders were invited.
alcohol | The [[alcoholics]]' families met. | The families of people with alcohol use disorder met.
disorder | This [[addict]]'s liver disease worsened. | The liver disease of this person with a substance use disorder worsened.
uses | An [[addict]]’s chart is no joke. | The chart of a person who uses drugs is no joke.
jail | The [[inmate]]'s lawyer called. | The lawyer of a person who is incarcerated called.
uses | [[Drug users]]' health matters. | The health of people who use drugs matters.
diabetes | A [[diabetic]]'s feet need care. | The feet of a person with diabetes need care.
alcohol | The known [[alcoholic]]'s son came. | The son of a person with known alcohol use disorder came.
disorder | This is the [[addict]]'s house. | This is the house of a person with a substance use disorder.
uses | Refer [[drug users]]' children to the alcoholics' ward. | Refer the children of people who use drugs to the alcoholics' ward.
alcohol | Refer drug users' children to the [[alcoholics]]' ward. | Refer drug users' children to the ward of people with alcohol use disorder.
disorder | This is an [[addict]] mother's baby. | This is the baby of a mother with a substance use disorder.
# --- before a person noun
disorder | [[Addict]] mother left early. | Mother with a substance use disorder left early.
disorder | An [[addict]] mother came. | A mother with a substance use disorder came.
alcohol | His [[alcoholic]] father died. | His father with alcohol use disorder died.
alcohol | An [[alcoholic]] single father came. | A single father with alcohol use disorder came.
uses | The [[heroin-addict]] patient in bed 4 | The patient who uses heroin in bed 4
uses | [[crystal meth-addict]] brother | brother who uses methamphetamine
disorder | [[heroin-addicted]] mothers | mothers with opioid use disorder
injects | [[IVDU]] patients need vaccines. | Patients who inject drugs need vaccines.
injects | Two [[IVDU]] clients called. | Two clients who inject drugs called.
hiv | [[HIV-infected]] pregnant women were enrolled. | Pregnant women with HIV were enrolled.
hiv | [[HIV-infected]] children do well. | Children with HIV do well.
obesity | [[Obese]] patients need a wider cuff. | Patients with obesity need a wider cuff.
obesity | An [[obese patient]] was moved. | A patient with obesity was moved.
homeless | The [[homeless]] man left. | The man experiencing homelessness left.
homeless | A [[homeless]] veteran asked for boots. | A veteran experiencing homelessness asked for boots.
homeless | A chronically [[homeless]] man | A man experiencing chronic homelessness
jail | The [[inmate]] patient was shackled. | The patient who is incarcerated was shackled.
wheels | a [[wheelchair-bound]] man | a man who uses a wheelchair
wheels | [[wheelchair-bound]] guests | guests who use wheelchairs
homeless | 45yo [[homeless]] IVDU male with cellulitis. | 45yo IVDU male experiencing homelessness with cellulitis.
injects | 45yo homeless [[IVDU]] male with cellulitis. | 45yo homeless male who injects drugs with cellulitis.
homeless | 45yo [[homeless]] male who injects drugs, cellulitis. | 45yo male experiencing homelessness who injects drugs, cellulitis.
hiv | An [[HIV-infected]] IV drug user was seen. | An IV drug user with HIV was seen.
hiv | An [[HIV-infected]] person who injects drugs was seen. | A person with HIV who injects drugs was seen.
hiv | An [[HIV-infected]] person with a substance use disorder. | A person with HIV and a substance use disorder.
# --- before a place
uses | The [[drug-user]] clinic is open. | The clinic for people who use drugs is open.
uses | An [[addict]] support group meets here. | A support group for people who use drugs meets here.
alcohol | [[Alcoholic]] outreach on Fridays | Outreach for people with alcohol use disorder on Fridays
uses | the [[drug user]] community | the community of people who use drugs
# --- one-liners
alcohol | 62M [[alcoholic]] with cirrhosis | 62M with alcohol use disorder and cirrhosis
alcohol | 62M [[alcoholic]] with cirrhosis and ascites | 62M with alcohol use disorder, cirrhosis and ascites
alcohol | 62M [[alcoholic]] with cirrhosis, here for paracentesis | 62M with alcohol use disorder and cirrhosis, here for paracentesis
alcohol | 62M [[alcoholic]] w/ cirrhosis | 62M with alcohol use disorder and cirrhosis
uses | 45M [[heroin addict]] here for abscess. | 45M who uses heroin here for abscess.
disorder | 45M [[heroin addict]] here for abscess. | 45M with opioid use disorder here for abscess.
disorder | 45M [[addict]] here for abscess. | 45M with substance use disorder here for abscess.
disorder | 45 yo M [[heroin addict]] here. | 45 yo M with opioid use disorder here.
disorder | 30F [[meth addict]], agitated | 30F with methamphetamine use disorder, agitated
injects | 33 y/o F [[IVDU]] w fever | 33 y/o F who injects drugs w fever
uses | 26 yo female [[heroin addict]] | 26 yo female who uses heroin
disorder | A 45-year-old male [[heroin addict]] was seen. | A 45-year-old man with opioid use disorder was seen.
disorder | Patient is a 16-year-old female [[addict]]. | Patient is a 16-year-old female with a substance use disorder.
disorder | Patient is an 18-year-old [[addict]]. | Patient is an 18-year-old person with a substance use disorder.
disorder | Patient is a 34 yo [[addict]]. | Patient is a 34 yo person with a substance use disorder.
alcohol | 62M homeless [[alcoholic]] | 62M homeless with alcohol use disorder
obesity | 58F, [[obese]], no distress | 58F, with obesity, no distress
alcohol | Pt [[alcoholic]], last drink Monday | Pt with alcohol use disorder, last drink Monday
# --- no article, none added
injects | Dx: osteomyelitis in [[IV drug user]]. | Dx: osteomyelitis in person who injects drugs.
alcohol | Seizure in [[alcoholic]], CIWA started. | Seizure in person with alcohol use disorder, CIWA started.
disorder | [[Addict]]. | Person with a substance use disorder.
uses | [[Meth addict]] again on 4W. | Person who uses methamphetamine again on 4W.
# --- words before the label
alcohol | Known [[alcoholic]], no complaints. | Person with known alcohol use disorder, no complaints.
alcohol | He is a known [[alcoholic]]. | He is a person with known alcohol use disorder.
disorder | She is a known [[addict]]. | She is a person with a known substance use disorder.
injects | He is a known [[IV drug user]]. | He is a person known to inject drugs.
injects | Known [[IV drug user]]. | Known to inject drugs.
uses | a suspected [[drug user]] | a person suspected of using drugs
alcohol | Chronic [[alcoholic]] brought in by EMS. | Person with chronic alcohol use disorder brought in by EMS.
alcohol | She is a chronic [[alcoholic]]. | She is a person with chronic alcohol use disorder.
alcohol | Two chronic [[alcoholics]] were admitted. | Two people with chronic alcohol use disorder were admitted.
alcohol | Homeless [[alcoholic]] found down. | Homeless person with alcohol use disorder found down.
homeless | [[Homeless]] alcoholic found down. | Alcoholic experiencing homelessness found down.
alcohol | a longtime [[alcoholic]] | a person with long-standing alcohol use disorder
uses | a longtime [[heroin user]] | a person who has long used heroin
uses | An active [[heroin user]] asked for syringes. | A person who currently uses heroin asked for syringes.
uses | An occasional [[cocaine user]] asked. | A person who occasionally uses cocaine asked.
uses | A daily [[heroin user]] asked. | A person who uses heroin daily asked.
uses | a lifelong [[drug user]] | a person with a lifelong history of drug use
smokes | He is a heavy [[smoker]]. | He is a person who smokes heavily.
diabetes | A brittle [[diabetic]] with neuropathy. | A person with labile diabetes and neuropathy.
uses | He is a former [[addict]]. | He is a person who previously used drugs.
disorder | He is a former [[addict]]. | He is a person with a history of substance use disorder.
uses | She is an ex-[[addict]]. | She is a person who previously used drugs.
smokes | ex-[[smokers]] | people who previously smoked
injects | former [[IV drug users]] | people who previously injected drugs
jail | a former [[inmate]] | a person who was previously incarcerated
alcohol | He is a recovering [[alcoholic]]. | He is a person in recovery from alcohol use disorder.
alcohol | an [[alcoholic]] in recovery | a person in recovery from alcohol use disorder
uses | He is a recovering [[addict]]. | He is a person in recovery who previously used drugs.
uses | He was a 15-year [[heroin addict]]. | He was a person with a 15-year history of heroin use.
disorder | He was a 15-year [[heroin addict]]. | He was a person with a 15-year history of opioid use disorder.
uses | She is an 8-year [[meth user]]. | She is a person with an 8-year history of methamphetamine use.
alcohol | a 30 year [[alcoholic]] | a person with a 30-year history of alcohol use disorder
injects | a ten-year [[IV drug user]] | a person with a ten-year history of injecting drugs
disorder | A young, white [[addict]] came. | A young, white person with a substance use disorder came.
disorder | A frustrated [[addict]] left. | A frustrated person with a substance use disorder left.
disorder | the clinic's [[addicts]] | the clinic's patients with substance use disorders
# --- what a pattern took in besides the label
uses | [[Drug and alcohol addicts]] meet here. | People who use drugs and alcohol meet here.
uses | A [[heroin and cocaine user]] came. | A person who uses heroin and cocaine came.
injects | He is [[an IVDU]] with fever. | He is a person who injects drugs with fever.
injects | [[IVDU male]], febrile. | Male who injects drugs, febrile.
injects | [[58 y/o male IVDU]], homeless | 58 y/o male who injects drugs, homeless
injects | [[31F IVDU]], endocarditis d12. | 31F who injects drugs, endocarditis d12.
injects | [[31 yo male IVDU]] with a murmur | 31 yo male who injects drugs with a murmur
injects | Pt [[is IVDU]]. | Pt injects drugs.
injects | The [[homeless IVDU]] left. | The homeless person who injects drugs left.
injects | Pt [[is not an IVDU]]. | Pt is not a person who injects drugs.
uses | He is [[an active user]]. | He is a person who currently uses drugs.
uses | Roommate is a [[recreational user]]. | Roommate is a person who uses drugs recreationally.
uses | Known [[user of crystal meth]]. | Known to use methamphetamine.
uses | He is an [[abuser of cocaine]]. | He is a person who uses cocaine.
uses | [[Opioid abusing patients]] need screening. | Patients who use opioids need screening.
uses | [[Self-admitted drug user]] in bed 3 | Person who reports that they use drugs in bed 3
uses | A [[laxative abuser]] was seen. | A person who uses laxatives was seen.
uses | A [[cocain abuser]] was seen. | A person who uses cocaine was seen.
uses | An [[IV drug user]] was seen. | A person who injects drugs was seen.
uses | Two [[IV heroin users]] were seen. | Two people who inject heroin were seen.
alcohol | [[Known alcholic]] w/ varices. | Person with known alcohol use disorder and varices.
previously | [[Recovering addict]], 14 months. | Person who previously used drugs, 14 months.
previously | He is an [[ex-heroin addict]]. | He is a person who previously used heroin.
previously | Pt is [[former addict]]. | Pt previously used drugs.
recovery | [[Reformed alcoholics]] run the group. | People in recovery run the group.
recovery | She is an [[alcoholic in recovery]]. | She is a person in recovery.
visits | The [[frequent flyer]] is back. | The person who visits often is back.
heavily | A [[heavy drinker]] left. | A person who drinks heavily left.
disorder | Told the [[addict]] story again | =
# --- "with" and "who"
alcohol | An [[alcoholic]] with pancreatitis was admitted. | A person with alcohol use disorder and pancreatitis was admitted.
disorder | [[Addicts]] with HIV get linked to care. | People with substance use disorders and HIV get linked to care.
disorder | Treat [[addicts]] with respect. | Treat people with substance use disorders with respect.
disorder | Treat [[addicts]] with methadone. | Treat people with substance use disorders with methadone.
alcohol | He is an [[alcoholic]] who lost his job. | He is a person with alcohol use disorder who lost his job.
injects | [[IV drug users]] who share rinse water are at risk. | People who inject drugs and share rinse water are at risk.
injects | He is an [[IVDU]] with fever. | He is a person who injects drugs with fever.
# --- after "is"
homeless | He is [[homeless]]. | He is experiencing homelessness.
homeless | She isn't [[homeless]]. | She isn't experiencing homelessness.
homeless | He is no longer [[homeless]]. | He is no longer experiencing homelessness.
homeless | Is she [[homeless]]? | Is she experiencing homelessness?
homeless | He's [[homeless]]. | He's experiencing homelessness.
homeless | Pt [[homeless]] since May. | Pt experiencing homelessness since May.
homeless | Being [[homeless]] is hard. | Experiencing homelessness is hard.
obesity | He is [[obese]]. | He has obesity.
obesity | He is not [[obese]]. | He does not have obesity.
obesity | She was [[obese]] as a child. | She had obesity as a child.
obesity | They aren't [[obese]]. | They don't have obesity.
obesity | They are [[obese]]. | They have obesity.
obesity | He's [[obese]]. | He has obesity.
obesity | He's not [[obese]]. | He does not have obesity.
obesity | [[Obese]], in no distress. | Has obesity, in no distress.
diabetes | Are you [[diabetic]]? | Do you have diabetes?
diabetes | Patient is [[diabetic]]. | Patient has diabetes.
diabetes | She has been [[diabetic]] for years. | She has had diabetes for years.
diabetes | She may be [[diabetic]]. | She may have diabetes.
diabetes | She is also [[diabetic]]. | She also has diabetes.
diabetes | She is a [[diabetic]]. | She is a person with diabetes.
injects | Pt is [[IVDU]]. | Pt injects drugs.
injects | Pt is not [[IVDU]]. | Pt does not inject drugs.
injects | Pt was [[IVDU]]. | Pt injected drugs.
wheels | He is [[wheelchair-bound]]. | He uses a wheelchair.
jail | Her son is an [[inmate]]. | Her son is a person who is incarcerated.
homeless | Outreach to the [[homeless]] grew. | Outreach to people experiencing homelessness grew.
homeless | [[Homeless]], lives in his car. | Experiencing homelessness, lives in his car.
# --- not a person
hiv | [[HIV-infected]] cells were counted. | =
obesity | [[Obese]] abdomen, soft. | =
uses | [[addict]] behavior noted | =
uses | [[drug user]] lifestyle | =
homeless | a non-[[homeless]] man | =
smokes | He is a non [[smoker]]. | =
smokes | He is a 60 pack-year [[smoker]]. | =
"""

ROWS = list(rows(TABLE))


@pytest.mark.parametrize(("name", "before", "after"), ROWS, ids=[before for _, before, _ in ROWS])
def test_label_becomes_a_person(name: str, before: str, after: str) -> None:
    assert rewrite(before, TEMPLATES[name]) == after


@pytest.mark.parametrize(("name", "before", "after"), ROWS, ids=[before for _, before, _ in ROWS])
def test_the_stretch_holds_every_change(name: str, before: str, after: str) -> None:
    text = before.replace("[[", "", 1).replace("]]", "", 1)
    for found in suggestions(before, TEMPLATES[name]):
        assert text[: found.start] == after[: found.start]
        assert after.endswith(text[found.end :])
        assert found.start <= before.index("[[")
        assert found.end >= before.index("]]") - 2


def test_unsure_grammar_lowers_the_applicability() -> None:
    raw = {**TEMPLATES["uses"], "applicability": "safe"}
    (found,) = suggestions("The [[addict]]'s close early social circle came.", raw)
    assert found.applicability == "unsafe"


def test_a_word_in_quotation_marks_is_left_to_a_person() -> None:
    (found,) = suggestions('Request removal of the "[[addict]]" flag.', {**TEMPLATES["uses"], "applicability": "safe"})
    assert found.applicability == "manual"


def test_neutral_words_come_first_and_in_order() -> None:
    found = suggestions(
        "An [[addict]] came.", TEMPLATES["uses"], TEMPLATES["disorder"], TEMPLATES["uses"], {"advice": "Name it."}
    )
    assert [s.text for s in found] == ["A person who uses drugs", "A person with a substance use disorder", "Name it."]
    assert [s.applicability for s in found] == ["unsafe", "unsafe", "manual"]
