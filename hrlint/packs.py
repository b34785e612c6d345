"""Rule packs: YAML in, checked rules out.

`load(folders)` reads every pack, list, context and source, finds all problems at once and
raises one `PackError`. The models below are the only list of keys; the JSON Schema for
editors comes from them too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hrlint import notation
from hrlint.errors import PackError
from hrlint.model import CATEGORIES, PRINCIPLES, THEMES
from hrlint.notation import NotationError, Sequence_, TokenPattern
from hrlint.suggest import templates
from hrlint.yamlfile import YamlFile, parse_yaml, read_yaml

SeverityWord = Literal["error", "warning", "info", "off"]
Pattern = str | list[dict[str, Any]]
RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$")]

# Contexts that need more grammar than a list can say; `conditions/` has them.
BUILT_IN_CONTEXTS = ("quoted", "mentioned", "code-line", "heading-text")

SCOPES = (
    "inside",
    "touching",
    "touching-before",
    "touching-after",
    "within",
    "before",
    "after",
    "sentence",
    "line",
    "heading",
)


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-"), strict=True
    )


class Examples(_Model):
    """Sentences that must be flagged (`[[…]]` marks the stretch) and sentences that must not."""

    flag: list[str] = Field(min_length=1)
    pass_: list[str] = Field(min_length=1, alias="pass")


class RuleModel(_Model):
    """One rule, complete in one place."""

    id: RuleId
    severity: SeverityWord
    message: str = Field(min_length=10)
    why: str = Field(min_length=10)
    patterns: list[Pattern] = Field(min_length=1)
    unless: list[str] = []
    only_if: list[str] = []
    info_if: list[str] = []
    raise_if: list[str] = []
    despite: list[str] = []
    audience: dict[Literal["clinical-note", "template", "patient-facing"], SeverityWord] = {}
    suggestions: list[dict[str, Any]] = Field(min_length=1)
    sources: list[str] = Field(min_length=1)
    principles: list[Literal[PRINCIPLES]] = []  # type: ignore[valid-type]
    themes: list[Literal[THEMES]] = []  # type: ignore[valid-type]
    contested: str | None = None
    examples: Examples


class CueModel(_Model):
    """A passage that shows relational harm reduction."""

    id: RuleId
    principle: Literal[PRINCIPLES]  # type: ignore[valid-type]
    theme: Literal[THEMES] | None = None  # type: ignore[valid-type]
    patterns: list[Pattern] = Field(min_length=1)
    unless: list[str] = []
    only_if: list[str] = []
    despite: list[str] = []
    examples: Examples


class PackModel(_Model):
    """One pack file."""

    pack: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    about: str = ""
    version: str = ""
    lists: dict[str, list[str]] = {}
    contexts: list[dict[str, Any]] = []
    rules: list[RuleModel] = []
    aligned: list[CueModel] = []


class ContextModel(_Model):
    """A named reason why a match does not count."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    about: str = Field(min_length=5)
    default: Literal["silent", "info"] | None = None
    cues: list[dict[str, Any]] = Field(min_length=1)


class SourceModel(_Model):
    """A piece of literature; `status` tells how far it was confirmed."""

    cite: str = Field(min_length=5)
    url: str | None = None
    status: Literal["read", "excerpt", "unverified"]
    says: str = ""


@dataclass(frozen=True)
class Cue_:
    """One cue of a context: where its patterns must stand (`reach` in words)."""

    scope: str
    reach: int
    patterns: tuple[TokenPattern, ...]


@dataclass(frozen=True)
class Context:
    """A named context, compiled."""

    id: str
    about: str
    default: str | None
    cues: tuple[Cue_, ...]


@dataclass(frozen=True)
class Rule:
    """One rule, compiled. `patterns` keep the order of the pack; `place` is `file:line:column`."""

    model: RuleModel
    patterns: tuple[TokenPattern, ...]
    templates: tuple[templates.Template, ...]
    pack: str
    place: str


