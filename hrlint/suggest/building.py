"""One template, one match: the suggestion, spliced and dressed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from hrlint.model import Suggestion
from hrlint.suggest import grammar, layout, phrases
from hrlint.suggest.grammar import Match, Splice, word
from hrlint.suggest.people import person
from hrlint.suggest.templates import Template, fill
from hrlint.suggest.words import GENERIC_DISORDER, UNNAMED, Substance, Words
from hrlint.tokens import Token, fold, tokens

# Written short or long, the same thing; so "MAT for OUD" is not doubled.
SHORT = {
    "oud": ("opioid", "use", "disorder"), "aud": ("alcohol", "use", "disorder"),
    "sud": ("substance", "use", "disorder"), "tx": ("treatment",),
    "rx": ("prescription",), "uds": ("urine", "drug", "screen"),
}  # fmt: skip
# Between two substances: "drug and/or alcohol", "ETOH/substance".
JOINERS = frozenset(("and", "or", "/", "&", ",", "plus"))
# Said of a use, and kept when its noun changes.
HOW = grammar.listed(
    "acute all any concurrent continued continuing heavy illicit increasing intermittent mild moderate my new no "
    "ongoing other past persistent prior recent remote severe his her their the this"
)
# Facts of their own beside a use.
BESIDE_USE = grammar.listed(
    "dependence dependency addiction withdrawal overdose diversion intoxication smoking misuse pain"
)
CONDITIONS = grammar.listed("disorder disorders oud aud sud dependence addiction alcoholism")


def build(match: Match, template: Template, words: Words) -> Suggestion | None:
    """Return the suggestion of `template` for `match`, or None where it does not fit or changes nothing."""
    if template.kind == "advice":
        start, end = match.tokens[match.first].start, match.tokens[match.last - 1].end
        return Suggestion(template.singular, start, end, "manual")
    substance = _substance(match, words)
    if not all(_has(match, name, substance) for name in template.when) or any(
        _has(match, name, substance) for name in template.unless
    ):
        return None
    if not _fits(match, template, words):
        return None
    first, last = match.first, match.last
    if template.replace == "head":
        if match.head is None:
            return None
        first, last = match.head, match.head + 1
    elif template.replace is not None:
        if template.replace not in match.parts:
            return None
        first, last = match.parts[template.replace]
    substance = _several(match, words) or substance
    values, object_end = _values(match, template, substance or UNNAMED)
    if template.named:
        found = phrases.mapped(match.tokens, match.first, match.last, template.named, words)
        if found is None:
            return None
        values["named"] = found[1]
    for name in ("substance-use", "substance-misuse"):
        if template.singular.startswith(f"{{{name}}}"):
            if not _use_alone(match, first, last, words):
                return None
            use = values[name]
            written = [word(match.tokens, i) for i in range(match.first, match.last)]
            if use.startswith("injection ") and "iv" in written:
                use = "IV " + use.removeprefix("injection ")
            values[name] = _before_substance(match, first, words) + use
    template = _used_so(template, substance, words)
    splice = _splice(match, template, first, last, values, words)
    if splice is None:
        return None
    if not _stands(match, splice) or not _numbers_kept(match, splice):
        return None
    splice = _covering(match, splice, first, last)
    if object_end > splice.last and "object" in template.slots:
        splice = Splice(splice.first, object_end, splice.text, splice.sure)
    return _finish(match, template, splice)


def _fits(match: Match, template: Template, words: Words) -> bool:
    """Whether the words that `has`, `near` and `not-near` ask for are there."""
    tokens = match.tokens
    if template.has and phrases.inside(tokens, match.first, match.last, template.has, words) is None:
        return False
    if template.near and phrases.inside(tokens, 0, len(tokens), template.near, words) is None:
        return False
    return not template.far or phrases.inside(tokens, 0, len(tokens), template.far, words) is None


def _stands(match: Match, splice: Splice) -> bool:
    """Whether the words can stand where they go: "older" before a noun, "in recovery" not before one."""
    if splice.text in grammar.ATTRIBUTIVE:
        return grammar.noun_follows(match.tokens, splice.last)
    if splice.text in ("in recovery", "abstinent"):
        return not grammar.noun_follows(match.tokens, splice.last)
    return True


def _numbers_kept(match: Match, splice: Splice) -> bool:
    """Whether every number of the stretch is in the words that replace it; a fact must not get lost."""
    if not splice.text:
        return True
    stretch = (t.text.lower() for t in match.tokens[splice.first : splice.last])
    kept = splice.text.lower()
    return all(number in kept for low in stretch for number in re.findall(r"\d+", low))


def _use_alone(match: Match, first: int, last: int, words: Words) -> bool:
    """Whether a stretch tells of a use and nothing besides; "abuse and dependence" does not."""
    low = [word(match.tokens, i) for i in range(first, last)]
    named = {i for a, b, _ in words.mentions(low) for i in range(a, b)}
    return not any(w in BESIDE_USE for i, w in enumerate(low) if i not in named)


def _is_about(match: Match, template: Template, last: int, words: Words) -> bool:
    """Whether the noun phrase after `tokens[:last]` is about one of the words of the template."""
    if not template.about:
        return True
    end = grammar.noun_phrase_end(match.tokens, last)
    return phrases.inside(match.tokens, last, end, template.about, words) is not None


def _covering(match: Match, splice: Splice, first: int, last: int) -> Splice:
    """Return the splice with what it left out of `tokens[first:last]` put back, so that it shows the whole match."""
    tokens = match.tokens
    start, end, text = splice.first, splice.last, splice.text
    if not text:
        return splice
    if first < start:
        blank = "" if tokens[start].start == tokens[start - 1].end else " "
        start, text = first, grammar.plain(tokens, first, start, match.text) + blank + text
    if end < last:
        blank = "" if tokens[end].start == tokens[end - 1].end else " "
        end, text = last, text + blank + grammar.plain(tokens, end, last, match.text)
    return Splice(start, end, text, splice.sure)


def _has(match: Match, name: str, substance: Substance | None) -> bool:
    return substance is not None if name == "substance" else name in match.parts


def _substance(match: Match, words: Words) -> Substance | None:
    """Return the substance that the match names: in its part `drug` or `substance`, else anywhere in it."""
    for name in ("drug", "substance"):
        if name in match.parts:
            first, last = match.parts[name]
            found = words.substance([t.text for t in match.tokens[first:last]])
            if found is not None:
                return found
    first = min(match.first, match.head if match.head is not None else match.first)
    return words.substance([t.text for t in match.tokens[first : match.last]])


def _several(match: Match, words: Words) -> Substance | None:
    """Return the substances of "drug or alcohol abuse" as one, joined as they are; None when there is one or none."""
    texts = [t.text for t in match.tokens[match.first : match.last]]
    found = words.mentions(texts)
    names, uses = "", ""
    for number, (first, last, substance) in enumerate(found):
        if number:
            between = [t.lower() for t in texts[found[number - 1][1] : first]]
            if not between or not set(between) <= JOINERS:
                return None
            joiner = " ".join(between).replace(" ,", ",")
            joiner = joiner if joiner in ("/", ",") else f" {joiner}"
            names += joiner + ("" if joiner == "/" else " ")
            uses += joiner + ("" if joiner == "/" else " ")
        names += substance.name
        uses += substance.use
        if last == len(texts):
            break
    return Substance(names, uses, GENERIC_DISORDER) if len(found) > 1 else None


def _before_substance(match: Match, first: int, words: Words) -> str:
    """Return the words of the match before its substance that say how or when: "chronic" of "chronic cocaine abuse"."""
    found = words.mentions([t.text for t in match.tokens[first : match.last]])
    end = first + found[0][0] if found else first
    kept = [word(match.tokens, i) for i in range(first, end)]
    while kept and kept[-1] in ("of", "the", "abuse", "misuse", "abuce", "abusing"):
        kept.pop()
    known = [w for w in kept if w in HOW or w in grammar.QUALIFIERS or w in grammar.KNOWN or w in grammar.FORMER]
    return "".join(f"{w} " for w in known) if known == kept else ""


def _used_so(template: Template, substance: Substance | None, words: Words) -> Template:
    """Return the template with "uses {substance}" said as the substance is used: "injects {substance}"."""
    if substance is None or substance.verb == "use" or "{substance}" not in template.singular:
        return template
    forms = dict(zip(words.verb("use"), words.verb(substance.verb), strict=True))
    singular, plural = (
        re.sub(r"\b(use[sd]?|using)(?= \{substance\})", lambda m: forms[m.group()], text)
        for text in (template.singular, template.plural)
    )
    return replace(template, singular=singular, plural=plural)


def _values(match: Match, template: Template, substance: Substance) -> tuple[dict[str, str], int]:
    """Return the values of the slots, and where the object ends in the sentence."""
    named = substance.disorder != GENERIC_DISORDER
    values = {
        name: grammar.lower_first(grammar.plain(match.tokens, first, last, match.text))
        for name, (first, last) in match.parts.items()
    }
    values |= {
        "substance": substance.name,
        "substance-use": f"{substance.use} use",
        "substance-misuse": f"{substance.use} misuse",
        "exposure": "substance" if substance.use == "drug" else substance.use,
        "disorder": substance.disorder,
        "a-disorder": substance.disorder if named else f"a {substance.disorder}",
        "disorders": substance.disorder if named else f"{substance.disorder}s",
    }
    if match.head is not None:
        values["head"] = grammar.plain(match.tokens, match.head, match.head + 1, match.text)
    end = match.last
    if "object" in template.slots:
        end = grammar.noun_phrase_end(match.tokens, match.last)
        if end > match.last:
            values["object"] = grammar.plain(match.tokens, match.last, end, match.text)
    # Whatever stands in capitals because its line does, gets them back in `layout`.
    stretch = match.text[match.tokens[match.first].start : match.tokens[match.last - 1].end]
    if stretch.isupper() and len(stretch) > 5:
        values = {
            name: value.lower() if value.isupper() and len(value) > 4 else value for name, value in values.items()
        }
    return values, end


def _splice(
    match: Match, template: Template, first: int, last: int, values: dict[str, str], words: Words
) -> Splice | None:
    if template.kind == "map":
        return _mapped(match, template, first, last, words)
    if not _is_about(match, template, last, words):
        return None
    singular = fill(template.singular, values)
    plural = fill(template.plural, values)
    if singular is None or plural is None:
        return None
    if template.kind == "person":
        first, last = _label_only(match, first, last)
        return person(match, first, last, singular, plural, values, words, template.certain)
    if template.kind == "noun":
        head = match.head if match.head is not None and first <= match.head < last else last - 1
        while (
            first < head and word(match.tokens, first) in grammar.DETERMINERS and word(match.tokens, first + 1) != "-"
        ):
            first += 1  # "an addicted baby": the article stays
        return Splice(first, last, plural if words.is_plural(word(match.tokens, head)) else singular)
    if template.kind == "verb":
        head = match.head if match.head is not None and first <= match.head < last else first
        return grammar.verb_phrase(singular, match, first, last, head, words)
    if singular.startswith("not ") and word(match.tokens, first - 1) == "been":
        # "has been noncompliant with" -> "has not been taking"
        return Splice(first - 1, last, f"not been {singular.removeprefix('not ')}")
    return Splice(first, last, singular)


def _label_only(match: Match, first: int, last: int) -> tuple[int, int]:
    """Return the stretch without words taken in around a label: "for the handicapped", "a depressive,"."""
    tokens = match.tokens
    while last - first > 1 and (
        (not grammar.is_word(tokens, last - 1) and word(tokens, last - 1) not in ("'", ")"))
        or word(tokens, last - 1) in grammar.FUNCTION
        or word(tokens, last - 1) in grammar.BEHIND_LABEL
        or word(tokens, last - 1) == "'s"
        or word(tokens, last - 1).isdigit()
    ):
        last -= 1
    while last - first > 1 and word(tokens, first) in grammar.PREPOSITIONS:
        first += 1
    return first, last


def _mapped(match: Match, template: Template, first: int, last: int, words: Words) -> Splice | None:
    found = phrases.mapped(match.tokens, first, last, template.map, words)
    if found is None:
        return None
    place, value = found
    following = [word(match.tokens, i) for i in range(place.last, place.last + 6)]
    if value == "MOUD" and following[0] == "for" and CONDITIONS & set(following):
        value = "medication"  # "MOUD for OUD"
    if not _is_about(match, template, place.last, words):
        return None
    if place.head is not None:
        return grammar.verb_phrase(value, match, place.first, place.last, place.head, words)
    if value.startswith("not ") and word(match.tokens, place.first - 1) == "been":
        # "has been noncompliant with" -> "has not been taking"
        return Splice(place.first - 1, place.last, f"not been {value.removeprefix('not ')}")
    return Splice(place.first, place.last, value)


def _finish(match: Match, template: Template, splice: Splice) -> Suggestion | None:
    """Return the suggestion of a splice: nothing doubled, a/an agreeing, narrowed, dressed."""
    sentence = match.tokens
    text = _undoubled(match, splice)
    first, last = splice.first, splice.last
    text = grammar.mend_articles(text)
    before = word(sentence, first - 1)
    if before in grammar.DETERMINERS and re.match(r"(an?|the) ", text) and before != "'s":
        text = text.partition(" ")[2]
    if before in grammar.ARTICLES and text:
        if template.mass:
            first -= 1
        elif grammar.article(text) != before:
            first -= 1
            text = f"{grammar.article(text)} {text}"
    if not text:
        return _deletion(match, template, first, last)
    first, last, text = _narrowed(match, first, last, text)
    start, end = sentence[first].start, sentence[last - 1].end
    glued = start > 0 and last - first >= 1 and sentence[first].text == "'s" and text[0].isalpha()
    dressed = (" " if glued else "") + layout.dress(match.text, text, sentence, first, last)
    if dressed == match.text[start:end]:
        return None
    tagged = _article_before_tag(match, first, text)
    if tagged is not None:
        at, right = tagged
        # "an <b>addict</b>": the tag between stays where it is.
        start, dressed = sentence[at].start, right + match.text[sentence[at].end : start] + dressed
    applicability = template.applicability
    if not splice.sure or _in_quotes(sentence, first, last):
        applicability = "unsafe" if applicability == "safe" and not _in_quotes(sentence, first, last) else "manual"
    return Suggestion(dressed, start, end, applicability)


def _in_quotes(sentence: Sequence[Token], first: int, last: int) -> bool:
    """Whether exactly these words stand between quotation marks: somebody's word, or the word itself is meant."""
    quotes = ("'", '"')
    return word(sentence, first - 1) in quotes and word(sentence, last) in quotes


