"""docs/json.md says what the report holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hrlint.reporters import FORMATS, REDACTED_BY_DEFAULT

from .samples import report, results
from .test_schemas import SCHEMAS, check

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")


def test_the_example_is_valid_and_laid_out_as_the_report_is() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    value = check("json", example)
    real = json.loads(report("json", results()))
    assert list(value) == list(real)
    for part in ("findings", "aligned", "errors"):
        assert list(value[part][0]) == list(real[part][0])
    assert list(value["summary"]) == list(real["summary"])


def test_every_key_is_described() -> None:
    schema = json.loads((SCHEMAS / "hrlint-1.json").read_text(encoding="utf-8"))
    finding = schema["$defs"]["finding"]["properties"]
    keys = {*schema["properties"], *finding, *finding["suggestions"]["items"]["properties"]}
    keys |= set(schema["$defs"]["aligned"]["properties"])
    assert not [key for key in keys if f"`{key}`" not in PAGE]


def test_every_format_is_described() -> None:
    assert not [name for name in (*FORMATS, *REDACTED_BY_DEFAULT) if f"`{name}`" not in PAGE]