@dataclass(frozen=True)
class AlignedCue:
    """One aligned cue, compiled."""

    model: CueModel
    patterns: tuple[TokenPattern, ...]
    place: str


@dataclass(frozen=True)
class Packs:
    """Everything that the YAML says."""

    rules: tuple[Rule, ...]
    aligned: tuple[AlignedCue, ...]
    contexts: Mapping[str, Context]
    sources: Mapping[str, SourceModel]
    vocabulary: Mapping[str, Any]
    versions: Mapping[str, str]


def files(root: Path) -> list[Path]:
    """Return the YAML files under `root` (or `root` itself when it is a file), sorted."""
    if root.is_file():
        return [root]
    return sorted(p for p in root.rglob("*.y*ml") if p.is_file())


@dataclass
class _Loader:
    problems: list[str] = field(default_factory=list)
    lists_raw: dict[str, tuple[YamlFile, tuple[str | int, ...], list[str]]] = field(default_factory=dict)
    lists_done: dict[str, list[Sequence_]] = field(default_factory=dict)
    in_progress: list[str] = field(default_factory=list)
    irregular: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {"n": {}, "v": {}})
    vocabulary: dict[str, Any] = field(default_factory=dict)
    contexts: dict[str, Context] = field(default_factory=dict)
    sources: dict[str, SourceModel] = field(default_factory=dict)
    # Files whose rules and cues are to have no patterns.
    without_patterns: set[str] = field(default_factory=set)

    # --- vocabulary ---------------------------------------------------------------

    def add_lists(self, file: YamlFile, lists: Any, path: tuple[str | int, ...]) -> None:
        if not isinstance(lists, dict):
            self.problems.append(f"{file.at(path)}: lists are written 'name: [entries]'")
            return
        for name, entries in lists.items():
            where = (*path, name)
            if name in self.lists_raw:
                self.problems.append(
                    f"{file.at(where)}: list '{name}' exists already in {self.lists_raw[name][0].name}"
                )
            elif not isinstance(entries, list) or not all(isinstance(e, (str, int)) for e in entries) or not entries:
                self.problems.append(f"{file.at(where)}: list '{name}' must be a list of phrases")
            else:
                self.lists_raw[name] = (file, where, [str(e) for e in entries])

    def list_named(self, name: str) -> list[Sequence_]:
        if name in self.lists_done:
            return self.lists_done[name]
        if name not in self.lists_raw:
            raise KeyError(f"unknown list '@{name}'{_meant(name, self.lists_raw, '@')}")
        if name in self.in_progress:
            raise KeyError(f"list '@{name}' contains itself")
        file, where, entries = self.lists_raw[name]
        self.in_progress.append(name)
        sequences: list[Sequence_] = []
        for index, entry in enumerate(entries):
            try:
                sequences.extend(notation.compile_entry(entry, self.list_named, self.forms))
            except NotationError as error:
                self.problems.append(f"{file.at((*where, index))}: {error}")
        self.in_progress.pop()
        # Joining twice also joins what the first pass made alike.
        self.lists_done[name] = notation.collapse(notation.collapse(sequences))
        return self.lists_done[name]

    def forms(self, word: str, form: str) -> frozenset[str]:
        return notation.inflect(word, form, self.irregular)

    # --- patterns -----------------------------------------------------------------

    def own_patterns(
        self, file: YamlFile, path: tuple[str | int, ...], raw: Sequence[Pattern]
    ) -> tuple[TokenPattern, ...]:
        """Return the patterns of a rule or cue, or none for a file that is to be without."""
        return () if file.name in self.without_patterns else self.patterns(file, path, raw)

    def patterns(self, file: YamlFile, path: tuple[str | int, ...], raw: Sequence[Pattern]) -> tuple[TokenPattern, ...]:
        found: list[TokenPattern] = []
        for index, pattern in enumerate(raw):
            place = file.at((*path, index))
            try:
                if isinstance(pattern, str):
                    compiled = notation.compile_phrase(pattern, self.list_named, self.forms)
                else:
                    compiled = [notation.raw_pattern(pattern)]
            except NotationError as error:
                self.problems.append(f"{place}: {error}")
                continue
            for one in compiled:
                if not one.required():
                    self.problems.append(f"{place}: no word of this pattern must be there; give it one literal word")
                    break
            found.extend(compiled)
        return tuple(found)

    def context(self, file: YamlFile, path: tuple[str | int, ...], raw: Any) -> None:
        model = self.validated(ContextModel, file, path, raw)
        if model is None:
            return
        if model.id in self.contexts or model.id in BUILT_IN_CONTEXTS:
            self.problems.append(f"{file.at(path)}: context '{model.id}' exists already")
            return
        cues: list[Cue_] = []
        for index, cue in enumerate(model.cues):
            where = (*path, "cues", index)
            scopes = [key for key in cue if key in SCOPES]
            unknown = [key for key in cue if key not in SCOPES and key != "patterns"]
            if unknown or len(scopes) != 1:
                hint = _meant(unknown[0], SCOPES) if unknown else ""
                self.problems.append(f"{file.at(where)}: a cue has one scope of {', '.join(SCOPES)}{hint}")
                continue
            scope, value = scopes[0], cue[scopes[0]]
            if scope in ("within", "before", "after"):
                reach, raw_patterns, key = value, cue.get("patterns"), "patterns"
            else:
                reach, raw_patterns, key = 0, value, scope
            if not isinstance(reach, int) or not isinstance(raw_patterns, list) or not 0 <= reach <= 40:
                self.problems.append(
                    f"{file.at(where)}: write '{scope}: n' (0 to 40) with 'patterns: [...]'"
                    if key == "patterns"
                    else f"{file.at(where)}: write '{scope}: [patterns]'"
                )
                continue
            cues.append(Cue_(scope, reach, self.patterns(file, (*where, key), raw_patterns)))
        self.contexts[model.id] = Context(model.id, model.about, model.default, tuple(cues))

    # --- checks -------------------------------------------------------------------

    def validated(self, kind: type[Any], file: YamlFile, path: tuple[str | int, ...], raw: Any) -> Any:
        try:
            return kind.model_validate(raw)
        except ValidationError as error:
            for one in error.errors():
                loc = (*path, *(part for part in one["loc"] if _is_place(part)))
                if one["type"] == "extra_forbidden":
                    known = [f.alias or n for n, f in kind.model_fields.items()]
                    message = f"unknown key '{loc[-1]}'{_meant(str(loc[-1]), known)}"
                elif one["type"] == "missing":
                    message = f"'{one['loc'][-1]}' is missing"
                else:
                    message = f"'{'.'.join(map(str, one['loc']))}': {one['msg'][0].lower()}{one['msg'][1:]}"
                owner = raw.get("id") if isinstance(raw, dict) else None
                self.problems.append(f"{file.at(loc)}: {message}" + (f" in '{owner}'" if owner else ""))
            return None

    def known(self, file: YamlFile, path: tuple[str | int, ...], names: Sequence[str], known: Any, what: str) -> None:
        for index, name in enumerate(names):
            if name not in known:
                self.problems.append(f"{file.at((*path, index))}: unknown {what} '{name}'{_meant(name, known)}")


