"""Whose words a match is in.

A patient's own words are `quoted`; a word that is talked about is `mentioned`;
what staff say, and single words set in quotes to cast doubt, are the writer's.
"""

from __future__ import annotations

import re

from hrlint.conditions.dialogue import answers
from hrlint.conditions.mentions import between_quotations, mentioned, rewritten
from hrlint.conditions.quotes import quote_around
from hrlint.model import Span
from hrlint.patterns import lazy
from hrlint.tokens import fold

_REPORTS = (
    r"(?:stat(?:es?|ed|ing)|sa(?:y|ys|id|ying)|report(?:s|ed|ing)?|tells?|told|admit(?:s|ted)|endors(?:es|ed)|explain(?:s|ed)|"
    r"repeat(?:s|ed|ing)|shar(?:es|ed)|answer(?:s|ed)|repl(?:ies|ied)|respond(?:s|ed)|ask(?:s|ed)|add(?:s|ed)|yell(?:s|ed|ing)|"
    r"describ(?:es|ed)|call(?:s|ed|ing)(?: (?:it|this|that|(?:his|her|their) \w+))?|would like written(?: here)?|'d like written(?: here)?|express(?:es|ed)|wr(?:ites|ote)|quot(?:es|ed|ing)|put it|verbali[sz](?:es|ed)|"
    r"insist(?:s|ed)|mention(?:s|ed)|joke[sd]|whisper(?:s|ed)|shout(?:s|ed)|apologi[sz](?:es|ed)|introduc(?:es|ed)|"
    r"refer(?:s|red) to (?:him|her|them)self|believ(?:es|ed)|feels?|felt|texts?|texted|recall(?:s|ed)|volunteer(?:s|ed)|remark(?:s|ed))"
)
_PERSON = (
    r"(?:pt|pts|patient|client|he|she|they|mr|mrs|ms|miss|cc|chief complaint|subjective|s|hpi|mother|mom|mum|father|dad|wife|husband|"
    r"son|daughter|sister|brother|partner|participant|resident|veteran|woman|man|girl|boy|teen|youth|guest|member|bystander|neighbou?r|friend|roommate|cousin|aunt|uncle|grandmother|"
    r"grandfather|boyfriend|girlfriend|spouse|family|parents?|caller|sponsor|peer|self|himself|"
    r"herself|themself|themselves|goal|goals|reason for visit|own words|words|narrative|quote)"
)
_STAFF_NAMED = (
    r"\b(?:rn|nurse|nursing|md|do|np|pa|dr|doctor|physician|provider|attending|resident|intern|tech|technician|pharmacist|staff|ems|"
    r"medic|paramedic|officer|police|triage|clerk|front desk|receptionist|counsell?or|therapist|social worker|sw|cm|case manager|"
    r"consult|consultant|team|teacher|guard|security|per (?:note|report|chart)|prior note|outside note|referral|handoff|sign-?out|comment|"
    r"judge|po|probation|deputy|sheriff|sergeant|sgt|warden|magistrate|attorney|reviewer(?= ?\d| ?:)|liaison|landlord|director|supervisor|superintendent|"
    r"surgeon|anesthesiologist|hospitalist|midwife|registrar|gp|pcp|psychiatrist|psychologist|"
    r"dietitian|aide|cna|lpn|sitter|dispatcher|case ?worker|key ?worker|coordinator|preceptor|insurer|payer|"
    # These are a place or a matter as often; they speak with a verb right behind.
    r"(?:court|committee|board|surgery|anesthesia|crew|dispatch|ob|obgyn|fellow|employer|boss)(?=\s+(?:sa(?:ys?|id)|wrote|writes|stat(?:es|ed)|not(?:es|ed)|called|calls|told)\b))\b"
)
_STAFF = lazy(_STAFF_NAMED)
# What somebody wrote who is not the patient: quoted words of a chart, a letter or a wall are still a writer's.
_DOCUMENT = lazy(
    r"\b(?:(?:old|prior|previous|past|earlier|outside|other|transferring|referring|discharge|d/c|ed|er|clinic|hospital|facility|jail|school|court|"
    r"admission|progress|nursing|scanned|faxed|pasted|copied|last|first|undated|(?:19|20)\d\d) (?:\w+ ){0,2}"
    r"(?:note|notes|letter|sheet|summary|record|records|chart|report|form|entry|fax|plan)|"
    r"policy|protocol|poster|sign|signage|flyer|leaflet|brochure|handbook|banner|memo|minutes|template|notice|placard|guideline|contract|agreement|"
    r"problem list|alert|order set|care ?plan|website|advert|"
    r"(?:notes?|form|letter|chart|record|sheet|report|remarks?|comments?)(?: \d+)?(?: (?:says?|said|reads?|states?|stated)|(?=\s*:)))\b"
    r"(?:\W+[\w']+){0,5}\W*$"
)
_SINGULAR = lazy(r"(?:^|[^\w'])(?:i|i'm|i've|i'll|i'd|im|my|me|myself)(?![\w'])")
_FIRST_PERSON = lazy(r"(?:^|[^\w'])(?:i|i'm|i've|i'll|i'd|im|my|me|myself|we|we're|our|ours|mine|ain't|gonna)(?![\w'])")
_SPEAKS_BEFORE = lazy(
    rf"(?:{_REPORTS}|{_PERSON})(?:\s+(?:that|to|me|us|this|writer|rn|md|staff|nurse|provider|being|as|is|was|he|she|they|him|her|them|"
    rf"himself|herself|themself|themselves|just|simply|only|a|an|the|his|her|use|uses|word))*\s*[,:;-]*\s*$"
)
_SPEAKS_AFTER = lazy(
    rf"^\s*[,.;!?-]*\s*(?:{_PERSON}\s+(?:\w+\s+)?{_REPORTS}|{_REPORTS}\s+(?:the\s+)?{_PERSON}|(?:per|from|-|—|–)\s*{_PERSON}|pt\b|she\b|he\b)"
)
_LABELLED = lazy(rf"(?:^|[\s(\[\"“*-]){_PERSON}(?:'s)?(?:\s+(?:words?|statement|goal|quote|states?))?\s*[:=-]\s*$")

