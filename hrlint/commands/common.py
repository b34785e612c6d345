"""What commands share: streams, errors, options of reports."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from hrlint import __version__
from hrlint.errors import HrlintError

if TYPE_CHECKING:
    from hrlint.compiled import Program
    from hrlint.config import Config


def say(line: str) -> None:
    """Print a line for people on stderr, whatever its encoding."""
    from hrlint.reporters.terminal import fitted, sanitize

    for part in line.splitlines() or [""]:
        print("hrlint: " + fitted(sanitize(part), sys.stderr.encoding), file=sys.stderr)


@contextmanager
def errors_to_status() -> Iterator[None]:
    """Turn an error that hrlint raises on purpose into its line on stderr and exit status 2."""
    try:
        yield
    except HrlintError as error:
        say(str(error))
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        say("interrupted")
        raise SystemExit(130) from None
    except BrokenPipeError:
        # The reader (head, less) went away: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


@contextmanager
def output(name: str | None) -> Iterator[TextIO]:
    """Yield stdout, or a UTF-8 file that replaces `name` when all is written."""
    if name is None:
        stream = sys.stdout
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace", newline=None)
        yield stream
        stream.flush()
        return
    buffer = io.StringIO()
    yield buffer
    from hrlint.fix import write_atomically

    try:
        write_atomically(name, buffer.getvalue().encode("utf-8"))
    except OSError as error:
        from hrlint.errors import InputError

        raise InputError(name, f"cannot be written: {error.strerror}") from None


def report_options(program: Program, config: Config, format: str, **given: Any) -> Any:
    """Return the `Options` of a report: rules, sources and versions filled in from the packs."""
    from hrlint.reporters import Options

    lazy = format not in ("full", "concise", "json", "json-lines")
    return Options(
        version=__version__,
        audience=config.audience,
        packs=program.versions,
        rules=program.rule_by_id if lazy or given.get("redact") else _Lazy(program),
        bibliography=program.cites,
        words=_Words(program),
        fail_on=config.fail_on,
        **given,
    )


class _Lazy(dict[str, Any]):
    """Rules by id, made only when one is looked up: most runs find nothing."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program

    def __missing__(self, key: str) -> Any:
        return self._program.rule_by_id[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self._program.rule_by_id.get(key, default)


class _Words(dict[str, Any]):
    """Rule id -> the words its patterns spell out, made only when asked for."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program

    def __missing__(self, key: str) -> frozenset[str]:
        self[key] = found = self._program.words_of(key)
        return found

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self._program.rule_by_id else default


def version_lines(version: str) -> str:
    """Return the versions of hrlint and of its packs."""
    from hrlint.compiled import load

    packs = load().versions
    dated = sorted({v for v in packs.values() if v})
    rules = f"{len(packs)} rule packs" + (f" ({dated[-1]})" if dated else "")
    return f"hrlint {version}\n{rules}: {', '.join(sorted(packs))}"
