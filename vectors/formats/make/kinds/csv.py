"""CSV: every dialect, by three encoders."""

from __future__ import annotations

import csv
import io
from typing import Any

from .battery import ATTACK
from .collect import PYTHON, Vectors
from .node import Node

ROWS = {
    "quotes and breaks": [
        ["id", "text", "more"],
        ["1", 'say "hi", <b>', "a;b|c\td"],
        ["2", "two\nlines", "x\r\ny"],
        ["3", '""', '"'],
    ],
    "empty fields": [["a", "b", "c"], ["", "", ""], ["1", "", ""], ["", "", "3"]],
    "characters": [["é", "漢字", "😀"], ["مرحبا", "e\u0301", "\u2028"], [ATTACK, "\\n", "'x'"]],
    "blanks": [["a ", " b", " "], ["  ", "c d", "\te"]],
    "formulas": [["a", "b"], ["=1+1", "@SUM(A1)"], ["-2", "+3"]],
    "rows of other lengths": [["a", "b", "c"], ["1", "2"], ["1", "2", "3", "4"]],
    "long fields": [["a", "b"], ["x" * 5000, ATTACK]],
}
PYTHONS: dict[str, dict[str, Any]] = {
    "excel": {"dialect": "excel"},
    "tabs": {"dialect": "excel-tab"},
    "unix": {"dialect": "unix"},
    "semicolons": {"delimiter": ";"},
    "bars, all quoted": {"delimiter": "|", "quoting": csv.QUOTE_ALL},
}
PAPAS: dict[str, dict[str, Any]] = {
    "plain": {},
    "all quoted": {"quotes": True},
    "semicolons": {"delimiter": ";", "newline": "\n"},
    "tabs": {"delimiter": "\t"},
}
STRINGIFIES: dict[str, dict[str, Any]] = {
    "plain": {},
    "all quoted, a mark of byte order": {"quoted": True, "bom": True},
    "semicolons, Windows": {"delimiter": ";", "record_delimiter": "windows"},
    "bars": {"delimiter": "|"},
}


def make(vectors: Vectors, node: Node) -> None:
    for rows_name, rows in ROWS.items():
        for name, options in PYTHONS.items():
            out = io.StringIO(newline="")
            csv.writer(out, **options).writerows(rows)
            vectors.value(f"csv ({PYTHON})", f"{rows_name}, {name}", out.getvalue().encode(), rows)
        for module, ways in (("papaparse", PAPAS), ("csv-stringify", STRINGIFIES)):
            for name, options in ways.items():
                if name.endswith("Windows") and rows_name.startswith("quotes"):
                    # It leaves lone line feeds bare, for no record ends with them.
                    continue
                data = node.encode("csv", module, rows, **options)
                vectors.value(node.by(module), f"{rows_name}, {name}", data, rows)
    records = [
        {"id": 1, "text": "<b>", "ok": True, "none": None},
        {"id": 2, "text": "x,y", "ok": False, "none": None},
    ]
    table = [["id", "text", "ok", "none"], ["1", "<b>", "true", ""], ["2", "x,y", "false", ""]]
    vectors.value(
        node.by("papaparse"), "records with a header", node.encode("csv", "papaparse", records), table
    )
    table = [["id", "text", "ok", "none"], ["1", "<b>", "1", ""], ["2", "x,y", "", ""]]
    data = node.encode("csv", "csv-stringify", records, header=True)
    vectors.value(node.by("csv-stringify"), "records with a header", data, table)
    vectors.cuts(
        "semicolons (csv-stringify)",
        node.encode("csv", "csv-stringify", ROWS["empty fields"], delimiter=";"),
        ends_itself=False,
    )
