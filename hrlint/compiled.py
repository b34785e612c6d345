"""Packs in the form the engine runs on, and how they are kept between runs.

Reading and checking all YAML takes seconds, too much before a clean note. The compiled
form stands beside the package, made when the package is built or first run; it names the digest of
the YAML it was made from and is used only when that still holds. It holds packs only, never
anything of a document.

It has three parts: the first is for every note, the second for one in which a word of a pattern stands, the
third for one in which a pattern may match. They are written by `marshal`, which reads them five times as fast as
JSON and is as much to be trusted as the `.pyc` files in the same folder; version 4 of it is read by every Python
from 3.4 on.
"""

from __future__ import annotations

import gc
import marshal
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.util import source_hash
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hrlint.anchors import Need, Prefilter, Presence
from hrlint.anchors import index as index_of
from hrlint.model import Severity

if TYPE_CHECKING:
    from hrlint.notation import TokenPattern
    from hrlint.packs import Packs
    from hrlint.suggest.templates import Template
    from hrlint.suggest.words import Words

FORMAT = 19

# Keys of the compiled form that every note needs.
_FIRST = ("format", "heads", "anchors", "versions", "cites")
# Keys of `anchors` that only a note needs in which a word of a pattern stands.
_MET = ("groups", "needs", "anchored")
# Other indexes of the same form, and other keys that hold thousands of values.
_INDEXES = ("context-anchors", "aligned-anchors")
_MANY = ("patterns", "sets", "spelled")
_MARSHAL = 4


class RuleHead(NamedTuple):
    """What the engine must know of a rule before anything is found."""

    id: str
    severity: Severity
    audience: Mapping[str, Severity]

    def severity_for(self, audience: str) -> Severity:
        """Return the severity that the pack gives for `audience`."""
        return self.audience.get(audience, self.severity)


# Apart from `RuleData`, which keeps its templates: a NamedTuple itself has no room for that.
class _RuleFields(NamedTuple):
    id: str
    category: str
    severity: Severity
    message: str
    why: str
    unless: tuple[str, ...]
    only_if: tuple[str, ...]
    info_if: tuple[str, ...]
    raise_if: tuple[str, ...]
    despite: frozenset[str]
    audience: Mapping[str, Severity]
    suggestions: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    principles: tuple[str, ...]
    themes: tuple[str, ...]
    contested: str | None
    flag: tuple[str, ...]
    pass_: tuple[str, ...]
    pack: str
    place: str


class RuleData(_RuleFields):
    """A rule at run time."""

    def severity_for(self, audience: str) -> Severity:
        """Return the severity that the pack gives for `audience`."""
        return self.audience.get(audience, self.severity)

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """The suggestions, parsed."""
        from hrlint.suggest.templates import parse

        return tuple(parse(dict(raw)) for raw in self.suggestions)


class CueData(NamedTuple):
    """An aligned cue at run time."""

    id: str
    principle: str
    theme: str | None
    unless: tuple[str, ...]
    only_if: tuple[str, ...]
    despite: frozenset[str]
    flag: tuple[str, ...]
    pass_: tuple[str, ...]


class ContextCue(NamedTuple):
    """One cue of a context: its scope, its reach in words, its patterns.

    Where none of `words` stands (numbers of `Presence`), none of the patterns matches.
    """

    scope: str
    reach: int
    patterns: frozenset[int]
    words: frozenset[int]


class ContextData(NamedTuple):
    """A context at run time."""

    id: str
    default: str | None
    cues: tuple[ContextCue, ...]


class PatternData(NamedTuple):
    """What is known of a pattern besides its `Matcher` tokens: which items are reported, the named parts, the head.

    No word of `unlike` may follow a match.
    """

    tokens: list[dict[str, Any]]
    items: list[int]
    reported: frozenset[int] | None
    parts: Mapping[str, frozenset[int]]
    head: int | None
    unlike: frozenset[str]


