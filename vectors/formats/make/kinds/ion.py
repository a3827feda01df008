"""Ion: every type, text and binary."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import amazon.ion.simpleion as ion
from amazon.ion.core import IonType
from amazon.ion.simple_types import IonPyBytes, IonPyDict, IonPyList, IonPyNull, IonPySymbol, IonPyText
from amazon.ion.symbols import SymbolToken
from leaves import As, Both, Name

from .battery import documents
from .collect import Vectors, package
from .node import Node

SYSTEM = {"$ion", "$ion_1_0", "$ion_symbol_table", "name", "version", "imports", "symbols", "max_id"}


def make(vectors: Vectors, node: Node) -> None:
    here, there = package("amazon.ion"), node.by("ion-js")
    for name, value in documents():
        vectors.value(here, f"{name}, binary", ion.dumps(value, binary=True), in_binary(value))
        text = ion.dumps(value, binary=False).encode()
        vectors.value(here, f"{name}, text", text, in_text(value))
        for form in ("binary", "text", "pretty"):
            if form == "pretty" and not isinstance(value, dict):
                continue
            data = node.encode("ion", "ion-js", value, form=form)
            told = in_binary(value) if form == "binary" else in_text(value, headed=False)
            # What is JSON as well is read as that.
            json = form == "text" and isinstance(value, list) and b"{{" not in data
            vectors.value(there, f"{name}, {form}", data, told, sniffed=not json)
    python(vectors, here)
    script(vectors, node, there)


def names_of(value: Any) -> list[str]:
    """The symbols of a value's names, in the order that they are met."""
    names: dict[str, None] = {}

    def collect(part: Any) -> None:
        for key in part if isinstance(part, dict) else ():
            names[key] = None
            collect(part[key])
        for inner in part if isinstance(part, list) else ():
            collect(inner)

    collect(value)
    return [name for name in names if name not in SYSTEM]


def in_binary(value: Any, names: list[str] | None = None) -> Any:
    """Binary begins with its table of symbols, if it has any."""
    names = names_of(value) if names is None else names
    values = value.parts if isinstance(value, Both) else (value,)
    return Both((Name("$ion_symbol_table"), {"symbols": names}, *values)) if names else Both(values)


def in_text(value: Any, headed: bool = True) -> Any:
    """Text may begin with its version, which is a symbol; blobs are base64."""
    value = as_text(value)
    values = value.parts if isinstance(value, Both) else (value,)
    return Both(((As("text", "$ion_1_0"),) if headed else ()) + values)


def as_text(value: Any) -> Any:
    match value:
        case dict():
            return {key: as_text(part) for key, part in value.items()}
        case list():
            return [as_text(part) for part in value]
        case bytes():
            # A blob of nothing has no base64 to tell.
            return base64.b64encode(value).decode() if value else Both(())
        case Both():
            return Both(tuple(as_text(part) for part in value.parts))
    return value


def decimal(exponent: int, coefficient: int) -> As:
    """A decimal in binary: the exponent (VarInt) and the coefficient (Int), which is nothing where it is 0."""
    size = abs(coefficient).bit_length() // 8 + 1
    whole = (abs(coefficient) | (1 << size * 8 - 1 if coefficient < 0 else 0)).to_bytes(size, "big")
    return As(
        "extension",
        bytes([0x80 | (0x40 if exponent < 0 else 0) | abs(exponent)]) + (whole if coefficient else b""),
        "decimal",
    )


