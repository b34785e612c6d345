"""The command line as people use it: whole runs, exit status, stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT

from hrlint.cli import COMMANDS, with_command
from hrlint.commands.options import CHECK, read_plain

NOTE = "45M heroin addict here for abscess.\nWound clean, dry, intact.\n"
CLEAN = "BP 120/80. Wound clean, dry, intact.\n"


def run(*arguments, cwd, stdin=b"", env=None):
    clean = {
        k: v
        for k, v in os.environ.items()
        if k not in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR")
    }
    done = subprocess.run(
        [sys.executable, "-m", "hrlint", *arguments],
        cwd=cwd, input=stdin, capture_output=True, env={**clean, "PYTHONPATH": str(ROOT), **(env or {})},
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


@pytest.fixture
def folder(tmp_path, program):
    (tmp_path / "note.txt").write_text(NOTE, "utf-8")
    (tmp_path / "clean.txt").write_text(CLEAN, "utf-8")
    return tmp_path


def test_a_note_with_a_finding(folder):
    status, out, err = run("note.txt", cwd=folder)
    assert status == 1
    assert "heroin addict" in out
    assert "^^^^^^^^^^^^^" in out
    assert "person-labels.addict" in out
    assert err == ""


def test_a_clean_note_says_one_short_line(folder):
    assert run("clean.txt", cwd=folder) == (0, "No findings in 1 note.\n", "")


def test_json_is_as_promised(folder):
    status, out, _ = run("note.txt", "--format", "json", cwd=folder)
    report = json.loads(out)
    assert status == 1
    assert list(report)[:4] == ["schema", "hrlint", "audience", "findings"]
    assert report["schema"] == "hrlint/1"
    (finding,) = report["findings"]
    assert NOTE[finding["start"] : finding["end"]] == finding["text"] == "heroin addict"
    assert (finding["line"], finding["column"], finding["end_line"], finding["end_column"]) == (1, 5, 1, 18)
    assert finding["voice"] == "writer"
    assert report["summary"] == {"files": 1, "findings": 1, "error": 1, "warning": 0, "info": 0, "suppressed": 0}


def test_standard_input(folder):
    status, out, _ = run("-", "--stdin-filename", "x.txt", "-f", "concise", cwd=folder, stdin=b"a heroin addict")
    assert status == 1
    assert out.startswith("x.txt:1:3: error person-labels.addict")


STATUS = [
    (("note.txt",), 1),
    (("note.txt", "--exit-zero"), 0),
    (("note.txt", "--fail-on", "never"), 0),
    (("note.txt", "--fail-on", "error"), 1),
    (("note.txt", "--ignore", "person-labels"), 0),
    (("note.txt", "--select", "toxicology"), 0),
    (("note.txt", "clean.txt"), 1),
    (("clean.txt", "--fail-on", "info"), 0),
    (("note.txt", "missing.txt"), 2),
    (("missing.txt", "--exit-zero"), 2),
    ((".",), 1),
    (("check", "note.txt"), 1),
]


@pytest.mark.parametrize(("arguments", "status"), STATUS, ids=[" ".join(a) for a, _ in STATUS])
def test_exit_status(folder, arguments, status):
    assert run(*arguments, cwd=folder)[0] == status


BAD = [
    (("missing.txt",), "hrlint: error: missing.txt: no such file or folder\n"),
    (("empty",), "hrlint: error: empty: no file to lint in this folder\n"),
    (("note.txt", "--select", "person-labels.adict"), "hrlint: --select: unknown rule 'person-labels.adict'; did you mean 'person-labels.addict'?\n"),
    (("explain", "person-labels.adict"), "hrlint: unknown rule 'person-labels.adict'; did you mean 'person-labels.addict'?\n"),
    (("note.txt", "--format", "jsn"), "hrlint: --format: unknown value 'jsn'; did you mean 'json'?; known are full, concise, json, json-lines, sarif, github, gitlab, junit, rdjson, html\n"),
    (("note.txt", "--rules", "nope.yaml"), None),
    (("note.txt", "--fail-on", "eror"), None),
    (("note.txt", "--nope"), None),
    ((), None),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "line"), BAD, ids=[" ".join(a) or "nothing" for a, _ in BAD])
def test_what_is_not_understood_gets_a_clear_line(folder, arguments, line):
    (folder / "empty").mkdir()
    status, _, err = run(*arguments, cwd=folder)
    assert status == (2 if arguments else status)
    assert "Traceback" not in err
    if line is not None:
        assert err == line


def test_bad_input_does_not_stop_the_rest(folder):
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    status, out, err = run("missing.txt", "binary.txt", "note.txt", "-f", "concise", cwd=folder)
    assert status == 2
    assert "note.txt:1:5" in out
    assert len(err.splitlines()) == 2


def test_a_broken_pack_names_file_and_line(folder):
    (folder / "p.yaml").write_text("pack: mine\nrulez: []\n", "utf-8")
    status, _, err = run("note.txt", "--rules", "p.yaml", cwd=folder)
    assert status == 2
    assert "p.yaml:2:8: unknown key 'rulez'; did you mean 'rules'?" in err


@pytest.mark.parametrize(
    "format", ["full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson", "html"]
)
def test_the_same_bytes_whatever_the_order_and_the_jobs(folder, format):
    for number in range(4):
        (folder / f"n{number}.txt").write_text(NOTE * (number + 1), "utf-8")
    one = run(".", "--format", format, "--jobs", "1", cwd=folder)
    two = run("n3.txt", "n1.txt", "note.txt", "clean.txt", "n2.txt", "n0.txt", "-f", format, "--jobs", "2", cwd=folder)
    assert one[1] == two[1].replace("./", "")
    assert one[1]


def test_ci_redacts_by_default(folder):
    _, out, _ = run("note.txt", "-f", "json", cwd=folder, env={"CI": "true"})
    assert "abscess" not in out
    _, out, _ = run("note.txt", "-f", "sarif", cwd=folder)
    assert "abscess" not in out


def test_any_console_encoding(folder):
    for encoding in ("ascii", "cp437", "utf-16"):
        status, out, _ = run("note.txt", cwd=folder, env={"PYTHONIOENCODING": encoding})
        assert status == 1
        assert out


def test_fix_writes_only_what_is_safe_and_says_so(folder):
    (folder / "t.txt").write_bytes(b"Hx of substance abuse.\r\nHeroin addict.  \r\n")
    status, _, err = run("fix", "t.txt", cwd=folder)
    assert (folder / "t.txt").read_bytes() == b"Hx of substance use.\r\nHeroin addict.  \r\n"
    assert status == 1
    assert "hrlint: t.txt:1: fixed substance-use." in err


def test_diff_writes_nothing_and_applies(folder):
    (folder / "t.txt").write_bytes(b"Hx of substance abuse.\r\nsame\r\n")
    status, out, _ = run("t.txt", "--diff", cwd=folder)
    assert (folder / "t.txt").read_bytes() == b"Hx of substance abuse.\r\nsame\r\n"
    assert "-Hx of substance abuse." in out
    assert "+Hx of substance use." in out
    assert status in (0, 1)


def test_baseline_and_accept(folder):
    assert run("baseline", ".", cwd=folder)[0] == 0
    assert run(".", "--baseline", ".hrlint-baseline.jsonl", cwd=folder)[0] == 0
    (folder / "note.txt").write_text("new line\n" + NOTE + "A crack addict.\n", "utf-8")
    status, out, _ = run("note.txt", "--baseline", ".hrlint-baseline.jsonl", "-f", "concise", cwd=folder)
    assert status == 1
    assert out.count("person-labels") == 1
    assert (
        run("accept", "note.txt", "person-labels.addict", "--line", "4", "--reason", "quoted form", cwd=folder)[0] == 0
    )
    assert run("note.txt", "--baseline", ".hrlint-baseline.jsonl", cwd=folder)[0] == 0
    assert "addict here" not in (folder / ".hrlint-baseline.jsonl").read_text("utf-8")


def test_config_names_where_values_come_from(folder):
    (folder / "hrlint.toml").write_text('audience = "template"\n', "utf-8")
    status, out, _ = run("config", cwd=folder)
    assert status == 0
    assert 'audience = "template"' in out
    assert "hrlint.toml:1:1" in out


def test_own_terms_and_allowed_phrases(folder):
    (folder / "hrlint.toml").write_text(
        '[terms]\n"person-labels.addict" = ["spice head"]\n[[allow]]\nphrase = "heroin addict"\nreason = "name of a study"\n',
        "utf-8",
    )
    (folder / "note.txt").write_text("heroin addict and spice head", "utf-8")
    _, out, _ = run("note.txt", "-f", "concise", cwd=folder)
    assert "spice head" in out
    assert "heroin addict" not in out


def test_unknown_key_in_settings(folder):
    (folder / "hrlint.toml").write_text('audiense = "template"\n', "utf-8")
    status, _, err = run("note.txt", cwd=folder)
    assert status == 2
    assert "hrlint.toml:1:1: unknown key 'audiense'; did you mean 'audience'?" in err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(folder, command):
    status, out, err = run(command, "--help", cwd=folder)
    assert status == 0, err
    assert "usage: hrlint" in out.lower()


def test_version_names_tool_and_packs(folder):
    status, out, _ = run("--version", cwd=folder)
    assert status == 0
    assert out.startswith("hrlint 0.")
    assert "person-labels" in out


def test_explain_and_rules(folder):
    status, out, _ = run("explain", "person-labels.addict", cwd=folder)
    assert status == 0
    for heading in ("Why", "Say instead", "Flagged", "Not flagged", "Sources"):
        assert heading in out
    status, out, _ = run("rules", "--format", "json", cwd=folder)
    assert {"id", "severity", "why", "sources"} <= set(json.loads(out)[0])


def test_plain_command_lines_are_read_as_typer_reads_them():
    assert read_plain(["a.txt", "--format", "json", "--no-redact", "--select", "a", "--select", "b", "-j", "2"], CHECK) == {
        **{option.name: option.default for option in CHECK},
        "paths": ["a.txt"], "format": "json", "redact": False, "select": ["a", "b"], "jobs": 2,
    }  # fmt: skip
    for odd in (
        ["--help"],
        ["-qf", "json", "a"],
        ["--format=json", "a"],
        ["a", "--jobs", "x"],
        ["a", "--"],
        ["a", "--format"],
        [],
    ):
        assert read_plain(odd, CHECK) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["note.txt"], ["check", "note.txt"]),
        (["fix", "note.txt"], ["fix", "note.txt"]),
        (["--format", "json", "x"], ["check", "--format", "json", "x"]),
        (["--version"], ["--version"]),
        ([], ["--help"]),
    ],
)
def test_check_is_the_command_when_none_is_named(given, expected):
    assert with_command(given) == expected