class Program:
    """Compiled packs. Everything heavy is made on first use.

    `first` is the compiled form, or what was read of it; `rest` returns its third part.
    """

    def __init__(self, first: dict[str, Any], rest: Callable[[], dict[str, Any]] | None = None) -> None:
        self._first = first
        self._rest = rest
        self._patterns: dict[int, PatternData] = {}
        self._sets: dict[int, list[str]] = {}

    @cached_property
    def raw(self) -> dict[str, Any]:
        """The compiled form as plain data, fit for `marshal`."""
        if self._rest is None:
            return self._first
        whole = {**self._first, **self._second, "owner": self.owner}
        for name in ("anchors", *_INDEXES):
            whole[name] = {**whole[name], **{key: [*whole[name][key]] for key in _MET}}
        return {**whole, **{key: [*whole[key]] for key in _MANY}}

    @cached_property
    def _second(self) -> dict[str, Any]:
        return self._rest() if self._rest is not None else self._first

    @property
    def versions(self) -> dict[str, str]:
        """The version of each pack by its name."""
        return dict(self._first["versions"])

    @property
    def cites(self) -> dict[str, str]:
        """The literature by its key, short enough for a line."""
        return dict(self._first["cites"])

    @property
    def sources(self) -> dict[str, dict[str, Any]]:
        """The literature by its key."""
        return dict(self._second["sources"])

    @cached_property
    def heads(self) -> tuple[RuleHead, ...]:
        """Id and severities of all rules, in pack order."""
        return tuple(
            RuleHead(name, Severity(level), {who: Severity(other) for who, other in audience.items()})
            for name, level, audience in self._first["heads"]
        )

    @cached_property
    def rules(self) -> tuple[RuleData, ...]:
        """All rules, in pack order."""
        return tuple(_rule(raw) for raw in self._second["rules"])

    @cached_property
    def rule_by_id(self) -> dict[str, RuleData]:
        """Rules by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def aligned(self) -> tuple[CueData, ...]:
        """All aligned cues."""
        return tuple(_cue(raw) for raw in self._second["aligned"])

    @cached_property
    def contexts(self) -> dict[str, ContextData]:
        """Contexts by id."""
        return {
            raw["id"]: ContextData(
                raw["id"],
                raw["default"],
                tuple(
                    ContextCue(c["scope"], c["reach"], frozenset(range(*c["patterns"])), frozenset(c["words"]))
                    for c in raw["cues"]
                ),
            )
            for raw in self._second["contexts"]
        }

    @property
    def owner(self) -> list[int]:
        """For each pattern the index of its rule; cues follow the rules, contexts own -1."""
        owner: list[int] = self._first["owner"]
        return owner

    @cached_property
    def vocabulary(self) -> Words:
        """Words that suggestions need: substances and irregular forms."""
        from hrlint.suggest.words import Words

        return Words.load(self._second["vocabulary"])

    def pattern(self, index: int) -> PatternData:
        """Return pattern `index`, made on first use."""
        found = self._patterns.get(index)
        if found is None:
            raw = self._second["patterns"][index]
            found = self._patterns[index] = PatternData(
                [self._token(token) for token in raw["t"]],
                raw["i"],
                frozenset(raw["r"]) if "r" in raw else None,
                {name: frozenset(items) for name, items in raw.get("p", {}).items()},
                raw.get("h"),
                frozenset(self._set(raw["n"])) if "n" in raw else frozenset(),
            )
        return found

    def _token(self, token: dict[str, Any]) -> dict[str, Any]:
        return {
            key: {op: self._set(v) if isinstance(v, int) else v for op, v in value.items()}
            if isinstance(value, dict)
            else value
            for key, value in token.items()
        }

    def _set(self, number: int) -> list[str]:
        found = self._sets.get(number)
        if found is None:
            found = self._sets[number] = self._second["sets"][number]
        return found

    def prefilters(self, owners: Iterable[int]) -> list[Prefilter]:
        """Return the prefilters for the patterns of `owners` (indexes as in `owner`): of rules, and of cues if there are some."""
        wanted = frozenset(owners)
        indexes = [self._first["anchors"]]
        if max(wanted, default=0) >= len(self.heads):
            indexes.append(self._second["aligned-anchors"])
        return [Prefilter(index, lambda pattern: self.owner[pattern] in wanted) for index in indexes]

    def context_presence(self) -> Presence:
        """Return what tells which patterns of contexts can match."""
        return Presence(self._second["context-anchors"])

    def words_of(self, rule_id: str) -> frozenset[str]:
        """Return the words that the patterns of a rule spell out, lower case."""
        index = next(i for i, head in enumerate(self.heads) if head.id == rule_id)
        return frozenset(word for number in self._second["spelled"][index] for word in self._set(number))


def _rule(raw: Mapping[str, Any]) -> RuleData:
    return RuleData(
        id=raw["id"],
        category=raw["id"].split(".", 1)[0],
        severity=Severity.parse(raw["severity"]),
        message=raw["message"],
        why=raw["why"],
        unless=tuple(raw["unless"]),
        only_if=tuple(raw["only-if"]),
        info_if=tuple(raw["info-if"]),
        raise_if=tuple(raw["raise-if"]),
        despite=frozenset(raw["despite"]),
        audience={name: Severity.parse(word) for name, word in raw["audience"].items()},
        suggestions=tuple(raw["suggestions"]),
        sources=tuple(raw["sources"]),
        principles=tuple(raw["principles"]),
        themes=tuple(raw["themes"]),
        contested=raw["contested"],
        flag=tuple(raw["examples"]["flag"]),
        pass_=tuple(raw["examples"]["pass"]),
        pack=raw["pack"],
        place=raw["place"],
    )


def _cue(raw: Mapping[str, Any]) -> CueData:
    return CueData(
        raw["id"],
        raw["principle"],
        raw["theme"],
        tuple(raw["unless"]),
        tuple(raw["only-if"]),
        frozenset(raw["despite"]),
        tuple(raw["examples"]["flag"]),
        tuple(raw["examples"]["pass"]),
    )


# --- compiling -----------------------------------------------------------------------


class _Writer:
    def __init__(self) -> None:
        self.sets: dict[frozenset[str], int] = {}
        self.patterns: list[dict[str, Any]] = []
        self.needs: list[Need] = []
        self.required: list[list[frozenset[str]]] = []
        self.owner: list[int] = []
        # Lists met before, by identity; kept here, so that none can take the place of another.
        self._listed: dict[int, tuple[Sequence[Any], int]] = {}

    def set_index(self, words: frozenset[str]) -> int:
        return self.sets.setdefault(words, len(self.sets))

    def list_index(self, words: Sequence[Any]) -> int:
        found = self._listed.get(id(words))
        if found is None:
            found = self._listed[id(words)] = words, self.set_index(frozenset(map(str, words)))
        return found[1]

    def add(self, patterns: Sequence[TokenPattern], owner: int) -> tuple[int, int]:
        first = len(self.patterns)
        for pattern in patterns:
            tokens, items = pattern.matcher_tokens()
            raw: dict[str, Any] = {"t": [self.token(token) for token in tokens], "i": items}
            if pattern.braced:
                raw["r"] = [i for i, item in enumerate(pattern.items) if item.reported]
            if pattern.unlike:
                raw["n"] = self.set_index(pattern.unlike)
            parts: dict[str, list[int]] = {}
            for index, item in enumerate(pattern.items):
                for name in item.parts:
                    parts.setdefault(name, []).append(index)
                if item.head:
                    raw["h"] = index
            if parts:
                raw["p"] = parts
            self.patterns.append(raw)
            groups, gaps = pattern.needs()
            self.required.append(pattern.required())
            self.needs.append(Need(tuple(groups), tuple(gaps), pattern.starts()))
            self.owner.append(owner)
        return first, len(self.patterns)

    def spelled(self, first: int, last: int) -> list[int]:
        """Return the sets of words that patterns `[first, last)` need."""
        return sorted({self.set_index(group) for required in self.required[first:last] for group in required})

    def token(self, token: Mapping[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in token.items():
            if isinstance(value, Mapping):
                out[key] = {op: self.list_index(v) if op in ("IN", "NOT_IN") else v for op, v in value.items()}
            else:
                out[key] = value
        return out


def compile_packs(packs: Packs) -> dict[str, Any]:
    """Return `packs` as plain data for `Program`."""
    writer = _Writer()
    rules: list[dict[str, Any]] = []
    heads = []
    spelled = []
    for index, rule in enumerate(packs.rules):
        first, last = writer.add(rule.patterns, index)
        raw = rule.model.model_dump(by_alias=True)
        rules.append({**raw, "pack": rule.pack, "place": rule.place, "patterns": [first, last]})
        levels = {who: int(Severity.parse(level)) for who, level in raw["audience"].items()}
        heads.append([raw["id"], int(Severity.parse(raw["severity"])), levels])
        spelled.append(writer.spelled(first, last))
    aligned = []
    for index, cue in enumerate(packs.aligned):
        first, last = writer.add(cue.patterns, len(packs.rules) + index)
        aligned.append({**cue.model.model_dump(by_alias=True), "patterns": [first, last]})
    contexts = []
    for context in packs.contexts.values():
        cues = [
            {"scope": cue.scope, "reach": cue.reach, "patterns": list(writer.add(cue.patterns, -1))}
            for cue in context.cues
        ]
        contexts.append({"id": context.id, "about": context.about, "default": context.default, "cues": cues})
    frequency = _frequency(packs.vocabulary.get("frequency", {}))
    # Most runs look for no cues, so these have an index of their own.
    needs: dict[str, dict[int, Need]] = {"anchors": {}, "aligned-anchors": {}, "context-anchors": {}}
    for pattern, (need, owner) in enumerate(zip(writer.needs, writer.owner, strict=True)):
        kind = "context-anchors" if owner < 0 else "anchors" if owner < len(packs.rules) else "aligned-anchors"
        needs[kind][pattern] = need
    indexes = {kind: index_of(each, frequency) for kind, each in needs.items()}
    _add_words(contexts, indexes["context-anchors"])
    return {
        "format": FORMAT,
        "heads": heads,
        **indexes,
        "rules": rules,
        "aligned": aligned,
        "contexts": contexts,
        "patterns": writer.patterns,
        "spelled": spelled,
        "owner": writer.owner,
        "sets": [sorted(words) for words in writer.sets],
        "sources": {key: source.model_dump() for key, source in packs.sources.items()},
        "cites": {key: short_reference(source.cite) for key, source in packs.sources.items()},
        "versions": dict(packs.versions),
        "vocabulary": {k: v for k, v in packs.vocabulary.items() if k != "frequency"},
    }


def _add_words(contexts: Iterable[Mapping[str, Any]], index: Mapping[str, Any]) -> None:
    """Add to each cue the anchors of its patterns."""
    anchors: dict[int, tuple[int, ...]] = {}
    for groups, _, anchor, *_, patterns in index["needs"]:
        anchors.update(dict.fromkeys(patterns, index["groups"][groups[anchor]]))
    for context in contexts:
        for cue in context["cues"]:
            cue["words"] = sorted({word for pattern in range(*cue["patterns"]) for word in anchors[pattern]})


def _frequency(bands: Mapping[str, str]) -> dict[str, float]:
    """Return occurrences per megabyte from `{band: words}`, where the band is their base-2 logarithm."""
    return {word: 2.0 ** int(band) for band, words in bands.items() for word in str(words).split()}


# --- keeping -------------------------------------------------------------------------


def digest(folders: Sequence[Path], terms: Sequence[tuple[str, Sequence[str]]] = ()) -> str:
    """Return a digest of the YAML files under `folders`, of extra `terms` and of this form."""
    from hrlint import __version__

    # What `.pyc` files go by that do not go by time: importing hashlib takes longer than all of this.
    seen = [f"{FORMAT} {sys.byteorder} {__version__} {[[rule, *words] for rule, words in terms]}".encode()]
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(folder.rglob("*.y*ml"))
        for path in paths:
            raw = path.read_bytes()
            seen += [f"{path.name} {len(raw)} ".encode(), source_hash(raw)]
    return source_hash(b"".join(seen)).hex()


def kept_files(own: str = "") -> Iterator[Path]:
    """Yield where compiled packs are kept: with the package's own data.

    Those of a site, which `own` tells apart, also with the user's where nobody may write beside the package.
    """
    name = f"_compiled-own-{own[:16]}.bin" if own else "_compiled.bin"
    yield Path(__file__).parent / name
    if own:
        from platformdirs import user_cache_path

        folder = user_cache_path("hrlint", appauthor=False)
        # Without a home there is no such folder.
        if folder.is_absolute():
            yield folder / name


# Sets of packs besides the shipped one that are kept; the oldest makes room.
_MOST_OWN = 3


def load(extra: Sequence[Path] = (), terms: Sequence[tuple[str, Sequence[str]]] = ()) -> Program:
    """Return the shipped packs with `extra` ones and extra `terms` (rule id, phrases), compiled; raises PackError.

    They are taken from the kept form when it is up to date.
    """
    from hrlint.packs_place import shipped

    folders = [shipped(), *extra]
    missing = [folder for folder in extra if not folder.exists()]
    current = digest([f for f in folders if f not in missing], terms)
    own = current if extra or terms else ""
    if not missing:
        for file in kept_files(own):
            found = _kept(file, current, lambda: build(folders, terms))
            if found is not None:
                return found
    found = build(folders, terms)
    found.raw["digest"] = current
    for file in kept_files(own):
        if keep(found, file):
            break
    return found


def build(
    folders: Sequence[Path], terms: Sequence[tuple[str, Sequence[str]]] = (), *, shipped_patterns: bool = True
) -> Program:
    """Return the packs under `folders`, compiled from YAML; raises PackError. See `packs.load`."""
    from hrlint.packs import load as load_packs

    # Millions of new values that all stay: looking for garbage among them takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        # As it is kept and read, so that a form that was kept and a fresh one are the same.
        packs = load_packs(folders, terms=terms, shipped_patterns=shipped_patterns)
        return Program(marshal.loads(marshal.dumps(compile_packs(packs), _MARSHAL)))
    finally:
        if collecting:
            gc.enable()


class _Later(dict[str, Any]):
    """What was read already; a key that is missing comes from a part that is read when first asked for."""

    def __init__(self, here: Mapping[str, Any], part: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__(here)
        self._part = part

    def __missing__(self, key: str) -> Any:
        self[key] = found = self._part()[key]
        return found


class _Packed:
    """Many values, each packed by itself: of thousands a run asks for a handful."""

    def __init__(self, starts: bytes, packed: bytes) -> None:
        self._starts = memoryview(starts).cast("I")
        self._packed = packed

    @classmethod
    def of(cls, values: Iterable[Any]) -> tuple[bytes, bytes]:
        """Return `values` as the two arguments."""
        from array import array

        packed = [marshal.dumps(value, _MARSHAL) for value in values]
        starts = array("I", accumulate(map(len, packed), initial=0))
        return starts.tobytes(), b"".join(packed)

    def __getitem__(self, index: int) -> Any:
        return marshal.loads(self._packed[self._starts[index] : self._starts[index + 1]])

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self._starts) - 1))


def _packed(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, tuple[bytes, bytes]]:
    return {key: _Packed.of(values[key]) for key in keys}


def _unpacked(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, _Packed]:
    return {key: _Packed(*values[key]) for key in keys}


def _parts(raw: Mapping[str, Any], digest: str) -> tuple[dict[str, Any], ...]:
    """Return the compiled form in the parts in which it is kept."""
    anchors = raw["anchors"]
    first = {key: raw[key] for key in _FIRST}
    first["anchors"] = {key: value for key, value in anchors.items() if key not in _MET}
    met = _packed(anchors, _MET)
    rest = {key: value for key, value in raw.items() if key not in (*_FIRST, "owner")}
    rest |= _packed(raw, _MANY)
    rest |= {name: {**raw[name], **_packed(raw[name], _MET)} for name in _INDEXES}
    return {**first, "digest": digest}, {**met, "owner": raw["owner"], "digest": digest}, {**rest, "digest": digest}


def _kept(path: Path, current: str, anew: Callable[[], Program]) -> Program | None:
    """Return the form kept at `path`, read as far as needed, when it was made from what `current` is the digest of."""

    def part(number: int) -> Any:
        with path.open("rb") as file:
            for _ in range(number):
                file.seek(int.from_bytes(file.read(8), "little"), os.SEEK_CUR)
            return marshal.loads(file.read(int.from_bytes(file.read(8), "little")))

    def later(number: int) -> Any:
        try:
            found = part(number)
            if found["digest"] == current:
                return found
        except _UNREADABLE:
            pass
        # Another process compiled other packs in between.
        return _parts(anew().raw, current)[number]

    @cache
    def met() -> dict[str, Any]:
        found = later(1)
        return {**found, **_unpacked(found, _MET)}

    def rest() -> dict[str, Any]:
        found = later(2)
        indexes = {name: {**found[name], **_unpacked(found[name], _MET)} for name in _INDEXES}
        return {**found, **indexes, **_unpacked(found, _MANY)}

    try:
        first = part(0)
        if first["digest"] != current or first["format"] != FORMAT:
            return None
        return Program(_Later({**first, "anchors": _Later(first["anchors"], met)}, met), rest)
    except _UNREADABLE:
        return None


# What reading a file that is missing, cut short or none of ours can raise.
_UNREADABLE = (OSError, ValueError, EOFError, TypeError, KeyError)


def keep(program: Program, target: Path) -> bool:
    """Write the compiled form to `target`, and return whether that was possible."""
    import tempfile

    raw = program.raw
    parts = [marshal.dumps(part, _MARSHAL) for part in _parts(raw, raw["digest"])]
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = sorted(target.parent.glob("_compiled-own-*.bin"), key=lambda path: path.stat().st_mtime)
        if target.name.startswith("_compiled-own-"):
            for oldest in own[: max(0, len(own) + 1 - _MOST_OWN)]:
                oldest.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix="_compiled-", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as out:
                for part in parts:
                    out.write(len(part).to_bytes(8, "little") + part)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError:
        return False
    return True


def short_reference(cite: str) -> str:
    """Return a reference short enough for a line: "Kay et al. 2024", "NIDA, Words Matter 2021"."""
    import re

    years = re.findall(r"\b(?:19|20)\d\d\b", cite)
    year = f" {years[0]}" if years else ""
    people = re.match(r"([A-Z][\w'’-]+(?: [a-z]+ [A-Z][\w'’-]+)?) [A-Z]{1,3}(,| et al|\.)", cite)
    if people:
        return people.group(1) + ("" if people.group(2) == "." else " et al.") + year
    parts = [part.rstrip(".)") for part in re.split(r"\. |: | \(|; ", cite)]
    name = ", ".join(parts[:2]) if len(parts) > 1 and len(parts[0]) + len(parts[1]) < 50 else parts[0]
    return name + (year if year.strip() not in name else "")
