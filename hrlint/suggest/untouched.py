"""Places where words are kept as they are: legal and consent wording, words under discussion, charted doses.

A finding there is still reported, its suggestions are shown, and none is ever applied. Each table
is a list of patterns on the line of the match; a careful editor leaves such a line alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hrlint.model import Span

# What has to stay verbatim, or has a meaning in law that a change would alter.
LEGAL = (
    r"\bcourt[- ]order(ed|s)?\b|\border of the court\b|\bthe court ordered\b|\bjudge (ordered|ruled)\b",
    r"\bsubp(o|oe)ena\b|\brespondent\b|\bplaintiff\b|\bdefendant\b|\bmisdemeano(u)?r\b",
    r"\barrest (sheet|record|report)\b|\bcharged? (with|sheet|on)\b",
    r"\b(hipaa )?authori[sz]ation( form)?:|\b(authori[sz]e|permit) (the )?(release|disclosure)\b",
    r"\bconsent (for|to|form)\b|\binformed (consent|refusal)\b|\bsigned (consent|refusal|release)\b|\brefusal form\b",
    r"\b(has|have|had|lacks?|decision[- ]making) (decisional )?capacity\b.*\brefus|\brefus.*\bcapacity\b",
    r"\bcapacity (assessment|evaluation)\b|\bjehovah|\brefus\w+ (of )?(all )?(blood|transfusion)",
    r"\bnotice required\b|\brequired by (state |federal )?(law|statute|regulation)\b|\bstatut(e|ory)\b",
    r"\bunder section \d|§|\b\d+ ?(cfr|usc|u\.s\.c\.)\b|\bhealth care proxy\b|\badvance directive\b",
    r"\bdo not (alter|edit|change)\b|\bverbatim\b",
)
# The word itself is meant.
DISCUSSED = (
    r"\bthe (word|words|phrase|slur|nickname)\b|\bthe terms? (?!infant|newborn|baby|pregnan)",
    r"\b(a|the) label [\"“‘*_]|\bmeans a label\b|\bglossary\b|\bstyle ?guide\b|\bterminology\b",
    r"\b(replace|swap|substitute) .+ with\b|\b(say|write|use)s? .+ instead of\b|\brather than (say|writ)",
    r"\bdon[’']t (say|write)\b|\bdo not (say|write)\b|\bsearch(ed)? (for|term)",
    r"\b(avoid|retire|strike|delete) (the (word|term|label|phrase)|saying|writing)\b",
)
# Somebody said it; what was said is the fact.
TOLD = (
    r"\b(called|calls|calling|named|nicknamed|labell?ed|branded) (him|her|them|me|us)\b",
    r"\b(was|is|been|being|were|got) (called|labell?ed|branded)\b|\bidentif(y|ies|ied) as\b|\bself-identif",
    r"\b(shout|yell|scream)(ed|s|ing)? (at \w+ )?(that|he|she)\b",
)
# A title, a band, a book.
TITLED = (
    r"\(title\)|\b(cited|citation|reference|doi):|\bdoi\.org\b|\bjournal\b|\bet al\b",
    r"\bthe (band|film|movie|book|song)\b",
)
# An entry that a machine or a form reads.
ENTERED = (
    r"\bform field\b|\bpick ?list\b|\bdrop-?down\b|\bcheck ?box\b|\bY/N\b",
    r"\b(?-i:MAR)\b.*\brefus|\bdoses? (charted|marked|documented|recorded) (as )?[\"“']?refus",
    r"^\s*[{\[].*[\"'][\w -]+[\"']\s*:\s*[\"'\[{]",
    r"[<>]{7}|^\s*(def|class|function) \w+[(:]|^\s*SELECT .+ FROM ",
)
_LINE = tuple(re.compile("|".join(group), re.IGNORECASE) for group in (LEGAL, DISCUSSED, TOLD, TITLED, ENTERED))
# A table that sets wrong words beside right ones.
_GUIDE = re.compile(
    r"^[ \t>]*\|[^\n]*\b(don[’']t say|do not say|avoid|instead|say|use|prefer(red)?)\b[^\n]*\|[ \t]*\r?\n"
    r"[ \t>]*\|[ :|-]+\|",
    re.IGNORECASE | re.MULTILINE,
)


@lru_cache(maxsize=64)
def _line_kept(line: str) -> bool:
    return any(pattern.search(line) for pattern in _LINE)


def _in_speech(line: str, first: int, last: int) -> bool:
    """Whether `line[first:last]` stands in quotation marks among other words: what somebody said or wrote."""
    if line[:first].count('"') % 2 == 1 and '"' in line[last:]:
        quoted = line[line.rfind('"', 0, first) + 1 : line.find('"', last)]
    elif "“" in line[:first] and line.rfind("“", 0, first) > line.rfind("”", 0, first) and "”" in line[last:]:
        quoted = line[line.rfind("“", 0, first) + 1 : line.find("”", last)]
    else:
        return False
    return len(quoted.split()) > len(line[first:last].split())


# How far around a match is read; a note on one endless line costs no more than any other.
_NEAR, _FAR, _TABLE = 200, 1000, 4000


def untouched(text: str, span: Span) -> bool:
    """Whether the words of `text` at `span` are to be left as they are, by what stands around them."""
    before = re.split(r"[\r\n]", text[max(0, span.start - _FAR) : span.start])[-1]
    after = re.split(r"[\r\n]", text[span.end : span.end + _FAR], maxsplit=1)[0]
    match = text[span.start : span.end]
    if _line_kept(before[-_NEAR:] + match + after[:_NEAR]):
        return True
    if _in_speech(before + match + after, len(before), len(before) + len(match)):
        return True
    if re.search(r"(?<![\w?])\?\Z", before):
        return True  # "?addict": a reading that somebody was not sure of
    if not before.lstrip(" \t>").startswith("|"):
        return False
    above = text[max(0, span.start - _TABLE) : span.start]
    return any("\n\n" not in above[table.end() :] for table in _GUIDE.finditer(above))
