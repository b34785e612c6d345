"""A team with fifty old templates adopts hrlint: hooks, baseline, overrides, an own pack, staged content, CI formats."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

OWN_PACK = """pack: our-house
rules:
  - id: age.bed-blocker-ours
    severity: warning
    message: "“{match}” makes a person an obstacle."
    why: House style of this clinic.
    patterns: ["sofa surfer:n"]
    suggestions: [{text: person staying with friends, applicability: unsafe}]
    sources: [expert-opinion]
    examples:
      flag: ["Another [[sofa surfer]] on 4W."]
      pass: ["Surfer with a sofa."]
"""

CONFIG = """audience = "template"
baseline = ".hrlint-baseline.jsonl"
packs = ["house/ours.yaml"]
exclude = ["drafts/"]

[[overrides]]
paths = ["patient-facing/"]
audience = "patient-facing"
"""


def git(*arguments, cwd):
    subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True)


def hrlint(*arguments, cwd, env=None):
    clean = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("GITHUB", "GIT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "hrlint", *arguments], cwd=cwd, capture_output=True, stdin=subprocess.DEVNULL,
        env={**clean, "PYTHONPATH": str(ROOT), **(env or {})},
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


@pytest.fixture
def repository(tmp_path, program):
    folder = tmp_path / "templates"
    (folder / "house").mkdir(parents=True)
    (folder / "patient-facing").mkdir()
    (folder / "drafts").mkdir()
    for number in range(50):
        (folder / f"note-{number:02}.md").write_text(
            f"# Template {number}\n\nPatient is a heroin addict. Plan {number}.\n", "utf-8"
        )
    (folder / "patient-facing" / "sign.txt").write_text("Welcome. Restrooms are open.\n", "utf-8")
    (folder / "drafts" / "old.txt").write_text("crack addict\n", "utf-8")
    (folder / "house" / "ours.yaml").write_text(OWN_PACK, "utf-8")
    (folder / "hrlint.toml").write_text(CONFIG, "utf-8")
    git("init", "-q", "-b", "main", cwd=folder)
    git("config", "user.email", "team@example.org", cwd=folder)
    git("config", "user.name", "Team", cwd=folder)
    git("config", "core.autocrlf", "false", cwd=folder)
    assert hrlint("baseline", ".", cwd=folder)[0] == 0
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "start", cwd=folder)
    return folder


def test_the_old_ones_pass_and_a_new_one_does_not(repository):
    assert hrlint(".", cwd=repository)[0] == 0
    (repository / "note-07.md").write_text(
        (repository / "note-07.md").read_text("utf-8") + "\nCrack addict in room 3.\n", "utf-8"
    )
    status, out, _ = hrlint(".", "-f", "concise", cwd=repository)
    assert status == 1
    assert out.splitlines()[0].startswith("note-07.md:5:1: error person-labels.addict")


def test_moving_a_paragraph_keeps_it_known(repository):
    text = (repository / "note-03.md").read_text("utf-8")
    (repository / "note-03.md").write_text(
        "# Template 3\n\nA new line of its own.\n\n" + text.split("\n\n", 1)[1], "utf-8"
    )
    assert hrlint(".", cwd=repository)[0] == 0


def test_staged_content_is_judged_and_nothing_else(repository):
    path = repository / "note-01.md"
    good = path.read_text("utf-8") + "\nFine line.\n"
    path.write_text(good, "utf-8")
    git("add", "note-01.md", cwd=repository)
    path.write_text(good + "\nAnother junkie.\n", "utf-8")
    assert hrlint("--staged", cwd=repository)[0] == 0
    git("add", "note-01.md", cwd=repository)
    path.write_text(good, "utf-8")
    status, out, _ = hrlint("--staged", "-f", "concise", cwd=repository)
    assert status == 1
    assert "note-01.md:7:" in out


def test_changed_lines_since_a_branch(repository):
    git("checkout", "-qb", "work", cwd=repository)
    (repository / "note-02.md").write_text(
        (repository / "note-02.md").read_text("utf-8") + "\nCrack addict.\n", "utf-8"
    )
    git("commit", "-qam", "one", cwd=repository)
    status, out, _ = hrlint(".", "--changed-since", "main", "--no-config", "-f", "concise", cwd=repository)
    assert status == 1
    assert out.count("person-labels") == 1


def test_overrides_packs_and_suppression(repository):
    (repository / "patient-facing" / "sign.txt").write_text("A sofa surfer? Come in.\n", "utf-8")
    status, out, _ = hrlint("patient-facing", "-f", "concise", cwd=repository)
    assert status == 1
    assert "age.bed-blocker-ours" in out
    (repository / "patient-facing" / "sign.txt").write_text(
        "hrlint: ignore-next-line age.bed-blocker-ours -- wording of the campaign\nA sofa surfer? Come in.\n", "utf-8"
    )
    assert hrlint("patient-facing", cwd=repository)[0] == 0
    assert hrlint("drafts/old.txt", "--force-exclude", cwd=repository)[0] == 0
    assert "patient-facing" in hrlint("config", "patient-facing/sign.txt", cwd=repository)[1]


def test_formats_of_ci_and_exit_codes(repository):
    (repository / "new.md").write_text("Secret-Name is a heroin addict. Refused labs.\n", "utf-8")
    for name, schema in (("sarif", "sarif"), ("gitlab", "gitlab")):
        status, out, _ = hrlint(".", "-f", name, cwd=repository)
        assert status == 1
        assert "Secret-Name" not in out
        report = json.loads(out)
        assert report
        schemas = sorted((ROOT / "tests" / "reporters" / "schemas").glob(f"*{schema}*.json"))
        if schemas:
            jsonschema = pytest.importorskip("jsonschema_rs")
            jsonschema.validator_for(json.loads(schemas[0].read_text("utf-8"))).validate(report)
    assert hrlint(".", "--fail-on", "never", cwd=repository)[0] == 0
    assert hrlint("accept", "new.md", "person-labels.addict", "--reason", "quoted in a study", cwd=repository)[0] == 0
    assert hrlint("new.md", "--select", "person-labels", cwd=repository)[0] == 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pre-commit") is None or os.name == "nt", reason="needs pre-commit")
def test_pre_commit_blocks_a_new_finding(repository, tmp_path):
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    program = bin_folder / "hrlint"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m hrlint "$@"\n')
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    git("init", "-q", cwd=hooks)
    git("config", "user.email", "team@example.org", cwd=hooks)
    git("config", "user.name", "Team", cwd=hooks)
    git("add", "-A", cwd=hooks)
    git("commit", "-qm", "hooks", cwd=hooks)
    env = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("GIT")}
    env |= {"PATH": f"{bin_folder}{os.pathsep}{env['PATH']}", "PRE_COMMIT_HOME": str(tmp_path / "home")}

    def try_repo():
        return subprocess.run(
            ["pre-commit", "try-repo", str(hooks), "hrlint-system", "--all-files"],
            cwd=repository,
            capture_output=True,
            env=env,
            text=True,
        )

    passed = try_repo()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    (repository / "note-09.md").write_text("A junkie.\n", "utf-8")
    git("add", "-A", cwd=repository)
    blocked = try_repo()
    assert blocked.returncode == 1
    assert "person-labels" in blocked.stdout
    assert Path(repository / "note-09.md").read_text("utf-8") == "A junkie.\n"
