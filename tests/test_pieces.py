"""A large plain text is read in pieces: what is found is what is found in the whole."""

from __future__ import annotations

import codecs
import io
import pickle
import random
from pathlib import Path

import packs_for_tests
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrlint import readers
from hrlint.api import Linter, Options
from hrlint.config import Loader
from hrlint.document import Begin, Document, Piece
from hrlint.engine import Engine, Settings
from hrlint.errors import InputError
from hrlint.model import Span
from hrlint.packed import Packed
from hrlint.readers.pieces import AROUND, Large
from hrlint.reporters import FORMATS, write
from hrlint.reporters import Options as Shown
from hrlint.tokens import cut, sentences

SIZE = 1500


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Engine(packs_for_tests.program(tmp_path_factory.mktemp("packs") / "p"), Settings(aligned=True))


@pytest.fixture
def little(monkeypatch):
    """Make everything a large file that is cut into little pieces."""
    monkeypatch.setattr(readers, "LARGE", 0)
    monkeypatch.setattr(Large.pieces, "__defaults__", (SIZE,))


def in_pieces(engine, text, size=SIZE, encoding="utf-8"):
    found, cues, parts = [], [], []
    for piece in Large("n.txt", text.encode(encoding), encoding).pieces(size):
        document = piece.opened()
        assert document.words(*piece.own) == text[slice(*piece.own)]
        one, other = engine.check(document)
        assert all(piece.own.start <= f.start <= f.end <= piece.own.end for f in one)
        found += one
        cues += other
        parts.append(piece)
    assert [p.own.start for p in parts[1:]] == [p.own.end for p in parts[:-1]]
    assert (parts[0].own.start, parts[-1].own.end) == (0, len(text))

    return found, cues


def same(engine, text, size=SIZE):
    parts, whole = in_pieces(engine, text, size), engine.check(Document("n.txt", text, text))
    # Not compared in one go: an assertion that shows two long lists takes minutes.
    different = [pair for pair in zip(parts[0], whole[0], strict=False) if pair[0] != pair[1]]
    assert not different[:3]
    assert (len(parts[0]), parts[1]) == (len(whole[0]), whole[1])


PHRASES = [
    "heroin addict", "Addicts", "drug abuse", "non-compliant.", "clean x 8 mo", "they never follow up.", "cocaine", "alcoholism", "child", "(", ")",
    '"', "“", "”", "'", "Safety screening:", "Family history:\n", "Assessment:", "very difficult", "UDS was dirty.", "urine", "; ", "| ", "Pt states", "I",
    "no", "denies", "<!--", "-->", "{#", "#}", "F10.10", '{"problem": "', "Dr.", "e.g.", "İ", "😀", "drug-seeking,", "left AMA!", "- ", "> ", "# ", "...", "?",
    "alcohol", "user", "the term", "word. Word", "1.", "word",
]  # fmt: skip
GAPS = [" "] * 12 + ["  ", "\n", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n \t\n", "", "\n\n\n"]


@st.composite
def texts(draw, gaps=GAPS):
    """Texts some times as long as what is seen around a piece, from a seed, so that they are made and made smaller fast."""
    rng = random.Random(draw(st.integers(0, 10**6)))
    phrases = ["word", *rng.sample(PHRASES, draw(st.integers(3, len(PHRASES))))]
    chosen = rng.sample(gaps, draw(st.integers(1, len(gaps))))
    filler = ["word", "and", "seen", "today", "for"] * draw(st.integers(0, 60))
    parts = []
    length = 0
    wanted = AROUND + draw(st.integers(2 * SIZE, 4 * AROUND))
    while length < wanted:
        parts += [rng.choice(phrases + filler), rng.choice(chosen)]
        length += len(parts[-1]) + len(parts[-2])
    return "".join(parts)


@settings(max_examples=60, deadline=None)
@given(text=texts(), size=st.sampled_from([SIZE, 4000, 20_000]))
def test_pieces_find_what_the_whole_finds(small, text, size):
    same(small, text, size)


@settings(max_examples=30, deadline=None)
@given(text=texts(gaps=[" ", " ", " ", "  ", "", "\t"]), size=st.sampled_from([SIZE, 9000]))
def test_one_long_line(small, text, size):
    same(small, text, size)


@settings(max_examples=100, deadline=None)
@given(texts(), st.integers(1200, 5000))
def test_a_cut_is_where_a_sentence_ends_or_is_cut(text, size):
    ends = {span.end for span in sentences(text)}
    at = 0
    while at + size + AROUND < len(text):
        following = cut(text, at, at + size)
        assert at < following <= at + size
        assert following in ends, following
        at = following


FILL = "Seen in clinic today, labs stable and no new concerns today. "
LONG = FILL * 30


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000 + "heroin addict " + "word " * 20_000,
        "=" * 70_000 + " addict " + "(" * 9_000,
        "addict" * 9_000 + " addict " + " " * 30_000 + "addict. Addicts",
        ("Heroin addict " + "." * 900 + "\n") * 60,
        "\n" * 40_000 + "heroin addict" + "\n" * 40_000 + "addict",
        f"Safety screening:\n{LONG}\n\nalcohol abuse\n\n" * 40,
        f"Pt states “I am {FILL * 8} an addict” today. {LONG}\n\n" * 30,
        f"<!-- {LONG} heroin addict {FILL} --> {LONG} addict\n" * 30,
        f"{LONG}heroin addict\r\n{LONG}\r\n\r\n" * 30,
        f"{LONG}\rheroin addict, {LONG}\r\r" * 30,
        f'"note": "{LONG}", "problem": "alcohol abuse", ' * 30,
    ],
    ids=["line", "ruler", "spaces", "dots", "blanks", "heading", "quote", "comment", "crlf", "cr", "json"],
)
@pytest.mark.parametrize("size", [SIZE, 10_000])
def test_what_reaches_over_a_cut(small, text, size):
    same(small, text, size)


