"""Every figure of docs/performance.md, with its ratios, in one run.

    python bench/run.py [--quick] [--corpus FOLDER] [--only NAME ...]

`--corpus` is a folder of notes as text files; the notes of this repository stand in when it is left out.
Peers are measured when they are installed and named as not run when not.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import measure
from measure import child, hrlint, peak, rates, repeated, seconds, texts

from hrlint.compiled import Program
from hrlint.compiled import load as load_packs
from hrlint.conditions.sentence import Sentence
from hrlint.document import Document
from hrlint.engine import Engine
from hrlint.tokens import fold, sentences

CLEAN = "BP 120/80, HR 72. Abdomen soft, no rebound. Denies chest pain. Follow up in two weeks.\n"
FOUND = "45M heroin addict here for abscess. Noncompliant with meds, drug-seeking.\n"


class Bench:
    """What a run measures on: notes, the packs, and how much of everything."""

    def __init__(self, notes: list[str], quick: bool) -> None:
        self.notes = notes
        self.quick = quick
        self.program: Program = load_packs()
        self.engine = Engine(self.program)
        self.folder = Path(tempfile.mkdtemp(prefix="hrlint-bench-"))

    def mb(self, full: float, quick: float) -> int:
        return int((quick if self.quick else full) * 1_000_000)

    def check(self, notes: list[str], engine: Engine | None = None, *, fresh: bool = False) -> Callable[[], object]:
        """Return what checks `notes`; `fresh` forgets before each what was found in passages seen before."""
        documents = [Document("note", note) for note in notes]
        chosen = engine or self.engine

        def run() -> None:
            for document in documents:
                if fresh:
                    chosen.hits.forget()
                chosen.check(document)

        return run

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def large(self, name: str, text: str, size: int) -> str:
        """Write `text` again and again until the file has `size` bytes."""
        path, raw = self.folder / name, text.encode("utf-8")
        with path.open("wb") as file:
            for at in range(0, size, len(raw)):
                file.write(raw[: size - at])
        return str(path)


def row(name: str, value: str, reach: str = "") -> None:
    print(f"{name:<44} {value:<34} {reach}", flush=True)


def cold(b: Bench) -> None:
    times = 5 if b.quick else 15
    clean, found = b.file("clean.txt", CLEAN), b.file("found.txt", FOUND)
    _, typer = child([sys.executable, "-c", "import typer"], times)
    _, spacy = child([sys.executable, "-c", "import spacy; spacy.blank('en')"], max(times // 3, 2))
    _, one = child(hrlint(clean), times)
    _, two = child(hrlint(found), max(times // 3, 2))
    row(
        "clean note, cold start / import typer", f"{one / typer:.2f} ({one * 1000:.0f} / {typer * 1000:.0f} ms)", "<= 2"
    )
    row("note with findings / spacy.blank", f"{two / spacy:.2f} ({two * 1000:.0f} / {spacy * 1000:.0f} ms)", "<= 1.1")
    alex = shutil.which("alex")
    if alex:
        _, other = child([alex, found], 3)
        row("note with findings / alex", f"{two / other:.2f}", "< 1")
    else:
        row("note with findings / alex", "not run: alex is not installed")


def untouched(b: Bench) -> None:
    clean = [note for note in b.notes if not b.engine.check(Document("note", note))[0]]
    asked = sum(any(True for _ in b.engine.hits.of(note)) for note in clean)
    row("notes without findings without a spaCy match", f"{1 - asked / max(len(clean), 1):.0%} of {len(clean)}")
    cut = sum(b.engine.hits.candidates(note) > 0 for note in clean)
    row("notes without findings never tokenised", f"{1 - cut / max(len(clean), 1):.0%} of {len(clean)}", ">= 80 %")


def literals(program: Program) -> list[bytes]:
    index = program.raw["anchors"]
    return [f" {word} ".encode("latin-1") for word in index["words"]]


def bulk(b: Bench) -> None:
    notes = repeated(b.notes, b.mb(200, 2))
    mb = sum(map(len, notes)) / 1e6
    sample = "\n\n".join(b.notes)[: b.mb(0.05, 0.05)]
    flat = [b" " + fold(note).encode("latin-1", "replace") + b" " for note in notes]
    runs: dict[str, Callable[[], object]] = {
        "hrlint": b.check(notes),
        "lower and split": lambda: [note.lower().split() for note in notes],
    }
    try:
        from ahocorasick_rs import BytesAhoCorasick

        automaton = BytesAhoCorasick(literals(b.program))
        runs["ahocorasick-rs"] = lambda: [automaton.find_matches_as_indexes(note, overlapping=True) for note in flat]
    except ImportError:
        row("ahocorasick-rs", "not run: ahocorasick-rs is not installed")
    b.check(b.notes)()
    took = rates(runs, 3 if b.quick else 2)
    own = mb / took["hrlint"]
    once = sum(map(len, b.notes)) / 1e6 / seconds(b.check(b.notes, fresh=True), 2)
    row(f"bulk, one process, {mb:.0f} MB of notes that repeat", f"{own:.1f} MB per CPU second", ">= 15")
    row("bulk, every passage for the first time", f"{once:.1f} MB per CPU second")
    row("bulk / lower().split() of the same text", f"{took['hrlint'] / took['lower and split']:.1f}")
    if "ahocorasick-rs" in took:
        row("bulk / ahocorasick-rs, same words", f"{took['ahocorasick-rs'] / took['hrlint']:.2f}", ">= 0.25")
    naive(b, sample, own)
    peers(b, notes, sample, own)


def naive(b: Bench, sample: str, own: float) -> None:
    """The same patterns in one Matcher over every sentence of a sample."""
    hits = b.engine.hits
    matchers = hits.patterns.matchers
    # Adding patterns to a Matcher takes longer the more it has, so a quick run gives it those of a tenth of the rules.
    step = 10 if b.quick else 1
    wanted = [i for i, owner in enumerate(b.program.owner) if owner in b.engine._severity and owner % step == 0]
    chosen = frozenset(wanted)
    one = matchers._matcher_class(matchers._vocab, validate=False)
    for index in wanted:
        one.add(str(index), [b.program.pattern(index).tokens])
    expected: set[tuple[int, int, int]] = set()
    began = time.process_time()
    end = 0
    for span in sentences(sample):
        sentence = Sentence(sample, span, hits.patterns)
        if sentence.tokens:
            found: dict[int, list[tuple[int, int, list[int]]]] = {}
            for key, first, last, alignment in one(sentence._doc, with_alignments=True):
                found.setdefault(int(matchers._vocab.strings[key]), []).append((first, last, alignment))
            # Rules whose context cannot hold are not looked for, whoever looks.
            asked = hits._in_question(list(found), sentence)
            longest = [match for index in asked for match in matchers.longest(sentence._doc, index, found[index])]
            kept = hits.weed_out([hits.hit(sentence, match) for match in longest])
            expected |= {(h.match.pattern, *h.span) for h in kept}
        end = span.end
        # One of these is slow enough to make its point in a while.
        if time.process_time() - began > (10 if b.quick else 60):
            break
    rate = end / 1e6 / (time.process_time() - began)
    got = {
        (h.match.pattern, offset + h.span.start, offset + h.span.end)
        for offset, found in hits.of(sample)
        for h in found
        if offset + h.sentence.span.end <= end and h.match.pattern in chosen
    }
    row(
        f"bulk / one Matcher, {len(wanted)} patterns",
        f"{own / rate:.0f} x ({rate * 1000:.2f} kB per CPU second)",
        ">= 200",
    )
    row("hits the same", str(got == expected), "True")


def peers(b: Bench, notes: list[str], sample: str, own: float) -> None:
    try:
        import spacy

        tokenizer = spacy.blank("en").tokenizer
        rate = len(sample) / 1e6 / seconds(lambda: tokenizer(sample), 2)
        row("bulk / spaCy's tokenizer alone", f"{own / rate:.1f} x ({rate:.2f} MB per CPU second)")
    except ImportError:
        row("spaCy's tokenizer", "not run: spaCy is not installed")
    try:
        import medspacy
        from medspacy.target_matcher import TargetRule

        words = sorted({w for group in b.program.raw["sets"] for w in group})
        for pipes, name, reach in (
            (["medspacy_target_matcher"], "TargetMatcher", 10),
            (["medspacy_target_matcher", "medspacy_context"], "TargetMatcher + ConText", 300),
        ):
            nlp = medspacy.load(medspacy_enable=pipes)
            nlp.add_pipe("sentencizer", first=True)
            nlp.get_pipe("medspacy_target_matcher").add([TargetRule(word, "WORD") for word in words])
            rate = len(sample) / 1e6 / seconds(lambda nlp=nlp: nlp(sample), 1)
            row(f"bulk / medspaCy {name}", f"{own / rate:.0f} x", f">= {reach}")
    except ImportError:
        row("medspaCy", "not run: medspacy is not installed")
    whole = "\n\n".join(notes[: max(1, len(notes) // 20)])
    path = b.file("bulk.txt", whole)
    for name, command, reach in (
        ("alex", ["alex", "--why", path], ">= 100"),
        ("codespell", ["codespell", path], "> 1"),
        ("typos", ["typos", "-j", "1", path], "> 1"),
    ):
        if shutil.which(name):
            rate = len(whole) / 1e6 / child(command, 1)[1]
            row(f"bulk / {name}", f"{own / rate:.1f} x ({rate:.2f} MB per CPU second)", reach)
        else:
            row(name, f"not run: {name} is not installed")


def dense(b: Bench) -> None:
    filler = "Seen in clinic today for follow up of blood pressure, labs reviewed and stable, no new concerns today. "
    notes = [(f"45M heroin addict here for abscess. {filler * 2}"[:199] + " ") * 10] * b.mb(0.0005, 0.0001)
    mb = sum(map(len, notes)) / 1e6
    row("dense notes", f"{mb / seconds(b.check(notes), 2):.2f} MB per CPU second", ">= 2")
    row("dense notes, each as if never seen", f"{mb / seconds(b.check(notes, fresh=True), 2):.2f} MB per CPU second")


def memory(b: Bench) -> None:
    for index, note in enumerate(repeated(b.notes, b.mb(50, 2))):
        (b.folder / "many").mkdir(exist_ok=True)
        (b.folder / "many" / f"{index}.txt").write_text(note, "utf-8")
    row("memory, many files", f"{peak(hrlint('-q', '-j', '1', str(b.folder / 'many'))):.0f} MB", "<= 250")
    line = " ".join(" ".join(b.notes).split()) + " "
    whole = "\n\n".join(b.notes) + "\n\n"
    for name, text, size in (("line", line, b.mb(50, 50)), ("file of notes", whole, b.mb(1000, 200))):
        path = b.large("large.txt", text, size)
        row(f"memory, one {name} of {size // 1_000_000} MB", f"{peak(hrlint('-q', path)):.0f} MB", "<= 250")


def worst(b: Bench) -> None:
    size = b.mb(1, 0.2)
    cases = {
        "rulers of =": ("=" * 100_000 + "\n") * (size // 100_000),
        "100,000 (": ("(" * 100_000 + "\n") * (size // 100_000),
        "one long token": "a" * size,
        "candidate words in a row": "they will never " * (size // 16),
        "quoted words in a row": '"no" ' * (size // 5),
    }
    for name, text in cases.items():
        whole = seconds(b.check([text], fresh=True), 1) / len(text) * 1e6
        half = seconds(b.check([text[: len(text) // 2]], fresh=True), 1) / (len(text) // 2) * 1e6
        row(f"worst case: {name}", f"{whole:.2f} s per MB ({whole / half:.1f} x half)", "< 2 s, about 1 x")

    text = "addict " * 2_000
    took = seconds(b.check([text], fresh=True), 1)
    row("every word a finding", f"{took / 2_000 * 1e6:.0f} microseconds for each")


def cores(b: Bench) -> None:
    folder = b.folder / "cores"
    folder.mkdir()
    for index, note in enumerate(repeated(b.notes, b.mb(60, 6))):
        (folder / f"{index:06}.txt").write_text(note, "utf-8")
    one, _ = child(hrlint("-q", "-j", "1", "-f", "json-lines", str(folder)))
    two, _ = child(hrlint("-q", "-j", "2", "-f", "json-lines", str(folder)))
    row("two cores / one, wall", f"{one / two:.2f} x", ">= 1.7")


def growth(b: Bench) -> None:
    small, large = repeated(b.notes, b.mb(1, 0.3)), repeated(b.notes, b.mb(100, 3))
    took = rates({"small": b.check(small), "large": b.check(large)}, 2)
    per = {"small": took["small"] / sum(map(len, small)), "large": took["large"] / sum(map(len, large))}
    row("growth: time per MB, 100 x the text", f"{per['large'] / per['small']:.2f} x", "<= 1.1")
    tenth = Engine(b.program)
    tenth._severity = {rule: level for rule, level in b.engine._severity.items() if rule % 10 == 0}
    took = rates({"tenth": b.check(small, tenth, fresh=True), "all": b.check(small, fresh=True)}, 3)
    row("growth: time per MB, 10 x the rules", f"{took['all'] / took['tenth']:.2f} x", "< 1.5")


ROWS = {
    "cold": cold,
    "untouched": untouched,
    "bulk": bulk,
    "dense": dense,
    "memory": memory,
    "worst": worst,
    "cores": cores,
    "growth": growth,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small texts; minutes instead of an hour")
    parser.add_argument("--corpus", type=Path, default=measure.NOTES)
    parser.add_argument("--only", nargs="*", choices=list(ROWS), default=list(ROWS))
    given = parser.parse_args()
    notes = texts(given.corpus)
    if not notes:
        parser.error(f"no .txt or .md files under {given.corpus}")
    bench = Bench(notes, given.quick)
    print(
        f"{measure.machine()}; {len(notes)} notes, {sum(map(len, notes)) / 1e6:.2f} MB; {len(bench.program.heads)} rules, {len(bench.program.owner)} patterns"
    )
    try:
        for name in given.only:
            ROWS[name](bench)
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
