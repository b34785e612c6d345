"""Known findings: identity that survives edits elsewhere, a file that merges, dates that end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrlint import baseline
from hrlint.baseline import Baseline, Entry, context, fingerprint, posix_relative, stamp
from hrlint.document import Document
from hrlint.errors import ConfigError
from hrlint.model import Finding, Severity

TODAY = date(2026, 6, 1)
SALT = "00112233445566778899aabbccddeeff"
OTHER_SALT = "ffeeddccbbaa99887766554433221100"
HEADER = f'{{"hrlint-baseline":1,"salt":"{SALT}"}}\n'


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(text: str, path: str = "note.txt") -> list[tuple[Finding, Document]]:
    """Return a finding for each `addict` and `abuser`."""
    document = Document(path, text)
    out = []
    for match in re.finditer("addict|abuser", text, re.IGNORECASE):
        line, column = document.place(match.start())
        rule = f"person-labels.{match.group().lower()}"
        finding = Finding(
            path, None, rule, "person-labels", Severity.ERROR, "writer", match.start(), match.end(),
            line, column, line, column + len(match.group()), match.group(), "message", "why",
        )  # fmt: skip
        out.append((finding, document))
    return out


def empty(name: str = "b.jsonl", *salts: str) -> Baseline:
    return Baseline(Path(name), salts or (SALT,))


def prints(text: str, path: str = "note.txt", known: Baseline | None = None) -> list[str]:
    return [f.fingerprint for f in stamp(found(text, path), known or empty())]


# --- identity -------------------------------------------------------------------------------

NOTE = "Seen today. Known addict since 2019, stable.\n\nPlan: the addict was\ngiven naloxone.\n"


def test_context_stays_inside_the_sentence() -> None:
    assert [context(*pair) for pair in found(NOTE)] == [
        ("known", "[", "addict", "]", "since", "2019", "stable"),
        ("plan", "the", "[", "addict", "]", "was", "given", "naloxone"),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        "Plan: the addict was\ngiven naloxone.\n\nSeen today. Known addict since 2019, stable.\n",
        "New first line.\n\n" + NOTE + "\nAnd a last one.",
        NOTE.replace("was\ngiven", "was given"),
        NOTE.replace("the addict was\ngiven", "the\naddict was given"),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("Known addict", "KNOWN  ADDICT"),
        NOTE.replace("Seen today.", "Seen yesterday, and twice before."),
    ],
    ids=["paragraphs moved", "text around", "joined", "wrapped elsewhere", "CRLF", "case and spaces", "other sentence"],
)
def test_the_same_findings(changed: str) -> None:
    assert sorted(prints(changed)) == sorted(prints(NOTE))


@pytest.mark.parametrize(
    "changed",
    [NOTE.replace("Known", "Former"), NOTE.replace("since 2019", "since 2020"), NOTE.replace("addict", "abuser")],
)
def test_other_words_are_another_finding(changed: str) -> None:
    assert prints(changed)[0] != prints(NOTE)[0]


def test_equal_findings_are_counted() -> None:
    line = "- addict\n"
    assert len(set(prints(line * 3))) == 3
    assert prints(line * 3)[:2] == prints(line * 2)
    assert set(prints(line * 2, "a.txt")).isdisjoint(prints(line * 2, "b.txt"))


def test_salt() -> None:
    pair = found(NOTE)[0]
    assert fingerprint(*pair, salt=SALT) != fingerprint(*pair, salt=OTHER_SALT)
    assert re.fullmatch("[0-9a-f]{32}", fingerprint(*pair, salt=SALT))


def test_without_a_salt_nearby_words_do_not_count() -> None:
    (first, second) = found("A shy addict. A bold addict.")
    assert fingerprint(*first) == fingerprint(*second)
    assert len({f.fingerprint for f in stamp([first, second])}) == 2


def test_known_value() -> None:
    # A change of this value makes every baseline out there worthless.
    assert prints("Known addict.") == ["4b4fc6c60f6c0b669772bdab283260e6"]


def test_paths_are_relative_to_the_file_with_forward_slashes() -> None:
    assert empty("sub/b.jsonl").path_of("sub/in/a.txt") == "in/a.txt"
    assert empty("sub/b.jsonl").path_of("a.txt") == "../a.txt"
    assert prints("addict", "in/a.txt") == prints("addict", os.path.abspath("in/a.txt"))
    windows = PureWindowsPath
    assert posix_relative(windows(r"C:\Notes\In\a.txt"), windows(r"c:\notes")) == "In/a.txt"
    assert posix_relative(windows(r"C:\Notes\a.txt"), windows(r"C:\Notes\x\y")) == "../../a.txt"
    assert posix_relative(windows(r"D:\a.txt"), windows(r"C:\Notes")) == "D:/a.txt"
    assert posix_relative(PurePosixPath("/a/b"), PurePosixPath("/a")) == "b"


WORDS = st.lists(st.sampled_from(["stable", "known", "addict", "abuser", "since", "the", "9"]), min_size=1, max_size=8)
PARAGRAPHS = st.lists(WORDS.map(" ".join), min_size=1, max_size=5)


@given(PARAGRAPHS, st.randoms(use_true_random=False))
def test_moving_paragraphs_keeps_every_fingerprint(paragraphs: list[str], random: object) -> None:
    moved = paragraphs[:]
    random.shuffle(moved)  # type: ignore[attr-defined]
    assert sorted(prints("\n\n".join(moved))) == sorted(prints("\n\n".join(paragraphs)))


# --- the file -------------------------------------------------------------------------------


def known(*names: str, until: date | None = None, reason: str | None = None) -> Baseline:
    pairs = [pair for name in names for pair in found(NOTE, name)]
    made = baseline.create(empty(), pairs, linted=names, today=TODAY)
    return replace(made, entries=tuple(replace(e, until=until, reason=reason) for e in made.entries))


def test_the_file_is_sorted_and_holds_no_text() -> None:
    one, other = known("b.txt", "a.txt", reason="grün"), known("a.txt", "b.txt", reason="grün")
    assert baseline.dump(one) == baseline.dump(other)
    lines = baseline.dump(one).splitlines()
    assert lines[0] + "\n" == HEADER
    assert [list(json.loads(line)) for line in lines[1:]] == [["path", "rule", "fingerprint", "reason"]] * 4
    assert [json.loads(line)["path"] for line in lines[1:]] == ["a.txt", "a.txt", "b.txt", "b.txt"]
    assert not re.search("Known|Plan|naloxone|2019|stable", baseline.dump(one))


def test_write_and_load() -> None:
    made = known("a.txt", until=date(2027, 1, 2), reason='with "quotes"\u2028and\nbreaks')
    assert baseline.write(made) is True
    raw = Path("b.jsonl").read_bytes()
    assert b"\r" not in raw
    assert raw.count(b"\n") == 3
    assert baseline.load("b.jsonl") == made
    os.chmod("b.jsonl", 0o640)
    assert baseline.write(made) is False
    assert baseline.write(replace(made, entries=())) is True
    assert os.name == "nt" or Path("b.jsonl").stat().st_mode & 0o777 == 0o640
    assert os.listdir() == ["b.jsonl"]


def test_write_where_there_is_no_folder() -> None:
    with pytest.raises(ConfigError) as caught:
        baseline.write(empty("gone/b.jsonl"))
    assert str(caught.value) == "gone/b.jsonl: cannot be written: No such file or directory"


def test_begin() -> None:
    first, second = baseline.begin("b.jsonl"), baseline.begin("b.jsonl")
    assert first.salts != second.salts
    assert len(first.salts[0]) == 32
    baseline.write(first)
    assert baseline.begin("b.jsonl") == first


def test_any_order_bom_crlf_and_doubles() -> None:
    made = known("a.txt")
    lines = baseline.dump(made).splitlines()
    Path("b.jsonl").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines[::-1] + lines[1:] + [""]).encode())
    assert baseline.load("b.jsonl") == made


def test_of_two_lines_for_one_finding_the_stricter_holds() -> None:
    entry = known("a.txt").entries[0]
    lines = [
        replace(entry, reason="later", until=date(2028, 1, 1)),
        replace(entry, until=date(2027, 1, 1)),
        replace(entry, reason="sooner", until=date(2027, 1, 1)),
        entry,
    ]
    texts = [baseline.dump(replace(empty(), entries=(each,))).splitlines()[1] for each in lines]
    Path("b.jsonl").write_text(HEADER + "\n".join(texts))
    assert baseline.load("b.jsonl").entries == (lines[2],)


GOOD = '{"path":"a","rule":"b.c","fingerprint":"d"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'b.jsonl:1: the line {"hrlint-baseline":1,"salt":…} is missing'),
        (HEADER + "\nx", "b.jsonl:3: not a line of JSON"),
        (HEADER + "[]", "b.jsonl:2: not a finding: an object {…} is expected"),
        (
            HEADER + "<<<<<<< HEAD\n",
            "b.jsonl:2: a merge conflict; keep the lines of both sides and take out this marker",
        ),
        (HEADER + '{"path":"a","rule":"b.c"}', "b.jsonl:2: 'fingerprint' is missing"),
        (HEADER + GOOD + ',"reason":3}', "b.jsonl:2: 'reason' is not a text"),
        (
            HEADER + GOOD + ',"line":3}',
            "b.jsonl:2: unknown key 'line'; known are path, rule, fingerprint, reason, until",
        ),
        (HEADER + GOOD + ',"until":"soon"}', "b.jsonl:2: 'until' is not a date written YEAR-MONTH-DAY"),
        (
            '{"hrlint-baseline":9,"salt":"x"}',
            "b.jsonl:1: version 9 is not known to this hrlint; it reads version 1",
        ),
        ('{"hrlint-baseline":1,"salt":"x"}', "b.jsonl:1: the salt is missing or too short"),
    ],
)
def test_messages(text: str, message: str) -> None:
    Path("b.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        baseline.load("b.jsonl")
    assert str(caught.value) == message


def test_messages_about_the_file() -> None:
    with pytest.raises(ConfigError) as caught:
        baseline.load("gone.jsonl")
    assert str(caught.value) == "gone.jsonl: no such baseline; make it with 'hrlint baseline PATH'"
    Path("b.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError) as caught:
        baseline.load("b.jsonl")
    assert str(caught.value) == "b.jsonl: not UTF-8; write it anew with 'hrlint baseline'"


# --- matching -------------------------------------------------------------------------------


def test_new_and_known() -> None:
    made = known("note.txt")
    text = NOTE + "\nAnother addict came.\n"
    result = baseline.match(stamp(found(text), made), made, TODAY, linted=["note.txt"])
    assert [f.line for f in result.new] == [6]
    assert [f.line for f in result.known] == [1, 3]
    assert (result.expired, result.vanished) == ((), ())


def test_expired() -> None:
    made = known("note.txt", until=date(2026, 5, 31))
    result = baseline.match(stamp(found(NOTE), made), made, TODAY)
    assert (len(result.new), result.known, result.expired) == (2, (), made.entries)
    last_day = baseline.match(stamp(found(NOTE), made), made, date(2026, 5, 31))
    assert (last_day.new, last_day.expired) == ((), ())


def test_vanished_only_where_was_looked() -> None:
    made = known("a.txt", "b.txt")
    nothing = baseline.match((), made, TODAY, linted=["a.txt"])
    assert {e.path for e in nothing.vanished} == {"a.txt"}
    assert baseline.match((), made, TODAY, linted=["a.txt"], in_force=lambda rule: rule == "x").vanished == ()
    Path("b.txt").touch()
    assert {e.path for e in baseline.missing(made)} == {"a.txt"}


@settings(max_examples=30)
@given(st.permutations(["a.txt", "b.txt", "c.txt"]))
def test_order_of_files_changes_nothing(order: list[str]) -> None:
    made = known("a.txt", "b.txt", "c.txt")
    assert known(*order) == made
    pairs = [pair for name in order for pair in found(NOTE + "x addict", name)]
    result = baseline.match(stamp(pairs, made), made, TODAY, linted=order)
    assert sorted(f.path for f in result.new) == ["a.txt", "b.txt", "c.txt"]


# --- creating again and accepting -----------------------------------------------------------


def test_create_again_keeps_reasons_and_other_files() -> None:
    for name in ("a.txt", "b.txt"):
        Path(name).touch()
    old = known("a.txt", "b.txt", "gone.txt", reason="agreed", until=date(2027, 1, 1))
    text = NOTE.replace("Known addict", "Known person") + "\nA new addict."
    new = baseline.create(old, found(text, "a.txt"), linted=["a.txt"], today=TODAY)
    assert [(e.path, e.reason) for e in new.entries if e.path == "a.txt" and e.reason] == [("a.txt", "agreed")]
    assert [e.path for e in new.entries] == ["a.txt", "a.txt", "b.txt", "b.txt"]
    again = baseline.create(new, found(text, "a.txt"), linted=["a.txt"], today=TODAY)
    assert again == new


def test_create_again_drops_a_date_that_passed() -> None:
    old = known("note.txt", reason="agreed", until=date(2026, 1, 1))
    new = baseline.create(old, found(NOTE), linted=["note.txt"], today=TODAY)
    assert {(e.reason, e.until) for e in new.entries} == {("agreed", None)}


def accepting(rule: str = "person-labels.addict", text: str = NOTE, **arguments: object) -> Baseline:
    arguments = {"reason": "a quote", "today": TODAY} | arguments
    return baseline.accept(empty(), stamp(found(text), empty()), rule, **arguments)  # type: ignore[arg-type]


def test_accept() -> None:
    made = accepting(line=3, reason=" a\n quote ", until=date(2026, 12, 31))
    (entry,) = made.entries
    assert (entry.path, entry.rule, entry.reason, entry.until) == (
        "note.txt", "person-labels.addict", "a quote", date(2026, 12, 31),
    )  # fmt: skip
    assert [f.line for f in baseline.match(stamp(found(NOTE), made), made, TODAY).new] == [1]
    assert len(accepting(every=True).entries) == 2
    assert accepting(text="An addict.").entries[0].rule == "person-labels.addict"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"reason": " "}, "a finding is accepted with a reason: --reason TEXT"),
        ({"until": date(2026, 5, 31)}, "--until 2026-05-31 has passed"),
        (
            {},
            "2 findings of person-labels.addict, at lines 1, 3; choose with --line N, or --every",
        ),
        ({"line": 2}, "no finding of person-labels.addict at line 2"),
        ({"rule": "age.x"}, "no finding of age.x; there are findings of person-labels.addict"),
        ({"rule": "age.x", "text": "fine"}, "no finding of age.x"),
    ],
)
def test_accept_refuses(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        accepting(**arguments)  # type: ignore[arg-type]
    assert str(caught.value) == message


# --- merging, with git itself ---------------------------------------------------------------

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="no git")


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def commit(message: str) -> None:
    git("add", "-A")
    git("commit", "-q", "-m", message)


def extended(*names: str) -> None:
    made = baseline.begin("b.jsonl")
    for name in names:
        Path(name).write_text(NOTE)
        made = baseline.create(made, found(NOTE, name), linted=[name], today=TODAY)
    baseline.write(made)


@needs_git
@pytest.mark.parametrize(
    ("before", "ours", "theirs"),
    [
        (["a", "m", "z"], ["b"], ["n"]),
        (["a"], ["b"], ["c"]),
        ([], ["a"], ["b"]),
        ([], ["a", "c"], ["b", "c"]),
        (None, ["a"], ["b"]),
    ],
    ids=["apart", "same place", "empty before", "one in both", "two beginnings"],
)
def test_two_branches_merge_without_conflict(before: list[str] | None, ours: list[str], theirs: list[str]) -> None:
    git("init", "-q", "-b", "main", ".")
    Path(".gitattributes").write_text(baseline.attributes_line("b.jsonl") + "\n")
    if before is not None:
        extended(*before)
    commit("base")
    git("checkout", "-q", "-b", "other")
    extended(*theirs)
    commit("theirs")
    git("checkout", "-q", "main")
    extended(*ours)
    commit("ours")
    git("merge", "-q", "-m", "merge", "other")
    merged = baseline.load("b.jsonl")
    everything = sorted({*(before or ()), *ours, *theirs})
    assert sorted({e.path for e in merged.entries}) == everything
    pairs = [pair for name in everything for pair in found(NOTE, name)]
    result = baseline.match(stamp(pairs, merged), merged, TODAY, linted=everything)
    assert (result.new, result.vanished, len(result.known)) == ((), (), 2 * len(everything))
    # Written again, the file is in order and has one salt.
    tidy = baseline.create(merged, pairs, linted=everything, today=TODAY)
    assert len(tidy.salts) == 1
    result = baseline.match(stamp(pairs, tidy), tidy, TODAY, linted=everything)
    assert (result.new, result.vanished) == ((), ())


@needs_git
def test_without_attributes_entries_apart_merge_too() -> None:
    git("init", "-q", "-b", "main", ".")
    extended("a", "m", "z")
    commit("base")
    git("checkout", "-q", "-b", "other")
    extended("n")
    commit("theirs")
    git("checkout", "-q", "main")
    extended("b")
    commit("ours")
    git("merge", "-q", "-m", "merge", "other")
    assert [e.path for e in baseline.load("b.jsonl").entries][::2] == ["a", "b", "m", "n", "z"]


def test_two_salts() -> None:
    one = baseline.create(empty(), found(NOTE, "a.txt"), linted=["a.txt"])
    two = baseline.create(empty("b.jsonl", OTHER_SALT), found(NOTE, "b.txt"), linted=["b.txt"])
    both = Baseline(Path("b.jsonl"), (SALT, OTHER_SALT), (*one.entries, *two.entries))
    pairs = [*found(NOTE, "a.txt"), *found(NOTE, "b.txt")]
    assert baseline.match(stamp(pairs, both), both, TODAY).new == ()
    Path("b.txt").touch()
    half = baseline.create(both, found(NOTE, "a.txt"), linted=["a.txt"])
    assert half.salts == both.salts
    assert Entry("b.txt", "person-labels.addict", two.entries[0].fingerprint) in half.entries