# --- bytes ----------------------------------------------------------------------------------

NOTE = "Café “heroin addict” – naïve 😀 drug abuse.\r\nLeft AMA.\n\n"


@pytest.mark.parametrize(
    ("encoding", "mark", "given"),
    [
        ("utf-8", b"", None),
        ("utf-8", codecs.BOM_UTF8, None),
        ("utf-16-le", codecs.BOM_UTF16_LE, None),
        ("utf-16-be", codecs.BOM_UTF16_BE, None),
        ("utf-16-le", b"", None),
        ("utf-32-le", codecs.BOM_UTF32_LE, None),
        ("cp1252", b"", None),
        ("cp1252", b"", "cp1252"),
        ("gb18030", b"", "gb18030"),
        ("iso2022_jp", b"", "iso2022_jp"),
        ("unicode_escape", b"", "unicode_escape"),
    ],
)
def test_encodings(little, monkeypatch, encoding, mark, given):
    note = (
        NOTE
        if encoding.startswith(("utf", "gb", "uni"))
        else NOTE.encode("ascii", "ignore").decode() + "“”é"[: 3 * (encoding == "cp1252")]
    )
    if encoding == "iso2022_jp":
        note = "薬 " + note
    raw = mark + (note * 600).encode(encoding)
    monkeypatch.setattr("hrlint.readers.pieces._BYTES", 4093)  # characters of several bytes are cut
    config = Loader(no_config=True, flags={"encoding": given} if given else {})
    parts = Linter(config).lint_bytes("n.txt", raw)
    whole = Linter(config, Options(whole=True)).lint_bytes("n.txt", raw)
    assert whole.findings
    assert not whole.errors
    assert isinstance(parts.findings, Packed) is (encoding != "unicode_escape")
    assert tuple(parts.findings) == whole.findings


@pytest.mark.parametrize(
    ("raw", "given"),
    [
        (b"\xff\xfe" + b"a\0" * 9_000 + b"\0", None),
        (b"addict " * 9_000 + b"\0", None),
        (b"a\0" * 9_000 + b"\0\xd8", None),
        (b"addict " * 9_000 + b"\xff", "utf-8"),
        ("addict\0".encode("utf-16") * 9_000, None),
    ],
)
def test_what_is_no_text_is_refused_alike(little, raw, given):
    config = Loader(no_config=True, flags={"encoding": given} if given else {})
    parts = Linter(config).lint_bytes("n.txt", raw)
    whole = Linter(config, Options(whole=True)).lint_bytes("n.txt", raw)
    assert parts.errors == whole.errors
    assert parts.errors
    assert not parts.findings


