"""The English that suggestions need: tables first, then the few rules that read them.

Everything works on the tokens of one sentence and gives words back; capitals, line breaks
and emphasis marks are the business of `layout`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hrlint.suggest.words import Words
from hrlint.tokens import Token


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule matched, in one sentence.

    text     `Document.text`, whole
    tokens   the tokens of the sentence
    first, last   the reported tokens: `tokens[first:last]`
    parts    named parts and lists of the pattern -> token ranges, half-open
    head     index of the token that matched the pattern's `:n` or `:v` word, if it has one
    """

    text: str
    tokens: Sequence[Token]
    first: int
    last: int
    parts: Mapping[str, tuple[int, int]]
    head: int | None


@dataclass(frozen=True, slots=True)
class Splice:
    """Words to put in place of `tokens[first:last]`; `sure` is False where the grammar had to guess."""

    first: int
    last: int
    text: str
    sure: bool = True


def listed(words: str) -> frozenset[str]:
    """Return the words of a table below."""
    return frozenset(words.split())


# ------------------------------------------------------------------ a or an

# Acronyms are said letter by letter, and these letters begin with a vowel sound …
AN_LETTERS = frozenset("AEFHILMNORSX")
# … but these are said as words.
SAID_AS_WORDS = listed(
    "FAST FIT HAART HEENT HELLP HIPAA LAMA LASIK LEEP MAP MASH MASLD MAT MAUD MELD MERS MICU MIMIC MOUD NAFLD "
    "NASH NICE NICU NIDA NOWS RAM RASS REM RICE ROM ROSC SAMHSA SANE SARS SASSI SICU SIRS SNAP SNF SOAP STAT "
    "STEMI STOP"
)
SILENT_H = ("hour", "honest", "honor", "honour", "heir", "herb")
# Written with a vowel, said with a consonant: a one-time, a European, a unit, a urine test.
SAID_WITH_CONSONANT = re.compile(
    r"one(?![a-z])|once|oneself|eu|ewe?(?![a-z])|uni(?!n|mm|mp|de[an]|r)|u[bfghkrstv][aeiou]|u-|u(?![a-z])"
)


def article(word: str) -> str:
    """Return "a" or "an", whichever goes before `word` (or before the first word of a phrase)."""
    found = re.search(r"[^\W_]+(?:[-'’][^\W_]+)*", word)
    if not found:
        return "a"
    first = found.group()
    number = re.match(r"\d+", first)
    if number:
        digits = number.group()
        # 8, 80, 800; 11 and 18 where they are said so: 18, 11,000, but not 110.
        group = len(digits) % 3 or 3
        following = word[found.start() + len(digits) :]
        thousands = re.match(r"(?:,\d{3})*", following)
        groups = len(thousands.group()) // 4 if thousands else 0
        leading = digits if groups or len(digits) < 4 else digits[:group]
        return "an" if digits[0] == "8" or leading in ("11", "18") else "a"
    acronym = re.split(r"[-'’]", first)[0]
    if _is_acronym(acronym):
        if acronym.rstrip("s") in SAID_AS_WORDS:
            return "a" if acronym[0].lower() not in "aeiou" else "an"
        return "an" if acronym[0].upper() in AN_LETTERS else "a"
    low = first.lower()
    if low.startswith(SILENT_H):
        return "an"
    if low[0] in "aeiou":
        return "a" if SAID_WITH_CONSONANT.match(low) else "an"
    return "a" if len(acronym) > 1 or acronym.upper() not in AN_LETTERS else "an"


def _is_acronym(word: str) -> bool:
    """Whether a word is said letter by letter: UDS, IVDU, EtOH, OUDs, S3; a single letter is too."""
    if len(word) == 1:
        return word not in ("a", "A", "I")
    letters = word.rstrip("s") if len(word) > 2 else word
    capitals = sum(c.isupper() for c in letters)
    return (letters.isupper() and (len(letters) <= 6 or letters in SAID_AS_WORDS)) or (
        capitals >= 2 and not letters[1:].islower() and len(letters) <= 5
    )


