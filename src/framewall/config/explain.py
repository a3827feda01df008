"""What pydantic found wrong, in words: which key, why, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from framewall.config.lines import Path
from framewall.config.schema import Configuration
from framewall.config.values import WRONG, quoted, suggest

#: The advice where there is no better one: no mistake that is known of gets it.
ANYTHING = "see docs/configuration.md"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``path`` leads to it; ``instead`` is what to write."""

    path: Path
    why: str
    instead: str


def explain(error: ErrorDetails) -> Problem:
    """The problem behind one of pydantic's errors."""
    path: Path = error["loc"]
    context: dict[str, Any] = error.get("ctx", {})
    value = error["input"]
    last = str(path[-1]) if path else ""
    match error["type"]:
        case _ if error["type"] == WRONG:
            return Problem((*path, *context["at"]), context["why"], context["instead"])
        case "extra_forbidden":
            return Problem(path, f'there is no setting "{last}" here', suggest(last, known_keys(path[:-1])))
        case "missing":
            return Problem(path[:-1], f'"{last}" is missing', f"write {_example(path)}")
        case "enum" | "literal_error":
            return Problem(
                path,
                f"{quoted(value)} is not possible here",
                suggest(str(value), _options(context["expected"])),
            )
        case "greater_than_equal":
            return Problem(path, f"{quoted(value)} is too small", f"write {context['ge']} or more")
        case "less_than_equal":
            return Problem(path, f"{quoted(value)} is too large", f"write {context['le']} or less")
        case "string_too_short" | "too_short":
            return Problem(path, "it is empty", f"write {_example(path)}")
        case "int_type" | "int_parsing" | "int_from_float":
            return Problem(path, f"{quoted(value)} is not a whole number", f"write for example {last} = 5")
        case "bool_type" | "bool_parsing":
            return Problem(
                path, f"{quoted(value)} is neither true nor false", f"write {last} = true or false"
            )
        case "string_type":
            return Problem(path, f"{quoted(value)} is not text", f'write {last} = "{value}"')
        case "model_type" | "model_attributes_type" | "dict_type":
            return Problem(path, f"{quoted(value)} is not a table", f"write {_example(path)}")
        case "tuple_type":
            return Problem(path, f"{quoted(value)} is not a list", f"write {_example(path)}")
        case _:
            return Problem(path, error["msg"], ANYTHING)


def known_keys(path: Path) -> list[str]:
    """The keys that a table may have."""
    table = _table(path)
    return sorted(table.model_fields) if table else []


_EXAMPLES = {
    "upstreams": '[upstreams.chat] with servers = ["http://127.0.0.1:3000"] below it',
    "routes": '[[routes]] with name = "chat" below it',
    "exceptions": 'exceptions = [{ rule = "…", field = "…" }]',
    "servers": 'servers = ["http://127.0.0.1:3000"]',
    "url": 'url = "http://127.0.0.1:3000"',
    "name": 'name = "chat"',
    "node": 'node = "edge-1"',
    "limits": 'limits = { message_bytes = "1MiB" }',
}


def _example(path: Path) -> str:
    names = [key for key in path if isinstance(key, str) and key in _EXAMPLES]
    return _EXAMPLES[names[-1]] if names else "what docs/configuration.md says"


def _options(expected: str) -> list[str]:
    """The words in pydantic's ``'a', 'b' or 'c'``."""
    return [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]


def _table(path: Path) -> type[BaseModel] | None:
    """The model that stands at a path, following the annotations from the whole file down."""
    table: type[BaseModel] | None = Configuration
    keys = iter([key for key in path if isinstance(key, str)])
    for key in keys:
        field = table.model_fields.get(key) if table else None
        if field is None:
            return None
        table = _model_in(field.annotation)
        if get_origin(field.annotation) is dict:
            next(keys, None)  # a name of the operator's own, as in upstreams.chat
    return table


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
