"""The picture of the throughput table: CPU a message, each proxy beside nginx."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from benches.speed.throughput import Measured

mpl.use("svg")
# One text for one run: no random ids, no date.
mpl.rcParams["svg.hashsalt"] = "framewall"

from matplotlib import pyplot as plt  # noqa: E402 (the backend is chosen first)


def draw(measured: Measured, file: Path) -> None:
    """Bars on a logarithmic scale, one group a kind and window; nginx is the line at 1."""
    groups = list(dict.fromkeys((kind, window) for kind, window, _ in measured.results))
    proxies = [
        name
        for name in dict.fromkeys(proxy for _, _, proxy in measured.results)
        if name not in ("direct", "nginx")
    ]
    figure, axes = plt.subplots(figsize=(10, 0.55 * len(groups) + 1.5))
    height = 0.8 / len(proxies)
    for number, proxy in enumerate(proxies):
        places, ratios = [], []
        for place, (kind, window) in enumerate(groups):
            ratio = measured.ratio(kind, window, proxy)
            if ratio is not None:
                places.append(place + (number - len(proxies) / 2) * height)
                ratios.append(ratio)
        axes.barh(places, ratios, height, label=proxy)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yticks(range(len(groups)), [f"{kind}, window {window}" for kind, window in groups])
    axes.invert_yaxis()
    axes.set_xlabel("proxy CPU a message, as a multiple of nginx's (logarithmic)")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    figure.savefig(file, bbox_inches="tight", metadata={"Date": None})
