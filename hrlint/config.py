"""Settings: TOML files and flags, checked and merged into one frozen `Config`.

Layers, each above the one before: defaults, the user's file, the project's file (with what it
`extend`s below it), the `overrides` whose paths fit, flags. A key left out keeps the value below
it. Tables and lists of additions (`severity`, `terms`, `packs`, `allow`, `exclude`, `include`,
`ignore`) add up; every other key replaces.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, NamedTuple

from hrlint.errors import ConfigError
from hrlint.model import AUDIENCES, CATEGORIES, Severity
from hrlint.patterns import lazy

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from hrlint.toml_places import KeyPath

# Looked for in each folder in this order, from the linted file upward.
CONFIG_NAMES = (".hrlint.toml", "hrlint.toml", "pyproject.toml")

# Largest file read, in bytes.
MAX_SIZE = 50 * 1024 * 1024

# How a key is called on the command line, where that is not `--key`.
_FLAGS = {"packs": "--rules"}


# --- values ---------------------------------------------------------------------------------


def relative_to(path: PurePath, root: PurePath) -> str | None:
    """Return `path` relative to `root` with forward slashes, or None when it lies elsewhere.

    Nothing is read from disk, and on Windows case does not matter.
    """
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return None


@lru_cache(maxsize=256)
def ignore_spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """Return the matcher of lines in the language of `.gitignore`; raises ValueError for a bad one."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


class Globs(NamedTuple):
    """Patterns in the language of `.gitignore`, relative to the folder `root`."""

    root: Path
    patterns: tuple[str, ...]

    def match(self, path: Path, *, folder: bool = False) -> str | None:
        """Return the pattern that takes in the absolute `path`, or None."""
        name = relative_to(path, self.root)
        if name is None or name == ".":
            return None
        found = ignore_spec(self.patterns).check_file(name + "/" * folder)
        return self.patterns[found.index] if found.include and found.index is not None else None


class Terms(NamedTuple):
    """Words that a rule matches besides its own."""

    rule: str
    words: tuple[str, ...]


class Allow(NamedTuple):
    """A phrase that is never reported, and why; `rules` limits it to some rules."""

    phrase: str
    reason: str
    rules: tuple[str, ...] = ()


class Origin(NamedTuple):
    """Where a value came from: `place` is `file:line:column`, a flag or a file."""

    key: str
    entry: str
    place: str


class Layer(NamedTuple):
    """The settings of one source, checked, not merged with anything."""

    values: tuple[tuple[str, Any], ...] = ()
    origins: tuple[Origin, ...] = ()
    overrides: tuple[Override, ...] = ()


class Override(NamedTuple):
    """Settings for the files that `paths` takes in."""

    paths: Globs
    layer: Layer
    place: str


