"""Finds the decoders: every module of this folder whose name has no leading underscore."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from framewall.decode._api import Decoder


@cache
def decoders() -> tuple[Decoder, ...]:
    """All of them, by name, so that equal claims are settled the same way everywhere."""
    found = []
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_"):
            found.append(importlib.import_module(f"{__package__}.{module.name}").decoder)
    return tuple(sorted(found, key=lambda decoder: decoder.name))
