"""No word of a note leaves by any door that was not asked for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import ROOT

CANARY = "Zyxquortle"
NOTE = f'{CANARY} Smith, 45M heroin addict. {CANARY} says "I use". UDS dirty, refused labs, {CANARY}.\n'

AUDIT = """
import sys, os
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        os.write(2, ("NETWORK " + event).encode()); os._exit(97)
sys.addaudithook(hook)
from hrlint.cli import main
main(sys.argv[1:])
"""


def run(*arguments, cwd, env=None):
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, *arguments], cwd=cwd, capture_output=True, stdin=subprocess.DEVNULL,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("GITHUB")}, "PYTHONPATH": str(ROOT), **(env or {})},
    )  # fmt: skip
    assert done.returncode != 97, done.stderr
    return done


@pytest.fixture
def folder(tmp_path, program):
    (tmp_path / "note.txt").write_text(NOTE, "utf-8")
    return tmp_path


@pytest.mark.parametrize("format", ["sarif", "github", "gitlab", "junit", "rdjson"])
def test_artefacts_of_ci_hold_no_text(folder, format):
    done = run("note.txt", "--format", format, cwd=folder)
    assert done.stdout
    assert CANARY.encode() not in done.stdout + done.stderr


@pytest.mark.parametrize("format", ["full", "concise", "json", "json-lines", "html"])
def test_redaction_holds_in_every_format(folder, format):
    done = run("note.txt", "--format", format, "--redact", cwd=folder)
    assert done.stdout
    assert CANARY.encode() not in done.stdout + done.stderr


COMMANDS = [
    ("note.txt", "--format", "concise"),
    ("fix", "note.txt"),
    ("baseline", "note.txt"),
    ("accept", "note.txt", "person-labels.addict", "--reason", "x"),
    ("config",),
    ("rules",),
    ("note.txt", "--statistics", "-f", "concise"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=[" ".join(c) for c in COMMANDS])
def test_nothing_is_left_behind(folder, arguments, tmp_path_factory):
    """No log, cache or temporary file holds text of the note."""
    temporary = tmp_path_factory.mktemp("tmp")
    home = tmp_path_factory.mktemp("home")
    env = {"TMPDIR": str(temporary), "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    done = run(*arguments, cwd=folder, env=env)
    assert CANARY.encode() not in done.stderr
    for place in (temporary, home, ROOT / "hrlint"):
        for path in place.rglob("*"):
            if path.is_file() and path.suffix not in (".pyc",):
                assert CANARY.encode() not in path.read_bytes(), path
    left = {p.name for p in folder.iterdir()} - {"note.txt", ".hrlint-baseline.jsonl"}
    assert not left


def test_errors_hold_no_text(folder):
    (folder / "broken.json").write_text('{"resourceType": "Bundle", "entry": [{"x": "' + CANARY, "utf-8")
    (folder / "broken.html").write_bytes(b"<p " * 50 + CANARY.encode())
    (folder / "row.csv").write_text('note_id,text\n1,"' + CANARY + "\n", "utf-8")
    (folder / "bad.txt").write_bytes(CANARY.encode("utf-16") + b"\x00")
    done = run(
        "broken.json", "broken.html", "row.csv", "bad.txt", "--format", "concise", "--encoding", "ascii", cwd=folder
    )
    assert b"Traceback" not in done.stderr
    assert CANARY.encode() not in done.stderr


def test_an_error_in_the_engine_shows_no_text(folder, monkeypatch):
    from hrlint.document import Document
    from hrlint.errors import InputError

    assert CANARY not in repr(InputError("note.txt", "cannot be read"))
    assert CANARY in Document("n", NOTE).text
