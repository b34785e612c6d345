"""Places where words are kept as they are: legal and consent wording, words under discussion, charted doses.

A finding there is still reported, its suggestions are shown, and none is ever applied. Each table
is a list of patterns on the line of the match; a careful editor leaves such a line alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hrlint.model import Span

# Of each row: pieces of which one stands wherever the pattern can match, in lower case, since asking for
# those takes a hundredth of the time; and the pattern.
_Row = tuple[tuple[str, ...], str]

# What has to stay verbatim, or has a meaning in law that a change would alter.
LEGAL: tuple[_Row, ...] = (
    (
        ("court", "judge"),
        r"\bcourt[- ]order(ed|s)?\b|\border of the court\b|\bthe court ordered\b|\bjudge (ordered|ruled)\b",
    ),
    (
        ("subp", "respondent", "plaintiff", "defendant", "misdemean"),
        r"\bsubp(o|oe)ena\b|\brespondent\b|\bplaintiff\b|\bdefendant\b|\bmisdemeano(u)?r\b",
    ),
    (("arrest", "charge"), r"\barrest (sheet|record|report)\b|\bcharged? (with|sheet|on)\b"),
    (
        ("authori", "permit"),
        r"\b(hipaa )?authori[sz]ation( form)?:|\b(authori[sz]e|permit) (the )?(release|disclosure)\b",
    ),
    (
        ("consent", "refusal", "signed release"),
        r"\bconsent (for|to|form)\b|\binformed (consent|refusal)\b|\bsigned (consent|refusal|release)\b|\brefusal form\b",
    ),
    (
        ("capacity",),
        r"\b(has|have|had|lacks?|decision[- ]making) (decisional )?capacity\b.*\brefus|\brefus.*\bcapacity\b",
    ),
    (
        ("capacity", "jehovah", "refus"),
        r"\bcapacity (assessment|evaluation)\b|\bjehovah|\brefus\w+ (of )?(all )?"
        r"(transfusion|blood\b(?! (draw|work|test|sample|specimen|culture|pressure|sugar|glucose|gas|count|thinner)))",
    ),
    (
        ("required", "statut"),
        r"\bnotice required\b|\brequired by (state |federal )?(law|statute|regulation)\b|\bstatut(e|ory)\b",
    ),
    (
        ("section", "§", "cfr", "usc", "u.s.c.", "proxy", "directive"),
        r"\bunder section \d|§|\b\d+ ?(cfr|usc|u\.s\.c\.)\b|\bhealth care proxy\b|\badvance directive\b",
    ),
    (("do not", "verbatim"), r"\bdo not (alter|edit|change)\b|\bverbatim\b"),
)
# The word itself is meant.
DISCUSSED: tuple[_Row, ...] = (
    (
        ("word", "phrase", "slur", "nickname", "term"),
        r"\bthe (word|words|phrase|slur|nickname)\b|\bthe terms? (?!infant|newborn|baby|pregnan)",
    ),
    (
        ("label", "glossary", "style", "terminology"),
        r"\b(a|the) label [\"“‘*_]|\bmeans a label\b|\bglossary\b|\bstyle ?guide\b|\bterminology\b",
    ),
    (
        ("with", "instead of", "rather than"),
        r"\b(replace|swap|substitute) .+ with\b|\b(say|write|use)s? .+ instead of\b|\brather than (say|writ)",
    ),
    (
        ("say", "write", "search"),
        r"\bdon[’']t (say|write)\b|\bdo not (say|write)\b|\bsearch(ed)? (for|term)",
    ),
    (
        ("avoid", "retire", "strike", "delete"),
        r"\b(avoid|retire|strike|delete) (the (word|term|label|phrase)|saying|writing)\b",
    ),
)
# Somebody said it; what was said is the fact.
TOLD: tuple[_Row, ...] = (
    (
        ("call", "name", "label", "brand"),
        r"\b(called|calls|calling|named|nicknamed|labell?ed|branded) (him|her|them|me|us)\b",
    ),
    (
        ("call", "label", "brand", "identif"),
        r"\b(was|is|been|being|were|got) (called|labell?ed|branded)\b|\bidentif(y|ies|ied) as\b|\bself-identif",
    ),
    (("shout", "yell", "scream"), r"\b(shout|yell|scream)(ed|s|ing)? (at \w+ )?(that|he|she)\b"),
)
# A title, a band, a book.
TITLED: tuple[_Row, ...] = (
    (
        ("title", "cit", "reference", "doi", "journal", "et al"),
        r"\(title\)|\b(cited|citation|reference|doi):|\bdoi\.org\b|\bjournal\b|\bet al\b",
    ),
    (("band", "film", "movie", "book", "song"), r"\bthe (band|film|movie|book|song)\b"),
)
# An entry that a machine or a form reads.
ENTERED: tuple[_Row, ...] = (
    (
        ("form", "list", "down", "box", "y/n"),
        r"\bform field\b|\bpick ?list\b|\bdrop-?down\b|\bcheck ?box\b|\bY/N\b",
    ),
    (
        ("refus",),
        r"\b(?-i:MAR)\b.*\brefus|\bdoses? (charted|marked|documented|recorded) (as )?[\"“']?refus",
    ),
    (("{", "["), r"^\s*[{\[].*[\"'][\w -]+[\"']\s*:\s*[\"'\[{]"),
    (
        ("<<", ">>", "<>", "><", "def", "class", "function", "select"),
        r"[<>]{7}|^\s*(def|class|function) \w+[(:]|^\s*SELECT .+ FROM ",
    ),
)
_LINE = tuple(
    (pieces, re.compile(pattern, re.IGNORECASE))
    for group in (LEGAL, DISCUSSED, TOLD, TITLED, ENTERED)
    for pieces, pattern in group
)
# A table that sets wrong words beside right ones.
_GUIDE = re.compile(
    r"^[ \t>]*\|[^\n]*\b(don[’']t say|do not say|avoid|instead|say|use|prefer(red)?)\b[^\n]*\|[ \t]*\r?\n"
    r"[ \t>]*\|[ :|-]+\|",
    re.IGNORECASE | re.MULTILINE,
)


@lru_cache(maxsize=64)
def _line_kept(line: str) -> bool:
    low = line.lower()
    return any(pattern.search(line) for pieces, pattern in _LINE if any(piece in low for piece in pieces))


# Single marks, not the apostrophe of '90s or of a word.
_SINGLE_OPENED = re.compile(r"(?<!\w)['‘](?!\d)((?:[^'‘’]|(?<=\w)['’](?=\w))*)\Z")
_SINGLE_CLOSED = re.compile(r"((?:[^'‘’]|(?<=\w)['’](?=\w))*)['’](?!\w)")


def _in_speech(line: str, first: int, last: int) -> bool:
    """Whether `line[first:last]` stands in quotation marks among other words: what somebody said or wrote."""
    if line[:first].count('"') % 2 == 1 and '"' in line[last:]:
        quoted = line[line.rfind('"', 0, first) + 1 : line.find('"', last)]
    elif "“" in line[:first] and line.rfind("“", 0, first) > line.rfind("”", 0, first) and "”" in line[last:]:
        quoted = line[line.rfind("“", 0, first) + 1 : line.find("”", last)]
    elif (opened := _SINGLE_OPENED.search(line[:first])) and (closed := _SINGLE_CLOSED.match(line[last:])):
        quoted = opened[1] + line[first:last] + closed[1]
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
