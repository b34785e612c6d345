"""Which files are linted, which are left out, and the reason given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrlint.config import Config, Globs, Loader
from hrlint.discover import Found, discover, size_text

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    return tmp_path


def put(*names: str, text: str = "") -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def excluding(*patterns: str, **more: object) -> Config:
    return Config(exclude=(Globs(Path.cwd(), patterns),), **more)  # type: ignore[arg-type]


def names(*paths: str, **arguments: object) -> list[str]:
    return [f.name for f in discover(paths, **arguments) if f.lintable]  # type: ignore[arg-type]


def skipped(*paths: str, **arguments: object) -> dict[str, str]:
    return {f.name: f.skipped for f in discover(paths, **arguments) if f.skipped}  # type: ignore[arg-type]


def problems(*paths: str, **arguments: object) -> dict[str, str]:
    return {f.name: f.problem for f in discover(paths, **arguments) if f.problem}  # type: ignore[arg-type]


# --- folders --------------------------------------------------------------------------------


def test_a_folder_sorted_with_the_usual_files() -> None:
    put("t/b.txt", "t/a/z.md", "t/a.HTML", "t/c.docx", "t/data.xml", "t/notes", "t/x.py")
    assert names("t") == ["t/a.HTML", "t/a/z.md", "t/b.txt", "t/c.docx"]
    assert skipped("t") == {
        "t/data.xml": "'.xml' files are linted when named, or when 'include' takes them in",
        "t/notes": "files without an extension are linted when named, or when 'include' takes them in",
        "t/x.py": "'.py' files are linted when named, or when 'include' takes them in",
    }


def test_names_are_as_given() -> None:
    put("t/a.txt")
    assert names(".") == ["t/a.txt"]
    assert names("./t") == ["t/a.txt"]
    absolute = Path("t").absolute()
    assert names(str(absolute)) == [f"{absolute.as_posix()}/a.txt"]


def test_include() -> None:
    put("a.txt", "ccda/x.xml", "other/y.xml")
    assert names(".", config=Config(include=(Globs(Path.cwd(), ("ccda/*.xml",)),))) == ["a.txt", "ccda/x.xml"]


def test_ignore_files_nested_and_the_nearest_decides() -> None:
    put("t/.gitignore", text="*.md\n/top.txt\n\n# a comment\nbuild/\n")
    put("t/in/.gitignore", text="!keep.md\n")
    put("t/in/.hrlintignore", text="secret*\n")
    put("t/a.md", "t/top.txt", "t/in/top.txt", "t/in/keep.md", "t/in/b.md", "t/in/secret.txt", "t/in/build/c.txt")
    assert names("t") == ["t/in/keep.md", "t/in/top.txt"]
    assert skipped("t") == {
        "t/.gitignore": "a settings file",
        "t/a.md": "ignored by '*.md' in .gitignore",
        "t/in/.gitignore": "a settings file",
        "t/in/.hrlintignore": "a settings file",
        "t/in/b.md": "ignored by '*.md' in .gitignore",
        "t/in/build": "ignored by 'build/' in .gitignore",
        "t/in/secret.txt": "ignored by 'secret*' in .hrlintignore",
        "t/top.txt": "ignored by '/top.txt' in .gitignore",
    }


def test_ignore_files_above_count_up_to_the_root_of_the_repository() -> None:
    put(".gitignore", text="*.txt\n")
    put("repo/.gitignore", text="*.md\n")
    Path("repo/.git").mkdir()
    put("repo/t/a.txt", "repo/t/b.md")
    assert names("repo/t") == ["repo/t/a.txt"]


def test_an_ignored_folder_that_is_named_is_searched() -> None:
    Path(".git").mkdir()
    put(".gitignore", text="build/\n")
    put("build/a.txt", "build/b/c.txt")
    assert names("build") == ["build/a.txt", "build/b/c.txt"]
    assert names(".", "build/b") == ["build/b/c.txt"]


def test_the_same_as_git(tmp_path: Path) -> None:
    put(".gitignore", text="*.md\n!/keep/*.md\nlogs/\n**/draft/*\n\\#x.txt\nend \\ \n")
    put("keep/.gitignore", text="no.txt\n")
    put("a.md", "keep/a.md", "keep/no.txt", "logs/x.txt", "keep/draft/y.txt", "#x.txt", "z.txt", "keep/deep/b.md")
    subprocess.run(["git", "init", "-q", "."], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "-z"], check=True, capture_output=True, text=True
    ).stdout
    expected = sorted(n for n in listed.split("\0") if n and not n.endswith(".gitignore"))
    assert sorted(names(".")) == expected


def test_tool_folders_and_links_are_left_out() -> None:
    put("real/a.txt", "t/.git/x.txt", "t/node_modules/y.txt", "t/ok.txt")
    os.symlink(Path("real").absolute(), "t/link")
    os.symlink(Path("real/a.txt").absolute(), "t/file.txt")
    os.symlink("nowhere", "t/gone.txt")
    assert names("t") == ["t/file.txt", "t/ok.txt"]
    assert skipped("t") == {
        "t/.git": "a folder of tools",
        "t/gone.txt": "a link to nothing",
        "t/link": "a link to a folder",
        "t/node_modules": "a folder of tools",
    }


def test_a_folder_that_links_to_itself_ends() -> None:
    put("t/a.txt")
    os.symlink("..", "t/up")
    assert names("t") == ["t/a.txt"]


def test_a_folder_without_anything_to_lint() -> None:
    Path("empty").mkdir()
    put("data/a.xml", "data/b.xml")
    assert problems("empty", "data") == {
        "empty": "no file to lint in this folder",
        "data": "no file to lint in this folder; 2 left out, see --show-files",
    }


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything may be read here")
def test_a_folder_that_may_not_be_read() -> None:
    put("t/in/a.txt", "t/b.txt")
    os.chmod("t/in", 0)
    try:
        assert problems("t") == {"t/in": "permission denied"}
    finally:
        os.chmod("t/in", 0o700)


# --- exclude --------------------------------------------------------------------------------


def test_exclude_and_force_exclude() -> None:
    Path(".git").mkdir()
    put("t/a.txt", "t/drafts/b.txt")
    put("t/.hrlintignore", text="c.txt\n")
    put("t/c.txt")
    config = excluding("drafts/")
    assert names("t", config=config) == ["t/a.txt"]
    assert skipped("t", config=config)["t/drafts"] == "excluded by 'drafts/'"
    named = ("t/drafts/b.txt", "t/c.txt")
    assert names(*named, config=config) == [*named]
    assert names(*named, config=config, force_exclude=True) == []
    assert names(*named, config=excluding("drafts/", force_exclude=True)) == []
    assert skipped(*named, config=config, force_exclude=True)["t/drafts/b.txt"] == "excluded by 'drafts/'"


def test_force_exclude_reads_the_ignore_files_of_the_repository() -> None:
    Path(".git").mkdir()
    put(".hrlintignore", text="old/\n")
    put(".gitignore", text="*.md\n")
    put("old/a.txt", "b.md")
    assert skipped("old/a.txt", "b.md", force_exclude=True) == {"old/a.txt": "ignored by 'old/' in .hrlintignore"}


def test_each_folder_has_its_own_settings() -> None:
    put("hrlint.toml", text="exclude = ['x.txt']\n")
    put("in/hrlint.toml", text="exclude = ['y.txt']\n")
    put("x.txt", "y.txt", "in/x.txt", "in/y.txt")
    assert names(".", config=Loader(user_file="none").project) == ["in/x.txt", "y.txt"]


# --- what is named --------------------------------------------------------------------------


def test_named_files_are_always_linted() -> None:
    put(".gitignore", text="*\n")
    put("a.txt", "b.xyz", "c")
    assert names("a.txt", "b.xyz", "c") == ["a.txt", "b.xyz", "c"]


def test_once_each() -> None:
    put("t/a.txt", "t/b.txt", "t/c.xml")
    assert names("t/b.txt", "t", "./t/a.txt", "t/c.xml", "t/c.xml") == ["t/b.txt", "t/a.txt", "t/c.xml"]


def test_standard_input() -> None:
    assert list(discover(["-", "-"])) == [Found(Path("-"), "-", explicit=True)]
    assert next(discover(["-"])).stdin


def test_globs() -> None:
    put("t/a.txt", "t/b.md", "t/in/c.txt", "odd[1].txt")
    assert names("t/*.txt") == ["t/a.txt"]
    assert names("t/**/*.txt") == ["t/a.txt", "t/in/c.txt"]
    assert names("t/i*") == ["t/in/c.txt"]
    assert names("odd[1].txt") == ["odd[1].txt"]
    assert problems("t/*.rtf") == {"t/*.rtf": "no file matches this pattern"}


def test_what_is_not_there_or_not_a_file() -> None:
    os.symlink("nowhere", "broken.txt")
    assert problems("gone.txt", "broken.txt") == {
        "gone.txt": "no such file or folder",
        "broken.txt": "a link to nothing",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_never_opened() -> None:
    Path("t").mkdir()
    os.mkfifo("t/p.txt")
    reason = "not a regular file; give its text on standard input with -"
    assert problems("t/p.txt") == {"t/p.txt": reason}
    assert skipped("t") == {"t/p.txt": reason}


def test_size() -> None:
    put("t/big.txt", text="x" * 3000)
    put("t/small.txt")
    config = Config(max_size=2048)
    message = "3 KB is more than the limit of 2 KB; raise 'max-size' to lint it"
    for path in ("t", "t/big.txt"):
        found = {f.name: f.oversize for f in discover([path], config=config) if f.lintable}
        assert found == {"t/big.txt": message, "t/small.txt": None} or found == {"t/big.txt": message}
    assert size_text(50 * 1024 * 1024) == "50 MB"
    assert size_text(3 * 512 * 1024) == "1.5 MB"


# --- properties -----------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.sets(st.text("abÄ", min_size=1, max_size=3), min_size=1, max_size=6))
def test_order_of_creation_changes_nothing(tmp_path_factory: pytest.TempPathFactory, stems: set[str]) -> None:
    listed = []
    for order in (sorted(stems), sorted(stems, reverse=True)):
        folder = tmp_path_factory.mktemp("t")
        for stem in order:
            (folder / stem).mkdir(exist_ok=True)
            (folder / stem / "n.txt").touch()
            (folder / f"{stem}.txt").touch()
        listed.append([f.path.relative_to(folder).as_posix() for f in discover([folder])])
    assert listed[0] == listed[1]
    assert len(listed[0]) == 2 * len(stems)


def test_pathspec_is_not_needed_for_named_files() -> None:
    put("a.txt")
    code = (
        "import sys; from hrlint.config import Loader; from hrlint.discover import discover; loader = Loader()\n"
        "assert [f.name for f in discover(['a.txt'], config=loader.project)] == ['a.txt']; loader.for_path('a.txt')\n"
        "assert not {'pathspec', 'spacy', 'yaml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