class Config(NamedTuple):
    """Every setting in force. Hashable, so that it can be the key of a cache.

    select, ignore   rule ids, categories, the beginning of a category, or `beginning*`;
                     an empty `select` is every rule that is on by default
    severity         (word, severity), where a word is as in `select`
    min_severity     findings below it are not reported
    fail_on          findings from here on fail the run; None is `never`
    include          files that a folder is searched for besides the usual ones
    packs            a `Path` to a pack or a folder of packs, or the name of an installed package
    baseline         the file of known findings
    encoding         None is detected
    max_size         largest file read, in bytes
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    min_severity: Severity = Severity.INFO
    fail_on: Severity | None = Severity.WARNING
    audience: str = "clinical-note"
    include: tuple[Globs, ...] = ()
    exclude: tuple[Globs, ...] = ()
    force_exclude: bool = False
    packs: tuple[Path | str, ...] = ()
    terms: tuple[Terms, ...] = ()
    allow: tuple[Allow, ...] = ()
    baseline: Path | None = None
    encoding: str | None = None
    max_size: int = MAX_SIZE
    files: tuple[Path, ...] = ()
    origins: tuple[Origin, ...] = ()
    layers: tuple[Layer, ...] = ()
    flags: Layer = Layer()

    # Equal settings are equal wherever they came from: the last three fields do not count.

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Config) and self[:-3] == other[:-3]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-3])

    def for_path(self, path: str | os.PathLike[str]) -> Config:
        """Return the settings for one file, `overrides` applied; `self` when none fits."""
        return self._with(self.fitting(path))

    def fitting(self, path: str | os.PathLike[str]) -> tuple[Override, ...]:
        """Return the overrides that take in `path`, the strongest last."""
        if not any(layer.overrides for layer in self.layers):
            return ()
        absolute = Path(os.path.abspath(path))
        return tuple(o for layer in self.layers for o in layer.overrides if o.paths.match(absolute))

    def _with(self, overrides: tuple[Override, ...]) -> Config:
        if not overrides:
            return self
        return merge((*self.layers, *(o.layer for o in overrides)), self.flags, files=self.files)

    def selected(self, rule_id: str, category: str, *, on_by_default: bool = True) -> bool:
        """Return whether a rule runs. The most specific word wins, and `ignore` wins a tie.

        A rule that is off by default runs when its own id stands in `select` or `severity`.
        """
        level = self.severity_for(rule_id, category)
        if level is Severity.OFF:
            return False
        if not on_by_default and rule_id not in self.select and rule_id not in dict(self.severity):
            return False
        select = max((specificity(w, rule_id, category) for w in self.select or ("all",)), default=0)
        ignore = max((specificity(w, rule_id, category) for w in self.ignore), default=0)
        return select > ignore

    def severity_for(self, rule_id: str, category: str) -> Severity | None:
        """Return the severity set for a rule, its own id before its category; None when none is set."""
        ranked = [(specificity(word, rule_id, category), level) for word, level in self.severity]
        best = max(ranked, key=lambda pair: pair[0], default=(0, None))
        return best[1] if best[0] else None

    def origin(self, key: str) -> str:
        """Return where the value of `key` came from, as `hrlint config` shows it."""
        places = dict.fromkeys(o.place for o in self.origins if o.key == key and not o.entry)
        return ", ".join(places) or "default"


def specificity(word: str, rule_id: str, category: str) -> int:
    """Return how closely `word` names a rule: 0 for not at all, most for its own id.

    `person-labels.addict` is that rule alone, `person-labels` a category, `person` and
    `person-labels.add*` all that begin so, `all` everything.
    """
    if word == "all":
        return 1
    if word in (rule_id, category):
        return 2 * len(word) + 3
    stem = word.removesuffix("*")
    begins = word.endswith("*") or ("." not in word and word not in CATEGORIES)
    return 2 * len(stem) + 2 if begins and rule_id.startswith(stem) else 0


# --- checking one source ----------------------------------------------------------------------


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean '…'?` for the known word most like `word`, or nothing."""
    import difflib

    like = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{like[0]}'?" if like else ""


