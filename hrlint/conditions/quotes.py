"""Quotation marks: whose words they hold, and why.

A patient's own words are `quoted`; a word that is quoted to talk about it is `mentioned`;
what staff say, and single words set in quotes to cast doubt, are the writer's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hrlint.conditions import places
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
_MARKS = frozenset("\"'“‘„«”’»")
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
    r"still on (?:the )?form|did (?:i|we) write|(?:note|chart|letter|entry) (?:reading|that reads?)|reviewer flagged|in my note|"
    r"contain(?:s|ed|ing)? (?:at least|any|one|the|these)|at least one of|(?:these|those|two|three|following) (?:\w+ )?(?:lines|sentences|versions|phrases)|"
    r"typos?|transcription|dictation|speech-to-text|voice recognition|mis(?:heard|typed|spelled|spelt|transcribed)|"
    r"(?:chang|renam|edit|correct|fix|updat|relabel|reprint)\w* (?:\w+ ){0,3}(?:header|heading|title|name|field|letterhead|website|leaflet|menu|option|button|column|caption))\b"
)

# Right before a quotation, and right behind it: what is quoted is a piece of text that is talked about.
_MENTION_BEFORE = re.compile(
    r"(?:(?:the|this|that|your|our|his|her|their|'s)\s+(?:\w+\s+)?(?:sentence|wording|phrase|paragraph|entry|heading|header|title|caption|button|"
    r"check ?box|tick ?box|macro|field|option)(?:\s+(?:that\s+)?(?:reads?|reading|says?|saying|called))?"
    r"|\b(?:item|question|statement|q)\s?\d+[a-z]?|(?:more|better|less|kinder|clearer|worse) (?:\w+ ){0,3}than"
    r"|(?:notes|charts|records|letters|vignettes?|abstracts|papers|articles|texts) (?:with|using|containing|including|that (?:used|said|contained)|used)"
    r"|(?:ok|okay|fine|wrong|acceptable|allowed|rude|best|right) (?:\w+ )?to (?:write|say|chart|type|use|document|hear)|should (?:not )?(?:hear|say|write|type|chart)"
    r"|\b(?:removed|removing|deleted|deleting|struck|striking|cut|took out|taking out|reworded|rephrased|retired|retiring|banned|banning|scrapped)(?: the| all)?)\s*[,:.]?\s*$"
)
_CHANGED = (
    r"(?:tak(?:en|e) out|struck|retired|removed|deleted|replaced|changed|corrected|reworded|rephrased|edited|swapped|banned|dropped|crossed out|"
    r"discouraged|offensive|stigmati[sz]ing|hurtful|pejorative|judg(?:e)?mental|outdated|misspel\w+|mistyped|misheard|mistranscribed|a typo)"
)
_MENTION_AFTER = re.compile(
    rf"^\s*(?:should (?:be|read|say|have (?:been|read|said))\b|(?:in (?:line|para|paragraph|section) \d+ )?(?:(?:is|are|was|were|has been|have been|to be|gets|got)"
    rf" (?:now |all |both )?)?{_CHANGED}\b|(?:->|=>|→)|becomes\b|now (?:reads|says)\b)"
)
_IN_TEXTS = re.compile(
    r"^(?:\s*,?\s*(?:and|or|nor)\s+(?:no\s+)?)?\s*in (?:the|our|any|all|your|these)?\s*(?:\w+ )?(?:logs?|notes|charts|letters|templates?|reports|records|summaries|documentation)\b"
)
_LISTED = re.compile(r"\"[^\"\n]{1,40}\"\s*(?:[,;/]|and|or|nor|&)*\s*")
_LISTED_NO = re.compile(r"^\s*(?:,|and|or|nor|/|&)+\s+(?:no |nor |not |never )?\"[^\"\n]{1,40}\"")

# Titles in quotation marks: "Stop Talking 'Dirty'", the paper.
_WORK = re.compile(
    r"\b(?:paper|article|book|film|movie|song|album|poster|lecture|talk|reading|journal|course|module|podcast|show|episode|titled|entitled|called|"
    r"memoir|novel|series|documentary|webinar|session|workshop|band|editorial|chapter|study|trial)\b[^.\n]{0,40}$"
)
_SMALL = frozenset(re.findall(r"\w+", "a an and as at but by for from in into is it its not of on or the to vs with"))

# Whoever is told something is not the one who speaks.
_ADDRESSED = re.compile(
    r"\b(?:told|tells|telling|asked|asks|informed|answered|texted|messaged|thanked|(?:sa(?:id|ys)|wrote|writes|replied|whispered|explained|admitted) to|"
    r"(?:yelled|yells|shouted|shouts|swore|screamed|joked) (?:at|with)|confided in)\s+(?:(?:the|our|this|his|her|their|my|another|a|an)\s+)?(?:(?!that\b|by\b)[a-z-]+\s+)?"
    + _STAFF.pattern
)
# Staff who tell a patient something do speak.
_TOLD = re.compile(
    _STAFF.pattern
    + r"(?:\s+\w+)?\s+(?:told|tells|(?:said|says|refers|referred) to|asked|informed|calls|called|warned|label(?:s|l?ed)|described)\s+"
    r"(?:the\s+|this\s+)?(?:pt|patient|client|him|her|them)\b(?:\s+(?:that|as|an?|the))*\s*[,:]?\s*$"
)
_SUBJECT = r"\b(?:pt|patient|client|he|she|they|mr|mrs|ms|resident|veteran|mother|mom|mum|father|dad|wife|husband|son|daughter)\b"
_ACTIVE = r"(?:\s+(?!(?:is|was|were|been|being|be|gets|got)\b)[\w']+){0,3}?"
# A person, a verb of saying, and a few words more; or a thing that the person wrote or sent.
_SPEAKS = re.compile(
    rf"{_SUBJECT}{_ACTIVE}\s+{_REPORTS}(?:\s+[\w']+){{0,6}}\s*[,:;-]*\s*$"
    rf"|^\s*(?:told|asked|wrote|said|texted|answered|replied)(?:\s+[\w']+){{0,5}}\s*[,:;-]*\s*$"
)
_CALLS = re.compile(
    rf"{_SUBJECT}{_ACTIVE}\s+call(?:s|ed)?\s+(?:the|his|her|their|it|this|that|these|those|my|our|me|us)(?:\s+[\w']+){{0,3}}\s*$"
)
_OWN = re.compile(
    r"\b(?:(?:his|her|their|pt's|patient's|client's|own)\s+(?:own\s+)?(?:\w+\s+)?(?:hand|handwriting|diary|journal|letter|card|poem|song|lyrics|texts?|"
    r"voicemail|voice mail|message|e-?mail|post|tattoo|drawing|whiteboard|workbook|notebook|story|reply|answer|response|motto|slogan|mantra|speech|blog|t-shirt|shirt)"
    r"|(?:voicemail|voice mail|message|text|letter|card|e-?mail|note|postcard|poem|drawing) (?:from|by) (?:the )?(?:pt|patient|client|him|her|them|mother|mom|mum|father|dad|wife|husband|son|daughter))"
    r"\b(?:\s+\w+){0,4}\s*[,:;-]*\s*$"
)

# Dialogue without quotation marks: who asks and who answers, by the labels of the lines.
_LABEL = re.compile(
    r"(?:^|(?<=[.?!\"”]))[ \t>*_-]*([A-Za-z][A-Za-z]*\.?(?: [A-Z][a-z]*\.?)?) ?#?\d{0,3}[*_]*:[*_]*\s", re.MULTILINE
)
_ASKS = frozenset(
    re.findall(
        r"\w+",
        "interviewer doctor dr md rn nurse provider clinician counselor counsellor therapist moderator facilitator researcher operator dispatcher int np sw peer me",
    )
)
_ANSWERS = frozenset(
    re.findall(
        r"\w+",
        "pt patient client caller resident mother mom mum father dad wife husband son daughter mr mrs ms participant respondent interviewee",
    )
)
# "He was an …": a label for somebody else is a label, whoever says it.
_OF_ANOTHER = re.compile(
    r"\b(?:he|she|they|mom|mum|mother|dad|father|husband|wife|brother|sister|son|daughter|uncle|aunt|partner|boyfriend|girlfriend)(?:'s)?"
    r"(?: (?:is|was|were|are|has been|had been|used to be))? (?:\w+ ){0,2}an?\s*$"
)
_I = re.compile(r"(?<![\w'])(?:i|i'm|i've|i'd|i'll|my|me|myself)(?![\w'])")
_OTHERS = re.compile(r"\b(?:he|she|his|her|him|they|pt|patient|states|says|stated|reports)\b")
_ALWAYS_ANSWERS = frozenset(["respondent", "interviewee"])


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
    if _between_quotations(text, span):
        return False, True
    quote = quote_around(text, span)
    if quote is None:
        return _answers(text, span), _rewritten(text, span)
    inside = fold(text[quote.start : quote.end])
    before = fold(text[max(0, quote.start - 1 - 90) : quote.start - 1])
    before = re.split(r"\n\s*\n|[.!?]\s+(?=\S)", before)[-1]
    after = fold(text[quote.end + 1 : quote.end + 61])
    words = len(inside.split())
    first_person = _FIRST_PERSON.search(inside)
    if quote.closed and _mentioned(text, quote, words, own=bool(first_person), before=before, after=after):
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
    staff = _STAFF.search(before)
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
    if speaks_before or speaks_after or _OWN.search(before) or _CALLS.search(before):
        return True, False
    if words >= 3 and _SPEAKS.search(before):
        return True, False
    # A whole clause in quotes with nobody else named is the person's.
    return words >= 6, False


def _mentioned(text: str, quote: Quote, words: int, *, own: bool, before: str, after: str) -> bool:
    """Whether the words of `quote` are only talked about."""
    if words <= 12 and _MENTION_BEFORE.search(before):
        return True
    if own:
        return False
    if words <= 8 and _MENTION_AFTER.search(after):
        return True
    if words <= 6:
        # Items of a list of quotations stand between the word that says what they are and the last of them.
        low = _LISTED.sub("", fold(text[max(0, quote.start - 401) : quote.start - 1]))[-160:]
        high = after
        while listed := _LISTED_NO.match(high):
            high = high[listed.end() :]
        if _MENTIONS.search(
            low + fold(text[quote.start - 1 : quote.start]) + " " + fold(text[quote.end : quote.end + 100])
        ):
            return True
        if re.search(r"\b(?:no|not|never|nor|without)\s*$", low) and _IN_TEXTS.search(high):
            return True
    return _is_title(text[quote.start : quote.end], before, after)


def _is_title(inside: str, before: str, after: str) -> bool:
    """Whether the words in quotation marks are a title: capitals throughout, and many of them or a paper, a film, a year beside."""
    words = re.findall(r"[A-Za-z][\w'’-]*", inside)
    if len(words) < 2 or inside.isupper() or not words[0][0].isupper():
        return False
    large = [word for word in words if word.lower() not in _SMALL]
    if not all(word[0].isupper() for word in large):
        return False
    return len(large) >= 4 or (
        len(large) >= 2 and bool(_WORK.search(before) or re.match(r"\s*[,(][^.\n]{0,30}(?:19|20)\d\d", after))
    )


def _between_quotations(text: str, span: Span) -> bool:
    """Whether `span` runs from a mark that closes one quotation to a mark that opens the next: `” or “`."""
    first, last = span.start, span.end - 1
    return (
        first < last
        and text[first] in _MARKS
        and text[last] in _MARKS
        and _closes(text, first)
        and not _opens(text, first)
        and _opens(text, last)
        and not _closes(text, last)
    )


def _answers(text: str, span: Span) -> bool:
    """Whether `span` is said in a dialogue, on a line of the one who answers."""
    own = places.line(text, span.start)
    if span.start - own.start > _REACH or text.find(":", own.start, span.start) < 0:
        return False
    if _OF_ANOTHER.search(fold(text[max(own.start, span.start - 60) : span.start])):
        return False
    labels = [match.group(1).lower().split()[0].rstrip(".") for match in _LABEL.finditer(text, own.start, span.start)]
    if not labels or labels[-1] not in _ANSWERS:
        return False
    rest = fold(text[span.start : min(own.end, span.end + _REACH)])
    if _I.search(rest) and not _OTHERS.search(rest):
        return True
    if labels[-1] in _ALWAYS_ANSWERS or not _ASKS.isdisjoint(labels):
        return True
    beside = []
    if own.start:
        beside.append(places.line(text, own.start - 1))
    if own.end < len(text):
        beside.append(places.line(text, own.end + 1))
    found = (_LABEL.match(text, each.start, min(each.end, each.start + 80)) for each in beside)
    return any(match.group(1).lower().split()[0].rstrip(".") in _ASKS for match in found if match)


# A pair of lines, or of halves of one, that rewrites a sentence: `Before: known addict` and `After: person with OUD`.
_OLD = re.compile(
    r"(?:^|[|.;]\s+)[ \t>*_-]*(?:before|old|original|not|instead of|wrong|don't|avoid|bad|poor|draft|first draft|rather than|no)[*_]*:",
    re.IGNORECASE | re.MULTILINE,
)
_NEW = re.compile(
    r"(?:^|[|.;/]\s*|\n)[ \t>*_-]*(?:after|new|rewrite|rewritten|reworded|but|say|write|right|do|better|good|try|use|revised|instead|yes)[*_]*:",
    re.IGNORECASE,
)
_KINDER = re.compile(
    r"\b(?:person|people|who|uses|use|injects|disorder|declined|said|chose|(?:did|does|has|was) not|not taking|missed|took|takes|positive|negative|reports|came|has)\b",
    re.IGNORECASE,
)


def _rewritten(text: str, span: Span) -> bool:
    """Whether `span` is the old half of a sentence that is written anew right behind it."""
    own = places.line(text, span.start)
    start = max(own.start, span.start - 200)
    if text.find(":", start, span.start) < 0:
        return False
    old = [
        match.end()
        for match in _OLD.finditer(text, start, span.start)
        if match.start() == own.start or match.start() > start
    ]
    if not old or ":" in text[old[-1] : span.start]:
        return False
    below = places.line(text, min(own.end + 1, len(text))) if own.end < len(text) else own
    new = _NEW.search(text, span.end, min(below.end, span.end + 400))
    return bool(new and _KINDER.search(text, new.end(), min(below.end, new.end() + 200)))
