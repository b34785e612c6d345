"""Tables of notes: what is found, what is said of bad rows, and that a killed run ends on the same bytes."""

from __future__ import annotations

import csv
import gzip
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

import pyarrow.parquet as pq  # noqa: E402
from conftest import ROOT  # noqa: E402

from hrlint.batch import BatchSettings, scan, schema  # noqa: E402
from hrlint.batch import run as running  # noqa: E402
from hrlint.batch import tables as reading  # noqa: E402
from hrlint.batch.tables import Limits  # noqa: E402
from hrlint.cli import main  # noqa: E402
from hrlint.errors import ConfigError, InputError  # noqa: E402

CANARY = "Zyxquortle"
TEXTS = [
    "45M heroin addict here for abscess.",
    "BP 120/80. Wound clean, dry, intact.",
    f'{CANARY} said "I am an addict".\nUDS dirty.',
    "",
    "Pt is a junkie.\r\nPt is a drug abuser.",
]
SMALL = Limits(rows=3, size=10_000, chunks=2)
MIMIC = ["note_id", "subject_id", "hadm_id", "note_type", "note_seq", "charttime", "storetime", "text"]


def rows_of(count):
    return [
        {
            "note_id": f"N{i}",
            "department": "ED" if i % 3 else "Ward, 2",
            "day": f"2026-{i % 12 + 1:02}-03 10:00",
            "text": TEXTS[i % 5],
        }
        for i in range(count)
    ]


def write(path, rows, encoding="utf-8"):
    """Write rows as the format that the name of `path` says."""
    name = path.name.removesuffix(".gz")
    opened = gzip.open if path.suffix == ".gz" else open
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=7)
        return path
    with opened(path, "wt", encoding=encoding, newline="") as out:
        if name.endswith(".jsonl"):
            out.writelines(json.dumps(row) + "\n" for row in rows)
        else:
            writer = csv.DictWriter(out, list(rows[0]), delimiter="\t" if name.endswith(".tsv") else ",")
            writer.writeheader()
            writer.writerows(rows)
    return path


def read(path):
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def table(path):
    return reading.tables([str(path)])


def run(path, output, settings=None, **given):
    given.setdefault("jobs", 1)
    given.setdefault("limits", SMALL)
    return running.run(table(path), str(output), settings or BatchSettings(), **given)


def status(*arguments):
    with pytest.raises(SystemExit) as left:
        main([str(a) for a in arguments])
    return left.value.code


# --- the pure function ------------------------------------------------------------------


def batch_of(texts, **columns):
    return pa.record_batch({"note_id": [f"n{i}" for i in range(len(texts))], "text": texts, **columns})


def test_scan_finds_what_check_finds():
    from hrlint.api import Linter

    found = scan(batch_of(TEXTS)).to_pylist()
    keys = ("rule", "category", "severity", "voice", "start", "end", "line", "column")
    wanted = [
        {"note_id": f"n{i}", **{key: getattr(f, key) for key in keys}, "severity": str(f.severity)}
        for i, text in enumerate(TEXTS)
        for f in Linter().lint_text(text).findings
    ]
    assert [{key: row[key] for key in ("note_id", *keys)} for row in found] == wanted
    assert len(wanted) >= 4


def test_the_table_has_the_documented_columns_and_no_text():
    settings = BatchSettings(groups=("department", "seen:month"))
    found = scan(batch_of(TEXTS, department=["a"] * 5, seen=["2026-11-21"] * 5), settings)
    assert found.schema == schema(settings)
    assert found.schema.names == [
        *("note_id", "department", "month", "rule", "category", "severity", "voice", "start", "end", "line", "column"),
        *("principles", "themes", "problem", "packs"),
    ]  # fmt: skip
    assert "addict" not in json.dumps([{**row, "rule": ""} for row in found.to_pylist()])
    documented = (ROOT / "docs" / "batch.md").read_text("utf-8")
    for name in found.schema.names[3:]:
        assert f"| `{name}` |" in documented, name