def _is_place(part: str | int) -> bool:
    # pydantic adds the names of union members to the path of an error.
    return not isinstance(part, str) or not re.search(r"[\[(]|^(?:str|list)$", part)


def _meant(word: str, known: Any, prefix: str = "") -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{prefix}{close[0]}'?" if close else ""


def load(
    folders: Sequence[Path],
    *,
    extra: Mapping[str, bytes] | None = None,
    terms: Sequence[tuple[str, Sequence[str]]] = (),
    shipped_patterns: bool = True,
) -> Packs:
    """Return all packs under `folders` (the first one is the shipped one); raises PackError with every problem.

    `terms` adds phrases to rules: (rule id, phrases). Without `shipped_patterns` the rules and cues of the first folder have
    none: they take most of the time, and nobody needs them to try the rules of another.
    """
    loader = _Loader()
    pack_files: list[YamlFile] = []
    for folder in folders:
        if not folder.exists():
            loader.problems.append(f"{folder}: no such rule pack; give a YAML file or a folder of them")
        paths = files(folder) if folder.exists() else []
        if folder.exists() and not paths:
            loader.problems.append(f"{folder}: no YAML file in this folder")
        for path in paths:
            base = folder.parent if folder.is_file() else folder
            name = path.relative_to(base).as_posix() if folder == folders[0] else path.as_posix()
            if folder == folders[0] and not shipped_patterns:
                loader.without_patterns.add(name)
            _sort_in(loader, read_yaml(path, name), path, pack_files)
    for name, content in (extra or {}).items():
        pack_files.append(parse_yaml(content, name))
        loader.problems.extend(pack_files[-1].problems)
    packs: list[tuple[YamlFile, PackModel]] = []
    for file in pack_files:
        if file.problems:
            continue
        model = _pack_model(loader, file)
        if model is not None:
            packs.append((file, model))
            loader.add_lists(file, model.lists, ("lists",))
    for file, model in packs:
        for index, raw in enumerate(model.contexts):
            loader.context(file, ("contexts", index), raw)
    for file in list(_contexts_waiting(loader)):
        for index, raw in enumerate(file.value.get("contexts", [])):
            loader.context(file, ("contexts", index), raw)
    rules: dict[str, Rule] = {}
    aligned: dict[str, AlignedCue] = {}
    for file, model in packs:
        for index, rule in enumerate(model.rules):
            _add_rule(loader, file, model, index, rule, rules)
        for index, cue in enumerate(model.aligned):
            _add_cue(loader, file, index, cue, aligned)
    # Lists nobody uses are compiled as well, so that an error in them shows.
    for name in loader.lists_raw:
        try:
            loader.list_named(name)
        except KeyError as unknown:
            file, where, _ = loader.lists_raw[name]
            loader.problems.append(f"{file.at(where)}: {unknown.args[0]}")
    for rule_id, phrases in terms:
        if rule_id not in rules:
            loader.problems.append(f"terms: unknown rule '{rule_id}'{_meant(rule_id, rules)}")
            continue
        own = loader.patterns(YamlFile(f"terms of {rule_id}"), (), list(phrases))
        rules[rule_id] = replace(rules[rule_id], patterns=(*rules[rule_id].patterns, *own))
    if loader.problems:
        raise PackError(loader.problems)
    return Packs(
        tuple(rules.values()),
        tuple(aligned.values()),
        loader.contexts,
        loader.sources,
        loader.vocabulary,
        {model.pack: model.version for _, model in packs},
    )


