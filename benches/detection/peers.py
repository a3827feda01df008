"""ModSecurity with the Core Rule Set (PyPI ``libmodsecurity``, Debian ``modsecurity-crs``), on the same messages."""

from __future__ import annotations

import importlib
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.detection import corpora
from benches.detection.rates import Rate, Rates, percentiles

CRS = Path("/usr/share/modsecurity-crs")

#: ModSecurity needs milliseconds a message: so many attacks and so many benign texts are drawn.
DRAWN = (600, 800)

SETUP = r"""
SecRuleEngine On
SecRequestBodyAccess On
SecRule REQUEST_HEADERS:Content-Type "@rx json" \
    "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
"""


def table(message: Callable[[str], bytes]) -> list[str]:
    """Rates and times, or why there are none."""
    try:
        library: Any = importlib.import_module("libmodsecurity")
    except ImportError:
        return ["Not measured: `libmodsecurity` is not installed.", ""]
    if not CRS.is_dir():
        return ["Not measured: `modsecurity-crs` is not installed.", ""]
    rules = library.RulesSet()
    rules.load(SETUP)
    files = [CRS / "crs-setup.conf", Path("/etc/modsecurity/crs/crs-setup.conf")]
    for file in [file for file in files if file.exists()][:1] + sorted((CRS / "rules").glob("*.conf")):
        if "REQUEST-910" not in file.name:
            rules.load_from_uri(str(file))
    engine = library.ModSecurity()

    def blocked(body: bytes) -> bool:
        transaction = engine.transaction(rules)
        transaction.process_connection("127.0.0.1", 1, "127.0.0.1", 80)
        transaction.process_uri("/", "POST", "1.1")
        for name, value in (
            ("Host", "chat.example"),
            ("Content-Type", "application/json"),
            ("User-Agent", "Mozilla/5.0"),
            ("Accept", "*/*"),
            ("Content-Length", str(len(body))),
        ):
            transaction.add_request_header(name, value)
        transaction.process_request_headers()
        transaction.append_request_body(body)
        transaction.process_request_body()
        intervention = transaction.intervention()
        return bool(intervention and getattr(intervention, "disruptive", True))

    drawn = random.Random(17)
    found, wrong, times = Rate(), Rates(), []
    for samples, count in ((corpora.attacks(), DRAWN[0]), (corpora.benign(), DRAWN[1])):
        for sample in drawn.sample(samples, count):
            start = time.perf_counter_ns()
            hit = blocked(message(sample.text))
            times.append(time.perf_counter_ns() - start)
            if sample.tier:
                found.add(hit)
            else:
                wrong.add(sample.kind, hit)
    return [
        f"Found {found}; wrongly blocked {wrong.total()}.",
        "",
        "| µs | mean | p50 | p99 | p99.9 |",
        "|---|---|---|---|---|",
        f"| a message | {percentiles(times)} |",
        "",
    ]
