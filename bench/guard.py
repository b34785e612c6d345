"""Stops a change that makes hrlint slow: ratios of this run against recorded ones, with a generous margin.

    python bench/guard.py [--record] [--margin TIMES]

Ratios, not seconds: each compares hrlint with something simple on the same machine in the same run. Uses the notes of this
repository and needs well under two minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import NOTES, child, hrlint, rates, repeated, texts

from hrlint.compiled import load
from hrlint.document import Document
from hrlint.engine import Engine

RECORDED = Path(__file__).with_name("recorded.json")

# A busy machine moves ratios by a third, another one by more; a lost fast path moves them by ten.
MARGIN = 2.0


def measured() -> dict[str, float]:
    """Return each ratio by its name; larger is worse."""
    notes = texts(NOTES)
    engine = Engine(load())
    documents = [Document("note", note) for note in repeated(notes, 400_000)]
    plain = [Document("note", document.text) for document in documents if not engine.check(document)[0]]
    long = Document("note", "=" * 100_000 + "\n" + "no they will never " * 5_000)

    def check(some: list[Document], fresh: bool = True) -> None:
        for document in some:
            if fresh:
                engine.hits.forget()
            engine.check(document)

    def split(some: list[Document]) -> None:
        for _ in range(10):
            for document in some:
                document.text.lower().split()

    took = rates(
        {
            "all": lambda: check(documents),
            "all, split": lambda: split(documents),
            "again": lambda: check(documents, fresh=False),
            "again, split": lambda: split(documents),
            "clean": lambda: check(plain),
            "clean, split": lambda: split(plain),
            "worst": lambda: check([long]),
            "worst, split": lambda: split([long]),
        },
        5,
    )
    found = {
        name: took[name] / took[f"{name}, split"]
        for name in ("all", "again", "clean", "worst")
        if took[f"{name}, split"]
    }
    folder = Path(__file__).parent
    clean = folder / "clean.txt"
    _, own = child(hrlint(str(clean)), 7)
    _, python = child([sys.executable, "-c", "import typer"], 7)
    return {**found, "start": own / python}


def main() -> int:
    """Compare, and return 1 when a ratio is more than `--margin` times the recorded one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--record", action="store_true", help="record the ratios of this run")
    parser.add_argument("--margin", type=float, default=MARGIN)
    given = parser.parse_args()
    found = measured()
    if given.record:
        RECORDED.write_text(
            json.dumps({name: round(value, 2) for name, value in found.items()}, indent=2) + "\n", "utf-8"
        )
    recorded = json.loads(RECORDED.read_text("utf-8"))
    slow = [name for name in found if found[name] > given.margin * recorded[name]]
    for name, value in found.items():
        print(f"{name:<8} {value:8.2f}  recorded {recorded[name]:8.2f}{'  TOO SLOW' if name in slow else ''}")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