def test_other_formats_are_read_whole(little):
    raw = b"<!doctype html><p>addict</p>" + b"<p>word</p>" * 9_000
    result = Linter().lint_bytes("n.html", raw)
    assert isinstance(result.documents[0], Document)
    assert readers.in_pieces("n.pdf", b"%PDF-1.7 " * 900) is None


def test_a_begin_moves_by_what_is_read():
    begin = Begin().after("a😀é")
    assert begin == Begin(3, 1, 4, 4, 7)
    assert begin.after("x") == Begin(4, 1, 5, 5, 8)
    assert begin.after("x\r\ny\rz\n\n") == Begin(11, 5, 1, 0, 0)
    assert begin.after("\r\n😀") == Begin(6, 2, 2, 2, 4)


# --- the whole way --------------------------------------------------------------------------


def both(text, name="n.txt", flags=None, **options):
    """Return what is said of a text in pieces, and of the whole."""
    found = []
    for whole in (False, True):
        linter = Linter(Loader(no_config=True, flags=flags or {}), Options(aligned=True, whole=whole, **options))
        found.append(linter.lint_bytes(name, text.encode()))
    assert isinstance(found[0].findings, Packed)
    return found


def assert_same(parts, whole):
    assert sorted(parts.findings) == sorted(whole.findings)
    assert tuple(parts.aligned) == whole.aligned
    assert (parts.suppressed, parts.errors, parts.notes) == (whole.suppressed, whole.errors, whole.notes)


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG}\n\nHe is an addict. # hrlint: ignore\n\n{LONG}\n\nHe is an addict.\n" * 20,
        f"<!-- hrlint: ignore-next-line -->\n{chr(10) * 30_000}  \n# hrlint: ignore age\n\naddict is old\naddict\n{LONG}",
        f"hrlint: off person-labels\n{LONG}\naddict\n"
        + f"{LONG}\n\naddict, drug abuse\n" * 20
        + f"hrlint: on person-labels\naddict\n{LONG}",
        f"{LONG}\n\naddict\n" * 20 + "hrlint: ignore-file person-labels -- a list\n",
        f"{LONG}\n\n# hrlint: prose\n# hrlint: ignor\n<!-- hrlint: ignore expires=2020-01-01 -->\naddict\n" * 9,
        f"{LONG} # hrlint: ignore\n\n" * 20 + "hrlint: on\n",
        f"{LONG}He is an addict. [[hrlint: ignore]] {LONG}" * 20 + "\naddict",
    ],
    ids=["same-line", "next-line", "off", "file", "problems", "unused", "long-line"],
)
def test_suppressions_reach_over_cuts(little, text):
    parts, whole = both(text)
    assert whole.suppressed or "hrlint: on" in text or "expires" in text
    assert_same(parts, whole)


def test_reports_are_the_same(little):
    text = (
        f"Safety screening 😀 é:\n{FILL * 9}an addict 😀 (heroin addict) “who never follows up”, {FILL * 40}drug\nabuse.\r\n\r\n"
        * 12
    )
    text += "é😀 " * 20_000 + "an addict"
    parts, whole = both(text)
    assert_same(parts, whole)
    program = Linter().program(Loader(no_config=True).project())
    words = {rule.id: program.words_of(rule.id) for rule in program.rules}
    for format in FORMATS:
        for redact in (False, True):
            outs = [io.StringIO(), io.StringIO()]
            for result, out in zip((parts, whole), outs, strict=True):
                shown = Shown(
                    version="1", redact=redact, rules=program.rule_by_id, words=words, statistics=True, aligned=True
                )
                write(format, [result], out, shown)
            assert format == "html" or outs[0].getvalue() == outs[1].getvalue(), (format, redact)


