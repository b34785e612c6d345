"""The files other programs read: pre-commit hooks, the GitHub Action, the GitLab template."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from hrlint.discover import EXTENSIONS

ROOT = Path(__file__).parent.parent
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / ".ci/action/action.yml").read_text(encoding="utf-8"))
DOCS = [ROOT / "docs" / name for name in ("configuration.md", "ci.md", "pre-commit.md")]

posix = pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="needs bash")


def fake_hrlint(folder: Path, status: int = 0) -> Path:
    """Put a `hrlint` into `folder` that writes down its arguments, one a line."""
    folder.mkdir(exist_ok=True)
    program = folder / "hrlint"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{folder}/called"\necho -- >> "{folder}/called"\nexit {status}\n'
    )
    program.chmod(0o755)
    return folder / "called"


# --- pre-commit -----------------------------------------------------------------------------


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks(hook: dict[str, Any]) -> None:
    assert sorted(re.findall(r"[a-z0-9]+", hook["files"].split("(", 2)[2])) == sorted(EXTENSIONS)
    assert re.search(hook["files"], "in/A.TXT")
    assert not re.search(hook["files"], "txt/a.py")
    assert hook["require_serial"] is True
    assert hook["types"] == ["file"]
    assert "--force-exclude" in hook["entry"]


def test_hook_ids() -> None:
    assert [(h["id"], h["language"]) for h in HOOKS] == [
        ("hrlint", "python"),
        ("hrlint-fix", "python"),
        ("hrlint-system", "system"),
    ]


@posix
@pytest.mark.skipif(shutil.which("pre-commit") is None, reason="no pre-commit")
def test_pre_commit_calls_the_hook_once_with_the_right_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        monkeypatch.delenv(name)
    called = fake_hrlint(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    hooks, notes = tmp_path / "hooks", tmp_path / "notes"
    for folder in (hooks, notes):
        folder.mkdir()
        subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    names = [f"t {i}.{extension}" for i, extension in enumerate(EXTENSIONS)]
    for name in [*names, "data.xml", "x.py", "UPPER.TXT"]:
        (notes / name).write_bytes(b"PK\0\1" if name.endswith(("docx", "odt")) else b"text\n")
    for folder in (hooks, notes):
        subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
        subprocess.run(["git", *identity, "commit", "-q", "-m", "x"], cwd=folder, check=True)
    subprocess.run(["pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"], cwd=hooks, check=True)
    subprocess.run(
        ["pre-commit", "try-repo", str(hooks), "hrlint-system", "--all-files", "--verbose"], cwd=notes, check=True
    )
    calls = called.read_text().split("--\n")
    assert len(calls) == 2
    first, *rest = calls[0].splitlines()
    assert first == "check"
    assert sorted(rest) == sorted(["--force-exclude", *names, "UPPER.TXT"])


# --- GitHub ---------------------------------------------------------------------------------


def run_action(tmp_path: Path, status: int = 0, **inputs: str) -> tuple[int, list[str], str]:
    """Run the last step of the action as a runner would; return (status, arguments of hrlint, outputs)."""
    step = ACTION["runs"]["steps"][-1]
    environ = {"GITHUB_OUTPUT": str(tmp_path / "output"), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    for name, expression in step["env"].items():
        key = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", expression)
        assert key is not None
        environ[name] = inputs.get(key[1], ACTION["inputs"][key[1]]["default"])
    called = fake_hrlint(tmp_path / "bin", status)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(command, env=environ, cwd=tmp_path, check=False)
    return done.returncode, called.read_text().splitlines()[:-1], (tmp_path / "output").read_text()


@posix
def test_action_by_default(tmp_path: Path) -> None:
    assert run_action(tmp_path) == (0, ["check", "--format", "github", "--", "."], "status=0\n")


@posix
def test_action_with_everything(tmp_path: Path) -> None:
    inputs = {
        "paths": "my templates\n$(touch stolen)\n*.md\n",
        "config": "a b.toml",
        "baseline": "b.jsonl",
        "changed-since": "origin/main",
        "format": "sarif",
        "output": "x.sarif",
        "fail-on": "error",
        "args": "--select\nweight; touch stolen",
    }
    status, arguments, output = run_action(tmp_path, 1, **inputs)
    assert (status, output) == (1, "status=1\n")
    assert arguments == [
        *("check", "--format", "sarif", "--config", "a b.toml", "--baseline", "b.jsonl"),
        *("--changed-since", "origin/main", "--output", "x.sarif", "--fail-on", "error"),
        *("--select", "weight; touch stolen", "--", "my templates", "$(touch stolen)", "*.md"),
    ]
    assert not (tmp_path / "stolen").exists()


def test_action_reads_inputs_from_the_environment_alone() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
    used = set(re.findall(r"inputs\.([a-z-]+)", str(ACTION["runs"])))
    assert used == set(ACTION["inputs"])


def test_action_inputs_are_documented() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert [name for name in ACTION["inputs"] if f"`{name}`" not in page] == []


# --- GitLab ---------------------------------------------------------------------------------


@posix
def test_gitlab_template(tmp_path: Path) -> None:
    header, jobs = yaml.safe_load_all((ROOT / ".ci/gitlab/hrlint.yml").read_text(encoding="utf-8"))
    inputs = header["spec"]["inputs"]
    used = set(re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", str(jobs)))
    assert used == set(inputs)
    job = jobs["hrlint"]
    script = "\n".join(job["script"])
    report = job["artifacts"]["reports"]["codequality"]
    assert f"--output {report} " in script
    called = fake_hrlint(tmp_path / "bin")
    environ = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HRLINT_PATHS": "a *.md",
        "HRLINT_OPTIONS": "--select weight",
        "HRLINT_FAIL_ON": inputs["fail-on"]["default"],
    }
    (tmp_path / "x.md").touch()
    subprocess.run(["bash", "-e", "-c", script], env=environ, cwd=tmp_path, check=True)
    assert called.read_text().splitlines()[:-1] == [
        *("check", "--format", "gitlab", "--output", report, "--fail-on", "warning"),
        *("--select", "weight", "--", "a", "*.md"),
    ]


# --- the pages about them -------------------------------------------------------------------


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_examples_in_the_pages_can_be_read(page: Path, tmp_path: Path) -> None:
    from hrlint.config import load

    blocks = re.findall(r"```(toml|yaml)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for language, text in blocks:
        if language == "toml":
            (tmp_path / "hrlint.toml").write_text(text, encoding="utf-8")
            load(config_file=tmp_path / "hrlint.toml", user_file=tmp_path / "none")
        else:
            for part in text.split("# …\n"):
                yaml.safe_load(part)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_between_pages(page: Path) -> None:
    targets = re.findall(r"\]\(([a-z-]+\.md)[)#]", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (ROOT / "docs" / t).exists()] == []