def mend_articles(text: str) -> str:
    """Return `text` with every a/an inside it agreeing with the word after it."""

    def mend(match: re.Match[str]) -> str:
        right = article(match.group(3))
        return (right.capitalize() if match.group(1)[0] == "A" else right) + match.group(2) + match.group(3)

    # "hepatitis A infection" has a capital inside and is left alone.
    return re.sub(r"(?<![\w-])(an?|\A[Aa]n?)( )(\S+)", mend, text)


# ------------------------------------------------------------------ word classes

ARTICLES = frozenset(("a", "an"))
DETERMINERS = listed(
    "a an the this that these those no every each any some another either neither many most all several few both "
    "more other one two three four five six seven eight nine ten eleven twelve dozens hundreds thousands my your "
    "his her its our their whose 's which what"
)
QUANTITIES = listed("many most all several few both more some these those two three four five six seven eight nine ten")
BEFORE_ADJECTIVE = listed("a an the another my your his her its our their any every no")
BE = listed("am is are was were be been being isn't aren't wasn't weren't")
HAVE = listed("have has had having haven't hasn't hadn't")
DO = listed("do does did don't doesn't didn't")
MODALS = listed(
    "will would can could shall should may might must cannot can't won't wouldn't couldn't shouldn't to let lets"
)
ADVERBS = listed(
    "also always actually already clearly currently ever formerly frequently further generally just likely never "
    "no longer not now occasionally often once only otherwise possibly presently previously probably quite really "
    "recently regularly repeatedly reportedly since sometimes still then too twice usually very historically "
    "intermittently n't now"
)
PRONOUNS = listed("i you he she it we they who pt patient client")
PLURAL_SUBJECTS = listed("we you they these those people patients clients both many most")
# Verbs that have no "is …ing": "is suffering from asthma" -> "has asthma".
STATIVE = frozenset(("have", "know", "need", "want"))
# Words that end a noun phrase to the left or the right.
FUNCTION = listed(
    "about above after against along although am among an and are around as at away because been before being "
    "below between but by can could despite did do does due during following from for given had has have he her "
    "here him if in including into is it its may might must nor not now of off on onto or our out over per plus "
    "regarding secondary shall she should since so such than that the their them then there these they this those "
    "though through throughout to today tonight tomorrow toward towards under unless until upon us via vs was we "
    "were when where whereas which while who whom whose why will with within without would yesterday yet you your "
    "i me my x s/p b/c w/ w like again currently previously recently lately often last past twice once every each "
    "prior"
)
PREPOSITIONS = listed("about among in by for from help helping of serving to treating with")
# Taken in behind a label by a pattern: "bum found".
BEHIND_LABEL = listed("found brought seen asking here back")
RHYTHMS = frozenset(["daily", "nightly", "hourly", "weekly", "monthly"])
MARKS = re.compile(r"[^\w\s]+\Z")
# Finite verbs that end the noun after a possessive or an object: those a note uses all day.
FINITE = listed(
    "says states reports denies calls brings takes uses needs wants lives works comes goes gets sees asks makes "
    "gives tells feels remains became becomes came went took got saw said gave told left brought found felt made "
    "kept lost lives helps needs shows continues requires refuses declines presents describes appears seems can't "
    "cannot won't doesn't didn't isn't wasn't matter matters count counts deserve deserves vary varies shape want "
    "need feel say live come go get take use"
)

# ------------------------------------------------------------------ people