def test_text_is_added_when_asked_for():
    found = scan(batch_of(TEXTS), BatchSettings(with_text=True)).to_pylist()
    for row in found:
        text = TEXTS[int(row["note_id"][1:])]
        assert row["text"] == text[row["start"] : row["end"]]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (pa.array([None, "an addict"]), "no text (null)"),
        (pa.array([b"\xff\xfe", b"an addict"]), "not UTF-8; the encoding of the table may be another one"),
        (pa.array([7, 8]), "not text"),
        (pa.array([None, "an addict"]).dictionary_encode(), "no text (null)"),
        (pa.array([["an addict"], None]), "not text"),
        (pa.array([None, None]), "no text (null)"),
    ],
    ids=["null", "bytes", "numbers", "dictionary", "list", "all-null"],
)
def test_a_bad_row_is_named_and_the_rest_goes_on(values, problem):
    found = scan(pa.record_batch({"note_id": ["bad", "good"], "text": values})).to_pylist()
    assert (found[0]["note_id"], found[0]["problem"], found[0]["rule"]) == ("bad", problem, None)
    assert found[0]["principles"] == []


def test_an_exception_carries_no_text(monkeypatch):
    from hrlint.engine import Engine

    whole = Engine.check

    def check(self, document):
        if CANARY in document.text:
            raise ValueError(document.text)
        return whole(self, document)

    monkeypatch.setattr(Engine, "check", check)
    found = scan(batch_of(TEXTS)).to_pylist()
    assert [row["problem"] for row in found if row["note_id"] == "n2"] == ["could not be checked (ValueError)"]
    assert CANARY not in str(found)
    assert {row["note_id"] for row in found} == {"n0", "n2", "n4"}


@pytest.mark.parametrize("text_type", [pa.string(), pa.large_string(), pa.binary(), pa.string_view()], ids=str)
@pytest.mark.parametrize("id_type", [pa.string(), pa.int64()], ids=str)
def test_types_of_columns_make_no_difference(text_type, id_type):
    batch = pa.record_batch(
        {"note_id": pa.array([1, 2]).cast(id_type), "text": pa.array(["an addict", ""]).cast(text_type)}
    )
    assert [(row["note_id"], row["rule"]) for row in scan(batch).to_pylist()] == [("1", "person-labels.addict")]


def test_settings_survive_pickle_and_json():
    from hrlint.config import Loader

    config = Loader(
        no_config=True, flags={"select": ["person-labels"], "severity": {"person-labels": "info"}}
    ).project()
    settings = BatchSettings.of(config, groups=("department",), with_text=True)
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert BatchSettings.from_json(settings.to_json()) == settings
    found = scan(batch_of(TEXTS, department=["x"] * 5), BatchSettings.from_json(settings.to_json())).to_pylist()
    assert {row["severity"] for row in found} == {"info"}
    assert {row["category"] for row in found} == {"person-labels"}


def test_extra_packs_travel_with_the_settings(tmp_path):
    from hrlint.config import Loader

    pack = tmp_path / "pack.yaml"
    pack.write_text(
        "pack: own\nrules:\n  - id: person-labels.blorb\n    severity: error\n    message: Names a person by a thing.\n    why: Readers think less of them.\n    patterns: [blorb]\n"
        "    suggestions:\n      - advice: z\n    sources: [expert-opinion]\n    principles: [humanism]\n"
        '    examples:\n      flag: ["A [[blorb]]."]\n      pass: ["None."]\n',
        "utf-8",
    )
    settings = BatchSettings.of(Loader(no_config=True, flags={"packs": [str(pack)]}).project())
    pack.unlink()
    found = scan(batch_of(["a blorb"]), pickle.loads(pickle.dumps(settings))).to_pylist()
    assert [row["rule"] for row in found] == ["person-labels.blorb"]
    assert found[0]["packs"] != scan(batch_of(["an addict"])).to_pylist()[0]["packs"]


@pytest.mark.parametrize("group", ["rule", "text", "note_id", "problem"])
def test_a_group_may_not_take_the_name_of_a_column(group):
    with pytest.raises(ConfigError, match=f"the group column '{group}' has the name of another column"):
        BatchSettings(groups=(group,))


