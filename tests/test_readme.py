"""What the README shows is what comes out."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
from conftest import ROOT

BLOCK = re.compile(r"<!-- (output of|shown): (.+?) -->\n```text\n(.*?)```", re.DOTALL)


def produced(kind: str, what: str) -> str:
    if kind == "shown":
        return (ROOT / what).read_text("utf-8")
    import os

    words = shlex.split(what)
    assert words[0] == "hrlint"
    env = {k: v for k, v in os.environ.items() if k not in ("CI", "FORCE_COLOR") and not k.startswith("GITHUB")}
    done = subprocess.run(
        [sys.executable, "-m", "hrlint", *words[1:]], cwd=ROOT, capture_output=True,
        env={**env, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


def blocks() -> list[tuple[str, str, str]]:
    return BLOCK.findall((ROOT / "README.md").read_text("utf-8"))


@pytest.mark.parametrize(("kind", "what", "text"), blocks(), ids=[what for _, what, _ in blocks()])
def test_the_readme_shows_what_comes_out(kind, what, text, program):
    assert produced(kind, what).strip("\n") == text.strip("\n")


def test_the_python_example_runs(program):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 person-labels.addict [")


def test_links_lead_somewhere():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def write() -> None:
    """Put today's output into the README: python tests/test_readme.py"""
    path = ROOT / "README.md"
    text = path.read_text("utf-8")
    new = BLOCK.sub(lambda m: f"<!-- {m[1]}: {m[2]} -->\n```text\n{produced(m[1], m[2]).strip(chr(10))}\n```", text)
    path.write_text(new, "utf-8", newline="\n")


if __name__ == "__main__":
    write()
