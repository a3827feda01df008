"""Whatever stands in a configuration is used or told: never a crash, never a mistake without advice."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from framewall.config import BadConfiguration, Configuration, from_text
from framewall.config.explain import ANYTHING
from framewall.config.policies import policy, routes
from framewall.config.relay import relay_settings
from framewall.config.schema import Allow, Route, Server, Upstream
from framewall.limits import BY_NAME

TEXTS = st.sampled_from(
    [
        "",
        "x",
        "block",
        "off",
        "http://a:1",
        "unix:/a",
        "127.0.0.1:0",
        "4MiB",
        "10m",
        "/a/",
        "a.example",
        "chat",
        "\n",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)


def tables(*models: Any, extra: tuple[str, ...] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Tables whose keys are mostly those of these models."""
    names = sorted({name for model in models for name in model.model_fields} | {*extra, "nonsense", "a b"})
    return st.dictionaries(st.sampled_from(names), VALUES, max_size=5)


VALUES: st.SearchStrategy[Any] = st.deferred(
    lambda: SCALARS | st.lists(VALUES, max_size=3) | tables(Allow, Server, Upstream, extra=tuple(BY_NAME))
)
DOCUMENTS = st.builds(
    lambda top, *parts: {**top, **{key: value for part in parts for key, value in part.items()}},
    st.sampled_from([{}, {"upstream": "http://a:1"}]),
    tables(Configuration) | st.just({}),
    st.fixed_dictionaries({}, optional={"routes": st.lists(tables(Route), max_size=3)}),
    st.fixed_dictionaries({}, optional={"upstreams": st.dictionaries(TEXTS, tables(Upstream), max_size=2)}),
)


def toml(value: Any) -> str:
    """A value as TOML writes it, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool | float) else str(value)


def mistakes(text: str) -> BadConfiguration | Configuration:
    """What is wrong with a text, or the configuration that it is."""
    try:
        return from_text(text, "w.toml")
    except BadConfiguration as bad:
        return bad


@given(DOCUMENTS)
@example({"upstream": "http://a:1"})
@example({"upstream": "http://a:1", "routes": [{"name": "a", "sensitivity": 9}]})
def test_a_document_is_used_or_every_mistake_has_its_line_and_advice(document: dict[str, Any]) -> None:
    text = "".join(f"{toml(key)} = {toml(value)}\n" for key, value in document.items())
    read = mistakes(text)
    if isinstance(read, Configuration):
        assert routes(read)
        assert len(relay_settings(read).routes) == len(policy(read).routes)
        return
    assert read.problems
    for problem in read.problems:
        assert problem.why
        assert problem.instead
        assert problem.instead != ANYTHING
        assert 0 <= problem.line <= text.count("\n")


@given(st.text(max_size=200))
def test_any_text_at_all_is_used_or_told(text: str) -> None:
    read = mistakes(text)
    assert isinstance(read, Configuration) or all(problem.instead for problem in read.problems)