@pytest.mark.parametrize(
    ("value", "part", "wanted"),
    [
        ("2026-11-21 10:00:00", "month", "2026-11"),
        ("2026-11", "month", "2026-11"),
        ("2026", "month", None),
        ("11/21/2026", "month", None),
        (None, "month", None),
        ("2026-11-21T10:00", "year", "2026"),
        ("2026-11-21T10:00", "day", "2026-11-21"),
    ],
)
def test_parts_of_dates(value, part, wanted):
    batch = batch_of(["an addict"], when=pa.array([value], pa.string()))
    assert scan(batch, BatchSettings(groups=(f"when:{part}",))).to_pylist()[0][part] == wanted


def test_times_of_parquet_have_parts():
    from datetime import datetime

    batch = batch_of(["an addict"], when=pa.array([datetime(2026, 3, 4, 5)]))
    assert scan(batch, BatchSettings(groups=("when:month",))).to_pylist()[0]["month"] == "2026-03"


def test_a_missing_column_is_an_error():
    with pytest.raises(ConfigError, match="no column 'text'"):
        scan(pa.record_batch({"note_id": ["a"]}))


# --- files ------------------------------------------------------------------------------

NAMES = ["a.csv", "a.tsv", "a.csv.gz", "a.jsonl", "a.jsonl.gz", "a.parquet"]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_gives_the_same_findings(tmp_path, name):
    settings = BatchSettings(groups=("department", "day:month"))
    expected = scan(pa.RecordBatch.from_pylist(rows_of(20)), settings).to_pylist()
    counts = run(write(tmp_path / name, rows_of(20)), tmp_path / "f.parquet", settings)
    assert read(tmp_path / "f.parquet") == expected
    assert (counts.notes, counts.bad) == (20, 0)
    assert sum(counts.findings.values()) == len(expected)
    assert counts.groups["department"]["Ward, 2"]["notes"] == 7
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "f.parquet"])


@pytest.mark.parametrize("name", ["f.csv", "f.jsonl"])
def test_outputs_hold_the_same(tmp_path, name):
    source = write(tmp_path / "a.csv", rows_of(10))
    run(source, tmp_path / "f.parquet")
    run(source, tmp_path / name)
    rows, wanted = read(tmp_path / name), read(tmp_path / "f.parquet")
    if name == "f.csv":
        wanted = [
            {k: "" if v is None else ";".join(v) if isinstance(v, list) else str(v) for k, v in row.items()}
            for row in wanted
        ]
    assert rows == wanted


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
@pytest.mark.parametrize("output", ["parquet", "csv", "jsonl"])
def test_chunks_leave_no_trace(tmp_path, name, output, monkeypatch):
    monkeypatch.setattr(running, "_ROW_GROUP", 5)
    source = write(tmp_path / name, rows_of(30))
    made = []
    for limits in (SMALL, Limits(), Limits(rows=1, chunks=1), Limits(rows=4, size=60, chunks=3)):
        run(source, tmp_path / f"f.{output}", limits=limits)
        made.append((tmp_path / f"f.{output}").read_bytes())
    assert len(set(made)) == 1


def test_several_tables_and_folders(tmp_path):
    folder = tmp_path / "notes"
    (folder / "_delta_log").mkdir(parents=True)
    (folder / "_delta_log" / "0.json").write_text("{}")
    write(folder / "b.csv", rows_of(2))
    write(folder / "a.parquet", rows_of(3))
    found = reading.tables([str(folder), str(folder / "b.csv")])
    assert [t.path.name for t in found] == ["a.parquet", "b.csv", "b.csv"]
    assert running.run(found, str(tmp_path / "f.csv"), BatchSettings(), jobs=1).notes == 7


def test_a_long_field_with_quotes_and_newlines(tmp_path):
    text = 'He said ""no"", \n' + "word, " * 50_000 + '\r\nan addict, "she" said\n'
    rows = [{"note_id": "long", "text": text}, {"note_id": "next", "text": "a junkie"}]
    write(tmp_path / "a.csv", rows)
    assert len(text) > 300_000
    run(tmp_path / "a.csv", tmp_path / "f.parquet", BatchSettings(with_text=True))
    found = read(tmp_path / "f.parquet")
    for row in found:
        assert text[row["start"] : row["end"]] == row["text"] or row["note_id"] == "next"
    assert [row["note_id"] for row in found] == ["long", "next"]
    assert found[0]["line"] == 3


