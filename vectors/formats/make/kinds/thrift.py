"""Thrift: every type in binary and compact protocol, messages and bare structs, by three encoders."""

from __future__ import annotations

import io
import uuid
from typing import Any

import thriftpy2
from leaves import leaf, leaves
from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.Thrift import TMessageType, TType
from thrift.transport import TTransport
from thriftpy2.protocol.binary import TBinaryProtocol as PyBinary
from thriftpy2.protocol.compact import TCompactProtocol as PyCompact
from thriftpy2.transport import TMemoryBuffer

from .battery import ATTACK, LENGTHS
from .collect import Rows, Vectors, package
from .node import Node

CODES = {"bool": TType.BOOL, "byte": TType.BYTE, "i16": TType.I16, "i32": TType.I32, "i64": TType.I64}
CODES |= {"double": TType.DOUBLE, "string": TType.STRING, "binary": TType.STRING, "struct": TType.STRUCT}
CODES |= {"map": TType.MAP, "list": TType.LIST, "set": TType.SET, "uuid": TType.UUID}

# A field is its number, its type and its value: of lists the elements' type and they, of maps both types and pairs.
Field = tuple[int, str, Any]

EVERY: list[Field] = [
    (1, "bool", True),
    (2, "bool", False),
    (3, "byte", -128),
    (4, "i16", -32768),
    (5, "i32", -(2**31)),
    (6, "i64", -(2**63)),
    (7, "double", 0.1),
    (8, "string", "é漢😀" + ATTACK),
    (9, "binary", b"\xff\x00<b>"),
    (10, "struct", [(1, "string", "deep"), (2, "struct", [(1, "string", "<b>deeper")])]),
    (11, "list", ("i32", [0, 1, -1, 2**31 - 1])),
    (12, "set", ("string", ["<i>"])),
    (13, "map", ("string", "i64", [["key", 2**40]])),
    (30, "string", "far"),
    (46, "byte", 127),
    (1000, "i16", 32767),
    (32767, "string", "the last"),
]
NUMBERS = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2**31 - 1, -(2**31)]
DOCUMENTS: dict[str, list[Field]] = {
    "every type": EVERY,
    "numbers of 32 bits": [(1, "list", ("i32", NUMBERS))],
    "numbers of 64 bits": [(1, "list", ("i64", [*NUMBERS, 2**53, 2**63 - 1, -(2**63)]))],
    "numbers of 16 and 8 bits": [
        (1, "list", ("i16", [0, -1, 300, -32768])),
        (2, "list", ("byte", [0, -1, 127])),
    ],
    "doubles": [(1, "list", ("double", [0.5, -1.5, 1e300, 5e-324]))],
    "booleans": [
        (1, "list", ("bool", [True, False, True])),
        (2, "map", ("string", "bool", [["a", True], ["b", False]])),
    ],
    "texts of every length class": [(1, "list", ("string", ["x" * length for length in LENGTHS]))],
    "long texts": [(1, "string", "x" * 65536), (2, "string", ATTACK)],
    "lists of every size class": [
        (n + 1, "list", ("byte", [1] * size)) for n, size in enumerate((0, 1, 14, 15, 16))
    ],
    "lists of lists and structs": [
        (1, "list", ("list", [("string", ["<b>"]), ("i32", [])])),
        (2, "list", ("struct", [[(1, "string", "one")], [], [(2, "string", "<i>two")]])),
    ],
    "maps of every kind": [
        (1, "map", ("i32", "string", [[1, "one"], [-1, "<b>"]])),
        (2, "map", ("string", "struct", [["k", [(1, "string", "in a map")]]])),
        (3, "map", ("string", "list", [["l", ("string", ["a", "b"])]])),
        (4, "map", ("string", "string", [])),
        (5, "map", ("string", "map", [["m", ("string", "string", [["n", ATTACK]])]])),
    ],
    "nothing in it but a struct": [(1, "struct", []), (2, "string", "after")],
}


def make(vectors: Vectors, node: Node) -> None:
    here, there = package("thrift"), node.by("thrift")
    for protocol in ("binary", "compact"):
        for name, fields in DOCUMENTS.items():
            rows = told(fields, ["say"])
            head = [leaf(["say"], "key", "text", "say")]
            title = f"{name}, {protocol}"
            data = written(fields, protocol, "say")
            vectors.add(here, title, data, head + rows)
            if name in ("lists of lists and structs", "maps of every kind"):
                vectors.cuts(f"{title} (thrift)", data, ends_itself=False)
            data = node.encode("thrift", "thrift", fields, protocol=protocol, method="say")
            vectors.add(there, f"{title}, Node", data, head + rows)
        for name in ("every type", "maps of every kind"):
            fields = DOCUMENTS[name]
            title = f"{name}, {protocol}, no message"
            # Nothing marks a bare struct, and bytes that are no text make it unlikely.
            marked = name != "every type"
            vectors.add(here, title, written(fields, protocol, None), told(fields, []), sniffed=marked)
            data = node.encode("thrift", "thrift", fields, protocol=protocol, framed=True, method="")
            vectors.add(there, f"{title}, framed, Node", data, told(fields, []), sniffed=marked)
        ident = [(1, "uuid", "00112233-4455-6677-8899-aabbccddeeff"), (2, "string", "after")]
        data = written(ident, protocol, "say")
        head = [leaf(["say"], "key", "text", "say")]
        vectors.add(here, f"a UUID, {protocol}", data, head + told(ident, ["say"]))
        spoken(vectors, protocol)


