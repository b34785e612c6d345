"""How replaced words look on the page: capitals, line breaks, emphasis marks.

The words come from `grammar`; here they take on the look of what they replace. A gap
between two tokens that holds more than one blank (a line break with its indentation or
`> `, a tab, `**`) is carried over to a place between the new words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from hrlint.suggest import grammar
from hrlint.tokens import Token, tokens

# Stay in lower case in a heading.
SMALL = grammar.listed("a an and as at by for from in of on or the to with via vs")
# All capitals whatever the line is like.
ACRONYMS = grammar.listed(
    "AIDS AMA AUD BAC BZD COPD CSW DNKA DSB ETOH FF GHB HCV HIV IDU IDUS IDUs IVDA IVDU IVDUS LSD MAT MAUD MDMA "
    "MMT MOUD NAS NCNS NOWS OAT OST OUD PCP PLWH PSA PWID PWUD SUD THC UDS IV"
)
_SPECIAL = re.compile(r"[^ ]|  .*[^ ]")
_MARKS = re.compile(r"([*_`~]*)(.*?)([*_`~]*)\Z", re.DOTALL)


def dress(text: str, words: str, sentence: Sequence[Token], first: int, last: int) -> str:
    """Return `words` with the capitals and the layout of `sentence[first:last]`, a stretch of `text`."""
    words = capitals(text, words, sentence, first, last)
    gaps = [text[sentence[k].end : sentence[k + 1].start] for k in range(first, last - 1)]
    if not any(_SPECIAL.search(gap) for gap in gaps):
        return words
    return _lay_out(words, sentence[first:last], gaps)


def capitals(text: str, words: str, sentence: Sequence[Token], first: int, last: int) -> str:
    """Return `words` in capitals, in Title Case or with a capital first letter, as the stretch replaced is."""
    stretch = [t.text for t in sentence[first:last] if t.text[0].isalpha()]
    if not stretch or not words:
        return words
    before, after = _line(text, sentence[first].start, sentence[last - 1].end)
    if shouted(stretch) or (all(t.isupper() for t in stretch) and _shouted(f"{before} {after}")):
        return words.upper()
    if _titled(before, after, stretch, _alone(sentence, first)):
        return title(words)
    opening = sentence[first].text
    if not opening[0].isupper():
        return words
    if grammar.starts_sentence(sentence, first):
        return words[0].upper() + words[1:]
    # A capital of its own: an entry of a list or a field ("Dx: Alcoholic"), not one after a plain word.
    alone = not sentence[first - 1].text[-1].islower()
    if alone and len(stretch) > 1 and all(t[0].isupper() for t in stretch) and any(t[1:].islower() for t in stretch):
        return title(words)
    if alone and (opening[1:].islower() and opening not in grammar.PROPER):
        return words[0].upper() + words[1:]
    return words


def shouted(stretch: Sequence[str]) -> bool:
    """Whether words are in capitals, one that is no acronym among them."""
    return all(t.isupper() for t in stretch) and any(len(t) > 3 and t not in ACRONYMS for t in stretch)


def title(words: str) -> str:
    """Return `words` as a heading writes them: small words stay small."""
    pieces = re.split(r"([ /])", words)
    return "".join(
        piece if (i and piece.lower() in SMALL) or not piece[:1].islower() else piece[0].upper() + piece[1:]
        for i, piece in enumerate(pieces)
    )


def _line(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after `text[start:end]` on its lines."""
    low, high = max(0, start - 300), min(len(text), end + 300)
    before = re.split(r"[\r\n]", text[low:start])[-1]
    return before, re.split(r"[\r\n]", text[end:high], maxsplit=1)[0]


def _shouted(line: str) -> bool:
    """Whether a line is in capitals because its writer writes so, not because it lists acronyms."""
    found = re.findall(r"[^\W\d_]+", line)
    if not found or not all(w.isupper() for w in found):
        return False
    long = [w for w in found if len(w) > 4 and w not in ACRONYMS]
    return bool(long) or any(w.lower() in grammar.FUNCTION and len(w) > 1 for w in found)


def _alone(sentence: Sequence[Token], first: int) -> bool:
    """Whether a capital at `first` must come from a heading: words, and no colon or mark, stand before it."""
    return not grammar.starts_sentence(sentence, first) and sentence[first - 1].text[-1].isalpha()