class _Check:
    """Checks one table of settings and collects every problem in it."""

    def __init__(self, root: Path, place: Callable[[KeyPath], str]) -> None:
        self.root = root
        self.place = place
        self.problems: list[str] = []
        self.origins: list[Origin] = []

    def problem(self, path: KeyPath, message: str) -> None:
        self.problems.append(f"{self.place(path)}: {message}")

    def layer(self, table: Mapping[str, Any], path: KeyPath = (), *, inside: bool = False) -> Layer:
        """Check `table` and return it as a layer; `inside` an override fewer keys may stand."""
        outer, self.origins = self.origins, []
        values: list[tuple[str, Any]] = []
        overrides: tuple[Override, ...] = ()
        for key, value in table.items():
            at = (*path, key)
            if key == "overrides" and not inside:
                overrides = tuple(self.overrides(at, value))
            elif key == "extend" and not inside:
                self.text(at, value)
            elif inside and key in ("overrides", "extend", *_WHOLE_RUN):
                self.problem(at, f"'{key}' is for the whole run and cannot stand in an override")
            elif key in _KINDS:
                checked = _KINDS[key](self, at, value)
                if checked is not None:
                    values.append((key, None if checked is _NEVER else checked))
                    self.origins.append(Origin(key, "", self.place(at)))
            else:
                known = [k for k in (*_KINDS, *_EXTRA) if not (inside and k in (*_EXTRA, *_WHOLE_RUN))]
                self.problem(at, f"unknown key '{key}'{nearest(key, known)}")
        layer = Layer(tuple(values), tuple(self.origins), overrides)
        self.origins = outer
        return layer

    def overrides(self, path: KeyPath, value: Any) -> Iterator[Override]:
        # Example: [[overrides]]
        #          paths = ["patient-facing/"]
        #          audience = "patient-facing"
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.problem(path, "'overrides' is a list of tables: [[overrides]]")
            return
        for i, table in enumerate(value):
            at = (*path, i)
            if "paths" not in table:
                self.problem(at, "an override needs 'paths', for example paths = [\"patient-facing/\"]")
                continue
            globs = self.globs((*at, "paths"), table["paths"])
            rest = {k: v for k, v in table.items() if k != "paths"}
            layer = self.layer(rest, at, inside=True)
            if globs is not None:
                yield Override(globs[0], layer, self.place(at))

    # Each of these returns the checked value, or None after a problem.

    def text(self, path: KeyPath, value: Any) -> str | None:
        if isinstance(value, str) and value.strip():
            return value
        self.problem(path, f"'{path[-1]}' is a text in quotation marks, not {_kind(value)}")
        return None

    def texts(self, path: KeyPath, value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list | tuple):
            self.problem(path, f"'{path[-1]}' is a list of texts in brackets, not {_kind(value)}")
            return None
        good = True
        for i, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                self.problem((*path, i), f"'{path[-1]}' is a list of texts; this is {_kind(item)}")
                good = False
        return tuple(value) if good else None

    def words(self, path: KeyPath, value: Any) -> tuple[str, ...] | None:
        # Example: select = ["person-labels", "weight.obese"]
        items = self.texts(path, value)
        if items is None:
            return None
        good = [self.word((*path, i), item, str(path[-1])) for i, item in enumerate(items)]
        return tuple(dict.fromkeys(items)) if all(good) else None

    def word(self, path: KeyPath, word: str, key: str) -> bool:
        if not _WORD.fullmatch(word):
            self.problem(path, f"'{word}' is not a rule, a category, or a beginning such as 'person-labels.add*'")
            return False
        self.origins.append(Origin(key, word, self.place(path)))
        return True

    def severities(self, path: KeyPath, value: Any) -> tuple[tuple[str, Severity], ...] | None:
        # Example: severity = {"weight" = "info", "person-labels.addict" = "off"}
        if not isinstance(value, dict):
            self.problem(path, f"'severity' is a table of rule or category = severity, not {_kind(value)}")
            return None
        checked = []
        for word, level in value.items():
            severity = self.severity((*path, word), level)
            if self.word((*path, word), word, "severity") and severity is not None:
                checked.append((word, severity))
        return tuple(checked)

    def severity(self, path: KeyPath, value: Any) -> Severity | None:
        return self._level(path, value, ("error", "warning", "info", "off"))

    def min_severity(self, path: KeyPath, value: Any) -> Severity | None:
        return self._level(path, value, ("error", "warning", "info"))

    def fail_on(self, path: KeyPath, value: Any) -> Any:
        if value == "never":
            return _NEVER
        return self._level(path, value, ("error", "warning", "info", "never"))

    def _level(self, path: KeyPath, value: Any, known: tuple[str, ...]) -> Severity | None:
        if isinstance(value, Severity):
            value = str(value)
        return Severity.parse(value) if self.one_of(path, value, "severity", known) else None

    def audience(self, path: KeyPath, value: Any) -> str | None:
        return str(value) if self.one_of(path, value, "audience", AUDIENCES) else None

    def one_of(self, path: KeyPath, value: Any, what: str, known: tuple[str, ...]) -> bool:
        if value in known:
            return True
        word = str(value).lower() if isinstance(value, str) else str(value)
        hint = nearest(word, known) or f"; known are {', '.join(known)}"
        self.problem(path, f"unknown {what} '{value}'{hint}")
        return False

    def globs(self, path: KeyPath, value: Any) -> tuple[Globs] | None:
        # Example: exclude = ["drafts/", "*.bak.txt"]
        items = self.texts(path, value)
        if items is None:
            return None
        # A backslash is a mistyped slash here, never an escape.
        patterns = tuple(item.replace("\\", "/") for item in items)
        for i, item in enumerate(patterns):
            try:
                if item.startswith(("../", "#")):
                    raise ValueError
                ignore_spec((item,))
            except ValueError:
                self.problem((*path, i), f"'{items[i]}' is not a pattern of .gitignore below this folder")
                return None
        return (Globs(self.root, patterns),)

    def packs(self, path: KeyPath, value: Any) -> tuple[Path | str, ...] | None:
        # Example: packs = ["./rules/local.yaml", "hrlint-pack-example"]
        items = self.texts(path, value)
        if items is None:
            return None
        packs: list[Path | str] = []
        for item in items:
            where = self.below(item)
            packs.append(where if _PATHLIKE.search(item) or where.exists() else item)
        return tuple(packs)

    def terms(self, path: KeyPath, value: Any) -> tuple[Terms, ...] | None:
        # Example: terms = {"person-labels.addict" = ["stoner"]}
        if not isinstance(value, dict):
            self.problem(path, f"'terms' is a table of rule = list of words, not {_kind(value)}")
            return None
        checked = []
        for rule, words in value.items():
            items = self.texts((*path, rule), words)
            if "." not in rule or rule.endswith("*"):
                self.problem((*path, rule), f"'{rule}' is not a rule id; terms are added to one rule")
            elif items and self.word((*path, rule), rule, "terms"):
                checked.append(Terms(rule, items))
        return tuple(checked)

    def allow(self, path: KeyPath, value: Any) -> tuple[Allow, ...] | None:
        # Example: [[allow]]
        #          phrase = "Clean Slate Program"
        #          reason = "the name of a service"
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.problem(path, "'allow' is a list of tables: [[allow]]")
            return None
        checked = []
        for i, table in enumerate(value):
            at = (*path, i)
            for key in table:
                if key not in ("phrase", "reason", "rules"):
                    self.problem((*at, key), f"unknown key '{key}'{nearest(key, ('phrase', 'reason', 'rules'))}")
            missing = [key for key in ("phrase", "reason") if key not in table]
            if missing:
                self.problem(at, f"an allowed phrase needs '{missing[0]}'")
                continue
            phrase = self.text((*at, "phrase"), table["phrase"])
            reason = self.text((*at, "reason"), table["reason"])
            rules = self.words((*at, "rules"), table.get("rules", []))
            if phrase is not None and reason is not None and rules is not None:
                checked.append(Allow(phrase, reason, rules))
        return tuple(checked)

    def path(self, path: KeyPath, value: Any) -> Path | None:
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        text = self.text(path, value)
        return None if text is None else self.below(text)

    def below(self, text: str) -> Path:
        return Path(os.path.normpath(self.root / os.path.expanduser(text)))

    def encoding(self, path: KeyPath, value: Any) -> str | None:
        text = self.text(path, value)
        if text is None:
            return None
        try:
            codecs.lookup(text)
        except LookupError:
            hint = nearest(text.lower(), ("utf-8", "utf-16", "cp1252", "latin-1", "mac-roman"))
            self.problem(path, f"unknown encoding '{text}'{hint}")
            return None
        return text

    def max_size(self, path: KeyPath, value: Any) -> int | None:
        # Example: max-size = 200   (megabytes)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return int(value * 1024 * 1024)
        self.problem(path, "'max-size' is a number of megabytes, for example 200")
        return None

    def switch(self, path: KeyPath, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        self.problem(path, f"'{path[-1]}' is true or false, not {_kind(value)}")
        return None


_NEVER = object()
_WORD = lazy(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)?[.-]?\*?")
_PATHLIKE = lazy(r"[/\\]|^[.~]|\.ya?ml$")

_KINDS: dict[str, Callable[[_Check, KeyPath, Any], Any]] = {
    "select": _Check.words,
    "ignore": _Check.words,
    "severity": _Check.severities,
    "min-severity": _Check.min_severity,
    "fail-on": _Check.fail_on,
    "audience": _Check.audience,
    "include": _Check.globs,
    "exclude": _Check.globs,
    "force-exclude": _Check.switch,
    "packs": _Check.packs,
    "terms": _Check.terms,
    "allow": _Check.allow,
    "baseline": _Check.path,
    "encoding": _Check.encoding,
    "max-size": _Check.max_size,
}
_EXTRA = ("overrides", "extend")

# One value for the whole run, whatever the file.
_WHOLE_RUN = ("include", "exclude", "force-exclude", "packs", "baseline", "max-size")

# Later layers add to these.
_ADDED = ("ignore", "include", "exclude", "packs", "terms", "allow")

KEYS = (*_KINDS, *_EXTRA)


def _kind(value: Any) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    if value == "":
        return "an empty text"
    return names.get(type(value), type(value).__name__)


def merge(layers: Iterable[Layer], flags: Layer = Layer(), *, files: tuple[Path, ...] = ()) -> Config:
    """Return the settings of `layers`, weakest first, under `flags`."""
    layers = tuple(layers)
    values: dict[str, Any] = {}
    origins: list[Origin] = []
    for layer in (*layers, flags):
        given = dict(layer.values)
        if "select" in given:
            # A word that a later layer selects is no longer ignored by an earlier one.
            values["ignore"] = tuple(w for w in values.get("ignore", ()) if w not in given["select"])
        for key, value in given.items():
            if key == "severity":
                value = tuple({**dict(values.get(key, ())), **dict(value)}.items())
            elif key in _ADDED:
                value = tuple(dict.fromkeys((*values.get(key, ()), *value)))
            else:
                origins = [o for o in origins if o.key != key]
            values[key] = value
        origins.extend(layer.origins)
    fields = {key.replace("-", "_"): value for key, value in values.items()}
    return Config(**fields, files=files, origins=tuple(origins), layers=layers, flags=flags)


# --- reading and finding files ------------------------------------------------------------------


def user_config_path(
    environ: Mapping[str, str] = os.environ, platform: str = sys.platform, home: str | None = None
) -> PurePath:
    """Return where the user's own settings are looked for: `%APPDATA%` or `~/.config`."""
    if platform == "win32":
        base = environ.get("APPDATA") or f"{home or os.path.expanduser('~')}\\AppData\\Roaming"
        return PureWindowsPath(base) / "hrlint" / "hrlint.toml"
    base = environ.get("XDG_CONFIG_HOME", "")
    if not base.startswith("/"):
        base = f"{home or os.path.expanduser('~')}/.config"
    return PurePosixPath(base) / "hrlint" / "hrlint.toml"


def _shown(path: Path) -> str:
    return relative_to(path, Path.cwd()) or path.as_posix()


def _read_table(file: Path, what: str) -> tuple[dict[str, Any], str, KeyPath] | None:
    """Return (the settings, the TOML source, where they begin), or None for a pyproject without the table."""
    import tomllib

    try:
        # Windows editors put a byte-order mark first.
        source = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{_shown(file)}: not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{what}{_shown(file)}: cannot be read: {error.strerror}") from None
    shared = file.name == "pyproject.toml"
    if shared and "hrlint" not in source:
        return None
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        match = re.search(r" \(at line (\d+), column (\d+)\)$", message)
        place = f":{match[1]}:{match[2]}" if match else f":{source.count(chr(10)) + 1}:1"
        message = re.sub(r" \(at [^)]*\)$", "", message)
        raise ConfigError(f"{_shown(file)}{place}: not valid TOML: {message[0].lower()}{message[1:]}") from None
    except RecursionError:
        raise ConfigError(f"{_shown(file)}: nested too deeply") from None
    if not shared:
        return table, source, ()
    tool = table.get("tool")
    own = tool.get("hrlint") if isinstance(tool, dict) else None
    return (own, source, ("tool", "hrlint")) if isinstance(own, dict) else None


def read_file(file: Path, *, chain: tuple[Path, ...] = (), place: str = "") -> tuple[tuple[Layer, Path], ...]:
    """Return the layers of a settings file, what it extends first, each with its file.

    Raises ConfigError with a line for every problem in the file.
    """
    file = Path(os.path.abspath(file))
    what = f"{place}: " if place else ""
    if file in chain:
        loop = " -> ".join(_shown(f) for f in (*chain, file))
        raise ConfigError(f"{what}'extend' goes round in a circle: {loop}")
    read = _read_table(file, what)
    if read is None:
        raise ConfigError(f"{what}{_shown(file)}: has no [tool.hrlint] table")
    from hrlint.toml_places import key_position

    table, source, prefix = read

    def at(path: KeyPath) -> str:
        line, column = key_position(source, (*prefix, *path))
        return f"{_shown(file)}:{line}:{column}"

    check = _Check(file.parent, at)
    layer = check.layer(table)
    if check.problems:
        raise ConfigError("\n".join(check.problems))
    below: tuple[tuple[Layer, Path], ...] = ()
    if "extend" in table:
        base = check.below(table["extend"])
        below = read_file(base, chain=(*chain, file), place=at(("extend",)))
    return (*below, (layer, file))


def read_flags(flags: Mapping[str, Any], root: Path | None = None) -> Layer:
    """Return command-line values as a layer; None and empty lists count as not given.

    Keys are those of a settings file. Paths are relative to `root`, the working folder by default.
    """
    given = {key: value for key, value in flags.items() if value is not None and value not in ([], ())}
    for key in given:
        if key not in _KINDS:
            raise ConfigError(f"unknown setting '{key}'{nearest(key, _KINDS)}")
    check = _Check(root or Path.cwd(), lambda path: _FLAGS.get(str(path[0]), f"--{path[0]}"))
    layer = check.layer(given)
    if check.problems:
        raise ConfigError("\n".join(check.problems))
    return layer


def find_file(folder: Path) -> Path | None:
    """Return the settings file of `folder` itself, or None; its parents are not looked at."""
    for name in CONFIG_NAMES:
        file = folder / name
        if file.is_file() and (name != "pyproject.toml" or _read_table(file, "") is not None):
            return file
    return None


class Loader:
    """Settings for many files of one run, each settings file read once.

    `config_file` takes the place of the project's file, `no_config` leaves out every file,
    `flags` are as for `read_flags`. `user_file` is for tests; None is the platform's place.
    """

    def __init__(
        self,
        *,
        config_file: str | os.PathLike[str] | None = None,
        no_config: bool = False,
        flags: Mapping[str, Any] | None = None,
        user_file: str | os.PathLike[str] | None = None,
    ) -> None:
        if config_file is not None and no_config:
            raise ConfigError("--config and --no-config exclude each other")
        self._flags = read_flags(flags or {})
        self._found: dict[Path, Path | None] = {}
        self._of_folder: dict[str, Path | None] = {}
        self._built: dict[Path | None, Config] = {}
        self._resolved: dict[tuple[int, tuple[Override, ...]], Config] = {}
        self._no_config = no_config
        self._file = Path(os.path.abspath(config_file)) if config_file is not None else None
        user = Path(user_file) if user_file is not None else Path(user_config_path())
        self._user = () if no_config or not user.is_file() else read_file(user)

    def project(self, path: str | os.PathLike[str] | None = None) -> Config:
        """Return the settings that hold for the folder of `path`, before `overrides`."""
        file = self._file
        if file is None and not self._no_config:
            absolute = os.path.abspath(path if path is not None else ".")
            folder = absolute if os.path.isdir(absolute) else os.path.dirname(absolute)
            # Asked for every file of a folder, so without making a Path of it each time.
            if folder not in self._of_folder:
                self._of_folder[folder] = self._find(Path(folder))
            file = self._of_folder[folder]
        if file not in self._built:
            pairs = (*self._user, *(read_file(file) if file is not None else ()))
            self._built[file] = merge((layer for layer, _ in pairs), self._flags, files=tuple(f for _, f in pairs))
        return self._built[file]

    def for_path(self, path: str | os.PathLike[str]) -> Config:
        """Return the settings for one file, `overrides` applied; equal settings are the same object."""
        base = self.project(path)
        fitting = base.fitting(path)
        key = id(base), fitting
        if key not in self._resolved:
            self._resolved[key] = base._with(fitting)
        return self._resolved[key]

    def _find(self, folder: Path) -> Path | None:
        visited = []
        found: Path | None = None
        for each in (folder, *folder.parents):
            if each in self._found:
                found = self._found[each]
                break
            visited.append(each)
            if file := find_file(each):
                found = file
                break
        self._found.update(dict.fromkeys(visited, found))
        return found


def load(
    for_path: str | os.PathLike[str] | None = None,
    *,
    config_file: str | os.PathLike[str] | None = None,
    no_config: bool = False,
    flags: Mapping[str, Any] | None = None,
    user_file: str | os.PathLike[str] | None = None,
) -> Config:
    """Return the settings for the folder of `for_path` (the working folder by default).

    `Config.for_path` then applies the overrides for one file. A `Loader` serves many files.
    Raises ConfigError with `file:line:column` for what cannot be understood.
    """
    loader = Loader(config_file=config_file, no_config=no_config, flags=flags, user_file=user_file)
    return loader.project(for_path)


# --- rules named in settings ------------------------------------------------------------------


def check_rules(config: Config, known_ids: Collection[str], categories: Collection[str] = CATEGORIES) -> list[str]:
    """Return a message for each word in the settings that names no rule and no category."""
    origins = [*config.flags.origins]
    for layer in config.layers:
        origins.extend(layer.origins)
        origins.extend(o for override in layer.overrides for o in override.layer.origins)
    messages = []
    for origin in dict.fromkeys(origins):
        word = origin.entry
        if not word or word == "all" or word in known_ids or word.split(".")[0] == "hrlint":
            continue
        fits = word in categories or any(specificity(word, id, id.split(".")[0]) for id in known_ids)
        if fits and origin.key != "terms":
            continue
        known = known_ids if "." in word else categories
        hint = nearest(word.removesuffix("*"), known) or nearest(word, known_ids)
        if not hint and any(id.startswith(word) for id in known_ids):
            hint = f"; write '{word}*' for every rule that begins so"
        messages.append(f"{origin.place}: unknown {'rule' if '.' in word else 'category'} '{word}'{hint}")
    return messages


# --- showing ----------------------------------------------------------------------------------


def render(config: Config) -> str:
    """Return the settings as TOML, with a comment after each that tells where it came from."""
    lines = [f"# {_shown(file)}" for file in config.files] or ["# no settings file"]
    rows = [(f"{key} = {_toml(_plain(config, key))}", config.origin(key)) for key in _KINDS if _is_set(config, key)]
    width = min(max((len(left) for left, _ in rows), default=0), 60)
    lines += [f"{left:<{width}}  # {right}" for left, right in rows]
    for layer in config.layers:
        for override in layer.overrides:
            lines += ["", f"[[overrides]]  # {override.place}", f"paths = {_toml(list(override.paths.patterns))}"]
            inner = merge((override.layer,))
            lines += [f"{key} = {_toml(_plain(inner, key))}" for key, _ in override.layer.values]
    return "\n".join(lines) + "\n"


def _is_set(config: Config, key: str) -> bool:
    return getattr(config, key.replace("-", "_")) is not None or key == "fail-on"


def _plain(config: Config, key: str) -> Any:
    """Return a setting as it would be written in TOML."""
    value = getattr(config, key.replace("-", "_"))
    if key == "fail-on":
        return str(value) if value is not None else "never"
    if key == "severity":
        return {word: str(level) for word, level in value}
    if key == "terms":
        merged: dict[str, list[str]] = {}
        for terms in value:
            merged.setdefault(terms.rule, []).extend(terms.words)
        return merged
    if key == "allow":
        plain = [{"phrase": a.phrase, "reason": a.reason, "rules": list(a.rules)} for a in value]
        return [{k: v for k, v in a.items() if v} for a in plain]
    if key in ("include", "exclude"):
        return [pattern for globs in value for pattern in globs.patterns]
    if key == "max-size":
        size = value / (1024 * 1024)
        return int(size) if size.is_integer() else size
    if key == "packs":
        return [_shown(pack) if isinstance(pack, Path) else pack for pack in value]
    if isinstance(value, Path):
        return _shown(value)
    return str(value) if isinstance(value, Severity) else list(value) if isinstance(value, tuple) else value


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = [
            f"{key if re.fullmatch(r'[A-Za-z0-9_-]+', key) else _toml(key)} = {_toml(v)}" for key, v in value.items()
        ]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, str):
        escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
        return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in value) + '"'
    return str(value)
