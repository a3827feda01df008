"""ModSecurity with the Core Rule Set (PyPI ``libmodsecurity``, Debian ``modsecurity-crs``), on the same messages."""

from __future__ import annotations

import importlib
import os
import platform
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.detection import corpora
from benches.detection.rates import Rate, Rates, percentiles

from framewall._core import Engine, Settings

CRS = Path("/usr/share/modsecurity-crs")

#: ModSecurity needs milliseconds a message: about so many attacks and so many benign texts are drawn, each kind by
#: its share, but no kind fewer than the last number if it has them.
DRAWN = (1000, 1500, 30)

SETUP = r"""
SecRuleEngine On
SecRequestBodyAccess On
SecRule REQUEST_HEADERS:Content-Type "@rx json" \
    "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
"""


HEADERS = (
    ("Host", "chat.example"),
    ("Content-Type", "application/json"),
    ("User-Agent", "Mozilla/5.0"),
    ("Accept", "*/*"),
)


Judge = Callable[[bytes], bool]


def table(message: Callable[[str], bytes], engine: Engine, settings: Settings) -> list[str]:
    """Rates and times of both on the same messages, one call a message from Python; or why there are none."""
    try:
        library: Any = importlib.import_module("libmodsecurity")
    except ImportError:
        return ["Not measured: `libmodsecurity` is not installed.", ""]
    if not CRS.is_dir():
        return ["Not measured: `modsecurity-crs` is not installed.", ""]

    def ours(body: bytes) -> bool:
        return engine.inspect([(body, "json", False)], settings).score >= settings.threshold

    drawn = random.Random(17)
    samples = stratified(corpora.attacks(), DRAWN[0], drawn) + stratified(corpora.benign(), DRAWN[1], drawn)
    lines = ["| | found | chat wrongly | code wrongly | all wrongly | balanced | mean µs | p50 | p99 | p99.9 |",
             "|---|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, judge in (("Framewall", ours), ("ModSecurity, CRS", modsecurity(library))):
        lines.append(f"| {name} | {row(judge, [(sample, message(sample.text)) for sample in samples])} |")
    return [*lines, "", f"CRS of Debian's `modsecurity-crs` at paranoia 1; {platform.machine()}, "
            f"{os.cpu_count()} cores, other work running.", ""]  # fmt: skip


def stratified(samples: list[corpora.Sample], count: int, drawn: random.Random) -> list[corpora.Sample]:
    """Of each kind its share."""
    kinds: dict[str, list[corpora.Sample]] = {}
    for sample in samples:
        kinds.setdefault(sample.kind, []).append(sample)
    picked: list[corpora.Sample] = []
    for kind in kinds.values():
        share = max(DRAWN[2], round(count * len(kind) / len(samples)))
        picked += drawn.sample(kind, min(share, len(kind)))
    return picked


def row(judge: Judge, messages: list[tuple[corpora.Sample, bytes]]) -> str:
    """One engine's cells."""
    found, wrong, times = Rate(), Rates(), []
    for sample, body in messages:
        start = time.perf_counter_ns()
        hit = judge(body)
        times.append(time.perf_counter_ns() - start)
        if sample.tier:
            found.add(hit)
        else:
            wrong.add(sample.kind, hit)
    balanced = 50 * (found.value + 1 - wrong.total().value)
    kinds = " | ".join(str(wrong.kinds[kind]) for kind in ("chat", "code"))
    return f"{found} | {kinds} | {wrong.total()} | {balanced:.1f} | {percentiles(times)}"


def modsecurity(library: Any) -> Judge:
    """ModSecurity as the reverse proxy of a JSON API would ask it."""
    rules = library.RulesSet()
    rules.load(SETUP)
    files = [CRS / "crs-setup.conf", Path("/etc/modsecurity/crs/crs-setup.conf")]
    for file in [file for file in files if file.exists()][:1] + sorted((CRS / "rules").glob("*.conf")):
        if "REQUEST-910" not in file.name:
            rules.load_from_uri(str(file))
    engine = library.ModSecurity()
    engine.set_log_callback(lambda *_: None)

    def blocked(body: bytes) -> bool:
        with engine.transaction(rules) as transaction:
            transaction.process_connection("127.0.0.1", 1, "127.0.0.1", 80)
            transaction.process_uri("/", "POST", "1.1")
            for name, value in (*HEADERS, ("Content-Length", str(len(body)))):
                transaction.add_request_header(name, value)
            transaction.process_request_headers()
            transaction.append_request_body(body)
            transaction.process_request_body()
            intervention = transaction.intervention()
            return bool(intervention and getattr(intervention, "disruptive", True))

    return blocked
