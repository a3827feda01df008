"""``python -m benches.speed [--write]``: everything in one run; with ``--write`` into docs/speed.md.

Each proxy is one process pinned to one core; load generator and server share the other. The proxies take turns,
several rounds, and ratios are the medians of each round's: the machine's own noise is larger than many differences.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benches.speed import memory, modsecurity, plot, relay, scale, throughput
from benches.speed.messages import KINDS
from benches.speed.proxies import PROXIES, REPOSITORY, server

PAGE = REPOSITORY / "docs/speed.md"
PLOT = REPOSITORY / "docs/speed.svg"
PARTS = ("throughput", "relay", "memory", "scale", "modsecurity")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--windows", type=int, nargs="*", default=[1, 32])
    parser.add_argument("--kinds", nargs="*", default=[kind.name for kind in KINDS])
    parser.add_argument("--proxies", nargs="*", default=list(PROXIES))
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS)
    parser.add_argument(
        "--write", action="store_true", help="write what was measured into docs/speed.md, and its plot"
    )
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("two cores are needed: one for the proxy, one for the load")
    build = ["cargo", "build", "--release", "--quiet", "--locked", "-p", "framewall-load"]
    subprocess.run(build, check=True, cwd=REPOSITORY)
    page = "\n".join(_report(options, (cores[0], cores[1])))
    print(page)
    if options.write:
        text = PAGE.read_text()
        block = re.compile(r"(<!-- measured: begin -->\n)(.*?)(<!-- measured: end -->)", re.DOTALL)
        PAGE.write_text(block.sub(lambda found: f"{found[1]}\n{_merged(found[2], page)}\n{found[3]}", text))
        subprocess.run([sys.executable, "docs/reference.py"], check=True, cwd=REPOSITORY)


def _merged(before: str, page: str) -> str:
    """Sections as measured now, and those that were not as they were; the page's head is the throughput's."""
    known, new = _sections(before), _sections(page)
    if "### CPU and round trips" not in new:
        del new[""]
    return "\n\n".join(f"{title}\n\n{text}".strip() for title, text in {**known, **new}.items()) + "\n"


def _sections(page: str) -> dict[str, str]:
    """By their titles; what stands before the first one has none."""
    head, *rest = re.split(r"^(### .*)$", page, flags=re.MULTILINE)
    return {
        "": head.strip(),
        **{title: text.strip() for title, text in zip(rest[::2], rest[1::2], strict=True)},
    }


def _report(options: argparse.Namespace, cores: tuple[int, int]) -> list[str]:
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}; "
        f"{options.connections} connections, {options.rounds} rounds of {options.seconds} s.",
        "",
    ]
    with tempfile.TemporaryDirectory() as folder:
        kinds = {kind: kind.write(Path(folder)) for kind in KINDS if kind.name in options.kinds}
        if "throughput" in options.parts:
            with contextlib.ExitStack() as stack:
                upstream = stack.enter_context(server(str(cores[1])))
                proxies = {
                    name: stack.enter_context(PROXIES[name](upstream, cores[0])) for name in options.proxies
                }
                measured = throughput.measure(
                    proxies, kinds, cores[1],
                    rounds=options.rounds, seconds=options.seconds, windows=tuple(options.windows),
                    connections=options.connections,
                )  # fmt: skip
            lines += ["### CPU and round trips", "", *throughput.table(measured), ""]
            if options.write:
                plot.draw(measured, PLOT)
                lines += ["![CPU a message beside nginx](speed.svg)", ""]
        if "relay" in options.parts:
            first = dict([next(iter(kinds.items()))])
            table = relay.table(cores, first, rounds=options.rounds, seconds=options.seconds)
            lines += ["### The relay alone", "", *table, ""]
        if "modsecurity" in options.parts:
            lines += ["### ModSecurity with the Core Rule Set, no proxying", "", *modsecurity.table(), ""]
        if "memory" in options.parts:
            lines += ["### Memory of an idle connection", "", *memory.table(cores, options.proxies), ""]
        if "scale" in options.parts:
            kind, file = next(iter(kinds.items()))
            lines += ["### Many connections", "", *scale.standing(cores, kind, file), ""]
            lines += ["### Another core", "", *scale.cores(cores, kind, file), ""]
    return lines


if __name__ == "__main__":
    main()