def told(fields: list[Field], path: list[Any]) -> Rows:
    return [row for number, kind, value in fields for row in leaves_of(kind, value, [*path, str(number)])]


def leaves_of(kind: str, value: Any, path: list[Any]) -> Rows:
    match kind:
        case "struct":
            return told(value, path)
        case "list" | "set":
            of, parts = value
            return [row for place, part in enumerate(parts) for row in leaves_of(of, part, [*path, place])]
        case "map":
            key, of, pairs = value
            rows = []
            for one, other in pairs:
                at = [*path, str(one)]
                rows += [
                    leaf(at, "key", "text" if key == "string" else "number", str(one)),
                    *leaves_of(of, other, at),
                ]
            return rows
        case "uuid":
            return leaves(bytes.fromhex(value.replace("-", "")), path)
    return leaves(value, path)


def written(fields: list[Field], protocol: str, method: str | None) -> bytes:
    """As the code writes it that Thrift's compiler makes."""
    transport = TTransport.TMemoryBuffer()
    factory = TBinaryProtocol.TBinaryProtocol if protocol == "binary" else TCompactProtocol.TCompactProtocol
    to = factory(transport)
    if method:
        to.writeMessageBegin(method, TMessageType.CALL, 300)
    put(to, "struct", fields)
    if method:
        to.writeMessageEnd()
    return transport.getvalue()


def put(to: Any, kind: str, value: Any) -> None:
    match kind:
        case "struct":
            to.writeStructBegin("struct")
            for number, of, part in value:
                to.writeFieldBegin(f"field{number}", CODES[of], number)
                put(to, of, part)
                to.writeFieldEnd()
            to.writeFieldStop()
            to.writeStructEnd()
        case "list" | "set":
            of, parts = value
            (to.writeListBegin if kind == "list" else to.writeSetBegin)(CODES[of], len(parts))
            for part in parts:
                put(to, of, part)
            (to.writeListEnd if kind == "list" else to.writeSetEnd)()
        case "map":
            key, of, pairs = value
            to.writeMapBegin(CODES[key], CODES[of], len(pairs))
            for one, other in pairs:
                put(to, key, one)
                put(to, of, other)
            to.writeMapEnd()
        case "uuid":
            to.writeUuid(uuid.UUID(value))
        case _:
            names = {
                "bool": "Bool",
                "byte": "Byte",
                "i16": "I16",
                "i32": "I32",
                "i64": "I64",
                "double": "Double",
            }
            names |= {"string": "String", "binary": "Binary"}
            getattr(to, f"write{names[kind]}")(value)


IDL = """
struct Inner { 1: string text, 2: list<string> words }
struct Say {
  1: bool yes, 2: byte small, 3: i16 short_, 4: i32 middle, 5: i64 large, 6: double part, 7: string text,
  8: binary data, 9: Inner inner, 10: list<Inner> inners, 11: map<string, i32> counts, 12: set<string> names,
  40: string far
}
"""


def spoken(vectors: Vectors, protocol: str) -> None:
    """A struct of an interface that thriftpy2 reads by itself."""
    module = thriftpy2.load_fp(io.StringIO(IDL), "say_thrift")
    inner = module.Inner(text="<b>", words=["a", "b"])
    say = module.Say(
        yes=True,
        small=-1,
        short_=-300,
        middle=-70000,
        large=-(2**40),
        part=0.5,
        text=ATTACK,
        data=b"\xff\x00",
        inner=inner,
        inners=[inner],
        counts={"k": 7},
        names={"<i>"},
        far="after",
    )
    fields: list[Field] = [
        (1, "bool", True),
        (2, "byte", -1),
        (3, "i16", -300),
        (4, "i32", -70000),
        (5, "i64", -(2**40)),
        (6, "double", 0.5),
        (7, "string", ATTACK),
        (8, "binary", b"\xff\x00"),
        (9, "struct", [(1, "string", "<b>"), (2, "list", ("string", ["a", "b"]))]),
        (10, "list", ("struct", [[(1, "string", "<b>"), (2, "list", ("string", ["a", "b"]))]])),
        (11, "map", ("string", "i32", [["k", 7]])),
        (12, "set", ("string", ["<i>"])),
        (40, "string", "after"),
    ]
    buffer = TMemoryBuffer()
    (PyBinary if protocol == "binary" else PyCompact)(buffer).write_struct(say)
    vectors.add(
        package("thriftpy2"),
        f"a struct of an interface, {protocol}",
        buffer.getvalue(),
        told(fields, []),
        sniffed=False,
    )
