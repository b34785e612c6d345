"""Choosing, composing, applying and writing edits."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrlint import fix
from hrlint.document import Document, Segment
from hrlint.fix import Edit, apply_text, choose, interactive, plan, settle, unified_diff, write_atomically
from hrlint.model import Finding, Severity, Span, Suggestion


def finding(
    text: str, words: str, *options: tuple[str, str, str], voice: str = "writer", rule: str = "a.b", severity: int = 2
) -> Finding:
    """A finding of `words` in `text`; options are (stretch, replacement, applicability)."""
    start = text.index(words)
    made = []
    for stretch, new, applicability in options:
        at = text.index(stretch)
        made.append(Suggestion(new, at, at + len(stretch), applicability))
    line = text.count("\n", 0, start) + 1
    return Finding(
        "n.txt", None, rule, rule.split(".")[0], Severity(severity), voice, start, start + len(words),
        line, start - text.rfind("\n", 0, start), line, 1, words, f"“{words}” is a label.", "", tuple(made),
    )  # fmt: skip


def plain(text: str) -> Document:
    return Document("n.txt", text, text)


def fixed(text: str, *findings: Finding, unsafe: bool = False) -> str:
    return apply_text(text, plan(findings, plain(text), unsafe=unsafe))


# ------------------------------------------------------------------ choosing


def test_safe_is_taken_and_unsafe_only_when_asked() -> None:
    text = "He refused labs and abuses meth."
    safe = finding(text, "refused", ("refused", "declined", "safe"))
    unsafe = finding(text, "abuses", ("abuses", "uses", "unsafe"), ("abuses", "misuses", "unsafe"))
    assert fixed(text, safe, unsafe) == "He declined labs and abuses meth."
    assert fixed(text, safe, unsafe, unsafe=True) == "He declined labs and uses meth."


def test_a_safe_suggestion_goes_before_an_unsafe_one() -> None:
    text = "He abuses meth."
    both = finding(text, "abuses", ("abuses", "misuses", "unsafe"), ("abuses", "uses", "safe"))
    assert fixed(text, both, unsafe=True) == "He uses meth."


@pytest.mark.parametrize("voice", ["quoted", "patient"])
def test_words_of_somebody_else_are_never_edited(voice: str) -> None:
    text = "He says “I am an addict”."
    assert fixed(text, finding(text, "addict", ("addict", "x", "safe"), voice=voice), unsafe=True) == text


def test_manual_is_never_applied() -> None:
    text = "He is lazy."
    assert fixed(text, finding(text, "lazy", ("lazy", "x", "manual")), unsafe=True) == text


def test_code_descriptions_and_unwritable_places_are_left() -> None:
    text = "F10.10 alcohol abuse"
    found = finding(text, "alcohol abuse", ("alcohol abuse", "alcohol use", "safe"))
    assert plan([found], Document("n", text, text, code=(Span(0, 20),)), unsafe=True) == []
    assert plan([found], Document("n", text, text, fixable="pages have no text to write to"), unsafe=True) == []
    inexact = (Segment(0, 10, 0, 12), Segment(10, 10, 12, 30, exact=False))
    assert plan([found], Document("n", text, text + " " * 22, segments=inexact), unsafe=True) == []


def test_suggestions_outside_the_text_or_without_change_are_left() -> None:
    text = "He is an addict."
    odd = finding(text, "addict", ("addict", "addict", "safe"))
    beyond = odd._replace(suggestions=(Suggestion("x", 9, 99, "safe"),))
    assert plan([odd, beyond], plain(text), unsafe=True) == []


# ------------------------------------------------------------------ composing


def test_several_findings_compose() -> None:
    text = "Her aunt is an alcoholic and her nephew is an addict."
    one = finding(text, "alcoholic", ("an alcoholic", "a person with alcohol use disorder", "safe"))
    two = finding(text, "addict", ("an addict", "a person who uses drugs", "safe"))
    assert (
        fixed(text, two, one)
        == "Her aunt is a person with alcohol use disorder and her nephew is a person who uses drugs."
    )


def test_adjacent_edits_compose() -> None:
    text = "dirty urine"
    one = finding(text, "dirty", ("dirty ", "positive ", "safe"))
    two = finding(text, "urine", ("urine", "urine drug test", "safe"))
    assert fixed(text, one, two) == "positive urine drug test"


def test_of_overlapping_edits_the_inner_goes_first_and_the_outer_in_the_next_pass() -> None:
    text = "45yo homeless IVDU male"
    outer = finding(text, "homeless", ("homeless IVDU male", "IVDU male experiencing homelessness", "safe"), rule="h.h")
    inner = finding(text, "IVDU", ("IVDU male", "male who injects drugs", "safe"), rule="p.i")
    assert fixed(text, outer, inner) == "45yo homeless male who injects drugs"

    def lint(changed: str) -> tuple[Document, list[Finding]]:
        new = ("homeless male", "male experiencing homelessness", "safe")
        return plain(changed), [finding(changed, "homeless", new, rule="h.h")] if "homeless male" in changed else []

    result, made = settle(plain(text), lint, [outer, inner], unsafe=False)
    assert result == "45yo male experiencing homelessness who injects drugs"
    assert [c.finding.rule for c in made] == ["p.i", "h.h"]


def test_the_longer_finding_wins_over_one_inside_it() -> None:
    text = "She is clean and sober."
    short = finding(text, "clean", ("clean", "negative", "safe"))
    long = finding(text, "clean and sober", ("clean and sober", "in recovery", "safe"))
    assert fixed(text, short, long) == "She is in recovery."
    manual = finding(text, "clean and sober", ("clean and sober", "in recovery", "manual"))
    assert fixed(text, short, manual) == "She is negative and sober."


def test_two_rules_on_the_same_words_make_one_edit() -> None:
    text = "He is an IVDU."
    one = finding(text, "IVDU", ("an IVDU", "a person who injects drugs", "safe"), rule="a.a")
    two = finding(text, "IVDU", ("IVDU", "injection drug use", "safe"), rule="b.b", severity=1)
    assert len(plan([two, one], plain(text), unsafe=False)) == 1


def test_settle_ends_when_rules_undo_each_other() -> None:
    text = "one"

    def lint(changed: str) -> tuple[Document, list[Finding]]:
        other = "two" if changed == "one" else "one"
        return plain(changed), [finding(changed, changed, (changed, other, "safe"))]

    assert settle(plain(text), lint, lint(text)[1], unsafe=False)[0] == "two"


def test_choices_come_in_the_order_of_the_text() -> None:
    text = "a b c"
    found = [finding(text, w, (w, w.upper(), "safe")) for w in "cab"]
    assert [c.edit.text for c in choose(found, plain(text), unsafe=False)] == ["A", "B", "C"]


# ------------------------------------------------------------------ applying


@pytest.mark.parametrize(
    ("text", "edits", "after"),
    [
        ("abc", [], "abc"), ("abc", [Edit(0, 1, "x")], "xbc"), ("abc", [Edit(2, 3, ""), Edit(0, 1, "xy")], "xyb"),
        ("a\r\nb\r\n", [Edit(0, 1, "x")], "x\r\nb\r\n"), ("\ufeffa \t\n", [Edit(1, 2, "x")], "\ufeffx \t\n"),
        ("a\x0cb\u2028c", [Edit(2, 3, "x")], "a\x0cx\u2028c"), ("😀 a 😀", [Edit(2, 3, "an")], "😀 an 😀"),
        ("a\tb  \n\n", [Edit(2, 3, "x\ty")], "a\tx\ty  \n\n"), ("ab", [Edit(0, 1, "x"), Edit(1, 2, "y")], "xy"),
    ],
)  # fmt: skip
def test_everything_else_stays(text: str, edits: list[Edit], after: str) -> None:
    assert apply_text(text, edits) == after


@pytest.mark.parametrize(
    "edits", [[Edit(0, 2, "x"), Edit(1, 3, "y")], [Edit(2, 1, "x")], [Edit(0, 9, "x")], [Edit(-1, 1, "x")]]
)
def test_edits_that_overlap_or_lie_outside_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlap or lie outside"):
        apply_text("abc", edits)


@given(
    st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.text(max_size=5)), max_size=5)
)
def test_any_plan_applies_and_changes_its_stretches_only(text: str, stretches: list[tuple[int, int, str]]) -> None:
    found = []
    for start, end, new in stretches:
        if start < end <= len(text):
            place = ("n", None, "a.b", "a", Severity.WARNING, "writer", start, end, 1, 1, 1, 1, text[start:end], "", "")
            found.append(Finding(*place, (Suggestion(new, start, end, "safe"),)))  # type: ignore[arg-type]
    edits = plan(found, plain(text), unsafe=False)
    after = apply_text(text, edits)
    assert all(one.end <= other.start for one, other in pairwise(edits))
    at = moved = 0
    for edit in edits:
        assert after[at + moved : edit.start + moved] == text[at : edit.start]
        moved += len(edit.text) - (edit.end - edit.start)
        at = edit.end
    assert after[at + moved :] == text[at:]


# ------------------------------------------------------------------ diff


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one\ntwo\nthree\n", "one\n2\nthree\n"), ("one\r\ntwo\r\n", "one\r\n2\r\n"), ("no newline", "new"),
        ("a\nlast", "a\nother"), ("\ufeffone\n", "\ufeff1\n"), ("a\x0cb\nc\u2028d\n", "a\x0cB\nc\u2028d\n"),
        ("\n" * 9 + "x\n" + "y\n" * 9, "\n" * 9 + "z\n" + "y\n" * 8 + "w\n"), ("a\rb\n", "a\rc\n"),
    ],
)  # fmt: skip
def test_the_diff_applied_is_the_fix(tmp_path: Path, before: str, after: str) -> None:
    target = tmp_path / "n.txt"
    target.write_bytes(before.encode())
    diff = unified_diff("n.txt", before, after)
    subprocess.run(["patch", "-p1", "--binary", "-s"], cwd=tmp_path, input=diff.encode(), check=True)
    assert target.read_bytes() == after.encode()


def test_diff_names_the_file_and_is_empty_without_change() -> None:
    assert unified_diff("x/n.txt", "a\n", "a\n") == ""
    assert unified_diff("x/n.txt", "a\n", "b\n").splitlines()[:2] == ["--- a/x/n.txt", "+++ b/x/n.txt"]
    assert unified_diff("/x/n.txt", "a\n", "b\n").splitlines()[:2] == ["--- /x/n.txt", "+++ /x/n.txt"]
    assert unified_diff("n.txt", "a", "b").endswith(
        "-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    )


# ------------------------------------------------------------------ writing


def test_written_in_place_with_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "n.txt"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write_atomically(target, b"\xef\xbb\xbfnew\r\n")
    assert target.read_bytes() == b"\xef\xbb\xbfnew\r\n"
    if os.name != "nt":
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["n.txt"]


def test_a_new_file_is_private(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new.txt", b"x")
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "new.txt").stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_bytes(b"old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_atomically(tmp_path / "link.txt", b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["replace", "fsync", "chmod"])
@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_content_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    target = tmp_path / "n.txt"
    target.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(fix.os, name, fail)
    with pytest.raises(type(error)):
        write_atomically(target, b"new")
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["n.txt"]


def test_what_is_written_meanwhile_is_private_and_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "n.txt"
    target.write_bytes(b"old")
    seen: list[tuple[Path, int]] = []
    sync = os.fsync

    def look(handle: int) -> None:
        (other,) = (p for p in tmp_path.iterdir() if p != target)
        seen.append((other, stat.S_IMODE(other.stat().st_mode)))
        sync(handle)

    monkeypatch.setattr(fix.os, "fsync", look)
    write_atomically(target, b"new")
    assert len(seen) == 1
    assert seen[0][0].parent == tmp_path
    if os.name != "nt":
        assert seen[0][1] == 0o600


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write anything")
def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "n.txt"
    target.write_bytes(b"old")
    target.chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        write_atomically(target, b"new")


# ------------------------------------------------------------------ one by one

NOTE = "He is an addict.\nShe refused labs.\nThey abuse meth.\n"


def waiting() -> list[Finding]:
    return [
        finding(NOTE, "addict", ("an addict", "a person who uses drugs", "unsafe"), ("an addict", "a person with SUD", "unsafe"), ("addict", "Ask.", "manual")),
        finding(NOTE, "refused", ("refused", "declined", "safe")),
        finding(NOTE, "abuse", ("abuse", "use", "safe")),
    ]  # fmt: skip


def talk(keys: list[str | type[BaseException]], findings: list[Finding] | None = None) -> tuple[str, str]:
    """Return the text after answering with `keys`, and what was shown."""
    answers, shown = iter(keys), []

    def ask(prompt: str) -> str:
        shown.append(prompt)
        key = next(answers)
        if not isinstance(key, str):
            raise key
        return key

    edits = interactive(waiting() if findings is None else findings, plain(NOTE), ask, shown.append)
    return apply_text(NOTE, edits), "\n".join(shown)


def test_keys() -> None:
    after, shown = talk(["2", "n", "Y "])
    assert after == "He is a person with SUD.\nShe refused labs.\nThey use meth.\n"
    assert "  - He is an addict." in shown
    assert "  1 He is a person who uses drugs.  (adds or leaves out meaning: check it)" in shown
    assert "  2 He is a person with SUD." in shown
    assert "advice: Ask." in shown
    assert "1 of 3  n.txt:1:10  a.b  warning" in shown
    assert "  1 She declined labs." in shown
    assert "\x1b" not in shown


def test_stop_and_skip() -> None:
    assert talk(["y", "q"])[0].startswith("He is a person who uses drugs.\nShe refused labs.\nThey abuse")
    assert talk(["s", "s", "s"])[0] == NOTE


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError])
def test_an_interrupt_keeps_what_was_accepted(stop: type[BaseException]) -> None:
    after, shown = talk(["1", stop])
    assert after.startswith("He is a person who uses drugs.\nShe refused")
    assert "what was accepted so far is kept" in shown


def test_other_keys_are_asked_again() -> None:
    after, shown = talk(["", "7", "?", "1", "q"])
    assert after.startswith("He is a person who uses drugs.")
    assert shown.count("y, a number, n or q, please.") == 3


def test_quoted_words_and_advice_alone_are_not_offered() -> None:
    quoted = finding(NOTE, "addict", ("addict", "x", "safe"), voice="quoted")
    advice = finding(NOTE, "abuse", ("abuse", "Say more.", "manual"))
    assert talk([], [quoted, advice]) == (NOTE, "")


def test_a_change_beside_an_accepted_one_waits() -> None:
    one = finding(NOTE, "an addict", ("an addict", "a person", "safe"))
    two = finding(NOTE, "addict", ("addict", "person", "safe"))
    after, shown = talk(["y"], [one, two])
    assert after.startswith("He is a person.")
    assert "run again" in shown


def test_more_lines_are_shown_whole() -> None:
    text = "He is a drug\naddict now.\n"
    found = finding(text, "drug\naddict", ("drug\naddict", "person\nwho uses drugs", "safe"))
    shown: list[str] = []
    interactive([found], plain(text), lambda _: "q", shown.append)
    assert shown[3:] == ["  - He is a drug", "  - addict now.", "  1 He is a person", "    who uses drugs now."]
