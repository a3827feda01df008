"""A route's decisions as the native engine takes them."""

from __future__ import annotations

from functools import lru_cache

from framewall._core import Settings
from framewall.model import ATTACKS, Direction
from framewall.policy import RoutePolicy

#: Caps that the engine itself keeps.
ENGINE_LIMITS = ("format_depth", "format_nodes", "decoded_bytes", "decode_layers", "leaf_fanout", "scan_work")


_USUAL = [attack for attack in ATTACKS if attack != "leak"]


@lru_cache(maxsize=1_024)
def engine_settings(route: RoutePolicy, direction: Direction = Direction.CLIENT) -> Settings:
    """What the engine is asked for one side's messages. Made once for each route and configuration."""
    limits = {name: value for name, value in route.limits.set if name in ENGINE_LIMITS}
    from_client = direction is Direction.CLIENT
    return Settings(
        threshold=route.threshold,
        sensitivity=route.sensitivity,
        classes=_USUAL if from_client or not route.leaks else list(ATTACKS),
        code=route.shares_code,
        markup=route.writes_markup,
        protected_fields=list(route.protected_fields) if from_client else None,
        limits=limits,
        schemas=[(each.format, each.message, list(each.files)) for each in route.schemas],
    )
