"""What the benchmarks share: texts, clocks and child processes. Times are processor seconds unless a name says wall."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# As the command line does, see hrlint/cli.py.
gc.set_threshold(100_000, 50, 50)

NOTES = ROOT / "corpora" / "notes"


def texts(folder: Path) -> list[str]:
    """Return the texts of all notes under `folder`, in order of their names."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".txt", ".md") and p.is_file())
    return [path.read_text("utf-8", "replace") for path in paths]


def repeated(notes: Sequence[str], size: int) -> list[str]:
    """Return notes, again and again, until they are `size` characters long."""
    found: list[str] = []
    total = 0
    while total < size:
        for note in notes:
            found.append(note)
            total += len(note)
            if total >= size:
                break
    return found


def seconds(run: Callable[[], Any], times: int = 3) -> float:
    """Return the least processor time of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def rates(runs: dict[str, Callable[[], Any]], times: int = 3) -> dict[str, float]:
    """Return the least processor time of each of `runs`, taken in turn, so that a busy machine is busy for all."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(times):
        for name, run in runs.items():
            best[name] = min(best[name], seconds(run, 1))
    return best


def child(command: Sequence[str], times: int = 1, cwd: Path | None = None) -> tuple[float, float]:
    """Return the least (wall, processor) seconds of a command; its output and exit status do not count."""
    wall = cpu = float("inf")
    # As on any machine: compiled modules are kept, also where the variable says that they are not.
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=cwd, env=env)
        wall = min(wall, time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = min(cpu, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return wall, cpu


def peak(command: Sequence[str]) -> float:
    """Return the most memory, in megabytes, that any process of a command held."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    return int(done.stdout) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def hrlint(*arguments: str) -> list[str]:
    """Return the command that runs the hrlint of this checkout."""
    return [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from hrlint.cli import main; main()",
        *arguments,
    ]


def machine() -> str:
    """Return the kind of machine, for people."""
    name = ""
    if os.path.exists("/proc/cpuinfo"):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores {name}, Python {sys.version.split()[0]}, {sys.platform}{load}"