def _sort_in(loader: _Loader, file: YamlFile, path: Path, pack_files: list[YamlFile]) -> None:
    """Take in vocabulary and sources at once; packs and contexts wait until all lists are known."""
    loader.problems.extend(file.problems)
    if file.problems:
        return
    kind = path.parent.name
    if kind == "vocabulary" and path.stem in ("forms", "substances", "frequency"):
        loader.vocabulary[path.stem] = file.value
        if path.stem == "forms":
            for form, key in (("n", "nouns"), ("v", "verbs")):
                for word, listed in (file.value.get(key) or {}).items():
                    loader.irregular[form][word] = _form_words(listed)
        elif path.stem == "substances":
            words = [str(w) for entry in file.value.get("substances", []) for w in entry["words"]]
            loader.add_lists(file, {"substance": words}, ())
    elif kind == "vocabulary":
        loader.add_lists(file, file.value, ())
    elif path.stem == "sources":
        for key, raw in (file.value or {}).items():
            model = loader.validated(SourceModel, file, (key,), raw)
            if model is not None:
                loader.sources[key] = model
    elif kind == "contexts":
        loader.vocabulary.setdefault("_contexts", []).append(file)
    else:
        pack_files.append(file)


def _contexts_waiting(loader: _Loader) -> Iterator[YamlFile]:
    yield from loader.vocabulary.pop("_contexts", [])


