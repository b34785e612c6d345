"""What git knows: lines changed since a revision, and content as it is staged.

The only module that starts another program. `git` is asked with optional locks, pagers,
external diff programs and file-system monitors off, and every answer is read NUL-separated
or as a patch whose hunks are counted, so that no file name or text can be taken for something else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrlint.errors import ConfigError

# Seconds that one call of git may take.
TIMEOUT = 60

# Every line of a file that is new, or that has no lines.
WHOLE = range(1, 2**31)

_OPTIONS = (
    *("--no-pager", "--no-optional-locks", "--literal-pathspecs"),
    *("-c", "core.quotepath=off", "-c", "core.fsmonitor=false", "-c", "diff.noprefix=false"),
    *("-c", "diff.mnemonicPrefix=false", "-c", "diff.relative=false"),
)
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules", "--find-renames")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class Staged:
    """A file as it will be committed: its bytes in the index, and the lines that the commit changes."""

    content: bytes
    ranges: tuple[range, ...]


def changed_lines(
    revision: str, paths: Iterable[str | os.PathLike[str]] | None = None, root: str | os.PathLike[str] = "."
) -> dict[Path, list[range]]:
    """Return the lines of the working files that changed since `revision` branched off, from 1.

    As in `git diff REV...`, the comparison is with the last common ancestor, so that what others
    did on `revision` meanwhile does not count; unlike there, work that is not committed counts.
    New, untracked and binary files are `[WHOLE]`; a renamed file has only the lines that differ,
    and may have none. With `paths` the keys are those of them that changed, as they were given;
    without, every changed file by its full path. `root` is any folder of the repository.
    Raises ConfigError where git, the repository or the revision is missing.
    """
    top = _top(root)
    base = _base(revision, top)
    changed = _diff(top, base)
    untracked = _git(("ls-files", "--others", "--exclude-standard", "-z"), top)
    changed.update({_decode(name): [WHOLE] for name in untracked.split(b"\0") if name})
    return {path: changed[name] for path, name in _wanted(changed, paths, top)}


def staged(
    root: str | os.PathLike[str] = ".", paths: Iterable[str | os.PathLike[str]] | None = None
) -> dict[Path, Staged]:
    """Return every file that the next commit adds or changes, as it is staged.

    Keys, ranges and errors are as for `changed_lines`. Deleted files, links and submodules are left out.
    """
    top = _top(root)
    changed = _diff(top, "--cached")
    wanted = dict(_wanted(changed, paths, top))
    objects = _index(top)
    contents = _contents(top, sorted({objects[name] for name in wanted.values() if name in objects}))
    return {
        path: Staged(contents[objects[name]], tuple(changed[name]))
        for path, name in wanted.items()
        if name in objects and objects[name] in contents
    }


def touches(ranges: Sequence[range], first: int, last: int) -> bool:
    """Return whether lines `first` to `last`, both from 1 and included, meet any of the sorted `ranges`."""
    index = bisect_right(ranges, last, key=lambda r: r.start) - 1
    return index >= 0 and ranges[index].stop > first


def document_lines(ranges: Sequence[range], source: str) -> tuple[range, ...]:
    """Return git's lines of `source` in the lines of a document, where a lone CR ends a line too."""
    if "\r" not in source.replace("\r\n", "\n"):
        return tuple(ranges)
    starts = [1]
    for line in source.split("\n"):
        starts.append(starts[-1] + 1 + line.removesuffix("\r").count("\r"))
    last = len(starts) - 1
    return tuple(
        range(starts[min(r.start, last + 1) - 1], starts[r.stop - 1] if r.stop - 1 <= last else WHOLE.stop)
        for r in ranges
    )


# --- asking git -------------------------------------------------------------------------------