# Whoever is told something is not the one who speaks.
_ADDRESSED = lazy(
    r"\b(?:told|tells|telling|asked|asks|informed|answered|texted|messaged|thanked|(?:sa(?:id|ys)|wrote|writes|replied|whispered|explained|admitted) to|"
    r"(?:yelled|yells|shouted|shouts|swore|screamed|joked) (?:at|with)|confided in)\s+(?:(?:the|our|this|his|her|their|my|another|a|an)\s+)?(?:(?!that\b|by\b)[a-z-]+\s+)?"
    + _STAFF_NAMED
)
# Staff who tell a patient something do speak.
_TOLD = lazy(
    _STAFF_NAMED
    + r"(?:\s+\w+)?\s+(?:told|tells|(?:said|says|refers|referred) to|asked|informed|calls|called|warned|label(?:s|l?ed)|described)\s+"
    r"(?:the\s+|this\s+)?(?:pt|patient|client|him|her|them)\b(?:\s+(?:that|as|an?|the))*\s*[,:]?\s*$"
)
_SUBJECT = r"\b(?:pt|patient|client|he|she|they|mr|mrs|ms|resident|veteran|mother|mom|mum|father|dad|wife|husband|son|daughter)\b"
_ACTIVE = r"(?:\s+(?!(?:is|was|were|been|being|be|gets|got)\b)[\w']+){0,3}?"
# A person, a verb of saying, and a few words more; or a thing that the person wrote or sent.
_SPEAKS = lazy(
    rf"{_SUBJECT}{_ACTIVE}\s+{_REPORTS}(?:\s+[\w']+){{0,6}}\s*[,:;-]*\s*$"
    rf"|^\s*(?:told|asked|wrote|said|texted|answered|replied)(?:\s+[\w']+){{0,5}}\s*[,:;-]*\s*$"
)
# Nobody is named who fills in a form: the person.
_FILLS_IN = lazy(r"^\s*(?:writes|wrote|put|puts|filled in|fills in)\b")
_CALLS = lazy(
    rf"{_SUBJECT}{_ACTIVE}\s+call(?:s|ed)?\s+(?:the|his|her|their|it|this|that|these|those|my|our|me|us)(?:\s+[\w']+){{0,3}}\s*$"
)
# The words a person began or ended with.
_OPENED = lazy(
    r"\b(?:opened|opens|began|begins|started|starts|greeted|greets|closed|closes|ended|ends) (?:\w+ ){0,3}with\s*[,:]?\s*$"
)
_OWN = lazy(
    r"\b(?:(?:his|her|their|pt's|patient's|client's|own)\s+(?:own\s+)?(?:\w+\s+)?(?:hand|handwriting|diary|journal|letter|card|poem|song|lyrics|texts?|"
    r"voicemail|voice mail|message|e-?mail|post|tattoo|drawing|whiteboard|workbook|notebook|story|reply|answer|response|motto|slogan|mantra|speech|blog|t-shirt|shirt)"
    r"|(?:voicemail|voice mail|message|text|letter|card|e-?mail|note|postcard|poem|drawing) (?:from|by) (?:the )?(?:pt|patient|client|him|her|them|mother|mom|mum|father|dad|wife|husband|son|daughter))"
    r"\b(?:\s+\w+){0,4}\s*[,:;-]*\s*$"
)


