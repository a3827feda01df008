"""PCRE patterns, as ModSecurity writes them, in the engine's syntax, which never backtracks.

What has no linear equivalent (look-around, back-references) is refused by name.
"""

from __future__ import annotations

import re


class UnsupportedPatternError(ValueError):
    """A pattern that no linear engine runs, and which part of it. Nobody's fault."""


_REFUSED = {
    "(?=": "look-ahead",
    "(?!": "look-ahead",
    "(?<=": "look-behind",
    "(?<!": "look-behind",
    "(?(": "a condition",
    "(?R": "recursion",
}
_REPEAT = re.compile(r"\{\d+(?:,\d*)?\}")
# Escapes that mean the same in both; any other letter after a backslash stands for itself in PCRE.
_KEPT = set("abBdDfnrsStvwWxz0123456789AQE")
_SPACE = r"\t\n\x0B\f\r "


def translate(pattern: str) -> str:
    """The pattern in the engine's syntax. Raises UnsupportedPatternError."""
    # Bytes, not characters: in a class each byte of a character stands for itself, as in PCRE without UTF-8.
    pattern = "".join(
        char
        if char.isascii()
        else "".join(rf"\x{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
        for char in pattern
    )
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            text, at = _escape(pattern, at, in_class)
            out.append(text)
            continue
        if in_class:
            text, at, in_class = _in_class(pattern, at, out)
            out.append(text)
            continue
        if char == "[":
            text, at = _open_class(pattern, at)
            out.append(text)
            in_class = True
            continue
        if char == "(":
            text, at = _group(pattern, at)
            out.append(text)
            continue
        if char == "{":
            repeat = _REPEAT.match(pattern, at)
            if repeat and out:
                out.append(repeat.group())
                at = _possessive(pattern, repeat.end())
            else:
                out.append(r"\{")
                at += 1
            continue
        if char == "}":
            out.append(r"\}")
        else:
            out.append(char)
        at += 1
        if char in "*+?":
            if pattern[at : at + 1] == "?":
                out.append("?")
                at += 1
            else:
                at = _possessive(pattern, at)
    return "".join(out)


def _possessive(pattern: str, at: int) -> int:
    """A possessive ``+`` only forbids backtracking, which is not done here."""
    return at + 1 if pattern[at : at + 1] == "+" else at


def _escape(pattern: str, at: int, in_class: bool) -> tuple[str, int]:
    char = pattern[at + 1 : at + 2]
    if char == "x":
        braced = re.compile(r"\\x\{([0-9A-Fa-f]+)\}").match(pattern, at)
        if braced:
            return rf"\x{int(braced[1], 16) & 0xFF:02X}", braced.end()
        plain = re.compile(r"\\x([0-9A-Fa-f]{1,2})").match(pattern, at)
        if plain:
            return rf"\x{int(plain[1], 16):02X}", plain.end()
        return r"\x00", at + 2
    if char == "s":
        return (_SPACE if in_class else f"[{_SPACE}]"), at + 2
    if char == "h":
        return (r"\t " if in_class else r"[\t ]"), at + 2
    if char == "e":
        return r"\x1B", at + 2
    if char == "Z":
        return r"\n?\z", at + 2
    if char == "0":
        octal = re.compile(r"\\0[0-7]{0,2}").match(pattern, at)
        assert octal is not None
        return rf"\x{int(octal[0][1:], 8) & 0xFF:02X}", octal.end()
    if char == "b" and in_class:
        return r"\x08", at + 2
    if char.isdigit() and not in_class:
        raise UnsupportedPatternError(f"it refers back to a group (\\{char})")
    if char == "Q":
        end = pattern.find(r"\E", at)
        end = len(pattern) if end < 0 else end
        return re.escape(pattern[at + 2 : end]), min(len(pattern), end + 2)
    if char.isalpha() and char not in _KEPT:
        return char, at + 2
    if char in "<>":
        return char, at + 2
    return pattern[at : at + 2], at + 2


def _open_class(pattern: str, at: int) -> tuple[str, int]:
    text = "["
    at += 1
    if pattern[at : at + 1] == "^":
        text += "^"
        at += 1
    if pattern[at : at + 1] == "]":
        text += r"\]"
        at += 1
    return text, at


def _in_class(pattern: str, at: int, out: list[str]) -> tuple[str, int, bool]:
    char = pattern[at]
    if char == "]":
        return "]", at + 1, False
    if char == "[":
        posix = re.compile(r"\[:\^?[a-z]+:\]").match(pattern, at)
        if posix:
            return posix.group(), posix.end(), True
        return r"\[", at + 1, True
    # `&&`, `--`, `~~` are set operations of the engine.
    if char in "&~":
        return "\\" + char, at + 1, True
    if char == "-" and (pattern[at + 1 : at + 2] in ("-", "]") or out[-1] in ("[", "[^")):
        return r"\-", at + 1, True
    return char, at + 1, True


def _group(pattern: str, at: int) -> tuple[str, int]:
    for mark, name in _REFUSED.items():
        if pattern.startswith(mark, at):
            raise UnsupportedPatternError(f"it needs {name} ({mark}…)")
    if pattern.startswith("(?>", at):
        return "(?:", at + 3
    comment = re.compile(r"\(\?#[^)]*\)").match(pattern, at)
    if comment:
        return "", comment.end()
    head = re.compile(r"\(\?P?<[A-Za-z_]\w*>|\(\?[a-zA-Z-]*[:)]?").match(pattern, at)
    if head and head.group() != "(?":
        return head.group(), head.end()
    return "(", at + 1