def _titled(before: str, after: str, stretch: Sequence[str], alone: bool) -> bool:
    """Whether the words of a stretch and of its line are written as a heading: Living With Alcoholism."""
    heading = re.match(r"[ \t>]*#{1,6}[ \t]", before) is not None
    title_only = before.strip(" \t>*_#") == "" and re.match(r"[*_]*:", after)
    around = [
        w
        for w in re.findall(r"(?<![^\W_])[^\W\d_]+", before if title_only else f"{before} {after}")
        if w.lower() not in SMALL
    ]
    inside = [w for w in stretch if w.lower() not in SMALL]
    if not inside or not all(w[0].isupper() for w in (*around, *inside)) or not any(w[1:].islower() for w in inside):
        return False
    if re.search(r"[.!?]\Z", after.rstrip()) and not heading and not title_only:
        return False
    plain = [w for w in around if w[1:].islower()]
    return heading or len(plain) >= (1 if alone else 2) or (len(inside) >= 2 and not around)


def _lay_out(words: str, old: Sequence[Token], gaps: Sequence[str]) -> str:
    """Return `words` with the special `gaps` between `old` tokens set between the new ones."""
    new = tokens(words)
    if not new:
        return words
    spaces = [words[new[k].end : new[k + 1].start] for k in range(len(new) - 1)]
    blocks = SequenceMatcher(None, _folded(old), _folded(new), False).get_matching_blocks()
    kept = {a + k: b + k for a, b, size in blocks for k in range(size)}
    head = 0
    while kept.get(head) == head:
        head += 1
    tail = 0
    while kept.get(len(old) - 1 - tail) == len(new) - 1 - tail and tail < len(new) - head:
        tail += 1
    before: dict[int, str] = {}  # opening marks before new token k
    after: dict[int, str] = {}  # closing marks after new token k
    at = 0
    for k, gap in enumerate(gaps):
        closing, white, opening = _split(gap)
        if closing and not (opening == closing and not white.strip(" ") and k not in kept and k + 1 not in kept):
            place = kept[k] if k in kept else max(len(new) - 1 - tail, 0)
            after[place] = after.get(place, "") + closing
        if opening and not (opening == closing and not white.strip(" ") and k not in kept and k + 1 not in kept):
            place = kept[k + 1] if k + 1 in kept else min(head, len(new) - 1)
            before[place] = before.get(place, "") + opening
        stray = re.search(r"[^\s>]", white)  # a mark on its own: "a ** addict"
        if not stray and not re.search(r"[\t\r\n]", white):
            continue
        boundary = _boundary(k, kept, new, spaces, old, at)
        if boundary is not None:
            spaces[boundary] = white
            at = boundary + 1
        elif stray:
            before[0] = before.get(0, "") + white.lstrip()
    made = ""
    for k, token in enumerate(new):
        made += (
            before.get(k, "")
            + words[token.start : token.end]
            + after.get(k, "")
            + (spaces[k] if k < len(spaces) else "")
        )
    return words[: new[0].start] + made + words[new[-1].end :]


def _folded(found: Sequence[Token]) -> list[str]:
    """Return tokens for comparison: in lower case, a and an the same."""
    return ["a" if t.text.lower() == "an" else t.text.lower() for t in found]


def _split(gap: str) -> tuple[str, str, str]:
    """Return a gap as closing marks, white space (with `> ` of a quoted line), opening marks."""
    match = _MARKS.match(gap)
    assert match is not None  # every part of the pattern may be empty
    closing, white, opening = match.groups()
    if not white and closing:  # "**" between two tokens without a blank: it may be either
        return closing, "", ""
    return closing, white, opening


def _boundary(
    k: int, kept: dict[int, int], new: Sequence[Token], spaces: Sequence[str], old: Sequence[Token], least: int
) -> int | None:
    """Return the index of the blank between new words that takes the line break after old token `k`, if any can."""
    free = [b for b in range(least, len(spaces)) if spaces[b] == " "]
    if not free:
        return None
    if k in kept and kept[k] in free:
        return kept[k]
    if k + 1 in kept and kept[k + 1] - 1 in free:
        return kept[k + 1] - 1
    wanted = old[k].end - old[0].start

    def cost(b: int) -> tuple[int, int]:
        width = new[b].end - new[0].start
        # An article or "who" is better off on the line of what follows.
        return abs(width - wanted) + (6 if new[b].text.lower() in ("a", "an", "the", "who") else 0), b

    return min(free, key=cost)
