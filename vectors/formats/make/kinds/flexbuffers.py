"""FlexBuffers: every type, typed vectors, numbers kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flatbuffers import flexbuffers
from leaves import As

from .battery import ATTACK, documents
from .collect import Vectors, package
from .node import Node


def make(vectors: Vectors, node: Node) -> None:
    here, there = package("flatbuffers"), node.by("flatbuffers")
    for name, value in documents():
        # Members stand in the order of their names' bytes.
        plain = within(value)
        vectors.value(here, name, bytes(flexbuffers.Dumps(plain)), ordered(plain))
        for title, whole in by_script(name, value):
            data = node.encode("flexbuffers", "flatbuffers", whole)
            vectors.value(there, f"{title}, Node", data, ordered(whole))
    for name, (write, told) in built().items():
        builder = flexbuffers.Builder()
        write(builder)
        # A scalar of a few bytes could be anything.
        alone = "alone" in name and not name.startswith("a blob")
        data = bytes(builder.Finish())
        vectors.value(here, name, data, told, sniffed=not alone)
        if name in ("every scalar", "typed vectors", "numbers kept elsewhere"):
            vectors.cuts(f"{name} (flatbuffers)", data, ends_itself=False)
    rows = [{"user": "ann", "text": "<b>"}, {"user": "ann", "text": "<b>"}]
    apart = node.encode("flexbuffers", "flatbuffers", rows, share=False)
    vectors.value(there, "texts and names not shared, Node", apart, ordered(rows))
    wide = [1, -300, 70000, -5000000000, 200, 60000, 4000000000, 0.1, 0.2]
    for name, told in (("numbers of every width", wide), ("indirect numbers", [-70000, 60000, 0.1])):
        data = node.document("flexbuffers", f"flatbuffers: {name}")
        vectors.value(there, f"{name}, Node", data, told)


def within(value: Any) -> Any:
    """What Python's encoder takes: names in ASCII, and numbers that fit 32 bits, for it tries."""
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if name.isascii()}
    if isinstance(value, list):
        return [part for part in value if not (isinstance(part, float) and 1e39 < abs(part) < 1e999)]
    return value


def by_script(name: str, value: Any) -> list[tuple[str, Any]]:
    """What Node's encoder writes rightly: not fractions of 32 and of 64 bits side by side, nor a negative zero."""
    if name == "infinities and no number":
        return []
    if name == "fractions":
        return [
            ("fractions of 64 bits", [0.1, 1.1e-300, 5e-324]),
            ("fractions of 32 bits", [0.5, -1.5, 2.25]),
        ]
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        # It makes lists of texts alone typed vectors, which are deprecated: those do not say how wide lengths are.
        return [(name, value), (f"{name}, in a mixed list", [*value, None])]
    return [(name, value)]


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=str.encode)}
    if isinstance(value, list):
        return [ordered(part) for part in value]
    return value


def built() -> dict[str, tuple[Callable[[Any], Any], Any]]:
    """Documents that only the builder makes, and what is in them."""

    def scalars(builder: Any) -> None:
        with builder.Vector():
            builder.Null()
            builder.Bool(True)
            for number in (-1, -300, -70000, -(2**40)):
                builder.Int(number)
            for number in (200, 60000, 2**32 - 1, 2**64 - 1):
                builder.UInt(number)
            builder.Float(0.5)
            builder.Float(0.1)
            builder.Key("<b>key")
            builder.Blob(b"\xff\x00")
            builder.String(ATTACK)

    told = [
        None,
        True,
        -1,
        -300,
        -70000,
        -(2**40),
        200,
        60000,
        2**32 - 1,
        2**64 - 1,
        0.5,
        0.1,
        "<b>key",
        b"\xff\x00",
        ATTACK,
    ]

    def indirect(builder: Any) -> None:
        with builder.Map():
            builder.Key("f")
            builder.IndirectFloat(0.1)
            builder.Key("i")
            builder.IndirectInt(-70000)
            builder.Key("u")
            builder.IndirectUInt(2**40)

    def typed(builder: Any) -> None:
        with builder.Map():
            for name, numbers in (("a", [1, -2, 300]), ("b", [60, 98]), ("c", [0.5, 1.5])):
                builder.Key(name)
                builder.TypedVectorFromElements(numbers)
            builder.Key("d")
            with builder.TypedVector():
                builder.Key("<b>")
                builder.Key("i")
            builder.Key("e")
            with builder.TypedVector():
                builder.Bool(True)
                builder.Bool(False)

    def fixed(builder: Any) -> None:
        with builder.Map():
            for name, numbers in (("2", [1, -2]), ("3", [1, 2, 3]), ("4", [0.5, 1.5, 2.5, -0.5])):
                builder.Key(name)
                builder.FixedTypedVectorFromElements(numbers)

    def root(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return value

    return {
        "every scalar": (scalars, told),
        "numbers kept elsewhere": (indirect, {"f": 0.1, "i": -70000, "u": 2**40}),
        "typed vectors": (
            typed,
            {"a": [1, -2, 300], "b": [60, 98], "c": [0.5, 1.5], "d": ["<b>", "i"], "e": [True, False]},
        ),
        "vectors of fixed length": (fixed, {"2": [1, -2], "3": [1, 2, 3], "4": [0.5, 1.5, 2.5, -0.5]}),
        "a number alone": (root(lambda builder: builder.Int(-300)), -300),
        "a fraction alone": (root(lambda builder: builder.Float(0.1)), 0.1),
        "nothing alone": (root(lambda builder: builder.Null()), None),
        "yes alone": (root(lambda builder: builder.Bool(True)), True),
        "a blob alone": (root(lambda builder: builder.Blob(b"\xff" * 300)), b"\xff" * 300),
        "an indirect number alone": (
            root(lambda builder: builder.IndirectInt(2**40)),
            As("number", str(2**40)),
        ),
    }
