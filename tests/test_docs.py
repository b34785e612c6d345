"""The generated pages are up to date, and what `docs/authoring.md` shows works as it says."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(generate, program):
    return generate.pages(program)


def test_generated_pages_are_up_to_date(generate, made):
    assert generate.stale(made) == [], "run: python docs/generate.py"


def test_stale_pages_are_named(generate, made, tmp_path):
    (tmp_path / "rules").mkdir()
    for name, text in made.items():
        (tmp_path / name).write_text(text, "utf-8", newline="\n")
    assert generate.stale(made, tmp_path) == []
    (tmp_path / "rules" / "index.md").write_text("old", "utf-8")
    (tmp_path / "rules" / "gone.md").write_text("no category of ours", "utf-8")
    (tmp_path / "cli.md").unlink()
    assert sorted(generate.stale(made, tmp_path)) == ["cli.md", "rules/gone.md", "rules/index.md"]


def test_every_rule_has_its_section(made, program):
    for rule in program.rules:
        page = made[f"rules/{rule.category}.md"]
        section = page.split(f"## {rule.id}\n", 1)[1].split("\n## ", 1)[0]
        for part in ("**Severity**", "**Why**", "**Say instead**", "**Flagged**", "**Not flagged**", "**Evidence**"):
            assert part in section, (rule.id, part)
        assert section.count("\n- ") >= len(rule.flag) + len(rule.pass_) + len(rule.sources) + 1
        assert bool(rule.contested) == ("**Where guides disagree**" in section)


def test_links_between_pages_lead_somewhere(made):
    for name, text in made.items():
        if name.endswith(".md"):
            for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
                assert (DOCS / name).parent.joinpath(target).relative_to(DOCS).as_posix() in made, (name, target)


def test_tables_have_the_same_number_of_cells(made):
    for name, text in made.items():
        width = None
        for line in text.splitlines():
            if name.endswith(".md") and line.startswith("|"):
                cells = len(re.findall(r"(?<!\\)\|", line))
                assert width in (None, cells), (name, line)
                width = cells
            else:
                width = None


def test_every_command_is_described(made):
    for command in ("check", "fix", "explain", "rules", "test", "baseline", "accept", "config"):
        assert f"\n## {command}\n" in made["cli.md"]
    assert "`--min-severity TEXT`" in made["cli.md"]


def test_schema_is_json_schema(made):
    schema = json.loads(made["pack-schema.json"])
    assert {"pack", "rules", "aligned", "lists", "contexts"} <= set(schema["properties"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", r"a \| b"),
        ("<script> & {{ name }}", "&lt;script&gt; &amp; &#123;&#123; name &#125;&#125;"),
        ("{% if x %}", "&#123;% if x %&#125;"),
        ("*** [x](y) `z` _w_", r"\*\*\* \[x\](y) \`z\` \_w\_"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("one\n  two", "one ⏎ two"),
    ],
)
def test_text_is_safe_in_markdown(generate, text, shown):
    assert generate.md(text) == shown


def test_flagged_stretches_are_bold(generate):
    assert generate.marked("45M [[heroin addict]], here") == "45M **heroin addict**, here"
    assert generate.marked("[[Dirty]] UDS.\nAgain [[dirty]].") == "**Dirty** UDS. ⏎ Again **dirty**."


# --- authoring.md ---------------------------------------------------------------------

_BLOCK = re.compile(r"<!-- (file|run|package)(?:(?::| in) ([^\n]+?))? -->\n```\w+\n(.*?)```\n", re.DOTALL)


def blocks():
    return [m.groups() for m in _BLOCK.finditer((DOCS / "authoring.md").read_text("utf-8"))]


def install(folder: Path, target: str, project: str) -> None:
    """Lay out what an installed package leaves behind: its data and its entry points."""
    name, source = target.split(" = ")
    table = tomllib.loads(project)["project"]
    (folder / "site" / name).parent.mkdir(parents=True)
    (folder / "site" / name).write_text((folder / source).read_text("utf-8"), "utf-8")
    (folder / "site" / name).with_name("__init__.py").write_text(
        "raise RuntimeError('code of a pack was run')\n", "utf-8"
    )
    info = folder / "site" / f"{table['name'].replace('-', '_')}-{table['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {table['name']}\nVersion: {table['version']}\n", "utf-8"
    )
    lines = [
        f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in e.items()) for group, e in table["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")


def as_pattern(expected: list[str]) -> str:
    """Return the expected output as a regular expression; `…` stands for anything, alone on a line for any lines."""
    lines = ["(?:.*\n)*" if line.strip() == "…" else re.escape(line).replace("…", ".*") + "\n" for line in expected]
    return "".join(lines)


@pytest.mark.slow
def test_the_guide_for_pack_authors_works(tmp_path, program):
    found = blocks()
    assert [kind for kind, _, _ in found].count("run") >= 4
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "GITHUB_ACTIONS", "FORCE_COLOR")}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(tmp_path / "site")])
    environment["XDG_CONFIG_HOME"] = str(tmp_path / "none")
    for kind, place, text in found:
        if kind == "file":
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text(text, "utf-8")
        elif kind == "package":
            install(tmp_path, place, text)
        else:
            for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, *expected = step.splitlines()
                status = 0
                if expected and (exit_line := re.fullmatch(r"\[exit (\d)\]", expected[-1])):
                    status = int(exit_line[1])
                    expected.pop()
                program_name, *arguments = command.split()
                assert program_name == "hrlint"
                done = subprocess.run(
                    [sys.executable, "-m", "hrlint", *arguments],
                    cwd=tmp_path / (place or ""), capture_output=True, encoding="utf-8", env=environment,
                )  # fmt: skip
                output = done.stdout + done.stderr
                assert done.returncode == status, (command, output)
                assert re.match(as_pattern(expected), output), (command, output)