def voice_and_mention(text: str, span: Span) -> tuple[bool, bool]:
    """Return (quoted, mentioned) for `span`: a patient's own words, a word only talked about."""
    if between_quotations(text, span):
        return False, True
    quote = quote_around(text, span)
    if quote is None:
        return answers(text, span), rewritten(text, span)
    inside = fold(text[quote.start : quote.end])
    before = fold(text[max(0, quote.start - 1 - 90) : quote.start - 1])
    before = re.split(r"\n\s*\n|[.!?]\s+(?=\S)", before)[-1]
    after = fold(text[quote.end + 1 : quote.end + 61])
    words = len(inside.split())
    first_person = _FIRST_PERSON.search(inside)
    if quote.closed and mentioned(text, quote, words, own=bool(first_person), before=before, after=after):
        return False, True
    begins = not before.strip() or before.rstrip(" \t").endswith("\n")
    if not quote.closed and not (_SPEAKS_BEFORE.search(before) or _LABELLED.search(before)):
        # A mark that opens a line and is never closed: dictated speech.
        return begins and (words >= 4 or bool(first_person)), False
    told = _ADDRESSED.search(before)
    if told and (words >= 3 or first_person or re.search(_SUBJECT, before[: told.start()])):
        before = _ADDRESSED.sub("told", before)
    if _TOLD.search(before):
        return False, False
    if first_person and re.search(r"[.!?]\s*$", before):
        # The sentence before is over, so whoever it names does not introduce the words.
        return True, False
    fills_in = _FILLS_IN.search(before)
    # Of itself a document says "we"; the "I" in one is the person it quotes.
    document = not fills_in and not _SINGULAR.search(inside) and _DOCUMENT.search(before)
    staff = _STAFF.search(before) or document
    speaks_before = _SPEAKS_BEFORE.search(before) or _LABELLED.search(before)
    speaks_after = _SPEAKS_AFTER.search(after) and not _STAFF.search(after[:30])
    if (
        staff
        and not _LABELLED.search(before)
        and not (speaks_before and re.search(r"\b(?:pt|patient|he|she|they|client)\b[^.]*$", before[staff.end() :]))
    ):
        return bool(first_person and re.search(r"\b(?:pt|patient|he|she|they|client|told)\b", before)), False
    if first_person:
        return True, False
    asked = text[max(0, quote.start - 4) : quote.start - 1].rstrip().endswith("?")
    if (
        asked
        or fills_in
        or speaks_before
        or speaks_after
        or _OWN.search(before)
        or _CALLS.search(before)
        or _OPENED.search(before)
    ):
        return True, False
    if words >= 3 and _SPEAKS.search(before):
        return True, False
    # A whole clause in quotes with nobody else named is the person's.
    return words >= 6, False