def test_bad_rows_of_a_csv(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"\xef\xbb\xbfnote_id,text\r\n1,an addict\r\nshort\r\n2,caf\xe9 addict\r\n\r\n3,an addict,and more\r\n,an addict\r\n4,an addict,,\r\n"
    )
    counts = run(path, tmp_path / "f.jsonl")
    assert [(r["note_id"], r["problem"]) for r in read(tmp_path / "f.jsonl")] == [
        ("1", None),
        ("row 2", "has fewer cells than the first line"),
        ("2", "not UTF-8; the encoding of the table may be another one"),
        ("row 4", "has more cells than the first line; a text may not be quoted"),
        ("row 5", None),
        ("4", None),
    ]
    assert (counts.notes, counts.bad, counts.hit) == (6, 3, 3)
    path.write_bytes(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    run(path, tmp_path / "f.jsonl", encoding="windows-1252")
    assert read(tmp_path / "f.jsonl")[2]["rule"] == "person-labels.addict"


def test_bad_rows_of_json_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"note_id": 1, "text": "an addict"}\n{"note_id": "x", "te\n[1]\n{"note_id": 2, "text": 5}\n{"note_id": 3}\n'
        b'{"note_id": 4, "text": "\\ud83d an addict"}\n{"note_id": 5, "text": "\xff"}\n\n' + b"[" * 100_000 + b"\n"
    )
    run(path, tmp_path / "f.jsonl", BatchSettings(with_text=True))
    assert [(r["note_id"], r["problem"], r["text"]) for r in read(tmp_path / "f.jsonl")] == [
        ("1", None, "addict"),
        ("row 2", "not JSON", None),
        ("row 3", "not a JSON object", None),
        ("2", "not text", None),
        ("3", "no text (null)", None),
        ("4", None, "addict"),
        ("row 7", "not UTF-8; the encoding of the table may be another one", None),
        ("row 8", "not JSON", None),
    ]


