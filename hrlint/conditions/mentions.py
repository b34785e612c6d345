"""Words that are talked about, not said of anybody: quoted to discuss them, in a title, written anew beside."""

from __future__ import annotations

import re

from hrlint.conditions import places
from hrlint.conditions.quotes import MARKS, Quote, closes, opens
from hrlint.model import Span
from hrlint.patterns import lazy
from hrlint.tokens import fold

_MENTIONS = lazy(
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
_MENTION_BEFORE = lazy(
    r"(?:(?:the|this|that|your|our|his|her|their|'s)\s+(?:\w+\s+)?(?:sentence|wording|phrase|paragraph|entry|heading|header|title|caption|button|"
    r"check ?box|tick ?box|macro|field|option)(?:\s+(?:that\s+)?(?:reads?|reading|says?|saying|called))?"
    r"|\b(?:item|question|statement|q)\s?\d+[a-z]?|(?:more|better|less|kinder|clearer|worse) (?:\w+ ){0,3}than"
    r"|(?:notes|charts|records|letters|vignettes?|abstracts|papers|articles|texts) (?:with|using|containing|including|that (?:used|said|contained)|used)"
    r"|(?:ok|okay|fine|wrong|acceptable|allowed|rude|best|right) (?:\w+ )?to (?:write|say|chart|type|use|document|hear)|should (?:not )?(?:hear|say|write|type|chart)"
    r"|\b(?:remov(?:e|ed|ing)|delet(?:e|ed|ing)|str(?:ike|uck|iking)|cut|(?:take|took|taking) out|reword(?:ed)?|rephrase[d]?|retir(?:e|ed|ing)|bann(?:ed|ing)|"
    r"scrap(?:ped)?)(?: the| all)?)\s*[,:.]?\s*$"
)
_CHANGED = (
    r"(?:tak(?:en|e) out|struck|retired|removed|deleted|replaced|changed|corrected|reworded|rephrased|edited|swapped|banned|dropped|crossed out|"
    r"taken down|painted over|discouraged|offensive|stigmati[sz]ing|hurtful|pejorative|judg(?:e)?mental|outdated|misspel\w+|mistyped|misheard|mistranscribed|a typo)"
)
_MENTION_AFTER = lazy(
    rf"^\s*(?:should (?:be|read|say|have (?:been|read|said))\b|(?:in (?:line|para|paragraph|section) \d+ )?(?:(?:is|are|was|were|has been|have been|to be|gets|got)"
    rf" (?:now |all |both )?)?{_CHANGED}\b|[,;.]? ?(?:now |since )?(?:taken down|rewrite (?:it|this)\b)|"
    r"(?:[\w' ]{0,20}[,;] ?)?(?:asked|asking) (?:\w+ ){1,3}to (?:review|remove|correct|change|update|amend)\b|(?:->|=>|→)|becomes\b|now (?:reads|says)\b)"
)
_IN_TEXTS = lazy(
    r"^(?:\s*,?\s*(?:and|or|nor)\s+(?:no\s+)?)?\s*in (?:the|our|any|all|your|these)?\s*(?:\w+ )?(?:logs?|notes|charts|letters|templates?|reports|records|summaries|documentation)\b"
)
_ITEM = r"(?:\"[^\"\n]{1,40}\"|(?<![^\W_])'[^'\n]{1,40}'(?![^\W_]))"
_LISTED = lazy(rf"{_ITEM}\s*(?:[,;/]|and|or|nor|&)*\s*")
_LISTED_NO = lazy(rf"^\s*(?:,|and|or|nor|/|&)+\s+(?:no |nor |not |never )?{_ITEM}")
# Said of the word: what it does to those who read it; and an order to write another.
_DOES = lazy(
    r"^\s*(?:(?:tells?|says?|gives?|helps?|adds?|means?)\s+(?:[\w']+\s+){0,4}(?:nothing|nobody|no one|little)\b|(?:hurts?|harms?|shames?|stigmati[sz]es?)\b)"
)
_CHANGE = lazy(
    r"\b(?:chang|replac|swap|swapp|correct|edit|amend|rewrit|reword|rephras)(?:e|es|ed|ing)?(?: the| all| any| every)?\s*$"
)
_INTO = lazy(r"^\s*(?:to|with|for|by|into|as)\b")

# Titles in quotation marks: "Stop Talking 'Dirty'", the paper.
_WORK = lazy(
    r"\b(?:paper|article|book|film|movie|song|album|poster|lecture|talk|reading|journal|course|module|podcast|show|episode|titled|entitled|called|"
    r"memoir|novel|series|documentary|webinar|session|workshop|band|editorial|chapter|study|trial)\b[^.\n]{0,40}$"
)
_SMALL = frozenset(re.findall(r"\w+", "a an and as at but by for from in into is it its not of on or the to vs with"))


def mentioned(text: str, quote: Quote, words: int, *, own: bool, before: str, after: str) -> bool:
    """Whether the words of `quote` are only talked about."""
    if words <= 12 and _MENTION_BEFORE.search(before):
        return True
    if own:
        return False
    if words <= 8 and (_MENTION_AFTER.search(after) or _CHANGE.search(before) and _INTO.match(after)):
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
        if _DOES.match(high) or re.search(r"\b(?:no|not|never|nor|without)\s*$", low) and _IN_TEXTS.search(high):
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


def between_quotations(text: str, span: Span) -> bool:
    """Whether `span` runs from a mark that closes one quotation to a mark that opens the next: `” or “`."""
    first, last = span.start, span.end - 1
    return (
        first < last
        and text[first] in MARKS
        and text[last] in MARKS
        and closes(text, first)
        and not opens(text, first)
        and opens(text, last)
        and not closes(text, last)
    )


# A pair of lines, or of halves of one, that rewrites a sentence: `Before: known addict` and `After: person with OUD`.
_OLD = lazy(
    r"(?:^|[|.;]\s+)[ \t>*_-]*(?:before|old|original|not|instead of|wrong|don't|avoid|bad|poor|draft|first draft|rather than|no)[*_]*:",
    re.IGNORECASE | re.MULTILINE,
)
_NEW = lazy(
    r"(?:^|[|.;/]\s*|\n)[ \t>*_-]*(?:after|new|rewrite|rewritten|reworded|but|say|write|right|do|better|good|try|use|revised|instead|yes)[*_]*:",
    re.IGNORECASE,
)
_KINDER = lazy(
    r"\b(?:person|people|who|uses|use|injects|disorder|declined|said|chose|(?:did|does|has|was) not|not taking|missed|took|takes|positive|negative|reports|came|has)\b",
    re.IGNORECASE,
)


def rewritten(text: str, span: Span) -> bool:
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
