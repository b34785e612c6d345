"""Labels for a person, turned into words about a person.

"a known IV drug user" becomes "a person known to inject drugs"; "the addicts' needs" becomes
"the needs of people with substance use disorders". The tables stand in `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hrlint.suggest import grammar, layout
from hrlint.suggest.grammar import Match, Splice, is_word, word
from hrlint.suggest.labels import Label, describes_a_thing, is_certain, is_possessive, read, stays
from hrlint.suggest.postmodifier import Postmodifier, said
from hrlint.suggest.words import Words


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
    label = read(match, first, last, words)
    if label is None:
        return None
    if certain and not is_certain(match, label):
        return None
    posts = singular.removeprefix("person "), plural.removeprefix("people ")
    following = word(tokens, label.end)
    if label.noun is None and label.many and following in grammar.FOR_MANY:
        return _for_group(match, label, label.end, plural)
    if label.noun is None and not label.many and not is_possessive(match, label):
        group = label.end + (1 if following == "-" else 0)
        if word(tokens, group) in grammar.FOR_NOUNS:
            return _for_group(match, label, group, plural)
        if word(tokens, group) in grammar.NOT_PEOPLE or (following == "-" and is_word(tokens, group)):
            return None
        if label.adjective and describes_a_thing(match, label.end, words):
            return None
    many = label.many
    post = Postmodifier(posts[0], posts[1], many, values, words)
    for _, _, kind in label.moved:
        if not said(kind, posts[0]):
            post.take(kind)
    post.perfect = _lasts(match, label.end)
    if label.apposed is not None and label.telegraphic:
        post.drop_article = True
    if is_possessive(match, label):
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


def _for_group(match: Match, label: Label, group: int, plural: str) -> Splice:
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


def _possession(match: Match, label: Label, post: Postmodifier, singular: str, plural: str) -> Splice | None:
    """ "the addict's wife" -> "the wife of a person with a substance use disorder"."""
    tokens = match.tokens
    after = label.end + 1
    end = grammar.possessed_end(tokens, after)
    made = post.text()
    strange = [k for k, (a, _) in enumerate(label.kept) if not stays(match, a, True)]
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


def _predicate(match: Match, label: Label, post: Postmodifier, kept: str) -> Splice | None:
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


def _apposition(match: Match, label: Label, made: str, kept: str, start: int, tail: str, end: int) -> Splice:
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


def _bare_adjective(match: Match, label: Label, made: str, start: int, tail: str, end: int) -> Splice | None:
    """ "Obese, in no distress" -> "Has obesity, in no distress"."""
    if grammar.starts_sentence(match.tokens, start) and grammar.noun_follows(match.tokens, end):
        return None
    if grammar.starts_sentence(match.tokens, start) and made.startswith("with ") and not label.kept:
        return Splice(start, end, "has " + made.removeprefix("with ") + tail)
    if grammar.starts_sentence(match.tokens, start) and made.startswith("who ") and not label.kept:
        return Splice(start, end, re.sub(r"^who (is |are )?", "", made) + tail)
    return Splice(start, end, re.sub(r"^who (is|are) ", "", made) + tail)


def _plain(match: Match, label: Label, first: int, last: int) -> str:
    """Return tokens as written; in a line of capitals in lower case, so that no word is read letter by letter."""
    found = grammar.plain(match.tokens, first, last, match.text)
    if not layout.shouted([t.text for t in match.tokens[label.first : label.last] if t.text.isalpha()]):
        return found
    return " ".join(w if w in layout.ACRONYMS else w.lower() for w in found.split(" "))


def _kept(match: Match, label: Label) -> str:
    """Return the words that stay before the noun, joined as they were: "45-year-old", "young, white"."""
    tokens, made = match.tokens, ""
    for a, b in label.kept:
        blank = "" if not made or tokens[a].start == tokens[a - 1].end else " "
        made += blank + _plain(match, label, a, b)
    return made


def _clause_ends(match: Match, at: int) -> bool:
    return at >= len(match.tokens) or word(match.tokens, at) in ".,;:)!"