def _form_words(listed: Any) -> list[str]:
    if isinstance(listed, str):
        return listed.split()
    if isinstance(listed, dict):
        return [word for value in listed.values() for word in str(value).split()]
    return [word for value in listed for word in str(value).split()]


def _pack_model(loader: _Loader, file: YamlFile) -> PackModel | None:
    """Validate rule by rule, so that every problem is named with the rule it is in."""
    value = file.value
    if not isinstance(value, dict):
        loader.problems.append(f"{file.name}:1:1: a pack is a mapping with 'pack' and 'rules'")
        return None
    rules = value.get("rules") or []
    aligned = value.get("aligned") or []
    if not isinstance(rules, list) or not isinstance(aligned, list):
        loader.problems.append(f"{file.name}:1:1: 'rules' and 'aligned' are lists")
        return None
    head = loader.validated(PackModel, file, (), {k: v for k, v in value.items() if k not in ("rules", "aligned")})
    good_rules = [loader.validated(RuleModel, file, ("rules", i), raw) for i, raw in enumerate(rules)]
    good_cues = [loader.validated(CueModel, file, ("aligned", i), raw) for i, raw in enumerate(aligned)]
    if head is None or None in good_rules or None in good_cues:
        return None
    return head.model_copy(update={"rules": good_rules, "aligned": good_cues})  # type: ignore[no-any-return]


def _add_cue(loader: _Loader, file: YamlFile, index: int, cue: CueModel, aligned: dict[str, AlignedCue]) -> None:
    path: tuple[str | int, ...] = ("aligned", index)
    for key, contexts in (("unless", cue.unless), ("only-if", cue.only_if), ("despite", cue.despite)):
        loader.known(file, (*path, key), contexts, [*loader.contexts, *BUILT_IN_CONTEXTS], "context")
    if cue.id in aligned:
        loader.problems.append(f"{file.at(path)}: '{cue.id}' exists already at {aligned[cue.id].place}")
    aligned[cue.id] = AlignedCue(cue, loader.own_patterns(file, (*path, "patterns"), cue.patterns), file.at(path))


def _add_rule(
    loader: _Loader, file: YamlFile, pack: PackModel, index: int, rule: RuleModel, rules: dict[str, Rule]
) -> None:
    path: tuple[str | int, ...] = ("rules", index)
    place = file.at(path)
    category = rule.id.split(".", 1)[0]
    if category not in CATEGORIES:
        loader.problems.append(f"{file.at((*path, 'id'))}: unknown category '{category}'{_meant(category, CATEGORIES)}")
    if rule.id in rules:
        loader.problems.append(f"{place}: rule '{rule.id}' exists already at {rules[rule.id].place}")
    for key in ("unless", "only-if", "info-if", "raise-if", "despite"):
        names = getattr(rule, key.replace("-", "_"))
        loader.known(file, (*path, key), names, [*loader.contexts, *BUILT_IN_CONTEXTS], "context")
    if loader.sources:
        loader.known(file, (*path, "sources"), rule.sources, loader.sources, "source")
    for kind, sentences in (("flag", rule.examples.flag), ("pass", rule.examples.pass_)):
        for number, sentence in enumerate(sentences):
            marked = sentence.count("[[") == sentence.count("]]") > 0
            if marked != (kind == "flag"):
                where = file.at((*path, "examples", kind, number))
                hint = "mark the stretch with [[…]]" if kind == "flag" else "take the [[…]] out"
                loader.problems.append(f"{where}: {hint} in '{rule.id}'")
    parsed: list[templates.Template] = []
    for number, raw in enumerate(rule.suggestions):
        try:
            parsed.append(templates.parse(raw))
        except ValueError as error:
            loader.problems.append(f"{file.at((*path, 'suggestions', number))}: {error} in '{rule.id}'")
    patterns = loader.own_patterns(file, (*path, "patterns"), rule.patterns)
    rules[rule.id] = Rule(rule, patterns, tuple(parsed), pack.pack, place)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a pack file, for editors."""
    return PackModel.model_json_schema(by_alias=True)