def python(vectors: Vectors, here: str) -> None:
    annotated = IonPyText.from_value(IonType.STRING, "annotated", ("first", "<i>second"))
    sexp = IonPyList.from_value(
        IonType.SEXP, [IonPySymbol.from_value(IonType.SYMBOL, SymbolToken("plus", None)), 1]
    )
    clob = IonPyBytes.from_value(IonType.CLOB, b"<script>clob")
    inner = IonPyDict.from_value(IonType.STRUCT, {"name": "system name", "own": [None]}, ("note",))
    values = [annotated, sexp, clob, inner, SymbolToken("<b>sym", None)]
    told = ["annotated", ["plus", 1], b"<script>clob", {"name": "system name", "own": [None]}, "<b>sym"]
    told = [
        Both((Name("first"), Name("<i>second"), told[0])),
        *told[1:3],
        Both((Name("note"), told[3])),
        told[4],
    ]
    names = ["first", "<i>second", "plus", "own", "note", "<b>sym"]
    data = ion.dumps(values, binary=True)
    vectors.value(here, "kinds, binary", data, in_binary(told, symbols_of(data, names)))
    vectors.cuts("kinds, binary (amazon.ion)", data, ends_itself=False)
    text = ion.dumps(values, binary=False).encode()
    vectors.value(here, "kinds, text", text, in_text([*told[:2], "<script>clob", *told[3:]]))
    nulls = [
        IonPyNull.from_value(kind, None)
        for kind in (IonType.INT, IonType.STRING, IonType.STRUCT, IonType.SEXP)
    ]
    vectors.value(here, "nulls of types, binary", ion.dumps(nulls, binary=True), [None] * 4)
    text = ion.dumps(nulls, binary=False).encode()
    told = [As("null", f"null.{name}") for name in ("int", "string", "struct", "sexp")]
    vectors.value(here, "nulls of types, text", text, in_text(told))
    huge = [2**64, -(2**64), 2**120 - 1, -(2**63)]
    vectors.value(here, "numbers of any size, binary", ion.dumps(huge, binary=True), huge)
    vectors.value(here, "numbers of any size, text", ion.dumps(huge, binary=False).encode(), in_text(huge))
    exact = [Decimal("1.50"), Decimal("-0.001"), Decimal("1E+10")]
    told = [decimal(-2, 150), decimal(-3, -1), decimal(10, 1)]
    vectors.value(here, "decimals, binary", ion.dumps(exact, binary=True), told)
    text = ion.dumps(exact, binary=False).encode()
    numbers = text.decode().partition("[")[2].rstrip("]").split(",")
    assert [Decimal(number.lower().replace("d", "e")) for number in numbers] == exact
    vectors.value(here, "decimals, text", text, in_text([As("number", number) for number in numbers]))
    many = ion.dumps([["<b>", 1], {"a": None}], binary=True, sequence_as_stream=True)
    vectors.value(here, "several values, binary", many, in_binary(Both((["<b>", 1], {"a": None})), ["a"]))
    many = ion.dumps([["<b>", 1], {"a": None}], binary=False, sequence_as_stream=True).encode()
    vectors.value(here, "several values, text", many, in_text(Both((["<b>", 1], {"a": None}))))


def symbols_of(data: bytes, names: list[str]) -> list[str]:
    """The encoder chooses the order of its symbols."""
    assert all(name.encode() in data for name in names)
    return sorted(names, key=lambda name: data.index(name.encode()))


def script(vectors: Vectors, node: Node, there: str) -> None:
    kinds = Both(
        (
            "<b>sym",
            Name("first"),
            Name("<i>second"),
            "annotated",
            ["plus", 1, ["<script>"]],
            b"<script>clob",
            b"<script>blob",
            None,
            None,
            None,
            0.5,
            0.1,
            "<b>sym",
        )
    )
    names = ["<b>sym", "first", "<i>second", "plus"]
    data = node.document("ion", "kinds, binary")
    vectors.value(there, "kinds, binary", data, in_binary(kinds, names))
    vectors.cuts("kinds, binary (ion-js)", data, ends_itself=False)
    nulls = (As("null", "null.string"), As("null", "null.struct"), As("null", "null.int"))
    blob = base64.b64encode(b"<script>blob").decode()
    told = Both((*kinds.parts[:5], "<script>clob", blob, *nulls, *kinds.parts[10:]))
    for form in ("text", "pretty"):
        data = node.document("ion", f"kinds, {form}")
        vectors.value(there, f"kinds, {form}", data, told)
        vectors.cuts(f"kinds, {form} (ion-js)", data, ends_itself=False)
    told = [decimal(-2, 150), decimal(-3, -1), decimal(10, 1), As("extension", b"", "decimal")]
    # Offset, year, month, day, hour, minute, second, fraction; an unknown offset is a negative zero.
    year = b"\x0f\xea"
    told += [
        As("extension", b"\xc0" + year, "timestamp"),
        As("extension", b"\xc0" + year + b"\x81", "timestamp"),
    ]
    told += [As("extension", b"\xc0" + year + b"\x81\x82", "timestamp")]
    told += [As("extension", b"\x80" + year + b"\x81\x82\x83\x84", "timestamp")]
    # 05:30 before: at 21:34 of the day before; 5.678 seconds are 5 and 678 thousandths.
    late = b"\x02\xca" + year + b"\x81\x81\x95\xa2\x85\xc3\x02\xa6"
    told.append(As("extension", late, "timestamp"))
    vectors.value(
        there,
        "decimals and times, binary",
        node.document("ion", "decimals and times, binary"),
        Both(tuple(told)),
    )
    texts = ["1.50", "-0.001", "1d10", "0.", "2026T", "2026-01T", "2026-01-02T", "2026-01-02T03:04Z"]
    texts.append("2026-01-02T03:04:05.678+05:30")
    for form in ("text", "pretty"):
        data = node.document("ion", f"decimals and times, {form}")
        vectors.value(
            there,
            f"decimals and times, {form}",
            data,
            Both(tuple(As("number", text) for text in texts)),
            sniffed=False,
        )
