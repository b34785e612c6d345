"""The same work in several processes, results in the order of the input."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TYPE_CHECKING, TextIO

from hrlint.discover import Found
from hrlint.model import Result

if TYPE_CHECKING:
    from hrlint.api import Linter

_linter: Linter | None = None

# Files handed over at once, and how many hand-overs wait: enough to keep workers busy, few enough to stay small.
_CHUNK = 16
_WAITING = 4


def _start(linter: Linter) -> None:
    global _linter
    # Ctrl-C reaches every process of a terminal; the first one says so, once, for all.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _linter = linter


def _chunk(found: Sequence[Found]) -> list[Result]:
    assert _linter is not None
    return [_linter.lint_found(one) for one in found]


def lint_many(linter: Linter, found: Sequence[Found], jobs: int) -> Iterator[Result]:
    """Yield the results of `found` in order, made by `jobs` processes.

    Workers are spawned afresh, as on every platform, so that none inherits a half-used lock.
    """
    from hrlint.api import Linter

    fresh = Linter(linter.loader, linter.options)
    context = multiprocessing.get_context("spawn")
    chunks = [found[i : i + _CHUNK] for i in range(0, len(found), _CHUNK)]
    with ProcessPoolExecutor(min(jobs, len(chunks)), context, initializer=_start, initargs=(fresh,)) as pool:
        waiting: list[Future[list[Result]]] = []
        try:
            for chunk in chunks:
                waiting.append(pool.submit(_chunk, chunk))
                if len(waiting) >= jobs * _WAITING:
                    yield from waiting.pop(0).result()
            for future in waiting:
                yield from future.result()
        except BaseException:
            # Ctrl-C, or nobody wants the rest: what has not begun is not begun.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


# Seconds before a run is long enough to talk about, and between two words about it.
_QUIET = 2.0
_EVERY = 0.5


def with_progress(results: Iterator[Result], total: int, out: TextIO) -> Iterator[Result]:
    """Yield `results`; a long run tells on `out`, a terminal, how far it is. No names: they may name people."""
    began = told = time.monotonic()
    width = 0
    try:
        for count, result in enumerate(results, 1):
            yield result
            now = time.monotonic()
            if now - began > _QUIET and now - told > _EVERY:
                told = now
                rate = count / (now - began)
                left = (total - count) / rate
                line = f"{count} of {total} files, {rate:.0f} a second, {left:.0f} s left"
                out.write(f"\r{line:<{width}}")
                out.flush()
                width = len(line)
    finally:
        if width:
            out.write("\r" + " " * width + "\r")
            out.flush()
