"""Smile: every token, names and texts shared and not, binary in seven bits and raw; by Jackson, the one encoder."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from leaves import As

from .battery import ATTACK, documents
from .collect import Vectors
from .node import Node, tagged

PROJECT = Path(__file__).parent.parent / "smile"


def make(vectors: Vectors, _node: Node) -> None:
    jackson = re.findall("<version>(.*?)</version>", (PROJECT / "pom.xml").read_text())[-1]
    by = f"jackson-dataformat-smile {jackson} (Java)"
    asked: list[tuple[str, Any, Any, bool, bool]] = []
    for name, value in documents():
        asked.append((name, tagged(value), value, True, False))
        if "text" in name or "name" in name or "byte" in name:
            asked.append((f"{name}, not shared, raw", tagged(value), value, False, True))
    asked += [(name, given, told, True, False) for name, given, told in special()]
    for (name, _, told, _, _), data in zip(asked, written(asked), strict=True):
        vectors.value(by, name, data, told)
        if name.startswith("far") or name == "numbers of any size":
            vectors.cuts(f"{name} (jackson-dataformat-smile)", data, ends_itself=True)


def complement(number: int) -> As:
    """A number of any size: two's complement in the fewest bytes."""
    return As("binary", number.to_bytes((number + (number < 0)).bit_length() // 8 + 1, "big", signed=True))


def special() -> list[tuple[str, Any, Any]]:
    decimals = ["1.50", "-0.001", "1E+40", "123456789012345678901234567890.5"]
    given = [{"is": "decimal", "v": text} for text in decimals]
    exact = []
    for text in decimals:
        digits = text.replace(".", "").replace("E+40", "").lstrip("-").lstrip("0")
        number = int(digits) * (-1 if text.startswith("-") else 1)
        exact.append(complement(number))
    # What fits 64 bits is written as a number of 64 bits.
    big = [2**64, -(2**64), 2**70, -(2**200), 2**64 - 1]
    singles = [0.5, -1.5, 65504.0]
    # Over 64 and over 1024 names and texts: references of one byte and of two, then a table begun anew.
    far = [{f"name{n}": f"text {n}"} for n in range(70)] + [
        {f"name{n}": f"text {n}"} for n in (0, 30, 31, 63, 64, 69)
    ]
    farther = [f"t{n}" for n in range(1030)] + ["t1029", "t1024", "t5"]
    bits = {"one": b"\xff", "seven": b"<script", "eight": b"\xff<script", "text": ATTACK.encode() * 3}
    return [
        ("decimals", given, exact),
        ("numbers of any size", tagged(big), [complement(number) for number in big]),
        ("floats of 32 bits", [{"is": "single", "v": repr(number)} for number in singles], singles),
        ("far references", tagged(far), far),
        ("a table begun anew", tagged(farther), farther),
        ("binary of odd lengths", tagged(bits), bits),
        ("a text alone", ATTACK, ATTACK),
        ("a number alone", -70000, -70000),
    ]


def written(asked: list[tuple[str, Any, Any, bool, bool]]) -> list[bytes]:
    lines = "".join(
        json.dumps({"value": given, "shared": shared, "raw": raw}) + "\n"
        for _, given, _, shared, raw in asked
    )
    with tempfile.TemporaryDirectory() as folder:
        project = shutil.copytree(PROJECT, Path(folder) / "smile")
        java = [
            "mvn",
            "-q",
            "compile",
            "org.codehaus.mojo:exec-maven-plugin:3.5.0:java",
            "-Dexec.mainClass=SmileKinds",
        ]
        made = subprocess.run(java, cwd=project, input=lines, capture_output=True, text=True)
    if made.returncode:
        raise ValueError(made.stdout[-2000:] + made.stderr[-2000:])
    return [base64.b64decode(line[5:]) for line in made.stdout.splitlines() if line.startswith("made ")]
