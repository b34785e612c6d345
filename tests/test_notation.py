from __future__ import annotations

import pytest

from hrlint import notation
from hrlint.notation import NotationError, collapse, compile_entry, compile_phrase, inflect, raw_pattern

LISTS = {"drug": ["heroin", "crack cocaine", "crystal meth", "meth"], "loop": ["@loop"]}


def forms(word, form):
    return inflect(word, form, {"v": {"take": ["takes", "took", "taken", "taking"]}})


def lists(name):
    if name not in LISTS or name == "loop":
        raise KeyError(f"unknown list '@{name}'")
    return collapse([seq for entry in LISTS[name] for seq in compile_entry(entry, lists, forms)])


def words(phrase):
    """The items of each layout of a phrase, one letter for each kind that is not a word."""
    out = []
    for pattern in compile_phrase(phrase, lists, forms):
        row = []
        for item in pattern.items:
            text = (
                "|".join(sorted(item.words))
                if item.kind in ("word", "case")
                else item.kind + ":" + "|".join(sorted(item.words))
            )
            row.append(
                text
                + ("?" if item.optional and item.kind != "gap" else "")
                + (str(item.size) if item.kind == "gap" else "")
            )
        out.append(" ".join(row))
    return out


PHRASES = [
    ("frequent flyer", ["frequent flyer"]),
    ("drug-seeking", ["drug seeking"]),
    ("non+compliant", ["noncompliant", "non compliant"]),
    ("(drug|substance) abuse", ["drug|substance abuse"]),
    ("@drug addict:n", ["heroin|meth addict|addicts", "crack cocaine addict|addicts", "crystal meth addict|addicts"]),
    ("drug? abuse", ["drug? abuse"]),
    ("(very bad|really)? off", ["off", "very bad off", "really off"]),
    ("abuse:v", ["abuse|abused|abuses|abusing"]),
    ("take:v", ["take|taken|takes|taking|took"]),
    ("alcoholi*", ["prefix:alcoholi"]),
    ("a ..3 b", ["a gap:3 b"]),
    ("..3 a ..2", ["a"]),
    ("!(wound|skin) clean", ["not:skin|wound clean"]),
    ('"AMA" form', ["AMA form"]),
    ("# days", ["number: days"]),
    ("UDS : clean", ["uds : clean"]),
    ("addict 's", ["addict 's"]),
    ("really ?", ["really ?"]),
    ("uds - clean", ["uds clean"]),
    ("uds (:|-) clean", ["uds -|: clean"]),
    ("(a|^) clean", ["a clean", "clean"]),
    ("(test|screen):n", ["screen|screens|test|tests"]),
    ("!(a|b)? c", ["not:a|b? c"]),
    ("!a? c", ["not:a? c"]),
]


@pytest.mark.parametrize(("phrase", "expected"), PHRASES, ids=[p for p, _ in PHRASES])
def test_phrases(phrase, expected):
    assert words(phrase) == expected


def test_braces_mark_what_is_reported():
    (pattern,) = compile_phrase("{clean} for # days", lists, forms)
    assert [item.reported for item in pattern.items] == [True, False, False, False]
    assert pattern.braced


def test_parts_are_named_by_lists_and_by_hand():
    pattern = compile_phrase("what=@drug abuse:n", lists, forms)[0]
    assert pattern.items[0].parts == ("drug", "what")
    assert pattern.items[1].head


def test_a_hyphen_may_stand_between_words():
    tokens, items = compile_phrase("drug seeking", lists, forms)[0].matcher_tokens()
    assert tokens == [{"LOWER": "drug"}, {"ORTH": "-", "OP": "?"}, {"LOWER": "seeking"}]
    assert items == [0, -1, 1]


def test_first_word_of_a_sentence():
    tokens, _ = compile_phrase("^ drunk", lists, forms)[0].matcher_tokens()
    assert tokens == [{"LOWER": "drunk", "SENT_START": 1}]


REFUSED = [
    ("a .. b", "a gap needs a length from 1 to 8, such as '..3', in pattern 'a .. b'"),
    ("a ..9 b", "a gap needs a length from 1 to 8, such as '..3', in pattern 'a ..9 b'"),
    ("abc* d", "'abc*' is too short: at least 4 letters before the star in pattern 'abc* d'"),
    ("(a|b", "')' is missing in pattern '(a|b'"),
    ("a )", "')' closes nothing in pattern 'a )'"),
    ("@drugs", "unknown list '@drugs' in pattern '@drugs'"),
    ("!(a b)", "'!' takes single words only in pattern '!(a b)'"),
    ("(a b|c):n d", "':n' after a group takes single words only in pattern '(a b|c):n d'"),
    (
        "a (b|) c",
        "an alternative without a word matches anything; leave it out or write '?' after the group in pattern 'a (b|) c'",
    ),
    (
        "a ( ..3 ) b",
        "a gap needs no group; brackets of the text are Matcher tokens, {ORTH: '('}, in pattern 'a ( ..3 ) b'",
    ),
    ("x= a", "'x=' names nothing in pattern 'x= a'"),
    (
        """so {(“|") pain (”|")}""",
        """") pain (”|" is no word in a case of its own; write “ for a quotation mark of the text in pattern 'so {(“|") pain (”|")}'""",
    ),
]


@pytest.mark.parametrize(("phrase", "message"), REFUSED, ids=[p for p, _ in REFUSED])
def test_refused(phrase, message):
    with pytest.raises(NotationError) as error:
        compile_phrase(phrase, lists, forms)
    assert str(error.value) == message


def test_the_start_holds_for_what_follows_an_optional_word():
    firsts = [
        [(sorted(item.words), item.first, item.optional) for item in pattern.items]
        for pattern in compile_phrase("^ (known|old)? drunk", lists, forms)
    ]
    assert firsts == [
        [(["known", "old"], True, False), (["drunk"], False, False)],
        [(["drunk"], True, False)],
    ]


def test_too_many_combinations():
    phrase = " ".join("(a b|c d e|f g h i)" for _ in range(8))
    with pytest.raises(NotationError, match="combinations are more than"):
        compile_phrase(phrase, lists, forms)


@pytest.mark.parametrize("op", ["*", "+", "{0,}", "{2,99}"])
def test_raw_tokens_without_an_end(op):
    with pytest.raises(NotationError, match="has no end or is longer than 8"):
        raw_pattern([{"LOWER": "a"}, {"OP": op}])


def test_required_words():
    assert compile_phrase("a? b (c|d) ..2 \"AMA\" xyzw*", lists, forms)[0].required() == [
        frozenset("b"), frozenset("cd"), frozenset(["ama"]), frozenset(["xyzw*"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "form", "expected"),
    [
        ("user", "n", "user users"),
        ("bully", "n", "bully bullies"),
        ("crush", "n", "crush crushes"),
        ("abuse", "v", "abuse abuses abused abusing"),
        ("deny", "v", "deny denies denied denying"),
        ("stop", "v", "stop stops stoped stopped stoping stopping"),
        ("lie", "v", "lie lies lied lying"),
    ],
)
def test_inflection(word, form, expected):
    assert notation.inflect(word, form, {}) == frozenset(expected.split())