def git_program(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Return the full path of git. Raises ConfigError when it is not installed.

    Windows would look in the working folder first, where a stranger's `git.exe` may lie; PATH alone counts here.
    """
    name = "git.exe" if platform == "win32" else "git"
    for folder in environ.get("PATH", "").split(";" if platform == "win32" else ":"):
        program = os.path.join(folder.strip('"'), name)
        if os.path.isabs(program) and os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    raise ConfigError("git is not installed or not on PATH; --changed-since and --staged need it")


def _git(arguments: Sequence[str], folder: Path, stdin: bytes = b"") -> bytes:
    environ = {k: v for k, v in os.environ.items() if k not in ("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_TRACE")}
    environ |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    # A hook is told of its repository by these, relative to the folder it was started in.
    environ |= {k: os.path.abspath(environ[k]) for k in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE") if k in environ}
    try:
        done = subprocess.run(
            (git_program(), *_OPTIONS, *arguments),
            cwd=folder,
            env=environ,
            input=stdin,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"git {arguments[0]} took more than {TIMEOUT} seconds") from None
    except OSError as error:
        raise ConfigError(f"git could not be started: {error.strerror}") from None
    if done.returncode:
        raise ConfigError(_complaint(done.stderr, folder))
    return done.stdout


def _complaint(stderr: bytes, folder: Path) -> str:
    """Return what git said as one sentence with a way out."""
    where = Path(os.path.abspath(folder)).as_posix()
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    if "not a git repository" in first or "must be run in a work tree" in first:
        return f"{where}: not in a git repository with files; --changed-since and --staged need one"
    if "dubious ownership" in first:
        return (
            f"{where}: git does not trust this folder, since it belongs to another user; "
            f"run: git config --global --add safe.directory {where}"
        )
    return f"git: {first.removeprefix('fatal: ') or 'failed without a message'}"


def _top(root: str | os.PathLike[str]) -> Path:
    folder = Path(root)
    if not folder.is_dir():
        raise ConfigError(f"{folder.as_posix()}: no such folder")
    answer = _git(("rev-parse", "--show-toplevel"), folder)
    return Path(os.path.realpath(_decode(answer.removesuffix(b"\n").removesuffix(b"\r"))))


def _base(revision: str, top: Path) -> str:
    unknown = ConfigError(f"--changed-since: '{revision}' is no revision of this repository; try 'git fetch' first")
    if not revision or revision.startswith("-") or "\0" in revision:
        raise unknown
    try:
        commit = _git(("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"), top).decode().strip()
        head = _git(("rev-parse", "--verify", "--quiet", "HEAD"), top).decode().strip()
    except ConfigError:
        raise unknown from None
    try:
        return _git(("merge-base", commit, head), top).decode().split()[0]
    except (ConfigError, IndexError):
        raise ConfigError(
            f"--changed-since: '{revision}' and HEAD have no common ancestor; "
            "in CI fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0)"
        ) from None


def _diff(top: Path, against: str) -> dict[str, list[range]]:
    """Return the changed lines of each file that is still there, by its path below `top`."""
    changed: dict[str, list[range]] = {}
    kept = "--diff-filter=d"
    for name, binary in _numstat(_git((*_DIFF, kept, "--numstat", "-z", against, "--"), top)):
        changed[name] = [WHOLE] if binary else []
    for name, ranges in _patch(_git((*_DIFF, kept, "--unified=0", against, "--"), top)):
        if name in changed and changed[name] != [WHOLE]:
            changed[name] = ranges
    return changed


def _numstat(raw: bytes) -> Iterator[tuple[str, bool]]:
    """Yield (path, is binary) from `added TAB deleted TAB path NUL`, or `… TAB NUL old NUL new NUL`."""
    fields = iter(raw.split(b"\0"))
    for row in fields:
        if not row:
            continue
        added, _, name = row.split(b"\t", 2)
        if not name:
            next(fields)
            name = next(fields)
        yield _decode(name), added == b"-"


def _patch(raw: bytes) -> Iterator[tuple[str, list[range]]]:
    """Yield (path, changed lines) for each file of a patch without context.

    Lines of text are counted off, since an added `++ b/x` looks like a header. Where lines were only
    taken out, none is changed.
    """
    name: str | None = None
    ranges: list[range] = []
    skip = 0
    for line in raw.split(b"\n"):
        if skip and line[:1] in (b"+", b"-"):
            skip -= 1
        elif line.startswith(b"diff --git "):
            if name is not None:
                yield name, ranges
            name, ranges = None, []
        elif line.startswith(b"+++ "):
            name = _patch_name(line[4:])
        elif match := _HUNK.match(line):
            removed, start, added = int(match[1] or 1), int(match[2]), int(match[3] if match[3] else 1)
            skip = removed + added
            if added:
                ranges.append(range(start, start + added))
    if name is not None:
        yield name, ranges


def _patch_name(raw: bytes) -> str | None:
    """Return the path of a `+++` header, or None for /dev/null."""
    if raw.startswith(b'"'):
        raw = _ESCAPE.sub(lambda m: _unescape(m[1]), raw.strip()[1:-1])
    else:
        # git ends a name that holds a space with a tab.
        raw = raw.removesuffix(b"\t")
    return _decode(raw[2:]) if raw.startswith(b"b/") else None


def _unescape(code: bytes) -> bytes:
    return bytes([int(code, 8)]) if len(code) == 3 else _ESCAPES.get(code, code)


def _index(top: Path) -> dict[str, str]:
    """Return the object of every ordinary file in the index."""
    objects = {}
    for row in _git(("ls-files", "--stage", "-z"), top).split(b"\0"):
        # Example: 100644 <object> 0 TAB path
        if row:
            facts, name = row.split(b"\t", 1)
            mode, identity, stage = facts.split()
            if mode.startswith(b"100") and stage == b"0":
                objects[_decode(name)] = identity.decode()
    return objects


def _contents(top: Path, objects: Sequence[str]) -> dict[str, bytes]:
    """Return the bytes of each object, asked for in one go."""
    if not objects:
        return {}
    raw = _git(("cat-file", "--batch"), top, "".join(f"{o}\n" for o in objects).encode())
    contents: dict[str, bytes] = {}
    at = 0
    while at < len(raw):
        # Example: <object> blob <size> LF <bytes> LF
        end = raw.index(b"\n", at)
        identity, kind, *size = raw[at:end].split()
        at = end + 1
        if kind == b"blob":
            length = int(size[0])
            contents[identity.decode()] = raw[at : at + length]
            at += length + 1
    return contents


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _wanted(
    names: Iterable[str], paths: Iterable[str | os.PathLike[str]] | None, top: Path
) -> Iterator[tuple[Path, str]]:
    """Yield (path as given, path below `top`) for the files asked for."""
    if paths is None:
        yield from ((top / name, name) for name in sorted(names))
        return
    known = {os.path.normcase(top / name): name for name in names}
    for path in paths:
        # The folder alone is resolved: a link in the index is a file of its own.
        folder, last = os.path.split(os.path.abspath(path))
        key = os.path.normcase(os.path.join(os.path.realpath(folder), last))
        if key in known:
            yield Path(path), known[key]
