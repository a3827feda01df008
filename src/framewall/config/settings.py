"""A route's decisions as the native engine takes them."""

from __future__ import annotations

from functools import lru_cache

from framewall._core import Settings
from framewall.policy import RoutePolicy

#: Caps that the engine itself keeps.
ENGINE_LIMITS = ("format_depth", "format_nodes", "decoded_bytes", "decode_layers", "leaf_fanout", "scan_work")


@lru_cache(maxsize=1_024)
def engine_settings(route: RoutePolicy) -> Settings:
    """What the engine is asked for a route. Made once for each route and configuration."""
    limits = {name: value for name, value in route.limits.set if name in ENGINE_LIMITS}
    return Settings(threshold=route.threshold, sensitivity=route.sensitivity, limits=limits)
