"""The same work in several processes, results in the order of the input."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TYPE_CHECKING

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
        for chunk in chunks:
            waiting.append(pool.submit(_chunk, chunk))
            if len(waiting) >= jobs * _WAITING:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()