def test_a_quotation_mark_that_is_never_closed(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FIELD", 1000)
    path = tmp_path / "a.csv"
    path.write_text('note_id,text\n1,an addict\n2,"open\n' + "x" * 1500 + "\n3,a junkie\n", "utf-8")
    counts = run(path, tmp_path / "f.jsonl")
    found = [(r["note_id"], r["problem"]) for r in read(tmp_path / "f.jsonl")]
    assert found[0] == ("1", None)
    assert "a quotation mark may not be closed" in found[1][1]
    assert found[-1] == ("3", None)
    assert counts.bad >= 1


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz", "a.parquet"])
def test_a_damaged_table_is_read_as_far_as_it_goes(tmp_path, name):
    import random

    rows = [{"note_id": f"N{i}", "text": f"an addict {random.Random(i).random()}"} for i in range(400)]
    path = write(tmp_path / name, rows)
    raw = path.read_bytes()
    if name == "a.parquet":
        middle = len(raw) // 2
        path.write_bytes(raw[:middle] + bytes(200) + raw[middle + 200 :])
    else:
        path.write_bytes(raw[: len(raw) // 2])
    write(tmp_path / "b.csv", rows_of(1))
    found = reading.tables([str(path), str(tmp_path / "b.csv")])
    counts = running.run(found, str(tmp_path / "f.jsonl"), BatchSettings(), jobs=1)
    rows = read(tmp_path / "f.jsonl")
    damage = [r for r in rows if r["problem"] and "damaged after row" in r["problem"]]
    assert len(damage) == 1
    assert len(rows) > 1
    assert rows[-1]["note_id"] == "N0"
    assert rows[-1]["problem"] is None
    assert counts.bad >= 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "holds no rows"),
        ("a.csv", b"note_id,note\n1,x\n", "has no column 'text'"),
        ("a.csv", b"id,text\n1,x\n", "has no column 'note_id'"),
        ("a.parquet", b"PAR1", "not a Parquet file, or a damaged one"),
        ("a.csv.gz", b"no gzip", "cannot be read"),
        ("a.xlsx", b"", "not a table by its name"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises((ConfigError, InputError), match=message):
        run(tmp_path / name, tmp_path / "f.csv")
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_column_that_is_no_text(tmp_path):
    write(tmp_path / "a.parquet", [{"note_id": "a", "text": 5}])
    with pytest.raises(ConfigError, match="the column 'text' holds int64, not text"):
        run(tmp_path / "a.parquet", tmp_path / "f.csv")


def test_the_output_may_not_be_an_input(tmp_path):
    path = write(tmp_path / "a.csv", rows_of(1))
    with pytest.raises(ConfigError, match="is a table to read"):
        run(path, path)
    with pytest.raises(ConfigError, match="not a table by its name"):
        run(path, tmp_path / "f.txt")
    with pytest.raises(InputError, match="cannot be written: No such file"):
        run(path, tmp_path / "nowhere" / "f.csv")


# --- processes, kills, resuming ---------------------------------------------------------


def test_jobs_make_no_difference(tmp_path):
    source = write(tmp_path / "a.csv", rows_of(40))
    one = run(source, tmp_path / "one.parquet", jobs=1)
    two = run(source, tmp_path / "two.parquet", jobs=2)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert one == two


KILLED = """
import os, signal, sys, time
from hrlint.batch import run
from hrlint.batch.tables import Limits
from hrlint.cli import main

if __name__ == "__main__":
    # A shell starts what runs in the background deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run.LIMITS = Limits(rows=3, size=10_000, chunks=2)
    whole = run._Parts.add
    def add(self, done, settings):
        whole(self, done, settings)
        if self.count == 3 and "--resume" not in sys.argv:
            print("here", flush=True)
            time.sleep(60)
    run._Parts.add = add
    main(["batch", *sys.argv[1:]])
"""


def start(folder, *arguments):
    (folder / "killed.py").write_text(KILLED, "utf-8")
    return subprocess.Popen(
        [sys.executable, "killed.py", *map(str, arguments)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize(("name", "jobs"), [("a.csv", 1), ("a.parquet", 2), ("a.jsonl", 1)])
def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path, name, jobs):
    source = write(tmp_path / name, rows_of(50))
    line = (source, "--no-config", "-o", "f.parquet", "--group-by", "department", "--summary", "s.json", "-j", jobs)
    killed = start(tmp_path, *line)
    try:
        assert killed.stdout.readline() == "here\n", killed.stderr.read()
    finally:
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "f.parquet").exists()
    assert len(list((tmp_path / "f.parquet.parts").glob("part-*.arrow"))) == 3

    refused = start(tmp_path, *line)
    assert "holds an unfinished run; go on with --resume" in refused.communicate()[1]
    assert refused.returncode == 2

    resumed = start(tmp_path, *line, "--resume")
    said = resumed.communicate()[1]
    assert resumed.returncode == 0, said
    assert not (tmp_path / "f.parquet.parts").exists()

    asked = BatchSettings(groups=("department",))
    counts = run(source, tmp_path / "whole.parquet", asked)
    assert (tmp_path / "f.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert json.loads((tmp_path / "s.json").read_text()) == json.loads(
        json.dumps(counts.as_object([str(source)], asked))
    )


def test_workers_end_with_a_killed_run(tmp_path):
    if not Path("/proc").is_dir():
        pytest.skip("looks for processes in /proc")
    source = write(tmp_path / "a.csv", rows_of(50))
    killed = start(tmp_path, source, "--no-config", "-o", "f.parquet", "-j", 2)

    def group():
        found = set()
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue
            if int(fields[2]) == killed.pid and fields[0] != "Z":
                found.add(int(stat.parent.name))
        return found

    assert killed.stdout.readline() == "here\n"
    assert len(group()) >= 3
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    ends = time.monotonic() + 15
    while group() and time.monotonic() < ends:
        time.sleep(0.1)
    assert not group()


def test_ctrl_c_leaves_with_130_and_can_go_on(tmp_path):
    source = write(tmp_path / "a.csv", rows_of(50))
    line = (source, "--no-config", "-o", "f.csv", "-j", 2)
    stopped = start(tmp_path, *line)
    assert stopped.stdout.readline() == "here\n", stopped.stderr.read()
    os.killpg(stopped.pid, signal.SIGINT)
    said = stopped.communicate(timeout=60)[1]
    assert stopped.returncode == 130
    assert "interrupted; --resume goes on from here (f.csv.parts)" in said
    assert "Traceback" not in said
    resumed = start(tmp_path, *line, "--resume", "-q")
    assert resumed.communicate()[1] == ""
    run(source, tmp_path / "whole.csv")
    assert (tmp_path / "f.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.fixture
def unfinished(tmp_path, monkeypatch):
    """A run that ended after its second part."""
    source = write(tmp_path / "a.csv", rows_of(30))
    whole = running._Parts.add

    def add(self, done, settings):
        if self.count == 2:
            raise OSError(28, "No space left on device")
        whole(self, done, settings)

    monkeypatch.setattr(running._Parts, "add", add)
    with pytest.raises(InputError, match="cannot be written: No space left on device; --resume goes on from here"):
        run(source, tmp_path / "f.csv")
    monkeypatch.undo()
    return source


def test_a_full_disk_can_be_gone_on_from(tmp_path, unfinished):
    run(unfinished, tmp_path / "f.csv", resume=True)
    run(unfinished, tmp_path / "whole.csv")
    assert (tmp_path / "f.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": BatchSettings(audience="template")}, "the rules or the settings changed"),
        ({"encoding": "latin-1"}, "--encoding changed"),
        ({"touch": True}, "the tables changed"),
    ],
)
def test_a_changed_run_is_not_gone_on_with(tmp_path, unfinished, change, message):
    if change.pop("touch", False):
        unfinished.write_text(unfinished.read_text("utf-8") + "N30,ED,2026-01-01,an addict\n", "utf-8")
    with pytest.raises(ConfigError, match=f"{message} since the run began; remove the folder to start anew"):
        run(unfinished, tmp_path / "f.csv", change.pop("settings", None), resume=True, **change)


def test_a_damaged_part_is_named(tmp_path, unfinished):
    part = tmp_path / "f.csv.parts" / "part-00000001.arrow"
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(ConfigError, match=r"part-00000001\.arrow: damaged; remove the folder to start anew"):
        run(unfinished, tmp_path / "f.csv", resume=True)


def die(batch):
    os._exit(9)


def test_a_worker_that_dies_is_told(tmp_path, monkeypatch):
    from hrlint.errors import HrlintError

    monkeypatch.setattr(running, "_work", die)
    source = write(tmp_path / "a.csv", rows_of(20))
    with pytest.raises(HrlintError, match="a worker was ended from outside, perhaps for want of memory; --resume"):
        run(source, tmp_path / "f.csv", jobs=2)


def test_two_runs_do_not_share_a_folder(tmp_path, unfinished):
    pytest.importorskip("fcntl")
    folder = tmp_path / "g.csv.parts"
    with running._Parts(folder, {}, False), pytest.raises(ConfigError, match="another run is at work"):
        running._Parts(folder, {}, True)


def test_parts_hold_no_text(tmp_path, unfinished):
    parts = list((tmp_path / "f.csv.parts").glob("part-*"))
    assert len(parts) == 2
    for path in (tmp_path / "f.csv.parts").iterdir():
        assert CANARY.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_memory_does_not_grow_with_the_table(tmp_path):
    """Twelve times the rows take hardly more memory: 60 MB of text against 5 MB."""
    text = "Patient seen and examined, wound clean. " * 250
    for name, count in (("small", 500), ("large", 6000)):
        with open(tmp_path / f"{name}.csv", "w", newline="", encoding="utf-8") as out:
            out.write("note_id,text\n")
            out.writelines(f"{n},{text}\n" for n in range(count))
    code = (
        "import sys, resource\nfrom hrlint.batch import BatchSettings, run, tables\n"
        "run.run(tables.tables([sys.argv[1]]), sys.argv[2], BatchSettings(), jobs=1)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for name in ("small", "large"):
        done = subprocess.run(
            [sys.executable, "-c", code, f"{name}.csv", "f.csv"], cwd=tmp_path, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] < peaks[0] + 25, peaks


# --- the command ------------------------------------------------------------------------


def test_the_layout_of_mimic_is_known(tmp_path, capsys):
    rows = [
        dict(zip(MIMIC, [f"1-DS-{i}", 1, i, "DS", i, f"2180-0{i + 1}-01 10:00:00", "", "an addict"], strict=True))
        for i in range(3)
    ]
    write(tmp_path / "discharge.csv.gz", rows)
    out = tmp_path / "f.jsonl"
    assert (
        status("batch", tmp_path / "discharge.csv.gz", "--no-config", "-o", out, "--summary", tmp_path / "s.json") == 0
    )
    assert [(r["note_id"], r["note_type"], r["month"]) for r in read(out)] == [
        (f"1-DS-{i}", "DS", f"2180-0{i + 1}") for i in range(3)
    ]
    assert "3 findings in 3 of 3 notes: 3 error" in capsys.readouterr().err
    summary = json.loads((tmp_path / "s.json").read_text())
    assert summary["groups"]["note_type"] == [
        {"value": "DS", "notes": 3, "findings": 3, "error": 3, "warning": 0, "info": 0}
    ]
    assert status("batch", tmp_path / "discharge.csv.gz", "--no-config", "-o", out, "--group-by", "", "-q") == 0
    assert "note_type" not in read(out)[0]
    assert capsys.readouterr().err == ""


def test_bad_rows_make_the_status_2(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text('{"note_id": "n1", "text": null}\n{"note_id": "n2", "text": "an addict"}\n')
    line = ("batch", tmp_path / "a.jsonl", "--no-config", "-o", tmp_path / "f.csv")
    assert status(*line) == 2
    assert "hrlint: n1: no text (null)\n" in capsys.readouterr().err
    assert [row["note_id"] for row in read(tmp_path / "f.csv")] == ["n1", "n2"]


@pytest.mark.parametrize(("level", "wanted"), [(None, 0), ("error", 1), ("info", 1)])
def test_findings_fail_only_when_asked(tmp_path, level, wanted):
    write(tmp_path / "a.csv", rows_of(1))
    given = ("--fail-on", level) if level else ()
    assert status("batch", tmp_path / "a.csv", "--no-config", "-o", tmp_path / "f.csv", *given) == wanted


def test_messages_name_the_way_out(tmp_path, capsys):
    write(tmp_path / "a.parquet", rows_of(1))
    line = ("batch", tmp_path / "a.parquet", "--no-config", "-o", tmp_path / "f.csv")
    assert status(*line, "--text-column", "txt") == 2
    assert "has no column 'txt'; did you mean 'text'?; name it with --text-column" in capsys.readouterr().err
    assert status(*line, "--encoding", "nothing") == 2
    assert "--encoding: unknown encoding 'nothing'" in capsys.readouterr().err


def test_pyarrow_is_asked_for_by_name(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    write_to = tmp_path / "a.csv"
    write_to.write_text("note_id,text\n1,x\n")
    assert status("batch", write_to, "--no-config", "-o", tmp_path / "f.csv") == 2
    assert 'pip install "hrlint[batch]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "wanted"), [(5, "5 s"), (59.4, "59 s"), (90, "2 min"), (3600, "1 h 00 min"), (11100, "3 h 05 min")]
)
def test_durations(seconds, wanted):
    from hrlint.commands.batch import duration

    assert duration(seconds) == wanted


def test_progress_counts_what_this_run_does(monkeypatch, capsys):
    from hrlint.commands import batch as command

    times = iter([0.0, 10.0, 20.0])
    monkeypatch.setattr(command.time, "monotonic", lambda: next(times))
    progress = command._Progress(shown=True)
    progress(1000, 0.5)
    progress(1500, 0.75)
    progress.end()
    assert "1,500 notes, 75%, 50 notes/s, 10 s left" in capsys.readouterr().err


def test_no_text_on_any_way_out(tmp_path, capfd):
    write(tmp_path / "a.csv", rows_of(10))
    (tmp_path / "b.csv").write_text(f'note_id,text\n1,"{CANARY}\n2,x,{CANARY}\n{CANARY}\n', "utf-8")
    for name in ("a.csv", "b.csv"):
        status("batch", tmp_path / name, "--no-config", "-o", tmp_path / "f.jsonl", "--summary", tmp_path / "s.json")
        assert CANARY not in (tmp_path / "f.jsonl").read_text() + (tmp_path / "s.json").read_text()
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err
