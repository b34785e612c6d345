"""YAML read strictly, with the place of every value.

Duplicate keys, anchors and aliases are errors, and only the YAML 1.2 core types are
known: `no`, `on` and `012` stay the words they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 5_000_000

Place = tuple[int, int]


@dataclass
class YamlFile:
    """`value` as plain Python data; `places` gives (line, column), from 1, by path of keys and indexes."""

    name: str
    value: Any = None
    places: dict[tuple[str | int, ...], Place] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def at(self, path: tuple[str | int, ...]) -> str:
        """Return `file:line:column` of the value at `path`, or of the nearest value above it."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return f"{self.name}:{line}:{column}"


def read_yaml(path: Path, name: str | None = None) -> YamlFile:
    """Return the content of `path`; what is wrong with it is in `problems`, a line each."""
    result = YamlFile(name or path.as_posix())
    try:
        raw = path.read_bytes()
    except OSError as error:
        result.problems.append(f"{result.name}: cannot be read ({error.strerror or error})")
        return result
    return parse_yaml(raw, result.name)


def parse_yaml(raw: bytes, name: str) -> YamlFile:
    """Return the content of `raw`, as `read_yaml` does."""
    result = YamlFile(name)
    if len(raw) > MAX_BYTES:
        result.problems.append(f"{name}: larger than {MAX_BYTES // 1_000_000} MB; split the file")
        return result
    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = raw.decode("utf-8-sig")
        for event in yaml.parse(text, Loader=loader_class):
            if getattr(event, "anchor", None):
                mark = event.start_mark
                place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
                result.problems.append(f"{place}: anchors and aliases are not allowed; write the value out")
        if result.problems:
            return result
        node = yaml.compose(text, Loader=loader_class)
    except UnicodeDecodeError:
        result.problems.append(f"{name}: not UTF-8; save the file as UTF-8")
        return result
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark
        place = f":{at.line + 1}:{at.column + 1}" if at else ""
        result.problems.append(f"{name}{place}: not YAML: {error.problem}")
        return result
    except (yaml.YAMLError, RecursionError) as error:
        result.problems.append(f"{name}: not YAML: {type(error).__name__}")
        return result
    if node is not None:
        result.value = _build(node, (), result)
    return result


_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)$")


def _build(node: Any, path: tuple[str | int, ...], result: YamlFile) -> Any:
    result.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(getattr(key_node, "value", ""))
            if key in built:
                mark = key_node.start_mark
                result.problems.append(f"{result.name}:{mark.line + 1}:{mark.column + 1}: '{key}' stands here twice")
            built[key] = _build(value_node, (*path, key), result)
        return built
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, index), result) for index, item in enumerate(node.value)]
    value = node.value
    if not node.style:
        if value in ("true", "True"):
            return True
        if value in ("false", "False"):
            return False
        if value in ("null", "~", ""):
            return None
        if _INTEGER.match(value):
            return int(value)
    return value
