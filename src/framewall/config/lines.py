"""Where each key of a TOML document stands: ``tomllib`` tells values without their lines."""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_STRINGS = (
    re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|'(?!''))*'{3,5}"),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def key_lines(document: str) -> dict[Path, int]:
    """The line (from 1) of every key, table and array element. The document must be valid TOML."""
    return _Scan(document).run()


def line_of(path: Path, lines: dict[Path, int]) -> int:
    """The line of this key, or of the nearest thing around it; 0 if there is none."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 0


class _Scan:
    """One pass over a document that is known to be valid."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.line = 1
        self.counted = 0  # how far newlines were counted

    def run(self) -> dict[Path, int]:
        table: Path = ()
        arrays: dict[Path, int] = {}  # how many tables each array of tables has so far
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self.header(arrays)
            else:
                self.pair(table)
            self.skip(_BLANK)
        return self.lines

    def header(self, arrays: dict[Path, int]) -> Path:
        double = self.text.startswith("[[", self.at)
        line = self.here()
        self.at += 2 if double else 1
        keys = self.keys()
        self.at += 2 if double else 1
        path: Path = ()
        for place, key in enumerate(keys):
            path += (key,)
            self.lines.setdefault(path, line)
            if double and place == len(keys) - 1:
                arrays[path] = arrays.get(path, 0) + 1
            if path in arrays:
                path += (arrays[path] - 1,)
                self.lines.setdefault(path, line)
        return path

    def pair(self, table: Path) -> None:
        line = self.here()
        path = table
        for key in self.keys():
            path += (key,)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        self.value(path)

    def keys(self) -> list[str]:
        keys = []
        while True:
            self.skip(_SPACE)
            quoted = self.text[self.at] in "\"'"
            raw = self.take(_STRINGS[2 if self.text[self.at] == '"' else 3] if quoted else _BARE_KEY)
            keys.append(next(iter(tomllib.loads(f"{raw}=0"))) if quoted else raw)
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def value(self, path: Path) -> None:
        if self.text.startswith("[", self.at):
            self.array(path)
        elif self.text.startswith("{", self.at):
            self.inline_table(path)
        elif not any(self.skip(string) for string in _STRINGS):
            self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        place = 0
        self.skip(_BLANK)
        while not self.text.startswith("]", self.at):
            self.lines.setdefault((*path, place), self.here())
            self.value((*path, place))
            place += 1
            self.skip_comma()
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        self.skip(_BLANK)
        while not self.text.startswith("}", self.at):
            self.pair(path)
            self.skip_comma()
        self.at += 1

    def skip_comma(self) -> None:
        self.skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
        self.skip(_BLANK)

    def skip(self, what: re.Pattern[str]) -> bool:
        return bool(self.take(what))

    def take(self, what: re.Pattern[str]) -> str:
        found = what.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line
