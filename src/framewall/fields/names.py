"""The names of fields, as findings carry them: ``event["new message"].args[0].text``."""

from __future__ import annotations

import json
import re

from framewall.model import Label, Path

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def steps(path: Path) -> str:
    """A path as the end of a name: ``.text``, ``["odd key"]``, ``[0]``."""
    return "".join(f"[{step}]" if isinstance(step, int) else member(step) for step in path)


def member(name: str) -> str:
    """One named step: ``.text`` where that is unmistakable, else ``["odd key"]``."""
    return f".{name}" if _PLAIN.fullmatch(name) else quoted(name)


def quoted(name: str) -> str:
    """One named step in brackets: ``["new message"]``."""
    return f"[{json.dumps(name, ensure_ascii=False)}]"


def name(label: Label, path: Path) -> str:
    """The field's name for a leaf at ``path`` of a part so labelled."""
    if isinstance(label, str):
        return label + steps(path)
    start, rest = label(path)
    return start + steps(rest)
