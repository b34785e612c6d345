"""Labels for a person, turned into words about a person.

"a known IV drug user" becomes "a person known to inject drugs"; "the addicts' needs" becomes
"the needs of people with substance use disorders". The tables stand in `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hrlint.suggest import grammar, layout
from hrlint.suggest.grammar import Match, Splice, is_person, is_word, word
from hrlint.suggest.words import Words, nearest

_LABELS = tuple(sorted(grammar.LABELS))


@dataclass(slots=True)
class _Label:
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


def person(
    match: Match,
    first: int,
    last: int,
    singular: str,
    plural: str,
    values: Mapping[str, str],
    words: Words,
    certain: bool = False,
) -> Splice | None:
    """Return what to put for the label `tokens[first:last]`; None where it names no person.

    `singular` and `plural` are filled templates ("person who uses heroin", "people who use heroin"). With
    `certain` the words around must show that a person is meant.
    """
    tokens = match.tokens
    label = _read(match, first, last, words)
    if label is None:
        return None
    if certain and not _certain(match, label):
        return None
    posts = singular.removeprefix("person "), plural.removeprefix("people ")
    following = word(tokens, label.end)
    if label.noun is None and label.many and following in grammar.FOR_MANY:
        return _for_group(match, label, label.end, plural)
    if label.noun is None and not label.many and not _possessive(match, label):
        group = label.end + (1 if following == "-" else 0)
        if word(tokens, group) in grammar.FOR_NOUNS:
            return _for_group(match, label, group, plural)
        if word(tokens, group) in grammar.NOT_PEOPLE or (following == "-" and is_word(tokens, group)):
            return None
        if label.adjective and _describes_a_thing(match, label.end, words):
            return None
    many = label.many
    post = _Post(posts[0], posts[1], many, values, words)
    for _, _, kind in label.moved:
        if not _said(kind, posts[0]):
            post.take(kind)
    post.perfect = _lasts(match, label.end)
    if label.apposed is not None and label.telegraphic:
        post.drop_article = True
    if _possessive(match, label):
        return _possession(match, label, post, singular, plural)
    made = post.text()
    kept = _kept(match, label)
    tail, end = _collision(match, label.end, made)
    if label.noun is None and label.copula is not None and not many:
        predicate = _predicate(match, label, post, kept)
        if predicate is not None:
            return predicate
    start = min([label.first, *(a for a, _, _ in label.moved)])
    if label.adjective and label.noun is None and not many and word(tokens, start - 1) in grammar.LINKING:
        state = re.sub(r"^who (is|are) ", "", made)
        if state.startswith("who "):
            return None
        return Splice(
            start, end, "to have " + state[5:] + tail if state.startswith("with ") else f"to be {state}{tail}"
        )
    if label.noun is not None:
        head = _plain(match, label, *label.noun)
        further = grammar.noun_phrase_end(tokens, end + 1, 3)
        bare = made.startswith("who ") and head.lower() in ("person", "people")
        if bare and word(tokens, end) == "with" and further > end + 1 and not tail:
            # "wheelchair-bound person with diabetes" -> "person with diabetes who uses a wheelchair"
            head, end = f"{head} {_plain(match, label, end, further)}", further
    elif label.apposed is not None:
        return _apposition(match, label, made, kept, start, tail, end)
    elif label.adjective and label.determiner is None and not many and label.copula is None:
        return _bare_adjective(match, label, made, start, tail, end)
    else:
        ours = word(tokens, label.determiner) in ("'s", "my", "our", "your") if label.determiner is not None else False
        head = ("patients" if many else "patient") if ours else "people" if many else "person"
        if post.known_alone and label.determiner is None and not kept and not many and _clause_ends(match, label.end):
            return Splice(start, end, made + tail)  # "known IV drug user," -> "known to inject drugs,"
    if label.determiner is not None and many and word(tokens, label.determiner) == "the" and label.adjective:
        start = min(start, label.determiner)  # "the homeless" -> "people experiencing homelessness"
        return Splice(start, end, f"{kept} {head} {made}".strip() + tail)
    phrase = " ".join(part for part in (kept if label.moved or label.article is not None else "", head, made) if part)
    if label.article is not None:
        return Splice(label.article, end, f"{grammar.article(phrase)} {phrase}{tail}")
    if label.kept and not label.moved:
        return Splice(label.first, end, f"{head} {made}{tail}")
    return Splice(min(start, *(a for a, _ in label.kept)) if label.kept else start, end, phrase + tail)


# ------------------------------------------------------------------ reading


def _read(match: Match, first: int, last: int, words: Words) -> _Label | None:
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
        and label_is_condition(match, last)
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
    label = _Label(
        first, label_last, words.is_plural(tokens[head].text), low in grammar.ADJECTIVES, noun=noun, end=last
    )
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
            is_word(tokens, label.end) and _describes_a_thing(match, label.end, words)
        ):
            label.many = True
    return label


def _certain(match: Match, label: _Label) -> bool:
    """Whether an article, an age, a verb, a person noun, a plural or a possessive shows that a person is meant."""
    tokens = match.tokens
    return (
        label.many
        or label.noun is not None
        or label.apposed is not None
        or label.article is not None
        or label.copula is not None
        or (label.determiner is not None and word(tokens, label.determiner) != "'s")
        or _possessive(match, label)
        or any(grammar.is_age(tokens, b - 1) for _, b in label.kept)
    )


def label_is_condition(match: Match, last: int) -> bool:
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


def _read_right(match: Match, label: _Label, words: Words) -> None:
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


def _read_left(match: Match, label: _Label, words: Words) -> None:
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
        elif _stays(match, at, bool(label.kept)):
            label.kept.insert(0, (at, at + 1))
            at -= 1
        elif not is_word(tokens, at) or low in grammar.FUNCTION or low in grammar.FINITE:
            return
        else:
            strange = True
            if not label.moved:
                label.kept.insert(0, (at, at + 1))
            at -= 1


def _stays(match: Match, at: int, listing: bool) -> bool:
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


def _said(kind: str, post: str) -> bool:
    """Whether the template says already what a word before the label says: "who drinks heavily"."""
    if kind.startswith(("type:", "with:")):
        return kind.partition(":")[2] in post
    if kind in grammar.FORMER or kind in grammar.RECOVERING or kind == "recovering":
        return bool(re.search(r"\b(previously|formerly|past|former|recovery|remission|history|no longer)\b", post))
    adverb = grammar.QUALIFIERS.get(kind, ("", "", ""))[1]
    return bool(adverb) and adverb in post


# ------------------------------------------------------------------ the words after "person"


class _Post:
    """What stands after the noun: "with …", "who …" or other words, and what qualifies it."""

    def __init__(self, singular: str, plural: str, many: bool, values: Mapping[str, str], words: Words) -> None:
        self.singular, self.plural, self.many, self.words, self.values = singular, plural, many, words, values
        self.qualifiers: list[str] = []
        self.drop_article = False
        self.perfect = False  # "since 2015" follows

    def take(self, kind: str) -> None:
        self.qualifiers.insert(0, kind)

    @property
    def known_alone(self) -> bool:
        """Whether the words can stand without a noun: "known to inject drugs"."""
        return self.qualifiers == ["known"] and self.singular.startswith("who ")

    @property
    def former(self) -> bool:
        return any(q in grammar.FORMER for q in self.qualifiers)

    @property
    def recovering(self) -> bool:
        return any(q in grammar.RECOVERING or q == "recovering" for q in self.qualifiers)

    @property
    def period(self) -> str:
        return next((q.removeprefix("period:") for q in self.qualifiers if q.startswith("period:")), "")

    def condition(self, history: bool = False) -> str:
        """Return the condition of "with …", qualified: "known alcohol use disorder"."""
        source = self.singular if history or not self.many else self.plural
        bare = source.removeprefix("with ")
        had = re.match(r"an? ", bare)
        bare = bare[had.end() :] if had else bare
        adjectives = [
            grammar.KNOWN[q][0] if q in grammar.KNOWN else grammar.QUALIFIERS.get(q, ("",))[0] for q in self.qualifiers
        ]
        adjectives += [q.partition(":")[2] for q in self.qualifiers if q.startswith("type:")]
        bare = " ".join([*(a for a in adjectives if a), bare])
        if had and not history and not self.drop_article:
            return f"{grammar.article(bare)} {bare}"
        return bare

    def text(self) -> str:
        """Return the words after the noun."""
        beside = next((q for q in self.qualifiers if q.startswith("with:")), "")
        if beside:  # "Hep C drug user" -> "with hep C who uses drugs"
            self.qualifiers.remove(beside)
            rest = self.text()
            if rest.startswith("with "):
                rest = "and " + rest.removeprefix("with ")
            return f"with {beside.partition(':')[2]} {rest}"
        if self.singular.startswith("with "):
            if self.period:
                return f"with a {self.period} history of {self.condition(True)}".replace(" a 8", " an 8").replace(
                    " a 1", " a 1"
                )
            if self.former:
                return f"with a history of {self.condition(True)}"
            if self.recovering:
                return f"in recovery from {self.condition(True)}"
            diagnosed = next((q.partition(":")[2] for q in self.qualifiers if q.startswith("diagnosed:")), "")
            if diagnosed:
                return f"{diagnosed} with {self.condition()}"
            return f"with {self.condition()}"
        if self.singular.startswith("who "):
            return self._clause()
        made = self.plural if self.many else self.singular
        adjectives = [grammar.QUALIFIERS.get(q, ("",))[0] for q in self.qualifiers]
        lead = re.match(r"(experiencing|living with|in) ", made)
        if lead and any(adjectives):
            made = lead.group() + " ".join(a for a in adjectives if a) + " " + made[lead.end() :]
        if self.former:
            made = f"formerly {made}"
        known = next((q for q in self.qualifiers if q in grammar.KNOWN), "")
        if known:
            made = f"known to be {made}"
        return made

    def _clause(self) -> str:
        if self.plural == self.singular:
            return self.singular  # "who previously used heroin": no number to carry
        if self.singular.startswith(("who was ", "who had ", "who previously ")):
            return self.plural if self.many else self.singular
        base = self.plural.split()[1]
        rest = " ".join((self.plural if self.many else self.singular).split()[2:])
        base = {"are": "be", "have": "have", "were": "be"}.get(base, base)
        forms = self.words.verb(base)
        number = ("are" if base == "be" else forms.base) if self.many else forms.third
        tail = f" {rest}" if rest else ""
        history = self._history(base, rest)
        if self.period:
            return grammar.mend_articles(f"with a {self.period} history of {history}")
        if self.former:
            if base == "be":
                return f"who {'were' if self.many else 'was'} previously{tail}"
            return f"who previously {forms.past}{tail}"
        if self.recovering:
            return f"in recovery who previously {forms.past}{tail}"
        before, after, perfect = [], [], ""
        for qualifier in self.qualifiers:
            if qualifier in grammar.KNOWN:
                _, lead, form = grammar.KNOWN[qualifier]
                verb = {"base": base, "gerund": forms.gerund, "number": number}[form]
                others = [grammar.QUALIFIERS[q][1] for q in self.qualifiers if q in grammar.QUALIFIERS]
                return f"{lead} {verb}{tail}" + "".join(
                    f" {o}" for o in others if o.endswith("ly") and o != "currently"
                )
            adjective, adverb, place = grammar.QUALIFIERS.get(qualifier, ("", "", ""))
            if not adverb and adjective:
                return f"with {grammar.article(adjective)} {adjective} history of {history}"
            if qualifier.startswith("rate:"):
                after.append(qualifier.partition(":")[2])
            elif place == "perfect":
                perfect = "have long" if self.many else "has long"
            elif place == "before":
                before.append(adverb)
            elif adverb:
                after.append(adverb)
        if self.perfect and not perfect and base != "be":
            perfect = "have" if self.many else "has"
        verb = f"{perfect} {forms.participle}" if perfect else number
        return " ".join(["who", *before, verb]) + tail + "".join(f" {a}" for a in after)

    def _history(self, base: str, rest: str) -> str:
        """Return the clause as a noun: "heroin use", "injecting drugs"."""
        if base == "use" and rest == self.values.get("substance"):
            return f"{self.values.get('substance-use', rest)}"
        return f"{self.words.verb(base).gerund} {rest}".strip()


# ------------------------------------------------------------------ writing


def _for_group(match: Match, label: _Label, group: int, plural: str) -> Splice:
    """ "a drug-user clinic" -> "a clinic for people who use drugs"."""
    tokens = match.tokens
    end = group + 1
    while word(tokens, end) in grammar.FOR_NOUNS:
        end += 1
    noun = _plain(match, label, group, end)
    phrase = f"{noun} {grammar.FOR_NOUNS[word(tokens, end - 1)]} {plural}"
    if label.article is not None and label.article == label.first - 1:
        return Splice(label.article, end, f"{grammar.article(phrase)} {phrase}")
    return Splice(label.first, end, phrase)


def _possessive(match: Match, label: _Label) -> bool:
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


def _possession(match: Match, label: _Label, post: _Post, singular: str, plural: str) -> Splice | None:
    """ "the addict's wife" -> "the wife of a person with a substance use disorder"."""
    tokens = match.tokens
    after = label.end + 1
    end = grammar.possessed_end(tokens, after)
    made = post.text()
    strange = [k for k, (a, _) in enumerate(label.kept) if not _stays(match, a, True)]
    if strange:  # "refer drug users' children", "the plan honours drug users' privacy": the verb is no part of it
        verb = word(tokens, label.kept[strange[-1]][0])
        if label.determiner is not None and not (label.many and verb.endswith(("s", "ed"))):
            return None
        label.determiner = label.article = None
        del label.kept[: strange[-1] + 1]
    head = _plain(match, label, *label.noun) if label.noun is not None else "people" if label.many else "person"
    kept = _kept(match, label)
    owner = " ".join(part for part in (kept, head, made) if part)
    start = min([label.first, *(a for a, _, _ in label.moved), *(a for a, _ in label.kept)])
    determiner = word(tokens, label.determiner) if label.determiner is not None else ""
    if end == after:
        # "The addict's here", "the addict's been": a verb, no possessive.
        low = word(tokens, after)
        if not label.many and (
            low in ("been", "had") or low in grammar.ADVERBS or low.endswith("ing") or low in grammar.FUNCTION
        ):
            verb = "has" if low in ("been", "had") else "is"
            return Splice(label.first, after, f"{head} {made} {verb}", sure=False) if not label.moved else None
        return None
    if label.determiner is not None:
        start = min(start, label.determiner)
    if label.many:
        owner = owner if determiner in ("", "the", "a", "an") else f"{determiner} {owner}"
    elif determiner in ("", "the", "a", "an"):
        owner = f"{grammar.article(owner)} {owner}"
    else:
        owner = f"{determiner} {owner}"
    if determiner == "'s" or (label.determiner is not None and label.first - label.determiner > 6):
        return None
    thing = _plain(match, label, after, end)
    return Splice(start, end, f"the {thing} of {owner}", sure=end - after <= 3)


def _collision(match: Match, at: int, post: str) -> tuple[str, int]:
    """Return words in place of a second "with" or "who" at `at`, and where the stretch then ends."""
    tokens = match.tokens
    low = word(tokens, at)
    if post.startswith("who ") and low == "who" and is_word(tokens, at + 1):
        return " and", at + 1
    width = 2 if low == "w" and word(tokens, at + 1) == "/" else 1
    if (low != "with" and width == 1) or not re.match(r"with |in recovery from ", post):
        return "", at
    if post.startswith("in "):
        return "", at
    after = at + width
    if word(tokens, after) in grammar.NOT_A_CONDITION:
        return "", at
    end = grammar.noun_phrase_end(tokens, after, 5)
    # "with cirrhosis and ascites" -> "with alcohol use disorder, cirrhosis and ascites"
    phrase = [word(tokens, i) for i in range(after, end)]
    comma = "and" in phrase or (word(tokens, end) == "," and _list_goes_on(match, end))
    return ("," if comma else " and"), after


def _lasts(match: Match, at: int) -> bool:
    """Whether "since 2015", "for 20 years" or "x 20 yrs" follows: what is told began then and goes on."""
    tokens = match.tokens
    if word(tokens, at) == "since":
        return True
    return word(tokens, at) in ("for", "x") and any(
        word(tokens, i) in grammar.PERIODS and not is_word(tokens, i + 1) for i in range(at + 2, at + 5)
    )


def _list_goes_on(match: Match, at: int) -> bool:
    """Whether "a, b and c" goes on at the comma `at`."""
    tokens = match.tokens
    for i in range(at + 1, min(at + 7, len(tokens))):
        low = word(tokens, i)
        if low == "and":
            return grammar._conjunct(tokens, i + 1)
        if (not is_word(tokens, i) and low not in (",", "-")) or low in grammar.FUNCTION or low in grammar.FINITE:
            return False
    return False


def _predicate(match: Match, label: _Label, post: _Post, kept: str) -> Splice | None:
    """ "is homeless" -> "is experiencing homelessness"; "is not obese" -> "does not have obesity"."""
    tokens = match.tokens
    copula = label.copula
    assert copula is not None
    made = post.text()
    start = min([label.first, *(a for a, _, _ in label.moved), *(a for a, _ in label.kept)])
    if kept:
        return None
    if made.startswith("with ") or (made.startswith("who ") and not made.startswith(("who is ", "who are "))):
        if made.startswith("with "):
            verb, rest = "have", made.removeprefix("with ")
        else:
            if (
                post.singular == post.plural
                and copula == start - 1
                and word(tokens, copula) in ("is", "are", "was", "were")
            ):
                return Splice(copula, label.end, made.removeprefix("who "))
            if post.qualifiers or post.singular == post.plural:
                return None
            verb = post.plural.split()[1]
            rest = " ".join(made.split()[2:])
        replaced = grammar.replace_be(match, copula, start, label.end, verb, rest, post.words)
        if replaced is not None and _predicate_goes_on(match, label.end):
            return Splice(replaced.first, replaced.last, replaced.text, sure=False)
        return replaced
    made = re.sub(r"^who (is|are) ", "", made)
    if word(tokens, copula) == "being" and copula == start - 1 and re.match(r"(experiencing|living) ", made):
        start = copula  # "being homeless"
    return Splice(start, label.end, made)


def _predicate_goes_on(match: Match, at: int) -> bool:
    """Whether another adjective shares the "is" that goes: "is bipolar and uncooperative"."""
    tokens = match.tokens
    if word(tokens, at) not in ("and", "but", "or"):
        return False
    low = word(tokens, at + 1)
    return (
        grammar.noun_follows(tokens, at + 1)
        and low not in grammar.FINITE
        and low not in grammar.PRONOUNS
        and not low.endswith(("s", "ed"))
    )


def _apposition(match: Match, label: _Label, made: str, kept: str, start: int, tail: str, end: int) -> Splice:
    """ "62M alcoholic" -> "62M with alcohol use disorder"; "a male addict" -> "a man with …"."""
    tokens = match.tokens
    apposed = label.apposed
    assert apposed is not None
    low = word(tokens, apposed)
    before = " ".join(word(tokens, i) for i in range(max(0, apposed - 8), apposed))
    age = re.search(r"\b(\d{1,3})\b", before)
    minor = grammar.MINORS.search(before) or (age and int(age.group(1)) < 18)
    if low in grammar.SEXES and label.determiner is not None and not minor and not label.kept:
        return Splice(apposed, end, f"{grammar.SEXES[low]} {made}{tail}")
    if label.many and low in ("male", "female") and not minor:
        return Splice(apposed, end, f"{grammar.SEXES[low + 's']} {made}{tail}")
    if label.kept:
        start = min(start, *(a for a, _ in label.kept))
        return Splice(start, end, f"{kept} {made}{tail}")
    return Splice(start, end, made + tail)


def _bare_adjective(match: Match, label: _Label, made: str, start: int, tail: str, end: int) -> Splice | None:
    """ "Obese, in no distress" -> "Has obesity, in no distress"."""
    if grammar.starts_sentence(match.tokens, start) and grammar.noun_follows(match.tokens, end):
        return None
    if grammar.starts_sentence(match.tokens, start) and made.startswith("with ") and not label.kept:
        return Splice(start, end, "has " + made.removeprefix("with ") + tail)
    if grammar.starts_sentence(match.tokens, start) and made.startswith("who ") and not label.kept:
        return Splice(start, end, re.sub(r"^who (is |are )?", "", made) + tail)
    return Splice(start, end, re.sub(r"^who (is|are) ", "", made) + tail)


def _plain(match: Match, label: _Label, first: int, last: int) -> str:
    """Return tokens as written; in a line of capitals in lower case, so that no word is read letter by letter."""
    found = grammar.plain(match.tokens, first, last, match.text)
    if not layout.shouted([t.text for t in match.tokens[label.first : label.last] if t.text.isalpha()]):
        return found
    return " ".join(w if w in layout.ACRONYMS else w.lower() for w in found.split(" "))


def _kept(match: Match, label: _Label) -> str:
    """Return the words that stay before the noun, joined as they were: "45-year-old", "young, white"."""
    tokens, made = match.tokens, ""
    for a, b in label.kept:
        blank = "" if not made or tokens[a].start == tokens[a - 1].end else " "
        made += blank + _plain(match, label, a, b)
    return made


def _clause_ends(match: Match, at: int) -> bool:
    return at >= len(match.tokens) or word(match.tokens, at) in ".,;:)!"


def _describes_a_thing(match: Match, at: int, words: Words) -> bool:
    """Whether a noun that is no person follows an adjective: "obese abdomen"."""
    tokens = match.tokens
    low = word(tokens, at)
    if not is_word(tokens, at) or low in grammar.FUNCTION or low in grammar.FINITE or low in grammar.ADVERBS:
        return False
    if words.base_of(low) not in (None, low):  # "the homeless grew"
        return False
    return not low.endswith(("ed", "ing", "ly")) and not re.match(r"\d", low) and low not in grammar.BE