def test_baseline_allow_and_severities(little, tmp_path, monkeypatch):
    from hrlint import baseline

    monkeypatch.chdir(tmp_path)
    text = f"{LONG}\n\nheroin addict and a drug abuser, {FILL}addict.\n\n" * 12
    parts, whole = both(text)
    file = tmp_path / "b.jsonl"
    pairs = [(f, whole.documents[0]) for f in whole.findings]
    known = baseline.create(baseline.begin(file), pairs[::2], linted=["n.txt"])
    baseline.write(known)
    one, other = both(text, flags={"baseline": str(file), "min-severity": "warning"})
    assert 0 < len(one.findings) < len(parts.findings)
    assert_same(one, other)


def test_a_baseline_is_made_of_pieces_too(little, tmp_path, monkeypatch):
    from hrlint.commands.baseline import _collected

    monkeypatch.chdir(tmp_path)
    text = f"{LONG}\n\nheroin addict and a drug abuser, {FILL}addict.\n\n" * 12
    Path("n.txt").write_text(text, "utf-8")
    _, pairs, names, whole = _collected(["n.txt"], None, True, None, None)
    result = Linter(options=Options(whole=True)).lint_bytes("n.txt", text.encode())
    assert (names, whole) == (["n.txt"], True)
    assert [(f, d.opened().words(f.start, f.end)) for f, d in pairs] == [(f, f.text) for f in result.findings]


def test_max_size_is_for_what_is_read_whole(tmp_path, monkeypatch, capsys):
    from hrlint.cli import main

    monkeypatch.chdir(tmp_path)
    Path("hrlint.toml").write_text("max-size = 0.001\n", "utf-8")
    for name in ("n.txt", "n.html", "n"):
        Path(name).write_text(f"{LONG}He is an addict.\n", "utf-8")
    before = Path("n.txt").read_bytes()
    refused = "2 KB is more than the limit of 1 KB; raise 'max-size' to lint it"
    for arguments, status, found in (
        (["n.txt", "n"], 1, 2),
        (["n.txt", "n.html"], 2, 1),
        (["n.txt", "--fix", "--unsafe-fixes"], 2, 0),
        (["n.txt", "--diff"], 2, 0),
        (["n.txt", "-f", "html"], 2, 0),
        (["fix", "-i", "n.txt"], 2, 0),
        (["n.txt", "--show-files"], 0, 0),
    ):
        with pytest.raises(SystemExit) as done:
            main([*arguments, *([] if "-f" in arguments or "-i" in arguments else ["-f", "concise"])])
        out, err = capsys.readouterr()
        assert (done.value.code, out.count("person-labels.addict")) == (status, found), arguments
        assert (refused in err) is (status == 2), arguments
    assert f"n.txt: linted if it is plain text: {refused}" in out
    assert Path("n.txt").read_bytes() == before


def test_results_go_from_one_process_to_another(little):
    parts, whole = both(f"{LONG}\n\naddict\n" * 20)
    again = pickle.loads(pickle.dumps(parts))
    assert_same(again, whole)
    assert [d.opened().text for d in again.documents] == [d.opened().text for d in parts.documents]


def test_a_file_that_changes_is_named(little, tmp_path, engine):
    path = tmp_path / "n.txt"
    path.write_text(f"{LONG}\n\naddict\n" * 20, "utf-8")
    pieces = Large("n.txt", path).pieces(SIZE)
    first = next(pieces)
    engine.check(first.opened())
    path.write_text("short", "utf-8")
    with pytest.raises(InputError, match="was changed"):
        list(pieces)


def test_a_piece_shows_no_text():
    piece = next(Large("n.txt", b"secret addict").pieces())
    assert isinstance(piece, Piece)
    assert "secret" not in repr(piece)
    assert piece.own == Span(0, 13)


def test_packed_findings_are_what_went_in(engine):
    found, _ = engine.check(Document("n", "Pt is a heroin addict.\n\nNoncompliant addict.\n"))
    packed = Packed(found)
    prints = ["f", "F" * 32, "0f" * 16, "0" * 32, "é"]
    stamped = [f._replace(fingerprint=each) for f in found for each in prints]
    packed.extend(stamped)
    assert list(packed) == [*found, *stamped]
    assert (packed[0], packed[-1].fingerprint, packed[1:2]) == (found[0], "é", (found[1],))
    with pytest.raises(IndexError):
        packed[len(packed)]
    assert not Packed()