def _article_before_tag(match: Match, first: int, text: str) -> tuple[int, str] | None:
    """Return the index of an a/an that a tag parts from `text`, and what it has to be, when it has to change."""
    sentence = match.tokens
    at = first - 1
    while word(sentence, at) == ">":
        while at >= 0 and first - at < 12 and word(sentence, at) != "<":
            at -= 1
        at -= 1
    if at == first - 1 or word(sentence, at) not in grammar.ARTICLES or grammar.article(text) == word(sentence, at):
        return None
    right = grammar.article(text)
    return at, right.capitalize() if sentence[at].text[0].isupper() else right


def _undoubled(match: Match, splice: Splice) -> str:
    """Return the words without an end that the sentence has already: "MAT for OUD"."""
    pieces = splice.text.split()
    following: list[str] = []
    for at in range(splice.last, min(splice.last + 6, len(match.tokens))):
        low = word(match.tokens, at)
        following.extend(SHORT.get(low, (low,)))
    low_pieces = [p.lower() for p in pieces]
    for width in range(len(pieces) - 1, 0, -1):
        if low_pieces[-width:] == following[:width] and (width > 1 or len(pieces[-1]) >= 4):
            return " ".join(pieces[:-width])
    if following[:1] == ["for"] and CONDITIONS & set(following[1:6]) and "for" in low_pieces[1:]:
        at = low_pieces.index("for", 1)
        if CONDITIONS & set(low_pieces[at:]):
            return " ".join(pieces[:at])
    return splice.text


