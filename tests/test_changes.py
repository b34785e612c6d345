"""Changed lines and staged content, asked of git in scratch repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrlint import changes
from hrlint.changes import WHOLE, changed_lines, document_lines, git_program, staged, touches
from hrlint.errors import ConfigError

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git")


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repo"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "-q", "-b", "main", ".")
    return folder


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, text=True).stdout


def put(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def commit(message: str = "x") -> None:
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", message)


def lines(*numbers: int | str) -> str:
    return "".join(f"line {n}\n" for n in numbers)


def changed(revision: str = "main") -> dict[str, list[range]]:
    top = Path.cwd().resolve()
    return {p.relative_to(top).as_posix(): r for p, r in changed_lines(revision).items()}


# --- changed since --------------------------------------------------------------------------


def test_three_dots() -> None:
    put("a.txt", lines(1, 2, 3, 4))
    put("same.txt", lines(1))
    commit()
    git("checkout", "-q", "-b", "work")
    put("a.txt", lines(1, "two", 3, 4, 5))
    put("new.txt", lines(1, 2))
    commit()
    git("checkout", "-q", "main")
    put("a.txt", lines(1, 2, 3, "four"))
    put("same.txt", lines("others"))
    commit("what others did meanwhile")
    git("checkout", "-q", "work")
    assert changed() == {"a.txt": [range(2, 3), range(5, 6)], "new.txt": [range(1, 3)]}


def test_work_that_is_not_committed_counts() -> None:
    put("a.txt", lines(1, 2, 3))
    put("b.txt", lines(1))
    put(".gitignore", "ignored.txt\n")
    commit()
    put("a.txt", lines(1, 2, "x"))
    put("b.txt", lines("x"))
    put("untracked.txt", lines(1, 2))
    put("ignored.txt", lines(1))
    git("add", "b.txt")
    assert changed("HEAD") == {"a.txt": [range(3, 4)], "b.txt": [range(1, 2)], "untracked.txt": [WHOLE]}


def test_renamed_deleted_and_lines_taken_out() -> None:
    put("old name.txt", lines(*range(1, 30)))
    put("moved.txt", lines(*range(50, 80)))
    put("gone.txt", lines(1))
    put("less.txt", lines(1, 2, 3))
    commit()
    git("mv", "old name.txt", "new name.txt")
    git("mv", "moved.txt", "elsewhere.txt")
    git("rm", "-q", "gone.txt")
    put("new name.txt", lines(*range(1, 11), "x", *range(12, 30)))
    put("less.txt", lines(1, 3))
    assert changed("HEAD") == {"new name.txt": [range(11, 12)], "elsewhere.txt": [], "less.txt": []}


@pytest.mark.skipif(os.name == "nt", reason="names that Windows refuses")
def test_names_and_text_that_look_like_something_else() -> None:
    names = ["ä ö.txt", 'quote".txt', "tab\t.txt", "new\nline.txt", "back\\slash.txt", ":(top)x.txt", "-n", " b.txt"]
    for name in names:
        put(name, "1\n")
    put("text.txt", "-- a/x\n1\n")
    commit()
    for name in names:
        put(name, "1\n2\n")
    put("text.txt", "++ b/y\n@@ -1 +1 @@\ndiff --git a/z b/z\n1\n")
    git("config", "diff.noprefix", "true")
    git("config", "diff.mnemonicPrefix", "true")
    git("config", "core.quotepath", "true")
    git("config", "diff.external", "false")
    git("config", "color.ui", "always")
    expected = {name: [range(2, 3)] for name in names} | {"text.txt": [range(1, 4)]}
    assert changed("HEAD") == expected
    assert {k.as_posix(): v for k, v in changed_lines("HEAD", [*names, "text.txt"]).items()} == expected


def test_binary_files_are_whole() -> None:
    put("a.docx", b"PK\0\1" * 100)
    put("b.docx", b"PK\0\1")
    commit()
    put("a.docx", b"PK\0\2" * 100)
    assert changed("HEAD") == {"a.docx": [WHOLE]}


def test_a_file_without_a_last_line_break() -> None:
    put("a.txt", "1\n2")
    commit()
    put("a.txt", "1\n2\n3")
    assert changed("HEAD") == {"a.txt": [range(2, 4)]}


def test_a_file_that_became_a_link() -> None:
    put("a.txt", lines(1))
    put("b.txt", lines(1))
    commit()
    Path("a.txt").unlink()
    os.symlink("b.txt", "a.txt")
    put("b.txt", lines(1, 2))
    assert changed("HEAD")["b.txt"] == [range(2, 3)]


def test_keys_are_the_paths_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    put("in/a.txt", lines(1))
    put("b.txt", lines(1))
    commit()
    put("in/a.txt", lines(2))
    put("b.txt", lines(2))
    monkeypatch.chdir("in")
    given = ["a.txt", "../b.txt", str(Path("a.txt").absolute()), "gone.txt"]
    assert list(changed_lines("HEAD", given)) == [Path(p) for p in given[:3]]
    assert changed_lines("HEAD", ["../b.txt"], root="..") == {Path("../b.txt"): [range(1, 2)]}


def test_a_repository_reached_by_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.txt", lines(1))
    commit()
    put("a.txt", lines(2))
    os.symlink(Path.cwd(), tmp_path / "link")
    monkeypatch.chdir(tmp_path / "link")
    assert changed_lines("HEAD", ["a.txt", tmp_path / "link" / "a.txt"]).keys() == {
        Path("a.txt"),
        tmp_path / "link" / "a.txt",
    }


# --- staged ---------------------------------------------------------------------------------


def test_partly_staged_is_judged_as_staged() -> None:
    put("a.txt", lines(1, 2, 3))
    commit()
    put("a.txt", lines(1, "staged", 3))
    git("add", "a.txt")
    put("a.txt", lines("not staged", "staged", 3, "not staged"))
    result = staged(".", ["a.txt"])
    assert result == {Path("a.txt"): changes.Staged(lines(1, "staged", 3).encode(), (range(2, 3),))}
    Path("a.txt").unlink()
    assert staged(".", ["a.txt"]) == result


def test_staged_before_the_first_commit() -> None:
    put("a.txt", b"1\n2\n")
    put("docs/b.docx", b"PK\0")
    put("not.txt", b"1")
    git("add", "a.txt", "docs")
    result = {p.name: s for p, s in staged().items()}
    assert {n: s.ranges for n, s in result.items()} == {"a.txt": (range(1, 3),), "b.docx": (WHOLE,)}
    assert result["b.docx"].content == b"PK\0"


def test_staged_renames_deletions_links_and_equal_content() -> None:
    put("old.txt", lines(*range(20)))
    put("gone.txt", lines("g"))
    commit()
    git("mv", "old.txt", "new.txt")
    git("rm", "-q", "gone.txt")
    put("one.txt", "same\n")
    put("two.txt", "same\n")
    put("empty.txt", b"")
    os.symlink("new.txt", "link.txt")
    git("add", "-A")
    result = {p.name: s.ranges for p, s in staged().items()}
    assert result == {
        "new.txt": (),
        "one.txt": (range(1, 2),),
        "two.txt": (range(1, 2),),
        "empty.txt": (),
    }


def test_nothing_staged() -> None:
    put("a.txt", lines(1))
    commit()
    put("a.txt", lines(2))
    assert staged() == {}
    assert changed_lines("HEAD", []) == {}


def test_the_index_of_a_commit_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    # `git commit FILE` hands its hooks another index.
    put("a.txt", lines(1))
    commit()
    shutil.copy(".git/index", "other-index")
    put("a.txt", lines(2))
    monkeypatch.setenv("GIT_INDEX_FILE", str(Path("other-index").absolute()))
    git("add", "a.txt")
    assert [p.name for p in staged()] == ["a.txt"]
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert staged() == {}


@pytest.mark.skipif(os.name == "nt", reason="hooks are shell scripts")
@pytest.mark.parametrize("arguments", [("-a",), ("in/a.txt",), ()], ids=["-a", "one file", "as staged"])
def test_inside_a_hook(arguments: tuple[str, ...]) -> None:
    put("in/a.txt", lines(1))
    put("in/b.txt", lines(1))
    commit()
    put("in/a.txt", lines(1, 2))
    put("in/b.txt", lines(1, 2))
    if not arguments:
        git("add", "in/a.txt")
    code = "from hrlint.changes import staged; print(sorted(p.name for p in staged('in')))"
    hook = put(".git/hooks/pre-commit", f'#!/bin/sh\nPYTHONPATH="{ROOT}" "{sys.executable}" -c "{code}" > seen\n')
    hook.chmod(0o755)
    git("commit", "-q", "-m", "x", *arguments)
    assert Path("seen").read_text() == ("['a.txt', 'b.txt']\n" if arguments == ("-a",) else "['a.txt']\n")


@pytest.mark.parametrize("given_", [".git", "absolute"])
def test_a_repository_named_in_the_environment(given_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put("in/a.txt", lines(1))
    git("add", "-A")
    monkeypatch.setenv("GIT_DIR", given_ if given_ == ".git" else str(Path(".git").absolute()))
    monkeypatch.setenv("GIT_WORK_TREE", ".")
    assert list(staged("in", ["in/a.txt"])) == [Path("in/a.txt")]


# --- what can go wrong ----------------------------------------------------------------------


def refused(*arguments: object, **named: object) -> str:
    with pytest.raises(ConfigError) as caught:
        changed_lines(*arguments, **named)  # type: ignore[arg-type]
    return str(caught.value)


def test_not_a_repository(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    message = f"{folder.as_posix()}: not in a git repository with files; --changed-since and --staged need one"
    assert refused("main", root=folder) == message
    with pytest.raises(ConfigError, match="not in a git repository"):
        staged(folder)
    assert refused("main", root="gone") == "gone: no such folder"


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "", "HEAD:a.txt", "a b"])
def test_unknown_revision(revision: str) -> None:
    put("a.txt", lines(1))
    commit()
    message = f"--changed-since: '{revision}' is no revision of this repository; try 'git fetch' first"
    assert refused(revision) == message
    assert sorted(os.listdir()) == [".git", "a.txt"]


def test_no_common_ancestor() -> None:
    put("a.txt", lines(1))
    commit()
    git("checkout", "-q", "--orphan", "alone")
    commit("another root")
    assert refused("main") == (
        "--changed-since: 'main' and HEAD have no common ancestor; "
        "in CI fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0)"
    )


def test_git_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert refused("main") == "git is not installed or not on PATH; --changed-since and --staged need it"


@pytest.mark.skipif(os.name == "nt", reason="needs a program without extension")
def test_git_is_never_taken_from_the_working_folder(tmp_path: Path) -> None:
    put("git", "#!/bin/sh\n").chmod(0o755)
    with pytest.raises(ConfigError):
        git_program({"PATH": f".:{tmp_path}:"})
    assert git_program({"PATH": f".:{Path.cwd()}"}) == f"{Path.cwd()}/git"


@pytest.mark.skipif(os.name == "nt", reason="needs a program without extension")
def test_git_that_hangs_or_complains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "git"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(changes, "TIMEOUT", 0.2)
    program.write_text("#!/bin/sh\nexec sleep 5\n")
    program.chmod(0o755)
    assert refused("main") == "git rev-parse took more than 0.2 seconds"
    program.write_text("#!/bin/sh\necho 'fatal: detected dubious ownership in repository' >&2\nexit 128\n")
    assert refused("main") == (
        f"{Path.cwd().as_posix()}: git does not trust this folder, since it belongs to another user; "
        f"run: git config --global --add safe.directory {Path.cwd().as_posix()}"
    )


# --- lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1, 1, False),
        (1, 2, True),
        (3, 3, True),
        (4, 4, False),
        (4, 9, False),
        (4, 10, True),
        (10, 10, True),
        (11, 99, False),
    ],
)
def test_touches(first: int, last: int, expected: bool) -> None:
    assert touches([range(2, 4), range(10, 11)], first, last) is expected
    assert touches([WHOLE], first, last)
    assert not touches([], first, last)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 4)), max_size=5), st.integers(1, 40), st.integers(0, 5))
def test_touches_as_defined(pairs: list[tuple[int, int]], first: int, more: int) -> None:
    ranges = sorted({start: range(start, start + n) for start, n in pairs}.values(), key=lambda r: r.start)
    ranges = [r for i, r in enumerate(ranges) if not any(r.start < e.stop for e in ranges[:i])]
    expected = any(line in r for r in ranges for line in range(first, first + more + 1))
    assert touches(ranges, first, first + more) is expected


@pytest.mark.parametrize(
    ("source", "given_", "expected"),
    [
        ("a\nb\nc", range(2, 3), range(2, 3)),
        ("a\r\nb\r\nc", range(2, 3), range(2, 3)),
        ("a\rb\rc\n", range(1, 2), range(1, 4)),
        ("a\rb\nc\rd\re\r\nf", range(2, 3), range(3, 6)),
        ("a\rb\nc", range(2, 3), range(3, 4)),
        ("a\rb", WHOLE, WHOLE),
    ],
)
def test_document_lines(source: str, given_: range, expected: range) -> None:
    assert document_lines([given_], source) == (expected,)


@settings(max_examples=15, deadline=None)
@given(*[st.lists(st.sampled_from(["a", "b", "++ b/c", "", "@@ -1 +1 @@"]), max_size=12)] * 2)
def test_a_line_that_is_new_is_in_a_range(before: list[str], after: list[str]) -> None:
    put("p.txt", "".join(f"{x}\n" for x in before))
    commit()
    put("p.txt", "".join(f"{x}\n" for x in after))
    found = changed("HEAD").get("p.txt", [])
    kept = [line for i, line in enumerate(after, 1) if not touches(found, i, i)]
    assert all(r.stop <= len(after) + 1 for r in found)
    # What is in no range stands in the old file, in the same order.
    rest = iter(before)
    assert all(line in rest for line in kept)