PERSON_NOUNS = listed(
    "adolescent adult applicant boy boyfriend brother caller caregiver caretaker child claimant client couple "
    "cousin dad daughter donor driver employee family father female friend gentleman girl girlfriend grandfather "
    "grandmother grandparent guest guy husband individual inpatient kid lady male man member mom mother mum "
    "nephew newborn infant neonate baby niece offender outpatient parent partner participant passenger patient "
    "person pt recipient resident roommate sibling sister son spouse student subject survivor teen teenager "
    "veteran visitor volunteer wife witness woman worker youth youngster newcomer nurse physician doctor "
    "uncle aunt stepfather stepmother stepson stepdaughter traveler traveller tenant neighbor neighbour housemate "
    "refugee migrant immigrant soldier teacher dancer athlete candidate bystander colleague coworker peer learner "
    "senior elder toddler twin grandchild grandson granddaughter homeowner commuter customer individual villager fella"
)
# Labels that another label may stand before: "homeless IVDU male", "HIV-infected drug users".
LABELS = listed(
    "abuser addict alcoholic diabetic drinker drunk drunkard inmate ivdu pwid prisoner schizophrenic smoker sufferer "
    "user victim"
)
PLURAL_PEOPLE = listed("people men women children persons folks youths gentlemen ladies wives pts kids")
SEXES = {"male": "man", "female": "woman", "males": "men", "females": "women"}
MINORS = re.compile(r"(teen|adolesc|pediatr|paediatr|minor|young|infant|newborn|toddler)")
# "62M", "45yoF", "30F"; with the sex as a word of its own: "45 yo M".
AGE_SEX = re.compile(r"\d{1,3}(?:yo|y|yr|yrs|year)?[mfMF]\Z")
AGE = re.compile(r"\d{1,3}(?:yo|y|yr|yrs)?\Z")
AGE_WORDS = frozenset(("yo", "y", "o", "yr", "yrs", "year", "years", "old"))
# Stay before the noun they describe.
KEPT = listed(
    "adult asian black caucasian elderly female fellow hispanic homeless housed unhoused indigenous insured "
    "latino latina local male married middle-aged multiple native nonverbal old older new other poor pregnant "
    "postpartum retired single divorced widowed disabled uninsured unemployed employed white young younger "
    "teenage incarcerated undocumented pleasant angry agitated intoxicated hospitalized transgender gay trans "
    "little working unfortunate typical total diabetic obese septic febrile cachectic tall thin veteran"
)
# Adjectives used as a label: they take a person noun, or stand after "is".
ADJECTIVES = listed(
    "addicted dependent disabled elderly handicapped homeless houseless ill incarcerated indigent infected "
    "institutionalized intoxicated obese overweight positive psychotic bound confined demented retarded disturbed"
    " chubby pudgy tubby plump chunky porky retarded seropositive suicidal "
    "undocumented unhoused bedbound using challenged impaired"
)
# A label before these: "clinic for people who …".
FOR_NOUNS = {
    **dict.fromkeys(
        listed(
            "app brochure center centers centre centres clinic clinics counseling counselling education group groups "
            "handout hotline house houses housing leaflet meeting meetings outreach program programme programmes "
            "programs resources service services shelter shelters support treatment unit units ward wards website"
        ),
        "for",
    ),
    **dict.fromkeys(listed("cohort cohorts communities community population populations"), "of"),
}
# A plural label right before these too: "drug abusers clinic".
FOR_MANY = listed(
    "center centers centre centres clinic clinics hotline outreach program programme programmes programs ward wards"
)
# "looks homeless" -> "looks to be experiencing homelessness"
LINKING = listed("looks look looked appears appear appeared seems seem seemed")
# A label before these is no person; nothing that a grammar can mend.
NOT_PEOPLE = listed(
    "behavior behaviors behaviour behaviours lifestyle lifestyles mentality personality tendencies history status "
    "problem problems issues type label stereotype thinking mindset brain card identity look vibe story stories "
    "excuse excuses talk subculture culture diagnosis pattern patterns drama comment comments encampment encampments "
    "den teeth arms stigmata"
)

# The name of a condition where a label was expected.
CONDITIONS_NAMED = listed("diabetes disease disorder illness obesity schizophrenia hiv aids use addiction dementia")

# After a label and "with" these are what is done or who is there: "treat addicts with respect".
NOT_A_CONDITION = listed(
    "whom which respect dignity compassion care kindness empathy medication medications methadone buprenorphine "
    "naltrexone naloxone suboxone him her his their them my our your the"
)

