"""Every command of the page for charting staff runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "getting-started.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("hrlint ")
]


@pytest.fixture
def folder(tmp_path, program):
    shutil.copytree(ROOT / "corpora" / "notes", tmp_path / "corpora" / "notes")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.txt").write_text("Known drug abuse.\n", "utf-8")
    (tmp_path / "template.txt").write_text("Hx of substance abuse. Heroin addict.\n", "utf-8")
    return tmp_path


def test_the_page_has_commands():
    assert len(COMMANDS) >= 7


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(folder, command):
    done = subprocess.run(
        [sys.executable, "-m", "hrlint", *shlex.split(command)[1:]], cwd=folder, capture_output=True, input=b"n\nq\n",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr.decode()
    assert done.stdout
