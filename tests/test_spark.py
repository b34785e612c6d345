"""The scan on Spark, for real on two local cores: same findings as in one process, and the same after a kill.

Spark runs in a process of its own, and talks to its workers over loopback; the tests themselves open no socket.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT

TEXTS = ["45M heroin addict here for abscess.", "Wound clean, dry, intact.", "Pt is a junkie.\nUDS dirty.", None]


def _missing():
    for name in ("pyarrow", "pandas", "pyspark"):
        if importlib.util.find_spec(name) is None:
            return f"{name} is not installed: pip install 'hrlint[spark]'"
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "there is no Java: apt-get install default-jre-headless"
    return None


REASON = _missing()
needs_spark = [
    pytest.mark.slow,
    pytest.mark.skipif(REASON is not None, reason=REASON or ""),
]

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "PYSPARK_PYTHON": sys.executable,
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_SUBMIT_ARGS": "--master local[2] --driver-memory 1g --conf spark.ui.enabled=false"
    " --conf spark.sql.shuffle.partitions=2 --conf spark.driver.host=127.0.0.1 pyspark-shell",
}


def notes(first, count):
    return [
        {
            "note_id": f"N{n:04}",
            "ward": f"W{n % 3}",
            "charttime": f"2026-{n % 12 + 1:02}-01 10:00:00",
            "text": TEXTS[n % 4],
        }
        for n in range(first, first + count)
    ]


def write_notes(folder, files, each):
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    for n in range(files):
        pq.write_table(pa.Table.from_pylist(notes(n * each, each)), folder / f"part-{n:03}.parquet")
        # Spark takes files in the order of their times.
        os.utime(folder / f"part-{n:03}.parquet", (1_700_000_000 + n, 1_700_000_000 + n))


def expected(count, groups):
    """The findings of one process, sorted."""
    import pyarrow as pa

    from hrlint.batch import BatchSettings, scan
    from hrlint.config import Config

    settings = BatchSettings.of(Config(), groups=groups)
    return ordered(scan(pa.RecordBatch.from_pylist(notes(0, count)), settings).to_pylist())


def ordered(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def found(folder):
    """The rows of a table that Spark wrote: for one that was streamed, the files that its log names."""
    import pyarrow.dataset as ds

    return ordered(ds.dataset(logged(folder) or str(folder), format="parquet").to_table().to_pylist())


def logged(folder):
    paths = {}
    for log in sorted((folder / "_spark_metadata").glob("[0-9]*"), key=lambda p: (int(p.name.split(".")[0]), p.name)):
        for line in log.read_text("utf-8").splitlines()[1:]:
            paths[json.loads(line)["path"].removeprefix("file://")] = None
    return list(paths)


# --- without Spark ----------------------------------------------------------------------


def test_the_schema_is_that_of_the_table():
    pytest.importorskip("pyarrow")
    from hrlint.batch import BatchSettings
    from hrlint.spark import ddl

    assert ddl(BatchSettings(groups=("ward", "day:month"))) == (
        "`note_id` string, `ward` string, `month` string, `rule` string, `category` string, `severity` string, `voice` string, "
        "`start` int, `end` int, `line` int, `column` int, `principles` array<string>, `themes` array<string>, "
        "`problem` string, `packs` string"
    )


def test_pyspark_is_not_needed_to_import(tmp_path):
    pytest.importorskip("pyarrow")
    code = (
        "import sys\nsys.modules['pyspark'] = None\nimport hrlint.batch.run, hrlint.spark, hrlint.commands.batch\n"
        "try:\n    hrlint.spark.main(['a', 'b', '--no-config'])\nexcept SystemExit as left:\n    print(left.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.stdout == "2\n"
    assert 'pip install "hrlint[spark]"' in done.stderr


# --- with Spark -------------------------------------------------------------------------

CALL = """
import json, sys
from pyspark.sql import SparkSession
from hrlint.batch import BatchSettings
from hrlint.config import Loader
from hrlint.errors import ConfigError
from hrlint.spark import find

spark = SparkSession.builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 7).getOrCreate()
frame = spark.read.parquet("in").repartition(3)
find(frame, "text", "note_id", ["ward", "charttime:month"]).write.parquet("out")
own = BatchSettings.of(Loader(no_config=True, flags={"packs": ["pack.yaml"], "select": ["person-labels.blorb"]}).project())
blorb = spark.createDataFrame([("b1", "a blorb"), ("b2", "an addict")], ["id", "body"])
import os
os.unlink("pack.yaml")
print([(row.note_id, row.rule) for row in find(blorb, "body", "id", settings=own).collect()])
try:
    find(frame, "txt")
except ConfigError as error:
    print(error)
"""

PACK = """
pack: own
rules:
  - id: person-labels.blorb
    severity: error
    message: Names a person by a thing.
    why: Readers think less of them.
    patterns: [blorb]
    suggestions:
      - advice: Leave it out.
    sources: [expert-opinion]
    principles: [humanism]
    examples:
      flag: ["A [[blorb]]."]
      pass: ["None."]
"""


class TestSpark:
    pytestmark = needs_spark

    def test_a_call_finds_what_one_process_finds(self, tmp_path):
        write_notes(tmp_path / "in", 2, 30)
        (tmp_path / "pack.yaml").write_text(PACK, "utf-8")
        done = subprocess.run(
            [sys.executable, "-c", CALL], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert found(tmp_path / "out") == expected(60, ("ward", "charttime:month"))
        assert done.stdout.splitlines()[-2:] == [
            "[('b1', 'person-labels.blorb')]",
            "the frame has no column 'txt'; did you mean 'text'?",
        ]

    def test_a_killed_stream_ends_on_the_same_findings(self, tmp_path):
        """Killed after its first micro-batch, run again: nothing is missing, nothing is double."""
        write_notes(tmp_path / "in", 5, 8)
        line = [
            *(sys.executable, "-m", "hrlint.spark", "in", "out", "--no-config", "--group-by", "ward"),
            *("--checkpoint", "checkpoint", "--files-at-once", "1"),
        ]
        with open(tmp_path / "log.txt", "wb") as log:
            killed = subprocess.Popen(
                line, cwd=tmp_path, env=ENVIRONMENT, stdout=log, stderr=log, start_new_session=True
            )
            try:
                self.wait_for(tmp_path / "checkpoint" / "commits" / "0", killed, tmp_path / "log.txt")
            finally:
                os.killpg(killed.pid, signal.SIGKILL)
                killed.wait()
        whole = expected(40, ("ward",))
        before = found(tmp_path / "out")
        assert 0 < len(before) < len(whole), "the run was over before it was killed"
        again = subprocess.run(line, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=600)
        assert again.returncode == 0, again.stderr[-3000:]
        assert found(tmp_path / "out") == whole

    @staticmethod
    def wait_for(path, process, log):
        ends = time.monotonic() + 600
        while not path.exists():
            assert process.poll() is None, log.read_text("utf-8", "replace")[-3000:]
            assert time.monotonic() < ends, log.read_text("utf-8", "replace")[-3000:]
            time.sleep(0.02)
