"""Where a key stands in a TOML file; apart from `config`, since most runs have no settings file."""

from __future__ import annotations

import re

KeyPath = tuple[str | int, ...]


class _Scan:
    """Finds the offset of each key and array item in TOML that `tomllib` has accepted."""

    _BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
    _KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
    _DOT = re.compile(r"[ \t]*\.[ \t]*")
    _STRING = re.compile(
        r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}' r"|'''(?:[^']|'(?!''))*'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
        re.DOTALL,
    )
    _BARE = re.compile(r"[^,\]\}\n#]*")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[KeyPath, int] = {}
        self.tables: dict[KeyPath, int] = {}
        table: KeyPath = ()
        while self.blank() < len(text):
            if text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def blank(self) -> int:
        match = self._BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def key(self) -> list[str]:
        """Read `a."b c".d`; a part that cannot be read ends the scan."""
        import tomllib

        parts = []
        while match := self._KEY.match(self.text, self.at):
            raw, self.at = match.group(), match.end()
            parts.append(tomllib.loads(f"k = {raw}")["k"] if raw[0] in "\"'" else raw)
            dot = self._DOT.match(self.text, self.at)
            if dot is None:
                return parts
            self.at = dot.end()
        self.at = len(self.text)
        return parts

    def header(self) -> KeyPath:
        start, many = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        self.at += len(self.text[self.at :]) - len(self.text[self.at :].lstrip(" \t"))
        path: KeyPath = ()
        parts = self.key()
        for i, part in enumerate(parts):
            path += (part,)
            if i < len(parts) - 1 and path in self.tables:
                path += (self.tables[path],)
        if many:
            self.found.setdefault(path, start)
            self.tables[path] = self.tables.get(path, -1) + 1
            path += (self.tables[path],)
        self.found.setdefault(path, start)
        end = self.text.find("\n", self.at)
        self.at = end if end >= 0 else len(self.text)
        return path

    def pair(self, table: KeyPath) -> None:
        start = self.at
        parts = self.key()
        path: KeyPath = (*table, *parts)
        for i in range(len(table) + 1, len(path) + 1):
            self.found.setdefault(path[:i], start)
        self.at = self.text.find("=", self.at) + 1 or len(self.text)
        self.blank()
        self.value(path)

    def value(self, path: KeyPath) -> None:
        if self.at >= len(self.text):
            return
        mark = self.text[self.at]
        if mark in "[{":
            self.at += 1
            count = 0
            while self.blank() < len(self.text) and self.text[self.at] not in "]}":
                if mark == "{":
                    self.pair(path)
                else:
                    self.found.setdefault((*path, count), self.at)
                    self.value((*path, count))
                count += 1
                self.blank()
                self.at += self.text.startswith(",", self.at)
            self.at += 1
            return
        match = (self._STRING if mark in "\"'" else self._BARE).match(self.text, self.at)
        self.at = match.end() if match else len(self.text)


def key_position(source: str, path: KeyPath) -> tuple[int, int]:
    """Return (line, column) of the key or array item at `path` in valid TOML, both from 1.

    The nearest enclosing key answers for one that cannot be found.
    """
    # tomllib counts CRLF as one line break; so do editors.
    found = _Scan(source).found
    while path and path not in found:
        path = path[:-1]
    at = found.get(path, 0)
    return source.count("\n", 0, at) + 1, at - (source.rfind("\n", 0, at) + 1) + 1