# Words that stand only before the noun they describe.
ATTRIBUTIVE = frozenset(("older",))
# Words after which a state of a person may go on: "clean almost a year".
AFTER_STATE = listed("almost nearly about over going roughly approximately at least x date living working")


def noun_follows(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token at `at` is a noun that the words before describe: "sober companion", not "sober since"."""
    low = word(tokens, at)
    if low == "-":
        return True
    return (
        is_word(tokens, at)
        and low not in FUNCTION
        and low not in ADVERBS
        and low not in DETERMINERS
        and low not in AFTER_STATE
        and not low[0].isdigit()
        and not low.endswith("ing")
    )


# ------------------------------------------------------------------ words before a label

# word: (before the condition, with the verb, place of the adverb)
#   "a chronic alcoholic"  -> "a person with chronic alcohol use disorder"
#   "an active heroin user" -> "a person who currently uses heroin"
QUALIFIERS = {
    "active": ("active", "currently", "before"),
    "current": ("current", "currently", "before"),
    "chronic": ("chronic", "chronically", "before"),
    "daily": ("", "daily", "after"),
    "weekly": ("", "weekly", "after"),
    "frequent": ("", "frequently", "before"),
    "habitual": ("", "habitually", "before"),
    "heavy": ("severe", "heavily", "after"),
    "hardcore": ("severe", "heavily", "after"),
    "hard-core": ("severe", "heavily", "after"),
    "lifelong": ("lifelong", "", ""),
    "life-long": ("lifelong", "", ""),
    "longtime": ("long-standing", "has long", "perfect"),
    "long-time": ("long-standing", "has long", "perfect"),
    "long-standing": ("long-standing", "has long", "perfect"),
    "long-term": ("long-standing", "long-term", "after"),
    "longstanding": ("long-standing", "has long", "perfect"),
    "occasional": ("", "occasionally", "before"),
    "recreational": ("", "recreationally", "after"),
    "regular": ("", "regularly", "before"),
    "severe": ("severe", "heavily", "after"),
    "untreated": ("untreated", "", ""),
    "uncontrolled": ("uncontrolled", "", ""),
    "brittle": ("labile", "", ""),
    "chronically": ("chronic", "chronically", "before"),
    "severely": ("severe", "", ""),
    "morbidly": ("severe", "", ""),
    "extremely": ("severe", "", ""),
    "super": ("severe", "", ""),
    "newly": ("new", "", ""),
}
# word: (before the condition, before the verb's clause, form of that verb)
#   "a known alcoholic" -> "a person with known alcohol use disorder"
#   "a known drug user" -> "a person known to use drugs"
KNOWN = {
    "known": ("known", "known to", "base"),
    "well-known": ("known", "known to", "base"),
    "suspected": ("suspected", "suspected of", "gerund"),
    "presumed": ("presumed", "presumed to", "base"),
    "probable": ("probable", "who probably", "number"),
    "possible": ("possible", "who possibly", "number"),
    "alleged": ("reported", "reported to", "base"),
    "admitted": ("reported", "who reports that they", "base"),
    "reported": ("reported", "reported to", "base"),
    "confirmed": ("confirmed", "known to", "base"),
    "self-reported": ("self-reported", "who reports that they", "base"),
    "self-described": ("self-reported", "who reports that they", "base"),
    "self-admitted": ("self-reported", "who reports that they", "base"),
}
FORMER = frozenset(("former", "ex", "reformed", "past", "prior", "previous", "formerly", "one-time", "onetime"))
# "newly diagnosed diabetic" -> "person newly diagnosed with diabetes"
DIAGNOSED = frozenset(("newly", "recently", "previously", "currently"))
# "a two-pack-a-day smoker" -> "a person who smokes two packs a day"
RATES = listed("pack beer bottle bag gram bundle drink pint fifth case pill")
RECOVERING = frozenset(("recovering", "recovered"))
PERIODS = listed("year years yr yrs month months week weeks decade decades")

# ------------------------------------------------------------------ small questions about tokens


def word(tokens: Sequence[Token], index: int) -> str:
    """Return the token at `index` in lower case, or an empty string outside the sentence."""
    return tokens[index].text.lower() if 0 <= index < len(tokens) else ""


def is_word(tokens: Sequence[Token], index: int) -> bool:
    """Whether the token at `index` is a word, no mark and not beyond the sentence."""
    return bool(word(tokens, index)) and not MARKS.match(word(tokens, index))


def is_person(tokens: Sequence[Token], index: int, words: Words) -> bool:
    """Whether the token names a person: mother, pts, men; M and F after an age."""
    low = word(tokens, index)
    if low in ("m", "f"):
        return tokens[index].text.isupper() and is_age(tokens, index - 1)
    singular = low[:-3] + "y" if low.endswith("ies") else low[:-1] if low.endswith("s") else low
    return low in PERSON_NOUNS or low in PLURAL_PEOPLE or (singular in PERSON_NOUNS and words.is_plural(low))


def is_age(tokens: Sequence[Token], index: int) -> bool:
    """Whether an age ends at `index`: 45yo, 45 yo, 45 y/o, 45-year-old, 45 y.o."""
    low = word(tokens, index)
    if low == "." and word(tokens, index - 1) == "o":
        return is_age(tokens, index - 1)
    if low in AGE_WORDS:
        return any(AGE.match(word(tokens, i)) for i in range(max(0, index - 5), index))
    return bool(AGE.match(low)) and not low.isdigit()


def is_plural_person(low: str, words: Words) -> bool:
    """Whether a lower-case word for a person is plural."""
    return low in PLURAL_PEOPLE or (low in SEXES and low.endswith("s")) or words.is_plural(low)


def plain(tokens: Sequence[Token], first: int, last: int, text: str) -> str:
    """Return `tokens[first:last]` as written, layout collapsed; a capital due to the sentence start taken off."""
    found = " ".join(re.sub(r"[*_`~>]+", " ", text[tokens[first].start : tokens[last - 1].end]).split())
    return lower_first(found) if starts_sentence(tokens, first) else found


def lower_first(text: str) -> str:
    """Return `text` with a lower-case first letter, unless the first word is an acronym, a name or "I"."""
    head = re.match(r"[^\W\d_]+", text)
    if not head or not head.group()[0].isupper() or not head.group()[1:].islower() or head.group() in PROPER:
        return text if not head or len(head.group()) > 1 or head.group() != "A" else "a" + text[1:]
    return text[0].lower() + text[1:]


PROPER = listed(
    "Black White Hispanic Latino Latina Asian African American Caucasian Native European Indigenous Medicaid "
    "Medicare Suboxone Percocet Xanax Vicodin Norco Dilaudid Demerol Adderall Ativan Klonopin Valium Ambien Soma "
    "Librium January February March April May June July August September October November December Monday Tuesday "
    "Wednesday Thursday Friday Saturday Sunday"
)


def starts_sentence(tokens: Sequence[Token], index: int) -> bool:
    """Whether nothing but marks, a bullet or a number with a dot stands before the token."""
    before = [t.text for t in tokens[:index]]
    if len(before) == 2 and re.fullmatch(r"\d{1,2}|[A-Za-z]", before[0]) and before[1] in ".)":
        return True
    return all(MARKS.match(t) for t in before)


def governor(tokens: Sequence[Token], index: int) -> int | None:
    """Return the index of the auxiliary, modal or "to" that governs the verb at `index`, if there is one."""
    at = index - 1
    crossed = 0
    while at >= 0 and index - at <= 7:
        low = word(tokens, at)
        if low in BE or low in HAVE or low in DO or low in MODALS:
            # "have you abused": the subject stands between; "he is and she abused" is none of these.
            return (
                at
                if not crossed
                or starts_sentence(tokens, at)
                or word(tokens, at - 1) in (",", ";", ":", "how", "why", "when")
                else None
            )
        if low in PRONOUNS or (low == "the" and crossed):
            crossed += 1
        elif low not in ADVERBS and not (low.endswith("ly") and len(low) > 4):
            return None
        at -= 1
    return None


def negated(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a negation stands in `tokens[start:end]`."""
    return any(
        w in ("not", "never", "no", "n't") or w.endswith("n't") or w == "cannot"
        for w in (word(tokens, i) for i in range(start, end))
    )


def noun_phrase_end(tokens: Sequence[Token], start: int, most: int = 8) -> int:
    """Return where the noun phrase that begins at `start` ends; `start` itself when there is none.

    Without a tagger this goes by what cannot belong to it: marks, prepositions (but `of`),
    auxiliaries, finite verbs, adverbs in -ly, words of time.
    """
    at = start
    if word(tokens, at) in (
        "the",
        "a",
        "an",
        "his",
        "her",
        "their",
        "its",
        "my",
        "your",
        "our",
        "this",
        "that",
        "these",
        "those",
        "all",
        "any",
        "most",
    ):
        at += 1
    body = at
    while at < len(tokens) and at - start < most:
        low = word(tokens, at)
        if at > body and _joins(tokens, at):
            at += 1
        elif (
            not is_word(tokens, at)
            or low in FUNCTION
            or low in FINITE
            or low in ADVERBS
            or (
                at > body
                and (
                    (low.endswith("ly") and low not in RHYTHMS)
                    or (low.endswith("ed") and low not in ("prescribed", "ordered"))
                    or low in ("that", "twice")
                )
            )
        ):
            break
        else:
            at += 1
    return at if at > body else start


def _joins(tokens: Sequence[Token], at: int) -> bool:
    """Whether a mark, "of" or "and" inside a noun phrase has more of it behind."""
    low = word(tokens, at)
    if low in ("-", "/", "'s") and tokens[at].start == tokens[at - 1].end and is_word(tokens, at + 1):
        return True
    if low == "of":
        return is_word(tokens, at + 1)
    return low in ("and", "or", "/", "&") and _conjunct(tokens, at + 1)


def _conjunct(tokens: Sequence[Token], at: int) -> bool:
    """Whether a noun, not a verb or a new clause, follows an "and"."""
    low = word(tokens, at)
    if low in ("the", "his", "her", "their", "all", "other"):
        at, low = at + 1, word(tokens, at + 1)
    return (
        is_word(tokens, at)
        and low not in FUNCTION
        and low not in FINITE
        and low not in ADVERBS
        and low not in PRONOUNS
        and not low.endswith(("ed", "ing", "ly"))
        and word(tokens, at + 1) not in BE
        and word(tokens, at + 1) not in HAVE
    )


# Adjectives that may stand between "the addict's" and the noun, besides those in -al, -ous, -ive, -ic, -ful.
POSSESSED_ADJECTIVES = listed(
    "new old young older younger first second third last next own other left right only main early recent prior "
    "past long short medical social primary close high low poor best three two four few many sick newborn "
    "pregnant nearest"
)
# Nouns that go before another noun.
POSSESSED_COMPOUNDS = listed(
    "family liver drug injection treatment health care blood urine heart pain skin arm leg hand support case home "
    "hospital clinic overdose medication methadone emergency police court foster insurance discharge progress "
    "room emotional risk"
)


def possessed_end(tokens: Sequence[Token], start: int) -> int:
    """Return where the noun possessed ends ("wife", "young wife", "liver disease"); `start` when it cannot be told."""
    at = start
    while word(tokens, at) in POSSESSED_ADJECTIVES or (
        re.search(r"(al|ous|ive|ic|ful|able|less)\Z", word(tokens, at)) and is_word(tokens, at + 1)
    ):
        if word(tokens, at) not in POSSESSED_ADJECTIVES and _ends_here(tokens, at + 1):
            break
        at += 1
    if not is_word(tokens, at) or word(tokens, at) in FUNCTION or word(tokens, at) in DETERMINERS:
        return start
    while word(tokens, at) in POSSESSED_COMPOUNDS and not _ends_here(tokens, at + 1):
        at += 1
    at += 1
    if word(tokens, at) in ("and", "or") and _conjunct(tokens, at + 1) and _ends_here(tokens, at + 2):
        at += 2
    if word(tokens, at) == "of" and is_word(tokens, at + 1):
        at = max(at, noun_phrase_end(tokens, at + 1, 4))
    return at


def _ends_here(tokens: Sequence[Token], at: int) -> bool:
    low = word(tokens, at)
    return not is_word(tokens, at) or low in FUNCTION or low in FINITE or low in ADVERBS or low.endswith(("ed", "ly"))


# ------------------------------------------------------------------ verbs


def verb_form(tokens: Sequence[Token], index: int, words: Words) -> str:
    """Return which form the verb at `index` has: base, third, past, participle or gerund.

    A form that may be past or participle is told by the auxiliary before it.
    """
    low = word(tokens, index)
    if low in ("am", "are", "is"):
        return "third"
    if low in ("was", "were"):
        return "past"
    at = governor(tokens, index)
    helper = word(tokens, at) if at is not None else ""
    base = words.base_of(low)
    forms = words.verb(base) if base else None
    if low.endswith("ing") and (len(low) > 5 if forms is None else low == forms.gerund):
        return "gerund"
    if helper in HAVE or helper in BE:
        return "participle" if forms is None or low in (forms.participle, forms.past) or base == "get" else "base"
    if helper:
        return "base"
    if forms is not None:
        if low == forms.base and low != forms.past:
            return "base"
        if low == forms.third:
            return "third"
        if low == forms.past:
            return "past" if low != forms.base or not _plural_subject(tokens, index) else "base"
        return "participle"
    if low.endswith("ed") and low not in ("need", "feed", "exceed", "proceed", "succeed"):
        return "past"
    if low.endswith("s") and not low.endswith("ss"):
        return "third"
    return "base"


def _plural_subject(tokens: Sequence[Token], index: int) -> bool:
    at = index - 1
    while at >= 0 and word(tokens, at) in ADVERBS:
        at -= 1
    low = word(tokens, at)
    return low in PLURAL_SUBJECTS or (low.endswith("s") and len(low) > 3 and not low.endswith(("ss", "us", "is", "'s")))


def be_form(form: str, tokens: Sequence[Token], index: int) -> str:
    """Return the form of "be" that stands where `form` of another verb stood."""
    subject = word(tokens, index - 1)
    if form == "third":
        return "is"
    if form == "past":
        return "were" if _plural_subject(tokens, index) else "was"
    if form == "participle":
        return "been"
    if form == "gerund":
        return "being"
    if governor(tokens, index) is not None:
        return "be"
    return "am" if subject == "i" else "are"


def verb_phrase(phrase: str, match: Match, first: int, last: int, head: int, words: Words) -> Splice | None:
    """Return `phrase` (a base verb, or "not" and one, and what follows) in the form of the verb at `head`."""
    tokens = match.tokens
    low = word(tokens, head)
    if low in BE and low not in ("be", "been", "being"):
        form = "past" if low.startswith("w") else "third"
        if negated(tokens, head, head + 1):
            return None
        plural = low in ("are", "were", "am")
    else:
        form = verb_form(tokens, head, words)
        plural = False
    adjective = form in ("past", "participle") and word(tokens, first - 1) in BEFORE_ADJECTIVE
    if adjective and (first == 1 or tokens[first - 1].text[0].islower()):
        return None  # "another failed urine", but not "Mr. A passed"
    helper = governor(tokens, head)
    helping = word(tokens, helper) if helper is not None else ""
    negative = phrase.startswith("not ")
    if phrase == "not":
        return _denied(match, first, last, form, helping)
    base, _, rest = phrase.removeprefix("not ").partition(" ")
    rest = f" {rest}" if rest else ""
    if base == "have" and form == "gerund" and helper is None and not negative:
        return Splice(first, last, f"with{rest}")  # "patients suffering from asthma"
    if negative and negated(tokens, max(0, (helper if helper is not None else head - 1)), head):
        return None
    forms = words.verb(base)
    if base in STATIVE and form == "gerund" and helper is not None and helping in BE:
        return replace_be(match, helper, first, last, base, rest.strip(), words)
    if base == "be":
        new = low if low in BE else be_form(form, tokens, head)
        if helping in DO and helper is not None and not negative:
            return _without_do(match, helper, head, last, rest)
        return Splice(first, last, f"{new}{' not' if negative else ''}{rest}")
    new = getattr(forms, form)
    if form == "third" and plural:
        new = forms.base
    if not negative:
        return Splice(first, last, new + rest)
    if form == "gerund":
        # "has been failing" -> "has not been responding"
        if word(tokens, first - 1) == "been":
            return Splice(first - 1, last, f"not been {new}{rest}")
        return Splice(first, last, f"not {new}{rest}")
    if form == "participle":
        return Splice(first, last, f"not {new}{rest}") if helping in HAVE else None
    if form == "base" and helping == "to" and helper == first - 1:
        return Splice(first - 1, last, f"not to {forms.base}{rest}")
    if form == "base" and helping:
        return Splice(first, last, f"not {forms.base}{rest}")
    do = {"third": "does", "past": "did"}.get(form, "do")
    if form == "third" and plural:
        do = "do"
    return Splice(first, last, f"{do} not {forms.base}{rest}")


def _denied(match: Match, first: int, last: int, form: str, helping: str) -> Splice | None:
    """ "failed to attend" -> "did not attend"; the verb that follows is in its base form and stays."""
    if form == "base" and helping:
        return Splice(first, last, "not")
    if form in ("past", "third"):
        return Splice(first, last, "did not" if form == "past" else "does not")
    return Splice(first, last, "do not") if form == "base" else None


def replace_be(match: Match, be: int, first: int, last: int, base: str, rest: str, words: Words) -> Splice | None:
    """Put the verb `base` in place of the "be" at `be`: "is not obese" -> "does not have obesity".

    `tokens[first:last]` is the label or participle after it; what stands between stays.
    """
    tokens = match.tokens
    low = word(tokens, be)
    forms = words.verb(base)
    between = [tokens[i].text.lower() for i in range(be + 1, first)]
    past = low.startswith("w")
    many = low in ("are", "were", "aren't", "weren't", "am")
    do = "did" if past else "do" if many else "does"
    if any(w in PRONOUNS or w == "the" for w in between):  # a question
        pieces = [do, *between, forms.base, rest]
    elif low.endswith("n't"):
        pieces = [f"{do}n't", *between, forms.base, rest]
    elif "not" in between:
        if low in ("be", "been", "being"):
            return None
        pieces = [do, *between, forms.base, rest]
    else:
        finite = forms.past if past else forms.base if many else forms.third
        new = {"be": forms.base, "been": forms.participle, "being": forms.gerund}.get(low, finite)
        pieces = [*between, new, rest]
    return Splice(be, last, " ".join(piece for piece in pieces if piece))


def _without_do(match: Match, helper: int, head: int, last: int, rest: str) -> Splice:
    """ "did not stay clean" -> "was not in recovery": "be" takes no "do"."""
    tokens = match.tokens
    do = word(tokens, helper)
    many = _plural_subject(tokens, helper) or word(tokens, helper + 1) in PLURAL_SUBJECTS
    be = {"do": "are", "does": "is", "did": "were" if many else "was"}[do.removesuffix("n't")]
    between = plain(tokens, helper + 1, head, match.text) if head > helper + 1 else ""
    text = " ".join(part for part in (be + ("n't" if do.endswith("n't") else ""), between) if part)
    return Splice(helper, last, text + rest)
