"""Markdown: prose stays where it is, code and addresses do not count."""

from __future__ import annotations

import pytest

from hrlint.model import Span
from hrlint.tokens import tokens

from .notes_in_formats import one

# source -> the words that rules see
CASES = {
    "plain": ("Pt left.", "Pt left ."),
    "emphasis around words": ("an **addict** and _abuse_ ~~x~~", "an addict and abuse x"),
    "emphasis from inside a word": ("an ad**dict** x", "an addict x"),
    "emphasis to inside a word": ("an **ad**dict x", "an addict x"),
    "single star inside": ("a*ddict* y", "addict y"),
    "no emphasis": ("2 * 3 is a*b", "2 3 is a b"),
    "snake case": ("drug_seeking", "drug seeking"),
    "inline code": ("drug `abuse` seeking", "drug ￼ seeking"),
    "double ticks": ("a `` x ` y `` b", "a ￼ b"),
    "lone tick": ("the ` alone", "the alone"),
    "code over lines": ("a `b\nc` d", "a ￼ d"),
    "fence": ("a\n\n```python\nabuse\n```\n\nb", "a b"),
    "fence with tildes": ("a\n~~~\nabuse\n```\nabuse\n~~~\nb", "a b"),
    "unclosed fence": ("a\n\n```\nabuse\n", "a"),
    "fence in a list": ("- a\n\n  ```\n  abuse\n  ```\n- b", "- a - b"),
    "fence in a list without an end": ("- a\n\n  ```\n  abuse\n\nb", "- a b"),
    "fence in a quotation": ("> a\n> ```\n> abuse\n> ```\n> b", "a b"),
    "quotation over while a fence is open": ("> ```\n> abuse\n\nb", "b"),
    "fence after an item's mark": ("- ```\n  abuse\n  ```\n- b", "- - b"),
    "indented code": ("a\n\n    abuse\n\tabuse\n\nb", "a b"),
    "no indented code in a paragraph": ("a\n    b", "a b"),
    "no indented code in a list": ("- a\n\n    b\n\n1. c\n\n   d", "- a b 1 . c d"),
    "indented code in a list": ("- a\n\n      abuse\n", "- a"),
    "link": ("a [drug abuse](http://x.org/abuse) b", "a drug abuse b"),
    "link with a title": ('[a](x "the title") b', 'a " the title " b'),
    "link with brackets": ("[a](x_(y)) b", "a b"),
    "link in angle brackets": ("[a](<x y>) b", "a b"),
    "link in a word": ("ad[dict](x)", "addict"),
    "image": ("![an addict](abuse.png)", "an addict"),
    "image in a link": ("[![alt](a)](b) c", "alt c"),
    "reference": ("[a][one] [two] [b][]\n\n[one]: http://abuse.org\n[b]: <x>\n", "a [ two ] b"),
    "brackets that are none": ("[x] [ ] a[1] (b)", "[ x ] [ ] a [ 1 ] ( b )"),
    "autolink": ("see <https://abuse.org> now", "see ￼ now"),
    "bare address": ("see https://abuse.org/drug-abuse now", "see ￼ now"),
    "no address": ("http colon :// nothing", "http colon : / / nothing"),
    "comment": ("a <!-- abuse --> b\n\n<!--\n\nabuse\n\n```\n-->\n\nc", "a b c"),
    "text behind a comment": ("<!-- x --> an **ad**dict\n\nb", "an addict b"),
    "html inside": ("a <b>c</b> ad<i>dict</i>\n\n<div>\nd\n</div>", "a c addict d"),
    "script": ("a\n\n<script>\n\nabuse\n\n</script>\n\nb", "a b"),
    "hidden": ("a <span hidden>abuse</span> b", "a b"),
    "entities": ("caf&eacute; &amp; add&#105;ct", "café & addict"),
    "escapes": ("drug\\_seeking \\*x\\* \\[a\\](b)", "drug seeking x [ a ] ( b )"),
    "hard break": ("a\\\nb  \nc", "a b c"),
    "heading": ("# Social *history*\n\nb\n===\n", "# Social history b = = ="),
    "table": ("| a | b |\n|---|---|\n| ad**dict** | d |", "| a | b | | - - - | - - - | | addict | d |"),
    "nested list": ("- a\n  - b\n    - c\n\n      d", "- a - b - c d"),
    "task list": ("- [x] done\n- [ ] open", "- [ x ] done - [ ] open"),
    "quotation": ("> a\n> b", "a b"),
    "front matter": ("---\ntitle: A drug abuser\ntags:\n  - abuse: x\n---\nb", "A drug abuser x b"),
    "front matter in TOML": ("+++\nabuse = 1\n+++\nb", "1 b"),
    "a ruler is no front matter": ("---\n\nabuse: a\n", "- - - abuse : a"),
    "template tokens": ("Dear {{ name }}: {% if x %}y{% endif %} @NAME@ {LIST:1} ***", "Dear { { name } } : { % if x % } y { % endif % } @ NAME @ { LIST : 1 } ***"),
    "template comment": ("a {# abuse #} b", "a b"),
    "crlf": ("a\r\n\r\n```\r\nabuse\r\n```\r\n\r\nb\r\n", "a b"),
    "empty": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_read(case: str) -> None:
    source, expected = CASES[case]
    document = one("x.md", source.encode())
    assert " ".join(token.text for token in tokens(document.text)) == expected
    assert len(document.text) == len(source)


def test_line_ends_stay() -> None:
    source = "a\n\n```\nx\ny\n```\n\n<!-- c\n\nd -->\n\nb [l](u) `c`\n"
    document = one("x.md", source.encode())
    assert [at for at, char in enumerate(source) if char == "\n"] == [
        at for at, char in enumerate(document.text) if char == "\n" and source[at] == "\n"
    ]


def test_prose_with_emphasis_needs_no_map() -> None:
    assert one("x.md", b"# A\n\n- **b** _c_\n\n> d | e\n").segments == ()


def test_a_parted_word_has_two_pieces() -> None:
    document = one("x.md", b"an ad**dict** x")
    start = document.text.index("addict")
    assert document.editable(Span(start, start + 6)) == [(Span(3, 5), 3), (Span(5, 9), 7)]


def _code_words(source: str) -> tuple[set[str], set[str]]:
    """Return the words that markdown-it-py finds in code, and in text."""
    parser = pytest.importorskip("markdown_it", reason="the oracle markdown-it-py comes with rich").MarkdownIt(
        "commonmark"
    )
    code: set[str] = set()
    text: set[str] = set()
    for block in parser.parse(source):
        if block.type in ("fence", "code_block"):
            code |= set(block.content.split())
        for child in block.children or []:
            if child.type == "code_inline":
                code |= set(child.content.split())
            elif child.type == "text":
                text |= set(child.content.split())
    return code, text


BLOCKS = ["w{}\n", "    w{}\n", "- w{}\n", "  w{}\n", "   - w{}\n", "\n", "> w{}\n", "```\nw{}\n```\n", "1. w{}\n", "      w{}\n", "# w{}\n", "`w{}`\n", "\tw{}\n", "~~~\nw{}\n~~~\n", "- - w{}\n", "  ```\n  w{}\n  ```\n"]  # fmt: skip


@pytest.mark.parametrize("seed", range(120))
def test_code_is_where_commonmark_says(seed: int) -> None:
    import random

    source = "".join(random.Random(seed).choices(BLOCKS, k=9))
    for number in range(source.count("{}")):
        source = source.replace("{}", str(number), 1)
    code, text = _code_words(source)
    found = set(one("x.md", source.encode()).text.replace(">", " ").replace("#", " ").split())
    assert {word for word in text if word.startswith("w")} <= found | {word for word in text if "`" in word}
    missed = {word for word in code if word.startswith("w")} & found
    assert not missed
