"""``python -m benches.detection``: the whole table, as Markdown. ``--write`` puts it into docs/detection.md."""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path

from benches.detection import corpora, peers
from benches.detection.cost import cost_table, worst_table
from benches.detection.envelopes import DISGUISES, ENVELOPES
from benches.detection.rates import Rate, Rates

from framewall._core import Engine, Settings
from framewall.detect import builtin_engine

PAGE = Path("docs/detection.md")
MEASURED = "measured"
BESIDE = "beside"


def message(text: str) -> bytes:
    """The chat message that a text is judged in."""
    return json.dumps({"type": "msg", "text": text}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def rates(engine: Engine, settings: Settings) -> list[str]:
    """Recall per category, false positives per kind, balanced accuracy."""
    found, agreed, wrong = Rates(), Rates(), Rates()
    for sample in corpora.attacks():
        report = engine.inspect([(message(sample.text), "json", False)], settings)
        hit = report.score >= settings.threshold
        found.add(sample.kind, hit)
        if hit:
            fitting = corpora.FITTING.get(sample.kind, {sample.kind})
            agreed.add(sample.kind, any(finding.attack in fitting for finding in report.findings))
    for sample in corpora.benign():
        report = engine.inspect([(message(sample.text), "json", False)], settings)
        wrong.add(sample.kind, report.score >= settings.threshold)
    lines = ["| attacks | found | of these, in a fitting class |", "|---|---|---|"]
    for kind, rate in sorted(found.kinds.items(), key=lambda item: -item[1].n):
        lines.append(f"| {kind} | {rate} | {100 * agreed.kinds.get(kind, Rate()).value:.1f} % |")
    lines += [f"| all | {found.total()} | {100 * agreed.total().value:.1f} % |", ""]
    lines += ["| benign | wrongly blocked |", "|---|---|"]
    lines += [
        f"| {kind} | {rate} |" for kind, rate in sorted(wrong.kinds.items(), key=lambda item: -item[1].n)
    ]
    lines += [f"| all | {wrong.total()} |", ""]
    recall = found.total().value
    for name, rate in (("with code", wrong.total()), ("without code", wrong.total("code"))):
        lines.append(f"Balanced accuracy {name}: **{50 * (recall + 1 - rate.value):.2f}**")
        lines.append("")
    return lines


def matrix(engine: Engine, settings: Settings, count: int) -> list[str]:
    """Disguise by envelope, as a share of what is found plain in a JSON value."""
    picked = random.Random(7).sample(corpora.attacks(), count)
    plain = [
        s
        for s in picked
        if engine.inspect(ENVELOPES["json value"](s.text), settings).score >= settings.threshold
    ]
    lines = ["| | " + " | ".join(DISGUISES) + " |", "|---|" + "---|" * len(DISGUISES)]
    for envelope, wrap in ENVELOPES.items():
        cells = []
        for disguise in DISGUISES.values():
            rate = Rate()
            for sample in plain:
                rate.add(engine.inspect(wrap(disguise(sample.text)), settings).score >= settings.threshold)
            cells.append(f"{100 * rate.value:.0f}")
        lines.append(f"| {envelope} | " + " | ".join(cells) + " |")
    return [
        *lines,
        "",
        f"Per cent of the {len(plain)} attacks (of {count} drawn) found plain in a JSON value.",
        "",
    ]


def write(lines: Iterable[str], block: str) -> None:
    """Puts what was measured between the page's marks of this block."""
    begin, end = f"<!-- {block}: begin -->", f"<!-- {block}: end -->"
    head, rest = PAGE.read_text(encoding="utf-8").split(begin)
    tail = rest.split(end)[1]
    PAGE.write_text(f"{head}{begin}\n\n" + "\n".join(lines).strip() + f"\n\n{end}{tail}", encoding="utf-8")


def main() -> int:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benches.detection", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")
    parser.add_argument(
        "--matrix", type=int, default=400, metavar="N", help="attacks drawn for the matrix (400)"
    )
    parser.add_argument(
        "--peers", action="store_true", help="also libmodsecurity with the Core Rule Set, if installed"
    )
    options = parser.parse_args()
    engine, settings = builtin_engine(), Settings()
    lines = ["### Rates", "", *rates(engine, settings)]
    lines += ["### Disguises and envelopes", "", *matrix(engine, settings, options.matrix)]
    lines += ["### Cost", "", *cost_table(engine, settings, message), *worst_table(engine, settings)]
    beside = peers.table(message, engine, settings) if options.peers else []
    print("\n".join([*lines, *beside]))
    if options.write:
        write(lines, MEASURED)
        if beside:
            write(beside, BESIDE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
