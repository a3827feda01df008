"""The relay without Python and without the engine: what reading frames and keeping count cost beside passing bytes."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benches.speed.load import run
from benches.speed.messages import Kind
from benches.speed.proxies import REPOSITORY, Proxy, process, said, server

ALONE = REPOSITORY / "target/release/examples/alone"
WINDOWS = (1, 32)


def table(cores: tuple[int, int], kinds: dict[Kind, Path], *, rounds: int, seconds: int) -> list[str]:
    """Rows in Markdown. The ratio is the median of the rounds' own."""
    build = [
        "cargo",
        "build",
        "--release",
        "--quiet",
        "--locked",
        "-p",
        "framewall-proxy",
        "--example",
        "alone",
    ]
    subprocess.run(build, check=True, cwd=REPOSITORY)
    lines = [
        "| messages | window | nothing read, CPU µs a message | frames read, all passed | ratio |",
        "|---|---|---|---|---|",
    ]
    proxy_core, load_core = cores
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(server(str(load_core)))
        off, screened = (
            stack.enter_context(_alone(upstream, proxy_core, how)) for how in ("off", "screened")
        )
        for kind, file in kinds.items():
            for window in WINDOWS:
                pairs = [
                    [
                        run(proxy, kind, file, load_core, connections=50, window=window, seconds=seconds).cpu
                        for proxy in (off, screened)
                    ]
                    for _ in range(rounds)
                ]
                one, other = (statistics.median(each) for each in zip(*pairs, strict=True))
                ratio = statistics.median(after / before for before, after in pairs)
                lines.append(f"| {kind.name} | {window} | {one:.2f} | {other:.2f} | {ratio:.2f} |")
    return lines


@contextlib.contextmanager
def _alone(upstream: str, core: int, how: str) -> Iterator[Proxy]:
    with process(str(ALONE), upstream, how, cores=str(core)) as running:
        yield Proxy(running.pid, said(running, r"listening on http://(\S+)"))
