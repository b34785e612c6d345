"""Imports go one way, and nothing heavy is imported before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "hrlint"

# From the bottom up; a module imports only from those before it (see docs/design.md).
ORDER = [
    "errors", "patterns", "model", "packed", "document", "tokens", "notation", "yamlfile", "packs_place", "suggest", "packs", "anchors", "outline", "compiled",
    "matching", "conditions", "hits", "engine", "toml_places", "config", "discover", "readers", "changes", "suppress", "baseline", "fix", "reporters",
    "api", "parallel", "evaluate", "testing", "batch", "spark", "report", "commands", "cli", "__main__",
]  # fmt: skip


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path):
    """Imports at run time: those under TYPE_CHECKING do not count."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "hrlint":
                yield from (f"hrlint.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.name != "__init__.py" or p.parent != PACKAGE)


@pytest.mark.parametrize("path", FILES, ids=[p.relative_to(PACKAGE).as_posix() for p in FILES])
def test_imports_go_one_way(path):
    own = module_of(path)
    assert own in ORDER, f"{own} has no place in the order"
    for name in imports(path):
        if not name.startswith("hrlint.") or name == "hrlint.__version__":
            continue
        other = name.split(".")[1]
        if other in ORDER and other != own:
            assert ORDER.index(other) < ORDER.index(own) or (own, other) in ALLOWED, f"{own} imports {other}"


# `api` starts `parallel`, which needs the `api` of its workers: inside functions only.
ALLOWED = {("api", "parallel")}


def test_spacy_is_imported_in_one_place():
    for path in FILES:
        if module_of(path) != "matching":
            assert not any(name.split(".")[0] == "spacy" for name in imports(path)), path


@pytest.mark.parametrize("network", ["socket", "requests", "urllib.request", "http.client", "ftplib", "smtplib"])
def test_nothing_knows_the_network(network):
    for path in FILES:
        assert network not in list(imports(path)), path


HEAVY = ["spacy", "numpy", "yaml", "pydantic", "typer", "rich", "jinja2", "pathspec", "multiprocessing", "tree_sitter"]


def modules_after(tmp_path, text, *arguments):
    note = tmp_path / "note.txt"
    note.write_text(text, "utf-8")
    code = (
        "import sys\nfrom hrlint.cli import main\n"
        f"try:\n    main([{str(note)!r}, *{list(arguments)!r}])\nexcept SystemExit as done:\n    print('status', done.code)\n"
        "print(' '.join(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    return done.stdout


def test_a_clean_note_imports_nothing_heavy(tmp_path, program):
    out = modules_after(tmp_path, "BP 120/80. Wound clean, dry, intact. Denies chest pain.\n")
    assert "status 0" in out
    assert not set(HEAVY) & set(out.splitlines()[-1].split())


# What a clean note does without although the standard library has it: each takes a millisecond or so.
SLOW = ["dataclasses", "inspect", "ast", "hashlib", "json", "shutil", "textwrap", "glob", "unicodedata", "tomllib"]


def test_a_clean_note_does_without_slow_modules(tmp_path, program):
    out = modules_after(
        tmp_path, "BP 120/80, HR 72. Abdomen soft, no rebound. Denies chest pain. Follow up in two weeks.\n"
    )
    assert "status 0" in out
    assert not set(SLOW) & set(out.splitlines()[-1].split())


def test_a_note_with_a_finding_imports_no_pipeline(tmp_path, program):
    out = modules_after(tmp_path, "45M heroin addict here for abscess.\n")
    assert "status 1" in out
    assert not {"yaml", "typer", "rich", "jinja2", "pathspec"} & set(out.splitlines()[-1].split())
