"""Quotation marks: whose words they hold, and why.

A patient's own words are `quoted`; a word that is quoted to talk about it is `mentioned`;
what staff say, and single words set in quotes to cast doubt, are the writer's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hrlint.model import Span
from hrlint.tokens import fold


class Quote(NamedTuple):
    """A quotation: the stretch between the marks, and whether the closing mark was found."""

    start: int
    end: int
    closed: bool


_REACH = 700
_OPENING = frozenset("\"'“‘„«")
_MARK = re.compile("[\"'“‘„«”’»]")
_CLOSING = {'"': '"”', "“": '”"', "„": '“”"', "'": "'’\"", "‘": "’'", "«": "»"}

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
_STAFF = re.compile(
    r"\b(?:rn|nurse|nursing|md|do|np|pa|dr|doctor|physician|provider|attending|resident|intern|tech|technician|pharmacist|staff|ems|"
    r"medic|paramedic|officer|police|triage|clerk|front desk|receptionist|counsell?or|therapist|social worker|sw|cm|case manager|"
    r"consult|consultant|team|teacher|guard|security|per (?:note|report|chart)|prior note|outside note|referral|handoff|sign-?out|comment|"
    r"judge|po|probation)\b"
)
_FIRST_PERSON = re.compile(
    r"(?:^|[^\w'])(?:i|i'm|i've|i'll|i'd|im|my|me|myself|we|we're|our|ours|mine|ain't|gonna)(?![\w'])"
)
_SPEAKS_BEFORE = re.compile(
    rf"(?:{_REPORTS}|{_PERSON})(?:\s+(?:that|to|me|us|this|writer|rn|md|staff|nurse|provider|being|as|is|was|he|she|they|him|her|them|"
    rf"himself|herself|themself|themselves|just|simply|only|a|an|the|his|her|use|uses|word))*\s*[,:;-]*\s*$"
)
_SPEAKS_AFTER = re.compile(
    rf"^\s*[,.;!?-]*\s*(?:{_PERSON}\s+(?:\w+\s+)?{_REPORTS}|{_REPORTS}\s+(?:the\s+)?{_PERSON}|(?:per|from|-|—|–)\s*{_PERSON}|pt\b|she\b|he\b)"
)
_LABELLED = re.compile(
    rf"(?:^|[\s(\[\"“*-]){_PERSON}(?:'s)?(?:\s+(?:words?|statement|goal|quote|states?))?\s*[:=-]\s*$"
)

_MENTIONS = re.compile(
    r"\b(?:words?|terms?|phrases?|label(?:s|l?ed|l?ing)?|language|wording|vocabulary|slang|slurs?|terminology|"
    r"(?:instead|in place) of|rather than|replac(?:e|es|ed|ing)|avoid(?:s|ing)?|(?:do|does|did) not (?:write|use|say|chart|document|contain)|"
    r"don't (?:write|use|say|chart|document)|never (?:write|use|say|chart|document)|stop (?:using|writing|saying|charting)|"
    r"search(?:es|ed|ing)? (?:for|the)|find and replace|stigmatizing|stigmatising|pejorative|outdated|retired|deprecated|"
    r"spell(?:ed|ing)|definition of|meaning of|coined|euphemism|connotation|not (?:\"|“)|"
    r"grand rounds|in-?service|lecture|lesson|seminar|quiz|glossary|style guide|style sheet|checklist|find words like|"
    r"str(?:ike|ikes|uck|icken)|delet(?:e|es|ed|ing)|swap(?:s|ped)?|cross(?:ed|es|ing)? out|(?:change|changed|changing|reword\w*|edited) to|"
    r"chang(?:e|ed) (?:from|the word)|remov(?:ed|ing) from|reword\w*|rephras\w*|objects? to|traced|debrief\w*|policy rewrite|"
    r"still on (?:the )?form|did (?:i|we) write|(?:note|chart|letter|entry) (?:reading|that reads?)|reviewer flagged|in my note)\b"
)


def quote_around(text: str, span: Span) -> Quote | None:
    """Return the innermost quotation that holds `span`, on the same paragraph, or None."""
    low = max(0, span.start - _REACH)
    blank = max(text.rfind("\n\n", low, span.start), text.rfind("\n\r\n", low, span.start))
    if blank >= 0:
        low = blank
    high = min(len(text), span.end + _REACH)
    blank = text.find("\n\n", span.end, high)
    if blank >= 0:
        high = blank
    opening: tuple[int, str] | None = None
    for found in _MARK.finditer(text, low, span.start):
        at, mark = found.start(), found.group()
        if opening and mark in _CLOSING[opening[1]] and _closes(text, at):
            opening = None
        elif mark in _OPENING and _opens(text, at) and (opening is None or opening[1] in "'‘"):
            opening = (at, mark)
    if opening is None:
        return None
    at, mark = opening
    for found in _MARK.finditer(text, span.end, high):
        if found.group() in _CLOSING[mark] and _closes(text, found.start()):
            return Quote(at + 1, found.start(), True)
    if mark in "'‘":
        return None
    stop = text.find("\n", span.end, high)
    return Quote(at + 1, stop if stop >= 0 else high, False)


def _opens(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    return not before.isalnum() and not after.isspace() and before not in "\"'”’"


def _closes(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if text[at] in "'’":
        return not after.isalnum() and not before.isspace()
    return not before.isspace() or after.isspace()


def voice_and_mention(text: str, span: Span) -> tuple[bool, bool]:
    """Return (quoted, mentioned) for `span`: a patient's own words, a word only talked about."""
    quote = quote_around(text, span)
    if quote is None:
        return False, False
    inside = fold(text[quote.start : quote.end])
    before = fold(text[max(0, quote.start - 1 - 90) : quote.start - 1])
    before = re.split(r"\n\s*\n|[.!?]\s+(?=\S)", before)[-1]
    after = fold(text[quote.end + 1 : quote.end + 61])
    words = len(inside.split())
    if words <= 4 and not _FIRST_PERSON.search(inside):
        around = fold(text[max(0, quote.start - 160) : quote.start]) + " " + fold(text[quote.end : quote.end + 100])
        if _MENTIONS.search(around):
            return False, True
    begins = not before.strip() or before.rstrip(" \t").endswith("\n")
    if not quote.closed and not (_SPEAKS_BEFORE.search(before) or _LABELLED.search(before)):
        # A mark that opens a line and is never closed: dictated speech.
        return begins and (words >= 4 or bool(_FIRST_PERSON.search(inside))), False
    staff = _STAFF.search(before)
    speaks_before = _SPEAKS_BEFORE.search(before) or _LABELLED.search(before)
    speaks_after = _SPEAKS_AFTER.search(after) and not _STAFF.search(after[:30])
    if (
        staff
        and not _LABELLED.search(before)
        and not (speaks_before and re.search(r"\b(?:pt|patient|he|she|they|client)\b[^.]*$", before[staff.end() :]))
    ):
        return bool(
            _FIRST_PERSON.search(inside) and re.search(r"\b(?:pt|patient|he|she|they|client|told)\b", before)
        ), False
    if _FIRST_PERSON.search(inside):
        return True, False
    if speaks_before or speaks_after:
        return True, False
    # A whole clause in quotes with nobody else named is the person's.
    return words >= 6, False
