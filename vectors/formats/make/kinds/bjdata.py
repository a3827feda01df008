"""BJData: every marker, numbers of every width, N-dimensional arrays."""

from __future__ import annotations

import decimal
from typing import Any

import bjdata
import numpy
from leaves import As

from .battery import ATTACK, documents
from .collect import Vectors, package
from .node import Node


def make(vectors: Vectors, _node: Node) -> None:
    here = package("bjdata")
    for name, value in documents():
        vectors.value(here, name, bjdata.dumpb(value), value)
    vectors.value(here, "the largest number", bjdata.dumpb([2**64 - 1, 2**63]), [2**64 - 1, 2**63])
    exact = bjdata.dumpb([decimal.Decimal("1.50"), 2**100])
    vectors.value(here, "numbers in decimal", exact, [As("number", "1.50"), As("number", str(2**100))])
    for name, value in (
        ("counted lists", [[1, "<b>", None], [[]], {}]),
        ("counted maps", {"a": {"b": ATTACK}, "c": {}}),
    ):
        vectors.value(here, name, bjdata.dumpb(value, container_count=True), value)
    small = {"f": [0.5, -1.5], "d": 1e300}
    vectors.value(here, "doubles", bjdata.dumpb(small, no_float32=True), small)
    vectors.value(here, "floats of 32 bits", bjdata.dumpb(small, no_float32=False), small)
    scalars = {
        "u1": numpy.uint8(200),
        "i1": numpy.int8(-3),
        "u2": numpy.uint16(60000),
        "i2": numpy.int16(-300),
    }
    scalars |= {"u4": numpy.uint32(2**32 - 1), "i4": numpy.int32(-(2**31)), "u8": numpy.uint64(2**64 - 1)}
    scalars |= {
        "i8": numpy.int64(-(2**63)),
        "f4": numpy.float32(0.5),
        "f8": numpy.float64(0.1),
        "f2": numpy.float16(1.5),
    }
    told = {name: float(value) if name[0] == "f" else int(value) for name, value in scalars.items()}
    vectors.value(here, "NumPy's numbers", bjdata.dumpb(scalars), told)
    for name, arrays in dimensions().items():
        data = bjdata.dumpb(arrays)
        # Row by row, whatever their shape: the numbers' bytes.
        vectors.value(here, name, data, {key: array.tobytes() for key, array in arrays.items()})
    vectors.cuts(
        "counted maps, deeper (bjdata)",
        bjdata.dumpb({"a": {"b": ["c", {"d": ATTACK}]}}, container_count=True),
        ends_itself=True,
    )


def dimensions() -> dict[str, dict[str, Any]]:
    types = ("u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8")
    text = numpy.frombuffer(ATTACK[:24].encode(), "u1")
    return {
        "arrays of one dimension": {kind.strip("<"): numpy.array([1, 60, 98], kind) for kind in types},
        "arrays of two dimensions": {
            "bytes": text.reshape(4, 6),
            "words": numpy.arange(6, dtype="<i2").reshape(2, 3),
        },
        "arrays of three dimensions": {"bytes": text.reshape(2, 3, 4), "doubles": numpy.ones((2, 2, 2))},
        "an array of no elements": {"none": numpy.zeros((0,), "u1"), "after": numpy.array([60], "u1")},
    }