def _narrowed(match: Match, first: int, last: int, text: str) -> tuple[int, int, str]:
    """Return the stretch without words outside the match that stay as they are."""
    sentence = match.tokens
    new = tokens(text)
    head = 0
    while first + head < match.first and head < len(new) - 1 and fold(new[head].text) == word(sentence, first + head):
        head += 1
    # The first letter must not change its case unseen.
    while (
        head and sentence[first + head - 1].text != new[head - 1].text and not grammar.starts_sentence(sentence, first)
    ):
        head -= 1
    tail = 0
    while (
        last - tail > match.last
        and tail < len(new) - head - 1
        and new[-1 - tail].text == sentence[last - 1 - tail].text
    ):
        tail += 1
    if not head and not tail:
        return first, last, text
    end = new[-1 - tail].end if tail else len(text)
    return first + head, last - tail, text[new[head].start : end]


def _deletion(match: Match, template: Template, first: int, last: int) -> Suggestion:
    """Return the suggestion that takes `tokens[first:last]` out, with one blank, capitals kept right."""
    sentence, text = match.tokens, match.text
    start, end = sentence[first].start, sentence[last - 1].end
    if last < len(sentence) and text[end : sentence[last].start] == " ":
        following = sentence[last]
        if sentence[first].text[0].isupper() and following.text[0].islower():
            return Suggestion(
                following.text[0].upper() + text[following.start + 1 : following.end],
                start,
                following.end,
                template.applicability,
            )
        return Suggestion("", start, end + 1, template.applicability)
    if start and text[start - 1] == " ":
        start -= 1
    return Suggestion("", start, end, template.applicability)
