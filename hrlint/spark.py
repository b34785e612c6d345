"""The same scan on Spark: a thin adapter by `mapInArrow`, as a call and as a script for `spark-submit`.

    from hrlint.spark import find
    findings = find(spark.table("notes"), "text", "note_id", group_by=["department", "charttime:month"])

Settings and compiled rules travel to the workers; hrlint and pyarrow are installed there. The cluster brings
pyspark itself: it is imported here only, and only when a function is called. Checkpoints and
resuming are Spark's own. See docs/spark.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hrlint.batch.scanning import BatchSettings, batches, schema
from hrlint.batch.tables import wanted_columns
from hrlint.errors import ConfigError, HrlintError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

# Rows that Spark hands to Python at once; its own 10,000 may be 100 MB of notes.
ROWS_AT_ONCE = 1000


def find(
    df: DataFrame,
    text_column: str = "text",
    id_column: str = "note_id",
    group_by: Sequence[str] = (),
    settings: BatchSettings | None = None,
) -> DataFrame:
    """Return the findings of the notes in `df`, batch or streaming, as a frame of the schema in docs/batch.md.

    `settings` carries audience, rules and the rest (`BatchSettings.of(config)`); the columns are those named
    here. Without it the shipped packs of this process are used. Raises ConfigError when a column is missing or holds
    no text.
    """
    from pyspark.sql import functions

    asked = replace(settings or default_settings(), text=text_column, id=id_column, groups=tuple(group_by))
    if not asked.rules:
        asked = replace(asked, rules=default_settings().rules)
    kinds = {name.lower(): kind for name, kind in df.dtypes}
    for name in wanted_columns(asked):
        if name.lower() not in kinds:
            from hrlint.config import nearest

            raise ConfigError(f"the frame has no column '{name}'{nearest(name, df.columns)}")
    if kinds[text_column.lower()] not in ("string", "binary", "void"):
        raise ConfigError(f"the column '{text_column}' holds {kinds[text_column.lower()]}, not text")

    def quoted(name: str) -> Any:
        return functions.col(f"`{name}`").alias(name)

    # As text while Spark knows the time zone of its session.
    columns = [quoted(name).cast("string").alias(name) for name in wanted_columns(asked)[:-1]]

    def work(source: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from batches(asked, source)

    return df.select(*columns, quoted(text_column)).mapInArrow(work, ddl(asked))


def default_settings() -> BatchSettings:
    """Return settings with the shipped packs of this process in them, whatever workers have on their disks."""
    from hrlint.config import Config

    return BatchSettings.of(Config())


def ddl(settings: BatchSettings) -> str:
    """Return the schema of the findings as Spark writes one: `note_id string, …`."""
    kinds = {"int32": "int", "list<item: string>": "array<string>", "list<element: string>": "array<string>"}
    return ", ".join(f"`{field.name}` {kinds.get(str(field.type), 'string')}" for field in schema(settings))


def stream(
    spark: SparkSession,
    source: str,
    target: str,
    checkpoint: str,
    settings: BatchSettings,
    *,
    form: str = "parquet",
    files_at_once: int = 16,
) -> None:
    """Scan the files under `source` that no run with this `checkpoint` has scanned, and append to `target`.

    Ends when nothing is left. Spark records each micro-batch of `files_at_once` files in the checkpoint: after a
    kill the same call goes on, and no finding is missing or doubled. `form` is a format of Spark (`parquet`, `delta`).
    """
    known = spark.read.format(form).load(source).schema
    reader = spark.readStream.format(form).option("maxFilesPerTrigger", files_at_once)
    frame = (reader.schema(known) if form != "delta" else reader).load(source)
    findings = find(frame, settings.text, settings.id, settings.groups, settings)
    writer = findings.writeStream.format(form).option("checkpointLocation", checkpoint).option("path", target)
    writer.trigger(availableNow=True).start().awaitTermination()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="hrlint spark",
        description="Scan tables of notes on Spark. IN and OUT are anything Spark reads and writes.",
    )
    parser.add_argument("source", metavar="IN", help="table of notes")
    parser.add_argument("target", metavar="OUT", help="table of findings")
    parser.add_argument("--text-column", default="text", help="column of the texts")
    parser.add_argument("--id-column", default="note_id", help="column that tells notes apart")
    parser.add_argument("--group-by", default="", help="columns to carry along, such as department,charttime:month")
    parser.add_argument("--with-text", action="store_true", help="add the words that were found: text of the notes")
    parser.add_argument("--format", default="parquet", help="format of both tables (default parquet)")
    parser.add_argument("--checkpoint", help="folder of a resumable run: scan what is new, append the findings")
    parser.add_argument("--files-at-once", type=int, default=16, help="files of a micro-batch, with --checkpoint")
    parser.add_argument(
        "--mode", default="errorifexists", help="without --checkpoint: overwrite, append, errorifexists"
    )
    parser.add_argument("--audience", help="clinical-note | template | patient-facing")
    parser.add_argument("--select", help="only these rules, categories or prefixes")
    parser.add_argument("--ignore", help="not these rules, categories or prefixes")
    parser.add_argument("--min-severity", help="error | warning | info")
    parser.add_argument("--rules", action="append", help="extra rule packs: a file or a folder")
    parser.add_argument("--config", help="settings file to use")
    parser.add_argument("--no-config", action="store_true", help="use no settings file")
    return parser.parse_args(argv)


def _settings(given: argparse.Namespace) -> BatchSettings:
    from hrlint.config import Loader

    def words(text: str | None) -> list[str] | None:
        return None if text is None else [word.strip() for word in text.split(",") if word.strip()]

    flags = {
        "audience": given.audience,
        "select": words(given.select),
        "ignore": words(given.ignore),
        "min-severity": given.min_severity,
        "packs": given.rules,
    }
    config = Loader(config_file=given.config, no_config=given.no_config, flags=flags).project()
    groups = tuple(words(given.group_by) or ())
    return BatchSettings.of(
        config, text=given.text_column, id=given.id_column, groups=groups, with_text=given.with_text
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Run the script: `IN OUT [options]`; leaves with 2 when something cannot be understood."""
    given = _arguments(argv)
    try:
        settings = _settings(given)
        if not any(name in os.environ for name in ("PYSPARK_GATEWAY_PORT", "SPARK_HOME", "DATABRICKS_RUNTIME_VERSION")):
            # No cluster: workers are processes of this machine, and need this Python.
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise ConfigError(
                'Spark needs pyspark, which a cluster brings along; elsewhere: pip install "hrlint[spark]"'
            ) from None
        spark = (
            SparkSession.builder.appName("hrlint")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", ROWS_AT_ONCE)
            .getOrCreate()
        )
        if given.checkpoint:
            stream(
                spark, given.source, given.target, given.checkpoint, settings,
                form=given.format, files_at_once=given.files_at_once,
            )  # fmt: skip
        else:
            frame = spark.read.format(given.format).load(given.source)
            findings = find(frame, settings.text, settings.id, settings.groups, settings)
            findings.write.format(given.format).mode(given.mode).save(given.target)
    except HrlintError as error:
        print(f"hrlint: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    # `spark-submit …/hrlint/spark.py` puts this folder in front of the path, and its modules are none for others.
    from pathlib import Path

    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != here]
    main()
