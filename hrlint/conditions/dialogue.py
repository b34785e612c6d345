"""Dialogue without quotation marks: who asks and who answers, by the labels of the lines."""

from __future__ import annotations

import re

from hrlint.conditions import places
from hrlint.conditions.quotes import REACH
from hrlint.model import Span
from hrlint.patterns import lazy
from hrlint.tokens import fold

_LABEL = lazy(
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
_OF_ANOTHER = lazy(
    r"\b(?:he|she|they|mom|mum|mother|dad|father|husband|wife|brother|sister|son|daughter|uncle|aunt|partner|boyfriend|girlfriend)(?:'s)?"
    r"(?: (?:is|was|were|are|has been|had been|used to be))? (?:\w+ ){0,2}an?\s*$"
)
_I = lazy(r"(?<![\w'])(?:i|i'm|i've|i'd|i'll|my|me|myself)(?![\w'])")
_OTHERS = lazy(r"\b(?:he|she|his|her|him|they|pt|patient|states|says|stated|reports)\b")
_ALWAYS_ANSWERS = frozenset(["respondent", "interviewee"])


def answers(text: str, span: Span) -> bool:
    """Whether `span` is said in a dialogue, on a line of the one who answers."""
    own = places.line(text, span.start)
    if span.start - own.start > REACH or text.find(":", own.start, span.start) < 0:
        return False
    if _OF_ANOTHER.search(fold(text[max(own.start, span.start - 60) : span.start])):
        return False
    labels = [match.group(1).lower().split()[0].rstrip(".") for match in _LABEL.finditer(text, own.start, span.start)]
    if not labels or labels[-1] not in _ANSWERS:
        return False
    rest = fold(text[span.start : min(own.end, span.end + REACH)])
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
