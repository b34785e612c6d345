"""A label for a person and what belongs to it in the sentence: what stands before it, behind it, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hrlint.suggest import grammar
from hrlint.suggest.grammar import Match, is_person, is_word, word
from hrlint.suggest.words import Words, nearest

_LABELS = tuple(sorted(grammar.LABELS))


@dataclass(slots=True)
class Label:
    """A label and what belongs to it in the sentence; indexes of tokens, ranges half-open."""

    first: int
    last: int
    many: bool
    adjective: bool
    article: int | None = None
    determiner: int | None = None
    kept: list[tuple[int, int]] = field(default_factory=list)
    moved: list[tuple[int, int, str]] = field(default_factory=list)
    apposed: int | None = None  # "62M", "Pt" right before the label
    telegraphic: bool = False
    copula: int | None = None
    noun: tuple[int, int] | None = None  # the person noun after the label, adjectives included
    end: int = 0  # where label, noun and what else is replaced end


def read(match: Match, first: int, last: int, words: Words) -> Label | None:
    """Return the label `tokens[first:last]` with what belongs to it; None where it names no person or half of one."""
    tokens = match.tokens
    if (
        word(tokens, first - 1) == "-"
        and tokens[first - 1].end == tokens[first].start
        and word(tokens, first - 2) in ("non", "anti", "pro")
    ):
        return None
    if (
        word(tokens, first - 1) in ("with", "have", "has")
        and is_person(tokens, first - 2, words)
        and _is_condition(match, last)
    ):
        return None  # "a person with brittle diabetes" is right as it is
    if (word(tokens, first - 1),) in words.substances and tokens[first - 1].end < tokens[first].start:
        return None  # "heroin misuser" where the pattern left the substance out
    if (word(tokens, first),) in words.substances and any(
        (word(tokens, first - k),) in words.substances and word(tokens, first - k + 1) in ("and", "or", "/", "&", ",")
        for k in (2, 3)
    ):
        return None  # "heroin and crack addict": half of it is no label
    if word(tokens, first - 1) in ("and", "/", "&") and word(tokens, first - 2) in ("positive", "pos", "infected"):
        return None  # "HIV-positive and HCV-infected male"
    if word(tokens, first - 1) in ("non", "never") or any(
        word(tokens, i) in ("pack", "ppd", "pk") for i in range(first - 3, first)
    ):
        return None  # "a non smoker", "a 60 pack-year smoker"
    if _is_label(match, last - 1, words) and any(
        word(tokens, i) in ("infected", "positive", "pos", "seropositive") for i in range(first, last - 1)
    ):
        return None  # "HIV-infected inmate": the label at the end is a fact, and has a rule of its own
    noun: tuple[int, int] | None = None
    label_last = last
    if last - first > 1 and is_person(tokens, last - 1, words):
        noun = last - 1, last
        label_last = last - 1
        if word(tokens, label_last - 1) == "-":
            label_last -= 1
        while label_last - 1 > first and word(tokens, label_last - 1) in grammar.KEPT:
            label_last -= 1
            noun = label_last, last
    head = match.head if match.head is not None and first <= match.head < label_last else label_last - 1
    low = word(tokens, head)
    first = _core(match, first, min(head, label_last - 1), words)
    label = Label(first, label_last, words.is_plural(tokens[head].text), low in grammar.ADJECTIVES, noun=noun, end=last)
    if noun is None:
        _read_right(match, label, words)
    else:
        label.many = grammar.is_plural_person(word(tokens, last - 1), words)
    if label.noun is not None:
        label.many = grammar.is_plural_person(word(tokens, label.noun[1] - 1), words)
    _read_left(match, label, words)
    if (
        label.adjective
        and label.noun is None
        and label.determiner is not None
        and match.first <= label.determiner < first
        and word(tokens, label.determiner) == "the"
    ):
        label.many = True  # the pattern took "the" in: "the mentally ill"
    if label.adjective and label.noun is None and not label.many and label.determiner is not None:
        low = word(tokens, label.determiner)
        if (low in grammar.QUANTITIES or low == "the") and not (
            is_word(tokens, label.end) and describes_a_thing(match, label.end, words)
        ):
            label.many = True
    return label


def is_certain(match: Match, label: Label) -> bool:
    """Whether an article, an age, a verb, a person noun, a plural or a possessive shows that a person is meant."""
    tokens = match.tokens
    return (
        label.many
        or label.noun is not None
        or label.apposed is not None
        or label.article is not None
        or label.copula is not None
        or (label.determiner is not None and word(tokens, label.determiner) != "'s")
        or is_possessive(match, label)
        or any(grammar.is_age(tokens, b - 1) for _, b in label.kept)
    )


def _is_condition(match: Match, last: int) -> bool:
    """Whether a match ends in the name of a condition, so that it labels nobody: "brittle diabetes"."""
    return word(match.tokens, last - 1) in grammar.CONDITIONS_NAMED


def _core(match: Match, first: int, head: int, words: Words) -> int:
    """Return where the label itself begins, past an article, an age or a person that a pattern took in: "31F IVDU".

    Adjectives are passed too before a label that others know (`LABELS`), so that they are carried over.
    """
    tokens = match.tokens
    # A label is often misspelt.
    known = word(tokens, head) in grammar.ADJECTIVES or nearest(word(tokens, head), _LABELS, 0.75) is not None
    adjectives = {*grammar.KNOWN}
    if known:
        adjectives |= {*grammar.QUALIFIERS, *grammar.FORMER, *grammar.RECOVERING, *grammar.KEPT}
    at = first
    while at < head:
        low = word(tokens, at)
        joined = f"{low}-{word(tokens, at + 2)}" if word(tokens, at + 1) == "-" else ""
        if joined in adjectives:
            at += 3
        elif (
            low in grammar.DETERMINERS
            or low in grammar.BE
            or low in grammar.ADVERBS
            or low in adjectives
            or low in ("as", ",")
            or (low == "-" and at > first)
            or (low in ("/", ".") and at > first and word(tokens, at - 1) in grammar.AGE_WORDS)
            or grammar.AGE.match(low)
            or grammar.AGE_SEX.match(low)
            or is_person(tokens, at, words)
            or grammar.is_age(tokens, at)
        ):
            at += 1
        else:
            break
    return min(at, head)


def _read_right(match: Match, label: Label, words: Words) -> None:
    """Find the person noun after the label and "in recovery"."""
    tokens = match.tokens
    at = label.last
    if word(tokens, at) == "-" and is_word(tokens, at + 1):
        if (word(tokens, at + 1), word(tokens, at + 3)) == ("in", "recovery"):
            label.moved.append((label.first, label.first, "recovering"))
            label.end = at + 4
            return
        at += 1
    elif word(tokens, at) == "in" and word(tokens, at + 1) == "recovery":
        label.moved.append((label.first, label.first, "recovering"))
        label.end = at + 2
        return
    if label.many:
        return
    start = at
    while at - start < 7 and _goes_between(match, at, words):
        at += 1
    sex = (
        word(tokens, at) in ("m", "f")
        and tokens[at].text.isupper()
        and any(grammar.is_age(tokens, i) for i in range(label.first))
    )
    if at > label.first and grammar.AGE_SEX.match(word(tokens, at)):
        sex = True  # "wheelchair bound 60M"
    if at < len(tokens) and (is_person(tokens, at, words) or sex):
        if word(tokens, at) in grammar.SEXES and is_person(tokens, at + 1, words):
            at += 1  # "addict female patient"
        label.noun = start, at + 1
        label.end = at + 1
    elif at > start and grammar.is_age(tokens, at - 1):
        label.noun = start, at  # "obese 55 y/o"
        label.end = at
    elif at > start and _is_label(match, at - 1, words):
        label.noun = start, at  # "homeless alcoholic": a label of its own, for another rule
        label.end = at


def _goes_between(match: Match, at: int, words: Words) -> bool:
    """Whether a word may stand between a label and the noun: an adjective, a substance, another label."""
    low = word(match.tokens, at)
    if is_person(match.tokens, at, words):
        return False
    if grammar.AGE.match(low) or low in grammar.AGE_WORDS:
        return True
    if low == "-":
        return grammar.is_age(match.tokens, at - 1) or bool(grammar.AGE.match(word(match.tokens, at - 1)))
    return (
        low in grammar.KEPT or low in ("iv", "injection") or _is_label(match, at, words) or (low,) in words.substances
    )


def _is_label(match: Match, at: int, words: Words) -> bool:
    low = word(match.tokens, at)
    return low in grammar.LABELS or (low.endswith("s") and low[:-1] in grammar.LABELS and words.is_plural(low))


def _read_left(match: Match, label: Label, words: Words) -> None:
    """Walk left from the label over its adjectives to an article, an age, a person or a verb."""
    tokens = match.tokens
    at = label.first - 1
    strange = False
    if word(tokens, at) == "-" and word(tokens, at - 1) in grammar.FORMER:
        label.moved.append((at - 1, label.first, "former"))
        at -= 2
    while at >= 0 and label.first - at <= 14:
        low = word(tokens, at)
        contracted = low == "'s" and word(tokens, at - 1) in grammar.PRONOUNS
        if (
            low in grammar.DETERMINERS
            and not contracted
            and not (low in ("other", "more", "few") and word(tokens, at - 1) in grammar.DETERMINERS)
        ):
            label.determiner = at
            if low in grammar.ARTICLES:
                label.article = at
            return
        if low in ("old", "olds") and (age := _age_start(match, at)) is not None:
            label.kept.insert(0, (age, at + 1))
            at = age - 1
            continue
        if contracted and not strange and not label.kept:
            label.copula = at  # "he's obese"
            return
        period = None if strange else _period(match, at) or _kind(match, at) or _rate(match, at, words)
        qualifier = None if strange else _qualifier(match, at)
        if period is not None:
            start, kind = period
            label.moved.append((start, at + 1, kind))
            at = start - 1
        elif qualifier is not None:
            start, kind = qualifier
            label.moved.append((start, at + 1, kind))
            at = start - 1
        elif not strange and label.noun is None and grammar.AGE_SEX.match(low):
            label.apposed, label.telegraphic = at, True
            return
        elif (
            not strange
            and label.noun is None
            and is_person(tokens, at, words)
            and (grammar.is_plural_person(low, words) == label.many or (label.many and low in ("male", "female")))
        ):
            label.apposed = at
            label.telegraphic = low in ("m", "f") or any(grammar.is_age(tokens, i) for i in range(max(0, at - 3), at))
            for left in range(at - 1, max(at - 9, -1), -1):
                if word(tokens, left) in grammar.DETERMINERS:
                    label.determiner = left
                    label.telegraphic = False
                if not is_word(tokens, left) and word(tokens, left) != "-":
                    break
            return
        elif low in grammar.BE or low in grammar.ADVERBS or low in ("not", "never"):
            copula = at
            while copula >= 0 and (
                word(tokens, copula) in grammar.ADVERBS or word(tokens, copula) in ("not", "never", "longer", "very")
            ):
                copula -= 1
            contracted = word(tokens, copula) == "'s" and word(tokens, copula - 1) in grammar.PRONOUNS
            if (word(tokens, copula) in grammar.BE or contracted) and not strange:
                label.copula = copula
            elif (
                not strange
                and copula >= 1
                and word(tokens, copula - 1) in grammar.BE
                and word(tokens, copula) in grammar.PRONOUNS
            ):
                label.copula = copula - 1
            return
        elif low in grammar.PRONOUNS and word(tokens, at - 1) in grammar.BE and not strange:
            label.copula = at - 1
            return
        elif strange and label.moved:
            return  # a word between them that no table knows: "noncompliant type 1 diabetic"
        elif stays(match, at, bool(label.kept)):
            label.kept.insert(0, (at, at + 1))
            at -= 1
        elif not is_word(tokens, at) or low in grammar.FUNCTION or low in grammar.FINITE:
            return
        else:
            strange = True
            if not label.moved:
                label.kept.insert(0, (at, at + 1))
            at -= 1


def stays(match: Match, at: int, listing: bool) -> bool:
    """Whether a word before the label stays before the noun: an adjective, an age, a comma between two adjectives."""
    low = word(match.tokens, at)
    if low == ".":
        return grammar.is_age(match.tokens, at)
    if low == ",":
        return listing and word(match.tokens, at - 1) in grammar.KEPT
    return low in grammar.KEPT or low in grammar.AGE_WORDS or bool(grammar.AGE.match(low)) or low == "-"


def _age_start(match: Match, at: int) -> int | None:
    """Return where "45-year-old" or "45 yr old" begins when it ends at `at`."""
    tokens = match.tokens
    start = at - 1
    while at - start < 5 and (word(tokens, start) == "-" or word(tokens, start) in grammar.AGE_WORDS):
        start -= 1
    return start if at - start > 1 and grammar.AGE.match(word(tokens, start)) else None


def _kind(match: Match, at: int) -> tuple[int, str] | None:
    """Return where "type 2", "T2" or "newly diagnosed" begins when it ends at `at`, and what it is."""
    tokens = match.tokens
    low = word(tokens, at)
    if low in ("1", "2", "i", "ii", "one", "two") and word(tokens, at - 1) == "type":
        return at - 1, f"type:type {tokens[at].text}"
    if low == "controlled" and word(tokens, at - 1) in ("poorly", "well", "badly"):
        return at - 1, f"type:{word(tokens, at - 1)} controlled"
    treated = low in ("dependent", "requiring", "treated", "controlled") and word(tokens, at - 1) == "-"
    if treated and word(tokens, at - 2) in ("insulin", "diet", "steroid", "oxygen", "tablet", "transfusion"):
        return at - 2, f"type:{word(tokens, at - 2)}-{low}"
    if low in ("t1", "t2", "type1", "type2"):
        return at, f"type:type {low[-1]}"
    if low == "c" and word(tokens, at - 1) in ("hep", "hepatitis"):
        return at - 1, f"with:{word(tokens, at - 1)} C"
    virus = at
    if low in ("positive", "pos", "infected", "+") and word(tokens, at - 1) == "-":
        virus = at - 2
    elif low in ("positive", "pos", "infected", "+"):
        virus = at - 1
    if word(tokens, virus) in ("hiv", "hcv"):
        return virus, f"with:{tokens[virus].text.upper()}"
    if low == "diagnosed" and word(tokens, at - 1) in grammar.DIAGNOSED:
        return at - 1, f"diagnosed:{word(tokens, at - 1)} diagnosed"
    return None


def _rate(match: Match, at: int, words: Words) -> tuple[int, str] | None:
    """Return where "two-pack-a-day" begins when it ends at `at`, and the words for behind the verb."""
    tokens = match.tokens
    low = [word(tokens, i) for i in range(at - 6, at + 1)]
    if low[6] not in ("day", "week") or low[1] != "-" or low[3] != "-" or low[5] != "-":
        return None
    if low[2] not in grammar.RATES or low[4] not in ("a", "per") or not is_word(tokens, at - 6):
        return None
    noun = low[2] if low[0] in ("one", "1", "half", "a") else words.plural(low[2])
    return at - 6, f"rate:{low[0]} {noun} {low[4]} {low[6]}"


def _period(match: Match, at: int) -> tuple[int, str] | None:
    """Return where "20-year" begins, and it as words, when it ends at `at`."""
    tokens = match.tokens
    if word(tokens, at) not in grammar.PERIODS:
        return None
    start = at - 1
    if word(tokens, start) == "-":
        start -= 1
    if word(tokens, start) == "+":
        start -= 1
    if not re.fullmatch(
        r"\d+(\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|multi",
        word(tokens, start),
    ):
        return None
    written = " ".join(match.text[tokens[start].start : tokens[at].end].split())
    return start, "period:" + re.sub(r"(?<=\w) (?=\w)", "-", written)


def _qualifier(match: Match, at: int) -> tuple[int, str] | None:
    """Return where a word of the tables begins ("known", "long-time"), and it in lower case, when it ends at `at`."""
    tokens = match.tokens
    low = word(tokens, at)
    if word(tokens, at - 1) == "-" and tokens[at - 1].start == tokens[at - 2].end:
        joined = f"{word(tokens, at - 2)}-{low}"
        if joined in grammar.QUALIFIERS or joined in grammar.KNOWN or joined in grammar.FORMER:
            return at - 2, joined
        return None
    if low in grammar.QUALIFIERS or low in grammar.KNOWN or low in grammar.FORMER or low in grammar.RECOVERING:
        return at, low
    return None


def is_possessive(match: Match, label: Label) -> bool:
    """Whether an apostrophe behind the label makes it an owner: "the addict's", "addicts'"."""
    tokens, at = match.tokens, label.end
    if word(tokens, at) == "'s":
        return True
    if (
        not label.many
        or word(tokens, at) != "'"
        or tokens[at].start != tokens[at - 1].end
        or not is_word(tokens, at + 1)
    ):
        return False
    # A closing quotation mark looks the same.
    opening = (i for i in range(max(0, label.first - 4), label.first) if word(tokens, i) == "'")
    return not any(tokens[i].end == tokens[i + 1].start and tokens[i].start != tokens[i - 1].end for i in opening)


def describes_a_thing(match: Match, at: int, words: Words) -> bool:
    """Whether a noun that is no person follows an adjective: "obese abdomen"."""
    tokens = match.tokens
    low = word(tokens, at)
    if not is_word(tokens, at) or low in grammar.FUNCTION or low in grammar.FINITE or low in grammar.ADVERBS:
        return False
    if words.base_of(low) not in (None, low):  # "the homeless grew"
        return False
    return not low.endswith(("ed", "ing", "ly")) and not re.match(r"\d", low) and low not in grammar.BE
