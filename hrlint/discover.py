"""Which files to lint: what was named, what folders hold, and why something is left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from hrlint.config import CONFIG_NAMES, Config, Globs, ignore_spec, relative_to

# Notes, templates and leaflets. Data files (xml, json, csv, …) are looked for only where `include` says so.
EXTENSIONS = ("docx", "eml", "hl7", "htm", "html", "markdown", "md", "odt", "rtf", "text", "txt")

IGNORE_FILES = (".hrlintignore", ".gitignore")

# Folders of tools, never of notes.
_NEVER = frozenset(
    [
        *(".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "node_modules"),
        *("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
    ]
)


class Found(NamedTuple):
    """A file to lint, or one that is left out.

    name      as people know it: relative as it was given, forward slashes
    skipped   why the file is left out on purpose, or None
    problem   why it cannot be linted although it should be, or None; the exit status is then 2
    explicit  named itself, not found in a folder
    oversize  why it cannot be read whole, as all but plain text has to be, or None
    """

    path: Path
    name: str
    skipped: str | None = None
    problem: str | None = None
    explicit: bool = False
    oversize: str | None = None

    @property
    def lintable(self) -> bool:
        """Whether the file is to be linted."""
        return self.skipped is None and self.problem is None

    @property
    def stdin(self) -> bool:
        """Whether the text comes on standard input."""
        return self.name == "-"


def discover(
    paths: Iterable[str | os.PathLike[str]],
    *,
    config: Config | Callable[[Path], Config] | None = None,
    force_exclude: bool = False,
    extensions: Iterable[str] = EXTENSIONS,
) -> Iterator[Found]:
    """Yield every file that `paths` name, once each, in the order given and sorted inside folders.

    A path is a file, a folder, a glob, or `-` for standard input. `config` gives `exclude`,
    `include` and `max_size`, for each folder its own when it is a function (`Loader.project`).
    Files that were named are linted although an ignore file or `exclude` says otherwise, unless
    `force_exclude` (or the setting of that name) asks for `exclude` and `.hrlintignore` to hold.
    What is left out is yielded too, with the reason. Nothing is opened but ignore files.
    """
    fixed = config or Config()
    settings = (lambda _: fixed) if isinstance(fixed, Config) else fixed
    search = _Search(settings, force_exclude, frozenset(e.lower().lstrip(".") for e in extensions))
    seen: set[str] = set()
    for path in paths:
        for found in search.named(os.fspath(path)):
            key = os.path.normcase(os.path.abspath(found.path)) if not found.stdin else "-"
            if key not in seen:
                # A file left out of a folder may still be named by itself.
                if found.skipped is None:
                    seen.add(key)
                yield found


def size_text(size: int) -> str:
    """Return a number of bytes for people."""
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / (1024 * 1024):.1f}".removesuffix(".0") + " MB"


class _Search:
    def __init__(self, settings: Callable[[Path], Config], force_exclude: bool, extensions: frozenset[str]) -> None:
        self.settings = settings
        self.force_exclude = force_exclude
        self.extensions = extensions
        self.ignores: dict[Path, tuple[tuple[str, Globs], ...]] = {}
        self.repositories: dict[Path, Path | None] = {}

    def named(self, given: str) -> Iterator[Found]:
        if given == "-":
            yield Found(Path("-"), "-", explicit=True)
            return
        path = Path(given)
        if os.path.lexists(path):
            yield from self.one(path)
            return
        import glob

        if not glob.has_magic(given):
            yield from self.one(path)
            return
        # The shells of Windows hand patterns on as they stand.
        matches = sorted(glob.glob(given, recursive=True))
        if not matches:
            yield Found(path, path.as_posix(), problem="no file matches this pattern", explicit=True)
        for match in matches:
            yield from self.one(Path(match))

    def one(self, path: Path) -> Iterator[Found]:
        name = path.as_posix()
        try:
            mode = path.stat()
        except FileNotFoundError:
            reason = "a link to nothing" if path.is_symlink() else "no such file or folder"
            yield Found(path, name, problem=reason, explicit=True)
            return
        except OSError as error:
            yield Found(path, name, problem=_reason(error), explicit=True)
            return
        if stat.S_ISDIR(mode.st_mode):
            yield from self.folder(path)
            return
        absolute = Path(os.path.abspath(path))
        config = self.settings(absolute)
        skipped = None
        if self.force_exclude or config.force_exclude:
            skipped = self.excluded(absolute, config) or self.ignored(
                absolute, self.chain(absolute.parent, self.repository(absolute.parent)), only=".hrlintignore"
            )
        problem = None if skipped else _unfit(mode)
        yield Found(path, name, skipped, problem, True, _oversize(mode, config))

    def folder(self, path: Path) -> Iterator[Found]:
        absolute = Path(os.path.abspath(path))
        above = self.chain(absolute.parent, self.repository(absolute))
        if self.ignored(absolute, above, folder=True):
            # The folder was asked for by name: what ignores it as a whole does not count.
            above = ()
        lintable = False
        skipped: list[Found] = []
        for found in self.walk(path, absolute, above):
            lintable = lintable or found.lintable or found.problem is not None
            skipped += [found] if found.skipped else []
            yield found
        if not lintable:
            count = sum(not f.path.is_dir() for f in skipped)
            hint = f"; {count} left out, see --show-files" if skipped else ""
            yield Found(path, path.as_posix(), problem=f"no file to lint in this folder{hint}", explicit=True)

    def walk(self, shown: Path, absolute: Path, chain: tuple[tuple[str, Globs], ...]) -> Iterator[Found]:
        try:
            with os.scandir(absolute) as entries:
                # As the full paths sort: `a.txt` before `a/b.txt`.
                ordered = sorted(entries, key=lambda entry: entry.name + "/" * entry.is_dir())
        except OSError as error:
            yield Found(shown, shown.as_posix(), problem=_reason(error))
            return
        chain = (*chain, *self.ignore_files(absolute))
        config = self.settings(absolute)
        for entry in ordered:
            path, inside = shown / entry.name, absolute / entry.name
            try:
                folder = entry.is_dir()
                reason = self.left_out(entry, inside, config, chain, folder)
                if reason is None and folder:
                    yield from self.walk(path, inside, chain)
                    continue
                status = None if reason else entry.stat()
                problem, oversize = None, None
                if status is not None:
                    reason, oversize = _unfit(status), _oversize(status, config)
            except OSError as error:
                reason, problem, oversize = None, _reason(error), None
            yield Found(path, path.as_posix(), reason, problem, oversize=oversize)

    def left_out(
        self,
        entry: os.DirEntry[str],
        path: Path,
        config: Config,
        chain: tuple[tuple[str, Globs], ...],
        folder: bool,
    ) -> str | None:
        """Return why an entry of a folder is not linted, the cheapest question first."""
        if folder and entry.name in _NEVER:
            return "a folder of tools"
        if folder and entry.is_symlink():
            return "a link to a folder"
        if not folder and (entry.name in CONFIG_NAMES or entry.name in IGNORE_FILES):
            return "a settings file"
        extension = os.path.splitext(entry.name)[1].lower().lstrip(".")
        if not folder and extension not in self.extensions and not any(g.match(path) for g in config.include):
            what = f"'.{extension}' files" if extension else "files without an extension"
            return f"{what} are linted when named, or when 'include' takes them in"
        if not folder and entry.is_symlink() and not path.exists():
            return "a link to nothing"
        return self.excluded(path, config, folder) or self.ignored(path, chain, folder)

    def excluded(self, path: Path, config: Config, folder: bool = False) -> str | None:
        for globs in config.exclude:
            if pattern := globs.match(path, folder=folder):
                return f"excluded by '{pattern}'"
        return None

    def ignored(
        self, path: Path, chain: tuple[tuple[str, Globs], ...], folder: bool = False, only: str | None = None
    ) -> str | None:
        """Return which ignore file leaves `path` out; the nearest that mentions it decides."""
        for file in IGNORE_FILES if only is None else (only,):
            for name, globs in reversed(chain):
                inner = relative_to(path, globs.root)
                if name != file or inner is None:
                    continue
                verdict = ignore_spec(globs.patterns).check_file(inner + "/" * folder)
                if verdict.include and verdict.index is not None:
                    return f"ignored by '{globs.patterns[verdict.index].strip()}' in {name}"
                if verdict.include is False:
                    break
        return None

    def repository(self, folder: Path) -> Path | None:
        """Return the root of the git repository that holds `folder`, or None."""
        if folder not in self.repositories:
            if (folder / ".git").exists():
                self.repositories[folder] = folder
            else:
                self.repositories[folder] = self.repository(folder.parent) if folder.parent != folder else None
        return self.repositories[folder]

    def chain(self, folder: Path, top: Path | None) -> tuple[tuple[str, Globs], ...]:
        """Return the ignore files from the root of the repository down to `folder`; none outside of one."""
        if top is None or not folder.is_relative_to(top):
            return ()
        parents = [folder, *folder.parents]
        return tuple(pair for each in reversed(parents[: parents.index(top) + 1]) for pair in self.ignore_files(each))

    def ignore_files(self, folder: Path) -> tuple[tuple[str, Globs], ...]:
        if folder not in self.ignores:
            pairs = []
            for name in IGNORE_FILES:
                try:
                    text = (folder / name).read_bytes().decode("utf-8-sig", "replace")
                except OSError:
                    continue
                pairs.append((name, Globs(folder, tuple(_patterns(text)))))
            self.ignores[folder] = tuple(pairs)
        return self.ignores[folder]


_NOT_REGULAR = "not a regular file; give its text on standard input with -"


def _unfit(status: os.stat_result) -> str | None:
    return None if stat.S_ISREG(status.st_mode) else _NOT_REGULAR


def _oversize(status: os.stat_result, config: Config) -> str | None:
    if status.st_size <= config.max_size:
        return None
    return f"{size_text(status.st_size)} is more than the limit of {size_text(config.max_size)}; raise 'max-size' to lint it"


def _patterns(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        try:
            ignore_spec((line,))
        except ValueError:
            # git passes over a line it cannot read, too.
            continue
        yield line


def _reason(error: OSError) -> str:
    text = error.strerror or type(error).__name__
    return text[0].lower() + text[1:]
